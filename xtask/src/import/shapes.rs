//! Two documents side by side: what a client or a server could tell apart, whatever the words, the order and the names of types.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// What a schema or an operation says itself, and the schemas in it by place.
#[derive(Default)]
struct Shape<'a> {
    facts: BTreeMap<String, Value>,
    parts: BTreeMap<String, &'a Value>,
}

/// What a schema says itself besides its lists of names and values.
#[rustfmt::skip]
const FACTS: &[&str] = &[
    "type", "format", "additionalProperties", "readOnly", "writeOnly", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
    "multipleOf", "minLength", "maxLength", "pattern", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties",
];
const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// Where the operations of two normalised documents differ, each place once. A pair of named types is looked at once.
pub fn differences(ours: &Value, theirs: &Value) -> Vec<String> {
    let (mine, others) = (operations(ours), operations(theirs));
    let mut found = Vec::new();
    let mut open = Vec::new();
    for key in mine.keys().chain(others.keys()).collect::<BTreeSet<_>>() {
        match (mine.get(key), others.get(key)) {
            (Some(mine), Some(other)) => compare(key, mine, other, &mut open, &mut found),
            (mine, _) => found.push(format!("{key} is only in {}", if mine.is_some() { "ours" } else { "theirs" })),
        }
    }
    below(ours, theirs, open, &mut found);
    found
}

/// Where schemas differ that have the same name in both documents.
pub fn differences_of_types(ours: &Value, theirs: &Value, names: &[String]) -> Vec<String> {
    let of = |tree: &'_ Value, name: &String| tree.pointer(&format!("/components/schemas/{name}")).is_some();
    let mut found: Vec<String> = names.iter().filter(|name| !of(ours, name)).map(|name| format!("{name} is only in theirs")).collect();
    let pointers: Vec<Value> = names.iter().map(|name| serde_json::json!({ "$ref": format!("#/components/schemas/{name}") })).collect();
    let open = names.iter().zip(&pointers).filter(|(name, _)| of(ours, name)).map(|(name, pointer)| (name.clone(), pointer, pointer));
    below(ours, theirs, open.collect(), &mut found);
    found
}

type Pair<'a> = (String, &'a Value, &'a Value);

fn below<'a>(ours: &'a Value, theirs: &'a Value, mut open: Vec<Pair<'a>>, found: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    while let Some((at, mine, other)) = open.pop() {
        let ((name, mine), (named, other)) = (shape(ours, mine), shape(theirs, other));
        if let Some(pair) = name.zip(named)
            && !seen.insert(pair)
        {
            continue;
        }
        compare(&at, &mine, &other, &mut open, found);
    }
}

fn compare<'a>(at: &str, mine: &Shape<'a>, other: &Shape<'a>, open: &mut Vec<Pair<'a>>, found: &mut Vec<String>) {
    if mine.facts != other.facts {
        found.push(format!("{at}: ours {:?}, theirs {:?}", mine.facts, other.facts));
    }
    for key in mine.parts.keys().chain(other.parts.keys()).collect::<BTreeSet<_>>() {
        match (mine.parts.get(key).copied(), other.parts.get(key).copied()) {
            (Some(mine), Some(other)) => open.push((format!("{at}{key}"), mine, other)),
            (mine, _) => found.push(format!("{at}{key} is only in {}", if mine.is_some() { "ours" } else { "theirs" })),
        }
    }
}

pub fn resolved<'a>(tree: &'a Value, mut value: &'a Value) -> &'a Value {
    while let Some(target) = value["$ref"].as_str() {
        value = tree.pointer(&target[1..]).unwrap_or(&Value::Null);
    }
    value
}

/// A schema, and the name of the component that it is.
fn shape<'a>(tree: &'a Value, mut schema: &'a Value) -> (Option<&'a str>, Shape<'a>) {
    let (mut name, mut nullable) = (None, false);
    loop {
        if let Some(target) = schema["$ref"].as_str() {
            name = Some(target);
            schema = tree.pointer(&target[1..]).unwrap_or(&Value::Null);
            continue;
        }
        nullable |= schema["nullable"] == true;
        let mut shape = described(schema);
        if let (true, 1, Some(only)) = (shape.facts.is_empty(), shape.parts.len(), shape.parts.get(":allOf0").copied()) {
            schema = only;
            continue;
        }
        if nullable {
            shape.facts.insert("nullable".to_owned(), Value::Bool(true));
        }
        return (name, shape);
    }
}

fn is_anything(schema: &Value) -> bool {
    schema.as_object().map_or(schema.is_null() || schema == true, serde_json::Map::is_empty)
}

