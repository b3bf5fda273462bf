//! JSON bodies. Domain: every value without NaN and infinity.

use bytes::Bytes;

use crate::json::{self, Error, Json, Reading};

/// Writes a value as a JSON body.
///
/// # Errors
/// NaN and infinity have no JSON form.
pub fn encode_json<T: Json>(value: &T) -> Result<Bytes, Error> {
    json::to_vec(value).map(Bytes::from)
}

/// Reads a JSON body; a byte order mark in front of it is ignored (RFC 8259, section 8.1).
///
/// # Errors
/// Broken JSON, or a value that does not fit the type.
pub fn decode_json<'n, T: Json>(body: &[u8], reading: impl Into<Reading<'n>>) -> Result<T, Error> {
    json::from_slice(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body), reading)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Side;

    #[test]
    fn both_directions() {
        let values: Vec<Option<f64>> = vec![None, Some(0.1), Some(-2.0)];
        let body = encode_json(&values).unwrap();
        assert_eq!(&body[..], b"[null,0.1,-2.0]");
        assert_eq!(decode_json::<Vec<Option<f64>>>(&body, Side::Server).unwrap(), values);
        assert_eq!(decode_json::<i64>(b"\xEF\xBB\xBF7", Side::Client).unwrap(), 7);
        assert_eq!(encode_json(&vec![1.0, f64::NAN]).unwrap_err().to_string(), "/1: NaN has no JSON form");
        assert!(decode_json::<i64>(b"", Side::Client).unwrap_err().is_syntax());
    }
}
