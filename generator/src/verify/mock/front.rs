//! What stands in front of a mock: the page for people, leave for browsers to read answers from other origins (CORS), and the
//! limit of request bodies. Everything else goes to the compiled server as it came.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse as _, Response};
use axum::routing::get;
use bothends_runtime::ProblemDetails;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::{Method, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use swagger_ui_dist::{ApiDefinition, OpenApiSource};
use tokio::net::TcpStream;

use super::Serving;
use super::page::{self, DOCUMENT, PAGE, SWAGGER_UI};

/// Names of headers of one hop, which do not go on to the next (RFC 9110, section 7.6.1), and what is answered here.
const ONE_HOP: [HeaderName; 5] = [header::CONNECTION, header::TRANSFER_ENCODING, header::TE, header::UPGRADE, header::EXPECT];

/// What stands in front of a server.
#[derive(Clone)]
pub struct Front(Arc<Shared>);

struct Shared {
    title: String,
    document: Value,
    /// Whether `/` means nothing in the API.
    root_is_free: bool,
    upstream: SocketAddr,
    limit: usize,
    has_token: bool,
    /// The address of the mock for callers that do not name it.
    url: String,
}

impl Front {
    /// A front of the server at `upstream`, which serves this document; `url` is where the mock is.
    pub fn new(document: &Value, title: &str, upstream: SocketAddr, serving: &Serving, url: &str) -> Self {
        let root_is_free = document.pointer("/paths/~1").is_none();
        let (title, document, url) = (title.to_owned(), page::served(document), url.to_owned());
        let (limit, has_token) = (serving.limit, serving.token.is_some());
        Self(Arc::new(Shared { title, document, root_is_free, upstream, limit, has_token, url }))
    }

    /// The path of the page for people.
    pub fn page(&self) -> &'static str {
        if self.0.root_is_free { "/" } else { PAGE }
    }

    /// All of it.
    pub fn router(self) -> Router {
        let swagger_ui = ApiDefinition {
            uri_prefix: SWAGGER_UI.to_owned(),
            api_definition: OpenApiSource::Uri(DOCUMENT.to_owned()),
            title: Some("Swagger UI".to_owned()),
        };
        let mut router = Router::new().route(PAGE, get(index)).route(DOCUMENT, get(document));
        if self.0.root_is_free {
            router = router.route("/", get(index).fallback(forward));
        }
        router.fallback(forward).with_state(self).merge(swagger_ui_dist::generate_routes(swagger_ui)).layer(from_fn(share))
    }
}

async fn index(State(front): State<Front>) -> Html<String> {
    Html(page::html(&front.0.title, &front.0.document, front.0.has_token))
}

/// The document with the address at which the caller has found the mock.
async fn document(State(front): State<Front>, request: Request) -> axum::Json<Value> {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let mut document = front.0.document.clone();
    if let Some(members) = document.as_object_mut() {
        let url = host.map_or_else(|| front.0.url.clone(), |host| format!("http://{host}"));
        members.insert("servers".to_owned(), json!([{"url": url}]));
    }
    axum::Json(document)
}

/// Hands a request on. Its body is read before, and to its end even where it is too long: who still sends may never see the
/// answer (RFC 9112, section 9.6).
async fn forward(State(front): State<Front>, request: Request) -> Response {
    let Shared { upstream, limit, .. } = *front.0;
    let (mut parts, mut body) = request.into_parts();
    let too_long = || problem(StatusCode::PAYLOAD_TOO_LARGE, &format!("the body has more than {limit} bytes (--limit)"));
    let length = parts.headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > limit) && parts.headers.contains_key(header::EXPECT) {
        return too_long();
    }
    let mut bytes: Vec<u8> = Vec::new();
    let mut fits = true;
    while let Some(frame) = body.frame().await {
        match frame.map(|frame| frame.into_data()) {
            Ok(Ok(data)) => {
                fits &= bytes.len().saturating_add(data.len()) <= limit;
                if fits { bytes.extend_from_slice(&data) } else { bytes = Vec::new() }
            }
            Ok(Err(_)) => {}
            Err(error) => return problem(StatusCode::BAD_REQUEST, &format!("the body broke off: {error}")),
        }
    }
    if !fits {
        return too_long();
    }
    let had_body = length.is_some() || parts.headers.contains_key(header::TRANSFER_ENCODING);
    for name in ONE_HOP {
        parts.headers.remove(name);
    }
    if had_body {
        parts.headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    }
    match exchange(upstream, http::Request::from_parts(parts, Full::from(bytes))).await {
        Ok(response) => response,
        Err(error) => problem(StatusCode::BAD_GATEWAY, &format!("the mock gave no answer: {error}")),
    }
}

async fn exchange(
    upstream: SocketAddr,
    request: http::Request<Full<bytes::Bytes>>,
) -> Result<Response, Box<dyn std::error::Error + Send + Sync>> {
    let stream = TcpStream::connect(upstream).await?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
    tokio::spawn(connection);
    let (mut parts, body) = sender.send_request(request).await?.into_parts();
    for name in ONE_HOP {
        parts.headers.remove(name);
    }
    Ok(Response::from_parts(parts, Body::new(body)))
}

/// A problem (RFC 9457).
fn problem(status: StatusCode, detail: &str) -> Response {
    let problem = ProblemDetails::new(status).with_detail(detail).to_json();
    (status, [(header::CONTENT_TYPE, ProblemDetails::MEDIA_TYPE)], problem).into_response()
}

