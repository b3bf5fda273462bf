//! The objects of OpenAPI, one table each.

use super::{Fill, Keys, Kind, Shape};

/// A shape without anything special; the tables below change what they need.
const PLAIN: Shape = Shape { name: "", section: None, fields: &[], required: &[], essential: &[], pattern: None };

static TEXT: Kind = Kind::Text;
static FLAG: Kind = Kind::Flag;
static COUNT: Kind = Kind::Count;
static NUMBER: Kind = Kind::Number;
static FREE: Kind = Kind::Free;
static TEXTS: Kind = Kind::List(&TEXT);
static FREES: Kind = Kind::List(&FREE);
static TEXT_MAP: Kind = Kind::Map(&TEXT);
static DOCS: Kind = Kind::Object(&EXTERNAL_DOCS);
static SCHEMAS: Kind = Kind::List(&SCHEMA_REF);
static SCHEMA_MAP: Kind = Kind::Map(&SCHEMA_REF);
static SCHEMA_REF: Kind = Kind::Ref(&SCHEMA);
static SERVERS: Kind = Kind::List(&Kind::Object(&SERVER));
static CONTENT: Kind = Kind::Map(&Kind::Object(&MEDIA_TYPE));
static EXAMPLES: Kind = Kind::Map(&Kind::Ref(&EXAMPLE));
static HEADERS: Kind = Kind::Map(&Kind::Ref(&HEADER));
static CALLBACKS: Kind = Kind::Map(&Kind::Ref(&CALLBACK));
static PARAMETERS: Kind = Kind::List(&Kind::Ref(&PARAMETER));
static REQUIREMENTS: Kind = Kind::Every(&Kind::Map(&TEXTS));
static OPERATIONS: Kind = Kind::Object(&OPERATION);

/// The whole document.
pub(in crate::normalize) static DOCUMENT: Shape = Shape {
    name: "document",
    fields: &[
        ("openapi", &TEXT),
        ("info", &Kind::Object(&INFO)),
        ("servers", &SERVERS),
        ("paths", &Kind::Object(&PATHS)),
        ("components", &Kind::Object(&COMPONENTS)),
        ("security", &REQUIREMENTS),
        ("tags", &Kind::List(&Kind::Object(&TAG))),
        ("externalDocs", &DOCS),
        ("webhooks", &CALLBACKS),
        ("jsonSchemaDialect", &FREE),
        ("$self", &FREE),
    ],
    required: &[("info", Fill::Object), ("paths", Fill::Object)],
    ..PLAIN
};

static INFO: Shape = Shape {
    name: "info",
    fields: &[
        ("title", &TEXT),
        ("description", &TEXT),
        ("termsOfService", &TEXT),
        ("contact", &Kind::Object(&CONTACT)),
        ("license", &Kind::Object(&LICENSE)),
        ("version", &TEXT),
        ("summary", &FREE),
    ],
    required: &[("title", Fill::Text("Untitled")), ("version", Fill::Text("0"))],
    ..PLAIN
};

static CONTACT: Shape = Shape { name: "contact", fields: &[("name", &TEXT), ("url", &TEXT), ("email", &TEXT)], ..PLAIN };

static LICENSE: Shape = Shape {
    name: "license",
    fields: &[("name", &TEXT), ("url", &TEXT), ("identifier", &FREE)],
    required: &[("name", Fill::Text(""))],
    ..PLAIN
};

static SERVER: Shape = Shape {
    name: "server",
    fields: &[("url", &TEXT), ("description", &TEXT), ("variables", &Kind::Map(&Kind::Object(&SERVER_VARIABLE))), ("name", &FREE)],
    required: &[("url", Fill::Never)],
    ..PLAIN
};

static SERVER_VARIABLE: Shape = Shape {
    name: "server variable",
    fields: &[("enum", &TEXTS), ("default", &TEXT), ("description", &TEXT)],
    required: &[("default", Fill::Text(""))],
    ..PLAIN
};

