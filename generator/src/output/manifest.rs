//! The manifest: a text file that lists what the generator wrote, one relative path a line.

use std::collections::BTreeSet;

use super::path;

/// First line of a manifest; the number is the format's version.
const HEADER: &str = "bothends manifest 1";

/// Prints a manifest. Equal sets give equal bytes.
pub(super) fn print(paths: &BTreeSet<String>) -> String {
    let mut text = String::from(HEADER);
    text.push('\n');
    for path in paths {
        text.push_str(path);
        text.push('\n');
    }
    text
}

/// Reads a manifest; says what is wrong with one that this version did not write.
pub(super) fn parse(text: &str) -> Result<BTreeSet<String>, String> {
    let mut lines = text.lines();
    match lines.next() {
        Some(HEADER) => {}
        Some(other) => return Err(format!("its first line is `{}` instead of `{HEADER}`", other.escape_debug())),
        None => return Err("it is empty".to_owned()),
    }
    lines.map(|line| path::check(line).map(|()| line.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use super::{BTreeSet, parse, print};

    #[test]
    fn what_is_printed_is_read() {
        for paths in [&[][..], &["a"][..], &["b/c.rs", "a/b.rs", "Cargo.toml"][..]] {
            let paths: BTreeSet<String> = paths.iter().map(|path| (*path).to_owned()).collect();
            assert_eq!(parse(&print(&paths)), Ok(paths));
        }
    }

    #[test]
    fn a_manifest_of_another_hand_is_refused() {
        for (text, fault) in [
            ("", "it is empty"),
            ("bothends manifest 2\na\n", "its first line"),
            ("bothends manifest 1\n../../a\n", "`../../a` is not a plain relative path"),
            ("bothends manifest 1\n/etc/a\n", "is not a plain relative path"),
            ("bothends manifest 1\n\n", "is empty"),
        ] {
            let message = parse(text).unwrap_err();
            assert!(message.contains(fault), "{text:?}: {message}");
        }
    }
}
