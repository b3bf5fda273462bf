//! Every cell of OpenAPI's table of styles (OpenAPI 3.1.1, section 4.8.12.4.1), for each place in both directions.
//!
//! The table leaves cells open, and says nothing of `null` and of empty lists and objects. There we do this: what the wire
//! cannot tell from an absent value is refused before it is sent; `null` is refused everywhere; a scalar in a style that
//! only separates items is written as in `form`; styles that separate are written item by item where they are exploded;
//! `deepObject` is always exploded, and numbers the items of a list.

use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use super::{Parameter, Shape, Style, split_cookies, split_query};
use crate::error::Problem;
use crate::json::Side;

/// What is to happen with each kind of value, in the order of [`values`].
type Row<'r> = (Style, bool, [Result<&'r str, Problem>; 7]);

const EMPTY: Result<&str, Problem> = Err(Problem::Empty);
const NULL: Result<&str, Problem> = Err(Problem::Null);
const SHAPE: Result<&str, Problem> = Err(Problem::Shape);
const SEGMENT: Result<&str, Problem> = Err(Problem::EmptySegment);

/// Empty text, text, empty list, list, empty object, object, null. Keys are in the order of the alphabet, whichever order
/// maps have.
fn values() -> [(Shape, Value); 7] {
    [
        (Shape::Scalar, json!("")),
        (Shape::Scalar, json!("blue")),
        (Shape::List, json!([])),
        (Shape::List, json!(["blue", "black", "brown"])),
        (Shape::Object, json!({})),
        (Shape::Object, json!({"B": "150", "G": "200", "R": "100"})),
        (Shape::Scalar, Value::Null),
    ]
}

/// Texts that hold what separates, what is reserved, and what is no ASCII: each place escapes them in its own way.
const NASTY: &str = "a/b?c#d%25 e+f,g&h=i;j|k[l]\"ü€😀";
const ESCAPED: &str = "a%2Fb%3Fc%23d%2525%20e%2Bf%2Cg%26h%3Di%3Bj%7Ck%5Bl%5D%22%C3%BC%E2%82%AC%F0%9F%98%80";

/// A way to write a value and to read it again.
type Ways<'w> = (&'w dyn Fn(&Parameter, &Value) -> Result<String, Problem>, &'w dyn Fn(&Parameter, &str) -> Option<Value>);

#[track_caller]
fn check(name: &'static str, rows: &[Row<'_>], (write, read): Ways<'_>) {
    for (style, explode, cells) in rows {
        for ((shape, value), cell) in values().iter().zip(cells) {
            let parameter = Parameter::form(name).style(*style).explode(*explode).shape(*shape);
            let label = format!("{style:?}, explode {explode}: {value}");
            assert_eq!(write(&parameter, value).as_deref(), cell.as_ref().map(|text| *text), "{label}");
            if let Ok(wire) = cell {
                assert_eq!(read(&parameter, wire).as_ref(), Some(value), "{label}: {wire}");
            }
        }
    }
}

#[test]
fn in_paths() {
    let write: &dyn Fn(&Parameter, &Value) -> _ = &|parameter, value| parameter.encode_path(value);
    let read: &dyn Fn(&Parameter, &str) -> _ = &|parameter, wire| parameter.decode_path(wire).ok();
    check(
        "color",
        &[
            // The table has an empty segment, `.` and `;color` for an empty text. URL parsers swallow the first two: an empty
            // segment is refused here, and `.` by the path, where nothing else stands in its segment.
            (Style::Simple, false, [SEGMENT, Ok("blue"), EMPTY, Ok("blue,black,brown"), EMPTY, Ok("B,150,G,200,R,100"), NULL]),
            (Style::Simple, true, [SEGMENT, Ok("blue"), EMPTY, Ok("blue,black,brown"), EMPTY, Ok("B=150,G=200,R=100"), NULL]),
            (Style::Label, false, [Ok("."), Ok(".blue"), EMPTY, Ok(".blue,black,brown"), EMPTY, Ok(".B,150,G,200,R,100"), NULL]),
            (Style::Label, true, [Ok("."), Ok(".blue"), EMPTY, Ok(".blue.black.brown"), EMPTY, Ok(".B=150.G=200.R=100"), NULL]),
            (
                Style::Matrix,
                false,
                [Ok(";color"), Ok(";color=blue"), EMPTY, Ok(";color=blue,black,brown"), EMPTY, Ok(";color=B,150,G,200,R,100"), NULL],
            ),
            (
                Style::Matrix,
                true,
                [Ok(";color"), Ok(";color=blue"), EMPTY, Ok(";color=blue;color=black;color=brown"), EMPTY, Ok(";B=150;G=200;R=100"), NULL],
            ),
            // These are for queries.
            (Style::Form, true, [SHAPE, SHAPE, SHAPE, SHAPE, SHAPE, SHAPE, NULL]),
        ],
        (write, read),
    );
    for (style, explode, before, between) in [
        (Style::Simple, false, "", ","),
        (Style::Simple, true, "", ","),
        (Style::Label, false, ".", ","),
        (Style::Label, true, ".", "."),
        (Style::Matrix, false, ";color=", ","),
        (Style::Matrix, true, ";color=", ";color="),
    ] {
        let parameter = Parameter::simple("color").style(style).explode(explode);
        for (shape, value, wire) in [
            (Shape::Scalar, json!(NASTY), format!("{before}{ESCAPED}")),
            (Shape::List, json!([NASTY, "x"]), format!("{before}{ESCAPED}{between}x")),
        ] {
            let parameter = parameter.shape(shape);
            assert_eq!(write(&parameter, &value).as_ref(), Ok(&wire), "{style:?} {explode}");
            assert_eq!(read(&parameter, &wire), Some(value), "{style:?} {explode}");
        }
    }
}

