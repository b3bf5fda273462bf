//! The one idea: an operation is one value, read by both ends. This file holds the data and the traits that
//! generated code fills in; it must not know reqwest, axum or any particular API.

use crate::error::{DecodeError, EncodeError, Location, Rejection};
use crate::global::GlobalUse;
use crate::security::SecurityScheme;
use crate::wire::{Headers, RequestDecoder, RequestEncoder, ResponseDecoder, ResponseEncoder};

/// What both ends know of an operation before they see a value.
#[derive(Debug)]
pub struct OperationInfo {
    /// The `operationId`, unique in its API.
    pub id: &'static str,
    /// HTTP method in upper case: `PUT`.
    pub method: &'static str,
    /// Path template as in the document: `/users/{user_id}/status`. What it fixes beside the path (`?full=true`,
    /// `#X-Amz-Target=Service.Action`) is sent with every request, and routing goes by it.
    pub path: &'static str,
    /// The template cut at its slashes. `/a/` has the segments `a` and an empty literal.
    pub segments: &'static [Segment],
    /// What every request has, where only that tells the operation from others of its method and its shape of path.
    pub needs: &'static [Need],
    /// The first tag.
    pub tag: Option<&'static str>,
    /// Alternatives of schemes that are needed together. Empty: public. An empty alternative: anonymous calls are welcome too.
    pub security: &'static [&'static [&'static SecurityScheme]],
    /// Value of the `Accept` header: the media types that the documented responses have.
    pub accept: Option<&'static str>,
}

/// What stands between two slashes of a path template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment {
    /// Text, as it stands in the document.
    Literal(&'static str),
    /// `prefix{name}suffix`.
    Parameter {
        /// Text before the parameter.
        prefix: &'static str,
        /// Name of the parameter.
        name: &'static str,
        /// Text after the parameter.
        suffix: &'static str,
        /// Which texts it may be.
        takes: Takes,
    },
    /// `{owner}-{repo}`: several parameters, and the text behind the last one.
    Several {
        /// The parameters in their order.
        parts: &'static [SegmentPart],
        /// Text after the last one.
        suffix: &'static str,
    },
    /// `prefix{+name}suffix`: a parameter whose text may hold slashes, and so stands for one segment or more (RFC 6570,
    /// section 3.2.3).
    Spanning {
        /// Text before the parameter.
        prefix: &'static str,
        /// Name of the parameter.
        name: &'static str,
        /// Text after the parameter.
        suffix: &'static str,
    },
}

/// One of several parameters in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SegmentPart {
    /// Text between the parameter before it, or the slash, and this one.
    pub prefix: &'static str,
    /// Name of the parameter.
    pub name: &'static str,
    /// Which texts it may be.
    pub takes: Takes,
}

impl Segment {
    /// The parameters that stand in it, and which texts they may be.
    pub(crate) fn parameters(self) -> Vec<(&'static str, Takes)> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Parameter { name, takes, .. } => vec![(name, takes)],
            Self::Several { parts, suffix: _ } => parts.iter().map(|part| (part.name, part.takes)).collect(),
            Self::Spanning { name, .. } => vec![(name, Takes::Text)],
        }
    }

    /// The text before, between and behind its parameters: one more than there are parameters.
    pub(crate) fn texts(self) -> Vec<&'static str> {
        match self {
            Self::Literal(text) => vec![text],
            Self::Parameter { prefix, suffix, .. } | Self::Spanning { prefix, suffix, .. } => vec![prefix, suffix],
            Self::Several { parts, suffix } => parts.iter().map(|part| part.prefix).chain([suffix]).collect(),
        }
    }
}

/// A parameter that must be there, outside of the path: what tells `/bucket#acl` from `/bucket`, and `?Action=Start` from
/// `?Action=Stop`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Need {
    /// Where it travels.
    pub location: Location,
    /// Its name on the wire.
    pub name: &'static str,
    /// Which texts it may be.
    pub takes: Takes,
}

/// Which texts a parameter may be: what tells `/users/{id}` from `/users/{name}`. The strictest come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    /// `true` and `false`.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// A day (RFC 3339, `full-date`), or an instant, which begins with one.
    Date,
    /// A UUID (RFC 9562).
    Uuid,
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// Texts of so many characters, both included.
    Length(usize, usize),
    /// Any text.
    Text,
}

impl Takes {
    /// Whether a text, as it stands in a path, may be one of these.
    pub fn fits(self, raw: &str) -> bool {
        self == Self::Text || crate::parameter::percent_decode(raw).is_ok_and(|text| self.fits_text(&text))
    }

