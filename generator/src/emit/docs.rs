//! The document's words as Rust doc comments. CommonMark goes in, CommonMark comes out that rustdoc can neither run as code
//! nor take for links, HTML or anything else to warn about. It knows nothing of the model.

use proc_macro2::TokenStream;
use quote::quote;

/// A line with more backticks than this is not searched for code spans, so that hostile text stays linear.
const MAX_BACKTICKS: usize = 256;

/// Doc attributes for one item: `#[doc = " line"]` each, which print as `/// line`.
pub(crate) fn attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| padded(line));
    quote!(#(#[doc = #lines])*)
}

/// The same for a crate or module: `#![doc = " line"]`.
pub(crate) fn inner_attributes(lines: &[String]) -> TokenStream {
    let lines = lines.iter().map(|line| padded(line));
    quote!(#(#![doc = #lines])*)
}

fn padded(line: &str) -> String {
    if line.is_empty() { String::new() } else { format!(" {line}") }
}

/// A heading line of ours, then the document's words, if it has any.
pub(crate) fn with_lead(lead: String, text: Option<&str>) -> Vec<String> {
    let mut lines = vec![lead];
    let words = text.map(clean).unwrap_or_default();
    if !words.is_empty() {
        lines.push(String::new());
        lines.extend(words);
    }
    lines
}

/// The document's words, or a line of ours where it has none.
pub(crate) fn or_else(text: Option<&str>, fallback: impl FnOnce() -> String) -> Vec<String> {
    let words = text.map(clean).unwrap_or_default();
    if words.is_empty() { vec![fallback()] } else { words }
}

/// Any text as an inline code span: `` `a` ``.
pub(crate) fn code(text: &str) -> String {
    let text: String = characters(text).chars().map(|c| if c == '\n' { ' ' } else { c }).collect();
    let text = text.trim();
    if text.is_empty() {
        return "(empty)".to_owned();
    }
    let fence = "`".repeat(longest_run(text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Any text as one line of prose.
pub(crate) fn line(text: &str) -> String {
    clean(text).join(" ").trim().to_owned()
}

/// The document's words as lines of CommonMark that rustdoc takes quietly.
///
/// Code blocks become `text` blocks, nothing stays indented by four, lists keep one level of nesting, brackets and angle brackets
/// lose their meaning unless they are a link to the web, and bare addresses become links.
pub(crate) fn clean(text: &str) -> Vec<String> {
    let text = characters(text);
    let mut writer = Lines::default();
    for line in text.split('\n') {
        writer.line(line);
    }
    writer.finish()
}

/// Replaces line ends of every kind by `\n` and tabs by spaces, and drops what cannot be seen.
fn characters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => out.push('\n'),
            '\t' => out.push_str("    "),
            // Zero-width and bidirectional marks: rustc refuses the latter in comments.
            '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {}
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut current = 0;
    for c in text.chars() {
        current = if c == wanted { current + 1 } else { 0 };
        longest = longest.max(current);
    }
    longest
}

/// What the last line was, as far as the next one depends on it.
#[derive(Clone, Copy, PartialEq, Eq, Default)]
enum Last {
    /// Nothing that a line could continue.
    #[default]
    Closed,
    /// Text of a paragraph.
    Paragraph,
    /// An item of a list (its marker's last character) or a line of a quote: further text is appended to it.
    Marked(char),
}

/// An open code block.
struct Fence {
    marker: char,
    length: usize,
    indent: usize,
    quoted: bool,
    lines: Vec<String>,
}

/// Block structure, line by line.
#[derive(Default)]
struct Lines {
    out: Vec<String>,
    last: Last,
    fence: Option<Fence>,
}

impl Lines {
    fn line(&mut self, line: &str) {
        let Some(fence) = &mut self.fence else { return self.block(line) };
        let mut content = line;
        if fence.quoted {
            match line.trim_start().strip_prefix('>') {
                Some(rest) => content = rest.strip_prefix(' ').unwrap_or(rest),
                None => {
                    self.close();
                    return self.block(line);
                }
            }
        }
        let trimmed = content.trim();
        if trimmed.len() >= fence.length && trimmed.chars().all(|c| c == fence.marker) {
            return self.close();
        }
        let indent = content.chars().take_while(|c| *c == ' ').count().min(fence.indent);
        fence.lines.push(content.get(indent..).unwrap_or_default().trim_end().to_owned());
    }

    /// Writes the open code block as one that rustdoc shows and never runs.
    fn close(&mut self) {
        let Some(fence) = self.fence.take() else { return };
        let longest = fence.lines.iter().map(|line| longest_run(line, '`')).max().unwrap_or(0);
        let ticks = "`".repeat((longest + 1).max(3));
        self.gap();
        self.out.push(format!("{ticks}text"));
        self.out.extend(fence.lines);
        self.out.push(ticks);
        self.out.push(String::new());
        self.last = Last::Closed;
    }

    fn gap(&mut self) {
        if self.out.last().is_some_and(|line| !line.is_empty()) {
            self.out.push(String::new());
        }
        self.last = Last::Closed;
    }

    fn push(&mut self, line: String, last: Last) {
        self.out.push(line);
        self.last = last;
    }

    fn block(&mut self, line: &str) {
        let indent = line.chars().take_while(|c| *c == ' ').count();
        let text = collapse(line);
        if text.is_empty() {
            return self.gap();
        }
        if is_rule(&text) {
            // Behind an item it would be read as part of it, or make it a heading.
            if matches!(self.last, Last::Marked(_)) {
                self.gap();
            }
            return self.push(text.replace(' ', ""), Last::Closed);
        }
        let (markers, rest) = markers(&text);
        if let Some((marker, length)) = opening_fence(rest) {
            self.fence = Some(Fence { marker, length, indent, quoted: markers.starts_with('>'), lines: Vec::new() });
            return;
        }
        let written = inline(rest);
        let Some(kind) = markers.chars().rfind(|c| *c != ' ') else { return self.plain(&text, written) };
        match self.last {
            // Within a quote, text behind a list item: part of the item.
            Last::Marked(previous) if previous != '>' && kind == '>' && markers.chars().all(|c| c == '>' || c == ' ') => {
                return self.append(&written);
            }
            Last::Marked(previous) if previous == kind => {}
            Last::Closed => {}
            Last::Paragraph | Last::Marked(_) => self.gap(),
        }
        let nested = if indent >= 2 && kind != '>' { "  " } else { "" };
        self.push(format!("{nested}{markers}{written}"), Last::Marked(kind));
    }

    fn plain(&mut self, text: &str, written: String) {
        let heading = text.trim_start_matches('#');
        let level = text.len() - heading.len();
        if (1..=6).contains(&level) && (heading.is_empty() || heading.starts_with(' ')) {
            self.gap();
            self.push(written, Last::Closed);
            return self.gap();
        }
        match self.last {
            Last::Marked(_) if text.starts_with('|') => {
                self.gap();
                self.push(written, Last::Paragraph);
            }
            Last::Marked(_) => self.append(&written),
            Last::Closed | Last::Paragraph => self.push(written, Last::Paragraph),
        }
    }

    fn append(&mut self, text: &str) {
        if let Some(last) = self.out.last_mut() {
            last.push(' ');
            last.push_str(text);
        }
    }

    fn finish(mut self) -> Vec<String> {
        self.close();
        let mut out = self.out;
        while out.last().is_some_and(String::is_empty) {
            out.pop();
        }
        out
    }
}

/// One space between words, none around them.
fn collapse(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for word in line.split_whitespace() {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// `---`, `* * *`, `===`: a rule, or the underline of a heading.
fn is_rule(text: &str) -> bool {
    let mut marks = text.chars().filter(|c| *c != ' ');
    let Some(first) = marks.next() else { return false };
    let same = marks.all(|c| c == first);
    let count = text.chars().filter(|c| *c != ' ').count();
    same && ((matches!(first, '-' | '*' | '_') && count >= 3) || (matches!(first, '=' | '-') && !text.contains(' ')))
}

/// Splits `> - text` into its markers (`> - `) and the text. A marker with nothing behind it is text.
fn markers(text: &str) -> (&str, &str) {
    let mut rest = text;
    // Nobody nests deeper on one line; parsers slow down when somebody does.
    for _ in 0..4 {
        let next = if let Some(quoted) = rest.strip_prefix('>') {
            quoted.strip_prefix(' ')
        } else {
            let digits = rest.chars().take_while(char::is_ascii_digit).count();
            let behind = rest.get(digits..).unwrap_or_default();
            match behind.chars().next() {
                Some('-' | '*' | '+') if digits == 0 => behind.get(1..).unwrap_or_default().strip_prefix(' '),
                Some('.' | ')') if (1..=9).contains(&digits) => behind.get(1..).unwrap_or_default().strip_prefix(' '),
                _ => None,
            }
        };
        match next {
            Some(next) if !next.is_empty() => rest = next,
            _ => break,
        }
    }
    text.split_at_checked(text.len() - rest.len()).unwrap_or(("", text))
}

/// The character and the length of a fence that opens here.
fn opening_fence(text: &str) -> Option<(char, usize)> {
    let marker = text.chars().next().filter(|c| matches!(c, '`' | '~'))?;
    let length = text.chars().take_while(|c| *c == marker).count();
    let info = text.get(length..).unwrap_or_default();
    (length >= 3 && !(marker == '`' && info.contains('`'))).then_some((marker, length))
}

/// One line of text with everything that rustdoc would take for a link or a tag made literal.
fn inline(text: &str) -> String {
    let spans = text.matches('`').count() <= MAX_BACKTICKS;
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    // `>` at the start of what is left would open a quote.
    if rest.starts_with('>') {
        out.push('\\');
    }
    while let Some(c) = rest.chars().next() {
        let used = match c {
            '\\' if rest.chars().nth(1).is_some_and(|next| next.is_ascii_punctuation()) => verbatim(&mut out, rest, 2),
            '`' => match code_span(rest).filter(|_| spans) {
                Some(length) => verbatim(&mut out, rest, length),
                None => escaped_run(&mut out, rest),
            },
            '<' => match autolink(rest) {
                Some(length) => verbatim(&mut out, rest, length),
                None => escaped(&mut out, c),
            },
            '[' => match web_link(rest) {
                Some(length) => verbatim(&mut out, rest, length),
                None => escaped(&mut out, c),
            },
            // An image would be fetched by whoever reads the docs: leave a link.
            '!' if rest.get(1..).is_some_and(|rest| web_link(rest).is_some()) => 1,
            ']' | '~' => escaped(&mut out, c),
            'h' if rest.starts_with("http://") || rest.starts_with("https://") => bare_url(&mut out, rest),
            c => {
                out.push(c);
                c.len_utf8()
            }
        };
        rest = rest.get(used..).unwrap_or_default();
    }
    out
}

fn verbatim(out: &mut String, rest: &str, length: usize) -> usize {
    out.push_str(rest.get(..length).unwrap_or_default());
    length
}

fn escaped(out: &mut String, c: char) -> usize {
    out.push('\\');
    out.push(c);
    c.len_utf8()
}

fn escaped_run(out: &mut String, rest: &str) -> usize {
    let length = rest.chars().take_while(|c| *c == '`').count();
    for _ in 0..length {
        out.push_str("\\`");
    }
    length
}

/// Length of the code span that starts here and ends on this line.
fn code_span(rest: &str) -> Option<usize> {
    let ticks = rest.chars().take_while(|c| *c == '`').count();
    let mut at = ticks;
    loop {
        let behind = rest.get(at..)?;
        let start = at + behind.find('`')?;
        let length = rest.get(start..)?.chars().take_while(|c| *c == '`').count();
        if length == ticks {
            let content = rest.get(ticks..start)?;
            // A table would cut the span at the bar, and what is in it would be text again.
            let cut = content.contains('|') && content.contains(['<', '[', ']', ':']);
            return (!cut).then_some(start + length);
        }
        at = start + length;
    }
}

/// Length of `<https://…>`.
fn autolink(rest: &str) -> Option<usize> {
    let end = rest.find('>')?;
    let url = rest.get(1..end)?;
    is_web(url).then_some(end + 1)
}

/// Length of `[text](https://…)`.
fn web_link(rest: &str) -> Option<usize> {
    let close = rest.find(']')?;
    let text = rest.get(1..close)?;
    if text.is_empty() || text.contains(['[', '`', '|', '<', '\\']) {
        return None;
    }
    let url = rest.get(close + 1..)?.strip_prefix('(')?;
    let url = url.get(..url.find(')')?)?;
    is_web(url).then_some(close + url.len() + 3)
}

fn is_web(url: &str) -> bool {
    let address = ["https://", "http://", "mailto:"].iter().find_map(|scheme| url.strip_prefix(scheme));
    address.is_some_and(|address| !address.is_empty())
        && !url.contains(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '|' | '`' | '\\'))
}

/// Writes an address that stands in the text as a link, and gives the length that was used.
fn bare_url(out: &mut String, rest: &str) -> usize {
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '|' | '`' | '\\' | '"'));
    let url = rest.get(..end.unwrap_or(rest.len())).unwrap_or_default();
    let url = url.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', '*', '_']);
    if is_web(url) {
        out.push('<');
        out.push_str(url);
        out.push('>');
        url.len()
    } else {
        verbatim(out, rest, "http".len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_neutralised() {
        for (text, expected) in [
            ("", ""),
            ("Plain words.", "Plain words."),
            ("  \n\n a \r\n b \n\n\n c ", "a\nb\n\nc"),
            // code is shown, never run
            ("```\nlet x = 1;\n```", "```text\nlet x = 1;\n```"),
            ("```rust\npanic!()", "```text\npanic!()\n```"),
            ("~~~js\n```\nx\n~~~\nafter", "````text\n```\nx\n````\n\nafter"),
            ("a\n\n    panic!()", "a\n\npanic!()"),
            ("\tpanic!()", "panic!()"),
            ("-      panic!()", "- panic!()"),
            (">      panic!()", "> panic!()"),
            ("- ```rust\n  x\n  ```\n- b", "```text\n  x\n```\n\n- b"),
            ("> ```rust\n> x\nout", "```text\nx\n```\n\nout"),
            // links, tags and addresses
            ("see [Status] and [a](crate::b)", r"see \[Status\] and \[a\](crate::b)"),
            ("[docs](https://example.org/a)", "[docs](https://example.org/a)"),
            ("![i](https://example.org/a.png)", "[i](https://example.org/a.png)"),
            ("[x]: https://example.org", r"\[x\]: <https://example.org>"),
            ("a <b>bold</b> <br/>", r"a \<b>bold\</b> \<br/>"),
            ("Vec<String>", r"Vec\<String>"),
            ("`Vec<String>` and `a", "`Vec<String>` and \\`a"),
            ("``a`b`` c`", "``a`b`` c\\`"),
            ("at https://example.org/x.", "at <https://example.org/x>."),
            ("(https://example.org/x) **http://a.b**", "(<https://example.org/x>) **<http://a.b>**"),
            ("<https://example.org>", "<https://example.org>"),
            ("http:// alone", "http:// alone"),
            ("| `a|<b>` |", r"| \`a|\<b>\` |"),
            (r"\[kept\] \x \\<", r"\[kept\] \x \\\<"),
            // blocks
            ("- a\n  b\nc\n- d", "- a b c\n- d"),
            ("- a\n   - b\n      - c", "- a\n  - b\n  - c"),
            ("- a\n2. b", "- a\n\n2. b"),
            ("> a\nb\n> c", "> a b\n> c"),
            ("text\n# Head\nmore", "text\n\n# Head\n\nmore"),
            ("a */ b", "a */ b"),
            ("a\u{0}b\u{202e}c\u{200b}d\u{7f}", "abcd"),
            ("x\u{2028}y\u{85}z", "x\ny\nz"),
        ] {
            assert_eq!(clean(text).join("\n"), expected, "{text:?}");
        }
    }

    #[test]
    fn nothing_stays_indented_or_grows_without_bound() {
        let long = "`<[".repeat(20_000);
        let written = clean(&long).join("\n");
        assert!(written.len() < long.len() * 3);
        for text in ["- - - - - - x", "        a\n\n\n            b", "1.\n        x", ">\n>     x"] {
            for line in clean(text) {
                assert!(!line.contains("    "), "{text:?} gave {line:?}");
            }
        }
    }

    #[test]
    fn code_spans_hold_any_text() {
        for (text, expected) in
            [("a", "`a`"), ("a`b", "``a`b``"), ("`", "`` ` ``"), ("", "(empty)"), ("a\nb", "`a b`"), ("/x/{id}", "`/x/{id}`")]
        {
            assert_eq!(code(text), expected);
        }
    }
}
