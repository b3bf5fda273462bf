//! One call: a future of the same shape for every operation, so that the user's crate has little to compile for each.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;

use super::arrival::Arrival;
use super::error::{Error, TransportError, Unreadable};
use crate::error::EncodeError;
use crate::wire::{NoHeaders, Reply};

/// The future of a call of an operation. It ends in what the documented success carries, [`Reply<T, H>`](Reply), or in an
/// [`Error<E>`](Error), where `E` is what the documented failure carries.
///
/// The request was written when the call was made, so that the future holds none of the arguments. Nothing is sent
/// before it is awaited, and dropping it gives the call up.
#[must_use = "nothing is sent until it is awaited"]
pub struct Call<'c, T, E, H = NoHeaders> {
    exchange: Exchange<'c>,
    sort: Sort<T, E, H>,
}

/// From the written request to the reply.
pub(super) type Exchange<'c> = Pin<Box<dyn Future<Output = Result<Arrival, CallError>> + Send + 'c>>;

/// From the reply to what the operation makes of it, or back to the reply, if its body has to be read first.
type Sort<T, E, H> = fn(Arrival) -> Sorted<T, E, H>;

/// What an operation makes of a reply.
pub(super) type Sorted<T, E, H = NoHeaders> = Result<Result<Reply<T, H>, Error<E>>, Box<Arrival>>;

impl<'c, T, E, H> Call<'c, T, E, H> {
    pub(super) fn new(exchange: Exchange<'c>, sort: Sort<T, E, H>) -> Self {
        Self { exchange, sort }
    }
}

impl<T, E, H> Future for Call<'_, T, E, H> {
    type Output = Result<Reply<T, H>, Error<E>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        loop {
            match ready!(self.exchange.as_mut().poll(context)) {
                Err(error) => return Poll::Ready(Err(error.into())),
                Ok(arrival) => match (self.sort)(arrival) {
                    Ok(outcome) => return Poll::Ready(outcome),
                    Err(unread) => self.exchange = Box::pin(unread.whole()),
                },
            }
        }
    }
}

impl<T, E, H> fmt::Debug for Call<'_, T, E, H> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Call")
    }
}

/// Why a call failed, before it is known what the operation's failures carry.
pub(super) enum CallError {
    Encode(EncodeError),
    Transport(TransportError),
    Undocumented(Box<Reply<Bytes>>),
    EmptySuccess(Box<Reply<()>>),
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
            CallError::EmptySuccess(reply) => Self::EmptySuccess(reply),
            CallError::Decode(unreadable) => Self::Decode(unreadable),
        }
    }
}
