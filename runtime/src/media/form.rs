//! `application/x-www-form-urlencoded`: an object as names and values, in both directions. Each property is written as a
//! query parameter is, in style `form` and exploded unless the document says otherwise; an object among them as JSON text.
//!
//! Domain: no `null` outside of JSON text, no empty list where each item stands on its own (it reads as an absent one),
//! and what query parameters of the property's style can hold. Of a property of which nothing is known, a text or a list
//! of at least two texts. Of the arms of a union the one is read that loses nothing.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::json::{self, Error, Json, Reader, Side};
use crate::parameter::{Pairs, Parameter, Shape, Style, best, split_query};

/// How the properties of a form are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields<'f> {
    known: &'f [Parameter],
    others: Parameter,
}

impl<'f> Fields<'f> {
    /// These properties, and others of which nothing is known.
    pub const fn new(known: &'f [Parameter]) -> Self {
        Self { known, others: Parameter::form("").shape(Shape::Any) }
    }

    /// The same with all other properties like this one.
    #[must_use]
    pub const fn others(mut self, others: Parameter) -> Self {
        self.others = others;
        self
    }
}

/// Writes an object; `fields` says how each property is written.
///
/// # Errors
/// A value outside of the domain, with the name of the property.
pub fn encode_form<T: Json>(value: &T, fields: &Fields<'_>) -> Result<String, Error> {
    let Value::Object(members) = json::to_value(value)? else { return Err(Error::new("a form is an object")) };
    let mut form = String::new();
    let declared = fields.known.iter().filter_map(|field| Some((field, field.name, members.get(field.name)?)));
    let others = members.iter().filter(|(name, _)| !fields.known.iter().any(|field| field.name == *name));
    for (field, name, member) in declared.chain(others.map(|(name, member)| (&fields.others, name.as_str(), member))) {
        let pairs = field.encode_field(name, member).map_err(|problem| Error::new(problem.to_string()).inside(name))?;
        for (name, text) in pairs {
            if !form.is_empty() {
                form.push('&');
            }
            form.push_str(&name);
            form.push('=');
            form.push_str(&text);
        }
    }
    let back = decode_form::<T>(&form, fields, Side::Server)?;
    if json::to_string(&back)? == json::to_string(value)? { Ok(form) } else { Err(Error::new("the other end would read another form")) }
}

/// Reads an object.
///
/// # Errors
/// A property that does not fit.
pub fn decode_form<T: Json>(form: &str, fields: &Fields<'_>, side: Side) -> Result<T, Error> {
    let pairs = split_query(form);
    // In brackets, keys of a list may be those of an object all the same: the type knows.
    let has_brackets = fields.known.iter().chain([&fields.others]).any(|field| field.style == Style::DeepObject);
    let readings: &[bool] = if has_brackets { &[true, false] } else { &[true] };
    let found = best(readings.iter().map(|lists| {
        let members = members(&pairs, fields, *lists)?;
        let (value, unknown) = Reader::new(&Value::Object(members).to_string(), side).text_mode().whole_with_cost()?;
        Ok(Some((unknown, value)))
    }))?;
    found.ok_or_else(|| Error::new("a form is an object"))
}

