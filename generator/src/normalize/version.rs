//! What a document claims to be: only OpenAPI 3 goes on.

use serde_json::{Map, Value};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Pointer;

use super::context::{Context, brief};
use super::origins::CARRIED;

/// The gate: `true` if the document can be read. Sets the dialect, and repairs `openapi: 3.0` written as a number.
pub(super) fn gate(tree: &mut Value, context: &mut Context<'_>) -> bool {
    let Value::Object(root) = tree else {
        refuse(context, Code::DOCUMENT_NOT_OPENAPI, "this is no OpenAPI document: it must be an object", &Pointer::root());
        return false;
    };
    if let Some(version) = ["swagger", "swaggerVersion"].iter().find_map(|key| root.get(*key))
        && !root.contains_key("openapi")
    {
        let version = version.as_str().map_or_else(|| brief(version), str::to_owned);
        refuse(
            context,
            Code::DOCUMENT_VERSION,
            &format!("this is Swagger {version}, which is not read yet"),
            &Pointer::root().child("swagger"),
        );
        return false;
    }
    let place = Pointer::root().child("openapi");
    let Some(text) = version_text(root, context) else {
        if root.contains_key("openapi") {
            refuse(context, Code::DOCUMENT_VERSION, "`openapi` must be a version such as 3.0.3", &place);
        } else {
            refuse(context, Code::DOCUMENT_NOT_OPENAPI, "this is no OpenAPI document: `openapi` is missing", &Pointer::root());
        }
        return false;
    };
    let mut numbers = text.trim().split('.').map(|part| part.parse::<u32>().ok());
    match (numbers.next().flatten(), numbers.next().flatten()) {
        (Some(3), Some(0)) => true,
        (Some(3), Some(1 | 2)) => {
            context.modern = true;
            true
        }
        _ => {
            refuse(context, Code::DOCUMENT_VERSION, &format!("this is OpenAPI {text}, which is not read"), &place);
            false
        }
    }
}

/// The version as written; a number is mended.
fn version_text(root: &mut Map<String, Value>, context: &mut Context<'_>) -> Option<String> {
    let version = root.get_mut("openapi")?;
    if let Value::Number(number) = version {
        let mut text = number.to_string();
        if !text.contains('.') {
            text.push_str(".0");
        }
        let place = Place::at(&Pointer::root().child("openapi"));
        context.say(Diagnostic::new(Code::REPAIR_TYPE, format!("the number {number} was read as the version \"{text}\"")).at(place));
        *version = Value::String(text);
    }
    version.as_str().map(str::to_owned)
}

fn refuse(context: &mut Context<'_>, code: Code, message: &str, pointer: &Pointer) {
    context.say(Diagnostic::new(code, message).at(Place::at(pointer)).hint("documents of OpenAPI 3.0, 3.1 and 3.2 can be read"));
}

/// `openapi: 3.1.0` -> `3.0.4`, which the tree now speaks; the version as written is carried.
pub(super) fn settle(tree: &mut Value, context: &Context<'_>) {
    if let Value::Object(root) = tree
        && context.modern
        && let Some(version) = root.insert("openapi".to_owned(), Value::String("3.0.4".to_owned()))
    {
        root.insert(format!("{CARRIED}openapi"), version);
    }
}
