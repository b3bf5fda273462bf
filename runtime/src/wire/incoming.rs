//! A body on its way to a decoder: nothing of it is read before it is known as what it is wanted. It must not know which
//! message it belongs to.

use std::cell::{Cell, RefCell};

use bytes::Bytes;

use crate::body::Body;
use crate::error::DecodeError;
#[cfg(feature = "client")]
use crate::json::Error;
use crate::json::{Json, Side};
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
}

#[derive(Debug)]
enum State {
    Unread(Body),
    Whole(Bytes),
    #[cfg_attr(not(feature = "server"), allow(dead_code, reason = "only servers receive forms"))]
    Form(Received),
    Taken,
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
        Self { state: RefCell::new(state), wanted: Cell::new(None) }
    }

    /// Whether there is nothing in it, as far as is known.
    pub(crate) fn is_empty(&self) -> bool {
        matches!(&*self.state.borrow(), State::Whole(bytes) if bytes.is_empty())
    }

    /// All bytes.
    pub(crate) fn whole(&self) -> Result<Bytes, DecodeError> {
        if let State::Whole(bytes) = &*self.state.borrow() {
            return Ok(bytes.clone());
        }
        self.wanted.set(Some(Wanted::Whole));
        Err(DecodeError::Unread)
    }

    /// The bytes as they come.
    pub(crate) fn stream(&self) -> Body {
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
    pub(crate) fn form<T: Json>(&self, parts: &'static [Part], content_type: &str, side: Side) -> Result<T, DecodeError> {
        #[cfg(not(feature = "client"))]
        let _ = content_type;
        match self.state.replace(State::Taken) {
            State::Form(form) => form.read(side).map_err(DecodeError::Json),
            #[cfg(feature = "client")]
            State::Whole(bytes) if side == Side::Client => {
                self.state.replace(State::Whole(bytes.clone()));
                let form = whole(content_type, &bytes, parts).map_err(|message| DecodeError::Json(Error::syntax(message)))?;
                form.read(side).map_err(DecodeError::Json)
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
        let body = self.stream();
        let state = match wanted {
            Wanted::Whole => State::Whole(body.read(usize::MAX).await.map_err(FormError::Read)?),
            Wanted::Form(parts) => State::Form(receive(content_type, body, parts).await?),
        };
        *self.state.get_mut() = state;
        Ok(())
    }

    /// What is left of it, and whether nobody has read or taken it.
    #[cfg(feature = "client")]
    pub(crate) fn left(&self) -> (Body, bool) {
        let unread = matches!(&*self.state.borrow(), State::Unread(_));
        (self.stream(), unread)
    }
}
