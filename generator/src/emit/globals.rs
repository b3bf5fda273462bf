//! Parameters that are set once on the client: a constant for each in the types crate, a setter on the client, and what each
//! operation takes of them.

use proc_macro2::TokenStream;
use quote::quote;

use super::docs;
use super::ident::constant;
use super::parameters::{parameter_constant, place};
use super::plan::{Call, File, Plan, Source};
use crate::model::{Global, Type};

/// `types/src/globals.rs`, where there are some.
///
/// ```text
/// pub static LANGUAGE: Global<String> = Global::header(Parameter::simple("X-Language"));
/// ```
pub(crate) fn file(plan: &Plan<'_>) -> Option<File> {
    (!plan.api.globals.is_empty()).then(|| File::rust("types/src/globals.rs", source))
}

fn source(plan: &Plan<'_>) -> Source {
    let statics = plan.api.globals.iter().map(|global| {
        let parameter = &global.parameter;
        let lead = format!("The {} parameter {}.", parameter.location.as_str(), docs::code(&parameter.wire));
        let mut lines = docs::with_lead(lead, parameter.docs.as_deref());
        if parameter.deprecated {
            lines.extend([String::new(), "Deprecated.".to_owned()]);
        }
        let attributes = docs::attributes(&lines);
        let (name, ty, place) = (constant(&parameter.name), plan.ty(&parameter.ty), place(parameter.location));
        let value = parameter_constant(plan, &[], parameter);
        let secret = global.secret.then(|| quote!(.secret()));
        quote! {
            #attributes
            pub static #name: ::bothends_runtime::Global<#ty> = ::bothends_runtime::Global::#place(#value)#secret;
        }
    });
    let docs = "Parameters that are set once on the client; a handler reads them with `Context::global`.";
    Source { docs: vec![docs.to_owned()], items: quote!(#(#statics)*), ..Source::default() }
}

/// `const GLOBALS` of an operation that takes some.
pub(crate) fn uses(plan: &Plan<'_>, call: &Call<'_>) -> TokenStream {
    let uses: Vec<TokenStream> = plan
        .globals_of(call.model)
        .map(|(used, global, _)| {
            let (name, required) = (constant(&global.parameter.name), used.required);
            quote!(::bothends_runtime::GlobalUse { global: &api::globals::#name.info, required: #required })
        })
        .collect();
    if uses.is_empty() {
        return TokenStream::new();
    }
    quote!(const GLOBALS: &'static [::bothends_runtime::GlobalUse] = &[#(#uses),*];)
}

/// A setter on the client for each.
pub(crate) fn setters(plan: &Plan<'_>) -> Vec<TokenStream> {
    let all = plan.api.globals.iter().zip(&plan.global_setters);
    all.map(|(global, setter)| {
        let parameter = &global.parameter;
        let place = parameter.location.as_str();
        let lead = format!("The same client with the {place} parameter {}, for all operations that take it.", docs::code(&parameter.wire));
        let mut lines = docs::with_lead(lead, parameter.docs.as_deref());
        lines.extend([String::new(), "Clone the client to set it for one call only.".to_owned()]);
        let docs = docs::attributes(&lines);
        let (name, (argument, value)) = (constant(&parameter.name), argument(plan, global));
        quote! {
            #docs
            #[must_use]
            pub fn #setter(self, value: #argument) -> Self {
                Self(self.0.with_global(&types::globals::#name, #value))
            }
        }
    })
    .collect()
}

/// Type of the setter's argument, and the value made of it.
fn argument(plan: &Plan<'_>, global: &Global) -> (TokenStream, TokenStream) {
    let ty = plan.ty(&global.parameter.ty);
    match plan.resolve(&global.parameter.ty) {
        Type::String | Type::Secret => (quote!(impl ::core::convert::Into<#ty>), quote!(value.into())),
        _ => (ty, quote!(value)),
    }
}
