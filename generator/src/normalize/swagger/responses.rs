//! Responses: `schema` and `examples` move into a media type for each that the operation produces.

use serde_json::{Map, Value, json};

use crate::diagnostic::Code;
use crate::normalize::context::brief;
use crate::normalize::origins::CARRIED;
use crate::source::Pointer;

use super::media::{self, BYTES, JSON};
use super::{Object, Swagger, shared_name, text};

impl Swagger<'_, '_> {
    /// A response of an operation. A shared one is written out where the operation produces something else than the document.
    pub(super) fn response_in_place(&mut self, response: &mut Value, produces: Option<&[String]>, at: &Pointer) {
        let Some(name) = shared_name(response, "responses") else {
            if let Value::Object(response) = response
                && !response.contains_key("$ref")
            {
                self.response(response, produces, at, at);
            }
            return;
        };
        let Some(shared) = self.responses.get(&name).filter(|shared| shared.is_object()) else { return };
        if produces.is_none_or(|produces| produces == self.produces) || shared.get("schema").is_none() && shared.get("examples").is_none() {
            *response = json!({ "$ref": format!("#{}", Pointer::root().join(["components", "responses", &name])) });
            return;
        }
        *response = shared.clone();
        let written = Pointer::root().join(["responses", &name]);
        self.context.origins.moved(&written, at);
        if let Value::Object(response) = response {
            self.response(response, produces, &written, at);
        }
    }

    /// A response; where it was written, and where it stands.
    pub(super) fn response(&mut self, response: &mut Object, produces: Option<&[String]>, written: &Pointer, at: &Pointer) {
        for (name, header) in response.get_mut("headers").and_then(Value::as_object_mut).into_iter().flatten() {
            if let Value::Object(header) = header
                && !header.contains_key("$ref")
            {
                let key = written.join(["headers", name]);
                self.parameter(header, &key, &at.join(["headers", name]));
            }
        }
        if response.contains_key("content") {
            self.as_three(&written.child("content"), "content");
            return;
        }
        let schema = response.shift_remove("schema").filter(|schema| !schema.is_null());
        let examples = match response.shift_remove("examples") {
            Some(Value::Object(examples)) => examples,
            Some(Value::Null) | None => Object::new(),
            Some(other) => {
                let message = format!("{} was left out: examples stand under their media types", brief(&other));
                self.report(Code::REPAIR_SHAPE, &written.child("examples"), message);
                Object::new()
            }
        };
        if schema.is_none() && examples.is_empty() {
            return;
        }
        let types = self.types(schema.as_ref(), &examples, produces);
        let to = at.child("content");
        let mut content = Object::new();
        for media_type in types {
            let mut media = Object::new();
            if let Some(schema) = &schema {
                let mut schema = schema.clone();
                file_schema(&mut schema);
                self.moved(&written.child("schema"), &to.join([&media_type, "schema"]));
                media.insert("schema".to_owned(), schema);
            }
            content.insert(media_type, Value::Object(media));
        }
        self.response_examples(&mut content, examples, &written.child("examples"), &to);
        response.insert("content".to_owned(), Value::Object(content));
    }

    /// The media types of a response: what the operation produces, or else the document, or else what the examples show.
    fn types(&self, schema: Option<&Value>, examples: &Object, produces: Option<&[String]>) -> Vec<String> {
        let produced = produces.unwrap_or(&self.produces);
        if schema.is_some_and(is_file) {
            // What the whole document produces is hardly meant for files.
            let raw: Vec<String> = produced.iter().filter(|one| produces.is_some() || media::is_raw(one)).cloned().collect();
            return if raw.is_empty() { vec![BYTES.to_owned()] } else { raw };
        }
        if !produced.is_empty() {
            return produced.to_vec();
        }
        let shown: Vec<String> = examples.keys().filter(|key| key.contains('/')).cloned().collect();
        if shown.is_empty() { vec![JSON.to_owned()] } else { shown }
    }

    /// Examples go to their media types.
    fn response_examples(&mut self, content: &mut Object, examples: Object, written: &Pointer, to: &Pointer) {
        for (key, example) in examples {
            if key.starts_with("x-") {
                continue;
            }
            let home = content.keys().find(|known| **known == key || media::essence(known) == media::essence(&key)).cloned();
            let from = written.child(&key);
            if let Some(home) = home {
                self.context.origins.moved(&from, &to.join([&home, "example"]));
                if let Some(Value::Object(media)) = content.get_mut(&home) {
                    media.entry("example").or_insert(example);
                }
                continue;
            }
            let message = if key.contains('/') {
                format!("the example was left out: no response is `{key}`")
            } else {
                format!("the example was left out: `{key}` is no media type")
            };
            self.report_key(Code::REPAIR_STRAY_KEY, &from, message);
            if let Some(Value::Object(media)) = content.values_mut().next()
                && let Value::Object(carried) = media.entry(format!("{CARRIED}examples")).or_insert_with(|| Value::Object(Map::new()))
            {
                carried.insert(key, example);
            }
        }
    }
}

/// Whether a schema is `type: file`.
pub(super) fn is_file(schema: &Value) -> bool {
    schema.as_object().and_then(|schema| text(schema, "type")) == Some("file")
}

/// `type: file` -> `type: string, format: binary`.
pub(super) fn file_schema(schema: &mut Value) {
    if is_file(schema)
        && let Value::Object(schema) = schema
    {
        schema.insert("type".to_owned(), json!("string"));
        schema.insert("format".to_owned(), json!("binary"));
    }
}
