//! Every `$ref` becomes one to a component of this document: other files are bundled, what lies elsewhere is lifted into
//! `components`, path items are put in place, and what points to nothing is replaced or goes with the operation that needs it.

mod apply;
mod forward;
mod identify;
mod inline;
mod locate;
mod mark;
mod walk;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::{FileId, Pointer};

use super::context::Context;
use super::grammar::{DOCUMENT, Kind, Shape};
pub(super) use forward::Forwarding;
pub(super) use identify::identify;
pub(super) use inline::everywhere as inline;
pub(super) use locate::{Miss, Opened, Target};
pub(super) use mark::unmark_all;
use walk::Found;

/// What is to be done about one reference.
#[derive(Debug, Clone)]
enum Decision {
    /// It is as it should be.
    Keep,
    /// It gets this text.
    Rewrite(String),
    /// It was a slip of the pen, and gets this text.
    Guess(String),
    /// It points to nothing, for this reason.
    Nothing(String),
    /// It is an error, which was reported.
    Fatal,
}

/// A value on its way into `components`.
#[derive(Debug)]
struct Lift {
    target: Target,
    shape: &'static Shape,
    name: String,
}

/// What one pass knows.
struct Resolver<'r, 'l> {
    opened: &'r mut Opened<'l>,
    decided: BTreeMap<(FileId, String, &'static str), Decision>,
    names: BTreeMap<(Target, &'static str), String>,
    taken: BTreeSet<(&'static str, String)>,
    numbers: BTreeMap<(&'static str, String), usize>,
    lifts: Vec<Lift>,
}

/// The whole tree; the number of values that were lifted into `components`.
pub(super) fn resolve(tree: &mut Value, opened: &mut Opened<'_>, context: &mut Context<'_>) -> usize {
    let mut resolver = Resolver {
        opened,
        decided: BTreeMap::new(),
        names: BTreeMap::new(),
        taken: BTreeSet::new(),
        numbers: BTreeMap::new(),
        lifts: Vec::new(),
    };
    let mut lifted = 0;
    inline::below(tree, &Kind::Object(&DOCUMENT), &Pointer::root(), resolver.opened, context);
    let mut found = walk::references(tree, &Kind::Object(&DOCUMENT), &Pointer::root(), Some(tree));
    // Each round looks only at what the last one brought in; nothing is brought in twice.
    while !found.is_empty() {
        let decisions: Vec<(Found, Decision)> = found
            .into_iter()
            .map(|found| {
                let decision = resolver.decide(tree, &found, context);
                (found, decision)
            })
            .collect();
        apply::decisions(tree, decisions, context);
        let lifts = std::mem::take(&mut resolver.lifts);
        lifted += lifts.len();
        let arrived = apply::lifts(tree, lifts, resolver.opened, context);
        for (pointer, shape) in &arrived {
            inline::below(tree, &Kind::Ref(shape), pointer, resolver.opened, context);
        }
        found = arrived
            .iter()
            .flat_map(|(pointer, shape)| match tree.pointer(pointer.as_str()) {
                Some(value) => walk::references(value, &Kind::Ref(shape), pointer, None),
                None => Vec::new(),
            })
            .collect();
        // The tree has changed: what was decided about it need no longer hold.
        resolver.decided.clear();
    }
    lifted
}

impl Resolver<'_, '_> {
    fn decide(&mut self, tree: &Value, found: &Found, context: &mut Context<'_>) -> Decision {
        let Some(section) = found.shape.section else { return Decision::Keep };
        let (base, written) = mark::unmarked(&found.text).unwrap_or((self.opened.root(), &found.text));
        let text = if found.mapping && is_name(written) { format!("#/components/schemas/{written}") } else { written.to_owned() };
        let moved = if base == self.opened.root() { self.opened.moved_component(&text) } else { None };
        let text = moved.filter(|moved| walk::component(tree, moved, section).is_some()).unwrap_or(text);
        let key = (base, text.clone(), section);
        if let Some(known) = self.decided.get(&key) {
            return known.clone();
        }
        let decision = match self.opened.locate(tree, base, &text, context) {
            Ok(target) => self.settle(tree, base, &text, target, found, section),
            Err(Miss::Nothing(reason)) => match guess(tree, &text, section).filter(|_| base == self.opened.root()) {
                Some(text) => Decision::Guess(text),
                None => Decision::Nothing(reason),
            },
            Err(Miss::Circle) => {
                context.say(circle(&text).at(Place::at(&found.pointer.child("$ref"))));
                Decision::Fatal
            }
            Err(Miss::Fatal(mut diagnostic)) => {
                let place = Place::at(&found.pointer.child("$ref"));
                if diagnostic.place.is_none() {
                    diagnostic.place = Some(place);
                } else {
                    diagnostic.related.push((place, "referred to here".to_owned()));
                }
                context.say(*diagnostic);
                Decision::Fatal
            }
        };
        self.decided.insert(key, decision.clone());
        decision
    }

    /// A reference that reaches a value: it stays, or the value is lifted.
    fn settle(&mut self, tree: &Value, base: FileId, text: &str, target: Target, found: &Found, section: &'static str) -> Decision {
        let root = self.opened.root();
        // A component may itself be a reference: the alias is kept.
        if base == root && walk::component(tree, text, section).is_some() {
            return if text != found.text { Decision::Rewrite(text.to_owned()) } else { Decision::Keep };
        }
        if target.file == root {
            let steps: Vec<String> = target.pointer.steps().collect();
            if let [components, other, name] = steps.as_slice()
                && components == "components"
            {
                return if other == section {
                    Decision::Rewrite(apply::component_pointer(section, name))
                } else {
                    Decision::Nothing(format!("`{text}` lies in `{other}`, and a {} must stand here", found.shape.name))
                };
            }
        }
        let key = (target.clone(), section);
        let name = match self.names.get(&key) {
            Some(name) => name.clone(),
            None => {
                let name = self.name(tree, &target, section);
                self.names.insert(key, name.clone());
                self.lifts.push(Lift { target, shape: found.shape, name: name.clone() });
                name
            }
        };
        Decision::Rewrite(apply::component_pointer(section, &name))
    }

    /// A free name in a section, from the words of the place.
    fn name(&mut self, tree: &Value, target: &Target, section: &'static str) -> String {
        const NOISE: [&str; 18] = [
            "paths",
            "components",
            "schemas",
            "schema",
            "definitions",
            "$defs",
            "properties",
            "responses",
            "parameters",
            "requestBody",
            "requestBodies",
            "securitySchemes",
            "content",
            "application/json",
            "items",
            "allOf",
            "headers",
            "examples",
        ];
        let steps: Vec<String> = target.pointer.steps().filter(|step| !NOISE.contains(&step.as_str())).collect();
        let mut wanted = plain(&steps.join("_"));
        if wanted.is_empty() {
            wanted = plain(&self.opened.stem(target.file));
        }
        if wanted.is_empty() {
            wanted = "part".to_owned();
        }
        let is_free = |resolver: &Self, name: &str| {
            !resolver.taken.contains(&(section, name.to_owned()))
                && tree.get("components").and_then(|all| all.get(section)).is_none_or(|known| known.get(name).is_none())
        };
        let stem = plain(&self.opened.stem(target.file));
        let mut name = wanted.clone();
        if !is_free(self, &name) && !stem.is_empty() {
            name = format!("{stem}_{wanted}");
        }
        while !is_free(self, &name) {
            let number = self.numbers.entry((section, wanted.clone())).or_insert(1);
            *number += 1;
            name = format!("{wanted}_{number}");
        }
        self.taken.insert((section, name.clone()));
        name
    }
}

/// Only what a component's name may hold.
pub(super) fn plain(text: &str) -> String {
    let mapped: String = text.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-') { c } else { '_' }).collect();
    let mut words: Vec<&str> = mapped.split('_').filter(|word| !word.is_empty()).collect();
    words.truncate(12);
    words.join("_")
}

/// A discriminator may name a schema instead of referring to it.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        && !text.ends_with(".json")
        && !text.ends_with(".yaml")
        && !text.ends_with(".yml")
}

/// A slip of the pen: `Name`, `#components/schemas/Name`, `#/definitions/Name`, if there is such a component; so are models as
/// AWS's gateway exports them, by the address of the gateway that they are deployed to.
fn guess(tree: &Value, text: &str, section: &str) -> Option<String> {
    let expected = format!("#/components/{section}/");
    let deployed = text.strip_prefix("https://apigateway.amazonaws.com/restapis/").and_then(|path| path.split_once("/models/"));
    let text = deployed.map_or(text, |(_, name)| name);
    if text.starts_with(&expected) || text.contains("://") || (text.contains('.') && !text.starts_with('#')) {
        return None;
    }
    let name = text.rsplit(['/', '#']).next()?;
    let text = format!("{expected}{name}");
    walk::component(tree, &text, section).map(|_| text)
}

/// The fault of references that only lead to each other.
fn circle(reference: &str) -> Diagnostic {
    Diagnostic::new(Code::REFERENCE_CIRCULAR, format!("`{reference}` leads round in a circle and never to a value"))
        .hint("let one of the references in the circle name a value instead")
}

/// `$ref` on path items, members of these objects -> the path item itself, with what stands beside the `$ref`.
pub(super) fn path_items(tree: &mut Value, parents: &[Pointer], opened: &mut Opened<'_>, context: &mut Context<'_>) {
    let mut references: Vec<(Pointer, String)> = Vec::new();
    for parent in parents {
        let items = tree.pointer(parent.as_str()).and_then(Value::as_object);
        let found = items.into_iter().flatten();
        references.extend(found.filter_map(|(key, item)| Some((parent.child(key), item.get("$ref")?.as_str()?.to_owned()))));
    }
    for (pointer, reference) in references {
        let place = Place::at(&pointer.child("$ref"));
        let found = opened.locate(tree, opened.root(), &reference, context);
        let item = match &found {
            Ok(target) => opened.value(tree, target).cloned().unwrap_or_default(),
            Err(_) => Value::Object(serde_json::Map::new()),
        };
        match found {
            Ok(target) => apply::place_path_item(tree, &pointer, item, &target, opened.root(), context),
            Err(miss) => {
                context.say(match miss {
                    Miss::Nothing(reason) => {
                        let mut diagnostic = Diagnostic::new(Code::REFERENCE_MISSING, format!("the path was left out: {reason}"));
                        diagnostic.severity = crate::diagnostic::Severity::Warning;
                        diagnostic.at(place)
                    }
                    Miss::Circle => circle(&reference).at(place),
                    Miss::Fatal(diagnostic) if diagnostic.place.is_none() => diagnostic.at(place),
                    Miss::Fatal(diagnostic) => *diagnostic,
                });
                if let Some(Value::Object(item)) = tree.pointer_mut(pointer.as_str()) {
                    item.shift_remove("$ref");
                }
            }
        }
    }
}

/// References of a normalised tree that name no component.
#[cfg(test)]
pub(super) fn dangling(tree: &Value) -> Vec<String> {
    let found = walk::references(tree, &Kind::Object(&DOCUMENT), &Pointer::root(), None);
    let names_nothing = |found: &Found| found.shape.section.is_some_and(|section| walk::component(tree, &found.text, section).is_none());
    found.into_iter().filter(names_nothing).map(|found| format!("{} at {}", found.text, found.pointer)).collect()
}
