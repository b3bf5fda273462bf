//! Forms: `multipart/form-data` (RFC 7578) judged from its bytes, by what OpenAPI 3.0 says under "Special Considerations for
//! `multipart` Content": text and bytes as they are, other scalars as their text, lists item by item, the rest as JSON.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::compare::difference;
use super::fields::properties;
use super::operations::Media;
use super::refs::{Node, Tree};
use super::shape::Shape;
use super::values::Maker;

/// A part as it was sent.
struct Part {
    name: String,
    file_name: Option<String>,
    content_type: Option<String>,
    content: Vec<u8>,
}

/// Takes away what no part can stand for: `null` and empty lists.
pub fn carriable(mut value: Value) -> Value {
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|_, field| !field.is_null() && field.as_array().is_none_or(|items| !items.is_empty()));
    }
    value
}

/// Puts files with names and media types where the schema has bytes.
pub fn with_files<'a>(tree: Tree<'a>, media: &Media<'a>, maker: &mut Maker<'a>, mut form: Value, name: &str) -> Value {
    for (property, schema) in media.schema.iter().flat_map(|schema| properties(tree, schema)) {
        let shape = Shape::of(tree, schema.value).unwrap_or_default();
        let items = shape.get("items").and_then(|items| Shape::of(tree, items)).unwrap_or_default();
        match form.get_mut(&property) {
            Some(value @ Value::String(_)) if is_file(&shape) => *value = file(maker, value, name),
            Some(Value::Array(values)) if is_file(&items) => values.iter_mut().for_each(|value| *value = file(maker, value, name)),
            _ => {}
        }
    }
    form
}

fn is_file(shape: &Shape) -> bool {
    shape.kind() == Some("string") && shape.get("format").is_some_and(|format| format == "binary")
}

/// A file: what is there already, as text without a name, or one that has everything.
fn file(maker: &mut Maker<'_>, text: &Value, name: &str) -> Value {
    let every: Vec<u8> = (0..=u8::MAX).cycle().take(9 * 256).collect();
    match maker.one_of(&format!("{name} file"), 4) {
        0 => json!({"fileName": "a b.png", "contentType": "image/png", "content": STANDARD.encode(every)}),
        1 => {
            json!({"fileName": "Žluťoučký 🦀 \"kůň\"; x=1.txt", "contentType": "text/plain; charset=utf-8", "content": STANDARD.encode("\r\n--text")})
        }
        2 => json!({"fileName": "empty", "contentType": "application/x-made.up", "content": ""}),
        _ => text.clone(),
    }
}

/// The form with text for every file, as its schema has it.
pub fn without_files(form: &Value) -> Value {
    let plain = |value: &Value| if is_made_file(value) { json!("file") } else { value.clone() };
    let field = |value: &Value| match value {
        Value::Array(items) => items.iter().map(plain).collect(),
        one => plain(one),
    };
    match form {
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), field(value))).collect(),
        other => other.clone(),
    }
}

fn is_made_file(value: &Value) -> bool {
    value
        .as_object()
        .is_some_and(|object| object.len() == 3 && ["fileName", "contentType", "content"].iter().all(|key| object.contains_key(*key)))
}

/// What is wrong with a form that should hold `wanted`.
pub fn faults(tree: Tree<'_>, schema: Option<&Node<'_>>, wanted: &Value, content_type: &str, raw: &[u8]) -> Vec<String> {
    let parts = match parts(content_type, raw) {
        Ok(parts) => parts,
        Err(message) => return vec![message.to_owned()],
    };
    let shape = schema.and_then(|schema| Shape::of(tree, schema.value)).unwrap_or_default();
    let empty = serde_json::Map::new();
    let fields = wanted.as_object().unwrap_or(&empty);
    let mut faults = Vec::new();
    for (name, value) in fields {
        let declared = shape.get("properties").and_then(|all| all.get(name)).and_then(|schema| Shape::of(tree, schema));
        let is_list = declared.is_some_and(|shape| shape.kind() == Some("array"));
        let items = match value {
            Value::Array(items) if is_list => items.as_slice(),
            one => std::slice::from_ref(one),
        };
        let found: Vec<&Part> = parts.iter().filter(|part| part.name == *name).collect();
        if found.len() != items.len() {
            faults.push(format!("`{name}`: wanted {} part(s), found {}", items.len(), found.len()));
            continue;
        }
        faults.extend(
            items.iter().zip(found).filter_map(|(item, part)| part_fault(item, part)).map(|message| format!("`{name}`: {message}")),
        );
    }
    for part in parts.iter().filter(|part| !fields.contains_key(&part.name)) {
        faults.push(format!("`{}` was not asked for", part.name));
    }
    faults
}

fn part_fault(wanted: &Value, part: &Part) -> Option<String> {
    if is_made_file(wanted) {
        return file_fault(wanted, part);
    }
    let is_json = part.content_type.as_deref().is_some_and(|text| text.to_lowercase().starts_with("application/json"));
    match wanted {
        Value::String(text) if !is_json => {
            (part.content != text.as_bytes()).then(|| format!("wanted {wanted}, found {:?}", String::from_utf8_lossy(&part.content)))
        }
        Value::Object(_) | Value::Array(_) if !is_json => Some("an object or list needs `Content-Type: application/json`".to_owned()),
        wanted => match serde_json::from_slice::<Value>(&part.content) {
            Ok(found) => difference(wanted, &found),
            Err(error) => Some(format!("wanted {wanted}, found no JSON: {error}")),
        },
    }
}

