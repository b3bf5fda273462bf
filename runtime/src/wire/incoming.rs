//! A body on its way to a decoder: nothing of it is read before it is known as what it is wanted. It must not know which
//! message it belongs to.

use std::cell::{Cell, RefCell};

use bytes::Bytes;

use crate::body::Body;
use crate::error::DecodeError;
#[cfg(feature = "client")]
use crate::json::{Error, Side};
use crate::json::{Json, Reading};
#[cfg(feature = "client")]
use crate::media::whole;
#[cfg(feature = "server")]
use crate::media::{FormError, receive};
use crate::media::{Part, Received};

/// A body that a decoder may take as a stream, or want to have read first.
///
/// Decoding is no async code. A decoder that needs the bytes of a body that is still on its way notes what it wants and
/// fails with [`DecodeError::Unread`]; whoever holds the body then reads it, and decodes once more. So it is the decoding
/// alone that says which bodies are streams, and everything before the body is checked before the body is touched.
#[derive(Debug)]
pub(crate) struct Incoming {
    state: RefCell<State>,
    wanted: Cell<Option<Wanted>>,
    /// Whether a decoder has asked for it.
    asked: Cell<bool>,
}

#[derive(Debug)]
enum State {
    Unread(Body),
    Whole(Bytes),
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "only servers receive forms"))]
    Form(Received),
    Taken,
}

/// What decoding leaves of a body.
#[cfg(feature = "client")]
#[derive(Debug)]
pub(crate) enum Left {
    /// All of it, on its way.
    Unread(Body),
    /// All of it, read.
    Whole(Bytes),
    /// Nothing: it was handed on as a stream.
    Nothing,
}

/// What a body has to be read as.
#[derive(Debug, Clone, Copy)]
#[cfg_attr(not(feature = "server"), allow(dead_code, reason = "only servers receive forms"))]
pub(crate) enum Wanted {
    Whole,
    Form(&'static [Part]),
}

impl Incoming {
    pub(crate) fn new(body: Body) -> Self {
        let state = match body.as_bytes() {
            Some(bytes) => State::Whole(bytes.clone()),
            None => State::Unread(body),
        };
        Self { state: RefCell::new(state), wanted: Cell::new(None), asked: Cell::new(false) }
    }

    /// Whether there is nothing in it, as far as is known.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(&*self.state.borrow(), State::Whole(bytes) if bytes.is_empty())
    }

    /// All bytes.
    pub(crate) fn whole(&self) -> Result<Bytes, DecodeError> {
        self.asked.set(true);
        if let State::Whole(bytes) = &*self.state.borrow() {
            return Ok(bytes.clone());
        }
        self.wanted.set(Some(Wanted::Whole));
        Err(DecodeError::Unread)
    }

    /// The bytes as they come.
    pub(crate) fn stream(&self) -> Body {
        self.asked.set(true);
        self.take()
    }

    fn take(&self) -> Body {
        match self.state.replace(State::Taken) {
            State::Unread(body) => body,
            State::Whole(bytes) => {
                self.state.replace(State::Whole(bytes.clone()));
                bytes.into()
            }
            other @ (State::Form(_) | State::Taken) => {
                self.state.replace(other);
                Body::empty()
            }
        }
    }

    /// A form. A server receives it, with its files where there is room for them; a client has it whole.
    pub(crate) fn form<T: Json>(&self, parts: &'static [Part], content_type: &str, reading: Reading<'_>) -> Result<T, DecodeError> {
        #[cfg(not(feature = "client"))]
        let _ = content_type;
        match self.state.replace(State::Taken) {
            State::Form(form) => form.read(reading).map_err(DecodeError::Json),
            #[cfg(feature = "client")]
            State::Whole(bytes) if reading.side() == Side::Client => {
                self.state.replace(State::Whole(bytes.clone()));
                let form = whole(content_type, &bytes, parts).map_err(|message| DecodeError::Json(Error::syntax(message)))?;
                form.read(reading).map_err(DecodeError::Json)
            }
            other => {
                self.state.replace(other);
                self.wanted.set(Some(Wanted::Form(parts)));
                Err(DecodeError::Unread)
            }
        }
    }

    /// What has to be read before decoding can go on.
    #[cfg(feature = "server")]
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        self.wanted.take()
    }

    /// Reads the body as what is wanted.
    #[cfg(feature = "server")]
    pub(crate) async fn receive(&mut self, wanted: Wanted, content_type: &str) -> Result<(), FormError> {
        let body = self.take();
        let state = match wanted {
            Wanted::Whole => State::Whole(body.read(usize::MAX).await.map_err(FormError::Read)?),
            Wanted::Form(parts) => State::Form(receive(content_type, body, parts).await?),
        };
        *self.state.get_mut() = state;
        Ok(())
    }

    /// Whether a decoder has asked for it.
    #[cfg(feature = "client")]
    pub(crate) fn was_asked(&self) -> bool {
        self.asked.get()
    }

    /// What is left of it.
    #[cfg(feature = "client")]
    pub(crate) fn left(&self) -> Left {
        match self.state.replace(State::Taken) {
            State::Unread(body) => Left::Unread(body),
            State::Whole(bytes) => Left::Whole(bytes),
            State::Form(_) | State::Taken => Left::Nothing,
        }
    }
}
