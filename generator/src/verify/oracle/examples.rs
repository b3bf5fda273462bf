//! The document's own examples: each is placed into a whole request or answer; those that contradict their schema are
//! reported and left out, never repaired.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::bodies;
use super::operations::{Kind, Media};
use super::random::Random;
use super::refs::{Node, Tree};
use super::scalars::Place;
use super::schema::{Direction, Schemas};
use super::shape::Shape;
use super::values::Maker;

/// How deep examples of properties are looked for.
const DEEPEST: usize = 8;

/// An example inside a value that a whole schema takes.
#[derive(Debug, Clone, PartialEq)]
pub struct Example {
    /// Where the example stands in the document.
    pub pointer: String,
    /// A value of the whole schema that holds it.
    pub value: Value,
}

/// An example that its own schema does not allow, or that has keys which the schema does not declare.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contradiction {
    /// Where the example stands in the document.
    pub pointer: String,
    /// What contradicts.
    pub what: String,
}

/// Collects examples of one direction.
pub struct Collector<'c, 'a> {
    pub(super) tree: Tree<'a>,
    pub(super) schemas: &'c Schemas<'a>,
    pub(super) direction: Direction,
    /// Contradictions found so far.
    pub contradictions: BTreeSet<Contradiction>,
}

impl<'c, 'a> Collector<'c, 'a> {
    /// Nothing collected yet.
    pub fn new(tree: Tree<'a>, schemas: &'c Schemas<'a>, direction: Direction) -> Self {
        Self { tree, schemas, direction, contradictions: BTreeSet::new() }
    }

    /// The document.
    pub fn tree(&self) -> Tree<'a> {
        self.tree
    }

    /// Examples of a body.
    pub fn of_body(&mut self, media: &Media<'a>) -> Vec<Example> {
        let found = self.collect(media.schema.as_ref(), &media.examples);
        if media.kind != Kind::Text || bodies::judged(self.tree, media).is_some() {
            return found;
        }
        // The schema speaks of what the text says, if of anything: it is a text all the same.
        let (texts, others): (Vec<_>, Vec<_>) = found.into_iter().partition(|example| example.value.is_string());
        for Example { pointer, .. } in others {
            if media.examples.iter().any(|beside| beside.pointer == pointer) {
                self.contradictions.insert(Contradiction { pointer, what: "(whole): the body is text, and this is none".to_owned() });
            }
        }
        texts
    }

    /// Examples of a parameter, beside its schema and inside it.
    pub fn collect(&mut self, schema: Option<&Node<'a>>, beside: &[Node<'a>]) -> Vec<Example> {
        let Some(schema) = schema else {
            return beside.iter().map(|node| Example { pointer: node.pointer.clone(), value: node.value.clone() }).collect();
        };
        let mut found: Vec<Example> = beside.iter().filter_map(|example| self.checked(schema, example)).collect();
        found.extend(self.inside(schema.clone(), &mut BTreeSet::new(), 0));
        found
    }

    /// An example that a schema takes whole.
    pub fn checked(&mut self, schema: &Node<'a>, example: &Node<'a>) -> Option<Example> {
        let mut what = self.schemas.faults(schema, self.direction, example.value);
        what.extend(undeclared(self.tree, schema.value, example.value).into_iter().map(|key| format!("{key}: the key is not declared")));
        what.extend(
            references(self.tree, example.value, 0).into_iter().map(|place| format!("{place}: a reference inside a value is none")),
        );
        if what.is_empty() && self.tree.resolve(schema.clone()).is_some_and(|schema| !self.has_place(&schema, example.value)) {
            what.push("no arm that it fits declares all of its keys".to_owned());
        }
        let contradiction = |what| Contradiction { pointer: example.pointer.clone(), what };
        let fits = what.is_empty();
        self.contradictions.extend(what.into_iter().map(contradiction));
        fits.then(|| Example { pointer: example.pointer.clone(), value: example.value.clone() })
    }

    /// Examples of a schema and of its parts, each inside a value of the schema.
    fn inside(&mut self, schema: Node<'a>, seen: &mut BTreeSet<String>, depth: usize) -> Vec<Example> {
        let Some(schema) = self.tree.resolve(schema) else { return Vec::new() };
        if depth > DEEPEST || !seen.insert(schema.pointer.clone()) {
            return Vec::new();
        }
        let own: Vec<Example> = schema.child("example").and_then(|example| self.checked(&schema, &example)).into_iter().collect();
        let mut found = own;
        let (tree, direction) = (self.tree, self.direction);
        let base = || Maker::new(tree, direction, Random::new(0, &schema.pointer)).smallest(schema.value, Place::Body);
        if let Some(properties) = schema.child("properties") {
            let made = OnceCell::new();
            for (name, property) in properties.children() {
                if super::shape::has_flag(self.tree, property.value, self.direction.excluding_keyword()) {
                    continue;
                }
                let inner = self.inside(property, seen, depth + 1);
                found.extend(inner.into_iter().filter_map(|example| within(made.get_or_init(base).clone()?, &name, example)));
            }
        }
        if let Some(items) = schema.child("items") {
            let inner = self.inside(items, seen, depth + 1);
            found.extend(inner.into_iter().map(|example| Example { value: Value::Array(vec![example.value]), ..example }));
        }
        if let Some(values) = schema.child("additionalProperties").filter(|values| values.value.is_object()) {
            let inner = self.inside(values, seen, depth + 1);
            found.extend(inner.into_iter().filter_map(|example| within(Value::Object(Map::new()), "key", example)));
        }
        for keyword in ["allOf", "oneOf", "anyOf"] {
            for (_, part) in schema.child(keyword).map(|parts| parts.children()).unwrap_or_default() {
                found.extend(self.inside(part, seen, depth + 1).into_iter().filter_map(|example| self.completed(&schema, example)));
            }
        }
        found.retain(|example| {
            self.schemas.faults(&schema, self.direction, &example.value).is_empty() && self.has_place(&schema, &example.value)
        });
        found
    }

    /// Whether an arm of a choice fits and speaks of every key; else nobody promises to carry them.
    fn has_place(&self, schema: &Node<'a>, value: &Value) -> bool {
        let choices = ["oneOf", "anyOf"].iter().filter_map(|keyword| schema.child(keyword));
        let arms: Vec<Node<'a>> = choices.flat_map(|choice| choice.children()).map(|(_, arm)| arm).collect();
        let speaks = |arm: &Node<'a>| match (Shape::of(self.tree, schema.value), Shape::of(self.tree, arm.value)) {
            (Some(base), Some(arm)) => {
                let mut whole = base.without_choices();
                whole.merge(arm);
                undeclared_in(self.tree, &whole, value, 0).is_empty()
            }
            _ => true,
        };
        arms.is_empty() || arms.iter().any(|arm| self.schemas.faults(arm, self.direction, value).is_empty() && speaks(arm))
    }

    /// A value of one part of a schema, with what the other parts demand.
    fn completed(&self, schema: &Node<'a>, example: Example) -> Option<Example> {
        if self.schemas.faults(schema, self.direction, &example.value).is_empty() {
            // What the part does not speak of, the whole may say nothing of either.
            return undeclared(self.tree, schema.value, &example.value).is_empty().then_some(example);
        }
        let mut base = Maker::new(self.tree, self.direction, Random::new(0, &schema.pointer)).smallest(schema.value, Place::Body)?;
        let Value::Object(members) = example.value else { return None };
        base.as_object_mut()?.extend(members);
        Some(Example { value: base, ..example })
    }
}

