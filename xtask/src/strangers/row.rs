//! What a part says of one thing that it tried: one line of JSON on a script's standard output.

use serde::Deserialize;

use crate::Fault;

/// The outcome of what is as it should be.
pub const FITS: &str = "fits";

/// One thing that was tried. An operation may have several rows, and has at least one if it was tried at all.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Row {
    /// `METHOD /path` as the document writes it, or what the strangers call it.
    pub operation: String,
    /// `fits`, or in one word how it does not.
    pub outcome: String,
    /// Where in the operation: a JSON pointer, a name; empty for all of it.
    #[serde(default)]
    pub place: String,
    /// For people.
    #[serde(default)]
    pub detail: String,
}

impl Row {
    /// Whether there is nothing to say.
    pub fn fits(&self) -> bool {
        self.outcome == FITS
    }
}

/// The rows that a script printed.
pub fn read(text: &str) -> Result<Vec<Row>, Fault> {
    let row = |line: &str| serde_json::from_str(line).map_err(|error| format!("a script printed `{line}`, which is no row: {error}"));
    text.lines().filter(|line| !line.trim().is_empty()).map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn place_and_detail_may_be_missing_and_anything_but_rows_is_a_fault() {
        let rows =
            read("{\"operation\":\"GET /a\",\"outcome\":\"fits\"}\n\n{\"operation\":\"b\",\"outcome\":\"fails\",\"place\":\"/x\"}\n")
                .unwrap();
        assert!(rows[0].fits() && rows[0].place.is_empty() && !rows[1].fits() && rows[1].place == "/x");
        assert!(read("Hello\n").unwrap_err().starts_with("a script printed `Hello`"));
    }
}
