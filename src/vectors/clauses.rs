//! Every requirement of RFC 5849 in one sentence, with the cases that test it, or why no vector can and what does (`clauses.json`).

use std::cmp::Ordering;

use serde::Deserialize;

use super::glob;
use super::load_error::LoadError;
use super::spot::Spot;

/// How binding a clause is in the specification's own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is its own name")]
pub enum Binding {
    Must,
    Should,
    May,
}

impl Binding {
    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Binding::Must => "must",
            Binding::Should => "should",
            Binding::May => "may",
        }
    }
}

/// A requirement of RFC 5849.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "Written")]
pub struct Requirement {
    /// The section and a few words, such as `3.4.1.2-host-lowercase`.
    pub id: String,
    /// The section, such as `3.4.1.2`.
    pub section: String,
    /// How binding it is.
    pub level: Binding,
    /// What it demands, in one sentence.
    pub text: String,
    /// What sees to it.
    pub covered: Covered,
}

/// What sees to a requirement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Covered {
    /// Cases: full ids or patterns of them ([`glob::matches`]), at least one.
    Cases(Vec<String>),
    /// No vector can.
    Untestable {
        /// Why.
        why: String,
        /// What does in its place.
        checked_by: String,
    },
}

/// A requirement as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    section: String,
    level: Binding,
    text: String,
    #[serde(default)]
    cases: Vec<String>,
    #[serde(default)]
    untestable: Option<String>,
    #[serde(default)]
    checked_by: Option<String>,
}

impl TryFrom<Written> for Requirement {
    type Error = String;

    fn try_from(written: Written) -> Result<Requirement, String> {
        let Written { id, section, level, text, cases, untestable, checked_by } = written;
        let covered = match (untestable, checked_by) {
            (None, None) if !cases.is_empty() => Covered::Cases(cases),
            (Some(why), Some(checked_by)) if cases.is_empty() => Covered::Untestable { why, checked_by },
            _ => return Err(format!("{id} has either cases, or both `untestable` and `checked_by`")),
        };
        Ok(Requirement { id, section, level, text, covered })
    }
}

impl Requirement {
    /// Whether a case tests it.
    #[must_use]
    pub fn is_tested_by(&self, full_id: &str) -> bool {
        match &self.covered {
            Covered::Cases(patterns) => patterns.iter().any(|pattern| glob::matches(pattern, full_id)),
            Covered::Untestable { .. } => false,
        }
    }
}

/// The file itself, as it is exported.
pub const TEXT: &str = include_str!("clauses.json");

/// All requirements, in the order of sections.
///
/// # Errors
/// None that a released crate has: its tests read the file.
pub fn all() -> Result<Vec<Requirement>, LoadError> {
    let spot = Spot::whole("clauses.json", TEXT, 1);
    serde_json::from_str(TEXT).map_err(|error| spot.json_error(&error, "the clauses"))
}

/// The order of sections: by their numbers, `3.4` before `3.10`, appendices last.
#[must_use]
pub fn compare_sections(left: &str, right: &str) -> Ordering {
    let parts =
        |section: &str| -> Vec<Result<u32, String>> { section.split('.').map(|part| part.parse().map_err(|_| part.to_owned())).collect() };
    parts(left).cmp(&parts(right))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::vectors::lint::SECTIONS;
    use crate::vectors::{Corpus, Level, Status};

    fn active() -> Vec<crate::vectors::Case> {
        Corpus::embedded().unwrap().cases().map(|case| case.unwrap()).filter(|case| case.status == Status::Active).collect()
    }

    #[test]
    fn sections_sort_by_their_numbers() {
        let sorted = ["1.2", "2", "2.1", "3.4", "3.4.1", "3.4.2", "3.10", "4", "Appendix A"];
        assert!(sorted.is_sorted_by(|left, right| compare_sections(left, right) == Ordering::Less));
        let all = all().unwrap();
        assert!(all.is_sorted_by(|left, right| compare_sections(&left.section, &right.section) != Ordering::Greater));
        assert!(SECTIONS.is_sorted_by(|left, right| compare_sections(left, right) == Ordering::Less));
    }

    #[test]
    fn every_requirement_has_an_id_of_its_own_and_one_sentence() {
        let mut ids = HashSet::new();
        for Requirement { id, section, text, .. } in all().unwrap() {
            assert!(ids.insert(id.clone()), "{id} stands there twice");
            assert!(SECTIONS.contains(&section.as_str()), "{id}");
            assert!(id.starts_with(&format!("{}-", section.trim_start_matches("Appendix "))), "{id}");
            assert!(text.ends_with('.') && text.len() < 200, "{id}");
        }
    }

    #[test]
    fn a_requirement_has_cases_or_says_what_takes_their_place() {
        let read = |rest: &str| {
            serde_json::from_str::<Requirement>(&format!(r#"{{"id": "1-x", "section": "1", "level": "may", "text": "x."{rest}}}"#))
        };
        assert!(read(r#", "cases": ["a/b"]"#).unwrap().is_tested_by("a/b"));
        assert!(!read(r#", "untestable": "u", "checked_by": "c""#).unwrap().is_tested_by("a/b"));
        for wrong in ["", r#", "cases": []"#, r#", "untestable": "u""#, r#", "cases": ["a/b"], "untestable": "u", "checked_by": "c""#] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn every_pattern_matches_an_active_case() {
        let ids: Vec<String> = active().iter().map(crate::vectors::Case::full_id).collect();
        for requirement in all().unwrap() {
            let Covered::Cases(patterns) = &requirement.covered else { continue };
            for pattern in patterns {
                assert!(ids.iter().any(|id| glob::matches(pattern, id)), "{}: {pattern}", requirement.id);
            }
        }
    }

    #[test]
    fn every_section_that_a_must_case_names_has_a_requirement() {
        let requirements = all().unwrap();
        for case in active().iter().filter(|case| case.level == Level::Must) {
            for clause in case.spec.iter().filter(|clause| clause.doc == "RFC5849") {
                assert!(requirements.iter().any(|known| known.section == clause.section), "{}: {}", case.full_id(), clause.section);
            }
        }
    }
}
