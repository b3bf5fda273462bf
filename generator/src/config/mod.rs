//! `bothends.toml`: what one API's folder says about its generation. It knows nothing of documents or of Rust code.
//!
//! Every key is explained in `docs/configuration.md`.
//!
//! Only `documents` is required. An unknown key is an error that names the nearest known one.

mod about;
mod name;
mod selection;
mod undeclared;

pub use about::{About, Global, Info, Rename};
pub use name::{check_name, kebab, name_for, name_of};
pub use selection::{Glob, Pattern, Selection, Selector};
pub use undeclared::Undeclared;

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::emit::Parts;
use crate::source::{FileId, Limits, SourceMap, Sources};

/// Name of the configuration file in an API's folder.
pub const FILE_NAME: &str = "bothends.toml";

/// Every key, of the tables too, for "did you mean".
const KEYS: &[&str] = &[
    "name",
    "documents",
    "overlays",
    "strict",
    "only",
    "include",
    "exclude",
    "keep",
    "limits",
    "bytes",
    "nodes",
    "depth",
    "info",
    "title",
    "version",
    "description",
    "globals",
    "in",
    "rename",
    "secret",
    "undeclared",
];

/// A configuration file as read, with defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// Stem of the crates' names in kebab case.
    pub name: Option<String>,
    /// The API's documents, relative to the configuration's folder; at least one.
    pub documents: Vec<PathBuf>,
    /// Overlays of the documents, relative to the configuration's folder.
    pub overlays: Vec<PathBuf>,
    /// Whether warnings are errors.
    pub strict: bool,
    /// Which crates.
    pub parts: Parts,
    /// Which operations and schemas.
    pub selection: Selection,
    /// What a document may cost.
    pub limits: Limits,
    /// What it says of the API itself.
    pub about: About,
}

/// The file as TOML has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Option<toml::Spanned<String>>,
    documents: toml::Spanned<Vec<toml::Spanned<PathBuf>>>,
    #[serde(default)]
    overlays: Vec<toml::Spanned<PathBuf>>,
    #[serde(default)]
    strict: bool,
    only: Option<toml::Spanned<Vec<toml::Spanned<String>>>>,
    #[serde(default)]
    include: Vec<toml::Spanned<String>>,
    #[serde(default)]
    exclude: Vec<toml::Spanned<String>>,
    #[serde(default)]
    keep: Vec<toml::Spanned<String>>,
    #[serde(default)]
    limits: WrittenLimits,
    #[serde(default)]
    info: Info,
    #[serde(default)]
    rename: BTreeMap<toml::Spanned<String>, String>,
    #[serde(default)]
    globals: Vec<toml::Spanned<about::WrittenGlobal>>,
    undeclared: Option<toml::Spanned<undeclared::Written>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenLimits {
    bytes: Option<usize>,
    nodes: Option<usize>,
    depth: Option<usize>,
}

