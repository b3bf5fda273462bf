//! Bodies: how a media type is called in both directions, and the enums of bodies that have several.

use std::collections::BTreeMap;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::ident::{Name, ident};
use super::plan::{File, Plan, Source};
use super::streams::derives;
use super::ty::body_type;
use super::{docs, parameters, xml};
use crate::model::{Codec, Content, EventData, FieldEncoding, Framing, MediaBody, Payload, Type};

/// What a body is to those who do not care for its media type.
#[derive(PartialEq)]
pub(crate) enum Carried<'a> {
    /// One value, whichever media type it came in.
    Value(Type),
    /// An enum: its media types hold different things.
    Enum(&'a str),
}

impl<'a> Plan<'a> {
    /// A body in Rust: its value, or the enum of several media types.
    pub fn content(&self, content: &Content) -> TokenStream {
        match (&content.name, content.media.first()) {
            (Some(name), _) => {
                let name = ident(name);
                quote!(api::contents::#name)
            }
            (None, Some(media)) => self.ty(&body_type(media)),
            // The model has no body without a media type.
            (None, None) => quote!(()),
        }
    }

    /// The type that all media types of a body hold, if it is one.
    pub fn value_of(&self, content: &Content) -> Option<Type> {
        value_of(self.api, content)
    }
}

/// See [`Plan::value_of`].
pub(crate) fn value_of(api: &crate::model::Api, content: &Content) -> Option<Type> {
    let mut types = content.media.iter().map(|media| super::plan::canonical(api, &body_type(media)));
    let first = types.next()?;
    types.all(|ty| ty == first).then_some(first)
}

/// See [`Carried`].
pub(crate) fn carried<'a>(api: &crate::model::Api, content: &'a Content) -> Carried<'a> {
    match (value_of(api, content), &content.name) {
        (None, Some(name)) => Carried::Enum(name),
        (ty, _) => Carried::Value(ty.unwrap_or(Type::Any)),
    }
}

