//! Security requirements name declared schemes: an alternative with an unknown one goes if another remains; if none does,
//! the scheme is declared as one that nobody can satisfy by chance, so that the operation stays closed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Place, Severity};
use crate::source::Pointer;

use super::at::METHODS;
use super::callbacks;
use super::context::Context;
use super::paths::resolved;

/// The whole tree.
pub(super) fn requirements(tree: &mut Value, context: &mut Context<'_>) {
    let declared: BTreeSet<String> = tree
        .pointer("/components/securitySchemes")
        .and_then(Value::as_object)
        .map(|schemes| schemes.keys().cloned().collect())
        .unwrap_or_default();
    let mut invented = BTreeSet::new();
    if let Value::Object(root) = tree {
        alternatives(root, &Pointer::root(), &declared, &mut invented, context);
    }
    for item in callbacks::items(tree) {
        for pointer in METHODS.iter().map(|method| item.child(method)) {
            if let Some(Value::Object(operation)) = tree.pointer_mut(pointer.as_str()) {
                alternatives(operation, &pointer, &declared, &mut invented, context);
            }
        }
    }
    if invented.is_empty() {
        return;
    }
    let Value::Object(root) = tree else { return };
    let components = root.entry("components").or_insert_with(|| Value::Object(Map::new()));
    if let Value::Object(components) = components
        && let Value::Object(schemes) = components.entry("securitySchemes").or_insert_with(|| Value::Object(Map::new()))
    {
        for name in invented {
            let scheme: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
            schemes.insert(name, json!({ "type": "http", "scheme": format!("undeclared-{scheme}"), "x-bothends-undeclared": true }));
        }
    }
}

/// `type: mutualTLS` -> nothing: the certificate belongs to the connection, and no request shows it. An alternative of nothing
/// else goes if another one remains; if it is the only one, requests need no credential of their own.
pub(super) fn certificates(tree: &mut Value, context: &mut Context<'_>) {
    let Value::Object(root) = tree else { return };
    let schemes = root.get_mut("components").and_then(|all| all.get_mut("securitySchemes")).and_then(Value::as_object_mut);
    let Some(schemes) = schemes else { return };
    let is_certificate = |scheme: &Value| scheme.get("type").and_then(Value::as_str) == Some("mutualTLS");
    let names: BTreeSet<String> = schemes.iter().filter(|(_, scheme)| is_certificate(scheme)).map(|(name, _)| name.clone()).collect();
    if names.is_empty() {
        return;
    }
    schemes.retain(|name, _| !names.contains(name));
    for name in &names {
        let message = format!("`{name}` is the business of the connection: no request carries it, and the server cannot check it");
        let place = Place::key(&Pointer::root().join(["components", "securitySchemes", name]));
        let hint = "give the client a reqwest::Client with the certificate, and demand it where TLS ends";
        context.say(Diagnostic::new(Code::SECURITY_TRANSPORT, message).at(place).hint(hint));
    }
    without(root, &names);
    for item in callbacks::items(tree) {
        for pointer in METHODS.iter().map(|method| item.child(method)) {
            if let Some(Value::Object(operation)) = tree.pointer_mut(pointer.as_str()) {
                without(operation, &names);
            }
        }
    }
}

/// Takes schemes out of the requirements of an owner.
fn without(owner: &mut Map<String, Value>, names: &BTreeSet<String>) {
    let Some(Value::Array(list)) = owner.get_mut("security") else { return };
    let asks = |requirement: &Value| requirement.as_object().is_some_and(|all| !all.is_empty());
    let before: Vec<bool> = list.iter().map(asks).collect();
    for requirement in list.iter_mut().filter_map(Value::as_object_mut) {
        requirement.retain(|name, _| !names.contains(name));
    }
    let emptied = |(one, asked): (&Value, &bool)| *asked && !asks(one);
    if list.iter().zip(&before).any(|(one, asked)| !emptied((one, asked))) {
        let mut asked = before.iter();
        list.retain(|one| !asked.next().is_some_and(|asked| emptied((one, asked))));
    } else {
        list.truncate(1);
    }
}

