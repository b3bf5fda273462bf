//! A row of the corpus: what became of one document, as one line of JSON.

use std::collections::{BTreeMap, BTreeSet};

use bothends::generate;
use serde::{Deserialize, Serialize};

/// How far a document goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Rust is generated.
    #[default]
    Generate,
    /// And checked by the compiler.
    Compile,
    /// And a client and a server made of it talk to each other.
    Verify,
}

impl Stage {
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Generate => "generate",
            Self::Compile => "compile",
            Self::Verify => "verify",
        }
    }
}

/// What became of one document.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Row {
    /// Its path below the folder that was named, that folder's own name first.
    pub document: String,
    /// Generator, documents and number of cases: a row with another one is of no use any more.
    pub fingerprint: String,
    /// How far it was to go.
    pub stage: Stage,
    /// As it says: `2.0`, `3.0.3`.
    pub version: String,
    /// Its size; of all its files, if they are one API.
    pub bytes: u64,
    /// Its operations.
    pub operations: Counts,
    /// Its callbacks and webhooks.
    pub callbacks: Counts,
    /// Every operation or callback that is not generated.
    pub reported: Vec<Reported>,
    /// Generated types.
    pub types: usize,
    /// Generated lines.
    pub lines: usize,
    /// How often each diagnostic was made.
    pub diagnostics: BTreeMap<String, usize>,
    /// Why nothing at all was generated: code and message.
    pub refused: Option<String>,
    /// How long generating took.
    pub generate_seconds: f64,
    /// What the compiler said.
    pub compiled: Option<Compiled>,
    /// What the round trips said.
    pub tried: Option<Tried>,
    /// A panic or a bug of the generator, or the end of its process.
    pub broken: Option<String>,
    /// The stage that did not end in time.
    pub hung: Option<Stage>,
}

/// `written = merged + generated + reported`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// As the document writes them.
    pub written: usize,
    /// On both ends.
    pub generated: usize,
    /// With the reason why not.
    pub reported: usize,
    /// Written twice.
    pub merged: usize,
}

impl From<&generate::Counts> for Counts {
    fn from(counts: &generate::Counts) -> Self {
        // Nothing is selected in a corpus.
        let generate::Counts { written, merged, excluded: _, generated, dropped } = *counts;
        Self { written, generated, reported: dropped, merged }
    }
}

/// An operation that is not generated.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Reported {
    /// `METHOD /path`.
    pub operation: String,
    /// Code of the diagnostic that says why.
    pub code: String,
    /// What it says.
    pub message: String,
}

/// What the compiler said of types, client, server and the program that tries them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Compiled {
    /// How long it took.
    pub seconds: f64,
    /// Its warnings.
    pub warnings: Vec<String>,
    /// Why there is no program.
    pub error: Option<String>,
}

/// What the round trips said.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Tried {
    /// How long they took.
    pub seconds: f64,
    /// Exchanges, echoes and examples.
    pub cases: usize,
    /// Operations and callbacks exercised.
    pub exercised: usize,
    /// Why something could not be exercised, and how often.
    pub left_out: BTreeMap<String, usize>,
    /// Operations that no value fits: the document contradicts itself.
    pub impossible: Vec<String>,
    /// Places that the document describes and no type holds.
    pub untyped: Vec<String>,
    /// What failed.
    pub failures: Vec<Failed>,
    /// Why nothing could be tried.
    pub error: Option<String>,
}

/// A check that failed.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Failed {
    /// `METHOD /path`.
    pub operation: String,
    /// Which check.
    pub check: String,
    /// In how many cases.
    pub count: usize,
    /// What is wrong in the smallest of them.
    pub message: String,
}

impl Row {
    /// Operations and callbacks that are to be generated.
    pub fn wanted(&self) -> usize {
        let of = |counts: Counts| counts.written.saturating_sub(counts.merged);
        of(self.operations) + of(self.callbacks)
    }

    /// Operations and callbacks on both ends.
    pub fn generated(&self) -> usize {
        self.operations.generated + self.callbacks.generated
    }

    /// Whether Rust came of it, with every operation.
    pub fn is_whole(&self) -> bool {
        self.is_generated() && self.reported.is_empty()
    }

    /// Whether Rust came of it.
    pub fn is_generated(&self) -> bool {
        self.refused.is_none() && self.broken.is_none() && self.hung != Some(Stage::Generate)
    }

    /// Whether the compiler took all of it and had nothing to say.
    pub fn is_compiled(&self) -> bool {
        self.compiled.as_ref().is_some_and(|compiled| compiled.error.is_none() && compiled.warnings.is_empty())
    }

    /// Operations and callbacks of which every case passed.
    pub fn verified(&self) -> usize {
        let Some(tried) = self.tried.as_ref().filter(|tried| tried.error.is_none()) else { return 0 };
        let failed: BTreeSet<&str> = tried.failures.iter().map(|failure| failure.operation.as_str()).collect();
        tried.exercised.saturating_sub(failed.len())
    }

    /// Everything that is not as it should be, for people.
    pub fn faults(&self) -> Vec<String> {
        let mut faults: Vec<String> = Vec::new();
        faults.extend(self.refused.iter().map(|why| format!("refused: {why}")));
        faults.extend(self.broken.iter().map(|why| format!("broken: {why}")));
        faults.extend(self.hung.map(|stage| format!("hung: {}", stage.name())));
        faults.extend(self.reported.iter().map(|it| format!("not generated: {}: {}: {}", it.operation, it.code, it.message)));
        if let Some(compiled) = &self.compiled {
            faults.extend(compiled.error.iter().map(|error| format!("does not compile: {error}")));
            faults.extend(compiled.warnings.iter().map(|warning| format!("compiler: {warning}")));
        }
        if let Some(tried) = &self.tried {
            faults.extend(tried.error.iter().map(|error| format!("not tried: {error}")));
            faults.extend(tried.untyped.iter().map(|place| format!("untyped: {place}")));
            let failed = |it: &Failed| format!("failed: {}: {} ({} times): {}", it.operation, it.check, it.count, it.message);
            faults.extend(tried.failures.iter().map(failed));
        }
        faults
    }

    /// In a line, for whoever waits.
    pub fn line(&self) -> String {
        let mut text = format!("{}: {} of {} generated in {:.1} s", self.document, self.generated(), self.wanted(), self.generate_seconds);
        if let Some(compiled) = &self.compiled {
            let said = if compiled.error.is_some() { "DOES NOT COMPILE" } else { "compiled" };
            text.push_str(&format!(", {said} in {:.1} s", compiled.seconds));
            if !compiled.warnings.is_empty() {
                text.push_str(&format!(" with {} WARNINGS", compiled.warnings.len()));
            }
        }
        if let Some(tried) = &self.tried {
            let failed: usize = tried.failures.iter().map(|failure| failure.count).sum();
            let said = if failed > 0 { "FAILED" } else { "failed" };
            text.push_str(&format!(", {} of {} cases {said} in {:.1} s", failed, tried.cases, tried.seconds));
            text.push_str(if tried.error.is_some() { ", NOT TRIED" } else { "" });
        }
        text.push_str(if self.refused.is_some() { ", REFUSED" } else { "" });
        text.push_str(if self.broken.is_some() { ", BROKEN" } else { "" });
        if let Some(stage) = self.hung {
            text.push_str(&format!(", HUNG in {}", stage.name()));
        }
        text
    }
}
