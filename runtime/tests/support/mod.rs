//! A small API as generated code would have it, for both ends.
#![allow(dead_code, missing_docs)]

use std::sync::Arc;

use bothends_runtime::client::Client;
use bothends_runtime::http::StatusCode;
use bothends_runtime::json::{Error as JsonError, Json, Reader, Writer};
use bothends_runtime::server::{Context, Credentials, Principal, Refusal, Route, Router, serve};
use bothends_runtime::{
    ClientOperation, DecodeError, EncodeError, NoBody, Operation, OperationInfo, Parameter, Rejection, RequestDecoder, RequestEncoder,
    ResponseDecoder, ResponseEncoder, SecurityKind, SecurityScheme, Segment, ServerOperation, Takes,
};

pub static BEARER: SecurityScheme = SecurityScheme { id: "bearer", kind: SecurityKind::Bearer };
pub static BASIC: SecurityScheme = SecurityScheme { id: "basic", kind: SecurityKind::Basic };
pub static USER: SecurityScheme = SecurityScheme { id: "user", kind: SecurityKind::Header("X-User-Id") };
pub static TOKEN: SecurityScheme = SecurityScheme { id: "token", kind: SecurityKind::Header("X-Auth-Token") };
pub static KEY: SecurityScheme = SecurityScheme { id: "key", kind: SecurityKind::Query("api_key") };
pub static SESSION: SecurityScheme = SecurityScheme { id: "session", kind: SecurityKind::Cookie("sid") };

#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    pub user_id: String,
    pub level: f64,
}

impl Json for Status {
    fn read(reader: &mut Reader<'_>) -> Result<Self, JsonError> {
        let mut user_id = None;
        let mut level = None;
        reader.object(&mut |key, reader| match key {
            "user_id" => reader.field(&mut user_id, key),
            "level" => reader.field(&mut level, key),
            _ => Ok(false),
        })?;
        Ok(Self { user_id: Reader::required(user_id, "user_id")?, level: Reader::required(level, "level")? })
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.field("user_id", &self.user_id);
        object.field("level", &self.level);
        object.end();
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct AppError {
    pub message: String,
}

impl Json for AppError {
    fn read(reader: &mut Reader<'_>) -> Result<Self, JsonError> {
        let mut message = None;
        reader.object(&mut |key, reader| match key {
            "message" => reader.field(&mut message, key),
            _ => Ok(false),
        })?;
        Ok(Self { message: Reader::required(message, "message")? })
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.field("message", &self.message);
        object.end();
    }
}

/// `PUT /users/{user_id}/status?notify`: parameters and a body, several statuses, security with three alternatives.
#[derive(Clone, Debug, PartialEq)]
pub struct UpdateStatus {
    pub user_id: String,
    pub notify: Option<bool>,
    pub trace: Option<String>,
    pub body: Status,
}

#[derive(Clone, Debug, PartialEq)]
pub enum UpdateStatusResponse {
    Ok(Status),
    NoContent,
    BadRequest(AppError),
    NotFound(AppError),
}

const USER_ID: Parameter = Parameter::simple("user_id");
const NOTIFY: Parameter = Parameter::form("notify");
const TRACE: Parameter = Parameter::simple("X-Trace");

impl Operation for UpdateStatus {
    const INFO: &'static OperationInfo = &OperationInfo {
        id: "UpdateStatus",
        method: "PUT",
        path: "/users/{user_id}/status",
        segments: &[
            Segment::Literal("users"),
            Segment::Parameter { prefix: "", name: "user_id", suffix: "", takes: Takes::Text },
            Segment::Literal("status"),
        ],
        needs: &[],
        tag: Some("status"),
        security: &[&[&BEARER], &[&USER, &TOKEN], &[&KEY], &[&BASIC], &[&SESSION]],
        accept: Some("application/json"),
    };
    type Response = UpdateStatusResponse;
    type Success = Option<Status>;
    type SuccessHeaders = bothends_runtime::NoHeaders;
    type Failure = AppError;
}

impl ClientOperation for UpdateStatus {
    fn encode(self, request: &mut RequestEncoder) -> Result<(), EncodeError> {
        request.path(&USER_ID, &self.user_id)?;
        request.query(&NOTIFY, self.notify.as_ref())?;
        request.header(&TRACE, self.trace.as_ref())?;
        request.body().json("application/json", &self.body)
    }

