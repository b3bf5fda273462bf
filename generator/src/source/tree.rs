//! Builds a tree from the steps of a reader and bounds what it may cost. It knows neither YAML nor JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::fault::{Fault, LARGER};
use super::{Duplicate, Limits, Pointer};
use crate::diagnostic::Code;

/// A tree in the making: a reader opens, names, fills and closes nodes in the order in which they are written.
/// The stack is kept here and not on the thread, so that nesting is a number and not a crash.
pub(super) struct Builder {
    limits: Limits,
    stack: Vec<Frame>,
    root: Option<Value>,
    spent: Cost,
    duplicates: Vec<Duplicate>,
    duplicate_bytes: usize,
    anchors: BTreeMap<usize, Anchor>,
}

/// What a value takes up.
#[derive(Clone, Copy, Default)]
struct Cost {
    nodes: usize,
    bytes: usize,
}

/// A value that aliases may refer to.
struct Anchor {
    value: Value,
    cost: Cost,
    height: usize,
}

/// An open list or mapping.
struct Frame {
    node: Node,
    /// Number of its anchor; 0 if it has none.
    anchor: usize,
    /// What had been spent before it.
    before: Cost,
    /// Height of its tallest child.
    height: usize,
}

enum Node {
    List(Vec<Value>),
    Map(Mapping),
}

#[derive(Default)]
struct Mapping {
    map: Map<String, Value>,
    key: Option<Key>,
    /// Mappings whose keys count where this one lacks them.
    merges: Vec<Map<String, Value>>,
    /// How often a key came again.
    repeats: BTreeMap<String, usize>,
}

/// The key whose value is read now.
enum Key {
    New(String),
    Again { text: String, slot: usize },
    Merge,
}

/// The key that merges other mappings into its own.
pub(super) const MERGE: &str = "<<";

