//! The search: axis after axis, then several at once; what differs is shrunk and diagnosed, and explained by what was found before if that
//! can be. Questions go ahead of the answers as far as the implementation takes them.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use super::axes::{AXES, request};
use super::find::{Find, Kind, Standard};
use super::shrink::shrink;
use super::verifying::{CHANGES, received};
use crate::deviation::{Cause, Conduct};
use crate::diagnosis::Outcome;
use crate::fuzzing::numbers::Numbers;
use crate::implementation::{Break, Description, Implementation, Observation, Offer, Reference, Ticket, Wanted};
use crate::judgement::diagnosing::{Effort, Witness, diagnose_run, is_alike};
use crate::vectors::{Operation, Question};

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
}

/// A search in an implementation.
pub struct Search<'a> {
    implementation: &'a mut dyn Implementation,
    against: Option<&'a mut dyn Implementation>,
    offer: Offer,
    reference: Reference,
    numbers: Numbers,
    limits: Limits,
    searched: Searched,
    /// Axes and changes along which something unexplained was found: more of it would be found and nothing else.
    aside: BTreeSet<&'static str>,
    /// What was answered rightly, to speak against causes.
    rights: VecDeque<Witness>,
    breaks: u32,
    /// Answers of `verify` that wait until enough right ones are known.
    held: Vec<(Waiting, Observation)>,
    /// How many right answers of `verify` are known.
    verified: usize,
    /// What failed to verify: one bit each, so that only all of them together say something.
    unverified: Vec<Witness>,
}

/// A question that was put.
#[derive(Debug)]
struct Waiting {
    question: Question,
    at: Vec<&'static str>,
    ticket: Option<Ticket>,
}

