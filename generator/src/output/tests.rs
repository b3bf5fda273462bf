//! The rules of the output folder, one test each, on real folders.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::*;

fn files(list: &[(&str, &str)]) -> Vec<OutputFile> {
    list.iter().map(|(path, contents)| OutputFile { path: (*path).to_owned(), contents: (*contents).to_owned() }).collect()
}

/// Everything in a folder, links not followed, the manifest and temporary files included.
fn tree(root: &Path) -> BTreeMap<String, String> {
    fn walk(root: &Path, folder: &Path, found: &mut BTreeMap<String, String>) {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            if entry.file_type().unwrap().is_dir() {
                found.insert(format!("{name}/"), String::new());
                walk(root, &path, found);
            } else {
                found.insert(name, fs::read_to_string(&path).unwrap_or_else(|_| "?".to_owned()));
            }
        }
    }
    let mut found = BTreeMap::new();
    if root.exists() {
        walk(root, root, &mut found);
    }
    found
}

fn names(root: &Path) -> Vec<String> {
    tree(root).into_keys().collect()
}

const FIRST: &[(&str, &str)] = &[("Cargo.toml", "c\n"), ("types/src/a.rs", "a\r\n"), ("types/src/old/b.rs", "b")];
const SECOND: &[(&str, &str)] = &[("Cargo.toml", "c\n"), ("types/src/a.rs", "A\n"), ("server/c.rs", "c")];

#[test]
fn writes_exact_bytes_and_a_manifest() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("deep/out");
    let report = write(&root, &files(FIRST)).unwrap();
    assert_eq!(report.written, ["Cargo.toml", "types/src/a.rs", "types/src/old/b.rs"]);
    assert_eq!((report.unchanged, report.removed.len()), (0, 0));
    let found = tree(&root);
    assert_eq!(found["types/src/a.rs"], "a\r\n");
    assert_eq!(found[MANIFEST], "bothends manifest 1\nCargo.toml\ntypes/src/a.rs\ntypes/src/old/b.rs\n");
    assert_eq!(found.len(), 3 + 1 + 3);
}

#[test]
fn a_second_run_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &files(FIRST)).unwrap();
    let stamps = || -> Vec<_> {
        names(folder.path()).iter().map(|name| fs::metadata(folder.path().join(name)).unwrap().modified().unwrap()).collect()
    };
    let before = stamps();
    std::thread::sleep(std::time::Duration::from_millis(20));
    let report = write(folder.path(), &files(FIRST)).unwrap();
    assert_eq!(report, Report { unchanged: 3, ..Report::default() });
    assert_eq!(stamps(), before);
    assert_eq!(check(folder.path(), &files(FIRST)).unwrap(), []);
}

#[test]
fn stale_files_go_and_files_of_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &files(FIRST)).unwrap();
    fs::write(folder.path().join("types/notes.txt"), "mine").unwrap();
    fs::write(folder.path().join("Cargo.lock"), "lock").unwrap();
    let report = write(folder.path(), &files(SECOND)).unwrap();
    assert_eq!(report.written, ["types/src/a.rs", "server/c.rs"]);
    assert_eq!((report.unchanged, report.removed), (1, vec!["types/src/old/b.rs".to_owned()]));
    assert_eq!(
        names(folder.path()),
        [".bothends", "Cargo.lock", "Cargo.toml", "server/", "server/c.rs", "types/", "types/notes.txt", "types/src/", "types/src/a.rs"]
    );
    let report = write(folder.path(), &[]).unwrap();
    assert_eq!(report.removed, ["Cargo.toml", "server/c.rs", "types/src/a.rs"]);
    assert_eq!(names(folder.path()), ["Cargo.lock", "types/", "types/notes.txt"]);
}

#[test]
fn a_folder_that_is_all_ours_is_removed_with_its_last_file() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("out");
    write(&root, &files(FIRST)).unwrap();
    write(&root, &[]).unwrap();
    assert!(!root.exists());
    write(&root, &[]).unwrap();
    assert!(!root.exists());
}

