//! One path segment as it came over the wire: percent-decoding, and cutting a template's fixed ends off. Knows no routes.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// Splits a path (`/a/b/`) into its raw segments (`a`, `b`, ``), or `None` if it does not start with a slash.
///
/// A slash that is percent-encoded stays inside its segment: splitting comes before decoding (RFC 3986, section 2.4).
pub(super) fn split(path: &str) -> Option<Vec<&str>> {
    Some(path.strip_prefix('/')?.split('/').collect())
}

/// The text of a raw segment, or `None` for a broken escape or bytes that are not UTF-8.
pub(super) fn decode(raw: &str) -> Option<Cow<'_, str>> {
    if !escapes_are_whole(raw) {
        return None;
    }
    percent_decode_str(raw).decode_utf8().ok()
}

/// What is left of a raw segment without a prefix and a suffix that may be percent-encoded themselves.
///
/// The rest stays raw, since the style of the parameter splits it before it is decoded.
pub(super) fn strip<'p>(raw: &'p str, prefix: &str, suffix: &str) -> Option<&'p str> {
    let rest = strip_prefix(raw, prefix)?;
    strip_suffix(rest, suffix)
}

fn strip_prefix<'p>(raw: &'p str, prefix: &str) -> Option<&'p str> {
    let mut at = 0;
    for wanted in prefix.bytes() {
        let (found, length) = match raw.as_bytes().get(at..)? {
            [b'%', high, low, ..] => (hex(*high, *low)?, 3),
            [plain, ..] => (*plain, 1),
            [] => return None,
        };
        if found != wanted {
            return None;
        }
        at += length;
    }
    raw.get(at..)
}

fn strip_suffix<'p>(raw: &'p str, suffix: &str) -> Option<&'p str> {
    let mut end = raw.len();
    for wanted in suffix.bytes().rev() {
        // A percent sign always opens an escape, so reading from the end is unambiguous.
        let (found, length) = match raw.as_bytes().get(..end)? {
            [.., b'%', high, low] => (hex(*high, *low)?, 3),
            [.., plain] => (*plain, 1),
            [] => return None,
        };
        if found != wanted {
            return None;
        }
        end -= length;
    }
    raw.get(..end)
}

fn escapes_are_whole(raw: &str) -> bool {
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (Some(high), Some(low)) = (bytes.next(), bytes.next()) else {
                return false;
            };
            if hex(high, low).is_none() {
                return false;
            }
        }
    }
    true
}

fn hex(high: u8, low: u8) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    u8::try_from(digit(high)? * 16 + digit(low)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_decodes_or_is_refused() {
        for (raw, text) in [
            ("plain", Some("plain")),
            ("", Some("")),
            ("a%2Fb", Some("a/b")),
            ("a+b", Some("a+b")),
            ("%C3%BC", Some("ü")),
            ("%25", Some("%")),
            ("%", None),
            ("%4", None),
            ("%zz", None),
            ("%FF", None),
            ("%C3", None),
        ] {
            assert_eq!(decode(raw).as_deref(), text, "{raw}");
        }
    }

    #[test]
    fn fixed_ends_are_cut_off_whether_encoded_or_not() {
        for (raw, prefix, suffix, rest) in [
            ("a.json", "", ".json", Some("a")),
            ("a%2Ejson", "", ".json", Some("a")),
            ("job:cancel", "", ":cancel", Some("job")),
            ("job%3Acancel", "", ":cancel", Some("job")),
            ("job%3acancel", "", ":cancel", Some("job")),
            ("v1-x", "v", "-x", Some("1")),
            ("%761-x", "v", "-x", Some("1")),
            ("x%20y", "", "", Some("x%20y")),
            (".json", "", ".json", Some("")),
            ("aba", "ab", "ba", None),
            ("json", "", ".json", None),
            ("%C3%BCa", "ü", "", Some("a")),
            ("aü", "", "ü", Some("a")),
        ] {
            assert_eq!(strip(raw, prefix, suffix), rest, "{raw}");
        }
    }

    #[test]
    fn a_path_splits_at_its_slashes_only() {
        for (path, segments) in [
            ("/", Some(vec![""])),
            ("/a", Some(vec!["a"])),
            ("/a/", Some(vec!["a", ""])),
            ("//a", Some(vec!["", "a"])),
            ("/a%2Fb/c", Some(vec!["a%2Fb", "c"])),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(split(path), segments, "{path}");
        }
    }
}
