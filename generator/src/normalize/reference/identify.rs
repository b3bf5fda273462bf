//! References by name become references by place: `$id`, `$anchor`, `$self`, `$dynamicRef`, and `#/$defs/…` that means the
//! nearest `$defs`. (JSON Schema 2020-12, sections 8.2 and 9.2; OpenAPI 3.2, "Relative References in API Description URIs".)

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};
use url::Url;

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::normalize::at::At;
use crate::normalize::context::Context;
use crate::source::{FileId, Pointer};

use super::locate::percent_decoded;

/// Where documents without an identifier of their own are thought to lie.
const NOWHERE: &str = "https://document.invalid/";

/// Rewrites the references of one file, before anything of it is moved. Places are told as written in that file.
pub(in crate::normalize) fn identify(tree: &mut Value, file: FileId, context: &mut Context<'_>) {
    let mut names = Names::default();
    let base = Url::parse(NOWHERE).ok();
    let Some(base) = base else { return };
    each_object(tree, false, &At::ROOT, &base, &mut |map, at, base| names.add(map, at, base));
    let mut edits = Edits { tree, names: &names, is_document: tree.get("openapi").is_some(), list: Vec::new() };
    edits.walk(tree, false, &At::ROOT, &Scope { base: &base, resource: None, above: None, definitions: None });
    let list = edits.list;
    for Edit { pointer, key, text, said } in list {
        if let Some((code, message)) = said {
            let place = Place::Written { file, pointer: pointer.child(&key), key: false, occurrence: 0 };
            context.say(Diagnostic::new(code, message).at(place));
        }
        let Some(Value::Object(map)) = tree.pointer_mut(pointer.as_str()) else { continue };
        if let Some(text) = text {
            if key.starts_with("$dynamic") || key.starts_with("$recursive") {
                map.shift_remove(&key);
            }
            let key = if key.starts_with('$') { "$ref".to_owned() } else { key };
            map.insert(key, Value::String(text));
        }
    }
}

/// The schema that a file calls by this anchor, if it is the only one.
pub(super) fn anchored(tree: &Value, name: &str) -> Option<Pointer> {
    let mut names = Names::default();
    let base = Url::parse(NOWHERE).ok()?;
    each_object(tree, false, &At::ROOT, &base, &mut |map, at, base| names.add(map, at, base));
    names.anchor(&base, name).cloned()
}

/// What can be referred to by name.
#[derive(Default)]
struct Names {
    /// Absolute identifiers.
    ids: BTreeMap<String, Pointer>,
    /// Anchors, by the identifier of their resource and their name.
    anchors: BTreeMap<(String, String), Pointer>,
    /// How often each dynamic anchor is there.
    dynamic: BTreeMap<String, Vec<Pointer>>,
    /// Schemas that `$recursiveRef` may mean.
    recursive: BTreeSet<Pointer>,
}

impl Names {
    fn add(&mut self, map: &Map<String, Value>, at: &At<'_>, base: &Url) {
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        if text("$id").or_else(|| text("$self")).is_some() {
            self.ids.entry(base.as_str().to_owned()).or_insert_with(|| at.pointer());
        }
        for key in ["$anchor", "$dynamicAnchor"] {
            if let Some(name) = text(key) {
                self.anchors.entry((base.as_str().to_owned(), name.to_owned())).or_insert_with(|| at.pointer());
            }
        }
        if let Some(name) = text("$dynamicAnchor") {
            self.dynamic.entry(name.to_owned()).or_default().push(at.pointer());
        }
        if map.get("$recursiveAnchor") == Some(&Value::Bool(true)) {
            self.recursive.insert(at.pointer());
        }
    }

    /// An anchor of a resource; if it has none of this name, the only one that there is.
    fn anchor(&self, base: &Url, name: &str) -> Option<&Pointer> {
        self.anchors.get(&(base.as_str().to_owned(), name.to_owned())).or_else(|| {
            let mut same = self.anchors.iter().filter(|((_, known), _)| known == name);
            same.next().filter(|_| same.next().is_none()).map(|(_, pointer)| pointer)
        })
    }
}

/// The identifier of an object, if it has one of its own.
fn own_base(map: &Map<String, Value>, base: &Url) -> Option<Url> {
    let id = map.get("$id").or_else(|| map.get("$self")).and_then(Value::as_str)?;
    let mut own = base.join(id).ok()?;
    own.set_fragment(None);
    Some(own)
}

/// Whether a value is data and no part of the description, so that nothing in it is a reference.
fn is_data(key: &str, value: &Value, in_names: bool) -> bool {
    let is_list_of_it = key == "examples" && value.is_array();
    !in_names && (is_list_of_it || key.starts_with("x-") || matches!(key, "example" | "default" | "enum" | "const" | "value"))
}

