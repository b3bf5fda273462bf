//! Objects that keep what the document does not declare, so that whoever reads, changes and writes one loses nothing.

use std::collections::BTreeSet;

use super::{Additional, Api, Codec, EventData, Framing, Operation, Payload, Struct, Type, TypeId, TypeKind};
use crate::source::Pointer;

impl Codec {
    /// Whether an object is written as names and values side by side.
    fn is_flat(&self) -> bool {
        match self {
            Self::Multipart(_) | Self::Form(_) => true,
            Self::Items(Framing::Events(data)) => matches!(data, EventData::Fields | EventData::JsonFields),
            Self::Json | Self::Text | Self::Bytes | Self::Items(_) | Self::Blob | Self::Xml { .. } => false,
        }
    }
}

impl Api {
    /// Lets the objects for whose place `is_kept` holds keep undeclared properties, unless the document says something of
    /// such properties itself. Parameters and forms take no part, since what one does not know belongs to the others. Gives
    /// back the places of the objects that keep them.
    pub fn keep_undeclared(&mut self, is_kept: impl Fn(&Pointer) -> bool) -> BTreeSet<Pointer> {
        let closed = self.flat_types();
        let mut kept = BTreeSet::new();
        for (index, def) in self.types.iter_mut().enumerate() {
            let TypeKind::Struct(Struct { fields, additional: additional @ Additional::Ignored, .. }) = &mut def.kind else { continue };
            if closed.contains(&TypeId(index)) || !is_kept(&def.origin) {
                continue;
            }
            let mut field = "undeclared".to_owned();
            while fields.iter().any(|known| known.name == field) {
                field.push('_');
            }
            *additional = Additional::Kept { field, ty: Type::Any, is_declared: false };
            kept.insert(def.origin.clone());
        }
        kept
    }

    /// The types that are written as names and values beside others: parameters, headers and forms.
    fn flat_types(&self) -> BTreeSet<TypeId> {
        let callbacks = self.callbacks.iter().map(|callback| &callback.operation);
        let mut flat: Vec<&Type> = self.globals.iter().map(|global| &global.parameter.ty).collect();
        for operation in self.operations.iter().chain(callbacks) {
            let Operation { parameters, body, responses, .. } = operation;
            flat.extend(parameters.iter().map(|parameter| &parameter.ty));
            let answers = responses.iter().filter_map(|response| match &response.payload {
                Payload::Empty => None,
                Payload::Body(content) => Some(content),
            });
            let media = answers.chain(body.as_ref().map(|body| &body.content)).flat_map(|content| &content.media);
            flat.extend(media.filter(|media| media.codec.is_flat()).map(|media| &media.ty));
            flat.extend(responses.iter().filter_map(|response| response.headers.as_ref()).map(|headers| &headers.ty));
        }
        let mut found = BTreeSet::new();
        let mut open: Vec<TypeId> = flat.into_iter().filter_map(Type::definition).collect();
        while let Some(id) = open.pop() {
            if !found.insert(id) {
                continue;
            }
            match self.type_def(id).map(|def| &def.kind) {
                Some(TypeKind::Alias(inner) | TypeKind::Newtype(inner)) => open.extend(inner.definition()),
                Some(TypeKind::Union(union)) => open.extend(union.arms.iter().filter_map(|arm| arm.ty.definition())),
                Some(TypeKind::Struct(_) | TypeKind::Enum(_)) | None => {}
            }
        }
        found
    }
}
