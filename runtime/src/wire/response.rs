//! The response: what the server writes into it and what the client reads out of it.

use std::ops::{Deref, DerefMut};

use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, TRANSFER_ENCODING};
use http::{HeaderMap, StatusCode};

use super::body::{BodyDecoder, BodyEncoder};
use super::headers::{Headers, NoHeaders};
use super::incoming::Incoming;
use crate::body::Body;
use crate::error::{DecodeError, EncodeError};
use crate::json::Side;

/// A body together with status and headers, those that the document declares typed; derefs to the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply<T, H = NoHeaders> {
    // Not public: a body has fields of these names more often than not, and `reply.status` has to be the body's.
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) declared: H,
    pub(crate) body: T,
}

impl<T> Reply<T> {
    /// A body with a status and without headers.
    pub fn new(status: StatusCode, body: T) -> Self {
        Self { status, headers: HeaderMap::new(), declared: NoHeaders, body }
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
        Reply { status: self.status, headers: self.headers, declared, body: self.body }
    }

    /// The body, which the reply also dereferences to.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The same reply around another body.
    pub fn map<U>(self, function: impl FnOnce(T) -> U) -> Reply<U, H> {
        Reply { status: self.status, headers: self.headers, declared: self.declared, body: function(self.body) }
    }

    /// Only the body.
    pub fn into_body(self) -> T {
        self.body
    }
}

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
}

impl<'a> ResponseDecoder<'a> {
    /// A response as it arrived.
    pub fn new(status: StatusCode, headers: &'a HeaderMap, body: impl Into<Body>) -> Self {
        Self { status, headers, body: Incoming::new(body.into()) }
    }

    /// What decoding has left of the body, and whether nobody has read or taken it.
    #[cfg(feature = "client")]
    pub(crate) fn left(&self) -> (Body, bool) {
        self.body.left()
    }

    /// The status as a number.
    pub fn status(&self) -> u16 {
        self.status.as_u16()
    }

    /// The body.
    pub fn body(&self) -> BodyDecoder<'_> {
        BodyDecoder { content_type: self.headers.get(CONTENT_TYPE), body: &self.body, side: Side::Client }
    }

    /// Puts status and headers around a body.
    pub fn with_meta<T>(&self, body: T) -> Reply<T> {
        Reply { status: self.status, headers: self.headers.clone(), declared: NoHeaders, body }
    }

    /// Puts status and headers around a body, and what the document says of the headers.
    ///
    /// # Errors
    /// As [`Headers::decode`].
    pub fn with_declared<T, H: Headers>(&self, body: T) -> Result<Reply<T, H>, DecodeError> {
        H::decode(self.headers).map(|declared| self.with_meta(body).with_declared(declared))
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
