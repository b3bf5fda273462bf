//! All checks of one API, from the census to the report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use serde_json::{Value, json};

use super::bench::{self, Bench, Cast, answer_json};
use super::oracle::cases::{Case, CaseMaker, Wanted};
use super::oracle::examples::Contradiction;
use super::oracle::exercise::{Carried, Exercise, LeftOut};
use super::oracle::judge::{self, Fault};
use super::oracle::operations::{self, Carrier, Media, Operation};
use super::oracle::possible::IMPOSSIBLE;
use super::oracle::refs::Tree;
use super::oracle::schema::Schemas;
use super::oracle::twins;
use super::report::{Census, Report};
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

/// More pairs of drivers than this only wait for each other: the oracle works, too.
const MOST_WORKERS: usize = 8;

/// Runs all checks with the client of one driver and the server of another, which may be of different builds.
///
/// # Errors
/// The drivers cannot be started. What they do wrong is in the report.
pub fn run_pair(subject: Subject<'_>, client: &Path, server: &Path, options: &Options) -> Result<Report, Error> {
    let started = Instant::now();
    let tree = Tree::new(subject.tree);
    let operations = operations::operations(tree);
    let carried: BTreeMap<String, Carried> =
        subject.api.exchanges().map(|(key, operation)| (key, carried(subject.api, operation))).collect();
    let addresses = driver::addresses(subject.api);
    let secrets = secrets(&operations, options.seed);
    let mut carried_operations = Vec::new();
    for mut operation in operations {
        let Some(carried) = carried.get(&operation.key) else { continue };
        // Where a callback goes is the caller's choice: here it is the driver's.
        if let Some(address) = addresses.get(&operation.key) {
            operation.path.clone_from(address);
        }
        carried_operations.push((carried, operation));
    }
    let work = Work {
        tree,
        secrets,
        operations: carried_operations,
        next: AtomicUsize::new(0),
        late: AtomicUsize::new(0),
        client,
        server,
        options,
    };
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(MOST_WORKERS).min(work.operations.len()).max(1);
    let mut done: Vec<Done> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(|| work.worker())).collect();
        let stopped = || Error::Driver("a part of the verifier stopped".to_owned());
        threads.into_iter().map(|thread| thread.join().map_err(|_| stopped())?).collect::<Result<Vec<_>, Error>>()
    })?
    .into_iter()
    .flatten()
    .collect();
    // In the document's order, whoever was first.
    done.sort_by_key(|done| done.number);
    let mut report = Report { api: subject.api.name.clone(), seed: options.seed, ..Report::default() };
    let (mut exercised, mut impossible, mut media_types) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for done in done {
        media_types.extend(done.media_types);
        if done.exercised {
            exercised.insert(done.key);
        } else if done.report.left_out.iter().any(|left| left.what == done.key && left.why == IMPOSSIBLE) {
            impossible.insert(done.key);
        }
        report.add(done.report);
    }
    report.media_types = media_types.len();
    report.typed = super::typed(subject.api, subject.tree);
    let contradictions: BTreeSet<Contradiction> = report.contradictions.drain(..).collect();
    report.contradictions = contradictions.into_iter().collect();
    census(&mut report, subject, &exercised, &impossible);
    report.run_seconds = started.elapsed().as_secs_f64();
    Ok(report)
}

/// What the workers share.
struct Work<'w, 'a> {
    tree: Tree<'a>,
    secrets: BTreeMap<String, String>,
    operations: Vec<(&'w Carried, Operation<'a>)>,
    /// The operation that nobody has taken yet.
    next: AtomicUsize,
    /// Answers that never came.
    late: AtomicUsize,
    client: &'w Path,
    server: &'w Path,
    options: &'w Options,
}

/// What came of one operation.
struct Done {
    number: usize,
    report: Report,
    media_types: BTreeSet<String>,
    key: String,
    /// Whether there were cases.
    exercised: bool,
}

