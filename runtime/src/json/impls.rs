//! The JSON forms of the types that generated types are made of.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use bytes::Bytes;
use serde_json::Value;

use super::Json;
use super::error::Error;
use super::reader::{Kind, Reader};
use super::writer::Writer;

impl Json for bool {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.boolean()
    }

    fn write(&self, writer: &mut Writer) {
        writer.boolean(*self);
    }
}

macro_rules! integers {
    ($($type:ty),*) => { $(
        impl Json for $type {
            fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
                let value = reader.whole_number(<$type>::MIN.into(), <$type>::MAX.into())?;
                // The bounds are the type's own.
                <$type>::try_from(value).map_err(|_| Error::new("integer out of range"))
            }

            fn write(&self, writer: &mut Writer) {
                writer.integer(*self);
            }
        }
    )* };
}

integers!(i8, i16, i32, i64, i128, u8, u16, u32, u64);

impl Json for f64 {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.float()
    }

    fn write(&self, writer: &mut Writer) {
        writer.float(*self);
    }
}

impl Json for String {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.string().map(std::borrow::Cow::into_owned)
    }

    fn write(&self, writer: &mut Writer) {
        writer.string(self);
    }
}

/// `null`, read as nothing.
impl Json for () {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        if reader.null()? { Ok(()) } else { Err(reader.unexpected("null")) }
    }

    fn write(&self, writer: &mut Writer) {
        writer.null();
    }
}

impl Json for Value {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        reader.raw_value()
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            Self::Null => writer.null(),
            Self::Bool(value) => writer.boolean(*value),
            Self::Number(number) => {
                if let Some(value) = number.as_i64() {
                    writer.integer(value);
                } else if let Some(value) = number.as_u64() {
                    writer.integer(value);
                } else {
                    writer.float(number.as_f64().unwrap_or(f64::NAN));
                }
            }
            Self::String(text) => writer.string(text),
            Self::Array(items) => items.write(writer),
            Self::Object(map) => {
                let mut object = writer.object();
                for (key, value) in map {
                    object.field(key, value);
                }
                object.end();
            }
        }
    }
}

/// The value or `null`.
impl<T: Json> Json for Option<T> {
    const IS_SECRET: bool = T::IS_SECRET;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        if reader.null()? { Ok(None) } else { T::read(reader).map(Some) }
    }

    fn write(&self, writer: &mut Writer) {
        match self {
            None => writer.null(),
            Some(value) => value.write(writer),
        }
    }
}

impl<T: Json> Json for Vec<T> {
    const IS_SECRET: bool = T::IS_SECRET;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut items = Self::new();
        reader.list(&mut |reader| {
            items.push(T::read(reader)?);
            Ok(())
        })?;
        Ok(items)
    }

    fn write(&self, writer: &mut Writer) {
        let mut list = writer.list();
        for item in self {
            list.item(item);
        }
        list.end();
    }
}

impl<T: Json> Json for BTreeMap<String, T> {
    const IS_SECRET: bool = T::IS_SECRET;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut map = Self::new();
        if !reader.null_for_empty("a map")? {
            reader.object(&mut |key, reader| reader.entry(&mut map, key))?;
        }
        Ok(map)
    }

    fn write(&self, writer: &mut Writer) {
        let mut object = writer.object();
        for (key, value) in self {
            object.field(key, value);
        }
        object.end();
    }
}

impl<T: Json> Json for Box<T> {
    const IS_SECRET: bool = T::IS_SECRET;

    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        T::read(reader).map(Self::new)
    }

    fn write(&self, writer: &mut Writer) {
        T::write(self, writer);
    }
}

/// The two alphabets, read as far as they can be understood.
const LENIENT: [GeneralPurpose; 2] = {
    let padding = DecodePaddingMode::Indifferent;
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(padding).with_decode_allow_trailing_bits(true);
    [GeneralPurpose::new(&alphabet::STANDARD, config), GeneralPurpose::new(&alphabet::URL_SAFE, config)]
};

/// Bytes that travel as base64 text inside of JSON (`format: byte`). Written in the standard alphabet with padding
/// (RFC 4648, section 4). Read are also the URL-safe alphabet, missing padding, bits that are left over, and line breaks.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Base64(pub Bytes);

impl fmt::Debug for Base64 {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Base64({} bytes)", self.0.len())
    }
}

impl From<Vec<u8>> for Base64 {
    fn from(bytes: Vec<u8>) -> Self {
        Self(bytes.into())
    }
}

impl Json for Base64 {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        if reader.kind()? != Kind::String {
            return Err(reader.unexpected("base64 text"));
        }
        let text = reader.string()?;
        let decode = |text: &str| LENIENT.iter().find_map(|engine| engine.decode(text).ok());
        let is_broken = text.contains(|c: char| c.is_ascii_whitespace());
        let bytes = if is_broken { decode(&text.split_ascii_whitespace().collect::<String>()) } else { decode(&text) };
        bytes.map(|bytes| Self(bytes.into())).ok_or_else(|| Error::mismatch("base64 text", &super::excerpt(&text)))
    }

    fn write(&self, writer: &mut Writer) {
        writer.string(&STANDARD.encode(&self.0));
    }
}
