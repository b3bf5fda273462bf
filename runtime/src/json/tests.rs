//! Tables for reading and writing JSON, with types written as the generator writes them.

use std::collections::BTreeMap;
use std::fmt::Debug;

use serde_json::{Value, json};

use super::{Arm, Base64, Error, Json, Reader, Side, Writer, from_slice, from_str, from_value, misfit, to_string, to_value};
use crate::{Instant, Maybe, Secret};

/// An object with every kind of property.
#[derive(Debug, Clone, Default, PartialEq)]
struct User {
    id: i64,
    name: Option<String>,
    note: Maybe<String>,
    parent: Option<Box<User>>,
    extra: BTreeMap<String, Value>,
}

impl Json for User {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut id = None;
        let mut name = None;
        let mut note = Maybe::Absent;
        let mut parent = None;
        let mut extra = BTreeMap::new();
        reader.object(&mut |key, reader| match key {
            "id" => reader.field(&mut id, key),
            "name" => reader.optional(&mut name, key),
            "note" => reader.maybe(&mut note, key),
            "parent" => reader.optional(&mut parent, key),
            _ => reader.extra(&mut extra, key),
        })?;
        Ok(Self { id: Reader::required(id, "id")?, name, note, parent, extra })
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.field("id", &self.id);
        object.optional("name", &self.name);
        object.maybe("note", &self.note);
        object.optional("parent", &self.parent);
        object.extra(&self.extra);
        object.end();
    }
}

crate::serde_impls!(User);

/// `additionalProperties: false`.
#[derive(Debug, Clone, PartialEq)]
struct Closed {
    a: i64,
}

impl Json for Closed {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut a = None;
        reader.closed_object(&mut |key, reader| match key {
            "a" => reader.field(&mut a, key),
            _ => Ok(false),
        })?;
        Ok(Self { a: Reader::required(a, "a")? })
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.field("a", &self.a);
        object.end();
    }
}

#[derive(Debug, Clone, PartialEq)]
struct Pair {
    kind: Result<usize, String>,
    a: i64,
    b: Option<Shape>,
}

impl Json for Pair {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut kind = Ok(9);
        let mut a = None;
        let mut b = None;
        reader.object(&mut |key, reader| match key {
            "kind" => {
                kind = reader.enumeration(&["pair", "couple"])?;
                Ok(true)
            }
            "a" => reader.field(&mut a, key),
            "b" => reader.optional(&mut b, key),
            _ => Ok(false),
        })?;
        Ok(Self { kind, a: Reader::required(a, "a")?, b })
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.field("a", &self.a);
        object.optional("b", &self.b);
        object.end();
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Shape {
    Number(i64),
    Text(String),
    Closed(Closed),
    Pair(Box<Pair>),
    List(Vec<Shape>),
    Other(Value),
}

const ARMS: &[(&str, Arm<Shape>)] = &[
    ("Number", |reader| reader.value().map(Shape::Number)),
    ("Text", |reader| reader.value().map(Shape::Text)),
    ("Closed", |reader| reader.value().map(Shape::Closed)),
    ("Pair", |reader| reader.value().map(Shape::Pair)),
    ("List", |reader| reader.value().map(Shape::List)),
];

impl Json for Shape {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.union(ARMS, Self::Other)
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Number(value) => writer.value(value),
            Self::Text(value) => writer.value(value),
            Self::Closed(value) => writer.value(value),
            Self::Pair(value) => writer.value(value),
            Self::List(value) => writer.value(value),
            Self::Other(value) => writer.value(value),
        }
    }
}

/// Told by its property `kind`.
#[derive(Debug, Clone, PartialEq)]
struct Tagged(Shape);

impl Json for Tagged {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.tagged_union("kind", &[("closed", 2), ("pair", 3), ("1", 3), ("broken", 99)], ARMS, Shape::Other).map(Self)
    }

    fn write(&self, writer: &mut Writer) {
        self.0.write(writer);
    }
}

