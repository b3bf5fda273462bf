//! Bodies as they travel: bytes at once, or as they come. Knows no media type.

#[cfg(any(feature = "client", feature = "server"))]
mod disk;
mod wrap;

use std::any::Any;
use std::fmt;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
pub use futures_core::Stream;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

/// Any error, as layers pass them on.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request or a response, or the content of a file: bytes that are all here, or a stream of them.
///
/// A stream can be read once, so a body is neither cloned nor compared. Read it whole with [`Body::read`], chunk by
/// chunk with [`Body::chunk`], or as a [`Stream`]. A stream that ends is a body that arrived whole: one that breaks
/// off ends in an error. `Debug` does not show what is in it.
pub struct Body(Inner);

type Chunks = UnsyncBoxBody<Bytes, ReadError>;

enum Inner {
    /// `None` once it was read.
    Whole(Option<Bytes>),
    /// In a lock so that bodies can be shared between threads and moved out of values that are only borrowed.
    Stream(Mutex<Option<Chunks>>),
}

/// Why a body could not be read to its end.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// It has more bytes than are allowed.
    #[error("the body is longer than {limit} bytes")]
    TooLong {
        /// How many are allowed.
        limit: usize,
    },
    /// It went on, but not for a long time.
    #[error("nothing more of the body came within {limit:?}")]
    Slow {
        /// How long was waited for the next bytes.
        limit: Duration,
    },
    /// It broke off.
    #[error("the body broke off")]
    Broken(#[source] BoxError),
}

impl ReadError {
    /// What another body said; an error of our own is kept as it is.
    fn of(error: impl Into<BoxError>) -> Self {
        match error.into().downcast::<Self>() {
            Ok(own) => *own,
            Err(other) => Self::Broken(other),
        }
    }
}

impl Body {
    /// No bytes.
    pub fn empty() -> Self {
        Self::from(Bytes::new())
    }

    /// The bytes of another body, as they come.
    pub fn wrap<B>(body: B) -> Self
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let mut slot = Some(body);
        // A body of our own stays what it is, so that bytes that are all here are known to be.
        if let Some(own) = (&mut slot as &mut dyn Any).downcast_mut::<Option<Self>>().and_then(Option::take) {
            return own;
        }
        slot.map_or_else(Self::empty, |body| Self(Inner::Stream(Mutex::new(Some(body.map_err(ReadError::of).boxed_unsync())))))
    }

    /// Chunks as they come from a stream; an error in it breaks the body off.
    pub fn from_stream<S, T, E>(stream: S) -> Self
    where
        S: Stream<Item = Result<T, E>> + Send + 'static,
        T: Into<Bytes>,
        E: Into<BoxError>,
    {
        Self::wrap(wrap::Streamed(Box::pin(stream)))
    }

    /// The bytes, if they are all here.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Inner::Whole(bytes) => bytes.as_ref(),
            Inner::Stream(_) => None,
        }
    }

    /// How many bytes there are, where that is known before they are read.
    pub fn length(&self) -> Option<u64> {
        HttpBody::size_hint(self).exact()
    }

    /// A second body like this one, if its bytes are all here: what a layer needs to send a request again.
    pub fn try_clone(&self) -> Option<Self> {
        self.as_bytes().cloned().map(Self::from)
    }

    /// The next chunk; `None` at the end.
    ///
    /// # Errors
    /// The body broke off, or grew longer than is allowed.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, ReadError> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await.transpose()
    }

    /// Reads to the end.
    ///
    /// # Errors
    /// There are more than `limit` bytes, or fewer arrived than were announced.
    pub async fn read(mut self, limit: usize) -> Result<Bytes, ReadError> {
        if HttpBody::size_hint(&self).lower() > limit as u64 {
            return Err(ReadError::TooLong { limit });
        }
        let mut chunks: Vec<Bytes> = Vec::new();
        let mut length = 0usize;
        while let Some(chunk) = self.chunk().await? {
            length = length.saturating_add(chunk.len());
            if length > limit {
                return Err(ReadError::TooLong { limit });
            }
            chunks.push(chunk);
        }
        match chunks.len() {
            // A body that came at once is not copied.
            0 | 1 => Ok(chunks.pop().unwrap_or_default()),
            _ => Ok(chunks.concat().into()),
        }
    }

    /// The same body, broken off with [`ReadError::TooLong`] after this many bytes.
    #[must_use]
    pub fn limited(self, limit: usize) -> Self {
        if self.as_bytes().is_some_and(|bytes| bytes.len() <= limit) {
            return self;
        }
        Self::wrap(wrap::Limited { body: self, limit, rest: limit })
    }

    /// The same body, broken off with [`ReadError::Slow`] if nothing comes for this long.
    #[cfg(feature = "client")]
    pub(crate) fn paced(self, limit: Duration) -> Self {
        if self.as_bytes().is_some() { self } else { Self::wrap(wrap::Paced { body: self, limit, sleep: None }) }
    }

    /// The body itself, which leaves none behind. Bytes that are all here stay here too.
    pub(crate) fn take(&self) -> Self {
        match &self.0 {
            Inner::Whole(bytes) => Self(Inner::Whole(bytes.clone())),
            Inner::Stream(stream) => {
                let taken = stream.lock().unwrap_or_else(PoisonError::into_inner).take();
                Self(Inner::Stream(Mutex::new(taken)))
            }
        }
    }
}

impl Default for Body {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Self(Inner::Whole(Some(bytes)))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Bytes::from(bytes).into()
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Bytes::from(text).into()
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Bytes::from_static(text.as_bytes()).into()
    }
}

impl From<&'static [u8]> for Body {
    fn from(bytes: &'static [u8]) -> Self {
        Bytes::from_static(bytes).into()
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = ReadError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, ReadError>>> {
        match &mut self.get_mut().0 {
            Inner::Whole(bytes) => {
                let rest = bytes.take().filter(|bytes| !bytes.is_empty());
                Poll::Ready(rest.map(|bytes| Ok(Frame::data(bytes))))
            }
            Inner::Stream(stream) => match stream.get_mut().unwrap_or_else(PoisonError::into_inner) {
                Some(stream) => Pin::new(stream).poll_frame(context),
                None => Poll::Ready(None),
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Inner::Stream(stream) => stream.lock().unwrap_or_else(PoisonError::into_inner).as_ref().is_none_or(HttpBody::is_end_stream),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Inner::Stream(stream) => {
                let stream = stream.lock().unwrap_or_else(PoisonError::into_inner);
                stream.as_ref().map_or_else(|| SizeHint::with_exact(0), HttpBody::size_hint)
            }
        }
    }
}

/// The chunks, none of them empty. Trailers are left out: nothing documented travels in them.
impl Stream for Body {
    type Item = Result<Bytes, ReadError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            match std::task::ready!(self.as_mut().poll_frame(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(frame)) => {
                    if let Ok(chunk) = frame.into_data()
                        && !chunk.is_empty()
                    {
                        return Poll::Ready(Some(Ok(chunk)));
                    }
                }
            }
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Inner::Whole(bytes) => write!(formatter, "Body({} bytes)", bytes.as_ref().map_or(0, Bytes::len)),
            Inner::Stream(_) => formatter.write_str("Body(stream)"),
        }
    }
}

#[cfg(test)]
mod tests;
