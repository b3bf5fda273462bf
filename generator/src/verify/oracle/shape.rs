//! What a schema demands of one value, `$ref` followed and `allOf` folded: the form that values are made from.

use serde_json::{Map, Value};

use super::refs::{Node, Tree};

/// How deep `allOf` and `$ref` may nest before it is taken for a circle.
const DEEPEST: usize = 32;

/// A folded schema.
#[derive(Debug, Clone, Default)]
pub struct Shape {
    /// Keywords that speak about the value itself; `properties` are merged, bounds are the tightest.
    pub keywords: Map<String, Value>,
    /// Each list is a `oneOf` or `anyOf`: one arm of every list must hold, too.
    pub choices: Vec<Choice>,
    /// Whether `null` is allowed beside everything else.
    pub nullable: bool,
}

/// A `oneOf` or `anyOf`.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The arms, not folded yet.
    pub arms: Vec<Value>,
    /// The Discriminator Object beside them.
    pub discriminator: Option<Value>,
    /// `anyOf`: several arms may hold of one value.
    pub several: bool,
}

impl Shape {
    /// Folds a schema; `None` if references lead nowhere or in a circle.
    pub fn of(tree: Tree<'_>, schema: &Value) -> Option<Self> {
        fold(tree, schema, 0)
    }

    /// This shape and another schema at once.
    pub fn and(&self, tree: Tree<'_>, schema: &Value) -> Option<Self> {
        let mut merged = self.clone();
        merged.merge(fold(tree, schema, 0)?);
        Some(merged)
    }

    /// This shape without its choices.
    pub fn without_choices(&self) -> Self {
        Self { keywords: self.keywords.clone(), choices: Vec::new(), nullable: self.nullable }
    }

    /// A keyword.
    pub fn get(&self, keyword: &str) -> Option<&Value> {
        self.keywords.get(keyword)
    }

    /// JSON type: as declared, or what the other keywords speak about; `None` if anything goes.
    pub fn kind(&self) -> Option<&str> {
        let declared = self.get("type").and_then(Value::as_str);
        let has = |keywords: &[&str]| keywords.iter().any(|keyword| self.keywords.contains_key(*keyword));
        declared.or_else(|| {
            if has(&["properties", "additionalProperties", "required"]) {
                Some("object")
            } else if has(&["items"]) {
                Some("array")
            } else if has(&["pattern", "minLength", "maxLength"]) {
                Some("string")
            } else if has(&["minimum", "maximum", "multipleOf"]) {
                Some("number")
            } else {
                None
            }
        })
    }

