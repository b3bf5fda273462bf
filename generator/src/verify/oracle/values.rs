//! Values made from schemas, as JSON. Every choice a schema leaves is tried in turn before chance decides: absent, null
//! and present; every enum value; every arm; empty and full; each border.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::random::Random;
use super::refs::Tree;
use super::scalars::{self, Place};
use super::schema::Direction;
use super::shape::{Choice, Shape};

/// From this depth on only what is required is written, which cuts recursion off.
const SHALLOW: usize = 6;
/// A schema that demands more nesting than this has no value that could be sent.
const DEEPEST: usize = 24;
/// From this many nodes on only what is required is written.
const LARGE: usize = 600;

/// Makes values for one place, remembering which choices it has made there.
pub struct Maker<'a> {
    tree: Tree<'a>,
    direction: Direction,
    random: Random,
    /// Choice (where in the value, and about what) to the next option and the number of options.
    choices: BTreeMap<String, (usize, usize)>,
    /// Where arms are known not to hold together.
    apart: BTreeSet<String>,
    nodes: usize,
    /// In how many of a hundred cases an optional part is there, if not by turns.
    thinned: Option<usize>,
}

/// Where the maker stands inside the value that it is making.
#[derive(Clone, Copy)]
struct At<'p> {
    path: &'p str,
    depth: usize,
    place: Place,
}

impl<'a> Maker<'a> {
    /// A maker; the same arguments make the same values.
    pub fn new(tree: Tree<'a>, direction: Direction, random: Random) -> Self {
        Self { tree, direction, random, choices: BTreeMap::new(), apart: BTreeSet::new(), nodes: 0, thinned: None }
    }

    /// Which way the values go.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// Makes values that travel the other way.
    pub fn towards(&mut self, direction: Direction) {
        self.direction = direction;
    }

    /// A value with nothing in it that is not required.
    pub fn smallest(&mut self, schema: &Value, place: Place) -> Option<Value> {
        self.nodes = LARGE + 1;
        self.any(schema, At { path: "smallest", depth: 0, place })
    }

    /// The next value of this name, which sets it apart from others that are made together (the parameters of a
    /// request); `None` if the schema allows none that can be carried at this place.
    pub fn named(&mut self, name: &str, schema: &Value, place: Place) -> Option<Value> {
        self.nodes = 0;
        self.any(schema, At { path: name, depth: 0, place })
    }

    /// From now on optional parts are there in so many of a hundred cases; `None` for all in turn.
    pub fn thin(&mut self, percent: Option<usize>) {
        self.thinned = percent;
    }

    /// Whether an optional part of this name is to be there.
    pub fn present(&mut self, name: &str) -> bool {
        if let Some(percent) = self.thinned {
            return self.random.chance(percent);
        }
        let key = format!("{name} presence");
        let tried = self.choices.get(&key).is_some_and(|(next, _)| *next >= 2);
        if tried { self.random.chance(75) } else { self.choose(key, 2) == 0 }
    }

    /// The next of several things of this name.
    pub fn one_of(&mut self, name: &str, options: usize) -> usize {
        self.choose(format!("{name} option"), options)
    }

    /// Whether some choice that was met has options left that no value has shown yet.
    pub fn has_more(&self) -> bool {
        self.choices.values().any(|(next, options)| next < options)
    }

    fn choose(&mut self, key: String, options: usize) -> usize {
        let entry = self.choices.entry(key).or_insert((0, options));
        entry.1 = options;
        if entry.0 < options {
            entry.0 += 1;
            entry.0 - 1
        } else {
            self.random.below(options)
        }
    }

    fn pick<T: Clone>(&mut self, at: At<'_>, about: &str, options: &[T]) -> Option<T> {
        let index = self.choose(format!("{} {about}", at.path), options.len());
        options.get(index).cloned()
    }

    fn tight(&self, at: At<'_>) -> bool {
        at.depth >= SHALLOW || self.nodes > LARGE
    }

    fn any(&mut self, schema: &Value, at: At<'_>) -> Option<Value> {
        self.nodes += 1;
        if at.depth > DEEPEST {
            return None;
        }
        let shape = Shape::of(self.tree, schema)?;
        if shape.nullable && at.place.is_whole() && at.depth > 0 && self.tight(at) {
            return Some(Value::Null);
        }
        if shape.nullable && at.place.is_whole() && !self.tight(at) && self.choose(format!("{} null", at.path), 2) == 1 {
            return Some(Value::Null);
        }
        self.shaped(shape, at)
    }

