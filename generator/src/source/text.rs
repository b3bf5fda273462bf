//! Bytes become text, and text becomes lines. It knows neither YAML nor JSON.

use super::Position;
use super::fault::Fault;
use crate::diagnostic::Code;

/// Reads bytes as UTF-8, without a byte order mark and without NUL. What is not UTF-8 comes back with its faulty bytes replaced,
/// so that the place can be shown, together with the fault.
pub(super) fn decode(bytes: Vec<u8>) -> (String, Option<Fault>) {
    if let Some(name) = foreign_encoding(&bytes) {
        let fault = Fault::new(Code::SOURCE_ENCODING, format!("the file is {name}, not UTF-8")).hint("save the file as UTF-8");
        return (String::new(), Some(fault));
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with(BYTE_ORDER_MARK) {
                text.drain(..BYTE_ORDER_MARK.len_utf8());
            }
            // No parser says what is wrong with it, and nobody sees it.
            let fault = text.find('\0').map(|at| {
                Fault::syntax("a NUL character stands in the text")
                    .hint("remove it; the file may be damaged, or no text at all")
                    .at(position(&text, at))
            });
            (text, fault)
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let byte = error.as_bytes().get(at).copied().unwrap_or_default();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let fault = Fault::new(Code::SOURCE_ENCODING, format!("byte 0x{byte:02x} is not UTF-8"))
                .hint("save the file as UTF-8; it may be Latin-1 or Windows-1252")
                .at(position(&text, at));
            (text, Some(fault))
        }
    }
}

const BYTE_ORDER_MARK: char = '\u{feff}';

/// The encodings that YAML and JSON know beside UTF-8, by mark or by where an ASCII character has its zeros.
fn foreign_encoding(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0, 0, 0xfe, 0xff, ..] | [0xff, 0xfe, 0, 0, ..] | [0, 0, 0, _, ..] | [_, 0, 0, 0, ..] => Some("UTF-32"),
        [0xfe, 0xff, ..] | [0xff, 0xfe, ..] | [0, _, ..] | [_, 0, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// Line and column of a byte offset.
pub(super) fn position(text: &str, offset: usize) -> Position {
    let before = text.get(..offset).unwrap_or(text);
    let lines = line_starts(before);
    let start = lines.last().copied().unwrap_or_default();
    Position { line: lines.len(), column: before.get(start..).map_or(0, |line| line.chars().count()) + 1 }
}

/// Offsets at which lines start; a line ends with `\n`, `\r\n` or `\r`.
pub(super) fn line_starts(text: &str) -> Vec<usize> {
    let bytes = text.as_bytes();
    let breaks = bytes.iter().enumerate().filter(|&(at, &byte)| byte == b'\n' || byte == b'\r' && bytes.get(at + 1) != Some(&b'\n'));
    std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::{decode, line_starts, position};

    #[test]
    fn only_utf8_is_read() {
        for (bytes, expected) in [
            (&b"a: 1"[..], Ok("a: 1")),
            (b"\xef\xbb\xbfa: 1", Ok("a: 1")),
            (b"", Ok("")),
            (b"\xff\xfea\0", Err("the file is UTF-16, not UTF-8")),
            (b"\xfe\xff\0a", Err("the file is UTF-16, not UTF-8")),
            (b"a\0:\0", Err("the file is UTF-16, not UTF-8")),
            (b"\0a\0:", Err("the file is UTF-16, not UTF-8")),
            (b"\xff\xfe\0\0a\0\0\0", Err("the file is UTF-32, not UTF-8")),
            (b"a\0\0\0", Err("the file is UTF-32, not UTF-8")),
            (b"a: caf\xe9", Err("byte 0xe9 is not UTF-8")),
            (b"a: 'b\0c'", Err("a NUL character stands in the text")),
        ] {
            let (text, fault) = decode(bytes.to_vec());
            match expected {
                Ok(expected) => assert!(fault.is_none() && text == expected, "{bytes:?}: {text}"),
                Err(message) => assert!(format!("{fault:?}").contains(message), "{bytes:?}: {fault:?}"),
            }
        }
    }

    #[test]
    fn lines_end_in_three_ways_and_columns_count_characters() {
        let text = "a\nä€x\r\nb\rc\n";
        assert_eq!(line_starts(text), [0, 2, 10, 12, 14]);
        for (offset, line, column) in [(0, 1, 1), (1, 1, 2), (2, 2, 1), (4, 2, 2), (7, 2, 3), (10, 3, 1), (12, 4, 1), (14, 5, 1)] {
            let found = position(text, offset);
            assert_eq!((found.line, found.column), (line, column), "{offset}");
        }
    }
}
