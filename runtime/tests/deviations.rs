//! Answers that differ from the document: what a client reads all the same, what it says of it, and what stays an error.
#![cfg(feature = "client")]
// Clippy takes the helpers of tests for production code.
#![allow(clippy::panic, clippy::unwrap_used)]

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bothends_runtime::client::{Client, Error};
use bothends_runtime::http::{Request, Response};
use bothends_runtime::json::{Error as JsonError, Json, Reader, Writer};
use bothends_runtime::{
    AnswerPart, Body, ClientOperation, Data, DecodeError, EncodeError, Events, Headers, NoHeaders, Operation, OperationInfo, Parameter,
    RequestEncoder, ResponseDecoder, Segment,
};
use tower::service_fn;

/// What an operation answers with: an id that may be required, tags, a note.
#[derive(Clone, Debug, Default, PartialEq)]
struct Post<const NEEDS_ID: bool> {
    id: Option<String>,
    tags: Option<Vec<String>>,
    note: Option<String>,
}

impl<const NEEDS_ID: bool> Json for Post<NEEDS_ID> {
    fn read(reader: &mut Reader<'_>) -> Result<Self, JsonError> {
        let mut post = Self::default();
        reader.object(&mut |key, reader| match key {
            "id" if NEEDS_ID => reader.field(&mut post.id, key),
            "id" => reader.optional(&mut post.id, key),
            "tags" => reader.optional(&mut post.tags, key),
            "note" => reader.optional(&mut post.note, key),
            _ => Ok(false),
        })?;
        if NEEDS_ID && post.id.is_none() {
            Reader::required(None::<()>, "id")?;
        }
        Ok(post)
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.optional("id", &self.id);
        object.end();
    }
}

/// Declared headers: an optional number.
#[derive(Clone, Debug, Default, PartialEq)]
struct Total {
    total: Option<i64>,
}

impl Json for Total {
    fn read(reader: &mut Reader<'_>) -> Result<Self, JsonError> {
        let mut total = None;
        reader.object(&mut |key, reader| if key == "X-Total" { reader.optional(&mut total, key) } else { Ok(false) })?;
        Ok(Self { total })
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.optional("X-Total", &self.total);
        object.end();
    }
}

impl Headers for Total {
    const FIELDS: &'static [Parameter] = &[Parameter::simple("X-Total")];
}

/// An operation for each kind of success, with a documented 403.
macro_rules! operations {
    ($($name:ident: $success:ty, $headers:ty, $decode:expr;)*) => { $(
        struct $name;

        impl Operation for $name {
            const INFO: &'static OperationInfo = &OperationInfo {
                id: stringify!($name),
                method: "POST",
                path: "/posts",
                segments: &[Segment::Literal("posts")],
                needs: &[],
                tag: None,
                security: &[],
                accept: None,
            };
            type Response = Result<$success, Post<true>>;
            type Success = $success;
            type SuccessHeaders = $headers;
            type Failure = Post<true>;
        }

        impl ClientOperation for $name {
            fn encode(self, _: &mut RequestEncoder) -> Result<(), EncodeError> {
                Ok(())
            }

            fn decode(response: &ResponseDecoder<'_>) -> Result<Self::Response, DecodeError> {
                let success: fn(&ResponseDecoder<'_>) -> Result<$success, DecodeError> = $decode;
                match response.status() {
                    403 => response.body().json().map(Err),
                    _ => success(response).map(Ok),
                }
            }

            fn split(response: Self::Response) -> Result<Self::Success, Self::Failure> {
                response
            }
        }
    )* };
}

fn only<T>(response: &ResponseDecoder<'_>, status: u16, read: impl FnOnce() -> Result<T, DecodeError>) -> Result<T, DecodeError> {
    if response.status() == status { read() } else { Err(DecodeError::Undocumented) }
}

operations! {
    Create: Post<true>, Total, |it| only(it, 201, || it.body().json());
    Update: Post<false>, NoHeaders, |it| only(it, 200, || it.body().json());
    List: Vec<Post<true>>, NoHeaders, |it| only(it, 200, || it.body().json());
    Delete: (), NoHeaders, |it| only(it, 204, || Ok(()));
    Either: Option<Post<true>>, NoHeaders, |it| match it.status() {
        200 => it.body().json().map(Some),
        204 => Ok(None),
        _ => Err(DecodeError::Undocumented),
    };
    Watch: Events<Post<true>>, NoHeaders, |it| only(it, 200, || it.body().items(Data::Json));
}

