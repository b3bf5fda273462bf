//! Operations in the types crate: request and response types, and what is known of an operation without a value.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::ident::ident;
use super::outcome::{self, Outcome, Side};
use super::parameters::Constants;
use super::plan::{Call, File, Group, Plan, Source};
use super::streams::derives;
use super::structs::{self, Member};
use super::{contents, docs, globals, halves, xml};
use crate::model::{
    Enum, EnumValues, Location, Parameter, PathSegment, Payload, Response, SecurityKind, Status, Style, Takes, Type, TypeKind,
};

/// The feature of the types crate that has callbacks.
pub(crate) const CALLBACKS: &str = "callbacks";

/// `types/src/lib.rs`, `types/src/security.rs`, `types/src/operations/{mod,<group>}.rs`.
pub(crate) fn files(plan: &Plan<'_>) -> Vec<File> {
    let mut files = vec![
        File::rust("types/src/lib.rs", crate_root),
        File::rust("types/src/security.rs", security),
        File::rust("types/src/operations/mod.rs", index),
    ];
    for (number, group) in plan.groups.iter().enumerate().filter(|(_, group)| !group.operations.is_empty()) {
        let file = File::rust(format!("types/src/operations/{}.rs", group.module), move |plan| match plan.groups.get(number) {
            Some(group) => Source { docs: group_docs(group), ..Source::default() },
            None => Source::default(),
        });
        files.push(group.operations.iter().copied().fold(file, |file, index| {
            file.with(move |plan| plan.operations.get(index).map(|call| operation(plan, call)).unwrap_or_default())
        }));
    }
    if !plan.callbacks.is_empty() {
        let file = File::rust("types/src/operations/callbacks.rs", |_| Source {
            docs: vec!["Callbacks: what the API's server sends, and what its user answers.".to_owned()],
            ..Source::default()
        });
        files.push((0..plan.callbacks.len()).fold(file, |file, index| {
            file.with(move |plan| plan.callbacks.get(index).map(|call| operation(plan, call)).unwrap_or_default())
        }));
    }
    files
}

