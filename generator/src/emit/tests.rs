//! What is emitted: the small API's text as it is checked in, and laws that hold for the API that has everything.

use std::collections::BTreeMap;

use super::sample::{crowd, notes, sample, words};
use super::{Options, OutputFile, Parts, emit};
use crate::model::Api;

fn options() -> Options {
    Options::crates(Parts::default(), "path = \"../runtime\"")
}

fn written(api: &Api) -> BTreeMap<String, String> {
    emit(api, &options()).into_iter().map(|OutputFile { path, contents }| (path, contents)).collect()
}

/// Run with `UPDATE=1` to accept what is emitted now.
#[test]
fn the_small_api_comes_out_as_checked_in() {
    let text: String = emit(&notes(), &options()).iter().map(|file| format!("=== {}\n{}", file.path, file.contents)).collect();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/emit/testdata/notes.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, &text).unwrap();
    }
    let expected = std::fs::read_to_string(path).unwrap();
    for (number, (found, expected)) in text.lines().zip(expected.lines()).enumerate() {
        assert_eq!(found, expected, "line {} of notes.txt", number + 1);
    }
    assert_eq!(text.len(), expected.len());
}

#[test]
fn files_are_sorted_and_the_same_every_time() {
    for api in [notes(), sample(), crowd(900)] {
        let first = emit(&api, &options());
        assert!(first.is_sorted_by(|a, b| a.path < b.path));
        let alone = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
        assert_eq!(alone.install(|| emit(&api, &options())), first);
    }
}

#[test]
fn every_rust_file_is_formatted() {
    for api in [notes(), sample(), crowd(900), words(500), Api::default()] {
        for (path, text) in written(&api) {
            if path.ends_with(".rs") {
                assert!(syn::parse_file(&text).is_ok(), "{path} is no Rust");
                // Unformatted tokens come out as one line.
                assert!(text.lines().count() > 2 && !text.contains(" :: bothends_runtime"), "{path} is not formatted");
            }
            assert!(text.starts_with("// @generated") || text.starts_with("# @generated"), "{path}");
        }
    }
}

#[test]
fn only_the_wanted_crates_are_written() {
    let parts = Parts { types: true, client: false, server: true };
    let files = emit(&notes(), &Options { parts, ..options() });
    assert!(files.iter().all(|file| !file.path.starts_with("client/")));
    assert!(files.iter().any(|file| file.path == "types/Cargo.toml") && files.iter().any(|file| file.path == "server/src/lib.rs"));
}

#[test]
fn names_of_the_prelude_are_never_bare() {
    for (path, text) in written(&sample()) {
        for line in text.lines().filter(|line| path.ends_with(".rs") && !line.trim_start().starts_with("//")) {
            // Lists of the API's own names, given to `serde_impls`.
            if line.starts_with("    Result, Option,") {
                continue;
            }
            for name in ["Option<", "Some(", "Result<", "Ok(", "Err(", "String,", "Vec<", "vec!", "Box<", "format!", "Default::"] {
                for (at, _) in line.match_indices(name) {
                    let before = &line[..at];
                    let qualified = before.ends_with("::") || before.ends_with(|c: char| c.is_alphanumeric());
                    // A definition or a variant of the API's own.
                    let own = before.trim_end().ends_with("enum")
                        || before.trim_end().ends_with("struct")
                        || before.trim().is_empty()
                        || before.ends_with('"');
                    assert!(qualified || own, "{path}: {line}");
                }
            }
        }
    }
}

#[test]
fn many_types_are_split_by_their_first_letters() {
    let files = written(&crowd(900));
    let schemas: Vec<&str> = files.keys().filter_map(|path| path.strip_prefix("types/src/schemas")).collect();
    assert!(schemas.contains(&".rs") && schemas.len() > 4, "{schemas:?}");
    for path in schemas.iter().filter(|path| **path != ".rs") {
        let text = &files[&format!("types/src/schemas{path}")];
        assert!(text.matches("pub struct").count() <= 150, "{path}");
    }
    let all: usize = files.values().map(|text| text.matches("pub struct ").count()).sum();
    assert_eq!(all, 900 + 2, "each type once, beside client and server");
    // One more type moves no other one.
    let more = written(&crowd(901));
    let moved = files.iter().filter(|(path, text)| path.contains("/schemas/") && more.get(*path) != Some(text)).count();
    assert!(moved <= 1, "{moved}");
}

#[test]
fn colliding_methods_step_aside() {
    let files = written(&sample());
    let client = &files["client/src/mod_.rs"];
    assert!(client.contains("pub fn send_operation("), "an operation called `send`");
    assert!(files["client/src/lib.rs"].contains("pub fn with_header_credential("), "a scheme called `header`");
    assert!(files["server/src/lib.rs"].contains("pub fn new_group("), "a tag called `new`");
    assert!(files["types/src/operations/mod_.rs"].contains("const INFO_: "), "a parameter called `info`");
}

#[test]
fn odd_models_do_not_panic() {
    let mut api = sample();
    for def in &mut api.types {
        def.name = "1 $ \u{0}".to_owned();
    }
    for operation in &mut api.operations {
        operation.group = 99;
        operation.type_name.clear();
    }
    api.name = "\u{1f4a5}".to_owned();
    api.types.truncate(5);
    assert!(!emit(&api, &options()).is_empty());
}

/// Text without its layout, its gates, what `api` stands for, and examples of a whole file, which speak of crates.
fn body(text: &str) -> String {
    let mut out = String::new();
    let is_alias = |line: &str| line.starts_with("use ") && line.ends_with(" as api;");
    for line in text.lines().map(str::trim).filter(|line| !is_alias(line) && !line.starts_with("//!")) {
        out.push_str(line);
        out.push(' ');
    }
    while let Some(start) = out.find("#[cfg(") {
        let end = out[start..].find(")]").unwrap() + start + 2;
        out.replace_range(start..end, "");
    }
    out.retain(|c| !c.is_whitespace());
    // What is broken over lines ends in a comma.
    out.replace(",)", ")").replace(",]", "]").replace(",}", "}").replace(",>", ">")
}

#[test]
fn modules_have_the_text_of_crates() {
    for api in [notes(), sample()] {
        let crates = written(&api);
        let modules: BTreeMap<String, String> =
            emit(&api, &Options::modules(Parts::default())).into_iter().map(|file| (file.path, file.contents)).collect();
        let mut same = 0;
        for (path, text) in crates.iter().filter(|(path, _)| path.ends_with(".rs") && !path.ends_with("lib.rs")) {
            let module = &modules[&path.replace("/src/", "/")];
            assert_eq!(body(text), body(module), "{path}");
            assert!(!module.contains("cfg(feature"), "{path}");
            same += 1;
        }
        // The roots, and the list of them, are what differs.
        assert_eq!(modules.len(), same + 4);
        assert!(modules["mod.rs"].contains("pub mod types;") && !modules["mod.rs"].contains("//!"));
    }
}
