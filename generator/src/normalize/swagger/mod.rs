//! Swagger 2.0 becomes OpenAPI 3.0: one pass a file, from what stands outside of operations to what stands in them. Schemas
//! are spelled anew where their shape is checked, since those of other files arrive later.

mod body;
mod elsewhere;
mod form;
mod list;
mod media;
mod operations;
mod parameters;
mod responses;
mod schemas;
mod sections;
mod security;
mod servers;

use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Pointer;

use super::context::Context;
use super::origins::CARRIED;
use super::reference::{Forwarding, Opened};

pub(super) use schemas::spell;

type Object = Map<String, Value>;

/// What the passes share.
struct Swagger<'s, 'c> {
    context: &'s mut Context<'c>,
    /// Where things went that references may name.
    forwarding: Forwarding,
    /// Shared parameters, as written: which of them are bodies is decided where they are used.
    parameters: Object,
    /// Shared responses, as written.
    responses: Object,
    /// Where the API is.
    base: servers::Base,
    consumes: Vec<String>,
    produces: Vec<String>,
}

/// The whole document; nothing if it is of another version.
pub(super) fn convert(tree: &mut Value, opened: &mut Opened<'_>, context: &mut Context<'_>) {
    if !context.swagger {
        return;
    }
    elsewhere::bring(tree, opened, context);
    let Value::Object(root) = tree else { return };
    let here = Pointer::root();
    let consumes = media::types(root, "consumes", &here, context).unwrap_or_default();
    let produces = media::types(root, "produces", &here, context).unwrap_or_default();
    let base = servers::of_document(root, context);
    let (parameters, responses) = (Object::new(), Object::new());
    let mut swagger = Swagger { context, forwarding: Forwarding::default(), parameters, responses, base, consumes, produces };
    swagger.sections(root);
    for (path, item) in root.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        if let Value::Object(item) = item
            && !path.starts_with("x-")
        {
            swagger.path_item(item, &here.child("paths").child(path));
        }
    }
    opened.forward(swagger.forwarding);
    if let Some(version) = root.shift_remove("swagger") {
        root.insert(format!("{CARRIED}swagger"), version);
    }
    root.insert("openapi".to_owned(), Value::String("3.0.4".to_owned()));
}

impl Swagger<'_, '_> {
    /// The value at `from` in the document as written now stands at `to`; a reference to it means its first new place.
    fn moved(&mut self, from: &Pointer, to: &Pointer) {
        self.context.origins.moved(from, to);
        self.forwarding.set(from, to);
    }

    /// Elements of a list went elsewhere.
    fn reindexed(&mut self, list: &Pointer, kept: &[usize]) {
        self.context.origins.reindexed(list, kept);
        for (now, before) in kept.iter().enumerate().filter(|(now, before)| now != *before) {
            self.forwarding.set(&list.child(before), &list.child(now));
        }
    }

    fn report(&mut self, code: Code, pointer: &Pointer, message: impl Into<String>) {
        self.context.say(Diagnostic::new(code, message).at(Place::at(pointer)));
    }

    fn report_key(&mut self, code: Code, pointer: &Pointer, message: impl Into<String>) {
        self.context.say(Diagnostic::new(code, message).at(Place::key(pointer)));
    }
}

/// The text under a key.
fn text<'v>(map: &'v Object, key: &str) -> Option<&'v str> {
    map.get(key).and_then(Value::as_str)
}

/// The name of a shared object that a reference names: `#/parameters/Page`.
fn shared_name(value: &Value, section: &str) -> Option<String> {
    let pointer = value.get("$ref")?.as_str()?.strip_prefix("#/")?.strip_prefix(section)?;
    Pointer::parse(pointer).filter(|pointer| pointer.steps().count() == 1)?.last()
}