    fn shaped(&mut self, mut shape: Shape, at: At<'_>) -> Option<Value> {
        if let Some(choice) = shape.choices.pop() {
            return self.arm(&shape, &choice, at);
        }
        if let Some(constant) = shape.get("const").or_else(|| shape.get("x-bothends-const")) {
            return Some(constant.clone());
        }
        if let Some(Value::Array(values)) = shape.get("enum") {
            if at.place == Place::Body && !values.is_empty() && values.iter().all(Value::is_null) {
                return Some(Value::Null);
            }
            let fits = |value: &&Value| !value.is_null() && value.as_str().is_none_or(|text| scalars::carriable(text, at.place));
            let values: Vec<Value> = values.iter().filter(fits).cloned().collect();
            return self.pick(at, "enum", &values);
        }
        match shape.kind() {
            Some("object") => self.object(&shape, at),
            Some("array") => self.list(&shape, at),
            Some("boolean") => self.pick(at, "boolean", &[json!(true), json!(false)]),
            Some("integer") => {
                let options = scalars::integers(&shape, &mut self.random);
                self.pick(at, "integer", &options)
            }
            Some("number") => {
                let options = scalars::floats(&shape, &mut self.random);
                self.pick(at, "number", &options)
            }
            Some("string") => {
                let options = scalars::strings(&shape, at.place, &mut self.random);
                self.pick(at, "string", &options).map(Value::String)
            }
            Some(_) => None,
            None => self.anything(at),
        }
    }

    /// A value for a schema that says nothing. In parameters all is text, so that only text which looks like nothing
    /// else can be told from the rest.
    fn anything(&mut self, at: At<'_>) -> Option<Value> {
        let bodies = [
            json!("any"),
            json!(null),
            json!(true),
            json!(-7),
            json!(0.25),
            json!([]),
            json!({}),
            json!([{"a": [null, "b"]}]),
            json!(u64::MAX),
        ];
        if at.place.is_whole() { self.pick(at, "any", &bodies) } else { Some(json!("any")) }
    }

    /// Makes a value of one arm together with what is demanded beside it.
    fn arm(&mut self, base: &Shape, choice: &Choice, at: At<'_>) -> Option<Value> {
        let together = if self.apart.contains(at.path) { None } else { self.together(base, choice) };
        if together.is_none() {
            self.apart.insert(at.path.to_owned());
        }
        let first = self.choose(format!("{} arm", at.path), choice.arms.len() + usize::from(together.is_some()));
        if let Some(whole) = together.filter(|_| first == choice.arms.len()) {
            let path = format!("{}|all", at.path);
            return self.shaped(whole, At { path: &path, depth: at.depth + 1, ..at });
        }
        // Deep down an arm may lead to more recursion than another: take the first that comes to an end.
        for offset in 0..choice.arms.len() {
            let index = (first + offset) % choice.arms.len();
            let Some(arm) = choice.arms.get(index) else { continue };
            let Some(mut shape) = base.and(self.tree, arm) else { continue };
            if base.choices.iter().any(|other| self.leaves_nothing(&shape, other))
                || (!base.keywords.is_empty() && contradicts(self.tree, base, arm))
            {
                continue;
            }
            if let Some((property, tag)) = choice.discriminator.as_ref().and_then(|discriminator| tag(self.tree, discriminator, arm)) {
                demand(&mut shape, &property, &tag);
            }
            let path = format!("{}|{index}", at.path);
            if let Some(value) = self.shaped(shape, At { path: &path, depth: at.depth + 1, ..at }) {
                return Some(value);
            }
        }
        None
    }

    /// What an `anyOf` whose arms are objects demands where two or more of them hold of one value.
    fn together(&self, base: &Shape, choice: &Choice) -> Option<Shape> {
        if !choice.several || choice.discriminator.is_some() || !base.choices.is_empty() {
            return None;
        }
        let plain = |shape: &Shape| {
            let open = shape.get("additionalProperties").is_none() && shape.get("const").is_none() && shape.get("maxProperties").is_none();
            open && shape.choices.is_empty() && shape.get("properties").is_some() && shape.kind() == Some("object")
        };
        let mut arms = choice.arms.iter().filter_map(|arm| Shape::of(self.tree, arm)).filter(plain);
        let mut whole = arms.next()?;
        let mut count = 1;
        for arm in arms {
            if !whole.contradicts(self.tree, &arm) {
                whole.merge(arm);
                count += 1;
            }
        }
        let mut all = base.clone();
        (count > 1 && !base.contradicts(self.tree, &whole)).then(|| {
            all.merge(whole);
            all
        })
    }

