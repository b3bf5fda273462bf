//! XML bodies judged from their text, by what OpenAPI 3.0 says in its XML Object: which name, attribute or element, wrapped
//! or not, in which namespace.

use serde_json::Value;

use super::fields::properties;
use super::parameters::{self, Encoding, Piece};
use super::refs::{Node, Tree};
use super::xml_text::{Element, parse};

/// Takes away what no element stands for: empty lists that are properties.
pub fn carriable(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, member)| (name, carriable(member)));
            members.filter(|(_, member)| member.as_array().is_none_or(|items| !items.is_empty())).collect()
        }
        Value::Array(items) => items.into_iter().map(carriable).collect(),
        scalar => scalar,
    }
}

/// What is wrong with a text that should hold `wanted`.
pub fn faults<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>, wanted: &Value, raw: &[u8]) -> Vec<String> {
    let root = match std::str::from_utf8(raw).map_err(|_| "no UTF-8".to_owned()).and_then(parse) {
        Ok(root) => root,
        Err(message) => return vec![message],
    };
    let mut faults: Vec<String> = name_fault(tree, schema, &root).into_iter().collect();
    faults.extend(space_fault(tree, schema, &root));
    if let Value::Array(items) = wanted {
        let item = item_of(tree, schema);
        faults.extend(root.children.iter().filter_map(|child| name_fault(tree, item.as_ref(), child)));
        list(tree, item.as_ref(), items, &root.children.iter().collect::<Vec<_>>(), &root.name, &mut faults);
    } else {
        content(tree, schema, wanted, &root, &mut faults);
    }
    faults
}

fn item_of<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>) -> Option<Node<'a>> {
    tree.resolve(schema?.clone())?.child("items")
}

/// Whether the items of a list in a list, which no property names, are called as the schema says, or else `item`.
fn nested_fault<'a>(tree: Tree<'a>, item: Option<&Node<'a>>, found: &Element) -> Option<String> {
    let name = said(tree, item, "name").and_then(Value::as_str).unwrap_or("item");
    (name != found.name).then(|| format!("wanted <{name}>, found <{}>", found.name))
}

/// Whether an element that is no property has the name of its schema.
fn name_fault<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>, found: &Element) -> Option<String> {
    let component = schema.and_then(|schema| schema.text("$ref")).and_then(|reference| reference.rsplit('/').next());
    let name = said(tree, schema, "name").and_then(Value::as_str).or(component)?;
    (name != found.name).then(|| format!("wanted <{name}>, found <{}>", found.name))
}

/// A key of the XML Object of a schema, or of what it refers to.
fn said<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>, key: &str) -> Option<&'a Value> {
    let own = |node: &Node<'a>| ["xml", "x-bothends-xml"].iter().find_map(|xml| node.value.get(xml)?.get(key));
    let schema = schema?;
    own(schema).or_else(|| own(&tree.resolve(schema.clone())?))
}

/// The name that a schema itself gives to the element of a property; a component's name is not the property's.
fn own_name<'a>(schema: Option<&Node<'a>>) -> Option<&'a str> {
    let value = schema?.value;
    ["xml", "x-bothends-xml"].iter().find_map(|xml| value.get(xml)?.get("name")?.as_str())
}

/// Whether prefix and namespace are as said.
fn space_fault<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>, found: &Element) -> Option<String> {
    let text = |key| said(tree, schema, key).and_then(Value::as_str);
    let differs = |wanted: Option<&str>, found: &Option<String>| wanted.is_some() && wanted != found.as_deref();
    let wrong = differs(text("prefix"), &found.prefix) || differs(text("namespace"), &found.namespace);
    wrong.then(|| format!("<{}>: prefix {:?} and namespace {:?} are not as said", found.name, found.prefix, found.namespace))
}

/// What an element holds.
fn content<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>, wanted: &Value, found: &Element, faults: &mut Vec<String>) {
    match wanted {
        Value::Object(members) => object(tree, schema, members, found, faults),
        Value::Array(items) => {
            let item = item_of(tree, schema);
            let children: Vec<&Element> = found.children.iter().collect();
            faults.extend(children.iter().filter_map(|child| nested_fault(tree, item.as_ref(), child)));
            list(tree, item.as_ref(), items, &children, &found.name, faults);
        }
        Value::Null => {
            if !found.attributes.iter().any(|(name, value)| name == "nil" && value == "true") {
                faults.push(format!("<{}>: wanted null", found.name));
            }
        }
        scalar => {
            if !found.children.is_empty() {
                faults.push(format!("<{}>: wanted {scalar}, found elements", found.name));
            }
            faults.extend(text_fault(scalar, &found.text).map(|message| format!("<{}>: {message}", found.name)));
        }
    }
}

fn text_fault(wanted: &Value, text: &str) -> Option<String> {
    parameters::fault(text, &[Piece::Scalar(wanted.clone())], Encoding::Plain)
}

fn list<'a>(tree: Tree<'a>, item: Option<&Node<'a>>, wanted: &[Value], found: &[&Element], name: &str, faults: &mut Vec<String>) {
    if wanted.len() != found.len() {
        faults.push(format!("<{name}>: wanted {} item(s), found {}", wanted.len(), found.len()));
        return;
    }
    for (wanted, found) in wanted.iter().zip(found) {
        faults.extend(space_fault(tree, item, found));
        content(tree, item, wanted, found, faults);
    }
}

