//! What was generated as plain data, for the part of the oracle that looks for untyped values.

use super::driver;
use super::oracle::typed::{Came, Definition, Described, answer_part, body_part, header_part, parameter_part};
use crate::model::{Additional, Api, Codec, Field, MediaBody, Payload, Type, TypeKind};

/// The types of an API and of the parts of its operations.
pub(super) fn described(api: &Api) -> Described {
    let mut described = Described { definitions: api.types.iter().map(|def| definition(&def.kind)).collect(), ..Described::default() };
    for (key, operation) in api.exchanges() {
        let mut put = |part: String, came: Came| drop(described.parts.insert((key.clone(), part), came));
        for parameter in &operation.parameters {
            put(parameter_part(driver::location(parameter.location), &parameter.wire), came(&parameter.ty));
        }
        for media in operation.body.iter().flat_map(|body| &body.content.media).filter(|media| is_structured(media)) {
            put(body_part(&media.media_type), came(&media.ty));
        }
        for response in &operation.responses {
            let status = driver::declared(response.status);
            for header in response.headers.iter().flat_map(|headers| fields(api, &headers.ty)) {
                put(header_part(&status, &header.wire), came(&header.ty));
            }
            let Payload::Body(content) = &response.payload else { continue };
            for media in content.media.iter().filter(|media| is_structured(media)) {
                put(answer_part(&status, &media.media_type), came(&media.ty));
            }
        }
    }
    described
}

/// The properties of an object.
fn fields<'a>(api: &'a Api, ty: &Type) -> &'a [Field] {
    let Type::Named(id) = ty else { return &[] };
    match api.type_def(*id).map(|def| &def.kind) {
        Some(TypeKind::Struct(object)) => &object.fields,
        _ => &[],
    }
}

/// Text and bytes are what they are, whatever their schema says.
fn is_structured(media: &MediaBody) -> bool {
    match media.codec {
        Codec::Json | Codec::Multipart(_) | Codec::Form(_) | Codec::Xml { .. } => true,
        Codec::Text | Codec::Bytes | Codec::Blob | Codec::Items(_) => false,
    }
}

fn definition(kind: &TypeKind) -> Definition {
    match kind {
        TypeKind::Struct(object) => Definition::Object {
            fields: object.fields.iter().map(|field| (field.wire.clone(), came(&field.ty))).collect(),
            others: match &object.additional {
                Additional::Kept { ty, .. } => Some(came(ty)),
                Additional::Ignored | Additional::Refused => None,
            },
        },
        TypeKind::Enum(_) => Definition::Values,
        TypeKind::Union(union) => Definition::OneOf(union.arms.iter().map(|arm| came(&arm.ty)).collect()),
        TypeKind::Alias(ty) | TypeKind::Newtype(ty) => Definition::Is(came(ty)),
    }
}

fn came(ty: &Type) -> Came {
    match ty {
        Type::Any => Came::Any,
        Type::Bool
        | Type::Int(_)
        | Type::Float
        | Type::String
        | Type::Secret
        | Type::DateTime
        | Type::Base64
        | Type::Bytes
        | Type::File
        | Type::Blob => Came::Scalar,
        Type::Items { events: _, item } => Came::List(Box::new(came(item))),
        Type::List(item) => Came::List(Box::new(came(item))),
        Type::Map(value) => Came::Map(Box::new(came(value))),
        Type::Nullable(inner) => came(inner),
        Type::Named(id) | Type::Boxed(id) => Came::Definition(id.0),
    }
}