impl<'a> Work<'_, 'a> {
    /// One pair of drivers and the oracle beside it, until no operation is left.
    fn worker(&self) -> Result<Vec<Done>, Error> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|error| Error::Driver(error.to_string()))?;
        runtime.block_on(async {
            let schemas = Schemas::new(self.tree);
            let cast = Cast { client: self.client, server: self.server, secrets: &self.secrets, patience: self.options.patience };
            let mut bench = Bench::start(cast).await.map_err(Error::Driver)?;
            let mut done = Vec::new();
            loop {
                let number = self.next.fetch_add(1, Ordering::Relaxed);
                let Some((carried, operation)) = self.operations.get(number) else { return Ok(done) };
                let mut run = Run { work: self, schemas: &schemas, bench, report: Report::default(), media_types: BTreeSet::new() };
                let before = schemas.unjudged();
                let exercised = run.operation(operation.clone(), carried).await;
                let skipped = schemas.unjudged().into_iter().filter(|pattern| !before.contains(pattern));
                run.report.left_out.extend(skipped.map(|pattern| LeftOut {
                    what: format!("pattern `{pattern}`"),
                    why: "nobody can read it; values are made and judged without it".to_owned(),
                }));
                let key = operation.key.clone();
                done.push(Done { number, report: run.report, media_types: run.media_types, key, exercised });
                bench = run.bench;
            }
        })
    }
}

fn media_types(content: &model::Content) -> Vec<String> {
    content.media.iter().map(|media| media.media_type.clone()).collect()
}

/// What the model says of the operations, callbacks apart, by their keys.
pub fn carried_operations(api: &model::Api) -> BTreeMap<String, Carried> {
    api.operations.iter().map(|operation| (operation.key(), carried(api, operation))).collect()
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
    let headers = |response: &model::Response| {
        let fields = response.headers.iter().flat_map(|headers| &headers.fields).map(|field| field.wire.clone());
        (driver::declared(response.status), fields.collect())
    };
    Carried {
        parameters: operation.parameters.iter().map(parameter).chain(globals).collect(),
        body: operation.body.as_ref().map(|body| media_types(&body.content)).unwrap_or_default(),
        responses: operation.responses.iter().map(response).collect(),
        headers: operation.responses.iter().map(headers).collect(),
    }
}

