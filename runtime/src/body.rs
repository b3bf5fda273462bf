//! Bodies as they travel between a transport, its layers and a router: bytes at once, or as they come. Knows no media type.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;

/// Any error, as layers pass them on.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The body of a request or a response. `Debug` does not show what is in it.
pub struct Body(Inner);

enum Inner {
    /// `None` once it was read.
    Whole(Option<Bytes>),
    Stream(UnsyncBoxBody<Bytes, BoxError>),
}

/// Why a body could not be read to its end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It has more bytes than are allowed.
    #[error("the body is longer than {limit} bytes")]
    TooLong {
        /// How many are allowed.
        limit: usize,
    },
    /// It broke off.
    #[error("the body broke off")]
    Broken(#[source] BoxError),
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
        Self(Inner::Stream(body.map_err(Into::into).boxed_unsync()))
    }

    /// The bytes, if they are all here.
    pub fn as_bytes(&self) -> Option<&Bytes> {
        match &self.0 {
            Inner::Whole(bytes) => bytes.as_ref(),
            Inner::Stream(_) => None,
        }
    }

    /// A second body like this one, if its bytes are all here: what a layer needs to send a request again.
    pub fn try_clone(&self) -> Option<Self> {
        self.as_bytes().cloned().map(Self::from)
    }

    /// Reads to the end.
    ///
    /// # Errors
    /// There are more than `limit` bytes, or fewer arrived than were announced.
    pub async fn read(self, limit: usize) -> Result<Bytes, ReadError> {
        if HttpBody::size_hint(&self).lower() > limit as u64 {
            return Err(ReadError::TooLong { limit });
        }
        match self.0 {
            Inner::Whole(bytes) => Ok(bytes.unwrap_or_default()),
            Inner::Stream(stream) => read_stream(stream, limit).await,
        }
    }
}

async fn read_stream(mut stream: UnsyncBoxBody<Bytes, BoxError>, limit: usize) -> Result<Bytes, ReadError> {
    let mut chunks: Vec<Bytes> = Vec::new();
    let mut length = 0usize;
    while let Some(frame) = stream.frame().await {
        // Trailers are frames too; nothing documented travels in them.
        let Ok(chunk) = frame.map_err(ReadError::Broken)?.into_data() else { continue };
        length = length.saturating_add(chunk.len());
        if length > limit {
            return Err(ReadError::TooLong { limit });
        }
        if !chunk.is_empty() {
            chunks.push(chunk);
        }
    }
    match chunks.len() {
        // A body that came at once is not copied.
        0 | 1 => Ok(chunks.pop().unwrap_or_default()),
        _ => Ok(chunks.concat().into()),
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

impl HttpBody for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.get_mut().0 {
            Inner::Whole(bytes) => {
                let rest = bytes.take().filter(|bytes| !bytes.is_empty());
                Poll::Ready(rest.map(|bytes| Ok(Frame::data(bytes))))
            }
            Inner::Stream(stream) => Pin::new(stream).poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Inner::Whole(bytes) => bytes.as_ref().is_none_or(Bytes::is_empty),
            Inner::Stream(stream) => stream.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Inner::Whole(bytes) => SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64)),
            Inner::Stream(stream) => stream.size_hint(),
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
