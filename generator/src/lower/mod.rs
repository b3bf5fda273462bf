//! `openapiv3::OpenAPI` becomes the model: references are resolved, shapes decided, names assigned.

use crate::diagnostic::Diagnostics;
use crate::model::Api;

/// Lowers a whole document. What cannot be carried is a diagnostic; the rest is in the model.
pub fn lower(_openapi: &openapiv3::OpenAPI, name: &str, _diagnostics: &mut Diagnostics) -> Api {
    Api { name: name.to_owned(), ..Api::default() }
}
