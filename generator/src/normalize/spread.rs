//! Query parameters that spread out (`style: form`, exploded: `?name=a&percent=1` is one object) beside others of the same
//! names: nothing would tell whose a name is. Those are written in brackets (`?discount[name]=a`), as servers read them that
//! have parameters of this kind.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Pointer;

use super::at::METHODS;
use super::context::Context;

/// How deep references and `allOf` are followed.
const DEEPEST: usize = 16;

/// A query parameter of an operation: where it is written, and what it is called on the wire.
struct Written {
    pointer: Pointer,
    name: String,
    /// What stands in the query; for one that spreads out, its properties.
    names: Vec<String>,
    spreads: bool,
    /// Whether it spreads out and may have any other names.
    open: bool,
}

/// All operations.
pub(super) fn settle(tree: &mut Value, context: &mut Context<'_>) {
    // By place, since operations share parameters; with the name that is somebody else's, too.
    let mut unclear: BTreeMap<String, (Pointer, String, String)> = BTreeMap::new();
    for (path, item) in tree.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let here = Pointer::root().join(["paths", path]);
        for (method, operation) in METHODS.iter().filter_map(|method| Some((method, item.get(method)?))) {
            // Those of the operation go before those of its path.
            let mut all = written(tree, operation, &here.child(method));
            for shared in written(tree, item, &here) {
                if all.iter().all(|own| own.name != shared.name) {
                    all.push(shared);
                }
            }
            for parameter in all.iter().filter(|parameter| parameter.spreads) {
                let others = || all.iter().filter(|other| other.name != parameter.name);
                let shared = parameter.names.iter().find(|name| others().any(|other| other.names.contains(name)));
                let anything = (parameter.open && others().any(|other| other.open)).then_some("…");
                if let Some(name) = shared.map(String::as_str).or(anything) {
                    let place = (parameter.pointer.clone(), parameter.name.clone(), name.to_owned());
                    unclear.entry(parameter.pointer.to_string()).or_insert(place);
                }
            }
        }
    }
    for (pointer, name, property) in unclear.into_values() {
        let Some(parameter) = tree.pointer_mut(pointer.as_str()).and_then(Value::as_object_mut) else { continue };
        parameter.insert("style".to_owned(), json!("deepObject"));
        parameter.insert("explode".to_owned(), json!(true));
        let message = format!(
            "`{name}` would spread out in the query, where `{property}` may be another parameter's, too; it is written as `{name}[{property}]`"
        );
        let hint = "say how it is written with `style` and `explode`";
        context.say(Diagnostic::new(Code::PARAMETER_FORM, message).at(Place::at(&pointer)).hint(hint));
    }
}

/// The query parameters in a list.
fn written(tree: &Value, owner: &Value, here: &Pointer) -> Vec<Written> {
    let list = owner.get("parameters").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let places = list.iter().enumerate().map(|(index, parameter)| (here.child("parameters").child(index), parameter));
    places.filter_map(|(pointer, parameter)| one(tree, pointer, parameter)).collect()
}

fn one(tree: &Value, pointer: Pointer, parameter: &Value) -> Option<Written> {
    let (pointer, parameter) = followed(tree, pointer, parameter)?;
    let text = |key: &str| parameter.get(key).and_then(Value::as_str);
    let name = text("name").filter(|_| text("in") == Some("query"))?.to_owned();
    let exploded = parameter.get("explode") != Some(&Value::Bool(false)) && matches!(text("style"), None | Some("form"));
    let schema = parameter.get("schema").filter(|_| exploded);
    let properties = schema.map_or_else(Vec::new, |schema| properties(tree, schema, 0));
    let open = schema.is_some_and(|schema| is_open(tree, schema, properties.is_empty()));
    let spreads = open || !properties.is_empty();
    let names = if spreads { properties } else { vec![name.clone()] };
    Some(Written { pointer, name, names, spreads, open })
}

/// Whether a schema is one of objects with names that it does not declare.
fn is_open(tree: &Value, schema: &Value, declares_nothing: bool) -> bool {
    let Some((_, schema)) = followed(tree, Pointer::root(), schema) else { return false };
    let is_object = schema.get("type").and_then(Value::as_str) == Some("object");
    is_object && schema.get("additionalProperties").map_or(declares_nothing, |others| *others != Value::Bool(false))
}

/// What a schema declares, through references and `allOf`.
fn properties(tree: &Value, schema: &Value, depth: usize) -> Vec<String> {
    if depth > DEEPEST {
        return Vec::new();
    }
    let Some((_, schema)) = followed(tree, Pointer::root(), schema) else { return Vec::new() };
    let own = schema.get("properties").and_then(Value::as_object).into_iter().flat_map(|own| own.keys().cloned());
    let parts = schema.get("allOf").and_then(Value::as_array).into_iter().flatten();
    own.chain(parts.flat_map(|part| properties(tree, part, depth + 1))).collect()
}

/// What references lead to, and where it is.
fn followed<'v>(tree: &'v Value, mut pointer: Pointer, mut value: &'v Value) -> Option<(Pointer, &'v Value)> {
    for _ in 0..DEEPEST {
        let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Some((pointer, value)) };
        pointer = Pointer::parse(reference.strip_prefix('#')?)?;
        value = tree.pointer(pointer.as_str())?;
    }
    None
}
