//! Forms: `multipart/form-data` (RFC 7578) judged from its bytes, by what OpenAPI 3.0 says under "Special Considerations for
//! `multipart` Content": text and bytes as they are, other scalars as their text, lists item by item, the rest as JSON.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value};

use super::compare::difference;
use super::operations::Media;
use super::refs::Tree;
use super::shape::Shape;

/// A part as it was sent.
struct Part {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    /// Whatever else its head says, names in lower case.
    headers: Map<String, Value>,
    content: Vec<u8>,
}

/// Takes away what no part can stand for: `null` and empty lists, and what a style cannot tell apart.
pub fn carriable(tree: Tree<'_>, media: &Media<'_>, mut value: Value) -> Value {
    let declared = properties(tree, media);
    if let Some(fields) = value.as_object_mut() {
        for (name, field) in fields.iter_mut() {
            let style = declared.iter().find(|(known, _)| known == name).and_then(|(_, shape)| style_of(tree, media, name, shape));
            match (style, field) {
                (Some(Style::Deep), Value::Object(members)) => members.retain(|_, member| !member.is_null()),
                (Some(Style::Joined(delimiter)), Value::Array(items)) => {
                    items.retain(|item| {
                        !item.is_null() && item.as_str().is_none_or(|text| !text.is_empty() && !text.contains([delimiter, '%']))
                    });
                }
                _ => {}
            }
        }
        let deep = |name: &str| {
            let shape = declared.iter().find(|(known, _)| known == name).map(|(_, shape)| shape);
            shape.is_some_and(|shape| style_of(tree, media, name, shape) == Some(Style::Deep))
        };
        fields.retain(|name, field| {
            let empty = field.as_array().is_some_and(Vec::is_empty) || (deep(name) && field.as_object().is_some_and(Map::is_empty));
            !field.is_null() && !empty
        });
    }
    value
}

/// The styles in which a field is not the same as without one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Style {
    /// All items in one part, with this between them.
    Joined(char),
    /// `name[key]`, a part for each member.
    Deep,
}

/// The style that the document asks for, where the field's values have a form in it.
fn style_of(tree: Tree<'_>, media: &Media<'_>, name: &str, shape: &Shape) -> Option<Style> {
    let said = media.encoding.as_ref()?.child(name)?;
    let explode = said.flag("explode").or_else(|| said.flag("x-bothends-explode"));
    let style = said.text("style");
    let is_scalar = |schema: &Value| {
        let shape = Shape::of(tree, schema);
        shape
            .is_some_and(|shape| matches!(shape.kind(), Some("string" | "integer" | "number" | "boolean")) && !is_file(tree, &shape, false))
    };
    let joined = |delimiter| shape.get("items").is_some_and(is_scalar).then_some(Style::Joined(delimiter));
    match (shape.kind(), style) {
        (Some("array"), Some("spaceDelimited")) => joined(' '),
        (Some("array"), Some("pipeDelimited")) => joined('|'),
        (Some("array"), None | Some("form")) if explode == Some(false) => joined(','),
        (Some("object"), Some("deepObject")) => {
            let own = shape.get("properties").and_then(Value::as_object).into_iter().flatten().map(|(_, schema)| schema);
            let others = shape.get("additionalProperties").filter(|others| **others != Value::Bool(false));
            let closed = others.is_some() || shape.get("properties").is_some();
            (closed && own.chain(others).all(is_scalar)).then_some(Style::Deep)
        }
        _ => None,
    }
}

/// Gives names and media types to files, which are plain text otherwise: what is said of a file has to arrive as well as its
/// content. `choose` says which of them get one.
pub fn with_files(tree: Tree<'_>, media: &Media<'_>, mut value: Value, choose: &mut dyn FnMut(&str) -> bool) -> Value {
    let declared = properties(tree, media);
    for (name, field) in value.as_object_mut().into_iter().flatten() {
        let Some(schema) = field_shape(tree, media, &declared, name) else { continue };
        let items = match field {
            Value::Array(items) => items.as_mut_slice(),
            one => std::slice::from_mut(one),
        };
        for item in items.iter_mut().filter(|_| is_file(tree, &schema, media.is_opaque(name))) {
            let text = item.as_str().map_or_else(|| item.to_string(), str::to_owned);
            *item = Value::from(text.as_str());
            // A part whose media type the document names comes with it, whether the sender says it or not.
            let named = media.part_type(name);
            let mut file = Map::new();
            if choose(&format!("{name} file name")) {
                file.insert("fileName".to_owned(), Value::from("a \"quoted\"; \u{fc}\\.png"));
            }
            if named.is_some() || choose(&format!("{name} media type")) {
                file.insert("contentType".to_owned(), Value::from(named.unwrap_or("image/png; x=\"1\"")));
            }
            let declared: Vec<_> = media.part_headers(name).into_iter().filter(|(header, _)| choose(&format!("{name} {header}"))).collect();
            let headers: Map<String, Value> =
                declared.into_iter().map(|(header, schema)| (header, Value::from(header_text(tree, &schema)))).collect();
            if !headers.is_empty() {
                file.insert("headers".to_owned(), Value::Object(headers));
            }
            if !file.is_empty() {
                let content = [b"\x89\r\n--\0", text.as_bytes()].concat();
                file.insert("content".to_owned(), Value::from(STANDARD.encode(content)));
                *item = Value::Object(file);
            }
        }
    }
    value
}

