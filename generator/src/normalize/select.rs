//! Selection: which operations of the normalised tree are generated, and which components they reach.
//!
//! Only the operations leave the tree, for the oracle. Lowering sees the whole, so that names do not depend on what is
//! selected; what is not needed is taken out of the model afterwards.

use std::collections::{BTreeSet, HashMap};

use serde_json::{Map, Value};

use super::Normalized;
use super::at::{METHODS, callback_label, operation_label};
use super::origins::{CARRIED, Origin, Origins};
use crate::config::{Glob, Pattern, Selection, Selector, nearest_of};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity};
use crate::source::{FileId, Pointer};

/// What became of a selection.
#[derive(Debug, Default)]
pub struct Selected {
    /// Where the operations stand that are generated, those of callbacks too.
    pub operations: BTreeSet<Pointer>,
    /// Where the schemas stand that are held.
    pub schemas: BTreeSet<Pointer>,
    /// Operations that are not selected, by name.
    pub excluded: BTreeSet<String>,
    /// Whether what was written at a place stays.
    stays: HashMap<(FileId, Pointer), bool>,
}

/// An operation and what it can be selected by.
struct Candidate {
    pointer: Pointer,
    label: String,
    method: String,
    /// The path, as it is meant and as it is written.
    paths: Vec<String>,
    /// The callback that it belongs to.
    callback: Option<String>,
    id: Option<String>,
    tags: Vec<String>,
    /// The callbacks that it names.
    calls: Vec<String>,
}

/// A selector with what it means.
struct Chosen<'s> {
    list: &'static str,
    selector: &'s Selector,
    pattern: Pattern,
}

impl Normalized {
    /// Takes the operations out of the tree that are not selected; `None` if all are. A selector that selects nothing is an
    /// error; `settings` is the file that the selection's positions are in.
    pub fn select(&mut self, selection: &Selection, settings: Option<FileId>, diagnostics: &mut Diagnostics) -> Option<Selected> {
        apply(&mut self.tree, selection, settings, &self.origins, diagnostics)
    }
}

fn apply(
    tree: &mut Value,
    selection: &Selection,
    settings: Option<FileId>,
    origins: &Origins,
    diagnostics: &mut Diagnostics,
) -> Option<Selected> {
    let mut selected = Selected::default();
    held(tree, &selection.keep, settings, origins, diagnostics, &mut selected.schemas);
    if !selection.is_partial() {
        return None;
    }
    let candidates = candidates(tree, origins);
    let mut read = |list, selectors: &[Selector]| -> Vec<Pattern> {
        let mut patterns = Vec::with_capacity(selectors.len());
        for selector in selectors {
            let chosen = Chosen { list, selector, pattern: Pattern::read(&selector.text) };
            if !candidates.iter().any(|candidate| candidate.fits(&chosen.pattern)) {
                diagnostics.push(unknown(&chosen, &candidates, settings));
            }
            patterns.push(chosen.pattern);
        }
        patterns
    };
    let (include, exclude) = (read("include", &selection.include), read("exclude", &selection.exclude));
    let kept = choose(&candidates, &include, &exclude);
    for candidate in &candidates {
        if kept.contains(&candidate.pointer) {
            selected.put(origins.origin(&candidate.pointer), true);
            continue;
        }
        selected.excluded.insert(candidate.label.clone());
        selected.put(origins.origin(&candidate.pointer), false);
        remove(tree, &candidate.pointer);
    }
    let reached = reached(tree, &selected.schemas);
    for (section, all) in tree.get("components").and_then(Value::as_object).into_iter().flatten() {
        for name in all.as_object().into_iter().flat_map(Map::keys) {
            let pointer = Pointer::root().join(["components", section, name]);
            selected.put(origins.origin(&pointer), reached.contains(&pointer));
        }
    }
    selected.operations = kept;
    Some(selected)
}

impl Selected {
    /// Leaves out what was said of parts that are not selected: it is nobody's concern. Places must be as written.
    pub fn silence(&self, diagnostics: &mut Diagnostics) {
        diagnostics.retain(|diagnostic| {
            diagnostic.severity == Severity::Error
                || !(diagnostic.operation.as_ref().is_some_and(|operation| self.excluded.contains(operation))
                    || diagnostic.place.as_ref().is_some_and(|place| self.drops(place)))
        });
    }

    /// Whether a place is in something that goes, and not in something that stays inside of it.
    fn drops(&self, place: &Place) -> bool {
        let Place::Written { file, pointer, .. } = place else { return false };
        let mut around = std::iter::successors(Some(pointer.clone()), Pointer::parent);
        around.find_map(|pointer| self.stays.get(&(*file, pointer))) == Some(&false)
    }

    /// What is written once and stands in two places stays if one of them does.
    fn put(&mut self, origin: Option<Origin>, stays: bool) {
        if let Some(Origin { file, pointer, .. }) = origin {
            *self.stays.entry((file, pointer)).or_default() |= stays;
        }
    }
}

