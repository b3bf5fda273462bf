//! The model becomes Rust: one file per kind of output. It sees no OpenAPI type and cannot fail.

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

/// How the generated crates find the runtime, as seen from a crate's folder: `path = "../../../runtime"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// Which crates.
    pub parts: Parts,
    /// The dependency's specification in TOML, without its features: `path = "../runtime"`.
    pub runtime: String,
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
pub fn emit(_api: &Api, _options: &Options) -> Vec<OutputFile> {
    Vec::new()
}
