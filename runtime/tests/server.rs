//! What the server answers to requests that no generated client would send.
#![cfg(all(feature = "client", feature = "server"))]
// Clippy takes the helpers of tests for production code.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use bothends_runtime::Body;
use bothends_runtime::http::{Request, Response, StatusCode};
use bothends_runtime::server::{Context, Credentials, Fault, Principal, Refusal, Route, Router, TrailingSlash};
use support::*;
use tower::ServiceExt;

const GOOD: (&str, &str) = ("authorization", "Bearer good");
const JSON: (&str, &str) = ("content-type", "application/json");
const STATUS: &str = r#"{"user_id":"u","level":1}"#;

fn request(line: &str, headers: &[(&str, &str)], body: impl Into<Body>) -> Request<Body> {
    let (method, uri) = line.split_once(' ').unwrap();
    let start = Request::builder().method(method).uri(uri);
    let builder = headers.iter().fold(start, |builder, (name, value)| builder.header(*name, *value));
    builder.body(body.into()).unwrap()
}

async fn answer(router: Router, request: Request<Body>) -> Response<String> {
    let (parts, body) = router.into_service().oneshot(request).await.unwrap().into_parts();
    let text = String::from_utf8(body.read(1 << 20).await.unwrap().to_vec()).unwrap();
    Response::from_parts(parts, text)
}

#[tokio::test]
async fn routes_take_the_most_specific_operation_that_the_path_fits() {
    for (line, status, body) in [
        ("GET /User/current", 200, "current"),
        ("GET /User/7", 200, "id 7"),
        ("GET /User/%37", 200, "id 7"),
        ("GET /User/seven", 200, "name seven"),
        ("GET /User/99999999999999999999", 200, "name 99999999999999999999"),
        ("PUT /User/7", 200, "put 7"),
        ("PUT /User/current", 404, "path parameter"),
        ("PURGE /cache", 200, "purged"),
        ("purge /cache", 405, ""),
        ("GET /User/", 404, "Not Found"),
        ("GET /User/7/", 404, "Not Found"),
        ("GET /user/7", 404, "Not Found"),
        ("GET /echo/%FF", 400, "percent-encoded"),
        ("GET /echo/%", 400, "percent-encoded"),
        ("GET /echo/%00", 200, "\0"),
        ("GET /keyed?api_key=good", 501, "Keyed"),
        ("GET /keyed?api_key=", 401, "Unauthorized"),
        ("GET /keyed", 401, "Unauthorized"),
        ("HEAD /echo/x", 200, ""),
        ("HEAD /nowhere", 404, ""),
        ("OPTIONS /User/7", 204, ""),
        ("OPTIONS /nowhere", 404, "Not Found"),
        ("OPTIONS *", 404, "Not Found"),
        ("GET /echo/status%20204", 204, ""),
        ("GET /echo/status%20304", 304, ""),
        ("GET /echo/status%20100", 500, "Internal Server Error"),
        ("GET /echo/status%200", 500, "Internal Server Error"),
        ("GET /echo/status%20599", 599, "a body"),
    ] {
        let response = answer(router().authenticate(door), request(line, &[], "")).await;
        assert_eq!(response.status(), status, "{line}: {}", response.body());
        assert!(response.body().contains(body), "{line}: {}", response.body());
        if body.is_empty() && status != 405 {
            assert_eq!(response.body(), "", "{line}");
        }
    }
}

#[tokio::test]
async fn other_methods_are_named() {
    for (line, allow) in [
        ("DELETE /User/7", "GET, HEAD, OPTIONS, PUT"),
        ("OPTIONS /User/current", "GET, HEAD, OPTIONS, PUT"),
        ("GET /cache", "HEAD, OPTIONS, PURGE"),
        ("POST /users/u/status", "OPTIONS, PUT"),
        ("HEAD /users/u/status", "OPTIONS, PUT"),
    ] {
        let response = answer(router(), request(line, &[], "")).await;
        assert_eq!(response.headers()["allow"], allow, "{line}");
    }
    let response = answer(router(), request("HEAD /echo/hello", &[], "")).await;
    assert_eq!(response.headers()["content-length"], "5");
}

