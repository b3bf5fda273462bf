//! Which types hold a stream, and what they are not for it: a stream is read once, so whatever holds one is neither
//! cloned nor compared.

use proc_macro2::TokenStream;
use quote::quote;

use super::plan::Plan;
use crate::model::{Api, Content, Payload, Response, Type, TypeId};

/// For each of the API's types, whether it holds a stream.
pub(crate) struct Streams(Vec<bool>);

impl Streams {
    pub fn of(api: &Api) -> Self {
        let mut found = Self(vec![false; api.types.len()]);
        // Types refer to each other in circles; each round finds at least one more, or is the last.
        loop {
            let next: Vec<bool> = api.types.iter().map(|def| def.kind.uses().any(|ty| found.holds(ty))).collect();
            if next == found.0 {
                return found;
            }
            found.0 = next;
        }
    }

    fn holds(&self, ty: &Type) -> bool {
        match ty {
            Type::Bytes | Type::File | Type::Blob | Type::Items { .. } => true,
            Type::List(inner) | Type::Map(inner) | Type::Nullable(inner) => self.holds(inner),
            Type::Named(TypeId(index)) | Type::Boxed(TypeId(index)) => self.0.get(*index).copied().unwrap_or_default(),
            Type::Any | Type::Bool | Type::Int(_) | Type::Float | Type::String | Type::Secret | Type::DateTime | Type::Base64 => false,
        }
    }
}

impl Plan<'_> {
    /// Whether a value of this type holds a stream.
    pub fn holds_stream(&self, ty: &Type) -> bool {
        self.streams.holds(ty)
    }

    /// Whether a body holds a stream, in one of its media types at least.
    pub fn content_holds_stream(&self, content: &Content) -> bool {
        content.media.iter().any(|media| self.holds_stream(&super::ty::body_type(media)))
    }

    /// Whether one of these responses holds a stream.
    pub fn responses_hold_stream<'r>(&self, responses: impl IntoIterator<Item = &'r Response>) -> bool {
        responses.into_iter().any(|response| match &response.payload {
            Payload::Empty => false,
            Payload::Body(content) => self.content_holds_stream(content),
        })
    }
}

/// `#[derive(Clone, Debug, PartialEq)]`, or what of it is left for a type that holds a stream.
pub(crate) fn derives(holds_stream: bool, default: bool) -> TokenStream {
    let default = default.then(|| quote!(Default,));
    if holds_stream { quote!(#[derive(Debug, #default)]) } else { quote!(#[derive(Clone, Debug, #default PartialEq)]) }
}
