//! Programs that only strangers need: whether they are there, and what is to be installed for them.

use std::path::Path;
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
            Self::Python => said("python3", &["--version"]).is_none().then(|| "python3 is not there".to_owned()),
        }
    }

    /// Installs the packages, at the versions of the lock file, unless that was done for this very lock file.
    pub fn prepare(self, folder: &Path) -> Result<(), Fault> {
        match self {
            Self::Node => npm_ci(folder),
            Self::Python => Ok(()),
        }
    }
}

/// What a program says when it is asked for its version; nothing if it cannot be started.
fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn npm_ci(folder: &Path) -> Result<(), Fault> {
    let (lock, mark) = (folder.join("package-lock.json"), folder.join("node_modules/.installed-lock.json"));
    let wanted = std::fs::read(&lock).map_err(|error| format!("{} cannot be read: {error}", lock.display()))?;
    if std::fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    eprintln!("installing the packages of {}", lock.display());
    // Nothing that a package brings along is run.
    let status =
        Command::new("npm").args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(folder).status();
    match status {
        Ok(status) if status.success() => {
            std::fs::write(&mark, wanted).map_err(|error| format!("{} cannot be written: {error}", mark.display()))
        }
        Ok(status) => Err(format!("`npm ci` ended with {status}")),
        Err(error) => Err(format!("npm cannot be started: {error}")),
    }
}

/// Runs a script in its folder and reads the rows that it prints. What it says on standard error is for people.
pub fn script(folder: &Path, program: &str, arguments: &[&str]) -> Result<Vec<Row>, Fault> {
    let what = || [&[program], arguments].concat().join(" ");
    let output = Command::new(program).args(arguments).current_dir(folder).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.map_err(|error| format!("`{}` cannot be started: {error}", what()))?;
    if !output.status.success() {
        return Err(format!("`{}` ended with {}", what(), output.status));
    }
    row::read(&String::from_utf8_lossy(&output.stdout))
}
