//! What a wrong signature implies: the departures that reproduce it, and the base string that its sender signed.

use super::server::patience::Running;
use crate::deviation::{Cause, Conduct};
use crate::diagnosis::{Budget, Diagnosis, Evidence, Outcome, SignatureText, Subject, diagnose};
use crate::profile::document::TokenType;
use crate::protocol::{Derivation, Request, Secrets, SignatureMethod};

/// The most values that one refusal may compare.
const MOST: u64 = 300_000;
/// The longest request that is looked into, in octets of URL and body.
pub(super) const LONGEST: usize = 32 * 1024;

/// What was found out about a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The diagnosis.
    pub diagnosis: Diagnosis,
    /// The base string that the signature implies, if a cause was found.
    pub base_string: Option<Vec<u8>>,
    /// Whose secret was taken for the token's, if that alone explains it.
    pub other_secret: Option<OtherSecret>,
}

/// A secret that the sandbox has given out, but not with this token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherSecret(pub TokenType);

impl Explanation {
    /// Looks for the departures that give this signature.
    pub(super) fn of(
        request: &Request<'_>,
        method: SignatureMethod,
        secrets: Secrets<'_>,
        signature: &[u8],
        around: (&[String], &[String]),
        running: &Running<'_>,
    ) -> Explanation {
        let subject = Subject { request, method, secrets: Some(secrets), hosts: around.0, paths: around.1 };
        let evidence = Evidence { signature: Some(SignatureText::whole(signature)), ..Evidence::default() };
        let mut goes_on = |_| running.goes_on();
        let mut budget = Budget { most: MOST, watch: Some(&mut goes_on), ..Budget::default() };
        let diagnosis = diagnose(&subject, &evidence, &mut budget);
        let base_string = diagnosis.sets.first().and_then(|set| signed(request, method, &secrets, set));
        Explanation { diagnosis, base_string, other_secret: None }
    }

    /// A request that is right but for the token's secret: it is another token's of the same client.
    pub(super) fn of_other_secret(token_type: TokenType) -> Explanation {
        Explanation { diagnosis: Diagnosis::unexplained(), base_string: None, other_secret: Some(OtherSecret(token_type)) }
    }

    /// The ids of the causes: `a + b`, alternatives behind `|`; or the outcome's word.
    #[must_use]
    pub fn word(&self) -> String {
        if self.other_secret.is_some() {
            return "secret-of-another-token".to_owned();
        }
        let sets: Vec<String> = self.diagnosis.ids().iter().filter(|set| !set.is_empty()).take(8).map(|set| set.join(" + ")).collect();
        if sets.is_empty() { self.diagnosis.outcome.as_str().to_owned() } else { sets.join(" | ") }
    }

    /// The causes of the first set, in sentences.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        if let Some(OtherSecret(token_type)) = self.other_secret {
            let which = match token_type {
                TokenType::Temporary => "a request token",
                TokenType::Access => "another access token",
            };
            return Some(format!("the signature is made with the secret of {which}"));
        }
        if self.diagnosis.outcome == Outcome::Unexplained {
            return Some("no known mistake gives this signature with these secrets: most likely a secret is another one".to_owned());
        }
        let sentences: Vec<String> = self.first()?.iter().map(Cause::sentence).collect();
        let or = if self.diagnosis.outcome == Outcome::Ambiguous { " (one of several explanations)" } else { "" };
        Some(format!("{}{or}", sentences.join("; ")))
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self) -> Option<String> {
        if self.other_secret.is_some() {
            return Some("sign with the secret that came with the token that is sent".to_owned());
        }
        if self.diagnosis.outcome == Outcome::Unexplained {
            return Some("compare the secrets with those that were given out, to the last character".to_owned());
        }
        let mut fixes: Vec<&str> = self.first()?.iter().map(Cause::fix).collect();
        fixes.dedup();
        Some(fixes.join("; "))
    }

    fn first(&self) -> Option<&Vec<Cause>> {
        self.diagnosis.sets.first().filter(|set| !set.is_empty())
    }
}

/// The base string of somebody who departs so.
fn signed(request: &Request<'_>, method: SignatureMethod, secrets: &Secrets<'_>, causes: &[Cause]) -> Option<Vec<u8>> {
    let mut derivation = Derivation::default();
    Conduct::of(causes).derive(&mut derivation, request, method, secrets).ok()?;
    Some(derivation.base_string.to_vec())
}
