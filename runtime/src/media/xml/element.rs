//! XML elements, written and read. It must not know what they mean.
//!
//! Domain: names with at most one prefix, and text of characters that XML 1.0 allows (no control characters but tab and line
//! ends). Where XML does not allow a character in a name, `_x0040_` stands for it, as SQL/XML (ISO 9075-14) and .NET have it. Comments and processing instructions are passed over, document types refused; entities are those that XML has itself.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::json::Error;

/// Elements may stand this deep inside of each other.
const MAX_DEPTH: usize = 128;

/// An element may have so many attributes, declarations among them: looking for one among many costs.
const MAX_ATTRIBUTES: usize = 1024;

/// What XML Schema says of a value; its attributes are known by the prefix `xsi`, whatever the text calls it.
const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Prefixes without `xmlns:`, and what they stand for; the default is the empty one. Later ones go before earlier ones.
type Scope = Vec<(String, String)>;

/// An element. Names have their prefixes.
#[derive(Debug, Default, Clone, PartialEq)]
pub(super) struct Element {
    pub name: String,
    /// What its prefix, or the default, stands for; known of what was read.
    pub namespace: Option<String>,
    pub attributes: Vec<(String, String)>,
    /// Declarations of namespaces that are values themselves, to be written even where they are known; read, they are attributes.
    pub said: Vec<(String, String)>,
    pub children: Vec<Element>,
    pub text: String,
}

/// A name without its prefix.
pub(super) fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, local)| local)
}

impl Element {
    /// Writes the element with all that is in it. A namespace is declared where it is needed first; a prefix of which
    /// nothing is said stands for `urn:` and itself.
    ///
    /// # Errors
    /// A name or a character outside of the domain.
    pub fn write(&self, out: &mut String) -> Result<(), Error> {
        self.write_within(&mut vec![("xml".to_owned(), String::new())], out)
    }

    fn write_within(&self, scope: &mut Scope, out: &mut String) -> Result<(), Error> {
        let around = scope.len();
        let tag = name(&self.name)?;
        out.push('<');
        out.push_str(&tag);
        let names = std::iter::once(&self.name).chain(self.attributes.iter().map(|(key, _)| key));
        let prefixes = names.filter_map(|name| name.split_once(':')).map(|(prefix, _)| prefix).filter(|prefix| *prefix != "xmlns");
        let declares = |prefix: &str| self.attributes.iter().chain(&self.said).any(|(key, _)| key.strip_prefix("xmlns:") == Some(prefix));
        let mut unsaid: Scope = Vec::new();
        for prefix in prefixes {
            if !declares(prefix) && scope.iter().chain(&unsaid).all(|(known, _)| known != prefix) {
                unsaid.push((prefix.to_owned(), if prefix == "xsi" { XSI.to_owned() } else { format!("urn:{prefix}") }));
            }
        }
        let unsaid = unsaid.into_iter().map(|(prefix, space)| (format!("xmlns:{prefix}"), space));
        for (key, value) in &unsaid.chain(self.attributes.iter().chain(&self.said).cloned()).collect::<Vec<_>>() {
            if let Some(prefix) = declared(key) {
                let known = scope.iter().rev().find(|(known, _)| known == prefix);
                let is_said = self.said.iter().any(|(said, _)| said == key);
                if !is_said && known.is_some_and(|(_, space)| space == value) {
                    continue;
                }
                scope.push((prefix.to_owned(), value.clone()));
            }
            out.push(' ');
            out.push_str(&name(key)?);
            out.push_str("=\"");
            escape(value, true, out)?;
            out.push('"');
        }
        if self.children.is_empty() && self.text.is_empty() {
            out.push_str("/>");
            scope.truncate(around);
            return Ok(());
        }
        out.push('>');
        escape(&self.text, false, out)?;
        for child in &self.children {
            child.write_within(scope, out)?;
        }
        scope.truncate(around);
        out.push_str("</");
        out.push_str(&tag);
        out.push('>');
        Ok(())
    }

    /// What the element declares ends with it.
    fn leave(&self, scope: &mut Scope) {
        let own = self.attributes.iter().filter(|(name, _)| declared(name).is_some()).count();
        scope.truncate(scope.len().saturating_sub(own));
    }