/// A client of a server that gives always the same answer.
fn client(status: u16, header: Option<&'static str>, body: &'static str) -> Client {
    let answer = move |_: Request<Body>| async move {
        let mut response = Response::builder().status(status);
        if let Some(header) = header {
            response = response.header("X-Total", header);
        }
        Ok::<_, Infallible>(response.body(Body::from(body)).unwrap())
    };
    Client::with_service("http://localhost", service_fn(answer)).unwrap()
}

/// How a call came out, in a line: the value or the kind of error, and the deviations.
async fn outcome<O>(client: &Client, operation: O) -> String
where
    O: ClientOperation<Failure = Post<true>>,
    O::Success: std::fmt::Debug,
    O::SuccessHeaders: std::fmt::Debug,
{
    let (value, deviations) = match client.send(operation).await {
        Ok(reply) => (format!("{} {:?}", reply.status().as_u16(), reply.body()), reply.deviations().to_vec()),
        Err(error) => {
            let kind = match &error {
                Error::Api(failure) => format!("failure {:?}", failure.payload),
                Error::Undocumented(_) => "undocumented".to_owned(),
                Error::EmptySuccess(_) => "empty success".to_owned(),
                Error::Decode(unreadable) => format!("unreadable: {}", unreadable.error),
                other => panic!("{other}"),
            };
            (format!("{} {kind}", if error.is_success() { "done" } else { "failed" }), error.deviations().to_vec())
        }
    };
    deviations.iter().fold(value, |text, deviation| format!("{text} | {deviation}"))
}

const ID: &str = r#"{"id":"p1"}"#;
const POST: &str = r#"{"id":"p1","tags":["a",1],"note":null}"#;
const FOUND: &str = r#"Post { id: Some("p1"), tags: None, note: None }"#;
const NOTES: &str = "body at /tags/1: expected a string, found 1 | body at /note: expected a value, found null";

#[tokio::test]
async fn a_success_is_told_from_a_failure_whatever_its_status_and_body() {
    let empty = "Post { id: None, tags: None, note: None }";
    let status = |expected, found| format!("status: expected {expected}, found {found}");
    let rows = [
        // The documented success is another one.
        (outcome(&client(200, None, ID), Create).await, format!("200 {FOUND} | {}", status(201, 200))),
        (outcome(&client(202, None, POST), Create).await, format!("202 {FOUND} | {NOTES} | {}", status(201, 202))),
        (outcome(&client(200, None, "\"done\""), Delete).await, format!("200 () | {}", status(204, 200))),
        (outcome(&client(201, None, ""), Delete).await, format!("201 () | {}", status(204, 201))),
        // A body goes to the success that has one.
        (outcome(&client(201, None, ID), Either).await, format!("201 Some({FOUND}) | {}", status(200, 201))),
        (outcome(&client(200, None, ""), Either).await, format!("200 None | {}", status(204, 200))),
        // There is no body: an object of which nothing is required is there all the same.
        (outcome(&client(200, None, ""), Update).await, format!("200 {empty} | body: expected a body, found none")),
        (outcome(&client(204, None, ""), Update).await, format!("204 {empty} | {} | body: expected a body, found none", status(200, 204))),
        (outcome(&client(201, None, ""), Create).await, "done empty success".to_owned()),
        (outcome(&client(204, None, ""), Create).await, "done empty success".to_owned()),
        (outcome(&client(200, None, ""), List).await, "done empty success".to_owned()),
        // What does not fit stays an error, and so does what is no success.
        (outcome(&client(200, None, "{}"), Create).await, "done undocumented".to_owned()),
        (outcome(&client(201, None, "{}"), Create).await, "done unreadable: body: missing property `id`".to_owned()),
        (outcome(&client(500, None, ID), Create).await, "failed undocumented".to_owned()),
        (outcome(&client(302, None, ID), Create).await, "failed undocumented".to_owned()),
        (outcome(&client(403, None, POST), Create).await, format!("failed failure {FOUND} | {NOTES}")),
        (
            outcome(&client(403, None, ""), Create).await,
            "failed unreadable: body: byte 0: expected a value, found the end of the text".to_owned(),
        ),
    ];
    for (number, (found, expected)) in rows.into_iter().enumerate() {
        assert_eq!(found, expected, "row {number}");
    }
}

