//! The client against the server, over a real socket and in the same process: what one sends, the other receives.
#![cfg(all(feature = "client", feature = "server"))]
// Clippy takes the helpers of tests for production code.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

mod support;

use bothends_runtime::EncodeError;
use bothends_runtime::client::{Client, Error};
use bothends_runtime::http::StatusCode;
use support::*;

fn update(user_id: &str) -> UpdateStatus {
    UpdateStatus { user_id: user_id.to_owned(), notify: None, trace: None, body: Status { user_id: "body".to_owned(), level: 0.1 } }
}

#[tokio::test]
async fn documented_answers_arrive_as_they_were_given() {
    for client in clients().await {
        let client = client.with_credential(&BEARER, "good");
        let mut request = update("a/b ü%?#");
        request.notify = Some(true);
        request.trace = Some("t, 1".to_owned());
        let reply = client.send(request).await.unwrap();
        assert_eq!(reply.status(), StatusCode::OK);
        assert_eq!(reply.headers()["content-type"], "application/json");
        assert_eq!(*reply.body(), Some(Status { user_id: "Some(true) Some(\"t, 1\")".to_owned(), level: 0.1 }));

        let reply = client.send(update("silent")).await.unwrap();
        assert_eq!((reply.status(), reply.into_body()), (StatusCode::NO_CONTENT, None));

        let raw = client.send_raw(update("nobody")).await.unwrap();
        assert!(matches!(raw.body(), UpdateStatusResponse::NotFound(_)));
        assert_eq!(raw.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn path_parameters_survive_whatever_they_hold() {
    for client in clients().await {
        for name in ["plain", "a/b", "a b", "ü", "%2F", "%", "?", "#", "+", ";=,", "a.b", "...", "\\", "\"<>", "~*'()", "{x}"] {
            let reply = client.send(Echo { name: name.to_owned() }).await.unwrap();
            assert_eq!(*reply.body(), name);
        }
        for name in ["", ".", ".."] {
            let error = client.send(Echo { name: name.to_owned() }).await.unwrap_err();
            assert!(matches!(error, Error::Encode(EncodeError::Parameter { .. })), "{name:?}: {error:?}");
        }
    }
}

#[tokio::test]
async fn errors_keep_status_headers_body_and_payload() {
    for client in clients().await {
        let client = client.with_credential(&BEARER, "good");
        let error = client.send(update("nobody")).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
        assert_eq!(error.headers().unwrap()["content-type"], "application/json");
        assert_eq!(error.body().unwrap().as_ref(), br#"{"message":"no such user"}"#);
        assert_eq!(error.payload(), Some(&AppError { message: "no such user".to_owned() }));
        assert_eq!(error.to_string(), "the server answered 404 Not Found");

        let error = client.send(update("teapot")).await.unwrap_err();
        assert!(matches!(error, Error::Undocumented(_)), "{error:?}");
        assert_eq!(error.status(), Some(StatusCode::IM_A_TEAPOT));
        let body = String::from_utf8(error.body().unwrap().to_vec()).unwrap();
        assert!(body.contains("short and stout"), "{body}");

        let error = client.send(update("panic")).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::INTERNAL_SERVER_ERROR));
        assert!(!String::from_utf8(error.body().unwrap().to_vec()).unwrap().contains("secret"));
    }
}

#[tokio::test]
async fn methods_beyond_the_common_ones_and_answers_without_a_body() {
    for client in clients().await {
        assert_eq!(client.send(Purge {}).await.unwrap().into_body(), "purged");
        let reply = client.send(Peek {}).await.unwrap();
        assert_eq!((reply.body().as_str(), &reply.headers()["content-length"]), ("", &"6".parse().unwrap()));
        assert_eq!(client.send(PutUser { id: 7 }).await.unwrap().into_body(), "put 7");
    }
}

/// Gives credentials to a client.
type Equip = fn(Client) -> Client;

#[tokio::test]
async fn each_alternative_of_credentials_opens_the_door() {
    let right: [(&str, Equip); 6] = [
        ("bearer", |client| client.with_credential(&BEARER, "good")),
        ("user+token", |client| client.with_credential(&USER, "good").with_credential(&TOKEN, "good")),
        ("key", |client| client.with_credential(&KEY, "good")),
        ("basic", |client| client.with_credential(&BASIC, "somebody:good")),
        ("session", |client| client.with_credential(&SESSION, "good")),
        ("user alone does not count, key does", |client| client.with_credential(&USER, "bad").with_credential(&KEY, "good")),
    ];
    let wrong: [(&str, StatusCode, Equip); 5] = [
        ("none", StatusCode::UNAUTHORIZED, |client| client),
        ("bearer", StatusCode::UNAUTHORIZED, |client| client.with_credential(&BEARER, "bad")),
        ("half of two", StatusCode::UNAUTHORIZED, |client| client.with_credential(&TOKEN, "good")),
        ("one of two", StatusCode::UNAUTHORIZED, |client| client.with_credential(&USER, "good").with_credential(&TOKEN, "bad")),
        ("known, but may not", StatusCode::FORBIDDEN, |client| client.with_credential(&BEARER, "known")),
    ];
    for client in clients().await {
        for (name, with) in right {
            let outcome = with(client.clone()).send(update("x")).await;
            assert!(outcome.is_ok(), "{name}: {outcome:?}");
        }
        for (name, status, with) in wrong {
            let error = with(client.clone()).send(update("x")).await.unwrap_err();
            assert_eq!(error.status(), Some(status), "{name}");
        }
        for (credential, caller) in [(None, "anonymous"), (Some("good"), "bearer")] {
            let client = match credential {
                Some(text) => client.clone().with_credential(&BEARER, text),
                None => client.clone(),
            };
            assert_eq!(client.send(Mixed {}).await.unwrap().into_body(), caller);
        }
    }
}
