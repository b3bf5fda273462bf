//! The request: what the client writes into it and what the server reads out of it.

use std::cell::OnceCell;

use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderName, HeaderValue};
use http::request::Parts;
use http::{HeaderMap, Method, Uri};

use super::body::{BodyDecoder, BodyEncoder};
use super::incoming::Incoming;
#[cfg(feature = "server")]
use super::incoming::Wanted;
use crate::body::Body;
use crate::error::{EncodeError, Location, Problem, Rejection};
use crate::global::GlobalInfo;
use crate::json::{self, Json, Side};
use crate::media;
#[cfg(feature = "server")]
use crate::media::FormError;
use crate::operation::{OperationInfo, Segment};
use crate::parameter::{Pairs, Parameter, escape_literal, split_cookies, split_query};
use crate::route::{Constants, segment_values};

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
    body: BodyEncoder,
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
            body: BodyEncoder::default(),
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

    /// The body, to be written.
    pub fn body(&mut self) -> &mut BodyEncoder {
        &mut self.body
    }

    /// The request, with a relative address (`/path?query`).
    ///
    /// # Errors
    /// A path parameter that was not written, a path segment that URL parsers would swallow, nothing in a media type that has
    /// no empty text (JSON, XML): it would arrive as no body.
    pub fn finish(mut self) -> Result<http::Request<Body>, EncodeError> {
        let mut address = self.render_path()?;
        if let Some(constants) = Constants::of(self.info.path) {
            let fixed = constants.write(&mut self.headers).map_err(invalid)?;
            self.query = [fixed, self.query].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("&");
        }
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
        if let Some(content_type) = self.body.content_type {
            if self.body.is_never_empty && self.body.body.length() == Some(0) {
                return Err(EncodeError::Invalid("an empty body of JSON or XML would arrive as none".to_owned()));
            }
            self.headers.insert(CONTENT_TYPE, content_type);
        }
        let mut request = http::Request::new(self.body.body);
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
            let start = path.len();
            let (texts, parameters) = (segment.texts(), segment.parameters());
            let Some(((first, _), text)) = parameters.split_first().zip(texts.first()) else {
                texts.into_iter().for_each(|text| escape_literal(text, &mut path));
                continue;
            };
            escape_literal(text, &mut path);
            let mut values = Vec::with_capacity(parameters.len());
            for ((name, _), text) in parameters.iter().zip(texts.iter().skip(1)) {
                let (_, value) = self.path.iter().find(|(known, _)| known == name).ok_or(EncodeError::MissingPath(name))?;
                path.push_str(value);
                escape_literal(text, &mut path);
                values.push(value.as_str());
            }
            let problem = problem(*segment, path.get(start..).unwrap_or_default(), &values);
            if let Some(problem) = problem {
                return Err(EncodeError::Parameter { location: Location::Path, name: first.0, problem });
            }
        }
        if path.is_empty() {
            path.push('/');
        }
        Ok(path)
    }
}

/// Why a segment that was put together would not arrive as it is.
fn problem(segment: Segment, written: &str, values: &[&str]) -> Option<Problem> {
    let parts = || written.split('/');
    if parts().any(|part| matches!(part, "." | "..")) {
        Some(Problem::DotSegment)
    } else if matches!(segment, Segment::Spanning { .. }) && parts().any(str::is_empty) {
        Some(Problem::EmptySegment)
    } else if values.len() > 1 && segment_values(segment, written).is_none_or(|found| found != values) {
        Some(Problem::Ambiguous)
    } else {
        None
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
    body: Incoming,
    query: OnceCell<Pairs<'a>>,
    cookies: OnceCell<Pairs<'a>>,
}

impl<'a> RequestDecoder<'a> {
    /// A request as it arrived: its head, the path parameters that routing captured (name and text, still
    /// percent-encoded) and its body.
    pub fn new(parts: &'a Parts, path: &'a [(&'a str, &'a str)], body: impl Into<Body>) -> Self {
        Self { parts, path, body: Incoming::new(body.into()), query: OnceCell::new(), cookies: OnceCell::new() }
    }

    /// The head of the request.
    pub fn parts(&self) -> &'a Parts {
        self.parts
    }

    /// What of the body has to be read before decoding can go on.
    #[cfg(feature = "server")]
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        self.body.wanted()
    }

    /// Reads the body as what is wanted.
    #[cfg(feature = "server")]
    pub(crate) async fn receive(&mut self, wanted: Wanted) -> Result<(), FormError> {
        let content_type = self.parts.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        self.body.receive(wanted, content_type).await
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

    /// The body, which must be there, in one of the media types.
    ///
    /// # Errors
    /// Kind `MediaType`, and `BodySyntax` for a body that is missing.
    pub fn body(&self, accepted: &[&str]) -> Result<BodyDecoder<'_>, Rejection> {
        match self.media_type(accepted)? {
            Some(media_type) if self.body.is_empty() && media::is_never_empty(media_type) => Err(Rejection::missing_body()),
            _ => Ok(self.decoder()),
        }
    }

    /// The body in one of the media types. An empty one without a content type is an absent one, and so is one that can
    /// only be absent, like empty JSON.
    ///
    /// # Errors
    /// Kind `MediaType`.
    pub fn body_optional(&self, accepted: &[&str]) -> Result<Option<BodyDecoder<'_>>, Rejection> {
        let content_type = self.parts.headers.get(CONTENT_TYPE);
        if self.body.is_empty() && (content_type.is_none() || accepted.iter().all(|accepted| media::is_never_empty(accepted))) {
            return Ok(None);
        }
        let absent = self.media_type(accepted)?.is_some_and(|media_type| self.body.is_empty() && media::is_never_empty(media_type));
        Ok((!absent).then(|| self.decoder()))
    }

    fn decoder(&self) -> BodyDecoder<'_> {
        BodyDecoder { content_type: self.parts.headers.get(CONTENT_TYPE), body: &self.body, reading: Side::Server.into(), watch: None }
    }

    /// Which of the accepted media types the body has. One without a content type is taken for the first of what the
    /// operation accepts (RFC 9110, section 8.3).
    fn media_type<'m>(&self, accepted: &[&'m str]) -> Result<Option<&'m str>, Rejection> {
        let Some(found) = self.parts.headers.get(CONTENT_TYPE) else { return Ok(accepted.first().copied()) };
        match media::choose(accepted, found) {
            Some(number) => Ok(accepted.get(number).copied()),
            None => Err(Rejection::media_type(accepted, &String::from_utf8_lossy(found.as_bytes()))),
        }
    }
}

fn rejected(location: Location, parameter: &Parameter, error: &json::Error) -> Rejection {
    Rejection::parameter(location, parameter.name, error)
}
