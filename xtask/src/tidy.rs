//! `cargo xtask tidy`: rules of the repository that no compiler checks, as searches through its text.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Fault;

/// Folders with Rust that people write.
const WRITTEN: &[&str] = &["generator", "runtime", "tests", "xtask"];

/// Folders that tools make.
const MADE: &[&str] = &["target", ".git", "node_modules", ".venv"];

/// Longest file, in lines.
const LONGEST: usize = 600;

/// Which words a part of the code must not use, so that arrows keep pointing one way.
const ARROWS: &[(&str, &[&str])] = &[
    ("generator/src/source", &["crate::normalize", "crate::lower", "crate::model", "crate::emit", "crate::output", "openapiv3", "quote"]),
    ("generator/src/normalize", &["crate::lower", "crate::model", "crate::emit", "crate::output", "quote"]),
    ("generator/src/lower", &["crate::emit", "crate::output", "crate::generate", "quote", "proc_macro2"]),
    (
        "generator/src/model",
        &["crate::normalize", "crate::lower", "crate::emit", "crate::output", "openapiv3", "quote", "proc_macro2", "syn"],
    ),
    ("generator/src/emit", &["crate::normalize", "crate::lower", "crate::output", "crate::generate", "openapiv3"]),
    ("generator/src/output", &["crate::normalize", "crate::lower", "crate::model", "crate::generate", "openapiv3", "quote"]),
    ("generator/src/verify/oracle", &["crate::lower", "crate::emit", "crate::model", "bothends_runtime"]),
    ("runtime", &["bothends", "openapiv3"]),
];

/// Checks every rule; the fault lists every breach.
pub fn run(root: &Path) -> Result<(), Fault> {
    let here = fs::canonicalize(if root.as_os_str().is_empty() { Path::new(".") } else { root });
    let here = here.map_err(|error| format!("the repository's folder is unknown: {error}"))?;
    let mut files = Vec::new();
    walk(root, root, &mut files).map_err(|error| format!("the repository cannot be read: {error}"))?;
    let mut breaches = Vec::new();
    for path in &files {
        // What is no text is no concern of ours.
        let Ok(text) = fs::read_to_string(root.join(path)) else { continue };
        breaches.extend(breaches_in(path, &text, &here.to_string_lossy()));
    }
    breaches.extend(unnamed(root, &files));
    for breach in &breaches {
        eprintln!("{breach}");
    }
    if breaches.is_empty() {
        eprintln!("tidy: {} files", files.len());
        return Ok(());
    }
    Err(format!("tidy: {} breach(es)", breaches.len()))
}

/// Documents for tests that their list does not name.
fn unnamed(root: &Path, files: &[String]) -> Vec<String> {
    const FOLDER: &str = "tests/fixtures/";
    let list = fs::read_to_string(root.join(FOLDER).join("README.md")).unwrap_or_default();
    let documents = files.iter().filter_map(|path| path.strip_prefix(FOLDER)).filter(|path| *path != "README.md");
    let is_named = |path: &str| {
        let folder = path.split_once('/').map(|(folder, _)| format!("`{folder}/`"));
        list.contains(&format!("`{path}`")) || folder.is_some_and(|folder| list.contains(&folder))
    };
    documents.filter(|path| !is_named(path)).map(|path| format!("{FOLDER}README.md: `{path}` is not in the list")).collect()
}

/// All files of the repository by relative path with forward slashes, without what tools make.
fn walk(root: &Path, folder: &Path, found: &mut Vec<String>) -> std::io::Result<()> {
    let listed = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut entries: Vec<_> = fs::read_dir(listed)?.collect::<Result<_, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let name = entry.file_name();
        let path: PathBuf = folder.join(&name);
        if entry.file_type()?.is_dir() {
            if !MADE.iter().any(|made| name == *made) && !path.ends_with("tests/strangers/out") {
                walk(root, &path, found)?;
            }
        } else {
            let relative = path.strip_prefix(root).unwrap_or(&path);
            found.push(relative.to_string_lossy().replace('\\', "/"));
        }
    }
    Ok(())
}

/// What one file breaks, each as `path:line: what`.
fn breaches_in(path: &str, text: &str, here: &str) -> Vec<String> {
    let mut found = Vec::new();
    let homes = ["home", "root", "Users"].map(|folder| format!("/{folder}/"));
    for (number, line) in text.lines().enumerate() {
        if path != ".git" && (line.contains(here) || homes.iter().any(|home| absolute(line, home))) {
            found.push(format!("{path}:{}: names a folder of one machine", number + 1));
        }
    }
    // A user's crate may have generated files among its own.
    let written = WRITTEN.iter().any(|folder| path.split('/').next() == Some(folder)) && !text.starts_with("// @generated");
    if !written || !path.ends_with(".rs") {
        return found;
    }
    if !text.starts_with("//!") {
        found.push(format!("{path}:1: does not open with a `//!` sentence on what the file is for"));
    }
    let lines = text.lines().count();
    if lines > LONGEST {
        found.push(format!("{path}:{LONGEST}: has {lines} lines; the limit is {LONGEST}"));
    }
    let forbidden: Vec<&str> =
        ARROWS.iter().filter(|(folder, _)| inside(path, folder)).flat_map(|(_, words)| words.iter().copied()).collect();
    for (number, code) in statements(text) {
        for macro_name in ["todo", "unimplemented", "dbg"] {
            if code.contains(&format!("{macro_name}!")) {
                found.push(format!("{path}:{number}: uses `{macro_name}!`"));
            }
        }
        for word in forbidden.iter().filter(|word| uses(&code, word)) {
            found.push(format!("{path}:{number}: uses `{word}`, which this part must not know"));
        }
    }
    found
}

