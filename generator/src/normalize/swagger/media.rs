//! `consumes` and `produces`: lists of media types, mended where they are written otherwise.

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::normalize::context::{Context, brief};
use crate::source::Pointer;

use super::Object;

/// Takes the list away from its owner; `None` if there is none. An empty one says that there is nothing to choose from.
pub(super) fn types(owner: &mut Object, key: &str, at: &Pointer, context: &mut Context<'_>) -> Option<Vec<String>> {
    let written = owner.shift_remove(key)?;
    let here = at.child(key);
    let mut report = |place: &Pointer, message: String| context.say(Diagnostic::new(Code::REPAIR_TYPE, message).at(Place::at(place)));
    let list = match written {
        Value::Array(list) => list,
        Value::Null => return None,
        Value::String(one) => {
            report(&here, format!("{} was read as a list with one element", brief(&json!(one))));
            one.split(',').map(Value::from).collect()
        }
        other => {
            report(&here, format!("{} was left out: this must be a list of media types", brief(&other)));
            return None;
        }
    };
    let mut types = Vec::with_capacity(list.len());
    for (index, one) in list.iter().enumerate() {
        let media_type = one.as_str().map(str::trim).unwrap_or_default();
        let meant = match media_type.to_ascii_lowercase().as_str() {
            "json" => "application/json",
            "xml" => "application/xml",
            "form" | "urlencoded" | "x-www-form-urlencoded" => URLENCODED,
            "multipart" | "form-data" => MULTIPART,
            "text" => "text/plain",
            _ => media_type,
        };
        if !meant.contains('/') {
            report(&here.child(index), format!("{} was left out: it is no media type", brief(one)));
            continue;
        }
        if meant != media_type {
            report(&here.child(index), format!("`{media_type}` was read as `{meant}`"));
        }
        if !types.iter().any(|known| known == meant) {
            types.push(meant.to_owned());
        }
    }
    Some(types)
}

pub(super) const JSON: &str = "application/json";
pub(super) const URLENCODED: &str = "application/x-www-form-urlencoded";
pub(super) const MULTIPART: &str = "multipart/form-data";
pub(super) const BYTES: &str = "application/octet-stream";

pub(super) use crate::media_type::essence;

/// Whether a media type is one of the two that form parameters are sent in.
pub(super) fn is_form(media_type: &str) -> bool {
    matches!(essence(media_type).as_str(), URLENCODED | MULTIPART)
}

/// Whether bytes can be sent as this: of JSON, XML and forms the structure is known.
pub(super) fn is_raw(media_type: &str) -> bool {
    let essence = essence(media_type);
    let subtype = essence.split_once('/').map_or("", |(_, subtype)| subtype);
    let structured = |name: &str| subtype == name || subtype.strip_suffix(name).is_some_and(|start| start.ends_with('+'));
    let is_structured = structured("json") || structured("xml") && !essence.starts_with("image/");
    !is_form(&essence) && !is_structured
}
