//! Streams of items over both transports: each item is there before the next one is made, and a stream ends when nobody
//! reads it any more.
#![cfg(all(feature = "client", feature = "server"))]
// Clippy takes the helpers of tests for production code.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::pin::Pin;
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bothends_runtime::client::{Client, Error};
use bothends_runtime::server::{Context, Route, Router, serve};
use bothends_runtime::{
    ClientOperation, Data, DecodeError, EncodeError, Events, JsonLines, NoBody, NoHeaders, Operation, OperationInfo, Rejection,
    RequestDecoder, RequestEncoder, ResponseDecoder, ResponseEncoder, Segment, Separator, ServerOperation,
};
use tokio::sync::mpsc;

/// What comes through a channel.
struct Channel(mpsc::Receiver<i64>);

impl futures_core::Stream for Channel {
    type Item = i64;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<Option<i64>> {
        self.0.poll_recv(context)
    }
}

/// `POST /double`: lines of JSON in, events out.
struct Double(JsonLines<i64>);

impl Operation for Double {
    const INFO: &'static OperationInfo = &OperationInfo {
        id: "double",
        method: "POST",
        path: "/double",
        segments: &[Segment::Literal("double")],
        needs: &[],
        tag: None,
        security: &[],
        accept: Some("text/event-stream"),
    };
    type Response = Events<i64>;
    type Success = Events<i64>;
    type SuccessHeaders = NoHeaders;
    type Failure = NoBody;
}

impl ClientOperation for Double {
    fn encode(self, request: &mut RequestEncoder) -> Result<(), EncodeError> {
        request.body().items("application/x-ndjson", Separator::LineFeed, self.0)
    }

    fn decode(response: &ResponseDecoder<'_>) -> Result<Events<i64>, DecodeError> {
        response.body().items(Data::Json)
    }

    fn split(response: Events<i64>) -> Result<Events<i64>, NoBody> {
        Ok(response)
    }
}

impl ServerOperation for Double {
    fn decode(request: &RequestDecoder<'_>) -> Result<Self, Rejection> {
        Ok(Self(request.body(&["application/x-ndjson"])?.items(Separator::LineFeed)?))
    }

    fn encode(response: Events<i64>, encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
        encoder.status(200).body().items("text/event-stream", Data::Json, response)
    }
}

/// Each number twice as large, as soon as it comes.
fn double(mut numbers: JsonLines<i64>) -> (Events<i64>, tokio::task::JoinHandle<bool>) {
    let (sender, receiver) = mpsc::channel(1);
    let task = tokio::spawn(async move {
        while let Some(number) = numbers.next().await {
            // The other end of the channel goes when the answer is no longer sent.
            if sender.send(number.unwrap() * 2).await.is_err() {
                return true;
            }
        }
        false
    });
    (Events::new(Channel(receiver)), task)
}

async fn clients(route: Route) -> [Client; 2] {
    let make = || Router::new(vec![route.clone()]);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, make()));
    [Client::new(&format!("http://{address}")).unwrap(), Client::with_service("http://in.process", make().into_service()).unwrap()]
}

#[tokio::test]
async fn an_item_is_there_before_the_next_one_is_sent() {
    let route = Route::new(|Double(numbers): Double, _: Context| async move { Ok(double(numbers).0) });
    for client in clients(route).await {
        let (sender, receiver) = mpsc::channel(1);
        sender.send(1).await.unwrap();
        let mut events = client.send(Double(JsonLines::new(Channel(receiver)))).await.unwrap().into_body();
        for number in 1..4 {
            if number > 1 {
                sender.send(number).await.unwrap();
            }
            assert_eq!(events.next().await.unwrap().unwrap(), number * 2);
        }
        drop(sender);
        assert!(events.next().await.is_none());
    }
}

#[tokio::test]
async fn a_stream_that_nobody_reads_is_dropped() {
    let (tasks, mut made) = mpsc::unbounded_channel();
    let route = Route::new(move |Double(numbers): Double, _: Context| {
        let (events, task) = double(numbers);
        tasks.send(task).unwrap();
        async move { Ok(events) }
    });
    for client in clients(route).await {
        let (sender, receiver) = mpsc::channel(1);
        sender.send(1).await.unwrap();
        let mut events = client.send(Double(JsonLines::new(Channel(receiver)))).await.unwrap().into_body();
        assert_eq!(events.next().await.unwrap().unwrap(), 2);
        drop(events);
        let task = made.recv().await.unwrap();
        let feed = tokio::spawn(async move { while sender.send(1).await.is_ok() {} });
        let ended = tokio::time::timeout(Duration::from_secs(20), task).await;
        assert!(ended.is_ok(), "the server goes on for nobody");
        feed.abort();
    }
}

#[tokio::test]
async fn json_is_no_stream_of_events() {
    let client = Client::with_service(
        "http://in.process",
        tower::service_fn(|_: http::Request<bothends_runtime::Body>| async {
            let response = http::Response::builder().header("content-type", "application/json");
            Ok::<_, std::convert::Infallible>(response.body(bothends_runtime::Body::from("{}")).unwrap())
        }),
    )
    .unwrap();
    let error = client.send(Double(JsonLines::from_iter([1]))).await.unwrap_err();
    assert!(matches!(error, Error::Decode(ref unreadable) if matches!(unreadable.error, DecodeError::MediaType { .. })), "{error:?}");
}
