//! Callbacks: what a client without a base sends to an address, and what the receiver there makes of it.
#![cfg(all(feature = "client", feature = "server"))]
// Clippy takes the helpers of tests for production code.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::sync::{Arc, Mutex};

use bothends_runtime::bytes::Bytes;
use bothends_runtime::client::{Client, Error, TransportErrorKind};
use bothends_runtime::http::{Request, Response, StatusCode};
use bothends_runtime::server::{Event, Receiver, Refusal, Route};
use bothends_runtime::{
    Body, ClientOperation, DecodeError, EncodeError, NoBody, Operation, OperationInfo, Parameter, Rejection, RequestDecoder,
    RequestEncoder, ResponseDecoder, ResponseEncoder, ServerOperation, axum, serde_json,
};
use support::{BEARER, Status, door};
use tower::ServiceExt;

/// A callback whose body is a [`Status`] or any JSON, answered with 204.
macro_rules! callback {
    ($name:ident, $method:literal, $body:ty, $security:expr) => {
        #[derive(Clone, Debug, PartialEq)]
        struct $name {
            page: Option<i32>,
            body: $body,
        }

        impl Operation for $name {
            const INFO: &'static OperationInfo = &OperationInfo {
                id: stringify!($name),
                method: $method,
                path: "{$request.body#/url}",
                segments: &[],
                needs: &[],
                tag: None,
                security: $security,
                accept: None,
            };
            type Response = ();
            type Success = ();
            type SuccessHeaders = bothends_runtime::NoHeaders;
            type Failure = NoBody;
        }

        impl ClientOperation for $name {
            fn encode(self, request: &mut RequestEncoder) -> Result<(), EncodeError> {
                request.query(&PAGE, self.page.as_ref())?;
                request.body().json("application/json", &self.body)
            }

            fn decode(response: &ResponseDecoder<'_>) -> Result<(), DecodeError> {
                if response.status() == 204 { Ok(()) } else { Err(DecodeError::Undocumented) }
            }

            fn split(response: ()) -> Result<(), NoBody> {
                Ok(response)
            }
        }

        impl ServerOperation for $name {
            fn decode(request: &RequestDecoder<'_>) -> Result<Self, Rejection> {
                Ok(Self { page: request.query(&PAGE)?, body: request.body(&["application/json"])?.json()? })
            }

            fn encode(_: (), encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
                encoder.status(204);
                Ok(())
            }
        }
    };
}

const PAGE: Parameter = Parameter::form("page");

callback!(Lit, "POST", serde_json::Value, &[]);
callback!(Broken, "POST", serde_json::Value, &[&[&BEARER]]);
callback!(Changed, "POST", Status, &[]);
callback!(Gone, "PUT", Status, &[]);

type Seen = Arc<Mutex<Vec<String>>>;

fn event<O: ServerOperation<Response = ()> + std::fmt::Debug>(seen: &Seen) -> Event {
    let seen = Arc::clone(seen);
    Event::new(Route::new(move |request: O, context| {
        seen.lock().unwrap().push(format!("{} {}", context.operation.id, context.parts.uri));
        let _ = request;
        async { Ok(()) }
    }))
}

fn receiver(seen: &Seen) -> Receiver {
    let events = vec![
        event::<Lit>(seen).marked("event", &["lit", "dimmed"]),
        event::<Changed>(seen),
        event::<Broken>(seen).marked("event", &["broken"]),
        event::<Gone>(seen),
    ];
    let seen = Arc::clone(seen);
    Receiver::new(events, move |unknown| {
        seen.lock().unwrap().push(format!("other {:?}", unknown.event));
        async { unknown.answer() }
    })
}

fn post(line: &str, body: &str) -> Request<Body> {
    let (method, uri) = line.split_once(' ').unwrap();
    Request::builder().method(method).uri(uri).header("content-type", "application/json").body(body.to_owned().into()).unwrap()
}

async fn answer(receiver: Receiver, request: Request<Body>) -> (u16, String) {
    let (parts, body) = receiver.into_service().oneshot(request).await.unwrap().into_parts();
    (parts.status.as_u16(), String::from_utf8(body.read(1 << 20).await.unwrap().to_vec()).unwrap())
}

