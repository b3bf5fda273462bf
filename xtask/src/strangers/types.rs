//! Their types, our client: answers made of the vendors' TypeScript, read by the generated client from a server of a script.

use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use bothends::source::Pointer;
use bothends::verify::{Caller, Client, Success};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Place, Row, row, tools};
use crate::Fault;

/// Longest detail of a row, in characters.
const LONGEST: usize = 160;

/// What the vendor's types say of a call.
#[derive(Debug, Deserialize)]
struct Call {
    /// Our operation, `METHOD /path`.
    operation: String,
    /// What the vendor calls it.
    name: String,
    answers: Vec<Answer>,
}

impl Call {
    /// A vendor may have several calls of one operation, with answers of their own.
    fn label(&self) -> String {
        if self.name.contains(' ') { self.operation.clone() } else { format!("{} ({})", self.operation, self.name) }
    }
}

/// One answer.
#[derive(Debug, Deserialize)]
struct Answer {
    kind: String,
    /// Nothing where the type has no JSON; `null` is something.
    #[serde(default, deserialize_with = "present")]
    value: Option<Value>,
    /// Whether it is bytes instead.
    #[serde(default)]
    bytes: bool,
}

fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(from).map(Some)
}

/// Tries every call that there are types of.
pub fn run(place: &Place<'_>) -> Result<Vec<Row>, Fault> {
    let api = &place.folder.name;
    let scripts = place.scripts()?;
    let arguments: &[&str] = if place.whole { &["types/answers.mjs", "--whole", api] } else { &["types/answers.mjs", api] };
    tools::script(&scripts, "node", arguments)?;
    let out = place.out()?;
    let file = out.join("answers.json");
    let text = std::fs::read(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    let calls: Vec<Call> = serde_json::from_slice(&text).map_err(|error| format!("{}: {error}", file.display()))?;
    let (mut rows, mut undeclared) = (Vec::new(), BTreeSet::new());
    crate::verify::with_caller(place.root, place.folder, |caller| {
        let mut server = Server::start(&scripts)?;
        let start = |strict| caller.start(&server.base, strict).map_err(|error| error.to_string());
        let mut bench = Bench { strict: start(true)?, tolerant: start(false)?, caller };
        for call in &calls {
            rows.extend(bench.call(call, &mut server, &mut undeclared)?);
        }
        Ok(())
    })?;
    let file = out.join("undeclared.txt");
    let lines: String = undeclared.iter().map(|line: &String| format!("{line}\n")).collect();
    std::fs::write(&file, lines).map_err(|error| format!("{}: {error}", file.display()))?;
    eprintln!("{} places that only the vendor's types have: {}", undeclared.len(), file.display());
    Ok(rows)
}

/// A script's server, which gives the answer that it was told last.
pub struct Server {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
    pub base: String,
}

impl Server {
    /// Starts it.
    pub fn start(scripts: &Path) -> Result<Self, Fault> {
        let mut command = Command::new("node");
        command.arg("types/serve.mjs").current_dir(scripts).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().map_err(|error| format!("node cannot be started: {error}"))?;
        let (Some(stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else { return Err("node has no pipes".to_owned()) };
        let mut server = Self { child, stdin, stdout: BufReader::new(stdout), base: String::new() };
        let said = server.listen()?;
        let port = said.get("port").and_then(Value::as_u64).ok_or("the script's server did not say its port")?;
        server.base = format!("http://127.0.0.1:{port}");
        Ok(server)
    }

    /// What it answers from now on: `status`, `media`, `text`.
    pub fn order(&mut self, answer: &Value) -> Result<(), Fault> {
        writeln!(self.stdin, "{answer}").map_err(|error| format!("the script's server ended: {error}"))?;
        self.listen().map(drop)
    }

    fn listen(&mut self) -> Result<Value, Fault> {
        let mut line = String::new();
        self.stdout.read_line(&mut line).map_err(|error| format!("the script's server: {error}"))?;
        serde_json::from_str(&line).map_err(|error| format!("the script's server said `{line}`: {error}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has ended by itself cannot be ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Both ways to read an answer.
struct Bench<'c> {
    caller: &'c Caller<'c>,
    strict: Client<'c>,
    tolerant: Client<'c>,
}

impl Bench<'_> {
    /// The rows of a call, each place once whatever the number of its answers.
    fn call(&mut self, call: &Call, server: &mut Server, undeclared: &mut BTreeSet<String>) -> Result<Vec<Row>, Fault> {
        let label = call.label();
        let row = |outcome: &str, place: String, detail: &str| {
            let detail = detail.chars().take(LONGEST).collect();
            Row { operation: label.clone(), outcome: outcome.to_owned(), place, detail }
        };
        let Some(success) = self.caller.success(&call.operation) else {
            return Ok(vec![row("uncallable", String::new(), "no valid request can be made")]);
        };
        let mut rows: Vec<Row> = Vec::new();
        let mut told = false;
        for answer in &call.answers {
            let Some(order) = order(answer, success) else { continue };
            told = true;
            server.order(&order)?;
            let mut found = self.read(&call.operation, answer, success, undeclared);
            found.retain(|(outcome, place, _)| !rows.iter().any(|row| row.outcome == *outcome && row.place == *place));
            rows.extend(found.into_iter().map(|(outcome, place, detail)| row(outcome, place, &format!("{}: {detail}", answer.kind))));
        }
        // What another answer says less of the same place is told with it.
        let failed: Vec<String> = rows.iter().filter(|row| row.outcome == "fails").map(|row| row.place.clone()).collect();
        rows.retain(|row| row.outcome == "fails" || !failed.contains(&row.place));
        if !told {
            rows.push(row("untold", String::new(), "the type says nothing of the answer"));
        } else if rows.is_empty() {
            rows.push(row(row::FITS, String::new(), ""));
        }
        Ok(rows)
    }

    /// What is wrong with how the client reads the answer that is in place: outcome, place, words.
    fn read(
        &mut self,
        key: &str,
        answer: &Answer,
        success: &Success,
        undeclared: &mut BTreeSet<String>,
    ) -> Vec<(&'static str, String, String)> {
        let mut outcome = called(&mut self.strict, key);
        let (mut found, mut left_out) = (Vec::new(), Vec::new());
        if member(&outcome, "outcome") != "success" {
            outcome = called(&mut self.tolerant, key);
            if member(&outcome, "outcome") != "success" {
                let (place, words) = placed(&member(&outcome, "error"));
                let words = if words.is_empty() { member(&outcome, "outcome") } else { words };
                return vec![("fails", place, words)];
            }
            for deviation in outcome.get("deviations").and_then(Value::as_array).into_iter().flatten() {
                let text = |key: &str| member(deviation, key);
                let place = if text("part") == "body" { text("pointer") } else { text("part") + &text("pointer") };
                found.push(("deviates", place, format!("expected {}, found {}", text("expected"), text("found"))));
                left_out.push(text("left_out"));
            }
            if found.is_empty() {
                found.push(("deviates", String::new(), "refused by a strict client, and no deviation is told".to_owned()));
            }
        }
        let Some(value) = answer.value.as_ref().filter(|_| !answer.bytes) else { return found };
        let Some(body) = outcome.get("body").filter(|_| success.json) else {
            if is_telling(value) && !value.is_string() {
                found.push(("loses", String::new(), "the document has no body for it".to_owned()));
            }
            return found;
        };
        for place in lost(value, body) {
            // What was left out, or stands in what was, is told already.
            let known = left_out.iter().any(|other| place == *other || place.starts_with(&format!("{other}/")));
            if self.caller.declares(key, &place) {
                if !known {
                    found.push(("loses", place, "declared, read and not written back".to_owned()));
                }
            } else {
                undeclared.insert(format!("{key} {place}"));
            }
        }
        found
    }
}

/// A member of an object as text; empty if it is not there.
fn member(object: &Value, key: &str) -> String {
    match object.get(key) {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// What came of a call, also if nothing came back.
fn called(client: &mut Client<'_>, key: &str) -> Value {
    client.call(key).unwrap_or_else(|error| json!({"outcome": "ended", "error": error.to_string()}))
}

/// What the server is to send; nothing if the type says nothing of what the document promises. That there is no body is what both say.
fn order(answer: &Answer, success: &Success) -> Option<Value> {
    if answer.value.is_none() && !answer.bytes && success.media_type.is_none() {
        return Some(json!({"status": success.status}));
    }
    // These have no body, whatever one would like to send.
    let status = if matches!(success.status, 204 | 205) { 200 } else { success.status };
    let media = success.media_type.as_deref();
    if answer.bytes {
        // Of a range, one that is in it.
        let media = media.unwrap_or("*/*").replace("*/*", "application/octet-stream").replace("/*", "/png");
        return Some(json!({"status": status, "media": media, "text": "text"}));
    }
    let value = answer.value.as_ref()?;
    Some(match value.as_str().filter(|_| !success.json && media.is_some()) {
        Some(text) => json!({"status": status, "media": media, "text": text}),
        None => json!({"status": status, "media": media.filter(|_| success.json).unwrap_or("application/json"), "text": value.to_string()}),
    })
}

/// Whether an answer has more to say than that all went well.
fn is_telling(value: &Value) -> bool {
    !(value.is_null() || *value == json!({"status": "OK"}) || *value == json!({"success": true}))
}

/// Place and words of an error in a body: `body: /a/0: expected a list`, or `body at /a/0: …`.
fn placed(error: &str) -> (String, String) {
    let rest = error.strip_prefix("body: ").or_else(|| error.strip_prefix("body at ")).unwrap_or(error);
    match rest.split_once(": ").filter(|(place, _)| place.starts_with('/')) {
        Some((place, words)) => (place.to_owned(), words.to_owned()),
        None => (String::new(), rest.to_owned()),
    }
}

/// Where something of a value is missing in what was read of it, by JSON pointer; of what is missing whole only the outside.
fn lost(value: &Value, read: &Value) -> Vec<String> {
    let mut places = Vec::new();
    missing(value, read, &Pointer::root(), &mut places);
    places
}

fn missing(value: &Value, read: &Value, place: &Pointer, places: &mut Vec<String>) {
    let inner: Vec<(String, &Value, Option<&Value>)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (key.clone(), value, read.get(key))).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(index, value)| (index.to_string(), value, read.get(index))).collect(),
        _ => return,
    };
    for (key, value, read) in inner {
        let place = place.child(key);
        match read {
            Some(read) => missing(value, read, &place, places),
            // An absent value says what `null` says.
            None if value.is_null() => {}
            None => places.push(place.as_str().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_by_its_outermost_place() {
        for (value, read, places) in [
            (json!({"a": 1, "b": [{"c": 1}]}), json!({"a": 1, "b": [{"c": 1}], "d": 0}), &[][..]),
            (json!({"a": 1, "b": [{"c": 1}, {"c": {"d": 1}}]}), json!({"b": [{"c": 1}, {}]}), &["/a", "/b/1/c"]),
            (json!({"a/b": {"~": 1}, "n": null}), json!({"a/b": {}}), &["/a~1b/~0"]),
            (json!("text"), json!("text"), &[]),
        ] {
            assert_eq!(lost(&value, &read), places, "{value} {read}");
        }
    }

    #[test]
    fn the_place_of_an_error_is_told_from_its_words() {
        for (error, place, words) in [
            ("body: /a/0: expected a list, found 1", "/a/0", "expected a list, found 1"),
            ("body at /a/0: expected a list", "/a/0", "expected a list"),
            ("body: expected a list: so it is", "", "expected a list: so it is"),
            ("no content type", "", "no content type"),
        ] {
            assert_eq!(placed(error), (place.to_owned(), words.to_owned()));
        }
    }

    #[test]
    fn an_answer_is_sent_as_the_document_promises_it_as_far_as_it_can() {
        let success = |status, media: Option<&str>, json| Success { status, media_type: media.map(str::to_owned), json };
        let answer = |text: &str| -> Answer { serde_json::from_str(text).unwrap() };
        let (value, null, text) = (
            answer(r#"{"kind":"full","value":{"a":1}}"#),
            answer(r#"{"kind":"full","value":null}"#),
            answer(r#"{"kind":"full","value":"x"}"#),
        );
        let (bytes, nothing) = (answer(r#"{"kind":"full","bytes":true}"#), answer(r#"{"kind":"full"}"#));
        let json = success(201, Some("application/json"), true);
        for (answer, success, order_) in [
            (&value, &json, json!({"status": 201, "media": "application/json", "text": "{\"a\":1}"})),
            (&null, &json, json!({"status": 201, "media": "application/json", "text": "null"})),
            (&text, &json, json!({"status": 201, "media": "application/json", "text": "\"x\""})),
            (&text, &success(200, Some("text/plain"), false), json!({"status": 200, "media": "text/plain", "text": "x"})),
            (&value, &success(204, None, false), json!({"status": 200, "media": "application/json", "text": "{\"a\":1}"})),
            (&bytes, &success(200, Some("image/*"), false), json!({"status": 200, "media": "image/png", "text": "text"})),
            (&bytes, &success(200, Some("text/csv"), false), json!({"status": 200, "media": "text/csv", "text": "text"})),
        ] {
            assert_eq!(order(answer, success), Some(order_));
        }
        assert_eq!(order(&nothing, &json), None);
        assert_eq!(order(&nothing, &success(204, None, false)), Some(json!({"status": 204})));
    }
}
