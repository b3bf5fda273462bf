//! A document that was generated in memory, verified from its files: written into a folder, compiled, run.

use std::path::{Path, PathBuf};

use super::build::{check_driver, forget};
use super::{
    Built, Crates, Error, Options, Report, Serving, Step, Subject, build_driver, driver_name, find_cargo, mock, run_pair, verify,
    write_driver,
};
use crate::diagnostic::Diagnostic;
use crate::emit::{OutputFile, Parts};
use crate::generate::Outcome;
use crate::output;

/// Folder of the crates that [`verify_outcome`] writes for an API, unless somebody wants them elsewhere.
pub fn crates_folder(target: &Path, api: &str) -> PathBuf {
    target.join("bothends").join("documents").join(api)
}

impl Outcome {
    /// What there is to verify; `None` if the document gave no model.
    pub fn subject<'o>(&'o self, refused: &'o [String]) -> Option<Subject<'o>> {
        Some(Subject { api: self.api.as_ref()?, tree: self.tree.as_ref()?, written: &self.written, excluded: &self.excluded, refused })
    }
}

/// Writes what was generated into a folder, as a workspace with a copy of the runtime, and verifies it. All three crates
/// must have been generated, with [`output::RUNTIME_DEPENDENCY`].
///
/// # Errors
/// The folder cannot be written, or [`verify`] cannot do its work.
pub fn verify_outcome(outcome: &Outcome, folder: &Path, options: &Options) -> Result<Report, Error> {
    // Known before anything is written.
    find_cargo()?;
    let refused = outcome.refused();
    let subject = outcome.subject(&refused).ok_or_else(no_model)?;
    write_files(folder, &output::standalone(Parts::default(), outcome.files.clone()))?;
    verify(subject, Crates { generated: folder, runtime: &folder.join("runtime") }, options)
}

/// Writes what was generated into a folder, as [`verify_outcome`], and runs the server as a mock. The client is not needed.
///
/// # Errors
/// The folder cannot be written, or [`mock`] cannot do its work.
pub fn mock_outcome(
    outcome: &Outcome,
    parts: Parts,
    folder: &Path,
    options: &Options,
    serving: &Serving,
    told: &mut dyn FnMut(Step),
) -> Result<(), Error> {
    find_cargo()?;
    let subject = outcome.subject(&[]).ok_or_else(no_model)?;
    write_files(folder, &output::standalone(parts, outcome.files.clone()))?;
    mock(subject, Crates { generated: folder, runtime: &folder.join("runtime") }, options, serving, told)
}

/// What was generated, on disk with its driver and ready to be compiled. It shares a runtime with others, which so is
/// compiled once for all of them.
#[derive(Debug)]
pub struct Written<'o> {
    outcome: &'o Outcome,
    refused: Vec<String>,
    options: &'o Options,
    driver: String,
}

impl<'o> Written<'o> {
    /// Writes the three crates, which must have been generated for the runtime in this folder, and their driver.
    ///
    /// # Errors
    /// There is no model, or a folder cannot be written.
    pub fn new(outcome: &'o Outcome, folder: &Path, runtime: &Path, options: &'o Options) -> Result<Self, Error> {
        let api = outcome.api.as_ref().ok_or_else(no_model)?;
        write_files(folder, &outcome.files)?;
        write_driver(api, Crates { generated: folder, runtime }, &options.scratch)?;
        Ok(Self { outcome, refused: outcome.refused(), options, driver: driver_name(api, &options.scratch) })
    }

    /// Lets the compiler check everything; no program comes of it. Seconds, and warnings as in [`Built`].
    ///
    /// # Errors
    /// As [`build_driver`].
    pub fn check(&self) -> Result<(f64, Vec<String>), Error> {
        check_driver(&self.options.scratch, &self.driver, self.options)
    }

    /// Compiles the driver.
    ///
    /// # Errors
    /// As [`build_driver`].
    pub fn build(&self) -> Result<Built, Error> {
        build_driver(&self.options.scratch, &self.driver, self.options)
    }

    /// Runs all checks.
    ///
    /// # Errors
    /// As [`run_pair`].
    pub fn run(&self, built: &Built) -> Result<Report, Error> {
        let subject = self.outcome.subject(&self.refused).ok_or_else(no_model)?;
        let mut report = run_pair(subject, &built.program, &built.program, self.options)?;
        (report.compile_seconds, report.warnings) = (built.seconds, built.warnings.clone());
        Ok(report)
    }

    /// Removes what the compiler made of this API from the shared target folder.
    pub fn forget(&self) {
        let manifests = self.outcome.files.iter().filter_map(|file| file.path.strip_suffix("/Cargo.toml").map(|_| &file.contents));
        let names = manifests.filter_map(|manifest| manifest.lines().find_map(|line| line.strip_prefix("name = \"")?.strip_suffix('"')));
        forget(&self.options.target, &names.chain([self.driver.as_str()]).map(str::to_owned).collect::<Vec<_>>());
    }
}

fn no_model() -> Error {
    Error::Driver("the document gave no model".to_owned())
}

fn write_files(folder: &Path, files: &[OutputFile]) -> Result<(), Error> {
    output::write(folder, files).map(drop).map_err(|diagnostic| unwritten(*diagnostic))
}

fn unwritten(diagnostic: Diagnostic) -> Error {
    Error::Driver(match diagnostic.hint {
        Some(hint) => format!("{}; {hint}", diagnostic.message),
        None => diagnostic.message,
    })
}
