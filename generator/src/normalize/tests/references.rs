//! References: within the document, into other files, to nothing, in circles, and where they may not go.

use super::*;

fn body(schema: Value) -> Value {
    json!({ "responses": { "200": { "description": "", "content": { "application/json": { "schema": schema } } } } })
}

const SCHEMA: &str = "/responses/200/content/application~1json/schema";

#[test]
fn any_place_can_be_referred_to() {
    let document = whole(json!({
        "definitions": { "Old": { "type": "object", "properties": { "self": { "$ref": "#/definitions/Old" } } } },
        "paths": {
            "/a": { "get": body(json!({ "type": "object", "properties": { "p": { "type": "string" } } })) },
            "/b": { "get": body(json!({ "$ref": "#/paths/~1a/get/responses/200/content/application~1json/schema" })) },
            "/c": { "get": body(json!({ "$ref": "#/paths/~1b/get/responses/200/content/application~1json/schema/properties/p" })) },
            "/d": { "get": { "responses": { "200": { "$ref": "#/paths/~1a/get/responses/200" } } } },
            "/e": { "get": body(json!({ "$ref": "#/definitions/Old" })) },
            "/f": { "$ref": "#/paths/~1a" },
        },
    }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    assert_eq!(outcome.findings, ["repair/stray-key /definitions@"]);
    let tree = outcome.tree();
    let schemas = &tree["components"]["schemas"];
    let lifted = tree.pointer(&format!("/paths/~1b/get{SCHEMA}/$ref")).and_then(Value::as_str).unwrap().to_owned();
    assert_eq!(lifted, "#/components/schemas/_a_get_200".replace("_a", "a"));
    assert_eq!(schemas["a_get_200"]["properties"]["p"]["$ref"], "#/components/schemas/a_get_200_p");
    assert_eq!(schemas["a_get_200_p"], json!({ "type": "string" }));
    assert_eq!(tree.pointer(&format!("/paths/~1c/get{SCHEMA}/$ref")).unwrap(), "#/components/schemas/a_get_200_p");
    assert_eq!(tree["paths"]["/a"]["get"]["responses"]["200"], tree["paths"]["/d"]["get"]["responses"]["200"]);
    assert_eq!(schemas["Old"]["properties"]["self"]["$ref"], "#/components/schemas/Old");
    let normalized = outcome.normalized.unwrap();
    assert_eq!(normalized.written, ["GET /a", "GET /b", "GET /c", "GET /d", "GET /e", "GET /f"]);
    let place = normalized.origins.written(Place::at(&crate::source::Pointer::parse("/components/schemas/a_get_200_p/type").unwrap()));
    let Place::Written { pointer, .. } = place else { panic!("{place:?}") };
    assert_eq!(pointer.as_str(), format!("/paths/~1a/get{SCHEMA}/properties/p/type"));
}

#[test]
fn other_files_are_bundled() {
    let document = whole(json!({
        "paths": {
            "/a": { "get": body(json!({ "$ref": "models/user.json" })) },
            "/b": { "get": body(json!({ "$ref": "./models/all.json#/components/schemas/User" })) },
            "/c": { "$ref": "paths/c.json" },
        },
        "components": { "schemas": { "User": { "type": "string" } } },
    }));
    let files = vec![
        ("a.json", document),
        ("models/user.json", json!({ "type": "object", "properties": { "friend": { "$ref": "#" }, "pet": { "$ref": "all.json#/Pet" } } })),
        (
            "models/all.json",
            json!({ "components": { "schemas": { "User": { "$ref": "#/Pet" } } }, "Pet": { "type": "objekt", "example": { "$ref": "kept" } } }),
        ),
        (
            "paths/c.json",
            json!({ "get": body(json!({ "$ref": "../a.json#/components/schemas/User" })), "parameters": [{ "$ref": "#/nothing" }] }),
        ),
    ];
    let outcome = outcome(files, Vec::new());
    assert_eq!(outcome.findings, ["repair/reference 3/parameters/0/$ref", "repair/type 2/Pet/type"]);
    let tree = outcome.tree();
    assert_eq!(
        tree["components"]["schemas"],
        json!({
            "User": { "type": "string" },
            "user": { "type": "object", "properties": { "friend": { "$ref": "#/components/schemas/user" }, "pet": { "$ref": "#/components/schemas/Pet" } } },
            "Pet": { "example": { "$ref": "kept" } },
        })
    );
    assert_eq!(tree.pointer(&format!("/paths/~1b/get{SCHEMA}/$ref")).unwrap(), "#/components/schemas/Pet");
}

#[test]
fn components_of_other_files_keep_their_names() {
    let document = whole(json!({
        "paths": { "/a": { "put": {
            "security": [{ "key": [] }],
            "parameters": [{ "$ref": "all.json#/components/parameters/Page" }],
            "requestBody": { "$ref": "all.json#/components/requestBodies/Patch" },
            "responses": { "200": { "$ref": "all.json#/components/responses/Done" } },
        } } },
        "components": { "securitySchemes": { "key": { "$ref": "all.json#/components/securitySchemes/key" } } },
    }));
    let all = json!({ "components": {
        "parameters": { "Page": { "name": "page", "in": "query", "schema": { "type": "integer" } } },
        "requestBodies": { "Patch": { "content": { "application/json": { "schema": { "type": "string" } } } } },
        "responses": { "Done": { "description": "done" } },
        "securitySchemes": { "key": { "type": "http", "scheme": "basic" } },
    } });
    let outcome = outcome(vec![("a.json", document), ("all.json", all)], Vec::new());
    assert_eq!(outcome.findings, Vec::<String>::new());
    let tree = outcome.tree();
    for (section, name) in [("parameters", "Page"), ("requestBodies", "Patch"), ("responses", "Done"), ("securitySchemes", "key")] {
        assert!(tree["components"][section].get(name).is_some(), "{section}: {}", tree["components"][section]);
    }
}

#[test]
fn what_cannot_be_reached() {
    let components = json!({ "schemas": {
        "Good": { "type": "string" },
        "Round": { "$ref": "#/components/schemas/About" },
        "About": { "$ref": "#/components/schemas/Round" },
    }});
    let get = |reference: &str| {
        whole(json!({ "paths": { "/a": { "get": body(json!({ "$ref": reference })) } }, "components": { "schemas": { "Good": {} } } }))
    };
    let place = format!("/paths/~1a/get{SCHEMA}/$ref");
    for (reference, code) in [
        ("#/components/schemas/Missing", "repair/reference"),
        ("missing.json#/a", "repair/reference"),
        ("#", "repair/reference"),
        ("#/components/responses/Missing", "repair/reference"),
        ("Good", "repair/reference"),
        ("#/definitions/Good", "repair/reference"),
        ("https://example.com/a.json", "repair/reference"),
        ("https://apigateway.amazonaws.com/restapis/abc/models/Good", "repair/reference"),
        ("//example.com/a.json", "repair/reference"),
        ("../outside.json#/a", "reference/outside-root"),
        ("x/../../nobody.json#/a", "reference/outside-root"),
        ("/nobody.json#/a", "reference/outside-root"),
    ] {
        let files = vec![("a.json", get(reference)), ("../outside.json", json!({ "a": {} }))];
        let files = files.into_iter().map(|(path, value)| (if path == "a.json" { path } else { "/outside.json" }, value)).collect();
        let outcome = outcome(files, Vec::new());
        assert_eq!(outcome.findings, [format!("{code} {place}")], "{reference}");
        assert_eq!(outcome.normalized.is_some(), code.starts_with("repair"), "{reference}");
        if let Some(normalized) = outcome.normalized {
            let expected = if reference.ends_with("Good") { json!({ "$ref": "#/components/schemas/Good" }) } else { json!({}) };
            assert_eq!(*normalized.tree.pointer(place.trim_end_matches("/$ref")).unwrap(), expected, "{reference}");
        }
    }
    let circle = outcome(vec![("a.json", whole(json!({ "components": components })))], Vec::new());
    assert!(circle.normalized.is_none());
    assert_eq!(circle.findings, ["reference/circular /components/schemas/Round/$ref", "reference/circular /components/schemas/About/$ref"]);
}

#[test]
fn an_operation_stays_without_what_is_not_there() {
    let document = whole(json!({
        "paths": {
            "/a/{id}": {
                "parameters": [{ "$ref": "#/components/parameters/Gone" }],
                "get": { "responses": {}, "parameters": [
                    { "$ref": "#/components/parameters/id" }, { "$ref": "#/components/parameters/P" }, { "name": "q", "in": "query", "schema": {} },
                ] },
                "put": { "responses": { "200": { "$ref": "#/components/responses/Gone" } }, "requestBody": { "$ref": "#/components/requestBodies/Gone" } },
                "post": { "responses": { "200": { "description": "", "headers": { "h": { "$ref": "#/components/headers/Gone" } } } } },
            },
        },
        "components": { "parameters": { "P": { "in": "query" } } },
    }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    assert_eq!(
        outcome.findings,
        [
            "repair/reference /paths/~1a~1{id}/parameters/0/$ref",
            "repair/reference /paths/~1a~1{id}/get/parameters/0/$ref",
            "repair/reference /paths/~1a~1{id}/put/responses/200/$ref",
            "repair/reference /paths/~1a~1{id}/put/requestBody/$ref",
            "repair/reference /paths/~1a~1{id}/post/responses/200/headers/h/$ref",
            "repair/shape /components/parameters/P",
            "repair/reference /paths/~1a~1{id}/get/parameters/1/$ref",
            "repair/path-parameter /paths/~1a~1{id}@",
        ]
    );
    let item = &outcome.tree()["paths"]["/a/{id}"];
    assert_eq!(item["get"]["parameters"], json!([{ "name": "q", "in": "query", "schema": {} }]));
    let bytes = json!({ "description": "", "content": { "*/*": { "schema": { "type": "string", "format": "binary" } } } });
    assert_eq!((&item["put"]["requestBody"], &item["put"]["responses"]["200"]), (&bytes, &bytes));
    assert_eq!(outcome.written("/paths/~1a~1{id}/get/parameters/0"), "/paths/~1a~1{id}/get/parameters/2");
}

#[test]
fn discriminators_name_or_refer() {
    let document = whole(json!({ "components": { "schemas": {
        "A": { "oneOf": [{ "$ref": "#/components/schemas/B" }], "discriminator": { "propertyName": "t", "mapping": {
            "b": "B", "c": "#/components/schemas/B", "d": "models.json#/D", "e": "Nobody",
        } } },
        "B": { "type": "object" },
    } } }));
    let outcome = outcome(vec![("a.json", document), ("models.json", json!({ "D": { "type": "object" } }))], Vec::new());
    assert_eq!(outcome.findings, ["repair/reference /components/schemas/A/discriminator/mapping/e"]);
    let mapping = &outcome.tree()["components"]["schemas"]["A"]["discriminator"]["mapping"];
    assert_eq!(*mapping, json!({ "b": "#/components/schemas/B", "c": "#/components/schemas/B", "d": "#/components/schemas/D" }));
}
