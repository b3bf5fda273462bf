//! `multipart/form-data` (RFC 7578) and its kin: an object as a row of parts, in both directions. A file is a part whose
//! bytes are streamed, so that forms can be larger than memory on both ends; a client has all of a response in memory.
//!
//! Parts of `multipart/mixed` and the like are written with the same head. Those of others that have no name are called by
//! their `Content-ID`, or else are the property in their place.
//!
//! Domain: no `null` and no empty list among the fields, since neither has a part; names without `%22`, `%0D` and `%0A`,
//! which stand for characters that a part's head cannot hold; media types without line breaks.

#[cfg(any(feature = "client", feature = "server"))]
mod assemble;
#[cfg(feature = "server")]
mod receive;
#[cfg(any(feature = "client", feature = "server"))]
mod split;
#[cfg(all(test, feature = "client", feature = "server"))]
mod tests;

use std::borrow::Cow;
use std::fmt;
use std::hash::{BuildHasher, RandomState};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use crate::body::{Body, ReadError};
use crate::error::Problem;
use crate::json::{self, Error, Json, Reader, Reading, Side, Writer};
use crate::parameter::{Pairs, Parameter, Style, escape, percent_decode};

#[cfg(feature = "client")]
pub(crate) use assemble::whole;
#[cfg(feature = "server")]
pub(crate) use receive::{FormError, receive};

/// A file in a form: its content, and what the sender says of it.
///
/// Inside of JSON it is its text, or an object with `fileName`, `contentType`, `headers` and `content` in base64; a content
/// that is a stream has no such form.
#[derive(Default)]
pub struct File {
    /// Name of the file; most servers take a part without one for a plain field.
    pub file_name: Option<String>,
    /// Media type of the content.
    pub content_type: Option<String>,
    /// What else the head of its part says (OpenAPI 3.0, Encoding Object, `headers`).
    pub headers: HeaderMap,
    /// The content, which can be read once.
    pub content: Body,
}

impl File {
    /// A file with a name and without a media type.
    pub fn new(file_name: impl Into<String>, content: impl Into<Body>) -> Self {
        Self { file_name: Some(file_name.into()), content: content.into(), ..Self::default() }
    }

    /// The same file with a media type.
    #[must_use]
    pub fn with_content_type(mut self, content_type: impl Into<String>) -> Self {
        self.content_type = Some(content_type.into());
        self
    }

    /// The same file with one more header of its part.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }

    fn take(&self) -> Self {
        let (file_name, content_type, headers) = (self.file_name.clone(), self.content_type.clone(), self.headers.clone());
        Self { file_name, content_type, headers, content: self.content.take() }
    }

    fn to_value(&self, content: &Bytes) -> Value {
        if let (None, None, true, Ok(text)) = (&self.file_name, &self.content_type, self.headers.is_empty(), std::str::from_utf8(content)) {
            return Value::from(text);
        }
        let mut object = Map::new();
        let members = [("fileName", &self.file_name), ("contentType", &self.content_type)];
        for (name, text) in members.into_iter().filter_map(|(name, text)| Some((name, text.as_ref()?))) {
            object.insert(name.to_owned(), Value::from(text.as_str()));
        }
        if !self.headers.is_empty() {
            let line = |(name, value): (&HeaderName, &HeaderValue)| {
                (name.as_str().to_owned(), Value::from(String::from_utf8_lossy(value.as_bytes()).into_owned()))
            };
            object.insert("headers".to_owned(), self.headers.iter().map(line).collect());
        }
        object.insert("content".to_owned(), Value::from(STANDARD.encode(content)));
        Value::Object(object)
    }

    fn from_value(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        match value {
            Value::String(text) => Some(Self { content: text.clone().into(), ..Self::default() }),
            Value::Object(_) => {
                let content = STANDARD.decode(text("content")?).ok()?;
                let lines = value.get("headers").and_then(Value::as_object).into_iter().flatten();
                let line = |(name, value): (&String, &Value)| {
                    Some((HeaderName::from_bytes(name.as_bytes()).ok()?, HeaderValue::from_str(value.as_str()?).ok()?))
                };
                let headers = lines.map(line).collect::<Option<_>>()?;
                Some(Self { file_name: text("fileName"), content_type: text("contentType"), headers, content: content.into() })
            }
            _ => None,
        }
    }
}

