//! The oracle's own reading of `paths`: which operations there are and what each sends and receives.

use std::collections::BTreeSet;

use serde_json::Value;

use super::examples::named;
use super::refs::{Node, Tree};
use super::shape::Shape;

/// The methods of a path item (OpenAPI 3.0, Path Item Object).
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// An operation as the document describes it.
#[derive(Debug, Clone)]
pub struct Operation<'a> {
    /// `METHOD /path`, by which everybody calls it here; `METHOD expression name` for a callback.
    pub key: String,
    /// Whether it is sent to the API's user, and so has no path.
    pub is_callback: bool,
    /// Upper-case method.
    pub method: String,
    /// Path template, without query and fragment.
    pub path: String,
    /// What the path fixes beside it.
    pub fixed: Fixed,
    /// Parameters of the path item and of the operation, the latter replacing the former.
    pub parameters: Vec<Parameter<'a>>,
    /// Request body.
    pub body: Option<Body<'a>>,
    /// Responses in the document's order.
    pub responses: Vec<Response<'a>>,
    /// Any one of these sets of schemes will do; an empty list means that nothing is asked for.
    pub security: Vec<Vec<Scheme>>,
}

/// What a path fixes beside its template: `/templates?desc=html`, `/#X-Amz-Target=Service.Action`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fixed {
    /// Names and values in the query; a name may stand alone.
    pub query: Vec<(String, String)>,
    /// The header `X-Amz-Target`.
    pub target: Option<String>,
}

impl Fixed {
    /// The template and what is fixed.
    fn of(path: &str) -> (String, Self) {
        let (rest, fragment) = path.split_once('#').unwrap_or((path, ""));
        let (template, query) = rest.split_once('?').unwrap_or((rest, ""));
        let text = |text: &str| super::refs::percent_decode(text).unwrap_or_else(|| text.to_owned());
        let pair = |pair: &str| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (text(name), text(value))
        };
        let query = query.split('&').filter(|pair| !pair.is_empty() && !pair.contains('{')).map(pair).collect();
        let target = fragment.split_once('=').filter(|(name, _)| name.eq_ignore_ascii_case("x-amz-target"));
        (template.to_owned(), Self { query, target: target.map(|(_, value)| value.to_owned()) })
    }

    /// Whether a parameter's value is fixed.
    pub fn has(&self, parameter: &Parameter<'_>) -> bool {
        match parameter.location.as_str() {
            "query" => self.query.iter().any(|(name, _)| *name == parameter.name),
            "header" => self.target.is_some() && parameter.name.eq_ignore_ascii_case("x-amz-target"),
            _ => false,
        }
    }
}

/// A declared parameter.
#[derive(Debug, Clone)]
pub struct Parameter<'a> {
    /// Name on the wire.
    pub name: String,
    /// `path`, `query`, `header` or `cookie`.
    pub location: String,
    /// Style, with OpenAPI's default for the location filled in; `json` where `content` is declared.
    pub style: String,
    /// Whether items and properties travel one by one.
    pub explode: bool,
    /// Whether it must be there.
    pub required: bool,
    /// Whether it may be an object as well as something else.
    pub mixed: bool,
    /// What it may be.
    pub schema: Node<'a>,
    /// Examples: where they stand, and their values.
    pub examples: Vec<Node<'a>>,
}

/// A request body.
#[derive(Debug, Clone)]
pub struct Body<'a> {
    /// Whether it must be there.
    pub required: bool,
    /// What it may be.
    pub content: Vec<Media<'a>>,
}

/// One representation.
#[derive(Debug, Clone)]
pub struct Media<'a> {
    /// As in the document.
    pub media_type: String,
    /// What its bytes are.
    pub kind: Kind,
    /// Schema of the whole body.
    pub schema: Option<Node<'a>>,
    /// What is said of how the properties of a form are written.
    pub encoding: Option<Node<'a>>,
    /// Examples: where they stand, and their values.
    pub examples: Vec<Node<'a>>,
    /// What the examples are called, in their order; nothing for one that has no name.
    pub example_names: Vec<String>,
}

/// What the bytes of a body are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// JSON text (RFC 8259, RFC 6839 for `+json`).
    Json,
    /// Text: of a scalar its text, of anything else what somebody has put together.
    Text,
    /// A form of parts.
    Form,
    /// A form of names and values.
    Fields,
    /// XML.
    Xml,
    /// Bytes.
    Bytes,
    /// Server-sent events.
    Events,
    /// Lines of JSON.
    Lines,
    /// JSON texts, each behind a record separator (RFC 7464).
    Records,
    /// Bytes whose media type is the sender's choice.
    Range,
}

