//! One table for each place, every row read in both directions, and the borders of each style's domain from both sides.

use std::fmt::Debug;

use http::{HeaderMap, HeaderValue};

use super::{Pairs, Parameter, Shape, Style, split_cookies, split_query};
use crate::error::Problem;
use crate::json::{Error, Json, Reader, Side, Writer};

/// An object whose properties are all optional.
#[derive(Debug, Clone, Default, PartialEq)]
struct Color {
    r: Option<i64>,
    g: Option<String>,
}

impl Json for Color {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut color = Self::default();
        reader.object(&mut |key, reader| match key {
            "R" => reader.optional(&mut color.r, key),
            "G" => reader.optional(&mut color.g, key),
            _ => Ok(false),
        })?;
        Ok(color)
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        object.optional("R", &self.r);
        object.optional("G", &self.g);
        object.end();
    }
}

fn color(r: i64, g: &str) -> Color {
    Color { r: Some(r), g: Some(g.to_owned()) }
}

/// A number, a text, or a list of texts.
#[derive(Debug, Clone, PartialEq)]
enum Loose {
    Text(String),
    Number(i64),
    List(Vec<String>),
    Other(serde_json::Value),
}

impl Json for Loose {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.union(
            &[
                ("Text", |reader| reader.value().map(Self::Text)),
                ("Number", |reader| reader.value().map(Self::Number)),
                ("List", |reader| reader.value().map(Self::List)),
            ],
            Self::Other,
        )
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Text(value) => writer.value(value),
            Self::Number(value) => writer.value(value),
            Self::List(value) => writer.value(value),
            Self::Other(value) => writer.value(value),
        }
    }
}

/// A number, or an object.
#[derive(Debug, Clone, PartialEq)]
enum Either {
    Number(i64),
    Object(Color),
    Other(serde_json::Value),
}

impl Json for Either {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.union(
            &[("Number", |reader| reader.value().map(Self::Number)), ("Object", |reader| reader.value().map(Self::Object))],
            Self::Other,
        )
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Number(value) => writer.value(value),
            Self::Object(value) => writer.value(value),
            Self::Other(value) => writer.value(value),
        }
    }
}

fn map(members: &[(&str, &[&str])]) -> std::collections::BTreeMap<String, Vec<String>> {
    members.iter().map(|(key, items)| ((*key).to_owned(), texts(items))).collect()
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

#[track_caller]
fn path<T: Json + PartialEq + Debug>(parameter: &Parameter, value: T, wire: &str) {
    assert_eq!(parameter.encode_path(&value).as_deref(), Ok(wire), "{parameter:?}");
    assert_eq!(parameter.decode_path::<T>(wire).unwrap(), value, "{wire}");
}

fn joined(pairs: &[(String, String)], separator: &str) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(separator)
}

#[track_caller]
fn query<T: Json + PartialEq + Debug>(parameter: &Parameter, value: T, wire: &str) {
    let written = parameter.encode_query(&value).map(|pairs| joined(&pairs, "&"));
    assert_eq!(written.as_deref(), Ok(wire), "{parameter:?}");
    assert_eq!(parameter.decode_query::<T>(&split_query(wire)).unwrap(), Some(value), "{wire}");
}

fn header_map(name: &'static str, values: &[&str]) -> HeaderMap {
    values.iter().map(|value| (http::HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())).collect()
}

#[track_caller]
fn header<T: Json + PartialEq + Debug>(parameter: &Parameter, value: T, wire: &str) {
    assert_eq!(parameter.encode_header(&value).as_deref(), Ok(wire), "{parameter:?}");
    let headers = header_map(parameter.name, &[wire]);
    assert_eq!(parameter.decode_header::<T>(&headers, Side::Server).unwrap(), Some(value), "{wire}");
}

fn cookies(wire: &str) -> HeaderMap {
    header_map("cookie", &[wire])
}

#[track_caller]
fn cookie<T: Json + PartialEq + Debug>(parameter: &Parameter, value: T, wire: &str) {
    let written = parameter.encode_cookie(&value).map(|pairs| joined(&pairs, "; "));
    assert_eq!(written.as_deref(), Ok(wire), "{parameter:?}");
    let headers = cookies(wire);
    assert_eq!(parameter.decode_cookie::<T>(&split_cookies(&headers)).unwrap(), Some(value), "{wire}");
}

