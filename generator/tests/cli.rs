//! The binary from outside: exit status, what is printed where, and what is on disk afterwards.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const DOCUMENT: &str = r##"openapi: 3.0.3
info: { title: Lamps, version: "1" }
paths:
  /lamps/{id}:
    get:
      operationId: getLamp
      tags: [lamps]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        "200":
          description: A lamp.
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Lamp" }
components:
  schemas:
    Lamp:
      type: object
      required: [on]
      properties: { on: { type: boolean }, name: { type: string } }
"##;

/// Runs the binary in a folder.
fn bothends(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_bothends")).current_dir(folder).args(arguments).output().unwrap()
}

/// A folder with a document in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("lamps.yaml"), DOCUMENT).unwrap();
    folder
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// All files below a folder with their bytes and times.
fn tree(root: &Path) -> Vec<(String, Vec<u8>, std::time::SystemTime)> {
    let mut found = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            if entry.file_type().unwrap().is_dir() {
                folders.push(entry.path());
            } else {
                let time = entry.metadata().unwrap().modified().unwrap();
                found.push((entry.path().display().to_string(), fs::read(entry.path()).unwrap(), time));
            }
        }
    }
    found.sort();
    found
}

const GENERATE: &[&str] = &["generate", "lamps.yaml", "--out", "out"];

