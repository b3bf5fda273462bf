//! The two halves of an operation's wire: what the client and what the server do with requests and responses. Each is data
//! and calls; the rules themselves are the runtime's.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens, quote};

use super::contents;
use super::ident::ident;
use super::outcome::{self, Outcome, Side};
use super::parameters::{Constants, place};
use super::plan::{Call, Plan};
use crate::model::{Body, Location, Payload, Response, Status};

/// The client's half.
///
/// ```text
/// fn encode(self, request: &mut RequestEncoder) -> Result<(), EncodeError> {
///     request.path(&Self::ID, &self.id)?;
///     request.body().json("application/json", &self.body)?;
///     Ok(())
/// }
/// fn decode(response: &ResponseDecoder<'_>) -> Result<GetNoteResponse, DecodeError> {
///     match response.status() {
///         200 => response.body().json().map(GetNoteResponse::Ok),
///         _ => Err(DecodeError::Undocumented),
///     }
/// }
/// fn split(response: GetNoteResponse) -> Result<Note, Problem> {
///     match response { GetNoteResponse::Ok(body) => Ok(body), GetNoteResponse::NotFound(body) => Err(body) }
/// }
/// ```
pub(crate) fn client(plan: &Plan<'_>, call: &Call<'_>, constants: &Constants) -> TokenStream {
    let Call { request, response, success, failure, .. } = call;
    let calls = encode_calls(plan, call, constants);
    let encoder = if calls.is_empty() { quote!(_) } else { quote!(request) };
    let (decoder, choice) = decode_choice(plan, call);
    let split = split_arms(plan, call);
    let success = plan.outcome(success, Side::Success);
    let failure = plan.outcome(failure, Side::Failure);
    quote! {
        #[cfg(feature = "client")]
        impl ::bothends_runtime::ClientOperation for #request {
            fn encode(self, #encoder: &mut ::bothends_runtime::RequestEncoder) -> ::core::result::Result<(), ::bothends_runtime::EncodeError> {
                #(#calls)*
                ::core::result::Result::Ok(())
            }

            fn decode(
                #decoder: &::bothends_runtime::ResponseDecoder<'_>,
            ) -> ::core::result::Result<#response, ::bothends_runtime::DecodeError> {
                #choice
            }

            fn split(response: #response) -> ::core::result::Result<#success, #failure> {
                match response { #(#split)* }
            }
        }
    }
}

