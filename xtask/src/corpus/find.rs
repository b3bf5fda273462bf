//! Which documents there are below the folders that were named, and which of them are one API.

use std::fs;
use std::path::{Path, PathBuf};

/// The documents of one API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Path below the folder that was named, that folder's own name first.
    pub key: String,
    /// Stem of the crates' names, if several documents share it.
    pub name: Option<String>,
    /// The files.
    pub documents: Vec<PathBuf>,
    /// Their size.
    pub bytes: u64,
}

impl Subject {
    fn new(key: String, name: Option<String>, documents: Vec<PathBuf>) -> Self {
        let bytes = documents.iter().filter_map(|path| fs::metadata(path).ok()).map(|file| file.len()).sum();
        Self { key, name, documents, bytes }
    }
}

/// Every document below a path, sorted; `grouped` makes one API of all documents of a folder below it.
pub fn subjects(path: &Path, grouped: bool) -> std::io::Result<Vec<Subject>> {
    if path.is_file() {
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let key = format!("{folder}/{}", name_of(path));
        return Ok(vec![Subject::new(key, None, vec![path.to_owned()])]);
    }
    let mut found = Vec::new();
    walk(path, &name_of(path), grouped, &mut found)?;
    Ok(found)
}

fn walk(folder: &Path, key: &str, grouped: bool, found: &mut Vec<Subject>) -> std::io::Result<()> {
    for path in sorted(folder)? {
        let key = format!("{key}/{}", name_of(&path));
        if !path.is_dir() {
            found.extend(is_document(&path).then(|| Subject::new(key, None, vec![path])));
        } else if grouped {
            let documents: Vec<_> = sorted(&path)?.into_iter().filter(|path| is_document(path)).collect();
            found.extend((!documents.is_empty()).then(|| Subject::new(key, Some(name_of(&path)), documents)));
        } else {
            walk(&path, &key, grouped, found)?;
        }
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_document(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| ["yaml", "yml", "json"].iter().any(|known| extension == *known))
}

/// The version that a document says it has, without reading the rest: `2.0`, `3.0.3`.
pub fn version(text: &str) -> &str {
    let after = |key: &'static str| text.match_indices(key).filter_map(|(at, _)| text.get(at + key.len()..));
    let mut values = after("openapi").chain(after("swagger")).map(|rest| {
        let rest = rest.trim_start_matches(['"', '\'', ' ', ':']);
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    });
    values.find(|value| value.contains('.') && value.starts_with(['2', '3'])).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_an_api_and_a_folder_is_one_where_asked_for() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("all");
        for path in ["b.yaml", "notes.txt", "a/2.yaml", "a/1.json", "empty/x.txt"] {
            let path = folder.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "12").unwrap();
        }
        let found = |path: &Path, grouped| -> Vec<(String, Option<String>, usize, u64)> {
            let found = subjects(path, grouped).unwrap();
            found.into_iter().map(|it| (it.key, it.name, it.documents.len(), it.bytes)).collect()
        };
        let one = |key: &str| (key.to_owned(), None, 1, 2);
        assert_eq!(found(&folder, false), [one("all/a/1.json"), one("all/a/2.yaml"), one("all/b.yaml")]);
        assert_eq!(found(&folder, true), [("all/a".to_owned(), Some("a".to_owned()), 2, 4), one("all/b.yaml")]);
        assert_eq!(found(&folder.join("a/1.json"), false), [one("a/1.json")]);
    }

    #[test]
    fn a_version_is_found_wherever_it_stands() {
        for (text, found) in [
            (r#"{"info":{"x":"an openapi 4"},"openapi": "3.1.0"}"#, "3.1.0"),
            ("swagger: '2.0'\n", "2.0"),
            ("openapi: 3.0.3", "3.0.3"),
            ("no version", ""),
        ] {
            assert_eq!(version(text), found, "{text}");
        }
    }
}
