//! Cuts `multipart/form-data` (RFC 7578, RFC 2046) into parts while it arrives. It holds no more than one chunk and what
//! may be the beginning of a boundary, and must not know what becomes of a part.

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, HeaderName, HeaderValue};
use memchr::memmem::{Finder, find};

use super::is_own;

/// How long the head of a part may be.
const MAX_HEAD: usize = 16 * 1024;

/// What comes next in a form.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Event {
    /// A part begins.
    Head(Head),
    /// More of its content.
    Content(Bytes),
    /// It is over.
    End,
    /// So is the form.
    Done,
    /// Nothing, before the next chunk is here.
    More,
}

/// What the head of a part says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    pub name: Option<String>,
    /// `Content-ID` without its brackets.
    pub id: Option<String>,
    pub file_name: Option<String>,
    pub content_type: Option<String>,
    /// Whatever else the head says.
    pub headers: HeaderMap,
}

/// Takes chunks and gives events.
pub(super) struct Splitter {
    delimiter: Finder<'static>,
    buffer: BytesMut,
    stage: Stage,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    Preamble,
    /// After a boundary, before the end of its line.
    Boundary,
    Head,
    Content,
    Epilogue,
}

impl Splitter {
    /// `content_type` holds the boundary.
    pub(super) fn new(content_type: &str) -> Result<Self, &'static str> {
        let boundary = parameter(content_type, "boundary").filter(|text| !text.is_empty()).ok_or("the content type has no boundary")?;
        let delimiter = Finder::new(&format!("\r\n--{boundary}")).into_owned();
        // The first boundary may stand at the very beginning.
        Ok(Self { delimiter, buffer: BytesMut::from(&b"\r\n"[..]), stage: Stage::Preamble })
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        if self.stage != Stage::Epilogue {
            self.buffer.extend_from_slice(chunk);
        }
    }

    /// The next event; an error says what is wrong with the form, in words.
    pub(super) fn next(&mut self) -> Result<Event, &'static str> {
        loop {
            let moved = match self.stage {
                Stage::Preamble => self.preamble(),
                Stage::Boundary => match self.boundary()? {
                    Some(stage) => {
                        self.stage = stage;
                        true
                    }
                    None => false,
                },
                Stage::Head => return self.head(),
                Stage::Content => return Ok(self.content()),
                Stage::Epilogue => return Ok(Event::Done),
            };
            if !moved {
                return Ok(Event::More);
            }
        }
    }

    /// What may still be the beginning of a boundary.
    fn tail(&self) -> usize {
        self.delimiter.needle().len().saturating_sub(1).min(self.buffer.len())
    }

    fn preamble(&mut self) -> bool {
        let found = self.delimiter.find(&self.buffer);
        match found {
            Some(at) => {
                self.buffer.advance(at + self.delimiter.needle().len());
                self.stage = Stage::Boundary;
            }
            None => self.buffer.advance(self.buffer.len() - self.tail()),
        }
        found.is_some()
    }

    /// The rest of the line of a boundary: `--` after the last one, else nothing but blanks.
    fn boundary(&mut self) -> Result<Option<Stage>, &'static str> {
        if self.buffer.len() >= 2 && self.buffer.starts_with(b"--") {
            self.buffer.clear();
            return Ok(Some(Stage::Epilogue));
        }
        let blanks = self.buffer.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        match self.buffer.get(blanks..).unwrap_or_default() {
            [] | [b'\r'] | [b'-'] if blanks < MAX_HEAD => Ok(None),
            [b'\r', b'\n', ..] => {
                // The line break stays: a head without any line ends with the same two.
                self.buffer.advance(blanks);
                Ok(Some(Stage::Head))
            }
            _ => Err("a boundary does not end its line"),
        }
    }

    fn head(&mut self) -> Result<Event, &'static str> {
        match find(&self.buffer, b"\r\n\r\n") {
            Some(end) if end <= MAX_HEAD => {
                let head = head(self.buffer.get(..end).unwrap_or_default())?;
                self.buffer.advance(end + 4);
                // An empty content is followed by the line break of its boundary right away.
                self.stage = Stage::Content;
                Ok(Event::Head(head))
            }
            None if self.buffer.len() <= MAX_HEAD => Ok(Event::More),
            _ => Err("the head of a part is too long"),
        }
    }

    fn content(&mut self) -> Event {
        match self.delimiter.find(&self.buffer) {
            Some(0) => {
                self.buffer.advance(self.delimiter.needle().len());
                self.stage = Stage::Boundary;
                Event::End
            }
            Some(at) => Event::Content(self.buffer.split_to(at).freeze()),
            None => match self.buffer.len() - self.tail() {
                0 => Event::More,
                sure => Event::Content(self.buffer.split_to(sure).freeze()),
            },
        }
    }
}

fn head(text: &[u8]) -> Result<Head, &'static str> {
    let text = std::str::from_utf8(text).map_err(|_| "the head of a part is not UTF-8")?;
    let field = |wanted: &str| {
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(name, _)| name.trim().eq_ignore_ascii_case(wanted)).map(|(_, value)| value.trim())
    };
    let disposition = field("content-disposition").unwrap_or_default();
    let unquoted = |text: String| text.replace("%22", "\"").replace("%0D", "\r").replace("%0A", "\n");
    Ok(Head {
        name: parameter(disposition, "name").map(unquoted),
        id: field("content-id").map(|id| id.trim_start_matches('<').trim_end_matches('>').to_owned()),
        file_name: parameter(disposition, "filename").map(unquoted),
        content_type: field("content-type").map(str::to_owned),
        headers: text.lines().filter_map(other).collect(),
    })
}

