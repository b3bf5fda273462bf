//! The request: what the client writes into it and what the server reads out of it.

use std::cell::OnceCell;

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, Uri};
use serde_json::Value;

use crate::error::{EncodeError, Location, Problem, Rejection, RejectionKind};
use crate::global::GlobalInfo;
use crate::json::{self, Json, Side};
use crate::media::{self, Part};
use crate::operation::{OperationInfo, Segment};
use crate::parameter::{Pairs, Parameter, escape_literal, split_cookies, split_query};

/// Writes one request. Parameters may come in any order; those of the query and the cookies are sent in the order
/// in which they were written.
#[derive(Debug)]
pub struct RequestEncoder {
    info: &'static OperationInfo,
    path: Vec<(&'static str, String)>,
    query: String,
    cookies: String,
    sensitive_cookies: bool,
    headers: HeaderMap,
    body: Bytes,
}

impl RequestEncoder {
    /// An empty request of an operation.
    pub fn new(info: &'static OperationInfo) -> Self {
        Self {
            info,
            path: Vec::new(),
            query: String::new(),
            cookies: String::new(),
            sensitive_cookies: false,
            headers: HeaderMap::new(),
            body: Bytes::new(),
        }
    }

    /// Writes a path parameter.
    ///
    /// # Errors
    /// [`EncodeError::Parameter`]; whether the whole segment can travel is seen by [`RequestEncoder::finish`].
    pub fn path<T: Json>(&mut self, parameter: &Parameter, value: &T) -> Result<(), EncodeError> {
        let text = parameter.encode_path(value).map_err(|problem| refused(Location::Path, parameter, problem))?;
        self.path.push((parameter.name, text));
        Ok(())
    }

    /// Writes a query parameter, or nothing for `None`.
    ///
    /// # Errors
    /// [`EncodeError::Parameter`].
    pub fn query<T: Json>(&mut self, parameter: &Parameter, value: Option<&T>) -> Result<(), EncodeError> {
        let Some(value) = value else { return Ok(()) };
        let pairs = parameter.encode_query(value).map_err(|problem| refused(Location::Query, parameter, problem))?;
        append_pairs(&mut self.query, &pairs, "&");
        Ok(())
    }

    /// Writes a header, or nothing for `None`.
    ///
    /// # Errors
    /// [`EncodeError::Parameter`].
    pub fn header<T: Json>(&mut self, parameter: &Parameter, value: Option<&T>) -> Result<(), EncodeError> {
        let Some(value) = value else { return Ok(()) };
        let text = parameter.encode_header(value).map_err(|problem| refused(Location::Header, parameter, problem))?;
        let name = HeaderName::from_bytes(parameter.name.as_bytes()).map_err(invalid)?;
        let value = HeaderValue::from_str(&text).map_err(invalid)?;
        self.headers.insert(name, value);
        Ok(())
    }

    /// Writes a cookie, or nothing for `None`.
    ///
    /// # Errors
    /// [`EncodeError::Parameter`].
    pub fn cookie<T: Json>(&mut self, parameter: &Parameter, value: Option<&T>) -> Result<(), EncodeError> {
        let Some(value) = value else { return Ok(()) };
        let pairs = parameter.encode_cookie(value).map_err(|problem| refused(Location::Cookie, parameter, problem))?;
        append_pairs(&mut self.cookies, &pairs, "; ");
        Ok(())
    }

    /// Writes a JSON body.
    ///
    /// # Errors
    /// [`EncodeError::Body`] for a value without a JSON form (NaN, infinity).
    pub fn json<T: Json>(&mut self, media_type: &'static str, value: &T) -> Result<(), EncodeError> {
        self.body = media::encode_json(value).map_err(EncodeError::Body)?;
        self.content_type(media_type)
    }

    /// Writes a text body in UTF-8.
    ///
    /// # Errors
    /// [`EncodeError::Invalid`] for a media type that is none.
    pub fn text(&mut self, media_type: &'static str, text: &str) -> Result<(), EncodeError> {
        self.body = media::encode_text(text);
        self.content_type(&media::with_charset(media_type))
    }