fn crate_root(plan: &Plan<'_>) -> Source {
    let title = docs::line(&plan.api.title);
    let lead = if title.is_empty() { "Types and operations.".to_owned() } else { format!("Types and operations of {title}.") };
    let schemas = if plan.api.types.is_empty() {
        quote!()
    } else {
        quote!(
            pub use schemas::*;
        )
    };
    let (contents, use_contents) = if contents::any(plan) {
        (
            quote!(
                pub mod contents;
            ),
            quote!(
                pub use contents::*;
            ),
        )
    } else {
        (quote!(), quote!())
    };
    let xml = if xml::any(plan) {
        quote!(
            mod xml;
        )
    } else {
        quote!()
    };
    let operations = if plan.api.operations.is_empty() && plan.callbacks.is_empty() {
        quote!()
    } else {
        let mut features: Vec<&str> = plan.used_groups().map(|group| group.model.feature.as_str()).collect();
        features.extend((!plan.callbacks.is_empty()).then_some(CALLBACKS));
        match features.as_slice() {
            [feature] => quote!(
                #[cfg(feature = #feature)]
                pub use operations::*;
            ),
            features => quote!(
                #[cfg(any(#(feature = #features),*))]
                pub use operations::*;
            ),
        }
    };
    let globals = (!plan.api.globals.is_empty()).then(|| {
        quote!(
            pub mod globals;
        )
    });
    let (allowed, version) = (plan.layout.allowed(), env!("CARGO_PKG_VERSION"));
    Source {
        docs: docs::with_lead(lead, plan.api.description.as_deref()),
        attributes: quote! {
            #![forbid(unsafe_code)]
            #![allow(clippy::large_enum_variant, reason = "variants are as large as the document's schemas")]
            #allowed
        },
        items: quote! {
            #contents
            #globals
            pub mod operations;
            pub mod schemas;
            pub mod security;
            #xml
            #use_contents
            #operations
            #schemas
            // Code of one version that calls a runtime of another one does not compile, and this says why.
            const _: () = ::bothends_runtime::same_version(#version);
        },
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
    let callbacks = if plan.callbacks.is_empty() {
        quote!()
    } else {
        quote!(
            #[cfg(feature = #CALLBACKS)]
            pub mod callbacks;
            #[cfg(feature = #CALLBACKS)]
            pub use callbacks::*;
        )
    };
    Source {
        docs: vec!["The document's operations, in a module for each tag.".to_owned()],
        items: quote!(#(#modules)* #(#uses)* #callbacks),
        ..Source::default()
    }
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
    let mut lines =
        docs::with_lead(docs::code(&format!("{} {}", operation.method.as_str(), operation.path.raw)), operation.docs.as_deref());
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
    let outcomes =
        [(&call.success, Side::Success), (&call.failure, Side::Failure)].map(|(outcome, side)| outcome_enum(plan, call, outcome, side));
    let info = info(plan, call);
    let constants = Constants::new(plan, call);
    // In crates a feature decides which half is compiled; modules hold what was asked for.
    let (has_client, has_server) = plan.halves();
    let client = has_client.then(|| halves::client(plan, call, &constants));
    let server = has_server.then(|| halves::server(plan, call, &constants));
    let parameters = (has_client || has_server).then(|| constants.definition(call));
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
        members.push(Member {
            name: ident(&parameter.name),
            ty: optional(ty, parameter.required),
            required: parameter.required,
            docs: lines,
            streams: false,
        });
    }
    if let Some(body) = &call.model.body {
        let lines = docs::or_else(body.docs.as_deref(), || match body.content.single() {
            Some(media) => format!("The body, as {}.", docs::code(&media.media_type)),
            None => "The body, in one of several media types.".to_owned(),
        });
        members.push(Member {
            name: ident(&body.name),
            ty: optional(plan.content(&body.content), body.required),
            required: body.required,
            docs: lines,
            streams: plan.content_holds_stream(&body.content),
        });
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
            Payload::Body(content) => Some(plan.content(content)),
        };
        match (body, outcome::keeps_meta(response)) {
            (None, false) => quote!(#docs #variant,),
            (Some(body), false) => quote!(#docs #variant(#body),),
            (body, true) => {
                let body = body.unwrap_or(quote!(()));
                let headers = plan.headers(response).map(|headers| quote!(, #headers));
                quote!(#docs #variant(::bothends_runtime::Reply<#body #headers>),)
            }
        }
    });
    let derives = derives(plan.responses_hold_stream(&call.model.responses), false);
    quote!(#lead #derives pub enum #name { #(#variants)* })
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
            Payload::Body(content) => {
                let body = plan.carried(&contents::carried(plan.api, content));
                quote!(#docs #variant(#body),)
            }
        }
    });
    let derives = derives(plan.responses_hold_stream(outcome::responses(call.model, side)), false);
    quote!(#lead #derives pub enum #name { #(#variants)* })
}

fn info(plan: &Plan<'_>, call: &Call<'_>) -> TokenStream {
    let Call { model, request, response, success, failure, .. } = call;
    let (id, method, path) = (&model.id, model.method.as_str(), &model.path.raw);
    let segments = model.path.segments.iter().map(|segment| match segment {
        PathSegment::Literal(text) => quote!(::bothends_runtime::Segment::Literal(#text)),
        PathSegment::Parameter { prefix, name, suffix } => {
            let takes = told(call, name).unwrap_or_else(|| takes(plan, call, name));
            quote!(::bothends_runtime::Segment::Parameter { prefix: #prefix, name: #name, suffix: #suffix, takes: #takes })
        }
        PathSegment::Several { parts, suffix } => {
            let parts = parts.iter().map(|(prefix, name)| {
                let takes = known_texts(plan, call, name).unwrap_or_else(|| takes(plan, call, name));
                quote!(::bothends_runtime::SegmentPart { prefix: #prefix, name: #name, takes: #takes })
            });
            quote!(::bothends_runtime::Segment::Several { parts: &[#(#parts),*], suffix: #suffix })
        }
        PathSegment::Spanning { prefix, name, suffix } => {
            quote!(::bothends_runtime::Segment::Spanning { prefix: #prefix, name: #name, suffix: #suffix })
        }
    });
    let needs = model.needs.iter().filter(|need| need.location != Location::Path).map(|need| {
        let (name, takes) = (&need.wire, written_takes(&need.takes));
        let location = ident(match need.location {
            Location::Path => "Path",
            Location::Query => "Query",
            Location::Header => "Header",
            Location::Cookie => "Cookie",
        });
        quote!(::bothends_runtime::Need { location: ::bothends_runtime::Location::#location, name: #name, takes: #takes })
    });
    let tag = optional_text(plan.groups.get(model.group).and_then(|group| group.model.tag.as_deref()));
    let security = model.security.alternatives.iter().map(|alternative| {
        let schemes = alternative.iter().filter_map(|requirement| plan.api.security_schemes.get(requirement.scheme));
        let schemes = schemes.map(|scheme| plan.scheme_constant(scheme));
        quote!(&[#(&api::security::#schemes),*])
    });
    let accept = optional_text(accept(call).as_deref());
    let globals = globals::uses(plan, call);
    let server =
        model.server.as_ref().map(|url| quote!(const SERVER: ::core::option::Option<&'static str> = ::core::option::Option::Some(#url);));
    let success = plan.outcome(success, Side::Success);
    let failure = plan.outcome(failure, Side::Failure);
    let headers = plan.success_headers(model).unwrap_or(quote!(::bothends_runtime::NoHeaders));
    quote! {
        impl ::bothends_runtime::Operation for #request {
            const INFO: &'static ::bothends_runtime::OperationInfo = &::bothends_runtime::OperationInfo {
                id: #id,
                method: #method,
                path: #path,
                segments: &[#(#segments),*],
                needs: &[#(#needs),*],
                tag: #tag,
                security: &[#(#security),*],
                accept: #accept,
            };

            #globals
            #server

            type Response = #response;
            type Success = #success;
            type SuccessHeaders = #headers;
            type Failure = #failure;
        }
    }
}

/// The texts of an enum, which tell where one of several parameters in a segment ends: `{page}{extension}`.
fn known_texts(plan: &Plan<'_>, call: &Call<'_>, name: &str) -> Option<TokenStream> {
    let parameter = call.model.parameters.iter().find(|parameter| parameter.location == Location::Path && parameter.wire == name)?;
    let (Type::Named(id) | Type::Boxed(id)) = plan.resolve(parameter_type(plan, parameter)) else { return None };
    match &plan.api.type_def(*id)?.kind {
        TypeKind::Enum(Enum { values: EnumValues::Strings(variants), .. }) if parameter.style == Style::Simple => {
            let texts = variants.iter().map(|variant| &variant.value);
            Some(quote!(::bothends_runtime::Takes::OneOf(&[#(#texts),*])))
        }
        _ => None,
    }
}

/// Which texts a path parameter takes where that tells the operation from others.
fn told(call: &Call<'_>, name: &str) -> Option<TokenStream> {
    let need = call.model.needs.iter().find(|need| need.location == Location::Path && need.wire == name)?;
    (need.takes != Takes::Text).then(|| written_takes(&need.takes))
}

fn written_takes(takes: &Takes) -> TokenStream {
    let takes = match takes {
        Takes::Boolean => quote!(Boolean),
        Takes::Integer => quote!(Integer),
        Takes::Number => quote!(Number),
        Takes::Date => quote!(Date),
        Takes::Uuid => quote!(Uuid),
        Takes::OneOf(texts) => quote!(OneOf(&[#(#texts),*])),
        Takes::Length(least, most) if *most == usize::MAX => quote!(Length(#least, ::core::primitive::usize::MAX)),
        Takes::Length(least, most) => quote!(Length(#least, #most)),
        Takes::Text => quote!(Text),
    };
    quote!(::bothends_runtime::Takes::#takes)
}

/// Which texts a path parameter takes; in other styles than the usual one, a number has more around it.
fn takes(plan: &Plan<'_>, call: &Call<'_>, name: &str) -> TokenStream {
    let found = call.model.parameters.iter().find(|parameter| parameter.location == Location::Path && parameter.wire == name);
    let plain = found.filter(|parameter| parameter.style == Style::Simple);
    written_takes(&match plain.map(|parameter| plan.resolve(parameter_type(plan, parameter))) {
        Some(Type::Bool) => Takes::Boolean,
        Some(Type::Int(_)) => Takes::Integer,
        Some(Type::Float) => Takes::Number,
        Some(Type::Named(id) | Type::Boxed(id)) => match plan.api.type_def(*id).map(|def| &def.kind) {
            Some(TypeKind::Enum(Enum { values: EnumValues::Integers(_), other: _ })) => Takes::Integer,
            Some(TypeKind::Enum(Enum { values: EnumValues::Numbers(_), other: _ })) => Takes::Number,
            _ => Takes::Text,
        },
        _ => Takes::Text,
    })
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
        .flat_map(|response| match &response.payload {
            Payload::Empty => [].iter(),
            Payload::Body(content) => content.media.iter(),
        })
        .map(|media| media.media_type.as_str())
        .filter(|media| seen.insert(*media))
        .collect();
    (!media.is_empty()).then(|| media.join(", "))
}
