//! Known faults of real documents, one by one: the fault, what is said about it, and what the tree holds afterwards.

use super::*;

/// One fault. `then`: pointers of the normalised tree, and what stands there; null stands for nothing.
struct Case {
    document: Value,
    findings: &'static [&'static str],
    then: Vec<(&'static str, Value)>,
}

fn check(cases: Vec<Case>) {
    for Case { document, findings, then } in cases {
        let text = document.to_string();
        let outcome = outcome(vec![("a.json", document)], Vec::new());
        assert_eq!(outcome.findings, findings, "{text}");
        for (pointer, expected) in then {
            let found = outcome.tree().pointer(pointer).unwrap_or(&Value::Null);
            assert_eq!(*found, expected, "{pointer} of {text}");
        }
    }
}

/// A document with one schema, called `A`.
fn schema(schema: Value) -> Value {
    whole(json!({ "components": { "schemas": { "A": schema } } }))
}

const A: &str = "/components/schemas/A";

#[test]
fn scalars() {
    check(vec![
        Case {
            document: get(json!({ "deprecated": "true", "summary": 5, "tags": "one", "responses": {} })),
            findings: &["repair/type /paths/~1a/get/deprecated", "repair/type /paths/~1a/get/tags"],
            then: vec![
                ("/paths/~1a/get/deprecated", json!(true)),
                ("/paths/~1a/get/summary", json!("5")),
                ("/paths/~1a/get/tags", json!(["one"])),
            ],
        },
        Case {
            document: schema(json!({ "type": "string", "maxLength": "10", "minLength": -1, "description": null, "title": {} })),
            findings: &[
                "repair/type /components/schemas/A/maxLength",
                "repair/shape /components/schemas/A/minLength",
                "repair/null /components/schemas/A/description",
                "repair/shape /components/schemas/A/title",
            ],
            then: vec![(A, json!({ "type": "string", "maxLength": 10 }))],
        },
        Case {
            document: schema(json!({ "type": "integer", "maximum": 10.0, "multipleOf": "2" })),
            findings: &["repair/type /components/schemas/A/multipleOf"],
            then: vec![(A, json!({ "type": "integer", "maximum": 10, "multipleOf": 2 }))],
        },
        Case {
            document: schema(json!({ "properties": {
                "a": { "pattern": "/^[a-z]+$/" }, "b": { "pattern": "/^a\\/b$/giu" }, "c": { "pattern": "/rooms/" }, "d": { "pattern": "/^A/B" },
            }})),
            findings: &[
                "~repair/missing /components/schemas/A",
                "repair/pattern /components/schemas/A/properties/a/pattern",
                "repair/pattern /components/schemas/A/properties/b/pattern",
            ],
            then: vec![(
                "/components/schemas/A/properties",
                json!({ "a": { "pattern": "^[a-z]+$" }, "b": { "pattern": "(?i)^a\\/b$" }, "c": { "pattern": "/rooms/" }, "d": { "pattern": "/^A/B" } }),
            )],
        },
    ]);
}

#[test]
fn schemas() {
    check(vec![
        Case {
            document: schema(json!({ "type": "datetime" })),
            findings: &["repair/type /components/schemas/A/type"],
            then: vec![(A, json!({ "type": "string", "format": "date-time" }))],
        },
        Case {
            document: schema(json!({ "type": "Thing" })),
            findings: &["repair/type /components/schemas/A/type"],
            then: vec![(A, json!({}))],
        },
        Case {
            document: schema(json!("int")),
            findings: &["repair/type /components/schemas/A", "repair/type /components/schemas/A/type"],
            then: vec![(A, json!({ "type": "integer" }))],
        },
        Case {
            document: schema(json!({ "properties": { "a": null }, "required": ["a"] })),
            findings: &["~repair/missing /components/schemas/A", "repair/null /components/schemas/A/properties/a@"],
            then: vec![(A, json!({ "properties": { "a": {} }, "required": ["a"], "type": "object" }))],
        },
        Case {
            document: schema(json!({ "type": "array" })),
            findings: &["repair/missing /components/schemas/A"],
            then: vec![(A, json!({ "type": "array", "items": {} }))],
        },
        Case {
            document: schema(json!({ "type": "object", "properties": {
                "a": { "type": "string", "required": true },
                "b": { "type": "string", "required": "false" },
            }})),
            findings: &[
                "repair/type /components/schemas/A/properties/a/required",
                "repair/type /components/schemas/A/properties/b/required",
            ],
            then: vec![
                ("/components/schemas/A/required", json!(["a"])),
                ("/components/schemas/A/properties/b", json!({ "type": "string" })),
            ],
        },
        Case {
            document: schema(json!({ "type": "object", "enum": ["a", null, "b"], "properties": {} })),
            findings: &["repair/type /components/schemas/A/type"],
            then: vec![(A, json!({ "type": "string", "enum": ["a", null, "b"] }))],
        },
        Case {
            document: schema(json!({ "type": "array", "enum": ["a", "b"], "items": { "type": "string" } })),
            findings: &["repair/type /components/schemas/A/enum"],
            then: vec![(A, json!({ "type": "array", "items": { "type": "string", "enum": ["a", "b"] } }))],
        },
        Case {
            document: schema(json!({ "type": "object", "enum": [{}, "b"] })),
            findings: &[],
            then: vec![(A, json!({ "type": "object", "enum": [{}, "b"] }))],
        },
        Case {
            document: schema(json!({ "type": "string", "enum": ["a", 1, true, {}] })),
            findings: &["repair/type /components/schemas/A/enum"],
            then: vec![(A, json!({ "type": "string", "enum": ["a", "1", "true"] }))],
        },
        Case {
            document: schema(json!({ "type": "string", "discriminator": "kind", "properties": [], "nonsense": 1, "x-kept": 1 })),
            findings: &[
                "repair/type /components/schemas/A/discriminator",
                "repair/type /components/schemas/A/properties",
                "repair/stray-key /components/schemas/A/nonsense@",
            ],
            then: vec![
                ("/components/schemas/A/discriminator", json!({ "propertyName": "kind" })),
                ("/components/schemas/A/x-kept", json!(1)),
            ],
        },
    ]);
}

