//! Parameters in `body` and `formData` become the `requestBody`, with a media type for each that the operation consumes.

use serde_json::{Map, Value, json};

use crate::diagnostic::Code;
use crate::source::Pointer;

use super::media::{self, BYTES, JSON, MULTIPART, URLENCODED, essence};
use super::operations::Found;
use super::responses::{file_schema, is_file};
use super::{Object, Swagger, text};

impl Swagger<'_, '_> {
    /// The body of an operation, made of all parameters that are part of it.
    pub(super) fn request_body(&mut self, operation: &mut Object, found: Vec<Found>, consumes: Option<Vec<String>>, at: &Pointer) {
        let to = at.child("requestBody");
        if operation.contains_key("requestBody") {
            if found.is_empty() {
                return self.as_three(&to, "requestBody");
            }
            operation.shift_remove("requestBody");
            let message = "`requestBody` was left out: a parameter in `body` or `formData` says the same in Swagger 2.0";
            self.report_key(Code::REPAIR_STRAY_KEY, &to, message);
        }
        let (bodies, fields): (Vec<Found>, Vec<Found>) = found.into_iter().partition(Found::is_body);
        let body = match bodies.as_slice() {
            [] if fields.is_empty() => return,
            [one] if fields.is_empty() => match &one.shared {
                Some(name) if consumes.as_ref().is_none_or(|consumes| *consumes == self.consumes) => {
                    self.forwarding.set(&one.written, &Pointer::root().join(["components", "requestBodies", name]));
                    json!({ "$ref": format!("#{}", Pointer::root().join(["components", "requestBodies", name])) })
                }
                _ => self.one_body(one, consumes.as_deref(), &to),
            },
            [] => self.form_body(&fields, consumes.as_deref(), at),
            [one] => self.both(one, fields, consumes.as_deref(), at),
            several => self.several(several, fields, consumes.as_deref(), at),
        };
        operation.insert("requestBody".to_owned(), body);
    }

    /// A parameter in `body` -> `{description, required, content}`.
    pub(super) fn one_body(&mut self, found: &Found, consumes: Option<&[String]>, to: &Pointer) -> Value {
        let Found { parameter, written, shared: _ } = found;
        let mut parameter = parameter.clone();
        self.moved(written, to);
        let mut schema = self.body_schema(&mut parameter, written);
        let consumed = consumes.unwrap_or(&self.consumes);
        let file = is_file(&schema);
        let is_fit = |one: &&String| if file { media::is_raw(one) } else { !media::is_form(one) };
        let mut types: Vec<String> = consumed.iter().filter(is_fit).cloned().collect();
        if types.is_empty() {
            types = if file || consumed.is_empty() { vec![if file { BYTES } else { JSON }.to_owned()] } else { consumed.to_vec() };
        }
        if file {
            self.report(Code::REPAIR_TYPE, written, "`type: file` in a body was read as bytes");
            file_schema(&mut schema);
        }
        let content = to.child("content");
        let mut media_types = Object::new();
        for media_type in types {
            self.moved(&written.child("schema"), &content.join([&media_type, "schema"]));
            media_types.insert(media_type, json!({ "schema": schema }));
        }
        self.body_examples(&mut parameter, &mut media_types, written, &content);
        for key in ["name", "in", "collectionFormat"] {
            parameter.shift_remove(key);
        }
        parameter.insert("content".to_owned(), Value::Object(media_types));
        Value::Object(parameter)
    }

    /// The schema of a body; without one, what stands in its place.
    fn body_schema(&mut self, parameter: &mut Object, written: &Pointer) -> Value {
        match parameter.shift_remove("schema") {
            Some(schema) if !schema.is_null() => return schema,
            _ => {}
        }
        if !parameter.contains_key("type") && !parameter.contains_key("items") {
            self.report(Code::REPAIR_MISSING, written, "`schema` is missing in a body; any value was read");
            return Value::Object(Map::new());
        }
        self.report(Code::REPAIR_SHAPE, written, "`type` and its like were moved into a `schema`: a body has one");
        Value::Object(self.schema(parameter, written, "a body"))
    }

    /// `x-example` and `x-examples` by media type.
    fn body_examples(&mut self, parameter: &mut Object, content: &mut Object, written: &Pointer, to: &Pointer) {
        let mut examples = match parameter.get("x-examples") {
            Some(Value::Object(examples)) => examples.clone(),
            _ => Object::new(),
        };
        let is_named = |content: &Object| examples.keys().any(|key| content.contains_key(key));
        if is_named(content) {
            parameter.shift_remove("x-examples");
        }
        for (media_type, media) in content.iter_mut() {
            let Value::Object(media) = media else { continue };
            let here = to.join([media_type, "example"]);
            if let Some(example) = examples.shift_remove(media_type) {
                self.context.origins.moved(&written.join(["x-examples", media_type]), &here);
                media.insert("example".to_owned(), example);
            } else if let Some(example) = parameter.get("x-example") {
                self.context.origins.moved(&written.child("x-example"), &here);
                media.insert("example".to_owned(), example.clone());
            }
        }
        parameter.shift_remove("x-example");
    }

