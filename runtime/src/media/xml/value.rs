//! Values between JSON and XML elements: each rule written and read.

use serde_json::{Map, Value};

use super::element::{Element, local};
use super::{XmlField, XmlName, XmlShape};
use crate::json::Error;

const NIL: &str = "xsi:nil";
const XSI: (&str, &str) = ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");

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

/// Writes a value as one element; `item` names the items of a list.
pub(super) fn write(name: &XmlName, item: Option<&XmlName>, shape: &XmlShape, value: &Value) -> Result<Element, Error> {
    fill(named(name), item, shape, value)
}

fn fill(mut element: Element, item: Option<&XmlName>, shape: &XmlShape, value: &Value) -> Result<Element, Error> {
    match (shape, value) {
        (_, Value::Null) => element.attributes.extend([XSI, (NIL, "true")].map(|(name, value)| (name.to_owned(), value.to_owned()))),
        (XmlShape::Text | XmlShape::Any, Value::String(text)) => element.text.clone_from(text),
        (XmlShape::Text | XmlShape::Any, Value::Bool(_) | Value::Number(_)) => element.text = value.to_string(),
        (XmlShape::List(shape), Value::Array(items)) => {
            for item_value in items {
                element.children.push(write(item.unwrap_or(&ITEM), None, shape(), item_value)?);
            }
        }
        (XmlShape::Any, Value::Array(items)) => {
            for item_value in items {
                element.children.push(write(item.unwrap_or(&ITEM), None, shape, item_value)?);
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
            for (key, member) in members {
                write_other(&mut element, key, &XmlShape::Any, member)?;
            }
        }
        (XmlShape::Text | XmlShape::List(_) | XmlShape::Object { .. }, _) => {
            return Err(Error::new("the XML form has no place for a value of this shape"));
        }
    }
    Ok(element)
}

fn write_field(element: &mut Element, field: &XmlField, value: &Value) -> Result<(), Error> {
    let shape = (field.shape)();
    match (shape, value) {
        _ if field.attribute => {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Bool(_) | Value::Number(_) => value.to_string(),
                Value::Null | Value::Array(_) | Value::Object(_) => return Err(Error::new("an attribute holds text only")),
            };
            let named = named(&field.name);
            element.attributes.extend(named.attributes);
            element.attributes.push((named.name, text));
        }
        (XmlShape::List(shape), Value::Array(items)) if field.wrapped.is_none() => {
            for (index, item) in items.iter().enumerate() {
                element.children.push(write(&field.name, None, shape(), item).map_err(|error| error.inside(index))?);
            }
        }
        _ => element.children.push(write(&field.name, field.wrapped.as_ref(), shape, value)?),
    }
    Ok(())
}

/// A property that nothing declares, as elements that are named by it.
fn write_other(element: &mut Element, key: &str, shape: &XmlShape, value: &Value) -> Result<(), Error> {
    let one = |shape: &XmlShape, value: &Value| {
        let child = Element { name: key.to_owned(), ..Element::default() };
        if key.contains(':') { Err(Error::new("a colon has a meaning in XML")) } else { fill(child, None, shape, value) }
    };
    let children = match (shape, value) {
        (XmlShape::List(shape), Value::Array(items)) => items.iter().map(|item| one(shape(), item)).collect::<Result<Vec<_>, _>>(),
        (XmlShape::Any, Value::Array(items)) => items.iter().map(|item| one(shape, item)).collect(),
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
    match shape {
        XmlShape::Text if element.children.is_empty() => Ok(Value::from(element.text.as_str())),
        XmlShape::Text => Err(Error::new("expected text, found elements")),
        XmlShape::Any if element.children.is_empty() => Ok(Value::from(element.text.as_str())),
        XmlShape::List(shape) => items(shape(), &element.children.iter().collect::<Vec<_>>()),
        XmlShape::Object { fields, others } => read_object(fields, others.map_or(&XmlShape::Any, |shape| shape()), element),
        XmlShape::Any => read_object(&[], shape, element),
    }
}

fn is_nil(element: &Element) -> bool {
    element.attributes.iter().any(|(name, value)| name.contains(':') && local(name) == "nil" && matches!(value.as_str(), "true" | "1"))
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
        if let Some(value) = read_field(field, element).map_err(|error| error.inside(field.property))? {
            members.insert(field.property.to_owned(), value);
        }
    }
    for child in &element.children {
        let key = local(&child.name);
        if members.contains_key(key) || fields.iter().any(|field| !field.attribute && field.name.name == key) {
            continue;
        }
        let same: Vec<&Element> = element.children.iter().filter(|other| local(&other.name) == key).collect();
        let value = match (others, same.as_slice()) {
            (XmlShape::List(_), [one]) if is_nil(one) => Ok(Value::Null),
            (XmlShape::List(shape), same) => items(shape(), same),
            (shape, [one]) => read(shape, one),
            (XmlShape::Any, same) => items(others, same),
            _ => Err(Error::new("given more than once")),
        };
        members.insert(key.to_owned(), value.map_err(|error| error.inside(key))?);
    }
    Ok(Value::Object(members))
}

fn read_field(field: &XmlField, element: &Element) -> Result<Option<Value>, Error> {
    let shape = (field.shape)();
    if field.attribute {
        let found = element.attributes.iter().find(|(name, _)| !name.starts_with("xmlns") && local(name) == field.name.name);
        return Ok(found.map(|(_, value)| Value::from(value.as_str())));
    }
    let own: Vec<&Element> = element.children.iter().filter(|child| local(&child.name) == field.name.name).collect();
    match (shape, own.as_slice()) {
        (XmlShape::List(_), []) if field.required && field.wrapped.is_none() => Ok(Some(Value::Array(Vec::new()))),
        (_, []) => Ok(None),
        (XmlShape::List(_), [one]) if field.wrapped.is_some() || is_nil(one) => read(shape, one).map(Some),
        (XmlShape::List(item), all) if field.wrapped.is_none() => items(item(), all).map(Some),
        (_, [one]) => read(shape, one).map(Some),
        _ => Err(Error::new("given more than once")),
    }
}