fn object<'a>(
    tree: Tree<'a>,
    schema: Option<&Node<'a>>,
    members: &serde_json::Map<String, Value>,
    found: &Element,
    faults: &mut Vec<String>,
) {
    let declared = schema.map(|schema| properties(tree, schema)).unwrap_or_default();
    let (mut elements, mut attributes) = (0, 0);
    for (property, value) in members {
        let schema = declared.iter().find(|(name, _)| name == property).map(|(_, schema)| schema);
        let name = own_name(schema).unwrap_or(property);
        let is = |key| said(tree, schema, key) == Some(&Value::Bool(true));
        if is("attribute") && !value.is_array() {
            attributes += 1;
            let text = found.attributes.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_str());
            let message = text.map_or(Some("is missing".to_owned()), |text| text_fault(value, text));
            faults.extend(message.map(|message| format!("<{}> attribute `{name}`: {message}", found.name)));
            continue;
        }
        let Value::Array(items) = value else {
            let all = named(found, name);
            elements += all.len();
            match all.as_slice() {
                [one] => {
                    faults.extend(space_fault(tree, schema, one));
                    content(tree, schema, value, one, faults);
                }
                other => faults.push(format!("<{name}>: wanted one, found {}", other.len())),
            }
            continue;
        };
        let item = schema.and_then(|schema| tree.resolve(schema.clone())).and_then(|schema| schema.child("items"));
        let of_item = said(tree, item.as_ref(), "name").and_then(Value::as_str);
        if is("wrapped") {
            let all = named(found, name);
            elements += all.len();
            match all.as_slice() {
                [one] => list(tree, item.as_ref(), items, &named(one, of_item.unwrap_or(name)), name, faults),
                other => faults.push(format!("<{name}>: wanted one, found {}", other.len())),
            }
        } else {
            let name = of_item.unwrap_or(name);
            let all = named(found, name);
            elements += all.len();
            list(tree, item.as_ref(), items, &all, name, faults);
        }
    }
    let others = found.attributes.len() - found.attributes.iter().filter(|(name, _)| name == "nil").count();
    if elements != found.children.len() || attributes != others {
        faults.push(format!(
            "<{}>: wanted {elements} element(s) and {attributes} attribute(s), found {} and {others}",
            found.name,
            found.children.len()
        ));
    }
}

fn named<'e>(found: &'e Element, name: &str) -> Vec<&'e Element> {
    found.children.iter().filter(|child| child.name == name).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_kind_of_fault_is_noticed() {
        let document = json!({"components": {"schemas": {"Box": {"type": "object", "xml": {"name": "box"}, "properties": {
            "id": {"type": "integer", "xml": {"attribute": true}}, "name": {"type": "string"},
            "kind": {"type": "string", "xml": {"name": "k", "prefix": "b", "namespace": "urn:boxes"}},
            "labels": {"type": "array", "items": {"type": "string"}},
            "marks": {"type": "array", "items": {"type": "string", "xml": {"name": "mark"}}, "xml": {"wrapped": true}},
            "inner": {"$ref": "#/components/schemas/Box"}}}}}});
        let tree = Tree::new(&document);
        let schema = tree.at("/components/schemas/Box").unwrap();
        let wanted = json!({"id": 7, "name": "a <&> b", "kind": "tin", "labels": ["x", "y"], "marks": ["m"], "inner": {"id": 1}});
        let good = r#"<?xml version="1.0"?><box id="7"><name>a &lt;&amp;&#62; b</name><b:k xmlns:b="urn:boxes">tin</b:k><labels>x</labels><labels>y</labels><marks><mark>m</mark></marks><inner id="1"/></box>"#;
        let judge = |raw: &str| faults(tree, Some(&schema), &wanted, raw.as_bytes()).join("; ");
        assert_eq!(judge(good), "");
        for (from, to, message) in [
            ("box", "case", "wanted <box>, found <case>"),
            (" id=\"7\"", "", "attribute `id`: is missing"),
            (" id=\"7\"", " id=\"8\"", "attribute `id`: wanted 7"),
            ("a &lt;", "a ", "<name>: wanted"),
            ("urn:boxes", "urn:cases", "are not as said"),
            ("<labels>x</labels>", "", "<labels>: wanted 2 item(s), found 1"),
            ("<labels>x</labels><labels>y</labels>", "<labels>y</labels><labels>x</labels>", "<labels>: wanted"),
            ("<marks><mark>m</mark></marks>", "<marks>m</marks>", "<marks>: wanted 1 item(s), found 0"),
            ("<inner id=\"1\"/>", "<inner id=\"1\"/><more/>", "wanted 6 element(s)"),
            ("<inner id=\"1\"/>", "<inner id=\"1\" x=\"2\"/>", "1 attribute(s), found 0 and 2"),
            ("</box>", "", "ends inside"),
        ] {
            assert!(good.contains(from), "{from}");
            let found = judge(&good.replace(from, to));
            assert!(found.contains(message), "{from}: {found}");
        }
    }
}