/// A documented response.
#[derive(Debug, Clone)]
pub struct Response<'a> {
    /// `200`, `4XX` or `default`.
    pub status: String,
    /// What it may carry; nothing means that it has no body.
    pub content: Vec<Media<'a>>,
    /// Declared headers, which are written as header parameters are.
    pub headers: Vec<Parameter<'a>>,
}

/// A security scheme that an operation asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// Its name in the document.
    pub id: String,
    /// Where its credential travels.
    pub carrier: Carrier,
}

/// Where a credential travels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Carrier {
    /// `Authorization: <scheme> <credential>`, scheme names in lower case.
    Authorization(String),
    /// A header, query parameter or cookie of this name.
    Key {
        /// `header`, `query` or `cookie`.
        location: String,
        /// Name on the wire.
        name: String,
    },
}

/// All operations of a document, in its order; then those of callbacks, which are components and have no path of their own.
pub fn operations<'a>(tree: Tree<'a>) -> Vec<Operation<'a>> {
    let mut found = Vec::new();
    let paths = tree.root().child("paths").map(|paths| paths.children()).unwrap_or_default();
    for (path, item) in paths {
        found.extend(of_item(tree, &path, item));
    }
    let callbacks = tree.at("/components/callbacks").map(|callbacks| callbacks.children()).unwrap_or_default();
    for (name, callback) in callbacks.into_iter().filter(|(_, callback)| callback.child("$ref").is_none()) {
        for (expression, item) in callback.children() {
            let callbacks = of_item(tree, &expression, item);
            let named = |callback: Operation<'a>| Operation { key: format!("{} {name}", callback.key), is_callback: true, ..callback };
            found.extend(callbacks.into_iter().map(named));
        }
    }
    found
}

fn of_item<'a>(tree: Tree<'a>, path: &str, item: Node<'a>) -> Vec<Operation<'a>> {
    let Some(item) = tree.resolve(item) else { return Vec::new() };
    let nodes = METHODS.iter().filter_map(|method| Some((method, item.child(method).filter(|node| node.value.is_object())?)));
    nodes.map(|(method, node)| operation(tree, path, method, &item, &node)).collect()
}

fn operation<'a>(tree: Tree<'a>, path: &str, method: &str, item: &Node<'a>, node: &Node<'a>) -> Operation<'a> {
    let method = method.to_uppercase();
    let mut parameters: Vec<Parameter<'a>> = Vec::new();
    for list in [item.child("parameters"), node.child("parameters")].into_iter().flatten() {
        for parameter in list.children().into_iter().filter_map(|(_, child)| parameter(tree, child)) {
            parameters.retain(|other| (&other.name, &other.location) != (&parameter.name, &parameter.location));
            parameters.push(parameter);
        }
    }
    let body = node
        .child("requestBody")
        .and_then(|body| tree.resolve(body))
        .map(|body| Body { required: body.flag("required").unwrap_or(false), content: content(tree, &body) });
    let responses = node.child("responses").map(|responses| responses.children()).unwrap_or_default();
    let responses = responses
        .into_iter()
        .filter(|(status, _)| !status.starts_with("x-"))
        .filter_map(|(status, response)| {
            let response = tree.resolve(response)?;
            let headers = response.child("headers").map(|headers| headers.children()).unwrap_or_default();
            Some(Response {
                status: status.to_uppercase().replace("DEFAULT", "default"),
                content: content(tree, &response),
                headers: self::headers(tree, headers),
            })
        })
        .collect();
    let security = node.child("security").or_else(|| tree.root().child("security"));
    let (template, fixed) = Fixed::of(path);
    Operation {
        key: format!("{method} {path}"),
        is_callback: false,
        path: template,
        fixed,
        parameters,
        body,
        responses,
        security: security.map(|list| alternatives(tree, &list)).unwrap_or_default(),
        method,
    }
}

