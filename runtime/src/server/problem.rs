//! What a server says when it does not give a documented answer: problems (RFC 9457) and refusals. Knows no routes.

use std::fmt;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use http::StatusCode;

use crate::json::{self, Json};
use crate::operation::OperationInfo;

/// The details of an error, as `application/problem+json` shows them (RFC 9457, section 3).
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The status that goes out, and the member `status`.
    pub status: StatusCode,
    /// The member `title`: the same for every problem of this status.
    pub title: String,
    /// The member `detail`: what was wrong with this request, in words for the one who sent it.
    pub detail: Option<String>,
}

impl Problem {
    /// A problem with the status's own reason as its title.
    pub fn new(status: StatusCode) -> Self {
        let title = status.canonical_reason().unwrap_or("Error").to_owned();
        Self { status, title, detail: None }
    }

    /// The same problem with words on this one case.
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// The problem as `application/problem+json`. Text that came with the request is escaped as JSON strings are.
    pub fn to_response(&self) -> http::Response<Bytes> {
        let mut members = serde_json::Map::new();
        members.insert("type".to_owned(), "about:blank".into());
        members.insert("title".to_owned(), self.title.as_str().into());
        members.insert("status".to_owned(), self.status.as_u16().into());
        if let Some(detail) = &self.detail {
            members.insert("detail".to_owned(), detail.as_str().into());
        }
        let text = serde_json::Value::Object(members).to_string();
        let mut response = http::Response::new(Bytes::from(text));
        *response.status_mut() = self.status;
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        response
    }
}

/// An answer that is none of the documented ones: any status, with a problem or with a body of its own.
///
/// `Debug` shows the status and the problem, but neither header values nor the body: either may hold secrets.
#[derive(Clone)]
pub struct Refusal {
    problem: Problem,
    headers: HeaderMap,
    body: Option<Bytes>,
}

impl Refusal {
    /// A refusal that goes out as a problem, in the router's shape ([`Router::with_problem`](super::Router::with_problem)).
    pub fn new(status: StatusCode) -> Self {
        Self::from(Problem::new(status))
    }

    /// 501 for an operation that nobody has written yet.
    pub fn not_implemented(info: &'static OperationInfo) -> Self {
        Problem::new(StatusCode::NOT_IMPLEMENTED).with_detail(format!("{} is not implemented", info.id)).into()
    }

    /// A refusal whose body is this value as `application/json`, whatever shape the router gives to problems.
    ///
    /// A value that JSON cannot hold (a NaN) makes it a 500 problem.
    pub fn json<T: Json>(status: StatusCode, value: &T) -> Self {
        match json::to_vec(value) {
            Ok(body) => Self::bytes(status, HeaderValue::from_static("application/json"), body.into()),
            Err(_) => Self::new(StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// A refusal with this body as it stands.
    pub fn bytes(status: StatusCode, content_type: HeaderValue, body: Bytes) -> Self {
        let mut refusal = Self::new(status).with_header(CONTENT_TYPE, content_type);
        refusal.body = Some(body);
        refusal
    }

    /// The same refusal with words on this one case, shown if it goes out as a problem.
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.problem = self.problem.with_detail(detail);
        self
    }

    /// The same refusal with one more header.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    /// The status that goes out.
    pub fn status(&self) -> StatusCode {
        self.problem.status
    }

    /// The headers that go out beside those of the body.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The response, with `problem` to draw those that have no body of their own.
    pub(super) fn into_response(self, problem: fn(&Problem) -> http::Response<Bytes>) -> http::Response<Bytes> {
        let mut response = match self.body {
            Some(body) => http::Response::new(body),
            None => problem(&self.problem),
        };
        *response.status_mut() = self.problem.status;
        // Replaces what the body's own headers say, and keeps every value of a repeated one.
        response.headers_mut().extend(self.headers);
        response
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem, headers: HeaderMap::new(), body: None }
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&HeaderName> = self.headers.keys().collect();
        formatter
            .debug_struct("Refusal")
            .field("problem", &self.problem)
            .field("headers", &names)
            .field("body", &self.body.as_ref().map(|body| format!("{} bytes", body.len())))
            .finish()
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "refused with {}", self.problem.status)
    }
}

impl std::error::Error for Refusal {}