    /// Writes a body of bytes.
    ///
    /// # Errors
    /// [`EncodeError::Invalid`] for a media type that is none.
    pub fn bytes(&mut self, media_type: &'static str, bytes: &Bytes) -> Result<(), EncodeError> {
        self.body = bytes.clone();
        self.content_type(media::concrete(media_type))
    }

    /// Writes a form as `multipart/form-data` (RFC 7578); `parts` says how each field is written.
    ///
    /// # Errors
    /// A field without a form on the wire: `null`, an empty list.
    pub fn multipart<T: Json>(&mut self, parts: &[Part], value: &T) -> Result<(), EncodeError> {
        let Value::Object(fields) = json::to_value(value).map_err(EncodeError::Body)? else {
            return Err(EncodeError::Body(json::Error::new("a form is an object")));
        };
        let (content_type, body) = media::encode_multipart(&fields, parts)
            .map_err(|(name, problem)| EncodeError::Body(json::Error::new(format!("part `{name}`: {problem}"))))?;
        self.body = body;
        self.content_type(&content_type)
    }

    /// Keeps a header or cookie from being shown.
    pub(crate) fn conceal(&mut self, global: &GlobalInfo) {
        match global.location {
            Location::Header => {
                if let Some(value) = self.headers.get_mut(global.parameter.name) {
                    value.set_sensitive(true);
                }
            }
            Location::Cookie => self.sensitive_cookies = true,
            Location::Path | Location::Query => {}
        }
    }

    fn content_type(&mut self, media_type: &str) -> Result<(), EncodeError> {
        self.headers.insert(CONTENT_TYPE, HeaderValue::from_str(media_type).map_err(invalid)?);
        Ok(())
    }

    /// The request, with a relative address (`/path?query`).
    ///
    /// # Errors
    /// A path parameter that was not written, a path segment that URL parsers would swallow.
    pub fn finish(mut self) -> Result<http::Request<Bytes>, EncodeError> {
        let mut address = self.render_path()?;
        if !self.query.is_empty() {
            address.push('?');
            address.push_str(&self.query);
        }
        if !self.cookies.is_empty() {
            let mut cookies = HeaderValue::from_str(&self.cookies).map_err(invalid)?;
            cookies.set_sensitive(self.sensitive_cookies);
            self.headers.insert(COOKIE, cookies);
        }
        if let Some(accept) = self.info.accept
            && !self.headers.contains_key(ACCEPT)
        {
            self.headers.insert(ACCEPT, HeaderValue::from_str(accept).map_err(invalid)?);
        }
        let mut request = http::Request::new(self.body);
        *request.method_mut() = Method::from_bytes(self.info.method.as_bytes()).map_err(invalid)?;
        *request.uri_mut() = Uri::try_from(address).map_err(invalid)?;
        *request.headers_mut() = self.headers;
        Ok(request)
    }

    /// The template with its parameters filled in.
    fn render_path(&self) -> Result<String, EncodeError> {
        let mut path = String::with_capacity(self.info.path.len() + 32);
        for segment in self.info.segments {
            path.push('/');
            match *segment {
                Segment::Literal(text) => escape_literal(text, &mut path),
                Segment::Parameter { prefix, name, suffix, takes: _ } => {
                    let (_, value) = self.path.iter().find(|(known, _)| *known == name).ok_or(EncodeError::MissingPath(name))?;
                    let start = path.len();
                    escape_literal(prefix, &mut path);
                    path.push_str(value);
                    escape_literal(suffix, &mut path);
                    if matches!(path.get(start..), Some("." | "..")) {
                        return Err(EncodeError::Parameter { location: Location::Path, name, problem: Problem::DotSegment });
                    }
                }
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        Ok(path)
    }
}

fn append_pairs(text: &mut String, pairs: &[(String, String)], separator: &str) {
    for (name, value) in pairs {
        if !text.is_empty() {
            text.push_str(separator);
        }
        text.push_str(name);
        text.push('=');
        text.push_str(value);
    }
}

fn refused(location: Location, parameter: &Parameter, problem: Problem) -> EncodeError {
    EncodeError::Parameter { location, name: parameter.name, problem }
}

fn invalid(error: impl std::fmt::Display) -> EncodeError {
    EncodeError::Invalid(error.to_string())
}

/// Reads one request. Query and cookies are taken apart once, when the first of them is asked for.
#[derive(Debug)]
pub struct RequestDecoder<'a> {
    parts: &'a Parts,
    path: &'a [(&'a str, &'a str)],
    body: &'a Bytes,
    query: OnceCell<Pairs<'a>>,
    cookies: OnceCell<Pairs<'a>>,
}

impl<'a> RequestDecoder<'a> {
    /// A request as it arrived: its head, the path parameters that routing captured (name and text, still
    /// percent-encoded) and the whole body.
    pub fn new(parts: &'a Parts, path: &'a [(&'a str, &'a str)], body: &'a Bytes) -> Self {
        Self { parts, path, body, query: OnceCell::new(), cookies: OnceCell::new() }
    }

