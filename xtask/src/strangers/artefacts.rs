//! The list of what is known not to fit, each with its reason. It may only shrink: what is new is an error, and so is what
//! no longer occurs.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::Path;

use super::row::Row;
use crate::Fault;

/// In place of an operation: all of them.
const ANY: &str = "*";

/// Before the end of a place: whatever it is in.
const WITHIN: &str = "…";

/// After the name of a part: what only its whole runs find.
const WHOLE: &str = " --whole";

/// Something that is known not to fit, and why that is nobody's fault here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// Which part finds it, with ` --whole` if only its whole runs do.
    pub part: String,
    /// As in the row, or `*` for all that have it.
    pub operation: String,
    /// As in the row.
    pub outcome: String,
    /// As in the row, or `…` and its end.
    pub place: String,
    /// Why it is like this.
    pub reason: String,
}

impl Artefact {
    /// Whether a run of a part is to find it.
    pub fn is_of(&self, part: &str, whole: bool) -> bool {
        match self.part.strip_suffix(WHOLE) {
            Some(name) => whole && name == part,
            None => self.part == part,
        }
    }

    /// Whether this is the artefact of a row.
    pub fn is(&self, row: &Row) -> bool {
        let is_operation = self.operation == ANY || self.operation == row.operation;
        let is_place = match self.place.strip_prefix(WITHIN) {
            Some(end) => row.place.ends_with(end),
            None => self.place == row.place,
        };
        is_operation && self.outcome == row.outcome && is_place
    }

    fn line(&self) -> String {
        let Self { part, operation, outcome, place, .. } = self;
        format!("{part} | {operation} | {outcome} | {place}")
    }
}

/// The list of an API; none if there is no file.
pub fn read(folder: &Path, api: &str) -> Result<Vec<Artefact>, Fault> {
    let path = folder.join(format!("{api}-artefacts.txt"));
    let fault = |error: String| format!("{}: {error}", path.display());
    match std::fs::read_to_string(&path) {
        Ok(text) => parse(&text).map_err(fault),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(fault(error.to_string())),
    }
}

/// A line for each: `part | operation | outcome | place | reason`; `#` begins a comment.
fn parse(text: &str) -> Result<Vec<Artefact>, Fault> {
    let mut list: Vec<Artefact> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let fault = |what: &str| format!("line {}: {what}", number + 1);
        let cells: Vec<&str> = line.splitn(5, '|').map(str::trim).collect();
        let [part, operation, outcome, place, reason] = cells.as_slice() else {
            return Err(fault("is not `part | operation | outcome | place | reason`"));
        };
        if reason.is_empty() {
            return Err(fault("has no reason"));
        }
        let [part, operation, outcome, place, reason] = [part, operation, outcome, place, reason].map(|cell| (*cell).to_owned());
        let artefact = Artefact { part, operation, outcome, place, reason };
        if list.iter().any(|other| other.line() == artefact.line()) {
            return Err(fault("is there twice"));
        }
        list.push(artefact);
    }
    Ok(list)
}

/// What the rows of a part and the artefacts known of it say differently. Unless the run was a whole one, nothing is said of
/// operations that it did not try.
pub fn compare(part: &str, rows: &[Row], known: &[Artefact], whole: bool) -> Vec<Fault> {
    let tried: BTreeSet<&str> = rows.iter().map(|row| row.operation.as_str()).collect();
    let is_new = |row: &&Row| !row.fits() && !known.iter().any(|artefact| artefact.is(row));
    let new = rows.iter().filter(is_new).map(|row| {
        let Row { operation, outcome, place, detail } = row;
        format!("new: {part} | {operation} | {outcome} | {place} | {detail}")
    });
    let is_gone = |artefact: &&Artefact| {
        (whole || artefact.operation == ANY || tried.contains(artefact.operation.as_str())) && !rows.iter().any(|row| artefact.is(row))
    };
    let gone = known.iter().filter(is_gone).map(|artefact| format!("no longer occurs, take it off the list: {}", artefact.line()));
    new.chain(gone).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(operation: &str, outcome: &str, place: &str) -> Row {
        Row { operation: operation.to_owned(), outcome: outcome.to_owned(), place: place.to_owned(), detail: "why".to_owned() }
    }

    #[test]
    fn the_list_may_only_shrink() {
        let known =
            parse("# Comment\ntypes | GET /a | fails | /x | a map of theirs\n\ntypes | GET /b | fails |  | void | or not\n").unwrap();
        assert_eq!((known[0].place.as_str(), known[1].reason.as_str()), ("/x", "void | or not"));
        let both = [row("GET /a", "fails", "/x"), row("GET /b", "fails", ""), row("GET /c", "fits", "")];
        assert_eq!(compare("types", &both, &known, true), Vec::<Fault>::new());
        for (rows, whole, faults) in [
            // Something new: another operation, another place, another outcome.
            (vec![row("GET /c", "fails", "")], false, &["new: types | GET /c | fails |  | why"][..]),
            (
                vec![row("GET /a", "fails", "/y")],
                false,
                &["new: types | GET /a | fails | /y | why", "no longer occurs, take it off the list: types | GET /a | fails | /x"],
            ),
            (vec![row("GET /b", "fails", ""), row("GET /b", "deviates", "")], false, &["new: types | GET /b | deviates |  | why"]),
            // Something that is gone, and something that was not tried.
            (vec![row("GET /a", "fits", "")], false, &["no longer occurs, take it off the list: types | GET /a | fails | /x"]),
            (vec![row("GET /a", "fails", "/x")], true, &["no longer occurs, take it off the list: types | GET /b | fails | "]),
            (vec![row("GET /a", "fails", "/x")], false, &[]),
        ] {
            assert_eq!(compare("types", &rows, &known, whole), faults, "{rows:?}");
        }
    }

    #[test]
    fn one_line_may_stand_for_a_kind() {
        let known = parse("types | * | deviates | …/timezone/automatic | a text there\ntypes --whole | GET /b | fails | | void").unwrap();
        assert!(known[0].is_of("types", false) && known[0].is_of("types", true) && !known[0].is_of("clients", true));
        assert!(!known[1].is_of("types", false) && known[1].is_of("types", true));
        let kind = &known[..1];
        for (row, faults) in [
            (row("GET /a", "deviates", "/0/timezone/automatic"), 0),
            (row("GET /b", "deviates", "/timezone/automatic"), 0),
            // Another place is new, and then the kind is gone.
            (row("GET /b", "deviates", "/timezone/automatic/0"), 2),
            (row("GET /b", "fails", "/timezone/automatic"), 2),
            (row("GET /b", "fits", ""), 1),
        ] {
            assert_eq!(compare("types", std::slice::from_ref(&row), kind, false).len(), faults, "{row:?}");
        }
    }

    #[test]
    fn a_line_without_reason_or_twice_is_refused() {
        for (text, fault) in [
            ("a | b | c | d", "line 1: is not `part | operation | outcome | place | reason`"),
            ("\na | b | c | d |", "line 2: has no reason"),
            ("a | b | c | d | e\na | b | c | d | f", "line 2: is there twice"),
        ] {
            assert_eq!(parse(text).unwrap_err(), fault);
        }
    }
}