/// Prepares a folder, writes `SECOND`, and expects a refusal that changes nothing.
fn refused(prepare: impl FnOnce(&Path), code: Code, says: &str) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("out");
    prepare(&root);
    let before = tree(folder.path());
    for result in [write(&root, &files(SECOND)).map(drop), check(&root, &files(SECOND)).map(drop)] {
        let error = result.unwrap_err();
        assert_eq!(error.code, code, "{}", error.message);
        assert!(error.message.contains(says), "{}", error.message);
        assert_eq!(tree(folder.path()), before);
    }
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let make = |path: &Path, text: &str| {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    let foreign = Code::OUTPUT_FOREIGN;
    refused(|root| make(&root.join("main.rs"), "mine"), foreign, "did not write, for instance `main.rs`");
    refused(|root| make(root, "a file"), foreign, "is no folder");
    refused(|root| make(&root.join(MANIFEST), "bothends manifest 9\n"), foreign, "is no manifest of this version");
    refused(|root| make(&root.join(MANIFEST), "bothends manifest 1\n../x\n"), foreign, "`../x`");
    refused(|root| fs::create_dir_all(root.join(MANIFEST)).unwrap(), foreign, "is no file");
    let ours = |root: &Path| drop(write(root, &files(FIRST)).unwrap());
    refused(|root| (ours(root), make(&root.join("server/c.rs"), "mine")).1, foreign, "was not written by the generator");
    refused(|root| (ours(root), make(&root.join("server"), "mine")).1, foreign, "is no folder");
    refused(|root| (ours(root), fs::create_dir_all(root.join("server/c.rs")).unwrap()).1, foreign, "is no file");
}

#[test]
fn a_file_of_others_with_the_right_bytes_is_adopted() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &files(FIRST)).unwrap();
    fs::create_dir(folder.path().join("server")).unwrap();
    fs::write(folder.path().join("server/c.rs"), "c").unwrap();
    assert_eq!(write(folder.path(), &files(SECOND)).unwrap().written, ["types/src/a.rs"]);
    assert_eq!(check(folder.path(), &files(SECOND)).unwrap(), []);
}

#[cfg(unix)]
#[test]
fn links_are_never_followed() {
    use std::os::unix::fs::symlink;
    let elsewhere = tempfile::tempdir().unwrap();
    let ours = |root: &Path| drop(write(root, &files(FIRST)).unwrap());
    let link = |root: &Path, name: &str| symlink(elsewhere.path(), root.join(name)).unwrap();
    refused(|root| (ours(root), link(root, "server")).1, Code::OUTPUT_FOREIGN, "is no folder");
    refused(
        |root| (ours(root), fs::create_dir(root.join("server")).unwrap(), link(root, "server/c.rs")).2,
        Code::OUTPUT_FOREIGN,
        "is a symbolic link",
    );
    // A link where one of our own files was is replaced, and what it points to stays.
    let folder = tempfile::tempdir().unwrap();
    ours(folder.path());
    fs::write(elsewhere.path().join("x"), "other").unwrap();
    fs::remove_file(folder.path().join("types/src/a.rs")).unwrap();
    symlink(elsewhere.path().join("x"), folder.path().join("types/src/a.rs")).unwrap();
    ours(folder.path());
    assert_eq!(fs::read_to_string(folder.path().join("types/src/a.rs")).unwrap(), "a\r\n");
    assert_eq!(names(elsewhere.path()), ["x"]);
    assert_eq!(fs::read_to_string(elsewhere.path().join("x")).unwrap(), "other");
    // A whole folder of ours behind a link: nothing is removed through it.
    fs::create_dir_all(elsewhere.path().join("src/old")).unwrap();
    fs::write(elsewhere.path().join("src/old/b.rs"), "theirs").unwrap();
    fs::remove_dir_all(folder.path().join("types")).unwrap();
    symlink(elsewhere.path(), folder.path().join("types")).unwrap();
    write(folder.path(), &files(&[("Cargo.toml", "c\n")])).unwrap();
    assert_eq!(fs::read_to_string(elsewhere.path().join("src/old/b.rs")).unwrap(), "theirs");
}

