//! The main loop: puts cases to an implementation in their order, judges what it does, and tells it as events. It knows neither how an
//! implementation is reached nor how a report looks.

use std::io;
use std::sync::Arc;

use super::diagnosing::{DEFAULT_MOST, Effort, MOST_FAILURES, MOST_WITNESSES, Witness, diagnose_run};
use super::events::{Event, RunEnd, RunStart, Sink};
use super::judge::{Declared, Judgement, Met, is_refusal, judge};
use super::plan::Plan;
use super::record::CaseRecord;
use super::totals::{ExitCode, Totals};
use super::verdict::Verdict;
use crate::diagnosis::DEFAULT_MOST as DEFAULT_MOST_EACH;
use crate::implementation::{Break, Description, Implementation, Observation, Wanted};
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
}

impl Surroundings<'_> {
    /// No clock, no interruption, three restarts, no diagnosis.
    pub const STILL: Surroundings<'static> = Surroundings { clock: &|| 0, interrupted: &|| false, breaks: DEFAULT_BREAKS, diagnose: None };
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

/// Failures that wait for their diagnosis, and cases that went right and may speak against one.
#[derive(Default)]
struct Held {
    failures: Vec<(CaseRecord, Witness)>,
    rights: Vec<Witness>,
}

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
            if self.stop() {
                break;
            }
            let place = plan.place(&case.suite, &case.id);
            if case.status == Status::Withdrawn {
                continue;
            }
            if !selected(&case) {
                if let Some(place) = place {
                    asked.control(place, &case, self);
                }
                continue;
            }
            if !asked.offers(&case) {
                self.totals.not_offered += 1;
                asked.remember(place, Control::Failed("is of an operation that is not offered"));
                continue;
            }
            let before = (self.surroundings.clock)();
            let (observation, judgement) = asked.put(&case, self);
            let duration = (self.surroundings.clock)().saturating_sub(before);
            asked.remember(place, Control::of(&observation, &judgement));
            let proof = match (&case.control, judgement.verdict, judgement.met) {
                (Some(control), Verdict::Pass, Some(Met::Refusal)) => asked.proof(control, self),
                _ => Control::Passed,
            };
            let witness = self.witness(&case, &observation, &judgement);
            let mut record = CaseRecord::new(case, observation, judgement, duration);
            record.number = self.number;
            self.number += 1;
            if let Control::Failed(why) = proof {
                record.judgement.verdict = Verdict::Inconclusive;
                record.reason = Some(format!("its control {} {why}", asked.last_control));
            }
            match witness {
                Some(witness) if record.verdict() == Verdict::Fail => self.held.failures.push((record, witness)),
                Some(witness) => {
                    self.tell(&record).map_err(RunError::Event)?;
                    self.held.rights.push(witness);
                }
                None => self.tell(&record).map_err(RunError::Event)?,
            }
        }
        self.release().map_err(RunError::Event)
    }

    /// What a diagnosis has to know of a case: of every failure, and of those that went right and can speak against a cause. Their number
    /// is bounded; a failure beyond it is told at once, without a diagnosis.
    fn witness(&self, case: &Case, observation: &Observation, judgement: &Judgement) -> Option<Witness> {
        self.surroundings.diagnose?;
        let room = match judgement.verdict {
            Verdict::Fail => self.held.failures.len() < MOST_FAILURES,
            Verdict::Pass => Witness::is_useful(case.question.operation()) && self.held.rights.len() < MOST_WITNESSES,
            _ => false,
        };
        room.then(|| Witness { question: Arc::new(case.question.clone()), observation: observation.clone() })
    }

    /// Diagnoses the failures that were held back, and tells them.
    fn release(&mut self) -> io::Result<()> {
        let Held { failures, rights } = std::mem::take(&mut self.held);
        let (mut records, witnesses): (Vec<_>, Vec<_>) = failures.into_iter().unzip();
        if let Some(watch) = self.surroundings.diagnose
            && !self.stop()
        {
            let interrupted = self.surroundings.interrupted;
            let mut watch = |done, all| watch(done, all) && !interrupted();
            let mut effort = Effort { most: DEFAULT_MOST, most_each: DEFAULT_MOST_EACH, watch: &mut watch };
            let diagnoses = diagnose_run(&witnesses, &rights, &mut effort);
            for (record, diagnosis) in records.iter_mut().zip(diagnoses) {
                record.diagnosis = Some(diagnosis);
            }
        }
        records.iter().try_for_each(|record| self.tell(record))
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

    /// Ends the run.
    ///
    /// # Errors
    /// The sink's.
    pub fn finish(mut self) -> io::Result<RunEnd> {
        self.totals.not_executed = self.totals.selected.saturating_sub(self.totals.finished());
        let exit_code = self.stopped.unwrap_or_else(|| self.totals.exit_code(self.strict));
        let end = RunEnd { totals: self.totals, exit_code };
        self.sink.take(&self.implementation, Event::RunEnd(&end))?;
        Ok(end)
    }

    fn stop(&mut self) -> bool {
        if self.stopped.is_none() && (self.surroundings.interrupted)() {
            self.stopped = Some(ExitCode::Interrupted);
        }
        self.stopped.is_some()
    }

    /// Counts what costs a process. One that goes on breaking would be started anew for each of thousands of cases.
    fn count_break(&mut self, observation: &Observation) {
        if matches!(observation, Observation::Broke { why: Break::Crash | Break::Timeout | Break::Protocol | Break::StateLeak, .. }) {
            self.breaks += 1;
            if self.breaks > self.surroundings.breaks {
                self.give_up();
            }
        }
    }
}

