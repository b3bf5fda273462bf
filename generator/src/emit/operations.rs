//! Operations in the types crate: request and response types, and the two halves of the wire.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::docs;
use super::ident::{constant, ident};
use super::outcome::{self, Outcome, Side};
use super::plan::{Call, File, Group, Plan, Source};
use super::structs::{self, Member};
use super::ty::body_type;
use crate::model::{Body, Codec, Location, Parameter, PathSegment, Payload, Response, SecurityKind, Status, Style, Type, TypeKind};

/// `types/src/lib.rs`, `types/src/security.rs`, `types/src/operations/{mod,<group>}.rs`.
pub(crate) fn files(plan: &Plan<'_>) -> Vec<File> {
    let mut files = vec![
        File::rust("types/src/lib.rs", crate_root),
        File::rust("types/src/security.rs", security),
        File::rust("types/src/operations/mod.rs", index),
    ];
    for (number, group) in plan.groups.iter().enumerate().filter(|(_, group)| !group.operations.is_empty()) {
        files.push(File::rust(format!("types/src/operations/{}.rs", group.module), move |plan| match plan.groups.get(number) {
            Some(group) => group_source(plan, group),
            None => Source::default(),
        }));
    }
    files
}

fn crate_root(plan: &Plan<'_>) -> Source {
    let title = docs::line(&plan.api.title);
    let lead = if title.is_empty() { "Types and operations.".to_owned() } else { format!("Types and operations of {title}.") };
    let schemas = if plan.api.types.is_empty() { quote!() } else { quote!(pub use schemas::*;) };
    let operations = if plan.api.operations.is_empty() {
        quote!()
    } else {
        let features: Vec<&String> = plan.used_groups().map(|group| &group.model.feature).collect();
        match features.as_slice() {
            [feature] => quote!(#[cfg(feature = #feature)] pub use operations::*;),
            features => quote!(#[cfg(any(#(feature = #features),*))] pub use operations::*;),
        }
    };
    Source {
        docs: docs::with_lead(lead, plan.api.description.as_deref()),
        attributes: quote! {
            #![forbid(unsafe_code)]
            #![allow(clippy::large_enum_variant, reason = "variants are as large as the document's schemas")]
        },
        items: quote! {
            pub mod operations;
            pub mod schemas;
            pub mod security;
            #operations
            #schemas
        },
        ..Source::default()
    }
}

/// One constant per security scheme.
///
/// ```text
/// pub static BEARER_AUTH: SecurityScheme = SecurityScheme { id: "bearerAuth", kind: SecurityKind::Bearer };
/// ```
fn security(plan: &Plan<'_>) -> Source {
    let schemes = plan.api.security_schemes.iter().map(|scheme| {
        let (name, id) = (plan.scheme_constant(scheme), &scheme.id);
        let lines = docs::with_lead(format!("The security scheme {}.", docs::code(id)), scheme.description.as_deref());
        let attributes = docs::attributes(&lines);
        let kind = match &scheme.kind {
            SecurityKind::Basic => quote!(Basic),
            SecurityKind::Bearer => quote!(Bearer),
            SecurityKind::OtherHttp(name) => quote!(Http(#name)),
            SecurityKind::ApiKeyHeader(name) => quote!(Header(#name)),
            SecurityKind::ApiKeyQuery(name) => quote!(Query(#name)),
            SecurityKind::ApiKeyCookie(name) => quote!(Cookie(#name)),
        };
        quote! {
            #attributes
            pub static #name: ::bothends_runtime::SecurityScheme =
                ::bothends_runtime::SecurityScheme { id: #id, kind: ::bothends_runtime::SecurityKind::#kind };
        }
    });
    Source { docs: vec!["How requests prove who sends them.".to_owned()], items: quote!(#(#schemes)*), ..Source::default() }
}

fn index(plan: &Plan<'_>) -> Source {
    let modules = plan.used_groups().map(|group| {
        let (module, feature) = (&group.module, &group.model.feature);
        let allow = if *module == "operations" {
            quote!(#[allow(clippy::module_inception, reason = "the document has a tag of this name")])
        } else {
            quote!()
        };
        quote!(#[cfg(feature = #feature)] #allow pub mod #module;)
    });
    let uses = plan.used_groups().map(|group| {
        let (module, feature) = (&group.module, &group.model.feature);
        quote!(#[cfg(feature = #feature)] pub use #module::*;)
    });
    Source {
        docs: vec!["The document's operations, in a module for each tag.".to_owned()],
        items: quote!(#(#modules)* #(#uses)*),
        ..Source::default()
    }
}

fn group_source(plan: &Plan<'_>, group: &Group<'_>) -> Source {
    let operations = plan.calls_of(group).map(|call| operation(plan, call));
    Source { docs: group_docs(group), alias: quote!(crate), items: quote!(#(#operations)*), ..Source::default() }
}

/// First line of a group's files, with the document's words about the tag.
pub(crate) fn group_docs(group: &Group<'_>) -> Vec<String> {
    let lead = match &group.model.tag {
        Some(tag) => format!("Operations tagged {}.", docs::code(tag)),
        None => "Operations without a tag.".to_owned(),
    };
    docs::with_lead(lead, group.model.description.as_deref())
}

/// Method and path, then the document's words: the docs of an operation wherever it shows up.
pub(crate) fn operation_docs(call: &Call<'_>) -> Vec<String> {
    let operation = call.model;
    let mut lines = docs::with_lead(docs::code(&format!("{} {}", operation.method.as_str(), operation.path.raw)), operation.docs.as_deref());
    if operation.deprecated {
        lines.push(String::new());
        lines.push("Deprecated.".to_owned());
    }
    lines
}

/// One operation: request, response, and what both ends do with them.
///
/// ```text
/// pub struct GetNote { pub id: String }
/// pub enum GetNoteResponse { Ok(Note), NotFound(Problem) }
/// impl Operation for GetNote { const INFO: &'static OperationInfo = &…; … }
/// #[cfg(any(feature = "client", feature = "server"))]
/// impl GetNote { const ID: Parameter = Parameter::simple("id"); }
/// #[cfg(feature = "client")] impl ClientOperation for GetNote { … }
/// #[cfg(feature = "server")] impl ServerOperation for GetNote { … }
/// ```
fn operation(plan: &Plan<'_>, call: &Call<'_>) -> TokenStream {
    let request = structs::definition(&call.request, &operation_docs(call), &members(plan, call));
    let response = response_enum(plan, call);
    let outcomes = [(&call.success, Side::Success), (&call.failure, Side::Failure)].map(|(outcome, side)| outcome_enum(plan, call, outcome, side));
    let info = info(plan, call);
    let constants = Constants::new(plan, call);
    let parameters = constants.definition(call);
    let client = client(plan, call, &constants);
    let server = server(call, &constants);
    quote!(#request #response #(#outcomes)* #info #parameters #client #server)
}

/// The type of a parameter: `null` has no form outside of JSON.
pub(crate) fn parameter_type<'t>(plan: &'t Plan<'_>, parameter: &'t Parameter) -> &'t Type {
    plan.non_null(&parameter.ty).unwrap_or(&parameter.ty)
}

/// Fields of the request type: parameters, then the body.
pub(crate) fn members(plan: &Plan<'_>, call: &Call<'_>) -> Vec<Member> {
    let optional = |ty: TokenStream, required| if required { ty } else { quote!(::core::option::Option<#ty>) };
    let mut members: Vec<Member> = Vec::new();
    for parameter in &call.model.parameters {
        let mut lines = docs::or_else(parameter.docs.as_deref(), || format!("{} on the wire.", docs::code(&parameter.wire)));
        if parameter.deprecated {
            lines.extend([String::new(), "Deprecated.".to_owned()]);
        }
        let ty = plan.ty(parameter_type(plan, parameter));
        members.push(Member { name: ident(&parameter.name), ty: optional(ty, parameter.required), required: parameter.required, docs: lines });
    }
    if let Some(body) = &call.model.body {
        let lines = docs::or_else(body.docs.as_deref(), || format!("The body, as {}.", docs::code(&body.media.media_type)));
        members.push(Member { name: ident(&body.name), ty: optional(plan.body(&body.media), body.required), required: body.required, docs: lines });
    }
    members
}

/// One variant per documented status. An exact status holds its body, any other one the status and headers too.
fn response_enum(plan: &Plan<'_>, call: &Call<'_>) -> TokenStream {
    let name = &call.response;
    let lead = docs::attributes(&[format!("What {} is answered with.", docs::code(&call.request.to_string()))]);
    let variants = outcome::ordered(call.model).into_iter().map(|response| {
        let variant = ident(&response.variant);
        let docs = docs::attributes(&response_docs(response));
        let body = match &response.payload {
            Payload::Empty => None,
            Payload::Body(media) => Some(plan.body(media)),
        };
        match (body, outcome::keeps_meta(response)) {
            (None, false) => quote!(#docs #variant,),
            (Some(body), false) => quote!(#docs #variant(#body),),
            (None, true) => quote!(#docs #variant(::bothends_runtime::Reply<()>),),
            (Some(body), true) => quote!(#docs #variant(::bothends_runtime::Reply<#body>),),
        }
    });
    quote!(#lead #[derive(Clone, Debug, PartialEq)] pub enum #name { #(#variants)* })
}

fn response_docs(response: &Response) -> Vec<String> {
    let lead = match response.status {
        Status::Code(code) => format!("Status {code}."),
        Status::Range(class) => format!("Any status from {class}00 to {class}99 that is not named."),
        Status::Default => "Any status that is not named.".to_owned(),
    };
    docs::with_lead(lead, response.docs.as_deref())
}

/// `<Op>Success` or `<Op>Failure`, where the bodies of a side differ.
fn outcome_enum(plan: &Plan<'_>, call: &Call<'_>, outcome: &Outcome<'_>, side: Side) -> TokenStream {
    let Outcome::Many(name) = outcome else { return TokenStream::new() };
    let operation = docs::code(&call.request.to_string());
    let lead = docs::attributes(&[match side {
        Side::Success => format!("What a success of {operation} carries."),
        Side::Failure => format!("What a documented failure of {operation} carries."),
    }]);
    let variants = outcome::responses(call.model, side).map(|response| {
        let variant = ident(&response.variant);
        let docs = docs::attributes(&response_docs(response));
        match &response.payload {
            Payload::Empty => quote!(#docs #variant,),
            Payload::Body(media) => {
                let body = plan.body(media);
                quote!(#docs #variant(#body),)
            }
        }
    });
    quote!(#lead #[derive(Clone, Debug, PartialEq)] pub enum #name { #(#variants)* })
}

fn info(plan: &Plan<'_>, call: &Call<'_>) -> TokenStream {
    let Call { model, request, response, success, failure, .. } = call;
    let (id, method, path) = (&model.id, model.method.as_str(), &model.path.raw);
    let segments = model.path.segments.iter().map(|segment| match segment {
        PathSegment::Literal(text) => quote!(::bothends_runtime::Segment::Literal(#text)),
        PathSegment::Parameter { prefix, name, suffix } => {
            quote!(::bothends_runtime::Segment::Parameter { prefix: #prefix, name: #name, suffix: #suffix })
        }
    });
    let tag = optional_text(plan.groups.get(model.group).and_then(|group| group.model.tag.as_deref()));
    let security = model.security.alternatives.iter().map(|alternative| {
        let schemes = alternative.iter().filter_map(|requirement| plan.api.security_schemes.get(requirement.scheme));
        let schemes = schemes.map(|scheme| plan.scheme_constant(scheme));
        quote!(&[#(&api::security::#schemes),*])
    });
    let accept = optional_text(accept(call).as_deref());
    let success = plan.outcome(success, Side::Success);
    let failure = plan.outcome(failure, Side::Failure);
    quote! {
        impl ::bothends_runtime::Operation for #request {
            const INFO: &'static ::bothends_runtime::OperationInfo = &::bothends_runtime::OperationInfo {
                id: #id,
                method: #method,
                path: #path,
                segments: &[#(#segments),*],
                tag: #tag,
                security: &[#(#security),*],
                accept: #accept,
            };

            type Response = #response;
            type Success = #success;
            type Failure = #failure;
        }
    }
}

fn optional_text(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// The media types of all responses: `application/json, text/plain`.
fn accept(call: &Call<'_>) -> Option<String> {
    let mut seen = BTreeSet::new();
    let media: Vec<&str> = outcome::ordered(call.model)
        .into_iter()
        .filter_map(|response| match &response.payload {
            Payload::Empty => None,
            Payload::Body(media) => Some(media.media_type.as_str()),
        })
        .filter(|media| seen.insert(*media))
        .collect();
    (!media.is_empty()).then(|| media.join(", "))
}

/// The constants that describe the parameters, in the parameters' order: both halves read them.
struct Constants {
    names: Vec<Ident>,
    values: Vec<TokenStream>,
}

impl Constants {
    fn new(plan: &Plan<'_>, call: &Call<'_>) -> Self {
        // `Operation::INFO` is known by that name.
        let mut taken = BTreeSet::from(["INFO".to_owned()]);
        let mut names = Vec::new();
        let mut values = Vec::new();
        for parameter in &call.model.parameters {
            let mut name = constant(&parameter.name).to_string();
            while !taken.insert(name.clone()) {
                name.push('_');
            }
            names.push(ident(&name));
            values.push(parameter_value(plan, call, parameter));
        }
        Self { names, values }
    }

    fn definition(&self, call: &Call<'_>) -> TokenStream {
        let (request, Self { names, values }) = (&call.request, self);
        if names.is_empty() {
            return TokenStream::new();
        }
        quote! {
            #[cfg(any(feature = "client", feature = "server"))]
            impl #request {
                #(const #names: ::bothends_runtime::Parameter = #values;)*
            }
        }
    }
}

/// `Parameter::form("ids").list()`: what differs from how the style is by default.
fn parameter_value(plan: &Plan<'_>, call: &Call<'_>, parameter: &Parameter) -> TokenStream {
    let wire = &parameter.wire;
    let (start, exploded) = match parameter.style {
        Style::Simple => (quote!(simple(#wire)), false),
        Style::Form => (quote!(form(#wire)), true),
        Style::Json => (quote!(json(#wire)), false),
        Style::Label => (quote!(simple(#wire).style(::bothends_runtime::Style::Label)), false),
        Style::Matrix => (quote!(simple(#wire).style(::bothends_runtime::Style::Matrix)), false),
        Style::SpaceDelimited => (quote!(simple(#wire).style(::bothends_runtime::Style::SpaceDelimited)), false),
        Style::PipeDelimited => (quote!(simple(#wire).style(::bothends_runtime::Style::PipeDelimited)), false),
        Style::DeepObject => (quote!(simple(#wire).style(::bothends_runtime::Style::DeepObject)), false),
    };
    let explode = match (exploded, parameter.explode) {
        (false, true) => quote!(.exploded()),
        (true, false) => quote!(.explode(false)),
        (false, false) | (true, true) => quote!(),
    };
    let shape = shape(plan, parameter_type(plan, parameter), 0);
    let written = match shape {
        Shape::Scalar => quote!(),
        Shape::List => quote!(.list()),
        Shape::Object => quote!(.object()),
        Shape::Any => quote!(.shape(::bothends_runtime::Shape::Any)),
    };
    let reserved = if parameter.allow_reserved { quote!(.allow_reserved()) } else { quote!() };
    // An exploded object takes what stands in the query, unless it belongs to another parameter.
    let others: Vec<&String> = call
        .model
        .parameters
        .iter()
        .filter(|other| other.location == Location::Query && other.wire != *wire)
        .map(|other| &other.wire)
        .collect();
    let spread = parameter.location == Location::Query && parameter.style == Style::Form && parameter.explode;
    let beside = if spread && matches!(shape, Shape::Object | Shape::Any) && !others.is_empty() {
        quote!(.beside(&[#(#others),*]))
    } else {
        quote!()
    };
    quote!(::bothends_runtime::Parameter::#start #explode #written #reserved #beside)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Scalar,
    List,
    Object,
    Any,
}

/// What a parameter's text is cut into.
fn shape(plan: &Plan<'_>, ty: &Type, depth: usize) -> Shape {
    // Deeper than this only a circle goes, and the runtime then has to try.
    if depth > 16 {
        return Shape::Any;
    }
    match plan.resolve(ty) {
        Type::Any => Shape::Any,
        Type::List(_) => Shape::List,
        Type::Map(_) => Shape::Object,
        Type::Nullable(inner) => shape(plan, inner, depth + 1),
        Type::Named(id) | Type::Boxed(id) => match plan.api.type_def(*id).map(|def| &def.kind) {
            Some(TypeKind::Struct(_)) => Shape::Object,
            Some(TypeKind::Newtype(inner) | TypeKind::Alias(inner)) => shape(plan, inner, depth + 1),
            Some(TypeKind::Enum(_)) => Shape::Scalar,
            Some(TypeKind::Union(union)) => {
                let mut shapes = union.arms.iter().map(|arm| shape(plan, &arm.ty, depth + 1));
                let first = shapes.next().unwrap_or(Shape::Any);
                if shapes.all(|shape| shape == first) { first } else { Shape::Any }
            }
            None => Shape::Any,
        },
        Type::Bool
        | Type::Int(_)
        | Type::Float
        | Type::String
        | Type::Secret
        | Type::DateTime
        | Type::Base64
        | Type::Bytes => Shape::Scalar,
    }
}

fn place(location: Location) -> Ident {
    ident(match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    })
}

fn codec(codec: Codec) -> Ident {
    ident(match codec {
        Codec::Json => "json",
        Codec::Text => "text",
        Codec::Bytes => "bytes",
    })
}

/// The client's half.
///
/// ```text
/// fn encode(&self, request: &mut RequestEncoder) -> Result<(), EncodeError> {
///     request.path(&Self::ID, &self.id)?;
///     request.json("application/json", &self.body)?;
///     Ok(())
/// }
/// fn decode(response: &ResponseDecoder<'_>) -> Result<GetNoteResponse, DecodeError> {
///     match response.status() {
///         200 => Ok(GetNoteResponse::Ok(response.json()?)),
///         _ => Err(DecodeError::Undocumented),
///     }
/// }
/// fn split(response: GetNoteResponse) -> Result<Note, Problem> {
///     match response { GetNoteResponse::Ok(body) => Ok(body), GetNoteResponse::NotFound(body) => Err(body) }
/// }
/// ```
fn client(plan: &Plan<'_>, call: &Call<'_>, constants: &Constants) -> TokenStream {
    let Call { request, response, success, failure, .. } = call;
    let calls = encode_calls(call, constants);
    let encoder = if calls.is_empty() { quote!(_) } else { quote!(request) };
    let arms = outcome::ordered(call.model).into_iter().filter_map(|it| decode_arm(call, it));
    let fallback = match outcome::ordered(call.model).last() {
        Some(last) if last.status == Status::Default => {
            let value = decoded(call, last);
            quote!(_ => ::core::result::Result::Ok(#value),)
        }
        _ => quote!(_ => ::core::result::Result::Err(::bothends_runtime::DecodeError::Undocumented),),
    };
    let split = split_arms(call);
    let success = plan.outcome(success, Side::Success);
    let failure = plan.outcome(failure, Side::Failure);
    quote! {
        #[cfg(feature = "client")]
        impl ::bothends_runtime::ClientOperation for #request {
            fn encode(&self, #encoder: &mut ::bothends_runtime::RequestEncoder) -> ::core::result::Result<(), ::bothends_runtime::EncodeError> {
                #(#calls)*
                ::core::result::Result::Ok(())
            }

            fn decode(
                response: &::bothends_runtime::ResponseDecoder<'_>,
            ) -> ::core::result::Result<#response, ::bothends_runtime::DecodeError> {
                match response.status() { #(#arms)* #fallback }
            }

            fn split(response: #response) -> ::core::result::Result<#success, #failure> {
                match response { #(#split)* }
            }
        }
    }
}

fn encode_calls(call: &Call<'_>, constants: &Constants) -> Vec<TokenStream> {
    let mut calls: Vec<TokenStream> = Vec::new();
    for (parameter, constant) in call.model.parameters.iter().zip(&constants.names) {
        let (method, field) = (place(parameter.location), ident(&parameter.name));
        let value = match (parameter.location, parameter.required) {
            (Location::Path, _) => quote!(&self.#field),
            (_, true) => quote!(::core::option::Option::Some(&self.#field)),
            (_, false) => quote!(self.#field.as_ref()),
        };
        calls.push(quote!(request.#method(&Self::#constant, #value)?;));
    }
    if let Some(Body { name, required, media, .. }) = &call.model.body {
        let (method, field, media_type) = (codec(media.codec), ident(name), &media.media_type);
        calls.push(if *required {
            quote!(request.#method(#media_type, &self.#field)?;)
        } else {
            quote!(if let ::core::option::Option::Some(body) = &self.#field { request.#method(#media_type, body)?; })
        });
    }
    calls
}

/// `200 => Ok(Response::Ok(response.json()?)),`; nothing for `default`, which is the last arm.
fn decode_arm(call: &Call<'_>, response: &Response) -> Option<TokenStream> {
    let pattern = match response.status {
        Status::Code(code) => {
            let code = Literal::u16_unsuffixed(code);
            quote!(#code)
        }
        Status::Range(class) => {
            let (first, last) = (Literal::u16_unsuffixed(u16::from(class) * 100), Literal::u16_unsuffixed(u16::from(class) * 100 + 99));
            quote!(#first..=#last)
        }
        Status::Default => return None,
    };
    let value = decoded(call, response);
    Some(quote!(#pattern => ::core::result::Result::Ok(#value),))
}

fn decoded(call: &Call<'_>, response: &Response) -> TokenStream {
    let (name, variant) = (&call.response, ident(&response.variant));
    let body = match &response.payload {
        Payload::Empty => None,
        Payload::Body(media) => {
            let method = codec(media.codec);
            Some(quote!(response.#method()?))
        }
    };
    match (body, outcome::keeps_meta(response)) {
        (None, false) => quote!(#name::#variant),
        (Some(body), false) => quote!(#name::#variant(#body)),
        (None, true) => quote!(#name::#variant(response.with_meta(()))),
        (Some(body), true) => quote!(#name::#variant(response.with_meta(#body))),
    }
}

fn split_arms(call: &Call<'_>) -> Vec<TokenStream> {
    let both = outcome::default_is_both(call.model);
    let name = &call.response;
    outcome::ordered(call.model)
        .into_iter()
        .flat_map(|response| {
            let variant = ident(&response.variant);
            let (pattern, body) = match (&response.payload, outcome::keeps_meta(response)) {
                (Payload::Empty, false) => (quote!(#name::#variant), quote!()),
                (Payload::Empty, true) => (quote!(#name::#variant(_)), quote!()),
                (Payload::Body(_), false) => (quote!(#name::#variant(body)), quote!(body)),
                (Payload::Body(_), true) => (quote!(#name::#variant(reply)), quote!(reply.body)),
            };
            let ok = carried(&call.success, Side::Success, response, &body);
            let err = carried(&call.failure, Side::Failure, response, &body);
            let success = quote!(::core::result::Result::Ok(#ok));
            let failure = quote!(::core::result::Result::Err(#err));
            if both && response.status == Status::Default {
                let code = quote!(reply.status.as_u16() < 400);
                vec![quote!(#name::#variant(reply) if #code => #success,), quote!(#pattern => #failure,)]
            } else if response.status.is_success() {
                vec![quote!(#pattern => #success,)]
            } else {
                vec![quote!(#pattern => #failure,)]
            }
        })
        .collect()
}

/// What a response gives to its side.
fn carried(outcome: &Outcome<'_>, side: Side, response: &Response, body: &TokenStream) -> TokenStream {
    let variant = ident(&response.variant);
    match (outcome, side) {
        (Outcome::Empty, Side::Success) => quote!(()),
        (Outcome::Empty, Side::Failure) => quote!(::bothends_runtime::NoBody),
        (Outcome::One(_), _) => body.clone(),
        (Outcome::Many(name), _) => match response.payload {
            Payload::Empty => quote!(api::operations::#name::#variant),
            Payload::Body(_) => quote!(api::operations::#name::#variant(#body)),
        },
    }
}

/// The server's half.
///
/// ```text
/// fn decode(request: &RequestDecoder<'_>) -> Result<Self, Rejection> {
///     Ok(Self { id: request.path(&Self::ID)?, body: request.json(&["application/json"])? })
/// }
/// fn encode(response: GetNoteResponse, encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
///     match response { GetNoteResponse::Ok(body) => encoder.status(200).json("application/json", &body), … }
/// }
/// ```
fn server(call: &Call<'_>, constants: &Constants) -> TokenStream {
    let Call { model, request, response, .. } = call;
    let mut fields: Vec<TokenStream> = Vec::new();
    for (parameter, constant) in model.parameters.iter().zip(&constants.names) {
        let field = ident(&parameter.name);
        let method = match (parameter.location, parameter.required) {
            (Location::Path, _) => place(Location::Path),
            (location, false) => place(location),
            (location, true) => ident(&format!("{}_required", place(location))),
        };
        fields.push(quote!(#field: request.#method(&Self::#constant)?));
    }
    if let Some(Body { name, required, media, .. }) = &model.body {
        let (field, media_type) = (ident(name), &media.media_type);
        let method = if *required { codec(media.codec) } else { ident(&format!("{}_optional", codec(media.codec))) };
        fields.push(quote!(#field: request.#method(&[#media_type])?));
    }
    let decoder = if fields.is_empty() { quote!(_) } else { quote!(request) };
    let responses = outcome::ordered(model);
    let encoder = if responses.is_empty() { quote!(_) } else { quote!(encoder) };
    let arms = responses.into_iter().map(|it| encode_arm(call, it));
    quote! {
        #[cfg(feature = "server")]
        impl ::bothends_runtime::ServerOperation for #request {
            fn decode(#decoder: &::bothends_runtime::RequestDecoder<'_>) -> ::core::result::Result<Self, ::bothends_runtime::Rejection> {
                ::core::result::Result::Ok(Self { #(#fields),* })
            }

            fn encode(
                response: #response,
                #encoder: &mut ::bothends_runtime::ResponseEncoder,
            ) -> ::core::result::Result<(), ::bothends_runtime::EncodeError> {
                match response { #(#arms)* }
            }
        }
    }
}

fn encode_arm(call: &Call<'_>, response: &Response) -> TokenStream {
    let (name, variant) = (&call.response, ident(&response.variant));
    let (binding, body, head) = match response.status {
        Status::Code(code) => {
            let code = Literal::u16_unsuffixed(code);
            (quote!(body), quote!(&body), quote!(encoder.status(#code)))
        }
        Status::Range(_) | Status::Default => {
            (quote!(reply), quote!(&reply.body), quote!(encoder.status(reply.status.as_u16()).headers(&reply.headers)))
        }
    };
    match (&response.payload, outcome::keeps_meta(response)) {
        (Payload::Empty, false) => quote!(#name::#variant => { #head; ::core::result::Result::Ok(()) }),
        (Payload::Empty, true) => quote!(#name::#variant(#binding) => { #head; ::core::result::Result::Ok(()) }),
        (Payload::Body(media), _) => {
            let (method, media_type) = (codec(media.codec), &media.media_type);
            quote!(#name::#variant(#binding) => #head.#method(#media_type, #body),)
        }
    }
}

/// The type of a body for arguments.
pub(crate) fn argument_type(body: &Body) -> Type {
    body_type(&body.media)
}
