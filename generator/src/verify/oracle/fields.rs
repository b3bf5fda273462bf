//! `application/x-www-form-urlencoded`: an object as names and values, each property written as a query parameter is
//! (OpenAPI 3.0, Encoding Object): style `form`, exploded, unless the document says otherwise; what is nested as JSON text.

use serde_json::{Map, Value, json};

use super::cases::prune;
use super::operations::{Media, Parameter, essence};
use super::parameters::{self, Piece};
use super::refs::{Node, Tree};
use super::scalars::Place;
use super::schema::Direction;
use super::shape::{Shape, has_flag};
use super::values::Maker;

/// The declared properties of an object, those of the parts of `allOf` among them.
pub fn properties<'a>(tree: Tree<'a>, schema: &Node<'a>) -> Vec<(String, Node<'a>)> {
    collect(tree, schema, 0)
}

fn collect<'a>(tree: Tree<'a>, schema: &Node<'a>, depth: usize) -> Vec<(String, Node<'a>)> {
    let Some(schema) = tree.resolve(schema.clone()).filter(|_| depth < 16) else { return Vec::new() };
    let own = schema.child("properties").map(|properties| properties.children()).unwrap_or_default();
    let parts = schema.child("allOf").map(|parts| parts.children()).unwrap_or_default();
    let inherited = parts.iter().flat_map(|(_, part)| collect(tree, part, depth + 1));
    own.into_iter().chain(inherited).collect()
}

/// The schemas of which a form has to fit one: the schema itself, or what each of its arms comes to.
pub fn arms<'a>(tree: Tree<'a>, schema: &Node<'a>, depth: usize) -> Vec<Node<'a>> {
    let Some(schema) = tree.resolve(schema.clone()).filter(|_| depth < 16) else { return Vec::new() };
    let choice = ["oneOf", "anyOf"].iter().find_map(|keyword| schema.child(keyword));
    match choice {
        Some(choice) => choice.children().iter().flat_map(|(_, arm)| arms(tree, arm, depth + 1)).collect(),
        None => wrapped(&schema).map_or_else(|| vec![schema.clone()], |only| arms(tree, &only, depth + 1)),
    }
}

/// The only part of an `allOf`, beside which nothing is said of properties.
pub fn wrapped<'a>(schema: &Node<'a>) -> Option<Node<'a>> {
    let parts = schema.child("allOf").filter(|_| schema.child("properties").is_none())?.children();
    match parts.as_slice() {
        [(_, only)] => Some(only.clone()),
        _ => None,
    }
}

/// The properties that may be in a form, of whichever arm; those of the first arm that has them.
fn known<'a>(tree: Tree<'a>, media: &Media<'a>) -> Vec<Parameter<'a>> {
    let Some(schema) = &media.schema else { return Vec::new() };
    let mut known: Vec<Parameter<'a>> = fields(tree, media, schema);
    for arm in arms(tree, schema, 0) {
        for field in fields(tree, media, &arm) {
            if known.iter().all(|other| other.name != field.name) {
                known.push(field);
            }
        }
    }
    known
}

/// What the properties hold that a schema does not declare.
pub fn others<'a>(tree: Tree<'a>, schema: &Node<'a>) -> Option<Node<'a>> {
    let schema = tree.resolve(schema.clone())?;
    schema.child("additionalProperties").filter(|others| others.value.is_object())
}

/// How each property of a schema is written.
fn fields<'a>(tree: Tree<'a>, media: &Media<'a>, schema: &Node<'a>) -> Vec<Parameter<'a>> {
    let shape = Shape::of(tree, schema.value).unwrap_or_default();
    let required = shape.required();
    let field = |(name, property): (String, Node<'a>)| written(tree, media, name.clone(), property, required.contains(&name.as_str()));
    properties(tree, schema).into_iter().map(field).collect()
}

