//! Files on disk: plan, compare, write by rename, remove only what the generator wrote. It knows nothing of what is in the files.
//!
//! An output folder belongs to the generator when it holds a [`MANIFEST`], which lists every file that was written there.
//! What is not listed is never overwritten and never removed; a folder with content but without a manifest is not touched at all.
//!
//! Each file is first written beside its place and then renamed onto it, so that a reader sees the old file or the new one
//! and nothing between. Before the first of them the manifest is extended to old and new files together: after a kill,
//! the next run knows everything that may lie about, completes it and cleans up. Two runs into one folder wait for each
//! other where a folder can be locked (everywhere but on Windows and some network drives); elsewhere the last one wins,
//! and the next run mends what the two left.

mod manifest;
mod path;
mod plan;
#[cfg(test)]
mod tests;
mod workspace;
mod write;

pub use plan::{Drift, DriftKind};
pub use workspace::{RUNTIME_DEPENDENCY, members, standalone, workspace_manifest};

use std::path::Path;

use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::emit::OutputFile;

/// Name of the file in the output folder that lists what the generator wrote.
pub const MANIFEST: &str = ".bothends";

/// What a run did to the output folder. Paths are relative to it, with forward slashes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Files that were created or replaced.
    pub written: Vec<String>,
    /// How many files were already as they should be.
    pub unchanged: usize,
    /// Files of an earlier run that are no longer produced.
    pub removed: Vec<String>,
}

/// Makes the folder hold exactly `files`, as far as it is ours. Writes nothing where nothing differs.
/// With no files at all the folder is emptied of what we wrote and, if it is empty then, removed.
///
/// # Errors
/// `output/foreign` when something stands in the way that the generator did not write, `output/unwritable` when the
/// disk refuses, `internal/bug` for a path that leaves the folder. Nothing was changed then, unless the message says so.
pub fn write(root: &Path, files: &[OutputFile]) -> Result<Report, Box<Diagnostic>> {
    write::write(root, files)
}

/// Compares without writing: what [`write`] would change, and files in our folders that nobody listed. Sorted by path.
///
/// # Errors
/// Those of [`write`].
pub fn check(root: &Path, files: &[OutputFile]) -> Result<Vec<Drift>, Box<Diagnostic>> {
    let _lock = write::lock(root, write::Lock::Shared);
    plan::Plan::new(root, files)?.drift()
}

/// [`write`], or, with the command that would write, a [`check`] whose drift is an error each: what `--check` stands for.
///
/// # Errors
/// Those of [`write`], and `output/drift`.
pub fn write_or_check(root: &Path, files: &[OutputFile], check_for: Option<&str>) -> Result<Report, Diagnostics> {
    let alone = |diagnostic: Box<Diagnostic>| {
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(*diagnostic);
        diagnostics
    };
    let Some(command) = check_for else { return write(root, files).map_err(alone) };
    match check(root, files).map_err(alone)?.as_slice() {
        [] => Ok(Report { unchanged: files.len(), ..Report::default() }),
        drift => Err(drift_errors(root, drift, command)),
    }
}

/// Drift as errors, one a file; the last one names the command that mends it. Long lists are cut.
fn drift_errors(root: &Path, drift: &[Drift], command: &str) -> Diagnostics {
    const SHOWN: usize = 20;
    let mut diagnostics = Diagnostics::default();
    for item in drift.iter().take(SHOWN) {
        diagnostics.push(Diagnostic::new(Code::OUTPUT_DRIFT, format!("{} {}", root.join(&item.path).display(), item.kind)));
    }
    let more = drift.len().saturating_sub(SHOWN);
    let count = if more == 0 { format!("{} file(s)", drift.len()) } else { format!("{} file(s), {more} of them not listed", drift.len()) };
    let summary = format!("{} is not as it would be generated: {count}", root.display());
    diagnostics.push(Diagnostic::new(Code::OUTPUT_DRIFT, summary).hint(format!("run `{command}`")));
    diagnostics
}
