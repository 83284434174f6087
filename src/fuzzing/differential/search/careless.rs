//! Signatures of what must not be signed: one of them says that a check is missing, and several of one kind say which. They are put by until
//! there are enough of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Waiting;
use crate::implementation::Observation;
use crate::judgement::diagnosing::Witness;

/// How many along one axis are looked at together.
const ENOUGH: usize = 16;

/// What was signed and should not have been, by the axes along which it was asked.
#[derive(Debug, Default)]
pub(super) struct Careless {
    held: BTreeMap<Vec<&'static str>, Vec<(Waiting, Observation)>>,
    known: BTreeMap<Vec<&'static str>, Vec<Witness>>,
}

impl Careless {
    /// Puts one by. Gives back what is to be looked at now: nothing, all along this axis as soon as there are enough of them, or this one
    /// alone where there were enough before, or where it was asked along several axes.
    pub(super) fn of_one_axis(&mut self, waiting: Waiting, observation: Observation) -> Option<Vec<(Waiting, Observation)>> {
        let at = waiting.at.clone();
        if at.len() != 1 {
            return Some(vec![(waiting, observation)]);
        }
        let known = self.known.entry(at.clone()).or_default();
        if known.len() >= ENOUGH {
            return Some(vec![(waiting, observation)]);
        }
        known.push(Witness { question: Arc::new(waiting.question.clone()), observation: observation.clone() });
        let is_enough = known.len() == ENOUGH;
        self.held.entry(at.clone()).or_default().push((waiting, observation));
        if is_enough { self.held.remove(&at) } else { None }
    }

    /// What is known of these axes.
    pub(super) fn known_along(&self, at: &[&'static str]) -> Vec<Witness> {
        self.known.get(at).cloned().unwrap_or_default()
    }

    /// All that still waits.
    pub(super) fn rest(&mut self) -> Vec<(Waiting, Observation)> {
        std::mem::take(&mut self.held).into_values().flatten().collect()
    }
}
