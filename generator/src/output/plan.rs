//! What stands on disk against what should: reads only, and decides what is ours.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, ErrorKind};
use std::path::Path;

use super::{MANIFEST, manifest, path};
use crate::diagnostic::{Code, Diagnostic};
use crate::emit::OutputFile;

/// How a file on disk differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriftKind {
    /// It should be there and is not.
    Missing,
    /// It has other bytes.
    Different,
    /// The generator wrote it once and no longer does.
    Extra,
    /// It lies in a folder of ours, and the generator did not write it.
    Unlisted,
}

impl std::fmt::Display for DriftKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Missing => "is missing",
            Self::Different => "differs",
            Self::Extra => "is no longer generated",
            Self::Unlisted => "was not generated; remove it by hand",
        })
    }
}

/// One difference between the disk and what would be generated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Drift {
    /// Path relative to the output folder, with forward slashes.
    pub path: String,
    /// How it differs.
    pub kind: DriftKind,
}

/// What has to be done to a folder.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    root: &'a Path,
    /// The manifest's text on disk, if there is one.
    pub manifest: Option<String>,
    /// What the manifest on disk lists.
    pub listed: BTreeSet<String>,
    /// What will be there.
    pub wanted: BTreeSet<String>,
    /// Files that are missing or differ.
    pub write: Vec<(&'a OutputFile, DriftKind)>,
    /// How many files are as they should be.
    pub unchanged: usize,
    /// Listed files on disk that are no longer wanted.
    pub remove: Vec<String>,
    /// Temporary files of a run that was cut short.
    pub leftovers: Vec<String>,
}

/// What stands at a path, links not followed.
enum Entry {
    Missing,
    File,
    Link,
    Other,
    /// A step before the last one is no folder.
    Blocked(String),
}

impl<'a> Plan<'a> {
    /// Compares `files` with the folder.
    pub fn new(root: &'a Path, files: &'a [OutputFile]) -> Result<Self, Box<Diagnostic>> {
        let wanted = wanted(files)?;
        let manifest = read_manifest(root)?;
        let listed = match &manifest {
            Some(text) => manifest::parse(text).map_err(|fault| damaged(root, &fault))?,
            None => BTreeSet::new(),
        };
        if manifest.is_none() {
            refuse_foreign_folder(root)?;
        }
        let mut plan = Self { root, manifest, listed, wanted, write: Vec::new(), unchanged: 0, remove: Vec::new(), leftovers: Vec::new() };
        for file in files {
            match plan.compare(file)? {
                None => plan.unchanged += 1,
                Some(kind) => plan.write.push((file, kind)),
            }
        }
        for path in plan.listed.difference(&plan.wanted) {
            match look(root, path)? {
                Entry::File | Entry::Link => plan.remove.push(path.clone()),
                Entry::Missing | Entry::Other | Entry::Blocked(_) => {}
            }
        }
        let candidates = plan.listed.union(&plan.wanted).map(String::as_str).chain([MANIFEST]).map(path::temporary);
        for path in candidates {
            if matches!(look(root, &path)?, Entry::File | Entry::Link) {
                plan.leftovers.push(path);
            }
        }
        Ok(plan)
    }

    /// Whether the disk is as it should be.
    pub fn is_clean(&self) -> bool {
        self.write.is_empty() && self.remove.is_empty() && self.leftovers.is_empty() && self.listed == self.wanted
    }

    /// The plan as a list of differences, with the files that nobody listed.
    pub fn drift(&self) -> Result<Vec<Drift>, Box<Diagnostic>> {
        let mut drift: Vec<Drift> = self.write.iter().map(|(file, kind)| Drift { path: file.path.clone(), kind: *kind }).collect();
        drift.extend(self.remove.iter().chain(&self.leftovers).map(|path| Drift { path: path.clone(), kind: DriftKind::Extra }));
        if self.listed != self.wanted && !self.wanted.is_empty() {
            let kind = if self.manifest.is_some() { DriftKind::Different } else { DriftKind::Missing };
            drift.push(Drift { path: MANIFEST.to_owned(), kind });
        }
        let folders: BTreeSet<&str> = self.wanted.iter().filter_map(|path| path.split_once('/')).map(|(folder, _)| folder).collect();
        for folder in folders {
            self.unlisted(folder, &mut drift).map_err(|error| unreadable(&self.root.join(folder), &error))?;
        }
        drift.sort();
        Ok(drift)
    }

    /// Files in our folders that nobody listed. What cargo leaves beside a manifest is no drift.
    fn unlisted(&self, folder: &str, drift: &mut Vec<Drift>) -> io::Result<()> {
        let entries = match fs::read_dir(self.root.join(folder)) {
            Ok(entries) => entries,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => return Ok(()),
            Err(error) => return Err(error),
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let path = format!("{folder}/{}", name.to_string_lossy());
            if entry.file_type()?.is_dir() {
                if name != "target" {
                    self.unlisted(&path, drift)?;
                }
            } else if name != "Cargo.lock"
                && !self.listed.contains(&path)
                && !self.wanted.contains(&path)
                && !self.leftovers.contains(&path)
            {
                drift.push(Drift { path, kind: DriftKind::Unlisted });
            }
        }
        Ok(())
    }

