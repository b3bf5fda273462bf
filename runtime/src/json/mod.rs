//! JSON, read and written by code of our own, so that no cargo feature of another crate in the same build can change
//! what a number or an object means. It must not know HTTP.
//!
//! ```
//! use bothends_runtime::json::{self, Side};
//! let ids: Vec<i64> = json::from_slice(b"[1, 2.0, 3e0]", Side::Server)?;
//! assert_eq!(ids, [1, 2, 3]);
//! let error = json::from_slice::<Vec<i64>>(br#"[1, "x"]"#, Side::Server).unwrap_err();
//! assert_eq!(error.to_string(), r#"/1: expected an integer, found "x""#);
//! # Ok::<(), json::Error>(())
//! ```

mod bridge;
mod deviation;
mod error;
mod impls;
mod number;
mod object;
mod reader;
mod reading;
#[cfg(test)]
mod tests;
mod tokenizer;
mod tolerance;
#[cfg(test)]
mod tolerance_tests;
mod union;
mod writer;

pub use bridge::{deserialize, serialize};
pub use deviation::{AnswerPart, Deviation, Deviations};
pub use error::Error;
pub(crate) use error::excerpt;
pub use impls::Base64;
pub use reader::{Kind, Reader, Side};
pub(crate) use reading::Notes;
pub use reading::Reading;
pub use union::{Arm, misfit};
pub use writer::{ListWriter, ObjectWriter, Writer};

/// A type with a JSON form. Generated types implement it; so do the scalars, lists and maps that they are made of.
pub trait Json: Sized {
    /// Whether the value must not be shown: what is said of one that does not fit does not repeat it.
    const IS_SECRET: bool = false;

    /// Reads one value.
    ///
    /// # Errors
    /// Says what was expected, what was found, and where.
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error>;

    /// Writes one value. What has no JSON form (NaN) is remembered by the writer.
    fn write(&self, writer: &mut Writer);
}

/// Reads a whole text as one value; a [`Side`] is all that most readers have to say.
///
/// # Errors
/// Broken JSON or UTF-8, text after the value, or a value that does not fit the type.
pub fn from_slice<'n, T: Json>(bytes: &[u8], reading: impl Into<Reading<'n>>) -> Result<T, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| Error::syntax(format!("byte {}: not valid UTF-8", error.valid_up_to())))?;
    reading.into().text(text)
}

/// Reads a whole text as one value; see [`from_slice`].
///
/// # Errors
/// As [`from_slice`].
pub fn from_str<T: Json>(text: &str, side: Side) -> Result<T, Error> {
    Reader::new(text, side).whole()
}

/// Writes a value as JSON text.
///
/// # Errors
/// NaN and infinity have no JSON form.
pub fn to_vec<T: Json>(value: &T) -> Result<Vec<u8>, Error> {
    to_string(value).map(String::into_bytes)
}

/// Writes a value as JSON text.
///
/// # Errors
/// NaN and infinity have no JSON form.
pub fn to_string<T: Json>(value: &T) -> Result<String, Error> {
    let mut writer = Writer::new();
    value.write(&mut writer);
    writer.finish()
}

/// Reads a value out of a JSON tree, as the client would: undeclared properties are ignored.
///
/// # Errors
/// A tree that does not fit the type.
pub fn from_value<T: Json>(value: &serde_json::Value) -> Result<T, Error> {
    from_str(&to_string(value)?, Side::Client)
}

/// Writes a value as a JSON tree.
///
/// # Errors
/// NaN and infinity have no JSON form.
pub fn to_value<T: Json>(value: &T) -> Result<serde_json::Value, Error> {
    from_str(&to_string(value)?, Side::Client)
}

/// Implements serde's `Serialize` and `Deserialize` for types through [`Json`], so that generated types work with any
/// format that serde knows.
/// `serde_impls!(Status, AppError);`
#[macro_export]
macro_rules! serde_impls {
    ($($type:ty),* $(,)?) => { $(
        impl $crate::serde::Serialize for $type {
            fn serialize<S: $crate::serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                $crate::json::serialize(self, serializer)
            }
        }

        impl<'de> $crate::serde::Deserialize<'de> for $type {
            fn deserialize<D: $crate::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                $crate::json::deserialize(deserializer)
            }
        }
    )* };
}
