//! Where an answer differs from the document and was read all the same. It must not know how answers are read.

use std::fmt;

use super::error::Error;
use crate::error::Location;

/// How many deviations of one answer are kept; the others are counted.
pub(crate) const MOST: usize = 100;

/// A place at which an answer differs from the document, and was read all the same: what stands there was left out, or
/// taken for the nearest thing that the document allows.
///
/// `Display` says all of it in one line: `body at /posts/0/reactions: expected a list, found null`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deviation {
    part: AnswerPart,
    pointer: String,
    /// How much of the pointer leads to what was left out.
    left_out: usize,
    expected: String,
    found: String,
}

/// Part of an answer.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AnswerPart {
    /// The status: a success is documented, but another one.
    Status,
    /// A header that the document declares, by its name.
    Header(String),
    /// The body. In bodies that are no JSON, places are those of the JSON that they stand for.
    Body,
    /// An item of a stream, by its number from 0.
    Item(usize),
}

impl Deviation {
    /// In a body: `pointer` leads to what was left out, `rest` from there on to what does not fit.
    pub(crate) fn in_body(pointer: String, rest: &str, expected: String, found: String) -> Self {
        let left_out = pointer.len();
        Self { part: AnswerPart::Body, pointer: pointer + rest, left_out, expected, found }
    }

    /// In another part of an answer.
    pub(crate) fn new(part: AnswerPart, expected: impl Into<String>, found: impl Into<String>) -> Self {
        Self { part, pointer: String::new(), left_out: 0, expected: expected.into(), found: found.into() }
    }

    /// The same in another part of the answer.
    pub(crate) fn of(mut self, part: AnswerPart) -> Self {
        self.part = part;
        self
    }

    /// The same as an error.
    pub(crate) fn into_error(self) -> Error {
        Error::mismatch(&self.expected, &self.found).at(self.pointer)
    }

    /// Which part of the answer differs.
    pub fn part(&self) -> &AnswerPart {
        &self.part
    }

    /// JSON pointer (RFC 6901) of what does not fit, inside of the part; empty for the whole.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// JSON pointer of what was left out or read as something else for it: [`Deviation::pointer`], or what that is part of.
    pub fn left_out(&self) -> &str {
        self.pointer.get(..self.left_out).unwrap_or_default()
    }

    /// What the document says, in a few words: `a list`.
    pub fn expected(&self) -> &str {
        &self.expected
    }

    /// What the server sent, in a few words: `null`, `"the first forty characters …"`. Secrets are not shown.
    pub fn found(&self) -> &str {
        &self.found
    }
}

impl fmt::Display for AnswerPart {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status => formatter.write_str("status"),
            Self::Header(name) => write!(formatter, "{} `{name}`", Location::Header),
            Self::Body => formatter.write_str("body"),
            Self::Item(number) => write!(formatter, "item {number}"),
        }
    }
}

impl fmt::Display for Deviation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.part.fmt(formatter)?;
        if !self.pointer.is_empty() {
            write!(formatter, " at {}", self.pointer)?;
        }
        write!(formatter, ": expected {}, found {}", self.expected, self.found)
    }
}

/// The deviations of one answer: a bounded list, in the order of the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deviations {
    kept: Vec<Deviation>,
    more: usize,
}

impl Deviations {
    pub(crate) fn new(kept: Vec<Deviation>, more: usize) -> Self {
        Self { kept, more }
    }

    /// How many there are, including those beyond the first hundred, which are counted and not kept.
    pub fn total(&self) -> usize {
        self.kept.len() + self.more
    }

    /// Adds one.
    pub(crate) fn push(&mut self, deviation: Deviation) {
        if self.kept.len() < MOST {
            self.kept.push(deviation);
        } else {
            self.more += 1;
        }
    }

    /// Adds others.
    pub(crate) fn extend(&mut self, others: Self) {
        self.more += others.more;
        for deviation in others.kept {
            self.push(deviation);
        }
    }
}

impl std::ops::Deref for Deviations {
    type Target = [Deviation];

    fn deref(&self) -> &[Deviation] {
        &self.kept
    }
}

impl IntoIterator for Deviations {
    type Item = Deviation;
    type IntoIter = std::vec::IntoIter<Deviation>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.into_iter()
    }
}

impl<'d> IntoIterator for &'d Deviations {
    type Item = &'d Deviation;
    type IntoIter = std::slice::Iter<'d, Deviation>;

    fn into_iter(self) -> Self::IntoIter {
        self.kept.iter()
    }
}
