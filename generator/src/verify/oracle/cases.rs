//! The cases of one operation: requests and responses to send, with what must come of them.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use serde_json::{Map, Value, json};

use super::form;
use super::judge::{Fault, fault};
use super::operations::{Media, Operation, Parameter};
use super::random::Random;
use super::refs::{Node, Tree};
use super::scalars::Place;
use super::schema::{Direction, Schemas};
use super::values::Maker;

/// What the generator says of one operation; everything else is left out or a fault.
#[derive(Debug, Clone, Default)]
pub struct Carried {
    /// Location and name of each parameter.
    pub parameters: BTreeSet<(String, String)>,
    /// Media types of the request body.
    pub body: Vec<String>,
    /// Status (`200`, `4XX`, `default`) to media types, none for a response without a body.
    pub responses: BTreeMap<String, Vec<String>>,
    /// Statuses whose headers are carried.
    pub headers: BTreeSet<String>,
}

/// Something that the document has and that is not exercised, with the reason.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// The operation and the part of it.
    pub what: String,
    /// Why.
    pub why: String,
}

/// One exchange to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Case {
    /// `path`, `query`, `header` and `cookie` (name to value), and `body` with its `media` type.
    pub request: Value,
    /// Scheme to credential.
    pub credentials: BTreeMap<String, String>,
    /// What must come of it.
    pub wanted: Wanted,
}

/// What must come of a case.
#[derive(Debug, Clone, PartialEq)]
pub enum Wanted {
    /// The server answers so, and the client understands it so.
    Answer(Answer),
    /// The server refuses with a status that the document does not know; the client keeps it whole.
    Undocumented(u16),
    /// 401, and nobody handles the request.
    Unauthorized,
    /// The value lies outside what can be carried: the client says so and sends nothing.
    Unsendable,
}

/// A documented answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// As in the document: `200`, `4XX`, `default`.
    pub declared: String,
    /// On the wire.
    pub status: u16,
    /// Index into the response's content; `None` for no body.
    pub media: Option<usize>,
    /// The media type as the document writes it.
    pub media_type: Option<String>,
    /// The body.
    pub body: Option<Value>,
    /// Declared headers by name, as text.
    pub headers: BTreeMap<String, String>,
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
    /// Index into the request body's content.
    pub media: Option<usize>,
    /// What the server can answer.
    pub targets: Vec<Target>,
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
            } else if operation.is_credential(&parameter) {
                leave(name, "is a credential of a security scheme");
            } else {
                faults.push(fault("census/parameter", format!("{name} is declared but not generated")));
            }
        }
        let mut media = None;
        for (index, content) in operation.body.iter().flat_map(|body| body.content.iter().enumerate()) {
            if media.is_none() && carried.body.contains(&content.media_type) {
                media = Some(index);
            } else {
                leave(format!("request body `{}`", content.media_type), "another media type of this body is generated");
            }
        }
        if media.is_none() && operation.body.as_ref().is_some_and(|body| !body.content.is_empty()) {
            faults.push(fault("census/body", "the request body is not generated"));
        }
        let documented: BTreeSet<u16> = operation.responses.iter().filter_map(|response| response.status.parse().ok()).collect();
        let only_default = !operation.responses.iter().any(|response| response.status.starts_with(['2', '3']));
        let mut targets = Vec::new();
        for (index, response) in operation.responses.iter().enumerate() {
            let status = &response.status;
            if !response.headers.is_empty() && !carried.headers.contains(status) {
                faults.push(fault("census/header", format!("the headers of {status} are not carried")));
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
            let mut chosen = None;
            for (index, content) in response.content.iter().enumerate() {
                let name = format!("{status} `{}`", content.media_type);
                match carried {
                    _ if bodiless => leave(name, "an answer like this has no body (RFC 9110)"),
                    carried if chosen.is_none() && carried.contains(&content.media_type) => chosen = Some(index),
                    _ => leave(name, "another media type of this response is generated"),
                }
            }
            if chosen.is_none() && !bodiless && !response.content.is_empty() {
                faults.push(fault("census/body", format!("the body of {status} is not generated")));
                continue;
            }
            if chosen.is_none() && !carried.is_empty() {
                leave(status.clone(), "it is documented with a body that HTTP cannot carry");
                continue;
            }
            targets.push(Target { response: index, media: chosen, statuses });
        }
        for response in operation.responses.iter_mut().filter(|response| !carried.headers.contains(&response.status)) {
            response.headers.clear();
        }
        (Self { operation, media, targets }, faults)
    }

    /// The representation of the request body.
    pub fn request_media(&self) -> Option<&Media<'a>> {
        self.operation.body.as_ref()?.content.get(self.media?)
    }

    /// The representation of an answer's body.
    pub fn answer_media(&self, answer: &Answer) -> Option<&Media<'a>> {
        let response = self.operation.responses.iter().find(|response| response.status == answer.declared)?;
        response.content.get(answer.media?)
    }
}

