//! Where every part of the normalised tree came from: a map of what was moved, the longest prefix wins.

use std::collections::BTreeMap;
use std::ops::Bound;

use serde_json::Value;

use crate::diagnostic::Place;
use crate::source::{FileId, Pointer};

/// The prefix of the extensions in which normalising carries what openapiv3 has no field for.
pub(crate) const CARRIED: &str = "x-bothends-";

/// Where a subtree was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    /// The file.
    pub(super) file: FileId,
    /// The pointer in that file.
    pub(super) pointer: Pointer,
    /// Which of several equal keys. Everything below a later one is shown at its key.
    pub(super) occurrence: usize,
}

/// Where every part of the normalised tree came from.
#[derive(Debug, Default)]
pub struct Origins {
    moved: BTreeMap<String, Origin>,
}

impl Origins {
    /// Everything comes from one file, until somebody says otherwise.
    pub(super) fn of(file: FileId) -> Self {
        let root = Origin { file, pointer: Pointer::root(), occurrence: 0 };
        Self { moved: BTreeMap::from([(String::new(), root)]) }
    }

    /// Translates a place of the normalised tree to a place as written; other places stay as they are.
    pub fn written(&self, place: Place) -> Place {
        match place {
            Place::Normalized { pointer, key } => match self.origin(&pointer) {
                Some(Origin { file, pointer, occurrence }) => Place::Written { file, pointer, key: key || occurrence > 0, occurrence },
                None => Place::Normalized { pointer, key },
            },
            other => other,
        }
    }

    /// Where the value at a pointer was written; `None` only if nothing is known of the document.
    pub(super) fn origin(&self, pointer: &Pointer) -> Option<Origin> {
        let text = pointer.as_str();
        let mut end = text.len();
        loop {
            let (prefix, rest) = text.split_at_checked(end)?;
            if let Some(origin) = self.moved.get(prefix) {
                return Some(origin.below(rest));
            }
            end = prefix.rfind('/')?;
        }
    }

    /// Where the value stands in the normalised tree that is written at a pointer of a file: nowhere, at one place or, if it
    /// was copied, at several.
    pub fn normalized(&self, file: FileId, written: &Pointer, tree: &Value) -> Vec<Pointer> {
        let here = |origin: &&Origin| origin.file == file && written.is_within(&origin.pointer);
        let around = self.moved.iter().filter(|(_, origin)| here(origin));
        let below = |(prefix, origin): (&String, &Origin)| {
            let rest = written.as_str().strip_prefix(origin.pointer.as_str())?;
            let pointer = Pointer::parse(&format!("{prefix}{rest}"))?;
            let stands = tree.pointer(pointer.as_str()).is_some() && self.origin(&pointer)?.pointer == *written;
            stands.then_some(pointer)
        };
        around.filter_map(below).collect()
    }

    /// Says where the value at a pointer was written.
    pub(super) fn set(&mut self, pointer: &Pointer, origin: Origin) {
        self.moved.insert(pointer.as_str().to_owned(), origin);
    }

    /// The value at `from` now stands at `to`, with all that is known of its parts.
    pub(super) fn moved(&mut self, from: &Pointer, to: &Pointer) {
        let mut parts = self.parts(from);
        if let Some(origin) = self.origin(from) {
            parts.push((String::new(), origin));
        }
        for (rest, origin) in parts {
            self.moved.insert(format!("{to}{rest}"), origin);
        }
    }

    /// The value at `from` in another tree now stands at `to` in this one.
    pub(super) fn adopt(&mut self, other: &Self, from: &Pointer, to: &Pointer) {
        self.moved.extend(other.parts(from).into_iter().map(|(rest, origin)| (format!("{to}{rest}"), origin)));
        self.moved.extend(other.origin(from).map(|origin| (to.as_str().to_owned(), origin)));
    }

    /// Elements of a list were left out: the one that now has index `i` had index `kept[i]`.
    pub(super) fn reindexed(&mut self, list: &Pointer, kept: &[usize]) {
        let mut changed = Vec::new();
        for (now, before) in kept.iter().enumerate().filter(|(now, before)| now != *before) {
            let from = list.child(before);
            changed.extend(self.parts(&from).into_iter().map(|(rest, origin)| (format!("{}{rest}", list.child(now)), origin)));
            changed.extend(self.origin(&from).map(|origin| (list.child(now).as_str().to_owned(), origin)));
        }
        let first = kept.iter().enumerate().find(|(now, before)| now != *before).map_or(kept.len(), |(now, _)| now);
        for (rest, _) in self.parts(list) {
            let index = rest.trim_start_matches('/').split('/').next().and_then(|step| step.parse::<usize>().ok());
            if index.is_some_and(|index| index >= first) {
                self.moved.remove(&format!("{list}{rest}"));
            }
        }
        self.moved.extend(changed);
    }

