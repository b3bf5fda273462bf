//! XML elements, written and read. It must not know what they mean.
//!
//! Domain: names that XML allows, and text of characters that XML 1.0 allows (no control characters but tab and line
//! ends). Comments, processing instructions and document types are passed over; entities are those that XML has itself.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::json::Error;

/// Elements may stand this deep inside of each other.
const MAX_DEPTH: usize = 128;

/// An element. Names are as they are written, prefix and all.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Element {
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl Element {
    /// Writes the element with all that is in it.
    ///
    /// # Errors
    /// A name or a character outside of the domain.
    pub fn write(&self, out: &mut String) -> Result<(), Error> {
        out.push('<');
        out.push_str(name(&self.name)?);
        for (key, value) in &self.attributes {
            out.push(' ');
            out.push_str(name(key)?);
            out.push_str("=\"");
            escape(value, true, out)?;
            out.push('"');
        }
        if self.children.is_empty() && self.text.is_empty() {
            out.push_str("/>");
            return Ok(());
        }
        out.push('>');
        escape(&self.text, false, out)?;
        for child in &self.children {
            child.write(out)?;
        }
        out.push_str("</");
        out.push_str(&self.name);
        out.push('>');
        Ok(())
    }

    /// Reads the one element of a document.
    ///
    /// # Errors
    /// Broken XML.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Element> = Vec::new();
        let mut root = None;
        loop {
            let event = reader.read_event().map_err(broken)?;
            let done = match event {
                Event::Start(start) if open.len() < MAX_DEPTH => {
                    open.push(head(&start)?);
                    continue;
                }
                Event::Start(_) => return Err(Error::syntax(format!("more than {MAX_DEPTH} elements inside of each other"))),
                Event::Empty(start) => head(&start)?,
                Event::End(_) => open.pop().ok_or_else(|| Error::syntax("an element ends that never began".to_owned()))?,
                Event::Text(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.xml10_content());
                    }
                    continue;
                }
                Event::CData(text) => {
                    if let Some(element) = open.last_mut() {
                        element.text.push_str(&text.xml10_content());
                    }
                    continue;
                }
                Event::GeneralRef(reference) => {
                    let character = match reference.resolve_char_ref().map_err(broken)? {
                        Some(character) => character,
                        None => entity(&reference.xml10_content())?,
                    };
                    if let Some(element) = open.last_mut() {
                        element.text.push(character);
                    }
                    continue;
                }
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => continue,
                Event::Eof => break,
            };
            match open.last_mut() {
                Some(parent) => parent.children.push(done),
                None if root.is_none() => root = Some(done),
                None => return Err(Error::syntax("a second element stands beside the first".to_owned())),
            }
        }
        match (root, open.is_empty()) {
            (Some(root), true) => Ok(root),
            _ => Err(Error::syntax("the text ends within an element".to_owned())),
        }
    }
}

fn head(start: &BytesStart<'_>) -> Result<Element, Error> {
    let mut element = Element { name: start.name().0.to_owned(), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(broken)?;
        let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).map_err(broken)?;
        element.attributes.push((attribute.key.0.to_owned(), value.into_owned()));
    }
    Ok(element)
}

fn broken(error: impl std::fmt::Display) -> Error {
    Error::syntax(error.to_string())
}

fn entity(name: &str) -> Result<char, Error> {
    match name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(Error::syntax(format!("the entity `{}` is not known", name.chars().take(40).collect::<String>()))),
    }
}

/// The name, if XML allows it; with at most one prefix.
fn name(name: &str) -> Result<&str, Error> {
    let part = |part: &str| {
        let mut characters = part.chars();
        characters.next().is_some_and(|c| c.is_alphabetic() || c == '_') && characters.all(|c| c.is_alphanumeric() || "_-.".contains(c))
    };
    let whole = name.split_once(':').map_or_else(|| part(name), |(prefix, local)| part(prefix) && part(local));
    if whole { Ok(name) } else { Err(Error::new(format!("{name:?} is no name of an element"))) }
}

/// Text as it stands in an element, or between the quotes of an attribute.
fn escape(text: &str, attribute: bool, out: &mut String) -> Result<(), Error> {
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '"' if attribute => out.push_str("&quot;"),
            '\n' if attribute => out.push_str("&#10;"),
            '\t' if attribute => out.push_str("&#9;"),
            // Readers take a bare one for a line end.
            '\r' => out.push_str("&#13;"),
            '\n' | '\t' => out.push(character),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => return Err(Error::new(format!("character {character:?} cannot stand in XML"))),
            // Readers of XML 1.1 take these for line ends.
            '\u{85}' | '\u{2028}' => out.push_str(&format!("&#{};", u32::from(character))),
            other => out.push(other),
        }
    }
    Ok(())
}