/// Statuses that a documented one stands for. Those of a range or of `default` must not be documented on their own.
fn statuses(status: &str, documented: &BTreeSet<u16>, only_default: bool) -> Vec<u16> {
    if let Ok(code) = status.parse::<u16>() {
        return if (200..=599).contains(&code) { vec![code] } else { Vec::new() };
    }
    let wanted: Vec<u16> = match status {
        "default" if only_default => vec![200, 418, 503],
        "default" => vec![418, 503],
        range => match range.chars().next().and_then(|digit| digit.to_digit(10)).and_then(|digit| u16::try_from(digit).ok()) {
            Some(class @ 2..=5) => [0, 18, 51, 99].iter().map(|rest| class * 100 + rest).collect(),
            _ => Vec::new(),
        },
    };
    wanted.into_iter().filter(|code| !documented.contains(code)).take(3).collect()
}

/// Makes the cases of an exercise.
pub struct CaseMaker<'c, 'a> {
    exercise: &'c Exercise<'a>,
    schemas: &'c Schemas<'a>,
    tree: Tree<'a>,
    seed: u64,
    count: usize,
    secrets: &'c BTreeMap<String, String>,
}

impl<'c, 'a> CaseMaker<'c, 'a> {
    /// `count` cases for the request and for each answer; `secrets` are the credentials that the server takes.
    pub fn new(
        exercise: &'c Exercise<'a>,
        schemas: &'c Schemas<'a>,
        tree: Tree<'a>,
        seed: u64,
        count: usize,
        secrets: &'c BTreeMap<String, String>,
    ) -> Self {
        Self { exercise, schemas, tree, seed, count, secrets }
    }

