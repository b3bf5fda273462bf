//! Compiling a driver with the cargo of the machine, in a target folder that all drivers share.

use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::{Error, Options};

/// A compiled driver.
#[derive(Debug, Clone)]
pub struct Built {
    /// The program.
    pub program: PathBuf,
    /// How long cargo took.
    pub seconds: f64,
    /// What the compiler warns of in the generated code and in the runtime; the driver itself is nobody's concern.
    pub warnings: Vec<String>,
}

/// Where the cargo of the caller builds: `CARGO_TARGET_DIR`, or `target` in the current folder.
pub fn target_folder() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from)
}

/// Whether there is a cargo to compile with.
///
/// # Errors
/// [`Error::NoCargo`].
pub fn find_cargo() -> Result<PathBuf, Error> {
    let cargo = std::env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    let asked = Command::new(&cargo).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    if asked.is_ok_and(|status| status.success()) { Ok(cargo) } else { Err(Error::NoCargo) }
}

/// Compiles the scratch package in a folder. The program is copied beside its sources, where no other build replaces it.
///
/// # Errors
/// There is no cargo, or the driver does not compile: what the compiler says is in the error.
pub fn build_driver(scratch: &Path, name: &str, options: &Options) -> Result<Built, Error> {
    build(scratch, name, options, &mut |_| {})
}

/// The same, of any scratch package. `told` is told what cargo does, once a second at least.
pub fn build(scratch: &Path, name: &str, options: &Options, told: &mut dyn FnMut(&str)) -> Result<Built, Error> {
    let (seconds, warnings) = cargo("build", scratch, name, options, told)?;
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let (made, program) = (options.target.join("debug").join(&file), scratch.join(format!("driver{}", std::env::consts::EXE_SUFFIX)));
    // A running program cannot be written over; a new file under its name can be put in its place.
    let fresh = scratch.join("driver.new");
    std::fs::copy(&made, &fresh).map_err(|error| Error::file(&made, &error))?;
    std::fs::rename(&fresh, &program).map_err(|error| Error::file(&program, &error))?;
    Ok(Built { program, seconds, warnings })
}

/// Lets the compiler check the scratch package in a folder and what it depends on, without a program: seconds, and
/// warnings as in [`Built`].
///
/// # Errors
/// As [`build_driver`].
pub fn check_driver(scratch: &Path, name: &str, options: &Options) -> Result<(f64, Vec<String>), Error> {
    cargo("check", scratch, name, options, &mut |_| {})
}

/// Runs cargo on a scratch package.
fn cargo(command: &str, scratch: &Path, name: &str, options: &Options, told: &mut dyn FnMut(&str)) -> Result<(f64, Vec<String>), Error> {
    let cargo = find_cargo()?;
    let started = Instant::now();
    let lock = scratch.join("Cargo.lock");
    if let Some(source) = options.lockfile.as_ref().filter(|_| !lock.exists()) {
        std::fs::copy(source, &lock).map_err(|error| Error::file(source, &error))?;
    }
    let (manifest, messages) = (scratch.join("Cargo.toml"), "--message-format=json");
    let mut process = Command::new(cargo);
    process.args([command, "--color=never", messages, "--manifest-path"]).arg(manifest).arg("--target-dir").arg(&options.target);
    // What a surrounding cargo set for its own build does not hold for this one.
    process.env_remove("CARGO_TARGET_DIR").env_remove("CARGO_ENCODED_RUSTFLAGS").env_remove("RUSTFLAGS");
    let (success, said, faults) = watched(process, told).map_err(|_| Error::NoCargo)?;
    if !success {
        let errors: String = messages_of(&said, "error").map(|message| message.rendered).collect();
        return Err(Error::Compile(errors + &faults));
    }
    let crate_name = name.replace('-', "_");
    let warnings = messages_of(&said, "warning").filter(|message| message.target != name && message.target != crate_name);
    Ok((started.elapsed().as_secs_f64(), warnings.map(|message| message.rendered).collect()))
}

/// Runs cargo to its end: whether it succeeded, what it printed, and what it had to say beside its doings.
fn watched(mut process: Command, told: &mut dyn FnMut(&str)) -> std::io::Result<(bool, String, String)> {
    const TICK: Duration = Duration::from_secs(1);
    let mut child = process.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let reader = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = stdout.map_or(Ok(0), |mut stdout| stdout.read_to_end(&mut bytes));
        read.map(|_| String::from_utf8_lossy(&bytes).into_owned())
    });
    let (sender, lines) = mpsc::channel();
    std::thread::spawn(move || {
        for line in stderr.into_iter().flat_map(|stderr| BufReader::new(stderr).split(b'\n')).map_while(Result::ok) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
        }
    });
    let (mut last, mut faults) = ("cargo".to_owned(), String::new());
    loop {
        match lines.recv_timeout(TICK) {
            Ok(line) => match doing(&line) {
                Some(doing) => {
                    told(&doing);
                    last = doing;
                }
                None => faults.extend([line.as_str(), "\n"]),
            },
            Err(RecvTimeoutError::Timeout) => told(&last),
            Err(RecvTimeoutError::Disconnected) => break,
        }
    }
    let success = child.wait()?.success();
    let said = reader.join().map_err(|_| std::io::Error::other("what cargo prints cannot be read"))??;
    Ok((success, said, faults))
}