impl fmt::Debug for File {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut all = formatter.debug_struct("File");
        all.field("file_name", &self.file_name).field("content_type", &self.content_type);
        all.field("headers", &self.headers).field("content", &self.content).finish()
    }
}

impl Json for File {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        if let Some(file) = reader.attached()? {
            return Ok(file);
        }
        if !matches!(reader.kind()?, json::Kind::String | json::Kind::Object) {
            return Err(reader.unexpected("a file"));
        }
        let value = reader.raw_value()?;
        Self::from_value(&value).ok_or_else(|| Error::new("expected a file: text, or an object with `content` in base64"))
    }

    fn write(&self, writer: &mut Writer) {
        if writer.attach(|| self.take()) {
            return;
        }
        match self.content.as_bytes() {
            Some(content) => self.to_value(content).write(writer),
            None => {
                writer.fail(Error::new("a stream has no JSON form"));
                writer.null();
            }
        }
    }
}

/// How a field of a form is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    Plain,
    Json,
    File,
    /// As the style of a query parameter has it: a part for each pair, of which there may be several.
    Field(Parameter),
}

/// A field of a form, as data: its name on the wire and how it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    name: &'static str,
    kind: Kind,
    list: bool,
    content_type: Option<&'static str>,
    others: bool,
}

impl Part {
    const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, list: false, content_type: None, others: false }
    }

    /// A field of text.
    pub const fn text(name: &'static str) -> Self {
        Self::new(name, Kind::Text)
    }

    /// A number or a boolean.
    pub const fn plain(name: &'static str) -> Self {
        Self::new(name, Kind::Plain)
    }

    /// Anything else, as a part of `application/json`.
    pub const fn json(name: &'static str) -> Self {
        Self { content_type: Some("application/json"), ..Self::new(name, Kind::Json) }
    }

    /// A [`File`].
    pub const fn file(name: &'static str) -> Self {
        Self::new(name, Kind::File)
    }

    /// A field in the style of a query parameter of the same name, each of whose names and values is a part.
    pub const fn field(parameter: Parameter) -> Self {
        Self::new(parameter.name, Kind::Field(parameter))
    }

    /// The same for every field that has no part of its own.
    #[must_use]
    pub const fn others(mut self) -> Self {
        self.others = true;
        self
    }

    /// One part for each item of a list.
    #[must_use]
    pub const fn list(mut self) -> Self {
        self.list = true;
        self
    }

    /// The media type that the part says it has; that of a file, only if the file does not say its own.
    #[must_use]
    pub const fn media_type(mut self, media_type: &'static str) -> Self {
        self.content_type = Some(media_type);
        self
    }
}

/// What is said of a field.
fn part_of<'p>(parts: &'p [Part], name: &str) -> Option<&'p Part> {
    parts.iter().find(|part| !part.others && part.name == name).or_else(|| parts.iter().find(|part| part.others))
}

/// A form with its files aside: among the fields, a file is its number.
#[derive(Debug, Default)]
struct Form {
    fields: Map<String, Value>,
    files: Vec<File>,
    /// Whether there are scalars among the fields of which only the text is known.
    texts: bool,
}

impl Form {
    /// The files move out of the value.
    fn of<T: Json>(value: &T) -> Result<Self, Error> {
        let mut writer = Writer::new().attaching();
        value.write(&mut writer);
        let (text, files) = writer.finish_attached()?;
        match json::from_str(&text, Side::Client)? {
            Value::Object(fields) => Ok(Self { fields, files, texts: false }),
            _ => Err(Error::new("a form is an object")),
        }
    }

    fn read<T: Json>(self, reading: Reading<'_>) -> Result<T, Error> {
        let text = Value::Object(self.fields).to_string();
        let reader = reading.reader(&text).with_attached(self.files);
        reading.whole(if self.texts { reader.text_mode() } else { reader })
    }
}

