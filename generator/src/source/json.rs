//! JSON text becomes a tree, or places; serde_json knows the grammar and decides what is JSON.

use std::fmt;

use serde::de::{self, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Number, Value};

use super::fault::Fault;
use super::places::Collector;
use super::tree::Builder;
use super::{Limits, Parsed, Position};

/// Reads a text; `None` if it holds nothing.
pub(super) fn read(text: &str, limits: Limits) -> Result<Option<Parsed>, Fault> {
    let mut reader = Reader { builder: Builder::new(limits), fault: None, numbers_are_maps: numbers_are_maps() };
    let mut json = serde_json::Deserializer::from_str(text);
    // Our own limit stands in its place: a setting, and a diagnostic of its own.
    json.disable_recursion_limit();
    let outcome = Seed(&mut reader).deserialize(&mut json).and_then(|()| json.end());
    match (outcome, reader.fault) {
        (Ok(()), None) => Ok(reader.builder.finish()),
        (Err(error), Some(fault)) => Err(fault.at(position(text, &error))),
        (Err(error), None) => Err(syntax(text, &error)),
        (Ok(()), Some(fault)) => Err(fault),
    }
}

struct Reader {
    builder: Builder,
    fault: Option<Fault>,
    numbers_are_maps: bool,
}

impl Reader {
    fn check<E: de::Error>(&mut self, outcome: Result<(), Fault>) -> Result<(), E> {
        outcome.map_err(|fault| {
            self.fault = Some(fault);
            E::custom("stopped")
        })
    }
}

struct Seed<'a>(&'a mut Reader);

impl<'de> DeserializeSeed<'de> for Seed<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl Seed<'_> {
    fn scalar<E: de::Error>(self, value: Value) -> Result<(), E> {
        let outcome = self.0.builder.scalar(value, 0);
        self.0.check(outcome)
    }
}

impl<'de> Visitor<'de> for Seed<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: de::Error>(self) -> Result<(), E> {
        self.scalar(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<(), E> {
        self.scalar(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<(), E> {
        self.scalar(value.into())
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<(), E> {
        self.scalar(value.into())
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<(), E> {
        self.scalar(value.into())
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<(), E> {
        self.scalar(Value::String(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let outcome = self.0.builder.open_list(0);
        self.0.check(outcome)?;
        while items.next_element_seed(Seed(self.0))?.is_some() {}
        let outcome = self.0.builder.close();
        self.0.check(outcome)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<(), A::Error> {
        let mut key = entries.next_key::<String>()?;
        if self.0.numbers_are_maps && key.as_deref() == Some(NUMBER) {
            let number = entries.next_value::<String>()?.parse::<Number>().map_err(de::Error::custom)?;
            return self.scalar(Value::Number(number));
        }
        let outcome = self.0.builder.open_map(0);
        self.0.check(outcome)?;
        while let Some(text) = key {
            let outcome = self.0.builder.key(text);
            self.0.check(outcome)?;
            entries.next_value_seed(Seed(self.0))?;
            key = entries.next_key()?;
        }
        let outcome = self.0.builder.close();
        self.0.check(outcome)
    }
}

/// How serde_json presents a number when somebody in the build has switched on `arbitrary_precision`.
const NUMBER: &str = "$serde_json::private::Number";

/// Whether somebody has: the generator is also a build dependency, and cargo unites features.
fn numbers_are_maps() -> bool {
    struct Probe(bool);

    impl<'de> de::Deserialize<'de> for Probe {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            struct ProbeVisitor;

            impl<'de> Visitor<'de> for ProbeVisitor {
                type Value = Probe;

                fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("a number")
                }

                fn visit_u64<E: de::Error>(self, _: u64) -> Result<Probe, E> {
                    Ok(Probe(false))
                }

                fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Probe, A::Error> {
                    entries.next_entry::<String, String>().map(|_| Probe(true))
                }
            }

            deserializer.deserialize_any(ProbeVisitor)
        }
    }

    serde_json::from_str::<Probe>("1").is_ok_and(|probe| probe.0)
}

fn syntax(text: &str, error: &serde_json::Error) -> Fault {
    let suffix = format!(" at line {} column {}", error.line(), error.column());
    let message = error.to_string();
    let message = message.strip_suffix(&suffix).unwrap_or(&message);
    let hint = match message {
        "trailing comma" => "remove the comma before the `]` or `}`",
        "trailing characters" => "the document ends before this place",
        "key must be a string" => "write keys in double quotes",
        message if message.starts_with("EOF") => "the file seems to be cut off",
        message if message.starts_with("control character") => "write line breaks and tabs in texts as `\\n` and `\\t`",
        _ => "the file starts like JSON but is neither JSON nor YAML",
    };
    Fault::syntax(format!("this is not JSON: {message}")).hint(hint).at(position(text, error))
}

/// serde_json counts columns in bytes, and 0 stands for the end of the line before.
fn position(text: &str, error: &serde_json::Error) -> Position {
    let line = error.line().max(1);
    let content = text.split('\n').nth(line - 1).unwrap_or_default();
    let before = content.get(..error.column().saturating_sub(1).min(content.len()));
    let column = before.map_or(error.column().max(1), |before| before.chars().count() + 1);
    Position { line, column }
}

/// Hands the places of a text, which is known to be JSON, to the collector.
pub(super) fn places(text: &str, collector: &mut Collector) {
    let mut cursor = Cursor { text, offset: 0, line: 1, column: 1 };
    let bytes = text.as_bytes();
    while let Some(&byte) = bytes.get(cursor.offset) {
        let at = cursor.position();
        let start = cursor.offset;
        match byte {
            b'{' => collector.open_map(at),
            b'[' => collector.open_list(at),
            b'}' | b']' => collector.close(),
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => {}
            b'"' => {
                let end = start + string_length(bytes.get(start..).unwrap_or_default());
                cursor.advance(end);
                if collector.expects_key() {
                    collector.key(&unescape(text.get(start..end).unwrap_or_default()), at);
                } else {
                    collector.scalar(at);
                }
                continue;
            }
            _ => {
                let rest = bytes.get(start..).unwrap_or_default();
                let length = rest.iter().take_while(|byte| !matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')).count();
                cursor.advance(start + length.max(1));
                collector.scalar(at);
                continue;
            }
        }
        cursor.advance(start + 1);
    }
}

/// A place that moves forward only, so that counting characters costs one pass over the text.
struct Cursor<'a> {
    text: &'a str,
    offset: usize,
    line: usize,
    column: usize,
}

impl Cursor<'_> {
    fn position(&self) -> Position {
        Position { line: self.line, column: self.column }
    }

    /// Goes on to an offset: over one byte of punctuation or white space, or over a scalar, which holds no line break.
    fn advance(&mut self, offset: usize) {
        let passed = self.text.get(self.offset..offset).unwrap_or_default();
        let next = self.text.as_bytes().get(offset);
        if passed == "\n" || passed == "\r" && next != Some(&b'\n') {
            self.line += 1;
            self.column = 1;
        } else {
            self.column += passed.chars().count();
        }
        self.offset = offset;
    }
}

/// Bytes of a string with its quotes.
fn string_length(bytes: &[u8]) -> usize {
    let mut escaped = false;
    let end = bytes.iter().skip(1).position(|&byte| {
        let closes = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        closes
    });
    end.map_or(bytes.len(), |end| end + 2)
}

/// The text of a string in its quotes.
fn unescape(literal: &str) -> std::borrow::Cow<'_, str> {
    if literal.contains('\\') {
        serde_json::from_str::<String>(literal).unwrap_or_default().into()
    } else {
        literal.trim_matches('"').into()
    }
}
