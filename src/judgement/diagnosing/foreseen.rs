//! Failures whose causes somebody has written down: if those give what was observed, and no fewer of them do, they are the diagnosis.
//! Which of several explanations is picked otherwise depends on the other cases of a run, and a part of a run has other ones.

use super::sent::Sent;
use super::{RunDiagnosis, Witness, is_alike};
use crate::deviation::{Cause, Conduct};
use crate::diagnosis::Diagnosis;
use crate::implementation::{Implementation as _, Observation, Reference, Wanted};

impl RunDiagnosis<'_> {
    /// Takes what is foreseen of the failures, in their order, where it is so.
    pub(super) fn foreseeing(&mut self, foreseen: &[Option<Vec<Cause>>]) {
        for (place, (failure, set)) in self.failures.iter().zip(foreseen).enumerate() {
            let Some(set) = set.as_ref().filter(|set| !set.is_empty() && is_given(failure, set)) else { continue };
            let is_needed = |left_out: usize| {
                let fewer = set.iter().enumerate().filter(|(place, _)| *place != left_out).map(|(_, cause)| cause.clone());
                !is_given(failure, &fewer.collect::<Vec<Cause>>())
            };
            if !(0..set.len()).all(is_needed) {
                continue;
            }
            self.set(place, Diagnosis::of_sets(vec![set.clone()]));
            if let Some(foreseen) = self.foreseen.get_mut(place) {
                *foreseen = true;
            }
            self.establish_set(set);
        }
    }
}

/// Whether somebody with these causes, and no others, does what was observed.
fn is_given(failure: &Witness, causes: &[Cause]) -> bool {
    let is_sent = matches!(&failure.observation, Observation::Answered(output) if !Sent::of(output).is_empty());
    let wanted = Wanted { transmission: is_sent, stages: false };
    let own = Reference::conducting(Conduct::of(causes)).ask_for(&failure.question, wanted);
    let is_sent_alike = match (&own, &failure.observation) {
        (Observation::Answered(own), Observation::Answered(output)) => Sent::of(output).is_met_by(&Sent::of(own)),
        _ => true,
    };
    is_alike(failure.question.operation(), &own, &failure.observation) && is_sent_alike
}
