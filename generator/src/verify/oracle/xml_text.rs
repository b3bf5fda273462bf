//! As much of XML 1.0 as a client or a server may write, read strictly: elements, attributes, text, references, CDATA,
//! comments, namespaces. No document types.

use std::collections::BTreeMap;

/// Elements may stand this deep inside of each other.
const DEEPEST: usize = 256;

/// An element. Namespace declarations are not among its attributes, and attributes are without their prefixes.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Element {
    /// Name without prefix; `_x0040_` is read as the character it spells.
    pub name: String,
    /// The prefix, as written.
    pub prefix: Option<String>,
    /// What the prefix, or the default, stands for.
    pub namespace: Option<String>,
    /// Name without prefix, and value.
    pub attributes: Vec<(String, String)>,
    /// What it declares: `xmlns` or `xmlns:prefix`, and the namespace.
    pub declared: Vec<(String, String)>,
    /// Elements inside.
    pub children: Vec<Element>,
    /// Text inside, without that of the elements.
    pub text: String,
}

/// Prefix to namespace; the default is the empty prefix.
type Spaces = BTreeMap<String, String>;

/// Reads a document with one element.
pub fn parse(text: &str) -> Result<Element, String> {
    let mut reader = Reader { rest: text.trim_start_matches('\u{feff}') };
    reader.between()?;
    let root = reader.element(&Spaces::new(), 0)?;
    reader.between()?;
    if reader.rest.is_empty() { Ok(root) } else { Err(format!("`{}` stands after the last element", short(reader.rest))) }
}

fn short(text: &str) -> String {
    text.chars().take(40).collect()
}

/// `_xHHHH_` stands for a character that XML allows in no name (ISO 9075-14).
fn unspelled(name: &str) -> String {
    let mut pieces = name.split("_x");
    let mut meant = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let spelled = piece.split_once('_').filter(|(digits, _)| digits.len() >= 4);
        let character = spelled.and_then(|(digits, rest)| Some((char::from_u32(u32::from_str_radix(digits, 16).ok()?)?, rest)));
        match character {
            Some((character, rest)) => {
                meant.push(character);
                meant.push_str(rest);
            }
            None => {
                meant.push_str("_x");
                meant.push_str(piece);
            }
        }
    }
    meant
}

struct Reader<'t> {
    rest: &'t str,
}

impl<'t> Reader<'t> {
    fn eat(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn until(&mut self, end: &str) -> Result<&'t str, String> {
        let (before, after) = self.rest.split_once(end).ok_or_else(|| format!("the text ends inside of `{}`", short(self.rest)))?;
        self.rest = after;
        Ok(before)
    }

    /// Blanks, comments and processing instructions.
    fn between(&mut self) -> Result<(), String> {
        loop {
            self.rest = self.rest.trim_start();
            if self.eat("<?") {
                self.until("?>")?;
            } else if self.eat("<!--") {
                self.until("-->")?;
            } else {
                return Ok(());
            }
        }
    }

