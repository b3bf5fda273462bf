//! What came out: counts, what was left out, and failures with the smallest case that shows them.

use serde_json::{Value, json};

use super::oracle::cases::LeftOut;
use super::oracle::examples::Contradiction;
use super::oracle::typed::Typed;

/// The result of verifying one API.
#[derive(Debug, Clone, Default)]
pub struct Report {
    /// Name of the API.
    pub api: String,
    /// The seed that all cases come from.
    pub seed: u64,
    /// Operations exercised.
    pub operations: usize,
    /// Documented statuses exercised, over all operations.
    pub statuses: usize,
    /// Different media types exercised.
    pub media_types: usize,
    /// Parameters exercised, over all operations.
    pub parameters: usize,
    /// Exchanges, echoes and examples checked.
    pub cases: usize,
    /// Examples of the document checked, among the cases.
    pub examples: usize,
    /// What the document has and nobody exercised, by name.
    pub left_out: Vec<LeftOut>,
    /// Where the document contradicts itself, by name.
    pub contradictions: Vec<Contradiction>,
    /// Which places of the document became types, and which did not.
    pub typed: Typed,
    /// Operations counted.
    pub census: Census,
    /// What failed.
    pub failures: Vec<Failure>,
    /// How long the driver took to compile.
    pub compile_seconds: f64,
    /// How long the checks took.
    pub run_seconds: f64,
}

/// `written - merged - refused = exercised`, each term by name (`METHOD /path`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// As the document writes them, duplicates included.
    pub written: Vec<String>,
    /// Written again under the same method and path.
    pub merged: Vec<String>,
    /// Refused by the generator, with a diagnostic.
    pub refused: Vec<String>,
    /// Sent and answered.
    pub exercised: Vec<String>,
}

/// Something that is not as the document says.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// `METHOD /path`, or the API's name for the census.
    pub operation: String,
    /// Which check.
    pub check: String,
    /// What is wrong, for the case below.
    pub message: String,
    /// How many cases failed this check.
    pub count: usize,
    /// The smallest case that shows it.
    pub case: Value,
}

/// Titles of [`Report::row`].
pub const COLUMNS: [&str; 10] =
    ["api", "operations", "statuses", "media types", "parameters", "cases", "untyped", "free-form", "left out", "failures"];

impl Report {
    /// One row of the table.
    pub fn row(&self) -> [String; 10] {
        let Typed { places: _, untyped, free_form } = &self.typed;
        let sent = [self.operations, self.statuses, self.media_types, self.parameters, self.cases];
        let [operations, statuses, media_types, parameters, cases] = sent.map(|count| count.to_string());
        let found = [untyped.len(), free_form.len(), self.left_out.len(), self.failed()];
        let [untyped, free_form, left_out, failures] = found.map(|count| count.to_string());
        [self.api.clone(), operations, statuses, media_types, parameters, cases, untyped, free_form, left_out, failures]
    }

    /// Failed checks, over all cases.
    pub fn failed(&self) -> usize {
        self.failures.iter().map(|failure| failure.count).sum()
    }

    /// Failures for people: operation, seed, check, and the smallest case.
    pub fn failure_text(&self) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            text.push_str(&format!(
                "{}: {} failed {} ({} times, seed {})\n  {}\n  {}\n",
                self.api, failure.operation, failure.check, failure.count, self.seed, failure.message, failure.case
            ));
        }
        text
    }

    /// The whole report for machines.
    pub fn to_json(&self) -> Value {
        json!({
            "api": self.api, "seed": self.seed, "operations": self.operations, "statuses": self.statuses, "mediaTypes": self.media_types,
            "parameters": self.parameters, "cases": self.cases, "examples": self.examples,
            "compileSeconds": self.compile_seconds, "runSeconds": self.run_seconds,
            "leftOut": self.left_out.iter().map(|left| json!({"what": left.what, "why": left.why})).collect::<Vec<_>>(),
            "contradictions": self.contradictions.iter().map(|found| json!({"pointer": found.pointer, "what": found.what})).collect::<Vec<_>>(),
            "typed": {"places": self.typed.places, "untyped": self.typed.untyped, "freeForm": self.typed.free_form},
            "census": {"written": self.census.written, "merged": self.census.merged, "refused": self.census.refused, "exercised": self.census.exercised},
            "failures": self.failures.iter().map(|failure| json!({
                "operation": failure.operation, "check": failure.check, "message": failure.message, "count": failure.count, "case": failure.case,
            })).collect::<Vec<_>>(),
        })
    }
}

/// Reports as a table with one row each, columns aligned.
pub fn table(reports: &[Report]) -> String {
    let rows: Vec<[String; 10]> = std::iter::once(COLUMNS.map(str::to_owned)).chain(reports.iter().map(Report::row)).collect();
    let mut widths = [0; 10];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; 10]| {
        let cells = row.iter().zip(widths).enumerate();
        let cells = cells.map(|(index, (cell, width))| if index == 0 { format!("{cell:<width$}") } else { format!("{cell:>width$}") });
        format!("{}\n", cells.collect::<Vec<_>>().join("  "))
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_aligned_and_counts_failures() {
        let failure = Failure { operation: "GET /".into(), check: "wire/path".into(), message: "m".into(), count: 12, case: json!({}) };
        let report = Report { api: "api".into(), operations: 3, failures: vec![failure], ..Report::default() };
        let text = table(std::slice::from_ref(&report));
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines[0].len(), lines[1].len());
        assert!(lines[0].starts_with("api  operations") && lines[1].ends_with("      12"), "{text}");
        assert!(report.failure_text().contains("GET / failed wire/path (12 times, seed 0)"));
    }
}
