//! A reply as it arrived, and the way from there to what the operation makes of it. It must not know any operation.

use bytes::Bytes;
use http::{HeaderMap, StatusCode};

use super::call::CallError;
use super::error::{Failure, TransportError, TransportErrorKind, Unreadable};
use crate::body::Body;
use crate::error::DecodeError;
use crate::json::{AnswerPart, Deviation, Deviations};
use crate::watch::Watch;
use crate::wire::{Left, NoHeaders, Received, Reply, ResponseDecoder};

/// A reply whose body may still be on its way.
pub(super) struct Arrival {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Left,
    /// How many bytes of it are read, unless it is handed on as a stream.
    pub(super) limit: usize,
    /// When it has to have been read, likewise.
    pub(super) deadline: Option<tokio::time::Instant>,
    pub(super) watch: Watch,
    /// Where it differs from the document.
    pub(super) deviations: Deviations,
}

/// What an operation makes of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is a documented success.
    Success,
    /// It is a documented response, but no success.
    Failure,
    /// It is no documented response, or does not fit.
    Misfit,
}

/// Decodes a reply, keeps what comes of it, and says what that is.
pub(super) type Decode<'d> = &'d mut dyn FnMut(&ResponseDecoder<'_>) -> Verdict;

impl Arrival {
    /// The same with its body read.
    pub(super) async fn whole(mut self) -> Result<Self, CallError> {
        let Left::Unread(body) = std::mem::replace(&mut self.body, Left::Nothing) else { return Ok(self) };
        let reading = body.read(self.limit);
        let read = match self.deadline {
            None => reading.await.map_err(TransportError::from_read),
            Some(deadline) => match tokio::time::timeout_at(deadline, reading).await {
                Ok(read) => read.map_err(TransportError::from_read),
                Err(elapsed) => Err(TransportError::new(TransportErrorKind::Timeout).with_source(elapsed)),
            },
        };
        match read {
            Ok(bytes) => Ok(Self { body: Left::Whole(bytes), ..self }),
            Err(error) => Err(error.with_head(self.status, self.headers).into()),
        }
    }

    /// Lets `decode` decode the reply, if need be as another success than the server says. Gives back whether the body has to
    /// be read first. What is the same for all operations is compiled once.
    pub(super) fn decode(&mut self, decode: Decode<'_>) -> bool {
        let body = match std::mem::replace(&mut self.body, Left::Nothing) {
            Left::Unread(body) => body,
            Left::Whole(bytes) => bytes.into(),
            Left::Nothing => Body::empty(),
        };
        let decoder = ResponseDecoder::new(self.status, &self.headers, body).watched(&self.watch);
        let verdict = decode(&decoder);
        (self.body, self.deviations) = (decoder.left(), decoder.deviations());
        match &self.body {
            Left::Unread(_) => return true,
            Left::Whole(bytes) if verdict != Verdict::Success && self.status.is_success() && !self.watch.strict => {
                let bytes = bytes.clone();
                if !self.is_other_success(decode, &bytes) {
                    // What the last trial left behind is none of the server's.
                    decode(&ResponseDecoder::new(self.status, &self.headers, bytes).watched(&self.watch));
                }
            }
            Left::Whole(_) | Left::Nothing => {}
        }
        false
    }

    /// Whether the reply is a documented success but for its status, or but for a body that it lacks.
    #[cold]
    fn is_other_success(&mut self, decode: Decode<'_>, bytes: &Bytes) -> bool {
        let successes = (200..300).filter_map(|code| StatusCode::from_u16(code).ok()).filter(|status| *status != self.status);
        let successes: Vec<StatusCode> = successes.collect();
        // A success with a body is rather one that has a body in the document, too.
        for asks in [!bytes.is_empty(), bytes.is_empty()] {
            for &status in &successes {
                if let Some(deviations) = self.fits(&mut *decode, status, bytes.clone(), asks) {
                    self.taken_for(status, deviations);
                    return true;
                }
            }
        }
        // An object of which nothing is required is there without a body.
        for status in std::iter::once(self.status).chain(successes).filter(|_| bytes.is_empty()) {
            let found = self.fits(&mut *decode, status, Bytes::from_static(b"{}"), true);
            if let Some(none) = found.filter(|deviations| deviations.total() == 0) {
                self.taken_for(status, none);
                self.deviations.push(Deviation::new(AnswerPart::Body, "a body", "none"));
                return true;
            }
        }
        false
    }

    /// Keeps the deviations of a reply that was decoded by a status, and says if that is not the one that came.
    fn taken_for(&mut self, status: StatusCode, deviations: Deviations) {
        self.deviations = deviations;
        if status != self.status {
            self.deviations.push(Deviation::new(AnswerPart::Status, status.as_str(), self.status.as_str()));
        }
    }

    /// Decodes the reply with another status and body; its deviations, if it is a success, and asks for its body or does not.
    fn fits(&self, decode: Decode<'_>, status: StatusCode, bytes: Bytes, asks: bool) -> Option<Deviations> {
        let decoder = ResponseDecoder::new(self.status, &self.headers, bytes).decoded_as(status).watched(&self.watch);
        (decode(&decoder) == Verdict::Success && decoder.was_body_asked() == asks).then(|| decoder.deviations())
    }

    /// The body, if it was read.
    fn bytes(&self) -> Option<Bytes> {
        match &self.body {
            Left::Whole(bytes) => Some(bytes.clone()),
            Left::Unread(_) | Left::Nothing => None,
        }
    }

    /// Tells whoever watches where the reply differs from the document; in strict clients, any difference is an error.
    pub(super) fn judge(&self) -> Result<(), DecodeError> {
        match self.deviations.first() {
            None => Ok(()),
            Some(first) => {
                self.watch.tell(&self.deviations);
                if self.watch.strict { Err(DecodeError::Deviation(Box::new(first.clone()))) } else { Ok(()) }
            }
        }
    }

    /// The reply with the bytes that it came with.
    pub(super) fn into_reply(self) -> Reply<Bytes> {
        let body = self.bytes().unwrap_or_default();
        self.with(body)
    }

    /// The reply around something else.
    pub(super) fn with<T>(self, body: T) -> Reply<T> {
        let received = Received { bytes: self.bytes(), deviations: self.deviations };
        Reply { status: self.status, headers: self.headers, declared: NoHeaders, body, received }
    }

    /// The reply as a failure that the document knows.
    pub(super) fn into_failure<E>(self, payload: E) -> Failure<E> {
        let body = self.bytes().unwrap_or_default();
        Failure { status: self.status, headers: self.headers, body, payload, deviations: self.deviations }
    }

    /// The reply as one that does not fit the document, kept whole.
    pub(super) fn into_misfit(self, error: DecodeError) -> CallError {
        let is_of_head = matches!(error, DecodeError::Header(_) | DecodeError::Deviation(_));
        if self.status.is_success() && !is_of_head && !self.watch.strict && self.bytes().is_some_and(|bytes| bytes.is_empty()) {
            return CallError::EmptySuccess(Box::new(self.with(())));
        }
        let body = self.bytes().unwrap_or_default();
        match error {
            DecodeError::Undocumented => CallError::Undocumented(Box::new(self.into_reply())),
            error => {
                let Self { status, headers, deviations, .. } = self;
                CallError::Decode(Box::new(Unreadable { status, headers, body, error, deviations }))
            }
        }
    }
}
