//! `multipart/form-data` (RFC 7578): an object as a row of parts, in both directions. A file is a part with raw bytes.
//!
//! Domain: no `null` and no empty list among the fields, since neither has a part; names without `%22`, `%0D` and `%0A`,
//! which stand for characters that a part's head cannot hold.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::error::Problem;
use crate::json::{Error, Json, Kind, Reader, Side, Writer};

/// A file in a form: its bytes, and what the sender says of them.
///
/// Inside of JSON it is its text, or an object with `fileName`, `contentType` and `content` in base64.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct File {
    /// Name of the file; most servers take a part without one for a plain field.
    pub file_name: Option<String>,
    /// Media type of the bytes.
    pub content_type: Option<String>,
    /// The bytes.
    pub content: Bytes,
}

impl File {
    /// A file with a name and without a media type.
    pub fn new(file_name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        Self { file_name: Some(file_name.into()), content_type: None, content: content.into() }
    }

    /// The same file with a media type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    fn to_value(&self) -> Value {
        if let (None, None, Ok(text)) = (&self.file_name, &self.content_type, std::str::from_utf8(&self.content)) {
            return Value::from(text);
        }
        let mut object = Map::new();
        let members = [("fileName", &self.file_name), ("contentType", &self.content_type)];
        for (name, text) in members.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?))) {
            object.insert(name.to_owned(), Value::from(text.as_str()));
        }
        object.insert("content".to_owned(), Value::from(STANDARD.encode(&self.content)));
        Value::Object(object)
    }

    fn from_value(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        match value {
            Value::String(text) => Some(Self { content: text.clone().into(), ..Self::default() }),
            Value::Object(_) => {
                let content = STANDARD.decode(text("content")?).ok()?;
                Some(Self { file_name: text("fileName"), content_type: text("contentType"), content: content.into() })
            }
            _ => None,
        }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = formatter.debug_struct("File");
        all.field("file_name", &self.file_name).field("content_type", &self.content_type);
        all.field("content", &format_args!("{} bytes", self.content.len())).finish()
    }
}

impl Json for File {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        if !matches!(reader.kind()?, Kind::String | Kind::Object) {
            return Err(reader.unexpected("a file"));
        }
        let value = reader.raw_value()?;
        Self::from_value(&value).ok_or_else(|| Error::new("expected a file: text, or an object with `content` in base64"))
    }

    fn write(&self, writer: &mut Writer) {
        self.to_value().write(writer);
    }
}

/// How a field of a form is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Plain,
    Json,
    File,
}

/// A field of a form, as data: its name on the wire and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    name: &'static str,
    form: Form,
    list: bool,
}

impl Part {
    /// A field of text.
    pub const fn text(name: &'static str) -> Self {
        Self { name, form: Form::Text, list: false }
    }

    /// A number or a boolean.
    pub const fn plain(name: &'static str) -> Self {
        Self { name, form: Form::Plain, list: false }
    }

    /// Anything else, as a part of `application/json`.
    pub const fn json(name: &'static str) -> Self {
        Self { name, form: Form::Json, list: false }
    }

    /// A [`File`].
    pub const fn file(name: &'static str) -> Self {
        Self { name, form: Form::File, list: false }
    }

    /// One part for each item of a list.
    #[must_use]
    pub const fn list(mut self) -> Self {
        self.list = true;
        self
    }
}

/// A part on the wire.
struct Raw {
    name: String,
    file: File,
}

