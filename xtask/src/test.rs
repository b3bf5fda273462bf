//! `cargo xtask test`: every check of the repository as a row of stages, each with its time.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use bothends::verify::target_folder;

use crate::{Fault, corpus, generate, strangers, tidy, verify};

/// Features of the runtime that are off by default and have code to check.
const FEATURES: &str = "bothends-runtime/client,bothends-runtime/server,bothends-runtime/source";

/// Where the folder with whole upstream documents is, if the caller has one.
const SHARED: &str = "BOTHENDS_SHARED";

/// Values for every request and response here: with the default of `cargo xtask verify` this one stage would take as long
/// as all others.
const CASES: usize = 8;

/// Why a stage is skipped.
const UNSHARED: &str = "BOTHENDS_SHARED is not set";

/// When so much time has gone, an API that has not begun is left to a longer run.
const BUDGET: Duration = Duration::from_secs(6 * 60);

/// A few real documents of every version, small ones: `cargo xtask corpus` tries all that there are.
const SAMPLE: &[&str] = &[
    "versions/2.0/petstore.json",
    "versions/3.0/petstore.json",
    "versions/3.1/webhooks.json",
    "corpus/1password.com__events.json",
    "corpus/iptwist.com.json",
];

/// What of the strangers is met here: what runs with the drivers that the round trips have compiled, and one API whose mock is
/// compiled in a minute. `cargo xtask strangers` does the rest.
const STRANGERS: &[(&str, &[&str], &str)] = &[
    ("strangers: types", &["mattermost", "rocketchat", "superoffice"], "types"),
    ("strangers: parser", &["rocketchat"], "parser"),
    ("strangers: clients", &["superoffice"], "clients"),
];

/// How a stage ended.
enum End {
    Passed,
    Failed(Fault),
    Skipped(&'static str),
}

/// Runs all stages, the later ones also when an earlier one failed, and lists them at the end.
pub fn run(root: &Path) -> Result<(), Fault> {
    let mut stages = Stages::default();
    let workspace = ["--workspace", "--features", FEATURES];
    stages.run("format", || cargo(&["fmt", "--all", "--check"], &[]));
    stages.run("tidy", || tidy::run(root));
    stages.run("clippy", || cargo(&["clippy", "--all-targets"], &[&workspace[..], &["--", "-D", "warnings"]].concat()));
    stages.run("drift", || generate::run(root, &[], true));
    stages.run("tests", || cargo(&["test", "--no-fail-fast"], &workspace));
    if root.join("generated/Cargo.toml").is_file() {
        let target = target_folder().join("generated").display().to_string();
        let generated = ["--manifest-path", "generated/Cargo.toml", "--target-dir", &target, "--workspace"];
        stages.run("generated: clippy", || cargo(&["clippy", "--all-targets"], &[&generated[..], &["--", "-D", "warnings"]].concat()));
        stages.run("generated: doc", || cargo(&["doc", "--no-deps"], &generated));
        stages.run("generated: tests", || cargo(&["test"], &generated));
        let user = ["--manifest-path", "tests/both-ends/Cargo.toml", "--target-dir", &target];
        stages.run("generated: as a user", || cargo(&["test"], &user));
        let consumer = ["--manifest-path", "tests/consumer/Cargo.toml", "--target-dir", &target];
        stages.run("consumer workspace", || cargo(&["test"], &consumer));
    } else {
        stages.skip("generated", "generated/Cargo.toml is missing; run `cargo xtask generate`");
    }
    stages.run("round trips", || {
        eprintln!("{CASES} values for each request and response; `cargo xtask verify` sends more");
        verify::run(root, &[], verify::Options { cases: CASES, ..verify::Options::default() })
    });
    for (name, apis, part) in STRANGERS {
        let apis: Vec<String> = apis.iter().map(|api| (*api).to_owned()).collect();
        stages.run(name, || strangers::run(root, &apis, &strangers::Options { whole: false, parts: vec![(*part).to_owned()] }));
    }
    match std::env::var_os(SHARED).map(PathBuf::from) {
        Some(shared) => {
            let upstream =
                corpus::Options { grouped: true, budget: Some(BUDGET), ..corpus::Options::verify(vec![shared.join("upstream")]) };
            stages.run("upstream documents", || corpus::strict(root, &upstream));
            let sample = SAMPLE.iter().map(|document| shared.join(document)).collect();
            stages.run("real documents", || corpus::strict(root, &corpus::Options::verify(sample)));
        }
        None => {
            stages.skip("upstream documents", UNSHARED);
            stages.skip("real documents", UNSHARED);
        }
    }
    stages.finish()
}

/// Runs cargo here, with warnings of rustdoc as errors. `what` is the subcommand, `how` its arguments.
pub fn cargo(what: &[&str], how: &[&str]) -> Result<(), Fault> {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(program).args(what).args(how).env("RUSTDOCFLAGS", "-D warnings").status();
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("`cargo {}` ended with {status}", [what, how].concat().join(" "))),
        Err(error) => Err(format!("cargo cannot be started: {error}")),
    }
}

/// The stages so far.
#[derive(Default)]
struct Stages {
    done: Vec<(&'static str, Duration, End)>,
}

impl Stages {
    fn run(&mut self, name: &'static str, stage: impl FnOnce() -> Result<(), Fault>) {
        eprintln!("\n== {name}");
        let start = Instant::now();
        let end = stage().map_or_else(End::Failed, |()| End::Passed);
        self.done.push((name, start.elapsed(), end));
    }

    fn skip(&mut self, name: &'static str, why: &'static str) {
        eprintln!("\n== {name}\nskipped: {why}");
        self.done.push((name, Duration::ZERO, End::Skipped(why)));
    }

    fn finish(self) -> Result<(), Fault> {
        eprintln!();
        let mut failed = 0;
        for (name, time, end) in &self.done {
            let said = match end {
                End::Passed => "passed".to_owned(),
                End::Skipped(why) => format!("skipped: {why}"),
                End::Failed(fault) => {
                    failed += 1;
                    format!("FAILED: {}", fault.lines().next().unwrap_or_default())
                }
            };
            eprintln!("{name:20} {:7.1} s  {said}", time.as_secs_f64());
        }
        if failed == 0 { Ok(()) } else { Err(format!("{failed} stage(s) failed")) }
    }
}
