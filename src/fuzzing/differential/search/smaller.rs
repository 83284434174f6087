//! Smaller questions that are still answered wrongly in the same way: the search's part of shrinking.

use super::super::find::Kind;
use super::super::shrink::{Shrunk, shrink};
use super::super::verifying::{Doing, NOTHING};
use super::{Origin, Search, VERDICT, Waiting, Watch};
use crate::implementation::{Implementation as _, Observation};
use crate::vectors::Question;
use crate::vectors::question::{Credentials, SignInput};

impl Search<'_> {
    /// Of each find that is explained, whether its causes change the answer to this question.
    fn shown(&mut self, question: &Question) -> Vec<bool> {
        let right = self.reference.ask_for(question, VERDICT);
        match question {
            // What is to be refused has no right answer: what mistakes show in it is seen where nothing is to be refused.
            Question::Sign(input) if matches!(right, Observation::Refused { .. }) => {
                let cured = Question::Sign(Box::new(cured(input)));
                let right = self.reference.ask_for(&cured, VERDICT);
                self.suspects.changing(&cured, &right)
            }
            _ => self.suspects.changing(question, &right),
        }
    }

    /// A request that is refused wrongly without what was done to it, if it is refused without it too.
    pub(super) fn without_doing(&mut self, mut waiting: Waiting, kind: Kind) -> Waiting {
        let Some((input, doing)) = waiting.origin.as_ref().filter(|_| kind == Kind::Rejects) else { return waiting };
        if doing.what() == NOTHING {
            return waiting;
        }
        let origin = (input.clone(), Doing::NOTHING);
        let Some(question) = self.received(&origin) else { return waiting };
        let right = self.right(&question, VERDICT);
        let observation = self.ask(&question);
        if self.kind(&question, &right, &observation) == Some(kind) {
            waiting.at.iter_mut().take(1).for_each(|first| *first = NOTHING);
            (waiting.question, waiting.origin) = (question, Some(origin));
        }
        waiting
    }

    /// The smallest question that was reached. Before each that is put, whoever watches is asked whether to go on.
    pub(super) fn shrunk(
        &mut self,
        question: Question,
        origin: Option<Origin>,
        kind: Kind,
        at: &[&'static str],
        watch: Watch<'_>,
    ) -> Shrunk {
        let way = Way { kind, at, shown: self.shown(&question), word: word(&self.right(&question, VERDICT)) };
        let Some((input, doing)) = origin else {
            return shrink(question, &mut |candidate| self.still_differs(candidate, &way, watch));
        };
        // What was signed becomes smaller first, and is signed and changed again; then what is received as it is.
        let mut plain = Some(plain(&input)).filter(|plain| kind == Kind::Rejects && self.accepts(plain));
        let signed = shrink(Question::Sign(input), &mut |candidate| {
            let Question::Sign(input) = candidate else { return Some(false) };
            // Whoever refuses every request of such a client, nonce or timestamp refuses it for another reason.
            if let Some(known) = &mut plain {
                let now = self::plain(input);
                if now != *known {
                    if !self.accepts(&now) {
                        return Some(false);
                    }
                    *known = now;
                }
            }
            let received = self.received(&(input.clone(), doing));
            received.map_or(Some(false), |received| self.still_differs(&received, &way, watch))
        });
        let received = match signed.question {
            Question::Sign(input) => self.received(&(input, doing)).unwrap_or(question),
            _ => question,
        };
        if kind == Kind::Rejects {
            // It is to be accepted: of what is signed nothing can be left out, and the rest is a server's clock and memory.
            return Shrunk { question: received, ..signed };
        }
        let received = shrink(received, &mut |candidate| self.still_differs(candidate, &way, watch));
        Shrunk { is_smallest: received.is_smallest && signed.is_smallest, ..received }
    }

    /// Whether this request is accepted as it is signed.
    fn accepts(&mut self, input: &SignInput) -> bool {
        let Some(question) = self.received(&(Box::new(input.clone()), Doing::NOTHING)) else { return false };
        let right = self.right(&question, VERDICT);
        let observation = self.ask(&question);
        matches!(observation, Observation::Answered(_)) && self.kind(&question, &right, &observation).is_none()
    }

    /// Whether a smaller question is still answered wrongly in the same way.
    fn still_differs(&mut self, candidate: &Question, way: &Way<'_>, watch: Watch<'_>) -> Option<bool> {
        if !self.goes_on(watch) {
            return None;
        }
        if self.shown(candidate).iter().zip(&way.shown).any(|(now, before)| *now && !before) {
            return Some(false);
        }
        if self.offer.lacks_for(candidate).is_some() || self.searched.gave_up {
            return Some(false);
        }
        let right = self.right(candidate, VERDICT);
        if word(&right) != way.word {
            return Some(false);
        }
        let observation = self.ask(candidate);
        if matches!(observation, Observation::Broke { .. }) {
            self.breaks += 1;
            self.searched.gave_up = self.breaks > self.limits.breaks;
        }
        Some(self.kind(candidate, &right, &observation) == Some(way.kind) && !self.explains(candidate, &observation, way.kind, way.at))
    }
}

/// The request without what a signer refuses.
fn cured(input: &SignInput) -> SignInput {
    let client = Credentials { identifier: "c".into(), ..input.client.clone() };
    let (nonce, timestamp, version) = (Some("n".into()), Some("1".into()), Some("1.0".into()));
    SignInput { client, nonce, timestamp, version, realm: None, extra: Vec::new(), body_hash: None, ..input.clone() }
}

/// The plainest request with the same credentials, nonce, timestamp and version.
fn plain(input: &SignInput) -> SignInput {
    let SignInput { client, token, nonce, timestamp, version, .. } = input.clone();
    let (method, url, signature_method) = ("GET".into(), "http://example.com/".into(), "HMAC-SHA1".into());
    SignInput { method, url, signature_method, client, token, nonce, timestamp, version, ..SignInput::default() }
}

/// In which way a question is answered wrongly.
struct Way<'a> {
    kind: Kind,
    at: &'a [&'static str],
    /// Which known mistakes it shows. A smaller question must not show one that the larger one did not: two at once are harder to name.
    shown: Vec<bool>,
    /// Why a request is to be refused: one that is to be refused for another reason is another question.
    word: Option<String>,
}

fn word(right: &Observation) -> Option<String> {
    match right {
        Observation::Answered(output) => output.code.clone(),
        Observation::Refused { code, .. } => code.clone(),
        _ => None,
    }
}
