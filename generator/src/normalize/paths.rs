//! Paths and what belongs to them agree: every `{name}` of a template is a parameter and the other way round, and no two
//! operations have one operationId.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Pointer;

use super::at::METHODS;
use super::callbacks;
use super::context::Context;

/// `x-ms-paths`, in which Azure's documents write paths that differ in their queries only -> `paths`.
pub(super) fn of_extension(tree: &mut Value, context: &mut Context<'_>) {
    const EXTENSION: &str = "x-ms-paths";
    let Value::Object(root) = tree else { return };
    if !root.get(EXTENSION).is_some_and(Value::is_object) || !root.get("paths").is_none_or(Value::is_object) {
        return;
    }
    let Some(Value::Object(others)) = root.shift_remove(EXTENSION) else { return };
    let Value::Object(paths) = root.entry("paths").or_insert_with(|| json!({})) else { return };
    for (path, item) in others {
        let from = Pointer::root().join([EXTENSION, &path]);
        if paths.contains_key(&path) {
            let message = format!("`{path}` is written again; the first one stands");
            context.say(Diagnostic::new(Code::REPAIR_DUPLICATE_KEY, message).at(Place::key(&from)));
            continue;
        }
        context.origins.moved(&from, &Pointer::root().join(["paths", &path]));
        paths.insert(path, item);
    }
}

/// Parameters and templates.
pub(super) fn parameters(tree: &mut Value, context: &mut Context<'_>) {
    let Value::Object(root) = tree else { return };
    // Taken out for a moment, so that references can be followed while paths change.
    let Some(Value::Object(mut paths)) = root.get_mut("paths").map(Value::take) else { return };
    let components = root.get("components").unwrap_or(&Value::Null);
    for (path, item) in &mut paths {
        if let Value::Object(item) = item
            && !path.starts_with("x-")
        {
            path_item(path, item, components, context);
        }
    }
    root.insert("paths".to_owned(), Value::Object(paths));
    of_callbacks(root, context);
}

/// Callbacks have no path, and so no parameters in it.
fn of_callbacks(root: &mut Map<String, Value>, context: &mut Context<'_>) {
    let Some(Value::Object(components)) = root.get_mut("components") else { return };
    let Some(mut callbacks) = components.get_mut("callbacks").map(Value::take) else { return };
    let known = Value::Object(std::mem::take(components));
    for (name, callback) in callbacks.as_object_mut().into_iter().flatten() {
        for (expression, item) in callback.as_object_mut().into_iter().flatten() {
            let Value::Object(item) = item else { continue };
            let pointer = Pointer::root().join(["components", "callbacks", name, expression]);
            agree(item, &[], &pointer, &known, context);
            for method in METHODS {
                if let Some(Value::Object(operation)) = item.get_mut(method) {
                    agree(operation, &[], &pointer.child(method), &known, context);
                }
            }
        }
    }
    if let Value::Object(known) = known {
        *components = known;
        components.insert("callbacks".to_owned(), callbacks);
    }
}

/// A parameter behind references, as far as they lead.
pub(super) fn resolved<'v>(mut parameter: &'v Value, components: &'v Value) -> &'v Value {
    for _ in 0..32 {
        let Some(reference) = parameter.get("$ref").and_then(Value::as_str) else { break };
        let found = reference.strip_prefix("#/components").and_then(Pointer::parse).and_then(|at| components.pointer(at.as_str()));
        match found {
            Some(found) => parameter = found,
            None => break,
        }
    }
    parameter
}

/// Name and place of a parameter, through references.
fn key_of(parameter: &Value, components: &Value) -> Option<(String, String)> {
    let parameter = resolved(parameter, components);
    Some((parameter.get("name")?.as_str()?.to_owned(), parameter.get("in")?.as_str()?.to_owned()))
}

