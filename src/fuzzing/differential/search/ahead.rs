//! Questions that were put ahead of the answers. Far more are put than an implementation takes at once, and answers are taken many at a
//! time: whoever wakes up beside a busy process finds its memory cold, so that much is done at once and in between nothing but what keeps
//! that process busy.

use std::collections::VecDeque;

use super::{Search, Waiting, Watch};
use crate::implementation::Observation;

/// So many times more questions are put than are taken at once.
const TIMES: usize = 8;

/// The most questions that are put for that: a slow implementation takes its time for them, and what is found is found so much later.
const MOST: usize = 512;

/// How many questions are put to somebody who takes so many at once. It depends on nothing else, so that a search can be repeated.
pub(super) fn window(taken: usize) -> usize {
    taken.saturating_mul(TIMES).min(MOST).max(taken).max(1)
}

/// Questions that were put, the oldest first, and the answers to the first of them.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    waiting: VecDeque<Waiting>,
    answers: VecDeque<Observation>,
}

impl Ahead {
    /// How many they are.
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// How many of them have no answer yet.
    pub(super) fn open(&self) -> usize {
        self.waiting.len().saturating_sub(self.answers.len())
    }

    /// The question at this place.
    pub(super) fn at(&self, place: usize) -> Option<&Waiting> {
        self.waiting.get(place)
    }

    /// Adds one.
    pub(super) fn put(&mut self, waiting: Waiting) {
        self.waiting.push_back(waiting);
    }
}

impl Search<'_> {
    /// The oldest question and its answer; `None` where nothing was put, nothing is asked any more, or whoever watches has heard enough.
    /// Where the answer is not there, half of all are waited for.
    pub(super) fn first_of_ahead(&mut self, watch: Watch<'_>) -> Option<(Waiting, Observation)> {
        if self.ahead.answers.is_empty() {
            self.settle(self.ahead.len().div_ceil(2), watch);
        }
        let observation = self.ahead.answers.pop_front()?;
        Some((self.ahead.waiting.pop_front()?, observation))
    }

    /// Waits for the answers to so many of the oldest questions, as long as anything is asked and whoever watches wants more.
    pub(super) fn settle(&mut self, many: usize, watch: Watch<'_>) {
        for place in self.ahead.answers.len()..many {
            let Some(observation) = self.goes_on(watch).then(|| self.take(place)).flatten() else { return };
            self.ahead.answers.push_back(observation);
        }
    }

    /// Nobody wants the answers any more: what was not sent yet is not asked, and what was is waited for.
    pub(super) fn forget_ahead(&mut self) {
        while let Some(ticket) = self.ahead.waiting.back().and_then(|last| last.ticket)
            && self.implementation.pipeline().is_some_and(|pipeline| pipeline.withdraw(ticket))
        {
            self.ahead.waiting.pop_back();
            self.searched.asked -= 1;
        }
        for place in self.ahead.answers.len()..self.ahead.len() {
            let _ = self.take(place);
        }
        self.ahead = Ahead::default();
    }
}
