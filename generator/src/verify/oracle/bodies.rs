//! Bodies to send: values for each kind of media type, as JSON. Bytes are base64 text; where their media type is the
//! sender's choice, and for the files of a form, an object with `contentType`, `fileName` and `content`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::alike::is_read_back;
use super::cases::valid;
use super::operations::{Kind, Media};
use super::refs::{Node, Tree};
use super::scalars::Place;
use super::schema::{Direction, Schemas};
use super::shape::Shape;
use super::values::Maker;
use super::{fields, form, items, xml};

/// The next body of a media type; `None` if no valid one can be made. A request without a byte of JSON or XML is one without a body.
pub fn body<'a>(schemas: &Schemas<'a>, maker: &mut Maker<'a>, media: &Media<'a>, direction: Direction, name: &str) -> Option<Value> {
    let is_absent = |value: &Value| direction == Direction::Request && has_no_empty_text(media) && is_empty(media, value);
    for _ in 0..8 {
        let value = any_body(schemas, maker, media, direction, name)?;
        if !is_absent(&value) {
            return Some(value);
        }
    }
    None
}

fn any_body<'a>(schemas: &Schemas<'a>, maker: &mut Maker<'a>, media: &Media<'a>, direction: Direction, name: &str) -> Option<Value> {
    let tree = schemas.tree();
    let (anything, text, object) = (Value::Bool(true), json!({"type": "string"}), json!({"type": "object"}));
    let schema = judged(tree, media).map_or(if media.kind == Kind::Text { &text } else { &anything }, |schema| schema.value);
    // A form has parts with names, whether or not its schema says so.
    let is_open = || Shape::of(tree, schema).is_some_and(|shape| shape.kind().is_none() && shape.choices.is_empty());
    let schema = if media.kind == Kind::Form && is_open() { &object } else { schema };
    match media.kind {
        Kind::Bytes => Some(bytes(maker, name)),
        Kind::Events | Kind::Lines | Kind::Records => items::value(schemas, media, maker, direction, name),
        Kind::Range => {
            let types = types_of(&media.essence());
            let content_type = types.get(maker.one_of(&format!("{name} type"), types.len()))?.as_str();
            let content = bytes(maker, name);
            // Of bytes of this type nothing more is known.
            Some(if content_type == UNKNOWN { content } else { json!({"contentType": content_type, "content": content}) })
        }
        kind => {
            valid(maker, |maker| {
                let value = match kind {
                    Kind::Fields => fields::value(tree, media, maker, direction, name)?,
                    Kind::Text => maker.named(name, schema, Place::Text)?,
                    Kind::Form => form::carriable(tree, media, maker.named(name, schema, Place::Body)?),
                    Kind::Xml => xml::carriable(tree, media.schema.as_ref(), maker.named(name, schema, Place::Element)?),
                    Kind::Json | Kind::Bytes | Kind::Range | Kind::Events | Kind::Lines | Kind::Records => {
                        maker.named(name, schema, Place::Body)?
                    }
                };
                let is_text = matches!(kind, Kind::Fields | Kind::Form);
                let alone = !is_text || judged(tree, media).is_none_or(|node| is_read_back(schemas, node, direction, &value, false));
                let fits = alone && faults(schemas, media, direction, &value).is_empty();
                Some(fits.then(|| {
                    if kind == Kind::Form { form::with_files(tree, media, value, &mut |name| maker.present(name)) } else { value }
                }))
            })
        }
    }
}

/// What the schema has against a body.
pub fn faults<'a>(schemas: &Schemas<'a>, media: &Media<'a>, direction: Direction, body: &Value) -> Vec<String> {
    if matches!(media.kind, Kind::Events | Kind::Lines | Kind::Records) {
        return items::schema_faults(schemas, media, direction, body);
    }
    let Some(schema) = judged(schemas.tree(), media) else { return Vec::new() };
    match media.kind {
        Kind::Range if body.get("contentType").and_then(Value::as_str).is_some_and(|text| !text.contains('/')) => {
            vec!["the media type of the body is none".to_owned()]
        }
        Kind::Bytes | Kind::Range | Kind::Events | Kind::Lines | Kind::Records => Vec::new(),
        Kind::Form => schemas.faults(schema, direction, &form::without_files(body)),
        Kind::Json | Kind::Text | Kind::Fields | Kind::Xml => schemas.faults(schema, direction, body),
    }
}

/// Whether there is no such thing as nothing in a media type: JSON and XML have at least a value, or an element.
pub fn has_no_empty_text(media: &Media<'_>) -> bool {
    let essence = media.essence();
    ["json", "xml"].iter().any(|form| essence.strip_suffix(form).is_some_and(|rest| rest.ends_with(['/', '+'])))
}

/// Whether a body has not one byte, and is none therefore.
pub fn is_empty(media: &Media<'_>, body: &Value) -> bool {
    match media.kind {
        Kind::Text | Kind::Bytes => *body == json!(""),
        Kind::Range => *body == json!("") || body.get("content") == Some(&json!("")),
        Kind::Fields => body.as_object().is_some_and(Map::is_empty),
        Kind::Events | Kind::Lines | Kind::Records => *body == json!([]),
        Kind::Json | Kind::Form | Kind::Xml => false,
    }
}

/// The schema that speaks of the body. Some documents give `text/plain` the schema of what is written in the text: only
/// scalars are what their text says.
pub fn judged<'m, 'a>(tree: Tree<'a>, media: &'m Media<'a>) -> Option<&'m Node<'a>> {
    let is_scalar = |schema: &&Node<'a>| {
        let shape = Shape::of(tree, schema.value);
        shape.is_some_and(|shape| matches!(shape.kind(), Some("string" | "integer" | "number" | "boolean")))
    };
    media.schema.as_ref().filter(|schema| media.kind != Kind::Text || is_scalar(schema))
}

/// Bytes in base64: every byte there is, none, many, and text.
fn bytes(maker: &mut Maker<'_>, name: &str) -> Value {
    let every: Vec<u8> = (0..=u8::MAX).cycle().take(20 * 256).collect();
    let bytes: [&[u8]; 5] = [b"\0\x01\xff bytes \r\n", &every, b"", &[0xfe; 70_000], b"text"];
    let chosen = bytes.get(maker.one_of(name, bytes.len())).copied().unwrap_or_default();
    json!(STANDARD.encode(chosen))
}

const UNKNOWN: &str = "application/octet-stream";

/// Media types of a range; of one that only its sender can take apart, the one with a parameter for that.
fn types_of(range: &str) -> Vec<String> {
    let types: &[&str] = match range.split_once('/') {
        Some((_, subtype)) if subtype != "*" => return vec![format!("{range}; boundary=made-up")],
        Some(("image", _)) => &["image/png", "image/svg+xml; charset=utf-8", "image/x-made.up"],
        Some(("text", _)) => &["text/csv", "text/html; charset=utf-8"],
        Some(("audio", _)) => &["audio/ogg"],
        Some(("video", _)) => &["video/mp4"],
        Some(("font", _)) => &["font/woff2"],
        Some(("multipart", _)) => &["multipart/form-data; boundary=made-up"],
        Some(("application", _)) => &["application/pdf", UNKNOWN],
        // Of kinds that hardly anybody declares beside it: those that are declared name their types more closely.
        _ => &["model/stl", "model/x-made.up"],
    };
    types.iter().map(|text| (*text).to_owned()).collect()
}
