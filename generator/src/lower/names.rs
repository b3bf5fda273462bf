//! Names: from the document's words to Rust identifiers. Deterministic, never a keyword, never a prelude name,
//! never twice in one scope.

use std::collections::{BTreeSet, HashSet};

use heck::{ToKebabCase, ToSnakeCase, ToUpperCamelCase};
use icu_normalizer::ComposingNormalizerBorrowed;
use unicode_security::GeneralSecurityProfile as _;

/// Names that are taken in one namespace.
#[derive(Debug, Default, Clone)]
pub(super) struct Scope {
    taken: HashSet<String>,
    /// Names that somebody gave.
    given: HashSet<String>,
    /// Those of them that others would have had.
    wanted: BTreeSet<String>,
}

impl Scope {
    /// A scope in which some names are taken from the start.
    pub(super) fn reserving(names: &[&str]) -> Self {
        Self { taken: names.iter().map(|name| (*name).to_owned()).collect(), ..Self::default() }
    }

    /// Takes the name, or the name with the first free number behind it: `Status`, `Status2`, `Status3`.
    pub(super) fn claim(&mut self, wanted: &str) -> String {
        self.claim_with(wanted, &[])
    }

    /// Takes the name together with the names made from it by suffixes, all of which must be free.
    pub(super) fn claim_with(&mut self, wanted: &str, suffixes: &[&str]) -> String {
        let wanted = bounded(wanted);
        self.want(wanted);
        let mut name = wanted.to_owned();
        let mut number = 2_usize;
        while !self.is_free(&name) || suffixes.iter().any(|suffix| !self.is_free(&format!("{name}{suffix}"))) {
            // `list_2`, but `List2`; a digit before the number would read as another number
            let separator = if wanted.ends_with(|c: char| c.is_ascii_digit() || c.is_lowercase()) && !starts_upper(wanted) {
                "_"
            } else if wanted.ends_with(|c: char| c.is_ascii_digit()) {
                "N"
            } else {
                ""
            };
            name = format!("{wanted}{separator}{number}");
            number += 1;
        }
        for suffix in suffixes {
            self.taken.insert(format!("{name}{suffix}"));
        }
        self.taken.insert(name.clone());
        name
    }

    /// Takes the first of several names that is free, else the last one with a number.
    pub(super) fn claim_first(&mut self, wanted: &[String], suffixes: &[&str]) -> String {
        if let Some(first) = wanted.first() {
            self.want(first);
        }
        let free =
            |scope: &Self, name: &str| scope.is_free(name) && suffixes.iter().all(|suffix| scope.is_free(&format!("{name}{suffix}")));
        let name = wanted.iter().find(|name| free(self, bounded(name))).or(wanted.last()).cloned().unwrap_or_default();
        self.claim_with(&name, suffixes)
    }

    /// Takes the name of the variant for what the document does not know.
    pub(super) fn claim_other(&mut self) -> String {
        self.claim_first(&["Other".to_owned(), "Unknown".to_owned(), "OtherValue".to_owned()], &[])
    }

    /// Takes a given name together with those made from it; whether all were free.
    pub(super) fn give(&mut self, name: &str, suffixes: &[&str]) -> bool {
        let mut names: Vec<String> = suffixes.iter().map(|suffix| format!("{name}{suffix}")).collect();
        names.push(name.to_owned());
        let is_free = names.iter().all(|name| self.is_free(name));
        self.taken.extend(names);
        self.given.insert(name.to_owned());
        is_free
    }

    /// Given names that others would have had.
    pub(super) fn wanted(&self) -> impl Iterator<Item = String> + '_ {
        self.wanted.iter().cloned()
    }

    fn want(&mut self, name: &str) {
        if self.given.contains(name) {
            self.wanted.insert(name.to_owned());
        }
    }

    /// Whether nobody has the name.
    pub(super) fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name)
    }
}

/// Longest name in bytes. rustdoc makes a file of every type, and file systems take 255 bytes for a file's name.
const LONGEST: usize = 160;

/// The start of a name that is longer than any name needs to be.
fn bounded(name: &str) -> &str {
    if name.len() <= LONGEST {
        return name;
    }
    let start = (0..=LONGEST).rev().find_map(|end| name.get(..end));
    start.unwrap_or_default().trim_end_matches('_')
}

fn starts_upper(text: &str) -> bool {
    text.starts_with(|c: char| c.is_uppercase())
}

