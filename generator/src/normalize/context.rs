//! What every pass shares: where findings go, and where things came from.

use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};

use super::at::At;
use super::origins::Origins;

/// What every pass shares.
pub(super) struct Context<'a> {
    /// Where findings go.
    pub(super) diagnostics: &'a mut Diagnostics,
    /// Where things came from; true for the tree as it stands at the moment.
    pub(super) origins: Origins,
    /// OpenAPI 3.1 or later: JSON Schema's own spelling is at home there, and no fault.
    pub(super) modern: bool,
    /// Swagger 2.0: schemas have other words for a few things.
    pub(super) swagger: bool,
}

impl Context<'_> {
    /// Adds a finding. Its places are translated at once, since later passes move things.
    pub(super) fn say(&mut self, mut diagnostic: Diagnostic) {
        diagnostic.place = diagnostic.place.map(|place| self.origins.written(place));
        for (place, _) in &mut diagnostic.related {
            *place = self.origins.written(place.clone());
        }
        self.diagnostics.push(diagnostic);
    }

    /// A finding about a value.
    pub(super) fn report(&mut self, code: Code, at: &At<'_>, message: impl Into<String>) {
        self.say(Diagnostic::new(code, message).at(Place::at(&at.pointer())));
    }

    /// A finding about a key.
    pub(super) fn report_key(&mut self, code: Code, at: &At<'_>, message: impl Into<String>) {
        self.say(Diagnostic::new(code, message).at(Place::key(&at.pointer())));
    }
}

/// A value in a message: short, on one line.
pub(super) fn brief(value: &serde_json::Value) -> String {
    match value {
        serde_json::Value::Object(_) => "an object".to_owned(),
        serde_json::Value::Array(_) => "a list".to_owned(),
        scalar => {
            let text = scalar.to_string();
            match text.char_indices().nth(40) {
                Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
                None => text,
            }
        }
    }
}