#[tokio::test]
async fn strict_clients_make_every_deviation_an_error() {
    let strict = |status, header, body| client(status, header, body).with_strict_answers();
    for (number, (found, expected)) in [
        (outcome(&strict(201, None, ID), Create).await, format!("201 {FOUND}")),
        (outcome(&strict(201, None, POST), Create).await, format!("done unreadable: body at /tags/1: expected a string, found 1 | {NOTES}")),
        (outcome(&strict(200, None, ID), Create).await, "done undocumented".to_owned()),
        (outcome(&strict(204, None, ""), Update).await, "done undocumented".to_owned()),
        (outcome(&strict(200, None, "null"), List).await, "done unreadable: body: expected a list, found null | body: expected a list, found null".to_owned()),
        (
            outcome(&strict(201, Some("many"), ID), Create).await,
            "done unreadable: header `X-Total`: expected an integer, found \"many\" | header `X-Total`: expected an integer, found \"many\"".to_owned(),
        ),
        (outcome(&strict(403, None, POST), Create).await, format!("failed unreadable: body at /tags/1: expected a string, found 1 | {NOTES}")),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(found, expected, "row {number}");
    }
}

#[tokio::test]
async fn a_reply_keeps_the_bytes_and_says_where_it_differs() {
    let reply = client(201, Some("many"), POST).send(Create).await.unwrap();
    assert_eq!(reply.bytes().map(|bytes| &bytes[..]), Some(POST.as_bytes()));
    assert_eq!(reply.declared(), &Total { total: None });
    let parts: Vec<(&AnswerPart, &str, &str)> = reply.deviations().iter().map(|it| (it.part(), it.pointer(), it.left_out())).collect();
    let header = AnswerPart::Header("X-Total".to_owned());
    assert_eq!(parts, [(&AnswerPart::Body, "/tags/1", "/tags"), (&AnswerPart::Body, "/note", "/note"), (&header, "", "")]);
    // What the answer holds beside the value is not shown by chance.
    assert!(!format!("{reply:?}").contains("tags\":"), "{reply:?}");
    let list = client(200, None, "null").send(List).await.unwrap();
    assert_eq!((list.len(), list.deviations().total()), (0, 1));
    let raw = client(200, None, ID).send_raw(Create).await.unwrap();
    assert_eq!((raw.body().is_ok(), raw.deviations().total()), (true, 1));
}

#[tokio::test]
async fn whoever_watches_sees_the_deviations_of_every_call() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = seen.clone();
    let watch = move |client: Client| {
        let log = log.clone();
        client.on_deviation(move |operation, deviation| log.lock().unwrap().push(format!("{} {deviation}", operation.id)))
    };
    let _ = watch(client(201, None, ID)).send(Create).await;
    let _ = watch(client(200, None, "null")).send(List).await;
    let _ = watch(client(403, None, r#"{"id":"x","note":1}"#)).send(Create).await;
    let _ = watch(client(200, None, "null")).with_strict_answers().send(List).await;
    let mut events =
        watch(client(200, None, "data: {\"id\":\"a\"}\n\ndata: {\"id\":\"b\",\"note\":7}\n\n")).send(Watch).await.unwrap().into_body();
    while let Some(event) = events.next().await {
        event.unwrap();
    }
    assert_eq!(events.deviations().len(), 1);
    assert_eq!(
        *seen.lock().unwrap(),
        [
            "List body: expected a list, found null",
            "Create body at /note: expected a string, found 1",
            "List body: expected a list, found null",
            "Watch item 1 at /note: expected a string, found 7",
        ]
    );
    let strict = client(200, None, "data: {\"id\":\"b\",\"note\":7}\n\n").with_strict_answers();
    let mut events = strict.send(Watch).await.unwrap().into_body();
    assert_eq!(events.next().await.unwrap().unwrap_err().to_string(), "item 0: /note: expected a string, found 7");
    assert!(events.next().await.is_none());
}
