//! All rows together: totals for each folder, the bars and whether they hold, and by name whatever is not as it should be.

use std::collections::BTreeMap;

use serde::Serialize;

use super::row::{Row, Stage};
use crate::Fault;

/// The figures of several rows.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Figures {
    /// Documents.
    pub documents: usize,
    /// Documents of which every operation is generated.
    pub whole: usize,
    /// Documents of which nothing is.
    pub refused: usize,
    /// Operations and callbacks, each once.
    pub operations: usize,
    /// On both ends.
    pub generated: usize,
    /// Of which every case passed.
    pub verified: usize,
    /// Operations that are generated, and that no value fits.
    pub impossible: usize,
    /// Documents that the compiler took without a word.
    pub compiled: usize,
    /// Cases.
    pub cases: usize,
    /// Cases that failed.
    pub failed: usize,
    /// Panics, bugs and processes that ended.
    pub broken: usize,
    /// Documents that did not end in time.
    pub hung: usize,
    /// Seconds that generating took.
    pub generate_seconds: f64,
    /// Seconds that the compiler took.
    pub compile_seconds: f64,
    /// Seconds that the round trips took.
    pub run_seconds: f64,
}

impl Figures {
    fn add(&mut self, row: &Row) {
        self.documents += 1;
        self.whole += usize::from(row.is_whole());
        self.refused += usize::from(row.refused.is_some());
        self.operations += row.wanted();
        self.generated += row.generated();
        self.verified += row.verified();
        self.compiled += usize::from(row.is_compiled());
        self.broken += usize::from(row.broken.is_some());
        self.hung += usize::from(row.hung.is_some());
        self.generate_seconds += row.generate_seconds;
        self.compile_seconds += row.compiled.as_ref().map_or(0.0, |compiled| compiled.seconds);
        if let Some(tried) = &row.tried {
            self.cases += tried.cases;
            self.impossible += tried.impossible.len();
            self.failed += tried.failures.iter().map(|failure| failure.count).sum::<usize>();
            self.run_seconds += tried.seconds;
        }
    }
}

/// What is asked of a run, and what came.
#[derive(Debug, Clone, Serialize)]
pub struct Bar {
    /// What is counted.
    pub what: &'static str,
    /// How many there are.
    pub have: usize,
    /// Of how many.
    pub of: usize,
    /// Least share of them, in percent.
    pub least: usize,
}

impl Bar {
    /// Whether it was reached.
    pub fn holds(&self) -> bool {
        self.have * 100 >= self.of * self.least
    }

    /// The share for people: never 100 % for what is not all.
    pub fn share(&self) -> String {
        let share = if self.of == 0 { 100.0 } else { self.have as f64 * 100.0 / self.of as f64 };
        let down = (share * 100.0).floor() / 100.0;
        format!("{down:.2} %")
    }
}

/// All rows together.
#[derive(Debug, Clone)]
pub struct Summary {
    stage: Stage,
    folders: BTreeMap<String, Figures>,
    total: Figures,
    bars: Vec<Bar>,
    diagnostics: BTreeMap<String, usize>,
    refused: Vec<(String, String)>,
    /// Document, operation and code of what is not generated.
    reported: Vec<(String, String, String)>,
    /// Document and operation that no value fits.
    impossible: Vec<(String, String)>,
    /// Why parts of operations were not tried: how many parts, of how many documents.
    left_out: BTreeMap<String, (usize, usize)>,
    /// What broke, hung, does not compile or fails.
    faults: Vec<(String, String)>,
}

impl Summary {
    /// Of rows that went as far as this.
    pub fn new(rows: &[Row], stage: Stage) -> Self {
        let (mut total, mut folders, mut diagnostics) = (Figures::default(), BTreeMap::<String, Figures>::new(), BTreeMap::new());
        let (mut refused, mut reported, mut impossible, mut faults) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut left_out = BTreeMap::<String, (usize, usize)>::new();
        for row in rows {
            total.add(row);
            let folder = row.document.rsplit_once('/').map_or("", |(folder, _)| folder);
            folders.entry(folder.to_owned()).or_default().add(row);
            for (code, count) in &row.diagnostics {
                *diagnostics.entry(code.clone()).or_default() += count;
            }
            let name = || row.document.clone();
            refused.extend(row.refused.iter().map(|why| (name(), why.clone())));
            reported.extend(row.reported.iter().map(|it| (name(), it.operation.clone(), it.code.clone())));
            impossible.extend(row.tried.iter().flat_map(|tried| &tried.impossible).map(|operation| (name(), operation.clone())));
            for (why, count) in row.tried.iter().flat_map(|tried| &tried.left_out) {
                let (parts, documents) = left_out.entry(why.split(": ").next().unwrap_or_default().to_owned()).or_default();
                (*parts, *documents) = (*parts + count, *documents + 1);
            }
            faults.extend(faults_of(row).into_iter().map(|fault| (name(), fault)));
        }
        let bars = bars(&total, stage);
        Self { stage, folders, total, bars, diagnostics, refused, reported, impossible, left_out, faults }
    }

