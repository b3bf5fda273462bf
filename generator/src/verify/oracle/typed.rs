//! Whether everything that the document says of a value has come out as a type: the normalised tree is compared, place by
//! place, with a plain description of what was generated. What the document leaves open is counted apart.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use serde_json::{Map, Value};

use super::operations::Operation;
use super::refs::{Node, Tree};
use super::shape::Shape;

/// What a place became.
#[derive(Debug, Clone, PartialEq)]
pub enum Came {
    /// Any JSON value.
    Any,
    /// One piece: text, a number, a file.
    Scalar,
    /// A list.
    List(Box<Came>),
    /// An object with free keys.
    Map(Box<Came>),
    /// A definition, by its index.
    Definition(usize),
}

/// What a definition is.
#[derive(Debug, Clone, PartialEq)]
pub enum Definition {
    /// An object: its properties by their names on the wire, and what else it keeps.
    Object {
        /// Declared properties.
        fields: BTreeMap<String, Came>,
        /// Type of those that are not declared, if they are kept.
        others: Option<Came>,
    },
    /// A set of scalars.
    Values,
    /// One of several.
    OneOf(Vec<Came>),
    /// Something else by another name.
    Is(Came),
}

/// What was generated, in plain data.
#[derive(Debug, Clone, Default)]
pub struct Described {
    /// All definitions.
    pub definitions: Vec<Definition>,
    /// What each part of an operation became: the operation's key and the name that the functions below give to the part.
    pub parts: BTreeMap<(String, String), Came>,
}

/// The name of a parameter among the parts of an operation.
pub fn parameter_part(location: &str, name: &str) -> String {
    format!("{location} `{name}`")
}

/// The name of a request body among the parts of an operation.
pub fn body_part(media_type: &str) -> String {
    format!("request body `{media_type}`")
}

/// The name of a response's body among the parts of an operation.
pub fn answer_part(status: &str, media_type: &str) -> String {
    format!("{status} `{media_type}`")
}

/// The name of a response's header among the parts of an operation.
pub fn header_part(status: &str, name: &str) -> String {
    format!("{status} header `{name}`")
}

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed {
    /// Places that were compared.
    pub places: usize,
    /// Places where the document says what a value is, and the generated code does not.
    pub untyped: BTreeSet<String>,
    /// Places that the document leaves open: any value, or an object or list of anything.
    pub free_form: BTreeSet<String>,
}

/// Compares everything that the operations reach.
pub fn typed(tree: Tree<'_>, operations: &[Operation<'_>], described: &Described) -> Typed {
    let mut walk = Walk { tree, described, seen: BTreeSet::new(), alike: BTreeSet::new(), arms: BTreeSet::new(), found: Typed::default() };
    for operation in operations {
        let parameters = operation.parameters.iter().map(|it| (parameter_part(&it.location, &it.name), Some(&it.schema)));
        let body = operation.body.iter().flat_map(|body| &body.content).map(|it| (body_part(&it.media_type), it.schema.as_ref()));
        let answers = operation
            .responses
            .iter()
            .flat_map(|response| response.content.iter().map(|it| (answer_part(&response.status, &it.media_type), it.schema.as_ref())));
        let headers = operation
            .responses
            .iter()
            .flat_map(|response| response.headers.iter().map(|header| (header_part(&response.status, &header.name), Some(&header.schema))));
        for (part, schema) in parameters.chain(body).chain(answers).chain(headers) {
            let came = described.parts.get(&(operation.key.clone(), part));
            if let (Some(came), Some(schema)) = (came, schema) {
                walk.place(schema.pointer.clone(), schema.value, came, 0);
            }
        }
    }
    walk.found
}

/// How deep schemas may nest without a definition between them.
const DEEPEST: usize = 100;

/// Below this, what is written alike and became the same is looked at once.
const SHALLOW: usize = 3;

