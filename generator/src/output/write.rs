//! Carries out a plan: everything is staged beside its place first, then renamed, then what is stale goes.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use super::plan::Plan;
use super::{MANIFEST, Report, manifest, path};
use crate::diagnostic::{Code, Diagnostic};
use crate::emit::OutputFile;

/// How a run keeps others out.
#[derive(Clone, Copy)]
pub(super) enum Lock {
    /// Readers may read together.
    Shared,
    /// One writer.
    Exclusive,
}

/// Waits until nobody else writes to the folder. The lock ends with the returned file, also when the process is killed.
/// `None` where folders cannot be opened or locked: renames alone then keep every single file whole.
pub(super) fn lock(root: &Path, kind: Lock) -> Option<File> {
    let folder = File::open(root).ok()?;
    match kind {
        Lock::Shared => folder.lock_shared(),
        Lock::Exclusive => folder.lock(),
    }
    .ok()?;
    Some(folder)
}

/// See [`super::write`].
pub(super) fn write(root: &Path, files: &[OutputFile]) -> Result<Report, Box<Diagnostic>> {
    if files.is_empty() && !root.exists() {
        return Ok(Report::default());
    }
    let mut staging = Staging { root, folders: Vec::new(), staged: Vec::new() };
    // Something else than a folder is left to the plan, which says what stands in the way.
    if !root.exists()
        && let Err(error) = staging.create_folder(root)
    {
        staging.undo();
        return Err(unwritable(root, &error, "nothing was changed"));
    }
    let _lock = lock(root, Lock::Exclusive);
    let plan = match Plan::new(root, files) {
        Ok(plan) => plan,
        Err(error) => {
            staging.undo();
            return Err(error);
        }
    };
    let mut report = Report { unchanged: plan.unchanged, ..Report::default() };
    if plan.is_clean() {
        return Ok(report);
    }
    let union: BTreeSet<String> = plan.listed.union(&plan.wanted).cloned().collect();
    if let Err((at, error)) = stage(&mut staging, &plan, &union) {
        staging.undo();
        restore_manifest(root, plan.manifest.as_deref());
        staging.undo_folders();
        return Err(unwritable(&at, &error, "nothing was changed"));
    }
    finish(root, &plan, &union, &mut report).map_err(|(at, error)| {
        unwritable(&at, &error, "some files are already replaced, each of them whole; the next run completes them")
    })?;
    Ok(report)
}

/// A place and what the disk said there.
type Fault = (PathBuf, io::Error);

/// Announces old and new files in the manifest, then writes every new file beside its place.
fn stage(staging: &mut Staging<'_>, plan: &Plan<'_>, union: &BTreeSet<String>) -> Result<(), Fault> {
    if plan.manifest.is_none() || *union != plan.listed {
        replace(staging.root, MANIFEST, &manifest::print(union))?;
    }
    for (file, _) in &plan.write {
        staging.stage(file)?;
    }
    Ok(())
}

/// Renames what is staged, removes what is stale, and leaves a manifest of exactly what is there.
fn finish(root: &Path, plan: &Plan<'_>, union: &BTreeSet<String>, report: &mut Report) -> Result<(), Fault> {
    for (file, _) in &plan.write {
        let at = root.join(&file.path);
        fs::rename(root.join(path::temporary(&file.path)), &at).map_err(|error| (at, error))?;
        report.written.push(file.path.clone());
    }
    for path in &plan.leftovers {
        // A leftover may just have been overwritten and renamed.
        remove_file(&root.join(path))?;
    }
    for path in &plan.remove {
        remove_file(&root.join(path))?;
        report.removed.push(path.clone());
    }
    for path in union.difference(&plan.wanted) {
        // Only empty folders can be removed this way; others are left to whoever filled them.
        path::parents(path).take_while(|folder| fs::remove_dir(root.join(folder)).is_ok()).for_each(drop);
    }
    if plan.wanted.is_empty() {
        remove_file(&root.join(MANIFEST))?;
        let _ = fs::remove_dir(root);
    } else if *union != plan.wanted {
        replace(root, MANIFEST, &manifest::print(&plan.wanted))?;
    }
    Ok(())
}

/// What was put on disk so far and can be taken back.
struct Staging<'a> {
    root: &'a Path,
    /// Folders that did not exist before, outermost first.
    folders: Vec<PathBuf>,
    /// Temporary files.
    staged: Vec<PathBuf>,
}

impl Staging<'_> {
    /// Creates a folder and those above it, remembering which were new.
    fn create_folder(&mut self, folder: &Path) -> io::Result<()> {
        let missing: Vec<&Path> = folder.ancestors().take_while(|folder| !folder.as_os_str().is_empty() && !folder.is_dir()).collect();
        for folder in missing.into_iter().rev() {
            match fs::create_dir(folder) {
                Ok(()) => self.folders.push(folder.to_owned()),
                // Another run was faster.
                Err(error) if error.kind() == ErrorKind::AlreadyExists && folder.is_dir() => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes a file beside its place.
    fn stage(&mut self, file: &OutputFile) -> Result<(), Fault> {
        if let Some(folder) = path::parents(&file.path).next() {
            let folder = self.root.join(folder);
            self.create_folder(&folder).map_err(|error| (folder, error))?;
        }
        let at = self.root.join(path::temporary(&file.path));
        self.staged.push(at.clone());
        write_new(&at, &file.contents).map_err(|error| (at, error))
    }

    /// Takes back everything; what cannot be taken back is found again by the next run.
    fn undo(&mut self) {
        for file in self.staged.drain(..) {
            let _ = fs::remove_file(file);
        }
        self.undo_folders();
    }

    /// Takes back the folders that are empty.
    fn undo_folders(&mut self) {
        self.folders.retain(|folder| folder.exists());
        for folder in self.folders.iter().rev() {
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Puts the manifest back as it was before the run.
fn restore_manifest(root: &Path, text: Option<&str>) {
    let _ = match text {
        Some(text) => replace(root, MANIFEST, text),
        None => remove_file(&root.join(MANIFEST)),
    };
}

/// Writes one file whole: beside its place, then by rename.
fn replace(root: &Path, path: &str, contents: &str) -> Result<(), Fault> {
    let (temporary, at) = (root.join(path::temporary(path)), root.join(path));
    let written = write_new(&temporary, contents).and_then(|()| fs::rename(&temporary, &at));
    written.map_err(|error| {
        let _ = fs::remove_file(&temporary);
        (at, error)
    })
}

/// Writes a file that must be new: whatever stood there, a link too, is removed and not written through.
fn write_new(at: &Path, contents: &str) -> io::Result<()> {
    match fs::remove_file(at) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    File::create_new(at)?.write_all(contents.as_bytes())
}

/// Removes a file that may be gone already.
fn remove_file(at: &Path) -> Result<(), Fault> {
    match fs::remove_file(at) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err((at.to_owned(), error)),
        _ => Ok(()),
    }
}

fn unwritable(at: &Path, error: &io::Error, state: &str) -> Box<Diagnostic> {
    let message = format!("{} cannot be written: {error}; {state}", at.display());
    Box::new(Diagnostic::new(Code::OUTPUT_UNWRITABLE, message).hint("check the folder's permissions and the space on the disk"))
}
