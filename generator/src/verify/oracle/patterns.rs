//! Texts that a pattern matches: drawn from the pattern's own parts, and tried by the judge of schemas where that is not
//! enough to be sure.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use jsonschema::{Draft, Validator};
use regex_syntax::hir::{Class, Hir, HirKind};
use serde_json::{Value, json};

use super::random::Random;

/// How many texts are drawn.
const DRAWN: usize = 16;

/// How many more are drawn where few fit.
const MORE: usize = 48;

/// How many of these are as short as the pattern allows.
const SHORTEST: usize = 4;

/// Texts that are wanted often, for patterns of which nobody knows how to draw.
const COMMON: [&str; 12] = [
    "",
    "a",
    "A",
    "0",
    "1",
    "aa",
    "abc",
    "a1",
    "00000000-0000-0000-0000-000000000000",
    "2024-02-29",
    "a@example.com",
    "https://example.com/",
];

/// Java's classes of ASCII (`java.util.regex.Pattern`), which are not all properties of Unicode.
const CLASSES: [(&str, &str); 12] = [
    ("Lower", "a-z"),
    ("Upper", "A-Z"),
    ("Alpha", "a-zA-Z"),
    ("Digit", "0-9"),
    ("Alnum", "a-zA-Z0-9"),
    ("Punct", "!-/:-@\\[-`{-~"),
    ("Graph", "!-~"),
    ("Print", " -~"),
    ("Blank", " \t"),
    ("Cntrl", "\x00-\x1f\x7f"),
    ("XDigit", "0-9a-fA-F"),
    ("Space", "\\s"),
];

/// A pattern as it can be judged: as it is, or with braces that repeat nothing as text, which browsers take for text, too;
/// `None` if nobody can read it, and nothing is judged by it.
pub fn readable(pattern: &str) -> Option<String> {
    [pattern.to_owned(), with_plain_braces(pattern)].into_iter().find(|pattern| judge(pattern).is_some())
}

thread_local! {
    /// Judges by pattern. To make one takes long (`^.{1,100000}$` a second), and each is asked for with every value.
    static JUDGES: RefCell<HashMap<String, Option<Rc<Validator>>>> = RefCell::default();
}

fn judge(pattern: &str) -> Option<Rc<Validator>> {
    if let Some(known) = JUDGES.with_borrow(|judges| judges.get(pattern).cloned()) {
        return known;
    }
    let schema = json!({"type": "string", "pattern": pattern});
    let made = jsonschema::options().with_draft(Draft::Draft202012).build(&schema).ok().map(Rc::new);
    JUDGES.with_borrow_mut(|judges| judges.insert(pattern.to_owned(), made.clone()));
    made
}

/// Texts of a length that match, as far as they can be found.
pub fn texts(pattern: &str, low: usize, high: usize, random: &mut Random) -> Vec<String> {
    let fits = |text: &String| (low..=high).contains(&text.chars().count());
    let whole = regex_syntax::parse(pattern).ok();
    if let Some(parsed) = &whole {
        let found: Vec<String> = (0..DRAWN).filter_map(|_| sample(parsed, Some(0), random)).filter(fits).collect();
        if found.len() > DRAWN / 2 {
            return found;
        }
    }
    let Some(judge) = judge(pattern) else { return Vec::new() };
    let fits = |text: &String| fits(text) && judge.is_valid(&Value::from(text.as_str()));
    // A pattern that looks around itself is not one that can be drawn from; without that it may still be a hint.
    let parsed = whole.or_else(|| regex_syntax::parse(&plain(pattern)).ok());
    let stretched = (0..MORE).filter_map(|number| {
        // Where only the shortest fits, a draw hardly comes upon it.
        let stretch = (number >= SHORTEST).then(|| low * number / MORE);
        let text = sample(parsed.as_ref()?, stretch, random)?;
        // What has no end may go on.
        let missing = low.saturating_sub(text.chars().count());
        Some([text.clone() + &"x".repeat(missing.min(1000)), text])
    });
    let mut found: Vec<String> = stretched.flatten().filter(&fits).collect();
    if found.is_empty() {
        found.extend(COMMON.iter().map(|text| (*text).to_owned()).filter(&fits));
    }
    found.truncate(DRAWN);
    found
}

fn sample(parsed: &Hir, stretch: Option<usize>, random: &mut Random) -> Option<String> {
    let mut text = String::new();
    draw(parsed, stretch, random, &mut text)?;
    Some(text)
}

/// A pattern without what looks ahead or behind, and with the ranges of ASCII that Java's classes are.
fn plain(pattern: &str) -> String {
    let (mut text, mut rest, mut class) = (String::new(), pattern, false);
    while let Some(next) = rest.chars().next() {
        if !class && ["(?=", "(?!", "(?<=", "(?<!"].iter().any(|start| rest.starts_with(start)) {
            rest = behind_group(rest);
            continue;
        }
        if let Some((name, behind)) = rest.strip_prefix("\\p{").and_then(|rest| rest.split_once('}'))
            && let Some((_, ranges)) = CLASSES.iter().find(|(known, _)| *known == name)
        {
            text.push_str(&if class { (*ranges).to_owned() } else { format!("[{ranges}]") });
            rest = behind;
            continue;
        }
        class = if class { next != ']' } else { next == '[' };
        let length = if next == '\\' { rest.chars().take(2).map(char::len_utf8).sum() } else { next.len_utf8() };
        let (taken, behind) = rest.split_at(length);
        text.push_str(taken);
        rest = behind;
    }
    text
}

