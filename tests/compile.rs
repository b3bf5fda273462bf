//! What is generated compiles as it stands: both editions, without tags, with one and with all, clippy and rustdoc strict.
//!
//! The client is compiled without TLS, so that no C code is. One target folder serves all; dependencies compile once.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use std::time::Duration;

use bothends::generate::{Config, generate};
use bothends::output;
use bothends::source::Memory;
use bothends_tests::{cargo, config, finish, fixture, root, target};

/// Longer than one step may take on a busy machine that has to compile the dependencies first.
const LIMIT: Duration = Duration::from_secs(1500);

const PARTS: [&str; 3] = ["types", "client", "server"];

/// A generated workspace on the disk.
struct Workspace {
    name: &'static str,
    folder: PathBuf,
    /// The feature of every tag.
    tags: Vec<String>,
    /// The features of callbacks, if there are any.
    callbacks: Vec<String>,
}

impl Workspace {
    /// Generates a document into a scratch folder.
    fn new(name: &'static str, document: String) -> Self {
        let sources = Memory::new().with("api.yaml", document);
        let config = Config { name: Some(name.to_owned()), ..config("api.yaml") };
        let mut outcome = generate(&sources, &config);
        assert!(!outcome.diagnostics.has_errors(), "{name}: {:?}", outcome.diagnostics);
        assert_eq!((outcome.counts.dropped, outcome.counts.written), (0, outcome.counts.generated), "{name}");
        let api = outcome.api.unwrap();
        let mut tags: Vec<String> = api.groups.iter().map(|group| group.feature.clone()).collect();
        tags.dedup();
        let callbacks = if api.callbacks.is_empty() { &[][..] } else { &["callbacks", "receiver", "sender"] };
        let callbacks = callbacks.iter().map(|feature| (*feature).to_owned()).collect();
        let folder = scratch().join(name);
        let files = output::standalone(config.emit.parts, std::mem::take(&mut outcome.files));
        output::write(&folder, &files).unwrap();
        // The versions that everything else here is built with, if they are known: nothing newer is asked for.
        let _ = fs::copy(root().join("generated/Cargo.lock"), folder.join("Cargo.lock"));
        Self { name, folder, tags, callbacks }
    }

    /// The same crates on another edition. The next run of the generator would put them back.
    fn edition(&self, edition: &str) {
        for part in PARTS {
            let path = self.folder.join(part).join("Cargo.toml");
            let manifest = fs::read_to_string(&path).unwrap();
            let line = manifest.lines().find(|line| line.starts_with("edition = ")).unwrap();
            let changed = manifest.replace(line, &format!("edition = \"{edition}\""));
            if changed != manifest {
                fs::write(&path, changed).unwrap();
            }
        }
    }

    /// Runs cargo over the three crates; every complaint is a failure.
    fn cargo(&self, what: &[&str], features: &[String], behind: &[&str]) -> String {
        let mut command: Command = cargo();
        command.current_dir(&self.folder).args(what).args(["--quiet", "--no-default-features", "--features", &features.join(",")]);
        command.env("RUSTDOCFLAGS", "-D warnings").env("CARGO_TARGET_DIR", scratch().join("target")).args(behind);
        let run = finish(&mut command, LIMIT);
        let start: String = run.stderr.chars().take(4000).collect();
        assert_eq!(run.status, Some(0), "{}: {command:?}\n{start}", self.name);
        run.stdout
    }

    fn packages(&self) -> Vec<String> {
        PARTS.iter().flat_map(|part| ["--package".to_owned(), format!("{}-{part}", self.name)]).collect()
    }

