//! Failures of `verify`. One answer is one bit, and many departures give the same; what a verifier does wrong shows in the pattern of all
//! its answers. A departure is named for a failure if it gives that answer, and if every answer of the run that it would change was
//! changed. Of several, those are named that explain the most failures.

use super::{RunDiagnosis, Witness};
use crate::deviation::{Cause, Conduct, Side, all};
use crate::diagnosis::Diagnosis;
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::vectors::Operation;

impl RunDiagnosis<'_> {
    /// Diagnoses `verify`.
    pub(super) fn verifying(&mut self) {
        let failed = self.places(|operation| operation == Operation::Verify);
        if failed.is_empty() {
            return;
        }
        let of_verify = |witness: &&Witness| witness.question.operation() == Operation::Verify;
        let rights: Vec<&Witness> = self.rights.iter().copied().filter(of_verify).collect();
        let mut candidates: Vec<(Cause, Vec<usize>)> = Vec::new();
        for deviation in all().filter(|deviation| deviation.stage.side() != Side::Sending) {
            let cause = Cause::Deviation(deviation);
            let mut deviant = Reference::conducting(Conduct::of([&cause]));
            let mut gives = |witness: &Witness| accepts(&deviant.ask(&witness.question)) == accepts(&witness.observation);
            let explained: Vec<usize> = failed.iter().copied().filter(|place| self.failures.get(*place).is_some_and(&mut gives)).collect();
            // An answer that would have been changed and was not speaks against it.
            if !explained.is_empty() && rights.iter().all(|right| gives(right)) {
                candidates.push((cause, explained));
            }
        }
        for place in failed {
            let of_place = || candidates.iter().filter(|(_, explained)| explained.contains(&place));
            let most = of_place().map(|(_, explained)| explained.len()).max().unwrap_or(0);
            let sets = of_place().filter(|(_, explained)| explained.len() == most).map(|(cause, _)| vec![cause.clone()]);
            let diagnosis = Diagnosis::of_sets(sets.collect());
            self.set(place, diagnosis);
        }
    }
}

/// Whether a request was accepted; nothing if it was not judged.
pub(super) fn accepts(observation: &Observation) -> Option<bool> {
    match observation {
        Observation::Answered(output) => output.valid,
        Observation::Refused { .. } => Some(false),
        _ => None,
    }
}