const SIMPLE: Parameter = Parameter::simple("c");
const LABEL: Parameter = SIMPLE.style(Style::Label);
const MATRIX: Parameter = SIMPLE.style(Style::Matrix);

#[test]
fn paths() {
    let blue = || "blue".to_owned();
    let colors = || texts(&["blue", "black"]);
    path(&SIMPLE, blue(), "blue");
    path(&SIMPLE, -12_i64, "-12");
    path(&SIMPLE, 1.5_f64, "1.5");
    path(&SIMPLE, true, "true");
    path(&SIMPLE, "a/b?c#d%e f+g,ö.".to_owned(), "a%2Fb%3Fc%23d%25e%20f%2Bg%2C%C3%B6.");
    path(&SIMPLE.list(), colors(), "blue,black");
    path(&SIMPLE.list().exploded(), colors(), "blue,black");
    path(&SIMPLE.list(), texts(&["a,b", "", "c"]), "a%2Cb,,c");
    path(&SIMPLE.list(), vec![1_i64], "1");
    path(&SIMPLE.object(), color(1, "x,y"), "R,1,G,x%2Cy");
    path(&SIMPLE.object().exploded(), color(1, "x=y"), "R=1,G=x%3Dy");
    path(&LABEL, blue(), ".blue");
    path(&LABEL, "a.b".to_owned(), ".a.b");
    path(&LABEL.list(), colors(), ".blue,black");
    path(&LABEL.list(), texts(&["1.5", "2"]), ".1.5,2");
    path(&LABEL.list().exploded(), colors(), ".blue.black");
    path(&LABEL.object(), color(1, "x"), ".R,1,G,x");
    path(&LABEL.object().exploded(), color(1, "x"), ".R=1.G=x");
    path(&MATRIX, String::new(), ";c");
    path(&MATRIX, blue(), ";c=blue");
    path(&MATRIX, "a;b=c".to_owned(), ";c=a%3Bb%3Dc");
    path(&MATRIX.list(), colors(), ";c=blue,black");
    path(&MATRIX.list().exploded(), colors(), ";c=blue;c=black");
    path(&MATRIX.list().exploded(), texts(&["", "x"]), ";c;c=x");
    path(&MATRIX.object(), color(1, "x"), ";c=R,1,G,x");
    path(&MATRIX.object().exploded(), color(1, "x"), ";R=1;G=x");
    path(&Parameter::json("c"), vec![Some(1_i64), None], "%5B1%2Cnull%5D");
    path(&SIMPLE.list(), vec![vec![1_i64, 2], vec![3]], "%5B1%2C2%5D,%5B3%5D");
    // `{+c}`
    path(&SIMPLE.allow_reserved(), "a/b c:d?e#f%".to_owned(), "a/b%20c:d%3Fe%23f%25");
    path(&SIMPLE.allow_reserved().list(), texts(&["a,b", "/"]), "a%2Cb,/");
}

#[test]
fn paths_refuse() {
    let refused = |problem: Problem| Err(problem);
    assert_eq!(SIMPLE.encode_path(&String::new()), refused(Problem::EmptySegment));
    assert_eq!(SIMPLE.list().encode_path(&Vec::<i64>::new()), refused(Problem::Empty));
    assert_eq!(SIMPLE.list().encode_path(&texts(&[""])), refused(Problem::EmptySegment));
    assert_eq!(SIMPLE.object().encode_path(&Color::default()), refused(Problem::Empty));
    assert_eq!(LABEL.list().exploded().encode_path(&texts(&["1.5"])), refused(Problem::Delimiter('.')));
    assert_eq!(MATRIX.list().exploded().encode_path(&Vec::<i64>::new()), refused(Problem::Empty));
    assert_eq!(SIMPLE.encode_path(&None::<i64>), refused(Problem::Null));
    assert_eq!(SIMPLE.list().encode_path(&vec![Some(1_i64), None]), refused(Problem::Null));
    assert_eq!(SIMPLE.style(Style::Form).encode_path(&1_i64), refused(Problem::Shape));
    assert!(matches!(SIMPLE.encode_path(&f64::NAN), Err(Problem::Json(_))));
    // A list where a scalar is declared.
    assert_eq!(SIMPLE.encode_path(&vec![1_i64]), refused(Problem::Ambiguous));

    for (parameter, raw) in [
        (SIMPLE, "x"),
        (SIMPLE, "1.5"),
        (SIMPLE, "[1]"),
        (SIMPLE, "%FF"),
        (LABEL, "1"),
        (MATRIX, ";d=1"),
        (MATRIX, ";c=1;c=2"),
        (MATRIX, "1"),
    ] {
        assert!(parameter.decode_path::<i64>(raw).is_err(), "{parameter:?} {raw}");
    }
    assert!(SIMPLE.object().decode_path::<Color>("R,1,G").is_err());
    assert!(SIMPLE.object().exploded().decode_path::<Color>("R,1").is_err());
    assert_eq!(SIMPLE.list().decode_path::<Vec<i64>>("1,x").unwrap_err().to_string(), "/1: expected an integer, found \"x\"");
}

