//! Objects: the struct, its constructor, and its JSON in both directions.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::docs;
use super::ident::ident;
use super::plan::Plan;
use crate::model::{Additional, Field, Struct};

/// More arguments than this and clippy asks for a struct, which the struct itself is.
const MANY_ARGUMENTS: usize = 7;

/// A field as the struct shows it.
pub(crate) struct Member {
    pub name: Ident,
    pub ty: TokenStream,
    pub required: bool,
    pub docs: Vec<String>,
}

/// A struct with public fields, and a constructor where some fields are required and some are not.
///
/// ```text
/// #[derive(Clone, Debug, PartialEq)]
/// pub struct Note { pub text: String, pub pinned: Option<bool> }
/// impl Note { pub fn new(text: String) -> Self { Self { text, pinned: Default::default() } } }
/// ```
pub(crate) fn definition(name: &impl ToTokens, lines: &[String], members: &[Member]) -> TokenStream {
    let attributes = docs::attributes(lines);
    let default = if members.iter().any(|member| member.required) { quote!() } else { quote!(Default,) };
    let fields = members.iter().map(|Member { name, ty, docs, .. }| {
        let docs = docs::attributes(docs);
        quote!(#docs pub #name: #ty,)
    });
    let constructor = constructor(name, members);
    quote! {
        #attributes
        #[derive(Clone, Debug, #default PartialEq)]
        pub struct #name { #(#fields)* }
        #constructor
    }
}

fn constructor(name: &impl ToTokens, members: &[Member]) -> TokenStream {
    let required: Vec<&Member> = members.iter().filter(|member| member.required).collect();
    if required.is_empty() || required.len() == members.len() {
        return TokenStream::new();
    }
    let allow = allow_many_arguments(required.len());
    let named = (name.to_token_stream().to_string() == "New")
        .then(|| quote!(#[allow(clippy::self_named_constructors, reason = "the document has a schema of this name")]));
    let arguments = required.iter().map(|Member { name, ty, .. }| quote!(#name: #ty));
    let values = members.iter().map(
        |Member { name, required, .. }| {
            if *required { quote!(#name) } else { quote!(#name: ::core::default::Default::default()) }
        },
    );
    quote! {
        impl #name {
            /// With what is required; everything else is left out.
            #allow
            #named
            pub fn new(#(#arguments),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

/// `#[allow(clippy::too_many_arguments)]` where it is needed.
pub(crate) fn allow_many_arguments(count: usize) -> TokenStream {
    if count > MANY_ARGUMENTS {
        quote!(#[allow(clippy::too_many_arguments, reason = "one for each thing that the document requires")])
    } else {
        TokenStream::new()
    }
}

/// How a field stands in its struct.
enum Presence {
    Required,
    /// Optional; `null`, if it comes, is a value of the type.
    Optional {
        takes_null: bool,
    },
    /// Optional and nullable.
    Maybe,
}

/// A struct of the document.
///
/// ```text
/// /// words
/// #[derive(Clone, Debug, Default, PartialEq)]
/// pub struct Status { pub user_id: Option<String> }
/// impl Json for Status {
///     fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
///         let mut value = Self::default();
///         reader.fields(&mut [("user_id", &mut value.user_id)])?;
///         Ok(value)
///     }
///     fn write(&self, writer: &mut Writer) {
///         let mut object = writer.object();
///         object.optional("user_id", &self.user_id);
///         object.end();
///     }
/// }
/// ```
pub(crate) fn schema(plan: &Plan<'_>, name: &Ident, lines: &[String], model: &Struct) -> TokenStream {
    let mut members: Vec<Member> = model.fields.iter().map(|field| member(plan, field)).collect();
    if let Additional::Kept { field, ty } = &model.additional {
        let ty = plan.ty(ty);
        members.push(Member {
            name: ident(field),
            ty: quote!(::std::collections::BTreeMap<::std::string::String, #ty>),
            required: false,
            docs: vec!["Properties that the document does not name.".to_owned()],
        });
    }
    let definition = definition(name, lines, &members);
    let read = read(plan, model);
    let write = write(plan, model);
    quote! {
        #definition
        impl ::bothends_runtime::Json for #name {
            #read
            #write
        }
    }
}

fn presence(plan: &Plan<'_>, field: &Field) -> Presence {
    if field.required {
        Presence::Required
    } else if plan.non_null(&field.ty).is_some() {
        Presence::Maybe
    } else {
        Presence::Optional { takes_null: plan.takes_null(&field.ty) }
    }
}

fn member(plan: &Plan<'_>, field: &Field) -> Member {
    let ty = match presence(plan, field) {
        Presence::Required => plan.ty(&field.ty),
        Presence::Optional { .. } => {
            let ty = plan.ty(&field.ty);
            quote!(::core::option::Option<#ty>)
        }
        Presence::Maybe => {
            let ty = plan.ty(plan.non_null(&field.ty).unwrap_or(&field.ty));
            quote!(::bothends_runtime::Maybe<#ty>)
        }
    };
    let mut docs = docs::or_else(field.docs.as_deref(), || format!("{} on the wire.", docs::code(&field.wire)));
    for (is, note) in
        [(field.read_only, "Sent by the server only."), (field.write_only, "Sent by the client only."), (field.deprecated, "Deprecated.")]
    {
        if is {
            docs.push(String::new());
            docs.push(note.to_owned());
        }
    }
    Member { name: ident(&field.name), ty, required: field.required, docs }
}

fn read(plan: &Plan<'_>, model: &Struct) -> TokenStream {
    let Struct { fields, additional } = model;
    let mut seen = BTreeSet::new();
    let fields: Vec<&Field> = fields.iter().filter(|field| seen.insert(&field.wire)).collect();
    let rest = if let Additional::Kept { field, .. } = additional { Some(ident(field)) } else { None };
    // Locals are named like the fields; ours steps aside.
    let names = fields.iter().map(|field| ident(&field.name)).chain(rest.clone()).map(|name| name.to_string()).collect();
    let reader = free("reader", &names);
    let plain = |field: &&Field| matches!(presence(plan, field), Presence::Optional { takes_null: false } | Presence::Maybe);
    let body = if fields.iter().all(plain) {
        // Nothing is required: the fields themselves are the slots.
        let binding = if fields.is_empty() && rest.is_none() { quote!(value) } else { quote!(mut value) };
        let slots = fields.iter().map(|Field { name, wire, .. }| {
            let name = ident(name);
            quote!((#wire, &mut value.#name))
        });
        let call = fill(additional, slots, &rest.map(|rest| quote!(value.#rest)));
        quote! {
            let #binding = Self::default();
            #reader.#call?;
            ::core::result::Result::Ok(value)
        }
    } else {
        let (locals, values): (Vec<_>, Vec<_>) = fields.iter().map(|field| local(plan, field)).unzip();
        let slots = fields.iter().map(|Field { name, wire, .. }| {
            let name = ident(name);
            quote!((#wire, &mut #name))
        });
        let call = fill(additional, slots, &rest.as_ref().map(|rest| quote!(#rest)));
        let (map, rest) = (rest.iter(), rest.iter());
        quote! {
            #(#locals)*
            #(let mut #map = ::std::collections::BTreeMap::new();)*
            #reader.#call?;
            ::core::result::Result::Ok(Self { #(#values,)* #(#rest)* })
        }
    };
    quote! {
        fn read(#reader: &mut ::bothends_runtime::json::Reader<'_>) -> ::core::result::Result<Self, ::bothends_runtime::json::Error> {
            #body
        }
    }
}

/// The call that reads an object into slots.
fn fill(additional: &Additional, slots: impl Iterator<Item = TokenStream>, rest: &Option<TokenStream>) -> TokenStream {
    match (additional, rest) {
        (Additional::Refused, _) => quote!(closed_fields(&mut [#(#slots),*])),
        (Additional::Kept { .. }, Some(rest)) => quote!(fields_and_rest(&mut [#(#slots),*], &mut #rest)),
        (Additional::Kept { .. } | Additional::Ignored, _) => quote!(fields(&mut [#(#slots),*])),
    }
}

/// The slot of a field as a local of its name, and the field's value once it is read.
fn local(plan: &Plan<'_>, field: &Field) -> (TokenStream, TokenStream) {
    let (name, wire) = (ident(&field.name), &field.wire);
    let (slot, value) = match presence(plan, field) {
        Presence::Required => (quote!(::bothends_runtime::json::Whole::new()), quote!(#name: #name.required(#wire)?)),
        Presence::Optional { takes_null: true } => (quote!(::bothends_runtime::json::Whole::new()), quote!(#name: #name.optional())),
        Presence::Optional { takes_null: false } => (quote!(::core::option::Option::None), quote!(#name)),
        Presence::Maybe => (quote!(::bothends_runtime::Maybe::Absent), quote!(#name)),
    };
    (quote!(let mut #name = #slot;), value)
}

fn write(plan: &Plan<'_>, model: &Struct) -> TokenStream {
    let mut calls: Vec<TokenStream> = model
        .fields
        .iter()
        .map(|field| {
            let (name, wire) = (ident(&field.name), &field.wire);
            let call = match presence(plan, field) {
                Presence::Required => quote!(field),
                Presence::Optional { .. } => quote!(optional),
                Presence::Maybe => quote!(maybe),
            };
            quote!(object.#call(#wire, &self.#name);)
        })
        .collect();
    if let Additional::Kept { field, .. } = &model.additional {
        let name = ident(field);
        calls.push(quote!(object.extra(&self.#name);));
    }
    let body =
        if calls.is_empty() { quote!(writer.object().end();) } else { quote!(let mut object = writer.object(); #(#calls)* object.end();) };
    quote!(fn write(&self, writer: &mut ::bothends_runtime::json::Writer) { #body })
}

/// `wanted`, or with underscores behind it where a field has that name.
fn free(wanted: &str, taken: &BTreeSet<String>) -> Ident {
    let mut name = wanted.to_owned();
    while taken.contains(&name) {
        name.push('_');
    }
    ident(&name)
}
