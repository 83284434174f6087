//! What was answered rightly: it speaks against causes that would have changed it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use crate::implementation::Observation;
use crate::judgement::diagnosing::Witness;
use crate::vectors::{Operation, Question};

/// The most of the latest answers that are kept.
const MOST: usize = 300;

/// Of answers along several axes one in so many is kept when there are enough: they are many and much alike, and so they reach further back.
const ONE_IN: usize = 8;

/// How many answers of one kind are kept for good along each axis alone: somebody must speak of every axis.
const LASTING: usize = 2;

/// Right answers of every kind, and the latest.
#[derive(Debug, Default)]
pub(super) struct Rights {
    lasting: Vec<Witness>,
    /// How many of them there are of each kind along each axis.
    counts: BTreeMap<(Kind, Option<&'static str>), usize>,
    latest: VecDeque<Witness>,
    heard: usize,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Signed,
    Accepted,
    Refused,
}

impl Rights {
    /// Takes note of an answer along these axes.
    pub(super) fn hear(&mut self, question: Question, observation: Observation, axes: &[&'static str]) {
        self.heard = self.heard.wrapping_add(1);
        if axes.len() < 2 {
            let kind = match &observation {
                _ if question.operation() == Operation::Sign => Kind::Signed,
                Observation::Answered(output) if output.valid == Some(true) => Kind::Accepted,
                _ => Kind::Refused,
            };
            let count = self.counts.entry((kind, axes.first().copied())).or_default();
            if *count < LASTING {
                *count += 1;
                return self.keep(question, observation);
            }
        }
        if self.latest.len() == MOST {
            if axes.len() > 1 && !self.heard.is_multiple_of(ONE_IN) {
                return;
            }
            self.latest.pop_front();
        }
        self.latest.push_back(Witness { question: Arc::new(question), observation });
    }

    /// Keeps an answer for good.
    pub(super) fn keep(&mut self, question: Question, observation: Observation) {
        self.lasting.push(Witness { question: Arc::new(question), observation });
    }

    /// Those that last first, then the latest, the oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Witness> {
        self.lasting.iter().chain(&self.latest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::question::{SignInput, VerifyInput};
    use crate::vectors::{Output, Text};

    fn sign(number: usize) -> Question {
        Question::Sign(Box::new(SignInput { nonce: Some(Text::from(number.to_string())), ..SignInput::default() }))
    }

    fn verdict(valid: Option<bool>) -> Observation {
        Observation::Answered(Box::new(Output { valid, ..Output::default() }))
    }

    #[test]
    fn some_of_each_kind_along_each_axis_last_and_the_others_make_room() {
        let mut rights = Rights::default();
        for valid in [true, false] {
            for _ in 0..3 {
                let question = Question::Verify(Box::<VerifyInput>::default());
                rights.hear(question, verdict(Some(valid)), &["plus"]);
            }
        }
        for number in 0..20 * MOST {
            let axes: &[&'static str] = if number % 2 == 0 { &["plus"] } else { &[] };
            rights.hear(sign(number), verdict(None), axes);
        }
        let all: Vec<_> = rights.iter().map(|right| Arc::clone(&right.question)).collect();
        assert_eq!(all.len(), 4 + 4 + MOST);
        assert_eq!(all.iter().filter(|question| question.operation() == Operation::Verify).count(), 4);
        for (place, number) in [(4, 0), (7, 3), (8, 19 * MOST), (all.len() - 1, 20 * MOST - 1)] {
            assert_eq!(*all[place], sign(number), "{place}");
        }
    }

    #[test]
    fn answers_along_several_axes_reach_further_back() {
        let mut rights = Rights::default();
        (0..20 * MOST).for_each(|number| rights.hear(sign(number), verdict(None), &["plus", "port"]));
        let all: Vec<_> = rights.iter().collect();
        assert_eq!(all.len(), MOST);
        let oldest = (0..20 * MOST).find(|number| sign(*number) == *all[0].question).unwrap();
        assert!((11 * MOST..13 * MOST).contains(&oldest), "{oldest}");
    }
}
