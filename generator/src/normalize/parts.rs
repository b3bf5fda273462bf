//! Known faults of everything but schemas, mended: keys of responses and paths, parameters in the style of 2.0,
//! examples without `value`, security schemes.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::media_type;

use super::at::{At, METHODS, operation_label};
use super::context::{Context, brief};
use super::grammar::{Shape, is_status};
use super::media_types;
use super::origins::CARRIED;

type Object = Map<String, Value>;

/// A part that is written as something else: a response as its description, an example as its value. Whether it could be read.
pub(super) fn from_other(value: &mut Value, shape: &Shape, at: &At<'_>, context: &mut Context<'_>) -> bool {
    let read = match (shape.name, &mut *value) {
        ("response", Value::String(text)) => json!({ "description": text }),
        ("example", other) => json!({ "value": other }),
        _ => return false,
    };
    context.report(Code::REPAIR_SHAPE, at, format!("{} was read as {} with nothing else", brief(value), shape.with_article()));
    *value = read;
    true
}

/// All steps for one object, before its fields are looked at.
pub(super) fn prepare(map: &mut Object, shape: &Shape, at: &At<'_>, context: &mut Context<'_>) {
    match shape.name {
        "paths" => rename(map, at, context, |key| (!key.starts_with('/') && !key.starts_with("x-")).then(|| vec![format!("/{key}")])),
        "responses" => rename(map, at, context, status_keys),
        "path item" => {
            rename(map, at, context, |key| {
                let lower = key.to_ascii_lowercase();
                (key != lower && METHODS.contains(&lower.as_str())).then(|| vec![lower])
            });
            other_methods(map, at, context);
        }
        "example" => example_value(map, at, context),
        "request body" if context.modern && !map.contains_key("content") => {
            map.insert("content".to_owned(), json!({}));
        }
        "media type" => item_schema(map, at, context),
        "security scheme" => scheme_type(map, at, context),
        "xml" => prefix_in_name(map, at, context),
        _ => {}
    }
    if matches!(shape.name, "parameter" | "header") {
        loose_schema(map, at, context);
    }
    if matches!(shape.name, "parameter" | "header" | "media type") {
        example_map(map, at, context);
    }
    if matches!(shape.name, "parameter" | "header" | "request body" | "response") {
        content_keys(map, at, context);
    }
}

/// All steps for one object, after its fields are in shape; `false` if openapiv3 could not read it.
pub(super) fn finish(map: &mut Object, shape: &Shape, at: &At<'_>, context: &mut Context<'_>) -> bool {
    match shape.name {
        "parameter" => parameter(map, at, context),
        "responses" => {
            any_response(map);
            true
        }
        "header" => {
            schema_or_content(map, at, context);
            style(map, &["simple"], at, context);
            true
        }
        "encoding" => {
            style(map, &["form", "spaceDelimited", "pipeDelimited", "deepObject"], at, context);
            true
        }
        "link" => {
            if map.contains_key("operationRef") && map.contains_key("operationId") {
                map.shift_remove("operationRef");
                context.report(Code::REPAIR_STRAY_KEY, at, "`operationRef` was left out: the link has an `operationId`");
            }
            map.contains_key("operationRef") || map.contains_key("operationId")
        }
        "security scheme" => security_scheme(map, at, context),
        _ => true,
    }
}

/// Keys get the names that `meant` gives; where a name is taken, the stranger goes.
fn rename(map: &mut Object, at: &At<'_>, context: &mut Context<'_>, meant: impl Fn(&str) -> Option<Vec<String>>) {
    if !map.keys().any(|key| meant(key).is_some()) {
        return;
    }
    let written = std::mem::take(map);
    let proper: HashSet<String> = written.keys().filter(|key| meant(key).is_none()).cloned().collect();
    for (key, value) in written {
        let Some(names) = meant(&key) else {
            map.insert(key, value);
            continue;
        };
        let here = at.key(&key);
        for name in names {
            if map.contains_key(&name) || proper.contains(&name) {
                context.report_key(Code::REPAIR_STRAY_KEY, &here, format!("`{key}` was left out: `{name}` is there too"));
                continue;
            }
            context.report_key(Code::REPAIR_SHAPE, &here, format!("the key `{key}` was read as `{name}`"));
            context.origins.moved(&here.pointer(), &at.key(&name).pointer());
            map.insert(name, value.clone());
        }
    }
}

