//! `undeclared`: what becomes of properties that the document does not declare.

use std::collections::BTreeMap;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};

use super::nearest_of;

/// What becomes of the undeclared properties of a schema's objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undeclared {
    /// JSON pointer of the schema in the document as written, as for [`Rename`](super::Rename); empty for the whole API.
    pub pointer: String,
    /// Whether they are kept and written back.
    pub keep: bool,
    /// Line and column in the configuration, if it stands in one.
    pub position: Option<(usize, usize)>,
}

/// As TOML has it: one word for all, or one for each schema.
pub(super) enum Written {
    All(String),
    Each(BTreeMap<toml::Spanned<String>, String>),
}

// Not derived as an untagged enum: that would lose where the keys stand.
impl<'de> Deserialize<'de> for Written {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(WrittenVisitor)
    }
}

struct WrittenVisitor;

impl<'de> Visitor<'de> for WrittenVisitor {
    type Value = Written;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("`keep`, `drop`, or a table from JSON pointers to one of them")
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Written, E> {
        Ok(Written::All(word.to_owned()))
    }

    fn visit_map<M: MapAccess<'de>>(self, map: M) -> Result<Written, M::Error> {
        Deserialize::deserialize(MapAccessDeserializer::new(map)).map(Written::Each)
    }
}

impl Undeclared {
    /// The setting for a schema.
    ///
    /// # Errors
    /// A sentence that names the words.
    pub fn new(pointer: impl Into<String>, word: &str) -> Result<Self, String> {
        const WORDS: [&str; 2] = ["keep", "drop"];
        if !WORDS.contains(&word) {
            let near = nearest_of(word, WORDS).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            return Err(format!("undeclared properties cannot be `{}`: the words are keep and drop{near}", word.escape_debug()));
        }
        Ok(Self { pointer: pointer.into(), keep: word == "keep", position: None })
    }
}
