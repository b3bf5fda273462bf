//! What all emitted files have to agree on, decided once: modules, features, names that the model leaves to us.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use rayon::prelude::*;

use super::ident::{Name, ident, stem};
use super::outcome::{Outcome, Side};
use super::streams::Streams;
use super::{Layout, Options, OutputFile, Parts, docs, print};
use crate::model::{Api, Callback, Global, GlobalUse, Headers, Operation, SecurityScheme, Type, TypeKind};

/// The API with everything that emitting has to decide.
pub(crate) struct Plan<'a> {
    pub api: &'a Api,
    /// Which crates, or modules.
    pub parts: Parts,
    pub layout: &'a Layout,
    /// As in `api.groups`.
    pub groups: Vec<Group<'a>>,
    /// As in `api.operations`.
    pub operations: Vec<Call<'a>>,
    /// As in `api.callbacks`; none where they cannot be written.
    pub callbacks: Vec<Call<'a>>,
    /// Setter on the client and constant in `security`, as in `api.security_schemes`.
    pub setters: Vec<Name>,
    /// Setter on the client, as in `api.globals`.
    pub global_setters: Vec<Name>,
    pub streams: Streams,
    /// Declared headers of responses by the indices of their types.
    headers: BTreeMap<usize, &'a Headers>,
}

/// A group of operations.
pub(crate) struct Group<'a> {
    pub model: &'a crate::model::Group,
    /// Module and file stem in all three crates.
    pub module: Name,
    /// Method of the server's builder.
    pub builder: Name,
    /// Indices into `operations`.
    pub operations: Vec<usize>,
}

/// An operation with the names around it.
pub(crate) struct Call<'a> {
    pub model: &'a Operation,
    /// The request type.
    pub request: Name,
    /// The response type.
    pub response: Name,
    /// Method of the client; of the sender, if it is a callback.
    pub client_method: Name,
    /// The client's struct of optional arguments.
    pub options: Name,
    pub success: Outcome<'a>,
    pub failure: Outcome<'a>,
}

/// Methods of the emitted client that no operation may take.
const CLIENT_METHODS: &[&str] = &[
    "at_server",
    "new",
    "send",
    "send_raw",
    "from_runtime",
    "runtime",
    "configure",
    "with_timeout",
    "with_connect_timeout",
    "with_header",
    "with_strict_answers",
    "on_deviation",
    "with_user_agent",
    "with_reqwest",
    "with_credential",
    "with_service",
    "clone",
    "fmt",
    "into_routes",
    "from",
    "into",
    "default",
];

/// Methods of the emitted sender of callbacks that no callback may take.
const SENDER_METHODS: &[&str] = &[
    "new",
    "send",
    "runtime",
    "configure",
    "with_timeout",
    "with_header",
    "with_strict_answers",
    "on_deviation",
    "clone",
    "fmt",
    "from",
    "into",
    "default",
];

/// Methods of the emitted server's builder that no group may take.
const SERVER_METHODS: &[&str] = &[
    "new",
    "authenticate",
    "body_limit",
    "trailing_slash",
    "configure",
    "into_routes",
    "into_router",
    "into_service",
    "into_axum",
    "routes",
    "default",
    "clone",
    "fmt",
    "from",
    "into",
];

impl<'a> Plan<'a> {
    pub fn new(api: &'a Api, options: &'a Options) -> Self {
        let mut modules = BTreeSet::new();
        let mut builders: BTreeSet<String> = SERVER_METHODS.iter().map(|name| (*name).to_owned()).collect();
        let mut groups: Vec<Group<'a>> = Vec::with_capacity(api.groups.len());
        for model in &api.groups {
            let module = claim(&mut modules, stem(&model.module), "_");
            let builder = claim(&mut builders, model.module.clone(), "_group");
            groups.push(Group { model, module: Name::new(module), builder: Name::new(builder), operations: Vec::new() });
        }
        for (index, operation) in api.operations.iter().enumerate() {
            if let Some(group) = groups.get_mut(operation.group) {
                group.operations.push(index);
            }
        }
        let mut methods: BTreeSet<String> = CLIENT_METHODS.iter().map(|name| (*name).to_owned()).collect();
        let setters = api
            .security_schemes
            .iter()
            .map(|scheme| Name::new(claim(&mut methods, format!("with_{}", ident_text(&scheme.name)), "_credential")))
            .collect();
        methods.insert("with_bearer_token".to_owned());
        let global_setters = api
            .globals
            .iter()
            .map(|global| Name::new(claim(&mut methods, format!("with_{}", ident_text(&global.parameter.name)), "_parameter")))
            .collect();
        let callbacks = || api.callbacks.iter().map(|callback| &callback.operation);
        let mut types: BTreeSet<String> = api.types.iter().map(|def| def.name.clone()).collect();
        for operation in api.operations.iter().chain(callbacks()) {
            types.insert(operation.type_name.clone());
            types.insert(operation.response_name.clone());
        }
        let operations = Self::calls(api, api.operations.iter(), &mut methods, &mut types);
        let mut methods: BTreeSet<String> = SENDER_METHODS.iter().map(|name| (*name).to_owned()).collect();
        // Modules have no features, and callbacks need both halves of types and runtime.
        let carried = matches!(options.layout, Layout::Crates { .. }) || (options.parts.client && options.parts.server);
        let callbacks = if carried { Self::calls(api, callbacks(), &mut methods, &mut types) } else { Vec::new() };
        Self {
            api,
            parts: options.parts,
            layout: &options.layout,
            groups,
            operations,
            callbacks,
            setters,
            global_setters,
            streams: Streams::of(api),
            headers: headers(api),
        }
    }

