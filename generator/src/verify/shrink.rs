//! Making a failing case smaller: parts are taken away one at a time as long as the case stays valid.

use serde_json::{Value, json};

use super::oracle::bodies;
use super::oracle::cases::{Case, Wanted};
use super::oracle::exercise::Exercise;
use super::oracle::operations::Kind;
use super::oracle::schema::{Direction, Schemas};

/// All cases that are this one without one part.
pub fn smaller<'a>(schemas: &Schemas<'a>, exercise: &Exercise<'a>, case: &Case) -> Vec<Case> {
    let mut found = Vec::new();
    for mut request in without_one(&case.request, 0) {
        // A body and its media type go together.
        if let Some(members) = request.as_object_mut().filter(|members| !members.contains_key("body")) {
            members.shift_remove("media");
        }
        if valid_request(schemas, exercise, &request) {
            found.push(Case { request, ..case.clone() });
        }
    }
    if let Wanted::Answer(answer) = &case.wanted {
        let media = exercise.answer_media(answer);
        for header in exercise.answer_headers(answer).iter().filter(|header| !header.required) {
            let mut fewer = answer.clone();
            if fewer.headers.shift_remove(&header.name).is_some() {
                found.push(Case { wanted: Wanted::Answer(fewer), ..case.clone() });
            }
        }
        for body in answer.body.iter().flat_map(|body| without_one(body, 0)) {
            if media.is_none_or(|media| bodies::faults(schemas, media, Direction::Response, &body).is_empty()) {
                let answer = super::oracle::cases::Answer { body: Some(body), ..answer.clone() };
                found.push(Case { wanted: Wanted::Answer(answer), ..case.clone() });
            }
        }
    }
    found
}

/// Every value that lacks one member or item of this one, the largest parts first, and plainer texts last.
fn without_one(value: &Value, depth: usize) -> Vec<Value> {
    let mut found = Vec::new();
    if depth > 16 {
        return found;
    }
    match value {
        Value::Object(members) => {
            for key in members.keys() {
                let mut fewer = members.clone();
                fewer.shift_remove(key);
                found.push(Value::Object(fewer));
            }
            for (key, member) in members {
                for part in without_one(member, depth + 1) {
                    let mut changed = members.clone();
                    changed.insert(key.clone(), part);
                    found.push(Value::Object(changed));
                }
            }
        }
        Value::Array(items) => {
            for index in 0..items.len() {
                let fewer = items.iter().enumerate().filter(|(other, _)| *other != index).map(|(_, item)| item.clone()).collect();
                found.push(Value::Array(fewer));
            }
            for (index, item) in items.iter().enumerate() {
                for part in without_one(item, depth + 1) {
                    let changed = items.iter().enumerate().map(|(other, item)| if other == index { part.clone() } else { item.clone() });
                    found.push(Value::Array(changed.collect()));
                }
            }
        }
        Value::String(text) if text.len() > 1 => found.push(json!("a")),
        Value::Number(number) if number.as_i64() != Some(1) => found.push(json!(1)),
        _ => {}
    }
    found
}

/// Whether there is an empty list or object in a value: in parameters and forms these are absent ones.
fn has_empty(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty() || items.iter().any(has_empty),
        Value::Object(members) => members.is_empty() || members.values().any(has_empty),
        _ => false,
    }
}

fn valid_request<'a>(schemas: &Schemas<'a>, exercise: &Exercise<'a>, request: &Value) -> bool {
    let locations = ["path", "query", "header", "cookie"];
    if locations.iter().any(|location| !request.get(location).is_some_and(Value::is_object)) {
        return false;
    }
    let parameters = exercise.operation.parameters.iter().all(|parameter| {
        let value = request.get(&parameter.location).and_then(|values| values.get(&parameter.name));
        !value.is_some_and(has_empty)
            && value.map_or(!parameter.required, |value| schemas.faults(&parameter.schema, Direction::Request, value).is_empty())
    });
    let media = exercise.request_media(request);
    let body = match (request.get("body"), &exercise.operation.body) {
        (Some(body), _) => media.is_some_and(|media| {
            let is_form = matches!(media.kind, Kind::Fields | Kind::Form);
            !(is_form && has_empty(body)) && bodies::faults(schemas, media, Direction::Request, body).is_empty()
        }),
        (None, Some(body)) => !body.required || exercise.media.is_empty(),
        (None, None) => true,
    };
    parameters && body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_taken_away_one_at_a_time() {
        let found = without_one(&json!({"a": [1, "text"], "b": null}), 0);
        assert_eq!(
            found,
            [
                json!({"b": null}),
                json!({"a": [1, "text"]}),
                json!({"a": ["text"], "b": null}),
                json!({"a": [1], "b": null}),
                json!({"a": [1, "a"], "b": null})
            ]
        );
    }
}
