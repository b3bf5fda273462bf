//! The document's examples as questions to a driver: each inside a whole request or answer.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::bench::answer_json;
use super::oracle::cases::{Answer, Case, Wanted};
use super::oracle::examples::{Collector, Contradiction};
use super::oracle::exercise::Exercise;
use super::oracle::operations::{Kind, Media};
use super::oracle::refs::Tree;
use super::oracle::schema::{Direction, Schemas};

/// Where an example stands, whether it is in a `request` or an `answer`, and that.
pub type Check = (String, &'static str, Value);

/// All examples of an operation; `request` is a valid one, into which they are put, and answers get their headers from
/// those of `cases`.
pub fn checks<'a>(
    tree: Tree<'a>,
    schemas: &Schemas<'a>,
    exercise: &Exercise<'a>,
    request: &Value,
    cases: &[Case],
) -> (Vec<Check>, BTreeSet<Contradiction>) {
    let mut checks: Vec<Check> = Vec::new();
    let mut collector = Collector::new(tree, schemas, Direction::Request);
    for parameter in &exercise.operation.parameters {
        for example in collector.collect(Some(&parameter.schema), &parameter.examples) {
            let mut request = request.clone();
            if let Some(values) = request.get_mut(&parameter.location).and_then(Value::as_object_mut) {
                values.insert(parameter.name.clone(), example.value);
                checks.push((example.pointer, "request", request));
            }
        }
    }
    for media in exercise.request_content().filter(|media| is_readable(media)) {
        for example in collector.of_body(media) {
            let mut request = request.clone();
            if let Some(members) = request.as_object_mut() {
                members.insert("media".to_owned(), json!(media.media_type));
                members.insert("body".to_owned(), example.value);
                checks.push((example.pointer, "request", request));
            }
        }
    }
    let mut answers = Collector::new(tree, schemas, Direction::Response);
    for target in &exercise.targets {
        let Some((response, Some(media))) = exercise.target(target) else { continue };
        if !is_readable(media) {
            continue;
        }
        let status = target.statuses.first().copied().unwrap_or_default();
        let headers = cases.iter().find_map(|case| match &case.wanted {
            Wanted::Answer(answer) if answer.declared == response.status => Some(answer.headers.clone()),
            _ => None,
        });
        let Some(headers) = headers else { continue };
        for example in answers.of_body(media) {
            let answer = Answer {
                declared: response.status.clone(),
                status,
                media: target.media,
                media_type: Some(media.media_type.clone()),
                body: Some(example.value),
                headers: headers.clone(),
            };
            checks.push((example.pointer, "answer", answer_json(&answer)));
        }
    }
    collector.contradictions.extend(answers.contradictions);
    (checks, collector.contradictions)
}

/// Whether an example of it is a value; one of a form or of XML is often its text.
fn is_readable(media: &Media<'_>) -> bool {
    matches!(media.kind, Kind::Json | Kind::Text)
}
