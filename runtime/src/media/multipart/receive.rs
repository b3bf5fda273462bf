//! Receives a form without holding its files in memory: what does not fit goes to temporary files, which are gone with
//! the bodies that read them.

use std::io;

use bytes::Bytes;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::assemble::Assembler;
use super::split::{Event, Head, Splitter};
use super::{Kind, Part, Received};
use crate::body::{Body, ReadError};

/// How many parts a form may have.
const MAX_PARTS: usize = 1024;

/// How many bytes all parts that are no files may have together.
const MAX_FIELDS: usize = 2 * 1024 * 1024;

/// How many bytes of a form's files stay in memory.
const IN_MEMORY: usize = 1024 * 1024;

/// How much of a chunk is looked at in one go.
const PIECE: usize = 64 * 1024;

/// Why a form was not received.
#[derive(Debug)]
pub(crate) enum FormError {
    /// It is none, or does not fit; in words.
    Malformed(String),
    /// It has more parts, or more in them, than are taken; in words.
    TooMuch(String),
    /// Its body could not be read.
    Read(ReadError),
    /// A temporary file could not be written.
    Disk(io::Error),
}

impl From<&str> for FormError {
    fn from(message: &str) -> Self {
        Self::Malformed(message.to_owned())
    }
}

/// Where the content of a part goes.
enum Content {
    Memory(Vec<u8>),
    Disk(tokio::fs::File, u64),
}

/// Takes parts in, one after another.
struct Receiver<'p> {
    assembler: Assembler<'p>,
    field_bytes: usize,
    file_bytes: usize,
}

/// Reads a form to its end. `content_type` holds the boundary.
pub(crate) async fn receive(content_type: &str, mut body: Body, parts: &[Part]) -> Result<Received, FormError> {
    let mut splitter = Splitter::new(content_type)?;
    let mut receiver = Receiver { assembler: Assembler::new(content_type, parts), field_bytes: 0, file_bytes: 0 };
    let mut current: Option<(Head, Kind, Content)> = None;
    let mut chunk = Bytes::new();
    loop {
        match splitter.next()? {
            Event::Head(mut head) => {
                let kind = receiver.assembler.begin(&mut head).map_err(FormError::Malformed)?;
                if receiver.assembler.count > MAX_PARTS {
                    return Err(FormError::TooMuch(format!("the form has more than {MAX_PARTS} parts")));
                }
                current = Some((head, kind, Content::Memory(Vec::new())));
            }
            Event::Content(bytes) => {
                if let Some((_, kind, content)) = &mut current {
                    receiver.take(*kind, content, &bytes).await?;
                }
            }
            Event::End => {
                if let Some((head, kind, content)) = current.take() {
                    receiver.finish(head, kind, content).await?;
                }
            }
            Event::More if chunk.is_empty() => {
                chunk = body.chunk().await.map_err(FormError::Read)?.ok_or("the form breaks off before its last boundary")?;
            }
            Event::More => {
                let piece = chunk.split_to(chunk.len().min(PIECE));
                splitter.push(&piece);
            }
            Event::Done => break,
        }
    }
    // What follows the last boundary means nothing, but a body that breaks off in it did not arrive.
    while body.chunk().await.map_err(FormError::Read)?.is_some() {}
    receiver.assembler.finish().map_err(FormError::Malformed)
}

impl Receiver<'_> {
    async fn take(&mut self, kind: Kind, content: &mut Content, bytes: &[u8]) -> Result<(), FormError> {
        if kind != Kind::File {
            self.field_bytes = self.field_bytes.saturating_add(bytes.len());
            if self.field_bytes > MAX_FIELDS {
                return Err(FormError::TooMuch(format!("the form's fields are longer than {MAX_FIELDS} bytes")));
            }
        }
        match content {
            Content::Memory(kept) if kind == Kind::File => {
                if self.file_bytes.saturating_add(bytes.len()) <= IN_MEMORY {
                    self.file_bytes += bytes.len();
                    kept.extend_from_slice(bytes);
                } else {
                    let mut file = temporary().await.map_err(FormError::Disk)?;
                    file.write_all(kept).await.map_err(FormError::Disk)?;
                    file.write_all(bytes).await.map_err(FormError::Disk)?;
                    self.file_bytes -= kept.len();
                    *content = Content::Disk(file, (kept.len() + bytes.len()) as u64);
                }
            }
            Content::Memory(kept) => kept.extend_from_slice(bytes),
            Content::Disk(file, length) => {
                file.write_all(bytes).await.map_err(FormError::Disk)?;
                *length += bytes.len() as u64;
            }
        }
        Ok(())
    }

    async fn finish(&mut self, head: Head, kind: Kind, content: Content) -> Result<(), FormError> {
        let whole = match content {
            Content::Memory(bytes) if kind == Kind::File => self.assembler.file(head, Bytes::from(bytes).into()),
            Content::Memory(bytes) => self.assembler.field(head, kind, &bytes),
            Content::Disk(mut file, length) => {
                file.flush().await.map_err(FormError::Disk)?;
                file.rewind().await.map_err(FormError::Disk)?;
                self.assembler.file(head, Body::from_file(file, length))
            }
        };
        whole.map_err(FormError::Malformed)
    }
}

/// A file that nobody else sees, and that is gone when it is closed.
async fn temporary() -> io::Result<tokio::fs::File> {
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await.map_err(io::Error::other)??;
    Ok(tokio::fs::File::from_std(file))
}
