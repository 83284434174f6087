//! The search: axis after axis, then several at once; what differs is shrunk and diagnosed, and explained by what was found before if that
//! can be. Questions go ahead of the answers as far as the implementation takes them.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::axes::{AXES, request};
use super::breaks::Breaks;
use super::find::{Find, Kind, Standard, is_explained, responsible};
use super::verifying::{Doing, without_scruples};
use crate::deviation::Cause;
use crate::diagnosis::Outcome;
use crate::fuzzing::numbers::Numbers;
use crate::implementation::{Break, Description, Implementation, Observation, Offer, Reference, Ticket, Wanted};
use crate::judgement::diagnosing::{Effort, Verdicts, Witness, diagnose_last, is_alike};
use crate::vectors::question::SignInput;
use crate::vectors::{Operation, Question};

mod aside;
mod asking;
mod careless;
mod controls;
mod rights;
mod scruples;
mod smaller;
mod suspects;

use self::aside::Names;
use self::careless::Careless;
use self::rights::Rights;
use self::scruples::Scruples;
use self::smaller::{Smallest, Way};
use self::suspects::Suspects;

/// How far a search goes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The most questions.
    pub runs: u64,
    /// How often it may break before it is asked no more.
    pub breaks: u32,
    /// Whether `sign` is asked, if it is offered.
    pub sign: bool,
    /// Whether `verify` is asked, if it is offered.
    pub verify: bool,
}

/// How far a search is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// How many questions were put.
    pub asked: u64,
    /// How many differences no other find explains.
    pub finds: usize,
    /// How many axes were looked along, of how many.
    pub axes: (usize, usize),
}

/// What came of a search.
#[derive(Debug, Default)]
pub struct Searched {
    /// What was found, in the order of finding.
    pub finds: Vec<Find>,
    /// How many questions were put, those of shrinking too.
    pub asked: u64,
    /// How many questions were not put, because they need what is not offered.
    pub not_offered: u64,
    /// The axes that something was asked along.
    pub axes: BTreeSet<&'static str>,
    /// Whether it broke too often to be asked on.
    pub gave_up: bool,
    /// How many answers were not looked at, because whoever watches had heard enough.
    pub unjudged: usize,
}

/// Is told how far a search is, and of every find; says whether it goes on. It is asked before every question of a shrinking too.
pub type Watch<'w> = &'w mut dyn FnMut(&Progress, Option<&Find>) -> bool;

/// A search in an implementation.
pub struct Search<'a> {
    implementation: &'a mut dyn Implementation,
    against: Option<&'a mut dyn Implementation>,
    offer: Offer,
    reference: Reference,
    /// Signs what is to be verified.
    signer: Reference,
    numbers: Numbers,
    limits: Limits,
    searched: Searched,
    /// Axes along which something was asked.
    looked: Names,
    /// Axes and changes along which something unexplained was found: more of it would be found and nothing else.
    aside: Names,
    /// What was answered rightly, to speak against causes.
    rights: Rights,
    breaks: Breaks,
    /// What the smallest question that broke it came to, while one is made smaller.
    broke: Option<Observation>,
    /// Answers of `verify` that wait until enough right ones are known.
    held: Vec<(Waiting, Observation)>,
    /// How many right answers of `verify` are known.
    verified: usize,
    /// What failed to verify: one bit each, so that only all of them together say something.
    unverified: Vec<Witness>,
    /// What departures say to questions that were answered.
    verdicts: Verdicts,
    /// What was signed and should not have been.
    careless: Careless,
    /// Which rules a request to be signed breaks.
    scruples: Scruples,
    /// Who makes the mistakes that were found.
    suspects: Suspects,
    /// Whether whoever watches has heard enough.
    stopped: bool,
}

/// A question that was put.
#[derive(Debug)]
struct Waiting {
    question: Question,
    at: Vec<&'static str>,
    ticket: Option<Ticket>,
    /// Of a received request, what was signed and what was done to it then: a smaller one is signed anew.
    origin: Option<Origin>,
}

/// What was signed, and what was done to it before or then.
type Origin = (Box<SignInput>, Doing);

