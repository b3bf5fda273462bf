//! Objects: the struct, its constructor, and its JSON in both directions.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};

use super::docs;
use super::ident::ident;
use super::plan::Plan;
use super::streams::derives;
use crate::model::{Additional, Field, Struct};

/// More arguments than this and clippy asks for a struct, which the struct itself is.
const MANY_ARGUMENTS: usize = 7;

/// A field as the struct shows it.
pub(crate) struct Member {
    pub name: Ident,
    pub ty: TokenStream,
    pub required: bool,
    pub docs: Vec<String>,
    /// Whether it holds a stream.
    pub streams: bool,
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
    let default = !members.iter().any(|member| member.required);
    let derives = derives(members.iter().any(|member| member.streams), default);
    let fields = members.iter().map(|Member { name, ty, docs, .. }| {
        let docs = docs::attributes(docs);
        quote!(#docs pub #name: #ty,)
    });
    let constructor = members.iter().any(|member| !member.required).then(|| constructor(name, members));
    quote! {
        #attributes
        #derives
        pub struct #name { #(#fields)* }
        #constructor
    }
}

fn constructor(name: &impl ToTokens, members: &[Member]) -> TokenStream {
    let required: Vec<&Member> = members.iter().filter(|member| member.required).collect();
    if required.is_empty() {
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
///         let mut user_id = None;
///         reader.object(&mut |key, reader| match key {
///             "user_id" => reader.optional(&mut user_id, key),
///             _ => Ok(false),
///         })?;
///         Ok(Self { user_id })
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
    if let Additional::Kept { field, ty, .. } = &model.additional {
        let (streams, ty) = (plan.holds_stream(ty), plan.ty(ty));
        members.push(Member {
            name: ident(field),
            ty: quote!(::std::collections::BTreeMap<::std::string::String, #ty>),
            required: false,
            docs: vec!["Properties that the document does not name.".to_owned()],
            streams,
        });
    }
    let definition = definition(name, lines, &members);
    // Where all is required today, it may not be tomorrow, and who calls the constructor need not care.
    let constructor = members.iter().all(|member| member.required).then(|| constructor(name, &members));
    let read = read(plan, model);
    let write = write(plan, model);
    quote! {
        #definition
        #constructor
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
    Member { name: ident(&field.name), ty, required: field.required, docs, streams: plan.holds_stream(&field.ty) }
}

fn read(plan: &Plan<'_>, model: &Struct) -> TokenStream {
    let Struct { fields, additional, xml: _ } = model;
    let names: BTreeSet<String> = fields
        .iter()
        .map(|field| ident(&field.name).to_string())
        .chain(match additional {
            Additional::Kept { field, .. } => Some(ident(field).to_string()),
            Additional::Ignored | Additional::Refused => None,
        })
        .collect();
    // Locals are named like the fields; ours step aside.
    let reader = free("reader", &names);
    let key = free("key", &names);
    let method = match additional {
        Additional::Refused => quote!(closed_object),
        Additional::Ignored | Additional::Kept { .. } => quote!(object),
    };
    let (mut slots, mut arms, mut values) = (Vec::new(), Vec::new(), Vec::new());
    let mut seen = BTreeSet::new();
    for field in fields.iter() {
        let (name, wire) = (ident(&field.name), &field.wire);
        if !seen.insert(wire) {
            continue;
        }
        let (slot, call, value) = match presence(plan, field) {
            Presence::Required => (
                quote!(::core::option::Option::None),
                quote!(field),
                quote!(#name: ::bothends_runtime::json::Reader::required(#name, #wire)?),
            ),
            Presence::Optional { takes_null: true } => (quote!(::core::option::Option::None), quote!(field), quote!(#name)),
            Presence::Optional { takes_null: false } => (quote!(::core::option::Option::None), quote!(optional), quote!(#name)),
            Presence::Maybe => (quote!(::bothends_runtime::Maybe::Absent), quote!(maybe), quote!(#name)),
        };
        slots.push(quote!(let mut #name = #slot;));
        arms.push(quote!(#wire => #reader.#call(&mut #name, #key),));
        values.push(value);
    }
    let rest = match additional {
        Additional::Kept { field, is_declared, .. } => {
            let name = ident(field);
            let method = if *is_declared { quote!(extra) } else { quote!(undeclared) };
            slots.push(quote!(let mut #name = ::std::collections::BTreeMap::new();));
            values.push(quote!(#name));
            quote!(#reader.#method(&mut #name, #key))
        }
        Additional::Ignored | Additional::Refused => quote!(::core::result::Result::Ok(false)),
    };
    let closure = match (arms.is_empty(), additional) {
        (true, Additional::Kept { .. }) => quote!(|#key, #reader| #rest),
        (true, Additional::Ignored | Additional::Refused) => quote!(|_, _| #rest),
        (false, _) => quote!(|#key, #reader| match #key { #(#arms)* _ => #rest, }),
    };
    quote! {
        fn read(#reader: &mut ::bothends_runtime::json::Reader<'_>) -> ::core::result::Result<Self, ::bothends_runtime::json::Error> {
            #(#slots)*
            #reader.#method(&mut #closure)?;
            ::core::result::Result::Ok(Self { #(#values),* })
        }
    }
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
