//! Nothing that the tree holds is lost in openapiv3: a document that uses every field comes back whole.

use super::*;
use crate::normalize::grammar::{DOCUMENT, Kind};
use std::collections::BTreeSet;

/// Every field of OpenAPI 3.0, and what travels as an extension.
fn everything() -> Value {
    let text = json!({ "type": "string", "format": "password", "pattern": "^a", "minLength": 1, "maxLength": 9, "enum": ["a", null], "nullable": true,
        "default": null, "example": null, "title": "t", "description": "d", "deprecated": true, "readOnly": true });
    let number = json!({ "type": "number", "format": "double", "minimum": 0.5, "maximum": 9, "exclusiveMinimum": true, "exclusiveMaximum": true,
        "multipleOf": 0.5, "enum": [1, 1.5], "writeOnly": true, "default": 1 });
    let mixed = json!({ "type": "object", "maxProperties": 3, "minProperties": 1, "additionalProperties": { "type": "integer", "enum": [1], "maximum": 5 },
        "allOf": [{ "$ref": "#/components/schemas/Text" }], "anyOf": [{ "type": "boolean", "enum": [true] }], "oneOf": [{}], "not": { "type": "string" },
        "required": ["a"], "properties": { "a": {}, "$ref": { "type": "array", "items": {}, "minItems": 1, "maxItems": 2, "uniqueItems": true } },
        "discriminator": { "propertyName": "a", "mapping": { "x": "#/components/schemas/Text" }, "defaultMapping": "y" },
        "externalDocs": { "url": "u", "description": "d", "x-e": 1 },
        "xml": { "name": "n", "namespace": "s", "prefix": "p", "attribute": true, "wrapped": true, "nodeType": "element" } });
    let modern = json!({ "const": "a", "contentEncoding": "base64", "contentMediaType": "a/b", "contentSchema": {}, "patternProperties": { "^a": {} },
        "propertyNames": {}, "unevaluatedProperties": false, "unevaluatedItems": {}, "prefixItems": [{}], "contains": {}, "minContains": 1, "maxContains": 2,
        "if": {}, "then": {}, "else": {}, "dependentRequired": { "a": ["b"] }, "dependentSchemas": { "a": {} }, "$defs": { "a": {} }, "definitions": {},
        "examples": [1], "$comment": "c", "$schema": "s", "$id": "i", "$anchor": "a", "$dynamicAnchor": "d", "$dynamicRef": "#d", "$vocabulary": {}, "enum": ["a"] });
    let media = json!({ "schema": { "$ref": "#/components/schemas/Text" }, "example": null, "examples": { "e": { "$ref": "#/components/examples/E" } },
        "encoding": { "a": { "contentType": "t", "headers": { "h": { "$ref": "#/components/headers/H" } }, "style": "deepObject", "explode": false,
            "allowReserved": true, "encoding": {}, "prefixEncoding": [], "itemEncoding": {} } },
        "itemSchema": {}, "prefixEncoding": [], "itemEncoding": {}, "x-m": 1 });
    let server = json!({ "url": "https://{h}", "description": "d", "variables": { "h": { "enum": ["a"], "default": "a", "description": "d" } }, "name": "n" });
    let header = json!({ "description": "d", "required": true, "deprecated": true, "style": "simple", "explode": true, "schema": {}, "example": null,
        "examples": { "e": { "value": 1 } }, "allowEmptyValue": true, "allowReserved": true });
    let operation = json!({ "tags": ["t"], "summary": "s", "description": "d", "externalDocs": { "url": "u" }, "operationId": "o", "deprecated": true,
        "parameters": [
            { "name": "q", "in": "query", "description": "d", "required": true, "deprecated": true, "allowEmptyValue": true, "style": "pipeDelimited",
                "explode": false, "allowReserved": true, "schema": { "type": "array", "items": {} }, "examples": { "e": { "value": null } } },
            { "name": "h", "in": "header", "allowEmptyValue": true, "allowReserved": true, "content": { "application/json": {} }, "example": null },
            { "name": "p", "in": "path", "required": true, "style": "label", "explode": true, "schema": {}, "example": 1 },
            { "$ref": "#/components/parameters/P" }],
        "requestBody": { "description": "d", "required": true, "content": { "application/json": media } },
        "responses": { "default": { "$ref": "#/components/responses/R" }, "2XX": { "description": "" }, "404": { "description": "x" }, "x-r": 1 },
        "callbacks": {
            "plain": { "{$url}": { "post": { "responses": {} } } },
            "reference": { "$ref": "#/components/callbacks/C" },
            "extended": { "x-c": 1, "{$url}": { "$ref": "#/components/pathItems/I" } } },
        "security": [{ "key": [] }, {}], "servers": [server], "x-o": { "a": null } });
    let flow = json!({ "authorizationUrl": "a", "tokenUrl": "t", "refreshUrl": "r", "scopes": { "s": "d" } });
    let mut item = json!({ "summary": "s", "description": "d", "servers": [server], "parameters": [{ "name": "c", "in": "cookie", "schema": {} }, { "name": "p", "in": "path", "required": true, "schema": {} }] });
    for method in crate::normalize::at::METHODS {
        item[method] = json!({ "responses": {} });
    }
    item["get"] = operation;
    json!({ "openapi": "3.1.0", "x-d": 1, "$self": "s", "jsonSchemaDialect": "j", "webhooks": { "w": {} },
        "info": { "title": "t", "description": "d", "termsOfService": "s", "version": "1", "summary": "s",
            "contact": { "name": "n", "url": "u", "email": "e" }, "license": { "name": "n", "url": "u", "identifier": "i" } },
        "servers": [server], "paths": { "/a/{p}": item, "x-p": 1 }, "security": [{ "oauth": ["s"] }],
        "tags": [{ "name": "t", "description": "d", "externalDocs": { "url": "u" }, "summary": "s", "parent": "p", "kind": "k" }],
        "externalDocs": { "url": "u" },
        "components": {
            "schemas": { "Text": text, "Number": number, "Mixed": mixed, "Modern": modern },
            "responses": { "R": { "description": "d", "summary": "s", "headers": { "h": header }, "content": { "text/plain": { "example": "x" } },
                "links": { "l": { "operationId": "o", "parameters": { "a": null }, "requestBody": null, "description": "d", "server": server },
                    "m": { "operationRef": "#/paths" } } } },
            "parameters": { "P": { "name": "r", "in": "query", "content": { "application/json": {} } } },
            "examples": { "E": { "summary": "s", "description": "d", "value": null, "externalValue": "e", "dataValue": 1, "serializedValue": "1" } },
            "requestBodies": { "B": { "content": {} } }, "headers": { "H": header },
            "securitySchemes": {
                "key": { "type": "apiKey", "in": "cookie", "name": "k", "description": "d", "deprecated": true },
                "http": { "type": "http", "scheme": "Bearer", "bearerFormat": "jwt" },
                "oauth": { "type": "oauth2", "oauth2MetadataUrl": "m", "flows": { "implicit": { "authorizationUrl": "a", "refreshUrl": "r", "scopes": {} },
                    "password": { "tokenUrl": "t", "scopes": {} }, "clientCredentials": { "tokenUrl": "t", "scopes": {} }, "authorizationCode": flow, "deviceAuthorization": {} } },
                "oidc": { "type": "openIdConnect", "openIdConnectUrl": "u" } },
            "links": { "L": { "$ref": "#/components/responses/R/links/m" } }, "callbacks": { "C": { "{$url}": { "get": { "responses": {} } } } },
            "pathItems": { "I": {} }, "mediaTypes": {} } })
}

