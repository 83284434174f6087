//! Other checks of what can be said without a secret: places, version, presence, signature method, transport (RFC 5849 sections 3.1, 3.2, 3.4.4
//! and 3.5).

use crate::deviation::Deviation;
use crate::deviation::rows::departures;
use crate::protocol::verification::{Checks, Examined, Refusal};
use crate::protocol::{Code, SignatureMethod};

const RIGHT: Checks = Checks::RFC5849;

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "verify.duplicates-first-wins" Places "3.1", "a protocol parameter may stand there more than once, and its first value counts",
        "refuse a request in which a protocol parameter stands more than once", Seen [
            "https://github.com/notEthan/oauthenticator/issues/1",
        ], |practice| practice.checks.places = but_duplicates;
    "verify.duplicates-last-wins" Places "3.1", "a protocol parameter may stand there more than once, and its last value counts",
        "refuse a request in which a protocol parameter stands more than once", Seen [
            "https://github.com/notEthan/oauthenticator/issues/1",
        ], |practice| {
            practice.checks.protocol = |protocol| protocol.reverse();
            practice.checks.places = but_duplicates;
        };
    "verify.places-mixed" Places "3.5", "protocol parameters may stand in several places of a request",
        "take protocol parameters from one place only: header, body or query", Plausible [],
        |practice| practice.checks.places = |examined| but(examined, RIGHT.places, Code::ParameterScattered);
    "verify.places-unchecked" Places "3.5", "it is not checked where protocol parameters stand, nor how often",
        "take protocol parameters from one place only, and each once", Plausible [], |practice| practice.checks.places = |_| Ok(());
    "verify.header-wins" Places "3.5", "protocol parameters of query and body are passed over where there is a header",
        "refuse a request whose protocol parameters stand in several places", Plausible [],
        |practice| practice.checks.protocol = |protocol| {
            use crate::protocol::Source;
            if protocol.iter().any(|parameter| parameter.source == Source::Header) {
                protocol.retain(|parameter| parameter.source == Source::Header);
            }
        };
    "verify.header-only" Places "3.5", "protocol parameters are taken from the Authorization header only",
        "take protocol parameters from a form body and from the query too", Plausible [],
        |practice| practice.checks.protocol = |protocol| protocol.retain(|parameter| parameter.source == crate::protocol::Source::Header);
    "verify.version-ignored" VerifyVersion "3.2", "oauth_version is not looked at",
        "refuse a request whose oauth_version is there and not 1.0", Plausible [], |practice| practice.checks.version = |_| Ok(());
    "verify.version-required" VerifyVersion "3.1", "a request without oauth_version is refused",
        "take requests without oauth_version: it is optional", Seen [
            "https://github.com/desmondmorris/node-twitter/issues/4",
            "https://github.com/jacobkiers/OAuth/issues/3",
        ], |practice| practice.checks.version = |examined| match examined.get("oauth_version") {
            None => refuse(Code::ParameterAbsent, "oauth_version is missing"),
            Some(_) => (RIGHT.version)(examined),
        };
    "verify.version-1.0a-accepted" VerifyVersion "3.1", "oauth_version may be 1.0a too",
        "take 1.0 only", Seen ["https://github.com/ciaranj/node-oauth/issues/271"],
        |practice| practice.checks.version = |examined| match examined.get("oauth_version") {
            Some(version) if version.eq_ignore_ascii_case(b"1.0a") => Ok(()),
            _ => (RIGHT.version)(examined),
        };
    "verify.version-1.0a-only" VerifyVersion "3.1", "oauth_version must be 1.0a",
        "take 1.0 only, and requests without it", Seen ["https://github.com/natevw/fermata/issues/48"],
        |practice| practice.checks.version = |examined| match examined.get("oauth_version") {
            Some(b"1.0") => refuse(Code::VersionRejected, "oauth_version is not 1.0a"),
            Some(version) if version.eq_ignore_ascii_case(b"1.0a") => Ok(()),
            _ => (RIGHT.version)(examined),
        };
    "verify.version-as-number" VerifyVersion "3.1", "oauth_version is compared as a number, so that 1 and 1.00 pass",
        "compare oauth_version as text", Plausible [],
        |practice| practice.checks.version = |examined| {
            let number = examined.get("oauth_version").and_then(|version| std::str::from_utf8(version).ok()?.parse::<f64>().ok());
            // The same number to the last bit, as such a verifier compares it.
            if number.is_some_and(|number| number.total_cmp(&1.0).is_eq()) { Ok(()) } else { (RIGHT.version)(examined) }
        };
    "verify.version-empty-accepted" VerifyVersion "3.1", "an empty oauth_version passes for none",
        "refuse an oauth_version that is there and not 1.0", Plausible [],
        |practice| practice.checks.version = |examined| match examined.get("oauth_version") {
            Some(b"") => Ok(()),
            _ => (RIGHT.version)(examined),
        };
    "verify.presence-unchecked" Presence "3.1", "it is not checked whether the required parameters are there",
        "refuse a request without one of the required parameters", Plausible [], |practice| practice.checks.presence = |_| Ok(());
    "verify.nonce-missing-accepted" Presence "3.1", "a request without oauth_nonce is accepted",
        "refuse a signed request without oauth_nonce", Plausible [], |practice| practice.checks.presence = |examined| unless_missing(examined, "oauth_nonce");
    "verify.timestamp-missing-accepted" Presence "3.1", "a request without oauth_timestamp is accepted",
        "refuse a signed request without oauth_timestamp", Plausible [], |practice| practice.checks.presence = |examined| unless_missing(examined, "oauth_timestamp");
    "verify.plaintext-needs-nonce" Presence "3.1", "PLAINTEXT without timestamp and nonce is refused",
        "take PLAINTEXT without timestamp and nonce", Plausible [],
        |practice| practice.checks.presence = |examined| {
            (RIGHT.presence)(examined)?;
            match ["oauth_timestamp", "oauth_nonce"].into_iter().all(|name| examined.get(name).is_some()) {
                true => Ok(()),
                false => refuse(Code::ParameterAbsent, "timestamp or nonce is missing"),
            }
        };
    "verify.token-always-required" Presence "3.1", "a request without oauth_token is refused, also where none is needed",
        "take requests without a token where the client acts for itself", Plausible [],
        |practice| practice.checks.presence = |examined| {
            (RIGHT.presence)(examined)?;
            if examined.token().is_some() { Ok(()) } else { refuse(Code::ParameterAbsent, "oauth_token is missing") }
        };
    "verify.method-list-ignored" VerifyMethod "3.2", "the list of allowed signature methods is not looked at",
        "refuse signature methods that the server or the client's registration does not allow", Plausible [],
        |practice| practice.checks.method = |examined| {
            let mut open = Examined { knowledge: examined.knowledge, protocol: examined.protocol.clone(), request: examined.request.clone(), ..*examined };
            open.knowledge.allowed_methods = None;
            (RIGHT.method)(&open)
        };
    "verify.method-key-unchecked" VerifyMethod "3.4", "a client can sign with a method for which it has no key, and an empty key is taken",
        "refuse HMAC and PLAINTEXT of a client without a secret, and RSA of one without a public key", Plausible [],
        |practice| practice.checks.method = |examined| {
            let mut open = Examined { knowledge: examined.knowledge, protocol: examined.protocol.clone(), request: examined.request.clone(), ..*examined };
            open.knowledge.client = None;
            (RIGHT.method)(&open)
        };
    "verify.plaintext-refused" VerifyMethod "3.2", "PLAINTEXT is refused, though the server's list does not",
        "say which signature methods are allowed, and refuse no others", Plausible [],
        |practice| practice.checks.method = |examined| match examined.method()? {
            SignatureMethod::Plaintext => refuse(Code::SignatureMethodRejected, "PLAINTEXT is not offered"),
            _ => (RIGHT.method)(examined),
        };
    "verify.plaintext-over-http" Transport "3.4.4", "PLAINTEXT is accepted without TLS",
        "refuse PLAINTEXT without TLS", Seen ["https://github.com/wilfredinni/noodle/issues/159"], |practice| practice.checks.transport = |_| Ok(());
    "verify.forwarded-proto-trusted" Transport "3.4.4", "a header field that anybody can send is believed when it says that the request came over TLS",
        "believe X-Forwarded-Proto only if the own proxy has set it", Plausible [],
        |practice| practice.checks.transport = |examined| {
            let says_https = |value: &[u8]| contains_https(value);
            let forwarded = examined.request.headers.iter().any(|header| {
                (header.name.eq_ignore_ascii_case(b"x-forwarded-proto") || header.name.eq_ignore_ascii_case(b"forwarded")) && says_https(header.value)
            });
            if forwarded { Ok(()) } else { (RIGHT.transport)(examined) }
        };
    "verify.https-required" Transport "3.4", "every request without TLS is refused, also a signed one",
        "refuse only PLAINTEXT and requests for credentials without TLS, or say that the service needs it", Plausible [],
        |practice| practice.checks.transport = |examined| {
            if examined.request.url.is_https() { Ok(()) } else { refuse(Code::InsecureTransport, "the request came without TLS") }
        };
];

