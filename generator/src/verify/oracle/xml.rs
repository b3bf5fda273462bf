//! XML bodies judged from their text, by what OpenAPI 3.0 says in its XML Object: which name, attribute or element, wrapped
//! or not, in which namespace.

use serde_json::Value;

use super::fields::{arms, others, properties, wrapped};
use super::parameters::{self, Encoding, Piece};
use super::refs::{Node, Tree};
use super::shape::Shape;
use super::xml_text::{Element, parse};

/// Takes away what no element stands for: `null` as an attribute, and lists that look like absent ones or like `null`. A text of
/// a union that looks like another of its arms is made one that does not.
pub fn carriable<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>, value: Value) -> Value {
    let schema = schema.and_then(|schema| tree.resolve(schema.clone()));
    let arms = schema.as_ref().map(|schema| arms(tree, schema, 0)).unwrap_or_default();
    match value {
        Value::Object(members) => {
            let declared = arms.iter().flat_map(|arm| properties(tree, arm)).collect::<Vec<_>>();
            let shape = schema.as_ref().and_then(|schema| Shape::of(tree, schema.value)).unwrap_or_default();
            let required = shape.required();
            let others = arms.iter().find_map(|arm| arm.child("additionalProperties"));
            let is_free = schema.as_ref().is_none_or(|schema| is_free(tree, schema));
            let mut kept = serde_json::Map::new();
            for (name, member) in members {
                let own = declaration(tree, &declared, &name);
                let member = carriable(tree, own.or(others.as_ref()), member);
                // No prefix stands for nothing.
                let member = if declares(&name) && member == "" { Value::from("urn:made-up") } else { member };
                let is = |key| is(tree, own, &name, key);
                let is_list = own.or(others.as_ref()).is_some_and(|schema| item_of(tree, Some(schema)).is_some());
                let items = member.as_array().filter(|_| !is_free && is_list && !is("wrapped"));
                let lost = match items.map(Vec::as_slice) {
                    Some([]) => own.is_none() || !required.contains(&name.as_str()),
                    Some([Value::Null]) => true,
                    _ => member.is_null() && is("attribute"),
                };
                if !lost {
                    kept.insert(name, member);
                }
            }
            Value::Object(kept)
        }
        Value::Array(items) => {
            let item = arms.iter().find_map(|arm| item_of(tree, Some(arm)));
            items.into_iter().map(|value| carriable(tree, item.as_ref(), value)).collect()
        }
        Value::String(text) if arms.len() > 1 && (text == "true" || text == "null" || text.parse::<f64>().is_ok()) => Value::from("word"),
        scalar => scalar,
    }
}

/// Whether nothing is said of a value but that it may be anything.
fn is_free<'a>(tree: Tree<'a>, schema: &Node<'a>) -> bool {
    Shape::of(tree, schema.value).is_none_or(|shape| shape.kind().is_none() && shape.choices.is_empty() && shape.get("enum").is_none())
}

/// What is wrong with an element of a value of which the document says nothing: it has to say what it is (`xsi:type`).
fn free(wanted: &Value, found: &Element, faults: &mut Vec<String>) {
    let said = found.attributes.iter().find(|(name, _)| name == "type").map(|(_, said)| said.rsplit(':').next().unwrap_or_default());
    let expected = match wanted {
        Value::Null | Value::String(_) => None,
        Value::Bool(_) => Some("boolean"),
        Value::Number(number) if number.is_f64() => said.filter(|said| ["decimal", "double"].contains(said)).or(Some("decimal")),
        Value::Number(_) => Some("integer"),
        Value::Array(_) => Some("Array"),
        Value::Object(members) => members.is_empty().then_some("Struct"),
    };
    if said != expected {
        faults.push(format!("<{}>: wanted the type {expected:?}, found {said:?}", found.name));
    }
    let mut children = |wanted: Vec<(&str, &Value)>| {
        if wanted.len() != found.children.len() {
            faults.push(format!("<{}>: wanted {} element(s), found {}", found.name, wanted.len(), found.children.len()));
        }
        for (name, value) in wanted {
            match found.children.iter().find(|child| child.name == name) {
                Some(child) if name != "item" => free(value, child, faults),
                Some(_) => {}
                None => faults.push(format!("<{name}> is missing")),
            }
        }
    };
    match wanted {
        Value::Object(members) => children(members.iter().map(|(name, value)| (name.as_str(), value)).collect()),
        Value::Array(items) => {
            children(items.iter().map(|value| ("item", value)).collect());
            for (value, child) in items.iter().zip(&found.children) {
                free(value, child, faults);
            }
        }
        scalar => content(Tree::new(&Value::Null), None, scalar, found, faults),
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
    if let Some(items) = wanted.as_array().filter(|_| item_of(tree, schema).is_some()) {
        let item = item_of(tree, schema);
        faults.extend(root.children.iter().filter_map(|child| name_fault(tree, item.as_ref(), child)));
        list(tree, item.as_ref(), items, &root.children.iter().collect::<Vec<_>>(), &root.name, &mut faults);
    } else {
        content(tree, schema, wanted, &root, &mut faults);
    }
    faults
}

fn item_of<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>) -> Option<Node<'a>> {
    meant(tree, schema?).iter().find_map(|schema| schema.child("items"))
}