/// Whether openapiv3 may leave it out: what says the same as nothing.
fn says_nothing(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => !flag,
        Value::Array(list) => list.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

fn losses(before: &Value, after: &Value, at: &str, found: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                match after.get(key) {
                    Some(after) => losses(value, after, &format!("{at}/{key}"), found),
                    None if says_nothing(value) => {}
                    None => found.push(format!("{at}/{key} is lost")),
                }
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (index, (before, after)) in before.iter().zip(after).enumerate() {
                losses(before, after, &format!("{at}/{index}"), found);
            }
        }
        (Value::Number(before), Value::Number(after)) if before.as_f64() == after.as_f64() => {}
        _ if before == after => {}
        _ => found.push(format!("{at} was {before} and is {after}")),
    }
}

#[test]
fn openapiv3_loses_nothing() {
    let outcome = outcome(vec![("a.json", everything())], Vec::new());
    let repairs: Vec<&String> = outcome.findings.iter().filter(|found| !found.starts_with("~")).collect();
    assert_eq!(repairs, [""; 0]);
    let tree = outcome.tree();
    let after = serde_json::to_value(&outcome.normalized.as_ref().unwrap().openapi).unwrap();
    let mut found = Vec::new();
    losses(tree, &after, "", &mut found);
    assert_eq!(found, [""; 0]);
}

