//! The writer: appends JSON text, and remembers the first value that has none.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::Json;
use super::error::Error;
use super::reader::{Reader, Side};
use super::tokenizer::plain_length;
use crate::maybe::Maybe;
use crate::media::File;

/// Writes JSON text.
#[derive(Debug, Default)]
pub struct Writer {
    text: String,
    error: Option<Error>,
    /// Files that go beside the text, which names them by their numbers; `None` where there is no beside.
    attached: Option<Vec<File>>,
}

impl Writer {
    /// An empty text.
    pub fn new() -> Self {
        Self { text: String::with_capacity(128), error: None, attached: None }
    }

    /// The text.
    ///
    /// # Errors
    /// The first value that has no JSON form.
    pub fn finish(self) -> Result<String, Error> {
        self.error.map_or(Ok(self.text), Err)
    }

    /// The same writer, with room for files beside the text.
    pub(crate) fn attaching(mut self) -> Self {
        self.attached = Some(Vec::new());
        self
    }

    /// Writes the number of a file that goes beside the text, if there is room for it.
    pub(crate) fn attach(&mut self, file: impl FnOnce() -> File) -> bool {
        let Some(attached) = &mut self.attached else { return false };
        let number = attached.len();
        attached.push(file());
        self.integer(number);
        true
    }

    /// The text, and the files beside it.
    pub(crate) fn finish_attached(self) -> Result<(String, Vec<File>), Error> {
        self.error.map_or(Ok((self.text, self.attached.unwrap_or_default())), Err)
    }

    /// The text as it stands; only for values that cannot fail.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.text.into_bytes()
    }

    /// Remembers that a value has no JSON form.
    pub fn fail(&mut self, error: Error) {
        self.error.get_or_insert(error);
    }

    /// Writes any value.
    #[inline]
    pub fn value<T: Json>(&mut self, value: &T) {
        value.write(self);
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        self.text.push_str("null");
    }

    /// Writes a boolean.
    pub fn boolean(&mut self, value: bool) {
        self.text.push_str(if value { "true" } else { "false" });
    }

    /// Writes a whole number.
    #[inline]
    pub fn integer(&mut self, value: impl itoa::Integer) {
        self.text.push_str(itoa::Buffer::new().format(value));
    }

    /// Writes a number in the shortest form that reads back as the same number; whole ones as `1.0`.
    pub fn float(&mut self, value: f64) {
        if value.is_finite() {
            self.text.push_str(zmij::Buffer::new().format_finite(value));
        } else {
            self.fail(Error::new(format!("{value} has no JSON form")));
            self.null();
        }
    }

    /// Writes a string.
    pub fn string(&mut self, value: &str) {
        self.text.push('"');
        let mut rest = value;
        loop {
            let (plain, special) = rest.split_at_checked(plain_length(rest.as_bytes())).unwrap_or((rest, ""));
            self.text.push_str(plain);
            // What is not plain is one byte of ASCII.
            let Some((byte, after)) = special.as_bytes().first().zip(special.get(1..)) else { break };
            self.escape(*byte);
            rest = after;
        }
        self.text.push('"');
    }

    fn escape(&mut self, byte: u8) {
        let short = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x8 => "\\b",
            0xC => "\\f",
            _ => {
                let _ = write!(self.text, "\\u{byte:04x}");
                return;
            }
        };
        self.text.push_str(short);
    }

    /// Begins an object.
    pub fn object(&mut self) -> ObjectWriter<'_> {
        let start = self.text.len();
        self.text.push('{');
        ObjectWriter { writer: self, start, first: true }
    }

    /// Begins a list.
    pub fn list(&mut self) -> ListWriter<'_> {
        self.text.push('[');
        ListWriter { writer: self, count: 0 }
    }

    /// Writes a part of a value; an error in it gets the part's name.
    #[inline]
    fn part<T: Json>(&mut self, value: &T, key: &dyn std::fmt::Display) {
        let clean = self.error.is_none();
        value.write(self);
        if clean && self.error.is_some() {
            self.error = self.error.take().map(|error| error.inside(key));
        }
    }
}

/// Writes the properties of one object; [`ObjectWriter::end`] closes it.
#[derive(Debug)]
#[must_use = "an object has to be closed with `end`"]
pub struct ObjectWriter<'w> {
    writer: &'w mut Writer,
    start: usize,
    first: bool,
}

impl ObjectWriter<'_> {
    /// Writes a property.
    #[inline]
    pub fn field<T: Json>(&mut self, key: &str, value: &T) {
        if self.first {
            self.first = false;
        } else {
            self.writer.text.push(',');
        }
        self.writer.string(key);
        self.writer.text.push(':');
        self.writer.part(value, &key);
    }

    /// Writes a property, or nothing for `None`.
    #[inline]
    pub fn optional<T: Json>(&mut self, key: &str, value: &Option<T>) {
        if let Some(value) = value {
            self.field(key, value);
        }
    }

    /// Writes a property, `null`, or nothing.
    #[inline]
    pub fn maybe<T: Json>(&mut self, key: &str, value: &Maybe<T>) {
        match value {
            Maybe::Absent => {}
            Maybe::Null => self.field(key, &()),
            Maybe::Value(value) => self.field(key, value),
        }
    }

    /// Writes the properties that are not declared. One that has the name of a declared property is an error: the
    /// other end would read either of the two.
    pub fn extra<T: Json>(&mut self, map: &BTreeMap<String, T>) {
        if !map.is_empty() {
            self.refuse_declared(map);
        }
        for (key, value) in map {
            self.field(key, value);
        }
    }

    fn refuse_declared<T: Json>(&mut self, map: &BTreeMap<String, T>) {
        let mut written = self.writer.text.get(self.start..).unwrap_or_default().to_owned();
        written.push('}');
        let mut twice = None;
        // Our own text reads back; should it not, the error is not about a declared property.
        let _ = Reader::new(&written, Side::Client).object(&mut |key, _| {
            if map.contains_key(key) {
                twice.get_or_insert_with(|| key.to_owned());
            }
            Ok(false)
        });
        if let Some(key) = twice {
            self.writer.fail(Error::new("an additional property has the name of a declared one").inside(key));
        }
    }

    /// Closes the object.
    #[inline]
    pub fn end(self) {
        self.writer.text.push('}');
    }
}

/// Writes the items of one list; [`ListWriter::end`] closes it.
#[derive(Debug)]
#[must_use = "a list has to be closed with `end`"]
pub struct ListWriter<'w> {
    writer: &'w mut Writer,
    count: usize,
}

impl ListWriter<'_> {
    /// Writes an item.
    pub fn item<T: Json>(&mut self, value: &T) {
        if self.count > 0 {
            self.writer.text.push(',');
        }
        self.writer.part(value, &self.count);
        self.count += 1;
    }

    /// Closes the list.
    pub fn end(self) {
        self.writer.text.push(']');
    }
}
