//! Values between JSON and XML elements: each rule written and read.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::element::{Element, local};
use super::{XmlField, XmlName, XmlShape};
use crate::json::Error;

const NIL: &str = "xsi:nil";
const TYPE: &str = "xsi:type";
const XSI: (&str, &str) = ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
const XS: (&str, &str) = ("xmlns:xs", "http://www.w3.org/2001/XMLSchema");
const SOAP: (&str, &str) = ("xmlns:soapenc", "http://schemas.xmlsoap.org/soap/encoding/");

/// Unions of unions are looked into this deep.
const DEEPEST: usize = 4;

/// A shape that does not fit at all.
const MISFIT: usize = 1 << 20;

/// Items of a list that stands where nothing names them.
const ITEM: XmlName = XmlName::new("item");

/// An element of this name.
fn named(name: &XmlName) -> Element {
    let whole = name.prefix.map_or_else(|| name.name.to_owned(), |prefix| format!("{prefix}:{}", name.name));
    let declared = name.namespace.map(|namespace| {
        let attribute = name.prefix.map_or_else(|| "xmlns".to_owned(), |prefix| format!("xmlns:{prefix}"));
        (attribute, namespace.to_owned())
    });
    Element { name: whole, attributes: declared.into_iter().collect(), ..Element::default() }
}

/// What the items of a list are called, and those of lists in it.
#[derive(Clone, Copy, Default)]
pub(super) struct Items<'n> {
    /// Those of the list itself.
    pub own: Option<&'n XmlName>,
    /// Those of lists in it, the outer ones first.
    pub inner: &'n [XmlName],
}

impl<'n> Items<'n> {
    /// The names one list further in.
    fn deeper(self) -> Self {
        Self { own: self.inner.first(), inner: self.inner.get(1..).unwrap_or_default() }
    }

    /// An item.
    fn write(self, shape: &XmlShape, value: &Value) -> Result<Element, Error> {
        write(self.own.unwrap_or(&ITEM), self.deeper(), shape, value)
    }
}

/// Writes a value as one element; `items` names the items of a list.
pub(super) fn write(name: &XmlName, items: Items<'_>, shape: &XmlShape, value: &Value) -> Result<Element, Error> {
    fill(named(name), items, shape, value)
}

fn add(element: &mut Element, attributes: &[(&str, &str)]) {
    element.attributes.extend(attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
}

/// What `xsi:type` calls a number.
fn type_of(number: &serde_json::Number) -> &'static str {
    let text = number.to_string();
    match (text.contains(['e', 'E']), text.contains('.')) {
        (true, _) => "xs:double",
        (false, true) => "xs:decimal",
        (false, false) => "xs:integer",
    }
}

fn fill(mut element: Element, names: Items<'_>, shape: &XmlShape, value: &Value) -> Result<Element, Error> {
    let is_union = matches!(shape, XmlShape::OneOf(_));
    let shape = arm(shape, &|shape, depth| misfit(shape, value, depth));
    match (shape, value) {
        (_, Value::Null) => add(&mut element, &[XSI, (NIL, "true")]),
        (XmlShape::Text | XmlShape::Any, Value::String(text)) => element.text.clone_from(text),
        (XmlShape::Text | XmlShape::Any, Value::Bool(_) | Value::Number(_)) => {
            element.text = value.to_string();
            if is_union || matches!(shape, XmlShape::Any) {
                add(&mut element, &[XSI, XS, (TYPE, value.as_number().map_or("xs:boolean", type_of))]);
            }
        }
        (XmlShape::List(shape), Value::Array(items)) => {
            for item_value in items {
                element.children.push(names.write(shape(), item_value)?);
            }
        }
        (XmlShape::Any, Value::Array(items)) => {
            add(&mut element, &[XSI, SOAP, (TYPE, "soapenc:Array")]);
            for item_value in items {
                element.children.push(names.write(shape, item_value)?);
            }
        }
        (XmlShape::Object { fields, others }, Value::Object(members)) => {
            // In the document's order: many readers of XML ask for one.
            for field in *fields {
                if let Some(member) = members.get(field.property) {
                    write_field(&mut element, field, member).map_err(|error| error.inside(field.property))?;
                }
            }
            for (key, member) in members.iter().filter(|(key, _)| !fields.iter().any(|field| field.property == *key)) {
                write_other(&mut element, key, others.map_or(&XmlShape::Any, |shape| shape()), member)?;
            }
        }
        (XmlShape::Any, Value::Object(members)) => {
            if members.is_empty() {
                add(&mut element, &[XSI, SOAP, (TYPE, "soapenc:Struct")]);
            }
            for (key, member) in members {
                match (key.strip_prefix('@'), member) {
                    (Some(name), Value::String(text)) => element.attributes.push((name.to_owned(), text.clone())),
                    (None, Value::String(text)) if key == TEXT => element.text.clone_from(text),
                    _ => write_other(&mut element, key, &XmlShape::Any, member)?,
                }
            }
        }
        (XmlShape::Text | XmlShape::List(_) | XmlShape::Object { .. } | XmlShape::OneOf(_), _) => {
            return Err(Error::new("the XML form has no place for a value of this shape"));
        }
    }
    Ok(element)
}

