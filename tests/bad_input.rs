//! Bad input, one table: what is said, where, with which hint and exit status, and that the disk stays as it was.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use bothends::diagnostic::render_json;
use bothends::generate::generate;
use bothends::source::Disk;
use bothends_tests::{bothends, changes, config, finish, fixture, snapshot, text_at};
use serde_json::Value;

/// A document and what there is to say about it.
struct Case {
    name: &'static str,
    document: Vec<u8>,
    /// Code and severity, as `severity[code]`.
    code: &'static str,
    /// A part of the message.
    message: &'static str,
    /// What stands at the place that is shown; empty if only the file is known.
    at: &'static str,
}

fn case(name: &'static str, document: impl Into<Vec<u8>>, code: &'static str, message: &'static str, at: &'static str) -> Case {
    Case { name, document: document.into(), code, message, at }
}

fn read(name: &str) -> Vec<u8> {
    fs::read(fixture(name)).unwrap()
}

/// A small valid document, with its `paths`.
fn document(paths: &str) -> String {
    format!("openapi: 3.0.3\ninfo: {{title: T, version: '1'}}\npaths: {paths}\n")
}

/// One operation whose answer is a reference.
fn reference(to: &str) -> String {
    let schema = Value::String(to.to_owned());
    document(&format!(
        "{{/a: {{get: {{responses: {{'200': {{description: d, content: {{application/json: {{schema: {{$ref: {schema}}}}}}}}}}}}}}}}}"
    ))
}

/// The findings of a document on the disk, each as JSON.
fn findings(document: &Path) -> (Vec<Value>, bool) {
    let outcome = generate(&Disk, &config(document));
    let lines = render_json(&outcome.diagnostics, &outcome.sources);
    (lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect(), outcome.files.is_empty())
}

/// Checks a document by the library and by the binary, in a folder of its own.
fn check(case: &Case) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("api.yaml");
    fs::write(&path, &case.document).unwrap();
    let (severity, code) = case.code.strip_suffix(']').unwrap().split_once('[').unwrap();
    let before = snapshot(folder.path());

    let start = Instant::now();
    let (found, nothing) = findings(&path);
    assert!(start.elapsed() < Duration::from_secs(60), "{}: took {:?}", case.name, start.elapsed());
    let wanted = |item: &&Value| item["code"] == code && item["message"].as_str().unwrap().contains(case.message);
    let item = found.iter().find(wanted).unwrap_or_else(|| panic!("{}: no `{}` among {found:#?}", case.name, case.message));
    assert_eq!(item["severity"], severity, "{}", case.name);
    assert!(item["hint"].as_str().is_some_and(|hint| !hint.is_empty()), "{}: no hint: {item}", case.name);
    assert!(found.iter().all(|item| item["code"] != "internal/bug"), "{}: {found:#?}", case.name);
    let (line, column) = (item["line"].as_u64(), item["column"].as_u64());
    let place = match (line, column) {
        (Some(line), Some(column)) => {
            let text = String::from_utf8_lossy(&case.document);
            let there = text_at(&text, usize::try_from(line).unwrap(), usize::try_from(column).unwrap());
            assert!(!case.at.is_empty() && there.starts_with(case.at), "{}: points at {there:?} ({line}:{column})", case.name);
            format!("api.yaml:{line}:{column}")
        }
        _ => {
            assert_eq!(case.at, "", "{}: has no place: {item}", case.name);
            "api.yaml".to_owned()
        }
    };

    let failed = found.iter().any(|item| item["severity"] == "error");
    assert_eq!(nothing, failed, "{}: files come without errors only", case.name);
    let run = bothends(folder.path(), ["generate", "api.yaml", "--out", "out"]);
    assert_eq!(run.status, Some(i32::from(failed)), "{}: {run:?}", case.name);
    for part in [format!("{severity}[{code}]: "), format!("--> {place}\n"), "= hint: ".to_owned()] {
        assert!(run.stderr.contains(&part), "{}: no `{part}` in\n{}", case.name, run.stderr);
    }
    let mut after = snapshot(folder.path());
    if !failed {
        after.retain(|path, _| !path.starts_with("out"));
    } else {
        assert!(run.stdout.ends_with("; nothing was written\n"), "{}: {}", case.name, run.stdout);
    }
    assert_eq!(changes(&before, &after), [""; 0], "{}", case.name);
}

