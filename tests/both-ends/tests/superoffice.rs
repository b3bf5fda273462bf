//! SuperOffice: a presence status behind four forms of authentication, with headers for language, culture and time zone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use both_ends::{Caller, client, door};
use bothends_runtime::Reply;
use bothends_runtime::http::StatusCode;
use superoffice_client::types::operations::{SetUserPresenceStatus, SetUserPresenceStatusResponse};
use superoffice_client::types::schemas::{EjUserStatus, ErrorInfo, UserPresenceStatus};
use superoffice_client::{Client, SetUserPresenceStatusOptions};
use superoffice_server::{Context, Refusal, Server, UserApi};

/// Answers what it was sent: in the message, who called with which headers.
struct Users;

impl UserApi for Users {
    async fn set_user_presence_status(
        &self,
        request: SetUserPresenceStatus,
        context: &Context,
    ) -> Result<SetUserPresenceStatusResponse, Refusal> {
        if request.associate_id == 0 {
            let body = ErrorInfo { error: Some(true), error_message: Some("nobody".to_owned()), ..ErrorInfo::default() };
            return Ok(SetUserPresenceStatusResponse::Default(Reply::new(StatusCode::NOT_FOUND, body)));
        }
        let schemes: Vec<&str> = context.principal::<Caller>().unwrap().0.iter().map(|(scheme, _)| scheme.as_str()).collect();
        let message = format!(
            "{} {} {:?} {:?} {:?} {:?} {:?}",
            schemes.join("+"),
            request.associate_id,
            request.accept_language,
            request.so_language,
            request.so_culture,
            request.so_time_zone,
            request.body.message,
        );
        Ok(SetUserPresenceStatusResponse::Ok(UserPresenceStatus { status: request.body.status, message: message.into() }))
    }
}

fn bare() -> Client {
    let sets: &[&[(&str, &str)]] = &[
        &[("basic", "me:right:er")],
        &[("bearer", "right")],
        &[("soTicket", "SOTicket right"), ("soAppToken", "right")],
        &[("soTicket", "SOTicket alone")],
        &[("xsrfToken", "right")],
    ];
    client(Server::new().user(Users).authenticate(door(sets)).into_routes())
}

fn away() -> UserPresenceStatus {
    UserPresenceStatus { status: Some(EjUserStatus::StatusNotAvailable), message: bothends_runtime::Maybe::Null }
}

async fn call(client: &Client, options: SetUserPresenceStatusOptions) -> Result<String, Option<StatusCode>> {
    let reply = client.set_user_presence_status(-7, &away(), options).await.map_err(|error| error.status())?;
    assert_eq!(reply.status().as_u16(), 200);
    assert_eq!(reply.status, Some(EjUserStatus::StatusNotAvailable));
    Ok(reply.message.value().unwrap().clone())
}

#[tokio::test]
async fn each_form_of_authentication_opens_the_door() {
    for (client, form) in [
        (bare().with_basic("me", "right:er"), "basic"),
        (bare().with_bearer("right"), "bearer"),
        (bare().with_bearer_token("right"), "bearer"),
        (bare().with_so_ticket("SOTicket right").with_so_app_token("right"), "soTicket+soAppToken"),
        (bare().with_so_ticket("SOTicket alone"), "soTicket"),
        (bare().with_xsrf_token("right"), "xsrfToken"),
    ] {
        let message = call(&client, SetUserPresenceStatusOptions::default()).await.unwrap();
        assert_eq!(message, format!("{form} -7 None None None None Null"));
    }
    for (client, what) in [
        (bare(), "nothing"),
        (bare().with_basic("me", "wrong"), "a wrong password"),
        (bare().with_bearer("wrong"), "a wrong token"),
        (bare().with_so_ticket("SOTicket right").with_so_app_token("wrong"), "a wrong application"),
        (bare().with_so_app_token("right"), "an application alone"),
        (bare().with_so_ticket("SOTicket wrong"), "a wrong ticket"),
        (bare().with_xsrf_token("wrong"), "a wrong page"),
    ] {
        let outcome = call(&client, SetUserPresenceStatusOptions::default()).await;
        assert_eq!(outcome, Err(Some(StatusCode::UNAUTHORIZED)), "{what}");
    }
}

#[tokio::test]
async fn headers_arrive_each_as_itself() {
    let client = bare().with_bearer("right");
    let options = SetUserPresenceStatusOptions {
        accept_language: Some("en".to_owned()),
        so_language: Some("*".to_owned()),
        so_culture: Some("nb-NO".to_owned()),
        so_time_zone: Some("NO, includeTZOffset".to_owned()),
    };
    let message = call(&client, options).await.unwrap();
    assert_eq!(message, r#"bearer -7 Some("en") Some("*") Some("nb-NO") Some("NO, includeTZOffset") Null"#);
    let options = SetUserPresenceStatusOptions { so_culture: Some("da".to_owned()), ..Default::default() };
    assert_eq!(call(&client, options).await.unwrap(), r#"bearer -7 None None Some("da") None Null"#);
}

#[tokio::test]
async fn an_error_for_any_status_keeps_all_of_it() {
    let error = bare().with_bearer("right").set_user_presence_status(0, &away(), Default::default()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.payload().unwrap().error_message.as_deref(), Some("nobody"));
    assert_eq!(error.body().unwrap().as_ref(), br#"{"Error":true,"ErrorMessage":"nobody"}"#);
}

#[tokio::test]
async fn what_nobody_wrote_is_501() {
    let error = bare().with_bearer("right").get_user_presence_status(1, Default::default()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_IMPLEMENTED));
}

#[test]
fn debug_shows_no_credential() {
    let client = bare()
        .with_basic("me", "very-private")
        .with_bearer("very-private")
        .with_so_ticket("SOTicket very-private")
        .with_so_app_token("very-private")
        .with_xsrf_token("very-private");
    let text = format!("{client:?}");
    for scheme in ["basic", "bearer", "soTicket", "soAppToken", "xsrfToken"] {
        assert!(text.contains(scheme), "{text}");
    }
    assert!(!text.contains("very-private"), "{text}");
}
