//! Known faults of schemas, mended: type names of other languages, missing types, enums of the wrong type, `required` as a flag.

use serde_json::{Map, Value, json};

use crate::diagnostic::Code;

use super::at::At;
use super::context::{Context, brief};
use super::grammar::Shape;
use super::origins::Origin;
use super::{dialect, scalar};

type Schema = Map<String, Value>;

/// A schema or discriminator that is written as something else: `true`, `string`, `[schema]`. Whether it could be read.
pub(super) fn from_other(value: &mut Value, shape: &Shape, at: &At<'_>, context: &mut Context<'_>) -> bool {
    let read = match (shape.name, &mut *value) {
        ("schema", Value::Bool(true)) => json!({}),
        ("schema", Value::Bool(false)) => json!({ "not": {} }),
        ("schema", Value::String(name)) if known_type(name).is_some() => json!({ "type": name }),
        ("schema", Value::Array(list)) => match list.as_mut_slice() {
            [one] => one.take(),
            several => json!({ "anyOf": several }),
        },
        ("discriminator", Value::String(name)) => json!({ "propertyName": name }),
        _ => return false,
    };
    if !(context.modern && value.is_boolean()) {
        let said = match value.as_array().map(Vec::len) {
            Some(1) => "the schema in it".to_owned(),
            Some(_) => "a choice between the schemas in it".to_owned(),
            None => read.to_string(),
        };
        context.report(Code::REPAIR_TYPE, at, format!("{} was read as {said}", brief(value)));
    }
    *value = read;
    value.is_object()
}

/// All steps for one schema, before its fields are looked at.
pub(super) fn prepare(schema: &mut Schema, shape: &Shape, at: &At<'_>, context: &mut Context<'_>) {
    if shape.name != "schema" {
        return;
    }
    dialect::lower(schema, at, context);
    type_name(schema, at, context);
    required_flags(schema, at, context);
    missing_type(schema, at, context);
    missing_items(schema, at, context);
    enum_type(schema, at, context);
    enum_values(schema, at, context);
    whole_bounds(schema);
    pattern_literal(schema, at, context);
}

/// `{$ref, description}` -> `{allOf: [{$ref}], description}`. Beside a reference, 3.0 ignores what constrains; 3.1 does not.
/// Whether anything counts.
pub(super) fn wrap_reference(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) -> bool {
    const ANNOTATIONS: [&str; 11] =
        ["description", "title", "example", "default", "deprecated", "readOnly", "writeOnly", "nullable", "externalDocs", "xml", "summary"];
    let counts = |key: &str| context.modern || key.starts_with("x-") || ANNOTATIONS.contains(&key);
    let ignored: Vec<String> = schema.keys().filter(|key| *key != "$ref" && !counts(key)).cloned().collect();
    for key in ignored {
        schema.shift_remove(&key);
        context.report_key(Code::REPAIR_STRAY_KEY, &at.key(&key), format!("`{key}` was left out: it does not count beside $ref"));
    }
    if schema.keys().all(|key| key == "$ref" || key.starts_with("x-")) {
        schema.retain(|key, _| key == "$ref");
        return false;
    }
    schema.shift_remove("summary");
    let Some(reference) = schema.shift_remove("$ref") else { return true };
    let all_of = schema.entry("allOf").or_insert_with(|| Value::Array(Vec::new()));
    if let Value::Array(list) = all_of {
        let pointer = at.pointer();
        if let Some(origin) = context.origins.origin(&pointer) {
            context.origins.set(&pointer.child("allOf").child(list.len()), Origin { ..origin });
        }
        list.push(json!({ "$ref": reference }));
    }
    true
}

/// The type and format that a name means, in OpenAPI's words. No type: anything.
fn known_type(name: &str) -> Option<(Option<&'static str>, Option<&'static str>)> {
    Some(match name.to_ascii_lowercase().as_str() {
        "string" | "text" | "str" | "char" | "enum" => (Some("string"), None),
        "integer" | "int" => (Some("integer"), None),
        "int32" => (Some("integer"), Some("int32")),
        "int64" | "long" => (Some("integer"), Some("int64")),
        "number" | "numeric" | "decimal" => (Some("number"), None),
        "float" => (Some("number"), Some("float")),
        "double" => (Some("number"), Some("double")),
        "boolean" | "bool" => (Some("boolean"), None),
        "object" | "map" | "dict" | "hash" | "json" => (Some("object"), None),
        "array" | "list" => (Some("array"), None),
        "file" | "binary" => (Some("string"), Some("binary")),
        "byte" | "base64" => (Some("string"), Some("byte")),
        "date" => (Some("string"), Some("date")),
        "datetime" | "date-time" | "date_time" | "timestamp" => (Some("string"), Some("date-time")),
        "password" => (Some("string"), Some("password")),
        "uuid" | "guid" => (Some("string"), Some("uuid")),
        "uri" | "url" => (Some("string"), Some("uri")),
        "email" => (Some("string"), Some("email")),
        "any" | "mixed" | "undefined" => (None, None),
        _ => return None,
    })
}

