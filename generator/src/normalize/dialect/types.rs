//! `type: [a, b]` becomes a choice, in which each type has the keywords that speak of it.

use serde_json::{Map, Value, json};

use crate::diagnostic::Code;

use super::{At, Context, Schema};

/// Which keywords speak of values of one type only (JSON Schema Validation 2020-12, section 6).
const KEYWORDS: [(&[&str], &[&str]); 4] = [
    (&["string"], &["minLength", "maxLength", "pattern", "contentEncoding", "contentMediaType", "contentSchema"]),
    (&["integer", "number"], &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    (
        &["array"],
        &["items", "prefixItems", "minItems", "maxItems", "uniqueItems", "contains", "minContains", "maxContains", "unevaluatedItems"],
    ),
    (
        &["object"],
        &[
            "properties",
            "required",
            "additionalProperties",
            "patternProperties",
            "propertyNames",
            "minProperties",
            "maxProperties",
            "dependentRequired",
            "dependentSchemas",
            "unevaluatedProperties",
        ],
    ),
];

/// Formats that speak of numbers; all others speak of texts.
const NUMERIC: [&str; 12] =
    ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float", "double", "decimal", "unsigned"];

/// `type: [string, "null"]` -> `type: string, nullable: true`; several types -> `anyOf` of them.
pub(super) fn type_list(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    let Some(Value::Array(types)) = schema.get("type") else { return };
    let mut names: Vec<Value> = types.clone();
    names.retain(|name| name.as_str() != Some("null") && !name.is_null());
    let nullable = names.len() < types.len();
    if names.contains(&json!("number")) {
        names.retain(|name| name.as_str() != Some("integer"));
    }
    let mut seen = Vec::new();
    names.retain(|name| {
        !seen.contains(name) && {
            seen.push(name.clone());
            true
        }
    });
    if !context.modern {
        context.report(Code::REPAIR_TYPE, &at.key("type"), "a list of types was read as OpenAPI 3.1 reads it");
    }
    if nullable {
        schema.insert("nullable".to_owned(), Value::Bool(true));
    }
    if let Some(constant) = schema.get("const") {
        names.retain(|name| name.as_str().is_none_or(|name| is_of(constant, name)));
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
        several => choice(schema, several, at, context),
    }
}

/// Several types -> an `anyOf` with an arm for each; where nothing tells them apart from any value, none at all.
fn choice(schema: &mut Schema, names: &[Value], at: &At<'_>, context: &mut Context<'_>) {
    schema.shift_remove("type");
    let says_more =
        ["anyOf", "oneOf"].iter().any(|key| schema.get(*key).and_then(Value::as_array).is_some_and(|arms| arms.iter().any(is_typed)));
    // The arms of a choice that is there already say their types themselves.
    if says_more || names.len() == 5 && !speaks_of_one(schema) {
        return;
    }
    let union = if schema.contains_key("anyOf") { "allOf" } else { "anyOf" };
    let place = at.key(union);
    let mut arms = Vec::new();
    for name in names.iter().filter_map(Value::as_str) {
        let Some(mut arm) = values(schema, name) else { continue };
        let here = place.index(arms.len());
        for key in keywords(schema, name, names) {
            if let Some(value) = schema.get(&key) {
                if union == "anyOf" {
                    context.origins.moved(&at.key(&key).pointer(), &here.key(&key).pointer());
                }
                arm.insert(key, value.clone());
            }
        }
        arms.push(Value::Object(arm));
    }
    for name in names.iter().filter_map(Value::as_str) {
        for key in keywords(schema, name, names) {
            schema.shift_remove(&key);
        }
    }
    schema.shift_remove("enum");
    if union == "anyOf" {
        schema.insert(union.to_owned(), Value::Array(arms));
    } else if let Value::Array(list) = schema.entry(union).or_insert_with(|| json!([])) {
        list.push(json!({ "anyOf": arms }));
    }
}

/// An arm with its type, and those values of the enum that are of it; `None` if there is an enum without any.
fn values(schema: &Schema, name: &str) -> Option<Map<String, Value>> {
    let mut arm = Map::new();
    arm.insert("type".to_owned(), json!(name));
    if let Some(Value::Array(values)) = schema.get("enum") {
        let own: Vec<Value> = values.iter().filter(|value| is_of(value, name)).cloned().collect();
        if own.is_empty() {
            return None;
        }
        arm.insert("enum".to_owned(), Value::Array(own));
    }
    Some(arm)
}

/// The keywords of a schema that speak of one of its types.
fn keywords(schema: &Schema, name: &str, names: &[Value]) -> Vec<String> {
    let table = KEYWORDS.iter().filter(|(types, _)| types.contains(&name)).flat_map(|(_, keys)| keys.iter());
    let mut own: Vec<String> = table.filter(|key| schema.contains_key(**key)).map(|key| (*key).to_owned()).collect();
    let is_numeric = schema.get("format").and_then(Value::as_str).is_some_and(|format| NUMERIC.contains(&format));
    let has_number = names.iter().any(|name| matches!(name.as_str(), Some("integer" | "number")));
    let speaks = match name {
        "integer" | "number" => is_numeric,
        "string" => !(is_numeric && has_number),
        _ => false,
    };
    if speaks && schema.contains_key("format") {
        own.push("format".to_owned());
    }
    own
}

/// Whether any keyword speaks of one type.
fn speaks_of_one(schema: &Schema) -> bool {
    schema.contains_key("enum")
        || schema.contains_key("format")
        || KEYWORDS.iter().any(|(_, keys)| keys.iter().any(|key| schema.contains_key(*key)))
}

/// Whether an arm of a choice says what its values are.
fn is_typed(arm: &Value) -> bool {
    ["type", "$ref", "properties", "enum", "const", "allOf", "oneOf", "anyOf"].iter().any(|key| arm.get(key).is_some())
}

/// Whether a value is of a type.
fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64() || value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

/// Whether a schema says anything of its values, other than in words.
pub(super) fn is_said(schema: &Schema) -> bool {
    const WORDS: [&str; 9] = ["title", "description", "example", "examples", "default", "deprecated", "readOnly", "writeOnly", "$comment"];
    schema.keys().any(|key| !WORDS.contains(&key.as_str()) && !key.starts_with("x-"))
}
