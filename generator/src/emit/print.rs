//! Tokens as text, laid out for people. It knows tokens and syntax trees only.

use proc_macro2::{TokenStream, TokenTree};
use syn::Item;

use super::plan::Plan;

/// An item of a file as text.
pub(crate) struct Printed {
    kind: Kind,
    text: String,
    /// Whether it speaks of `api::…`.
    pub mentions_alias: bool,
}

/// Items as text, one by one. What is no Rust would be a bug of ours: it comes out as it is, so that the compiler says where.
pub(crate) fn items(tokens: TokenStream) -> Vec<Printed> {
    let mentions_alias = mentions_alias(tokens.clone());
    let Ok(syn::File { items, .. }) = syn::parse2::<syn::File>(tokens.clone()) else {
        return vec![Printed { kind: Kind::Block, text: tokens.to_string(), mentions_alias }];
    };
    let print = |item| {
        let kind = kind(&item);
        let text = prettyplease::unparse(&syn::File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item] });
        Printed { kind, text, mentions_alias }
    };
    items.into_iter().map(print).collect()
}

/// Text of a Rust file: marker, inner attributes, items with blank lines between them.
pub(crate) fn file<'p>(plan: &Plan<'_>, attributes: TokenStream, items: impl IntoIterator<Item = &'p Printed>) -> String {
    let mut out = format!("// {}\n", plan.marker());
    let attributes = syn::parse2::<syn::File>(attributes).map(|file| prettyplease::unparse(&file)).unwrap_or_default();
    if !attributes.is_empty() {
        out.push('\n');
        out.push_str(&attributes);
    }
    let mut previous = None;
    for Printed { kind, text, mentions_alias: _ } in items {
        if previous != Some(Kind::Line) || *kind != Kind::Line {
            out.push('\n');
        }
        previous = Some(*kind);
        spaced(&mut out, text);
    }
    out
}

/// Our own code as a doc test at the end of a crate's docs.
pub(crate) fn example(mode: &str, tokens: TokenStream) -> Vec<String> {
    let Ok(file) = syn::parse2::<syn::File>(tokens) else { return Vec::new() };
    let text = prettyplease::unparse(&file);
    let mut lines = vec![String::new(), "# Example".to_owned(), String::new(), format!("```{mode}")];
    lines.extend(text.lines().map(str::to_owned));
    lines.push("```".to_owned());
    lines
}

/// Whether the tokens speak of `api::…`, the file's alias for generated items.
pub(crate) fn mentions_alias(tokens: TokenStream) -> bool {
    let mut api = false;
    for token in tokens {
        match token {
            TokenTree::Group(group) if mentions_alias(group.stream()) => return true,
            TokenTree::Punct(punct) if api && punct.as_char() == ':' && punct.spacing() == proc_macro2::Spacing::Joint => return true,
            TokenTree::Ident(ident) => {
                api = ident == "api";
                continue;
            }
            TokenTree::Group(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
        api = false;
    }
    false
}

/// Items of one line stand together, all others apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Line,
    Block,
}

fn kind(item: &Item) -> Kind {
    match item {
        Item::Use(item) if item.attrs.is_empty() => Kind::Line,
        Item::Mod(item) if item.content.is_none() => Kind::Line,
        _ => Kind::Block,
    }
}

/// Adds an item's text with a blank line behind each method.
fn spaced(out: &mut String, text: &str) {
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        let next_is_member = lines.peek().is_some_and(|next| next.starts_with("    ") && !next.starts_with("     "));
        if line == "    }" && next_is_member {
            out.push('\n');
        }
    }
}