/// A schema, and what it refers to or only wraps.
fn meant<'a>(tree: Tree<'a>, schema: &Node<'a>) -> Vec<Node<'a>> {
    let next = |schema: &Node<'a>| if schema.text("$ref").is_some() { tree.resolve(schema.clone()) } else { wrapped(schema) };
    std::iter::successors(Some(schema.clone()), next).take(16).collect()
}

/// Whether the items of a list in a list, which no property names, are called as the schema says, or else `item`.
fn nested_fault<'a>(tree: Tree<'a>, item: Option<&Node<'a>>, found: &Element) -> Option<String> {
    let name = said(tree, item, "name").and_then(Value::as_str).unwrap_or("item");
    (name != found.name).then(|| format!("wanted <{name}>, found <{}>", found.name))
}

/// Whether an element that is no property has the name of its schema.
fn name_fault<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>, found: &Element) -> Option<String> {
    let meant = schema.map(|schema| meant(tree, schema)).unwrap_or_default();
    let component = meant.iter().find_map(|schema| schema.text("$ref")).and_then(|reference| reference.rsplit('/').next());
    let name = said(tree, schema, "name").and_then(Value::as_str).or(component)?;
    (name != found.name).then(|| format!("wanted <{name}>, found <{}>", found.name))
}

/// A key of the XML Object of a schema, or of what it refers to.
fn said<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>, key: &str) -> Option<&'a Value> {
    meant(tree, schema?).iter().find_map(|schema| xml_of(schema)?.get(key))
}

/// The XML Object of a schema.
fn xml_of<'a>(schema: &Node<'a>) -> Option<&'a Value> {
    ["xml", "x-bothends-xml"].iter().find_map(|key| schema.value.get(key))
}

/// Where a property is declared: of several places in an `allOf`, the first that says what it is in XML, else the one that
/// declares most of it.
fn declaration<'d, 'a>(tree: Tree<'a>, declared: &'d [(String, Node<'a>)], name: &str) -> Option<&'d Node<'a>> {
    let own = || declared.iter().filter(|(known, _)| known == name).map(|(_, schema)| schema);
    let says = |schema: &&Node<'a>| tree.resolve((*schema).clone()).is_some_and(|schema| xml_of(&schema).is_some());
    own().find(says).or_else(|| own().rev().max_by_key(|schema| properties(tree, schema).len()))
}

/// The name that a schema itself gives to the element of a property; a component's name is not the property's.
fn own_name<'a>(schema: Option<&Node<'a>>) -> Option<&'a str> {
    xml_of(schema?)?.get("name")?.as_str()
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
    if schema.is_some_and(|schema| is_free(tree, schema)) {
        return free(wanted, found, faults);
    }
    match wanted {
        Value::Object(members) => {
            // Of the arms of a union, the one that it may be.
            let all = schema.map(|schema| arms(tree, schema, 0)).unwrap_or_default();
            let tried = all.iter().flat_map(|arm| {
                let known = properties(tree, arm);
                let unknown = members.keys().filter(|member| known.iter().all(|(name, _)| name != *member)).count();
                let alone = object(tree, &[schema, Some(arm)], members, found);
                // Several arms of an `anyOf` may hold of one value.
                let others = || [schema, Some(arm)].into_iter().chain(all.iter().map(Some)).collect::<Vec<_>>();
                let together = (unknown > 0 && !alone.is_empty()).then(|| object(tree, &others(), members, found));
                std::iter::once((unknown, alone)).chain(together.map(|faults| (unknown, faults)))
            });
            let best = tried.min_by_key(|(unknown, faults)| (*unknown, faults.len()));
            faults.extend(best.map(|(_, faults)| faults).unwrap_or_default());
        }
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

/// What is wrong with an element of an object that all these schemas speak of.
fn object<'a>(tree: Tree<'a>, schemas: &[Option<&Node<'a>>], members: &serde_json::Map<String, Value>, found: &Element) -> Vec<String> {
    let mut faults = Vec::new();
    let schemas = || schemas.iter().copied().flatten();
    let declared: Vec<_> = schemas().flat_map(|schema| properties(tree, schema)).collect();
    let others = schemas().find_map(|schema| others(tree, schema));
    let (mut elements, mut attributes) = (0, 0);
    for (property, value) in members {
        let schema = declaration(tree, &declared, property).or(others.as_ref());
        let is_declared = declared.iter().any(|(name, _)| name == property);
        let name = own_name(schema).filter(|_| is_declared).unwrap_or(property);
        let is = |key| is(tree, schema, property, key);
        let prefix = said(tree, schema, "prefix").and_then(Value::as_str);
        if is_declared && declares(name) {
            let text = found.declared.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_str());
            let message = text.map_or(Some("is missing".to_owned()), |text| text_fault(value, text));
            faults.extend(message.map(|message| format!("<{}> `{name}`: {message}", found.name)));
            continue;
        }
        let (prefix, name) = if is_declared { qualified(prefix, name) } else { (prefix, name) };
        // No attribute can hold more than a text.
        if is("attribute") && !value.is_array() && !value.is_object() {
            attributes += 1;
            let text = found.attributes.iter().find(|(other, _)| other == name).map(|(_, text)| text.as_str());
            let message = text.map_or(Some("is missing".to_owned()), |text| text_fault(value, text));
            faults.extend(message.map(|message| format!("<{}> attribute `{name}`: {message}", found.name)));
            continue;
        }
        let item = item_of(tree, schema);
        let of_item = said(tree, item.as_ref(), "name").and_then(Value::as_str);
        let item_prefix = said(tree, item.as_ref(), "prefix").and_then(Value::as_str);
        let Some(items) = value.as_array().filter(|_| item.is_some()) else {
            let (prefix, name) = of_item.filter(|_| !is("wrapped")).map_or((prefix, name), |name| qualified(item_prefix, name));
            let all = named(found, prefix, name);
            elements += all.len();
            match all.as_slice() {
                [one] => {
                    faults.extend(space_fault(tree, schema, one));
                    content(tree, schema, value, one, &mut faults);
                }
                other => faults.push(format!("<{name}>: wanted one, found {}", other.len())),
            }
            continue;
        };
        if is("wrapped") {
            let all = named(found, prefix, name);
            elements += all.len();
            let (prefix, inner) = of_item.map_or((prefix, name), |name| qualified(item_prefix, name));
            match all.as_slice() {
                [one] => list(tree, item.as_ref(), items, &named(one, prefix, inner), name, &mut faults),
                other => faults.push(format!("<{name}>: wanted one, found {}", other.len())),
            }
        } else {
            let (prefix, name) = of_item.map_or((prefix, name), |name| qualified(item_prefix, name));
            let all = named(found, prefix, name);
            elements += all.len();
            list(tree, item.as_ref(), items, &all, name, &mut faults);
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
    faults
}

fn named<'e>(found: &'e Element, prefix: Option<&str>, name: &str) -> Vec<&'e Element> {
    found.children.iter().filter(|child| child.name == name && child.prefix.as_deref() == prefix).collect()
}

/// A name that no prefix is said of may bring its own: `dc:date`.
fn qualified<'n>(prefix: Option<&'n str>, name: &'n str) -> (Option<&'n str>, &'n str) {
    match name.split(':').collect::<Vec<_>>().as_slice() {
        [first, last] if prefix.is_none() && !first.is_empty() && !last.is_empty() => (Some(first), last),
        _ => (prefix, name),
    }
}