/// Declared headers: those that a message can have, and that do not describe the message itself.
fn headers<'a>(tree: Tree<'a>, declared: Vec<(String, Node<'a>)>) -> Vec<Parameter<'a>> {
    // OpenAPI 3.0: `Content-Type` is said elsewhere, and such a header is to be ignored. The others cut the message out.
    const OTHERWISE: [&str; 4] = ["content-type", "content-length", "transfer-encoding", "connection"];
    let mut found: Vec<Parameter<'a>> = Vec::new();
    for (name, header) in declared {
        let same = |other: &str| other.eq_ignore_ascii_case(&name);
        if http::HeaderName::from_bytes(name.as_bytes()).is_err()
            || OTHERWISE.into_iter().any(same)
            || found.iter().any(|other| same(&other.name))
        {
            continue;
        }
        found.extend(tree.resolve(header).and_then(|header| written(tree, header, name, "header".to_owned())));
    }
    found
}

fn parameter<'a>(tree: Tree<'a>, node: Node<'a>) -> Option<Parameter<'a>> {
    let node = tree.resolve(node)?;
    let name = node.text("name")?.to_owned();
    let location = node.text("in")?.to_owned();
    // OpenAPI 3.0: three of these are said elsewhere, and such parameters are to be ignored. The others cut the message out.
    const OTHERWISE: [&str; 7] = ["accept", "content-type", "authorization", "content-length", "transfer-encoding", "connection", "host"];
    if location == "header" && OTHERWISE.contains(&name.to_lowercase().as_str()) {
        return None;
    }
    written(tree, node, name, location)
}

/// The rest of a parameter or header: how it is written, and what it may be.
fn written<'a>(tree: Tree<'a>, node: Node<'a>, name: String, location: String) -> Option<Parameter<'a>> {
    let default_style = if ["query", "cookie"].contains(&location.as_str()) { "form" } else { "simple" };
    let (style, schema, holder) = match node.child("schema") {
        Some(schema) => (node.text("style").unwrap_or(default_style).to_owned(), schema, node.clone()),
        None => {
            let (media_type, media) = node.child("content")?.children().into_iter().next()?;
            let schema = media.child("schema")?;
            // A text in a parameter is the text; of anything else that is no JSON nobody says how it is written.
            let plain = !essence(&media_type).ends_with("json") && shapes(tree, schema.value, 0).is_subset(&SCALAR.into());
            (if plain { default_style } else { "json" }.to_owned(), schema, media)
        }
    };
    let shapes = shapes(tree, schema.value, 0);
    // Nothing is escaped in a header, so that what is nested could not stand between its commas.
    let whole = location == "header" && style == "simple" && shapes.contains("deep");
    let style = if whole { "json".to_owned() } else { style };
    Some(Parameter {
        mixed: shapes.iter().filter(|shape| **shape != "deep").count() > 1,
        // Of a header it is carried under this name.
        explode: !whole && node.flag("explode").or(node.flag("x-bothends-explode")).unwrap_or(style == "form"),
        required: node.flag("required").unwrap_or(false) || location == "path",
        examples: named(tree, &holder).into_iter().map(|(_, example)| example).collect(),
        name,
        location,
        style,
        schema,
    })
}

const SCALAR: [&str; 1] = ["scalar"];

/// What a value may be outside of JSON: `scalar`, `array`, `object`, and `deep` if one of these may hold another one.
fn shapes(tree: Tree<'_>, schema: &Value, depth: usize) -> BTreeSet<&'static str> {
    let Some(shape) = Shape::of(tree, schema).filter(|_| depth < 6) else { return ["deep"].into() };
    let inner = |schema: &Value| !shapes(tree, schema, depth + 1).is_subset(&SCALAR.into());
    let arms = shape.choices.iter().flat_map(|choice| &choice.arms).flat_map(|arm| shapes(tree, arm, depth + 1));
    let mut found: BTreeSet<&'static str> = arms.collect();
    match shape.kind() {
        Some("array") => {
            found.insert("array");
            found.extend(shape.get("items").is_some_and(inner).then_some("deep"));
        }
        Some("object") => {
            found.insert("object");
            let properties = shape.get("properties").and_then(Value::as_object).into_iter().flat_map(|properties| properties.values());
            let others = shape.get("additionalProperties").filter(|others| others.is_object());
            found.extend(properties.chain(others).any(inner).then_some("deep"));
        }
        // Arms say what a schema without a type is.
        None if !found.is_empty() => {}
        _ => _ = found.insert("scalar"),
    }
    found
}

fn content<'a>(tree: Tree<'a>, node: &Node<'a>) -> Vec<Media<'a>> {
    let children = node.child("content").map(|content| content.children()).unwrap_or_default();
    let alone = children.len() == 1;
    let media = |(media_type, media): (String, Node<'a>)| {
        let schema = media.child("schema");
        let kind = kind(tree, &essence(&media_type), schema.as_ref(), alone);
        let (example_names, examples) = named(tree, &media).into_iter().unzip();
        Media { kind, schema, encoding: media.child("encoding"), examples, example_names, media_type }
    };
    let mut all: Vec<Media<'a>> = children.into_iter().map(media).collect();
    // Plain text of an object or a list that is there as JSON, too, is JSON.
    let json: Vec<&Value> =
        all.iter().filter(|media| media.kind == Kind::Json).filter_map(|media| Some(media.schema.as_ref()?.value)).collect();
    let is_json = |media: &Media<'_>| {
        let is_plain = media.kind == Kind::Text && media.essence() == "text/plain";
        let schema = media.schema.as_ref().filter(|schema| is_plain && json.contains(&schema.value));
        let shape = schema.and_then(|schema| Shape::of(tree, schema.value));
        shape.is_some_and(|shape| matches!(shape.get("type").and_then(Value::as_str), Some("object" | "array")))
    };
    let twins: Vec<bool> = all.iter().map(is_json).collect();
    for (media, _) in all.iter_mut().zip(twins).filter(|(_, is_json)| *is_json) {
        media.kind = Kind::Json;
    }
    all
}

/// What the bytes of a media type are. Of nothing but `*/*` and a schema it is JSON, which fits any range; what a schema
/// calls binary is bytes whatever it is in; forms and XML of which the schema says that they are text are text that
/// somebody else has put together.
fn kind(tree: Tree<'_>, essence: &str, schema: Option<&Node<'_>>, alone: bool) -> Kind {
    let shape = schema.and_then(|schema| super::shape::Shape::of(tree, schema.value));
    let says = shape.as_ref().and_then(super::shape::Shape::kind);
    let has_arms = shape.as_ref().is_some_and(|shape| !shape.choices.is_empty());
    let is_binary = says == Some("string") && shape.as_ref().and_then(|shape| shape.get("format")).is_some_and(|format| format == "binary");
    let has_parts = says == Some("object") && !has_arms && shape.as_ref().is_some_and(|shape| shape.get("properties").is_some());
    let (unsaid, says) = (says.is_none() && !has_arms, says.filter(|_| !(has_arms && main_of(essence) == "multipart")));
    let (main, subtype) = essence.split_once('/').unwrap_or((essence, "*"));
    match sequence(subtype) {
        Some(_) if is_binary => return Kind::Bytes,
        Some(kind) => return kind,
        None => {}
    }
    match (main, subtype) {
        ("*" | "application", "*") if alone && schema.is_some() && !is_binary => Kind::Json,
        ("text", "*") if alone && !is_binary => Kind::Text,
        ("*", subtype) if subtype.ends_with("json") && !is_binary => Kind::Json,
        (_, "*") | ("*", _) | ("multipart", "x-mixed-replace" | "byteranges") => Kind::Range,
        ("multipart", "form-data") if says == Some("object") || unsaid => Kind::Form,
        ("multipart", _) => {
            if has_parts {
                Kind::Form
            } else {
                Kind::Range
            }
        }
        _ if is_binary => Kind::Bytes,
        (_, subtype) if matches!(subtype, "json" | "x-json") || subtype.ends_with("+json") => Kind::Json,
        (_, "x-www-form-urlencoded") if unsaid || schema.is_some_and(|schema| is_object(tree, schema.value, 0)) => Kind::Fields,
        (_, "x-www-form-urlencoded") => Kind::Text,
        ("image", _) => Kind::Bytes,
        (_, subtype) if subtype == "xml" || subtype.ends_with("+xml") => {
            // A text of which nothing more is known is XML that somebody has written.
            let more = |shape: &super::shape::Shape| {
                let format = shape.get("format").and_then(Value::as_str);
                matches!(format, Some("date-time" | "date-time-local" | "iso-date-time" | "byte"))
                    || ["enum", "const"].iter().any(|keyword| shape.get(keyword).is_some())
            };
            if unsaid || (says == Some("string") && !shape.as_ref().is_some_and(more)) { Kind::Text } else { Kind::Xml }
        }
        ("text", _) => Kind::Text,
        (_, subtype) if TEXTS.contains(&subtype) || subtype.ends_with("+yaml") => Kind::Text,
        _ => Kind::Bytes,
    }
}

/// Media types of many values; one of these whose schema says that it is binary is bytes all the same.
fn sequence(subtype: &str) -> Option<Kind> {
    const LINES: [&str; 9] =
        ["x-ndjson", "ndjson", "jsonl", "x-jsonl", "jsonlines", "x-jsonlines", "json-lines", "x-json-stream", "stream+json"];
    match subtype {
        "event-stream" => Some(Kind::Events),
        "json-seq" => Some(Kind::Records),
        subtype if subtype.ends_with("+json-seq") => Some(Kind::Records),
        subtype => LINES.contains(&subtype).then_some(Kind::Lines),
    }
}

fn main_of(essence: &str) -> &str {
    essence.split('/').next().unwrap_or_default()
}

/// Whether every value of a schema is an object.
fn is_object(tree: Tree<'_>, schema: &Value, depth: usize) -> bool {
    let Some(shape) = super::shape::Shape::of(tree, schema).filter(|_| depth < 16) else { return false };
    let arms = |choice: &super::shape::Choice| choice.arms.iter().all(|arm| is_object(tree, arm, depth + 1));
    match shape.kind() {
        Some(kind) => kind == "object",
        None => !shape.choices.is_empty() && shape.choices.iter().all(arms),
    }
}

/// What is text without being called so.
const TEXTS: [&str; 15] = [
    "yaml",
    "x-yaml",
    "toml",
    "x-toml",
    "csv",
    "html",
    "graphql",
    "sql",
    "jwt",
    "javascript",
    "x-javascript",
    "ecmascript",
    "typescript",
    "x-sh",
    "x-pem-file",
];

fn alternatives(tree: Tree<'_>, list: &Node<'_>) -> Vec<Vec<Scheme>> {
    let schemes = |alternative: Node<'_>| -> Option<Vec<Scheme>> {
        let mut schemes: Vec<Scheme> = Vec::new();
        for (id, _) in alternative.children() {
            let scheme = scheme(tree, &id)?;
            // A request has one credential in one place.
            if schemes.iter().all(|other| other.carrier != scheme.carrier) {
                schemes.push(scheme);
            }
        }
        Some(schemes)
    };
    // An alternative that names an undeclared scheme can be met by nobody.
    list.children().into_iter().filter_map(|(_, alternative)| schemes(alternative)).collect()
}