impl Builder {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            limits,
            stack: Vec::new(),
            root: None,
            spent: Cost::default(),
            duplicates: Vec::new(),
            duplicate_bytes: 0,
            anchors: BTreeMap::new(),
        }
    }

    /// Whether the next scalar is a key.
    pub(super) fn expects_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { node: Node::Map(Mapping { key: None, .. }), .. }))
    }

    pub(super) fn open_list(&mut self, anchor: usize) -> Result<(), Fault> {
        self.open(Node::List(Vec::new()), anchor)
    }

    pub(super) fn open_map(&mut self, anchor: usize) -> Result<(), Fault> {
        self.open(Node::Map(Mapping::default()), anchor)
    }

    fn open(&mut self, node: Node, anchor: usize) -> Result<(), Fault> {
        if self.expects_key() {
            return Err(Fault::syntax("a list or a mapping stands where a key is expected").hint("a key is a plain text"));
        }
        if self.stack.len() >= self.limits.depth {
            return Err(self.too_deep());
        }
        let before = self.spent;
        self.charge(Cost { nodes: 1, bytes: 0 })?;
        self.stack.push(Frame { node, anchor, before, height: 0 });
        Ok(())
    }

    /// Names the next value of the open mapping.
    pub(super) fn key(&mut self, text: String) -> Result<(), Fault> {
        self.charge(Cost { nodes: 0, bytes: text.len() })?;
        let Some(Frame { node: Node::Map(mapping), .. }) = self.stack.last_mut() else { return Ok(()) };
        if !mapping.map.contains_key(&text) {
            mapping.key = Some(Key::New(text));
            return Ok(());
        }
        let count = mapping.repeats.entry(text.clone()).or_insert(0);
        *count += 1;
        let occurrence = *count;
        // The slot is taken before the value is read, so that duplicates inside the value come after it.
        mapping.key = Some(Key::Again { text, slot: self.duplicates.len() });
        let pointer = self.pointer();
        self.duplicate_bytes = self.duplicate_bytes.saturating_add(pointer.as_str().len());
        if self.duplicate_bytes > self.limits.bytes {
            return Err(Fault::limit("too many keys stand twice"));
        }
        self.duplicates.push(Duplicate { pointer, occurrence, value: Value::Null });
        Ok(())
    }

    /// Says that the next value holds keys for the open mapping.
    pub(super) fn merge_key(&mut self) {
        if let Some(Frame { node: Node::Map(mapping), .. }) = self.stack.last_mut() {
            mapping.key = Some(Key::Merge);
        }
    }

    pub(super) fn scalar(&mut self, value: Value, anchor: usize) -> Result<(), Fault> {
        let cost = Cost { nodes: 1, bytes: value.as_str().map_or(0, str::len) };
        self.charge(cost)?;
        self.anchor(anchor, &value, cost, 0)?;
        self.place(value, 0)
    }

    pub(super) fn alias(&mut self, anchor: usize) -> Result<(), Fault> {
        let Some(Anchor { cost, height, .. }) = self.anchors.get(&anchor) else {
            return Err(Fault::syntax("an alias refers to the value that it stands in")
                .hint("YAML cannot hold endless values; use a `$ref` for a type that contains itself"));
        };
        let (cost, height) = (*cost, *height);
        // Paid before it is copied: that is what stops an alias bomb.
        self.charge(cost)?;
        if self.stack.len() + height > self.limits.depth {
            return Err(self.too_deep());
        }
        let Some(value) = self.anchors.get(&anchor).map(|anchor| anchor.value.clone()) else { return Ok(()) };
        if self.expects_key() {
            return match value {
                Value::String(text) => self.key(text),
                Value::Array(_) | Value::Object(_) => Err(Fault::syntax("a list or a mapping stands where a key is expected")),
                other => self.key(other.to_string()),
            };
        }
        self.place(value, height)
    }

    /// Ends the open list or mapping.
    pub(super) fn close(&mut self) -> Result<(), Fault> {
        let Some(frame) = self.stack.pop() else { return Ok(()) };
        let value = match frame.node {
            Node::List(items) => Value::Array(items),
            Node::Map(mapping) => Value::Object(mapping.finish()),
        };
        let height = frame.height + 1;
        let cost =
            Cost { nodes: self.spent.nodes.saturating_sub(frame.before.nodes), bytes: self.spent.bytes.saturating_sub(frame.before.bytes) };
        self.anchor(frame.anchor, &value, cost, height)?;
        self.place(value, height)
    }

    /// The tree and the later ones of equal keys; `None` if no value came.
    pub(super) fn finish(self) -> Option<(Value, Vec<Duplicate>)> {
        self.root.map(|root| (root, self.duplicates))
    }

    fn place(&mut self, value: Value, height: usize) -> Result<(), Fault> {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(value);
            return Ok(());
        };
        frame.height = frame.height.max(height);
        match &mut frame.node {
            Node::List(items) => items.push(value),
            Node::Map(mapping) => match mapping.key.take() {
                Some(Key::New(text)) => {
                    mapping.map.insert(text, value);
                }
                Some(Key::Again { slot, .. }) => {
                    if let Some(duplicate) = self.duplicates.get_mut(slot) {
                        duplicate.value = value;
                    }
                }
                Some(Key::Merge) => mapping.merge(value),
                None => return Err(Fault::syntax("a value stands where a key is expected")),
            },
        }
        Ok(())
    }

    fn anchor(&mut self, anchor: usize, value: &Value, cost: Cost, height: usize) -> Result<(), Fault> {
        if anchor != 0 {
            // The copy that is kept for aliases costs as much as an alias.
            self.charge(cost)?;
            self.anchors.insert(anchor, Anchor { value: value.clone(), cost, height });
        }
        Ok(())
    }

    fn charge(&mut self, cost: Cost) -> Result<(), Fault> {
        self.spent.nodes = self.spent.nodes.saturating_add(cost.nodes);
        self.spent.bytes = self.spent.bytes.saturating_add(cost.bytes);
        if self.spent.nodes > self.limits.nodes {
            return Err(Fault::limit(format!("the document has more than {} values, aliases expanded", self.limits.nodes)));
        }
        if self.spent.bytes > self.limits.bytes {
            return Err(Fault::limit(format!("the document has more than {} bytes of text, aliases expanded", self.limits.bytes)));
        }
        Ok(())
    }

    fn too_deep(&self) -> Fault {
        Fault::limit(format!("the document is nested deeper than {} levels", self.limits.depth))
    }

    /// Where the reader is: the keys and indexes of all open nodes.
    fn pointer(&self) -> Pointer {
        self.stack.iter().fold(Pointer::root(), |mut pointer, frame| {
            match &frame.node {
                Node::List(items) => pointer.push(items.len()),
                Node::Map(Mapping { key: Some(Key::New(text) | Key::Again { text, .. }), .. }) => pointer.push(text),
                Node::Map(_) => pointer.push(MERGE),
            }
            pointer
        })
    }
}

impl Mapping {
    /// Takes a mapping, or a list of them, as a source of keys; anything else is what it says: a value under `<<`.
    fn merge(&mut self, value: Value) {
        match value {
            Value::Object(map) => self.merges.push(map),
            Value::Array(items) if !items.is_empty() && items.iter().all(Value::is_object) => {
                self.merges.extend(items.into_iter().filter_map(|item| match item {
                    Value::Object(map) => Some(map),
                    _ => None,
                }));
            }
            other => {
                self.map.insert(MERGE.to_owned(), other);
            }
        }
    }

    /// Own keys stand before merged ones, and earlier merges before later ones.
    fn finish(mut self) -> Map<String, Value> {
        for (key, value) in self.merges.into_iter().flatten() {
            self.map.entry(key).or_insert(value);
        }
        self.map
    }
}

impl Fault {
    fn limit(message: impl Into<String>) -> Self {
        Self::new(Code::SOURCE_LIMIT, message).hint(LARGER)
    }
}