/// Reads the configuration at `path`; its text joins `map`, so that faults can be shown.
///
/// # Errors
/// `source/unreadable` and `source/encoding`, and those of [`parse`].
pub fn load(sources: &dyn Sources, map: &mut SourceMap, path: &Path) -> Result<Settings, Box<Diagnostic>> {
    let fault = |code, what: String| Box::new(Diagnostic::new(code, format!("{} {what}", path.display())));
    let bytes = sources.read(path).map_err(|error| fault(Code::SOURCE_UNREADABLE, format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| fault(Code::SOURCE_ENCODING, "is not UTF-8".to_owned()))?;
    let mut settings = parse(&text, map.add(path, text.clone()))?;
    settings.about.file = Some((path.to_owned(), text));
    Ok(settings)
}

/// Reads a configuration. `file` is only used to say where a fault is.
///
/// # Errors
/// `config/invalid`, with the position: no TOML, an unknown key, a value of the wrong type or outside its domain.
pub fn parse(text: &str, file: FileId) -> Result<Settings, Box<Diagnostic>> {
    let fault = |span: Range<usize>, message: String| {
        let (line, column) = position(text, span.start);
        Diagnostic::new(Code::CONFIG_INVALID, message).at(Place::Position { file, line, column })
    };
    let written: Written = toml::from_str(text).map_err(|error: toml::de::Error| {
        let span = error.span().unwrap_or_default();
        let key = text.get(span.clone()).unwrap_or_default().trim_matches(['"', '\'']);
        let message = error.message().lines().next().unwrap_or_default().to_owned();
        let unknown = message.starts_with("unknown field");
        let mut diagnostic = fault(span, if unknown { format!("unknown key `{key}`") } else { message });
        if let (true, Some(near)) = (unknown, nearest(key)) {
            diagnostic = diagnostic.hint(format!("did you mean `{near}`?"));
        } else if diagnostic.message == "missing field `documents`" {
            diagnostic = diagnostic.hint("name the API's documents: `documents = [\"openapi.yaml\"]`");
        }
        diagnostic
    })?;
    if let Some(name) = &written.name {
        check_name(name.get_ref()).map_err(|message| fault(name.span(), message))?;
    }
    if written.documents.get_ref().is_empty() {
        return Err(Box::new(fault(written.documents.span(), "`documents` names no document".to_owned())));
    }
    for document in written.documents.get_ref().iter().chain(&written.overlays) {
        if !document.get_ref().components().all(|step| matches!(step, Component::Normal(_) | Component::CurDir)) {
            let message = format!("`{}` leaves the folder of the configuration", document.get_ref().display());
            return Err(Box::new(fault(document.span(), message)));
        }
    }
    let parts = match &written.only {
        None => Parts::default(),
        Some(only) => parts(only.get_ref().iter().map(|part| part.get_ref().as_str())).map_err(|message| fault(only.span(), message))?,
    };
    let mut globals: Vec<Global> = Vec::with_capacity(written.globals.len());
    for global in &written.globals {
        let read = global.get_ref().read(position(text, global.span().start)).map_err(|message| fault(global.span(), message))?;
        if globals.iter().any(|known| known.is_same(&read)) {
            return Err(Box::new(fault(global.span(), format!("the global `{}` is named twice", read.name))));
        }
        globals.push(read);
    }
    let renames = written.rename.into_iter().map(|(pointer, name)| {
        let position = Some(position(text, pointer.span().start));
        Rename { pointer: pointer.into_inner(), name, position }
    });
    let renames = renames.collect();
    let undeclared = match &written.undeclared {
        None => Vec::new(),
        Some(written) => undeclared(written, &|span| position(text, span.start)).map_err(|(span, message)| fault(span, message))?,
    };
    let selectors = |list: Vec<toml::Spanned<String>>| -> Vec<Selector> {
        let one = |item: toml::Spanned<String>| Selector { position: Some(position(text, item.span().start)), text: item.into_inner() };
        list.into_iter().map(one).collect()
    };
    let default = Limits::default();
    Ok(Settings {
        name: written.name.map(toml::Spanned::into_inner),
        documents: written.documents.into_inner().into_iter().map(toml::Spanned::into_inner).collect(),
        overlays: written.overlays.into_iter().map(toml::Spanned::into_inner).collect(),
        strict: written.strict,
        parts,
        selection: Selection { include: selectors(written.include), exclude: selectors(written.exclude), keep: selectors(written.keep) },
        limits: Limits {
            bytes: written.limits.bytes.unwrap_or(default.bytes),
            nodes: written.limits.nodes.unwrap_or(default.nodes),
            depth: written.limits.depth.unwrap_or(default.depth),
        },
        about: About { globals, renames, undeclared, info: written.info, file: None },
    })
}

/// What becomes of undeclared properties; else where the fault is, and what it is.
fn undeclared(
    written: &toml::Spanned<undeclared::Written>,
    position: &dyn Fn(Range<usize>) -> (usize, usize),
) -> Result<Vec<Undeclared>, (Range<usize>, String)> {
    let one = |pointer: &str, word: &str, span: Range<usize>| {
        let read = Undeclared::new(pointer, word).map_err(|message| (span.clone(), message))?;
        Ok(Undeclared { position: Some(position(span)), ..read })
    };
    match written.get_ref() {
        undeclared::Written::All(word) => one("", word, written.span()).map(|all| vec![all]),
        undeclared::Written::Each(each) => each.iter().map(|(pointer, word)| one(pointer.get_ref(), word, pointer.span())).collect(),
    }
}

/// Which crates a list of names asks for. Client and server need the types, so these come along.
///
/// # Errors
/// A sentence that names the fault: an unknown name, or none at all.
pub fn parts<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Parts, String> {
    let mut parts = Parts { types: false, client: false, server: false };
    for name in names {
        match name {
            "types" => {}
            "client" => parts.client = true,
            "server" => parts.server = true,
            other => return Err(format!("there is no part `{other}`; the parts are types, client and server")),
        }
        parts.types = true;
    }
    if parts.types { Ok(parts) } else { Err("no part is named; the parts are types, client and server".to_owned()) }
}

/// The candidate that a misspelt word most likely means, if any is near.
pub fn nearest_of<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |candidate: &str| strsim::damerau_levenshtein(word, candidate);
    candidates.into_iter().filter(|candidate| distance(candidate) <= 1 + candidate.len() / 3).min_by_key(|candidate| distance(candidate))
}

