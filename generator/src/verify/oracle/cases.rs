//! The cases of one operation: requests and responses to send, with what must come of them.

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::alike;
use super::bodies;
use super::exercise::{Exercise, LeftOut, Target};
use super::operations::{Media, Parameter};
use super::possible::{IMPOSSIBLE, impossible};
use super::random::Random;
use super::refs::{Node, Tree};
use super::scalars::Place;
use super::schema::{Direction, Schemas};
use super::values::Maker;

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

/// As JSON, a parameter is no longer than this in bytes: clients and servers take some ten thousand for an address.
const LONGEST: usize = 8_000;

/// What must come of a case.
// Nearly all of them are answers.
#[allow(clippy::large_enum_variant)]
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
    /// Declared headers: name to value.
    pub headers: Map<String, Value>,
}

/// Makes the cases of an exercise.
pub struct CaseMaker<'c, 'a> {
    exercise: &'c Exercise<'a>,
    schemas: &'c Schemas<'a>,
    tree: Tree<'a>,
    seed: u64,
    count: usize,
    secrets: &'c BTreeMap<String, String>,
    /// How many requests had a body: they take turns through its media types.
    bodies: Cell<usize>,
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
        Self { exercise, schemas, tree, seed, count, secrets, bodies: Cell::default() }
    }

    fn maker(&self, direction: Direction, about: &str) -> Maker<'a> {
        Maker::new(self.tree, direction, Random::new(self.seed, &format!("{} {about}", self.exercise.operation.key)))
    }

    /// All cases. What no value can be made for is left out.
    pub fn cases(&self, left_out: &mut Vec<LeftOut>) -> Vec<Case> {
        let key = &self.exercise.operation.key;
        let mut requests = self.maker(Direction::Request, "request");
        let Some(first) = self.request(&mut requests) else {
            let required = self.exercise.operation.parameters.iter().filter(|parameter| parameter.required);
            let parameters = required.map(|parameter| &parameter.schema);
            let schemas = parameters.chain(self.exercise.request_content().filter_map(|media| media.schema.as_ref()));
            left_out.push(LeftOut { what: key.clone(), why: self.reason(schemas, Direction::Request) });
            return Vec::new();
        };
        let mut cases = self.extra(&first);
        let alternatives = self.alternatives(left_out);
        // Where no alternative can be carried, nobody gets in: that much can be tried, and nothing is proven by it.
        if alternatives.is_empty() && !self.exercise.operation.security.is_empty() {
            left_out.push(LeftOut { what: key.clone(), why: IMPOSSIBLE.to_owned() });
            cases.retain(|case| case.wanted == Wanted::Unauthorized);
            return cases;
        }
        for target in &self.exercise.targets {
            self.answers(target, &mut requests, &alternatives, &mut cases, left_out);
        }
        // Few cases and an optional body may have left out a media type.
        let sent = |media: &Media<'_>, cases: &[Case]| {
            cases.iter().any(|case| case.request.get("media").and_then(Value::as_str) == Some(&media.media_type))
        };
        for media in self.exercise.request_content() {
            for attempt in 0..64 {
                if sent(media, &cases) || attempt == 63 {
                    break;
                }
                let (Some(request), Some(like)) = (self.request(&mut requests), cases.last().cloned()) else { break };
                cases.push(Case { request, ..like });
            }
        }
        cases
    }

    /// The cases of one answer.
    fn answers(
        &self,
        target: &Target,
        requests: &mut Maker<'a>,
        alternatives: &[BTreeMap<String, String>],
        cases: &mut Vec<Case>,
        left_out: &mut Vec<LeftOut>,
    ) {
        let Some((response, media)) = self.exercise.target(target) else { return };
        let media_type = media.map(|media| media.media_type.clone());
        let name = media_type.iter().fold(response.status.clone(), |status, media_type| format!("{status} `{media_type}`"));
        let mut bodies = self.maker(Direction::Response, &name);
        let mut number = 0;
        // Beyond the wanted number only what has not been shown yet is worth a case.
        while number < self.count || ((bodies.has_more() || requests.has_more()) && number < self.count * 4) {
            let body = media.map(|media| bodies::body(self.schemas, &mut bodies, media, Direction::Response, "body"));
            if body == Some(None) {
                let why = self.reason(media.and_then(|media| media.schema.as_ref()), Direction::Response);
                left_out.push(LeftOut { what: format!("{} {name}", self.exercise.operation.key), why });
                break;
            }
            let Some(request) = self.request(requests) else { break };
            let status = target.statuses.get(number % target.statuses.len().max(1)).copied().unwrap_or_default();
            let Some(headers) = self.headers(&mut bodies, &response.headers) else {
                let why = self.reason(response.headers.iter().map(|header| &header.schema), Direction::Response);
                left_out.push(LeftOut { what: format!("{} {name}", self.exercise.operation.key), why });
                break;
            };
            let (declared, media_type) = (response.status.clone(), media_type.clone());
            let answer = Answer { declared, status, media: target.media, media_type, body: body.flatten(), headers };
            let credentials = alternatives.get(cases.len() % alternatives.len().max(1)).cloned().unwrap_or_default();
            cases.push(Case { request, credentials, wanted: Wanted::Answer(answer) });
            number += 1;
        }
    }

    /// Why no value could be made.
    fn reason<'n>(&self, schemas: impl IntoIterator<Item = &'n Node<'a>>, direction: Direction) -> String
    where
        'a: 'n,
    {
        let schemas: Vec<&Node<'a>> = schemas.into_iter().collect();
        if schemas.iter().any(|schema| impossible(self.tree, schema.value, direction)) {
            return IMPOSSIBLE.to_owned();
        }
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
                let mut missing = good.clone();
                missing.remove(id);
                // What is left may be all that another alternative asks for.
                if operation.security.iter().any(|alternative| alternative.iter().all(|scheme| missing.contains_key(&scheme.id))) {
                    continue;
                }
                let mut wrong = good.clone();
                wrong.insert(id.clone(), if secret.contains(':') { "wrong:wrong".to_owned() } else { "wrong".to_owned() });
                cases.push(case(request.clone(), &wrong, Wanted::Unauthorized));
                if good.len() > 1 {
                    cases.push(case(request.clone(), &missing, Wanted::Unauthorized));
                }
            }
        }
        if !operation.responses.iter().any(|response| matches!(response.status.as_str(), "default" | "4XX" | "451")) {
            cases.push(case(request.clone(), &good, Wanted::Undocumented(451)));
        }
        for parameter in &operation.parameters {
            for text in unsendable(self.tree, &operation.path, parameter) {
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
            // A client that is told nothing still says who it is.
            let required = parameter.required || parameter.name.eq_ignore_ascii_case("user-agent");
            if !required && !maker.present(&name) {
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
        let content: Vec<_> = self.exercise.request_content().collect();
        if let (Some(body), false) = (&self.exercise.operation.body, content.is_empty())
            && (body.required || maker.present("body"))
        {
            let number = self.bodies.replace(self.bodies.get() + 1) % content.len();
            let media = content.get(number)?;
            let value = bodies::body(self.schemas, maker, media, Direction::Request, &format!("body {number}"));
            // A body that demands itself without end has no value; where it is optional, the rest goes without.
            if value.is_none() && body.required {
                return None;
            }
            if let Some(value) = value.filter(|value| body.required || !bodies::is_empty(media, value)) {
                let members = request.as_object_mut()?;
                members.insert("media".to_owned(), json!(media.media_type));
                members.insert("body".to_owned(), value);
            }
        }
        Some(request)
    }

    /// Values for declared headers, where there are any that can be carried.
    fn headers(&self, maker: &mut Maker<'a>, declared: &[Parameter<'a>]) -> Option<Map<String, Value>> {
        let mut headers = Map::new();
        for header in declared {
            let name = format!("header:{}", header.name);
            // A server that sends no date has it added.
            let required = header.required || header.name.eq_ignore_ascii_case("date");
            if !required && !maker.present(&name) {
                continue;
            }
            match self.parameter(maker, header, &name) {
                Some(value) => drop(headers.insert(header.name.clone(), value)),
                None if header.required => return None,
                None => {}
            }
        }
        Some(headers)
    }

    fn parameter(&self, maker: &mut Maker<'a>, parameter: &Parameter<'a>, name: &str) -> Option<Value> {
        let place = match parameter.location.as_str() {
            "path" => Place::Path,
            "header" => Place::Header,
            "cookie" => Place::Cookie,
            _ if parameter.explode || parameter.style == "deepObject" => Place::Query,
            _ => Place::Joined,
        };
        let place = if parameter.style == "json" && parameter.location == "query" { Place::Body } else { place };
        let company = if place == Place::Path { Company::of(&self.exercise.operation.path, &parameter.name) } else { None };
        let make = |maker: &mut Maker<'a>, direction| {
            maker.towards(direction);
            valid(maker, |maker| {
                let mut value = maker.named(name, parameter.schema.value, place)?;
                if parameter.style == "deepObject" {
                    prune(&mut value);
                }
                if company.as_ref().is_some_and(|company| !company.leaves(parameter, &mut value)) {
                    return Some(None);
                }
                // What was in brackets may all be gone by now.
                let empty = value.as_object().is_some_and(Map::is_empty) || value.as_array().is_some_and(Vec::is_empty);
                let nothing = empty && parameter.style != "json";
                let fits = value.to_string().len() <= LONGEST && self.schemas.faults(&parameter.schema, direction, &value).is_empty();
                let is_text = !matches!(parameter.style.as_str(), "json" | "deepObject");
                let joined = !(parameter.explode && parameter.style == "form");
                let alone = !is_text || alike::is_read_back(self.schemas, &parameter.schema, direction, &value, joined);
                Some((!nothing && fits && alone).then_some(value))
            })
        };
        let own = maker.direction();
        let made = make(maker, own);
        if made.is_some() || !parameter.required {
            return made;
        }
        // Where all of an object is `readOnly`, which should not be sent, there is no parameter without it.
        let made = make(maker, own.other());
        maker.towards(own);
        made
    }
}