/// Operations of methods that only OpenAPI 3.2 has go, each with a line of its own.
fn other_methods(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) {
    let path = at.pointer().last().unwrap_or_default();
    let mut refuse = |at: &At<'_>, method: &str| {
        let message = format!("operations of the method {method} are not generated yet");
        let diagnostic = Diagnostic::new(Code::UNSUPPORTED_PATH, message).at(Place::key(&at.pointer()));
        context.say(diagnostic.operation(operation_label(method, &path)));
    };
    if map.get("query").is_some_and(Value::is_object) {
        map.shift_remove("query");
        refuse(&at.key("query"), "QUERY");
    }
    if let Some(Value::Object(others)) = map.get("additionalOperations") {
        let here = at.key("additionalOperations");
        others.keys().for_each(|method| refuse(&here.key(method), method));
        map.shift_remove("additionalOperations");
    }
}

/// `2xx` -> `2XX`, `200 OK` -> `200`, `Default` -> `default`, `429,430` -> `429` and `430`, `400-499` -> `4XX`.
fn status_keys(key: &str) -> Option<Vec<String>> {
    if key == "default" || key.starts_with("x-") || is_status(key) {
        return None;
    }
    let pieces = |separators: &[char]| -> Option<Vec<String>> {
        let pieces: Option<Vec<String>> = key.split(separators).map(|piece| status(piece.trim())).collect();
        pieces.filter(|pieces| pieces.len() > 1)
    };
    if let Some(list) = pieces(&[',', '/', '|', ';', '&', '+']) {
        return Some(list);
    }
    if let Some([first, last]) = pieces(&['-', '\u{2013}']).as_deref() {
        let class = |status: &str| status.chars().next();
        return class(first).filter(|found| class(last) == Some(*found)).map(|class| vec![format!("{class}XX")]);
    }
    if let Some(whole) = status(key.trim()) {
        return Some(vec![whole]);
    }
    // What follows are words.
    let head: String = key.trim().chars().take(3).collect();
    let is_whole = key.trim().get(3..).is_none_or(|rest| !rest.starts_with(|next: char| next.is_ascii_alphanumeric()));
    status(&head).filter(|head| is_whole && is_status(head)).map(|head| vec![head])
}

/// A status as the standard writes it: `2xx` and `2**` -> `2XX`, what stands for any -> `default`.
fn status(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase().replace(['*', '?'], "X");
    match upper.as_str() {
        "DEFAULT" | "0" | "X" | "XXX" | "ANY" => Some("default".to_owned()),
        upper => is_status(upper).then(|| upper.to_owned()),
    }
}

/// What of a parameter or header of 2.0 belongs into a schema.
pub(super) const SCHEMA_WORDS: [&str; 17] = [
    "type",
    "format",
    "items",
    "enum",
    "default",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "minLength",
    "maxLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "multipleOf",
    "nullable",
];

/// `responses: {}` -> `responses: {default: {}}`. A document that says nothing of answers has nothing against any.
fn any_response(map: &mut Object) {
    if map.keys().all(|key| key.starts_with("x-")) {
        map.insert("default".to_owned(), json!({ "description": "Any answer: the document describes none." }));
    }
}

