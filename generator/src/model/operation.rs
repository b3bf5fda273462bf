//! Operations of the model: what travels in which direction, and how it is written on the wire.

use std::collections::BTreeMap;

use super::{Security, Type, XmlName};
use crate::source::Pointer;

/// One operation: a method on a path, read by both ends.
#[derive(Debug, Clone, PartialEq)]
pub struct Operation {
    /// The document's `operationId`, or the one made for it; unique in the API.
    pub id: String,
    /// Request type, upper camel case: `UpdateUserStatus`. Unique among all types of the API.
    pub type_name: String,
    /// Response type: `UpdateUserStatusResponse`.
    pub response_name: String,
    /// Method of client and trait, snake case: `update_user_status`. Unique in the API.
    pub method_name: String,
    /// HTTP method.
    pub method: Method,
    /// Path.
    pub path: PathTemplate,
    /// The server that the operation or its path has for itself, if it is none of the API's: its URL.
    pub server: Option<String>,
    /// Index into [`super::Api::groups`].
    pub group: usize,
    /// Parameters in the document's order.
    pub parameters: Vec<Parameter>,
    /// Parameters that are set once on the client, in the document's order.
    pub globals: Vec<GlobalUse>,
    /// Request body.
    pub body: Option<Body>,
    /// What tells it from other operations of its method and shape of path, path parameters included: empty if there are none.
    pub needs: Vec<Need>,
    /// Documented responses, exact statuses first, then ranges, then `default`.
    pub responses: Vec<Response>,
    /// Who may call.
    pub security: Security,
    /// Summary and description, joined (CommonMark; data, never code).
    pub docs: Option<String>,
    /// Marked as deprecated.
    pub deprecated: bool,
    /// Where the operation stands in the normalised document.
    pub origin: Pointer,
}

impl Operation {
    /// `METHOD /path`, by which an operation is named everywhere.
    pub fn key(&self) -> String {
        format!("{} {}", self.method.as_str(), self.path.raw)
    }

    /// The types of what a request carries, and those of what answers carry.
    pub fn types_mut(&mut self) -> (Vec<&mut Type>, Vec<&mut Type>) {
        let body = self.body.iter_mut().flat_map(|body| body.content.types_mut());
        let sent = self.parameters.iter_mut().map(|parameter| &mut parameter.ty).chain(body);
        (sent.collect(), self.responses.iter_mut().flat_map(Response::types_mut).collect())
    }
}

/// HTTP methods that OpenAPI 3.0 knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
    Options,
    Head,
    Patch,
    Trace,
}

impl Method {
    /// Upper-case name, as on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Put => "PUT",
            Self::Post => "POST",
            Self::Delete => "DELETE",
            Self::Options => "OPTIONS",
            Self::Head => "HEAD",
            Self::Patch => "PATCH",
            Self::Trace => "TRACE",
        }
    }
}

/// A path with its parameters cut out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathTemplate {
    /// As in the document: `/users/{user_id}/status`. A query or a fragment is what every request has beside its
    /// parameters (`/templates?desc=html`, `/#X-Amz-Target=Service.Action`).
    pub raw: String,
    /// Between the slashes. `/a/` has the segments `a` and an empty one.
    pub segments: Vec<PathSegment>,
}

/// What stands between two slashes: literal text and parameters in turn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PathSegment {
    /// Literal text only.
    Literal(String),
    /// `prefix{parameter}suffix`.
    Parameter {
        /// Text before the parameter.
        prefix: String,
        /// Name of the parameter.
        name: String,
        /// Text after the parameter.
        suffix: String,
    },
    /// `{owner}-{repo}`: several parameters.
    Several {
        /// Each parameter with the text in front of it.
        parts: Vec<(String, String)>,
        /// Text after the last one.
        suffix: String,
    },
    /// `prefix{+parameter}suffix`: its text may hold slashes, and so spans segments.
    Spanning {
        /// Text before the parameter.
        prefix: String,
        /// Name of the parameter.
        name: String,
        /// Text after the parameter.
        suffix: String,
    },
}