fn scheme(tree: Tree<'_>, id: &str) -> Option<Scheme> {
    let node = tree.root().child("components")?.child("securitySchemes")?.child(id)?;
    let node = tree.resolve(node)?;
    let carrier = match node.text("type")? {
        "http" => Carrier::Authorization(node.text("scheme")?.to_lowercase()),
        "oauth2" | "openIdConnect" => Carrier::Authorization("bearer".to_owned()),
        "apiKey" => Carrier::Key { location: node.text("in")?.to_owned(), name: node.text("name")?.to_owned() },
        _ => return None,
    };
    Some(Scheme { id: id.to_owned(), carrier })
}

impl Scheme {
    /// Whether the credential travels in the Authorization header.
    pub fn is_authorization(&self) -> bool {
        match &self.carrier {
            Carrier::Authorization(_) => true,
            Carrier::Key { location, name } => location == "header" && name.eq_ignore_ascii_case("authorization"),
        }
    }
}

impl Operation<'_> {
    /// Whether a parameter only repeats the carrier of one of the operation's security schemes.
    pub fn is_credential(&self, parameter: &Parameter<'_>) -> bool {
        self.security.iter().flatten().any(|scheme| match &scheme.carrier {
            Carrier::Key { location, name } => *location == parameter.location && name.eq_ignore_ascii_case(&parameter.name),
            Carrier::Authorization(_) => false,
        })
    }
}