    /// Reads the one element of a document.
    ///
    /// # Errors
    /// Broken XML.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let mut reader = Reader::from_str(text);
        let mut open: Vec<Element> = Vec::new();
        let mut root = None;
        let mut scope: Scope = Vec::new();
        loop {
            let event = reader.read_event().map_err(broken)?;
            let done = match event {
                Event::Start(start) if open.len() < MAX_DEPTH => {
                    open.push(head(&start, &mut scope)?);
                    continue;
                }
                Event::Start(_) => return Err(Error::syntax(format!("more than {MAX_DEPTH} elements inside of each other"))),
                Event::Empty(start) => {
                    let element = head(&start, &mut scope)?;
                    element.leave(&mut scope);
                    element
                }
                Event::End(_) => {
                    let element = open.pop().ok_or_else(|| Error::syntax("an element ends that never began".to_owned()))?;
                    element.leave(&mut scope);
                    element
                }
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
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => continue,
                // What it declares could be larger than any limit.
                Event::DocType(_) => return Err(Error::syntax("document types are not read".to_owned())),
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

/// The prefix that an attribute declares, if it is one that does.
fn declared(name: &str) -> Option<&str> {
    if name == "xmlns" { Some("") } else { name.strip_prefix("xmlns:") }
}

fn head(start: &BytesStart<'_>, scope: &mut Scope) -> Result<Element, Error> {
    let mut element = Element { name: meant(start.name().0), ..Element::default() };
    for attribute in start.attributes() {
        let attribute = attribute.map_err(broken)?;
        if element.attributes.len() >= MAX_ATTRIBUTES {
            return Err(Error::syntax(format!("more than {MAX_ATTRIBUTES} attributes in an element")));
        }
        let value = attribute.normalized_value(quick_xml::XmlVersion::Explicit1_0).map_err(broken)?;
        if let Some(prefix) = declared(attribute.key.0) {
            scope.push((prefix.to_owned(), value.clone().into_owned()));
        }
        element.attributes.push((meant(attribute.key.0), value.into_owned()));
    }
    let space = |prefix: &str| scope.iter().rev().find(|(known, _)| known == prefix).map(|(_, space)| space.as_str());
    let prefix = element.name.split_once(':').map_or("", |(prefix, _)| prefix);
    element.namespace = space(prefix).filter(|space| !space.is_empty()).map(str::to_owned);
    for (name, _) in &mut element.attributes {
        if let Some((prefix, local)) = name.split_once(':')
            && prefix != "xmlns"
            && space(prefix) == Some(XSI)
        {
            *name = format!("xsi:{local}");
        }
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

/// The name as XML has it.
///
/// # Errors
/// Nothing is named, or there is more than one prefix.
fn name(name: &str) -> Result<String, Error> {
    let (prefix, local) = name.split_once(':').map_or((None, name), |(prefix, local)| (Some(prefix), local));
    if local.is_empty() || local.contains(':') || prefix.is_some_and(str::is_empty) {
        return Err(Error::new(format!("{name:?} is no name of an element")));
    }
    let mut written = prefix.map_or_else(String::new, |prefix| spelled(prefix) + ":");
    written.push_str(&spelled(local));
    Ok(written)
}

/// A part of a name, with characters that XML does not allow spelled out, and what looks as if it were.
fn spelled(part: &str) -> String {
    let mut written = String::with_capacity(part.len());
    for (at, character) in part.char_indices() {
        let rest = part.get(at..).unwrap_or_default();
        let allowed = begins_name(character) || (at > 0 && continues_name(character));
        if allowed && spelled_out(rest).is_none() {
            written.push(character);
        } else {
            written.push_str(&format!("_x{:04X}_", u32::from(character)));
        }
    }
    written
}

/// The character that the text begins with spelled out, and how long that is.
fn spelled_out(text: &str) -> Option<(char, usize)> {
    let digits = text.strip_prefix("_x")?.split_once('_')?.0;
    let number = (4..=8).contains(&digits.len()).then(|| u32::from_str_radix(digits, 16).ok())??;
    // A colon spelled out would become one that ends a prefix.
    let character = char::from_u32(number).filter(|character| *character != ':')?;
    Some((character, digits.len() + "_x_".len()))
}

/// XML 1.0, production 4, without the colon.
fn begins_name(character: char) -> bool {
    matches!(character, 'A'..='Z' | '_' | 'a'..='z' | '\u{c0}'..='\u{d6}' | '\u{d8}'..='\u{f6}' | '\u{f8}'..='\u{2ff}'
        | '\u{370}'..='\u{37d}' | '\u{37f}'..='\u{1fff}' | '\u{200c}'..='\u{200d}' | '\u{2070}'..='\u{218f}' | '\u{2c00}'..='\u{2fef}'
        | '\u{3001}'..='\u{d7ff}' | '\u{f900}'..='\u{fdcf}' | '\u{fdf0}'..='\u{fffd}' | '\u{10000}'..='\u{effff}')
}

/// XML 1.0, production 4a.
fn continues_name(character: char) -> bool {
    matches!(character, '-' | '.' | '0'..='9' | '\u{b7}' | '\u{300}'..='\u{36f}' | '\u{203f}'..='\u{2040}')
}

/// The name that a written one stands for.
fn meant(written: &str) -> String {
    let mut name = String::with_capacity(written.len());
    let mut rest = written;
    while let Some(character) = rest.chars().next() {
        let (character, length) = spelled_out(rest).unwrap_or((character, character.len_utf8()));
        name.push(character);
        rest = rest.get(length..).unwrap_or_default();
    }
    name
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