/// Why a text cannot be a name in Rust, if it cannot. Keywords are written raw.
pub(super) fn fault(name: &str) -> Option<&'static str> {
    let mut letters = name.chars();
    let starts = letters.next().is_some_and(|first| first == '_' || unicode_ident::is_xid_start(first));
    if !starts || !letters.all(unicode_ident::is_xid_continue) {
        Some("it is no identifier")
    } else if matches!(name, "_" | "self" | "super" | "crate") {
        Some("the language has it for itself")
    } else if PRELUDE.contains(&name) {
        Some("it would hide what is in scope everywhere")
    } else if name.len() > LONGEST {
        Some("it is too long")
    } else {
        None
    }
}

/// A type, trait or variant name: upper camel case.
pub(super) fn type_name(text: &str) -> String {
    let name = fix_start(&words(text).to_upper_camel_case(), "N");
    if name.is_empty() {
        return symbols(text);
    }
    if PRELUDE.contains(&name.as_str()) { format!("{name}Type") } else { name }
}

/// A variant of an enum: upper camel case. Variants live behind their enum's name, so only `Self` is out of bounds.
pub(super) fn variant_name(text: &str) -> String {
    let name = fix_start(&words(text).to_upper_camel_case(), "N");
    match name.as_str() {
        "" => symbols(text),
        "Self" => "SelfValue".to_owned(),
        _ => name,
    }
}

/// A field, parameter, method or module name: snake case. Keywords are left to be written raw;
/// the four that cannot be raw get an underscore.
pub(super) fn field_name(text: &str) -> String {
    let name = fix_start(&whole_words(text).to_snake_case(), "n");
    match name.as_str() {
        "" => symbols(text).to_snake_case(),
        "self" | "super" | "crate" | "_" => format!("{name}_"),
        _ => name,
    }
}

/// Part of a cargo feature or package name: kebab case, ASCII.
pub(super) fn kebab(text: &str) -> String {
    let name: String = whole_words(text).to_kebab_case().chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
    let name = name.trim_matches('-').to_owned();
    if name.is_empty() { symbols(text).to_kebab_case() } else { name }
}

/// Words that case alone would cut in two: `o_auth`, `i_pv4`.
const ONE_WORD: &[(&str, &str)] = &[
    ("OAuth", "Oauth"),
    ("GitHub", "Github"),
    ("GitLab", "Gitlab"),
    ("GraphQL", "Graphql"),
    ("IPv4", "Ipv4"),
    ("IPv6", "Ipv6"),
    ("iOS", "Ios"),
];

/// As [`words`], for names in which words are set apart.
fn whole_words(text: &str) -> String {
    ONE_WORD.iter().fold(words(text), |text, (written, word)| text.replace(written, word))
}

/// Keeps what may stand in an identifier, turns the rest into word breaks, and spells a sign before a digit:
/// `+1` and `-1` are two names. Characters that are others written in another way become those (NFKC, of which the compiler
/// warns otherwise): `m³` is `m3`, `№` is `No`. What is no letter of everyday writing (UTS 39, of which it warns, too) is left
/// out: `paʿʿel` is `pael`.
fn words(text: &str) -> String {
    let text = &*ComposingNormalizerBorrowed::new_nfkc().normalize(text);
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars().peekable();
    let mut start = true;
    while let Some(character) = characters.next() {
        let before_digit = characters.peek().is_some_and(char::is_ascii_digit);
        match character {
            '+' if before_digit && start => out.push_str("plus "),
            '-' if before_digit && start => out.push_str("minus "),
            '\'' | '’' => {}
            c if unicode_ident::is_xid_continue(c) => out.extend(c.identifier_allowed().then_some(c)),
            _ => out.push(' '),
        }
        start = character.is_whitespace();
    }
    out
}

/// An identifier may not start with a digit, nor with what may only continue one.
fn fix_start(name: &str, prefix: &str) -> String {
    match name.chars().next() {
        Some(first) if !unicode_ident::is_xid_start(first) => format!("{prefix}{name}"),
        _ => name.to_owned(),
    }
}

/// A name for text without a letter or digit: `<=` is `LessEqual`, the empty text is `Empty`.
fn symbols(text: &str) -> String {
    if text.is_empty() {
        return "Empty".to_owned();
    }
    let mut name = String::new();
    for character in text.chars() {
        match SYMBOLS.iter().find(|(symbol, _)| *symbol == character) {
            Some((_, word)) => name.push_str(word),
            None => name.push_str(&format!("U{:x}", u32::from(character))),
        }
    }
    name
}

