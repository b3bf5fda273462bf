//! References of a bundled file remember which file they speak of, wherever their object is moved.

use serde_json::Value;

use crate::source::FileId;

/// Before and after the number of the file; no reference holds it, for it is no character of a URI.
const MARK: char = '\u{1}';

/// Marks every reference of a file.
pub(super) fn mark(value: &mut Value, file: FileId) {
    each(value, &mut |text| *text = format!("{MARK}{}{MARK}{text}", file.0));
}

/// Takes the marks off again where no reference was meant: in examples and extensions.
pub(in crate::normalize) fn unmark_all(value: &mut Value) {
    each(value, &mut |text| {
        if let Some((_, plain)) = unmarked(text) {
            *text = plain.to_owned();
        }
    });
}

/// The file that a marked reference speaks of, and its text.
pub(super) fn unmarked(text: &str) -> Option<(FileId, &str)> {
    let (number, plain) = text.strip_prefix(MARK)?.split_once(MARK)?;
    Some((FileId(number.parse().ok()?), plain))
}

/// Everything that may be a reference: `$ref`, and the mapping of a discriminator.
fn each(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::Object(map) => {
            let is_discriminator = map.get("propertyName").is_some_and(Value::is_string);
            for (key, child) in map.iter_mut() {
                match child {
                    Value::String(text) if key == "$ref" => change(text),
                    Value::Object(mapping) if is_discriminator && key == "mapping" => {
                        for target in mapping.values_mut() {
                            if let Value::String(text) = target {
                                change(text);
                            }
                        }
                    }
                    child => each(child, change),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(|element| each(element, change)),
        _ => {}
    }
}
