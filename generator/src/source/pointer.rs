//! JSON Pointer (RFC 6901).

use std::fmt;

/// A JSON pointer, kept in its escaped text form: `/paths/~1users/get`. The root is the empty text.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self::default()
    }

    /// Reads a pointer as it stands behind `#` in a `$ref`; `None` if it is not empty and does not start with `/`.
    pub fn parse(text: &str) -> Option<Self> {
        (text.is_empty() || text.starts_with('/')).then(|| Self(text.to_owned()))
    }

    /// The child under a key or an index.
    #[must_use]
    pub fn child(&self, key: impl fmt::Display) -> Self {
        let mut pointer = self.clone();
        pointer.push(key);
        pointer
    }

    /// Goes one step down, to the child under a key or an index.
    pub fn push(&mut self, key: impl fmt::Display) {
        let key = key.to_string();
        self.0.reserve(key.len() + 1);
        self.0.push('/');
        for character in key.chars() {
            match character {
                '~' => self.0.push_str("~0"),
                '/' => self.0.push_str("~1"),
                other => self.0.push(other),
            }
        }
    }

    /// Several children at once: `root.join(["components", "schemas"])`.
    #[must_use]
    pub fn join<'a>(&self, keys: impl IntoIterator<Item = &'a str>) -> Self {
        keys.into_iter().fold(self.clone(), |pointer, key| pointer.child(key))
    }

    /// The pointer without its last step; `None` for the root.
    pub fn parent(&self) -> Option<Self> {
        self.0.rfind('/').map(|at| Self(self.0.get(..at).unwrap_or_default().to_owned()))
    }

    /// Whether this is the other one, or a place inside of it.
    pub fn is_within(&self, other: &Self) -> bool {
        self.0.strip_prefix(other.0.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Unescaped steps.
    pub fn steps(&self) -> impl Iterator<Item = String> + '_ {
        self.0.split('/').skip(1).map(|step| step.replace("~1", "/").replace("~0", "~"))
    }

    /// The last step, unescaped; `None` for the root.
    pub fn last(&self) -> Option<String> {
        self.0.rsplit_once('/').map(|(_, step)| step.replace("~1", "/").replace("~0", "~"))
    }

    /// The escaped text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Pointer;

    #[test]
    fn steps_are_escaped_and_unescaped() {
        for (steps, text) in [
            (&[][..], ""),
            (&["paths", "/users/{id}", "get"][..], "/paths/~1users~1{id}/get"),
            (&["a~b", ""][..], "/a~0b/"),
            (&["~1"][..], "/~01"),
        ] {
            let pointer = Pointer::root().join(steps.iter().copied());
            assert_eq!(pointer.as_str(), text);
            assert_eq!(pointer.steps().collect::<Vec<_>>(), steps);
        }
    }
}
