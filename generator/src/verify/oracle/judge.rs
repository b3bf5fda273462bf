//! Judging one exchange as it was on the wire against what the document and the case say it must be.

use std::collections::BTreeMap;

use base64::Engine as _;
use serde_json::{Map, Value};

use super::compare::difference;
use super::operations::{Carrier, Kind, Media, Operation, Parameter, essence};
use super::parameters::{self, Encoding, Piece};
use super::schema::{Direction, Schemas};
use super::{fields, form, items, xml};

/// One request and its response, raw.
#[derive(Debug, Clone, Default)]
pub struct Exchange {
    /// Method.
    pub method: String,
    /// Path and query as they were sent.
    pub target: String,
    /// Header names in lower case, with values.
    pub request_headers: Vec<(String, Vec<u8>)>,
    /// Body.
    pub request_body: Vec<u8>,
    /// Status.
    pub status: u16,
    /// Header names in lower case, with values.
    pub response_headers: Vec<(String, Vec<u8>)>,
    /// Body.
    pub response_body: Vec<u8>,
}

/// Something that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Which check found it.
    pub check: &'static str,
    /// What is wrong.
    pub message: String,
}

/// Makes a fault.
pub fn fault(check: &'static str, message: impl Into<String>) -> Fault {
    Fault { check, message: message.into() }
}

/// What a request must carry. `values` has the members `path`, `query`, `header` and `cookie` (name to value) and `body`.
pub struct Request<'c, 'a> {
    /// The operation.
    pub operation: &'c Operation<'a>,
    /// Values by location and name.
    pub values: &'c Value,
    /// Representation of the body.
    pub media: Option<&'c Media<'a>>,
    /// Credentials by scheme.
    pub credentials: &'c BTreeMap<String, String>,
}

/// What a response must carry.
pub struct Response<'c, 'a> {
    /// Status code.
    pub status: u16,
    /// Representation of the body; `None` if there is none.
    pub media: Option<&'c Media<'a>>,
    /// The body.
    pub body: Option<&'c Value>,
    /// Headers that are declared.
    pub declared: &'c [Parameter<'a>],
    /// Their values by name.
    pub headers: &'c Map<String, Value>,
}

/// Judges the request of an exchange.
pub fn request<'a>(schemas: &Schemas<'a>, wanted: &Request<'_, 'a>, found: &Exchange) -> Vec<Fault> {
    let mut faults = Vec::new();
    let operation = wanted.operation;
    if found.method != operation.method {
        faults.push(fault("wire/method", format!("wanted {}, found {}", operation.method, found.method)));
    }
    let (path, query) = found.target.split_once('?').unwrap_or((&found.target, ""));
    let value_of = |parameter: &Parameter<'_>| wanted.values.get(&parameter.location).and_then(|values| values.get(&parameter.name));
    let of_location = |location: &'static str| operation.parameters.iter().filter(move |parameter| parameter.location == location);

    let path = parameters::path_fault(path, &operation.path, |name| {
        let parameter = of_location("path").find(|parameter| parameter.name == name)?;
        Some(parameters::in_place(parameter, value_of(parameter)?))
    });
    faults.extend(path.map(|message| fault("wire/path", message)));
    if let Some(raw) = found.target.chars().find(|c| !c.is_ascii_graphic() || "\"<>#+\\".contains(*c)) {
        // `+` is a space to half of all servers; a space is `%20` to all of them.
        faults.push(fault("wire/path", format!("`{raw}` must be percent-encoded in `{}`", found.target)));
    }

    let pairs = |location| -> Vec<_> {
        of_location(location).filter_map(|parameter| Some(parameters::pairs(parameter, value_of(parameter)?))).flatten().collect()
    };
    let fixed = operation.fixed.query.iter().map(|(name, value)| (name.clone(), vec![Piece::Scalar(Value::from(value.as_str()))]));
    let in_query: Vec<_> = fixed.chain(pairs("query")).collect();
    if let Some(target) = &operation.fixed.target
        && header(&found.request_headers, "x-amz-target").as_ref() != Some(target)
    {
        faults.push(fault("wire/header", format!("`X-Amz-Target` is not `{target}`")));
    }
    let keys = credential_names(operation, wanted.credentials, "query");
    faults.extend(parameters::pair_faults(query, "&", &in_query, &keys).into_iter().map(|message| fault("wire/query", message)));
    let cookies = header(&found.request_headers, "cookie").unwrap_or_default();
    let keys = credential_names(operation, wanted.credentials, "cookie");
    // Some documents declare the whole line as a header.
    if !of_location("header").any(|parameter| parameter.name.eq_ignore_ascii_case("cookie")) {
        let found = parameters::pair_faults(&cookies, "; ", &pairs("cookie"), &keys);
        faults.extend(found.into_iter().map(|message| fault("wire/cookie", message)));
    }

    for parameter in of_location("header").filter(|parameter| !operation.is_credential(parameter)) {
        faults.extend(header_fault(parameter, value_of(parameter), &found.request_headers).map(|message| fault("wire/header", message)));
    }
    faults.extend(credentials(operation, wanted.credentials, found, query));
    let content = body(schemas, Direction::Request, wanted.media, wanted.values.get("body"), &found.request_headers, &found.request_body);
    faults.extend(content);
    faults
}