    /// Whether a text without percent-encoding may be one of these.
    pub(crate) fn fits_text(self, text: &str) -> bool {
        match self {
            Self::Boolean => matches!(text, "true" | "false"),
            Self::Integer => {
                let digits = text.strip_prefix('-').unwrap_or(text);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            }
            Self::Number => text.parse::<f64>().is_ok_and(f64::is_finite),
            Self::Date => {
                let day = text.bytes().take(10).zip(0..);
                let fits = |(byte, at): (u8, u8)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() };
                text.len() >= 10 && day.into_iter().all(fits)
            }
            Self::Uuid => {
                let fits = |(byte, at): (u8, u8)| if matches!(at, 8 | 13 | 18 | 23) { byte == b'-' } else { byte.is_ascii_hexdigit() };
                text.len() == 36 && text.bytes().zip(0..).all(fits)
            }
            Self::OneOf(known) => known.contains(&text),
            Self::Length(least, most) => (least..=most).contains(&text.chars().count()),
            Self::Text => true,
        }
    }
}

/// A request of one operation: all its parameters and its body.
pub trait Operation: Sized + Send + 'static {
    /// What is known of the operation without a value.
    const INFO: &'static OperationInfo;
    /// Parameters that are set on the client and read from the server's context.
    const GLOBALS: &'static [GlobalUse] = &[];
    /// The server that the document names for this operation alone: a URL, which may be relative.
    const SERVER: Option<&'static str> = None;
    /// One variant per documented status.
    type Response: Send + 'static;
    /// What a documented success carries.
    type Success: Send + 'static;
    /// The headers that the document declares for a success.
    type SuccessHeaders: Headers + Send + 'static;
    /// What a documented failure carries.
    type Failure: Send + std::fmt::Debug + 'static;
}

/// The client's half: encodes the request, decodes the response.
pub trait ClientOperation: Operation {
    /// Writes parameters and body, which may be a stream: hence the value goes with it.
    ///
    /// # Errors
    /// The value lies outside of what the wire can carry; nothing has been sent.
    fn encode(self, request: &mut RequestEncoder) -> Result<(), EncodeError>;

    /// Reads a response by its status.
    ///
    /// # Errors
    /// [`DecodeError::Undocumented`] for a status that the document does not know; else what did not fit.
    fn decode(response: &ResponseDecoder<'_>) -> Result<Self::Response, DecodeError>;

    /// Sorts a response into success and failure.
    ///
    /// # Errors
    /// The documented failure.
    fn split(response: Self::Response) -> Result<Self::Success, Self::Failure>;
}

/// The server's half: decodes the request, encodes the response.
pub trait ServerOperation: Operation {
    /// Reads parameters and body.
    ///
    /// # Errors
    /// Says which part of the request does not fit; [`crate::error::RejectionKind::Path`] lets routing try the next candidate.
    fn decode(request: &RequestDecoder<'_>) -> Result<Self, Rejection>;

    /// Writes status, headers and body.
    ///
    /// # Errors
    /// The value lies outside of what the wire can carry.
    fn encode(response: Self::Response, encoder: &mut ResponseEncoder) -> Result<(), EncodeError>;
}

#[cfg(test)]
mod tests {
    use super::Takes;

    #[test]
    fn which_texts_a_parameter_may_be() {
        const UUID: &str = "0b1c2d3e-4f50-6172-8394-A5B6C7D8E9F0";
        for (takes, good, bad) in [
            (Takes::Boolean, vec!["true", "false"], vec!["", "True", "1"]),
            (Takes::Integer, vec!["0", "-7", "99999999999999999999"], vec!["", "-", "7.5", "+7"]),
            (Takes::Number, vec!["0", "-7.5", "1e3"], vec!["", "NaN", "inf", "x"]),
            (
                Takes::Date,
                vec!["2024-02-29", "2024-02-29T10:00:00Z", "2024-02-29T10%3A00"],
                vec!["2024", "2024-2-29", "20240229000", "ü234567890"],
            ),
            (
                Takes::Uuid,
                vec![UUID],
                vec!["", "0b1c2d3e4f5061728394A5B6C7D8E9F0", "0b1c2d3e-4f50-6172-8394-A5B6C7D8E9F", "0b1c2d3e-4f50-6172-8394-A5B6C7D8E9Fg"],
            ),
            (Takes::OneOf(&["a", "b c"]), vec!["a", "b%20c"], vec!["", "c", "A"]),
            (Takes::Length(2, 3), vec!["ab", "%C3%BC%C3%BC%C3%BC"], vec!["", "a", "abcd", "%"]),
            (Takes::Text, vec!["", "anything", "%"], vec![]),
        ] {
            assert!(good.iter().all(|text| takes.fits(text)), "{takes:?}: {good:?}");
            assert!(!bad.iter().any(|text| takes.fits(text)), "{takes:?}: {bad:?}");
        }
        assert!(Takes::Integer < Takes::Uuid && Takes::Uuid < Takes::Length(1, 1) && Takes::Length(1, 1) < Takes::Text);
    }
}
