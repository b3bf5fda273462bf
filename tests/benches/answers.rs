//! How much it costs a client to read an answer in which everything fits: a hundred objects of eight properties each, as generated
//! code reads them, over a service in the same process. `cargo bench -p bothends-tests` prints the time of a call;
//! with a number, that many calls are made and nothing is printed, which is what `valgrind --tool=callgrind` wants.
// A benchmark may end as it likes.
#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used)]

use std::convert::Infallible;
use std::time::Instant;

use bothends_runtime::client::Client;
use bothends_runtime::http::{Request, Response};
use bothends_runtime::json::{Error, Json, Reader, Writer};
use bothends_runtime::{
    Body, ClientOperation, DecodeError, EncodeError, Maybe, NoBody, NoHeaders, Operation, OperationInfo, RequestEncoder, ResponseDecoder,
    Segment,
};
use tower::service_fn;

/// An object with properties of the usual kinds.
#[derive(Debug, Default, PartialEq)]
struct Post {
    id: String,
    created: Option<i64>,
    edited: Maybe<i64>,
    author: Option<String>,
    text: Option<String>,
    pinned: Option<bool>,
    tags: Option<Vec<String>>,
    score: Option<f64>,
}

impl Json for Post {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut post = Self::default();
        let mut id = None;
        reader.object(&mut |key, reader| match key {
            "id" => reader.field(&mut id, key),
            "created" => reader.optional(&mut post.created, key),
            "edited" => reader.maybe(&mut post.edited, key),
            "author" => reader.optional(&mut post.author, key),
            "text" => reader.optional(&mut post.text, key),
            "pinned" => reader.optional(&mut post.pinned, key),
            "tags" => reader.optional(&mut post.tags, key),
            "score" => reader.optional(&mut post.score, key),
            _ => Ok(false),
        })?;
        post.id = Reader::required(id, "id")?;
        Ok(post)
    }

    fn write(&self, writer: &mut Writer) {
        writer.object().end();
    }
}

struct ListPosts;

impl Operation for ListPosts {
    const INFO: &'static OperationInfo = &OperationInfo {
        id: "listPosts",
        method: "GET",
        path: "/posts",
        segments: &[Segment::Literal("posts")],
        needs: &[],
        tag: None,
        security: &[],
        accept: Some("application/json"),
    };
    type Response = Vec<Post>;
    type Success = Vec<Post>;
    type SuccessHeaders = NoHeaders;
    type Failure = NoBody;
}

impl ClientOperation for ListPosts {
    fn encode(self, _: &mut RequestEncoder) -> Result<(), EncodeError> {
        Ok(())
    }

    fn decode(response: &ResponseDecoder<'_>) -> Result<Self::Response, DecodeError> {
        if response.status() == 200 { response.body().json() } else { Err(DecodeError::Undocumented) }
    }

    fn split(response: Self::Response) -> Result<Self::Success, Self::Failure> {
        Ok(response)
    }
}

fn main() {
    let post = r#"{"id":"9a7c","created":1767225600000,"edited":null,"author":"ada","text":"a line of text, as people write them","pinned":false,"tags":["one","two"],"score":0.5}"#;
    let body = bothends_runtime::bytes::Bytes::from(format!("[{}]", vec![post; 100].join(",")));
    let answer = move |_: Request<Body>| {
        let body = Body::from(body.clone());
        async move { Ok::<_, Infallible>(Response::new(body)) }
    };
    let client = Client::with_service("http://localhost", service_fn(answer)).expect("the address is one");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let calls = |count: u32| {
        for _ in 0..count {
            let reply = runtime.block_on(client.send(ListPosts)).expect("everything fits");
            assert_eq!(reply.len(), 100);
        }
    };
    match std::env::args().nth(1).and_then(|count| count.parse().ok()) {
        Some(count) => calls(count),
        None => {
            calls(200);
            let mut best = f64::MAX;
            for _ in 0..20 {
                let start = Instant::now();
                calls(100);
                best = best.min(start.elapsed().as_secs_f64() / 100.0);
            }
            println!("a list of 100 objects: {:.1} µs a call (best of 20 × 100)", best * 1e6);
        }
    }
}
