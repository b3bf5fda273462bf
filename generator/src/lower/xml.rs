//! What the document says of names and places in XML (OpenAPI 3.0, XML Object).

use serde_json::Value;

use super::view::{Target, Use};
use super::{Lowering, component_name};
use crate::model::{XmlName, XmlProperty};

/// The XML Object of a schema, as normalising carries it.
const XML: &str = "x-bothends-xml";

impl<'a> Lowering<'a> {
    /// How a property is written in XML, if not as an element of its own name.
    ///
    /// Its own words go before those of the schema that it refers to, whose name is not the property's.
    pub(super) fn xml_property(&self, wire: &str, uses: &[Use<'a>]) -> Option<XmlProperty> {
        let own = uses.iter().find_map(own_xml);
        let target = uses.iter().find_map(|part| self.target_xml(part));
        let said = |key: &str| own.and_then(|xml| xml.get(key)).or_else(|| target.and_then(|xml| xml.get(key)));
        let is = |key: &str| said(key).and_then(Value::as_bool).unwrap_or_default();
        let text = |key: &str| said(key).and_then(Value::as_str).map(str::to_owned);
        let name = own.and_then(|xml| xml.get("name")).and_then(Value::as_str).unwrap_or(wire);
        let name = XmlName { name: name.to_owned(), prefix: text("prefix"), namespace: text("namespace") };
        // Several parts of an `allOf` may speak of the items.
        let items = self.fold(uses).items;
        let item = items.iter().find_map(|items| self.element_name(items, false));
        let property = match items.first() {
            Some(_) if is("wrapped") => {
                let wrapped = Some(item.unwrap_or_else(|| name.clone()));
                XmlProperty { wire: wire.to_owned(), name, attribute: false, wrapped }
            }
            Some(_) => XmlProperty { wire: wire.to_owned(), name: item.unwrap_or(name), attribute: false, wrapped: None },
            None => XmlProperty { wire: wire.to_owned(), name, attribute: is("attribute"), wrapped: None },
        };
        let plain = XmlProperty { wire: wire.to_owned(), name: XmlName::new(wire), attribute: false, wrapped: None };
        (property != plain).then_some(property)
    }

    /// Names of a body's outermost element and, for a list, of its items.
    pub(super) fn xml_root(&self, part: &Use<'a>) -> (XmlName, XmlName) {
        let root = self.element_name(part, true).unwrap_or_else(|| XmlName::new("root"));
        let items = self.fold(std::slice::from_ref(part)).items;
        let item = items.iter().find_map(|items| self.element_name(items, true)).unwrap_or_else(|| XmlName::new("item"));
        (root, item)
    }

    /// The name that a schema gives to its element: its own, else that of the component that it is, if `by_component`.
    fn element_name(&self, part: &Use<'a>, by_component: bool) -> Option<XmlName> {
        let xml = own_xml(part).or_else(|| self.target_xml(part));
        let said = |key: &str| xml.and_then(|xml| xml.get(key)).and_then(Value::as_str).map(str::to_owned);
        let component = match part.schema {
            Target::Reference(reference) if by_component => component_name(reference, "schemas"),
            Target::Reference(_) | Target::Item(_) => None,
        };
        Some(XmlName { name: said("name").or(component)?, prefix: said("prefix"), namespace: said("namespace") })
    }

    /// The XML Object behind a reference.
    fn target_xml(&self, part: &Use<'a>) -> Option<&'a Value> {
        let mut target = part.clone();
        for _ in 0..64 {
            match target.schema {
                Target::Item(_) => break,
                Target::Reference(reference) => target = self.schema_target(reference)?,
            }
        }
        own_xml(&target)
    }
}

fn own_xml<'a>(part: &Use<'a>) -> Option<&'a Value> {
    match part.schema {
        Target::Item(schema) => schema.schema_data.extensions.get(XML),
        Target::Reference(_) => None,
    }
}
