//! All checks of one API, from the census to the report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use serde_json::{Value, json};

use super::bench::{self, Bench, Cast, answer_json};
use super::oracle::cases::{Answer, Carried, Case, CaseMaker, Exercise, Wanted};
use super::oracle::examples::{Collector, Contradiction};
use super::oracle::judge::Fault;
use super::oracle::operations::{self, Carrier, Operation};
use super::oracle::refs::{Node, Tree};
use super::oracle::schema::{Direction, Schemas};
use super::report::{Census, Failure, Report};
use super::{Error, Options, Subject, driver, shrink};
use crate::model::{self, Payload};

/// How many exchanges may go into making one failing case smaller.
const SHRINKING: usize = 120;

/// After so many answers that never came, or ends of a driver, the rest of an operation is not tried.
const MOST_LATE: usize = 2;
/// See [`MOST_LATE`].
const MOST_ENDED: usize = 10;
/// After so many answers that never came, over all operations, nothing more is tried.
const MOST_LATE_IN_ALL: usize = 8;

/// Runs all checks with the client of one driver and the server of another, which may be of different builds.
///
/// # Errors
/// The drivers cannot be started. What they do wrong is in the report.
pub fn run_pair(subject: Subject<'_>, client: &Path, server: &Path, options: &Options) -> Result<Report, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Error::Driver(error.to_string()))?;
    runtime.block_on(run(subject, client, server, options))
}

async fn run(subject: Subject<'_>, client: &Path, server: &Path, options: &Options) -> Result<Report, Error> {
    let started = Instant::now();
    let tree = Tree::new(subject.tree);
    let operations = operations::operations(tree);
    let secrets = secrets(&operations, options.seed);
    let schemas = Schemas::new(tree);
    let cast = Cast { client, server, secrets: &secrets, patience: options.patience };
    let bench = Bench::start(cast).await.map_err(Error::Driver)?;
    let mut run = Run {
        tree,
        schemas: &schemas,
        secrets: &secrets,
        options,
        bench,
        report: Report { api: subject.api.name.clone(), seed: options.seed, ..Report::default() },
        media_types: BTreeSet::new(),
        contradictions: BTreeSet::new(),
    };
    let carried: BTreeMap<String, Carried> =
        subject.api.exchanges().map(|(key, operation)| (key, carried(subject.api, operation))).collect();
    let addresses: BTreeMap<String, String> = driver::addresses(subject.api);
    let mut exercised = BTreeSet::new();
    for mut operation in operations {
        let key = operation.key.clone();
        // Where a callback goes is the caller's choice: here it is the driver's.
        if let Some(address) = addresses.get(&key) {
            operation.path.clone_from(address);
        }
        if let Some(carried) = carried.get(&key)
            && run.operation(operation, carried).await
        {
            exercised.insert(key);
        }
    }
    run.census(subject, &exercised);
    run.report.typed = super::typed(subject.api, subject.tree);
    run.report.media_types = run.media_types.len();
    run.report.contradictions = run.contradictions.into_iter().collect();
    run.report.run_seconds = started.elapsed().as_secs_f64();
    Ok(run.report)
}

fn media_types(content: &model::Content) -> Vec<String> {
    content.media.iter().map(|media| media.media_type.clone()).collect()
}

/// What the model says of an operation, in the document's words.
fn carried(api: &model::Api, operation: &model::Operation) -> Carried {
    let parameter = |parameter: &model::Parameter| (driver::location(parameter.location).to_owned(), parameter.wire.clone());
    let globals = operation.globals.iter().filter_map(|used| {
        let location = api.globals.get(used.global)?.parameter.location;
        Some((driver::location(location).to_owned(), used.wire.clone()))
    });
    let response = |response: &model::Response| {
        let media = match &response.payload {
            Payload::Empty => Vec::new(),
            Payload::Body(content) => media_types(content),
        };
        (driver::declared(response.status), media)
    };
    let with_headers = operation.responses.iter().filter(|response| response.with_headers);
    Carried {
        parameters: operation.parameters.iter().map(parameter).chain(globals).collect(),
        body: operation.body.as_ref().map(|body| media_types(&body.content)).unwrap_or_default(),
        responses: operation.responses.iter().map(response).collect(),
        headers: with_headers.map(|response| driver::declared(response.status)).collect(),
    }
}