/// A credential for each scheme, made up for this run.
pub fn secrets(operations: &[Operation<'_>], seed: u64) -> BTreeMap<String, String> {
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

/// The checks of one operation.
struct Run<'r, 'a> {
    work: &'r Work<'r, 'a>,
    schemas: &'r Schemas<'a>,
    bench: Bench<'r>,
    report: Report,
    media_types: BTreeSet<String>,
}

impl<'a> Run<'_, 'a> {
    /// All checks; whether the operation was exercised at all.
    async fn operation(&mut self, operation: Operation<'a>, carried: &Carried) -> bool {
        let key = operation.key.clone();
        let (mut exercise, faults) = Exercise::new(operation, carried, &mut self.report.left_out);
        let others = self.work.operations.iter().map(|(_, other)| other);
        exercise.twins = others.filter(|other| twins::are_twins(&exercise.operation, other)).cloned().collect();
        for fault in faults {
            self.fail(&key, fault, Value::Null);
        }
        let Work { tree, options, secrets, .. } = self.work;
        let cases = CaseMaker::new(&exercise, self.schemas, *tree, options.seed, options.cases, secrets).cases(&mut self.report.left_out);
        // A call that nobody answers proves nothing of the operation.
        let mut exercised = false;
        for (number, case) in cases.iter().enumerate() {
            if self.hopeless(&key) {
                let message = format!("{} of {} cases were not tried", cases.len() - number, cases.len());
                self.fail(&key, Fault { check: "driver/given-up", message }, Value::Null);
                break;
            }
            if let Some(closer) = twins::others(*tree, &exercise.operation, &exercise.twins, &case.request).closer {
                self.leave(format!("requests of {key} that have what `{closer}` needs"), "they are that one's");
                continue;
            }
            let method = number % 2 == 1;
            exercised |= matches!(case.wanted, Wanted::Answer(_) | Wanted::Undocumented(_));
            self.report.cases += case_checks(case);
            let faults = self.bench.run(self.schemas, &exercise, case, method).await;
            self.failed(&exercise, case, method, faults).await;
        }
        let first = cases.iter().find(|case| case.wanted != Wanted::Unsendable);
        if let Some(first) = first.filter(|_| !self.hopeless(&key)) {
            self.examples(&exercise, &first.request, &cases).await;
        }
        self.refusals(&exercise).await;
        self.count(&exercise, exercised);
        exercised
    }

    /// Media types that nothing of the operation covers are refused: 415 for a body, 406 for an answer.
    async fn refusals(&mut self, exercise: &Exercise<'a>) {
        const UNDECLARED: &str = "application/x-undeclared";
        let Some(good) = self.bench.good.take() else { return };
        let open = |media: &Media<'_>| judge::covers(&media.essence(), UNDECLARED);
        let mut asked = Vec::new();
        if !good.request_body.is_empty() && !exercise.request_content().any(open) {
            asked.push(("content-type", 415));
        }
        let answers: Vec<_> = exercise.targets.iter().filter_map(|target| exercise.target(target)?.1).collect();
        if !answers.is_empty() && !answers.into_iter().any(open) {
            asked.push(("accept", 406));
        }
        for (header, status) in asked {
            self.report.cases += 1;
            if let Some(fault) = self.bench.refused(&good, header, UNDECLARED, status).await {
                self.fail(&exercise.operation.key, fault, json!({header: UNDECLARED}));
            }
        }
    }

    fn count(&mut self, exercise: &Exercise<'a>, exercised: bool) {
        if !exercised {
            return;
        }
        if exercise.operation.is_callback {
            self.report.callbacks += 1;
        } else {
            self.report.operations += 1;
        }
        self.report.statuses += exercise.targets.len();
        self.report.parameters += exercise.operation.parameters.len();
        self.media_types.extend(exercise.request_content().map(|media| media.media_type.clone()));
        for target in &exercise.targets {
            let media = exercise.target(target).and_then(|(_, media)| media);
            self.media_types.extend(media.map(|media| media.media_type.clone()));
        }
    }

    /// Every example decodes and encodes back to itself.
    async fn examples(&mut self, exercise: &Exercise<'a>, request: &Value, cases: &[Case]) {
        let key = exercise.operation.key.clone();
        let (checks, contradictions) = super::examples::checks(self.work.tree, self.schemas, exercise, request, cases);
        self.report.contradictions.extend(contradictions);
        for (pointer, part, value) in checks {
            self.report.cases += 1;
            self.report.examples += 1;
            if let Some(Fault { check, message }) = self.bench.echo(&key, part, &value).await {
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

    /// Notes what is not tried, once.
    fn leave(&mut self, what: String, why: &str) {
        let left = LeftOut { what, why: why.to_owned() };
        if !self.report.left_out.contains(&left) {
            self.report.left_out.push(left);
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
        let failed = |check: &str| -> usize {
            self.report
                .failures
                .iter()
                .filter(|failure| failure.check == check && failure.operation == key)
                .map(|failure| failure.count)
                .sum()
        };
        failed(bench::LATE) >= MOST_LATE || self.work.late.load(Ordering::Relaxed) >= MOST_LATE_IN_ALL || failed(bench::ENDED) >= MOST_ENDED
    }

    fn known(&self, key: &str, check: &str) -> bool {
        self.report.failures.iter().any(|failure| failure.operation == key && failure.check == check)
    }

    fn fail(&mut self, key: &str, fault: Fault, case: Value) {
        if fault.check == bench::LATE {
            self.work.late.fetch_add(1, Ordering::Relaxed);
        }
        self.report.fail(key, fault.check, fault.message, case);
    }
}

/// `written - merged - excluded - refused - impossible = exercised`, every operation by its name.
fn census(report: &mut Report, subject: Subject<'_>, exercised: &BTreeSet<String>, impossible: &BTreeSet<String>) {
    let mut census = Census { written: subject.written.to_vec(), exercised: exercised.iter().cloned().collect(), ..Census::default() };
    let mut known = BTreeSet::new();
    census.merged = census.written.iter().filter(|key| !known.insert((*key).clone())).cloned().collect();
    census.excluded = known.iter().filter(|key| subject.excluded.contains(*key) && !exercised.contains(*key)).cloned().collect();
    census.refused = known.iter().filter(|key| subject.refused.contains(key) && !exercised.contains(*key)).cloned().collect();
    census.impossible = known.iter().filter(|key| impossible.contains(*key)).cloned().collect();
    let name = report.api.clone();
    let accounted = |key: &String| [&census.excluded, &census.refused, &census.impossible].iter().any(|term| term.contains(key));
    for key in known.iter().filter(|key| !exercised.contains(*key) && !accounted(key)) {
        report.fail(&name, "census", format!("{key} is written, not excluded, not refused and not exercised"), Value::String(key.clone()));
    }
    for key in exercised.iter().filter(|key| !known.contains(*key)) {
        report.fail(&name, "census", format!("{key} is exercised but not written"), Value::String(key.clone()));
    }
    report.census = census;
}

/// How many checks a case stands for: an exchange, and what is in it decoded and encoded without a wire.
fn case_checks(case: &Case) -> usize {
    match case.wanted {
        Wanted::Answer(_) => 3,
        Wanted::Undocumented(_) | Wanted::Unauthorized => 2,
        Wanted::Unsendable => 1,
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
