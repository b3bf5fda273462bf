//! Parameters: how a value becomes text in a path, a query, a header or a cookie, and back (OpenAPI 3.0, Parameter
//! Object, Style Values). It must not know requests.
//!
//! A value goes to the wire over its JSON form: a scalar, a list of scalars or an object of scalars. Encoding reads
//! its own text back before it hands it out: a value that the other end would read as another one is a [`Problem`],
//! never a different request. Each style's file says which values those are.

mod deep;
mod escape;
mod flat;
mod form;
mod header;
mod path;
#[cfg(test)]
mod rows;
#[cfg(test)]
mod tests;

use http::HeaderMap;

use crate::error::Problem;
use crate::json::{self, Error, Json, Reader, Side};

use escape::Escape;
#[cfg(feature = "server")]
pub(crate) use escape::decode_form;
pub(crate) use escape::{Pairs, decode as percent_decode, escape, escape_literal, split_cookies, split_query};
use flat::Flat;
pub(crate) use header::field_text;

/// How a parameter is written (OpenAPI 3.0, Style Values).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Path and header: `3,4,5`.
    Simple,
    /// Path: `.3.4.5`.
    Label,
    /// Path: `;name=3,4,5`.
    Matrix,
    /// Query and cookie: `name=3,4,5`.
    Form,
    /// Query: `name=3%204%205`.
    SpaceDelimited,
    /// Query: `name=3%7C4%7C5`.
    PipeDelimited,
    /// Query: `name%5Bkey%5D=3`, and `name%5Bkey%5D%5B0%5D=3` for what is deeper.
    DeepObject,
    /// `content: application/json`: the value as JSON text.
    Json,
}

/// What kind of value a parameter has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text, a number, a boolean.
    Scalar,
    /// A list of scalars.
    List,
    /// An object whose values are scalars.
    Object,
    /// A union of those: the shape that the type reads best is taken, the earlier one on ties. In an exploded form it is
    /// no object.
    Any,
}

/// A parameter as constant data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// Name on the wire.
    pub name: &'static str,
    /// How it is written.
    pub style: Style,
    /// Whether each item or property is written on its own.
    pub explode: bool,
    /// Whether reserved characters stay as they are in a query, where they cannot be taken for separators.
    pub allow_reserved: bool,
    /// What kind of value it has.
    pub shape: Shape,
    /// Names of the other parameters of its place, which are not properties of an exploded object; `a` stands for `a[b]` too.
    pub beside: &'static [&'static str],
}

impl Parameter {
    const fn new(name: &'static str, style: Style, explode: bool) -> Self {
        Self { name, style, explode, allow_reserved: false, shape: Shape::Scalar, beside: &[] }
    }

    /// A scalar in style `simple`, not exploded: the default in paths and headers.
    pub const fn simple(name: &'static str) -> Self {
        Self::new(name, Style::Simple, false)
    }

    /// A scalar in style `form`, exploded: the default in queries and cookies.
    pub const fn form(name: &'static str) -> Self {
        Self::new(name, Style::Form, true)
    }

    /// A value as JSON text (`content: application/json`).
    pub const fn json(name: &'static str) -> Self {
        Self::new(name, Style::Json, false)
    }

    /// The same in another style; `explode` stays as it is.
    #[must_use]
    pub const fn style(mut self, style: Style) -> Self {
        self.style = style;
        self
    }

    /// The same with each item or property on its own.
    #[must_use]
    pub const fn exploded(self) -> Self {
        self.explode(true)
    }

    /// The same, exploded or not.
    #[must_use]
    pub const fn explode(mut self, explode: bool) -> Self {
        self.explode = explode;
        self
    }

    /// The same with a list.
    #[must_use]
    pub const fn list(self) -> Self {
        self.shape(Shape::List)
    }

    /// The same with an object.
    #[must_use]
    pub const fn object(self) -> Self {
        self.shape(Shape::Object)
    }

    /// The same with another shape.
    #[must_use]
    pub const fn shape(mut self, shape: Shape) -> Self {
        self.shape = shape;
        self
    }