    /// The bars that were not reached.
    pub fn missed(&self) -> Vec<String> {
        self.bars
            .iter()
            .filter(|bar| !bar.holds())
            .map(|bar| format!("{}: {} of {}, less than {} %", bar.what, bar.have, bar.of, bar.least))
            .collect()
    }

    /// What stands on the page above the table: name and value.
    pub fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// For a terminal.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (document, fault) in &self.faults {
            text.push_str(&format!("{document}: {fault}\n"));
        }
        for (document, why) in &self.refused {
            text.push_str(&format!("{document}: refused: {why}\n"));
        }
        for (document, operation, code) in &self.reported {
            text.push_str(&format!("{document}: not generated: {operation}: {code}\n"));
        }
        for (document, operation) in &self.impossible {
            text.push_str(&format!("{document}: no value fits: {operation}\n"));
        }
        for bar in &self.bars {
            let sign = if bar.holds() { "  " } else { "✗ " };
            text.push_str(&format!("{sign}{:55} {:>6} of {:>6}  {:>9}  (bar: {} %)\n", bar.what, bar.have, bar.of, bar.share(), bar.least));
        }
        text
    }

    /// For machines: figures and rows.
    ///
    /// # Errors
    /// None that is known.
    pub fn json(&self, rows: &[Row]) -> Result<String, Fault> {
        let value = serde_json::json!({
            "stage": self.stage, "total": self.total, "folders": self.folders, "bars": self.bars,
            "diagnostics": self.diagnostics, "rows": rows,
        });
        serde_json::to_string_pretty(&value).map(|text| text + "\n").map_err(|error| error.to_string())
    }

    /// For the repository.
    pub fn markdown(&self) -> String {
        let mut text = String::from(
            "# Real documents\n\nWritten by `cargo xtask corpus … --summary`; no figure here is edited by hand. A callback counts as an \
             operation, one that is written twice counts once. A document is whole if every one of its operations is generated on both \
             ends; an operation is verified if its every round trip passed, judged by the document.\n\n",
        );
        text.push_str(&format!("How far the documents went: {}.\n\n", self.stage.name()));
        text.push_str("| what | count | of | share | bar |\n|---|--:|--:|--:|--:|\n");
        for bar in &self.bars {
            text.push_str(&format!("| {} | {} | {} | {} | {} % |\n", bar.what, bar.have, bar.of, bar.share(), bar.least));
        }
        text.push_str("\n| folder | documents | whole | compiled | operations | generated | verified | cases | failed |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n");
        let total = (&"all".to_owned(), &self.total);
        for (folder, it) in self.folders.iter().chain([total]) {
            let Figures { documents, whole, compiled, operations, generated, verified, cases, failed, .. } = it;
            text.push_str(&format!(
                "| {folder} | {documents} | {whole} | {compiled} | {operations} | {generated} | {verified} | {cases} | {failed} |\n"
            ));
        }
        let Figures { generate_seconds, compile_seconds, run_seconds, .. } = self.total;
        text.push_str(&format!(
            "\nSeconds for all: {generate_seconds:.0} to generate, {compile_seconds:.0} to compile, {run_seconds:.0} for the round trips.\n"
        ));
        let mut list = |title: &str, lines: Vec<String>| {
            text.push_str(&format!("\n## {title}\n\n"));
            text.push_str(&if lines.is_empty() { "None.\n".to_owned() } else { lines.concat() });
        };
        // What a document says itself stays out of the repository: codes are enough.
        let code = |why: &str| why.split(": ").next().unwrap_or_default().to_owned();
        list("Documents that are refused", self.refused.iter().map(|(document, why)| format!("- {document}: {}\n", code(why))).collect());
        let reported = self.reported.iter().map(|(document, operation, code)| format!("- {document}: `{operation}`: {code}\n"));
        list("Operations that are not generated", reported.collect());
        let impossible = self.impossible.iter().map(|(document, operation)| format!("- {document}: `{operation}`\n"));
        list("Operations that no value fits, since the document contradicts itself", impossible.collect());
        list(
            "What broke, hung, does not compile or fails",
            self.faults.iter().map(|(document, fault)| format!("- {document}: {}\n", kind(fault))).collect(),
        );
        let left_out = self.left_out.iter().map(|(why, (parts, documents))| format!("- {why}: {parts} of {documents} documents\n"));
        list("Parts of operations that were not tried", left_out.collect());
        list("Diagnostics", self.diagnostics.iter().map(|(code, count)| format!("- {code}: {count}\n")).collect());
        text
    }
}

