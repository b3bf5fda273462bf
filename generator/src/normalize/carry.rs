//! What openapiv3 has no field for travels as `x-bothends-*` extensions: this file is the whole list.

use serde_json::{Map, Value};

use super::grammar::{DOCUMENT, Kind, Shape};
use super::origins::CARRIED;

/// `(shape, fields)`: each field is renamed to `x-bothends-<field>`, value and all.
const FIELDS: &[(&str, &[&str])] = &[
    ("document", &["webhooks", "jsonSchemaDialect", "$self"]),
    ("info", &["summary"]),
    ("license", &["identifier"]),
    ("server", &["name"]),
    ("components", &["pathItems", "mediaTypes"]),
    ("media type", &["itemSchema", "prefixEncoding", "itemEncoding"]),
    ("encoding", &["explode", "encoding", "prefixEncoding", "itemEncoding"]),
    ("response", &["summary"]),
    ("example", &["dataValue", "serializedValue"]),
    ("header", &["explode", "allowEmptyValue", "allowReserved"]),
    ("tag", &["summary", "parent", "kind"]),
    ("discriminator", &["defaultMapping"]),
    ("security scheme", &["oauth2MetadataUrl", "deprecated"]),
    ("OAuth flows", &["deviceAuthorization"]),
    (
        "schema",
        &[
            "xml",
            "const",
            "contentEncoding",
            "contentMediaType",
            "contentSchema",
            "patternProperties",
            "propertyNames",
            "unevaluatedProperties",
            "unevaluatedItems",
            "prefixItems",
            "contains",
            "minContains",
            "maxContains",
            "if",
            "then",
            "else",
            "dependentRequired",
            "dependentSchemas",
            "$defs",
            "definitions",
            "examples",
            "$comment",
            "$schema",
            "$id",
            "$anchor",
            "$dynamicAnchor",
            "$dynamicRef",
            "$vocabulary",
        ],
    ),
];

/// `(shape, fields)`: where the value is null, openapiv3 cannot tell it from an absent one, so the null is carried.
const NULLS: &[(&str, &[&str])] = &[
    ("schema", &["default", "example"]),
    ("media type", &["example"]),
    ("parameter", &["example"]),
    ("header", &["example"]),
    ("example", &["value"]),
    ("link", &["requestBody"]),
];

/// Fields of a parameter that only a query has in openapiv3.
const QUERY_ONLY: &[&str] = &["allowReserved", "allowEmptyValue"];

/// The whole tree; it must have the shape of the grammar.
pub(super) fn document(tree: &mut Value) {
    carry(tree, &Kind::Object(&DOCUMENT));
}

fn carry(value: &mut Value, kind: &Kind) {
    match (value, kind) {
        (Value::Array(list), Kind::List(inner) | Kind::Every(inner)) => list.iter_mut().for_each(|element| carry(element, inner)),
        (Value::Object(map), Kind::Map(inner)) => map.values_mut().for_each(|child| carry(child, inner)),
        (Value::Object(map), Kind::Object(shape) | Kind::Ref(shape) | Kind::FlagOr(shape)) => {
            for (key, child) in map.iter_mut() {
                if let Some(kind) = shape.field(key) {
                    carry(child, kind);
                }
            }
            carry_fields(map, shape);
            match shape.name {
                "operation" | "components" => carry_callbacks(map, shape.name == "components"),
                _ => {}
            }
        }
        _ => {}
    }
}

/// The fields of one object.
fn carry_fields(map: &mut Map<String, Value>, shape: &Shape) {
    let listed = |table: &[(&str, &[&str])], key: &str| table.iter().any(|(name, fields)| *name == shape.name && fields.contains(&key));
    let query_only = shape.name == "parameter" && map.get("in").and_then(Value::as_str) != Some("query");
    let is_carried = |key: &str, value: &Value| {
        listed(FIELDS, key) || (value.is_null() && listed(NULLS, key)) || (query_only && QUERY_ONLY.contains(&key))
    };
    if !map.iter().any(|(key, value)| is_carried(key, value)) {
        return;
    }
    for (key, value) in std::mem::take(map) {
        let key = if is_carried(&key, &value) { format!("{CARRIED}{key}") } else { key };
        map.insert(key, value);
    }
}

/// Callbacks that are references where openapiv3 knows only path items, and what else of a callback is no path item:
/// they move to `x-bothends-callbacks` beside the others.
fn carry_callbacks(owner: &mut Map<String, Value>, may_refer: bool) {
    let Some(Value::Object(callbacks)) = owner.get_mut("callbacks") else { return };
    let mut carried = Map::new();
    for (name, callback) in std::mem::take(callbacks) {
        match callback {
            Value::Object(callback) if !callback.contains_key("$ref") => {
                let is_item = |key: &str, item: &Value| !key.starts_with("x-") && item.is_object() && item.get("$ref").is_none();
                let (items, others): (Map<_, _>, Map<_, _>) = callback.into_iter().partition(|(key, item)| is_item(key, item));
                if !others.is_empty() {
                    carried.insert(name.clone(), Value::Object(others));
                }
                callbacks.insert(name, Value::Object(items));
            }
            reference if may_refer => drop(callbacks.insert(name, reference)),
            reference => drop(carried.insert(name, reference)),
        }
    }
    if !carried.is_empty() {
        owner.insert(format!("{CARRIED}callbacks"), Value::Object(carried));
    }
}
