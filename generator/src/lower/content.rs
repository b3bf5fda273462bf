//! The media types of one body: which are carried, what their bytes become, and what their variants are called.

use std::collections::{BTreeSet, HashMap};

use openapiv3::{Content as Written, Encoding, MediaType, QueryStyle};

use super::Lowering;
use super::media_type::{codec, is_open, variant};
use super::names::Scope;
use super::naming::{Hint, Role};
use super::view::Use;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::media_type::essence;
use crate::model::{Codec, Content, FieldEncoding, MediaBody, Operation, Payload, Style, Type, TypeDef, TypeKind};
use crate::source::Pointer;

/// What a schema says of a whole body.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Says {
    Nothing,
    Bytes,
    Text,
    Scalar,
    /// It has parts.
    More,
}

/// A media type that is carried.
struct Carried<'a> {
    media_type: &'a str,
    media: &'a MediaType,
    codec: Codec,
    variant: String,
    /// Whether it is plain text, and the same schema is there as JSON, too.
    is_json_too: bool,
}

impl<'a> Lowering<'a> {
    /// All media types of one body; `None` if none is declared. The name of several is a wish until [`name_contents`].
    pub(super) fn body_content(&mut self, written: &'a Written, hint: &Hint, place: &Pointer) -> Option<Content> {
        if written.is_empty() {
            return None;
        }
        let place = place.child("content");
        let (mut carried, mut variants) = (Vec::new(), Scope::default());
        let alone = written.len() == 1;
        for (media_type, media) in written {
            let codec = match (essence(media_type).as_str(), codec(media_type)) {
                // Any representation will do, so JSON will.
                ("*/*" | "application/*", Codec::Blob) if alone => Codec::Json,
                ("text/*", Codec::Blob) if alone => Codec::Text,
                (_, codec) => codec,
            };
            let is_json_too = essence(media_type) == "text/plain"
                && written.iter().any(|(other, twin)| self::codec(other) == Codec::Json && twin.schema == media.schema);
            carried.push(Carried { media_type, media, codec, variant: variants.claim(&variant(media_type)), is_json_too });
        }
        let same_schema = carried.windows(2).all(|pair| matches!(pair, [a, b] if a.media.schema == b.media.schema));
        let mut media = Vec::with_capacity(carried.len());
        for one in carried {
            let inner = if same_schema { hint.clone() } else { hint.variant(&one.variant) };
            media.push(self.media_body(one, &inner, &place));
        }
        Some(Content { name: (media.len() > 1).then(|| hint.whole()), media })
    }

    fn media_body(&mut self, carried: Carried<'a>, hint: &Hint, place: &Pointer) -> MediaBody {
        let Carried { media_type, media, codec, variant, is_json_too } = carried;
        let pointer = place.child(media_type).child("schema");
        let part = media.schema.as_ref().map(|schema| Use::new(schema, pointer.clone()));
        let says = part.as_ref().map_or(Says::Nothing, |part| self.says(part));
        let range = is_open(&essence(media_type));
        // In other kinds of multipart, parts have names only where a schema gives them some.
        let named = essence(media_type) == "multipart/form-data";
        let any_object = || Type::Map(Box::new(Type::Any));
        let (codec, ty, fits) = match (codec, part) {
            // JSON cannot hold bytes: they are all that there is.
            (Codec::Json | Codec::Text, _) if says == Says::Bytes && range => (Codec::Blob, Type::Blob, true),
            (Codec::Json, None) if range => (Codec::Blob, Type::Blob, true),
            (Codec::Json | Codec::Form(_), _) if says == Says::Bytes => (Codec::Bytes, Type::Bytes, false),
            (Codec::Text | Codec::Xml { .. }, _) if says == Says::Bytes => (Codec::Bytes, Type::Bytes, true),
            (Codec::Json, part) => (Codec::Json, part.map_or(Type::Any, |part| self.lower_use(&part, hint)), !range),
            // .NET's documents say so of every answer; what then is in the text can only be JSON.
            (Codec::Text, Some(part)) if is_json_too && self.has_members(&part) => (Codec::Json, self.lower_use(&part, hint), true),
            (Codec::Text, part) => (Codec::Text, part.map_or(Type::String, |part| self.text(&part, hint)), says != Says::More),
            (codec @ Codec::Bytes, _) => (codec, Type::Bytes, matches!(says, Says::Nothing | Says::Text | Says::Bytes)),
            (codec @ Codec::Blob, _) => (codec, Type::Blob, matches!(says, Says::Nothing | Says::Text | Says::Bytes)),
            (Codec::Items(_), _) if says == Says::Bytes => (Codec::Bytes, Type::Bytes, true),
            (Codec::Items(framing), part) => {
                let (codec, ty) = self.items(framing, part.as_ref(), hint);
                (codec, ty, true)
            }
            (Codec::Multipart(_), part) => {
                let form = part.map_or_else(|| Some(any_object()), |part| self.form(&part, hint, &pointer, opaque(media)));
                match form.filter(|ty| named || matches!(ty, Type::Named(_))) {
                    Some(ty) => {
                        self.part_headers(media, &ty, &place.child(media_type));
                        (Codec::Multipart(styles(media)), ty, true)
                    }
                    // Somebody else has put the parts together, and knows their boundary.
                    None => (Codec::Blob, Type::Blob, matches!(says, Says::Nothing | Says::Bytes)),
                }
            }
            (Codec::Form(_), None) => (Codec::Form(Vec::new()), any_object(), true),
            (Codec::Form(_), Some(part)) => match self.lower_use(&part, hint) {
                Type::Any => (Codec::Form(Vec::new()), any_object(), true),
                ty if self.is_object(&ty) => (Codec::Form(encodings(media)), ty, true),
                // Text that the sender has put together.
                _ => (Codec::Text, self.text(&part, hint), says != Says::More),
            },
            // XML of which nothing is said but that it is text, or not even that.
            (Codec::Xml { .. }, None) => (Codec::Text, Type::String, true),
            (Codec::Xml { .. }, Some(part)) if self.is_plain(&part) => (Codec::Text, self.text(&part, hint), true),
            (Codec::Xml { .. }, Some(part)) => {
                let ty = self.lower_use(&part, hint);
                (self.xml_root(&part), ty, true)
            }
        };
        if !fits {
            self.report(unfit(media_type, &codec, place));
        }
        let parts = media.encoding.iter().filter_map(|(name, encoding)| Some((name.clone(), one(encoding.content_type.as_deref()?)?)));
        MediaBody { parts: parts.collect(), variant, media_type: media_type.to_owned(), codec, ty }
    }

