//! Several documents made one.

use serde_json::{Value, json};

use super::{Outcome, outcomes, whole};

/// A document whose `GET /a` answers with a component, and what else it has.
fn answering(schema: Value, more: Value) -> Value {
    let mut document = whole(json!({
        "paths": { "/a": { "get": reference_response("A") } },
        "components": { "schemas": { "A": schema } },
    }));
    for (key, value) in more.as_object().expect("parts are an object") {
        document[key] = value.clone();
    }
    document
}

fn reference_response(schema: &str) -> Value {
    let schema = format!("#/components/schemas/{schema}");
    json!({ "responses": { "200": { "description": "", "content": { "application/json": { "schema": { "$ref": schema } } } } } })
}

fn both(one: Value, other: Value) -> Outcome {
    outcomes(vec![("one.json", one), ("other.json", other)], 2)
}

#[test]
fn equal_operations_are_there_once_and_unequal_ones_are_a_conflict() {
    let text = json!({ "type": "string" });
    let operation = |path: &str, operation: Value| whole(json!({ "paths": { path: { "post": operation } } }));
    let taking = |name: &str, kind: &str| json!({ "parameters": [{ "name": name, "in": "path", "required": true, "schema": { "type": kind } }], "responses": {} });
    let secured = |security: Value| {
        let mut document = operation("/a", json!({ "responses": {} }));
        document["security"] = security;
        document["components"] = json!({ "securitySchemes": { "k": { "type": "http", "scheme": "basic" } } });
        document
    };
    for (one, other, finding, written) in [
        (operation("/a", json!({ "responses": {} })), operation("/a", json!({ "responses": {}, "x-y": 1 })), "~merge/same", ["POST /a"; 2]),
        (
            operation("/a", json!({ "responses": {}, "summary": "one", "operationId": "a", "deprecated": false })),
            operation("/a", json!({ "responses": {}, "summary": "other", "operationId": "b", "parameters": [] })),
            "~merge/same",
            ["POST /a"; 2],
        ),
        (operation("/a/{b}", taking("b", "string")), operation("/a/{c}", taking("c", "string")), "~merge/same", ["POST /a/{b}"; 2]),
        (
            operation(
                "/a/{b}",
                json!({ "responses": { "200": { "description": "" } }, "parameters": taking("b", "string")["parameters"] }),
            ),
            operation("/a/{c}", taking("c", "string")),
            "merge/conflict",
            ["POST /a/{b}"; 2],
        ),
        (operation("/a/{b}", taking("b", "string")), operation("/a/{c}", taking("c", "integer")), "", ["POST /a/{b}", "POST /a/{c}"]),
        (operation("/a/{b}", taking("b", "string")), operation("/a/{b}", taking("b", "integer")), "merge/conflict", ["POST /a/{b}"; 2]),
        (secured(json!([{ "k": [] }])), secured(json!([{ "k": [] }])), "~merge/same", ["POST /a"; 2]),
        (secured(json!([{ "k": [] }])), secured(json!([])), "merge/conflict", ["POST /a"; 2]),
    ] {
        let outcome = both(one.clone(), other.clone());
        let places: Vec<String> = if finding.is_empty() {
            Vec::new()
        } else {
            let path = other["paths"].as_object().unwrap().keys().next().unwrap().replace('/', "~1");
            vec![format!("{finding} 1/paths/{path}/post@")]
        };
        assert_eq!(outcome.findings, places, "{one} {other}");
        let normalized = outcome.normalized.unwrap();
        assert_eq!(normalized.written, written);
        let left: std::collections::BTreeSet<&str> = written.into_iter().collect();
        assert_eq!(normalized.tree["paths"].as_object().unwrap().len(), left.len());
    }
    // In place or by reference is the same.
    let mut inline = answering(text.clone(), json!({}));
    inline["paths"]["/a"]["get"]["responses"]["200"]["content"]["application/json"]["schema"] = text.clone();
    assert_eq!(both(answering(text, json!({})), inline).findings, ["~merge/same 1/paths/~1a/get@"]);
}

#[test]
fn a_path_of_both_has_the_methods_of_both_and_shares_no_parameters() {
    let document = |method: &str, name: &str| {
        let parameters = json!([{ "name": name, "in": "query", "schema": { "type": "string" } }]);
        whole(json!({ "paths": { "/a": { "parameters": parameters, method: { "responses": {} } } } }))
    };
    let outcome = both(document("get", "x"), document("put", "y"));
    assert_eq!(outcome.findings, [""; 0]);
    let item = &outcome.tree()["paths"]["/a"];
    assert!(item.get("parameters").is_none());
    assert_eq!((&item["get"]["parameters"][0]["name"], &item["put"]["parameters"][0]["name"]), (&json!("x"), &json!("y")));
    assert_eq!(outcome.written("/paths/~1a/put/parameters/0/name"), "1/paths/~1a/parameters/0/name");
}

