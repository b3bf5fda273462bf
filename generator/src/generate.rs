//! The whole way of a document, as a pure function: it touches no disk but through [`Sources`], no clock and no environment.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};

use indexmap::IndexSet;
use serde_json::Value;

use crate::config::{self, Selection, Settings};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity};
use crate::emit::{self, OutputFile};
use crate::lower::{self, Given};
use crate::model::Api;
use crate::normalize::{self, Normalized, Origins, Overlays};
use crate::source::{Document, FileId, Limits, Pointer, SourceMap, Sources};

/// Stack of the thread that the stages run on. They recurse as deep as a document nests, which `Limits::depth` bounds.
const STACK: usize = 256 << 20;

/// What to generate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The documents of one API, as `Sources` knows them.
    pub documents: Vec<PathBuf>,
    /// Overlays, applied to each document in this order.
    pub overlays: Vec<PathBuf>,
    /// Stem of the crates' names; by default made from the first document's file name or title.
    pub name: Option<String>,
    /// Whether every warning (a repair, a dropped operation) is an error.
    pub strict: bool,
    /// Which operations and schemas; by default all.
    pub selection: Selection,
    /// What a document may cost.
    pub limits: Limits,
    /// Which crates, and where they find the runtime.
    pub emit: emit::Options,
    /// What `bothends.toml` says of the API itself, where there is one.
    pub about: config::About,
}

impl Config {
    /// Documents with everything else by default.
    pub fn new(documents: impl IntoIterator<Item = impl Into<PathBuf>>, emit: emit::Options) -> Self {
        Self {
            documents: documents.into_iter().map(Into::into).collect(),
            overlays: Vec::new(),
            name: None,
            strict: false,
            selection: Selection::default(),
            limits: Limits::default(),
            emit,
            about: config::About::default(),
        }
    }

    /// As a configuration says that lies in this folder.
    pub fn from_settings(settings: &Settings, folder: &Path, emit: emit::Options) -> Self {
        Self {
            documents: config::seen_from(folder, &settings.documents),
            overlays: config::seen_from(folder, &settings.overlays),
            name: settings.name.clone(),
            strict: settings.strict,
            selection: settings.selection.clone(),
            limits: settings.limits,
            emit,
            about: settings.about.clone(),
        }
    }
}

/// How many operations there are, and what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Operations that the document writes, one that is written twice counted twice.
    pub written: usize,
    /// Operations written a second time, which were merged into the first.
    pub merged: usize,
    /// Operations that are not selected.
    pub excluded: usize,
    /// Operations that are generated.
    pub generated: usize,
    /// Operations that are not generated, each named by a diagnostic. `written = merged + excluded + generated + dropped`.
    pub dropped: usize,
}

impl Counts {
    /// The terms in a line. `generated` is what is said of those that are, or that could be.
    pub fn text(&self, generated: &str) -> String {
        let term = |what: &str, count: usize| if count == 0 { String::new() } else { format!(", {what} {count}") };
        let further = [term("merged", self.merged), term("excluded", self.excluded)].concat();
        format!("written {}, {generated} {}, reported {}{further}", self.written, self.generated, self.dropped)
    }
}

/// What came of it.
#[derive(Debug, Default)]
pub struct Outcome {
    /// The files, sorted by path; none if there are errors.
    pub files: Vec<OutputFile>,
    /// Everything that there is to say, with places as written.
    pub diagnostics: Diagnostics,
    /// The files that were read, to show places.
    pub sources: SourceMap,
    /// The model, if the document could be read.
    pub api: Option<Api>,
    /// The normalised document, if it could be read; the oracle judges by it.
    pub tree: Option<Value>,
    /// Operations that the document writes, before any repair: `METHOD /path`, in order, duplicates included. Those of
    /// callbacks and webhooks come last: `METHOD expression name`.
    pub written: Vec<String>,
    /// Those of them that are not selected.
    pub excluded: BTreeSet<String>,
    /// The census.
    pub counts: Counts,
    /// The census of callbacks and webhooks, which are not among [`Outcome::counts`].
    pub callbacks: Counts,
}

impl Outcome {
    /// Operations that are not generated because of a finding: `METHOD /path`, each once, in the order of the findings.
    pub fn refused(&self) -> Vec<String> {
        let refused: IndexSet<&String> = self.diagnostics.iter().filter_map(|diagnostic| diagnostic.operation.as_ref()).collect();
        let generated = operations(self.api.as_ref());
        refused.into_iter().filter(|operation| !generated.contains(*operation)).cloned().collect()
    }
}