/// A credential for each scheme, made up for this run.
fn secrets(operations: &[Operation<'_>], seed: u64) -> BTreeMap<String, String> {
    let schemes = operations.iter().flat_map(|operation| operation.security.iter().flatten());
    let mut secrets = BTreeMap::new();
    for scheme in schemes {
        let number = secrets.len();
        let secret = match &scheme.carrier {
            Carrier::Authorization(kind) if kind == "basic" => format!("user{number}:made:up{seed:x}"),
            _ => format!("made-up-{number}-{seed:x}"),
        };
        secrets.entry(scheme.id.clone()).or_insert(secret);
    }
    secrets
}

struct Run<'r, 'a> {
    tree: Tree<'a>,
    schemas: &'r Schemas<'a>,
    secrets: &'r BTreeMap<String, String>,
    options: &'r Options,
    bench: Bench<'r>,
    report: Report,
    media_types: BTreeSet<String>,
    contradictions: BTreeSet<Contradiction>,
}

impl<'a> Run<'_, 'a> {
    /// All checks of one operation; whether it was exercised at all.
    async fn operation(&mut self, operation: Operation<'a>, carried: &Carried) -> bool {
        let key = operation.key.clone();
        let (exercise, faults) = Exercise::new(operation, carried, &mut self.report.left_out);
        for fault in faults {
            self.fail(&key, fault, Value::Null);
        }
        let cases = CaseMaker::new(&exercise, self.schemas, self.tree, self.options.seed, self.options.cases, self.secrets)
            .cases(&mut self.report.left_out);
        for (number, case) in cases.iter().enumerate() {
            if self.hopeless(&key) {
                let message = format!("{} of {} cases were not tried", cases.len() - number, cases.len());
                self.fail(&key, Fault { check: "driver/given-up", message }, Value::Null);
                break;
            }
            let method = number % 2 == 1;
            self.values(&key, case).await;
            self.report.cases += 1;
            let faults = self.bench.run(self.schemas, &exercise, case, method).await;
            self.failed(&exercise, case, method, faults).await;
        }
        let first = cases.iter().find(|case| case.wanted != Wanted::Unsendable);
        if let Some(first) = first.filter(|_| !self.hopeless(&key)) {
            self.examples(&exercise, &first.request).await;
        }
        self.count(&exercise, !cases.is_empty());
        !cases.is_empty()
    }

    fn count(&mut self, exercise: &Exercise<'a>, exercised: bool) {
        if !exercised {
            return;
        }
        let is_callback = exercise.operation.key != format!("{} {}", exercise.operation.method, exercise.operation.path);
        if is_callback {
            self.report.callbacks += 1;
        } else {
            self.report.operations += 1;
        }
        self.report.statuses += exercise.targets.len();
        self.report.parameters += exercise.operation.parameters.len();
        self.media_types.extend(exercise.request_media().map(|media| media.media_type.clone()));
        for target in &exercise.targets {
            let content = exercise.operation.responses.get(target.response).map(|response| &response.content);
            let media = content.zip(target.media).and_then(|(content, index)| content.get(index));
            self.media_types.extend(media.map(|media| media.media_type.clone()));
        }
    }

    /// Typed values survive decoding and encoding.
    async fn values(&mut self, key: &str, case: &Case) {
        if case.wanted == Wanted::Unsendable {
            return;
        }
        let mut parts = vec![("request", case.request.clone())];
        if let Wanted::Answer(answer) = &case.wanted {
            parts.push(("answer", answer_json(answer)));
        }
        for (part, value) in parts {
            self.report.cases += 1;
            if let Some(fault) = self.bench.echo("values", key, part, &value).await {
                self.fail(key, fault, json!({part: value}));
            }
        }
    }

    /// Every example decodes and encodes back to itself.
    async fn examples(&mut self, exercise: &Exercise<'a>, request: &Value) {
        let key = exercise.operation.key.clone();
        let mut collector = Collector::new(self.tree, self.schemas, Direction::Request);
        let mut checks: Vec<(String, &str, Value)> = Vec::new();
        for parameter in &exercise.operation.parameters {
            for example in collector.collect(Some(&parameter.schema), &parameter.examples) {
                let mut request = request.clone();
                if let Some(values) = request.get_mut(&parameter.location).and_then(Value::as_object_mut) {
                    values.insert(parameter.name.clone(), example.value);
                    checks.push((example.pointer, "request", request));
                }
            }
        }
        if let Some(media) = exercise.request_media().filter(|media| media.is_json() || media.is_text()) {
            for example in collector.collect(media.schema.as_ref(), &media.examples) {
                let mut request = request.clone();
                if let Some(members) = request.as_object_mut() {
                    members.insert("media".to_owned(), json!(media.media_type));
                    members.insert("body".to_owned(), example.value);
                    checks.push((example.pointer, "request", request));
                }
            }
        }
        let mut answers = Collector::new(self.tree, self.schemas, Direction::Response);
        for target in &exercise.targets {
            let Some(response) = exercise.operation.responses.get(target.response) else { continue };
            let Some(media) = target.media.and_then(|index| response.content.get(index)) else { continue };
            if !media.is_json() && !media.is_text() {
                continue;
            }
            let status = target.statuses.first().copied().unwrap_or_default();
            for example in answers.collect(media.schema.as_ref(), &media.examples) {
                let answer = Answer {
                    declared: response.status.clone(),
                    status,
                    media: target.media,
                    media_type: Some(media.media_type.clone()),
                    body: Some(example.value),
                    headers: BTreeMap::new(),
                };
                checks.push((example.pointer, "answer", answer_json(&answer)));
            }
        }
        self.contradictions.extend(collector.contradictions);
        self.contradictions.extend(answers.contradictions);
        for (pointer, part, value) in checks {
            self.report.cases += 1;
            self.report.examples += 1;
            if let Some(Fault { check, message }) = self.bench.echo("examples", &key, part, &value).await {
                self.fail(&key, Fault { check, message: format!("{pointer}: {message}") }, json!({part: value}));
            }
        }
    }

    /// Records what failed; the first case of each check is made as small as it gets.
    async fn failed(&mut self, exercise: &Exercise<'a>, case: &Case, method: bool, faults: Vec<Fault>) {
        let key = exercise.operation.key.clone();
        let mut seen = BTreeSet::new();
        for fault in faults {
            if !seen.insert(fault.check) {
                continue;
            }
            if fault.check == bench::LATE {
                self.fail(&key, fault, case_json(case));
                continue;
            }
            if self.known(&key, fault.check) {
                self.fail(&key, fault, Value::Null);
                continue;
            }
            let (case, fault) = self.shrink(exercise, case, method, fault).await;
            self.fail(&key, fault, case_json(&case));
        }
    }

    async fn shrink(&mut self, exercise: &Exercise<'a>, case: &Case, method: bool, fault: Fault) -> (Case, Fault) {
        let (mut case, mut fault) = (case.clone(), fault);
        let mut attempts = 0;
        'smaller: loop {
            for candidate in shrink::smaller(self.schemas, exercise, &case) {
                attempts += 1;
                if attempts > SHRINKING {
                    return (case, fault);
                }
                let faults = self.bench.run(self.schemas, exercise, &candidate, method).await;
                if faults.iter().any(|fault| fault.check == bench::LATE) {
                    return (case, fault);
                }
                if let Some(same) = faults.into_iter().find(|other| other.check == fault.check) {
                    (case, fault) = (candidate, same);
                    continue 'smaller;
                }
            }
            return (case, fault);
        }
    }

    /// Whether the rest of an operation is given up: drivers that hang would take the whole day.
    fn hopeless(&self, key: &str) -> bool {
        let failed = |check: &str, key: Option<&str>| -> usize {
            let same =
                self.report.failures.iter().filter(|failure| failure.check == check && key.is_none_or(|key| failure.operation == key));
            same.map(|failure| failure.count).sum()
        };
        failed(bench::LATE, Some(key)) >= MOST_LATE
            || failed(bench::LATE, None) >= MOST_LATE_IN_ALL
            || failed(bench::ENDED, Some(key)) >= MOST_ENDED
    }

    fn known(&self, key: &str, check: &str) -> bool {
        self.report.failures.iter().any(|failure| failure.operation == key && failure.check == check)
    }

    fn fail(&mut self, key: &str, fault: Fault, case: Value) {
        let known = self.report.failures.iter_mut().find(|failure| failure.operation == key && failure.check == fault.check);
        match known {
            Some(failure) => {
                failure.count += 1;
                if !case.is_null() && case.to_string().len() < failure.case.to_string().len() {
                    (failure.case, failure.message) = (case, fault.message);
                }
            }
            None => {
                let (operation, check) = (key.to_owned(), fault.check.to_owned());
                self.report.failures.push(Failure { operation, check, message: fault.message, count: 1, case });
            }
        }
    }

    /// `written - merged - refused = exercised`, every operation by its name.
    fn census(&mut self, subject: Subject<'_>, exercised: &BTreeSet<String>) {
        let mut census = Census { written: subject.written.to_vec(), exercised: exercised.iter().cloned().collect(), ..Census::default() };
        let mut known = BTreeSet::new();
        census.merged = census.written.iter().filter(|key| !known.insert((*key).clone())).cloned().collect();
        census.refused = known.iter().filter(|key| subject.refused.contains(key) && !exercised.contains(*key)).cloned().collect();
        let name = self.report.api.clone();
        for key in known.iter().filter(|key| !exercised.contains(*key) && !census.refused.contains(key)) {
            let message = format!("{key} is written, not refused and not exercised");
            self.fail(&name, Fault { check: "census", message }, Value::String(key.clone()));
        }
        for key in exercised.iter().filter(|key| !known.contains(*key)) {
            let message = format!("{key} is exercised but not written");
            self.fail(&name, Fault { check: "census", message }, Value::String(key.clone()));
        }
        self.report.census = census;
    }
}