/// How many requests go along each axis alone, before several are taken together.
const EACH: u64 = 24;
/// How many right answers of `verify` are known before a wrong one is looked at.
const FEWEST_VERIFIED: usize = 60;
/// The most failures of `verify` that are looked at together.
const MOST_UNVERIFIED: usize = 40;
/// The most values that are compared for the diagnosis of a find.
const MOST_COMPARED: u64 = 100_000;
/// The same once whoever watches has heard enough, and how many more finds there may be then.
const MOST_COMPARED_LATE: u64 = 20_000;
const MOST_LATE: usize = 4;
/// How many questions are tried before whoever watches is heard again.
const ATTEMPTS: u64 = 100;
/// How many questions in a row may come to nothing before the search ends: nothing is left that can be asked.
const MOST_BARREN: u64 = 20_000;
/// The most axes of a request.
const MOST_AXES: usize = 5;

impl<'a> Search<'a> {
    /// A search that has not begun. `against` answers in the place of the reference, if it is given.
    pub fn new(
        implementation: &'a mut dyn Implementation,
        against: Option<&'a mut dyn Implementation>,
        seed: u64,
        limits: Limits,
    ) -> Search<'a> {
        let offer = implementation.offer().clone();
        Search {
            implementation,
            against,
            offer,
            reference: Reference::new(),
            signer: without_scruples(),
            numbers: Numbers::new(seed),
            limits,
            searched: Searched::default(),
            looked: Names::default(),
            aside: Names::default(),
            rights: Rights::default(),
            breaks: Breaks::of(limits.breaks),
            broke: None,
            held: Vec::new(),
            verified: 0,
            unverified: Vec::new(),
            verdicts: Verdicts::default(),
            careless: Careless::default(),
            scruples: Scruples::default(),
            suspects: Suspects::default(),
            stopped: false,
        }
    }

    /// Searches until a limit is reached or `watch` says `false`; it is told of every find.
    pub fn run(mut self, watch: Watch<'_>) -> Searched {
        let window = self.implementation.pipeline().map_or(1, |pipeline| pipeline.window().max(1));
        let mut waiting: VecDeque<Waiting> = VecDeque::new();
        let most = self.limits.runs.saturating_mul(4);
        let (mut number, mut barren) = (0_u64, 0_u64);
        if !self.is_asked(Operation::Sign) && !self.is_asked(Operation::Verify) {
            return self.searched;
        }
        while self.searched.asked < self.limits.runs && !self.searched.gave_up && self.goes_on(watch) {
            // Attempts are counted, not questions: where none succeeds, whoever watches must be heard all the same.
            let until = most.min(number.saturating_add(ATTEMPTS));
            while waiting.len() < window && number < until {
                number += 1;
                barren += 1;
                if let Some(next) = self.next(number) {
                    waiting.push_back(next);
                    barren = 0;
                }
            }
            let Some(first) = waiting.pop_front() else {
                if number == most || barren >= MOST_BARREN {
                    break;
                }
                continue;
            };
            let observation = self.take(&first);
            self.judge_and_tell(first, observation, &mut waiting, watch);
            if self.verified >= FEWEST_VERIFIED && !self.held.is_empty() {
                for (held, observation) in std::mem::take(&mut self.held) {
                    self.judge_and_tell(held, observation, &mut waiting, watch);
                }
            }
        }
        for rest in waiting {
            if self.searched.gave_up {
                break;
            }
            let _ = self.take(&rest);
        }
        // What is still held is looked at with what there is.
        self.verified = self.verified.max(FEWEST_VERIFIED);
        let known = self.searched.finds.len();
        while !self.is_late() || self.searched.finds.len() < known + MOST_LATE {
            let Some((held, observation)) = self.held.pop() else { break };
            self.judge_and_tell(held, observation, &mut VecDeque::new(), watch);
        }
        self.searched.unjudged = self.held.len();
        for (waiting, observation) in self.careless.rest() {
            let before = self.searched.finds.len();
            if self.is_late() && before >= known + MOST_LATE {
                self.searched.unjudged += 1;
                continue;
            }
            self.look_at(waiting, observation, Kind::Accepts, &mut VecDeque::new(), watch);
            self.tell_since(before, watch);
        }
        self.searched.axes = self.looked.into_set();
        self.searched
    }

    /// Whether whoever watches wants more.
    fn goes_on(&mut self, watch: Watch<'_>) -> bool {
        self.stopped = self.stopped || !watch(&self.progress(), None);
        !self.stopped
    }

    /// Whether little is looked at any more: whoever watches has heard enough, or nothing more can be asked.
    const fn is_late(&self) -> bool {
        self.stopped || self.searched.gave_up
    }

    fn judge_and_tell(&mut self, waiting: Waiting, observation: Observation, ahead: &mut VecDeque<Waiting>, watch: Watch<'_>) {
        let known = self.searched.finds.len();
        self.judge(waiting, observation, ahead, watch);
        self.tell_since(known, watch);
    }

    fn tell_since(&mut self, known: usize, watch: Watch<'_>) {
        let progress = self.progress();
        for find in self.searched.finds.get(known..).unwrap_or_default() {
            self.stopped |= !watch(&progress, Some(find));
        }
    }

    fn progress(&self) -> Progress {
        Progress { asked: self.searched.asked, finds: self.searched.finds.len(), axes: (self.looked.len(), AXES.len()) }
    }

    /// Whether an operation is both asked for and offered.
    fn is_asked(&self, operation: Operation) -> bool {
        let is_wanted = match operation {
            Operation::Sign => self.limits.sign,
            Operation::Verify => self.limits.verify,
            _ => false,
        };
        is_wanted && self.offer.operations.contains(&operation)
    }

    /// The next question, if it is offered.
    fn next(&mut self, number: u64) -> Option<Waiting> {
        let axes = self.axes(number);
        let input = request(&axes, &mut self.numbers);
        let mut at: Vec<&'static str> = axes.iter().filter_map(|axis| AXES.get(*axis)).map(|axis| axis.name).collect();
        let (verifies, signs) = (self.is_asked(Operation::Verify), self.is_asked(Operation::Sign));
        let (question, origin) = if verifies && (!signs || number.is_multiple_of(3)) {
            let doing = if is_plain(number) { Doing::NOTHING } else { Doing::of(&mut self.numbers)? };
            if self.aside.contains(doing.what()) {
                return None;
            }
            at.insert(0, doing.what());
            let origin = (Box::new(input), doing);
            (self.received(&origin)?, Some(origin))
        } else if signs {
            (Question::Sign(Box::new(input)), None)
        } else {
            return None;
        };
        if self.offer.lacks_for(&question).is_some() {
            self.searched.not_offered += 1;
            return None;
        }
        self.looked.extend_with_axes(&axes);
        self.searched.asked += 1;
        let ticket = self.implementation.pipeline().map(|pipeline| pipeline.put(&question, VERDICT));
        Some(Waiting { question, at, ticket, origin })
    }

    /// The request that a server receives of it.
    fn received(&mut self, (input, doing): &Origin) -> Option<Question> {
        doing.received(input, &mut self.signer).map(|received| Question::Verify(Box::new(received)))
    }

    /// None first, then each alone, then several.
    fn axes(&mut self, number: u64) -> Vec<usize> {
        let rounds = number / EACH;
        let alone = usize::try_from(rounds).ok().and_then(|round| round.checked_sub(1)).filter(|axis| *axis < AXES.len());
        let mut axes: Vec<usize> = match (rounds, alone) {
            (0, _) => Vec::new(),
            (_, Some(axis)) => vec![axis],
            _ => (0..=self.numbers.below(MOST_AXES)).map(|_| self.numbers.below(AXES.len())).collect(),
        };
        axes.sort_unstable();
        axes.dedup();
        axes.retain(|axis| !self.aside.has_axis(*axis));
        axes
    }

    /// In which way an answer differs, if it does.
    fn kind(&self, question: &Question, right: &Observation, observation: &Observation) -> Option<Kind> {
        // What the other side cannot answer says nothing, nor does an answer without what is compared.
        let is_signed = |observation: &Observation| matches!(observation, Observation::Answered(output) if output.signature.is_some());
        let is_sign = question.operation() == Operation::Sign;
        let is_answered = matches!(right, Observation::Answered(_)) && (!is_sign || is_signed(right));
        let is_refused = matches!(right, Observation::Refused { .. });
        match observation {
            // Nobody breaks rightly, at what must be refused least of all.
            Observation::Broke { .. } => (is_answered || is_refused).then_some(Kind::Breaks),
            Observation::Unsupported { .. } => None,
            _ if is_sign && is_refused && is_signed(observation) => Some(Kind::Accepts),
            _ if !is_answered => None,
            _ if is_alike(question.operation(), right, observation) => None,
            _ if question.operation() == Operation::Verify => {
                let is_valid = matches!(right, Observation::Answered(output) if output.valid == Some(true));
                Some(if is_valid { Kind::Rejects } else { Kind::Accepts })
            }
            Observation::Refused { .. } => Some(Kind::Refuses),
            Observation::Answered(_) => Some(Kind::Differs),
        }
    }

    /// Whose answer a find is held against.
    fn standard(&mut self, question: &Question) -> Standard {
        let Some(other) = &self.against else { return Standard::Reference };
        let Description { name, version, .. } = other.description().clone();
        Standard::Other { name, version, reference: self.reference.ask(question) }
    }

    fn judge(&mut self, waiting: Waiting, observation: Observation, ahead: &mut VecDeque<Waiting>, watch: Watch<'_>) {
        let Waiting { question, at, origin, .. } = waiting;
        let right = self.right(&question, VERDICT);
        let Some(kind) = self.kind(&question, &right, &observation) else {
            if self.against.is_none() && is_right(&question, &right, &observation) {
                let is_verify = usize::from(question.operation() == Operation::Verify);
                self.verified += is_verify;
                // What was done to a request stands before its axes.
                self.rights.hear(question, observation, at.get(is_verify..).unwrap_or_default());
            }
            return;
        };
        // What broke needs no diagnosis, and no right answers for one.
        let is_early = question.operation() == Operation::Verify && self.verified < FEWEST_VERIFIED && self.against.is_none();
        if is_early && kind != Kind::Breaks {
            if self.held.len() < MOST_UNVERIFIED {
                self.held.push((Waiting { question, at, ticket: None, origin }, observation));
            }
            return;
        }
        let waiting = Waiting { question, at, ticket: None, origin };
        if kind == Kind::Accepts && waiting.question.operation() == Operation::Sign && self.against.is_none() {
            if let Some(several) = self.careless.of_one_axis(waiting, observation) {
                several.into_iter().for_each(|(waiting, observation)| self.look_at(waiting, observation, kind, ahead, watch));
            }
            return;
        }
        self.look_at(waiting, observation, kind, ahead, watch);
    }

    /// Looks at an answer that differs: it is explained by what is known, or is found.
    fn look_at(&mut self, waiting: Waiting, observation: Observation, kind: Kind, ahead: &mut VecDeque<Waiting>, watch: Watch<'_>) {
        if self.explains(&waiting.question, &observation, kind, &waiting.at) {
            return;
        }
        // Whoever shrinks asks out of turn, so that what was put ahead is taken first; its answers are judged in their turn.
        let mut taken: Vec<(Waiting, Observation)> = Vec::new();
        while let Some(waiting) = ahead.pop_front().filter(|_| !self.searched.gave_up) {
            let observation = self.take(&waiting);
            taken.push((waiting, observation));
        }
        self.find(waiting, observation, kind, watch);
        for (waiting, observation) in taken {
            if !self.stopped {
                self.judge(waiting, observation, &mut VecDeque::new(), watch);
            }
        }
    }

    /// Whether something that was found explains this too: whoever makes all those mistakes gives the same answer.
    fn explains(&mut self, question: &Question, observation: &Observation, kind: Kind, at: &[&'static str]) -> bool {
        if matches!(kind, Kind::Differs | Kind::Accepts | Kind::Rejects)
            && let Some(place) = self.suspects.explaining(question, observation, at)
        {
            if let Some(find) = self.searched.finds.get_mut(place) {
                find.others += 1;
            }
            return true;
        }
        // The same way of being wrong along an axis, or after a change, that was set aside while this was under way.
        let is_aside = responsible(question, at).iter().any(|name| self.aside.contains(name));
        is_aside && self.searched.finds.iter().any(|find| !find.is_explained() && find.kind == kind)
    }

    fn find(&mut self, waiting: Waiting, observation: Observation, kind: Kind, watch: Watch<'_>) {
        let Waiting { question, at, origin, .. } = self.without_doing(waiting, kind);
        let at = &at[..];
        let after = self.searched.asked;
        let is_costly = matches!(observation, Observation::Broke { why: Break::Timeout, .. });
        let Smallest { question, is_smallest, observation, origin } = if is_costly {
            Smallest { question, is_smallest: false, observation, origin }
        } else {
            self.smallest(question, observation, origin, Way::of(kind, at), watch)
        };
        let right = self.right(&question, Wanted::ALL);
        let control = self.control(&question, &right, origin.as_ref());
        let witness = Witness { question: Arc::new(question.clone()), observation: observation.clone() };
        let most = if self.stopped { MOST_COMPARED_LATE } else { MOST_COMPARED };
        // Of several failures that are looked at together, the rest is left out once whoever watches has heard enough.
        let (progress, was_stopped) = (self.progress(), self.stopped);
        let mut effort = Effort { most, most_each: most, watch: &mut |_, _| was_stopped || watch(&progress, None) };
        let mut diagnosis = if kind == Kind::Breaks || kind == Kind::Refuses {
            crate::diagnosis::Diagnosis::unexplained()
        } else {
            let is_verify = question.operation() == Operation::Verify;
            let mut failures = if is_verify { self.unverified.clone() } else { self.careless.known_along(at) };
            failures.push(witness.clone());
            if is_verify && self.unverified.len() < MOST_UNVERIFIED {
                self.unverified.push(witness);
            }
            let found = diagnose_last(&failures, self.rights.iter().collect(), &mut effort, &mut self.verdicts);
            // Several causes of one bit are a guess, and would explain away what comes after.
            if !is_verify || found.outcome == Outcome::Explained { found } else { crate::diagnosis::Diagnosis::unexplained() }
        };
        // A mistake of input belongs to one request; what explains others too is more likely.
        let lasts = |set: &Vec<Cause>| set.iter().all(|cause| matches!(cause, Cause::Deviation(_)));
        if diagnosis.sets.iter().any(lasts) {
            diagnosis = crate::diagnosis::Diagnosis::of_sets(diagnosis.sets.into_iter().filter(lasts).collect());
        }
        if !is_explained(&diagnosis) {
            self.aside.extend(responsible(&question, at));
        }
        let standard = self.standard(&question);
        let (at_all, expected) = (at.to_vec(), right);
        let named = Find { kind, at: at_all, question, standard, expected, control, observation, diagnosis, is_smallest, after, others: 0 };
        let same = |known: &&mut Find| known.kind == kind && known.name() == named.name();
        match self.searched.finds.iter_mut().find(same) {
            Some(known) => {
                // It explains this only in part: more along these axes would come to the same, at the same cost.
                known.others += 1;
                self.aside.extend(at);
            }
            None => {
                self.suspects.add(self.searched.finds.len(), &named);
                self.searched.finds.push(named);
            }
        }
    }
}

/// Whether a request of this number stays as it was signed: the first ones along each axis alone do. Without some that must be accepted
/// nobody knows why others are refused.
const fn is_plain(number: u64) -> bool {
    number / EACH <= AXES.len() as u64 && number % EACH < EACH / 2
}

/// Whether it was answered as it should be: who refuses or answers nothing at all says nothing of causes.
fn is_right(question: &Question, right: &Observation, observation: &Observation) -> bool {
    matches!(observation, Observation::Answered(_)) && is_alike(question.operation(), right, observation)
}

/// Where answers are only held against each other.
const VERDICT: Wanted = Wanted { transmission: false, stages: false };
