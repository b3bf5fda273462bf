//! Where the examples of a document contradict its schemas: noted, never repaired.

use serde_json::Value;

use super::context::Context;

/// The whole tree.
pub(super) fn check(_tree: &Value, _context: &mut Context<'_>) {}
