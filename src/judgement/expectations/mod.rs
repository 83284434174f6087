//! What is known to fail (PRODUCT section 6): a file of entries, each for some cases of one implementation. A case that does what its
//! entry says is a known failure; everything else that differs from the file is a finding of its own, so that the file stays true.

#[cfg(feature = "reports")]
mod edit;
#[cfg(feature = "reports")]
mod read;
#[cfg(test)]
mod tests;

use std::cell::{Cell, RefCell};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

#[cfg(feature = "reports")]
pub use edit::{Change, Changes, entry, update};
#[cfg(feature = "reports")]
pub use read::ExpectationsError;

use super::difference::What;
use super::probed::PROBE;
use super::record::{CaseRecord, Observed};
use super::verdict::Verdict;
use crate::deviation::Cause;
use crate::diagnosis::{Diagnosis, Outcome as Result_};
use crate::implementation::{Break, Observation};
use crate::vectors::retired::Retired;
use crate::vectors::{Case, Level, Status, glob};

/// What a case is expected to come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is answered, and wrongly.
    Fail,
    /// It is refused, and must not be.
    Reject,
    /// It is not supported.
    Unsupported,
    /// It breaks the implementation, in this way.
    Breaks(Break),
    /// It proves nothing, because its control does not pass.
    Inconclusive,
    /// It fails at one time and passes at another.
    Flaky,
}

impl Outcome {
    /// Every outcome with its word.
    pub const ALL: [(&'static str, Outcome); 10] = [
        ("fail", Outcome::Fail),
        ("reject", Outcome::Reject),
        ("unsupported", Outcome::Unsupported),
        ("crash", Outcome::Breaks(Break::Crash)),
        ("timeout", Outcome::Breaks(Break::Timeout)),
        ("protocol", Outcome::Breaks(Break::Protocol)),
        ("error", Outcome::Breaks(Break::Error)),
        ("state_leak", Outcome::Breaks(Break::StateLeak)),
        ("inconclusive", Outcome::Inconclusive),
        ("flaky", Outcome::Flaky),
    ];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        Outcome::ALL.iter().find(|(_, outcome)| *outcome == self).map_or("fail", |(word, _)| word)
    }

    /// What a case came to; `None` if it is as it should be, or is never scored.
    #[must_use]
    pub fn of(record: &CaseRecord) -> Option<Outcome> {
        if record.status != Status::Active || record.level == Level::Interop {
            return None;
        }
        let observation = match &record.observed {
            Observed::Implementation(observation) => observation,
            Observed::Findings(_) if record.operation == PROBE => return Outcome::of_step(record),
            // Fixtures are about our own reading: no file speaks of them.
            Observed::Findings(_) => return None,
        };
        match (record.verdict(), observation) {
            // The reason is that of the control, also when the case is known by now.
            (Verdict::Inconclusive, _) => Some(Outcome::Inconclusive),
            (Verdict::KnownFailure, _) if record.reason.is_some() => Some(Outcome::Inconclusive),
            (Verdict::Unsupported, _) => Some(Outcome::Unsupported),
            (_, Observation::Broke { why, .. }) => Some(Outcome::Breaks(*why)),
            (Verdict::Fail | Verdict::KnownFailure, Observation::Refused { .. }) => Some(Outcome::Reject),
            (Verdict::Fail | Verdict::KnownFailure, _) => Some(Outcome::Fail),
            _ => None,
        }
    }

    /// What a step of a probe came to. What was found counts also where the rest proves nothing.
    fn of_step(record: &CaseRecord) -> Option<Outcome> {
        match record.verdict() {
            Verdict::Inconclusive => Some(Outcome::Inconclusive),
            Verdict::KnownFailure if rules(record).is_empty() => Some(Outcome::Inconclusive),
            Verdict::Fail | Verdict::KnownFailure => Some(Outcome::Fail),
            _ => None,
        }
    }
}

/// The rules that a step of a probe found broken, as far as they are scored.
fn rules(record: &CaseRecord) -> Vec<String> {
    let name = |what: &What| match what {
        What::Inside { name, .. } => Some(name.to_text().into_owned()),
        _ => None,
    };
    record.judgement.differences.iter().filter_map(|difference| name(&difference.what)).collect()
}

