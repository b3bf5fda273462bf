//! Generation as a build step of another crate: a `build.rs`, or a test that holds checked-in code against its document.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::config::{self, Selection, Selector, Undeclared};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity, render_human, render_line};
use crate::emit::{Options, Parts};
use crate::generate::{Config, Counts, Outcome, generate};
use crate::output;
use crate::source::{Disk, SourceMap};

/// How many warnings cargo is given to show.
const WARNINGS: usize = 20;

/// Writes modules from documents, in a `build.rs` or wherever Rust runs.
///
/// ```no_run
/// // build.rs
/// fn main() -> Result<(), bothends::BuildError> {
///     bothends::Builder::new("openapi.yaml").name("shop").generate()?;
///     Ok(())
/// }
/// ```
///
/// ```text
/// // src/lib.rs
/// pub mod shop {
///     include!(concat!(env!("OUT_DIR"), "/shop/mod.rs"));
/// }
/// ```
///
/// The crate depends on `bothends-runtime`, of the same version and with its features `client`, `server` or both, and has
/// `bothends` (`default-features = false` is enough) among its build dependencies. Nothing else is needed: no other program, no network.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Builder {
    documents: Vec<PathBuf>,
    overlays: Vec<PathBuf>,
    configuration: Option<PathBuf>,
    name: Option<String>,
    parts: Option<Parts>,
    selection: Selection,
    strict: bool,
    undeclared: Vec<Undeclared>,
    out: Option<PathBuf>,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Built {
    /// The folder that holds `mod.rs`.
    pub folder: PathBuf,
    /// Every file that was read; `rerun-if-changed` was printed for each.
    pub read: Vec<PathBuf>,
    /// What became of the documents' operations.
    pub counts: Counts,
    /// Warnings and notes, as the binary prints them; empty if there are none.
    pub messages: String,
}

/// Why nothing was generated, as the binary prints it: each finding with code, place, source line and hint.
/// `Debug` is the same text, because that is what a `build.rs` shows of an error.
#[derive(Clone, PartialEq, Eq)]
pub struct BuildError(String);

impl Builder {
    /// Generates from a document, seen from the current folder; in a `build.rs` that is the folder of `Cargo.toml`.
    pub fn new(document: impl Into<PathBuf>) -> Self {
        Self { documents: vec![document.into()], ..Self::default() }
    }

    /// Generates as a `bothends.toml` says. What is set here as well goes before what stands there.
    pub fn from_config(path: impl Into<PathBuf>) -> Self {
        Self { configuration: Some(path.into()), ..Self::default() }
    }

    /// Adds a document of the same API.
    pub fn document(mut self, path: impl Into<PathBuf>) -> Self {
        self.documents.push(path.into());
        self
    }

    /// Adds an overlay (OpenAPI Overlay Specification 1.0 or 1.1): a file with changes to the documents. They are applied in order.
    pub fn overlay(mut self, path: impl Into<PathBuf>) -> Self {
        self.overlays.push(path.into());
        self
    }

    /// The API's name in kebab case, which is also the folder's (in snake case). By default made from the first document's
    /// file name or title.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Which ends: by default both. The types always come along.
    pub fn parts(mut self, parts: Parts) -> Self {
        self.parts = Some(Parts { types: true, ..parts });
        self
    }

    /// Generates only the operations that a selector fits, with the types that they need: `tag:users`, an operationId, a path
    /// like `/users/**`, a method and a path, `callback:userCreated`. `*` stands for any text without a slash, `**` for any
    /// text. Several selectors: what fits one of them.
    pub fn include(mut self, selector: impl Into<String>) -> Self {
        self.selection.include.push(Selector::from(selector.into()));
        self
    }

    /// Leaves out the operations that a selector fits, even if they are [included](Self::include).
    pub fn exclude(mut self, selector: impl Into<String>) -> Self {
        self.selection.exclude.push(Selector::from(selector.into()));
        self
    }

    /// Holds a schema though no selected operation needs it: the name of a component, `*` in it, or a JSON pointer.
    pub fn keep(mut self, schema: impl Into<String>) -> Self {
        self.selection.keep.push(Selector::from(schema.into()));
        self
    }

    /// Keeps the properties that the document does not declare of the objects of a schema, by JSON pointer in the document as
    /// written, or with an empty pointer of all objects; they are written back. By default they are dropped.
    pub fn keep_undeclared(mut self, pointer: impl Into<String>) -> Self {
        self.undeclared.push(Undeclared { pointer: pointer.into(), keep: true, position: None });
        self
    }

    /// Takes warnings (repairs, operations that are left out) for errors.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Writes into this folder instead of one below `OUT_DIR`: new, empty, or written by an earlier run. A folder below
    /// `src` can be checked in, and is a module like any other.
    pub fn out(mut self, folder: impl Into<PathBuf>) -> Self {
        self.out = Some(folder.into());
        self
    }

    /// Generates and writes what differs. Prints what cargo wants to know: the files that were read, and the warnings.
    ///
    /// # Errors
    /// The documents or the disk stand in the way; nothing was written then.
    pub fn generate(&self) -> Result<Built, BuildError> {
        let (built, outcome) = self.run(None)?;
        for path in &built.read {
            println!("cargo::rerun-if-changed={}", path.display());
        }
        let mut warnings = outcome.diagnostics.iter().filter(|diagnostic| diagnostic.severity == Severity::Warning);
        for warning in warnings.by_ref().take(WARNINGS) {
            println!("cargo::warning={}", render_line(warning, &outcome.sources));
        }
        let more = warnings.count();
        if more > 0 {
            println!("cargo::warning=and {more} more, which `bothends lint` shows");
        }
        Ok(built)
    }

