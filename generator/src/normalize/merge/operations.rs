//! Operations of two documents: equal ones are there once, of contradicting ones the first stands, a path may be in both.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::alike::{Comparison, target};
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::normalize::at::{METHODS, operation_label};
use crate::normalize::context::Context;
use crate::normalize::grammar::{Kind, OPERATION, PARAMETER};
use crate::normalize::origins::Origins;
use crate::normalize::path_keys::push_down;
use crate::source::Pointer;

/// What of an operation is on the wire, beside its parameters.
const FIELDS: &[&str] = &["requestBody", "responses", "security", "callbacks"];

/// Paths by what they look like to a router: names of parameters do not matter there.
type Shapes = BTreeMap<String, Vec<String>>;

/// Adds the paths of a document, whose references have the names of `ours` already. Operations that are known under another
/// spelling of their path: their name, and the one that they go by.
pub(super) fn adopt(ours: &mut Value, theirs: &mut Value, origins: &mut Origins, context: &mut Context<'_>) -> BTreeMap<String, String> {
    let take = |tree: &mut Value| match tree.get_mut("paths").map(Value::take) {
        Some(Value::Object(paths)) => paths,
        _ => Map::new(),
    };
    let (mut paths, added) = (take(ours), take(theirs));
    let mut shapes = Shapes::new();
    for path in paths.keys() {
        shapes.entry(shape_of(path)).or_default().push(path.clone());
    }
    let mut same = BTreeMap::new();
    for (path, item) in added {
        let Value::Object(mut item) = item else { continue };
        let twins = shapes.get(&shape_of(&path)).cloned().unwrap_or_default();
        let had = item.len();
        for method in METHODS {
            if !item.get(method).is_some_and(Value::is_object) {
                continue;
            }
            let twins = twins.iter().filter_map(|twin| Some((twin.as_str(), paths.get(twin)?.as_object()?)));
            let theirs = Written { path: &path, method, item: &item };
            let known = twins.map(|(path, item)| Written { path, method, item }).filter(|twin| twin.item.contains_key(method)).collect();
            if let Some(twin) = settle(ours, known, &theirs, origins, context) {
                if twin != path {
                    same.insert(operation_label(method, &path), operation_label(method, &twin));
                }
                item.shift_remove(method);
            }
        }
        if item.len() == had || METHODS.iter().any(|method| item.contains_key(*method)) {
            insert(&mut paths, path, item, origins, context);
        }
    }
    if let Value::Object(root) = ours {
        root.insert("paths".to_owned(), Value::Object(paths));
    }
    same
}

/// Puts what is left of a path item where it belongs.
fn insert(paths: &mut Map<String, Value>, path: String, mut item: Map<String, Value>, origins: &mut Origins, context: &mut Context<'_>) {
    let pointer = Pointer::root().join(["paths", &path]);
    let Some(Value::Object(known)) = paths.get_mut(&path) else {
        context.origins.adopt(origins, &pointer, &pointer);
        paths.insert(path, Value::Object(item));
        return;
    };
    // Parameters that all operations of one document share are not those of the other's.
    push_down(known, &pointer, &mut context.origins);
    push_down(&mut item, &pointer, origins);
    for (key, value) in item {
        if !known.contains_key(&key) {
            context.origins.adopt(origins, &pointer.child(&key), &pointer.child(&key));
            known.insert(key, value);
        }
    }
}

/// `/users/{id}` and `/users/{name}` look alike.
fn shape_of(path: &str) -> String {
    let mut shape = String::with_capacity(path.len());
    let mut inside = false;
    for character in path.chars() {
        match character {
            '{' => inside = true,
            '}' => inside = false,
            _ if inside => continue,
            _ => {}
        }
        shape.push(character);
    }
    shape
}

/// An operation where it stands.
struct Written<'a> {
    path: &'a str,
    method: &'a str,
    item: &'a Map<String, Value>,
}

