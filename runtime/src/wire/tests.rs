//! Whole requests and responses, from one end to the other.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, HeaderValue};
use http::{HeaderMap, StatusCode};

use super::{BodyDecoder, BodyEncoder, Content, RequestDecoder, RequestEncoder, ResponseDecoder, ResponseEncoder};
use crate::error::{DecodeError, EncodeError, Location, Problem, Rejection, RejectionKind};
use crate::operation::{OperationInfo, Segment, Takes};
use crate::parameter::Parameter;

static INFO: OperationInfo = OperationInfo {
    id: "put",
    method: "PUT",
    path: "/a b/{id}/@{name}.json",
    segments: &[
        Segment::Literal("a b"),
        Segment::Parameter { prefix: "", name: "id", suffix: "", takes: Takes::Text },
        Segment::Parameter { prefix: "@", name: "name", suffix: ".json", takes: Takes::Text },
    ],
    needs: &[],
    tag: None,
    security: &[],
    accept: Some("application/json"),
};

static ROOT: OperationInfo =
    OperationInfo { id: "root", method: "GET", path: "/", segments: &[], needs: &[], tag: None, security: &[], accept: None };

const ID: Parameter = Parameter::simple("id");
const NAME: Parameter = Parameter::simple("name");
const PAGE: Parameter = Parameter::form("page");
const TAGS: Parameter = Parameter::form("tags").list();
const TRACE: Parameter = Parameter::simple("X-Trace");
const THEME: Parameter = Parameter::form("theme");
const LANGUAGE: Parameter = Parameter::form("language");
const JSON: &[&str] = &["application/json"];

#[test]
fn a_whole_request() {
    let mut encoder = RequestEncoder::new(&INFO);
    encoder.query(&PAGE, Some(&2_i64)).unwrap();
    encoder.query(&TAGS, Some(&vec!["x y".to_owned(), "z".to_owned()])).unwrap();
    encoder.query(&LANGUAGE, None::<&String>).unwrap();
    encoder.path(&NAME, &"n/m".to_owned()).unwrap();
    encoder.path(&ID, &7_i64).unwrap();
    encoder.header(&TRACE, Some(&"t 1".to_owned())).unwrap();
    encoder.cookie(&THEME, Some(&"dark".to_owned())).unwrap();
    encoder.cookie(&LANGUAGE, Some(&"de;at".to_owned())).unwrap();
    encoder.body().json("application/json", &vec![1_i64]).unwrap();
    let (parts, body) = encoder.finish().unwrap().into_parts();
    assert_eq!(parts.method, "PUT");
    assert_eq!(parts.uri.to_string(), "/a%20b/7/@n%2Fm.json?page=2&tags=x%20y&tags=z");
    assert_eq!(parts.headers["x-trace"], "t 1");
    assert_eq!(parts.headers[COOKIE], "theme=dark; language=de%3Bat");
    assert_eq!(parts.headers[CONTENT_TYPE], "application/json");
    assert_eq!(parts.headers[ACCEPT], "application/json");

    let captured = [("id", "7"), ("name", "n%2Fm")];
    let decoder = RequestDecoder::new(&parts, &captured, body);
    assert_eq!(decoder.path::<i64>(&ID), Ok(7));
    assert_eq!(decoder.path::<String>(&NAME), Ok("n/m".to_owned()));
    assert_eq!(decoder.query_required::<i64>(&PAGE), Ok(2));
    assert_eq!(decoder.query::<Vec<String>>(&TAGS), Ok(Some(vec!["x y".to_owned(), "z".to_owned()])));
    assert_eq!(decoder.query::<String>(&LANGUAGE), Ok(None));
    assert_eq!(decoder.header_required::<String>(&TRACE), Ok("t 1".to_owned()));
    assert_eq!(decoder.cookie_required::<String>(&LANGUAGE), Ok("de;at".to_owned()));
    assert_eq!(decoder.body(JSON).unwrap().json::<Vec<i64>>(), Ok(vec![1]));
}

#[test]
fn a_request_that_cannot_travel() {
    assert_eq!(RequestEncoder::new(&INFO).finish().unwrap_err(), EncodeError::MissingPath("id"));
    for (id, fits) in [(".", false), ("..", false), ("...", true), (".a", true), ("%2e", true)] {
        let mut encoder = RequestEncoder::new(&INFO);
        encoder.path(&ID, &id.to_owned()).unwrap();
        // Prefix and suffix keep the other segment from being one of dots.
        encoder.path(&NAME, &"..".to_owned()).unwrap();
        let problem = EncodeError::Parameter { location: Location::Path, name: "id", problem: Problem::DotSegment };
        assert_eq!(encoder.finish().map(drop), if fits { Ok(()) } else { Err(problem) }, "{id}");
    }
    let error = RequestEncoder::new(&INFO).header(&TRACE, Some(&"a\nb".to_owned())).unwrap_err();
    assert_eq!(error.to_string(), "header parameter `X-Trace`: character '\\n' cannot stand in a header field");
    let error = RequestEncoder::new(&INFO).body().json("application/json", &f64::NAN).unwrap_err();
    assert_eq!(error.to_string(), "body: NaN has no JSON form");
    assert_eq!(RequestEncoder::new(&ROOT).finish().unwrap().uri(), "/");
}

