//! The client's manners: its settings, its layers, and servers that behave badly.
#![cfg(all(feature = "client", feature = "server"))]
// Clippy takes the helpers of tests for production code.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use std::convert::Infallible;
use std::error::Error as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bothends_runtime::client::{Client, Error, Transport, TransportErrorKind};
use bothends_runtime::http::{Request, Response, StatusCode};
use bothends_runtime::{Body, OperationInfo};
use support::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tower::{ServiceExt, service_fn};

/// A server that answers every connection with the same bytes and closes it.
async fn scripted(answer: &'static str) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.read(&mut [0; 4096]).await;
            let _ = socket.write_all(answer.as_bytes()).await;
            if answer.is_empty() {
                tokio::time::sleep(Duration::from_secs(60)).await;
            }
        }
    });
    format!("http://{address}")
}

fn transport_kind(error: &Error<bothends_runtime::NoBody>) -> Option<TransportErrorKind> {
    match error {
        Error::Transport(error) => Some(error.kind()),
        _ => None,
    }
}

#[tokio::test]
async fn answers_that_are_none_are_transport_errors_that_say_what_happened() {
    for (answer, kind, status) in [
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort", TransportErrorKind::Response, Some(200)),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n", TransportErrorKind::Response, Some(200)),
        ("nonsense\r\n\r\n", TransportErrorKind::Response, None),
        ("HTTP/1.1 200 OK\r\ncontent-length: 11\r\n\r\neleven long", TransportErrorKind::TooLong { limit: 10 }, Some(200)),
        ("HTTP/1.1 200 OK\r\n\r\nunannounced", TransportErrorKind::TooLong { limit: 10 }, Some(200)),
        ("", TransportErrorKind::Timeout, None),
        ("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", TransportErrorKind::Response, Some(200)),
    ] {
        let client = Client::new(&scripted(answer).await).unwrap();
        let client = client.with_timeout(Duration::from_millis(300)).with_response_limit(10);
        let error = client.send(Current {}).await.unwrap_err();
        assert_eq!(transport_kind(&error), Some(kind), "{answer:?}: {error:?}");
        assert_eq!(error.status().map(|status| status.as_u16()), status, "{answer:?}");
    }
    // A port that was free a moment ago.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    for (scheme, kind) in [("http", TransportErrorKind::Connect), ("https", TransportErrorKind::Tls)] {
        let client = Client::new(&format!("{scheme}://{address}")).unwrap().with_credential(&KEY, "hush");
        let error = client.send(Keyed {}).await.unwrap_err();
        assert_eq!(transport_kind(&error), Some(kind), "{error:?}");
        assert!(!format!("{error:?} {error} {:?}", error.source()).contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn redirects_interim_responses_and_bodiless_answers_are_taken_as_they_come() {
    for (answer, text) in [
        ("HTTP/1.1 302 Found\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n", "go to \"/elsewhere\""),
        ("HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "ok"),
        ("HTTP/1.1 200 OK\r\n\r\nuntil the end", "until the end"),
        ("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n", "abc"),
    ] {
        let client = Client::new(&scripted(answer).await).unwrap();
        assert_eq!(client.send(Current {}).await.unwrap().into_body(), text);
    }
    let client = Client::new(&scripted("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n").await).unwrap();
    assert_eq!(client.send(Peek {}).await.unwrap().into_body(), "");
}

#[tokio::test]
async fn a_status_that_only_precedes_a_response_is_none() {
    let service =
        service_fn(|_: Request<Body>| async { Ok::<_, Infallible>(Response::builder().status(100).body(Body::empty()).unwrap()) });
    let error = Client::with_service("http://h", service).unwrap().send(Current {}).await.unwrap_err();
    assert_eq!(transport_kind(&error), Some(TransportErrorKind::Response));
    assert_eq!(error.status(), Some(StatusCode::CONTINUE));
}

/// A client whose requests are kept instead of answered, and the place where they are kept.
fn recording() -> (Client, Arc<Mutex<Vec<Request<Body>>>>) {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&seen);
    let service = service_fn(move |request: Request<Body>| {
        kept.lock().unwrap().push(request);
        async { Ok::<_, Infallible>(Response::new(Body::from("ok"))) }
    });
    (Client::with_service("https://h/v1", service).unwrap(), seen)
}

#[tokio::test]
async fn requests_carry_defaults_and_credentials_and_hide_them() {
    let (client, seen) = recording();
    let client = client.with_header("X-App", "hush").unwrap().with_user_agent("me/1").unwrap();
    let client = client.with_credential(&KEY, "hu sh").with_credential(&BEARER, "hush");
    client.send(Keyed {}).await.unwrap();
    client.send(Mixed {}).await.unwrap();
    client.send(Current {}).await.unwrap();
    let seen = seen.lock().unwrap();
    let [keyed, mixed, current] = seen.as_slice() else { panic!("three calls, {} requests", seen.len()) };
    assert_eq!(keyed.uri(), "https://h/v1/keyed?api_key=hu%20sh");
    assert_eq!(mixed.uri(), "https://h/v1/mixed");
    assert_eq!(current.uri(), "https://h/v1/User/current");
    assert_eq!(mixed.headers()["authorization"], "Bearer hush");
    assert_eq!(keyed.headers()["x-app"], "hush");
    assert_eq!(keyed.headers()["user-agent"], "me/1");
    assert_eq!(keyed.headers()["accept"], "text/plain");
    for request in [keyed, current] {
        assert!(!request.headers().contains_key("authorization"), "nobody asked for it");
    }
    for shown in [format!("{client:?}"), format!("{:?}", mixed.headers())] {
        assert!(!shown.contains("hush"), "{shown}");
    }
    assert_eq!(current.extensions().get::<&'static OperationInfo>().unwrap().id, "Current");
}

#[tokio::test]
async fn what_cannot_be_sent_is_said_before() {
    let (client, seen) = recording();
    for secret in ["line\nbreak", "two\r\nlines"] {
        let error = client.clone().with_credential(&BEARER, secret).send(Mixed {}).await.unwrap_err();
        assert!(matches!(error, Error::Encode(_)), "{error:?}");
        assert!(!format!("{error:?} {error}").contains("line"), "{error:?}");
    }
    assert!(seen.lock().unwrap().is_empty());
    assert!(client.clone().with_header("two words", "x").is_err());
    let error = client.with_header("X-Key", "hush\n").unwrap_err();
    assert!(!format!("{error:?} {error}").contains("hush"), "{error:?}");
}

#[tokio::test]
async fn cookies_that_are_set_stay_out_of_debug() {
    let service = service_fn(|_: Request<Body>| async {
        Ok::<_, Infallible>(Response::builder().status(418).header("set-cookie", "sid=hush").body(Body::empty()).unwrap())
    });
    let error = Client::with_service("http://h", service).unwrap().send(Current {}).await.unwrap_err();
    assert_eq!(error.headers().unwrap()["set-cookie"], "sid=hush");
    assert!(!format!("{error:?}").contains("hush"), "{error:?}");
}

#[tokio::test]
async fn layers_wrap_every_transport_and_survive_a_new_one() {
    let address = scripted("HTTP/1.1 503 Busy\r\ncontent-length: 0\r\n\r\n").await;
    let calls = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&calls);
    // Sends a request up to three times, as a retry layer would.
    let retry = tower::layer::layer_fn(move |inner: Transport| {
        let counted = Arc::clone(&counted);
        service_fn(move |request: Request<Body>| {
            let (inner, counted) = (inner.clone(), Arc::clone(&counted));
            async move {
                let (parts, body) = request.into_parts();
                let mut last = None;
                for _ in 0..3 {
                    *counted.lock().unwrap() += 1;
                    let again = Request::from_parts(parts.clone(), body.try_clone().unwrap());
                    last = Some(inner.clone().oneshot(again).await);
                }
                last.unwrap()
            }
        })
    });
    let client = Client::new(&address).unwrap().with_layer(retry);
    for client in [client.clone(), client.with_connect_timeout(Duration::from_secs(1)).unwrap()] {
        let error = client.send(Current {}).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    }
    assert_eq!(*calls.lock().unwrap(), 6);
}

#[tokio::test]
async fn a_timeout_for_one_call_leaves_the_client_as_it_was() {
    let slow = service_fn(|_: Request<Body>| async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        Ok::<_, Infallible>(Response::new(Body::from("late")))
    });
    let client = Client::with_service("http://h", slow).unwrap();
    let error = client.clone().with_timeout(Duration::from_millis(5)).send(Current {}).await.unwrap_err();
    assert_eq!(transport_kind(&error), Some(TransportErrorKind::Timeout));
    let client = client.with_connect_timeout(Duration::from_millis(1)).unwrap();
    assert_eq!(client.send(Current {}).await.unwrap().into_body(), "late", "still the same service");
}

#[test]
fn clients_and_calls_go_to_other_threads() {
    fn travels<T: Send + Sync>(_: &T) {}
    fn sends<T: Send>(_: T) {}
    let (client, _) = recording();
    travels(&client);
    sends(client.send(Current {}));
    // Results pass through many hands; clippy warns users of errors beyond 128 bytes.
    assert!(size_of::<Error<[u64; 100]>>() <= 128, "{}", size_of::<Error<[u64; 100]>>());
    assert!(size_of::<bothends_runtime::server::Refusal>() <= 16);
}