/// What reading says, for tables: the value written again, or the error.
fn again<T: Json>(text: &str, side: Side) -> Result<String, String> {
    from_str::<T>(text, side).map(|value| to_string(&value).unwrap()).map_err(|error| error.to_string())
}

#[track_caller]
fn table<T: Json>(side: Side, cases: &[(&str, Result<&str, &str>)]) {
    for (text, expected) in cases {
        assert_eq!(again::<T>(text, side), expected.map(str::to_owned).map_err(str::to_owned), "{text}");
    }
}

#[track_caller]
fn survives<T: Json + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(to_string(value).unwrap(), text);
    for side in [Side::Client, Side::Server] {
        assert_eq!(&from_str::<T>(text, side).unwrap(), value, "{text}");
    }
    assert_eq!(&from_value::<T>(&to_value(value).unwrap()).unwrap(), value, "{text}");
}

#[test]
fn numbers() {
    table::<i64>(
        Side::Server,
        &[
            ("12", Ok("12")),
            (" -0 ", Ok("0")),
            ("1.0", Ok("1")),
            ("1e3", Ok("1000")),
            ("9223372036854775807", Ok("9223372036854775807")),
            ("-9223372036854775808", Ok("-9223372036854775808")),
            ("9223372036854775808", Err("expected an integer from -9223372036854775808 to 9223372036854775807, found 9223372036854775808")),
            ("1.5", Err("expected an integer, found 1.5")),
            ("\"12\"", Err("expected an integer, found \"12\"")),
            ("true", Err("expected an integer, found true")),
            ("null", Err("expected an integer, found null")),
            ("[1]", Err("expected an integer, found a list")),
            ("01", Err("byte 1: expected the end of the text, found '1'")),
            ("+1", Err("byte 0: expected a value, found '+'")),
            ("1.", Err("byte 0: expected a number, found '1'")),
            ("-", Err("byte 0: expected a number, found '-'")),
            ("", Err("byte 0: expected a value, found the end of the text")),
            ("1 2", Err("byte 2: expected the end of the text, found '2'")),
            ("NaN", Err("byte 0: expected a value, found 'N'")),
        ],
    );
    table::<u8>(
        Side::Server,
        &[
            ("255", Ok("255")),
            ("256", Err("expected an integer from 0 to 255, found 256")),
            ("-1", Err("expected an integer from 0 to 255, found -1")),
        ],
    );
    table::<u64>(Side::Server, &[("18446744073709551615", Ok("18446744073709551615"))]);
    table::<i128>(Side::Server, &[("170141183460469231731687303715884105727", Ok("170141183460469231731687303715884105727"))]);
    table::<f64>(
        Side::Server,
        &[
            ("1", Ok("1.0")),
            ("-0.0", Ok("-0.0")),
            ("0.1", Ok("0.1")),
            ("1e21", Ok("1e+21")),
            ("123456789012345680000", Ok("1.2345678901234568e+20")),
            ("5e-324", Ok("5e-324")),
            ("1.7976931348623157e308", Ok("1.7976931348623157e+308")),
            ("2.2250738585072011e-308", Ok("2.225073858507201e-308")),
            ("1e400", Err("number out of range: \"1e400\"")),
        ],
    );
}