const FORM: Parameter = Parameter::form("c");
const SPACES: Parameter = FORM.style(Style::SpaceDelimited);
const PIPES: Parameter = FORM.style(Style::PipeDelimited);
const DEEP: Parameter = FORM.style(Style::DeepObject);

#[test]
fn queries() {
    let colors = || texts(&["blue", "black"]);
    query(&FORM, "blue".to_owned(), "c=blue");
    query(&FORM, String::new(), "c=");
    query(&FORM, 12_u8, "c=12");
    query(&FORM, "a&b=c+d e,f%#ü/?".to_owned(), "c=a%26b%3Dc%2Bd%20e%2Cf%25%23%C3%BC%2F%3F");
    query(&Parameter::form("a[]&b"), true, "a%5B%5D%26b=true");
    query(&FORM.list(), colors(), "c=blue&c=black");
    query(&FORM.list(), texts(&[""]), "c=");
    query(&FORM.list(), texts(&["a,b", "", "c d"]), "c=a%2Cb&c=&c=c%20d");
    query(&FORM.list().explode(false), colors(), "c=blue,black");
    query(&FORM.list().explode(false), texts(&["a,b", "", "c d"]), "c=a%2Cb,,c%20d");
    query(&FORM.list().explode(false), Vec::<i64>::new(), "c=");
    query(&FORM.object(), color(1, "x&y"), "R=1&G=x%26y");
    query(&FORM.object().explode(false), color(1, "x,y"), "c=R,1,G,x%2Cy");
    query(&FORM.object().explode(false), Color::default(), "c=");
    query(&SPACES.list(), colors(), "c=blue&c=black");
    query(&SPACES.list().explode(false), colors(), "c=blue%20black");
    query(&SPACES.list().explode(false), texts(&["a,b", "c|d", "e+f"]), "c=a%2Cb%20c%7Cd%20e%2Bf");
    query(&SPACES.object().explode(false), color(1, "x"), "c=R%201%20G%20x");
    query(&PIPES.list().explode(false), colors(), "c=blue%7Cblack");
    query(&PIPES.list().explode(false), texts(&["a b", "", "c"]), "c=a%20b%7C%7Cc");
    query(&PIPES.object().explode(false), color(1, "x"), "c=R%7C1%7CG%7Cx");
    query(&DEEP.object(), color(1, "[x]=y"), "c%5BR%5D=1&c%5BG%5D=%5Bx%5D%3Dy");
    query(&DEEP, 1_i64, "c=1");
    query(&DEEP.list(), colors(), "c%5B0%5D=blue&c%5B1%5D=black");
    query(&DEEP.list(), vec![vec![1_i64], vec![2, 3]], "c%5B0%5D%5B0%5D=1&c%5B1%5D%5B0%5D=2&c%5B1%5D%5B1%5D=3");
    query(
        &DEEP.object(),
        map(&[("a b", &["x"]), ("ü", &["", "&"])]),
        "c%5Ba%20b%5D%5B0%5D=x&c%5B%C3%BC%5D%5B0%5D=&c%5B%C3%BC%5D%5B1%5D=%26",
    );
    query(&DEEP.object(), std::collections::BTreeMap::from([("0".to_owned(), 7_i64), ("1".to_owned(), 8)]), "c%5B0%5D=7&c%5B1%5D=8");
    query(&DEEP.shape(Shape::Any), Loose::Number(5), "c=5");
    query(&DEEP.shape(Shape::Any), Loose::List(colors()), "c%5B0%5D=blue&c%5B1%5D=black");
    query(&DEEP.object().allow_reserved(), color(1, "a/b"), "c%5BR%5D=1&c%5BG%5D=a/b");
    // The standard has no form for these: what is nested is JSON text.
    query(
        &FORM.list(),
        vec![color(1, "x"), color(2, "&")],
        "c=%7B%22R%22%3A1%2C%22G%22%3A%22x%22%7D&c=%7B%22R%22%3A2%2C%22G%22%3A%22%26%22%7D",
    );
    query(&FORM.list().explode(false), vec![vec![1_i64, 2], vec![3]], "c=%5B1%2C2%5D,%5B3%5D");
    query(&FORM.object(), map(&[("R", &["x", "y"])]), "R=%5B%22x%22%2C%22y%22%5D");
    query(&PIPES.list().explode(false), vec![vec![1_i64]], "c=%5B1%5D");
    query(&Parameter::json("c"), color(1, "&"), "c=%7B%22R%22%3A1%2C%22G%22%3A%22%26%22%7D");
    query(&FORM.allow_reserved(), ":/?#[]@!$&'()*+,;=% ä".to_owned(), "c=:/?%23%5B%5D@!$%26'()*%2B,;=%25%20%C3%A4");
    query(&FORM.allow_reserved().list().explode(false), texts(&["a,b", "/"]), "c=a%2Cb,/");
    query(&FORM.allow_reserved().list(), texts(&["a,b", "&"]), "c=a,b&c=%26");
}

