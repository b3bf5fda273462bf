//! The one idea: an operation is one value, read by both ends. This file holds the data and the traits that
//! generated code fills in; it must not know reqwest, axum or any particular API.

use crate::error::{DecodeError, EncodeError, Rejection};
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
    /// Path template as in the document: `/users/{user_id}/status`.
    pub path: &'static str,
    /// The template cut at its slashes. `/a/` has the segments `a` and an empty literal.
    pub segments: &'static [Segment],
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
}

/// Which texts a path parameter may be: what tells `/users/{id}` from `/users/{name}`. The strictest come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Takes {
    /// `true` and `false`.
    Boolean,
    /// Whole numbers.
    Integer,
    /// Numbers.
    Number,
    /// Any text.
    Text,
}

impl Takes {
    /// Whether a text, as it stands in a path, may be one of these.
    pub fn fits(self, raw: &str) -> bool {
        match self {
            Self::Boolean => matches!(raw, "true" | "false"),
            Self::Integer => {
                let digits = raw.strip_prefix('-').unwrap_or(raw);
                !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
            }
            Self::Number => raw.parse::<f64>().is_ok_and(f64::is_finite),
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
