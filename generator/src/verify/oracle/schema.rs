//! OpenAPI 3.0 schemas as JSON Schema (draft 2020-12), judged by the `jsonschema` crate.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use super::refs::{Node, Tree};

/// Which way a value travels: `readOnly` properties count in responses only, `writeOnly` ones in requests only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// From client to server.
    Request,
    /// From server to client.
    Response,
}

impl Direction {
    /// The other way.
    pub fn other(self) -> Self {
        match self {
            Self::Request => Self::Response,
            Self::Response => Self::Request,
        }
    }

    /// The keyword that takes a property out of this direction.
    pub fn excluding_keyword(self) -> &'static str {
        match self {
            Self::Request => "readOnly",
            Self::Response => "writeOnly",
        }
    }
}

/// A validator, or why there is none.
type Made = Rc<Result<Validator, String>>;

/// Validators by place and direction, made when first asked for.
pub struct Schemas<'a> {
    tree: Tree<'a>,
    made: RefCell<BTreeMap<(String, Direction), Made>>,
    unjudged: RefCell<BTreeSet<String>>,
}

impl<'a> Schemas<'a> {
    /// No validator yet.
    pub fn new(tree: Tree<'a>) -> Self {
        Self { tree, made: RefCell::default(), unjudged: RefCell::default() }
    }

    /// What is wrong with a value; nothing if it fits its schema.
    pub fn faults(&self, schema: &Node<'a>, direction: Direction, value: &Value) -> Vec<String> {
        match &*self.validator(schema, direction) {
            Ok(validator) => {
                let place = |path: String| if path.is_empty() { "(whole)".to_owned() } else { path };
                let words = |error: jsonschema::ValidationError<'_>| format!("{}: {error}", place(error.instance_path().to_string()));
                validator.iter_errors(value).take(3).map(words).collect()
            }
            Err(reason) => vec![format!("the schema at {} cannot be judged: {reason}", schema.pointer)],
        }
    }

    /// The document.
    pub fn tree(&self) -> Tree<'a> {
        self.tree
    }

    /// Patterns that nothing was judged by so far, since nobody can read them.
    pub fn unjudged(&self) -> BTreeSet<String> {
        self.unjudged.borrow().clone()
    }

    /// Why no value can be judged by this schema, if so.
    pub fn unusable(&self, schema: &Node<'a>, direction: Direction) -> Option<String> {
        self.validator(schema, direction).as_ref().as_ref().err().cloned()
    }

    fn validator(&self, schema: &Node<'a>, direction: Direction) -> Made {
        let key = (schema.pointer.clone(), direction);
        if let Some(made) = self.made.borrow().get(&key) {
            return Rc::clone(made);
        }
        let mut converter = Converter::new(self.tree, direction);
        let text = converter.whole(schema.value);
        self.unjudged.borrow_mut().append(&mut converter.unjudged);
        let made = jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(false).build(&text);
        let made = Rc::new(made.map_err(|error| error.to_string()));
        self.made.borrow_mut().insert(key, Rc::clone(&made));
        made
    }
}

/// Turns one schema and everything that it refers to into a self-contained JSON Schema.
struct Converter<'a> {
    tree: Tree<'a>,
    direction: Direction,
    /// Reference text to its number under `$defs`.
    numbers: BTreeMap<(String, bool), usize>,
    waiting: Vec<(usize, &'a Value, bool)>,
    /// Patterns that were left out.
    unjudged: BTreeSet<String>,
}

/// Keywords that mean the same in both.
const PLAIN: [&str; 14] = [
    "const",
    "multipleOf",
    "minLength",
    "maxLength",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minProperties",
    "maxProperties",
    "enum",
    "type",
    "minimum",
    "maximum",
    "required",
];

/// What `format: byte` says: OpenAPI defines it, while JSON Schema takes formats for remarks (RFC 4648, section 4). No bits are left
/// over: the last digit before the padding has none (section 3.5).
const BASE64: &str = "^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$";

impl<'a> Converter<'a> {
    fn new(tree: Tree<'a>, direction: Direction) -> Self {
        Self { tree, direction, numbers: BTreeMap::new(), waiting: Vec::new(), unjudged: BTreeSet::new() }
    }

    fn whole(&mut self, schema: &'a Value) -> Value {
        let root = self.convert(schema);
        let mut definitions = Map::new();
        while let Some((number, schema, is_part)) = self.waiting.pop() {
            definitions.insert(number.to_string(), self.converted(schema, is_part));
        }
        json!({"allOf": [root], "$defs": definitions})
    }

    fn convert(&mut self, schema: &'a Value) -> Value {
        self.converted(schema, false)
    }

