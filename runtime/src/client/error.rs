//! What can go wrong on the client, with all that the server said kept. Sends nothing.

use std::fmt;

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use crate::body::{BoxError, ReadError};
use crate::error::{DecodeError, EncodeError};
use crate::json::{Deviation, Deviations};
use crate::wire::Reply;

/// A client that cannot be made of what was given. Credentials are not repeated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// The base URL is none to which paths can be appended.
    #[error("the base URL does not fit: {reason}")]
    BaseUrl {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The address of a single operation is none that can be called.
    #[error("the address does not fit: {reason}")]
    Address {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A variable of a server's address does not fit.
    #[error("the variable `{name}` of the server's address does not fit: {reason}")]
    ServerVariable {
        /// Its name.
        name: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A default header has a name or a value that HTTP does not allow.
    #[error("`{name}` or its value is not valid as an HTTP header")]
    Header {
        /// Its name, as given.
        name: String,
    },
    /// The HTTP library cannot start, for example for want of certificates.
    #[error("the HTTP client cannot be set up")]
    Http(#[source] reqwest::Error),
}

/// Why a call did not succeed. `E` is what the document says that failures of this operation carry.
///
/// `Debug` shows neither credentials nor cookies.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error<E> {
    /// The request lies outside of what the wire can carry. Nothing was sent.
    Encode(EncodeError),
    /// No whole response arrived.
    Transport(TransportError),
    /// A failure that the document knows.
    Api(Box<Failure<E>>),
    /// A status that the document does not know for this operation.
    Undocumented(Box<Reply<Bytes>>),
    /// A success without the body that the document promises, and that cannot be had from nothing. What was asked for was
    /// done; only what it came to is not known. See [`Error::is_success`].
    EmptySuccess(Box<Reply<()>>),
    /// A documented status with a body or headers that do not fit the document.
    Decode(Box<Unreadable>),
}

/// A documented failure: what the server sent, as it came and decoded.
#[derive(Clone, PartialEq)]
pub struct Failure<E> {
    /// The status.
    pub status: StatusCode,
    /// The headers. Those that set cookies are marked as sensitive.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// The body decoded, as the document describes it.
    pub payload: E,
    /// Where the answer differs from the document and was read all the same.
    pub deviations: Deviations,
}

/// A response that does not fit the document.
#[derive(Clone, PartialEq)]
pub struct Unreadable {
    /// The status.
    pub status: StatusCode,
    /// The headers. Those that set cookies are marked as sensitive.
    pub headers: HeaderMap,
    /// The body as it came.
    pub body: Bytes,
    /// What does not fit, and where.
    pub error: DecodeError,
    /// Where else the answer differs from the document, as far as it was read.
    pub deviations: Deviations,
}

/// No whole response arrived.
///
/// If status and headers did, they are kept. Neither `Debug` nor `Display` shows the URL, which may hold a key.
#[derive(Debug)]
pub struct TransportError {
    kind: TransportErrorKind,
    head: Option<Box<(StatusCode, HeaderMap)>>,
    source: Option<BoxError>,
}

/// What kept the response from arriving.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// The URL, put together, is none that can be called without changing it. Nothing was sent.
    Address,
    /// No connection. Nothing was sent.
    Connect,
    /// No connection over `https`, in a build without the features `rustls` and `native-tls`. Nothing was sent.
    Tls,
    /// The time for the call was over.
    Timeout,
    /// The body of the request broke off, so the request did not arrive.
    Request,
    /// The response broke off, or was none in HTTP.
    Response,
    /// The response has more bytes than the client takes; how many that is can be set.
    TooLong {
        /// The limit, in bytes.
        limit: usize,
    },
    /// Anything else, such as an error of a layer.
    Other,
}

impl<E> Error<E> {
    /// The status, if one arrived.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Encode(_) => None,
            Self::Transport(error) => error.status(),
            Self::Api(failure) => Some(failure.status),
            Self::Undocumented(reply) => Some(reply.status),
            Self::EmptySuccess(reply) => Some(reply.status),
            Self::Decode(unreadable) => Some(unreadable.status),
        }
    }

    /// Whether the server says that it did what it was asked for (a status of 2xx), although the answer could not be made what
    /// the document promises. Whoever tries again does it twice.
    pub fn is_success(&self) -> bool {
        self.status().is_some_and(|status| status.is_success())
    }

    /// Where the answer differs from the document and was read all the same.
    pub fn deviations(&self) -> &[Deviation] {
        match self {
            Self::Encode(_) | Self::Transport(_) => &[],
            Self::Api(failure) => &failure.deviations,
            Self::Undocumented(reply) => reply.deviations(),
            Self::EmptySuccess(reply) => reply.deviations(),
            Self::Decode(unreadable) => &unreadable.deviations,
        }
    }

    /// The headers, if they arrived.
    pub fn headers(&self) -> Option<&HeaderMap> {
        match self {
            Self::Encode(_) => None,
            Self::Transport(error) => error.headers(),
            Self::Api(failure) => Some(&failure.headers),
            Self::Undocumented(reply) => Some(&reply.headers),
            Self::EmptySuccess(reply) => Some(&reply.headers),
            Self::Decode(unreadable) => Some(&unreadable.headers),
        }
    }

    /// The body as it came, if it arrived whole.
    pub fn body(&self) -> Option<&Bytes> {
        match self {
            Self::Encode(_) | Self::Transport(_) => None,
            Self::Api(failure) => Some(&failure.body),
            Self::Undocumented(reply) => Some(&reply.body),
            Self::EmptySuccess(reply) => reply.bytes(),
            Self::Decode(unreadable) => Some(&unreadable.body),
        }
    }

    /// What the document says that this failure carries, if it was a documented one.
    pub fn payload(&self) -> Option<&E> {
        match self {
            Self::Api(failure) => Some(&failure.payload),
            Self::Encode(_) | Self::Transport(_) | Self::Undocumented(_) | Self::EmptySuccess(_) | Self::Decode(_) => None,
        }
    }
}

