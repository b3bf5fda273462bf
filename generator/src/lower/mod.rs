//! `openapiv3::OpenAPI` becomes the model: references are resolved, shapes decided, names assigned.
//! It never sees a token of Rust, and never fails: what cannot be carried is a diagnostic, and the rest is in the model.

mod body;
mod callback;
mod content;
mod cycles;
mod default;
mod direction;
mod discriminator;
mod given;
mod globals;
mod header;
mod items;
mod listed;
mod media_type;
mod names;
mod naming;
mod operation;
mod parameter;
mod path;
mod routing;
mod scalar;
mod schema;
mod security;
mod union;
mod view;
mod xml;

use std::collections::{BTreeSet, HashMap};

use indexmap::IndexMap;
use openapiv3::{OpenAPI, ReferenceOr, Schema, SchemaKind};

pub use self::given::Given;

use self::names::Scope;
use self::naming::{Hint, Role, Unnamed};
use self::schema::{Said, Shape};
use self::view::{Others, Target, Use};
use crate::config::Global as Setting;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Place};
use crate::model::{
    Api, Callback, Global, Group, Receiver, SecurityScheme, Server, ServerVariable, Shapes, Type, TypeDef, TypeId, TypeKind,
};
use crate::source::Pointer;

/// What a configuration says of names and parameters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wishes<'a> {
    /// Parameters that leave the request types.
    pub globals: &'a [Setting],
    /// Names in place of those that would be made.
    pub given: &'a [Given],
}

/// Lowers a whole document. `name` is the crates' stem in kebab case.
pub fn lower(openapi: &OpenAPI, name: &str, wishes: Wishes<'_>, diagnostics: &mut Diagnostics) -> Api {
    let mut lowering = Lowering::new(openapi, wishes, diagnostics);
    lowering.check_given();
    lowering.define_components();
    lowering.operations();
    lowering.suggest_globals();
    lowering.tell_twins_apart();
    // Callbacks are sent by somebody else, who has no settings of the client's.
    lowering.settings = &[];
    lowering.callbacks();
    let mut types = std::mem::take(&mut lowering.types);
    let mut callbacks = std::mem::take(&mut lowering.callbacks);
    lowering.give_unnamed(&mut types);
    lowering.unnamed.name(&mut types, &mut lowering.type_names);
    let mut shapes =
        Shapes { named: lowering.schemas.len(), places: lowering.unnamed.places(), unnamed: lowering.unnamed.len(), inputs: 0 };
    let operations = lowering.lowered.iter_mut().chain(callbacks.iter_mut().map(|callback| &mut callback.operation));
    direction::split(&mut types, operations, &mut lowering.type_names);
    shapes.inputs = types.len() - shapes.named - shapes.unnamed;
    discriminator::declare(&mut types);
    for changed in cycles::cut_idle(&mut types) {
        let Some(def) = types.get(changed) else { continue };
        let message = format!("`{}` is itself, with nothing between; that part of it is carried as any JSON value", def.name);
        lowering.report(Diagnostic::new(Code::SCHEMA_CONFLICT, message).at(Place::at(&def.origin)));
    }
    cycles::break_cycles(&mut types);
    cycles::box_large(&mut types);
    let operations = lowering.lowered.iter_mut().chain(callbacks.iter_mut().map(|callback| &mut callback.operation));
    content::name_contents(operations, &types, &mut lowering.type_names);
    lowering.tell_apart(&types, &mut callbacks);
    lowering.give_the_rest();
    lowering.finish_given();
    Api {
        name: name.to_owned(),
        title: openapi.info.title.clone(),
        version: openapi.info.version.clone(),
        description: openapi.info.description.clone(),
        servers: openapi.servers.iter().map(server).collect(),
        types,
        shapes,
        operations: std::mem::take(&mut lowering.lowered),
        callbacks,
        receivers: std::mem::take(&mut lowering.receivers),
        groups: std::mem::take(&mut lowering.groups),
        globals: std::mem::take(&mut lowering.globals),
        security_schemes: std::mem::take(&mut lowering.schemes),
    }
}