    /// `is_part`: of a conjunction, which says itself what there may be beside all that its parts declare.
    fn converted(&mut self, schema: &'a Value, is_part: bool) -> Value {
        let Value::Object(members) = schema else {
            return if schema.is_boolean() { schema.clone() } else { json!({}) };
        };
        if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
            return self.reference(reference, is_part);
        }
        let mut out = Map::new();
        for keyword in PLAIN {
            if let Some(value) = members.get(keyword) {
                out.insert(keyword.to_owned(), value.clone());
            }
        }
        if let Some(pattern) = members.get("pattern").and_then(Value::as_str) {
            match super::patterns::readable(pattern) {
                Some(readable) => drop(out.insert("pattern".to_owned(), Value::from(readable))),
                None => drop(self.unjudged.insert(pattern.to_owned())),
            }
        }
        exclusive(members, &mut out, "minimum", "exclusiveMinimum");
        exclusive(members, &mut out, "maximum", "exclusiveMaximum");
        self.objects(members, &mut out);
        if let Some(items) = members.get("items") {
            out.insert("items".into(), self.convert(items));
        }
        if let Some(Value::Array(places)) = members.get("x-bothends-prefixItems") {
            out.insert("prefixItems".into(), places.iter().map(|place| self.convert(place)).collect());
        }
        if let Some(not) = members.get("not") {
            out.insert("not".into(), self.convert(not));
        }
        // `oneOf` is judged as `anyOf`: arms whose properties are all optional overlap in most real documents, and a
        // value that fits several of them is no fault of either end.
        let mut groups = Vec::new();
        if members.get("type").and_then(Value::as_str) == Some("string") && members.get("format").and_then(Value::as_str) == Some("byte") {
            groups.push(json!({"pattern": BASE64}));
        }
        if members.get("type").and_then(Value::as_str) == Some("integer") && members.get("format").and_then(Value::as_str) == Some("int32")
        {
            groups.push(json!({"minimum": i32::MIN, "maximum": i32::MAX}));
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(Value::Array(arms)) = members.get(keyword) {
                groups.push(json!({"anyOf": arms.iter().map(|arm| self.convert(arm)).collect::<Vec<_>>()}));
            }
        }
        if let Some(Value::Array(parts)) = members.get("allOf") {
            groups.extend(parts.iter().map(|part| self.converted(part, true)).collect::<Vec<_>>());
        }
        if !is_part && !groups.is_empty() {
            let others: Vec<Value> = self.others(schema, 0).into_iter().map(|others| self.convert(others)).collect();
            if !others.is_empty() {
                out.insert("unevaluatedProperties".into(), json!({"allOf": others}));
            }
        } else if let Some(others) = members.get("additionalProperties").filter(|_| !is_part) {
            out.insert("additionalProperties".into(), self.convert(others));
        }
        if !groups.is_empty() {
            out.insert("allOf".into(), Value::Array(groups));
        }
        if members.get("nullable") == Some(&Value::Bool(true)) {
            return json!({"anyOf": [{"type": "null"}, out]});
        }
        Value::Object(out)
    }

    fn objects(&mut self, members: &'a Map<String, Value>, out: &mut Map<String, Value>) {
        let mut excluded = Vec::new();
        if let Some(Value::Object(properties)) = members.get("properties") {
            let mut converted = Map::new();
            for (name, property) in properties {
                if super::shape::has_flag(self.tree, property, self.direction.excluding_keyword()) {
                    excluded.push(name.as_str());
                }
                converted.insert(name.clone(), self.convert(property));
            }
            out.insert("properties".into(), Value::Object(converted));
        }
        if let Some(Value::Array(required)) = out.get_mut("required") {
            required.retain(|name| name.as_str().is_some_and(|name| !excluded.contains(&name)));
        } else {
            // `required: true` on a property is a common fault that says nothing about the value itself.
            out.remove("required");
        }
    }

    /// What a schema and the parts of its conjunction say of properties that they do not declare. To JSON Schema each speaks of all
    /// that it does not declare itself; who writes them means what none of them declares.
    fn others(&self, schema: &'a Value, depth: usize) -> Vec<&'a Value> {
        let Some(node) = self.tree.resolve(Node { pointer: String::new(), value: schema }).filter(|_| depth < 32) else {
            return Vec::new();
        };
        let own = node.value.get("additionalProperties").filter(|others| **others != Value::Bool(true));
        let parts = node.value.get("allOf").and_then(Value::as_array).into_iter().flatten();
        own.into_iter().chain(parts.flat_map(|part| self.others(part, depth + 1))).collect()
    }

    fn reference(&mut self, reference: &str, is_part: bool) -> Value {
        let next = self.numbers.len();
        let key = (reference.to_owned(), is_part);
        let number = match self.numbers.get(&key) {
            Some(number) => *number,
            None => {
                let Some(target) = self.tree.target(reference) else { return json!({}) };
                self.numbers.insert(key, next);
                self.waiting.push((next, target.value, is_part));
                next
            }
        };
        json!({"$ref": format!("#/$defs/{number}")})
    }
}