/// How a property is written.
fn written<'a>(tree: Tree<'a>, media: &Media<'a>, name: String, schema: Node<'a>, required: bool) -> Parameter<'a> {
    let said = media.encoding.as_ref().and_then(|encoding| encoding.child(&name));
    let style = said.as_ref().and_then(|said| said.text("style"));
    let explode = said.as_ref().and_then(|said| said.flag("explode").or_else(|| said.flag("x-bothends-explode")));
    let content_type = said.as_ref().and_then(|said| said.text("contentType")).map(essence).unwrap_or_default();
    let unsaid = style.is_none() && explode.is_none();
    let is_json = unsaid && (content_type.ends_with("json") || is_nested(tree, schema.value));
    let style = if is_json { "json" } else { style.unwrap_or("form") }.to_owned();
    let explode = explode.unwrap_or(style == "form");
    Parameter { required, location: "query".to_owned(), mixed: false, examples: Vec::new(), name, style, explode, schema }
}

/// Objects, lists of what is no scalar or may be anything, and choices between objects.
fn is_nested(tree: Tree<'_>, schema: &Value) -> bool {
    is_object(tree, schema, 0) || {
        let items = Shape::of(tree, schema).and_then(|shape| shape.get("items").cloned());
        items.is_some_and(|items| {
            let shape = Shape::of(tree, &items).unwrap_or_default();
            let is_free = shape.kind().is_none() && shape.choices.is_empty() && shape.get("enum").is_none();
            is_free || shape.kind() == Some("array") || is_object(tree, &items, 0)
        })
    }
}

/// Whether a value can only be an object.
fn is_object(tree: Tree<'_>, schema: &Value, depth: usize) -> bool {
    let Some(shape) = Shape::of(tree, schema).filter(|_| depth < 6) else { return false };
    let all = |arms: &[Value]| arms.iter().all(|arm| is_object(tree, arm, depth + 1));
    shape.kind().map_or_else(|| shape.choices.iter().any(|choice| all(&choice.arms)), |kind| kind == "object")
}

/// The next form: no `null` and no empty list, which no pair stands for.
pub fn value<'a>(tree: Tree<'a>, media: &Media<'a>, maker: &mut Maker<'a>, direction: Direction, name: &str) -> Option<Value> {
    let mut form = Map::new();
    let whole = media.schema.clone()?;
    let all = arms(tree, &whole, 0);
    let arm = all.get(maker.one_of(&format!("{name} arm"), all.len()))?;
    let mut wanted = fields(tree, media, &whole);
    wanted.extend(
        fields(tree, media, arm).into_iter().filter(|field| wanted.iter().all(|other| other.name != field.name)).collect::<Vec<_>>(),
    );
    for (key, others) in ["other", "an other?"].iter().filter_map(|key| Some((key, others(tree, arm)?))) {
        wanted.push(written(tree, media, (*key).to_owned(), others, false));
    }
    for field in wanted {
        let about = format!("{name}.{}", field.name);
        if has_flag(tree, field.schema.value, direction.excluding_keyword()) || (!field.required && !maker.present(&about)) {
            continue;
        }
        let is_deep = field.style == "deepObject";
        let place = match field.style.as_str() {
            "json" => Place::Body,
            _ if field.explode || is_deep => Place::Query,
            _ => Place::Joined,
        };
        let nothing = |value: &Value| value.is_null() || *value == json!([]) || (is_deep && *value == json!({}));
        let made = (0..8).find_map(|_| {
            let mut value = maker.named(&about, field.schema.value, place)?;
            if is_deep {
                prune(&mut value);
            }
            Some(value).filter(|value| !nothing(value))
        });
        match made {
            Some(value) => drop(form.insert(field.name, value)),
            None if field.required => return None,
            None => {}
        }
    }
    Some(Value::Object(form))
}

/// What is wrong with a form that should hold `wanted`.
pub fn faults(tree: Tree<'_>, media: &Media<'_>, wanted: &Value, raw: &[u8]) -> Vec<String> {
    let Ok(raw) = std::str::from_utf8(raw) else { return vec!["the form is no UTF-8".to_owned()] };
    // A space is `+` to a form.
    let raw = raw.replace('+', "%20");
    let mut known = known(tree, media);
    let more = media.schema.iter().flat_map(|schema| arms(tree, schema, 0)).find_map(|arm| others(tree, &arm));
    for (name, others) in wanted.as_object().into_iter().flatten().filter_map(|(name, _)| Some((name, more.clone()?))) {
        if known.iter().all(|field| field.name != *name) {
            known.push(written(tree, media, name.clone(), others, false));
        }
    }
    let pairs = wanted.as_object().into_iter().flatten().flat_map(|(name, value)| {
        let json = |value: &Value| (name.clone(), vec![Piece::Json(value.clone())]);
        match (known.iter().find(|field| field.name == *name), value) {
            (Some(field), Value::Array(items)) if field.style == "json" => items.iter().map(json).collect(),
            (Some(field), value) => parameters::pairs(field, value),
            (None, value) => vec![json(value)],
        }
    });
    parameters::pair_faults(&raw, "&", &pairs.collect::<Vec<_>>(), &[])
}

