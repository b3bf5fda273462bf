//! Documents through all passes: what is said, and what comes out.

mod callbacks;
mod leftovers;
mod losses;
mod merge;
mod modern;
mod references;
mod repairs;
mod swagger;
mod swagger_parts;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::library::Library;
use super::{Normalized, run};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place, Severity};
use crate::source::{Document, Duplicate, FileId};

/// Files in memory; the first one is the document.
struct Shelf {
    files: Vec<(PathBuf, Value)>,
}

impl Library for Shelf {
    fn path(&self, file: FileId) -> PathBuf {
        self.files[file.0].0.clone()
    }

    fn canonical(&self, path: &Path) -> Option<PathBuf> {
        let mut clean = PathBuf::new();
        for part in path.components() {
            match part {
                std::path::Component::ParentDir => {
                    clean.pop();
                }
                other => clean.push(other),
            }
        }
        self.files.iter().any(|(known, _)| *known == clean).then_some(clean)
    }

    fn load(&mut self, path: &Path) -> Result<Document, Box<Diagnostic>> {
        let path = self.canonical(path);
        let found = self.files.iter().position(|(known, _)| Some(known) == path.as_ref());
        let file = FileId(found.ok_or_else(|| Box::new(Diagnostic::new(Code::SOURCE_UNREADABLE, "not there")))?);
        Ok(Document { file, value: self.files[file.0].1.clone(), duplicates: Vec::new() })
    }
}

/// What came of a document: the value, and `code pointer` of every finding. Notes start with `~`, keys end with `@`,
/// findings that drop an operation end with its name, places in other files start with the number of the file.
struct Outcome {
    normalized: Option<Normalized>,
    findings: Vec<String>,
    messages: Vec<String>,
}

impl Outcome {
    fn tree(&self) -> &Value {
        &self.normalized.as_ref().expect("the document can be read").tree
    }

    /// Where the value at a pointer was written.
    fn written(&self, pointer: &str) -> String {
        let place = Place::at(&crate::source::Pointer::parse(pointer).expect("a pointer"));
        place_text(&self.normalized.as_ref().expect("the document can be read").origins.written(place))
    }
}

fn outcome(files: Vec<(&str, Value)>, duplicates: Vec<Duplicate>) -> Outcome {
    passed(files, 1, duplicates)
}

/// The first files are the documents of one API.
fn outcomes(files: Vec<(&str, Value)>, documents: usize) -> Outcome {
    passed(files, documents, Vec::new())
}

fn passed(files: Vec<(&str, Value)>, documents: usize, mut duplicates: Vec<Duplicate>) -> Outcome {
    let mut shelf = Shelf { files: files.into_iter().map(|(path, value)| (PathBuf::from("/api").join(path), value)).collect() };
    let document =
        |file: usize| Document { file: FileId(file), value: shelf.files[file].1.clone(), duplicates: std::mem::take(&mut duplicates) };
    let documents = (0..documents).map(document).collect();
    let mut diagnostics = Diagnostics::default();
    let normalized = run(documents, &mut super::Overlays::default(), &mut shelf, &mut diagnostics);
    let findings = diagnostics.iter().map(described).collect();
    Outcome { normalized, findings, messages: diagnostics.iter().map(|found| found.message.clone()).collect() }
}

fn described(found: &Diagnostic) -> String {
    let mark = if found.severity == Severity::Note { "~" } else { "" };
    let place = found.place.as_ref().map_or_else(|| "None".to_owned(), place_text);
    let operation = found.operation.as_ref().map(|name| format!(" {name}")).unwrap_or_default();
    format!("{mark}{} {place}{operation}", found.code)
}

fn place_text(place: &Place) -> String {
    match place {
        Place::Written { file, pointer, key, occurrence } => {
            let file = if file.0 == 0 { String::new() } else { file.0.to_string() };
            let occurrence = if *occurrence == 0 { String::new() } else { format!("[{occurrence}]") };
            format!("{file}{pointer}{occurrence}{}", if *key { "@" } else { "" })
        }
        other => format!("{other:?}"),
    }
}

/// A whole document from some of its parts.
fn whole(parts: Value) -> Value {
    let mut document = json!({ "openapi": "3.0.3", "info": { "title": "T", "version": "1" }, "paths": {} });
    for (key, value) in parts.as_object().expect("parts are an object") {
        document[key] = value.clone();
    }
    document
}

/// A document with one `GET /a` that has these parts.
fn get(operation: Value) -> Value {
    whole(json!({ "paths": { "/a": { "get": operation } } }))
}

