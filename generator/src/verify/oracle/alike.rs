//! Values that are written alike where all is text: of a choice between texts and numbers, or one thing and a list of them,
//! a server sees what the text says, whichever arm the client took.

use serde_json::{Value, json};

use super::refs::Node;
use super::schema::{Direction, Schemas};

/// Whether the text of a value is read as that value, and not as another one that the schema allows: a number before a text
/// that looks like one, one thing before a list of it. `joined`: the items of a list stand in one text.
pub fn is_read_back<'a>(schemas: &Schemas<'a>, schema: &Node<'a>, direction: Direction, value: &Value, joined: bool) -> bool {
    readings(value, joined).iter().all(|reading| !schemas.faults(schema, direction, reading).is_empty())
}

/// What comes first of all that is written as a value is.
fn readings(value: &Value, joined: bool) -> Vec<Value> {
    match value {
        Value::String(text) => scalar(text).into_iter().collect(),
        Value::Array(items) => {
            let alone = if let [one] = items.as_slice() { Some(one.clone()) } else { None };
            let texts: Option<Vec<String>> = if joined { items.iter().map(text).collect() } else { None };
            let inside = items.iter().enumerate().filter_map(|(index, item)| {
                let mut items = items.clone();
                *items.get_mut(index)? = scalar(item.as_str()?)?;
                Some(Value::Array(items))
            });
            alone.into_iter().chain(texts.map(|texts| json!(texts.join(",")))).chain(inside).collect()
        }
        Value::Object(members) => {
            let readings = members.iter().filter(|(_, member)| !member.is_object()).flat_map(|(name, member)| {
                readings(member, joined).into_iter().map(move |reading| {
                    let mut members = members.clone();
                    members.insert(name.clone(), reading);
                    Value::Object(members)
                })
            });
            readings.collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => Vec::new(),
    }
}

fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// The number or truth that a text says.
fn scalar(text: &str) -> Option<Value> {
    serde_json::from_str(text).ok().filter(|value: &Value| value.is_number() || value.is_boolean())
}

#[cfg(test)]
mod tests {
    use super::super::refs::Tree;
    use super::*;

    #[test]
    fn what_is_written_alike_is_read_as_the_first() {
        let document = json!({
            "Loose": {"anyOf": [{"type": "integer"}, {"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
            "Text": {"type": "string"},
            "Truth": {"oneOf": [{"type": "boolean"}, {"type": "string"}]},
            "Members": {"type": "object", "properties": {"a": {"anyOf": [{"type": "integer"}, {"type": "string"}]}}},
            "Lists": {"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "string"}]}},
        });
        let tree = Tree::new(&document);
        let schemas = Schemas::new(tree);
        for (name, value, expected) in [
            ("Loose", json!(12), true),
            ("Loose", json!("a"), true),
            ("Loose", json!("12"), false),
            ("Loose", json!(["a"]), false),
            ("Loose", json!(["a", "b"]), true),
            ("Text", json!("12"), true),
            ("Truth", json!("true"), false),
            ("Truth", json!("12"), true),
            ("Members", json!({"a": "1"}), false),
            ("Members", json!({"a": 1}), true),
            ("Lists", json!(["a", "1"]), false),
            ("Lists", json!(["a", 1]), true),
        ] {
            let schema = tree.at(&format!("/{name}")).unwrap();
            assert_eq!(is_read_back(&schemas, &schema, Direction::Request, &value, false), expected, "{name} {value}");
        }
        let loose = tree.at("/Loose").unwrap();
        assert!(!is_read_back(&schemas, &loose, Direction::Request, &json!(["a", "b"]), true));
    }
}
