//! Values that read like real ones: whole ones, composed of the examples that stand at their parts.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::examples::{Collector, undeclared};
use super::random::Random;
use super::refs::Node;
use super::scalars::Place;
use super::shape::{Shape, has_flag};
use super::values::{Maker, tag};

/// How many schemas may lie inside of each other.
const DEEPEST: usize = 12;
/// From this many schemas on only scalars are written.
const LARGE: usize = 800;

impl<'a> Collector<'_, 'a> {
    /// A value of a schema: its own example, else one composed of the examples, listed values and defaults of its parts,
    /// with made-up ones where the document gives none. `None` where what comes of it does not fit.
    pub fn telling(&mut self, schema: &Node<'a>) -> Option<Value> {
        let value = Composer { collector: self, path: Vec::new(), made: 0 }.value(schema.clone())?;
        let fits = self.schemas.faults(schema, self.direction, &value).is_empty();
        (fits && undeclared(self.tree, schema.value, &value).is_empty()).then_some(value)
    }
}

/// Composes one value.
struct Composer<'k, 'c, 'a> {
    collector: &'k mut Collector<'c, 'a>,
    /// Where the schemas stand that are being composed, one inside the other.
    path: Vec<String>,
    made: usize,
}

impl<'a> Composer<'_, '_, 'a> {
    fn value(&mut self, schema: Node<'a>) -> Option<Value> {
        let node = self.collector.tree.resolve(schema)?;
        self.made += 1;
        if self.path.len() > DEEPEST || self.path.contains(&node.pointer) {
            return None;
        }
        if let Some(example) = self.example(&node, &node) {
            return Some(example);
        }
        let parts = self.conjuncts(&node);
        self.path.push(node.pointer.clone());
        let made = self.composed(&node, &parts);
        self.path.pop();
        made
    }

    /// What a part gives as an example, where that is one of the whole schema.
    fn example(&mut self, node: &Node<'a>, part: &Node<'a>) -> Option<Value> {
        self.collector.checked(node, &part.child("example")?).map(|example| example.value)
    }

    /// The schema and the parts of its `allOf`, resolved.
    fn conjuncts(&self, node: &Node<'a>) -> Vec<Node<'a>> {
        let (mut found, mut known, mut waiting) = (Vec::new(), BTreeSet::new(), vec![node.clone()]);
        while let Some(node) = waiting.pop() {
            let Some(node) = self.collector.tree.resolve(node).filter(|node| known.insert(node.pointer.clone())) else { continue };
            let parts = node.child("allOf").map(|parts| parts.children()).unwrap_or_default();
            waiting.extend(parts.into_iter().rev().map(|(_, part)| part));
            found.push(node);
        }
        found
    }

    fn composed(&mut self, node: &Node<'a>, parts: &[Node<'a>]) -> Option<Value> {
        let shape = Shape::of(self.collector.tree, node.value)?;
        if let Some(constant) = shape.get("const").or_else(|| shape.get("x-bothends-const")) {
            return Some(constant.clone());
        }
        if !shape.choices.is_empty() {
            return self.chosen(node, parts, &shape);
        }
        if let Some(Value::Array(values)) = shape.get("enum") {
            return values.iter().find(|value| !value.is_null()).or(values.first()).cloned();
        }
        match shape.kind() {
            Some("object") if self.made <= LARGE => self.object(parts, &shape).map(Value::Object),
            Some("array") if self.made <= LARGE => self.list(node, parts, &shape),
            Some("object" | "array") => None,
            _ => {
                if let Some(example) = parts.iter().find_map(|part| self.example(node, part)) {
                    return Some(example);
                }
                let default = node.value.get("default").filter(|default| self.fits(node, default)).cloned();
                default.or_else(|| self.made_up(node))
            }
        }
    }

    fn fits(&self, node: &Node<'a>, value: &Value) -> bool {
        self.collector.schemas.faults(node, self.collector.direction, value).is_empty()
    }

    fn made_up(&self, node: &Node<'a>) -> Option<Value> {
        self.maker(node).named("telling", node.value, Place::Body)
    }

