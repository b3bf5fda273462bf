//! Bodies of many values: server-sent events (WHATWG HTML, section 9.2), lines of JSON, and RFC 7464. As JSON such a body is
//! the list of its items.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::cases::valid;
use super::compare::difference;
use super::operations::{Kind, Media};
use super::parameters::{self, Encoding, Piece};
use super::refs::{Node, Tree};
use super::scalars::Place;
use super::schema::{Direction, Schemas};
use super::shape::Shape;
use super::values::Maker;

/// How an item stands in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Data {
    Json,
    Text,
    /// An object of the event's fields.
    Fields,
}

/// What one item is: the schema that the document gives for it, which may be that of the list, and where it stands.
fn item<'a>(tree: Tree<'a>, media: &Media<'a>) -> (Option<Node<'a>>, Data) {
    let Some(schema) = &media.schema else { return (None, if media.kind == Kind::Events { Data::Text } else { Data::Json }) };
    let kind = |node: &Node<'a>| Shape::of(tree, node.value).and_then(|shape| shape.kind().map(str::to_owned));
    let whole = kind(schema);
    let listed = whole.as_deref() == Some("array");
    let node = match tree.resolve(schema.clone()) {
        Some(resolved) if listed => resolved.child("items"),
        _ => Some(schema.clone()),
    };
    let said = node.as_ref().and_then(kind);
    match (media.kind, node, said.as_deref()) {
        (Kind::Events, node, Some("string")) => (node, Data::Text),
        (Kind::Events, None, _) => (None, Data::Text),
        (Kind::Events, Some(node), _) if is_event(tree, node.value, 0) => (Some(node), Data::Fields),
        // Of which only a person knows that it is JSON.
        (_, _, Some("string")) if !listed => (None, Data::Json),
        (_, node, _) => (node, Data::Json),
    }
}

/// Whether a schema describes an event with its fields, and not its data (OpenAPI 3.2, Server-Sent Events).
fn is_event(tree: Tree<'_>, schema: &Value, depth: usize) -> bool {
    let Some(shape) = Shape::of(tree, schema).filter(|_| depth < 8) else { return false };
    if let [choice] = shape.choices.as_slice() {
        return choice.arms.iter().all(|arm| is_event(tree, arm, depth + 1));
    }
    let Some(properties) = shape.get("properties").and_then(Value::as_object) else { return false };
    let known = properties.keys().all(|name| ["data", "event", "id", "retry"].contains(&name.as_str()));
    known && properties.contains_key("data") && (properties.len() > 1 || shape.required().contains(&"data"))
}

/// The next list of items.
pub fn value<'a>(schemas: &Schemas<'a>, media: &Media<'a>, maker: &mut Maker<'a>, direction: Direction, name: &str) -> Option<Value> {
    const COUNTS: [usize; 4] = [2, 0, 1, 5];
    let tree = schemas.tree();
    let (schema, data) = item(tree, media);
    let anything = if data == Data::Text { serde_json::json!({"type": "string"}) } else { Value::Bool(true) };
    let count = COUNTS.get(maker.one_of(&format!("{name} count"), COUNTS.len())).copied().unwrap_or_default();
    let items = (0..count).map(|_| {
        valid(maker, |maker| {
            let made = maker.named(&format!("{name} item"), schema.as_ref().map_or(&anything, |schema| schema.value), Place::Body)?;
            let made = carriable(made, data);
            let fits = schema.as_ref().is_none_or(|schema| schemas.faults(schema, direction, &made).is_empty());
            Some((fits && (data != Data::Fields || made.get("data").is_some())).then_some(made))
        })
    });
    items.collect::<Option<Vec<Value>>>().map(Value::from)
}

