//! Checks of credentials, signature, timestamp and nonce, with the protocol core.

use super::assessment::Facts;
use super::document::{NonceScope, Place, SecretsUsed, TokenType};
use super::kinds::{Check, Credential, Direction, Hash};
use super::outcome::{Judged, any_of, shown};
use super::rule::Rule;
use super::value::{positive_integer, timestamp_hint};
use crate::protocol::signature::{self, base64_octets, rsa_verifies};
use crate::protocol::{Code, Derivation, PublicKey, Recipe, Secret, Secrets, SignatureMethod};

pub(super) fn identifier(facts: &Facts<'_>, name: &str, credential: Credential) -> Judged {
    let Some(found) = facts.reading.found(name) else { return Judged::Not };
    let (known, code, whose) = match credential {
        Credential::Client => (facts.exchange.client.as_ref().map(|client| &client.identifier), Code::ClientUnknown, "client's identifier"),
        Credential::Token => (facts.exchange.token.as_ref().map(|token| &token.identifier), Code::TokenRejected, "token's identifier"),
    };
    let Some(known) = known else { return Judged::Not };
    if found.value == known.as_bytes() {
        return Judged::Kept;
    }
    let hint = if known.contains('+') && found.value == known.replace('+', " ").as_bytes() {
        ": its + was not percent-encoded, so it reads as a blank"
    } else if found.raw.windows(3).any(|escape| escape == b"%25") {
        ": it is percent-encoded twice"
    } else {
        ""
    };
    Judged::client(code, Some(format!("{name} is not the {whose}{hint}"))).about([name])
}

pub(super) fn signature_method(facts: &Facts<'_>, one_of: &[String]) -> Judged {
    let Some(method) = facts.reading.text("oauth_signature_method") else { return Judged::Not };
    let wrong = !one_of.iter().any(|known| known == method);
    let because = || format!("the signature method is {}, not {}", shown("oauth_signature_method", method.as_bytes()), any_of(one_of));
    Judged::client(Code::SignatureMethodRejected, wrong.then(because)).about(["oauth_signature_method"])
}

/// RFC 5849 section 3.2: the signature is computed anew. Nothing is said where a key is not known or the method is no method.
pub(super) fn signature(facts: &Facts<'_>, secrets: &[SecretsUsed]) -> Judged {
    let Some(client) = facts.client() else { return Judged::Not };
    let Some(presented) = facts.reading.value("oauth_signature").filter(|signature| !signature.is_empty()) else { return Judged::Not };
    let name = facts.reading.value("oauth_signature_method").unwrap_or_default();
    let Ok(method) = SignatureMethod::from_name(name) else { return Judged::Not };
    if method.is_rsa() {
        let Some(Ok(key)) = client.public_key.as_deref().map(PublicKey::from_pem) else { return Judged::Not };
        return of_matches(rsa_matches(facts, method, &key, presented));
    }
    let Some(client_secret) = &client.secret else { return Judged::Not };
    let mut any = None;
    let mut all_known = true;
    for used in secrets {
        let Some(token_secret) = token_secret(facts, *used) else {
            all_known = false;
            continue;
        };
        let secrets = Secrets::new(client_secret.expose(), token_secret);
        let computed = facts.reading.with_request(&facts.exchange.request, |request| {
            let mut derivation = Derivation::default();
            derivation.derive(&Recipe::RFC5849, request, method, &secrets).map(|()| derivation.signature.to_vec())
        });
        let Ok(Ok(computed)) = computed else { continue };
        any = Some(any == Some(true) || computed == presented);
    }
    // One that nobody can compute may be the right one.
    of_matches(any.filter(|matches| *matches || all_known))
}

fn of_matches(matches: Option<bool>) -> Judged {
    let because = "the signature is not the one computed".to_owned();
    match matches {
        None => Judged::Not,
        Some(matches) => Judged::client(Code::SignatureInvalid, (!matches).then_some(because)).about(["oauth_signature"]),
    }
}

fn rsa_matches(facts: &Facts<'_>, method: SignatureMethod, key: &PublicKey, presented: &[u8]) -> Option<bool> {
    let base_string = facts.reading.with_request(&facts.exchange.request, |request| {
        let mut derivation = Derivation::default();
        derivation.derive_base_string(&Recipe::RFC5849, request).map(|()| derivation.base_string.to_vec())
    });
    let Ok(Ok(base_string)) = base_string else { return None };
    Some(base64_octets(presented).is_some_and(|octets| rsa_verifies(method, key, &base_string, &octets)))
}

/// The token's part of the key: empty where none is used or presented, `None` where it is not known.
fn token_secret<'a>(facts: &Facts<'a>, used: SecretsUsed) -> Option<&'a [u8]> {
    let presented = facts.reading.value("oauth_token").is_some_and(|token| !token.is_empty());
    match used {
        SecretsUsed::Client => Some(&[]),
        SecretsUsed::ClientAndToken if !presented => Some(&[]),
        SecretsUsed::ClientAndToken => facts.token().and_then(|token| token.secret.as_ref()).map(Secret::expose),
    }
}

/// RFC 5849 section 3.4.4 with section 3.6: the key's `&` travels as `%26`, once encoded, in whatever place.
pub(super) fn plaintext_wire(facts: &Facts<'_>) -> Judged {
    let Some(found) = facts.reading.found("oauth_signature") else { return Judged::Not };
    let holds = |text: &[u8]| found.raw.windows(text.len()).any(|window| window == text);
    // A secret may hold a & of its own, which is encoded before the secrets are joined and so twice on the wire.
    let because = if holds(b"&") {
        Some("the & of the PLAINTEXT signature is not percent-encoded")
    } else if holds(b"%26") {
        None
    } else if holds(b"%2526") {
        Some("the & of the PLAINTEXT signature is percent-encoded twice")
    } else {
        let ends = found.place != Place::Header;
        Some(if ends { "the PLAINTEXT signature has no %26: a raw & ends the parameter" } else { "the PLAINTEXT signature has no %26" })
    };
    Judged::client(Code::SignatureInvalid, because.map(str::to_owned)).about(["oauth_signature"])
}

