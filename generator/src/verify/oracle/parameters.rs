//! How parameters are written (OpenAPI 3.0, Style Values; RFC 6570), as a pattern that raw text is held against. It is
//! no encoder: characters that may be written in two ways are accepted in both.

use serde_json::{Number, Value};

use super::compare::same_number;
use super::operations::Parameter;
use super::refs::percent_decode;

/// A stretch of raw text.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// Just this, unencoded: a delimiter.
    Literal(String),
    /// Text of a path template; all but `/` may be encoded.
    Text(String),
    /// The name of a property, encoded.
    Name(String),
    /// A string, number or boolean, encoded.
    Scalar(Value),
    /// JSON text, encoded.
    Json(Value),
}

impl Piece {
    /// Whether raw text stands for this value.
    fn fits(&self, part: &str, encoding: Encoding) -> bool {
        let decoded = if encoding == Encoding::Percent { percent_decode(part) } else { Some(part.to_owned()) };
        let Some(decoded) = decoded else { return false };
        match self {
            Self::Name(name) => *name == decoded,
            Self::Scalar(value) => is_text_of(value, &decoded),
            Self::Json(value) => {
                serde_json::from_str(&decoded).is_ok_and(|found: Value| super::compare::difference(value, &found).is_none())
            }
            Self::Literal(_) | Self::Text(_) => true,
        }
    }

    /// For people.
    fn words(&self) -> String {
        match self {
            Self::Literal(text) | Self::Text(text) => format!("`{text}`"),
            Self::Name(name) => format!("the name `{name}`"),
            Self::Scalar(value) => value.to_string(),
            Self::Json(value) => format!("the JSON text {value}"),
        }
    }
}

/// Whether raw text is percent-encoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// In URLs and cookies.
    Percent,
    /// In headers.
    Plain,
}

/// A list of items or members with what stands between them.
fn joined(items: impl IntoIterator<Item = Vec<Piece>>, delimiter: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, item) in items.into_iter().enumerate() {
        if index > 0 {
            pieces.push(Piece::Literal(delimiter.to_owned()));
        }
        pieces.extend(item);
    }
    pieces
}

/// A scalar as its text; what no style has a form for as JSON text.
fn item(value: &Value) -> Piece {
    if value.is_array() || value.is_object() { Piece::Json(value.clone()) } else { Piece::Scalar(value.clone()) }
}

/// `a,b` or `R,100,G,200`, or with `explode` `R=100,G=200`: what RFC 6570 calls simple expansion.
fn packed(value: &Value, explode: bool, delimiter: &str) -> Vec<Piece> {
    match value {
        Value::Array(items) => joined(items.iter().map(|value| vec![item(value)]), delimiter),
        Value::Object(members) => {
            let between = if explode { "=" } else { delimiter };
            let member =
                |(name, value): (&String, &Value)| vec![Piece::Name(name.clone()), Piece::Literal(between.to_owned()), item(value)];
            joined(members.iter().map(member), delimiter)
        }
        scalar => vec![Piece::Scalar(scalar.clone())],
    }
}

/// `;name=value`; an empty text has no `=` either (RFC 6570, section 3.2.7).
fn after_name(name: &str, value: &Value, pieces: Vec<Piece>) -> Vec<Piece> {
    let mut all = vec![Piece::Literal(";".to_owned()), Piece::Name(name.to_owned())];
    if value != "" {
        all.push(Piece::Literal("=".to_owned()));
        all.extend(pieces);
    }
    all
}

/// What stands in the place of a path or header parameter.
pub fn in_place(parameter: &Parameter<'_>, value: &Value) -> Vec<Piece> {
    let literal = |text: &str| Piece::Literal(text.to_owned());
    let delimiter = |exploded: &'static str| if parameter.explode { exploded } else { "," };
    match parameter.style.as_str() {
        "json" => vec![Piece::Json(value.clone())],
        "label" => [vec![literal(".")], packed(value, parameter.explode, delimiter("."))].concat(),
        "matrix" => match value {
            Value::Object(_) if parameter.explode => [vec![literal(";")], packed(value, true, ";")].concat(),
            Value::Array(items) if parameter.explode => {
                items.iter().flat_map(|value| after_name(&parameter.name, value, vec![item(value)])).collect()
            }
            value => after_name(&parameter.name, value, packed(value, false, ",")),
        },
        _ => packed(value, parameter.explode, ","),
    }
}