/// A fault without what a document or the compiler says: `failed: GET /a: wire/path (3 times)`.
fn kind(fault: &str) -> String {
    let first = fault.lines().next().unwrap_or_default();
    match first.split_once(" times)") {
        Some((failed, _)) => format!("{failed} times)"),
        None => first.split(": ").take(1).collect(),
    }
}

/// What is neither a refusal nor an operation that is reported.
fn faults_of(row: &Row) -> Vec<String> {
    let plain = Row { refused: None, reported: Vec::new(), ..row.clone() };
    let faults = plain.faults();
    faults.into_iter().filter(|fault| !fault.starts_with("untyped: ")).collect()
}

fn bars(total: &Figures, stage: Stage) -> Vec<Bar> {
    let bar = |what, have, of, least| Bar { what, have, of, least };
    let documents = total.documents;
    let mut bars = vec![
        bar("documents without a panic", documents - total.broken, documents, 100),
        bar("documents without a hang", documents - total.hung, documents, 100),
        bar("documents with every operation generated", total.whole, documents, 99),
        bar("operations generated on both ends", total.generated, total.operations, 99),
    ];
    if stage >= Stage::Compile {
        bars.push(bar("generated documents that compile without warnings", total.compiled, documents - total.refused, 100));
    }
    if stage == Stage::Verify {
        bars.push(bar("operations generated and verified", total.verified, total.operations, 99));
        bars.push(bar(
            "generated operations that pass the round trip",
            total.verified,
            total.generated.saturating_sub(total.impossible),
            100,
        ));
    }
    bars
}

#[cfg(test)]
mod tests {
    use super::super::row::{Compiled, Counts, Failed, Reported, Tried};
    use super::*;

    fn row(document: &str, generated: usize) -> Row {
        Row {
            document: document.to_owned(),
            operations: Counts { written: generated, generated, ..Counts::default() },
            compiled: Some(Compiled::default()),
            tried: Some(Tried { exercised: generated, cases: generated, ..Tried::default() }),
            ..Row::default()
        }
    }

    #[test]
    fn bars_count_what_is_verified_and_name_what_is_not() {
        let good = row("a/good.json", 98);
        let mut bad = row("a/b/bad.json", 2);
        bad.operations.written = 3;
        bad.operations.reported = 1;
        bad.reported =
            vec![Reported { operation: "GET /x".into(), code: "unsupported/path".into(), message: "the document's words".into() }];
        let failed = Failed { operation: "GET /y".into(), check: "wire/path".into(), count: 3, message: "the document's words".into() };
        let tried = bad.tried.as_mut().unwrap();
        tried.failures.push(failed);
        tried.impossible.push("GET /z".into());
        tried.left_out.insert("nobody can read it: the document's words".into(), 2);
        let refused = Row { document: "a/no.json".into(), refused: Some("document/version: words".into()), ..Row::default() };
        let summary = Summary::new(&[good, bad, refused], Stage::Verify);
        let shown: Vec<_> = summary.bars.iter().map(|bar| (bar.have, bar.of, bar.holds())).collect();
        assert_eq!(shown, [(3, 3, true), (3, 3, true), (1, 3, false), (100, 101, true), (2, 2, true), (99, 101, false), (99, 99, true)]);
        let text = summary.markdown();
        assert!(!text.contains("words"), "{text}");
        for line in [
            "- a/no.json: document/version",
            "- a/b/bad.json: `GET /x`: unsupported/path",
            "- a/b/bad.json: failed: GET /y: wire/path (3 times)",
            "- nobody can read it: 2 of 1 documents",
            "- a/b/bad.json: `GET /z`\n",
        ] {
            assert!(text.contains(line), "{line} is not in {text}");
        }
        assert!(summary.text().contains("the document's words"));
    }

    #[test]
    fn what_is_not_all_is_never_shown_as_all() {
        let bar = |have, of| Bar { what: "", have, of, least: 99 };
        assert_eq!(bar(29_999, 30_000).share(), "99.99 %");
        assert_eq!(bar(30_000, 30_000).share(), "100.00 %");
        assert!(bar(99, 100).holds() && !bar(98, 100).holds() && bar(0, 0).holds());
    }
}