#[test]
fn beside_references() {
    check(vec![Case {
        document: whole(json!({ "components": { "schemas": {
                "A": { "$ref": "#/components/schemas/B", "description": "d", "nullable": true, "type": "object" },
                "B": { "type": "string" },
            } } })),
        findings: &["repair/stray-key /components/schemas/A/type@"],
        then: vec![(A, json!({ "description": "d", "nullable": true, "allOf": [{ "$ref": "#/components/schemas/B" }] }))],
    }]);
}

#[test]
fn responses_and_content() {
    check(vec![
        Case {
            document: get(json!({ "responses": { "2xx": {}, "404 Not Found": "gone", "OK": {}, "Default": { "description": "d" } } })),
            findings: &[
                "repair/shape /paths/~1a/get/responses/2xx@",
                "repair/shape /paths/~1a/get/responses/404 Not Found@",
                "repair/shape /paths/~1a/get/responses/Default@",
                "repair/missing /paths/~1a/get/responses/2xx",
                "repair/shape /paths/~1a/get/responses/404 Not Found",
                "repair/stray-key /paths/~1a/get/responses/OK@",
            ],
            then: vec![(
                "/paths/~1a/get/responses",
                json!({ "2XX": { "description": "" }, "404": { "description": "gone" }, "default": { "description": "d" } }),
            )],
        },
        Case {
            document: get(
                json!({ "responses": { "200": { "description": "", "content": { "application/json": null, "schema": { "type": "string" } } } } }),
            ),
            findings: &[
                "repair/stray-key /paths/~1a/get/responses/200/content/schema@",
                "repair/null /paths/~1a/get/responses/200/content/application~1json@",
            ],
            then: vec![("/paths/~1a/get/responses/200/content", json!({ "application/json": { "schema": { "type": "string" } } }))],
        },
        Case {
            document: get(json!({ "responses": { "200": { "description": "", "content": {
                "text/plain": null, "application/json": { "examples": [1, 2] }, "schema": {},
            } } } })),
            findings: &[
                "repair/stray-key /paths/~1a/get/responses/200/content/schema@",
                "repair/null /paths/~1a/get/responses/200/content/text~1plain@",
                "repair/type /paths/~1a/get/responses/200/content/application~1json/examples",
            ],
            then: vec![(
                "/paths/~1a/get/responses/200/content",
                json!({ "text/plain": {}, "application/json": { "examples": { "example1": { "value": 1 }, "example2": { "value": 2 } } } }),
            )],
        },
        Case {
            document: get(json!({ "responses": { "200": { "description": "", "content": {
                "json": {}, "text/csv, Text/HTML": { "schema": {} }, "text/html ": {}, "a word": {}, "application/json;": {},
            } } } })),
            findings: &[
                "repair/media-type /paths/~1a/get/responses/200/content/json@",
                "repair/media-type /paths/~1a/get/responses/200/content/text~1csv, Text~1HTML@",
                "repair/media-type /paths/~1a/get/responses/200/content/text~1html @",
                "repair/media-type /paths/~1a/get/responses/200/content/a word@",
                "repair/media-type /paths/~1a/get/responses/200/content/application~1json;@",
            ],
            then: vec![(
                "/paths/~1a/get/responses/200/content",
                json!({ "application/json": {}, "text/csv": { "schema": {} }, "Text/HTML": { "schema": {} } }),
            )],
        },
        Case {
            document: get(json!({ "responses": { "200": { "description": "", "content": { "": {}, "b": {} } } } })),
            findings: &[
                "repair/media-type /paths/~1a/get/responses/200/content/@",
                "repair/media-type /paths/~1a/get/responses/200/content/b@",
            ],
            then: vec![("/paths/~1a/get/responses/200/content", json!({ "*/*": {} }))],
        },
        Case {
            document: json!({ "openapi": "3.0.0", "paths": { "/a": { "get": null, "put": {} } }, "security": null }),
            findings: &[
                "repair/null /paths/~1a/get",
                "repair/missing /paths/~1a/put",
                "repair/null /security",
                "repair/missing ",
                "repair/missing ",
                "repair/missing ",
            ],
            then: vec![
                (
                    "/paths",
                    json!({ "/a": { "put": { "responses": { "default": { "description": "Any answer: the document describes none." } } } } }),
                ),
                ("/info", json!({ "title": "Untitled", "version": "0" })),
            ],
        },
    ]);
}

