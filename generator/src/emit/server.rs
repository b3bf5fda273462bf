//! The server crate: a trait for each group of operations, and a builder that puts implementations behind the routes.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::ident::ident;
use super::operations::{group_docs, operation_docs};
use super::plan::{self, Call, File, Group, Plan, Source};

/// `server/src/lib.rs` and `server/src/<group>.rs`.
pub(crate) fn files(plan: &Plan<'_>) -> Vec<File> {
    plan::crate_files(plan, "server", crate_root, group_source)
}

fn crate_root(plan: &Plan<'_>) -> Source {
    let title = docs::line(&plan.api.title);
    let lead = if title.is_empty() { "A server.".to_owned() } else { format!("A server for {title}.") };
    let mut lines = docs::with_lead(lead, plan.api.description.as_deref());
    lines.extend(plan.layout.example(|| example(plan)));
    let (types, allowed) = (plan.layout.types(plan), plan.layout.allowed());
    let callbacks = (!plan.callbacks.is_empty()).then(|| {
        quote!(
            #[cfg(feature = "sender")]
            pub mod callbacks;
        )
    });
    let (mut modules, mut uses) = (Vec::new(), Vec::new());
    for group in plan.used_groups() {
        let (module, feature, name) = (&group.module, &group.model.feature, ident(&group.model.trait_name));
        modules.push(quote!(#[cfg(feature = #feature)] mod #module;));
        uses.push(quote!(#[cfg(feature = #feature)] pub use #module::#name;));
    }
    let server = server(plan);
    Source {
        docs: lines,
        attributes: quote!(#![forbid(unsafe_code)] #allowed),
        items: quote! {
            #callbacks
            #(#modules)*
            pub use ::bothends_runtime as runtime;
            pub use ::bothends_runtime::server::{Authenticate, Context, Refusal, TrailingSlash};
            pub use #types as types;
            #(#uses)*
            #server
        },
    }
}

/// The builder.
///
/// ```text
/// pub struct Server { setup: Vec<Setup>, routes_notes: Vec<Route> }
/// impl Server {
///     pub fn new() -> Self { Self { setup: Vec::new(), notes: notes::unanswered() } }
///     pub fn notes(mut self, implementation: impl NotesApi) -> Self { self.notes = notes::routes(implementation); self }
///     pub fn authenticate(self, door: impl Authenticate) -> Self { … }
///     pub fn into_router(self) -> axum::Router { … }
/// }
/// ```
fn server(plan: &Plan<'_>) -> TokenStream {
    let (mut fields, mut initial, mut methods, mut collected) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for group in plan.used_groups() {
        let (module, builder, feature) = (&group.module, &group.builder, &group.model.feature);
        let name = ident(&group.model.trait_name);
        let field = ident(&format!("routes_{module}"));
        fields.push(quote!(#[cfg(feature = #feature)] #field: ::std::vec::Vec<::bothends_runtime::server::Route>,));
        initial.push(quote!(#[cfg(feature = #feature)] #field: #module::unanswered(),));
        collected.push(quote!(#[cfg(feature = #feature)] self.#field,));
        let docs = match &group.model.tag {
            Some(tag) => format!("Answers the operations tagged {}.", docs::code(tag)),
            None => "Answers the operations without a tag.".to_owned(),
        };
        let docs = docs::attributes(&[docs]);
        methods.push(quote! {
            #docs
            #[cfg(feature = #feature)]
            pub fn #builder(mut self, implementation: impl #name) -> Self {
                self.#field = #module::routes(implementation);
                self
            }
        });
    }
    let title = docs::line(&plan.api.title);
    let lead = if title.is_empty() { "The server.".to_owned() } else { format!("A server for {title}.") };
    let settings = settings();
    let docs = docs::attributes(&[lead, String::new(), "What nobody implements is answered with 501.".to_owned()]);
    quote! {
        type Setup = ::std::boxed::Box<dyn ::core::ops::FnOnce(::bothends_runtime::server::Router) -> ::bothends_runtime::server::Router + ::core::marker::Send>;

        #docs
        #[must_use]
        pub struct Server {
            setup: ::std::vec::Vec<Setup>,
            #(#fields)*
        }

        impl Server {
            /// A server that answers every operation with 501.
            pub fn new() -> Self {
                Self { setup: ::std::vec::Vec::new(), #(#initial)* }
            }

            #(#methods)*

            #settings

            /// The routing table: a `tower` service by its `into_service`.
            #[must_use]
            pub fn into_routes(self) -> ::bothends_runtime::server::Router {
                let routes: ::std::vec::Vec<::std::vec::Vec<::bothends_runtime::server::Route>> = ::std::vec::Vec::from([#(#collected)*]);
                let router = ::bothends_runtime::server::Router::new(routes.into_iter().flatten().collect());
                self.setup.into_iter().fold(router, |router, change| change(router))
            }

            /// The server as an `axum` router.
            pub fn into_router(self) -> ::bothends_runtime::axum::Router {
                self.into_routes().into_axum()
            }
        }

        impl ::core::default::Default for Server {
            fn default() -> Self {
                Self::new()
            }
        }
    }
}

/// What the builder passes on to the routing table.
fn settings() -> TokenStream {
    quote! {
        /// Decides whether credentials are good. Without it every operation that asks for some is refused.
        pub fn authenticate(self, door: impl Authenticate) -> Self {
            self.configure(|router| router.authenticate(door))
        }

        /// Refuses request bodies of more bytes than this.
        pub fn body_limit(self, bytes: usize) -> Self {
            self.configure(move |router| router.body_limit(bytes))
        }

        /// Says what a slash at the end of a path counts for; without it, `/users/` is another path than `/users`.
        pub fn trailing_slash(self, slash: TrailingSlash) -> Self {
            self.configure(move |router| router.trailing_slash(slash))
        }

        /// Changes the routing table once it is made.
        pub fn configure(
            mut self,
            change: impl ::core::ops::FnOnce(::bothends_runtime::server::Router) -> ::bothends_runtime::server::Router
                + ::core::marker::Send
                + 'static,
        ) -> Self {
            self.setup.push(::std::boxed::Box::new(change));
            self
        }
    }
}

fn group_source(plan: &Plan<'_>, group: &Group<'_>) -> Source {
    let calls: Vec<&Call<'_>> = plan.calls_of(group).collect();
    let name = ident(&group.model.trait_name);
    let docs = docs::attributes(&group_docs(group));
    let methods = calls.iter().map(|call| method(call));
    let allow = allow_names(calls.iter().copied());
    let routes = calls.iter().map(|call| {
        let (request, method) = (&call.request, ident(&call.model.method_name));
        quote! {
            {
                let implementation = ::std::sync::Arc::clone(&implementation);
                ::bothends_runtime::server::Route::new(move |request: api::operations::#request, context| {
                    let implementation = ::std::sync::Arc::clone(&implementation);
                    async move { #name::#method(&*implementation, request, &context).await }
                })
            }
        }
    });
    // The trait's own answers would do as well, but each would be compiled as a handler.
    let unanswered = calls.iter().map(|call| info(call));
    Source {
        docs: group_docs(group),
        attributes: TokenStream::new(),
        items: quote! {
            #docs
            #allow
            pub trait #name: ::core::marker::Send + ::core::marker::Sync + 'static {
                #(#methods)*
            }

            pub(crate) fn routes(implementation: impl #name) -> ::std::vec::Vec<::bothends_runtime::server::Route> {
                let implementation = ::std::sync::Arc::new(implementation);
                ::std::vec::Vec::from([#(#routes),*])
            }

            pub(crate) fn unanswered() -> ::std::vec::Vec<::bothends_runtime::server::Route> {
                let operations = [#(#unanswered),*];
                operations.into_iter().map(::bothends_runtime::server::Route::not_implemented).collect()
            }
        },
    }
}

/// Clippy expects things of some names that a document does not know of.
pub(crate) fn allow_names<'p, 'a: 'p>(mut calls: impl Iterator<Item = &'p Call<'a>>) -> TokenStream {
    let meaning = |name: &str| name == "new" || ["as_", "from_", "into_", "is_", "to_"].iter().any(|start| name.starts_with(start));
    if calls.any(|call| meaning(&call.model.method_name)) {
        quote!(#[allow(clippy::wrong_self_convention, reason = "the names are the document's")])
    } else {
        quote!()
    }
}

fn info(call: &Call<'_>) -> TokenStream {
    let request = &call.request;
    quote!(<api::operations::#request as ::bothends_runtime::Operation>::INFO)
}

/// One operation as a method that answers 501 until it is written.
///
/// ```text
/// /// `PUT /notes/{id}`
/// fn put_note(&self, request: api::operations::PutNote, context: &Context)
///     -> impl Future<Output = Result<api::operations::PutNoteResponse, Refusal>> + Send
/// { let _ = (request, context); async { Err(Refusal::not_implemented(…)) } }
/// ```
pub(crate) fn method(call: &Call<'_>) -> TokenStream {
    let Call { request, response, .. } = call;
    let method = ident(&call.model.method_name);
    let docs = docs::attributes(&operation_docs(call));
    let info = info(call);
    quote! {
        #docs
        fn #method(
            &self,
            request: api::operations::#request,
            context: &::bothends_runtime::server::Context,
        ) -> impl ::core::future::Future<
            Output = ::core::result::Result<api::operations::#response, ::bothends_runtime::server::Refusal>,
        > + ::core::marker::Send {
            let _ = (request, context);
            async { ::core::result::Result::Err(::bothends_runtime::server::Refusal::not_implemented(#info)) }
        }
    }
}

/// One implemented operation of this API, as a doc test.
fn example(plan: &Plan<'_>) -> Vec<String> {
    let Some(group) = plan.used_groups().next() else { return Vec::new() };
    let Some(call) = plan.calls_of(group).next() else { return Vec::new() };
    let (server, name) = (plan.crate_ident("server"), ident(&group.model.trait_name));
    let implementor = ident(&format!("My{}", group.model.trait_name));
    let (method, builder) = (ident(&call.model.method_name), &group.builder);
    let Call { request, response, .. } = call;
    super::print::example(
        "no_run",
        quote! {
            use #server::runtime::http::StatusCode;
            use #server::{Context, Refusal, Server, types};

            struct #implementor;

            impl #server::#name for #implementor {
                async fn #method(&self, request: types::#request, context: &Context) -> Result<types::#response, Refusal> {
                    println!("{} asks for {request:?}", context.parts.uri);
                    Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE))
                }
            }

            fn router() -> #server::runtime::axum::Router {
                Server::new().#builder(#implementor).into_router()
            }
        },
    )
}
