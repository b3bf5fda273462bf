//! Turns the YAML parser's complaints into words that help somebody who has never read the YAML standard.

use super::fault::Fault;
use super::{Position, text};
use crate::diagnostic::Code;

/// A complaint of the parser: a part of what it says, what we say, and what can be done.
const COMPLAINTS: &[(&str, &str, &str)] = &[
    ("tab", "a tab stands where only spaces may stand", "indent with spaces"),
    (
        "mapping values are not allowed",
        "a second `key: value` starts inside a value",
        "put it on a line of its own, or quote the text that holds `: `",
    ),
    (
        "illegal placement of ':'",
        "a second `key: value` starts inside a value",
        "put it on a line of its own, or quote the text that holds `: `",
    ),
    (
        "block sequence entries are not allowed",
        "a list entry `- ` starts inside a value",
        "put it on a line of its own, or quote the text that starts with `- `",
    ),
    ("unknown anchor", "an alias `*name` refers to an anchor `&name` that is not above it", "quote the text if it is no alias"),
    ("did not find expected key", "a key was expected here", "check the indentation of this line and the lines above it"),
    ("invalid indentation", "the indentation does not fit", "lines of one mapping or list start in the same column"),
    (
        "wrongly indented line in block scalar",
        "the indentation of the text block does not fit",
        "indent its first line at least as far as the empty lines above it",
    ),
    ("simple key expect", "a key without a `:` behind it", "write `key: value`, or check the indentation"),
    ("expected ',' or '}'", "`,` or `}` was expected here", "a `{` above is not closed"),
    ("expected ',' or ']'", "`,` or `]` was expected here", "a `[` above is not closed"),
    ("misplaced bracket", "a `]` or `}` that nothing has opened", "remove it, or quote the text that holds it"),
    ("found unexpected end of stream", "a quoted text is not closed", "close it with the quote that it starts with"),
    ("invalid trailing content after double-quoted", "text after a closing quote", "a quote inside of quotes is written `\\\"`"),
    (
        "unknown escape character",
        "a `\\` in double quotes with a character that YAML does not know",
        "write `\\\\` for a backslash, or use single quotes",
    ),
    ("unexpected character: `@'", "a text cannot start with `@`", "quote it"),
    ("unexpected character: ``'", "a text cannot start with a backtick", "quote it"),
    ("unexpected character: `%'", "a text cannot start with `%`", "quote it"),
    ("unprintable character", "a control character that YAML does not allow", "remove it, or write it as an escape in double quotes"),
    (
        "did not find expected <document start>",
        "text after the end of the document",
        "check the indentation of this line and the lines above it",
    ),
];

/// What the parser says at a place, in our words where we have any.
pub(super) fn fault(text: &str, info: &str, position: Position) -> Fault {
    if info.contains("recursion limit") {
        return Fault::new(Code::SOURCE_LIMIT, "`[` and `{` are nested too deeply")
            .hint("write so deep a value in block style, with indentation")
            .at(position);
    }
    if lost_line_breaks(text, position.line) {
        return Fault::syntax("many `key: value` stand on one line: the line breaks seem to be lost")
            .hint("get the document anew with its line breaks and indentation, or as JSON, which needs none")
            .at(position);
    }
    match COMPLAINTS.iter().find(|(part, ..)| info.contains(part)) {
        Some((_, message, hint)) => Fault::syntax(*message).hint(*hint).at(position),
        None => {
            Fault::syntax(format!("this is not YAML: {info}")).hint("check the quotes, the indentation and the brackets above").at(position)
        }
    }
}

/// Whether a line holds more unquoted `key: value` than anybody would write. Lines in flow style are left alone.
fn lost_line_breaks(text: &str, line: usize) -> bool {
    const MANY: usize = 4;
    let starts = text::line_starts(text);
    let Some(start) = line.checked_sub(1).and_then(|index| starts.get(index).copied()) else { return false };
    let end = starts.get(line).copied().unwrap_or(text.len());
    let line = text.get(start..end).unwrap_or_default();
    let mut keys = 0_usize;
    let mut quote = None;
    let mut before = ' ';
    let mut characters = line.chars().peekable();
    while let Some(character) = characters.next() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') if before == ' ' => quote = Some(character),
            (None, '{' | '[') if before == ' ' => return false,
            (None, ':') if characters.peek().is_none_or(|next| next.is_whitespace()) && before != ' ' => keys += 1,
            _ => {}
        }
        before = character;
    }
    keys >= MANY
}
