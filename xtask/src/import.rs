//! `cargo xtask import`: a vendor's own documents take the place of the shipped ones, with what we know of their faults.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use bothends::config;
use bothends::diagnostic::{Diagnostic, Diagnostics, render_human};
use bothends::emit::{Options, Parts};
use bothends::generate::{Config, Outcome, analyse};
use bothends::source::{Disk, SourceMap};

use crate::Fault;
use crate::apis::{self, Folder};

/// The configuration that goes with the vendor's documents; it lacks nothing but their names. Where it lists documents
/// itself, they are further ones of ours, and `vendor/*` among them stands for the vendor's.
const TEMPLATE: &str = "import.toml";

/// Where they are put, below the API's folder.
const VENDOR: &str = "vendor";

/// The vendor's documents in a list of the template.
const PLACEHOLDER: &str = "\"vendor/*\"";

/// Puts documents in place of an API's own. Nothing is changed unless they can be read.
pub fn run(root: &Path, api: &str, paths: &[PathBuf]) -> Result<(), Fault> {
    let folder = apis::select(&apis::all(root)?, &[api.to_owned()])?.into_iter().next().ok_or("no API is named")?;
    let place = folder.config.parent().unwrap_or(Path::new(""));
    let documents = documents(paths)?;
    let imported = read(&folder, place, &documents)?;
    let files = placed(&documents, &imported.files)?;
    let vendor = place.join(VENDOR);
    let fresh = place.join(format!(".{VENDOR}.new"));
    write(&fresh, &files).inspect_err(|_| drop(fs::remove_dir_all(&fresh)))?;
    replace(&fresh, &vendor)?;
    let names: Vec<String> =
        documents.iter().filter_map(|path| files.iter().find(|(from, _)| from == path)).map(|(_, to)| shown(to)).collect();
    let temporary = folder.config.with_extension("toml.new");
    fs::write(&temporary, configuration(&imported.template, &names)).map_err(|error| fault(&temporary, &error))?;
    fs::rename(&temporary, &folder.config).map_err(|error| fault(&folder.config, &error))?;
    let counts = &imported.outcome.counts;
    eprintln!("{api}: {} document(s) in {}; operations: {}", names.len(), vendor.display(), counts.text("generated"));
    eprintln!("`cargo xtask generate {api}` makes the crates; `git checkout {}` brings the shipped document back", place.display());
    Ok(())
}

/// What was read, and what of it has to be copied.
struct Imported {
    outcome: Outcome,
    template: String,
    files: Vec<PathBuf>,
}

fn read(folder: &Folder, place: &Path, documents: &[PathBuf]) -> Result<Imported, Fault> {
    let path = place.join(TEMPLATE);
    let template = fs::read_to_string(&path).map_err(|error| fault(&path, &error))?;
    // The name does not matter yet: the documents are read where they are.
    let stand_in = shown(Path::new("*"));
    let text = configuration(&template, std::slice::from_ref(&stand_in));
    let mut map = SourceMap::default();
    let file = map.add(&path, text.clone());
    let settings = config::parse(&text, file).map_err(|diagnostic| show(*diagnostic, &map))?;
    let mut config = Config::from_settings(&settings, place, Options::modules(Parts::default()));
    config.name.get_or_insert_with(|| folder.name.clone());
    let stand_in = place.join(stand_in);
    let listed = std::mem::take(&mut config.documents);
    let further: Vec<PathBuf> = listed.iter().filter(|document| **document != stand_in).cloned().collect();
    for document in listed {
        if document == stand_in { config.documents.extend_from_slice(documents) } else { config.documents.push(document) }
    }
    let overlays = config.overlays.clone();
    let outcome = analyse(&Disk, &config);
    let _ = std::io::stderr().lock().write_all(render_human(&outcome.diagnostics, &outcome.sources).as_bytes());
    if outcome.diagnostics.has_errors() {
        return Err("the documents cannot be read; nothing was changed".to_owned());
    }
    // What our further documents refer to is ours as well, and stays where it is; unless the vendor's are beside it.
    let beside = |path: &Path| !further.is_empty() && path.starts_with(place) && !path.starts_with(place.join(VENDOR));
    let apart = !documents.iter().any(|document| beside(document));
    let stays = |path: &Path| [&overlays, &further].iter().any(|ours| ours.iter().any(|our| our == path)) || (apart && beside(path));
    let files = outcome.sources.paths().filter(|path| !stays(path)).map(Path::to_owned).collect();
    Ok(Imported { outcome, template, files })
}

