//! Several documents become one: equal things are there once, different things of one name are told apart, and of
//! contradictions the first document wins. Nothing depends on an order that the documents do not have themselves.

mod alike;
mod components;
mod operations;
mod rename;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Pointer;

use super::Part;
use super::at::METHODS;
use super::context::Context;

/// How components of one document are called in the merged one, where the names differ: section and name to name.
type Names = BTreeMap<(String, String), String>;

/// Adds a document to those before it. The context's origins are those of `tree`.
pub(super) fn join(tree: &mut Value, written: &mut Vec<String>, callbacks: &mut Vec<String>, part: Part, context: &mut Context<'_>) {
    let Part { tree: mut theirs, mut origins, written: theirs_written, callbacks: theirs_callbacks, stem, modern: _ } = part;
    let plan = components::plan(tree, &theirs, &context.origins, &origins, &stem);
    components::report(&plan, &origins, context);
    rename::document(&mut theirs, &plan.names);
    components::adopt(tree, &mut theirs, &plan, &origins, context);
    security(tree, &mut theirs);
    let same = operations::adopt(tree, &mut theirs, &mut origins, context);
    written.extend(theirs_written.into_iter().map(|operation| same.get(&operation).cloned().unwrap_or(operation)));
    callbacks.extend(theirs_callbacks.into_iter().map(|callback| renamed(callback, &plan.names)));
    servers(tree, &mut theirs, &origins, context);
    named(tree, &mut theirs, &origins, context);
}

/// A callback under its component's new name, which is the last word of its own.
fn renamed(callback: String, names: &Names) -> String {
    let Some((rest, name)) = callback.rsplit_once(' ') else { return callback };
    match names.get(&("callbacks".to_owned(), name.to_owned())) {
        Some(name) => format!("{rest} {name}"),
        None => callback,
    }
}

/// Requirements of a whole document are said for each of its operations, where the documents do not agree on them.
fn security(ours: &mut Value, theirs: &mut Value) {
    if ours.get("security") == theirs.get("security") {
        return;
    }
    for tree in [ours, theirs] {
        let Some(requirements) = tree.as_object_mut().and_then(|root| root.shift_remove("security")) else { continue };
        for item in tree.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(Map::values_mut) {
            for method in METHODS {
                if let Some(Value::Object(operation)) = item.get_mut(method) {
                    operation.entry("security").or_insert_with(|| requirements.clone());
                }
            }
        }
    }
}

/// Servers of both, those of the first document first.
fn servers(ours: &mut Value, theirs: &mut Value, origins: &super::Origins, context: &mut Context<'_>) {
    let Some(Value::Array(added)) = theirs.get_mut("servers").map(Value::take) else { return };
    let Value::Object(root) = ours else { return };
    let known = root.entry("servers").or_insert_with(|| Value::Array(Vec::new()));
    let Value::Array(known) = known else { return };
    let list = Pointer::root().child("servers");
    let is_known = |known: &[Value], server: &Value| known.iter().any(|other| other.get("url") == server.get("url"));
    if !known.is_empty() && !added.is_empty() && !added.iter().any(|server| is_known(known, server)) {
        let message = "none of these servers is one of the document named first; by default all operations are called at that one's";
        let place = origins.written(Place::at(&list));
        context.say(Diagnostic::new(Code::MERGE_SERVERS, message).at(place).related(Place::at(&list), "its servers"));
    }
    for (index, server) in added.into_iter().enumerate() {
        if is_known(known, &server) {
            continue;
        }
        context.origins.adopt(origins, &list.child(index), &list.child(known.len()));
        known.push(server);
    }
}

/// Tags and webhooks that the documents before have not, by name. Title, version and the rest are the first document's.
fn named(ours: &mut Value, theirs: &mut Value, origins: &super::Origins, context: &mut Context<'_>) {
    let (Value::Object(ours), Value::Object(theirs)) = (ours, theirs) else { return };
    if let Some(Value::Array(added)) = theirs.shift_remove("tags")
        && let Value::Array(known) = ours.entry("tags").or_insert_with(|| Value::Array(Vec::new()))
    {
        let list = Pointer::root().child("tags");
        for (index, tag) in added.into_iter().enumerate() {
            match known.iter_mut().find(|other| other.get("name") == tag.get("name")) {
                Some(first) if first.get("description").is_none() && tag.get("description").is_some() => *first = tag,
                Some(_) => {}
                None => {
                    context.origins.adopt(origins, &list.child(index), &list.child(known.len()));
                    known.push(tag);
                }
            }
        }
    }
    if let Some(Value::Object(added)) = theirs.shift_remove("webhooks")
        && let Value::Object(known) = ours.entry("webhooks").or_insert_with(|| Value::Object(Map::new()))
    {
        for (name, webhook) in added {
            if !known.contains_key(&name) {
                let pointer = Pointer::root().join(["webhooks", &name]);
                context.origins.adopt(origins, &pointer, &pointer);
                known.insert(name, webhook);
            }
        }
    }
}
