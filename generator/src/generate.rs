//! The whole way of a document, as a pure function: it touches no disk but through [`Sources`], no clock and no environment.

use std::collections::BTreeSet;
use std::path::PathBuf;

use indexmap::IndexSet;
use serde_json::Value;

use crate::config;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::emit::{self, OutputFile};
use crate::lower;
use crate::model::Api;
use crate::normalize::{self, Origins};
use crate::source::{Limits, SourceMap, Sources};

/// Stack of the thread that the stages run on. They recurse as deep as a document nests, which `Limits::depth` bounds.
const STACK: usize = 256 << 20;

/// What to generate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// The documents of one API, as `Sources` knows them.
    pub documents: Vec<PathBuf>,
    /// Stem of the crates' names; by default made from the first document's file name or title.
    pub name: Option<String>,
    /// Whether every warning (a repair, a dropped operation) is an error.
    pub strict: bool,
    /// What a document may cost.
    pub limits: Limits,
    /// Which crates, and where they find the runtime.
    pub emit: emit::Options,
}

/// How many operations there are, and what became of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Operations that the document writes, one that is written twice counted twice.
    pub written: usize,
    /// Operations written a second time, which were merged into the first.
    pub merged: usize,
    /// Operations that are generated.
    pub generated: usize,
    /// Operations that are not generated, each named by a diagnostic. `written = merged + generated + dropped`.
    pub dropped: usize,
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
    /// The census.
    pub counts: Counts,
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
    std::thread::scope(|scope| match std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run) {
        Ok(thread) => thread.join().unwrap_or_else(|_| failed("the generator stopped in a way that it never should")),
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
    for diagnostic in outcome.diagnostics.iter_mut() {
        diagnostic.place = diagnostic.place.take().map(|place| origins.written(place));
        for (place, _) in &mut diagnostic.related {
            *place = origins.written(place.clone());
        }
        if config.strict && diagnostic.severity == Severity::Warning {
            diagnostic.severity = Severity::Error;
        }
    }
    outcome
}

/// The stages up to the model; each adds to the outcome what it has.
fn read(sources: &dyn Sources, config: &Config, outcome: &mut Outcome, origins: &mut Origins) {
    let document = match config.documents.as_slice() {
        [document] => document,
        [] => return outcome.diagnostics.push(Diagnostic::new(Code::CONFIG_INVALID, "no document is named")),
        [_, ..] => {
            let diagnostic = Diagnostic::new(Code::CONFIG_INVALID, "several documents are not merged yet")
                .hint("name one document a run; other files may be reached from it by $ref");
            return outcome.diagnostics.push(diagnostic);
        }
    };
    if let Some(Err(message)) = config.name.as_deref().map(config::check_name) {
        return outcome.diagnostics.push(Diagnostic::new(Code::CONFIG_INVALID, message));
    }
    let loaded = match outcome.sources.load(sources, document, config.limits) {
        Ok(loaded) => loaded,
        Err(diagnostic) => return outcome.diagnostics.push(diagnostic),
    };
    let normalized = normalize::normalize(loaded, sources, &mut outcome.sources, config.limits, &mut outcome.diagnostics);
    let Some(normalized) = normalized else {
        if !outcome.diagnostics.has_errors() {
            outcome.diagnostics.push(Diagnostic::new(Code::INTERNAL, "the document was given up without a reason"));
        }
        return;
    };
    let name = config.name.clone().unwrap_or_else(|| config::name_for(document, Some(&normalized.openapi.info.title)));
    let api = lower::lower(&normalized.openapi, &name, &mut outcome.diagnostics);
    outcome.counts = census(&normalized.written, &api, &mut outcome.diagnostics);
    *origins = normalized.origins;
    outcome.tree = Some(normalized.tree);
    outcome.api = Some(api);
}

/// Counts operations, and says so when one is missing from the output and no diagnostic names it.
fn census(written: &[String], api: &Api, diagnostics: &mut Diagnostics) -> Counts {
    let generated: BTreeSet<String> =
        api.operations.iter().map(|operation| format!("{} {}", operation.method.as_str(), operation.path.raw)).collect();
    let distinct: IndexSet<&String> = written.iter().collect();
    let dropped: Vec<&String> = distinct.iter().copied().filter(|operation| !generated.contains(*operation)).collect();
    let reported: BTreeSet<String> = diagnostics.iter().filter_map(|diagnostic| diagnostic.operation.clone()).collect();
    for operation in dropped.iter().copied().filter(|operation| !reported.contains(*operation)) {
        let mut diagnostic =
            Diagnostic::new(Code::INTERNAL, format!("{operation} is missing from the output, and no stage said why")).operation(operation.clone());
        diagnostic.severity = Severity::Warning;
        diagnostics.push(diagnostic);
    }
    Counts { written: written.len(), merged: written.len() - distinct.len(), generated: api.operations.len(), dropped: dropped.len() }
}