/// The template with the documents' names, where it has a place for them or else before everything.
fn configuration(template: &str, documents: &[String]) -> String {
    let names: Vec<String> = documents.iter().map(|name| format!("\"{name}\"")).collect();
    match template.split_once(PLACEHOLDER) {
        Some((before, after)) => {
            let indent = before.rsplit('\n').next().filter(|line| line.chars().all(char::is_whitespace));
            let between = indent.map_or_else(|| ", ".to_owned(), |indent| format!(",\n{indent}"));
            [before, &names.join(&between), after].concat()
        }
        None => format!("documents = [\n{}]\n{template}", names.iter().map(|name| format!("    {name},\n")).collect::<String>()),
    }
}

/// Files as named, folders as the documents in them.
fn documents(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Fault> {
    let mut documents = Vec::new();
    for path in paths {
        if !path.is_dir() {
            documents.push(path.clone());
            continue;
        }
        let entries = fs::read_dir(path).map_err(|error| fault(path, &error))?;
        let entries: Vec<PathBuf> =
            entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>().map_err(|error| fault(path, &error))?;
        let is_document = |path: &PathBuf| path.extension().is_some_and(|end| ["yaml", "yml", "json"].iter().any(|known| end == *known));
        let mut found: Vec<PathBuf> = entries.into_iter().filter(is_document).collect();
        if found.is_empty() {
            return Err(format!("{} holds no .yaml, .yml or .json", path.display()));
        }
        found.sort();
        documents.extend(found);
    }
    Ok(documents)
}

/// Where each file goes, seen from the folder of all: what refers to what must still find it.
fn placed(documents: &[PathBuf], files: &[PathBuf]) -> Result<Vec<(PathBuf, PathBuf)>, Fault> {
    let canonical = |path: &PathBuf| path.canonicalize().map_err(|error| fault(path, &error));
    let whole: Vec<PathBuf> = files.iter().map(canonical).collect::<Result<_, _>>()?;
    let mut common = whole.first().and_then(|path| path.parent()).map(Path::to_owned).unwrap_or_default();
    while !whole.iter().all(|path| path.starts_with(&common)) {
        let Some(above) = common.parent() else { break };
        common = above.to_owned();
    }
    let mut placed = Vec::with_capacity(files.len());
    for (from, whole) in files.iter().zip(&whole) {
        let to = whole.strip_prefix(&common).unwrap_or(whole).to_owned();
        // A document keeps the name under which it was given.
        let named = documents.iter().find(|document| *document == from).unwrap_or(from);
        placed.push((named.clone(), to));
    }
    Ok(placed)
}

fn write(folder: &Path, files: &[(PathBuf, PathBuf)]) -> Result<(), Fault> {
    for (from, to) in files {
        let to = folder.join(to);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).map_err(|error| fault(parent, &error))?;
        }
        fs::copy(from, &to).map_err(|error| fault(&to, &error))?;
    }
    Ok(())
}

/// Puts a folder in another one's place.
fn replace(fresh: &Path, place: &Path) -> Result<(), Fault> {
    if place.exists() {
        fs::remove_dir_all(place).map_err(|error| fault(place, &error))?;
    }
    fs::rename(fresh, place).map_err(|error| fault(place, &error))
}

/// As `bothends.toml` names a document.
fn shown(path: &Path) -> String {
    format!("{VENDOR}/{}", path.to_string_lossy().replace('\\', "/"))
}

fn fault(path: &Path, error: &std::io::Error) -> Fault {
    format!("{}: {error}", path.display())
}

fn show(diagnostic: Diagnostic, map: &SourceMap) -> Fault {
    let mut diagnostics = Diagnostics::default();
    diagnostics.push(diagnostic);
    render_human(&diagnostics, map)
}

#[cfg(test)]
mod shapes;

