//! Any dialect becomes one: named passes over the value tree, each turning one thing into another, then `openapiv3::OpenAPI`.

use serde_json::Value;

use crate::diagnostic::{Diagnostics, Place};
use crate::source::{Document, Limits, SourceMap, Sources};

/// A document after all passes.
#[derive(Debug)]
pub struct Normalized {
    /// As openapiv3 reads it.
    pub openapi: openapiv3::OpenAPI,
    /// The tree that it was read from, which is what the oracle judges by.
    pub tree: Value,
    /// Where every part of the tree came from.
    pub origins: Origins,
    /// Operations that the document writes, before any repair: `METHOD path`, in order, duplicates included.
    pub written: Vec<String>,
}

/// Where every part of the normalised tree came from.
#[derive(Debug, Default)]
pub struct Origins {}

impl Origins {
    /// Translates a place of the normalised tree to a place as written; other places stay as they are.
    pub fn written(&self, place: Place) -> Place {
        place
    }
}

/// Runs all passes. `None` if the document cannot be used at all; the diagnostics then hold an error.
pub fn normalize(
    _document: Document,
    _sources: &dyn Sources,
    _map: &mut SourceMap,
    _limits: Limits,
    _diagnostics: &mut Diagnostics,
) -> Option<Normalized> {
    None
}
