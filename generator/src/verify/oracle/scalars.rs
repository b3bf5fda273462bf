//! Strings and numbers to try: the borders of what a schema allows, and texts that have broken other people's code.

use base64::Engine as _;
use serde_json::{Number, Value};

use super::compare::whole;
use super::patterns;
use super::random::Random;
use super::shape::Shape;

/// Where a value travels, which bounds what can be carried there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Inside a JSON body: any text.
    Body,
    /// A text body: any text.
    Text,
    /// A path segment: not empty, not `.` or `..`, which URL parsers swallow.
    Path,
    /// A query parameter, of which each item or member stands on its own.
    Query,
    /// A query parameter in one text, whatever it holds.
    Joined,
    /// A body in XML: whatever its text may hold.
    Element,
    /// An item of a list or a member of an object that is written into one parameter, with delimiters between.
    Packed,
    /// The same in a query, where a dot is no delimiter.
    Listed,
    /// An item or member on its own in a query.
    Apart,
    /// A header: visible ASCII without space at either end.
    Header,
    /// A cookie: the characters that need no quoting.
    Cookie,
}

impl Place {
    /// Whether values are whole there: `null`, empty lists, and objects in lists in objects.
    pub fn is_whole(self) -> bool {
        matches!(self, Self::Body | Self::Element)
    }
}

const BODY: [&str; 10] = [
    "text",
    "",
    "žluťoučký kůň 🦀 \u{202e}\u{feff}e\u{301}",
    "\"quoted\" \\ / \u{8}\u{c}\n\r\t\u{0}\u{1f}\u{7f}",
    " spaces at both ends ",
    "null",
    "true",
    "-12.50e3",
    "<a href='&amp;'>{}[]</a>",
    "\u{ffff}\u{10ffff}\u{2028}",
];
const QUERY: [&str; 9] = ["text", "", "a b", "ž🦀", "a&b=c;d#e?f", "100%+1%2B", "a,b|c", "true", "~-_.!*'()[]{}\"\\^`<>"];
const PATH: [&str; 9] = ["text", "a b", "ž🦀", "a/b?c#d", "100%2F", "a+b&c=d;e,f", "...", "true", "~-_.!*'()[]{}\"\\^`<>:@$"];
const PACKED: [&str; 5] = ["text", "ab", "ž🦀", "true", "x-y_z"];
const HEADER: [&str; 5] = ["text", "a b", "x=1; y=\"z\"", "null", "!#$%&'*+-.^_`|~:/?@[]{}()<>\\"];
const COOKIE: [&str; 3] = ["text", "A-1_b.c", "12"];

/// Texts for a string schema, the borders first; empty if none is known that fits `pattern`.
pub fn strings(shape: &Shape, place: Place, random: &mut Random) -> Vec<String> {
    let length = |keyword| shape.get(keyword).and_then(Value::as_u64).and_then(|length| usize::try_from(length).ok());
    let (low, high) = (length("minLength").unwrap_or(0), length("maxLength").unwrap_or(usize::MAX));
    if let Some(pattern) = shape.get("pattern").and_then(Value::as_str).and_then(patterns::readable) {
        let mut found = patterns::texts(&pattern, low, high, random);
        found.retain(|text| (low..=high).contains(&text.chars().count()) && carriable(text, place));
        found.dedup();
        return found;
    }
    let format = shape.get("format").and_then(Value::as_str).unwrap_or_default();
    let mut texts = formatted(format);
    if texts.is_empty() {
        let plain: &[&str] = match place {
            Place::Body | Place::Text | Place::Element => &BODY,
            Place::Path => &PATH,
            Place::Query | Place::Joined => &QUERY,
            Place::Packed | Place::Listed | Place::Apart => &PACKED,
            Place::Header => &HEADER,
            Place::Cookie => &COOKIE,
        };
        texts.extend(plain.iter().map(|text| (*text).to_owned()));
        // A text that is longer than any small buffer, or just as long as allowed.
        texts.push("long".repeat(300).chars().take(high.clamp(1, 1200)).collect());
        texts.push(format!("r{:x}", random.bits()));
        texts = texts.into_iter().map(|text| fit(text, low, high)).collect();
    }
    texts.retain(|text| (low..=high).contains(&text.chars().count()) && carriable(text, place));
    texts.dedup();
    texts
}

