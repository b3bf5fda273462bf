//! SuperOffice: a presence status behind four forms of authentication, with headers for language, culture and time zone;
//! two paths that only types tell apart; changes in three forms.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use both_ends::{Caller, client, door};
use bothends_runtime::Reply;
use bothends_runtime::http::StatusCode;
use superoffice_client::types::contents::PatchBody;
use superoffice_client::types::globals;
use superoffice_client::types::operations::{
    GetUser, GetUserByName, GetUserByNameResponse, GetUserResponse, PatchUser, PatchUserResponse, SetUserPresenceStatus,
    SetUserPresenceStatusResponse,
};
use superoffice_client::types::schemas::{
    Changes, EjUserStatus, ErrorInfo, PatchOperation, PatchOperationKind, User, UserPresenceStatus, UserWithLinks,
};
use superoffice_client::Client;
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
        let body = request.body.into_inner();
        let schemes: Vec<&str> = context.principal::<Caller>().unwrap().0.iter().map(|(scheme, _)| scheme.as_str()).collect();
        let message = format!(
            "{} {} {:?} {:?} {:?} {:?} {:?}",
            schemes.join("+"),
            request.associate_id,
            context.global(&globals::ACCEPT_LANGUAGE),
            context.global(&globals::SO_LANGUAGE),
            context.global(&globals::SO_CULTURE),
            context.global(&globals::SO_TIME_ZONE),
            body.message,
        );
        let status = UserPresenceStatus { status: body.status, message: message.into() };
        Ok(SetUserPresenceStatusResponse::Ok(status.into()))
    }

    async fn get_user(&self, request: GetUser, _: &Context) -> Result<GetUserResponse, Refusal> {
        let user = UserWithLinks { associate_id: Some(request.id), ..UserWithLinks::default() };
        Ok(GetUserResponse::Ok(user.into()))
    }

    async fn get_user_by_name(&self, request: GetUserByName, _: &Context) -> Result<GetUserByNameResponse, Refusal> {
        let user = User { user_name: request.user_name.into(), ..User::default() };
        Ok(GetUserByNameResponse::Ok(user.into()))
    }

    async fn patch_user(&self, request: PatchUser, _: &Context) -> Result<PatchUserResponse, Refusal> {
        let tooltip = match request.body {
            PatchBody::Json(Changes::JsonPatch(steps)) => format!("{} step(s) as JSON", steps.len()),
            PatchBody::Json(_) => "properties as JSON".to_owned(),
            PatchBody::JsonPatch(steps) => format!("{} step(s)", steps.len()),
            PatchBody::MergePatch(changes) => format!("{changes:?}"),
        };
        let user = UserWithLinks { tooltip: tooltip.into(), ..UserWithLinks::default() };
        Ok(PatchUserResponse::Ok(user.into()))
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

async fn call(client: &Client) -> Result<String, Option<StatusCode>> {
    let reply = client.set_user_presence_status(-7, away()).await.map_err(|error| error.status())?;
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
        let message = call(&client).await.unwrap();
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
        let outcome = call(&client).await;
        assert_eq!(outcome, Err(Some(StatusCode::UNAUTHORIZED)), "{what}");
    }
}

#[tokio::test]
async fn headers_arrive_each_as_itself() {
    let client = bare().with_bearer("right");
    let all = client.clone().with_accept_language("en").with_so_language("*").with_so_culture("nb-NO").with_so_time_zone("NO, includeTZOffset");
    let message = call(&all).await.unwrap();
    assert_eq!(message, r#"bearer -7 Some("en") Some("*") Some("nb-NO") Some("NO, includeTZOffset") Null"#);
    // Another value for one call: clients are cheap to clone.
    let message = call(&all.clone().with_so_culture("da")).await.unwrap();
    assert_eq!(message, r#"bearer -7 Some("en") Some("*") Some("da") Some("NO, includeTZOffset") Null"#);
    assert_eq!(call(&client.with_so_culture("da")).await.unwrap(), r#"bearer -7 None None Some("da") None Null"#);
}

#[tokio::test]
async fn an_error_for_any_status_keeps_all_of_it() {
    let error = bare().with_bearer("right").set_user_presence_status(0, away()).await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::NOT_FOUND));
    assert_eq!(error.payload().unwrap().error_message.as_deref(), Some("nobody"));
    assert_eq!(error.body().unwrap().as_ref(), br#"{"Error":true,"ErrorMessage":"nobody"}"#);
}

#[tokio::test]
async fn a_number_is_an_id_and_everything_else_a_name() {
    let client = bare().with_bearer("right");
    assert_eq!(client.get_user(7, Default::default()).await.unwrap().associate_id, Some(7));
    for name in ["john.doe@email.com", "7x", "99999999999"] {
        let user = client.get_user_by_name(name).await.unwrap();
        assert_eq!(user.user_name.value().map(String::as_str), Some(name));
    }
    // the server cannot know that a number is meant as a name
    assert_eq!(client.get_user_by_name("12").await.unwrap().associate_id, Some(12));
}

#[tokio::test]
async fn changes_are_steps_or_properties_by_the_media_type() {
    let client = bare().with_bearer("right");
    let steps = vec![PatchOperation::new(PatchOperationKind::Remove, "/Tooltip".to_owned())];
    let properties = [("Rank".to_owned(), 2.into())].into_iter().collect();
    for (body, expected) in [
        (PatchBody::from(Changes::from(steps.clone())), "1 step(s) as JSON"),
        (PatchBody::from(steps), "1 step(s)"),
        (PatchBody::MergePatch(properties), r#"{"Rank": Number(2)}"#),
    ] {
        let user = client.patch_user(7, body, Default::default()).await.unwrap();
        assert_eq!(user.tooltip.value().map(String::as_str), Some(expected));
    }
}

#[tokio::test]
async fn what_nobody_wrote_is_501() {
    let error = bare().with_bearer("right").get_user_presence_status(1).await.unwrap_err();
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