/// The body hash extension; an absent body hashes like an empty one.
pub(super) fn body_hash(facts: &Facts<'_>, hash: Hash) -> Judged {
    let Some(presented) = facts.reading.value("oauth_body_hash") else { return Judged::Not };
    let (like, name) = match hash {
        Hash::Sha1 => (SignatureMethod::HmacSha1, "SHA-1"),
        Hash::Sha256 => (SignatureMethod::HmacSha256, "SHA-256"),
    };
    let body = facts.exchange.request.body.as_ref().map(|body| body.0.as_slice());
    let wrong = signature::body_hash(like, body).as_bytes() != presented;
    let because = || format!("oauth_body_hash is not the {name} of the body, in base64");
    Judged::client(Code::BodyHashInvalid, wrong.then(because)).about(["oauth_body_hash"])
}

pub(super) fn timestamp(facts: &Facts<'_>, seconds: u64, only: Option<Direction>) -> Judged {
    let (Some(now), Some(text)) = (facts.exchange.now, facts.reading.text("oauth_timestamp")) else { return Judged::Not };
    // Zero is a number too: that it is not a positive one is another rule's business.
    let Some(timestamp) = positive_integer(text).or_else(|| (text == "0").then_some(0)) else { return not_a_number(facts, text) };
    let apart = now.abs_diff(timestamp);
    let side = if timestamp > now { "ahead of" } else { "behind" };
    let hint = timestamp_hint(timestamp, now, seconds).map_or(String::new(), |hint| format!("; {hint}"));
    let counts = match only {
        None => true,
        Some(Direction::Past) => timestamp < now,
        Some(Direction::Future) => timestamp > now,
    };
    let because = || format!("oauth_timestamp is {apart} s {side} the clock, {seconds} s are allowed{hint}");
    Judged::client(Code::TimestampRefused, (counts && apart > seconds).then(because)).about(["oauth_timestamp"])
}

/// What is no number is near to no clock. Where the profile has a rule on the form of a timestamp, that one says so.
fn not_a_number(facts: &Facts<'_>, text: &str) -> Judged {
    let speaks_of_it = |rule: &Rule| {
        rule.endpoints.contains(&facts.exchange.endpoint)
            && matches!(&rule.check, Check::ParameterValue { name, .. } if name == "oauth_timestamp")
    };
    if facts.profile.rules.iter().any(speaks_of_it) {
        return Judged::Not;
    }
    let because = format!("oauth_timestamp is no number of seconds: {}", shown("oauth_timestamp", text.as_bytes()));
    Judged::client(Code::TimestampRefused, Some(because)).about(["oauth_timestamp"])
}

/// RFC 5849 section 3.3; what a nonce may not be repeated with differs between providers.
pub(super) fn nonce(facts: &Facts<'_>, per: &[NonceScope]) -> Judged {
    let Some(nonce) = facts.reading.text("oauth_nonce") else { return Judged::Not };
    let value = |name: &str| facts.reading.value(name).unwrap_or_default();
    let repeats = |[client, token, timestamp, earlier]: &[String; 4]| {
        let same = per.iter().all(|scope| match scope {
            NonceScope::Client => client.as_bytes() == value("oauth_consumer_key"),
            NonceScope::Token => token.as_bytes() == value("oauth_token"),
            NonceScope::Timestamp => timestamp.as_bytes() == value("oauth_timestamp"),
        });
        same && earlier == nonce
    };
    let used = facts.exchange.seen.iter().any(repeats);
    let with = if per.contains(&NonceScope::Timestamp) { " with this timestamp" } else { "" };
    Judged::client(Code::NonceUsed, used.then(|| format!("the nonce was used before{with}"))).about(["oauth_nonce"])
}

pub(super) fn client(facts: &Facts<'_>) -> Judged {
    let Some(key) = facts.reading.text("oauth_consumer_key") else { return Judged::Not };
    let unknown = facts.client().is_none();
    let because = || format!("no client is known as {}", shown("oauth_consumer_key", key.as_bytes()));
    Judged::client(Code::ClientUnknown, unknown.then(because)).about(["oauth_consumer_key"])
}

pub(super) fn token(facts: &Facts<'_>) -> Judged {
    if facts.reading.text("oauth_token").is_none() {
        return Judged::Not;
    }
    let unknown = facts.token().is_none();
    Judged::client(Code::TokenRejected, unknown.then(|| "the token is unknown".to_owned())).about(["oauth_token"])
}

pub(super) fn token_type(facts: &Facts<'_>, wanted: TokenType) -> Judged {
    let Some(token) = facts.token() else { return Judged::Not };
    let because = match wanted {
        TokenType::Temporary => "oauth_token is an access token, not the request token",
        TokenType::Access => "oauth_token is a request token, not the access token",
    };
    Judged::client(Code::TokenRejected, (token.token_type != wanted).then(|| because.to_owned())).about(["oauth_token"])
}

pub(super) fn verifier(facts: &Facts<'_>) -> Judged {
    let Some(expected) = facts.token().and_then(|token| token.verifier.as_ref()) else { return Judged::Not };
    let Some(verifier) = facts.reading.value("oauth_verifier") else { return Judged::Not };
    let wrong = verifier != expected.as_bytes();
    Judged::client(Code::TokenRejected, wrong.then(|| "oauth_verifier is not the one of this token".to_owned())).about(["oauth_verifier"])
}
