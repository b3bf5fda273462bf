//! Values in XML, in both directions, and what lies outside of the domain.

use std::collections::BTreeMap;

use serde_json::json;

use super::*;
use crate::json::Reader;
use crate::json::Writer;

/// An object with a property of each kind.
#[derive(Debug, Default, Clone, PartialEq)]
struct Thing {
    id: Option<i64>,
    name: Maybe<String>,
    ratio: Option<f64>,
    tags: Option<Vec<String>>,
    parts: Vec<Thing>,
    map: Option<BTreeMap<String, String>>,
    any: Option<serde_json::Value>,
    rest: BTreeMap<String, serde_json::Value>,
}

impl Json for Thing {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut it = Self::default();
        reader.object(&mut |key, reader| match key {
            "id" => reader.optional(&mut it.id, key),
            "name" => reader.maybe(&mut it.name, key),
            "ratio" => reader.optional(&mut it.ratio, key),
            "tags" => reader.optional(&mut it.tags, key),
            "parts" => {
                it.parts = reader.value()?;
                Ok(true)
            }
            "map" => reader.optional(&mut it.map, key),
            "any" => reader.optional(&mut it.any, key),
            _ => {
                it.rest.insert(key.to_owned(), reader.value()?);
                Ok(true)
            }
        })?;
        Ok(it)
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.optional("id", &self.id);
        object.maybe("name", &self.name);
        object.optional("ratio", &self.ratio);
        object.optional("tags", &self.tags);
        object.field("parts", &self.parts);
        object.optional("map", &self.map);
        object.optional("any", &self.any);
        for (key, value) in &self.rest {
            object.field(key, value);
        }
        object.end();
    }
}

impl Xml for Thing {
    const SHAPE: &'static XmlShape = &XmlShape::Object {
        fields: &[
            XmlField::new("id", XmlName::new("Id"), shape_of::<i64>).attribute(),
            XmlField::new("name", XmlName::new("Name").prefix("n").namespace("urn:names"), shape_of::<String>),
            XmlField::new("ratio", XmlName::new("ratio"), shape_of::<f64>),
            XmlField::new("tags", XmlName::new("Tags"), shape_of::<Vec<String>>).wrapped(XmlName::new("Tag")),
            XmlField::new("parts", XmlName::new("Part"), shape_of::<Vec<Thing>>).required(),
            XmlField::new("map", XmlName::new("Map"), shape_of::<BTreeMap<String, String>>),
            XmlField::new("any", XmlName::new("any"), shape_of::<serde_json::Value>),
        ],
        others: Some(shape_of::<serde_json::Value>),
    };
}

const ROOT: XmlRoot = XmlRoot::new(XmlName::new("Thing"));

fn body(bytes: &Bytes) -> &str {
    std::str::from_utf8(bytes).unwrap().split_once('\n').unwrap().1
}

/// Attributes of namespaces that XML and XML Schema have.
#[derive(Debug, Clone, PartialEq)]
struct Marked(BTreeMap<String, String>);

impl Json for Marked {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        Json::read(reader).map(Self)
    }

    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }
}

impl Xml for Marked {
    const SHAPE: &'static XmlShape = &XmlShape::Object {
        fields: &[
            XmlField::new("kind", XmlName::new("type").prefix("xsi"), shape_of::<String>).attribute(),
            XmlField::new("language", XmlName::new("lang").prefix("xml"), shape_of::<String>).attribute(),
        ],
        others: None,
    };
}

#[test]
fn what_xml_itself_says_is_an_attribute_where_it_is_declared() {
    let value = Marked(BTreeMap::from([("kind".to_owned(), "Group".to_owned()), ("language".to_owned(), "de".to_owned())]));
    let bytes = encode_xml(&ROOT, &value).unwrap();
    let expected = "<Thing xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"Group\" xml:lang=\"de\"/>";
    assert_eq!(body(&bytes), expected);
    let other = expected.replace("xsi", "i");
    assert_eq!(decode_xml::<Marked>(None, other.as_bytes(), Side::Server).unwrap(), value);
}

