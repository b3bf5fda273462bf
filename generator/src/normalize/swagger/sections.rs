//! `definitions`, `parameters`, `responses` and `securityDefinitions` become sections of `components`.

use serde_json::{Map, Value};

use crate::source::Pointer;

use super::operations::{Found, is_payload};
use super::{Object, Swagger};

/// The sections by both names.
const SECTIONS: [(&str, &str); 4] =
    [("definitions", "schemas"), ("parameters", "parameters"), ("responses", "responses"), ("securityDefinitions", "securitySchemes")];

impl Swagger<'_, '_> {
    /// All sections of the document.
    pub(super) fn sections(&mut self, root: &mut Object) {
        let here = Pointer::root();
        let mut components = match root.shift_remove("components") {
            Some(Value::Object(components)) => {
                self.as_three(&here.child("components"), "components");
                components
            }
            _ => Map::new(),
        };
        for (old, new) in SECTIONS {
            let Some(mut section) = root.shift_remove(old).filter(|section| !section.is_null()) else { continue };
            let (from, to) = (here.child(old), here.join(["components", new]));
            match (old, &mut section) {
                ("parameters", Value::Object(parameters)) => {
                    self.parameters = parameters.clone();
                    section = self.shared_parameters(&mut components);
                }
                ("responses", Value::Object(responses)) => {
                    self.responses = responses.clone();
                    self.moved(&from, &to);
                    for (name, response) in responses.iter_mut() {
                        if let Value::Object(response) = response {
                            self.response(response, None, &from.child(name), &to.child(name));
                        }
                    }
                }
                ("securityDefinitions", _) => {
                    self.moved(&from, &to);
                    section = self.security(section, &to);
                }
                _ => self.moved(&from, &to),
            }
            match (components.get_mut(new), section) {
                (Some(Value::Object(known)), Value::Object(section)) => known.extend(section),
                (_, section) => {
                    components.insert(new.to_owned(), section);
                }
            }
        }
        if !components.is_empty() {
            root.insert("components".to_owned(), Value::Object(components));
        }
    }

    /// Parameters that are sent by themselves, and bodies; fields of forms are written out where they are used.
    fn shared_parameters(&mut self, components: &mut Object) -> Value {
        let (mut parameters, mut bodies) = (Object::new(), Object::new());
        for (name, value) in self.parameters.clone() {
            let (from, to) = (Pointer::root().join(["parameters", &name]), Pointer::root().join(["components"]));
            let Value::Object(mut parameter) = value else {
                self.moved(&from, &to.join(["parameters", &name]));
                parameters.insert(name, value);
                continue;
            };
            if !parameter.contains_key("$ref") {
                self.place_word(&mut parameter, &from, true);
            }
            if !is_payload(&parameter) {
                let to = to.join(["parameters", &name]);
                self.moved(&from, &to);
                if !parameter.contains_key("$ref") {
                    self.parameter(&mut parameter, &from, &to);
                }
                parameters.insert(name, Value::Object(parameter));
                continue;
            }
            let found = Found { parameter, written: from, shared: None };
            if found.is_body() {
                let body = self.one_body(&found, None, &to.join(["requestBodies", &name]));
                bodies.insert(name, body);
            }
        }
        if !bodies.is_empty()
            && let Value::Object(section) = components.entry("requestBodies").or_insert_with(|| Value::Object(Map::new()))
        {
            section.extend(bodies);
        }
        Value::Object(parameters)
    }
}
