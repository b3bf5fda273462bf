//! Bodies on their own: what they are made of, how they are read, and how they end.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_core::Stream;
use http_body::Body as HttpBody;

use super::{Body, ReadError};

/// A stream of chunks, the last of which may be an error.
struct Chunks(Vec<Result<&'static str, io::Error>>);

impl Stream for Chunks {
    type Item = Result<&'static str, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        Poll::Ready((!self.0.is_empty()).then(|| self.0.remove(0)))
    }
}

fn stream(chunks: &[&'static str]) -> Body {
    Body::from_stream(Chunks(chunks.iter().map(|chunk| Ok(*chunk)).collect()))
}

fn breaking() -> Body {
    Body::from_stream(Chunks(vec![Ok("ab"), Err(io::Error::other("no more"))]))
}

fn ready<T>(future: impl Future<Output = T>) -> T {
    match std::pin::pin!(future).poll(&mut Context::from_waker(std::task::Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

#[test]
fn whatever_it_is_made_of_it_reads_the_same() {
    let bodies: [(Body, Option<u64>); 7] = [
        (Body::from("abc"), Some(3)),
        (Body::from(String::from("abc")), Some(3)),
        (Body::from(vec![b'a', b'b', b'c']), Some(3)),
        (Body::from(Bytes::from_static(b"abc")), Some(3)),
        (stream(&["a", "", "bc"]), None),
        (Body::wrap(http_body_util::Full::new(Bytes::from_static(b"abc"))), Some(3)),
        (Body::chain(vec![Body::from("a"), stream(&["b"]), Body::empty(), Body::from("c")]), None),
    ];
    for (body, length) in bodies {
        assert_eq!(body.length(), length, "{body:?}");
        assert_eq!(ready(body.read(3)).unwrap(), "abc");
    }
    assert_eq!(ready(Body::default().read(0)).unwrap(), "");
    assert_eq!(Body::chain(vec![Body::from("a"), Body::from("b")]).as_bytes().unwrap(), "ab");
    assert_eq!(Body::wrap(Body::from("a")).as_bytes().unwrap(), "a", "it stays what it is");
}

#[test]
fn chunks_come_one_by_one_and_none_is_empty() {
    let mut body = stream(&["", "ab", "", "c"]);
    assert_eq!(ready(body.chunk()).unwrap().unwrap(), "ab");
    assert_eq!(ready(body.chunk()).unwrap().unwrap(), "c");
    assert!(ready(body.chunk()).unwrap().is_none());
    let mut body = breaking();
    assert_eq!(ready(body.chunk()).unwrap().unwrap(), "ab");
    assert!(matches!(ready(body.chunk()), Err(ReadError::Broken(_))));
}

#[test]
fn an_end_that_is_none_is_an_error() {
    assert!(matches!(ready(breaking().read(9)), Err(ReadError::Broken(_))));
    for (body, limit) in [(Body::from("abc"), 2), (stream(&["ab", "c"]), 2), (stream(&["abc"]), 0)] {
        assert!(matches!(ready(body.read(limit)), Err(ReadError::TooLong { limit: found }) if found == limit));
    }
    for body in [Body::from("abc"), stream(&["ab", "c"])] {
        let mut body = body.limited(2);
        let error = loop {
            match ready(body.chunk()) {
                Ok(chunk) => assert!(chunk.is_some(), "it ended short"),
                Err(error) => break error,
            }
        };
        // An error of our own is not wrapped once more.
        assert!(matches!(error, ReadError::TooLong { limit: 2 }), "{error:?}");
        assert!(ready(body.chunk()).unwrap().is_none());
    }
    assert_eq!(ready(stream(&["ab", "c"]).limited(3).read(9)).unwrap(), "abc");
}

#[test]
fn a_body_is_moved_out_once() {
    let body = stream(&["abc"]);
    let taken = body.take();
    assert_eq!(ready(taken.read(3)).unwrap(), "abc");
    assert!(body.is_end_stream());
    assert_eq!(ready(body.read(3)).unwrap(), "");
    let body = Body::from("abc");
    assert_eq!(body.take().as_bytes(), body.as_bytes());
}

#[test]
fn bodies_go_to_other_threads() {
    fn travels<T: Send + Sync + Unpin>(_: &T) {}
    travels(&Body::empty());
}

#[cfg(any(feature = "client", feature = "server"))]
#[tokio::test]
async fn a_file_on_disk_has_a_length_and_must_keep_it() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = "0123456789".repeat(20_000);
    std::fs::write(file.path(), &text).unwrap();
    let body = Body::open(file.path()).await.unwrap();
    assert_eq!(body.length(), Some(200_000));
    assert_eq!(body.read(200_000).await.unwrap(), text);
    let mut body = Body::open(file.path()).await.unwrap();
    assert_eq!(body.chunk().await.unwrap().unwrap().len(), 64 * 1024);
    std::fs::write(file.path(), "short").unwrap();
    assert!(matches!(body.read(200_000).await, Err(ReadError::Broken(_))));
    assert!(Body::open(file.path().join("none")).await.is_err());
}
