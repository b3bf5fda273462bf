//! What carries a request to its server: a service in a box, over reqwest or in the same process. Knows no operation.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::header::{HeaderValue, TRANSFER_ENCODING};
use http::uri::Scheme;
use http::{Method, Request, Response};
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use percent_encoding::percent_decode_str;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};
use url::Url;

use super::{TransportError, TransportErrorKind};
use crate::body::{Body, BoxError};

/// Carries requests with absolute URLs; what layers wrap and give back.
pub type Transport = BoxCloneSyncService<Request<Body>, Response<Body>, BoxError>;

/// Any service as a transport.
pub(super) fn boxed<S, B>(service: S) -> Transport
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    BoxCloneSyncService::new(service.map_response(|response| response.map(Body::wrap)).map_err(Into::into))
}

/// Requests over reqwest.
#[derive(Clone)]
pub(super) struct Wire(pub(super) reqwest::Client);

impl Service<Request<Body>> for Wire {
    type Response = Response<Body>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let secure = request.uri().scheme() == Some(&Scheme::HTTPS);
        let sent = translate(request).map(|request| self.0.execute(request));
        Box::pin(async move {
            let response = sent?.await.map_err(|error| unsent(error, secure))?;
            let response = Response::<reqwest::Body>::from(response);
            Ok(response.map(|body| Body::wrap(body.map_err(reqwest::Error::without_url))))
        })
    }
}

/// An error of reqwest, without the URL that it names: a URL may hold a key.
fn unsent(error: reqwest::Error, secure: bool) -> BoxError {
    let error = error.without_url();
    let tls = cfg!(any(feature = "rustls", feature = "native-tls"));
    // Another crate of the same build may have switched TLS on, so only a failure shows that it is missing.
    if secure && !tls && error.is_connect() {
        return TransportError::new(TransportErrorKind::Tls).with_source(error).into();
    }
    error.into()
}

/// The request in reqwest's terms, unless its URL would arrive as another one.
///
/// URL parsers drop `.` and `..` and take `\` for `/` (WHATWG URL, "path state"); encoders refuse such values, templates
/// and layers do not.
fn translate(mut request: Request<Body>) -> Result<reqwest::Request, BoxError> {
    let text = request.uri().to_string();
    let url = Url::parse(&text).map_err(|error| TransportError::new(TransportErrorKind::Address).with_source(error))?;
    let segments = |path: &str| path.split('/').map(|raw| percent_decode_str(raw).collect()).collect::<Vec<Vec<u8>>>();
    let (wanted, called) = (request.uri().path(), url.path());
    if wanted != called && segments(wanted) != segments(called) {
        return Err(TransportError::new(TransportErrorKind::Address).into());
    }
    // Of a method that hardly ever has a body, hyper would not send one whose length nobody knows, unless told so.
    if request.body().length().is_none() && matches!(*request.method(), Method::GET | Method::HEAD) {
        request.headers_mut().insert(TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
    }
    let request = request.map(|body| match body.as_bytes() {
        Some(bytes) => reqwest::Body::from(bytes.clone()),
        None => reqwest::Body::wrap(body),
    });
    Ok(reqwest::Request::try_from(request).map_err(reqwest::Error::without_url)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Nothing, of which nobody knows that it is nothing.
    struct Unknown;

    impl HttpBody for Unknown {
        type Data = Bytes;
        type Error = BoxError;

        fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<http_body::Frame<Bytes>, BoxError>>> {
            Poll::Ready(None)
        }
    }

    #[test]
    fn a_stream_is_sent_by_every_method() {
        for (method, length, chunked) in
            [("GET", None, true), ("HEAD", None, true), ("POST", None, false), ("GET", Some("3"), false), ("GET", Some(""), false)]
        {
            let body = length.map_or_else(|| Body::wrap(Unknown), Body::from);
            let request = Request::builder().method(method).uri("http://h/").body(body).unwrap();
            let said = translate(request).unwrap().headers().get(TRANSFER_ENCODING).is_some_and(|value| value == "chunked");
            assert_eq!(said, chunked, "{method} {length:?}");
        }
    }

    #[test]
    fn a_url_that_would_arrive_as_another_one_is_not_called() {
        for (wanted, called) in [
            ("http://h/a/b?x=1", Some("http://h/a/b?x=1")),
            ("http://h/a%2Fb/%20", Some("http://h/a%2Fb/%20")),
            ("http://h/a{b}\"c", Some("http://h/a%7Bb%7D%22c")),
            ("http://h/a..b/...", Some("http://h/a..b/...")),
            ("http://h/a?x='y'/../z", Some("http://h/a?x=%27y%27/../z")),
            ("http://h/a/./b", None),
            ("http://h/a/.", None),
            ("http://h/a/..", None),
            ("http://h/a/%2E%2e/b", None),
            ("http://h/a\\b", None),
        ] {
            let request = Request::builder().uri(wanted).body(Body::empty()).unwrap();
            let translated = translate(request).ok().map(|request| request.url().to_string());
            assert_eq!(translated.as_deref(), called, "{wanted}");
        }
    }
}
