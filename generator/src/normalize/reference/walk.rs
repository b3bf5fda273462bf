//! Finds the references of a tree, by the grammar: a property may be called `$ref`, and an example may hold one.

use serde_json::Value;

use crate::normalize::at::At;
use crate::normalize::grammar::{Kind, SCHEMA, Shape};
use crate::source::Pointer;

/// A reference: the object that holds it, or the value of a discriminator's mapping.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) pointer: Pointer,
    pub(super) text: String,
    pub(super) shape: &'static Shape,
    pub(super) mapping: bool,
}

/// All references below a value that stands at `pointer`. Given the whole tree, those that already name a component of it,
/// which is no reference itself, are passed over.
pub(super) fn references(value: &Value, kind: &Kind, pointer: &Pointer, whole: Option<&Value>) -> Vec<Found> {
    let mut found = Vec::new();
    At::with(pointer, |at| walk(value, kind, at, whole, &mut found));
    found
}

fn walk(value: &Value, kind: &Kind, at: &At<'_>, whole: Option<&Value>, found: &mut Vec<Found>) {
    match (value, kind) {
        (Value::Array(list), Kind::List(inner) | Kind::Every(inner)) => {
            for (index, element) in list.iter().enumerate() {
                walk(element, inner, &at.index(index), whole, found);
            }
        }
        (Value::Object(map), Kind::Map(inner)) => {
            for (key, child) in map {
                walk(child, inner, &at.key(key), whole, found);
            }
        }
        (Value::Object(map), Kind::Object(shape) | Kind::Ref(shape) | Kind::FlagOr(shape)) => {
            if kind.is_reference()
                && let Some(Value::String(text)) = map.get("$ref")
                && !is_settled(text, shape, whole)
            {
                found.push(Found { pointer: at.pointer(), text: text.clone(), shape, mapping: false });
            }
            if shape.name == "discriminator" {
                let mapping = at.key("mapping");
                for (key, target) in map.get("mapping").and_then(Value::as_object).into_iter().flatten() {
                    if let Some(text) = target.as_str().filter(|text| !is_settled(text, &SCHEMA, whole)) {
                        found.push(Found { pointer: mapping.key(key).pointer(), text: text.to_owned(), shape: &SCHEMA, mapping: true });
                    }
                }
            }
            for (key, child) in map {
                if let Some(kind) = shape.field(key) {
                    walk(child, kind, &at.key(key), whole, found);
                }
            }
        }
        _ => {}
    }
}

fn is_settled(text: &str, shape: &Shape, whole: Option<&Value>) -> bool {
    match (whole, shape.section) {
        (Some(tree), Some(section)) => component(tree, text, section).is_some_and(|value| value.get("$ref").is_none()),
        _ => false,
    }
}

/// The component that `#/components/<section>/<name>` names.
pub(super) fn component<'v>(tree: &'v Value, text: &str, section: &str) -> Option<&'v Value> {
    let name = text.strip_prefix("#/components/")?.strip_prefix(section)?.strip_prefix('/')?;
    if name.is_empty() || name.contains(['/', '%']) {
        return None;
    }
    let components = tree.get("components")?.get(section)?;
    if name.contains('~') { components.get(name.replace("~1", "/").replace("~0", "~")) } else { components.get(name) }
}
