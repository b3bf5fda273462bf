//! Schemas of JSON Schema 2020-12 (OpenAPI 3.1 and later) become schemas of OpenAPI 3.0: the same where 3.0 can say it, and
//! otherwise one that admits more, with what was loosened carried beside it and said.

mod arrays;
pub(super) mod nullable;
mod objects;
mod types;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Pointer;

use super::at::At;
use super::context::Context;

type Schema = Map<String, Value>;

/// All steps, in the order in which they build on each other.
pub(super) fn lower(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    nullable::extension(schema);
    types::type_list(schema, at, context);
    nullable::null_type(schema);
    for union in ["oneOf", "anyOf"] {
        nullable::never_branch(schema, union, at, context);
        nullable::null_branch(schema, union, at, context);
    }
    constant(schema);
    exclusive_bound(schema, "exclusiveMinimum", "minimum", |new, old| new >= old);
    exclusive_bound(schema, "exclusiveMaximum", "maximum", |new, old| new <= old);
    first_example(schema);
    encoded_content(schema);
    node_type(schema, at, context);
    // What these add must not be taken for what the document says when shapes are checked once more.
    if !schema.contains_key(LOWERED) {
        let steps = [
            said(schema, at, context),
            arrays::tuple(schema, at, context),
            objects::patterns(schema, at, context),
            objects::conditions(schema),
            objects::never_properties(schema, at, context),
            objects::unevaluated(schema),
        ];
        if steps.contains(&true) {
            schema.insert(LOWERED.to_owned(), Value::Bool(true));
        }
    }
}

/// Marks a schema for which these steps were done: they add to what is there, and would add again.
const LOWERED: &str = "x-bothends-lowered";

/// Schemas of which a value may be any, each once.
#[derive(Default)]
struct Arms {
    values: Vec<Value>,
    /// Where each stands.
    places: Vec<Pointer>,
}

impl Arms {
    fn add(&mut self, arm: &Value, place: Pointer) {
        if !self.values.contains(arm) {
            self.values.push(arm.clone());
            self.places.push(place);
        }
    }

    /// The one, or a choice, that will stand at a place.
    fn choice(self, to: &Pointer, context: &mut Context<'_>) -> Value {
        let one = self.values.len() == 1;
        let place = |index: usize| if one { to.clone() } else { to.child("anyOf").child(index) };
        // The last may stand where all go.
        for (index, from) in self.places.iter().enumerate().rev().filter(|(index, from)| **from != place(*index)) {
            context.origins.moved(from, &place(index));
        }
        match <[Value; 1]>::try_from(self.values) {
            Ok([one]) => one,
            Err(values) => json!({ "anyOf": values }),
        }
    }
}

/// Keywords that constrain values in ways that no type says; they are carried, and said once for each schema.
fn said(schema: &Schema, at: &At<'_>, context: &mut Context<'_>) -> bool {
    const LOOSE: [&str; 10] = [
        "prefixItems",
        "patternProperties",
        "propertyNames",
        "unevaluatedProperties",
        "unevaluatedItems",
        "contains",
        "if",
        "dependentRequired",
        "dependentSchemas",
        "not",
    ];
    let loose: Vec<String> = LOOSE.iter().filter(|key| counts(schema, key)).map(|key| format!("`{key}`")).collect();
    if loose.is_empty() {
        return false;
    }
    let message = format!("{} cannot be said by a type: values are read and written whether or not they keep to it", loose.join(", "));
    context.say(Diagnostic::new(Code::SCHEMA_LOOSENED, message).at(Place::at(&at.pointer())));
    true
}

/// Whether a keyword is there and demands anything.
fn counts(schema: &Schema, key: &str) -> bool {
    match schema.get(key) {
        None | Some(Value::Bool(true) | Value::Null) => false,
        Some(Value::Object(inner)) => !inner.is_empty(),
        // A plain `additionalProperties: false` says as much.
        Some(Value::Bool(false)) => !(key == "unevaluatedProperties" && schema.get("additionalProperties") == Some(&Value::Bool(false))),
        Some(_) => true,
    }
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
    let word = |key: &str| schema.get(key).and_then(Value::as_str).map(str::to_ascii_lowercase);
    let format = match (word("contentEncoding").as_deref(), word("contentMediaType").as_deref()) {
        (Some("base64"), _) => "byte",
        (Some("binary"), _) => "binary",
        (None, Some(media_type)) if is_binary(media_type) => "binary",
        _ => return,
    };
    if is_text && !schema.contains_key("format") && !schema.contains_key("enum") {
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("format".to_owned(), json!(format));
    }
}

/// `xml: {nodeType: attribute}` -> `attribute: true`; `nodeType: element` of a list -> `wrapped: true` (OpenAPI 3.2, XML Object).
/// Text between elements is no property's: it is said, and written as an element.
fn node_type(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) {
    let is_list = schema.get("type").and_then(Value::as_str) == Some("array");
    let Some(xml) = schema.get_mut("xml").and_then(Value::as_object_mut) else { return };
    let keyword = match xml.get("nodeType").and_then(Value::as_str) {
        Some("attribute") => "attribute",
        Some("element") if is_list => "wrapped",
        Some(kind @ ("text" | "cdata")) => {
            let message = format!("`nodeType: {kind}` is written as an element");
            xml.shift_remove("nodeType");
            let place = at.key("xml").key("nodeType").pointer();
            context.say(Diagnostic::new(Code::SCHEMA_LOOSENED, message).at(Place::at(&place)));
            return;
        }
        _ => return,
    };
    xml.entry(keyword).or_insert(Value::Bool(true));
}

/// Whether what has this media type is no text.
fn is_binary(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    match essence.split_once('/') {
        Some(("image", kind)) => !kind.ends_with("+xml"),
        Some(("audio" | "video" | "font", _)) => true,
        Some(("application", kind)) => matches!(kind, "octet-stream" | "pdf" | "zip" | "gzip" | "x-tar" | "vnd.ms-excel" | "msword"),
        _ => false,
    }
}
