//! The API's name, which is the stem of its crates' names.

use std::path::{Path, PathBuf};

use heck::ToKebabCase;

/// File stems that say nothing about which API it is.
const GENERIC: &[&str] =
    &["api", "api-docs", "apidocs", "api-spec", "document", "index", "main", "openapi", "root", "schema", "spec", "swagger"];

/// Words that are cut off the end of a title: `Example API` is called `example`.
const SUFFIXES: &[&str] = &["-api", "-rest", "-reference", "-openapi", "-specification", "-documentation"];

/// Longest name that is made; a given one may be longer.
const LONGEST: usize = 40;

/// Says what is wrong with a name that somebody gave.
///
/// # Errors
/// A sentence that names a fitting name, if one can be made of it.
pub fn check_name(name: &str) -> Result<(), String> {
    let plain = name.len() <= 64 && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
    if plain && name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.ends_with('-') && !name.contains("--") {
        return Ok(());
    }
    let other = kebab(name).map(|name| format!("; `{name}` would be one")).unwrap_or_default();
    Err(format!("`{}` is no name for crates: lower-case letters, digits and single hyphens, a letter first{other}", name.escape_debug()))
}

/// The name of an API that nobody named: the file's stem, unless that is one of the usual ones; then the title.
pub fn name_for(document: &Path, title: Option<&str>) -> String {
    let stem = document.file_name().and_then(|name| name.to_str()).and_then(|name| name.split('.').next()).and_then(kebab);
    let title = title.and_then(kebab).map(|mut title| {
        while let Some(shorter) = SUFFIXES.iter().find_map(|suffix| title.strip_suffix(suffix)) {
            title = shorter.to_owned();
        }
        title
    });
    stem.clone().filter(|stem| !GENERIC.contains(&stem.as_str())).or(title).or(stem).unwrap_or_else(|| "api".to_owned())
}

/// The name of an API of these documents that nobody named: that of the only one, else that of the folder of several.
pub fn name_of(documents: &[PathBuf], title: &str) -> String {
    match documents {
        [] => kebab(title).unwrap_or_else(|| "api".to_owned()),
        [one] => name_for(one, Some(title)),
        [first, ..] => {
            let folder = first.parent().and_then(Path::file_name).and_then(|name| name.to_str()).and_then(kebab);
            folder.filter(|name| !GENERIC.contains(&name.as_str())).unwrap_or_else(|| name_for(first, Some(title)))
        }
    }
}

/// Any text as a safe name: ASCII letters and digits in kebab case, a letter first. `None` if nothing is left.
pub fn kebab(text: &str) -> Option<String> {
    let ascii: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    let name = ascii.to_kebab_case();
    let mut name = name.trim_start_matches(|c: char| !c.is_ascii_lowercase());
    while name.len() > LONGEST {
        name = name.rsplit_once('-').map_or_else(|| name.get(..LONGEST).unwrap_or_default(), |(front, _)| front);
    }
    (!name.is_empty()).then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_safe() {
        for (text, name) in [
            ("Mattermost", Some("mattermost")),
            ("Rocket.Chat", Some("rocket-chat")),
            ("SuperOffice", Some("super-office")),
            ("../../etc", Some("etc")),
            ("3 Ways", Some("ways")),
            ("日本", None),
            ("", None),
            ("Größe", Some("gr-e")),
            ("a name that goes on and on without any end in sight", Some("a-name-that-goes-on-and-on-without-any")),
        ] {
            assert_eq!(kebab(text).as_deref(), name, "{text}");
            if let Some(name) = name {
                assert_eq!(check_name(name), Ok(()));
            }
        }
        for name in ["", "A", "a_b", "-a", "a-", "a--b", "1a", "a/b", "ä", "a b"] {
            assert!(check_name(name).is_err(), "{name}");
        }
        assert!(check_name("My API").unwrap_err().ends_with("`my-api` would be one"));
    }

    #[test]
    fn the_file_names_the_api_unless_its_name_is_generic() {
        for (file, title, name) in [
            ("mattermost.yaml", Some("Other"), "mattermost"),
            ("a/openapi.json", Some("Example API"), "example"),
            ("swagger.yaml", Some("API"), "api"),
            ("openapi.yaml", None, "openapi"),
            ("openapi.yaml", Some("日本"), "openapi"),
            ("日本", None, "api"),
            ("petstore.v2.min.json", None, "petstore"),
        ] {
            assert_eq!(name_for(Path::new(file), title), name, "{file} {title:?}");
        }
    }
}
