//! The operations that a document writes, before any repair: what the census counts from.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::source::Duplicate;

use super::at::{METHODS, callback_label, operation_label};

/// `METHOD path` of every operation, in order; those of equal keys follow the first ones.
pub(super) fn written(tree: &Value, duplicates: &[Duplicate]) -> Vec<String> {
    let mut written = Vec::new();
    let mut later: BTreeMap<String, Vec<&Duplicate>> = BTreeMap::new();
    for duplicate in duplicates {
        let mut steps = duplicate.pointer.steps();
        if steps.next().as_deref() == Some("paths")
            && let Some(path) = steps.next()
        {
            later.entry(path).or_default().push(duplicate);
        }
    }
    for (path, item) in tree.get("paths").and_then(Value::as_object).into_iter().flatten() {
        of_item(path, item, &mut written);
        for duplicate in later.get(path).into_iter().flatten() {
            of_later(path, duplicate, &mut written);
        }
    }
    for duplicate in duplicates.iter().filter(|duplicate| duplicate.pointer.as_str() == "/paths") {
        for (path, item) in duplicate.value.as_object().into_iter().flatten() {
            of_item(path, item, &mut written);
        }
    }
    written
}

/// `METHOD expression name` of every operation of a callback; all callbacks are components by now.
pub(super) fn callbacks(tree: &Value) -> Vec<String> {
    let mut written = Vec::new();
    let callbacks = tree.pointer("/components/callbacks").and_then(Value::as_object);
    for (name, callback) in callbacks.into_iter().flatten().filter(|(_, callback)| callback.get("$ref").is_none()) {
        for (expression, item) in callback.as_object().into_iter().flatten() {
            for (key, operation) in item.as_object().into_iter().flatten() {
                let method = key.to_ascii_lowercase();
                if METHODS.contains(&method.as_str()) && operation.is_object() && !expression.starts_with("x-") {
                    written.push(callback_label(&method, expression, name));
                }
            }
        }
    }
    written
}

/// Operations of one path item. Keys in another case are methods too.
fn of_item(path: &str, item: &Value, written: &mut Vec<String>) {
    if path.starts_with("x-") {
        return;
    }
    // A path without its slash is the same path; nothing else about the name is changed.
    let path = if path.starts_with('/') { path.to_owned() } else { format!("/{path}") };
    for (key, operation) in item.as_object().into_iter().flatten() {
        let method = key.to_ascii_lowercase();
        // An empty list is what PHP writes for an empty object.
        let is_operation = operation.is_object() || operation.as_array().is_some_and(Vec::is_empty);
        if (METHODS.contains(&method.as_str()) || key == "query") && is_operation {
            written.push(operation_label(&method, &path));
        } else if key == "additionalOperations" {
            written.extend(operation.as_object().into_iter().flatten().map(|(method, _)| operation_label(method, &path)));
        }
    }
}

/// Operations of a later one of equal keys at or in a path item.
fn of_later(path: &str, duplicate: &Duplicate, written: &mut Vec<String>) {
    let mut steps = duplicate.pointer.steps().skip(2);
    match (steps.next(), steps.next()) {
        (None, _) => of_item(path, &duplicate.value, written),
        (Some(method), None) if METHODS.contains(&method.as_str()) && duplicate.value.is_object() => {
            written.push(operation_label(&method, path));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::source::Pointer;

    #[test]
    fn every_operation_counts_once_for_each_time_it_is_written() {
        let tree = json!({ "paths": {
            "/a": { "get": {}, "summary": "", "PUT": [], "post": null, "patch": 5 },
            "b": { "delete": {} },
            "x-c": { "get": {} },
        }});
        let later = |pointer: &str, value: Value| Duplicate { pointer: Pointer::parse(pointer).unwrap(), occurrence: 1, value };
        let duplicates = [
            later("/paths/~1a", json!({ "get": {}, "head": {} })),
            later("/paths/~1a/get", json!({})),
            later("/paths/~1a/get/responses", json!({})),
            later("/paths", json!({ "/z": { "trace": {} } })),
        ];
        let expected = ["GET /a", "PUT /a", "GET /a", "HEAD /a", "GET /a", "DELETE /b", "TRACE /z"];
        assert_eq!(written(&tree, &duplicates), expected);
    }
}
