//! What departures say to questions. A search diagnoses one failure after the other beside the same answers, and asks the same departures:
//! what they said once is kept for as long as somebody else has the question.

use std::collections::HashMap;
use std::sync::Arc;

use super::Witness;
use super::verifying::accepts;
use crate::deviation::{Conduct, Deviation, Practice, Side};
use crate::implementation::Reference;
use crate::protocol::verification::Checks;
use crate::vectors::Question;

/// What departures say, as far as they were asked.
#[derive(Debug, Default)]
pub struct Verdicts {
    known: Vec<Known>,
    /// The places in that list, by the question's address, which is nobody else's while the question is kept.
    places: HashMap<*const Question, usize>,
    blind: Option<Reference>,
}

/// What is known of one question.
#[derive(Debug)]
struct Known {
    question: Arc<Question>,
    /// By the departure's place in the table: whether it accepts a request, or whether it answers as it was answered.
    said: Vec<Option<bool>>,
    /// Whether a received request is refused before its signature is looked at: how a signature is derived makes no difference then.
    is_refused_early: Option<bool>,
}

/// A case with the place of what is known of its question, until the next [`Verdicts::tidy`].
#[derive(Clone, Copy, Debug)]
pub(super) struct Noted<'w> {
    pub(super) witness: &'w Witness,
    place: usize,
}

/// A departure that is asked.
pub(super) struct Asked<'v> {
    verdicts: &'v mut Verdicts,
    place: usize,
    /// Whether only the derivation of a signature is another one.
    is_derivation: bool,
    deviant: Reference,
}

impl Verdicts {
    /// Forgets the questions that nobody else has any more.
    pub(super) fn tidy(&mut self) {
        self.known.retain(|known| Arc::strong_count(&known.question) > 1);
        self.places = self.known.iter().zip(0..).map(|(known, place)| (Arc::as_ptr(&known.question), place)).collect();
    }

    /// Takes note of a case's question.
    pub(super) fn note<'w>(&mut self, witness: &'w Witness) -> Noted<'w> {
        let question = &witness.question;
        let place = *self.places.entry(Arc::as_ptr(question)).or_insert_with(|| {
            self.known.push(Known { question: Arc::clone(question), said: Vec::new(), is_refused_early: None });
            self.known.len() - 1
        });
        Noted { witness, place }
    }

    /// Whoever makes this departure, which stands at this place of the table.
    pub(super) fn of(&mut self, place: usize, deviation: &'static Deviation) -> Asked<'_> {
        let is_derivation = deviation.stage.side() == Side::Signing;
        Asked { verdicts: self, place, is_derivation, deviant: Reference::conducting(Conduct::of([&deviation.into()])) }
    }
}

impl Asked<'_> {
    /// Whether it does what was done.
    pub(super) fn gives(&mut self, noted: Noted<'_>) -> bool {
        let Noted { witness, place } = noted;
        let Some(known) = self.verdicts.known.get_mut(place) else { return false };
        if let Some(Some(said)) = known.said.get(self.place) {
            return is_observed(witness, *said);
        }
        let blind = &mut self.verdicts.blind;
        let mut is_refused_early =
            |input| *known.is_refused_early.get_or_insert_with(|| !blind.get_or_insert_with(blind_to_signatures).accepts(input));
        let said = match &*witness.question {
            Question::Verify(input) => !(self.is_derivation && is_refused_early(input)) && self.deviant.accepts(input),
            _ => witness.is_answered_by(&mut self.deviant),
        };
        if known.said.len() <= self.place {
            known.said.resize(self.place + 1, None);
        }
        known.said.get_mut(self.place).into_iter().for_each(|place| *place = Some(said));
        is_observed(witness, said)
    }

    /// Whether it is known to do something else than was done, without asking.
    pub(super) fn is_known_against(&self, noted: Noted<'_>) -> bool {
        let known = self.verdicts.known.get(noted.place);
        let said = known.and_then(|known| known.said.get(self.place).copied().flatten());
        said.is_some_and(|said| !is_observed(noted.witness, said))
    }
}

