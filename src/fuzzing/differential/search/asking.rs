//! Where the answers of whoever is searched come in, in their turn or out of it: each break is counted here and nowhere else, and whoever
//! broke too often is asked no more.

use super::{Search, VERDICT};
use crate::implementation::{Implementation as _, Observation, Wanted};
use crate::vectors::Question;

impl Search<'_> {
    /// The answer to the question at this place of those that were put; `None` where there is none, or nothing is asked any more.
    pub(super) fn take(&mut self, place: usize) -> Option<Observation> {
        let waiting = self.ahead.at(place).filter(|_| !self.searched.gave_up)?;
        let observation = match (waiting.ticket, self.implementation.pipeline()) {
            (Some(ticket), Some(pipeline)) => pipeline.take(ticket),
            _ => self.implementation.ask_for(&waiting.question, VERDICT),
        };
        Some(self.heard(observation))
    }

    /// The verdict on a question out of turn; `None` where nothing is asked any more.
    pub(super) fn ask(&mut self, question: &Question) -> Option<Observation> {
        self.ask_for(question, VERDICT)
    }

    /// The answer to a question out of turn, with what is wanted of it.
    pub(super) fn ask_for(&mut self, question: &Question, wanted: Wanted) -> Option<Observation> {
        if self.searched.gave_up {
            return None;
        }
        self.searched.asked += 1;
        let observation = self.implementation.ask_for(question, wanted);
        Some(self.heard(observation))
    }

    fn heard(&mut self, observation: Observation) -> Observation {
        self.breaks.hear(&observation);
        self.searched.gave_up |= self.breaks.is_over();
        observation
    }

    /// The answer that the others are held against.
    pub(super) fn right(&mut self, question: &Question, wanted: Wanted) -> Observation {
        match &mut self.against {
            Some(other) => other.ask_for(question, wanted),
            None => self.reference.ask_for(question, wanted),
        }
    }
}
