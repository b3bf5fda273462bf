//! The whole documents that the repository does not hold, when somebody has them: every operation must be generated, typed
//! and proven, with few cases. A document is an API, and so are all documents of a folder together.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use bothends::diagnostic::{Code, Severity};
use bothends::emit::{self, Parts};
use bothends::generate::{Config, generate};
use bothends::output;
use bothends::source::Disk;
use bothends::verify::{self, Options, Report, target_folder};

use crate::Fault;

/// Values for every request, and for every status and media type: enough to try each once, on two cores in a few minutes.
const CASES: usize = 1;

/// When so much time has gone, an API that has not begun is left to a longer run.
const BUDGET: Duration = Duration::from_secs(6 * 60);

/// Verifies every API of the folder.
pub fn run(root: &Path, folder: &Path) -> Result<(), Fault> {
    let started = Instant::now();
    let mut reports: Vec<Report> = Vec::new();
    let mut faults: Vec<Fault> = Vec::new();
    for (name, documents) in apis(folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))? {
        if started.elapsed() > BUDGET {
            println!("{name}: skipped, since {} s have gone; run `bothends verify` on it", started.elapsed().as_secs());
            continue;
        }
        eprintln!("{name}: {} document(s), {CASES} case(s)", documents.len());
        match one(root, &name, &documents) {
            Ok(report) => {
                let typed = &report.typed;
                faults.extend(typed.untyped.iter().map(|place| format!("{name}: untyped: {place}")));
                faults.extend(report.census.refused.iter().map(|operation| format!("{name}: not generated: {operation}")));
                faults.extend((report.failed() > 0).then(|| format!("{name}: {} check(s) failed", report.failed())));
                reports.push(report);
            }
            Err(fault) => faults.push(format!("{name}: {fault}")),
        }
    }
    print!("{}", verify::render(&reports));
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

/// APIs by name: each document of the folder, and each folder in it with all its documents.
fn apis(folder: &Path) -> std::io::Result<Vec<(String, Vec<PathBuf>)>> {
    let mut found = Vec::new();
    for path in sorted(folder)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let documents = if path.is_dir() { sorted(&path)?.into_iter().filter(|path| is_document(path)).collect() } else { vec![path] };
        if documents.iter().any(|document| is_document(document)) {
            found.push((name, documents));
        }
    }
    Ok(found)
}

fn sorted(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut paths = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

fn is_document(path: &Path) -> bool {
    path.is_file() && path.extension().is_some_and(|extension| extension == "yaml" || extension == "json")
}

/// Generates, compiles and tries one API.
fn one(root: &Path, name: &str, documents: &[PathBuf]) -> Result<Report, Fault> {
    let mut config = Config::new(documents, emit::Options::crates(Parts::default(), output::RUNTIME_DEPENDENCY));
    config.name = Some(name.to_owned());
    let outcome = generate(&Disk, &config);
    let bad = outcome.diagnostics.iter().find(|item| item.severity == Severity::Error || item.code == Code::INTERNAL);
    if let Some(bad) = bad {
        return Err(format!("{}: {}", bad.code, bad.message));
    }
    let folder = verify::crates_folder(&target_folder(), name);
    let mut options = Options::new(&target_folder(), name);
    options.cases = CASES;
    options.scratch = folder.join("driver");
    options.lockfile = Some(root.join("generated/Cargo.lock")).filter(|file| file.is_file());
    verify::verify_outcome(&outcome, &folder, &options).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_is_an_api_and_so_is_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let put = |path: &str| {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "").unwrap();
        };
        ["b.yaml", "notes.txt", "a/2.yaml", "a/1.json", "empty/x.txt"].into_iter().for_each(put);
        let found = apis(folder.path()).unwrap();
        let shown: Vec<_> = found.iter().map(|(name, documents)| (name.as_str(), documents.len())).collect();
        assert_eq!(shown, [("a", 2), ("b", 1)]);
        assert!(found[0].1[0].ends_with("a/1.json"));
    }
}
