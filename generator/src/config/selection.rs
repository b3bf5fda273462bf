//! Which operations of an API are generated, and which schemas are held though no operation needs them: selectors, and what
//! each of them means.

use regex::Regex;

/// What is selected. Without `include` it is everything, less what `exclude` names.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// Only these operations.
    pub include: Vec<Selector>,
    /// Not these operations, whether they are included or not.
    pub exclude: Vec<Selector>,
    /// Schemas that stay without an operation that needs them: names of components, or pointers as the document has them.
    pub keep: Vec<Selector>,
}

impl Selection {
    /// Whether operations are selected at all; otherwise all are generated, and all schemas.
    pub fn is_partial(&self) -> bool {
        !self.include.is_empty() || !self.exclude.is_empty()
    }

    /// Adds what somebody else selects.
    pub fn extend(&mut self, other: &Self) {
        self.include.extend_from_slice(&other.include);
        self.exclude.extend_from_slice(&other.exclude);
        self.keep.extend_from_slice(&other.keep);
    }
}

/// One selector as somebody wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Selector {
    /// The text: `tag:users`, `getUser`, `/users/**`, `GET /users/*`, `callback:userCreated`.
    pub text: String,
    /// Line and column in the configuration, if it stands in one.
    pub position: Option<(usize, usize)>,
}

impl From<&str> for Selector {
    fn from(text: &str) -> Self {
        Self { text: text.to_owned(), position: None }
    }
}

impl From<String> for Selector {
    fn from(text: String) -> Self {
        Self { text, position: None }
    }
}

/// What a selector means. `*` in it stands for any text without a slash, `**` for any text.
#[derive(Debug)]
pub enum Pattern {
    /// `tag:…`: operations that have such a tag.
    Tag(Glob),
    /// `callback:…`: callbacks and webhooks of such a name.
    Callback(Glob),
    /// `/…`, or a method and a path.
    Path(Option<String>, Glob),
    /// Anything else, or `id:…`: operations with such an operationId.
    Id(Glob),
}

impl Pattern {
    /// Reads a selector. Every text means something.
    pub fn read(text: &str) -> Self {
        let text = text.trim();
        if let Some(tag) = text.strip_prefix("tag:") {
            return Self::Tag(Glob::new(tag));
        }
        if let Some(name) = text.strip_prefix("callback:") {
            return Self::Callback(Glob::new(name));
        }
        if let Some(id) = text.strip_prefix("id:") {
            return Self::Id(Glob::new(id));
        }
        if text.starts_with('/') {
            return Self::Path(None, Glob::new(text));
        }
        match text.split_once(' ').map(|(method, path)| (method, path.trim_start())) {
            Some((method, path)) if path.starts_with('/') => Self::Path(Some(method.to_ascii_uppercase()), Glob::new(path)),
            _ => Self::Id(Glob::new(text)),
        }
    }
}

/// A text with `*` and `**` in it.
#[derive(Debug)]
pub struct Glob {
    text: String,
    /// `None` where the text is meant as it stands.
    pattern: Option<Regex>,
}

impl Glob {
    /// Reads a glob. `/users/**` means `/users` too.
    pub fn new(text: &str) -> Self {
        let plain = Self { text: text.to_owned(), pattern: None };
        if !text.contains('*') {
            return plain;
        }
        let (front, end) = text.strip_suffix("/**").map_or((text, ""), |front| (front, "(/.*)?"));
        let any = |part: &str| part.split('*').map(regex::escape).collect::<Vec<_>>().join("[^/]*");
        let whole = front.split("**").map(any).collect::<Vec<_>>().join(".*");
        // A pattern larger than any that is meant is taken by its letters.
        Regex::new(&format!("^(?s:{whole}{end})$")).map_or(plain, |pattern| Self { text: text.to_owned(), pattern: Some(pattern) })
    }

    /// Whether a name is meant.
    pub fn matches(&self, name: &str) -> bool {
        self.pattern.as_ref().map_or(self.text == name, |pattern| pattern.is_match(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stars_stand_for_text() {
        for (glob, yes, no) in [
            ("/users", &["/users"][..], &["/users/", "/users/1", "/user"][..]),
            ("/users/*", &["/users/{id}", "/users/"], &["/users", "/users/{id}/posts"]),
            ("/users/**", &["/users", "/users/{id}", "/users/{id}/posts"], &["/usersx", "/a/users"]),
            ("/**", &["/", "/a", ""], &["a"]),
            ("/**/posts", &["/users/{id}/posts", "/a/posts"], &["/posts/a", "/postsx"]),
            ("/a.{id}*", &["/a.{id}", "/a.{id}:cancel"], &["/ax{id}", "/a.{id}/b"]),
            ("get*", &["getUser", "get"], &["forget", "get/a"]),
            ("**", &["a/b", ""], &[]),
        ] {
            let glob = Glob::new(glob);
            assert!(yes.iter().all(|name| glob.matches(name)), "{glob:?} {yes:?}");
            assert!(!no.iter().any(|name| glob.matches(name)), "{glob:?} {no:?}");
        }
    }

    #[test]
    fn a_selector_says_what_it_selects_by() {
        for (text, kind) in [
            ("tag:users", "Tag"),
            ("callback:userCreated", "Callback"),
            ("/users", "Path(None"),
            ("get /users/*", "Path(Some(\"GET\")"),
            ("GET  /users", "Path(Some(\"GET\")"),
            ("getUser", "Id"),
            ("id:tag:users", "Id"),
            ("get users", "Id"),
            ("", "Id"),
        ] {
            assert!(format!("{:?}", Pattern::read(text)).starts_with(kind), "{text}");
        }
    }
}