#[test]
fn paths_that_leave_the_folder_or_meet_each_other_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    for list in [&[("../a", "")][..], &[("/a", "")], &[(".bothends", "")], &[("a", ""), ("a", "")], &[("a/B.rs", ""), ("a/b.rs", "")]] {
        let error = write(folder.path(), &files(list)).unwrap_err();
        assert_eq!(error.code, Code::INTERNAL, "{list:?}");
        assert_eq!(names(folder.path()).len(), 0);
    }
}

/// Whether this process may write where permissions forbid it, as root may.
#[cfg(unix)]
fn permissions_mean_nothing(folder: &Path) -> bool {
    let free = fs::write(folder.join("probe"), "").is_ok();
    if free {
        println!("skipped: this user may write to read-only folders");
        fs::remove_file(folder.join("probe")).unwrap();
    }
    free
}

#[cfg(unix)]
#[test]
fn an_unwritable_folder_is_an_error_and_nothing_changes() {
    use std::os::unix::fs::PermissionsExt;
    let set = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    for locked in ["", "types/src"] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &files(FIRST)).unwrap();
        let before = tree(folder.path());
        let locked = folder.path().join(locked);
        set(&locked, 0o555);
        let skip = permissions_mean_nothing(&locked);
        let result = write(folder.path(), &files(SECOND));
        set(&locked, 0o755);
        if skip {
            return;
        }
        let error = result.unwrap_err();
        assert_eq!(error.code, Code::OUTPUT_UNWRITABLE);
        assert!(error.message.ends_with("nothing was changed"), "{}", error.message);
        assert_eq!(tree(folder.path()), before);
    }
}

/// Without permissions to rely on: a temporary name that cannot be written makes staging fail, for root too.
#[test]
fn a_failure_while_staging_takes_everything_back() {
    for first in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("out");
        let long = format!("zzz/{}.rs", "n".repeat(245));
        if !first {
            write(&root, &files(FIRST)).unwrap();
        }
        let before = tree(folder.path());
        let mut list = files(SECOND);
        // Its temporary name is longer than file systems allow, its own is not.
        list.push(OutputFile { path: long, contents: String::new() });
        let error = write(&root, &list).unwrap_err();
        assert_eq!(error.code, Code::OUTPUT_UNWRITABLE, "{}", error.message);
        assert_eq!(tree(folder.path()), before);
    }
}

#[test]
fn a_run_after_a_kill_completes_and_cleans_up() {
    // What a kill can leave, in the order of the steps: each state is followed by a whole run.
    let union = "bothends manifest 1\nCargo.toml\nserver/c.rs\ntypes/src/a.rs\ntypes/src/old/b.rs\n";
    let states: &[(&str, &[(&str, &str)])] = &[
        ("manifest half written", &[(".bothends.bothends-tmp", "bothends man")]),
        ("manifest announced", &[(MANIFEST, union)]),
        ("staging", &[(MANIFEST, union), ("types/src/.a.rs.bothends-tmp", "A"), ("server/.c.rs.bothends-tmp", "")]),
        ("renaming", &[(MANIFEST, union), ("types/src/a.rs", "A\n"), ("server/.c.rs.bothends-tmp", "c")]),
        ("renamed", &[(MANIFEST, union), ("types/src/a.rs", "A\n"), ("server/c.rs", "c")]),
    ];
    for (state, left) in states {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), &files(FIRST)).unwrap();
        for (path, text) in *left {
            let at = folder.path().join(path);
            fs::create_dir_all(at.parent().unwrap()).unwrap();
            fs::write(at, text).unwrap();
        }
        assert_ne!(check(folder.path(), &files(SECOND)).unwrap(), [], "{state}");
        write(folder.path(), &files(SECOND)).unwrap();
        let fresh = tempfile::tempdir().unwrap();
        write(fresh.path(), &files(SECOND)).unwrap();
        assert_eq!(tree(folder.path()), tree(fresh.path()), "{state}");
    }
    // The very first run, killed before its manifest stood.
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join(".bothends.bothends-tmp"), "both").unwrap();
    write(folder.path(), &files(FIRST)).unwrap();
    assert_eq!(check(folder.path(), &files(FIRST)).unwrap(), []);
    assert!(!folder.path().join(".bothends.bothends-tmp").exists());
}