/// What is known of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Control {
    Passed,
    /// It did not pass: what it did, after "its control x".
    Failed(&'static str),
}

impl Control {
    fn of(observation: &Observation, judgement: &Judgement) -> Control {
        match (judgement.met, judgement.verdict) {
            (Some(Met::Answer), _) => Control::Passed,
            _ if is_refusal(observation) => Control::Failed("was refused too"),
            (None, Verdict::Broken) => Control::Failed("broke it"),
            (None, Verdict::Unsupported) => Control::Failed("is not supported"),
            _ => Control::Failed("does not pass"),
        }
    }
}

/// An implementation that is asked, and its controls.
struct Asked<'a> {
    implementation: &'a mut dyn Implementation,
    declared: Declared,
    plan: &'a Plan,
    controls: Vec<Option<Control>>,
    last_control: String,
}

impl<'a> Asked<'a> {
    fn new(implementation: &'a mut dyn Implementation, plan: &'a Plan) -> Asked<'a> {
        let declared = Declared::of(implementation.offer());
        Asked { implementation, declared, plan, controls: vec![None; plan.controls()], last_control: String::new() }
    }

    fn offers(&self, case: &Case) -> bool {
        self.implementation.offer().operations.contains(&case.question.operation())
    }

    /// Asks and judges one case.
    fn put(&mut self, case: &Case, run: &mut Runner<'_>) -> (Observation, Judgement) {
        if let Some(what) = self.implementation.offer().lacks(case) {
            let observation = Observation::Unsupported { what, message: "it is not declared".to_owned() };
            let judgement = judge(case, &observation, self.declared);
            return (observation, judgement);
        }
        let observation = self.ask(case, Wanted::to_meet(&case.expectation), run);
        let judgement = judge(case, &observation, self.declared);
        // Stages locate a difference: they are asked for where there is one and they were left out.
        let located = matches!(&observation, Observation::Answered(output) if output.stages.is_none());
        if judgement.differences.is_empty() || !located || !self.implementation.offer().features.iter().any(|name| name == "stages") {
            return (observation, judgement);
        }
        let observation = self.ask(case, Wanted::ALL, run);
        let judgement = judge(case, &observation, self.declared);
        (observation, judgement)
    }

    fn ask(&mut self, case: &Case, wanted: Wanted, run: &mut Runner<'_>) -> Observation {
        let observation = self.implementation.ask_for(&case.question, wanted);
        run.count_break(&observation);
        match observation {
            // What it declared it may not refuse as unsupported: that would hide failures.
            Observation::Unsupported { what, .. } if self.implementation.offer().has(&what) => {
                Observation::Broke { why: Break::Protocol, message: format!("it declares {what} and answers that it does not support it") }
            }
            observation => observation,
        }
    }

    fn remember(&mut self, place: Option<usize>, control: Control) {
        if let Some(known) = place.and_then(|place| self.controls.get_mut(place)) {
            *known = Some(control);
        }
    }

    /// Asks a case that is a control, unless that is done.
    fn control(&mut self, place: usize, case: &Case, run: &mut Runner<'_>) -> Control {
        if let Some(Some(known)) = self.controls.get(place) {
            return *known;
        }
        let control = if self.offers(case) {
            let (observation, judgement) = self.put(case, run);
            Control::of(&observation, &judgement)
        } else {
            Control::Failed("is of an operation that is not offered")
        };
        self.remember(Some(place), control);
        control
    }

    /// Whether a refusal means something. A control that stands further behind is asked now.
    fn proof(&mut self, control: &str, run: &mut Runner<'_>) -> Control {
        control.clone_into(&mut self.last_control);
        let Some(place) = self.plan.place_of(control) else { return Control::Failed("is not in the set") };
        match (self.controls.get(place), self.plan.kept(place)) {
            (Some(Some(known)), _) => *known,
            (_, Some(case)) => self.control(place, case, run),
            (_, None) => Control::Failed("is not in the set"),
        }
    }
}