/// A text that a header of a part may have.
fn header_text(tree: Tree<'_>, schema: &Value) -> String {
    let shape = Shape::of(tree, schema).unwrap_or_default();
    let first = shape.get("enum").and_then(|values| values.get(0)).cloned();
    match (first, shape.kind()) {
        (Some(Value::String(text)), _) => text,
        (Some(value), _) => value.to_string(),
        (None, Some("integer" | "number")) => "7".to_owned(),
        (None, Some("boolean")) => "true".to_owned(),
        (None, _) => "a: \"b\"; c".to_owned(),
    }
}

/// The declared properties of a form.
fn properties(tree: Tree<'_>, media: &Media<'_>) -> Vec<(String, Shape)> {
    let shape = media.schema.as_ref().and_then(|schema| Shape::of(tree, schema.value)).unwrap_or_default();
    let all = shape.get("properties").and_then(Value::as_object).into_iter().flatten();
    all.filter_map(|(name, schema)| Some((name.clone(), Shape::of(tree, schema)?))).collect()
}

/// The schema of a field, declared or not.
fn field_shape(tree: Tree<'_>, media: &Media<'_>, declared: &[(String, Shape)], name: &str) -> Option<Shape> {
    if let Some((_, shape)) = declared.iter().find(|(known, _)| known == name) {
        return Some(shape.clone());
    }
    let whole = Shape::of(tree, media.schema.as_ref()?.value)?;
    Shape::of(tree, whole.get("additionalProperties").filter(|others| others.is_object())?)
}

/// Whether a property is a file or a list of files; `opaque` says that its parts are called neither text nor JSON.
fn is_file(tree: Tree<'_>, shape: &Shape, opaque: bool) -> bool {
    let format = shape.get("format").and_then(Value::as_str);
    let is_free = format.is_none() && shape.get("enum").is_none() && shape.choices.is_empty();
    match shape.kind() {
        Some("string") => format == Some("binary") || (opaque && is_free),
        Some("array") => shape.get("items").and_then(|items| Shape::of(tree, items)).is_some_and(|items| is_file(tree, &items, opaque)),
        None => opaque && is_free,
        _ => false,
    }
}

/// The form with text for every file, as its schema has it.
pub fn without_files(form: &Value) -> Value {
    let is_file = |value: &Value| {
        value.as_object().is_some_and(|object| {
            object.contains_key("content")
                && object.keys().all(|key| ["fileName", "contentType", "headers", "content"].contains(&key.as_str()))
        })
    };
    let plain = |value: &Value| if is_file(value) { Value::from("file") } else { value.clone() };
    let field = |value: &Value| match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        one => plain(one),
    };
    match form {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), field(value))).collect(),
        other => other.clone(),
    }
}

