//! The proof: cases made from the document, sent by the generated client to the generated server, judged by an oracle
//! that shares no code with `lower`, `emit` or the runtime.

mod asked;
mod bench;
mod build;
mod described;
mod document;
mod driver;
mod examples;
mod mock;
mod oracle;
mod process;
mod proxy;
mod report;
mod run;
mod shrink;
mod strangers;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub use asked::Asked;
pub use build::{Built, build_driver, find_cargo, target_folder};
pub use document::{Written, crates_folder, mock_outcome, verify_outcome};
pub use driver::{Crates, driver_name, write_driver};
#[cfg(feature = "cli")]
pub use mock::Progress;
pub use mock::{Serving, Step, mock};
pub use oracle::examples::Contradiction;
pub use oracle::exercise::LeftOut;
pub use oracle::typed::Typed;
pub use report::{Census, Failure, Report, render, to_json};
pub use run::run_pair;
pub use strangers::{Caller, Client, Success};

use serde_json::Value;

use crate::model::Api;

/// What is verified.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// What was generated.
    pub api: &'a Api,
    /// The normalised document, by which the oracle judges.
    pub tree: &'a Value,
    /// Operations that the document writes, before any repair: `METHOD /path`, duplicates included.
    pub written: &'a [String],
    /// Operations that are not selected: `METHOD /path`.
    pub excluded: &'a BTreeSet<String>,
    /// Operations that a diagnostic said are not generated: `METHOD /path`.
    pub refused: &'a [String],
}

/// How to verify.
#[derive(Debug, Clone)]
pub struct Options {
    /// Cases for each request, and for each documented status and media type.
    pub cases: usize,
    /// Where all values come from.
    pub seed: u64,
    /// How long a driver may take to answer before it is taken to hang.
    pub patience: Duration,
    /// Folder of the scratch package.
    pub scratch: PathBuf,
    /// Target folder that all scratch packages share.
    pub target: PathBuf,
    /// A `Cargo.lock` whose versions the scratch package is to use.
    pub lockfile: Option<PathBuf>,
}

impl Options {
    /// The usual: 32 cases, folders under `bothends/` of a target folder.
    pub fn new(target: &Path, api: &str) -> Self {
        let base = target.join("bothends");
        // Longer than any case takes, even on a machine that is busy with other things.
        let patience = Duration::from_secs(30);
        Self { cases: 32, seed: 1, patience, scratch: base.join(api), target: base.join("target"), lockfile: None }
    }
}

/// Why nothing could be verified.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no cargo.
    #[error("cargo was not found; the round trips compile the generated code and need it")]
    NoCargo,
    /// A file or folder.
    #[error("{path}: {message}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system says.
        message: String,
    },
    /// The generated code, or the driver around it, does not compile.
    #[error("the generated code does not compile:\n{0}")]
    Compile(String),
    /// The driver or the proxy cannot be started.
    #[error("{0}")]
    Driver(String),
}

impl Error {
    fn file(path: &Path, error: &std::io::Error) -> Self {
        Self::File { path: path.to_owned(), message: error.to_string() }
    }
}

/// Looks for values that the document describes and the generated code leaves untyped. Nothing is compiled or run.
pub fn typed(api: &Api, tree: &Value) -> Typed {
    let tree = oracle::refs::Tree::new(tree);
    oracle::typed::typed(tree, &oracle::operations::operations(tree), &described::described(api))
}

/// Writes and compiles a driver for what was generated, and runs all checks.
///
/// # Errors
/// Nothing could be verified. What was verified and is wrong is in the report.
pub fn verify(subject: Subject<'_>, crates: Crates<'_>, options: &Options) -> Result<Report, Error> {
    find_cargo()?;
    write_driver(subject.api, crates, &options.scratch)?;
    let built = build_driver(&options.scratch, &driver_name(subject.api, &options.scratch), options)?;
    let mut report = run_pair(subject, &built.program, &built.program, options)?;
    (report.compile_seconds, report.warnings) = (built.seconds, built.warnings);
    Ok(report)
}
