//! What departures say to requests that are to be verified. A search diagnoses one failure after the other beside the same answers, and asks
//! the same departures: what they said once is kept for as long as somebody else has the question.

use std::collections::HashMap;
use std::sync::Arc;

use super::Witness;
use super::verifying::accepts;
use crate::implementation::{Implementation as _, Reference};
use crate::vectors::Question;

/// Whether departures accept requests, as far as they were asked.
#[derive(Debug, Default)]
pub struct Verdicts {
    /// By the question's address, which is nobody else's while the question is kept.
    known: HashMap<*const Question, Known>,
}

/// What is known of one question.
#[derive(Debug)]
struct Known {
    question: Arc<Question>,
    /// By the departure's place in the table.
    said: Vec<Option<Option<bool>>>,
}

impl Verdicts {
    /// Forgets the questions that nobody else has any more.
    pub(super) fn tidy(&mut self) {
        self.known.retain(|_, known| Arc::strong_count(&known.question) > 1);
    }

    /// Whether a departure says what was observed; `place` is its place in the table.
    pub(super) fn is_observed(&mut self, witness: &Witness, place: usize, deviant: &mut Reference) -> bool {
        let new = || Known { question: Arc::clone(&witness.question), said: Vec::new() };
        let known = self.known.entry(Arc::as_ptr(&witness.question)).or_insert_with(new);
        if known.said.len() <= place {
            known.said.resize(place + 1, None);
        }
        let ask = || accepts(&deviant.ask(&witness.question));
        let said = known.said.get_mut(place).map_or_else(|| None, |said| *said.get_or_insert_with(ask));
        said == accepts(&witness.observation)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::{Cause, Conduct};
    use crate::vectors::question::VerifyInput;

    #[test]
    fn a_departure_is_asked_once_and_forgotten_with_the_question() {
        let mut verdicts = Verdicts::default();
        let question = Arc::new(Question::Verify(Box::new(VerifyInput::default())));
        let observation = Reference::new().ask(&question);
        let witness = Witness { question, observation };
        assert!(verdicts.is_observed(&witness, 1, &mut Reference::new()));
        let accepting = Cause::parse("verify.client-unknown-accepted").unwrap();
        let mut other = Reference::conducting(Conduct::of([&accepting]));
        // The same place: what was said there is known. Another one: it is asked.
        assert!(verdicts.is_observed(&witness, 1, &mut other));
        verdicts.tidy();
        assert_eq!(verdicts.known.len(), 1);
        drop(witness);
        verdicts.tidy();
        assert_eq!(verdicts.known.len(), 0);
    }
}