/// A pattern with a backslash before each brace that is no `{3}`, `{3,}` or `{3,5}`, and no `\\p{…}`.
fn with_plain_braces(pattern: &str) -> String {
    let (mut text, mut repetition, mut before) = (String::new(), false, ['\0'; 2]);
    for (at, c) in pattern.char_indices() {
        let inside = || pattern.get(at + 1..).and_then(|rest| rest.split_once('}')).map_or("", |(inside, _)| inside);
        let counts =
            |inside: &str| inside.starts_with(|c: char| c.is_ascii_digit()) && inside.chars().all(|c| c.is_ascii_digit() || c == ',');
        let escaped = before[1] == '\\' && before[0] != '\\';
        let class = before[0] == '\\' && matches!(before[1], 'p' | 'P' | 'u' | 'x');
        match c {
            '{' if !escaped => {
                repetition = class || counts(inside());
                text.push_str(if repetition { "" } else { "\\" });
            }
            '}' if !escaped => {
                text.push_str(if repetition { "" } else { "\\" });
                repetition = false;
            }
            _ => {}
        }
        text.push(c);
        before = [before[1], c];
    }
    text
}

/// What comes behind the group that a pattern begins with.
fn behind_group(pattern: &str) -> &str {
    let (mut depth, mut escaped, mut class) = (0_usize, false, false);
    for (at, c) in pattern.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '[' => class = true,
            ']' => class = false,
            '(' if !class => depth += 1,
            ')' if !class => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && !escaped {
            return pattern.get(at + c.len_utf8()..).unwrap_or_default();
        }
    }
    ""
}

/// Adds what one part of a pattern matches; a repetition goes on for as much longer as `stretch` says, or ends at once.
fn draw(part: &Hir, stretch: Option<usize>, random: &mut Random, text: &mut String) -> Option<()> {
    match part.kind() {
        HirKind::Empty | HirKind::Look(_) => Some(()),
        HirKind::Literal(literal) => {
            text.push_str(std::str::from_utf8(&literal.0).ok()?);
            Some(())
        }
        HirKind::Class(Class::Unicode(class)) => {
            // Short of the whole of Unicode, the printable ASCII part of a class is the readable choice.
            let all: Vec<char> = class.ranges().iter().flat_map(|range| (range.start()..=range.end()).take(128)).collect();
            let readable: Vec<char> = all.iter().copied().filter(|c| matches!(c, ' '..='~')).collect();
            let from = if readable.is_empty() { all } else { readable };
            text.push(*from.get(random.below(from.len()))?);
            Some(())
        }
        HirKind::Class(Class::Bytes(_)) => None,
        HirKind::Repetition(repetition) => {
            let most = repetition.max.map_or(i128::MAX, i128::from);
            let low = (i128::from(repetition.min) + stretch.unwrap_or_default() as i128).min(most);
            let high = if stretch.is_none() { low } else { repetition.max.map_or(low + 4, i128::from).min(low + 8) };
            for _ in 0..random.between(low, high) {
                draw(&repetition.sub, stretch, random, text)?;
            }
            Some(())
        }
        HirKind::Capture(capture) => draw(&capture.sub, stretch, random, text),
        HirKind::Concat(parts) => parts.iter().try_for_each(|part| draw(part, stretch, random, text)),
        HirKind::Alternation(parts) => draw(parts.get(random.below(parts.len()))?, stretch, random, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_match_their_patterns_whatever_the_length() {
        for (pattern, low, high) in [
            ("^[A-Z]{3}[0-9]+$", 0, usize::MAX),
            ("^[a-z]*$", 30, 40),
            ("[a-z]", 10, 12),
            ("^(?!-)[a-z-]{2,20}(?<!-)$", 0, usize::MAX),
            ("^(?=.*[0-9])[a-z0-9]{3,9}$", 0, usize::MAX),
            ("^\\d{4}\\/\\w+$", 8, 60),
            ("[\\p{Graph}\\x20]*", 1, 5),
            ("^[\\p{Alnum}\\p{L}]+\\p{Punct}$", 0, 9),
            ("^(a)\\1$", 0, 9),
            (".*[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}.*", 36, 36),
        ] {
            let found = texts(pattern, low, high, &mut Random::new(1, pattern));
            let judge = jsonschema::validator_for(&json!({"pattern": pattern, "minLength": low})).unwrap();
            assert!(!found.is_empty(), "{pattern}");
            assert!(found.iter().all(|text| judge.is_valid(&json!(text)) && text.chars().count() <= high), "{pattern}: {found:?}");
        }
        for (written, read) in [
            ("^{[0-9a-f]{4}(-?x{2,3}){7}}|\\{\\p{L}$", Some("^\\{[0-9a-f]{4}(-?x{2,3}){7}\\}|\\{\\p{L}$")),
            ("^[a-z]{2}$", Some("^[a-z]{2}$")),
            ("(", None),
        ] {
            assert_eq!(readable(written).as_deref(), read, "{written}");
        }
        assert_eq!(texts("(", 0, 9, &mut Random::new(1, "")), [""; 0]);
    }
}