#[test]
fn prefixes_in_names() {
    let named = |name: &str| schema(json!({ "type": "string", "xml": { "name": name } }));
    let xml = format!("{A}/xml");
    for (name, expected) in [
        ("xml:lang", json!({ "name": "lang", "prefix": "xml" })),
        ("xmlns:a", json!({ "name": "xmlns:a" })),
        ("a:b:c", json!({ "name": "a:b:c" })),
        (":a", json!({ "name": ":a" })),
    ] {
        let outcome = outcome(vec![("a.json", named(name))], Vec::new());
        let mended = expected.get("prefix").map(|_| format!("repair/shape {xml}/name"));
        assert_eq!(outcome.findings, mended.into_iter().collect::<Vec<_>>(), "{name}");
        let found = &outcome.tree()["components"]["schemas"]["A"];
        assert_eq!(found.get("xml").or_else(|| found.get("x-bothends-xml")), Some(&expected), "{name}");
    }
}

#[test]
fn parameters() {
    let named = |name: &str, place: &str| json!({ "name": name, "in": place, "schema": {} });
    check(vec![
        Case {
            document: get(json!({ "responses": {}, "parameters": [
                { "name": "q", "in": "Query", "type": "array", "items": { "type": "string" }, "required": "true" },
                { "name": "h", "in": "header", "style": "form" },
            ]})),
            findings: &[
                "repair/shape /paths/~1a/get/parameters/0",
                "repair/type /paths/~1a/get/parameters/0/required",
                "repair/type /paths/~1a/get/parameters/0/in",
                "repair/shape /paths/~1a/get/parameters/1/style",
                "repair/missing /paths/~1a/get/parameters/1",
            ],
            then: vec![(
                "/paths/~1a/get/parameters",
                json!([
                    { "name": "q", "in": "query", "required": true, "schema": { "type": "array", "items": { "type": "string" } } },
                    { "name": "h", "in": "header", "schema": {} },
                ]),
            )],
        },
        Case {
            document: get(json!({ "responses": {}, "parameters": [{ "in": "query", "schema": {} }, named("q", "query")] })),
            findings: &["repair/shape /paths/~1a/get/parameters/0"],
            then: vec![("/paths/~1a/get/parameters", json!([named("q", "query")]))],
        },
        Case {
            document: get(
                json!({ "responses": {}, "parameters": [named("", "header"), named("X A", "header"), named("", "query"), named("X-A", "header")] }),
            ),
            findings: &[
                "repair/shape /paths/~1a/get/parameters/0/name",
                "repair/shape /paths/~1a/get/parameters/0",
                "repair/shape /paths/~1a/get/parameters/1/name",
                "repair/shape /paths/~1a/get/parameters/1",
            ],
            then: vec![("/paths/~1a/get/parameters", json!([named("", "query"), named("X-A", "header")]))],
        },
        Case {
            document: whole(json!({ "paths": { "/a": { "parameters": 5, "get": { "responses": {} }, "put": { "responses": {} } } } })),
            findings: &["repair/shape /paths/~1a/parameters", "repair/shape /paths/~1a/get@ GET /a", "repair/shape /paths/~1a/put@ PUT /a"],
            then: vec![("/paths", json!({}))],
        },
        Case {
            document: get(
                json!({ "responses": {}, "parameters": [named("X-Key", "header"), named("x-key", "header"), named("x-key", "query")] }),
            ),
            findings: &["repair/duplicate-key /paths/~1a/get/parameters/1"],
            then: vec![("/paths/~1a/get/parameters/0/name", json!("X-Key")), ("/paths/~1a/get/parameters/1/in", json!("query"))],
        },
        Case {
            document: whole(json!({ "paths": { "/a/{id}/{other}/:e": {
                "parameters": [named("stray", "path"), { "name": "id", "in": "path", "required": true, "schema": {} }],
                "get": { "responses": {}, "parameters": [named("q", "query"), named("q", "query"), named("z", "query")] },
            } } })),
            findings: &[
                "repair/missing /paths/~1a~1{id}~1{other}~1:e/parameters/0",
                "repair/path-key /paths/~1a~1{id}~1{other}~1:e@",
                "repair/path-parameter /paths/~1a~1{id}~1{other}~1:e/parameters/0",
                "repair/duplicate-key /paths/~1a~1{id}~1{other}~1:e/get/parameters/1",
                "repair/path-parameter /paths/~1a~1{id}~1{other}~1:e@",
                "repair/path-parameter /paths/~1a~1{id}~1{other}~1:e@",
            ],
            then: vec![
                ("/paths/~1a~1{id}~1{other}~1{e}/parameters/0/name", json!("id")),
                ("/paths/~1a~1{id}~1{other}~1{e}/parameters/1/name", json!("other")),
                ("/paths/~1a~1{id}~1{other}~1{e}/get/parameters/1/name", json!("z")),
            ],
        },
    ]);
}

