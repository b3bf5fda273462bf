//! Bodies around streams and other bodies: chunks of a stream, a limit of bytes, a limit of waiting, one after another.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use futures_core::Stream;
use http_body::{Body as HttpBody, Frame, SizeHint};

use super::{Body, BoxError, ReadError};

type Polled<E> = Poll<Option<Result<Frame<Bytes>, E>>>;

/// The chunks of a stream.
pub(super) struct Streamed<S>(pub(super) Pin<Box<S>>);

impl<S, T, E> HttpBody for Streamed<S>
where
    S: Stream<Item = Result<T, E>>,
    T: Into<Bytes>,
    E: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled<BoxError> {
        let next = ready!(self.0.as_mut().poll_next(context));
        Poll::Ready(next.map(|chunk| chunk.map(|chunk| Frame::data(chunk.into())).map_err(Into::into)))
    }
}

/// At most so many bytes.
pub(super) struct Limited {
    pub(super) body: Body,
    pub(super) limit: usize,
    pub(super) rest: usize,
}

impl HttpBody for Limited {
    type Data = Bytes;
    type Error = ReadError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled<ReadError> {
        let next = ready!(Pin::new(&mut self.body).poll_frame(context));
        if let Some(Ok(frame)) = &next {
            match self.rest.checked_sub(frame.data_ref().map_or(0, Bytes::len)) {
                Some(rest) => self.rest = rest,
                None => {
                    // Whoever goes on reading gets nothing more of it.
                    self.body = Body::empty();
                    return Poll::Ready(Some(Err(ReadError::TooLong { limit: self.limit })));
                }
            }
        }
        Poll::Ready(next)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        HttpBody::size_hint(&self.body)
    }
}

/// Not longer than this between two chunks.
#[cfg(feature = "client")]
pub(super) struct Paced {
    pub(super) body: Body,
    pub(super) limit: std::time::Duration,
    pub(super) sleep: Option<Pin<Box<tokio::time::Sleep>>>,
}

#[cfg(feature = "client")]
impl HttpBody for Paced {
    type Data = Bytes;
    type Error = ReadError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled<ReadError> {
        if let Poll::Ready(next) = Pin::new(&mut self.body).poll_frame(context) {
            self.sleep = None;
            return Poll::Ready(next);
        }
        let limit = self.limit;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(std::future::Future::poll(sleep.as_mut(), context));
        self.body = Body::empty();
        Poll::Ready(Some(Err(ReadError::Slow { limit })))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        HttpBody::size_hint(&self.body)
    }
}

/// One body after another.
struct Chain(VecDeque<Body>);

impl HttpBody for Chain {
    type Data = Bytes;
    type Error = ReadError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Polled<ReadError> {
        while let Some(first) = self.0.front_mut() {
            if let Some(frame) = ready!(Pin::new(first).poll_frame(context)) {
                return Poll::Ready(Some(frame));
            }
            self.0.pop_front();
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        self.0.iter().all(HttpBody::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        let exact = self.0.iter().map(Body::length).try_fold(0u64, |sum, length| sum.checked_add(length?));
        exact.map(SizeHint::with_exact).unwrap_or_default()
    }
}

impl Body {
    /// One body after another. If the bytes of all are here, so are those of the whole.
    pub(crate) fn chain(bodies: Vec<Self>) -> Self {
        match bodies.iter().map(Self::as_bytes).collect::<Option<Vec<_>>>() {
            Some(all) => Self::from(all.into_iter().flat_map(|bytes| bytes.iter().copied()).collect::<Vec<u8>>()),
            None => Self::wrap(Chain(bodies.into())),
        }
    }
}