#[test]
fn what_is_written_is_read() {
    for (value, expected) in [
        (json!({"parts": []}), "<Thing/>"),
        (json!({"id": -7, "parts": []}), "<Thing Id=\"-7\"/>"),
        (json!({"name": "a <b> & \"c\"", "parts": []}), "<Thing><n:Name xmlns:n=\"urn:names\">a &lt;b&gt; &amp; \"c\"</n:Name></Thing>"),
        (
            json!({"name": null, "parts": []}),
            "<Thing><n:Name xmlns:n=\"urn:names\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/></Thing>",
        ),
        (json!({"name": "", "parts": []}), "<Thing><n:Name xmlns:n=\"urn:names\"/></Thing>"),
        (json!({"tags": [], "parts": []}), "<Thing><Tags/></Thing>"),
        (json!({"tags": ["", " x "], "parts": []}), "<Thing><Tags><Tag/><Tag> x </Tag></Tags></Thing>"),
        (json!({"parts": [{"parts": []}, {"id": 1, "parts": [{"parts": []}]}]}), "<Thing><Part/><Part Id=\"1\"><Part/></Part></Thing>"),
        (json!({"parts": [], "map": {"a": "1", "b-c": "true"}}), "<Thing><Map><a>1</a><b-c>true</b-c></Map></Thing>"),
        (json!({"parts": [], "map": {}}), "<Thing><Map/></Thing>"),
        (json!({"ratio": 0.1, "parts": [], "any": {"@a": "1", "#text": "t"}}), "<Thing><ratio>0.1</ratio><any a=\"1\">t</any></Thing>"),
        (
            json!({"parts": [{"name": null, "parts": []}], "name": "x"}),
            "<Thing><n:Name xmlns:n=\"urn:names\">x</n:Name><Part><n:Name xmlns:n=\"urn:names\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:nil=\"true\"/></Part></Thing>",
        ),
        // Names that XML does not allow, and one that looks as if it were spelled out.
        (
            json!({"parts": [], "map": {"@type": "1", "a b": "2", "7": "3", "-\u{b2}": "4", "_x0040_": "5", "_x": "6", "m²": "7", "_x003A_": "8"}}),
            "<Thing><Map><_x002D__x00B2_>4</_x002D__x00B2_><_x0037_>3</_x0037_><_x0040_type>1</_x0040_type><_x>6</_x><_x003A_>8</_x003A_><_x005F_x0040_>5</_x005F_x0040_><a_x0020_b>2</a_x0020_b><m_x00B2_>7</m_x00B2_></Map></Thing>",
        ),
        (
            json!({"parts": [], "any": {"@a": true}}),
            "<Thing><any><_x0040_a xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" xsi:type=\"xs:boolean\">true</_x0040_a></any></Thing>",
        ),
        (json!({"parts": [], "more": "line\r\n\tend"}), "<Thing><more>line&#13;\n\tend</more></Thing>"),
    ] {
        let thing: Thing = json::from_value(&value).unwrap();
        let bytes = encode_xml(&ROOT, &thing).unwrap();
        assert_eq!(body(&bytes), expected);
        assert_eq!(decode_xml::<Thing>(None, &bytes, Side::Client).unwrap(), thing, "{expected}");
    }
    let list = vec![1_i64, 2];
    let bytes = encode_xml(&XmlRoot::new(XmlName::new("Ids")).item(XmlName::new("Id")), &list).unwrap();
    assert_eq!(body(&bytes), "<Ids><Id>1</Id><Id>2</Id></Ids>");
    assert_eq!(decode_xml::<Vec<i64>>(None, &bytes, Side::Server).unwrap(), list);
    let nested = vec![vec![true], Vec::new()];
    assert_eq!(decode_xml::<Vec<Vec<bool>>>(None, &encode_xml(&ROOT, &nested).unwrap(), Side::Server).unwrap(), nested);
    assert_eq!(decode_xml::<Option<i64>>(None, &encode_xml(&ROOT, &None::<i64>).unwrap(), Side::Server).unwrap(), None);
}

#[test]
fn what_no_element_can_hold_is_an_error() {
    for (value, message) in [
        (json!({"parts": [], "name": "\u{1}"}), "character '\\u{1}' cannot stand in XML"),
        (json!({"parts": [], "map": {"": "x"}}), "\"\" is no name of an element"),
        (json!({"parts": [], "map": {"x:y": "x"}}), "/map/x:y: a colon has a meaning in XML"),
        (json!({"parts": [], "any": {"@xmlns": "urn:x"}}), "the other end would read another value"),
    ] {
        let thing: Thing = json::from_value(&value).unwrap();
        assert_eq!(encode_xml(&ROOT, &thing).unwrap_err().to_string(), message);
    }
}