    fn decode(response: &ResponseDecoder<'_>) -> Result<Self::Response, DecodeError> {
        match response.status() {
            200 => response.body().json().map(UpdateStatusResponse::Ok),
            204 => Ok(UpdateStatusResponse::NoContent),
            400 => response.body().json().map(UpdateStatusResponse::BadRequest),
            404 => response.body().json().map(UpdateStatusResponse::NotFound),
            _ => Err(DecodeError::Undocumented),
        }
    }

    fn split(response: Self::Response) -> Result<Self::Success, Self::Failure> {
        match response {
            UpdateStatusResponse::Ok(status) => Ok(Some(status)),
            UpdateStatusResponse::NoContent => Ok(None),
            UpdateStatusResponse::BadRequest(error) | UpdateStatusResponse::NotFound(error) => Err(error),
        }
    }
}

impl ServerOperation for UpdateStatus {
    fn decode(request: &RequestDecoder<'_>) -> Result<Self, Rejection> {
        Ok(Self {
            user_id: request.path(&USER_ID)?,
            notify: request.query(&NOTIFY)?,
            trace: request.header(&TRACE)?,
            body: request.body(&["application/json"])?.json()?,
        })
    }

    fn encode(response: Self::Response, encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
        match response {
            UpdateStatusResponse::Ok(status) => encoder.status(200).body().json("application/json", &status),
            UpdateStatusResponse::NoContent => {
                encoder.status(204);
                Ok(())
            }
            UpdateStatusResponse::BadRequest(error) => encoder.status(400).body().json("application/json", &error),
            UpdateStatusResponse::NotFound(error) => encoder.status(404).body().json("application/json", &error),
        }
    }
}

/// An operation with at most one path parameter, no body, and one text answer.
macro_rules! plain {
    ($name:ident, $method:literal, $path:literal, $segments:expr, $security:expr, { $($field:ident: $type:ty)? }) => {
        #[derive(Clone, Debug, PartialEq)]
        pub struct $name { $(pub $field: $type)? }

        impl Operation for $name {
            const INFO: &'static OperationInfo = &OperationInfo {
                id: stringify!($name),
                method: $method,
                path: $path,
                segments: $segments,
                needs: &[],
                tag: None,
                security: $security,
                accept: Some("text/plain"),
            };
            type Response = String;
            type Success = String;
            type SuccessHeaders = bothends_runtime::NoHeaders;
            type Failure = NoBody;
        }

        impl ClientOperation for $name {
            fn encode(self, request: &mut RequestEncoder) -> Result<(), EncodeError> {
                $(request.path(&Parameter::simple(stringify!($field)), &self.$field)?;)?
                let _ = request;
                Ok(())
            }

            fn decode(response: &ResponseDecoder<'_>) -> Result<String, DecodeError> {
                match response.status() {
                    200 => response.body().text(),
                    302 => Ok(format!("go to {:?}", response.headers["location"])),
                    _ => Err(DecodeError::Undocumented),
                }
            }

            fn split(response: String) -> Result<String, NoBody> {
                Ok(response)
            }
        }

        impl ServerOperation for $name {
            fn decode(request: &RequestDecoder<'_>) -> Result<Self, Rejection> {
                let _ = request;
                Ok(Self { $($field: request.path(&Parameter::simple(stringify!($field)))?)? })
            }

            fn encode(response: String, encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
                if let Some(status) = response.strip_prefix("status ") {
                    encoder.status(status.parse().unwrap_or(0));
                    return encoder.body().text("text/plain", "a body");
                }
                encoder.status(200).body().text("text/plain", &response)
            }
        }
    };
}

