//! OpenAPI 3.1 and 3.2: what JSON Schema says becomes what 3.0 can say, and references by name become references by place.

use super::*;

/// A document of 3.1 from some of its parts.
fn modern(parts: Value) -> Value {
    let mut document = whole(parts);
    document["openapi"] = json!("3.1.0");
    document
}

/// What becomes of a schema of 3.1, without the marks of the passes, and what is said of it.
fn lowered(schema: Value) -> (Value, Vec<String>) {
    let outcome =
        outcome(vec![("a.json", modern(json!({ "components": { "schemas": { "S": schema, "T": { "type": "integer" } } } })))], Vec::new());
    let mut lowered = outcome.tree()["components"]["schemas"]["S"].clone();
    strip(&mut lowered);
    (lowered, outcome.findings.iter().map(|found| found.replace("/components/schemas/S", "")).collect())
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(map) => {
            map.retain(|key, _| !key.starts_with("x-bothends"));
            map.values_mut().for_each(strip);
        }
        Value::Array(list) => list.iter_mut().for_each(strip),
        _ => {}
    }
}

#[track_caller]
fn table(rows: Vec<(Value, Value)>) {
    for (written, expected) in rows {
        let (lowered, findings) = lowered(written.clone());
        assert_eq!(lowered, expected, "{written}");
        assert!(findings.iter().all(|found| found.starts_with('~')), "{written}: {findings:?}");
    }
}

#[test]
fn every_way_of_writing_null() {
    let null = json!({ "nullable": true, "enum": [null] });
    let reference = json!({ "nullable": true, "allOf": [{ "$ref": "#/components/schemas/T" }] });
    table(vec![
        (json!({ "type": ["string", "null"] }), json!({ "type": "string", "nullable": true })),
        (json!({ "type": "string", "nullable": true }), json!({ "type": "string", "nullable": true })),
        (json!({ "type": "string", "x-nullable": true }), json!({ "type": "string", "x-nullable": true, "nullable": true })),
        (json!({ "type": "null" }), null.clone()),
        (json!({ "type": ["null"] }), null),
        (json!({ "const": null }), json!({ "enum": [null] })),
        (json!({ "enum": [null] }), json!({ "enum": [null] })),
        (json!({ "type": ["string", "null"], "enum": ["a", null] }), json!({ "type": "string", "nullable": true, "enum": ["a", null] })),
        (json!({ "oneOf": [{ "$ref": "#/components/schemas/T" }, { "type": "null" }] }), reference.clone()),
        (json!({ "anyOf": [{ "type": ["null"] }, { "$ref": "#/components/schemas/T" }] }), reference.clone()),
        (json!({ "anyOf": [{ "const": null }, { "$ref": "#/components/schemas/T" }] }), reference.clone()),
        (json!({ "anyOf": [{ "enum": [null] }, { "$ref": "#/components/schemas/T" }] }), reference.clone()),
        (json!({ "anyOf": [{ "type": null }, { "$ref": "#/components/schemas/T" }] }), reference),
        (
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }, { "type": "null" }] }),
            json!({ "oneOf": [{ "type": "string" }, { "type": "integer" }], "nullable": true }),
        ),
    ]);
}

#[test]
fn each_type_of_several_has_its_own_keywords() {
    table(vec![
        (json!({ "type": ["string"] }), json!({ "type": "string" })),
        (json!({ "type": ["integer", "number"] }), json!({ "type": "number" })),
        (
            json!({ "type": ["string", "integer", "null"], "maxLength": 3, "minimum": 1, "format": "int64", "description": "d" }),
            json!({ "description": "d", "nullable": true, "anyOf": [
                { "type": "string", "maxLength": 3 }, { "type": "integer", "minimum": 1, "format": "int64" }] }),
        ),
        (
            json!({ "type": ["object", "array"], "properties": { "a": {} }, "required": ["a"], "items": { "type": "string" } }),
            json!({ "anyOf": [
                { "type": "object", "properties": { "a": {} }, "required": ["a"] }, { "type": "array", "items": { "type": "string" } }] }),
        ),
        (
            json!({ "type": ["string", "integer", "boolean"], "enum": ["a", 1] }),
            json!({ "anyOf": [{ "type": "string", "enum": ["a"] }, { "type": "integer", "enum": [1] }] }),
        ),
        (json!({ "type": ["string", "integer"], "const": 5 }), json!({ "type": "integer", "enum": [5] })),
        (json!({ "type": ["string", "number", "boolean", "object", "array"] }), json!({})),
        (
            json!({ "type": ["string", "object"], "oneOf": [{ "type": "string" }, { "type": "object" }] }),
            json!({ "oneOf": [{ "type": "string" }, { "type": "object" }] }),
        ),
        (
            json!({ "type": ["string", "integer"], "anyOf": [{ "minLength": 2 }, { "minimum": 5 }] }),
            json!({ "anyOf": [{ "minLength": 2 }, { "minimum": 5 }], "allOf": [{ "anyOf": [{ "type": "string" }, { "type": "integer" }] }] }),
        ),
    ]);
}

