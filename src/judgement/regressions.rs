//! What became of an implementation between two runs: new failures, fixed ones, and failures that have another explanation now.

use std::collections::BTreeMap;

use serde::Serialize;

use super::record::CaseRecord;
use super::run::Run;
use super::verdict::Verdict;
use crate::diagnosis::Outcome;

/// What changed of one case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is not as expected, and was, or was not there.
    NewFailure,
    /// It passed, and is not supported any more.
    Lost,
    /// It is still not as expected, and what explains it is worse: nothing does any more, more causes are needed, or it breaks now.
    Worse,
    /// It is still not as expected, and what explains it is another.
    Changed,
    /// It is as expected now.
    Fixed,
    /// It was not as expected, and is not there any more.
    Gone,
}

impl Change {
    /// Every change, what is worst first.
    pub const ALL: [Change; 6] = [Change::NewFailure, Change::Lost, Change::Worse, Change::Changed, Change::Fixed, Change::Gone];

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Change::NewFailure => "new_failure",
            Change::Lost => "lost",
            Change::Worse => "worse",
            Change::Changed => "changed",
            Change::Fixed => "fixed",
            Change::Gone => "gone",
        }
    }

    /// Whether it is one for the worse.
    #[must_use]
    pub const fn is_regression(self) -> bool {
        matches!(self, Change::NewFailure | Change::Lost | Change::Worse)
    }
}

/// A case of which something changed.
#[derive(Clone, Debug)]
pub struct Changed<'a> {
    /// What.
    pub change: Change,
    /// As it was.
    pub old: Option<&'a CaseRecord>,
    /// As it is.
    pub new: Option<&'a CaseRecord>,
    /// Whether it fails: a regression of a case that counts.
    pub fails: bool,
}

impl Changed<'_> {
    /// The case: as it is, or as it was.
    #[must_use]
    pub fn full_id(&self) -> String {
        self.new.or(self.old).map_or_else(String::new, CaseRecord::full_id)
    }
}

/// What changed between two runs, by kind and by id. They must have kept every record.
#[must_use]
pub fn changes<'a>(old: &'a Run, new: &'a Run) -> Vec<Changed<'a>> {
    let mut cases: BTreeMap<(&str, &str), [Option<&CaseRecord>; 2]> = BTreeMap::new();
    for (place, run) in [old, new].into_iter().enumerate() {
        for record in &run.records {
            if let Some(slot) = cases.entry((&record.suite, &record.id)).or_default().get_mut(place) {
                *slot = Some(record);
            }
        }
    }
    let mut found: Vec<Changed<'a>> = Vec::new();
    for [before, after] in cases.into_values() {
        if let Some(change) = change(before, after) {
            let counts = after.or(before).is_some_and(|record| record.counts(new.start.strict));
            found.push(Changed { change, old: before, new: after, fails: change.is_regression() && counts });
        }
    }
    // The sort is stable: within a kind they stay in the order of their ids.
    found.sort_by_key(|changed| changed.change);
    found
}

fn change(old: Option<&CaseRecord>, new: Option<&CaseRecord>) -> Option<Change> {
    let is_bad = |record: &CaseRecord| record.verdict().is_unexpected();
    match (old, new) {
        (Some(old), Some(new)) if is_bad(old) && is_bad(new) => worse(old, new),
        (Some(old), None) if is_bad(old) => Some(Change::Gone),
        (Some(old), Some(new)) if is_bad(old) && new.verdict() == Verdict::Unsupported => Some(Change::Gone),
        (Some(old), Some(_)) if is_bad(old) => Some(Change::Fixed),
        (_, Some(new)) if is_bad(new) => Some(Change::NewFailure),
        (Some(old), Some(new)) if old.verdict() == Verdict::Pass && new.verdict() == Verdict::Unsupported => Some(Change::Lost),
        _ => None,
    }
}

/// Of two failures: whether they have another explanation, and whether it is worse.
fn worse(old: &CaseRecord, new: &CaseRecord) -> Option<Change> {
    if old.verdict() == new.verdict() && explanation(old) == explanation(new) {
        return None;
    }
    Some(if weight(new) > weight(old) { Change::Worse } else { Change::Changed })
}

fn explanation(record: &CaseRecord) -> Option<(Outcome, Vec<Vec<String>>)> {
    record.diagnosis.as_ref().map(|diagnosis| (diagnosis.outcome, diagnosis.ids()))
}

/// How bad a failure is: a named cause is better than several candidates, those are better than none, and breaking is worst.
fn weight(record: &CaseRecord) -> (u8, usize) {
    let causes = record.diagnosis.as_ref().and_then(|diagnosis| diagnosis.sets.first()).map_or(0, Vec::len);
    let kind = match (record.verdict(), record.diagnosis.as_ref().map(|diagnosis| diagnosis.outcome)) {
        (Verdict::Broken, _) => 3,
        (_, Some(Outcome::Explained | Outcome::Right)) => 0,
        (_, Some(Outcome::Ambiguous)) => 1,
        // A run that was not diagnosed says nothing against it.
        (_, None) => 0,
        (_, Some(Outcome::Unexplained)) => 2,
    };
    (kind, causes)
}
