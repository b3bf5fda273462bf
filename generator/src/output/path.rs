//! Paths inside the output folder: which are safe, and where a file waits before it is renamed.

use super::MANIFEST;

/// End of the name of a file that waits to be renamed.
const TEMPORARY: &str = ".bothends-tmp";

/// Says what is wrong with a relative path that the generator wants to write or finds in a manifest.
pub(super) fn check(path: &str) -> Result<(), String> {
    let fault = if path.is_empty() {
        "is empty"
    } else if path == MANIFEST {
        "is the manifest's own"
    } else if path.chars().any(|c| c.is_control() || matches!(c, '\\' | ':' | '<' | '>' | '"' | '|' | '?' | '*')) {
        "holds a character that is not allowed in file names everywhere"
    } else if path.split('/').any(|step| step.is_empty() || step.ends_with(['.', ' '])) {
        "is not a plain relative path"
    } else if path.ends_with(TEMPORARY) {
        "has the name of a temporary file"
    } else {
        return Ok(());
    };
    Err(format!("the path `{}` {fault}", path.escape_debug()))
}

/// Where a file is written before it is renamed: `a/lib.rs` waits as `a/.lib.rs.bothends-tmp`, in the same folder.
/// The name follows from the path, so a run that was cut short leaves nothing that the next one cannot find.
pub(super) fn temporary(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    format!("{folder}{slash}.{}{TEMPORARY}", name.trim_start_matches('.'))
}

/// The folders above a path, innermost first: `a/b/c` gives `a/b` and `a`.
pub(super) fn parents(path: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(path.rsplit_once('/').map(|(folder, _)| folder), |folder| folder.rsplit_once('/').map(|(folder, _)| folder))
}

#[cfg(test)]
mod tests {
    use super::{check, parents, temporary};

    #[test]
    fn only_plain_relative_paths_are_safe() {
        for path in ["a", "a/b.rs", "types/src/schemas.rs", ".gitignore", "a/..b"] {
            assert_eq!(check(path), Ok(()), "{path}");
        }
        for path in [
            "",
            "/a",
            "a/",
            "a//b",
            "..",
            "../a",
            "a/../b",
            "a/.",
            "./a",
            "a\\b",
            "c:a",
            "a\nb",
            "a\0b",
            "a ",
            "a./b",
            "a?b",
            ".bothends",
            "a/.b.bothends-tmp",
        ] {
            assert!(check(path).is_err(), "{path:?}");
        }
    }

    #[test]
    fn a_file_waits_in_its_own_folder() {
        for (path, waits) in [
            ("Cargo.toml", ".Cargo.toml.bothends-tmp"),
            ("types/src/lib.rs", "types/src/.lib.rs.bothends-tmp"),
            (".bothends", ".bothends.bothends-tmp"),
        ] {
            assert_eq!(temporary(path), waits);
        }
        assert_eq!(parents("a/b/c.rs").collect::<Vec<_>>(), ["a/b", "a"]);
        assert_eq!(parents("c.rs").count(), 0);
    }
}
