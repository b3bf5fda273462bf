//! Reading as a whole: what a text means, what is refused and where, and where pointers are.

use std::path::Path;

use serde_json::{Value, json};

use super::{Document, Limits, Memory, Pointer, Position, SourceMap, Sources};
use crate::diagnostic::{Code, Diagnostic, Place};

fn load_with(content: impl Into<Vec<u8>>, limits: Limits) -> (SourceMap, Result<Document, Diagnostic>) {
    let mut map = SourceMap::default();
    let outcome = map.load(&Memory::new().with("api", content), Path::new("api"), limits);
    (map, outcome)
}

fn load(content: impl Into<Vec<u8>>) -> Result<Document, Diagnostic> {
    load_with(content, Limits::default()).1
}

fn value(content: &str) -> Value {
    load(content).unwrap_or_else(|error| panic!("{content:?}: {error:?}")).value
}

/// Texts that mean the same to us and to serde_yaml.
#[test]
fn yaml_means_what_serde_yaml_reads() {
    for text in [
        "a: 1\nb: [x, 'y', \"z\"]\nc: {d: e, f: }\n",
        "- 1\n- - 2\n  - 3\n-\n  a: b\n- ~\n",
        "a: yes\nb: no\nc: on\nd: Off\ne: y\nf: 'true'\ng: \"null\"\nh: true\ni: False\nj: NULL\n",
        "a: 0x1F\nb: 0o17\nc: 1e3\nd: -1.5\ne: +7\nf: 18446744073709551615\ng: -9223372036854775808\nh: 1_000\ni: 12:30\n",
        "a: 2001-12-14\nb: 2001-12-14T21:59:43.10-05:00\nc: 1.2.3\nd: v1\n",
        "a: |\n  one\n   two\n\n  three\nb: |-\n  x\nc: |+\n  x\n\nd: >\n  one\n  two\n\n  three\n   four\n  five\ne: >-\n  a\n  b\n",
        "a: |2\n    two more\n  two\nb: >+2\n  x\n\n",
        "a: one\n  two\n\n  three\nb: 'it''s\n  so'\nc: \"x\\ty\\u00e9\\x41\\\n   z\"\n",
        "a: &x {k: v}\nb: *x\nc: [*x, &y 1, *y]\n",
        "a: !!str 12\nb: !!int '12'\nc: !!float 1\nd: !!str\ne: !!bool 'true'\nf: !!null ~\n",
        "? a\n: b\n? c\n",
        "a: # comment\n  b # no comment\nc: d#e\n",
        "---\na: b\n...\n",
        "%YAML 1.2\n---\na: b\n",
        "a:\n- b\n- c: d\n  e: f\ng:\n    h: i\n",
        "url: http://x.y/z?a=b#c\nt: 'a: b'\nu: a:b\n",
        "\"quoted key\": 1\n'other': 2\n? |\n  block key\n: 3\n",
        "a: 漢字 🦀\nä: \"\\U0001F980\"\n",
        "a: b\r\nc: |\r\n  d\r\n  e\r\n",
        "just text",
        "{a: 1, b: [2, 3,], c: {d: e}}",
        "{\n  \"a\": 1,\n  # a comment\n  \"b\": 2,\n}",
        "[]",
        "{}",
        "\"text\"",
        "12",
    ] {
        let theirs: Value = serde_yaml::from_str(text).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        assert_eq!(value(text), theirs, "{text:?}");
    }
}

