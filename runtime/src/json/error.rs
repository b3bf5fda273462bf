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
}

impl Error {
    /// A value that does not fit, at the place where it stands; callers above add their part of the path.
    pub fn new(message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { message: message.into(), path: String::new(), syntax: false }))
    }

    /// Text that is not JSON.
    pub fn syntax(message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner { message: message.into(), path: String::new(), syntax: true }))
    }

    /// What was expected and what was found.
    pub fn message(&self) -> &str {
        &self.0.message
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
        path.push('/');
        // A key comes from the peer: an error must not become as large as the text.
        for character in excerpt_text(&key).chars() {
            match character {
                '~' => path.push_str("~0"),
                '/' => path.push_str("~1"),
                _ => path.push(character),
            }
        }
        path.push_str(&self.0.path);
        self.0.path = path;
        self
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
