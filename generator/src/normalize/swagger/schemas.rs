//! Schemas of 2.0 in the words of 3.0: the name of a discriminator becomes an object.

use serde_json::{Value, json};

use super::Object;
use crate::normalize::dialect::nullable;

/// One schema, before its shape is checked.
pub(in crate::normalize) fn spell(schema: &mut Object) {
    if let Some(Value::String(name)) = schema.get("discriminator") {
        let object = json!({ "propertyName": name });
        schema.insert("discriminator".to_owned(), object);
    }
    // Before a reference loses what stands beside it.
    nullable::extension(schema);
}