#[test]
fn what_others_write_is_read_or_refused() {
    let text = "\u{feff}<?xml version='1.0'?><!-- c -->\r\n<t:Other xmlns:t='urn:t' Id='7' xsi:schemaLocation='x' xmlns:m='urn:names'>\r\n  \
        <m:Name><![CDATA[a<b]]>&#x20;&amp;</m:Name><t:Name>another's</t:Name>\n  <Part>\n</Part><Tags>\n  <any>x</any>\n</Tags>\n</t:Other>\n";
    let thing: Thing = decode_xml(None, text.as_bytes(), Side::Server).unwrap();
    assert_eq!(thing.id, Some(7));
    assert_eq!(thing.name, Maybe::Value("a<b &".to_owned()));
    assert_eq!((thing.parts.len(), thing.tags), (1, Some(vec!["x".to_owned()])));
    let latin1 = HeaderValue::from_static("application/xml; charset=iso-8859-1");
    assert_eq!(decode_xml::<String>(Some(&latin1), b"<x>\xfc</x>", Side::Client).unwrap(), "ü");
    for text in [
        "",
        "<a>",
        "<a></b>",
        "<a/><b/>",
        "text",
        "<a>&unknown;</a>",
        "<!DOCTYPE a><a/>",
        "<a b='1' b='2'/>",
        "<a><Id>x</Id></a>",
        &"<a>".repeat(200),
    ] {
        assert!(decode_xml::<i64>(None, text.as_bytes(), Side::Server).is_err(), "{text}");
    }
    let error = decode_xml::<Thing>(None, b"<a Id='x'/>", Side::Server).unwrap_err();
    assert_eq!(error.to_string(), "body: /id: expected an integer, found \"x\"");
}

#[test]
fn what_has_no_schema_says_what_it_is() {
    for value in [
        json!(null),
        json!(""),
        json!("12"),
        json!(12),
        json!(-0.5),
        json!(1e30),
        json!(true),
        json!([]),
        json!(["one"]),
        json!([[], [1, [false, null]], {}]),
        json!({}),
        json!({"a": {}, "b": [], "c": [{"d": null}], "e": "", "@f": "x", "g": {"#text": "t", "h": "1"}}),
    ] {
        let bytes = encode_xml(&ROOT, &value).unwrap();
        assert_eq!(decode_xml::<serde_json::Value>(None, &bytes, Side::Server).unwrap(), value, "{}", body(&bytes));
    }
    // What XML Schema says is known by its namespace; what says that it is a boolean and is none is text.
    let typed =
        b"<x xmlns:i='http://www.w3.org/2001/XMLSchema-instance'><a i:nil='true'/><b i:type='boolean'>0</b><c i:type='boolean'>yes</c></x>";
    assert_eq!(decode_xml::<serde_json::Value>(None, typed, Side::Client).unwrap(), json!({"a": null, "b": false, "c": "yes"}));
    let many: String = (0..2000).map(|number| format!(" a{number}=''")).collect();
    assert!(decode_xml::<serde_json::Value>(None, format!("<x{many}/>").as_bytes(), Side::Server).is_err());
    let repeated = decode_xml::<serde_json::Value>(None, b"<x><k>1</k><k>2</k><l a='b'/>mixed</x>", Side::Client).unwrap();
    assert_eq!(repeated, json!({"#text": "mixed", "k": ["1", "2"], "l": {"@a": "b"}}));
}

const fn text(name: &'static str) -> XmlField {
    XmlField::new(name, XmlName::new(name), shape_of::<String>)
}

#[test]
fn the_arm_whose_properties_are_there_is_read_and_written() {
    #[derive(Debug, Clone, PartialEq)]
    struct Either(serde_json::Value);
    impl Json for Either {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            reader.raw_value().map(Self)
        }
        fn write(&self, writer: &mut Writer) {
            self.0.write(writer);
        }
    }
    const CIRCLE: &XmlShape = &XmlShape::Object {
        fields: &[XmlField::new("radius", XmlName::new("Radius"), shape_of::<String>).attribute().required(), text("hue")],
        others: None,
    };
    const SQUARE: &XmlShape = &XmlShape::Object {
        fields: &[
            XmlField::new("side", XmlName::new("s").prefix("q").namespace("urn:q"), shape_of::<String>).required(),
            XmlField::new("hues", XmlName::new("hue"), shape_of::<Vec<String>>),
        ],
        others: None,
    };
    impl Xml for Either {
        const SHAPE: &'static XmlShape = &XmlShape::OneOf(&[|| CIRCLE, || SQUARE, shape_of::<String>, shape_of::<Vec<String>>]);
    }
    for (value, written) in [
        (json!({"radius": "1", "hue": "red"}), "<Thing Radius=\"1\"><hue>red</hue></Thing>"),
        (json!({"side": "1", "hues": ["red"]}), "<Thing><q:s xmlns:q=\"urn:q\">1</q:s><hue>red</hue></Thing>"),
        (json!("text"), "<Thing>text</Thing>"),
        (json!(""), "<Thing/>"),
        (json!(["a", "b"]), "<Thing><item>a</item><item>b</item></Thing>"),
    ] {
        let bytes = encode_xml(&ROOT, &Either(value.clone())).unwrap();
        assert_eq!(body(&bytes), written);
        assert_eq!(decode_xml::<Either>(None, &bytes, Side::Server).unwrap().0, value);
    }
}

