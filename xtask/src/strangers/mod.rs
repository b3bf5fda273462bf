//! `cargo xtask strangers`: the generated clients and servers meet what the vendors themselves publish.
//!
//! A part is one way to meet it. It gives rows, one for each thing that was tried; whatever does not fit must stand in
//! the list of known artefacts, `tests/strangers/<api>-artefacts.txt`, which may only shrink.

mod artefacts;
mod clients;
mod parser;
mod row;
mod table;
mod tools;
mod types;

use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::Fault;
use crate::apis::{self, Folder};

pub use row::Row;
use tools::Tool;

/// Folder of the scripts, with their `package.json`.
pub const FOLDER: &str = "tests/strangers";

/// What a run is to do.
pub struct Options {
    /// Everything; else what takes a few minutes.
    pub whole: bool,
    /// Only parts by these names, if there are any.
    pub parts: Vec<String>,
}

/// One way to meet strangers.
pub struct Part {
    /// Its name: first column of the list of artefacts.
    pub name: &'static str,
    /// Folders of `specs/` that it is for.
    pub apis: &'static [&'static str],
    /// What it cannot run without.
    pub needs: &'static [Tool],
    /// Tries one API.
    pub run: fn(&Place<'_>) -> Result<Vec<Row>, Fault>,
}

/// Where a part runs, and how.
pub struct Place<'p> {
    /// The repository.
    pub root: &'p Path,
    /// The API.
    pub folder: &'p Folder,
    /// Everything; else what takes a few minutes.
    pub whole: bool,
}

impl Place<'_> {
    /// The folder of the scripts, as an absolute path: they run in it.
    pub fn scripts(&self) -> Result<PathBuf, Fault> {
        std::path::absolute(self.root.join(FOLDER)).map_err(|error| format!("{FOLDER}: {error}"))
    }

    /// A folder for what a part writes of an API; git ignores it.
    pub fn out(&self) -> Result<PathBuf, Fault> {
        let out = self.scripts()?.join("out").join(&self.folder.name);
        std::fs::create_dir_all(&out).map_err(|error| format!("{} cannot be made: {error}", out.display()))?;
        Ok(out)
    }
}

/// All parts.
const PARTS: &[Part] = &[
    Part { name: "types", apis: &["mattermost", "rocketchat", "superoffice"], needs: &[Tool::Node], run: types::run },
    parser::PART,
    clients::JAVASCRIPT,
    clients::PYTHON,
];

/// Runs all parts for the named APIs, or for all of them, one after the other.
pub fn run(root: &Path, names: &[String], options: &Options) -> Result<(), Fault> {
    let folders = apis::select(&apis::all(root)?, names)?;
    if let Some(unknown) = options.parts.iter().find(|name| PARTS.iter().all(|part| part.name != **name)) {
        let known: Vec<&str> = PARTS.iter().map(|part| part.name).collect();
        return Err(format!("there is no part `{unknown}`\nknown: {}", known.join(", ")));
    }
    let mut faults = Vec::new();
    for part in PARTS.iter().filter(|part| options.parts.is_empty() || options.parts.iter().any(|name| name == part.name)) {
        if let Some(missing) = part.needs.iter().find_map(|tool| tool.missing()) {
            eprintln!("{}: skipped: {missing}", part.name);
            continue;
        }
        for folder in folders.iter().filter(|folder| part.apis.contains(&folder.name.as_str())) {
            eprintln!("{}: {}", part.name, folder.name);
            let start = Instant::now();
            let tried = one(root, part, folder, options.whole);
            eprintln!("{}: {}: {:.1} s", part.name, folder.name, start.elapsed().as_secs_f64());
            faults.extend(tried.err().map(|fault| format!("{}: {}: {fault}", part.name, folder.name)));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n")) }
}

fn one(root: &Path, part: &Part, folder: &Folder, whole: bool) -> Result<(), Fault> {
    for tool in part.needs {
        tool.prepare(&root.join(FOLDER))?;
    }
    let rows = (part.run)(&Place { root, folder, whole })?;
    let known = artefacts::read(&root.join(FOLDER), &folder.name)?;
    let known: Vec<_> = known.into_iter().filter(|artefact| artefact.is_of(part.name, whole)).collect();
    print!("{}", table::render(part.name, &folder.name, &rows, &known));
    let faults = artefacts::compare(part.name, &rows, &known, whole);
    if faults.is_empty() { Ok(()) } else { Err(format!("{} difference(s) to the list of artefacts\n{}", faults.len(), faults.join("\n"))) }
}