#[test]
fn documents_that_are_none() {
    for case in [
        case("empty", "", "error[source/empty]", "holds nothing", ""),
        case("only a comment", "# nothing\n", "error[source/empty]", "holds nothing", ""),
        case("not YAML", read("bad/not-yaml.txt"), "error[source/syntax]", "a second `key: value`", ": not a document."),
        case("no JSON", "{\"openapi\": \"3.0.3\" \"info\": {}}", "error[source/syntax]", "this is not JSON", "\"info\""),
        case("no OpenAPI", read("bad/yaml-no-openapi.yaml"), "error[document/not-openapi]", "`openapi` is missing", "version: \"2\""),
        case("a number", "1\n", "error[document/not-openapi]", "must be an object", "1"),
        case("a list", "- openapi: 3.0.3\n", "error[document/not-openapi]", "must be an object", "- openapi"),
        case("1.2", read("bad/version-1.2.yaml"), "error[document/version]", "Swagger 1.2", "\"1.2\""),
        case("2.1", "swagger: '2.1'\ninfo: {title: T, version: '1'}\npaths: {}\n", "error[document/version]", "Swagger 2.1", "'2.1'"),
        case("9.9", read("bad/version-9.9.yaml"), "error[document/version]", "OpenAPI 9.9.0", "9.9.0"),
        case("no version", "openapi: [3]\npaths: {}\n", "error[document/version]", "must be a version such as 3.0.3", "[3]"),
        case("lost line breaks", read("lost-line-breaks.yaml"), "error[source/syntax]", "line breaks seem to be lost", ": title"),
    ] {
        check(&case);
    }
}

#[test]
fn references_that_lead_nowhere() {
    let missing = read("bad/ref-missing.yaml");
    let circular = read("bad/ref-circular.yaml");
    for case in [
        case("nothing", missing, "warning[repair/reference]", "nothing at #/components/schemas/Thing", "\"#/components/schemas/Thing\""),
        case("no file", reference("gone.yaml#/A"), "warning[repair/reference]", "no file `gone.yaml`", "\"gone.yaml#/A\""),
        case("circle", circular.clone(), "error[reference/circular]", "`#/components/schemas/A` leads round", "\"#/components/schemas/A\""),
        case("circle of parameters", circular, "error[reference/circular]", "parameters/A` leads", "\"#/components/parameters/A\""),
        case("itself", reference("#/paths/~1a/get/responses/200/content/application~1json/schema"), "error[reference/circular]", "", "\"#"),
        case("network", read("bad/ref-network.yaml"), "warning[repair/reference]", "never asked", "\"https://example.com/schemas"),
        case("network, no scheme", reference("//example.com/a.yaml"), "warning[repair/reference]", "never asked", "\"//example"),
        case("outside", read("bad/ref-outside-root.yaml"), "error[reference/outside-root]", "outside the folder", "\"../../outside"),
        case("outside, escaped", reference("%2e%2e/a.yaml"), "error[reference/outside-root]", "outside the folder", "\"%2e"),
        case("outside, down first", reference("a/../../b.yaml"), "error[reference/outside-root]", "outside the folder", "\"a/.."),
        case("absolute", reference("/etc/hosts"), "error[reference/outside-root]", "outside the folder", "\"/etc"),
    ] {
        check(&case);
    }
}

#[test]
fn operations_that_contradict_each_other_or_their_path() {
    for case in [
        case(
            "one operationId",
            read("bad/duplicate-operation-id.yaml"),
            "warning[repair/operation-id]",
            "`sameName`; this one was renamed to `sameName_2`",
            "sameName",
        ),
        case(
            "a parameter that the path lacks",
            read("bad/path-parameter-unknown.yaml"),
            "warning[repair/path-parameter]",
            "the path has no `{colour}`",
            "name: colour",
        ),
        case(
            "a parameter that nobody declares",
            read("bad/path-parameter-undeclared.yaml"),
            "warning[repair/path-parameter]",
            "`part` is in the path and not among the parameters",
            "/things/{id}/{part}:",
        ),
    ] {
        check(&case);
    }
}

