//! Server-sent events (WHATWG HTML, section 9.2). It must not know their values.
//!
//! Domain: no carriage return in the data, since it is read as a line feed; neither line feed nor carriage return in the
//! name and the id, no NUL in the id, no name or id that is empty (both read as absent ones). An event has data.

use std::collections::VecDeque;

use serde_json::{Map, Value};

use super::{Frame, text_of};
use crate::json::{self, Json, Reader, Reading, Side};

/// How a value stands in an event.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Data {
    /// The data is JSON text.
    #[default]
    Json,
    /// The data is the value as text: a string, a value of an enum.
    Text,
    /// The value is an object of the event's fields, of which `data` is text.
    Fields,
    /// The same with data that is JSON text; what is no JSON is a string.
    JsonFields,
}

/// One event, as it stands in the body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Event {
    /// Its name; without one it is called `message`.
    pub event: Option<String>,
    /// Its data; lines are told apart by line feeds.
    pub data: String,
    /// Its number, which a client repeats when it connects anew (`Last-Event-ID`).
    pub id: Option<String>,
    /// How many milliseconds to wait before connecting anew.
    pub retry: Option<u64>,
}

impl Event {
    /// An event with nothing but data.
    pub fn new(data: impl Into<String>) -> Self {
        Self { data: data.into(), ..Self::default() }
    }

    /// The fields as an object.
    fn object(&self, data: Value) -> Value {
        let mut members = Map::from_iter([("data".to_owned(), data)]);
        members.extend(self.event.clone().map(|event| ("event".to_owned(), event.into())));
        members.extend(self.id.clone().map(|id| ("id".to_owned(), id.into())));
        members.extend(self.retry.map(|retry| ("retry".to_owned(), retry.into())));
        members.into()
    }

    /// The same object with its id as a number, if it is one: some types ask for that.
    fn counted(&self, object: &Value) -> Option<Value> {
        let id = self.id.as_ref()?;
        let number: i64 = id.parse().ok().filter(|number: &i64| number.to_string() == *id)?;
        let mut members = object.as_object()?.clone();
        members.insert("id".to_owned(), number.into());
        Some(members.into())
    }
}

/// Cuts bytes into lines and lines into events.
#[derive(Debug, Default)]
pub struct Cut {
    line: Vec<u8>,
    /// Whether a line feed that comes next belongs to the end of the last line.
    after_return: bool,
    /// Whether there was a line before.
    begun: bool,
    event: Event,
    has_data: bool,
}

impl Cut {
    fn end_of_line(&mut self, found: &mut VecDeque<Event>) {
        let line = text_of(&std::mem::take(&mut self.line));
        // A byte order mark in front of everything.
        let line = if self.begun { line.as_str() } else { line.strip_prefix('\u{feff}').unwrap_or(&line) };
        self.begun = true;
        if line.is_empty() {
            let event = std::mem::take(&mut self.event);
            if std::mem::take(&mut self.has_data) {
                found.push_back(event);
            }
            return;
        }
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "data" => {
                if self.has_data {
                    self.event.data.push('\n');
                }
                self.event.data.push_str(value);
                self.has_data = true;
            }
            "event" => self.event.event = (!value.is_empty()).then(|| value.to_owned()),
            "id" if !value.contains('\0') => self.event.id = (!value.is_empty()).then(|| value.to_owned()),
            "retry" if value.bytes().all(|byte| byte.is_ascii_digit()) => self.event.retry = value.parse().ok(),
            // Comments, and what nobody knows.
            _ => {}
        }
    }
}

impl Frame for Event {
    const IS_JSON: bool = false;
    type Manner = Data;
    type Cut = Cut;