    /// Every combination that is claimed.
    fn check(&self) {
        let packages = self.packages();
        let packages: Vec<&str> = packages.iter().map(String::as_str).collect();
        let all = [self.tags.clone(), vec!["serde".to_owned()]].concat();
        let one = self.tags.iter().take(1).cloned().collect::<Vec<_>>();
        for edition in ["2021", "2024"] {
            self.edition(edition);
            for features in [&[][..], &one, &all, &[&all[..], &self.callbacks].concat()].into_iter().take(3 + self.callbacks.len().min(1)) {
                self.cargo(&[&["clippy"][..], &packages].concat(), features, &["--", "-D", "warnings"]);
            }
            self.cargo(&[&["doc", "--no-deps"][..], &packages].concat(), &[&all[..], &self.callbacks].concat(), &[]);
        }
        // The types alone, with neither half.
        let types = format!("{}-types", self.name);
        self.cargo(&["clippy", "--package", &types], &all, &["--", "-D", "warnings"]);
    }
}

/// Where the workspaces of these tests lie.
fn scratch() -> PathBuf {
    let folder = target().join("bothends").join("compile");
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap()
}

/// All workspaces, written before the first of them is compiled: each holds the runtime at the same place, and cargo, which
/// takes these for one package, looks at one of them only to see whether it has changed.
fn workspace(name: &str) -> &'static Workspace {
    static ALL: LazyLock<Vec<Workspace>> = LazyLock::new(|| {
        let start = "openapi: 3.0.3\ninfo: {title: T, version: '1'}\n";
        let operation = "paths: {/: {get: {responses: {'204': {description: Fine}}}}}\n";
        vec![
            Workspace::new("everything", read(&fixture("everything.yaml"))),
            Workspace::new("media", read(&fixture("media.yaml"))),
            Workspace::new("callbacks", read(&fixture("callbacks.yaml"))),
            Workspace::new("nothing", format!("{start}paths: {{}}\n")),
            Workspace::new("smallest", format!("{start}{operation}")),
            Workspace::new("hostile", read(&fixture("hostile.yaml")).replace("LONGNAME", &"Long".repeat(50))),
        ]
    });
    ALL.iter().find(|workspace| workspace.name == name).unwrap()
}

#[test]
fn everything_that_is_carried() {
    workspace("everything").check();
    workspace("media").check();
}

/// A receiver and a sender as a user would write them, in one program that runs, and the examples in the docs.
#[test]
fn callbacks_both_ways() {
    let workspace = workspace("callbacks");
    workspace.check();
    let with = [workspace.tags.clone(), vec!["receiver".to_owned(), "sender".to_owned()]].concat();
    workspace.cargo(&["test", "--doc", "--package", "callbacks-client", "--package", "callbacks-server"], &with, &[]);
    let user = workspace.folder.join("user");
    let dependency = |part: &str, features: &str| {
        format!("callbacks-{part} = {{ path = \"../{part}\", default-features = false, features = [{features}] }}\n")
    };
    let manifest = format!(
        "[package]\nname = \"callbacks-user\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n{}{}\
         tokio = {{ version = \"1\", features = [\"net\", \"rt\"] }}\n",
        dependency("client", "\"receiver\""),
        dependency("server", "\"sender\""),
    );
    fs::create_dir_all(user.join("src")).unwrap();
    fs::write(user.join("Cargo.toml"), manifest).unwrap();
    fs::write(user.join("src/main.rs"), read(&fixture("callbacks-user.rs"))).unwrap();
    let _ = fs::copy(root().join("generated/Cargo.lock"), user.join("Cargo.lock"));
    let mut command: Command = cargo();
    command.current_dir(&user).args(["run", "--quiet"]).env("CARGO_TARGET_DIR", scratch().join("target"));
    let run = finish(&mut command, LIMIT);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
}

#[test]
fn the_smallest_documents() {
    workspace("nothing").check();
    workspace("smallest").check();
}

/// Names of the prelude, keywords, our own names, other alphabets; texts that try to be code.
#[test]
fn a_hostile_document() {
    let workspace = workspace("hostile");
    workspace.check();
    // No text of the document is a doc test.
    let tests = workspace.cargo(&["test", "--doc", "--package", "hostile-types"], &workspace.tags, &["--", "--list"]);
    assert_eq!(tests.lines().filter(|line| line.ends_with(": test")).collect::<Vec<_>>(), [""; 0]);
}
