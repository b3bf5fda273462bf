//! What a part found, for people: counts of operations by outcome, and every row that does not fit with the reason that is known for it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::artefacts::Artefact;
use super::row::Row;

/// The table of a part for an API.
pub fn render(part: &str, api: &str, rows: &[Row], known: &[Artefact]) -> String {
    let operations: BTreeSet<&str> = rows.iter().map(|row| row.operation.as_str()).collect();
    let odd: BTreeSet<&str> = rows.iter().filter(|row| !row.fits()).map(|row| row.operation.as_str()).collect();
    let mut outcomes: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for row in rows.iter().filter(|row| !row.fits()) {
        outcomes.entry(&row.outcome).or_default().insert(&row.operation);
    }
    let counts: String = outcomes.iter().map(|(outcome, operations)| format!(", {} {outcome}", operations.len())).collect();
    let mut text = String::new();
    let (tried, good) = (operations.len(), operations.len() - odd.len());
    let _ = writeln!(text, "{part}: {api}: {good} of {tried} fit{counts}");
    for row in rows.iter().filter(|row| !row.fits()) {
        let Row { operation, outcome, place, detail } = row;
        let reason = known.iter().find(|artefact| artefact.is(row)).map(|artefact| format!(" (known: {})", artefact.reason));
        let _ = writeln!(text, "  {operation} | {outcome} | {place} | {detail}{}", reason.unwrap_or_default());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_fits_if_all_of_its_rows_do() {
        let row = |operation: &str, outcome: &str| Row {
            operation: operation.to_owned(),
            outcome: outcome.to_owned(),
            place: String::new(),
            detail: "x".to_owned(),
        };
        let rows = [
            row("a", "fits"),
            row("a", "fails"),
            row("a", "loses"),
            row("b", "fits"),
            row("b", "fits"),
            row("c", "loses"),
            row("c", "loses"),
        ];
        let table = render("types", "api", &rows, &[]);
        assert!(table.starts_with("types: api: 1 of 3 fit, 1 fails, 2 loses\n  a | fails |  | x\n"), "{table}");
        assert_eq!(table.lines().count(), 5);
    }
}
