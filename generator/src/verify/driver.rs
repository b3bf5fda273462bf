//! The scratch package: an emitted program that can be the client or the server of an API, told what to do by cases in
//! JSON. It is no part of the oracle and may share what `emit` has decided.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, format_ident, quote};

use super::Error;
use crate::emit::contents::{self, Carried};
use crate::emit::ident::{Name, constant, ident};
use crate::emit::operations::CALLBACKS;
use crate::emit::outcome::{self, Outcome, Side};
use crate::emit::plan::{Call, Plan};
use crate::emit::ty::{Argument, body_type};
use crate::emit::{Options, Parts};
use crate::model::{Api, Content, Global, Location, Parameter, Payload, Receiver, Response, SecurityKind, Status, Type};

const ANSWER: &str = include_str!("scratch/answer.rs");
const SUPPORT: &str = include_str!("scratch/support.rs");

/// Where generated crates and runtime are.
#[derive(Debug, Clone, Copy)]
pub struct Crates<'p> {
    /// Folder with `types`, `client` and `server`.
    pub generated: &'p Path,
    /// Folder of the runtime.
    pub runtime: &'p Path,
}

/// Writes the scratch package of an API into a folder, replacing what differs.
///
/// # Errors
/// A folder does not exist or cannot be written.
pub fn write_driver(api: &Api, crates: Crates<'_>, scratch: &Path) -> Result<(), Error> {
    let options = Options::crates(Parts::default(), "");
    let plan = Plan::new(api, &options);
    let main = syn::parse2(main_file(&plan)).map_err(|error| Error::Driver(format!("the emitted driver is no Rust: {error}")))?;
    let sources =
        [("src/main.rs", prettyplease::unparse(&main)), ("src/answer.rs", ANSWER.to_owned()), ("src/support.rs", SUPPORT.to_owned())];
    write_package(scratch, || manifest(&plan, crates, &driver_name(api, scratch)), sources)
}

/// Writes a package into a folder, replacing what differs. The folder is made first: the manifest may hold its name.
pub fn write_package<const N: usize>(
    scratch: &Path,
    manifest: impl FnOnce() -> Result<String, Error>,
    sources: [(&'static str, String); N],
) -> Result<(), Error> {
    let source = scratch.join("src");
    std::fs::create_dir_all(&source).map_err(|error| Error::file(&source, &error))?;
    for (name, text) in [("Cargo.toml", manifest()?)].into_iter().chain(sources) {
        let path = scratch.join(name);
        // An untouched file keeps cargo from compiling again.
        if std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
            continue;
        }
        std::fs::write(&path, text).map_err(|error| Error::file(&path, &error))?;
    }
    Ok(())
}

/// Name of the scratch package and its program. Cargo tells packages in a shared target folder apart by their names, and
/// there may be several drivers of one API: the folder is part of the name.
pub fn driver_name(api: &Api, scratch: &Path) -> String {
    package_name(api, "driver", scratch)
}

/// Name of a scratch package, as [`driver_name`].
pub fn package_name(api: &Api, part: &str, scratch: &Path) -> String {
    let folder = scratch.canonicalize().unwrap_or_else(|_| scratch.to_owned());
    let bytes = folder.as_os_str().as_encoded_bytes();
    // FNV-1a.
    let hash = bytes.iter().fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193));
    format!("{}-{hash:08x}", Plan::new(api, &Options::crates(Parts::default(), "")).crate_name(part))
}