/// The operations of a model as documents name them.
fn operations(api: Option<&Api>) -> BTreeSet<String> {
    api.into_iter().flat_map(Api::exchanges).map(|(key, _)| key).collect()
}

/// Reads a document and writes its crates. The same input gives the same bytes.
pub fn generate(sources: &dyn Sources, config: &Config) -> Outcome {
    guarded(|| {
        let mut outcome = analyse_here(sources, config);
        if let (Some(api), false) = (&outcome.api, outcome.diagnostics.has_errors()) {
            outcome.files = emit::emit(api, &config.emit);
        }
        outcome
    })
}

/// Reads a document and says what there is to say, without writing Rust: `bothends lint`.
pub fn analyse(sources: &dyn Sources, config: &Config) -> Outcome {
    guarded(|| analyse_here(sources, config))
}

/// Runs the stages on a thread with a stack for deep documents. A panic there is our fault and is reported as such.
fn guarded(run: impl FnOnce() -> Outcome + Send) -> Outcome {
    let broken = |_| failed("the generator stopped in a way that it never should");
    // A worker of rayon that waited for a thread which waits for rayon would wait for ever.
    if rayon::current_thread_index().is_some() {
        return std::panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(broken);
    }
    std::thread::scope(|scope| match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run) {
        Ok(thread) => thread.join().unwrap_or_else(broken),
        Err(error) => failed(&format!("no thread could be started: {error}")),
    })
}

/// An outcome that consists of an error of ours.
fn failed(message: &str) -> Outcome {
    let mut outcome = Outcome::default();
    outcome.diagnostics.push(Diagnostic::new(Code::INTERNAL, message).hint("please report this together with the document"));
    outcome
}

fn analyse_here(sources: &dyn Sources, config: &Config) -> Outcome {
    let mut outcome = Outcome::default();
    let mut origins = Origins::default();
    read(sources, config, &mut outcome, &mut origins);
    place(&mut outcome.diagnostics, &origins);
    if config.strict {
        outcome.diagnostics.strict();
    }
    outcome
}

/// Gives every finding the place as written.
fn place(diagnostics: &mut Diagnostics, origins: &Origins) {
    for diagnostic in diagnostics.iter_mut() {
        diagnostic.place = diagnostic.place.take().map(|place| origins.written(place));
        for (place, _) in &mut diagnostic.related {
            *place = origins.written(place.clone());
        }
    }
}

/// The stages up to the model; each adds to the outcome what it has.
fn read(sources: &dyn Sources, config: &Config, outcome: &mut Outcome, origins: &mut Origins) {
    if config.documents.is_empty() {
        return outcome.diagnostics.push(Diagnostic::new(Code::CONFIG_INVALID, "no document is named"));
    }
    if let Some(Err(message)) = config.name.as_deref().map(config::check_name) {
        return outcome.diagnostics.push(Diagnostic::new(Code::CONFIG_INVALID, message));
    }
    let about = &config.about;
    let settings = about.file.as_ref().map(|(path, text)| outcome.sources.add(path, text.clone()));
    let mut documents: Vec<Document> = Vec::with_capacity(config.documents.len());
    for path in &config.documents {
        match outcome.sources.load(sources, path, config.limits) {
            Ok(document) if documents.iter().any(|known| known.file == document.file) => {
                let message = format!("the document {} is named twice", path.display());
                outcome.diagnostics.push(Diagnostic::new(Code::CONFIG_INVALID, message));
            }
            Ok(document) => documents.push(document),
            Err(diagnostic) => outcome.diagnostics.push(diagnostic),
        }
    }
    let overlays = config.overlays.iter().filter_map(|path| match outcome.sources.load(sources, path, config.limits) {
        Ok(overlay) => Some(overlay),
        Err(diagnostic) => {
            outcome.diagnostics.push(diagnostic);
            None
        }
    });
    let overlays = overlays.collect();
    let overlays = Overlays::new(overlays, &mut outcome.diagnostics);
    if outcome.diagnostics.has_errors() {
        return;
    }
    let normalized = normalize::normalize(documents, overlays, sources, &mut outcome.sources, config.limits, &mut outcome.diagnostics);
    let Some(mut normalized) = normalized else {
        if !outcome.diagnostics.has_errors() {
            outcome.diagnostics.push(Diagnostic::new(Code::INTERNAL, "the document was given up without a reason"));
        }
        return;
    };
    let name = config.name.clone().unwrap_or_else(|| config::name_of(&config.documents, &normalized.openapi.info.title));
    let given = given(&normalized, config, settings, outcome);
    let wishes = lower::Wishes { globals: &about.globals, given: &given };
    let mut api = lower::lower(&normalized.openapi, &name, wishes, &mut outcome.diagnostics);
    keep_undeclared(&mut api, &mut normalized, config, settings, outcome);
    about.globals.iter().filter(|global| !api.globals.iter().any(|known| global.is(known))).for_each(|global| {
        let message = format!("no operation takes the {} parameter `{}`", global.location.as_str(), global.name);
        let mut diagnostic = Diagnostic::new(Code::CONFIG_GLOBAL, message).hint("names of parameters are those on the wire");
        diagnostic.place = configured_at(settings, global.position);
        outcome.diagnostics.push(diagnostic);
    });
    about.info.apply(&mut api);
    if let Some(selected) = normalized.select(&config.selection, settings, &mut outcome.diagnostics) {
        api.retain(&selected.operations, &selected.schemas);
        place(&mut outcome.diagnostics, &normalized.origins);
        selected.silence(&mut outcome.diagnostics);
        outcome.excluded = selected.excluded;
    }
    outcome.counts = census(&normalized.written, &outcome.excluded, &api, &mut outcome.diagnostics);
    outcome.callbacks = census(&normalized.callbacks, &outcome.excluded, &api, &mut outcome.diagnostics);
    outcome.written = [normalized.written, normalized.callbacks].concat();
    *origins = normalized.origins;
    outcome.tree = Some(normalized.tree);
    outcome.api = Some(api);
}

