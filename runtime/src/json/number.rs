//! Numbers: the text of a JSON number becomes the exact value or an error, never another value.

use super::error::Error;

/// The digits that an `i128` can have.
const MAX_DIGITS: i64 = 39;

/// The length of the number at the start of `bytes` (RFC 8259, section 6), or `None` where there is none.
pub(super) fn length(bytes: &[u8]) -> Option<usize> {
    let mut at = usize::from(bytes.first() == Some(&b'-'));
    match bytes.get(at)? {
        b'0' => at += 1,
        b'1'..=b'9' => at += digits(bytes, at),
        _ => return None,
    }
    if bytes.get(at) == Some(&b'.') {
        let count = digits(bytes, at + 1);
        if count == 0 {
            return None;
        }
        at += 1 + count;
    }
    if matches!(bytes.get(at), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(at + 1), Some(b'+' | b'-')));
        let count = digits(bytes, at + 1 + sign);
        if count == 0 {
            return None;
        }
        at += 1 + sign + count;
    }
    Some(at)
}

fn digits(bytes: &[u8], from: usize) -> usize {
    bytes.get(from..).unwrap_or_default().iter().take_while(|byte| byte.is_ascii_digit()).count()
}

/// Whether a whole text is one JSON number.
pub(super) fn is_number(text: &str) -> bool {
    length(text.as_bytes()) == Some(text.len())
}

/// What a number is, where it is not a whole number of 128 bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NotWhole {
    /// It has a fraction.
    Fraction,
    /// It has more than 128 bits.
    Range,
}

/// The value of a JSON number that is whole. `1.0` and `1e3` are whole (JSON Schema, section 4.2.3), `1.5` is not.
pub(super) fn whole(token: &str) -> Result<i128, NotWhole> {
    if let Ok(value) = token.parse::<i64>() {
        return Ok(value.into());
    }
    let (negative, text) = token.strip_prefix('-').map_or((false, token), |rest| (true, rest));
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{before}{after}");
    let digits = digits.trim_start_matches('0');
    let significant = digits.trim_end_matches('0');
    if significant.is_empty() {
        return Ok(0);
    }
    // An exponent beyond i64 is as far out of range as one can be, in its own direction.
    let exponent = exponent.parse::<i64>().unwrap_or(if exponent.starts_with('-') { i64::MIN / 2 } else { i64::MAX / 2 });
    let dropped = i64::try_from(digits.len() - significant.len()).unwrap_or(i64::MAX / 4);
    let scale = exponent.saturating_sub(i64::try_from(after.len()).unwrap_or(i64::MAX / 4)).saturating_add(dropped);
    if scale < 0 {
        return Err(NotWhole::Fraction);
    }
    if i64::try_from(significant.len()).unwrap_or(i64::MAX).saturating_add(scale) > MAX_DIGITS {
        return Err(NotWhole::Range);
    }
    let factor = u32::try_from(scale).ok().and_then(|scale| 10_i128.checked_pow(scale));
    // The sign is part of the parsed text: the most negative number has no positive counterpart.
    let value = if negative { format!("-{significant}").parse::<i128>() } else { significant.parse::<i128>() };
    value.ok().zip(factor).and_then(|(value, factor)| value.checked_mul(factor)).ok_or(NotWhole::Range)
}

/// The binary64 number that is nearest to a JSON number.
pub(super) fn float(token: &str) -> Result<f64, Error> {
    match token.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok(value),
        _ => Err(Error::new(format!("number out of range: {}", super::excerpt(token)))),
    }
}

/// Whether a whole number was rounded to become this one.
pub(super) fn is_rounded(token: &str, value: f64) -> bool {
    // 2^53: up to there all of them are exact.
    #[allow(clippy::cast_possible_truncation, reason = "it saturates, and no number of that many digits is exact")]
    let lost = |whole: i128| value as i128 != whole;
    value.abs() >= 9_007_199_254_740_992.0 && token.parse::<i128>().is_ok_and(lost)
}

/// A JSON number as serde_json holds it: exact for 64-bit integers, else the nearest binary64 number.
pub(super) fn tree(token: &str) -> Result<serde_json::Number, Error> {
    if let Ok(value) = token.parse::<u64>() {
        return Ok(value.into());
    }
    if token != "-0"
        && let Ok(value) = token.parse::<i64>()
    {
        return Ok(value.into());
    }
    serde_json::Number::from_f64(float(token)?).ok_or_else(|| Error::new("number out of range"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_that_no_float_holds() {
        for (token, rounded) in [
            ("9007199254740992", false),
            ("9007199254740993", true),
            ("-9007199254740993", true),
            ("9223372036854775807", true),
            ("9223372036854775808", false),
            ("1e300", false),
            ("1.5", false),
        ] {
            assert_eq!(is_rounded(token, float(token).unwrap()), rounded, "{token}");
        }
    }

    #[test]
    fn whole_numbers_in_every_spelling() {
        let cases: &[(&str, Result<i128, NotWhole>)] = &[
            ("0", Ok(0)),
            ("-0", Ok(0)),
            ("-0.0", Ok(0)),
            ("0e999999999999999999999", Ok(0)),
            ("12", Ok(12)),
            ("1.0", Ok(1)),
            ("1e3", Ok(1000)),
            ("1.5e1", Ok(15)),
            ("1500e-2", Ok(15)),
            ("-2.50E+1", Ok(-25)),
            ("1.5", Err(NotWhole::Fraction)),
            ("15e-2", Err(NotWhole::Fraction)),
            ("1e-99999999999999999999", Err(NotWhole::Fraction)),
            ("9223372036854775808", Ok(9_223_372_036_854_775_808)),
            ("18446744073709551615", Ok(u64::MAX.into())),
            ("-170141183460469231731687303715884105728", Ok(i128::MIN)),
            ("170141183460469231731687303715884105728", Err(NotWhole::Range)),
            ("1e38", Ok(10_i128.pow(38))),
            ("1e39", Err(NotWhole::Range)),
            ("1e99999999999999999999", Err(NotWhole::Range)),
        ];
        for (text, expected) in cases {
            assert_eq!(whole(text), *expected, "{text}");
        }
    }

    #[test]
    fn the_grammar_of_numbers() {
        for text in ["0", "-0", "10", "1.5", "1e5", "1E+05", "-1.25e-7"] {
            assert!(is_number(text), "{text}");
        }
        for text in ["", "-", "+1", "01", ".5", "1.", "1e", "1e+", "0x1", "1_000", "NaN", "Infinity", " 1", "1 "] {
            assert!(!is_number(text), "{text}");
        }
    }
}