/// What is said to a `BodyEncoder`: `json("application/json", &self.body)`. The value is given away where it may be a stream.
pub(crate) fn encode(plan: &Plan<'_>, content: &Content, value: &TokenStream, borrowed: &TokenStream) -> TokenStream {
    let Some(media) = content.single() else { return quote!(content(#value)) };
    let media_type = &media.media_type;
    let fields = fields(plan, media).map(|(_, fields)| fields);
    encode_media(plan, media, value, borrowed, &quote!(&[#media_type], 0), fields.as_ref())
}

/// What is said to a `BodyDecoder`: `json()`.
pub(crate) fn decode(plan: &Plan<'_>, content: &Content) -> TokenStream {
    let Some(media) = content.single() else { return quote!(content()) };
    decode_media(plan, media, fields(plan, media).map(|(_, fields)| fields).as_ref())
}

/// How the fields of a form are written, if it is one: the type of the table, and the table.
fn fields(plan: &Plan<'_>, media: &MediaBody) -> Option<(TokenStream, TokenStream)> {
    match &media.codec {
        Codec::Multipart(styles) => Some((quote!(&'static [::bothends_runtime::Part]), parts(plan, media, styles))),
        Codec::Form(encodings) => {
            Some((quote!(&'static ::bothends_runtime::Fields<'static>), parameters::form_fields(plan, &media.ty, encodings)))
        }
        Codec::Json | Codec::Text | Codec::Bytes | Codec::Blob | Codec::Items(_) | Codec::Xml { .. } => None,
    }
}

/// `number` is the list of media types and the number of this one in it; `fields` is the table of a form, or its name.
fn encode_media(
    plan: &Plan<'_>,
    media: &MediaBody,
    value: &TokenStream,
    borrowed: &TokenStream,
    number: &TokenStream,
    fields: Option<&TokenStream>,
) -> TokenStream {
    let media_type = &media.media_type;
    match &media.codec {
        Codec::Json => quote!(json(#media_type, #borrowed)),
        Codec::Text if is_string(plan, media) => quote!(text(#media_type, #borrowed)),
        Codec::Text => quote!(scalar(#media_type, #borrowed)),
        Codec::Bytes => quote!(bytes(#media_type, #value)),
        Codec::Blob => quote!(blob(#number, #value)),
        Codec::Items(framing) => {
            let manner = manner(*framing);
            quote!(items(#media_type, #manner, #value))
        }
        Codec::Multipart(_) => quote!(multipart(#media_type, #fields, #borrowed)),
        Codec::Form(_) => quote!(form(#media_type, #fields, #borrowed)),
        Codec::Xml { root, item, nested } => {
            let root = xml::root(plan, &media.ty, root, item, nested);
            quote!(xml(#media_type, #root, #borrowed))
        }
    }
}

fn decode_media(plan: &Plan<'_>, media: &MediaBody, fields: Option<&TokenStream>) -> TokenStream {
    match &media.codec {
        Codec::Json => quote!(json()),
        Codec::Text if is_string(plan, media) => quote!(text()),
        Codec::Text => quote!(scalar()),
        Codec::Bytes => quote!(bytes()),
        Codec::Blob => quote!(blob()),
        Codec::Items(framing) => {
            let manner = manner(*framing);
            quote!(items(#manner))
        }
        Codec::Multipart(_) => quote!(multipart(#fields)),
        Codec::Form(_) => quote!(form(#fields)),
        Codec::Xml { .. } => quote!(xml()),
    }
}

/// How an item stands in its body: `Data::Json`.
fn manner(framing: Framing) -> TokenStream {
    match framing {
        Framing::Events(EventData::Json) => quote!(::bothends_runtime::Data::Json),
        Framing::Events(EventData::Text) => quote!(::bothends_runtime::Data::Text),
        Framing::Events(EventData::Fields) => quote!(::bothends_runtime::Data::Fields),
        Framing::Events(EventData::JsonFields) => quote!(::bothends_runtime::Data::JsonFields),
        Framing::Lines => quote!(::bothends_runtime::Separator::LineFeed),
        Framing::Records => quote!(::bothends_runtime::Separator::Record),
    }
}

fn is_string(plan: &Plan<'_>, media: &MediaBody) -> bool {
    *plan.resolve(&media.ty) == Type::String
}

/// How each field of a form is written: `const { &[Part::text("name"), Part::file("image")] }`.
fn parts(plan: &Plan<'_>, media: &MediaBody, styles: &[FieldEncoding]) -> TokenStream {
    let fields = plan.form_fields(&media.ty).into_iter().map(|field| {
        if let Some(styled) = styles.iter().find(|style| style.wire == field.wire).and_then(|style| parameters::styled(plan, field, style))
        {
            return quote!(::bothends_runtime::Part::field(#styled));
        }
        part(plan, &field.wire, &field.ty, media.parts.get(&field.wire))
    });
    // What a part says of itself is all that is known of any value.
    let others = plan.form_others(&media.ty).filter(|ty| *plan.value(ty) != Type::Any).map(|ty| {
        let part = part(plan, "", ty, None);
        quote!(#part.others())
    });
    let all = fields.chain(others);
    quote!(const { &[#(#all),*] })
}

fn part(plan: &Plan<'_>, wire: &str, ty: &Type, declared: Option<&String>) -> TokenStream {
    let (list, item) = match plan.value(ty) {
        Type::List(item) => (true, plan.value(item)),
        other => (false, other),
    };
    let is_json = declared.is_some_and(|media_type| is_json(media_type));
    let form = match item {
        Type::File => "file",
        _ if is_json => "json",
        Type::String | Type::Secret | Type::DateTime | Type::Base64 => "text",
        Type::Bool | Type::Int(_) | Type::Float => "plain",
        Type::Named(id) if plan.is_text_enum(*id) => "text",
        _ => "json",
    };
    // What is written as JSON is not called anything else.
    let declared = declared.filter(|_| is_json || form != "json").map(|media_type| quote!(.media_type(#media_type)));
    let (form, list) = (ident(form), list.then(|| quote!(.list())));
    quote!(::bothends_runtime::Part::#form(#wire)#list #declared)
}

fn is_json(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence.ends_with("/json") || essence.ends_with("+json")
}

/// All bodies with several media types, by the names of their enums.
fn enums<'a>(plan: &Plan<'a>) -> BTreeMap<&'a str, &'a Content> {
    let bodies = plan.api.exchanges().flat_map(|(_, operation)| {
        let responses = operation.responses.iter().filter_map(|response| match &response.payload {
            Payload::Body(content) => Some(content),
            Payload::Empty => None,
        });
        operation.body.iter().map(|body| &body.content).chain(responses)
    });
    bodies.filter_map(|content| Some((content.name.as_deref()?, content))).collect()
}

/// Whether there is a body with several media types.
pub(crate) fn any(plan: &Plan<'_>) -> bool {
    !enums(plan).is_empty()
}

/// `types/src/contents.rs`, where it holds anything.
pub(crate) fn files(plan: &Plan<'_>) -> Vec<File> {
    let names: Vec<String> = enums(plan).into_keys().map(str::to_owned).collect();
    if names.is_empty() {
        return Vec::new();
    }
    let docs = vec!["Bodies with several media types: a variant for each.".to_owned()];
    let file = File::rust("types/src/contents.rs", move |_| Source { docs: docs.clone(), ..Source::default() });
    vec![names.into_iter().fold(file, |file, name| {
        file.with(move |plan| enums(plan).get(name.as_str()).map(|content| definition(plan, content)).unwrap_or_default())
    })]
}

/// One enum.
///
/// ```text
/// #[derive(Clone, Debug, PartialEq)]
/// pub enum NoteContent {
///     /// `application/json`
///     Json(Note),
///     /// `text/json`
///     TextJson(Note),
/// }
/// impl From<Note> for NoteContent { … }
/// impl From<&Note> for NoteContent { … }
/// impl NoteContent { pub fn into_inner(self) -> Note { … } }
/// impl Deref for NoteContent { type Target = Note; … }
/// #[cfg(any(feature = "client", feature = "server"))]
/// impl Content for NoteContent { … }
/// ```
fn definition(plan: &Plan<'_>, content: &Content) -> TokenStream {
    let name = Name::new(content.name.as_deref().unwrap_or_default());
    let media_types = content.media.iter().map(|media| &media.media_type);
    let list = content.media.iter().map(|media| docs::code(&media.media_type)).collect::<Vec<_>>().join(", ");
    let lead = docs::attributes(&[format!("A body in one of several media types: {list}.")]);
    let variants = content.media.iter().map(|media| {
        let (docs, variant) = (docs::attributes(&[docs::code(&media.media_type)]), ident(&media.variant));
        let ty = plan.ty(&body_type(media));
        quote!(#docs #variant(#ty),)
    });
    let (tables, own) = tables(plan, &name, content);
    let encodes = content.media.iter().zip(&tables).enumerate().map(|(number, (media, table))| {
        let number = Literal::usize_unsuffixed(number);
        let number = quote!(Self::MEDIA_TYPES, #number);
        let write = encode_media(plan, media, &quote!(value), &quote!(&value), &number, table.as_ref());
        let variant = ident(&media.variant);
        quote!(Self::#variant(value) => body.#write,)
    });
    // Any other number is the first, so that there is no number without a media type.
    let decodes = content.media.iter().zip(&tables).enumerate().map(|(number, (media, table))| {
        let (variant, read) = (ident(&media.variant), decode_media(plan, media, table.as_ref()));
        let number = Literal::usize_unsuffixed(number);
        (quote!(#number), quote!(body.#read.map(Self::#variant),))
    });
    let mut decodes: Vec<_> = decodes.collect();
    let first = decodes.drain(..decodes.len().min(1)).map(|(_, read)| quote!(_ => #read)).collect::<Vec<_>>();
    let decodes = decodes.into_iter().map(|(number, read)| quote!(#number => #read));
    let derives = derives(plan.content_holds_stream(content), false);
    let froms = froms(plan, &name, content);
    let uniform = plan.value_of(content).map(|ty| uniform(plan, &name, content, &ty));
    quote! {
        #lead
        #derives
        pub enum #name { #(#variants)* }

        #(#froms)*
        #uniform

        #own

        #[cfg(any(feature = "client", feature = "server"))]
        impl ::bothends_runtime::Content for #name {
            const MEDIA_TYPES: &'static [&'static str] = &[#(#media_types),*];

            fn encode(self, body: &mut ::bothends_runtime::BodyEncoder) -> ::core::result::Result<(), ::bothends_runtime::EncodeError> {
                match self { #(#encodes)* }
            }

            fn decode(
                number: usize,
                body: &::bothends_runtime::BodyDecoder<'_>,
            ) -> ::core::result::Result<Self, ::bothends_runtime::DecodeError> {
                match number { #(#decodes)* #(#first)* }
            }
        }
    }
}

/// The tables of forms, which both directions read: what each is called, and their definition.
///
/// ```text
/// impl NoteContent { const FIELDS_1: &'static [Part] = const { &[Part::text("name")] }; }
/// ```
fn tables(plan: &Plan<'_>, name: &Name, content: &Content) -> (Vec<Option<TokenStream>>, Option<TokenStream>) {
    let (mut names, mut constants) = (Vec::new(), Vec::new());
    for (number, media) in content.media.iter().enumerate() {
        let constant = format_ident!("FIELDS_{number}");
        names.push(fields(plan, media).map(|(ty, value)| {
            constants.push(quote!(const #constant: #ty = #value;));
            quote!(Self::#constant)
        }));
    }
    let own = (!constants.is_empty()).then(|| {
        quote! {
            #[cfg(any(feature = "client", feature = "server"))]
            impl #name { #(#constants)* }
        }
    });
    (names, own)
}

/// `From` for the first variant of each type, by value and by reference: a caller who does not care for the media type
/// writes what they would write if there were only one.
fn froms(plan: &Plan<'_>, name: &Name, content: &Content) -> Vec<TokenStream> {
    let mut seen: Vec<Type> = Vec::new();
    let mut froms = Vec::new();
    for media in &content.media {
        let ty = super::plan::canonical(plan.api, &body_type(media));
        if seen.contains(&ty) {
            continue;
        }
        let variant = ident(&media.variant);
        let owned = plan.ty(&ty);
        let borrowed = match &ty {
            Type::Bool | Type::Int(_) | Type::Float => None,
            Type::String => Some((quote!(&str), quote!(value.to_owned()))),
            Type::List(item) if !plan.holds_stream(item) => {
                let item = plan.ty(item);
                Some((quote!(&[#item]), quote!(value.to_vec())))
            }
            ty if plan.holds_stream(ty) => None,
            _ => Some((quote!(&#owned), quote!(::core::clone::Clone::clone(value)))),
        };
        let conversions = [(owned, quote!(value))].into_iter().chain(borrowed);
        froms.extend(conversions.map(|(ty, value)| {
            quote! {
                impl ::core::convert::From<#ty> for #name {
                    fn from(value: #ty) -> Self {
                        Self::#variant(#value)
                    }
                }
            }
        }));
        seen.push(ty);
    }
    froms
}

/// What an enum of forms of one type has on top.
fn uniform(plan: &Plan<'_>, name: &Name, content: &Content, ty: &Type) -> TokenStream {
    let ty = plan.ty(ty);
    let variants: Vec<_> = content.media.iter().map(|media| ident(&media.variant)).collect();
    let numbers = (1..content.media.len()).map(Literal::usize_unsuffixed);
    let others = variants.iter().skip(1);
    let first = variants.iter().take(1);
    quote! {
        impl #name {
            /// The value, whichever media type it is in.
            pub fn into_inner(self) -> #ty {
                match self { #(Self::#variants(value))|* => value }
            }
        }

        impl ::core::ops::Deref for #name {
            type Target = #ty;

            fn deref(&self) -> &Self::Target {
                match self { #(Self::#variants(value))|* => value }
            }
        }

        #[cfg(any(feature = "client", feature = "server"))]
        impl ::bothends_runtime::Uniform for #name {
            type Value = #ty;

            fn represent(number: usize, value: Self::Value) -> Self {
                match number { #(#numbers => Self::#others(value),)* #(_ => Self::#first(value),)* }
            }
        }
    }
}
