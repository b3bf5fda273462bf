//! One path segment as it came over the wire: percent-decoding, and cutting a template's fixed ends off. Knows no routes.

#[cfg(feature = "server")]
use std::borrow::Cow;

#[cfg(feature = "server")]
use percent_encoding::percent_decode_str;

use crate::operation::Segment;

/// Splits a path (`/a/b/`) into its raw segments (`a`, `b`, ``), or `None` if it does not start with a slash.
///
/// A slash that is percent-encoded stays inside its segment: splitting comes before decoding (RFC 3986, section 2.4).
#[cfg(feature = "server")]
pub(super) fn split(path: &str) -> Option<Vec<&str>> {
    Some(path.strip_prefix('/')?.split('/').collect())
}

/// The text of a raw segment, or `None` for a broken escape or bytes that are not UTF-8.
#[cfg(feature = "server")]
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

/// How many ways of cutting a segment are looked at, and for how many steps.
const MOST_SPLITS: usize = 64;
const MOST_STEPS: usize = 20_000;

/// The ways to cut a raw segment into values with these texts before, between and behind them. Earlier values take as much
/// as they can, as `{name}.{extension}` is meant.
pub(super) fn splits<'p>(raw: &'p str, texts: &[impl AsRef<str>]) -> Vec<Vec<&'p str>> {
    let [prefix, between @ .., suffix] = texts else { return Vec::new() };
    let mut found = Vec::new();
    if let Some(rest) = strip(raw, prefix.as_ref(), suffix.as_ref()) {
        let between: Vec<&str> = between.iter().map(AsRef::as_ref).collect();
        let mut steps = MOST_STEPS;
        cut(rest, &between, &mut Vec::new(), &mut found, &mut steps);
    }
    found
}

fn cut<'p>(rest: &'p str, between: &[&str], values: &mut Vec<&'p str>, found: &mut Vec<Vec<&'p str>>, steps: &mut usize) {
    let Some((text, between)) = between.split_first() else {
        // No client can send an empty value: `/users/` is not `/users/{id}`.
        if !rest.is_empty() {
            found.push(values.iter().copied().chain([rest]).collect());
        }
        return;
    };
    for at in boundaries(rest).into_iter().rev() {
        *steps = steps.saturating_sub(1);
        if *steps == 0 || found.len() >= MOST_SPLITS {
            return;
        }
        let Some((value, behind)) = rest.split_at_checked(at) else { continue };
        if let Some(after) = strip_prefix(behind, text) {
            values.push(value);
            cut(after, between, values, found, steps);
            values.pop();
        }
    }
}

/// Where a raw text may be cut behind its first character, an escape being one.
fn boundaries(raw: &str) -> Vec<usize> {
    let mut inside: usize = 0;
    let mut found = Vec::new();
    for (at, character) in raw.char_indices() {
        if inside == 0 && at > 0 {
            found.push(at);
        }
        inside = if character == '%' && inside == 0 { 2 } else { inside.saturating_sub(1) };
    }
    found
}

/// The way to cut a raw segment that a template's parameters want: the first one that all of them take, else the first.
pub(crate) fn values(segment: Segment, raw: &str) -> Option<Vec<&str>> {
    let found = splits(raw, &segment.texts());
    let parameters = segment.parameters();
    let fits = |values: &&Vec<&str>| parameters.iter().zip(values.iter()).all(|((_, takes), value)| takes.fits(value));
    found.iter().find(fits).or(found.first()).cloned()
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

#[cfg(feature = "server")]
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

#[cfg(all(test, feature = "server"))]
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
    fn several_values_are_cut_the_earlier_ones_as_long_as_they_can_be() {
        for (raw, texts, first) in [
            ("a-b", &["", "-", ""][..], Some(vec!["a", "b"])),
            ("a-b-c", &["", "-", ""], Some(vec!["a-b", "c"])),
            ("1.5,-2%2C5", &["", ",", ""], Some(vec!["1.5,-2", "5"])),
            ("f(a='x',b=7)", &["f(a='", "',b=", ")"], Some(vec!["x", "7"])),
            ("a%2Db", &["", "-", ""], Some(vec!["a", "b"])),
            ("v1.json", &["v", "", "json"], Some(vec!["1", "."])),
            ("a%2Fb", &["", "", ""], Some(vec!["a%2F", "b"])),
            ("a-", &["", "-", ""], None),
            ("-b", &["", "-", ""], None),
            ("ab", &["", "-", ""], None),
            ("ü-ö", &["", "-", ""], Some(vec!["ü", "ö"])),
        ] {
            assert_eq!(splits(raw, texts).first().cloned(), first, "{raw}");
        }
        assert_eq!(splits("a-b-c", &["", "-", ""]), [["a-b", "c"], ["a", "b-c"]]);
        // Hostile text costs a known number of steps.
        let long = "=".repeat(60_000);
        assert!(splits(&long, &["", "=", "=", "x", ""]).is_empty());
        assert_eq!(splits(&long, &["", "=", ""]).len(), MOST_SPLITS);
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
