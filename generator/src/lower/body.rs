//! Request bodies and responses: which representation is generated, and what its bytes become.

use openapiv3::{Content, ReferenceOr, RequestBody, Responses, StatusCode};

use super::Lowering;
use super::names::{self, Scope};
use super::naming::{Hint, Role};
use super::operation::Dropped;
use super::view::Use;
use crate::diagnostic::{Code, Diagnostic, Place};
use crate::model::{Body, Codec, MediaBody, Payload, Response, Status, Type};
use crate::source::Pointer;

impl<'a> Lowering<'a> {
    /// The request body of an operation; `None` if what is declared holds nothing.
    pub(super) fn body(
        &mut self,
        written: &'a ReferenceOr<RequestBody>,
        operation: &str,
        pointer: &Pointer,
        fields: &mut Scope,
    ) -> Result<Option<Body>, Dropped> {
        let components = self.openapi.components.as_ref().map(|components| &components.request_bodies);
        let (body, component, place) = self.resolved(written, components, "requestBodies", &pointer.child("requestBody"))?;
        let hint = match component {
            Some(name) => Hint::new(format!("{}Body", names::type_name(name)), Role::Body),
            None => Hint::of(operation, "Body", Role::Body),
        };
        let media = self.media(&body.content, &hint, &place, codec_of_request)?;
        Ok(media.map(|media| Body { name: fields.claim("body"), required: body.required, media, docs: body.description.clone() }))
    }

    /// The documented responses: exact statuses first, then ranges, then `default`.
    pub(super) fn responses(&mut self, written: &'a Responses, operation: &str, pointer: &Pointer) -> Result<Vec<Response>, Dropped> {
        let place = pointer.child("responses");
        let mut all: Vec<(Status, &'a ReferenceOr<openapiv3::Response>, Pointer)> = Vec::new();
        for (status, response) in &written.responses {
            let (status, key) = match status {
                StatusCode::Code(code) => (Status::Code(*code), code.to_string()),
                StatusCode::Range(class) => (Status::Range(u8::try_from(*class).unwrap_or_default()), format!("{class}XX")),
            };
            all.push((status, response, place.child(key)));
        }
        if let Some(response) = &written.default {
            all.push((Status::Default, response, place.child("default")));
        }
        all.sort_by_key(|(status, _, _)| *status);
        let mut variants = Scope::default();
        let mut responses = Vec::with_capacity(all.len());
        for (status, response, place) in all {
            let components = self.openapi.components.as_ref().map(|components| &components.responses);
            let (declared, component, place) = self.resolved(response, components, "responses", &place)?;
            let variant = variants.claim(&variant(status));
            let role = if status.is_success() { Role::Success } else { Role::Failure };
            let hint = match component {
                Some(name) => Hint::new(names::type_name(name), role),
                None => Hint::of(operation, &variant, role),
            };
            let payload = match self.media(&declared.content, &hint, &place, codec)? {
                Some(media) => Payload::Body(media),
                None => Payload::Empty,
            };
            let with_headers = !declared.headers.is_empty() || !matches!(status, Status::Code(_));
            responses.push(Response { status, variant, payload, with_headers, docs: Some(declared.description.clone()), origin: place });
        }
        Ok(responses)
    }

    /// Chooses among the representations of one body. Those that are left out beside it are said.
    fn media(
        &mut self,
        content: &'a Content,
        hint: &Hint,
        place: &Pointer,
        codec: fn(&str) -> Option<Codec>,
    ) -> Result<Option<MediaBody>, Dropped> {
        if content.is_empty() {
            return Ok(None);
        }
        let place = place.child("content");
        let rank = |media_type: &str, media: &openapiv3::MediaType| match codec(media_type) {
            Some(Codec::Json) if media_type.eq_ignore_ascii_case("application/json") => 0,
            Some(Codec::Json) => 1,
            None if is_any(media_type) && !is_binary(media) => 2,
            Some(Codec::Text) => 3,
            Some(Codec::Multipart) => 4,
            Some(Codec::Bytes) => 5,
            None => 6,
        };
        let best = content.iter().min_by_key(|(media_type, media)| rank(media_type, media));
        let Some((media_type, media)) = best else { return Ok(None) };
        let chosen = match codec(media_type) {
            Some(codec) => (media_type.as_str(), codec),
            None if is_any(media_type) && !is_binary(media) => ("application/json", Codec::Json),
            None => return Err(Dropped(unsupported(media_type, "cannot be carried yet", &place))),
        };
        for (other, _) in content.iter().filter(|(name, _)| *name != media_type) {
            self.report(unsupported(other, &format!("is left out; `{media_type}` is generated"), &place));
        }
        let (media_type, codec) = chosen;
        let ty = match (codec, &media.schema) {
            (Codec::Json, Some(schema)) => self.lower_use(&Use::new(schema, place.child(best_key(best)).child("schema")), hint),
            (Codec::Json, None) => Type::Any,
            (Codec::Text, _) => Type::String,
            (Codec::Bytes, _) => Type::Bytes,
            (Codec::Multipart, None) => Type::Map(Box::new(Type::Any)),
            (Codec::Multipart, Some(schema)) => {
                let pointer = place.child(best_key(best)).child("schema");
                self.form(&Use::new(schema, pointer.clone()), hint, &pointer)
                    .ok_or_else(|| Dropped(unsupported(media_type, "cannot be carried for a schema that is no object", &place)))?
            }
        };
        Ok(Some(MediaBody { media_type: media_type.to_owned(), codec, ty }))
    }
}

fn best_key<'m>(best: Option<(&'m String, &openapiv3::MediaType)>) -> &'m str {
    best.map_or("", |(key, _)| key)
}

