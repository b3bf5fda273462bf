//! What can go wrong between a value and the wire, on either end. It must not know how messages are sent.

use std::fmt;

use http::StatusCode;

use crate::json::{self, Deviation, Writer};

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

impl fmt::Display for Location {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        })
    }
}

/// Why a value lies outside of what its place on the wire can carry.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// A path segment without text, which URL parsers swallow.
    #[error("an empty value would leave an empty path segment")]
    EmptySegment,
    /// `.` or `..`, which URL parsers resolve, percent-encoded or not (RFC 3986, section 5.2.4).
    #[error("`.` and `..` would be resolved by URL parsers")]
    DotSegment,
    /// Nothing would be written, which reads as an absent parameter.
    #[error("an empty list or object would look like an absent one")]
    Empty,
    /// `null` has no text.
    #[error("`null` has no text form")]
    Null,
    /// The style does not say how a value of this shape is written.
    #[error("the style has no form for a value of this shape")]
    Shape,
    /// The character that separates items stands in an item, and this place has no escape for it.
    #[error("{0:?} separates items here and cannot stand in one")]
    Delimiter(char),
    /// A character that no header field may hold (RFC 9110, section 5.5).
    #[error("character {0:?} cannot stand in a header field")]
    Character(char),
    /// Recipients trim header fields.
    #[error("blanks at the edges of a header field do not survive")]
    Edges,
    /// The text would be read as another value that is written in another way: `"1e1"` where a number is allowed too, a list
    /// with one empty item. `"12"` beside an integer is sent: the integer has the same text.
    #[error("the other end would read another value")]
    Ambiguous,
    /// The value has no JSON form.
    #[error(transparent)]
    Json(json::Error),
}

/// A value that the wire cannot carry. Nothing has been sent.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// A parameter outside of the domain of its style.
    #[error("{location} parameter `{name}`: {problem}")]
    Parameter {
        /// Where it travels.
        location: Location,
        /// Its name on the wire.
        name: &'static str,
        /// Why it cannot travel.
        problem: Problem,
    },
    /// The template names a path parameter that was never written.
    #[error("path parameter `{0}` was not given")]
    MissingPath(&'static str),
    /// A parameter that the operation needs and that the client was never given.
    #[error("{location} parameter `{name}` is required and was not set on the client")]
    MissingGlobal {
        /// Where it travels.
        location: Location,
        /// Its name on the wire.
        name: &'static str,
    },
    /// The body has no JSON form.
    #[error("body: {0}")]
    Body(json::Error),
    /// A credential that its place cannot carry; the credential is not repeated.
    #[error("credential for `{scheme}`: {problem}")]
    Credential {
        /// Id of the security scheme.
        scheme: &'static str,
        /// Why it cannot travel.
        problem: Problem,
    },
    /// A method, media type, status or address that HTTP does not allow.
    #[error("not valid in HTTP: {0}")]
    Invalid(String),
}

/// A response that does not fit the document.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The document knows no such status for this operation.
    #[error("the document does not know this status")]
    Undocumented,
    /// The body does not fit its schema.
    #[error("body: {0}")]
    Json(json::Error),
    /// A body in another media type or charset than the document says.
    #[error("body: expected {expected}, found {found}")]
    MediaType {
        /// What the document says.
        expected: String,
        /// What the response says.
        found: String,
    },
    /// A text body that is not in its charset.
    #[error("body: not valid UTF-8")]
    Text,
    /// A body that cannot be read as what its media type says.
    #[error("body: {0}")]
    Body(String),
    /// The body is still on its way and has to be read first. Clients and routers do that, and decode once more.
    #[error("body: not read yet")]
    Unread,
    /// A response header that does not fit.
    #[error("headers: {0}")]
    Header(json::Error),
    /// Something that is read all the same unless the client takes strict answers only.
    #[error("{0}")]
    Deviation(Box<Deviation>),
}

/// Which part of a request was not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RejectionKind {
    /// A path parameter: routing tries the next candidate, and answers 404 when there is none.
    Path,
    /// A query parameter: 400.
    Query,
    /// A header: 400.
    Header,
    /// A cookie: 400.
    Cookie,
    /// A body that cannot be read, or that is missing: 400.
    BodySyntax,
    /// A body that can be read but does not fit its schema: 422.
    BodyShape,
    /// A body in a media type or charset that the operation does not take: 415.
    MediaType,
}

impl From<Location> for RejectionKind {
    fn from(location: Location) -> Self {
        match location {
            Location::Path => Self::Path,
            Location::Query => Self::Query,
            Location::Header => Self::Header,
            Location::Cookie => Self::Cookie,
        }
    }
}

/// A request that does not fit the document, as the server sees it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rejection {
    /// Which part it is.
    pub kind: RejectionKind,
    /// Name of the parameter, where it is one.
    pub name: Option<&'static str>,
    /// What was expected and what was found.
    pub message: String,
    /// JSON pointer inside of the parameter or body; empty for the whole.
    pub pointer: String,
}

