//! What departures say to questions. A search diagnoses one failure after the other beside the same answers, and asks the same departures:
//! what they said once is kept for as long as somebody else has the question.

use std::collections::HashMap;
use std::sync::Arc;

use super::Witness;
use super::verifying::accepts;
use crate::deviation::{Conduct, Deviation};
use crate::implementation::Reference;
use crate::vectors::Question;

/// What departures say, as far as they were asked.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// By the question's address, which is nobody else's while the question is kept.
    known: HashMap<*const Question, Known>,
}

/// What is known of one question.
#[derive(Debug)]
struct Known {
    question: Arc<Question>,
    /// By the departure's place in the table: whether it accepts a request, or whether it answers as it was answered.
    said: Vec<Option<bool>>,
}

/// A departure that is asked.
pub(super) struct Asked<'v> {
    verdicts: &'v mut Verdicts,
    place: usize,
    deviant: Reference,
}

impl Verdicts {
    /// Forgets the questions that nobody else has any more.
    pub(super) fn tidy(&mut self) {
        self.known.retain(|_, known| Arc::strong_count(&known.question) > 1);
    }

    /// Whoever makes this departure, which stands at this place of the table.
    pub(super) fn of(&mut self, place: usize, deviation: &'static Deviation) -> Asked<'_> {
        Asked { verdicts: self, place, deviant: Reference::conducting(Conduct::of([&deviation.into()])) }
    }
}

impl Asked<'_> {
    /// Whether it does what was done.
    pub(super) fn gives(&mut self, witness: &Witness) -> bool {
        let new = || Known { question: Arc::clone(&witness.question), said: Vec::new() };
        let Known { said, .. } = self.verdicts.known.entry(Arc::as_ptr(&witness.question)).or_insert_with(new);
        if said.len() <= self.place {
            said.resize(self.place + 1, None);
        }
        let said = match said.get_mut(self.place) {
            Some(Some(said)) => *said,
            unknown => {
                let now = match &*witness.question {
                    Question::Verify(input) => self.deviant.accepts(input),
                    _ => witness.is_answered_by(&mut self.deviant),
                };
                unknown.into_iter().for_each(|place| *place = Some(now));
                now
            }
        };
        is_observed(witness, said)
    }

    /// Whether it is known to do something else than was done, without asking.
    pub(super) fn is_known_against(&self, witness: &Witness) -> bool {
        let known = self.verdicts.known.get(&Arc::as_ptr(&witness.question));
        let said = known.and_then(|known| known.said.get(self.place).copied().flatten());
        said.is_some_and(|said| !is_observed(witness, said))
    }
}

/// Whether what a departure says is what was done.
fn is_observed(witness: &Witness, said: bool) -> bool {
    match &*witness.question {
        Question::Verify(_) => accepts(&witness.observation) == Some(said),
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::find;
    use crate::implementation::Implementation as _;

    #[test]
    fn a_departure_is_asked_once_and_forgotten_with_the_question() {
        let mut verdicts = Verdicts::default();
        let question = Arc::new(Question::Verify(Box::default()));
        let observation = Reference::new().ask(&question);
        let witness = Witness { question, observation };
        let departure = find("verify.version-required").unwrap();
        assert!(!verdicts.of(1, departure).is_known_against(&witness));
        assert!(verdicts.of(1, departure).gives(&witness));
        // What was said is known: nobody looks who it is that stands there.
        let accepted = Witness { observation: crate::implementation::Observation::Answered(Box::default()), ..witness.clone() };
        let mut known = verdicts.of(1, departure);
        known.deviant = Reference::default();
        assert!(known.is_known_against(&accepted) && !known.gives(&accepted));
        drop(accepted);
        verdicts.tidy();
        assert_eq!(verdicts.known.len(), 1);
        drop(witness);
        verdicts.tidy();
        assert_eq!(verdicts.known.len(), 0);
    }
}
