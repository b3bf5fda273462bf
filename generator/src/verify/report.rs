//! What came out: counts, what was left out, and failures with the smallest case that shows them.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::oracle::examples::Contradiction;
use super::oracle::exercise::LeftOut;
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
    /// Callbacks and webhooks exercised, which are not among the operations.
    pub callbacks: usize,
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
    /// What the compiler warns of in the generated code.
    pub warnings: Vec<String>,
    /// How long the driver took to compile.
    pub compile_seconds: f64,
    /// How long the checks took.
    pub run_seconds: f64,
}

/// `written - merged - excluded - refused - impossible = exercised`, each term by name (`METHOD /path`).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Census {
    /// As the document writes them, duplicates included.
    pub written: Vec<String>,
    /// Written again under the same method and path.
    pub merged: Vec<String>,
    /// Not selected.
    pub excluded: Vec<String>,
    /// Refused by the generator, with a diagnostic.
    pub refused: Vec<String>,
    /// Generated, but no request or no answer can be what the document demands.
    pub impossible: Vec<String>,
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

/// Titles of a report's row in the table.
const COLUMNS: [&str; WIDTH] =
    ["api", "operations", "callbacks", "statuses", "media types", "parameters", "cases", "untyped", "free-form", "left out", "failures"];

/// How many columns the table has.
const WIDTH: usize = 11;

/// How many names stand in a line for people; the report as JSON has them all.
const NAMED: usize = 5;

impl Census {
    /// The equation, and the terms that are no operation of the result by name.
    fn text(&self) -> String {
        let Self { written, merged, excluded, refused, impossible, exercised } = self;
        let [all, twice, unwanted, dropped, unmet, tried] = [written, merged, excluded, refused, impossible, exercised].map(Vec::len);
        let sign = if all == twice + unwanted + dropped + unmet + tried { "=" } else { "≠" };
        let mut text = format!("written {all} − merged {twice} − excluded {unwanted} − refused {dropped}");
        if unmet > 0 {
            text.push_str(&format!(" − impossible {unmet}"));
        }
        text.push_str(&format!(" {sign} exercised {tried}\n"));
        if !excluded.is_empty() {
            text.push_str(&format!("  excluded {unwanted}: {}\n", some(excluded)));
        }
        for (term, names) in [("merged", merged), ("refused", refused), ("impossible", impossible)] {
            for name in names {
                text.push_str(&format!("  {term}: {name}\n"));
            }
        }
        text
    }
}

impl Report {
    /// One row of the table.
    fn row(&self) -> [String; WIDTH] {
        let Typed { places: _, untyped, free_form } = &self.typed;
        let sent = [self.operations, self.callbacks, self.statuses, self.media_types, self.parameters, self.cases];
        let [operations, callbacks, statuses, media_types, parameters, cases] = sent.map(|count| count.to_string());
        let found = [untyped.len(), free_form.len(), self.left_out.len(), self.failed()];
        let [untyped, free_form, left_out, failures] = found.map(|count| count.to_string());
        [self.api.clone(), operations, callbacks, statuses, media_types, parameters, cases, untyped, free_form, left_out, failures]
    }

    /// Takes up what came of one more operation.
    pub(super) fn add(&mut self, other: Self) {
        self.operations += other.operations;
        self.callbacks += other.callbacks;
        self.statuses += other.statuses;
        self.parameters += other.parameters;
        self.cases += other.cases;
        self.examples += other.examples;
        // A pattern is left out once, whoever came across it.
        let new: Vec<LeftOut> = other.left_out.into_iter().filter(|left| !self.left_out.contains(left)).collect();
        self.left_out.extend(new);
        self.contradictions.extend(other.contradictions);
        self.failures.extend(other.failures);
    }

    /// Counts a failed check; its smallest case is kept.
    pub(super) fn fail(&mut self, operation: &str, check: &str, message: String, case: Value) {
        let known = self.failures.iter_mut().find(|failure| failure.operation == operation && failure.check == check);
        match known {
            Some(failure) => {
                failure.count += 1;
                if !case.is_null() && case.to_string().len() < failure.case.to_string().len() {
                    (failure.case, failure.message) = (case, message);
                }
            }
            None => {
                let (operation, check) = (operation.to_owned(), check.to_owned());
                self.failures.push(Failure { operation, check, message, count: 1, case });
            }
        }
    }

