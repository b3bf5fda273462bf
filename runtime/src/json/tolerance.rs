//! Reading answers that differ from the document: what does not fit an optional place is passed over and noted. It must
//! not know who asked for the answer.
//!
//! Nothing is done on the way where everything fits. A note remembers at which byte its value stands; the JSON pointers of
//! all notes are found by walking over the text once more, when there are any.

use super::Json;
use super::deviation::{Deviation, Deviations, MOST};
use super::error::{Error, push_step};
use super::reader::{Kind, Reader};

/// What a reader passes over, and what it has passed over so far.
#[derive(Debug, Default)]
pub(super) struct Tolerance {
    /// Whether what does not fit is noted.
    notes: bool,
    /// Whether what does not fit is passed over. A union tries its arms without.
    pub(super) forgives: bool,
    found: Vec<Note>,
    /// How many more there were than are kept.
    more: usize,
}

/// Something that does not fit.
#[derive(Debug)]
struct Note {
    /// Byte at which the value stands that was left out or read as another.
    at: usize,
    /// From there on to what does not fit: a JSON pointer.
    path: String,
    expected: String,
    found: String,
}

/// Where a value stands, and what was known in front of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    pub(super) position: usize,
    depth: u32,
    pub(super) unknown: usize,
}

impl Tolerance {
    /// Whether anybody wants to know what does not fit.
    pub(super) const fn is_noting(&self) -> bool {
        self.notes
    }

    fn note(&mut self, note: Note) {
        if self.found.len() < MOST {
            self.found.push(note);
        } else {
            self.more += 1;
        }
    }

    /// Forgets what was noted at this byte and behind it: it is read once more.
    pub(super) fn forget_from(&mut self, at: usize) {
        self.found.retain(|note| note.at < at);
    }

    /// Takes out what was noted at this byte and behind it.
    pub(super) fn take_from(&mut self, at: usize) -> Noted {
        let (before, behind) = std::mem::take(&mut self.found).into_iter().partition(|note| note.at < at);
        self.found = before;
        Noted(behind)
    }

    /// Puts back what [`Tolerance::take_from`] took.
    pub(super) fn put_back(&mut self, noted: Noted) {
        for note in noted.0 {
            self.note(note);
        }
    }
}

/// What was noted while an arm of a union was read.
#[derive(Debug, Default)]
pub(super) struct Noted(Vec<Note>);

impl Noted {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl Reader<'_> {
    /// The same reader, which passes over what does not fit an optional place, and notes it.
    pub(super) fn tolerant(mut self) -> Self {
        self.tolerance = Tolerance { notes: true, forgives: true, ..Tolerance::default() };
        self
    }

    /// Reads one value, after which the text has to end, and says what did not fit.
    pub(super) fn whole_with_deviations<T: Json>(mut self) -> (Result<T, Error>, Deviations) {
        let value = T::read(&mut self).and_then(|value| self.end().map(|()| value));
        let Tolerance { found, more, .. } = std::mem::take(&mut self.tolerance);
        let deviations = if found.is_empty() { Deviations::default() } else { self.located(found, more) };
        (value, deviations)
    }

    /// Where the next value stands.
    pub(super) fn mark(&mut self) -> Mark {
        self.tokens.peek();
        self.here()
    }

    /// The same, where nothing stands in front of the value any more.
    #[inline]
    pub(super) fn here(&self) -> Mark {
        Mark { position: self.tokens.position(), depth: self.depth(), unknown: self.unknown }
    }

    /// Passes over a value that does not fit an optional place; the error comes back where nothing is passed over.
    #[cold]
    pub(super) fn pass_over(&mut self, start: Mark, error: Error) -> Result<(), Error> {
        if !self.tolerance.forgives {
            return Err(error);
        }
        self.go_back(start);
        self.note_error(&error)?;
        self.skip()
    }

    /// Goes back to a value, as if nothing of it had been read.
    pub(super) fn go_back(&mut self, start: Mark) {
        self.tokens.rewind(start.position);
        self.set_depth(start.depth);
        self.unknown = start.unknown;
        if let Some(passed) = &mut self.passed {
            passed.retain(|passed| passed.start < start.position);
        }
        self.tolerance.forget_from(start.position);
    }