/// Writes an object: content type with its boundary, and the body. Properties without a declared part are text or JSON.
///
/// # Errors
/// A value outside of the domain, with the field's name.
pub fn encode_multipart(fields: &Map<String, Value>, parts: &[Part]) -> Result<(String, Bytes), (String, Problem)> {
    let mut all: Vec<Raw> = Vec::new();
    for (name, value) in fields {
        let known = parts.iter().find(|part| part.name == name);
        let form = known.map_or(if value.is_string() { Form::Text } else { Form::Json }, |part| part.form);
        let values = match value {
            Value::Array(items) if known.is_some_and(|part| part.list) => items.as_slice(),
            value => std::slice::from_ref(value),
        };
        if values.is_empty() {
            return Err((name.clone(), Problem::Empty));
        }
        for value in values {
            let file = content(form, value).map_err(|problem| (name.clone(), problem))?;
            all.push(Raw { name: name.clone(), file });
        }
    }
    let boundary = boundary(&all);
    let mut body = Vec::new();
    for Raw { name, file } in &all {
        body.extend_from_slice(format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(name)?).as_bytes());
        if let Some(file_name) = &file.file_name {
            body.extend_from_slice(format!("; filename=\"{}\"", quoted(file_name)?).as_bytes());
        }
        if let Some(content_type) = &file.content_type {
            if content_type.contains(['\r', '\n']) {
                return Err((name.clone(), Problem::Character('\n')));
            }
            body.extend_from_slice(format!("\r\nContent-Type: {content_type}").as_bytes());
        }
        body.extend_from_slice(b"\r\n\r\n");
        body.extend_from_slice(&file.content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    Ok((format!("multipart/form-data; boundary={boundary}"), body.into()))
}

fn content(form: Form, value: &Value) -> Result<File, Problem> {
    let bare = |content: Bytes| File { content, ..File::default() };
    match (form, value) {
        (Form::Json, value) => {
            let content = value.to_string().into();
            Ok(File { content_type: Some("application/json".to_owned()), content, ..File::default() })
        }
        (_, Value::Null) => Err(Problem::Null),
        (Form::File, value) => File::from_value(value).ok_or(Problem::Shape),
        (Form::Text, Value::String(text)) => Ok(bare(text.clone().into())),
        (Form::Plain, Value::Bool(_) | Value::Number(_)) => Ok(bare(value.to_string().into())),
        (Form::Text | Form::Plain, _) => Err(Problem::Shape),
    }
}

/// A boundary that stands in no part; the same form gives the same one.
fn boundary(parts: &[Raw]) -> String {
    let mut number = 0_usize;
    loop {
        let boundary = format!("form-part-boundary-{number}");
        if !parts.iter().any(|part| find(&part.file.content, boundary.as_bytes()).is_some()) {
            return boundary;
        }
        number += 1;
    }
}

/// A name as it stands between quotes (the HTML standard's "multipart/form-data encoding algorithm").
fn quoted(name: &str) -> Result<String, (String, Problem)> {
    if ["%22", "%0D", "%0A"].iter().any(|escape| name.contains(escape)) {
        return Err((name.to_owned(), Problem::Ambiguous));
    }
    Ok(name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A"))
}

/// Reads a body into an object. `content_type` holds the boundary.
///
/// # Errors
/// What is wrong, in words.
pub fn decode_multipart(content_type: &str, body: &[u8], parts: &[Part]) -> Result<Map<String, Value>, String> {
    let boundary = parameter(content_type, "boundary").filter(|text| !text.is_empty()).ok_or("the content type has no boundary")?;
    let mut fields = Map::new();
    for Raw { name, file } in split(body, &boundary)? {
        let known = parts.iter().find(|part| part.name == name);
        let is_json =
            file.content_type.as_deref().is_some_and(|text| http::HeaderValue::from_str(text).is_ok_and(|value| super::is_json(&value)));
        let form = known.map_or(if is_json { Form::Json } else { Form::Text }, |part| part.form);
        let value = match form {
            Form::File => file.to_value(),
            Form::Text => Value::from(text(&name, &file)?),
            Form::Plain | Form::Json => {
                let text = text(&name, &file)?;
                crate::json::from_str(text, Side::Server).map_err(|error| format!("part `{name}`: {error}"))?
            }
        };
        match (fields.get_mut(&name), known.is_some_and(|part| part.list)) {
            (Some(Value::Array(items)), true) => items.push(value),
            (None, true) => drop(fields.insert(name, Value::Array(vec![value]))),
            (None, false) => drop(fields.insert(name, value)),
            (Some(_), _) => return Err(format!("part `{name}` is there twice")),
        }
    }
    Ok(fields)
}

fn text<'f>(name: &str, file: &'f File) -> Result<&'f str, String> {
    std::str::from_utf8(&file.content).map_err(|_| format!("part `{name}` is not UTF-8"))
}

fn split(body: &[u8], boundary: &str) -> Result<Vec<Raw>, String> {
    let first = format!("--{boundary}");
    let delimiter = format!("\r\n--{boundary}");
    let mut rest = match find(body, first.as_bytes()) {
        Some(0) => body.get(first.len()..),
        _ => find(body, delimiter.as_bytes()).and_then(|at| body.get(at + delimiter.len()..)),
    }
    .ok_or("no part begins with the boundary")?;
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let head = find(rest, b"\r\n").and_then(|at| rest.get(at..)).ok_or("a part has no head")?;
        let end = find(head, b"\r\n\r\n").ok_or("a part has no head")?;
        let (lines, content) = (head.get(..end).unwrap_or_default(), head.get(end + 4..).unwrap_or_default());
        let close = find(content, delimiter.as_bytes()).ok_or("a part has no end")?;
        parts.push(part(lines, content.get(..close).unwrap_or_default())?);
        rest = content.get(close + delimiter.len()..).unwrap_or_default();
    }
    Ok(parts)
}