/// What cargo does, if a line says that: a verb in a column of its own. Where a package lies is of no interest.
fn doing(line: &str) -> Option<String> {
    let (verb, rest) = line.split_at_checked(12)?;
    let is_verb = |verb: &str| verb.chars().next().is_some_and(char::is_uppercase) && verb.chars().all(char::is_alphabetic);
    let rest = rest.strip_prefix(' ').filter(|_| is_verb(verb.trim_start()))?;
    Some(format!("{} {}", verb.trim_start(), rest.split(" (").next().unwrap_or(rest)))
}

/// Something that the compiler says.
struct Message {
    target: String,
    rendered: String,
}

/// The compiler's messages of one level, out of the JSON lines that cargo prints; the count of them, which comes last, is none.
fn messages_of<'t>(lines: &'t str, level: &'t str) -> impl Iterator<Item = Message> + 't {
    lines.lines().filter_map(move |line| {
        let line: Value = serde_json::from_str(line).ok()?;
        let message = line.get("message").filter(|message| message.get("level").and_then(Value::as_str) == Some(level))?;
        message.get("spans").and_then(Value::as_array).filter(|spans| !spans.is_empty())?;
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        Some(Message { target: text(line.pointer("/target/name"))?, rendered: text(message.get("rendered"))? })
    })
}

/// Removes what cargo has made of packages by these names from a target folder, so that documents by the hundred can share
/// one. What cannot be removed stays.
pub fn forget(target: &Path, packages: &[String]) {
    let made_of = |file: &str| {
        packages.iter().any(|package| {
            [package.clone(), package.replace('-', "_")].iter().any(|name| {
                let rest =
                    file.strip_prefix("lib").and_then(|file| file.strip_prefix(name.as_str())).or_else(|| file.strip_prefix(name.as_str()));
                // The name, a dash and cargo's hash: a longer name may begin with this one.
                let hash = |rest: &str| rest.split('.').next().is_some_and(|hash| hash.chars().all(|c| c.is_ascii_hexdigit()));
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.') || rest.strip_prefix('-').is_some_and(hash))
            })
        })
    };
    for folder in ["", "deps", ".fingerprint", "incremental"] {
        for entry in std::fs::read_dir(target.join("debug").join(folder)).into_iter().flatten().flatten() {
            if entry.file_name().to_str().is_some_and(made_of) {
                let path = entry.path();
                let _ = if path.is_dir() { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_messages_about_a_place_in_the_code_count() {
        let line = |level: &str, spans: &str| {
            format!(
                r#"{{"reason":"compiler-message","target":{{"name":"a_types"}},"message":{{"level":"{level}","spans":{spans},"rendered":"{level}!"}}}}"#
            )
        };
        let lines = [line("warning", "[{}]"), line("warning", "[]"), line("error", "[{}]"), "no JSON".to_owned()].join("\n");
        let shown = |level| messages_of(&lines, level).map(|message| (message.target, message.rendered)).collect::<Vec<_>>();
        assert_eq!(shown("warning"), [("a_types".to_owned(), "warning!".to_owned())]);
        assert_eq!(shown("error"), [("a_types".to_owned(), "error!".to_owned())]);
    }

    #[test]
    fn what_cargo_does_is_told_from_what_it_has_to_say() {
        for (line, expected) in [
            ("   Compiling lamps-types v0.1.0 (/somewhere/types)", Some("Compiling lamps-types v0.1.0")),
            ("    Blocking waiting for file lock on build directory", Some("Blocking waiting for file lock on build directory")),
            ("  Downloaded serde v1.0.228", Some("Downloaded serde v1.0.228")),
            ("error: could not compile `lamps-types` (lib)", None),
            ("            indented by the compiler", None),
            ("", None),
            ("ééééééééé short", None),
        ] {
            assert_eq!(doing(line).as_deref(), expected, "{line}");
        }
    }

    #[test]
    fn what_was_made_of_a_package_is_removed_and_nothing_else() {
        let target = tempfile::tempdir().unwrap();
        let made = ["deps/liba_types-0f.rlib", "deps/a_types-0f.d", ".fingerprint/a-types-0f/x", "a-driver-1"];
        let others = ["deps/libaa_types-0f.rlib", "deps/liba_typesetting-0f.rlib", "deps/a-types-types-0f.d", ".fingerprint/b-types-0f/x"];
        for file in made.iter().chain(&others) {
            let path = target.path().join("debug").join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        forget(target.path(), &["a-types".to_owned(), "a-driver-1".to_owned()]);
        let is_there = |file: &&str| target.path().join("debug").join(file).exists();
        assert!(!made.iter().any(is_there) && others.iter().all(is_there));
    }
}