#[test]
fn queries_in_the_dialects_of_others() {
    let read = |parameter: &Parameter, wire: &str| parameter.decode_query::<Vec<String>>(&split_query(wire)).unwrap();
    assert_eq!(read(&SPACES.list().explode(false), "c=a+b"), Some(texts(&["a", "b"])));
    assert_eq!(read(&PIPES.list().explode(false), "c=a|b"), Some(texts(&["a", "b"])));
    assert_eq!(read(&FORM.list(), "x=1&&c=a+b&c&d=2"), Some(texts(&["a b", ""])));
    assert_eq!(read(&FORM.list(), "%FF=1"), None);
    assert_eq!(DEEP.object().decode_query::<Color>(&split_query("c[R]=1&d[G]=x&c=7&c[R=8")).unwrap(), Some(Color { r: Some(1), g: None }));
    for wire in ["c[]=a&c[]=b", "c[1]=b&c[0]=a", "c=a&c=b", "c%5B%5D=a&c%5B%5D=b"] {
        assert_eq!(read(&DEEP.list(), wire), Some(texts(&["a", "b"])), "{wire}");
    }
    let nested = |wire: &str| DEEP.object().decode_query::<std::collections::BTreeMap<String, Vec<String>>>(&split_query(wire)).unwrap();
    for wire in ["c[k][]=a&c[k][]=b", "c[k]=a&c[k]=b", "c[k][0]=a&c[k][1]=b"] {
        assert_eq!(nested(wire), Some(map(&[("k", &["a", "b"])])), "{wire}");
    }
    assert_eq!(nested("c[k][]=a"), Some(map(&[("k", &["a"])])));
    let deep = format!("c{}=1", "[a]".repeat(40));
    assert!(DEEP.object().decode_query::<serde_json::Value>(&split_query(&deep)).is_err());
}

