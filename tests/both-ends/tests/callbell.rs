//! Callbell: a user's status whose custom status is kept, cleared or set, which are three different requests; and what
//! decodes in more than one shape.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::sync::{Arc, Mutex};

use both_ends::{client, door};
use bothends_runtime::http::StatusCode;
use bothends_runtime::http::header::{HeaderName, HeaderValue};
use bothends_runtime::{Maybe, NoBody};
use callbell_client::types::operations::{UpdateUserStatus, UpdateUserStatusResponse};
use callbell_client::types::schemas::{
    Channel, Contact, ContactChanges, ContactDeletedPayload, ContactOrList, ContactReply, CustomStatus, IntegrationPayload,
    MessageCreatedPayload, MessageInteractiveList, UpdateUserStatusBody, UserStatus, UserStatusAppearance, UserStatusReply,
};
use callbell_client::{Client, Error};
use callbell_server::{Context, Refusal, Server, UsersApi};

/// Each `custom_status_uuid` that arrived.
type Seen = Arc<Mutex<Vec<Maybe<String>>>>;

struct Users(Seen);

impl UsersApi for Users {
    async fn update_user_status(&self, request: UpdateUserStatus, _: &Context) -> Result<UpdateUserStatusResponse, Refusal> {
        if request.uuid == "busy" {
            return Ok(UpdateUserStatusResponse::TooManyRequests);
        }
        if request.uuid == "full" {
            return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS)
                .with_body(HeaderValue::from_static("text/plain"), "come back later")
                .with_header(HeaderName::from_static("retry-after"), HeaderValue::from_static("7")));
        }
        self.0.lock().unwrap().push(request.body.custom_status_uuid);
        let appearance = UserStatusAppearance { available: request.body.available, ..UserStatusAppearance::default() };
        Ok(UpdateUserStatusResponse::Ok(UserStatusReply {
            user_status: UserStatus { custom_status: Maybe::Null, appearance: Some(appearance) },
        }))
    }
}

fn connected(seen: &Seen) -> Client {
    let server = Server::new().users(Users(seen.clone())).authenticate(door(&[&[("bearerAuth", "right")]]));
    client::<Client>(server.into_routes()).with_bearer_token("right")
}

#[tokio::test]
async fn absent_null_and_a_value_are_three_requests() {
    let seen = Seen::default();
    let client = connected(&seen);
    for custom_status_uuid in [Maybe::Absent, Maybe::Null, Maybe::Value("u1".to_owned())] {
        let body = UpdateUserStatusBody { available: Some(true), custom_status_uuid };
        let reply = client.update_user_status("a b/c", &body).await.unwrap();
        assert_eq!(reply.user_status.custom_status, Maybe::Null);
        assert_eq!(reply.user_status.appearance.as_ref().unwrap().available, Some(true));
    }
    assert_eq!(*seen.lock().unwrap(), [Maybe::Absent, Maybe::Null, Maybe::Value("u1".to_owned())]);
}

#[tokio::test]
async fn the_three_differ_on_the_wire() {
    let json = |custom_status_uuid| {
        let body = UpdateUserStatusBody { available: None, custom_status_uuid };
        String::from_utf8(bothends_runtime::json::to_vec(&body).unwrap()).unwrap()
    };
    assert_eq!(json(Maybe::Absent), "{}");
    assert_eq!(json(Maybe::Null), r#"{"custom_status_uuid":null}"#);
    assert_eq!(json(Maybe::Value(String::new())), r#"{"custom_status_uuid":""}"#);
}

#[tokio::test]
async fn a_failure_without_a_documented_body_is_kept_too() {
    let client = connected(&Seen::default());
    let error = client.update_user_status("busy", &UpdateUserStatusBody::default()).await.unwrap_err();
    assert!(matches!(&error, Error::Api(failure) if failure.payload == NoBody), "{error:?}");
    assert_eq!(error.status(), Some(StatusCode::TOO_MANY_REQUESTS));

    let error = client.update_user_status("full", &UpdateUserStatusBody::default()).await.unwrap_err();
    assert_eq!(error.headers().unwrap()["retry-after"], "7");
    assert_eq!(error.body().unwrap().as_ref(), b"come back later");
}

#[tokio::test]
async fn wrong_credentials_are_401_and_what_nobody_wrote_is_501() {
    let client = connected(&Seen::default());
    let error = client.clone().with_bearer_token("wrong").remove_user_status("u").await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::UNAUTHORIZED));
    assert!(matches!(error, Error::Undocumented(_)), "{error:?}");
    assert_eq!(client.remove_user_status("u").await.unwrap_err().status(), Some(StatusCode::NOT_IMPLEMENTED));
    assert_eq!(client.get_custom_status("u").await.unwrap_err().status(), Some(StatusCode::NOT_IMPLEMENTED));
}

#[test]
fn debug_shows_no_credential() {
    let text = format!("{:?}", connected(&Seen::default()).with_bearer_token("very-private"));
    assert!(text.contains("bearerAuth") && !text.contains("very-private"), "{text}");
}

/// Reads as a client does and writes; what comes out is what went in.
fn kept<T: bothends_runtime::Json>(json: &str) -> T {
    let value: T = bothends_runtime::json::from_str(json, bothends_runtime::json::Side::Client).unwrap();
    assert_eq!(bothends_runtime::json::to_string(&value).unwrap(), json);
    value
}

#[test]
fn where_the_documentation_contradicts_itself_both_readings_decode() {
    let one: ContactReply = kept(r#"{"contact":{"uuid":"c"}}"#);
    assert!(matches!(one.contact, ContactOrList::Contact(contact) if contact.uuid == "c"));
    let list: ContactReply = kept(r#"{"contact":[{"uuid":"c","closedAt":null,"team":{}}]}"#);
    assert!(matches!(list.contact, ContactOrList::List(contacts) if contacts[0].closed_at == Maybe::Null));

    for channel in [r#"{"uuid":"c","discardedAt":false}"#, r#"{"uuid":"c","discardedAt":"2020"}"#, r#"{"uuid":"c","discardedAt":null}"#] {
        kept::<Channel>(channel);
    }
    kept::<ContactChanges>(r#"{"custom_fields":{"choices":["a","b"],"count":123,"text":"98765430"}}"#);
    kept::<MessageInteractiveList>(r#"{"metadata":"{\"header\":\"h\"}"}"#);
    kept::<MessageInteractiveList>(r#"{"metadata":{"header":"h","sections":[{"subtitle":null}]}}"#);
}

#[test]
fn each_form_of_time_keeps_its_text() {
    kept::<Contact>(r#"{"uuid":"c","createdAt":"2020-11-13T21:08:53Z"}"#);
    kept::<CustomStatus>(r#"{"id":"s","createdAt":"2024-11-22 21:29:43 +0100"}"#);
    kept::<UserStatusAppearance>(r#"{"last_updated_at":"2024-11-26T20:14:40.649+01:00"}"#);
    kept::<MessageCreatedPayload>(r#"{"createdAt":"2022-10-18T12:06:29.000+02:00"}"#);
    let deleted: ContactDeletedPayload = kept(r#"{"uuid":"c","deleted":"2022-10-17T15:15:06.095Z"}"#);
    assert_eq!(deleted.deleted.unwrap().as_str(), "2022-10-17T15:15:06.095Z");
    kept::<IntegrationPayload>(r#"{"payload":{"ts":1686563913}}"#);
}
