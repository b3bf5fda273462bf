//! The server crate's sender of callbacks: a struct with a method for each.

use quote::quote;

use super::plan::{File, Plan, Source};
use super::{client, docs};

/// `server/src/callbacks.rs`, if there are callbacks.
pub(crate) fn file(plan: &Plan<'_>) -> Option<File> {
    let file = File::rust("server/src/callbacks.rs", root);
    let count = plan.callbacks.len();
    let methods = |plan: &Plan<'_>, index: usize| {
        let call = plan.callbacks.get(index)?;
        let (options, method) = (client::options(plan, call, "callbacks::Sender"), client::method(plan, call, true));
        Some(quote!(#options impl Sender { #method }))
    };
    (!plan.callbacks.is_empty())
        .then(|| (0..count).fold(file, |file, index| file.with(move |plan| methods(plan, index).unwrap_or_default())))
}

/// The struct and what does not depend on callbacks.
///
/// ```text
/// pub struct Sender(::bothends_runtime::client::Client);
/// impl Sender {
///     pub fn new() -> Result<Self, BuildError> { … }
///     pub fn send<O: ClientOperation>(&self, url: &str, operation: O) -> Call<'_, O::Success, O::Failure, O::SuccessHeaders> { … }
/// }
/// ```
fn root(plan: &Plan<'_>) -> Source {
    let title = docs::line(&plan.api.title);
    let lead = if title.is_empty() { "Sends callbacks.".to_owned() } else { format!("Sends the callbacks of {title}.") };
    let docs = docs::attributes(&[lead, String::new(), "Cheap to clone; clones share their connections.".to_owned()]);
    let settings = client::settings();
    Source {
        docs: vec![
            "Callbacks: what the API sends to addresses that its users gave it.".to_owned(),
            String::new(),
            "Whoever gives an address can make the server call it: refuse those that lead into your own network. Over `https://` \
             it is called with the runtime's feature `rustls` or `native-tls` only, which features of these names switch on."
                .to_owned(),
        ],
        items: quote! {
            pub use ::bothends_runtime::client::{BuildError, Call, Error};
            pub use ::bothends_runtime::Reply;

            #docs
            #[derive(Clone, Debug)]
            pub struct Sender(::bothends_runtime::client::Client);

            impl Sender {
                /// A sender over the network.
                ///
                /// # Errors
                /// The HTTP library cannot start.
                pub fn new() -> ::core::result::Result<Self, BuildError> {
                    ::bothends_runtime::client::Client::without_base().map(Self)
                }

                #settings

                /// Sends a callback to an address and sorts the answer.
                ///
                /// The call ends in an [`Error`] where the address is none, the request cannot be carried, no whole answer
                /// arrives, or the answer is no documented success.
                pub fn send<O: ::bothends_runtime::ClientOperation>(&self, url: &str, operation: O) -> Call<'_, O::Success, O::Failure, O::SuccessHeaders> {
                    self.0.send_to(url, operation)
                }
            }

            impl ::core::convert::From<::bothends_runtime::client::Client> for Sender {
                fn from(client: ::bothends_runtime::client::Client) -> Self {
                    Self(client)
                }
            }
        },
        ..Source::default()
    }
}
