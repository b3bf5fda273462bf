//! Overlays (OpenAPI Overlay Specification 1.0 and 1.1): changes to a document that stand in a file of their own.

use std::path::Path;

use serde_json::Value;
use serde_json_path::JsonPath;

use super::context::Context;
use super::origins::Origin;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::source::{Document, Duplicate, FileId, Pointer};

/// The overlays of a run, in the order in which they are applied.
#[derive(Debug, Default)]
pub struct Overlays {
    actions: Vec<Action>,
}

/// One change.
#[derive(Debug)]
struct Action {
    file: FileId,
    /// The action in its file.
    pointer: Pointer,
    /// The file name that `extends` ends in; `None` for any document.
    extends: Option<String>,
    target: JsonPath,
    change: Change,
    /// Whether a list is joined to a list (1.1) or becomes an entry of it (1.0).
    joins_lists: bool,
    matched: bool,
}

#[derive(Debug)]
enum Change {
    Remove,
    Update(Value),
    /// The value at another place of the document (1.1).
    Copy(JsonPath),
}

impl Overlays {
    /// Reads overlays. What cannot be read is an error, with its place.
    pub fn new(documents: Vec<Document>, diagnostics: &mut Diagnostics) -> Self {
        let mut actions = Vec::new();
        for document in documents {
            if let Err(diagnostic) = read(&document, &mut actions) {
                diagnostics.push(*diagnostic);
            }
        }
        Self { actions }
    }

    /// Applies all changes to a document, one after the other: each sees what the ones before it did.
    pub(super) fn apply(&mut self, path: &Path, tree: &mut Value, duplicates: &mut Vec<Duplicate>, context: &mut Context<'_>) {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        for action in &mut self.actions {
            if action.extends.is_none() || action.extends == name {
                action.apply(tree, duplicates, context);
            }
        }
    }

    /// Says which actions found nothing in any document.
    pub(super) fn finish(&self, diagnostics: &mut Diagnostics) {
        for action in self.actions.iter().filter(|action| !action.matched) {
            let message = format!("the target `{}` selects nothing", action.target);
            diagnostics.push(Diagnostic::new(Code::OVERLAY_UNMATCHED, message).at(action.place("target")).hint(UNMATCHED));
        }
    }
}

const UNMATCHED: &str = "the document may have changed, or an earlier action removed it; the target is a JSONPath (RFC 9535)";

impl Action {
    fn place(&self, key: &str) -> Place {
        Place::Written { file: self.file, pointer: self.pointer.child(key), key: false, occurrence: 0 }
    }

    fn origin(&self, key: &str) -> Origin {
        Origin { file: self.file, pointer: self.pointer.child(key), occurrence: 0 }
    }

    fn apply(&mut self, tree: &mut Value, duplicates: &mut Vec<Duplicate>, context: &mut Context<'_>) {
        let mut targets = select(&self.target, tree);
        self.matched |= !targets.is_empty();
        match &self.change {
            Change::Remove => {
                // From the end, so that an index still means what it meant.
                targets.reverse();
                for target in &targets {
                    remove(tree, target, context);
                    duplicates.retain(|duplicate| !duplicate.pointer.is_within(target));
                }
            }
            Change::Update(value) => {
                for target in &targets {
                    self.merge(tree, target, value, &self.origin("update"), context);
                }
            }
            Change::Copy(source) => {
                let found = select(source, tree);
                let [from] = found.as_slice() else {
                    let message = format!("`{source}` selects {} values; a copy has one source", found.len());
                    context.diagnostics.push(Diagnostic::new(Code::OVERLAY_INVALID, message).at(self.place("copy")));
                    return;
                };
                let Some(value) = tree.pointer(from.as_str()).cloned() else { return };
                let origin = context.origins.origin(from).unwrap_or_else(|| self.origin("copy"));
                for target in &targets {
                    self.merge(tree, target, &value, &origin, context);
                }
            }
        }
    }

    /// Objects are merged property by property, lists grow, everything else is replaced.
    fn merge(&self, tree: &mut Value, at: &Pointer, update: &Value, origin: &Origin, context: &mut Context<'_>) {
        let Some(target) = tree.pointer_mut(at.as_str()) else { return };
        match (target, update) {
            (Value::Object(object), Value::Object(update)) => {
                let mut known = Vec::new();
                for (key, value) in update {
                    let below = Origin { pointer: origin.pointer.child(key), ..origin.clone() };
                    if object.contains_key(key) {
                        known.push((key, value, below));
                    } else {
                        object.insert(key.clone(), value.clone());
                        context.origins.set(&at.child(key), below);
                    }
                }
                for (key, value, below) in known {
                    self.merge(tree, &at.child(key), value, &below, context);
                }
            }
            (Value::Array(list), Value::Array(more)) if self.joins_lists => {
                for (index, value) in more.iter().enumerate() {
                    context.origins.set(&at.child(list.len()), Origin { pointer: origin.pointer.child(index), ..origin.clone() });
                    list.push(value.clone());
                }
            }
            (Value::Array(list), value) => {
                context.origins.set(&at.child(list.len()), origin.clone());
                list.push(value.clone());
            }
            (target, value) => {
                *target = value.clone();
                context.origins.set(at, origin.clone());
            }
        }
    }
}

