//! The client crate: one struct, a setter for each security scheme, a method for each operation.

use proc_macro2::TokenStream;
use quote::quote;

use super::ident::ident;
use super::operations::{group_docs, members, operation_docs, parameter_type};
use super::outcome::Side;
use super::plan::{self, Call, File, Group, Plan, Source};
use super::structs::{self, Member};
use super::ty::{Argument, body_type};
use super::{docs, globals};
use crate::model::{SecurityKind, Type};

/// `client/src/lib.rs` and `client/src/<group>.rs`.
pub(crate) fn files(plan: &Plan<'_>) -> Vec<File> {
    plan::crate_files(plan, "client", crate_root, group_source)
}

fn crate_root(plan: &Plan<'_>) -> Source {
    let title = docs::line(&plan.api.title);
    let lead = if title.is_empty() { "A client.".to_owned() } else { format!("A client for {title}.") };
    let mut lines = docs::with_lead(lead, plan.api.description.as_deref());
    lines.extend(plan.layout.example(|| example(plan)));
    let (types, allowed) = (plan.layout.types(plan), plan.layout.allowed());
    let callbacks = (!plan.callbacks.is_empty()).then(|| {
        quote!(
            #[cfg(feature = "receiver")]
            pub mod callbacks;
        )
    });
    let modules = plan.used_groups().map(|group| {
        let (module, feature) = (&group.module, &group.model.feature);
        quote!(#[cfg(feature = #feature)] mod #module;)
    });
    let uses =
        plan.used_groups().filter(|group| plan.calls_of(group).any(|call| !arguments(plan, call).optional.is_empty())).map(|group| {
            let (module, feature) = (&group.module, &group.model.feature);
            quote!(#[cfg(feature = #feature)] pub use #module::*;)
        });
    let (server, servers) = (default_server(plan), super::servers::list(plan));
    let client = client(plan);
    Source {
        docs: lines,
        attributes: quote!(#![forbid(unsafe_code)] #allowed),
        items: quote! {
            #callbacks
            #(#modules)*
            pub use ::bothends_runtime as runtime;
            pub use ::bothends_runtime::client::{BuildError, Call, Error};
            pub use ::bothends_runtime::{Deviation, Reply, Secret};
            pub use #types as types;
            #(#uses)*
            #server
            #servers
            #client
        },
    }
}

/// The first server that the document names, if its address is whole.
pub(crate) fn absolute_server<'a>(plan: &Plan<'a>) -> Option<&'a str> {
    let url = plan.api.servers.first()?.url.as_str();
    let lower = url.to_ascii_lowercase();
    ((lower.starts_with("https://") || lower.starts_with("http://")) && !url.contains(['{', '}'])).then_some(url)
}

fn default_server(plan: &Plan<'_>) -> TokenStream {
    let Some(url) = absolute_server(plan) else { return TokenStream::new() };
    let description = plan.api.servers.first().and_then(|server| server.description.as_deref());
    let docs = docs::attributes(&docs::with_lead("The address that the document names first.".to_owned(), description));
    quote!(#docs pub const DEFAULT_SERVER: &str = #url;)
}

/// The struct and what does not depend on operations.
///
/// ```text
/// pub struct Client(::bothends_runtime::client::Client);
/// impl Client {
///     pub fn new(base_url: &str) -> Result<Self, BuildError> { … }
///     pub fn with_bearer_auth(self, token: impl Into<Secret>) -> Self { … }
///     pub fn send<O: ClientOperation>(&self, operation: O) -> Call<'_, O::Success, O::Failure, O::SuccessHeaders> { … }
/// }
/// ```
fn client(plan: &Plan<'_>) -> TokenStream {
    let title = docs::line(&plan.api.title);
    let lead = if title.is_empty() { "The client.".to_owned() } else { format!("A client for {title}.") };
    let docs = docs::attributes(&[lead, String::new(), "Cheap to clone; clones share their connections.".to_owned()]);
    let (settings, setters, globals) = (settings(), setters(plan), globals::setters(plan));
    let (made, at_server) = super::servers::constructors(plan);
    quote! {
        #docs
        #[derive(Clone, Debug)]
        pub struct Client(::bothends_runtime::client::Client);

        impl Client {
            /// A client for the server at an address, to which the paths of operations are appended.
            ///
            /// # Errors
            /// The address is none.
            pub fn new(base_url: &str) -> ::core::result::Result<Self, BuildError> {
                #made
            }

            #at_server

            #settings

            #(#setters)*

            #(#globals)*

            /// Sends an operation's request and sorts the answer.
            ///
            /// The call ends in an [`Error`] where the request cannot be carried, no whole answer arrives, or the answer is
            /// no documented success.
            pub fn send<O: ::bothends_runtime::ClientOperation>(&self, operation: O) -> Call<'_, O::Success, O::Failure, O::SuccessHeaders> {
                self.0.send(operation)
            }
        }

        impl ::core::convert::From<::bothends_runtime::client::Client> for Client {
            fn from(client: ::bothends_runtime::client::Client) -> Self {
                Self(client)
            }
        }
    }
}

/// What the client passes on to the one underneath.
pub(crate) fn settings() -> TokenStream {
    quote! {
        /// The client underneath, which knows no operations.
        pub fn runtime(&self) -> &::bothends_runtime::client::Client {
            &self.0
        }

        /// The same client with the one underneath changed: timeouts, headers, layers, the HTTP library's own settings.
        #[must_use]
        pub fn configure(
            self,
            change: impl ::core::ops::FnOnce(::bothends_runtime::client::Client) -> ::bothends_runtime::client::Client,
        ) -> Self {
            Self(change(self.0))
        }

        /// The same client with a limit for the time that a whole call takes; `None` for no limit. Clone the client for one call's limit.
        #[must_use]
        pub fn with_timeout(self, timeout: impl ::core::convert::Into<::core::option::Option<::core::time::Duration>>) -> Self {
            Self(self.0.with_timeout(timeout))
        }

        /// The same client with a header that all requests carry.
        ///
        /// # Errors
        /// HTTP does not allow the name or the value.
        pub fn with_header(self, name: &str, value: &str) -> ::core::result::Result<Self, BuildError> {
            self.0.with_header(name, value).map(Self)
        }

        /// The same client, for which an answer that differs from the document is an error, [`Error::Decode`]. Without it, what
        /// does not fit an optional place is left out, and the reply's `deviations()` say so.
        #[must_use]
        pub fn with_strict_answers(self) -> Self {
            Self(self.0.with_strict_answers())
        }

        /// The same client, which calls `hook` for each place at which an answer differs from the document: to log or to count
        /// how far the server has drifted.
        #[must_use]
        pub fn on_deviation(
            self,
            hook: impl ::core::ops::Fn(&'static ::bothends_runtime::OperationInfo, &::bothends_runtime::Deviation)
                + ::core::marker::Send
                + ::core::marker::Sync
                + 'static,
        ) -> Self {
            Self(self.0.on_deviation(hook))
        }
    }
}

/// A setter for each security scheme, and `with_bearer_token` where one bearer scheme is all there is.
fn setters(plan: &Plan<'_>) -> Vec<TokenStream> {
    let mut setters = Vec::new();
    for (scheme, name) in plan.api.security_schemes.iter().zip(&plan.setters) {
        let constant = plan.scheme_constant(scheme);
        let value = quote!(&types::security::#constant);
        let what = match &scheme.kind {
            SecurityKind::Basic => "user and password",
            SecurityKind::Bearer | SecurityKind::OtherHttp(_) => "the token",
            SecurityKind::ApiKeyHeader(_) | SecurityKind::ApiKeyQuery(_) | SecurityKind::ApiKeyCookie(_) => "the key",
        };
        let lead = format!("The same client with {what} for the security scheme {}.", docs::code(&scheme.id));
        let docs = docs::attributes(&docs::with_lead(lead, scheme.description.as_deref()));
        setters.push(match &scheme.kind {
            SecurityKind::Basic => quote! {
                #docs
                #[must_use]
                pub fn #name(self, user: &str, password: &str) -> Self {
                    Self(self.0.with_credential(#value, ::std::format!("{user}:{password}")))
                }
            },
            _ => quote! {
                #docs
                #[must_use]
                pub fn #name(self, credential: impl ::core::convert::Into<Secret>) -> Self {
                    Self(self.0.with_credential(#value, credential))
                }
            },
        });
    }
    let bearer = plan.api.security_schemes.iter().zip(&plan.setters).filter(|(scheme, _)| scheme.kind == SecurityKind::Bearer);
    let bearer: Vec<_> = bearer.map(|(_, name)| name).collect();
    let named = plan.setters.iter().any(|name| *name == "with_bearer_token");
    if let ([setter], false) = (bearer.as_slice(), named) {
        setters.push(quote! {
            /// The same client with a bearer token: the document has one scheme that takes one.
            #[must_use]
            pub fn with_bearer_token(self, token: impl ::core::convert::Into<Secret>) -> Self {
                self.#setter(token)
            }
        });
    }
    setters
}

/// Name, type as an argument, value for the request's field, and a literal for examples, where there is an obvious one.
type Required = (proc_macro2::Ident, TokenStream, TokenStream, Option<TokenStream>);

/// Arguments of a client's method.
struct Arguments {
    required: Vec<Required>,
    /// Fields of the options.
    optional: Vec<Member>,
}

fn arguments(plan: &Plan<'_>, call: &Call<'_>) -> Arguments {
    let mut required = Vec::new();
    for parameter in call.model.parameters.iter().filter(|parameter| parameter.required) {
        required.push(argument(plan, &parameter.name, parameter_type(plan, parameter)));
    }
    if let Some(body) = call.model.body.as_ref().filter(|body| body.required) {
        required.push(match body.content.single() {
            Some(media) => argument(plan, &body.name, &body_type(media)),
            None => {
                let (field, ty) = (ident(&body.name), plan.content(&body.content));
                (field.clone(), quote!(impl ::core::convert::Into<#ty>), quote!(#field: #field.into()), None)
            }
        });
    }
    let optional = members(plan, call).into_iter().filter(|member| !member.required).collect();
    Arguments { required, optional }
}

fn argument(plan: &Plan<'_>, name: &str, ty: &Type) -> Required {
    let field = ident(name);
    let written = plan.ty(ty);
    match plan.argument(ty) {
        Argument::Copied => {
            let example = match plan.resolve(ty) {
                Type::Bool => quote!(true),
                Type::Float => quote!(1.0),
                _ => quote!(1),
            };
            (field.clone(), written, quote!(#field), Some(example))
        }
        Argument::Text => {
            let example = docs::line(name.trim_start_matches("r#"));
            (field.clone(), quote!(&str), quote!(#field: #field.to_owned()), Some(quote!(#example)))
        }
        Argument::Slice(item) => (field.clone(), quote!(&[#item]), quote!(#field: #field.to_vec()), None),
        Argument::Given => (field.clone(), written, quote!(#field), None),
        Argument::Body => (field.clone(), quote!(impl ::core::convert::Into<#written>), quote!(#field: #field.into()), None),
        Argument::Borrowed => (field.clone(), quote!(&#written), quote!(#field: #field.clone()), None),
    }
}

fn group_source(plan: &Plan<'_>, group: &Group<'_>) -> Source {
    let calls: Vec<&Call<'_>> = plan.calls_of(group).collect();
    let options = calls.iter().map(|call| options(plan, call, "Client"));
    let methods = calls.iter().map(|call| method(plan, call, false));
    Source {
        docs: group_docs(group),
        attributes: TokenStream::new(),
        items: quote! {
            #(#options)*
            impl super::Client { #(#methods)* }
        },
    }
}

/// `GetNotesOptions`: what need not be given.
pub(crate) fn options(plan: &Plan<'_>, call: &Call<'_>, owner: &str) -> TokenStream {
    let optional = arguments(plan, call).optional;
    if optional.is_empty() {
        return TokenStream::new();
    }
    // Links know no raw identifiers.
    let method = call.client_method.to_string();
    let method = method.trim_start_matches("r#");
    let name = owner.rsplit("::").next().unwrap_or(owner);
    let lead = format!("Optional arguments of [`{name}::{method}`](super::{owner}::{method}).");
    structs::definition(&call.options, &[lead], &optional)
}

/// One operation as a method; `anywhere` is for a callback, which is sent to the address in its first argument.
///
/// ```text
/// /// `PUT /notes/{id}`
/// pub fn put_note(&self, id: &str, body: &api::schemas::Note) -> Call<'_, api::schemas::Note, api::schemas::Problem> {
///     let request = api::operations::PutNote { id: id.to_owned(), body: body.clone() };
///     self.send(request)
/// }
/// ```
pub(crate) fn method(plan: &Plan<'_>, call: &Call<'_>, anywhere: bool) -> TokenStream {
    let Arguments { required, optional } = arguments(plan, call);
    let Call { client_method, request, .. } = call;
    let docs = docs::attributes(&operation_docs(call));
    let mut parameters: Vec<TokenStream> = required.iter().map(|(name, ty, ..)| quote!(#name: #ty)).collect();
    let mut values: Vec<TokenStream> = required.iter().map(|(_, _, value, _)| value.clone()).collect();
    if !optional.is_empty() {
        let (options, ty) = (free(&required, "options"), &call.options);
        parameters.push(quote!(#options: #ty));
        values.extend(optional.iter().map(|Member { name, .. }| quote!(#name: #options.#name)));
    }
    let url = anywhere.then(|| free(&required, "url"));
    let target = url.as_ref().map(|url| quote!(#url,));
    parameters.splice(0..0, url.iter().map(|url| quote!(#url: &str)));
    // `self` counts too.
    let allow = structs::allow_many_arguments(parameters.len() + 1);
    let deprecated = call.model.deprecated.then(|| quote!(#[deprecated(note = "the document marks this operation as deprecated")]));
    let success = plan.outcome(&call.success, Side::Success);
    let failure = plan.outcome(&call.failure, Side::Failure);
    let headers = plan.success_headers(call.model).map(|headers| quote!(, #headers));
    quote! {
        #docs
        #deprecated
        #allow
        pub fn #client_method(&self, #(#parameters),*) -> ::bothends_runtime::client::Call<'_, #success, #failure #headers> {
            let request = api::operations::#request { #(#values),* };
            self.send(#target request)
        }
    }
}

/// A name for one more argument, with an underscore where an argument has it.
fn free(required: &[Required], wanted: &str) -> proc_macro2::Ident {
    let mut name = wanted.to_owned();
    while required.iter().any(|(taken, ..)| *taken == name) {
        name.push('_');
    }
    ident(&name)
}

/// One call of this API, as a doc test.
fn example(plan: &Plan<'_>) -> Vec<String> {
    // The call with the fewest things that a reader would have to make first.
    let calls = plan.operations.iter().filter(|call| !call.model.deprecated && plan.groups.get(call.model.group).is_some());
    let Some(call) = calls.min_by_key(|call| {
        let arguments = arguments(plan, call);
        (arguments.required.iter().filter(|(.., example)| example.is_none()).count(), !arguments.optional.is_empty())
    }) else {
        return Vec::new();
    };
    let Arguments { required, optional } = arguments(plan, call);
    let client = plan.crate_ident("client");
    let method = &call.client_method;
    let given = required.iter().filter(|(.., example)| example.is_none()).map(|(name, ty, ..)| quote!(#name: #ty));
    let mut values: Vec<TokenStream> =
        required.iter().map(|(name, _, _, example)| example.clone().unwrap_or_else(|| quote!(#name))).collect();
    if !optional.is_empty() {
        values.push(quote!(Default::default()));
    }
    let address = if absolute_server(plan).is_some() { quote!(#client::DEFAULT_SERVER) } else { quote!("https://api.example.com") };
    let function = quote! {
        async fn call(#(#given),*) -> Result<(), Box<dyn std::error::Error>> {
            let client = #client::Client::new(#address)?;
            let reply = client.#method(#(#values),*).await?;
            println!("{}", reply.status());
            Ok(())
        }
    };
    let alias = super::print::mentions_alias(function.clone()).then(|| quote!(use #client::types as api;));
    super::print::example("no_run", quote!(#alias #function))
}