/// The fixture above is only worth something if it uses every field that the grammar knows.
#[test]
fn the_fixture_uses_every_field() {
    fn visit(value: &Value, kind: &Kind, used: &mut BTreeSet<(&'static str, String)>, known: &mut BTreeSet<(&'static str, String)>) {
        match (value, kind) {
            (Value::Array(list), Kind::List(inner) | Kind::Every(inner)) => list.iter().for_each(|child| visit(child, inner, used, known)),
            (Value::Object(map), Kind::Map(inner)) => map.values().for_each(|child| visit(child, inner, used, known)),
            (Value::Object(map), Kind::Object(shape) | Kind::Ref(shape) | Kind::FlagOr(shape)) => {
                known.extend(shape.fields.iter().map(|(field, _)| (shape.name, (*field).to_owned())));
                for (key, child) in map {
                    used.insert((shape.name, key.clone()));
                    if let Some(kind) = shape.field(key) {
                        visit(child, kind, used, known);
                    }
                }
            }
            _ => {}
        }
    }
    let (mut used, mut known) = (BTreeSet::new(), BTreeSet::new());
    visit(&everything(), &Kind::Object(&DOCUMENT), &mut used, &mut known);
    // A header has either a schema or content, and the other way is the same code as a parameter's.
    known.remove(&("header", "content".to_owned()));
    let unused: Vec<_> = known.difference(&used).collect();
    assert_eq!(unused, [] as [&(&str, String); 0]);
}

/// Every place of a document, in turn, holds every kind of nonsense: what is then refused by openapiv3, and which references
/// point to nothing. Of all cases it is every one of so many that is tried.
fn broken(whole: &Value, every: usize) -> Vec<String> {
    fn places(value: &Value, at: &str, found: &mut Vec<String>) {
        found.push(at.to_owned());
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, child)| places(child, &format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), found))
            }
            Value::Array(list) => list.iter().enumerate().for_each(|(index, child)| places(child, &format!("{at}/{index}"), found)),
            _ => {}
        }
    }
    let nonsense = [
        json!(null),
        json!(true),
        json!(-1.5),
        json!(1e300),
        json!("x"),
        json!([]),
        json!([null, 1]),
        json!({}),
        json!({ "x": null }),
        json!({ "$ref": "#/nowhere" }),
        json!({ "$ref": 5 }),
        json!([{ "$ref": "#/components/schemas/Mixed" }]),
        json!({ "default": { "type": ["a", 1] } }),
    ];
    let mut found = Vec::new();
    places(whole, "", &mut found);
    let cases: Vec<(&String, &Value)> =
        found.iter().filter(|place| !place.is_empty()).flat_map(|place| nonsense.iter().map(move |value| (place, value))).collect();
    cases
        .iter()
        .step_by(every)
        .filter_map(|(place, value)| {
            let mut document = whole.clone();
            *document.pointer_mut(place)? = (*value).clone();
            let outcome = outcome(vec![("a.json", document)], Vec::new());
            let bug = outcome.findings.iter().position(|found| found.starts_with("internal"));
            let dangling = outcome.normalized.map(|normalized| crate::normalize::reference::dangling(&normalized.tree)).unwrap_or_default();
            let fault = bug.map(|bug| outcome.messages[bug].clone()).or_else(|| dangling.first().cloned())?;
            Some(format!("{place} = {value}: {fault}"))
        })
        .collect()
}

/// All of them take a minute; every eleventh, which meets each place and each nonsense, does as well.
#[test]
fn nothing_that_stands_anywhere_makes_openapiv3_refuse() {
    assert_eq!(broken(&everything(), 11), [""; 0]);
}

#[test]
fn nothing_that_stands_anywhere_in_two_zero_makes_openapiv3_refuse() {
    let fixture = include_str!("../../../../tests/fixtures/swagger.yaml");
    assert_eq!(broken(&serde_yaml::from_str(fixture).unwrap(), 11), [""; 0]);
}