    /// Writes nothing and compares: for a test that keeps checked-in code up to date.
    ///
    /// # Errors
    /// As [`generate`](Self::generate), and each file that differs.
    pub fn check(&self) -> Result<(), BuildError> {
        self.run(Some("bothends::Builder::generate")).map(|_| ())
    }

    fn run(&self, check_for: Option<&str>) -> Result<(Built, Outcome), BuildError> {
        let mut map = SourceMap::default();
        let config = self.config(&mut map).map_err(|diagnostic| BuildError::of(*diagnostic, &map))?;
        let mut outcome = generate(&Disk, &config);
        let Some(name) = outcome.api.as_ref().map(|api| api.name.replace('-', "_")).filter(|_| !outcome.diagnostics.has_errors()) else {
            return Err(BuildError(render_human(&outcome.diagnostics, &outcome.sources)));
        };
        let folder = match (&self.out, std::env::var_os("OUT_DIR")) {
            (Some(folder), _) => folder.clone(),
            (None, Some(folder)) => PathBuf::from(folder).join(name),
            (None, None) => {
                let nowhere = Diagnostic::new(Code::CONFIG_INVALID, "there is no OUT_DIR to write to")
                    .hint("name a folder with `out`, or call this from a build.rs");
                return Err(BuildError::of(nowhere, &map));
            }
        };
        let files = std::mem::take(&mut outcome.files);
        output::write_or_check(&folder, &files, check_for)
            .map_err(|diagnostics| BuildError(render_human(&diagnostics, &outcome.sources)))?;
        let mut read: Vec<PathBuf> = map.paths().chain(outcome.sources.paths()).map(Path::to_owned).collect();
        read.sort();
        read.dedup();
        let messages = render_human(&outcome.diagnostics, &outcome.sources);
        Ok((Built { folder, read, counts: outcome.counts.clone(), messages }, outcome))
    }

    fn config(&self, map: &mut SourceMap) -> Result<Config, Box<Diagnostic>> {
        let mut config = match &self.configuration {
            None => Config::new(&self.documents, Options::modules(Parts::default())),
            Some(path) => {
                let settings = config::load(&Disk, map, path)?;
                let folder = path.parent().unwrap_or(Path::new(""));
                let mut config = Config::from_settings(&settings, folder, Options::modules(settings.parts));
                config.documents.extend(self.documents.iter().cloned());
                config
            }
        };
        config.overlays.extend(self.overlays.iter().cloned());
        config.name = self.name.clone().or(config.name);
        config.selection.extend(&self.selection);
        config.about.undeclared.extend(self.undeclared.iter().cloned());
        config.strict |= self.strict;
        config.emit.parts = self.parts.unwrap_or(config.emit.parts);
        Ok(config)
    }
}

impl BuildError {
    fn of(diagnostic: Diagnostic, map: &SourceMap) -> Self {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(diagnostic);
        Self(render_human(&diagnostics, map))
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.trim_end())
    }
}

impl fmt::Debug for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n{self}")
    }
}

impl std::error::Error for BuildError {}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENT: &str = "openapi: 3.0.3\ninfo: { title: Lamps, version: '1' }\npaths:\n  /lamps:\n    get: { operationId: lamps, responses: { '204': { description: Fine } } }\n";

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("lamps.yaml"), DOCUMENT).unwrap();
        folder
    }

    #[test]
    fn a_folder_of_modules_is_written_once_and_then_holds() {
        let folder = folder();
        let out = folder.path().join("src/lamps");
        let builder = Builder::new(folder.path().join("lamps.yaml")).out(&out);
        assert!(builder.check().unwrap_err().to_string().contains("output/drift"));
        let built = builder.generate().unwrap();
        assert_eq!((built.folder.as_path(), built.counts.generated), (out.as_path(), 1));
        assert_eq!(built.read, [folder.path().join("lamps.yaml")]);
        assert!(out.join("mod.rs").is_file() && out.join("client/mod.rs").is_file() && out.join("types/operations/mod.rs").is_file());
        builder.check().unwrap();
        std::fs::write(out.join("server/mod.rs"), "").unwrap();
        assert!(builder.check().unwrap_err().to_string().contains("server/mod.rs differs"));
    }

    #[test]
    fn a_configuration_counts_among_the_files_that_were_read() {
        let folder = folder();
        let config = folder.path().join("bothends.toml");
        std::fs::write(&config, "name = 'bulbs'\ndocuments = ['lamps.yaml']\nonly = ['client']\n").unwrap();
        let out = folder.path().join("out");
        let built = Builder::from_config(&config).out(&out).generate().unwrap();
        assert_eq!(built.read.len(), 2);
        assert!(built.read.contains(&config) && !out.join("server").exists() && !out.join("types/mod.rs").metadata().unwrap().is_dir());
        std::fs::write(&config, "documents = ['lamps.yaml']\nstrikt = true\n").unwrap();
        let error = Builder::from_config(&config).out(&out).generate().unwrap_err();
        assert!(format!("{error:?}").contains("bothends.toml:2:1") && error.to_string().contains("did you mean `strict`?"), "{error}");
    }

    #[test]
    fn a_fault_of_the_document_is_shown_as_the_binary_shows_it() {
        let folder = folder();
        let document = folder.path().join("lamps.yaml");
        std::fs::write(&document, "openapi: 9.9.0\n").unwrap();
        let error = Builder::new(&document).out(folder.path().join("out")).generate().unwrap_err().to_string();
        assert!(error.contains("9.9") && error.contains("lamps.yaml:1:"), "{error}");
        assert!(!folder.path().join("out").exists());
    }
}
