//! Names for members that no `properties` declare: those that the document's patterns ask for, or such as are hard to carry.

use serde_json::{Map, Value, json};

use super::random::Random;
use super::scalars::{self, Place};
use super::shape::Shape;

/// Names with the schemas of their values, where these differ from `additionalProperties`.
pub fn members(shape: &Shape, place: Place, random: &mut Random) -> Vec<(String, Option<Value>)> {
    let patterns = shape.get("x-bothends-patternProperties").and_then(Value::as_object);
    let by_pattern: Vec<(String, Option<Value>)> = patterns
        .into_iter()
        .flatten()
        .filter(|(_, schema)| **schema != Value::Bool(false))
        .flat_map(|(pattern, schema)| matching(pattern, random).into_iter().take(2).map(|name| (name, Some(schema.clone()))))
        .collect();
    if !by_pattern.is_empty() {
        return by_pattern;
    }
    let names = shape.get("x-bothends-propertyNames").unwrap_or(&Value::Null);
    if let Some(listed) = names.get("enum").and_then(Value::as_array) {
        return listed.iter().filter_map(Value::as_str).map(|name| (name.to_owned(), None)).collect();
    }
    if let Some(pattern) = names.get("pattern").and_then(Value::as_str) {
        return matching(pattern, random).into_iter().map(|name| (name, None)).collect();
    }
    let free = if place == Place::Element { FREE_IN_XML } else { FREE };
    free.map(|name| (name.to_owned(), None)).into()
}

/// Names of members that nobody declares.
const FREE: [&str; 8] = ["key", "ž 🦀", "", "a/b~c\"", "null", "key6", "key7", "key8"];

/// Those that can name elements.
const FREE_IN_XML: [&str; 8] = ["key", "ž", "_a-b.c", "Key", "null", "key6", "key7", "key8"];

/// Texts that fit a pattern.
fn matching(pattern: &str, random: &mut Random) -> Vec<String> {
    let keywords = Map::from_iter([("type".to_owned(), json!("string")), ("pattern".to_owned(), json!(pattern))]);
    scalars::strings(&Shape { keywords, ..Shape::default() }, Place::Body, random)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_such_as_the_document_asks_for() {
        for (schema, fits) in [
            (json!({ "x-bothends-patternProperties": { "^x-[a-z]+$": {} } }), "x-"),
            (json!({ "x-bothends-propertyNames": { "pattern": "^y[0-9]$" } }), "y"),
            (json!({ "x-bothends-propertyNames": { "enum": ["z1", "z2"] } }), "z"),
        ] {
            let shape = Shape { keywords: schema.as_object().cloned().unwrap(), ..Shape::default() };
            let found = members(&shape, Place::Body, &mut Random::new(1, "names"));
            assert!(!found.is_empty() && found.iter().all(|(name, _)| name.starts_with(fits)), "{found:?}");
        }
    }
}
