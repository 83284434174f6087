//! Smaller questions that are still answered wrongly in the same way: the search's part of shrinking.

use super::super::find::Kind;
use super::super::shrink::{Shrunk, shrink};
use super::super::verifying::{Doing, NOTHING};
use super::{Origin, Search, VERDICT, Waiting, Watch};
use crate::implementation::{Implementation as _, Observation, Wanted};
use crate::vectors::question::{Credentials, SignInput, VerifyInput};
use crate::vectors::{Operation, Question};

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

    /// A received request without what was done to it, if it is answered wrongly in the same way without it too.
    pub(super) fn without_doing(&mut self, mut waiting: Waiting, kind: Kind) -> Waiting {
        let Some((input, doing)) = waiting.origin.as_ref().filter(|_| matches!(kind, Kind::Rejects | Kind::Accepts)) else {
            return waiting;
        };
        if doing.what() == NOTHING {
            return waiting;
        }
        let origin = (input.clone(), Doing::NOTHING);
        let Some(question) = self.received(&origin) else { return waiting };
        let right = self.right(&question, VERDICT);
        let Some(observation) = self.ask(&question) else { return waiting };
        if self.kind(&question, &right, &observation) == Some(kind) {
            waiting.at.iter_mut().take(1).for_each(|first| *first = NOTHING);
            (waiting.question, waiting.origin) = (question, Some(origin));
        }
        waiting
    }

    /// The smallest question that is reached, with its answer. Before each that is put, whoever watches is asked whether to go on.
    pub(super) fn smallest(
        &mut self,
        question: Question,
        observation: Observation,
        origin: Option<Origin>,
        mut way: Way<'_>,
        watch: Watch<'_>,
    ) -> Smallest {
        way.shown = self.shown(&question);
        way.word = word(&self.right(&question, VERDICT));
        way.broken = self.broken(&question, way.kind);
        self.broke = None;
        let (Shrunk { question: smallest, is_smallest }, signed) = self.shrunk(question.clone(), origin.clone(), &way, watch);
        // What breaks is not asked once more for the telling: each break is one of few.
        let told = match way.kind {
            Kind::Breaks => Some(self.broke.take().unwrap_or_else(|| observation.clone())),
            // Where a difference begins, the stages say.
            _ => self.ask_for(&smallest, Wanted::ALL),
        };
        match told {
            Some(observation) => Smallest { question: smallest, is_smallest, observation, origin: signed },
            None => Smallest { question, is_smallest: false, observation, origin },
        }
    }

    /// The smallest question that is reached, and what it is made of.
    fn shrunk(&mut self, question: Question, origin: Option<Origin>, way: &Way<'_>, watch: Watch<'_>) -> (Shrunk, Option<Origin>) {
        let Some((input, doing)) = origin else {
            return (shrink(question, &mut |candidate| self.still_differs(candidate, way, watch)), None);
        };
        // What was signed becomes smaller first, and is signed and changed again; then what is received as it is.
        let mut plain = Some(plain(&input)).filter(|plain| way.kind == Kind::Rejects && self.accepts(plain));
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
            received.map_or(Some(false), |received| self.still_differs(&received, way, watch))
        });
        let Question::Sign(input) = signed.question else { return (Shrunk { question, is_smallest: false }, None) };
        let origin = (input, doing);
        let received = self.received(&origin).unwrap_or(question);
        let origin = Some(origin);
        // Of what must be accepted only what is not signed can go. The server stays who it is: with another clock or memory, or whom it does
        // not know, somebody refuses for another reason.
        let server = server(&received);
        let received = shrink(received, &mut |candidate| {
            if way.kind == Kind::Rejects && self::server(candidate) != server {
                return Some(false);
            }
            self.still_differs(candidate, way, watch)
        });
        (Shrunk { is_smallest: received.is_smallest && signed.is_smallest, ..received }, origin)
    }

    /// Whether this request is accepted as it is signed.
    fn accepts(&mut self, input: &SignInput) -> bool {
        let Some(question) = self.received(&(Box::new(input.clone()), Doing::NOTHING)) else { return false };
        let right = self.right(&question, VERDICT);
        let Some(observation) = self.ask(&question) else { return false };
        matches!(observation, Observation::Answered(_)) && self.kind(&question, &right, &observation).is_none()
    }

    /// The rules that a request breaks which must not be signed and was.
    fn broken(&mut self, question: &Question, kind: Kind) -> u16 {
        let is_careless = kind == Kind::Accepts && question.operation() == Operation::Sign;
        if is_careless { self.scruples.broken(question) } else { 0 }
    }

    /// Whether a smaller question is still answered wrongly in the same way.
    fn still_differs(&mut self, candidate: &Question, way: &Way<'_>, watch: Watch<'_>) -> Option<bool> {
        if !self.goes_on(watch) {
            return None;
        }
        if self.offer.lacks_for(candidate).is_some() {
            return Some(false);
        }
        let right = self.right(candidate, VERDICT);
        if word(&right) != way.word || self.broken(candidate, way.kind) & !way.broken != 0 {
            return Some(false);
        }
        let observation = self.ask(candidate)?;
        // Dearer than to ask, and of few answers: what suspects would have said.
        let differs = self.kind(candidate, &right, &observation) == Some(way.kind)
            && !self.shown(candidate).iter().zip(&way.shown).any(|(now, before)| *now && !before)
            && !self.explains(candidate, &observation, way.kind, way.at);
        if differs && way.kind == Kind::Breaks {
            self.broke = Some(observation);
        }
        Some(differs)
    }
}

