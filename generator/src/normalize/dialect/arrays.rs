//! Tuples become lists: of the one schema that all places share, or of a choice between those of all places.

use serde_json::{Value, json};

use super::Schema;

/// `prefixItems: [A, B]` -> `items: {anyOf: [A, B]}`; `items: false` -> no more than there are places. `prefixItems` is
/// carried. Whether there was anything to do.
pub(super) fn tuple(schema: &mut Schema) -> bool {
    let rest = ["items", "unevaluatedItems"].iter().find_map(|key| schema.get(*key)).cloned();
    let is_closed = rest.as_ref().is_some_and(|rest| *rest == Value::Bool(false));
    let prefix = schema.get("prefixItems").and_then(Value::as_array).cloned().unwrap_or_default();
    if prefix.is_empty() && !(schema.get("items") == Some(&Value::Bool(false))) {
        return false;
    }
    let mut arms: Vec<Value> = Vec::new();
    // A place of which nothing is said takes any value, and so does the whole list then. Behind the places that are said
    // anything may stand, too; a choice keeps what none of its arms is.
    let anything = match &rest {
        None => prefix.len() == 1,
        Some(rest) => *rest == Value::Bool(true),
    };
    let rest = rest.filter(Value::is_object);
    for arm in prefix.iter().chain(&rest) {
        if !arms.contains(arm) {
            arms.push(arm.clone());
        }
    }
    let is_open =
        anything || arms.iter().any(|arm| *arm == Value::Bool(true) || arm.as_object().is_some_and(|arm| !super::types::is_said(arm)));
    let items = match arms.as_slice() {
        [] => json!({}),
        _ if is_open => json!({}),
        [one] => one.clone(),
        _ => json!({ "anyOf": arms }),
    };
    schema.insert("items".to_owned(), items);
    if is_closed {
        schema.entry("maxItems").or_insert_with(|| json!(prefix.len()));
    }
    schema.entry("type").or_insert_with(|| json!("array"));
    true
}
