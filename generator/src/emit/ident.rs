//! Text from the model as Rust identifiers, file names and literals. It knows nothing of types or operations and never panics.

use std::fmt;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, TokenStreamExt};

/// Words that no edition this code is valid on takes as a plain identifier.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn", "else", "enum", "extern", "false",
    "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while",
    "yield",
];

/// Keywords that have no raw form.
const NEVER_RAW: &[&str] = &["self", "Self", "super", "crate"];

/// File stems that mean something to cargo, to rustc, to Windows or to the files that stand beside the groups.
const RESERVED_STEMS: &[&str] = &[
    "api", "lib", "main", "mod", "types", "runtime", "build", "con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "lpt1", "lpt2",
    "lpt3",
];

/// An identifier for a name of the model: `user_id`, `r#type` for `type` or `r#type`, `self_` for `self`.
///
/// The model's names are ready; anything else is mended rather than refused, since emitting cannot fail.
pub(crate) fn ident(name: &str) -> Ident {
    let name = plain(name);
    let span = Span::call_site();
    if KEYWORDS.contains(&name.as_str()) { Ident::new_raw(&name, span) } else { Ident::new(&name, span) }
}

/// A name in upper case for an associated constant: `USER_ID` for `user_id`.
pub(crate) fn constant(name: &str) -> Ident {
    let name = plain(name);
    let upper: String = name.chars().flat_map(char::to_uppercase).collect();
    ident(&upper)
}

/// Longest stem, in bytes. File systems take 255 for a file's name, and it waits under a longer one until it is whole.
const LONGEST_STEM: usize = 100;

/// The module and file stem for a group or a part of a file: like [`ident`], but never raw, never a special file name,
/// bounded, and ASCII, for rustc looks for no file of another name (E0754).
pub(crate) fn stem(name: &str) -> String {
    let name = plain(name);
    let mut ascii = String::new();
    for character in name.chars() {
        if character.is_ascii() {
            ascii.push(character);
        } else {
            ascii.push_str(&format!("u{:x}", u32::from(character)));
        }
    }
    ascii.truncate(LONGEST_STEM);
    let name = ascii;
    if KEYWORDS.contains(&name.as_str()) || RESERVED_STEMS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// A name that is written as an identifier, and that (unlike an identifier) may be shared between threads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name(String);

impl Name {
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }
}

impl ToTokens for Name {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(ident(&self.0));
    }
}

impl fmt::Display for Name {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        ident(&self.0).fmt(formatter)
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

/// The name as text that is an identifier or a keyword with a raw form.
fn plain(name: &str) -> String {
    let name = name.strip_prefix("r#").unwrap_or(name);
    if NEVER_RAW.contains(&name) {
        return format!("{name}_");
    }
    if is_identifier(name) {
        return name.to_owned();
    }
    let mut mended: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    if mended.is_empty() || mended.starts_with(|c: char| c.is_ascii_digit()) || mended.chars().all(|c| c == '_') {
        mended.insert_str(0, "x_");
    }
    mended
}

fn is_identifier(name: &str) -> bool {
    let ascii = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if ascii {
        return !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit()) && name.chars().any(|c| c != '_');
    }
    // Beyond ASCII the parser knows the Unicode tables; keywords are ASCII and were let through above.
    syn::parse_str::<Ident>(name).is_ok_and(|parsed| parsed == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_becomes_an_identifier() {
        for (name, expected) in [
            ("user_id", "user_id"),
            ("type", "r#type"),
            ("r#type", "r#type"),
            ("gen", "r#gen"),
            ("self", "self_"),
            ("Self", "Self_"),
            ("crate", "crate_"),
            ("super", "super_"),
            ("r#self", "self_"),
            ("_", "x__"),
            ("", "x_"),
            ("r#", "x_"),
            ("9lives", "x_9lives"),
            ("a-b c", "a_b_c"),
            ("größe", "größe"),
            ("名", "名"),
            ("a💥", "a_"),
            ("💥", "x__"),
            ("union", "union"),
            ("a\u{0}\"", "a__"),
        ] {
            let made = ident(name).to_string();
            assert_eq!(made, expected, "{name:?}");
            assert!(syn::parse_str::<syn::Ident>(&made).is_ok(), "{made}");
        }
    }

    #[test]
    fn stems_are_neither_raw_nor_special() {
        for (name, expected) in [
            ("status", "status"),
            ("mod", "mod_"),
            ("api", "api_"),
            ("lib", "lib_"),
            ("self", "self_"),
            ("aux", "aux_"),
            ("", "x_"),
            ("名a", "u540da"),
        ] {
            assert_eq!(stem(name), expected);
        }
        assert_eq!(stem(&"名".repeat(100)).len(), LONGEST_STEM);
        assert_eq!(constant("r#type").to_string(), "TYPE");
        assert_eq!(constant("self").to_string(), "SELF_");
    }
}
