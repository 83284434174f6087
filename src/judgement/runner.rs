//! The main loop: puts cases to an implementation in their order, judges what it does, and tells it as events. It knows neither how an
//! implementation is reached nor how a report looks.

use std::io;
use std::sync::Arc;

use super::asking::{Answer, Asked, Control};
use super::diagnosing::{Aside, DEFAULT_MOST, Effort, MOST_FAILURES, MOST_WITNESSES, Witness, diagnose_with};
use super::events::{Event, RunEnd, RunStart, Sink};
use super::expectations::Expectations;
use super::judge::{Judgement, Met};
use super::plan::Plan;
use super::record::{CaseRecord, Observed};
use super::totals::{ExitCode, Totals};
use super::verdict::Verdict;
use crate::diagnosis::DEFAULT_MOST as DEFAULT_MOST_EACH;
use crate::implementation::{Break, Description, Implementation, Observation};
use crate::vectors::{Case, Status};

/// What the runner is given by whoever may look at clocks and signals.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Microseconds since any fixed moment.
    pub clock: &'a dyn Fn() -> u64,
    /// Whether somebody wants the run to stop.
    pub interrupted: &'a dyn Fn() -> bool,
    /// How often an implementation may break in a way that costs it its process, before the rest is not executed.
    pub breaks: u32,
    /// Whether failures are diagnosed; it is told how many were and how many there are, and `false` ends the diagnosis.
    pub diagnose: Option<&'a dyn Fn(usize, usize) -> bool>,
    /// What is known to fail.
    pub expectations: Option<&'a Expectations>,
}

impl Surroundings<'_> {
    /// No clock, no interruption, three restarts, no diagnosis.
    pub const STILL: Surroundings<'static> =
        Surroundings { clock: &|| 0, interrupted: &|| false, breaks: DEFAULT_BREAKS, diagnose: None, expectations: None };
}

/// How often an adapter may break unless said otherwise.
pub const DEFAULT_BREAKS: u32 = 3;

/// Why a run could not be brought to its end: we could not do our work.
#[derive(Debug, thiserror::Error)]
pub enum RunError<E> {
    /// A case could not be read.
    #[error("{0}")]
    Case(E),
    /// An event could not be written.
    #[error("the events: {0}")]
    Event(io::Error),
}

/// A run that is going on.
pub struct Runner<'a> {
    implementation: Description,
    strict: bool,
    surroundings: Surroundings<'a>,
    sink: &'a mut dyn Sink,
    totals: Totals,
    breaks: u32,
    stopped: Option<ExitCode>,
    number: u64,
    held: Held,
}

/// What waits for the end of the run.
#[derive(Default)]
struct Held {
    /// Failures that are diagnosed together.
    failures: Vec<(CaseRecord, Witness)>,
    /// Cases that went right and may speak against a diagnosis.
    rights: Vec<Witness>,
    /// Cases that are left open, with what was answered.
    open: Vec<Witness>,
    /// What they are called, in their order.
    names: Vec<String>,
    /// Cases that broke the implementation, which are put again alone.
    broken: Vec<(CaseRecord, Case)>,
    /// What is kept of observations, in octets.
    octets: usize,
}

/// The most cases that are put again alone.
const MOST_AGAIN: usize = 64;

/// The most octets of observations that are kept whole. Beyond it, long values are cut before they are judged again.
const OCTETS_KEPT: usize = 32 * 1024 * 1024;

/// What is left of a long value then.
const OCTETS_LEFT: usize = 1024;

