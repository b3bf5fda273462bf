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
mod leftovers;
mod library;
mod media_types;
mod merge;
mod origins;
mod overlay;
mod parts;
mod path_keys;
mod paths;
mod read;
mod reference;
mod scalar;
mod schema;
mod security;
mod select;
mod shape;
mod spread;
mod swagger;
mod version;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::diagnostic::{Diagnostics, Severity};
use crate::source::{Document, Limits, Pointer, SourceMap, Sources};

use context::Context;
use library::{Files, Library};

pub(crate) use at::callback_label;
pub(crate) use callbacks::WEBHOOK;
pub use origins::Origins;
pub use overlay::Overlays;
pub use select::Selected;

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

/// Runs all passes over the documents of one API and makes one document of them. `None` if it cannot be used at all; the
/// diagnostics then hold an error.
pub fn normalize(
    documents: Vec<Document>,
    mut overlays: Overlays,
    sources: &dyn Sources,
    map: &mut SourceMap,
    limits: Limits,
    diagnostics: &mut Diagnostics,
) -> Option<Normalized> {
    run(documents, &mut overlays, &mut Files { sources, map, limits }, diagnostics)
}

/// One document by itself, or several made one.
struct Part {
    tree: Value,
    origins: Origins,
    written: Vec<String>,
    callbacks: Vec<String>,
    /// The file's name without folder and extension.
    stem: String,
    modern: bool,
}

/// Rounds of resolving and shaping. Shaping may bring to light a reference that stood in the wrong place.
const ROUNDS: usize = 4;

fn run(documents: Vec<Document>, overlays: &mut Overlays, library: &mut dyn Library, diagnostics: &mut Diagnostics) -> Option<Normalized> {
    let before = diagnostics.len();
    let several = documents.len() > 1;
    let parts: Vec<Option<Part>> = documents.into_iter().map(|document| by_itself(document, overlays, library, diagnostics)).collect();
    overlays.finish(diagnostics);
    let mut parts = parts.into_iter().collect::<Option<Vec<Part>>>()?;
    if diagnostics.iter().skip(before).any(|found| found.severity == Severity::Error) || parts.is_empty() {
        return None;
    }
    if several {
        // What files that several documents refer to have to say is said once.
        diagnostics.dedup();
    }
    let mut whole = parts.remove(0);
    let mut context = Context { diagnostics, origins: std::mem::take(&mut whole.origins), modern: whole.modern, swagger: false };
    for part in parts {
        merge::join(&mut whole.tree, &mut whole.written, &mut whole.callbacks, part, &mut context);
    }
    let Part { mut tree, written, callbacks, .. } = whole;
    paths::operation_ids(&mut tree, &mut context);
    carry::document(&mut tree);
    version::settle(&mut tree, &context);
    let Context { diagnostics, origins, .. } = context;
    match read::read(&tree) {
        Ok(openapi) => Some(Normalized { openapi, tree, origins, written, callbacks }),
        Err(diagnostic) => {
            diagnostics.push(*diagnostic);
            None
        }
    }
}

/// The passes that each document goes through alone.
fn by_itself(document: Document, overlays: &mut Overlays, library: &mut dyn Library, diagnostics: &mut Diagnostics) -> Option<Part> {
    let Document { file, value: mut tree, mut duplicates } = document;
    let mut context = Context { diagnostics, origins: Origins::of(file), modern: false, swagger: false };
    overlays.apply(&library.path(file), &mut tree, &mut duplicates, &mut context);
    if !version::gate(&mut tree, &mut context) {
        return None;
    }
    let stem = library.path(file).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let mut opened = reference::Opened::new(library, file);
    paths::of_extension(&mut tree, &mut context);
    reference::identify(&mut tree, file, &mut context);
    reference::inline(&mut tree, &mut opened, &mut context);
    reference::path_items(&mut tree, &[Pointer::root().child("paths")], &mut opened, &mut context);
    let written = census::written(&tree, &duplicates);
    duplicates::merge(&mut tree, file, duplicates, &mut context);
    swagger::convert(&mut tree, &mut opened, &mut context);
    place_callbacks(&mut tree, &mut opened, &mut context);
    leftovers::take_over(&mut tree, &mut context);
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
    path_keys::spell(&mut tree, &mut context);
    paths::parameters(&mut tree, &mut context);
    spread::settle(&mut tree, &mut context);
    security::certificates(&mut tree, &mut context);
    security::credentials(&mut tree, &mut context);
    security::requirements(&mut tree, &mut context);
    examples::check(&tree, &mut context);
    let Context { origins, modern, .. } = context;
    Some(Part { tree, origins, written, callbacks, stem, modern })
}

/// Callbacks become components. A path item that one refers to may have callbacks too.
fn place_callbacks(tree: &mut Value, opened: &mut reference::Opened<'_>, context: &mut Context<'_>) {
    callbacks::hoist(tree, context);
    let parents = callbacks::parents_of_items(tree);
    reference::path_items(tree, &parents, opened, context);
    callbacks::hoist(tree, context);
}
