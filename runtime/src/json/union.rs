//! Reading unions: which arm a value belongs to is found by trying, or told by a discriminator.

use serde_json::Value;

use super::error::Error;
use super::reader::{Kind, Reader};

/// What reading this much text once more costs. A union of a hundred arms in a list in a union stays far below what a
/// text may cost; the work of a hostile one stays a few hundred times its length.
const BYTES_PER_TRIAL: usize = 64;

/// Reads one arm of a union.
type Arm<T> = fn(&mut Reader<'_>) -> Result<T, Error>;

impl Reader<'_> {
    /// Reads a value that has one of several shapes. Each arm is tried from the same place; the one that reads the
    /// value with the fewest undeclared properties and undocumented values wins, the first one on ties. A value that
    /// fits no arm goes to `other`, whole.
    ///
    /// Unions inside of unions could ask for exponential work: when the text has cost more trials than any honest one
    /// needs, the remaining unions are not tried any more and go to `other`.
    ///
    /// # Errors
    /// Broken JSON.
    pub fn union<T>(&mut self, arms: &[Arm<T>], other: fn(Value) -> T) -> Result<T, Error> {
        let start = (self.tokens.position(), self.depth(), self.unknown);
        let mut best: Option<(usize, usize, T)> = None;
        self.trials = self.trials.saturating_sub(1);
        for arm in arms {
            self.go_back(start);
            let Ok(value) = self.attempt(arm) else { continue };
            let cost = self.unknown - start.2;
            if best.as_ref().is_none_or(|(least, ..)| cost < *least) {
                best = Some((cost, self.tokens.position(), value));
            }
            // Nothing fits better than exactly.
            if cost == 0 {
                break;
            }
        }
        self.go_back(start);
        match best {
            Some((cost, end, value)) => {
                self.tokens.rewind(end);
                self.unknown += cost;
                Ok(value)
            }
            None => {
                self.undocumented();
                if self.is_text() {
                    // The text of a parameter can be cut in more ways than one: any that fits an arm is better than this.
                    self.undocumented();
                }
                self.raw_value().map(other)
            }
        }
    }

    /// Reads a value whose property `property` tells the arm: `mapping` leads from its value to an index in `arms`.
    /// The property stays part of what the arm reads. A value that `mapping` does not know goes to `other`, whole; a
    /// value without the property is read as by [`Reader::union`].
    ///
    /// # Errors
    /// Broken JSON, or a value that does not fit the arm that it names.
    pub fn tagged_union<T>(
        &mut self,
        property: &str,
        mapping: &[(&str, usize)],
        arms: &[Arm<T>],
        other: fn(Value) -> T,
    ) -> Result<T, Error> {
        let Some(tag) = self.peek_property(property)? else {
            return self.union(arms, other);
        };
        let arm = mapping.iter().find(|(known, _)| *known == tag).and_then(|(_, index)| arms.get(*index));
        match arm {
            Some(arm) => arm(self),
            None => {
                self.undocumented();
                self.raw_value().map(other)
            }
        }
    }

    fn attempt<T>(&mut self, arm: &Arm<T>) -> Result<T, Error> {
        let before = self.tokens.position();
        if self.trials == 0 {
            return Err(Error::new("too many unions inside of each other"));
        }
        let result = arm(self);
        self.trials = self.trials.saturating_sub(self.tokens.position().saturating_sub(before) / BYTES_PER_TRIAL);
        result
    }

    fn go_back(&mut self, (position, depth, unknown): (usize, u32, usize)) {
        self.tokens.rewind(position);
        self.set_depth(depth);
        self.unknown = unknown;
    }

    /// The text of a scalar property of the object that comes next, without taking anything.
    fn peek_property(&mut self, property: &str) -> Result<Option<String>, Error> {
        if self.kind()? != Kind::Object {
            return Ok(None);
        }
        let start = (self.tokens.position(), self.depth(), self.unknown);
        let mut tag = None;
        let result = self.object(&mut |key, reader| {
            if key != property {
                return Ok(false);
            }
            tag = match reader.kind()? {
                Kind::String => Some(reader.string()?.into_owned()),
                Kind::Number => Some(reader.tokens.number()?.to_owned()),
                Kind::Bool => Some(reader.boolean()?.to_string()),
                Kind::Null | Kind::List | Kind::Object => return Ok(false),
            };
            Ok(true)
        });
        self.go_back(start);
        result.map(|()| tag)
    }
}
