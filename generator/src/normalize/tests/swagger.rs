//! Swagger 2.0: one table for each rule, what is written and what it becomes, and what is said about faults.

use super::*;

/// A document of 2.0 from some of its parts.
pub(super) fn two(parts: Value) -> Value {
    let mut document = json!({ "swagger": "2.0", "info": { "title": "T", "version": "1" }, "paths": {} });
    for (key, value) in parts.as_object().expect("parts are an object") {
        document[key] = value.clone();
    }
    document
}

/// A document with one operation of these parts, in a document of those.
pub(super) fn post(operation: Value, parts: Value) -> Value {
    let mut document = two(parts);
    let mut operation = operation;
    operation.as_object_mut().unwrap().entry("responses").or_insert_with(|| json!({}));
    document["paths"] = json!({ "/a": { "post": operation } });
    document
}

/// What a pointer of the normalised tree holds, null for nothing, and what was said.
pub(super) fn becomes(document: Value, pointer: &str) -> (Value, Vec<String>) {
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    (outcome.tree().pointer(pointer).cloned().unwrap_or_default(), outcome.findings)
}

/// `(written, expected, findings)`: `place` puts what is written into a document, and `pointer` says where it comes out.
pub(super) fn table(pointer: &str, place: impl Fn(Value) -> Value, rows: Vec<(Value, Value, &[&str])>) {
    for (written, expected, findings) in rows {
        assert_eq!(becomes(place(written.clone()), pointer), (expected, findings.iter().map(ToString::to_string).collect()), "{written}");
    }
}

#[test]
fn the_version_is_carried() {
    for (version, finding, carried) in [(json!("2.0"), None, "2.0"), (json!(2.0), Some("repair/type /swagger"), "2.0")] {
        let outcome = outcome(vec![("a.json", two(json!({ "swagger": version })))], Vec::new());
        assert_eq!(outcome.findings, finding.into_iter().collect::<Vec<_>>());
        assert_eq!(outcome.tree()["openapi"], "3.0.4");
        assert_eq!((outcome.tree().get("swagger"), &outcome.tree()["x-bothends-swagger"]), (None, &json!(carried)));
    }
}

#[test]
fn servers() {
    let url = |url: &str| json!([{ "url": url }]);
    table(
        "/servers",
        two,
        vec![
            (json!({}), json!(null), &[]),
            (json!({ "schemes": ["https"] }), url("/"), &[]),
            (json!({ "basePath": "/v1" }), url("/v1"), &[]),
            (json!({ "basePath": "/" }), url("/"), &[]),
            (json!({ "host": "h" }), url("https://h"), &[]),
            (json!({ "host": "h:8080", "basePath": "/v1/", "schemes": ["http"] }), url("http://h:8080/v1"), &[]),
            (json!({ "host": "h", "schemes": ["https", "http"] }), json!([{ "url": "https://h" }, { "url": "http://h" }]), &[]),
            (json!({ "host": "h", "schemes": ["wss", "HTTPS"] }), url("https://h"), &["repair/shape /schemes/0"]),
            (json!({ "host": "h", "schemes": "http" }), url("http://h"), &[]),
            (json!({ "host": "http://h/", "basePath": "v1" }), url("http://h/v1"), &["repair/shape /host", "repair/shape /basePath"]),
            (json!({ "host": null, "basePath": 5 }), url("/"), &["repair/shape /basePath"]),
            (json!({ "servers": [{ "url": "/x" }] }), url("/x"), &[]),
            (json!({ "host": "h", "servers": [{ "url": "/x" }] }), url("https://h"), &["repair/stray-key /servers@"]),
        ],
    );
    let own = |schemes: Value| post(json!({ "schemes": schemes }), json!({ "host": "h", "basePath": "/v", "schemes": ["https"] }));
    table(
        "/paths/~1a/post/servers",
        own,
        vec![
            (json!(["https"]), json!(null), &[]),
            (json!(["http"]), url("http://h/v"), &[]),
            (json!(["ws"]), json!(null), &["repair/shape /paths/~1a/post/schemes/0"]),
        ],
    );
    let homeless = |schemes: Value| post(json!({ "schemes": schemes }), json!({ "basePath": "/v" }));
    table(
        "/paths/~1a/post/servers",
        homeless,
        vec![(json!(["http"]), json!(null), &["~repair/stray-key /paths/~1a/post/schemes@"]), (json!([]), json!(null), &[])],
    );
}