/// The names of the configuration with the places of the normalised tree that they are for.
fn given(normalized: &Normalized, config: &Config, settings: Option<FileId>, outcome: &mut Outcome) -> Vec<Given> {
    let mut all = Vec::new();
    for rename in &config.about.renames {
        let place = configured_at(settings, rename.position);
        match configured(&rename.pointer, normalized, config, outcome) {
            Ok(pointers) => all.push(Given { pointers, written: rename.pointer.clone(), name: rename.name.clone(), place }),
            Err(fault) => outcome.diagnostics.push(Diagnostic { place, ..fault.diagnostic(Code::CONFIG_RENAME, &rename.pointer) }),
        }
    }
    all
}

/// The place of an entry of the configuration, if it stands in a file.
fn configured_at(settings: Option<FileId>, position: Option<(usize, usize)>) -> Option<Place> {
    settings.zip(position).map(|(file, (line, column))| Place::Position { file, line, column })
}

/// Why a pointer of the configuration leads nowhere.
struct Lost {
    message: &'static str,
    hint: &'static str,
}

impl Lost {
    fn diagnostic(&self, code: Code, pointer: &str) -> Diagnostic {
        Diagnostic::new(code, format!("`{}` {}", pointer.escape_debug(), self.message)).hint(self.hint)
    }
}

/// The places of the normalised tree to which a pointer of the configuration leads, which is one of the documents as written.
fn configured(pointer: &str, normalized: &Normalized, config: &Config, outcome: &Outcome) -> Result<Vec<Pointer>, Lost> {
    // A pointer may hold the sign that stands behind a file's name.
    let (file, pointer) = match pointer.split_once('#') {
        Some((file, pointer)) if !file.starts_with('/') => (file, pointer),
        _ => ("", pointer),
    };
    let pointer = Pointer::parse(pointer);
    // Without a name it is one of the documents, and there is no doubt if only one has such a place.
    let is_meant = |path: &Path| if file.is_empty() { config.documents.iter().any(|known| known == path) } else { path.ends_with(file) };
    let files = outcome.sources.paths().enumerate().filter(|(_, path)| is_meant(path)).map(|(index, _)| FileId(index));
    let places = |file| pointer.as_ref().map(|pointer| normalized.origins.normalized(file, pointer, &normalized.tree));
    let mut found: Vec<Vec<Pointer>> = files.filter_map(places).collect();
    found.retain(|pointers| !pointers.is_empty());
    match (found.pop(), found.is_empty()) {
        (Some(pointers), true) => Ok(pointers),
        (None, _) => Err(Lost {
            message: "points to nothing in the documents",
            hint: "JSON pointers are those of the document as it is written, `~1` for a slash in a key",
        }),
        (Some(_), false) => Err(Lost { message: "stands in several files", hint: "put the file's name in front: `rooms.yaml#/tags/0`" }),
    }
}