#[tokio::test]
async fn a_request_is_sorted_by_its_body() {
    let status = r#"{"user_id":"u","level":1}"#;
    for (line, body, code, event) in [
        ("POST /", r#"{"event":"lit"}"#, 204, "Lit /"),
        ("POST /any/path?page=7", r#"{"event":"dimmed","user_id":"u","level":1}"#, 204, "Lit /any/path?page=7"),
        ("POST /", status, 204, "Changed /"),
        ("POST /", r#"{"event":"unheard of","user_id":"u","level":1}"#, 204, "Changed /"),
        ("PUT /", status, 204, "Gone /"),
        ("POST /", r#"{"event":"unheard of"}"#, 200, "other Some(\"unheard of\")"),
        ("POST /", r#"{"event":"broken"}"#, 401, ""),
        ("POST /?page=x", r#"{"event":"lit"}"#, 400, ""),
        ("POST /", r#"{"event":7}"#, 422, "other None"),
        ("POST /", "{", 400, "other None"),
        ("PUT /", "{", 400, ""),
        ("GET /", "", 405, "other None"),
    ] {
        let seen = Seen::default();
        let (found, text) = answer(receiver(&seen), post(line, body)).await;
        assert_eq!(found, code, "{line} {body}: {text}");
        assert_eq!(seen.lock().unwrap().join(", "), event, "{line} {body}: {text}");
    }
}

#[tokio::test]
async fn what_stands_before_the_events_is_the_users_choice() {
    let seen = Seen::default();
    let small = receiver(&seen).body_limit(10);
    assert_eq!(answer(small, post("POST /", r#"{"event":"lit"}"#)).await.0, 413);
    let signed = || {
        receiver(&seen).check(|parts, body: &Bytes| match parts.headers.get("x-length") {
            Some(length) if length.to_str().ok() == Some(body.len().to_string().as_str()) => Ok(()),
            _ => Err(Refusal::new(StatusCode::FORBIDDEN)),
        })
    };
    let mut request = post("POST /", r#"{"event":"lit"}"#);
    assert_eq!(answer(signed(), post("POST /", r#"{"event":"lit"}"#)).await.0, 403);
    request.headers_mut().insert("x-length", 15.into());
    assert_eq!(answer(signed(), request).await.0, 204);
    let mut known = post("POST /", r#"{"event":"broken"}"#);
    known.headers_mut().insert("authorization", "Bearer good".parse().unwrap());
    assert_eq!(answer(receiver(&seen).authenticate(door), known).await.0, 204);
    let other = Receiver::new(Vec::new(), |unknown| async move { Ok(Response::new(Body::from(unknown.request.into_body()))) });
    assert_eq!(answer(other, post("POST /", "echo")).await, (200, "echo".to_owned()));
}

#[tokio::test]
async fn a_callback_is_sent_to_any_address() {
    let seen = Seen::default();
    let app = axum::Router::new().nest_service("/hooks/lamps", receiver(&seen).into_service());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });
    let client = Client::without_base().unwrap();
    let lit = Lit { page: Some(2), body: serde_json::json!({"event": "lit"}) };
    for path in ["/hooks/lamps", "/hooks/lamps/", "/hooks/lamps/deep", "/hooks/lamps?token=t%26"] {
        client.send_to(&format!("http://{address}{path}"), lit.clone()).await.unwrap();
    }
    let raw = client.send_raw_to(&format!("http://{address}/hooks/lamps"), lit.clone()).await.unwrap();
    assert_eq!(raw.status(), StatusCode::NO_CONTENT);
    let expected = ["Lit /?page=2", "Lit /?page=2", "Lit /deep?page=2", "Lit /?token=t%26&page=2", "Lit /?page=2"];
    assert_eq!(*seen.lock().unwrap(), expected);

    for (url, kind) in [("/hooks", TransportErrorKind::Address), ("ftp://h/", TransportErrorKind::Address)] {
        let Err(Error::Transport(error)) = client.send_to(url, lit.clone()).await else { panic!("{url} was called") };
        assert_eq!(error.kind(), kind, "{url}");
    }
    let Err(Error::Transport(error)) = client.send(lit.clone()).await else { panic!("there is no base") };
    assert_eq!(error.kind(), TransportErrorKind::Address);

    // In the same process, without a network.
    let seen = Seen::default();
    let client = Client::with_service("http://in.process", receiver(&seen).into_service()).unwrap();
    client.send_to("http://anywhere.example/x", lit.clone()).await.unwrap();
    assert_eq!(*seen.lock().unwrap(), ["Lit http://anywhere.example/x?page=2"]);
}
