//! What a mock answers: for every operation all its documented answers, the document's own examples first.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::super::Subject;
use super::super::bench::answer_json;
use super::super::oracle::bodies;
use super::super::oracle::cases::{Answer, Case, CaseMaker, Wanted};
use super::super::oracle::examples::Collector;
use super::super::oracle::exercise::{Exercise, Target};
use super::super::oracle::operations::{self, Kind, Media, Parameter};
use super::super::oracle::refs::{Node, Tree};
use super::super::oracle::schema::{Direction, Schemas};
use super::super::run::carried_operations;

/// `METHOD /path` to a list of answers, successes first: each as the driver reads it, with the name of its `example` if it
/// has one.
pub fn answers(subject: Subject<'_>, seed: u64) -> Value {
    let tree = Tree::new(subject.tree);
    let schemas = Schemas::new(tree);
    let carried = carried_operations(subject.api);
    let mut answers = Map::new();
    for operation in operations::operations(tree) {
        let Some(carried) = carried.get(&operation.key) else { continue };
        let (exercise, _) = Exercise::new(operation, carried, &mut Vec::new());
        let (nobody, mut ignored) = (BTreeMap::new(), Vec::new());
        let cases = CaseMaker::new(&exercise, &schemas, tree, seed, 1, &nobody).cases(&mut ignored);
        let mut made: Vec<(u16, Value)> =
            exercise.targets.iter().flat_map(|target| of_target(&exercise, target, &cases, tree, &schemas)).collect();
        made.sort_by_key(|(status, _)| (!(200..300).contains(status), *status >= 400));
        answers.insert(exercise.operation.key.clone(), made.into_iter().map(|(_, answer)| answer).collect());
    }
    Value::Object(answers)
}

/// The answers of one status and media type: one for each example, or one that is composed or made up.
fn of_target<'a>(exercise: &Exercise<'a>, target: &Target, cases: &[Case], tree: Tree<'a>, schemas: &Schemas<'a>) -> Vec<(u16, Value)> {
    let Some((response, media)) = exercise.target(target) else { return Vec::new() };
    let made = cases.iter().find_map(|case| match &case.wanted {
        Wanted::Answer(answer) if answer.declared == response.status && answer.media == target.media => Some(answer.clone()),
        _ => None,
    });
    let Some(mut answer) = made else { return Vec::new() };
    let mut collector = Collector::new(tree, schemas, Direction::Response);
    for header in &response.headers {
        put_header(&mut collector, header, &mut answer);
    }
    let status = answer.status;
    let Some(media) = media else { return vec![(status, answer_json(&answer))] };
    let mut found: Vec<(u16, Value)> = Vec::new();
    for (example, name) in media.examples.iter().zip(&media.example_names) {
        let Some(body) = example_body(&mut collector, media, example) else { continue };
        let mut value = answer_json(&Answer { body: Some(body), ..answer.clone() });
        if let Some(members) = value.as_object_mut().filter(|_| !name.is_empty()) {
            members.insert("example".to_owned(), json!(name));
        }
        found.push((status, value));
    }
    if found.is_empty() {
        answer.body = telling(&mut collector, media).or(answer.body);
        found.push((status, answer_json(&answer)));
    }
    found
}

fn put_header<'a>(collector: &mut Collector<'_, 'a>, header: &Parameter<'a>, answer: &mut Answer) {
    let example = collector.collect(Some(&header.schema), &header.examples).into_iter().next();
    if let (Some(value), Some(example)) = (answer.headers.get_mut(&header.name), example) {
        *value = example.value;
    }
}

/// An example as the body of an answer, if it is one.
fn example_body<'a>(collector: &mut Collector<'_, 'a>, media: &Media<'a>, example: &Node<'a>) -> Option<Value> {
    match media.kind {
        // What is written there is what the bytes say.
        Kind::Bytes | Kind::Range => example.value.as_str().map(|text| json!(STANDARD.encode(text))),
        Kind::Text if bodies::judged(collector.tree(), media).is_none() => Some(example.value.clone()).filter(Value::is_string),
        Kind::Events | Kind::Lines | Kind::Records => None,
        Kind::Json | Kind::Text | Kind::Fields | Kind::Form | Kind::Xml => match &media.schema {
            Some(schema) => collector.checked(schema, example).map(|example| example.value),
            None => Some(example.value.clone()),
        },
    }
}

/// A body that reads like a real one, as far as the document says what that is.
fn telling<'a>(collector: &mut Collector<'_, 'a>, media: &Media<'a>) -> Option<Value> {
    match media.kind {
        Kind::Json => {
            let composed = media.schema.as_ref().and_then(|schema| collector.telling(schema));
            composed.or_else(|| collector.of_body(media).into_iter().next().map(|example| example.value))
        }
        Kind::Text | Kind::Fields | Kind::Form | Kind::Xml => collector.of_body(media).into_iter().next().map(|example| example.value),
        Kind::Bytes | Kind::Range | Kind::Events | Kind::Lines | Kind::Records => None,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::generate::{Config, analyse};
    use crate::source::Memory;

    const DOCUMENT: &str = r##"openapi: 3.0.3
info: { title: Lamps, version: "1" }
paths:
  /lamps/{id}:
    get:
      operationId: getLamp
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        "404":
          description: Nothing.
          content: { application/json: { schema: { type: object, properties: { why: { type: string } } }, example: { why: gone } } }
        "200":
          description: A lamp.
          headers: { X-Lamps: { schema: { type: integer }, example: 12 } }
          content:
            application/json:
              schema: { $ref: "#/components/schemas/Lamp" }
              examples:
                hall: { value: { name: Hall, on: true } }
                wrong: { value: { name: 7 } }
                cellar: { $ref: "#/components/examples/dark" }
            text/csv: { schema: { type: string }, example: "Hall;on" }
        default: { description: Else., content: { application/json: { schema: { $ref: "#/components/schemas/Lamp" } } } }
components:
  examples: { dark: { value: { on: false } } }
  schemas:
    Lamp: { type: object, required: [on], properties: { on: { type: boolean }, name: { type: string, example: Attic } } }
"##;

    #[test]
    fn every_example_is_an_answer_and_the_rest_is_composed() {
        let config = Config::new(["lamps.yaml"], crate::emit::Options::modules(crate::emit::Parts::default()));
        let outcome = analyse(&Memory::from_iter([("lamps.yaml", DOCUMENT)]), &config);
        let (written, excluded) = (Vec::new(), BTreeSet::new());
        let (api, tree) = (outcome.api.as_ref().unwrap(), outcome.tree.as_ref().unwrap());
        let found = answers(Subject { api, tree, written: &written, excluded: &excluded, refused: &[] }, 1);
        let found = found["GET /lamps/{id}"].as_array().unwrap();
        let shown: Vec<_> = found.iter().map(|it| (it["declared"].as_str().unwrap(), it["example"].as_str(), it["body"].clone())).collect();
        assert_eq!(
            shown,
            [
                ("200", Some("hall"), json!({"name": "Hall", "on": true})),
                ("200", Some("cellar"), json!({"on": false})),
                ("200", None, json!("Hall;on")),
                ("404", None, json!({"why": "gone"})),
                ("default", None, json!({"on": true, "name": "Attic"})),
            ]
        );
        assert!(found[..3].iter().all(|answer| answer["headers"]["X-Lamps"] == json!(12)), "{found:?}");
    }
}
