//! Bodies by media type: each file holds both directions of one kind of body. It must not know where a body stands.

mod blob;
mod form;
mod json;
mod multipart;
mod text;
mod types;
mod xml;

pub use self::blob::{Blob, decode_blob, encode_blob};
pub use self::form::{decode_form, encode_form};
pub use self::json::{decode_json, encode_json};
#[cfg(feature = "client")]
pub(crate) use self::multipart::whole;
pub use self::multipart::{File, Part, Received, encode_multipart, gather};
#[cfg(feature = "server")]
pub(crate) use self::multipart::{FormError, receive};
pub use self::text::{TextError, decode_text, encode_text, with_charset};
pub use self::text::{decode_scalar, encode_scalar};
pub use self::types::{choose, in_utf8, is_json, is_never_empty, or_else};
pub use self::xml::{Xml, XmlField, XmlName, XmlRoot, XmlShape, decode_xml, encode_xml, shape_of};
