//! The whole documents that the repository does not hold, when somebody has them: they must generate, and the largest must compile.

use std::fs;
use std::path::{Path, PathBuf};

use bothends::diagnostic::{Code, Severity};
use bothends::emit::{self, Parts};
use bothends::generate::{Config, generate};
use bothends::output;
use bothends::source::Disk;
use bothends::verify::typed;

use crate::Fault;
use crate::test::cargo;

/// The document whose workspace is compiled as well.
const COMPILED: &str = "mattermost";

/// Generates every document of the folder into a workspace below `out`.
pub fn run(folder: &Path, out: &Path) -> Result<(), Fault> {
    let mut documents = Vec::new();
    find(folder, &mut documents).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    documents.sort();
    let mut faults = Vec::new();
    println!("{:40} {:>7} {:>9} {:>8} {:>7} {:>9}", "document", "written", "generated", "reported", "untyped", "free-form");
    for document in &documents {
        let shown = document.strip_prefix(folder).unwrap_or(document);
        if let Err(fault) = one(document, shown, &out.join(shown.with_extension(""))) {
            println!("  {fault}");
            faults.push(fault);
        }
    }
    let workspace = out.join(COMPILED);
    if workspace.join("Cargo.toml").is_file() {
        let manifest = workspace.join("Cargo.toml").display().to_string();
        let target = out.join("target").display().to_string();
        faults.extend(cargo(&["check", "--workspace"], &["--manifest-path", &manifest, "--target-dir", &target]).err());
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// Documents in a folder and those below it.
fn find(folder: &Path, documents: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            find(&path, documents)?;
        } else if path.extension().is_some_and(|extension| extension == "yaml" || extension == "json") {
            documents.push(path);
        }
    }
    Ok(())
}

/// Generates one document: at least four of five operations, and no fault of our own.
fn one(document: &Path, shown: &Path, out: &Path) -> Result<(), Fault> {
    let parts = Parts::default();
    let config = Config::new([document], emit::Options::crates(parts, output::RUNTIME_DEPENDENCY));
    let outcome = generate(&Disk, &config);
    let counts = &outcome.counts;
    let typed = outcome.api.as_ref().zip(outcome.tree.as_ref()).map(|(api, tree)| typed(api, tree)).unwrap_or_default();
    let (untyped, free_form) = (typed.untyped.len(), typed.free_form.len());
    println!("{:40} {:>7} {:>9} {:>8} {untyped:>7} {free_form:>9}", shown.display(), counts.written, counts.generated, counts.dropped);
    for place in &typed.untyped {
        println!("  untyped: {place}");
    }
    let bad = outcome.diagnostics.iter().find(|item| item.severity == Severity::Error || item.code == Code::INTERNAL);
    if let Some(bad) = bad {
        return Err(format!("{}: {}: {}", shown.display(), bad.code, bad.message));
    }
    if counts.generated * 5 < (counts.written - counts.merged) * 4 {
        return Err(format!("{}: fewer than four of five operations are generated", shown.display()));
    }
    output::write(out, &output::standalone(parts, outcome.files)).map(drop).map_err(|error| error.message)
}
