//! Reading unions: which arm a value belongs to is found by trying, or told by a discriminator.

use std::ops::Range;

use serde_json::Value;

use super::Json;
use super::error::{Error, excerpt};
use super::reader::{Kind, Reader, Side};
use super::tolerance::{Mark, Noted};
use super::writer::Writer;

/// What reading this much text once more costs. A union of a hundred arms in a list in a union stays far below what a
/// text may cost; the work of a hostile one stays a few hundred times its length.
const BYTES_PER_TRIAL: usize = 64;

/// What it costs a parameter that no arm fits: more than all its texts that may be something else.
const NO_ARM: usize = 1 << 16;

/// Reads one arm of a union.
pub type Arm<T> = fn(&mut Reader<'_>) -> Result<T, Error>;

/// An arm that fits a value.
struct Fitting<T> {
    cost: usize,
    end: usize,
    /// What the arm passed over.
    passed: Vec<Range<usize>>,
    /// What of the value did not fit it.
    noted: Noted,
    value: T,
}

impl<T> Fitting<T> {
    /// Whether the arm passed over something that one of the others takes.
    fn loses(&self, others: &[Fitting<T>]) -> bool {
        // What an arm passes over stands in the order of the text.
        let passes = |other: &Fitting<T>, at: usize| {
            let before = other.passed.partition_point(|passed| passed.start <= at);
            before.checked_sub(1).and_then(|last| other.passed.get(last)).is_some_and(|passed| passed.contains(&at))
        };
        let all_pass = |place: &Range<usize>| others.iter().all(|other| passes(other, place.start));
        self.passed.iter().any(|place| !all_pass(place))
    }
}

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
    pub fn union<T>(&mut self, arms: &[(&str, Arm<T>)], other: fn(Value) -> T) -> Result<T, Error> {
        let start = self.mark();
        let around = self.passed.take();
        let mut best: Option<Fitting<T>> = None;
        self.trials = self.trials.saturating_sub(1);
        let forgives = std::mem::take(&mut self.tolerance.forgives);
        for (_, arm) in arms {
            let Some(found) = self.fit(arm, start) else { continue };
            // Nothing fits better than exactly.
            let exact = found.cost == 0;
            if best.as_ref().is_none_or(|best| found.cost < best.cost) {
                best = Some(found);
            }
            if exact {
                break;
            }
        }
        self.tolerance.forgives = forgives;
        let best = best.or_else(|| self.nearest(arms, start));
        self.settle(best, arms, start, around, other)
    }

    /// The arm that a value fits best of which something does not fit any arm.
    fn nearest<T>(&mut self, arms: &[(&str, Arm<T>)], start: Mark) -> Option<Fitting<T>> {
        if !self.tolerance.forgives {
            return None;
        }
        let mut best: Option<Fitting<T>> = None;
        for (_, arm) in arms {
            let Some(found) = self.fit(arm, start) else { continue };
            let rank = |fitting: &Fitting<T>| (fitting.noted.len(), fitting.cost);
            if best.as_ref().is_none_or(|best| rank(&found) < rank(best)) {
                best = Some(found);
            }
        }
        best
    }

    /// Goes on behind the arm that was found; a value without one goes to `other`, whole.
    fn settle<T>(
        &mut self,
        found: Option<Fitting<T>>,
        arms: &[(&str, Arm<T>)],
        start: Mark,
        around: Option<Vec<Range<usize>>>,
        other: fn(Value) -> T,
    ) -> Result<T, Error> {
        self.go_back(start);
        self.passed = around;
        match found {
            Some(Fitting { cost, end, passed, noted, value }) => {
                self.tokens.rewind(end);
                self.unknown += cost;
                self.tolerance.put_back(noted);
                if let Some(around) = &mut self.passed {
                    around.extend(passed);
                }
                Ok(value)
            }
            None => {
                if self.tolerance.is_noting() {
                    self.note_next(&one_of(arms))?;
                }
                self.undocumented();
                if self.is_text() {
                    // The text of a parameter can be cut in more ways than one: any that fits an arm is better than this.
                    self.unknown = self.unknown.saturating_add(NO_ARM);
                }
                self.raw_value().map(other)
            }
        }
    }

    /// Reads a value of which several shapes may hold at once (`anyOf`): as [`Reader::union`] among the
    /// arms that lose nothing which another fitting arm declares. Where there are none, the arms from index `alone` on
    /// are tried, which have the properties of several others together; what none of them takes goes to `other`, whole.
    ///
    /// # Errors
    /// Broken JSON.
    pub fn any_union<T>(&mut self, arms: &[(&str, Arm<T>)], alone: usize, other: fn(Value) -> T) -> Result<T, Error> {
        let start = self.mark();
        let around = self.passed.take();
        let forgives = std::mem::take(&mut self.tolerance.forgives);
        let mut fitting: Vec<Fitting<T>> = Vec::new();
        self.trials = self.trials.saturating_sub(1);
        let (single, together) = arms.split_at_checked(alone).unwrap_or((arms, &[]));
        for (_, arm) in single {
            fitting.extend(self.fit(arm, start));
            if fitting.last().is_some_and(|last| last.cost == 0) {
                break;
            }
        }
        let keeps = |arm: &Fitting<T>| !arm.loses(&fitting);
        let least = fitting.iter().enumerate().filter(|(_, arm)| keeps(arm)).min_by_key(|(_, arm)| arm.cost);
        let best = match least.map(|(index, _)| index) {
            Some(index) => Some(fitting.swap_remove(index)),
            None => together.iter().find_map(|(_, arm)| self.fit(arm, start).filter(|found| !found.loses(&fitting))),
        };
        self.tolerance.forgives = forgives;
        let best = best.or_else(|| self.nearest(single, start));
        self.settle(best, arms, start, around, other)
    }

    /// Tries an arm, and keeps account of what it passes over.
    fn fit<T>(&mut self, arm: &Arm<T>, start: Mark) -> Option<Fitting<T>> {
        self.go_back(start);
        self.passed = Some(Vec::new());
        let value = self.attempt(arm).ok()?;
        let passed = self.passed.take().unwrap_or_default();
        let noted = self.tolerance.take_from(start.position);
        Some(Fitting { cost: self.unknown.saturating_sub(start.unknown), end: self.tokens.position(), passed, noted, value })
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
        arms: &[(&str, Arm<T>)],
        other: fn(Value) -> T,
    ) -> Result<T, Error> {
        let Some(tag) = self.peek_property(property)? else {
            return self.union(arms, other);
        };
        let arm = mapping.iter().find(|(known, _)| *known == tag).and_then(|(_, index)| arms.get(*index));
        match arm {
            Some((_, arm)) => {
                let start = self.mark();
                match arm(self) {
                    Err(error) if self.tolerance.forgives => {
                        self.go_back(start);
                        self.note_error(&error)?;
                        self.undocumented();
                        self.raw_value().map(other)
                    }
                    read => read,
                }
            }
            None => {
                if self.tolerance.is_noting() {
                    self.note_error(&Error::mismatch("a documented value", &excerpt(&tag)).inside(property))?;
                }
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

    /// The text of a scalar property of the object that comes next, without taking anything.
    fn peek_property(&mut self, property: &str) -> Result<Option<String>, Error> {
        if self.kind()? != Kind::Object {
            return Ok(None);
        }
        let start = self.mark();
        let (mut tag, around) = (None, self.passed.take());
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
        self.passed = around;
        result.map(|()| tag)
    }
}

/// The names of the arms, as far as a message has room for them.
#[cold]
fn one_of<T>(arms: &[(&str, Arm<T>)]) -> String {
    const MOST: usize = 4;
    let names: Vec<&str> = arms.iter().take(MOST).map(|(name, _)| *name).collect();
    format!("one of {}{}", names.join(", "), if arms.len() > MOST { ", …" } else { "" })
}

/// Why a value fits none of the arms of a union: each by its name, with its reason.
#[must_use]
pub fn misfit<T>(value: &Value, arms: &[(&str, Arm<T>)]) -> Error {
    let mut writer = Writer::new();
    value.write(&mut writer);
    let text = match writer.finish() {
        Ok(text) => text,
        Err(error) => return error,
    };
    let mut message = String::from("fits none of the shapes");
    for (index, (name, arm)) in arms.iter().enumerate() {
        let reason = match arm(&mut Reader::new(&text, Side::Client)) {
            Ok(_) => "would not carry all of it".to_owned(),
            Err(error) => error.to_string(),
        };
        message.push_str(if index == 0 { ": " } else { "; " });
        message.push_str(&format!("`{name}`: {reason}"));
    }
    Error::new(message)
}
