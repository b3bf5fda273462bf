//! XML bodies: a value by its JSON form and a table of what becomes an element or an attribute, in both directions.
//!
//! An object is an element with an element or attribute for each property; a list is an element for each item, with an
//! element around them where the document says `wrapped`; a map has elements that are named by its keys; `null` is an
//! element with `xsi:nil`. Names are read with their namespaces and without their prefixes; one without a namespace is taken
//! for any that nobody else claims. The name of the outermost element is not looked at.
//!
//! Of what has no schema, an element says what it is: `xsi:type` is `xs:integer`, `xs:decimal`, `xs:double` or `xs:boolean` for
//! scalars that are no text, `soapenc:Array` for lists, `soapenc:Struct` for an object without members. Its attributes are
//! members whose names begin with `@`, and text beside other members is one called `#text`. Of a union that arm is
//! written and read whose properties are there.
//!
//! Domain: what XML can name and hold (see `element`); no empty list without an element around it unless it is required,
//! no list of only one `null`, no `null` attribute.

mod element;
#[cfg(test)]
mod tests;
mod value;

use std::collections::BTreeMap;

use bytes::Bytes;
use http::HeaderValue;

use self::element::Element;
use self::value::Items;
use crate::error::DecodeError;
use crate::json::{self, Base64, Error, Json, Reading, Side};
use crate::{Instant, Maybe, Secret};

/// What a value looks like in XML.
#[derive(Debug, Clone, Copy)]
pub enum XmlShape {
    /// A scalar.
    Text,
    /// Nothing is known of it.
    Any,
    /// A list of what looks like this.
    List(fn() -> &'static XmlShape),
    /// One of these.
    OneOf(&'static [fn() -> &'static XmlShape]),
    /// An object.
    Object {
        /// What is known of its properties.
        fields: &'static [XmlField],
        /// What the properties look like that nothing declares.
        others: Option<fn() -> &'static XmlShape>,
    },
}

/// A property of an object.
#[derive(Debug, Clone, Copy)]
pub struct XmlField {
    property: &'static str,
    name: XmlName,
    shape: fn() -> &'static XmlShape,
    attribute: bool,
    required: bool,
    wrapped: Option<XmlName>,
    nested: &'static [XmlName],
}

impl XmlField {
    /// An element, or an element for each item of a list.
    pub const fn new(property: &'static str, name: XmlName, shape: fn() -> &'static XmlShape) -> Self {
        Self { property, name, shape, attribute: false, required: false, wrapped: None, nested: &[] }
    }

    /// The same as an attribute.
    #[must_use]
    pub const fn attribute(mut self) -> Self {
        self.attribute = true;
        self
    }

    /// A list within an element, its items within elements of this name.
    #[must_use]
    pub const fn wrapped(mut self, item: XmlName) -> Self {
        self.wrapped = Some(item);
        self
    }

    /// A list of lists, whose inner items are called this, the outer ones first; without a name they are called `item`.
    #[must_use]
    pub const fn nested(mut self, names: &'static [XmlName]) -> Self {
        self.nested = names;
        self
    }

    /// A property that is there: a list without an element is an empty one.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }
}

/// Name of an element or an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlName {
    name: &'static str,
    prefix: Option<&'static str>,
    namespace: Option<&'static str>,
}

impl XmlName {
    /// A name without a namespace.
    pub const fn new(name: &'static str) -> Self {
        Self { name, prefix: None, namespace: None }
    }

    /// The same behind a prefix.
    #[must_use]
    pub const fn prefix(mut self, prefix: &'static str) -> Self {
        self.prefix = Some(prefix);
        self
    }

    /// The same in a namespace, which the element declares.
    #[must_use]
    pub const fn namespace(mut self, namespace: &'static str) -> Self {
        self.namespace = Some(namespace);
        self
    }
}

/// A type with an XML form.
pub trait Xml: Json {
    /// What it looks like.
    const SHAPE: &'static XmlShape;
}

/// What a type looks like; tables refer to it, so that types may hold themselves.
pub fn shape_of<T: Xml>() -> &'static XmlShape {
    T::SHAPE
}

macro_rules! texts {
    ($($type:ty),*) => { $(impl Xml for $type { const SHAPE: &'static XmlShape = &XmlShape::Text; })* };
}

texts!(bool, i8, i16, i32, i64, u8, u16, u32, u64, f64, String, Secret, Instant, Base64);

impl Xml for serde_json::Value {
    const SHAPE: &'static XmlShape = &XmlShape::Any;
}

impl<T: Xml> Xml for Vec<T> {
    const SHAPE: &'static XmlShape = &XmlShape::List(shape_of::<T>);
}

impl<T: Xml> Xml for BTreeMap<String, T> {
    const SHAPE: &'static XmlShape = &XmlShape::Object { fields: &[], others: Some(shape_of::<T>) };
}

impl<T: Xml> Xml for Option<T> {
    const SHAPE: &'static XmlShape = T::SHAPE;
}

impl<T: Xml> Xml for Box<T> {
    const SHAPE: &'static XmlShape = T::SHAPE;
}

/// The outermost element of a body, and those of a list's items in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct XmlRoot {
    name: XmlName,
    item: XmlName,
    nested: &'static [XmlName],
}

impl XmlRoot {
    /// An element of this name; items of a list in it are called `item`.
    pub const fn new(name: XmlName) -> Self {
        Self { name, item: XmlName::new("item"), nested: &[] }
    }

    /// The same with another name for a list's items.
    #[must_use]
    pub const fn item(mut self, item: XmlName) -> Self {
        self.item = item;
        self
    }

    /// The same with names for the items of lists in the list, the outer ones first.
    #[must_use]
    pub const fn nested(mut self, names: &'static [XmlName]) -> Self {
        self.nested = names;
        self
    }
}

/// Writes a value as an XML document in UTF-8.
///
/// # Errors
/// A value outside of the domain.
pub fn encode_xml<T: Xml>(root: &XmlRoot, value: &T) -> Result<Bytes, Error> {
    let value = json::to_value(value)?;
    let element = value::write(&root.name, Items { own: Some(&root.item), inner: root.nested }, T::SHAPE, &value)?;
    let mut text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned();
    element.write(&mut text)?;
    let back: T = read(&text, Side::Server.into())?;
    // As values: members come back in another order where somebody's build makes serde_json keep it.
    if json::to_value(&back)? == value { Ok(text.into()) } else { Err(Error::new("the other end would read another value")) }
}

/// Reads an XML document in the charset that its content type names, UTF-8 without one.
///
/// # Errors
/// [`DecodeError::Json`] for broken XML or what does not fit, and as for text bodies.
pub fn decode_xml<'n, T: Xml>(content_type: Option<&HeaderValue>, body: &[u8], reading: impl Into<Reading<'n>>) -> Result<T, DecodeError> {
    let text = super::decode_text(content_type, body)?;
    read(text.trim_start_matches('\u{feff}'), reading.into()).map_err(DecodeError::Json)
}

fn read<T: Xml>(text: &str, reading: Reading<'_>) -> Result<T, Error> {
    let value = value::read(T::SHAPE, &Element::parse(text)?)?;
    reading.whole(reading.reader(&value.to_string()).text_mode())
}

impl<T: Xml> Xml for Maybe<T>
where
    Maybe<T>: Json,
{
    const SHAPE: &'static XmlShape = T::SHAPE;
}
