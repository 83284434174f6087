//! A find: the smallest question that is answered wrongly in the same way, and what explains it.

use std::sync::Arc;

use super::super::find::{Find, Kind, is_explained, responsible};
use super::smaller::{Smallest, Way};
use super::trying::Tried;
use super::{MOST_UNVERIFIED, Origin, Search, Waiting, Watch};
use crate::deviation::Cause;
use crate::diagnosis::{Diagnosis, Outcome};
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
        let diagnosis = match kind {
            Kind::Breaks | Kind::Refuses => Diagnosis::unexplained(),
            _ => self.diagnosed(witness, kind, at, origin.as_ref(), watch),
        };
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

    /// What explains the answer of a find, as far as other requests tell.
    fn diagnosed(&mut self, witness: Witness, kind: Kind, at: &[&'static str], origin: Option<&Origin>, watch: Watch<'_>) -> Diagnosis {
        let operation = witness.question.operation();
        if operation != Operation::Verify {
            let mut failures = self.careless.known_along(at);
            failures.push(witness);
            let found = self.diagnosed_with(&failures, watch);
            // A mistake of input belongs to one request; what explains others too is more likely.
            let lasts = |set: &Vec<Cause>| set.iter().all(|cause| matches!(cause, Cause::Deviation(_)));
            let found = match found.sets.iter().any(lasts) {
                true => Diagnosis::of_sets(found.sets.into_iter().filter(lasts).collect()),
                false => found,
            };
            return self.told_apart(found, operation, at, None, watch);
        }
        let mut failures = self.unverified.clone();
        failures.push(witness.clone());
        if self.unverified.len() < MOST_UNVERIFIED {
            self.unverified.push(witness);
        }
        let done = origin.map(|(_, doing)| *doing);
        for _ in 0..MOST_TRIED {
            let found = self.diagnosed_with(&failures, watch);
            let found = self.told_apart(found, operation, at, done, watch);
            // Several causes of one bit are a guess, and would explain away what comes after.
            let Some(causes) = found.sets.first().filter(|_| found.outcome == Outcome::Explained) else { break };
            if self.against.is_some() {
                return found;
            }
            match self.tried(causes, kind, at, done) {
                Tried::Standing => return found,
                Tried::Refuted => {}
                Tried::Needless => break,
            }
        }
        Diagnosis::unexplained()
    }

    /// What explains the last of some failures, beside all that was answered rightly.
    fn diagnosed_with(&mut self, failures: &[Witness], watch: Watch<'_>) -> Diagnosis {
        let (most, was_stopped) = (if self.stopped { MOST_COMPARED_LATE } else { MOST_COMPARED }, self.stopped);
        // Of several failures that are looked at together, the rest is left out once whoever watches has heard enough.
        let progress = self.progress();
        let mut effort = Effort { most, most_each: most, watch: &mut |_, _| was_stopped || watch(&progress, None) };
        diagnose_last(failures, self.rights.iter().collect(), &mut effort, &mut self.verdicts)
    }
}