static COMPONENTS: Shape = Shape {
    name: "components",
    fields: &[
        ("schemas", &SCHEMA_MAP),
        ("responses", &Kind::Map(&Kind::Ref(&RESPONSE))),
        ("parameters", &Kind::Map(&Kind::Ref(&PARAMETER))),
        ("examples", &EXAMPLES),
        ("requestBodies", &Kind::Map(&Kind::Ref(&REQUEST_BODY))),
        ("headers", &HEADERS),
        ("securitySchemes", &Kind::Map(&Kind::Ref(&SECURITY_SCHEME))),
        ("links", &Kind::Map(&Kind::Ref(&LINK))),
        ("callbacks", &CALLBACKS),
        ("pathItems", &FREE),
        ("mediaTypes", &FREE),
    ],
    ..PLAIN
};

static PATHS: Shape = Shape { name: "paths", pattern: Some((Keys::Paths, &Kind::Ref(&PATH_ITEM))), ..PLAIN };

/// A path item; `$ref` is a field of it, resolved before the shape is checked.
pub(in crate::normalize) static PATH_ITEM: Shape = Shape {
    name: "path item",
    fields: &[
        ("summary", &TEXT),
        ("description", &TEXT),
        ("get", &OPERATIONS),
        ("put", &OPERATIONS),
        ("post", &OPERATIONS),
        ("delete", &OPERATIONS),
        ("options", &OPERATIONS),
        ("head", &OPERATIONS),
        ("patch", &OPERATIONS),
        ("trace", &OPERATIONS),
        ("servers", &SERVERS),
        ("parameters", &PARAMETERS),
    ],
    essential: &["parameters"],
    ..PLAIN
};

/// An operation.
pub(in crate::normalize) static OPERATION: Shape = Shape {
    name: "operation",
    fields: &[
        ("tags", &TEXTS),
        ("summary", &TEXT),
        ("description", &TEXT),
        ("externalDocs", &DOCS),
        ("operationId", &TEXT),
        ("parameters", &PARAMETERS),
        ("requestBody", &Kind::Ref(&REQUEST_BODY)),
        ("responses", &Kind::Object(&RESPONSES)),
        ("callbacks", &CALLBACKS),
        ("deprecated", &FLAG),
        ("security", &REQUIREMENTS),
        ("servers", &SERVERS),
    ],
    required: &[("responses", Fill::Object)],
    essential: &["parameters", "requestBody", "responses", "security"],
    ..PLAIN
};

static EXTERNAL_DOCS: Shape =
    Shape { name: "external documentation", fields: &[("description", &TEXT), ("url", &TEXT)], required: &[("url", Fill::Never)], ..PLAIN };

/// A parameter.
pub(in crate::normalize) static PARAMETER: Shape = Shape {
    name: "parameter",
    section: Some("parameters"),
    fields: &[
        ("name", &TEXT),
        ("in", &TEXT),
        ("description", &TEXT),
        ("required", &FLAG),
        ("deprecated", &FLAG),
        ("allowEmptyValue", &FLAG),
        ("style", &TEXT),
        ("explode", &FLAG),
        ("allowReserved", &FLAG),
        ("schema", &SCHEMA_REF),
        ("example", &FREE),
        ("examples", &EXAMPLES),
        ("content", &CONTENT),
    ],
    required: &[("name", Fill::Never), ("in", Fill::Never)],
    ..PLAIN
};

static REQUEST_BODY: Shape = Shape {
    name: "request body",
    section: Some("requestBodies"),
    fields: &[("description", &TEXT), ("content", &CONTENT), ("required", &FLAG)],
    required: &[("content", Fill::Object)],
    essential: &["content"],
    ..PLAIN
};

/// A media type.
pub(in crate::normalize) static MEDIA_TYPE: Shape = Shape {
    name: "media type",
    fields: &[
        ("schema", &SCHEMA_REF),
        ("example", &FREE),
        ("examples", &EXAMPLES),
        ("encoding", &Kind::Map(&Kind::Object(&ENCODING))),
        ("itemSchema", &SCHEMA_REF),
        ("prefixEncoding", &FREE),
        ("itemEncoding", &FREE),
    ],
    ..PLAIN
};

