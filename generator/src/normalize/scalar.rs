//! A scalar of the wrong type becomes the one that is meant: `"true"` a boolean, `"5"` a number, `5` a text.

use serde_json::{Number, Value};

use super::grammar::Kind;

/// What a scalar of the grammar is called in messages.
pub(super) fn name(kind: &Kind) -> &'static str {
    match kind {
        Kind::Text => "a string",
        Kind::Flag => "a boolean",
        Kind::Count => "a whole number",
        Kind::Number => "a number",
        _ => "a value",
    }
}

/// Whether a value is what the grammar asks for.
pub(super) fn fits(value: &Value, kind: &Kind) -> bool {
    match kind {
        Kind::Text => value.is_string(),
        Kind::Flag => value.is_boolean(),
        Kind::Count => value.is_u64(),
        Kind::Number => value.is_number(),
        _ => true,
    }
}

/// What a value was meant to be; `None` if nobody can tell.
pub(super) fn meant(value: &Value, kind: &Kind) -> Option<Value> {
    match kind {
        Kind::Text => text(value),
        Kind::Flag => flag(value),
        Kind::Count => whole(value).filter(Value::is_u64),
        Kind::Number => number(value),
        _ => None,
    }
}

/// A string.
pub(super) fn text(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) | Value::Number(_) => Some(Value::String(value.to_string())),
        Value::String(_) => Some(value.clone()),
        _ => None,
    }
}

/// A boolean.
pub(super) fn flag(value: &Value) -> Option<Value> {
    match value {
        Value::Bool(_) => Some(value.clone()),
        Value::String(text) => match text.trim().to_ascii_lowercase().as_str() {
            "true" | "yes" | "1" => Some(Value::Bool(true)),
            "false" | "no" | "0" | "" => Some(Value::Bool(false)),
            _ => None,
        },
        Value::Number(number) if number.as_u64() == Some(1) => Some(Value::Bool(true)),
        Value::Number(number) if number.as_u64() == Some(0) => Some(Value::Bool(false)),
        _ => None,
    }
}

/// A number.
pub(super) fn number(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => {
            let text = text.trim();
            let whole = text.parse::<i64>().map(Number::from).or_else(|_| text.parse::<u64>().map(Number::from)).ok();
            whole.or_else(|| text.parse().ok().and_then(Number::from_f64)).map(Value::Number)
        }
        _ => None,
    }
}

/// An integer: also written as a text, or as `5.0`.
pub(super) fn whole(value: &Value) -> Option<Value> {
    let Value::Number(found) = number(value)? else { return None };
    if found.is_i64() || found.is_u64() {
        return Some(Value::Number(found));
    }
    // Beyond 2^53 a float no longer says which integer is meant.
    let float = found.as_f64().filter(|float| float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0)?;
    format!("{float:.0}").parse::<i64>().ok().map(|number| Value::Number(number.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_meant() {
        for (kind, value, expected) in [
            (Kind::Flag, json!("true"), Some(json!(true))),
            (Kind::Flag, json!("No"), Some(json!(false))),
            (Kind::Flag, json!(2), None),
            (Kind::Count, json!("10"), Some(json!(10))),
            (Kind::Count, json!(10.0), Some(json!(10))),
            (Kind::Count, json!(-1), None),
            (Kind::Count, json!(1e300), None),
            (Kind::Number, json!("-0.5"), Some(json!(-0.5))),
            (Kind::Number, json!("NaN"), None),
            (Kind::Number, json!(true), None),
            (Kind::Text, json!(1.5), Some(json!("1.5"))),
            (Kind::Text, json!({}), None),
        ] {
            assert_eq!(meant(&value, &kind), expected, "{kind:?} {value}");
        }
    }
}
