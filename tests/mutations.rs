//! The verifier can fail: each fault is put into the client's half, the server's half and the shared types of a scratch
//! copy of what is generated, and each is caught for what it is. Both halves wrong in the same way agree with each
//! other; there only the oracle can tell.

use std::time::{Duration, Instant};

use bothends::emit::OutputFile;
use bothends_tests::{Driver, Scratch};

const OPERATIONS: &str = "types/src/operations/notes.rs";
const SCHEMAS: &str = "types/src/schemas.rs";

/// A fault: the file, and what stands there in place of what.
struct Mutation {
    name: &'static str,
    file: &'static str,
    changes: &'static [(&'static str, &'static str)],
    /// The check that finds it in the client's half, in the server's half, and in both.
    checks: [&'static str; 3],
}

const MUTATIONS: [Mutation; 6] = [
    Mutation {
        name: "a wrong path",
        file: OPERATIONS,
        changes: &[("path: \"/notes/{id}\"", "path: \"/note/{id}\""), ("Literal(\"notes\")", "Literal(\"note\")")],
        checks: ["wire/path", "server/request", "wire/path"],
    },
    Mutation {
        name: "a dropped header",
        file: OPERATIONS,
        changes: &[
            ("request.header(&Self::X_TRACE, ::core::option::Option::Some(&self.x_trace))?;", ""),
            ("request.header_required(&Self::X_TRACE)?", "::core::default::Default::default()"),
        ],
        checks: ["wire/header", "server/request", "wire/header"],
    },
    Mutation {
        name: "a renamed field",
        file: SCHEMAS,
        changes: &[("\"pinned\" =>", "\"pined\" =>"), ("object.maybe(\"pinned\"", "object.maybe(\"pined\"")],
        checks: ["wire/body", "server/request", "wire/body"],
    },
    Mutation {
        name: "a wrong query style",
        file: OPERATIONS,
        changes: &[("Parameter::form(\"tag\")", "Parameter::form(\"tag\").explode(false)")],
        checks: ["wire/query", "server/request", "wire/query"],
    },
    Mutation {
        name: "null for absent",
        file: SCHEMAS,
        changes: &[("object.maybe(\"pinned\", &self.pinned)", "object.field(\"pinned\", &self.pinned.into_option())")],
        checks: ["wire/body", "wire/body", "wire/body"],
    },
    Mutation {
        name: "a swapped status",
        file: OPERATIONS,
        changes: &[
            ("200 => ", "999 => "),
            ("404 => ", "200 => "),
            ("999 => ", "404 => "),
            ("status(200)", "status(999)"),
            ("status(404)", "status(200)"),
            ("status(999)", "status(404)"),
        ],
        checks: ["client/response", "wire/status", "wire/status"],
    },
];

/// The client's own method forgets an option: the operation's value is right, and what is called is not.
const FORGOTTEN: Mutation = Mutation {
    name: "a forgotten option",
    file: "client/src/notes.rs",
    changes: &[("tag: options.tag", "tag: ::core::option::Option::None")],
    checks: ["wire/query", "", ""],
};

/// A driver that stops.
const PANIC: Mutation = Mutation {
    name: "an abort",
    file: OPERATIONS,
    changes: &[
        ("request.path(&Self::ID, &self.id)?;", "::std::process::abort();"),
        ("id: request.path(&Self::ID)?", "id: ::std::process::abort()"),
    ],
    checks: ["driver/ended", "driver/ended", ""],
};

/// A driver that never answers.
const HANG: Mutation = Mutation {
    name: "a hang",
    file: OPERATIONS,
    changes: &[("request.path(&Self::ID, &self.id)?;", "loop {}"), ("id: request.path(&Self::ID)?", "id: loop {}")],
    checks: ["driver/late", "driver/late", ""],
};

const CONTENTS: &str = "types/src/contents.rs";
const THINGS: &str = "types/src/operations/things.rs";

/// Faults of bodies, each in another media type.
const OF_BODIES: [Mutation; 7] = [
    Mutation {
        name: "a wrong content type",
        file: CONTENTS,
        changes: &[("body.json(\"text/json\"", "body.json(\"application/json\"")],
        checks: ["wire/content-type", "wire/content-type", "wire/content-type"],
    },
    Mutation {
        name: "swapped variants",
        file: CONTENTS,
        changes: &[("body.json().map(Self::TextJson)", "body.json().map(Self::Json)")],
        checks: ["client/media", "server/request", "client/media"],
    },
    Mutation {
        name: "lost bytes",
        file: CONTENTS,
        changes: &[(
            "body.bytes(\"application/octet-stream\", value)",
            "body.bytes(\"application/octet-stream\", ::core::default::Default::default())",
        )],
        checks: ["wire/body", "", "wire/body"],
    },
    Mutation {
        name: "a wrong style in a form",
        file: THINGS,
        changes: &[(".explode(false)", "")],
        checks: ["wire/body", "server/request", "wire/body"],
    },
    Mutation {
        name: "a file under another name",
        file: CONTENTS,
        changes: &[("Part::file(\"image\")", "Part::file(\"picture\")")],
        checks: ["wire/body", "server/request", "wire/body"],
    },
    Mutation {
        name: "another name in XML",
        file: CONTENTS,
        changes: &[("XmlName::new(\"box\")", "XmlName::new(\"case\")")],
        checks: ["wire/body", "wire/body", "wire/body"],
    },
    Mutation {
        name: "answers nobody wants",
        file: THINGS,
        changes: &[("accept: ::core::option::Option::Some(\"application/json, text/plain\")", "accept: ::core::option::Option::None")],
        checks: ["", "server/refusal", "server/refusal"],
    },
];

/// Faults of callbacks: there the server sends, and the client receives.
const OF_CALLBACKS: [Mutation; 2] = [
    Mutation {
        name: "a deaf receiver",
        file: "client/src/callbacks.rs",
        changes: &[(".marked(\"event\", &[\"lamp_lit\"])", ".marked(\"event\", &[\"lamp_out\"])")],
        checks: ["", "server/request", "server/request"],
    },
    Mutation {
        name: "a forgetful sender",
        file: "server/src/callbacks.rs",
        changes: &[("tags: options.tags", "tags: ::core::option::Option::None")],
        checks: ["wire/query", "", "wire/query"],
    },
];

/// Faults of declared headers and of bodies of many values.
const OF_STREAMS: [Mutation; 2] = [
    Mutation {
        name: "another header",
        file: SCHEMAS,
        changes: &[("Parameter::simple(\"X-Market\")", "Parameter::simple(\"X-Markets\")")],
        checks: ["client/header", "wire/response-header", "wire/response-header"],
    },
    Mutation {
        name: "events that are their data",
        file: "types/src/operations/ticker.rs",
        changes: &[("::bothends_runtime::Data::JsonFields", "::bothends_runtime::Data::Json")],
        checks: ["values", "values", "wire/body"],
    },
];

impl Mutation {
    fn driver(&self, scratch: &Scratch) -> Driver {
        assert!(scratch.outcome.files.iter().any(|file| file.path == self.file), "{}: there is no {}", self.name, self.file);
        scratch.driver(&self.name.replace(' ', "-"), |file| self.apply(file))
    }

