//! Mistakes of several finds in one signature.

use super::VERDICT;
use super::suspects::{Suspect, Suspects, is_check, one_of_each_stage};
use crate::deviation::{Cause, Conduct};
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::judgement::diagnosing::is_alike;
use crate::vectors::{Operation, Question};

/// The most finds of which one signature may show the mistakes.
const MOST_FINDS: u32 = 3;
/// The most sets of causes that are put together in every way.
const MOST_SETS: usize = 10;
/// The most that are remembered.
const MOST_SEEN: usize = 64;

/// What whoever makes these mistakes answers.
fn answer(causes: &[Cause], question: &Question) -> Observation {
    Reference::conducting(Conduct::of(causes)).ask_for(question, VERDICT)
}

impl Suspects {
    /// The first of several finds whose mistakes together explain a signature. They are remembered, to be asked together.
    ///
    /// In a request that must not be signed they are looked for beside the checks that are missing.
    pub(super) fn together(&mut self, question: &Question, observation: &Observation) -> Option<usize> {
        let is_answered = |answer: &Observation| matches!(answer, Observation::Answered(_));
        let bases = if is_answered(&answer(&[], question)) { vec![Vec::new()] } else { one_of_each_stage(&self.unchecked) };
        for base in bases {
            let plain = answer(&base, question);
            if !is_answered(&plain) {
                continue;
            }
            let shows = |suspect: &&Suspect| {
                suspect.signs
                    && suspect.is_of_one_find()
                    && !suspect.causes.iter().any(is_check)
                    && !is_alike(Operation::Sign, &answer(&[&base, &suspect.causes[..]].concat(), question), &plain)
            };
            let shown: Vec<&Suspect> = self.each.iter().filter(shows).take(MOST_SETS).collect();
            for choice in choices(shown.len()) {
                let chosen = || shown.iter().enumerate().filter(|(number, _)| choice >> number & 1 == 1).map(|(_, suspect)| *suspect);
                // Of one find only one set is what is really done.
                let is_one_of_each = chosen().zip(chosen().skip(1)).all(|(one, next)| one.place != next.place);
                let causes = || chosen().fold(base.clone(), |causes, suspect| [causes, suspect.causes.clone()].concat());
                if is_one_of_each && is_alike(Operation::Sign, &answer(&causes(), question), observation) {
                    let (place, causes) = (chosen().next().map_or(0, |suspect| suspect.place), causes());
                    self.remember(place, causes);
                    return Some(place);
                }
            }
        }
        None
    }

    /// Whether these causes give a signature beside those of one other find, or of all others; `own` is the number of theirs, if they have one.
    pub(super) fn gives_beside_others(&self, causes: &[Cause], own: Option<usize>, question: &Question, observation: &Observation) -> bool {
        let gives = |others: &[Cause]| is_alike(Operation::Sign, &answer(&[others, causes].concat(), question), observation);
        let others = || self.each.iter().filter(|suspect| suspect.signs && suspect.is_of_one_find() && Some(suspect.place) != own);
        let all: Vec<Cause> = others().filter(|suspect| suspect.is_first).flat_map(|suspect| suspect.causes.clone()).collect();
        gives(&all) || others().any(|suspect| gives(&suspect.causes))
    }

    fn remember(&mut self, place: usize, causes: Vec<Cause>) {
        if self.each.iter().filter(|suspect| suspect.is_seen_together).count() < MOST_SEEN {
            self.order.push(self.each.len());
            self.each.push(Suspect { is_seen_together: true, ..Suspect::new(place, causes, true) });
        }
    }
}

/// Every choice of a few out of so many, one bit each, the fewest first.
fn choices(many: usize) -> Vec<u32> {
    let mut all: Vec<u32> = (1..1_u32 << many).filter(|choice| choice.count_ones() <= MOST_FINDS).collect();
    all.sort_by_key(|choice| choice.count_ones());
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::question::SignInput;

    fn causes(ids: &[&str]) -> Vec<Cause> {
        ids.iter().map(|id| Cause::parse(id).unwrap()).collect()
    }

    fn suspects(finds: &[&[&str]]) -> Suspects {
        let mut suspects = Suspects::default();
        for (place, ids) in finds.iter().enumerate() {
            suspects.order.push(place);
            suspects.each.push(Suspect::new(place, causes(ids), true));
        }
        suspects.put_together();
        suspects
    }

    fn question(url: &str, client: &str) -> Question {
        let mut input = SignInput { method: "GET".into(), url: url.into(), signature_method: "HMAC-SHA1".into(), ..SignInput::default() };
        (input.client.identifier, input.nonce, input.timestamp) = (client.into(), Some("n".into()), Some("1".into()));
        Question::Sign(Box::new(input))
    }

    /// Two finds are of one step, so that nobody makes all the mistakes.
    const FINDS: [&[&str]; 4] =
        [&["uri.path-raw"], &["uri.path-apostrophe-encoded"], &["repeat.query-numbered"], &["signer.client-unchecked"]];

    #[test]
    fn two_of_several_finds_explain_a_signature_and_are_remembered() {
        let mut suspects = suspects(&FINDS);
        for (client, made) in [
            ("c", vec!["uri.path-raw", "repeat.query-numbered"]),
            ("", vec!["signer.client-unchecked", "uri.path-raw", "repeat.query-numbered"]),
        ] {
            let question = question("http://h/ü?a=1&a=2", client);
            let observed = answer(&causes(&made), &question);
            assert!(matches!(observed, Observation::Answered(_)));
            let before = suspects.each.len();
            let explained = suspects.explaining(&question, &observed, &[]).unwrap();
            assert_eq!((explained.place, explained.refuted.len()), (0, 0));
            assert_eq!(suspects.each.len(), before + 1);
            assert!(suspects.explaining(&question, &observed, &[]).is_some());
            assert_eq!(suspects.each.len(), before + 1, "what is remembered is not looked for");
        }
        let question = question("http://h/ü?a=1&a=2", "c");
        let other = answer(&causes(&["uri.path-raw", "repeat.query-numbered", "encode.space-plus", "method.lower-case"]), &question);
        assert!(suspects.explaining(&question, &other, &[]).is_none());
    }

    #[test]
    fn what_another_find_hides_is_not_refuted() {
        let suspects = suspects(&FINDS);
        let question = question("http://h/ü?a=1&a=2", "c");
        let observed = answer(&causes(&["uri.path-raw", "repeat.query-numbered"]), &question);
        assert!(suspects.gives_beside_others(&causes(&["uri.path-raw"]), Some(0), &question, &observed));
        assert!(!suspects.gives_beside_others(&causes(&["uri.path-decoded"]), None, &question, &answer(&[], &question)));
    }

    #[test]
    fn few_are_put_together_first() {
        assert_eq!(choices(3), [0b1, 0b10, 0b100, 0b11, 0b101, 0b110, 0b111]);
        assert_eq!(choices(0), [0; 0]);
        assert!(choices(MOST_SETS).iter().all(|choice| choice.count_ones() <= MOST_FINDS));
    }
}
