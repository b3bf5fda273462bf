//! Equality of JSON by value: numbers by what they stand for, objects without order, absent and `null` told apart.

use serde_json::{Number, Value};

/// Where two values differ first, as a JSON pointer and words; `None` if they are equal.
pub fn difference(wanted: &Value, found: &Value) -> Option<String> {
    let mut path = String::new();
    differ(wanted, found, &mut path).map(|words| format!("{}: {words}", if path.is_empty() { "(whole)" } else { &path }))
}

fn differ(wanted: &Value, found: &Value, path: &mut String) -> Option<String> {
    match (wanted, found) {
        (Value::Number(a), Value::Number(b)) if same_number(a, b) => None,
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(index, (a, b))| within(path, &index.to_string(), |path| differ(a, b, path)))
        }
        (Value::Object(a), Value::Object(b)) => {
            for (key, a) in a {
                let found = match b.get(key) {
                    Some(b) => within(path, key, |path| differ(a, b, path)),
                    None => within(path, key, |_| Some(format!("wanted {}, found nothing", short(a)))),
                };
                if found.is_some() {
                    return found;
                }
            }
            let added = b.iter().find(|(key, _)| !a.contains_key(*key))?;
            within(path, added.0, |_| Some(format!("wanted nothing, found {}", short(added.1))))
        }
        (a, b) if a == b => None,
        (a, b) => Some(format!("wanted {}, found {}", short(a), short(b))),
    }
}

/// Runs with `key` appended to the path, which stays appended only if something was found.
fn within(path: &mut String, key: &str, run: impl FnOnce(&mut String) -> Option<String>) -> Option<String> {
    let length = path.len();
    path.push('/');
    path.push_str(&key.replace('~', "~0").replace('/', "~1"));
    let found = run(path);
    if found.is_none() {
        path.truncate(length);
    }
    found
}

/// Whether two JSON numbers stand for the same number: `1`, `1.0` and `1e0` do.
pub fn same_number(a: &Number, b: &Number) -> bool {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a == b,
        (None, None) => a.as_f64() == b.as_f64(),
        _ => false,
    }
}

/// The number as a whole number, exactly.
pub fn whole(number: &Number) -> Option<i128> {
    if let Some(value) = number.as_i64() {
        return Some(i128::from(value));
    }
    if let Some(value) = number.as_u64() {
        return Some(i128::from(value));
    }
    let value = number.as_f64()?;
    // Every binary64 below 2^127 that has no fraction converts exactly.
    #[allow(clippy::cast_possible_truncation)]
    (value.fract() == 0.0 && value.abs() < 1.7e38).then_some(value as i128)
}

/// A value as text, cut where it gets long.
pub fn short(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(120) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_by_value() {
        for (a, b, equal) in [
            (json!(1), json!(1.0), true),
            (json!(0), json!(-0.0), true),
            (json!(9_007_199_254_740_993_i64), json!(9_007_199_254_740_992.0), false),
            (json!(u64::MAX), json!(u64::MAX), true),
            (json!(0.1), json!(0.1), true),
            (json!(1e300), json!(1e300), true),
            (json!({"a": 1, "b": 2}), json!({"b": 2, "a": 1}), true),
            (json!({"a": null}), json!({}), false),
            (json!({}), json!({"a": null}), false),
            (json!("1"), json!(1), false),
            (json!([1, 2]), json!([2, 1]), false),
            (json!([]), json!([null]), false),
        ] {
            assert_eq!(difference(&a, &b).is_none(), equal, "{a} {b}");
        }
    }

    #[test]
    fn says_where() {
        let found = difference(&json!({"a": [{"b/c": 1}]}), &json!({"a": [{"b/c": 2}]})).unwrap();
        assert_eq!(found, "/a/0/b~1c: wanted 1, found 2");
    }
}