fn case_json(case: &Case) -> Value {
    match &case.wanted {
        Wanted::Answer(answer) => json!({"request": case.request, "answer": answer_json(answer)}),
        Wanted::Undocumented(status) => json!({"request": case.request, "refusal": status}),
        Wanted::Unauthorized => json!({"request": case.request, "refusal": 401}),
        Wanted::Unsendable => json!({"request": case.request, "sent": false}),
    }
}

/// An answer for each operation that is generated: the document's example first, else a valid made-up one.
pub fn mock_answers(subject: Subject<'_>, seed: u64) -> Value {
    let tree = Tree::new(subject.tree);
    let schemas = Schemas::new(tree);
    let carried: BTreeMap<String, Carried> =
        subject.api.operations.iter().map(|operation| (operation.key(), carried(subject.api, operation))).collect();
    let mut answers = serde_json::Map::new();
    for operation in operations::operations(tree) {
        let Some(carried) = carried.get(&operation.key) else { continue };
        let (exercise, _) = Exercise::new(operation, carried, &mut Vec::new());
        let (nobody, mut ignored) = (BTreeMap::new(), Vec::new());
        let cases = CaseMaker::new(&exercise, &schemas, tree, seed, 1, &nobody).cases(&mut ignored);
        let mut list: Vec<(bool, Value)> = Vec::new();
        for target in &exercise.targets {
            let Some(response) = exercise.operation.responses.get(target.response) else { continue };
            let made = cases.iter().find_map(|case| match &case.wanted {
                Wanted::Answer(answer) if answer.declared == response.status => Some(answer.clone()),
                _ => None,
            });
            let Some(mut answer) = made else { continue };
            let mut collector = Collector::new(tree, &schemas, Direction::Response);
            let media = target.media.and_then(|index| response.content.get(index));
            let beside: &[Node<'_>] = media.map(|media| media.examples.as_slice()).unwrap_or_default();
            let example = media.and_then(|media| collector.collect(media.schema.as_ref(), beside).into_iter().next());
            if let Some(example) = example {
                answer.body = Some(example.value);
            }
            list.push((answer.status < 400, answer_json(&answer)));
        }
        list.sort_by_key(|(success, _)| !success);
        answers.insert(exercise.operation.key.clone(), list.into_iter().map(|(_, answer)| answer).collect());
    }
    Value::Object(answers)
}
