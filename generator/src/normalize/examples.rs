//! Where the examples of a document contradict its schemas: noted, never repaired.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::diagnostic::Code;
use crate::media_type::is_json;
use crate::source::Pointer;

use super::at::At;
use super::context::{Context, brief};
use super::grammar::{DOCUMENT, Kind};

/// Steps that one example may cost: unions in unions could ask for more than anybody waits for.
const FUEL: usize = 20_000;

/// Objects in objects, of an example and of the schemas that are looked through at one place.
const DEPTH: usize = 64;

/// The whole tree; references must be resolved.
pub(super) fn check(tree: &Value, context: &mut Context<'_>) {
    let mut checker = Checker { tree, context, said: BTreeSet::new(), fuel: 0 };
    checker.walk(tree, &Kind::Object(&DOCUMENT), &At::ROOT, true);
}

struct Checker<'c, 'd> {
    tree: &'c Value,
    context: &'c mut Context<'d>,
    said: BTreeSet<String>,
    fuel: usize,
}

impl<'c> Checker<'c, '_> {
    /// Looks for examples, by the grammar. `json`: whether what stands here is written as JSON.
    fn walk(&mut self, value: &'c Value, kind: &Kind, at: &At<'_>, json: bool) {
        match (value, kind) {
            (Value::Array(list), Kind::List(inner) | Kind::Every(inner)) => {
                for (index, element) in list.iter().enumerate() {
                    self.walk(element, inner, &at.index(index), json);
                }
            }
            (Value::Object(map), Kind::Map(inner)) => {
                let is_content = inner.shape().is_some_and(|shape| shape.name == "media type");
                for (key, child) in map {
                    self.walk(child, inner, &at.key(key), if is_content { is_json(key) } else { json });
                }
            }
            (Value::Object(map), Kind::Object(shape) | Kind::Ref(shape) | Kind::FlagOr(shape)) => {
                match shape.name {
                    "schema" => self.example(map.get("example"), value, &at.key("example")),
                    "media type" if json => self.examples(map, at),
                    "parameter" | "header" => self.examples(map, at),
                    _ => {}
                }
                for (key, child) in map {
                    if let Some(kind) = shape.field(key) {
                        self.walk(child, kind, &at.key(key), json);
                    }
                }
            }
            _ => {}
        }
    }

    /// `example` and `examples` beside a `schema`.
    fn examples(&mut self, owner: &'c Map<String, Value>, at: &At<'_>) {
        let Some(schema) = owner.get("schema") else { return };
        self.example(owner.get("example"), schema, &at.key("example"));
        let list = at.key("examples");
        for (name, example) in owner.get("examples").and_then(Value::as_object).into_iter().flatten() {
            let target = example.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix('#')).and_then(Pointer::parse);
            match target {
                Some(pointer) => {
                    let value = self.tree.pointer(pointer.as_str()).and_then(|example| example.get("value"));
                    At::with(&pointer, |at| self.example(value, schema, &at.key("value")));
                }
                None => self.example(example.get("value"), schema, &list.key(name).key("value")),
            }
        }
    }

    fn example(&mut self, value: Option<&'c Value>, schema: &'c Value, at: &At<'_>) {
        if let Some(value) = value {
            self.fuel = FUEL;
            self.compare(value, &[schema], at, DEPTH);
        }
    }

    /// One value against all schemas that hold for it.
    fn compare(&mut self, value: &'c Value, schemas: &[&'c Value], at: &At<'_>, depth: usize) {
        if depth == 0 || self.fuel == 0 {
            return;
        }
        self.fuel -= 1;
        let mut parts = Parts::default();
        for schema in schemas {
            parts.gather(self, schema, value, DEPTH);
        }
        if let Some(expected) = parts.wrong {
            self.say(Code::EXAMPLE_TYPE, at, &format!("the example has {}, and the schema says {expected}", brief(value)));
            return;
        }
        match value {
            Value::Array(list) => {
                for (index, element) in list.iter().enumerate() {
                    self.compare(element, &parts.items, &at.index(index), depth - 1);
                }
            }
            Value::Object(map) => {
                for (key, child) in map {
                    let mut declared = parts.properties.get(key.as_str()).cloned().unwrap_or_default();
                    let at = at.key(key);
                    if !parts.properties.contains_key(key.as_str()) {
                        declared.clone_from(&parts.additional);
                        if !parts.open && parts.additional.is_empty() && (parts.closed || !parts.properties.is_empty()) {
                            self.say(Code::EXAMPLE_UNDECLARED, &at, &format!("the example has `{key}`, which the schema does not declare"));
                        }
                    }
                    self.compare(child, &declared, &at, depth - 1);
                }
            }
            _ => {}
        }
    }

    /// Each contradiction once, also where a shared example is used often or a list repeats it.
    fn say(&mut self, code: Code, at: &At<'_>, message: &str) {
        let pointer = at.pointer();
        let steps: Vec<String> = pointer.steps().map(|step| if step.parse::<usize>().is_ok() { "*".to_owned() } else { step }).collect();
        if self.said.insert(format!("{code} {}", steps.join("/"))) {
            self.context.report(code, at, message);
        }
    }

    /// Whether a value could be one of a schema, as far as types go.
    fn fits(&mut self, value: &'c Value, schema: &'c Value, depth: usize) -> bool {
        if depth == 0 || self.fuel == 0 {
            return true;
        }
        self.fuel -= 1;
        let mut parts = Parts::default();
        parts.gather(self, schema, value, depth);
        if parts.wrong.is_some() {
            return false;
        }
        match value {
            Value::Array(list) => list.iter().take(3).all(|element| parts.items.iter().all(|schema| self.fits(element, schema, depth - 1))),
            Value::Object(map) => parts
                .properties
                .iter()
                .all(|(name, schemas)| map.get(*name).is_none_or(|child| schemas.iter().all(|schema| self.fits(child, schema, depth - 1)))),
            _ => true,
        }
    }
}

