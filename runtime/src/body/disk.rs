//! Bodies that are read from a file as they are asked for.

use std::io;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http_body::{Body as HttpBody, Frame, SizeHint};
use tokio::fs::File;
use tokio::io::{AsyncRead, ReadBuf};

use super::{Body, BoxError};

/// How much is read at once.
const CHUNK: usize = 64 * 1024;

/// What an open file holds from its present position on.
struct Disk {
    file: File,
    rest: u64,
}

impl Body {
    /// The bytes of a file on disk, which are read as they are sent. Their number is known, and is what the file's
    /// length is now: if it turns out shorter, the body breaks off.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub async fn open(path: impl AsRef<Path>) -> io::Result<Self> {
        let file = File::open(path).await?;
        let length = file.metadata().await?.len();
        Ok(Self::from_file(file, length))
    }

    /// So many bytes of an open file.
    pub(crate) fn from_file(file: File, length: u64) -> Self {
        Self::wrap(Disk { file, rest: length })
    }
}

impl HttpBody for Disk {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let wanted = usize::try_from(self.rest).unwrap_or(CHUNK).min(CHUNK);
        if wanted == 0 {
            return Poll::Ready(None);
        }
        let mut chunk = vec![0; wanted];
        let mut buffer = ReadBuf::new(&mut chunk);
        ready!(Pin::new(&mut self.file).poll_read(context, &mut buffer))?;
        let read = buffer.filled().len();
        chunk.truncate(read);
        self.rest = self.rest.saturating_sub(read as u64);
        if read == 0 {
            self.rest = 0;
            return Poll::Ready(Some(Err(io::Error::from(io::ErrorKind::UnexpectedEof).into())));
        }
        Poll::Ready(Some(Ok(Frame::data(chunk.into()))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest)
    }
}
