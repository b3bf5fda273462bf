//! How a message is read: by whom, and where it is noted what of it did not fit. It must not know the message.

use std::cell::RefCell;

use super::Json;
use super::deviation::Deviations;
use super::error::Error;
use super::reader::{Reader, Side};

/// The deviations of the message that is being read.
pub(crate) type Notes = RefCell<Deviations>;

/// How a message is read.
#[derive(Debug, Clone, Copy)]
pub struct Reading<'n> {
    side: Side,
    /// Where a tolerant reader notes what did not fit; without it, nothing is passed over.
    notes: Option<&'n Notes>,
}

impl From<Side> for Reading<'_> {
    fn from(side: Side) -> Self {
        Self { side, notes: None }
    }
}

impl<'n> Reading<'n> {
    /// As a client that passes over what does not fit an optional place, and notes it.
    pub(crate) fn tolerant(notes: &'n Notes) -> Self {
        Self { side: Side::Client, notes: Some(notes) }
    }

    /// Who is reading.
    pub fn side(self) -> Side {
        self.side
    }

    /// A reader of a text for this side.
    pub fn reader(self, text: &str) -> Reader<'_> {
        Reader::new(text, self.side)
    }

    /// Reads the whole text of a reader as one value.
    ///
    /// # Errors
    /// As [`Reader::whole`].
    pub fn whole<T: Json>(self, reader: Reader<'_>) -> Result<T, Error> {
        let Some(notes) = self.notes else { return reader.whole() };
        let (value, deviations) = reader.tolerant().whole_with_deviations();
        if deviations.total() > 0 {
            notes.borrow_mut().extend(deviations);
        }
        value
    }

    /// Reads a whole text as one value.
    ///
    /// # Errors
    /// As [`Reader::whole`].
    pub fn text<T: Json>(self, text: &str) -> Result<T, Error> {
        self.whole(self.reader(text))
    }
}