/// What is known while a document is lowered.
struct Lowering<'a> {
    openapi: &'a OpenAPI,
    settings: &'a [Setting],
    given: given::Names<'a>,
    diagnostics: &'a mut Diagnostics,
    /// `components.schemas`, empty where the document has none.
    schemas: &'a IndexMap<String, ReferenceOr<Schema>>,
    /// Definitions so far; those of the components come first, in their order.
    types: Vec<TypeDef>,
    type_names: Scope,
    method_names: Scope,
    /// Inline schemas that have their type already: what several operations refer to is lowered once.
    by_pointer: HashMap<Pointer, Type>,
    /// Inline schemas that are being lowered, with the type that stands for one that holds itself.
    open: HashMap<Pointer, Option<TypeId>>,
    /// Choices whose arms are being lowered together with what is said beside them.
    expanding: Vec<Pointer>,
    interned: HashMap<(Role, String), TypeId>,
    unnamed: Unnamed,
    /// What was said behind each reference: a component may be large, and used in a thousand places.
    said: HashMap<&'a str, Said>,
    depth: usize,
    /// Whether the next object is a form, whose binary properties are files.
    in_form: Option<BTreeSet<&'a str>>,
    groups: Vec<Group>,
    group_modules: Scope,
    globals: Vec<Global>,
    global_names: Scope,
    schemes: Vec<SecurityScheme>,
    scheme_names: Scope,
    lowered: Vec<crate::model::Operation>,
    callbacks: Vec<Callback>,
    callback_names: Scope,
    receivers: Vec<Receiver>,
    receiver_names: Scope,
}

impl<'a> Lowering<'a> {
    fn new(openapi: &'a OpenAPI, wishes: Wishes<'a>, diagnostics: &'a mut Diagnostics) -> Self {
        static NONE: std::sync::OnceLock<IndexMap<String, ReferenceOr<Schema>>> = std::sync::OnceLock::new();
        let schemas = openapi.components.as_ref().map_or_else(|| NONE.get_or_init(IndexMap::new), |components| &components.schemas);
        Self {
            openapi,
            settings: wishes.globals,
            given: given::Names::new(wishes.given),
            diagnostics,
            schemas,
            types: Vec::new(),
            type_names: Scope::default(),
            method_names: Scope::reserving(CLIENT_METHODS),
            by_pointer: HashMap::new(),
            open: HashMap::new(),
            expanding: Vec::new(),
            interned: HashMap::new(),
            unnamed: Unnamed::default(),
            said: HashMap::new(),
            depth: 0,
            in_form: None,
            groups: Vec::new(),
            group_modules: Scope::reserving(MODULES),
            globals: Vec::new(),
            global_names: Scope::default(),
            schemes: Vec::new(),
            scheme_names: Scope::default(),
            lowered: Vec::new(),
            callbacks: Vec::new(),
            callback_names: Scope::reserving(SENDER_METHODS),
            receivers: Vec::new(),
            receiver_names: Scope::default(),
        }
    }

    fn report(&mut self, diagnostic: Diagnostic) {
        self.diagnostics.push(diagnostic);
    }

    /// Every schema under `components.schemas` becomes a type. Their names are taken before any other.
    fn define_components(&mut self) {
        let root = Pointer::root().join(["components", "schemas"]);
        for name in self.schemas.keys() {
            let rust = self.type_names.claim(&names::type_name(name));
            let kind = TypeKind::Alias(Type::Any);
            self.types.push(TypeDef { name: rust, docs: None, origin: root.child(name), kind });
        }
        for index in 0..self.types.len() {
            let given = self.types.get(index).map(|def| def.origin.clone()).and_then(|pointer| self.given_type(&pointer));
            if let (Some(given), Some(def)) = (given, self.types.get_mut(index)) {
                def.name = given;
            }
        }
        let schemas = self.schemas;
        for (index, (name, schema)) in schemas.iter().enumerate() {
            let pointer = root.child(name);
            let rust = self.types.get(index).map_or_else(String::new, |def| def.name.clone());
            let hint = Hint::component(&rust, TypeId(index));
            let (kind, docs) = self.component(&Use::new(schema, pointer), &hint);
            if let Some(def) = self.types.get_mut(index) {
                def.kind = kind;
                def.docs = docs;
            }
        }
    }

    fn component(&mut self, part: &Use<'a>, hint: &Hint) -> (TypeKind, Option<String>) {
        if let Target::Reference(_) = part.schema {
            return (TypeKind::Alias(self.lower_use(part, hint)), None);
        }
        let parts = std::slice::from_ref(part);
        self.check_defaults(parts);
        let mut view = self.fold(parts);
        let docs = schema::docs_of(&view);
        if let Some(reference) = self.sole_reference(parts) {
            let ty = self.lower_use(&Use { schema: Target::Reference(reference), pointer: part.pointer.clone() }, hint);
            return (TypeKind::Alias(ty), docs);
        }
        if is_parent(part) && view.choices.is_empty() && matches!(view.others, Others::Unsaid) {
            view.others = Others::Any;
        }
        match self.shape(view, hint, &part.pointer) {
            Shape::Named(kind) => (kind, docs),
            Shape::Plain(ty) => (TypeKind::Alias(ty), docs),
        }
    }

    /// The type of `#/components/schemas/Name`.
    fn component_id(&self, reference: &str) -> Option<TypeId> {
        self.schemas.get_index_of(component_name(reference, "schemas")?.as_str()).map(TypeId)
    }

