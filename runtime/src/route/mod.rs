//! From operations to paths and back: which operation a request means, and what a template fixes. Knows nothing of bodies,
//! security or axum.

mod constants;
#[cfg(feature = "server")]
mod needs;
mod segment;
#[cfg(feature = "server")]
mod table;

pub(crate) use constants::Constants;
#[cfg(feature = "server")]
pub(crate) use needs::Given;
pub(crate) use segment::values as segment_values;
#[cfg(feature = "server")]
pub(crate) use table::{Candidate, Found, Table};
