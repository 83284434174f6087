//! A find: the smallest question that is answered wrongly in the same way, and what explains it.

use std::sync::Arc;

use super::super::find::{Find, Kind, is_explained, responsible};
use super::smaller::{Smallest, Way};
use super::{MOST_UNVERIFIED, Search, Waiting, Watch};
use crate::deviation::Cause;
use crate::diagnosis::Outcome;
use crate::implementation::{Break, Observation, Wanted};
use crate::judgement::diagnosing::{Effort, Witness, diagnose_last};
use crate::vectors::Operation;

/// The most values that are compared for the diagnosis of a find.
const MOST_COMPARED: u64 = 100_000;
/// The same once whoever watches has heard enough.
const MOST_COMPARED_LATE: u64 = 20_000;

/// How many causes of a verdict are tried on other requests, one after the other.
const MOST_TRIED: usize = 8;

impl Search<'_> {
    /// Shrinks and diagnoses what no find explains; it becomes a find, or another of one that has the same name.
    pub(super) fn find(&mut self, waiting: Waiting, observation: Observation, kind: Kind, watch: Watch<'_>) {
        let Waiting { question, at, origin, .. } = self.without_doing(waiting, kind);
        let at = &at[..];
        let after = self.searched.asked;
        let is_costly = matches!(observation, Observation::Broke { why: Break::Timeout, .. });
        let Smallest { question, is_smallest, observation, origin } = if is_costly {
            Smallest { question, is_smallest: false, observation, origin }
        } else {
            self.smallest(question, observation, origin, Way::of(kind, at), watch)
        };
        let right = self.right(&question, Wanted::ALL);
        let control = self.control(&question, &right, origin.as_ref());
        let witness = Witness { question: Arc::new(question.clone()), observation: observation.clone() };
        let most = if self.stopped { MOST_COMPARED_LATE } else { MOST_COMPARED };
        // Of several failures that are looked at together, the rest is left out once whoever watches has heard enough.
        let (progress, was_stopped) = (self.progress(), self.stopped);
        let mut effort = Effort { most, most_each: most, watch: &mut |_, _| was_stopped || watch(&progress, None) };
        let mut diagnosis = if kind == Kind::Breaks || kind == Kind::Refuses {
            crate::diagnosis::Diagnosis::unexplained()
        } else {
            let is_verify = question.operation() == Operation::Verify;
            let mut failures = if is_verify { self.unverified.clone() } else { self.careless.known_along(at) };
            failures.push(witness.clone());
            if is_verify && self.unverified.len() < MOST_UNVERIFIED {
                self.unverified.push(witness);
            }
            let mut found = diagnose_last(&failures, self.rights.iter().collect(), &mut effort, &mut self.verdicts);
            let done = origin.as_ref().map(|(_, doing)| *doing);
            for _ in 0..MOST_TRIED {
                let is_tried = is_verify && self.against.is_none() && found.outcome == Outcome::Explained;
                if !is_tried || !found.sets.first().is_some_and(|causes| self.refutes(causes, kind, done)) {
                    break;
                }
                found = diagnose_last(&failures, self.rights.iter().collect(), &mut effort, &mut self.verdicts);
            }
            // Several causes of one bit are a guess, and would explain away what comes after.
            if !is_verify || found.outcome == Outcome::Explained { found } else { crate::diagnosis::Diagnosis::unexplained() }
        };
        // A mistake of input belongs to one request; what explains others too is more likely.
        let lasts = |set: &Vec<Cause>| set.iter().all(|cause| matches!(cause, Cause::Deviation(_)));
        if diagnosis.sets.iter().any(lasts) {
            diagnosis = crate::diagnosis::Diagnosis::of_sets(diagnosis.sets.into_iter().filter(lasts).collect());
        }
        if !is_explained(&diagnosis) {
            self.aside.extend(responsible(&question, at));
        }
        let standard = self.standard(&question);
        let (at_all, expected) = (at.to_vec(), right);
        let named = Find { kind, at: at_all, question, standard, expected, control, observation, diagnosis, is_smallest, after, others: 0 };
        let same = |known: &&mut Find| known.kind == kind && known.name() == named.name();
        match self.searched.finds.iter_mut().find(same) {
            Some(known) => {
                // It explains this only in part: more along these axes would come to the same, at the same cost.
                known.others += 1;
                self.aside.extend(at);
            }
            None => {
                self.suspects.add(self.searched.finds.len(), &named);
                self.searched.finds.push(named);
            }
        }
    }
}