#[test]
fn operations_and_security() {
    let with_id = || json!({ "operationId": "x", "responses": {} });
    check(vec![
        Case {
            document: whole(
                json!({ "paths": { "a": { "GET": with_id() }, "/b": { "get": with_id(), "put": { "operationId": "x_2", "responses": {} } } } }),
            ),
            findings: &["repair/shape /paths/a@", "repair/shape /paths/a/GET@", "repair/operation-id /paths/~1b/get/operationId"],
            then: vec![
                ("/paths/~1a/get/operationId", json!("x")),
                ("/paths/~1b/get/operationId", json!("x_3")),
                ("/paths/~1b/put/operationId", json!("x_2")),
            ],
        },
        Case {
            document: whole(json!({
                "paths": { "/a": {
                    "parameters": [{ "name": "x-key", "in": "header", "schema": {} }],
                    "get": { "responses": {} },
                    "put": { "responses": {}, "security": [] },
                    "post": { "responses": {}, "parameters": [{ "name": "key", "in": "query", "required": true, "schema": {} }, {
                        "name": "X-Key", "in": "header", "required": true, "schema": {},
                    }] },
                } },
                "components": { "securitySchemes": {
                    "h": { "type": "apiKey", "in": "header", "name": "X-Key" },
                    "q": { "type": "apiKey", "in": "query", "name": "key" },
                } },
            })),
            findings: &["~parameter/ignored /paths/~1a/get@", "~parameter/ignored /paths/~1a/post@"],
            then: vec![
                ("/paths/~1a/get/security", json!([{ "h": [] }, {}])),
                ("/paths/~1a/put/security", json!([])),
                ("/paths/~1a/post/security", json!([{ "h": [], "q": [] }])),
            ],
        },
        Case {
            document: whole(json!({
                "security": [{ "nobody": [] }, { "key": [] }],
                "paths": { "/a": { "get": { "responses": {}, "security": [{ "nobody": [] }] } } },
                "components": { "securitySchemes": { "key": { "type": "apiKey", "in": "Header", "name": "k" }, "old": { "type": "basic" }, "odd": { "type": "mutualTLS" } } },
            })),
            findings: &[
                "repair/type /components/securitySchemes/key/in",
                "repair/type /components/securitySchemes/old/type",
                "security/transport /components/securitySchemes/odd@",
                "security/unknown /security/0/nobody@",
                "security/unknown /paths/~1a/get/security/0/nobody@",
            ],
            then: vec![
                ("/security", json!([{ "key": [] }])),
                ("/paths/~1a/get/security", json!([{ "nobody": [] }])),
                ("/components/securitySchemes/nobody/scheme", json!("undeclared-nobody")),
                ("/components/securitySchemes/old", json!({ "type": "http", "scheme": "basic" })),
                ("/components/securitySchemes/odd", Value::Null),
            ],
        },
    ]);
}

