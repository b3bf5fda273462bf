//! What generated code calls: JSON, parameters, routing, client, server.
//!
//! An operation is one value, read by both ends ([`operation`]). Each rule of the wire (a parameter style, a media
//! type, the place of a credential) has its two directions next to each other, and says which values it can carry:
//! encoding any other value is a typed error before anything is sent.

pub mod body;
#[cfg(feature = "client")]
pub mod client;
pub mod error;
pub mod instant;
pub mod json;
pub mod maybe;
pub mod media;
pub mod operation;
pub mod parameter;
#[cfg(feature = "server")]
mod route;
pub mod secret;
pub mod security;
#[cfg(feature = "server")]
pub mod server;
#[cfg(feature = "source")]
pub mod source;
pub mod wire;

pub use body::{Body, ReadError};
pub use error::{DecodeError, EncodeError, Location, Problem, ProblemDetails, Rejection, RejectionKind};
pub use instant::Instant;
pub use json::{Base64, Json};
pub use maybe::Maybe;
pub use media::{File, Part};
pub use operation::{ClientOperation, Operation, OperationInfo, Segment, ServerOperation};
pub use parameter::{Parameter, Shape, Style};
pub use secret::Secret;
pub use security::{Credential, SecurityKind, SecurityScheme};
pub use wire::{NoBody, Reply, RequestDecoder, RequestEncoder, ResponseDecoder, ResponseEncoder};

// Generated crates depend on the runtime only and reach everything else through it.
#[cfg(feature = "server")]
pub use axum;
pub use bytes;
pub use http;
#[cfg(feature = "client")]
pub use reqwest;
pub use serde;
pub use serde_json;