impl PathSegment {
    /// Names of the parameters in their order.
    pub fn names(&self) -> Vec<&str> {
        match self {
            Self::Literal(_) => Vec::new(),
            Self::Parameter { name, .. } | Self::Spanning { name, .. } => vec![name],
            Self::Several { parts, suffix: _ } => parts.iter().map(|(_, name)| name.as_str()).collect(),
        }
    }
}

/// A parameter of an operation.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Rust name of the field in the request type, unique there.
    pub name: String,
    /// Name on the wire.
    pub wire: String,
    /// Where it travels.
    pub location: Location,
    /// How it is written.
    pub style: Style,
    /// Whether each item or property is written on its own.
    pub explode: bool,
    /// Whether reserved characters stay as they are: in a query, and in a path where the parameter spans segments.
    pub allow_reserved: bool,
    /// Whether it must be present.
    pub required: bool,
    /// Type of the value.
    pub ty: Type,
    /// Which texts it may be.
    pub takes: Takes,
    /// The document's words.
    pub docs: Option<String>,
    /// Marked as deprecated.
    pub deprecated: bool,
    /// Where it is declared.
    pub origin: Pointer,
}

/// A parameter that every request of an operation has, and the texts that it may be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Need {
    /// Where it travels.
    pub location: Location,
    /// Name on the wire.
    pub wire: String,
    /// What may stand there.
    pub takes: Takes,
}

/// Which texts a parameter may be, as far as routing tells operations apart by it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Takes {
    Boolean,
    Integer,
    Number,
    Date,
    Uuid,
    /// One of these.
    OneOf(Vec<String>),
    /// Any of so many characters, both included.
    Length(usize, usize),
    Text,
}

/// A parameter that is set once on the client, and that the server reads from the context of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Global {
    /// As the first operation that takes it declares it. Its name is unique among the globals.
    pub parameter: Parameter,
    /// Whether it is a credential, which nobody may show.
    pub secret: bool,
}

/// A global that an operation takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GlobalUse {
    /// Index into [`super::Api::globals`].
    pub global: usize,
    /// Its name as this operation writes it: header names know no case.
    pub wire: String,
    /// Whether it must be present.
    pub required: bool,
}

/// Where a parameter travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs)]
pub enum Location {
    Path,
    Query,
    Header,
    Cookie,
}

impl Location {
    /// As documents write it: `header`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
        }
    }
}

/// How a parameter is written (OpenAPI 3.0, Style Values).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Style {
    Simple,
    Label,
    Matrix,
    Form,
    SpaceDelimited,
    PipeDelimited,
    DeepObject,
    /// `content: application/json`: the value as JSON text.
    Json,
}

/// A request body.
#[derive(Debug, Clone, PartialEq)]
pub struct Body {
    /// Rust name of the field in the request type (`body`, unless a parameter has it).
    pub name: String,
    /// Whether it must be present.
    pub required: bool,
    /// What it may be.
    pub content: Content,
    /// The document's words.
    pub docs: Option<String>,
}

/// What a body may be: each media type that is generated.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// Rust name of the enum with a variant for each media type, unique among all types of the API; contents of one name
    /// are equal. `None` where there is one media type only, whose value stands for itself.
    pub name: Option<String>,
    /// The media types, at least one, in the document's order.
    pub media: Vec<MediaBody>,
}

impl Content {
    /// The media type, if there is one only.
    pub fn single(&self) -> Option<&MediaBody> {
        if self.name.is_none() { self.media.first() } else { None }
    }

    /// The types of its values.
    fn types_mut(&mut self) -> impl Iterator<Item = &mut Type> {
        self.media.iter_mut().map(|media| &mut media.ty)
    }
}

/// One representation of a body.
#[derive(Debug, Clone, PartialEq)]
pub struct MediaBody {
    /// Media types of a form's parts by the names of the properties, where the document says one (Encoding Object).
    pub parts: BTreeMap<String, String>,
    /// Variant among several: `Json`, `Xml`. Unique in its content.
    pub variant: String,
    /// Media type as in the document: `application/json`.
    pub media_type: String,
    /// How bytes become a value.
    pub codec: Codec,
    /// Type of the value.
    pub ty: Type,
}

