//! Faults of real documents: each is mended with a located warning, and contradictions of examples are said and left alone.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::fs;

use bothends::diagnostic::render_json;
use bothends::generate::{Config, Outcome, generate};
use bothends::source::Disk;
use bothends_tests::{bothends, config, fixture, text_at};
use serde_json::Value;

/// What is said: code, a part of the message, what stands at its place, and which line that is.
type Finding = (&'static str, &'static str, &'static str, u64);

/// Generates a fixture; its findings as code, message, text at the place and line.
fn run(config: &Config) -> (Outcome, Vec<(String, String, String, u64)>) {
    let outcome = generate(&Disk, config);
    let text = fs::read_to_string(&config.documents[0]).unwrap();
    let lines = render_json(&outcome.diagnostics, &outcome.sources);
    let findings = lines.lines().map(|line| {
        let item: Value = serde_json::from_str(line).unwrap();
        let (line, column) = (item["line"].as_u64().unwrap(), item["column"].as_u64().unwrap());
        let there = text_at(&text, usize::try_from(line).unwrap(), usize::try_from(column).unwrap());
        (item["code"].as_str().unwrap().to_owned(), item["message"].as_str().unwrap().to_owned(), there.to_owned(), line)
    });
    let findings = findings.collect();
    (outcome, findings)
}

fn assert_findings(name: &str, found: &[(String, String, String, u64)], expected: &[Finding]) {
    for (code, message, at, line) in expected {
        let fits = |item: &&(String, String, String, u64)| {
            item.0 == *code && item.1.contains(message) && item.2.starts_with(at) && item.3 == *line
        };
        assert!(found.iter().any(|item| fits(&item)), "{name}: no {code} `{message}` at line {line} `{at}` among {found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{name}: {found:#?}");
}

const IN_YAML: &[Finding] = &[
    ("repair/duplicate-key", "GET /things is written again; the first one stands", "/things:", 47),
    ("repair/type", "\"false\" was read as a boolean", "\"false\"", 22),
    ("repair/null", "null was read as an empty object", "application/json: null", 46),
    ("repair/type", "\"true\" was read as a boolean", "\"true\"", 64),
    ("repair/stray-key", "`Colour` was left out", "Colour:", 78),
    ("example/type", "the example has \"true\", and the schema says a boolean", "\"true\"", 25),
    ("example/type", "the example has \"true\", and the schema says a boolean", "\"true\"", 37),
    ("example/undeclared", "`undeclared`, which the schema does not declare", "1", 38),
];

const IN_JSON: &[Finding] = &[
    ("repair/type", "\"true\" was read as a boolean", "\"true\", \"schema\"", 9),
    ("repair/null", "null was read as an empty object", "\"application/json\": null", 24),
    ("example/type", "the example has \"true\", and the schema says a boolean", "\"true\", \"name\"", 19),
    ("example/undeclared", "`name`, which the schema does not declare", "\"undeclared\"", 19),
];

#[test]
fn each_repair_has_its_code_and_place_and_the_document_generates() {
    for (name, expected, operations) in [("repairs.yaml", IN_YAML, 2), ("repairs.json", IN_JSON, 1)] {
        let (outcome, found) = run(&config(fixture(name)));
        assert_findings(name, &found, expected);
        assert!(!outcome.files.is_empty(), "{name}");
        assert_eq!((outcome.counts.generated, outcome.counts.dropped), (operations, 0), "{name}");

        let folder = tempfile::tempdir().unwrap();
        let arguments = ["generate".into(), fixture(name).into_os_string(), "--out".into(), folder.path().join("out").into_os_string()];
        let binary = bothends(folder.path(), arguments);
        assert_eq!(binary.status, Some(0), "{binary:?}");
        assert!(folder.path().join("out/client/src/lib.rs").is_file());
        for (code, .., line) in expected {
            let severity = if code.starts_with("example") { "note" } else { "warning" };
            assert!(binary.stderr.contains(&format!("{severity}[{code}]: ")), "{code}: {binary:?}");
            assert!(binary.stderr.contains(&format!("{name}:{line}:")), "{code}: {binary:?}");
        }
    }
}

#[test]
fn what_is_mended_is_what_was_meant() {
    let (outcome, _) = run(&config(fixture("repairs.yaml")));
    let tree = outcome.tree.unwrap();
    for (pointer, value) in [
        ("/components/parameters/Id/required", Value::Bool(true)),
        ("/paths/~1things~1{id}/get/parameters/1/required", Value::Bool(false)),
        ("/paths/~1things~1{id}/get/responses/404/content/application~1json", Value::Object(serde_json::Map::new())),
        ("/paths/~1things/get/operationId", Value::from("firstList")),
        ("/components/schemas/Thing/properties/settings/properties/size/type", Value::from("integer")),
    ] {
        assert_eq!(tree.pointer(pointer), Some(&value), "{pointer}");
    }
    assert_eq!(tree.pointer("/components/schemas/Thing/properties/settings/Colour"), None);
}

#[test]
fn examples_are_never_mended() {
    let (outcome, _) = run(&config(fixture("repairs.yaml")));
    let tree = outcome.tree.unwrap();
    let example = tree.pointer("/paths/~1things~1{id}/get/responses/200/content/application~1json/examples/contradicts/value");
    assert_eq!(example, Some(&serde_json::json!({ "id": "a1", "ready": "true", "undeclared": 1 })));
    assert_eq!(tree.pointer("/paths/~1things~1{id}/get/parameters/1/example"), Some(&Value::from("true")));
    let (outcome, _) = run(&config(fixture("repairs.json")));
    let example =
        outcome.tree.unwrap().pointer("/paths/~1things~1{id}/put/requestBody/content/application~1json/examples/one/value").cloned();
    assert_eq!(example, Some(serde_json::json!({ "message": "hello", "loud": "true", "name": "undeclared" })));
}

#[test]
fn strict_takes_repairs_for_errors_and_examples_not() {
    for name in ["repairs.yaml", "repairs.json"] {
        let (outcome, _) = run(&Config { strict: true, ..config(fixture(name)) });
        assert!(outcome.files.is_empty(), "{name}");
        for item in outcome.diagnostics.iter() {
            let expected = if item.code.family() == "example" { "note" } else { "error" };
            assert_eq!(item.severity.as_str(), expected, "{name}: {item:?}");
        }
    }
}

#[test]
fn lost_line_breaks_are_called_by_their_name() {
    for name in ["lost-line-breaks.yaml", "lost-line-breaks-fragment.yaml"] {
        let (outcome, found) = run(&config(fixture(name)));
        assert_findings(name, &found, &[("source/syntax", "the line breaks seem to be lost", ": ", 1)]);
        assert!(outcome.files.is_empty(), "{name}");
        let folder = tempfile::tempdir().unwrap();
        let binary = bothends(folder.path(), ["lint".into(), fixture(name).into_os_string()]);
        assert_eq!(binary.status, Some(1), "{binary:?}");
        assert!(binary.stderr.contains(&format!("{name}:1:20\n")), "{binary:?}");
        assert!(binary.stderr.contains("= hint: get the document anew with its line breaks"), "{binary:?}");
    }
}