#[test]
fn keys_of_responses_and_media_types() {
    let answer = |text: &str| json!({ "description": text });
    check(vec![
        Case {
            document: get(
                json!({ "responses": { "429,430": answer("slow"), "2**": answer("good"), "430": answer("other"), "4xx": answer("bad") } }),
            ),
            findings: &[
                "repair/shape /paths/~1a/get/responses/429,430@",
                "repair/stray-key /paths/~1a/get/responses/429,430@",
                "repair/shape /paths/~1a/get/responses/2**@",
                "repair/shape /paths/~1a/get/responses/4xx@",
            ],
            then: vec![(
                "/paths/~1a/get/responses",
                json!({ "429": answer("slow"), "2XX": answer("good"), "430": answer("other"), "4XX": answer("bad") }),
            )],
        },
        Case {
            document: get(
                json!({ "responses": { "200 / 201": answer("a"), "500-599": answer("b"), "400 - Bad": answer("c"), "6xx": answer("d") } }),
            ),
            findings: &[
                "repair/shape /paths/~1a/get/responses/200 ~1 201@",
                "repair/shape /paths/~1a/get/responses/200 ~1 201@",
                "repair/shape /paths/~1a/get/responses/500-599@",
                "repair/shape /paths/~1a/get/responses/400 - Bad@",
                "repair/stray-key /paths/~1a/get/responses/6xx@",
            ],
            then: vec![(
                "/paths/~1a/get/responses",
                json!({ "200": answer("a"), "201": answer("a"), "5XX": answer("b"), "400": answer("c") }),
            )],
        },
        Case {
            document: get(json!({ "responses": { "0": answer("a"), "*": answer("b") } })),
            findings: &["repair/shape /paths/~1a/get/responses/0@", "repair/stray-key /paths/~1a/get/responses/*@"],
            then: vec![("/paths/~1a/get/responses", json!({ "default": answer("a") }))],
        },
        Case {
            document: get(
                json!({ "requestBody": { "content": { "multipart/x-www-form-urlencoded": {}, "application/form-data": {} } }, "responses": {} }),
            ),
            findings: &[
                "repair/media-type /paths/~1a/get/requestBody/content/multipart~1x-www-form-urlencoded@",
                "repair/media-type /paths/~1a/get/requestBody/content/application~1form-data@",
            ],
            then: vec![(
                "/paths/~1a/get/requestBody/content",
                json!({ "application/x-www-form-urlencoded": {}, "multipart/form-data": {} }),
            )],
        },
    ]);
}

#[test]
fn objects_that_spread_out_over_the_names_of_others() {
    let object = |name: &str, properties: &[&str]| {
        let properties: serde_json::Map<String, Value> =
            properties.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect();
        json!({ "name": name, "in": "query", "schema": { "type": "object", "properties": properties } })
    };
    let with = |parameters: Value| get(json!({ "parameters": parameters, "responses": {} }));
    const AT: &str = "/paths/~1a/get/parameters";
    check(vec![
        Case {
            document: with(json!([
                object("discount", &["name", "percent"]),
                object("columns", &["discount", "percent"]),
                object("alone", &["x"])
            ])),
            findings: &["~parameter/form /paths/~1a/get/parameters/0", "~parameter/form /paths/~1a/get/parameters/1"],
            then: vec![
                ("/paths/~1a/get/parameters/0/style", json!("deepObject")),
                ("/paths/~1a/get/parameters/1/style", json!("deepObject")),
                ("/paths/~1a/get/parameters/2/style", Value::Null),
            ],
        },
        Case {
            document: with(
                json!([{ "name": "id", "in": "query", "schema": {} }, { "name": "x", "in": "header", "schema": {} }, object("one", &["x", "id"])]),
            ),
            findings: &["~parameter/form /paths/~1a/get/parameters/2"],
            then: vec![("/paths/~1a/get/parameters/2/explode", json!(true))],
        },
        // Of two that may hold anything.
        Case {
            document: with(json!([
                { "name": "a", "in": "query", "schema": { "type": "object" } },
                { "name": "b", "in": "query", "schema": { "type": "object", "additionalProperties": { "type": "string" } } },
            ])),
            findings: &["~parameter/form /paths/~1a/get/parameters/0", "~parameter/form /paths/~1a/get/parameters/1"],
            then: vec![("/paths/~1a/get/parameters/1/style", json!("deepObject"))],
        },
        // The name of the object itself does not travel.
        Case {
            document: with(json!([object("one", &["one"]), { "name": "x", "in": "header", "schema": {} }])),
            findings: &[],
            then: vec![(AT, json!([object("one", &["one"]), { "name": "x", "in": "header", "schema": {} }]))],
        },
    ]);
}