/// The `name=value` pairs of a query or cookie parameter.
pub fn pairs(parameter: &Parameter<'_>, value: &Value) -> Vec<(String, Vec<Piece>)> {
    let name = || parameter.name.clone();
    match (parameter.style.as_str(), value) {
        ("json", value) => vec![(name(), vec![Piece::Json(value.clone())])],
        ("deepObject", value) => bracketed(name(), value),
        (_, Value::Array(items)) if parameter.explode => items.iter().map(|value| (name(), vec![item(value)])).collect(),
        // Its properties alone would not say whose they are.
        ("form", Value::Object(_)) if parameter.explode && parameter.mixed => vec![(name(), vec![Piece::Json(value.clone())])],
        (_, Value::Object(members)) if parameter.explode => members.iter().map(|(key, value)| (key.clone(), vec![item(value)])).collect(),
        ("spaceDelimited", value) => vec![(name(), packed(value, false, "%20"))],
        ("pipeDelimited", value) => vec![(name(), packed(value, false, "|"))],
        (_, value) => vec![(name(), packed(value, false, ","))],
    }
}

/// `name[key][0]`: the bracket convention, as deep as it goes.
fn bracketed(name: String, value: &Value) -> Vec<(String, Vec<Piece>)> {
    match value {
        Value::Array(items) => items.iter().enumerate().flat_map(|(index, item)| bracketed(format!("{name}[{index}]"), item)).collect(),
        Value::Object(members) => members.iter().flat_map(|(key, value)| bracketed(format!("{name}[{key}]"), value)).collect(),
        scalar => vec![(name, vec![Piece::Scalar(scalar.clone())])],
    }
}

/// What is wrong with raw text that should consist of these pieces.
pub fn fault(raw: &str, pieces: &[Piece], encoding: Encoding) -> Option<String> {
    // `|` may stay as it is or be encoded where it delimits.
    let piped = pieces.contains(&Piece::Literal("|".to_owned())).then(|| raw.replace("%7C", "|").replace("%7c", "|"));
    let text = piped.as_deref().unwrap_or(raw);
    follow(text, pieces, encoding).err().map(|fault| format!("{fault} in `{raw}`"))
}

/// Holds text against pieces. Where a value ends is not always told by what follows (`a.b.c` for `{x}.{y}`), so that every
/// end is tried at which the value fits.
fn follow(rest: &str, pieces: &[Piece], encoding: Encoding) -> Result<(), String> {
    let Some((piece, later)) = pieces.split_first() else {
        return if rest.is_empty() { Ok(()) } else { Err(format!("`{rest}` is left over")) };
    };
    if let Some(fixed) = Fixed::of(piece) {
        return match fixed.strip(rest) {
            Some(after) => follow(after, later, encoding),
            None => Err(format!("wanted `{}` at `{rest}`", fixed.text)),
        };
    }
    let next = later.first().map(Fixed::of);
    let ends = |at: &usize| match &next {
        None => *at == rest.len(),
        Some(Some(fixed)) => rest.get(*at..).is_some_and(|rest| fixed.strip(rest).is_some()),
        Some(None) => rest.is_char_boundary(*at),
    };
    let mut fault = None;
    for end in (0..=rest.len()).filter(ends) {
        let Some((part, after)) = rest.split_at_checked(end) else { continue };
        let told = if piece.fits(part, encoding) {
            match follow(after, later, encoding) {
                Ok(()) => return Ok(()),
                Err(told) => told,
            }
        } else {
            format!("wanted {}, found `{part}`", piece.words())
        };
        fault.get_or_insert(told);
    }
    Err(fault.unwrap_or_else(|| format!("wanted {} at `{rest}`", piece.words())))
}

/// Text that does not depend on the values.
struct Fixed<'p> {
    text: &'p str,
    encodable: bool,
}

impl<'p> Fixed<'p> {
    fn of(piece: &'p Piece) -> Option<Self> {
        match piece {
            Piece::Literal(text) => Some(Self { text, encodable: false }),
            Piece::Text(text) => Some(Self { text, encodable: true }),
            Piece::Name(_) | Piece::Scalar(_) | Piece::Json(_) => None,
        }
    }

