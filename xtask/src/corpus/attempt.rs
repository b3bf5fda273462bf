//! One document in a process of its own: whatever it does to us, it is a row, and the others go on. The process prints the
//! row after every stage, so that the last line says how far it came.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bothends::diagnostic::{Code, Severity};
use bothends::emit::{self, Parts};
use bothends::generate::{Config, Outcome, generate};
use bothends::source::Disk;
use bothends::verify::{Options, Report, Written};

use super::row::{Compiled, Failed, Reported, Row, Stage, Tried};
use crate::Fault;

/// How long a message may be in a row; compilers say more.
const LONGEST: usize = 2000;

/// What to do; the arguments of the process.
#[derive(Debug, Clone, clap::Args)]
pub struct Attempt {
    /// How far to go
    #[arg(long)]
    pub stage: Stage,
    /// Values for every request and every response
    #[arg(long)]
    pub cases: usize,
    /// Stem of the crates' names, for several documents of one API
    #[arg(long)]
    pub name: Option<String>,
    /// Folder for what is generated
    #[arg(long)]
    pub folder: PathBuf,
    /// Target folder of the compiler
    #[arg(long)]
    pub target: PathBuf,
    /// The documents of one API
    #[arg(required = true)]
    pub documents: Vec<PathBuf>,
}

impl Attempt {
    /// As arguments.
    pub fn arguments(&self) -> Vec<std::ffi::OsString> {
        let mut arguments: Vec<std::ffi::OsString> =
            vec!["--stage".into(), self.stage.name().into(), "--cases".into(), self.cases.to_string().into()];
        arguments.extend(self.name.iter().flat_map(|name| ["--name".into(), name.into()]));
        arguments.extend(["--folder".into(), self.folder.clone().into(), "--target".into(), self.target.clone().into()]);
        arguments.extend(self.documents.iter().map(Into::into));
        arguments
    }
}

/// Does it, and says what came of it.
pub fn run(root: &Path, attempt: &Attempt) -> Result<(), Fault> {
    // Whoever asked holds our standard input open; when that ends, nobody waits for an answer.
    std::thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        std::process::exit(1);
    });
    let runtime = std::path::absolute(root.join("runtime")).map_err(|error| format!("the runtime's folder is unknown: {error}"))?;
    let dependency = format!("path = {}", serde_json::Value::from(runtime.display().to_string()));
    let mut config = Config::new(&attempt.documents, emit::Options::crates(Parts::default(), dependency));
    config.name.clone_from(&attempt.name);
    let started = Instant::now();
    let outcome = generate(&Disk, &config);
    let mut row = generated(&outcome, attempt.stage);
    row.generate_seconds = started.elapsed().as_secs_f64();
    say(&row)?;
    if attempt.stage == Stage::Generate || !row.is_generated() {
        return Ok(());
    }
    let name = outcome.api.as_ref().map(|api| api.name.clone()).unwrap_or_default();
    let mut options = Options::new(&attempt.target, &name);
    (options.cases, options.scratch, options.target) = (attempt.cases, attempt.folder.join("driver"), attempt.target.clone());
    options.lockfile = Some(root.join("generated/Cargo.lock")).filter(|file| file.is_file());
    compile(&mut row, &outcome, attempt, &runtime, &options)
}

/// The stages that need a compiler.
fn compile(row: &mut Row, outcome: &Outcome, attempt: &Attempt, runtime: &Path, options: &Options) -> Result<(), Fault> {
    let written = Written::new(outcome, &attempt.folder, runtime, options).map_err(|error| error.to_string())?;
    if attempt.stage == Stage::Compile {
        row.compiled = Some(match written.check() {
            Ok((seconds, warnings)) => Compiled { seconds, warnings: shorter(&warnings), error: None },
            Err(error) => Compiled { error: Some(short(&error.to_string())), ..Compiled::default() },
        });
    } else {
        match written.build() {
            Ok(built) => {
                row.compiled = Some(Compiled { seconds: built.seconds, warnings: shorter(&built.warnings), error: None });
                say(row)?;
                row.tried = Some(match written.run(&built) {
                    Ok(report) => tried(&report),
                    Err(error) => Tried { error: Some(short(&error.to_string())), ..Tried::default() },
                });
            }
            Err(error) => row.compiled = Some(Compiled { error: Some(short(&error.to_string())), ..Compiled::default() }),
        }
    }
    written.forget();
    if row.faults().is_empty() {
        // What is in order nobody looks at.
        let _ = std::fs::remove_dir_all(&attempt.folder);
    }
    say(row)
}

fn say(row: &Row) -> Result<(), Fault> {
    let line = serde_json::to_string(row).map_err(|error| error.to_string())?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| error.to_string())
}

fn generated(outcome: &Outcome, stage: Stage) -> Row {
    let mut row = Row { stage, operations: (&outcome.counts).into(), callbacks: (&outcome.callbacks).into(), ..Row::default() };
    for diagnostic in outcome.diagnostics.iter() {
        *row.diagnostics.entry(diagnostic.code.to_string()).or_default() += 1;
    }
    let find = |operation: &str| outcome.diagnostics.iter().find(|it| it.operation.as_deref() == Some(operation));
    row.reported.extend(outcome.refused().into_iter().filter_map(|operation| {
        let found = find(&operation)?;
        Some(Reported { code: found.code.to_string(), message: short(&found.message), operation })
    }));
    let text = |code: &Code, message: &str| short(&format!("{code}: {message}"));
    let internal = outcome.diagnostics.iter().find(|it| it.code == Code::INTERNAL);
    row.broken = internal.map(|it| text(&it.code, &it.message));
    let error = outcome.diagnostics.iter().find(|it| it.severity == Severity::Error && it.code != Code::INTERNAL);
    row.refused = error.map(|it| text(&it.code, &it.message));
    row.types = outcome.api.as_ref().map_or(0, |api| api.types.len());
    row.lines = outcome.files.iter().map(|file| file.contents.lines().count()).sum();
    row
}

fn tried(report: &Report) -> Tried {
    let failed = report.failures.iter().map(|failure| Failed {
        operation: failure.operation.clone(),
        check: failure.check.clone(),
        count: failure.count,
        message: short(&format!("{} {}", failure.message, failure.case)),
    });
    let mut left_out = BTreeMap::new();
    for left in &report.left_out {
        *left_out.entry(left.why.clone()).or_default() += 1;
    }
    Tried {
        seconds: report.run_seconds,
        cases: report.cases,
        exercised: report.census.exercised.len(),
        left_out,
        impossible: report.census.impossible.clone(),
        untyped: report.typed.untyped.iter().cloned().collect(),
        failures: failed.collect(),
        error: None,
    }
}

fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// One of each kind is enough to see what is wrong, and all are counted.
fn shorter(texts: &[String]) -> Vec<String> {
    texts.iter().map(|text| text.lines().take(6).collect::<Vec<_>>().join("\n")).collect()
}
