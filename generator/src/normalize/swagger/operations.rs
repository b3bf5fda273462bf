//! Path items and operations: parameters of body and form leave the list of parameters, also those that a path shares.

use serde_json::Value;

use crate::diagnostic::Code;
use crate::normalize::at::METHODS;
use crate::normalize::context::brief;
use crate::source::Pointer;

use super::{Object, Swagger, media, servers, shared_name, text};

/// A parameter of a body or form.
#[derive(Debug, Clone)]
pub(super) struct Found {
    /// As written, what it refers to in place of a reference.
    pub(super) parameter: Object,
    /// Where it was written.
    pub(super) written: Pointer,
    /// The shared parameter that it is.
    pub(super) shared: Option<String>,
}

impl Found {
    pub(super) fn is_body(&self) -> bool {
        text(&self.parameter, "in") == Some("body")
    }

    pub(super) fn name(&self) -> &str {
        text(&self.parameter, "name").unwrap_or_default()
    }

    /// Whether this one of a path counts beside that one of an operation.
    fn is_beside(&self, own: &Self) -> bool {
        if self.is_body() { !own.is_body() } else { own.is_body() || self.name() != own.name() }
    }
}

impl Swagger<'_, '_> {
    /// All operations of a path.
    pub(super) fn path_item(&mut self, item: &mut Object, at: &Pointer) {
        let list = at.child("parameters");
        let (shared, kept) = self.split(item, &list);
        for (key, operation) in item.iter_mut() {
            if METHODS.contains(&key.to_ascii_lowercase().as_str())
                && let Value::Object(operation) = operation
            {
                self.operation(operation, &shared, &at.child(key));
            }
        }
        self.reindexed(&list, &kept);
    }

    fn operation(&mut self, operation: &mut Object, shared: &[Found], at: &Pointer) {
        let consumes = media::types(operation, "consumes", at, self.context);
        let produces = media::types(operation, "produces", at, self.context);
        servers::of_operation(operation, at, &self.base, self.context);
        let list = at.child("parameters");
        let (own, kept) = self.split(operation, &list);
        let mut found: Vec<Found> = shared.iter().filter(|one| own.iter().all(|own| one.is_beside(own))).cloned().collect();
        found.extend(own);
        self.request_body(operation, found, consumes, at);
        self.reindexed(&list, &kept);
        if let Some(Value::Object(responses)) = operation.get_mut("responses") {
            for (status, response) in responses.iter_mut().filter(|(status, _)| !status.starts_with("x-")) {
                self.response_in_place(response, produces.as_deref(), &at.child("responses").child(status));
            }
        }
    }

    /// Takes the parameters of body and form out of a list, and converts the others; which of them remain.
    fn split(&mut self, owner: &mut Object, list: &Pointer) -> (Vec<Found>, Vec<usize>) {
        let Some(written) = owner.get_mut("parameters") else { return (Vec::new(), Vec::new()) };
        if written.is_object() && (written.get("in").is_some() || written.get("$ref").is_some()) {
            self.report(Code::REPAIR_TYPE, list, "an object was read as a list with one element");
            *written = Value::Array(vec![written.take()]);
        }
        let Value::Array(parameters) = written else { return (Vec::new(), Vec::new()) };
        let (mut found, mut kept, mut index) = (Vec::new(), Vec::new(), 0);
        parameters.retain_mut(|value| {
            let here = list.child(index);
            index += 1;
            match self.of_payload(value, &here) {
                Some(one) => found.push(one),
                None => kept.push(index - 1),
            }
            kept.last() == Some(&(index - 1))
        });
        if parameters.is_empty() {
            owner.shift_remove("parameters");
        }
        (found, kept)
    }

    /// A parameter of body or form; `None` for others, which are converted in place.
    fn of_payload(&mut self, value: &mut Value, at: &Pointer) -> Option<Found> {
        if let Some(name) = shared_name(value, "parameters") {
            let home = Pointer::root().child("parameters").child(&name);
            let mut parameter = self.parameters.get(&name)?.as_object()?.clone();
            self.place_word(&mut parameter, &home, false);
            if is_payload(&parameter) {
                return Some(Found { parameter, written: home, shared: Some(name) });
            }
            *value = serde_json::json!({ "$ref": format!("#{}", Pointer::root().join(["components", "parameters", &name])) });
            return None;
        }
        let Value::Object(parameter) = value else { return None };
        if parameter.contains_key("$ref") {
            return None;
        }
        self.place_word(parameter, at, true);
        if is_payload(parameter) {
            return Some(Found { parameter: parameter.clone(), written: at.clone(), shared: None });
        }
        self.parameter(parameter, at, at);
        None
    }

    /// `in: form` and other ways to write `formData`; what nobody knows is left to others.
    pub(super) fn place_word(&mut self, parameter: &mut Object, at: &Pointer, say: bool) {
        let Some(written) = parameter.get("in").filter(|written| written.is_string()).cloned() else { return };
        let word = written.as_str().unwrap_or_default().trim().to_ascii_lowercase();
        let meant = match word.as_str() {
            "formdata" | "form" | "form-data" => "formData",
            known @ ("body" | "path" | "query" | "header") => known,
            _ => return,
        };
        if written.as_str() != Some(meant) {
            if say {
                self.report(Code::REPAIR_TYPE, &at.child("in"), format!("{} was read as `{meant}`", brief(&written)));
            }
            parameter.insert("in".to_owned(), Value::String(meant.to_owned()));
        }
    }
}

/// Whether a parameter is a part of the payload.
pub(super) fn is_payload(parameter: &Object) -> bool {
    matches!(text(parameter, "in"), Some("body" | "formData"))
}
