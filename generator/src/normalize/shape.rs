//! The tree takes the shape of OpenAPI 3.0: what has the wrong type is read as what is meant, and what cannot be read
//! is left out with a line about it, so that openapiv3 never refuses. It knows the grammar, not what a field means.

use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic, Place};

use super::at::{At, METHODS, operation_label, operation_of};
use super::context::{Context, brief};
use super::grammar::{DOCUMENT, Fill, Kind, Shape};
use super::{parts, scalar, schema, swagger};

/// What became of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It can stand, perhaps mended.
    Keep,
    /// It says nothing and goes.
    Empty,
    /// It says something that cannot be read, and goes; reported.
    Bad,
}

/// The whole tree.
pub(super) fn document(tree: &mut Value, context: &mut Context<'_>) {
    check(tree, &Kind::Object(&DOCUMENT), &At::ROOT, context);
}

/// One value against what may stand at its place.
pub(super) fn check(value: &mut Value, kind: &Kind, at: &At<'_>, context: &mut Context<'_>) -> Verdict {
    if matches!(kind, Kind::Free) {
        return Verdict::Keep;
    }
    if value.is_null() {
        context.report(Code::REPAIR_NULL, at, "null was left out: nothing may be null here");
        return Verdict::Empty;
    }
    match kind {
        Kind::Text | Kind::Flag | Kind::Count | Kind::Number => check_scalar(value, kind, at, context),
        Kind::List(inner) => check_list(value, inner, false, at, context),
        Kind::Every(inner) => check_list(value, inner, true, at, context),
        Kind::Map(inner) => check_map(value, inner, at, context),
        Kind::FlagOr(_) if value.is_boolean() => Verdict::Keep,
        Kind::FlagOr(_) if value.is_string() && scalar::flag(value).is_some() => check_scalar(value, &Kind::Flag, at, context),
        Kind::Object(shape) => check_object(value, shape, false, at, context),
        Kind::Ref(shape) | Kind::FlagOr(shape) => check_object(value, shape, true, at, context),
        Kind::Free => Verdict::Keep,
    }
}

fn check_scalar(value: &mut Value, kind: &Kind, at: &At<'_>, context: &mut Context<'_>) -> Verdict {
    if scalar::fits(value, kind) {
        return Verdict::Keep;
    }
    let name = scalar::name(kind);
    match scalar::meant(value, kind) {
        Some(meant) => {
            // 5.0 for 5 is the same number, and a version 1.0 the same text: nothing was mistaken.
            if !(value.is_number() && matches!(kind, Kind::Count | Kind::Text)) {
                context.report(Code::REPAIR_TYPE, at, format!("{} was read as {name}", brief(value)));
            }
            *value = meant;
            Verdict::Keep
        }
        None => {
            context.report(Code::REPAIR_SHAPE, at, format!("{} was left out: this must be {name}", brief(value)));
            Verdict::Bad
        }
    }
}

/// A list. Elements that cannot be read go; where every element counts, the list goes with them.
fn check_list(value: &mut Value, inner: &Kind, every: bool, at: &At<'_>, context: &mut Context<'_>) -> Verdict {
    if !value.is_array() {
        let fitting = match inner {
            Kind::Text => value.is_string(),
            Kind::Free => !value.is_object(),
            Kind::Object(_) | Kind::Ref(_) | Kind::Map(_) => value.as_object().is_some_and(|map| !map.is_empty()),
            _ => false,
        };
        if fitting {
            context.report(Code::REPAIR_TYPE, at, format!("{} was read as a list with one element", brief(value)));
            *value = Value::Array(vec![value.take()]);
        } else if value.as_object().is_some_and(Map::is_empty) {
            context.report(Code::REPAIR_TYPE, at, "an empty object was read as an empty list");
            *value = Value::Array(Vec::new());
        }
    }
    let Value::Array(list) = value else {
        context.report(Code::REPAIR_SHAPE, at, format!("{} was left out: this must be a list", brief(value)));
        return Verdict::Bad;
    };
    if matches!(inner, Kind::Free) {
        return Verdict::Keep;
    }
    let verdicts: Vec<Verdict> =
        list.iter_mut().enumerate().map(|(index, element)| check(element, inner, &at.index(index), context)).collect();
    if verdicts.iter().all(|verdict| *verdict == Verdict::Keep) {
        return Verdict::Keep;
    }
    let kept: Vec<usize> = (0..list.len()).filter(|index| verdicts.get(*index) == Some(&Verdict::Keep)).collect();
    let mut index = 0;
    list.retain(|_| {
        index += 1;
        verdicts.get(index - 1) == Some(&Verdict::Keep)
    });
    context.origins.reindexed(&at.pointer(), &kept);
    if every && verdicts.contains(&Verdict::Bad) { Verdict::Bad } else { Verdict::Keep }
}

