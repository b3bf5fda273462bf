//! Schemas of 2.0 in the words of 3.0: the name of a discriminator becomes an object, and `x-nullable` is `nullable`.

use serde_json::{Value, json};

use super::Object;

/// One schema, before its shape is checked.
pub(in crate::normalize) fn spell(schema: &mut Object) {
    if let Some(Value::String(name)) = schema.get("discriminator") {
        let object = json!({ "propertyName": name });
        schema.insert("discriminator".to_owned(), object);
    }
    for key in ["x-nullable", "x-isnullable"] {
        if let Some(Value::Bool(nullable)) = schema.get(key) {
            let nullable = Value::Bool(*nullable);
            schema.entry("nullable").or_insert(nullable);
        }
    }
}