fn write_field(element: &mut Element, field: &XmlField, value: &Value) -> Result<(), Error> {
    let shape = (field.shape)();
    let attribute = match value {
        Value::String(text) if field.attribute => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) if field.attribute => Some(value.to_string()),
        // An attribute holds text only: what is none is an element of that name.
        _ => None,
    };
    match (shape, value, attribute) {
        (_, _, Some(text)) => {
            let named = named(&field.name);
            // The default namespace is not that of attributes.
            element.attributes.extend(named.attributes.into_iter().filter(|_| field.name.prefix.is_some()));
            let is_declaration = field.name.prefix == Some("xmlns") || field.name.name == "xmlns";
            if is_declaration { &mut element.said } else { &mut element.attributes }.push((named.name, text));
        }
        (XmlShape::List(shape), Value::Array(items), _) if field.wrapped.is_none() => {
            let names = Items { own: Some(&field.name), inner: field.nested };
            for (index, item) in items.iter().enumerate() {
                element.children.push(names.write(shape(), item).map_err(|error| error.inside(index))?);
            }
        }
        _ => element.children.push(write(&field.name, Items { own: field.wrapped.as_ref(), inner: field.nested }, shape, value)?),
    }
    Ok(())
}

/// A property that nothing declares, as elements that are named by it.
fn write_other(element: &mut Element, key: &str, shape: &XmlShape, value: &Value) -> Result<(), Error> {
    let one = |shape: &XmlShape, value: &Value| {
        let child = Element { name: key.to_owned(), ..Element::default() };
        if key.contains(':') { Err(Error::new("a colon has a meaning in XML")) } else { fill(child, Items::default(), shape, value) }
    };
    let children = match (shape, value) {
        (XmlShape::List(shape), Value::Array(items)) => items.iter().map(|item| one(shape(), item)).collect::<Result<Vec<_>, _>>(),
        _ => one(shape, value).map(|child| vec![child]),
    };
    element.children.extend(children.map_err(|error| error.inside(key))?);
    Ok(())
}

/// Reads an element: JSON in which every scalar is a string.
pub(super) fn read(shape: &XmlShape, element: &Element) -> Result<Value, Error> {
    if is_nil(element) {
        return Ok(Value::Null);
    }
    let typed = if matches!(shape, XmlShape::Any | XmlShape::OneOf(_)) { read_typed(element) } else { None };
    if let Some(scalar) = typed {
        return Ok(scalar);
    }
    match arm(shape, &|shape, depth| misread(shape, element, depth)) {
        XmlShape::Text if element.children.is_empty() => Ok(Value::from(element.text.as_str())),
        XmlShape::Text => Err(Error::new("expected text, found elements")),
        XmlShape::Any | XmlShape::OneOf(_) => read_any(element),
        XmlShape::List(shape) => items(shape(), &element.children.iter().collect::<Vec<_>>()),
        XmlShape::Object { fields, others } => read_object(fields, others.map_or(&XmlShape::Any, |shape| shape()), element),
    }
}

/// Text beside other members.
const TEXT: &str = "#text";

/// What an element says that it is.
fn said_type(element: &Element) -> Option<&str> {
    let said = element.attributes.iter().find(|(name, _)| name == TYPE)?;
    Some(local(said.1.trim()))
}

/// A scalar that says that it is no text.
fn read_typed(element: &Element) -> Option<Value> {
    let text = element.text.trim();
    match said_type(element)? {
        "boolean" => match text {
            "true" | "1" => Some(Value::Bool(true)),
            "false" | "0" => Some(Value::Bool(false)),
            _ => None,
        },
        "byte" | "decimal" | "double" | "float" | "int" | "integer" | "long" | "negativeInteger" | "nonNegativeInteger"
        | "nonPositiveInteger" | "positiveInteger" | "short" | "unsignedByte" | "unsignedInt" | "unsignedLong" | "unsignedShort" => {
            serde_json::from_str::<serde_json::Number>(text).ok().map(Value::Number)
        }
        _ => None,
    }
}