    fn name(&mut self) -> Result<&'t str, String> {
        let end = self.rest.find(|c: char| !(c.is_alphanumeric() || "_-.:·".contains(c))).unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at_checked(end).unwrap_or_default();
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return Err(format!("`{}` begins with no name", short(self.rest)));
        }
        self.rest = rest;
        Ok(name)
    }

    fn element(&mut self, around: &Spaces, depth: usize) -> Result<Element, String> {
        if depth > DEEPEST || !self.eat("<") {
            return Err(format!("wanted an element, found `{}`", short(self.rest)));
        }
        let whole = self.name()?;
        let (mut spaces, mut attributes, mut declared) = (around.clone(), Vec::new(), Vec::new());
        let empty = loop {
            self.rest = self.rest.trim_start();
            if self.eat("/>") {
                break true;
            }
            if self.eat(">") {
                break false;
            }
            let (name, value) = self.attribute()?;
            if name == "xmlns" || name.starts_with("xmlns:") {
                declared.push((name.to_owned(), value.clone()));
            }
            match name.split_once(':') {
                Some(("xmlns", prefix)) => drop(spaces.insert(prefix.to_owned(), value)),
                None if name == "xmlns" => drop(spaces.insert(String::new(), value)),
                Some((_, local)) => attributes.push((unspelled(local), value)),
                None => attributes.push((unspelled(name), value)),
            }
        };
        let (prefix, name) = whole.split_once(':').map_or((None, whole), |(prefix, name)| (Some(prefix), name));
        let namespace = spaces.get(prefix.unwrap_or_default()).filter(|space| !space.is_empty()).cloned();
        if let (Some(prefix), None) = (prefix, &namespace) {
            return Err(format!("the prefix `{prefix}` is not declared"));
        }
        let (name, prefix) = (unspelled(name), prefix.map(str::to_owned));
        let mut element = Element { name, prefix, namespace, attributes, declared, ..Element::default() };
        if !empty {
            self.inside(&mut element, whole, &spaces, depth)?;
        }
        Ok(element)
    }

    fn attribute(&mut self) -> Result<(&'t str, String), String> {
        let name = self.name()?;
        self.rest = self.rest.trim_start();
        if !self.eat("=") {
            return Err(format!("the attribute `{name}` has no value"));
        }
        self.rest = self.rest.trim_start();
        let quote = if self.eat("\"") {
            "\""
        } else if self.eat("'") {
            "'"
        } else {
            return Err(format!("`{name}` is not quoted"));
        };
        let raw = self.until(quote)?;
        if raw.contains('<') {
            return Err(format!("`<` in the attribute `{name}`"));
        }
        // Line ends and tabs that are not written as references are blanks.
        Ok((name, references(&raw.replace("\r\n", " ").replace(['\r', '\n', '\t'], " "))?))
    }

    fn inside(&mut self, element: &mut Element, whole: &str, spaces: &Spaces, depth: usize) -> Result<(), String> {
        loop {
            let at = self.rest.find('<').ok_or_else(|| format!("the text ends inside of <{whole}>"))?;
            let (text, rest) = self.rest.split_at_checked(at).unwrap_or_default();
            element.text.push_str(&references(&text.replace("\r\n", "\n").replace('\r', "\n"))?);
            self.rest = rest;
            if self.eat("</") {
                let name = self.name()?;
                self.rest = self.rest.trim_start();
                return if name == whole && self.eat(">") { Ok(()) } else { Err(format!("<{whole}> ends with </{name}>")) };
            } else if self.eat("<![CDATA[") {
                element.text.push_str(self.until("]]>")?);
            } else if self.eat("<!--") {
                self.until("-->")?;
            } else if self.eat("<?") {
                self.until("?>")?;
            } else {
                element.children.push(self.element(spaces, depth + 1)?);
            }
        }
    }
}

/// Text with its references resolved.
fn references(text: &str) -> Result<String, String> {
    let (mut out, mut rest) = (String::new(), text);
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';').ok_or_else(|| format!("`&{}` is no reference", short(after)))?;
        let number = |digits: &str, radix| u32::from_str_radix(digits, radix).ok().and_then(char::from_u32);
        let character = match name {
            "lt" => Some('<'),
            "gt" => Some('>'),
            "amp" => Some('&'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            name => match name.strip_prefix("#x") {
                Some(digits) => number(digits, 16),
                None => name.strip_prefix('#').and_then(|digits| number(digits, 10)),
            },
        };
        out.push_str(before);
        out.push(character.ok_or_else(|| format!("`&{name};` is not known"))?);
        rest = after;
    }
    out.push_str(rest);
    match out.chars().find(|c| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')) {
        Some(c) => Err(format!("{c:?} may not stand in XML")),
        None => Ok(out),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_well_formed_and_nothing_else() {
        let root =
            parse("<?xml version='1.0'?><!-- c --><a x='1 &quot;' n:y=\"2\" xmlns:n='u'> t<b/><![CDATA[<&>]]><n:c>&#x41;</n:c></a>\n")
                .unwrap();
        assert_eq!((root.text.as_str(), root.children.len()), (" t<&>", 2));
        assert_eq!(root.attributes, [("x".to_owned(), "1 \"".to_owned()), ("y".to_owned(), "2".to_owned())]);
        assert_eq!((root.children[1].text.as_str(), root.children[1].namespace.as_deref()), ("A", Some("u")));
        for bad in ["", "a", "<a>", "<a></b>", "<a x=1/>", "<a/><b/>", "<a>&nope;</a>", "<n:a/>", "<a>\u{1}</a>", "<a b='<'/>", "<1/>"] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
