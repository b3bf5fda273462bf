//! Percent-encoding (RFC 3986, section 2.1), and queries and cookies cut into names and values.

use std::borrow::Cow;

use http::HeaderMap;
use http::header::COOKIE;
use percent_encoding::{AsciiSet, CONTROLS, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::json::Error;

/// Everything but the unreserved characters (RFC 3986, section 2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// With `allowReserved`: of the reserved characters, only those are escaped that would end the value (`&`, `#`), be
/// read as a blank (`+`), or have no place in a query (`[`, `]`).
const RESERVED_ALLOWED: &AsciiSet = &RESERVED
    .remove(b':')
    .remove(b'/')
    .remove(b'?')
    .remove(b'@')
    .remove(b'!')
    .remove(b'$')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b',')
    .remove(b';')
    .remove(b'=');

/// The same inside of a list, where `,` separates items.
const RESERVED_ALLOWED_IN_LIST: &AsciiSet = &RESERVED_ALLOWED.add(b',');

/// In a path, where a parameter may span segments: `/` stays, and what would end the path is escaped.
const SPANNING: &AsciiSet = &RESERVED_ALLOWED_IN_LIST.add(b'?').add(b';').add(b'=');

/// Text of a path template: what stands there is meant, and is escaped only where it could not stand in an address.
const LITERAL: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>').add(b'?').add(b'`').add(b'{').add(b'}').add(b'\\').add(b'^').add(b'|');

/// How much is escaped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    All,
    AllowReserved,
    AllowReservedInList,
    Spanning,
}

impl Escape {
    pub(super) fn apply(self, text: &str) -> String {
        let set = match self {
            Self::All => RESERVED,
            Self::AllowReserved => RESERVED_ALLOWED,
            Self::AllowReservedInList => RESERVED_ALLOWED_IN_LIST,
            Self::Spanning => SPANNING,
        };
        utf8_percent_encode(text, set).to_string()
    }
}

/// Escapes everything but the unreserved characters.
pub(crate) fn escape(text: &str) -> String {
    Escape::All.apply(text)
}

/// Appends text of a path template.
pub(crate) fn escape_literal(text: &str, path: &mut String) {
    path.extend(utf8_percent_encode(text, LITERAL));
}

/// The opposite of escaping.
///
/// # Errors
/// What comes out is not UTF-8.
pub(crate) fn decode(raw: &str) -> Result<String, Error> {
    match percent_decode_str(raw).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(Error::new("not valid UTF-8 behind its percent-encoding")),
    }
}

/// The same in a query, where `+` is a blank (as HTML forms write it).
pub(crate) fn decode_form(raw: &str) -> Result<String, Error> {
    if raw.contains('+') { decode(&raw.replace('+', " ")) } else { decode(raw) }
}

/// Names, decoded, and values, as they stand.
pub(crate) type Pairs<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// Cuts a query into names and values. A name that is not UTF-8 is nobody's.
pub(crate) fn split_query(query: &str) -> Pairs<'_> {
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .filter_map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let name = if name.contains(['%', '+']) { Cow::Owned(decode_form(name).ok()?) } else { Cow::Borrowed(name) };
            Some((name, value))
        })
        .collect()
}

/// Cuts the `Cookie` headers into names and values (RFC 6265, section 4.2.1), without the quotes that a value may have.
pub(crate) fn split_cookies(headers: &HeaderMap) -> Pairs<'_> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| {
            let (name, value) = pair.trim().split_once('=')?;
            let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
            let name = if name.contains('%') { Cow::Owned(decode(name).ok()?) } else { Cow::Borrowed(name) };
            Some((name, value))
        })
        .collect()
}
