//! Forms: `multipart/form-data` (RFC 7578) judged from its bytes, by what OpenAPI 3.0 says under "Special Considerations for
//! `multipart` Content": text and bytes as they are, other scalars as their text, lists item by item, the rest as JSON.

use serde_json::Value;

use super::compare::difference;
use super::refs::{Node, Tree};
use super::shape::Shape;

/// A part as it was sent.
struct Part {
    name: String,
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
    let is_json = part.content_type.as_deref().is_some_and(|text| text.starts_with("application/json"));
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
    let mut part = Part { name: String::new(), content_type: None, content: piece.get(cut + 4..).unwrap_or_default().to_vec() };
    for line in head.split("\r\n") {
        let (name, value) = line.split_once(':').ok_or("a line of a head has no colon")?;
        if name.eq_ignore_ascii_case("content-type") {
            part.content_type = Some(value.trim().to_lowercase());
        }
        if name.eq_ignore_ascii_case("content-disposition") {
            let value = value.trim().strip_prefix("form-data;").ok_or("a part is no form-data")?;
            let quoted = value.trim().strip_prefix("name=\"").ok_or("a part has no name")?;
            part.name = quoted.split('"').next().unwrap_or_default().replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
        }
    }
    Ok(part)
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
}
