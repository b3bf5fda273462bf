//! Swagger 2.0, what is shared and referred to: responses, security, sections, references, other files, keys of OpenAPI 3.

use super::swagger::{becomes, post, table, two};
use super::*;

#[test]
#[allow(clippy::too_many_lines, reason = "a table")]
fn responses() {
    let string = json!({ "type": "string" });
    let of = |operation: Value| {
        let mut document = post(operation, json!({ "produces": ["application/xml"] }));
        document["responses"] = json!({ "Known": { "description": "k", "schema": { "type": "string" } }, "Empty": { "description": "e" } });
        document
    };
    let one = |response: Value| json!({ "responses": { "200": response } });
    let described = |content: Value| json!({ "description": "d", "content": content });
    let at = "/paths/~1a/post/responses/200";
    let with = |produces: Value, mut response: Value| {
        response["description"] = json!("d");
        json!({ "produces": produces, "responses": { "200": response } })
    };
    let bytes = json!({ "type": "string", "format": "binary" });
    table(
        at,
        of,
        vec![
            (one(json!({ "description": "d" })), json!({ "description": "d" }), &[]),
            (one(json!({ "description": "d", "schema": string })), described(json!({ "application/xml": { "schema": string } })), &[]),
            (
                with(json!(["application/json", "text/plain"]), json!({ "schema": string })),
                described(json!({ "application/json": { "schema": string }, "text/plain": { "schema": string } })),
                &[],
            ),
            (with(json!([]), json!({ "schema": string })), described(json!({ "application/json": { "schema": string } })), &[]),
            (
                with(json!([]), json!({ "schema": string, "examples": { "text/plain": "x" } })),
                described(json!({ "text/plain": { "schema": string, "example": "x" } })),
                &[],
            ),
            (
                with(json!(["application/json"]), json!({ "schema": string, "examples": { "application/json; charset=utf-8": "x" } })),
                described(json!({ "application/json": { "schema": string, "example": "x" } })),
                &[],
            ),
            (
                with(json!(["application/json"]), json!({ "examples": { "application/json": { "a": 1 } } })),
                described(json!({ "application/json": { "example": { "a": 1 } } })),
                &[],
            ),
            (
                with(json!(["application/json"]), json!({ "schema": string, "examples": { "response": "x", "text/csv": "y" } })),
                described(json!({ "application/json": { "schema": string, "x-bothends-examples": { "response": "x", "text/csv": "y" } } })),
                &[
                    "repair/stray-key /paths/~1a/post/responses/200/examples/response@",
                    "repair/stray-key /paths/~1a/post/responses/200/examples/text~1csv@",
                ],
            ),
            (
                one(json!({ "description": "d", "schema": { "type": "file" } })),
                described(json!({ "application/octet-stream": { "schema": bytes } })),
                &[],
            ),
            (
                with(json!(["application/json", "image/png"]), json!({ "schema": { "type": "file" } })),
                described(json!({ "image/png": { "schema": bytes } })),
                &[],
            ),
            (
                with(json!(["application/json"]), json!({ "schema": { "type": "file" } })),
                described(json!({ "application/json": { "schema": {} } })),
                &[],
            ),
            (
                with(json!(["image/png"]), json!({ "schema": { "type": "file" } })),
                described(json!({ "image/png": { "schema": bytes } })),
                &[],
            ),
            (
                one(json!({ "description": "d", "content": { "text/plain": { "schema": string } } })),
                described(json!({ "text/plain": { "schema": string } })),
                &["repair/shape /paths/~1a/post/responses/200/content@"],
            ),
            (one(json!({ "$ref": "#/responses/Known" })), json!({ "$ref": "#/components/responses/Known" }), &[]),
            // What the operation produces holds for shared responses too.
            (
                json!({ "produces": ["text/plain"], "responses": { "200": { "$ref": "#/responses/Known" } } }),
                json!({ "description": "k", "content": { "text/plain": { "schema": string } } }),
                &[],
            ),
            (
                json!({ "produces": ["text/plain"], "responses": { "200": { "$ref": "#/responses/Empty" } } }),
                json!({ "$ref": "#/components/responses/Empty" }),
                &[],
            ),
        ],
    );
}

