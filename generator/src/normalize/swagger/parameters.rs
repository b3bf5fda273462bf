//! Parameters of path, query and header: `type` and its like move into a `schema`, and `collectionFormat` becomes a style.
//! Headers of responses are the same thing.

use serde_json::{Value, json};

use crate::diagnostic::Code;
use crate::normalize::parts::SCHEMA_WORDS;
use crate::source::Pointer;

use super::list::{Items, Wire, joined};
use super::{Object, Swagger, text};

impl Swagger<'_, '_> {
    /// A parameter that is neither body nor form, or a header; where it was written, and where it stands.
    pub(super) fn parameter(&mut self, parameter: &mut Object, written: &Pointer, at: &Pointer) {
        let wire = match text(parameter, "in") {
            Some("query") => Wire::Query,
            Some("cookie") => {
                self.report(Code::REPAIR_SHAPE, &written.child("in"), "a parameter in a cookie was read as OpenAPI 3.0 has it");
                Wire::Query
            }
            _ => Wire::Simple,
        };
        if parameter.contains_key("content") && !parameter.contains_key("type") {
            self.as_three(&written.child("content"), "content");
            return;
        }
        let mut schema = self.schema(parameter, written, "a parameter");
        let items = self.list(parameter, &mut schema, wire, written);
        self.examples(parameter, items, at);
        self.context.origins.moved(written, &at.child("schema"));
        match items {
            Items::Style(style, explode) if wire == Wire::Query => {
                parameter.entry("style").or_insert_with(|| json!(style));
                parameter.entry("explode").or_insert_with(|| json!(explode));
            }
            Items::AsUsual | Items::Style(..) | Items::Text(_) => {}
        }
        parameter.insert("schema".to_owned(), Value::Object(schema));
    }

    /// Takes `type` and its like out of a parameter, form field or header.
    pub(super) fn schema(&mut self, owner: &mut Object, written: &Pointer, what: &str) -> Object {
        if let Some(Value::Object(schema)) = owner.get("schema") {
            let schema = schema.clone();
            owner.shift_remove("schema");
            self.report_key(
                Code::REPAIR_SHAPE,
                &written.child("schema"),
                format!("`schema` was read in place of `type`: in Swagger 2.0, {what} has none"),
            );
            return schema;
        }
        let mut schema = Object::new();
        for key in SCHEMA_WORDS {
            if let Some(value) = owner.shift_remove(key) {
                schema.insert(key.to_owned(), value);
            }
        }
        if !schema.contains_key("type") {
            let kind = if schema.contains_key("items") { "array" } else { "string" };
            self.report(Code::REPAIR_MISSING, written, format!("`type` is missing in {what}; it was read as `{kind}`"));
            schema.insert("type".to_owned(), json!(kind));
        }
        if text(&schema, "type") == Some("array") && !schema.contains_key("items") {
            self.report(Code::REPAIR_MISSING, written, "`items` is missing from a list; its items were read as texts");
            schema.insert("items".to_owned(), json!({ "type": "string" }));
        }
        schema
    }

    /// `x-example` -> `example`.
    pub(super) fn examples(&mut self, owner: &mut Object, items: Items, at: &Pointer) {
        if let Some(example) = owner.shift_remove("x-example") {
            self.context.origins.moved(&at.child("x-example"), &at.child("example"));
            owner.entry("example").or_insert(example);
        }
        if let (Items::Text(delimiter), Some(example)) = (items, owner.get_mut("example")) {
            *example = joined(example, delimiter);
        }
    }

    /// Says that a key of OpenAPI 3 was read as that.
    pub(super) fn as_three(&mut self, pointer: &Pointer, key: &str) {
        self.report_key(Code::REPAIR_SHAPE, pointer, format!("`{key}` is no key of Swagger 2.0; it was read as OpenAPI 3.0 has it"));
    }
}