/// Texts that serde_yaml refuses or reads otherwise, with the reason for ours.
#[test]
fn yaml_beyond_serde_yaml() {
    for (why, text, expected) in [
        (
            "keys are the text as written",
            "200: a\n0x10: b\ntrue: c\n~: d\n1.0: e\n",
            json!({"200": "a", "0x10": "b", "true": "c", "~": "d", "1.0": "e"}),
        ),
        ("merge keys", "a: &a {x: 1, y: 2}\nb:\n  y: 3\n  <<: *a\n  z: 4\n", json!({"a": {"x": 1, "y": 2}, "b": {"y": 3, "z": 4, "x": 1}})),
        (
            "several merges, the first wins",
            "a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b]}\n",
            json!({"a": {"x": 1}, "b": {"x": 2, "y": 2}, "c": {"x": 1, "y": 2}}),
        ),
        (
            "two merge keys",
            "a: &a {x: 1}\nb: &b {y: 2}\nc:\n  <<: *a\n  <<: *b\n",
            json!({"a": {"x": 1}, "b": {"y": 2}, "c": {"x": 1, "y": 2}}),
        ),
        ("a quoted << is a key", "a: {'<<': {x: 1}}\n", json!({"a": {"<<": {"x": 1}}})),
        ("a << that cannot merge is a key", "a: {<<: 1}\n", json!({"a": {"<<": 1}})),
        ("an alias as a key", "a: &k name\nb: {*k : 1}\n", json!({"a": "name", "b": {"name": 1}})),
        ("no JSON form", "a: .inf\nb: -.INF\nc: .nan\n", json!({"a": ".inf", "b": "-.INF", "c": ".nan"})),
        ("integers of the core schema", "a: 007\n", json!({"a": 7})),
        ("unknown tags say nothing", "a: !x 12\nb: !y {c: d}\nc: ! 5\n", json!({"a": "12", "b": {"c": "d"}, "c": "5"})),
        ("a document of nothing after the first", "a: 1\n---\n", json!({"a": 1})),
        ("an anchor that is set twice", "a: &x 1\nb: *x\nc: &x 2\nd: *x\n", json!({"a": 1, "b": 1, "c": 2, "d": 2})),
    ] {
        assert_eq!(value(text), expected, "{why}: {text:?}");
    }
}

#[test]
fn json_means_what_serde_json_reads() {
    for text in [
        "{}",
        "[]",
        " [1, -2, 3.5, 1e3, -0.0, 18446744073709551615, 18446744073709551616, 1.7976931348623157e308, 0.1, 5e-324] ",
        "{\"a\": {\"b\": [null, true, false, \"x\"]}, \"c\": \"\\u00e9\\n\\\"\\\\\\/\\ud83e\\udd80 \u{7f}\"}",
        "{\"z\": 1, \"a\": 2, \"\": 3, \"true\": 4, \"1\": 5}",
        "\u{feff}{\"a\":\r\n\t1}",
        "{\"a\": \"yes\", \"b\": \"0x1\", \"<<\": {\"c\": 1}, \"&a\": \"*a\"}",
        "{\"$serde_json::private::Number\": \"12\"}",
    ] {
        let theirs: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap();
        let ours = value(text);
        assert_eq!(ours, theirs, "{text}");
        assert_eq!(ours.to_string(), theirs.to_string(), "{text}: order of keys");
    }
}

#[test]
fn equal_keys_are_kept_apart() {
    for text in [
        "{\"p\": {\"x\": {\"get\": 1}, \"y\": 2, \"x\": {\"put\": 3, \"put\": 4}, \"x\": [5]}, \"p\": 6}",
        "p:\n  x:\n    get: 1\n  y: 2\n  x:\n    put: 3\n    put: 4\n  x:\n  - 5\np: 6\n",
    ] {
        let document = load(text).unwrap();
        assert_eq!(document.value, json!({"p": {"x": {"get": 1}, "y": 2}}));
        let found: Vec<_> = document.duplicates.iter().map(|d| (d.pointer.as_str(), d.occurrence, d.value.clone())).collect();
        assert_eq!(
            found,
            [("/p/x", 1, json!({"put": 3})), ("/p/x/put", 1, json!(4)), ("/p/x", 2, json!([5])), ("/p", 1, json!(6))],
            "{text}"
        );
    }
}

#[test]
fn equal_keys_in_lists_have_pointers() {
    let document = load("a~/b:\n- x\n- k: 1\n  k: 2\n").unwrap();
    assert_eq!(document.duplicates.first().unwrap().pointer.as_str(), "/a~0~1b/1/k");
}

/// The place as `line:column`, what the message says and what the hint says.
fn refusal(content: impl Into<Vec<u8>>, limits: Limits) -> (Code, String, String, String) {
    let error = load_with(content, limits).1.unwrap_err();
    let place = match error.place {
        Some(Place::Position { line, column, .. }) => format!("{line}:{column}"),
        Some(Place::File(_)) => "file".to_owned(),
        other => panic!("{other:?}"),
    };
    (error.code, place, error.message, error.hint.unwrap_or_default())
}