fn described(schema: &Value) -> Shape<'_> {
    let mut shape = Shape::default();
    for (key, value) in schema.as_object().into_iter().flatten() {
        match key.as_str() {
            "properties" => shape.parts.extend(value.as_object().into_iter().flatten().map(|(name, value)| (format!(".{name}"), value))),
            "items" => {
                shape.parts.insert("[]".to_owned(), value);
            }
            "additionalProperties" if value != false => {
                shape.parts.insert("{}".to_owned(), value);
            }
            "allOf" | "oneOf" | "anyOf" => {
                let arms = value.as_array().map(Vec::as_slice).unwrap_or_default();
                let key = if arms.len() == 1 { "allOf" } else { key.as_str() };
                shape.parts.extend(arms.iter().enumerate().map(|(index, arm)| (format!(":{key}{index}"), arm)));
            }
            "required" | "enum" => {
                let values: BTreeSet<String> =
                    value.as_array().into_iter().flatten().map(Value::to_string).filter(|value| value != "null").collect();
                if !values.is_empty() {
                    shape.facts.insert(key.clone(), values.into_iter().collect());
                }
            }
            "readOnly" | "writeOnly" | "uniqueItems" if value == false => {}
            key if FACTS.contains(&key) => {
                shape.facts.insert(key.to_owned(), value.clone());
            }
            _ => {}
        }
    }
    if schema["type"] == "object" && shape.parts.len() == 1 {
        // An object of anything is one, however it is written.
        shape.parts.retain(|key, value| key != "{}" || !is_anything(value));
    }
    if schema["type"] == "array" {
        shape.parts.entry("[]".to_owned()).or_insert(&Value::Null);
    }
    shape
}

/// Operations by method and path; what a variable of the path is called, the parameters say.
fn operations(tree: &Value) -> BTreeMap<String, Shape<'_>> {
    let mut operations = BTreeMap::new();
    for (path, item) in tree["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            if item[method].is_object() {
                operations.insert(format!("{method} {path}"), operation(tree, item, &item[method]));
            }
        }
    }
    operations
}

fn operation<'a>(tree: &'a Value, item: &'a Value, operation: &'a Value) -> Shape<'a> {
    let mut shape = Shape::default();
    let security = if operation["security"].is_null() { &tree["security"] } else { &operation["security"] };
    let security: BTreeSet<String> = security.as_array().into_iter().flatten().map(Value::to_string).collect();
    shape.facts.insert("security".to_owned(), security.into_iter().collect());
    for list in [item, operation].map(|holder| &holder["parameters"]) {
        for parameter in list.as_array().into_iter().flatten() {
            let parameter = resolved(tree, parameter);
            let text = |key: &str, or: &str| parameter[key].as_str().unwrap_or(or).to_owned();
            let place = text("in", "");
            let name = if place == "header" { text("name", "").to_lowercase() } else { text("name", "") };
            let style = text("style", if ["query", "cookie"].contains(&place.as_str()) { "form" } else { "simple" });
            let explode = parameter["explode"].as_bool().unwrap_or(style == "form");
            let at = format!(" {place} {name}");
            shape.facts.insert(at.clone(), format!("required: {}, {style}, explode: {explode}", parameter["required"] == true).into());
            contents(&at, &parameter["content"], &mut shape);
            shape.parts.insert(at, &parameter["schema"]);
        }
    }
    let body = resolved(tree, &operation["requestBody"]);
    if !body.is_null() {
        shape.facts.insert(" body".to_owned(), format!("required: {}", body["required"] == true).into());
        contents(" body", &body["content"], &mut shape);
    }
    for (status, response) in operation["responses"].as_object().into_iter().flatten() {
        let response = resolved(tree, response);
        shape.facts.insert(format!(" {status}"), Value::Null);
        contents(&format!(" {status}"), &response["content"], &mut shape);
        for (name, header) in response["headers"].as_object().into_iter().flatten() {
            let header = resolved(tree, header);
            let at = format!(" {status} header {}", name.to_lowercase());
            shape.facts.insert(at.clone(), format!("required: {}", header["required"] == true).into());
            shape.parts.insert(at, &header["schema"]);
        }
    }
    shape
}

fn contents<'a>(at: &str, content: &'a Value, shape: &mut Shape<'a>) {
    for (media_type, said) in content.as_object().into_iter().flatten() {
        let at = format!("{at} {media_type}");
        shape.facts.insert(at.clone(), said["encoding"].clone());
        shape.parts.insert(at, &said["schema"]);
    }
}
