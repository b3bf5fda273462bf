//! Components of two documents: equal ones are there once, different ones of one name get names of their own.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use super::Names;
use super::alike::Comparison;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::normalize::context::Context;
use crate::normalize::grammar::{DOCUMENT, Kind};
use crate::normalize::origins::Origins;
use crate::normalize::reference::plain;
use crate::source::Pointer;

/// Section and name.
type Key = (String, String);

/// What becomes of a document's components.
#[derive(Default)]
pub(super) struct Plan {
    /// Names that change.
    pub(super) names: Names,
    /// Components that the documents before have already.
    same: BTreeMap<Key, String>,
    /// Those of them that differ in what people read.
    reworded: Vec<Key>,
    /// Components that get a name of their own, in the document's order.
    renamed: Vec<Key>,
}

fn pointer(section: &str, name: &str) -> Pointer {
    Pointer::root().join(["components", section, name])
}

/// All components of a tree, in its order.
fn components(tree: &Value) -> impl Iterator<Item = (&String, &String, &Value)> {
    let sections = tree.get("components").and_then(Value::as_object).into_iter().flatten();
    sections.flat_map(|(section, all)| all.as_object().into_iter().flatten().map(move |(name, value)| (section, name, value)))
}

fn kind_of(section: &str) -> &'static Kind {
    let all = DOCUMENT.field("components").and_then(|components| components.child(section));
    all.and_then(|all| all.child("any")).unwrap_or(&Kind::Free)
}

/// Decides on every component of `theirs`. `stem` tells its different things from those of other documents.
pub(super) fn plan(ours: &Value, theirs: &Value, our_origins: &Origins, their_origins: &Origins, stem: &str) -> Plan {
    let mut plan = Plan::default();
    let same = same(ours, theirs, &candidates(ours, theirs, our_origins, their_origins), &mut plan.reworded);
    let known = |key: &Key| ours.get("components").and_then(|all| all.get(&key.0)).is_some_and(|section| section.get(&key.1).is_some());
    let mut taken: BTreeSet<Key> = components(theirs).map(|(section, name, _)| (section.clone(), name.clone())).collect();
    for (section, name, _) in components(theirs) {
        let key = (section.clone(), name.clone());
        match same.get(&key) {
            Some(other) if other == name => {}
            Some(other) => _ = plan.names.insert(key, other.clone()),
            None if known(&key) => {
                let wanted = plain(&format!("{stem}_{name}"));
                let mut free = (section.clone(), wanted.clone());
                let mut number = 1;
                while known(&free) || taken.contains(&free) {
                    number += 1;
                    free.1 = format!("{wanted}_{number}");
                }
                taken.insert(free.clone());
                plan.names.insert(key.clone(), free.1);
                plan.renamed.push(key);
            }
            None => {}
        }
    }
    plan.same = same;
    plan
}

/// Which of ours each of theirs may be: what stands at the same place of the same file, or what has the same name.
fn candidates(ours: &Value, theirs: &Value, our_origins: &Origins, their_origins: &Origins) -> BTreeMap<Key, String> {
    let place = |origins: &Origins, section: &str, name: &str| {
        origins.origin(&pointer(section, name)).map(|origin| (origin.file, origin.pointer, section.to_owned()))
    };
    let places: BTreeMap<_, &String> =
        components(ours).filter_map(|(section, name, _)| Some((place(our_origins, section, name)?, name))).collect();
    let names: BTreeSet<(&String, &String)> = components(ours).map(|(section, name, _)| (section, name)).collect();
    let of = |section: &String, name: &String| {
        let by_place = place(their_origins, section, name).and_then(|place| places.get(&place).copied().cloned());
        by_place.or_else(|| names.contains(&(section, name)).then(|| name.clone()))
    };
    components(theirs).filter_map(|(section, name, _)| Some(((section.clone(), name.clone()), of(section, name)?))).collect()
}

