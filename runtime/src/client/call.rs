//! One call: a future of the same shape for every operation, so that the user's crate has little to compile for each.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::error::{Error, TransportError, Unreadable};
use crate::error::{DecodeError, EncodeError};
use crate::wire::Reply;

/// The future of a call of an operation. It ends in what the documented success carries, `Reply<T>`, or in an
/// [`Error<E>`](Error), where `E` is what the documented failure carries.
///
/// The request was written when the call was made, so that the future holds none of the arguments. Nothing is sent
/// before it is awaited, and dropping it gives the call up.
#[must_use = "nothing is sent until it is awaited"]
pub struct Call<'c, T, E> {
    exchange: Exchange<'c>,
    sort: Sort<T, E>,
}

/// From the written request to the reply as it came.
pub(super) type Exchange<'c> = Pin<Box<dyn Future<Output = Result<Reply<Bytes>, CallError>> + Send + 'c>>;

/// From the reply as it came to what the operation makes of it.
type Sort<T, E> = fn(Reply<Bytes>) -> Result<Reply<T>, Error<E>>;

impl<'c, T, E> Call<'c, T, E> {
    pub(super) fn new(exchange: Exchange<'c>, sort: Sort<T, E>) -> Self {
        Self { exchange, sort }
    }
}

impl<T, E> Future for Call<'_, T, E> {
    type Output = Result<Reply<T>, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Poll::Ready(match ready!(self.exchange.as_mut().poll(context)) {
            Ok(reply) => (self.sort)(reply),
            Err(error) => Err(error.into()),
        })
    }
}

impl<T, E> fmt::Debug for Call<'_, T, E> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Call")
    }
}

/// Why a call failed, before it is known what the operation's failures carry.
pub(super) enum CallError {
    Encode(EncodeError),
    Transport(TransportError),
    Undocumented(Box<Reply<Bytes>>),
    Decode(Box<Unreadable>),
}

impl From<EncodeError> for CallError {
    fn from(error: EncodeError) -> Self {
        Self::Encode(error)
    }
}

impl From<TransportError> for CallError {
    fn from(error: TransportError) -> Self {
        Self::Transport(error)
    }
}

impl<E> From<CallError> for Error<E> {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Encode(error) => Self::Encode(error),
            CallError::Transport(error) => Self::Transport(error),
            CallError::Undocumented(reply) => Self::Undocumented(reply),
            CallError::Decode(unreadable) => Self::Decode(unreadable),
        }
    }
}

/// A response that does not fit the document, kept whole.
pub(super) fn misfit(reply: Reply<Bytes>, error: DecodeError) -> CallError {
    match error {
        DecodeError::Undocumented => CallError::Undocumented(Box::new(reply)),
        error => {
            let Reply { status, headers, body } = reply;
            CallError::Decode(Box::new(Unreadable { status, headers, body, error }))
        }
    }
}