fn check_map(value: &mut Value, inner: &Kind, at: &At<'_>, context: &mut Context<'_>) -> Verdict {
    empty_list_is_object(value, at, context);
    let Value::Object(map) = value else {
        context.report(Code::REPAIR_SHAPE, at, format!("{} was left out: this must be an object", brief(value)));
        return Verdict::Bad;
    };
    let mut bad = false;
    map.retain(|key, child| {
        let at = at.key(key);
        if child.is_null() && !matches!(inner, Kind::Free) {
            fill_null(child, inner, &at, context);
        }
        let verdict = check(child, inner, &at, context);
        bad |= verdict == Verdict::Bad;
        verdict == Verdict::Keep
    });
    if bad && matches!(inner, Kind::List(_)) { Verdict::Bad } else { Verdict::Keep }
}

/// PHP writes an empty object as an empty list.
fn empty_list_is_object(value: &mut Value, at: &At<'_>, context: &mut Context<'_>) {
    if value.as_array().is_some_and(Vec::is_empty) {
        context.report(Code::REPAIR_TYPE, at, "an empty list was read as an empty object");
        *value = Value::Object(Map::new());
    }
}

/// The key of a map says something even when its value is null: `name:` in `properties`, `application/json:` in `content`.
fn fill_null(value: &mut Value, inner: &Kind, at: &At<'_>, context: &mut Context<'_>) {
    let (filling, message) = match inner {
        Kind::Object(_) | Kind::Ref(_) | Kind::FlagOr(_) | Kind::Map(_) => (Value::Object(Map::new()), "null was read as an empty object"),
        Kind::List(_) | Kind::Every(_) => (Value::Array(Vec::new()), "null was read as an empty list"),
        Kind::Text => (Value::String(String::new()), "null was read as an empty string"),
        Kind::Flag | Kind::Count | Kind::Number | Kind::Free => return,
    };
    context.report_key(Code::REPAIR_NULL, at, message);
    *value = filling;
}

fn check_object(value: &mut Value, shape: &'static Shape, reference: bool, at: &At<'_>, context: &mut Context<'_>) -> Verdict {
    empty_list_is_object(value, at, context);
    if !(value.is_object() || schema::from_other(value, shape, at, context) || parts::from_other(value, shape, at, context)) {
        context.report(Code::REPAIR_SHAPE, at, format!("{} was left out: {} must be an object", brief(value), shape.with_article()));
        return Verdict::Bad;
    }
    let Value::Object(map) = value else { return Verdict::Bad };
    if context.swagger && shape.name == "schema" {
        swagger::spell(map);
    }
    if reference && map.get("$ref").is_some_and(Value::is_string) && !is_wrapped(map, shape, at, context) {
        return Verdict::Keep;
    }
    schema::prepare(map, shape, at, context);
    parts::prepare(map, shape, at, context);
    let mut lost = None;
    map.retain(|key, child| check_field(key, child, shape, at, context, &mut lost));
    if lost.is_none() {
        lost = fill(map, shape, at, context);
    }
    if lost.is_none() && !parts::finish(map, shape, at, context) {
        lost = Some("something that it needs".to_owned());
    }
    match lost {
        None => Verdict::Keep,
        Some(field) => {
            dropped(map, shape, &field, at, context);
            Verdict::Bad
        }
    }
}

