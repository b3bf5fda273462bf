//! What a `$ref` points to: files are opened, pointers followed, also through other references.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

use serde_json::Value;

use crate::diagnostic::{Code, Diagnostic};
use crate::normalize::callbacks;
use crate::normalize::context::Context;
use crate::normalize::duplicates;
use crate::normalize::library::Library;
use crate::source::{FileId, Pointer};

use super::forward::Forwarding;
use super::identify::{anchored, identify};
use super::mark::{mark, unmarked};

/// References that may stand between one reference and its value.
const HOPS: usize = 100;

/// A value that a reference reaches; of the document itself it is a pointer into the tree as it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::normalize) struct Target {
    pub(in crate::normalize) file: FileId,
    pub(in crate::normalize) pointer: Pointer,
}

/// Why a reference reaches nothing.
#[derive(Debug, Clone)]
pub(in crate::normalize) enum Miss {
    /// There is nothing.
    Nothing(String),
    /// References that only lead to each other.
    Circle,
    /// The document cannot be used.
    Fatal(Box<Diagnostic>),
}

/// The files that were opened so far.
pub(in crate::normalize) struct Opened<'a> {
    library: &'a mut dyn Library,
    root: FileId,
    root_paths: Paths,
    folder: Option<PathBuf>,
    by_path: BTreeMap<PathBuf, Result<FileId, Miss>>,
    files: BTreeMap<FileId, (Paths, Value)>,
    forwarding: Forwarding,
}

/// A file's path: as it is named, and with everything resolved.
#[derive(Default)]
struct Paths {
    named: PathBuf,
    canonical: PathBuf,
}

impl<'a> Opened<'a> {
    pub(in crate::normalize) fn new(library: &'a mut dyn Library, root: FileId) -> Self {
        let named = library.path(root);
        let canonical = library.canonical(&named).unwrap_or_default();
        let folder = canonical.parent().map(Path::to_owned);
        Self {
            library,
            root,
            root_paths: Paths { named, canonical },
            folder,
            by_path: BTreeMap::new(),
            files: BTreeMap::new(),
            forwarding: Forwarding::default(),
        }
    }

    /// The document itself.
    pub(in crate::normalize) fn root(&self) -> FileId {
        self.root
    }

    /// Whether the document is all there is so far.
    pub(in crate::normalize) fn is_single(&self) -> bool {
        self.files.is_empty()
    }

    /// Parts of the document itself were moved: from now on references that name them as written lead to them.
    pub(in crate::normalize) fn forward(&mut self, forwarding: Forwarding) {
        self.forwarding = forwarding;
    }

    /// The component that a reference within the document itself means, where that was moved there.
    pub(super) fn moved_component(&self, reference: &str) -> Option<String> {
        let pointer = Pointer::parse(&percent_decoded(reference.strip_prefix('#')?))?;
        let now = self.forwarding.now(&pointer)?;
        now.as_str().starts_with("/components/").then(|| format!("#{now}"))
    }

    /// The value of a target.
    pub(in crate::normalize) fn value<'v>(&'v self, tree: &'v Value, target: &Target) -> Option<&'v Value> {
        self.document(tree, target.file)?.pointer(target.pointer.as_str())
    }

    /// The name of a file without folder and extension.
    pub(in crate::normalize) fn stem(&self, file: FileId) -> String {
        let paths = self.files.get(&file).map(|(paths, _)| paths);
        paths.and_then(|paths| paths.named.file_stem()).map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
    }

    fn document<'v>(&'v self, tree: &'v Value, file: FileId) -> Option<&'v Value> {
        if file == self.root { Some(tree) } else { self.files.get(&file).map(|(_, value)| value) }
    }

    /// Follows a reference to the value at the end of it.
    ///
    /// # Errors
    /// See [`Miss`].
    pub(in crate::normalize) fn locate(
        &mut self,
        tree: &Value,
        base: FileId,
        reference: &str,
        context: &mut Context<'_>,
    ) -> Result<Target, Miss> {
        let mut target = self.target(tree, base, reference, context)?;
        for _ in 0..HOPS {
            match self.walk(tree, &target, context)? {
                Walk::Arrived => return Ok(target),
                Walk::Hop { base, reference, rest } => {
                    target = self.target(tree, base, &reference, context)?;
                    target.pointer = Pointer::parse(&format!("{}{rest}", target.pointer)).unwrap_or_default();
                    // A loop with a rest grows for ever; nobody writes pointers of this length.
                    if target.pointer.as_str().len() > 1 << 16 {
                        return Err(Miss::Circle);
                    }
                }
            }
        }
        Err(Miss::Circle)
    }

    /// The file and pointer that a reference names.
    fn target(&mut self, tree: &Value, base: FileId, reference: &str, context: &mut Context<'_>) -> Result<Target, Miss> {
        let (base, reference) = unmarked(reference).unwrap_or((base, reference));
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let file = if path.is_empty() { base } else { self.open(base, path, context)? };
        let fragment = percent_decoded(fragment);
        let nothing = || Miss::Nothing(format!("`{reference}` names no place: it must be a path such as #/components/schemas/Name"));
        if fragment.is_empty() && (file == self.root || path.is_empty() && reference.is_empty()) {
            return Err(nothing());
        }
        let anchor = || anchored(self.document(tree, file)?, &fragment);
        let mut pointer = Pointer::parse(&fragment).or_else(anchor).ok_or_else(nothing)?;
        if file == self.root
            && let Some(now) = self.forwarding.now(&pointer)
        {
            pointer = now;
        }
        Ok(Target { file, pointer })
    }