/// What is wrong with a form that should hold `wanted`.
pub fn faults(tree: Tree<'_>, media: &Media<'_>, wanted: &Value, content_type: &str, raw: &[u8]) -> Vec<String> {
    let parts = match parts(content_type, raw) {
        Ok(parts) => parts,
        Err(message) => return vec![message.to_owned()],
    };
    let declared = properties(tree, media);
    let empty = Map::new();
    let fields = wanted.as_object().unwrap_or(&empty);
    let mut faults = Vec::new();
    let mut expected: Vec<String> = fields.keys().cloned().collect();
    for (name, value) in fields {
        let shape = field_shape(tree, media, &declared, name);
        let shape = shape.as_ref();
        if let Some(style) = shape.and_then(|shape| style_of(tree, media, name, shape)) {
            for (name, text) in styled(style, name, value) {
                let found = parts.iter().find(|part| part.name == name);
                if found.is_none_or(|part| part.content != text.as_bytes()) {
                    faults.push(format!("`{name}`: wanted a part of {text:?}"));
                }
                expected.push(name);
            }
            continue;
        }
        let items = match value {
            Value::Array(items) if shape.is_some_and(|shape| shape.kind() == Some("array")) => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let found: Vec<&Part> = parts.iter().filter(|part| part.name == *name).collect();
        if found.len() != items.len() {
            faults.push(format!("`{name}`: wanted {} part(s), found {}", items.len(), found.len()));
            continue;
        }
        let is_file = shape.is_some_and(|shape| is_file(tree, shape, media.is_opaque(name)));
        let fault = |(item, part)| if is_file { file_fault(item, part) } else { part_fault(item, part, media.part_type(name)) };
        faults.extend(items.iter().zip(found).filter_map(fault).map(|message| format!("`{name}`: {message}")));
    }
    for part in parts.iter().filter(|part| !expected.contains(&part.name)) {
        faults.push(format!("`{}` was not asked for", part.name));
    }
    faults
}

/// The names and texts of a field's parts in a style.
fn styled(style: Style, name: &str, value: &Value) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (style, value) {
        (Style::Deep, Value::Object(members)) => members.iter().map(|(key, member)| (format!("{name}[{key}]"), text(member))).collect(),
        (Style::Joined(delimiter), Value::Array(items)) => {
            vec![(name.to_owned(), items.iter().map(text).collect::<Vec<_>>().join(&delimiter.to_string()))]
        }
        (_, value) => vec![(name.to_owned(), text(value))],
    }
}

fn file_fault(wanted: &Value, part: &Part) -> Option<String> {
    let text = |member: &str| wanted.get(member).and_then(Value::as_str);
    let content = match wanted {
        Value::String(text) => Some(text.as_bytes().to_vec()),
        wanted => wanted.get("content").and_then(Value::as_str).and_then(|text| STANDARD.decode(text).ok()),
    };
    let differs = |what: &str, wanted: Option<&str>, found: Option<&str>| {
        (wanted != found).then(|| format!("{what}: wanted {:?}, found {:?}", wanted.unwrap_or("none"), found.unwrap_or("none")))
    };
    differs("file name", text("fileName"), part.file_name.as_deref())
        .or_else(|| differs("media type", text("contentType"), part.content_type.as_deref()))
        .or_else(|| {
            let wanted = wanted.get("headers").and_then(Value::as_object).cloned().unwrap_or_default();
            (wanted != part.headers).then(|| format!("headers: wanted {wanted:?}, found {:?}", part.headers))
        })
        .or_else(|| (content.as_ref() != Some(&part.content)).then(|| format!("wanted {wanted}, found {} other bytes", part.content.len())))
}

fn part_fault(wanted: &Value, part: &Part, declared: Option<&str>) -> Option<String> {
    let essence = part.content_type.as_deref().map(super::operations::essence);
    let is_json = |essence: &str| essence.ends_with("/json") || essence.ends_with("+json");
    let found_json = essence.as_deref().is_some_and(is_json);
    let declared = declared.map(super::operations::essence);
    let structured = wanted.is_object() || wanted.is_array();
    if let Some(declared) = declared.filter(|declared| !structured || is_json(declared))
        && essence.as_ref() != Some(&declared)
    {
        return Some(format!("wanted `Content-Type: {declared}`, found {essence:?}"));
    }
    match wanted {
        Value::String(text) if !found_json => {
            (part.content != text.as_bytes()).then(|| format!("wanted {wanted}, found {:?}", String::from_utf8_lossy(&part.content)))
        }
        Value::Object(_) | Value::Array(_) if !found_json => Some("an object or list needs `Content-Type: application/json`".to_owned()),
        wanted => match serde_json::from_slice::<Value>(&part.content) {
            Ok(found) => difference(wanted, &found),
            Err(error) => Some(format!("wanted {wanted}, found no JSON: {error}")),
        },
    }
}

/// Cuts a body at its boundary.
fn parts(content_type: &str, raw: &[u8]) -> Result<Vec<Part>, &'static str> {
    let boundary =
        content_type.split(';').find_map(|piece| piece.trim().strip_prefix("boundary=")).ok_or("the content type has no boundary")?;
    let line = [b"\r\n--", boundary.trim_matches('"').as_bytes()].concat();
    let whole = [b"\r\n", raw].concat();
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while let Some(window) = whole.get(at..at + line.len()) {
        if window == line {
            pieces.push(whole.get(start..at).unwrap_or_default());
            at += line.len();
            start = at;
        } else {
            at += 1;
        }
    }
    let end = whole.get(start..).unwrap_or_default();
    if pieces.is_empty() || !end.starts_with(b"--") {
        return Err("the form does not end with its boundary");
    }
    pieces.into_iter().skip(1).map(part).collect()
}

