//! Bytes with their media type, where a document declares a range (`image/*`, `*/*`) and leaves it to the sender which
//! one it is. Domain: a media type of that range, as a header field can hold it, and all bytes.

use http::HeaderValue;

use super::choose;
use crate::body::Body;

/// Bytes with their media type.
#[derive(Debug)]
pub struct Blob {
    /// The media type: `image/png`.
    pub content_type: String,
    /// The bytes, all here or as they come.
    pub content: Body,
}

impl Blob {
    /// Bytes with a media type.
    pub fn new(content_type: impl Into<String>, content: impl Into<Body>) -> Self {
        Self { content_type: content_type.into(), content: content.into() }
    }
}

impl<B: Into<Body>> From<B> for Blob {
    /// Bytes of which nothing more is known: `application/octet-stream`, which every range takes.
    fn from(content: B) -> Self {
        Self::new(UNKNOWN, content)
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
pub fn decode_blob(content_type: Option<&HeaderValue>, content: Body) -> Blob {
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
            let blob = Blob::new(content_type, "\0\u{7f}");
            match encode_blob(declared, number, &blob) {
                Ok(value) => {
                    let back = decode_blob(Some(&value), blob.content);
                    assert!(fits && back.content_type == content_type, "{content_type}");
                    assert_eq!(back.content.as_bytes().unwrap(), "\0\u{7f}");
                }
                Err(message) => assert!(!fits, "{message}"),
            }
        }
        assert_eq!(decode_blob(None, Body::empty()).content_type, Blob::from(Body::empty()).content_type);
    }
}