/// `{type, format, …}` of a 2.0 parameter or header -> `{schema: {type, format, …}}`.
fn loose_schema(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) {
    if !map.contains_key("type") || map.get("schema").is_some_and(|schema| !schema.is_null()) || map.contains_key("content") {
        return;
    }
    let mut schema = Object::new();
    for key in SCHEMA_WORDS {
        if let Some(value) = map.shift_remove(key) {
            context.origins.moved(&at.key(key).pointer(), &at.key("schema").key(key).pointer());
            schema.insert(key.to_owned(), value);
        }
    }
    context.report(Code::REPAIR_SHAPE, at, "`type` and its like were moved into a `schema`");
    map.insert("schema".to_owned(), Value::Object(schema));
}

/// `examples: [a, b]` -> `{example1: {value: a}, …}`; a bare value as `examples` -> one example.
fn example_map(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) {
    let Some(examples) = map.get_mut("examples") else { return };
    let here = at.key("examples");
    match examples {
        Value::Array(list) => {
            let named = list.iter_mut().enumerate().map(|(index, value)| {
                context.origins.moved(&here.index(index).pointer(), &here.key(&format!("example{}", index + 1)).key("value").pointer());
                (format!("example{}", index + 1), json!({ "value": value.take() }))
            });
            *examples = Value::Object(named.collect());
            context.report(Code::REPAIR_TYPE, &here, "a list of examples was read as named ones");
        }
        // Named examples are objects; scalars are the properties of one example.
        Value::Object(named) if named.values().any(|value| !value.is_object()) => {
            context.origins.moved(&here.pointer(), &here.key("example1").key("value").pointer());
            *examples = json!({ "example1": { "value": examples.take() } });
            context.report(Code::REPAIR_SHAPE, &here, "`examples` was read as one example: its values are no Example objects");
        }
        _ => {}
    }
}

/// `{id: 5}` where `{value: {id: 5}}` must stand -> the latter.
fn example_value(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) {
    const KNOWN: [&str; 6] = ["summary", "description", "value", "externalValue", "dataValue", "serializedValue"];
    if map.is_empty() || map.keys().any(|key| KNOWN.contains(&key.as_str()) || key.starts_with("x-")) {
        return;
    }
    context.report(Code::REPAIR_SHAPE, at, "an example without `value` was read as the value itself");
    let value = Value::Object(std::mem::take(map));
    map.insert("value".to_owned(), value);
    let here = at.pointer();
    context.origins.moved(&here, &here.child("value"));
}

/// `itemSchema` of a body of many values (OpenAPI 3.2) -> the same body as a list, which is what its `schema` would say.
fn item_schema(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) {
    if map.contains_key("schema") || media_type::sequence(&at.pointer().last().unwrap_or_default()).is_none() {
        return;
    }
    if let Some(item) = map.shift_remove("itemSchema") {
        context.origins.moved(&at.key("itemSchema").pointer(), &at.key("schema").key("items").pointer());
        map.insert("schema".to_owned(), serde_json::json!({"type": "array", "items": item}));
    }
}

/// `name: xml:lang` -> `name: lang` with `prefix: xml`.
fn prefix_in_name(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) {
    let Some((prefix, name)) = map.get("name").and_then(Value::as_str).and_then(|name| name.split_once(':')) else { return };
    // What declares a namespace is no attribute like others.
    if map.contains_key("prefix") || matches!(prefix, "" | "xmlns") || name.is_empty() || name.contains(':') {
        return;
    }
    let (prefix, name) = (json!(prefix), json!(name));
    context.report(Code::REPAIR_SHAPE, &at.key("name"), format!("the name was read as {name} with the prefix {prefix}"));
    map.extend([("prefix".to_owned(), prefix), ("name".to_owned(), name)]);
}