/// `{name}` -> `name`, for every pair of braces; `{+name}` too.
fn template(path: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut rest = path.split(['?', '#']).next().unwrap_or(path);
    while let Some((_, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        let name = name.trim_start_matches('+').trim_end_matches('*').to_owned();
        if !name.is_empty() && !names.contains(&name) {
            names.push(name);
        }
        rest = after;
    }
    names
}

/// `?key={name}` -> `(key, name)`.
fn query_template(path: &str) -> Vec<(&str, &str)> {
    let query = path.split('#').next().and_then(|path| path.split_once('?')).map_or("", |(_, query)| query);
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.filter_map(|(key, value)| Some((key, value.strip_prefix('{')?.strip_suffix('}')?))).collect()
}

/// A parameter whose place in braces is in the query of a path -> a query parameter of the name that stands before it.
fn into_query(path: &str, item: &mut Map<String, Value>, components: &Value, context: &mut Context<'_>) {
    let pointer = Pointer::root().join(["paths", path]);
    let mut owners = vec![pointer.clone()];
    owners.extend(METHODS.iter().filter(|method| item.contains_key(**method)).map(|method| pointer.child(method)));
    for (key, name) in query_template(path) {
        let mut declared = false;
        for owner in &owners {
            let here = owner.child("parameters");
            let list = match owner == &pointer {
                true => item.get_mut("parameters"),
                false => item.get_mut(owner.steps().last().as_deref().unwrap_or_default()).and_then(|owner| owner.get_mut("parameters")),
            };
            for (index, parameter) in list.and_then(Value::as_array_mut).into_iter().flatten().enumerate() {
                let Some((known, place)) = key_of(parameter, components) else { continue };
                declared |= place == "query" && known == key;
                if place == "path" && known == name {
                    let message = format!("`{name}` stands in the query of the path; it was read as the query parameter `{key}`");
                    context.say(Diagnostic::new(Code::REPAIR_PATH_PARAMETER, message).at(Place::at(&here.child(index))));
                    *parameter = resolved(parameter, components).clone();
                    if let Value::Object(parameter) = parameter {
                        parameter.insert("name".to_owned(), Value::from(key));
                        parameter.insert("in".to_owned(), Value::from("query"));
                        parameter.shift_remove("style");
                    }
                    declared = true;
                }
            }
        }
        if !declared {
            let message = format!("`{key}` is in the query of the path and not among the parameters; it was added as a string");
            context.say(Diagnostic::new(Code::REPAIR_PATH_PARAMETER, message).at(Place::key(&pointer)));
            if let Value::Array(list) = item.entry("parameters").or_insert_with(|| Value::Array(Vec::new())) {
                list.push(json!({ "name": key, "in": "query", "schema": { "type": "string" } }));
            }
        }
    }
}

fn path_item(path: &str, item: &mut Map<String, Value>, components: &Value, context: &mut Context<'_>) {
    let pointer = Pointer::root().join(["paths", path]);
    into_query(path, item, components, context);
    let names = template(path);
    let shared = agree(item, &names, &pointer, components, context);
    let mut missing: Vec<&String> = Vec::new();
    for method in METHODS {
        if let Some(Value::Object(operation)) = item.get_mut(method) {
            let own = agree(operation, &names, &pointer.child(method), components, context);
            let absent = names.iter().filter(|name| !shared.contains(name) && !own.contains(name));
            for name in absent {
                if !missing.contains(&name) {
                    missing.push(name);
                }
            }
        }
    }
    for name in missing {
        let message = format!("`{name}` is in the path and not among the parameters; it was added as a string");
        let hint = format!("declare it: `name: {name}`, `in: path`, `required: true` and a schema");
        context.say(Diagnostic::new(Code::REPAIR_PATH_PARAMETER, message).at(Place::key(&pointer)).hint(hint));
        let added = json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } });
        if let Value::Array(list) = item.entry("parameters").or_insert_with(|| Value::Array(Vec::new())) {
            list.push(added);
        }
    }
}

/// The parameters of one owner: a second one of a name and place goes, and so does a path parameter that the path lacks.
/// What is left of the path parameters.
fn agree(
    owner: &mut Map<String, Value>,
    names: &[String],
    pointer: &Pointer,
    components: &Value,
    context: &mut Context<'_>,
) -> Vec<String> {
    let Some(Value::Array(list)) = owner.get_mut("parameters") else { return Vec::new() };
    let here = pointer.child("parameters");
    let mut seen: BTreeMap<(String, String), usize> = BTreeMap::new();
    let mut kept = Vec::new();
    for (index, parameter) in list.iter().enumerate() {
        let Some(key) = key_of(parameter, components) else {
            kept.push(index);
            continue;
        };
        let (name, place) = &key;
        // Header names know no case.
        let wire = if place == "header" { name.to_ascii_lowercase() } else { name.clone() };
        let wire = (wire, place.clone());
        let at = Place::at(&here.child(index));
        if place == "path" && !names.contains(name) {
            let message = format!("the path has no `{{{name}}}`; the parameter was left out");
            let hint = format!("remove the parameter, or add `{{{name}}}` to the path");
            context.say(Diagnostic::new(Code::REPAIR_PATH_PARAMETER, message).at(at).hint(hint));
        } else if let Some(first) = seen.get(&wire) {
            let message = format!("the {place} parameter `{name}` is there twice; the first one stands");
            let first = (Place::at(&here.child(first)), "first written here");
            context.say(Diagnostic::new(Code::REPAIR_DUPLICATE_KEY, message).at(at).related(first.0, first.1));
        } else {
            seen.insert(wire, index);
            kept.push(index);
        }
    }
    if kept.len() < list.len() {
        let mut index = 0;
        list.retain(|_| {
            index += 1;
            kept.binary_search(&(index - 1)).is_ok()
        });
        context.origins.reindexed(&here, &kept);
    }
    seen.into_keys().filter(|(_, place)| place == "path").map(|(name, _)| name).collect()
}

/// Two operations with one operationId -> the later one is renamed.
pub(super) fn operation_ids(tree: &mut Value, context: &mut Context<'_>) {
    let mut known: BTreeMap<String, Pointer> = BTreeMap::new();
    let mut later: Vec<(Pointer, String)> = Vec::new();
    for item in callbacks::items(tree) {
        for pointer in METHODS.iter().map(|method| item.child(method).child("operationId")) {
            if let Some(id) = tree.pointer(pointer.as_str()).and_then(Value::as_str) {
                if known.contains_key(id) {
                    later.push((pointer, id.to_owned()));
                } else {
                    known.insert(id.to_owned(), pointer);
                }
            }
        }
    }
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    for (pointer, id) in later {
        let number = numbers.entry(id.clone()).or_insert(2);
        while known.contains_key(&format!("{id}_{number}")) {
            *number += 1;
        }
        let renamed = format!("{id}_{number}");
        let mut diagnostic = Diagnostic::new(
            Code::REPAIR_OPERATION_ID,
            format!("another operation has the operationId `{id}`; this one was renamed to `{renamed}`"),
        )
        .at(Place::at(&pointer))
        .hint("give each operation an operationId of its own");
        if let Some(first) = known.get(&id) {
            diagnostic = diagnostic.related(Place::at(first), "the other operation");
        }
        context.say(diagnostic);
        if let Some(value) = tree.pointer_mut(pointer.as_str()) {
            *value = Value::String(renamed.clone());
        }
        known.insert(renamed, pointer);
    }
}