    /// How one file differs; an error when something stands there that is not ours.
    fn compare(&self, file: &OutputFile) -> Result<Option<DriftKind>, Box<Diagnostic>> {
        let ours = self.listed.contains(&file.path);
        match look(self.root, &file.path)? {
            Entry::Missing => Ok(Some(DriftKind::Missing)),
            Entry::File => {
                let at = self.root.join(&file.path);
                let same = fs::read(&at).map_err(|error| unreadable(&at, &error))? == file.contents.as_bytes();
                match (same, ours) {
                    (true, _) => Ok(None),
                    (false, true) => Ok(Some(DriftKind::Different)),
                    (false, false) => Err(in_the_way(&at, "was not written by the generator")),
                }
            }
            // A link of ours is replaced by rename, never followed.
            Entry::Link if ours => Ok(Some(DriftKind::Different)),
            Entry::Link => Err(in_the_way(&self.root.join(&file.path), "is a symbolic link")),
            Entry::Other => Err(in_the_way(&self.root.join(&file.path), "is no file")),
            Entry::Blocked(step) => Err(in_the_way(&self.root.join(step), "is no folder")),
        }
    }
}

/// The paths of the files, checked. Two that differ in case only would be one file on many disks.
fn wanted(files: &[OutputFile]) -> Result<BTreeSet<String>, Box<Diagnostic>> {
    let mut folded = BTreeSet::new();
    for file in files {
        path::check(&file.path).map_err(|fault| Box::new(Diagnostic::new(Code::INTERNAL, fault)))?;
        if !folded.insert(file.path.to_lowercase()) {
            return Err(Box::new(Diagnostic::new(Code::INTERNAL, format!("two files of the output are called `{}`", file.path))));
        }
    }
    Ok(files.iter().map(|file| file.path.clone()).collect())
}

/// What stands at a relative path. A link on the way is not followed: it could lead out of the folder.
fn look(root: &Path, path: &str) -> Result<Entry, Box<Diagnostic>> {
    let mut folders: Vec<&str> = path::parents(path).collect();
    folders.reverse();
    for folder in folders {
        match fs::symlink_metadata(root.join(folder)) {
            Ok(metadata) if metadata.is_dir() => {}
            Ok(_) => return Ok(Entry::Blocked(folder.to_owned())),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Entry::Missing),
            Err(error) => return Err(unreadable(&root.join(folder), &error)),
        }
    }
    match fs::symlink_metadata(root.join(path)) {
        Ok(metadata) if metadata.is_file() => Ok(Entry::File),
        Ok(metadata) if metadata.is_symlink() => Ok(Entry::Link),
        Ok(_) => Ok(Entry::Other),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Entry::Missing),
        Err(error) => Err(unreadable(&root.join(path), &error)),
    }
}

/// The text of the manifest on disk. A link in its place is not followed.
fn read_manifest(root: &Path) -> Result<Option<String>, Box<Diagnostic>> {
    let at = root.join(MANIFEST);
    match fs::symlink_metadata(&at) {
        Ok(metadata) if metadata.is_file() => {
            let bytes = fs::read(&at).map_err(|error| unreadable(&at, &error))?;
            String::from_utf8(bytes).map(Some).map_err(|_| damaged(root, "it is not UTF-8"))
        }
        Ok(_) => Err(in_the_way(&at, "is no file")),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(None),
        Err(error) => Err(unreadable(&at, &error)),
    }
}

/// A folder without a manifest must be empty, but for the manifest's own temporary file.
fn refuse_foreign_folder(root: &Path) -> Result<(), Box<Diagnostic>> {
    let entries = match fs::read_dir(root) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) if error.kind() == ErrorKind::NotADirectory => return Err(in_the_way(root, "is no folder")),
        Err(error) => return Err(unreadable(root, &error)),
    };
    let temporary = path::temporary(MANIFEST);
    for entry in entries {
        let name = entry.map_err(|error| unreadable(root, &error))?.file_name();
        if name != temporary.as_str() {
            let message =
                format!("{} holds files that the generator did not write, for instance `{}`", root.display(), name.to_string_lossy());
            return Err(Box::new(
                Diagnostic::new(Code::OUTPUT_FOREIGN, message).hint("name an empty or new folder; nothing was changed in this one"),
            ));
        }
    }
    Ok(())
}

fn damaged(root: &Path, fault: &str) -> Box<Diagnostic> {
    let message = format!("{} is no manifest of this version of the generator: {fault}", root.join(MANIFEST).display());
    Box::new(Diagnostic::new(Code::OUTPUT_FOREIGN, message).hint("empty the folder by hand and run again; nothing was changed in it"))
}

fn in_the_way(at: &Path, what: &str) -> Box<Diagnostic> {
    let message = format!("{} stands in the way: it {what}", at.display());
    Box::new(Diagnostic::new(Code::OUTPUT_FOREIGN, message).hint("move it away, or name another folder; nothing was changed in this one"))
}

fn unreadable(at: &Path, error: &io::Error) -> Box<Diagnostic> {
    let message = format!("{} cannot be read: {error}", at.display());
    Box::new(Diagnostic::new(Code::OUTPUT_UNWRITABLE, message).hint("check the folder's permissions; nothing was changed in it"))
}