/// OpenAPI 3.0 has `exclusiveMinimum: true` beside `minimum`; JSON Schema has the number itself.
fn exclusive(members: &Map<String, Value>, out: &mut Map<String, Value>, bound: &str, keyword: &str) {
    match members.get(keyword) {
        Some(Value::Bool(true)) => {
            if let Some(value) = out.remove(bound) {
                out.insert(keyword.to_owned(), value);
            }
        }
        Some(value @ Value::Number(_)) => {
            out.insert(keyword.to_owned(), value.clone());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn openapi_schemas_judge_as_meant() {
        let document = json!({
            "components": {"schemas": {
                "Name": {"type": "string", "minLength": 1},
                "Tree": {"type": "object", "properties": {"children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}}},
                "Id": {"type": "string", "readOnly": true},
                "Open": {"type": "object", "additionalProperties": {"type": "object"}, "properties": {"a": {"type": "integer"}}},
                "User": {"type": "object", "required": ["id", "name"], "properties": {
                    "id": {"$ref": "#/components/schemas/Id"}, "name": {"$ref": "#/components/schemas/Name"}}},
            }},
            "table": [
                [{"type": "string"}, "x", true], [{"type": "string"}, null, false],
                [{"type": "string", "nullable": true}, null, true], [{"type": "string", "nullable": true, "enum": ["a"]}, null, true],
                [{"nullable": true, "allOf": [{"$ref": "#/components/schemas/User"}]}, null, true],
                [{"type": "integer", "minimum": 3, "exclusiveMinimum": true}, 3, false], [{"type": "integer", "minimum": 3}, 3, true],
                [{"$ref": "#/components/schemas/Tree"}, {"children": [{"children": []}]}, true],
                [{"$ref": "#/components/schemas/Tree"}, {"children": [{"children": [1]}]}, false],
                [{"$ref": "#/components/schemas/User"}, {"name": "x"}, true], [{"$ref": "#/components/schemas/User"}, {"id": "x"}, false],
                [{"type": "object", "additionalProperties": false, "properties": {"a": {}}}, {"b": 1}, false],
                [{"type": "object", "additionalProperties": {"type": "integer"}}, {"b": "1"}, false],
                [{"allOf": [{"$ref": "#/components/schemas/Open"}], "properties": {"b": {"type": "boolean"}}}, {"a": 1, "b": true, "c": {}}, true],
                [{"allOf": [{"$ref": "#/components/schemas/Open"}], "properties": {"b": {"type": "boolean"}}}, {"c": 1}, false],
                [{"$ref": "#/components/schemas/Open"}, {"b": true}, false],
                [{"oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}], "additionalProperties": false}, {"b": 1}, true],
                [{"oneOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}], "additionalProperties": false}, {"c": 1}, false],
                [{"oneOf": [{"type": "object"}, {"type": "object"}]}, {}, true], [{"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, "x", false],
                [{"type": "string", "format": "date-time"}, "yesterday", true],
                [{"type": "integer", "format": "int32"}, 2147483647, true], [{"type": "integer", "format": "int32"}, 2147483648_u64, false],
                [{"type": "string", "format": "byte"}, "QUI=", true], [{"type": "string", "format": "byte"}, "AvD...", false],
                [{"type": "array", "items": {}, "x-bothends-prefixItems": [{"type": "string"}, {"type": "integer"}]}, ["a", 1, true], true],
                [{"type": "array", "items": {}, "x-bothends-prefixItems": [{"type": "string"}, {"type": "integer"}]}, [1, "a"], false],
            ],
        });
        let tree = Tree::new(&document);
        let schemas = Schemas::new(tree);
        for (_, row) in tree.root().child("table").unwrap().children() {
            let fits = schemas.faults(&row.child_at(0), Direction::Request, &row.value[1]).is_empty();
            assert_eq!(Value::Bool(fits), row.value[2], "{}", row.value);
        }
        let user = tree.at("/components/schemas/User").unwrap();
        assert!(!schemas.faults(&user, Direction::Response, &json!({"name": "x"})).is_empty(), "readOnly is required in responses");
    }

    impl<'a> Node<'a> {
        fn child_at(&self, index: usize) -> Node<'a> {
            self.children().swap_remove(index).1
        }
    }
}
