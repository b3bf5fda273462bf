//! `cargo xtask verify` and `cargo xtask mock`: names of APIs become subjects, the rest is the generator's verifier.

use std::io::Write;
use std::path::{Path, PathBuf};

use bothends::diagnostic::render_human;
use bothends::generate::{Outcome, analyse};
use bothends::source::{Disk, SourceMap};
use bothends::verify::{self, Crates, Progress, Report, Serving, Subject, target_folder};
use indicatif::MultiProgress;

use crate::apis::{self, Folder};
use crate::{Fault, generate};

/// How to verify.
pub struct Options {
    /// Values for every request and every response.
    pub cases: usize,
    /// Where the values come from.
    pub seed: Option<u64>,
    /// Where everything is written as JSON as well.
    pub report: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { cases: 32, seed: None, report: None }
    }
}

/// Verifies the named APIs, or all of them, one after the other: each compiles on all cores.
pub fn run(root: &Path, names: &[String], options: Options) -> Result<(), Fault> {
    let mut reports: Vec<Report> = Vec::new();
    let mut faults: Vec<Fault> = Vec::new();
    for folder in apis::select(&apis::all(root)?, names)? {
        eprintln!("{}: compiling and running the round trips", folder.name);
        match one(root, &folder, &options) {
            Ok(report) => reports.push(report),
            Err(fault) => faults.push(format!("{}: {fault}", folder.name)),
        }
    }
    print!("{}", verify::render(&reports));
    if let Some(file) = &options.report {
        std::fs::write(file, verify::to_json(&reports)).map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    let failed: usize = reports.iter().map(Report::failed).sum();
    if failed > 0 {
        faults.push(format!("{failed} check(s) failed"));
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Starts the generated servers of the named APIs, or of all, on ports that follow each other, and stays until one of them ends.
pub fn mock(root: &Path, names: &[String], serving: &Serving) -> Result<(), Fault> {
    let folders = apis::select(&apis::all(root)?, names)?;
    let shown = MultiProgress::new();
    std::thread::scope(|scope| {
        let (ended, first) = std::sync::mpsc::channel();
        for (folder, number) in folders.iter().zip(0..) {
            let (ended, shown) = (ended.clone(), &shown);
            let port = if serving.port == 0 { 0 } else { serving.port.saturating_add(number) };
            let serving = Serving { port, ..serving.clone() };
            scope.spawn(move || ended.send(mock_one(root, folder, &serving, Progress::new(&folder.name, shown))));
        }
        let end = first.recv().unwrap_or(Ok(()));
        let _ = shown.clear();
        if let Err(fault) = &end {
            eprintln!("{fault}");
        }
        // The others would run on, or compile on, and nobody would read what they say.
        std::process::exit(i32::from(end.is_err()))
    })
}

fn mock_one(root: &Path, folder: &Folder, serving: &Serving, mut progress: Progress) -> Result<(), Fault> {
    let name = &folder.name;
    let fault = |error: String| format!("{name}: {error}");
    let mut settings = settings(root, folder, &Options::default());
    settings.scratch = settings.scratch.with_file_name(format!("{name}-mock"));
    let told = &mut |step| progress.show(step);
    with_subject(root, folder, |subject, crates| verify::mock(subject, crates, &settings, serving, told).map_err(|error| error.to_string()))
        .map_err(fault)
}

fn one(root: &Path, folder: &Folder, options: &Options) -> Result<Report, Fault> {
    let settings = settings(root, folder, options);
    with_subject(root, folder, |subject, crates| verify::verify(subject, crates, &settings).map_err(|error| error.to_string()))
}

/// Reads the document of an API once more, and lends it out with what was generated of it.
fn with_subject<T>(root: &Path, folder: &Folder, work: impl FnOnce(Subject<'_>, Crates<'_>) -> Result<T, Fault>) -> Result<T, Fault> {
    let outcome = read(folder)?;
    let generated = generated(root, folder)?;
    let refused = outcome.refused();
    let subject = outcome.subject(&refused).ok_or("the document gave no model")?;
    work(subject, Crates { generated: &generated, runtime: &root.join("runtime") })
}

/// Compiles the client of an API and lends it out.
pub fn with_caller(root: &Path, folder: &Folder, work: impl FnOnce(&verify::Caller<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
    let settings = settings(root, folder, &Options::default());
    with_subject(root, folder, |subject, crates| {
        work(&verify::Caller::build(subject, crates, &settings).map_err(|error| error.to_string())?)
    })
}

/// Reads the document of an API and lends out what it says of requests.
pub fn with_asked(folder: &Folder, work: impl FnOnce(&verify::Asked<'_>) -> Result<(), Fault>) -> Result<(), Fault> {
    let outcome = read(folder)?;
    let subject = outcome.subject(&[]).ok_or("the document gave no model")?;
    work(&verify::Asked::new(subject))
}

/// Reads a document once more, to judge what stands in `generated/`.
fn read(folder: &Folder) -> Result<Outcome, Fault> {
    let fault = |outcome: &Outcome| {
        let text = render_human(&outcome.diagnostics, &outcome.sources);
        let _ = std::io::stderr().lock().write_all(text.as_bytes());
        format!("{} cannot be read", folder.config.display())
    };
    let mut outcome = Outcome { sources: SourceMap::default(), ..Outcome::default() };
    let config = match generate::configuration(folder, &mut outcome.sources) {
        Ok((_, config)) => config,
        Err(diagnostic) => {
            outcome.diagnostics.push(*diagnostic);
            return Err(fault(&outcome));
        }
    };
    let outcome = analyse(&Disk, &config);
    if outcome.diagnostics.has_errors() { Err(fault(&outcome)) } else { Ok(outcome) }
}

/// The folder of an API's crates, if they are there.
fn generated(root: &Path, folder: &Folder) -> Result<PathBuf, Fault> {
    let generated = root.join("generated").join(&folder.name);
    let complete = ["types", "client", "server"].iter().all(|part| generated.join(part).join("Cargo.toml").is_file());
    if complete { Ok(generated) } else { Err(format!("{} is not complete; run `cargo xtask generate`", generated.display())) }
}

fn settings(root: &Path, folder: &Folder, options: &Options) -> verify::Options {
    let mut settings = verify::Options::new(&target_folder(), &folder.name);
    settings.cases = options.cases;
    settings.seed = options.seed.unwrap_or(settings.seed);
    settings.lockfile = Some(root.join("generated/Cargo.lock")).filter(|file| file.is_file());
    settings
}
