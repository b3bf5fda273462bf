//! Does to the tree what was decided about its references.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::normalize::context::Context;
use crate::normalize::grammar::{DOCUMENT, Kind, Shape};
use crate::normalize::origins::Origin;
use crate::source::{FileId, Pointer};

use super::mark::unmarked;
use super::walk::Found;
use super::{Decision, Lift, Opened, Target};

/// `#/components/<section>/<name>`.
pub(super) fn component_pointer(section: &str, name: &str) -> String {
    format!("#{}", Pointer::root().join(["components", section, name]))
}

/// Rewrites, replaces and removes.
pub(super) fn decisions(tree: &mut Value, decisions: Vec<(Found, Decision)>, context: &mut Context<'_>) {
    let mut gone = Vec::new();
    for (found, decision) in decisions {
        match decision {
            Decision::Keep => {}
            Decision::Rewrite(text) => rewrite(tree, &found, text),
            Decision::Guess(text) => {
                let message = format!(
                    "`{}` points to nothing; it was read as `{text}`",
                    unmarked(&found.text).map_or(found.text.as_str(), |(_, text)| text)
                );
                context.say(Diagnostic::new(Code::REPAIR_REFERENCE, message).at(Place::at(&text_pointer(&found))));
                rewrite(tree, &found, text);
            }
            Decision::Nothing(reason) => nothing(tree, found, &reason, &mut gone, context),
            Decision::Fatal if found.shape.name == "schema" && !found.mapping => open(tree, &found.pointer),
            Decision::Fatal => gone.push(found.pointer),
        }
    }
    remove(tree, gone, context);
}

fn text_pointer(found: &Found) -> Pointer {
    if found.mapping { found.pointer.clone() } else { found.pointer.child("$ref") }
}

fn rewrite(tree: &mut Value, found: &Found, text: String) {
    if let Some(value) = tree.pointer_mut(text_pointer(found).as_str()) {
        *value = Value::String(text);
    }
}

/// A schema that admits everything, where the reference stood.
fn open(tree: &mut Value, pointer: &Pointer) {
    if let Some(Value::Object(map)) = tree.pointer_mut(pointer.as_str()) {
        map.shift_remove("$ref");
    }
}

/// A reference to nothing. A schema becomes an open one, a body or response one of any bytes; the rest goes. An operation lacks
/// that much of what it is; without it, nobody could call it at all.
fn nothing(tree: &mut Value, found: Found, reason: &str, gone: &mut Vec<Pointer>, context: &mut Context<'_>) {
    let is_schema = found.shape.name == "schema" && !found.mapping;
    let is_body = matches!(found.shape.name, "request body" | "response");
    let outcome = match found.shape.name {
        _ if is_schema => "any value is read here".to_owned(),
        _ if is_body => "any bytes are read here".to_owned(),
        _ if found.mapping => "the mapping was left out".to_owned(),
        name => format!("the {name} was left out"),
    };
    let diagnostic = Diagnostic::new(Code::REPAIR_REFERENCE, format!("{reason}; {outcome}")).at(Place::at(&text_pointer(&found)));
    context.say(diagnostic.hint("correct the reference, or add what it names"));
    if is_schema {
        open(tree, &found.pointer);
    } else if let Some(value) = tree.pointer_mut(found.pointer.as_str()).filter(|_| is_body) {
        *value = json!({ "description": "", "content": { "*/*": { "schema": { "type": "string", "format": "binary" } } } });
    } else {
        gone.push(found.pointer);
    }
}