#[test]
fn drift_is_listed_by_kind_and_nothing_is_written() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &files(FIRST)).unwrap();
    for ignored in ["types/target/debug/x", "types/Cargo.lock", "notes.txt", "target/x"] {
        let at = folder.path().join(ignored);
        fs::create_dir_all(at.parent().unwrap()).unwrap();
        fs::write(at, "").unwrap();
    }
    assert_eq!(check(folder.path(), &files(FIRST)).unwrap(), []);
    fs::write(folder.path().join("types/build.rs"), "mine").unwrap();
    let before = tree(folder.path());
    let drift = check(folder.path(), &files(SECOND)).unwrap();
    let kinds: Vec<_> = drift.iter().map(|item| (item.kind, item.path.as_str())).collect();
    assert_eq!(
        kinds,
        [
            (DriftKind::Different, ".bothends"),
            (DriftKind::Missing, "server/c.rs"),
            (DriftKind::Unlisted, "types/build.rs"),
            (DriftKind::Different, "types/src/a.rs"),
            (DriftKind::Extra, "types/src/old/b.rs"),
        ]
    );
    assert_eq!(tree(folder.path()), before);
    let errors = drift_errors(Path::new("out"), &drift, "bothends generate x");
    let errors: Vec<&Diagnostic> = errors.iter().collect();
    assert!(errors.iter().all(|error| error.code == Code::OUTPUT_DRIFT));
    assert_eq!(errors[1].message, Path::new("out").join("server/c.rs").display().to_string() + " is missing");
    assert_eq!(errors[5].message, "out is not as it would be generated: 5 file(s)");
    assert_eq!(errors[5].hint.as_deref(), Some("run `bothends generate x`"));
    let many: Vec<Drift> = (0..30).map(|number| Drift { path: number.to_string(), kind: DriftKind::Extra }).collect();
    let errors = drift_errors(Path::new("out"), &many, "x");
    assert_eq!(errors.len(), 21);
    assert!(errors.iter().last().unwrap().message.ends_with("30 file(s), 10 of them not listed"));
    let missing = check(&folder.path().join("nowhere"), &files(FIRST)).unwrap();
    assert_eq!(missing.len(), 4);
    assert!(missing.iter().all(|item| item.kind == DriftKind::Missing));
    assert!(!folder.path().join("nowhere").exists());
}

#[test]
fn two_runs_at_once_leave_one_whole_state() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("out");
    let lists = [files(FIRST), files(SECOND)];
    std::thread::scope(|scope| {
        for turn in 0..8 {
            let (root, list) = (&root, &lists[turn % 2]);
            scope.spawn(move || write(root, list).unwrap());
        }
    });
    assert!(lists.iter().any(|list| check(&root, list).unwrap().is_empty()), "{:?}", tree(&root));
}

#[test]
fn a_standalone_workspace_lists_its_crates() {
    let parts = crate::emit::Parts { types: true, client: true, server: false };
    let list = standalone(parts, files(&[("types/Cargo.toml", "t"), ("client/Cargo.toml", "c")]));
    let paths: Vec<&str> = list.iter().map(|file| file.path.as_str()).collect();
    for path in ["Cargo.toml", "client/Cargo.toml", "runtime/Cargo.toml", "runtime/src/lib.rs", "types/Cargo.toml"] {
        assert!(paths.contains(&path), "{path}");
    }
    assert!(paths.is_sorted());
    let manifest: toml::Table = list[0].contents.parse().unwrap();
    assert_eq!(manifest["workspace"]["members"], toml::Value::from(vec!["types", "client", "runtime"]));
    assert_eq!(members("a", parts), ["a/types", "a/client"]);
}