/// Keys of a media type that stand beside it or in its place, in `content` -> under the one it can only be, or out.
fn content_keys(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) {
    const STRAY: [&str; 7] = ["schema", "example", "examples", "encoding", "description", "required", "type"];
    let Some(Value::Object(content)) = map.get_mut("content") else { return };
    let here = at.key("content");
    let stray: Vec<String> = content.keys().filter(|key| STRAY.contains(&key.as_str())).cloned().collect();
    // One media type without anything, and its parts beside it: an indentation that went wrong.
    let empty: Vec<&String> = content.iter().filter(|(key, value)| key.contains('/') && value.is_null()).map(|(key, _)| key).collect();
    let media_type = match empty.as_slice() {
        [] if stray.len() == content.len() => "application/json".to_owned(),
        [one] if stray.len() + 1 == content.len() => (*one).clone(),
        _ => String::new(),
    };
    let lonely = !media_type.is_empty() && content.get("schema").is_some_and(Value::is_object);
    let mut media = Object::new();
    for key in stray {
        let Some(value) = content.shift_remove(&key) else { continue };
        let kept = lonely && matches!(key.as_str(), "schema" | "example" | "examples" | "encoding");
        let outcome = if kept { format!("was read as that of {media_type}") } else { "was left out".to_owned() };
        context.report_key(Code::REPAIR_STRAY_KEY, &here.key(&key), format!("`{key}` {outcome}: `content` holds media types"));
        if kept {
            context.origins.moved(&here.key(&key).pointer(), &here.key(&media_type).key(&key).pointer());
            media.insert(key, value);
        }
    }
    if lonely {
        if content.contains_key(&media_type) {
            context.report_key(Code::REPAIR_NULL, &here.key(&media_type), "null was read as the media type whose parts stand beside it");
        }
        content.insert(media_type, Value::Object(media));
    }
    media_types::names(content, &here, context);
}

/// `in`, `required`, `style` and `schema` as openapiv3 wants them; `false` if nobody can tell where the parameter goes.
fn parameter(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) -> bool {
    let Some(place) = map.get("in").and_then(Value::as_str).map(str::to_owned) else { return false };
    let lower = place.to_ascii_lowercase();
    let styles: &[&str] = match lower.as_str() {
        "query" => &["form", "spaceDelimited", "pipeDelimited", "deepObject"],
        "header" => &["simple"],
        "path" => &["matrix", "label", "simple"],
        "cookie" => &["form"],
        "querystring" if whole_query(map, at, context) => return true,
        _ => {
            context.report(Code::REPAIR_SHAPE, &at.key("in"), format!("a parameter cannot be in `{place}`"));
            return false;
        }
    };
    let name = map.get("name").and_then(Value::as_str).unwrap_or_default();
    if lower == "header" && !crate::media_type::is_token(name) {
        context.report(Code::REPAIR_SHAPE, &at.key("name"), format!("no header can be called `{name}`"));
        return false;
    }
    if lower != place {
        context.report(Code::REPAIR_TYPE, &at.key("in"), format!("`{place}` was read as `{lower}`"));
        map.insert("in".to_owned(), Value::String(lower.clone()));
    }
    if lower == "path" && map.get("required") != Some(&Value::Bool(true)) {
        context.report(Code::REPAIR_MISSING, at, "`required: true` was added: every path parameter is required");
        map.insert("required".to_owned(), Value::Bool(true));
    }
    style(map, styles, at, context);
    schema_or_content(map, at, context);
    true
}

/// `in: querystring` with a form as its content (OpenAPI 3.2) -> a query parameter whose properties are what the query holds.
fn whole_query(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) -> bool {
    const FORM: &str = "application/x-www-form-urlencoded";
    let media = map.get("content").and_then(|content| content.get(FORM)?.as_object());
    let Some(schema) = media.and_then(|media| media.get("schema")).filter(|schema| schema.is_object()).cloned() else { return false };
    let rest: Vec<String> = media.into_iter().flat_map(Object::keys).filter(|key| *key != "schema").map(|key| format!("`{key}`")).collect();
    if !rest.is_empty() {
        let message = format!("{} was left out: the query is read as a parameter", rest.join(", "));
        context.report(Code::REPAIR_SHAPE, &at.key("content").key(FORM), message);
    }
    map.shift_remove("content");
    context.origins.moved(&at.key("content").key(FORM).key("schema").pointer(), &at.key("schema").pointer());
    for (key, value) in [("in", json!("query")), ("style", json!("form")), ("explode", json!(true)), ("schema", schema)] {
        map.insert(key.to_owned(), value);
    }
    true
}