fn within(mut base: Value, name: &str, example: Example) -> Option<Example> {
    base.as_object_mut()?.insert(name.to_owned(), example.value);
    Some(Example { value: base, ..example })
}

/// Pointers of objects that refer to a place of the document: in an example they are data, and were not meant so.
fn references(tree: Tree<'_>, value: &Value, depth: usize) -> Vec<String> {
    let below = |key: &str, value: &Value| -> Vec<String> {
        references(tree, value, depth + 1).into_iter().map(|rest| format!("/{key}{rest}")).collect()
    };
    match value {
        _ if depth > 64 => Vec::new(),
        Value::Object(members) => {
            let reference = members.get("$ref").and_then(Value::as_str);
            let own = reference.filter(|reference| reference.len() > 1 && tree.target(reference).is_some()).map(|_| String::new());
            own.into_iter().chain(members.iter().flat_map(|(key, member)| below(key, member))).collect()
        }
        Value::Array(items) => items.iter().enumerate().flat_map(|(index, item)| below(&index.to_string(), item)).collect(),
        _ => Vec::new(),
    }
}

/// `example`, which has no name, and `examples.*.value` beside a schema.
pub fn named<'a>(tree: Tree<'a>, beside: &Node<'a>) -> Vec<(String, Node<'a>)> {
    let named = beside.child("examples").map(|examples| examples.children()).unwrap_or_default();
    let named = named.into_iter().filter_map(|(name, example)| Some((name, tree.resolve(example)?.child("value")?)));
    beside.child("example").map(|example| (String::new(), example)).into_iter().chain(named).collect()
}

/// Pointers of keys that nothing in the schema speaks of. They may be there, but nobody promises to carry them.
pub fn undeclared(tree: Tree<'_>, schema: &Value, value: &Value) -> Vec<String> {
    let Some(shape) = Shape::of(tree, schema) else { return Vec::new() };
    undeclared_in(tree, &shape, value, 0)
}