    /// The head of the request.
    pub fn parts(&self) -> &'a Parts {
        self.parts
    }

    /// The body as it arrived.
    pub fn body(&self) -> &'a Bytes {
        self.body
    }

    /// Reads a path parameter.
    ///
    /// # Errors
    /// Kind `Path`: routing goes on to the next candidate.
    pub fn path<T: Json>(&self, parameter: &Parameter) -> Result<T, Rejection> {
        let (_, raw) =
            self.path.iter().find(|(name, _)| *name == parameter.name).ok_or_else(|| Rejection::missing(Location::Path, parameter.name))?;
        parameter.decode_path(raw).map_err(|error| rejected(Location::Path, parameter, &error))
    }

    /// Reads a query parameter.
    ///
    /// # Errors
    /// Kind `Query`.
    pub fn query<T: Json>(&self, parameter: &Parameter) -> Result<Option<T>, Rejection> {
        let pairs = self.query.get_or_init(|| split_query(self.parts.uri.query().unwrap_or_default()));
        parameter.decode_query(pairs).map_err(|error| rejected(Location::Query, parameter, &error))
    }

    /// Reads a query parameter that must be there.
    ///
    /// # Errors
    /// Kind `Query`.
    pub fn query_required<T: Json>(&self, parameter: &Parameter) -> Result<T, Rejection> {
        self.query(parameter)?.ok_or_else(|| Rejection::missing(Location::Query, parameter.name))
    }

    /// Reads a header.
    ///
    /// # Errors
    /// Kind `Header`.
    pub fn header<T: Json>(&self, parameter: &Parameter) -> Result<Option<T>, Rejection> {
        parameter.decode_header(&self.parts.headers, Side::Server).map_err(|error| rejected(Location::Header, parameter, &error))
    }

    /// Reads a header that must be there.
    ///
    /// # Errors
    /// Kind `Header`.
    pub fn header_required<T: Json>(&self, parameter: &Parameter) -> Result<T, Rejection> {
        self.header(parameter)?.ok_or_else(|| Rejection::missing(Location::Header, parameter.name))
    }

    /// Reads a cookie.
    ///
    /// # Errors
    /// Kind `Cookie`.
    pub fn cookie<T: Json>(&self, parameter: &Parameter) -> Result<Option<T>, Rejection> {
        let pairs = self.cookies.get_or_init(|| split_cookies(&self.parts.headers));
        parameter.decode_cookie(pairs).map_err(|error| rejected(Location::Cookie, parameter, &error))
    }

    /// Reads a cookie that must be there.
    ///
    /// # Errors
    /// Kind `Cookie`.
    pub fn cookie_required<T: Json>(&self, parameter: &Parameter) -> Result<T, Rejection> {
        self.cookie(parameter)?.ok_or_else(|| Rejection::missing(Location::Cookie, parameter.name))
    }