impl Rejection {
    /// A parameter that does not fit.
    pub fn parameter(location: Location, name: &'static str, error: &json::Error) -> Self {
        Self { kind: location.into(), name: Some(name), message: error.message().to_owned(), pointer: error.path().to_owned() }
    }

    /// A required parameter that is missing.
    pub fn missing(location: Location, name: &'static str) -> Self {
        Self { kind: location.into(), name: Some(name), message: "is required".to_owned(), pointer: String::new() }
    }

    /// A body that does not fit: [`RejectionKind::BodySyntax`] or [`RejectionKind::BodyShape`], as the error says.
    pub fn body(error: &json::Error) -> Self {
        let kind = if error.is_syntax() { RejectionKind::BodySyntax } else { RejectionKind::BodyShape };
        Self { kind, name: None, message: error.message().to_owned(), pointer: error.path().to_owned() }
    }

    /// A body that is required and missing.
    pub fn missing_body() -> Self {
        Self { kind: RejectionKind::BodySyntax, name: None, message: "a body is required".to_owned(), pointer: String::new() }
    }

    /// A media type that the operation does not take.
    pub fn media_type(accepted: &[&str], found: &str) -> Self {
        let message = format!("expected {}, found {}", accepted.join(" or "), json::excerpt(found));
        Self { kind: RejectionKind::MediaType, name: None, message, pointer: String::new() }
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        match self.kind {
            RejectionKind::Path => StatusCode::NOT_FOUND,
            RejectionKind::Query | RejectionKind::Header | RejectionKind::Cookie | RejectionKind::BodySyntax => StatusCode::BAD_REQUEST,
            RejectionKind::BodyShape => StatusCode::UNPROCESSABLE_ENTITY,
            RejectionKind::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        }
    }

    /// Where the fault lies, in words: `query parameter`, `body`.
    fn place(&self) -> &'static str {
        match self.kind {
            RejectionKind::Path => "path parameter",
            RejectionKind::Query => "query parameter",
            RejectionKind::Header => "header",
            RejectionKind::Cookie => "cookie",
            RejectionKind::BodySyntax | RejectionKind::BodyShape => "body",
            RejectionKind::MediaType => "content type",
        }
    }

    /// The answer's body as data.
    pub fn to_problem(&self) -> ProblemDetails {
        let mut problem = ProblemDetails::new(self.status()).with_detail(self.to_string());
        if let Some(name) = self.name {
            problem = problem.with("parameter", name);
        }
        if !self.pointer.is_empty() {
            problem = problem.with("pointer", &self.pointer);
        }
        problem
    }
}

/// What is wrong with a body, as the server says it.
impl From<DecodeError> for Rejection {
    fn from(error: DecodeError) -> Self {
        let message = match error {
            DecodeError::Json(error) => return Self::body(&error),
            DecodeError::MediaType { expected, found } => return Self::media_type(&[&expected], &found),
            DecodeError::Text => "not valid UTF-8".to_owned(),
            DecodeError::Body(message) => message,
            DecodeError::Undocumented | DecodeError::Unread | DecodeError::Header(_) | DecodeError::Deviation(_) => error.to_string(),
        };
        Self { kind: RejectionKind::BodySyntax, name: None, message, pointer: String::new() }
    }
}

impl fmt::Display for Rejection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.place())?;
        if let Some(name) = self.name {
            write!(formatter, " `{name}`")?;
        }
        if !self.pointer.is_empty() {
            write!(formatter, " at {}", self.pointer)?;
        }
        write!(formatter, ": {}", self.message)
    }
}

impl std::error::Error for Rejection {}

/// An `application/problem+json` body (RFC 9457) of the type `about:blank`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProblemDetails {
    /// The status, also the source of the title.
    pub status: StatusCode,
    /// What happened this time.
    pub detail: Option<String>,
    /// Extension members.
    pub members: Vec<(&'static str, String)>,
}

impl ProblemDetails {
    /// Media type of [`ProblemDetails::to_json`].
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// Only a status.
    pub fn new(status: StatusCode) -> Self {
        Self { status, detail: None, members: Vec::new() }
    }

    /// Says what happened.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Adds an extension member.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.members.push((name, value.into()));
        self
    }

    /// The body as JSON text; everything that came from outside is escaped.
    pub fn to_json(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let mut object = writer.object();
        object.field("type", &"about:blank".to_owned());
        if let Some(title) = self.status.canonical_reason() {
            object.field("title", &title.to_owned());
        }
        object.field("status", &self.status.as_u16());
        object.optional("detail", &self.detail);
        for (name, value) in &self.members {
            object.field(name, value);
        }
        object.end();
        writer.into_bytes()
    }
}