    /// The declared headers whose type has this index.
    pub fn headers_at(&self, index: usize) -> Option<&'a Headers> {
        self.headers.get(&index).copied()
    }

    fn calls(
        api: &'a Api,
        operations: impl Iterator<Item = &'a Operation>,
        methods: &mut BTreeSet<String>,
        types: &mut BTreeSet<String>,
    ) -> Vec<Call<'a>> {
        let mut options: BTreeSet<String> = ["Client", "Sender", "Error", "Reply", "Secret"].map(str::to_owned).into();
        operations
            .map(|model| {
                let name = &model.type_name;
                let mut outcome = |side, suffix: &str| Outcome::of(api, model, side, |_| claim(types, format!("{name}{suffix}"), "Value"));
                Call {
                    model,
                    request: Name::new(name),
                    response: Name::new(&model.response_name),
                    success: outcome(Side::Success, "Success"),
                    failure: outcome(Side::Failure, "Failure"),
                    client_method: Name::new(claim(methods, model.method_name.clone(), "_operation")),
                    options: Name::new(claim(&mut options, format!("{name}Options"), "Value")),
                }
            })
            .collect()
    }

    /// The operations of a group.
    pub fn calls_of<'p>(&'p self, group: &'p Group<'a>) -> impl Iterator<Item = &'p Call<'a>> {
        group.operations.iter().filter_map(|index| self.operations.get(*index))
    }

    /// Whether operations have a client's and a server's half. Those of crates stand behind features.
    pub fn halves(&self) -> (bool, bool) {
        match self.layout {
            Layout::Crates { .. } => (true, true),
            Layout::Modules => (self.parts.client, self.parts.server),
        }
    }

    /// Groups with at least one operation.
    pub fn used_groups(&self) -> impl Iterator<Item = &Group<'a>> {
        self.groups.iter().filter(|group| !group.operations.is_empty())
    }

    /// The callbacks that arrive at one address, with what is known of each.
    pub fn callbacks_of(&self, receiver: usize) -> impl Iterator<Item = (&'a Callback, &Call<'a>)> {
        self.api.callbacks.iter().zip(&self.callbacks).filter(move |(callback, _)| callback.receiver == receiver)
    }

    /// The constant of a security scheme in the types crate: `BEARER_AUTH`.
    pub fn scheme_constant(&self, scheme: &SecurityScheme) -> Ident {
        super::ident::constant(&scheme.name)
    }

    /// The globals that an operation takes, with their setters.
    pub fn globals_of<'p>(&'p self, operation: &'p Operation) -> impl Iterator<Item = (&'p GlobalUse, &'p Global, &'p Name)> {
        operation.globals.iter().filter_map(|used| Some((used, self.api.globals.get(used.global)?, self.global_setters.get(used.global)?)))
    }

    /// `mattermost-types`.
    pub fn crate_name(&self, part: &str) -> String {
        let mut name: String =
            self.api.name.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' || c == '_' { c } else { '-' }).collect();
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            name.insert_str(0, "api-");
        }
        format!("{name}-{part}")
    }

    /// `mattermost_types`.
    pub fn crate_ident(&self, part: &str) -> Ident {
        ident(&self.crate_name(part).replace('-', "_"))
    }

    /// Follows aliases to the type behind them.
    pub fn resolve<'t>(&'t self, ty: &'t Type) -> &'t Type {
        resolve(self.api, ty)
    }
}

/// Follows aliases to the type behind them. A circle of aliases (the model has none) ends somewhere on it.
pub(crate) fn resolve<'t>(api: &'t Api, mut ty: &'t Type) -> &'t Type {
    for _ in 0..64 {
        let Type::Named(id) = ty else { break };
        let Some(TypeKind::Alias(target)) = api.type_def(*id).map(|def| &def.kind) else { break };
        ty = target;
    }
    ty
}

