//! A document that was generated in memory, verified from its files: written into a folder, compiled, run.

use std::path::{Path, PathBuf};

use super::{Crates, Error, Options, Report, Subject, find_cargo, verify};
use crate::diagnostic::Diagnostic;
use crate::emit::Parts;
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
    let subject = outcome.subject(&refused).ok_or_else(|| Error::Driver("the document gave no model".to_owned()))?;
    let files = output::standalone(Parts::default(), outcome.files.clone());
    output::write(folder, &files).map_err(|diagnostic| unwritten(*diagnostic))?;
    verify(subject, Crates { generated: folder, runtime: &folder.join("runtime") }, options)
}

fn unwritten(diagnostic: Diagnostic) -> Error {
    Error::Driver(match diagnostic.hint {
        Some(hint) => format!("{}; {hint}", diagnostic.message),
        None => diagnostic.message,
    })
}
