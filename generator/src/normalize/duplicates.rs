//! Equal keys become one: path items method by method, sections entry by entry, elsewhere the first one stands.

use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic, Place, Severity};
use crate::source::{Duplicate, FileId, Pointer};

use super::at::{METHODS, operation_label};
use super::context::Context;
use super::origins::Origin;

/// Merges the later ones of equal keys into a tree, outer ones first.
pub(super) fn merge(tree: &mut Value, file: FileId, mut duplicates: Vec<Duplicate>, context: &mut Context<'_>) {
    duplicates.sort_by_key(|duplicate| duplicate.pointer.steps().count());
    for Duplicate { pointer, occurrence, value } in duplicates {
        let Some(first) = tree.pointer_mut(pointer.as_str()) else { continue };
        let later = Origin { file, pointer: pointer.clone(), occurrence };
        if *first == value {
            let mut note = finding(&later, format!("the key `{}` is written again, with the same value", name(&pointer)));
            note.severity = Severity::Note;
            context.say(note);
            continue;
        }
        match (first, value) {
            (Value::Object(first), Value::Object(value)) if is_container(&pointer) => {
                entries(first, value, &pointer, &later, context);
            }
            _ => context.say(finding(&later, format!("the key `{}` is written again; the first one stands", name(&pointer)))),
        }
    }
}

/// Objects whose entries stand for themselves: `paths`, path items, `components` and its sections.
fn is_container(pointer: &Pointer) -> bool {
    let steps: Vec<String> = pointer.steps().collect();
    match steps.first().map(String::as_str) {
        Some("paths" | "components") => steps.len() <= 2,
        Some("definitions" | "parameters" | "responses" | "securityDefinitions") => steps.len() == 1,
        _ => false,
    }
}

/// Entries that only the later one has are added; of the others the first stands.
fn entries(first: &mut Map<String, Value>, later: Map<String, Value>, pointer: &Pointer, origin: &Origin, context: &mut Context<'_>) {
    let mut added = Vec::new();
    let mut clashes = Vec::new();
    for (key, value) in later {
        match first.get(&key) {
            None => {
                context.origins.set(&pointer.child(&key), origin.clone());
                added.push(key.clone());
                first.insert(key, value);
            }
            Some(known) if *known == value => {}
            Some(_) => clashes.push(key),
        }
    }
    if clashes.is_empty() || !added.is_empty() {
        let mut message = format!("the key `{}` is written again", name(pointer));
        if !added.is_empty() {
            let more = if added.len() > 5 { ", …" } else { "" };
            added.truncate(5);
            message.push_str(&format!("; what the first one lacks was merged into it: {}{more}", added.join(", ")));
        }
        context.say(finding(origin, message));
    }
    let steps: Vec<String> = pointer.steps().collect();
    for key in clashes {
        let mut diagnostic = finding(origin, format!("`{key}` is written for `{}` again; the first one stands", name(pointer)));
        if let [paths, path] = steps.as_slice()
            && paths == "paths"
            && METHODS.contains(&key.as_str())
        {
            diagnostic.message = format!("{} is written again; the first one stands", operation_label(&key, path));
        }
        context.say(diagnostic);
    }
}

fn name(pointer: &Pointer) -> String {
    pointer.last().unwrap_or_default()
}

/// A finding at a later key, which names the place of the first one.
fn finding(later: &Origin, message: String) -> Diagnostic {
    let Origin { file, pointer, occurrence } = later.clone();
    let first = Place::Written { file, pointer: pointer.clone(), key: true, occurrence: 0 };
    Diagnostic::new(Code::REPAIR_DUPLICATE_KEY, message)
        .at(Place::Written { file, pointer, key: true, occurrence })
        .related(first, "first written here")
}
