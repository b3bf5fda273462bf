//! Errors of reading and writing JSON: what is wrong and where, as a JSON pointer.

use std::borrow::Cow;
use std::fmt;

/// What is wrong with a JSON text or value, and where.
#[derive(Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Clone, PartialEq, Eq)]
struct Inner {
    message: Cow<'static, str>,
    path: String,
    syntax: bool,
    kind: Kind,
}

/// What a message is made of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// "missing …".
    Missing,
    /// "expected …, found …", and where the two meet.
    Mismatch(usize),
    /// Words of its own.
    Other,
}

/// What stands in front of what was missing.
const MISSING: &str = "missing ";

/// What is shown of a value that must not be shown.
pub(super) const HIDDEN: &str = "a value that is not shown";

/// What stands between what was expected and what was found.
const FOUND: &str = ", found ";

impl Error {
    /// A value that does not fit, at the place where it stands; callers above add their part of the path.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { message: message.into(), path: String::new(), syntax: false, kind: Kind::Other }))
    }

    /// Text that is not JSON.
    pub fn syntax(message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { message: message.into(), path: String::new(), syntax: true, kind: Kind::Other }))
    }

    /// A value of another kind than the type wants.
    pub(crate) fn mismatch(expected: &str, found: &str) -> Self {
        let mut error = Self::new(format!("expected {expected}{FOUND}{found}"));
        error.0.kind = Kind::Mismatch("expected ".len() + expected.len());
        error
    }

    /// Nothing where something has to be.
    pub(crate) fn missing(what: &str) -> Self {
        let mut error = Self::new(format!("{MISSING}{what}"));
        error.0.kind = Kind::Missing;
        error
    }

    /// What was expected and what was found.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The same at a place.
    pub(crate) fn at(mut self, pointer: String) -> Self {
        self.0.path = pointer;
        self
    }

    /// The same without what was found, which must not be shown.
    pub(crate) fn without_found(mut self) -> Self {
        if let Some((expected, _)) = self.sides() {
            let shown = Self::mismatch(expected, HIDDEN);
            (self.0.message, self.0.kind) = (shown.0.message, shown.0.kind);
        }
        self
    }

    /// What was expected and what was found, where the message says both.
    pub(crate) fn sides(&self) -> Option<(&str, &str)> {
        match self.0.kind {
            Kind::Mismatch(middle) => {
                let (expected, found) = self.0.message.split_at_checked(middle)?;
                Some((expected.strip_prefix("expected ")?, found.strip_prefix(FOUND)?))
            }
            Kind::Missing => Some((self.0.message.strip_prefix(MISSING)?, "nothing")),
            Kind::Other => None,
        }
    }

    /// JSON pointer (RFC 6901) of the place; empty for the whole text.
    pub fn path(&self) -> &str {
        &self.0.path
    }

    /// Whether the text is not JSON at all, rather than JSON of another shape.
    pub fn is_syntax(&self) -> bool {
        self.0.syntax
    }

    /// Adds the property or index that is being left to the front of the path.
    #[must_use]
    pub fn inside(mut self, key: impl fmt::Display) -> Self {
        let key = key.to_string();
        let mut path = String::with_capacity(self.0.path.len() + key.len() + 1);
        push_step(&mut path, &key);
        path.push_str(&self.0.path);
        self.0.path = path;
        self
    }
}

/// Adds a property or an index to a JSON pointer.
pub(super) fn push_step(path: &mut String, key: &str) {
    path.push('/');
    // A key comes from the peer: what is said of a text must not become as large as the text.
    for character in excerpt_text(key).chars() {
        match character {
            '~' => path.push_str("~0"),
            '/' => path.push_str("~1"),
            _ => path.push(character),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path().is_empty() {
            write!(formatter, "{}: ", self.path())?;
        }
        formatter.write_str(self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "json::Error({self})")
    }
}

impl std::error::Error for Error {}

/// The most characters of foreign text that a message repeats.
const EXCERPT: usize = 40;

/// The beginning of foreign text.
fn excerpt_text(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => Cow::Owned(format!("{}…", text.get(..end).unwrap_or_default())),
        None => Cow::Borrowed(text),
    }
}

/// The beginning of foreign text, quoted and with control characters escaped.
pub(crate) fn excerpt(text: &str) -> String {
    format!("{:?}", excerpt_text(text))
}
