//! Each kind of fault is noticed, and a right exchange is not blamed.

use serde_json::json;

use super::super::operations::operations;
use super::super::refs::Tree;
use super::*;

fn document() -> Value {
    json!({
        "paths": {"/users/{id}/status": {"put": {
            "security": [{"token": []}, {"key": [], "login": []}],
            "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                {"name": "ids", "in": "query", "schema": {"type": "array", "items": {"type": "string"}}},
                {"name": "X-Trace", "in": "header", "schema": {"type": "string"}},
                {"name": "X-Quiet", "in": "header", "schema": {"type": "boolean"}},
            ],
            "requestBody": {"content": {"application/json": {"schema": {"type": "object", "required": ["status"], "properties": {
                "status": {"type": "string"}, "until": {"type": "integer", "nullable": true}}}}}},
            "responses": {"200": {"description": "", "headers": {"ETag": {"schema": {"type": "string"}}, "X-No": {"schema": {"type": "string"}}},
                "content": {"application/json": {"schema": {"type": "string"}}}}, "204": {"description": ""}},
        }}},
        "components": {"securitySchemes": {
            "token": {"type": "http", "scheme": "bearer"}, "login": {"type": "http", "scheme": "basic"},
            "key": {"type": "apiKey", "in": "query", "name": "key"}}},
    })
}

fn right() -> Exchange {
    Exchange {
        method: "PUT".into(),
        target: "/users/a%20b/status?ids=x&ids=y".into(),
        request_headers: vec![
            ("authorization".into(), b"Bearer secret".to_vec()),
            ("x-trace".into(), b"t 1".to_vec()),
            ("content-type".into(), b"application/json".to_vec()),
        ],
        request_body: br#"{"status":"away"}"#.to_vec(),
        status: 200,
        response_headers: vec![("content-type".into(), b"application/json; charset=utf-8".to_vec()), ("etag".into(), b"\"e\"".to_vec())],
        response_body: br#""done""#.to_vec(),
    }
}

fn checks(change: impl Fn(&mut Exchange)) -> Vec<&'static str> {
    let document = document();
    let tree = Tree::new(&document);
    let operations = operations(tree);
    let operation = &operations[0];
    let schemas = Schemas::new(tree);
    let values = json!({"path": {"id": "a b"}, "query": {"ids": ["x", "y"]}, "header": {"X-Trace": "t 1"}, "body": {"status": "away"}});
    let credentials = BTreeMap::from([("token".to_owned(), "secret".to_owned())]);
    let media = operation.body.as_ref().map(|body| &body.content[0]);
    let mut exchange = right();
    change(&mut exchange);
    let mut faults = request(&schemas, &Request { operation, values: &values, media, credentials: &credentials }, &exchange);
    let headers = Map::from_iter([("ETag".to_owned(), json!("\"e\""))]);
    let answered = &operation.responses[0];
    let (media, body) = (Some(&answered.content[0]), json!("done"));
    let wanted = Response { status: 200, media, body: Some(&body), declared: &answered.headers, headers: &headers };
    faults.extend(response(&schemas, &wanted, &exchange));
    faults.into_iter().map(|fault| fault.check).collect()
}

fn set(headers: &mut Vec<(String, Vec<u8>)>, name: &str, value: Option<&str>) {
    headers.retain(|(other, _)| other != name);
    headers.extend(value.map(|value| (name.to_owned(), value.as_bytes().to_vec())));
}

#[test]
fn a_right_exchange_is_not_blamed() {
    assert_eq!(checks(|_| {}), [""; 0]);
}

