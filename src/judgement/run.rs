//! A finished run of one implementation, collected from its events: what all reports are made of.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::io;
use std::sync::Arc;

use super::events::{Event, RunEnd, RunStart, Sink};
use super::judge::Met;
use super::record::CaseRecord;
use super::totals::{ExitCode, Totals};
use super::verdict::Verdict;
use crate::implementation::Description;
use crate::vectors::Level;

/// Everything that is told of a run.
#[derive(Clone, Debug, Default)]
pub struct Run {
    /// What was known at its start.
    pub start: RunStart,
    /// The numbers of each suite.
    pub suites: BTreeMap<Arc<str>, Totals>,
    /// Judged cases in the order in which they were put: those that neither passed nor are never scored, and the others if they are kept.
    pub records: Vec<CaseRecord>,
    /// How many cases of level `interop` were met by an answer, and how many by a refusal.
    pub readings: [usize; 2],
    /// What the adapter wrote on its standard error.
    pub logs: Vec<String>,
    /// How it ended; `None` if it did not.
    pub end: Option<RunEnd>,
    keep: Keep,
    /// The cases that passed and were not kept, as hashes of their ids: eight octets each, so that runs can be compared.
    passed: BTreeSet<u64>,
    counted: Totals,
}

/// Which records are kept, fewest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Keep {
    /// Those that neither passed nor are never scored: memory does not grow with the number of cases.
    #[default]
    Unexpected,
    /// Those in which implementations can differ, to compare runs: all but those that passed in the one way there is.
    Comparable,
    /// All, for reports that list every case.
    Every,
}

/// What an implementation made of a case, as far as its run still knows.
#[derive(Clone, Copy, Debug)]
pub enum Standing<'a> {
    /// It was not asked, or not reached.
    NotAsked,
    /// It passed, and no more is known.
    Passed,
    /// This.
    Record(&'a CaseRecord),
}

impl Run {
    /// A run that is still empty. Reports that list every case need those kept that are as expected; without them, memory does not grow
    /// with the number of cases.
    #[must_use]
    pub fn collector(keep_every: bool) -> Run {
        Run::keeping(if keep_every { Keep::Every } else { Keep::Unexpected })
    }

    /// A run that is still empty.
    #[must_use]
    pub fn keeping(keep: Keep) -> Run {
        Run { keep, ..Run::default() }
    }

    /// Whether a case passed whose record was not kept.
    #[must_use]
    pub(super) fn passed_unkept(&self, record: &CaseRecord) -> bool {
        self.passed.contains(&key(record))
    }

    /// Who was asked.
    #[must_use]
    pub const fn implementation(&self) -> &Description {
        &self.start.implementation
    }

    /// The numbers: the final ones, or what was counted up to now.
    #[must_use]
    pub fn totals(&self) -> &Totals {
        self.end.as_ref().map_or(&self.counted, |end| &end.totals)
    }

    /// What it ends with; a run without an end was interrupted.
    #[must_use]
    pub fn exit_code(&self) -> ExitCode {
        self.end.as_ref().map_or(ExitCode::Interrupted, |end| end.exit_code)
    }

    /// Tells a run again, from beginning to end. It must have kept every record.
    ///
    /// # Errors
    /// The sink's.
    pub fn tell(&self, sink: &mut dyn Sink) -> io::Result<()> {
        let implementation = self.implementation();
        sink.take(implementation, Event::RunStart(&self.start))?;
        self.records.iter().try_for_each(|record| sink.take(implementation, Event::Case(record)))?;
        self.logs.iter().try_for_each(|log| sink.take(implementation, Event::AdapterLog(log)))?;
        self.end.as_ref().map_or(Ok(()), |end| sink.take(implementation, Event::RunEnd(end)))
    }

    /// Ends what was cut off: its records are put in order, and what was not reached is counted.
    pub(crate) fn cut_off(&mut self) {
        self.records.sort_by_key(|record| record.number);
        self.counted.not_executed = self.counted.selected.saturating_sub(self.counted.finished());
    }

    /// The records whose verdicts are not as expected, in their order.
    pub fn unexpected(&self) -> impl Iterator<Item = &CaseRecord> {
        self.records.iter().filter(|record| record.verdict().is_unexpected())
    }
}

impl Sink for Run {
    fn take(&mut self, _: &Description, event: Event<'_>) -> io::Result<()> {
        match event {
            Event::RunStart(start) => {
                self.counted.selected = start.selected;
                self.start = start.clone();
            }
            Event::Case(record) => {
                self.counted.count(record);
                match self.suites.get_mut(&record.suite) {
                    Some(totals) => totals.count(record),
                    None => self.suites.entry(Arc::clone(&record.suite)).or_default().count(record),
                }
                if record.verdict() == Verdict::Interop
                    && record.level == Level::Interop
                    && let Some(met) = record.judgement.met
                {
                    let [answers, refusals] = &mut self.readings;
                    *(if met == Met::Answer { answers } else { refusals }) += 1;
                }
                let is_kept = match (self.keep, record.verdict()) {
                    (Keep::Every, _) => true,
                    (Keep::Comparable, Verdict::Pass) => record.judgement.branch.is_some(),
                    (Keep::Unexpected, Verdict::Pass | Verdict::Interop) => false,
                    _ => true,
                };
                if self.keep == Keep::Comparable && !is_kept {
                    self.passed.insert(key(record));
                }
                if is_kept {
                    let mut kept = record.clone();
                    kept.question = kept.question.filter(|_| kept.judgement.verdict != Verdict::Pass);
                    self.records.push(kept);
                }
            }
            Event::AdapterLog(text) => self.logs.push(text.to_owned()),
            Event::RunEnd(end) => {
                // Failures were held back until they could be diagnosed together.
                self.records.sort_by_key(|record| record.number);
                self.end = Some(end.clone());
            }
        }
        Ok(())
    }
}

/// The id of a case in eight octets.
fn key(record: &CaseRecord) -> u64 {
    let mut hasher = DefaultHasher::new();
    (&*record.suite, &*record.id).hash(&mut hasher);
    hasher.finish()
}
