//! What a wrong signature implies: the departures that reproduce it, and the base string that its sender signed.

use super::server::patience::Running;
use crate::deviation::{Cause, Conduct};
use crate::diagnosis::{Budget, Diagnosis, Evidence, Outcome, SignatureText, Subject, diagnose};
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
}

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
        Explanation { diagnosis, base_string }
    }

    /// The ids of the causes: `a + b`, alternatives behind `|`; or the outcome's word.
    #[must_use]
    pub fn word(&self) -> String {
        let sets: Vec<String> = self.diagnosis.ids().iter().filter(|set| !set.is_empty()).take(8).map(|set| set.join(" + ")).collect();
        if sets.is_empty() { self.diagnosis.outcome.as_str().to_owned() } else { sets.join(" | ") }
    }

    /// The causes of the first set, in sentences.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        let sentences: Vec<String> = self.first()?.iter().map(Cause::sentence).collect();
        let or = if self.diagnosis.outcome == Outcome::Ambiguous { " (one of several explanations)" } else { "" };
        Some(format!("{}{or}", sentences.join("; ")))
    }

    /// What to do about it.
    #[must_use]
    pub fn fix(&self) -> Option<String> {
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