    /// What follows this text.
    fn strip<'r>(&self, raw: &'r str) -> Option<&'r str> {
        if let Some(rest) = raw.strip_prefix(self.text) {
            return Some(rest);
        }
        let mut rest = raw;
        for byte in self.text.bytes() {
            let plain = rest.strip_prefix(char::from(byte)).filter(|_| byte.is_ascii());
            let encoded = || rest.strip_prefix(&format!("%{byte:02X}")).filter(|_| self.encodable && byte != b'/');
            rest = plain.or_else(encoded)?;
        }
        Some(rest)
    }
}

/// Whether decoded text stands for a scalar.
fn is_text_of(value: &Value, text: &str) -> bool {
    match value {
        Value::String(wanted) => wanted == text,
        Value::Number(wanted) => serde_json::from_str::<Number>(text).is_ok_and(|found| same_number(wanted, &found)),
        Value::Bool(wanted) => text == if *wanted { "true" } else { "false" },
        _ => false,
    }
}

/// The path template as pieces, parameters filled in; parameters without a value stand as they are.
fn path(template: &str, value_of: impl Fn(&str) -> Option<Vec<Piece>>) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, behind)) = after.split_once('}') else { break };
        let name = name.trim_start_matches('+');
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.extend(value_of(name).unwrap_or_else(|| vec![Piece::Text(format!("{{{name}}}"))]));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    pieces
}

/// What is wrong with a raw path that should come from this template, its parameters filled in.
pub fn path_fault(raw: &str, template: &str, value_of: impl Fn(&str) -> Option<Vec<Piece>>) -> Option<String> {
    let pieces = path(template, &value_of);
    // Only what `{+name}` stands for may hold slashes, and those stay as they are.
    let spans = |name: &String| template.contains(&format!("{{+{name}}}"));
    let names = template.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.trim_start_matches('+').to_owned()));
    let own: usize = names.filter(spans).filter_map(|name| value_of(&name)).flatten().map(|piece| piece.words().matches('/').count()).sum();
    if raw.matches('/').count() != template.matches('/').count() + own {
        return Some(format!("`{raw}` has not the segments of `{template}`"));
    }
    fault(raw, &pieces, Encoding::Percent)
}

/// Holds a raw query or cookie text against the wanted pairs; `extra` names pairs that may stand beside them.
pub fn pair_faults(raw: &str, delimiter: &str, wanted: &[(String, Vec<Piece>)], extra: &[String]) -> Vec<String> {
    let mut found: Vec<(String, &str)> = Vec::new();
    let mut faults = Vec::new();
    for pair in raw.split(delimiter).filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        match percent_decode(name) {
            Some(name) => found.push((name, value)),
            None => faults.push(format!("the name in `{pair}` is not percent-encoded UTF-8")),
        }
    }
    for (name, pieces) in wanted {
        match found.iter().position(|(other, _)| other == name) {
            Some(at) => {
                let (_, value) = found.remove(at);
                faults.extend(fault(value, pieces, Encoding::Percent).map(|fault| format!("`{name}`: {fault}")));
            }
            None => faults.push(format!("`{name}` is missing in `{raw}`")),
        }
    }
    let stray = found.into_iter().filter(|(name, _)| !extra.contains(name));
    faults.extend(stray.map(|(name, value)| format!("`{name}={value}` was not asked for")));
    faults
}

#[cfg(test)]
mod tests {
    use super::super::refs::{Node, Tree};
    use super::*;
    use serde_json::json;

