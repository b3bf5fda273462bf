//! Parameters in `formData` become the properties of an object, and `collectionFormat` the encoding of a property.

use serde_json::{Value, json};

use crate::diagnostic::Code;
use crate::normalize::origins::CARRIED;
use crate::source::Pointer;

use super::list::{Items, Wire};
use super::media::{MULTIPART, essence};
use super::operations::Found;
use super::responses::file_schema;
use super::{Object, Swagger};

impl Swagger<'_, '_> {
    /// The media type of a form that stands at `to`.
    pub(super) fn form(&mut self, fields: &[Found], media_type: &str, to: &Pointer) -> Value {
        let wire = if essence(media_type) == MULTIPART { Wire::Multipart } else { Wire::Urlencoded };
        let (mut properties, mut required, mut encoding) = (Object::new(), Vec::new(), Object::new());
        for found in fields {
            let Found { written, .. } = found;
            let name = found.name().to_owned();
            if properties.contains_key(&name) {
                self.report(Code::REPAIR_DUPLICATE_KEY, written, format!("the field `{name}` is there twice; the first one stands"));
                continue;
            }
            if found.parameter.get("required") == Some(&Value::Bool(true)) {
                required.push(json!(name));
            }
            let (property, items) = self.field(found, wire, &to.join(["schema", "properties", &name]));
            if let Items::Style(style, explode) = items {
                encoding.insert(name.clone(), json!({ "style": style, "explode": explode }));
            }
            properties.insert(name, property);
        }
        let mut schema = Object::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(properties));
        if !required.is_empty() {
            schema.insert("required".to_owned(), Value::Array(required));
        }
        let mut media = Object::new();
        media.insert("schema".to_owned(), Value::Object(schema));
        if !encoding.is_empty() {
            media.insert("encoding".to_owned(), Value::Object(encoding));
        }
        Value::Object(media)
    }

    /// One field: its schema, with what else the parameter says.
    fn field(&mut self, found: &Found, wire: Wire, to: &Pointer) -> (Value, Items) {
        let Found { parameter, written, shared: _ } = found;
        let mut parameter = parameter.clone();
        self.moved(written, to);
        if found.is_body() && parameter.get("schema").is_some_and(Value::is_object) {
            self.moved(&written.child("schema"), to);
            return (parameter.shift_remove("schema").unwrap_or_default(), Items::AsUsual);
        }
        let mut schema = self.schema(&mut parameter, written, "a form field");
        let items = self.list(&mut parameter, &mut schema, wire, written);
        self.examples(&mut parameter, items, to);
        for key in ["name", "in", "required"] {
            parameter.shift_remove(key);
        }
        if let Some(flag) = parameter.shift_remove("allowEmptyValue") {
            parameter.insert(format!("{CARRIED}allowEmptyValue"), flag);
        }
        schema.append(&mut parameter);
        let mut schema = Value::Object(schema);
        file_schema(&mut schema);
        (schema, items)
    }
}
