//! Something to send while there is nothing to say, so that nobody on the way takes the connection for dead. It must not
//! know what an item is.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

use crate::body::BoxError;

/// The bytes of items, and other bytes whenever there were none for a while.
pub(super) struct Steady<S> {
    pub(super) items: S,
    pub(super) idle: &'static [u8],
    pub(super) every: Duration,
    /// Not before the first item is asked for: until then there may be no clock.
    pub(super) sleep: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl<S: Stream<Item = Result<Vec<u8>, BoxError>> + Unpin> Stream for Steady<S> {
    type Item = Result<Vec<u8>, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if let Poll::Ready(next) = Pin::new(&mut self.items).poll_next(context) {
            self.sleep = None;
            return Poll::Ready(next);
        }
        let every = self.every;
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep(every)));
        ready!(sleep.as_mut().poll(context));
        self.sleep = None;
        Poll::Ready(Some(Ok(self.idle.to_vec())))
    }
}