/// What stands under the names of properties, every scalar a string.
fn members(pairs: &Pairs<'_>, fields: &Fields<'_>, lists: bool) -> Result<Map<String, Value>, Error> {
    let mut members = Map::new();
    for field in fields.known {
        if let Some(value) = field.decode_field(field.name, pairs, lists).map_err(|error| error.inside(field.name))? {
            members.insert(field.name.to_owned(), value);
        }
    }
    let spread = |field: &Parameter| field.style == Style::Form && field.explode && field.shape == Shape::Object;
    let belongs = |name: &str, field: &Parameter| {
        field.name == name
            || spread(field)
            || (field.style == Style::DeepObject && name.split_once('[').is_some_and(|(name, _)| name == field.name))
    };
    // A form may have very many names: each pair is looked at once.
    let mut others: BTreeMap<&str, Vec<(Cow<'_, str>, &str)>> = BTreeMap::new();
    for (name, text) in pairs.iter().filter(|(name, _)| !fields.known.iter().any(|field| belongs(name, field))) {
        others.entry(name).or_default().push((Cow::Borrowed(name), text));
    }
    for (name, own) in others {
        if !members.contains_key(name)
            && let Some(value) = fields.others.decode_field(name, &own, lists).map_err(|error| error.inside(name))?
        {
            members.insert(name.to_owned(), value);
        }
    }
    Ok(members)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;
    use crate::json::{ObjectWriter, Writer};

    /// A form with one field of each kind.
    #[derive(Debug, Default, PartialEq)]
    struct Form {
        text: Option<String>,
        number: Option<i64>,
        flag: Option<bool>,
        tags: Option<Vec<String>>,
        ids: Option<Vec<i64>>,
        data: Option<Value>,
        rows: Option<Vec<Value>>,
        deep: Option<BTreeMap<String, String>>,
        nested: Option<BTreeMap<String, Vec<String>>>,
        others: BTreeMap<String, Value>,
    }

    impl Json for Form {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            let mut it = Self::default();
            reader.object(&mut |key, reader| match key {
                "text" => reader.optional(&mut it.text, key),
                "number" => reader.optional(&mut it.number, key),
                "flag" => reader.optional(&mut it.flag, key),
                "tags" => reader.optional(&mut it.tags, key),
                "ids" => reader.optional(&mut it.ids, key),
                "data" => reader.optional(&mut it.data, key),
                "rows" => reader.optional(&mut it.rows, key),
                "deep" => reader.optional(&mut it.deep, key),
                "nested" => reader.optional(&mut it.nested, key),
                _ => {
                    it.others.insert(key.to_owned(), reader.value()?);
                    Ok(true)
                }
            })?;
            Ok(it)
        }

        fn write(&self, writer: &mut Writer) {
            let mut object: ObjectWriter<'_> = writer.object();
            object.optional("text", &self.text);
            object.optional("number", &self.number);
            object.optional("flag", &self.flag);
            object.optional("tags", &self.tags);
            object.optional("ids", &self.ids);
            object.optional("data", &self.data);
            object.optional("rows", &self.rows);
            object.optional("deep", &self.deep);
            object.optional("nested", &self.nested);
            for (key, value) in &self.others {
                object.field(key, value);
            }
            object.end();
        }
    }

    const KNOWN: &[Parameter] = &[
        Parameter::form("text"),
        Parameter::form("number"),
        Parameter::form("flag"),
        Parameter::form("tags").list(),
        Parameter::form("ids").explode(false).list(),
        Parameter::json("data"),
        Parameter::json("rows").list(),
        Parameter::form("deep").style(Style::DeepObject).object(),
        Parameter::form("nested").style(Style::DeepObject).object(),
    ];
    const FIELDS: &Fields<'static> = &Fields::new(KNOWN);

    #[test]
    fn other_properties_are_what_is_said_of_them() {
        type Lists = BTreeMap<String, Vec<i64>>;
        type Objects = BTreeMap<String, BTreeMap<String, Value>>;
        let lists = &Fields::new(&[]).others(Parameter::form("").list());
        let objects = &Fields::new(&[]).others(Parameter::json(""));
        for (value, written) in [(json!({"a": [1], "b": [1, 2]}), "a=1&b=1&b=2"), (json!({}), "")] {
            let form: Lists = json::from_value(&value).unwrap();
            assert_eq!(encode_form(&form, lists).unwrap(), written);
            assert_eq!(decode_form::<Lists>(written, lists, Side::Server).unwrap(), form);
        }
        let form: Objects = json::from_value(&json!({"a": {"b": [1, "1"]}})).unwrap();
        let written = encode_form(&form, objects).unwrap();
        assert_eq!(decode_form::<Objects>(&written, objects, Side::Server).unwrap(), form, "{written}");
        assert!(encode_form::<Lists>(&json::from_value(&json!({"a": []})).unwrap(), lists).is_err());
    }

    #[test]
    fn what_is_written_is_read() {
        for (value, written) in [
            (json!({}), ""),
            (json!({"text": ""}), "text="),
            (json!({"text": "a b&c=d+ü"}), "text=a%20b%26c%3Dd%2B%C3%BC"),
            (json!({"text": "12", "number": 12, "flag": true}), "text=12&number=12&flag=true"),
            (json!({"tags": ["a,b", ""], "ids": [1, 2]}), "tags=a%2Cb&tags=&ids=1,2"),
            (json!({"tags": ["one"], "ids": []}), "tags=one&ids="),
            (
                json!({"data": {"a": [1, "1", null]}, "rows": [{"b": 2}]}),
                "data=%7B%22a%22%3A%5B1%2C%221%22%2Cnull%5D%7D&rows=%7B%22b%22%3A2%7D",
            ),
            (json!({"deep": {"k": "v", "w": "x"}}), "deep%5Bk%5D=v&deep%5Bw%5D=x"),
            (json!({"deep": {"0": "v", "1": "x"}}), "deep%5B0%5D=v&deep%5B1%5D=x"),
            (json!({"nested": {"list": ["v", "x"]}}), "nested%5Blist%5D%5B0%5D=v&nested%5Blist%5D%5B1%5D=x"),
            (json!({"nested": {"0": ["v"]}}), "nested%5B0%5D%5B0%5D=v"),
            (json!({"more": "12", "many": ["x", "y"]}), "many=x&many=y&more=12"),
        ] {
            let form: Form = json::from_value(&value).unwrap();
            let text = encode_form(&form, FIELDS).unwrap();
            assert_eq!(text, written);
            assert_eq!(decode_form::<Form>(&text, FIELDS, Side::Client).unwrap(), form, "{text}");
        }
    }

    #[test]
    fn what_no_form_can_hold_is_an_error() {
        for (value, message) in [
            (json!({"tags": []}), "/tags: an empty list or object would look like an absent one"),
            (json!({"ids": [1], "deep": {}}), "/deep: an empty list or object would look like an absent one"),
            (json!({"more": null}), "/more: `null` has no text form"),
            (json!({"more": 12}), "the other end would read another form"),
            (json!({"more": ["one"]}), "the other end would read another form"),
            (json!({"more": {"a": 1}}), "/more: the style has no form for a value of this shape"),
        ] {
            let form: Form = json::from_value(&value).unwrap();
            assert_eq!(encode_form(&form, FIELDS).unwrap_err().to_string(), message);
        }
        assert_eq!(encode_form(&7_i64, FIELDS).unwrap_err().to_string(), "a form is an object");
    }

    #[test]
    fn what_others_write_is_read_or_refused() {
        let form = decode_form::<Form>("text=a+b&number=1&tags=x", FIELDS, Side::Server).unwrap();
        assert_eq!((form.text.as_deref(), form.number), (Some("a b"), Some(1)));
        for (text, message) in [
            ("number=x", "/number: expected an integer, found \"x\""),
            ("text=a&text=b", "/text: given more than once"),
            ("data={", "/data: byte 1: expected a string, found the end of the text"),
            ("text=%FF", "/text: not valid UTF-8 behind its percent-encoding"),
        ] {
            assert_eq!(decode_form::<Form>(text, FIELDS, Side::Server).unwrap_err().to_string(), message);
        }
    }
}