#[test]
fn queries_refuse() {
    assert_eq!(FORM.list().encode_query(&Vec::<i64>::new()), Err(Problem::Empty));
    assert_eq!(FORM.object().encode_query(&Color::default()), Err(Problem::Empty));
    assert_eq!(DEEP.object().encode_query(&Color::default()), Err(Problem::Empty));
    assert_eq!(FORM.list().explode(false).encode_query(&texts(&[""])), Err(Problem::Ambiguous));
    assert_eq!(SPACES.list().explode(false).encode_query(&texts(&["a b"])), Err(Problem::Delimiter(' ')));
    assert_eq!(PIPES.list().explode(false).encode_query(&texts(&["a|b"])), Err(Problem::Delimiter('|')));
    assert_eq!(DEEP.list().encode_query(&Vec::<i64>::new()), Err(Problem::Empty));
    assert_eq!(DEEP.list().encode_query(&vec![Vec::<i64>::new()]), Err(Problem::Empty));
    assert_eq!(DEEP.list().encode_query(&vec![None::<i64>]), Err(Problem::Null));
    for key in ["a[b", "a]b"] {
        let map = std::collections::BTreeMap::from([(key.to_owned(), 1_i64)]);
        assert!(matches!(DEEP.object().encode_query(&map), Err(Problem::Delimiter('[' | ']'))));
    }
    // Keys like those of a list are told from them by the type, but not beside a list.
    let numbered = |inner: serde_json::Value| serde_json::json!({ "0": inner });
    let texts = std::collections::BTreeMap::from([("0".to_owned(), texts(&["x"]))]);
    assert_eq!(DEEP.object().encode_query(&texts), Err(Problem::Ambiguous));
    assert_eq!(DEEP.object().encode_query(&numbered(serde_json::json!("x"))), Err(Problem::Ambiguous));
    assert_eq!(FORM.encode_query(&None::<i64>), Err(Problem::Null));
    assert_eq!(SIMPLE.encode_query(&1_i64), Err(Problem::Shape));

    let fails = |parameter: &Parameter, wire: &str| assert!(parameter.decode_query::<i64>(&split_query(wire)).is_err(), "{wire}");
    fails(&FORM, "c=1&c=2");
    fails(&FORM, "c");
    fails(&FORM, "c=%FF");
    fails(&FORM, "c=1.5");
    assert!(FORM.list().explode(false).decode_query::<Vec<i64>>(&split_query("c=1&c=2")).is_err());
    assert!(FORM.object().explode(false).decode_query::<Color>(&split_query("c=R,1,G")).is_err());
    assert!(FORM.object().decode_query::<Color>(&split_query("R=1&R=2")).is_err());
    assert_eq!(FORM.decode_query::<i64>(&Pairs::new()).unwrap(), None);
}

#[test]
fn an_exploded_object_knows_its_own_names() {
    let parameter = FORM.object().beside(&["R"]);
    let read = |parameter: &Parameter, wire: &str| parameter.decode_query::<Color>(&split_query(wire)).unwrap();
    assert_eq!(read(&parameter, "R=1&G=x"), Some(Color { r: None, g: Some("x".to_owned()) }));
    assert_eq!(read(&parameter, "R=1"), None);
    assert_eq!(read(&FORM.object().beside(&["R"]), "R%5Bx%5D=1&R[y]=2"), None);
    assert_eq!(read(&FORM.object(), "page=1&size=2"), None);
    // A text that could be a number is a text all the same.
    assert_eq!(read(&FORM.object(), "G=12"), Some(Color { r: None, g: Some("12".to_owned()) }));
    assert_eq!(read(&FORM.object(), "page=1&R=2"), Some(Color { r: Some(2), g: None }));
}

#[test]
fn unions_of_shapes_and_kinds() {
    let any = FORM.shape(Shape::Any);
    query(&any, Loose::Text("a".to_owned()), "c=a");
    query(&any, Loose::Number(12), "c=12");
    query(&any, Loose::List(texts(&["a", "b"])), "c=a&c=b");
    // An object would have no name of its own.
    assert_eq!(any.decode_query::<serde_json::Value>(&split_query("utm=1&c=x")).unwrap(), Some(serde_json::json!("x")));
    assert_eq!(any.decode_query::<serde_json::Value>(&split_query("utm=1")).unwrap(), None);
    assert_eq!(any.encode_query(&serde_json::json!({"utm": "1"})), Err(Problem::Ambiguous));
    // One arm of several may be an object: it is JSON text under the name.
    query(&any, Either::Object(color(1, "x")), "c=%7B%22R%22%3A1%2C%22G%22%3A%22x%22%7D");
    query(&any, Either::Number(1), "c=1");
    // The same texts are read as another arm, which is written alike.
    let pair = |text: &str| Ok(vec![("c".to_owned(), text.to_owned())]);
    assert_eq!(any.encode_query(&Loose::Text("12".to_owned())), pair("12"));
    assert_eq!(any.encode_query(&Loose::List(texts(&["a"]))), pair("a"));
    // Of a number that is another text than it was, nobody knows what is meant.
    assert_eq!(any.encode_query(&Loose::Text("012".to_owned())), pair("012"));
    assert_eq!(any.encode_query(&Loose::Text("1e1".to_owned())), Err(Problem::Ambiguous));
    // Without a type, everything is text.
    query(&FORM, serde_json::json!("12"), "c=12");
    assert_eq!(FORM.encode_query(&serde_json::json!(12)), pair("12"));
}

