//! Diagnostics as text: for people and for machines.

use super::Diagnostics;
use crate::source::SourceMap;

/// Renders for people: `severity[code]: message`, the place, the source line and a hint.
pub fn render_human(_diagnostics: &Diagnostics, _sources: &SourceMap) -> String {
    String::new()
}

/// Renders for machines: one JSON object a line.
pub fn render_json(_diagnostics: &Diagnostics, _sources: &SourceMap) -> String {
    String::new()
}
