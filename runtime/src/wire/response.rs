//! The response: what the server writes into it and what the client reads out of it.

use std::fmt;
use std::ops::{Deref, DerefMut};

use bytes::Bytes;
use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, StatusCode};

use super::body::{BodyDecoder, BodyEncoder};
use super::headers::{Headers, NoHeaders};
use super::incoming::Incoming;
#[cfg(feature = "client")]
use super::incoming::Left;
use crate::body::Body;
use crate::error::{DecodeError, EncodeError};
use crate::json::{Deviations, Notes, Reading, Side};
use crate::watch::Watch;

/// A body together with status and headers, those that the document declares typed; derefs to the body.
///
/// A client's reply also keeps the body's bytes, and says where the answer differs from the document. Two replies are
/// equal if status, headers and body are.
#[derive(Clone, Default)]
pub struct Reply<T, H = NoHeaders> {
    // Not public: a body has fields of these names more often than not, and `reply.status` has to be the body's.
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) declared: H,
    pub(crate) body: T,
    pub(crate) received: Received,
}

/// What a client keeps of an answer beside its value.
#[derive(Clone, Default)]
pub(crate) struct Received {
    /// The body as it came; nothing, if it is handed on as a stream.
    pub bytes: Option<Bytes>,
    pub deviations: Deviations,
}

impl<T> Reply<T> {
    /// A body with a status and without headers.
    pub fn new(status: StatusCode, body: T) -> Self {
        Self { status, headers: HeaderMap::new(), declared: NoHeaders, body, received: Received::default() }
    }
}

impl<T, H> Reply<T, H> {
    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers as they are on the wire. A server adds those here that the document does not declare.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The headers, to be added to.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// The headers that the document declares.
    pub fn declared(&self) -> &H {
        &self.declared
    }

    /// The same reply with these declared headers.
    pub fn with_declared<D>(self, declared: D) -> Reply<T, D> {
        Reply { status: self.status, headers: self.headers, declared, body: self.body, received: self.received }
    }

    /// The body, which the reply also dereferences to.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The same reply around another body.
    pub fn map<U>(self, function: impl FnOnce(T) -> U) -> Reply<U, H> {
        let Self { status, headers, declared, body, received } = self;
        Reply { status, headers, declared, body: function(body), received }
    }

    /// Where the answer differs from the document and was read all the same; at most a hundred places, the others are
    /// [counted](Deviations::total). Of a stream of items, each item has its own: [`Items::deviations`](crate::Items::deviations).
    pub fn deviations(&self) -> &Deviations {
        &self.received.deviations
    }

    /// The body as it came, including what the document does not know. There is none where the body is a stream, nor in a
    /// reply of a server's own.
    pub fn bytes(&self) -> Option<&Bytes> {
        self.received.bytes.as_ref()
    }

    /// Only the body.
    pub fn into_body(self) -> T {
        self.body
    }
}

impl<T: fmt::Debug, H: fmt::Debug> fmt::Debug for Reply<T, H> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The bytes may hold what must not be shown.
        formatter
            .debug_struct("Reply")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("declared", &self.declared)
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl<T: PartialEq, H: PartialEq> PartialEq for Reply<T, H> {
    fn eq(&self, other: &Self) -> bool {
        self.status == other.status && self.headers == other.headers && self.declared == other.declared && self.body == other.body
    }
}

impl<T: Eq, H: Eq> Eq for Reply<T, H> {}

impl<T, H> Deref for Reply<T, H> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T, H> DerefMut for Reply<T, H> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.body
    }
}

/// The payload of a failure for which the document knows no body.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct NoBody;

/// Reads one response.
#[derive(Debug)]
pub struct ResponseDecoder<'a> {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: &'a HeaderMap,
    body: Incoming,
    /// The status by which it is decoded.
    decoded_as: StatusCode,
    notes: Notes,
    /// What becomes of deviations; without it there are none: what does not fit is an error.
    watch: Option<&'a Watch>,
}

impl<'a> ResponseDecoder<'a> {
    /// A response as it arrived.
    pub fn new(status: StatusCode, headers: &'a HeaderMap, body: impl Into<Body>) -> Self {
        Self { status, headers, body: Incoming::new(body.into()), decoded_as: status, notes: Notes::default(), watch: None }
    }

    /// The same, read by a client that passes over what does not fit an optional place.
    #[cfg(feature = "client")]
    pub(crate) fn watched(mut self, watch: &'a Watch) -> Self {
        self.watch = Some(watch);
        self
    }