#[test]
fn what_cannot_be_read_is_refused_with_its_place() {
    for (text, code, place, message, hint) in [
        ("", Code::SOURCE_EMPTY, "file", "holds nothing", "OpenAPI"),
        (" \n\t\n", Code::SOURCE_EMPTY, "file", "holds nothing", ""),
        ("# only a comment\n", Code::SOURCE_EMPTY, "file", "holds nothing", ""),
        ("---\n", Code::SOURCE_EMPTY, "file", "holds nothing", ""),
        ("a: 1\n---\nb: 2\n", Code::SOURCE_SYNTAX, "2:1", "second document", "---"),
        ("a: b: c\n", Code::SOURCE_SYNTAX, "1:5", "inside a value", "quote"),
        ("a:\n\t- b\n", Code::SOURCE_SYNTAX, "2:2", "tab", "spaces"),
        ("a: 1\n b: 2\n", Code::SOURCE_SYNTAX, "2:3", "inside a value", "line of its own"),
        ("a: *nothing\n", Code::SOURCE_SYNTAX, "1:4", "not above", "quote"),
        ("a: &x [*x]\n", Code::SOURCE_SYNTAX, "1:8", "stands in", "$ref"),
        ("a: \"open\n", Code::SOURCE_SYNTAX, "1:4", "not closed", "close"),
        ("a: @b\n", Code::SOURCE_SYNTAX, "1:4", "`@`", "quote"),
        ("a: !!int x\n", Code::SOURCE_SYNTAX, "1:4", "\"x\" is no !!int", ""),
        ("? [a]\n: b\n", Code::SOURCE_SYNTAX, "1:3", "where a key is expected", "plain text"),
        ("a: [b\nc: d\n", Code::SOURCE_SYNTAX, "2:2", "", ""),
        ("{\"a\": 1,\n \"ä\": tru }", Code::SOURCE_SYNTAX, "", "", ""),
        ("{\"a\": [1, 2}", Code::SOURCE_SYNTAX, "1:12", "not JSON", ""),
        ("{\"a\": 1} x", Code::SOURCE_SYNTAX, "1:10", "not JSON: trailing characters", "ends before"),
        ("{\"a\": ", Code::SOURCE_SYNTAX, "1:6", "not JSON: EOF", "cut off"),
        ("[\"ä\", \"b\" \"c\"]", Code::SOURCE_SYNTAX, "1:11", "not JSON", ""),
        ("{a: [}", Code::SOURCE_SYNTAX, "1:6", "", ""),
    ] {
        if place.is_empty() {
            // YAML, after all: `tru` is a text there.
            assert!(load(text).is_ok(), "{text:?}");
            continue;
        }
        let found = refusal(text, Limits::default());
        assert_eq!((found.0, found.1.as_str()), (code, place), "{text:?}: {found:?}");
        assert!(found.2.contains(message) && found.3.contains(hint), "{text:?}: {found:?}");
    }
}

#[test]
fn lost_line_breaks_are_recognised() {
    let lost = "\"/users/{id}/mood\": get: tags: - mood summary: Read a mood description: | Of one user. parameters: - name: id in: path";
    let (code, place, message, hint) = refusal(lost, Limits::default());
    assert_eq!(code, Code::SOURCE_SYNTAX);
    assert_eq!(place, "1:24");
    assert!(message.contains("line breaks seem to be lost") && hint.contains("JSON"), "{message} {hint}");

    let below = format!("openapi: 3.0.0\npaths:\n  {lost}\n");
    assert_eq!(refusal(below, Limits::default()).1, "3:26");
    let plain = "openapi: 3.0.0 info: title: Moods version: 1.0.0 paths: /x: get: summary: Read";
    assert!(refusal(plain, Limits::default()).2.contains("lost"));
}

#[test]
fn encodings_other_than_utf8_are_refused() {
    assert_eq!(value("\u{feff}a: 1"), json!({"a": 1}));
    let utf16: Vec<u8> = "\u{feff}a: 1".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(matches!(refusal(utf16, Limits::default()), (Code::SOURCE_ENCODING, _, message, _) if message.contains("UTF-16")));
    let latin: Vec<u8> = b"a: 1\nb: caf\xe9\n".to_vec();
    let (map, error) = load_with(latin, Limits::default());
    assert_eq!(error.unwrap_err().place, Some(Place::Position { file: super::FileId(0), line: 2, column: 7 }));
    assert_eq!(map.line(super::FileId(0), 2), Some("b: caf\u{fffd}"));
}

