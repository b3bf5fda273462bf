//! One valid call of each operation, against any server: what the generated client makes of answers that no document made.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Value, json};

use super::oracle::cases::{CaseMaker, Wanted};
use super::oracle::declared::declares;
use super::oracle::exercise::Exercise;
use super::oracle::operations::{self, Kind, Operation};
use super::oracle::refs::Tree;
use super::oracle::schema::Schemas;
use super::process::{Process, Trouble};
use super::run::{carried_operations, secrets};
use super::{Crates, Error, Options, Subject, build_driver, driver_name, find_cargo, write_driver};
use crate::source::Pointer;

/// A compiled client, and a call for each operation.
#[derive(Debug)]
pub struct Caller<'s> {
    subject: Subject<'s>,
    program: PathBuf,
    patience: Duration,
    calls: BTreeMap<String, Call<'s>>,
}

/// A call, and what the document says of its success.
#[derive(Debug)]
struct Call<'s> {
    question: Value,
    success: Success,
    schema: Option<&'s Value>,
}

/// The answer that a document promises first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Success {
    /// Its status; of a range or the default, one that is meant.
    pub status: u16,
    /// The media type of its body, JSON if there is a choice.
    pub media_type: Option<String>,
    /// Whether that is JSON.
    pub json: bool,
}

impl<'s> Caller<'s> {
    /// Compiles the client and makes a request for each operation. Operations that no valid request can be made for have no call.
    ///
    /// # Errors
    /// The client cannot be compiled.
    pub fn build(subject: Subject<'s>, crates: Crates<'_>, options: &Options) -> Result<Self, Error> {
        find_cargo()?;
        write_driver(subject.api, crates, &options.scratch)?;
        let built = build_driver(&options.scratch, &driver_name(subject.api, &options.scratch), options)?;
        Ok(Self { subject, program: built.program, patience: options.patience, calls: calls(subject, options.seed) })
    }

    /// What the document promises of an operation; `None` if there is no call of it.
    pub fn success(&self, key: &str) -> Option<&Success> {
        self.calls.get(key).map(|call| &call.success)
    }

    /// All operations that there is a call of.
    pub fn operations(&self) -> impl Iterator<Item = &str> {
        self.calls.keys().map(String::as_str)
    }

    /// Whether the document knows of a place in the body of a success, by JSON pointer.
    pub fn declares(&self, key: &str, pointer: &str) -> bool {
        let schema = self.calls.get(key).and_then(|call| call.schema);
        schema.zip(Pointer::parse(pointer)).is_some_and(|(schema, pointer)| {
            let segments: Vec<String> = pointer.steps().collect();
            declares(Tree::new(self.subject.tree), schema, &segments)
        })
    }

    /// Starts the client for a server. A strict one takes every deviation from the document for an error.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(&self, base: &str, strict: bool) -> Result<Client<'_>, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::Driver(error.to_string()))?;
        let process = runtime.block_on(async { start(&self.program, base, strict, self.patience) })?;
        Ok(Client { caller: self, base: base.to_owned(), strict, runtime, process })
    }
}

/// A running client.
pub struct Client<'c> {
    caller: &'c Caller<'c>,
    base: String,
    strict: bool,
    runtime: tokio::runtime::Runtime,
    process: Process,
}

impl Client<'_> {
    /// Calls an operation through the client's own method. What came of it: `outcome` is `success`, or in a word what else, with
    /// `error`; `body` is what was read, written as JSON again; `deviations` are what was not as the document says.
    ///
    /// # Errors
    /// There is no such call, or the client ended or hangs; then it was started again.
    pub fn call(&mut self, key: &str) -> Result<Value, Error> {
        let call = self.caller.calls.get(key).ok_or_else(|| Error::Driver(format!("there is no call of {key}")))?;
        let Self { runtime, process, .. } = self;
        match runtime.block_on(process.ask(&call.question)) {
            Ok(outcome) => Ok(outcome),
            Err(trouble) => {
                self.process =
                    self.runtime.block_on(async { start(&self.caller.program, &self.base, self.strict, self.caller.patience) })?;
                Err(Error::Driver(trouble.into_message()))
            }
        }
    }
}

