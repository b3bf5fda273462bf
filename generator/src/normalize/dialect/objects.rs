//! Members that JSON Schema declares elsewhere than under `properties` become declared ones, so that none of them is lost.

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};

use super::{Arms, At, Context, Schema};

/// Keywords that apply other schemas to the same value.
const APPLIED: [&str; 4] = ["allOf", "oneOf", "anyOf", "$ref"];

/// `patternProperties: {p: A}` -> `additionalProperties: A`, or a choice between all of them. What may stand beside them is
/// one of the choices. Where the document says nothing of that, a map has nothing else, and an object with properties of its
/// own may have anything. Whether there was anything to do.
pub(super) fn patterns(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) -> bool {
    let Some(Value::Object(patterns)) = schema.get("patternProperties") else { return false };
    let beside = schema.get("additionalProperties");
    let (list, rest) = (at.key("patternProperties"), at.key("additionalProperties").pointer());
    let mut arms = Arms::default();
    // `false` forbids such names, which no type can.
    for (pattern, arm) in patterns.iter().filter(|(_, arm)| **arm != Value::Bool(false)) {
        arms.add(arm, list.key(pattern).pointer());
    }
    if let Some(beside) = beside.filter(|beside| beside.is_object()) {
        arms.add(beside, rest.clone());
    }
    if arms.values.is_empty() {
        return false;
    }
    let has_properties = schema.get("properties").and_then(Value::as_object).is_some_and(|known| !known.is_empty());
    let is_unsaid = beside.is_none() && !schema.contains_key("unevaluatedProperties") && has_properties;
    let is_open = is_unsaid || beside == Some(&Value::Bool(true)) || arms.values.iter().any(Value::is_boolean);
    let all = if is_open { Value::Bool(true) } else { arms.choice(&rest, context) };
    schema.insert("additionalProperties".to_owned(), all);
    schema.entry("type").or_insert_with(|| json!("object"));
    true
}

/// Properties that only `if`, `then`, `else` or `dependentSchemas` declare -> optional properties; where such a schema refers
/// to another one, or the object is made of several, anything is kept. Whether there was anything to do.
pub(super) fn conditions(schema: &mut Schema) -> bool {
    let mut branches: Vec<Value> = ["then", "else", "if"].iter().filter_map(|key| schema.get(*key)).cloned().collect();
    let dependent = schema.get("dependentSchemas").and_then(Value::as_object);
    branches.extend(dependent.into_iter().flatten().map(|(_, branch)| branch.clone()));
    let mut found: Map<String, Value> = Map::new();
    let mut is_whole = true;
    for branch in &branches {
        declared(branch, &mut found, &mut is_whole, 0);
    }
    let known = schema.get("properties").and_then(Value::as_object);
    found.retain(|name, _| known.is_none_or(|known| !known.contains_key(name)));
    if found.is_empty() && is_whole {
        return false;
    }
    let is_composed = APPLIED.iter().any(|key| schema.contains_key(*key));
    if !is_whole || is_composed {
        schema.entry("additionalProperties").or_insert(Value::Bool(true));
    }
    if !is_composed && !found.is_empty() {
        if let Value::Object(known) = schema.entry("properties").or_insert_with(|| json!({})) {
            known.extend(found);
        }
        schema.entry("type").or_insert_with(|| json!("object"));
    }
    true
}

/// Properties that a schema declares, if need be in parts. What only tests a value by `const` or `enum` gives its type.
fn declared(branch: &Value, found: &mut Map<String, Value>, is_whole: &mut bool, depth: usize) {
    const DEEPEST: usize = 16;
    let Value::Object(branch) = branch else { return };
    *is_whole &= !branch.contains_key("$ref") && depth < DEEPEST;
    if depth >= DEEPEST {
        return;
    }
    for (name, property) in branch.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let property = match property {
            Value::Bool(false) => continue,
            Value::Object(inner) => tested(inner).unwrap_or_else(|| property.clone()),
            _ => json!({}),
        };
        match found.get_mut(name) {
            None => {
                found.insert(name.clone(), property);
            }
            Some(known) if *known == property => {}
            Some(known) => match known.get_mut("anyOf").and_then(Value::as_array_mut) {
                Some(arms) if !arms.contains(&property) => arms.push(property),
                Some(_) => {}
                None => *known = json!({ "anyOf": [known.take(), property] }),
            },
        }
    }
    for key in ["allOf", "oneOf", "anyOf"] {
        for part in branch.get(key).and_then(Value::as_array).into_iter().flatten() {
            declared(part, found, is_whole, depth + 1);
        }
    }
    for key in ["if", "then", "else"] {
        if let Some(part) = branch.get(key) {
            declared(part, found, is_whole, depth + 1);
        }
    }
}

/// What is known of a property that is only tested, `{const: x}` or `{enum: […]}`: its type.
fn tested(property: &Schema) -> Option<Value> {
    let value = property.get("const").or_else(|| property.get("enum")?.get(0))?;
    Some(match property.get("type") {
        Some(kind) => json!({ "type": kind }),
        None if value.is_string() => json!({ "type": "string" }),
        None => json!({}),
    })
}

/// `properties: {gone: false}` -> no such property, unless it is required all the same.
pub(super) fn never_properties(schema: &mut Schema, at: &At<'_>, context: &mut Context<'_>) -> bool {
    let required: Vec<Value> = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    let Some(Value::Object(properties)) = schema.get_mut("properties") else { return false };
    let is_never = |name: &str, property: &Value| *property == Value::Bool(false) && !required.iter().any(|known| known == name);
    let gone: Vec<String> = properties.iter().filter(|(name, property)| is_never(name, property)).map(|(name, _)| name.clone()).collect();
    for name in &gone {
        properties.shift_remove(name);
        let message = format!("the property `{name}` may not be there, so the type has none");
        let place = Place::key(&at.key("properties").key(name).pointer());
        context.say(Diagnostic::new(Code::SCHEMA_LOOSENED, message).at(place));
    }
    !gone.is_empty()
}

/// `unevaluatedProperties` -> `additionalProperties`, where the object is not made of parts, of which the latter knows nothing;
/// `true` says the same everywhere. Whether there was anything to do.
pub(super) fn unevaluated(schema: &mut Schema) -> bool {
    let Some(rest) = schema.get("unevaluatedProperties").cloned() else { return false };
    let is_composed = APPLIED.iter().any(|key| schema.contains_key(*key));
    let is_taken = !schema.contains_key("additionalProperties") && (!is_composed || rest == Value::Bool(true));
    if is_taken {
        schema.insert("additionalProperties".to_owned(), rest);
    }
    is_taken
}
