//! Query and cookie parameters: `form`, `spaceDelimited` and `pipeDelimited`, each way; `deepObject` has a file of its own.
//!
//! Domain: an exploded list or object is not empty, since nothing would be written and an absent one reads the same.
//! A list that is not exploded may be empty (`name=`), but does not consist of one empty text. Items of
//! `spaceDelimited` hold no blank and items of `pipeDelimited` no `|`: those separate items even when escaped.
//! Everything else is escaped. An exploded object must not share
//! names with other parameters; in a cookie it is written as one cookie for each property.

use super::escape::{Escape, Pairs, decode, decode_form, split_query};
use super::flat::Flat;
use super::path::no_form;
use super::{Parameter, Shape, Style};
use crate::error::Problem;
use crate::json::Error;

/// Where `+` is a blank, and where it is a `+`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Query,
    Cookie,
}

impl Place {
    pub(super) fn decode(self, raw: &str) -> Result<String, Error> {
        match self {
            Self::Query => decode_form(raw),
            Self::Cookie => decode(raw),
        }
    }
}

/// Names and values, both escaped.
pub(super) type Written = Vec<(String, String)>;

/// Writes a parameter, under a name that need not be its own.
pub(super) fn write(parameter: &Parameter, name: &str, flat: &Flat) -> Result<Written, Problem> {
    let whole = if parameter.allow_reserved { Escape::AllowReserved } else { Escape::All };
    let one = |value: String| Ok(vec![(Escape::All.apply(name), value)]);
    match (parameter.style, flat) {
        (Style::Json | Style::Form | Style::SpaceDelimited | Style::PipeDelimited, Flat::Scalar(text)) => one(whole.apply(text)),
        (Style::Form | Style::SpaceDelimited | Style::PipeDelimited, _) if parameter.explode => write_exploded(name, flat, whole),
        (Style::Form | Style::SpaceDelimited | Style::PipeDelimited, Flat::List(items)) => {
            one(join(parameter, items.iter().map(String::as_str))?)
        }
        (Style::Form | Style::SpaceDelimited | Style::PipeDelimited, Flat::Object(properties)) => {
            one(join(parameter, Flat::in_turn(properties).into_iter())?)
        }
        _ => Err(Problem::Shape),
    }
}

/// Reads a parameter; `None` where it is absent.
pub(super) fn read(parameter: &Parameter, name: &str, pairs: &Pairs<'_>, shape: Shape, place: Place) -> Result<Option<Flat>, Error> {
    match (parameter.style, shape) {
        (Style::DeepObject | Style::Simple | Style::Label | Style::Matrix, _) => Err(no_form()),
        (Style::Json, _) | (_, Shape::Scalar | Shape::Any) => match single(name, pairs)? {
            Some(raw) => place.decode(raw).map(|text| Some(Flat::Scalar(text))),
            None => Ok(None),
        },
        _ if parameter.explode => read_exploded(parameter, name, pairs, shape, place),
        (_, Shape::List | Shape::Object) => match single(name, pairs)? {
            Some(raw) => {
                let items = split(parameter, raw, place)?;
                if shape == Shape::List { Ok(Some(Flat::List(items))) } else { Flat::from_turns(items).map(Some) }
            }
            None => Ok(None),
        },
    }
}

/// The text of a value in a form.
pub(super) fn decode_text(raw: &str) -> Result<String, Error> {
    Place::Query.decode(raw)
}

/// Reads what was just written, by itself.
pub(super) fn read_back(parameter: &Parameter, pairs: &Written, shape: Shape) -> Result<Option<Flat>, Error> {
    let query: Vec<String> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    read(parameter, parameter.name, &split_query(&query.join("&")), shape, Place::Query)
}

fn write_exploded(name: &str, flat: &Flat, escape: Escape) -> Result<Written, Problem> {
    let written: Written = match flat {
        Flat::Scalar(_) => return Err(Problem::Shape),
        Flat::List(items) => items.iter().map(|item| (Escape::All.apply(name), escape.apply(item))).collect(),
        Flat::Object(properties) => properties.iter().map(|(key, value)| (Escape::All.apply(key), escape.apply(value))).collect(),
    };
    if written.is_empty() { Err(Problem::Empty) } else { Ok(written) }
}

fn read_exploded(parameter: &Parameter, name: &str, pairs: &Pairs<'_>, shape: Shape, place: Place) -> Result<Option<Flat>, Error> {
    let flat = if shape == Shape::Object {
        let belongs = |name: &str| parameter.beside.contains(&name);
        let own = pairs.iter().filter(|(name, _)| !belongs(name) && !name.split_once('[').is_some_and(|(name, _)| belongs(name)));
        let properties = own.map(|(name, raw)| Ok((name.to_string(), place.decode(raw)?))).collect::<Result<Vec<_>, Error>>()?;
        (!properties.is_empty()).then_some(Flat::Object(properties))
    } else {
        let own = pairs.iter().filter(|(known, _)| known == name);
        let items = own.map(|(_, raw)| place.decode(raw)).collect::<Result<Vec<_>, Error>>()?;
        (!items.is_empty()).then_some(Flat::List(items))
    };
    Ok(flat)
}

/// Items of a list that is not exploded.
fn join<'a>(parameter: &Parameter, items: impl Iterator<Item = &'a str>) -> Result<String, Problem> {
    let (separator, forbidden) = match parameter.style {
        Style::SpaceDelimited => ("%20", Some(' ')),
        Style::PipeDelimited => ("%7C", Some('|')),
        _ => (",", None),
    };
    let escape = if parameter.allow_reserved { Escape::AllowReservedInList } else { Escape::All };
    let mut texts = Vec::new();
    for item in items {
        match forbidden {
            Some(character) if item.contains(character) => return Err(Problem::Delimiter(character)),
            _ => texts.push(escape.apply(item)),
        }
    }
    Ok(texts.join(separator))
}

/// The opposite of [`join`]. An empty text is an empty list.
fn split(parameter: &Parameter, raw: &str, place: Place) -> Result<Vec<String>, Error> {
    if raw.is_empty() {
        return Ok(Vec::new());
    }
    let separator = match parameter.style {
        Style::SpaceDelimited => ' ',
        Style::PipeDelimited => '|',
        _ => return raw.split(',').map(|item| place.decode(item)).collect(),
    };
    // These separate even when they are escaped, and most senders escape them.
    Ok(place.decode(raw)?.split(separator).map(str::to_owned).collect())
}

/// The only value of a name.
fn single<'a>(name: &str, pairs: &Pairs<'a>) -> Result<Option<&'a str>, Error> {
    let mut own = pairs.iter().filter(|(known, _)| known == name).map(|(_, raw)| *raw);
    match (own.next(), own.next()) {
        (_, Some(_)) => Err(Error::new("given more than once")),
        (found, None) => Ok(found),
    }
}