struct Walk<'w> {
    tree: Tree<'w>,
    described: &'w Described,
    /// Places that were compared with a definition already: schemas and definitions refer to themselves.
    seen: BTreeSet<(String, Option<usize>)>,
    /// The same by what is written there, for places deep down.
    alike: BTreeSet<(u64, Option<usize>)>,
    /// What arms of choices came to: each way to an arm is a place of its own, and choices may hold each other.
    arms: BTreeSet<u64>,
    found: Typed,
}

impl Walk<'_> {
    fn place(&mut self, pointer: String, schema: &Value, came: &Came, depth: usize) {
        let Some(Node { pointer: target, value: schema }) = self.tree.resolve(Node { pointer: pointer.clone(), value: schema }) else {
            return;
        };
        // What a `$ref` leads to has its own place; what lies in a folded schema keeps the one it was reached by.
        let pointer = if target.is_empty() { pointer } else { target };
        let id = match came {
            Came::Definition(id) => Some(*id),
            Came::Any | Came::Scalar | Came::List(_) | Came::Map(_) => None,
        };
        if depth > DEEPEST || !self.seen.insert((pointer.clone(), id)) {
            return;
        }
        // A reference that something is said beside is folded, and each way to it is a place of its own: types that hold
        // themselves so in several properties have no end of them.
        if depth > SHALLOW && id.is_some() && !self.alike.insert((hash(&schema.to_string()), id)) {
            return;
        }
        self.found.places += 1;
        match Shape::of(self.tree, schema) {
            Some(shape) => self.shape(&pointer, &shape, came, depth),
            None => drop(self.found.free_form.insert(pointer)),
        }
    }

    fn shape(&mut self, pointer: &str, shape: &Shape, came: &Came, depth: usize) {
        let arms: Vec<Shape> = shape.choices.iter().flat_map(|choice| &choice.arms).filter_map(|arm| Shape::of(self.tree, arm)).collect();
        let arms: Vec<Shape> = arms.into_iter().filter(says).collect();
        if !arms.is_empty() {
            for (number, arm) in arms.iter().enumerate() {
                let whole = whole(shape, arm);
                // An arm that is a choice itself has arms of its own to find.
                let came = if whole.choices.is_empty() { self.arm_for(&whole, came).unwrap_or(Came::Any) } else { came.clone() };
                if matches!(came, Came::Any | Came::Scalar) || self.arms.insert(hash(&format!("{whole:?} {came:?}"))) {
                    self.shape(&format!("{pointer}/(arm {number})"), &whole, &came, depth + 1);
                }
            }
            return;
        }
        let definition = match came {
            Came::Definition(id) => self.described.definitions.get(*id),
            Came::Any | Came::Scalar | Came::List(_) | Came::Map(_) => None,
        };
        match (shape.kind(), came, definition) {
            (_, _, Some(Definition::Is(inner))) => {
                let inner = inner.clone();
                if depth <= DEEPEST {
                    self.shape(pointer, shape, &inner, depth + 1);
                }
            }
            (Some("object"), Came::Map(value), _) => self.map(pointer, shape, value, depth),
            (Some("object"), _, Some(Definition::Object { fields, others })) => self.object(pointer, shape, fields, others.as_ref(), depth),
            (Some("array"), Came::List(item), _) => match shape.get("items") {
                Some(items) if items.is_object() => self.place(format!("{pointer}/items"), items, item, depth + 1),
                _ => drop(self.found.free_form.insert(pointer.to_owned())),
            },
            (Some("string" | "integer" | "number" | "boolean"), Came::Scalar, _) => {}
            (Some("string" | "integer" | "number" | "boolean"), _, Some(Definition::Values)) => {}
            (None, _, Some(Definition::Values)) => {}
            // values of several types
            (None, _, Some(Definition::OneOf(_))) if shape.get("enum").is_some() => {}
            (None, Came::Scalar, _) if shape.get("enum").is_some() => {}
            _ if says(shape) => drop(self.found.untyped.insert(pointer.to_owned())),
            _ => drop(self.found.free_form.insert(pointer.to_owned())),
        }
    }

    /// An object whose keys are all free.
    fn map(&mut self, pointer: &str, shape: &Shape, value: &Came, depth: usize) {
        if properties(shape).next().is_some() {
            self.found.untyped.insert(pointer.to_owned());
        }
        match shape.get("additionalProperties") {
            Some(schema) if schema.is_object() => self.place(format!("{pointer}/additionalProperties"), schema, value, depth + 1),
            _ => drop(self.found.free_form.insert(pointer.to_owned())),
        }
    }

    fn object(&mut self, pointer: &str, shape: &Shape, fields: &BTreeMap<String, Came>, others: Option<&Came>, depth: usize) {
        for (name, schema) in properties(shape) {
            let place = format!("{pointer}/properties/{}", name.replace('~', "~0").replace('/', "~1"));
            match fields.get(name) {
                Some(came) => self.place(place, schema, came, depth + 1),
                None => drop(self.found.untyped.insert(place)),
            }
        }
        if let Some(schema) = shape.get("additionalProperties").filter(|schema| schema.is_object()) {
            let place = format!("{pointer}/additionalProperties");
            match others {
                Some(came) => self.place(place, schema, came, depth + 1),
                None => drop(self.found.untyped.insert(place)),
            }
        }
    }

    /// Among the shapes that a place came to, the one that fits an arm of a choice best: the first with the fewest
    /// properties that the arm does not have, and then with the fewest that are lost further inside.
    fn arm_for(&self, shape: &Shape, came: &Came) -> Option<Came> {
        let mut open = vec![(came.clone(), 0)];
        let mut fitting: Vec<(usize, Came)> = Vec::new();
        while let Some((came, depth)) = open.pop() {
            let definition = match &came {
                Came::Definition(id) => self.described.definitions.get(*id),
                Came::Any | Came::Scalar | Came::List(_) | Came::Map(_) => None,
            };
            match definition {
                Some(Definition::OneOf(arms)) if depth < DEEPEST => open.extend(arms.iter().rev().map(|arm| (arm.clone(), depth + 1))),
                Some(Definition::Is(inner)) if depth < DEEPEST => open.push((inner.clone(), depth + 1)),
                Some(Definition::Object { fields, others: _ }) if fits(shape, &came, definition) => fitting.push((fields.len(), came)),
                _ if came == Came::Any => fitting.push((usize::MAX, came)),
                _ if fits(shape, &came, definition) && self.items_fit(shape, &came) => fitting.push((0, came)),
                _ => {}
            }
        }
        fitting.into_iter().min_by_key(|(more, came)| (*more, self.lost(shape, came, 0))).map(|(_, came)| came)
    }

    /// How many properties of objects in objects, and lists in lists, a shape has, and what it may have become does not.
    fn lost(&self, shape: &Shape, came: &Came, depth: usize) -> usize {
        /// Arms that are alike further down are taken for alike.
        const DEPTH: usize = 3;
        let mut came = came;
        for _ in 0..DEEPEST {
            match came {
                Came::Definition(id) => match self.described.definitions.get(*id) {
                    Some(Definition::Is(inner)) => came = inner,
                    Some(Definition::Object { fields, .. }) if depth < DEPTH => {
                        let inside = |(name, schema)| match (fields.get(name), Shape::of(self.tree, schema)) {
                            (Some(came), Some(inner)) => self.lost(&inner, came, depth + 1),
                            (Some(_), None) => 0,
                            (None, _) => 1,
                        };
                        return properties(shape).map(inside).sum();
                    }
                    _ => return 0,
                },
                Came::List(item) => {
                    let items = shape.get("items").filter(|_| depth < DEEPEST).and_then(|items| Shape::of(self.tree, items));
                    let is_other = !matches!(shape.kind(), Some("array") | None);
                    return usize::from(is_other) + items.map_or(0, |items| self.lost(&items, item, depth + 1));
                }
                Came::Scalar => return usize::from(matches!(shape.kind(), Some("object" | "array"))),
                Came::Any | Came::Map(_) => return 0,
            }
        }
        0
    }
}