/// Reads a body with a content type.
fn with_body<T>(content_type: Option<&'static str>, body: &'static [u8], read: impl Fn(&RequestDecoder<'_>) -> T) -> T {
    let mut request = http::Request::new(());
    if let Some(content_type) = content_type {
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    }
    read(&RequestDecoder::new(&request.into_parts().0, &[], Bytes::from_static(body)))
}

#[test]
fn rejections_by_kind_and_status() {
    let json = |content_type, body| {
        with_body(content_type, body, |decoder| decoder.body(JSON).and_then(|body| Ok(body.json::<Vec<i64>>()?))).unwrap_err()
    };
    let missing = with_body(None, b"", |decoder| decoder.query_required::<i64>(&PAGE)).unwrap_err();
    let path = with_body(None, b"", |decoder| decoder.path::<i64>(&ID)).unwrap_err();
    let header = with_body(None, b"", |decoder| decoder.header_required::<i64>(&TRACE)).unwrap_err();
    let cookie = with_body(None, b"", |decoder| decoder.cookie_required::<i64>(&THEME)).unwrap_err();
    let cases: [(Rejection, RejectionKind, u16, &str); 9] = [
        (json(None, b""), RejectionKind::BodySyntax, 400, "body: a body is required"),
        (json(None, b"[1"), RejectionKind::BodySyntax, 400, "body: byte 2: expected `,` or `]`, found the end of the text"),
        (json(Some("application/json"), b"[1,{}]"), RejectionKind::BodyShape, 422, "body at /1: expected an integer, found an object"),
        (json(Some("application/json"), b"{}"), RejectionKind::BodyShape, 422, "body: expected a list, found an object"),
        (json(Some("text/<b>"), b"[]"), RejectionKind::MediaType, 415, "content type: expected application/json, found \"text/<b>\""),
        (missing, RejectionKind::Query, 400, "query parameter `page`: is required"),
        (path, RejectionKind::Path, 404, "path parameter `id`: is required"),
        (header, RejectionKind::Header, 400, "header `X-Trace`: is required"),
        (cookie, RejectionKind::Cookie, 400, "cookie `theme`: is required"),
    ];
    for (rejection, kind, status, text) in cases {
        assert_eq!((rejection.kind, rejection.status().as_u16(), rejection.to_string().as_str()), (kind, status, text));
    }
    let problem = json(Some("application/json"), b"[\"<&\\\"\"]").to_problem().to_json();
    assert_eq!(
        String::from_utf8(problem).unwrap(),
        r#"{"type":"about:blank","title":"Unprocessable Entity","status":422,"detail":"body at /0: expected an integer, found \"<&\\\"\"","pointer":"/0"}"#
    );
}

#[test]
fn bodies_that_may_be_absent() {
    let json = |content_type, body| {
        with_body(content_type, body, |decoder| decoder.body_optional(JSON).unwrap().map(|body| body.json::<i64>().unwrap()))
    };
    assert_eq!(json(None, b""), None);
    assert_eq!(json(Some("application/json"), b""), None);
    assert_eq!(json(Some("text/plain"), b""), None);
    assert_eq!(json(None, b"7"), Some(7));
    let text = |content_type, body| {
        with_body(content_type, body, |decoder| Ok::<_, Rejection>(decoder.body(&["text/plain"])?.text()?)).map_err(|error| error.kind)
    };
    assert_eq!(text(None, b""), Ok(String::new()));
    assert_eq!(text(Some("text/plain"), b"\xff"), Err(RejectionKind::BodySyntax));
    assert_eq!(text(Some("text/plain;charset=koi8-r"), b""), Err(RejectionKind::MediaType));
    assert_eq!(text(Some("image/png"), b""), Err(RejectionKind::MediaType));
    let optional = |accepted: &'static str, content_type, body| {
        with_body(content_type, body, |decoder| {
            Ok(decoder.body_optional(&[accepted])?.map(|body| body.bytes().unwrap().as_bytes().cloned().unwrap()))
        })
        .map_err(|error: Rejection| error.kind)
    };
    assert_eq!(optional("text/plain", None, b""), Ok(None));
    assert_eq!(optional("text/plain", Some("text/plain"), b""), Ok(Some(Bytes::new())));
    assert_eq!(optional("*/*", None, b""), Ok(None));
    assert_eq!(optional("image/*", Some("image/png"), b"\xff"), Ok(Some(Bytes::from_static(b"\xff"))));
    assert_eq!(optional("text/*", Some("image/png"), b"\xff"), Err(RejectionKind::MediaType));
}

