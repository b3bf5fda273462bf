//! Request bodies and responses: their names, their statuses, and where their content is declared.

use openapiv3::{ReferenceOr, RequestBody, Responses, StatusCode};

use super::Lowering;
use super::names::{self, Scope};
use super::naming::{Hint, Role};
use super::operation::Dropped;
use crate::model::{Body, Payload, Response, Status};
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
        let content = self.body_content(&body.content, &hint, &place);
        Ok(content.map(|content| Body { name: fields.claim("body"), required: body.required, content, docs: body.description.clone() }))
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
            let content = self.body_content(&declared.content, &hint, &place);
            let payload = content.map_or(Payload::Empty, Payload::Body);
            let hint = match component {
                Some(name) => Hint::new(format!("{}Headers", names::type_name(name)), Role::Headers),
                None => Hint::of(operation, &format!("{variant}Headers"), Role::Headers),
            };
            let headers = self.headers(declared, &hint, &place);
            responses.push(Response { status, variant, payload, headers, docs: Some(declared.description.clone()), origin: place });
        }
        Ok(responses)
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