const ID: Segment = Segment::Parameter { prefix: "", name: "id", suffix: "", takes: Takes::Text };
const NAME: Segment = Segment::Parameter { prefix: "", name: "name", suffix: "", takes: Takes::Text };

plain!(Current, "GET", "/User/current", &[Segment::Literal("User"), Segment::Literal("current")], &[], {});
plain!(ById, "GET", "/User/{id}", &[Segment::Literal("User"), ID], &[], { id: i64 });
plain!(ByName, "GET", "/User/{name}", &[Segment::Literal("User"), NAME], &[], { name: String });
plain!(PutUser, "PUT", "/User/{id}", &[Segment::Literal("User"), ID], &[], { id: i64 });
plain!(Echo, "GET", "/echo/{name}", &[Segment::Literal("echo"), NAME], &[], { name: String });
plain!(Purge, "PURGE", "/cache", &[Segment::Literal("cache")], &[], {});
plain!(Peek, "HEAD", "/cache", &[Segment::Literal("cache")], &[], {});
plain!(Mixed, "GET", "/mixed", &[Segment::Literal("mixed")], &[&[], &[&BEARER]], {});
plain!(Keyed, "GET", "/keyed", &[Segment::Literal("keyed")], &[&[&KEY]], {});

/// Every operation answered: plain ones with what they were called with, `Echo` with its parameter (or the status that it names).
pub fn router() -> Router {
    Router::new(vec![
        Route::new(|request: UpdateStatus, _: Context| async move {
            Ok(match request.user_id.as_str() {
                "nobody" => UpdateStatusResponse::NotFound(AppError { message: "no such user".to_owned() }),
                "silent" => UpdateStatusResponse::NoContent,
                "nan" => UpdateStatusResponse::Ok(Status { user_id: String::new(), level: f64::NAN }),
                "teapot" => return Err(Refusal::new(StatusCode::IM_A_TEAPOT).with_detail("short and stout")),
                "panic" => panic!("a secret of the server"),
                _ => UpdateStatusResponse::Ok(Status { user_id: format!("{:?} {:?}", request.notify, request.trace), ..request.body }),
            })
        }),
        Route::new(|_: Current, _| async { Ok("current".to_owned()) }),
        Route::new(|request: ById, _| async move { Ok(format!("id {}", request.id)) }),
        Route::new(|request: ByName, _| async move { Ok(format!("name {}", request.name)) }),
        Route::new(|request: PutUser, _| async move { Ok(format!("put {}", request.id)) }),
        Route::new(|request: Echo, _| async move { Ok(request.name) }),
        Route::new(|_: Purge, _| async { Ok("purged".to_owned()) }),
        Route::new(|_: Peek, _| async { Ok("peeked".to_owned()) }),
        Route::new(|_: Mixed, context: Context| async move {
            Ok(context.principal::<String>().cloned().unwrap_or_else(|| "anonymous".to_owned()))
        }),
        Route::not_implemented(Keyed::INFO),
    ])
}

/// Lets in whoever shows `good` (for basic authentication: `somebody:good`), and forbids `known`.
pub async fn door(credentials: Credentials) -> Result<Principal, Refusal> {
    for credential in &credentials.all {
        match credential.basic().map_or(credential.expose(), |(_, password)| password) {
            "good" => {}
            "known" => return Err(Refusal::new(StatusCode::FORBIDDEN)),
            _ => return Err(Refusal::new(StatusCode::UNAUTHORIZED)),
        }
    }
    let schemes: Vec<&str> = credentials.all.iter().map(|credential| credential.scheme.id).collect();
    Ok(Arc::new(schemes.join("+")))
}

/// A client over a real socket, and one in the same process; both below `/v1`.
pub async fn clients() -> [Client; 2] {
    let make = || router().base_path("/v1").authenticate(door);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, make()));
    [Client::new(&format!("http://{address}/v1")).unwrap(), Client::with_service("http://in.process/v1/", make().into_service()).unwrap()]
}