/// What the schema has against a list of items.
pub fn schema_faults<'a>(schemas: &Schemas<'a>, media: &Media<'a>, direction: Direction, body: &Value) -> Vec<String> {
    let (schema, data) = item(schemas.tree(), media);
    let items = body.as_array().map(Vec::as_slice).unwrap_or_default();
    let fault = |item: &Value| {
        let mut faults = schema.as_ref().map(|schema| schemas.faults(schema, direction, item)).unwrap_or_default();
        if carriable(item.clone(), data) != *item || (data == Data::Fields && item.get("data").is_none()) {
            faults.push("no event can carry it".to_owned());
        }
        faults
    };
    items.iter().flat_map(fault).collect()
}

/// A value that an event can carry: a carriage return is the end of a line as a line feed is, and names are one line.
fn carriable(value: Value, data: Data) -> Value {
    let line = |text: String| {
        let text = text.replace(['\n', '\r', '\0'], "");
        Value::from(if text.is_empty() { "x".to_owned() } else { text })
    };
    match (data, value) {
        (Data::Text, Value::String(text)) => Value::from(text.replace('\r', "")),
        (Data::Fields, Value::Object(members)) => {
            let member = |(name, value): (String, Value)| {
                let value = match (name.as_str(), value) {
                    ("data", Value::String(text)) => Value::from(text.replace('\r', "")),
                    ("event" | "id", Value::String(text)) => line(text),
                    ("retry", Value::Number(number)) => Value::from(number.as_i64().unwrap_or_default().saturating_abs()),
                    (_, value) => value,
                };
                (name, value)
            };
            Value::Object(members.into_iter().map(member).collect::<Map<_, _>>())
        }
        (_, value) => value,
    }
}

/// What is wrong with the bytes of a body that should have these items.
pub fn faults<'a>(tree: Tree<'a>, media: &Media<'a>, wanted: &Value, raw: &[u8]) -> Vec<String> {
    let Ok(text) = std::str::from_utf8(raw) else { return vec!["no UTF-8".to_owned()] };
    let wanted = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
    let (_, data) = item(tree, media);
    let found: Vec<Result<(), String>> = match media.kind {
        Kind::Events => {
            let events = match events(text) {
                Ok(events) => events,
                Err(fault) => return vec![fault],
            };
            if events.len() != wanted.len() {
                return vec![format!("wanted {} events, found {}", wanted.len(), events.len())];
            }
            wanted.iter().zip(&events).map(|(wanted, event)| event_fault(wanted, event, data)).collect()
        }
        kind => {
            let before = if kind == Kind::Records { "\u{1e}" } else { "" };
            let lines: Vec<&str> = text.split_inclusive('\n').collect();
            if lines.len() != wanted.len() {
                return vec![format!("wanted {} lines, found {}", wanted.len(), lines.len())];
            }
            let line = |(wanted, line): (&Value, &&str)| {
                let text = line.strip_prefix(before).and_then(|line| line.strip_suffix('\n'));
                json_fault(wanted, text.ok_or_else(|| format!("`{line}` does not begin or end as it must"))?)
            };
            wanted.iter().zip(&lines).map(line).collect()
        }
    };
    found.into_iter().enumerate().filter_map(|(number, fault)| fault.err().map(|fault| format!("item {number}: {fault}"))).collect()
}

fn json_fault(wanted: &Value, text: &str) -> Result<(), String> {
    let found = serde_json::from_str(text).map_err(|error| format!("no JSON: {error}"))?;
    difference(wanted, &found).map_or(Ok(()), Err)
}

fn event_fault(wanted: &Value, event: &BTreeMap<String, String>, data: Data) -> Result<(), String> {
    let is_text =
        |wanted: &Value, text: &str| parameters::fault(text, &[Piece::Scalar(wanted.clone())], Encoding::Plain).map_or(Ok(()), Err);
    let found = event.get("data").map(String::as_str).unwrap_or_default();
    let fields = match data {
        Data::Json => {
            json_fault(wanted, found)?;
            1
        }
        Data::Text => {
            is_text(wanted, found)?;
            1
        }
        Data::Fields => {
            let members = wanted.as_object().ok_or("an event is an object")?;
            for (name, wanted) in members {
                let found = event.get(name).ok_or_else(|| format!("`{name}` is missing"))?;
                let as_text = is_text(wanted, found);
                // Data of another kind is JSON; text that could be taken for JSON may be, too.
                let fault = if name == "data" && as_text.is_err() { json_fault(wanted, found) } else { as_text };
                fault.map_err(|fault| format!("`{name}`: {fault}"))?;
            }
            members.len()
        }
    };
    if fields == event.len() { Ok(()) } else { Err(format!("{event:?} has other fields than were asked for")) }
}