#[test]
fn only_known_versions_go_on() {
    for (document, finding, word) in [
        (json!("text"), "document/not-openapi ", "object"),
        (json!([1]), "document/not-openapi ", "object"),
        (json!({ "name": "x" }), "document/not-openapi ", "missing"),
        (json!({ "swagger": "2.1" }), "document/version /swagger", "Swagger 2.1"),
        (json!({ "swagger": {} }), "document/version /swagger", "an object"),
        (json!({ "swaggerVersion": "1.2" }), "document/version /swaggerVersion", "Swagger 1.2"),
        (json!({ "openapi": "9.9.0" }), "document/version /openapi", "9.9.0"),
        (json!({ "openapi": "1.2" }), "document/version /openapi", "1.2"),
        (json!({ "openapi": "3" }), "document/version /openapi", "OpenAPI 3"),
        (json!({ "openapi": {} }), "document/version /openapi", "3.0.3"),
    ] {
        let outcome = outcome(vec![("a.json", document.clone())], Vec::new());
        assert!(outcome.normalized.is_none(), "{document}");
        assert_eq!(outcome.findings, [finding], "{document}");
        assert!(outcome.messages[0].contains(word), "{}", outcome.messages[0]);
    }
}

#[test]
fn every_version_of_three_goes_on() {
    for (version, finding, settled) in [
        (json!("3.0.0"), None, "3.0.0"),
        (json!("3.0"), None, "3.0"),
        (json!(3.0), Some("repair/type /openapi"), "3.0"),
        (json!("3.1.1"), None, "3.0.4"),
        (json!("3.2.0"), None, "3.0.4"),
    ] {
        let outcome = outcome(vec![("a.json", whole(json!({ "openapi": version })))], Vec::new());
        assert_eq!(outcome.findings, finding.into_iter().collect::<Vec<_>>(), "{version}");
        assert_eq!(outcome.tree()["openapi"], settled, "{version}");
    }
    // From 3.1 on, neither paths nor an operation's responses are required.
    let bare = |version: &str| json!({ "openapi": version, "info": { "title": "T", "version": "1" }, "paths": { "/a": { "get": {} } } });
    assert_eq!(outcome(vec![("a.json", bare("3.1.0"))], Vec::new()).findings, [""; 0]);
    assert_eq!(outcome(vec![("a.json", bare("3.0.3"))], Vec::new()).findings, ["repair/missing /paths/~1a/get"]);
}

#[test]
fn schemas_of_json_schema_become_schemas_of_three_zero() {
    for (schema, expected) in [
        (json!({ "type": ["string", "null"] }), json!({ "type": "string", "nullable": true })),
        (json!({ "type": ["string", "integer"] }), json!({ "anyOf": [{ "type": "string" }, { "type": "integer" }] })),
        (json!({ "type": "null" }), json!({ "nullable": true, "enum": [null] })),
        (json!({ "oneOf": [{ "type": "null" }, { "type": "string" }] }), json!({ "nullable": true, "allOf": [{ "type": "string" }] })),
        (
            json!({ "anyOf": [{ "type": "string" }, { "const": null }, { "type": "boolean" }] }),
            json!({ "anyOf": [{ "type": "string" }, { "type": "boolean" }], "nullable": true }),
        ),
        (json!({ "const": 5 }), json!({ "x-bothends-const": 5, "enum": [5] })),
        (json!({ "type": "number", "exclusiveMinimum": 5 }), json!({ "type": "number", "exclusiveMinimum": true, "minimum": 5 })),
        (json!({ "type": "number", "exclusiveMinimum": 5, "minimum": 7 }), json!({ "type": "number", "minimum": 7 })),
        (
            json!({ "type": "number", "exclusiveMaximum": 5, "maximum": 7 }),
            json!({ "type": "number", "exclusiveMaximum": true, "maximum": 5 }),
        ),
        (
            json!({ "type": "string", "examples": ["a", "b"] }),
            json!({ "type": "string", "x-bothends-examples": ["a", "b"], "example": "a" }),
        ),
        (
            json!({ "type": "string", "contentEncoding": "base64" }),
            json!({ "type": "string", "x-bothends-contentEncoding": "base64", "format": "byte" }),
        ),
        (json!(true), json!({})),
        (json!(false), json!({ "not": {} })),
        (
            json!({ "$ref": "#/components/schemas/B", "maxLength": 5 }),
            json!({ "maxLength": 5, "allOf": [{ "$ref": "#/components/schemas/B" }] }),
        ),
    ] {
        let document = whole(json!({ "openapi": "3.1.0", "components": { "schemas": { "A": schema, "B": { "type": "string" } } } }));
        let outcome = outcome(vec![("a.json", document)], Vec::new());
        assert_eq!(outcome.findings, [""; 0], "{schema}");
        assert_eq!(outcome.tree()["components"]["schemas"]["A"], expected, "{schema}");
    }
}