fn unsupported(media_type: &str, what: &str, place: &Pointer) -> Diagnostic {
    Diagnostic::new(Code::UNSUPPORTED_MEDIA_TYPE, format!("the media type `{media_type}` {what}")).at(Place::key(&place.child(media_type)))
}

/// How the bytes of a media type become a value; `None` for what has no codec yet.
pub(super) fn codec(media_type: &str) -> Option<Codec> {
    let essence = media_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kind, subtype) = essence.split_once('/')?;
    if subtype == "json" || subtype.ends_with("+json") {
        return Some(Codec::Json);
    }
    match (kind, subtype) {
        (_, "*") | ("*", _) | ("multipart", _) => None,
        (_, "xml" | "x-www-form-urlencoded" | "event-stream" | "x-ndjson" | "jsonl" | "ndjson") => None,
        (_, subtype) if subtype.ends_with("+xml") && kind != "image" => None,
        ("text", _) => Some(Codec::Text),
        _ => Some(Codec::Bytes),
    }
}

/// As [`codec`], with what is carried in requests only.
fn codec_of_request(media_type: &str) -> Option<Codec> {
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case("multipart/form-data") { Some(Codec::Multipart) } else { codec(media_type) }
}

/// `*/*` and `application/*`: any representation will do, so JSON will.
fn is_any(media_type: &str) -> bool {
    matches!(media_type.trim(), "*/*" | "application/*" | "*")
}

fn is_binary(media: &openapiv3::MediaType) -> bool {
    match &media.schema {
        Some(ReferenceOr::Item(schema)) => match &schema.schema_kind {
            openapiv3::SchemaKind::Type(openapiv3::Type::String(string)) => {
                matches!(string.format, openapiv3::VariantOrUnknownOrEmpty::Item(openapiv3::StringFormat::Binary))
            }
            _ => false,
        },
        _ => false,
    }
}

/// The variant of a status: its registered phrase (RFC 9110 and the IANA registry).
fn variant(status: Status) -> String {
    match status {
        Status::Default => "Default".to_owned(),
        Status::Range(class) => match class {
            1 => "Informational".to_owned(),
            2 => "Success".to_owned(),
            3 => "Redirection".to_owned(),
            4 => "ClientError".to_owned(),
            5 => "ServerError".to_owned(),
            other => format!("Status{other}xx"),
        },
        Status::Code(code) => match phrase(code) {
            Some(phrase) => names::variant_name(phrase),
            None => format!("Status{code}"),
        },
    }
}

fn phrase(code: u16) -> Option<&'static str> {
    PHRASES.iter().find(|(known, _)| *known == code).map(|(_, phrase)| *phrase)
}

const PHRASES: &[(u16, &str)] = &[
    (100, "Continue"),
    (101, "Switching Protocols"),
    (102, "Processing"),
    (103, "Early Hints"),
    (200, "Ok"),
    (201, "Created"),
    (202, "Accepted"),
    (203, "Non-Authoritative Information"),
    (204, "No Content"),
    (205, "Reset Content"),
    (206, "Partial Content"),
    (207, "Multi-Status"),
    (208, "Already Reported"),
    (226, "IM Used"),
    (300, "Multiple Choices"),
    (301, "Moved Permanently"),
    (302, "Found"),
    (303, "See Other"),
    (304, "Not Modified"),
    (305, "Use Proxy"),
    (307, "Temporary Redirect"),
    (308, "Permanent Redirect"),
    (400, "Bad Request"),
    (401, "Unauthorized"),
    (402, "Payment Required"),
    (403, "Forbidden"),
    (404, "Not Found"),
    (405, "Method Not Allowed"),
    (406, "Not Acceptable"),
    (407, "Proxy Authentication Required"),
    (408, "Request Timeout"),
    (409, "Conflict"),
    (410, "Gone"),
    (411, "Length Required"),
    (412, "Precondition Failed"),
    (413, "Content Too Large"),
    (414, "URI Too Long"),
    (415, "Unsupported Media Type"),
    (416, "Range Not Satisfiable"),
    (417, "Expectation Failed"),
    (418, "I'm a teapot"),
    (421, "Misdirected Request"),
    (422, "Unprocessable Content"),
    (423, "Locked"),
    (424, "Failed Dependency"),
    (425, "Too Early"),
    (426, "Upgrade Required"),
    (428, "Precondition Required"),
    (429, "Too Many Requests"),
    (431, "Request Header Fields Too Large"),
    (451, "Unavailable For Legal Reasons"),
    (500, "Internal Server Error"),
    (501, "Not Implemented"),
    (502, "Bad Gateway"),
    (503, "Service Unavailable"),
    (504, "Gateway Timeout"),
    (505, "HTTP Version Not Supported"),
    (506, "Variant Also Negotiates"),
    (507, "Insufficient Storage"),
    (508, "Loop Detected"),
    (511, "Network Authentication Required"),
];
