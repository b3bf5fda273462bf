//! Puts the parts of a form together as they arrive. It must not know where their bytes come from.

use bytes::Bytes;
use serde_json::Value;

use super::split::Head;
#[cfg(feature = "client")]
use super::split::{Event, Splitter};
use super::{File, Form, Kind, Part, Received, part_of, read_style};
use crate::body::Body;
use crate::json::Side;
use crate::media::types::essence;
use crate::parameter::Style;

/// Takes whole parts.
pub(super) struct Assembler<'p> {
    parts: &'p [Part],
    form: Form,
    /// Parts whose meaning is known when all of them are here.
    pairs: Vec<(String, String)>,
    /// How many have begun.
    pub(super) count: usize,
    named: bool,
}

impl<'p> Assembler<'p> {
    pub(super) fn new(content_type: &str, parts: &'p [Part]) -> Self {
        let named = essence(content_type).is_none_or(|essence| essence == "multipart/form-data");
        Self { parts, form: Form::default(), pairs: Vec::new(), count: 0, named }
    }

    /// A part begins: its name, and how it is read.
    pub(super) fn begin(&mut self, head: &mut Head) -> Result<Kind, String> {
        if head.name.is_none() && !self.named {
            let declared = self.parts.iter().filter(|part| !part.others).nth(self.count);
            head.name = head.id.take().or_else(|| declared.map(|part| part.name.to_owned()));
        }
        self.count += 1;
        let name = head.name.as_deref().ok_or("a part has no name")?;
        let is_json = |text: &str| http::HeaderValue::from_str(text).is_ok_and(|value| crate::media::is_json(&value));
        if self.parts.iter().any(|part| is_pair(part, name)) {
            return Ok(Kind::Text);
        }
        Ok(match part_of(self.parts, name) {
            Some(part) => part.kind,
            None if head.content_type.as_deref().is_some_and(is_json) => Kind::Json,
            None => Kind::Text,
        })
    }

    /// A part is here that is no file.
    pub(super) fn field(&mut self, head: Head, kind: Kind, content: &[u8]) -> Result<(), String> {
        let name = head.name.unwrap_or_default();
        let text = std::str::from_utf8(content).map_err(|_| format!("part `{name}` is not UTF-8"))?;
        if self.parts.iter().any(|part| is_pair(part, &name)) {
            self.pairs.push((name, text.to_owned()));
            return Ok(());
        }
        let value = match kind {
            Kind::Plain | Kind::Json => crate::json::from_str(text, Side::Server).map_err(|error| format!("part `{name}`: {error}"))?,
            Kind::Text | Kind::File | Kind::Field(_) => Value::from(text),
        };
        self.put(name, value)
    }

    /// A file is here, which stands in the form's values as its number.
    pub(super) fn file(&mut self, head: Head, content: Body) -> Result<(), String> {
        let number = self.form.files.len();
        self.form.files.push(File { file_name: head.file_name, content_type: head.content_type, headers: head.headers, content });
        self.put(head.name.unwrap_or_default(), Value::from(number))
    }

    fn put(&mut self, name: String, value: Value) -> Result<(), String> {
        let list = part_of(self.parts, &name).is_some_and(|part| part.list);
        match (self.form.fields.get_mut(&name), list) {
            (Some(Value::Array(items)), true) => items.push(value),
            (None, true) => drop(self.form.fields.insert(name, Value::Array(vec![value]))),
            (None, false) => drop(self.form.fields.insert(name, value)),
            (Some(_), _) => return Err(format!("part `{name}` is there twice")),
        }
        Ok(())
    }

    /// All parts are here.
    pub(super) fn finish(mut self) -> Result<Received, String> {
        for part in self.parts {
            let Kind::Field(parameter) = &part.kind else { continue };
            let value = read_style(parameter, part.name, &self.pairs).map_err(|error| format!("part `{}`: {error}", part.name))?;
            if let Some(value) = value {
                self.form.texts = true;
                self.form.fields.insert(part.name.to_owned(), value);
            }
        }
        Ok(Received(self.form))
    }
}

/// Whether a name belongs to a field that is written as a query parameter is.
fn is_pair(part: &Part, name: &str) -> bool {
    let Kind::Field(parameter) = &part.kind else { return false };
    let name = match name.split_once('[') {
        Some((name, _)) if parameter.style == Style::DeepObject => name,
        _ => name,
    };
    name == part.name
}

/// Reads a form that is all here.
///
/// # Errors
/// What is wrong with it, in words.
#[cfg(feature = "client")]
pub(crate) fn whole(content_type: &str, body: &Bytes, parts: &[Part]) -> Result<Received, String> {
    let mut splitter = Splitter::new(content_type)?;
    splitter.push(body);
    let mut assembler = Assembler::new(content_type, parts);
    let mut current: Option<(Head, Kind, Vec<u8>)> = None;
    loop {
        match splitter.next()? {
            Event::Head(mut head) => {
                let kind = assembler.begin(&mut head)?;
                current = Some((head, kind, Vec::new()));
            }
            Event::Content(bytes) => {
                if let Some((_, _, content)) = &mut current {
                    content.extend_from_slice(&bytes);
                }
            }
            Event::End => match current.take() {
                Some((head, Kind::File, content)) => assembler.file(head, Bytes::from(content).into())?,
                Some((head, kind, content)) => assembler.field(head, kind, &content)?,
                None => {}
            },
            Event::More => return Err("the form breaks off before its last boundary".to_owned()),
            Event::Done => return assembler.finish(),
        }
    }
}
