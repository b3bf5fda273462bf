//! Bodies that are many values, one after another, each handed on as soon as it is there: server-sent events and lines
//! of JSON. It must not know which message they are in.
//!
//! An item that does not fit its type is an error of its own, with its text; the stream goes on behind it. One that is
//! longer than [`Items::with_limit`] says ends the stream, and so does a body that breaks off.

mod event;
mod line;
#[cfg(any(feature = "client", feature = "server"))]
mod steady;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures_core::Stream;

pub use self::event::{Data, Event};
pub use self::line::{Line, Separator};
use crate::body::{Body, BoxError, ReadError};
use crate::json::{self, AnswerPart, Deviation, Deviations, Json, Notes, Reading, Side};
use crate::watch::Watch;

/// Server-sent events (WHATWG HTML, section 9.2), each of them a `T`.
pub type Events<T> = Items<T, Event>;

/// JSON texts, one after another (`application/x-ndjson` and its like, RFC 7464), each of them a `T`.
pub type JsonLines<T> = Items<T, Line>;

/// How many bytes one item may have, unless [`Items::with_limit`] says otherwise.
const LIMIT: usize = 8 * 1024 * 1024;

/// How one item stands among others in a body.
pub trait Frame: Sized + Send + 'static {
    /// Whether a body of JSON is a body of items, too.
    const IS_JSON: bool;

    /// How a value stands in an item.
    type Manner: Copy + Default + PartialEq + Send + fmt::Debug;
    /// Cuts a body into items.
    type Cut: Default + Send;

    /// Takes the next bytes and gives the items that are whole now; the items that begin in them wait for the rest.
    fn cut(cut: &mut Self::Cut, manner: Self::Manner, bytes: &[u8], found: &mut VecDeque<Self>);

    /// What is left at the end of the body.
    fn rest(cut: &mut Self::Cut, manner: Self::Manner) -> Option<Self>;

    /// How many bytes wait for the rest of their item.
    fn waiting(cut: &Self::Cut) -> usize;

    /// The text that carries the value.
    fn text(&self) -> &str;

    /// The value of an item.
    ///
    /// # Errors
    /// It does not fit.
    fn read<T: Json>(&self, manner: Self::Manner, reading: Reading<'_>) -> Result<T, json::Error>;

    /// The item of a value.
    ///
    /// # Errors
    /// No item can carry it.
    fn of<T: Json>(value: &T, manner: Self::Manner) -> Result<Self, json::Error>;

    /// Bytes between two items that are none.
    fn idle(manner: Self::Manner) -> &'static [u8];

    /// The bytes of an item.
    ///
    /// # Errors
    /// They would be read as another item.
    fn write(&self, manner: Self::Manner) -> Result<Vec<u8>, json::Error>;
}

/// Why an item of a stream is not there.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ItemError {
    /// It does not fit its type. The stream goes on.
    #[error("item {number}: {error}")]
    Unfit {
        /// Its number in the stream, from 0.
        number: usize,
        /// What it holds.
        text: String,
        /// What does not fit.
        error: json::Error,
    },
    /// It is longer than is allowed. The stream is over.
    #[error("item {number} is longer than {limit} bytes")]
    TooLong {
        /// Its number in the stream, from 0.
        number: usize,
        /// How many bytes are allowed.
        limit: usize,
    },
    /// The body broke off, or whoever makes the items failed. The stream is over.
    #[error(transparent)]
    Read(#[from] ReadError),
}

impl ItemError {
    /// The text of an item that does not fit: some streams end in one like `[DONE]`.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Unfit { text, .. } => Some(text),
            Self::TooLong { .. } | Self::Read(_) => None,
        }
    }
}

/// Items as they come. A client reads them with [`Items::next`] or as a [`Stream`]; a server makes them of a stream of its
/// own, each item of which is sent at once. When the other end goes away the stream is dropped.
pub struct Items<T, F: Frame>(Mutex<Source<T, F>>);

// What is pinned in it is so in a box.
impl<T, F: Frame> Unpin for Items<T, F> {}

type Made<T, F> = Pin<Box<dyn Stream<Item = Result<Item<T, F>, BoxError>> + Send>>;

enum Source<T, F: Frame> {
    Received(Received<F>),
    Made {
        items: Made<T, F>,
        number: usize,
        #[cfg_attr(not(any(feature = "client", feature = "server")), allow(dead_code, reason = "there is no clock"))]
        every: Option<Duration>,
    },
}

/// What a maker of items makes.
enum Item<T, F> {
    Value(T),
    Frame(F),
}

/// A body that is cut into items.
struct Received<F: Frame> {
    body: Body,
    cut: F::Cut,
    ready: VecDeque<F>,
    manner: F::Manner,
    side: Side,
    /// What becomes of deviations; without it, what does not fit is an error.
    watch: Option<Watch>,
    deviations: Deviations,
    limit: usize,
    number: usize,
    /// Whether bytes were taken from the body.
    begun: bool,
    over: bool,
}

