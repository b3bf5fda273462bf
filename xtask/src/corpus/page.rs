//! The page for people: one file that needs no other, with bars, plots and a table that sorts itself.

use super::plot::{Point, escape, scatter};
use super::row::Row;
use super::summary::Summary;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Titles of the table; numbers are sorted as such.
const COLUMNS: [&str; 14] = [
    "document",
    "version",
    "kB",
    "operations",
    "generated",
    "reported",
    "merged",
    "types",
    "generate s",
    "compile s",
    "cases",
    "failed",
    "diagnostics",
    "result",
];

/// The whole page.
pub fn page(rows: &[Row], summary: &Summary) -> String {
    let bars: String = summary
        .bars()
        .iter()
        .map(|bar| {
            let class = if bar.holds() { "good" } else { "bad" };
            format!(
                "<tr class=\"{class}\"><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{} %</td></tr>\n",
                escape(bar.what),
                bar.have,
                bar.of,
                bar.share(),
                bar.least
            )
        })
        .collect();
    let heads: String = COLUMNS.iter().map(|title| format!("<th><button>{title}</button></th>")).collect();
    let lines: String = rows.iter().map(line).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Real documents</title><style>\n{STYLE}</style></head><body>\n\
         <h1>Real documents</h1>\n<table class=\"bars\"><tr><th>what</th><th>count</th><th>of</th><th>share</th><th>bar</th></tr>\n{bars}</table>\n\
         <div class=\"plots\">\n{}</div>\n<p><label>Show documents with <input id=\"filter\" placeholder=\"text in the row\"></label></p>\n\
         <table id=\"rows\"><thead><tr>{heads}</tr></thead><tbody>\n{lines}</tbody></table>\n<script>\n{SCRIPT}</script></body></html>\n",
        plots(rows)
    )
}

fn plots(rows: &[Row]) -> String {
    let points = |x: &dyn Fn(&Row) -> f64, y: &dyn Fn(&Row) -> Option<f64>| -> Vec<Point> {
        let point = |row: &Row| {
            let (x, y) = (x(row), y(row)?);
            Some(Point { x, y, name: format!("{}: {x:.0}, {y:.2}", row.document), good: row.faults().is_empty() })
        };
        rows.iter().filter_map(point).collect()
    };
    let kilobytes = |row: &Row| row.bytes as f64 / 1000.0;
    let operations = |row: &Row| row.generated() as f64;
    let generated = points(&|row| row.wanted() as f64, &|row| Some(operations(row)));
    let mut text = scatter("Operations on both ends", "operations written", "operations generated", &generated);
    text += &scatter("Generating", "size of the document, kB", "seconds", &points(&kilobytes, &|row| Some(row.generate_seconds)));
    let compiled = |row: &Row| row.compiled.as_ref().filter(|it| it.error.is_none()).map(|it| it.seconds);
    if rows.iter().any(|row| compiled(row).is_some()) {
        text += &scatter("Compiling types, client and server", "operations", "seconds", &points(&operations, &compiled));
    }
    let tried = |row: &Row| row.tried.as_ref().filter(|it| it.error.is_none()).map(|it| it.seconds);
    if rows.iter().any(|row| tried(row).is_some()) {
        text += &scatter("Round trips", "operations", "seconds", &points(&operations, &tried));
    }
    text
}

fn line(row: &Row) -> String {
    let faults = row.faults();
    let class = if faults.is_empty() { "good" } else { "bad" };
    let both = |of: fn(super::row::Counts) -> usize| of(row.operations) + of(row.callbacks);
    let compiled = row.compiled.as_ref().map(|it| if it.error.is_some() { "fails".to_owned() } else { format!("{:.1}", it.seconds) });
    let tried = row.tried.as_ref();
    let failed = tried.map(|it| it.failures.iter().map(|failure| failure.count).sum::<usize>().to_string());
    let codes: Vec<String> = row.diagnostics.iter().map(|(code, count)| format!("{code} {count}")).collect();
    let result = if faults.is_empty() {
        "as it should be".to_owned()
    } else {
        format!("<details><summary>{} to look at</summary><ul>{}</ul></details>", faults.len(), items(&faults))
    };
    let cells = [
        escape(&row.document),
        escape(&row.version),
        (row.bytes / 1000).to_string(),
        both(|counts| counts.written).to_string(),
        both(|counts| counts.generated).to_string(),
        both(|counts| counts.reported).to_string(),
        both(|counts| counts.merged).to_string(),
        row.types.to_string(),
        format!("{:.2}", row.generate_seconds),
        compiled.unwrap_or_default(),
        tried.map(|it| it.cases.to_string()).unwrap_or_default(),
        failed.unwrap_or_default(),
        escape(&codes.join(", ")),
        result,
    ];
    format!("<tr class=\"{class}\">{}</tr>\n", cells.map(|cell| format!("<td>{cell}</td>")).concat())
}

fn items(faults: &[String]) -> String {
    faults.iter().map(|fault| format!("<li>{}</li>", escape(fault))).collect()
}

#[cfg(test)]
mod tests {
    use super::super::row::Stage;
    use super::*;

    #[test]
    fn the_page_needs_nothing_else_and_what_a_document_says_is_text() {
        let rows = [Row { document: "a/<script>.json".to_owned(), refused: Some("x/y: <img src=x>".to_owned()), ..Row::default() }];
        let page = page(&rows, &Summary::new(&rows, Stage::Generate));
        assert!(page.contains("a/&lt;script&gt;.json") && page.contains("&lt;img src=x&gt;"));
        assert!(!page.contains("<img") && !page.contains("http"), "{page}");
        assert_eq!(page.matches("<script").count(), 1);
        assert_eq!(page.matches("<th><button>").count(), COLUMNS.len());
    }
}
