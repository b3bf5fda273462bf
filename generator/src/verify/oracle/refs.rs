//! Following `$ref` inside the normalised tree. Nothing but JSON pointers: it does not know what it finds.

use serde_json::Value;

/// How many references may follow one another before they are taken for a circle.
const LONGEST_CHAIN: usize = 64;

/// The tree that everything is judged by.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a> {
    root: &'a Value,
}

/// A place in the tree: what stands there, and its pointer after all references were followed.
#[derive(Debug, Clone)]
pub struct Node<'a> {
    /// JSON pointer (RFC 6901).
    pub pointer: String,
    /// What stands there.
    pub value: &'a Value,
}

impl<'a> Tree<'a> {
    /// A tree over a whole document.
    pub fn new(root: &'a Value) -> Self {
        Self { root }
    }

    /// The whole document.
    pub fn root(self) -> Node<'a> {
        Node { pointer: String::new(), value: self.root }
    }

    /// What stands at a pointer.
    pub fn at(self, pointer: &str) -> Option<Node<'a>> {
        Some(Node { pointer: pointer.to_owned(), value: self.root.pointer(pointer)? })
    }

    /// The place a `$ref` text leads to, one step; `None` when it leaves the document or leads to nothing.
    pub fn target(self, reference: &str) -> Option<Node<'a>> {
        self.at(&percent_decode(reference.strip_prefix('#')?)?)
    }

    /// The node itself, or what it refers to in the end.
    pub fn resolve(self, node: Node<'a>) -> Option<Node<'a>> {
        let mut node = node;
        for _ in 0..LONGEST_CHAIN {
            match node.value.get("$ref").and_then(Value::as_str) {
                Some(reference) => node = self.target(reference)?,
                None => return Some(node),
            }
        }
        None
    }
}

impl<'a> Node<'a> {
    /// The child under a key.
    pub fn child(&self, key: &str) -> Option<Node<'a>> {
        Some(Node { pointer: join(&self.pointer, key), value: self.value.get(key)? })
    }

    /// All members of an object, or all items of a list.
    pub fn children(&self) -> Vec<(String, Node<'a>)> {
        let node = |key: &str, value| (key.to_owned(), Node { pointer: join(&self.pointer, key), value });
        match self.value {
            Value::Object(members) => members.iter().map(|(key, value)| node(key, value)).collect(),
            Value::Array(items) => items.iter().enumerate().map(|(index, value)| node(&index.to_string(), value)).collect(),
            _ => Vec::new(),
        }
    }

    /// A text member.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.value.get(key)?.as_str()
    }

    /// Whether a member is `true`.
    pub fn flag(&self, key: &str) -> Option<bool> {
        self.value.get(key)?.as_bool()
    }
}

fn join(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// Percent-decoding (RFC 3986, section 2.1); `None` if the result is not UTF-8.
pub fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let mut hex = || rest.next().and_then(|digit| char::from(digit).to_digit(16));
            let (high, low) = (hex()?, hex()?);
            bytes.push(u8::try_from(high * 16 + low).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn references_lead_to_their_end_or_nowhere() {
        let root = json!({
            "a": {"$ref": "#/b"}, "b": {"$ref": "#/c~1d/e%7Bf%7D"}, "c/d": {"e{f}": 7},
            "circle": {"$ref": "#/circle"}, "away": {"$ref": "other.yaml#/a"}, "gone": {"$ref": "#/nothing"},
        });
        let tree = Tree::new(&root);
        let resolve = |key: &str| tree.resolve(tree.root().child(key).unwrap());
        assert_eq!(resolve("a").unwrap().value, &json!(7));
        assert_eq!(resolve("a").unwrap().pointer, "/c~1d/e{f}");
        for dead in ["circle", "away", "gone"] {
            assert!(resolve(dead).is_none(), "{dead}");
        }
    }

    #[test]
    fn percent_decoding() {
        for (text, wanted) in [("a%20b", Some("a b")), ("%C3%a4", Some("ä")), ("%", None), ("%2", None), ("%zz", None), ("%ff", None)] {
            assert_eq!(percent_decode(text).as_deref(), wanted, "{text}");
        }
    }
}