impl<'a> Written<'a> {
    fn operation(&self) -> Option<&'a Map<String, Value>> {
        self.item.get(self.method)?.as_object()
    }

    fn place(&self) -> Place {
        Place::key(&Pointer::root().join(["paths", self.path, self.method]))
    }

    /// All parameters, by place and name; those of the path by their position in it, which is what they are on the wire.
    fn parameters(&self, tree: &Value) -> BTreeMap<(String, String), Value> {
        let names: Vec<&str> = self.path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).collect();
        let own = self.operation().and_then(|operation| operation.get("parameters"));
        let all = [self.item.get("parameters"), own].into_iter().flatten().filter_map(Value::as_array).flatten();
        let mut found = BTreeMap::new();
        for parameter in all {
            let mut parameter = parameter;
            for _ in 0..32 {
                let Some(next) = parameter.get("$ref").and_then(Value::as_str).and_then(|text| target(tree, text)) else { break };
                parameter = next;
            }
            let text = |key: &str| parameter.get(key).and_then(Value::as_str).unwrap_or_default();
            let (place, mut name) = (text("in").to_owned(), text("name").to_owned());
            let mut parameter = parameter.clone();
            if place == "header" {
                name.make_ascii_lowercase();
            } else if let Some(position) = names.iter().position(|known| place == "path" && *known == name) {
                name = position.to_string();
            }
            if let Value::Object(parameter) = &mut parameter {
                parameter.insert("name".to_owned(), Value::String(name.clone()));
            }
            found.insert((place, name), parameter);
        }
        found
    }
}

/// Whether an operation is known already, and under which path; says what differs. `None`: it is a new one.
fn settle(tree: &Value, known: Vec<Written<'_>>, theirs: &Written<'_>, origins: &Origins, context: &mut Context<'_>) -> Option<String> {
    let mut conflict: Option<(&Written<'_>, Vec<&str>)> = None;
    for ours in &known {
        let likeness = compare(tree, ours, theirs);
        if likeness.differing.is_empty() {
            let name = operation_label(theirs.method, ours.path);
            let how = if likeness.words { "in other words" } else { "in the same words" };
            let note = Diagnostic::new(Code::MERGE_SAME, format!("{name} is in a document before, {how}; it is there once"));
            context.say(note.at(origins.written(theirs.place())).related(ours.place(), "the one that stands"));
            return Some(ours.path.to_owned());
        }
        // Paths that differ in the types of their parameters are told apart by those.
        if ours.path == theirs.path || likeness.indistinguishable {
            conflict = conflict.or(Some((ours, likeness.differing)));
        }
    }
    let (ours, differing) = conflict?;
    let message = format!(
        "{} is in a document before and differs in {}; that one stands, and this one is not generated",
        operation_label(theirs.method, theirs.path),
        differing.join(", ")
    );
    let diagnostic = Diagnostic::new(Code::MERGE_CONFLICT, message)
        .at(origins.written(theirs.place()))
        .related(ours.place(), "the one that stands")
        .hint("correct one of the documents, or name the one that is right first");
    context.say(diagnostic);
    Some(ours.path.to_owned())
}

/// How alike two operations are.
struct Likeness {
    /// What differs on the wire.
    differing: Vec<&'static str>,
    /// Whether something that people read differs.
    words: bool,
    /// Whether no path fits one of them only.
    indistinguishable: bool,
}

fn compare(tree: &Value, ours: &Written<'_>, theirs: &Written<'_>) -> Likeness {
    let (left, right) = (ours.parameters(tree), theirs.parameters(tree));
    let mut comparison = Comparison::new(tree, tree);
    let mut differing = Vec::new();
    let parameter = Kind::Ref(&PARAMETER);
    let indistinguishable = left
        .iter()
        .filter(|((place, _), _)| place == "path")
        .all(|(key, ours)| right.get(key).is_some_and(|theirs| Comparison::new(tree, tree).alike(ours, theirs, &parameter)));
    let parameters = left.len() == right.len()
        && left.iter().all(|(key, ours)| right.get(key).is_some_and(|theirs| comparison.alike(ours, theirs, &parameter)));
    if !parameters {
        differing.push("parameters");
    }
    if let (Some(ours), Some(theirs)) = (ours.operation(), theirs.operation()) {
        for field in FIELDS {
            let kind = OPERATION.field(field).unwrap_or(&Kind::Free);
            let same = match (ours.get(*field), theirs.get(*field)) {
                (Some(ours), Some(theirs)) => comparison.alike(ours, theirs, kind),
                (None, None) => true,
                (Some(_), None) | (None, Some(_)) => false,
            };
            if !same {
                differing.push(field);
            }
        }
        comparison.words |= ["summary", "description", "operationId", "tags"].iter().any(|key| ours.get(*key) != theirs.get(*key));
    }
    if differing.is_empty() && comparison.references.iter().any(|(left, right)| left != right) {
        differing.push("schemas");
    }
    Likeness { differing, words: comparison.words, indistinguishable }
}