impl<T: Send + 'static, F: Frame> Items<T, F> {
    /// The items of a stream.
    pub fn new(items: impl Stream<Item = T> + Send + 'static) -> Self {
        Self::made(Mapped(Box::pin(items), |item| Ok(Item::Value(item))))
    }

    /// The items of a stream that may fail: then the body breaks off.
    pub fn try_new<E: Into<BoxError> + 'static>(items: impl Stream<Item = Result<T, E>> + Send + 'static) -> Self {
        Self::made(Mapped(Box::pin(items), |item: Result<T, E>| item.map(Item::Value).map_err(Into::into)))
    }

    /// Items as they stand in the body, of which nothing is checked but that they can be told apart: events with names,
    /// an end like `[DONE]`.
    pub fn raw(items: impl Stream<Item = F> + Send + 'static) -> Self {
        Self::made(Mapped(Box::pin(items), |item| Ok(Item::Frame(item))))
    }

    fn made(items: impl Stream<Item = Result<Item<T, F>, BoxError>> + Send + 'static) -> Self {
        Self(Mutex::new(Source::Made { items: Box::pin(items), number: 0, every: None }))
    }

    pub(crate) fn received(body: Body, manner: F::Manner, side: Side, watch: Option<Watch>) -> Self {
        Self(Mutex::new(Source::Received(Received {
            body,
            cut: F::Cut::default(),
            ready: VecDeque::new(),
            manner,
            side,
            watch,
            deviations: Deviations::default(),
            limit: LIMIT,
            number: 0,
            begun: false,
            over: false,
        })))
    }

    /// Where the items that were received so far differ from the document and were read all the same.
    pub fn deviations(&mut self) -> &[Deviation] {
        match self.source() {
            Source::Received(received) => &received.deviations,
            Source::Made { .. } => &[],
        }
    }

    /// The same with at most this many bytes to an item. It has no effect on items of a server's own.
    #[must_use]
    pub fn with_limit(mut self, bytes: usize) -> Self {
        if let Source::Received(received) = self.source() {
            received.limit = bytes;
        }
        self
    }

    /// The same with a comment, or between lines of JSON nothing but a separator, whenever there was no item for this long:
    /// else somebody on the way may take the connection for dead. It has no effect on items that were received.
    #[cfg(any(feature = "client", feature = "server"))]
    #[must_use]
    pub fn keep_alive(mut self, every: Duration) -> Self {
        if let Source::Made { every: found, .. } = self.source() {
            *found = Some(every);
        }
        self
    }

    fn source(&mut self) -> &mut Source<T, F> {
        self.0.get_mut().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Json + Send + 'static, F: Frame> Items<T, F> {
    /// The next item; `None` at the end.
    pub async fn next(&mut self) -> Option<Result<T, ItemError>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }

    /// The next item as it stands in the body, and its value: the name and the number of an event, for one.
    pub async fn next_raw(&mut self) -> Option<Result<(F, Result<T, json::Error>), ItemError>> {
        std::future::poll_fn(|context| self.source().poll(context)).await
    }

    /// The bytes of the items. Those that were received are passed on as they came, but for those that somebody took.
    pub(crate) fn into_body(self, manner: F::Manner) -> Body {
        match self.0.into_inner().unwrap_or_else(PoisonError::into_inner) {
            Source::Received(received) if !received.begun && received.manner == manner => received.body,
            Source::Received(received) => Body::from_stream(Mapped(Box::pin(received), move |frame: Result<F, ItemError>| {
                write::<T, F>(frame.map(Item::Frame).map_err(Into::into), manner)
            })),
            #[cfg(any(feature = "client", feature = "server"))]
            Source::Made { items, number: _, every: Some(every) } => {
                let items = Mapped(items, move |item| write(item, manner));
                Body::from_stream(steady::Steady { items, idle: F::idle(manner), every, sleep: None })
            }
            Source::Made { items, number: _, every: _ } => Body::from_stream(Mapped(items, move |item| write(item, manner))),
        }
    }
}

fn write<T: Json, F: Frame>(item: Result<Item<T, F>, BoxError>, manner: F::Manner) -> Result<Vec<u8>, BoxError> {
    let frame = match item? {
        Item::Value(value) => F::of(&value, manner)?,
        Item::Frame(frame) => frame,
    };
    Ok(frame.write(manner)?)
}

impl<T: Send + 'static, F: Frame> FromIterator<T> for Items<T, F> {
    fn from_iter<I: IntoIterator<Item = T>>(items: I) -> Self {
        let items: Vec<T> = items.into_iter().collect();
        Self::new(Listed(items.into_iter()))
    }
}

