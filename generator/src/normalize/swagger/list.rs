//! `collectionFormat` becomes `style` and `explode`. Where no style separates items as it does, the list is one text, which
//! the caller puts together, and the schema of the list is carried along.

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Place, Severity};
use crate::normalize::context::brief;
use crate::normalize::origins::CARRIED;
use crate::source::Pointer;

use super::{Object, Swagger, text};

/// What a list is a part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wire {
    Query,
    /// A path, a header, a header of a response.
    Simple,
    Urlencoded,
    Multipart,
}

/// How the items of a list are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Items {
    /// As they are there anyway.
    AsUsual,
    /// In a style, exploded or not.
    Style(&'static str, bool),
    /// As one text, with this between them.
    Text(char),
}

impl Swagger<'_, '_> {
    /// How the list in `schema` is written whose owner, a parameter or header, stands at a place. The owner's word of it is
    /// taken away; lists in the list become texts.
    pub(super) fn list(&mut self, owner: &mut Object, schema: &mut Object, wire: Wire, at: &Pointer) -> Items {
        let format = owner.shift_remove("collectionFormat");
        if text(schema, "type") != Some("array") {
            return Items::AsUsual;
        }
        if let Some(Value::Object(items)) = schema.get_mut("items") {
            let inner = items.shift_remove("collectionFormat");
            if text(items, "type") == Some("array") {
                let delimiter = self.delimiter(inner, &at.child("items")).unwrap_or(',');
                self.as_text(items, delimiter, &at.child("items"));
            }
        }
        let is_files = schema.get("items").and_then(|items| items.get("type")?.as_str()) == Some("file");
        let delimiter = self.delimiter(format, at);
        let items = match (wire, delimiter) {
            // Files cannot stand in one text.
            (Wire::Multipart, _) if is_files => Items::AsUsual,
            (Wire::Query | Wire::Urlencoded, Some(',')) => Items::Style("form", false),
            (Wire::Query | Wire::Urlencoded, Some(' ')) => Items::Style("spaceDelimited", false),
            (Wire::Query | Wire::Urlencoded, Some('|')) => Items::Style("pipeDelimited", false),
            (Wire::Query, None) => Items::Style("form", true),
            (Wire::Urlencoded | Wire::Multipart, None) | (Wire::Simple, Some(',')) => Items::AsUsual,
            (Wire::Simple, None) => {
                let message = "`multi` was read as `csv`: it is for queries and forms only";
                self.report(Code::REPAIR_SHAPE, &at.child("collectionFormat"), message);
                Items::AsUsual
            }
            (_, Some(delimiter)) => Items::Text(delimiter),
        };
        if let Items::Text(delimiter) = items {
            self.as_text(schema, delimiter, at);
        }
        items
    }

    /// What stands between items; `None` for a name and value each.
    fn delimiter(&mut self, format: Option<Value>, at: &Pointer) -> Option<char> {
        let Some(format) = format else { return Some(',') };
        let word = format.as_str().map(str::to_ascii_lowercase);
        match word.as_deref() {
            Some("csv") => Some(','),
            Some("ssv") => Some(' '),
            Some("tsv") => Some('\t'),
            Some("pipes") => Some('|'),
            Some("multi") => None,
            _ => {
                let message = format!("{} was read as \"csv\": there is no such `collectionFormat`", brief(&format));
                self.report(Code::REPAIR_SHAPE, &at.child("collectionFormat"), message);
                Some(',')
            }
        }
    }

    /// A list becomes the text of it.
    fn as_text(&mut self, schema: &mut Object, delimiter: char, at: &Pointer) {
        let name = match delimiter {
            '\t' => "a tab",
            ' ' => "a blank",
            '|' => "a bar",
            _ => "a comma",
        };
        let message = format!("a list with {name} between its items has no style in OpenAPI 3.0 here; it is carried as one text");
        let mut note = Diagnostic::new(Code::PARAMETER_TEXT, message).at(Place::at(at));
        note.severity = Severity::Note;
        self.context.say(note);
        let list = std::mem::take(schema);
        schema.insert("type".to_owned(), json!("string"));
        if let Some(description) = list.get("description") {
            schema.insert("description".to_owned(), description.clone());
        }
        if let Some(value) = list.get("default") {
            schema.insert("default".to_owned(), joined(value, delimiter));
        }
        schema.insert(format!("{CARRIED}list"), json!({ "delimiter": delimiter.to_string(), "schema": list }));
    }
}

/// The text of a list of scalars; other values stay.
pub(super) fn joined(value: &Value, delimiter: char) -> Value {
    let Value::Array(list) = value else { return value.clone() };
    let words: Vec<String> = list.iter().map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned)).collect();
    Value::String(words.join(&delimiter.to_string()))
}