pub(super) fn refuse(code: Code, because: &'static str) -> Result<(), Refusal> {
    Err(Refusal::new(code, because))
}

/// A check whose refusal with this code is passed over.
pub(super) fn but(examined: &Examined<'_>, check: fn(&Examined<'_>) -> Result<(), Refusal>, passed_over: Code) -> Result<(), Refusal> {
    match check(examined) {
        Err(refusal) if refusal.code == passed_over => Ok(()),
        other => other,
    }
}

/// Places without the rule that each parameter stands there once.
fn but_duplicates(examined: &Examined<'_>) -> Result<(), Refusal> {
    let place = examined.protocol.first().map(|first| first.source);
    match examined.protocol.iter().any(|parameter| Some(parameter.source) != place) {
        true => refuse(Code::ParameterScattered, "protocol parameters stand in more than one place"),
        false => Ok(()),
    }
}

/// Presence, if this one is not missing altogether; the others are asked for all the same.
fn unless_missing(examined: &Examined<'_>, name: &str) -> Result<(), Refusal> {
    match (RIGHT.presence)(examined) {
        Err(refusal) if refusal.because.starts_with(name) && examined.get(name).is_none() => Ok(()),
        other => other,
    }
}

fn contains_https(value: &[u8]) -> bool {
    memchr::memmem::find(&value.to_ascii_lowercase(), b"https").is_some()
}
