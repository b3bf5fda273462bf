//! Reading objects: properties are handed to generated code, which says which ones it knows.

use std::collections::BTreeMap;

use super::Json;
use super::error::Error;
use super::reader::{Kind, Reader, Side};
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
                    self.unknown += 1;
                    let from = self.tokens.position();
                    self.skip().map_err(|error| error.inside(&key))?;
                    let to = self.tokens.position();
                    if let Some(passed) = &mut self.passed {
                        passed.push(from..to);
                    }
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
        *slot = Some(T::read(self).map_err(|error| error.inside(key))?);
        Ok(true)
    }

    /// Reads the value of an optional property that is not nullable: `null` is absent on the client and an error on
    /// the server.
    ///
    /// # Errors
    /// The value does not fit, or the property comes twice.
    pub fn optional<T: Json>(&mut self, slot: &mut Option<T>, key: &str) -> Result<bool, Error> {
        if slot.is_some() {
            return Err(twice(key));
        }
        if self.side() == Side::Client && self.null().map_err(|error| error.inside(key))? {
            return Ok(true);
        }
        *slot = Some(T::read(self).map_err(|error| error.inside(key))?);
        Ok(true)
    }

    /// Reads the value of a property that is optional and nullable.
    ///
    /// # Errors
    /// The value does not fit, or the property comes twice.
    pub fn maybe<T: Json>(&mut self, slot: &mut Maybe<T>, key: &str) -> Result<bool, Error> {
        if !slot.is_absent() {
            return Err(twice(key));
        }
        *slot = match Option::<T>::read(self).map_err(|error| error.inside(key))? {
            Some(value) => Maybe::Value(value),
            None => Maybe::Null,
        };
        Ok(true)
    }

    /// Reads the value of a property that is not declared and is kept.
    ///
    /// # Errors
    /// The value does not fit, or the property comes twice.
    pub fn extra<T: Json>(&mut self, map: &mut BTreeMap<String, T>, key: &str) -> Result<bool, Error> {
        let value = T::read(self).map_err(|error| error.inside(key))?;
        match map.insert(key.to_owned(), value) {
            None => Ok(true),
            Some(_) => Err(twice(key)),
        }
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

#[cold]
fn missing(key: &str) -> Error {
    Error::new(format!("missing property `{key}`"))
}

#[cold]
fn twice(key: &str) -> Error {
    Error::new("the property comes twice").inside(key)
}
