//! What the document says of names and places in XML (OpenAPI 3.0, XML Object).

use openapiv3::{Schema, SchemaKind};
use serde_json::Value;

use super::view::{Target, Use};
use super::{Lowering, component_name};
use crate::model::{Codec, XmlName, XmlProperty};

/// The XML Object of a schema, as normalising carries it.
const XML: &str = "x-bothends-xml";

/// What an item is called that nothing names.
const ITEM: &str = "item";

/// Lists in lists whose items are looked at for names: there is no end of those that hold themselves.
const DEEPEST: usize = 8;

impl<'a> Lowering<'a> {
    /// How a property is written in XML, if not as an element of its own name.
    ///
    /// Its own words go before those of the schema that it refers to, whose name is not the property's.
    pub(super) fn xml_property(&self, wire: &str, uses: &[Use<'a>]) -> Option<XmlProperty> {
        let own = uses.iter().find_map(own_xml);
        let all: Vec<&Value> = own.into_iter().chain(uses.iter().flat_map(|part| self.all_xml(part))).collect();
        let said = |key: &str| all.iter().find_map(|xml| xml.get(key));
        let is = |key: &str| said(key).and_then(Value::as_bool).unwrap_or_default();
        let text = |key: &str| said(key).and_then(Value::as_str).map(str::to_owned);
        let name = own.and_then(|xml| xml.get("name")).and_then(Value::as_str).unwrap_or(wire);
        let name = qualified(name, text("prefix"), text("namespace"));
        // `xml:lang`, `xmlns:a` and the like are no elements, whatever is said of them.
        let attribute = is("attribute") || matches!(name.prefix.as_deref(), Some("xml" | "xmlns")) || name.name == "xmlns";
        // Several parts of an `allOf` may speak of the items.
        let items = self.fold(uses).items;
        let item = items.iter().find_map(|items| self.element_name(items, false));
        let nested = self.nested_names(&items);
        let wire = wire.to_owned();
        let plain = XmlProperty { wire: wire.clone(), name: XmlName::new(&wire), attribute: false, wrapped: None, nested: Vec::new() };
        let property = match items.first() {
            Some(_) if is("wrapped") => {
                let wrapped = Some(item.unwrap_or_else(|| name.clone()));
                XmlProperty { wire, name, attribute: false, wrapped, nested }
            }
            Some(_) => XmlProperty { wire, name: item.unwrap_or(name), attribute: false, wrapped: None, nested },
            None => XmlProperty { wire, name, attribute, wrapped: None, nested },
        };
        (property != plain).then_some(property)
    }

    /// How a body is written: names of its outermost element and, for a list, of its items.
    pub(super) fn xml_root(&self, part: &Use<'a>) -> Codec {
        let root = self.element_name(part, true).unwrap_or_else(|| XmlName::new("root"));
        let items = self.fold(std::slice::from_ref(part)).items;
        let nested = self.nested_names(&items);
        let item = items.iter().find_map(|items| self.element_name(items, true)).unwrap_or_else(|| XmlName::new(ITEM));
        Codec::Xml { root, item, nested }
    }

    /// What the items of lists are called that are themselves items: nothing but their own schemas names them.
    fn nested_names(&self, items: &[Use<'a>]) -> Vec<XmlName> {
        let inner = |outer: &[Use<'a>]| Some(self.fold(outer).items).filter(|items| !items.is_empty());
        let deeper = std::iter::successors(inner(items), |outer| inner(outer)).take(DEEPEST);
        let name = |items: Vec<Use<'a>>| items.iter().find_map(|item| self.element_name(item, false)).unwrap_or_else(|| XmlName::new(ITEM));
        let mut names: Vec<XmlName> = deeper.map(name).collect();
        while names.last() == Some(&XmlName::new(ITEM)) {
            names.pop();
        }
        names
    }

    /// The name that a schema gives to its element: its own, else that of the component that it is, if `by_component`.
    fn element_name(&self, part: &Use<'a>, by_component: bool) -> Option<XmlName> {
        let all = self.all_xml(part);
        let said = |key: &str| all.iter().find_map(|xml| xml.get(key)).and_then(Value::as_str).map(str::to_owned);
        let component = if by_component { self.component_of(part) } else { None };
        Some(qualified(&said("name").or(component)?, said("prefix"), said("namespace")))
    }

    /// The XML Objects of a schema, of what it refers to, and of what an `allOf` only wraps.
    fn all_xml(&self, part: &Use<'a>) -> Vec<&'a Value> {
        let next = |part: &Use<'a>| match part.schema {
            Target::Reference(reference) => self.schema_target(reference),
            Target::Item(_) => wrapped(part),
        };
        std::iter::successors(Some(part.clone()), next).take(64).filter_map(|part| own_xml(&part)).collect()
    }

    /// The name of the component that a schema is.
    fn component_of(&self, part: &Use<'a>) -> Option<String> {
        let mut part = part.clone();
        loop {
            match part.schema {
                Target::Reference(reference) => return component_name(reference, "schemas"),
                Target::Item(_) => part = wrapped(&part)?,
            }
        }
    }
}

/// A name that may bring its prefix along: `dc:date`.
fn qualified(name: &str, prefix: Option<String>, namespace: Option<String>) -> XmlName {
    let parts =
        name.split_once(':').filter(|(first, last)| prefix.is_none() && !first.is_empty() && !last.is_empty() && !last.contains(':'));
    let (first, last) = parts.map_or((None, name), |(first, last)| (Some(first.to_owned()), last));
    XmlName { name: last.to_owned(), prefix: prefix.or(first), namespace }
}

/// The only part of an `allOf`: what is said beside it says more of the same schema.
fn wrapped<'a>(part: &Use<'a>) -> Option<Use<'a>> {
    match part.schema {
        Target::Item(Schema { schema_kind: SchemaKind::AllOf { all_of }, .. }) => match all_of.as_slice() {
            [only] => Some(Use::new(only, part.pointer.clone())),
            _ => None,
        },
        Target::Item(_) | Target::Reference(_) => None,
    }
}

fn own_xml<'a>(part: &Use<'a>) -> Option<&'a Value> {
    match part.schema {
        Target::Item(schema) => schema.schema_data.extensions.get(XML),
        Target::Reference(_) => None,
    }
}