/// How bytes become a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Codec {
    /// `application/json`, `+json`, `text/json`.
    Json,
    /// `text/*`, as a string or another scalar.
    Text,
    /// Anything else, as bytes.
    Bytes,
    /// Many values, one after another, each as it comes; the type is that of one.
    Items(Framing),
    /// A range like `image/*`, and what only its parameters make readable: bytes with their media type.
    Blob,
    /// `multipart/form-data` and the like: an object with a part for each property, and how those are written of which the
    /// document says it.
    Multipart(Vec<FieldEncoding>),
    /// `application/x-www-form-urlencoded`: an object with a pair for each property, and how those are written of which
    /// the document says it.
    Form(Vec<FieldEncoding>),
    /// `application/xml`, `+xml`, `text/xml`.
    Xml {
        /// Name of the outermost element.
        root: XmlName,
        /// Name of the items' elements, where the value is a list.
        item: XmlName,
        /// Of a list of lists, the names of the inner items' elements, the outer ones first, so far as they are not `item`.
        nested: Vec<XmlName>,
    },
}

/// How items follow each other in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Framing {
    /// `text/event-stream`.
    Events(EventData),
    /// `application/x-ndjson`, `application/jsonl`: a line for each.
    Lines,
    /// `application/json-seq`: a record separator before each.
    Records,
}

/// How an item stands in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventData {
    /// It is the data, as JSON.
    Json,
    /// It is the data, as text.
    Text,
    /// It is an object of the event's fields; the data is text.
    Fields,
    /// It is an object of the event's fields; the data is JSON.
    JsonFields,
}

/// How a property of a form is written, where the document says it (OpenAPI 3.0, Encoding Object), or how a declared header
/// is (Header Object).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldEncoding {
    /// Name of the property.
    pub wire: String,
    /// Style; `Json` for JSON text.
    pub style: Style,
    /// Whether each item or property is written on its own.
    pub explode: bool,
    /// Whether reserved characters stay as they are.
    pub allow_reserved: bool,
}

/// A documented response.
#[derive(Debug, Clone, PartialEq)]
pub struct Response {
    /// Which statuses it stands for.
    pub status: Status,
    /// Variant in the response type: `Ok`, `BadRequest`, `ClientError`, `Default`. Unique there.
    pub variant: String,
    /// What it carries.
    pub payload: Payload,
    /// Declared headers.
    pub headers: Option<Headers>,
    /// The document's words.
    pub docs: Option<String>,
    /// Where it is declared.
    pub origin: Pointer,
}

impl Response {
    /// The types of what it carries.
    fn types_mut(&mut self) -> impl Iterator<Item = &mut Type> {
        let Self { status: _, variant: _, payload, headers, docs: _, origin: _ } = self;
        let content = match payload {
            Payload::Empty => None,
            Payload::Body(content) => Some(content),
        };
        content.into_iter().flat_map(Content::types_mut).chain(headers.iter_mut().map(|headers| &mut headers.ty))
    }
}

/// The declared headers of a response.
#[derive(Debug, Clone, PartialEq)]
pub struct Headers {
    /// An object with a property for each.
    pub ty: Type,
    /// How each property is written.
    pub fields: Vec<FieldEncoding>,
}

/// What a response carries.
#[derive(Debug, Clone, PartialEq)]
pub enum Payload {
    /// No body.
    Empty,
    /// A body.
    Body(Content),
}

/// Which statuses a response stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// One status.
    Code(u16),
    /// `4XX` is `Range(4)`.
    Range(u8),
    /// Every other status.
    Default,
}

impl Status {
    /// Whether an answer with this status is a success (1xx, 2xx, 3xx); `default` is not.
    pub fn is_success(self) -> bool {
        match self {
            Self::Code(code) => code < 400,
            Self::Range(class) => class < 4,
            Self::Default => false,
        }
    }
}
