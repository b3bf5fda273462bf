//! Bodies that are streams: what is there before the end is seen before the end, and an end that is none is noticed.
#![cfg(all(feature = "client", feature = "server"))]
// Clippy takes the helpers of tests for production code.
#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context as TaskContext, Poll};
use std::time::Duration;

use bothends_runtime::body::BoxError;
use bothends_runtime::bytes::Bytes;
use bothends_runtime::client::{Client, Error, TransportErrorKind};
use bothends_runtime::http::StatusCode;
use bothends_runtime::json::{Error as JsonError, Json, Reader, Writer};
use bothends_runtime::server::{Context, Route, Router, serve};
use bothends_runtime::{
    Body, ClientOperation, DecodeError, EncodeError, File, NoBody, Operation, OperationInfo, Part, ReadError, Rejection, RequestDecoder,
    RequestEncoder, ResponseDecoder, ResponseEncoder, Segment, ServerOperation,
};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

const CHUNK: usize = 64 * 1024;
const MANY: usize = 1024;

/// The chunks that come through a channel.
struct Channel(mpsc::Receiver<Result<Bytes, BoxError>>);

impl futures_core::Stream for Channel {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_recv(context)
    }
}

fn channel() -> (mpsc::Sender<Result<Bytes, BoxError>>, Body) {
    let (sender, receiver) = mpsc::channel(1);
    (sender, Body::from_stream(Channel(receiver)))
}

/// Chunks that count how many of them have been made and not been read yet.
struct Counted {
    left: usize,
    flight: Arc<Flight>,
}

#[derive(Default)]
struct Flight {
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Flight {
    fn made(&self) {
        let now = self.now.fetch_add(CHUNK, Ordering::SeqCst) + CHUNK;
        self.most.fetch_max(now, Ordering::SeqCst);
    }

    /// Reads a body to its end and says how long it was.
    async fn read(&self, mut body: Body) -> Result<usize, ReadError> {
        let mut length = 0;
        while let Some(chunk) = body.chunk().await? {
            length += chunk.len();
            self.now.fetch_sub(chunk.len(), Ordering::SeqCst);
        }
        Ok(length)
    }
}

impl futures_core::Stream for Counted {
    type Item = Result<Bytes, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut TaskContext<'_>) -> Poll<Option<Self::Item>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        self.left -= 1;
        self.flight.made();
        Poll::Ready(Some(Ok(vec![7; CHUNK].into())))
    }
}

macro_rules! operation {
    ($name:ident, $method:literal, $path:literal) => {
        impl Operation for $name {
            const INFO: &'static OperationInfo = &OperationInfo {
                id: stringify!($name),
                method: $method,
                path: concat!("/", $path),
                segments: &[Segment::Literal($path)],
                needs: &[],
                tag: None,
                security: &[],
                accept: None,
            };
            type Response = Answer;
            type Success = Body;
            type SuccessHeaders = bothends_runtime::NoHeaders;
            type Failure = NoBody;
        }
    };
}

#[derive(Debug)]
enum Answer {
    Blob(Body),
    TooLarge,
}

fn decode(response: &ResponseDecoder<'_>) -> Result<Answer, DecodeError> {
    match response.status() {
        200 => response.body().bytes().map(Answer::Blob),
        413 => Ok(Answer::TooLarge),
        _ => Err(DecodeError::Undocumented),
    }
}

fn split(answer: Answer) -> Result<Body, NoBody> {
    match answer {
        Answer::Blob(body) => Ok(body),
        Answer::TooLarge => Err(NoBody),
    }
}

fn encode(answer: Answer, encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
    match answer {
        Answer::Blob(body) => encoder.status(200).body().bytes("application/octet-stream", body),
        Answer::TooLarge => {
            encoder.status(413);
            Ok(())
        }
    }
}

/// `POST /blob`: bytes in, bytes out.
struct Blob(Body);

operation!(Blob, "POST", "blob");

impl ClientOperation for Blob {
    fn encode(self, request: &mut RequestEncoder) -> Result<(), EncodeError> {
        request.body().bytes("application/octet-stream", self.0)
    }

    fn decode(response: &ResponseDecoder<'_>) -> Result<Answer, DecodeError> {
        decode(response)
    }

    fn split(answer: Answer) -> Result<Body, NoBody> {
        split(answer)
    }
}

impl ServerOperation for Blob {
    fn decode(request: &RequestDecoder<'_>) -> Result<Self, Rejection> {
        Ok(Self(request.body(&["application/octet-stream"])?.bytes()?))
    }

    fn encode(answer: Answer, encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
        encode(answer, encoder)
    }
}

/// `POST /form`: files and a text.
#[derive(Debug, Default)]
struct Form {
    files: Option<Vec<File>>,
    text: Option<String>,
}

const PARTS: &[Part] = &[Part::file("files").list(), Part::text("text")];

operation!(Form, "POST", "form");

