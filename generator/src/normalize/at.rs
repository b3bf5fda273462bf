//! Where a walk stands in the tree: steps on the stack, made a pointer only when somebody asks.

use crate::source::Pointer;

/// One step down.
#[derive(Debug, Clone, Copy)]
enum Step<'a> {
    Root,
    Key(&'a str),
    Index(usize),
}

/// A place in the tree, linked to the place above it.
#[derive(Debug, Clone, Copy)]
pub(super) struct At<'a> {
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

impl<'a> At<'a> {
    /// The whole document.
    pub(super) const ROOT: At<'static> = At { parent: None, step: Step::Root };

    /// The value under a key.
    pub(super) fn key(&'a self, key: &'a str) -> At<'a> {
        At { parent: Some(self), step: Step::Key(key) }
    }

    /// The element at an index.
    pub(super) fn index(&'a self, index: usize) -> At<'a> {
        At { parent: Some(self), step: Step::Index(index) }
    }

    /// The pointer from the root.
    pub(super) fn pointer(&self) -> Pointer {
        let mut steps = Vec::new();
        let mut here = Some(self);
        while let Some(at) = here {
            steps.push(at.step);
            here = at.parent;
        }
        steps.iter().rev().fold(Pointer::root(), |pointer, step| match step {
            Step::Root => pointer,
            Step::Key(key) => pointer.child(key),
            Step::Index(index) => pointer.child(index),
        })
    }

    /// Calls `then` with the place that a pointer names, so that a walk can start there.
    pub(super) fn with<T>(pointer: &Pointer, then: impl FnOnce(&At<'_>) -> T) -> T {
        fn descend<T, F: FnOnce(&At<'_>) -> T>(at: &At<'_>, steps: &[String], then: F) -> T {
            match steps.split_first() {
                None => then(at),
                Some((step, rest)) => descend(&at.key(step), rest, then),
            }
        }
        let steps: Vec<String> = pointer.steps().collect();
        descend(&At::ROOT, &steps, then)
    }
}

/// The methods of a path item, in the order of the standard.
pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The operation that a pointer lies in: its own pointer and its label, unless it is one of a callback inside of another operation.
pub(super) fn operation_of(pointer: &Pointer) -> Option<(Pointer, Option<String>)> {
    let steps: Vec<String> = pointer.steps().collect();
    let is_method = |at: usize| steps.get(at).is_some_and(|step| METHODS.contains(&step.as_str()));
    let is = |at: usize, word: &str| steps.get(at).is_some_and(|step| step == word);
    let mut end = if is(0, "paths") && is_method(2) {
        3
    } else if is(0, "components") && is(1, "callbacks") && is_method(4) {
        5
    } else {
        return None;
    };
    let mut label = match steps.get(1..end) {
        Some([path, method]) => Some(operation_label(method, path)),
        Some([_, name, expression, method]) => Some(callback_label(method, expression, name)),
        _ => None,
    };
    while is(end, "callbacks") && is_method(end + 3) {
        end += 4;
        label = None;
    }
    Some((Pointer::root().join(steps.iter().take(end).map(String::as_str)), label))
}

/// `METHOD path`, by which an operation is named everywhere; the path is the one that is meant.
pub(super) fn operation_label(method: &str, path: &str) -> String {
    let meant = super::path_keys::meant(path);
    format!("{} {}", method.to_ascii_uppercase(), meant.as_deref().unwrap_or(path))
}

/// `METHOD expression name`, by which an operation of a callback is named everywhere.
pub(crate) fn callback_label(method: &str, expression: &str, name: &str) -> String {
    format!("{} {expression} {name}", method.to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_becomes_a_pointer() {
        let paths = At::ROOT.key("paths");
        let path = paths.key("/a/{b}");
        assert_eq!(path.index(3).pointer().as_str(), "/paths/~1a~1{b}/3");
        let pointer = Pointer::root().join(["x", "y"]);
        assert_eq!(At::with(&pointer, |at| at.key("z").pointer().as_str().to_owned()), "/x/y/z");
    }

    #[test]
    fn the_operation_around_a_pointer() {
        for (pointer, operation, label) in [
            ("/paths/~1a/get/responses/200", Some("/paths/~1a/get"), Some("GET /a")),
            ("/paths/~1a/get", Some("/paths/~1a/get"), Some("GET /a")),
            ("/paths/~1a/parameters/0", None, None),
            ("/paths/~1a/post/callbacks/c/x/put/parameters/1", Some("/paths/~1a/post/callbacks/c/x/put"), None),
            ("/components/callbacks/c/x/put/parameters/1", Some("/components/callbacks/c/x/put"), Some("PUT x c")),
            ("/components/schemas/get/get", None, None),
        ] {
            let found = Pointer::parse(pointer).and_then(|pointer| operation_of(&pointer));
            assert_eq!(found.as_ref().map(|(pointer, _)| pointer.as_str()), operation, "{pointer}");
            assert_eq!(found.and_then(|(_, label)| label).as_deref(), label, "{pointer}");
        }
    }
}
