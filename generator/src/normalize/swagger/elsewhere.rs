//! Parameters and responses that are written elsewhere, in other files or inside of operations, become shared ones of this
//! document, so that they are read as Swagger 2.0 too.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::normalize::context::Context;
use crate::normalize::origins::Origin;
use crate::normalize::reference::{Opened, Target, plain};
use crate::source::Pointer;

use super::shared_name;

/// A reference: where it stands, what it says, and the section of what it names.
struct Found {
    pointer: Pointer,
    text: String,
    section: &'static str,
}

/// The whole document.
pub(super) fn bring(tree: &mut Value, opened: &mut Opened<'_>, context: &mut Context<'_>) {
    let mut names: BTreeMap<(Target, &'static str), String> = BTreeMap::new();
    for Found { pointer, text, section } in found(tree) {
        // What leads to nothing is left to those who know what else can be said there.
        let Ok(target) = opened.locate(tree, opened.root(), &text, context) else { continue };
        let home = Pointer::root().child(section);
        let is_section = pointer.parent().is_some_and(|parent| parent == home);
        let at_home = target.file == opened.root() && target.pointer.parent().is_some_and(|parent| parent == home);
        let name = match (is_section, at_home, names.get(&(target.clone(), section))) {
            (false, true, _) => target.pointer.last().unwrap_or_default(),
            (false, false, Some(name)) => name.clone(),
            _ => {
                let Some(value) = opened.value(tree, &target).cloned() else { continue };
                let name = if is_section { pointer.last().unwrap_or_default() } else { free_name(tree, section, &target, opened) };
                put(tree, section, &name, value, &target, opened, context);
                if !is_section {
                    names.insert((target, section), name.clone());
                }
                name
            }
        };
        if !is_section && let Some(value) = tree.pointer_mut(pointer.as_str()) {
            *value = json!({ "$ref": format!("#{}", home.child(name)) });
        }
    }
}

/// Puts a value into a section.
fn put(tree: &mut Value, section: &str, name: &str, value: Value, target: &Target, opened: &Opened<'_>, context: &mut Context<'_>) {
    let to = Pointer::root().join([section, name]);
    if target.file == opened.root() {
        context.origins.moved(&target.pointer, &to);
    } else {
        context.origins.set(&to, Origin { file: target.file, pointer: target.pointer.clone(), occurrence: 0 });
    }
    let Value::Object(root) = tree else { return };
    let section = root.entry(section).or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(section) = section {
        section.insert(name.to_owned(), value);
    }
}

/// The last word of the place, with the file's name or a number where it is taken.
fn free_name(tree: &Value, section: &str, target: &Target, opened: &Opened<'_>) -> String {
    let stem = plain(&opened.stem(target.file));
    let word = target.pointer.last().map(|word| plain(&word)).filter(|word| !word.is_empty()).unwrap_or_else(|| stem.clone());
    let is_free = |name: &String| !name.is_empty() && tree.get(section).is_none_or(|known| known.get(name).is_none());
    let numbered = (2_usize..).map(|number| format!("{word}_{number}"));
    [word.clone(), format!("{stem}_{word}")].into_iter().chain(numbered).find(is_free).unwrap_or(word)
}

/// All references that are to be followed: shared objects that are references themselves first, then those in paths which
/// name no shared object that is written out.
fn found(tree: &Value) -> Vec<Found> {
    let text = |value: &Value| value.get("$ref").and_then(Value::as_str).map(str::to_owned);
    let mut found = Vec::new();
    for section in ["parameters", "responses"] {
        let home = Pointer::root().child(section);
        for (name, value) in tree.get(section).and_then(Value::as_object).into_iter().flatten() {
            found.extend(text(value).map(|text| Found { pointer: home.child(name), text, section }));
        }
    }
    let mut add = |pointer: Pointer, value: &Value, section: &'static str| {
        let is_shared = shared_name(value, section).and_then(|name| tree.get(section)?.get(&name)).is_some();
        found.extend(text(value).filter(|_| !is_shared).map(|text| Found { pointer, text, section }));
    };
    for (path, item) in tree.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let here = Pointer::root().join(["paths", path]);
        for (method, operation) in item.as_object().into_iter().flatten() {
            let at = here.child(method);
            if method == "parameters" {
                operation.as_array().into_iter().flatten().enumerate().for_each(|(index, one)| add(at.child(index), one, "parameters"));
            }
            let (parameters, responses) = (operation.get("parameters"), operation.get("responses"));
            for (index, one) in parameters.and_then(Value::as_array).into_iter().flatten().enumerate() {
                add(at.child("parameters").child(index), one, "parameters");
            }
            for (status, one) in responses.and_then(Value::as_object).into_iter().flatten() {
                add(at.child("responses").child(status), one, "responses");
            }
        }
    }
    found
}