/// Tries a few times to make a value that fits its schema: `not`, and bounds that only hold together, are not aimed at.
/// What no value fits may be one of many optional parts: then fewer and fewer of them are made.
pub(super) fn valid<'a>(maker: &mut Maker<'a>, mut make: impl FnMut(&mut Maker<'a>) -> Option<Option<Value>>) -> Option<Value> {
    for thinned in [None, Some(20), Some(0)] {
        maker.thin(thinned);
        for _ in 0..8 {
            let made = make(maker);
            if let Some(Some(value)) = made {
                maker.thin(None);
                return Some(value);
            }
            if made.is_none() {
                break;
            }
        }
    }
    maker.thin(None);
    None
}

/// What stands beside a path parameter in its segment.
struct Company<'t> {
    /// Text between the parameters of the segment.
    separators: Vec<&'t str>,
    /// Whether nothing stands between it and the one before.
    follows: bool,
}

impl<'t> Company<'t> {
    /// The company of a parameter, if there is another one in its segment.
    fn of(template: &'t str, name: &str) -> Option<Self> {
        let is = |text: &str| text == name || text.strip_prefix('+') == Some(name);
        let segment = template.split('/').find(|segment| segment.split('{').any(|part| part.split('}').next().is_some_and(is)))?;
        let parts: Vec<(&str, &str)> = segment.split('{').skip(1).filter_map(|part| part.split_once('}')).collect();
        let (_, between) = parts.split_last().filter(|(_, between)| !between.is_empty())?;
        let follows = parts.windows(2).any(|pair| matches!(pair, [(_, ""), (second, _)] if is(second)));
        Some(Self { separators: between.iter().map(|(_, behind)| *behind).filter(|text| !text.is_empty()).collect(), follows })
    }

