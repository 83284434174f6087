//! What is asked next: along no axis, along each alone, then along several at once.

use super::super::axes::{AXES, request};
use super::super::verifying::Doing;
use super::{Origin, Search, VERDICT, Waiting};
use crate::vectors::{Operation, Question};

/// How many requests go along each axis alone, before several are taken together.
const EACH: u64 = 24;
/// The most axes of a request.
const MOST_AXES: usize = 5;

impl Search<'_> {
    /// The next question, if it is offered.
    pub(super) fn next(&mut self, number: u64) -> Option<Waiting> {
        let axes = self.axes(number);
        let input = request(&axes, &mut self.numbers);
        let mut at: Vec<&'static str> = axes.iter().filter_map(|axis| AXES.get(*axis)).map(|axis| axis.name).collect();
        let (verifies, signs) = (self.is_asked(Operation::Verify), self.is_asked(Operation::Sign));
        let (question, origin) = if verifies && (!signs || number.is_multiple_of(3)) {
            let doing = if is_plain(number) { Doing::NOTHING } else { Doing::of(&mut self.numbers)? };
            if self.aside.contains(doing.what()) {
                return None;
            }
            at.insert(0, doing.what());
            let origin = (Box::new(input), doing);
            (self.received(&origin)?, Some(origin))
        } else if signs {
            (Question::Sign(Box::new(input)), None)
        } else {
            return None;
        };
        if self.offer.lacks_for(&question).is_some() {
            self.searched.not_offered += 1;
            return None;
        }
        self.looked.extend_with_axes(&axes);
        self.searched.asked += 1;
        let ticket = self.implementation.pipeline().map(|pipeline| pipeline.put(&question, VERDICT));
        Some(Waiting { question, at, ticket, origin })
    }

    /// The request that a server receives of it.
    pub(super) fn received(&mut self, (input, doing): &Origin) -> Option<Question> {
        doing.received(input, &mut self.signer).map(|received| Question::Verify(Box::new(received)))
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
        axes.retain(|axis| !self.aside.has_axis(*axis));
        axes
    }
}

/// Whether a request of this number stays as it was signed: the last ones along each axis alone do. Without some that must be accepted
/// nobody knows why others are refused; before them, a signature says more than a verdict of a mistake that shows in both.
const fn is_plain(number: u64) -> bool {
    number / EACH <= AXES.len() as u64 && number % EACH >= EACH / 2
}