/// Lets scripts of any origin read answers.
async fn share(request: Request, next: Next) -> Response {
    let asked = request.headers().clone();
    if let Some(headers) = preflight(request.method(), &asked) {
        return (StatusCode::NO_CONTENT, headers).into_response();
    }
    let mut response = next.run(request).await;
    allow(&asked, response.headers_mut());
    response
}

/// The answer to a question that a browser asks before it sends a request (Fetch, section 4.8). Any other OPTIONS is one of the
/// API, which is why no ready-made layer stands here: those take each of them for such a question.
fn preflight(method: &Method, asked: &HeaderMap) -> Option<HeaderMap> {
    let wanted = asked.get(header::ACCESS_CONTROL_REQUEST_METHOD).filter(|_| method == Method::OPTIONS)?;
    let mut headers = HeaderMap::new();
    allow_origin(asked, &mut headers);
    headers.insert(header::ACCESS_CONTROL_ALLOW_METHODS, wanted.clone());
    if let Some(names) = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    if asked.contains_key("access-control-request-private-network") {
        headers.insert(HeaderName::from_static("access-control-allow-private-network"), HeaderValue::from_static("true"));
    }
    headers.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    headers.insert(header::VARY, HeaderValue::from_static("origin, access-control-request-method, access-control-request-headers"));
    Some(headers)
}

/// Leave to read an answer with all of its headers: they have to be named where credentials are sent along.
fn allow(asked: &HeaderMap, headers: &mut HeaderMap) {
    let names: Vec<&str> = headers.keys().map(HeaderName::as_str).filter(|name| *name != "set-cookie").collect();
    let names = HeaderValue::from_str(&names.join(", "));
    if let Ok(names) = names.map_err(drop).and_then(|names| if names.is_empty() { Err(()) } else { Ok(names) }) {
        headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, names);
    }
    allow_origin(asked, headers);
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}

/// Who asks from an origin may send credentials along: what is answered is made up.
fn allow_origin(asked: &HeaderMap, headers: &mut HeaderMap) {
    match asked.get(header::ORIGIN) {
        Some(origin) => {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(header::ACCESS_CONTROL_ALLOW_CREDENTIALS, HeaderValue::from_static("true"));
        }
        None => drop(headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(headers: &[(&'static str, &'static str)]) -> HeaderMap {
        headers.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    /// `name: value`, sorted, without `vary`.
    fn shown(headers: &HeaderMap) -> Vec<String> {
        let mut lines: Vec<_> = headers.iter().map(|(name, value)| format!("{name}: {}", value.to_str().unwrap())).collect();
        lines.retain(|line| !line.starts_with("vary"));
        lines.sort();
        lines
    }

    #[test]
    fn browsers_may_ask_for_any_method_and_any_header() {
        let origin = ("origin", "http://localhost:3000");
        let put = ("access-control-request-method", "PUT");
        for (method, asked, expected) in [
            (Method::OPTIONS, &[origin][..], None),
            (Method::PUT, &[origin, put], None),
            (
                Method::OPTIONS,
                &[origin, put, ("access-control-request-headers", "prefer,x-a")],
                Some(vec![
                    "access-control-allow-credentials: true",
                    "access-control-allow-headers: prefer,x-a",
                    "access-control-allow-methods: PUT",
                    "access-control-allow-origin: http://localhost:3000",
                    "access-control-max-age: 600",
                ]),
            ),
            (
                Method::OPTIONS,
                &[put, ("access-control-request-private-network", "true")],
                Some(vec![
                    "access-control-allow-methods: PUT",
                    "access-control-allow-origin: *",
                    "access-control-allow-private-network: true",
                    "access-control-max-age: 600",
                ]),
            ),
        ] {
            let found = preflight(&method, &map(asked));
            assert_eq!(
                found.as_ref().map(shown),
                expected.map(|lines| lines.into_iter().map(str::to_owned).collect()),
                "{method} {asked:?}"
            );
        }
    }

    #[test]
    fn answers_can_be_read_from_any_origin_with_all_of_their_headers() {
        let mut headers = map(&[("x-total", "7"), ("content-type", "text/plain"), ("set-cookie", "a=b"), ("vary", "accept")]);
        allow(&map(&[("origin", "null")]), &mut headers);
        assert_eq!(headers["access-control-allow-origin"], "null");
        assert_eq!(headers["access-control-allow-credentials"], "true");
        assert_eq!(headers["access-control-expose-headers"], "x-total, content-type, vary");
        assert_eq!(headers.get_all("vary").iter().collect::<Vec<_>>(), ["accept", "origin"]);
        let mut headers = HeaderMap::new();
        allow(&HeaderMap::new(), &mut headers);
        assert_eq!(shown(&headers), ["access-control-allow-origin: *"]);
    }

    #[test]
    fn the_page_gives_way_to_an_operation_at_the_root() {
        let serving = Serving { port: 0, token: None, limit: 1 };
        let front = |document: Value| Front::new(&document, "", SocketAddr::from(([127, 0, 0, 1], 1)), &serving, "");
        assert_eq!(front(json!({"paths": {"/a": {}}})).page(), "/");
        assert_eq!(front(json!({"paths": {"/": {"get": {}}}})).page(), PAGE);
    }
}