    /// Failed checks, over all cases.
    pub fn failed(&self) -> usize {
        self.failures.iter().map(|failure| failure.count).sum()
    }

    /// Failures for people: operation, seed, check, and the smallest case; then what the document says of values and the
    /// generated types do not.
    pub fn failure_text(&self) -> String {
        let mut text = String::new();
        for failure in &self.failures {
            text.push_str(&format!(
                "{}: {} failed {} ({} times, seed {})\n  {}\n  {}\n",
                self.api, failure.operation, failure.check, failure.count, self.seed, failure.message, failure.case
            ));
        }
        for place in &self.typed.untyped {
            text.push_str(&format!("{}: untyped: {place}\n", self.api));
        }
        for warning in &self.warnings {
            text.push_str(&format!("{}: {warning}\n", self.api));
        }
        text
    }

    /// What was left out, by reason.
    fn left_out_text(&self) -> String {
        let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for left in &self.left_out {
            reasons.entry(&left.why).or_default().push(&left.what);
        }
        let mut text = String::new();
        for (why, what) in reasons {
            text.push_str(&format!("  left out {}: {why}: {}\n", what.len(), some(&what)));
        }
        text
    }

    /// Everything but the row of the table.
    fn text(&self) -> String {
        let mut text = self.failure_text();
        text.push_str(&format!(
            "{}: seed {}, compiled in {:.1} s, ran in {:.1} s\n",
            self.api, self.seed, self.compile_seconds, self.run_seconds
        ));
        text.push_str(&format!("{}: {}", self.api, self.census.text()));
        text.push_str(&self.left_out_text());
        if self.examples > 0 || !self.contradictions.is_empty() {
            let places: BTreeSet<&str> = self.contradictions.iter().map(|found| found.pointer.as_str()).collect();
            text.push_str(&format!("  examples: {} checked, {} that contradict the document left out\n", self.examples, places.len()));
        }
        text
    }

    /// The whole report for machines.
    fn json(&self) -> Value {
        json!({
            "api": self.api, "seed": self.seed, "operations": self.operations, "callbacks": self.callbacks, "statuses": self.statuses, "mediaTypes": self.media_types,
            "parameters": self.parameters, "cases": self.cases, "examples": self.examples,
            "warnings": self.warnings, "compileSeconds": self.compile_seconds, "runSeconds": self.run_seconds,
            "leftOut": self.left_out.iter().map(|left| json!({"what": left.what, "why": left.why})).collect::<Vec<_>>(),
            "contradictions": self.contradictions.iter().map(|found| json!({"pointer": found.pointer, "what": found.what})).collect::<Vec<_>>(),
            "typed": {"places": self.typed.places, "untyped": self.typed.untyped, "freeForm": self.typed.free_form},
            "census": {"written": self.census.written, "merged": self.census.merged, "excluded": self.census.excluded, "refused": self.census.refused, "impossible": self.census.impossible, "exercised": self.census.exercised},
            "failures": self.failures.iter().map(|failure| json!({
                "operation": failure.operation, "check": failure.check, "message": failure.message, "count": failure.count, "case": failure.case,
            })).collect::<Vec<_>>(),
        })
    }
}

/// The first of many names.
fn some(names: &[impl AsRef<str>]) -> String {
    let named = names.iter().take(NAMED).map(AsRef::as_ref).collect::<Vec<_>>().join(", ");
    if names.len() > NAMED { format!("{named}, …") } else { named }
}

/// Reports for people: what failed, was merged, refused or left out, and last a table with one row each.
pub fn render(reports: &[Report]) -> String {
    reports.iter().map(Report::text).chain([table(reports)]).collect()
}

/// Reports for machines: a list with every count, name and failure.
pub fn to_json(reports: &[Report]) -> String {
    format!("[{}]\n", reports.iter().map(|report| report.json().to_string()).collect::<Vec<_>>().join(",\n"))
}

/// Reports as a table with one row each, columns aligned.
fn table(reports: &[Report]) -> String {
    let rows: Vec<[String; WIDTH]> = std::iter::once(COLUMNS.map(str::to_owned)).chain(reports.iter().map(Report::row)).collect();
    let mut widths = [0; WIDTH];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let line = |row: &[String; WIDTH]| {
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