#[test]
fn namespaces_count_and_prefixes_do_not() {
    #[derive(Debug, PartialEq)]
    struct Two(BTreeMap<String, String>);
    impl Json for Two {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            reader.value().map(Self)
        }
        fn write(&self, writer: &mut Writer) {
            self.0.write(writer);
        }
    }
    impl Xml for Two {
        const SHAPE: &'static XmlShape = &XmlShape::Object {
            fields: &[
                XmlField::new("a", XmlName::new("x").prefix("a").namespace("urn:a"), shape_of::<String>),
                XmlField::new("b", XmlName::new("x").namespace("urn:b"), shape_of::<String>),
                XmlField::new("c", XmlName::new("x").prefix("bare"), shape_of::<String>),
            ],
            others: None,
        };
    }
    let two = Two([("a", "1"), ("b", "2"), ("c", "3")].map(|(key, value)| (key.to_owned(), value.to_owned())).into());
    let root = XmlRoot::new(XmlName::new("Two").prefix("a").namespace("urn:a"));
    let bytes = encode_xml(&root, &two).unwrap();
    // A prefix of which nothing is said has to stand for something.
    assert!(body(&bytes).ends_with("<bare:x xmlns:bare=\"urn:bare\">3</bare:x></a:Two>"), "{}", body(&bytes));
    assert_eq!(decode_xml::<Two>(None, &bytes, Side::Client).unwrap(), two);
    let two = Two([("a", "1"), ("b", "2")].map(|(key, value)| (key.to_owned(), value.to_owned())).into());
    let bytes = encode_xml(&root, &two).unwrap();
    assert_eq!(body(&bytes), "<a:Two xmlns:a=\"urn:a\"><a:x>1</a:x><x xmlns=\"urn:b\">2</x></a:Two>");
    for text in ["<T xmlns:p='urn:b' xmlns='urn:a'><p:x>2</p:x><x>1</x></T>", "<T><x xmlns='urn:a'>1</x><p:x xmlns:p='urn:b'>2</p:x></T>"] {
        assert_eq!(decode_xml::<Two>(None, text.as_bytes(), Side::Client).unwrap(), two);
    }
}

#[test]
fn items_of_lists_in_lists_have_names() {
    const CELL: XmlName = XmlName::new("Cell").prefix("g").namespace("urn:grids");
    let grid = vec![vec![vec![1_i64, 2], vec![]], vec![]];
    let root = XmlRoot::new(XmlName::new("Grid")).item(XmlName::new("Row"));
    for (root, text) in [
        (root, "<Grid><Row><item><item>1</item><item>2</item></item><item/></Row><Row/></Grid>"),
        (
            root.nested(&[CELL]),
            r#"<Grid><Row><g:Cell xmlns:g="urn:grids"><item>1</item><item>2</item></g:Cell><g:Cell xmlns:g="urn:grids"/></Row><Row/></Grid>"#,
        ),
    ] {
        let bytes = encode_xml(&root, &grid).unwrap();
        assert_eq!(body(&bytes), text);
        assert_eq!(decode_xml::<Vec<Vec<Vec<i64>>>>(None, &bytes, Side::Client).unwrap(), grid);
    }
    let field = XmlField::new("rows", XmlName::new("row"), shape_of::<Vec<Vec<i64>>>).nested(&[CELL]);
    for (field, text) in [
        (field, r#"<Table><row><g:Cell xmlns:g="urn:grids">7</g:Cell></row></Table>"#),
        (field.wrapped(XmlName::new("r")), r#"<Table><row><r><g:Cell xmlns:g="urn:grids">7</g:Cell></r></row></Table>"#),
    ] {
        let shape = XmlShape::Object { fields: Box::leak(Box::new([field])), others: None };
        let element = value::write(&XmlName::new("Table"), Items::default(), &shape, &json!({"rows": [[7]]})).unwrap();
        let mut written = String::new();
        element.write(&mut written).unwrap();
        assert_eq!(written, text);
    }
}