#[test]
fn headers() {
    let headers = |headers: Value| post(json!({ "responses": { "200": { "description": "d", "headers": headers } } }), json!({}));
    let list = json!({ "type": "array", "items": { "type": "integer" } });
    table(
        "/paths/~1a/post/responses/200/headers/X-H",
        headers,
        vec![
            (
                json!({ "X-H": { "type": "integer", "format": "int64", "description": "d", "x-mine": 1 } }),
                json!({ "description": "d", "x-mine": 1, "schema": { "type": "integer", "format": "int64" } }),
                &[],
            ),
            (json!({ "X-H": list }), json!({ "schema": list }), &[]),
            (
                json!({ "X-H": { "type": "array", "items": { "type": "integer" }, "collectionFormat": "pipes" } }),
                json!({ "schema": { "type": "string", "x-bothends-list": { "delimiter": "|", "schema": list } } }),
                &["~parameter/text /paths/~1a/post/responses/200/headers/X-H"],
            ),
            (
                json!({ "X-H": { "description": "d" } }),
                json!({ "description": "d", "schema": { "type": "string" } }),
                &["repair/missing /paths/~1a/post/responses/200/headers/X-H"],
            ),
        ],
    );
}

#[test]
fn security() {
    let of = |scheme: Value| two(json!({ "securityDefinitions": { "s": scheme } }));
    let flow = |name: &str, parts: Value| json!({ "type": "oauth2", "flows": { name: parts } });
    let (a, t, scopes) = ("https://h/a", "https://h/t", json!({ "read": "See." }));
    let oauth = |flow: &str| json!({ "type": "oauth2", "flow": flow, "authorizationUrl": a, "tokenUrl": t, "scopes": scopes });
    let all = json!({ "authorizationUrl": a, "tokenUrl": t, "scopes": scopes });
    table(
        "/components/securitySchemes/s",
        of,
        vec![
            (json!({ "type": "basic", "description": "d" }), json!({ "type": "http", "scheme": "basic", "description": "d" }), &[]),
            (
                json!({ "type": "apiKey", "in": "query", "name": "k", "x-mine": 1 }),
                json!({ "type": "apiKey", "in": "query", "name": "k", "x-mine": 1 }),
                &[],
            ),
            (oauth("implicit"), flow("implicit", all.clone()), &[]),
            (oauth("password"), flow("password", all.clone()), &[]),
            (oauth("application"), flow("clientCredentials", all.clone()), &[]),
            (oauth("accessCode"), flow("authorizationCode", all.clone()), &[]),
            (oauth("authorizationCode"), flow("authorizationCode", all.clone()), &[]),
            (oauth("other"), flow("authorizationCode", all), &["repair/shape /securityDefinitions/s/flow"]),
            (
                json!({ "type": "oauth2", "authorizationUrl": a }),
                flow("implicit", json!({ "authorizationUrl": a, "scopes": {} })),
                &["repair/shape /securityDefinitions/s"],
            ),
            (json!({ "type": "bearer" }), json!({ "type": "http", "scheme": "bearer" }), &["repair/type /securityDefinitions/s/type"]),
        ],
    );
    let asked = json!({ "security": [{ "s": [] }], "securityDefinitions": { "s": { "type": "basic" } } });
    assert_eq!(becomes(two(asked), "/security"), (json!([{ "s": [] }]), Vec::new()));
}

