//! What a configuration says of the API itself: its title, and parameters that are set once.

use std::path::PathBuf;

use serde::Deserialize;

use super::Undeclared;
use crate::model::{self, Api, Location};

/// What a configuration says of the API itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Parameters that leave every request type.
    pub globals: Vec<Global>,
    /// Names in place of those that would be made.
    pub renames: Vec<Rename>,
    /// What becomes of undeclared properties; a later entry says more than an earlier one about a place in both.
    pub undeclared: Vec<Undeclared>,
    /// Instead of what the document says of itself.
    pub info: Info,
    /// The configuration's path and text, to show places in it.
    pub file: Option<(PathBuf, String)>,
}

/// Instead of what the document says of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Info {
    /// The API's title.
    pub title: Option<String>,
    /// The API's version.
    pub version: Option<String>,
    /// The API's description (CommonMark).
    pub description: Option<String>,
}

/// A parameter that is set once on the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Global {
    /// Where it travels: not in a path.
    pub location: Location,
    /// Its name on the wire.
    pub name: String,
    /// What it is called in Rust, if not after its name.
    pub rename: Option<String>,
    /// Whether it is a credential.
    pub secret: bool,
    /// Line and column in the configuration, if it stands in one.
    pub position: Option<(usize, usize)>,
}

/// A name in place of the one that would be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// JSON pointer in the document as written; of several documents behind the file's name: `rooms.yaml#/tags/0`.
    pub pointer: String,
    /// The name.
    pub name: String,
    /// Line and column in the configuration, if it stands in one.
    pub position: Option<(usize, usize)>,
}

/// As TOML has it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenGlobal {
    #[serde(rename = "in")]
    place: String,
    name: String,
    rename: Option<String>,
    #[serde(default)]
    secret: bool,
}

impl WrittenGlobal {
    /// The setting, or a sentence that says what is wrong with it.
    pub(super) fn read(&self, position: (usize, usize)) -> Result<Global, String> {
        let location = Global::place(&self.place)?;
        if self.name.is_empty() {
            return Err("a global has no name".to_owned());
        }
        Ok(Global { location, name: self.name.clone(), rename: self.rename.clone(), secret: self.secret, position: Some(position) })
    }
}

impl Global {
    /// A place where a global may travel.
    ///
    /// # Errors
    /// A sentence that names the places.
    pub fn place(text: &str) -> Result<Location, String> {
        match text {
            "header" => Ok(Location::Header),
            "query" => Ok(Location::Query),
            "cookie" => Ok(Location::Cookie),
            other => Err(format!("there is no place `{}` for a global; the places are header, query and cookie", other.escape_debug())),
        }
    }

    /// Whether both are the same parameter on the wire: header names know no case.
    pub fn is_same(&self, other: &Self) -> bool {
        self.names(other.location, &other.name)
    }

    /// Whether this one is the parameter of a name at a place.
    pub fn names(&self, location: Location, name: &str) -> bool {
        let same = if location == Location::Header { str::eq_ignore_ascii_case } else { str::eq };
        self.location == location && same(&self.name, name)
    }

    /// Whether the model has this one.
    pub fn is(&self, known: &model::Global) -> bool {
        self.names(known.parameter.location, &known.parameter.wire)
    }
}

impl Info {
    /// Puts what is set in the place of what the document says.
    pub fn apply(&self, api: &mut Api) {
        if let Some(title) = &self.title {
            api.title.clone_from(title);
        }
        if let Some(version) = &self.version {
            api.version.clone_from(version);
        }
        if self.description.is_some() {
            api.description.clone_from(&self.description);
        }
    }
}