/// Lets objects keep what the document does not declare, as the configuration says. The tree says so too: the oracle judges
/// by it.
fn keep_undeclared(api: &mut Api, normalized: &mut Normalized, config: &Config, settings: Option<FileId>, outcome: &mut Outcome) {
    let mut all = false;
    let mut places: BTreeMap<Pointer, bool> = BTreeMap::new();
    let mut named = Vec::new();
    for wish in &config.about.undeclared {
        let place = configured_at(settings, wish.position);
        if wish.pointer.is_empty() {
            all = wish.keep;
            continue;
        }
        match configured(&wish.pointer, normalized, config, outcome) {
            Ok(pointers) => {
                places.extend(pointers.iter().map(|pointer| (pointer.clone(), wish.keep)));
                named.push((wish, place, pointers));
            }
            Err(fault) => outcome.diagnostics.push(Diagnostic { place, ..fault.diagnostic(Code::CONFIG_UNDECLARED, &wish.pointer) }),
        }
    }
    let kept = api.keep_undeclared(|origin| places.get(origin).copied().unwrap_or(all));
    for (wish, place, pointers) in named.into_iter().filter(|(wish, ..)| wish.keep) {
        if !pointers.iter().any(|pointer| kept.contains(pointer)) {
            let message = format!("nothing at `{}` can keep undeclared properties", wish.pointer.escape_debug());
            let hint = "objects with properties can, which say nothing of others and are no parameter, header or form";
            outcome.diagnostics.push(Diagnostic { place, ..Diagnostic::new(Code::CONFIG_UNDECLARED, message) }.hint(hint));
        }
    }
    for pointer in kept {
        if let Some(Value::Object(schema)) = normalized.tree.pointer_mut(pointer.as_str()) {
            schema.insert("additionalProperties".to_owned(), Value::Bool(true));
        }
    }
}

/// Counts operations, and says so when one is missing from the output and no diagnostic names it.
fn census(written: &[String], excluded: &BTreeSet<String>, api: &Api, diagnostics: &mut Diagnostics) -> Counts {
    let generated = operations(Some(api));
    let distinct: IndexSet<&String> = written.iter().collect();
    let (excluded, wanted): (Vec<&String>, Vec<&String>) = distinct.iter().copied().partition(|operation| excluded.contains(*operation));
    let dropped: Vec<&String> = wanted.iter().copied().filter(|operation| !generated.contains(*operation)).collect();
    let reported: BTreeSet<String> = diagnostics.iter().filter_map(|diagnostic| diagnostic.operation.clone()).collect();
    for operation in dropped.iter().copied().filter(|operation| !reported.contains(*operation)) {
        let mut diagnostic = Diagnostic::new(Code::INTERNAL, format!("{operation} is missing from the output, and no stage said why"))
            .operation(operation.clone());
        diagnostic.severity = Severity::Warning;
        diagnostics.push(diagnostic);
    }
    let merged = written.len() - distinct.len();
    Counts { written: written.len(), merged, excluded: excluded.len(), generated: wanted.len() - dropped.len(), dropped: dropped.len() }
}

#[cfg(test)]
mod tests {
    use rayon::prelude::*;

    use super::*;
    use crate::source::Memory;

    const DOCUMENT: &str = r##"
openapi: 3.0.3
info: { title: Lamps, version: "1" }
paths:
  /lamps:
    get:
      responses: { "204": { description: Fine } }
"##;

    fn config(documents: &[&str]) -> Config {
        Config::new(documents, emit::Options::crates(emit::Parts::default(), "path = \"../runtime\""))
    }

    #[test]
    fn the_same_input_gives_the_same_bytes_inside_a_thread_pool_too() {
        let sources = Memory::new().with("lamps.yaml", DOCUMENT);
        let once = generate(&sources, &config(&["lamps.yaml"]));
        assert!(!once.diagnostics.has_errors(), "{:?}", once.diagnostics);
        assert!(!once.files.is_empty());
        let often: Vec<Outcome> = (0..16).into_par_iter().map(|_| generate(&sources, &config(&["lamps.yaml"]))).collect();
        assert!(often.iter().all(|outcome| outcome.files == once.files));
    }

