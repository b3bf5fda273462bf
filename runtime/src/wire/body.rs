//! The body of a message: what one end writes into it and what the other end reads out of it, by media type. It must not
//! know which message it belongs to.

use http::HeaderValue;

use super::incoming::Incoming;
use crate::body::Body;
use crate::error::{DecodeError, EncodeError};
use crate::items::{Frame, Items};
use crate::json::{Json, Reading};
use crate::media::{self, Blob, Fields, Part, Xml, XmlRoot};
use crate::watch::Watch;

/// A body with several media types: an enum with a variant for each.
pub trait Content: Sized {
    /// The media types as the document writes them, in its order.
    const MEDIA_TYPES: &'static [&'static str];

    /// Writes the body of whichever variant it is.
    ///
    /// # Errors
    /// As the methods of [`BodyEncoder`].
    fn encode(self, body: &mut BodyEncoder) -> Result<(), EncodeError>;

    /// Reads a body in the media type of this number.
    ///
    /// # Errors
    /// As the methods of [`BodyDecoder`].
    fn decode(number: usize, body: &BodyDecoder<'_>) -> Result<Self, DecodeError>;
}

/// A body whose media types are forms of one and the same type.
pub trait Uniform: Content {
    /// That type.
    type Value;

    /// The value in the media type of this number; in the first one where there is none of it.
    fn represent(number: usize, value: Self::Value) -> Self;
}

/// Writes the body of one message.
#[derive(Debug, Default)]
pub struct BodyEncoder {
    pub(super) content_type: Option<HeaderValue>,
    pub(super) body: Body,
    /// Whether the declared media type has no empty text.
    pub(super) is_never_empty: bool,
}

impl BodyEncoder {
    /// Writes JSON.
    ///
    /// # Errors
    /// [`EncodeError::Body`] for a value without a JSON form (NaN, infinity).
    pub fn json<T: Json>(&mut self, media_type: &str, value: &T) -> Result<(), EncodeError> {
        let bytes = media::encode_json(value).map_err(EncodeError::Body)?;
        self.set(&media::in_utf8(&media::or_else(media_type, "application/json")), bytes)
    }

    /// Writes text in UTF-8.
    ///
    /// # Errors
    /// [`EncodeError::Invalid`] for a media type that is none.
    pub fn text(&mut self, media_type: &str, text: &str) -> Result<(), EncodeError> {
        self.set(&media::with_charset(media_type), media::encode_text(text))
    }

    /// Writes bytes, all here or as they come.
    ///
    /// # Errors
    /// [`EncodeError::Invalid`] for a media type that is none.
    pub fn bytes(&mut self, media_type: &str, bytes: Body) -> Result<(), EncodeError> {
        self.set(&media::or_else(media_type, "application/octet-stream"), bytes)
    }

    /// Writes a form as `multipart/form-data` (RFC 7578) or the like; `parts` says how each field is written. Contents of files that are
    /// streams move out of the value.
    ///
    /// # Errors
    /// A field without a form on the wire: `null`, an empty list.
    pub fn multipart<T: Json>(&mut self, media_type: &str, parts: &[Part], value: &T) -> Result<(), EncodeError> {
        let (content_type, body) = media::encode_multipart(media_type, value, parts).map_err(EncodeError::Body)?;
        self.set(&content_type, body)
    }

    /// Writes a scalar as text: a number, a boolean, a value of an enum.
    ///
    /// # Errors
    /// [`EncodeError::Body`] for a value that has no text.
    pub fn scalar<T: Json>(&mut self, media_type: &str, value: &T) -> Result<(), EncodeError> {
        let text = media::encode_scalar(value).map_err(EncodeError::Body)?;
        self.text(media_type, &text)
    }

    /// Writes bytes in the media type that they come with, which must be in the one of this number among those declared.
    ///
    /// # Errors
    /// [`EncodeError::Invalid`] for another media type.
    pub fn blob(&mut self, declared: &[&str], number: usize, blob: Blob) -> Result<(), EncodeError> {
        self.content_type = Some(media::encode_blob(declared, number, &blob).map_err(EncodeError::Invalid)?);
        self.is_never_empty = declared.get(number).is_some_and(|declared| media::is_never_empty(declared));
        self.body = blob.content;
        Ok(())
    }

    /// Writes an object as names and values (`application/x-www-form-urlencoded`); `fields` says how each property is
    /// written.
    ///
    /// # Errors
    /// [`EncodeError::Body`] for what has no text.
    pub fn form<T: Json>(&mut self, media_type: &str, fields: &Fields<'_>, value: &T) -> Result<(), EncodeError> {
        let form = media::encode_form(value, fields).map_err(EncodeError::Body)?;
        self.set(&media::in_utf8(media_type), form)
    }

    /// Writes XML, in an element of this name.
    ///
    /// # Errors
    /// [`EncodeError::Body`] for what XML cannot carry.
    pub fn xml<T: Xml>(&mut self, media_type: &str, root: &XmlRoot, value: &T) -> Result<(), EncodeError> {
        let bytes = media::encode_xml(root, value).map_err(EncodeError::Body)?;
        self.set(&media::with_charset(media_type), bytes)
    }

    /// Writes items as they come: server-sent events, lines of JSON.
    ///
    /// # Errors
    /// [`EncodeError::Invalid`] for a media type that is none. An item that cannot be carried breaks the body off.
    pub fn items<T, F>(&mut self, media_type: &str, manner: F::Manner, items: Items<T, F>) -> Result<(), EncodeError>
    where
        T: Json + Send + 'static,
        F: Frame,
    {
        self.set(media_type, items.into_body(manner))
    }