#[test]
fn every_fault_of_a_request_is_noticed() {
    type Change = fn(&mut Exchange);
    let table: [(&str, Change, &[&str]); 17] = [
        ("method", |e| e.method = "POST".into(), &["wire/method"]),
        ("literal of the path", |e| e.target = e.target.replace("status", "state"), &["wire/path"]),
        ("value in the path", |e| e.target = e.target.replace("a%20b", "a%20c"), &["wire/path"]),
        ("space as plus", |e| e.target = e.target.replace("%20", "+"), &["wire/path", "wire/path"]),
        ("base path twice", |e| e.target = format!("/users{}", e.target), &["wire/path"]),
        ("query style", |e| e.target = e.target.replace("&ids=", ","), &["wire/query", "wire/query"]),
        ("query parameter dropped", |e| e.target = e.target.replace("&ids=y", ""), &["wire/query"]),
        ("query parameter invented", |e| e.target.push_str("&page=1"), &["wire/query"]),
        ("header dropped", |e| set(&mut e.request_headers, "x-trace", None), &["wire/header"]),
        ("header invented", |e| set(&mut e.request_headers, "x-quiet", Some("false")), &["wire/header"]),
        ("credential dropped", |e| set(&mut e.request_headers, "authorization", None), &["wire/credential"]),
        ("credential of another scheme", |e| set(&mut e.request_headers, "authorization", Some("Basic secret")), &["wire/credential"]),
        ("content type", |e| set(&mut e.request_headers, "content-type", Some("text/plain")), &["wire/content-type"]),
        ("field renamed", |e| e.request_body = br#"{"state":"away"}"#.to_vec(), &["wire/body", "wire/schema"]),
        ("null for absent", |e| e.request_body = br#"{"status":"away","until":null}"#.to_vec(), &["wire/body"]),
        ("null where it may not be", |e| e.request_body = br#"{"status":null}"#.to_vec(), &["wire/body", "wire/schema"]),
        ("no body", |e| e.request_body.clear(), &["wire/body"]),
    ];
    for (name, change, wanted) in table {
        assert_eq!(checks(change), wanted, "{name}");
    }
}

#[test]
fn every_fault_of_a_response_is_noticed() {
    type Change = fn(&mut Exchange);
    let table: [(&str, Change, &[&str]); 6] = [
        ("header", |e| set(&mut e.response_headers, "etag", Some("e")), &["wire/response-header"]),
        ("header invented", |e| set(&mut e.response_headers, "x-no", Some("e")), &["wire/response-header"]),
        ("status", |e| e.status = 201, &["wire/status"]),
        ("content type", |e| set(&mut e.response_headers, "content-type", None), &["wire/content-type"]),
        ("body", |e| e.response_body = b"7".to_vec(), &["wire/body", "wire/schema"]),
        ("no body", |e| e.response_body.clear(), &["wire/body"]),
    ];
    for (name, change, wanted) in table {
        assert_eq!(checks(change), wanted, "{name}");
    }
}

#[test]
fn credentials_of_an_alternative_travel_together() {
    let document = document();
    let tree = Tree::new(&document);
    let operations = operations(tree);
    let given = BTreeMap::from([("login".to_owned(), "user:word".to_owned()), ("key".to_owned(), "k 1".to_owned())]);
    let check = |target: &str, authorization: &str| {
        let exchange = Exchange {
            target: target.into(),
            request_headers: vec![("authorization".into(), authorization.into())],
            ..Exchange::default()
        };
        credentials(&operations[0], &given, &exchange, target.split_once('?').map_or("", |(_, query)| query)).len()
    };
    assert_eq!(check("/?key=k%201", "Basic dXNlcjp3b3Jk"), 0);
    assert_eq!(check("/?key=k%201", "Bearer dXNlcjp3b3Jk"), 1);
    assert_eq!(check("/", "Basic dXNlcjp3b3Jk"), 1);
}

#[test]
fn a_key_may_share_the_authorization_header() {
    let document = json!({"security": [{"ticket": []}, {"token": []}], "paths": {"/": {"get": {}}}, "components": {"securitySchemes": {
        "ticket": {"type": "apiKey", "in": "header", "name": "Authorization"}, "token": {"type": "http", "scheme": "bearer"}}}});
    let operations = operations(Tree::new(&document));
    let check = |id: &str, authorization: &str| {
        let given = BTreeMap::from([(id.to_owned(), "abc".to_owned())]);
        let exchange = Exchange { request_headers: vec![("authorization".into(), authorization.into())], ..Exchange::default() };
        credentials(&operations[0], &given, &exchange, "").len()
    };
    assert_eq!((check("ticket", "abc"), check("token", "Bearer abc")), (0, 0));
    assert_eq!((check("ticket", "Bearer abc"), check("token", "abc"), check("nothing", "abc")), (1, 1, 1));
}
