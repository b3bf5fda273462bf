//! `cargo xtask generate` in a copy of the repository whose `generated/` is missing, stale or does not compile.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use bothends_tests::{Entry, Run, built, cargo, changes, finish, root, snapshot, target};

/// Longer than one run may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(300);

/// The files of the repository, as git lists them; those that were not yet added too.
fn files() -> Option<Vec<PathBuf>> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .ok()
        .filter(|output| output.status.success())?;
    let names = String::from_utf8(listed.stdout).unwrap();
    Some(names.split_terminator('\0').map(PathBuf::from).filter(|path| root().join(path).is_file()).collect())
}

/// A copy of the repository below the folder of what is built.
fn copy() -> Option<PathBuf> {
    let files = files()?;
    let scratch = target().join("bothends").join("regenerate");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).unwrap();
    }
    for file in &files {
        let to = scratch.join(file);
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(root().join(file), to).unwrap();
    }
    Some(scratch)
}

/// What `cargo xtask generate` runs, in the copy. Cargo itself would compile everything once more there; that it could, with
/// this `generated/`, is what [`loads`] shows.
fn generate(xtask: &Path, repository: &Path, arguments: &[&str]) -> Run {
    finish(Command::new(xtask).current_dir(repository).arg("generate").args(arguments), LIMIT)
}

/// Cargo reads the workspace of the generator: nothing that is generated is a part of it.
fn loads(repository: &Path, what: &str) {
    let metadata = ["metadata", "--no-deps", "--offline", "--format-version", "1"];
    let run = finish(cargo().current_dir(repository).args(metadata), LIMIT);
    assert_eq!(run.status, Some(0), "{what}: {}", run.stderr);
    assert!(run.stdout.contains("\"name\":\"xtask\"") && !run.stdout.contains("/generated/"), "{what}: {}", run.stdout);
}

/// The files whose bytes differ. What cargo locks is no business of the generator.
fn differing(before: &BTreeMap<PathBuf, Entry>, after: &BTreeMap<PathBuf, Entry>) -> Vec<String> {
    let bytes = |tree: &BTreeMap<PathBuf, Entry>| -> BTreeMap<String, Vec<u8>> {
        let files = tree.iter().filter(|(path, _)| *path != Path::new("Cargo.lock"));
        files.filter_map(|(path, entry)| Some((path.display().to_string(), entry.bytes()?.to_vec()))).collect()
    };
    let (before, after) = (bytes(before), bytes(after));
    let paths: std::collections::BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    paths.into_iter().filter(|path| before.get(*path) != after.get(*path)).cloned().collect()
}

/// Breaks a tree in one way, and says what `--check` must find.
type Break = (&'static str, fn(&Path), &'static str);

const BREAKS: &[Break] = &[
    ("missing", |generated| fs::remove_dir_all(generated).unwrap(), "is missing"),
    (
        "stale: files of an earlier run that nothing produces any more, and older content",
        |generated| {
            let manifest = generated.join("mattermost/.bothends");
            let listed = fs::read_to_string(&manifest).unwrap();
            fs::write(&manifest, format!("{listed}types/src/zzz.rs\n")).unwrap();
            fs::write(generated.join("mattermost/types/src/zzz.rs"), "// from an earlier run\n").unwrap();
            fs::write(generated.join("callbell/client/src/lib.rs"), "// older\n").unwrap();
        },
        "types/src/zzz.rs",
    ),
    (
        "an API that is gone",
        |generated| {
            fs::create_dir_all(generated.join("gone/types/src")).unwrap();
            fs::write(generated.join("gone/.bothends"), "bothends manifest 1\ntypes/src/lib.rs\n").unwrap();
            fs::write(generated.join("gone/types/src/lib.rs"), "// of an API that is gone\n").unwrap();
        },
        "types/src/lib.rs",
    ),
    (
        "nonsense in a file",
        |generated| fs::write(generated.join("superoffice/types/src/lib.rs"), "fn nonsense( { this is no Rust").unwrap(),
        "types/src/lib.rs differs",
    ),
    (
        "nonsense in the workspace's manifest",
        |generated| fs::write(generated.join("Cargo.toml"), "[workspace\nmembers = 7").unwrap(),
        "Cargo.toml differs",
    ),
];

#[test]
fn whatever_became_of_it_it_comes_back_as_committed() {
    let Some(repository) = copy() else {
        eprintln!("skipped: git cannot list the files of this folder");
        return;
    };
    let xtask = built("xtask");
    let generated = repository.join("generated");
    let committed = snapshot(&generated);
    for (what, breaks, drift) in BREAKS {
        breaks(&generated);
        loads(&repository, what);
        let broken = if generated.exists() { snapshot(&generated) } else { BTreeMap::new() };
        let check = generate(&xtask, &repository, &["--check"]);
        assert_eq!(check.status, Some(1), "{what}: {check:?}");
        assert!(check.stderr.contains("error[output/drift]: ") && check.stderr.contains(drift), "{what}: {}", check.stderr);
        assert!(check.stderr.contains("cargo xtask generate"), "{what}: {}", check.stderr);
        let untouched = if generated.exists() { snapshot(&generated) } else { BTreeMap::new() };
        assert_eq!(changes(&broken, &untouched), [""; 0], "{what}: --check writes nothing");

        let run = generate(&xtask, &repository, &[]);
        assert_eq!(run.status, Some(0), "{what}: {run:?}");
        let after = snapshot(&generated);
        assert_eq!(differing(&committed, &after), [""; 0], "{what}");

        assert_eq!(generate(&xtask, &repository, &["--check"]).status, Some(0), "{what}");
        let again = generate(&xtask, &repository, &[]);
        assert_eq!(again.status, Some(0), "{what}: {again:?}");
        assert!(again.stderr.contains("files: written 0"), "{what}: {}", again.stderr);
        assert_eq!(changes(&after, &snapshot(&generated)), [""; 0], "{what}: a second run writes nothing, not even the same");
    }
}