impl<'a> Runner<'a> {
    /// Begins a run.
    ///
    /// # Errors
    /// The sink's.
    pub fn start(start: RunStart, surroundings: Surroundings<'a>, sink: &'a mut dyn Sink) -> io::Result<Runner<'a>> {
        sink.take(&start.implementation, Event::RunStart(&start))?;
        let RunStart { implementation, strict, selected, .. } = start;
        let totals = Totals { selected, ..Totals::default() };
        Ok(Runner { implementation, strict, surroundings, sink, totals, breaks: 0, stopped: None, number: 0, held: Held::default() })
    }

    /// Puts the selected cases, in their order. `cases` gives the whole set of which `plan` was made, and `selected` says what it said
    /// then; a case that is only a control is asked and not told.
    ///
    /// # Errors
    /// The first case that cannot be read, or the sink's.
    pub fn put<E>(
        &mut self,
        implementation: &mut dyn Implementation,
        plan: &Plan,
        cases: impl IntoIterator<Item = Result<Case, E>>,
        selected: &dyn Fn(&Case) -> bool,
    ) -> Result<(), RunError<E>> {
        let mut asked = Asked::new(implementation, plan);
        for case in cases {
            let case = case.map_err(RunError::Case)?;
            while asked.is_full() && !self.stop() {
                self.conclude(&mut asked).map_err(RunError::Event)?;
            }
            if self.stop() {
                break;
            }
            let is_selected = selected(&case);
            if let Some(expectations) = self.surroundings.expectations {
                expectations.see(&case, is_selected && asked.offers(&case));
            }
            let place = plan.place(&case.suite, &case.id);
            if case.status == Status::Withdrawn || !is_selected && place.is_none_or(|place| asked.knows(place)) {
                continue;
            }
            if !asked.offers(&case) {
                self.totals.not_offered += u64::from(is_selected);
                asked.remember(place, Control::NOT_OFFERED);
                continue;
            }
            asked.put(case, place, is_selected, (self.surroundings.clock)());
        }
        asked.close();
        while asked.is_waiting() && !self.stop() {
            self.conclude(&mut asked).map_err(RunError::Event)?;
        }
        self.again(&mut asked);
        self.release().map_err(RunError::Event)
    }

    /// Takes the answer to the oldest question, and tells or holds what came of it.
    fn conclude(&mut self, asked: &mut Asked<'_>) -> io::Result<()> {
        let Some(Answer { case, place, is_selected, mut observation, mut judgement, since, costs }) = asked.take() else { return Ok(()) };
        if matches!(observation, Observation::Broke { .. }) && (self.surroundings.interrupted)() {
            // Nobody waited for it.
            return Ok(());
        }
        if costs {
            self.count_break(&case, &observation);
        }
        let control = Control::of(&observation, &judgement);
        asked.remember(place, control);
        if !is_selected {
            return Ok(());
        }
        let now = (self.surroundings.clock)();
        let proof = match (&case.control, judgement.verdict, judgement.met) {
            (Some(control), Verdict::Pass, Some(Met::Refusal)) => asked.proof(control, &mut |case, observation| {
                self.count_break(case, observation);
            }),
            _ => Control::Passed,
        };
        if judgement.verdict != Verdict::Pass {
            self.held.octets += observation.octets();
            if self.held.octets > OCTETS_KEPT {
                observation.cut(OCTETS_LEFT);
                judgement = asked.judge(&case, &observation);
            }
        }
        let again = costs && !matches!(observation, Observation::Broke { why: Break::Timeout, .. });
        let again = (again && asked.can_renew() && self.held.broken.len() < MOST_AGAIN).then(|| case.clone());
        let witness = self.witness(&case, &observation, &judgement);
        let mut record = CaseRecord::new(case, observation, judgement, now.saturating_sub(since));
        record.number = self.number;
        self.number += 1;
        if let Control::Failed(why) = proof {
            record.judgement.verdict = Verdict::Inconclusive;
            record.reason = Some(format!("its control {} {why}", asked.last_control()));
        }
        match (again, witness) {
            (Some(case), _) => self.held.broken.push((record, case)),
            (None, Some(witness)) if record.verdict() == Verdict::Fail => self.held.failures.push((record, witness)),
            (None, Some(witness)) if record.verdict() == Verdict::Interop => {
                self.held.open.push(witness);
                self.settle(record)?;
            }
            (None, Some(witness)) => {
                self.held.names.push(record.full_id());
                self.held.rights.push(witness);
                self.settle(record)?;
            }
            (None, None) => self.settle(record)?,
        }
        Ok(())
    }

    /// What a diagnosis has to know of a case: of every failure, and of those that went right and can speak against a cause. Their number
    /// is bounded; a failure beyond it is told at once, without a diagnosis.
    fn witness(&self, case: &Case, observation: &Observation, judgement: &Judgement) -> Option<Witness> {
        self.surroundings.diagnose?;
        let room = match judgement.verdict {
            Verdict::Fail => self.held.failures.len() < MOST_FAILURES,
            Verdict::Pass => Witness::is_useful(case.question.operation()) && self.held.rights.len() < MOST_WITNESSES,
            Verdict::Interop => Witness::is_useful(case.question.operation()) && self.held.open.len() < MOST_WITNESSES,
            _ => false,
        };
        room.then(|| Witness { question: Arc::new(case.question.clone()), observation: observation.clone() })
    }

    /// Puts each case that broke the implementation to somebody new, alone. If it passes then, what broke was left over from the cases
    /// before it.
    fn again(&mut self, asked: &mut Asked<'_>) {
        for (record, case) in &mut self.held.broken {
            if (self.surroundings.interrupted)() {
                return;
            }
            if asked.passes_alone(case)
                && let Observed::Implementation(Observation::Broke { why, message }) = &mut record.observed
            {
                *why = Break::StateLeak;
                *message = format!("it passes alone, and broke after other cases: {message}");
            }
        }
    }

    /// Diagnoses the failures that were held back, and tells all that was.
    fn release(&mut self) -> io::Result<()> {
        let Held { failures, rights, open, names, broken, .. } = std::mem::take(&mut self.held);
        let (mut records, witnesses): (Vec<_>, Vec<_>) = failures.into_iter().unzip();
        if let Some(watch) = self.surroundings.diagnose
            && !(self.surroundings.interrupted)()
        {
            let interrupted = self.surroundings.interrupted;
            let mut watch = |done, all| watch(done, all) && !interrupted();
            let mut effort = Effort { most: DEFAULT_MOST, most_each: DEFAULT_MOST_EACH, watch: &mut watch };
            let expectations = self.surroundings.expectations;
            let foreseen = |record: &CaseRecord| expectations.and_then(|expectations| expectations.foreseen_causes(&record.full_id()));
            let foreseen: Vec<_> = records.iter().map(foreseen).collect();
            let failed: Vec<String> = records.iter().map(CaseRecord::full_id).collect();
            let aside = Aside { names: &names, foreseen: &foreseen, failed: &failed, open: &open };
            let diagnoses = diagnose_with(&witnesses, &rights, aside, &mut effort);
            for (record, diagnosis) in records.iter_mut().zip(diagnoses) {
                record.diagnosis = Some(diagnosis);
            }
        }
        records.extend(broken.into_iter().map(|(record, _)| record));
        records.into_iter().try_for_each(|record| self.settle(record))
    }

    /// Compares a case with what was expected of it beforehand, and tells it. A probe's steps come here, judged.
    ///
    /// # Errors
    /// The sink's.
    pub fn settle(&mut self, mut record: CaseRecord) -> io::Result<()> {
        if let Some(expectations) = self.surroundings.expectations {
            expectations.apply(&mut record);
        }
        self.tell(&record)
    }

    /// Takes a case that was judged elsewhere: an exchange.
    ///
    /// # Errors
    /// The sink's.
    pub fn tell(&mut self, record: &CaseRecord) -> io::Result<()> {
        self.totals.count(record);
        self.sink.take(&self.implementation, Event::Case(record))
    }

    /// Takes what an adapter wrote on its standard error.
    ///
    /// # Errors
    /// The sink's.
    pub fn log(&mut self, text: &str) -> io::Result<()> {
        self.sink.take(&self.implementation, Event::AdapterLog(text))
    }

    /// Says that the implementation cannot be asked any more; the rest is not executed.
    pub fn give_up(&mut self) {
        self.stopped = Some(ExitCode::Adapter);
    }

    /// Says what ends the run before its end, other than a finding.
    pub fn end_with(&mut self, code: ExitCode) {
        self.stopped = Some(code);
    }

    /// Ends the run.
    ///
    /// # Errors
    /// The sink's.
    pub fn finish(mut self) -> io::Result<RunEnd> {
        self.totals.not_executed = self.totals.selected.saturating_sub(self.totals.finished());
        // Of a run that was stopped nobody knows what would have been used.
        let is_whole = self.stopped.is_none();
        let expectations = self.surroundings.expectations.map_or_else(Vec::new, |expectations| expectations.findings(is_whole));
        let as_found = if expectations.is_empty() { ExitCode::AsExpected } else { ExitCode::Unexpected };
        let exit_code = self.stopped.unwrap_or_else(|| self.totals.exit_code(self.strict).and(as_found));
        let end = RunEnd { totals: self.totals, exit_code, expectations };
        self.sink.take(&self.implementation, Event::RunEnd(&end))?;
        Ok(end)
    }

    fn stop(&mut self) -> bool {
        if self.stopped.is_none() && (self.surroundings.interrupted)() {
            self.stopped = Some(ExitCode::Interrupted);
        }
        self.stopped.is_some()
    }

    /// Counts what costs a process, unless it was expected. One that goes on breaking would be started anew for each of thousands of
    /// cases.
    fn count_break(&mut self, case: &Case, observation: &Observation) {
        let Observation::Broke { why, .. } = observation else { return };
        let is_expected = self.surroundings.expectations.is_some_and(|expectations| expectations.foresees_break(case, *why));
        if !is_expected {
            self.breaks += 1;
            if self.breaks > self.surroundings.breaks {
                self.give_up();
            }
        }
    }
}
