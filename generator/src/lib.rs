//! `bothends` turns an OpenAPI document into typed Rust for both ends of the wire.
//!
//! `source` -> `normalize` -> `lower` -> `model` <- `emit` -> `output`; see `ARCHITECTURE.md`.

pub mod builder;
pub mod config;
pub mod diagnostic;
pub mod emit;
pub mod generate;
pub mod lower;
mod media_type;
pub mod model;
pub mod normalize;
pub mod output;
pub mod source;
#[cfg(feature = "verify")]
pub mod verify;

pub use builder::{BuildError, Builder, Built};
