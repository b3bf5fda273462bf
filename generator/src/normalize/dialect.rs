//! Schemas of JSON Schema 2020-12 (OpenAPI 3.1 and later) become schemas of OpenAPI 3.0, where 3.0 can say the same.

use serde_json::{Map, Value, json};

use crate::diagnostic::Code;

use super::at::At;
use super::context::Context;

type Schema = Map<String, Value>;

/// All steps, in the order in which they build on each other.
pub(super) fn lower(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    type_list(schema, at, context);
    null_type(schema);
    for union in ["oneOf", "anyOf"] {
        null_branch(schema, union, at, context);
    }
    constant(schema);
    exclusive_bound(schema, "exclusiveMinimum", "minimum", |new, old| new >= old);
    exclusive_bound(schema, "exclusiveMaximum", "maximum", |new, old| new <= old);
    first_example(schema);
    encoded_content(schema);
}

/// `type: [string, "null"]` -> `type: string, nullable: true`; several types -> `anyOf` of them.
fn type_list(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    let Some(Value::Array(types)) = schema.get("type") else { return };
    let mut names: Vec<Value> = types.clone();
    names.retain(|name| name.as_str() != Some("null") && !name.is_null());
    let nullable = names.len() < types.len();
    if !context.modern {
        context.report(Code::REPAIR_TYPE, &at.key("type"), "a list of types was read as OpenAPI 3.1 reads it");
    }
    if nullable {
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
    match names.as_slice() {
        [] if nullable => {
            schema.insert("type".to_owned(), json!("null"));
        }
        [] => {
            schema.shift_remove("type");
        }
        [one] => {
            schema.insert("type".to_owned(), one.clone());
        }
        several => {
            let branches: Vec<Value> = several.iter().map(|name| json!({ "type": name })).collect();
            schema.shift_remove("type");
            if schema.contains_key("anyOf") {
                push_all_of(schema, json!({ "anyOf": branches }));
            } else {
                schema.insert("anyOf".to_owned(), Value::Array(branches));
            }
        }
    }
}

fn push_all_of(schema: &mut Schema, branch: Value) {
    match schema.get_mut("allOf") {
        Some(Value::Array(list)) => list.push(branch),
        _ => {
            schema.insert("allOf".to_owned(), Value::Array(vec![branch]));
        }
    }
}

/// `type: "null"` -> `nullable: true, enum: [null]`.
fn null_type(schema: &mut Schema) {
    if schema.get("type").and_then(Value::as_str) == Some("null") {
        schema.shift_remove("type");
        schema.insert("nullable".to_owned(), Value::Bool(true));
        schema.entry("enum").or_insert_with(|| json!([null]));
    }
}

/// `oneOf: [X, {type: "null"}]` -> `allOf: [X], nullable: true`; with more branches the union stays one.
fn null_branch(schema: &mut Schema, union: &str, at: &At<'_>, context: &mut Context<'_>) {
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

fn is_null_schema(schema: &Value) -> bool {
    schema.as_object().is_some_and(|schema| {
        let is_null = |value: &Value| value.as_str() == Some("null");
        schema
            .get("type")
            .is_some_and(|kind| is_null(kind) || kind.as_array().is_some_and(|list| list.len() == 1 && list.iter().all(is_null)))
            || schema.get("const").is_some_and(Value::is_null)
    })
}

/// `const: x` -> `enum: [x]`; the `const` itself is carried.
fn constant(schema: &mut Schema) {
    if let Some(value) = schema.get("const").cloned() {
        schema.entry("enum").or_insert_with(|| Value::Array(vec![value]));
    }
}

/// `exclusiveMinimum: 5` -> `minimum: 5, exclusiveMinimum: true`, unless `minimum` already asks for more.
fn exclusive_bound(schema: &mut Schema, exclusive: &str, bound: &str, stricter: fn(f64, f64) -> bool) {
    let Some(new) = schema.get(exclusive).filter(|value| value.is_number()).cloned() else { return };
    let old = schema.get(bound).and_then(Value::as_f64);
    let wins = new.as_f64().is_some_and(|new| old.is_none_or(|old| stricter(new, old)));
    if wins {
        schema.insert(bound.to_owned(), new);
        schema.insert(exclusive.to_owned(), Value::Bool(true));
    } else {
        schema.shift_remove(exclusive);
    }
}

/// `examples: [a, b]` -> `example: a`; the list is carried.
fn first_example(schema: &mut Schema) {
    if let Some(first) = schema.get("examples").and_then(Value::as_array).and_then(|list| list.first()).cloned() {
        schema.entry("example").or_insert(first);
    }
}

/// `contentEncoding: base64` -> `format: byte`; bytes with a media type of their own -> `format: binary`. Both are carried.
fn encoded_content(schema: &mut Schema) {
    let is_text = schema.get("type").is_none_or(|kind| kind.as_str() == Some("string"));
    let format = match (schema.get("contentEncoding").and_then(Value::as_str), schema.get("contentMediaType").and_then(Value::as_str)) {
        (Some("base64"), _) => "byte",
        (None, Some("application/octet-stream")) => "binary",
        _ => return,
    };
    if is_text && !schema.contains_key("format") {
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("format".to_owned(), json!(format));
    }
}
