//! The values that a parameter can carry, between JSON and text: everything is text already, one level deep.
//!
//! The standard has no form for a list or an object inside of another one. Where a scalar has to stand, its JSON text
//! stands, which readers in text mode know.

use crate::error::Problem;
use crate::json::{Error, Json, Kind, Reader, Side, Writer};

/// A scalar, a list of scalars, or an object of scalars in the order of its properties.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flat {
    Scalar(String),
    List(Vec<String>),
    Object(Vec<(String, String)>),
}

impl Flat {
    /// Takes JSON text apart. Numbers keep their text.
    pub(super) fn from_json(text: &str) -> Result<Self, Problem> {
        Reader::new(text, Side::Client).whole::<Parsed>().map_err(Problem::Json)?.0
    }

    /// The scalars in it.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Scalar(text) => vec![text],
            Self::List(texts) => texts.iter().map(String::as_str).collect(),
            Self::Object(members) => members.iter().map(|(_, text)| text.as_str()).collect(),
        }
    }

    /// JSON text in which every scalar is a string, for a reader in text mode.
    pub(super) fn to_json(&self) -> String {
        let mut writer = Writer::new();
        match self {
            Self::Scalar(text) => writer.string(text),
            Self::List(items) => writer.value(items),
            Self::Object(properties) => {
                let mut object = writer.object();
                for (key, value) in properties {
                    object.field(key, value);
                }
                object.end();
            }
        }
        // Strings always have a JSON form.
        writer.finish().unwrap_or_default()
    }

    /// An object's properties as keys and values in turn.
    pub(super) fn in_turn(properties: &[(String, String)]) -> Vec<&str> {
        properties.iter().flat_map(|(key, value)| [key.as_str(), value.as_str()]).collect()
    }

    /// The opposite of [`Flat::in_turn`].
    pub(super) fn from_turns(items: Vec<String>) -> Result<Self, Error> {
        let mut properties = Vec::with_capacity(items.len() / 2);
        let mut items = items.into_iter();
        while let Some(key) = items.next() {
            let value = items.next().ok_or_else(|| Error::new("expected keys and values in turn, found a key without a value"))?;
            properties.push((key, value));
        }
        Ok(Self::Object(properties))
    }
}

/// What was found, which need not be flat; the JSON itself is our own.
struct Parsed(Result<Flat, Problem>);

impl Json for Parsed {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut problem = None;
        let flat = match reader.kind()? {
            Kind::List => {
                let mut items = Vec::new();
                reader.list(&mut |reader| {
                    match scalar(reader)? {
                        Ok(text) => items.push(text),
                        Err(found) => problem = Some(found),
                    }
                    Ok(())
                })?;
                Flat::List(items)
            }
            Kind::Object => {
                let mut properties = Vec::new();
                reader.object(&mut |key, reader| {
                    match scalar(reader)? {
                        Ok(text) => properties.push((key.to_owned(), text)),
                        Err(found) => problem = Some(found),
                    }
                    Ok(true)
                })?;
                Flat::Object(properties)
            }
            _ => return Ok(Self(scalar(reader)?.map(Flat::Scalar))),
        };
        Ok(Self(problem.map_or(Ok(flat), Err)))
    }

    fn write(&self, writer: &mut Writer) {
        writer.null();
    }
}

/// The text of a scalar.
fn scalar(reader: &mut Reader<'_>) -> Result<Result<String, Problem>, Error> {
    Ok(match reader.kind()? {
        Kind::String => Ok(reader.string()?.into_owned()),
        Kind::Number => Ok(reader.number_text()?.to_owned()),
        Kind::Bool => Ok(reader.boolean()?.to_string()),
        Kind::Null => {
            reader.skip()?;
            Err(Problem::Null)
        }
        Kind::List | Kind::Object => Ok(reader.raw_text()?.to_owned()),
    })
}
