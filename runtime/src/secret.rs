//! Text that must not be shown: passwords, tokens, keys.

use std::fmt;

use crate::json::{Error, Json, Reader, Writer};

/// Text that `Debug` does not show (`format: password`, credentials). There is no `Display`.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself; the name is meant to be seen in a review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The text itself, owned.
    pub fn into_exposed(self) -> String {
        self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[redacted]")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl Json for Secret {
    const IS_SECRET: bool = true;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        Ok(Self(reader.secret_string()?))
    }

    fn write(&self, writer: &mut Writer) {
        writer.string(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_does_not_show_the_text() {
        assert_eq!(format!("{:?}", Secret::new("open sesame")), "[redacted]");
        assert_eq!(format!("{:?}", Some(Secret::new("open sesame"))), "Some([redacted])");
    }
}
