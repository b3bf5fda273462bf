//! What the generator has to say about a document: code, severity, message, hint and place. Rendering is in `render`.

mod code;
mod escape;
mod render;
mod summary;

pub use code::{CODES, Code};
pub use escape::escape;
pub use render::{render_color, render_human, render_json, render_line};
pub use summary::Summary;

use crate::source::{FileId, Pointer};

/// How much a finding matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Worth knowing; nothing was changed and nothing is missing.
    Note,
    /// Something was repaired, or is missing from the output.
    Warning,
    /// Nothing can be generated.
    Error,
}

/// Where in the input a finding is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// A place in the normalised document; it is translated to the file as written before it is shown.
    Normalized {
        /// Pointer in the normalised tree.
        pointer: Pointer,
        /// Whether the key is meant rather than its value.
        key: bool,
    },
    /// A place in a file as written.
    Written {
        /// The file.
        file: FileId,
        /// Pointer in that file.
        pointer: Pointer,
        /// Whether the key is meant rather than its value.
        key: bool,
        /// Which of several equal keys: 0 is the first.
        occurrence: usize,
    },
    /// A known position in a file: a syntax error, a duplicate key.
    Position {
        /// The file.
        file: FileId,
        /// Line, from 1.
        line: usize,
        /// Column in characters, from 1.
        column: usize,
    },
    /// A whole file, which may not have been readable.
    File(FileId),
}

impl Severity {
    /// `note`, `warning` or `error`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl std::fmt::Display for Severity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Place {
    /// The value at a pointer of the normalised document.
    pub fn at(pointer: &Pointer) -> Self {
        Self::Normalized { pointer: pointer.clone(), key: false }
    }

    /// The key at a pointer of the normalised document.
    pub fn key(pointer: &Pointer) -> Self {
        Self::Normalized { pointer: pointer.clone(), key: true }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Stable name, `family/name`.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// One terse sentence, without a full stop.
    pub message: String,
    /// What the reader can do about it.
    pub hint: Option<String>,
    /// Where it is.
    pub place: Option<Place>,
    /// Other places that matter, each with a short label.
    pub related: Vec<(Place, String)>,
    /// `METHOD path` of the operation that it drops, if it drops one.
    pub operation: Option<String>,
}

impl Diagnostic {
    /// A finding of the severity that its code usually has.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, severity: code.severity(), message: message.into(), hint: None, place: None, related: Vec::new(), operation: None }
    }

    /// Says where.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn related(mut self, place: Place, label: impl Into<String>) -> Self {
        self.related.push((place, label.into()));
        self
    }

    /// Names the operation that is dropped.
    #[must_use]
    pub fn operation(mut self, operation: impl Into<String>) -> Self {
        self.operation = Some(operation.into());
        self
    }
}

/// Findings in the order in which they were made.
#[derive(Debug, Clone, Default)]
pub struct Diagnostics {
    items: Vec<Diagnostic>,
}

impl Diagnostics {
    /// Adds a finding.
    pub fn push(&mut self, diagnostic: Diagnostic) {
        self.items.push(diagnostic);
    }

    /// All findings so far.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.items.iter()
    }

    /// All findings so far, to be changed in place (severity under `--strict`, places after normalising).
    pub fn iter_mut(&mut self) -> impl Iterator<Item = &mut Diagnostic> {
        self.items.iter_mut()
    }

    /// Whether any finding is an error.
    pub fn has_errors(&self) -> bool {
        self.items.iter().any(|item| item.severity == Severity::Error)
    }

    /// Number of findings.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Makes errors of all warnings: nothing was repaired, nothing is left out (`--strict`).
    pub fn strict(&mut self) {
        for item in &mut self.items {
            if item.severity == Severity::Warning {
                item.severity = Severity::Error;
            }
        }
    }

    /// Keeps the first one of equal findings.
    pub fn dedup(&mut self) {
        let mut seen = std::collections::BTreeSet::new();
        self.items.retain(|item| seen.insert(format!("{item:?}")));
    }

    /// Keeps the findings that somebody wants to hear of.
    pub fn retain(&mut self, wanted: impl FnMut(&Diagnostic) -> bool) {
        self.items.retain(wanted);
    }

    /// How many findings there are, by severity and by code.
    pub fn summary(&self) -> Summary {
        Summary::of(self)
    }

    /// Takes over the findings of another list.
    pub fn extend(&mut self, other: Diagnostics) {
        self.items.extend(other.items);
    }
}