    /// What is known of the parts of a value: the rest of each pointer, and where it was written.
    fn parts(&self, pointer: &Pointer) -> Vec<(String, Origin)> {
        let start = format!("{pointer}/");
        self.moved
            .range::<str, _>((Bound::Included(start.as_str()), Bound::Unbounded))
            .take_while(|(key, _)| key.starts_with(&start))
            .filter_map(|(key, origin)| Some((key.strip_prefix(pointer.as_str())?.to_owned(), origin.clone())))
            .collect()
    }
}

impl Origin {
    /// The place below this one; the steps that carry extensions are named as the document names them.
    fn below(&self, rest: &str) -> Self {
        if rest.is_empty() || self.occurrence > 0 {
            return self.clone();
        }
        let mut text = self.pointer.as_str().to_owned();
        for step in rest.split('/').skip(1) {
            text.push('/');
            text.push_str(step.strip_prefix(CARRIED).unwrap_or(step));
        }
        Self { pointer: Pointer::parse(&text).unwrap_or_default(), ..self.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pointer(text: &str) -> Pointer {
        Pointer::parse(text).unwrap()
    }

    fn shown(origins: &Origins, text: &str) -> String {
        match origins.written(Place::at(&pointer(text))) {
            Place::Written { file, pointer, occurrence, .. } => format!("{}#{pointer}@{occurrence}", file.0),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_longest_prefix_wins() {
        let mut origins = Origins::of(FileId(0));
        origins.set(&pointer("/components/schemas/A"), Origin { file: FileId(1), pointer: pointer("/A"), occurrence: 0 });
        origins.set(&pointer("/paths/~1x/put"), Origin { file: FileId(0), pointer: pointer("/paths/~1x"), occurrence: 1 });
        for (now, written) in [
            ("/info/title", "0#/info/title@0"),
            ("/components/schemas/A", "1#/A@0"),
            ("/components/schemas/A/items", "1#/A/items@0"),
            ("/components/schemas/A/x-bothends-xml/name", "1#/A/xml/name@0"),
            ("/components/schemas/AB", "0#/components/schemas/AB@0"),
            ("/paths/~1x/put/responses", "0#/paths/~1x@1"),
        ] {
            assert_eq!(shown(&origins, now), written, "{now}");
        }
    }

    #[test]
    fn what_is_written_is_found_wherever_it_stands() {
        let mut origins = Origins::of(FileId(0));
        origins.set(&pointer("/components/schemas/A"), Origin { file: FileId(1), pointer: pointer("/A"), occurrence: 0 });
        origins.set(&pointer("/components/schemas/B"), Origin { file: FileId(0), pointer: pointer("/definitions/B"), occurrence: 0 });
        origins.set(&pointer("/components/schemas/C"), Origin { file: FileId(0), pointer: pointer("/definitions/B"), occurrence: 0 });
        let tree = serde_json::json!({ "info": {}, "components": { "schemas": { "A": { "items": {} }, "B": {}, "C": {} } } });
        for (file, written, expected) in [
            (0, "/info", &["/info"][..]),
            (1, "/A/items", &["/components/schemas/A/items"]),
            (1, "/A/type", &[]),
            (0, "/A", &[]),
            (0, "/definitions/B", &["/components/schemas/B", "/components/schemas/C"]),
            (0, "/components/schemas/B", &[]),
            (1, "/info", &[]),
        ] {
            let found = origins.normalized(FileId(file), &pointer(written), &tree);
            assert_eq!(found.iter().map(Pointer::as_str).collect::<Vec<_>>(), expected, "{file}#{written}");
        }
    }

    #[test]
    fn moves_and_gaps_are_followed() {
        let mut origins = Origins::of(FileId(0));
        origins.set(&pointer("/l/2/s"), Origin { file: FileId(7), pointer: pointer("/s"), occurrence: 0 });
        origins.reindexed(&pointer("/l"), &[0, 2, 3]);
        assert_eq!(shown(&origins, "/l/0"), "0#/l/0@0");
        assert_eq!(shown(&origins, "/l/1/a"), "0#/l/2/a@0");
        assert_eq!(shown(&origins, "/l/1/s/b"), "7#/s/b@0");
        assert_eq!(shown(&origins, "/l/2/s"), "0#/l/3/s@0");
        origins.moved(&pointer("/l/1"), &pointer("/components/x"));
        assert_eq!(shown(&origins, "/components/x/s"), "7#/s@0");
        assert_eq!(shown(&origins, "/components/x/y"), "0#/l/2/y@0");
    }
}