#[test]
fn in_queries() {
    let write: &dyn Fn(&Parameter, &Value) -> _ = &|parameter, value| parameter.encode_query(value).map(|pairs| joined(&pairs, "&"));
    let read: &dyn Fn(&Parameter, &str) -> _ = &|parameter, wire| parameter.decode_query(&split_query(wire)).ok().flatten();
    let exploded = |style| {
        let list = Ok("color=blue&color=black&color=brown");
        (style, true, [Ok("color="), Ok("color=blue"), EMPTY, list, EMPTY, Ok("B=150&G=200&R=100"), NULL])
    };
    let deep = |explode| {
        let list = Ok("color%5B0%5D=blue&color%5B1%5D=black&color%5B2%5D=brown");
        let object = Ok("color%5BB%5D=150&color%5BG%5D=200&color%5BR%5D=100");
        (Style::DeepObject, explode, [Ok("color="), Ok("color=blue"), EMPTY, list, EMPTY, object, NULL])
    };
    let packed = |style, list, object| {
        // An empty list is an empty text in `form`, where the table has one; the other styles do the same.
        (style, false, [Ok("color="), Ok("color=blue"), Ok("color="), Ok(list), Ok("color="), Ok(object), NULL])
    };
    check(
        "color",
        &[
            packed(Style::Form, "color=blue,black,brown", "color=B,150,G,200,R,100"),
            exploded(Style::Form),
            packed(Style::SpaceDelimited, "color=blue%20black%20brown", "color=B%20150%20G%20200%20R%20100"),
            exploded(Style::SpaceDelimited),
            packed(Style::PipeDelimited, "color=blue%7Cblack%7Cbrown", "color=B%7C150%7CG%7C200%7CR%7C100"),
            exploded(Style::PipeDelimited),
            deep(false),
            deep(true),
            // These are for paths.
            (Style::Simple, false, [SHAPE, SHAPE, SHAPE, SHAPE, SHAPE, SHAPE, NULL]),
        ],
        (write, read),
    );
    // With reserved characters as they are, but for those that a query takes for something else.
    let reserved = "a/b?c%23d%2525%20e%2Bf,g%26h=i;j%7Ck%5Bl%5D%22%C3%BC%E2%82%AC%F0%9F%98%80";
    let form = Parameter::form("color");
    let kept = form.allow_reserved();
    for (parameter, value, wire) in [
        (form, json!(NASTY), format!("color={ESCAPED}")),
        (form.list(), json!([NASTY, "x"]), format!("color={ESCAPED}&color=x")),
        (form.list().explode(false), json!([NASTY, "x"]), format!("color={ESCAPED},x")),
        (form.object(), json!({ NASTY: NASTY }), format!("{ESCAPED}={ESCAPED}")),
        (kept, json!(NASTY), format!("color={reserved}")),
        (kept.list(), json!([NASTY, "x"]), format!("color={reserved}&color=x")),
        (kept.list().explode(false), json!([NASTY, "x"]), format!("color={},x", reserved.replace(',', "%2C"))),
        (kept.object(), json!({ NASTY: NASTY }), format!("{ESCAPED}={reserved}")),
        (form.style(Style::DeepObject).object(), json!({"a b": {"c": ["1", {"d/e": "&"}]}}), {
            "color%5Ba%20b%5D%5Bc%5D%5B0%5D=1&color%5Ba%20b%5D%5Bc%5D%5B1%5D%5Bd%2Fe%5D=%26".to_owned()
        }),
        (Parameter::json("color"), json!({"a": [1, null, NASTY]}), {
            format!("color=%7B%22a%22%3A%5B1%2Cnull%2C%22{}%22%5D%7D", ESCAPED.replace("%22", "%5C%22"))
        }),
    ] {
        assert_eq!(write(&parameter, &value).as_ref(), Ok(&wire), "{parameter:?}");
        assert_eq!(read(&parameter, &wire), Some(value), "{parameter:?} {wire}");
    }
    // What is not there is absent, whatever else is there.
    for style in [Style::Form, Style::SpaceDelimited, Style::PipeDelimited, Style::DeepObject, Style::Json] {
        assert_eq!(form.style(style).decode_query::<Value>(&split_query("colors=1")), Ok(None), "{style:?}");
    }
}