#[test]
fn equal_keys_are_merged() {
    let pointer = |text: &str| crate::source::Pointer::parse(text).unwrap();
    let responses = json!({ "responses": {} });
    let document = whole(json!({ "paths": { "/a": { "get": { "responses": {}, "summary": "first" } } }, "tags": [] }));
    let duplicates = vec![
        Duplicate {
            pointer: pointer("/paths/~1a"),
            occurrence: 1,
            value: json!({ "get": responses, "put": responses, "post": { "responses": [1] } }),
        },
        Duplicate { pointer: pointer("/info/title"), occurrence: 1, value: json!("other") },
        Duplicate { pointer: pointer("/tags"), occurrence: 1, value: json!([]) },
    ];
    let outcome = outcome(vec![("a.json", document)], duplicates);
    assert_eq!(
        outcome.findings,
        [
            "~repair/duplicate-key /tags[1]@",
            "repair/duplicate-key /paths/~1a[1]@",
            "repair/duplicate-key /paths/~1a[1]@",
            "repair/duplicate-key /info/title[1]@",
            "repair/shape /paths/~1a[1]@",
            "repair/shape /paths/~1a[1]@ POST /a",
        ]
    );
    assert!(outcome.messages[2].starts_with("GET /a is written again"));
    let item = &outcome.tree()["paths"]["/a"];
    assert_eq!(
        (&item["get"]["summary"], &item["put"]),
        (&json!("first"), &json!({ "responses": { "default": { "description": "Any answer: the document describes none." } } }))
    );
    assert_eq!(outcome.normalized.unwrap().written, ["GET /a", "GET /a", "PUT /a", "POST /a"]);
}

#[test]
fn examples_are_noted_and_left_alone() {
    let schema = json!({ "type": "object", "properties": {
        "success": { "type": "boolean" },
        "list": { "type": "array", "items": { "$ref": "#/components/schemas/Item" } },
        "either": { "oneOf": [{ "type": "integer" }, { "$ref": "#/components/schemas/Item" }] },
        "free": { "type": "object" },
    }});
    let example = json!({
        "success": "true",
        "list": [{ "id": 1 }, { "id": "x", "more": 1 }, { "id": "y" }],
        "either": { "id": true },
        "free": { "anything": 1 },
        "stranger": null,
    });
    let document = whole(json!({
        "paths": { "/a": { "get": { "responses": { "200": { "description": "", "content": {
            "application/json": { "schema": schema, "examples": { "e": { "value": example }, "r": { "$ref": "#/components/examples/R" } } },
            "text/plain": { "schema": { "type": "integer" }, "example": "5" },
        } } } } } },
        "components": {
            "schemas": { "Item": { "type": "object", "properties": { "id": { "type": "integer", "example": "no" } } } },
            "examples": { "R": { "value": { "success": 1 } } },
        },
    }));
    let outcome = outcome(vec![("a.json", document.clone())], Vec::new());
    let base = "/paths/~1a/get/responses/200/content/application~1json/examples/e/value";
    assert_eq!(
        outcome.findings,
        [
            format!("~example/type {base}/success"),
            format!("~example/type {base}/list/1/id"),
            format!("~example/undeclared {base}/list/1/more"),
            format!("~example/type {base}/either"),
            format!("~example/undeclared {base}/stranger"),
            "~example/type /components/examples/R/value/success".to_owned(),
            "~example/type /components/schemas/Item/properties/id/example".to_owned(),
        ]
    );
    assert_eq!(*outcome.tree(), document, "nothing was changed");
}

#[test]
fn what_three_two_adds_is_said_and_counted() {
    let document = whole(json!({ "openapi": "3.2.0", "webhooks": { "w": {} }, "paths": { "/a": {
        "query": { "responses": {} },
        "additionalOperations": { "COPY": { "responses": {} } },
    } } }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    assert_eq!(
        outcome.findings,
        ["unsupported/path /paths/~1a/query@ QUERY /a", "unsupported/path /paths/~1a/additionalOperations/COPY@ COPY /a",]
    );
    assert_eq!(outcome.tree()["paths"]["/a"], json!({}));
    assert_eq!(outcome.normalized.unwrap().written, ["QUERY /a", "COPY /a"]);
}

/// The reader lets documents through that are this deep, and every pass recurses.
#[test]
fn depth_is_no_danger() {
    let mut schema = json!({ "type": "string" });
    for level in 0..500 {
        schema = if level % 2 == 0 { json!({ "type": "array", "items": schema }) } else { json!({ "allOf": schema }) };
    }
    let deep = whole(json!({ "components": { "schemas": { "A": schema } } }));
    assert!(outcome(vec![("a.json", deep)], Vec::new()).normalized.is_some());
}
