//! Receives a form without holding its files in memory: what does not fit goes to temporary files, which are gone with
//! the bodies that read them.

use std::io;

use bytes::Bytes;
use serde_json::Value;
use tokio::io::{AsyncSeekExt, AsyncWriteExt};

use super::split::{Event, Head, Splitter};
use super::{File, Form, Kind, Part, Received};
use crate::body::{Body, ReadError};
use crate::json::Side;

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
    parts: &'p [Part],
    form: Form,
    count: usize,
    field_bytes: usize,
    file_bytes: usize,
}

/// Reads a form to its end. `content_type` holds the boundary.
pub(crate) async fn receive(content_type: &str, mut body: Body, parts: &[Part]) -> Result<Received, FormError> {
    let mut splitter = Splitter::new(content_type)?;
    let mut receiver = Receiver { parts, form: Form::default(), count: 0, field_bytes: 0, file_bytes: 0 };
    let mut current: Option<(Head, Content)> = None;
    let mut chunk = Bytes::new();
    loop {
        match splitter.next()? {
            Event::Head(head) => {
                receiver.count += 1;
                if receiver.count > MAX_PARTS {
                    return Err(FormError::TooMuch(format!("the form has more than {MAX_PARTS} parts")));
                }
                current = Some((head, Content::Memory(Vec::new())));
            }
            Event::Content(bytes) => {
                if let Some((head, content)) = &mut current {
                    receiver.take(head, content, &bytes).await?;
                }
            }
            Event::End => {
                if let Some((head, content)) = current.take() {
                    receiver.finish(head, content).await?;
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
    Ok(Received(receiver.form))
}

impl Receiver<'_> {
    async fn take(&mut self, head: &Head, content: &mut Content, bytes: &[u8]) -> Result<(), FormError> {
        if self.kind(head) != Kind::File {
            self.field_bytes = self.field_bytes.saturating_add(bytes.len());
            if self.field_bytes > MAX_FIELDS {
                return Err(FormError::TooMuch(format!("the form's fields are longer than {MAX_FIELDS} bytes")));
            }
        }
        match content {
            Content::Memory(kept) if self.kind(head) == Kind::File => {
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

    async fn finish(&mut self, head: Head, content: Content) -> Result<(), FormError> {
        let content = match content {
            Content::Memory(bytes) => Bytes::from(bytes),
            Content::Disk(mut file, length) => {
                file.flush().await.map_err(FormError::Disk)?;
                file.rewind().await.map_err(FormError::Disk)?;
                return self.file(head, Body::from_file(file, length));
            }
        };
        let kind = self.kind(&head);
        if kind == Kind::File {
            return self.file(head, content.into());
        }
        let text = std::str::from_utf8(&content).map_err(|_| FormError::Malformed(format!("part `{}` is not UTF-8", head.name)))?;
        let value = match kind {
            Kind::Plain | Kind::Json => {
                crate::json::from_str(text, Side::Server).map_err(|error| FormError::Malformed(format!("part `{}`: {error}", head.name)))?
            }
            Kind::Text | Kind::File => Value::from(text),
        };
        self.put(head.name, value)
    }

    /// A file stands in the form's values as its number.
    fn file(&mut self, head: Head, content: Body) -> Result<(), FormError> {
        let number = self.form.files.len();
        self.form.files.push(File { file_name: head.file_name, content_type: head.content_type, content });
        self.put(head.name, Value::from(number))
    }

    fn put(&mut self, name: String, value: Value) -> Result<(), FormError> {
        let list = self.known(&name).is_some_and(|part| part.list);
        match (self.form.fields.get_mut(&name), list) {
            (Some(Value::Array(items)), true) => items.push(value),
            (None, true) => drop(self.form.fields.insert(name, Value::Array(vec![value]))),
            (None, false) => drop(self.form.fields.insert(name, value)),
            (Some(_), _) => return Err(FormError::Malformed(format!("part `{name}` is there twice"))),
        }
        Ok(())
    }

    fn known(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.name == name)
    }

    /// How a part is read; one that is not declared, by what it says of itself.
    fn kind(&self, head: &Head) -> Kind {
        let is_json = |text: &str| http::HeaderValue::from_str(text).is_ok_and(|value| crate::media::is_json(&value));
        match self.known(&head.name) {
            Some(part) => part.kind,
            None if head.content_type.as_deref().is_some_and(is_json) => Kind::Json,
            None => Kind::Text,
        }
    }
}

/// A file that nobody else sees, and that is gone when it is closed.
async fn temporary() -> io::Result<tokio::fs::File> {
    let file = tokio::task::spawn_blocking(tempfile::tempfile).await.map_err(io::Error::other)??;
    Ok(tokio::fs::File::from_std(file))
}