#[test]
fn hostile_text_is_refused_in_time() {
    let many = 100_000;
    let valid = document("{}");
    let mut bomb = format!("{valid}x-a: &a [1,1,1,1,1,1,1,1,1]\n");
    for (earlier, name) in ('a'..'l').zip('b'..='l') {
        bomb += &format!("x-{name}: &{name} [{}]\n", [format!("*{earlier}").as_str(); 9].join(","));
    }
    let utf16: Vec<u8> = valid.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let latin1: Vec<u8> = valid.replace("T,", "\u{1}").bytes().map(|byte| if byte == 1 { 0xc4 } else { byte }).collect();
    for case in [
        case("brackets", "[".repeat(many), "error[source/limit]", "nested deeper than 256 levels", "["),
        case("brackets, closed", format!("x: {}{}", "[".repeat(many), "]".repeat(many)), "error[source/limit]", "nested too deeply", "["),
        case(
            "brackets in JSON",
            format!("{{\"x\": {}{}}}", "[".repeat(many), "]".repeat(many)),
            "error[source/limit]",
            "nested deeper than 256 levels",
            "[",
        ),
        case("maps", format!("x: {}", "{a: ".repeat(many)), "error[source/limit]", "nested too deeply", "{a: "),
        case("dashes", "- ".repeat(many), "error[source/limit]", "nested deeper than 256 levels", "- "),
        case("alias bomb", bomb, "error[source/limit]", "values, aliases expanded", "*f"),
        case("an alias in itself", "openapi: 3.0.3\nx: &a [*a]\n", "error[source/syntax]", "refers to the value that it stands in", "*a"),
        case("NUL", valid.replace("title: T", "title: a\0b"), "error[source/syntax]", "a NUL character", "\0b"),
        case("UTF-16", utf16, "error[source/encoding]", "is UTF-16", ""),
        case("Latin-1", latin1, "error[source/encoding]", "byte 0xc4 is not UTF-8", "\u{fffd}"),
        case("tabs", document("\n\t/a: {}"), "error[source/syntax]", "a tab stands where only spaces may stand", "/a"),
        case("two documents", format!("{valid}---\n{valid}"), "error[source/syntax]", "a second document", "---"),
        case("no anchor", format!("{valid}x-a: *nobody\n"), "error[source/syntax]", "an anchor `&name` that is not above it", "*nobody"),
    ] {
        check(&case);
    }
}

#[test]
fn odd_text_is_read() {
    let plain = String::from_utf8(read("bad/ref-missing.yaml")).unwrap();
    for (name, text) in [
        ("line ends of Windows", plain.replace('\n', "\r\n")),
        ("line ends of old", plain.replace('\n', "\r")),
        ("a mark at the start", format!("\u{feff}{plain}")),
        ("a key twice", format!("{plain}info: {{}}\n")),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("api.yaml");
        fs::write(&path, text).unwrap();
        let (found, nothing) = findings(&path);
        assert!(!nothing, "{name}: {found:#?}");
        let dangling = found.iter().find(|item| item["code"] == "repair/reference").unwrap();
        assert_eq!((&dangling["line"], &dangling["column"]), (&Value::from(15), &Value::from(23)), "{name}");
        assert_eq!(found.len() - 1, usize::from(name == "a key twice"), "{name}: {found:#?}");
        if let Some(twice) = found.iter().find(|item| item["code"] == "repair/duplicate-key") {
            assert_eq!((&twice["line"], &twice["column"]), (&Value::from(26), &Value::from(1)));
        }
    }
}

#[test]
fn files_that_cannot_be_read() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("folder.yaml")).unwrap();
    fs::write(folder.path().join("other.yaml"), "Thing: {type: string}\n").unwrap();
    let mut cases = vec!["nowhere.yaml", "folder.yaml", "other.yaml/api.yaml"];
    if cfg!(unix) {
        link("loop.yaml", &folder.path().join("loop.yaml"));
        cases.push("loop.yaml");
    }
    let before = snapshot(folder.path());
    for name in cases {
        let (found, nothing) = findings(&folder.path().join(name));
        assert!(nothing && found.len() == 1, "{name}: {found:#?}");
        assert_eq!(found[0]["code"], "source/unreadable", "{name}");
        assert!(found[0]["hint"].is_string(), "{name}");
        for arguments in [&["generate", name, "--out", "out"][..], &["lint", name]] {
            let run = bothends(folder.path(), arguments);
            assert_eq!(run.status, Some(1), "{run:?}");
            assert!(run.stderr.contains("error[source/unreadable]: the file cannot be read: "), "{run:?}");
            assert!(run.stderr.contains(&format!("--> {name}\n")), "{run:?}");
        }
    }
    assert_eq!(changes(&before, &snapshot(folder.path())), [""; 0]);
}