    /// Says which declared headers of parts have no place: a file holds what its part says, and nothing else does.
    fn part_headers(&mut self, media: &MediaType, ty: &Type, place: &Pointer) {
        for (name, encoding) in &media.encoding {
            let mut declared = encoding.headers.keys().filter(|header| !header.eq_ignore_ascii_case("content-type"));
            if declared.next().is_none() || self.is_file(ty, name) {
                continue;
            }
            let message = format!("the headers of the part `{name}` are not carried: it is no file");
            let place = place.join(["encoding", name, "headers"]);
            self.report(Diagnostic::new(Code::PARAMETER_IGNORED, message).at(Place::key(&place)));
        }
    }

    /// Whether a property of a form is a file, or a list of files.
    fn is_file(&self, ty: &Type, name: &str) -> bool {
        let Type::Named(id) = ty else { return false };
        let Some(TypeKind::Struct(form)) = self.types.get(id.0).map(|def| &def.kind) else { return false };
        form.fields.iter().find(|field| field.wire == name).is_some_and(|field| match &field.ty {
            Type::List(item) => **item == Type::File,
            other => *other == Type::File,
        })
    }

    /// What a schema says of a whole body.
    fn says(&self, part: &Use<'a>) -> Says {
        let view = self.fold(std::slice::from_ref(part));
        match view.types.as_slice() {
            ["string"] if view.format.as_deref() == Some("binary") => Says::Bytes,
            ["string"] => Says::Text,
            ["integer" | "number" | "boolean"] => Says::Scalar,
            [] if view.is_shapeless() && view.choices.is_empty() => Says::Nothing,
            _ => Says::More,
        }
    }

    /// Whether a schema says that a value is an object or a list.
    fn has_members(&self, part: &Use<'a>) -> bool {
        matches!(self.fold(std::slice::from_ref(part)).types.as_slice(), ["object" | "array"])
    }

    /// Whether a schema says no more of a value than that it is text, and neither which texts nor what they mean.
    fn is_plain(&self, part: &Use<'a>) -> bool {
        let view = self.fold(std::slice::from_ref(part));
        let means = matches!(view.format.as_deref(), Some("date-time" | "byte"));
        match self.says(part) {
            Says::Nothing => true,
            Says::Text => view.values.is_empty() && view.choices.is_empty() && !means,
            Says::Bytes | Says::Scalar | Says::More => false,
        }
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
        let is_json = content_type.as_deref().map(codec) == Some(Codec::Json);
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

/// The styles that the document asks for in a form of parts, which go before media types (OpenAPI 3.1, Encoding Object).
fn styles(media: &MediaType) -> Vec<FieldEncoding> {
    encodings(media).into_iter().filter(|encoding| encoding.style != Style::Json).collect()
}

/// Properties of a form whose parts are neither text nor JSON, as the document says.
fn opaque(media: &MediaType) -> BTreeSet<&str> {
    let is_opaque = |written: &str| match essence(written).as_str() {
        "" | "text/*" | "*/*" => false,
        essence => matches!(codec(essence), Codec::Bytes | Codec::Blob),
    };
    let said = media.encoding.iter().filter_map(|(name, encoding)| Some((name.as_str(), encoding.content_type.as_deref()?)));
    said.filter(|(_, written)| written.split(',').all(is_opaque)).map(|(name, _)| name).collect()
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

/// That a body is carried in another way than its schema says.
fn unfit(media_type: &str, codec: &Codec, place: &Pointer) -> Diagnostic {
    let (what, hint) = match codec {
        Codec::Json => ("JSON, which fits any range", "name the media type that is sent"),
        Codec::Text => ("text", "declare a schema that fits the media type, or the media type that is sent"),
        Codec::Bytes | Codec::Blob | Codec::Items(_) | Codec::Multipart(_) | Codec::Form(_) | Codec::Xml { .. } => {
            ("bytes", "declare a schema that fits the media type, or the media type that is sent")
        }
    };
    let message = format!("a body of `{media_type}` is carried as {what}");
    Diagnostic::new(Code::BODY_MEDIA_TYPE, message).at(Place::key(&place.child(media_type))).hint(hint)
}
