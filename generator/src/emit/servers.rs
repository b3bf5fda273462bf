//! The addresses that a document names: a list in the client crate, and how a client is made for one of them.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::plan::Plan;

/// `SERVERS`, if there are any.
///
/// ```text
/// pub const SERVERS: &[Server] = &[
///     Server { template: "https://{region}.example.com", description: "…", variables: &[ServerVariable { name: "region", … }] },
/// ];
/// ```
pub(crate) fn list(plan: &Plan<'_>) -> TokenStream {
    if plan.api.servers.is_empty() {
        return TokenStream::new();
    }
    let servers = plan.api.servers.iter().map(|server| {
        let (template, description) = (&server.template, docs::line(server.description.as_deref().unwrap_or_default()));
        let variables = server.variables.iter().map(|variable| {
            let (name, default, values) = (&variable.name, &variable.default, &variable.values);
            quote!(::bothends_runtime::client::ServerVariable { name: #name, default: #default, values: &[#(#values),*] })
        });
        quote!(::bothends_runtime::client::Server { template: #template, description: #description, variables: &[#(#variables),*] })
    });
    quote! {
        /// The addresses that the document names, for [`Client::at_server`].
        pub const SERVERS: &[::bothends_runtime::client::Server] = &[#(#servers),*];
    }
}

/// The body of `Client::new`, and `Client::at_server` where the document names servers.
pub(crate) fn constructors(plan: &Plan<'_>) -> (TokenStream, TokenStream) {
    if plan.api.servers.is_empty() {
        return (quote!(::bothends_runtime::client::Client::new(base_url).map(Self)), TokenStream::new());
    }
    // Operations with a server of their own are sent there by a client of the API itself, and by no other one.
    let has_own = plan.api.operations.iter().any(|operation| operation.server.is_some());
    let made = if has_own {
        quote! {
            let client = ::bothends_runtime::client::Client::new(base_url)?;
            ::core::result::Result::Ok(Self(client.with_own_servers(SERVERS.iter().any(|server| server.is_at(base_url)))))
        }
    } else {
        quote!(::bothends_runtime::client::Client::new(base_url).map(Self))
    };
    let own = has_own.then(|| quote!(.map(|client| client.configure(|client| client.with_own_servers(true)))));
    let at_server = quote! {
        /// A client for one of the [`SERVERS`], with values for its variables by their names; those that are left out keep
        /// their defaults.
        ///
        /// # Errors
        /// The address is not absolute, or a variable is unknown or has a value that it cannot have.
        pub fn at_server(
            server: &::bothends_runtime::client::Server,
            variables: &[(&str, &str)],
        ) -> ::core::result::Result<Self, BuildError> {
            Self::new(&server.url(variables)?) #own
        }
    };
    (made, at_server)
}
