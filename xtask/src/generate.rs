//! `cargo xtask generate`: `specs/` becomes `generated/`, one folder for each API and a workspace around them.

use std::io::Write;
use std::path::Path;

use bothends::config::{self, Settings};
use bothends::diagnostic::{Diagnostic, Diagnostics, render_human};
use bothends::emit::{self, OutputFile};
use bothends::generate::{Config, Outcome, generate};
use bothends::output::{self, MANIFEST};
use bothends::source::{Disk, SourceMap};

use crate::Fault;
use crate::apis::{self, Folder};

/// Where the crates in `generated/<api>/<crate>` find the runtime.
const RUNTIME: &str = r#"path = "../../../runtime""#;

/// What mends drift.
const COMMAND: &str = "cargo xtask generate";

/// One API as far as it came.
struct Done {
    folder: Folder,
    settings: Option<Settings>,
    outcome: Outcome,
    report: Option<output::Report>,
}

/// Generates the named APIs, or all of them. With `check` nothing is written.
pub fn run(root: &Path, names: &[String], check: bool) -> Result<(), Fault> {
    let all = apis::all(root)?;
    let selected = apis::select(&all, names)?;
    let generated = root.join("generated");
    let mut failed = workspace(root, &all, &selected, check)?;
    let done: Vec<Done> = std::thread::scope(|scope| {
        let threads: Vec<_> = selected.into_iter().map(|folder| scope.spawn(move || one(root, folder, check))).collect();
        threads.into_iter().map(|thread| thread.join().map_err(|_| "an API could not be finished".to_owned())).collect::<Result<_, Fault>>()
    })?;
    for done in &done {
        failed |= print(done);
    }
    if names.is_empty() {
        failed |= stale(&generated, &all, check)?;
    }
    if failed { Err(format!("generated/ is not as specs/ {}", if check { "says" } else { "wants it" })) } else { Ok(()) }
}

/// Reads an API's configuration and how its generator is to be called.
pub fn configuration(folder: &Folder, map: &mut SourceMap) -> Result<(Settings, Config), Box<Diagnostic>> {
    let settings = config::load(&Disk, map, &folder.config)?;
    let place = folder.config.parent().unwrap_or(Path::new(""));
    let mut config = Config::from_settings(&settings, place, emit::Options::crates(settings.parts, RUNTIME));
    config.name.get_or_insert_with(|| config::kebab(&folder.name).unwrap_or_else(|| folder.name.clone()));
    Ok((settings, config))
}

fn one(root: &Path, folder: Folder, check: bool) -> Done {
    let mut done = Done { folder, settings: None, outcome: Outcome::default(), report: None };
    let config = match configuration(&done.folder, &mut done.outcome.sources) {
        Ok((settings, config)) => {
            done.settings = Some(settings);
            config
        }
        Err(diagnostic) => {
            done.outcome.diagnostics.push(*diagnostic);
            return done;
        }
    };
    done.outcome = generate(&Disk, &config);
    if !done.outcome.diagnostics.has_errors() {
        match put(&root.join("generated").join(&done.folder.name), &done.outcome.files, check) {
            Ok(report) => done.report = Some(report),
            Err(diagnostics) => done.outcome.diagnostics.extend(diagnostics),
        }
    }
    done
}

/// Writes or compares one folder.
fn put(folder: &Path, files: &[OutputFile], check: bool) -> Result<output::Report, Diagnostics> {
    output::write_or_check(folder, files, check.then_some(COMMAND))
}

/// The manifest of the generated workspace. It names every API whose crates are there or are about to be.
fn workspace(root: &Path, all: &[Folder], selected: &[Folder], check: bool) -> Result<bool, Fault> {
    let generated = root.join("generated");
    let mut members = Vec::new();
    for folder in all.iter().filter(|folder| selected.contains(folder) || generated.join(&folder.name).is_dir()) {
        // A configuration that cannot be read is reported where its API is generated.
        if let Ok((settings, _)) = configuration(folder, &mut SourceMap::default()) {
            members.extend(output::members(&folder.name, settings.parts));
        }
    }
    let manifest = OutputFile { path: "Cargo.toml".to_owned(), contents: output::workspace_manifest(&members) };
    match put(&generated, &[manifest], check) {
        Ok(_) => Ok(false),
        Err(diagnostics) if check => Ok(show(&diagnostics)),
        // Without the workspace nothing else can be put there either.
        Err(diagnostics) => {
            show(&diagnostics);
            Err("generated/ cannot be written".to_owned())
        }
    }
}

/// Folders of APIs that `specs/` no longer holds: what we wrote there goes.
fn stale(generated: &Path, all: &[Folder], check: bool) -> Result<bool, Fault> {
    let Ok(entries) = std::fs::read_dir(generated) else { return Ok(false) };
    let mut failed = false;
    for entry in entries {
        let entry = entry.map_err(|error| format!("{} cannot be read: {error}", generated.display()))?;
        let known = all.iter().any(|folder| *folder.name == *entry.file_name());
        if known || !entry.path().join(MANIFEST).is_file() {
            continue;
        }
        match put(&entry.path(), &[], check) {
            Ok(report) if report.removed.is_empty() => {}
            Ok(report) => eprintln!("{}: removed {}", entry.file_name().display(), report.removed.len()),
            Err(diagnostics) => failed |= show(&diagnostics),
        }
    }
    Ok(failed)
}

/// Prints what there is to say of one API; whether it failed.
fn print(done: &Done) -> bool {
    let _ = std::io::stderr().lock().write_all(render_human(&done.outcome.diagnostics, &done.outcome.sources).as_bytes());
    let counts = &done.outcome.counts;
    let callbacks = match &done.outcome.callbacks {
        none if none.written == 0 => String::new(),
        some => format!(" callbacks: {};", some.text("generated")),
    };
    let files = done.report.as_ref().map_or_else(
        || "nothing was written".to_owned(),
        |report| format!("files: written {}, unchanged {}, removed {}", report.written.len(), report.unchanged, report.removed.len()),
    );
    eprintln!("{}: operations: {};{callbacks} {files}", done.folder.name, counts.text("generated"));
    done.report.is_none()
}

/// Prints diagnostics that have no place in a document. Always true: something failed.
fn show(diagnostics: &Diagnostics) -> bool {
    let _ = std::io::stderr().lock().write_all(render_human(diagnostics, &SourceMap::default()).as_bytes());
    true
}
