//! The two ways in which generated code can lie: as crates, or as modules of somebody's crate. The text of the modules is
//! the same; where a file stands, what `api` stands for in it, and whether cargo features gate its items differ.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{format_ident, quote};

use super::plan::Plan;

/// How the generated code lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout {
    /// Three crates: `types/Cargo.toml`, `types/src/lib.rs`, …
    Crates {
        /// How they find the runtime: the dependency's specification in TOML, without its features: `path = "../runtime"`.
        runtime: String,
    },
    /// One module with up to three modules in it: `mod.rs`, `types/mod.rs`, … There are no cargo features: what is there is on.
    Modules,
}

impl Layout {
    /// Where a file of a crate (`types/src/lib.rs`) stands; `None` for what only crates have.
    pub(crate) fn place(&self, path: String) -> Option<String> {
        match self {
            Self::Crates { .. } => Some(path),
            Self::Modules if path.ends_with("Cargo.toml") => None,
            Self::Modules => Some(match path.split_once("/src/") {
                Some((part, "lib.rs")) => format!("{part}/mod.rs"),
                Some((part, rest)) => format!("{part}/{rest}"),
                None => path,
            }),
        }
    }

    /// What `api`, the types, is called in a file of a crate.
    pub(crate) fn alias(&self, plan: &Plan<'_>, path: &str) -> TokenStream {
        let (part, file) = path.split_once("/src/").unwrap_or((path, "lib.rs"));
        match self {
            Self::Crates { .. } if part == "types" => quote!(crate),
            Self::Crates { .. } => {
                let types = plan.crate_ident("types");
                quote!(::#types)
            }
            Self::Modules => {
                // `operations/mod.rs` is a module of the root as `schemas.rs` is.
                let depth = file.trim_end_matches("/mod.rs").split('/').count() - usize::from(file == "lib.rs");
                let up = std::iter::repeat_n(format_ident!("super"), depth + usize::from(part != "types"));
                let types = (part != "types").then(|| format_ident!("types"));
                let path = up.chain(types);
                quote!(#(#path)::*)
            }
        }
    }

    /// What the roots of client and server call the types crate.
    pub(crate) fn types(&self, plan: &Plan<'_>) -> TokenStream {
        match self {
            Self::Crates { .. } => self.alias(plan, "client/src/lib.rs"),
            Self::Modules => quote!(super::types),
        }
    }

    /// The tokens as this layout has them: modules know no cargo features, so what a feature would switch on is there.
    pub(crate) fn gates(&self, tokens: TokenStream) -> TokenStream {
        match self {
            Self::Crates { .. } => tokens,
            Self::Modules => without_gates(tokens),
        }
    }

    /// A documented example, which speaks of crates by their names.
    pub(crate) fn example(&self, lines: impl FnOnce() -> Vec<String>) -> Vec<String> {
        match self {
            Self::Crates { .. } => lines(),
            Self::Modules => Vec::new(),
        }
    }

    /// Lints of the crate that a module lies in, which generated code does not answer to.
    pub(crate) fn allowed(&self) -> TokenStream {
        match self {
            Self::Crates { .. } => quote!(),
            Self::Modules => {
                quote!(#![allow(dead_code, unused_imports, unreachable_pub, clippy::all, clippy::pedantic, clippy::restriction)])
            }
        }
    }
}

/// Takes `#[cfg(feature = …)]` off whatever it stands on. Emitted code has no other `cfg`.
fn without_gates(tokens: TokenStream) -> TokenStream {
    let mut kept = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        match token {
            TokenTree::Punct(ref punct) if punct.as_char() == '#' && tokens.peek().is_some_and(is_gate) => {
                tokens.next();
            }
            TokenTree::Group(group) => {
                let mut inner = proc_macro2::Group::new(group.delimiter(), without_gates(group.stream()));
                inner.set_span(group.span());
                kept.push(TokenTree::Group(inner));
            }
            other => kept.push(other),
        }
    }
    kept.into_iter().collect()
}

fn is_gate(token: &TokenTree) -> bool {
    let TokenTree::Group(group) = token else { return false };
    let first = group.stream().into_iter().next();
    group.delimiter() == Delimiter::Bracket && matches!(first, Some(TokenTree::Ident(ident)) if ident == "cfg")
}

/// `mod.rs` around the modules. It has no inner attribute or comment, so that `include!` can bring it in as well. Formatting
/// is switched off, so that a user's `cargo fmt` and a later `--check` agree.
pub(crate) fn module_list(plan: &Plan<'_>) -> String {
    let title = super::docs::line(&plan.api.title);
    let of = |what: &str| if title.is_empty() { format!("/// {what}.\n") } else { format!("/// {what} of {title}.\n") };
    let parts = [("types", true, "Types and operations"), ("client", plan.parts.client, "Client"), ("server", plan.parts.server, "Server")];
    let modules: String = parts
        .into_iter()
        .filter(|(_, on, _)| *on)
        .map(|(name, _, what)| format!("\n{}#[rustfmt::skip]\npub mod {name};\n", of(what)))
        .collect();
    format!("// {}\n{modules}", plan.marker())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gates_go_and_other_attributes_stay() {
        let gated = quote! {
            #[cfg(feature = "a")] #[must_use] pub fn f() { from([#[cfg(any(feature = "a", feature = "b"))] x, #[allow(dead_code)] y]) }
        };
        let open = quote! { #[must_use] pub fn f() { from([x, #[allow(dead_code)] y]) } };
        assert_eq!(Layout::Modules.gates(gated.clone()).to_string(), open.to_string());
        let crates = Layout::Crates { runtime: String::new() };
        assert_eq!(crates.gates(gated.clone()).to_string(), gated.to_string());
    }

    #[test]
    fn files_of_crates_have_a_place_among_modules() {
        let place = |path: &str| Layout::Modules.place(path.to_owned());
        assert_eq!(place("types/src/lib.rs").as_deref(), Some("types/mod.rs"));
        assert_eq!(place("types/src/operations/mod.rs").as_deref(), Some("types/operations/mod.rs"));
        assert_eq!(place("client/src/notes.rs").as_deref(), Some("client/notes.rs"));
        assert_eq!(place("client/Cargo.toml"), None);
    }
}
