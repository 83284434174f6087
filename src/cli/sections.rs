//! The sections that are asked for, and what is said of one that no case is of: nothing was selected by it, which is exit code 5.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;

use super::fail::Fail;
use crate::judgement::ExitCode;
use crate::vectors::Clause;
use crate::vectors::clauses::{self, compare_sections};
use crate::vectors::lint::SECTIONS;

/// How cases name the document whose sections are meant if none is named.
const RFC5849: &str = "RFC5849";

/// Sections, each with those below it.
pub(super) struct Sections<'a> {
    wanted: Vec<(&'a str, Cell<bool>)>,
    /// Those of RFC 5849 that the cases which were looked at are of.
    seen: RefCell<BTreeSet<String>>,
}

/// Whether a section is this one or stands below it.
pub(super) fn is_within(section: &str, wanted: &str) -> bool {
    section.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// Whether a clause is of what is wanted: `DOCUMENT:SECTION`, or a section alone. That is one of RFC 5849 wherever it has such a section.
fn is_of(clause: &Clause, wanted: &str) -> bool {
    match wanted.split_once(':') {
        Some((document, section)) => clause.doc == document && is_within(&clause.section, section),
        None => is_within(&clause.section, wanted) && (clause.doc == RFC5849 || !SECTIONS.contains(&wanted)),
    }
}

impl<'a> Sections<'a> {
    pub(super) fn of(wanted: &'a [String]) -> Sections<'a> {
        Sections { wanted: wanted.iter().map(|section| (section.as_str(), Cell::new(false))).collect(), seen: RefCell::default() }
    }

    /// Whether something of these clauses is wanted: anything is if no section was named.
    pub(super) fn take(&self, clauses: &[Clause]) -> bool {
        if self.wanted.is_empty() {
            return true;
        }
        let mut is_taken = false;
        let mut seen = self.seen.borrow_mut();
        for clause in clauses {
            // Sections of other documents nobody means who names one that is not there.
            if clause.doc == RFC5849 && !seen.contains(&clause.section) {
                seen.insert(clause.section.clone());
            }
            for (_, used) in self.wanted.iter().filter(|(wanted, _)| is_of(clause, wanted)) {
                used.set(true);
                is_taken = true;
            }
        }
        is_taken
    }

    /// An error for the first section that no case was of.
    pub(super) fn check(&self) -> Result<(), Fail> {
        let Some((wanted, _)) = self.wanted.iter().find(|(_, used)| !used.get()) else { return Ok(()) };
        let clauses = clauses::all().map_err(Fail::work)?;
        let hint = if clauses.iter().any(|clause| is_within(&clause.section, wanted)) {
            format!("`countersign list clauses --section {wanted}` says what sees to it")
        } else {
            there_are(wanted, &self.seen.borrow())
        };
        Err(Fail { code: ExitCode::NothingExecuted, ..Fail::usage(format!("no case is of section {wanted:?}")) }.hint(hint))
    }
}

/// The section that was written in another way, or those beside it, or all.
pub(super) fn there_are(wanted: &str, known: &BTreeSet<String>) -> String {
    let digits =
        wanted.trim_start_matches(|letter: char| !letter.is_ascii_digit()).trim_end_matches(|letter: char| !letter.is_ascii_digit());
    let is_known = |section: &str| known.iter().any(|known| is_within(known, section));
    if digits != wanted && !digits.is_empty() && is_known(digits) {
        return format!("did you mean {digits}?");
    }
    let above = std::iter::successors(digits.rsplit_once('.'), |(above, _)| above.rsplit_once('.')).map(|(above, _)| above);
    let above = above.into_iter().find(|above| is_known(above));
    let mut sections: Vec<&str> =
        known.iter().map(String::as_str).filter(|section| above.is_none_or(|above| is_within(section, above))).collect();
    sections.sort_unstable_by(|left, right| compare_sections(left, right));
    if sections.is_empty() { "no case names a section".to_owned() } else { format!("there are {}", sections.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_stands_within_itself_and_those_above() {
        for (section, wanted, expected) in
            [("3.4", "3.4", true), ("3.4.1", "3.4", true), ("3.40", "3.4", false), ("3.4", "3.4.1", false), ("3.4", "3.4.", false)]
        {
            assert_eq!(is_within(section, wanted), expected, "{section} {wanted}");
        }
    }

    #[test]
    fn what_is_near_is_offered() {
        let known = ["3.4.1", "3.4.1.10", "3.4.1.2", "2.1"].map(str::to_owned).into();
        for (wanted, expected) in [
            ("§3.4.1", "did you mean 3.4.1?"),
            ("RFC5849", "there are 2.1, 3.4.1, 3.4.1.2, 3.4.1.10"),
            ("3.4.", "did you mean 3.4?"),
            ("3.4.9", "there are 3.4.1, 3.4.1.2, 3.4.1.10"),
            ("3.9", "there are 3.4.1, 3.4.1.2, 3.4.1.10"),
            ("9.9", "there are 2.1, 3.4.1, 3.4.1.2, 3.4.1.10"),
            ("", "there are 2.1, 3.4.1, 3.4.1.2, 3.4.1.10"),
        ] {
            assert_eq!(there_are(wanted, &known), expected, "{wanted}");
        }
        assert_eq!(there_are("1", &BTreeSet::new()), "no case names a section");
    }

    #[test]
    fn what_no_case_was_of_is_told_whatever_else_was_asked_for() {
        let wanted = ["3.4".to_owned(), "3.5".to_owned()];
        let sections = Sections::of(&wanted);
        let of = |section: &str| Clause { doc: RFC5849.to_owned(), section: section.to_owned() };
        assert!(sections.take(&[of("1"), of("3.4.1")]) && !sections.take(&[of("2")]));
        assert_eq!(sections.check().unwrap_err().message, "no case is of section \"3.5\"");
        assert!(sections.take(&[of("3.5")]) && sections.check().is_ok());
        assert!(Sections::of(&[]).take(&[]));
    }

    #[test]
    fn a_section_is_of_rfc_5849_unless_it_has_none_such_or_another_document_is_named() {
        for (doc, section, wanted, expected) in [
            ("RFC5849", "3.4.1.1", "3.4", true),
            ("OAuthBodyHash", "4.1.1", "4.1", false),
            ("OAuthBodyHash", "4.1.1", "4.1.1", true),
            ("OAuthBodyHash", "4.1.1", "OAuthBodyHash:4.1", true),
            ("RFC2616", "4.1.1", "OAuthBodyHash:4.1", false),
            ("RFC5849", "3.4", "RFC5849:3.4", true),
            ("RFC5849", "3.4", "RFC5849:3.5", false),
        ] {
            let clause = Clause { doc: doc.to_owned(), section: section.to_owned() };
            assert_eq!(is_of(&clause, wanted), expected, "{doc} {section} {wanted}");
        }
    }
}
