//! A document as written: text, places, YAML and JSON, `$ref` across files. It knows nothing of OpenAPI.

mod fault;
mod files;
mod json;
mod places;
mod pointer;
mod scalar;
#[cfg(test)]
mod tests;
mod text;
mod tree;
mod yaml;
mod yaml_fault;

use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;

pub use files::{Disk, Memory, Sources};
pub use pointer::Pointer;

use crate::diagnostic::{Code, Diagnostic};
use fault::{Fault, LARGER};
use places::{Collector, Places};

/// Index of a file in a [`SourceMap`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(pub usize);

/// What hostile input may cost.
///
/// The default is some three times what the largest public documents need in bytes and some seven times in nodes and
/// nesting. Nesting is what recursion costs a stack for: at the default, openapiv3 built for debugging takes half of the
/// eight megabytes that a main thread usually has, so whoever runs on a smaller thread should give it as much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of one file.
    pub bytes: usize,
    /// Nodes of one document, aliases expanded.
    pub nodes: usize,
    /// Nesting of one document.
    pub depth: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { bytes: 64 << 20, nodes: 5_000_000, depth: 256 }
    }
}

/// A parsed file.
#[derive(Debug, Clone)]
pub struct Document {
    /// Which file.
    pub file: FileId,
    /// The tree, keys in the file's order; of equal keys the first stands here.
    pub value: Value,
    /// The later ones of equal keys, in the file's order.
    pub duplicates: Vec<Duplicate>,
}

/// A key that stands twice in one mapping.
#[derive(Debug, Clone, PartialEq)]
pub struct Duplicate {
    /// Pointer of the key.
    pub pointer: Pointer,
    /// 1 for the second occurrence in its mapping, 2 for the third, and so on.
    pub occurrence: usize,
    /// Value of this occurrence. Keys that stand twice inside of it come later in the list, under the same pointer.
    pub value: Value,
}

/// Line and column of a place, both from 1; columns count characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// The files read so far, which can be asked where a pointer is.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<File>,
}

/// A file that was read, or that was to be read.
#[derive(Debug)]
struct File {
    path: PathBuf,
    canonical: PathBuf,
    /// `None` if it could not be read. Of a text that is not UTF-8, what can be shown.
    text: Option<String>,
    /// Whether the text is all that the file holds.
    complete: bool,
    /// `None` if its text cannot be parsed.
    syntax: Option<Syntax>,
    lines: OnceLock<Vec<usize>>,
    places: OnceLock<Places>,
    questions: AtomicUsize,
}

/// The language of a text, decided by its content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Syntax {
    Json,
    Yaml,
}

/// A tree and the later ones of equal keys.
type Parsed = (Value, Vec<Duplicate>);

impl SourceMap {
    /// Reads and parses a file; a file that was read before is not read again.
    ///
    /// # Errors
    /// `source/*`: unreadable, empty, not UTF-8, not YAML or JSON, beyond the limits.
    pub fn load(&mut self, sources: &dyn Sources, path: &Path, limits: Limits) -> Result<Document, Diagnostic> {
        let canonical = sources.canonical(path).unwrap_or_else(|_| path.to_owned());
        let known = self.files.iter().position(|file| file.canonical == canonical);
        let id = FileId(known.unwrap_or(self.files.len()));
        if known.is_none() {
            self.files.push(File::new(path.to_owned(), canonical));
        }
        let Some(file) = self.files.get_mut(id.0) else {
            return Err(Diagnostic::new(Code::INTERNAL, "a file that was just added is not there"));
        };
        let (value, duplicates) = file.load(sources, limits).map_err(|fault| fault.into_diagnostic(id))?;
        Ok(Document { file: id, value, duplicates })
    }

    /// Adds a file of another language, whose reader knows its positions itself: a configuration.
    pub fn add(&mut self, path: &Path, text: String) -> FileId {
        let mut file = File::new(path.to_owned(), path.to_owned());
        file.text = Some(text);
        file.complete = true;
        self.files.push(file);
        FileId(self.files.len() - 1)
    }

    /// The file's path, as it was asked for first; empty for a file of another map.
    pub fn path(&self, file: FileId) -> &Path {
        self.files.get(file.0).map_or(Path::new(""), |file| file.path.as_path())
    }

    /// The paths of all files that were read or that were to be read, in the order of the first question.
    pub fn paths(&self) -> impl Iterator<Item = &Path> {
        self.files.iter().map(|file| file.path.as_path())
    }

    /// A line of a file, counted from 1, without its line break.
    pub fn line(&self, file: FileId, number: usize) -> Option<&str> {
        let file = self.files.get(file.0)?;
        let text = file.text.as_deref()?;
        let lines = file.lines.get_or_init(|| text::line_starts(text));
        let start = *lines.get(number.checked_sub(1)?)?;
        let end = lines.get(number).copied().unwrap_or(text.len());
        text.get(start..end).map(|line| line.trim_end_matches(['\r', '\n']))
    }