fn part(piece: &[u8]) -> Result<Part, &'static str> {
    let piece = piece.strip_prefix(b"\r\n").ok_or("a boundary is not followed by a line break")?;
    let cut = piece.windows(4).position(|window| window == b"\r\n\r\n").ok_or("a part has no head")?;
    let head = String::from_utf8_lossy(piece.get(..cut).unwrap_or_default()).into_owned();
    let mut part = Part {
        name: String::new(),
        file_name: None,
        content_type: None,
        headers: Map::new(),
        content: piece.get(cut + 4..).unwrap_or_default().to_vec(),
    };
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':').ok_or("a line of a head has no colon")?;
        if name.eq_ignore_ascii_case("content-type") {
            part.content_type = Some(value.trim().to_owned());
        } else if !name.eq_ignore_ascii_case("content-disposition") {
            part.headers.insert(name.to_lowercase(), Value::from(value.trim()));
        }
        if name.eq_ignore_ascii_case("content-disposition") {
            let value = value.trim().strip_prefix("form-data;").ok_or("a part is no form-data")?;
            let quoted = value.trim().strip_prefix("name=\"").ok_or("a part has no name")?;
            let text =
                |quoted: &str| quoted.split('"').next().unwrap_or_default().replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
            part.name = text(quoted);
            part.file_name = quoted.split_once("; filename=\"").map(|(_, quoted)| text(quoted));
        }
    }
    Ok(part)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::operations::Kind;
    use super::super::refs::Node;
    use super::*;

    #[test]
    fn every_kind_of_fault_is_noticed() {
        let tree = json!({});
        let file = json!({"type": "string", "format": "binary"});
        let schema = json!({"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}, "file": file}});
        let encoding = json!({"text": {"contentType": "text/csv"}, "object": {"contentType": "a/b"}, "number": {"contentType": "x/*"}});
        let node = |value| Some(Node { pointer: String::new(), value });
        let media = Media {
            kind: Kind::Form,
            media_type: String::new(),
            schema: node(&schema),
            examples: Vec::new(),
            example_names: Vec::new(),
            encoding: node(&encoding),
        };
        let file = json!({"fileName": "a\"b", "contentType": "image/PNG", "headers": {"x-size": "7"}, "content": "/w=="});
        let wanted = json!({"text": "a\r\nb", "number": 1, "tags": ["x", "y"], "object": {"k": [1]}, "file": file});
        let good = "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a%22b\"\r\nContent-Type: image/PNG\r\nX-Size: 7\r\n\r\n\u{1}\r\n--B\r\nContent-Disposition: form-data; name=\"text\"\r\nContent-Type: text/csv\r\n\r\na\r\nb\r\n--B\r\nContent-Disposition: form-data; name=\"number\"\r\n\r\n1.0\r\n--B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\ny\r\n--B\r\nContent-Disposition: form-data; name=\"object\"\r\nContent-Type: application/json\r\n\r\n{\"k\":[1]}\r\n--B--\r\n";
        let judge = |content_type: &str, raw: &str| {
            let raw: Vec<u8> = raw.bytes().map(|byte| if byte == 1 { 0xff } else { byte }).collect();
            faults(Tree::new(&tree), &media, &wanted, content_type, &raw).join("; ")
        };
        assert_eq!(judge("multipart/form-data; boundary=B", good), "");
        for (from, to, message) in [
            ("a\r\nb", "ab", "`text`: wanted"),
            ("name=\"text\"", "name=\"test\"", "`test` was not asked for"),
            ("1.0", "2", "`number`"),
            ("\r\n\r\ny", "\r\n\r\nz", "`tags`"),
            ("name=\"tags\"\r\n\r\ny", "name=\"text\"\r\n\r\ny", "`tags`: wanted 2 part(s), found 1"),
            ("Content-Type: application/json", "Content-Type: text/plain", "needs `Content-Type"),
            ("[1]", "[2]", "`object`"),
            ("text/csv", "text/plain", "`text`: wanted `Content-Type: text/csv`"),
            ("a%22b", "ab", "`file`: file name"),
            ("image/PNG", "image/png", "`file`: media type"),
            ("X-Size: 7", "X-Size: 8", "`file`: headers"),
            ("X-Size: 7", "X-Siz: 7", "`file`: headers"),
            ("\u{1}", "y", "`file`: wanted"),
            ("--B--", "--B", "does not end"),
        ] {
            assert!(good.contains(from), "{from}");
            let found = judge("multipart/form-data; boundary=B", &good.replace(from, to));
            assert!(found.contains(message), "{from}: {found}");
        }
        assert!(judge("multipart/form-data", good).contains("no boundary"));
    }
}