/// A line of the head that says neither what the part is called nor what it is; one that HTTP cannot hold is left out.
fn other(line: &str) -> Option<(HeaderName, HeaderValue)> {
    let (name, value) = line.split_once(':')?;
    let name = HeaderName::from_bytes(name.trim().as_bytes()).ok().filter(|name| !is_own(name))?;
    Some((name, HeaderValue::from_str(value.trim()).ok()?))
}

/// A parameter of a header's value: `name="x"` in `form-data; name="x"`. Quotes may hold semicolons; a quote inside of
/// them may come as `\"` (RFC 2616) from those who do not write `%22` (WHATWG).
fn parameter(value: &str, wanted: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (name, after) = rest.trim_start().split_once('=')?;
        let (found, next) = match after.strip_prefix('"') {
            Some(quoted) => {
                let end = quoted.match_indices('"').map(|(at, _)| at).find(|at| !is_escaped(quoted, *at))?;
                (quoted.get(..end)?.replace("\\\"", "\""), quoted.get(end + 1..)?)
            }
            None => {
                let (found, _) = after.split_once(';').unwrap_or((after, ""));
                (found.trim().to_owned(), after.get(found.len()..)?)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(found);
        }
        rest = next.trim_start().strip_prefix(';')?;
    }
}

/// Whether a quote is part of a quoted text: there is a backslash before it, and the text does not end with it. Names
/// of folders end in backslashes, and those who send them do not write two.
fn is_escaped(quoted: &str, at: usize) -> bool {
    let before = quoted.get(..at).unwrap_or_default().ends_with('\\');
    let after = quoted.get(at + 1..).unwrap_or_default().trim_start();
    before && !after.is_empty() && !after.starts_with(';')
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Names and contents, with the body cut into pieces of a size.
    fn split(content_type: &str, body: &[u8], size: usize) -> Result<Vec<(Head, Vec<u8>)>, &'static str> {
        let mut splitter = Splitter::new(content_type)?;
        let mut chunks = body.chunks(size);
        let mut parts: Vec<(Head, Vec<u8>)> = Vec::new();
        loop {
            match splitter.next()? {
                Event::Head(head) => parts.push((head, Vec::new())),
                Event::Content(bytes) => parts.last_mut().unwrap().1.extend_from_slice(&bytes),
                Event::End => {}
                Event::Done => return Ok(parts),
                Event::More => splitter.push(chunks.next().ok_or("the form broke off")?),
            }
        }
    }

    #[test]
    fn parts_are_found_however_the_chunks_are_cut() {
        let body = b"preamble\r\n--x\r\n--B  \r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--B\r\n\
            content-type: image/png\r\nCONTENT-DISPOSITION: form-data; filename=\"a;%22\\\"\\\"; name=\"b \xc3\xbc\"\r\n\r\n\
            \r\n--A\r\n--\r\r\n\r\n--B\r\nContent-Disposition: form-data; name=c; filename=d e\r\n\r\n--B--\r\n--B--\r\n--B\r\nepilogue";
        let head = |name: &str, file_name: Option<&str>, content_type: Option<&str>| Head {
            name: Some(name.to_owned()),
            id: None,
            file_name: file_name.map(str::to_owned),
            content_type: content_type.map(str::to_owned),
            headers: HeaderMap::new(),
        };
        let wanted = vec![
            (head("a", None, None), Vec::new()),
            (head("b ü", Some("a;\"\"\\"), Some("image/png")), b"\r\n--A\r\n--\r\r\n".to_vec()),
            (head("c", Some("d e"), None), b"--B--".to_vec()),
        ];
        for content_type in ["multipart/form-data; charset=utf-8; boundary=\"B\"", "multipart/form-data;boundary=B"] {
            for size in 1..body.len() + 1 {
                assert_eq!(split(content_type, body, size), Ok(wanted.clone()), "{size}");
            }
        }
    }

    #[test]
    fn what_is_no_form_is_said() {
        let long = format!("--B\r\nContent-Disposition: form-data; name={}\r\n\r\nv\r\n--B--", "n".repeat(MAX_HEAD));
        let good = "--B\r\nContent-Disposition: form-data; name=\"t\"\r\n\r\nv\r\n--B--";
        for (content_type, body, message) in [
            ("multipart/form-data", good, "no boundary"),
            ("multipart/form-data; boundary=C", good, "broke off"),
            ("multipart/form-data; boundary=B", "", "broke off"),
            ("multipart/form-data; boundary=B", "--B\r\n", "broke off"),
            ("multipart/form-data; boundary=B", "--Bx\r\n", "does not end its line"),
            ("multipart/form-data; boundary=B", &good[..good.len() - 6], "broke off"),
            ("multipart/form-data; boundary=B", &good[..good.len() - 2], "broke off"),
            ("multipart/form-data; boundary=B", &long, "too long"),
        ] {
            for size in [1, 7, usize::MAX] {
                let found = split(content_type, body.as_bytes(), size).unwrap_err();
                assert!(found.contains(message), "{found}: {body}");
            }
        }
    }
}
