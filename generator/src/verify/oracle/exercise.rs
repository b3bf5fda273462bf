//! What of an operation is exercised: the document compared with what was generated.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::cases::Answer;
use super::judge::{Fault, fault};
use super::operations::{Media, Operation, Parameter, Response};

/// What the generator says of one operation; everything else is left out or a fault.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// Location and name of each parameter.
    pub parameters: BTreeSet<(String, String)>,
    /// Media types of the request body.
    pub body: Vec<String>,
    /// Status (`200`, `4XX`, `default`) to media types, none for a response without a body.
    pub responses: BTreeMap<String, Vec<String>>,
    /// Status to the names of its headers.
    pub headers: BTreeMap<String, BTreeSet<String>>,
}

/// Something that the document has and that is not exercised, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The operation and the part of it.
    pub what: String,
    /// Why.
    pub why: String,
}

/// A documented status with one of its representations, which can be exercised.
#[derive(Debug, Clone)]
pub struct Target {
    /// Index into [`Operation::responses`].
    pub response: usize,
    /// Index into its content.
    pub media: Option<usize>,
    /// Statuses that stand for it on the wire.
    pub statuses: Vec<u16>,
}

/// An operation with what of it is exercised.
#[derive(Debug, Clone)]
pub struct Exercise<'a> {
    /// The operation, its parameters reduced to those that are generated.
    pub operation: Operation<'a>,
    /// Indices into the request body's content.
    pub media: Vec<usize>,
    /// What the server can answer: every status in every media type.
    pub targets: Vec<Target>,
    /// Operations that only parameters tell from this one.
    pub twins: Vec<Operation<'a>>,
}

impl<'a> Exercise<'a> {
    /// Compares the document with what was generated. What is neither there nor excused is a fault.
    pub fn new(mut operation: Operation<'a>, carried: &Carried, left_out: &mut Vec<LeftOut>) -> (Self, Vec<Fault>) {
        let key = operation.key.clone();
        let mut faults = Vec::new();
        let mut leave = |what: String, why: &str| left_out.push(LeftOut { what: format!("{key} {what}"), why: why.to_owned() });
        let all = std::mem::take(&mut operation.parameters);
        for parameter in all {
            let name = format!("{} `{}`", parameter.location, parameter.name);
            if carried.parameters.contains(&(parameter.location.clone(), parameter.name.clone())) {
                operation.parameters.push(parameter);
            } else if operation.fixed.has(&parameter) {
                // It is no choice, and looked for in every request.
            } else if operation.is_credential(&parameter) {
                leave(name, "is a credential of a security scheme");
            } else {
                faults.push(fault("census/parameter", format!("{name} is declared but not generated")));
            }
        }
        let mut media = Vec::new();
        for (index, content) in operation.body.iter().flat_map(|body| body.content.iter().enumerate()) {
            if carried.body.contains(&content.media_type) {
                media.push(index);
            } else {
                leave(format!("request body `{}`", content.media_type), "the media type is not generated");
            }
        }
        if media.is_empty() && operation.body.as_ref().is_some_and(|body| !body.content.is_empty()) {
            faults.push(fault("census/body", "the request body is not generated"));
        }
        let targets = targets(&operation, carried, &mut leave, &mut faults);
        for response in &mut operation.responses {
            let names = carried.headers.get(&response.status);
            response.headers.retain(|header| names.is_some_and(|names| names.contains(&header.name)));
        }
        (Self { operation, media, targets, twins: Vec::new() }, faults)
    }

    /// The representations of the request body that are generated.
    pub fn request_content(&self) -> impl Iterator<Item = &Media<'a>> {
        let content = self.operation.body.as_ref().map(|body| body.content.as_slice()).unwrap_or_default();
        self.media.iter().filter_map(|index| content.get(*index))
    }

    /// The representation of the body of a request, which says its media type beside it.
    pub fn request_media(&self, request: &Value) -> Option<&Media<'a>> {
        let media_type = request.get("media")?.as_str()?;
        self.request_content().find(|media| media.media_type == media_type)
    }

    /// The representation of an answer's body.
    pub fn answer_media(&self, answer: &Answer) -> Option<&Media<'a>> {
        let response = self.operation.responses.iter().find(|response| response.status == answer.declared)?;
        response.content.get(answer.media?)
    }

    /// The headers that an answer may have.
    pub fn answer_headers(&self, answer: &Answer) -> &[Parameter<'a>] {
        let response = self.operation.responses.iter().find(|response| response.status == answer.declared);
        response.map(|response| response.headers.as_slice()).unwrap_or_default()
    }

    /// The response of a target, and the representation.
    pub fn target(&self, target: &Target) -> Option<(&Response<'a>, Option<&Media<'a>>)> {
        let response = self.operation.responses.get(target.response)?;
        Some((response, target.media.and_then(|index| response.content.get(index))))
    }
}