impl Walk<'_> {
    /// Whether the items of a list may have become those of another, where they are no choices themselves.
    fn items_fit(&self, shape: &Shape, came: &Came) -> bool {
        let (Came::List(item), Some(items)) = (came, shape.get("items")) else { return true };
        let definition = match &**item {
            Came::Definition(id) => self.described.definitions.get(*id),
            Came::Any | Came::Scalar | Came::List(_) | Came::Map(_) => None,
        };
        let chosen = matches!(definition, Some(Definition::Is(_))) || **item == Came::Any;
        Shape::of(self.tree, items).is_none_or(|items| match definition {
            Some(Definition::OneOf(_)) => !items.choices.is_empty() || items.kind().is_none(),
            _ => chosen || !items.choices.is_empty() || fits(&items, item, definition),
        })
    }
}

/// Whether a shape may have become this, by what is seen without looking inside.
fn fits(shape: &Shape, came: &Came, definition: Option<&Definition>) -> bool {
    match (came, definition) {
        (Came::Map(_), _) => shape.kind() == Some("object") && properties(shape).next().is_none(),
        (Came::List(_), _) => shape.kind() == Some("array"),
        (_, Some(Definition::Object { fields, others })) => {
            let keeps = shape.get("additionalProperties").is_some_and(Value::is_object);
            shape.kind() == Some("object") && properties(shape).all(|(name, _)| fields.contains_key(name)) && (others.is_some() || !keeps)
        }
        (Came::Scalar, _) | (_, Some(Definition::Values)) => !matches!(shape.kind(), Some("object" | "array")),
        _ => false,
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// What is said beside a choice holds of each arm. An arm that is a choice itself keeps its own.
fn whole(base: &Shape, arm: &Shape) -> Shape {
    let mut whole = base.without_choices();
    whole.merge(arm.clone());
    whole
}

/// Whether a schema says what a value is.
fn says(shape: &Shape) -> bool {
    let nothing_but_null = |values: &Value| values.as_array().is_some_and(|values| values.iter().all(Value::is_null));
    ["type", "properties", "items"].iter().any(|keyword| shape.get(keyword).is_some())
        || shape.get("enum").is_some_and(|values| !nothing_but_null(values))
        || shape.get("additionalProperties").is_some_and(Value::is_object)
        || !shape.choices.is_empty()
}

fn properties(shape: &Shape) -> impl Iterator<Item = (&str, &Value)> {
    shape.get("properties").and_then(Value::as_object).into_iter().flat_map(Map::iter).map(|(name, schema)| (name.as_str(), schema))
}

#[cfg(test)]
mod tests {
    use super::super::operations::operations;
    use super::*;
    use serde_json::json;

    fn object(fields: &[(&str, Came)]) -> Definition {
        Definition::Object { fields: fields.iter().map(|(name, came)| ((*name).to_owned(), came.clone())).collect(), others: None }
    }

    /// A body of this schema that came to this.
    fn compared(schema: &Value, came: &Came, definitions: Vec<Definition>) -> Typed {
        let document = json!({"s": schema, "paths": {"/a": {"get": {"responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/s"}}}}}}}}});
        let tree = Tree::new(&document);
        let parts = BTreeMap::from([(("GET /a".to_owned(), answer_part("200", "application/json")), came.clone())]);
        typed(tree, &operations(tree), &Described { definitions, parts })
    }

    #[test]
    fn of_two_arms_with_the_same_properties_the_one_is_meant_whose_objects_inside_fit() {
        let inside = |name: &str| json!({"properties": {"in": {"properties": {name: {"type": "string"}}}}});
        let definitions = vec![
            Definition::OneOf(vec![Came::Definition(1), Came::Definition(2)]),
            object(&[("in", Came::Definition(3))]),
            object(&[("in", Came::Definition(4))]),
            object(&[("a", Came::Scalar)]),
            object(&[("b", Came::Scalar)]),
        ];
        let found = compared(&json!({"oneOf": [inside("b"), inside("a")]}), &Came::Definition(0), definitions);
        assert_eq!(found.untyped, BTreeSet::new());
        let (flat, deep) = (Came::List(Box::new(Came::Scalar)), Came::List(Box::new(Came::List(Box::new(Came::Scalar)))));
        let definitions =
            vec![Definition::OneOf(vec![Came::Definition(1), Came::Definition(2)]), object(&[("in", flat)]), object(&[("in", deep)])];
        let of = |items: Value| json!({"properties": {"in": {"type": "array", "items": items}}});
        let schema = json!({"oneOf": [of(json!({"type": "array", "items": {"type": "number"}})), of(json!({"type": "number"}))]});
        assert_eq!(compared(&schema, &Came::Definition(0), definitions).untyped, BTreeSet::new());
    }

    #[test]
    fn what_is_said_and_lost_is_counted() {
        let list = |item| Came::List(Box::new(item));
        let map = |value| Came::Map(Box::new(value));
        let definition = Came::Definition(0);
        let said = json!({"properties": {"a": {"type": "string"}}});
        for (schema, came, definitions, untyped, free) in [
            (json!({"type": "string"}), Came::Scalar, vec![], &[][..], &[][..]),
            (json!({"type": "string"}), Came::Any, vec![], &["/s"], &[]),
            (json!({"type": "string"}), Came::List(Box::new(Came::Scalar)), vec![], &["/s"], &[]),
            (json!({}), Came::Any, vec![], &[], &["/s"]),
            (json!({"type": "object"}), map(Came::Any), vec![], &[], &["/s"]),
            (json!({"type": "object"}), Came::Any, vec![], &["/s"], &[]),
            (said.clone(), map(Came::Any), vec![], &["/s"], &["/s"]),
            (said.clone(), definition.clone(), vec![object(&[])], &["/s/properties/a"], &[]),
            (said.clone(), definition.clone(), vec![object(&[("a", Came::Any)])], &["/s/properties/a"], &[]),
            (said.clone(), definition.clone(), vec![object(&[("a", Came::Scalar)])], &[], &[]),
            (json!({"type": "array", "items": {"enum": [1]}}), list(Came::Any), vec![], &["/s/items"], &[]),
            (json!({"type": "array", "items": {}}), list(Came::Any), vec![], &[], &["/s/items"]),
            (json!({"additionalProperties": {"type": "string"}}), map(Came::Any), vec![], &["/s/additionalProperties"], &[]),
            (json!({"additionalProperties": {"type": "string"}}), map(Came::Scalar), vec![], &[], &[]),
            (json!({"oneOf": [{"type": "string"}, said]}), Came::Any, vec![], &["/s/(arm 0)", "/s/(arm 1)"], &[]),
            (
                json!({"oneOf": [{"type": "string"}, said]}),
                definition.clone(),
                vec![Definition::OneOf(vec![Came::Definition(1), Came::Scalar]), object(&[("a", Came::Scalar)])],
                &[],
                &[],
            ),
            (
                json!({"oneOf": [{"type": "string"}, said]}),
                definition.clone(),
                vec![Definition::OneOf(vec![map(Came::Any), Came::Scalar])],
                &["/s/(arm 1)"],
                &[],
            ),
            // an arm that is a choice itself; of several objects the one that has no more than the arm
            (
                json!({"oneOf": [{"oneOf": [said, {"type": "string"}]}, {"additionalProperties": {"type": "number"}}]}),
                definition.clone(),
                vec![
                    Definition::OneOf(vec![Came::Definition(1), Came::Definition(3)]),
                    Definition::OneOf(vec![Came::Definition(2), Came::Scalar]),
                    object(&[("a", Came::Scalar)]),
                    Definition::Object { fields: BTreeMap::from([("tag".to_owned(), Came::Scalar)]), others: Some(Came::Scalar) },
                ],
                &[],
                &[],
            ),
            // of two lists the one whose items fit; values of several types
            (
                json!({"oneOf": [{"type": "array", "items": said}, {"type": "array", "items": {"type": "number"}}, {"enum": [1, "a"]}]}),
                definition.clone(),
                vec![
                    Definition::OneOf(vec![list(Came::Definition(1)), list(Came::Scalar), Came::Definition(2)]),
                    object(&[("a", Came::Scalar)]),
                    Definition::OneOf(vec![Came::Scalar, Came::Scalar]),
                ],
                &[],
                &[],
            ),
            // arms that only demand something shape nothing; `allOf` is one shape; a circle ends
            (
                json!({"properties": {"a": {}}, "anyOf": [{"required": ["a"]}]}),
                definition.clone(),
                vec![object(&[("a", Came::Any)])],
                &[],
                &["/s/properties/a"],
            ),
            (
                json!({"allOf": [{"$ref": "#/s/x-more"}, said], "x-more": {"properties": {"b": {"type": "number"}}}}),
                definition.clone(),
                vec![object(&[("a", Came::Scalar)])],
                &["/s/properties/b"],
                &[],
            ),
            (json!({"properties": {"next": {"$ref": "#/s"}}}), definition.clone(), vec![object(&[("next", definition.clone())])], &[], &[]),
        ] {
            let found = compared(&schema, &came, definitions);
            assert_eq!(found.untyped.iter().collect::<Vec<_>>(), untyped, "{schema} {came:?}");
            assert_eq!(found.free_form.iter().collect::<Vec<_>>(), free, "{schema} {came:?}");
        }
    }

    #[test]
    fn types_that_hold_themselves_in_many_ways_come_to_an_end() {
        let own = |name: &str| json!({"allOf": [{"$ref": "#/s"}], "description": name});
        let schema = json!({"properties": {"a": own("a"), "b": own("b"), "c": own("c"), "d": own("d"), "e": {"type": "string"}}});
        let fields = ["a", "b", "c", "d"].map(|name| (name, Came::Definition(0)));
        let found = compared(&schema, &Came::Definition(0), vec![object(&fields)]);
        assert!(found.untyped.contains("/s/properties/e") && found.places < 1000, "{found:?}");
    }

    #[test]
    fn choices_that_hold_each_other_come_to_an_end() {
        let either = |keyword: &str| json!({keyword: [{"$ref": "#/s"}, {"type": "string"}]});
        let schema = json!({"properties": {"a": either("oneOf"), "b": either("anyOf")}});
        let definitions = vec![
            object(&[("a", Came::Definition(1)), ("b", Came::Definition(1))]),
            Definition::OneOf(vec![Came::Definition(0), Came::Scalar]),
        ];
        assert_eq!(compared(&schema, &Came::Definition(0), definitions).untyped, BTreeSet::new());
    }

    #[test]
    fn headers_are_looked_at() {
        let header = json!({"schema": {"type": "integer"}});
        let document = json!({"paths": {"/a": {"get": {"responses": {"4XX": {"headers": {"X-A": header, "X-B": header}}}}}}});
        let tree = Tree::new(&document);
        let part = |name, came| (("GET /a".to_owned(), header_part("4XX", name)), came);
        let parts = BTreeMap::from([part("X-A", Came::Scalar), part("X-B", Came::Any)]);
        let found = typed(tree, &operations(tree), &Described { definitions: Vec::new(), parts });
        assert_eq!(found.untyped, BTreeSet::from(["/paths/~1a/get/responses/4XX/headers/X-B/schema".to_owned()]));
    }
}