#[test]
fn parameters() {
    let of = |parameter: Value| post(json!({ "parameters": [parameter] }), json!({}));
    let at = "/paths/~1a/post/parameters/0";
    let list = |place: &str, format: &str| json!({ "name": "p", "in": place, "type": "array", "items": { "type": "integer" }, "collectionFormat": format });
    let schema = json!({ "type": "array", "items": { "type": "integer" } });
    let styled = |style: &str, explode: bool| json!({ "name": "p", "in": "query", "style": style, "explode": explode, "schema": schema });
    let plain = |place: &str| json!({ "name": "p", "in": place, "schema": schema });
    let text = |place: &str, delimiter: &str| json!({ "name": "p", "in": place, "schema": { "type": "string", "x-bothends-list": { "delimiter": delimiter, "schema": schema } } });
    let noted: &[&str] = &["~parameter/text /paths/~1a/post/parameters/0"];
    let missing: &[&str] = &["repair/missing /paths/~1a/post/parameters/0"];
    table(
        at,
        of,
        vec![
            (
                json!({ "name": "p", "in": "query", "type": "string", "format": "date", "description": "d", "required": true, "x-mine": 1, "allowEmptyValue": true }),
                json!({ "name": "p", "in": "query", "description": "d", "required": true, "x-mine": 1, "allowEmptyValue": true, "schema": { "type": "string", "format": "date" } }),
                &[],
            ),
            (
                json!({ "name": "p", "in": "query", "type": "number", "enum": [1, 2], "default": 1, "maximum": 2, "exclusiveMaximum": false, "minimum": 1, "multipleOf": 1, "x-example": 2 }),
                json!({ "name": "p", "in": "query", "schema": { "type": "number", "enum": [1, 2], "default": 1, "minimum": 1, "maximum": 2, "exclusiveMaximum": false, "multipleOf": 1 }, "example": 2 }),
                &[],
            ),
            (
                json!({ "name": "p", "in": "query", "type": "array", "items": { "type": "string", "maxLength": 3 }, "maxItems": 2, "uniqueItems": true }),
                json!({ "name": "p", "in": "query", "schema": { "type": "array", "items": { "type": "string", "maxLength": 3 }, "maxItems": 2, "uniqueItems": true }, "style": "form", "explode": false }),
                &[],
            ),
            (list("query", "csv"), styled("form", false), &[]),
            (list("query", "ssv"), styled("spaceDelimited", false), &[]),
            (list("query", "pipes"), styled("pipeDelimited", false), &[]),
            (list("query", "multi"), styled("form", true), &[]),
            (list("query", "tsv"), text("query", "\t"), noted),
            (list("query", "CSV"), styled("form", false), &[]),
            (list("query", "odd"), styled("form", false), &["repair/shape /paths/~1a/post/parameters/0/collectionFormat"]),
            (list("header", "csv"), plain("header"), &[]),
            (list("header", "ssv"), text("header", " "), noted),
            (list("header", "tsv"), text("header", "\t"), noted),
            (list("header", "pipes"), text("header", "|"), noted),
            (list("header", "multi"), plain("header"), &["repair/shape /paths/~1a/post/parameters/0/collectionFormat"]),
            // Lists in lists are texts in lists.
            (
                json!({ "name": "p", "in": "query", "type": "array", "items": { "type": "array", "items": { "type": "integer" }, "collectionFormat": "pipes" } }),
                json!({ "name": "p", "in": "query", "style": "form", "explode": false, "schema": { "type": "array", "items": {
                "type": "string", "x-bothends-list": { "delimiter": "|", "schema": schema } } } }),
                &["~parameter/text /paths/~1a/post/parameters/0/items"],
            ),
            // A default is written as the list would be.
            (
                json!({ "name": "p", "in": "query", "type": "array", "items": { "type": "integer" }, "collectionFormat": "tsv", "default": [1, 2], "x-example": [3] }),
                json!({ "name": "p", "in": "query", "example": "3", "schema": { "type": "string", "default": "1\t2", "x-bothends-list": { "delimiter": "\t",
                "schema": { "type": "array", "items": { "type": "integer" }, "default": [1, 2] } } } }),
                noted,
            ),
            // No list, no format.
            (
                json!({ "name": "p", "in": "query", "type": "string", "collectionFormat": "multi" }),
                json!({ "name": "p", "in": "query", "schema": { "type": "string" } }),
                &[],
            ),
            (json!({ "name": "p", "in": "query" }), json!({ "name": "p", "in": "query", "schema": { "type": "string" } }), missing),
            (
                json!({ "name": "p", "in": "query", "type": "array" }),
                json!({ "name": "p", "in": "query", "schema": { "type": "array", "items": { "type": "string" } }, "style": "form", "explode": false }),
                missing,
            ),
            (
                json!({ "name": "p", "in": "query", "schema": { "type": "integer" } }),
                json!({ "name": "p", "in": "query", "schema": { "type": "integer" } }),
                &["repair/shape /paths/~1a/post/parameters/0/schema@"],
            ),
            (
                json!({ "name": "p", "in": "Query", "type": "string" }),
                json!({ "name": "p", "in": "query", "schema": { "type": "string" } }),
                &["repair/type /paths/~1a/post/parameters/0/in"],
            ),
            (
                json!({ "name": "p", "in": "cookie", "type": "string" }),
                json!({ "name": "p", "in": "cookie", "schema": { "type": "string" } }),
                &["repair/shape /paths/~1a/post/parameters/0/in"],
            ),
        ],
    );
}