    /// A number, `true` or the like as it is written, which its value does not tell: `1.10`, `007`, `1e2`.
    /// `None` if something else is there. Ask only where the value is no text: in block style a text may start alike.
    pub fn literal(&self, file: FileId, pointer: &Pointer) -> Option<&str> {
        let Position { line, column } = self.locate(file, pointer, false, 0)?;
        let line = self.line(file, line)?;
        let (start, _) = line.char_indices().nth(column.checked_sub(1)?)?;
        let rest = line.get(start..)?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && !matches!(c, '.' | '+' | '-')).unwrap_or(rest.len());
        // A longer word or a key goes on behind it.
        let (literal, behind) = rest.split_at_checked(end)?;
        let next = behind.trim_start();
        let ends = next.is_empty() || next.starts_with([',', ']', '}']) || next.starts_with('#') && next.len() < behind.len();
        (ends && !scalar::plain(literal).is_string() && !literal.is_empty()).then_some(literal)
    }

    /// Where the value at a pointer is, or its key. Of a pointer that leads nowhere, where its nearest ancestor is.
    /// `occurrence` counts how often the pointer stands in the file, from 0.
    ///
    /// The text is read anew: nothing is paid for places that nobody asks for.
    pub fn locate(&self, file: FileId, pointer: &Pointer, key: bool, occurrence: usize) -> Option<Position> {
        /// With more questions than this, noting all places is cheaper than looking for each.
        const FEW: usize = 4;
        let file = self.files.get(file.0)?;
        let (text, syntax) = (file.text.as_deref()?, file.syntax?);
        if file.places.get().is_none() && file.questions.fetch_add(1, Ordering::Relaxed) < FEW {
            return places_of(text, syntax, Some(pointer)).find(pointer, key, occurrence);
        }
        file.places.get_or_init(|| places_of(text, syntax, None)).find(pointer, key, occurrence)
    }
}

fn places_of(text: &str, syntax: Syntax, wanted: Option<&Pointer>) -> Places {
    let mut collector = Collector::new(wanted);
    match syntax {
        Syntax::Json => json::places(text, &mut collector),
        Syntax::Yaml => yaml::places(text, &mut collector),
    }
    collector.finish()
}

impl File {
    fn new(path: PathBuf, canonical: PathBuf) -> Self {
        Self {
            path,
            canonical,
            text: None,
            complete: false,
            syntax: None,
            lines: OnceLock::new(),
            places: OnceLock::new(),
            questions: AtomicUsize::new(0),
        }
    }

    fn load(&mut self, sources: &dyn Sources, limits: Limits) -> Result<Parsed, Fault> {
        if !self.complete {
            self.read(sources, limits)?;
        }
        let text = self.text.as_deref().unwrap_or_default();
        let (syntax, parsed) = parse(text, limits)?;
        self.syntax = Some(syntax);
        parsed.ok_or_else(|| Fault::new(Code::SOURCE_EMPTY, "the file holds nothing").hint("give an OpenAPI document in YAML or JSON"))
    }

    fn read(&mut self, sources: &dyn Sources, limits: Limits) -> Result<(), Fault> {
        let bytes = sources.read_at_most(&self.path, limits.bytes).map_err(|error| {
            Fault::new(Code::SOURCE_UNREADABLE, format!("the file cannot be read: {error}")).hint("check its path and permissions")
        })?;
        if bytes.len() > limits.bytes {
            return Err(Fault::new(Code::SOURCE_LIMIT, format!("the file has more than {} bytes", limits.bytes)).hint(LARGER));
        }
        let (text, fault) = text::decode(bytes);
        self.complete = fault.is_none();
        self.text = Some(text);
        fault.map_or(Ok(()), Err)
    }
}

/// What starts like JSON is tried as JSON first; YAML, which looks alike in its flow style, is tried second.
fn parse(text: &str, limits: Limits) -> Result<(Syntax, Option<Parsed>), Fault> {
    if !text.trim_start().starts_with(['{', '[']) {
        return yaml::read(text, limits).map(|parsed| (Syntax::Yaml, parsed));
    }
    match json::read(text, limits) {
        Ok(parsed) => Ok((Syntax::Json, parsed)),
        Err(fault) if fault.code != Code::SOURCE_SYNTAX => Err(fault),
        Err(fault) => match yaml::read(text, limits) {
            Ok(parsed) => Ok((Syntax::Yaml, parsed)),
            // Whoever writes keys in quotes means JSON.
            Err(_) if text.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, '{' | '[')).starts_with(['"', '}', ']']) => {
                Err(fault)
            }
            Err(fault) => Err(fault),
        },
    }
}
