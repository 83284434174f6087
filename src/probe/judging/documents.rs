//! What the documents say: the statements of rules with their sources, the clause of RFC 5849, and what to do about a missing check.

use crate::probe::plan::Plan;
use crate::profile::Profile;
use crate::protocol::Code;

/// What the documents say of these rules, each with its place; at least the clause.
pub(super) fn of(plan: &Plan, rules: &[&str], section: &str) -> Vec<String> {
    let mut told: Vec<String> = Vec::new();
    for id in rules {
        let found = document(&plan.profile, id).or_else(|| plan.rfc.as_ref().and_then(|rfc| document(rfc, id)));
        if let Some(found) = found.filter(|found| !told.contains(found)) {
            told.push(found);
        }
    }
    let clause = format!("RFC 5849 section {section}: https://www.rfc-editor.org/rfc/rfc5849#section-{section}");
    if !told.iter().any(|told| told.contains("rfc5849")) {
        told.push(clause);
    }
    told.truncate(4);
    told
}

/// A rule's statement and where it is written.
#[must_use]
pub fn document(profile: &Profile, id: &str) -> Option<String> {
    let rule = profile.rule(id)?;
    let place = rule.sources.iter().find_map(|citation| {
        let source = profile.source(&citation.id)?;
        Some(format!("{} ({}), read {}: {}", source.title, citation.at, source.read, source.url))
    });
    Some(match place {
        Some(place) => format!("{id}: {}. {place}", rule.statement),
        None => format!("{id}: {}", rule.statement),
    })
}

/// What a server does that makes no such mistake.
pub(super) const fn advice(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::SignatureInvalid => "compute the signature anew from the request as it came, and compare all of it (RFC 5849 section 3.2)",
        Code::SignatureMethodRejected => "refuse every signature method but those that were agreed on (RFC 5849 section 3.2)",
        Code::TimestampRefused => "refuse timestamps that are no positive integers, and those outside a window (RFC 5849 section 3.3)",
        Code::NonceUsed => {
            "remember client, token, timestamp and nonce of what was accepted, decoded, and refuse it a second time (RFC 5849 section 3.3)"
        }
        Code::VersionRejected => "refuse every oauth_version but 1.0 (RFC 5849 section 3.2)",
        Code::ParameterAbsent => "refuse requests without it, with status 400 (RFC 5849 sections 3.1 and 3.2)",
        Code::ParameterDuplicated => {
            "refuse a protocol parameter that is there twice, with status 400, before anything is read from it (RFC 5849 section 3.2)"
        }
        Code::ParameterScattered => "take protocol parameters from one place alone (RFC 5849 section 3.5)",
        Code::ParameterRejected => "refuse a value that is none of the documented ones, with status 400",
        Code::ClientUnknown => "refuse clients that you do not know, with status 401 (RFC 5849 section 3.2)",
        Code::TokenRejected => {
            "check that the token is known, of this client, of the right sort, authorized, and still good (RFC 5849 section 3.2)"
        }
        Code::MalformedRequest => "refuse what is not documented, or document it",
        _ => return None,
    })
}
