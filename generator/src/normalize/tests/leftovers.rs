//! Documents that were converted by half: what is of Swagger 2.0 in them, and what becomes of it.

use super::*;

/// An operation, what is found in it, and what then stands below it.
type Case<'c> = (Value, &'c [&'c str], Vec<(&'c str, Value)>);

/// What stands in `/a/{id}`: `operation` is its `post`. Findings, and pointers below that operation with what stands there.
fn check(cases: Vec<Case<'_>>) {
    for (operation, findings, then) in cases {
        let text = operation.to_string();
        let schemas = json!({ "X": { "type": "object" } });
        let components =
            json!({ "schemas": schemas, "parameters": { "B": { "name": "b", "in": "body", "type": "string" }, "C": { "name": "c" } } });
        let document = whole(json!({ "paths": { "/a/{id}": { "post": operation } }, "components": components }));
        let outcome = outcome(vec![("a.json", document)], Vec::new());
        let post = "/paths/~1a~1{id}/post";
        let of_operation = outcome.findings.iter().filter_map(|found| {
            let (code, place) = found.split_once(' ')?;
            Some(format!("{code} {}", place.strip_prefix(post)?))
        });
        assert_eq!(of_operation.collect::<Vec<_>>(), findings, "{text}: {:#?}", outcome.findings);
        for (pointer, expected) in then {
            let found = outcome.tree().pointer(&format!("{post}{pointer}")).unwrap_or(&Value::Null);
            assert_eq!(*found, expected, "{pointer} of {text}");
        }
    }
}

#[test]
fn bodies_and_forms_among_the_parameters() {
    let id = || json!({ "name": "id", "in": "path", "required": true, "schema": {} });
    let reference = || json!({ "$ref": "#/components/schemas/X" });
    let file = || json!({ "name": "f", "in": "formData", "type": "file", "required": true });
    let form = json!({ "type": "object", "required": ["f"], "properties": {
        "f": { "type": "string", "format": "binary" }, "n": { "type": "integer", "description": "d" } } });
    let body =
        |required: bool, media_type: &str, schema: Value| json!({ "required": required, "content": { media_type: { "schema": schema } } });
    check(vec![
        (
            json!({ "responses": {}, "parameters": [{ "name": "x", "in": "body", "schema": reference() }, id()] }),
            &["repair/shape /parameters/0"],
            vec![("/requestBody", body(false, "application/json", reference())), ("/parameters", json!([id()]))],
        ),
        (
            json!({ "responses": {}, "parameters": [id(), file(), { "name": "n", "in": "formData", "type": "integer", "description": "d" }] }),
            &["repair/shape /parameters/1", "repair/shape /parameters/2", "repair/type /parameters/1/type"],
            vec![("/requestBody", body(true, "multipart/form-data", form))],
        ),
        (
            json!({ "responses": {}, "consumes": ["application/xml"], "parameters": [id(), { "$ref": "#/components/parameters/B" }] }),
            &["repair/shape /parameters/1", "repair/stray-key /consumes@"],
            vec![("/requestBody", body(false, "application/xml", json!({ "type": "string" })))],
        ),
        (
            json!({ "responses": {}, "requestBody": { "content": {} }, "parameters": [id(), file()] }),
            &["repair/shape /parameters/1", "repair/stray-key /requestBody@"],
            vec![("/requestBody", json!({ "content": {} }))],
        ),
    ]);
}

#[test]
fn places_that_are_none() {
    let named = |name: &str, place: Value| json!({ "name": name, "in": place, "schema": {} });
    let unsaid = json!({ "name": "id", "schema": {} });
    check(vec![(
        json!({ "responses": {}, "parameters": [unsaid, named("h", json!("Headers")), named("u", json!("url")), named("v", json!(5)), named("w", json!("COOKIE"))] }),
        &[
            "repair/missing /parameters/0",
            "repair/shape /parameters/1/in",
            "repair/shape /parameters/2/in",
            "repair/shape /parameters/3/in",
            "repair/missing /parameters/0",
            "repair/type /parameters/4/in",
        ],
        vec![
            ("/parameters/0/in", json!("path")),
            ("/parameters/1/in", json!("header")),
            ("/parameters/2/in", json!("query")),
            ("/parameters/3/in", json!("query")),
            ("/parameters/4/in", json!("cookie")),
        ],
    )]);
}

#[test]
fn schemas_where_content_must_stand() {
    let reference = || json!({ "$ref": "#/components/schemas/X" });
    let id = json!([{ "name": "id", "in": "path", "required": true, "schema": {} }]);
    let content = |media_type: &str| json!({ media_type: { "schema": reference() } });
    check(vec![
        (
            json!({ "parameters": id, "requestBody": { "schema": reference() }, "produces": ["text/xml"], "responses": { "200": { "description": "", "schema": reference() } } }),
            &["repair/shape /requestBody/schema@", "repair/shape /responses/200/schema@", "repair/stray-key /produces@"],
            vec![("/requestBody/content", content("application/json")), ("/responses/200/content", content("text/xml"))],
        ),
        (
            json!({ "parameters": id, "requestBody": reference(), "responses": { "200": reference() } }),
            &["repair/shape /requestBody/$ref@", "repair/shape /responses/200/$ref@"],
            vec![("/requestBody/content", content("application/json")), ("/responses/200/content", content("application/json"))],
        ),
        (
            json!({ "parameters": id, "security": ["nobody", { "other": [] }], "responses": {} }),
            &["repair/type /security/0", "security/unknown /security/0/nobody@", "security/unknown /security/1/other@"],
            vec![],
        ),
    ]);
}

#[test]
fn paths_of_azure_stand_in_an_extension() {
    let got = || json!({ "responses": {} });
    let document = whole(json!({
        "paths": { "/a": { "get": got() } },
        "x-ms-paths": { "/a?comp=list": { "get": got() }, "/a": { "put": got() } },
    }));
    let outcome = outcome(vec![("a.json", document)], Vec::new());
    assert_eq!(outcome.findings, ["repair/duplicate-key /x-ms-paths/~1a@"]);
    assert_eq!(outcome.normalized.as_ref().unwrap().written, ["GET /a", "GET /a?comp=list"]);
    assert_eq!(outcome.written("/paths/~1a?comp=list/get"), "/x-ms-paths/~1a?comp=list/get");
}