impl<E> fmt::Display for Error<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Encode(_) => formatter.write_str("the request cannot be sent"),
            Self::Transport(_) => formatter.write_str("no whole response arrived"),
            Self::Api(failure) => write!(formatter, "the server answered {}", failure.status),
            Self::Undocumented(reply) => {
                write!(formatter, "the server answered {}, which is not documented", reply.status)
            }
            Self::EmptySuccess(reply) => {
                write!(formatter, "the server answered {}, without the body that the document promises", reply.status)
            }
            Self::Decode(unreadable) => {
                write!(formatter, "the server's answer {} does not fit the document", unreadable.status)
            }
        }
    }
}

impl<E: fmt::Debug> std::error::Error for Error<E> {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Encode(error) => Some(error),
            Self::Transport(error) => Some(error),
            Self::Decode(unreadable) => Some(&unreadable.error),
            Self::Api(_) | Self::Undocumented(_) | Self::EmptySuccess(_) => None,
        }
    }
}

impl<E> From<EncodeError> for Error<E> {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl<E> From<TransportError> for Error<E> {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl<E: fmt::Debug> fmt::Debug for Failure<E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Failure")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("payload", &self.payload)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Unreadable")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .field("error", &self.error)
            .finish()
    }
}

impl TransportError {
    pub(super) fn new(kind: TransportErrorKind) -> Self {
        Self { kind, head: None, source: None }
    }

    /// What a transport or one of its layers said.
    pub(super) fn from_service(error: BoxError) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(own) => return *own,
            Err(error) => error,
        };
        let kind = match error.downcast_ref::<reqwest::Error>() {
            _ if is_of_request(error.as_ref()) => TransportErrorKind::Request,
            Some(error) if error.is_timeout() => TransportErrorKind::Timeout,
            Some(error) if error.is_connect() => TransportErrorKind::Connect,
            Some(error) if error.is_builder() => TransportErrorKind::Address,
            Some(error) if error.is_request() || error.is_body() => TransportErrorKind::Response,
            Some(_) | None => TransportErrorKind::Other,
        };
        Self { kind, head: None, source: Some(error) }
    }

    pub(super) fn from_read(error: ReadError) -> Self {
        match error {
            ReadError::TooLong { limit } => Self::new(TransportErrorKind::TooLong { limit }),
            ReadError::Slow { .. } => Self::new(TransportErrorKind::Timeout).with_source(error),
            ReadError::Broken(source) => {
                let mut error = Self::from_service(source);
                if error.kind != TransportErrorKind::Timeout {
                    error.kind = TransportErrorKind::Response;
                }
                error
            }
        }
    }

    pub(super) fn with_source(mut self, source: impl Into<BoxError>) -> Self {
        self.source = Some(source.into());
        self
    }

    pub(super) fn with_head(mut self, status: StatusCode, headers: HeaderMap) -> Self {
        self.head = Some(Box::new((status, headers)));
        self
    }

    /// What kept the response from arriving.
    pub fn kind(&self) -> TransportErrorKind {
        self.kind
    }

    /// The status, if it arrived before the body failed.
    pub fn status(&self) -> Option<StatusCode> {
        self.head.as_ref().map(|head| head.0)
    }

    /// The headers, if they arrived before the body failed.
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.head.as_ref().map(|head| &head.1)
    }
}

/// Whether an error, before there is a response, comes from reading the body that was to be sent.
fn is_of_request(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<ReadError>() || error.source().is_some_and(is_of_request)
}

impl fmt::Display for TransportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TransportErrorKind::Address => formatter.write_str("the URL cannot be called as it stands"),
            TransportErrorKind::Connect => formatter.write_str("no connection to the server"),
            TransportErrorKind::Tls => formatter
                .write_str("no connection over https, for want of TLS in this build: switch on the feature `rustls` or `native-tls`"),
            TransportErrorKind::Timeout => formatter.write_str("the time for the call was over"),
            TransportErrorKind::Request => formatter.write_str("the body of the request broke off"),
            TransportErrorKind::Response => formatter.write_str("the response could not be read"),
            TransportErrorKind::TooLong { limit } => write!(formatter, "the response is longer than {limit} bytes"),
            TransportErrorKind::Other => formatter.write_str("the call failed on its way"),
        }
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