impl Json for Form {
    fn read(reader: &mut Reader<'_>) -> Result<Self, JsonError> {
        let mut form = Self::default();
        let Self { files, text } = &mut form;
        reader.object(&mut |key, reader| match key {
            "files" => reader.optional(files, key),
            "text" => reader.optional(text, key),
            _ => Ok(false),
        })?;
        Ok(form)
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.optional("files", &self.files);
        object.optional("text", &self.text);
        object.end();
    }
}

impl ClientOperation for Form {
    fn encode(self, request: &mut RequestEncoder) -> Result<(), EncodeError> {
        request.body().multipart("multipart/form-data", PARTS, &self)
    }

    fn decode(response: &ResponseDecoder<'_>) -> Result<Answer, DecodeError> {
        decode(response)
    }

    fn split(answer: Answer) -> Result<Body, NoBody> {
        split(answer)
    }
}

impl ServerOperation for Form {
    fn decode(request: &RequestDecoder<'_>) -> Result<Self, Rejection> {
        Ok(request.body(&["multipart/form-data"])?.multipart(PARTS)?)
    }

    fn encode(answer: Answer, encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
        encode(answer, encoder)
    }
}

/// A client over a real socket, and one in the same process.
async fn clients(routes: Vec<Route>, limit: usize) -> [Client; 2] {
    let make = || Router::new(routes.clone()).body_limit(limit);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, make()));
    [Client::new(&format!("http://{address}")).unwrap(), Client::with_service("http://in.process", make().into_service()).unwrap()]
}

#[tokio::test]
async fn both_ends_see_what_is_there_before_the_rest_is_sent() {
    // Sends back what it gets, chunk by chunk; a side that waited for an end would wait for ever.
    let echo = Route::new(|Blob(body): Blob, _: Context| async move { Ok(Answer::Blob(body)) });
    for client in clients(vec![echo], 1000).await {
        let (sender, body) = channel();
        sender.send(Ok("first".into())).await.unwrap();
        let mut answer = client.send(Blob(body)).await.unwrap().into_body();
        for text in ["first", "second", "third"] {
            if text != "first" {
                sender.send(Ok(text.into())).await.unwrap();
            }
            assert_eq!(answer.chunk().await.unwrap().unwrap(), text);
        }
        drop(sender);
        assert!(answer.chunk().await.unwrap().is_none());
    }
}

#[tokio::test]
async fn large_bodies_pass_through_a_small_window() {
    let up = Arc::new(Flight::default());
    let down = Arc::new(Flight::default());
    let (reading, writing) = (Arc::clone(&up), Arc::clone(&down));
    let handler = Route::new(move |Blob(body): Blob, _: Context| {
        let (reading, flight) = (Arc::clone(&reading), Arc::clone(&writing));
        async move {
            assert_eq!(reading.read(body).await?, MANY * CHUNK);
            Ok(Answer::Blob(Body::from_stream(Counted { left: MANY, flight })))
        }
    });
    for client in clients(vec![handler], usize::MAX).await {
        let body = Body::from_stream(Counted { left: MANY, flight: Arc::clone(&up) });
        // 64 MiB, which is more than the client would read of anything but a stream.
        let reply = client.with_response_limit(1000).send(Blob(body)).await.unwrap();
        assert!(!reply.headers().contains_key("content-length"));
        assert_eq!(down.read(reply.into_body()).await.unwrap(), MANY * CHUNK);
        for flight in [&up, &down] {
            assert_eq!(flight.now.load(Ordering::SeqCst), 0);
            // What sockets and their readers hold; how much that is, is up to the system.
            let most = flight.most.load(Ordering::SeqCst);
            assert!(most < MANY * CHUNK / 4, "{most} bytes in flight");
        }
    }
}

#[tokio::test]
async fn a_limit_holds_in_the_middle_of_a_stream() {
    let started = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&started);
    let handler = Route::new(move |Blob(body): Blob, _: Context| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            match body.read(usize::MAX).await {
                Err(ReadError::TooLong { limit: 1000 }) => Ok(Answer::TooLarge),
                Err(error) => Err(error.into()),
                Ok(bytes) => Ok(Answer::Blob(bytes.into())),
            }
        }
    });
    for client in clients(vec![handler], 1000).await {
        let stream = || Body::from_stream(Counted { left: 1, flight: Arc::default() });
        let raw = client.send_raw(Blob(stream())).await.unwrap();
        assert!(matches!(raw.body(), Answer::TooLarge), "{raw:?}");
        let before = started.load(Ordering::SeqCst);
        // One that says how long it is does not reach the handler.
        let raw = client.send_raw(Blob(vec![0; 1001].into())).await.unwrap();
        assert_eq!((raw.status(), started.load(Ordering::SeqCst)), (StatusCode::PAYLOAD_TOO_LARGE, before));
        let reply = client.send(Blob(vec![0; 1000].into())).await.unwrap();
        assert_eq!(reply.into_body().read(1000).await.unwrap().len(), 1000);
    }
}