/// A link inside the root that leads out of it is no way out.
#[cfg(unix)]
#[test]
fn links_do_not_lead_out_of_the_root() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("specs");
    fs::create_dir(&root).unwrap();
    fs::write(folder.path().join("outside.yaml"), "Thing: {type: string}\n").unwrap();
    link("../outside.yaml", &root.join("inside.yaml"));
    fs::write(root.join("api.yaml"), reference("inside.yaml#/Thing")).unwrap();
    let (found, _) = findings(&root.join("api.yaml"));
    assert_eq!(found[0]["code"], "reference/outside-root", "{found:#?}");
}

/// What stands in the way of the output folder, how the folder is named, and what is said.
#[test]
fn output_folders_that_are_not_ours_stay_as_they_are() {
    type Prepare = fn(&Path);
    let cases: [(&str, &str, &str, &str, Prepare); 10] = [
        ("somebody's files", "out", "output/foreign", "did not write, for instance `", |root| {
            fs::create_dir_all(root.join("out/src")).unwrap();
            fs::write(root.join("out/main.rs"), "mine").unwrap();
        }),
        ("a file", "out", "output/foreign", "is no folder", |root| fs::write(root.join("out"), "mine").unwrap()),
        ("below a file", "out/deep", "output/unwritable", "cannot be written", |root| fs::write(root.join("out"), "mine").unwrap()),
        ("the document", "api.yaml", "config/invalid", "holds the document", |_| {}),
        ("the document's folder", ".", "config/invalid", "holds the document", |_| {}),
        ("around the document's folder", "sub/..", "config/invalid", "holds the document", |root| {
            fs::create_dir(root.join("sub")).unwrap()
        }),
        ("a damaged manifest", "out", "output/foreign", "no manifest of this version", |root| {
            fs::create_dir(root.join("out")).unwrap();
            fs::write(root.join("out/.bothends"), "bothends manifest 1\n../api.yaml\n").unwrap();
        }),
        ("an empty manifest", "out", "output/foreign", "no manifest of this version", |root| {
            fs::create_dir(root.join("out")).unwrap();
            fs::write(root.join("out/.bothends"), "").unwrap();
        }),
        ("a file of the same name", "out", "output/foreign", "types/src/lib.rs", |root| {
            fs::create_dir_all(root.join("out/types/src")).unwrap();
            fs::write(root.join("out/.bothends"), "bothends manifest 1\n").unwrap();
            fs::write(root.join("out/types/src/lib.rs"), "mine").unwrap();
        }),
        ("a file where a folder must be", "out", "output/foreign", "is no folder", |root| {
            fs::create_dir(root.join("out")).unwrap();
            fs::write(root.join("out/.bothends"), "bothends manifest 1\n").unwrap();
            fs::write(root.join("out/client"), "mine").unwrap();
        }),
    ];
    for (name, out, code, message, prepare) in cases {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("api.yaml"), document("{}")).unwrap();
        prepare(folder.path());
        refused(name, folder.path(), out, code, message);
    }
}

/// The same with links: a folder is what it is, not what it points to, and nobody writes through a link in it.
#[cfg(unix)]
#[test]
fn links_in_the_output_folder_are_not_followed() {
    type Prepare = fn(&Path);
    let cases: [(&str, &str, &str, &str, Prepare); 4] = [
        ("a link in a circle", "out", "output/unwritable", "cannot be", |root| link("out", &root.join("out"))),
        ("a link to nothing", "out", "output/unwritable", "cannot be written", |root| link("nothing", &root.join("out"))),
        ("a link to the document's folder", "out", "config/invalid", "holds the document", |root| link(".", &root.join("out"))),
        ("a folder that became a link", "out", "output/foreign", "is no folder", |root| {
            let run = bothends(root, ["generate", "api.yaml", "--out", "out"]);
            assert_eq!(run.status, Some(0), "{run:?}");
            fs::create_dir(root.join("precious")).unwrap();
            fs::write(root.join("precious/lib.rs"), "mine").unwrap();
            fs::remove_dir_all(root.join("out/types/src")).unwrap();
            link("../../precious", &root.join("out/types/src"));
        }),
    ];
    for (name, out, code, message, prepare) in cases {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("api.yaml"), document("{}")).unwrap();
        prepare(folder.path());
        refused(name, folder.path(), out, code, message);
    }
}

