//! What a YAML scalar means: the core schema of YAML 1.2.2 (section 10.3). It knows nothing of places.

use serde_json::{Number, Value};

/// The value of a plain scalar. What JSON has no form for (`.inf`, `.nan`, numbers beyond a double) stays text.
pub(super) fn plain(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).map_or_else(|| Value::String(text.to_owned()), Value::Number),
    }
}

/// The value of a scalar with a tag, given in full; `None` if the text is none of that tag.
/// Tags beyond the core schema say nothing about JSON, so their scalars are text.
pub(super) fn tagged(tag: &str, text: &str) -> Option<Value> {
    let Some(kind) = tag.strip_prefix(CORE) else { return Some(Value::String(text.to_owned())) };
    let value = plain(text);
    match kind {
        "null" => value.is_null().then_some(value),
        "bool" => value.is_boolean().then_some(value),
        "int" => (value.is_i64() || value.is_u64()).then_some(value),
        "float" if matches!(text.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF" | ".nan" | ".NaN" | ".NAN") => {
            Some(Value::String(text.to_owned()))
        }
        "float" => value.as_f64().and_then(Number::from_f64).map(Value::Number),
        _ => Some(Value::String(text.to_owned())),
    }
}

/// What `!!` stands for.
pub(super) const CORE: &str = "tag:yaml.org,2002:";

fn number(text: &str) -> Option<Number> {
    // Most scalars are words: decided by their first byte.
    match text.as_bytes() {
        [b'0', b'x', digits @ ..] if !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit) => {
            u64::from_str_radix(text.get(2..)?, 16).ok().map(Number::from)
        }
        [b'0', b'o', digits @ ..] if !digits.is_empty() && digits.iter().all(|digit| (b'0'..=b'7').contains(digit)) => {
            u64::from_str_radix(text.get(2..)?, 8).ok().map(Number::from)
        }
        [b'+' | b'-', rest @ ..] | rest => match shape(rest)? {
            Shape::Integer => integer(text),
            Shape::Float => float(text),
        },
    }
}

enum Shape {
    Integer,
    Float,
}

/// `[0-9]+`, or `(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`.
fn shape(bytes: &[u8]) -> Option<Shape> {
    let digits = |bytes: &[u8]| bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let whole = digits(bytes);
    let (before, rest) = bytes.split_at_checked(whole)?;
    let (fraction, rest) = match rest {
        [] if !before.is_empty() => return Some(Shape::Integer),
        [b'.', rest @ ..] => rest.split_at_checked(digits(rest))?,
        other => (&[][..], other),
    };
    if before.is_empty() && fraction.is_empty() {
        return None;
    }
    match rest {
        [] => Some(Shape::Float),
        [b'e' | b'E', b'+' | b'-', exponent @ ..] | [b'e' | b'E', exponent @ ..] => {
            (!exponent.is_empty() && digits(exponent) == exponent.len()).then_some(Shape::Float)
        }
        _ => None,
    }
}

/// As JSON has it: beyond 64 bits an integer becomes a double.
fn integer(text: &str) -> Option<Number> {
    let unsigned = || text.parse::<u64>().ok().map(Number::from);
    text.parse::<i64>().ok().map(Number::from).or_else(unsigned).or_else(|| float(text))
}

fn float(text: &str) -> Option<Number> {
    text.parse::<f64>().ok().and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use super::{plain, tagged};
    use serde_json::{Value, json};

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        for (text, value) in [
            ("", json!(null)),
            ("~", json!(null)),
            ("Null", json!(null)),
            ("nULL", json!("nULL")),
            ("true", json!(true)),
            ("FALSE", json!(false)),
            ("tRUE", json!("tRUE")),
            ("yes", json!("yes")),
            ("off", json!("off")),
            ("0", json!(0)),
            ("-12", json!(-12)),
            ("+12", json!(12)),
            ("007", json!(7)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("18446744073709551616", json!(18_446_744_073_709_551_616.0)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("0x", json!("0x")),
            ("0xg", json!("0xg")),
            ("0o8", json!("0o8")),
            ("-0x1", json!("-0x1")),
            ("0x10000000000000000", json!("0x10000000000000000")),
            ("1.5", json!(1.5)),
            ("1.", json!(1.0)),
            (".5", json!(0.5)),
            ("-.5e-3", json!(-0.0005)),
            ("1e3", json!(1000.0)),
            ("1e", json!("1e")),
            ("e1", json!("e1")),
            (".", json!(".")),
            ("-", json!("-")),
            ("+", json!("+")),
            ("1_000", json!("1_000")),
            ("1.2.3", json!("1.2.3")),
            ("1e999", json!("1e999")),
            (".inf", json!(".inf")),
            ("-.inf", json!("-.inf")),
            (".nan", json!(".nan")),
            ("inf", json!("inf")),
            ("nan", json!("nan")),
            ("2001-12-14", json!("2001-12-14")),
            ("12:30:45", json!("12:30:45")),
        ] {
            assert_eq!(plain(text), value, "{text}");
        }
    }

    #[test]
    fn tags_decide_over_the_text() {
        for (tag, text, value) in [
            ("tag:yaml.org,2002:str", "12", Some(json!("12"))),
            ("tag:yaml.org,2002:str", "", Some(json!(""))),
            ("tag:yaml.org,2002:int", "12", Some(json!(12))),
            ("tag:yaml.org,2002:int", "twelve", None),
            ("tag:yaml.org,2002:float", "12", Some(json!(12.0))),
            ("tag:yaml.org,2002:float", "-.inf", Some(json!("-.inf"))),
            ("tag:yaml.org,2002:float", "x", None),
            ("tag:yaml.org,2002:bool", "true", Some(json!(true))),
            ("tag:yaml.org,2002:bool", "yes", None),
            ("tag:yaml.org,2002:null", "", Some(Value::Null)),
            ("tag:yaml.org,2002:null", "0", None),
            ("tag:yaml.org,2002:timestamp", "2001-12-14", Some(json!("2001-12-14"))),
            ("!", "12", Some(json!("12"))),
            ("!include", "other.yaml", Some(json!("other.yaml"))),
        ] {
            assert_eq!(tagged(tag, text), value, "{tag} {text}");
        }
    }
}