#[test]
fn hostile_input_meets_a_limit() {
    let few = Limits { bytes: 2000, nodes: 100, depth: 10 };
    let bomb = "a: &a [x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a]\nc: &c [*b, *b, *b, *b]\nd: [*c, *c, *c, *c]\n";
    let chain = "a: &a [[[[x]]]]\nb: &b [[[*a]]]\nc: [[[*b]]]\n";
    for (text, place, message) in [
        (bomb.to_owned(), "3:8", "more than 100 values"),
        (chain.to_owned(), "3:7", "deeper than 10"),
        ("[".repeat(11) + &"]".repeat(11), "1:12", "deeper than 10"),
        ("- ".repeat(11), "1:21", "deeper than 10"),
        ("{\"a\":".repeat(11) + "1" + &"}".repeat(11), "1:54", "deeper than 10"),
        ("[".to_owned() + &"1,".repeat(100) + "1]", "1:200", "more than 100 values"),
        ("x".repeat(2001), "file", "more than 2000 bytes"),
        (format!("a: &a {}\nb: [*a, *a]\n", "x".repeat(800)), "2:5", "2000 bytes of text"),
        ("a: ".to_owned() + &"[".repeat(300), "1:259", "nested too deeply"),
    ] {
        let found = refusal(text.as_str(), few);
        assert!(found.0 == Code::SOURCE_LIMIT && found.2.contains(message), "{text}: {found:?}");
        assert_eq!(found.1, place, "{text}");
    }
    assert!(load_with("[".repeat(10) + &"]".repeat(10), few).1.is_ok());
}

#[test]
fn the_deepest_document_fits_a_small_stack() {
    let depth = Limits::default().depth;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = |depth: usize| open.repeat(depth) + "1" + &close.repeat(depth);
        let (allowed, refused) = (deep(depth), deep(100_000));
        std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || {
                assert!(load(allowed).is_ok());
                assert_eq!(load(refused).unwrap_err().code, Code::SOURCE_LIMIT);
            })
            .unwrap()
            .join()
            .unwrap();
    }
    assert_eq!(load("- ".repeat(100_000)).unwrap_err().code, Code::SOURCE_LIMIT);
}

#[test]
fn a_file_is_read_once_and_keeps_its_name() {
    struct Once(std::sync::atomic::AtomicUsize);
    impl Sources for Once {
        fn read(&self, _: &Path) -> std::io::Result<Vec<u8>> {
            self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            Ok(b"a: 1".to_vec())
        }
        fn canonical(&self, _: &Path) -> std::io::Result<std::path::PathBuf> {
            Ok("/there".into())
        }
    }
    let (mut map, once) = (SourceMap::default(), Once(0.into()));
    for path in ["x/../there", "there", "there"] {
        let document = map.load(&once, Path::new(path), Limits::default()).unwrap();
        assert_eq!((document.file.0, document.value), (0, json!({"a": 1})));
    }
    assert_eq!(once.0.into_inner(), 1);
    assert_eq!(map.paths().collect::<Vec<_>>(), [Path::new("x/../there")]);

    let missing = map.load(&Memory::new(), Path::new("gone.yaml"), Limits::default()).unwrap_err();
    assert_eq!((missing.code, missing.place), (Code::SOURCE_UNREADABLE, Some(Place::File(super::FileId(1)))));
    assert_eq!(map.path(super::FileId(1)), Path::new("gone.yaml"));
}

