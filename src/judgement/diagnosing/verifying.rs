//! Failures of `verify`. One answer is one bit, and many departures give the same; what a verifier does wrong shows in the pattern of all
//! its answers. A departure is named for a failure if it gives that answer, and if every answer of the run that it would change was
//! changed. Of several, those are named that explain the most failures.

use std::cmp::Reverse;

use super::standing::Hiding;
use super::{RunDiagnosis, SUPPORT, Witness};
use crate::deviation::{Cause, Side, all};
use crate::diagnosis::Diagnosis;
use crate::implementation::Observation;
use crate::vectors::{Operation, Question};

impl RunDiagnosis<'_> {
    /// Diagnoses `verify`.
    pub(super) fn verifying(&mut self) {
        let failed = self.places(|operation| operation == Operation::Verify);
        if !failed.iter().any(|place| self.speaks(*place)) {
            return;
        }
        let of_verify = |witness: &&Witness| witness.question.operation() == Operation::Verify;
        // RSA takes longer than everything else together, and few departures need it.
        let (slow, rights): (Vec<&Witness>, Vec<&Witness>) =
            self.rights.iter().copied().filter(of_verify).partition(|right| names_rsa(&right.question));
        let (failures, first) = (self.failures, self.first);
        let is_slow = |place: &usize| failures.get(*place).is_some_and(|failure| names_rsa(&failure.question));
        let (slow_failed, quick_failed): (Vec<usize>, Vec<usize>) = failed.iter().copied().partition(is_slow);
        let mut candidates: Vec<(Cause, Vec<usize>, usize)> = Vec::new();
        for (number, deviation) in all().enumerate().filter(|(_, deviation)| deviation.stage.side() != Side::Sending) {
            let mut asked = self.verdicts.of(number, deviation);
            // Whatever explains none of those that are asked about is none of their causes.
            let mut last = failed.iter().filter(|place| **place >= first).filter_map(|place| failures.get(*place));
            if first > 0 && !last.any(|failure| asked.gives(failure)) {
                continue;
            }
            let mut explained: Vec<usize> =
                quick_failed.iter().copied().filter(|place| failures.get(*place).is_some_and(|failure| asked.gives(failure))).collect();
            if explained.is_empty() && slow_failed.is_empty() {
                continue;
            }
            // An answer that would have been changed and was not speaks against it; beside many that it explains, a few may be refused
            // because of another mistake.
            let most = (explained.len() + slow_failed.len()).div_ceil(SUPPORT);
            let mut hiding = Hiding::of([&Cause::from(deviation)], &self.established);
            // Those of which that is known come first: of most departures enough were found before.
            let is_out = |against: usize| against >= most.max(1);
            let known = rights.iter().filter(|right| asked.is_known_against(right) && !hiding.hides_in(right)).take(most).count();
            if is_out(known) {
                continue;
            }
            let mut against = rights.iter().filter(|right| !asked.gives(right) && !hiding.hides_in(right)).take(most).count();
            if is_out(against) {
                continue;
            }
            explained.extend(slow_failed.iter().copied().filter(|place| failures.get(*place).is_some_and(|failure| asked.gives(failure))));
            if explained.is_empty() {
                continue;
            }
            against += slow.iter().filter(|right| !asked.gives(right) && !hiding.hides_in(right)).count();
            if against < explained.len().div_ceil(SUPPORT) {
                candidates.push((deviation.into(), explained, against));
            }
        }
        for place in failed {
            let of_place = || candidates.iter().filter(|(_, explained, _)| explained.contains(&place));
            let best = of_place().map(|(_, explained, against)| (explained.len(), Reverse(*against))).max();
            let sets = of_place().filter(|(_, explained, against)| Some((explained.len(), Reverse(*against))) == best);
            let sets = sets.map(|(cause, ..)| vec![cause.clone()]);
            let diagnosis = Diagnosis::of_sets(sets.collect());
            self.set(place, diagnosis);
        }
    }
}

/// Whether a request to verify names RSA somewhere: a guess that costs time only.
fn names_rsa(question: &Question) -> bool {
    let Question::Verify(input) = question else { return false };
    let texts = input.headers.iter().map(|(_, value)| value).chain([&input.url]).chain(&input.body);
    texts.into_iter().any(|text| memchr::memmem::find(text.as_bytes(), b"RSA-").is_some())
}

/// Whether a request was accepted; nothing if it was not judged.
pub(super) fn accepts(observation: &Observation) -> Option<bool> {
    match observation {
        Observation::Answered(output) => output.valid,
        Observation::Refused { .. } => Some(false),
        _ => None,
    }
}