impl<T: Json, F: Frame> Source<T, F> {
    #[allow(clippy::type_complexity, reason = "an item, its value or why there is none, and why there is no item")]
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<(F, Result<T, json::Error>), ItemError>>> {
        match self {
            Self::Received(received) => {
                let item = ready!(received.poll(context));
                Poll::Ready(item.map(|item| {
                    item.map(|frame| {
                        received.number += 1;
                        let value = received.value(&frame);
                        (frame, value)
                    })
                }))
            }
            Self::Made { items, number, every: _ } => {
                let broken = |error| ItemError::Read(ReadError::Broken(error));
                let manner = F::Manner::default();
                let item = ready!(items.as_mut().poll_next(context));
                *number += 1;
                Poll::Ready(item.map(|item| match item.map_err(broken)? {
                    Item::Frame(frame) => {
                        let value = frame.read(manner, Side::Client.into());
                        Ok((frame, value))
                    }
                    Item::Value(value) => {
                        let frame = F::of(&value, manner).map_err(|error| broken(error.into()))?;
                        Ok((frame, Ok(value)))
                    }
                }))
            }
        }
    }

    fn number(&self) -> usize {
        let (Self::Received(Received { number, .. }) | Self::Made { number, .. }) = self;
        number.saturating_sub(1)
    }
}

impl<F: Frame> Received<F> {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<F, ItemError>>> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(frame)));
            }
            if self.over {
                return Poll::Ready(None);
            }
            match ready!(Pin::new(&mut self.body).poll_next(context)) {
                Some(Ok(bytes)) => {
                    self.begun = true;
                    F::cut(&mut self.cut, self.manner, &bytes, &mut self.ready);
                    let longest = self.ready.iter().map(|frame| frame.text().len()).max().unwrap_or_default();
                    if longest.max(F::waiting(&self.cut)) > self.limit {
                        self.end();
                        return Poll::Ready(Some(Err(ItemError::TooLong { number: self.number, limit: self.limit })));
                    }
                }
                Some(Err(error)) => {
                    self.end();
                    return Poll::Ready(Some(Err(error.into())));
                }
                None => {
                    self.over = true;
                    self.ready.extend(F::rest(&mut self.cut, self.manner));
                }
            }
        }
    }

    /// The value of the item that was just counted.
    fn value<T: Json>(&mut self, frame: &F) -> Result<T, json::Error> {
        let Some(watch) = &self.watch else { return frame.read(self.manner, self.side.into()) };
        let notes = Notes::default();
        let value = frame.read(self.manner, Reading::tolerant(&notes));
        let number = self.number.saturating_sub(1);
        for deviation in notes.take().into_iter().map(|deviation| deviation.of(AnswerPart::Item(number))) {
            watch.tell([&deviation]);
            if watch.strict && value.is_ok() {
                return Err(deviation.into_error());
            }
            self.deviations.push(deviation);
        }
        value
    }

    /// Nobody goes on reading: the connection is free.
    fn end(&mut self) {
        self.over = true;
        self.ready.clear();
        self.body = Body::empty();
    }
}

// Nothing in it is pinned where it stands.
impl<F: Frame> Unpin for Received<F> {}

impl<F: Frame> Stream for Received<F> {
    type Item = Result<F, ItemError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

impl<T: Json + Send + 'static, F: Frame> Stream for Items<T, F> {
    type Item = Result<T, ItemError>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let source = self.get_mut().source();
        let item = ready!(source.poll(context));
        let number = source.number();
        Poll::Ready(item.map(|item| {
            let (frame, value) = item?;
            value.map_err(|error| ItemError::Unfit { number, text: frame.text().to_owned(), error })
        }))
    }
}

impl<T, F: Frame> fmt::Debug for Items<T, F> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Items(stream)")
    }
}

/// A stream whose items are made into others.
struct Mapped<S: ?Sized, M>(Pin<Box<S>>, M);

// The stream is pinned in its box; what is done with its items never is.
impl<S: ?Sized, M> Unpin for Mapped<S, M> {}

impl<S: Stream + ?Sized, U, M: FnMut(S::Item) -> U> Stream for Mapped<S, M> {
    type Item = U;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<U>> {
        let item = ready!(self.0.as_mut().poll_next(context));
        Poll::Ready(item.map(&mut self.1))
    }
}

/// Items that are all here.
struct Listed<T>(std::vec::IntoIter<T>);

impl<T> Unpin for Listed<T> {}

impl<T> Stream for Listed<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<T>> {
        Poll::Ready(self.0.next())
    }
}

/// Bytes of a line as text; what is not UTF-8 becomes U+FFFD (WHATWG Encoding, UTF-8 decode).
fn text_of(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