/// Which candidates hold: those that are alike, down to all that they refer to.
fn same(ours: &Value, theirs: &Value, candidates: &BTreeMap<Key, String>, reworded: &mut Vec<Key>) -> BTreeMap<Key, String> {
    let key_of = |reference: &str| {
        let steps: Vec<String> = Pointer::parse(reference.strip_prefix('#')?)?.steps().collect();
        match steps.as_slice() {
            [_, section, name] => Some((section.clone(), name.clone())),
            _ => None,
        }
    };
    let mut same = candidates.clone();
    let mut needed_by: BTreeMap<Key, Vec<Key>> = BTreeMap::new();
    let mut fallen: Vec<Key> = Vec::new();
    for (section, name, value) in components(theirs) {
        let key = (section.clone(), name.clone());
        let Some(other) = candidates.get(&key) else { continue };
        let Some(known) = ours.get("components").and_then(|all| all.get(section)?.get(other)) else { continue };
        let mut comparison = Comparison::new(ours, theirs);
        let mut alike = comparison.alike(known, value, kind_of(section));
        for (left, right) in &comparison.references {
            match (key_of(left), key_of(right)) {
                (Some(left), Some(right)) if left.0 == right.0 && candidates.get(&right) == Some(&left.1) => {
                    needed_by.entry(right).or_default().push(key.clone());
                }
                _ => alike = false,
            }
        }
        if !alike {
            fallen.push(key);
        } else if comparison.words {
            reworded.push(key);
        }
    }
    // What refers to something different is different.
    while let Some(key) = fallen.pop() {
        if same.remove(&key).is_some() {
            fallen.extend(needed_by.remove(&key).into_iter().flatten());
        }
    }
    reworded.retain(|key| same.contains_key(key));
    same
}

/// Says what was decided: one note for all that is there already in other words, one for each new name.
pub(super) fn report(plan: &Plan, theirs: &Origins, context: &mut Context<'_>) {
    if let Some((section, name)) = plan.reworded.first() {
        let mut names: Vec<&str> = plan.reworded.iter().map(|(_, name)| name.as_str()).collect();
        let more = names.len().saturating_sub(8);
        names.truncate(8);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let message = format!("these components differ only in what people read, and the first ones stand: {}{more}", names.join(", "));
        let note = Diagnostic::new(Code::MERGE_SAME, message).at(theirs.written(Place::key(&pointer(section, name))));
        let first = plan.same.get(&(section.clone(), name.clone())).map_or(name, |first| first);
        context.say(note.related(Place::key(&pointer(section, first)), "the first one of them"));
    }
    for key in &plan.renamed {
        let (section, name) = key;
        let new = plan.names.get(key).map_or("", String::as_str);
        let message = format!("`{name}` is something else in a document before; it is called `{new}`");
        let note = Diagnostic::new(Code::MERGE_RENAMED, message).at(theirs.written(Place::key(&pointer(section, name))));
        context.say(note.related(Place::key(&pointer(section, name)), "the one that keeps the name"));
    }
}

/// Moves what is new.
pub(super) fn adopt(ours: &mut Value, theirs: &mut Value, plan: &Plan, origins: &Origins, context: &mut Context<'_>) {
    let (Value::Object(ours), Some(Value::Object(sections))) = (ours, theirs.get_mut("components").map(Value::take)) else { return };
    let Value::Object(known) = ours.entry("components").or_insert_with(|| Value::Object(Map::new())) else { return };
    for (section, all) in sections {
        let Value::Object(all) = all else { continue };
        let Value::Object(known) = known.entry(section.clone()).or_insert_with(|| Value::Object(Map::new())) else { continue };
        for (name, value) in all {
            let key = (section.clone(), name);
            if plan.same.contains_key(&key) {
                continue;
            }
            let new = plan.names.get(&key).unwrap_or(&key.1);
            context.origins.adopt(origins, &pointer(&section, &key.1), &pointer(&section, new));
            known.insert(new.clone(), value);
        }
    }
}