fn start(program: &Path, base: &str, strict: bool, patience: Duration) -> Result<Process, Error> {
    let arguments: &[&str] = if strict { &[base] } else { &[base, "--tolerant"] };
    Process::start(program, "client", arguments, patience).map_err(|trouble: Trouble| Error::Driver(trouble.into_message()))
}

/// A call for each operation that is generated, as the document has them.
fn calls<'s>(subject: Subject<'s>, seed: u64) -> BTreeMap<String, Call<'s>> {
    let tree = Tree::new(subject.tree);
    let schemas = Schemas::new(tree);
    let all = operations::operations(tree);
    let secrets = secrets(&all, seed);
    let known = carried_operations(subject.api);
    let mut calls = BTreeMap::new();
    for operation in all {
        let Some(carried) = known.get(&operation.key) else { continue };
        let (success, schema) = success(&operation);
        let (exercise, _) = Exercise::new(operation, carried, &mut Vec::new());
        let cases = CaseMaker::new(&exercise, &schemas, tree, seed, 1, &secrets).cases(&mut Vec::new());
        let Some(case) = cases.into_iter().find(|case| matches!(case.wanted, Wanted::Answer(_))) else { continue };
        let key = exercise.operation.key.clone();
        let question = json!({"operation": key, "request": case.request, "credentials": case.credentials, "method": true});
        calls.insert(key, Call { question, success, schema });
    }
    calls
}

/// The success that a document promises: of several, the first that has JSON, else the first.
fn success<'a>(operation: &Operation<'a>) -> (Success, Option<&'a Value>) {
    let status = |declared: &str| match declared {
        "2XX" => Some(200),
        other => other.parse::<u16>().ok().filter(|status| (200..300).contains(status)),
    };
    let mut good: Vec<_> = operation.responses.iter().filter_map(|response| Some((status(&response.status)?, response))).collect();
    if good.is_empty() {
        // Beside a success, the default is for what goes wrong.
        good.extend(operation.responses.iter().filter(|response| response.status == "default").map(|response| (200, response)));
    }
    let json = good.iter().find_map(|(status, response)| {
        let media = response.content.iter().find(|media| media.kind == Kind::Json)?;
        Some((*status, Some(media), true))
    });
    let first = || good.first().map(|(status, response)| (*status, response.content.first(), false));
    let Some((status, media, json)) = json.or_else(first) else {
        return (Success { status: 200, ..Success::default() }, None);
    };
    let schema = media.and_then(|media| media.schema.as_ref()).map(|schema| schema.value);
    (Success { status, media_type: media.map(|media| media.media_type.clone()), json }, schema)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_success_with_json_is_the_one_that_is_promised() {
        let json = json!({"application/json": {"schema": {"type": "string"}}});
        for (responses, status, media, is_json) in [
            (json!({"200": {"content": json}}), 200, Some("application/json"), true),
            (json!({"204": {}, "201": {"content": json}, "400": {"content": json}}), 201, Some("application/json"), true),
            (json!({"2XX": {"content": {"image/png": {}}}}), 200, Some("image/png"), false),
            (json!({"204": {}, "404": {}}), 204, None, false),
            (json!({"204": {}, "default": {"content": json}}), 204, None, false),
            (json!({"default": {"content": json}}), 200, Some("application/json"), true),
            (json!({"400": {"content": json}}), 200, None, false),
        ] {
            let document = json!({"paths": {"/a": {"get": {"operationId": "a", "responses": responses}}}});
            let operations = operations::operations(Tree::new(&document));
            let (found, _) = success(operations.first().unwrap());
            let wanted = Success { status, media_type: media.map(str::to_owned), json: is_json };
            assert_eq!(found, wanted, "{responses}");
        }
    }
}