    /// The same, decoded as if it had another status.
    #[cfg(feature = "client")]
    pub(crate) fn decoded_as(mut self, status: StatusCode) -> Self {
        self.decoded_as = status;
        self
    }

    /// Whether the body was asked for.
    #[cfg(feature = "client")]
    pub(crate) fn was_body_asked(&self) -> bool {
        self.body.was_asked()
    }

    /// Where the response differs from the document.
    #[cfg(feature = "client")]
    pub(crate) fn deviations(&self) -> Deviations {
        self.notes.take()
    }

    /// What decoding has left of the body.
    #[cfg(feature = "client")]
    pub(crate) fn left(&self) -> Left {
        self.body.left()
    }

    /// The status by which the response is decoded, as a number.
    pub fn status(&self) -> u16 {
        self.decoded_as.as_u16()
    }

    /// The body.
    pub fn body(&self) -> BodyDecoder<'_> {
        let reading = if self.watch.is_some() { Reading::tolerant(&self.notes) } else { Side::Client.into() };
        BodyDecoder { content_type: self.headers.get(CONTENT_TYPE), body: &self.body, reading, watch: self.watch }
    }

    /// Puts status and headers around a body.
    pub fn with_meta<T>(&self, body: T) -> Reply<T> {
        Reply { status: self.status, headers: self.headers.clone(), declared: NoHeaders, body, received: Received::default() }
    }

    /// The headers that the document declares.
    ///
    /// # Errors
    /// As [`Headers::decode`].
    pub fn declared<H: Headers>(&self) -> Result<H, DecodeError> {
        let (declared, deviations) = H::read_fields(self.headers)?;
        if self.watch.is_some() {
            let mut notes = self.notes.borrow_mut();
            // A response whose headers belong to its variant reads them twice.
            for deviation in deviations.iter().filter(|deviation| !notes.contains(deviation)).cloned().collect::<Vec<_>>() {
                notes.push(deviation);
            }
        }
        Ok(declared)
    }

    /// Puts status and headers around a body, and what the document says of the headers.
    ///
    /// # Errors
    /// As [`Headers::decode`].
    pub fn with_declared<T, H: Headers>(&self, body: T) -> Result<Reply<T, H>, DecodeError> {
        self.declared().map(|declared| self.with_meta(body).with_declared(declared))
    }
}

/// Writes one response. Without a call it is an empty 200.
#[derive(Debug, Default)]
pub struct ResponseEncoder {
    status: StatusCode,
    headers: HeaderMap,
    body: BodyEncoder,
    error: Option<EncodeError>,
}

impl ResponseEncoder {
    /// An empty response.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the status. A number that is none is an error of [`ResponseEncoder::finish`].
    pub fn status(&mut self, status: u16) -> &mut Self {
        match StatusCode::from_u16(status) {
            Ok(status) => self.status = status,
            Err(error) => self.error = Some(invalid(format_args!("status {status}: {error}"))),
        }
        self
    }

    /// Adds headers, as a [`Reply`] carries them. Those that describe the message's framing are left out: they
    /// belong to whoever sends the bytes.
    pub fn headers(&mut self, headers: &HeaderMap) -> &mut Self {
        for (name, value) in headers {
            let framing = [CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION].contains(name);
            if !framing {
                self.headers.append(name, value.clone());
            }
        }
        self
    }

    /// Writes declared headers, instead of any others of their names. What they cannot carry is an error of
    /// [`ResponseEncoder::finish`].
    pub fn declared<H: Headers>(&mut self, declared: &H) -> &mut Self {
        match declared.encode() {
            Ok(headers) => self.headers.extend(headers),
            Err(error) => self.error = Some(error),
        }
        self
    }

    /// The body, to be written.
    pub fn body(&mut self) -> &mut BodyEncoder {
        &mut self.body
    }

    /// The response.
    ///
    /// # Errors
    /// A status that is none.
    pub fn finish(mut self) -> Result<http::Response<Body>, EncodeError> {
        if let Some(error) = self.error {
            return Err(error);
        }
        if let Some(content_type) = self.body.content_type {
            self.headers.insert(CONTENT_TYPE, content_type);
        }
        let mut response = http::Response::new(self.body.body);
        *response.status_mut() = self.status;
        *response.headers_mut() = self.headers;
        Ok(response)
    }
}

fn invalid(error: impl std::fmt::Display) -> EncodeError {
    EncodeError::Invalid(error.to_string())
}
