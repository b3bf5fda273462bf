//! Slots: places for the values of declared properties. An object is read into a row of them by one loop that knows no
//! types, so that little is left to compile for each property.

use std::collections::BTreeMap;

use super::Json;
use super::error::Error;
use super::object::{missing, twice};
use super::reader::{Reader, Side};
use crate::maybe::Maybe;

/// A place for the value of one declared property. `Option` is one for a property that is optional and not nullable:
/// there `null` is absent on the client and an error on the server.
pub trait Slot {
    /// Reads the property's value, unless there is one already: then `false`, and nothing is read.
    ///
    /// # Errors
    /// The value does not fit.
    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<bool, Error>;
}

impl<T: Json> Slot for Option<T> {
    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<bool, Error> {
        if self.is_some() {
            return Ok(false);
        }
        if reader.side() == Side::Server || !reader.null()? {
            *self = Some(T::read(reader)?);
        }
        Ok(true)
    }
}

/// The place of a property that is optional and nullable.
impl<T: Json> Slot for Maybe<T> {
    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<bool, Error> {
        if !self.is_absent() {
            return Ok(false);
        }
        *self = if reader.null()? { Self::Null } else { Self::Value(T::read(reader)?) };
        Ok(true)
    }
}

/// The place of a property whose `null`, if it may be `null`, is a value of its type. Required properties are read into it.
#[derive(Debug)]
pub struct Whole<T>(Option<T>);

impl<T> Whole<T> {
    /// Nothing has come yet.
    pub const fn new() -> Self {
        Self(None)
    }

    /// The value, if one came.
    #[inline]
    pub fn optional(self) -> Option<T> {
        self.0
    }

    /// The value of a required property.
    ///
    /// # Errors
    /// The property was not there.
    #[inline]
    pub fn required(self, key: &str) -> Result<T, Error> {
        self.0.ok_or_else(|| missing(key))
    }
}

impl<T> Default for Whole<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Json> Slot for Whole<T> {
    fn fill(&mut self, reader: &mut Reader<'_>) -> Result<bool, Error> {
        if self.0.is_some() {
            return Ok(false);
        }
        self.0 = Some(T::read(reader)?);
        Ok(true)
    }
}

/// What becomes of properties that no slot has the name of.
enum Rest<'r> {
    Skip,
    Refuse,
    Keep(&'r mut dyn Keep),
}

/// Properties that are not declared and are kept.
trait Keep {
    fn keep(&mut self, key: &str, reader: &mut Reader<'_>) -> Result<bool, Error>;
}

impl<T: Json> Keep for BTreeMap<String, T> {
    fn keep(&mut self, key: &str, reader: &mut Reader<'_>) -> Result<bool, Error> {
        reader.extra(self, key)
    }
}

/// The declared properties of an object: name and slot of each.
pub type Slots<'row, 'slot> = &'row mut [(&'static str, &'slot mut dyn Slot)];

impl Reader<'_> {
    /// Reads an object into slots; other properties are skipped.
    ///
    /// # Errors
    /// Something else comes, a value does not fit, or a property comes twice.
    pub fn fields(&mut self, slots: Slots<'_, '_>) -> Result<(), Error> {
        self.fill(slots, Rest::Skip)
    }

    /// Reads an object that has no other properties than the declared ones (`additionalProperties: false`): the
    /// server refuses another one, the client skips it.
    ///
    /// # Errors
    /// As [`Reader::fields`].
    pub fn closed_fields(&mut self, slots: Slots<'_, '_>) -> Result<(), Error> {
        let rest = if self.side() == Side::Server { Rest::Refuse } else { Rest::Skip };
        self.fill(slots, rest)
    }

    /// Reads an object into slots, and its other properties into a map.
    ///
    /// # Errors
    /// As [`Reader::fields`].
    pub fn fields_and_rest<T: Json>(&mut self, slots: Slots<'_, '_>, rest: &mut BTreeMap<String, T>) -> Result<(), Error> {
        self.fill(slots, Rest::Keep(rest))
    }

    fn fill(&mut self, slots: Slots<'_, '_>, mut rest: Rest<'_>) -> Result<(), Error> {
        // Most senders keep to the document's order: the next property has the next slot, or one of those behind it.
        let mut next = 0_usize;
        let (count, closed) = (slots.len(), matches!(rest, Rest::Refuse));
        self.properties(
            &mut |key, reader| {
                let (before, behind) = slots.split_at_mut_checked(next).unwrap_or_default();
                let found = behind.iter_mut().chain(before).enumerate().find(|(_, (name, _))| *name == key);
                match found {
                    Some((distance, (_, slot))) => {
                        next = (next + distance) % count + 1;
                        if slot.fill(reader).map_err(|error| error.inside(key))? { Ok(true) } else { Err(twice(key)) }
                    }
                    None => match &mut rest {
                        Rest::Keep(map) => map.keep(key, reader),
                        Rest::Skip | Rest::Refuse => Ok(false),
                    },
                }
            },
            closed,
        )
    }
}