/// One entry of the file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The line at which it stands, from 1.
    pub line: usize,
    /// An id or a glob; of a retired id, what took its place.
    pub case: String,
    /// What is expected.
    pub outcome: Outcome,
    /// The deviations that must explain it, or the rules that a step of a probe breaks, if that is said.
    pub diagnosis: Option<Vec<String>>,
    /// Why it is known.
    pub reason: String,
    /// Where it is followed up.
    pub issue: Option<String>,
    /// The day from which on it does not hold any more, as `year-month-day`.
    pub expires: Option<String>,
    /// Whether there is a case for it.
    seen: Cell<bool>,
    /// Whether one of them can fail a run.
    can_fail: Cell<bool>,
    /// Whether one of those was not put.
    open: Cell<bool>,
}

/// The entries of a file, and what became of them in a run.
#[derive(Clone, Debug, Default)]
pub struct Expectations {
    file: Arc<str>,
    entries: Vec<Entry>,
    /// The day of the run, as `year-month-day`.
    today: String,
    found: RefCell<Vec<Finding>>,
}

/// Something about the file that is not as the run was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// What kind of thing.
    pub kind: FindingKind,
    /// The file.
    pub file: String,
    /// The entry's line.
    pub line: usize,
    /// The case, or the entry's glob.
    pub case: String,
    /// In words.
    pub message: String,
}

/// The kinds of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// A case passes that was expected not to.
    UnexpectedPass,
    /// A case does not pass, but in another way or for another reason than was expected.
    Changed,
    /// An entry that is for no case, or for none that can fail.
    Unused,
    /// A case for which several entries stand.
    Overlapping,
    /// An entry whose day has come.
    Expired,
}

/// What the file says of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreseen {
    /// The file.
    pub file: String,
    /// The entry's line.
    pub line: usize,
    /// Why it is known.
    pub reason: String,
    /// Where it is followed up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issue: Option<String>,
    /// What is otherwise than the entry says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub otherwise: Option<String>,
}

impl Expectations {
    /// The entries, in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The same, of the set of vectors that is put: an entry for an id that is retired is for the one in its place.
    #[must_use]
    pub fn following(mut self, retired: &Retired) -> Expectations {
        for entry in &mut self.entries {
            if let Some(now) = retired.now(&entry.case) {
                entry.case = now.to_owned();
            }
        }
        self
    }

    /// Their file.
    #[must_use]
    pub fn file(&self) -> &str {
        &self.file
    }

    /// Takes note of a case of the set; `is_put` says whether the implementation is asked for it. All cases are shown before anything is
    /// found about them.
    pub fn see(&self, case: &Case, is_put: bool) {
        if !self.entries.is_empty() {
            self.see_id(&case.full_id(), case.status == Status::Active && case.level != Level::Interop, is_put);
        }
    }

    /// The same for a case that is no case of the vectors: a step of a probe. `can_fail` says whether it can fail a run.
    pub fn see_id(&self, id: &str, can_fail: bool, is_put: bool) {
        let mut first: Option<&Entry> = None;
        for entry in self.entries.iter().filter(|entry| glob::matches(&entry.case, id)) {
            entry.seen.set(true);
            if can_fail {
                entry.can_fail.set(true);
                entry.open.set(entry.open.get() || !is_put);
            }
            match first {
                None => first = Some(entry),
                Some(first) => {
                    let message = format!("the entries at line {} and at line {} are both for it", first.line, entry.line);
                    self.find(FindingKind::Overlapping, entry, id, message);
                }
            }
        }
    }

    /// Whether it is expected that this case breaks the implementation, so that it costs nothing of its budget.
    #[must_use]
    pub fn foresees_break(&self, case: &Case, why: Break) -> bool {
        let is_rerun = matches!(why, Break::Crash | Break::Protocol);
        self.entry_of(&case.full_id()).is_some_and(|entry| match entry.outcome {
            Outcome::Flaky => true,
            Outcome::Breaks(Break::StateLeak) => is_rerun,
            Outcome::Breaks(expected) => expected == why,
            _ => false,
        })
    }