#[cfg(test)]
mod vendors;

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "name = 'lamps'\ndocuments = ['openapi.yaml']\n";

    /// A repository with one API, and a vendor's folder beside it.
    fn repository() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write("specs/lamps/bothends.toml", OLD);
        write("specs/lamps/import.toml", "name = 'lamps'\noverlays = ['repairs.yaml']\n");
        write("specs/lamps/repairs.yaml", "overlay: 1.0.0\nactions:\n- target: $.info\n  update: { title: Lamps }\n");
        write("vendor/a.yaml", "openapi: 3.0.3\ninfo: { version: '1' }\npaths:\n  /a: { $ref: 'parts/p.yaml' }\n");
        write("vendor/parts/p.yaml", "get: { operationId: a, responses: { '204': { description: Fine } } }\n");
        write("bad/b.yaml", "openapi: 3.0.3\ninfo: [\n");
        root
    }

    fn all_files(folder: &Path) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { found.extend(all_files(&path)) } else { found.push(path.display().to_string()) }
        }
        found.sort();
        found
    }

    #[test]
    fn documents_come_with_what_they_refer_to_and_the_shipped_overlay() {
        let root = repository();
        for _ in 0..2 {
            run(root.path(), "lamps", &[root.path().join("vendor/a.yaml")]).unwrap();
            let specs = root.path().join("specs/lamps");
            let text = fs::read_to_string(specs.join("bothends.toml")).unwrap();
            assert_eq!(text, "documents = [\n    \"vendor/a.yaml\",\n]\nname = 'lamps'\noverlays = ['repairs.yaml']\n");
            let settings = config::load(&Disk, &mut SourceMap::default(), &specs.join("bothends.toml")).unwrap();
            let outcome = analyse(&Disk, &Config::from_settings(&settings, &specs, Options::modules(Parts::default())));
            assert_eq!((outcome.counts.generated, outcome.api.unwrap().title.as_str()), (1, "Lamps"));
        }
    }

    #[test]
    fn further_documents_of_ours_stay_beside_the_vendors() {
        let root = repository();
        let specs = root.path().join("specs/lamps");
        let write = |name: &str, text: &str| fs::write(specs.join(name), text).unwrap();
        write("import.toml", "name = 'lamps'\ndocuments = [\n  \"vendor/*\",\n  \"more.yaml\",\n]\noverlays = ['repairs.yaml']\n");
        write(
            "more.yaml",
            "openapi: 3.0.3\ninfo: { version: '1' }\npaths:\n  /more: { get: { operationId: more, responses: { '200': { $ref: 'common.yaml#/R' } } } }\n",
        );
        write("common.yaml", "R: { description: Fine }\n");
        // Twice, the second time from where the first has put them.
        for from in ["vendor", "specs/lamps/vendor"] {
            run(root.path(), "lamps", &[root.path().join(from).join("a.yaml")]).unwrap();
            let text = fs::read_to_string(specs.join("bothends.toml")).unwrap();
            assert_eq!(text, "name = 'lamps'\ndocuments = [\n  \"vendor/a.yaml\",\n  \"more.yaml\",\n]\noverlays = ['repairs.yaml']\n");
            let copied: Vec<String> = all_files(&specs.join("vendor"));
            assert_eq!(copied.len(), 2, "{copied:?}");
            let settings = config::load(&Disk, &mut SourceMap::default(), &specs.join("bothends.toml")).unwrap();
            let outcome = analyse(&Disk, &Config::from_settings(&settings, &specs, Options::modules(Parts::default())));
            assert_eq!(outcome.counts.generated, 2);
        }
    }

    #[test]
    fn the_vendors_names_have_their_place_in_a_list() {
        let names = ["vendor/a.yaml".to_owned(), "vendor/b.yaml".to_owned()];
        for (template, expected) in [
            ("x = 1\n", "documents = [\n    \"vendor/a.yaml\",\n    \"vendor/b.yaml\",\n]\nx = 1\n"),
            ("documents = [\n  \"vendor/*\",\n  \"c\",\n]\n", "documents = [\n  \"vendor/a.yaml\",\n  \"vendor/b.yaml\",\n  \"c\",\n]\n"),
            ("documents = [\"vendor/*\", \"c\"]\n", "documents = [\"vendor/a.yaml\", \"vendor/b.yaml\", \"c\"]\n"),
        ] {
            assert_eq!(configuration(template, &names), expected);
        }
    }

    #[test]
    fn what_cannot_be_read_changes_nothing() {
        let root = repository();
        let before = all_files(root.path());
        for path in ["bad", "bad/b.yaml", "missing.yaml", "specs"] {
            run(root.path(), "lamps", &[root.path().join(path)]).unwrap_err();
            assert_eq!(all_files(root.path()), before, "{path}");
            assert_eq!(fs::read_to_string(root.path().join("specs/lamps/bothends.toml")).unwrap(), OLD);
        }
    }
}
