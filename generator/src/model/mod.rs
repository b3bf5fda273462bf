//! The API as data: types, operations, names, security. It knows no OpenAPI words and no Rust tokens:
//! `lower` writes it, `emit` reads it, and every decision that a reader of generated code can see is already made here.
//!
//! Every item carries the [`Pointer`] of the place in the normalised document that it came from, so that
//! whatever is said about it later can be said with a file, a line and a column.

mod callback;
mod operation;
mod retain;
mod types;
mod undeclared;

pub use callback::{Callback, Mark, Receiver};
pub use operation::{
    Body, Codec, Content, EventData, FieldEncoding, Framing, Global, GlobalUse, Headers, Location, MediaBody, Method, Need, Operation,
    Parameter, PathSegment, PathTemplate, Payload, Response, Status, Style, Takes,
};
pub use types::{
    Additional, Arm, Discriminator, Enum, EnumValues, Field, Holds, IntWidth, Struct, Type, TypeDef, TypeId, TypeKind, Union, Variant,
    XmlName, XmlProperty,
};

use crate::source::Pointer;

/// One API, ready to be written as Rust.
#[derive(Debug, Clone, Default)]
pub struct Api {
    /// The crates' stem in kebab case: `mattermost` becomes `mattermost-types`, `mattermost-client`, `mattermost-server`.
    pub name: String,
    /// The document's title.
    pub title: String,
    /// The document's own version.
    pub version: String,
    /// The document's description of the whole API (CommonMark; data, never code).
    pub description: Option<String>,
    /// Base addresses, the first one is the client's default where it is absolute.
    pub servers: Vec<Server>,
    /// All named types; a [`TypeId`] is an index into this list.
    pub types: Vec<TypeDef>,
    /// Where the types came from.
    pub shapes: Shapes,
    /// All operations that are generated, in the document's order.
    pub operations: Vec<Operation>,
    /// Callbacks and webhooks that are generated, in the document's order.
    pub callbacks: Vec<Callback>,
    /// Who receives them; `Callback::receiver` is an index into this list.
    pub receivers: Vec<Receiver>,
    /// Groups of operations, in order of first use; `Operation::group` is an index into this list.
    pub groups: Vec<Group>,
    /// Parameters that are set once on the client; [`GlobalUse`] indexes into this list.
    pub globals: Vec<Global>,
    /// Every security scheme that some operation asks for; requirements index into this list.
    pub security_schemes: Vec<SecurityScheme>,
}

impl Api {
    /// All operations by the names that documents give them, those of callbacks after those of the API itself.
    pub fn exchanges(&self) -> impl Iterator<Item = (String, &Operation)> {
        let operations = self.operations.iter().map(|operation| (operation.key(), operation));
        operations.chain(self.callbacks.iter().map(|callback| (callback.key(), &callback.operation)))
    }

    /// The definition behind an id, if the id belongs to this API.
    pub fn type_def(&self, id: TypeId) -> Option<&TypeDef> {
        self.types.get(id.0)
    }
}

/// How many types there are by where they came from.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shapes {
    /// Types that the document names.
    pub named: usize,
    /// Places where a type stands without a name.
    pub places: usize,
    /// Types that came of those places: equal ones share one.
    pub unnamed: usize,
    /// Types of requests that part from the type of the same name in answers.
    pub inputs: usize,
}

/// A base address (OpenAPI 3.0, Server Object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Absolute or relative URL, its variables in braces.
    pub template: String,
    /// The same with the defaults in place of the variables.
    pub url: String,
    /// What the document says of it.
    pub description: Option<String>,
    /// The variables.
    pub variables: Vec<ServerVariable>,
}

/// A variable in a base address (OpenAPI 3.0, Server Variable Object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerVariable {
    /// Its name, as in the braces.
    pub name: String,
    /// What it is where nobody sets it.
    pub default: String,
    /// What it may be; empty: any text.
    pub values: Vec<String>,
}

/// One trait on the server, one module on the client: the operations whose first tag is this one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The tag as written; `None` for operations without one.
    pub tag: Option<String>,
    /// Module and builder method, snake case: `status`.
    pub module: String,
    /// The server's trait, for instance `StatusApi`.
    pub trait_name: String,
    /// The cargo feature, for instance `tag-status`.
    pub feature: String,
    /// What the document says of the tag.
    pub description: Option<String>,
}

/// How a request proves who sends it (OpenAPI 3.0, Security Scheme Object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecurityScheme {
    /// The name under `components.securitySchemes`.
    pub id: String,
    /// Snake-case name for the client's setter, unique in the API: `bearer_auth` gives `with_bearer_auth`.
    pub name: String,
    /// Where the credential travels.
    pub kind: SecurityKind,
    /// What the document says of it.
    pub description: Option<String>,
    /// Where the scheme is declared.
    pub origin: Pointer,
}

/// Where a credential travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SecurityKind {
    /// `Authorization: Basic …` (RFC 7617).
    Basic,
    /// `Authorization: Bearer …` (RFC 6750); OAuth 2 and OpenID Connect tokens travel the same way.
    Bearer,
    /// `Authorization: <scheme> …` with another scheme of the IANA registry.
    OtherHttp(String),
    /// A header of this name.
    ApiKeyHeader(String),
    /// A query parameter of this name.
    ApiKeyQuery(String),
    /// A cookie of this name.
    ApiKeyCookie(String),
}

/// Security of one operation: any one of the alternatives will do; all requirements of an alternative are needed together.
/// No alternatives: the operation is public. An empty alternative: anonymous calls are allowed beside the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Security {
    /// The alternatives, in the document's order.
    pub alternatives: Vec<Vec<Requirement>>,
}

/// One scheme that an alternative demands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    /// Index into [`Api::security_schemes`].
    pub scheme: usize,
    /// OAuth 2 scopes, or roles.
    pub scopes: Vec<String>,
}
