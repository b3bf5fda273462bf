//! Tests of `render`.

use std::path::Path;

use super::super::{Code, Diagnostic, Diagnostics, Place, Severity};
use super::{excerpt, render_color, render_human, render_json};
use crate::source::{FileId, Limits, Memory, Pointer, SourceMap};

const TEXT: &str = "openapi: 3.0.0\npaths:\n  /x:\n    get:\n      deprecated: \"true\"\n";

fn sources(path: &str, text: &str) -> SourceMap {
    let mut map = SourceMap::default();
    map.load(&Memory::new().with(path, text), Path::new(path), Limits::default()).unwrap();
    map
}

fn written(pointer: &str, key: bool) -> Place {
    Place::Written { file: FileId(0), pointer: Pointer::parse(pointer).unwrap(), key, occurrence: 0 }
}

fn one(diagnostic: Diagnostic) -> Diagnostics {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(diagnostic);
    diagnostics
}

#[test]
fn people_see_place_line_and_hint() {
    let sources = sources("api.yaml", TEXT);
    let finding = Diagnostic::new(Code::REPAIR_TYPE, "`deprecated` is a text")
        .at(written("/paths/~1x/get/deprecated", false))
        .hint("write `true`")
        .related(written("/paths/~1x", true), "in this path")
        .operation("GET /x");
    let expected = "\
warning[repair/type]: `deprecated` is a text
  --> api.yaml:5:19
  |
5 |       deprecated: \"true\"
  |                   ^
  = operation: GET /x
  = hint: write `true`
  = in this path: api.yaml:3:3
";
    assert_eq!(render_human(&one(finding.clone()), &sources), expected);
    let colored = render_color(&one(finding), &sources);
    assert!(colored.starts_with("\u{1b}[1;33mwarning[repair/type]\u{1b}[0m"), "{colored}");
}

#[test]
fn every_kind_of_place_is_shown() {
    let sources = sources("api.yaml", TEXT);
    for (place, expected) in [
        (written("/paths/~1x/get", true), "  --> api.yaml:4:5\n"),
        (written("/paths/~1x/get/responses", true), "  --> api.yaml:4:5\n"),
        (Place::Position { file: FileId(0), line: 2, column: 3 }, "  --> api.yaml:2:3\n  |\n2 | paths:\n  |   ^\n"),
        (Place::Position { file: FileId(0), line: 99, column: 3 }, "  --> api.yaml:99:3\n"),
        (Place::File(FileId(0)), "  --> api.yaml\n"),
        (Place::at(&Pointer::root().child("a\u{1b}b")), "  --> #/a\\u{1b}b\n"),
    ] {
        let text = render_human(&one(Diagnostic::new(Code::INTERNAL, "x").at(place)), &sources);
        assert!(text.starts_with(&format!("error[internal/bug]: x\n{expected}")), "{text}");
    }
}

#[test]
fn a_hostile_document_cannot_drive_the_terminal() {
    let evil = "\u{1b}[2J\u{9b}31m\u{202e}";
    let path = format!("{evil}.yaml");
    let sources = sources(&path, "\"k\u{202e}\u{200b}\": 1\n");
    let finding = Diagnostic::new(Code::REPAIR_TYPE, evil)
        .at(written("/k\u{202e}\u{200b}", false))
        .hint(evil)
        .related(Place::File(FileId(0)), evil)
        .operation(evil);
    for text in [render_human(&one(finding.clone()), &sources), render_json(&one(finding), &sources)] {
        let raw: Vec<char> = text.chars().filter(|&c| c != '\n' && super::is_unsafe(c)).collect();
        assert!(raw.is_empty(), "{text:?}");
    }
}

#[test]
fn machines_get_an_object_a_line() {
    let sources = sources("api.yaml", TEXT);
    let mut findings = one(Diagnostic::new(Code::REPAIR_TYPE, "a\nb")
        .at(written("/paths/~1x/get", true))
        .hint("h")
        .related(Place::File(FileId(0)), "there")
        .operation("GET /x"));
    findings.push(Diagnostic::new(Code::INTERNAL, "c"));
    let text = render_json(&findings, &sources);
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let null = serde_json::Value::Null;
    assert_eq!(
        lines,
        [
            serde_json::json!({
                "code": "repair/type", "severity": "warning", "message": "a\nb", "hint": "h", "operation": "GET /x",
                "file": "api.yaml", "line": 4, "column": 5, "pointer": "/paths/~1x/get",
                "related": [{ "label": "there", "file": "api.yaml", "line": null, "column": null, "pointer": null }],
            }),
            serde_json::json!({
                "code": "internal/bug", "severity": "error", "message": "c", "hint": null, "operation": null,
                "file": null, "line": null, "column": null, "pointer": null, "related": [],
            }),
        ]
    );
    assert_eq!(lines[1]["hint"], null);
}

#[test]
fn long_lines_are_cut_around_the_caret() {
    let long: String = ('a'..='z').cycle().take(400).collect();
    for (line, column) in
        [(long.as_str(), 1), (&long, 65), (&long, 200), (&long, 400), (&long, 401), ("\t\tx: \u{1b}y", 6), ("äöü", 3), ("", 1), ("ab", 9)]
    {
        let (shown, caret) = excerpt(line, column);
        assert!(shown.chars().count() <= 200, "{shown}");
        if let Some(meant) = line.chars().nth(column - 1).filter(|c| !c.is_control()) {
            assert_eq!(shown.chars().nth(caret), Some(meant), "{column}: {shown}");
        } else {
            assert!(caret <= shown.chars().count(), "{column}: {shown}");
        }
    }
    assert_eq!(excerpt(&long, 200).0.chars().filter(|&c| c == '…').count(), 2);
    assert_eq!(excerpt("\ta: b", 5), ("    a: b".to_owned(), 7));
}

#[test]
fn many_findings_of_one_code_are_counted_and_none_that_matters_is_hidden() {
    let findings = |severity, operation: Option<&str>, code| {
        let mut all = Diagnostics::default();
        for number in 0..9 {
            let mut finding = Diagnostic::new(code, format!("finding {number}"));
            finding.severity = severity;
            finding.operation = operation.map(str::to_owned);
            all.push(finding);
        }
        all.push(Diagnostic::new(Code::REPAIR_NULL, "another"));
        all
    };
    let sources = SourceMap::default();
    for (severity, operation, code, shown, last) in [
        (Severity::Note, None, Code::EXAMPLE_TYPE, 5, "note[example/type]: and 4 more\n"),
        (Severity::Error, None, Code::REPAIR_TYPE, 5, "error[repair/type]: and 4 more\n"),
        (Severity::Warning, Some("GET /"), Code::UNSUPPORTED_PATH, 9, "warning[repair/null]: another\n"),
        (Severity::Error, None, Code::OUTPUT_DRIFT, 9, "warning[repair/null]: another\n"),
    ] {
        let findings = findings(severity, operation, code);
        let text = render_human(&findings, &sources);
        assert_eq!(text.matches(": finding").count(), shown, "{text}");
        assert!(text.ends_with(last), "{text}");
        assert_eq!(render_json(&findings, &sources).lines().count(), 10);
    }
}