impl Media<'_> {
    /// Type and subtype in lower case, without parameters.
    pub fn essence(&self) -> String {
        essence(&self.media_type)
    }

    /// Whether a form's part is neither text nor JSON, whatever it may be of what the document names.
    pub fn is_opaque(&self, name: &str) -> bool {
        let opaque = |written: &str| {
            let essence = essence(written);
            let is_text = ["text/", "*/", "multipart/"].iter().any(|start| essence.starts_with(start)) || essence.is_empty();
            !is_text && matches!(kind(Tree::new(&Value::Null), &essence, None, false), Kind::Bytes | Kind::Range)
        };
        let said = self.encoding.as_ref().and_then(|encoding| encoding.value.get(name)?.get("contentType")?.as_str());
        said.is_some_and(|said| said.split(',').all(opaque))
    }

    /// The declared headers of a form's part but for `Content-Type`, in lower case, with their schemas.
    pub fn part_headers(&self, name: &str) -> Vec<(String, Value)> {
        let headers = self.encoding.as_ref().and_then(|encoding| encoding.value.get(name)?.get("headers")?.as_object());
        let headers = headers.into_iter().flatten().filter(|(header, _)| !header.eq_ignore_ascii_case("content-type"));
        headers.map(|(header, said)| (header.to_lowercase(), said.get("schema").cloned().unwrap_or_default())).collect()
    }

    /// The media type of a form's part, where the document names a single one.
    pub fn part_type(&self, name: &str) -> Option<&str> {
        let written = self.encoding.as_ref()?.value.get(name)?.get("contentType")?.as_str()?.trim();
        (!written.is_empty() && !written.contains([',', '*'])).then_some(written)
    }
}