/// A reference: what stands beside `$ref`. Beside a reference to a schema it counts, so the reference moves into an `allOf`.
fn is_wrapped(map: &mut Map<String, Value>, shape: &Shape, at: &At<'_>, context: &mut Context<'_>) -> bool {
    if map.len() == 1 {
        return false;
    }
    if shape.name == "schema" {
        return schema::wrap_reference(map, at, context);
    }
    map.retain(|key, _| {
        let known = key == "$ref" || key.starts_with("x-") || (context.modern && (key == "summary" || key == "description"));
        if !known {
            context.report_key(Code::REPAIR_STRAY_KEY, &at.key(key), format!("`{key}` was left out: a reference has no other keys"));
        }
        key == "$ref"
    });
    false
}

/// One field of an object; whether it stays.
fn check_field(
    key: &str,
    child: &mut Value,
    shape: &'static Shape,
    at: &At<'_>,
    context: &mut Context<'_>,
    lost: &mut Option<String>,
) -> bool {
    if key.starts_with("x-") {
        return true;
    }
    let at = at.key(key);
    let Some(kind) = shape.field(key) else {
        context.report_key(Code::REPAIR_STRAY_KEY, &at, format!("`{key}` was left out: {} has no such key", shape.with_article()));
        return false;
    };
    let is_patterned = !shape.fields.iter().any(|(name, _)| *name == key);
    if child.is_null() && is_patterned {
        fill_null(child, kind, &at, context);
    }
    let verdict = check(child, kind, &at, context);
    if verdict == Verdict::Bad && shape.essential.contains(&key) {
        lost.get_or_insert_with(|| key.to_owned());
    }
    verdict == Verdict::Keep
}

/// Adds what is required; the name of what is missing if it cannot be made up.
fn fill(map: &mut Map<String, Value>, shape: &Shape, at: &At<'_>, context: &mut Context<'_>) -> Option<String> {
    for (field, filling) in shape.required {
        if map.contains_key(*field) {
            continue;
        }
        let filling = match filling {
            Fill::Text(text) => Value::String((*text).to_owned()),
            Fill::Object => Value::Object(Map::new()),
            Fill::Never => return Some((*field).to_owned()),
        };
        // A document of 3.1 may well have no paths, and an operation of it no responses.
        let optional = context.modern && matches!((shape.name, *field), (_, "paths") | ("operation", "responses"));
        if !optional {
            context.report(
                Code::REPAIR_MISSING,
                at,
                format!("`{field}` is required in {} and was added as {filling}", shape.with_article()),
            );
        }
        let mut filling = filling;
        if let Some(kind) = shape.field(field) {
            check(&mut filling, kind, at, context);
        }
        map.insert((*field).to_owned(), filling);
    }
    None
}

/// Says what goes with an object that cannot be read.
fn dropped(map: &Map<String, Value>, shape: &Shape, field: &str, at: &At<'_>, context: &mut Context<'_>) {
    let pointer = at.pointer();
    let message = format!("{} was left out: `{field}` is missing or cannot be read", shape.with_article());
    let mut operations = Vec::new();
    match shape.name {
        "operation" => operations.extend(operation_of(&pointer)),
        "path item" => {
            let path = pointer.last().unwrap_or_default();
            let is_path = pointer.steps().next().as_deref() == Some("paths");
            operations.extend(
                METHODS
                    .iter()
                    .filter(|method| is_path && map.get(**method).is_some_and(Value::is_object))
                    .map(|method| (pointer.child(method), Some(operation_label(method, &path)))),
            );
        }
        _ => {}
    }
    if operations.is_empty() {
        context.report(Code::REPAIR_SHAPE, at, message.clone());
    }
    for (place, label) in operations {
        let diagnostic = Diagnostic::new(Code::REPAIR_SHAPE, message.clone()).at(Place::key(&place));
        context.say(match label {
            Some(label) => diagnostic.operation(label),
            None => diagnostic,
        });
    }
}
