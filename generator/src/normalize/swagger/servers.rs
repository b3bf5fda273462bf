//! `host`, `basePath` and `schemes` become `servers`: one for each scheme, a relative one where the host is not known.

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Place, Severity};
use crate::normalize::context::{Context, brief};
use crate::source::Pointer;

use super::Object;

/// Where the API is.
#[derive(Debug, Default)]
pub(super) struct Base {
    host: Option<String>,
    path: String,
    schemes: Vec<String>,
}

/// Takes `host`, `basePath` and `schemes` of the document and adds its servers.
pub(super) fn of_document(root: &mut Object, context: &mut Context<'_>) -> Base {
    let here = Pointer::root();
    let Some(written) = ["host", "basePath", "schemes"].iter().find(|key| root.contains_key(**key)).map(|key| here.child(key)) else {
        return Base::default();
    };
    let mut base = Base::default();
    let (mut prefix, path) = (None, address(root, "basePath", context).unwrap_or_default());
    if let Some(host) = address(root, "host", context) {
        let mut rest = host.as_str();
        if let Some((scheme, behind)) = host.split_once("://") {
            let message = format!("`{scheme}://` was read as one of the `schemes`: a host has none");
            context.say(Diagnostic::new(Code::REPAIR_SHAPE, message).at(Place::at(&here.child("host"))));
            prefix = Some(scheme.to_owned());
            rest = behind;
        }
        base.host = Some(rest.trim_end_matches('/').to_owned()).filter(|host| !host.is_empty());
    }
    if !(path.is_empty() || path.starts_with('/')) {
        let message = format!("the base path `{path}` was read as `/{path}`");
        context.say(Diagnostic::new(Code::REPAIR_SHAPE, message).at(Place::at(&here.child("basePath"))));
    }
    base.path = match path.trim_matches('/') {
        "" => String::new(),
        path => format!("/{path}"),
    };
    base.schemes = schemes(root, &here, context).unwrap_or_default();
    base.schemes.extend(prefix.filter(|_| base.schemes.is_empty()));
    if root.contains_key("servers") {
        let message = "`servers` was left out: in Swagger 2.0, `host`, `basePath` and `schemes` say where the API is";
        context.say(Diagnostic::new(Code::REPAIR_STRAY_KEY, message).at(Place::key(&here.child("servers"))));
    }
    context.origins.moved(&written, &here.child("servers"));
    root.insert("servers".to_owned(), base.servers(&base.schemes));
    base
}

/// `schemes` of an operation -> `servers` of it, unless they say what the document says.
pub(super) fn of_operation(operation: &mut Object, at: &Pointer, base: &Base, context: &mut Context<'_>) {
    let Some(schemes) = schemes(operation, at, context) else { return };
    let is_same = schemes.len() == base.schemes.len() && schemes.iter().all(|scheme| base.schemes.contains(scheme));
    if is_same || schemes.is_empty() {
        return;
    }
    if base.host.is_none() {
        let message = "`schemes` was left out: the document names no host, so the caller names the scheme with it";
        let mut note = Diagnostic::new(Code::REPAIR_STRAY_KEY, message).at(Place::key(&at.child("schemes")));
        note.severity = Severity::Note;
        context.say(note);
        return;
    }
    context.origins.moved(&at.child("schemes"), &at.child("servers"));
    operation.entry("servers").or_insert_with(|| base.servers(&schemes));
}

impl Base {
    /// Without a scheme, that of the document itself counts, which is not known: the safe one is taken.
    fn servers(&self, schemes: &[String]) -> Value {
        let path = &self.path;
        let urls: Vec<String> = match &self.host {
            None if path.is_empty() => vec!["/".to_owned()],
            None => vec![path.clone()],
            Some(host) if schemes.is_empty() => vec![format!("https://{host}{path}")],
            Some(host) => schemes.iter().map(|scheme| format!("{scheme}://{host}{path}")).collect(),
        };
        urls.iter().map(|url| json!({ "url": url })).collect()
    }
}

/// A text without blanks around it.
fn address(root: &mut Object, key: &str, context: &mut Context<'_>) -> Option<String> {
    match root.shift_remove(key)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Null => None,
        other => {
            let message = format!("{} was left out: this must be a text", brief(&other));
            context.say(Diagnostic::new(Code::REPAIR_SHAPE, message).at(Place::at(&Pointer::root().child(key))));
            None
        }
    }
}

/// The schemes that HTTP is spoken over, the safe one first.
fn schemes(owner: &mut Object, at: &Pointer, context: &mut Context<'_>) -> Option<Vec<String>> {
    let written = match owner.shift_remove("schemes")? {
        Value::Array(list) => list,
        Value::Null => return None,
        other => vec![other],
    };
    let mut schemes = Vec::new();
    for (index, scheme) in written.iter().enumerate() {
        let name = scheme.as_str().map(|name| name.trim().trim_end_matches("://").to_ascii_lowercase());
        match name {
            Some(name) if matches!(name.as_str(), "http" | "https") => {
                if !schemes.contains(&name) {
                    schemes.push(name);
                }
            }
            _ => {
                let message = format!("{} was left out: operations are called over http and https", brief(scheme));
                let place = Place::at(&at.child("schemes").child(index));
                context.say(Diagnostic::new(Code::REPAIR_SHAPE, message).at(place));
            }
        }
    }
    Some(schemes)
}
