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

/// `a,b` or `R,100,G,200`, or with `explode` `R=100,G=200`: what RFC 6570 calls simple expansion.
fn packed(value: &Value, explode: bool, delimiter: &str) -> Vec<Piece> {
    match value {
        Value::Array(items) => joined(items.iter().map(|item| vec![Piece::Scalar(item.clone())]), delimiter),
        Value::Object(members) => {
            let between = if explode { "=" } else { delimiter };
            let member = |(name, value): (&String, &Value)| {
                vec![Piece::Name(name.clone()), Piece::Literal(between.to_owned()), Piece::Scalar(value.clone())]
            };
            joined(members.iter().map(member), delimiter)
        }
        scalar => vec![Piece::Scalar(scalar.clone())],
    }
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
                let item =
                    |item: &Value| vec![literal(";"), Piece::Name(parameter.name.clone()), literal("="), Piece::Scalar(item.clone())];
                items.iter().flat_map(item).collect()
            }
            value => [vec![literal(";"), Piece::Name(parameter.name.clone()), literal("=")], packed(value, false, ",")].concat(),
        },
        _ => packed(value, parameter.explode, ","),
    }
}

/// The `name=value` pairs of a query or cookie parameter.
pub fn pairs(parameter: &Parameter<'_>, value: &Value) -> Vec<(String, Vec<Piece>)> {
    let name = || parameter.name.clone();
    match (parameter.style.as_str(), value) {
        ("json", value) => vec![(name(), vec![Piece::Json(value.clone())])],
        ("deepObject", Value::Object(members)) => {
            members.iter().map(|(key, value)| (format!("{}[{key}]", parameter.name), vec![Piece::Scalar(value.clone())])).collect()
        }
        (_, Value::Array(items)) if parameter.explode => items.iter().map(|item| (name(), vec![Piece::Scalar(item.clone())])).collect(),
        (_, Value::Object(members)) if parameter.explode => {
            members.iter().map(|(key, value)| (key.clone(), vec![Piece::Scalar(value.clone())])).collect()
        }
        ("spaceDelimited", value) => vec![(name(), packed(value, false, "%20"))],
        ("pipeDelimited", value) => vec![(name(), packed(value, false, "|"))],
        (_, value) => vec![(name(), packed(value, false, ","))],
    }
}

/// What is wrong with raw text that should consist of these pieces.
pub fn fault(raw: &str, pieces: &[Piece], encoding: Encoding) -> Option<String> {
    // `|` may stay as it is or be encoded where it delimits.
    let piped = pieces.contains(&Piece::Literal("|".to_owned())).then(|| raw.replace("%7C", "|").replace("%7c", "|"));
    let mut rest = piped.as_deref().unwrap_or(raw);
    for (index, piece) in pieces.iter().enumerate() {
        if let Some(fixed) = Fixed::of(piece) {
            match fixed.strip(rest) {
                Some(after) => rest = after,
                None => return Some(format!("wanted `{}` at `{rest}` of `{raw}`", fixed.text)),
            }
            continue;
        }
        let next = pieces.get(index + 1..).and_then(|later| later.iter().find_map(Fixed::of));
        let end = next.and_then(|fixed| fixed.position(rest)).unwrap_or(rest.len());
        let (part, after) = rest.split_at_checked(end)?;
        rest = after;
        let decoded = if encoding == Encoding::Percent { percent_decode(part) } else { Some(part.to_owned()) };
        let Some(decoded) = decoded else { return Some(format!("`{part}` is not percent-encoded UTF-8")) };
        let fits = match piece {
            Piece::Name(name) => *name == decoded,
            Piece::Scalar(value) => is_text_of(value, &decoded),
            Piece::Json(value) => {
                serde_json::from_str(&decoded).is_ok_and(|found: Value| super::compare::difference(value, &found).is_none())
            }
            Piece::Literal(_) | Piece::Text(_) => true,
        };
        if !fits {
            return Some(format!("wanted {}, found `{part}` in `{raw}`", piece.words()));
        }
    }
    (!rest.is_empty()).then(|| format!("`{rest}` is left over of `{raw}`"))
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

    fn position(&self, raw: &str) -> Option<usize> {
        raw.char_indices().map(|(at, _)| at).find(|at| raw.get(*at..).is_some_and(|rest| self.strip(rest).is_some()))
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
    if raw.matches('/').count() != template.matches('/').count() {
        return Some(format!("`{raw}` has not the segments of `{template}`"));
    }
    fault(raw, &path(template, value_of), Encoding::Percent)
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
    fn whole_paths() {
        let value_of = |name: &str| (name == "id").then(|| vec![Piece::Scalar(json!("a/b"))]);
        for (template, good, bad) in [
            ("/users/{id}/status", "/users/a%2Fb/status", "/users/a/b/status"),
            ("/x/{id}.json", "/x/a%2Fb.json", "/x/a%2Fb"),
            ("/x/{id}:cancel", "/x/a%2Fb%3Acancel", "/x/a%2Fb:cancle"),
            ("/{other}", "/%7Bother%7D", "/other"),
            ("/", "/", ""),
        ] {
            assert_eq!(path_fault(good, template, value_of), None, "{template}");
            assert!(path_fault(bad, template, value_of).is_some(), "{template}");
        }
    }
}