    /// Notes that the value which comes next is read as something else.
    #[cold]
    pub(super) fn note_next(&mut self, expected: &str) -> Result<(), Error> {
        if self.tolerance.is_noting() {
            let at = self.mark().position;
            let found = self.found()?;
            self.tolerance.note(Note { at, path: String::new(), expected: expected.to_owned(), found });
        }
        Ok(())
    }

    /// Notes why the value which comes next does not fit.
    #[cold]
    pub(super) fn note_error(&mut self, error: &Error) -> Result<(), Error> {
        if self.tolerance.is_noting() {
            let at = self.mark().position;
            let (expected, found) = match error.sides() {
                Some((expected, found)) => (expected.to_owned(), found.to_owned()),
                None => (error.message().to_owned(), self.found()?),
            };
            self.tolerance.note(Note { at, path: error.path().to_owned(), expected, found });
        }
        Ok(())
    }

    /// Whether `null` comes where a list or a map is expected: it is taken as an empty one, and noted.
    #[cold]
    pub(super) fn null_for_empty(&mut self, expected: &str) -> Result<bool, Error> {
        if !self.tolerance.forgives || self.tokens.peek() != Some(b'n') {
            return Ok(false);
        }
        self.note_next(expected)?;
        self.null()
    }

    /// Whether `{}` comes for a list, or `[]` for an object: it is taken as an empty one, and noted. Languages in which both
    /// are one type write what is empty so.
    #[cold]
    pub(super) fn other_empty(&mut self, brackets: [u8; 2], expected: &str) -> Result<bool, Error> {
        let [opening, closing] = brackets;
        if !self.tolerance.forgives || self.tokens.peek() != Some(opening) {
            return Ok(false);
        }
        let at = self.tokens.position();
        if self.tokens.eat(opening) && self.tokens.eat(closing) {
            let found = if opening == b'{' { "an empty object" } else { "an empty list" };
            self.tolerance.note(Note { at, path: String::new(), expected: expected.to_owned(), found: found.to_owned() });
            return Ok(true);
        }
        self.tokens.rewind(at);
        Ok(false)
    }

    /// Takes a `null` for an optional property that is not nullable: it is absent, and noted.
    #[cold]
    pub(super) fn null_for_absent(&mut self) -> Result<bool, Error> {
        self.note_next("a value")?;
        self.tokens.word("null").map(|()| true)
    }

    /// The notes with their places in the text.
    #[cold]
    fn located(&mut self, mut notes: Vec<Note>, more: usize) -> Deviations {
        notes.sort_by_key(|note| note.at);
        self.tokens.rewind(0);
        let mut places = Places { wanted: notes.iter().map(|note| note.at).collect(), found: Vec::new(), path: String::new() };
        self.set_depth(0);
        // Up to the last note the text was read once: nothing in it can fail now.
        let _ = places.walk(self);
        let pointers = places.found.into_iter().chain(std::iter::repeat(String::new()));
        let deviations =
            notes.into_iter().zip(pointers).map(|(note, pointer)| Deviation::in_body(pointer, &note.path, note.expected, note.found));
        Deviations::new(deviations.collect(), more)
    }
}

/// Finds the JSON pointers of bytes of a text.
struct Places {
    /// The bytes at which values stand, in order.
    wanted: std::collections::VecDeque<usize>,
    found: Vec<String>,
    path: String,
}

impl Places {
    fn walk(&mut self, reader: &mut Reader<'_>) -> Result<(), Error> {
        let at = reader.mark().position;
        while self.wanted.front() == Some(&at) {
            self.wanted.pop_front();
            self.found.push(self.path.clone());
        }
        if self.wanted.is_empty() {
            return reader.skip();
        }
        let length = self.path.len();
        match reader.kind()? {
            Kind::List => {
                let mut index = 0_usize;
                reader.list(&mut |reader| self.step(&index.to_string(), length, reader).inspect(|()| index += 1))
            }
            Kind::Object => reader.object(&mut |key, reader| self.step(key, length, reader).map(|()| true)),
            Kind::Null | Kind::Bool | Kind::Number | Kind::String => reader.skip(),
        }
    }

    fn step(&mut self, key: &str, length: usize, reader: &mut Reader<'_>) -> Result<(), Error> {
        push_step(&mut self.path, key);
        let result = self.walk(reader);
        self.path.truncate(length);
        result
    }
}