fn part(head: &[u8], content: &[u8]) -> Result<Raw, String> {
    let head = std::str::from_utf8(head).map_err(|_| "the head of a part is not UTF-8")?;
    let field = |wanted: &str| {
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted))
            .map(|(_, value)| value.trim())
    };
    let disposition = field("content-disposition").ok_or("a part has no Content-Disposition")?;
    let unquoted = |text: String| text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
    let name = parameter(disposition, "name").map(unquoted).ok_or("a part has no name")?;
    let file_name = parameter(disposition, "filename").map(unquoted);
    let content = Bytes::copy_from_slice(content);
    Ok(Raw { name, file: File { file_name, content_type: field("content-type").map(str::to_owned), content } })
}

/// A parameter of a header's value: `name="x"` in `form-data; name="x"`. Quotes may hold semicolons.
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (name, after) = rest.trim_start().split_once('=')?;
        let (found, next) = match after.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => after.split_once(';').map_or((after, ""), |(found, _)| (found, after.get(found.len()..).unwrap_or_default())),
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(found.trim().to_owned());
        }
        rest = next.trim_start().strip_prefix(';')?;
    }
}

fn find(text: &[u8], wanted: &[u8]) -> Option<usize> {
    text.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const PARTS: &[Part] =
        &[Part::text("t"), Part::plain("n"), Part::json("o"), Part::file("f"), Part::file("fs").list(), Part::text("ts").list()];

    #[test]
    fn what_is_written_is_read() {
        let image = File {
            file_name: Some("a \"b\";c.png".into()),
            content_type: Some("image/png".into()),
            content: Bytes::from_static(b"\x89\r\n--x\0"),
        };
        for fields in [
            json!({}),
            json!({"t": ""}),
            json!({"t": "a\r\n--form-part-boundary-0\r\nb", "n": 1.5}),
            json!({"n": true, "o": {"a": [null, "1"]}}),
            json!({"o": null, "ts": ["x"]}),
            json!({"ts": ["x", "", "ü"], "undeclared": "12", "other": [1]}),
            json!({"f": "plain text"}),
            json!({"f": image.to_value(), "fs": [image.to_value(), File::new("e", "").to_value()]}),
            json!({"a \"quoted\"\r\nname": "x"}),
        ] {
            let Value::Object(fields) = fields else { panic!("a table of objects") };
            let (content_type, body) = encode_multipart(&fields, PARTS).unwrap();
            assert_eq!(decode_multipart(&content_type, &body, PARTS).unwrap(), fields, "{}", String::from_utf8_lossy(&body));
        }
    }

    #[test]
    fn what_has_no_part_is_an_error() {
        for (fields, problem) in [
            (json!({"t": null}), Problem::Null),
            (json!({"ts": []}), Problem::Empty),
            (json!({"t": {}}), Problem::Shape),
            (json!({"f": 1}), Problem::Shape),
            (json!({"%22": "x"}), Problem::Ambiguous),
            (json!({"f": {"contentType": "a\r\nb", "content": ""}}), Problem::Character('\n')),
        ] {
            let Value::Object(fields) = fields else { panic!("a table of objects") };
            assert_eq!(encode_multipart(&fields, PARTS).unwrap_err().1, problem, "{fields:?}");
        }
    }

    #[test]
    fn what_others_write_is_read_or_refused() {
        let good = "preamble\r\n--B\r\ncontent-disposition: form-data; filename=x; name=t\r\n\r\nv\r\n--B--\r\nepilogue";
        assert_eq!(decode_multipart("multipart/form-data; charset=utf-8; boundary=\"B\"", good.as_bytes(), PARTS).unwrap()["t"], "v");
        for (content_type, body) in [
            ("multipart/form-data", good),
            ("multipart/form-data; boundary=C", good),
            ("multipart/form-data; boundary=B", "--B\r\n"),
            ("multipart/form-data; boundary=B", "--B\r\n\r\nv\r\n--B--"),
            ("multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data\r\n\r\nv\r\n--B--"),
            ("multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nv"),
            ("multipart/form-data; boundary=B", "--B\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\nx\r\n--B--"),
        ] {
            assert!(decode_multipart(content_type, body.as_bytes(), PARTS).is_err(), "{content_type} {body}");
        }
    }
}
