//! Bytes with their media type, where a document declares a range (`image/*`, `*/*`) and leaves it to the sender which
//! one it is. Domain: a media type of that range, as a header field can hold it, and all bytes.

use std::fmt;

use bytes::Bytes;
use http::HeaderValue;

use super::choose;

/// Bytes with their media type.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Blob {
    /// The media type: `image/png`.
    pub content_type: String,
    /// The bytes.
    pub content: Bytes,
}

impl Blob {
    /// Bytes with a media type.
    pub fn new(content_type: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self { content_type: content_type.into(), content: content.into() }
    }
}

impl From<Bytes> for Blob {
    /// Bytes of which nothing more is known: `application/octet-stream`, which every range takes.
    fn from(content: Bytes) -> Self {
        Self::new(UNKNOWN, content)
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Blob({}, {} bytes)", self.content_type, self.content.len())
    }
}

const UNKNOWN: &str = "application/octet-stream";

/// The content type of a blob, if the other end takes it for the declared one of this number.
///
/// # Errors
/// What is wrong with it, in words.
pub fn encode_blob(declared: &[&str], number: usize, blob: &Blob) -> Result<HeaderValue, String> {
    let text = &blob.content_type;
    let value = HeaderValue::from_str(text).ok().filter(|_| text.trim() == text);
    match value.filter(|value| choose(declared, value) == Some(number)) {
        Some(value) => Ok(value),
        None => Err(format!("the media type {text:?} is not one of `{}`", declared.get(number).unwrap_or(&""))),
    }
}

/// A body with its content type.
pub fn decode_blob(content_type: Option<&HeaderValue>, content: Bytes) -> Blob {
    let text = content_type.map_or(UNKNOWN.into(), |value| String::from_utf8_lossy(value.as_bytes()));
    Blob { content_type: text.into_owned(), content }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_directions_within_the_range() {
        let cases: [(&[&str], usize, &str, bool); 10] = [
            (&["image/*"], 0, "image/png", true),
            (&["image/*"], 0, "image/svg+xml; charset=utf-8", true),
            (&["image/*"], 0, "application/octet-stream", true),
            (&["image/*"], 0, "text/html", false),
            (&["image/*"], 0, " image/png", false),
            (&["image/*"], 0, "image/png\n", false),
            (&["*/*"], 0, "nothing", false),
            (&["application/json", "*/*"], 1, "image/png", true),
            (&["application/json", "*/*"], 1, "application/json", false),
            (&["image/*", "*/*"], 0, "audio/ogg", false),
        ];
        for (declared, number, content_type, fits) in cases {
            let blob = Blob::new(content_type, &b"\0\xff"[..]);
            match encode_blob(declared, number, &blob) {
                Ok(value) => assert!(fits && decode_blob(Some(&value), blob.content.clone()) == blob, "{content_type}"),
                Err(message) => assert!(!fits, "{message}"),
            }
        }
        assert_eq!(decode_blob(None, Bytes::new()), Bytes::new().into());
    }
}