/// An element of which nothing is known but what it says.
fn read_any(element: &Element) -> Result<Value, Error> {
    let own = element.attributes.iter().filter(|(name, _)| is_own(name));
    let attributes: Vec<(String, Value)> = own.map(|(name, value)| (format!("@{name}"), Value::from(value.as_str()))).collect();
    match said_type(element) {
        Some("Array") => return items(&XmlShape::Any, &element.children.iter().collect::<Vec<_>>()),
        Some("Struct") => {}
        _ if element.children.is_empty() && attributes.is_empty() => return Ok(Value::from(element.text.as_str())),
        _ => {}
    }
    let mut members: Map<String, Value> = attributes.into_iter().collect();
    if !element.text.trim().is_empty() {
        members.insert(TEXT.to_owned(), Value::from(element.text.as_str()));
    }
    read_others(&[], &XmlShape::Any, element, &mut members)?;
    Ok(Value::Object(members))
}

/// Whether an attribute says something of the value: no declaration, and nothing of what XML Schema says.
fn is_own(name: &str) -> bool {
    !(name == "xmlns" || name.starts_with("xmlns:") || name.starts_with("xsi:") || name.starts_with("xml:"))
}

/// The arm of a union that fits best, the first among equals; what fits none is anything.
fn arm<'s>(shape: &'s XmlShape, misfit: &dyn Fn(&XmlShape, usize) -> usize) -> &'s XmlShape {
    let mut shape = shape;
    for depth in 0..DEEPEST {
        let XmlShape::OneOf(arms) = shape else { return shape };
        let best = arms.iter().map(|arm| arm()).min_by_key(|arm| misfit(arm, depth));
        shape = best.filter(|best| misfit(best, depth) < MISFIT).unwrap_or(&XmlShape::Any);
    }
    &XmlShape::Any
}

/// What it costs an arm that it does not declare something: more where it has no place for it, either.
const fn unlike(kept: bool) -> usize {
    if kept { 1 } else { 2 }
}

/// How much of a value a shape has no place for, and of what it asks for is not there. Only the value itself is looked at, not what
/// it holds, so that the work does not grow with the depth.
fn misfit(shape: &XmlShape, value: &Value, depth: usize) -> usize {
    match (shape, value) {
        (_, Value::Null) => 0,
        (XmlShape::Text, Value::String(_) | Value::Bool(_) | Value::Number(_)) | (XmlShape::List(_), Value::Array(_)) => 0,
        (XmlShape::Object { fields, others }, Value::Object(members)) => {
            let undeclared = members.keys().filter(|key| fields.iter().all(|field| field.property != *key)).count();
            let missing = fields.iter().filter(|field| field.required && !members.contains_key(field.property)).count();
            undeclared * unlike(others.is_some()) + missing * unlike(false)
        }
        (XmlShape::OneOf(arms), _) if depth < DEEPEST => arms.iter().map(|arm| misfit(arm(), value, depth + 1)).min().unwrap_or(MISFIT),
        (XmlShape::Any, _) => MISFIT / 2,
        _ => MISFIT,
    }
}

/// The same of an element.
fn misread(shape: &XmlShape, element: &Element, depth: usize) -> usize {
    let is_text = element.children.is_empty() && !element.text.trim().is_empty();
    match shape {
        XmlShape::Text if element.children.is_empty() => element.attributes.iter().filter(|(name, _)| is_own(name)).count() * unlike(false),
        XmlShape::List(_) if !is_text => element.children.iter().filter(|child| local(&child.name) != ITEM.name).count() * unlike(false),
        XmlShape::Object { fields, others } if !is_text => {
            let children = element.children.iter().filter(|child| fields.iter().all(|field| !belongs(field, fields, child)));
            let attributes = element
                .attributes
                .iter()
                .filter(|(name, _)| is_own(name) && !fields.iter().any(|field| field.attribute && field.name.name == local(name)));
            let missing = fields.iter().filter(|field| field.required && !is_there(field, fields, element));
            // An element that is empty may be a text, too.
            children.count() * unlike(others.is_some())
                + (attributes.count() + missing.count()) * unlike(false)
                + usize::from(element.children.is_empty() && element.attributes.is_empty())
        }
        XmlShape::OneOf(arms) if depth < DEEPEST => arms.iter().map(|arm| misread(arm(), element, depth + 1)).min().unwrap_or(MISFIT),
        XmlShape::Any => MISFIT / 2,
        _ => MISFIT,
    }
}

/// Whether a property is there, or is a list that may be empty.
fn is_there(field: &XmlField, fields: &[XmlField], element: &Element) -> bool {
    let is_list = matches!((field.shape)(), XmlShape::List(_)) && field.wrapped.is_none();
    is_list || attribute(field, element).is_some() || element.children.iter().any(|child| belongs(field, fields, child))
}