/// What the schemas of one place say together.
#[derive(Default)]
struct Parts<'c> {
    properties: BTreeMap<&'c str, Vec<&'c Value>>,
    additional: Vec<&'c Value>,
    items: Vec<&'c Value>,
    /// Undeclared keys are welcome.
    open: bool,
    /// Undeclared keys are forbidden.
    closed: bool,
    /// What the value is not.
    wrong: Option<&'static str>,
}

impl<'c> Parts<'c> {
    fn gather(&mut self, checker: &mut Checker<'c, '_>, schema: &'c Value, value: &'c Value, depth: usize) {
        if depth == 0 || checker.fuel == 0 {
            self.open = true;
            return;
        }
        checker.fuel -= 1;
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            match reference.strip_prefix('#').and_then(|pointer| checker.tree.pointer(pointer)) {
                Some(target) => self.gather(checker, target, value, depth - 1),
                None => self.open = true,
            }
            return;
        }
        let Value::Object(schema) = schema else { return };
        if value.is_null() && schema.get("nullable") == Some(&Value::Bool(true)) {
            return;
        }
        let kind = schema.get("type").and_then(Value::as_str).unwrap_or_default();
        self.wrong = self.wrong.or_else(|| mismatch(kind, value));
        for (name, schema) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            self.properties.entry(name).or_default().push(schema);
        }
        self.items.extend(schema.get("items"));
        match schema.get("additionalProperties") {
            Some(Value::Bool(open)) => {
                self.open |= open;
                self.closed |= !open;
            }
            Some(other) => self.additional.push(other),
            None => {}
        }
        self.open |= schema.contains_key("patternProperties") || schema.contains_key("not");
        for branch in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            self.gather(checker, branch, value, depth - 1);
        }
        for union in ["oneOf", "anyOf"] {
            let Some(Value::Array(branches)) = schema.get(union) else { continue };
            let fitting: Vec<&Value> = branches.iter().filter(|branch| checker.fits(value, branch, depth - 1)).collect();
            if fitting.is_empty() && !branches.is_empty() {
                self.wrong = self.wrong.or(Some("one of several types"));
            }
            // Which branch was meant is not told: what any of them declares is declared, and how is not looked at.
            for branch in fitting {
                let mut parts = Parts::default();
                parts.gather(checker, branch, value, depth - 1);
                self.open |= parts.open || (parts.properties.is_empty() && !parts.closed);
                for name in parts.properties.into_keys() {
                    self.properties.entry(name).or_default();
                }
            }
        }
    }
}

/// What a value of a type should have been; `None` if it is one.
fn mismatch(kind: &str, value: &Value) -> Option<&'static str> {
    let (fits, name) = match kind {
        "string" => (value.is_string(), "a string"),
        "boolean" => (value.is_boolean(), "a boolean"),
        "number" => (value.is_number(), "a number"),
        "integer" => (value.as_f64().is_some_and(|number| number.fract() == 0.0), "an integer"),
        "array" => (value.is_array(), "a list"),
        "object" => (value.is_object(), "an object"),
        _ => return None,
    };
    (!fits).then_some(name)
}