    #[test]
    fn faults_of_the_call_are_errors_and_give_no_files() {
        let sources = Memory::new().with("lamps.yaml", DOCUMENT);
        let named = Config { name: Some("No Name".to_owned()), ..config(&["lamps.yaml"]) };
        for (config, code) in [
            (config(&[]), Code::CONFIG_INVALID),
            (config(&["lamps.yaml", "lamps.yaml"]), Code::CONFIG_INVALID),
            (named, Code::CONFIG_INVALID),
            (config(&["nowhere.yaml"]), Code::SOURCE_UNREADABLE),
        ] {
            let outcome = generate(&sources, &config);
            assert_eq!(outcome.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), [code], "{config:?}");
            assert_eq!(outcome.files, []);
        }
    }

    #[test]
    fn undeclared_properties_are_kept_where_it_is_asked_for() {
        const DOCUMENT: &str = r##"
openapi: 3.0.3
info: { title: Posts, version: "1" }
paths:
  /posts:
    post:
      parameters:
        - { name: filter, in: query, schema: { $ref: "#/components/schemas/Filter" } }
      requestBody: { content: { application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Form" } } } }
      responses:
        "200": { description: Fine, content: { application/json: { schema: { type: object, properties: { post: { $ref: "#/components/schemas/Post" } } } } } }
components:
  schemas:
    Post: { type: object, properties: { undeclared: { type: string }, author: { type: object, properties: { id: { type: string } } } } }
    Filter: { type: object, properties: { a: { type: string } } }
    Form: { type: object, properties: { b: { type: string } } }
    Closed: { type: object, properties: { c: { type: string } }, additionalProperties: false }
    Open: { type: object, properties: { d: { type: string } }, additionalProperties: { type: integer } }
    Whole: { allOf: [ { $ref: "#/components/schemas/Post" }, { type: object, properties: { e: { type: string } } } ] }
"##;
        let sources = Memory::new().with("posts.yaml", DOCUMENT);
        let (post, inline) = ("/components/schemas/Post", "/paths/~1posts/post/responses/200/content/application~1json/schema");
        for (wishes, kept, faults) in [
            (vec![], vec![], 0),
            (vec![(post, true)], vec!["Post.undeclared_"], 0),
            (vec![("posts.yaml#/components/schemas/Whole", true), (inline, true)], vec!["PostPostsOk.undeclared", "Whole.undeclared_"], 0),
            (vec![("", true), (post, false)], vec!["PostAuthor.undeclared", "PostPostsOk.undeclared", "Whole.undeclared_"], 0),
            (vec![("/components/schemas/Filter", true), ("/components/schemas/Form", true), ("/nowhere", true)], vec![], 3),
            (vec![("/components/schemas/Closed", true), ("/components/schemas/Open", true), ("/info", true)], vec![], 3),
            (vec![("/components/schemas/Closed", false)], vec![], 0),
        ] {
            let undeclared =
                wishes.iter().map(|(pointer, keep)| config::Undeclared { pointer: (*pointer).to_owned(), keep: *keep, position: None });
            let about = config::About { undeclared: undeclared.collect(), ..config::About::default() };
            let outcome = generate(&sources, &Config { about, ..config(&["posts.yaml"]) });
            let faulty = outcome.diagnostics.iter().filter(|diagnostic| diagnostic.code == Code::CONFIG_UNDECLARED).count();
            assert_eq!(faulty, faults, "{wishes:?}: {:?}", outcome.diagnostics);
            let (api, tree) = (outcome.api.unwrap(), outcome.tree.unwrap());
            let mut found = Vec::new();
            for def in &api.types {
                let crate::model::TypeKind::Struct(object) = &def.kind else { continue };
                if let crate::model::Additional::Kept { field, is_declared: false, .. } = &object.additional {
                    found.push(format!("{}.{field}", def.name));
                    let says = tree.pointer(def.origin.as_str()).and_then(|schema| schema.get("additionalProperties"));
                    assert_eq!(says, Some(&Value::Bool(true)), "the oracle would not know of {}", def.name);
                }
            }
            found.sort();
            assert_eq!(found, kept, "{wishes:?}");
        }
    }

    #[test]
    fn a_panic_of_ours_is_an_error() {
        let outcome = guarded(|| panic!("this is a test"));
        assert_eq!(outcome.diagnostics.iter().map(|diagnostic| diagnostic.code).collect::<Vec<_>>(), [Code::INTERNAL]);
    }

    #[test]
    fn an_operation_that_no_stage_accounts_for_is_named() {
        let written = ["GET /a", "GET /a", "PUT /a", "PATCH /a", "DELETE /a"].map(str::to_owned);
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(Diagnostic::new(Code::UNSUPPORTED_PATH, "not yet").operation("PUT /a"));
        let excluded = BTreeSet::from(["PATCH /a".to_owned()]);
        let counts = census(&written, &excluded, &Api::default(), &mut diagnostics);
        assert_eq!(counts, Counts { written: 5, merged: 1, excluded: 1, generated: 0, dropped: 3 });
        let named: Vec<_> =
            diagnostics.iter().filter(|item| item.code == Code::INTERNAL).filter_map(|item| item.operation.clone()).collect();
        assert_eq!(named, ["GET /a", "DELETE /a"]);
    }
}
