//! Uses of types: how a type of the model is written in Rust, and what follows from its shape.

use proc_macro2::TokenStream;
use quote::quote;

use super::ident::ident;
use super::plan::Plan;
use crate::model::{Additional, Codec, Enum, EnumValues, Field, Framing, IntWidth, MediaBody, Struct, Type, TypeId, TypeKind};

/// What an argument of a type looks like in a client's method.
pub(crate) enum Argument {
    /// By value, for what is copied.
    Copied,
    /// `&str` for text.
    Text,
    /// `&[T]` for lists.
    Slice(TokenStream),
    /// By value, for forms with files, which may be streams.
    Given,
    /// `impl Into<Body>` for a body of bytes.
    Body,
    /// `&T` for everything else.
    Borrowed,
}

impl Plan<'_> {
    /// A type in Rust: `::std::vec::Vec<api::schemas::Status>`.
    pub fn ty(&self, ty: &Type) -> TokenStream {
        match ty {
            Type::Any => quote!(::bothends_runtime::serde_json::Value),
            Type::Bool => quote!(bool),
            Type::Int(width) => int(*width),
            Type::Float => quote!(f64),
            Type::String => quote!(::std::string::String),
            Type::Secret => quote!(::bothends_runtime::Secret),
            Type::DateTime => quote!(::bothends_runtime::Instant),
            Type::Base64 => quote!(::bothends_runtime::Base64),
            Type::Bytes => quote!(::bothends_runtime::Body),
            Type::File => quote!(::bothends_runtime::File),
            Type::Blob => quote!(::bothends_runtime::Blob),
            Type::Items { events, item } => {
                let (name, item) = (ident(if *events { "Events" } else { "JsonLines" }), self.ty(item));
                quote!(::bothends_runtime::#name<#item>)
            }
            Type::List(item) => {
                let item = self.ty(item);
                quote!(::std::vec::Vec<#item>)
            }
            Type::Map(value) => {
                let value = self.ty(value);
                quote!(::std::collections::BTreeMap<::std::string::String, #value>)
            }
            Type::Nullable(inner) => {
                let inner = self.ty(inner);
                quote!(::core::option::Option<#inner>)
            }
            Type::Named(id) => self.named(*id),
            Type::Boxed(id) => {
                let inner = self.named(*id);
                quote!(::std::boxed::Box<#inner>)
            }
        }
    }

    fn named(&self, id: TypeId) -> TokenStream {
        match self.api.type_def(id) {
            Some(def) => {
                let name = ident(&def.name);
                quote!(api::schemas::#name)
            }
            // The model has no dangling ids; a value of any kind is the honest reading of one.
            None => self.ty(&Type::Any),
        }
    }

    /// The type inside `Nullable`, seen through aliases.
    pub fn non_null<'t>(&'t self, ty: &'t Type) -> Option<&'t Type> {
        match self.resolve(ty) {
            Type::Nullable(inner) => Some(self.non_null(inner).unwrap_or(inner)),
            _ => None,
        }
    }

    /// The type behind aliases and without `null`.
    pub fn value<'t>(&'t self, ty: &'t Type) -> &'t Type {
        self.non_null(ty).map_or_else(|| self.resolve(ty), |inner| self.resolve(inner))
    }

    /// The fields of an object that travels as a form; none for a free map.
    pub fn form_fields<'t>(&'t self, ty: &'t Type) -> Vec<&'t Field> {
        match self.resolve(ty) {
            Type::Named(id) => match self.api.type_def(*id).map(|def| &def.kind) {
                Some(TypeKind::Struct(object)) => object.fields.iter().collect(),
                _ => Vec::new(),
            },
            _ => Vec::new(),
        }
    }

    /// What the fields of a form hold that are not declared, if they are kept.
    pub fn form_others<'t>(&'t self, ty: &'t Type) -> Option<&'t Type> {
        match self.resolve(ty) {
            Type::Map(values) => Some(values),
            Type::Named(id) => match self.api.type_def(*id).map(|def| &def.kind) {
                Some(TypeKind::Struct(Struct { additional: Additional::Kept { ty, .. }, .. })) => Some(ty),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the type is an enum of strings.
    pub fn is_text_enum(&self, id: TypeId) -> bool {
        matches!(self.api.type_def(id).map(|def| &def.kind), Some(TypeKind::Enum(Enum { values: EnumValues::Strings(_), other: _ })))
    }

    /// Whether `null` is a value of the type itself, so that a present `null` differs from an absent property.
    pub fn takes_null(&self, ty: &Type) -> bool {
        match self.resolve(ty) {
            Type::Any | Type::Nullable(_) => true,
            Type::Named(id) | Type::Boxed(id) => match self.api.type_def(*id).map(|def| &def.kind) {
                Some(TypeKind::Newtype(inner)) => matches!(self.resolve(inner), Type::Any | Type::Nullable(_)),
                // A union keeps what fits no arm, `null` too.
                Some(TypeKind::Union(_)) => true,
                _ => false,
            },
            _ => false,
        }
    }

    /// How the type is passed to a client's method.
    pub fn argument(&self, ty: &Type) -> Argument {
        match self.resolve(ty) {
            Type::Bool | Type::Int(_) | Type::Float => Argument::Copied,
            Type::String => Argument::Text,
            Type::Bytes => Argument::Body,
            ty if self.holds_stream(ty) => Argument::Given,
            Type::List(item) => Argument::Slice(self.ty(item)),
            _ => Argument::Borrowed,
        }
    }
}

/// The type that a body has in Rust; bytes are what they are, whatever their schema calls them.
pub(crate) fn body_type(media: &MediaBody) -> Type {
    match &media.codec {
        Codec::Json | Codec::Multipart(_) | Codec::Text | Codec::Form(_) | Codec::Xml { .. } => media.ty.clone(),
        Codec::Bytes => Type::Bytes,
        Codec::Blob => Type::Blob,
        Codec::Items(framing) => Type::Items { events: matches!(framing, Framing::Events(_)), item: Box::new(media.ty.clone()) },
    }
}

fn int(width: IntWidth) -> TokenStream {
    match width {
        IntWidth::I8 => quote!(i8),
        IntWidth::I16 => quote!(i16),
        IntWidth::I32 => quote!(i32),
        IntWidth::I64 => quote!(i64),
        IntWidth::U8 => quote!(u8),
        IntWidth::U16 => quote!(u16),
        IntWidth::U32 => quote!(u32),
        IntWidth::U64 => quote!(u64),
        IntWidth::I128 => quote!(i128),
    }
}
