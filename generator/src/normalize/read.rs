//! The tree as `openapiv3::OpenAPI`. After the other passes this cannot fail; if it does, that is a bug of ours.

use openapiv3::OpenAPI;
use serde::Deserialize;
use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};

/// serde recurses through every nested schema with large frames; memory that is not touched costs nothing.
const STACK: usize = 512 << 20;

/// Reads a tree.
///
/// # Errors
/// `internal/bug` if openapiv3 refuses it.
pub(super) fn read(tree: &Value) -> Result<OpenAPI, Box<Diagnostic>> {
    let bug = |message: String| Diagnostic::new(Code::INTERNAL, message).hint("please report this, with the document if you can");
    let outcome = std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || OpenAPI::deserialize(tree).map_err(|error| error.to_string()))
            .map_err(|error| error.to_string())?;
        thread.join().unwrap_or_else(|_| Err("openapiv3 gave up".to_owned()))
    });
    outcome.map_err(|message| Box::new(bug(format!("the normalised document cannot be read: {message}"))))
}