#[test]
fn components_of_one_name_are_one_or_told_apart() {
    let node =
        |extra: &str| json!({ "type": "object", "description": extra, "properties": { "next": { "$ref": "#/components/schemas/A" } } });
    // Equal ones are one, also where they refer to themselves.
    let outcome = both(answering(node("one"), json!({})), answering(node("other"), json!({})));
    assert_eq!(outcome.findings, ["~merge/same 1/components/schemas/A@", "~merge/same 1/paths/~1a/get@"]);
    assert_eq!(outcome.tree()["components"]["schemas"].as_object().unwrap().len(), 1);
    // Different ones, and those that refer to them, get names of their own; `other_A` is taken.
    let with = |kind: &str| json!({ "A": { "type": kind }, "B": { "items": { "$ref": "#/components/schemas/A" }, "type": "array" }, "other_A": { "type": kind } });
    let one = whole(json!({ "paths": { "/a": { "get": reference_response("B") } }, "components": { "schemas": with("string") } }));
    let other = whole(json!({ "paths": { "/b": { "get": reference_response("B") } }, "components": { "schemas": with("integer") } }));
    let outcome = both(one, other);
    assert_eq!(outcome.findings, ["A", "B", "other_A"].map(|name| format!("~merge/renamed 1/components/schemas/{name}@")),);
    let tree = outcome.tree();
    assert_eq!(tree["components"]["schemas"]["other_B"]["items"]["$ref"], "#/components/schemas/other_A_2");
    assert_eq!(tree["components"]["schemas"]["other_A_2"]["type"], "integer");
    assert_eq!(outcome.written("/components/schemas/other_A_2/type"), "1/components/schemas/A/type");
    assert_eq!(outcome.written("/components/schemas/A/type"), "/components/schemas/A/type");
}

#[test]
fn a_file_that_several_documents_refer_to_is_one_component() {
    let to = |text: &str| json!({ "responses": { "200": { "description": "", "content": { "application/json": { "schema": { "$ref": text } } } } } });
    let one = whole(json!({ "paths": { "/a": { "get": to("common.json#/User") } } }));
    // Here the name is taken by something else.
    let other = whole(json!({
        "paths": { "/b": { "get": to("common.json#/User") }, "/c": { "get": to("#/components/schemas/User") } },
        "components": { "schemas": { "User": { "type": "integer" } } },
    }));
    let common = json!({ "User": { "type": "object", "properties": { "id": { "type": "string" } } } });
    let outcome = outcomes(vec![("one.json", one), ("other.json", other), ("common.json", common)], 2);
    let tree = outcome.tree();
    let used = |path: &str| tree.pointer(&format!("/paths/~1{path}/get/responses/200/content/application~1json/schema/$ref")).unwrap();
    assert_eq!(used("a"), used("b"));
    assert_eq!(used("c"), "#/components/schemas/other_User");
    assert_eq!(tree["components"]["schemas"].as_object().unwrap().len(), 2);
    assert_eq!(outcome.written("/components/schemas/User/type"), "2/User/type");
}

#[test]
fn what_tells_branches_apart_stays_when_their_schemas_are_renamed() {
    let pet = |kind: &str| {
        let cat = json!({ "type": "object", "properties": { "kind": { "type": "string" }, "x": { "type": kind } } });
        let either = json!({ "oneOf": [{ "$ref": "#/components/schemas/Cat" }], "discriminator": { "propertyName": "kind" } });
        whole(json!({ "components": { "schemas": { "Cat": cat, "Pet": either } } }))
    };
    let outcome = both(pet("string"), pet("integer"));
    let discriminator = &outcome.tree()["components"]["schemas"]["other_Pet"]["discriminator"];
    assert_eq!(discriminator["mapping"], json!({ "Cat": "#/components/schemas/other_Cat" }));
}

#[test]
fn the_rest_of_the_documents_is_joined() {
    let document = |scheme: &str, server: &str, tag: &str, id: &str, path: &str| {
        whole(json!({
            "security": [{ "key": [] }],
            "servers": [{ "url": "https://example.com" }, { "url": server }],
            "tags": [{ "name": "all" }, { "name": tag }],
            "paths": { path: { "get": { "operationId": id, "responses": {} } } },
            "components": { "securitySchemes": { "key": { "type": "http", "scheme": scheme } } },
        }))
    };
    let one = document("basic", "https://one.example.com", "one", "list", "/one");
    let outcome = both(one, document("bearer", "https://two.example.com", "two", "list", "/two"));
    assert_eq!(outcome.findings, ["~merge/renamed 1/components/securitySchemes/key@", "repair/operation-id 1/paths/~1two/get/operationId"]);
    let tree = outcome.tree();
    assert_eq!((&tree["security"], &tree["info"]["title"]), (&Value::Null, &json!("T")));
    assert_eq!(tree["paths"]["/one"]["get"]["security"], json!([{ "key": [] }]));
    assert_eq!(tree["paths"]["/two"]["get"]["security"], json!([{ "other_key": [] }]));
    let names = |list: &str, key: &str| tree[list].as_array().unwrap().iter().map(|item| item[key].clone()).collect::<Vec<_>>();
    assert_eq!(names("servers", "url"), ["https://example.com", "https://one.example.com", "https://two.example.com"]);
    assert_eq!(names("tags", "name"), ["all", "one", "two"]);
    assert_eq!(outcome.written("/servers/2/url"), "1/servers/1/url");
}