/// Judges the response of an exchange.
pub fn response<'a>(schemas: &Schemas<'a>, wanted: &Response<'_, 'a>, found: &Exchange) -> Vec<Fault> {
    let mut faults = Vec::new();
    if wanted.status != found.status {
        faults.push(fault("wire/status", format!("wanted {}, found {}", wanted.status, found.status)));
    }
    for declared in wanted.declared {
        let value = wanted.headers.get(&declared.name);
        let message = match (value, declared.name.to_ascii_lowercase().as_str()) {
            (Some(Value::Array(items)), "set-cookie") if declared.style == "simple" => cookie_fault(items, &found.response_headers),
            // Servers add it by themselves.
            (None, "date") => None,
            (value, _) => header_fault(declared, value, &found.response_headers),
        };
        faults.extend(message.map(|message| fault("wire/response-header", message)));
    }
    faults.extend(body(schemas, Direction::Response, wanted.media, wanted.body, &found.response_headers, &found.response_body));
    faults
}

fn header(headers: &[(String, Vec<u8>)], name: &str) -> Option<String> {
    let values = headers.iter().filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| String::from_utf8_lossy(value));
    values.map(|value| value.trim().to_owned()).reduce(|all, value| format!("{all},{value}"))
}

/// Every cookie stands in a line of its own (RFC 6265, section 3).
fn cookie_fault(wanted: &[Value], headers: &[(String, Vec<u8>)]) -> Option<String> {
    let lines: Vec<Value> = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"))
        .map(|(_, value)| Value::from(String::from_utf8_lossy(value)))
        .collect();
    (lines != wanted).then(|| format!("`Set-Cookie`: wanted {wanted:?}, found {lines:?}"))
}

fn header_fault(parameter: &Parameter<'_>, value: Option<&Value>, headers: &[(String, Vec<u8>)]) -> Option<String> {
    let name = &parameter.name;
    match (value, header(headers, name)) {
        (Some(value), Some(raw)) => {
            let pieces = parameters::in_place(parameter, value);
            parameters::fault(&raw, &pieces, Encoding::Plain).map(|message| format!("`{name}`: {message}"))
        }
        (Some(_), None) => Some(format!("`{name}` is missing")),
        (None, Some(raw)) => Some(format!("`{name}: {raw}` was not asked for")),
        (None, None) => None,
    }
}

fn credential_names(operation: &Operation<'_>, given: &BTreeMap<String, String>, place: &str) -> Vec<String> {
    let schemes = operation.security.iter().flatten().filter(|scheme| given.contains_key(&scheme.id));
    schemes
        .filter_map(|scheme| match &scheme.carrier {
            Carrier::Key { location, name } if location == place => Some(name.clone()),
            _ => None,
        })
        .collect()
}

/// Whether every credential that was given is where its scheme says, and none is where nothing was given.
fn credentials(operation: &Operation<'_>, given: &BTreeMap<String, String>, found: &Exchange, query: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let authorization = header(&found.request_headers, "authorization");
    let mut authorized = false;
    for scheme in operation.security.iter().flatten() {
        let secret = given.get(&scheme.id);
        match &scheme.carrier {
            Carrier::Authorization(kind) => {
                let Some(secret) = secret else { continue };
                authorized = true;
                let encoded = base64::engine::general_purpose::STANDARD.encode(secret);
                let wanted = if kind == "basic" { &encoded } else { secret };
                let (word, rest) = authorization.as_deref().and_then(|text| text.split_once(' ')).unwrap_or_default();
                if !word.eq_ignore_ascii_case(kind) || rest != wanted {
                    faults.push(fault("wire/credential", format!("`{}`: wanted `{kind} …` in Authorization", scheme.id)));
                }
            }
            Carrier::Key { location, name } => {
                let pairs = |raw: &str, delimiter: &str| {
                    raw.split(delimiter)
                        .filter_map(|pair| pair.split_once('='))
                        .find(|(key, _)| key == name)
                        .map(|(_, value)| value.to_owned())
                };
                let raw = match location.as_str() {
                    "query" => pairs(query, "&").and_then(|raw| super::refs::percent_decode(&raw)),
                    "cookie" => pairs(&header(&found.request_headers, "cookie").unwrap_or_default(), "; "),
                    _ => header(&found.request_headers, name),
                };
                // Several schemes may share the Authorization header; whichever was given stands there.
                let shared = scheme.is_authorization();
                authorized |= shared && secret.is_some();
                if raw.as_ref() != secret && !(shared && secret.is_none()) {
                    let state = if raw.is_some() { "there, but not as given" } else { "missing" };
                    faults.push(fault("wire/credential", format!("`{}`: {location} `{name}` is {state}", scheme.id)));
                }
            }
        }
    }
    if authorization.is_some() && !authorized {
        faults.push(fault("wire/credential", "Authorization was not asked for"));
    }
    faults
}