    /// Fields of a form -> `{required, content}`.
    fn form_body(&mut self, fields: &[Found], consumes: Option<&[String]>, at: &Pointer) -> Value {
        let types = self.form_types(fields, consumes, at);
        let to = at.child("requestBody");
        let mut content = Object::new();
        for media_type in types {
            let media = self.form(fields, &media_type, &to.join(["content", &media_type]));
            content.insert(media_type, media);
        }
        if let Some(first) = fields.first() {
            self.context.origins.moved(&first.written, &to);
        }
        let mut body = Object::new();
        if fields.iter().any(|field| field.parameter.get("required") == Some(&Value::Bool(true))) {
            body.insert("required".to_owned(), Value::Bool(true));
        }
        body.insert("content".to_owned(), Value::Object(content));
        Value::Object(body)
    }

    /// The media types of a form: those of the two that are consumed, `multipart` alone where there are files.
    fn form_types(&mut self, fields: &[Found], consumes: Option<&[String]>, at: &Pointer) -> Vec<String> {
        let consumed = consumes.unwrap_or(&self.consumes);
        let has_files = fields.iter().any(|field| {
            let items = field.parameter.get("items").and_then(|items| items.get("type")).and_then(Value::as_str);
            text(&field.parameter, "type") == Some("file") || items == Some("file")
        });
        let fits = |one: &&String| if has_files { essence(one) == MULTIPART } else { media::is_form(one) };
        let types: Vec<String> = consumed.iter().filter(fits).cloned().collect();
        if !types.is_empty() {
            return types;
        }
        let meant = if has_files { MULTIPART } else { URLENCODED };
        // The document's list holds for all operations, and need not have this one in mind.
        if consumes.is_some_and(|consumes| !consumes.is_empty()) {
            let what = if has_files { "a file cannot be sent in any of these" } else { "a form cannot be sent in any of these" };
            self.report(Code::REPAIR_SHAPE, &at.child("consumes"), format!("{what}; `{meant}` was read"));
        }
        vec![meant.to_owned()]
    }

    /// A body beside fields of a form: a field of it where only forms are consumed, or else the one or the other.
    fn both(&mut self, body: &Found, mut fields: Vec<Found>, consumes: Option<&[String]>, at: &Pointer) -> Value {
        let consumed = consumes.unwrap_or(&self.consumes);
        if !consumed.is_empty() && consumed.iter().all(|one| media::is_form(one)) {
            let message = format!("the body was read as the field `{}` of the form beside it: a request has one payload", body.name());
            self.report(Code::REPAIR_SHAPE, &body.written, message);
            fields.insert(0, body.clone());
            return self.form_body(&fields, consumes, at);
        }
        let (forms, others): (Vec<String>, Vec<String>) = consumed.iter().cloned().partition(|one| media::is_form(one));
        let message = "a body and a form were read as alternatives: a request has one payload";
        self.report(Code::REPAIR_SHAPE, &body.written, message);
        let mut whole = self.form_body(&fields, Some(&forms), at);
        let one = self.one_body(body, Some(&others), &at.child("requestBody"));
        if let (Value::Object(whole), Value::Object(mut one)) = (&mut whole, one) {
            let required = whole.contains_key("required") && one.get("required") == Some(&Value::Bool(true));
            if let (Some(Value::Object(content)), Some(Value::Object(mut both))) = (whole.get_mut("content"), one.shift_remove("content")) {
                both.append(content);
                *content = both;
            }
            whole.extend(one);
            whole.insert("required".to_owned(), Value::Bool(required));
        }
        whole
    }

    /// Several bodies -> one object that has them as properties.
    fn several(&mut self, bodies: &[Found], fields: Vec<Found>, consumes: Option<&[String]>, at: &Pointer) -> Value {
        let (mut properties, mut required) = (Object::new(), Vec::new());
        for body in bodies {
            let mut parameter = body.parameter.clone();
            let message = format!("several bodies were read as one object: this one is its property `{}`", body.name());
            self.report(Code::REPAIR_SHAPE, &body.written, message);
            if parameter.get("required") == Some(&Value::Bool(true)) {
                required.push(json!(body.name()));
            }
            let schema = match parameter.shift_remove("schema") {
                Some(schema) => schema,
                None => Value::Object(self.schema(&mut parameter, &body.written, "a body")),
            };
            properties.insert(body.name().to_owned(), schema);
        }
        let (mut schema, mut parameter) = (Object::new(), Object::new());
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        if !required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(required));
            parameter.insert("required".to_owned(), json!(true));
        }
        parameter.insert("schema".to_owned(), Value::Object(schema));
        let Some(first) = bodies.first() else { return Value::Null };
        let one = Found { parameter, written: first.written.clone(), shared: None };
        if fields.is_empty() { self.one_body(&one, consumes, &at.child("requestBody")) } else { self.both(&one, fields, consumes, at) }
    }
}