/// Three media types, two of which hold the same.
#[derive(Debug, Clone, PartialEq)]
enum Several {
    Json(i64),
    Text(String),
    Merge(i64),
}

impl Content for Several {
    const MEDIA_TYPES: &'static [&'static str] = &["application/json", "text/plain", "application/merge-patch+json"];

    fn encode(self, body: &mut BodyEncoder) -> Result<(), EncodeError> {
        match self {
            Self::Json(value) => body.json("application/json", &value),
            Self::Text(value) => body.text("text/plain", &value),
            Self::Merge(value) => body.json("application/merge-patch+json", &value),
        }
    }

    fn decode(number: usize, body: &BodyDecoder<'_>) -> Result<Self, DecodeError> {
        match number {
            0 => body.json().map(Self::Json),
            1 => body.text().map(Self::Text),
            _ => body.json().map(Self::Merge),
        }
    }
}

#[test]
fn one_of_several_media_types() {
    for value in [Several::Json(7), Several::Text("7".to_owned()), Several::Merge(7)] {
        let mut encoder = ResponseEncoder::new();
        encoder.body().content(value.clone()).unwrap();
        let (parts, body) = encoder.finish().unwrap().into_parts();
        let again = body.try_clone().unwrap();
        assert_eq!(ResponseDecoder::new(parts.status, &parts.headers, again).body().content(), Ok(value.clone()));
        let (mut request, ()) = http::Request::new(()).into_parts();
        request.headers = parts.headers;
        let decoder = RequestDecoder::new(&request, &[], body);
        assert_eq!(decoder.body(Several::MEDIA_TYPES).unwrap().content(), Ok(value));
    }
    let read =
        |content_type, body| with_body(content_type, body, |decoder| Ok::<_, Rejection>(decoder.body(Several::MEDIA_TYPES)?.content()?));
    assert_eq!(read(None, b"7"), Ok(Several::Json(7)));
    assert_eq!(read(Some("application/problem+json"), b"7"), Ok(Several::Json(7)));
    let rejected = read(Some("text/html"), b"7").unwrap_err();
    assert_eq!(
        (rejected.status().as_u16(), rejected.message.as_str()),
        (415, "expected application/json or text/plain or application/merge-patch+json, found \"text/html\"")
    );
    let html = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/html"))]);
    let decoder = ResponseDecoder::new(StatusCode::OK, &html, "7");
    let found = decoder.body().content::<Several>();
    assert!(matches!(found, Err(DecodeError::MediaType { .. })));
}

#[test]
fn a_whole_response() {
    let mut encoder = ResponseEncoder::new();
    encoder.body().json("application/json", &vec![1.5]).unwrap();
    let headers: HeaderMap = [("x-a", "1"), ("x-a", "2"), ("content-length", "99"), ("content-type", "text/html")]
        .map(|(name, value)| (http::HeaderName::from_static(name), HeaderValue::from_static(value)))
        .into_iter()
        .collect();
    encoder.status(201).headers(&headers);
    let (parts, body) = encoder.finish().unwrap().into_parts();
    assert_eq!(parts.headers.len(), 3);
    let decoder = ResponseDecoder::new(parts.status, &parts.headers, body);
    assert_eq!(decoder.status(), 201);
    assert_eq!(decoder.body().json::<Vec<f64>>(), Ok(vec![1.5]));
    assert_eq!(decoder.body().text().as_deref(), Ok("[1.5]"));
    let reply = decoder.with_meta(vec![1_u8, 2]);
    assert_eq!((reply.status, reply.len(), reply.headers["content-type"].as_bytes()), (StatusCode::CREATED, 2, &b"application/json"[..]));

    let mut encoder = ResponseEncoder::new();
    encoder.status(42);
    assert!(matches!(encoder.finish(), Err(EncodeError::Invalid(_))));
}

#[test]
fn responses_that_do_not_fit() {
    let html = HeaderMap::from_iter([(CONTENT_TYPE, HeaderValue::from_static("text/html"))]);
    let decode = |headers: &HeaderMap, body: &'static str| ResponseDecoder::new(StatusCode::OK, headers, body).body().json::<i64>();
    assert_eq!(decode(&html, "7"), Ok(7));
    assert!(matches!(decode(&html, "<p>"), Err(DecodeError::MediaType { .. })));
    assert_eq!(decode(&html, "{}").unwrap_err().to_string(), "body: expected an integer, found an object");
    assert!(matches!(decode(&HeaderMap::new(), "<p>"), Err(DecodeError::Json(_))));
}