/// Whether an attribute of this name declares a namespace.
fn declares(name: &str) -> bool {
    name == "xmlns" || name.starts_with("xmlns:")
}

/// Whether the XML Object of a property says so. What XML itself gives a meaning to (`xml:lang`) is always an attribute.
fn is<'a>(tree: Tree<'a>, schema: Option<&Node<'a>>, property: &str, key: &str) -> bool {
    let own = own_name(schema).unwrap_or(property);
    let is_list = || item_of(tree, schema).is_some();
    (key == "attribute" && own.starts_with("xml:") && !is_list()) || said(tree, schema, key) == Some(&Value::Bool(true))
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

    #[test]
    fn unions_and_free_values_are_judged_by_what_they_say() {
        let document = json!({"type": "object", "properties": {"free": {}, "note": {"type": "string", "nullable": true}, "one": {"oneOf": [
            {"type": "object", "properties": {"a": {"type": "integer", "xml": {"attribute": true}}}},
            {"type": "object", "properties": {"b": {"type": "integer", "xml": {"name": "B"}}}}]}}});
        let tree = Tree::new(&document);
        let schema = tree.root();
        let wanted = json!({"free": {"n": 1, "l": [true], "e": {}}, "note": null, "one": {"b": 2}});
        let good = r#"<root xmlns:t="urn:t"><free><n t:type="t:integer">1</n><l t:type="t:Array"><item t:type="t:boolean">true</item></l><e t:type="t:Struct"/></free><note t:nil="true"/><one><B>2</B></one></root>"#;
        let judge = |raw: &str| faults(tree, Some(&schema), &wanted, raw.as_bytes()).join("; ");
        assert_eq!(judge(good), "");
        for (from, to, message) in [
            (r#" t:type="t:integer""#, "", "<n>: wanted the type"),
            (r#" t:type="t:Struct""#, "", "<e>: wanted the type"),
            (">true<", ">false<", "<item>: wanted true"),
            (r#" t:nil="true""#, "", "<note>: wanted null"),
            ("B>", "b>", "<B>: wanted one, found 0"),
            ("<e ", "<f ", "<e> is missing"),
        ] {
            assert!(good.contains(from), "{from}");
            let found = judge(&good.replace(from, to));
            assert!(found.contains(message), "{from}: {found}");
        }
        let tidy = |value| carriable(tree, Some(&schema), value);
        assert_eq!(tidy(json!({"free": [[], [null]], "note": null})), json!({"free": [[], [null]], "note": null}));
    }
}
