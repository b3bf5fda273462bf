//! Callbacks and webhooks: where they stand afterwards, what they are given, and what is counted.

use super::*;

/// A callback with one POST.
fn told(operation: Value) -> Value {
    json!({ "{$request.body#/url}": { "post": operation } })
}

#[test]
fn each_callback_stands_once_among_the_components() {
    let plain = told(json!({ "responses": {} }));
    let other = told(json!({ "responses": {}, "summary": "other" }));
    let document = whole(json!({
        "openapi": "3.1.0",
        "security": [{ "key": [] }],
        "paths": {
            "/a": { "post": { "tags": ["t", "u"], "responses": {}, "callbacks": {
                "same": plain, "told": plain, "named": { "$ref": "#/components/callbacks/named" },
                "a/b": told(json!({ "responses": {}, "tags": ["own"], "security": [{ "key": [] }], "callbacks": { "inner": plain } })),
            } } },
            "/b": { "post": { "responses": {}, "callbacks": {
                "same": plain, "told": other, "item": { "x-kept": 1, "{$url}": { "$ref": "#/components/pathItems/Item" } },
            } } },
        },
        "webhooks": { "told": { "put": { "responses": {} } }, "hook": { "$ref": "#/components/pathItems/Item" } },
        "components": {
            "callbacks": { "named": plain },
            "pathItems": { "Item": { "patch": { "responses": {} } } },
            "securitySchemes": { "key": { "type": "apiKey", "in": "header", "name": "K" } },
        },
    }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    assert_eq!(outcome.findings, [""; 0]);
    let normalized = outcome.normalized.as_ref().unwrap();
    assert_eq!(
        normalized.callbacks,
        [
            "POST {$request.body#/url} named",
            "POST {$request.body#/url} same",
            "POST {$request.body#/url} told",
            "POST {$request.body#/url} inner",
            "POST {$request.body#/url} a_b",
            "POST {$request.body#/url} told_2",
            "PATCH {$url} item",
            "PUT webhook told_3",
            "PATCH webhook hook",
        ]
    );
    let callbacks = &outcome.tree()["components"]["callbacks"];
    for (pointer, tags, security) in [
        ("/named/{$request.body#~1url}/post", json!(["t"]), json!([])),
        ("/same/{$request.body#~1url}/post", json!(["t"]), json!([])),
        ("/told_2/{$request.body#~1url}/post", Value::Null, json!([])),
        ("/a_b/{$request.body#~1url}/post", json!(["own"]), json!([{ "key": [] }])),
        ("/inner/{$request.body#~1url}/post", json!(["own"]), json!([])),
        ("/hook/webhook/patch", Value::Null, json!([])),
    ] {
        let operation = callbacks.pointer(pointer).unwrap_or_else(|| panic!("{pointer}: {callbacks:#}"));
        assert_eq!((&operation["tags"], &operation["security"]), (&tags, &security), "{pointer}");
    }
    let read = &normalized.openapi.components.as_ref().unwrap().callbacks;
    assert_eq!(read.len(), 9);
    let carried = outcome.tree().pointer("/paths/~1b/post/x-bothends-callbacks").unwrap();
    assert_eq!(carried["told"], json!({ "$ref": "#/components/callbacks/told_2" }));
    assert_eq!(outcome.tree()["components"]["x-bothends-callbacks"], json!({ "item": { "x-kept": 1 } }));
}

#[test]
fn what_is_wrong_with_a_callback_is_said_where_it_is_written() {
    let twice = json!([{ "name": "q", "in": "query", "schema": {} }, { "name": "q", "in": "query", "schema": {} }]);
    let document = whole(json!({
        "paths": { "/a": { "post": { "operationId": "a", "responses": {}, "callbacks": {
            "c": told(json!({ "operationId": "a", "responses": {}, "security": [{ "nobody": [] }, {}], "parameters": twice })),
            "d": told(json!({ "responses": {}, "requestBody": { "$ref": "#/components/requestBodies/Gone" } })),
        } } } },
        "webhooks": { "w": { "post": { "operationId": "a", "responses": {} } } },
    }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    let callback = "/paths/~1a/post/callbacks/c/{$request.body#~1url}/post";
    assert_eq!(
        outcome.findings,
        [
            "repair/reference /paths/~1a/post/callbacks/d/{$request.body#~1url}/post/requestBody/$ref".to_owned(),
            format!("repair/duplicate-key {callback}/parameters/1"),
            format!("security/unknown {callback}/security/0/nobody@"),
            format!("repair/operation-id {callback}/operationId"),
            "repair/operation-id /webhooks/w/post/operationId".to_owned(),
        ]
    );
}
