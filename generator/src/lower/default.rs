//! `default`: said in a property's docs, and complained about where its own schema does not allow it. Nobody fills one in:
//! what was absent stays absent, so that nothing is sent which the caller did not say.

use serde_json::Value;

use super::Lowering;
use super::view::{Target, Use, View};
use crate::diagnostic::{Code, Diagnostic, Place};

/// A default that is longer says no more than the schema does.
const LONGEST: usize = 80;

impl<'a> Lowering<'a> {
    /// Warns of defaults that the schemas, all of which hold, do not allow.
    pub(super) fn check_defaults(&mut self, parts: &[Use<'a>]) {
        let defaults = parts.iter().filter_map(|part| Some((default(part)?, &part.pointer)));
        let defaults: Vec<_> = defaults.collect();
        if defaults.is_empty() {
            return;
        }
        let view = self.fold(parts);
        for (value, pointer) in defaults {
            if !allows(&view, value) {
                let message = format!("the default {} is no value that the schema allows", short(value));
                let hint = "change it, or leave it out; it is not sent";
                self.report(Diagnostic::new(Code::SCHEMA_DEFAULT, message).at(Place::at(&pointer.child("default"))).hint(hint));
            }
        }
    }
}

/// A property's docs with its default, if it has one that is short.
pub(super) fn documented(docs: Option<String>, uses: &[Use<'_>]) -> Option<String> {
    let value = uses.iter().find_map(default).filter(|value| !value.is_null()).map(Value::to_string);
    let Some(value) = value.filter(|value| value.len() <= LONGEST && !value.contains(['`', '\\'])) else { return docs };
    let line = format!("Default: `{value}`.");
    Some(docs.map_or_else(|| line.clone(), |docs| format!("{docs}\n\n{line}")))
}

fn default<'a>(part: &Use<'a>) -> Option<&'a Value> {
    match part.schema {
        Target::Item(schema) => schema.schema_data.default.as_ref(),
        Target::Reference(_) => None,
    }
}

/// Whether a value is of a schema's type and among its values.
fn allows(view: &View<'_>, value: &Value) -> bool {
    let is = |name: &str| match name {
        "string" => value.is_string(),
        "integer" => value.as_f64().is_some_and(|number| number.fract() == 0.0),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    };
    let same = |known: &Value| known == value || (known.is_number() && known.as_f64() == value.as_f64());
    if value.is_null() || !view.choices.is_empty() {
        return view.nullable || !view.choices.is_empty() || view.types.is_empty();
    }
    view.types.iter().all(|name| is(name)) && (view.values.is_empty() || view.values.iter().any(same))
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}
