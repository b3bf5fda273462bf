//! Operations of one method and one shape of path: who gets a request, and who passes it on.
#![cfg(all(feature = "client", feature = "server"))]
// Clippy takes the helpers of tests for production code.
#![allow(clippy::unwrap_used)]

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};

use bothends_runtime::body::Stream;
use bothends_runtime::bytes::Bytes;
use bothends_runtime::http::{Request, StatusCode};
use bothends_runtime::server::{Context, Credentials, Principal, Refusal, Route, Router};
use bothends_runtime::{
    Body, EncodeError, Location, Need, NoBody, NoHeaders, Operation, OperationInfo, Parameter, Rejection, RequestDecoder, ResponseEncoder,
    SecurityKind, SecurityScheme, Segment, ServerOperation, Takes,
};
use tower::ServiceExt;

static TOKEN: SecurityScheme = SecurityScheme { id: "token", kind: SecurityKind::Bearer };

/// An operation on `/cards/{…}` with a text as its body if there is one, an optional number in its query, and needs.
macro_rules! twin {
    ($name:ident, $method:literal, $path:literal, $takes:expr, [$($needs:expr),*], $security:expr) => {
        struct $name {
            card: String,
            body: Option<String>,
        }

        impl Operation for $name {
            const INFO: &'static OperationInfo = &OperationInfo {
                id: stringify!($name),
                method: $method,
                path: $path,
                segments: &[Segment::Literal("cards"), Segment::Parameter { prefix: "", name: "card", suffix: "", takes: $takes }],
                needs: &[$($needs),*],
                tag: None,
                security: $security,
                accept: Some("text/plain"),
            };
            type Response = String;
            type Success = String;
            type SuccessHeaders = NoHeaders;
            type Failure = NoBody;
        }

        impl ServerOperation for $name {
            fn decode(request: &RequestDecoder<'_>) -> Result<Self, Rejection> {
                let card = request.path(&Parameter::simple("card"))?;
                request.query::<u8>(&Parameter::form(stringify!($name)))?;
                let body = request.body_optional(&["text/plain"])?.map(|body| body.text()).transpose()?;
                Ok(Self { card, body })
            }

            fn encode(response: String, encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
                encoder.status(200).body().text("text/plain", &response)
            }
        }

        impl $name {
            /// Answers with its name and what came, and passes on what says so.
            fn route() -> Route {
                Route::new(|Self { card, body }: Self, context: Context| async move {
                    if card.contains(concat!("not", stringify!($name))) {
                        return Err(Refusal::not_implemented(context.operation));
                    }
                    Ok(format!("{} {card} {}", stringify!($name), body.unwrap_or_default()))
                })
            }
        }
    };
}

const ACL: Need = Need { location: Location::Query, name: "acl", takes: Takes::OneOf(&["true"]) };
const COPY: Need = Need { location: Location::Header, name: "X-Copy", takes: Takes::Text };

twin!(Filter, "POST", "/cards/{filter}", Takes::Text, [], &[]);
twin!(Card, "POST", "/cards/{card}", Takes::Text, [], &[&[&TOKEN]]);
twin!(Key, "POST", "/cards/{key}", Takes::Uuid, [], &[]);
twin!(Acl, "POST", "/cards/{card}#acl", Takes::Text, [ACL], &[]);
twin!(Copied, "POST", "/cards/{card}#x-copy", Takes::Text, [COPY], &[]);
twin!(Both, "POST", "/cards/{card}#acl&x-copy", Takes::Text, [ACL, COPY], &[]);
twin!(Put, "PUT", "/cards/{other}", Takes::Text, [], &[]);

async fn door(credentials: Credentials) -> Result<Principal, Refusal> {
    let good = credentials.all.iter().all(|credential| credential.expose() == "good");
    if good { Ok(std::sync::Arc::new(())) } else { Err(Refusal::new(StatusCode::UNAUTHORIZED)) }
}

async fn answer(line: &str, headers: &[(&str, &str)]) -> String {
    let routes = vec![Filter::route(), Card::route(), Key::route(), Acl::route(), Copied::route(), Both::route(), Put::route()];
    let (method, uri) = line.split_once(' ').unwrap();
    let start = Request::builder().method(method).uri(uri).header("content-type", "text/plain");
    let request = headers.iter().fold(start, |request, (name, value)| request.header(*name, *value));
    // Bytes that are not all here: they are read once for all.
    let body = Body::from_stream(Chunks(vec!["bo", "dy"].into_iter()));
    let service = Router::new(routes).authenticate(door).body_limit(100).into_service();
    let (parts, body) = service.oneshot(request.body(body).unwrap()).await.unwrap().into_parts();
    let text = String::from_utf8(body.read(1 << 20).await.unwrap().to_vec()).unwrap();
    if parts.status == 200 { text } else { parts.status.as_str().to_owned() }
}

/// Chunks one after the other.
struct Chunks(std::vec::IntoIter<&'static str>);

impl Stream for Chunks {
    type Item = Result<Bytes, std::io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready(self.0.next().map(|chunk| Ok(Bytes::from_static(chunk.as_bytes()))))
    }
}

#[tokio::test]
async fn a_request_goes_to_whom_it_fits_and_is_passed_on_where_nothing_tells() {
    const UUID: &str = "POST /cards/0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0";
    const LET_IN: (&str, &str) = ("authorization", "Bearer good");
    for (line, headers, expected) in [
        ("POST /cards/a", &[][..], "Filter a body"),
        (UUID, &[], "Key 0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0 body"),
        // Passed on by the handler, with the body; the next one's own door stands before it.
        ("POST /cards/notFilter", &[LET_IN], "Card notFilter body"),
        ("POST /cards/notFilter", &[], "401"),
        ("POST /cards/notFilternotCard", &[LET_IN], "501"),
        // Passed on before the handler: a query that does not fit.
        ("POST /cards/a?Filter=x", &[LET_IN], "Card a body"),
        ("POST /cards/a?Filter=x&Card=x", &[LET_IN], "400"),
        // What needs more gets it, and passes it to nobody who needs less.
        ("POST /cards/a?acl=true", &[], "Acl a body"),
        ("POST /cards/notAcl?acl=true", &[LET_IN], "501"),
        ("POST /cards/a?acl=true&Acl=x", &[LET_IN], "400"),
        ("POST /cards/a?acl=false", &[], "Filter a body"),
        ("POST /cards/a", &[("x-copy", "b")], "Copied a body"),
        ("POST /cards/a?acl=true", &[("x-copy", "b")], "Both a body"),
        ("PUT /cards/a", &[], "Put a body"),
        ("PUT /cards/notPut", &[], "501"),
        ("DELETE /cards/a", &[], "405"),
    ] {
        assert_eq!(answer(line, headers).await, expected, "{line} {headers:?}");
    }
}
