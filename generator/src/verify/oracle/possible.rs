//! Whether any value can be what a schema demands. Only what is certain counts: where the proof does not look, there is one.

use std::collections::BTreeSet;

use serde_json::Value;

use super::refs::{Node, Tree};
use super::schema::Direction;
use super::shape::{Shape, has_flag};

/// Why an operation or an answer is left out that no value fits.
pub const IMPOSSIBLE: &str = "the document contradicts itself: no value fits the schema";

/// How many schemas one proof looks at.
const MOST: usize = 5000;

/// Whether no value fits: parts of a conjunction have no type or listed value in common, bounds leave nothing between them,
/// every arm of a choice is such a schema, or one is demanded again and again without an end.
pub fn impossible(tree: Tree<'_>, schema: &Value, direction: Direction) -> bool {
    let mut proof = Proof { tree, direction, open: Vec::new(), fitting: BTreeSet::new(), seen: 0 };
    proof.refutes(schema)
}

struct Proof<'t> {
    tree: Tree<'t>,
    direction: Direction,
    /// Schemas that the one at hand is demanded by. A value that needs one like itself inside has no end.
    open: Vec<String>,
    /// Schemas that something fits.
    fitting: BTreeSet<String>,
    seen: usize,
}

impl Proof<'_> {
    fn refutes(&mut self, schema: &Value) -> bool {
        let Some(node) = self.tree.resolve(Node { pointer: String::new(), value: schema }) else { return false };
        let key = if node.pointer.is_empty() { schema.to_string() } else { node.pointer };
        self.seen += 1;
        if self.seen > MOST || self.fitting.contains(&key) {
            return false;
        }
        if self.open.contains(&key) {
            return true;
        }
        self.open.push(key.clone());
        let refuted = Shape::of(self.tree, schema).is_some_and(|shape| self.refutes_shape(schema, &shape));
        self.open.pop();
        if !refuted {
            self.fitting.insert(key);
        }
        refuted
    }

    fn refutes_shape(&mut self, schema: &Value, shape: &Shape) -> bool {
        if shape.nullable {
            return false;
        }
        let mut types = BTreeSet::new();
        self.types(schema, &mut types, 0);
        if types.contains("integer") {
            types.remove("number");
        }
        if types.len() > 1 || shape.get("enum").and_then(Value::as_array).is_some_and(Vec::is_empty) || is_empty_range(shape) {
            return true;
        }
        let base = shape.without_choices();
        let hopeless = |proof: &mut Self, arm: &Value| {
            Shape::of(proof.tree, arm).is_some_and(|arm| !arm.nullable && base.contradicts(proof.tree, &arm)) || proof.refutes(arm)
        };
        if shape.choices.iter().any(|choice| !choice.arms.is_empty() && choice.arms.iter().all(|arm| hopeless(self, arm))) {
            return true;
        }
        match shape.get("type").and_then(Value::as_str) {
            Some("object") => self.refutes_object(shape),
            Some("array") => {
                let some = shape.get("minItems").and_then(Value::as_u64).is_some_and(|least| least > 0);
                some && shape.get("items").is_some_and(|items| self.refutes(items))
            }
            _ => false,
        }
    }

    fn refutes_object(&mut self, shape: &Shape) -> bool {
        let Some(Value::Object(properties)) = shape.get("properties") else { return false };
        shape.required().into_iter().filter_map(|name| properties.get(name)).any(|property| {
            let excluded = has_flag(self.tree, property, self.direction.excluding_keyword());
            !excluded && self.refutes(property)
        })
    }

    /// All types that the parts of a conjunction name.
    fn types(&self, schema: &Value, into: &mut BTreeSet<String>, depth: usize) {
        const DEEPEST: usize = 32;
        let Some(node) = self.tree.resolve(Node { pointer: String::new(), value: schema }).filter(|_| depth < DEEPEST) else { return };
        into.extend(node.value.get("type").and_then(Value::as_str).map(str::to_owned));
        for part in node.value.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.types(part, into, depth + 1);
        }
    }
}

/// Whether a lower bound lies above its upper bound, of the kind of value that the schema asks for.
fn is_empty_range(shape: &Shape) -> bool {
    let (low, high) = match shape.get("type").and_then(Value::as_str) {
        Some("string") => ("minLength", "maxLength"),
        Some("array") => ("minItems", "maxItems"),
        Some("object") => ("minProperties", "maxProperties"),
        Some("integer" | "number") => ("minimum", "maximum"),
        _ => return false,
    };
    let bound = |keyword| shape.get(keyword).and_then(Value::as_f64);
    bound(low).zip(bound(high)).is_some_and(|(low, high)| low > high)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_contradicts_itself_is_certain() {
        let node = |more: Value| json!({"type": "object", "required": ["next"], "properties": {"next": more}});
        let document = json!({
            "Text": {"type": "string"},
            "Endless": node(json!({"$ref": "#/Endless"})),
            "Described": node(json!({"allOf": [{"$ref": "#/Described"}], "description": "d"})),
            "One": node(json!({"$ref": "#/Other"})), "Other": node(json!({"type": "array", "minItems": 1, "items": {"$ref": "#/One"}})),
            "Ends": node(json!({"oneOf": [{"$ref": "#/Ends"}, {"type": "string"}]})),
            "Lists": node(json!({"type": "array", "items": {"$ref": "#/Lists"}})),
            "Null": node(json!({"allOf": [{"$ref": "#/Null"}], "nullable": true})),
            "Read": {"type": "object", "required": ["next"], "properties": {"next": {"allOf": [{"$ref": "#/Read"}], "readOnly": true}}},
        });
        let tree = Tree::new(&document);
        let reference = |name: &str| json!({"$ref": format!("#/{name}")});
        for (schema, expected) in [
            (json!({"type": "string"}), false),
            (json!({"allOf": [{"type": "string"}, {"type": "integer"}]}), true),
            (json!({"allOf": [{"type": "number"}, {"type": "integer"}]}), false),
            (json!({"allOf": [{"$ref": "#/Text"}, {"type": "object"}]}), true),
            (json!({"allOf": [{"type": "string", "enum": ["a"]}, {"type": "string", "enum": ["b"]}]}), true),
            (json!({"allOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "string", "enum": ["b"]}]}), false),
            (json!({"type": "string", "minLength": 4, "maxLength": 3}), true),
            (json!({"type": "integer", "minimum": 4, "maximum": 4}), false),
            (json!({"type": "object", "oneOf": [{"type": "string"}, {"type": "integer"}]}), true),
            (json!({"oneOf": [{"type": "string"}, {"allOf": [{"type": "string"}, {"type": "integer"}]}]}), false),
            (json!({"type": "object", "properties": {"a": reference("Endless")}}), false),
            (json!({"type": "array", "items": reference("Endless")}), false),
            (json!({"type": "array", "minItems": 1, "items": reference("Endless")}), true),
            (reference("Endless"), true),
            (reference("Described"), true),
            (reference("One"), true),
            (reference("Ends"), false),
            (reference("Lists"), false),
            (reference("Null"), false),
            (reference("Nowhere"), false),
        ] {
            assert_eq!(impossible(tree, &schema, Direction::Request), expected, "{schema}");
        }
        assert!(!impossible(tree, &reference("Read"), Direction::Request), "it is not sent");
        assert!(impossible(tree, &reference("Read"), Direction::Response));
    }
}
