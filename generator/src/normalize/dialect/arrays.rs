//! Tuples become lists: of the one schema that all places share, or of a choice between those of all places.

use serde_json::{Value, json};

use super::{Arms, At, Context, Schema};

/// `prefixItems: [A, B]` -> `items: {anyOf: [A, B]}`; `items: false` -> no more than there are places. `prefixItems` is
/// carried. Whether there was anything to do.
pub(super) fn tuple(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) -> bool {
    let rest = ["items", "unevaluatedItems"].iter().find_map(|key| Some((*key, schema.get(*key)?.clone())));
    let is_closed = rest.as_ref().is_some_and(|(_, rest)| *rest == Value::Bool(false));
    let prefix = schema.get("prefixItems").and_then(Value::as_array).cloned().unwrap_or_default();
    if prefix.is_empty() && !(schema.get("items") == Some(&Value::Bool(false))) {
        return false;
    }
    // A place of which nothing is said takes any value, and so does the whole list then. Behind the places that are said
    // anything may stand, too; a choice keeps what none of its arms is.
    let anything = match &rest {
        None => prefix.len() == 1,
        Some((_, rest)) => *rest == Value::Bool(true),
    };
    let list = at.key("prefixItems");
    let mut arms = Arms::default();
    for (index, arm) in prefix.iter().enumerate() {
        arms.add(arm, list.index(index).pointer());
    }
    if let Some((key, rest)) = rest.filter(|(_, rest)| rest.is_object()) {
        arms.add(&rest, at.key(key).pointer());
    }
    let says_nothing = |arm: &Value| *arm == Value::Bool(true) || arm.as_object().is_some_and(|arm| !super::types::is_said(arm));
    let is_open = anything || arms.values.is_empty() || arms.values.iter().any(says_nothing);
    let items = if is_open { json!({}) } else { arms.choice(&at.key("items").pointer(), context) };
    schema.insert("items".to_owned(), items);
    if is_closed {
        schema.entry("maxItems").or_insert_with(|| json!(prefix.len()));
    }
    schema.entry("type").or_insert_with(|| json!("array"));
    true
}
