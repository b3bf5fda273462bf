//! The pull reader: generated code asks it for values and properties. Objects and unions have files of their own.

use std::borrow::Cow;
use std::ops::Range;

use super::Json;
use super::error::{Error, HIDDEN, excerpt};
use super::number::{self, NotWhole};
use super::tokenizer::Tokenizer;
use super::tolerance::Tolerance;
use crate::media::File;

/// Lists and objects may stand this deep inside of each other.
const MAX_DEPTH: u32 = 128;

/// Who is reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The client ignores undeclared properties, and reads `null` for an optional property as absent.
    Client,
    /// The server refuses undeclared properties of closed objects, and `null` where it is not declared.
    Server,
}

/// What kind of value comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Null,
    Bool,
    Number,
    String,
    List,
    Object,
}

/// Reads JSON text from front to back.
#[derive(Debug)]
pub struct Reader<'de> {
    pub(super) tokens: Tokenizer<'de>,
    side: Side,
    /// Parameters: a scalar comes as a string.
    text: bool,
    depth: u32,
    /// Undeclared properties and undocumented values so far: how badly a union's arm fits.
    pub(super) unknown: usize,
    /// Where values were passed over, while a union looks for what its arms would lose.
    pub(super) passed: Option<Vec<Range<usize>>>,
    /// How much more may be tried to find out which arms of unions fit.
    pub(super) trials: usize,
    /// Files that came beside the text, which names them by their numbers.
    attached: Vec<Option<File>>,
    /// What is passed over where it does not fit, and what of it is noted.
    pub(super) tolerance: Tolerance,
}

impl<'de> Reader<'de> {
    /// A reader of a whole text.
    pub fn new(text: &'de str, side: Side) -> Self {
        // Unions inside of unions could ask for exponential work. Real texts stay far below this.
        let trials = 2_000 + text.len().saturating_mul(4);
        Self {
            tokens: Tokenizer::new(text),
            side,
            text: false,
            depth: 0,
            unknown: 0,
            passed: None,
            trials,
            attached: Vec::new(),
            tolerance: Tolerance::default(),
        }
    }

    /// The same reader, for parameters: `"12"` is read as a number and `"true"` as a boolean where the type wants one, and
    /// where it wants a list or an object, so is a string that holds the JSON text of one.
    #[must_use]
    pub fn text_mode(mut self) -> Self {
        self.text = true;
        self
    }

    /// The same reader, with files that came beside the text.
    pub(crate) fn with_attached(mut self, files: Vec<File>) -> Self {
        self.attached = files.into_iter().map(Some).collect();
        self
    }

    /// The file that the next value names, if files came beside the text.
    pub(crate) fn attached(&mut self) -> Result<Option<File>, Error> {
        if self.attached.is_empty() || self.kind()? != Kind::Number {
            return Ok(None);
        }
        let number = usize::try_from(self.integer()?).ok();
        Ok(number.and_then(|number| self.attached.get_mut(number)?.take()))
    }

    /// Who is reading.
    pub fn side(&self) -> Side {
        self.side
    }

    /// Reads one value, after which the text has to end.
    ///
    /// # Errors
    /// The text is not JSON, goes on after the value, or does not fit the type.
    pub fn whole<T: Json>(self) -> Result<T, Error> {
        self.whole_with_cost().map(|(value, _)| value)
    }

    /// The same, with the number of undeclared properties and undocumented values in it.
    pub(crate) fn whole_with_cost<T: Json>(mut self) -> Result<(T, usize), Error> {
        let value = T::read(&mut self)?;
        self.end()?;
        Ok((value, self.unknown))
    }

