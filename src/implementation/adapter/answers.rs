//! Answers that nobody has taken yet. Most come in the order of the questions and are taken in it.

use std::collections::VecDeque;

use crate::implementation::{Observation, Ticket};

/// Answers, each under the ticket of its question.
#[derive(Default)]
pub(super) struct Answers {
    /// In the order of the tickets, each with its length in octets.
    waiting: VecDeque<(Ticket, Observation, usize)>,
    /// All these lengths together.
    octets: usize,
}

impl Answers {
    /// Keeps an answer that took so many octets.
    pub(super) fn put(&mut self, ticket: Ticket, observation: Observation, octets: usize) {
        let place = match self.waiting.back() {
            Some((last, ..)) if *last > ticket => self.waiting.partition_point(|(known, ..)| *known < ticket),
            _ => self.waiting.len(),
        };
        self.octets += octets;
        self.waiting.insert(place, (ticket, observation, octets));
    }

    /// Hands an answer over, if it is there.
    pub(super) fn take(&mut self, ticket: Ticket) -> Option<Observation> {
        let place = self.waiting.binary_search_by_key(&ticket, |(known, ..)| *known).ok()?;
        let (_, observation, octets) = self.waiting.remove(place)?;
        self.octets -= octets;
        Some(observation)
    }

    /// Whether an answer is there.
    pub(super) fn has(&self, ticket: Ticket) -> bool {
        self.waiting.binary_search_by_key(&ticket, |(known, ..)| *known).is_ok()
    }

    /// How many octets the answers took.
    pub(super) const fn octets(&self) -> usize {
        self.octets
    }

    pub(super) fn clear(&mut self) {
        self.waiting.clear();
        self.octets = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_taken_once_in_any_order() {
        let observation = |number: u64| Observation::Refused { code: None, message: number.to_string() };
        let mut answers = Answers::default();
        for number in [3, 1, 2, 5, 4] {
            answers.put(Ticket::new(number), observation(number), number as usize);
        }
        assert_eq!(answers.octets(), 15);
        for number in [2, 5, 1, 4, 3] {
            assert!(answers.has(Ticket::new(number)));
            assert_eq!(answers.take(Ticket::new(number)), Some(observation(number)));
            assert_eq!(answers.take(Ticket::new(number)), None);
            assert!(!answers.has(Ticket::new(number)));
        }
        assert_eq!(answers.octets(), 0);
        answers.put(Ticket::new(1), observation(1), 7);
        answers.clear();
        assert_eq!((answers.octets(), answers.has(Ticket::new(1))), (0, false));
    }
}
