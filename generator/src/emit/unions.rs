//! One of several shapes: the enum and the choice of an arm.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::docs;
use super::ident::ident;
use super::plan::Plan;
use super::streams::derives;
use crate::model::{Holds, Type, Union};

/// A union of the document; the last variant keeps a value that fits no arm.
///
/// ```text
/// pub enum Pet { Cat(Cat), Dog(Dog), Other(serde_json::Value) }
/// impl Pet {
///     const ARMS: &[(&str, Arm<Self>)] = &[("Cat", |reader| reader.value().map(Self::Cat)), …];
///     pub fn misfit(&self) -> Option<Error> { … }
/// }
/// impl Json for Pet {
///     fn read(reader: &mut Reader<'_>) -> Result<Self, Error> { reader.union(Self::ARMS, Self::Other) }
///     fn write(&self, writer: &mut Writer) {
///         match self { Self::Cat(value) => writer.value(value), … }
///     }
/// }
/// impl From<Cat> for Pet { … }
/// ```
pub(crate) fn schema(plan: &Plan<'_>, name: &Ident, lines: &[String], model: &Union) -> TokenStream {
    let Union { arms, discriminator, holds, other } = model;
    let attributes = docs::attributes(lines);
    let other = ident(other);
    let together = |index: usize| matches!(holds, Holds::Several { alone } if index >= *alone);
    let variants = arms.iter().enumerate().map(|(index, arm)| {
        let (variant, ty) = (ident(&arm.name), plan.ty(&arm.ty));
        let more = if together(index) { ": what holds of several of the others at once" } else { "" };
        let docs = docs::attributes(&[format!("As {}{more}.", docs::code(&short(plan, &arm.ty)))]);
        quote!(#docs #variant(#ty),)
    });
    let readers = arms.iter().map(|arm| {
        let (variant, name) = (ident(&arm.name), &arm.name);
        quote!((#name, |reader| reader.value().map(Self::#variant)))
    });
    let number = |number: usize| proc_macro2::Literal::usize_unsuffixed(number);
    let read = match (discriminator, holds) {
        (None, Holds::One) => quote!(reader.union(Self::ARMS, Self::#other)),
        (None, Holds::Several { alone }) => {
            let alone = number(*alone);
            quote!(reader.any_union(Self::ARMS, #alone, Self::#other))
        }
        (Some(discriminator), _) => {
            let property = &discriminator.property;
            let mapping = discriminator.mapping.iter().filter(|(_, arm)| *arm < arms.len()).map(|(value, arm)| {
                let arm = number(*arm);
                quote!((#value, #arm))
            });
            quote!(reader.tagged_union(#property, &[#(#mapping),*], Self::ARMS, Self::#other))
        }
    };
    let writers = arms.iter().map(|arm| ident(&arm.name)).chain([other.clone()]);
    let writers = writers.map(|variant| quote!(Self::#variant(value) => writer.value(value),));
    let derives = derives(arms.iter().any(|arm| plan.holds_stream(&arm.ty)), false);
    let conversions = conversions(plan, name, model);
    quote! {
        #attributes
        #derives
        pub enum #name {
            #(#variants)*
            #[doc = " A value that fits none of the shapes, kept as it came."]
            #other(::bothends_runtime::serde_json::Value),
        }
        impl #name {
            const ARMS: &[(&str, ::bothends_runtime::json::Arm<Self>)] = &[#(#readers),*];

            /// Why the value fits none of the shapes, each by its name; nothing if it fits one.
            pub fn misfit(&self) -> ::core::option::Option<::bothends_runtime::json::Error> {
                match self {
                    Self::#other(value) => ::core::option::Option::Some(::bothends_runtime::json::misfit(value, Self::ARMS)),
                    _ => ::core::option::Option::None,
                }
            }
        }
        impl ::bothends_runtime::Json for #name {
            fn read(reader: &mut ::bothends_runtime::json::Reader<'_>) -> ::core::result::Result<Self, ::bothends_runtime::json::Error> {
                #read
            }

            fn write(&self, writer: &mut ::bothends_runtime::json::Writer) {
                match self { #(#writers)* }
            }
        }
        #conversions
    }
}

/// `From` for each arm whose type no other arm has.
fn conversions(plan: &Plan<'_>, name: &Ident, model: &Union) -> TokenStream {
    let resolved: Vec<&Type> = model.arms.iter().map(|arm| plan.resolve(&arm.ty)).collect();
    let unique = model.arms.iter().zip(&resolved).filter(|(_, ty)| resolved.iter().filter(|other| other == ty).count() == 1);
    unique
        .map(|(arm, _)| {
            let (variant, ty) = (ident(&arm.name), plan.ty(&arm.ty));
            quote! {
                impl ::core::convert::From<#ty> for #name {
                    fn from(value: #ty) -> Self {
                        Self::#variant(value)
                    }
                }
            }
        })
        .collect()
}

/// A type as docs name it.
fn short(plan: &Plan<'_>, ty: &Type) -> String {
    match ty {
        Type::Named(id) | Type::Boxed(id) => plan.api.type_def(*id).map(|def| def.name.clone()).unwrap_or_default(),
        Type::List(item) => format!("[{}]", short(plan, item)),
        Type::Map(value) => format!("{{{}}}", short(plan, value)),
        Type::Nullable(inner) => format!("{} or null", short(plan, inner)),
        Type::Any => "any".to_owned(),
        Type::Bool => "boolean".to_owned(),
        Type::Int(_) => "integer".to_owned(),
        Type::Float => "number".to_owned(),
        Type::String | Type::Secret => "string".to_owned(),
        Type::DateTime => "date-time".to_owned(),
        Type::Base64 | Type::Bytes => "bytes".to_owned(),
        Type::File | Type::Blob | Type::Items { .. } => "file".to_owned(),
    }
}