    /// Walks down a pointer, up to the value or the first reference on the way.
    fn walk(&self, tree: &Value, target: &Target, context: &Context<'_>) -> Result<Walk, Miss> {
        let text = target.pointer.as_str();
        let missing = || {
            let written = context.origins.origin(&target.pointer).filter(|_| target.file == self.root);
            Miss::Nothing(format!("there is nothing at #{}", written.map_or_else(|| target.pointer.clone(), |origin| origin.pointer)))
        };
        let mut here = self.document(tree, target.file).ok_or_else(missing)?;
        let mut done = 0;
        for step in target.pointer.steps() {
            let child = match here {
                Value::Object(map) => map.get(&step),
                Value::Array(list) => step.parse::<usize>().ok().and_then(|index| list.get(index)),
                _ => None,
            };
            match (child, here.get("$ref").and_then(Value::as_str)) {
                (Some(child), _) => here = child,
                (None, Some(reference)) => return Ok(Self::hop(target, done, reference)),
                (None, None) => return Err(missing()),
            }
            done = text.get(done + 1..).and_then(|rest| rest.find('/')).map_or(text.len(), |at| done + 1 + at);
        }
        match here.get("$ref").and_then(Value::as_str) {
            Some(reference) => Ok(Self::hop(target, text.len(), reference)),
            None => Ok(Walk::Arrived),
        }
    }

    fn hop(target: &Target, done: usize, reference: &str) -> Walk {
        let (owner, rest) = target.pointer.as_str().split_at_checked(done).unwrap_or_default();
        // A webhook was made a callback, in which its path item stands one step further down.
        let is_webhook =
            owner.strip_prefix("/webhooks/").is_some_and(|name| !name.contains('/')) && reference.starts_with(callbacks::COMPONENTS);
        let rest = if is_webhook { format!("/{}{rest}", callbacks::WEBHOOK) } else { rest.to_owned() };
        Walk::Hop { base: target.file, reference: reference.to_owned(), rest }
    }

    /// Opens a file that another one names.
    fn open(&mut self, base: FileId, path: &str, context: &mut Context<'_>) -> Result<FileId, Miss> {
        if path.contains("://") || path.starts_with("//") {
            return Err(Miss::Nothing(format!("`{path}` is on the network, which is never asked: save it beside the document")));
        }
        let from = if base == self.root { &self.root_paths } else { self.files.get(&base).map_or(&self.root_paths, |(paths, _)| paths) };
        let decoded = percent_decoded(path);
        let beside = |file: &Path| file.parent().unwrap_or(Path::new("")).join(&decoded);
        let named = beside(&from.named);
        let is_inside = |path: &Path| self.folder.as_ref().is_some_and(|folder| path.starts_with(folder));
        // Neither the path as written may lead out, whether or not there is a file, nor a link on the way.
        let canonical = self.library.canonical(&named);
        if !is_inside(&without_dots(&beside(&from.canonical))) || canonical.as_ref().is_some_and(|path| !is_inside(path)) {
            let message = format!("`{path}` lies outside the folder of the document");
            return Err(Miss::Fatal(Box::new(Diagnostic::new(Code::REFERENCE_OUTSIDE_ROOT, message).hint("move it below the document"))));
        }
        let absent = || Miss::Nothing(format!("there is no file `{path}`"));
        let Some(canonical) = canonical else { return Err(absent()) };
        if canonical == self.root_paths.canonical {
            return Ok(self.root);
        }
        if let Some(known) = self.by_path.get(&canonical) {
            return known.clone();
        }
        let opened = match self.library.load(&named) {
            Ok(mut document) => {
                let file = document.file;
                duplicates::merge(&mut document.value, file, std::mem::take(&mut document.duplicates), context);
                identify(&mut document.value, file, context);
                mark(&mut document.value, file);
                self.files.insert(file, (Paths { named, canonical: canonical.clone() }, document.value));
                Ok(file)
            }
            Err(diagnostic) if diagnostic.code == Code::SOURCE_UNREADABLE => Err(absent()),
            Err(diagnostic) => Err(Miss::Fatal(diagnostic)),
        };
        self.by_path.insert(canonical, opened.clone());
        opened
    }
}

/// Where a walk ended.
enum Walk {
    Arrived,
    Hop { base: FileId, reference: String, rest: String },
}

/// `a/./b/../c` -> `a/c`, by the letter.
fn without_dots(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                clean.pop();
            }
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean
}

/// `%7B` -> `{`; what is no escape, or no UTF-8 afterwards, stays as it is.
pub(super) fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, tail)) = rest.split_first() {
        let escaped = tail.get(..2).and_then(|digits| std::str::from_utf8(digits).ok()).filter(|_| *first == b'%');
        match escaped.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_owned())
}
