//! An implementation that is asked: questions ahead of their answers as far as it takes them, answers in the order of the questions, and
//! what is known of the controls.

use std::collections::VecDeque;

use super::judge::{Declared, Judgement, Met, is_refusal, judge};
use super::plan::Plan;
use super::verdict::Verdict;
use crate::implementation::{Break, Implementation, Observation, Ticket, Wanted};
use crate::vectors::Case;

/// What is known of a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Control {
    Passed,
    /// It did not pass: what it did, after "its control x".
    Failed(&'static str),
}

impl Control {
    pub(super) const NOT_OFFERED: Control = Control::Failed("is of an operation that is not offered");

    pub(super) fn of(observation: &Observation, judgement: &Judgement) -> Control {
        match (judgement.met, judgement.verdict) {
            (Some(Met::Answer), _) => Control::Passed,
            _ if is_refusal(observation) => Control::Failed("was refused too"),
            (None, Verdict::Broken) => Control::Failed("broke it"),
            (None, Verdict::Unsupported) => Control::Failed("is not supported"),
            _ => Control::Failed("does not pass"),
        }
    }
}

/// A case that was answered and judged.
pub(super) struct Answer {
    pub(super) case: Case,
    pub(super) place: Option<usize>,
    pub(super) is_selected: bool,
    pub(super) observation: Observation,
    pub(super) judgement: Judgement,
    /// When it was put.
    pub(super) since: u64,
    /// Whether it cost the implementation its process.
    pub(super) costs: bool,
}

/// Whether a break is one that a process does not outlive.
const fn costs(observation: &Observation) -> bool {
    matches!(observation, Observation::Broke { why: Break::Crash | Break::Timeout | Break::Protocol | Break::StateLeak, .. })
}

/// A case whose turn has not come.
struct Waiting {
    case: Case,
    place: Option<usize>,
    is_selected: bool,
    since: u64,
    /// `None`: it is asked when its turn comes.
    ticket: Option<Ticket>,
}

/// An implementation, the questions that it has not answered yet, and its controls.
pub(super) struct Asked<'a> {
    implementation: &'a mut dyn Implementation,
    declared: Declared,
    plan: &'a Plan,
    window: usize,
    queue: VecDeque<Waiting>,
    controls: Vec<Option<Control>>,
    last_control: String,
    /// Whether no case comes after those in the queue.
    is_closed: bool,
}