/// The type that Rust sees: aliases are the same as what they stand for, inside of lists and maps too.
pub(crate) fn canonical(api: &Api, ty: &Type) -> Type {
    match resolve(api, ty) {
        Type::List(item) => Type::List(Box::new(canonical(api, item))),
        Type::Map(value) => Type::Map(Box::new(canonical(api, value))),
        Type::Nullable(inner) => Type::Nullable(Box::new(canonical(api, inner))),
        Type::Items { events, item } => Type::Items { events: *events, item: Box::new(canonical(api, item)) },
        other => other.clone(),
    }
}

/// All declared headers of responses by the indices of their types.
fn headers(api: &Api) -> BTreeMap<usize, &Headers> {
    let all = api.exchanges().flat_map(|(_, operation)| &operation.responses).filter_map(|response| response.headers.as_ref());
    all.filter_map(|headers| Some((headers.ty.definition()?.0, headers))).collect()
}

fn ident_text(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

/// Takes a name that nobody has, with a suffix (twice, if need be) where it is taken.
fn claim(taken: &mut BTreeSet<String>, wanted: String, suffix: &str) -> String {
    let mut name = wanted;
    while !taken.insert(name.clone()) {
        name.push_str(suffix);
    }
    name
}

/// A file to be written: its path, its first lines, and how its tokens are made.
pub(crate) struct File {
    pub path: String,
    pub content: Content,
}

/// Tokens that are made when their turn comes.
type Lazy<T> = Box<dyn Fn(&Plan<'_>) -> T + Send + Sync>;

/// How a file's text is made, on whichever thread.
pub(crate) enum Content {
    /// Rust: how the file starts, and the items after that in pieces, which are printed side by side. Tokens and syntax
    /// trees are a hundred times as large as the text, and one tag may have a thousand operations.
    Rust(Lazy<Source>, Vec<Lazy<TokenStream>>),
    /// Anything else, ready.
    Text(String),
}

/// A Rust file in pieces.
#[derive(Default)]
pub(crate) struct Source {
    /// `//!` lines.
    pub docs: Vec<String>,
    /// Inner attributes.
    pub attributes: TokenStream,
    /// Everything else.
    pub items: TokenStream,
}

/// The files of a crate that has a root and a module for each group: `client/src/lib.rs` and `client/src/<group>.rs`.
pub(crate) fn crate_files(
    plan: &Plan<'_>,
    folder: &str,
    root: fn(&Plan<'_>) -> Source,
    group_source: fn(&Plan<'_>, &Group<'_>) -> Source,
) -> Vec<File> {
    let mut files = vec![File::rust(format!("{folder}/src/lib.rs"), root)];
    for (number, group) in plan.groups.iter().enumerate().filter(|(_, group)| !group.operations.is_empty()) {
        files.push(File::rust(format!("{folder}/src/{}.rs", group.module), move |plan| match plan.groups.get(number) {
            Some(group) => group_source(plan, group),
            None => Source::default(),
        }));
    }
    files
}

impl File {
    pub fn rust(path: impl Into<String>, make: impl Fn(&Plan<'_>) -> Source + Send + Sync + 'static) -> Self {
        Self { path: path.into(), content: Content::Rust(Box::new(make), Vec::new()) }
    }

    /// More items at the end of a Rust file.
    pub fn with(mut self, item: impl Fn(&Plan<'_>) -> TokenStream + Send + Sync + 'static) -> Self {
        if let Content::Rust(_, pieces) = &mut self.content {
            pieces.push(Box::new(item));
        }
        self
    }

    /// The file as text, `None` if the layout has no room for it.
    pub fn write(self, plan: &Plan<'_>) -> Option<OutputFile> {
        let contents = match self.content {
            Content::Text(text) => text,
            Content::Rust(make, pieces) => {
                let Source { docs, attributes, items } = make(plan);
                let items_of = |tokens| print::items(plan.layout.gates(tokens));
                let mut items = items_of(items);
                items.par_extend(pieces.par_iter().flat_map_iter(|piece| items_of(piece(plan))));
                // Generated items are reached through one alias, so that a file's text is the same wherever it lies.
                let target = plan.layout.alias(plan, &self.path);
                let alias =
                    if items.iter().any(|item| item.mentions_alias) { print::items(quote!(use #target as api;)) } else { Vec::new() };
                let docs = docs::inner_attributes(&docs);
                print::file(plan, quote!(#docs #attributes), alias.iter().chain(&items))
            }
        };
        plan.layout.place(self.path).map(|path| OutputFile { path, contents })
    }
}

impl Plan<'_> {
    /// The first line of every file.
    pub fn marker(&self) -> String {
        let title = docs::line(&self.api.title);
        let version = docs::line(&self.api.version);
        let what = [title, version].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ");
        let what: String = what.chars().take(120).collect();
        if what.is_empty() {
            "@generated by bothends. Do not edit.".to_owned()
        } else {
            format!("@generated by bothends from {what}. Do not edit.")
        }
    }
}