/// The events of a text, as fields with their values. Here nothing is passed over: a field that nobody knows is a fault, and
/// so is an event that has no end.
fn events(text: &str) -> Result<Vec<BTreeMap<String, String>>, String> {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut events = Vec::new();
    let mut event: BTreeMap<String, String> = BTreeMap::new();
    for line in text.split_terminator('\n') {
        if line.is_empty() {
            events.push(std::mem::take(&mut event));
            continue;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "" => {}
            "data" => match event.get_mut(name) {
                Some(data) => *data = format!("{data}\n{value}"),
                None => drop(event.insert(name.to_owned(), value.to_owned())),
            },
            "event" | "id" | "retry" => drop(event.insert(name.to_owned(), value.to_owned())),
            _ => return Err(format!("an event has no field `{name}`")),
        }
    }
    if event.is_empty() && (text.is_empty() || text.ends_with('\n')) { Ok(events) } else { Err("the last event has no end".to_owned()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn check(kind: Kind, schema: Value, wanted: Value, raw: &str) -> Vec<String> {
        let document = json!({"schema": schema});
        let tree = Tree::new(&document);
        let schema = tree.root().child("schema").filter(|schema| !schema.value.is_null());
        let media = Media { media_type: String::new(), kind, schema, encoding: None, examples: Vec::new(), example_names: Vec::new() };
        faults(tree, &media, &wanted, raw.as_bytes())
    }

    #[test]
    fn what_is_not_as_it_must_be_is_noticed() {
        let (number, text) = (json!({"type": "integer"}), json!({"type": "string"}));
        let event = json!({"properties": {"event": {"type": "string"}, "data": {"type": "string"}}});
        let value = json!({"properties": {"event": {"type": "string"}, "data": {"type": "object"}}});
        for (kind, schema, wanted, good, bad) in [
            (Kind::Events, number.clone(), json!([1, 2]), "data: 1\n\ndata:2\r\r", "data: 1\n\ndata: 2\n"),
            (Kind::Events, json!({"type": "array", "items": number.clone()}), json!([1]), ": hi\ndata: 1\n\n", "data: [1]\n\n"),
            (Kind::Events, text.clone(), json!(["a\nb"]), "data: a\ndata: b\n\n", "data: \"a\\nb\"\n\n"),
            (Kind::Events, Value::Null, json!(["", "x"]), "data:\n\ndata: x\n\n", "data: x\n\n"),
            (Kind::Events, event.clone(), json!([{"event": "e", "data": "5"}]), "event: e\ndata: 5\n\n", "data: {\"event\":\"e\"}\n\n"),
            (Kind::Events, event.clone(), json!([{"data": "5"}]), "data: 5\n\n", "event: e\ndata: 5\n\n"),
            (Kind::Events, value, json!([{"data": {"a": 1}}]), "data: {\"a\": 1}\n\n", "data: {}\n\n"),
            (Kind::Events, number.clone(), json!([1]), "data: 1\n\n", "data: 1\nmore: 2\n\n"),
            (Kind::Lines, number.clone(), json!([1, 2]), "1\n2\n", "1\n2"),
            (Kind::Lines, text, json!([{"a": 1}]), "{\"a\":1}\n", "{\"a\":1}\n\n"),
            (Kind::Records, number, json!([1, 2]), "\u{1e}1\n\u{1e}2\n", "1\n2\n"),
        ] {
            assert_eq!(check(kind, schema.clone(), wanted.clone(), good), [""; 0], "{good:?}");
            assert!(!check(kind, schema, wanted, bad).is_empty(), "{bad:?}");
        }
    }
}
