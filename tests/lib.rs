//! Helpers shared by the integration tests.

mod scratch;

pub use scratch::{Driver, Scratch};
