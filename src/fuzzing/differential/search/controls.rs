//! Positive controls: of a request that must be refused, the same one as it must be accepted. Whoever refuses that too has shown nothing by
//! refusing the other.

use super::super::find::Control;
use super::super::verifying::Doing;
use super::smaller::{cured, plain};
use super::{Origin, Search};
use crate::implementation::{Observation, Wanted};
use crate::vectors::Question;
use crate::vectors::question::SignInput;

impl Search<'_> {
    /// The request that must be accepted where `right` refuses: the one that was changed, as it was before, or one that is plain. One that
    /// the implementation gets right comes first, since it must pass before a refusal of the other counts.
    pub(super) fn control(&mut self, question: &Question, right: &Observation, origin: Option<&Origin>) -> Option<Control> {
        if matches!(right, Observation::Answered(output) if output.valid != Some(false)) {
            return None;
        }
        let mut first = None;
        for question in self.unchanged(question, origin) {
            if self.offer.lacks_for(&question).is_some() {
                continue;
            }
            let expected = self.right(&question, Wanted::ALL);
            let is_accepted =
                matches!(&expected, Observation::Answered(output) if output.valid == Some(true) || output.signature.is_some());
            if !is_accepted {
                continue;
            }
            let observation = self.ask(&question);
            let passes = observation.is_some_and(|observation| {
                matches!(observation, Observation::Answered(_)) && self.kind(&question, &expected, &observation).is_none()
            });
            let standard = self.standard(&question);
            let control = Control { question, standard, expected };
            if passes {
                return Some(control);
            }
            first = first.or(Some(control));
        }
        first
    }

    /// What could be the control of a question, the nearest first.
    fn unchanged(&mut self, question: &Question, origin: Option<&Origin>) -> Vec<Question> {
        match (question, origin) {
            (Question::Sign(input), _) => {
                let near = cured(input);
                let far = plain(&near);
                [near, far].into_iter().map(|input| Question::Sign(Box::new(input))).collect()
            }
            (_, Some((input, _))) => {
                let inputs: [Box<SignInput>; 2] = [input.clone(), Box::new(plain(input))];
                inputs.into_iter().filter_map(|input| self.received(&(input, Doing::NOTHING))).collect()
            }
            _ => Vec::new(),
        }
    }
}