/// Whether the keys of the object under a key are names that the author chose.
fn holds_names(key: &str) -> bool {
    // Of JSON Schema, then of OpenAPI; where `parameters` is a list there are no names in it.
    const MAPS: [&str; 22] = [
        "properties",
        "patternProperties",
        "$defs",
        "definitions",
        "dependentSchemas",
        "callbacks",
        "content",
        "encoding",
        "examples",
        "headers",
        "links",
        "mediaTypes",
        "parameters",
        "pathItems",
        "paths",
        "requestBodies",
        "responses",
        "schemas",
        "scopes",
        "securitySchemes",
        "variables",
        "webhooks",
    ];
    MAPS.contains(&key)
}

/// What is done with each object, where it stands and by which identifier it goes.
type Visit<'v> = dyn FnMut(&Map<String, Value>, &At<'_>, &Url) + 'v;

/// Visits every object that is part of the description.
fn each_object(value: &Value, in_names: bool, at: &At<'_>, base: &Url, visit: &mut Visit<'_>) {
    match value {
        Value::Object(map) => {
            let own = if in_names { None } else { own_base(map, base) };
            let base = own.as_ref().unwrap_or(base);
            if !in_names {
                visit(map, at, base);
            }
            for (key, child) in map.iter().filter(|(key, child)| !is_data(key, child, in_names)) {
                each_object(child, !in_names && holds_names(key), &at.key(key), base, visit);
            }
        }
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, child)| each_object(child, false, &at.index(index), base, visit));
        }
        _ => {}
    }
}

/// What is around a reference.
struct Scope<'s> {
    base: &'s Url,
    /// The innermost object with an identifier of its own.
    resource: Option<&'s Pointer>,
    above: Option<&'s Scope<'s>>,
    /// An object with `$defs` or `definitions`.
    definitions: Option<&'s Pointer>,
}

/// One change.
struct Edit {
    pointer: Pointer,
    key: String,
    text: Option<String>,
    said: Option<(Code, String)>,
}

struct Edits<'e> {
    tree: &'e Value,
    names: &'e Names,
    /// Whether the file is an OpenAPI document, of which `#` names no schema.
    is_document: bool,
    list: Vec<Edit>,
}

