//! Text bodies, written in UTF-8 and read in UTF-8, ASCII or Latin-1. Domain: every text, and every scalar that is read
//! back from its text.

use bytes::Bytes;
use http::HeaderValue;
use serde_json::Value;

use super::types::{essence, in_utf8, or_else, parameter};
use crate::error::DecodeError;
use crate::json::{self, Error, Json, Reading, Side};

/// Why a text body was not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextError {
    /// The content type names a charset that is not supported.
    Charset(String),
    /// The body is not valid in its charset.
    Encoding,
}

impl From<TextError> for DecodeError {
    fn from(error: TextError) -> Self {
        match error {
            TextError::Charset(found) => Self::MediaType { expected: "charset utf-8".to_owned(), found: format!("charset {found}") },
            TextError::Encoding => Self::Text,
        }
    }
}

/// The content type of a text body: text types say that they are in UTF-8, and a range becomes `text/plain`, or
/// what its suffix says.
pub fn with_charset(media_type: &str) -> String {
    let media_type = or_else(media_type, "text/plain");
    let media_type = &*in_utf8(&media_type);
    match essence(media_type) {
        Some(essence) if essence.starts_with("text/") && parameter(media_type, "charset").is_none() => {
            format!("{media_type}; charset=utf-8")
        }
        _ => media_type.to_owned(),
    }
}

/// Writes a text body.
pub fn encode_text(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// Reads a text body in the charset that its content type names, UTF-8 without one.
///
/// # Errors
/// Another charset, or bytes that are no text in it.
pub fn decode_text(content_type: Option<&HeaderValue>, body: &[u8]) -> Result<String, TextError> {
    let charset = content_type.and_then(|value| value.to_str().ok()).and_then(|value| parameter(value, "charset"));
    match charset.as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => {
            std::str::from_utf8(body).map(str::to_owned).map_err(|_| TextError::Encoding)
        }
        Some("iso-8859-1" | "latin1") => Ok(body.iter().copied().map(char::from).collect()),
        Some(other) => Err(TextError::Charset(other.to_owned())),
    }
}

/// The text of a scalar: a number, a boolean, a value of an enum.
///
/// # Errors
/// A list, an object or `null`, and a text that would be read as another value.
pub fn encode_scalar<T: Json>(value: &T) -> Result<String, Error> {
    let text = match json::to_value(value)? {
        Value::String(text) => text,
        scalar @ (Value::Bool(_) | Value::Number(_)) => scalar.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return Err(Error::new("only a scalar has a text form")),
    };
    let same = json::to_string(&decode_scalar::<T>(&text, Side::Server)?)? == json::to_string(value)?;
    if same { Ok(text) } else { Err(Error::new("the other end would read another value")) }
}

/// Reads a scalar out of its text; line ends and blanks around a number do not count.
///
/// # Errors
/// A text that does not fit the type.
pub fn decode_scalar<'n, T: Json>(text: &str, reading: impl Into<Reading<'n>>) -> Result<T, Error> {
    let reading = reading.into();
    let read = |text: &str| reading.whole(reading.reader(&Value::from(text).to_string()).text_mode());
    read(text).or_else(|error| if text.trim() == text { Err(error) } else { read(text.trim()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions() {
        for text in ["", "plain", "größer ☂", "\u{FEFF}mark", "line\r\nline"] {
            let content_type = HeaderValue::try_from(with_charset("text/plain")).unwrap();
            assert_eq!(decode_text(Some(&content_type), &encode_text(text)).unwrap(), text);
            assert_eq!(decode_text(None, &encode_text(text)).unwrap(), text);
        }
    }

    #[test]
    fn scalars_in_both_directions() {
        assert_eq!(encode_scalar(&-7_i64).as_deref(), Ok("-7"));
        assert_eq!(decode_scalar::<i64>("-7\n", Side::Client), Ok(-7));
        assert_eq!(encode_scalar(&0.5).as_deref(), Ok("0.5"));
        assert_eq!(decode_scalar::<bool>("true", Side::Server), Ok(true));
        assert_eq!(encode_scalar(&" x".to_owned()).as_deref(), Ok(" x"));
        assert!(decode_scalar::<i64>("x", Side::Server).is_err());
        assert!(encode_scalar(&vec![1_i64]).is_err() && encode_scalar(&None::<i64>).is_err() && encode_scalar(&f64::NAN).is_err());
        // Without a type a number is a text.
        assert!(encode_scalar(&Value::from(7)).is_err());
    }

    #[test]
    fn charsets_of_others() {
        let cases: &[(&'static str, &[u8], Result<&str, TextError>)] = &[
            ("text/plain; charset=ISO-8859-1", b"gr\xF6\xDFer", Ok("größer")),
            ("text/plain", b"gr\xF6", Err(TextError::Encoding)),
            ("text/plain; charset=koi8-r", b"", Err(TextError::Charset("koi8-r".to_owned()))),
        ];
        for (content_type, body, expected) in cases {
            let found = decode_text(Some(&HeaderValue::from_static(content_type)), body);
            assert_eq!(found.as_deref().map_err(Clone::clone), *expected, "{content_type}");
        }
    }

    #[test]
    fn the_content_type_says_utf_8() {
        for (declared, written) in [
            ("text/plain", "text/plain; charset=utf-8"),
            ("text/csv; charset=utf-8", "text/csv; charset=utf-8"),
            ("application/yaml", "application/yaml"),
            ("text/*", "text/plain; charset=utf-8"),
            ("application/*+xml", "application/x.any+xml"),
            ("text/plain; charset=latin1", "text/plain; charset=utf-8"),
        ] {
            assert_eq!(with_charset(declared), written);
        }
    }
}