#[test]
fn a_wrong_command_line_is_2() {
    let folder = folder();
    for arguments in [
        &[][..],
        &["generate"],
        &["generate", "lamps.yaml"],
        &["lint"],
        &["verify"],
        &["verify", "lamps.yaml", "--cases", "0"],
        &["paint", "lamps.yaml"],
        &["generate", "lamps.yaml", "--out", "out", "--only", "docs"],
        &["lint", "lamps.yaml", "--format", "xml"],
    ] {
        let output = bothends(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
    }
    for arguments in [&["--help"][..], &["--version"], &["generate", "--help"]] {
        assert_eq!(bothends(folder.path(), arguments).status.code(), Some(0));
    }
    assert!(!folder.path().join("out").exists());
}

#[test]
fn a_document_becomes_a_workspace_and_a_second_run_writes_nothing() {
    let folder = folder();
    let output = bothends(folder.path(), GENERATE);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let said = stdout(&output);
    assert!(said.starts_with("operations: written 1, generated 1, reported 0;") && said.contains("; files in out: written "), "{said}");
    for file in [
        ".bothends",
        "Cargo.toml",
        "types/Cargo.toml",
        "client/src/lib.rs",
        "server/src/lib.rs",
        "runtime/Cargo.toml",
        "runtime/src/lib.rs",
    ] {
        assert!(folder.path().join("out").join(file).is_file(), "{file}");
    }
    assert!(fs::read_to_string(folder.path().join("out/types/Cargo.toml")).unwrap().contains("\"lamps-types\""));
    let before = tree(&folder.path().join("out"));
    let output = bothends(folder.path(), GENERATE);
    assert!(stdout(&output).contains("written 0, unchanged "), "{}", stdout(&output));
    assert_eq!(tree(&folder.path().join("out")), before);
    assert_eq!(bothends(folder.path(), &[GENERATE, &["--check"]].concat()).status.code(), Some(0));
}

#[test]
fn fewer_parts_remove_what_the_other_parts_wrote() {
    let folder = folder();
    bothends(folder.path(), GENERATE);
    let output = bothends(folder.path(), &[GENERATE, &["--only", "client", "--name", "bulbs"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(!folder.path().join("out/server").exists());
    assert!(fs::read_to_string(folder.path().join("out/client/Cargo.toml")).unwrap().contains("\"bulbs-client\""));
}

#[test]
fn drift_is_1_and_names_the_command() {
    let folder = folder();
    let check = [GENERATE, &["--name", "bulbs", "--check"]].concat();
    let output = bothends(folder.path(), &check);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("output/drift"), "{}", stderr(&output));
    assert!(stderr(&output).contains("client/Cargo.toml is missing"), "{}", stderr(&output));
    assert!(stderr(&output).contains("bothends generate lamps.yaml --name bulbs --out out"), "{}", stderr(&output));
    assert!(!folder.path().join("out").exists());
    bothends(folder.path(), &[GENERATE, &["--name", "bulbs"]].concat());
    assert_eq!(bothends(folder.path(), &check).status.code(), Some(0));
    fs::write(folder.path().join("out/types/src/lib.rs"), "// mine").unwrap();
    let output = bothends(folder.path(), &check);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("types/src/lib.rs differs"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(folder.path().join("out/types/src/lib.rs")).unwrap(), "// mine");
}

#[test]
fn a_foreign_folder_is_left_untouched() {
    let folder = folder();
    fs::create_dir(folder.path().join("out")).unwrap();
    fs::write(folder.path().join("out/main.rs"), "mine").unwrap();
    let before = tree(folder.path());
    let output = bothends(folder.path(), GENERATE);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("output/foreign"), "{}", stderr(&output));
    assert!(stderr(&output).contains("nothing was changed"), "{}", stderr(&output));
    assert_eq!(tree(folder.path()), before);
}

#[test]
fn bad_input_is_1_and_writes_nothing() {
    let folder = folder();
    fs::write(folder.path().join("other.yaml"), DOCUMENT).unwrap();
    fs::write(folder.path().join("empty.yaml"), "").unwrap();
    fs::write(folder.path().join("text.yaml"), "just text\n").unwrap();
    fs::write(folder.path().join("old.yaml"), "openapi: 9.9.0\ninfo: { title: T, version: '1' }\npaths: {}\n").unwrap();
    for (arguments, code) in [
        (&["generate", "nowhere.yaml", "--out", "out"][..], "source/unreadable"),
        (&["generate", "empty.yaml", "--out", "out"], "source/empty"),
        (&["generate", "text.yaml", "--out", "out"], "document/not-openapi"),
        (&["generate", "old.yaml", "--out", "out"], "9.9"),
        (&["generate", "lamps.yaml", "./lamps.yaml", "--out", "out"], "is named twice"),
        (&["generate", "lamps.yaml", "--out", "out", "--name", "My Lamps"], "`my-lamps` would be one"),
        (&["generate", "lamps.yaml", "--out", "."], "holds the document"),
        (&["generate", "lamps.yaml", "--out", "lamps.yaml"], "holds the document"),
        (&["lint", "lamps.yaml", "nowhere.yaml"], "source/unreadable"),
    ] {
        let output = bothends(folder.path(), arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", stderr(&output));
        assert!(stderr(&output).contains(code), "{arguments:?}: {}", stderr(&output));
        assert!(!folder.path().join("out").exists(), "{arguments:?}");
        assert!(!folder.path().join(".bothends").exists(), "{arguments:?}");
    }
}

#[test]
fn strict_turns_warnings_into_errors() {
    let folder = folder();
    let faulty = DOCUMENT.replace("required: true", "required: \"true\"");
    fs::write(folder.path().join("lamps.yaml"), faulty).unwrap();
    let output = bothends(folder.path(), &[GENERATE, &["--strict"]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("lamps.yaml:8:"), "{}", stderr(&output));
    assert!(!folder.path().join("out").exists());
    let output = bothends(folder.path(), GENERATE);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stderr(&output).contains("repair/type"), "{}", stderr(&output));
}

#[test]
fn json_is_one_object_a_line() {
    let folder = folder();
    fs::write(folder.path().join("empty.yaml"), "").unwrap();
    let parse = |text: String| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<serde_json::Value>>();
    let summaries = parse(stdout(&bothends(folder.path(), &["lint", "--format", "json", "lamps.yaml"])));
    assert_eq!(summaries.len(), 1);
    assert_eq!(summaries[0]["operations"]["generated"], 1);
    let output = bothends(folder.path(), &["lint", "--format", "json", "lamps.yaml", "empty.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    let diagnostics = parse(stderr(&output));
    assert!(diagnostics.iter().any(|diagnostic| diagnostic["code"] == "source/empty"), "{diagnostics:?}");
}

/// Both documents have `GET /lamps/{id}`; the second one has a lamp of its own kind.
#[test]
fn several_documents_are_one_api() {
    let folder = folder();
    let other = DOCUMENT.replace("/lamps/{id}:", "/bulbs/{id}:").replace("getLamp", "getBulb").replace("type: boolean", "type: integer");
    fs::create_dir(folder.path().join("home")).unwrap();
    fs::write(folder.path().join("home/lamps.yaml"), DOCUMENT).unwrap();
    fs::write(folder.path().join("home/bulbs.yaml"), other).unwrap();
    fs::write(folder.path().join("home/again.yaml"), DOCUMENT).unwrap();
    let documents = ["home/lamps.yaml", "home/bulbs.yaml", "home/again.yaml"];
    let output = bothends(folder.path(), &[&["generate"], &documents[..], &["--out", "out"]].concat());
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(stdout(&output).starts_with("operations: written 3, generated 2, reported 0, merged 1;"), "{}", stdout(&output));
    assert!(stderr(&output).contains("home/bulbs.yaml:17:5"), "{}", stderr(&output));
    assert!(fs::read_to_string(folder.path().join("out/types/Cargo.toml")).unwrap().contains("\"home-types\""));
    let schemas = fs::read_to_string(folder.path().join("out/types/src/schemas.rs")).unwrap();
    assert!(schemas.contains("struct Lamp ") && schemas.contains("struct BulbsLamp "), "{schemas}");
    let output = bothends(folder.path(), &[&["lint"], &documents[..]].concat());
    assert!(stdout(&output).contains("can be generated 2, reported 0, merged 1"), "{}", stdout(&output));
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let folder = folder();
    let mut child = Command::new(env!("CARGO_BIN_EXE_bothends"))
        .current_dir(folder.path())
        .args(["lint", "lamps.yaml", "nowhere.yaml"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    drop(child.stderr.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

/// Kills the run at many moments; whatever is on disk then, every file is whole and the next run completes it.
#[cfg(unix)]
#[test]
fn after_a_kill_every_file_is_whole_and_the_next_run_completes() {
    let folder = folder();
    let whole = folder.path().join("whole");
    assert!(bothends(folder.path(), &["generate", "lamps.yaml", "--out", "whole"]).status.success());
    let expected: std::collections::BTreeMap<_, _> =
        tree(&whole).into_iter().map(|(path, bytes, _)| (path.replace("/whole/", "/out/"), bytes)).collect();
    for pause in [0, 2, 5, 8, 12, 16, 20, 30, 50] {
        let _ = fs::remove_dir_all(folder.path().join("out"));
        let mut child = Command::new(env!("CARGO_BIN_EXE_bothends"))
            .current_dir(folder.path())
            .args(GENERATE)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        let _ = child.kill();
        child.wait().unwrap();
        if folder.path().join("out").exists() {
            for (path, bytes, _) in tree(&folder.path().join("out")) {
                let waiting = path.ends_with(".bothends-tmp");
                assert!(waiting || expected.get(&path) == Some(&bytes), "{path} after {pause} ms");
            }
        }
        assert!(bothends(folder.path(), GENERATE).status.success());
        let found: std::collections::BTreeMap<_, _> =
            tree(&folder.path().join("out")).into_iter().map(|(path, bytes, _)| (path, bytes)).collect();
        assert_eq!(found, expected, "after {pause} ms");
    }
}

#[test]
fn verify_says_at_once_that_cargo_is_missing() {
    let folder = folder();
    let mut command = Command::new(env!("CARGO_BIN_EXE_bothends"));
    let output = command.current_dir(folder.path()).args(["verify", "lamps.yaml"]).env("CARGO", "no-such-cargo").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert!(stderr(&output).contains("verify/impossible") && stderr(&output).contains("cargo was not found"), "{}", stderr(&output));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is written");
}

#[test]
fn every_command_selects_alike_and_check_says_how() {
    let folder = folder();
    let two = DOCUMENT.replace("components:", "  /rooms:\n    get: { operationId: rooms, tags: [rooms], parameters: [{ name: X-Key, in: header, schema: { type: string } }], responses: { '204': { description: Fine } } }\ncomponents:");
    fs::write(folder.path().join("lamps.yaml"), two).unwrap();
    fs::write(folder.path().join("bothends.toml"), "documents = ['lamps.yaml']\nonly = ['client']\ninclude = ['tag:room']\n").unwrap();
    let rooms = ["--include", "tag:rooms", "--keep", "Lamp", "--secret-global", "header:X-Key"];
    let output = bothends(folder.path(), &[GENERATE, &rooms].concat());
    assert!(
        stdout(&output).starts_with("operations: written 2, generated 1, reported 0, excluded 1; types: structs 1,"),
        "{}",
        stdout(&output)
    );
    let client = fs::read_to_string(folder.path().join("out/client/src/lib.rs")).unwrap();
    assert!(client.contains("with_x_key") && client.contains("Secret"), "{client}");
    let output = bothends(folder.path(), &[&["lint", "lamps.yaml"][..], &rooms].concat());
    assert!(stdout(&output).contains("written 2, can be generated 1, reported 0, excluded 1"), "{}", stdout(&output));
    let output = bothends(folder.path(), &[&["verify", "lamps.yaml"][..], &["--include", "tag:room"]].concat());
    assert!(output.status.code() == Some(1) && stderr(&output).contains("did you mean `tag:rooms`?"), "{}", stderr(&output));
    let output = bothends(folder.path(), &[GENERATE, &rooms[..2], &["--check"]].concat());
    let said = stderr(&output);
    assert!(said.contains("`bothends generate lamps.yaml --include tag:rooms --out out`"), "{said}");
    for command in [&["lint", "--config", "bothends.toml"][..], &["generate", "--config", "bothends.toml", "--out", "new"]] {
        let output = bothends(folder.path(), command);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(1));
        assert!(
            said.contains("bothends.toml:3:12") && said.contains("config/selector") && said.contains("did you mean `tag:rooms`?"),
            "{said}"
        );
    }
    fs::write(folder.path().join("bothends.toml"), "documents = ['lamps.yaml']\nonly = ['client']\ninclude = ['tag:rooms']\n").unwrap();
    let output = bothends(folder.path(), &["generate", "--config", "bothends.toml", "--out", "new"]);
    assert!(folder.path().join("new/client").is_dir() && !folder.path().join("new/server").exists(), "{}", stderr(&output));
    for wrong in ["header", "path:id", "header:"] {
        assert_eq!(bothends(folder.path(), &["lint", "lamps.yaml", "--global", wrong]).status.code(), Some(2), "{wrong}");
    }
}
