//! Where operations go that have a server of their own: there, if the client is at an address that the document names.
#![cfg(all(feature = "client", feature = "server"))]
// Clippy takes the helpers of tests for production code.
#![allow(clippy::unwrap_used)]

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bothends_runtime::client::Client;
use bothends_runtime::http::{Request, Response};
use bothends_runtime::{
    Body, ClientOperation, DecodeError, EncodeError, NoBody, NoHeaders, Operation, OperationInfo, RequestEncoder, ResponseDecoder, Segment,
};
use tower::service_fn;

/// `GET /files` at a server of its own, or at that of all.
macro_rules! files {
    ($name:ident, $server:expr) => {
        struct $name;

        impl Operation for $name {
            const INFO: &'static OperationInfo = &OperationInfo {
                id: stringify!($name),
                method: "GET",
                path: "/files",
                segments: &[Segment::Literal("files")],
                needs: &[],
                tag: None,
                security: &[],
                accept: None,
            };
            const SERVER: Option<&'static str> = $server;
            type Response = ();
            type Success = ();
            type SuccessHeaders = NoHeaders;
            type Failure = NoBody;
        }

        impl ClientOperation for $name {
            fn encode(self, _: &mut RequestEncoder) -> Result<(), EncodeError> {
                Ok(())
            }

            fn decode(_: &ResponseDecoder<'_>) -> Result<(), DecodeError> {
                Ok(())
            }

            fn split((): ()) -> Result<(), NoBody> {
                Ok(())
            }
        }
    };
}

files!(Usual, None);
files!(Elsewhere, Some("https://files.example.com/v2/"));
files!(Beside, Some("/uploads"));
files!(Below, Some("uploads"));
files!(Nowhere, Some("https://{host}/"));

#[tokio::test]
async fn an_operation_goes_to_its_own_server_if_the_client_is_at_a_known_one() {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let kept = Arc::clone(&seen);
    let service = service_fn(move |request: Request<Body>| {
        kept.lock().unwrap().push(request.uri().to_string());
        async { Ok::<_, Infallible>(Response::new(Body::empty())) }
    });
    let anywhere = Client::with_service("https://example.com/api", service).unwrap();
    let known = anywhere.clone().with_own_servers(true);
    for client in [&known, &anywhere] {
        client.send(Usual).await.unwrap();
        client.send(Elsewhere).await.unwrap();
        client.send(Beside).await.unwrap();
        client.send(Below).await.unwrap();
    }
    let base = "https://example.com/api/files";
    let own = ["https://files.example.com/v2/files", "https://example.com/uploads/files", "https://example.com/api/uploads/files"];
    assert_eq!(*seen.lock().unwrap(), [&[base][..], &own, &[base; 4]].concat());
    assert!(known.send(Nowhere).await.is_err());
    assert_eq!(seen.lock().unwrap().len(), 8, "nothing is sent where no address is known");
}
