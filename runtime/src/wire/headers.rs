//! Declared headers of a response as one value, in both directions (OpenAPI 3.0, Header Object). It must not know which
//! response they belong to.
//!
//! Domain: what header parameters can carry. A client takes what it can: an optional header that is not what the document
//! says is left out of the value and stays among the headers as they came; only one that is required and missing, or not
//! what it should be, is an error. Each line of `Set-Cookie` is an item of its own (RFC 9110, section 5.3); where the
//! document says one value only, it is the first line.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use crate::error::{DecodeError, EncodeError, Location, Problem};
use crate::json::{self, AnswerPart, Deviation, Deviations, Error, Json, ObjectWriter, Reader, Side, Writer};
use crate::parameter::Parameter;

/// The declared headers of a response: an object with a property for each.
pub trait Headers: Json {
    /// How each property is written as a header.
    const FIELDS: &'static [Parameter];

    /// Reads them out of a response's headers.
    ///
    /// # Errors
    /// [`DecodeError::Header`] if a required one is missing or does not fit.
    fn decode(headers: &HeaderMap) -> Result<Self, DecodeError> {
        Self::read_fields(headers).map(|(value, _)| value)
    }

    /// The same, with those that are left out because they do not fit.
    ///
    /// # Errors
    /// As [`Headers::decode`].
    fn read_fields(headers: &HeaderMap) -> Result<(Self, Deviations), DecodeError> {
        let (mut members, mut misfits) = collect(Self::FIELDS, headers);
        loop {
            let error = match Reader::new(&Value::from(members.clone()).to_string(), Side::Client).text_mode().whole() {
                Ok(value) => return Ok((value, deviations(&misfits, headers))),
                Err(error) => error,
            };
            // Without what does not fit; if it is required, there is no value.
            let Some(name) = remove(Self::FIELDS, &mut members, &error) else {
                let first = misfits.into_iter().next();
                return Err(DecodeError::Header(first.map_or(error, |(_, error)| error)));
            };
            misfits.push((name, error));
        }
    }

    /// Writes them as headers of a response.
    ///
    /// # Errors
    /// [`EncodeError::Parameter`] for a value that a header cannot carry.
    fn encode(&self) -> Result<HeaderMap, EncodeError> {
        let invalid = |name, problem| EncodeError::Parameter { location: Location::Header, name, problem };
        let mut headers = HeaderMap::new();
        let Value::Object(members) = json::to_value(self).map_err(|error| invalid("", Problem::Json(error)))? else {
            return Ok(headers);
        };
        for field in Self::FIELDS {
            let Some(member) = members.get(field.name) else { continue };
            for line in field.encode_header_field(member).map_err(|problem| invalid(field.name, problem))? {
                headers.append(name_of(field)?, HeaderValue::from_str(&line).map_err(|error| EncodeError::Invalid(error.to_string()))?);
            }
        }
        let back = Self::decode(&headers).ok().and_then(|back| json::to_value(&back).ok());
        match Self::FIELDS.iter().find(|field| back.as_ref().and_then(|back| back.get(field.name)) != members.get(field.name)) {
            None => Ok(headers),
            Some(field) => Err(invalid(field.name, Problem::Ambiguous)),
        }
    }
}