#[test]
fn strings() {
    table::<String>(
        Side::Server,
        &[
            (r#""""#, Ok(r#""""#)),
            (r#""plain""#, Ok(r#""plain""#)),
            (r#""\"\\\/\b\f\n\r\t""#, Ok(r#""\"\\/\b\f\n\r\t""#)),
            (r#""\u0041\u00e9\u2602""#, Ok(r#""Aé☂""#)),
            (r#""\ud83d\ude00!""#, Ok(r#""😀!""#)),
            (r#""\u0000\u001f\u007f""#, Ok("\"\\u0000\\u001f\u{7f}\"")),
            (r#""größe""#, Ok(r#""größe""#)),
            (r#""\ud83d""#, Err("byte 7: half a surrogate pair in a string")),
            (r#""\ud83dx""#, Err("byte 7: half a surrogate pair in a string")),
            (r#""\ude00""#, Err("byte 7: half a surrogate pair in a string")),
            (r#""\ud83d\u0041""#, Err("byte 13: half a surrogate pair in a string")),
            (r#""\u+041""#, Err("byte 2: unknown escape in a string")),
            (r#""\u00""#, Err("byte 2: unknown escape in a string")),
            (r#""\x""#, Err("byte 2: unknown escape in a string")),
            ("\"a\nb\"", Err("byte 2: a control character must be escaped in a string")),
            ("\"abc", Err("byte 4: the text ends inside of a string")),
            ("\"abc\\", Err("byte 5: unknown escape in a string")),
            ("7", Err("expected a string, found 7")),
        ],
    );
    assert_eq!(from_slice::<String>(b"\"\xff\"", Side::Server).unwrap_err().to_string(), "byte 1: not valid UTF-8");
    let long = format!("{:?}", "x".repeat(1000));
    assert!(from_str::<bool>(&long, Side::Server).unwrap_err().to_string().len() < 100);
}

#[test]
fn every_character_survives() {
    for character in ('\0'..='\u{2100}').chain(['\u{D7FF}', '\u{E000}', '\u{FFFF}', '\u{10000}', '\u{10FFFF}']) {
        let text = format!("<{character}>");
        assert_eq!(from_str::<String>(&to_string(&text).unwrap(), Side::Server).unwrap(), text);
        // Another writer's escapes mean the same.
        assert_eq!(serde_json::from_str::<String>(&to_string(&text).unwrap()).unwrap(), text);
    }
}

#[test]
fn lists_maps_and_trees() {
    table::<Value>(
        Side::Server,
        &[
            (" { } ", Ok("{}")),
            ("[ ]", Ok("[]")),
            (r#"{"a":[1,2.5,-3,1e2,true,null,"x",{}]}"#, Ok(r#"{"a":[1,2.5,-3,100.0,true,null,"x",{}]}"#)),
            ("18446744073709551615", Ok("18446744073709551615")),
            ("[1,]", Err("/1: byte 3: expected a value, found ']'")),
            ("[1 2]", Err("byte 3: expected `,` or `]`, found '2'")),
            ("{\"a\" 1}", Err("byte 5: expected `:`, found '1'")),
            ("{\"a\":1,}", Err("byte 7: expected a string, found '}'")),
            ("{a:1}", Err("byte 1: expected a string, found 'a'")),
            ("[", Err("/0: byte 1: expected a value, found the end of the text")),
            ("{\"a\":tru}", Err("/a: byte 5: expected a value, found 't'")),
            ("'a'", Err("byte 0: expected a value, found '\\''")),
        ],
    );
    table::<Vec<Option<bool>>>(
        Side::Server,
        &[
            ("[true,null,false]", Ok("[true,null,false]")),
            ("[true,1]", Err("/1: expected a boolean, found 1")),
            ("{}", Err("expected a list, found an object")),
        ],
    );
    table::<BTreeMap<String, u8>>(
        Side::Server,
        &[
            (r#"{"b":1,"a":2}"#, Ok(r#"{"a":2,"b":1}"#)),
            (r#"{"a/b~c":true}"#, Err("/a~1b~0c: expected an integer, found true")),
            (r#"{"a":1,"\u0061":2}"#, Err("/a: the property comes twice")),
        ],
    );
}

#[test]
fn depth_is_limited() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(from_str::<Value>(&nested(128), Side::Server).is_ok());
    assert!(from_str::<Value>(&nested(129), Side::Server).unwrap_err().is_syntax());
    // Also in values that are skipped, and after each other it does not add up.
    assert!(from_str::<Closed>(&format!(r#"{{"a":1,"x":{}}}"#, nested(200)), Side::Client).is_err());
    assert!(from_str::<Value>(&format!("[{}0]", "[[]],".repeat(500)), Side::Server).is_ok());
    assert!(from_str::<Value>(&"[".repeat(1_000_000), Side::Server).is_err());
}

#[test]
fn properties() {
    let full = r#"{"id":7,"name":"n","note":"x","parent":{"id":1},"z":[1]}"#;
    table::<User>(
        Side::Server,
        &[
            (full, Ok(full)),
            (r#"{"id":7}"#, Ok(r#"{"id":7}"#)),
            (r#"{"note":null,"id":7}"#, Ok(r#"{"id":7,"note":null}"#)),
            ("{}", Err("missing property `id`")),
            (r#"{"id":null}"#, Err("/id: expected an integer, found null")),
            (r#"{"id":1,"id":2}"#, Err("/id: the property comes twice")),
            (r#"{"id":1,"name":null}"#, Err("/name: expected a string, found null")),
            (r#"{"id":1,"note":null,"note":"x"}"#, Err("/note: the property comes twice")),
            (r#"{"id":1,"parent":{"id":2,"parent":{"id":"x"}}}"#, Err("/parent/parent/id: expected an integer, found \"x\"")),
            (r#"{"id":1,"parent":{}}"#, Err("/parent: missing property `id`")),
        ],
    );
    table::<User>(
        Side::Client,
        &[(r#"{"id":1,"name":null}"#, Ok(r#"{"id":1}"#)), (r#"{"id":null}"#, Err("/id: expected an integer, found null"))],
    );
    table::<Closed>(Side::Client, &[(r#"{"a":1,"b":{"c":[2]}}"#, Ok(r#"{"a":1}"#))]);
    table::<Closed>(Side::Server, &[(r#"{"a":1}"#, Ok(r#"{"a":1}"#)), (r#"{"a":1,"b":2}"#, Err("/b: undeclared property"))]);
}

#[test]
fn unions_take_the_arm_that_fits_best() {
    let cases = [
        ("7", Shape::Number(7)),
        (r#""7""#, Shape::Text("7".to_owned())),
        (r#"{"a":1}"#, Shape::Closed(Closed { a: 1 })),
        (r#"{"a":1,"b":7}"#, Shape::Pair(Box::new(Pair { kind: Ok(9), a: 1, b: Some(Shape::Number(7)) }))),
        (r#"{"kind":"couple","a":1}"#, Shape::Pair(Box::new(Pair { kind: Ok(1), a: 1, b: None }))),
        ("1.5", Shape::Other(json!(1.5))),
        ("null", Shape::Other(Value::Null)),
        (r#"{"b":1}"#, Shape::Other(json!({"b": 1}))),
        (
            r#"[1,"a",[],true]"#,
            Shape::List(vec![Shape::Number(1), Shape::Text("a".to_owned()), Shape::List(vec![]), Shape::Other(json!(true))]),
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(from_str::<Shape>(text, Side::Client).unwrap(), expected, "{text}");
    }
    // As many unknown things in one arm as in the other: the first one wins. An undocumented value is one of them.
    assert_eq!(from_str::<Shape>(r#"{"a":1,"x":2}"#, Side::Client).unwrap(), Shape::Closed(Closed { a: 1 }));
    assert_eq!(from_str::<Shape>(r#"{"kind":"trio","a":1}"#, Side::Client).unwrap(), Shape::Closed(Closed { a: 1 }));
    // The server does not take a closed object with more in it.
    assert!(matches!(from_str::<Shape>(r#"{"a":1,"x":2}"#, Side::Server).unwrap(), Shape::Pair(_)));
    assert!(from_str::<Shape>(r#"{"a":1"#, Side::Server).unwrap_err().is_syntax());
}

#[test]
fn a_union_that_nothing_fits_says_why_for_each_arm() {
    for (value, reasons) in [
        (json!(true), ["expected an integer, found true", "expected a string, found true", "expected an object, found true"]),
        (
            json!({"a": "x"}),
            ["expected an integer, found an object", "expected a string, found an object", "/a: expected an integer, found \"x\""],
        ),
        (json!({"b": 1}), ["expected an integer, found an object", "expected a string, found an object", "missing property `a`"]),
    ] {
        let [number, text, closed] = reasons;
        let said = misfit(&value, ARMS).to_string();
        let start = format!("fits none of the shapes: `Number`: {number}; `Text`: {text}; `Closed`: {closed}; `Pair`: ");
        assert!(said.starts_with(&start), "{said}");
    }
}

/// Objects without a required property, of which several hold at once.
#[derive(Debug, Clone, PartialEq)]
enum Several {
    A(Flags),
    B(Flags),
    Deep(BTreeMap<String, Flags>),
    Both(Flags),
    Other(Value),
}

/// Properties that were there, of those that are declared.
#[derive(Debug, Clone, PartialEq)]
struct Flags(Vec<String>);

impl Flags {
    fn read(reader: &mut Reader<'_>, declared: &[&str]) -> Result<Self, Error> {
        let mut found = Vec::new();
        reader.object(&mut |key, reader| {
            if !declared.contains(&key) {
                return Ok(false);
            }
            reader.boolean()?;
            found.push(key.to_owned());
            Ok(true)
        })?;
        Ok(Self(found))
    }
}

#[test]
fn where_several_shapes_hold_nothing_declared_is_lost() {
    const ARMS: &[(&str, Arm<Several>)] = &[
        ("A", |reader| Flags::read(reader, &["a", "x"]).map(Several::A)),
        ("B", |reader| Flags::read(reader, &["b", "x"]).map(Several::B)),
        ("Deep", |reader| {
            let mut all = BTreeMap::new();
            reader.object(&mut |key, reader| {
                all.insert(key.to_owned(), Flags::read(reader, &["c"])?);
                Ok(true)
            })?;
            Ok(Several::Deep(all))
        }),
        ("Both", |reader| Flags::read(reader, &["a", "b", "x"]).map(Several::Both)),
    ];
    let flags = |names: &[&str]| Flags(names.iter().map(|name| (*name).to_owned()).collect());
    for (text, alone, expected) in [
        (r#"{"a":true,"x":true}"#, 3, Several::A(flags(&["a", "x"]))),
        (r#"{"b":true}"#, 3, Several::B(flags(&["b"]))),
        // what no shape declares is lost by each, and worth no other shape
        (r#"{"b":true,"new":{"a":[1]}}"#, 3, Several::B(flags(&["b"]))),
        (r#"{"a":true,"b":true}"#, 3, Several::Both(flags(&["a", "b"]))),
        (r#"{"new":{},"a":true,"b":true}"#, 3, Several::Both(flags(&["a", "b"]))),
        (r#"{"a":true,"b":true}"#, 4, Several::Both(flags(&["a", "b"]))),
        // two lose one thing each; what the one loses the other has, and nobody has what that one loses
        (r#"{"k":{"c":true,"new":1}}"#, 3, Several::Deep(BTreeMap::from([("k".to_owned(), flags(&["c"]))]))),
        ("[]", 3, Several::Other(json!([]))),
    ] {
        let found = Reader::new(text, Side::Client).any_union(ARMS, alone, Several::Other).unwrap();
        assert_eq!(found, expected, "{text}");
    }
    // Without a shape for both the value is kept whole.
    let text = r#"{"a":true,"b":true}"#;
    let found = Reader::new(text, Side::Client).any_union(&ARMS[..3], 3, Several::Other).unwrap();
    assert_eq!(found, Several::Other(json!({"a": true, "b": true})));
    assert!(Reader::new("{", Side::Client).any_union(ARMS, 3, Several::Other).is_err());
}

#[test]
fn unions_inside_of_unions_cost_no_exponential_work() {
    // Two arms read the same objects, so that each level would double the work.
    #[derive(Debug, PartialEq)]
    enum Twin {
        Left(Box<Inner>),
        Right(Box<Inner>),
        Leaf(i64),
        Other(Value),
    }
    #[derive(Debug, PartialEq)]
    struct Inner(Twin);
    impl Json for Inner {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            let mut next = None;
            reader.object(&mut |key, reader| if key == "next" { reader.field(&mut next, key) } else { Ok(false) })?;
            Reader::required(next, "next").map(Self)
        }
        fn write(&self, writer: &mut Writer) {
            let mut object = writer.object();
            object.field("next", &self.0);
            object.end();
        }
    }
    impl Json for Twin {
        fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
            reader.union(
                &[
                    ("Left", |reader| reader.value().map(Self::Left)),
                    ("Right", |reader| reader.value().map(Self::Right)),
                    ("Leaf", |reader| reader.value().map(Self::Leaf)),
                ],
                Self::Other,
            )
        }
        fn write(&self, writer: &mut Writer) {
            match self {
                Self::Left(inner) | Self::Right(inner) => writer.value(inner),
                Self::Leaf(value) => writer.value(value),
                Self::Other(value) => writer.value(value),
            }
        }
    }
    for (unknown, leaf) in [("", "7"), (r#""x":1,"#, "7"), (r#""x":1,"#, "null"), ("", "[")] {
        let text = format!("{}{leaf}{}", format!(r#"{{{unknown}"next":"#).repeat(120), "}".repeat(120));
        let result = from_str::<Twin>(&text, Side::Client);
        assert_eq!(result.is_ok(), leaf != "[", "{unknown} {leaf}");
    }
    // Many unions after each other do not add up to a hostile text, and an honest depth is told apart to the end.
    let many = format!("[{}7]", r#"{"x":1,"next":{"x":1,"next":7}},"#.repeat(20_000));
    let found = from_str::<Vec<Twin>>(&many, Side::Client).unwrap();
    assert!(!found.iter().any(|twin| matches!(twin, Twin::Other(_))));
    let text = format!("{}7{}", r#"{"next":"#.repeat(3), "}".repeat(3));
    let mut found = from_str::<Twin>(&text, Side::Client).unwrap();
    for _ in 0..3 {
        found = match found {
            Twin::Left(inner) => inner.0,
            other => panic!("{other:?}"),
        };
    }
    assert_eq!(found, Twin::Leaf(7));
}

#[test]
fn tagged_unions_take_the_arm_that_is_named() {
    let other = |value| Ok(Tagged(Shape::Other(value)));
    let cases: [(&str, Result<Tagged, &str>); 8] = [
        (r#"{"a":1,"kind":"closed"}"#, Ok(Tagged(Shape::Closed(Closed { a: 1 })))),
        (r#"{"kind":"pair","a":1}"#, Ok(Tagged(Shape::Pair(Box::new(Pair { kind: Ok(0), a: 1, b: None }))))),
        (r#"{"kind":"pair","b":1}"#, Err("missing property `a`")),
        (r#"{"kind":"trio","a":1}"#, other(json!({"kind": "trio", "a": 1}))),
        (r#"{"kind":"broken","a":1}"#, other(json!({"kind": "broken", "a": 1}))),
        (r#"{"kind":null,"a":1}"#, Ok(Tagged(Shape::Closed(Closed { a: 1 })))),
        (r#"{"a":1}"#, Ok(Tagged(Shape::Closed(Closed { a: 1 })))),
        ("7", Ok(Tagged(Shape::Number(7)))),
    ];
    for (text, expected) in cases {
        assert_eq!(from_str::<Tagged>(text, Side::Client).map_err(|error| error.to_string()), expected.map_err(str::to_owned), "{text}");
    }
}

#[test]
fn text_mode_reads_scalars_from_strings() {
    fn text<T: Json>(text: &str) -> Result<T, Error> {
        Reader::new(text, Side::Server).text_mode().whole()
    }
    assert_eq!(text::<i64>(r#""12""#).unwrap(), 12);
    assert_eq!(text::<f64>(r#""1e3""#).unwrap(), 1000.0);
    assert!(text::<bool>(r#""true""#).unwrap());
    assert_eq!(text::<String>(r#""12""#).unwrap(), "12");
    assert_eq!(text::<Option<u8>>(r#""12""#).unwrap(), Some(12));
    assert_eq!(text::<Vec<i64>>(r#"["1","2"]"#).unwrap(), [1, 2]);
    assert_eq!(text::<User>(r#"{"id":"1","name":"2"}"#).unwrap().name.as_deref(), Some("2"));
    assert_eq!(text::<Shape>(r#""12""#).unwrap(), Shape::Number(12));
    assert_eq!(text::<Shape>(r#""x""#).unwrap(), Shape::Text("x".to_owned()));
    for broken in [r#""""#, r#"" 1""#, r#""0x1""#, r#""1.5""#, r#""+1""#] {
        assert!(text::<i64>(broken).is_err(), "{broken}");
    }
    assert_eq!(text::<bool>(r#""yes""#).unwrap_err().to_string(), r#"expected a boolean, found "yes""#);
    assert!(from_str::<i64>(r#""12""#, Side::Server).is_err());
}

#[test]
fn base_types_survive() {
    survives(&vec![Some(1_u8), None], "[1,null]");
    survives(&Instant::new("yesterday +0100"), r#""yesterday +0100""#);
    survives(&Secret::new("s\"s"), r#""s\"s""#);
    survives(&Base64::from(vec![0, 255, 62]), r#""AP8+""#);
    survives(&(), "null");
    survives(&User { id: i64::MIN, note: Maybe::Null, ..User::default() }, r#"{"id":-9223372036854775808,"note":null}"#);
    survives(&json!({"deep": [{"a": 1.5}, u64::MAX]}), r#"{"deep":[{"a":1.5},18446744073709551615]}"#);
    assert_eq!(from_str::<Base64>(r#""_-8""#, Side::Server).unwrap(), Base64::from(vec![255, 239]));
    // Lines as in mail, and bits that no byte needs.
    assert_eq!(from_str::<Base64>(r#"" AP\r\n8+ ""#, Side::Client).unwrap(), Base64::from(vec![0, 255, 62]));
    assert_eq!(from_str::<Base64>(r#""abcd123=""#, Side::Client).unwrap(), Base64::from(vec![0x69, 0xb7, 0x1d, 0xd7, 0x6d]));
    assert_eq!(from_str::<Base64>(r#""A!""#, Side::Server).unwrap_err().to_string(), r#"expected base64 text, found "A!""#);
    assert_eq!(from_str::<Secret>("1234", Side::Server).unwrap_err().to_string(), "expected a string, found a value that is not shown");
}

#[test]
fn what_has_no_json_form() {
    let nan = vec![BTreeMap::from([("x".to_owned(), 1.0)]), BTreeMap::from([("y/z".to_owned(), f64::NEG_INFINITY)])];
    assert_eq!(to_string(&nan).unwrap_err().to_string(), "/1/y~1z: -inf has no JSON form");
    let twice = User { extra: BTreeMap::from([("id".to_owned(), json!(2))]), ..User::default() };
    assert_eq!(to_string(&twice).unwrap_err().to_string(), "/id: an additional property has the name of a declared one");
}

#[test]
fn serde_goes_over_json() {
    let user: User = serde_json::from_str(r#"{"id":7,"note":null,"x":1.5}"#).unwrap();
    assert_eq!(user.note, Maybe::Null);
    assert_eq!(serde_json::to_value(&user).unwrap(), json!({"id": 7, "note": null, "x": 1.5}));
    let error = serde_json::from_str::<User>(r#"{"id":"x"}"#).unwrap_err();
    assert!(error.to_string().starts_with("/id: expected an integer"), "{error}");
}
