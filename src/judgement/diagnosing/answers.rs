//! Failures of the operations that ask for one stage, or for the reading of a header or an answer: every departure is asked the same
//! question, and those that answer as it was answered are named.

use super::RunDiagnosis;
use crate::deviation::{Cause, Conduct, Stage, all};
use crate::diagnosis::Diagnosis;
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::vectors::{Operation, Output, Question, Text};

impl RunDiagnosis<'_> {
    /// Diagnoses all operations but `sign`, `base_string` and `verify`.
    pub(super) fn answers(&mut self) {
        let is_other = |operation| !matches!(operation, Operation::Sign | Operation::BaseString | Operation::Verify);
        for place in self.places(is_other) {
            if !self.speaks(place) {
                continue;
            }
            if let Some(failure) = self.failures.get(place) {
                let lacking = match &failure.observation {
                    Observation::Answered(output) => output.lacks(failure.question.operation()),
                    _ => None,
                };
                let diagnosis = match lacking {
                    Some(field) => Diagnosis::unexplained().noted(Some(format!("its answer has no {field}"))),
                    None => answered(&failure.question, &failure.observation),
                };
                self.set(place, diagnosis);
            }
        }
    }
}

fn answered(question: &Question, observation: &Observation) -> Diagnosis {
    let ask = |causes: &[&Cause]| Reference::conducting(Conduct::of(causes.iter().copied())).ask(question);
    let right = ask(&[]);
    // Key and base string of `mac` are given: nothing before them changes its answer, and RSA takes long.
    let can_show = |stage: Stage| question.operation() != Operation::Mac || stage >= Stage::Secret;
    let table: Vec<Cause> = all().filter(|deviation| can_show(deviation.stage)).map(Cause::Deviation).collect();
    // What changes nothing alone is left out of pairs.
    let effective: Vec<(&Cause, Observation)> =
        table.iter().map(|cause| (cause, ask(&[cause]))).filter(|(_, answer)| !is_same(answer, &right)).collect();
    let singles = effective.iter().filter(|(_, answer)| is_same(answer, observation));
    let mut sets: Vec<Vec<Cause>> = singles.map(|(cause, _)| vec![(*cause).clone()]).collect();
    if sets.is_empty() {
        for (place, (first, _)) in effective.iter().enumerate() {
            for (second, _) in effective.iter().skip(place + 1).filter(|(second, _)| second.stage() != first.stage()) {
                if is_same(&ask(&[first, second]), observation) {
                    sets.push(vec![(*first).clone(), (*second).clone()]);
                }
            }
        }
    }
    sets.truncate(MOST_SETS);
    Diagnosis::of_sets(sets)
}

/// The most sets that are weighed for one failure.
const MOST_SETS: usize = 256;

/// Whether an answer is the observed one. Words of a refusal are free, and stages locate only.
pub(super) fn is_same(answer: &Observation, observed: &Observation) -> bool {
    match (answer, observed) {
        (Observation::Answered(own), Observation::Answered(other)) => without_stages(own) == without_stages(other),
        (Observation::Refused { .. }, Observation::Refused { .. }) => true,
        _ => false,
    }
}

/// Without the stages. Of an answer that was read without credentials, nothing and an empty text say the same.
fn without_stages(output: &Output) -> Output {
    let given = |text: &Option<Text>| text.clone().filter(|text| !text.as_bytes().is_empty());
    Output { stages: None, identifier: given(&output.identifier), secret: given(&output.secret), ..output.clone() }
}
