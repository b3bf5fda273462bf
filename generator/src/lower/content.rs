//! The media types of one body: which are carried, what their bytes become, and what their variants are called.

use std::collections::{HashMap, HashSet};

use openapiv3::{Content as Written, Encoding, MediaType, QueryStyle, ReferenceOr};

use super::Lowering;
use super::names::{self, Scope};
use super::naming::{Hint, Role};
use super::operation::Dropped;
use super::view::Use;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Codec, Content, FieldEncoding, MediaBody, Operation, Payload, Style, Type, TypeDef, TypeKind, XmlName};
use crate::source::Pointer;

/// A media type that is carried.
struct Carried<'a> {
    media_type: &'a str,
    media: &'a MediaType,
    codec: Codec,
    variant: String,
}

impl<'a> Lowering<'a> {
    /// All media types of one body that are carried; `None` if none is declared. Those that are left out are said, and if
    /// none is left the operation is dropped. The name of several is a wish until [`name_contents`].
    pub(super) fn body_content(&mut self, written: &'a Written, hint: &Hint, place: &Pointer) -> Result<Option<Content>, Dropped> {
        if written.is_empty() {
            return Ok(None);
        }
        let place = place.child("content");
        let (mut carried, mut left): (Vec<Carried<'a>>, Vec<Diagnostic>) = (Vec::new(), Vec::new());
        let (mut variants, mut seen) = (Scope::default(), HashSet::new());
        let alone = written.len() == 1;
        for (media_type, media) in written {
            let same: String = media_type.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
            match codec_of(media_type, media, hint.role, alone) {
                Some(_) if !seen.insert(same) => left.push(unsupported(media_type, "is there twice", &place)),
                Some(codec) => carried.push(Carried { media_type, media, codec, variant: variants.claim(&variant(media_type)) }),
                None => left.push(unsupported(media_type, "is none", &place)),
            }
        }
        let same_schema = carried.windows(2).all(|pair| matches!(pair, [a, b] if a.media.schema == b.media.schema));
        let mut media = Vec::with_capacity(carried.len());
        for one in carried {
            let inner = if same_schema { hint.clone() } else { hint.variant(&one.variant) };
            match self.media_body(one, &inner, &place) {
                Ok(body) => media.push(body),
                Err(Dropped(diagnostic)) => left.push(diagnostic),
            }
        }
        let mut left = left.into_iter();
        if media.is_empty()
            && let Some(first) = left.next()
        {
            left.for_each(|diagnostic| self.report(diagnostic));
            return Err(Dropped(first));
        }
        left.for_each(|diagnostic| self.report(diagnostic));
        Ok(Some(Content { name: (media.len() > 1).then(|| hint.whole()), media }))
    }

    fn media_body(&mut self, carried: Carried<'a>, hint: &Hint, place: &Pointer) -> Result<MediaBody, Dropped> {
        let Carried { media_type, media, codec, variant } = carried;
        let pointer = place.child(media_type).child("schema");
        let part = media.schema.as_ref().map(|schema| Use::new(schema, pointer.clone()));
        let no_object = || Dropped(unsupported(media_type, "cannot be carried for a schema that is no object", place));
        let any_object = || Type::Map(Box::new(Type::Any));
        let (codec, ty) = match (codec, part) {
            (Codec::Json, part) => (Codec::Json, part.map_or(Type::Any, |part| self.lower_use(&part, hint))),
            (Codec::Text, part) => (Codec::Text, part.map_or(Type::String, |part| self.text(&part, hint))),
            (codec @ Codec::Bytes, _) => (codec, Type::Bytes),
            (codec @ Codec::Blob, _) => (codec, Type::Blob),
            (Codec::Items(framing), part) => self.items(framing, part.as_ref(), hint),
            (Codec::Multipart, None) => (Codec::Multipart, any_object()),
            (Codec::Multipart, Some(part)) => (Codec::Multipart, self.form(&part, hint, &pointer).ok_or_else(no_object)?),
            (Codec::Form(_), None) => (Codec::Form(Vec::new()), any_object()),
            (Codec::Form(_), Some(part)) => match self.lower_use(&part, hint) {
                Type::Any => (Codec::Form(Vec::new()), any_object()),
                // Text that the sender has put together.
                Type::String => (Codec::Text, Type::String),
                ty if self.is_object(&ty) => (Codec::Form(encodings(media)), ty),
                _ => return Err(no_object()),
            },
            // XML of which nothing is said but that it is text, or not even that.
            (Codec::Xml { .. }, None) => (Codec::Text, Type::String),
            (Codec::Xml { .. }, Some(part)) => match self.lower_use(&part, hint) {
                Type::Any | Type::String => (Codec::Text, Type::String),
                ty => {
                    let (root, item) = self.xml_root(&part);
                    (Codec::Xml { root, item }, ty)
                }
            },
        };
        let parts = media.encoding.iter().filter_map(|(name, encoding)| Some((name.clone(), one(encoding.content_type.as_deref()?)?)));
        Ok(MediaBody { parts: parts.collect(), variant, media_type: media_type.to_owned(), codec, ty })
    }

    /// The type of a text body: of what is no scalar it is all the same the text.
    fn text(&mut self, part: &Use<'a>, hint: &Hint) -> Type {
        let view = self.fold(std::slice::from_ref(part));
        if !matches!(view.types.as_slice(), ["string" | "integer" | "number" | "boolean"]) {
            return Type::String;
        }
        match self.lower_use(part, hint) {
            Type::Nullable(inner) => *inner,
            ty => ty,
        }
    }

    /// Whether all values of a type are objects.
    fn is_object(&self, ty: &Type) -> bool {
        match ty {
            Type::Map(_) => true,
            Type::Named(id) => match self.types.get(id.0).map(|def| &def.kind) {
                Some(TypeKind::Struct(_)) => true,
                Some(TypeKind::Alias(inner)) => self.is_object(inner),
                Some(TypeKind::Union(union)) => union.arms.iter().all(|arm| self.is_object(&arm.ty)),
                _ => false,
            },
            _ => false,
        }
    }
}

/// What the document says of how the properties of a form are written.
fn encodings(media: &MediaType) -> Vec<FieldEncoding> {
    let said = media.encoding.iter().filter_map(|(wire, encoding)| {
        let Encoding { content_type, headers: _, style, explode, allow_reserved, extensions } = encoding;
        let explode = extensions.get("x-bothends-explode").and_then(serde_json::Value::as_bool).or(explode.then_some(true));
        let is_json = content_type.as_deref().and_then(codec) == Some(Codec::Json);
        let said = style.is_some() || explode.is_some() || *allow_reserved;
        let style = match style {
            _ if is_json && !said => Style::Json,
            _ if !said => return None,
            None | Some(QueryStyle::Form) => Style::Form,
            Some(QueryStyle::SpaceDelimited) => Style::SpaceDelimited,
            Some(QueryStyle::PipeDelimited) => Style::PipeDelimited,
            Some(QueryStyle::DeepObject) => Style::DeepObject,
        };
        let explode = explode.unwrap_or(style == Style::Form);
        Some(FieldEncoding { wire: wire.clone(), style, explode, allow_reserved: *allow_reserved })
    });
    said.collect()
}

/// The media type of a part, if a single one is named: among several, or in a range, the sender has to choose.
fn one(written: &str) -> Option<String> {
    let written = written.trim();
    (!written.is_empty() && !written.contains([',', '*', '\r', '\n'])).then(|| written.to_owned())
}

/// Gives every content of several media types its name: equal ones share theirs, and forms of one and the same named type
/// are called after it. It comes last, when all types of bodies are decided.
pub(super) fn name_contents<'o>(operations: impl Iterator<Item = &'o mut Operation>, types: &[TypeDef], taken: &mut Scope) {
    let mut known: HashMap<String, String> = HashMap::new();
    let mut name = |content: &mut Content, role: Role| {
        let Some(wish) = content.name.take() else { return };
        let same = content.media.windows(2).all(|pair| matches!(pair, [a, b] if a.ty == b.ty));
        let stem = match content.media.first().map(|media| &media.ty) {
            Some(Type::Named(id)) if same => types.get(id.0).map(|def| def.name.as_str()),
            _ => None,
        };
        // An answer is not called somebody else's request.
        let key = format!("{:?} {:?}", (stem.is_none() || role == Role::Body).then_some(role), content.media);
        let what = if role == Role::Body { "Body" } else { "Content" };
        let wanted: Vec<String> =
            stem.map(|stem| format!("{stem}{what}")).into_iter().chain([wish.clone(), format!("{wish}Content")]).collect();
        content.name = Some(known.entry(key).or_insert_with(|| taken.claim_first(&wanted, &[])).clone());
    };
    for operation in operations {
        if let Some(body) = &mut operation.body {
            name(&mut body.content, Role::Body);
        }
        for response in &mut operation.responses {
            let role = if response.status.is_success() { Role::Success } else { Role::Failure };
            match &mut response.payload {
                Payload::Body(content) => name(content, role),
                Payload::Empty => {}
            }
        }
    }
}

