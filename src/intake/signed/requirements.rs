//! What was sent against what is required: RFC 5849 sections 3.1 (parameters), 3.3 (nonce and timestamp), 3.4 (signature method) and
//! 3.5 (one place). Whether a parameter such as `oauth_callback` is wanted depends on the endpoint, and is not guessed.

use super::{Finding, SignedRequest, is_protocol};
use crate::intake::pasted::shown;
use crate::protocol::{SignatureMethod, Url};

/// The difference that is worth a word, in seconds: what most servers allow.
const USUAL_WINDOW: u64 = 300;
/// Fewer characters make no good nonce.
const SHORT_NONCE: usize = 8;
/// The first number that is taken for milliseconds: in seconds it is beyond the year 5000, in milliseconds it is 1973.
const MILLISECONDS: u64 = 100_000_000_000;
/// The most names that are listed.
const MAX_NAMES: usize = 20;

/// Parameters that this specification and its known extensions have.
const KNOWN: [&[u8]; 12] = [
    b"oauth_body_hash",
    b"oauth_callback",
    b"oauth_consumer_key",
    b"oauth_error_in_response_body",
    b"oauth_nonce",
    b"oauth_session_handle",
    b"oauth_signature",
    b"oauth_signature_method",
    b"oauth_timestamp",
    b"oauth_token",
    b"oauth_verifier",
    b"oauth_version",
];

/// All findings, in the order of the sections.
pub(super) fn check(signed: &SignedRequest, now: Option<u64>) -> Vec<Finding> {
    let mut found = Vec::new();
    presence(signed, &mut found);
    names(signed, &mut found);
    if signed.get("oauth_version").is_some_and(|version| version != b"1.0") {
        found.push(Finding::must("3.1", "oauth_version is not 1.0"));
    }
    found.extend(timestamp(signed, now));
    if signed.get("oauth_nonce").is_some_and(|nonce| !nonce.is_empty() && nonce.len() < SHORT_NONCE) {
        found.push(Finding::should("3.3", format!("oauth_nonce has fewer than {SHORT_NONCE} characters")));
    }
    found.extend(method(signed));
    found
}

fn presence(signed: &SignedRequest, found: &mut Vec<Finding>) {
    let plaintext = signed.get("oauth_signature_method") == Some(b"PLAINTEXT");
    let dated: &[&str] = if plaintext { &[] } else { &["oauth_timestamp", "oauth_nonce"] };
    for name in ["oauth_consumer_key", "oauth_signature_method", "oauth_signature"].iter().chain(dated) {
        match signed.get(name) {
            None => found.push(Finding::must("3.1", format!("{name} is missing"))),
            Some([]) => found.push(Finding::must("3.1", format!("{name} is empty"))),
            Some(_) => {}
        }
    }
}

/// Names that stand there twice, in two places, or that nobody knows.
fn names(signed: &SignedRequest, found: &mut Vec<Finding>) {
    let mut names: Vec<&[u8]> = signed.sent.iter().map(|parameter| parameter.name).collect();
    names.sort_unstable();
    let mut counted: Vec<(&[u8], usize)> = Vec::new();
    for name in names {
        match counted.last_mut() {
            Some((last, count)) if *last == name => *count += 1,
            _ => counted.push((name, 1)),
        }
    }
    let twice = counted.iter().filter(|(_, count)| *count > 1).take(MAX_NAMES);
    found.extend(twice.map(|(name, _)| Finding::must("3.1", format!("{} stands there more than once", shown(name)))));
    let place = signed.sent.iter().next().map(|parameter| parameter.source);
    if signed.sent.iter().any(|parameter| Some(parameter.source) != place) {
        found.push(Finding::must("3.5", "protocol parameters stand in more than one place"));
    }
    for (name, _) in counted.iter().filter(|(name, _)| is_protocol(name) && !KNOWN.contains(name)).take(MAX_NAMES) {
        let lower = name.to_ascii_lowercase();
        found.push(if lower.ends_with(b"_secret") {
            Finding::must("3.1", format!("{} was sent: a secret never is, and this one is to be replaced", shown(name)))
        } else if KNOWN.contains(&lower.as_slice()) {
            Finding::must("3.1", format!("{} is not in lower case", shown(name)))
        } else {
            Finding::should("3.1", format!("{} is no parameter of the specification or of an extension that is known here", shown(name)))
        });
    }
}

fn timestamp(signed: &SignedRequest, now: Option<u64>) -> Option<Finding> {
    let text = signed.get("oauth_timestamp").filter(|text| !text.is_empty())?;
    if !text.iter().all(u8::is_ascii_digit) || text.iter().all(|digit| *digit == b'0') {
        return Some(Finding::must("3.3", "oauth_timestamp is not a positive integer"));
    }
    let Some(stamp) = text.iter().try_fold(0_u64, |sum, digit| sum.checked_mul(10)?.checked_add(u64::from(digit - b'0'))) else {
        return Some(Finding::must("3.3", "oauth_timestamp is beyond every clock"));
    };
    if stamp >= MILLISECONDS {
        return Some(Finding::must("3.3", format!("oauth_timestamp {stamp} is in milliseconds, or finer; it is counted in seconds")));
    }
    let now = now?;
    let off = now.abs_diff(stamp);
    if off <= USUAL_WINDOW {
        return None;
    }
    let side = if stamp < now { "behind" } else { "ahead of" };
    Some(Finding::should("3.3", format!("oauth_timestamp {stamp} is {off} seconds {side} the clock{}", zone(off))))
}

/// A difference of whole hours looks like a time zone.
fn zone(off: u64) -> String {
    let hours = (off + 1800) / 3600;
    if (1..=14).contains(&hours) && off.abs_diff(hours * 3600) <= 60 {
        let plural = if hours == 1 { "" } else { "s" };
        format!(": about {hours} hour{plural}, as a wrong time zone makes it")
    } else {
        String::new()
    }
}

fn method(signed: &SignedRequest) -> Option<Finding> {
    let name = signed.get("oauth_signature_method").filter(|name| !name.is_empty())?;
    match SignatureMethod::from_name(name) {
        Ok(SignatureMethod::Plaintext) if Url::parse(&signed.url).is_ok_and(|url| !url.is_https()) => {
            Some(Finding::must("3.4.4", "PLAINTEXT without TLS: the secrets are open to everybody on the way"))
        }
        Ok(_) => None,
        Err(_) => {
            let near = SignatureMethod::ALL.into_iter().find(|method| method.as_str().as_bytes().eq_ignore_ascii_case(name));
            let hint = near.map(|method| format!(": {} is meant, in upper case", method.as_str())).unwrap_or_default();
            Some(Finding::must("3.4", format!("oauth_signature_method is not one that is known{hint}")))
        }
    }
}
