//! Any dialect becomes one: named passes over the value tree, each turning one thing into another, then `openapiv3::OpenAPI`.

mod at;
mod callbacks;
mod carry;
mod census;
mod context;
mod dialect;
mod duplicates;
mod examples;
mod grammar;
mod library;
mod origins;
mod parts;
mod paths;
mod read;
mod reference;
mod scalar;
mod schema;
mod security;
mod shape;
mod version;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::diagnostic::{Diagnostics, Severity};
use crate::source::{Document, Limits, Pointer, SourceMap, Sources};

use context::Context;
use library::{Files, Library};

pub(crate) use at::callback_label;
pub use origins::Origins;

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
    /// Operations of callbacks and webhooks: `METHOD expression name`, in order.
    pub callbacks: Vec<String>,
}

/// Runs all passes. `None` if the document cannot be used at all; the diagnostics then hold an error.
pub fn normalize(
    document: Document,
    sources: &dyn Sources,
    map: &mut SourceMap,
    limits: Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Normalized> {
    run(document, &mut Files { sources, map, limits }, diagnostics)
}

/// Rounds of resolving and shaping. Shaping may bring to light a reference that stood in the wrong place.
const ROUNDS: usize = 4;

fn run(document: Document, library: &mut dyn Library, diagnostics: &mut Diagnostics) -> Option<Normalized> {
    let Document { file, value: mut tree, duplicates } = document;
    let before = diagnostics.len();
    let mut context = Context { diagnostics, origins: Origins::of(file), modern: false };
    if !version::gate(&mut tree, &mut context) {
        return None;
    }
    let mut opened = reference::Opened::new(library, file);
    reference::path_items(&mut tree, &[Pointer::root().child("paths")], &mut opened, &mut context);
    let written = census::written(&tree, &duplicates);
    duplicates::merge(&mut tree, file, duplicates, &mut context);
    place_callbacks(&mut tree, &mut opened, &mut context);
    let mut callbacks = Vec::new();
    for round in 0..ROUNDS {
        let lifted = reference::resolve(&mut tree, &mut opened, &mut context);
        place_callbacks(&mut tree, &mut opened, &mut context);
        if round == 0 {
            callbacks = census::callbacks(&tree);
        } else if lifted == 0 {
            break;
        }
        shape::document(&mut tree, &mut context);
    }
    if !opened.is_single() {
        reference::unmark_all(&mut tree);
    }
    paths::parameters(&mut tree, &mut context);
    paths::operation_ids(&mut tree, &mut context);
    security::requirements(&mut tree, &mut context);
    examples::check(&tree, &mut context);
    carry::document(&mut tree);
    version::settle(&mut tree, &context);
    let Context { diagnostics, origins, .. } = context;
    if diagnostics.iter().skip(before).any(|found| found.severity == Severity::Error) {
        return None;
    }
    match read::read(&tree) {
        Ok(openapi) => Some(Normalized { openapi, tree, origins, written, callbacks }),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

/// Callbacks become components. A path item that one refers to may have callbacks too.
fn place_callbacks(tree: &mut Value, opened: &mut reference::Opened<'_>, context: &mut Context<'_>) {
    callbacks::hoist(tree, context);
    let parents = callbacks::parents_of_items(tree);
    reference::path_items(tree, &parents, opened, context);
    callbacks::hoist(tree, context);
}