    /// The same with reserved characters left as they are.
    #[must_use]
    pub const fn allow_reserved(mut self) -> Self {
        self.allow_reserved = true;
        self
    }

    /// The same beside other parameters of the query, or other cookies: an exploded object does not take their names for its properties.
    #[must_use]
    pub const fn beside(mut self, names: &'static [&'static str]) -> Self {
        self.beside = names;
        self
    }

    pub(crate) fn encode_path<T: Json>(&self, value: &T) -> Result<String, Problem> {
        self.encode(value, |flat| path::write(self, flat), |text, shape| path::read(self, text, shape).map(Some))
    }

    pub(crate) fn decode_path<T: Json>(&self, raw: &str) -> Result<T, Error> {
        let value = self.decode(Side::Server, |shape| path::read(self, raw, shape).map(Some))?;
        value.ok_or_else(|| Error::new("is required"))
    }

    /// Names and values, both escaped.
    pub(crate) fn encode_query<T: Json>(&self, value: &T) -> Result<Vec<(String, String)>, Problem> {
        if self.style == Style::DeepObject {
            return self.encode_deep(value);
        }
        self.encode(value, |flat| form::write(self, self.name, flat), |pairs, shape| form::read_back(self, pairs, shape))
    }

    pub(crate) fn decode_query<T: Json>(&self, pairs: &Pairs<'_>) -> Result<Option<T>, Error> {
        if self.style == Style::DeepObject {
            return self.decode_deep(Side::Server, pairs);
        }
        self.decode(Side::Server, |shape| form::read(self, self.name, pairs, shape, form::Place::Query))
    }

    /// Names and values, both escaped.
    pub(crate) fn encode_cookie<T: Json>(&self, value: &T) -> Result<Vec<(String, String)>, Problem> {
        // Reserved characters are not for cookies.
        let parameter = Self { allow_reserved: false, ..*self };
        parameter.encode(value, |flat| form::write(&parameter, self.name, flat), |pairs, shape| form::read_back(&parameter, pairs, shape))
    }

    pub(crate) fn decode_cookie<T: Json>(&self, pairs: &Pairs<'_>) -> Result<Option<T>, Error> {
        self.decode(Side::Server, |shape| form::read(self, self.name, pairs, shape, form::Place::Cookie))
    }

    pub(crate) fn encode_header<T: Json>(&self, value: &T) -> Result<String, Problem> {
        self.encode(value, |flat| header::write(self, flat), |text, shape| header::read(self, &[text.as_str()], shape))
    }

    pub(crate) fn decode_header<T: Json>(&self, headers: &HeaderMap, side: Side) -> Result<Option<T>, Error> {
        let values = header::values(self, headers)?;
        self.decode(side, |shape| header::read(self, &values, shape))
    }

    /// A property of a form: names and values, both escaped. A list of JSON texts has a pair for each.
    pub(crate) fn encode_field(&self, name: &str, value: &serde_json::Value) -> Result<Vec<(String, String)>, Problem> {
        let json = |value: &serde_json::Value| (escape(name), escape(&value.to_string()));
        match (self.style, value) {
            (Style::Json, serde_json::Value::Array(items)) if self.shape == Shape::List => {
                if items.is_empty() {
                    Err(Problem::Empty)
                } else {
                    Ok(items.iter().map(json).collect())
                }
            }
            (Style::Json, value) => Ok(vec![json(value)]),
            (Style::DeepObject, value) => deep::write(name, &value.to_string(), Escape::All),
            (_, value) => match Flat::from_json(&value.to_string())? {
                Flat::Object(_) if self.shape == Shape::Any => Err(Problem::Shape),
                flat => form::write(self, name, &flat),
            },
        }
    }

    /// A property of an object of headers: the lines that it is written in.
    pub(crate) fn encode_header_field(&self, value: &serde_json::Value) -> Result<Vec<String>, Problem> {
        match Flat::from_json(&value.to_string()) {
            _ if self.style == Style::Json => header::write(self, &Flat::Scalar(value.to_string())).map(|line| vec![line]),
            Ok(Flat::List(items)) if header::is_cookie(self) => {
                items.iter().map(|item| header::field_text(item).map(str::to_owned)).collect()
            }
            flat => header::write(self, &flat?).map(|line| vec![line]),
        }
    }

    /// The same read, as [`Parameter::decode_field`] does.
    pub(crate) fn decode_header_field(&self, headers: &HeaderMap) -> Result<Option<serde_json::Value>, Error> {
        let mut values = header::values(self, headers)?;
        let shape = match self.shape {
            Shape::Any if values.len() < 2 => Shape::Scalar,
            Shape::Any => Shape::List,
            other => other,
        };
        let flat = match shape {
            Shape::List if header::is_cookie(self) => {
                (!values.is_empty()).then(|| Flat::List(values.iter().map(|value| (*value).to_owned()).collect()))
            }
            shape => {
                if header::is_cookie(self) {
                    values.truncate(1);
                }
                header::read(self, &values, shape)?
            }
        };
        match flat {
            Some(Flat::Scalar(text)) if self.style == Style::Json => json::from_str(&text, Side::Client).map(Some),
            Some(flat) => json::from_str(&flat.to_json(), Side::Client).map(Some),
            None => Ok(None),
        }
    }

    /// The same read: JSON in which every scalar is a string, but for JSON text. With `lists`, what has the keys of a list
    /// inside of the brackets is one.
    pub(crate) fn decode_field(&self, name: &str, pairs: &Pairs<'_>, lists: bool) -> Result<Option<serde_json::Value>, Error> {
        let own: Vec<&str> = pairs.iter().filter(|(known, _)| known == name).map(|(_, raw)| *raw).collect();
        if self.style == Style::Json {
            let read = |raw: &&str| form::decode_text(raw).and_then(|text| json::from_str(&text, Side::Server));
            return match own.as_slice() {
                [] => Ok(None),
                items if self.shape == Shape::List => {
                    items.iter().map(read).collect::<Result<_, Error>>().map(|items| Some(serde_json::Value::Array(items)))
                }
                [one] => read(one).map(Some),
                _ => Err(Error::new("given more than once")),
            };
        }
        if self.style == Style::DeepObject {
            let Some(found) = deep::Found::under(name, pairs, form::Place::Query)? else { return Ok(None) };
            let text = if self.shape == Shape::Object { found.to_json_object(lists)? } else { found.to_json(lists)? };
            return json::from_str(&text, Side::Server).map(Some);
        }
        let shape = match self.shape {
            Shape::Any if own.len() < 2 => Shape::Scalar,
            Shape::Any => Shape::List,
            other => other,
        };
        match form::read(self, name, pairs, shape, form::Place::Query)? {
            Some(flat) => json::from_str(&flat.to_json(), Side::Server).map(Some),
            None => Ok(None),
        }
    }

    /// Value to JSON to text, and back again to see that it arrives: as the value, or as another arm of a choice that is
    /// written alike, such as the number for a text that looks like one.
    fn encode<T: Json, W: PartialEq>(
        &self,
        value: &T,
        write: impl Fn(&Flat) -> Result<W, Problem>,
        read: impl Fn(&W, Shape) -> Result<Option<Flat>, Error>,
    ) -> Result<W, Problem> {
        let text = json::to_string(value).map_err(Problem::Json)?;
        // Without a name of its own an object of any kind would take whatever stands in the query.
        let named = self.style == Style::Form && self.explode && self.shape == Shape::Any && text.starts_with('{');
        let flat = if self.style == Style::Json || named { Flat::Scalar(text.clone()) } else { Flat::from_json(&text)? };
        let written = write(&flat)?;
        let Ok(Some(back)) = self.decode::<T>(Side::Server, |shape| read(&written, shape)) else { return Err(Problem::Ambiguous) };
        let back = json::to_string(&back).map_err(Problem::Json)?;
        let is_alike =
            || !named && Flat::from_json(&back).is_ok_and(|back| back.texts() == flat.texts() && write(&back).as_ref() == Ok(&written));
        if back == text || is_alike() { Ok(written) } else { Err(Problem::Ambiguous) }
    }

    /// Text to JSON to value.
    fn decode<T: Json>(&self, side: Side, read: impl Fn(Shape) -> Result<Option<Flat>, Error>) -> Result<Option<T>, Error> {
        if self.style == Style::Json {
            return match read(Shape::Scalar)? {
                Some(Flat::Scalar(text)) => json::from_str(&text, side).map(Some),
                _ => Ok(None),
            };
        }
        let shapes: &[Shape] = match self.shape {
            Shape::Scalar => &[Shape::Scalar],
            Shape::List => &[Shape::List],
            Shape::Object => &[Shape::Object],
            // An object of any kind is written as JSON text.
            Shape::Any if self.style == Style::Form && self.explode => &[Shape::Scalar, Shape::List],
            Shape::Any => &[Shape::Scalar, Shape::List, Shape::Object],
        };
        best(shapes.iter().map(|shape| match read(*shape)? {
            Some(flat) => self.read_flat(&flat, side),
            None => Ok(None),
        }))
    }

    /// Value to JSON to names with brackets, and back again to see that it arrives.
    fn encode_deep<T: Json>(&self, value: &T) -> Result<Vec<(String, String)>, Problem> {
        let text = json::to_string(value).map_err(Problem::Json)?;
        let escape = if self.allow_reserved { Escape::AllowReserved } else { Escape::All };
        let written = deep::write(self.name, &text, escape)?;
        let query: Vec<String> = written.iter().map(|(name, value)| format!("{name}={value}")).collect();
        match self.decode_deep::<T>(Side::Server, &split_query(&query.join("&"))) {
            Ok(Some(back)) if json::to_string(&back).as_ref() == Ok(&text) => Ok(written),
            _ => Err(Problem::Ambiguous),
        }
    }

    /// Names with brackets to JSON to value: with lists where their keys are those of lists, else with objects only.
    fn decode_deep<T: Json>(&self, side: Side, pairs: &Pairs<'_>) -> Result<Option<T>, Error> {
        let Some(found) = deep::Found::under(self.name, pairs, form::Place::Query)? else { return Ok(None) };
        best([true, false].into_iter().map(|lists| {
            let (value, unknown) = Reader::new(&found.to_json(lists)?, side).text_mode().whole_with_cost()?;
            Ok(Some((unknown, value)))
        }))
    }

    /// The value and what it holds that the type does not know. An exploded object has no name of its own: one of which
    /// the type keeps nothing is not there.
    fn read_flat<T: Json>(&self, flat: &Flat, side: Side) -> Result<Option<(usize, T)>, Error> {
        let text = flat.to_json();
        let (value, unknown) = Reader::new(&text, side).text_mode().whole_with_cost()?;
        match flat {
            Flat::Object(_) if self.style == Style::Form && self.explode && json::to_string(&value).is_ok_and(|kept| kept == "{}") => {
                Ok(None)
            }
            _ => Ok(Some((unknown, value))),
        }
    }
}

/// The value that cost least, the first one on ties; where there is none, the first error. Nothing is better than a value
/// that cost nothing.
pub(crate) fn best<T>(found: impl Iterator<Item = Result<Option<(usize, T)>, Error>>) -> Result<Option<T>, Error> {
    let mut best: Option<(usize, T)> = None;
    let mut error = None;
    for found in found {
        match found {
            Ok(Some((0, value))) => return Ok(Some(value)),
            Ok(Some((cost, value))) if best.as_ref().is_none_or(|(least, _)| cost < *least) => best = Some((cost, value)),
            Ok(_) => {}
            Err(found) => error = error.or(Some(found)),
        }
    }
    match (best, error) {
        (Some((_, value)), _) => Ok(Some(value)),
        (None, Some(error)) => Err(error),
        (None, None) => Ok(None),
    }
}
