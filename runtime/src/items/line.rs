//! Lines of JSON: texts between line feeds, or behind record separators (RFC 7464). It must not know their values.
//!
//! Domain: every value without NaN and infinity; JSON text as it is written here has no line feed in it.

use std::collections::VecDeque;

use super::{Frame, text_of};
use crate::json::{self, Json, Reading};

/// What stands between two texts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Separator {
    /// A line feed behind each (`application/x-ndjson`, `application/jsonl`). Empty lines are nothing.
    #[default]
    LineFeed,
    /// A record separator, U+001E, before each, and a line feed behind it (RFC 7464, `application/json-seq`).
    Record,
}

/// One JSON text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Line(pub String);

impl Frame for Line {
    const IS_JSON: bool = true;
    type Manner = Separator;
    type Cut = Vec<u8>;

    fn cut(cut: &mut Vec<u8>, manner: Separator, bytes: &[u8], found: &mut VecDeque<Self>) {
        let separator = match manner {
            Separator::LineFeed => b'\n',
            Separator::Record => 0x1E,
        };
        let mut parts = bytes.split(|byte| *byte == separator);
        cut.extend(parts.next().unwrap_or_default());
        for part in parts {
            found.extend(line(cut));
            cut.clear();
            cut.extend(part);
        }
    }

    fn rest(cut: &mut Vec<u8>, _: Separator) -> Option<Self> {
        line(&std::mem::take(cut))
    }

    fn waiting(cut: &Vec<u8>) -> usize {
        cut.len()
    }

    fn text(&self) -> &str {
        &self.0
    }

    fn read<T: Json>(&self, _: Separator, reading: Reading<'_>) -> Result<T, json::Error> {
        reading.text(self.0.trim_start_matches('\u{feff}'))
    }

    fn of<T: Json>(value: &T, _: Separator) -> Result<Self, json::Error> {
        json::to_string(value).map(Self)
    }

    fn idle(manner: Separator) -> &'static [u8] {
        match manner {
            Separator::LineFeed => b"\n",
            Separator::Record => b"\x1e",
        }
    }

    fn write(&self, manner: Separator) -> Result<Vec<u8>, json::Error> {
        if self.0.contains(['\n', '\u{1e}']) {
            return Err(json::Error::new("a line feed or a record separator stands in the text"));
        }
        let before = match manner {
            Separator::LineFeed => "",
            Separator::Record => "\u{1e}",
        };
        Ok(format!("{before}{}\n", self.0).into_bytes())
    }
}

/// A text without the white space around it; nothing, if there is no more.
fn line(bytes: &[u8]) -> Option<Line> {
    let bytes = bytes.trim_ascii();
    (!bytes.is_empty()).then(|| Line(text_of(bytes)))
}