fn unsupported(media_type: &str, what: &str, place: &Pointer) -> Diagnostic {
    Diagnostic::new(Code::UNSUPPORTED_MEDIA_TYPE, format!("the media type `{media_type}` {what}")).at(Place::key(&place.child(media_type)))
}

/// As [`codec`], by what surrounds the media type: forms of parts are taken apart in requests only, and where nothing but
/// `*/*` or `application/*` stands with a schema, any representation of it will do, so JSON will.
fn codec_of(media_type: &str, media: &MediaType, role: Role, alone: bool) -> Option<Codec> {
    match essence(media_type).as_str() {
        "multipart/form-data" if role == Role::Body => Some(Codec::Multipart),
        "*/*" | "application/*" | "*" if alone && media.schema.is_some() && !is_binary(media) => Some(Codec::Json),
        "text/*" if alone => Some(Codec::Text),
        _ => match codec(media_type) {
            // What the document calls bytes is passed on as such.
            Some(Codec::Items(_)) if is_binary(media) => Some(Codec::Bytes),
            codec => codec,
        },
    }
}

fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
}

/// How the bytes of a media type become a value; `None` for what is no media type. What a codec has to know besides is left
/// open.
pub(super) fn codec(media_type: &str) -> Option<Codec> {
    let essence = essence(media_type);
    if essence == "*" {
        return Some(Codec::Blob);
    }
    if let Some(framing) = super::items::framing(&essence) {
        return Some(Codec::Items(framing));
    }
    let (kind, subtype) = essence.split_once('/').filter(|(kind, subtype)| !kind.is_empty() && !subtype.is_empty())?;
    if subtype == "json" || subtype.ends_with("+json") {
        return Some(Codec::Json);
    }
    Some(match (kind, subtype) {
        (_, "*") | ("*" | "multipart", _) => Codec::Blob,
        (_, "x-www-form-urlencoded") => Codec::Form(Vec::new()),
        ("image", _) => Codec::Bytes,
        (_, subtype) if subtype == "xml" || subtype.ends_with("+xml") => Codec::Xml { root: XmlName::new(""), item: XmlName::new("") },
        ("text", _) => Codec::Text,
        _ => Codec::Bytes,
    })
}

