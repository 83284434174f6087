//! The search: axis after axis, then several at once; what differs is shrunk and diagnosed, and explained by what was found before if that
//! can be. Questions go far ahead of the answers: further than the implementation takes them at once.
//!
//! | room | what it holds |
//! |---|---|
//! | `next` | what is asked next |
//! | `ahead` | what was put, the oldest first |
//! | `asking` | where the answers come in |
//! | `rights` | right answers, which speak against causes |
//! | `suspects` | who makes the mistakes that were found, asked what else those explain |
//! | `together` | mistakes of several finds in one signature |
//! | `finding` | a find: shrunk and diagnosed |
//! | `apart` | which of several causes it is, asked on other requests |
//! | `trying` | the cause of a verdict, tried on other requests |
//! | `smaller` | smaller questions that are still answered wrongly |
//! | `scruples` | the rules that a request breaks which must not be signed |
//! | `careless` | signatures of such requests, until there are enough of them |
//! | `controls` | the request that must be accepted where another must be refused |
//! | `aside` | what is left aside |

use std::collections::BTreeSet;

use super::axes::AXES;
use super::breaks::Breaks;
use super::find::{Find, Kind, Standard, responsible};
use super::verifying::{Doing, without_scruples};
use crate::fuzzing::numbers::Numbers;
use crate::implementation::{Description, Implementation, Observation, Offer, Reference, Ticket, Wanted};
use crate::judgement::diagnosing::{Verdicts, Witness, is_alike};
use crate::vectors::question::SignInput;
use crate::vectors::{Operation, Question};

mod ahead;
mod apart;
mod aside;
mod asking;
mod careless;
mod controls;
mod finding;
mod next;
mod rights;
mod scruples;
mod smaller;
mod suspects;
mod together;
mod trying;

use self::ahead::Ahead;
use self::aside::Names;
use self::careless::Careless;
use self::rights::Rights;
use self::scruples::Scruples;
use self::suspects::{Explained, Suspects};

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
    /// How many questions were answered.
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
    /// The numbers of those that later answers left fewer causes of than were told.
    pub narrowed: BTreeSet<usize>,
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
    /// What was put and not judged yet.
    ahead: Ahead,
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

/// How many right answers of `verify` are known before a wrong one is looked at.
const FEWEST_VERIFIED: usize = 60;
/// The most failures of `verify` that are looked at together.
const MOST_UNVERIFIED: usize = 40;
/// How many more finds there may be once whoever watches has heard enough.
const MOST_LATE: usize = 4;
/// How many questions are tried before whoever watches is heard again.
const ATTEMPTS: u64 = 100;
/// How many questions in a row may come to nothing before the search ends: nothing is left that can be asked.
const MOST_BARREN: u64 = 20_000;

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
            ahead: Ahead::default(),
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
        let window = self.implementation.pipeline().map_or(1, |pipeline| ahead::window(pipeline.window()));
        let most = self.limits.runs.saturating_mul(4);
        let (mut number, mut barren) = (0_u64, 0_u64);
        if !self.is_asked(Operation::Sign) && !self.is_asked(Operation::Verify) {
            return self.searched;
        }
        while !self.is_late() {
            // Attempts are counted, not questions: where none succeeds, whoever watches must be heard all the same.
            let until = most.min(number.saturating_add(ATTEMPTS));
            while self.ahead.len() < window && number < until && self.searched.asked < self.limits.runs {
                number += 1;
                barren += 1;
                if let Some(next) = self.next(number) {
                    self.ahead.put(next);
                    barren = 0;
                }
            }
            let Some((first, observation)) = self.first_of_ahead(watch) else {
                if !self.goes_on(watch) || number == most || barren >= MOST_BARREN || self.searched.asked >= self.limits.runs {
                    break;
                }
                continue;
            };
            self.judge_and_tell(first, observation, watch);
            if self.verified >= FEWEST_VERIFIED && !self.held.is_empty() {
                for (held, observation) in std::mem::take(&mut self.held) {
                    self.judge_and_tell(held, observation, watch);
                }
            }
        }
        self.forget_ahead();
        // What is still held is looked at with what there is.
        self.verified = self.verified.max(FEWEST_VERIFIED);
        let known = self.searched.finds.len();
        while !self.is_late() || self.searched.finds.len() < known + MOST_LATE {
            let Some((held, observation)) = self.held.pop() else { break };
            self.judge_and_tell(held, observation, watch);
        }
        self.searched.unjudged = self.held.len();
        for (waiting, observation) in self.careless.rest() {
            let before = self.searched.finds.len();
            if self.is_late() && before >= known + MOST_LATE {
                self.searched.unjudged += 1;
                continue;
            }
            self.look_at(waiting, observation, Kind::Accepts, watch);
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

    fn judge_and_tell(&mut self, waiting: Waiting, observation: Observation, watch: Watch<'_>) {
        let known = self.searched.finds.len();
        self.judge(waiting, observation, watch);
        self.tell_since(known, watch);
    }

    fn tell_since(&mut self, known: usize, watch: Watch<'_>) {
        let progress = self.progress();
        for find in self.searched.finds.get(known..).unwrap_or_default() {
            self.stopped |= !watch(&progress, Some(find));
        }
    }

    fn progress(&self) -> Progress {
        let asked = self.searched.asked.saturating_sub(self.ahead.open() as u64);
        Progress { asked, finds: self.searched.finds.len(), axes: (self.looked.len(), AXES.len()) }
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

    fn judge(&mut self, waiting: Waiting, observation: Observation, watch: Watch<'_>) {
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
                several.into_iter().for_each(|(waiting, observation)| self.look_at(waiting, observation, kind, watch));
            }
            return;
        }
        self.look_at(waiting, observation, kind, watch);
    }

    /// Looks at an answer that differs: it is explained by what is known, or is found.
    fn look_at(&mut self, waiting: Waiting, observation: Observation, kind: Kind, watch: Watch<'_>) {
        if self.explains(&waiting.question, &observation, kind, &waiting.at) {
            return;
        }
        // Whoever shrinks asks out of turn, so that what was put ahead is taken first; its answers are judged in their turn.
        self.settle(self.ahead.len(), watch);
        self.find(waiting, observation, kind, watch);
    }

    /// Whether something that was found explains this too: whoever makes all those mistakes gives the same answer.
    fn explains(&mut self, question: &Question, observation: &Observation, kind: Kind, at: &[&'static str]) -> bool {
        if matches!(kind, Kind::Differs | Kind::Accepts | Kind::Rejects)
            && let Some(Explained { place, refuted }) = self.suspects.explaining(question, observation, at)
        {
            if let Some(find) = self.searched.finds.get_mut(place) {
                find.others += 1;
                if !refuted.is_empty() {
                    find.leave_out(&refuted);
                    self.searched.narrowed.insert(place);
                }
            }
            return true;
        }
        // The same way of being wrong along an axis, or after a change, that was set aside while this was under way.
        let is_aside = responsible(question, at).iter().any(|name| self.aside.contains(name));
        is_aside && self.searched.finds.iter().any(|find| !find.is_explained() && find.kind == kind)
    }
}

/// Whether it was answered as it should be: who refuses or answers nothing at all says nothing of causes.
fn is_right(question: &Question, right: &Observation, observation: &Observation) -> bool {
    matches!(observation, Observation::Answered(_)) && is_alike(question.operation(), right, observation)
}

/// Where answers are only held against each other.
const VERDICT: Wanted = Wanted { transmission: false, stages: false };