    /// Writes one of several media types.
    ///
    /// # Errors
    /// As the method for that media type.
    pub fn content<C: Content>(&mut self, value: C) -> Result<(), EncodeError> {
        value.encode(self)
    }

    fn set(&mut self, content_type: &str, body: impl Into<Body>) -> Result<(), EncodeError> {
        self.content_type = Some(HeaderValue::from_str(content_type).map_err(|error| EncodeError::Invalid(error.to_string()))?);
        self.is_never_empty = media::is_never_empty(content_type);
        self.body = body.into();
        Ok(())
    }
}

/// Reads the body of one message. While it is on its way, everything but [`BodyDecoder::bytes`], [`BodyDecoder::blob`] and
/// [`BodyDecoder::items`] is [`DecodeError::Unread`].
#[derive(Debug, Clone, Copy)]
pub struct BodyDecoder<'a> {
    pub(super) content_type: Option<&'a HeaderValue>,
    pub(super) body: &'a Incoming,
    pub(super) reading: Reading<'a>,
    /// What becomes of deviations in what is read later.
    pub(super) watch: Option<&'a Watch>,
}

impl BodyDecoder<'_> {
    /// Reads JSON. The content type is not asked for: servers label JSON in many ways, and what is not JSON does not
    /// decode.
    ///
    /// # Errors
    /// [`DecodeError::MediaType`] for a body that is not JSON under another media type, else [`DecodeError::Json`].
    pub fn json<T: Json>(&self) -> Result<T, DecodeError> {
        media::decode_json(&self.body.whole()?, self.reading).map_err(|error| match self.content_type {
            Some(found) if error.is_syntax() && !media::is_json(found) => self.unexpected(&["application/json"]),
            _ => DecodeError::Json(error),
        })
    }

    /// Reads text.
    ///
    /// # Errors
    /// [`DecodeError::MediaType`] for a charset other than UTF-8, ASCII or Latin-1, [`DecodeError::Text`] for broken UTF-8.
    pub fn text(&self) -> Result<String, DecodeError> {
        media::decode_text(self.content_type, &self.body.whole()?).map_err(Into::into)
    }

    /// The bytes as they come.
    ///
    /// # Errors
    /// None today.
    pub fn bytes(&self) -> Result<Body, DecodeError> {
        Ok(self.body.stream())
    }

    /// Reads `multipart/form-data` and the like; `parts` says how each field is read.
    ///
    /// # Errors
    /// [`DecodeError::Json`] for a form that does not fit; a broken one is noticed before, by whoever receives it.
    pub fn multipart<T: Json>(&self, parts: &'static [Part]) -> Result<T, DecodeError> {
        let content_type = self.content_type.and_then(|value| value.to_str().ok()).unwrap_or_default();
        self.body.form(parts, content_type, self.reading)
    }

    /// Reads a scalar out of text.
    ///
    /// # Errors
    /// As for text, and [`DecodeError::Json`] for one that does not fit.
    pub fn scalar<T: Json>(&self) -> Result<T, DecodeError> {
        media::decode_scalar(&self.text()?, self.reading).map_err(DecodeError::Json)
    }

    /// The bytes with their media type, as they come.
    ///
    /// # Errors
    /// None today.
    pub fn blob(&self) -> Result<Blob, DecodeError> {
        Ok(media::decode_blob(self.content_type, self.body.stream()))
    }

    /// Reads names and values (`application/x-www-form-urlencoded`); `fields` says how each property is read.
    ///
    /// # Errors
    /// As for text, and [`DecodeError::Json`] for what does not fit.
    pub fn form<T: Json>(&self, fields: &Fields<'_>) -> Result<T, DecodeError> {
        media::decode_form(&self.text()?, fields, self.reading.side()).map_err(DecodeError::Json)
    }

    /// Reads XML.
    ///
    /// # Errors
    /// As for text, and [`DecodeError::Json`] for broken XML and for what does not fit.
    pub fn xml<T: Xml>(&self) -> Result<T, DecodeError> {
        media::decode_xml(self.content_type, &self.body.whole()?, self.reading)
    }

    /// The items as they come: server-sent events, lines of JSON.
    ///
    /// # Errors
    /// [`DecodeError::MediaType`] for JSON where events are expected: it would look like none.
    pub fn items<T, F>(&self, manner: F::Manner) -> Result<Items<T, F>, DecodeError>
    where
        T: Json + Send + 'static,
        F: Frame,
    {
        match self.content_type {
            Some(found) if !F::IS_JSON && media::is_json(found) => Err(self.unexpected(&["text/event-stream"])),
            _ => Ok(Items::received(self.body.stream(), manner, self.reading.side(), self.watch.cloned())),
        }
    }

    /// Reads one of several media types: the one that the content type names, the first one without a content type.
    ///
    /// # Errors
    /// [`DecodeError::MediaType`] for none of them, else as the method for that media type.
    pub fn content<C: Content>(&self) -> Result<C, DecodeError> {
        let number = match self.content_type {
            Some(found) => media::choose(C::MEDIA_TYPES, found).ok_or_else(|| self.unexpected(C::MEDIA_TYPES))?,
            None => 0,
        };
        C::decode(number, self)
    }

    fn unexpected(&self, expected: &[&str]) -> DecodeError {
        let found = self.content_type.map(HeaderValue::as_bytes).unwrap_or_default();
        DecodeError::MediaType { expected: expected.join(" or "), found: String::from_utf8_lossy(found).into_owned() }
    }
}