/// What a received request says of the server: all but the request.
fn server(question: &Question) -> Option<VerifyInput> {
    let Question::Verify(input) = question else { return None };
    let request = VerifyInput::default();
    let (method, url, headers, body) = (request.method, request.url, request.headers, request.body);
    Some(VerifyInput { method, url, headers, body, ..(**input).clone() })
}

/// The request without what a signer refuses.
pub(super) fn cured(input: &SignInput) -> SignInput {
    let client = Credentials { identifier: "c".into(), ..input.client.clone() };
    let (nonce, timestamp, version) = (Some("n".into()), Some("1".into()), Some("1.0".into()));
    SignInput { client, nonce, timestamp, version, realm: None, extra: Vec::new(), body_hash: None, ..input.clone() }
}

/// The plainest request with the same credentials, nonce, timestamp and version.
pub(super) fn plain(input: &SignInput) -> SignInput {
    let SignInput { client, token, nonce, timestamp, version, .. } = input.clone();
    let (method, url, signature_method) = ("GET".into(), "http://example.com/".into(), "HMAC-SHA1".into());
    SignInput { method, url, signature_method, client, token, nonce, timestamp, version, ..SignInput::default() }
}

/// In which way a question is answered wrongly.
pub(super) struct Way<'a> {
    kind: Kind,
    at: &'a [&'static str],
    /// Which known mistakes it shows. A smaller question must not show one that the larger one did not: two at once are harder to name.
    shown: Vec<bool>,
    /// Why a request is to be refused: one that is to be refused for another reason is another question.
    word: Option<String>,
    /// Which rules a request breaks that must not be signed. A smaller one must not break others as well.
    broken: u16,
}

impl<'a> Way<'a> {
    /// Of this kind, along these axes; the rest is seen in the question.
    pub(super) const fn of(kind: Kind, at: &'a [&'static str]) -> Way<'a> {
        Way { kind, at, shown: Vec::new(), word: None, broken: 0 }
    }
}

/// What a shrinking came to, as it is told.
pub(super) struct Smallest {
    pub(super) question: Question,
    pub(super) is_smallest: bool,
    /// The answer to it.
    pub(super) observation: Observation,
    /// Of a received request, what was signed, as small as it became.
    pub(super) origin: Option<Origin>,
}

fn word(right: &Observation) -> Option<String> {
    match right {
        Observation::Answered(output) => output.code.clone(),
        Observation::Refused { code, .. } => code.clone(),
        _ => None,
    }
}