/// `type: datetime` -> `type: string, format: date-time`; a name that means nothing -> no type.
fn type_name(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    let Some(Value::String(name)) = schema.get("type") else { return };
    if matches!(name.as_str(), "string" | "integer" | "number" | "boolean" | "object" | "array") {
        return;
    }
    let (kind, format) = known_type(name).unwrap_or_default();
    let meant = match (kind, format) {
        (Some(kind), Some(format)) => format!("{kind} with format {format}"),
        (Some(kind), None) => kind.to_owned(),
        (None, _) => "any type".to_owned(),
    };
    context.report(Code::REPAIR_TYPE, &at.key("type"), format!("there is no type `{name}`; it was read as {meant}"));
    match kind {
        Some(kind) => {
            schema.insert("type".to_owned(), json!(kind));
        }
        None => {
            schema.shift_remove("type");
        }
    }
    if let Some(format) = format {
        schema.entry("format").or_insert_with(|| json!(format));
    }
}

/// `required: true` on a property -> the property's name in the list of its object; elsewhere it goes.
fn required_flags(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    let mut names = Vec::new();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        let here = at.key("properties");
        for (name, property) in properties.iter_mut() {
            let Some(property) = property.as_object_mut() else { continue };
            let Some(Value::Bool(required)) = property.get("required").and_then(scalar::flag) else { continue };
            property.shift_remove("required");
            let message = if required {
                "was moved into the list of its object"
            } else {
                "was left out: a property is optional unless its object lists it"
            };
            context.report(Code::REPAIR_TYPE, &here.key(name).key("required"), format!("`required: {required}` {message}"));
            if required {
                names.push(name.clone());
            }
        }
    }
    if schema.get("required").and_then(scalar::flag).is_some() {
        schema.shift_remove("required");
        context.report(Code::REPAIR_TYPE, &at.key("required"), "`required` was left out: in a schema it is a list of property names");
    }
    if names.is_empty() {
        return;
    }
    if let Value::Array(list) = schema.entry("required").or_insert_with(|| Value::Array(Vec::new())) {
        for name in names {
            if !list.iter().any(|known| known.as_str() == Some(&name)) {
                list.push(Value::String(name));
            }
        }
    }
}

/// `properties`, a schema of other properties, or `items` without a type -> `type: object` or `type: array`. No fault, but said.
fn missing_type(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    const COMPOSED: [&str; 5] = ["type", "allOf", "oneOf", "anyOf", "not"];
    if COMPOSED.iter().any(|key| schema.contains_key(*key)) || schema.contains_key("$ref") {
        return;
    }
    let kind = if ["properties", "additionalProperties"].iter().any(|key| schema.get(*key).is_some_and(Value::is_object)) {
        "object"
    } else if schema.get("items").is_some_and(Value::is_object) {
        "array"
    } else {
        return;
    };
    let mut diagnostic = crate::diagnostic::Diagnostic::new(Code::REPAIR_MISSING, format!("a schema without a type was read as {kind}"));
    diagnostic.severity = crate::diagnostic::Severity::Note;
    context.say(diagnostic.at(crate::diagnostic::Place::at(&at.pointer())));
    schema.insert("type".to_owned(), json!(kind));
}

/// `type: array` without `items` -> `items: {}`.
fn missing_items(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    if schema.get("type").and_then(Value::as_str) == Some("array") && schema.get("items").is_none_or(Value::is_null) {
        if !context.modern {
            context.report(Code::REPAIR_MISSING, at, "`items` is missing from an array; its elements were read as anything");
        }
        schema.insert("items".to_owned(), json!({}));
    }
}

