//! Every way of writing null becomes `nullable: true`, or an enum of nothing but null.

use serde_json::{Value, json};

use super::{At, Context, Schema};

/// `type: "null"` -> `nullable: true, enum: [null]`.
pub(super) fn null_type(schema: &mut Schema) {
    if schema.get("type").and_then(Value::as_str) == Some("null") {
        schema.shift_remove("type");
        schema.insert("nullable".to_owned(), Value::Bool(true));
        schema.entry("enum").or_insert_with(|| json!([null]));
    }
}

/// `oneOf: [X, {type: "null"}]` -> `allOf: [X], nullable: true`; with more branches the union stays one.
pub(super) fn null_branch(schema: &mut Schema, union: &str, at: &At<'_>, context: &mut Context<'_>) {
    let Some(Value::Array(branches)) = schema.get_mut(union) else { return };
    let kept: Vec<usize> = branches.iter().enumerate().filter(|(_, branch)| !is_null_schema(branch)).map(|(index, _)| index).collect();
    if kept.len() == branches.len() || kept.is_empty() {
        return;
    }
    branches.retain(|branch| !is_null_schema(branch));
    let list = at.key(union).pointer();
    context.origins.reindexed(&list, &kept);
    schema.insert("nullable".to_owned(), Value::Bool(true));
    if kept.len() == 1
        && !schema.contains_key("allOf")
        && let Some(branches) = schema.shift_remove(union)
    {
        context.origins.moved(&list, &at.key("allOf").pointer());
        schema.insert("allOf".to_owned(), branches);
    }
}

/// `oneOf: [X, false]` -> `oneOf: [X]`: what nothing fits is no choice.
pub(super) fn never_branch(schema: &mut Schema, union: &str, at: &At<'_>, context: &mut Context<'_>) {
    let Some(Value::Array(branches)) = schema.get_mut(union) else { return };
    let is_never = |branch: &Value| *branch == Value::Bool(false);
    let kept: Vec<usize> = branches.iter().enumerate().filter(|(_, branch)| !is_never(branch)).map(|(index, _)| index).collect();
    if kept.len() < branches.len() && !kept.is_empty() {
        branches.retain(|branch| !is_never(branch));
        context.origins.reindexed(&at.key(union).pointer(), &kept);
    }
}

/// `x-nullable: true` -> `nullable: true`, as generators have read it since there was no other word for it.
pub(in crate::normalize) fn extension(schema: &mut Schema) {
    if ["x-nullable", "x-isnullable"].iter().any(|key| schema.get(*key) == Some(&Value::Bool(true))) {
        schema.entry("nullable").or_insert(Value::Bool(true));
    }
}

/// Whether `null` is all that fits: `type: "null"`, `type: ["null"]`, `const: null`, `enum: [null]`, and `type: null`, which is
/// what YAML makes of the first one without its quotes.
fn is_null_schema(schema: &Value) -> bool {
    let Some(schema) = schema.as_object() else { return false };
    let is_null = |value: &Value| value.is_null() || value.as_str() == Some("null");
    let only = |value: &Value| value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(is_null));
    let is_bare = || schema.keys().all(|key| matches!(key.as_str(), "type" | "description" | "title" | "nullable"));
    match schema.get("type") {
        Some(Value::Null) if is_bare() => return true,
        Some(Value::Null) | None => {}
        Some(kind) if is_null(kind) || only(kind) => return true,
        Some(_) => return false,
    }
    schema.get("const").is_some_and(Value::is_null)
        || schema
            .get("enum")
            .is_some_and(|values| values.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_null)))
}