fn file_fault(wanted: &Value, part: &Part) -> Option<String> {
    let text = |key: &str| wanted.get(key).and_then(Value::as_str);
    let said = |key: &str, found: Option<&str>| {
        (text(key) != found).then(|| format!("{key}: wanted {:?}, found {found:?}", text(key).unwrap_or_default()))
    };
    let content = text("content").and_then(|content| STANDARD.decode(content).ok()).unwrap_or_default();
    let different =
        || (content != part.content).then(|| format!("{} bytes differ from the {} of the file", part.content.len(), content.len()));
    said("fileName", part.file_name.as_deref()).or_else(|| said("contentType", part.content_type.as_deref())).or_else(different)
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
    let content = piece.get(cut + 4..).unwrap_or_default().to_vec();
    let mut part = Part { name: String::new(), file_name: None, content_type: None, content };
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':').ok_or("a line of a head has no colon")?;
        if name.eq_ignore_ascii_case("content-type") {
            part.content_type = Some(value.trim().to_owned());
        }
        if name.eq_ignore_ascii_case("content-disposition") {
            let value = value.trim().strip_prefix("form-data;").ok_or("a part is no form-data")?;
            part.name = quoted(value, "name").ok_or("a part has no name")?;
            part.file_name = quoted(value, "filename");
        }
    }
    Ok(part)
}

/// A parameter in quotes; what no quotes can hold is percent-encoded (RFC 7578, section 4.2, as browsers do it).
fn quoted(parameters: &str, name: &str) -> Option<String> {
    let mut rest = parameters;
    loop {
        let (key, after) = rest.split_once("=\"")?;
        let (text, after) = after.split_once('"')?;
        if key.trim_matches([';', ' ']).eq_ignore_ascii_case(name) {
            return Some(text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n"));
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_fault_is_noticed() {
        let tree = json!({});
        let schema = json!({"type": "object", "properties": {"tags": {"type": "array", "items": {"type": "string"}}}});
        let node = Node { pointer: String::new(), value: &schema };
        let wanted = json!({"text": "a\r\nb", "number": 1, "tags": ["x", "y"], "object": {"k": [1]}});
        let good = "--B\r\nContent-Disposition: form-data; name=\"text\"\r\n\r\na\r\nb\r\n--B\r\nContent-Disposition: form-data; name=\"number\"\r\n\r\n1.0\r\n--B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\nx\r\n--B\r\nContent-Disposition: form-data; name=\"tags\"\r\n\r\ny\r\n--B\r\nContent-Disposition: form-data; name=\"object\"\r\nContent-Type: application/json\r\n\r\n{\"k\":[1]}\r\n--B--\r\n";
        let judge = |content_type: &str, raw: &str| faults(Tree::new(&tree), Some(&node), &wanted, content_type, raw.as_bytes()).join("; ");
        assert_eq!(judge("multipart/form-data; boundary=B", good), "");
        for (from, to, message) in [
            ("a\r\nb", "ab", "`text`: wanted"),
            ("name=\"text\"", "name=\"test\"", "`test` was not asked for"),
            ("1.0", "2", "`number`"),
            ("\r\n\r\ny", "\r\n\r\nz", "`tags`"),
            ("name=\"tags\"\r\n\r\ny", "name=\"text\"\r\n\r\ny", "`tags`: wanted 2 part(s), found 1"),
            ("Content-Type: application/json", "Content-Type: text/plain", "needs `Content-Type"),
            ("[1]", "[2]", "`object`"),
            ("--B--", "--B", "does not end"),
        ] {
            assert!(good.contains(from), "{from}");
            let found = judge("multipart/form-data; boundary=B", &good.replace(from, to));
            assert!(found.contains(message), "{from}: {found}");
        }
        assert!(judge("multipart/form-data", good).contains("no boundary"));
    }

    #[test]
    fn files_are_judged_with_name_and_type() {
        let tree = json!({});
        let wanted = json!({"f": {"fileName": "ž \"q\"; a.png", "contentType": "image/png", "content": STANDARD.encode("\0\u{1}")}});
        let good = "--B\r\nContent-Disposition: form-data; name=\"f\"; filename=\"ž %22q%22; a.png\"\r\nContent-Type: image/png\r\n\r\n\0\u{1}\r\n--B--\r\n";
        let judge = |raw: &str| faults(Tree::new(&tree), None, &wanted, "multipart/form-data; boundary=B", raw.as_bytes()).join("; ");
        assert_eq!(judge(good), "");
        for (from, to, message) in [
            ("%22q%22", "q", "fileName: wanted"),
            ("; filename=", "; x=", "fileName: wanted"),
            ("image/png", "image/gif", "contentType: wanted"),
            ("\u{1}", "\u{2}", "2 bytes differ from the 2"),
            ("\0\u{1}", "\0", "1 bytes differ from the 2"),
        ] {
            let found = judge(&good.replace(from, to));
            assert!(found.contains(message), "{from:?}: {found}");
        }
        assert_eq!(without_files(&wanted), json!({"f": "file"}));
    }
}