fn body<'a>(
    schemas: &Schemas<'a>,
    direction: Direction,
    media: Option<&Media<'a>>,
    wanted: Option<&Value>,
    headers: &[(String, Vec<u8>)],
    raw: &[u8],
) -> Vec<Fault> {
    let (Some(media), Some(wanted)) = (media, wanted) else {
        return if raw.is_empty() { Vec::new() } else { vec![fault("wire/body", format!("wanted no body, found {} bytes", raw.len()))] };
    };
    let mut faults = Vec::new();
    let content_type = header(headers, "content-type").unwrap_or_default();
    if content_type.contains('*') || !covers(&media.essence(), &essence(&content_type)) {
        faults.push(fault("wire/content-type", format!("wanted `{}`, found `{content_type}`", media.media_type)));
    }
    if let Some(missing) = parameter_fault(media, &content_type) {
        faults.push(fault("wire/content-type", missing));
    }
    let told = |faults: &mut Vec<Fault>, found: Vec<String>| faults.extend(found.into_iter().map(|message| fault("wire/body", message)));
    let differ = |expected: Option<Vec<u8>>| match expected {
        Some(expected) if expected == raw => Vec::new(),
        Some(expected) => vec![format!("{} bytes differ from the {} that were given", raw.len(), expected.len())],
        None => vec!["the case has no bytes".to_owned()],
    };
    let bytes =
        |value: Option<&Value>| value.and_then(Value::as_str).and_then(|text| base64::engine::general_purpose::STANDARD.decode(text).ok());
    match media.kind {
        Kind::Form => told(&mut faults, form::faults(schemas.tree(), media, wanted, &content_type, raw)),
        Kind::Fields => told(&mut faults, fields::faults(schemas.tree(), media, wanted, raw)),
        Kind::Xml => told(&mut faults, xml::faults(schemas.tree(), media.schema.as_ref(), wanted, raw)),
        Kind::Events | Kind::Lines | Kind::Records => told(&mut faults, items::faults(schemas.tree(), media, wanted, raw)),
        Kind::Text => told(&mut faults, text_faults(wanted, raw)),
        Kind::Bytes => told(&mut faults, differ(bytes(Some(wanted)))),
        Kind::Range => {
            let (asked, content) = (wanted.get("contentType").and_then(Value::as_str), wanted.get("content").unwrap_or(wanted));
            if asked.is_some_and(|asked| asked != content_type) {
                faults.push(fault("wire/content-type", format!("wanted {asked:?}, found `{content_type}`")));
            }
            told(&mut faults, differ(bytes(Some(content))));
        }
        Kind::Json => match serde_json::from_slice::<Value>(raw) {
            Ok(found) => {
                told(&mut faults, difference(wanted, &found).into_iter().collect());
                let schema = media.schema.as_ref().map(|schema| schemas.faults(schema, direction, &found)).unwrap_or_default();
                faults.extend(schema.into_iter().map(|message| fault("wire/schema", message)));
            }
            Err(error) => faults.push(fault("wire/body", format!("no JSON: {error}"))),
        },
    }
    faults
}

/// Parameters of the media type that the document names and the header has not, and a charset that is not the one of the bytes.
fn parameter_fault(media: &Media<'_>, found: &str) -> Option<String> {
    let parameters = |text: &str| -> Vec<(String, String)> {
        let pairs = text.split(';').skip(1).filter_map(|piece| piece.split_once('='));
        pairs.map(|(name, value)| (name.trim().to_lowercase(), value.trim().trim_matches('"').to_lowercase())).collect()
    };
    let found = parameters(found);
    let is_text = !matches!(media.kind, Kind::Bytes | Kind::Range);
    let charset = found.iter().find(|(name, value)| is_text && name == "charset" && value != "utf-8");
    if let Some((_, charset)) = charset {
        return Some(format!("the text is said to be in {charset}, and is in UTF-8"));
    }
    let mut wanted = parameters(&media.media_type).into_iter().filter(|(name, _)| !["charset", "boundary"].contains(&name.as_str()));
    let missing = wanted.find(|wanted| media.kind != Kind::Range && !found.contains(wanted));
    missing.map(|(name, value)| format!("wanted `{name}={value}` in the media type"))
}

/// A text as it is, of another scalar its text.
fn text_faults(wanted: &Value, raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw);
    parameters::fault(&text, &[parameters::Piece::Scalar(wanted.clone())], Encoding::Plain).into_iter().collect()
}

/// Whether a media type or range (`image/*`, `application/*+json`) covers a media type.
pub fn covers(range: &str, found: &str) -> bool {
    match range.split_once('*') {
        Some((_, "/*")) => found.contains('/'),
        Some((start, end)) => found.strip_prefix(start).and_then(|rest| rest.strip_suffix(end)).is_some_and(|rest| !rest.is_empty()),
        None => range == found,
    }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