/// Type and subtype of a media type in lower case, without parameters.
pub fn essence(media_type: &str) -> String {
    media_type.split(';').next().unwrap_or_default().trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn reads_parameters_security_and_responses() {
        let document = json!({
            "security": [{"token": []}],
            "paths": {"/users/{id}": {
                "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}, {"$ref": "#/components/parameters/Page"}],
                "get": {
                    "parameters": [{"name": "page", "in": "query", "style": "pipeDelimited", "schema": {"type": "array"}},
                                   {"name": "Accept", "in": "header", "schema": {}}],
                    "responses": {"200": {"$ref": "#/components/responses/User"}, "4xx": {"description": ""}, "default": {"description": ""}},
                },
                "delete": {"security": [{}, {"key": [], "token": [], "other": []}, {"unknown": []}], "responses": {}},
            }},
            "components": {
                "parameters": {"Page": {"name": "page", "in": "query", "schema": {"type": "integer"}}},
                "responses": {"User": {"content": {"application/problem+JSON; charset=utf-8": {"schema": {}, "example": 1, "examples": {"b": {"value": 2}}}}, "headers": {"ETag": {"schema": {}}, "content-type": {"schema": {}}}}},
                "securitySchemes": {"token": {"type": "http", "scheme": "BEARER"}, "other": {"type": "oauth2"}, "key": {"type": "apiKey", "in": "header", "name": "X-Key"}},
            },
        });
        let found = operations(Tree::new(&document));
        let [get, delete] = found.as_slice() else { panic!("{found:?}") };
        assert_eq!(get.key, "GET /users/{id}");
        let parameters: Vec<_> = get.parameters.iter().map(|p| (p.name.as_str(), p.style.as_str(), p.explode, p.required)).collect();
        assert_eq!(parameters, [("id", "simple", false, true), ("page", "pipeDelimited", false, false)]);
        let statuses: Vec<_> = get.responses.iter().map(|response| response.status.as_str()).collect();
        assert_eq!(statuses, ["200", "4XX", "default"]);
        assert_eq!(get.responses[0].headers[0].name, "ETag");
        assert_eq!(get.responses[0].content[0].kind, Kind::Json);
        assert_eq!(get.responses[0].content[0].examples.len(), 2);
        let token = Scheme { id: "token".into(), carrier: Carrier::Authorization("bearer".into()) };
        let key = Scheme { id: "key".into(), carrier: Carrier::Key { location: "header".into(), name: "X-Key".into() } };
        assert_eq!(get.security, [vec![token.clone()]]);
        assert_eq!(delete.security, [vec![], vec![key, token]]);
    }

    #[test]
    fn callbacks_come_last_under_their_names() {
        let document = json!({
            "paths": {"/a": {"get": {"responses": {}}}},
            "components": {"callbacks": {
                "told": {"{$url}": {"post": {"responses": {"200": {"description": ""}}}, "put": {"responses": {}}}},
                "alias": {"$ref": "#/components/callbacks/told"},
            }},
        });
        let keys: Vec<String> = operations(Tree::new(&document)).into_iter().map(|operation| operation.key).collect();
        assert_eq!(keys, ["GET /a", "PUT {$url} told", "POST {$url} told"]);
    }
}
