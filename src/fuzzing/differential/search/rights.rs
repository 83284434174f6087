//! What was answered rightly: it speaks against causes that would have changed it.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::implementation::Observation;
use crate::judgement::diagnosing::Witness;
use crate::vectors::Question;

/// The most answers that are kept.
const MOST: usize = 400;

/// Of answers along several axes one in so many is kept when there are enough: they are many and much alike, and so they reach further back.
const ONE_IN: usize = 8;

/// The latest right answers.
#[derive(Debug, Default)]
pub(super) struct Rights {
    kept: VecDeque<Witness>,
    heard: usize,
}

impl Rights {
    /// Takes note of an answer along so many axes.
    pub(super) fn hear(&mut self, question: Question, observation: Observation, axes: usize) {
        self.heard = self.heard.wrapping_add(1);
        if self.kept.len() == MOST {
            if axes > 1 && !self.heard.is_multiple_of(ONE_IN) {
                return;
            }
            self.kept.pop_front();
        }
        self.kept.push_back(Witness { question: Arc::new(question), observation });
    }

    /// The oldest first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Witness> {
        self.kept.iter()
    }
}
