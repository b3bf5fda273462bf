//! Mattermost: a user's status behind a bearer token, and errors that keep all that the server said.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use both_ends::{client, door};
use bothends_runtime::http::StatusCode;
use bothends_runtime::http::header::{HeaderName, HeaderValue};
use mattermost_client::types::{AppError, Presence, Status, UpdateUserStatus, UpdateUserStatusBody, UpdateUserStatusResponse};
use mattermost_client::{Client, Error};
use mattermost_server::{Context, Refusal, Server, StatusApi};

/// Knows one user, and a few that are special.
struct Statuses;

impl StatusApi for Statuses {
    async fn update_user_status(&self, request: UpdateUserStatus, context: &Context) -> Result<UpdateUserStatusResponse, Refusal> {
        assert!(context.principal::<both_ends::Caller>().is_some());
        match request.user_id.as_str() {
            "u/1 ü" => Ok(UpdateUserStatusResponse::Ok(Status {
                user_id: Some(request.body.user_id),
                status: Some(request.body.status),
                manual: Some(true),
                last_activity_at: request.body.dnd_end_time,
                ..Status::default()
            })),
            "teapot" => Err(Refusal::new(StatusCode::IM_A_TEAPOT).with_detail("short and stout")),
            "odd" => {
                Err(Refusal::new(StatusCode::OK)
                    .with_body(HeaderValue::from_static("application/json"), r#"{"status":"away","manual":[7]}"#))
            }
            "elsewhere" => Err(Refusal::json(
                StatusCode::BAD_REQUEST,
                &AppError {
                    id: Some("api.wrong".to_owned()),
                    message: Some("no".to_owned()),
                    status_code: Some(400),
                    ..AppError::default()
                },
            )
            .with_header(HeaderName::from_static("x-request-id"), HeaderValue::from_static("r1"))),
            _ => Ok(UpdateUserStatusResponse::BadRequest(AppError {
                id: Some("api.user".to_owned()),
                message: Some("no such user".to_owned()),
                request_id: Some("r2".to_owned()),
                status_code: Some(400),
                ..AppError::default()
            })),
        }
    }
}

fn server() -> Server {
    Server::new().status(Statuses).authenticate(door(&[&[("bearerAuth", "right")]]))
}

fn connected() -> Client {
    client::<Client>(server().into_routes()).with_bearer_token("right")
}

fn body(status: Presence) -> UpdateUserStatusBody {
    UpdateUserStatusBody { user_id: "u1".to_owned(), status, dnd_end_time: Some(1_700_000_000) }
}

#[tokio::test]
async fn a_status_is_set_and_comes_back() {
    for status in [Presence::Away, Presence::Other("on the moon".to_owned())] {
        let reply = connected().update_user_status("u/1 ü", &body(status.clone())).await.unwrap();
        assert_eq!(reply.status(), StatusCode::OK);
        assert_eq!(reply.headers()["content-type"], "application/json");
        assert_eq!(reply.user_id.as_deref(), Some("u1"), "a reply derefs to its body");
        assert_eq!(reply.status, Some(status));
        assert_eq!((reply.manual, reply.last_activity_at), (Some(true), Some(1_700_000_000)));
    }
}

#[tokio::test]
async fn wrong_credentials_are_401_and_a_missing_door_too() {
    for (client, what) in [
        (client::<Client>(server().into_routes()), "none"),
        (client::<Client>(server().into_routes()).with_bearer_token("wrong"), "wrong"),
        (client::<Client>(Server::new().status(Statuses).into_routes()).with_bearer_token("right"), "no door"),
    ] {
        let error = client.update_user_status("u1", &body(Presence::Online)).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED), "{what}");
        assert_eq!(error.headers().unwrap()["www-authenticate"], "Bearer", "{what}");
    }
}

#[tokio::test]
async fn errors_keep_status_headers_body_and_payload() {
    let client = connected();
    let error = client.update_user_status("nobody", &body(Presence::Online)).await.unwrap_err();
    assert!(matches!(error, Error::Api(_)), "{error:?}");
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(error.body().unwrap().as_ref(), br#"{"id":"api.user","message":"no such user","request_id":"r2","status_code":400}"#);
    assert_eq!(error.payload().unwrap().message.as_deref(), Some("no such user"));

    let error = client.update_user_status("elsewhere", &body(Presence::Online)).await.unwrap_err();
    assert_eq!(error.headers().unwrap()["x-request-id"], "r1");
    assert_eq!(error.payload().unwrap().id.as_deref(), Some("api.wrong"));

    let error = client.update_user_status("teapot", &body(Presence::Online)).await.unwrap_err();
    assert!(matches!(error, Error::Undocumented(_)), "{error:?}");
    assert_eq!(error.status(), Some(StatusCode::IM_A_TEAPOT));
    assert!(std::str::from_utf8(error.body().unwrap()).unwrap().contains("short and stout"));

    // What does not fit an optional place is left out and said; a strict client takes it for an error.
    let reply = client.update_user_status("odd", &body(Presence::Online)).await.unwrap();
    assert_eq!((reply.manual, reply.deviations().first().map(|it| it.pointer())), (None, Some("/manual")));
    let strict = client.clone().with_strict_answers();
    let error = strict.update_user_status("odd", &body(Presence::Online)).await.unwrap_err();
    let Error::Decode(unreadable) = &error else { panic!("{error:?}") };
    assert_eq!(unreadable.body.as_ref(), br#"{"status":"away","manual":[7]}"#);
    assert!(unreadable.error.to_string().contains("manual"), "it says where: {}", unreadable.error);
}

#[tokio::test]
async fn what_nobody_wrote_is_501() {
    let unwritten = connected();
    let error = unwritten.get_user_status("u1").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_IMPLEMENTED));
    let unregistered: Client = client(Server::new().authenticate(door(&[&[("bearerAuth", "right")]])).into_routes());
    let error = unregistered.with_bearer_token("right").get_user_status("u1").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_IMPLEMENTED));
}

#[test]
fn debug_shows_no_credential() {
    let client =
        Client::new("https://chat.example.com").unwrap().with_bearer_token("very-private").with_header("x-mine", "very-private").unwrap();
    for text in [format!("{client:?}"), format!("{client:#?}"), format!("{:?}", client.runtime())] {
        assert!(!text.contains("very-private"), "{text}");
        assert!(text.contains("bearerAuth"), "{text}");
    }
}