/// A verifier that makes the checks before the signature's and no others.
fn blind_to_signatures() -> Reference {
    let checks = Checks { signature: |_, _, _| Ok(()), body_hash: |_| Ok(()), nonce: |_, _| Ok(()), ..Checks::RFC5849 };
    Reference::conducting(Conduct { practice: Practice { checks, ..Practice::RFC5849 }, inputs: Vec::new() })
}

/// Whether what a departure says is what was done.
fn is_observed(witness: &Witness, said: bool) -> bool {
    match &*witness.question {
        Question::Verify(_) => accepts(&witness.observation) == Some(said),
        _ => said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deviation::{all, find};
    use crate::implementation::Implementation as _;
    use crate::vectors::question::{ServerClient, VerifyInput};

    #[test]
    fn a_departure_is_asked_once_and_forgotten_with_the_question() {
        let mut verdicts = Verdicts::default();
        let question = Arc::new(Question::Verify(Box::default()));
        let observation = Reference::new().ask(&question);
        let witness = Witness { question, observation };
        let departure = find("verify.version-required").unwrap();
        let noted = verdicts.note(&witness);
        assert!(!verdicts.of(1, departure).is_known_against(noted));
        assert!(verdicts.of(1, departure).gives(noted));
        // What was said is known: nobody looks who it is that stands there.
        let accepted = Witness { observation: crate::implementation::Observation::Answered(Box::default()), ..witness.clone() };
        let noted = verdicts.note(&accepted);
        let mut known = verdicts.of(1, departure);
        known.deviant = Reference::default();
        assert!(known.is_known_against(noted) && !known.gives(noted));
        drop(accepted);
        verdicts.tidy();
        assert_eq!((verdicts.known.len(), verdicts.places.len()), (1, 1));
        drop(witness);
        verdicts.tidy();
        assert_eq!((verdicts.known.len(), verdicts.places.len()), (0, 0));
    }

    #[test]
    fn how_a_signature_is_derived_changes_no_check_before_it() {
        for deviation in all().filter(|deviation| deviation.stage.side() == Side::Signing) {
            let checks = Conduct::of([&deviation.into()]).practice.checks;
            assert_eq!(format!("{checks:?}"), format!("{:?}", Checks::RFC5849), "{}", deviation.id);
        }
    }

    #[test]
    fn what_is_refused_before_its_signature_is_looked_at_is_not_derived() {
        let verify = |url: &str, signature: &str| {
            let value = format!("OAuth oauth_consumer_key=\"c\", oauth_signature_method=\"PLAINTEXT\", oauth_signature=\"{signature}\"");
            let client = ServerClient { identifier: "c".into(), secret: Some("s".into()), public_key: None };
            VerifyInput {
                method: "GET".into(),
                url: url.into(),
                headers: vec![("Authorization".into(), value.into())],
                client: Some(client),
                ..VerifyInput::default()
            }
        };
        for (url, signature, is_early) in [("https://h/", "s%26", false), ("https://h/", "x", false), ("http://h/", "s%26", true)] {
            let question = Arc::new(Question::Verify(Box::new(verify(url, signature))));
            let observation = Reference::new().ask(&question);
            let (witness, mut verdicts) = (Witness { question, observation }, Verdicts::default());
            let noted = verdicts.note(&witness);
            assert!(verdicts.of(0, find("uri.default-port-kept").unwrap()).gives(noted), "{url} {signature}");
            assert_eq!(verdicts.known[0].is_refused_early, Some(is_early), "{url} {signature}");
            // Whoever reads otherwise is asked all the same.
            assert_eq!(verdicts.of(1, find("verify.plaintext-over-http").unwrap()).gives(noted), !is_early, "{url} {signature}");
        }
    }
}