    fn apply(&self, file: &OutputFile) -> String {
        let mut text = file.contents.clone();
        for (from, to) in self.changes.iter().filter(|_| file.path == self.file) {
            assert!(text.contains(from), "{}: `{from}` is no longer in {}", self.name, self.file);
            text = text.replace(from, to);
        }
        text
    }
}

/// Lets two drivers talk and prints which checks failed.
fn checks(scratch: &Scratch, name: &str, place: &str, client: &Driver, server: &Driver) -> Vec<String> {
    let report = scratch.pair(client, server);
    let checks: Vec<String> = report.failures.iter().map(|failure| failure.check.clone()).collect();
    println!("{name:20}  {place:8}  {:4} of {:4}  {:5.1} s  {}", report.failed(), report.cases, report.run_seconds, checks.join(", "));
    for failure in &report.failures {
        assert!(!failure.message.is_empty() && (!failure.case.is_null() || failure.check == "driver/given-up"), "{failure:?}");
    }
    checks
}

/// Puts a mutation into the client, the server and the types (both), and wants its checks to fail.
fn caught(scratch: &Scratch, pristine: &Driver, mutation: &Mutation) {
    let mutated = mutation.driver(scratch);
    let pairs = [("client", &mutated, pristine), ("server", pristine, &mutated), ("types", &mutated, &mutated)];
    for ((place, client, server), wanted) in pairs.into_iter().zip(mutation.checks).filter(|(_, wanted)| !wanted.is_empty()) {
        let found = checks(scratch, mutation.name, place, client, server);
        assert!(found.iter().any(|check| check == wanted), "{} in {place}: {wanted} did not fail, but {found:?}", mutation.name);
    }
}

#[test]
fn every_mutation_is_caught() {
    let mut scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "mutations");
    let pristine = scratch.driver("pristine", |file| file.contents.clone());
    let report = scratch.pair(&pristine, &pristine);
    assert_eq!(report.failed(), 0, "{}", report.failure_text());
    assert_eq!((report.operations, report.statuses, report.parameters, report.left_out.len()), (1, 2, 3, 0));
    for mutation in MUTATIONS.iter().chain([&FORGOTTEN]) {
        caught(&scratch, &pristine, mutation);
    }
    // A driver that stops or hangs is a failure like any other, and does not hold up the rest.
    scratch.options.patience = Duration::from_secs(2);
    for mutation in [&PANIC, &HANG] {
        let started = Instant::now();
        caught(&scratch, &pristine, mutation);
        assert!(started.elapsed() < Duration::from_secs(120), "{}: {:?}", mutation.name, started.elapsed());
    }
}

#[test]
fn every_mutation_of_bodies_is_caught() {
    for (name, mutations) in [("media", &OF_BODIES[..]), ("streams", &OF_STREAMS)] {
        let mut scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), name);
        scratch.options.cases = 4;
        let pristine = scratch.driver("pristine", |file| file.contents.clone());
        let report = scratch.pair(&pristine, &pristine);
        assert_eq!((report.failed(), report.left_out.len()), (0, 0), "{}", report.failure_text());
        for mutation in mutations {
            caught(&scratch, &pristine, mutation);
        }
    }
}

#[test]
fn every_mutation_of_callbacks_is_caught() {
    let mut scratch = Scratch::new(env!("CARGO_TARGET_TMPDIR"), "callbacks");
    scratch.options.cases = 4;
    let pristine = scratch.driver("pristine", |file| file.contents.clone());
    let report = scratch.pair(&pristine, &pristine);
    assert_eq!((report.failed(), report.callbacks), (0, 4), "{}", report.failure_text());
    for mutation in &OF_CALLBACKS {
        caught(&scratch, &pristine, mutation);
    }
}