#[tokio::test]
async fn a_slash_at_the_end_counts_unless_the_router_is_told_to_ignore_it() {
    let [strict, ignoring] = [TrailingSlash::Strict, TrailingSlash::Ignore].map(|slash| move || router().trailing_slash(slash));
    for (line, written, ignored) in [
        ("GET /User/7", 200, 200),
        ("GET /User/7/", 404, 200),
        ("HEAD /User/7/", 404, 200),
        ("OPTIONS /User/7/", 404, 204),
        ("DELETE /User/7/", 404, 405),
        ("GET /User/", 404, 404),
        ("GET /User/7//", 404, 404),
    ] {
        assert_eq!(answer(strict(), request(line, &[], "")).await.status(), written, "{line}");
        assert_eq!(answer(ignoring(), request(line, &[], "")).await.status(), ignored, "{line}");
        let below = line.replace(' ', " /v1");
        assert_eq!(answer(ignoring().base_path("/v1"), request(&below, &[], "")).await.status(), ignored, "{below}");
    }
    let response = answer(ignoring(), request("DELETE /User/7/", &[], "")).await;
    assert_eq!(response.headers()["allow"], "GET, HEAD, OPTIONS, PUT");
    assert!(response.body().contains(r#""detail":"this path takes GET, HEAD, OPTIONS, PUT""#), "{}", response.body());
}

#[tokio::test]
async fn what_the_router_refuses_by_itself_says_why() {
    for (line, detail) in [
        ("GET /nowhere", "no operation has this path"),
        ("POST /User/7", "this path takes GET, HEAD, OPTIONS, PUT"),
        ("GET /keyed", "credentials are missing: "),
    ] {
        let response = answer(router().authenticate(door), request(line, &[], "")).await;
        assert!(response.body().contains(&format!(r#""detail":"{detail}"#)), "{line}: {}", response.body());
        assert_eq!(response.headers()["content-type"], "application/problem+json", "{line}");
    }
}

/// Expected status, headers, body, and what the answer must contain.
type Case<'a> = (u16, &'a [(&'static str, &'static str)], &'static str, &'static str);

#[tokio::test]
async fn requests_that_do_not_fit_are_refused_each_with_its_status() {
    let text = ("content-type", "text/plain");
    let html = ("accept", "text/html");
    let anything = ("accept", "text/html, */*;q=0.1");
    let table: &[Case] = &[
        (200, &[GOOD, JSON], STATUS, "None"),
        (200, &[("authorization", "bEARER good"), JSON], STATUS, "None"),
        (200, &[GOOD, JSON, anything], STATUS, "None"),
        (200, &[GOOD, ("content-type", "Application/JSON; charset=utf-8")], STATUS, "None"),
        (401, &[JSON], STATUS, "Unauthorized"),
        (401, &[("authorization", "Bearer bad"), JSON], STATUS, "Unauthorized"),
        (401, &[("authorization", "Bearer"), JSON], STATUS, "Unauthorized"),
        (401, &[("authorization", "Basic good"), JSON], STATUS, "Unauthorized"),
        (401, &[("authorization", "Basic Z29vZA=="), JSON], STATUS, "Unauthorized"),
        (401, &[text, html], "no body is read before the caller is known", "Unauthorized"),
        (403, &[("authorization", "Bearer known"), JSON], STATUS, "Forbidden"),
        (406, &[GOOD, JSON, html], STATUS, "application/json"),
        (415, &[GOOD, text], STATUS, "expected application/json"),
        (400, &[GOOD, JSON], "{", "body"),
        (400, &[GOOD, JSON], "", "body"),
        (422, &[GOOD, JSON], "[]", "body"),
        (422, &[GOOD, JSON], r#"{"user_id":"u"}"#, "level"),
        (422, &[GOOD, JSON], r#"{"user_id":7,"level":1}"#, "/user_id"),
    ];
    for (status, headers, body, detail) in table {
        let response = answer(router().authenticate(door), request("PUT /users/u/status", headers, *body)).await;
        assert_eq!(response.status(), *status, "{headers:?} {body}: {}", response.body());
        assert!(response.body().contains(detail), "{}", response.body());
        if *status != 200 {
            assert_eq!(response.headers()["content-type"], "application/problem+json");
            let problem: serde_json::Value = serde_json::from_str(response.body()).unwrap();
            assert_eq!((&problem["type"], &problem["status"]), (&"about:blank".into(), &(*status).into()));
        }
    }
    let line = "PUT /users/u/status?notify=perhaps";
    let response = answer(router().authenticate(door), request(line, &[GOOD, JSON], STATUS)).await;
    assert_eq!(response.status(), 400, "{}", response.body());
}

#[tokio::test]
async fn bodies_are_limited_whether_announced_or_not() {
    let limited = || router().authenticate(door).body_limit(STATUS.len());
    let line = "PUT /users/u/status";
    assert_eq!(answer(limited(), request(line, &[GOOD, JSON], STATUS)).await.status(), 200);
    let longer = format!("{STATUS} ");
    assert_eq!(answer(limited(), request(line, &[GOOD, JSON], longer.clone())).await.status(), 413);
    let unannounced = Body::wrap(Chunks(longer.into_bytes()));
    assert_eq!(answer(limited(), request(line, &[GOOD, JSON], unannounced)).await.status(), 413);
}

/// A body that comes byte by byte and does not say how long it is.
struct Chunks(Vec<u8>);

impl http_body::Body for Chunks {
    type Data = bytes::Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<bytes::Bytes>, Self::Error>>> {
        let rest = &mut self.get_mut().0;
        let next = (!rest.is_empty()).then(|| Ok(http_body::Frame::data(vec![rest.remove(0)].into())));
        std::task::Poll::Ready(next)
    }
}

#[tokio::test]
async fn who_shows_nothing_is_told_what_would_do() {
    let response = answer(router().authenticate(door), request("PUT /users/u/status", &[JSON], STATUS)).await;
    let challenges: Vec<_> = response.headers().get_all("www-authenticate").iter().collect();
    assert_eq!(
        challenges,
        [
            "Bearer",
            "ApiKey in=\"header\", name=\"X-User-Id\"",
            "ApiKey in=\"header\", name=\"X-Auth-Token\"",
            "ApiKey in=\"query\", name=\"api_key\"",
            "Basic realm=\"api\", charset=\"UTF-8\"",
            "ApiKey in=\"cookie\", name=\"sid\"",
        ]
    );
}

#[tokio::test]
async fn without_an_authenticator_every_demand_is_refused_and_nothing_else() {
    for (line, status) in [("PUT /users/u/status", 401), ("GET /keyed?api_key=good", 401), ("GET /mixed", 200), ("GET /User/7", 200)] {
        let response = answer(router(), request(line, &[GOOD, JSON], STATUS)).await;
        assert_eq!(response.status(), status, "{line}");
    }
}

#[tokio::test]
async fn a_bad_credential_leaves_the_next_alternative_its_turn_but_not_the_anonymous_one() {
    let two = &[("x-user-id", "good"), ("x-auth-token", "good"), ("authorization", "Bearer bad"), JSON];
    let response = answer(router().authenticate(door), request("PUT /users/u/status", two, STATUS)).await;
    assert_eq!(response.status(), 200, "{}", response.body());
    let response = answer(router().authenticate(door), request("GET /mixed", &[("authorization", "Bearer bad")], "")).await;
    assert_eq!(response.status(), 401);
}

#[tokio::test]
async fn faults_of_the_server_are_a_bare_500_that_layers_can_look_into() {
    let broken = |_: Credentials| async { panic!("no door") as Result<Principal, Refusal> };
    for (user, router) in
        [("panic", router().authenticate(door)), ("nan", router().authenticate(door)), ("x", router().authenticate(broken))]
    {
        let line = format!("PUT /users/{user}/status");
        let response = answer(router, request(&line, &[GOOD, JSON], STATUS)).await;
        assert_eq!(response.status(), 500, "{user}");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let body = r#"{"type":"about:blank","title":"Internal Server Error","status":500}"#;
        assert_eq!(response.body(), body);
        let fault = response.extensions().get::<Fault>();
        match user {
            "panic" => assert_eq!(fault, Some(&Fault::Panic("a secret of the server".to_owned()))),
            "nan" => assert!(matches!(fault, Some(Fault::Encode(_))), "{fault:?}"),
            _ => assert_eq!(fault, Some(&Fault::Panic("no door".to_owned()))),
        }
    }
}

#[tokio::test]
async fn problems_take_the_shape_of_the_api() {
    let draw = |problem: &bothends_runtime::ProblemDetails| {
        let mut response = Response::new(Body::from(format!("oops {}", problem.status.as_u16())));
        *response.status_mut() = StatusCode::OK;
        response
    };
    for (line, text) in [("GET /nowhere", "oops 404"), ("DELETE /cache", "oops 405"), ("GET /keyed", "oops 401")] {
        let response = answer(router().with_problem(draw), request(line, &[], "")).await;
        assert_eq!((response.body().as_str(), response.status() == StatusCode::OK), (text, false), "{line}");
    }
    let own = Router::new(vec![Route::new(|_: Current, _: Context| async {
        Err(Refusal::json(StatusCode::CONFLICT, &AppError { message: "\"<quoted>\"\n".to_owned() }))
    })]);
    let response = answer(own.with_problem(draw), request("GET /User/current", &[], "")).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(response.headers()["content-type"], "application/json");
    assert_eq!(response.body(), r#"{"message":"\"<quoted>\"\n"}"#);
}

#[tokio::test]
async fn axum_merges_nests_and_layers_the_router() {
    let own = axum::Router::new().route("/health", axum::routing::get(|| async { "well" }));
    let app = own.merge(router().into_axum()).nest("/api", router().into_axum());
    for (line, status, body) in [
        ("GET /health", 200, "well"),
        ("GET /User/7", 200, "id 7"),
        ("GET /api/User/seven", 200, "name seven"),
        ("GET /api/nowhere", 404, "about:blank"),
        ("POST /User/7", 405, "about:blank"),
        ("GET /nowhere", 404, "about:blank"),
    ] {
        let response = app.clone().oneshot(request(line, &[], "")).await.unwrap();
        assert_eq!(response.status(), status, "{line}");
        let text = axum::body::to_bytes(response.into_body(), 1 << 20).await.unwrap();
        assert!(String::from_utf8_lossy(&text).contains(body), "{line}");
    }
}

#[test]
fn debug_shows_no_secrets() {
    let (parts, ()) = Request::builder().uri("/x?api_key=hush").header("authorization", "Bearer hush").body(()).unwrap().into_parts();
    let refusal = Refusal::new(StatusCode::UNAUTHORIZED)
        .with_header(bothends_runtime::http::header::SET_COOKIE, "sid=hush".parse().unwrap())
        .with_body("text/plain".parse().unwrap(), "hush");
    let credentials =
        Credentials { operation: <Keyed as bothends_runtime::Operation>::INFO, all: vec![bothends_runtime::Credential::new(&KEY, "hush")] };
    let context = Context::new(parts, <Keyed as bothends_runtime::Operation>::INFO);
    for shown in [format!("{refusal:?}"), format!("{credentials:?}"), format!("{context:?}"), format!("{:?}", router())] {
        assert!(!shown.contains("hush"), "{shown}");
    }
}