fn is_binary(media: &MediaType) -> bool {
    match &media.schema {
        Some(ReferenceOr::Item(schema)) => match &schema.schema_kind {
            openapiv3::SchemaKind::Type(openapiv3::Type::String(string)) => {
                matches!(string.format, openapiv3::VariantOrUnknownOrEmpty::Item(openapiv3::StringFormat::Binary))
            }
            _ => false,
        },
        _ => false,
    }
}

/// The variant of a media type: `Json`, `TextXml`, `JsonPatch`, `Png`, `Any`, `ProblemXml`.
fn variant(media_type: &str) -> String {
    let essence = essence(media_type);
    let known = match essence.as_str() {
        "text/json" => "text json",
        "text/xml" => "text xml",
        "text/plain" => "text",
        "text/*" => "any text",
        "*/*" | "application/*" | "*" => "any",
        "application/octet-stream" => "octets",
        "application/x-www-form-urlencoded" => "form",
        "text/event-stream" => "events",
        "application/x-ndjson" => "ndjson",
        "multipart/form-data" => "multipart",
        "application/merge-patch+json" => "merge patch",
        _ => "",
    };
    let base = match essence.split_once('/') {
        _ if !known.is_empty() => known,
        Some((kind, "*")) => kind,
        Some((_, subtype)) => match subtype.split_once('+') {
            Some((start, "json")) => start,
            Some(("svg", _)) => "svg",
            _ => subtype,
        },
        None => &essence,
    };
    // Parameters tell two of one name apart; all text is in UTF-8.
    let parameters = media_type.split(';').skip(1).filter(|parameter| !parameter.trim().to_ascii_lowercase().starts_with("charset"));
    names::variant_name(&parameters.fold(base.to_owned(), |name, parameter| format!("{name} {parameter}")))
}