#[test]
fn tuples_are_lists_of_a_choice() {
    table(vec![
        (
            json!({ "type": "array", "prefixItems": [{ "type": "number" }, { "type": "number" }], "items": false }),
            json!({ "type": "array", "items": { "type": "number" }, "maxItems": 2 }),
        ),
        (
            json!({ "prefixItems": [{ "type": "string" }, { "$ref": "#/components/schemas/T" }], "items": { "type": "boolean" }, "maxItems": 5 }),
            json!({ "type": "array", "maxItems": 5, "items": { "anyOf": [
                { "type": "string" }, { "$ref": "#/components/schemas/T" }, { "type": "boolean" }] } }),
        ),
        (json!({ "type": "array", "prefixItems": [true, { "type": "string" }] }), json!({ "type": "array", "items": {} })),
        (json!({ "type": "array", "prefixItems": [{ "type": "string" }] }), json!({ "type": "array", "items": {} })),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }], "items": { "type": "string" } }),
            json!({ "type": "array", "items": { "type": "string" } }),
        ),
        (json!({ "type": "array", "items": false }), json!({ "type": "array", "items": {}, "maxItems": 0 })),
        (json!({ "type": "array", "items": true }), json!({ "type": "array", "items": {} })),
    ]);
}

#[test]
fn members_are_declared_wherever_they_are_written() {
    let text = json!({ "type": "string" });
    table(vec![
        (json!({ "type": "object", "patternProperties": { "^x-": text } }), json!({ "type": "object", "additionalProperties": text })),
        (
            json!({ "patternProperties": { "^a": text, "^b": { "type": "integer" } }, "additionalProperties": false }),
            json!({ "type": "object", "additionalProperties": { "anyOf": [text, { "type": "integer" }] } }),
        ),
        (
            json!({ "type": "object", "properties": { "id": text }, "patternProperties": { "^x-": text } }),
            json!({ "type": "object", "properties": { "id": text }, "additionalProperties": true }),
        ),
        (
            json!({ "type": "object", "patternProperties": { "^a": text }, "additionalProperties": true }),
            json!({ "type": "object", "additionalProperties": true }),
        ),
        (
            json!({ "type": "object", "properties": { "kind": text },
                "if": { "properties": { "kind": { "const": "a" }, "tested": { "const": "t" } } },
                "then": { "properties": { "a": text }, "required": ["a"] }, "else": { "properties": { "a": { "type": "integer" } } } }),
            json!({ "type": "object", "properties": {
                "kind": text, "a": { "anyOf": [text, { "type": "integer" }] }, "tested": text } }),
        ),
        (
            json!({ "type": "object", "dependentSchemas": { "a": { "$ref": "#/components/schemas/T" } } }),
            json!({ "type": "object", "additionalProperties": true }),
        ),
        (json!({ "type": "object", "properties": { "a": true, "b": false } }), json!({ "type": "object", "properties": { "a": {} } })),
        (
            json!({ "type": "object", "properties": { "a": {} }, "unevaluatedProperties": false }),
            json!({ "type": "object", "properties": { "a": {} }, "additionalProperties": false }),
        ),
        (
            json!({ "allOf": [{ "type": "object", "properties": { "a": {} } }], "unevaluatedProperties": false }),
            json!({ "allOf": [{ "type": "object", "properties": { "a": {} } }] }),
        ),
    ]);
}

#[test]
fn what_is_loosened_is_said_once() {
    let rows: [(Value, &[&str]); 5] = [
        (json!({ "type": "string", "not": { "enum": ["a"] } }), &["~schema/loosened "]),
        (json!({ "type": "array", "items": {}, "contains": { "type": "string" }, "minContains": 2 }), &["~schema/loosened "]),
        (json!({ "type": "object", "propertyNames": { "pattern": "^a" }, "dependentRequired": { "a": ["b"] } }), &["~schema/loosened "]),
        (json!({ "type": "string", "madeUp": 5 }), &["~schema/loosened /madeUp@"]),
        (json!({ "type": "object", "additionalProperties": false, "unevaluatedProperties": false }), &[]),
    ];
    for (schema, expected) in rows {
        assert_eq!(lowered(schema.clone()).1, expected, "{schema}");
    }
}

