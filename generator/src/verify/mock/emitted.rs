//! The scratch package of a mock: the generated server with an emitted program around it, and nothing of the client, which
//! makes up most of what a driver compiles.

use std::path::Path;

use proc_macro2::TokenStream;
use quote::quote;

use super::super::Error;
use super::super::driver::{Crates, declared, dependency, package_name, response_in, tags, whole, write_package};
use crate::emit::ident::ident;
use crate::emit::outcome;
use crate::emit::plan::{Call, Plan};
use crate::emit::{Options, Parts};
use crate::model::Api;

const ANSWER: &str = include_str!("../scratch/answer.rs");
const CHOOSE: &str = include_str!("../scratch/choose.rs");
const SUPPORT: &str = include_str!("../scratch/mock.rs");

/// Name of the scratch package and its program.
pub fn mock_name(api: &Api, scratch: &Path) -> String {
    package_name(api, "mock", scratch)
}

/// Writes the scratch package of an API's mock into a folder, replacing what differs.
///
/// # Errors
/// A folder does not exist or cannot be written.
pub fn write_mock(api: &Api, crates: Crates<'_>, scratch: &Path) -> Result<(), Error> {
    let options = Options::crates(Parts::default(), "");
    let plan = Plan::new(api, &options);
    let main = syn::parse2(main_file(&plan)).map_err(|error| Error::Driver(format!("the emitted mock is no Rust: {error}")))?;
    let sources = [
        ("src/main.rs", prettyplease::unparse(&main)),
        ("src/answer.rs", ANSWER.to_owned()),
        ("src/choose.rs", CHOOSE.to_owned()),
        ("src/support.rs", SUPPORT.to_owned()),
    ];
    write_package(scratch, || manifest(&plan, crates, &mock_name(api, scratch)), sources)
}

fn manifest(plan: &Plan<'_>, crates: Crates<'_>, name: &str) -> Result<String, Error> {
    let (generated, runtime) = (whole(crates.generated)?, whole(crates.runtime)?);
    let tags = tags(plan);
    let with_server: Vec<&str> = ["server"].into_iter().chain(tags.iter().copied()).collect();
    Ok(format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\n\
         {types}{server}\
         bothends-runtime = {{ path = {runtime}, default-features = false, features = [\"server\"] }}\n\
         axum = {{ version = \"0.8\", default-features = false, features = [\"http1\", \"tokio\"] }}\n\
         tokio = {{ version = \"1\", features = [\"net\", \"rt\", \"time\"] }}\n\n[profile.dev]\nopt-level = 0\ndebug = 0\nincremental = false\n",
        types = dependency(plan, "types", &generated, &with_server),
        server = dependency(plan, "server", &generated, &tags),
        runtime = super::super::driver::quoted(&runtime),
    ))
}

fn main_file(plan: &Plan<'_>) -> TokenStream {
    let (types, server) = (plan.crate_ident("types"), plan.crate_ident("server"));
    let builders = plan.used_groups().map(|group| {
        let builder = &group.builder;
        quote!(.#builder(Mock(state.clone())))
    });
    let groups = plan.used_groups().map(|group| {
        let name = ident(&group.model.trait_name);
        let methods = plan.calls_of(group).map(handler);
        quote!(impl #server::#name for Mock { #(#methods)* })
    });
    let keys = plan.api.operations.iter().map(|operation| operation.key());
    let cases = keys.zip(&plan.operations).map(|(key, call)| case(plan, &key, call));
    quote! {
        #![allow(unused, deprecated, clippy::all)]
        mod answer;
        mod choose;
        mod support;
        use ::bothends_runtime::serde_json::Value;
        use ::bothends_runtime::server::{Context, Refusal, TrailingSlash};
        use ::#types as api;
        use support::{Answer, Case, State, Trouble};

        fn main() -> Result<(), Box<dyn std::error::Error>> {
            support::run(router)
        }

        fn router(state: State) -> ::bothends_runtime::axum::Router {
            let door = state.clone();
            let door = move |credentials: ::bothends_runtime::server::Credentials| std::future::ready(door.admit(&credentials));
            #server::Server::new()
                #(#builders)*
                .authenticate(door)
                .body_limit(state.limit())
                .trailing_slash(TrailingSlash::Ignore)
                .into_router()
        }

        struct Mock(State);
        #(#groups)*
        #(#cases)*
    }
}

fn handler(call: &Call<'_>) -> TokenStream {
    let (method, request, response) = (ident(&call.model.method_name), &call.request, &call.response);
    quote! {
        async fn #method(&self, _: api::operations::#request, context: &Context) -> Result<api::operations::#response, Refusal> {
            self.0.answer::<api::operations::#request>(context)
        }
    }
}

/// The typed answer of one operation, out of JSON.
fn case(plan: &Plan<'_>, key: &str, call: &Call<'_>) -> TokenStream {
    let (request, response) = (&call.request, &call.response);
    let reads = outcome::ordered(call.model).into_iter().map(|it| {
        let (name, value) = (declared(it.status), response_in(plan, call, it));
        quote!(#name => #value,)
    });
    quote! {
        impl Case for api::operations::#request {
            const KEY: &'static str = #key;
            fn response_from_case(answer: &Answer) -> Result<api::operations::#response, Trouble> {
                match answer.declared.as_str() { #(#reads)* other => Err(format!("`{other}` is not generated")) }
            }
        }
    }
}