/// How many requests go along each axis alone, before several are taken together.
const EACH: u64 = 24;
/// Right answers that are kept.
const MOST_RIGHTS: usize = 400;
/// How many right answers of `verify` are known before a wrong one is looked at.
const FEWEST_VERIFIED: usize = 60;
/// The most failures of `verify` that are looked at together.
const MOST_UNVERIFIED: usize = 40;
/// The most values that are compared for the diagnosis of a find.
const MOST_COMPARED: u64 = 300_000;
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
            numbers: Numbers::new(seed),
            limits,
            searched: Searched::default(),
            aside: BTreeSet::new(),
            rights: VecDeque::new(),
            breaks: 0,
            held: Vec::new(),
            verified: 0,
            unverified: Vec::new(),
        }
    }

    /// Searches until a limit is reached or `watch` says `false`; it is told of every find.
    pub fn run(mut self, watch: &mut dyn FnMut(&Progress, Option<&Find>) -> bool) -> Searched {
        let window = self.implementation.pipeline().map_or(1, |pipeline| pipeline.window().max(1));
        let mut waiting: VecDeque<Waiting> = VecDeque::new();
        let most = self.limits.runs.saturating_mul(4);
        let (mut number, mut barren) = (0_u64, 0_u64);
        if !self.is_asked(Operation::Sign) && !self.is_asked(Operation::Verify) {
            return self.searched;
        }
        while self.searched.asked < self.limits.runs && !self.searched.gave_up && watch(&self.progress(), None) {
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
            let found = self.searched.finds.len();
            self.judge(first, observation, &mut waiting);
            if self.verified >= FEWEST_VERIFIED && !self.held.is_empty() {
                for (held, observation) in std::mem::take(&mut self.held) {
                    self.judge(held, observation, &mut waiting);
                }
            }
            let new = self.searched.finds.get(found..).unwrap_or_default();
            if !new.iter().all(|find| watch(&self.progress(), Some(find))) {
                break;
            }
        }
        for rest in waiting {
            let _ = self.take(&rest);
        }
        // What is still held is looked at with what there is.
        self.verified = self.verified.max(FEWEST_VERIFIED);
        while let Some((held, observation)) = self.held.pop() {
            let found = self.searched.finds.len();
            self.judge(held, observation, &mut VecDeque::new());
            if self.searched.finds.len() > found && !watch(&self.progress(), self.searched.finds.last()) {
                break;
            }
        }
        self.searched
    }

    fn progress(&self) -> Progress {
        Progress { asked: self.searched.asked, finds: self.searched.finds.len(), axes: (self.searched.axes.len(), AXES.len()) }
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
        let question = if verifies && (!signs || number.is_multiple_of(3)) {
            let mut received = received(&input, &mut self.reference)?;
            let change = CHANGES.get(self.numbers.below(CHANGES.len()))?;
            if self.aside.contains(change.what) {
                return None;
            }
            change.make(&mut received, &mut self.numbers)?;
            at.insert(0, change.what);
            Question::Verify(Box::new(received))
        } else if signs {
            Question::Sign(Box::new(input))
        } else {
            return None;
        };
        if self.offer.lacks_for(&question).is_some() {
            self.searched.not_offered += 1;
            return None;
        }
        self.searched.axes.extend(axes.iter().filter_map(|axis| AXES.get(*axis)).map(|axis| axis.name));
        self.searched.asked += 1;
        let ticket = self.implementation.pipeline().map(|pipeline| pipeline.put(&question));
        Some(Waiting { question, at, ticket })
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
        axes.retain(|axis| AXES.get(*axis).is_some_and(|axis| !self.aside.contains(axis.name)));
        axes
    }

    fn take(&mut self, waiting: &Waiting) -> Observation {
        match (waiting.ticket, self.implementation.pipeline()) {
            (Some(ticket), Some(pipeline)) => pipeline.take(ticket),
            _ => self.implementation.ask_for(&waiting.question, WANTED),
        }
    }

    fn ask(&mut self, question: &Question) -> Observation {
        self.searched.asked += 1;
        self.implementation.ask(question)
    }

    /// The answer that the others are held against.
    fn right(&mut self, question: &Question) -> Observation {
        match &mut self.against {
            Some(other) => other.ask(question),
            None => self.reference.ask(question),
        }
    }

    /// In which way an answer differs, if it does.
    fn kind(&self, question: &Question, right: &Observation, observation: &Observation) -> Option<Kind> {
        let is_compared = |observation: &Observation| matches!(observation, Observation::Answered(_));
        // What the other side cannot answer says nothing, nor does an answer without what is compared.
        let is_signed = |observation: &Observation| matches!(observation, Observation::Answered(output) if output.signature.is_some());
        if !is_compared(right) || question.operation() == Operation::Sign && !is_signed(right) {
            return None;
        }
        match observation {
            Observation::Unsupported { .. } => None,
            Observation::Broke { .. } => Some(Kind::Breaks),
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

    fn judge(&mut self, waiting: Waiting, observation: Observation, ahead: &mut VecDeque<Waiting>) {
        let Waiting { question, at, .. } = waiting;
        let right = self.right(&question);
        let Some(kind) = self.kind(&question, &right, &observation) else {
            if matches!(observation, Observation::Answered(_)) && self.against.is_none() {
                if self.rights.len() == MOST_RIGHTS {
                    self.rights.pop_front();
                }
                self.verified += usize::from(question.operation() == Operation::Verify);
                self.rights.push_back(Witness { question: Arc::new(question), observation });
            }
            return;
        };
        if question.operation() == Operation::Verify && self.verified < FEWEST_VERIFIED && self.against.is_none() {
            if self.held.len() < MOST_UNVERIFIED {
                self.held.push((Waiting { question, at, ticket: None }, observation));
            }
            return;
        }
        if self.explains(&question, &observation, kind, &at) {
            return;
        }
        // Whoever shrinks asks out of turn, so that what was put ahead is taken first; its answers are judged in their turn.
        let taken: Vec<(Waiting, Observation)> = ahead
            .drain(..)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|waiting| {
                let observation = self.take(&waiting);
                (waiting, observation)
            })
            .collect();
        self.find(question, observation, kind, &at);
        for (waiting, observation) in taken {
            self.judge(waiting, observation, &mut VecDeque::new());
        }
    }

    /// Whether something that was found explains this too: whoever makes all those mistakes gives the same answer.
    fn explains(&mut self, question: &Question, observation: &Observation, kind: Kind, at: &[&'static str]) -> bool {
        let known = |find: &Find| find.diagnosis.outcome == Outcome::Explained || find.diagnosis.outcome == Outcome::Ambiguous;
        let sets: Vec<Vec<Vec<Cause>>> =
            self.searched.finds.iter().filter(|find| known(find)).map(|find| find.diagnosis.sets.clone()).collect();
        let alike = |causes: &[Cause]| {
            let own = Reference::conducting(Conduct::of(causes)).ask(question);
            is_alike(question.operation(), &own, observation)
        };
        if matches!(kind, Kind::Differs | Kind::Accepts | Kind::Rejects) {
            // Any set of a find may be what is really done; of several finds, the first set of each.
            let single = sets.iter().position(|sets| sets.iter().any(|set| alike(set)));
            let together: Vec<Cause> = sets.iter().filter_map(|sets| sets.first()).flatten().cloned().collect();
            if single.is_some() || sets.len() > 1 && alike(&together) {
                let place = self.searched.finds.iter().position(known);
                let explaining = single.map_or(place, |single| {
                    self.searched.finds.iter().enumerate().filter(|(_, find)| known(find)).map(|(place, _)| place).nth(single)
                });
                if let Some(find) = explaining.and_then(|place| self.searched.finds.get_mut(place)) {
                    find.others += 1;
                }
                return true;
            }
        }
        // The same way of being wrong along an axis, or after a change, that was set aside while this was under way.
        let named = if question.operation() == Operation::Verify { at.get(..1).unwrap_or_default() } else { at };
        let is_aside = named.iter().any(|name| self.aside.contains(name));
        is_aside && self.searched.finds.iter().any(|find| !known(find) && find.kind == kind)
    }

    fn find(&mut self, question: Question, observation: Observation, kind: Kind, at: &[&'static str]) {
        if kind == Kind::Breaks {
            self.breaks += 1;
            self.searched.gave_up = self.breaks > self.limits.breaks;
        }
        let after = self.searched.asked;
        let is_costly = matches!(observation, Observation::Broke { why: Break::Timeout, .. });
        let question = if is_costly { question } else { self.shrunk(question, kind, at) };
        let observation = if is_costly { observation } else { self.ask(&question) };
        let right = self.right(&question);
        let witness = Witness { question: Arc::new(question.clone()), observation: observation.clone() };
        let mut effort = Effort { most: MOST_COMPARED, most_each: MOST_COMPARED, watch: &mut |_, _| true };
        let rights: Vec<Witness> = self.rights.iter().cloned().collect();
        let mut diagnosis = if kind == Kind::Breaks || kind == Kind::Refuses {
            crate::diagnosis::Diagnosis::unexplained()
        } else {
            let is_verify = question.operation() == Operation::Verify;
            let mut failures = if is_verify { self.unverified.clone() } else { Vec::new() };
            failures.push(witness.clone());
            if is_verify && self.unverified.len() < MOST_UNVERIFIED {
                self.unverified.push(witness);
            }
            let mut found = diagnose_run(&failures, &rights, &mut effort);
            // Several causes of one bit are a guess, and would explain away what comes after.
            found
                .pop()
                .filter(|found| !is_verify || found.outcome == Outcome::Explained)
                .unwrap_or_else(crate::diagnosis::Diagnosis::unexplained)
        };
        // A mistake of input belongs to one request; what explains others too is more likely.
        let lasts = |set: &Vec<Cause>| set.iter().all(|cause| matches!(cause, Cause::Deviation(_)));
        if diagnosis.sets.iter().any(lasts) {
            diagnosis = crate::diagnosis::Diagnosis::of_sets(diagnosis.sets.into_iter().filter(lasts).collect());
        }
        if !matches!(diagnosis.outcome, Outcome::Explained | Outcome::Ambiguous) {
            // A change of a received request is what it is along every axis.
            let responsible = if question.operation() == Operation::Verify { at.get(..1).unwrap_or_default() } else { at };
            self.aside.extend(responsible);
        }
        let standard = self.standard(&question);
        let named = Find { kind, at: at.to_vec(), question, standard, expected: right, observation, diagnosis, after, others: 0 };
        let same = |known: &&mut Find| known.kind == kind && known.name() == named.name();
        match self.searched.finds.iter_mut().find(same) {
            Some(known) => {
                // It explains this only in part: more along these axes would come to the same, at the same cost.
                known.others += 1;
                self.aside.extend(at);
            }
            None => self.searched.finds.push(named),
        }
    }

    /// Of each find that is explained, whether its causes change the answer to this question.
    fn shown(&mut self, question: &Question) -> Vec<bool> {
        let right = self.reference.ask(question);
        let known = self.searched.finds.iter().filter_map(|find| find.diagnosis.sets.first());
        let changes = |set: &Vec<Cause>| !is_alike(question.operation(), &Reference::conducting(Conduct::of(set)).ask(question), &right);
        known.map(changes).collect()
    }

    fn shrunk(&mut self, question: Question, kind: Kind, at: &[&'static str]) -> Question {
        // A smaller request must not show a known mistake that the larger one did not: two mistakes at once are harder to name.
        let shown = self.shown(&question);
        let mut differs = |candidate: &Question| {
            if self.shown(candidate).iter().zip(&shown).any(|(now, before)| *now && !before) {
                return false;
            }
            if self.offer.lacks_for(candidate).is_some() || self.searched.gave_up {
                return false;
            }
            let right = self.right(candidate);
            if !matches!(right, Observation::Answered(_)) {
                return false;
            }
            let observation = self.ask(candidate);
            if matches!(observation, Observation::Broke { .. }) {
                self.breaks += 1;
                self.searched.gave_up = self.breaks > self.limits.breaks;
            }
            self.kind(candidate, &right, &observation) == Some(kind) && !self.explains(candidate, &observation, kind, at)
        };
        shrink(question, &mut differs)
    }
}

/// What decides is asked for, and the stages: they say where a difference begins.
const WANTED: Wanted = Wanted { transmission: false, stages: true };
