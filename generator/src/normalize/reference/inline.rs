//! References where OpenAPI has none, `properties: {$ref: …}`, `paths: {$ref: …}`, as documents of many files write them:
//! what they name is put in their place.

use serde_json::{Value, json};

use crate::diagnostic::{Code, Diagnostic, Place};
use crate::normalize::at::At;
use crate::normalize::context::Context;
use crate::normalize::grammar::{DOCUMENT, Kind};
use crate::normalize::origins::Origin;
use crate::source::Pointer;

use super::{Miss, Opened, Target};

/// How many values may be put in place of references at once, and of how many parts all in all.
const MOST: (usize, usize) = (10_000, 4_000_000);

/// A reference at a place that has none.
struct Site {
    pointer: Pointer,
    text: String,
    media_type: bool,
}

/// The whole tree.
pub(in crate::normalize) fn everywhere(tree: &mut Value, opened: &mut Opened<'_>, context: &mut Context<'_>) {
    below(tree, &Kind::Object(&DOCUMENT), &Pointer::root(), opened, context);
}

/// What stands at a pointer, which is of this kind.
pub(super) fn below(tree: &mut Value, kind: &Kind, pointer: &Pointer, opened: &mut Opened<'_>, context: &mut Context<'_>) {
    let Some(value) = tree.pointer(pointer.as_str()) else { return };
    let mut open = Vec::new();
    At::with(pointer, |at| sites(value, kind, at, &mut open));
    let mut placed: Vec<(Pointer, Target)> = Vec::new();
    let mut parts = 0;
    while let Some(Site { pointer, text, media_type }) = open.pop() {
        let place = Place::at(&pointer.child("$ref"));
        if media_type && names_schema(&text) {
            let said = format!("a reference to the schema `{}` was read as that of the media type", plain(&text));
            context.say(Diagnostic::new(Code::REPAIR_REFERENCE, said).at(place));
            set(tree, &pointer, json!({ "schema": { "$ref": text } }));
            continue;
        }
        let found = opened.locate(tree, opened.root(), &text, context);
        let is_inside =
            |(site, target): &(Pointer, Target), found: &Target| target == found && pointer.as_str().starts_with(&format!("{site}/"));
        let reason = match found {
            Ok(target) if placed.iter().any(|known| is_inside(known, &target)) => "it leads back to itself".to_owned(),
            Ok(_) if placed.len() >= MOST.0 || parts >= MOST.1 => "there are too many of them".to_owned(),
            Ok(target) => {
                let value = opened.value(tree, &target).cloned().unwrap_or_default();
                parts += size(&value);
                if !(context.modern && media_type) {
                    let said = format!("no reference may stand here; what `{}` names was put in its place", plain(&text));
                    context.say(Diagnostic::new(Code::REPAIR_REFERENCE, said).at(place));
                }
                if target.file == opened.root() {
                    context.origins.moved(&target.pointer, &pointer);
                } else {
                    context.origins.set(&pointer, Origin { file: target.file, pointer: target.pointer.clone(), occurrence: 0 });
                }
                set(tree, &pointer, value);
                if let (Some(value), Some(kind)) = (tree.pointer(pointer.as_str()), kind_at(&pointer)) {
                    At::with(&pointer, |at| sites(value, kind, at, &mut open));
                }
                placed.push((pointer, target));
                continue;
            }
            Err(Miss::Nothing(reason)) => reason,
            Err(Miss::Circle) => "it leads round in a circle".to_owned(),
            Err(Miss::Fatal(diagnostic)) => {
                context.say(if diagnostic.place.is_none() { diagnostic.at(place) } else { *diagnostic });
                set(tree, &pointer, json!({}));
                continue;
            }
        };
        context.say(Diagnostic::new(Code::REPAIR_REFERENCE, format!("the reference was left out: {reason}")).at(place));
        set(tree, &pointer, json!({}));
    }
}

/// What may stand at a pointer.
fn kind_at(pointer: &Pointer) -> Option<&'static Kind> {
    static WHOLE: Kind = Kind::Object(&DOCUMENT);
    pointer.steps().try_fold(&WHOLE, |kind, step| kind.child(&step))
}

/// The outermost references below a value that may not stand where they do.
fn sites(value: &Value, kind: &Kind, at: &At<'_>, found: &mut Vec<Site>) {
    match (value, kind) {
        (Value::Object(map), _) if !kind.is_reference() && is_site(kind) && map.get("$ref").is_some_and(Value::is_string) => {
            let text = map.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned();
            found.push(Site { pointer: at.pointer(), text, media_type: kind.shape().is_some_and(|shape| shape.name == "media type") });
        }
        (Value::Array(list), Kind::List(inner) | Kind::Every(inner)) => {
            list.iter().enumerate().for_each(|(index, element)| sites(element, inner, &at.index(index), found));
        }
        (Value::Object(map), Kind::Map(inner)) => map.iter().for_each(|(key, child)| sites(child, inner, &at.key(key), found)),
        (Value::Object(map), Kind::Object(shape) | Kind::Ref(shape) | Kind::FlagOr(shape)) => {
            for (key, child) in map {
                if let Some(kind) = shape.field(key) {
                    sites(child, kind, &at.key(key), found);
                }
            }
        }
        _ => {}
    }
}

/// Whether an object with the one key `$ref` can only be a reference here: in a map of texts it would be an entry.
fn is_site(kind: &Kind) -> bool {
    match kind {
        Kind::Object(_) | Kind::List(_) | Kind::Every(_) => true,
        Kind::Map(inner) => !matches!(**inner, Kind::Text | Kind::Free),
        _ => false,
    }
}

/// Whether a reference names a schema and no media type: an author forgot `schema`.
fn names_schema(text: &str) -> bool {
    text.contains("/schemas/") && !text.contains("/content/")
}

/// A reference as the document writes it.
fn plain(text: &str) -> &str {
    super::mark::unmarked(text).map_or(text, |(_, text)| text)
}

fn set(tree: &mut Value, pointer: &Pointer, value: Value) {
    if let Some(place) = tree.pointer_mut(pointer.as_str()) {
        *place = value;
    }
}

fn size(value: &Value) -> usize {
    match value {
        Value::Object(map) => 1 + map.values().map(size).sum::<usize>(),
        Value::Array(list) => 1 + list.iter().map(size).sum::<usize>(),
        _ => 1,
    }
}
