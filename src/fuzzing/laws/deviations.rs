//! Departures ([`crate::deviation`]) and the search for them ([`crate::diagnosis`]) on any request.

use arbitrary::Unstructured;

use super::asked::Asked;
use super::shown;
use crate::deviation::{Cause, Conduct, Deviation, Side, all};
use crate::diagnosis::search::{diagnose, is_proved};
use crate::diagnosis::{Budget, Evidence, Outcome, SignatureText, Subject};
use crate::protocol::{Derivation, Recipe, SignatureMethod, derive};

const METHOD: SignatureMethod = SignatureMethod::HmacSha1;

/// The most values that a diagnosis compares here: enough for any single cause.
const MOST: u64 = 50_000;

/// Any two departures together derive the same in memory that was used before as in fresh memory, and with none of them it is the
/// specification's derivation.
///
/// # Panics
/// Where one of it is not so, or where a departure panics.
pub fn deviations(asked: &Asked) {
    let headers = asked.headers();
    let protocol = asked.protocol(METHOD);
    let Ok(request) = asked.request(&headers, &protocol) else { return };
    let mut choices = asked.choices();
    let (Some(first), Some(second)) = (chosen(&mut choices), chosen(&mut choices)) else { return };
    let secrets = asked.secrets();
    let mut used = Derivation::default();
    let mut told = |causes: &[Cause]| {
        let conduct = Conduct::of(causes);
        let mut fresh = Derivation::default();
        let result = conduct.derive(&mut fresh, &request, METHOD, &secrets);
        let again = conduct.derive(&mut used, &request, METHOD, &secrets);
        let values = |derivation: &Derivation| {
            [&derivation.base_uri, &derivation.normalized, &derivation.base_string, &derivation.signature].map(|value| shown(value))
        };
        assert_eq!(again, result, "memory that was used changes what is refused by {}, {}", first.id, second.id);
        if result.is_ok() {
            assert_eq!(values(&used), values(&fresh), "memory that was used changes what {}, {} derive", first.id, second.id);
        }
        result.map(|()| values(&fresh))
    };
    let _ = told(&[Cause::Deviation(first)]);
    let _ = told(&[Cause::Deviation(first), Cause::Deviation(second)]);
    let right = derive(&Recipe::RFC5849, &request, METHOD, &secrets).map(|derivation| shown(&derivation.signature));
    assert_eq!(told(&[]).map(|[.., signature]| signature), right, "no departure is a departure");
}

/// What a departure makes of a signature is noticed: if it changes it, a search finds a cause, and every cause that it names gives the changed
/// signature again; if it does not, the search says that the signature is right.
///
/// # Panics
/// Where one of it is not so.
pub fn diagnosis(asked: &Asked) {
    let headers = asked.headers();
    let protocol = asked.protocol(METHOD);
    let Ok(request) = asked.request(&headers, &protocol) else { return };
    let Some(deviation) = chosen(&mut asked.choices()) else { return };
    let secrets = asked.secrets();
    let mut derivation = Derivation::default();
    let Ok(right) = derive(&Recipe::RFC5849, &request, METHOD, &secrets) else { return };
    if Conduct::of(&[Cause::Deviation(deviation)]).derive(&mut derivation, &request, METHOD, &secrets).is_err() {
        return;
    }
    let subject = Subject { request: &request, method: METHOD, secrets: Some(secrets), hosts: &[], paths: &[] };
    let evidence = Evidence { signature: Some(SignatureText::whole(&derivation.signature)), ..Evidence::default() };
    let found = diagnose(&subject, &evidence, &mut Budget { most: MOST, mistakes: 2, ..Budget::default() });
    if *derivation.signature == *right.signature {
        assert_eq!(found.outcome, Outcome::Right, "{} changes nothing, and is said to", deviation.id);
        return;
    }
    assert_ne!(found.outcome, Outcome::Right, "{} changes the signature, and nothing is said to be wrong", deviation.id);
    assert!(found.outcome != Outcome::Unexplained || found.tried >= MOST / 2, "{} is not found", deviation.id);
    for set in &found.sets {
        assert!(is_proved(&subject, &evidence, set), "{:?} is named for {}, and does not give its signature", found.ids(), deviation.id);
        let mut again = Derivation::default();
        let told = Conduct::of(set).derive(&mut again, &request, METHOD, &secrets);
        assert_eq!((told, shown(&again.signature)), (Ok(()), shown(&derivation.signature)), "{:?} for {}", found.ids(), deviation.id);
    }
}

/// A departure of the derivation.
fn chosen(choices: &mut Unstructured<'_>) -> Option<&'static Deviation> {
    let known: Vec<&Deviation> = all().filter(|deviation| deviation.stage.side() == Side::Signing).collect();
    let number = choices.arbitrary::<u16>().ok()?;
    known.get(usize::from(number) % known.len().max(1)).copied()
}