    /// Whether every arm of a choice contradicts what is demanded beside it.
    fn leaves_nothing(&self, shape: &Shape, choice: &Choice) -> bool {
        choice.arms.iter().all(|arm| contradicts(self.tree, shape, arm))
    }

    fn object(&mut self, shape: &Shape, at: At<'_>) -> Option<Value> {
        let required = shape.required();
        let mut members = Map::new();
        let empty = Map::new();
        let properties = shape.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let inner = packed(at.place);
        // An object that may not be empty and names all that it may hold needs some of it.
        let least =
            shape.get("minProperties").and_then(Value::as_u64).filter(|_| shape.get("additionalProperties") == Some(&Value::Bool(false)));
        for (name, property) in properties {
            if super::shape::has_flag(self.tree, property, self.direction.excluding_keyword()) {
                continue;
            }
            let path = format!("{}/{name}", at.path);
            let needed = required.contains(&name.as_str());
            let few = least.is_some_and(|least| (members.len() as u64) < least);
            if !needed && !few && (self.tight(at) || !self.present(&path)) {
                continue;
            }
            let made = self.any(property, At { path: &path, depth: at.depth + 1, place: inner });
            match made {
                Some(value) => {
                    members.insert(name.clone(), value);
                }
                None if needed => return None,
                None => {}
            }
        }
        self.additional(shape, properties, &mut members, At { place: inner, ..at })?;
        Some(Value::Object(members))
    }

    /// Members beyond the declared ones, where the schema says what they may be, and required ones that are not declared.
    fn additional(&mut self, shape: &Shape, properties: &Map<String, Value>, members: &mut Map<String, Value>, at: At<'_>) -> Option<()> {
        let schema = shape.get("additionalProperties");
        let open = schema.is_some_and(|schema| schema != &Value::Bool(false)) || (schema.is_none() && properties.is_empty());
        for name in shape.required() {
            if !properties.contains_key(name) && !members.contains_key(name) {
                let value =
                    self.any(schema.unwrap_or(&Value::Null), At { path: &format!("{}/{name}", at.path), depth: at.depth + 1, ..at })?;
                members.insert(name.to_owned(), value);
            }
        }
        let limit = |keyword| shape.get(keyword).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
        let (low, high) = (limit("minProperties").unwrap_or(0), limit("maxProperties").unwrap_or(usize::MAX));
        if !open {
            return Some(());
        }
        if !at.place.is_whole() {
            // A parameter is flat, and an empty object in one is an absent one.
            let text = Value::Object(Map::from_iter([("type".to_owned(), json!("string"))]));
            let schema = schema.filter(|schema| schema.is_object()).unwrap_or(&text);
            let made = self.any(schema, At { path: &format!("{}/*", at.path), depth: at.depth + 1, ..at });
            if let Some(value) = made.filter(|value| members.is_empty() && !value.is_array() && !value.is_object()) {
                members.insert("free".to_owned(), value);
            }
            return Some(());
        }
        let wanted = if self.tight(at) { 0 } else { self.pick(at, "size", &[2, 0, 4])? };
        let names = super::names::members(shape, at.place, &mut self.random);
        let anything = Value::Bool(true);
        for (name, own) in names.iter().filter(|(name, _)| !properties.contains_key(name)).take(wanted.max(low)) {
            if members.len() >= high || (wanted == 0 && members.len() >= low) {
                break;
            }
            let path = format!("{}/*", at.path);
            if let Some(value) = self.any(own.as_ref().or(schema).unwrap_or(&anything), At { path: &path, depth: at.depth + 1, ..at }) {
                members.insert(name.clone(), value);
            }
        }
        Some(())
    }