#[test]
fn in_headers() {
    let headers =
        |wire: &str| -> HeaderMap { [(HeaderName::from_static("color"), HeaderValue::from_str(wire).unwrap())].into_iter().collect() };
    let write: &dyn Fn(&Parameter, &Value) -> _ = &|parameter, value| parameter.encode_header(value);
    let read: &dyn Fn(&Parameter, &str) -> _ = &|parameter, wire| parameter.decode_header(&headers(wire), Side::Server).ok().flatten();
    check(
        "color",
        &[
            (Style::Simple, false, [Ok(""), Ok("blue"), Ok(""), Ok("blue,black,brown"), Ok(""), Ok("B,150,G,200,R,100"), NULL]),
            (Style::Simple, true, [Ok(""), Ok("blue"), Ok(""), Ok("blue,black,brown"), Ok(""), Ok("B=150,G=200,R=100"), NULL]),
            (Style::Form, true, [SHAPE, SHAPE, SHAPE, SHAPE, SHAPE, SHAPE, NULL]),
        ],
        (write, read),
    );
    // Nothing is escaped here, so that what a header cannot hold is refused.
    let simple = Parameter::simple("color");
    for (value, wire) in [
        ("a/b?c#d%25 e+f,g&h=i;j|k[l]\"", Ok("a/b?c#d%25 e+f,g&h=i;j|k[l]\"")),
        ("ü", Err(Problem::Character('ü'))),
        (" x", Err(Problem::Edges)),
    ] {
        assert_eq!(write(&simple, &json!(value)).as_deref(), wire.as_ref().map(|text| *text), "{value}");
    }
    assert_eq!(write(&simple.list(), &json!(["a,b"])), Err(Problem::Delimiter(',')));
    assert_eq!(simple.decode_header::<Value>(&HeaderMap::new(), Side::Server), Ok(None));
}

#[test]
fn in_cookies() {
    let headers = |wire: &str| -> HeaderMap { [(http::header::COOKIE, HeaderValue::from_str(wire).unwrap())].into_iter().collect() };
    let write: &dyn Fn(&Parameter, &Value) -> _ = &|parameter, value| parameter.encode_cookie(value).map(|pairs| joined(&pairs, "; "));
    let read: &dyn Fn(&Parameter, &str) -> _ = &|parameter, wire| parameter.decode_cookie(&split_cookies(&headers(wire))).ok().flatten();
    check(
        "color",
        &[
            (
                Style::Form,
                false,
                [
                    Ok("color="),
                    Ok("color=blue"),
                    Ok("color="),
                    Ok("color=blue,black,brown"),
                    Ok("color="),
                    Ok("color=B,150,G,200,R,100"),
                    NULL,
                ],
            ),
            // `&` between cookies, as the table has it, would be one cookie to everybody: they are written as cookies are.
            (
                Style::Form,
                true,
                [Ok("color="), Ok("color=blue"), EMPTY, Ok("color=blue; color=black; color=brown"), EMPTY, Ok("B=150; G=200; R=100"), NULL],
            ),
            (Style::Simple, false, [SHAPE, SHAPE, SHAPE, SHAPE, SHAPE, SHAPE, NULL]),
        ],
        (write, read),
    );
    let form = Parameter::form("color");
    for parameter in [form, form.allow_reserved()] {
        assert_eq!(write(&parameter, &json!(NASTY)), Ok(format!("color={ESCAPED}")));
        assert_eq!(read(&parameter, &format!("other=1; color={ESCAPED}")), Some(json!(NASTY)));
    }
    assert_eq!(form.decode_cookie::<Value>(&split_cookies(&headers("other=1"))), Ok(None));
}

fn joined(pairs: &[(String, String)], separator: &str) -> String {
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(separator)
}