fn undeclared_in(tree: Tree<'_>, shape: &Shape, value: &Value, depth: usize) -> Vec<String> {
    if depth > 64 {
        return Vec::new();
    }
    // Each arm speaks for itself; the kindest one counts.
    if let Some((choice, others)) = shape.choices.split_last() {
        let base = Shape { choices: others.to_vec(), ..shape.clone() };
        let arms = choice.arms.iter().filter_map(|arm| base.and(tree, arm));
        return arms.map(|arm| undeclared_in(tree, &arm, value, depth + 1)).min_by_key(Vec::len).unwrap_or_default();
    }
    let below = |key: &str, schema: &Value, value: &Value| -> Vec<String> {
        let Some(shape) = Shape::of(tree, schema) else { return Vec::new() };
        undeclared_in(tree, &shape, value, depth + 1).into_iter().map(|rest| format!("/{key}{rest}")).collect()
    };
    match value {
        Value::Array(items) => {
            let Some(schema) = shape.get("items") else { return Vec::new() };
            items.iter().enumerate().flat_map(|(index, item)| below(&index.to_string(), schema, item)).collect()
        }
        Value::Object(members) => {
            let empty = Map::new();
            let properties = shape.get("properties").and_then(Value::as_object).unwrap_or(&empty);
            let additional = shape.get("additionalProperties");
            let closed = additional == Some(&Value::Bool(false)) || (additional.is_none() && !properties.is_empty());
            let mut found = Vec::new();
            for (key, member) in members {
                match (properties.get(key), additional) {
                    (Some(schema), _) => found.extend(below(key, schema, member)),
                    (None, _) if closed => found.push(format!("/{key}")),
                    (None, Some(schema)) => found.extend(below(key, schema, member)),
                    (None, None) => {}
                }
            }
            found
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn examples_are_found_placed_and_judged() {
        let document = json!({"components": {"schemas": {
            "User": {"type": "object", "required": ["id"], "properties": {
                "id": {"type": "integer", "example": 7}, "name": {"type": "string", "example": 8},
                "tags": {"type": "array", "items": {"$ref": "#/components/schemas/Tag"}}}},
            "Tag": {"type": "object", "properties": {"label": {"type": "string"}}, "example": {"label": "x"}},
            "Both": {"allOf": [{"$ref": "#/components/schemas/User"}], "example": {"id": 1, "username": "u"}},
        }}});
        let tree = Tree::new(&document);
        let schemas = Schemas::new(tree);
        let mut collector = Collector::new(tree, &schemas, Direction::Response);
        let beside = json!([{"id": 3}, {"id": "three"}, {"id": 4, "extra": 1}]);
        let beside: Vec<_> = Node { pointer: "/x".into(), value: &beside }.children().into_iter().map(|(_, node)| node).collect();
        let node = |name| tree.at(&format!("/components/schemas/{name}")).unwrap();
        let found = collector.collect(Some(&node("User")), &[]);
        let found: Vec<_> =
            found.iter().map(|example| (example.pointer.replace("/components/schemas", ""), example.value["id"].clone())).collect();
        assert_eq!(found[0], ("/User/properties/id/example".to_owned(), json!(7)));
        assert_eq!(found[1].0, "/Tag/example");
        assert_eq!(found.len(), 2);
        let bad: Vec<_> = collector.contradictions.iter().map(|found| found.pointer.as_str()).collect();
        assert_eq!(bad, ["/components/schemas/User/properties/name/example"]);

        let mut collector = Collector::new(tree, &schemas, Direction::Response);
        assert_eq!(collector.collect(Some(&node("User")), &beside).len(), 3);
        let bad: Vec<_> = collector.contradictions.iter().map(|found| found.pointer.as_str()).collect();
        assert_eq!(bad, ["/components/schemas/User/properties/name/example", "/x/1", "/x/2"]);
        collector.collect(Some(&node("Both")), &[]);
        assert!(collector.contradictions.iter().any(|found| found.what == "/username: the key is not declared"));
    }

    #[test]
    fn a_reference_in_a_value_and_an_object_as_text_contradict() {
        let document = json!({
            "schemas": {"open": {"type": "object", "additionalProperties": true}, "text": {"type": "string"}, "object": {"type": "object"}},
            "examples": [{"a": [{"$ref": "#/schemas/text"}]}, {"$ref": "#/nowhere"}, {"$ref": 7}, "text"],
        });
        let tree = Tree::new(&document);
        let schemas = Schemas::new(tree);
        let examples: Vec<_> = tree.at("/examples").unwrap().children().into_iter().map(|(_, node)| node).collect();
        for (kind, schema, fitting, contradictions) in [
            (Kind::Json, "open", &["/examples/1", "/examples/2"][..], &["/examples/0", "/examples/3"][..]),
            (Kind::Text, "open", &[], &["/examples/0", "/examples/1", "/examples/2", "/examples/3"]),
            (Kind::Text, "nothing", &["/examples/3"], &["/examples/0", "/examples/1", "/examples/2"]),
            (Kind::Text, "text", &["/examples/3"], &["/examples/0", "/examples/1", "/examples/2"]),
        ] {
            let mut collector = Collector::new(tree, &schemas, Direction::Request);
            let (media_type, schema) = (String::new(), tree.at(&format!("/schemas/{schema}")));
            let media = Media { media_type, kind, schema, encoding: None, examples: examples.clone(), example_names: Vec::new() };
            let found: Vec<_> = collector.of_body(&media).into_iter().map(|example| example.pointer).collect();
            assert_eq!(found, fitting, "{kind:?}");
            let bad: BTreeSet<&str> = collector.contradictions.iter().map(|found| found.pointer.as_str()).collect();
            assert_eq!(bad.into_iter().collect::<Vec<_>>(), contradictions, "{kind:?}");
        }
    }
}