impl Candidate {
    fn fits(&self, pattern: &Pattern) -> bool {
        match pattern {
            Pattern::Tag(glob) => self.tags.iter().any(|tag| glob.matches(tag)),
            Pattern::Id(glob) => self.id.as_ref().is_some_and(|id| glob.matches(id)),
            Pattern::Callback(glob) => self.callback.as_ref().is_some_and(|name| glob.matches(name)),
            Pattern::Path(method, glob) => {
                method.as_ref().is_none_or(|method| *method == self.method) && self.paths.iter().any(|path| glob.matches(path))
            }
        }
    }

    /// Selectors that fit it.
    fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = self.id.iter().cloned().collect();
        words.extend(self.tags.iter().map(|tag| format!("tag:{tag}")));
        words.extend(self.callback.iter().map(|name| format!("callback:{name}")));
        words.extend(self.paths.iter().flat_map(|path| [path.clone(), format!("{} {path}", self.method)]));
        words
    }
}

/// All operations of the tree.
fn candidates(tree: &Value, origins: &Origins) -> Vec<Candidate> {
    let mut found = Vec::new();
    let mut add = |item: &Value, pointer: &Pointer, label: &dyn Fn(&str) -> String, paths: &[String], callback: Option<&str>| {
        for method in METHODS {
            let Some(Value::Object(operation)) = item.get(method) else { continue };
            let calls = [operation.get("callbacks"), operation.get(&format!("{CARRIED}callbacks"))].into_iter().flatten();
            let calls = calls.filter_map(Value::as_object).flatten();
            let calls = calls.filter_map(|(_, callback)| callback.get("$ref")?.as_str()?.strip_prefix("#/components/callbacks/"));
            let tags = operation.get("tags").and_then(Value::as_array).into_iter().flatten();
            found.push(Candidate {
                pointer: pointer.child(method),
                label: label(method),
                method: method.to_ascii_uppercase(),
                paths: paths.to_vec(),
                callback: callback.map(str::to_owned),
                id: operation.get("operationId").and_then(Value::as_str).map(str::to_owned),
                tags: tags.filter_map(Value::as_str).map(str::to_owned).collect(),
                calls: calls.map(str::to_owned).collect(),
            });
        }
    };
    let root = Pointer::root();
    for (path, item) in tree.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let pointer = root.join(["paths", path]);
        let written = origins.origin(&pointer).and_then(|origin| origin.pointer.last()).filter(|written| written != path);
        let paths: Vec<String> = std::iter::once(path.clone()).chain(written.filter(|written| written.starts_with('/'))).collect();
        add(item, &pointer, &|method| operation_label(method, path), &paths, None);
    }
    for (name, callback) in tree.pointer("/components/callbacks").and_then(Value::as_object).into_iter().flatten() {
        for (expression, item) in callback.as_object().into_iter().flatten() {
            let pointer = root.join(["components", "callbacks", name, expression]);
            add(item, &pointer, &|method| callback_label(method, expression, name), &[], Some(name));
        }
    }
    found
}

/// The operations that stay. A callback stays with an operation that names it; what nobody names stands for itself.
fn choose(candidates: &[Candidate], include: &[Pattern], exclude: &[Pattern]) -> BTreeSet<Pointer> {
    let named: BTreeSet<&String> = candidates.iter().flat_map(|candidate| &candidate.calls).collect();
    let any = |candidate: &Candidate, patterns: &[Pattern]| patterns.iter().any(|pattern| candidate.fits(pattern));
    let alone = |candidate: &Candidate| include.iter().any(|pattern| !matches!(pattern, Pattern::Tag(_)) && candidate.fits(pattern));
    let mut called: BTreeSet<&String> = BTreeSet::new();
    let mut kept = BTreeSet::new();
    // Operations of callbacks may name callbacks in turn.
    loop {
        let before = kept.len();
        for candidate in candidates.iter().filter(|candidate| !any(candidate, exclude)) {
            let stays = match &candidate.callback {
                Some(name) if called.contains(name) => true,
                // It may have its tag from an operation that goes.
                Some(name) if named.contains(name) => alone(candidate),
                _ => include.is_empty() || any(candidate, include),
            };
            if stays && kept.insert(candidate.pointer.clone()) {
                called.extend(&candidate.calls);
            }
        }
        if kept.len() == before {
            return kept;
        }
    }
}

/// Takes an operation out, and the path or callback with its last one.
fn remove(tree: &mut Value, operation: &Pointer) {
    let mut at = operation.clone();
    while let (Some(parent), Some(key)) = (at.parent(), at.last()) {
        let Some(Value::Object(owner)) = tree.pointer_mut(parent.as_str()) else { return };
        owner.shift_remove(&key);
        let is_done = parent.parent().is_none_or(|above| matches!(above.as_str(), "" | "/components"));
        if is_done || METHODS.iter().any(|method| owner.contains_key(*method)) || owner.values().any(has_operation) {
            return;
        }
        at = parent;
    }
}

/// Whether a value is a path item that has an operation.
fn has_operation(item: &Value) -> bool {
    METHODS.iter().any(|method| item.get(method).is_some())
}

