//! What keeps a request from being signed, each check for itself: whoever looks at nothing signs a request that breaks several rules as
//! well as one that breaks one, and only the latter says which check is missing.

use crate::deviation::{Cause, Conduct};
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::vectors::Question;

use super::VERDICT;

/// Signers that each look at one thing only.
#[derive(Debug)]
pub(super) struct Scruples {
    each: Vec<Reference>,
}

/// Each leaves out one check, and all of them leave out every check.
const UNCHECKED: [&str; 9] = [
    "signer.url-unchecked",
    "signer.version-unchecked",
    "signer.timestamp-unchecked",
    "signer.presence-unchecked",
    "signer.client-unchecked",
    "signer.realm-unchecked",
    "signer.names-unchecked",
    "signer.body-unchecked",
    "signer.body-hash-with-form",
];

impl Default for Scruples {
    fn default() -> Scruples {
        let causes: Vec<Cause> = UNCHECKED.iter().filter_map(|id| Cause::parse(id).ok()).collect();
        let all_but = |place: usize| {
            let others: Vec<Cause> =
                causes.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, cause)| cause.clone()).collect();
            Reference::conducting(Conduct::of(&others))
        };
        Scruples { each: (0..causes.len()).map(all_but).collect() }
    }
}

impl Scruples {
    /// The rules that a request to be signed breaks, one bit each.
    pub(super) fn broken(&mut self, question: &Question) -> u16 {
        let is_broken = |signer: &mut Reference| matches!(signer.ask_for(question, VERDICT), Observation::Refused { .. });
        self.each.iter_mut().enumerate().map(|(place, signer)| u16::from(is_broken(signer)) << place).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vectors::question::{Credentials, SignInput, Transmission};

    fn broken(change: impl FnOnce(&mut SignInput)) -> Vec<&'static str> {
        let mut input = SignInput {
            method: "GET".into(),
            url: "http://h/".into(),
            signature_method: "HMAC-SHA1".into(),
            client: Credentials { identifier: "c".into(), secret: Some("s".into()) },
            nonce: Some("n".into()),
            timestamp: Some("1".into()),
            ..SignInput::default()
        };
        change(&mut input);
        let broken = Scruples::default().broken(&Question::Sign(Box::new(input)));
        (0..).zip(UNCHECKED).filter(|(place, _)| broken >> place & 1 == 1).map(|(_, id)| id).collect()
    }

    #[test]
    fn each_rule_is_told_from_the_others() {
        assert_eq!(broken(|_| ()), [""; 0]);
        assert_eq!(broken(|input| input.url = "h".into()), ["signer.url-unchecked"]);
        assert_eq!(broken(|input| input.version = Some("2".into())), ["signer.version-unchecked"]);
        assert_eq!(broken(|input| input.timestamp = Some("x".into())), ["signer.timestamp-unchecked"]);
        assert_eq!(broken(|input| input.nonce = Some("".into())), ["signer.presence-unchecked"]);
        assert_eq!(broken(|input| input.client.identifier = "".into()), ["signer.client-unchecked"]);
        assert_eq!(broken(|input| input.realm = Some("\n".into())), ["signer.realm-unchecked"]);
        assert_eq!(broken(|input| input.extra.push(("oauth_nonce".into(), "n".into()))), ["signer.names-unchecked"]);
        let text = |input: &mut SignInput| {
            input.transmission = Transmission::Body;
            input.headers.push(("Content-Type".into(), "text/plain".into()));
            input.body = Some("a".into());
        };
        assert_eq!(broken(text), ["signer.body-unchecked"]);
        assert_eq!(
            broken(|input| (input.timestamp, input.client.identifier) = (Some("".into()), "".into())),
            ["signer.timestamp-unchecked", "signer.client-unchecked"]
        );
        let hashed = |input: &mut SignInput| {
            input.headers.push(("Content-Type".into(), "application/x-www-form-urlencoded".into()));
            (input.body, input.body_hash) = (Some("a".into()), Some("x".into()));
        };
        assert_eq!(broken(hashed), ["signer.body-hash-with-form"]);
    }
}