#[test]
fn schemas() {
    let of = |schema: Value| two(json!({ "definitions": { "A": schema, "B": { "type": "object" } } }));
    table(
        "/components/schemas/A",
        of,
        vec![
            (
                json!({ "type": "object", "discriminator": "kind", "properties": { "kind": { "type": "string" } } }),
                json!({ "type": "object", "discriminator": { "propertyName": "kind" }, "properties": { "kind": { "type": "string" } } }),
                &[],
            ),
            (json!({ "type": "string", "x-nullable": true }), json!({ "type": "string", "x-nullable": true, "nullable": true }), &[]),
            (
                json!({ "$ref": "#/definitions/B", "x-nullable": true }),
                json!({ "allOf": [{ "$ref": "#/components/schemas/B" }], "x-nullable": true, "nullable": true }),
                &[],
            ),
            (json!({ "$ref": "#/definitions/B" }), json!({ "$ref": "#/components/schemas/B" }), &[]),
            (json!({ "$ref": "#/definitions/C" }), json!({}), &["repair/reference /definitions/A/$ref"]),
            (json!({ "$ref": "B" }), json!({ "$ref": "#/components/schemas/B" }), &["repair/reference /definitions/A/$ref"]),
            (json!({ "type": "string", "xml": { "name": "a" } }), json!({ "type": "string", "x-bothends-xml": { "name": "a" } }), &[]),
        ],
    );
    let missing = outcome(vec![("a.json", of(json!({ "$ref": "#/definitions/C" })))], Vec::new());
    assert_eq!(missing.messages, ["there is nothing at #/definitions/C; any value is read here"]);
}