    /// Checks that the text is over.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        match self.tokens.peek() {
            None => Ok(()),
            Some(_) => Err(self.tokens.error("the end of the text")),
        }
    }

    /// Reads one value.
    ///
    /// # Errors
    /// It does not fit the type.
    #[inline]
    pub fn value<T: Json>(&mut self) -> Result<T, Error> {
        T::read(self)
    }

    /// The kind of the next value.
    ///
    /// # Errors
    /// There is no value.
    #[inline]
    pub fn kind(&mut self) -> Result<Kind, Error> {
        match self.tokens.peek() {
            Some(b'"') => Ok(Kind::String),
            Some(b'{') => Ok(Kind::Object),
            Some(b'[') => Ok(Kind::List),
            Some(b'-' | b'0'..=b'9') => Ok(Kind::Number),
            Some(b't' | b'f') => Ok(Kind::Bool),
            Some(b'n') => Ok(Kind::Null),
            _ => Err(self.tokens.error("a value")),
        }
    }

    /// Takes a `null`, if it comes next.
    ///
    /// # Errors
    /// Broken JSON.
    #[inline]
    pub fn null(&mut self) -> Result<bool, Error> {
        if self.tokens.peek() == Some(b'n') {
            self.tokens.word("null")?;
            return Ok(true);
        }
        Ok(false)
    }

    /// Reads a boolean.
    ///
    /// # Errors
    /// Something else comes.
    pub fn boolean(&mut self) -> Result<bool, Error> {
        match self.kind()? {
            Kind::Bool => {
                let value = self.tokens.peek() == Some(b't');
                self.tokens.word(if value { "true" } else { "false" })?;
                Ok(value)
            }
            Kind::String if self.text => {
                let start = self.tokens.position();
                match &*self.tokens.string()? {
                    "true" => Ok(true),
                    "false" => Ok(false),
                    _ => Err(self.unexpected_from(start, "a boolean")),
                }
            }
            _ => Err(self.unexpected("a boolean")),
        }
    }

    /// Reads a whole number that fits 64 bits with a sign.
    ///
    /// # Errors
    /// Something else comes, a fraction, or a number out of range.
    pub fn integer(&mut self) -> Result<i64, Error> {
        self.whole_number(i64::MIN.into(), i64::MAX.into()).and_then(|value| i64::try_from(value).map_err(|_| Error::new("out of range")))
    }

    /// Reads a whole number between two bounds, both included.
    ///
    /// # Errors
    /// Something else comes, a fraction, or a number out of range.
    pub fn whole_number(&mut self, least: i128, most: i128) -> Result<i128, Error> {
        let start = self.tokens.position();
        let token = self.number_token("an integer")?;
        match number::whole(&token) {
            Ok(value) if (least..=most).contains(&value) => Ok(value),
            Ok(_) | Err(NotWhole::Range) => Err(self.unexpected_from(start, &format!("an integer from {least} to {most}"))),
            Err(NotWhole::Fraction) => Err(self.unexpected_from(start, "an integer")),
        }
    }

    /// Reads a number as the nearest binary64 number.
    ///
    /// # Errors
    /// Something else comes, or a number beyond the largest one.
    pub fn float(&mut self) -> Result<f64, Error> {
        let token = self.number_token("a number")?;
        let value = number::float(&token)?;
        // In a union, an arm for integers keeps what is lost here.
        self.unknown += usize::from(number::is_rounded(&token, value));
        Ok(value)
    }

    /// The text of the next number.
    pub(crate) fn number_text(&mut self) -> Result<&'de str, Error> {
        self.tokens.peek();
        self.tokens.number()
    }

    /// The text of the next number; in text mode also of a string that holds one.
    pub(super) fn number_token(&mut self, expected: &str) -> Result<Cow<'de, str>, Error> {
        match self.kind()? {
            Kind::Number => self.tokens.number().map(Cow::Borrowed),
            Kind::String if self.text => {
                let start = self.tokens.position();
                let token = self.tokens.string()?;
                if number::is_number(&token) { Ok(token) } else { Err(self.unexpected_from(start, expected)) }
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    /// Reads a string; it is borrowed from the text where it holds no escapes.
    ///
    /// # Errors
    /// Something else comes.
    #[inline]
    pub fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        if self.tokens.peek() != Some(b'"') {
            return Err(self.unexpected("a string"));
        }
        let text = self.tokens.string()?;
        // A union of a number and a text takes the text `12` for the number, whichever arm comes first.
        if self.text && (matches!(&*text, "true" | "false") || number::is_number(&text)) {
            self.unknown += 1;
        }
        Ok(text)
    }

    /// Reads a string that must not be shown: an error does not repeat what stands there instead.
    ///
    /// # Errors
    /// Something else comes.
    pub fn secret_string(&mut self) -> Result<String, Error> {
        match self.kind()? {
            Kind::String => self.tokens.string().map(Cow::into_owned),
            _ => Err(Error::mismatch("a string", HIDDEN)),
        }
    }

    /// Reads a string of a known set: the index in `known`, or the text that is none of them, which counts as
    /// undocumented where a union looks for its best arm.
    ///
    /// # Errors
    /// Something else comes.
    pub fn enumeration(&mut self, known: &[&str]) -> Result<Result<usize, String>, Error> {
        let text = self.string()?;
        Ok(known.iter().position(|known| *known == text).ok_or_else(|| {
            self.undocumented();
            text.into_owned()
        }))
    }

    /// Says that the value just read is of the right type but not documented (an open enum's unknown value), so that
    /// a union prefers an arm that knows it.
    pub fn undocumented(&mut self) {
        self.unknown += 1;
    }

    /// Reads a list, item by item.
    ///
    /// # Errors
    /// Something else comes, or an item's error with the item's index.
    pub fn list(&mut self, item: &mut dyn FnMut(&mut Reader<'_>) -> Result<(), Error>) -> Result<(), Error> {
        if self.kind()? != Kind::List {
            return match self.embedded(b'[')? {
                Some(text) => self.inside(&text, |reader| reader.list(item)),
                None if self.null_for_empty("a list")? || self.other_empty(*b"{}", "a list")? => Ok(()),
                None => Err(self.unexpected("a list")),
            };
        }
        self.tokens.expect(b'[', "a list")?;
        self.enter()?;
        if !self.tokens.eat(b']') {
            let mut index = 0_usize;
            loop {
                item(self).map_err(|error| error.inside(index))?;
                index += 1;
                if !self.tokens.eat(b',') {
                    break;
                }
            }
            self.tokens.expect(b']', "`,` or `]`")?;
        }
        self.leave();
        Ok(())
    }

    /// In text mode, the JSON text that a string holds which comes next, if it is one of a list or an object.
    pub(super) fn embedded(&mut self, opening: u8) -> Result<Option<String>, Error> {
        if !self.text || self.kind()? != Kind::String {
            return Ok(None);
        }
        let start = self.tokens.position();
        let text = self.tokens.string()?;
        if text.as_bytes().first() == Some(&opening) {
            return Ok(Some(text.into_owned()));
        }
        self.tokens.rewind(start);
        Ok(None)
    }

    /// Reads a text that stood inside of this one.
    pub(super) fn inside(&mut self, text: &str, read: impl FnOnce(&mut Reader<'_>) -> Result<(), Error>) -> Result<(), Error> {
        let mut reader = Reader::new(text, self.side);
        reader.depth = self.depth;
        reader.trials = self.trials;
        let read = read(&mut reader);
        self.trials = reader.trials;
        read?;
        self.unknown += reader.unknown;
        reader.end()
    }

    /// Whether scalars come as strings.
    pub(super) fn is_text(&self) -> bool {
        self.text
    }

    /// The text of the next value, whatever it is.
    pub(crate) fn raw_text(&mut self) -> Result<&'de str, Error> {
        self.tokens.peek();
        let start = self.tokens.position();
        self.skip()?;
        Ok(self.tokens.since(start))
    }

    /// Reads any value as a tree: 64-bit integers exactly, other numbers as the nearest binary64 number.
    ///
    /// # Errors
    /// Broken JSON.
    pub fn raw_value(&mut self) -> Result<serde_json::Value, Error> {
        use serde_json::Value;
        Ok(match self.kind()? {
            Kind::Null => {
                self.tokens.word("null")?;
                Value::Null
            }
            Kind::Bool => Value::Bool(self.boolean()?),
            Kind::Number => Value::Number(number::tree(self.tokens.number()?)?),
            Kind::String => Value::String(self.tokens.string()?.into_owned()),
            Kind::List => {
                let mut items = Vec::new();
                self.list(&mut |reader| {
                    items.push(reader.raw_value()?);
                    Ok(())
                })?;
                Value::Array(items)
            }
            Kind::Object => {
                let mut map = serde_json::Map::new();
                self.object(&mut |key, reader| {
                    let value = reader.raw_value().map_err(|error| error.inside(key))?;
                    map.insert(key.to_owned(), value);
                    Ok(true)
                })?;
                Value::Object(map)
            }
        })
    }

    /// Passes over the next value, whatever it is, and checks that it is JSON.
    ///
    /// # Errors
    /// Broken JSON.
    pub fn skip(&mut self) -> Result<(), Error> {
        match self.kind()? {
            Kind::Null => self.tokens.word("null"),
            Kind::Bool => self.boolean().map(drop),
            Kind::Number => self.tokens.number().map(drop),
            Kind::String => self.tokens.skip_string(),
            Kind::List => self.list(&mut |reader| reader.skip()),
            Kind::Object => {
                let (before, passed) = (self.unknown, self.passed.take());
                let result = self.object(&mut |_, _| Ok(false));
                // What is inside of a value that nobody asked for is not worse than the value itself.
                (self.unknown, self.passed) = (before, passed);
                result
            }
        }
    }

    pub(super) fn enter(&mut self) -> Result<(), Error> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(Error::syntax(format!("more than {MAX_DEPTH} lists and objects inside of each other")));
        }
        Ok(())
    }

    pub(super) fn leave(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    pub(super) fn depth(&self) -> u32 {
        self.depth
    }

    pub(super) fn set_depth(&mut self, depth: u32) {
        self.depth = depth;
    }

    /// An error about the next value: what was expected, what stands there.
    #[cold]
    pub fn unexpected(&mut self, expected: &str) -> Error {
        match self.found() {
            Ok(found) => Error::mismatch(expected, &found),
            Err(error) => error,
        }
    }

    /// What the next value is, in a few words.
    pub(super) fn found(&mut self) -> Result<String, Error> {
        Ok(match self.kind()? {
            Kind::Null => "null".to_owned(),
            Kind::List => "a list".to_owned(),
            Kind::Object => "an object".to_owned(),
            Kind::Bool => if self.tokens.peek() == Some(b't') { "true" } else { "false" }.to_owned(),
            Kind::Number => excerpt(self.tokens.clone().number()?).trim_matches('"').to_owned(),
            Kind::String => excerpt(&self.tokens.clone().string()?),
        })
    }

    /// The same about a value that was already read, which began at `start`.
    #[cold]
    fn unexpected_from(&mut self, start: usize, expected: &str) -> Error {
        let end = self.tokens.position();
        self.tokens.rewind(start);
        let error = self.unexpected(expected);
        self.tokens.rewind(end);
        error
    }
}
