//! The client crate's receivers of callbacks: a trait for each address, and what puts an implementation behind it.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::ident::{Name, ident};
use super::plan::{Call, File, Plan, Source};
use super::server::{allow_names, method};
use crate::model::{Callback, Mark, Receiver};

/// `client/src/callbacks.rs`, if there are callbacks.
pub(crate) fn file(plan: &Plan<'_>) -> Option<File> {
    let file = File::rust("client/src/callbacks.rs", root);
    let count = plan.api.receivers.len();
    (!plan.callbacks.is_empty()).then(|| {
        (0..count).fold(file, |file, index| {
            file.with(move |plan| plan.api.receivers.get(index).map(|it| receiver(plan, index, it)).unwrap_or_default())
        })
    })
}

fn root(plan: &Plan<'_>) -> Source {
    let mut lines = vec![
        "Callbacks: what the API sends to an address of yours.".to_owned(),
        String::new(),
        "Implement a trait, make a receiver of it, and put the receiver wherever you said that you can be reached: it answers \
         whatever arrives there, under any path."
            .to_owned(),
    ];
    lines.extend(plan.layout.example(|| example(plan)));
    Source {
        docs: lines,
        items: quote! {
            pub use ::bothends_runtime::server::{Authenticate, Context, Receiver, Refusal, Unknown};
        },
        ..Source::default()
    }
}

/// One address: its trait and its constructor.
///
/// ```text
/// pub trait NotesCallbacks: Send + Sync + 'static {
///     fn note_added(&self, request: api::operations::NoteAdded, context: &Context) -> impl Future<…> + Send { … }
///     fn other(&self, unknown: Unknown) -> impl Future<…> + Send { … }
/// }
/// pub fn notes(implementation: impl NotesCallbacks) -> Receiver { Receiver::new(…) }
/// ```
fn receiver(plan: &Plan<'_>, index: usize, receiver: &Receiver) -> TokenStream {
    let (name, function) = (ident(&receiver.trait_name), Name::new(&receiver.name));
    let expression = docs::code(&receiver.expression);
    let about = docs::attributes(&[
        format!("What is sent to {expression}."),
        String::new(),
        "A method that is not written answers 501.".to_owned(),
    ]);
    let constructor = docs::attributes(&[format!("Receives what is sent to {expression}.")]);
    let calls: Vec<(&Callback, &Call<'_>)> = plan.callbacks_of(index).collect();
    let allow = allow_names(calls.iter().map(|(_, call)| *call));
    let methods = calls.iter().map(|(_, call)| method(call));
    let events = calls.iter().map(|(callback, call)| event(&name, callback, call));
    quote! {
        #about
        #allow
        pub trait #name: ::core::marker::Send + ::core::marker::Sync + 'static {
            #(#methods)*

            /// Whatever else arrives: an event that is newer than this code, or no event at all.
            ///
            /// An unknown event is answered with an empty 200, since senders tend to give up on those who refuse; anything
            /// else is refused.
            fn other(
                &self,
                unknown: ::bothends_runtime::server::Unknown,
            ) -> impl ::core::future::Future<
                Output = ::core::result::Result<
                    ::bothends_runtime::http::Response<::bothends_runtime::Body>,
                    ::bothends_runtime::server::Refusal,
                >,
            > + ::core::marker::Send {
                async { unknown.answer() }
            }
        }

        #constructor
        pub fn #function(implementation: impl #name) -> ::bothends_runtime::server::Receiver {
            let implementation = ::std::sync::Arc::new(implementation);
            let events = ::std::vec::Vec::from([#(#events),*]);
            ::bothends_runtime::server::Receiver::new(events, move |unknown| {
                let implementation = ::std::sync::Arc::clone(&implementation);
                async move { #name::other(&*implementation, unknown).await }
            })
        }
    }
}

fn event(name: &proc_macro2::Ident, callback: &Callback, call: &Call<'_>) -> TokenStream {
    let (request, method) = (&call.request, ident(&call.model.method_name));
    let mark = callback.mark.as_ref().map(|Mark { property, values }| quote!(.marked(#property, &[#(#values),*])));
    quote! {
        {
            let implementation = ::std::sync::Arc::clone(&implementation);
            ::bothends_runtime::server::Event::new(::bothends_runtime::server::Route::new(
                move |request: api::operations::#request, context| {
                    let implementation = ::std::sync::Arc::clone(&implementation);
                    async move { #name::#method(&*implementation, request, &context).await }
                },
            ))#mark
        }
    }
}

/// One callback received, as a doc test.
fn example(plan: &Plan<'_>) -> Vec<String> {
    let Some((receiver, call)) = plan.api.receivers.first().zip(plan.callbacks_of(0).map(|(_, call)| call).next()) else {
        return Vec::new();
    };
    let (client, name, function) = (plan.crate_ident("client"), ident(&receiver.trait_name), Name::new(&receiver.name));
    let (method, Call { request, response, .. }) = (ident(&call.model.method_name), call);
    super::print::example(
        "no_run",
        quote! {
            use #client::callbacks::{self, #name, Context, Refusal};
            use #client::runtime::{axum, http::StatusCode};
            use #client::types;

            struct Mine;

            impl #name for Mine {
                async fn #method(&self, request: types::#request, context: &Context) -> Result<types::#response, Refusal> {
                    println!("{request:?} arrived at {}", context.parts.uri);
                    Err(Refusal::new(StatusCode::SERVICE_UNAVAILABLE))
                }
            }

            fn router() -> axum::Router {
                axum::Router::new().nest_service("/callbacks", callbacks::#function(Mine).into_service())
            }
        },
    )
}