    fn parameter(location: &str, style: &str, explode: bool) -> Parameter<'static> {
        static SCHEMA: Value = Value::Null;
        let schema: Node<'static> = Tree::new(&SCHEMA).root();
        Parameter {
            name: "c".into(),
            location: location.into(),
            style: style.into(),
            explode,
            required: true,
            mixed: false,
            schema,
            examples: Vec::new(),
        }
    }

    #[test]
    fn in_place_styles() {
        let (text, list, object) = (json!("a b"), json!(["x", "ž"]), json!({"R": 100, "G": true}));
        for (style, explode, value, good, bad) in [
            ("simple", false, &text, "a%20b", "a+b"),
            ("simple", false, &list, "x,%C5%BE", "x%2C%C5%BE"),
            ("simple", true, &list, "x,%C5%BE", "x;%C5%BE"),
            ("simple", false, &object, "R,100,G,true", "R=100,G=true"),
            ("simple", true, &object, "R=100,G=true", "R,100,G,true"),
            ("label", false, &text, ".a%20b", "a%20b"),
            ("label", false, &list, ".x,%C5%BE", ".x.%C5%BE"),
            ("label", true, &list, ".x.%C5%BE", ".x,%C5%BE"),
            ("label", true, &object, ".R=100.G=true", ".R.100.G.true"),
            ("matrix", false, &text, ";c=a%20b", "c=a%20b"),
            ("matrix", false, &list, ";c=x,%C5%BE", ";c=x;c=%C5%BE"),
            ("matrix", true, &list, ";c=x;c=%C5%BE", ";c=x,%C5%BE"),
            ("matrix", false, &object, ";c=R,100,G,true", ";R=100;G=true"),
            ("matrix", true, &object, ";R=100;G=true", ";c=R,100,G,true"),
            ("json", false, &list, "%5B%22x%22,%22%C5%BE%22%5D", "%5B%22x%22%5D"),
        ] {
            let pieces = in_place(&parameter("path", style, explode), value);
            assert_eq!(fault(good, &pieces, Encoding::Percent), None, "{style} {explode} {value}");
            assert!(fault(bad, &pieces, Encoding::Percent).is_some(), "{style} {explode} {value}");
        }
    }

    /// The cells of OpenAPI's table of styles (OpenAPI 3.1.1, section 4.8.12.4.1) that have a text: empty text, text, list,
    /// object. What it leaves open is written as `form` is; `deepObject` numbers items.
    #[test]
    fn every_row_of_the_table() {
        let object = json!({"B": "150", "G": "200", "R": "100"});
        let values = [json!(""), json!("blue"), json!(["blue", "black", "brown"]), object];
        let named = |style, explode| Parameter { name: "color".into(), ..parameter("path", style, explode) };
        for (style, explode, cells) in [
            ("simple", false, ["", "blue", "blue,black,brown", "B,150,G,200,R,100"]),
            ("simple", true, ["", "blue", "blue,black,brown", "B=150,G=200,R=100"]),
            ("label", false, [".", ".blue", ".blue,black,brown", ".B,150,G,200,R,100"]),
            ("label", true, [".", ".blue", ".blue.black.brown", ".B=150.G=200.R=100"]),
            ("matrix", false, [";color", ";color=blue", ";color=blue,black,brown", ";color=B,150,G,200,R,100"]),
            ("matrix", true, [";color", ";color=blue", ";color=blue;color=black;color=brown", ";B=150;G=200;R=100"]),
        ] {
            for (value, cell) in values.iter().zip(cells) {
                let judge = |raw: &str, encoding| fault(raw, &in_place(&named(style, explode), value), encoding);
                assert_eq!(judge(cell, Encoding::Percent), None, "{style} {explode} {value}");
                assert!(judge(&format!("{cell}x"), Encoding::Percent).is_some(), "{style} {explode} {value}");
                if style == "simple" {
                    assert_eq!(judge(cell, Encoding::Plain), None, "{style} {explode} {value}");
                }
            }
        }
        let exploded = ["color=", "color=blue", "color=blue&color=black&color=brown", "B=150&G=200&R=100"];
        let deep = ["color=", "color=blue", "color[0]=blue&color[1]=black&color[2]=brown", "color[B]=150&color[G]=200&color[R]=100"];
        for (style, explode, cells) in [
            ("form", false, ["color=", "color=blue", "color=blue,black,brown", "color=B,150,G,200,R,100"]),
            ("form", true, exploded),
            ("spaceDelimited", false, ["color=", "color=blue", "color=blue%20black%20brown", "color=B%20150%20G%20200%20R%20100"]),
            ("spaceDelimited", true, exploded),
            ("pipeDelimited", false, ["color=", "color=blue", "color=blue%7Cblack%7Cbrown", "color=B%7C150%7CG%7C200%7CR%7C100"]),
            ("pipeDelimited", true, exploded),
            ("deepObject", false, deep),
            ("deepObject", true, deep),
        ] {
            for (value, cell) in values.iter().zip(cells) {
                for (location, delimiter) in [("query", "&"), ("cookie", "; ")] {
                    let wanted = pairs(&Parameter { location: location.into(), ..named(style, explode) }, value);
                    let judge = |raw: &str| pair_faults(raw, delimiter, &wanted, &[]);
                    assert_eq!(judge(&cell.replace('&', delimiter)), [""; 0], "{location} {style} {explode} {value}");
                    assert!(!judge(&format!("{cell}x")).is_empty(), "{location} {style} {explode} {value}");
                }
            }
        }
    }

    #[test]
    fn header_text() {
        for (explode, value, text) in
            [(false, json!("a b"), "a b"), (false, json!([1, true]), "1,true"), (true, json!({"R": 1, "G": "x"}), "R=1,G=x")]
        {
            let parameter = parameter("header", "simple", explode);
            assert_eq!(fault(text, &in_place(&parameter, &value), Encoding::Plain), None);
        }
    }

    #[test]
    fn query_styles() {
        let (text, list, object) = (json!("a&b"), json!([1, 2]), json!({"R": 100, "G": "x"}));
        let (nested, deep) = (json!({"a": [{"b": 1}, "x"]}), json!([{"a": 1}, "x"]));
        for (style, explode, value, good, bad) in [
            ("form", true, &text, "c=a%26b", "c=a&b"),
            ("form", true, &list, "c=1&c=2", "c=1,2"),
            ("form", true, &list, "c=1&c=2.0", "c=2&c=1"),
            ("form", false, &list, "c=1,2", "c=1&c=2"),
            ("form", true, &object, "G=x&R=100", "c=R,100,G,x"),
            ("form", false, &object, "c=R,100,G,x", "R=100&G=x"),
            ("spaceDelimited", false, &list, "c=1%202", "c=1,2"),
            ("pipeDelimited", false, &list, "c=1|2", "c=1,2"),
            ("pipeDelimited", false, &list, "c=1%7C2", "c=1%2C2"),
            ("deepObject", true, &object, "c[R]=100&c%5BG%5D=x", "c.R=100&c.G=x"),
            ("deepObject", true, &nested, "c[a][0][b]=1&c[a][1]=x", "c[a]=%5B%7B%22b%22%3A1%7D%2C%22x%22%5D"),
            ("deepObject", true, &list, "c[0]=1&c[1]=2", "c=1&c=2"),
            ("deepObject", true, &json!("x"), "c=x", "c[0]=x"),
            ("form", true, &nested, "a=%5B%7B%22b%22%3A1%7D%2C%22x%22%5D", "a=1"),
            ("form", true, &deep, "c=%7B%22a%22%3A1%7D&c=x", "c[a]=1&c=x"),
            ("json", false, &list, "c=%5B1,2%5D", "c=1,2"),
            ("form", true, &text, "c=a%26b&key=1", "c=a%26b&d=1"),
        ] {
            let wanted = pairs(&parameter("query", style, explode), value);
            let faults = |raw: &str| pair_faults(raw, "&", &wanted, &["key".to_owned()]);
            assert_eq!(faults(good), [""; 0], "{style} {explode} {value}");
            assert!(!faults(bad).is_empty(), "{style} {explode} {value}");
        }
    }

    #[test]
    fn a_value_may_hold_what_follows_it() {
        let pieces = |first: &str| vec![Piece::Scalar(json!(first)), Piece::Text(".".into()), Piece::Scalar(json!("zip"))];
        assert_eq!(fault("a.b.zip", &pieces("a.b"), Encoding::Percent), None);
        assert!(fault("a.b.zip", &pieces("a"), Encoding::Percent).is_some());
    }

    #[test]
    fn whole_paths() {
        let value_of = |name: &str| (name == "id").then(|| vec![Piece::Scalar(json!("a/b"))]);
        for (template, good, bad) in [
            ("/users/{id}/status", "/users/a%2Fb/status", "/users/a/b/status"),
            ("/x/{id}.json", "/x/a%2Fb.json", "/x/a%2Fb"),
            ("/x/{id}:cancel", "/x/a%2Fb%3Acancel", "/x/a%2Fb:cancle"),
            ("/{other}", "/%7Bother%7D", "/other"),
            ("/{id}-{id}.zip", "/a%2Fb-a%2Fb.zip", "/a%2Fb-a.zip"),
            ("/v1/{+id}:get", "/v1/a/b:get", "/v1/a%2Fb:get"),
            ("/", "/", ""),
        ] {
            assert_eq!(path_fault(good, template, value_of), None, "{template}");
            assert!(path_fault(bad, template, value_of).is_some(), "{template}");
        }
    }
}