const YAML: &str = "\
openapi: 3.0.0
paths:
  /x:
    get: &get
      tags: [a, \"ä\", b]
      summary: |
        text
      empty:
    'put': *get
  \"/y\":
  - one
  - k: v
    l: {m: n}
  - - deep
  /x:
    post: {}
";

const JSON: &str =
    "{\n  \"openapi\": \"3.0.0\", \"ä\": [1, {\"b\": [ ]}],\r\n\t\"a/b\": {\n\"c\\u0064\" : {}, \"e\":null},\n  \"ä\": {\"f\": 1}\n}\n";

#[test]
fn pointers_are_found() {
    for (text, pointer, occurrence, key, value) in [
        (YAML, "", 0, (1, 1), (1, 1)),
        (YAML, "/openapi", 0, (1, 1), (1, 10)),
        (YAML, "/paths", 0, (2, 1), (2, 1)),
        (YAML, "/paths/~1x/get", 0, (4, 5), (4, 10)),
        (YAML, "/paths/~1x/get/tags", 0, (5, 7), (5, 13)),
        (YAML, "/paths/~1x/get/tags/1", 0, (5, 17), (5, 17)),
        (YAML, "/paths/~1x/get/tags/2", 0, (5, 22), (5, 22)),
        (YAML, "/paths/~1x/get/summary", 0, (6, 7), (6, 7)),
        (YAML, "/paths/~1x/get/empty", 0, (8, 7), (8, 7)),
        (YAML, "/paths/~1x/put", 0, (9, 5), (9, 12)),
        (YAML, "/paths/~1y", 0, (10, 3), (10, 3)),
        (YAML, "/paths/~1y/0", 0, (11, 5), (11, 5)),
        (YAML, "/paths/~1y/1/l/m", 0, (13, 9), (13, 12)),
        (YAML, "/paths/~1y/2/0", 0, (14, 7), (14, 7)),
        (YAML, "/paths/~1x", 0, (3, 3), (3, 3)),
        (YAML, "/paths/~1x", 1, (15, 3), (15, 3)),
        (YAML, "/paths/~1x/post", 0, (16, 5), (16, 11)),
        // What is not there is where its nearest ancestor is.
        (YAML, "/paths/~1x/put/tags", 0, (9, 5), (9, 5)),
        (YAML, "/paths/~1x/get/responses/200", 0, (4, 5), (4, 5)),
        (YAML, "/paths/~1x/get/tags/3", 0, (5, 7), (5, 7)),
        (YAML, "/paths/~1x", 7, (3, 3), (3, 3)),
        (YAML, "/info/title", 0, (1, 1), (1, 1)),
        (JSON, "", 0, (1, 1), (1, 1)),
        (JSON, "/openapi", 0, (2, 3), (2, 14)),
        (JSON, "/ä", 0, (2, 23), (2, 28)),
        (JSON, "/ä/0", 0, (2, 29), (2, 29)),
        (JSON, "/ä/1/b", 0, (2, 33), (2, 38)),
        (JSON, "/a~1b", 0, (3, 2), (3, 9)),
        (JSON, "/a~1b/cd", 0, (4, 1), (4, 13)),
        (JSON, "/a~1b/e", 0, (4, 17), (4, 21)),
        (JSON, "/ä", 1, (5, 3), (5, 8)),
        (JSON, "/ä/f", 0, (5, 9), (5, 14)),
        (JSON, "/a~1b/e/missing", 0, (4, 17), (4, 17)),
    ] {
        let (map, document) = load_with(text, Limits::default());
        let file = document.unwrap().file;
        let pointer = Pointer::parse(pointer).unwrap();
        // The first questions look for one place, later ones use the index of all.
        for _ in 0..6 {
            for (wants_key, (line, column)) in [(true, key), (false, value)] {
                let found = map.locate(file, &pointer, wants_key, occurrence);
                assert_eq!(found, Some(Position { line, column }), "{pointer} key {wants_key}");
            }
        }
    }
}

#[test]
fn lines_are_given_without_their_breaks() {
    let (map, document) = load_with(JSON, Limits::default());
    let file = document.unwrap().file;
    assert_eq!(map.line(file, 1), Some("{"));
    assert_eq!(map.line(file, 3), Some("\t\"a/b\": {"));
    assert_eq!(map.line(file, 2).map(|line| line.ends_with('}') || line.ends_with(',')), Some(true));
    assert_eq!(map.line(file, 7), Some(""));
    assert_eq!((map.line(file, 0), map.line(file, 8)), (None, None));
}

#[test]
fn numbers_are_given_as_written() {
    let yaml = "a: 1.10 # x\nb: [007, true,1e2]\nc: 1.2.3\nd: '1'\ne: 12 monkeys\nf: {g: -0}\nh:\n";
    let json = "{\"a\": 1.10, \"b\": [7.00,true,1e2], \"c\": \"1.2.3\", \"f\":{\"g\":-0}}";
    for (text, pointer, literal) in [
        (yaml, "/a", Some("1.10")),
        (yaml, "/b/0", Some("007")),
        (yaml, "/b/1", Some("true")),
        (yaml, "/b/2", Some("1e2")),
        (yaml, "/c", None),
        (yaml, "/d", None),
        (yaml, "/e", None),
        (yaml, "/f/g", Some("-0")),
        (yaml, "/f", None),
        (yaml, "/h", None),
        (json, "/a", Some("1.10")),
        (json, "/b/0", Some("7.00")),
        (json, "/b/2", Some("1e2")),
        (json, "/c", None),
        (json, "/f/g", Some("-0")),
    ] {
        let (map, document) = load_with(text, Limits::default());
        assert_eq!(map.literal(document.unwrap().file, &Pointer::parse(pointer).unwrap()), literal, "{pointer} of {text}");
    }
}