#[test]
fn parameters_of_a_path_and_shared_ones() {
    let document = two(json!({
        "consumes": ["application/json"],
        "paths": {
            "/a/{id}": {
                "parameters": [
                    { "name": "b", "in": "body", "schema": { "type": "integer" } },
                    { "name": "id", "in": "path", "type": "string", "required": true },
                    { "$ref": "#/parameters/Page" },
                ],
                "put": { "responses": {} },
                "post": { "responses": {}, "parameters": [{ "$ref": "#/parameters/Shared" }, { "name": "q", "in": "query", "type": "integer" }] },
                "PATCH": { "responses": {}, "consumes": ["text/plain"], "parameters": [{ "$ref": "#/parameters/Shared" }] },
            },
            "/f": {
                "parameters": [{ "$ref": "#/parameters/Field" }, { "name": "g", "in": "formData", "type": "integer" }],
                "post": { "responses": {}, "parameters": [{ "name": "g", "in": "formData", "type": "string" }] },
            },
        },
        "parameters": {
            "Page": { "name": "page", "in": "query", "type": "integer" },
            "Shared": { "name": "s", "in": "body", "required": true, "schema": { "type": "string" } },
            "Field": { "name": "f", "in": "formData", "type": "string" },
        },
    }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    assert_eq!(outcome.findings, ["repair/shape /paths/~1a~1{id}/PATCH@"]);
    let item = &outcome.tree()["paths"]["/a/{id}"];
    assert_eq!(
        item["parameters"],
        json!([{ "name": "id", "in": "path", "required": true, "schema": { "type": "string" } }, { "$ref": "#/components/parameters/Page" }])
    );
    let body = |media_type: &str, kind: &str| json!({ "content": { media_type: { "schema": { "type": kind } } } });
    assert_eq!(item["put"]["requestBody"], body("application/json", "integer"));
    assert_eq!(item["post"]["requestBody"], json!({ "$ref": "#/components/requestBodies/Shared" }));
    assert_eq!(item["post"]["parameters"], json!([{ "name": "q", "in": "query", "schema": { "type": "integer" } }]));
    let mut inline = body("text/plain", "string");
    inline["required"] = json!(true);
    assert_eq!(item["patch"]["requestBody"], inline);
    let components = &outcome.tree()["components"];
    assert_eq!(components["parameters"], json!({ "Page": { "name": "page", "in": "query", "schema": { "type": "integer" } } }));
    inline["content"] = json!({ "application/json": { "schema": { "type": "string" } } });
    assert_eq!(components["requestBodies"], json!({ "Shared": inline }));
    let form =
        &outcome.tree()["paths"]["/f"]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]["properties"];
    assert_eq!(*form, json!({ "f": { "type": "string" }, "g": { "type": "string" } }));
    for (now, written) in [
        ("/paths/~1a~1{id}/parameters/0/schema/type", "/paths/~1a~1{id}/parameters/1/type"),
        ("/paths/~1a~1{id}/put/requestBody/content/application~1json/schema/type", "/paths/~1a~1{id}/parameters/0/schema/type"),
        ("/paths/~1a~1{id}/patch/requestBody/content/text~1plain/schema/type", "/parameters/Shared/schema/type"),
        ("/paths/~1a~1{id}/post/parameters/0/schema/type", "/paths/~1a~1{id}/post/parameters/1/type"),
        ("/paths/~1f/post/requestBody/content/application~1x-www-form-urlencoded/schema/properties/f/type", "/parameters/Field/type"),
        ("/components/requestBodies/Shared/required", "/parameters/Shared/required"),
        ("/components/parameters/Page/schema/type", "/parameters/Page/type"),
    ] {
        assert_eq!(outcome.written(now), written, "{now}");
    }
}

/// Tools that bundle files refer to wherever the first use of a schema stands.
#[test]
fn references_to_places_as_written() {
    let schema = json!({ "type": "object", "properties": { "p": { "type": "string" } } });
    let document = two(json!({
        "paths": {
            "/a": { "post": {
                "parameters": [{ "name": "b", "in": "body", "schema": schema }, { "name": "q", "in": "query", "type": "string" }],
                "responses": { "200": { "description": "", "schema": { "type": "integer" } } },
            } },
            "/b": { "post": {
                "parameters": [{ "$ref": "#/paths/~1a/post/parameters/1" }],
                "responses": {
                    "200": { "description": "", "schema": { "$ref": "#/paths/~1a/post/parameters/0/schema" } },
                    "201": { "description": "", "schema": { "$ref": "#/paths/~1a/post/parameters/0/schema/properties/p" } },
                    "202": { "description": "", "schema": { "$ref": "#/paths/~1a/post/responses/200/schema" } },
                    "203": { "description": "", "schema": { "$ref": "#/definitions/A%20b%2Fc" } },
                    "404": { "$ref": "#/paths/~1a/post/responses/200" },
                },
            } },
        },
        "definitions": { "A b/c": { "type": "boolean" }, "Alias": { "$ref": "#/definitions/A b~1c" } },
    }));
    // `%2F` is decoded before the pointer is read, so it is a step of its own: only `~1` names the definition.
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    assert_eq!(outcome.findings, ["repair/reference /paths/~1b/post/responses/203/schema/$ref"]);
    let responses = &outcome.tree()["paths"]["/b"]["post"]["responses"];
    let to = |status: &str| responses[status]["content"]["application/json"]["schema"]["$ref"].as_str().unwrap_or_default().to_owned();
    let named = |reference: &str| outcome.tree().pointer(reference.trim_start_matches('#')).cloned().unwrap_or_default();
    assert_eq!(named(&to("200"))["type"], "object");
    assert_eq!(named(&to("201")), json!({ "type": "string" }));
    assert_eq!(named(&to("202")), json!({ "type": "integer" }));
    assert_eq!(responses["404"], json!({ "$ref": "#/components/responses/200" }));
    assert_eq!(outcome.tree()["paths"]["/b"]["post"]["parameters"], json!([{ "$ref": "#/components/parameters/1" }]));
    assert_eq!(named("#/components/schemas/Alias"), json!({ "$ref": "#/components/schemas/A b~1c" }));
}

#[test]
fn other_files_are_read_as_two_zero() {
    let document = two(json!({
        "paths": {
            "/a": { "post": {
                "parameters": [{ "$ref": "parts.json#/parameters/Page" }, { "$ref": "parts.json#/parameters/Body" }, { "$ref": "field.json" }],
                "responses": { "200": { "$ref": "#/responses/Known" }, "400": { "$ref": "parts.json#/responses/Bad" } },
            } },
            "/b": { "$ref": "paths/b.json" },
        },
        "responses": { "Known": { "$ref": "parts.json#/responses/Known" } },
        "parameters": { "Page": { "name": "other", "in": "header", "type": "string" } },
        "definitions": { "Own": { "type": "string", "x-nullable": true } },
    }));
    let parts = json!({
        "swagger": "2.0",
        "parameters": {
            "Page": { "name": "page", "in": "query", "type": "array", "items": { "type": "integer" } },
            "Body": { "name": "body", "in": "body", "schema": { "$ref": "#/definitions/Thing" } },
        },
        "responses": {
            "Bad": { "description": "b", "schema": { "$ref": "#/definitions/Thing" } },
            "Known": { "description": "k", "schema": { "$ref": "a.json#/definitions/Own" } },
        },
        "definitions": { "Thing": { "type": "object", "discriminator": "kind", "properties": { "kind": { "type": "string", "x-nullable": true } } } },
    });
    let b = json!({ "get": {
        "parameters": [{ "$ref": "../parts.json#/parameters/Page" }, { "name": "n", "in": "query", "type": "integer" }],
        "responses": { "200": { "description": "", "schema": { "$ref": "../parts.json#/definitions/Thing" } } },
    } });
    let field = json!({ "name": "f", "in": "formData", "type": "nothing" });
    let files = vec![("a.json", document), ("parts.json", parts), ("paths/b.json", b), ("field.json", field)];
    let outcome = outcome(files, Vec::new());
    assert_eq!(outcome.findings, ["repair/shape 1/parameters/Body", "repair/type 3/type"]);
    let tree = outcome.tree();
    let operation = &tree["paths"]["/a"]["post"];
    assert_eq!(operation["parameters"], json!([{ "$ref": "#/components/parameters/parts_Page" }]));
    assert_eq!(tree["paths"]["/b"]["get"]["parameters"][0], operation["parameters"][0]);
    assert_eq!(tree["components"]["parameters"]["parts_Page"]["schema"]["type"], "array");
    assert_eq!(
        operation["responses"],
        json!({ "200": { "$ref": "#/components/responses/Known" }, "400": { "$ref": "#/components/responses/Bad" } })
    );
    let thing = json!({ "$ref": "#/components/schemas/Thing" });
    for pointer in [
        "/paths/~1b/get/responses/200/content/application~1json/schema",
        "/components/responses/Bad/content/application~1json/schema",
        "/paths/~1a/post/requestBody/content/application~1json/schema",
    ] {
        assert_eq!(tree.pointer(pointer), Some(&thing), "{pointer}");
    }
    assert_eq!(
        tree["components"]["responses"]["Known"]["content"]["application/json"]["schema"],
        json!({ "$ref": "#/components/schemas/Own" })
    );
    let schema = &tree["components"]["schemas"]["Thing"];
    assert_eq!((&schema["discriminator"], &schema["properties"]["kind"]["nullable"]), (&json!({ "propertyName": "kind" }), &json!(true)));
    assert_eq!(outcome.written("/components/parameters/parts_Page/schema/type"), "1/parameters/Page/type");
    assert_eq!(outcome.written("/paths/~1b/get/parameters/1/schema/type"), "2/get/parameters/1/type");
}

#[test]
fn keys_of_three_are_read_as_that() {
    let body = json!({ "content": { "application/json": { "schema": { "$ref": "#/components/schemas/A" } } } });
    let document = post(
        json!({ "requestBody": body }),
        json!({ "components": { "schemas": { "A": { "type": "string" } } }, "definitions": { "B": { "type": "integer" } } }),
    );
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    assert_eq!(outcome.findings, ["repair/shape /components@", "repair/shape /paths/~1a/post/requestBody@"]);
    assert_eq!(outcome.tree()["paths"]["/a"]["post"]["requestBody"], body);
    assert_eq!(outcome.tree()["components"]["schemas"], json!({ "A": { "type": "string" }, "B": { "type": "integer" } }));
    let both = post(json!({ "requestBody": body, "parameters": [{ "name": "b", "in": "body", "schema": {} }] }), json!({}));
    assert_eq!(
        becomes(both, "/paths/~1a/post/requestBody"),
        (json!({ "content": { "application/json": { "schema": {} } } }), vec!["repair/stray-key /paths/~1a/post/requestBody@".to_owned()])
    );
}
