//! The bridge to serde, for users who put generated types into other formats. Nothing in the runtime goes over it.

use serde::de::{Deserialize as _, Deserializer, Error as _};
use serde::ser::{Error as _, Serialize as _, Serializer};

use super::Json;

/// Serialises a value by its JSON form; [`crate::serde_impls`] calls it.
///
/// # Errors
/// The value has no JSON form, or the serialiser's own.
pub fn serialize<T: Json, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    super::to_value(value).map_err(S::Error::custom)?.serialize(serializer)
}

/// Deserialises a value by its JSON form; [`crate::serde_impls`] calls it.
///
/// # Errors
/// What was read does not fit the type, or the deserialiser's own.
pub fn deserialize<'de, T: Json, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    super::from_value(&value).map_err(D::Error::custom)
}
