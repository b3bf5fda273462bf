//! Reading objects: properties are handed to generated code, which says which ones it knows.

use std::collections::BTreeMap;

use super::Json;
use super::error::Error;
use super::reader::{Kind, Reader, Side};
use super::tolerance::Mark;
use crate::maybe::Maybe;

impl Reader<'_> {
    /// Reads an object. `property` is called with each key in front of its value and says whether it read the value;
    /// a value that it did not read is skipped.
    ///
    /// # Errors
    /// Something else comes, or an error of `property`.
    pub fn object(&mut self, property: &mut dyn FnMut(&str, &mut Reader<'_>) -> Result<bool, Error>) -> Result<(), Error> {
        self.properties(property, false)
    }

    /// Reads an object that has no other properties than the declared ones (`additionalProperties: false`): the
    /// server refuses another one, the client skips it.
    ///
    /// # Errors
    /// As [`Reader::object`].
    pub fn closed_object(&mut self, property: &mut dyn FnMut(&str, &mut Reader<'_>) -> Result<bool, Error>) -> Result<(), Error> {
        self.properties(property, self.side() == Side::Server)
    }

    fn properties(&mut self, property: &mut dyn FnMut(&str, &mut Reader<'_>) -> Result<bool, Error>, closed: bool) -> Result<(), Error> {
        if self.kind()? != Kind::Object {
            return match self.embedded(b'{')? {
                Some(text) => self.inside(&text, |reader| reader.properties(property, closed)),
                None if self.other_empty(*b"[]", "an object")? => Ok(()),
                None => Err(self.unexpected("an object")),
            };
        }
        self.tokens.expect(b'{', "an object")?;
        self.enter()?;
        if !self.tokens.eat(b'}') {
            loop {
                let key = self.tokens.string()?;
                self.tokens.expect(b':', "`:`")?;
                if !property(&key, self)? {
                    if closed {
                        return Err(Error::new("undeclared property").inside(key));
                    }
                    self.unknown_value(Reader::skip).map_err(|error| error.inside(&key))?;
                }
                if !self.tokens.eat(b',') {
                    break;
                }
            }
            self.tokens.expect(b'}', "`,` or `}`")?;
        }
        self.leave();
        Ok(())
    }

    /// Reads the value of a required property.
    ///
    /// # Errors
    /// The value does not fit, or the property comes twice.
    pub fn field<T: Json>(&mut self, slot: &mut Option<T>, key: &str) -> Result<bool, Error> {
        if slot.is_some() {
            return Err(twice(key));
        }
        *slot = Some(T::read(self).map_err(|error| misfit::<T>(error).inside(key))?);
        Ok(true)
    }

    /// Reads the value of an optional property that is not nullable: `null` is absent on the client and an error on
    /// the server. A tolerant reader leaves out what does not fit.
    ///
    /// # Errors
    /// The value does not fit, or the property comes twice.
    pub fn optional<T: Json>(&mut self, slot: &mut Option<T>, key: &str) -> Result<bool, Error> {
        if slot.is_some() {
            return Err(twice(key));
        }
        let next = self.tokens.peek();
        if next == Some(b'n') && self.side() == Side::Client {
            return self.null_for_absent().map_err(|error| error.inside(key));
        }
        let start = self.here();
        match T::read(self) {
            Ok(value) => {
                *slot = Some(value);
                Ok(true)
            }
            Err(error) => self.leave_out::<T>(start, error, key),
        }
    }

    /// Reads the value of a property that is optional and nullable. A tolerant reader leaves out what does not fit.
    ///
    /// # Errors
    /// The value does not fit, or the property comes twice.
    pub fn maybe<T: Json>(&mut self, slot: &mut Maybe<T>, key: &str) -> Result<bool, Error> {
        if !slot.is_absent() {
            return Err(twice(key));
        }
        if self.null().map_err(|error| error.inside(key))? {
            *slot = Maybe::Null;
            return Ok(true);
        }
        let start = self.here();
        match T::read(self) {
            Ok(value) => {
                *slot = Maybe::Value(value);
                Ok(true)
            }
            Err(error) => self.leave_out::<T>(start, error, key),
        }
    }

    /// Reads the value of a property that is not declared and is kept. A tolerant reader leaves out what does not fit.
    ///
    /// # Errors
    /// The value does not fit, or the property comes twice.
    pub fn extra<T: Json>(&mut self, map: &mut BTreeMap<String, T>, key: &str) -> Result<bool, Error> {
        let start = self.mark();
        match T::read(self) {
            Ok(value) => insert(map, key, value),
            Err(error) => self.leave_out::<T>(start, error, key),
        }
    }

    /// Reads the value of a property that the document does not know and that is kept all the same: in a union, an arm that
    /// declares it is better.
    ///
    /// # Errors
    /// Broken JSON, or the property comes twice.
    pub fn undeclared(&mut self, map: &mut BTreeMap<String, serde_json::Value>, key: &str) -> Result<bool, Error> {
        let value = self.unknown_value(Reader::raw_value).map_err(|error| error.inside(key))?;
        insert(map, key, value)
    }

    /// Reads the value of a property that the type does not know, and keeps account of it for a union around the object.
    fn unknown_value<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Error>) -> Result<T, Error> {
        self.unknown += 1;
        let from = self.tokens.position();
        let value = read(self)?;
        let to = self.tokens.position();
        if let Some(passed) = &mut self.passed {
            passed.push(from..to);
        }
        Ok(value)
    }

    /// Passes over the value of an optional property that does not fit, where the reader is tolerant.
    #[cold]
    fn leave_out<T: Json>(&mut self, start: Mark, error: Error, key: &str) -> Result<bool, Error> {
        self.pass_over(start, misfit::<T>(error)).map(|()| true).map_err(|error| error.inside(key))
    }

    /// Reads an entry of a map.
    pub(super) fn entry<T: Json>(&mut self, map: &mut BTreeMap<String, T>, key: &str) -> Result<bool, Error> {
        let value = T::read(self).map_err(|error| misfit::<T>(error).inside(key))?;
        insert(map, key, value)
    }

    /// The value of a required property after the object was read.
    ///
    /// # Errors
    /// The property was not there.
    #[inline]
    pub fn required<T>(slot: Option<T>, key: &str) -> Result<T, Error> {
        slot.ok_or_else(|| missing(key))
    }
}

fn insert<T>(map: &mut BTreeMap<String, T>, key: &str, value: T) -> Result<bool, Error> {
    match map.insert(key.to_owned(), value) {
        None => Ok(true),
        Some(_) => Err(twice(key)),
    }
}

/// Why a value does not fit, without the value where it must not be shown.
#[cold]
fn misfit<T: Json>(error: Error) -> Error {
    if T::IS_SECRET { error.without_found() } else { error }
}

#[cold]
fn missing(key: &str) -> Error {
    Error::missing(&format!("property `{key}`"))
}

#[cold]
fn twice(key: &str) -> Error {
    Error::new("the property comes twice").inside(key)
}
