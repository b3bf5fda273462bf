//! The verifier can fail: each fault is put into the client's half, the server's half and both halves of a scratch copy
//! of the generated types, and each is caught. Both halves wrong in the same way agree with each other; only the oracle
//! can tell.

use std::path::{Path, PathBuf};

use bothends::generate::{Config, Outcome, generate};
use bothends::source::Memory;
use bothends::verify::{self, Crates, Options, Report, Subject};

const DOCUMENT: &str = r##"
openapi: 3.0.3
info: {title: Notes, version: "1"}
paths:
  /notes/{id}:
    put:
      tags: [notes]
      operationId: putNote
      security: [{token: []}]
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        - {name: tag, in: query, schema: {type: array, items: {type: string}}}
        - {name: X-Trace, in: header, schema: {type: string}}
      requestBody:
        required: true
        content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}
      responses:
        "200": {description: Kept., content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
        "404": {description: Not there., content: {application/json: {schema: {$ref: "#/components/schemas/Note"}}}}
components:
  securitySchemes:
    token: {type: http, scheme: bearer}
  schemas:
    Note:
      type: object
      required: [text]
      properties:
        text: {type: string}
        pinned: {type: boolean}
"##;

const OPERATIONS: &str = "types/src/operations/notes.rs";
const SCHEMAS: &str = "types/src/schemas.rs";

/// A fault: the file, and what stands there in place of what. White space does not count.
struct Mutation {
    name: &'static str,
    file: &'static str,
    changes: &'static [(&'static str, &'static str)],
}

const MUTATIONS: [Mutation; 6] = [
    Mutation {
        name: "a wrong path",
        file: OPERATIONS,
        changes: &[("path: \"/notes/{id}\"", "path: \"/note/{id}\""), ("Literal(\"notes\")", "Literal(\"note\")")],
    },
    Mutation {
        name: "a dropped header",
        file: OPERATIONS,
        changes: &[
            ("request.header(&Self::X_TRACE, self.x_trace.as_ref())?;", ""),
            ("x_trace: request.header(&Self::X_TRACE)?", "x_trace: ::core::option::Option::None"),
        ],
    },
    Mutation {
        name: "a renamed field",
        file: SCHEMAS,
        changes: &[("\"pinned\" => reader", "\"pined\" => reader"), ("object.optional(\"pinned\"", "object.optional(\"pined\"")],
    },
    Mutation {
        name: "a wrong query style",
        file: OPERATIONS,
        changes: &[("Parameter::form(\"tag\")", "Parameter::form(\"tag\").explode(false)")],
    },
    Mutation { name: "null for absent", file: SCHEMAS, changes: &[("object.optional(\"pinned\"", "object.field(\"pinned\"")] },
    Mutation {
        name: "a swapped status",
        file: OPERATIONS,
        changes: &[
            ("200 => ::core", "999 => ::core"),
            ("404 => {", "200 => {"),
            ("999 => ::core", "404 => ::core"),
            ("status(200)", "status(999)"),
            ("status(404)", "status(200)"),
            ("status(999)", "status(404)"),
        ],
    },
];

struct Bench {
    outcome: Outcome,
    folder: tempfile::TempDir,
    options: Options,
}

impl Bench {
    fn new() -> Self {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
        let folder = tempfile::tempdir().unwrap();
        let mut sources = Memory::new();
        sources.insert("notes.yaml", DOCUMENT);
        let runtime = root.join("runtime");
        let config = Config {
            documents: vec!["notes.yaml".into()],
            name: Some("notes".to_owned()),
            strict: true,
            limits: Default::default(),
            emit: bothends::emit::Options { parts: Default::default(), runtime: format!("path = {:?}", runtime.display().to_string()) },
        };
        let outcome = generate(&sources, &config);
        assert_eq!(outcome.diagnostics.len(), 0, "{}", bothends::diagnostic::render_human(&outcome.diagnostics, &outcome.sources));
        let mut options = Options::new(&root, "mutations");
        // The versions that the tests themselves were compiled with are on this machine already.
        options.lockfile = Some(root.join("Cargo.lock"));
        Self { outcome, folder, options }
    }

    /// A driver over a copy of the generated crates with changes in one file.
    fn driver(&self, name: &str, file: &str, changes: &[(&str, &str)]) -> PathBuf {
        let root = self.folder.path().join(name.replace(' ', "-"));
        for generated in &self.outcome.files {
            let path = root.join(&generated.path);
            let mut text = generated.contents.clone();
            if generated.path == file {
                for (from, to) in changes {
                    let joined = text.split_whitespace().collect::<Vec<_>>().join(" ");
                    let changed = joined.replace(from, to);
                    assert_ne!(joined, changed, "{name}: `{from}` is no longer in {file}");
                    // Comments end with their line; without lines there can be none.
                    text = without_comments(&text).split_whitespace().collect::<Vec<_>>().join(" ").replace(from, to);
                }
            }
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let api = self.outcome.api.as_ref().unwrap();
        let options = Options { scratch: root.join("driver"), ..self.options.clone() };
        let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("runtime");
        verify::write_driver(api, Crates { generated: &root, runtime: &runtime }, &options.scratch).unwrap();
        verify::build_driver(&options.scratch, &verify::driver_name(api, &options.scratch), &options).unwrap().program
    }

    fn pair(&self, client: &Path, server: &Path) -> Report {
        let (api, tree) = (self.outcome.api.as_ref().unwrap(), self.outcome.tree.as_ref().unwrap());
        let subject = Subject { api, tree, written: &["PUT /notes/{id}".to_owned()], refused: &[] };
        verify::run_pair(subject, client, server, &self.options).unwrap()
    }
}

fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The client's own method forgets an option: the operation's value is right, and what is called is not.
const METHOD: Mutation = Mutation {
    name: "a forgotten option",
    file: "client/src/notes.rs",
    changes: &[("x_trace: options.x_trace", "x_trace: ::core::option::Option::None")],
};

#[test]
fn every_mutation_is_caught() {
    let bench = Bench::new();
    let pristine = bench.driver("pristine", "", &[]);
    let report = bench.pair(&pristine, &pristine);
    assert_eq!(report.failed(), 0, "{}", report.failure_text());
    assert_eq!((report.operations, report.statuses, report.parameters), (1, 2, 3));
    for Mutation { name, file, changes } in MUTATIONS {
        let mutated = bench.driver(name, file, changes);
        for (place, client, server) in [("client", &mutated, &pristine), ("server", &pristine, &mutated), ("types", &mutated, &mutated)] {
            let report = bench.pair(client, server);
            println!("{name} in {place}: {:?}", report.failures.iter().map(|failure| failure.check.as_str()).collect::<Vec<_>>());
            assert!(report.failed() > 0, "{name} in {place} was not caught");
        }
    }
    let mutated = bench.driver(METHOD.name, METHOD.file, METHOD.changes);
    assert!(bench.pair(&mutated, &pristine).failed() > 0, "{} was not caught", METHOD.name);
}
