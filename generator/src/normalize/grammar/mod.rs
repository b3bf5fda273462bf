//! The grammar of OpenAPI 3.0 as data: which field of which object holds what. Fields of 3.1 and 3.2 that are
//! carried along stand here too, so that references inside them are found.

mod tables;

pub(super) use tables::{DOCUMENT, OPERATION, PARAMETER, SCHEMA};

/// What may stand at a place.
#[derive(Debug)]
pub(super) enum Kind {
    /// A string.
    Text,
    /// A boolean.
    Flag,
    /// A whole number, not negative.
    Count,
    /// A number.
    Number,
    /// Any JSON: nothing below is looked at.
    Free,
    /// An object of this shape.
    Object(&'static Shape),
    /// An object of this shape, or a reference to one.
    Ref(&'static Shape),
    /// A boolean, an object of this shape, or a reference to one.
    FlagOr(&'static Shape),
    /// A list; elements that cannot be read are left out.
    List(&'static Kind),
    /// A list that is worth nothing when an element cannot be read.
    Every(&'static Kind),
    /// An object with free keys.
    Map(&'static Kind),
}

/// What keys a patterned object takes beside its fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keys {
    /// Keys that start with a slash.
    Paths,
    /// `200`, `4XX`.
    Status,
    /// Every key.
    Any,
}

/// What happens when a required field is missing.
#[derive(Debug)]
pub(super) enum Fill {
    /// This text is added.
    Text(&'static str),
    /// An empty object is added.
    Object,
    /// The owner cannot be read.
    Never,
}

/// An object of the grammar.
#[derive(Debug)]
pub(super) struct Shape {
    /// What it is called in messages, and by which passes know it.
    pub(super) name: &'static str,
    /// The section of `components` that holds such objects.
    pub(super) section: Option<&'static str>,
    /// Its fields.
    pub(super) fields: &'static [(&'static str, &'static Kind)],
    /// Required fields.
    pub(super) required: &'static [(&'static str, Fill)],
    /// Fields without which the object would say something else: if one cannot be read, the object cannot.
    pub(super) essential: &'static [&'static str],
    /// Keys beside the fields.
    pub(super) pattern: Option<(Keys, &'static Kind)>,
}

impl Shape {
    /// Its name in a sentence: `an operation`, `a schema`.
    pub(super) fn with_article(&self) -> String {
        let article = match self.name {
            "responses" | "paths" | "components" | "OAuth flows" | "xml" | "info" | "external documentation" => {
                return format!("`{}`", self.name);
            }
            name if name.starts_with(['a', 'e', 'i', 'o', 'u', 'O']) => "an",
            _ => "a",
        };
        format!("{article} {}", self.name)
    }

    /// What stands under a key; `None` for extensions and strangers.
    pub(super) fn field(&self, key: &str) -> Option<&'static Kind> {
        if let Some((_, kind)) = self.fields.iter().find(|(name, _)| *name == key) {
            return Some(kind);
        }
        match &self.pattern {
            Some((keys, kind)) if keys.take(key) => Some(kind),
            _ => None,
        }
    }
}

impl Keys {
    /// Whether a key is one of these.
    fn take(self, key: &str) -> bool {
        match self {
            Self::Paths => key.starts_with('/'),
            Self::Status => is_status(key),
            Self::Any => !key.starts_with("x-"),
        }
    }
}

/// `100` to `999`, `1XX` to `5XX`.
pub(super) fn is_status(key: &str) -> bool {
    match key.as_bytes() {
        [b'1'..=b'5', b'X', b'X'] => true,
        [b'1'..=b'9', tens, ones] => tens.is_ascii_digit() && ones.is_ascii_digit(),
        _ => false,
    }
}

impl Kind {
    /// The shape of the objects that may stand here.
    pub(super) fn shape(&self) -> Option<&'static Shape> {
        match self {
            Self::Object(shape) | Self::Ref(shape) | Self::FlagOr(shape) => Some(shape),
            _ => None,
        }
    }

    /// Whether a reference may stand here.
    pub(super) fn is_reference(&self) -> bool {
        matches!(self, Self::Ref(_) | Self::FlagOr(_))
    }

    /// What stands one step further down.
    pub(super) fn child(&self, step: &str) -> Option<&Kind> {
        match self {
            Self::Object(shape) | Self::Ref(shape) | Self::FlagOr(shape) => shape.field(step),
            Self::List(inner) | Self::Every(inner) | Self::Map(inner) => Some(inner),
            Self::Text | Self::Flag | Self::Count | Self::Number | Self::Free => None,
        }
    }
}
