//! Whether a document knows of a place in a value: what a client may drop, and what it must not lose.

use serde_json::Value;

use super::refs::Tree;
use super::shape::Shape;

/// So many steps, through values and choices, may lead to a place.
const DEEPEST: usize = 128;

/// Whether a schema says something of the place that the segments of a JSON pointer lead to, by any way through its choices.
/// Properties that are merely allowed, because nothing forbids them, are not declared.
pub fn declares(tree: Tree<'_>, schema: &Value, segments: &[String]) -> bool {
    leads(tree, schema, segments, 0)
}

fn leads(tree: Tree<'_>, schema: &Value, segments: &[String], depth: usize) -> bool {
    let Some((first, rest)) = segments.split_first() else { return true };
    let Some(shape) = Shape::of(tree, schema).filter(|_| depth < DEEPEST) else { return false };
    let inner = |schema: &Value| leads(tree, schema, rest, depth + 1);
    let property = shape.get("properties").and_then(|properties| properties.get(first));
    let others = shape.get("additionalProperties").filter(|_| property.is_none());
    let item = shape.get("items").filter(|_| first.parse::<usize>().is_ok());
    property.is_some_and(inner)
        || others.is_some_and(|others| others == &Value::Bool(true) || others.is_object() && inner(others))
        || item.is_some_and(inner)
        || shape.choices.iter().flat_map(|choice| &choice.arms).any(|arm| leads(tree, arm, segments, depth + 1))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_place_is_declared_by_any_way_to_it() {
        let document = json!({
            "components": {"schemas": {
                "Post": {"type": "object", "properties": {"id": {"type": "string"}, "replies": {"type": "array", "items": {"$ref": "#/components/schemas/Post"}}}},
                "Any": {"oneOf": [
                    {"$ref": "#/components/schemas/Post"},
                    {"type": "object", "properties": {"names": {"type": "object", "additionalProperties": {"type": "object", "properties": {"a": {}}}}}}
                ]},
                "Free": {"type": "object", "additionalProperties": true},
                "Open": {"type": "object", "properties": {"a": {"type": "string"}}}
            }}
        });
        let tree = Tree::new(&document);
        for (schema, pointer, declared) in [
            ("Post", "", true),
            ("Post", "/id", true),
            ("Post", "/other", false),
            ("Post", "/replies/0/replies/12/id", true),
            ("Post", "/replies/x", false),
            ("Any", "/id", true),
            ("Any", "/names/whoever/a", true),
            ("Any", "/names/whoever/b", false),
            ("Free", "/x/y", true),
            ("Open", "/b", false),
        ] {
            let segments: Vec<String> = pointer.split('/').skip(1).map(str::to_owned).collect();
            let reference = json!({"$ref": format!("#/components/schemas/{schema}")});
            assert_eq!(declares(tree, &reference, &segments), declared, "{schema} {pointer}");
        }
    }
}