/// `pattern: /^[a-z]+$/i` -> `pattern: (?i)^[a-z]+$`. Nothing stands before the start of a text, so the slashes are no part of
/// it: scripts write patterns so.
fn pattern_literal(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    let Some(Value::String(pattern)) = schema.get_mut("pattern") else { return };
    let parts = pattern.strip_prefix('/').filter(|rest| rest.starts_with('^')).and_then(|rest| rest.rsplit_once('/'));
    let Some((inner, flags)) = parts.filter(|(_, flags)| flags.chars().all(|flag| flag.is_ascii_lowercase())) else { return };
    // The others say how a text is searched, or what every pattern of OpenAPI is.
    let kept: String = flags.chars().filter(|flag| matches!(flag, 'i' | 'm' | 's')).collect();
    let meant = if kept.is_empty() { inner.to_owned() } else { format!("(?{kept}){inner}") };
    context.report(
        Code::REPAIR_PATTERN,
        &at.key("pattern"),
        format!("`{pattern}` was read as `{meant}`: no text has a `/` before its start"),
    );
    *pattern = meant;
}

/// An enum of which no value is an object, although its type says so, has the type that its values have; of a list, values
/// that are none are meant for its items.
fn enum_type(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
    let values = schema.get("enum").and_then(Value::as_array).filter(|values| is_list && !values.is_empty());
    let has_scalars = schema.get("items").and_then(|items| items.get("type")).and_then(Value::as_str).is_some_and(|name| name != "array");
    if has_scalars && values.is_some_and(|values| !values.iter().any(Value::is_array)) {
        context.report(Code::REPAIR_TYPE, &at.key("enum"), "no value of the enum is a list; it was read as one of the items");
        let values = schema.shift_remove("enum").unwrap_or_default();
        if let Some(Value::Object(items)) = schema.get_mut("items") {
            items.entry("enum").or_insert(values);
        }
    }
    let Some(Value::Array(values)) = schema.get("enum").filter(|_| schema.get("type").and_then(Value::as_str) == Some("object")) else {
        return;
    };
    let mut known = values.iter().filter(|value| !value.is_null()).map(|value| match value {
        Value::String(_) => Some("string"),
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => Some("number"),
        Value::Number(_) => Some("integer"),
        _ => None,
    });
    let Some(Some(kind)) = known.next() else { return };
    if !known.all(|other| other == Some(kind)) {
        return;
    }
    context.report(Code::REPAIR_TYPE, &at.key("type"), format!("no value of the enum is an object; it was read as one of type {kind}"));
    schema.insert("type".to_owned(), json!(kind));
    if schema.get("properties").and_then(Value::as_object).is_some_and(Map::is_empty) {
        schema.shift_remove("properties");
    }
}

/// Values of an enum become values of its type: `"1"` an integer, `1` a string.
fn enum_values(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    let meant: fn(&Value) -> Option<Value> = match schema.get("type").and_then(Value::as_str) {
        Some("string") => scalar::text,
        Some("integer") => scalar::whole,
        Some("number") => scalar::number,
        Some("boolean") => scalar::flag,
        _ => return,
    };
    let Some(Value::Array(values)) = schema.get_mut("enum") else { return };
    let mut mistaken = false;
    values.retain_mut(|value| {
        if value.is_null() {
            return true;
        }
        let Some(fitting) = meant(value) else {
            mistaken = true;
            return false;
        };
        mistaken |= fitting != *value && !(fitting.is_number() && value.is_number());
        *value = fitting;
        true
    });
    let is_empty = values.is_empty();
    if is_empty {
        schema.shift_remove("enum");
    }
    if mistaken {
        context.report(
            Code::REPAIR_TYPE,
            &at.key("enum"),
            "values of an enum have another type than the enum; they were read as its type, or left out",
        );
    } else if is_empty {
        context.report(Code::REPAIR_SHAPE, &at.key("enum"), "an empty enum was left out");
    }
}

/// Bounds of an integer that are written as floats, `10.0` -> `10`.
fn whole_bounds(schema: &mut Schema) {
    if schema.get("type").and_then(Value::as_str) != Some("integer") {
        return;
    }
    for key in ["minimum", "maximum", "multipleOf"] {
        if let Some(bound) = schema.get_mut(key)
            && let Some(whole) = bound.is_f64().then(|| scalar::whole(bound)).flatten()
        {
            *bound = whole;
        }
    }
}