const URLENCODED: &str = "application/x-www-form-urlencoded";
const MULTIPART: &str = "multipart/form-data";
const BODY: &str = "/paths/~1a/post/requestBody";

/// A body that is a form with these properties.
fn form(media_type: &str, properties: Value) -> Value {
    let schema = json!({ "type": "object", "properties": properties });
    json!({ "content": { media_type: { "schema": schema } } })
}

#[test]
fn bodies() {
    let json_body = |schema: Value| json!({ "content": { "application/json": { "schema": schema } } });
    let parameter = json!({ "name": "b", "in": "body", "schema": { "type": "integer" } });
    let with = |consumes: Value| post(json!({ "consumes": consumes, "parameters": [parameter] }), json!({ "consumes": ["text/plain"] }));
    let content = |types: &[&str]| json!({ "content": types.iter().map(|one| ((*one).to_owned(), json!({ "schema": { "type": "integer" } }))).collect::<serde_json::Map<_, _>>() });
    table(
        BODY,
        with,
        vec![
            (json!(null), content(&["text/plain"]), &[]),
            (json!([]), content(&["application/json"]), &[]),
            (json!(["application/json", "application/xml"]), content(&["application/json", "application/xml"]), &[]),
            (json!(["multipart/form-data", "application/json"]), content(&["application/json"]), &[]),
            (json!(["application/x-www-form-urlencoded"]), content(&["application/x-www-form-urlencoded"]), &[]),
            (json!("application/json"), content(&["application/json"]), &["repair/type /paths/~1a/post/consumes"]),
            (
                json!(["json", 5]),
                content(&["application/json"]),
                &["repair/type /paths/~1a/post/consumes/0", "repair/type /paths/~1a/post/consumes/1"],
            ),
        ],
    );
    let of = |parameters: Value| post(json!({ "parameters": parameters }), json!({}));
    table(
        BODY,
        of,
        vec![
            (
                json!([{ "name": "b", "in": "body", "required": true, "description": "d", "x-mine": 1, "schema": { "type": "string" } }]),
                json!({ "required": true, "description": "d", "x-mine": 1, "content": { "application/json": { "schema": { "type": "string" } } } }),
                &[],
            ),
            (
                json!([{ "name": "b", "in": "body", "schema": { "type": "integer" }, "x-examples": { "application/json": 5 } }]),
                json!({ "content": { "application/json": { "schema": { "type": "integer" }, "example": 5 } } }),
                &[],
            ),
            (
                json!([{ "name": "b", "in": "body", "type": "array", "items": { "type": "string" } }]),
                json_body(json!({ "type": "array", "items": { "type": "string" } })),
                &["repair/shape /paths/~1a/post/parameters/0"],
            ),
            (json!([{ "name": "b", "in": "body" }]), json_body(json!({})), &["repair/missing /paths/~1a/post/parameters/0"]),
            (
                json!([{ "name": "b", "in": "body", "schema": { "type": "file" } }]),
                json!({ "content": { "application/octet-stream": { "schema": { "type": "string", "format": "binary" } } } }),
                &["repair/type /paths/~1a/post/parameters/0"],
            ),
            (
                json!([
                    { "name": "b", "in": "body", "type": "string", "required": true },
                    { "name": "c", "in": "body", "schema": { "type": "integer" } },
                ]),
                json!({ "required": true, "content": { "application/json": { "schema": { "type": "object", "required": ["b"], "properties": {
                "b": { "type": "string" }, "c": { "type": "integer" } } } } } }),
                &["repair/shape /paths/~1a/post/parameters/0", "repair/shape /paths/~1a/post/parameters/1"],
            ),
            (
                json!([{ "name": "b", "in": "body", "schema": { "type": "integer" } }, { "name": "f", "in": "formData", "type": "string" }]),
                json!({ "required": false, "content": {
                "application/json": { "schema": { "type": "integer" } },
                "application/x-www-form-urlencoded": { "schema": { "type": "object", "properties": { "f": { "type": "string" } } } },
            } }),
                &["repair/shape /paths/~1a/post/parameters/0"],
            ),
        ],
    );
}

