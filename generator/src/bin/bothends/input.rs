//! What every command is told of an API: its documents, and what is made of them.

use std::path::{Path, PathBuf};

use bothends::config::{self, Global, Selector};
use bothends::diagnostic::{Code, Diagnostic};
use bothends::emit;
use bothends::generate::Config;
use bothends::model::Location;
use bothends::source::{Disk, SourceMap};
use clap::Args;

use super::quoted;

/// What every command is told of an API.
#[derive(Args)]
pub struct Input {
    /// OpenAPI document, YAML or JSON; several are merged into one API
    #[arg(required_unless_present = "config", value_name = "DOCUMENT")]
    pub documents: Vec<PathBuf>,
    /// Configuration that names the documents and what to make of them, `bothends.toml`; what else the command line says is
    /// added to it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Overlay with changes to the documents, applied before anything else; several in order
    #[arg(long = "overlay", value_name = "FILE")]
    overlays: Vec<PathBuf>,
    /// Stem of the crates' names [default: made from the document's file name or title, or from the folder of several]
    #[arg(long)]
    name: Option<String>,
    /// Only the operations that this fits: `tag:users`, an operationId, `/users/**`, `GET /users/*`, `callback:userCreated`
    #[arg(long, value_name = "SELECTOR")]
    include: Vec<String>,
    /// Not the operations that this fits, even if they are included
    #[arg(long, value_name = "SELECTOR")]
    exclude: Vec<String>,
    /// Schema that stays though no selected operation needs it: a name, `*` in it, or a JSON pointer
    #[arg(long, value_name = "SCHEMA")]
    keep: Vec<String>,
    /// Parameter that is set once on the client: `header:X-Language`, `query:lang`, `cookie:theme`
    #[arg(long = "global", value_name = "PLACE:NAME", value_parser = global)]
    globals: Vec<(Location, String)>,
    /// The same for a credential, whose value nothing shows
    #[arg(long = "secret-global", value_name = "PLACE:NAME", value_parser = global)]
    secret_globals: Vec<(Location, String)>,
    /// Treat warnings (repairs, operations that are left out) as errors
    #[arg(long)]
    strict: bool,
}

impl Input {
    /// What the library is told. `parts` are those that the command line asks for, `emit` is made from those that count.
    pub fn config(&self, parts: Option<emit::Parts>, emit: impl Fn(emit::Parts) -> emit::Options) -> Result<Config, Fault> {
        let mut map = SourceMap::default();
        let mut made = match &self.config {
            None => Config::new(&self.documents, emit(parts.unwrap_or_default())),
            Some(path) => match config::load(&Disk, &mut map, path) {
                Ok(settings) => {
                    let emit = emit(parts.unwrap_or(settings.parts));
                    let mut made = Config::from_settings(&settings, path.parent().unwrap_or(Path::new("")), emit);
                    made.documents.extend(self.documents.iter().cloned());
                    made
                }
                Err(diagnostic) => return Err((diagnostic, map)),
            },
        };
        made.overlays.extend(self.overlays.iter().cloned());
        made.name = self.name.clone().or(made.name);
        made.strict |= self.strict;
        let selectors = |list: &[String]| list.iter().cloned().map(Selector::from).collect::<Vec<_>>();
        made.selection.include.extend(selectors(&self.include));
        made.selection.exclude.extend(selectors(&self.exclude));
        made.selection.keep.extend(selectors(&self.keep));
        let globals = self.globals.iter().map(|global| (global, false)).chain(self.secret_globals.iter().map(|global| (global, true)));
        for ((location, name), secret) in globals {
            let global = Global { location: *location, name: name.clone(), rename: None, secret, position: None };
            if made.about.globals.iter().any(|known| known.is_same(&global)) {
                let message = format!("the global `{name}` is named twice");
                return Err((Box::new(Diagnostic::new(Code::CONFIG_INVALID, message)), map));
            }
            made.about.globals.push(global);
        }
        Ok(made)
    }

    /// The words of a command line that say the same.
    pub fn words(&self) -> Vec<String> {
        let path = |path: &PathBuf| path.display().to_string();
        let place = |(location, name): &(Location, String)| format!("{}:{name}", location.as_str());
        let mut words: Vec<String> = self.documents.iter().map(|document| quoted(&path(document))).collect();
        let options: [(&str, Vec<String>); 8] = [
            ("--config", self.config.iter().map(path).collect()),
            ("--overlay", self.overlays.iter().map(path).collect()),
            ("--name", self.name.iter().cloned().collect()),
            ("--include", self.include.clone()),
            ("--exclude", self.exclude.clone()),
            ("--keep", self.keep.clone()),
            ("--global", self.globals.iter().map(place).collect()),
            ("--secret-global", self.secret_globals.iter().map(place).collect()),
        ];
        for (option, values) in options {
            words.extend(values.iter().flat_map(|value| [option.to_owned(), quoted(value)]));
        }
        if self.strict {
            words.push("--strict".to_owned());
        }
        words
    }
}

/// What is wrong with a configuration, and the file to show it in.
pub type Fault = (Box<Diagnostic>, SourceMap);

/// `header:X-Language`.
fn global(text: &str) -> Result<(Location, String), String> {
    let (place, name) = text.split_once(':').ok_or("a global is named by its place and its name, such as `header:X-Language`")?;
    if name.is_empty() {
        return Err("the global has no name".to_owned());
    }
    Ok((Global::place(place)?, name.to_owned()))
}