/// The places that a path selects, in the document's order.
fn select(path: &JsonPath, tree: &Value) -> Vec<Pointer> {
    let mut seen = std::collections::BTreeSet::new();
    let pointers = path.query_located(tree).all().into_iter().filter_map(|node| Pointer::parse(&node.location().to_json_pointer()));
    pointers.filter(|pointer| seen.insert(pointer.clone())).collect()
}

fn remove(tree: &mut Value, target: &Pointer, context: &mut Context<'_>) {
    let (Some(parent), Some(last)) = (target.parent(), target.last()) else { return };
    match tree.pointer_mut(parent.as_str()) {
        Some(Value::Object(object)) => {
            object.shift_remove(&last);
        }
        Some(Value::Array(list)) => {
            if let Some(index) = last.parse::<usize>().ok().filter(|index| *index < list.len()) {
                let kept: Vec<usize> = (0..list.len()).filter(|other| *other != index).collect();
                list.remove(index);
                context.origins.reindexed(&parent, &kept);
            }
        }
        _ => {}
    }
}

/// Reads one overlay and adds its actions.
fn read(document: &Document, actions: &mut Vec<Action>) -> Result<(), Box<Diagnostic>> {
    let root = Pointer::root();
    let fault = |pointer: &Pointer, message: String| {
        let place = Place::Written { file: document.file, pointer: pointer.clone(), key: false, occurrence: 0 };
        Box::new(Diagnostic::new(Code::OVERLAY_INVALID, message).at(place))
    };
    let Some(version) = document.value.get("overlay") else {
        return Err(fault(&root, "this is no overlay: the key `overlay` with its version is missing".to_owned()));
    };
    let version = version.as_str().map_or_else(|| version.to_string(), str::to_owned);
    if version != "1" && !version.starts_with("1.") {
        return Err(fault(&root.child("overlay"), format!("overlays of version {version} are not read; 1.0 and 1.1 are")));
    }
    let joins_lists = !version.starts_with("1.0");
    let extends = document.value.get("extends").and_then(Value::as_str).filter(|uri| !uri.contains("://"));
    let extends = extends.and_then(|uri| uri.rsplit('/').next()).map(str::to_owned);
    let Some(Value::Array(list)) = document.value.get("actions") else {
        return Err(fault(&root.child("actions"), "an overlay has a list `actions`".to_owned()));
    };
    for (index, action) in list.iter().enumerate() {
        let pointer = root.child("actions").child(index);
        let path = |key: &str, text: &Value| {
            let text = text.as_str().unwrap_or_default();
            JsonPath::parse(text).map_err(|error| fault(&pointer.child(key), format!("`{text}` is no JSONPath: {error}")))
        };
        let Some(target) = action.get("target") else {
            return Err(fault(&pointer, "an action has a `target`".to_owned()));
        };
        let target = path("target", target)?;
        let change = match (action.get("remove"), action.get("update"), action.get("copy")) {
            (Some(Value::Bool(true)), ..) => Change::Remove,
            (_, Some(update), _) => Change::Update(update.clone()),
            (_, None, Some(copy)) => Change::Copy(path("copy", copy)?),
            _ => return Err(fault(&pointer, "an action has `update`, `copy` or `remove: true`".to_owned())),
        };
        actions.push(Action { file: document.file, pointer, extends: extends.clone(), target, change, joins_lists, matched: false });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::origins::Origins;
    use super::*;

    fn document() -> Value {
        json!({
            "info": { "title": "Lamps" },
            "tags": [{ "name": "a" }, { "name": "b" }, { "name": "c" }],
            "paths": { "/a": { "get": { "deprecated": true, "tags": ["x"] } }, "/b": { "get": { "tags": [] } } },
        })
    }

    fn overlay(version: &str, actions: Value) -> Document {
        Document { file: FileId(1), value: json!({ "overlay": version, "actions": actions }), duplicates: Vec::new() }
    }

    /// The document after an overlay, where some of its parts come from, and what was said.
    fn applied(overlay: Document, wheres: &[&str]) -> (Value, Vec<String>, Vec<String>) {
        let mut diagnostics = Diagnostics::default();
        let mut tree = document();
        let mut overlays = Overlays::new(vec![overlay], &mut diagnostics);
        let mut context = Context { diagnostics: &mut diagnostics, origins: Origins::of(FileId(0)), modern: false, swagger: false };
        overlays.apply(Path::new("lamps.yaml"), &mut tree, &mut Vec::new(), &mut context);
        let shown = |text: &&str| {
            let origin = context.origins.origin(&Pointer::parse(text).unwrap()).unwrap();
            format!("{}#{}", origin.file.0, origin.pointer)
        };
        let shown = wheres.iter().map(shown).collect();
        overlays.finish(&mut diagnostics);
        let said = diagnostics.iter().map(|found| format!("{}: {} {:?}", found.code, found.message, found.place)).collect();
        (tree, shown, said)
    }

    #[test]
    fn objects_merge_lists_grow_and_scalars_are_replaced() {
        let update = json!([{ "target": "$", "update": { "info": { "title": "Bulbs", "version": "2" }, "tags": { "name": "d" } } }]);
        let (tree, wheres, said) = applied(overlay("1.0.0", update), &["/info/title", "/info", "/tags/3/name", "/tags/0"]);
        assert_eq!(tree["info"], json!({ "title": "Bulbs", "version": "2" }));
        assert_eq!(tree["tags"][3], json!({ "name": "d" }));
        assert_eq!(wheres, ["1#/actions/0/update/info/title", "0#/info", "1#/actions/0/update/tags/name", "0#/tags/0"]);
        assert!(said.is_empty(), "{said:?}");
    }

    #[test]
    fn a_list_in_a_list_depends_on_the_version() {
        let actions = json!([{ "target": "$.paths['/a'].get.tags", "update": ["y", "z"] }]);
        assert_eq!(applied(overlay("1.0.0", actions.clone()), &[]).0["paths"]["/a"]["get"]["tags"], json!(["x", ["y", "z"]]));
        assert_eq!(applied(overlay("1.1.0", actions), &[]).0["paths"]["/a"]["get"]["tags"], json!(["x", "y", "z"]));
    }

    #[test]
    fn what_is_removed_leaves_no_gap() {
        let actions =
            json!([{ "target": "$.tags[?@.name != 'b']", "remove": true }, { "target": "$.paths.*.get.deprecated", "remove": true }]);
        let (tree, wheres, said) = applied(overlay("1.0.0", actions), &["/tags/0"]);
        assert_eq!(tree["tags"], json!([{ "name": "b" }]));
        assert_eq!(tree["paths"]["/a"]["get"], json!({ "tags": ["x"] }));
        assert_eq!(wheres, ["0#/tags/1"]);
        assert!(said.is_empty(), "{said:?}");
    }

    #[test]
    fn a_copy_has_one_source_and_its_place() {
        let actions = json!([{ "target": "$.paths['/b']", "copy": "$.paths['/a']" }]);
        let (tree, wheres, _) = applied(overlay("1.1.0", actions), &["/paths/~1b/get/deprecated"]);
        assert_eq!(tree["paths"]["/b"]["get"], json!({ "tags": ["x"], "deprecated": true }));
        assert_eq!(wheres, ["0#/paths/~1a/get/deprecated"]);
        let (_, _, said) = applied(overlay("1.1.0", json!([{ "target": "$.info", "copy": "$.tags[*]" }])), &[]);
        assert!(said[0].starts_with("overlay/invalid: `$.tags[*]` selects 3 values"), "{said:?}");
    }

    #[test]
    fn each_action_sees_what_the_ones_before_it_did() {
        let actions = json!([{ "target": "$.info", "update": { "x-new": {} } }, { "target": "$.info['x-new']", "update": { "a": 1 } }]);
        let (tree, wheres, said) = applied(overlay("1.0.0", actions), &["/info/x-new/a"]);
        assert_eq!((tree["info"]["x-new"].clone(), wheres), (json!({ "a": 1 }), vec!["1#/actions/1/update/a".to_owned()]));
        assert!(said.is_empty(), "{said:?}");
    }

    #[test]
    fn faults_have_a_place_in_the_overlay() {
        for (overlay, said_first, pointer) in [
            (
                overlay("1.0.0", json!([{ "target": "$.nothing", "remove": true }])),
                "overlay/unmatched: the target `$.nothing`",
                "/actions/0/target",
            ),
            (
                overlay("1.0.0", json!([{ "target": "$.info", "remove": true }, { "target": "paths", "update": {} }])),
                "overlay/invalid: `paths` is no JSONPath",
                "/actions/1/target",
            ),
            (overlay("1.0.0", json!([{ "target": "$.info" }])), "overlay/invalid: an action has `update`", "/actions/0"),
            (overlay("1.0.0", json!([{ "update": {} }])), "overlay/invalid: an action has a `target`", "/actions/0"),
            (overlay("1.0.0", json!({})), "overlay/invalid: an overlay has a list", "/actions"),
            (overlay("2.0.0", json!([])), "overlay/invalid: overlays of version 2.0.0", "/overlay"),
            (
                Document { file: FileId(1), value: json!({ "openapi": "3.0.3" }), duplicates: Vec::new() },
                "overlay/invalid: this is no overlay",
                "",
            ),
        ] {
            let (_, _, said) = applied(overlay, &[]);
            assert!(said.len() == 1 && said[0].starts_with(said_first) && said[0].contains(&format!("Pointer({pointer:?})")), "{said:?}");
        }
    }

    #[test]
    fn an_overlay_that_extends_another_document_leaves_this_one_alone() {
        for (extends, title) in
            [("lamps.yaml", "X"), ("./specs/lamps.yaml", "X"), ("other.yaml", "Lamps"), ("https://a.example/other.yaml", "X")]
        {
            let mut overlay = overlay("1.0.0", json!([{ "target": "$.info", "update": { "title": "X" } }]));
            overlay.value["extends"] = extends.into();
            assert_eq!(applied(overlay, &[]).0["info"]["title"], title, "{extends}");
        }
    }
}