#[test]
fn forms() {
    let of = |operation: Value| post(operation, json!({ "consumes": ["application/json"] }));
    let field = json!({ "name": "f", "in": "formData", "type": "string" });
    let file = json!({ "name": "f", "in": "formData", "type": "file", "description": "d" });
    let one = json!({ "f": { "type": "string" } });
    let bytes = json!({ "f": { "type": "string", "description": "d", "format": "binary" } });
    table(
        BODY,
        of,
        vec![
            (json!({ "parameters": [field] }), form(URLENCODED, one.clone()), &[]),
            (json!({ "parameters": [field], "consumes": [MULTIPART] }), form(MULTIPART, one.clone()), &[]),
            (
                json!({ "parameters": [field], "consumes": [MULTIPART, URLENCODED] }),
                json!({ "content": { MULTIPART: form(MULTIPART, one.clone())["content"][MULTIPART], URLENCODED: form(URLENCODED, one.clone())["content"][URLENCODED] } }),
                &[],
            ),
            (
                json!({ "parameters": [field], "consumes": ["application/json"] }),
                form(URLENCODED, one.clone()),
                &["repair/shape /paths/~1a/post/consumes"],
            ),
            (json!({ "parameters": [file] }), form(MULTIPART, bytes.clone()), &[]),
            (json!({ "parameters": [file], "consumes": [URLENCODED] }), form(MULTIPART, bytes), &["repair/shape /paths/~1a/post/consumes"]),
            (
                json!({ "parameters": [{ "name": "f", "in": "form", "type": "string", "required": true, "x-mine": 1, "x-example": "e" }] }),
                json!({ "required": true, "content": { URLENCODED: { "schema": { "type": "object", "required": ["f"], "properties": {
                "f": { "type": "string", "x-mine": 1, "example": "e" } } } } } }),
                &["repair/type /paths/~1a/post/parameters/0/in"],
            ),
            (
                json!({ "parameters": [field, field] }),
                form(URLENCODED, one.clone()),
                &["repair/duplicate-key /paths/~1a/post/parameters/1"],
            ),
            (
                json!({ "parameters": [{ "name": "b", "in": "body", "schema": { "type": "integer" } }, field], "consumes": [MULTIPART] }),
                form(MULTIPART, json!({ "b": { "type": "integer" }, "f": { "type": "string" } })),
                &["repair/shape /paths/~1a/post/parameters/0"],
            ),
            (
                json!({ "parameters": [{ "name": "f", "in": "formData", "schema": { "type": "string" } }] }),
                form(URLENCODED, one),
                &["repair/shape /paths/~1a/post/parameters/0/schema@"],
            ),
        ],
    );
}

#[test]
fn lists_in_forms() {
    let of = |operation: Value| post(operation, json!({ "consumes": ["application/json"] }));
    let list = |format: &str, media_type: &str| {
        let field = json!({ "name": "f", "in": "formData", "type": "array", "items": { "type": "string" }, "collectionFormat": format });
        json!({ "parameters": [field], "consumes": [media_type] })
    };
    let schema = json!({ "type": "array", "items": { "type": "string" } });
    let plain = form(URLENCODED, json!({ "f": schema }));
    let styled = |style: &str| {
        let mut body = plain.clone();
        body["content"][URLENCODED]["encoding"] = json!({ "f": { "style": style, "explode": false } });
        body
    };
    let text = |media_type: &str, delimiter: &str| {
        form(media_type, json!({ "f": { "type": "string", "x-bothends-list": { "delimiter": delimiter, "schema": schema } } }))
    };
    let noted: &[&str] = &["~parameter/text /paths/~1a/post/parameters/0"];
    // openapiv3 has no `explode` of an encoding, so it is carried.
    let carried = |body: Value| serde_json::from_str(&body.to_string().replace("\"explode\"", "\"x-bothends-explode\"")).unwrap();
    table(
        BODY,
        of,
        vec![
            (list("csv", URLENCODED), carried(styled("form")), &[]),
            (list("ssv", URLENCODED), carried(styled("spaceDelimited")), &[]),
            (list("pipes", URLENCODED), carried(styled("pipeDelimited")), &[]),
            (list("multi", URLENCODED), plain.clone(), &[]),
            (list("tsv", URLENCODED), text(URLENCODED, "\t"), noted),
            (list("multi", MULTIPART), form(MULTIPART, json!({ "f": schema })), &[]),
            (
                json!({ "parameters": [{ "name": "f", "in": "formData", "type": "array", "items": { "type": "object" } }], "consumes": [MULTIPART] }),
                form(MULTIPART, json!({ "f": { "type": "array", "items": { "type": "object" } } })),
                &[],
            ),
            (list("csv", MULTIPART), text(MULTIPART, ","), noted),
        ],
    );
}
