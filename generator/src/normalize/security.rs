//! Security requirements name declared schemes: an alternative with an unknown one goes if another remains; if none does,
//! the scheme is declared as one that nobody can satisfy by chance, so that the operation stays closed.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::source::Pointer;

use super::at::METHODS;
use super::callbacks;
use super::context::Context;

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
