//! The named types of the document: which file each stands in, and what each becomes.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::ident::{ident, stem};
use super::plan::{File, Plan, Source};
use super::streams::derives;
use super::{docs, enums, parameters, structs, unions};
use crate::model::{Headers, Type, TypeDef, TypeKind};

/// More types than this in one file, and they are split by the first letters of their names.
const TYPES_PER_FILE: usize = 150;

/// `types/src/schemas.rs`, and `types/src/schemas/<letters>.rs` where there are many.
pub(crate) fn files(plan: &Plan<'_>) -> Vec<File> {
    let all: Vec<usize> = (0..plan.api.types.len()).collect();
    if all.len() <= TYPES_PER_FILE {
        return vec![file("types/src/schemas.rs".to_owned(), all)];
    }
    let mut parts = BTreeMap::new();
    split(plan, all, 1, &mut parts);
    let modules: Vec<String> = parts.keys().cloned().collect();
    let mut files = vec![File::rust("types/src/schemas.rs", move |_| index(&modules))];
    for (part, indices) in parts {
        files.push(file(format!("types/src/schemas/{part}.rs"), indices));
    }
    files
}

/// Sorts types into files by the first `letters` of their names, so that a new type moves no other one out of its file
/// unless that file becomes too long.
fn split(plan: &Plan<'_>, indices: Vec<usize>, letters: usize, parts: &mut BTreeMap<String, Vec<usize>>) {
    let mut groups: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for index in indices {
        let name = plan.api.types.get(index).map(|def| def.name.as_str()).unwrap_or_default();
        let prefix: String = name.chars().take(letters).flat_map(char::to_lowercase).collect();
        groups.entry(prefix).or_default().push(index);
    }
    for (prefix, group) in groups {
        let longer = |index: &usize| plan.api.types.get(*index).is_some_and(|def| def.name.chars().count() > letters);
        if group.len() > TYPES_PER_FILE && group.iter().any(longer) && letters < 64 {
            split(plan, group, letters + 1, parts);
        } else {
            let prefix = if prefix.is_ascii() { prefix } else { "other".to_owned() };
            parts.entry(stem(&prefix)).or_default().extend(group);
        }
    }
}

/// `schemas.rs` of an API with many types: `mod a; pub use a::*;` for each part.
fn index(modules: &[String]) -> Source {
    let modules: Vec<_> = modules.iter().map(|module| ident(module)).collect();
    Source {
        docs: vec!["The document's schemas.".to_owned()],
        items: quote!(#(mod #modules;)* #(pub use #modules::*;)*),
        ..Source::default()
    }
}

/// A file with these types.
fn file(path: String, indices: Vec<usize>) -> File {
    let start = |_: &Plan<'_>| Source { docs: vec!["The document's schemas.".to_owned()], ..Source::default() };
    let types = indices.iter().copied().fold(File::rust(path, start), |file, index| {
        file.with(move |plan| plan.api.types.get(index).map(|def| schema(plan, def, plan.headers_at(index))).unwrap_or_default())
    });
    types.with(move |plan| serde(plan, &indices))
}

/// serde's traits, for whoever switches them on.
fn serde(plan: &Plan<'_>, indices: &[usize]) -> TokenStream {
    let defs = indices.iter().filter_map(|index| plan.api.types.get(*index));
    let named: Vec<_> = defs.filter(|def| !matches!(def.kind, TypeKind::Alias(_))).map(|def| ident(&def.name)).collect();
    if named.is_empty() {
        return TokenStream::new();
    }
    quote! {
        #[cfg(feature = "serde")]
        ::bothends_runtime::serde_impls!(#(#named),*);
    }
}

fn schema(plan: &Plan<'_>, def: &TypeDef, headers: Option<&Headers>) -> TokenStream {
    let TypeDef { name, docs: words, origin, kind } = def;
    let lines = docs::or_else(words.as_deref(), || format!("From {} of the document.", docs::code(origin.as_str())));
    let name = ident(name);
    match kind {
        TypeKind::Struct(model) => {
            let object = structs::schema(plan, &name, &lines, model);
            let headers = headers.map(|headers| self::headers(plan, &name, headers));
            quote!(#object #headers)
        }
        TypeKind::Enum(model) => enums::schema(&name, &lines, model),
        TypeKind::Union(model) => unions::schema(plan, &name, &lines, model),
        TypeKind::Alias(target) => {
            let (attributes, target) = (docs::attributes(&lines), plan.ty(target));
            quote!(#attributes pub type #name = #target;)
        }
        TypeKind::Newtype(inner) => newtype(plan, &name, &lines, inner),
    }
}

/// How an object that is the declared headers of a response is written.
///
/// ```text
/// impl Headers for OkHeaders { const FIELDS: &'static [Parameter] = &[Parameter::simple("X-Total")]; }
/// ```
fn headers(plan: &Plan<'_>, name: &proc_macro2::Ident, headers: &Headers) -> TokenStream {
    let fields = parameters::header_fields(plan, &headers.ty, &headers.fields);
    quote! {
        impl ::bothends_runtime::Headers for #name {
            const FIELDS: &'static [::bothends_runtime::Parameter] = #fields;
        }
    }
}

/// A tuple struct around a type.
///
/// ```text
/// pub struct Tree(pub Vec<Tree>);
/// impl From<Vec<Tree>> for Tree { … }
/// impl Json for Tree { … }
/// ```
fn newtype(plan: &Plan<'_>, name: &proc_macro2::Ident, lines: &[String], inner: &Type) -> TokenStream {
    let attributes = docs::attributes(lines);
    let default = matches!(plan.resolve(inner), Type::List(_) | Type::Map(_) | Type::Nullable(_));
    let derives = derives(plan.holds_stream(inner), default);
    let inner = plan.ty(inner);
    quote! {
        #attributes
        #derives
        pub struct #name(pub #inner);
        impl ::core::convert::From<#inner> for #name {
            fn from(value: #inner) -> Self {
                Self(value)
            }
        }
        impl ::bothends_runtime::Json for #name {
            fn read(reader: &mut ::bothends_runtime::json::Reader<'_>) -> ::core::result::Result<Self, ::bothends_runtime::json::Error> {
                reader.value().map(Self)
            }

            fn write(&self, writer: &mut ::bothends_runtime::json::Writer) {
                writer.value(&self.0);
            }
        }
    }
}
