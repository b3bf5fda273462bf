//! Where documents come from: the disk, or memory for tests. It knows nothing of their content.

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

/// Where documents come from. The disk-backed one is [`Disk`]; tests use [`Memory`].
pub trait Sources: Sync {
    /// Reads a whole file. `path` is as the user wrote it, or resolved against the file that refers to it.
    ///
    /// # Errors
    /// Whatever stands in the way of reading it.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// Reads a file, but stops soon after `limit` bytes: an answer longer than `limit` says that the file is too long.
    ///
    /// # Errors
    /// As [`Sources::read`].
    fn read_at_most(&self, path: &Path, _limit: usize) -> io::Result<Vec<u8>> {
        self.read(path)
    }

    /// The path with `..` and links resolved, to decide whether a reference leaves its root.
    ///
    /// # Errors
    /// If there is no such file.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf>;
}

/// The file system.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Sources for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn read_at_most(&self, path: &Path, limit: usize) -> io::Result<Vec<u8>> {
        use std::io::Read;

        let file = std::fs::File::open(path)?;
        // The length is a hint only: devices and pipes have none.
        let expected = file.metadata().map_or(0, |metadata| metadata.len());
        let limit = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::with_capacity(usize::try_from(expected.min(limit)).unwrap_or(0));
        file.take(limit).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }
}

/// Files that exist in memory only.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    /// No files yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file, or replaces it.
    #[must_use]
    pub fn with(mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) -> Self {
        self.insert(path, content);
        self
    }

    /// Adds a file, or replaces it.
    pub fn insert(&mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) {
        self.files.insert(lexical(path.as_ref()), content.into());
    }
}

impl<P: AsRef<Path>, B: Into<Vec<u8>>> FromIterator<(P, B)> for Memory {
    fn from_iter<I: IntoIterator<Item = (P, B)>>(files: I) -> Self {
        files.into_iter().fold(Self::new(), |memory, (path, content)| memory.with(path, content))
    }
}

impl Sources for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.files.get(&lexical(path)).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let path = lexical(path);
        if self.files.contains_key(&path) { Ok(path) } else { Err(io::ErrorKind::NotFound.into()) }
    }
}

/// The path without `.`, and with `..` taken back where there is something to take back.
fn lexical(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(clean.components().next_back(), Some(Component::Normal(_))) => {
                clean.pop();
            }
            other => clean.push(other),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::{Disk, Memory, Sources};
    use std::io::ErrorKind;
    use std::path::Path;

    #[test]
    fn memory_resolves_paths_by_their_text() {
        let memory = Memory::new().with("specs/api.yaml", "a: 1").with("../up.yaml", "b: 2");
        for (path, canonical) in [
            ("specs/api.yaml", Some("specs/api.yaml")),
            ("./specs/../specs/./api.yaml", Some("specs/api.yaml")),
            ("specs/../../up.yaml", Some("../up.yaml")),
            ("api.yaml", None),
        ] {
            let found = memory.canonical(Path::new(path)).ok();
            assert_eq!(found.as_deref(), canonical.map(Path::new), "{path}");
            assert_eq!(memory.read(Path::new(path)).is_ok(), canonical.is_some(), "{path}");
        }
    }

    #[test]
    fn disk_stops_at_the_limit() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.yaml");
        std::fs::write(&path, "0123456789").unwrap();
        for (limit, length) in [(20, 10), (10, 10), (9, 10), (4, 5), (0, 1)] {
            assert_eq!(Disk.read_at_most(&path, limit).unwrap().len(), length, "{limit}");
        }
        assert_eq!(Disk.read_at_most(&folder.path().join("b"), 9).unwrap_err().kind(), ErrorKind::NotFound);
    }
}