    /// Reads a JSON body that must be there, in one of the media types.
    ///
    /// # Errors
    /// Kinds `MediaType`, `BodySyntax`, `BodyShape`.
    pub fn json<T: Json>(&self, accepted: &[&str]) -> Result<T, Rejection> {
        self.json_optional(accepted)?.ok_or_else(Rejection::missing_body)
    }

    /// Reads a JSON body; an empty one is an absent one.
    ///
    /// # Errors
    /// Kinds `MediaType`, `BodySyntax`, `BodyShape`.
    pub fn json_optional<T: Json>(&self, accepted: &[&str]) -> Result<Option<T>, Rejection> {
        if self.body.is_empty() {
            return Ok(None);
        }
        self.check_media_type(accepted)?;
        media::decode_json(self.body, Side::Server).map(Some).map_err(|error| Rejection::body(&error))
    }

    /// Reads a text body that must be there. An empty body is an empty text.
    ///
    /// # Errors
    /// Kinds `MediaType`, `BodySyntax`.
    pub fn text(&self, accepted: &[&str]) -> Result<String, Rejection> {
        self.check_media_type(accepted)?;
        media::decode_text(self.parts.headers.get(CONTENT_TYPE), self.body).map_err(|error| error.into_rejection(accepted))
    }

    /// Reads a text body; an empty one without a content type is an absent one.
    ///
    /// # Errors
    /// Kinds `MediaType`, `BodySyntax`.
    pub fn text_optional(&self, accepted: &[&str]) -> Result<Option<String>, Rejection> {
        if self.has_body() { self.text(accepted).map(Some) } else { Ok(None) }
    }

    /// The body's bytes. An empty body is no bytes.
    ///
    /// # Errors
    /// Kind `MediaType`.
    pub fn bytes(&self, accepted: &[&str]) -> Result<Bytes, Rejection> {
        self.check_media_type(accepted)?;
        Ok(self.body.clone())
    }

    /// The body's bytes; an empty body without a content type is an absent one.
    ///
    /// # Errors
    /// Kind `MediaType`.
    pub fn bytes_optional(&self, accepted: &[&str]) -> Result<Option<Bytes>, Rejection> {
        if self.has_body() { self.bytes(accepted).map(Some) } else { Ok(None) }
    }

    /// Reads a form that must be there.
    ///
    /// # Errors
    /// Kinds `MediaType`, `BodySyntax`, `BodyShape`.
    pub fn multipart<T: Json>(&self, accepted: &[&str], parts: &[Part]) -> Result<T, Rejection> {
        self.multipart_optional(accepted, parts)?.ok_or_else(Rejection::missing_body)
    }

    /// Reads a form; no body is an absent one.
    ///
    /// # Errors
    /// Kinds `MediaType`, `BodySyntax`, `BodyShape`.
    pub fn multipart_optional<T: Json>(&self, accepted: &[&str], parts: &[Part]) -> Result<Option<T>, Rejection> {
        if !self.has_body() {
            return Ok(None);
        }
        self.check_media_type(accepted)?;
        let content_type = self.parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let fields = media::decode_multipart(content_type, self.body, parts).map_err(|message| Rejection {
            kind: RejectionKind::BodySyntax,
            name: None,
            message,
            pointer: String::new(),
        })?;
        let text = Value::Object(fields).to_string();
        json::from_slice(text.as_bytes(), Side::Server).map(Some).map_err(|error| Rejection::body(&error))
    }

    fn has_body(&self) -> bool {
        !self.body.is_empty() || self.parts.headers.contains_key(CONTENT_TYPE)
    }

    /// A body without a content type is taken for what the operation accepts (RFC 9110, section 8.3).
    fn check_media_type(&self, accepted: &[&str]) -> Result<(), Rejection> {
        match self.parts.headers.get(CONTENT_TYPE) {
            Some(found) if !accepted.iter().any(|accepted| media::matches(accepted, found)) => {
                Err(Rejection::media_type(accepted, &String::from_utf8_lossy(found.as_bytes())))
            }
            _ => Ok(()),
        }
    }
}

fn rejected(location: Location, parameter: &Parameter, error: &json::Error) -> Rejection {
    Rejection::parameter(location, parameter.name, error)
}