#[test]
fn other_servers_are_said_where_none_is_shared() {
    let document = |urls: &[&str]| {
        let servers: Vec<Value> = urls.iter().map(|url| json!({ "url": url })).collect();
        whole(json!({ "servers": servers, "paths": {} }))
    };
    let said = ["merge/servers 1/servers"];
    let table: [(&[&str], &[&str], &[&str]); 5] = [
        (&["/a"], &["/b"], &said),
        (&["/a", "/b"], &["/c", "/d"], &said),
        (&["/a", "/b"], &["/c", "/b"], &[]),
        (&["/a"], &[], &[]),
        (&[], &["/b"], &[]),
    ];
    for (ours, theirs, expected) in table {
        assert_eq!(both(document(ours), document(theirs)).findings, expected, "{ours:?} {theirs:?}");
    }
}

#[test]
fn spellings_of_one_path_are_joined() {
    let body = |name: &str, required: bool| json!({ "required": required, "content": { "application/json": { "schema": { "title": name, "type": "object" } } } });
    let page = |required: bool| json!([{ "name": "page", "in": "query", "required": required, "schema": { "type": "string" } }]);
    let document = whole(json!({ "paths": {
        "/login": { "parameters": page(true), "post": { "operationId": "login", "requestBody": body("a", true), "responses": { "200": { "description": "" } } } },
        "/login - with a code": { "post": { "requestBody": body("b", true), "responses": { "201": { "description": "" } } }, "get": { "responses": {} } },
        "/login - with a key": { "parameters": page(true), "post": { "requestBody": body("c", false), "responses": { "200": { "description": "" } } } },
        "/rooms/:rid": { "get": { "responses": {}, "parameters": [{ "name": "rid", "in": "path", "required": true, "schema": { "type": "integer" } }] } },
        "/rooms/:rid/{key}:verb": { "get": { "responses": {} } },
    } }));
    let outcome = super::outcome(vec![("a.json", document)], Vec::new());
    assert_eq!(
        outcome.findings,
        [
            "repair/path-key /paths/~1login - with a code@",
            "repair/duplicate-key /paths/~1login - with a code/post@",
            "repair/path-key /paths/~1login - with a key@",
            "repair/duplicate-key /paths/~1login - with a key/post@",
            "repair/path-key /paths/~1rooms~1:rid@",
            "repair/path-key /paths/~1rooms~1:rid~1{key}:verb@",
            "repair/path-parameter /paths/~1rooms~1:rid~1{key}:verb@",
            "repair/path-parameter /paths/~1rooms~1:rid~1{key}:verb@",
        ]
    );
    let normalized = outcome.normalized.as_ref().unwrap();
    assert_eq!(
        normalized.written,
        ["POST /login", "POST /login", "GET /login", "POST /login", "GET /rooms/{rid}", "GET /rooms/{rid}/{key}:verb"]
    );
    let paths = &outcome.tree()["paths"];
    assert_eq!(paths.as_object().unwrap().keys().collect::<Vec<_>>(), ["/login", "/rooms/{rid}", "/rooms/{rid}/{key}:verb"]);
    let login = &paths["/login"]["post"];
    assert_eq!(login["operationId"], "login");
    assert_eq!(login["parameters"], json!([{ "name": "page", "in": "query", "schema": { "type": "string" } }]));
    let arms = &login["requestBody"]["content"]["application/json"]["schema"]["anyOf"];
    assert_eq!(arms.as_array().unwrap().iter().map(|arm| &arm["title"]).collect::<Vec<_>>(), ["a", "b", "c"]);
    assert!(login["requestBody"].get("required").is_none());
    assert_eq!(login["responses"].as_object().unwrap().keys().collect::<Vec<_>>(), ["200", "201"]);
    assert_eq!(paths["/rooms/{rid}"]["get"]["parameters"][0]["schema"]["type"], "integer");
    let arm = "/paths/~1login/post/requestBody/content/application~1json/schema/anyOf/1/title";
    assert_eq!(outcome.written(arm), "/paths/~1login - with a code/post/requestBody/content/application~1json/schema/title");
}