const HEADER: Parameter = Parameter::simple("x-c");

#[test]
fn headers() {
    header(&HEADER, "blue".to_owned(), "blue");
    header(&HEADER, String::new(), "");
    header(&HEADER, 7_i64, "7");
    header(&HEADER, "a, b\tc;d=%20\"".to_owned(), "a, b\tc;d=%20\"");
    header(&HEADER.list(), texts(&["blue", "black board"]), "blue,black board");
    header(&HEADER.list(), Vec::<i64>::new(), "");
    header(&HEADER.object(), color(1, "x=y"), "R,1,G,x=y");
    header(&HEADER.object(), color(1, ""), "R,1,G,");
    header(&HEADER.object(), Color::default(), "");
    header(&HEADER.object().exploded(), color(1, "x=y"), "R=1,G=x=y");
    header(&HEADER.object().exploded(), Color::default(), "");
    header(&Parameter::json("x-c"), texts(&["é😀", "a,b"]), r#"["\u00e9\ud83d\ude00","a,b"]"#);
}

#[test]
fn headers_refuse() {
    for (value, problem) in [
        ("a\r\nb", Problem::Character('\r')),
        ("a\0", Problem::Character('\0')),
        ("\u{7f}", Problem::Character('\u{7f}')),
        ("ü", Problem::Character('ü')),
        (" a", Problem::Edges),
        ("a\t", Problem::Edges),
        (" ", Problem::Edges),
    ] {
        assert_eq!(HEADER.encode_header(&value.to_owned()), Err(problem), "{value:?}");
    }
    assert_eq!(HEADER.list().encode_header(&texts(&["a,b"])), Err(Problem::Delimiter(',')));
    assert_eq!(HEADER.list().encode_header(&texts(&["a", " b"])), Err(Problem::Edges));
    assert_eq!(HEADER.list().encode_header(&texts(&["a", "", "b"])), Err(Problem::Ambiguous));
    assert_eq!(HEADER.list().encode_header(&texts(&[""])), Err(Problem::Ambiguous));
    assert_eq!(HEADER.object().encode_header(&color(1, "a,b")), Err(Problem::Delimiter(',')));
    let map = std::collections::BTreeMap::from([("a=b".to_owned(), 1_i64)]);
    assert_eq!(HEADER.object().exploded().encode_header(&map), Err(Problem::Delimiter('=')));
    assert_eq!(HEADER.object().encode_header(&map).as_deref(), Ok("a=b,1"));

    let read = |parameter: &Parameter, values: &[&str]| parameter.decode_header::<Vec<String>>(&header_map("x-c", values), Side::Server);
    assert_eq!(read(&HEADER.list(), &["a , b,", ",c"]).unwrap(), Some(texts(&["a", "b", "c"])));
    assert_eq!(read(&HEADER.list(), &[]).unwrap(), None);
    assert!(HEADER.decode_header::<i64>(&header_map("x-c", &["1", "2"]), Side::Server).is_err());
    let opaque = HeaderMap::from_iter([(http::HeaderName::from_static("x-c"), HeaderValue::from_bytes(b"\xff").unwrap())]);
    assert!(HEADER.decode_header::<String>(&opaque, Side::Server).is_err());
}

#[test]
fn cookie_parameters() {
    cookie(&FORM, "a;b=c, d+e%\"é".to_owned(), "c=a%3Bb%3Dc%2C%20d%2Be%25%22%C3%A9");
    cookie(&FORM, String::new(), "c=");
    cookie(&FORM, 7_i64, "c=7");
    cookie(&FORM.list(), texts(&["a", "b,c"]), "c=a; c=b%2Cc");
    cookie(&FORM.list().explode(false), texts(&["a", "b,c"]), "c=a,b%2Cc");
    cookie(&FORM.object(), color(1, "x"), "R=1; G=x");
    cookie(&FORM.object().explode(false), color(1, "x"), "c=R,1,G,x");
    cookie(&Parameter::json("c"), vec![1_i64], "c=%5B1%5D");
    assert_eq!(FORM.list().encode_cookie(&Vec::<i64>::new()), Err(Problem::Empty));
    // Others write quotes, blanks and bare signs.
    let headers = cookies("a=b;c=\"x+y\" ; d");
    assert_eq!(FORM.decode_cookie::<String>(&split_cookies(&headers)).unwrap().as_deref(), Some("x+y"));
}

/// Every text of some nasty ones either survives or is refused; nothing arrives as another text.
#[test]
fn nothing_arrives_changed() {
    let nasty = [
        "", " ", ".", "..", "a b", "a+b", "%", "%41", "a,b", ",", ";", "=", "&", "a=b&c", "|", "#", "?", "/", "\\", "\"", "'", "[x]", "{}",
        "\r\n", "\0", "é", "😀", "12", "true", "null", "a;b", "~-_.", "\u{2028}", "%2C",
    ];
    let styles = [
        Style::Simple,
        Style::Label,
        Style::Matrix,
        Style::Form,
        Style::SpaceDelimited,
        Style::PipeDelimited,
        Style::DeepObject,
        Style::Json,
    ];
    for (style, explode, reserved) in
        styles.iter().flat_map(|style| [(style, false, false), (style, true, false), (style, true, true), (style, false, true)])
    {
        let mut parameter = Parameter::form("c").style(*style).explode(explode);
        parameter.allow_reserved = reserved;
        for text in nasty {
            let list = vec![text.to_owned(), "x".to_owned()];
            check(&parameter, &text.to_owned());
            check(&parameter.list(), &list);
            check(&parameter.object(), &color(1, text));
        }
    }

    fn check<T: Json + PartialEq + Debug>(parameter: &Parameter, value: &T) {
        if let Ok(wire) = parameter.encode_path(value) {
            assert_eq!(&parameter.decode_path::<T>(&wire).unwrap(), value, "{parameter:?} {wire}");
        }
        if let Ok(pairs) = parameter.encode_query(value) {
            let wire = joined(&pairs, "&");
            assert_eq!(parameter.decode_query::<T>(&split_query(&wire)).unwrap().as_ref(), Some(value), "{parameter:?} {wire}");
        }
        if let Ok(pairs) = parameter.encode_cookie(value) {
            let headers = cookies(&joined(&pairs, "; "));
            assert_eq!(parameter.decode_cookie::<T>(&split_cookies(&headers)).unwrap().as_ref(), Some(value), "{parameter:?}");
        }
        if let Ok(wire) = parameter.encode_header(value) {
            let headers = header_map("c", &[&wire]);
            assert_eq!(parameter.decode_header::<T>(&headers, Side::Server).unwrap().as_ref(), Some(value), "{parameter:?} {wire}");
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Rows {
    List(Vec<std::collections::BTreeMap<String, String>>),
    Other(serde_json::Value),
}

impl Json for Rows {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.union(&[("List", |reader| reader.value().map(Self::List))], Self::Other)
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::List(value) => writer.value(value),
            Self::Other(value) => writer.value(value),
        }
    }
}

/// Texts that look like truths fit a text less well than others, and a list of them all the same better than no arm.
#[test]
fn a_list_of_objects_in_brackets_is_one_whatever_its_texts_look_like() {
    let rows = |json: serde_json::Value| Rows::List(serde_json::from_value(json).unwrap());
    let any = Parameter::form("d").style(Style::DeepObject).shape(Shape::Any);
    for (value, expected) in [
        (rows(serde_json::json!([{"a": "true", "b": "12"}, {"a": "null"}])), "d[0][a]=true&d[0][b]=12&d[1][a]=null"),
        (rows(serde_json::json!([{"a": "x"}])), "d[0][a]=x"),
    ] {
        query(&any, value, &expected.replace('[', "%5B").replace(']', "%5D"));
    }
}
