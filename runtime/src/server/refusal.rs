//! What a server says when it does not give a documented answer: any status, with a problem (RFC 9457) or a body of
//! its own. Knows no routes.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

use crate::body::{Body, ReadError};
use crate::error::{ProblemDetails, Rejection};
use crate::json::{self, Json};
use crate::operation::OperationInfo;

/// Draws problems in the shape that an API gives to its errors.
pub(super) type Draw = Arc<dyn Fn(&ProblemDetails) -> http::Response<Body> + Send + Sync>;

/// An answer that is none of the documented ones: a login that failed, an operation that nobody has written, anything.
///
/// It goes out as a problem, in the router's shape ([`Router::with_problem`](super::Router::with_problem)), unless it
/// has a body of its own. `Debug` shows neither header values nor the body: either may hold secrets.
#[derive(Clone)]
pub struct Refusal(Box<Parts>);

/// In a box, since results that hold a refusal pass through many hands.
#[derive(Clone)]
struct Parts {
    problem: ProblemDetails,
    headers: HeaderMap,
    body: Option<Bytes>,
    /// Whether nobody has written the operation.
    unimplemented: bool,
}

impl Refusal {
    /// A refusal with nothing but a status.
    pub fn new(status: StatusCode) -> Self {
        Self::from(ProblemDetails::new(status))
    }

    /// 501 for an operation that nobody has written yet.
    ///
    /// Where another operation has the same method and shape of path and takes the request too, it is asked next. So a
    /// handler of `/cards/{filter}` may hand on what is meant for `/cards/{id}`, if nothing in the document tells them apart.
    pub fn not_implemented(info: &'static OperationInfo) -> Self {
        let mut refusal = Self::new(StatusCode::NOT_IMPLEMENTED).with_detail(format!("`{}` is not implemented", info.id));
        refusal.0.unimplemented = true;
        refusal
    }

    /// Whether it comes from [`Refusal::not_implemented`].
    pub(super) fn is_unimplemented(&self) -> bool {
        self.0.unimplemented
    }

    /// A refusal whose body is this value as `application/json`, whatever shape the router gives to problems.
    ///
    /// A value that JSON cannot hold (a NaN) makes it a 500.
    pub fn json<T: Json>(status: StatusCode, value: &T) -> Self {
        match json::to_vec(value) {
            Ok(body) => Self::new(status).with_body(HeaderValue::from_static("application/json"), body),
            Err(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// The same refusal with this body as it stands.
    #[must_use]
    pub fn with_body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.0.headers.insert(CONTENT_TYPE, content_type);
        self.0.body = Some(body.into());
        self
    }

    /// The same refusal with words on this one case, for the one who sent the request.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.0.problem.detail = Some(detail.into());
        self
    }

    /// The same refusal with one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.append(name, value);
        self
    }

    /// The status that goes out.
    pub fn status(&self) -> StatusCode {
        self.0.problem.status
    }

    /// The headers that go out beside those of a problem.
    pub fn headers(&self) -> &HeaderMap {
        &self.0.headers
    }

    /// The response, with `draw` for those that have no body of their own.
    pub(super) fn into_response(self, draw: &Draw) -> http::Response<Body> {
        let Parts { problem, headers, body, unimplemented: _ } = *self.0;
        let mut response = match body {
            Some(body) => http::Response::new(Body::from(body)),
            None => draw(&problem),
        };
        *response.status_mut() = problem.status;
        // Replaces what the body's own headers say, and keeps every value of a repeated one.
        response.headers_mut().extend(headers);
        response
    }
}

/// A problem as `application/problem+json`.
pub(super) fn draw(problem: &ProblemDetails) -> http::Response<Body> {
    let mut response = http::Response::new(Body::from(problem.to_json()));
    *response.status_mut() = problem.status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(ProblemDetails::MEDIA_TYPE));
    response
}

impl From<ProblemDetails> for Refusal {
    fn from(problem: ProblemDetails) -> Self {
        Self(Box::new(Parts { problem, headers: HeaderMap::new(), body: None, unimplemented: false }))
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        rejection.to_problem().into()
    }
}

/// 413 for a body that is too long, 400 for one that broke off.
impl From<ReadError> for Refusal {
    fn from(error: ReadError) -> Self {
        let status = match error {
            ReadError::TooLong { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            ReadError::Slow { .. } => StatusCode::REQUEST_TIMEOUT,
            ReadError::Broken(_) => StatusCode::BAD_REQUEST,
        };
        Self::new(status).with_detail(error.to_string())
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&HeaderName> = self.0.headers.keys().collect();
        formatter
            .debug_struct("Refusal")
            .field("problem", &self.0.problem)
            .field("headers", &names)
            .field("body", &self.0.body.as_ref().map(Bytes::len))
            .finish()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "refused with {}", self.0.problem.status)
    }
}

impl std::error::Error for Refusal {}
