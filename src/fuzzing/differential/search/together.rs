//! Mistakes of several finds in one signature.

use super::VERDICT;
use super::suspects::{Suspect, Suspects, is_check, one_of_each_stage};
use crate::deviation::{Cause, Conduct};
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::judgement::diagnosing::is_alike;
use crate::vectors::{Operation, Question};

/// The most finds of which one signature may show the mistakes.
const MOST_FINDS: u32 = 3;
/// The most sets of causes that are put together in every way.
const MOST_SETS: usize = 10;
/// The most that are remembered.
const MOST_SEEN: usize = 64;

/// What whoever makes these mistakes answers.
fn answer(causes: &[Cause], question: &Question) -> Observation {
    Reference::conducting(Conduct::of(causes)).ask_for(question, VERDICT)
}

impl Suspects {
    /// The first of several finds whose mistakes together explain a signature. They are remembered, to be asked together.
    ///
    /// In a request that must not be signed they are looked for beside the checks that are missing.
    pub(super) fn together(&mut self, question: &Question, observation: &Observation) -> Option<usize> {
        let is_answered = |answer: &Observation| matches!(answer, Observation::Answered(_));
        let bases = if is_answered(&answer(&[], question)) { vec![Vec::new()] } else { one_of_each_stage(&self.unchecked) };
        for base in bases {
            let plain = answer(&base, question);
            if !is_answered(&plain) {
                continue;
            }
            let shows = |suspect: &&Suspect| {
                suspect.signs
                    && suspect.is_of_one_find()
                    && !suspect.causes.iter().any(is_check)
                    && !is_alike(Operation::Sign, &answer(&[&base, &suspect.causes[..]].concat(), question), &plain)
            };
            let shown: Vec<&Suspect> = self.each.iter().filter(shows).take(MOST_SETS).collect();
            for choice in choices(shown.len()) {
                let chosen = || shown.iter().enumerate().filter(|(number, _)| choice >> number & 1 == 1).map(|(_, suspect)| *suspect);
                // Of one find only one set is what is really done.
                let is_one_of_each = chosen().zip(chosen().skip(1)).all(|(one, next)| one.place != next.place);
                let causes = || chosen().fold(base.clone(), |causes, suspect| [causes, suspect.causes.clone()].concat());
                if is_one_of_each && is_alike(Operation::Sign, &answer(&causes(), question), observation) {
                    let (place, causes) = (chosen().next().map_or(0, |suspect| suspect.place), causes());
                    self.remember(place, causes);
                    return Some(place);
                }
            }
        }
        None
    }

    /// Whether these causes give a signature beside those of one other find, or of all others.
    pub(super) fn gives_beside_others(&self, causes: &[Cause], place: usize, question: &Question, observation: &Observation) -> bool {
        let gives = |others: &[Cause]| is_alike(Operation::Sign, &answer(&[others, causes].concat(), question), observation);
        let others = || self.each.iter().filter(|suspect| suspect.signs && suspect.is_of_one_find() && suspect.place != place);
        let all: Vec<Cause> = others().filter(|suspect| suspect.is_first).flat_map(|suspect| suspect.causes.clone()).collect();
        gives(&all) || others().any(|suspect| gives(&suspect.causes))
    }

    fn remember(&mut self, place: usize, causes: Vec<Cause>) {
        if self.each.iter().filter(|suspect| suspect.is_seen_together).count() < MOST_SEEN {
            self.order.push(self.each.len());
            self.each.push(Suspect { is_seen_together: true, ..Suspect::new(place, causes, true) });
        }
    }
}

/// Every choice of a few out of so many, one bit each, the fewest first.
fn choices(many: usize) -> Vec<u32> {
    let mut all: Vec<u32> = (1..1_u32 << many).filter(|choice| choice.count_ones() <= MOST_FINDS).collect();
    all.sort_by_key(|choice| choice.count_ones());
    all
}