/// A form that has arrived, with its files where there is room for them.
#[derive(Debug)]
pub struct Received(Form);

impl Received {
    /// The value that it stands for.
    ///
    /// # Errors
    /// It does not fit the type.
    pub fn read<'n, T: Json>(self, reading: impl Into<Reading<'n>>) -> Result<T, Error> {
        self.0.read(reading.into())
    }
}

/// The same form with the content of all files in memory, so that it has a JSON form.
///
/// # Errors
/// A file is longer than the limit or breaks off, or the value is no form.
pub async fn gather<T: Json>(value: T, limit: usize) -> Result<T, ReadError> {
    let broken = |error: Error| ReadError::Broken(error.into());
    let mut form = Form::of(&value).map_err(broken)?;
    for file in &mut form.files {
        file.content = std::mem::take(&mut file.content).read(limit).await?.into();
    }
    form.read(Side::Server.into()).map_err(broken)
}

/// Writes a form: content type with its boundary, and the body, in which files are streamed. Properties without a
/// declared part are text or JSON.
///
/// # Errors
/// A value outside of the domain, with the field's name.
pub fn encode_multipart<T: Json>(media_type: &str, value: &T, parts: &[Part]) -> Result<(String, Body), Error> {
    let Form { fields, files, texts: _ } = Form::of(value)?;
    let mut files: Vec<Option<File>> = files.into_iter().map(Some).collect();
    let boundary = boundary();
    let mut pieces: Vec<Body> = Vec::new();
    let mut text = String::new();
    for (name, value) in fields {
        let refused = |problem: Problem| Error::new(format!("part `{name}`: {problem}"));
        for (name, file, content_type) in written(&name, value, parts, &mut files).map_err(refused)? {
            head(&mut text, &boundary, &name, &file, content_type).map_err(refused)?;
            pieces.push(std::mem::take(&mut text).into());
            pieces.push(file.content);
            text.push_str("\r\n");
        }
    }
    pieces.push(format!("{text}--{boundary}--\r\n").into());
    let declared = media_type.split(';').filter(|piece| !piece.trim_start().to_ascii_lowercase().starts_with("boundary"));
    let declared: Vec<&str> = declared.map(str::trim).collect();
    Ok((format!("{}; boundary={boundary}", declared.join("; ")), Body::chain(pieces)))
}

/// A part to be: name, content and media type.
type Written = (String, File, Option<&'static str>);

/// The parts of a field.
fn written(name: &str, value: Value, parts: &[Part], files: &mut [Option<File>]) -> Result<Vec<Written>, Problem> {
    let known = part_of(parts, name);
    let (kind, content_type) = match known {
        Some(part) => (part.kind, part.content_type),
        None if value.is_string() => (Kind::Text, None),
        None => (Kind::Json, Some("application/json")),
    };
    if let Kind::Field(parameter) = kind {
        return in_style(&parameter, name, &value);
    }
    let values = match value {
        Value::Array(items) if known.is_some_and(|part| part.list) => items,
        value => vec![value],
    };
    if values.is_empty() {
        return Err(Problem::Empty);
    }
    values.iter().map(|value| Ok((name.to_owned(), content(kind, value, files)?, content_type))).collect()
}

/// The parts of a field in the style of a query parameter: parts are not percent-encoded.
fn in_style(parameter: &Parameter, name: &str, value: &Value) -> Result<Vec<Written>, Problem> {
    let pairs = parameter.encode_field(name, value)?;
    let plain = |raw: &str| percent_decode(raw).map_err(|_| Problem::Ambiguous);
    let pairs = pairs.iter().map(|(name, text)| Ok((plain(name)?, plain(text)?))).collect::<Result<Vec<_>, Problem>>()?;
    let back = read_style(parameter, name, &pairs).map_err(|_| Problem::Ambiguous)?;
    if back.as_ref().map(texts) != Some(texts(value)) {
        return Err(Problem::Ambiguous);
    }
    let part = |(name, text): (String, String)| (name, File { content: text.into(), ..File::default() }, None);
    Ok(pairs.into_iter().map(part).collect())
}

/// The opposite of [`in_style`]: JSON in which every scalar is a string.
fn read_style(parameter: &Parameter, name: &str, parts: &[(String, String)]) -> Result<Option<Value>, Error> {
    // What separates stays as it is; whatever else might be taken for something is escaped.
    let joined = !parameter.explode && parameter.style == Style::Form;
    let escaped = |text: &String| if joined { escape(text).replace("%2C", ",") } else { escape(text) };
    let escaped: Vec<(&str, String)> = parts.iter().map(|(name, text)| (name.as_str(), escaped(text))).collect();
    let pairs: Pairs<'_> = escaped.iter().map(|(name, text)| (Cow::Borrowed(*name), text.as_str())).collect();
    parameter.decode_field(name, &pairs, true)
}

/// A value with the text of each scalar.
fn texts(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(texts).collect(),
        Value::Object(members) => members.iter().map(|(name, member)| (name.clone(), texts(member))).collect(),
        Value::String(_) | Value::Null => value.clone(),
        scalar => Value::from(scalar.to_string()),
    }
}

