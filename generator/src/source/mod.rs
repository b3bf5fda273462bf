//! A document as written: text, places, YAML and JSON, `$ref` across files. It knows nothing of OpenAPI.

mod pointer;

pub use pointer::Pointer;

use serde_json::Value;

use crate::diagnostic::Diagnostic;

/// Index of a file in a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub usize);

/// Where documents come from. The disk-backed one is [`Disk`]; tests use [`Memory`].
pub trait Sources: Sync {
    /// Reads a whole file. `path` is as the user wrote it, or resolved against the file that refers to it.
    fn read(&self, path: &std::path::Path) -> std::io::Result<Vec<u8>>;

    /// The path with `..` and links resolved, to decide whether a reference leaves its root.
    fn canonical(&self, path: &std::path::Path) -> std::io::Result<std::path::PathBuf>;
}

/// What hostile input may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: usize,
    /// Nodes of one document, aliases expanded.
    pub nodes: usize,
    /// Nesting of one document.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 256 << 20, nodes: 20_000_000, depth: 512 }
    }
}

/// A parsed file.
#[derive(Debug, Clone)]
pub struct Document {
    /// Which file.
    pub file: FileId,
    /// The tree, keys in the file's order; of equal keys the first stands here.
    pub value: Value,
    /// The later ones of equal keys, in the file's order.
    pub duplicates: Vec<Duplicate>,
}

/// A key that stands twice in one mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// Pointer of the key.
    pub pointer: Pointer,
    /// 1 for the second occurrence, 2 for the third, and so on.
    pub occurrence: usize,
    /// Value of this occurrence.
    pub value: Value,
}

/// Line and column of a place, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// The files read so far, which can be asked where a pointer is.
#[derive(Debug, Default)]
pub struct SourceMap {}

impl SourceMap {
    /// Reads and parses a file; a file that was read before is not read again.
    ///
    /// # Errors
    /// `source/*`: unreadable, empty, not UTF-8, not YAML or JSON, beyond the limits.
    pub fn load(&mut self, _sources: &dyn Sources, _path: &std::path::Path, _limits: Limits) -> Result<Document, Diagnostic> {
        Err(Diagnostic::new(crate::diagnostic::Code::SOURCE_UNREADABLE, "not written yet"))
    }
}