    fn maker(&self, direction: Direction, about: &str) -> Maker<'a> {
        Maker::new(self.tree, direction, Random::new(self.seed, &format!("{} {about}", self.exercise.operation.key)))
    }

    /// All cases. What no value can be made for is left out.
    pub fn cases(&self, left_out: &mut Vec<LeftOut>) -> Vec<Case> {
        let key = &self.exercise.operation.key;
        let mut requests = self.maker(Direction::Request, "request");
        let Some(first) = self.request(&mut requests) else {
            let parameters = self.exercise.operation.parameters.iter().map(|parameter| &parameter.schema);
            let schemas = parameters.chain(self.exercise.request_media().and_then(|media| media.schema.as_ref()));
            left_out.push(LeftOut { what: key.clone(), why: self.reason(schemas, Direction::Request) });
            return Vec::new();
        };
        let mut cases = self.extra(&first);
        let alternatives = self.alternatives(left_out);
        for target in &self.exercise.targets {
            let Some(response) = self.exercise.operation.responses.get(target.response) else { continue };
            let media = target.media.and_then(|index| response.content.get(index));
            let mut bodies = self.maker(Direction::Response, &response.status);
            let mut number = 0;
            // Beyond the wanted number only what has not been shown yet is worth a case.
            while number < self.count || ((bodies.has_more() || requests.has_more()) && number < self.count * 4) {
                let body = media.map(|media| self.body(&mut bodies, media, Direction::Response, "body"));
                if body == Some(None) {
                    let why = self.reason(media.and_then(|media| media.schema.as_ref()), Direction::Response);
                    left_out.push(LeftOut { what: format!("{key} {}", response.status), why });
                    break;
                }
                let Some(request) = self.request(&mut requests) else { break };
                let status = target.statuses.get(number % target.statuses.len().max(1)).copied().unwrap_or_default();
                let headers = self.headers(&mut bodies, &response.headers);
                let answer = Answer {
                    declared: response.status.clone(),
                    status,
                    media: target.media,
                    media_type: media.map(|media| media.media_type.clone()),
                    body: body.flatten(),
                    headers,
                };
                let credentials = alternatives.get(cases.len() % alternatives.len().max(1)).cloned().unwrap_or_default();
                cases.push(Case { request, credentials, wanted: Wanted::Answer(answer) });
                number += 1;
            }
        }
        cases
    }

    /// Why no value could be made.
    fn reason<'n>(&self, schemas: impl IntoIterator<Item = &'n Node<'a>>, direction: Direction) -> String
    where
        'a: 'n,
    {
        match schemas.into_iter().find_map(|schema| self.schemas.unusable(schema, direction)) {
            Some(reason) => format!("its schema cannot be judged: {reason}"),
            None => "no valid value can be made from its schema".to_owned(),
        }
    }

    /// The credentials of each alternative.
    fn alternatives(&self, left_out: &mut Vec<LeftOut>) -> Vec<BTreeMap<String, String>> {
        let mut found = Vec::new();
        for alternative in &self.exercise.operation.security {
            let authorizations = alternative.iter().filter(|scheme| scheme.is_authorization()).count();
            if authorizations > 1 {
                let ids: Vec<_> = alternative.iter().map(|scheme| scheme.id.as_str()).collect();
                let what = format!("{} security `{}`", self.exercise.operation.key, ids.join(" + "));
                left_out.push(LeftOut { what, why: "two credentials cannot share one Authorization header".to_owned() });
                continue;
            }
            let secret = |id: &String| Some((id.clone(), self.secrets.get(id)?.clone()));
            found.push(alternative.iter().filter_map(|scheme| secret(&scheme.id)).collect());
        }
        found
    }

    /// What must not pass, and what lies just beyond the border of what can be carried.
    fn extra(&self, request: &Value) -> Vec<Case> {
        let operation = &self.exercise.operation;
        let good = self.alternatives(&mut Vec::new()).into_iter().next().unwrap_or_default();
        let case =
            |request: Value, credentials: &BTreeMap<String, String>, wanted| Case { request, credentials: credentials.clone(), wanted };
        let mut cases = Vec::new();
        let open = operation.security.is_empty() || operation.security.iter().any(Vec::is_empty);
        if !open {
            cases.push(case(request.clone(), &BTreeMap::new(), Wanted::Unauthorized));
            for (id, secret) in &good {
                let mut wrong = good.clone();
                wrong.insert(id.clone(), if secret.contains(':') { "wrong:wrong".to_owned() } else { "wrong".to_owned() });
                cases.push(case(request.clone(), &wrong, Wanted::Unauthorized));
                let mut missing = good.clone();
                missing.remove(id);
                let met = operation.security.iter().any(|alternative| alternative.iter().all(|scheme| missing.contains_key(&scheme.id)));
                if good.len() > 1 && !met {
                    cases.push(case(request.clone(), &missing, Wanted::Unauthorized));
                }
            }
        }
        if !operation.responses.iter().any(|response| matches!(response.status.as_str(), "default" | "4XX" | "451")) {
            cases.push(case(request.clone(), &good, Wanted::Undocumented(451)));
        }
        for parameter in &operation.parameters {
            for text in unsendable(self.tree, parameter) {
                let mut request = request.clone();
                if let Some(slot) = request.get_mut(&parameter.location).and_then(Value::as_object_mut) {
                    slot.insert(parameter.name.clone(), json!(text));
                    cases.push(case(request, &good, Wanted::Unsendable));
                }
            }
        }
        cases
    }

    /// The next request.
    fn request(&self, maker: &mut Maker<'a>) -> Option<Value> {
        let mut request = json!({"path": {}, "query": {}, "header": {}, "cookie": {}});
        for parameter in &self.exercise.operation.parameters {
            let name = format!("{}:{}", parameter.location, parameter.name);
            if !parameter.required && !maker.present(&name) {
                continue;
            }
            match self.parameter(maker, parameter, &name) {
                Some(value) => {
                    if let Some(values) = request.get_mut(&parameter.location).and_then(Value::as_object_mut) {
                        values.insert(parameter.name.clone(), value);
                    }
                }
                None if parameter.required => return None,
                None => {}
            }
        }
        if let (Some(body), Some(media)) = (&self.exercise.operation.body, self.exercise.request_media())
            && (body.required || maker.present("body"))
        {
            let value = self.body(maker, media, Direction::Request, "body")?;
            // A body without a byte is no body.
            if body.required || value != json!("") || media.is_json() {
                let members = request.as_object_mut()?;
                members.insert("media".to_owned(), json!(media.media_type));
                members.insert("body".to_owned(), value);
            }
        }
        Some(request)
    }

    /// Text for declared headers, where there is any that can be carried.
    fn headers(&self, maker: &mut Maker<'a>, declared: &[Parameter<'a>]) -> BTreeMap<String, String> {
        let mut headers = BTreeMap::new();
        for header in declared {
            let name = format!("header:{}", header.name);
            if !header.required && !maker.present(&name) {
                continue;
            }
            let value = self.parameter(maker, header, &name);
            headers.extend(value.map(|value| (header.name.to_lowercase(), super::parameters::plain_text(header, &value))));
        }
        headers
    }

    fn parameter(&self, maker: &mut Maker<'a>, parameter: &Parameter<'a>, name: &str) -> Option<Value> {
        let place = match parameter.location.as_str() {
            "path" => Place::Path,
            "header" => Place::Header,
            "cookie" => Place::Cookie,
            _ => Place::Query,
        };
        let place = if parameter.style == "json" && place == Place::Query { Place::Body } else { place };
        valid(|| {
            let value = maker.named(name, parameter.schema.value, place)?;
            let nothing = value.as_object().is_some_and(Map::is_empty) && parameter.style != "json";
            Some((!nothing && self.schemas.faults(&parameter.schema, Direction::Request, &value).is_empty()).then_some(value))
        })
    }

    fn body(&self, maker: &mut Maker<'a>, media: &Media<'a>, direction: Direction, name: &str) -> Option<Value> {
        if !media.is_json() && !media.is_text() && !media.is_form() {
            let bytes: &[&[u8]] = &[b"\0\x01\xff bytes \r\n", b"", &[0xfe; 70_000], b"text"];
            let index = usize::from(maker.present(name)) + 2 * usize::from(maker.present("bytes"));
            return bytes.get(index).map(|bytes| json!(base64::engine::general_purpose::STANDARD.encode(bytes)));
        }
        let anything = Value::Bool(true);
        let text = json!({"type": "string"});
        // Text is a string whatever its schema says: some documents give `text/plain` the schema of what is written in it.
        let is_string =
            |schema: &&Node<'a>| super::shape::Shape::of(self.tree, schema.value).is_some_and(|shape| shape.kind() == Some("string"));
        let schema = media.schema.as_ref().filter(|schema| !media.is_text() || is_string(schema));
        let value = match schema {
            Some(schema) => schema.value,
            None if media.is_text() => &text,
            None => &anything,
        };
        valid(|| {
            let value = maker.named(name, value, if media.is_text() { Place::Text } else { Place::Body })?;
            let value = if media.is_form() { form::carriable(value) } else { value };
            let faults = schema.map(|schema| self.schemas.faults(schema, direction, &value)).unwrap_or_default();
            Some(faults.is_empty().then_some(value))
        })
    }
}