static ENCODING: Shape = Shape {
    name: "encoding",
    fields: &[
        ("contentType", &TEXT),
        ("headers", &HEADERS),
        ("style", &TEXT),
        ("explode", &FLAG),
        ("allowReserved", &FLAG),
        ("encoding", &FREE),
        ("prefixEncoding", &FREE),
        ("itemEncoding", &FREE),
    ],
    ..PLAIN
};

static RESPONSES: Shape = Shape {
    name: "responses",
    fields: &[("default", &Kind::Ref(&RESPONSE))],
    pattern: Some((Keys::Status, &Kind::Ref(&RESPONSE))),
    ..PLAIN
};

static RESPONSE: Shape = Shape {
    name: "response",
    section: Some("responses"),
    fields: &[
        ("description", &TEXT),
        ("headers", &HEADERS),
        ("content", &CONTENT),
        ("links", &Kind::Map(&Kind::Ref(&LINK))),
        ("summary", &FREE),
    ],
    required: &[("description", Fill::Text(""))],
    ..PLAIN
};

static CALLBACK: Shape =
    Shape { name: "callback", section: Some("callbacks"), pattern: Some((Keys::Any, &Kind::Ref(&PATH_ITEM))), ..PLAIN };

static EXAMPLE: Shape = Shape {
    name: "example",
    section: Some("examples"),
    fields: &[
        ("summary", &TEXT),
        ("description", &TEXT),
        ("value", &FREE),
        ("externalValue", &TEXT),
        ("dataValue", &FREE),
        ("serializedValue", &FREE),
    ],
    ..PLAIN
};

static LINK: Shape = Shape {
    name: "link",
    section: Some("links"),
    fields: &[
        ("operationRef", &TEXT),
        ("operationId", &TEXT),
        ("parameters", &Kind::Map(&FREE)),
        ("requestBody", &FREE),
        ("description", &TEXT),
        ("server", &Kind::Object(&SERVER)),
    ],
    ..PLAIN
};

static HEADER: Shape = Shape {
    name: "header",
    section: Some("headers"),
    fields: &[
        ("description", &TEXT),
        ("required", &FLAG),
        ("deprecated", &FLAG),
        ("style", &TEXT),
        ("explode", &FLAG),
        ("schema", &SCHEMA_REF),
        ("example", &FREE),
        ("examples", &EXAMPLES),
        ("content", &CONTENT),
        ("allowEmptyValue", &FLAG),
        ("allowReserved", &FLAG),
    ],
    ..PLAIN
};

static TAG: Shape = Shape {
    name: "tag",
    fields: &[("name", &TEXT), ("description", &TEXT), ("externalDocs", &DOCS), ("summary", &FREE), ("parent", &FREE), ("kind", &FREE)],
    required: &[("name", Fill::Never)],
    ..PLAIN
};