fn fit(text: String, low: usize, high: usize) -> String {
    let mut fitted: String = text.chars().take(high).collect();
    // A length that nobody can mean is left to fail the check of the caller.
    for _ in fitted.chars().count()..low.min(100_000) {
        fitted.push('x');
    }
    fitted
}

/// Whether a text is inside the carriable domain of its place.
pub fn carriable(text: &str, place: Place) -> bool {
    match place {
        Place::Body | Place::Query | Place::Joined | Place::Text => true,
        Place::Element => text.chars().all(|c| matches!(c, '\t' | '\n' | '\r' | ' '..) && !matches!(c, '\u{fffe}' | '\u{ffff}')),
        Place::Path => !matches!(text, "" | "." | ".."),
        Place::Apart => !text.is_empty(),
        Place::Listed => !text.is_empty() && !text.contains([',', '|', ' ', ';', '=', '&']),
        Place::Packed => !text.contains('.') && carriable(text, Place::Listed),
        Place::Header => !text.is_empty() && text.chars().all(|c| matches!(c, ' '..='~')) && text.trim() == text,
        Place::Cookie => !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.~".contains(c)),
    }
}

fn formatted(format: &str) -> Vec<String> {
    let texts: &[&str] = match format {
        "date-time" => &[
            "2024-02-29T12:30:45Z",
            "1969-12-31T23:59:59.9999999+00:00",
            "2016-12-31T23:59:60Z",
            "2024-02-29T12:30:45.000-11:30",
            "2024-02-29T12:30:45",
            "0001-01-01T00:00:00Z",
            "9999-12-31t23:59:59.123456789z",
        ],
        "date-time-local" => &["2024-02-29T12:30:45", "1969-12-31T23:59:59.9999999", "0001-01-01T00:00:00"],
        "iso-date-time" => {
            &["2024-02-29T12:30:45", "2024-02-29T12:30:45Z", "0001-01-01T00:00:00.0000000+01:00", "9999-12-31T23:59:59.9999999"]
        }
        "date" => &["2024-02-29", "1970-01-01", "9999-12-31"],
        "time" => &["00:00:00Z", "23:59:59.5+02:00"],
        "uuid" => &["00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6"],
        "email" => &["a@example.com", "first.last+tag@sub.example.org"],
        "uri" | "url" => &["https://example.com/a%20b?c=d#e", "urn:isbn:0451450523"],
        "hostname" => &["example.com", "localhost"],
        "ipv4" => &["127.0.0.1", "255.255.255.255"],
        "ipv6" => &["::1", "2001:db8::ff00:42:8329"],
        "byte" => {
            return [&b""[..], b"\0", b"bytes", &[0xff; 40]].iter().map(|b| base64::engine::general_purpose::STANDARD.encode(b)).collect();
        }
        _ => &[],
    };
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// The whole numbers that a format can hold; an `integer` without one is carried in 64 bits with sign.
fn width(format: &str) -> (i128, i128) {
    match format {
        "int8" => (i8::MIN.into(), i8::MAX.into()),
        "int16" => (i16::MIN.into(), i16::MAX.into()),
        "int32" => (i32::MIN.into(), i32::MAX.into()),
        "uint8" => (0, u8::MAX.into()),
        "uint16" => (0, u16::MAX.into()),
        "uint32" => (0, u32::MAX.into()),
        "uint64" | "unsigned" => (0, u64::MAX.into()),
        "bigint" | "big-integer" | "biginteger" | "int128" => (-(1 << 100), 1 << 100),
        "uint128" => (0, 1 << 100),
        _ => (i64::MIN.into(), i64::MAX.into()),
    }
}

/// A bound as it was meant: programs that know numbers of binary64 only write the last number of 64 bits as the power of two
/// behind it.
fn meant(bound: i128) -> i128 {
    let borders = [i64::MIN.into(), i64::MAX.into(), i128::from(u64::MAX)];
    #[allow(clippy::cast_precision_loss)]
    borders.into_iter().find(|border| *border as f64 == bound as f64 && bound.abs() > border.abs()).unwrap_or(bound)
}

/// Whole numbers for an integer schema: its borders, those of common widths, and one at random.
pub fn integers(shape: &Shape, random: &mut Random) -> Vec<Value> {
    let (mut low, mut high) = width(shape.get("format").and_then(Value::as_str).unwrap_or_default());
    let bound = |keyword| shape.get(keyword).and_then(Value::as_number);
    // A bound beyond what a format without a width stands for says how wide the number is.
    if shape.get("format").is_none() {
        let named = |keyword| bound(keyword).and_then(whole).map(meant).unwrap_or_default();
        (low, high) = (low.min(named("minimum")), high.max(named("maximum")));
    }
    // Bounds may be written as fractions; the whole numbers inside them are meant.
    let inside = |number: &Number, up: bool| -> Option<i128> {
        whole(number).or_else(|| {
            let value = number.as_f64()?;
            #[allow(clippy::cast_possible_truncation)]
            Some(if up { value.ceil() as i128 } else { value.floor() as i128 })
        })
    };
    let exclusive = |keyword: &str| i128::from(shape.get(keyword) == Some(&Value::Bool(true)));
    if let Some(minimum) = bound("minimum").and_then(|number| inside(number, true)) {
        low = low.max(minimum + exclusive("exclusiveMinimum"));
    }
    if let Some(maximum) = bound("maximum").and_then(|number| inside(number, false)) {
        high = high.min(maximum - exclusive("exclusiveMaximum"));
    }
    if let Some(minimum) = bound("exclusiveMinimum").and_then(|number| inside(number, false)) {
        low = low.max(minimum + 1);
    }
    if let Some(maximum) = bound("exclusiveMaximum").and_then(|number| inside(number, true)) {
        high = high.min(maximum - 1);
    }
    let mut numbers = vec![0, 1, low, high, -1, 42, 1 << 31, (1 << 53) + 1, -(1 << 31) - 1, random.between(low, high)];
    if let Some(step) = bound("multipleOf").and_then(whole).filter(|step| *step > 0) {
        numbers = numbers.into_iter().map(|number| number - number.rem_euclid(step)).collect();
        numbers.push(step);
    }
    numbers.retain(|number| (low..=high).contains(number));
    let mut seen = Vec::new();
    numbers.retain(|number| {
        !seen.contains(number) && {
            seen.push(*number);
            true
        }
    });
    let value = |number: i128| i64::try_from(number).map(Value::from).or_else(|_| u64::try_from(number).map(Value::from));
    // What a tree of JSON does not hold exactly is tried as the number next to it that it holds.
    #[allow(clippy::cast_precision_loss)]
    let value = |number: i128| value(number).ok().or_else(|| Number::from_f64(number as f64).map(Value::Number));
    numbers.into_iter().filter_map(value).collect()
}

/// Numbers for a number schema.
pub fn floats(shape: &Shape, random: &mut Random) -> Vec<Value> {
    let bound = |keyword| shape.get(keyword).and_then(Value::as_f64);
    let lowest = [bound("minimum"), bound("exclusiveMinimum")].into_iter().flatten().fold(f64::MIN, f64::max);
    let highest = [bound("maximum"), bound("exclusiveMaximum")].into_iter().flatten().fold(f64::MAX, f64::min);
    // OpenAPI 3.0 says `true` beside the bound, JSON Schema the bound itself.
    let excluded = |keyword: &str, bound: &str| match shape.get(keyword) {
        Some(Value::Bool(true)) => shape.get(bound).and_then(Value::as_f64),
        exclusive => exclusive.and_then(Value::as_f64),
    };
    let outside = [excluded("exclusiveMinimum", "minimum"), excluded("exclusiveMaximum", "maximum")];
    #[allow(clippy::cast_precision_loss)]
    let fraction = (random.bits() >> 11) as f64 / (1_u64 << 53) as f64;
    let (near_low, near_high) = (lowest.max(-1e6).min(highest), highest.min(1e6).max(lowest));
    let between = near_low + (near_high - near_low) * fraction;
    let mut numbers = vec![0.0, 1.0, 0.1, -2.5, lowest, highest, 5e-324, 1e21, 1e-7, 12_345_678.9, 9_007_199_254_740_993.0, between];
    if let Some(step) = bound("multipleOf").filter(|step| *step > 0.0) {
        // Hundredths are what division says: a hundredth three times is not three hundredths.
        let parts = (1.0 / step).round();
        let multiple = |times: f64| if (parts * step - 1.0).abs() < 1e-9 { times / parts } else { times * step };
        let (first, last) = ((near_low / step).ceil(), (near_high / step).floor());
        numbers = [0.0, 1.0, 3.0, -1.0, first, first + 1.0, last, last - 1.0, (between / step).round()].map(multiple).into();
    }
    numbers.retain(|number| (lowest..=highest).contains(number) && !outside.contains(&Some(*number)));
    let mut seen: Vec<f64> = Vec::new();
    for number in numbers {
        if !seen.contains(&number) {
            seen.push(number);
        }
    }
    seen.into_iter().filter_map(Number::from_f64).map(Value::Number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn shape(schema: Value) -> Shape {
        Shape { keywords: schema.as_object().unwrap().clone(), ..Shape::default() }
    }

    #[test]
    fn integers_keep_to_bounds_and_touch_them() {
        for (schema, low, high) in [
            (json!({}), json!(i64::MIN), json!(i64::MAX)),
            (json!({"format": "int32"}), json!(i32::MIN), json!(i32::MAX)),
            (json!({"format": "uint64"}), json!(0), json!(u64::MAX)),
            (json!({"minimum": 3, "maximum": 9}), json!(3), json!(9)),
            (json!({"minimum": 3, "exclusiveMinimum": true, "maximum": 9.5}), json!(4), json!(9)),
            (json!({"exclusiveMinimum": 3, "exclusiveMaximum": 5}), json!(4), json!(4)),
            (json!({"minimum": -9_223_372_036_854_776_000.0_f64}), json!(i64::MIN), json!(i64::MAX)),
            (json!({"minimum": 4, "maximum": 9_223_372_036_854_776_000_u64}), json!(4), json!(i64::MAX)),
            (json!({"minimum": 4, "maximum": 18_446_744_073_709_552_000.0_f64}), json!(4), json!(u64::MAX)),
        ] {
            let found = integers(&shape(schema.clone()), &mut Random::new(1, ""));
            let as_wide = |value: &Value| whole(value.as_number().unwrap()).unwrap();
            assert!(found.contains(&low) && found.contains(&high), "{schema} {found:?}");
            assert!(found.iter().all(|n| (as_wide(&low)..=as_wide(&high)).contains(&as_wide(n))), "{schema} {found:?}");
        }
    }

    #[test]
    fn numbers_keep_to_bounds_and_steps() {
        for (schema, known) in [
            (
                json!({"minimum": 10, "maximum": 20, "exclusiveMinimum": true, "exclusiveMaximum": true, "multipleOf": 2}),
                json!([12.0, 18.0]),
            ),
            (json!({"exclusiveMinimum": 0.0, "maximum": 1, "multipleOf": 0.01}), json!([0.03, 1.0])),
            (json!({"minimum": 100, "maximum": 100}), json!([100.0])),
            (json!({"minimum": 5_000_000.0}), json!([5_000_000.0])),
        ] {
            let found = floats(&shape(schema.clone()), &mut Random::new(1, ""));
            assert!(known.as_array().unwrap().iter().all(|number| found.contains(number)), "{schema}: {found:?}");
            let judge = jsonschema::validator_for(&without_flags(schema.clone())).unwrap();
            assert!(found.iter().all(|number| judge.is_valid(number)), "{schema}: {found:?}");
        }
    }

    /// As JSON Schema writes it.
    fn without_flags(mut schema: Value) -> Value {
        for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
            if schema[flag] == json!(true) {
                schema[flag] = schema[bound].clone();
            }
        }
        schema
    }

    #[test]
    fn strings_keep_to_length_pattern_and_place() {
        for schema in
            [json!({"minLength": 3, "maxLength": 5}), json!({"pattern": "^[a-z]{2,4}-\\d+(x|y)?$"}), json!({"format": "date-time"})]
        {
            assert!(strings(&shape(schema.clone()), Place::Body, &mut Random::new(1, "")).len() > 2, "{schema}");
        }
        for place in [Place::Path, Place::Header, Place::Cookie, Place::Packed, Place::Listed, Place::Apart, Place::Query] {
            let found = strings(&shape(json!({})), place, &mut Random::new(1, ""));
            assert!(found.len() > 3 && found.iter().all(|text| carriable(text, place)), "{place:?}");
        }
        assert_eq!(strings(&shape(json!({"maxLength": 0})), Place::Path, &mut Random::new(1, "")), [""; 0]);
    }
}
