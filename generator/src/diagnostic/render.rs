//! Diagnostics as text: for people and for machines. It writes nothing itself and asks `source` for places only when shown.

use std::fmt::Write;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::escape::{escape, escape_json, is_unsafe};
use super::{Code, Diagnostic, Diagnostics, Place, Severity};
use crate::source::{FileId, Position, SourceMap};

/// Renders for people: `severity[code]: message`, the place, the source line and a hint. Of many findings of one code the
/// first few are shown, the others counted.
///
/// ```text
/// warning[repair/type]: `required` is a text
///   --> api.yaml:12:21
///    |
/// 12 |           required: "true"
///    |                     ^
///   = hint: write `true`
/// ```
pub fn render_human(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    render(diagnostics, sources, false)
}

/// As [`render_human`], with colours for a terminal.
pub fn render_color(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    render(diagnostics, sources, true)
}

/// Renders one finding as a line for people: `file:line:column: severity[code]: message`.
pub fn render_line(item: &Diagnostic, sources: &SourceMap) -> String {
    let place = item.place.as_ref().map(|place| format!("{}: ", Shown::of(place, sources).text(sources))).unwrap_or_default();
    format!("{place}{}[{}]: {}", item.severity, item.code.as_str(), escape(&item.message))
}

/// Renders for machines: one JSON object a line, with the keys `code`, `severity`, `message`, `hint`, `operation`, the
/// place's `file`, `line`, `column` and `pointer`, and `related` (objects of a `label` and a place). What is not known
/// is `null`.
pub fn render_json(diagnostics: &Diagnostics, sources: &SourceMap) -> String {
    let mut lines = String::new();
    for item in diagnostics.iter() {
        let json = json(item, sources).to_string();
        lines.push_str(&escape_json(&json));
        lines.push('\n');
    }
    lines
}

/// A place, looked up.
#[derive(Default)]
struct Shown<'a> {
    file: Option<FileId>,
    position: Option<Position>,
    pointer: Option<&'a str>,
}

impl<'a> Shown<'a> {
    fn of(place: &'a Place, sources: &SourceMap) -> Self {
        match place {
            Place::Normalized { pointer, .. } => Self { pointer: Some(pointer.as_str()), ..Self::default() },
            Place::Written { file, pointer, key, occurrence } => {
                Self { file: Some(*file), position: sources.locate(*file, pointer, *key, *occurrence), pointer: Some(pointer.as_str()) }
            }
            Place::Position { file, line, column } => {
                Self { file: Some(*file), position: Some(Position { line: *line, column: *column }), pointer: None }
            }
            Place::File(file) => Self { file: Some(*file), ..Self::default() },
        }
    }

    /// `file:line:column`, or as much of it as is known.
    fn text(&self, sources: &SourceMap) -> String {
        let Some(file) = self.file else { return format!("#{}", escape(self.pointer.unwrap_or_default())) };
        let mut text = escape(&sources.path(file).to_string_lossy()).into_owned();
        match (self.position, self.pointer) {
            (Some(Position { line, column }), _) => _ = write!(text, ":{line}:{column}"),
            (None, Some(pointer)) => _ = write!(text, "#{}", escape(pointer)),
            (None, None) => {}
        }
        text
    }
}

fn json(item: &Diagnostic, sources: &SourceMap) -> Value {
    let text = |text: &Option<String>| text.clone().map_or(Value::Null, Value::String);
    let mut object = Map::new();
    object.insert("code".into(), item.code.as_str().into());
    object.insert("severity".into(), item.severity.as_str().into());
    object.insert("message".into(), item.message.as_str().into());
    object.insert("hint".into(), text(&item.hint));
    object.insert("operation".into(), text(&item.operation));
    let shown = item.place.as_ref().map(|place| Shown::of(place, sources)).unwrap_or_default();
    insert_place(&mut object, &shown, sources);
    let related = item.related.iter().map(|(place, label)| {
        let mut object = Map::new();
        object.insert("label".into(), label.as_str().into());
        insert_place(&mut object, &Shown::of(place, sources), sources);
        Value::Object(object)
    });
    object.insert("related".into(), related.collect());
    Value::Object(object)
}

fn insert_place(object: &mut Map<String, Value>, shown: &Shown<'_>, sources: &SourceMap) {
    object.insert("file".into(), shown.file.map(|file| sources.path(file).to_string_lossy()).into());
    object.insert("line".into(), shown.position.map(|position| position.line).into());
    object.insert("column".into(), shown.position.map(|position| position.column).into());
    object.insert("pointer".into(), shown.pointer.into());
}