#[tokio::test]
async fn a_body_that_breaks_off_is_an_error_on_the_other_end() {
    let noticed = Arc::new(AtomicBool::new(false));
    let notices = Arc::clone(&noticed);
    let handler = Route::new(move |Blob(mut body): Blob, _: Context| {
        let notices = Arc::clone(&notices);
        async move {
            let first = body.chunk().await?;
            if first.as_deref() == Some(b"break") {
                notices.store(matches!(body.chunk().await, Err(ReadError::Broken(_))), Ordering::SeqCst);
            }
            let (sender, body) = channel();
            tokio::spawn(async move {
                sender.send(Ok("some".into())).await.unwrap();
                sender.send(Err("no more".into())).await.unwrap();
            });
            Ok(Answer::Blob(body))
        }
    });
    for (number, client) in clients(vec![handler], 1000).await.into_iter().enumerate() {
        let mut body = client.send(Blob("good".into())).await.unwrap().into_body();
        assert_eq!(body.chunk().await.unwrap().unwrap(), "some");
        assert!(matches!(body.chunk().await, Err(ReadError::Broken(_))));

        noticed.store(false, Ordering::SeqCst);
        let (sender, body) = channel();
        tokio::spawn(async move {
            sender.send(Ok("break".into())).await.unwrap();
            sender.send(Err("cut".into())).await.unwrap();
        });
        let outcome = client.send(Blob(body)).await;
        if number == 0 {
            let error = outcome.unwrap_err();
            assert!(matches!(&error, Error::Transport(error) if error.kind() == TransportErrorKind::Request), "{error:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert!(noticed.load(Ordering::SeqCst));
    }
}

/// A server that answers with a head and some chunks, waits after each, and never comes to an end.
async fn slow(pause: Duration, chunks: usize, end: &'static [u8]) -> Client {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let _ = socket.read(&mut [0; 4096]).await;
        socket.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n").await.unwrap();
        for _ in 0..chunks {
            tokio::time::sleep(pause).await;
            socket.write_all(b"2\r\nab\r\n").await.unwrap();
        }
        socket.write_all(end).await.unwrap();
        if end.is_empty() {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
    });
    Client::new(&format!("http://{address}")).unwrap().with_timeout(Duration::from_millis(400))
}

#[tokio::test]
async fn a_download_may_take_longer_than_a_call_but_must_not_stall() {
    let client = slow(Duration::from_millis(100), 8, b"0\r\n\r\n").await;
    let body = client.send(Blob(Body::empty())).await.unwrap().into_body();
    assert_eq!(body.read(100).await.unwrap().len(), 16);

    let client = slow(Duration::ZERO, 1, b"").await;
    let mut body = client.send(Blob(Body::empty())).await.unwrap().into_body();
    assert_eq!(body.chunk().await.unwrap().unwrap(), "ab");
    assert!(matches!(body.chunk().await, Err(ReadError::Slow { .. })));

    // The server closes the connection without the last chunk.
    let client = slow(Duration::ZERO, 1, b"2\r\na").await;
    let body = client.send(Blob(Body::empty())).await.unwrap().into_body();
    assert!(matches!(body.read(100).await, Err(ReadError::Broken(_))));
}

#[tokio::test]
async fn files_of_a_form_are_streamed_and_kept_out_of_memory() {
    let handler = Route::new(|form: Form, context: Context| async move {
        let mut seen = vec![format!("{:?}", context.parts.headers.contains_key("content-length"))];
        for file in form.files.into_iter().flatten() {
            let name = file.file_name.unwrap_or_default();
            let in_memory = file.content.as_bytes().is_some();
            let size = length(file.content).await?;
            seen.push(format!("{name} {:?} {size} {in_memory}", file.content_type));
        }
        seen.push(form.text.unwrap_or_default());
        Ok(Answer::Blob(seen.join("\n").into()))
    });
    for client in clients(vec![handler], usize::MAX).await {
        let flight = Arc::new(Flight::default());
        let stream = Body::from_stream(Counted { left: 64, flight: Arc::clone(&flight) });
        let files = vec![
            File::new("a \"quoted\" ü.bin", stream).with_content_type("application/x-a"),
            File::new("b", "\r\n--form-"),
            File::new("c", vec![0; CHUNK]),
        ];
        let reply = client.send(Form { files: Some(files), text: Some("t".to_owned()) }).await.unwrap();
        let text = reply.into_body().read(1000).await.unwrap();
        let wanted =
            format!("false\na \"quoted\" ü.bin Some(\"application/x-a\") {} false\nb None 9 true\nc None {CHUNK} true\nt", 64 * CHUNK);
        assert_eq!(String::from_utf8(text.to_vec()).unwrap(), wanted);

        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), vec![1; 3 * CHUNK]).unwrap();
        let files = vec![File::new("disk", Body::open(file.path()).await.unwrap())];
        let reply = client.send(Form { files: Some(files), text: None }).await.unwrap();
        let text = reply.into_body().read(1000).await.unwrap();
        // In the same process nobody writes the header.
        assert!(text.ends_with(format!("\ndisk None {} true\n", 3 * CHUNK).as_bytes()), "{text:?}");
    }
}

/// The length of a body.
async fn length(mut body: Body) -> Result<usize, ReadError> {
    let mut length = 0;
    while let Some(chunk) = body.chunk().await? {
        length += chunk.len();
    }
    Ok(length)
}