#[cfg(test)]
mod tests {
    use super::{codec, variant};

    #[test]
    fn every_media_type_has_a_codec() {
        for (media_type, expected) in [
            ("application/json; charset=utf-8", "Json"),
            ("application/problem+json", "Json"),
            ("text/json", "Json"),
            ("text/xml", "Xml"),
            ("application/atom+xml", "Xml"),
            ("image/svg+xml", "Bytes"),
            ("application/x-www-form-urlencoded", "Form"),
            ("text/csv", "Text"),
            ("text/event-stream", "Items(Events"),
            ("application/x-ndjson", "Items(Lines"),
            ("application/stream+json", "Items(Lines"),
            ("application/geo+json-seq", "Items(Records"),
            ("application/pdf", "Bytes"),
            ("image/*", "Blob"),
            ("*", "Blob"),
            ("multipart/mixed", "Blob"),
            ("schema", "None"),
            ("/json", "None"),
        ] {
            let found = codec(media_type).map_or_else(|| "None".to_owned(), |codec| format!("{codec:?}"));
            assert!(found.starts_with(expected), "{media_type}: {found}");
        }
    }

    #[test]
    fn variants_are_called_after_what_people_call_the_media_type() {
        for (media_type, expected) in [
            ("application/json", "Json"),
            ("text/json", "TextJson"),
            ("application/xml", "Xml"),
            ("text/xml", "TextXml"),
            ("application/x-www-form-urlencoded", "Form"),
            ("application/json-patch+json", "JsonPatch"),
            ("application/merge-patch+json", "MergePatch"),
            ("application/problem+json", "Problem"),
            ("application/problem+xml", "ProblemXml"),
            ("application/vnd.thing.v1+json", "VndThingV1"),
            ("application/json; charset=utf-8", "Json"),
            ("application/json;odata=verbose", "JsonOdataVerbose"),
            ("text/plain", "Text"),
            ("text/csv", "Csv"),
            ("text/event-stream", "Events"),
            ("application/x-ndjson", "Ndjson"),
            ("application/octet-stream", "Octets"),
            ("image/png", "Png"),
            ("image/svg+xml", "Svg"),
            ("image/*", "Image"),
            ("text/*", "AnyText"),
            ("*/*", "Any"),
            ("multipart/form-data", "Multipart"),
        ] {
            assert_eq!(variant(media_type), expected, "{media_type}");
        }
    }
}
