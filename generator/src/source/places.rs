//! Where every pointer of a text stands. It knows neither YAML nor JSON: their readers report what they pass.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{Pointer, Position};

/// Places of a text by pointer. Pointers are kept as hashes: if two ever meet, a diagnostic shows a wrong line.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// By hash of the pointer and number of its occurrence.
    spots: HashMap<(u64, u32), Spot>,
    /// How often a pointer came again.
    repeats: HashMap<u64, u32>,
}

/// Two positions in few bytes: a large document has a million of them. Line 0 means that there is no key.
#[derive(Debug, Clone, Copy)]
struct Spot {
    key: (u32, u32),
    value: (u32, u32),
}

impl Places {
    /// The place of a pointer, or of its nearest ancestor that exists.
    pub(super) fn find(&self, pointer: &Pointer, key: bool, occurrence: usize) -> Option<Position> {
        let mut hashes = hashes(pointer);
        let exact = hashes.pop()?;
        let occurrence = u32::try_from(occurrence).unwrap_or(u32::MAX);
        if let Some(spot) = self.spots.get(&(exact, occurrence)).or_else(|| self.spots.get(&(exact, 0))) {
            return Some(spot.position(key));
        }
        // Of something that misses a part, the name is worth more than the first of its parts.
        hashes.iter().rev().find_map(|&hash| self.spots.get(&(hash, 0))).map(|spot| spot.position(true))
    }
}

impl Spot {
    fn position(self, key: bool) -> Position {
        // A value below its key starts with its first child, which is not what is meant.
        let value_below = self.key.0 != 0 && self.value.0 > self.key.0;
        let (line, column) = if self.key.0 != 0 && (key || value_below) { self.key } else { self.value };
        Position { line: line as usize, column: column as usize }
    }
}

/// Hashes of a pointer and its ancestors, from the root.
fn hashes(pointer: &Pointer) -> Vec<u64> {
    let mut hashes = vec![ROOT];
    let mut hash = ROOT;
    for step in pointer.steps() {
        hash = child(hash, &step);
        hashes.push(hash);
    }
    hashes
}

const ROOT: u64 = 0;

fn child(parent: u64, step: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    parent.hash(&mut hasher);
    step.hash(&mut hasher);
    hasher.finish()
}

/// Collects places while a reader passes over a text.
pub(super) struct Collector {
    /// The only hashes that matter; all matter if there is no such list.
    wanted: Option<BTreeSet<u64>>,
    stack: Vec<Frame>,
    places: Places,
}

struct Frame {
    /// Hash of the pointer; `None` if nobody asks for anything in here.
    hash: Option<u64>,
    inside: Inside,
}

enum Inside {
    /// Index of the next item.
    List(usize),
    /// Hash and place of the key whose value comes next.
    Map(Option<(Option<u64>, Position)>),
}

impl Collector {
    /// Collects every place, or only those that can answer for one pointer.
    pub(super) fn new(wanted: Option<&Pointer>) -> Self {
        let wanted = wanted.map(|pointer| hashes(pointer).into_iter().collect());
        Self { wanted, stack: Vec::new(), places: Places::default() }
    }

    /// Whether the next scalar is a key.
    pub(super) fn expects_key(&self) -> bool {
        matches!(self.stack.last(), Some(Frame { inside: Inside::Map(None), .. }))
    }

    pub(super) fn key(&mut self, text: &str, at: Position) {
        let Some(frame) = self.stack.last() else { return };
        let hash = self.descend(frame.hash, || text.into());
        if let Some(Frame { inside: Inside::Map(key), .. }) = self.stack.last_mut() {
            *key = Some((hash, at));
        }
    }

    pub(super) fn scalar(&mut self, at: Position) {
        self.value(Some(at));
    }

    /// A value of no characters, which is where its key is.
    pub(super) fn nothing(&mut self) {
        self.value(None);
    }

    pub(super) fn open_list(&mut self, at: Position) {
        let hash = self.value(Some(at));
        self.stack.push(Frame { hash, inside: Inside::List(0) });
    }

    pub(super) fn open_map(&mut self, at: Position) {
        let hash = self.value(Some(at));
        self.stack.push(Frame { hash, inside: Inside::Map(None) });
    }

    pub(super) fn close(&mut self) {
        self.stack.pop();
    }

    pub(super) fn finish(self) -> Places {
        self.places
    }

    /// Notes a value and answers with its hash, if somebody asks for it.
    fn value(&mut self, at: Option<Position>) -> Option<u64> {
        let (hash, key) = match self.stack.last_mut() {
            None => (Some(ROOT), None),
            Some(Frame { inside: Inside::Map(key), .. }) => key.take().map_or((None, None), |(hash, at)| (hash, Some(at))),
            Some(Frame { inside: Inside::List(next), hash }) => {
                let (hash, index) = (*hash, *next);
                *next += 1;
                (self.descend(hash, || index.to_string().into()), None)
            }
        };
        let hash = hash?;
        let value = at.or(key)?;
        let spot = Spot { key: key.map_or((0, 0), Position::narrow), value: value.narrow() };
        match self.places.spots.entry((hash, 0)) {
            Entry::Vacant(first) => _ = first.insert(spot),
            Entry::Occupied(_) => {
                let count = self.places.repeats.entry(hash).or_insert(0);
                *count += 1;
                self.places.spots.insert((hash, *count), spot);
            }
        }
        Some(hash)
    }

    fn descend<'a>(&self, parent: Option<u64>, step: impl FnOnce() -> std::borrow::Cow<'a, str>) -> Option<u64> {
        let hash = child(parent?, &step());
        self.wanted.as_ref().is_none_or(|wanted| wanted.contains(&hash)).then_some(hash)
    }
}

impl Position {
    fn narrow(self) -> (u32, u32) {
        (u32::try_from(self.line).unwrap_or(u32::MAX), u32::try_from(self.column).unwrap_or(u32::MAX))
    }
}