impl<'a> Asked<'a> {
    pub(super) fn new(implementation: &'a mut dyn Implementation, plan: &'a Plan) -> Asked<'a> {
        let declared = Declared::of(implementation.offer());
        let window = implementation.pipeline().map_or(1, |pipeline| pipeline.window().max(1));
        let controls = vec![None; plan.controls()];
        Asked { implementation, declared, plan, window, queue: VecDeque::new(), controls, last_control: String::new(), is_closed: false }
    }

    pub(super) fn offers(&self, case: &Case) -> bool {
        self.implementation.offer().operations.contains(&case.question.operation())
    }

    /// Whether an answer has to be taken before the next case is put.
    pub(super) fn is_full(&self) -> bool {
        self.queue.len() >= self.window
    }

    /// No case comes any more.
    pub(super) fn close(&mut self) {
        self.is_closed = true;
    }

    pub(super) fn is_waiting(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Puts a case, now or when its turn comes.
    pub(super) fn put(&mut self, case: Case, place: Option<usize>, is_selected: bool, now: u64) {
        let is_askable = self.implementation.offer().lacks(&case).is_none();
        let ticket = match self.implementation.pipeline() {
            Some(pipeline) if is_askable => Some(pipeline.put(&case.question, Wanted::ALL)),
            _ => None,
        };
        self.queue.push_back(Waiting { case, place, is_selected, since: now, ticket });
    }

    /// Takes the answer to the oldest case.
    pub(super) fn take(&mut self) -> Option<Answer> {
        let Waiting { case, place, is_selected, since, ticket } = self.queue.pop_front()?;
        let (observation, judgement, costs) = match (ticket, self.implementation.pipeline()) {
            (Some(ticket), Some(pipeline)) => {
                let mut observation = pipeline.take(ticket);
                // No further question will notice what comes behind the last answer.
                let is_last = self.is_closed && self.queue.is_empty();
                if is_last && !matches!(observation, Observation::Broke { .. }) && !pipeline.is_calm() {
                    let message = "behind its last answer it ends, or says more than it was asked".to_owned();
                    observation = Observation::Broke { why: Break::Protocol, message };
                }
                self.judged(&case, observation)
            }
            _ => self.ask(&case),
        };
        Some(Answer { case, place, is_selected, observation, judgement, since, costs })
    }

    /// Asks and judges one case, without a place in the queue; says also whether that cost a process.
    fn ask(&mut self, case: &Case) -> (Observation, Judgement, bool) {
        if let Some(what) = self.implementation.offer().lacks(case) {
            let observation = Observation::Unsupported { what, message: "it is not declared".to_owned() };
            let judgement = judge(case, &observation, self.declared);
            return (observation, judgement, false);
        }
        let observation = self.implementation.ask_for(&case.question, Wanted::to_meet(&case.expectation));
        let (observation, judgement, costs) = self.judged(case, observation);
        // Stages locate a difference: they are asked for where there is one and they were left out.
        let left_out = matches!(&observation, Observation::Answered(output) if output.stages.is_none());
        let has_stages = self.implementation.offer().features.iter().any(|name| name == "stages");
        if judgement.differences.is_empty() || !left_out || !has_stages || self.implementation.pipeline().is_some() {
            return (observation, judgement, costs);
        }
        let observation = self.implementation.ask_for(&case.question, Wanted::ALL);
        self.judged(case, observation)
    }

    fn judged(&self, case: &Case, observation: Observation) -> (Observation, Judgement, bool) {
        let costs = costs(&observation);
        let observation = match observation {
            // What it declared it may not refuse as unsupported: that would hide failures.
            Observation::Unsupported { what, .. } if self.implementation.offer().has(&what) => {
                Observation::Broke { why: Break::Protocol, message: format!("it declares {what} and answers that it does not support it") }
            }
            observation => observation,
        };
        let judgement = self.judge(case, &observation);
        (observation, judgement, costs)
    }

    pub(super) fn judge(&self, case: &Case, observation: &Observation) -> Judgement {
        judge(case, observation, self.declared)
    }

    /// Whether it is known what a control does.
    pub(super) fn knows(&self, place: usize) -> bool {
        self.controls.get(place).is_some_and(Option::is_some)
    }

    pub(super) fn remember(&mut self, place: Option<usize>, control: Control) {
        if let Some(known) = place.and_then(|place| self.controls.get_mut(place)) {
            *known = Some(control);
        }
    }

    /// Whether a refusal means something. A control whose answer is not known yet is asked now; `told` learns of it if that cost
    /// a process.
    pub(super) fn proof(&mut self, control: &str, told: &mut dyn FnMut(&Case, &Observation)) -> Control {
        control.clone_into(&mut self.last_control);
        let Some(place) = self.plan.place_of(control) else { return Control::Failed("is not in the set") };
        if let Some(Some(known)) = self.controls.get(place) {
            return *known;
        }
        let Some(case) = self.plan.kept(place) else { return Control::Failed("is not in the set") };
        let control = if self.offers(case) {
            let (observation, judgement, costs) = self.ask(case);
            if costs {
                told(case, &observation);
            }
            Control::of(&observation, &judgement)
        } else {
            Control::NOT_OFFERED
        };
        self.remember(Some(place), control);
        control
    }

    /// The control that was looked at last.
    pub(super) fn last_control(&self) -> &str {
        &self.last_control
    }

    /// Whether what is asked can be asked of somebody new.
    pub(super) fn can_renew(&mut self) -> bool {
        self.implementation.pipeline().is_some()
    }

    /// Whether a case passes when nothing else was asked before it, and breaks nothing afterwards.
    pub(super) fn passes_alone(&mut self, case: &Case) -> bool {
        // What still waits belongs to a run that was stopped.
        self.queue.clear();
        if let Some(pipeline) = self.implementation.pipeline() {
            pipeline.renew();
        }
        let (_, judgement, _) = self.ask(case);
        judgement.met.is_some() && self.implementation.pipeline().is_none_or(|pipeline| pipeline.is_calm())
    }
}
