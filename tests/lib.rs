//! Helpers shared by the integration tests: where things are, what is on disk, and the binary from outside.
#![allow(clippy::missing_panics_doc, clippy::unwrap_used, reason = "a test may stop")]

mod scratch;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant, SystemTime};

use bothends::emit::{Options, Parts};
use bothends::generate::Config;
use bothends::output::RUNTIME_DEPENDENCY;

pub use scratch::{Driver, Scratch};

/// Longer than any document here may take on a busy machine: what takes longer hangs.
const HANGS: Duration = Duration::from_secs(120);

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// A document of `tests/fixtures`.
pub fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join(name)
}

/// Where the running tests were built: the folder that holds `debug/`.
pub fn target() -> PathBuf {
    let here = std::env::current_exe().unwrap();
    here.ancestors().nth(3).unwrap().to_owned()
}

/// Everything with its defaults, for one document.
pub fn config(document: impl Into<PathBuf>) -> Config {
    Config::new([document], Options::crates(Parts::default(), RUNTIME_DEPENDENCY))
}

/// Cargo, as the tests themselves were built with.
pub fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // What cargo tells a test about its own package must not reach another one.
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("CARGO_PKG") || name == "CARGO_MANIFEST_DIR" {
            cargo.env_remove(name);
        }
    }
    cargo
}

/// The binary, built once for each test program.
pub fn binary() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| built("bothends"))
}

/// The program of a package of this workspace that has the package's name, built.
pub fn built(package: &str) -> PathBuf {
    let target = target();
    let status = cargo()
        .args(["build", "--quiet", "--package", package, "--bin", package, "--target-dir"])
        .arg(&target)
        .current_dir(root())
        .status()
        .unwrap();
    assert!(status.success(), "{package} does not build");
    target.join("debug").join(package).with_extension(std::env::consts::EXE_EXTENSION)
}

/// What a run of the binary left behind.
#[derive(Debug)]
pub struct Run {
    /// The exit status; `None` after a signal.
    pub status: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs the binary in a folder, and fails when it hangs.
pub fn bothends<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> Run {
    finish(Command::new(binary()).current_dir(folder).args(arguments), HANGS)
}

/// Runs a command to its end, and fails when it takes longer than it may.
pub fn finish(command: &mut Command, limit: Duration) -> Run {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read = |from: &mut dyn Read| {
        let mut bytes = Vec::new();
        from.read_to_end(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let stdout = std::thread::spawn(move || read(&mut out));
    let stderr = std::thread::spawn(move || read(&mut err));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > limit {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{command:?} did not end within {limit:?}");
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Run { status: status.code(), stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

/// What one name in a folder stands for.
#[derive(Clone, PartialEq, Eq)]
pub enum Entry {
    /// A folder.
    Folder,
    /// A link and where it points.
    Link(PathBuf),
    /// A file, its bytes and when they were written.
    File(Vec<u8>, SystemTime),
}

impl Entry {
    /// The bytes of a file.
    pub fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::File(bytes, _) => Some(bytes),
            Self::Folder | Self::Link(_) => None,
        }
    }
}

/// Everything below a folder, by relative path; links are not followed.
pub fn snapshot(folder: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).unwrap().map(Result::unwrap) {
            let (path, kind) = (entry.path(), entry.file_type().unwrap());
            let what = if kind.is_symlink() {
                Entry::Link(fs::read_link(&path).unwrap())
            } else if kind.is_dir() {
                folders.push(path.clone());
                Entry::Folder
            } else if kind.is_file() {
                Entry::File(fs::read(&path).unwrap(), entry.metadata().unwrap().modified().unwrap())
            } else {
                continue;
            };
            found.insert(path.strip_prefix(folder).unwrap().to_owned(), what);
        }
    }
    found
}

/// What differs between two states of a folder, a line each.
pub fn changes(before: &BTreeMap<PathBuf, Entry>, after: &BTreeMap<PathBuf, Entry>) -> Vec<String> {
    let paths: std::collections::BTreeSet<&PathBuf> = before.keys().chain(after.keys()).collect();
    let change = |path: &&PathBuf| match (before.get(*path), after.get(*path)) {
        (None, _) => Some(format!("{} is new", path.display())),
        (_, None) => Some(format!("{} is gone", path.display())),
        (before, after) => (before != after).then(|| format!("{} is another", path.display())),
    };
    paths.iter().filter_map(change).collect()
}

/// The text of a file from a line and a column on, both counted from 1, columns in characters.
pub fn text_at(text: &str, line: usize, column: usize) -> &str {
    let line = text.lines().nth(line.wrapping_sub(1)).unwrap_or_default();
    line.char_indices().nth(column.wrapping_sub(1)).map_or("", |(at, _)| &line[at..])
}