const SYMBOLS: &[(char, &str)] = &[
    (' ', "Blank"),
    ('!', "Not"),
    ('"', "Quote"),
    ('#', "Hash"),
    ('$', "Dollar"),
    ('%', "Percent"),
    ('&', "And"),
    ('\'', "Apostrophe"),
    ('(', "Open"),
    (')', "Close"),
    ('*', "Star"),
    ('+', "Plus"),
    (',', "Comma"),
    ('-', "Minus"),
    ('.', "Dot"),
    ('/', "Slash"),
    (':', "Colon"),
    (';', "Semicolon"),
    ('<', "Less"),
    ('=', "Equal"),
    ('>', "Greater"),
    ('?', "Question"),
    ('@', "At"),
    ('[', "OpenBracket"),
    ('\\', "Backslash"),
    (']', "CloseBracket"),
    ('^', "Caret"),
    ('_', "Underscore"),
    ('`', "Backtick"),
    ('{', "OpenBrace"),
    ('|', "Or"),
    ('}', "CloseBrace"),
    ('~', "Tilde"),
];

/// What `use generated::*` must not shadow: the prelude of every edition, and `Self`.
const PRELUDE: &[&str] = &[
    "AsMut",
    "AsRef",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Hash",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

#[cfg(test)]
mod tests {
    use super::{Scope, field_name, kebab, type_name, variant_name};

    #[test]
    fn names_follow_the_rust_api_guidelines() {
        for (text, type_, field) in [
            ("user_id", "UserId", "user_id"),
            ("UserPresenceStatus", "UserPresenceStatus", "user_presence_status"),
            ("post-api-v1-users.setStatus", "PostApiV1UsersSetStatus", "post_api_v1_users_set_status"),
            ("X-Auth-Token", "XAuthToken", "x_auth_token"),
            ("_id", "Id", "id"),
            ("$select", "Select", "select"),
            ("2fa", "N2fa", "n2fa"),
            ("+1", "Plus1", "plus_1"),
            ("-1", "Minus1", "minus_1"),
            ("Result", "ResultType", "result"),
            ("option", "OptionType", "option"),
            ("self", "SelfType", "self_"),
            ("type", "Type", "type"),
            ("<=", "LessEqual", "less_equal"),
            ("", "Empty", "empty"),
            ("🚌", "U1f68c", "u1f68c"),
            ("GetOAuthApps", "GetOAuthApps", "get_oauth_apps"),
            ("clientIPv4", "ClientIPv4", "client_ipv4"),
            ("don't", "Dont", "dont"),
            ("größe", "Größe", "größe"),
            ("№ 5", "No5", "no_5"),
            ("nº", "No", "no"),
            ("m³", "M3", "m3"),
            ("½", "N12", "n1_2"),
            ("ﬁle", "File", "file"),
            ("paʿʿel", "Pael", "pael"),
            ("ʿ", "U2bf", "u2bf"),
        ] {
            assert_eq!((type_name(text).as_str(), field_name(text).as_str()), (type_, field), "{text:?}");
        }
        assert_eq!(variant_name("ok"), "Ok");
        assert_eq!(variant_name("self"), "SelfValue");
        assert_eq!(kebab("Content Flagging"), "content-flagging");
        assert_eq!(kebab("OAuth apps"), "oauth-apps");
        assert_eq!(kebab("🚌"), "u1f68c");
    }

    #[test]
    fn a_scope_gives_each_name_once() {
        let mut scope = Scope::reserving(&["Client"]);
        assert_eq!(scope.claim("Status"), "Status");
        assert_eq!(scope.claim("Status"), "Status2");
        assert_eq!(scope.claim("Client"), "Client2");
        assert_eq!(scope.claim("V1"), "V1");
        assert_eq!(scope.claim("V1"), "V1N2");
        assert_eq!(scope.claim("item"), "item");
        assert_eq!(scope.claim("item"), "item_2");
        assert_eq!(scope.claim_with("GetStatus", &["Response"]), "GetStatus");
        assert_eq!(scope.claim("GetStatusResponse"), "GetStatusResponse2");
        assert_eq!(scope.claim_first(&["Status".into(), "StatusRequest".into()], &["Response"]), "StatusRequest");
        let long = "ü".repeat(200);
        assert_eq!(scope.claim(&long), "ü".repeat(80));
        assert_eq!(scope.claim_first(&[long.clone(), long], &["Response"]), format!("{}_2", "ü".repeat(80)));
        assert_eq!(scope.claim("self_"), "self_");
    }
}