impl Edits<'_> {
    fn walk(&mut self, value: &Value, in_names: bool, at: &At<'_>, scope: &Scope<'_>) {
        match value {
            Value::Object(map) => {
                let own = if in_names { None } else { own_base(map, scope.base) };
                let here = (own.is_some() || (!in_names && ["$defs", "definitions"].iter().any(|key| map.contains_key(*key))))
                    .then(|| at.pointer());
                let inner = Scope {
                    base: own.as_ref().unwrap_or(scope.base),
                    resource: own.as_ref().and(here.as_ref()).or(scope.resource),
                    above: Some(scope),
                    definitions: here.as_ref(),
                };
                if !in_names {
                    self.references(map, at, &inner);
                }
                for (key, child) in map.iter().filter(|(key, child)| !is_data(key, child, in_names)) {
                    self.walk(child, !in_names && holds_names(key), &at.key(key), &inner);
                }
            }
            Value::Array(list) => list.iter().enumerate().for_each(|(index, child)| self.walk(child, false, &at.index(index), scope)),
            _ => {}
        }
    }

    /// `$ref`, its dynamic relatives, and the mapping of a discriminator.
    fn references(&mut self, map: &Map<String, Value>, at: &At<'_>, scope: &Scope<'_>) {
        let text = |key: &str| map.get(key).and_then(Value::as_str);
        if let Some(reference) = text("$ref")
            && let Some((text, said)) = self.meant(reference, at, scope)
        {
            self.list.push(Edit { pointer: at.pointer(), key: "$ref".to_owned(), text: Some(text), said });
        }
        for key in ["$dynamicRef", "$recursiveRef"] {
            if let Some(reference) = text(key).filter(|_| !map.contains_key("$ref")) {
                self.dynamic(key, reference, at, scope);
            }
        }
        if text("propertyName").is_some() {
            let mapping = at.key("mapping");
            for (key, target) in map.get("mapping").and_then(Value::as_object).into_iter().flatten() {
                let target = target.as_str().filter(|target| target.contains(['#', '/']));
                if let Some((text, said)) = target.and_then(|target| self.meant(target, at, scope)) {
                    self.list.push(Edit { pointer: mapping.pointer(), key: key.clone(), text: Some(text), said });
                }
            }
        }
    }

    /// The place that a reference names by other means than the path to it from the root of its file.
    fn meant(&self, reference: &str, at: &At<'_>, scope: &Scope<'_>) -> Option<(String, Option<(Code, String)>)> {
        let (path, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        if path.is_empty() {
            return self.within(reference, &percent_decoded(fragment), at, scope);
        }
        let mut whole = scope.base.join(path).ok()?;
        whole.set_fragment(None);
        let silent = |text: String| Some((text, None));
        if let Some(resource) = self.names.ids.get(whole.as_str()) {
            return silent(match fragment {
                "" => text_of(resource.as_str()),
                pointer if pointer.starts_with('/') => text_of(&format!("{resource}{}", percent_decoded(pointer))),
                name => text_of(self.names.anchor(&whole, name)?.as_str()),
            });
        }
        // A file beside the document, called by the document's own address; or one in the folder that a relative identifier names.
        let home = self.tree.as_object().and_then(|root| own_base(root, &Url::parse(NOWHERE).ok()?));
        let home = home.or_else(|| Url::parse(NOWHERE).ok())?;
        let is_absolute = Url::parse(path).is_ok();
        let has_moved = scope.base.join(".").ok() != home.join(".").ok();
        let beside = home.make_relative(&whole).filter(|_| home.origin() == whole.origin() && (is_absolute || has_moved));
        let beside = beside.filter(|beside| !beside.is_empty() && !beside.contains("://"))?;
        silent(if reference.contains('#') { format!("{beside}#{fragment}") } else { beside })
    }

    /// A reference within its own file.
    fn within(&self, reference: &str, fragment: &str, at: &At<'_>, scope: &Scope<'_>) -> Option<(String, Option<(Code, String)>)> {
        let resource = scope.resource.filter(|pointer| !pointer.as_str().is_empty());
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return Some((text_of(self.names.anchor(scope.base, fragment)?.as_str()), None));
        }
        let exists = |pointer: &str| self.tree.pointer(pointer).is_some();
        if let Some(resource) = resource
            && reference.starts_with('#')
            && exists(&format!("{resource}{fragment}"))
        {
            return Some((text_of(&format!("{resource}{fragment}")), None));
        }
        if fragment.is_empty() {
            let owner = self.component(at).filter(|_| reference == "#")?;
            return Some((text_of(owner.as_str()), Some(fault(reference, &owner))));
        }
        if exists(fragment) || !(fragment.starts_with("/$defs/") || fragment.starts_with("/definitions/")) {
            return None;
        }
        let mut around = Some(scope);
        while let Some(scope) = around {
            if let Some(owner) = scope.definitions
                && exists(&format!("{owner}{fragment}"))
            {
                let meant = Pointer::parse(&format!("{owner}{fragment}"))?;
                return Some((text_of(meant.as_str()), Some(fault(reference, &meant))));
            }
            around = scope.above;
        }
        None
    }

    /// The component around a place, for there `#` is meant as if the schema had a file of its own.
    fn component(&self, at: &At<'_>) -> Option<Pointer> {
        let steps: Vec<String> = at.pointer().steps().take(3).collect();
        match steps.as_slice() {
            [components, section, _] if self.is_document && components == "components" && section == "schemas" => {
                Some(Pointer::root().join(steps.iter().map(String::as_str)))
            }
            _ => None,
        }
    }

    /// A dynamic reference means what its anchor marks if there is only one such anchor, and otherwise depends on the way there.
    fn dynamic(&mut self, key: &str, reference: &str, at: &At<'_>, scope: &Scope<'_>) {
        let name = reference.rsplit('#').next().unwrap_or_default();
        let target = match (key, self.names.dynamic.get(name).map(Vec::as_slice)) {
            ("$recursiveRef", _) if self.names.recursive.len() <= 1 => {
                let root = scope.resource.cloned().or_else(|| self.component(at)).or_else(|| (!self.is_document).then(Pointer::root));
                root.map(|root| text_of(root.as_str()))
            }
            ("$dynamicRef", Some([only])) => Some(text_of(only.as_str())),
            ("$dynamicRef", None) => self.meant(reference, at, scope).map(|(text, _)| text).or_else(|| Some(reference.to_owned())),
            _ => None,
        };
        let target = target.filter(|target| *target != text_of(at.pointer().as_str()));
        let message = match &target {
            Some(target) => format!("`{key}: {reference}` was read as a reference to `{target}`"),
            None => format!("what `{key}: {reference}` means depends on the schema that leads there; any value is read here"),
        };
        self.list.push(Edit { pointer: at.pointer(), key: key.to_owned(), text: target, said: Some((Code::SCHEMA_LOOSENED, message)) });
    }
}

fn fault(reference: &str, meant: &Pointer) -> (Code, String) {
    (Code::REPAIR_REFERENCE, format!("`{reference}` names nothing from the root of the document; it was read as `#{meant}`"))
}

/// A reference within a file; its fragment is percent-decoded by whoever follows it.
fn text_of(pointer: &str) -> String {
    format!("#{}", pointer.replace('%', "%25"))
}
