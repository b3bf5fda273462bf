//! Programs that only strangers need: whether they are there, and what is to be installed for them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::row::{self, Row};
use crate::Fault;

/// A program with its packages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tool {
    /// Node with npm.
    Node,
    /// Python 3.
    Python,
}

/// The oldest Node whose scripts are understood.
const NODE: u32 = 20;

impl Tool {
    /// Why it cannot be used, if so.
    pub fn missing(self) -> Option<String> {
        match self {
            Self::Node => {
                let Some(version) = said("node", &["--version"]) else { return Some("node is not there".to_owned()) };
                let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
                if major.is_none_or(|major| major < NODE) {
                    return Some(format!("node is {}; {NODE} or newer is needed", version.trim()));
                }
                said("npm", &["--version"]).is_none().then(|| "npm is not there".to_owned())
            }
            Self::Python => {
                if said("python3", &["--version"]).is_none() {
                    return Some("python3 is not there".to_owned());
                }
                // Some systems have Python without what makes folders of packages.
                let venv = said("python3", &["-c", "import ensurepip, venv, sys; assert sys.version_info >= (3, 10)"]);
                venv.is_none().then(|| "python3 is older than 3.10, or has no venv".to_owned())
            }
        }
    }

    /// Installs the packages, at the versions of the lock file, unless that was done for this very lock file.
    pub fn prepare(self, folder: &Path) -> Result<(), Fault> {
        match self {
            Self::Node => npm_ci(folder),
            Self::Python => venv(folder),
        }
    }
}

/// What a program says when it is asked for its version; nothing if it cannot be started.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn npm_ci(folder: &Path) -> Result<(), Fault> {
    once_for(&folder.join("package-lock.json"), &folder.join("node_modules/.installed-lock.json"), || {
        // Nothing that a package brings along is run.
        let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
        run(Command::new("npm").args(arguments).current_dir(folder))
    })
}

/// The interpreter with the packages.
pub fn python(folder: &Path) -> PathBuf {
    folder.join(".venv").join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" })
}

fn venv(folder: &Path) -> Result<(), Fault> {
    once_for(&folder.join("requirements.txt"), &folder.join(".venv/installed-requirements.txt"), || {
        run(Command::new("python3").args(["-m", "venv", "--clear", ".venv"]).current_dir(folder))?;
        let pip = ["-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "-r", "requirements.txt"];
        let python = std::path::absolute(python(folder)).map_err(|error| format!("{}: {error}", folder.display()))?;
        run(Command::new(python).args(pip).current_dir(folder))
    })
}

/// Installs what a list names, unless the mark of the last time says that it was this very list.
fn once_for(list: &Path, mark: &Path, install: impl FnOnce() -> Result<(), Fault>) -> Result<(), Fault> {
    let wanted = std::fs::read(list).map_err(|error| format!("{} cannot be read: {error}", list.display()))?;
    if std::fs::read(mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    eprintln!("installing the packages of {}", list.display());
    install()?;
    std::fs::write(mark, wanted).map_err(|error| format!("{} cannot be written: {error}", mark.display()))
}

fn run(command: &mut Command) -> Result<(), Fault> {
    let status = command.stdin(Stdio::null()).status().map_err(|error| format!("{command:?} cannot be started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}")) }
}

/// Runs a script in its folder and reads the rows that it prints. What it says on standard error is for people.
pub fn script(folder: &Path, program: &str, arguments: &[&str]) -> Result<Vec<Row>, Fault> {
    row::read(&output(folder, program, arguments)?)
}

/// Runs a script in its folder, for what it prints.
pub fn output(folder: &Path, program: &str, arguments: &[&str]) -> Result<String, Fault> {
    let what = || [&[program], arguments].concat().join(" ");
    let output = Command::new(program).args(arguments).current_dir(folder).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("`{}` cannot be started: {error}", what()))?;
    if !output.status.success() {
        return Err(format!("`{}` ended with {}", what(), output.status));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