fn manifest(plan: &Plan<'_>, crates: Crates<'_>, name: &str) -> Result<String, Error> {
    let (generated, runtime) = (whole(crates.generated)?, whole(crates.runtime)?);
    let tags = tags(plan);
    // Types come with serde for most users: what nobody compiles may not compile.
    let mut both = vec!["client", "server", "serde"];
    both.extend((!plan.callbacks.is_empty()).then_some(CALLBACKS));
    let dependency = |part: &str, more: &[&str]| dependency(plan, part, &generated, &[more, &tags].concat());
    Ok(format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[dependencies]\n\
         {types}{client}{server}\
         bothends-runtime = {{ path = {runtime}, default-features = false, features = [\"client\", \"server\"] }}\n\
         axum = {{ version = \"0.8\", default-features = false, features = [\"http1\", \"tokio\"] }}\n\
         tokio = {{ version = \"1\", features = [\"net\", \"rt\", \"time\"] }}\n\n[profile.dev]\nopt-level = 0\ndebug = 0\nincremental = false\n",
        types = dependency("types", &both),
        client = dependency("client", if plan.callbacks.is_empty() { &[] } else { &["receiver"] }),
        server = dependency("server", if plan.callbacks.is_empty() { &[] } else { &["sender"] }),
        runtime = quoted(&runtime),
    ))
}

/// A path that can be written into a manifest.
pub fn whole(path: &Path) -> Result<PathBuf, Error> {
    path.canonicalize().map_err(|error| Error::file(path, &error))
}

/// A path in a manifest.
pub fn quoted(path: &Path) -> String {
    serde_json::Value::from(path.display().to_string()).to_string()
}

/// The features of generated crates that stand for tags.
pub fn tags<'p>(plan: &'p Plan<'_>) -> Vec<&'p str> {
    let mut tags: Vec<&str> = plan.used_groups().map(|group| group.model.feature.as_str()).collect();
    tags.sort_unstable();
    tags.dedup();
    tags
}

/// A generated crate as a dependency.
pub fn dependency(plan: &Plan<'_>, part: &str, generated: &Path, features: &[&str]) -> String {
    let (name, path) = (plan.crate_name(part), quoted(&generated.join(part)));
    format!("{name} = {{ path = {path}, default-features = false, features = {} }}\n", serde_json::Value::from(features.to_vec()))
}

/// Where each callback is sent: the path of its receiver, beside those of the API.
pub fn addresses(api: &Api) -> BTreeMap<String, String> {
    api.callbacks.iter().map(|callback| (callback.key(), address(callback.receiver))).collect()
}

fn address(receiver: usize) -> String {
    format!("/~callbacks/{receiver}")
}

/// As documents write it: `200`, `4XX`, `default`.
pub fn declared(status: Status) -> String {
    match status {
        Status::Code(code) => code.to_string(),
        Status::Range(class) => format!("{class}XX"),
        Status::Default => "default".to_owned(),
    }
}

/// `path`, `query`, `header` or `cookie`.
pub fn location(location: Location) -> &'static str {
    match location {
        Location::Path => "path",
        Location::Query => "query",
        Location::Header => "header",
        Location::Cookie => "cookie",
    }
}

fn main_file(plan: &Plan<'_>) -> TokenStream {
    let (types, client, server) = (plan.crate_ident("types"), plan.crate_ident("client"), plan.crate_ident("server"));
    let all: Vec<(String, &Call<'_>)> =
        plan.api.exchanges().map(|(key, _)| key).zip(plan.operations.iter().chain(&plan.callbacks)).collect();
    let cases = all.iter().map(|(key, call)| case(plan, key, call));
    let addresses = addresses(plan.api);
    let calls = all.iter().enumerate().map(|(number, (key, call))| client_call(plan, number, call, addresses.get(key).map(String::as_str)));
    let callers = all.iter().enumerate().map(|(number, (key, _))| {
        let function = caller(number);
        quote!(#key => #function(client, base, method, case).await,)
    });
    let echoes = all.iter().map(|(key, call)| {
        let request = &call.request;
        quote!(#key => support::echo::<api::operations::#request>(case).await,)
    });
    let credentials = plan.api.security_schemes.iter().zip(&plan.setters).map(|(scheme, setter)| {
        let id = &scheme.id;
        match scheme.kind {
            SecurityKind::Basic => quote! { #id => {
                let (user, password) = secret.split_once(':').unwrap_or((secret, ""));
                client.#setter(user, password)
            } },
            _ => quote!(#id => client.#setter(secret),),
        }
    });
    let builders = plan.used_groups().map(|group| {
        let builder = &group.builder;
        quote!(.#builder(Driver(state.clone())))
    });
    let groups = plan.used_groups().map(|group| {
        let name = ident(&group.model.trait_name);
        let methods = plan.calls_of(group).map(|call| handler(plan, call));
        quote!(impl #server::#name for Driver { #(#methods)* })
    });
    let (receivers, traits) = receivers(plan);
    quote! {
        #![allow(unused_variables, deprecated, clippy::all)]
        mod answer;
        mod support;
        use ::bothends_runtime::serde_json::Value;
        use ::bothends_runtime::server::{Context, Refusal};
        use ::#types as api;
        use support::{Answer, Case, Request, State, Trouble};

        fn main() -> Result<(), Box<dyn std::error::Error>> {
            support::run(Api)
        }

        #[derive(Clone, Copy)]
        struct Api;

        impl support::Api for Api {
            type Client = #client::Client;
            fn client(self, base: &str, strict: bool) -> Result<Self::Client, Trouble> {
                let client = #client::Client::new(base).map_err(|error| error.to_string())?;
                Ok(if strict { client.with_strict_answers() } else { client })
            }
            fn credential(self, client: Self::Client, scheme: &str, secret: &str) -> Self::Client {
                match scheme { #(#credentials)* _ => client }
            }
            async fn call(self, client: &Self::Client, base: &str, key: &str, method: bool, case: &Value) -> Value {
                match key { #(#callers)* _ => support::unknown(key) }
            }
            async fn echo(self, key: &str, case: &Value) -> Value {
                match key { #(#echoes)* _ => support::unknown(key) }
            }
            fn router(self, state: State) -> ::bothends_runtime::axum::Router {
                let door = state.clone();
                let door = move |credentials: ::bothends_runtime::server::Credentials| std::future::ready(door.admit(&credentials));
                #server::Server::new()#(#builders)*.authenticate(door.clone()).into_router()#(#receivers)*
            }
        }

        struct Driver(State);
        #(#groups)*
        #(#traits)*
        #(#calls)*
        #(#cases)*
    }
}

/// The receivers beside the server's router, and the traits that they need.
fn receivers(plan: &Plan<'_>) -> (Vec<TokenStream>, Vec<TokenStream>) {
    let client = plan.crate_ident("client");
    let one = |(index, receiver): (usize, &Receiver)| {
        let (address, function, name) = (address(index), Name::new(&receiver.name), ident(&receiver.trait_name));
        let methods = plan.callbacks_of(index).map(|(_, call)| handler(plan, call));
        let service = quote!(#client::callbacks::#function(Driver(state.clone())).authenticate(door.clone()).into_service());
        (quote!(.nest_service(#address, #service)), quote!(impl #client::callbacks::#name for Driver { #(#methods)* }))
    };
    plan.api.receivers.iter().enumerate().map(one).unzip()
}

/// A method of a server's or receiver's trait.
fn handler(plan: &Plan<'_>, call: &Call<'_>) -> TokenStream {
    let (method, request, response) = (ident(&call.model.method_name), &call.request, &call.response);
    let put_globals = plan.globals_of(call.model).map(|(used, Global { parameter, .. }, _)| {
        let (name, place, wire) = (constant(&parameter.name), location(parameter.location), &used.wire);
        quote!(case.put(#place, #wire, context.global(&api::globals::#name).as_ref())?;)
    });
    quote! {
        async fn #method(&self, request: api::operations::#request, context: &Context) -> Result<api::operations::#response, Refusal> {
            self.0.handle(request, |case| { #(#put_globals)* Ok(()) }).await
        }
    }
}

/// Name of the function that calls an operation.
fn caller(number: usize) -> Ident {
    format_ident!("call_{number}")
}

/// A call through the client's own method, or for the whole response. A callback goes to an address through the sender's
/// own method. Each is a function of its own: what a compiler knows of a function grows with its variables times its
/// branches, and a request may have hundreds of fields. It makes its future on the heap, and leaves nothing of it in the
/// frame of the caller, which has one for every operation.
fn client_call(plan: &Plan<'_>, number: usize, call: &Call<'_>, address: Option<&str>) -> TokenStream {
    let (request, method) = (&call.request, &call.client_method);
    let argument = |name: &str, ty: &crate::model::Type| {
        let field = ident(name);
        match plan.argument(ty) {
            Argument::Copied => quote!(request.#field),
            Argument::Given | Argument::Body => quote!(request.#field),
            Argument::Text | Argument::Slice(_) | Argument::Borrowed => quote!(&request.#field),
        }
    };
    let (mut arguments, mut optional) = (Vec::new(), Vec::new());
    for parameter in &call.model.parameters {
        if parameter.required {
            arguments.push(argument(&parameter.name, crate::emit::operations::parameter_type(plan, parameter)));
        } else {
            optional.push(ident(&parameter.name));
        }
    }
    if let Some(body) = &call.model.body {
        if body.required {
            arguments.push(match body.content.single() {
                Some(media) => argument(&body.name, &body_type(media)),
                None => {
                    let field = ident(&body.name);
                    quote!(request.#field)
                }
            });
        } else {
            optional.push(ident(&body.name));
        }
    }
    if !optional.is_empty() {
        let options = &call.options;
        let owner = match address {
            None => plan.crate_ident("client").into_token_stream(),
            Some(_) => {
                let server = plan.crate_ident("server");
                quote!(#server::callbacks)
            }
        };
        arguments.push(quote!(#owner::#options { #(#optional: request.#optional),* }));
    }
    let (called, sent) = match address {
        None => (quote!(client.#method(#(#arguments),*)), quote!(support::raw::<api::operations::#request>(client.runtime(), None, case))),
        Some(address) => {
            let (server, url) = (plan.crate_ident("server"), quote!(&format!("{base}{}", #address)));
            let sender = quote!(#server::callbacks::Sender::from(client.runtime().clone()));
            (
                quote!(#sender.#method(#url, #(#arguments),*)),
                quote!(support::raw::<api::operations::#request>(client.runtime(), Some(#url), case)),
            )
        }
    };
    let (function, crate_name, globals) = (caller(number), plan.crate_ident("client"), client_globals(plan, call));
    quote! {
        fn #function<'c>(client: &'c #crate_name::Client, base: &'c str, method: bool, case: &'c Value) -> support::Pending<'c> {
            Box::pin(async move {
                #globals
                if !method {
                    return #sent.await;
                }
                let request = match support::request_of::<api::operations::#request>(case) {
                    Ok(request) => request,
                    Err(error) => return support::unreadable(error),
                };
                support::sorted::<api::operations::#request>(#called.await).await
            })
        }
    }
}

/// The client with the globals of a case, for an operation that takes some.
fn client_globals(plan: &Plan<'_>, call: &Call<'_>) -> TokenStream {
    let setters: Vec<TokenStream> = plan
        .globals_of(call.model)
        .map(|(used, Global { parameter, .. }, setter)| {
            let (ty, place, wire) = (plan.ty(&parameter.ty), location(parameter.location), &used.wire);
            quote!(if let Some(value) = case.optional::<#ty>(#place, #wire)? { client = client.#setter(value); })
        })
        .collect();
    if setters.is_empty() {
        return TokenStream::new();
    }
    quote! {
        let client = &match support::with_globals(case, client.clone(), |case, mut client| { #(#setters)* Ok(client) }) {
            Ok(client) => client,
            Err(error) => return support::unreadable(error),
        };
    }
}

/// Between JSON and the typed values of one operation, both ways.
fn case(plan: &Plan<'_>, key: &str, call: &Call<'_>) -> TokenStream {
    let Call { model, request, response, .. } = call;
    let from = from_case(plan, call);
    let to = model.parameters.iter().map(put);
    let to_body = model.body.as_ref().map(|body| {
        let (field, write) = (ident(&body.name), write(plan, &body.content));
        let value = if body.required { quote!(Some(self.#field)) } else { quote!(self.#field) };
        quote!(if let Some(body) = #value { case.put_body(#write); })
    });
    let copy_globals = plan.globals_of(model).map(|(used, Global { parameter, .. }, _)| {
        let (ty, place, wire) = (plan.ty(&parameter.ty), location(parameter.location), &used.wire);
        quote!(to.put(#place, #wire, from.optional::<#ty>(#place, #wire)?.as_ref())?;)
    });
    let responses = outcome::ordered(model);
    let reads = responses.iter().map(|it| {
        let (name, value) = (declared(it.status), response_in(plan, call, it));
        quote!(#name => #value,)
    });
    let writes = responses.iter().map(|it| response_out(plan, call, it));
    let none = responses.is_empty().then(|| quote!(_ => Err("there is no documented answer".to_owned()),));
    let success = side_out(plan, call, &call.success, Side::Success);
    let failure = side_out(plan, call, &call.failure, Side::Failure);
    quote! {
        impl Case for api::operations::#request {
            const KEY: &'static str = #key;
            fn from_case(case: &Request) -> Result<Self, Trouble> {
                Ok(Self { #(#from),* })
            }
            #[allow(unused_mut)]
            async fn to_case(self) -> Result<Request, Trouble> {
                let mut case = Request::new();
                #(#to)*
                #to_body
                Ok(case)
            }
            fn copy_globals(from: &Request, to: &mut Request) -> Result<(), Trouble> {
                #(#copy_globals)*
                Ok(())
            }
            fn response_from_case(answer: &Answer) -> Result<api::operations::#response, Trouble> {
                match answer.declared.as_str() { #(#reads)* other => Err(format!("`{other}` is not generated")) }
            }
            async fn response_to_case(response: api::operations::#response) -> Result<Answer, Trouble> {
                match response { #(#writes)* #none }
            }
            async fn success_to_case(body: <Self as ::bothends_runtime::Operation>::Success) -> Result<Option<Value>, Trouble> {
                #success
            }
            async fn failure_to_case(body: <Self as ::bothends_runtime::Operation>::Failure) -> Result<Option<Value>, Trouble> {
                #failure
            }
        }
    }
}

fn from_case(plan: &Plan<'_>, call: &Call<'_>) -> Vec<TokenStream> {
    let mut fields: Vec<TokenStream> = Vec::new();
    for parameter in &call.model.parameters {
        let (field, place, wire) = (ident(&parameter.name), location(parameter.location), &parameter.wire);
        let method = if parameter.required { quote!(required) } else { quote!(optional) };
        fields.push(quote!(#field: case.#method(#place, #wire)?));
    }
    if let Some(body) = &call.model.body {
        let (field, read) = (ident(&body.name), read(plan, &body.content));
        fields.push(if body.required {
            quote!(#field: { let (media, value) = case.required_body()?; #read })
        } else {
            quote!(#field: match case.body() { Some((media, value)) => Some(#read), None => None })
        });
    }
    fields
}

fn put(parameter: &Parameter) -> TokenStream {
    let (field, place, wire) = (ident(&parameter.name), location(parameter.location), &parameter.wire);
    let value = if parameter.required { quote!(Some(&self.#field)) } else { quote!(self.#field.as_ref()) };
    quote!(case.put(#place, #wire, #value)?;)
}

/// The typed body of the JSON `value`, in the media type `media` of a case.
fn read(plan: &Plan<'_>, content: &Content) -> TokenStream {
    let name = plan.content(content);
    match content.media.as_slice() {
        [media] => {
            let read = read_value(&body_type(media));
            quote!(#read(value)?)
        }
        several => {
            let arms = several.iter().enumerate().map(|(number, media)| {
                let (media_type, variant, read) = (&media.media_type, ident(&media.variant), read_value(&body_type(media)));
                let first = (number == 0).then(|| quote!("" |));
                quote!(#first #media_type => #name::#variant(#read(value)?),)
            });
            quote!(match media { #(#arms)* other => return Err(format!("`{other}` is not generated")) })
        }
    }
}

/// Media type and JSON of the typed `body`.
fn write(plan: &Plan<'_>, content: &Content) -> TokenStream {
    let name = plan.content(content);
    match content.media.as_slice() {
        [media] => {
            let (media_type, write) = (&media.media_type, write_value(plan, &body_type(media)));
            quote!((#media_type, #write?))
        }
        several => {
            let arms = several.iter().map(|media| {
                let (media_type, variant, write) = (&media.media_type, ident(&media.variant), write_value(plan, &body_type(media)));
                quote!(#name::#variant(body) => (#media_type, #write?),)
            });
            quote!(match body { #(#arms)* })
        }
    }
}

fn read_value(ty: &Type) -> TokenStream {
    match ty {
        Type::Bytes => quote!(support::bytes_in),
        Type::Blob => quote!(support::blob_in),
        Type::Items { .. } => quote!(support::items_in),
        _ => quote!(support::json_in),
    }
}

/// The JSON of the typed `body`; streams are read to their ends.
fn write_value(plan: &Plan<'_>, ty: &Type) -> TokenStream {
    match ty {
        Type::Bytes => quote!(support::bytes_out(body).await),
        Type::Blob => quote!(support::blob_out(body).await),
        Type::Items { .. } => quote!(support::items_out(body).await),
        ty if plan.holds_stream(ty) => quote!(support::form_out(body).await),
        _ => quote!(support::json_out(&body)),
    }
}

pub fn response_in(plan: &Plan<'_>, call: &Call<'_>, it: &Response) -> TokenStream {
    let (name, variant) = (&call.response, ident(&it.variant));
    let body = match &it.payload {
        Payload::Empty => quote!(()),
        Payload::Body(content) => {
            let read = read(plan, content);
            quote!({ let (media, value) = answer.body()?; #read })
        }
    };
    match (&it.payload, outcome::keeps_meta(it)) {
        (Payload::Empty, false) => quote!(Ok(api::operations::#name::#variant)),
        (Payload::Body(_), false) => quote!(Ok(api::operations::#name::#variant(#body))),
        (_, true) => quote!(Ok(api::operations::#name::#variant(answer.reply(#body)?))),
    }
}

fn response_out(plan: &Plan<'_>, call: &Call<'_>, it: &Response) -> TokenStream {
    let (name, variant, declared) = (&call.response, ident(&it.variant), declared(it.status));
    let code = match it.status {
        Status::Code(code) => Literal::u16_unsuffixed(code),
        Status::Range(_) | Status::Default => Literal::u16_unsuffixed(0),
    };
    let written = match &it.payload {
        Payload::Empty => quote!(None),
        Payload::Body(content) => {
            let write = write(plan, content);
            quote!(Some(#write))
        }
    };
    if outcome::keeps_meta(it) {
        return quote!(api::operations::#name::#variant(reply) => {
            let (status, headers) = (reply.status().as_u16(), support::json_out(reply.declared())?);
            let body = reply.into_body();
            Ok(Answer::new(#declared, status, #written).with_headers(headers))
        });
    }
    let pattern = match it.payload {
        Payload::Empty => quote!(),
        Payload::Body(_) => quote!((body)),
    };
    quote!(api::operations::#name::#variant #pattern => Ok(Answer::new(#declared, #code, #written)),)
}

/// What one side carries, as JSON.
fn side_out(plan: &Plan<'_>, call: &Call<'_>, outcome: &Outcome<'_>, side: Side) -> TokenStream {
    let out = |content: &Carried<'_>| match content {
        Carried::Value(ty) => {
            let write = write_value(plan, ty);
            quote!(Ok(Some(#write?)))
        }
        Carried::Enum(name) => {
            let bodies = outcome::responses(call.model, side).filter_map(|it| match &it.payload {
                Payload::Body(content) if content.name.as_deref() == Some(*name) => Some(content),
                _ => None,
            });
            let write = bodies.take(1).map(|content| write(plan, content));
            quote!({ #(let (_, value) = #write; Ok(Some(value)))* })
        }
    };
    match outcome {
        Outcome::Empty => quote!(Ok(None)),
        Outcome::One(carried) => out(carried),
        Outcome::Many(name) => {
            let arms = outcome::responses(call.model, side).map(|it| {
                let variant = ident(&it.variant);
                match &it.payload {
                    Payload::Empty => quote!(api::operations::#name::#variant => Ok(None),),
                    Payload::Body(content) => {
                        let out = out(&contents::carried(plan.api, content));
                        quote!(api::operations::#name::#variant(body) => #out,)
                    }
                }
            });
            quote!(match body { #(#arms)* })
        }
    }
}