/// What is wrong with a header, by its name.
type Misfit = (&'static str, Error);

/// The values of all headers that can be read, and what is wrong with those that cannot.
fn collect(fields: &[Parameter], headers: &HeaderMap) -> (Map<String, Value>, Vec<Misfit>) {
    let (mut members, mut misfits) = (Map::new(), Vec::new());
    for field in fields {
        match field.decode_header_field(headers) {
            Ok(Some(value)) => drop(members.insert(field.name.to_owned(), value)),
            Ok(None) => {}
            Err(error) => misfits.push((field.name, error.inside(field.name))),
        }
    }
    (members, misfits)
}

/// What is left out, for the caller to know. A header that sets a session is not repeated.
fn deviations(misfits: &[Misfit], headers: &HeaderMap) -> Deviations {
    let mut deviations = Deviations::default();
    for (name, error) in misfits {
        let is_secret = headers.get_all(*name).iter().any(HeaderValue::is_sensitive);
        let shown = if is_secret { error.clone().without_found() } else { error.clone() };
        let (expected, found) = shown.sides().unwrap_or((shown.message(), "a header that is not"));
        deviations.push(Deviation::new(AnswerPart::Header((*name).to_owned()), expected, found));
    }
    deviations
}

/// Takes out the header that an error is about, if there is one.
fn remove(fields: &[Parameter], members: &mut Map<String, Value>, error: &Error) -> Option<&'static str> {
    let is_of = |field: &&Parameter| {
        let own = Error::new("").inside(field.name);
        error.path().strip_prefix(own.path()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    let field = fields.iter().find(is_of)?;
    members.remove(field.name).map(|_| field.name)
}

fn name_of(field: &Parameter) -> Result<HeaderName, EncodeError> {
    HeaderName::from_bytes(field.name.as_bytes()).map_err(|error| EncodeError::Invalid(error.to_string()))
}

/// The declared headers of a response that declares none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct NoHeaders;

impl Json for NoHeaders {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.object(&mut |_, _| Ok(false)).map(|()| Self)
    }

    fn write(&self, writer: &mut Writer) {
        ObjectWriter::end(writer.object());
    }
}

impl Headers for NoHeaders {
    const FIELDS: &'static [Parameter] = &[];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq)]
    struct Page {
        total: i64,
        tags: Option<Vec<String>>,
        cookies: Option<Vec<String>>,
        limits: Option<Value>,
    }

    impl Json for Page {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            let (mut total, mut tags, mut cookies, mut limits) = (None, None, None, None);
            reader.object(&mut |key, reader| match key {
                "X-Total" => reader.field(&mut total, key),
                "X-Tags" => reader.optional(&mut tags, key),
                "Set-Cookie" => reader.optional(&mut cookies, key),
                "X-Limits" => reader.optional(&mut limits, key),
                _ => Ok(false),
            })?;
            Ok(Self { total: Reader::required(total, "X-Total")?, tags, cookies, limits })
        }

        fn write(&self, writer: &mut Writer) {
            let mut object = writer.object();
            object.field("X-Total", &self.total);
            object.optional("X-Tags", &self.tags);
            object.optional("Set-Cookie", &self.cookies);
            object.optional("X-Limits", &self.limits);
            object.end();
        }
    }

    impl Headers for Page {
        const FIELDS: &'static [Parameter] = &[
            Parameter::simple("X-Total"),
            Parameter::simple("X-Tags").list(),
            Parameter::simple("Set-Cookie").list(),
            Parameter::json("X-Limits"),
        ];
    }

    fn map(lines: &[(&'static str, &'static str)]) -> HeaderMap {
        lines.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn page(total: i64) -> Page {
        Page { total, ..Page::default() }
    }

    #[test]
    fn what_is_written_is_read() {
        let texts = |texts: &[&str]| Some(texts.iter().map(|text| (*text).to_owned()).collect());
        for (value, lines) in [
            (page(3), map(&[("x-total", "3")])),
            (Page { tags: texts(&["a", "b"]), ..page(0) }, map(&[("x-total", "0"), ("x-tags", "a,b")])),
            (
                Page { cookies: texts(&["a=1; expires=Thu, 1 Jan", "b=2"]), ..page(1) },
                map(&[("x-total", "1"), ("set-cookie", "a=1; expires=Thu, 1 Jan"), ("set-cookie", "b=2")]),
            ),
            (Page { limits: Some(serde_json::json!({"a": [1]})), ..page(1) }, map(&[("x-total", "1"), ("x-limits", "{\"a\":[1]}")])),
        ] {
            assert_eq!(value.encode().unwrap(), lines, "{value:?}");
            assert_eq!(Page::decode(&lines).unwrap(), value);
        }
        assert_eq!((NoHeaders.encode().unwrap(), NoHeaders::decode(&map(&[("x-total", "3")]))), (HeaderMap::new(), Ok(NoHeaders)));
    }

    #[test]
    fn only_a_required_header_that_does_not_fit_is_an_error() {
        for (lines, expected) in [
            (map(&[("x-total", "3"), ("x-limits", "{"), ("x-tags", "a, ,b")]), Ok(("a", "b"))),
            (map(&[("x-limits", "1")]), Err("headers: missing property `X-Total`")),
            (map(&[("x-total", "many")]), Err("headers: /X-Total: expected an integer, found \"many\"")),
            (map(&[("x-total", "1"), ("x-total", "2")]), Err("headers: /X-Total: given more than once")),
        ] {
            let found = Page::decode(&lines);
            match expected {
                Ok((first, last)) => {
                    let tags = Some(vec![first.to_owned(), last.to_owned()]);
                    assert_eq!(found.unwrap(), Page { tags, ..page(3) });
                }
                Err(message) => assert_eq!(found.unwrap_err().to_string(), message),
            }
        }
    }

    #[test]
    fn what_no_header_can_carry_is_an_error() {
        for (tags, message) in [(&["a,b"][..], "an item contains `,`"), (&["a\n"], "a"), (&[""], "a")] {
            let tags = Some(tags.iter().map(|tag| (*tag).to_owned()).collect());
            let error = Page { tags, ..page(1) }.encode().unwrap_err().to_string();
            assert!(error.contains("X-Tags") && error.contains(message.get(..1).unwrap()), "{error}");
        }
    }
}