/// Takes members out of objects and lists.
fn remove(tree: &mut Value, gone: Vec<Pointer>, context: &mut Context<'_>) {
    let mut of_lists: BTreeMap<Pointer, BTreeSet<usize>> = BTreeMap::new();
    for pointer in gone {
        let (Some(parent), Some(name)) = (pointer.parent(), pointer.last()) else { continue };
        match tree.pointer_mut(parent.as_str()) {
            Some(Value::Object(map)) => _ = map.shift_remove(&name),
            Some(Value::Array(_)) => of_lists.entry(parent).or_default().extend(name.parse::<usize>().ok()),
            _ => {}
        }
    }
    for (list, indices) in of_lists {
        let Some(Value::Array(items)) = tree.pointer_mut(list.as_str()) else { continue };
        let kept: Vec<usize> = (0..items.len()).filter(|index| !indices.contains(index)).collect();
        *items = kept.iter().filter_map(|index| items.get_mut(*index).map(Value::take)).collect();
        context.origins.reindexed(&list, &kept);
    }
}

/// Brings values into `components`; where each now stands.
pub(super) fn lifts(
    tree: &mut Value,
    mut lifts: Vec<Lift>,
    opened: &Opened<'_>,
    context: &mut Context<'_>,
) -> Vec<(Pointer, &'static Shape)> {
    // Inner values leave before the outer ones that hold them.
    lifts.sort_by_key(|lift| std::cmp::Reverse(lift.target.pointer.steps().count()));
    let mut arrived = Vec::new();
    for Lift { target, shape, name } in lifts {
        let Some(section) = shape.section else { continue };
        let pointer = Pointer::root().join(["components", section, &name]);
        let value = if target.file == opened.root() && is_at_home(&target.pointer, shape) {
            let reference = json!({ "$ref": component_pointer(section, &name) });
            tree.pointer_mut(target.pointer.as_str()).map(|value| std::mem::replace(value, reference))
        } else {
            opened.value(tree, &target).cloned()
        };
        let Some(value) = value else { continue };
        if target.file == opened.root() {
            context.origins.moved(&target.pointer, &pointer);
        } else {
            context.origins.set(&pointer, Origin { file: target.file, pointer: target.pointer, occurrence: 0 });
        }
        if let Some(section) = object_entry(tree, "components").and_then(|components| object_entry(components, section)) {
            section.as_object_mut().map(|map| map.insert(name, value));
        }
        arrived.push((pointer, shape));
    }
    arrived.sort_by(|(left, _), (right, _)| left.cmp(right));
    arrived
}

/// Whether the grammar has such an object there, so that a reference can take its place.
fn is_at_home(pointer: &Pointer, shape: &Shape) -> bool {
    let mut kind = &Kind::Object(&DOCUMENT);
    for step in pointer.steps() {
        match kind.child(&step) {
            Some(child) => kind = child,
            None => return false,
        }
    }
    kind.is_reference() && kind.shape().is_some_and(|home| home.name == shape.name)
}

/// The object under a key, made if it is not there.
fn object_entry<'v>(value: &'v mut Value, key: &str) -> Option<&'v mut Value> {
    let entry = value.as_object_mut()?.entry(key).or_insert(Value::Null);
    if !entry.is_object() {
        *entry = Value::Object(Map::new());
    }
    Some(entry)
}

/// Puts a path item where its reference stood. What stands beside the reference wins.
pub(super) fn place_path_item(tree: &mut Value, pointer: &Pointer, item: Value, target: &Target, root: FileId, context: &mut Context<'_>) {
    let Some(here) = tree.pointer_mut(pointer.as_str()) else { return };
    let beside = match here {
        Value::Object(map) => std::mem::take(map),
        _ => Map::new(),
    };
    *here = item;
    let before = context.origins.origin(pointer);
    if target.file == root {
        context.origins.moved(&target.pointer, pointer);
    } else {
        context.origins.set(pointer, Origin { file: target.file, pointer: target.pointer.clone(), occurrence: 0 });
    }
    let Value::Object(map) = here else { return };
    for (key, value) in beside.into_iter().filter(|(key, _)| key != "$ref") {
        if let Some(Origin { file, pointer: written, occurrence }) = before.clone() {
            context.origins.set(&pointer.child(&key), Origin { file, pointer: written.child(&key), occurrence });
        }
        map.insert(key, value);
    }
}