    fn list(&mut self, shape: &Shape, at: At<'_>) -> Option<Value> {
        let limit = |keyword| shape.get(keyword).and_then(Value::as_u64).and_then(|limit| usize::try_from(limit).ok());
        let (mut low, high) = (limit("minItems").unwrap_or(0), limit("maxItems").unwrap_or(usize::MAX));
        if !at.place.is_whole() {
            // An empty list in a parameter is an absent one.
            low = low.max(1);
        }
        let places = shape.get("x-bothends-prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let sizes: Vec<usize> =
            [places.len().max(2), low, 1, 5, high.min(9)].into_iter().filter(|size| (low..=high).contains(size)).collect();
        let wanted = if self.tight(at) { low } else { self.pick(at, "length", &sizes)? };
        let anything = Value::Bool(true);
        let unique = shape.get("uniqueItems") == Some(&Value::Bool(true));
        let inner = packed(at.place);
        let mut items: Vec<Value> = Vec::new();
        for _ in 0..wanted.saturating_mul(if unique { 4 } else { 1 }) {
            let index = items.len();
            let (schema, path) = match places.get(index) {
                Some(place) => (place, format!("{}/{index}", at.path)),
                None => (shape.get("items").unwrap_or(&anything), format!("{}/*", at.path)),
            };
            let made = self.any(schema, At { path: &path, depth: at.depth + 1, place: inner });
            match made {
                Some(value) if !(unique && items.contains(&value)) => items.push(value),
                Some(_) => {}
                None if items.len() < low => return None,
                None => break,
            }
            if items.len() == wanted {
                break;
            }
        }
        Some(Value::Array(items))
    }
}

/// The place of what is inside a list or an object at a place.
fn packed(place: Place) -> Place {
    match place {
        Place::Body | Place::Element => place,
        // Neither may hold more than ASCII, and what a cookie takes needs no quoting in a header.
        Place::Header | Place::Cookie => Place::Cookie,
        Place::Query | Place::Apart => Place::Apart,
        Place::Joined | Place::Listed => Place::Listed,
        Place::Text | Place::Path | Place::Packed => Place::Packed,
    }
}

fn contradicts(tree: Tree<'_>, shape: &Shape, arm: &Value) -> bool {
    Shape::of(tree, arm).is_some_and(|arm| arm.contradicts(tree, shape))
}

/// The discriminator's property and the value that names this arm; none where the arm itself lists other values.
pub(super) fn tag(tree: Tree<'_>, discriminator: &Value, arm: &Value) -> Option<(String, String)> {
    let (property, value) = named_tag(discriminator, arm)?;
    let listed = Shape::of(tree, arm).and_then(|arm| Shape::of(tree, arm.get("properties")?.get(&property)?)?.get("enum").cloned());
    let fits = listed.is_none_or(|listed| listed.as_array().is_none_or(|listed| listed.iter().any(|known| *known == value)));
    fits.then_some((property, value))
}

fn named_tag(discriminator: &Value, arm: &Value) -> Option<(String, String)> {
    let property = discriminator.get("propertyName")?.as_str()?.to_owned();
    let reference = arm.get("$ref")?.as_str()?;
    let name = reference.rsplit('/').next()?;
    let mapped = discriminator.get("mapping").and_then(Value::as_object).and_then(|mapping| {
        let names = |target: &Value| target.as_str().is_some_and(|target| target == reference || target == name);
        mapping.iter().find(|(_, target)| names(target)).map(|(key, _)| key.clone())
    });
    Some((property, mapped.unwrap_or_else(|| name.to_owned())))
}

/// Makes a property required and fixes its value.
fn demand(shape: &mut Shape, property: &str, value: &str) {
    let fixed = json!({"type": "string", "enum": [value]});
    if let Some(Value::Object(properties)) = shape.keywords.get_mut("properties") {
        properties.insert(property.to_owned(), fixed);
    } else {
        shape.keywords.insert("properties".to_owned(), json!({property: fixed}));
    }
    match shape.keywords.get_mut("required") {
        Some(Value::Array(names)) => names.push(json!(property)),
        _ => {
            shape.keywords.insert("required".to_owned(), json!([property]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::verify::oracle::schema::Schemas;

    fn document() -> Value {
        json!({"components": {"schemas": {
            "Flat": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "minLength": 2, "maxLength": 8}, "age": {"type": "integer", "format": "int32", "minimum": 0},
                "ratio": {"type": "number", "minimum": -1, "maximum": 1}, "on": {"type": "boolean"},
                "when": {"type": "string", "format": "date-time", "nullable": true}}},
            "Enum": {"type": "object", "properties": {"e": {"type": "string", "enum": ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]},
                "n": {"type": "integer", "enum": [1, 2]}}},
            "Tree": {"type": "object", "required": ["value"], "properties": {"value": {"type": "integer"},
                "left": {"$ref": "#/components/schemas/Tree"}, "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
            "Cat": {"type": "object", "required": ["kind"], "properties": {"kind": {"type": "string"}, "meow": {"type": "boolean"}}},
            "Dog": {"type": "object", "required": ["kind", "bark"], "properties": {"kind": {"type": "string"}, "bark": {"type": "integer"}}},
            "Pet": {"oneOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
                "discriminator": {"propertyName": "kind", "mapping": {"woof": "#/components/schemas/Dog"}}},
            "Mixed": {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "array", "items": {"type": "boolean"}}, {"type": "object", "additionalProperties": false}]},
            "All": {"allOf": [{"$ref": "#/components/schemas/Flat"}, {"type": "object", "required": ["extra"], "properties": {"extra": {"$ref": "#/components/schemas/Pet"}}}]},
            "Map": {"type": "object", "additionalProperties": {"type": "array", "uniqueItems": true, "minItems": 1, "maxItems": 3, "items": {"type": "integer"}}, "minProperties": 1},
            "Pattern": {"type": "string", "pattern": "^[A-Z]{3}[0-9]+$"},
            "Null": {"type": "object", "required": ["a", "b"], "properties": {"a": {"enum": [null]}, "b": {"enum": [null], "nullable": true}}},
            "Some": {"type": "object", "additionalProperties": false, "minProperties": 1, "properties": {"a": {"type": "string"}, "b": {"type": "integer"}}},
            "Any": {}, "Free": {"type": "object"}, "Code": {"type": "string", "format": "byte"},
            "Endless": {"type": "object", "required": ["more"], "properties": {"more": {"$ref": "#/components/schemas/Endless"}}},
        }}})
    }

    fn make(schema: &str, direction: Direction, cases: usize) -> Vec<Value> {
        let document = document();
        let tree = Tree::new(&document);
        let mut maker = Maker::new(tree, direction, Random::new(5, schema));
        let node = tree.at(&format!("/components/schemas/{schema}")).unwrap();
        (0..cases).filter_map(|_| maker.named("", node.value, Place::Body)).collect()
    }

    #[test]
    fn values_fit_their_schemas() {
        let document = document();
        let tree = Tree::new(&document);
        let schemas = Schemas::new(tree);
        for (name, node) in tree.at("/components/schemas").unwrap().children() {
            let values = make(&name, Direction::Request, 64);
            assert_eq!(values.len(), if name == "Endless" { 0 } else { 64 }, "{name}");
            for value in values {
                assert_eq!(schemas.faults(&node, Direction::Request, &value), [""; 0], "{name}: {value}");
            }
        }
    }

    #[test]
    fn every_choice_is_tried() {
        let text = |schema, cases| format!("{:?}", make(schema, Direction::Request, cases));
        for letter in ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] {
            assert!(text("Enum", 16).contains(&format!("\"e\": String(\"{letter}\")")), "{letter}");
        }
        let flat = make("Flat", Direction::Request, 32);
        assert!(flat.iter().any(|v| v.get("when").is_none()) && flat.iter().any(|v| v.get("when") == Some(&Value::Null)));
        assert!(flat.iter().any(|v| v["age"] == json!(i32::MAX)) && flat.iter().any(|v| v["when"].is_string()));
        let pets = make("Pet", Direction::Request, 8);
        assert!(pets.iter().any(|v| v["kind"] == "Cat") && pets.iter().any(|v| v["kind"] == "woof" && v["bark"].is_i64()));
        let mixed = make("Mixed", Direction::Request, 8);
        assert!(mixed.iter().any(Value::is_string) && mixed.iter().any(Value::is_array) && mixed.iter().any(Value::is_object));
        assert!(make("Map", Direction::Request, 8).iter().all(|v| !v.as_object().unwrap().is_empty()));
    }

    #[test]
    fn recursion_ends_and_seeds_repeat() {
        let depth = |value: &Value| value.to_string().matches("left").count();
        assert!(make("Tree", Direction::Request, 32).iter().any(|value| depth(value) > 2));
        assert_eq!(make("Tree", Direction::Request, 8), make("Tree", Direction::Request, 8));
    }
}