    fn maker(&self, node: &Node<'a>) -> Maker<'a> {
        Maker::new(self.collector.tree, self.collector.direction, Random::new(0, &node.pointer))
    }

    fn object(&mut self, parts: &[Node<'a>], shape: &Shape) -> Option<Map<String, Value>> {
        let required = shape.required();
        let mut members = Map::new();
        let properties = |part: &'_ Node<'a>| part.child("properties").map(|properties| properties.children()).unwrap_or_default();
        for (part, (name, property)) in parts.iter().flat_map(|part| properties(part).into_iter().map(move |property| (part, property))) {
            if members.contains_key(&name) || has_flag(self.collector.tree, property.value, self.collector.direction.excluding_keyword()) {
                continue;
            }
            // A part of an `allOf` may say more of its properties than they do themselves.
            let said = part.child("example").and_then(|example| example.child(&name)).filter(|said| self.fits(&property, said.value));
            let value = match said.map(|said| said.value.clone()).or_else(|| self.value(property.clone())) {
                None if required.contains(&name.as_str()) => Some(self.smallest(&property)?),
                made => made,
            };
            members.extend(value.map(|value| (name, value)));
        }
        let additional = parts.iter().find_map(|part| part.child("additionalProperties").filter(|values| values.value.is_object()));
        if let Some(values) = additional.filter(|_| members.is_empty()) {
            members.extend(self.value(values).map(|value| ("key".to_owned(), value)));
        }
        Some(members)
    }

    /// What ends a recursion that is demanded.
    fn smallest(&self, node: &Node<'a>) -> Option<Value> {
        self.maker(node).smallest(node.value, Place::Body)
    }

    fn list(&mut self, node: &Node<'a>, parts: &[Node<'a>], shape: &Shape) -> Option<Value> {
        let limit = |keyword| shape.get(keyword).and_then(Value::as_u64);
        let (low, high) = (limit("minItems").unwrap_or(0), limit("maxItems").unwrap_or(u64::MAX));
        if low > 1 || shape.get("x-bothends-prefixItems").is_some() {
            return self.made_up(node);
        }
        let item = parts.iter().find_map(|part| part.child("items")).filter(|_| high > 0).and_then(|items| self.value(items));
        match item {
            None if low > 0 => None,
            item => Some(Value::Array(item.into_iter().collect())),
        }
    }

    /// A value of the first arm that makes one, with what stands beside the choice.
    fn chosen(&mut self, node: &Node<'a>, parts: &[Node<'a>], shape: &Shape) -> Option<Value> {
        let beside = self.object(parts, shape)?;
        for part in parts {
            for arm in ["oneOf", "anyOf"].iter().filter_map(|keyword| part.child(keyword)).flat_map(|arms| arms.children()) {
                let (_, arm) = arm;
                let tag = part.value.get("discriminator").and_then(|discriminator| tag(self.collector.tree, discriminator, arm.value));
                let value = match self.value(arm) {
                    Some(Value::Object(members)) => {
                        let tagged = tag.map(|(property, value)| (property, Value::String(value)));
                        let mut whole = beside.clone();
                        whole.extend(members.into_iter().chain(tagged));
                        Value::Object(whole)
                    }
                    Some(value) => value,
                    None => continue,
                };
                if self.fits(node, &value) {
                    return Some(value);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::super::refs::Tree;
    use super::super::schema::{Direction, Schemas};
    use super::*;
    use serde_json::json;

    #[test]
    fn whole_values_are_composed_of_the_examples_of_their_parts() {
        let document = json!({"schemas": {
            "User": {"type": "object", "required": ["id", "boss"], "properties": {
                "id": {"type": "string", "minLength": 3, "example": "u-1"},
                "name": {"$ref": "#/schemas/Name"},
                "secret": {"type": "string", "writeOnly": true, "example": "hush"},
                "role": {"type": "string", "enum": ["owner", "guest"]},
                "at": {"type": "string", "format": "date-time"},
                "size": {"type": "integer", "default": 20},
                "wrong": {"type": "integer", "example": "seven"},
                "team": {"allOf": [{"$ref": "#/schemas/Team"}, {"properties": {"since": {"type": "integer", "example": 2019}}}]},
                "boss": {"$ref": "#/schemas/User"}}},
            "Name": {"type": "string", "example": "Ada"},
            "Team": {"type": "object", "properties": {"title": {"type": "string", "example": "Blue"}, "members": {"type": "array", "items": {"$ref": "#/schemas/User"}}}},
            "Free": {"type": "object", "required": ["boss"], "properties": {"boss": {"$ref": "#/schemas/Team"}}},
            "Teams": {"type": "array", "minItems": 1, "items": {"$ref": "#/schemas/Team"}},
            "Map": {"type": "object", "additionalProperties": {"$ref": "#/schemas/Name"}},
            "Pet": {"oneOf": [{"$ref": "#/schemas/Cat"}, {"$ref": "#/schemas/Dog"}], "discriminator": {"propertyName": "kind"}},
            "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "lives": {"type": "integer", "example": 9}}},
            "Dog": {"type": "object", "required": ["kind", "bark"], "properties": {"kind": {"type": "string"}, "bark": {"type": "integer"}}},
            "Half": {"allOf": [{"$ref": "#/schemas/Own"}, {"properties": {"b": {"type": "integer", "example": 3}}}]},
            "Own": {"type": "object", "properties": {"a": {"type": "integer", "example": 1}}, "example": {"a": 2}},
            "Endless": {"type": "object", "required": ["more"], "properties": {"more": {"$ref": "#/schemas/Endless"}}},
        }});
        let tree = Tree::new(&document);
        let schemas = Schemas::new(tree);
        let telling =
            |name: &str| Collector::new(tree, &schemas, Direction::Response).telling(&tree.at(&format!("/schemas/{name}")).unwrap());
        // A boss who has a boss has no end.
        assert_eq!(telling("User"), None);
        assert_eq!(telling("Endless"), None);
        assert_eq!(telling("Team"), Some(json!({"title": "Blue", "members": []})));
        assert_eq!(telling("Teams"), Some(json!([{"title": "Blue", "members": []}])));
        assert_eq!(telling("Free"), Some(json!({"boss": {"title": "Blue", "members": []}})));
        assert_eq!(telling("Map"), Some(json!({"key": "Ada"})));
        assert_eq!(telling("Pet"), Some(json!({"kind": "Cat", "lives": 9})));
        assert_eq!(telling("Own"), Some(json!({"a": 2})));
        assert_eq!(telling("Half"), Some(json!({"a": 2, "b": 3})));
        let mut mended = document.clone();
        mended["schemas"]["User"]["required"] = json!(["id"]);
        let tree = Tree::new(&mended);
        let schemas = Schemas::new(tree);
        let user = Collector::new(tree, &schemas, Direction::Response).telling(&tree.at("/schemas/User").unwrap()).unwrap();
        let expected = json!({"id": "u-1", "name": "Ada", "role": "owner", "at": "2024-02-29T12:30:45Z", "size": 20, "wrong": 0,
            "team": {"title": "Blue", "members": [], "since": 2019}});
        assert_eq!(user, expected);
    }
}