/// A run that must fail and change nothing, written and checked.
fn refused(name: &str, folder: &Path, out: &str, code: &str, message: &str) {
    let before = snapshot(folder);
    for check in [&[][..], &["--check"]] {
        let run = bothends(folder, [&["generate", "api.yaml", "--out", out][..], check].concat());
        assert_eq!(run.status, Some(1), "{name}: {run:?}");
        assert_eq!(changes(&before, &snapshot(folder)), [""; 0], "{name}");
        if check.is_empty() {
            assert!(run.stderr.contains(&format!("error[{code}]: ")), "{name}: {run:?}");
            assert!(run.stderr.contains(message) && run.stderr.contains("= hint: "), "{name}: {run:?}");
            assert!(code == "config/invalid" || run.stderr.contains("nothing was changed"), "{name}: {run:?}");
        }
    }
}

#[cfg(unix)]
fn link(to: &str, at: &Path) {
    std::os::unix::fs::symlink(to, at).unwrap();
}

#[cfg(not(unix))]
fn link(_: &str, _: &Path) {}

/// The configuration is read by `cargo xtask generate`; here by what that calls.
#[test]
fn configurations_that_cannot_be_read() {
    use bothends::config::load;
    use bothends::diagnostic::{Diagnostics, render_human};
    use bothends::source::SourceMap;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bothends.toml");
    for (text, code, message, at, hint) in [
        (&b""[..], "config/invalid", "missing field `documents`", ":1:1\n", "documents = [\"openapi.yaml\"]"),
        (b"documents = ['a']\nstirct = true\n", "config/invalid", "unknown key `stirct`", ":2:1\n", "did you mean `strict`?"),
        (b"documents = ['a']\n[limits]\nnode = 1\n", "config/invalid", "unknown key `node`", ":3:1\n", "did you mean `nodes`?"),
        (b"documents = ['../a.yaml']\n", "config/invalid", "leaves the folder of the configuration", ":1:14\n", ""),
        (b"name: x\n", "config/invalid", "", ":1:7\n", ""),
        (b"\xff\xfe", "source/encoding", "is not UTF-8", "", ""),
        (b"documents = ['a']\0\n", "config/invalid", "", ":1:18\n", ""),
    ] {
        fs::write(&path, text).unwrap();
        let mut map = SourceMap::default();
        let diagnostic = load(&Disk, &mut map, &path).unwrap_err();
        let mut diagnostics = Diagnostics::default();
        diagnostics.push(*diagnostic);
        let shown = render_human(&diagnostics, &map);
        for part in [&format!("error[{code}]: "), message, at, hint] {
            assert!(shown.contains(part), "{text:?}: no `{part}` in\n{shown}");
        }
    }
    fs::remove_file(&path).unwrap();
    let diagnostic = load(&Disk, &mut SourceMap::default(), &path).unwrap_err();
    assert_eq!(diagnostic.code.as_str(), "source/unreadable");
}

/// A run that was killed leaves whole files; the next one completes them. Here between the two steps of every write.
#[test]
fn an_unfinished_run_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("api.yaml"), document("{}")).unwrap();
    let generate = || bothends(folder.path(), ["generate", "api.yaml", "--out", "out"]);
    assert_eq!(generate().status, Some(0));
    let out = folder.path().join("out");
    let whole = snapshot(&out);
    // As a kill leaves it: a file half written beside its place, another one missing, a third one old.
    fs::write(out.join("types/src/.lib.rs.bothends-tmp"), "half of a fi").unwrap();
    fs::remove_file(out.join("client/src/lib.rs")).unwrap();
    fs::write(out.join("server/src/lib.rs"), "old").unwrap();
    let run = generate();
    assert_eq!(run.status, Some(0), "{run:?}");
    let left = snapshot(&out);
    assert!(left.keys().eq(whole.keys()), "{:?}", changes(&whole, &left));
    for (path, entry) in &whole {
        assert!(left[path].bytes() == entry.bytes(), "{}", path.display());
    }
}

/// The binary itself must be there and end in time when it is called wrongly.
#[test]
fn a_wrong_command_line_is_2() {
    let run = finish(std::process::Command::new(bothends_tests::binary()).args(["generate", "api.yaml"]), Duration::from_secs(60));
    assert_eq!(run.status, Some(2), "{run:?}");
    assert!(run.stderr.contains("--out <DIR>"), "{run:?}");
}