    fn cut(cut: &mut Cut, _: Data, bytes: &[u8], found: &mut VecDeque<Self>) {
        let mut rest = bytes;
        if cut.after_return {
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
            cut.after_return &= bytes.is_empty();
        }
        while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (line, end) = rest.split_at(at);
            cut.line.extend(line);
            cut.end_of_line(found);
            rest = match end {
                [b'\r', b'\n', rest @ ..] => rest,
                [b'\r'] => {
                    cut.after_return = true;
                    &[]
                }
                [_, rest @ ..] => rest,
                [] => &[],
            };
        }
        cut.line.extend(rest);
    }

    /// An event that nothing ends was cut off, and is not dispatched.
    fn rest(_: &mut Cut, _: Data) -> Option<Self> {
        None
    }

    fn waiting(cut: &Cut) -> usize {
        cut.line.len().saturating_add(cut.event.data.len())
    }

    fn text(&self) -> &str {
        &self.data
    }

    fn read<T: Json>(&self, manner: Data, reading: Reading<'_>) -> Result<T, json::Error> {
        let side = reading.side();
        let parsed = || json::from_str::<Value>(&self.data, Side::Client).unwrap_or_else(|_| self.data.clone().into());
        let object = match manner {
            Data::Json => return reading.text(&self.data),
            Data::Text => {
                let text = Value::from(self.data.clone()).to_string();
                return reading.whole(reading.reader(&text).text_mode());
            }
            // All of them are text, whatever the type is.
            Data::Fields => {
                let text = self.object(self.data.clone().into()).to_string();
                return reading.whole(reading.reader(&text).text_mode());
            }
            Data::JsonFields => self.object(parsed()),
        };
        let text = object.to_string();
        let Some(counted) = self.counted(&object) else { return reading.text(&text) };
        let as_text = Reader::new(&text, side).whole_with_cost();
        match (as_text, Reader::new(&counted.to_string(), side).whole_with_cost()) {
            (Ok((_, unknown)), Ok((value, fewer))) if fewer < unknown => Ok(value),
            (Err(_), Ok((value, _))) => Ok(value),
            (Err(_), Err(_)) => reading.text(&text),
            (Ok((value, _)), _) => Ok(value),
        }
    }

    fn of<T: Json>(value: &T, manner: Data) -> Result<Self, json::Error> {
        let plain = |value: Value| match value {
            Value::String(text) => text,
            other => other.to_string(),
        };
        let members = match (manner, json::to_value(value)?) {
            (Data::Json, _) => return json::to_string(value).map(Self::new),
            (Data::Text, Value::Null) => return Err(json::Error::new("`null` has no text form")),
            (Data::Text, value) => return Ok(Self::new(plain(value))),
            (Data::Fields | Data::JsonFields, Value::Object(members)) => members,
            (Data::Fields | Data::JsonFields, _) => return Err(json::Error::new("an event is an object")),
        };
        let mut event = Self::default();
        let mut has_data = false;
        for (name, value) in members {
            match (name.as_str(), value) {
                ("data", Value::String(text)) if manner == Data::JsonFields && json::from_str::<Value>(&text, Side::Client).is_ok() => {
                    event.data = Value::from(text).to_string();
                    has_data = true;
                }
                ("data", Value::Null) if manner == Data::Fields => return Err(json::Error::new("`null` has no text form").inside("data")),
                ("data", value) => {
                    event.data = plain(value);
                    has_data = true;
                }
                // A field that is `null` cannot be told from one that is absent.
                ("event" | "id" | "retry", Value::Null) => {}
                ("event", value) => event.event = Some(plain(value)),
                ("id", value) => event.id = Some(plain(value)),
                ("retry", value) => {
                    let milliseconds = value.as_u64().ok_or_else(|| json::Error::new("wanted a number of milliseconds").inside("retry"))?;
                    event.retry = Some(milliseconds);
                }
                (name, _) => return Err(json::Error::new("no field of an event").inside(name)),
            }
        }
        if has_data { Ok(event) } else { Err(json::Error::new("an event has data")) }
    }

    fn idle(_: Data) -> &'static [u8] {
        b":\n\n"
    }

    fn write(&self, _: Data) -> Result<Vec<u8>, json::Error> {
        let invalid = |name: &str| json::Error::new("has a character that an event cannot carry there").inside(name);
        let mut text = String::new();
        for (name, value) in [("event", &self.event), ("id", &self.id)] {
            if let Some(value) = value {
                if value.is_empty() || value.contains(['\n', '\r', '\0']) {
                    return Err(invalid(name));
                }
                text.push_str(&format!("{name}: {value}\n"));
            }
        }
        if let Some(retry) = self.retry {
            text.push_str(&format!("retry: {retry}\n"));
        }
        if self.data.contains('\r') {
            return Err(invalid("data"));
        }
        for line in self.data.split('\n') {
            text.push_str(&format!("data: {line}\n"));
        }
        text.push('\n');
        Ok(text.into_bytes())
    }
}
