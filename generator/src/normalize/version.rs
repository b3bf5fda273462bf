//! What a document claims to be: only Swagger 2.0 and OpenAPI 3 go on.

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
    if let Some(key) = ["swagger", "swaggerVersion"].into_iter().find(|key| root.contains_key(*key))
        && !root.contains_key("openapi")
    {
        return swagger(root, key, context);
    }
    let place = Pointer::root().child("openapi");
    let Some(text) = version_text(root, "openapi", context) else {
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

/// Swagger 2.0 goes on as that, and no other version of it.
fn swagger(root: &mut Map<String, Value>, key: &str, context: &mut Context<'_>) -> bool {
    let text = version_text(root, key, context).unwrap_or_else(|| root.get(key).map(brief).unwrap_or_default());
    context.swagger = key == "swagger" && matches!(text.trim(), "2" | "2.0" | "2.0.0");
    if !context.swagger {
        refuse(context, Code::DOCUMENT_VERSION, &format!("this is Swagger {text}, which is not read"), &Pointer::root().child(key));
    }
    context.swagger
}

/// The version as written; a number is mended.
fn version_text(root: &mut Map<String, Value>, key: &str, context: &mut Context<'_>) -> Option<String> {
    let version = root.get_mut(key)?;
    if let Value::Number(number) = version {
        let mut text = number.to_string();
        if !text.contains('.') {
            text.push_str(".0");
        }
        let place = Place::at(&Pointer::root().child(key));
        context.say(Diagnostic::new(Code::REPAIR_TYPE, format!("the number {number} was read as the version \"{text}\"")).at(place));
        *version = Value::String(text);
    }
    version.as_str().map(str::to_owned)
}

fn refuse(context: &mut Context<'_>, code: Code, message: &str, pointer: &Pointer) {
    context.say(
        Diagnostic::new(code, message).at(Place::at(pointer)).hint("documents of Swagger 2.0 and of OpenAPI 3.0, 3.1 and 3.2 can be read"),
    );
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