/// What the server can answer.
fn targets(operation: &Operation<'_>, carried: &Carried, leave: &mut dyn FnMut(String, &str), faults: &mut Vec<Fault>) -> Vec<Target> {
    let documented: BTreeSet<&str> = operation.responses.iter().map(|response| response.status.as_str()).collect();
    let only_default = !operation.responses.iter().any(|response| response.status.starts_with(['2', '3']));
    let mut targets = Vec::new();
    for (index, response) in operation.responses.iter().enumerate() {
        let status = &response.status;
        for header in &response.headers {
            if !carried.headers.get(status).is_some_and(|names| names.contains(&header.name)) {
                leave(format!("{status} header `{}`", header.name), "the header is not generated");
            }
        }
        let Some(carried) = carried.responses.get(status) else {
            faults.push(fault("census/status", format!("{status} is documented but not generated")));
            continue;
        };
        let statuses = statuses(status, &documented, only_default);
        if statuses.is_empty() {
            leave(status.clone(), "no answer can have this status");
            continue;
        }
        let bodiless = operation.method == "HEAD" || statuses.iter().all(|status| matches!(status, 204 | 205 | 304));
        if bodiless && !carried.is_empty() {
            leave(status.clone(), "it is documented with a body that HTTP cannot carry");
            continue;
        }
        let mut chosen = Vec::new();
        for (index, content) in response.content.iter().enumerate() {
            let name = format!("{status} `{}`", content.media_type);
            if bodiless {
                leave(name, "an answer like this has no body (RFC 9110)");
            } else if carried.contains(&content.media_type) {
                chosen.push(Some(index));
            } else {
                leave(name, "the media type is not generated");
            }
        }
        if chosen.is_empty() && !bodiless && !response.content.is_empty() {
            faults.push(fault("census/body", format!("the body of {status} is not generated")));
            continue;
        }
        if chosen.is_empty() {
            chosen.push(None);
        }
        targets.extend(chosen.into_iter().map(|media| Target { response: index, media, statuses: statuses.clone() }));
    }
    targets
}

/// Statuses that a documented one stands for. Those of a range must not be documented on their own, those of `default`
/// neither so nor by their range.
fn statuses(status: &str, documented: &BTreeSet<&str>, only_default: bool) -> Vec<u16> {
    if let Ok(code) = status.parse::<u16>() {
        return if (200..=599).contains(&code) { vec![code] } else { Vec::new() };
    }
    let wanted: Vec<u16> = match status {
        "default" if only_default => vec![200, 418, 503],
        "default" => vec![418, 503, 307],
        range => match range.chars().next().and_then(|digit| digit.to_digit(10)).and_then(|digit| u16::try_from(digit).ok()) {
            Some(class @ 2..=5) => [0, 18, 51, 99].iter().map(|rest| class * 100 + rest).collect(),
            _ => Vec::new(),
        },
    };
    let ranged = |code: &u16| status == "default" && documented.contains(format!("{}XX", code / 100).as_str());
    wanted.into_iter().filter(|code| !documented.contains(code.to_string().as_str()) && !ranged(code)).take(3).collect()
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::super::operations::operations;
    use super::super::refs::Tree;
    use super::*;

    pub fn document() -> Value {
        json!({"security": [{"token": []}], "paths": {"/things/{id}": {"post": {
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}, {"name": "q", "in": "query", "schema": {"type": "integer"}},
                {"name": "X-Key", "in": "header", "schema": {"type": "string"}}, {"name": "gone", "in": "query", "schema": {}}],
            "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}, "text/plain": {}}},
            "responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}, "headers": {"ETag": {"schema": {"type": "string"}}}}, "204": {"headers": {"X-Left": {"schema": {}}}},
                "4XX": {"content": {"application/json": {}, "application/xml": {}}}, "404": {}, "default": {}},
        }}}, "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}})
    }

    pub fn carried() -> Carried {
        let json = || vec!["application/json".to_owned()];
        Carried {
            parameters: [("path", "id"), ("query", "q"), ("header", "X-Key")].map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
            body: json(),
            responses: [("200", json()), ("204", Vec::new()), ("4XX", json()), ("404", Vec::new())].map(|(a, b)| (a.to_owned(), b)).into(),
            headers: BTreeMap::from([("200".to_owned(), BTreeSet::from(["ETag".to_owned()]))]),
        }
    }

    #[test]
    fn what_is_missing_is_said() {
        let document = document();
        let operation = operations(Tree::new(&document)).remove(0);
        let mut left_out = Vec::new();
        let (exercise, faults) = Exercise::new(operation, &carried(), &mut left_out);
        let faults: Vec<_> = faults.iter().map(|fault| (fault.check, fault.message.as_str())).collect();
        assert_eq!(
            faults,
            [
                ("census/parameter", "query `gone` is declared but not generated"),
                ("census/status", "default is documented but not generated")
            ]
        );
        let left_out: Vec<_> = left_out.iter().map(|left| left.what.replace("POST /things/{id} ", "")).collect();
        assert_eq!(left_out, ["request body `text/plain`", "204 header `X-Left`", "4XX `application/xml`"]);
        let statuses: Vec<_> = exercise.targets.iter().map(|target| target.statuses.clone()).collect();
        assert_eq!(statuses, [vec![200], vec![204], vec![400, 418, 451], vec![404]]);
    }
}
