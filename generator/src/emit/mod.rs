//! The model becomes Rust: one file per kind of output. It sees no OpenAPI type and cannot fail.

mod client;
pub(crate) mod contents;
mod docs;
mod enums;
mod globals;
mod halves;
pub(crate) mod ident;
mod layout;
mod manifest;
pub(crate) mod operations;
pub(crate) mod outcome;
mod parameters;
pub(crate) mod plan;
mod print;
mod receiver;
#[cfg(test)]
mod sample;
mod schemas;
mod sender;
mod server;
mod servers;
mod streams;
mod structs;
#[cfg(test)]
mod tests;
pub(crate) mod ty;
mod unions;
mod xml;

use rayon::prelude::*;

pub use layout::Layout;

use crate::model::Api;

/// Which crates to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// `<api>-types`, which the other two need.
    pub types: bool,
    /// `<api>-client`.
    pub client: bool,
    /// `<api>-server`.
    pub server: bool,
}

impl Default for Parts {
    fn default() -> Self {
        Self { types: true, client: true, server: true }
    }
}

/// What to write, and how it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which crates, or modules.
    pub parts: Parts,
    /// Crates, or modules of one.
    pub layout: Layout,
}

impl Options {
    /// Crates that find the runtime so, as seen from a crate's folder: `path = "../../../runtime"`.
    pub fn crates(parts: Parts, runtime: impl Into<String>) -> Self {
        Self { parts, layout: Layout::Crates { runtime: runtime.into() } }
    }

    /// Modules of somebody's crate, which depends on the runtime itself.
    pub fn modules(parts: Parts) -> Self {
        Self { parts, layout: Layout::Modules }
    }
}

/// A file of the output, not on disk yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputFile {
    /// Relative path with forward slashes: `types/src/lib.rs`.
    pub path: String,
    /// Its whole text.
    pub contents: String,
}

/// Writes an API as files, sorted by path. Same model, same bytes.
pub fn emit(api: &Api, options: &Options) -> Vec<OutputFile> {
    let plan = plan::Plan::new(api, options);
    let Parts { types, client, server } = options.parts;
    let mut files = Vec::new();
    if types {
        files.push(manifest::types(&plan));
        files.extend(schemas::files(&plan));
        files.extend(globals::file(&plan));
        files.extend(contents::files(&plan));
        files.extend(xml::files(&plan));
        files.extend(operations::files(&plan));
    }
    if client {
        files.push(manifest::client(&plan));
        files.extend(client::files(&plan));
        files.extend(receiver::file(&plan));
    }
    if server {
        files.push(manifest::server(&plan));
        files.extend(server::files(&plan));
        files.extend(sender::file(&plan));
    }
    // Tokens are built and printed per file, each on whatever thread is free.
    let mut files: Vec<OutputFile> = files.into_par_iter().filter_map(|file| file.write(&plan)).collect();
    if options.layout == Layout::Modules {
        files.push(OutputFile { path: "mod.rs".to_owned(), contents: layout::module_list(&plan) });
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files
}