    /// The first entry for a case.
    #[must_use]
    pub fn entry_of(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| glob::matches(&entry.case, id))
    }

    /// The causes that the file says explain a case.
    #[must_use]
    pub fn foreseen_causes(&self, id: &str) -> Option<Vec<Cause>> {
        self.entry_of(id)?.diagnosis.as_ref()?.iter().map(|id| Cause::parse(id).ok()).collect()
    }

    /// Compares a case with its entry: its verdict may become that of a known failure or of an unexpected pass.
    pub fn apply(&self, record: &mut CaseRecord) {
        let id = record.full_id();
        let Some(entry) = self.entry_of(&id) else { return };
        if record.status != Status::Active || record.level == Level::Interop {
            return;
        }
        let otherwise = match Outcome::of(record) {
            _ if entry.outcome == Outcome::Flaky => None,
            None => Some((FindingKind::UnexpectedPass, format!("it passes; expected was {}", entry.outcome.as_str()))),
            Some(outcome) if outcome != entry.outcome => {
                Some((FindingKind::Changed, format!("it comes to {}; expected was {}", outcome.as_str(), entry.outcome.as_str())))
            }
            Some(_) => entry.other_cause(record).map(|message| (FindingKind::Changed, message)),
        };
        match (&otherwise, record.verdict()) {
            (None, Verdict::Fail | Verdict::Broken | Verdict::Inconclusive) => record.judgement.verdict = Verdict::KnownFailure,
            (Some((FindingKind::UnexpectedPass, _)), _) => record.judgement.verdict = Verdict::UnexpectedPass,
            _ => {}
        }
        record.foreseen = Some(Foreseen {
            file: self.file.to_string(),
            line: entry.line,
            reason: entry.reason.clone(),
            issue: entry.issue.clone(),
            otherwise: otherwise.as_ref().map(|(_, message)| message.clone()),
        });
        if let Some((kind, message)) = otherwise {
            self.find(kind, entry, &id, message);
        }
    }

    /// What was found, at the end of a run. Whether there are cases for an entry is known where all of the set were seen; which of them were
    /// put does not matter, so that the parts of a run find what the whole run finds.
    #[must_use]
    pub fn findings(&self, is_whole: bool) -> Vec<Finding> {
        for entry in &self.entries {
            if entry.expires.as_ref().is_some_and(|day| *day <= self.today) {
                let day = entry.expires.as_deref().unwrap_or_default();
                self.find(FindingKind::Expired, entry, &entry.case, format!("it holds until {day}"));
            }
            if is_whole && !entry.seen.get() {
                self.find(FindingKind::Unused, entry, &entry.case, "there is no such case".to_owned());
            } else if is_whole && !entry.can_fail.get() {
                self.find(FindingKind::Unused, entry, &entry.case, "none of its cases can fail a run".to_owned());
            }
        }
        self.found.take()
    }

    fn find(&self, kind: FindingKind, entry: &Entry, case: &str, message: String) {
        let finding = Finding { kind, file: self.file.to_string(), line: entry.line, case: case.to_owned(), message };
        self.found.borrow_mut().push(finding);
    }
}

impl Entry {
    /// What is otherwise about the cause: the diagnosis, or what a step of a probe breaks.
    fn other_cause(&self, record: &CaseRecord) -> Option<String> {
        if record.operation != PROBE {
            return self.other_diagnosis(record.diagnosis.as_ref());
        }
        let (broken, expected) = (rules(record), self.diagnosis.as_ref()?);
        (!same(&broken, expected)).then(|| format!("it breaks {}; expected was {}", broken.join(","), expected.join(",")))
    }

    /// What is otherwise about the diagnosis.
    fn other_diagnosis(&self, diagnosis: Option<&Diagnosis>) -> Option<String> {
        let expected = self.diagnosis.as_ref()?;
        let found = diagnosis.filter(|diagnosis| diagnosis.outcome != Result_::Unexplained);
        match found.map(Diagnosis::ids) {
            Some(sets) if sets.iter().any(|set| same(set, expected)) => None,
            Some(sets) => {
                let sets: Vec<String> = sets.iter().map(|set| set.join(",")).collect();
                Some(format!("its diagnosis is {}; expected was {}", sets.join(" or "), expected.join(",")))
            }
            None => Some(format!("it is not explained; expected was {}", expected.join(","))),
        }
    }
}

fn same(set: &[String], expected: &[String]) -> bool {
    set.len() == expected.len() && expected.iter().all(|id| set.contains(id))
}
