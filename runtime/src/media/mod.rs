//! Bodies by media type: each file holds both directions of one kind of body. It must not know where a body stands.

mod json;
mod multipart;
mod text;
mod types;

pub use self::json::{decode_json, encode_json};
pub use self::multipart::{File, Part, Received, encode_multipart, gather};
#[cfg(feature = "server")]
pub(crate) use self::multipart::{FormError, receive};
pub use self::text::{TextError, decode_text, encode_text, with_charset};
pub use self::types::{choose, is_json, is_never_empty, or_else};