#[cfg(test)]
mod tests {
    use super::super::operations::operations;
    use super::super::random::Random;
    use super::*;

    #[test]
    fn what_no_brackets_stand_for_is_not_made() {
        let list = json!({"type": "array", "items": {"type": "string"}});
        let document = json!({"paths": {"/": {"post": {"requestBody": {"content": {"application/x-www-form-urlencoded": {
            "schema": {"type": "object", "properties": {"deep": {"type": "object", "properties": {"list": list, "in": {"type": "object", "properties": {"a": list}}}}}},
            "encoding": {"deep": {"style": "deepObject", "explode": true}}}}},
            "responses": {}}}}});
        let tree = Tree::new(&document);
        let operation = operations(tree).remove(0);
        let media = &operation.body.as_ref().unwrap().content[0];
        let mut maker = Maker::new(tree, Direction::Request, Random::new(7, "fields"));
        let made: Vec<String> = (0..40)
            .filter_map(|_| value(tree, media, &mut maker, Direction::Request, "form"))
            .map(|form| form["deep"].to_string())
            .collect();
        assert!(made.iter().all(|deep| !deep.contains("[]") && !deep.contains("{}")), "{made:#?}");
        assert!(made.iter().any(|deep| deep.contains("\"in\":{\"a\":[\"")), "{made:#?}");
    }

    #[test]
    fn every_kind_of_fault_is_noticed() {
        let document = json!({"paths": {"/": {"post": {"requestBody": {"content": {"application/x-www-form-urlencoded": {
            "schema": {"type": "object", "required": ["user"], "properties": {"user": {"type": "string"}, "on": {"type": "boolean"},
                "tags": {"type": "array", "items": {"type": "string"}}, "ids": {"type": "array", "items": {"type": "integer"}},
                "deep": {"type": "object", "properties": {"a": {"type": "string"}}}, "box": {"type": "object"}}},
            "encoding": {"ids": {"style": "form", "explode": false}, "deep": {"style": "deepObject", "explode": true}}}}},
            "responses": {}}}}});
        let tree = Tree::new(&document);
        let operation = operations(tree).remove(0);
        let media = &operation.body.as_ref().unwrap().content[0];
        let wanted = json!({"user": "a b&c", "on": true, "tags": ["x", "y"], "ids": [1, 2], "deep": {"a": "z"}, "box": {"k": [1]}});
        let good = "user=a+b%26c&on=true&tags=x&tags=y&ids=1,2&deep%5Ba%5D=z&box=%7B%22k%22:%5B1%5D%7D";
        let judge = |raw: &str| faults(tree, media, &wanted, raw.as_bytes()).join("; ");
        assert_eq!(judge(good), "");
        for (from, to, message) in [
            ("a+b%26c", "a+b&c", "`user`"),
            ("on=true", "on=1", "`on`"),
            ("&on=true", "", "`on` is missing"),
            ("tags=x&tags=y", "tags=x,y", "`tags`"),
            ("tags=x&tags=y", "tags=y&tags=x", "`tags`"),
            ("ids=1,2", "ids=1&ids=2", "`ids`"),
            ("deep%5Ba%5D=z", "a=z", "`deep[a]` is missing"),
            ("%5B1%5D", "%5B2%5D", "`box`"),
            ("user", "name", "`name=a%20b%26c` was not asked for"),
        ] {
            assert!(good.contains(from), "{from}");
            let found = judge(&good.replace(from, to));
            assert!(found.contains(message), "{from}: {found}");
        }
    }
}
