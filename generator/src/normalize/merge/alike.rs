//! Whether two parts of documents say the same on the wire. What people read (descriptions, examples) may differ.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::normalize::grammar::{Kind, Shape};
use crate::source::Pointer;

/// Keys that people read, in every object of the grammar.
const WORDS: &[&str] = &["description", "summary", "externalDocs", "example", "examples", "$comment"];

/// More of them, in some objects.
const MORE_WORDS: &[(&str, &[&str])] =
    &[("operation", &["operationId", "tags"]), ("schema", &["title"]), ("security scheme", &["bearerFormat"]), ("tag", &["name"])];

/// A comparison of parts of two documents.
pub(super) struct Comparison<'a> {
    ours: &'a Value,
    theirs: &'a Value,
    /// Whether something that people read differs.
    pub(super) words: bool,
    /// References that stand in one place: ours and theirs. The parts are alike only if these lead to the same.
    pub(super) references: BTreeSet<(&'a str, &'a str)>,
}

impl<'a> Comparison<'a> {
    /// Between a tree and another one, in which references are looked up.
    pub(super) fn new(ours: &'a Value, theirs: &'a Value) -> Self {
        Self { ours, theirs, words: false, references: BTreeSet::new() }
    }

    /// Whether two parts are alike, if their references are.
    pub(super) fn alike(&mut self, ours: &'a Value, theirs: &'a Value, kind: &Kind) -> bool {
        match (ours, theirs, kind) {
            (Value::Object(left), Value::Object(right), Kind::Object(shape) | Kind::Ref(shape) | Kind::FlagOr(shape)) => {
                if !kind.is_reference() {
                    return self.objects(left, right, shape);
                }
                match (reference(left), reference(right)) {
                    (Some(left), Some(right)) => {
                        self.references.insert((left, right));
                        true
                    }
                    // What one document refers to, the other one may write in place.
                    (Some(text), None) => target(self.ours, text).is_some_and(|ours| self.alike(ours, theirs, kind)),
                    (None, Some(text)) => target(self.theirs, text).is_some_and(|theirs| self.alike(ours, theirs, kind)),
                    (None, None) => self.objects(left, right, shape),
                }
            }
            (Value::Object(left), Value::Object(right), Kind::Map(inner)) => {
                left.len() == right.len()
                    && left.iter().all(|(key, ours)| right.get(key).is_some_and(|theirs| self.alike(ours, theirs, inner)))
            }
            (Value::Array(left), Value::Array(right), Kind::List(inner) | Kind::Every(inner)) => {
                left.len() == right.len() && left.iter().zip(right).all(|(ours, theirs)| self.alike(ours, theirs, inner))
            }
            _ => ours == theirs,
        }
    }

    fn objects(&mut self, left: &'a Map<String, Value>, right: &'a Map<String, Value>, shape: &Shape) -> bool {
        let more = MORE_WORDS.iter().find(|(name, _)| *name == shape.name).map_or(&[][..], |(_, keys)| *keys);
        let only_right = right.keys().filter(|key| !left.contains_key(*key));
        for key in left.keys().chain(only_right) {
            let (ours, theirs) = (left.get(key), right.get(key));
            let is_words =
                shape.name != "example" && (WORDS.contains(&key.as_str()) || more.contains(&key.as_str()) || key.starts_with("x-"));
            if is_words {
                self.words |= ours != theirs;
                continue;
            }
            let kind = shape.field(key).unwrap_or(&Kind::Free);
            let same = match (ours, theirs) {
                (Some(ours), Some(theirs)) => self.alike(ours, theirs, kind),
                // A flag that is absent is not set; an empty list is an absent one.
                (one, other) => one.or(other).is_some_and(|value| match value {
                    Value::Bool(set) => !set && matches!(kind, Kind::Flag),
                    Value::Array(list) => list.is_empty() && key != "security",
                    _ => false,
                }),
            };
            if !same {
                return false;
            }
        }
        true
    }
}

fn reference(map: &Map<String, Value>) -> Option<&str> {
    map.get("$ref")?.as_str()
}

/// The component behind a reference.
pub(super) fn target<'v>(tree: &'v Value, reference: &str) -> Option<&'v Value> {
    tree.pointer(Pointer::parse(reference.strip_prefix('#')?)?.as_str())
}
