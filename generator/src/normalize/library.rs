//! The files that a document may refer to: found by path, kept under the folder of the document.

use std::path::{Path, PathBuf};

use crate::diagnostic::Diagnostic;
use crate::source::{Document, FileId, Limits, SourceMap, Sources};

/// Where other files of a document come from.
pub(super) trait Library {
    /// The path under which a file was read.
    fn path(&self, file: FileId) -> PathBuf;
    /// The path with `..` and links resolved.
    fn canonical(&self, path: &Path) -> Option<PathBuf>;
    /// Reads and parses a file.
    fn load(&mut self, path: &Path) -> Result<Document, Box<Diagnostic>>;
}

/// The library of a run.
pub(super) struct Files<'a> {
    pub(super) sources: &'a dyn Sources,
    pub(super) map: &'a mut SourceMap,
    pub(super) limits: Limits,
}

impl Library for Files<'_> {
    fn path(&self, file: FileId) -> PathBuf {
        self.map.path(file).to_owned()
    }

    fn canonical(&self, path: &Path) -> Option<PathBuf> {
        self.sources.canonical(path).ok()
    }

    fn load(&mut self, path: &Path) -> Result<Document, Box<Diagnostic>> {
        self.map.load(self.sources, path, self.limits).map_err(Box::new)
    }
}