#[test]
fn content_of_texts() {
    let string = |more: Value| {
        let mut schema = json!({ "type": "string" });
        schema.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        schema
    };
    table(vec![
        (string(json!({ "contentEncoding": "base64" })), string(json!({ "format": "byte" }))),
        (json!({ "contentEncoding": "base64", "contentMediaType": "image/png" }), string(json!({ "format": "byte" }))),
        (json!({ "contentMediaType": "application/octet-stream" }), string(json!({ "format": "binary" }))),
        (string(json!({ "contentMediaType": "image/png" })), string(json!({ "format": "binary" }))),
        (string(json!({ "contentMediaType": "application/json", "contentSchema": {} })), json!({ "type": "string" })),
        (string(json!({ "contentEncoding": "base64url" })), json!({ "type": "string" })),
    ]);
}

#[test]
fn references_by_name_are_found_below_names_that_look_like_data() {
    let document = modern(json!({
        "paths": { "/a": { "get": { "responses": { "default": { "description": "", "headers": { "x-count": { "schema": { "$ref": "https://example.com/n" } } },
            "content": { "application/json": { "schema": { "$ref": "https://example.com/n" },
                "examples": { "value": { "value": { "$ref": "https://example.com/n" } } } } } } } } } },
        "components": { "schemas": { "default": { "$id": "https://example.com/n", "type": "number", "examples": [{ "$ref": "https://example.com/n" }] } } },
    }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    let answer = &outcome.tree()["paths"]["/a"]["get"]["responses"]["default"];
    assert_eq!(answer["headers"]["x-count"]["schema"]["$ref"], "#/components/schemas/default");
    assert_eq!(answer["content"]["application/json"]["schema"]["$ref"], "#/components/schemas/default");
    assert_eq!(answer["content"]["application/json"]["examples"]["value"]["value"]["$ref"], "https://example.com/n");
    assert!(outcome.findings.iter().all(|finding| finding.starts_with("~example/type ")), "{:?}", outcome.findings);
}

#[test]
fn references_by_name_become_references_by_place() {
    let schemas = json!({
        "Tree": { "$id": "https://example.com/tree", "type": "object", "$defs": { "leaf": { "$anchor": "leaf", "type": "string" } },
            "properties": {
                "by_anchor": { "$ref": "#leaf" }, "by_pointer": { "$ref": "#/$defs/leaf" }, "itself": { "$ref": "#" },
                "by_id": { "$ref": "other" }, "dynamic": { "$dynamicRef": "#node" } } },
        "Other": { "$id": "https://example.com/other", "type": "integer" },
        "Node": { "$dynamicAnchor": "node", "type": "boolean" },
        "Nested": { "type": "object", "$defs": { "x": { "type": "object", "properties": { "y": { "$ref": "#/$defs/y" } } }, "y": { "type": "number" } },
            "properties": { "x": { "$ref": "#/$defs/x" }, "again": { "$ref": "#" }, "far": { "$ref": "https://example.com/tree#leaf" } } },
        "Generic": { "type": "array", "items": { "$dynamicRef": "#item" }, "$defs": { "item": { "$dynamicAnchor": "item", "not": {} } } },
        "Users": { "$defs": { "item": { "$dynamicAnchor": "item", "type": "string" } }, "$ref": "#/components/schemas/Generic" },
    });
    let outcome = outcome(vec![("a.json", modern(json!({ "components": { "schemas": schemas } })))], Vec::new());
    let schemas = &outcome.tree()["components"]["schemas"];
    let target = |pointer: &str| {
        let text = schemas.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer} in {schemas}"));
        schemas
            .pointer(text.strip_prefix("#/components/schemas").expect("a schema"))
            .cloned()
            .map(|mut schema| {
                strip(&mut schema);
                schema
            })
            .unwrap()
    };
    for (pointer, kind) in [
        ("/Tree/properties/by_anchor/$ref", "string"),
        ("/Tree/properties/by_pointer/$ref", "string"),
        ("/Tree/properties/itself/$ref", "object"),
        ("/Tree/properties/by_id/$ref", "integer"),
        ("/Tree/properties/dynamic/$ref", "boolean"),
        ("/Nested/properties/x/$ref", "object"),
        ("/Nested/properties/again/$ref", "object"),
        ("/Nested/properties/far/$ref", "string"),
    ] {
        assert_eq!(target(pointer)["type"], kind, "{pointer}");
    }
    assert_eq!(target("/Nested/properties/x/$ref")["properties"]["y"]["$ref"], "#/components/schemas/Nested_y");
    assert_eq!(schemas["Generic"]["items"], json!({ "x-bothends-$dynamicRef": "#item" }));
    assert_eq!(
        outcome.findings,
        [
            "~schema/loosened /components/schemas/Tree/properties/dynamic/$dynamicRef",
            "repair/reference /components/schemas/Nested/$defs/x/properties/y/$ref",
            "repair/reference /components/schemas/Nested/properties/x/$ref",
            "repair/reference /components/schemas/Nested/properties/again/$ref",
            "~schema/loosened /components/schemas/Generic/items/$dynamicRef",
        ]
    );
}

#[test]
fn references_where_there_are_none() {
    let document = modern(json!({
        "paths": { "$ref": "paths.json" },
        "components": { "schemas": {
            "A": { "type": "object", "properties": { "$ref": "parts.json#/properties" } },
            "B": { "type": "object", "properties": { "in": { "$ref": "parts.json#/whole" } } } } },
    }));
    let operation = json!({ "parameters": { "$ref": "parts.json#/parameters" }, "responses": { "200": { "description": "", "content": {
        "application/json": { "$ref": "a.json#/components/schemas/A" } } } } });
    let files = vec![
        ("a.json", document),
        ("paths.json", json!({ "/a": { "get": operation }, "/b": { "$ref": "#/~1a" } })),
        (
            "parts.json",
            json!({ "properties": { "name": { "type": "string" } }, "parameters": [{ "name": "q", "in": "query", "schema": { "type": "string" } }],
                "whole": { "type": "object", "properties": { "$ref": "#/properties" } } }),
        ),
    ];
    let outcome = outcome(files, Vec::new());
    let tree = outcome.tree();
    assert_eq!(outcome.normalized.as_ref().unwrap().written, ["GET /a", "GET /b"]);
    for path in ["/paths/~1a", "/paths/~1b"] {
        assert_eq!(tree.pointer(&format!("{path}/get/parameters/0/name")), Some(&json!("q")), "{path}");
        let schema = tree.pointer(&format!("{path}/get/responses/200/content/application~1json/schema/$ref"));
        assert_eq!(schema, Some(&json!("#/components/schemas/A")), "{path}");
    }
    let schemas = &tree["components"]["schemas"];
    assert_eq!(schemas["A"]["properties"]["name"]["type"], "string");
    assert_eq!(schemas["whole"]["properties"]["name"]["type"], "string");
    assert!(outcome.findings.iter().all(|found| found.starts_with("repair/reference ")), "{:?}", outcome.findings);
}

#[test]
fn circles_of_what_is_put_in_place_end() {
    let schemas = json!({ "A": { "type": "object", "properties": { "a": { "type": "object", "properties": { "$ref": "#/components/schemas/A/properties" } } } } });
    let outcome = outcome(vec![("a.json", modern(json!({ "components": { "schemas": schemas } })))], Vec::new());
    assert!(outcome.messages.iter().any(|message| message.contains("back to itself")), "{:?}", outcome.messages);
}

#[test]
fn parts_of_three_one_and_three_two() {
    let operation = |more: Value| {
        let mut operation = json!({ "responses": { "204": { "description": "" } } });
        operation.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        operation
    };
    let document = modern(json!({
        "security": [{ "tls": [] }],
        "paths": {
            "/query": { "get": operation(json!({ "parameters": [{ "name": "all", "in": "querystring", "content": {
                "application/x-www-form-urlencoded": { "schema": { "type": "object", "properties": { "a": { "type": "string" } } } } } }] })) },
            "/words": { "get": operation(json!({ "parameters": [{ "name": "all", "in": "querystring", "content": {
                "application/x-www-form-urlencoded": { "schema": { "type": "object" }, "encoding": { "a": { "style": "form" } } } } }] })) },
            "/either": { "get": operation(json!({ "security": [{ "tls": [] }, { "key": [] }] })) },
            "/both": { "get": operation(json!({ "security": [{ "tls": [], "key": [] }] })) },
            "/shared": { "$ref": "#/components/pathItems/shared" },
            "/empty": { "post": { "requestBody": {} } },
        },
        "webhooks": {
            "first": { "post": operation(json!({ "requestBody": { "content": { "text/plain": {} } } })) },
            "second": { "put": operation(json!({ "requestBody": { "$ref": "#/webhooks/first/post/requestBody" } })) },
            "third": { "$ref": "#/webhooks/first" },
        },
        "components": {
            "pathItems": { "shared": { "get": operation(json!({})) } },
            "securitySchemes": { "tls": { "type": "mutualTLS" }, "key": { "type": "apiKey", "in": "header", "name": "K" } },
        },
    }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    let content = "/paths/~1words/get/parameters/0/content/application~1x-www-form-urlencoded";
    assert_eq!(outcome.findings, [&format!("repair/shape {content}"), "security/transport /components/securitySchemes/tls@"]);
    let tree = outcome.tree();
    for (pointer, expected) in [
        ("/security", json!([{}])),
        ("/paths/~1either/get/security", json!([{ "key": [] }])),
        ("/paths/~1both/get/security", json!([{ "key": [] }])),
        ("/paths/~1query/get/parameters/0/in", json!("query")),
        ("/paths/~1query/get/parameters/0/explode", json!(true)),
        ("/paths/~1query/get/parameters/0/schema/type", json!("object")),
        ("/paths/~1shared/get/responses/204/description", json!("")),
        ("/paths/~1empty/post/requestBody/content", json!({})),
        ("/paths/~1empty/post/responses", json!({ "default": { "description": "Any answer: the document describes none." } })),
        ("/components/requestBodies/callbacks_first_webhook_post/content", json!({ "text/plain": {} })),
        ("/components/callbacks/second/webhook/put/requestBody/$ref", json!("#/components/requestBodies/callbacks_first_webhook_post")),
        ("/components/callbacks/third/webhook/post/requestBody/content", json!({ "text/plain": {} })),
    ] {
        assert_eq!(tree.pointer(pointer), Some(&expected), "{pointer}");
    }
}

#[test]
fn arms_made_of_other_keywords_are_where_they_were_written() {
    let document = whole(json!({ "openapi": "3.1.0", "paths": {}, "components": { "schemas": {
        "Tuple": { "prefixItems": [{ "type": "string" }, { "type": "string" }, { "type": "integer" }], "items": { "type": "number" } },
        "Map": { "patternProperties": { "^a": { "type": "string" }, "^b": false, "^c": { "type": "integer" } } },
        "One": { "patternProperties": { "^a": { "type": "string" } }, "additionalProperties": false },
    } } }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    for (now, written) in [
        ("Tuple/items/anyOf/0", "Tuple/prefixItems/0"),
        ("Tuple/items/anyOf/1", "Tuple/prefixItems/2"),
        ("Tuple/items/anyOf/2", "Tuple/items"),
        ("Map/additionalProperties/anyOf/1/type", "Map/patternProperties/^c/type"),
        ("One/additionalProperties", "One/patternProperties/^a"),
    ] {
        let at = format!("/components/schemas/{now}");
        assert!(outcome.tree().pointer(&at).is_some(), "{now}: {}", outcome.tree());
        assert_eq!(outcome.written(&at), format!("/components/schemas/{written}"), "{now}");
    }
}

#[test]
fn node_types_of_xml() {
    for (kind, written, expected, findings) in [
        ("string", json!({ "nodeType": "attribute" }), json!({ "nodeType": "attribute", "attribute": true }), &[][..]),
        ("array", json!({ "nodeType": "element" }), json!({ "nodeType": "element", "wrapped": true }), &[]),
        ("array", json!({ "nodeType": "none" }), json!({ "nodeType": "none" }), &[]),
        ("string", json!({ "nodeType": "element" }), json!({ "nodeType": "element" }), &[]),
        (
            "string",
            json!({ "nodeType": "text", "name": "n" }),
            json!({ "name": "n" }),
            &["~schema/loosened /components/schemas/S/xml/nodeType"],
        ),
    ] {
        let schema = json!({ "type": kind, "xml": written });
        let outcome = outcome(vec![("a.json", modern(json!({ "components": { "schemas": { "S": schema } } })))], Vec::new());
        assert_eq!(outcome.tree()["components"]["schemas"]["S"]["x-bothends-xml"], expected, "{schema}");
        assert_eq!(outcome.findings, findings, "{schema}");
    }
}