fn nearest(key: &str) -> Option<&'static str> {
    nearest_of(key, KEYS.iter().copied())
}

/// Line and column, from 1, of a byte offset; columns count characters.
fn position(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

/// Files that a configuration names, seen from where its folder is seen.
pub fn seen_from(folder: &Path, files: &[PathBuf]) -> Vec<PathBuf> {
    files.iter().map(|file| folder.join(file)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_but_documents_has_a_default() {
        let settings = parse("documents = [\"a.yaml\"]", FileId(0)).unwrap();
        assert_eq!(
            settings,
            Settings {
                name: None,
                documents: vec!["a.yaml".into()],
                overlays: Vec::new(),
                strict: false,
                parts: Parts::default(),
                selection: Selection::default(),
                limits: Limits::default(),
                about: About::default(),
            }
        );
    }

    #[test]
    fn every_key_is_known() {
        let text = "name = 'a-b'\ndocuments = ['x/a.yaml', './b.yaml']\noverlays = ['o.yaml']\nstrict = true\nonly = ['client']\ninclude = ['tag:a']\nexclude = ['/b']\nkeep = ['C']\n[limits]\nbytes = 1\nnodes = 2\ndepth = 3\n\
                    [info]\ntitle = 'T'\nversion = '1'\ndescription = 'D'\n\
                    [[globals]]\nin = 'header'\nname = 'X-A'\nrename = 'a'\nsecret = true\n[[globals]]\nin = 'query'\nname = 'b'\n\
                    [rename]\n'/tags/0' = 'c'\n[undeclared]\n'' = 'keep'\n'/components/schemas/A' = 'drop'\n";
        for key in KEYS {
            assert!(text.contains(key), "{key}");
        }
        let settings = parse(text, FileId(0)).unwrap();
        assert_eq!(settings.name.as_deref(), Some("a-b"));
        let Selection { include, exclude, keep } = &settings.selection;
        let selected: Vec<_> = [include, exclude, keep].map(|list| (list[0].text.as_str(), list[0].position)).into();
        assert_eq!(selected, [("tag:a", Some((6, 12))), ("/b", Some((7, 12))), ("C", Some((8, 9)))]);
        assert_eq!(settings.limits, Limits { bytes: 1, nodes: 2, depth: 3 });
        assert_eq!(settings.parts, Parts { types: true, client: true, server: false });
        let globals: Vec<_> =
            settings.about.globals.iter().map(|global| (global.name.as_str(), global.rename.as_deref(), global.secret)).collect();
        assert_eq!(globals, [("X-A", Some("a"), true), ("b", None, false)]);
        let Rename { pointer, name, position } = &settings.about.renames[0];
        assert_eq!((pointer.as_str(), name.as_str(), *position), ("/tags/0", "c", Some((26, 1))));
        let undeclared: Vec<_> = settings.about.undeclared.iter().map(|one| (one.pointer.as_str(), one.keep, one.position)).collect();
        assert_eq!(undeclared, [("", true, Some((28, 1))), ("/components/schemas/A", false, Some((29, 1)))]);
        assert_eq!(settings.about.globals[1].position, Some((22, 1)));
        assert_eq!(seen_from(Path::new("specs/a"), &settings.documents)[0], Path::new("specs/a/x/a.yaml"));
    }

    #[test]
    fn every_key_is_documented() {
        let page = include_str!("../../../docs/configuration.md");
        for key in KEYS {
            let row = format!("| `{key}` | ");
            let heading = [format!("## `[{key}]`"), format!("## `[[{key}]]`")];
            let documented = page.lines().any(|line| line.starts_with(&row) || heading.iter().any(|heading| line.starts_with(heading)));
            assert!(documented, "docs/configuration.md says nothing of `{key}`");
        }
        let example = page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        assert_eq!(parse(example, FileId(0)).unwrap().about.globals.len(), 2);
        let Limits { bytes, nodes, depth } = Limits::default();
        for (key, default) in [("bytes", bytes), ("nodes", nodes), ("depth", depth)] {
            assert!(
                page.lines().any(|line| line.starts_with(&format!("| `{key}` |")) && line.ends_with(&format!("| {default} |"))),
                "{key}"
            );
        }
    }

    #[test]
    fn faults_have_a_position_and_a_hint() {
        for (text, message, at, hint) in [
            ("", "missing field `documents`", (1, 1), Some("name the API's documents: `documents = [\"openapi.yaml\"]`")),
            ("documents = [\n", "", (1, 14), None),
            ("documents = ['a']\nnmae = 'a'\n", "unknown key `nmae`", (2, 1), Some("did you mean `name`?")),
            ("documents = ['a']\n\n[limits]\n  dept = 1\n", "unknown key `dept`", (4, 3), Some("did you mean `depth`?")),
            ("documents = ['a']\nwhatever-else = 1\n", "unknown key `whatever-else`", (2, 1), None),
            ("documents = 'a'\n", "invalid type: string \"a\"", (1, 13), None),
            ("documents = []\n", "`documents` names no document", (1, 13), None),
            ("documents = ['a', '../b']\n", "`../b` leaves the folder", (1, 19), None),
            ("documents = ['/b']\n", "`/b` leaves the folder", (1, 14), None),
            ("name = 'A b'\ndocuments = ['a']\n", "`A b` is no name", (1, 8), None),
            ("documents = ['a']\nonly = ['tests']\n", "there is no part `tests`", (2, 8), None),
            ("documents = ['a']\nonly = []\n", "no part is named", (2, 8), None),
            ("documents = ['a']\n[[globals]]\nin = 'path'\nname = 'a'\n", "no place `path`", (2, 1), None),
            ("documents = ['a']\n[[globals]]\nin = 'query'\nnam = 'a'\n", "unknown key `nam`", (4, 1), Some("did you mean `name`?")),
            (
                "documents = ['a']\n[[globals]]\nin = 'header'\nname = 'a'\n[[globals]]\nin = 'header'\nname = 'A'\n",
                "named twice",
                (5, 1),
                None,
            ),
            (
                "documents = ['a']\nundeclared = 'keepp'\n",
                "cannot be `keepp`: the words are keep and drop; did you mean `keep`?",
                (2, 14),
                None,
            ),
            ("documents = ['a']\n[undeclared]\n'/x' = 'lose'\n", "cannot be `lose`", (3, 1), None),
            ("# ä ö\nstrict = 1\n", "invalid type: integer `1`", (2, 10), None),
        ] {
            let diagnostic = parse(text, FileId(3)).unwrap_err();
            assert_eq!(diagnostic.code, Code::CONFIG_INVALID, "{text:?}");
            assert!(diagnostic.message.contains(message), "{text:?}: {}", diagnostic.message);
            let (line, column) = at;
            assert_eq!(diagnostic.place, Some(Place::Position { file: FileId(3), line, column }), "{text:?}");
            assert_eq!(diagnostic.hint.as_deref(), hint, "{text:?}");
        }
    }
}
