//! Callbacks of operations and webhooks -> `components.callbacks`: each stands there once, under a name of its own by which
//! everybody calls it, and a reference stands in its place.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::source::Pointer;

use super::at::METHODS;
use super::context::Context;

/// What stands in place of the runtime expression where a webhook is told its address by other means.
pub(crate) const WEBHOOK: &str = "webhook";

/// Where every callback is called by its name.
pub(super) const COMPONENTS: &str = "#/components/callbacks/";

/// The whole tree. What is there already stays, so that this may run again when more has come to light.
///
/// Of what a callback leaves unsaid, it has the first tag of the operation that names it, so that both are found together.
/// It has no security but its own: the document's is that of the API, and not of those who are called by it.
pub(super) fn hoist(tree: &mut Value, context: &mut Context<'_>) {
    let Value::Object(root) = tree else { return };
    let known = match root.get_mut("components").and_then(|components| components.get_mut("callbacks")) {
        Some(Value::Object(known)) => std::mem::take(known),
        Some(_) => return,
        None => Map::new(),
    };
    let mut all = Callbacks { known: Map::new(), tags: BTreeMap::new() };
    let here = Pointer::root().join(["components", "callbacks"]);
    for (name, mut callback) in known {
        all.nested(&mut callback, &here.child(&name), None, context);
        all.known.insert(name, callback);
    }
    for (path, item) in root.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        all.item(item, &Pointer::root().join(["paths", path]), None, context);
    }
    for (name, item) in root.get_mut("webhooks").and_then(Value::as_object_mut).into_iter().flatten() {
        let is_hoisted = item.get("$ref").and_then(Value::as_str).is_some_and(|text| text.starts_with(COMPONENTS));
        if item.is_object() && !is_hoisted {
            let from = Pointer::root().join(["webhooks", name]);
            let placed = all.place(name, json!({ WEBHOOK: item.take() }));
            context.origins.moved(&from, &here.child(&placed));
            context.origins.moved(&from, &here.child(&placed).child(WEBHOOK));
            *item = reference(&placed);
        }
    }
    if all.known.is_empty() {
        return;
    }
    all.settle();
    let components = root.entry("components").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(components) = components {
        components.insert("callbacks".to_owned(), Value::Object(all.known));
    }
}

/// The path items of a document, those of callbacks after those of paths.
pub(super) fn items(tree: &Value) -> Vec<Pointer> {
    let mut parents = vec![Pointer::root().child("paths")];
    parents.extend(parents_of_items(tree));
    let mut items = Vec::new();
    for parent in parents {
        let children = tree.pointer(parent.as_str()).and_then(Value::as_object);
        items.extend(children.into_iter().flatten().filter(|(key, _)| !key.starts_with("x-")).map(|(key, _)| parent.child(key)));
    }
    items
}

/// The callbacks themselves: expressions and path items are their members.
pub(super) fn parents_of_items(tree: &Value) -> Vec<Pointer> {
    let here = Pointer::root().join(["components", "callbacks"]);
    let callbacks = tree.pointer(here.as_str()).and_then(Value::as_object);
    let whole = callbacks.into_iter().flatten().filter(|(_, callback)| callback.is_object() && callback.get("$ref").is_none());
    whole.map(|(name, _)| here.child(name)).collect()
}

struct Callbacks {
    known: Map<String, Value>,
    /// Tags for callbacks that have none.
    tags: BTreeMap<String, String>,
}

impl Callbacks {
    fn item(&mut self, item: &mut Value, pointer: &Pointer, tag: Option<&str>, context: &mut Context<'_>) {
        for (key, operation) in item.as_object_mut().into_iter().flatten() {
            if let Value::Object(operation) = operation
                && METHODS.contains(&key.to_ascii_lowercase().as_str())
            {
                self.operation(operation, &pointer.child(key), tag, context);
            }
        }
    }

    fn operation(&mut self, operation: &mut Map<String, Value>, pointer: &Pointer, tag: Option<&str>, context: &mut Context<'_>) {
        let own = operation.get("tags").and_then(|tags| tags.get(0)).and_then(Value::as_str).map(str::to_owned);
        let tag = own.as_deref().or(tag).map(str::to_owned);
        for (name, callback) in operation.get_mut("callbacks").and_then(Value::as_object_mut).into_iter().flatten() {
            if callback.is_object() && callback.get("$ref").is_none() {
                let from = pointer.child("callbacks").child(name);
                self.nested(callback, &from, tag.as_deref(), context);
                let placed = self.place(name, callback.take());
                context.origins.moved(&from, &Pointer::root().join(["components", "callbacks", &placed]));
                *callback = reference(&placed);
            }
            let named = callback.get("$ref").and_then(Value::as_str).and_then(|text| text.strip_prefix(COMPONENTS));
            if let (Some(named), Some(tag)) = (named, &tag) {
                self.tags.entry(named.to_owned()).or_insert_with(|| tag.clone());
            }
        }
    }

    /// The callbacks that a callback's own operations have.
    fn nested(&mut self, callback: &mut Value, pointer: &Pointer, tag: Option<&str>, context: &mut Context<'_>) {
        for (expression, item) in callback.as_object_mut().into_iter().flatten() {
            self.item(item, &pointer.child(expression), tag, context);
        }
    }

    /// Takes a callback in, and says under which name. What is there already under that name is not taken in again.
    fn place(&mut self, name: &str, callback: Value) -> String {
        let wanted: String = name.chars().map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '_') { c } else { '_' }).collect();
        let mut name = wanted.clone();
        let mut number = 2;
        while self.known.get(&name).is_some_and(|known| *known != callback) {
            name = format!("{wanted}_{number}");
            number += 1;
        }
        self.known.entry(name.clone()).or_insert(callback);
        name
    }

    /// What callbacks leave unsaid.
    fn settle(&mut self) {
        for (name, callback) in &mut self.known {
            let tag = self.tags.get(name);
            for (_, item) in callback.as_object_mut().into_iter().flatten() {
                for (key, operation) in item.as_object_mut().into_iter().flatten() {
                    let Value::Object(operation) = operation else { continue };
                    if !METHODS.contains(&key.to_ascii_lowercase().as_str()) {
                        continue;
                    }
                    operation.entry("security").or_insert_with(|| json!([]));
                    if let Some(tag) = tag {
                        operation.entry("tags").or_insert_with(|| json!([tag]));
                    }
                }
            }
        }
    }
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{COMPONENTS}{name}") })
}
