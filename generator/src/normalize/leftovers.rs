//! What Swagger 2.0 has and OpenAPI 3 has not, in documents that were converted by half: parameters in `body` and `formData`,
//! `schema` where `content` must stand, references to schemas in place of bodies; and places of parameters that are no places.

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Pointer;

use super::at::METHODS;
use super::callbacks;
use super::context::{Context, brief};
use super::origins::Origin;
use super::parts::SCHEMA_WORDS;

type Object = Map<String, Value>;

const JSON: &str = "application/json";
const MULTIPART: &str = "multipart/form-data";
const URLENCODED: &str = "application/x-www-form-urlencoded";

/// Where a parameter is to be, by what it says.
enum Home {
    /// It is where OpenAPI 3 has parameters.
    Known,
    /// The body.
    Body,
    /// A field of the form that is the body.
    Form,
    /// It says nothing, or what nobody knows; this is meant.
    Meant(&'static str),
}

/// A parameter that is part of a body, and where it was written.
#[derive(Clone)]
struct Part {
    parameter: Object,
    origin: Option<Origin>,
    is_form: bool,
}

/// The whole tree.
pub(super) fn take_over(tree: &mut Value, context: &mut Context<'_>) {
    let root = Pointer::root();
    requirements(tree, &root, context);
    let components = root.child("components");
    for name in names(tree, &components.child("parameters")) {
        settle(tree, &components.join(["parameters", &name]), "", context);
    }
    let produces = media_types(tree, &root, "produces");
    for (section, types) in [("requestBodies", Vec::new()), ("responses", produces.clone())] {
        for name in names(tree, &components.child(section)) {
            content(tree, &components.join([section, &name]), &types, context);
        }
    }
    for item in callbacks::items(tree) {
        let path = item.last().unwrap_or_default();
        let shared = parameters(tree, &item, &path, context);
        for method in METHODS {
            let operation = item.child(method);
            if !tree.pointer(operation.as_str()).is_some_and(Value::is_object) {
                continue;
            }
            requirements(tree, &operation, context);
            let mut parts = parameters(tree, &operation, &path, context);
            let is_there = |part: &&Part| parts.iter().any(|own| name_of(&own.parameter) == name_of(&part.parameter));
            let others: Vec<Part> = shared.iter().filter(|part| !is_there(part)).cloned().collect();
            parts.extend(others);
            body(tree, &operation, parts, context);
            content(tree, &operation.child("requestBody"), &[], context);
            let produces =
                Some(media_types(tree, &operation, "produces")).filter(|own| !own.is_empty()).unwrap_or_else(|| produces.clone());
            for status in names(tree, &operation.child("responses")) {
                content(tree, &operation.join(["responses", &status]), &produces, context);
            }
        }
    }
}

/// `security: [key]` -> `security: [{key: []}]`.
fn requirements(tree: &mut Value, owner: &Pointer, context: &mut Context<'_>) {
    let here = owner.child("security");
    let Some(Value::Array(list)) = tree.pointer_mut(here.as_str()) else { return };
    for (index, requirement) in list.iter_mut().enumerate() {
        if let Value::String(name) = requirement {
            let message = format!("`{name}` was read as a requirement of the scheme of that name");
            context.say(Diagnostic::new(Code::REPAIR_TYPE, message).at(Place::at(&here.child(index))));
            *requirement = json!({ name.as_str(): [] });
        }
    }
}

/// Parameters of an operation or a path item get a place; what is part of a body is taken away from them.
fn parameters(tree: &mut Value, owner: &Pointer, path: &str, context: &mut Context<'_>) -> Vec<Part> {
    let here = owner.child("parameters");
    let count = tree.pointer(here.as_str()).and_then(Value::as_array).map_or(0, Vec::len);
    let (mut parts, mut kept) = (Vec::new(), Vec::new());
    for index in 0..count {
        let written = here.child(index);
        let named =
            tree.pointer(written.as_str()).and_then(|value| value.get("$ref")?.as_str()?.strip_prefix('#').and_then(Pointer::parse));
        let at = named.unwrap_or_else(|| written.clone());
        let Some(Value::Object(parameter)) = tree.pointer(at.as_str()) else {
            kept.push(index);
            continue;
        };
        match home(parameter, path) {
            home @ (Home::Body | Home::Form) => {
                let message = format!("the parameter `{}` was read as part of the body: OpenAPI 3 has no such place", name_of(parameter));
                context.say(Diagnostic::new(Code::REPAIR_SHAPE, message).at(Place::at(&written)));
                let origin = context.origins.origin(&at);
                parts.push(Part { parameter: parameter.clone(), origin, is_form: matches!(home, Home::Form) });
            }
            Home::Known | Home::Meant(_) => {
                if at == written {
                    settle(tree, &at, path, context);
                }
                kept.push(index);
            }
        }
    }
    if let Some(Value::Array(list)) = tree.pointer_mut(here.as_str()).filter(|_| kept.len() < count) {
        let mut index = 0;
        list.retain(|_| {
            index += 1;
            kept.contains(&(index - 1))
        });
    }
    if kept.len() < count {
        context.origins.reindexed(&here, &kept);
    }
    parts
}

fn home(parameter: &Object, path: &str) -> Home {
    let place = parameter.get("in").and_then(Value::as_str).map(str::to_ascii_lowercase).unwrap_or_default();
    match place.as_str() {
        "path" | "query" | "header" | "cookie" | "querystring" => Home::Known,
        "body" => Home::Body,
        "formdata" | "form" | "form-data" => Home::Form,
        place if place.starts_with("head") => Home::Meant("header"),
        _ if path.contains(&format!("{{{}}}", name_of(parameter))) => Home::Meant("path"),
        _ => Home::Meant("query"),
    }
}

/// A parameter that says no place, or one that there is not, gets the one that is meant.
fn settle(tree: &mut Value, at: &Pointer, path: &str, context: &mut Context<'_>) {
    let Some(Value::Object(parameter)) = tree.pointer_mut(at.as_str()) else { return };
    let Home::Meant(meant) = home(parameter, path) else { return };
    // A reference says its place elsewhere, and what has no name is no parameter.
    if parameter.contains_key("$ref") || !parameter.get("name").is_some_and(Value::is_string) {
        return;
    }
    let diagnostic = match parameter.insert("in".to_owned(), json!(meant)) {
        Some(place) => {
            let message = format!("a parameter cannot be in {}; it was read as one in `{meant}`", brief(&place));
            Diagnostic::new(Code::REPAIR_SHAPE, message).at(Place::at(&at.child("in")))
        }
        None => {
            Diagnostic::new(Code::REPAIR_MISSING, format!("`in: {meant}` was added to a parameter that says no place")).at(Place::at(at))
        }
    };
    context.say(diagnostic);
}

/// Parameters that are part of the body -> `requestBody`.
fn body(tree: &mut Value, operation: &Pointer, parts: Vec<Part>, context: &mut Context<'_>) {
    if parts.is_empty() {
        return;
    }
    let own = media_types(tree, operation, "consumes");
    let consumes = if own.is_empty() { media_types(tree, &Pointer::root(), "consumes") } else { own };
    let to = operation.child("requestBody");
    let Some(Value::Object(map)) = tree.pointer_mut(operation.as_str()) else { return };
    if map.contains_key("requestBody") {
        let message = "the parameters that are part of the body were left out: `requestBody` says it all";
        context.say(Diagnostic::new(Code::REPAIR_STRAY_KEY, message).at(Place::key(&to)));
        return;
    }
    let fields: Vec<&Part> = parts.iter().filter(|part| part.is_form).collect();
    let whole = parts.iter().find(|part| !part.is_form);
    let required = parts.iter().any(|part| part.parameter.get("required") == Some(&Value::Bool(true)));
    let schema = whole.map_or_else(|| form(&fields), |part| schema(&part.parameter));
    let mut types: Vec<String> = consumes.into_iter().filter(|name| is_form(name) == whole.is_none()).collect();
    if types.is_empty() {
        let has_files = fields.iter().any(|part| is_file(&part.parameter));
        types.push(
            if whole.is_some() {
                JSON
            } else if has_files {
                MULTIPART
            } else {
                URLENCODED
            }
            .to_owned(),
        );
    }
    for media_type in &types {
        let here = to.join(["content", media_type, "schema"]);
        for part in &parts {
            let Some(Origin { file, pointer, occurrence }) = part.origin.clone() else { continue };
            let place = if part.is_form { here.join(["properties", name_of(&part.parameter)]) } else { here.clone() };
            let pointer = if part.parameter.contains_key("schema") { pointer.child("schema") } else { pointer };
            context.origins.set(&place, Origin { file, pointer, occurrence });
        }
    }
    let content: Object = types.into_iter().map(|name| (name, json!({ "schema": schema }))).collect();
    map.insert("requestBody".to_owned(), json!({ "content": content, "required": required }));
}

/// The object whose properties are the fields of a form.
fn form(fields: &[&Part]) -> Value {
    let mut properties = Object::new();
    let mut required = Vec::new();
    for Part { parameter, .. } in fields {
        let name = name_of(parameter);
        if parameter.get("required") == Some(&Value::Bool(true)) {
            required.push(name);
        }
        properties.entry(name).or_insert_with(|| schema(parameter));
    }
    let required = (!required.is_empty()).then(|| ("required".to_owned(), json!(required)));
    let whole = [("type".to_owned(), json!("object")), ("properties".to_owned(), Value::Object(properties))];
    Value::Object(whole.into_iter().chain(required).collect())
}

/// The schema of a parameter: its own, or `type` and its like.
fn schema(parameter: &Object) -> Value {
    if let Some(schema) = parameter.get("schema") {
        return schema.clone();
    }
    let loose = SCHEMA_WORDS.iter().chain(&["description"]).filter_map(|key| Some(((*key).to_owned(), parameter.get(*key)?.clone())));
    Value::Object(loose.collect())
}

/// Whether a field is a file, or a list of files.
fn is_file(parameter: &Object) -> bool {
    let schema = schema(parameter);
    [Some(&schema), schema.get("items")].into_iter().flatten().any(|schema| {
        let says = |key: &str, value: &str| schema.get(key).and_then(Value::as_str) == Some(value);
        says("type", "file") || says("format", "binary")
    })
}

fn is_form(media_type: &str) -> bool {
    matches!(media_type, URLENCODED | MULTIPART)
}

/// A body or response that is a reference to a schema, or has a `schema` beside its description -> one with `content`.
fn content(tree: &mut Value, at: &Pointer, types: &[String], context: &mut Context<'_>) {
    let Some(Value::Object(map)) = tree.pointer_mut(at.as_str()) else { return };
    let reference = map.get("$ref").and_then(Value::as_str);
    let is_schema = reference.is_some_and(|text| text.starts_with("#/components/schemas/") || text.starts_with("#/definitions/"));
    let key = if is_schema { "$ref" } else { "schema" };
    if map.contains_key("content") || (reference.is_some() && !is_schema) || !map.get("schema").is_none_or(Value::is_object) {
        return;
    }
    let Some(value) = map.shift_remove(key) else { return };
    let schema = if is_schema { json!({ "$ref": value }) } else { value };
    let types = if types.is_empty() { &[JSON.to_owned()] } else { types };
    let said = if is_schema { "a reference to a schema" } else { "`schema`" };
    let message = format!("{said} was read as that of `{}` in `content`", types.join("`, `"));
    context.say(Diagnostic::new(Code::REPAIR_SHAPE, message).at(Place::key(&at.child(key))));
    for media_type in types {
        let to = at.join(["content", media_type, "schema"]);
        context.origins.moved(&if is_schema { at.clone() } else { at.child("schema") }, &to);
    }
    let content: Object = types.iter().map(|name| (name.clone(), json!({ "schema": schema }))).collect();
    map.insert("content".to_owned(), Value::Object(content));
    if is_schema {
        map.entry("description").or_insert_with(|| json!(""));
    }
}

/// `consumes` or `produces`: what of it is a media type.
fn media_types(tree: &Value, owner: &Pointer, key: &str) -> Vec<String> {
    let list = tree.pointer(owner.child(key).as_str()).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).filter(|name| name.contains('/')).map(str::to_owned).collect()
}

fn name_of(parameter: &Object) -> &str {
    parameter.get("name").and_then(Value::as_str).unwrap_or_default()
}

/// The keys of an object.
fn names(tree: &Value, at: &Pointer) -> Vec<String> {
    let map = tree.pointer(at.as_str()).and_then(Value::as_object);
    map.into_iter().flat_map(|map| map.keys().cloned()).collect()
}