/// Whether a file lies in a module: in its folder, or in the file of its name.
fn inside(path: &str, module: &str) -> bool {
    path.strip_prefix(module).is_some_and(|rest| rest.starts_with('/') || rest == ".rs")
}

/// Whether a path like `/home/` starts a word of the line, and is not part of an address.
fn absolute(line: &str, home: &str) -> bool {
    line.match_indices(home).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        before.is_none_or(|c| c.is_whitespace() || matches!(c, '"' | '\'' | '(' | '=' | '`'))
            && line.get(at + home.len()..).and_then(|text| text.chars().next()).is_some_and(|c| c.is_alphanumeric() || c == '.')
    })
}

/// Lines of code with their numbers, without comments; a `use` over several lines is one of them.
fn statements(text: &str) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or_default().trim();
        match found.last_mut() {
            Some((_, last)) if open => last.push_str(code),
            _ => found.push((number + 1, code.to_owned())),
        }
        let starts = code.starts_with("use ") || code.starts_with("pub use ") || code.starts_with("pub(crate) use ");
        open = (open || starts) && !code.ends_with(';');
    }
    found
}

/// Whether code uses a path, also as part of a grouped import: `crate::{model, emit}` uses `crate::emit`.
fn uses(code: &str, path: &str) -> bool {
    match path.strip_prefix("crate::") {
        None => words(code, path).any(|rest| rest.starts_with("::") || rest.starts_with('!')),
        Some(module) => {
            words(code, path).any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
                || code
                    .split_once("use crate::{")
                    .is_some_and(|(_, group)| words(group, module).any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_')))
        }
    }
}

/// What follows each place where a word starts.
fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    code.match_indices(word).filter_map(move |(at, _)| {
        let before = code.get(..at).and_then(|text| text.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '"') { None } else { code.get(at + word.len()..) }
    })
}

#[cfg(test)]
mod tests {
    use super::breaches_in;

    #[test]
    fn each_rule_finds_its_breach() {
        let home = format!("/{}/", "home");
        let long = "//! A file.\n".repeat(601);
        for (path, text, breach) in [
            ("generator/src/lib.rs", "//! Fine.\n", None),
            ("generator/src/lib.rs", "use a;\n", Some("generator/src/lib.rs:1: does not open")),
            ("runtime/src/a.rs", &long, Some("has 601 lines")),
            ("generated/a/src/a.rs", &long, None),
            ("README.md", &format!("see {home}me/x"), Some("README.md:1: names a folder of one machine")),
            ("README.md", "see /repository/here/x", Some("names a folder of one machine")),
            ("README.md", &format!("see https://example.com{home}me"), None),
            ("specs/a.yaml", &format!("{home}{{id}}"), None),
            ("generator/src/lower/a.rs", "//! A.\nuse crate::emit;\n", Some("a.rs:2: uses `crate::emit`")),
            ("generator/src/lower/a.rs", "//! A.\nuse crate::{\n    model,\n    emit::Parts,\n};\n", Some("a.rs:2: uses `crate::emit`")),
            ("generator/src/lower/a.rs", "//! A.\nuse crate::emitter;\n// crate::emit\n", None),
            ("generator/src/lower.rs", "//! A.\nlet a = quote! {};\n", Some("uses `quote`")),
            ("generator/src/emit/a.rs", "//! A.\nfn a(x: openapiv3::OpenAPI) {}\n", Some("uses `openapiv3`")),
            ("generator/src/emit/a.rs", "//! A.\nuse quote::quote;\n", None),
            ("generator/src/verify/oracle/a.rs", "//! A.\nuse bothends_runtime::Json;\n", Some("uses `bothends_runtime`")),
            ("generator/src/verify/a.rs", "//! A.\nuse crate::model::Api;\n", None),
            ("runtime/src/a.rs", "//! A.\nuse bothends::emit;\n", Some("uses `bothends`")),
            ("runtime/tests/a.rs", "//! A.\nuse bothends_runtime::Json;\n", None),
            ("xtask/src/a.rs", &format!("//! A.\nfn a() {{ {}!() }}\n", "todo"), Some("uses `todo!`")),
        ] {
            let found = breaches_in(path, text, "/repository/here");
            match breach {
                None => assert_eq!(found, Vec::<String>::new(), "{path}: {text:?}"),
                Some(breach) => assert!(found.iter().any(|found| found.contains(breach)), "{path}: {text:?}: {found:?}"),
            }
        }
    }
}
