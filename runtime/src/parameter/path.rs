//! Path parameters: `simple`, `label` and `matrix` (RFC 6570, sections 3.2.2, 3.2.5 and 3.2.7), each way.
//!
//! Domain: the text is never empty, nor is a list or an object. Items of an exploded `label` hold no `.`, since that
//! separates them and percent-encoding does not protect it (RFC 3986, section 6.2.2.2). Everything else is escaped.
//! Whether the whole segment is `.` or `..` is seen where the segment is put together, and so is what is read from a
//! segment with several parameters. With `allowReserved` (`{+name}`, RFC 6570, section 3.2.3) a `/` in a `simple` text stays
//! one, so that the text spans segments.

use super::escape::{Escape, decode};
use super::flat::Flat;
use super::{Parameter, Shape, Style};
use crate::error::Problem;
use crate::json::Error;

/// Writes a path parameter.
pub(super) fn write(parameter: &Parameter, flat: &Flat) -> Result<String, Problem> {
    let escape = if parameter.allow_reserved { Escape::Spanning } else { Escape::All };
    let text = match parameter.style {
        Style::Json => match flat {
            Flat::Scalar(text) => escape.apply(text),
            Flat::List(_) | Flat::Object(_) => return Err(Problem::Shape),
        },
        Style::Simple => write_items(flat, parameter.explode, ",", escape)?,
        Style::Label => format!(".{}", write_items(flat, parameter.explode, if parameter.explode { "." } else { "," }, escape)?),
        Style::Matrix => write_matrix(parameter, flat)?,
        Style::Form | Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject => return Err(Problem::Shape),
    };
    if text.is_empty() { Err(Problem::EmptySegment) } else { Ok(text) }
}

/// Reads a path parameter.
pub(super) fn read(parameter: &Parameter, raw: &str, shape: Shape) -> Result<Flat, Error> {
    match parameter.style {
        Style::Json => decode(raw).map(Flat::Scalar),
        Style::Simple => read_items(raw, shape, parameter.explode, ','),
        Style::Label => {
            let items = raw.strip_prefix('.').ok_or_else(|| Error::new("expected a `.` in front"))?;
            read_items(items, shape, parameter.explode, if parameter.explode { '.' } else { ',' })
        }
        Style::Matrix => read_matrix(parameter, raw, shape),
        Style::Form | Style::SpaceDelimited | Style::PipeDelimited | Style::DeepObject => Err(no_form()),
    }
}

/// `simple` and what follows the dot of `label`.
fn write_items(flat: &Flat, explode: bool, separator: &str, escape: Escape) -> Result<String, Problem> {
    let escape = |text: &str| escape.apply(text);
    let items = match flat {
        Flat::Scalar(text) => return Ok(escape(text)),
        Flat::List(items) => items.iter().map(|item| escape(item)).collect(),
        Flat::Object(properties) if explode => properties.iter().map(|(key, value)| format!("{}={}", escape(key), escape(value))).collect(),
        Flat::Object(properties) => Flat::in_turn(properties).into_iter().map(escape).collect::<Vec<_>>(),
    };
    if items.is_empty() {
        return Err(Problem::Empty);
    }
    if separator == "." && items.iter().any(|item| item.contains('.')) {
        return Err(Problem::Delimiter('.'));
    }
    Ok(items.join(separator))
}

fn read_items(raw: &str, shape: Shape, explode: bool, separator: char) -> Result<Flat, Error> {
    let items = || raw.split(separator);
    match shape {
        Shape::Scalar | Shape::Any => decode(raw).map(Flat::Scalar),
        Shape::List => items().map(decode).collect::<Result<_, _>>().map(Flat::List),
        Shape::Object if explode => items().map(property).collect::<Result<_, _>>().map(Flat::Object),
        Shape::Object => Flat::from_turns(items().map(decode).collect::<Result<_, _>>()?),
    }
}

/// `key=value`.
pub(super) fn property(raw: &str) -> Result<(String, String), Error> {
    let (key, value) = raw.split_once('=').ok_or_else(|| Error::new("expected `key=value`"))?;
    Ok((decode(key)?, decode(value)?))
}

/// A name without `=` is one with an empty value.
fn write_matrix(parameter: &Parameter, flat: &Flat) -> Result<String, Problem> {
    let escape = |text: &str| Escape::All.apply(text);
    let named = |name: &str, value: String| {
        let name = escape(name);
        if value.is_empty() { format!(";{name}") } else { format!(";{name}={value}") }
    };
    match flat {
        Flat::Scalar(text) => Ok(named(parameter.name, escape(text))),
        Flat::List(items) if items.is_empty() => Err(Problem::Empty),
        Flat::Object(properties) if properties.is_empty() => Err(Problem::Empty),
        Flat::List(items) if parameter.explode => Ok(items.iter().map(|item| named(parameter.name, escape(item))).collect()),
        Flat::Object(properties) if parameter.explode => Ok(properties.iter().map(|(key, value)| named(key, escape(value))).collect()),
        Flat::List(_) | Flat::Object(_) => Ok(named(parameter.name, write_items(flat, false, ",", Escape::All)?)),
    }
}

fn read_matrix(parameter: &Parameter, raw: &str, shape: Shape) -> Result<Flat, Error> {
    let pairs = raw.strip_prefix(';').ok_or_else(|| Error::new("expected a `;` in front"))?.split(';');
    let pairs: Vec<(String, &str)> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((decode(name)?, value))
        })
        .collect::<Result<_, Error>>()?;
    if shape == Shape::Object && parameter.explode {
        return pairs.into_iter().map(|(key, value)| Ok((key, decode(value)?))).collect::<Result<_, _>>().map(Flat::Object);
    }
    if pairs.iter().any(|(name, _)| name != parameter.name) {
        return Err(Error::new(format!("expected `;{}=` only", parameter.name)));
    }
    if shape == Shape::List && parameter.explode {
        return pairs.into_iter().map(|(_, value)| decode(value)).collect::<Result<_, _>>().map(Flat::List);
    }
    match pairs.as_slice() {
        [(_, value)] => read_items(value, shape, false, ','),
        _ => Err(Error::new("given more than once")),
    }
}

pub(super) fn no_form() -> Error {
    Error::new("this style has no form here")
}
