//! What Rocket.Chat's own parser makes of messages goes through the generated client and back, and nothing is lost.

use bothends::source::Pointer;
use serde::Deserialize;
use serde_json::{Value, json};

use super::row::{self, Row};
use super::tools::{self, Tool};
use super::types::Server;
use super::{Part, Place};
use crate::{Fault, verify};

/// The parser.
pub const PART: Part = Part { name: "parser", apis: &["rocketchat"], needs: &[Tool::Node], run };

/// Operations whose answers have one message, and many.
const ONE: &str = "GET /api/v1/chat.getMessage";
const MANY: &str = "GET /api/v1/channels.messages";

/// A message, and what the parser makes of it.
#[derive(Debug, Deserialize)]
struct Message {
    name: String,
    text: String,
    md: Value,
}

impl Message {
    /// As a server sends it.
    fn sent(&self) -> Value {
        json!({
            "_id": "7aDSXtjMA3KPLxLjt", "rid": "GENERAL", "msg": self.text, "md": self.md, "ts": "2026-01-02T03:04:05.000Z",
            "_updatedAt": "2026-01-02T03:04:05.000Z", "urls": [], "mentions": [], "channels": [],
            "u": {"_id": "aobEdbYhXfu5hkeqG", "username": "ada", "name": "Ada"},
        })
    }
}

/// Lets the client read each message alone, and all of them in one answer.
fn run(place: &Place<'_>) -> Result<Vec<Row>, Fault> {
    let scripts = place.scripts()?;
    let text = tools::output(&scripts, "node", &["parser/messages.mjs"])?;
    let messages: Vec<Message> = text
        .lines()
        .map(|line| serde_json::from_str(line).map_err(|error| format!("the parser's script printed `{line}`: {error}")))
        .collect::<Result<_, Fault>>()?;
    if messages.is_empty() {
        return Err("the parser's script printed no message".to_owned());
    }
    let mut rows = Vec::new();
    verify::with_caller(place.root, place.folder, |caller| {
        let mut server = Server::start(&scripts)?;
        let mut client = caller.start(&server.base, true).map_err(|error| error.to_string())?;
        let mut read = |key: &str, answer: &Value| {
            server.order(&json!({"status": 200, "media": "application/json", "text": answer.to_string()}))?;
            client.call(key).map_err(|error| error.to_string())
        };
        for message in &messages {
            let outcome = read(ONE, &json!({"message": message.sent(), "success": true}))?;
            rows.push(judge(&message.name, &message.md, &outcome, "/body/message/md"));
        }
        let all: Vec<Value> = messages.iter().map(Message::sent).collect();
        let outcome = read(MANY, &json!({"messages": all, "count": all.len(), "offset": 0, "total": all.len(), "success": true}))?;
        for (number, message) in messages.iter().enumerate() {
            let name = format!("{}, among others", message.name);
            rows.push(judge(&name, &message.md, &outcome, &format!("/body/messages/{number}/md")));
        }
        Ok(())
    })?;
    Ok(rows)
}

/// How the parser's tree came back.
fn judge(name: &str, tree: &Value, outcome: &Value, place: &str) -> Row {
    let row = |outcome: &str, place: String, detail: String| Row { operation: name.to_owned(), outcome: outcome.to_owned(), place, detail };
    if outcome["outcome"] != "success" {
        let error = outcome["error"].as_str().map_or_else(|| outcome.to_string(), str::to_owned);
        return row("fails", String::new(), error);
    }
    let back = outcome.pointer(place).unwrap_or(&Value::Null);
    match difference(tree, back) {
        None => row(row::FITS, String::new(), String::new()),
        Some(place) => {
            let at = |tree: &Value| tree.pointer(&place).map_or_else(|| "nothing".to_owned(), Value::to_string);
            let detail = format!("{} came back as {}", at(tree), at(back));
            row("differs", place, detail)
        }
    }
}

/// The first place where two values differ, by JSON pointer.
fn difference(one: &Value, other: &Value) -> Option<String> {
    let inner = |key: &str, one: Option<&Value>, other: Option<&Value>| {
        let step = Pointer::root().child(key);
        match (one, other) {
            (Some(one), Some(other)) => difference(one, other).map(|place| format!("{}{place}", step.as_str())),
            _ => Some(step.as_str().to_owned()),
        }
    };
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            let more = other.keys().filter(|key| !one.contains_key(*key));
            one.keys().chain(more).find_map(|key| inner(key, one.get(key), other.get(key)))
        }
        (Value::Array(one), Value::Array(other)) => {
            (0..one.len().max(other.len())).find_map(|index| inner(&index.to_string(), one.get(index), other.get(index)))
        }
        _ => (one != other).then(String::new),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_that_comes_back_otherwise_is_told_from_the_same() {
        let tree = json!([{"type": "BOLD", "value": [{"type": "PLAIN_TEXT", "value": "a"}]}]);
        let came = |tree: Value| json!({"outcome": "success", "body": {"message": {"md": tree}}});
        for (outcome, word, place) in [
            (came(tree.clone()), "fits", ""),
            (came(json!([{"type": "BOLD", "value": [{"type": "PLAIN_TEXT", "value": "b"}]}])), "differs", "/0/value/0/value"),
            (came(json!([{"type": "BOLD", "value": [{"type": "PLAIN_TEXT"}]}])), "differs", "/0/value/0/value"),
            (came(json!([{"type": "BOLD", "value": [{"type": "PLAIN_TEXT", "value": "a", "more": 1}]}])), "differs", "/0/value/0/more"),
            (came(json!([])), "differs", "/0"),
            (json!({"outcome": "success", "body": {}}), "differs", ""),
            (json!({"outcome": "decode", "error": "body: /message: no"}), "fails", ""),
        ] {
            let row = judge("bold", &tree, &outcome, "/body/message/md");
            assert_eq!((row.outcome.as_str(), row.place.as_str()), (word, place), "{outcome}");
        }
    }
}