    /// Names under `required`.
    pub fn required(&self) -> Vec<&str> {
        self.get("required").and_then(Value::as_array).map(|names| names.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
    }

    /// Whether no value can be this and the other, as far as is seen without looking deep.
    pub fn contradicts(&self, tree: Tree<'_>, other: &Shape) -> bool {
        if differ(self, other) {
            return true;
        }
        let properties = |shape: &Shape| shape.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let (ours, theirs) = (properties(self), properties(other));
        ours.iter().any(|(name, ours)| {
            let both = theirs.get(name).and_then(|theirs| Some((Shape::of(tree, ours)?, Shape::of(tree, theirs)?)));
            both.is_some_and(|(ours, theirs)| differ(&ours, &theirs))
        })
    }

    /// Takes up what another shape demands of the same value.
    pub fn merge(&mut self, other: Shape) {
        self.choices.extend(other.choices);
        for (keyword, theirs) in other.keywords {
            let merged = match self.keywords.remove(&keyword) {
                Some(ours) => merge_keyword(&keyword, ours, theirs),
                None => theirs,
            };
            self.keywords.insert(keyword, merged);
        }
    }
}

/// Whether two shapes have no type or no listed value in common.
fn differ(one: &Shape, other: &Shape) -> bool {
    let types = match (one.kind(), other.kind()) {
        (Some("integer"), Some("number")) | (Some("number"), Some("integer")) => false,
        (Some(one), Some(other)) => one != other,
        _ => false,
    };
    let listed = |shape: &Shape| shape.get("enum").and_then(Value::as_array).cloned();
    types || listed(one).zip(listed(other)).is_some_and(|(one, other)| !one.iter().any(|value| other.contains(value)))
}

fn fold(tree: Tree<'_>, schema: &Value, depth: usize) -> Option<Shape> {
    if depth > DEEPEST {
        return None;
    }
    let schema = tree.resolve(Node { pointer: String::new(), value: schema })?.value;
    let Value::Object(members) = schema else { return Some(Shape::default()) };
    let mut shape = Shape { nullable: members.get("nullable") == Some(&Value::Bool(true)), ..Shape::default() };
    for (keyword, value) in members {
        match (keyword.as_str(), value) {
            ("allOf" | "nullable" | "description" | "title" | "example" | "x-enum-varnames", _) => {}
            ("oneOf" | "anyOf", Value::Array(arms)) => {
                let several = keyword == "anyOf";
                shape.choices.push(Choice { arms: arms.clone(), discriminator: members.get("discriminator").cloned(), several });
            }
            _ => {
                shape.keywords.insert(keyword.clone(), value.clone());
            }
        }
    }
    if let Some(Value::Array(parts)) = members.get("allOf") {
        let mut all_nullable = !parts.is_empty() && !shape.keywords.contains_key("type");
        for part in parts {
            let part = fold(tree, part, depth + 1)?;
            all_nullable &= part.nullable;
            shape.merge(part);
        }
        shape.nullable |= all_nullable;
    }
    Some(shape)
}

fn merge_keyword(keyword: &str, ours: Value, theirs: Value) -> Value {
    let bound = |larger: bool| match (ours.as_f64(), theirs.as_f64()) {
        (Some(a), Some(b)) if (a < b) == larger => theirs.clone(),
        _ => ours.clone(),
    };
    match keyword {
        "minimum" | "minLength" | "minItems" | "minProperties" => bound(true),
        "maximum" | "maxLength" | "maxItems" | "maxProperties" => bound(false),
        "properties" => merge_properties(ours, theirs),
        "items" if ours != theirs => serde_json::json!({"allOf": [ours, theirs]}),
        "additionalProperties" if ours.is_object() && theirs.is_object() && ours != theirs => serde_json::json!({"allOf": [ours, theirs]}),
        "type" if ours == "number" && theirs == "integer" => theirs,
        "required" => match (ours, theirs) {
            (Value::Array(mut ours), Value::Array(theirs)) => {
                ours.extend(theirs);
                Value::Array(ours)
            }
            (ours, _) => ours,
        },
        "enum" => match (ours, theirs) {
            (Value::Array(ours), Value::Array(theirs)) => Value::Array(ours.into_iter().filter(|value| theirs.contains(value)).collect()),
            (ours, _) => ours,
        },
        "additionalProperties" if theirs == Value::Bool(false) => theirs,
        _ => ours,
    }
}

fn merge_properties(ours: Value, theirs: Value) -> Value {
    let (Value::Object(mut ours), Value::Object(theirs)) = (ours, theirs) else { return Value::Object(Map::new()) };
    for (name, theirs) in theirs {
        let merged = match ours.remove(&name) {
            Some(ours) if ours != theirs => serde_json::json!({"allOf": [ours, theirs]}),
            _ => theirs,
        };
        ours.insert(name, merged);
    }
    Value::Object(ours)
}

/// Whether a property's schema, or what it refers to, sets a flag such as `readOnly`.
pub fn has_flag(tree: Tree<'_>, schema: &Value, flag: &str) -> bool {
    Shape::of(tree, schema).is_some_and(|shape| shape.get(flag) == Some(&Value::Bool(true)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn folds_all_of() {
        let document = json!({
            "A": {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}, "s": {"minimum": 1}}},
            "B": {"allOf": [{"$ref": "#/A"}, {"required": ["b"], "properties": {"b": {}, "s": {"maximum": 9}}}]},
            "Loop": {"allOf": [{"$ref": "#/Loop"}]},
        });
        let tree = Tree::new(&document);
        let shape = Shape::of(tree, &document["B"]).unwrap();
        assert_eq!(shape.kind(), Some("object"));
        assert_eq!(shape.required(), ["a", "b"]);
        assert_eq!(shape.get("properties").unwrap()["s"], json!({"allOf": [{"minimum": 1}, {"maximum": 9}]}));
        let both = Shape::of(tree, &shape.get("properties").unwrap()["s"]).unwrap();
        assert_eq!((both.get("minimum"), both.get("maximum")), (Some(&json!(1)), Some(&json!(9))));
        assert!(Shape::of(tree, &document["Loop"]).is_none());
    }
}
