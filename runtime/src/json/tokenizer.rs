//! Tokens of JSON text (RFC 8259): blanks, strings, numbers, words. It must not know what they mean to a type.

use std::borrow::Cow;

use super::error::Error;
use super::number;

/// A place in a JSON text.
#[derive(Debug, Clone)]
pub(super) struct Tokenizer<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Tokenizer<'de> {
    pub(super) fn new(text: &'de str) -> Self {
        Self { text, at: 0 }
    }

    /// Byte offset of what comes next.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// The text from a place that [`Tokenizer::position`] gave up to here.
    pub(super) fn since(&self, position: usize) -> &'de str {
        self.text.get(position..self.at).unwrap_or_default()
    }

    /// Goes back to a place that [`Tokenizer::position`] gave.
    pub(super) fn rewind(&mut self, position: usize) {
        self.at = position;
    }

    /// The first byte of the next token.
    #[inline]
    pub(super) fn peek(&mut self) -> Option<u8> {
        let bytes = self.text.as_bytes();
        loop {
            let byte = *bytes.get(self.at)?;
            match byte {
                b' ' | b'\n' | b'\r' | b'\t' => self.at += 1,
                _ => return Some(byte),
            }
        }
    }

    /// Takes a punctuation mark, if it comes next.
    #[inline]
    pub(super) fn eat(&mut self, mark: u8) -> bool {
        let found = self.peek() == Some(mark);
        if found {
            self.at += 1;
        }
        found
    }

    /// Takes a punctuation mark that has to come next.
    #[inline]
    pub(super) fn expect(&mut self, mark: u8, expected: &str) -> Result<(), Error> {
        if self.eat(mark) { Ok(()) } else { Err(self.error(expected)) }
    }

    /// Takes one of the words `true`, `false`, `null`.
    pub(super) fn word(&mut self, word: &str) -> Result<(), Error> {
        if self.text.get(self.at..).is_some_and(|rest| rest.starts_with(word)) {
            self.at += word.len();
            Ok(())
        } else {
            Err(self.error("a value"))
        }
    }

    /// Takes a number and gives its text.
    #[inline]
    pub(super) fn number(&mut self) -> Result<&'de str, Error> {
        let rest = self.text.get(self.at..).unwrap_or_default();
        match number::length(rest.as_bytes()).and_then(|length| rest.get(..length)) {
            Some(token) => {
                self.at += token.len();
                Ok(token)
            }
            None => Err(self.error("a number")),
        }
    }

    /// Takes a string; it is copied only where it holds escapes.
    // Most of what is read are strings and keys; left alone, the compiler stops inlining it with a caller more.
    #[inline(always)]
    pub(super) fn string(&mut self) -> Result<Cow<'de, str>, Error> {
        self.expect(b'"', "a string")?;
        let start = self.at;
        self.plain();
        let plain = self.text.get(start..self.at).unwrap_or_default();
        if self.text.as_bytes().get(self.at) == Some(&b'"') {
            self.at += 1;
            return Ok(Cow::Borrowed(plain));
        }
        self.escaped(plain.to_owned()).map(Cow::Owned)
    }

    /// Passes over a string without keeping it.
    pub(super) fn skip_string(&mut self) -> Result<(), Error> {
        // Escapes are checked by the same code that reads them; most strings have none and cost no copy.
        self.string().map(drop)
    }

    /// Moves to the next quote, backslash or control character.
    #[inline]
    fn plain(&mut self) {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += plain_length(rest);
    }

    /// The rest of a string from its first escape on.
    fn escaped(&mut self, mut text: String) -> Result<String, Error> {
        loop {
            match self.text.as_bytes().get(self.at) {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(text);
                }
                Some(b'\\') => {
                    self.at += 1;
                    text.push(self.escape()?);
                }
                Some(_) => return Err(self.here("a control character must be escaped in a string")),
                None => return Err(self.here("the text ends inside of a string")),
            }
            let start = self.at;
            self.plain();
            text.push_str(self.text.get(start..self.at).unwrap_or_default());
        }
    }

    fn escape(&mut self) -> Result<char, Error> {
        let character = match self.text.as_bytes().get(self.at) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.here("unknown escape in a string")),
        };
        self.at += 1;
        Ok(character)
    }

    /// `uXXXX`, or a surrogate pair `uXXXX\uXXXX`. Half a pair is no character.
    fn unicode(&mut self) -> Result<char, Error> {
        let first = self.hex()?;
        let code = match first {
            0xD800..=0xDBFF => {
                if self.text.as_bytes().get(self.at) != Some(&b'\\') {
                    return Err(self.here("half a surrogate pair in a string"));
                }
                self.at += 1;
                match self.hex()? {
                    second @ 0xDC00..=0xDFFF => 0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00),
                    _ => return Err(self.here("half a surrogate pair in a string")),
                }
            }
            _ => first,
        };
        char::from_u32(code).ok_or_else(|| self.here("half a surrogate pair in a string"))
    }

    fn hex(&mut self) -> Result<u32, Error> {
        let digits = self.text.get(self.at..self.at + 5).and_then(|text| text.strip_prefix('u'));
        match digits {
            // `from_str_radix` would take a sign.
            Some(digits) if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) => {
                self.at += 5;
                u32::from_str_radix(digits, 16).map_err(|_| self.here("unknown escape in a string"))
            }
            _ => Err(self.here("unknown escape in a string")),
        }
    }

    /// Text that is not JSON: what should stand here.
    #[cold]
    pub(super) fn error(&self, expected: &str) -> Error {
        match self.text.get(self.at..).and_then(|rest| rest.chars().next()) {
            Some(found) => Error::syntax(format!("byte {}: expected {expected}, found {found:?}", self.at)),
            None => Error::syntax(format!("byte {}: expected {expected}, found the end of the text", self.at)),
        }
    }

    #[cold]
    fn here(&self, message: &str) -> Error {
        Error::syntax(format!("byte {}: {message}", self.at))
    }
}

/// How many bytes stand in front of the first quote, backslash or control character. Eight are looked at together:
/// most of a JSON text is the inside of strings.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const HIGH: u64 = ONES * 0x80;
    // A byte that is smaller than `limit` borrows from its highest bit. Only the lowest set bit is exact, and it is enough.
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES * limit) & !word & HIGH;
    let (chunks, rest) = bytes.as_chunks::<8>();
    for (index, chunk) in chunks.iter().enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let found = below(word, 0x20) | below(word ^ (ONES * u64::from(b'"')), 1) | below(word ^ (ONES * u64::from(b'\\')), 1);
        if found != 0 {
            return index * 8 + found.trailing_zeros() as usize / 8;
        }
    }
    let plain = rest.iter().position(|&byte| byte == b'"' || byte == b'\\' || byte < 0x20).unwrap_or(rest.len());
    chunks.len() * 8 + plain
}