/// A style that its place does not have goes; the default of the place holds.
fn style(map: &mut Object, styles: &[&str], at: &At<'_>, context: &mut Context<'_>) {
    if let Some(style) = map.get("style").and_then(Value::as_str)
        && !styles.contains(&style)
    {
        context.report(Code::REPAIR_SHAPE, &at.key("style"), format!("style `{style}` was left out: there is no such style here"));
        map.shift_remove("style");
    }
}

/// Exactly one of `schema` and `content`: the schema if there are both, an open one if there is neither.
fn schema_or_content(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) {
    let has_content = map.get("content").and_then(Value::as_object).is_some_and(|content| !content.is_empty());
    match (map.contains_key("schema"), has_content) {
        (true, _) => {
            if let Some(content) = map.shift_remove("content") {
                map.insert(format!("{CARRIED}content"), content);
                context.report(Code::REPAIR_SHAPE, &at.key("content"), "`content` was left out: there is a `schema`");
            }
        }
        (false, true) => {}
        (false, false) => {
            map.shift_remove("content");
            map.insert("schema".to_owned(), json!({}));
            context.report(Code::REPAIR_MISSING, at, "there is neither `schema` nor `content`; any value was read");
        }
    }
}

/// `type: basic` of 2.0 -> `type: http, scheme: basic`; names in another case.
fn scheme_type(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) {
    let Some(Value::String(kind)) = map.get("type") else { return };
    let (meant, scheme) = match kind.to_ascii_lowercase().as_str() {
        "basic" => ("http", Some("basic")),
        "bearer" => ("http", Some("bearer")),
        "apikey" => ("apiKey", None),
        "http" => ("http", None),
        "oauth2" => ("oauth2", None),
        "openidconnect" => ("openIdConnect", None),
        "mutualtls" => ("mutualTLS", None),
        _ => return,
    };
    if kind == meant {
        return;
    }
    context.report(Code::REPAIR_TYPE, &at.key("type"), format!("`{kind}` was read as `{meant}`"));
    map.insert("type".to_owned(), json!(meant));
    if let Some(scheme) = scheme {
        map.entry("scheme").or_insert_with(|| json!(scheme));
    }
}

/// Whether a security scheme has what its type needs.
fn security_scheme(map: &mut Object, at: &At<'_>, context: &mut Context<'_>) -> bool {
    let text = |key: &str| map.get(key).and_then(Value::as_str);
    match text("type") {
        Some("apiKey") => {
            let place = text("in").map(str::to_ascii_lowercase);
            let known = place.as_deref().is_some_and(|place| matches!(place, "query" | "header" | "cookie"));
            let complete = known && text("name").is_some();
            if complete && text("in") != place.as_deref() {
                context.report(Code::REPAIR_TYPE, &at.key("in"), "the place of an API key was read in lower case");
                map.insert("in".to_owned(), json!(place));
            }
            complete
        }
        Some("http") if text("scheme").is_none() && text("bearerFormat").is_some() => {
            context.report(Code::REPAIR_MISSING, at, "`scheme: bearer` was added: there is a `bearerFormat`");
            map.insert("scheme".to_owned(), json!("bearer"));
            true
        }
        Some("http") => text("scheme").is_some(),
        Some("oauth2") => map.contains_key("flows"),
        Some("openIdConnect") => text("openIdConnectUrl").is_some(),
        // Taken out, with what asks for it, once all requirements are known.
        Some("mutualTLS") => true,
        Some(other) => {
            context.report(Code::SECURITY_UNKNOWN, &at.key("type"), format!("a security scheme of type `{other}` cannot be carried"));
            false
        }
        None => false,
    }
}
