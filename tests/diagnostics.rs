//! The page of diagnostics has every code with severity, cause, effect and remedy, and no other.
#![allow(clippy::unwrap_used, reason = "a test may stop")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use bothends::diagnostic::CODES;

/// The sections of the page by their headings.
fn sections(page: &str) -> BTreeMap<&str, &str> {
    let sections = page.split("\n### ").skip(1).filter_map(|section| section.split_once('\n'));
    sections.map(|(heading, text)| (heading, text.split("\n## ").next().unwrap_or_default())).collect()
}

#[test]
fn every_code_is_explained_and_none_is_made_up() {
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/diagnostics.md")).unwrap();
    let sections = sections(&page);
    let mut wanted: Vec<&str> = CODES.iter().map(|(code, _)| code.as_str()).collect();
    wanted.sort_unstable();
    assert_eq!(sections.keys().copied().collect::<Vec<_>>(), wanted);
    for (code, _) in CODES {
        let text = sections[code.as_str()];
        assert!(text.starts_with(&format!("Severity: {}", code.severity())), "{code} is a {}", code.severity());
        for part in ["- Cause: ", "- Effect: ", "- Remedy: "] {
            assert_eq!(text.matches(part).count(), 1, "{code}: {part}");
        }
    }
}
