//! Header parameters: `simple`, each way.
//!
//! Domain: visible ASCII characters, with blanks and tabs between them, not at the edges (RFC 9110, section 5.5).
//! Nothing escapes a character here, so items and keys hold no `,`, keys of exploded objects no `=`, and a list's items
//! are not empty (recipients drop empty ones, section 5.6.1.2). JSON text is escaped to ASCII.

use std::fmt::Write as _;

use http::HeaderMap;

use super::flat::Flat;
use super::path::no_form;
use super::{Parameter, Shape, Style};
use crate::error::Problem;
use crate::json::Error;

/// Writes a header's value.
pub(super) fn write(parameter: &Parameter, flat: &Flat) -> Result<String, Problem> {
    match (parameter.style, flat) {
        (Style::Json, Flat::Scalar(text)) => Ok(ascii(text)),
        (Style::Simple, Flat::Scalar(text)) => field_text(text).map(str::to_owned),
        (Style::Simple, Flat::List(items)) => join(items.iter().map(String::as_str)),
        (Style::Simple, Flat::Object(properties)) if parameter.explode => {
            let items: Vec<String> = properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
            match properties.iter().any(|(key, _)| key.contains('=')) {
                true => Err(Problem::Delimiter('=')),
                false => join(items.iter().map(String::as_str)),
            }
        }
        (Style::Simple, Flat::Object(properties)) => join(Flat::in_turn(properties).into_iter()),
        _ => Err(Problem::Shape),
    }
}

/// Reads the values of a header, of which a list may have several (RFC 9110, section 5.3); `None` where there are none.
pub(super) fn read(parameter: &Parameter, values: &[&str], shape: Shape) -> Result<Option<Flat>, Error> {
    if !matches!(parameter.style, Style::Simple | Style::Json) {
        return Err(no_form());
    }
    if values.is_empty() {
        return Ok(None);
    }
    if parameter.style == Style::Json || matches!(shape, Shape::Scalar | Shape::Any) {
        return match values {
            [value] => Ok(Some(Flat::Scalar(trim(value).to_owned()))),
            _ => Err(Error::new("given more than once")),
        };
    }
    let items = values.iter().flat_map(|value| value.split(',')).map(trim);
    match shape {
        Shape::List => Ok(Some(Flat::List(items.filter(|item| !item.is_empty()).map(str::to_owned).collect()))),
        _ if parameter.explode => {
            let properties = items.filter(|item| !item.is_empty()).map(|item| {
                let (key, value) = item.split_once('=').ok_or_else(|| Error::new("expected `key=value`"))?;
                Ok((key.to_owned(), value.to_owned()))
            });
            properties.collect::<Result<_, _>>().map(|properties| Some(Flat::Object(properties)))
        }
        _ if values.iter().all(|value| trim(value).is_empty()) => Ok(Some(Flat::Object(Vec::new()))),
        _ => Flat::from_turns(items.map(str::to_owned).collect()).map(Some),
    }
}

/// Whether each line of the header is a value of its own, in which a comma is a comma (RFC 9110, section 5.3).
pub(super) fn is_cookie(parameter: &Parameter) -> bool {
    parameter.style == Style::Simple && parameter.name.eq_ignore_ascii_case("set-cookie")
}

/// All values of the header.
pub(super) fn values<'a>(parameter: &Parameter, headers: &'a HeaderMap) -> Result<Vec<&'a str>, Error> {
    let values = headers.get_all(parameter.name).iter();
    values.map(|value| value.to_str().map_err(|_| Error::new("holds characters other than visible ASCII"))).collect()
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Text that a header field carries as it is.
pub(crate) fn field_text(text: &str) -> Result<&str, Problem> {
    if let Some(character) = text.chars().find(|character| !matches!(character, '\t' | ' '..='~')) {
        return Err(Problem::Character(character));
    }
    if trim(text).len() == text.len() { Ok(text) } else { Err(Problem::Edges) }
}

fn join<'a>(items: impl Iterator<Item = &'a str>) -> Result<String, Problem> {
    let mut texts = Vec::new();
    for item in items {
        if item.contains(',') {
            return Err(Problem::Delimiter(','));
        }
        texts.push(field_text(item)?);
    }
    Ok(texts.join(","))
}

/// JSON text with everything but ASCII escaped, which stands in strings only.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, ' '..='~') {
            text.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            // Writing to a string does not fail.
            let _ = write!(text, "\\u{unit:04x}");
        }
    }
    text
}
