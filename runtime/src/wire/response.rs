//! The response: what the server writes into it and what the client reads out of it.

use std::ops::{Deref, DerefMut};

use http::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, StatusCode};

use super::body::{BodyDecoder, BodyEncoder};
use super::incoming::Incoming;
use crate::body::Body;
use crate::error::{DecodeError, EncodeError};
use crate::json::{Json, Side};
use crate::parameter::Parameter;

/// A body together with status and headers; derefs to the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply<T> {
    // Not public: a body has fields of these names more often than not, and `reply.status` has to be the body's.
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: T,
}

impl<T> Reply<T> {
    /// A body with a status and without headers.
    pub fn new(status: StatusCode, body: T) -> Self {
        Self { status, headers: HeaderMap::new(), body }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The headers, to be added to.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// The body, which the reply also dereferences to.
    pub fn body(&self) -> &T {
        &self.body
    }

    /// The same reply around another body.
    pub fn map<U>(self, function: impl FnOnce(T) -> U) -> Reply<U> {
        Reply { status: self.status, headers: self.headers, body: function(self.body) }
    }

    /// Only the body.
    pub fn into_body(self) -> T {
        self.body
    }
}

impl<T> Deref for Reply<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.body
    }
}

impl<T> DerefMut for Reply<T> {
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

    /// Reads a declared header.
    ///
    /// # Errors
    /// [`DecodeError::Header`].
    pub fn header<T: Json>(&self, parameter: &Parameter) -> Result<Option<T>, DecodeError> {
        parameter.decode_header(self.headers, Side::Client).map_err(|error| DecodeError::Header { name: parameter.name, error })
    }

    /// Puts status and headers around a body.
    pub fn with_meta<T>(&self, body: T) -> Reply<T> {
        Reply { status: self.status, headers: self.headers.clone(), body }
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

    /// Writes a declared header, or nothing for `None`.
    ///
    /// # Errors
    /// [`EncodeError::Parameter`].
    pub fn header<T: Json>(&mut self, parameter: &Parameter, value: Option<&T>) -> Result<(), EncodeError> {
        let Some(value) = value else { return Ok(()) };
        let text = parameter.encode_header(value).map_err(|problem| EncodeError::Parameter {
            location: crate::error::Location::Header,
            name: parameter.name,
            problem,
        })?;
        let name = http::HeaderName::from_bytes(parameter.name.as_bytes()).map_err(invalid)?;
        self.headers.insert(name, HeaderValue::from_str(&text).map_err(invalid)?);
        Ok(())
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
