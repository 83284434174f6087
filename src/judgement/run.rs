//! A finished run of one implementation, collected from its events: what all reports are made of.

use std::collections::BTreeMap;
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
    keep_every: bool,
    counted: Totals,
}

impl Run {
    /// A run that is still empty. Reports that list every case need those kept that are as expected; without them, memory does not grow
    /// with the number of cases.
    #[must_use]
    pub fn collector(keep_every: bool) -> Run {
        Run { keep_every, ..Run::default() }
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
                if self.keep_every || !matches!(record.verdict(), Verdict::Pass | Verdict::Interop) {
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