/// Tries a few times to make a value that fits its schema: `not`, and bounds that only hold together, are not aimed at.
fn valid(mut make: impl FnMut() -> Option<Option<Value>>) -> Option<Value> {
    for _ in 0..8 {
        if let Some(value) = make()? {
            return Some(value);
        }
    }
    None
}

/// Texts just beyond the border of what a place can carry.
fn unsendable(tree: Tree<'_>, parameter: &Parameter<'_>) -> &'static [&'static str] {
    let Some(shape) = super::shape::Shape::of(tree, parameter.schema.value) else { return &[] };
    let free = shape.kind() == Some("string") && ["enum", "format", "pattern"].iter().all(|keyword| shape.get(keyword).is_none());
    match (free, parameter.style.as_str(), parameter.location.as_str()) {
        (true, "simple", "path") => &["", ".", ".."],
        (true, "simple", "header") => &["line\r\nbreak", " lead", "nul\0"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::operations::operations;
    use super::*;

    fn document() -> Value {
        json!({"security": [{"token": []}], "paths": {"/things/{id}": {"post": {
            "parameters": [{"name": "id", "in": "path", "schema": {"type": "string"}}, {"name": "q", "in": "query", "schema": {"type": "integer"}},
                {"name": "X-Key", "in": "header", "schema": {"type": "string"}}, {"name": "gone", "in": "query", "schema": {}}],
            "requestBody": {"content": {"application/json": {"schema": {"type": "object", "properties": {"a": {"type": "string"}}}}, "text/plain": {}}},
            "responses": {"200": {"content": {"application/json": {"schema": {"type": "string"}}}, "headers": {"ETag": {"schema": {"type": "string"}}}}, "204": {"headers": {"X-Left": {"schema": {}}}},
                "4XX": {"content": {"application/json": {}, "application/xml": {}}}, "404": {}, "default": {}},
        }}}, "components": {"securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}}})
    }

    fn carried() -> Carried {
        let json = || vec!["application/json".to_owned()];
        Carried {
            parameters: [("path", "id"), ("query", "q"), ("header", "X-Key")].map(|(a, b)| (a.to_owned(), b.to_owned())).into(),
            body: json(),
            responses: [("200", json()), ("204", Vec::new()), ("4XX", json()), ("404", Vec::new())].map(|(a, b)| (a.to_owned(), b)).into(),
            headers: BTreeSet::from(["200".to_owned()]),
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
                ("census/header", "the headers of 204 are not carried"),
                ("census/status", "default is documented but not generated")
            ]
        );
        let left_out: Vec<_> = left_out.iter().map(|left| left.what.replace("POST /things/{id} ", "")).collect();
        assert_eq!(left_out, ["request body `text/plain`", "4XX `application/xml`"]);
        let statuses: Vec<_> = exercise.targets.iter().map(|target| target.statuses.clone()).collect();
        assert_eq!(statuses, [vec![200], vec![204], vec![400, 418, 451], vec![404]]);
    }

    #[test]
    fn cases_cover_answers_credentials_and_borders() {
        let document = document();
        let tree = Tree::new(&document);
        let schemas = Schemas::new(tree);
        let (exercise, _) = Exercise::new(operations(tree).remove(0), &carried(), &mut Vec::new());
        let secrets = BTreeMap::from([("token".to_owned(), "good".to_owned())]);
        let mut left_out = Vec::new();
        let cases = CaseMaker::new(&exercise, &schemas, tree, 1, 32, &secrets).cases(&mut left_out);
        assert_eq!(left_out, []);
        let count = |test: &dyn Fn(&Wanted) -> bool| cases.iter().filter(|case| test(&case.wanted)).count();
        for declared in ["200", "204", "4XX", "404"] {
            assert!(count(&|wanted| matches!(wanted, Wanted::Answer(answer) if answer.declared == declared)) >= 32, "{declared}");
        }
        assert_eq!(count(&|wanted| *wanted == Wanted::Unauthorized), 2);
        assert_eq!(count(&|wanted| *wanted == Wanted::Unsendable), 6);
        assert!(cases.iter().any(|case| case.request.get("body").is_none()) && cases.iter().any(|case| case.request["body"] == json!({})));
        let headers = |case: &Case| matches!(&case.wanted, Wanted::Answer(answer) if answer.headers.contains_key("etag"));
        assert!(cases.iter().any(headers) && !cases.iter().all(headers));
        let again = CaseMaker::new(&exercise, &schemas, tree, 1, 32, &secrets).cases(&mut left_out);
        assert_eq!(cases, again);
    }
}