fn encode_calls(plan: &Plan<'_>, call: &Call<'_>, constants: &Constants) -> Vec<TokenStream> {
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
    if let Some(Body { name, required, content, .. }) = &call.model.body {
        let field = ident(name);
        calls.push(if *required {
            let write = contents::encode(plan, content, &quote!(self.#field), &quote!(&self.#field));
            quote!(request.body().#write?;)
        } else {
            let write = contents::encode(plan, content, &quote!(body), &quote!(&body));
            quote!(if let ::core::option::Option::Some(body) = self.#field { request.body().#write?; })
        });
    }
    calls
}

/// The argument's name and the choice by status, or what comes of it where there is nothing to choose from.
fn decode_choice(plan: &Plan<'_>, call: &Call<'_>) -> (TokenStream, TokenStream) {
    let responses = outcome::ordered(call.model);
    let fallback = match responses.last() {
        Some(last) if last.status == Status::Default => decoded(plan, call, last),
        _ => quote!(::core::result::Result::Err(::bothends_runtime::DecodeError::Undocumented)),
    };
    let arms: Vec<TokenStream> = responses.iter().filter_map(|response| decode_arm(plan, call, response)).collect();
    match (arms.is_empty(), responses.is_empty()) {
        (true, true) => (quote!(_), fallback),
        (true, false) => (quote!(response), fallback),
        (false, _) => (quote!(response), quote!(match response.status() { #(#arms)* _ => #fallback, })),
    }
}

/// `200 => response.body().json().map(Response::Ok),`; nothing for `default`, which is the last arm.
fn decode_arm(plan: &Plan<'_>, call: &Call<'_>, response: &Response) -> Option<TokenStream> {
    let pattern = match response.status {
        Status::Code(code) => {
            let code = Literal::u16_unsuffixed(code);
            quote!(#code)
        }
        Status::Range(class) => {
            // A range pattern would overlap the statuses in it that have a response of their own.
            let class = Literal::u8_unsuffixed(class);
            quote!(status if status / 100 == #class)
        }
        Status::Default => return None,
    };
    let value = decoded(plan, call, response);
    Some(quote!(#pattern => #value,))
}

fn decoded(plan: &Plan<'_>, call: &Call<'_>, response: &Response) -> TokenStream {
    let (name, variant) = (&call.response, ident(&response.variant));
    let ok = quote!(::core::result::Result::Ok);
    match (&response.payload, outcome::keeps_meta(response)) {
        (Payload::Empty, false) => quote!(#ok(#name::#variant)),
        (Payload::Empty, true) if response.headers.is_some() => quote!(response.with_declared(()).map(#name::#variant)),
        (Payload::Empty, true) => quote!(#ok(#name::#variant(response.with_meta(())))),
        (Payload::Body(content), keeps_meta) => {
            let read = contents::decode(plan, content);
            if response.headers.is_some() {
                quote!(response.with_declared(response.body().#read?).map(#name::#variant))
            } else if keeps_meta {
                quote!(#ok(#name::#variant(response.with_meta(response.body().#read?))))
            } else {
                // With `?` each of the many arms would hold a return of its own, which the compiler has to check.
                quote!(response.body().#read.map(#name::#variant))
            }
        }
    }
}

fn split_arms(plan: &Plan<'_>, call: &Call<'_>) -> Vec<TokenStream> {
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
                (Payload::Body(_), true) => (quote!(#name::#variant(reply)), quote!(reply.into_body())),
            };
            // Who asks for an outcome does not care for its media type.
            let inner = match &response.payload {
                Payload::Body(content) if content.name.is_some() && plan.value_of(content).is_some() => quote!(.into_inner()),
                _ => quote!(),
            };
            let body = quote!(#body #inner);
            let ok = carried(&call.success, Side::Success, response, &body);
            let err = carried(&call.failure, Side::Failure, response, &body);
            let success = quote!(::core::result::Result::Ok(#ok));
            let failure = quote!(::core::result::Result::Err(#err));
            if both && response.status == Status::Default {
                let code = quote!(reply.status().as_u16() < 400);
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
///     Ok(Self { id: request.path(&Self::ID)?, body: request.body(&["application/json"])?.json()? })
/// }
/// fn encode(response: GetNoteResponse, encoder: &mut ResponseEncoder) -> Result<(), EncodeError> {
///     match response { GetNoteResponse::Ok(body) => encoder.status(200).body().json("application/json", &body), … }
/// }
/// ```
pub(crate) fn server(plan: &Plan<'_>, call: &Call<'_>, constants: &Constants) -> TokenStream {
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
    if let Some(Body { name, required, content, .. }) = &model.body {
        let (field, read) = (ident(name), contents::decode(plan, content));
        let accepted = match &content.name {
            Some(_) => {
                let ty = plan.content(content);
                quote!(<#ty as ::bothends_runtime::Content>::MEDIA_TYPES)
            }
            None => {
                let media_types = content.media.iter().map(|media| &media.media_type);
                quote!(&[#(#media_types),*])
            }
        };
        fields.push(if *required {
            quote!(#field: request.body(#accepted)?.#read?)
        } else {
            quote!(#field: match request.body_optional(#accepted)? {
                ::core::option::Option::Some(body) => ::core::option::Option::Some(body.#read?),
                ::core::option::Option::None => ::core::option::Option::None,
            })
        });
    }
    let decoder = if fields.is_empty() { quote!(_) } else { quote!(request) };
    let responses = outcome::ordered(model);
    let encoder = if responses.is_empty() { quote!(_) } else { quote!(encoder) };
    let guards: Vec<TokenStream> = responses.iter().map(|it| guard(call, it)).collect();
    let stray = if guards.iter().all(TokenStream::is_empty) {
        quote!()
    } else {
        quote! {
            _ => ::core::result::Result::Err(::bothends_runtime::EncodeError::Invalid(
                "the status belongs to another response of the operation".to_owned(),
            )),
        }
    };
    let arms = responses.iter().zip(&guards).map(|(it, guard)| encode_arm(plan, call, it, guard));
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
                match response { #(#arms)* #stray }
            }
        }
    }
}

/// What the status of a variant that carries one must be, lest the client take it for another variant:
/// `if reply.status().as_u16() / 100 == 4 && !matches!(reply.status().as_u16(), 404)`.
fn guard(call: &Call<'_>, response: &Response) -> TokenStream {
    let all = outcome::ordered(call.model);
    let classes: Vec<u8> = all.iter().filter_map(|it| if let Status::Range(class) = it.status { Some(class) } else { None }).collect();
    let codes = all.iter().filter_map(|it| if let Status::Code(code) = it.status { Some(code) } else { None });
    let literal = |code: u16| Literal::u16_unsuffixed(code).into_token_stream();
    let (own, others): (TokenStream, Vec<TokenStream>) = match response.status {
        Status::Code(_) => return TokenStream::new(),
        Status::Range(class) => {
            let others = codes.filter(|code| code / 100 == u16::from(class)).map(literal).collect();
            let class = Literal::u8_unsuffixed(class);
            (quote!(reply.status().as_u16() / 100 == #class), others)
        }
        Status::Default => {
            let ranges = classes.iter().map(|class| {
                let first = u16::from(*class) * 100;
                let (first, last) = (literal(first), literal(first + 99));
                quote!(#first..=#last)
            });
            let codes = codes.filter(|code| !classes.iter().any(|class| u16::from(*class) == code / 100)).map(literal);
            (TokenStream::new(), codes.chain(ranges).collect())
        }
    };
    let others = if others.is_empty() { quote!() } else { quote!(!::core::matches!(reply.status().as_u16(), #(#others)|*)) };
    match (own.is_empty(), others.is_empty()) {
        (true, true) => TokenStream::new(),
        (true, false) => quote!(if #others),
        (false, true) => quote!(if #own),
        (false, false) => quote!(if #own && #others),
    }
}

fn encode_arm(plan: &Plan<'_>, call: &Call<'_>, response: &Response, guard: &TokenStream) -> TokenStream {
    let (name, variant) = (&call.response, ident(&response.variant));
    let status = match response.status {
        Status::Code(code) => Literal::u16_unsuffixed(code).to_token_stream(),
        Status::Range(_) | Status::Default => quote!(reply.status().as_u16()),
    };
    let (binding, body, borrowed, head) = if outcome::keeps_meta(response) {
        let declared = response.headers.is_some().then(|| quote!(.declared(reply.declared())));
        let head = quote!(encoder.status(#status).headers(reply.headers())#declared);
        (quote!(reply), quote!(reply.into_body()), quote!(reply.body()), head)
    } else {
        (quote!(body), quote!(body), quote!(&body), quote!(encoder.status(#status)))
    };
    match (&response.payload, outcome::keeps_meta(response)) {
        (Payload::Empty, false) => quote!(#name::#variant => { #head; ::core::result::Result::Ok(()) }),
        (Payload::Empty, true) => quote!(#name::#variant(#binding) #guard => { #head; ::core::result::Result::Ok(()) }),
        (Payload::Body(content), _) => {
            let write = contents::encode(plan, content, &body, &borrowed);
            quote!(#name::#variant(#binding) #guard => #head.body().#write,)
        }
    }
}