/// So many findings of one code are shown in full; the rest is counted. `--format json` has them all.
const SHOWN: usize = 5;

fn render(diagnostics: &Diagnostics, sources: &SourceMap, color: bool) -> String {
    let mut out = Out { text: String::new(), color };
    let mut counts: IndexMap<(Code, Severity), usize> = IndexMap::new();
    for item in diagnostics.iter() {
        let count = counts.entry((item.code, item.severity)).or_default();
        // An operation that goes missing is always named, and so is what stops the work.
        if item.operation.is_some() || item.code.severity() == Severity::Error {
            out.item(item, sources);
            continue;
        }
        *count += 1;
        if *count <= SHOWN {
            out.item(item, sources);
        }
    }
    for ((code, severity), count) in counts.into_iter().filter(|(_, count)| *count > SHOWN) {
        out.paint(color_of(severity), &format!("{severity}[{code}]"));
        out.paint(BOLD, &format!(": and {} more\n", count - SHOWN));
    }
    out.text
}

fn color_of(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "1;36",
        Severity::Warning => "1;33",
        Severity::Error => "1;31",
    }
}

struct Out {
    text: String,
    color: bool,
}

const BOLD: &str = "1";
const BLUE: &str = "1;34";

impl Out {
    fn item(&mut self, item: &Diagnostic, sources: &SourceMap) {
        let color = color_of(item.severity);
        self.paint(color, &format!("{}[{}]", item.severity, item.code));
        self.paint(BOLD, &format!(": {}\n", escape(&item.message)));
        if let Some(place) = &item.place {
            let shown = Shown::of(place, sources);
            self.paint(BLUE, "  --> ");
            self.line(&shown.text(sources));
            self.source_line(&shown, color, sources);
        }
        if let Some(operation) = &item.operation {
            self.remark(&format!("operation: {}", escape(operation)));
        }
        if let Some(hint) = &item.hint {
            self.remark(&format!("hint: {}", escape(hint)));
        }
        for (place, label) in &item.related {
            self.remark(&format!("{}: {}", escape(label), Shown::of(place, sources).text(sources)));
        }
    }

    fn source_line(&mut self, shown: &Shown<'_>, color: &str, sources: &SourceMap) {
        let (Some(file), Some(position)) = (shown.file, shown.position) else { return };
        let Some(line) = sources.line(file, position.line) else { return };
        let (line, caret) = excerpt(line, position.column);
        let number = position.line.to_string();
        let margin = " ".repeat(number.len());
        self.paint(BLUE, &format!("{margin} |\n{number} | "));
        self.line(&line);
        self.paint(BLUE, &format!("{margin} | "));
        self.text.push_str(&" ".repeat(caret));
        self.paint(color, "^");
        self.text.push('\n');
    }

    fn remark(&mut self, text: &str) {
        self.paint(BLUE, "  = ");
        self.line(text);
    }

    fn line(&mut self, text: &str) {
        self.text.push_str(text);
        self.text.push('\n');
    }

    fn paint(&mut self, color: &str, text: &str) {
        if self.color {
            _ = write!(self.text, "\u{1b}[{color}m{text}\u{1b}[0m");
        } else {
            self.text.push_str(text);
        }
    }
}

/// The part of a line around a column (from 1), and how many characters stand before the caret.
/// Tabs become spaces, so that the caret stands below what it means.
fn excerpt(line: &str, column: usize) -> (String, usize) {
    /// Characters that are shown before and behind the caret of a long line.
    const BEFORE: usize = 60;
    const BEHIND: usize = 60;
    let index = column.saturating_sub(1);
    // What hardly exceeds the limit is shown from its start.
    let skipped = if index > BEFORE + 10 { index - BEFORE } else { 0 };
    let mut text = String::new();
    let mut caret = 0;
    let mut width = 0;
    if skipped > 0 {
        text.push('…');
        width += 1;
    }
    let mut rest = line.chars();
    if skipped > 0 {
        _ = rest.nth(skipped - 1);
    }
    let mut shown = skipped;
    for character in rest.by_ref().take(index + BEHIND - skipped) {
        if shown == index {
            caret = width;
        }
        shown += 1;
        let before = text.len();
        match character {
            '\t' => text.push_str("    "),
            unsafe_one if is_unsafe(unsafe_one) => text.extend(unsafe_one.escape_default()),
            other => text.push(other),
        }
        width += text.get(before..).map_or(0, |added| added.chars().count());
    }
    if shown <= index {
        caret = width;
    }
    if rest.next().is_some() {
        text.push('…');
    }
    (text, caret)
}

#[cfg(test)]
#[path = "render_tests.rs"]
mod tests;