/// The text of a property that is an attribute, and there. What XML itself and XML Schema say is one where it is declared, and so
/// is what declares a namespace.
fn attribute<'e>(field: &XmlField, element: &'e Element) -> Option<&'e str> {
    let declared = |name: &str| match field.name.prefix {
        Some(prefix) => name.split_once(':') == Some((prefix, field.name.name)),
        None => name == "xmlns" && field.name.name == name,
    };
    let mut own = element.attributes.iter().filter(|(name, _)| field.attribute && (is_own(name) || declared(name)));
    own.find(|(name, _)| local(name) == field.name.name).map(|(_, value)| value.as_str())
}

/// Whether an element is a property: it has its name and its namespace. Where one of them says nothing of a namespace, it
/// is, unless another property of that name has the element's, or its prefix.
fn belongs(field: &XmlField, fields: &[XmlField], child: &Element) -> bool {
    let exactly = |field: &XmlField| field.name.namespace == child.namespace.as_deref();
    let local = local(&child.name);
    let loosely = field.name.namespace.is_none() || child.namespace.is_none();
    let claimed = || fields.iter().any(|other| !other.attribute && other.name.name == local && exactly(other));
    if field.name.name != local || !(exactly(field) || (loosely && !claimed())) {
        return false;
    }
    let prefix = child.name.split_once(':').map(|(prefix, _)| prefix);
    let nearer = |other: &XmlField| !other.attribute && other.name.name == local && other.name.prefix == prefix;
    field.name.namespace.is_some() || field.name.prefix == prefix || !fields.iter().any(nearer)
}

fn is_nil(element: &Element) -> bool {
    element.attributes.iter().any(|(name, value)| name == NIL && matches!(value.as_str(), "true" | "1"))
}

fn items(shape: &XmlShape, elements: &[&Element]) -> Result<Value, Error> {
    let items = elements.iter().enumerate().map(|(index, item)| read(shape, item).map_err(|error| error.inside(index)));
    items.collect::<Result<_, _>>().map(Value::Array)
}

fn read_object(fields: &[XmlField], others: &XmlShape, element: &Element) -> Result<Value, Error> {
    if element.children.is_empty() && !element.text.trim().is_empty() {
        return Ok(Value::from(element.text.as_str()));
    }
    let mut members = Map::new();
    for field in fields {
        if let Some(value) = read_field(field, fields, element).map_err(|error| error.inside(field.property))? {
            members.insert(field.property.to_owned(), value);
        }
    }
    read_others(fields, others, element, &mut members)?;
    Ok(Value::Object(members))
}

/// Elements that no property is.
fn read_others(fields: &[XmlField], others: &XmlShape, element: &Element, members: &mut Map<String, Value>) -> Result<(), Error> {
    // An element may have very many children: each is looked at once.
    let mut by_name: BTreeMap<&str, Vec<&Element>> = BTreeMap::new();
    for child in &element.children {
        by_name.entry(local(&child.name)).or_default().push(child);
    }
    for child in &element.children {
        let key = local(&child.name);
        let taken = |field: &XmlField| belongs(field, fields, child) && attribute(field, element).is_none();
        if members.contains_key(key) || fields.iter().any(taken) {
            continue;
        }
        let same = by_name.get(key).map(Vec::as_slice).unwrap_or_default();
        let value = match (others, same) {
            (XmlShape::List(_), [one]) if is_nil(one) => Ok(Value::Null),
            (XmlShape::List(shape), same) => items(shape(), same),
            (shape, [one]) => read(shape, one),
            (XmlShape::Any, same) => items(others, same),
            _ => Err(Error::new("given more than once")),
        };
        members.insert(key.to_owned(), value.map_err(|error| error.inside(key))?);
    }
    Ok(())
}

fn read_field(field: &XmlField, fields: &[XmlField], element: &Element) -> Result<Option<Value>, Error> {
    let shape = (field.shape)();
    if let Some(text) = attribute(field, element) {
        return Ok(Some(Value::from(text)));
    }
    let own: Vec<&Element> = element.children.iter().filter(|child| belongs(field, fields, child)).collect();
    match (shape, own.as_slice()) {
        (XmlShape::List(_), []) if field.required && field.wrapped.is_none() => Ok(Some(Value::Array(Vec::new()))),
        (_, []) => Ok(None),
        (XmlShape::List(_), [one]) if field.wrapped.is_some() || is_nil(one) => read(shape, one).map(Some),
        (XmlShape::List(item), all) if field.wrapped.is_none() => items(item(), all).map(Some),
        (_, [one]) => read(shape, one).map(Some),
        _ => Err(Error::new("given more than once")),
    }
}
