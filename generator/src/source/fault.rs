//! What is wrong with a text before it is known which file it stands in.

use super::{FileId, Position};
use crate::diagnostic::{Code, Diagnostic, Place};

/// What to do about a document that is beyond the limits.
pub(super) const LARGER: &str = "the limits stand in the table `[limits]` of bothends.toml; split the document with `$ref`, or raise them";

/// A finding that ends the reading of a file.
#[derive(Debug)]
pub(super) struct Fault {
    pub(super) code: Code,
    message: String,
    hint: Option<String>,
    position: Option<Position>,
}

impl Fault {
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None, position: None }
    }

    pub(super) fn syntax(message: impl Into<String>) -> Self {
        Self::new(Code::SOURCE_SYNTAX, message)
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says where, unless that is known already.
    pub(super) fn at(mut self, position: Position) -> Self {
        self.position.get_or_insert(position);
        self
    }

    pub(super) fn into_diagnostic(self, file: FileId) -> Diagnostic {
        let place = self.position.map_or(Place::File(file), |Position { line, column }| Place::Position { file, line, column });
        let diagnostic = Diagnostic::new(self.code, self.message).at(place);
        match self.hint {
            Some(hint) => diagnostic.hint(hint),
            None => diagnostic,
        }
    }
}