fn head(text: &mut String, boundary: &str, name: &str, file: &File, content_type: Option<&str>) -> Result<(), Problem> {
    text.push_str(&format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{}\"", quoted(name)?));
    if let Some(file_name) = &file.file_name {
        text.push_str(&format!("; filename=\"{}\"", quoted(file_name)?));
    }
    if let Some(content_type) = file.content_type.as_deref().or(content_type) {
        if let Some(character) = content_type.chars().find(|character| matches!(character, '\r' | '\n')) {
            return Err(Problem::Character(character));
        }
        if content_type.trim() != content_type {
            return Err(Problem::Edges);
        }
        text.push_str(&format!("\r\nContent-Type: {content_type}"));
    }
    for (name, value) in &file.headers {
        // The parser of the other end would take it for something else.
        let value = value.to_str().ok().filter(|value| !is_own(name) && value.trim() == *value).ok_or(Problem::Ambiguous)?;
        text.push_str(&format!("\r\n{name}: {value}"));
    }
    text.push_str("\r\n\r\n");
    Ok(())
}

/// Headers of a part that have a place of their own.
fn is_own(name: &HeaderName) -> bool {
    ["content-disposition", "content-type", "content-id"].contains(&name.as_str())
}

fn content(kind: Kind, value: &Value, files: &mut [Option<File>]) -> Result<File, Problem> {
    let bare = |text: String| File { content: text.into(), ..File::default() };
    match (kind, value) {
        (Kind::Json, value) => Ok(bare(value.to_string())),
        (_, Value::Null) => Err(Problem::Null),
        (Kind::File, value) => {
            let number = value.as_u64().and_then(|number| usize::try_from(number).ok());
            number.and_then(|number| files.get_mut(number)?.take()).ok_or(Problem::Shape)
        }
        (Kind::Text, Value::String(text)) => Ok(bare(text.clone())),
        (Kind::Plain, Value::Bool(_) | Value::Number(_)) => Ok(bare(value.to_string())),
        (Kind::Text | Kind::Plain | Kind::Field(_), _) => Err(Problem::Shape),
    }
}

/// A boundary that stands in no part. Content that is not here yet cannot be searched, so it is one that nobody can
/// guess: the keys of std's hash maps are random.
fn boundary() -> String {
    let random = || RandomState::new().hash_one("boundary");
    format!("form-{:016x}{:016x}", random(), random())
}

/// A name as it stands between quotes (the HTML standard's "multipart/form-data encoding algorithm").
fn quoted(name: &str) -> Result<String, Problem> {
    if ["%22", "%0D", "%0A"].iter().any(|escape| name.contains(escape)) {
        return Err(Problem::Ambiguous);
    }
    Ok(name.replace('"', "%22").replace('\r', "%0D").replace('\n', "%0A"))
}