    /// Whether a value can be told from what stands beside it. A text that follows another parameter at once can only
    /// have one character, unless the document names the texts that it may be.
    fn leaves(&self, parameter: &Parameter<'_>, value: &mut Value) -> bool {
        let named = parameter.schema.value.get("enum").is_some();
        if self.follows && !named {
            *value = if value.is_string() { json!("x") } else { json!(7) };
        }
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        !self.separators.iter().any(|separator| text.contains(separator))
    }
}

/// Takes out what no name with brackets stands for: empty lists and objects.
pub(super) fn prune(value: &mut Value) {
    let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty) || value.as_object().is_some_and(Map::is_empty);
    match value {
        Value::Array(items) => {
            items.iter_mut().for_each(prune);
            items.retain(|item| !empty(item));
        }
        Value::Object(members) => {
            members.values_mut().for_each(prune);
            members.retain(|_, member| !empty(member));
        }
        _ => {}
    }
}

/// Texts just beyond the border of what a place can carry.
fn unsendable(tree: Tree<'_>, template: &str, parameter: &Parameter<'_>) -> &'static [&'static str] {
    let Some(shape) = super::shape::Shape::of(tree, parameter.schema.value) else { return &[] };
    let free = shape.kind() == Some("string") && ["enum", "format", "pattern"].iter().all(|keyword| shape.get(keyword).is_none());
    match (free, parameter.style.as_str(), parameter.location.as_str()) {
        (true, "simple", "path") if template.contains(&format!("{{+{}}}", parameter.name)) => &["", "a/../b", "a//b"],
        (true, "simple", "path") if template.split('/').any(|segment| segment == format!("{{{}}}", parameter.name)) => &["", ".", ".."],
        (true, "simple", "path") => &[""],
        (true, "simple", "header") => &["line\r\nbreak", " lead", "nul\0"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::super::exercise::tests::{carried, document};
    use super::super::operations::operations;
    use super::*;

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
        let headers = |case: &Case| matches!(&case.wanted, Wanted::Answer(answer) if answer.headers.contains_key("ETag"));
        assert!(cases.iter().any(headers) && !cases.iter().all(headers));
        let again = CaseMaker::new(&exercise, &schemas, tree, 1, 32, &secrets).cases(&mut left_out);
        assert_eq!(cases, again);
    }

    #[test]
    fn an_optional_part_that_nothing_fits_is_left_out() {
        let document = json!({"schema": {"type": "object", "required": ["b"], "properties": {
            "a": {"type": "object", "enum": ["text"]}, "b": {"type": "integer"}, "c": {"type": "string", "minLength": 2}}}});
        let tree = Tree::new(&document);
        let (schemas, node) = (Schemas::new(tree), tree.at("/schema").unwrap());
        let mut maker = Maker::new(tree, Direction::Request, Random::new(1, ""));
        let made: Vec<Value> = (0..16)
            .filter_map(|_| {
                valid(&mut maker, |maker| {
                    let value = maker.named("body", node.value, Place::Body)?;
                    Some(schemas.faults(&node, Direction::Request, &value).is_empty().then_some(value))
                })
            })
            .collect();
        assert_eq!(made.len(), 16);
        assert!(made.iter().any(|value| value.get("c").is_some()), "{made:?}");
        assert!(made.iter().all(|value| value.get("a").is_none()), "{made:?}");
    }
}
