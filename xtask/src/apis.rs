//! Which APIs the repository holds: one folder of `specs/` each, with a `bothends.toml` in it.

use std::path::{Path, PathBuf};

use bothends::config;

use crate::Fault;

/// One API of the repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    /// Name of its folder, in `specs/` and in `generated/`.
    pub name: String,
    /// Its configuration.
    pub config: PathBuf,
}

/// Goes to the repository's root: the nearest folder upwards that holds `specs/` and `xtask/`.
pub fn enter_root() -> Result<(), Fault> {
    let here = std::env::current_dir().map_err(|error| format!("the current folder is unknown: {error}"))?;
    let root = here.ancestors().find(|folder| folder.join("specs").is_dir() && folder.join("xtask/Cargo.toml").is_file());
    let root = root.ok_or_else(|| format!("{} is not inside the repository", here.display()))?;
    std::env::set_current_dir(root).map_err(|error| format!("{} cannot be entered: {error}", root.display()))
}

/// All APIs, sorted by name.
pub fn all(root: &Path) -> Result<Vec<Folder>, Fault> {
    let specs = root.join("specs");
    let fault = |error: std::io::Error| format!("{} cannot be read: {error}", specs.display());
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&specs).map_err(fault)? {
        let entry = entry.map_err(fault)?;
        let config = entry.path().join(config::FILE_NAME);
        if config.is_file() {
            found.push(Folder { name: entry.file_name().to_string_lossy().into_owned(), config });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// The named APIs in the repository's order; all of them if none is named.
pub fn select(all: &[Folder], names: &[String]) -> Result<Vec<Folder>, Fault> {
    if let Some(unknown) = names.iter().find(|name| all.iter().all(|folder| folder.name != **name)) {
        let known: Vec<&str> = all.iter().map(|folder| folder.name.as_str()).collect();
        let near = config::nearest_of(unknown, known.iter().copied()).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(format!("there is no API `{unknown}` in specs/{near}\nknown: {}", known.join(", ")));
    }
    Ok(all.iter().filter(|folder| names.is_empty() || names.contains(&folder.name)).cloned().collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn apis_are_selected_by_name_in_the_repositorys_order() {
        let folder = |name: &str| Folder { name: name.to_owned(), config: PathBuf::new() };
        let all = [folder("a"), folder("bells"), folder("c")];
        let names = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
        for (asked, found) in [(&[][..], &["a", "bells", "c"][..]), (&["c", "a"], &["a", "c"]), (&["bells", "bells"], &["bells"])] {
            let selected = select(&all, &names(asked)).unwrap();
            assert_eq!(selected.iter().map(|folder| folder.name.as_str()).collect::<Vec<_>>(), found);
        }
        let fault = select(&all, &names(&["a", "bell"])).unwrap_err();
        assert_eq!(fault, "there is no API `bell` in specs/; did you mean `bells`?\nknown: a, bells, c");
    }
}
