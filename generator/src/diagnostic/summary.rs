//! Findings counted.

use std::collections::BTreeMap;
use std::fmt;

use super::{Code, Diagnostics, Severity};

/// How many findings there are, by severity and by code.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Findings of severity error.
    pub errors: usize,
    /// Findings of severity warning.
    pub warnings: usize,
    /// Findings of severity note.
    pub notes: usize,
    /// Findings of each code that occurs, in the order of the codes' names.
    pub codes: BTreeMap<Code, usize>,
}

impl Summary {
    pub(super) fn of(diagnostics: &Diagnostics) -> Self {
        let mut summary = Self::default();
        for item in diagnostics.iter() {
            match item.severity {
                Severity::Error => summary.errors += 1,
                Severity::Warning => summary.warnings += 1,
                Severity::Note => summary.notes += 1,
            }
            *summary.codes.entry(item.code).or_default() += 1;
        }
        summary
    }
}

/// `1 error, 3 warnings, 2 notes`; what there is none of is left out.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let counts = [(self.errors, "error"), (self.warnings, "warning"), (self.notes, "note")];
        let mut separator = "";
        for (count, name) in counts.into_iter().filter(|&(count, _)| count > 0) {
            let plural = if count == 1 { "" } else { "s" };
            write!(f, "{separator}{count} {name}{plural}")?;
            separator = ", ";
        }
        if separator.is_empty() { f.write_str("no findings") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Code, Diagnostic, Diagnostics, Severity};

    fn findings() -> Diagnostics {
        let mut findings = Diagnostics::default();
        for code in
            [Code::REPAIR_TYPE, Code::EXAMPLE_TYPE, Code::REPAIR_TYPE, Code::UNSUPPORTED_PATH, Code::SCHEMA_ENUM, Code::SCHEMA_CONFLICT]
        {
            findings.push(Diagnostic::new(code, "x"));
        }
        findings
    }

    #[test]
    fn findings_are_counted() {
        assert_eq!(Diagnostics::default().summary().to_string(), "no findings");
        let summary = findings().summary();
        assert_eq!(summary.to_string(), "4 warnings, 2 notes");
        assert_eq!(summary.codes.get(&Code::REPAIR_TYPE), Some(&2));
        assert_eq!(summary.codes.len(), 5);
    }

    #[test]
    fn strict_makes_errors_of_warnings_only() {
        let mut findings = findings();
        findings.strict();
        assert_eq!(findings.summary().to_string(), "4 errors, 2 notes");
        assert!(findings.has_errors());
        let note = findings.iter().find(|item| item.code == Code::SCHEMA_ENUM).unwrap();
        assert_eq!(note.severity, Severity::Note);
    }
}
