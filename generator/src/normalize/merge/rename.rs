//! Gives a document's references the names that its components get in the merged document.

use serde_json::{Map, Value, json};

use super::Names;
use crate::normalize::grammar::{DOCUMENT, Kind};
use crate::source::Pointer;

/// Every reference of a tree, every mapping of a discriminator and every security requirement.
pub(super) fn document(tree: &mut Value, names: &Names) {
    if !names.is_empty() {
        walk(tree, &Kind::Object(&DOCUMENT), names);
    }
}

fn walk(value: &mut Value, kind: &Kind, names: &Names) {
    match (value, kind) {
        (Value::Array(list), Kind::List(inner) | Kind::Every(inner)) => list.iter_mut().for_each(|element| walk(element, inner, names)),
        (Value::Object(map), Kind::Map(inner)) => map.values_mut().for_each(|child| walk(child, inner, names)),
        (Value::Object(map), Kind::Object(shape) | Kind::Ref(shape) | Kind::FlagOr(shape)) => {
            if kind.is_reference()
                && let Some(Value::String(text)) = map.get_mut("$ref")
            {
                rename(text, names);
            }
            match shape.name {
                "schema" => discriminator(map, names),
                "document" | "operation" => security(map, names),
                _ => {}
            }
            for (key, child) in map.iter_mut() {
                if let Some(kind) = shape.field(key) {
                    walk(child, kind, names);
                }
            }
        }
        _ => {}
    }
}

/// `#/components/schemas/Old` -> `#/components/schemas/New`.
fn rename(text: &mut String, names: &Names) {
    if let Some(renamed) = renamed(text, names) {
        *text = renamed;
    }
}

fn renamed(text: &str, names: &Names) -> Option<String> {
    let pointer = Pointer::parse(text.strip_prefix('#')?)?;
    let steps: Vec<String> = pointer.steps().collect();
    let [components, section, name] = steps.as_slice() else { return None };
    let new = names.get(&(section.clone(), name.clone())).filter(|_| components == "components")?;
    Some(format!("#{}", Pointer::root().join(["components", section, new])))
}

/// Without a mapping, the values that tell branches apart are the names of their schemas: they stay what they were.
fn discriminator(schema: &mut Map<String, Value>, names: &Names) {
    let mut implied: Vec<(String, String)> = Vec::new();
    for list in ["oneOf", "anyOf"] {
        for branch in schema.get(list).and_then(Value::as_array).into_iter().flatten() {
            let Some(text) = branch.get("$ref").and_then(Value::as_str) else { continue };
            if let (Some(old), Some(new)) = (text.rsplit('/').next(), renamed(text, names)) {
                implied.push((old.to_owned(), new));
            }
        }
    }
    let Some(Value::Object(discriminator)) = schema.get_mut("discriminator") else { return };
    let named = |map: &Map<String, Value>, target: &str| map.values().any(|known| known.as_str() == Some(target));
    if let Some(Value::Object(mapping)) = discriminator.get_mut("mapping") {
        for target in mapping.values_mut() {
            if let Value::String(text) = target {
                rename(text, names);
            }
        }
    }
    for (old, new) in implied {
        if let Value::Object(mapping) = discriminator.entry("mapping").or_insert_with(|| json!({}))
            && !named(mapping, &new)
        {
            mapping.entry(old).or_insert(Value::String(new));
        }
    }
}

fn security(owner: &mut Map<String, Value>, names: &Names) {
    for requirement in owner.get_mut("security").and_then(Value::as_array_mut).into_iter().flatten().filter_map(Value::as_object_mut) {
        for (scheme, scopes) in std::mem::take(requirement) {
            let new = names.get(&("securitySchemes".to_owned(), scheme.clone())).cloned();
            requirement.insert(new.unwrap_or(scheme), scopes);
        }
    }
}