/// A schema: the keywords of 3.0, and those of JSON Schema that travel as extensions.
pub(in crate::normalize) static SCHEMA: Shape = Shape {
    name: "schema",
    section: Some("schemas"),
    fields: &[
        ("type", &TEXT),
        ("description", &TEXT),
        ("format", &TEXT),
        ("properties", &SCHEMA_MAP),
        ("items", &SCHEMA_REF),
        ("required", &TEXTS),
        ("example", &FREE),
        ("enum", &FREES),
        ("nullable", &FLAG),
        ("allOf", &SCHEMAS),
        ("oneOf", &SCHEMAS),
        ("anyOf", &SCHEMAS),
        ("not", &SCHEMA_REF),
        ("additionalProperties", &Kind::FlagOr(&SCHEMA)),
        ("default", &FREE),
        ("title", &TEXT),
        ("pattern", &TEXT),
        ("minLength", &COUNT),
        ("maxLength", &COUNT),
        ("minimum", &NUMBER),
        ("maximum", &NUMBER),
        ("exclusiveMinimum", &FLAG),
        ("exclusiveMaximum", &FLAG),
        ("multipleOf", &NUMBER),
        ("minItems", &COUNT),
        ("maxItems", &COUNT),
        ("uniqueItems", &FLAG),
        ("minProperties", &COUNT),
        ("maxProperties", &COUNT),
        ("readOnly", &FLAG),
        ("writeOnly", &FLAG),
        ("deprecated", &FLAG),
        ("discriminator", &Kind::Object(&DISCRIMINATOR)),
        ("externalDocs", &DOCS),
        ("xml", &Kind::Object(&XML)),
        ("const", &FREE),
        ("contentEncoding", &FREE),
        ("contentMediaType", &FREE),
        ("contentSchema", &SCHEMA_REF),
        ("patternProperties", &SCHEMA_MAP),
        ("propertyNames", &SCHEMA_REF),
        ("unevaluatedProperties", &Kind::FlagOr(&SCHEMA)),
        ("unevaluatedItems", &Kind::FlagOr(&SCHEMA)),
        ("prefixItems", &SCHEMAS),
        ("contains", &SCHEMA_REF),
        ("minContains", &COUNT),
        ("maxContains", &COUNT),
        ("if", &SCHEMA_REF),
        ("then", &SCHEMA_REF),
        ("else", &SCHEMA_REF),
        ("dependentRequired", &FREE),
        ("dependentSchemas", &SCHEMA_MAP),
        ("$defs", &SCHEMA_MAP),
        ("definitions", &SCHEMA_MAP),
        ("examples", &FREE),
        ("$comment", &FREE),
        ("$schema", &FREE),
        ("$id", &FREE),
        ("$anchor", &FREE),
        ("$dynamicAnchor", &FREE),
        ("$dynamicRef", &FREE),
        ("$vocabulary", &FREE),
    ],
    ..PLAIN
};

static DISCRIMINATOR: Shape = Shape {
    name: "discriminator",
    fields: &[("propertyName", &TEXT), ("mapping", &TEXT_MAP), ("defaultMapping", &FREE)],
    required: &[("propertyName", Fill::Never)],
    ..PLAIN
};

static XML: Shape = Shape {
    name: "xml",
    fields: &[("name", &TEXT), ("namespace", &TEXT), ("prefix", &TEXT), ("attribute", &FLAG), ("wrapped", &FLAG), ("nodeType", &FREE)],
    ..PLAIN
};

static SECURITY_SCHEME: Shape = Shape {
    name: "security scheme",
    section: Some("securitySchemes"),
    fields: &[
        ("type", &TEXT),
        ("description", &TEXT),
        ("name", &TEXT),
        ("in", &TEXT),
        ("scheme", &TEXT),
        ("bearerFormat", &TEXT),
        ("flows", &Kind::Object(&FLOWS)),
        ("openIdConnectUrl", &TEXT),
        ("oauth2MetadataUrl", &FREE),
        ("deprecated", &FREE),
    ],
    required: &[("type", Fill::Never)],
    ..PLAIN
};

static FLOWS: Shape = Shape {
    name: "OAuth flows",
    fields: &[
        ("implicit", &Kind::Object(&IMPLICIT_FLOW)),
        ("password", &Kind::Object(&TOKEN_FLOW)),
        ("clientCredentials", &Kind::Object(&TOKEN_FLOW)),
        ("authorizationCode", &Kind::Object(&CODE_FLOW)),
        ("deviceAuthorization", &FREE),
    ],
    ..PLAIN
};

static IMPLICIT_FLOW: Shape =
    Shape { name: "OAuth flow", fields: FLOW_FIELDS, required: &[("authorizationUrl", Fill::Text("")), ("scopes", Fill::Object)], ..PLAIN };

static TOKEN_FLOW: Shape =
    Shape { name: "OAuth flow", fields: FLOW_FIELDS, required: &[("tokenUrl", Fill::Text("")), ("scopes", Fill::Object)], ..PLAIN };

static CODE_FLOW: Shape = Shape {
    name: "OAuth flow",
    fields: FLOW_FIELDS,
    required: &[("authorizationUrl", Fill::Text("")), ("tokenUrl", Fill::Text("")), ("scopes", Fill::Object)],
    ..PLAIN
};

const FLOW_FIELDS: &[(&str, &Kind)] = &[("authorizationUrl", &TEXT), ("tokenUrl", &TEXT), ("refreshUrl", &TEXT), ("scopes", &TEXT_MAP)];
