//! Rocket.Chat: a user's status behind two headers, and a 400 and a 401 of different shapes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use both_ends::{Caller, client, door};
use bothends_runtime::http::StatusCode;
use rocketchat_client::types::operations::{UsersSetStatus, UsersSetStatusFailure, UsersSetStatusResponse};
use rocketchat_client::types::schemas::{AuthorizationError, Success, TypedFailure, UserStatus, UsersSetStatusBody};
use rocketchat_client::{Client, Error, UsersSetStatusOptions};
use rocketchat_server::{Context, Refusal, Server, UsersApi};

struct Users;

impl UsersApi for Users {
    async fn users_set_status(&self, request: UsersSetStatus, context: &Context) -> Result<UsersSetStatusResponse, Refusal> {
        let caller = context.principal::<Caller>().unwrap();
        let shown: Vec<&str> = caller.0.iter().map(|(scheme, _)| scheme.as_str()).collect();
        assert_eq!(shown.len(), 2, "{shown:?}");
        assert_eq!(context.parts.headers["x-user-id"], "me");
        assert_eq!(context.parts.headers["x-auth-token"], "right");
        let Some(body) = request.body else {
            return Ok(UsersSetStatusResponse::BadRequest(failure("A body is missing.", None)));
        };
        match (&body.status, &body.message) {
            (None, None) => Ok(UsersSetStatusResponse::BadRequest(failure("Nothing to set.", Some("error-nothing")))),
            (Some(UserStatus::Offline), _) => Ok(UsersSetStatusResponse::Unauthorized(AuthorizationError {
                status: Some("error".to_owned()),
                message: Some("You may not.".to_owned()),
            })),
            _ => Ok(UsersSetStatusResponse::Ok(Success { success: Some(true) })),
        }
    }
}

fn failure(error: &str, error_type: Option<&str>) -> TypedFailure {
    TypedFailure { success: Some(false), error: Some(error.to_owned()), error_type: error_type.map(str::to_owned) }
}

fn bare() -> Client {
    let sets: &[&[(&str, &str)]] = &[&[("authToken", "right"), ("userId", "me")], &[("userId", "me"), ("authToken", "right")]];
    client(Server::new().users(Users).authenticate(door(sets)).into_routes())
}

fn set(status: Option<UserStatus>) -> UsersSetStatusOptions {
    UsersSetStatusOptions { body: Some(UsersSetStatusBody { status, ..UsersSetStatusBody::default() }) }
}

#[tokio::test]
async fn both_headers_open_the_door() {
    let client = bare().with_user_id("me").with_auth_token("right");
    let reply = client.users_set_status(set(Some(UserStatus::Away))).await.unwrap();
    assert_eq!((reply.status(), reply.success), (StatusCode::OK, Some(true)));
    for client in [
        bare(),
        bare().with_user_id("me"),
        bare().with_auth_token("right"),
        bare().with_user_id("me").with_auth_token("wrong"),
        bare().with_user_id("you").with_auth_token("right"),
    ] {
        let error = client.users_set_status(set(Some(UserStatus::Away))).await.unwrap_err();
        assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED), "{client:?}");
    }
}

#[tokio::test]
async fn failures_of_different_shapes_are_typed_each() {
    let client = bare().with_user_id("me").with_auth_token("right");
    let error = client.users_set_status(set(None)).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert_eq!(error.payload(), Some(&UsersSetStatusFailure::BadRequest(failure("Nothing to set.", Some("error-nothing")))));
    let body = error.body().unwrap();
    assert_eq!(body.as_ref(), br#"{"success":false,"error":"Nothing to set.","errorType":"error-nothing"}"#);
    assert_eq!(error.headers().unwrap()["content-type"], "application/json");

    let error = client.users_set_status(UsersSetStatusOptions::default()).await.unwrap_err();
    assert_eq!(error.payload(), Some(&UsersSetStatusFailure::BadRequest(failure("A body is missing.", None))));

    let error = client.users_set_status(set(Some(UserStatus::Offline))).await.unwrap_err();
    let Error::Api(failure) = error else { panic!("{error:?}") };
    assert_eq!(failure.status, StatusCode::UNAUTHORIZED);
    let UsersSetStatusFailure::Unauthorized(payload) = &failure.payload else { panic!("{failure:?}") };
    assert_eq!((payload.status.as_deref(), payload.message.as_deref()), (Some("error"), Some("You may not.")));
    assert_eq!(failure.body.as_ref(), br#"{"status":"error","message":"You may not."}"#);
}

#[tokio::test]
async fn what_nobody_wrote_is_501() {
    let client = bare().with_user_id("me").with_auth_token("right");
    assert_eq!(client.users_get_status(Default::default()).await.unwrap_err().status(), Some(StatusCode::NOT_IMPLEMENTED));
    assert_eq!(client.custom_user_status_list(Default::default()).await.unwrap_err().status(), Some(StatusCode::NOT_IMPLEMENTED));
}

#[test]
fn debug_shows_no_credential() {
    let text = format!("{:?}", bare().with_user_id("very-private").with_auth_token("very-private"));
    assert!(text.contains("authToken") && !text.contains("very-private"), "{text}");
}