/// The components that operations and these schemas lead to.
fn reached(tree: &Value, schemas: &BTreeSet<Pointer>) -> BTreeSet<Pointer> {
    let mut found = schemas.clone();
    let mut open: Vec<&Value> = schemas.iter().filter_map(|pointer| tree.pointer(pointer.as_str())).collect();
    open.extend(tree.as_object().into_iter().flatten().filter(|(key, _)| *key != "components").map(|(_, value)| value));
    open.extend(tree.pointer("/components/callbacks"));
    while let Some(value) = open.pop() {
        let mut names: Vec<Pointer> = Vec::new();
        match value {
            Value::Array(list) => open.extend(list),
            Value::Object(map) => {
                open.extend(map.values());
                names.extend(map.get("$ref").and_then(Value::as_str).and_then(component));
                let mapping = map.get("discriminator").and_then(|discriminator| discriminator.get("mapping")?.as_object());
                for target in mapping.into_iter().flatten().filter_map(|(_, target)| target.as_str()) {
                    names.push(component(target).unwrap_or_else(|| Pointer::root().join(["components", "schemas", target])));
                }
                let requirements = map.get("security").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
                names.extend(requirements.flat_map(Map::keys).map(|id| Pointer::root().join(["components", "securitySchemes", id])));
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
        for pointer in names {
            if let Some(component) = tree.pointer(pointer.as_str())
                && found.insert(pointer)
            {
                open.push(component);
            }
        }
    }
    found
}

/// The component that a reference leads to, or into.
fn component(reference: &str) -> Option<Pointer> {
    let steps: Vec<String> = Pointer::parse(reference.strip_prefix('#')?)?.steps().collect();
    let [components, section, name, ..] = steps.as_slice() else { return None };
    (components == "components").then(|| Pointer::root().join(["components", section, name]))
}

/// The schemas that `keep` names.
fn held(
    tree: &Value,
    keep: &[Selector],
    settings: Option<FileId>,
    origins: &Origins,
    diagnostics: &mut Diagnostics,
    into: &mut BTreeSet<Pointer>,
) {
    let root = Pointer::root().join(["components", "schemas"]);
    let schemas = tree.pointer(root.as_str()).and_then(Value::as_object);
    let schemas: Vec<(String, Pointer)> = schemas.into_iter().flat_map(Map::keys).map(|name| (name.clone(), root.child(name))).collect();
    for selector in keep {
        let text = selector.text.trim().trim_start_matches('#');
        let glob = Glob::new(text);
        let written = |pointer: &Pointer| origins.origin(pointer).is_some_and(|origin| glob.matches(origin.pointer.as_str()));
        let found = schemas.iter().filter(|(name, pointer)| glob.matches(name) || glob.matches(pointer.as_str()) || written(pointer));
        let found: Vec<Pointer> = found.map(|(_, pointer)| pointer.clone()).collect();
        if found.is_empty() {
            let message = format!("`keep` names `{}`, and there is no such schema", selector.text.escape_debug());
            let near = nearest_of(text, schemas.iter().map(|(name, _)| name.as_str()));
            diagnostics.push(located(message, near, "schemas are named as components, or by JSON pointer", selector, settings));
        }
        into.extend(found);
    }
}

/// A selector that selects nothing.
fn unknown(chosen: &Chosen<'_>, candidates: &[Candidate], settings: Option<FileId>) -> Diagnostic {
    let Chosen { list, selector, pattern } = chosen;
    let what = match pattern {
        Pattern::Tag(_) => "no operation has such a tag",
        Pattern::Callback(_) => "there is no such callback or webhook",
        Pattern::Path(..) => "there is no such path or method",
        Pattern::Id(_) => "there is no such operationId",
    };
    let words: BTreeSet<String> = candidates.iter().flat_map(Candidate::words).collect();
    let text = selector.text.trim();
    // A word without its kind is the likeliest slip.
    let kinds = [format!("tag:{text}"), format!("callback:{text}"), format!("/{text}")];
    let near = kinds.iter().find(|word| words.contains(*word)).map(String::as_str);
    let near = near.or_else(|| nearest_of(text, words.iter().map(String::as_str)));
    let message = format!("`{list}` names `{}`, and {what}", selector.text.escape_debug());
    located(
        message,
        near,
        "selectors are `tag:users`, `getUser`, `/users/**`, `GET /users/*` and `callback:userCreated`",
        selector,
        settings,
    )
}

fn located(message: String, near: Option<&str>, otherwise: &str, selector: &Selector, settings: Option<FileId>) -> Diagnostic {
    let mut diagnostic = Diagnostic::new(Code::CONFIG_SELECTOR, message);
    if let (Some(file), Some((line, column))) = (settings, selector.position) {
        diagnostic = diagnostic.at(Place::Position { file, line, column });
    }
    match near {
        Some(near) => diagnostic.hint(format!("did you mean `{near}`?")),
        None => diagnostic.hint(otherwise),
    }
}