/// An operation that says nothing of security and declares a parameter which is the credential of a declared scheme -> one
/// that asks for that scheme.
pub(super) fn credentials(tree: &mut Value, context: &mut Context<'_>) {
    let Value::Object(root) = tree else { return };
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let parameters = root.get("components").and_then(|all| all.get("parameters")).cloned().unwrap_or_default();
    let components = json!({ "parameters": parameters });
    let schemes: Vec<(String, String, String)> = root
        .get("components")
        .and_then(|all| all.get("securitySchemes")?.as_object())
        .into_iter()
        .flatten()
        .filter(|(_, scheme)| text(scheme, "type").as_deref() == Some("apiKey"))
        .filter_map(|(id, scheme)| Some((id.clone(), text(scheme, "in")?, text(scheme, "name")?)))
        .collect();
    if schemes.is_empty() || root.contains_key("security") {
        return;
    }
    let is_same = |place: &str, one: &str, other: &str| if place == "header" { one.eq_ignore_ascii_case(other) } else { one == other };
    for (path, item) in root.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten() {
        let shared = item.get("parameters").and_then(Value::as_array).cloned().unwrap_or_default();
        for method in METHODS {
            let Some(Value::Object(operation)) = item.get_mut(method) else { continue };
            if operation.contains_key("security") {
                continue;
            }
            // The operation's own ones come first: they replace those of the path.
            let own = operation.get("parameters").and_then(Value::as_array);
            let parameters: Vec<Value> =
                own.into_iter().flatten().chain(&shared).map(|parameter| resolved(parameter, &components).clone()).collect();
            let asked = |(_, place, name): &&(String, String, String)| {
                parameters.iter().find(|parameter| {
                    text(parameter, "in").as_ref() == Some(place)
                        && text(parameter, "name").is_some_and(|found| is_same(place, name, &found))
                })
            };
            let found: Vec<_> = schemes.iter().filter_map(|scheme| Some((scheme.0.clone(), asked(&scheme)?))).collect();
            if found.is_empty() {
                continue;
            }
            let optional = found.iter().any(|(_, parameter)| parameter.get("required").and_then(Value::as_bool) != Some(true));
            let all: Map<String, Value> = found.into_iter().map(|(id, _)| (id, json!([]))).collect();
            let ids: Vec<String> = all.keys().map(|id| format!("`{id}`")).collect();
            let message =
                format!("the operation says nothing of security and takes the credential of {}; it asks for it", ids.join(" and "));
            let place = Place::key(&Pointer::root().join(["paths", path, method]));
            let mut note = Diagnostic::new(Code::PARAMETER_IGNORED, message).at(place);
            note.severity = Severity::Note;
            context.say(note);
            operation.insert("security".to_owned(), if optional { json!([all, {}]) } else { json!([all]) });
        }
    }
}

fn alternatives(
    owner: &mut Map<String, Value>,
    pointer: &Pointer,
    declared: &BTreeSet<String>,
    invented: &mut BTreeSet<String>,
    context: &mut Context<'_>,
) {
    let Some(Value::Array(list)) = owner.get_mut("security") else { return };
    let here = pointer.child("security");
    let unknown_in =
        |requirement: &Value| -> Option<String> { requirement.as_object()?.keys().find(|name| !declared.contains(*name)).cloned() };
    let kept: Vec<usize> = list.iter().enumerate().filter(|(_, one)| unknown_in(one).is_none()).map(|(index, _)| index).collect();
    if kept.len() == list.len() {
        return;
    }
    for (index, requirement) in list.iter().enumerate() {
        let Some(name) = unknown_in(requirement) else { continue };
        let outcome = if kept.is_empty() { "no request can satisfy it" } else { "this alternative was left out" };
        let diagnostic = Diagnostic::new(Code::SECURITY_UNKNOWN, format!("the security scheme `{name}` is not declared; {outcome}"));
        context.say(diagnostic.at(Place::key(&here.child(index).child(&name))).hint("declare it under components/securitySchemes"));
    }
    if kept.is_empty() {
        let names = list.iter().filter_map(Value::as_object).flat_map(Map::keys);
        invented.extend(names.filter(|name| !declared.contains(*name)).cloned());
        return;
    }
    let mut index = 0;
    list.retain(|_| {
        index += 1;
        kept.binary_search(&(index - 1)).is_ok()
    });
    context.origins.reindexed(&here, &kept);
}
