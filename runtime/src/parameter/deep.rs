//! `deepObject`, each way: values inside of each other by the bracket convention, `name[key][0]=text`.
//!
//! The standard knows objects of scalars only. Deeper ones are written as their users write them: a list has an index for
//! each item (`a[0]=x`), and what is neither a list nor an object stands under the bare name. Also read are lists as
//! others write them, `a[]=x&a[]=y` and `a=x&a=y`.
//!
//! Domain: no list or object is empty, since nothing would be written; no `null`; keys hold no bracket, nor can an
//! object's keys be those of a list (`0`, `1`, …) beside a list somewhere else in the value.

use std::collections::BTreeMap;

use super::escape::{Escape, Pairs};
use super::form::{Place, Written};
use crate::error::Problem;
use crate::json::{Error, Json, Kind, Reader, Side, Writer};

/// How many brackets a name may have.
const DEEPEST: usize = 32;

/// A value in which every scalar is text.
#[derive(Debug)]
enum Tree {
    Null,
    Scalar(String),
    List(Vec<Tree>),
    Object(Vec<(String, Tree)>),
}

impl Json for Tree {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(match reader.kind()? {
            Kind::Null => {
                reader.skip()?;
                Self::Null
            }
            Kind::String => Self::Scalar(reader.string()?.into_owned()),
            Kind::Number => Self::Scalar(reader.number_text()?.to_owned()),
            Kind::Bool => Self::Scalar(reader.boolean()?.to_string()),
            Kind::List => {
                let mut items = Vec::new();
                reader.list(&mut |reader| {
                    items.push(Self::read(reader)?);
                    Ok(())
                })?;
                Self::List(items)
            }
            Kind::Object => {
                let mut members = Vec::new();
                reader.object(&mut |key, reader| {
                    members.push((key.to_owned(), Self::read(reader)?));
                    Ok(true)
                })?;
                Self::Object(members)
            }
        })
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Null => writer.null(),
            Self::Scalar(text) => writer.string(text),
            Self::List(items) => writer.value(items),
            Self::Object(members) => {
                let mut object = writer.object();
                for (key, value) in members {
                    object.field(key, value);
                }
                object.end();
            }
        }
    }
}

/// Writes a value, which is JSON text: names and values, both escaped.
pub(super) fn write(name: &str, json: &str, escape: Escape) -> Result<Written, Problem> {
    let tree = Reader::new(json, Side::Client).whole::<Tree>().map_err(Problem::Json)?;
    let mut written = Vec::new();
    append(name.to_owned(), &tree, escape, &mut written)?;
    Ok(written)
}

fn append(name: String, tree: &Tree, escape: Escape, written: &mut Written) -> Result<(), Problem> {
    match tree {
        Tree::Null => return Err(Problem::Null),
        Tree::Scalar(text) => written.push((Escape::All.apply(&name), escape.apply(text))),
        Tree::List(items) if items.is_empty() => return Err(Problem::Empty),
        Tree::Object(members) if members.is_empty() => return Err(Problem::Empty),
        Tree::List(items) => {
            for (index, item) in items.iter().enumerate() {
                append(format!("{name}[{index}]"), item, escape, written)?;
            }
        }
        Tree::Object(members) => {
            for (key, value) in members {
                if let Some(bracket) = key.chars().find(|character| matches!(character, '[' | ']')) {
                    return Err(Problem::Delimiter(bracket));
                }
                append(format!("{name}[{key}]"), value, escape, written)?;
            }
        }
    }
    Ok(())
}

/// What stands under a name.
#[derive(Default)]
struct Node {
    texts: Vec<String>,
    children: BTreeMap<String, Node>,
}

/// What stands under the name of a parameter.
pub(super) struct Found(Node);

impl Found {
    /// Everything under a name; `None` where there is nothing.
    pub(super) fn under(name: &str, pairs: &Pairs<'_>, place: Place) -> Result<Option<Self>, Error> {
        let mut root = Node::default();
        for (known, raw) in pairs {
            let Some(keys) = known.strip_prefix(name).and_then(keys) else { continue };
            if keys.len() > DEEPEST {
                return Err(Error::new(format!("more than {DEEPEST} brackets in a name")));
            }
            let node = keys.into_iter().fold(&mut root, |node, key| node.children.entry(key.to_owned()).or_default());
            node.texts.push(place.decode(raw)?);
        }
        Ok((!root.texts.is_empty() || !root.children.is_empty()).then_some(Self(root)))
    }

    /// JSON text in which every scalar is a string. With `lists`, what has the keys of a list is one.
    pub(super) fn to_json(&self, lists: bool) -> Result<String, Error> {
        let mut writer = Writer::new();
        tree(&self.0, lists).write(&mut writer);
        writer.finish()
    }

    /// The same of what is an object, whatever its keys are.
    pub(super) fn to_json_object(&self, lists: bool) -> Result<String, Error> {
        let mut writer = Writer::new();
        let members = self.0.children.iter().map(|(key, child)| (key.clone(), tree(child, lists))).collect();
        if self.0.children.is_empty() { tree(&self.0, lists) } else { Tree::Object(members) }.write(&mut writer);
        writer.finish()
    }
}

/// `[a][b]` -> `a`, `b`. A name that goes on otherwise is another one.
fn keys(mut rest: &str) -> Option<Vec<&str>> {
    let mut keys = Vec::new();
    while !rest.is_empty() {
        let (key, behind) = rest.strip_prefix('[')?.split_once(']')?;
        keys.push(key);
        rest = behind;
    }
    Some(keys)
}

fn tree(node: &Node, lists: bool) -> Tree {
    if node.children.is_empty() {
        let scalar = |text: &String| Tree::Scalar(text.clone());
        return match node.texts.as_slice() {
            [text] => scalar(text),
            texts => Tree::List(texts.iter().map(scalar).collect()),
        };
    }
    let children = &node.children;
    if lists && let (Some(items), 1) = (children.get(""), children.len()) {
        return match tree(items, lists) {
            Tree::List(items) => Tree::List(items),
            item => Tree::List(vec![item]),
        };
    }
    let in_turn: Option<Vec<&Node>> = (0..children.len()).map(|index| children.get(&index.to_string())).collect();
    match in_turn.filter(|_| lists) {
        Some(items) => Tree::List(items.into_iter().map(|item| tree(item, lists)).collect()),
        None => Tree::Object(children.iter().map(|(key, child)| (key.clone(), tree(child, lists))).collect()),
    }
}