    /// What a reference to a schema points to.
    fn schema_target(&self, reference: &str) -> Option<Use<'a>> {
        let name = component_name(reference, "schemas")?;
        let schema = self.schemas.get(&name)?;
        Some(Use::new(schema, Pointer::root().join(["components", "schemas", name.as_str()])))
    }
}

/// Whether a schema is what others are made from by `allOf`, told apart by its discriminator (OpenAPI 3.0, "Models with
/// Polymorphism Support"). A value of it may be a value of any of them, whose properties are kept. One that is made from others
/// itself may have the discriminator in its own part of the `allOf`.
fn is_parent(part: &Use<'_>) -> bool {
    let Target::Item(schema) = part.schema else { return false };
    let parts: &[ReferenceOr<Schema>] = match &schema.schema_kind {
        SchemaKind::AllOf { all_of } => all_of,
        SchemaKind::Any(any) => &any.all_of,
        SchemaKind::Type(_) | SchemaKind::OneOf { .. } | SchemaKind::AnyOf { .. } | SchemaKind::Not { .. } => &[],
    };
    let own = parts.iter().filter_map(ReferenceOr::as_item);
    own.chain([schema]).any(|schema| schema.schema_data.discriminator.is_some())
}

/// The name in `#/components/<kind>/<name>`.
fn component_name(reference: &str, kind: &str) -> Option<String> {
    let name = reference.strip_prefix("#/components/")?.strip_prefix(kind)?.strip_prefix('/')?;
    (!name.contains('/')).then(|| name.replace("~1", "/").replace("~0", "~"))
}

/// Follows references among components until a value stands there.
fn resolve<'a, T>(
    item: &'a ReferenceOr<T>,
    components: Option<&'a IndexMap<String, ReferenceOr<T>>>,
    kind: &str,
    pointer: Pointer,
) -> Option<Resolved<'a, T>> {
    let mut item = item;
    let mut resolved = Resolved { value: None, name: None, pointer };
    for _ in 0..64 {
        match item {
            ReferenceOr::Item(value) => {
                resolved.value = Some(value);
                return Some(resolved);
            }
            ReferenceOr::Reference { reference } => {
                let name = component_name(reference, kind)?;
                let (key, next) = components?.get_key_value(&name)?;
                resolved.name = Some(key);
                resolved.pointer = Pointer::root().join(["components", kind, key]);
                item = next;
            }
        }
    }
    None
}

/// A component, or something inline in its place.
struct Resolved<'a, T> {
    value: Option<&'a T>,
    /// Its name among the components.
    name: Option<&'a str>,
    pointer: Pointer,
}

/// A server with its variables replaced by their defaults.
fn server(server: &openapiv3::Server) -> Server {
    let openapiv3::Server { url: template, description, variables, extensions: _ } = server;
    let mut url = template.clone();
    let mut known = Vec::new();
    for (name, variable) in variables.iter().flatten() {
        url = url.replace(&format!("{{{name}}}"), &variable.default);
        known.push(ServerVariable { name: name.clone(), default: variable.default.clone(), values: variable.enumeration.clone() });
    }
    Server { template: template.clone(), url, description: description.clone(), variables: known }
}

/// The server that an operation or its path has for itself.
fn own_server(openapi: &OpenAPI, item: &openapiv3::PathItem, operation: &openapiv3::Operation) -> Option<String> {
    let own = if operation.servers.is_empty() { &item.servers } else { &operation.servers };
    let url = |known: &openapiv3::Server| server(known).url.trim_end_matches('/').to_owned();
    let is_own = |known: &openapiv3::Server| own.iter().any(|own| url(own) == url(known));
    // Many documents say of every operation what they say of all.
    let says_nothing = !openapi.servers.is_empty() && openapi.servers.iter().all(is_own);
    own.first().filter(|_| !says_nothing).map(|own| server(own).url)
}

/// Methods that the generated client has anyway.
const CLIENT_METHODS: &[&str] = &["new", "at_server", "send", "default", "clone", "fmt", "inner", "runtime", "into_inner", "from_runtime"];

/// Methods that the generated sender of callbacks has anyway, and what a receiver does with everything else.
const SENDER_METHODS: &[&str] = &["new", "send", "default", "clone", "fmt", "runtime", "configure", "with_header", "with_timeout", "other"];

/// Modules, and methods of the server's builder, that are there anyway.
const MODULES: &[&str] = &[
    "authenticate",
    "base_path",
    "body_limit",
    "callbacks",
    "client",
    "into_router",
    "into_service",
    "lib",
    "main",
    "mod",
    "new",
    "operations",
    "schemas",
    "server",
    "trailing_slash",
    "types",
    "with_problem",
];

#[cfg(test)]
mod tests;
