//! Refusals: what a profile's must rules and RFC 5849 section 3.2 say that a server does not take. Each row is one request that breaks one
//! rule; where a profile says nothing, the rule is that of the specification's own profile.

use super::ground::{Ground, NOBODY};
use super::{Presents, set, step};
use crate::probe::means::Authorization;
use crate::probe::plan::LeftOut;
use crate::probe::step::{Edit, Step, Wanted};
use crate::profile::Level;
use crate::profile::document::{EndpointName, Place, TokenType};
use crate::profile::kinds::{Check, Direction};
use crate::profile::rule::Rule;
use crate::profile::value::Value;
use crate::protocol::{Code, Secret, SignatureMethod};

/// Every refusal of an endpoint.
pub(in crate::probe) fn of(ground: &Ground<'_>, steps: &mut Vec<Step>, left: &mut Vec<LeftOut>) {
    form(ground, steps);
    required(ground, steps);
    values(ground, steps, left);
    signature(ground, steps);
    freshness(ground, steps, left);
    credentials(ground, steps);
    left_out(ground, left);
}

/// Method, place, what is too much and what is there twice.
fn form(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    let new = |id: &str, title: &str| step(name, id, title);
    for rule in ground.musts() {
        match &rule.check {
            Check::Method { one_of } => {
                if let Some(other) = ["GET", "POST", "PUT"].into_iter().find(|method| !one_of.iter().any(|known| known == method)) {
                    // With another place the request would break two rules.
                    if ground.target.place != Place::Body {
                        let row = new("method", &format!("the method is {other}"));
                        steps.push(row.edit(Edit::Method(other.to_owned())).refused(Code::MalformedRequest).by(&rule.id));
                    }
                }
            }
            Check::Place { one_of } => {
                for place in [Place::Header, Place::Query, Place::Body].into_iter().filter(|place| !one_of.contains(place)) {
                    if place != Place::Body || ground.target.method != "GET" {
                        let row =
                            new(&format!("place-{}", place.as_str()), &format!("the protocol parameters stand in the {}", place.as_str()));
                        steps.push(row.edit(Edit::Place(place)).refused(Code::MalformedRequest).by(&rule.id).section("3.5"));
                    }
                }
            }
            Check::ForbiddenParameters { names } => {
                for parameter in names {
                    let value = if parameter == "oauth_callback" { "oob" } else { NOBODY };
                    let row = new(&format!("{parameter}-forbidden"), &format!("{parameter} is there"));
                    steps.push(row.edit(set(parameter, value)).refused(Code::ParameterRejected).by(&rule.id));
                }
            }
            Check::FormBody {} => steps.extend(untyped(ground, &rule.id)),
            // The one that is sent is what the client calls itself.
            Check::HeaderField { name: field } if field.eq_ignore_ascii_case("user-agent") => {
                let without = Edit::After(|outgoing| outgoing.headers.retain(|(name, _)| name != "User-Agent"));
                let row = new("header-User-Agent", "the header field User-Agent is missing");
                steps.push(row.edit(without).refused(Code::MalformedRequest).by(&rule.id).should());
            }
            Check::RealmRequired {} if ground.target.place == Place::Header => {
                let without = Edit::Before(|draft| draft.realm = None);
                steps.push(
                    new("realm-missing", "the realm is missing").edit(without).refused(Code::ParameterAbsent).by(&rule.id).section("3.5.1"),
                );
            }
            Check::BodyHash { .. } => {
                let row = new("oauth_body_hash-wrong", "oauth_body_hash is that of another body");
                let row =
                    row.edit(set("oauth_body_hash", crate::protocol::signature::body_hash(ground.target.signature_method, Some(b"other"))));
                steps.push(row.refused(Code::BodyHashInvalid).by(&rule.id).by("AV-S23"));
            }
            Check::Realm { .. } if ground.target.place == Place::Header => {
                let other = Edit::Before(|draft| draft.realm = Some(NOBODY.to_owned()));
                steps.push(new("realm", "the realm is another one").edit(other).refused(Code::MalformedRequest).by(&rule.id).should());
            }
            _ => {}
        }
    }
    if ground.target.place == Place::Header {
        let split = Edit::After(|outgoing| {
            // Nonce and timestamp go to the query.
            let Some(header) = crate::probe::draft::authorization(outgoing) else { return };
            let text = String::from_utf8_lossy(header).into_owned();
            let (moved, kept): (Vec<&str>, Vec<&str>) =
                text.split(", ").partition(|part| part.starts_with("oauth_nonce=") || part.starts_with("oauth_timestamp="));
            *header = kept.join(", ").into_bytes();
            let separator = if outgoing.url.contains('?') { "&" } else { "?" };
            outgoing.url = format!("{}{separator}{}", outgoing.url, moved.join("&").replace('"', ""));
        });
        let rule = ground.rule(|check| matches!(check, Check::OnePlace {}));
        let row = new("places-several", "some protocol parameters stand in the header and some in the query").edit(split);
        steps.push(row.refused(Code::ParameterScattered).by(rule).by("AV-S19").section("3.5").should());
    }
    let duplicates = ground.rule(|check| matches!(check, Check::NoDuplicates {}));
    let mut twice = vec![("oauth_nonce", "countersignAgain00000001")];
    match name {
        EndpointName::RequestToken if ground.target.requires("oauth_callback") => twice.push(("oauth_callback", "oob")),
        EndpointName::AccessToken | EndpointName::Resource if ground.target.token.is_some() => twice.push(("oauth_token", NOBODY)),
        _ => {}
    }
    for (parameter, value) in twice {
        let row = new(&format!("{parameter}-twice"), &format!("{parameter} is there twice, and both are signed"));
        let row = row.edit(Edit::Again(parameter.to_owned(), value.as_bytes().to_vec()));
        steps.push(row.refused(Code::ParameterDuplicated).by(&duplicates).by("AV-S17").section("3.1"));
    }
}

/// A form that does not say that it is one.
fn untyped(ground: &Ground<'_>, rule: &str) -> Option<Step> {
    let endpoint = ground.profile.endpoints.get(&ground.name())?;
    let takes = |method: &str| endpoint.methods.is_empty() || endpoint.methods.iter().any(|known| known == method);
    let is_harmless = ground.means.is_loopback || matches!(ground.name(), EndpointName::RequestToken | EndpointName::AccessToken);
    if !endpoint.places.contains(&Place::Body) || !takes("POST") || !is_harmless {
        return None;
    }
    let row = step(ground.name(), "form-untyped", "the protocol parameters stand in a body without a content type");
    let untyped = Edit::After(|outgoing| outgoing.headers.retain(|(name, _)| name != "Content-Type"));
    let row = row.edits([Edit::Method("POST".to_owned()), Edit::Place(Place::Body), untyped]);
    Some(row.refused(Code::MalformedRequest).by(rule).section("3.5.2").should())
}

/// What is missing.
fn required(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let is_plaintext = ground.target.signature_method == SignatureMethod::Plaintext;
    let by_rfc: &[&str] = if is_plaintext {
        &["oauth_consumer_key", "oauth_signature_method", "oauth_signature"]
    } else {
        &["oauth_consumer_key", "oauth_signature_method", "oauth_signature", "oauth_timestamp", "oauth_nonce"]
    };
    let mut names: Vec<String> = by_rfc.iter().map(|&name| name.to_owned()).collect();
    for rule in ground.musts() {
        if let Check::RequiredParameters { names: more } = &rule.check {
            names.extend(more.iter().filter(|name| name.starts_with("oauth_")).cloned());
        }
    }
    let mut seen: Vec<String> = Vec::new();
    for name in names {
        if seen.contains(&name) {
            continue;
        }
        let is_it = |check: &Check| matches!(check, Check::RequiredParameters { names } if names.contains(&name));
        let row = step(ground.name(), &format!("{name}-missing"), format!("{name} is missing"));
        if name == "oauth_session_handle" {
            // Where renewal and exchange have one URL, it is the handle that tells them apart.
            steps.push(row.edit(Edit::Without(name.clone())).wants(Wanted::Refused(None)).by(ground.rule(is_it)));
            seen.push(name);
            continue;
        }
        steps.push(row.edit(Edit::Without(name.clone())).refused(Code::ParameterAbsent).by(ground.rule(is_it)).section("3.1"));
        if matches!(name.as_str(), "oauth_callback" | "oauth_verifier") {
            let row = step(ground.name(), &format!("{name}-empty"), format!("{name} is empty"));
            steps.push(row.edit(set(&name, "")).refused(Code::ParameterAbsent).by(ground.rule(is_it)).section("3.1"));
        }
        seen.push(name);
    }
}

/// Values that are not of their form.
fn values(ground: &Ground<'_>, steps: &mut Vec<Step>, left: &mut Vec<LeftOut>) {
    let name = ground.name();
    let of_version = ground.rule(|check| matches!(check, Check::ParameterValue { name, .. } if name == "oauth_version"));
    steps.push(
        step(name, "oauth_version-2.0", "oauth_version is 2.0")
            .edit(set("oauth_version", "2.0"))
            .refused(Code::VersionRejected)
            .by(of_version),
    );
    if ground.target.signature_method != SignatureMethod::Plaintext {
        let rule = ground.rule(|check| matches!(check, Check::ParameterValue { name, .. } if name == "oauth_timestamp"));
        for (id, value) in [("text", "yesterday"), ("zero", "0")] {
            let row = step(name, &format!("oauth_timestamp-{id}"), format!("oauth_timestamp is {value}"));
            steps.push(row.edit(set("oauth_timestamp", value)).refused(Code::TimestampRefused).by(&rule).section("3.3"));
        }
    }
    for rule in ground.musts() {
        match &rule.check {
            Check::ParameterValue { name: parameter, value }
                if !matches!(parameter.as_str(), "oauth_version" | "oauth_timestamp" | "oauth_token") =>
            {
                let Some(wrong) = wrong(value) else { continue };
                let row = step(name, &format!("{parameter}-wrong"), format!("{parameter} is {wrong}"));
                let row = row.edit(set(parameter, wrong)).refused(Code::ParameterRejected).by(&rule.id);
                steps.push(if parameter == "oauth_callback" { row.section("2.1") } else { row.should() });
            }
            Check::ParameterLengths { limits } => match limits.iter().find(|(name, limit)| name == "oauth_nonce" && *limit < 4096) {
                Some((_, limit)) => {
                    let row = step(name, "oauth_nonce-long", format!("oauth_nonce has {} characters", limit + 1));
                    steps.push(row.edit(set("oauth_nonce", "n".repeat(limit + 1))).refused(Code::ParameterRejected).by(&rule.id).should());
                }
                None => left.push(LeftOut::new(&rule.id, "its lengths are of parameters that cannot be made longer")),
            },
            _ => {}
        }
    }
}

/// A value that has not this form.
fn wrong(value: &Value) -> Option<&'static str> {
    match value {
        Value::OneOf { values } if values.iter().any(|known| known == "oob") => Some("http://countersign.invalid/callback"),
        Value::OneOf { .. } | Value::ListOf { .. } => Some("countersign-wrong"),
        Value::Url {} => Some("oob"),
        Value::Length { min, .. } if *min > 1 => Some("n"),
        Value::UrlOr { .. } => Some("/no-absolute-url"),
        Value::Hex {} | Value::PositiveInteger {} => Some("no-number"),
        Value::LanguageRanges {} => Some("en;q=7"),
        _ => None,
    }
}

fn signature(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    let rule = ground.rule(|check| matches!(check, Check::Signature { .. }));
    let mut add = |id: &str, title: &str, edit: Edit| {
        steps.push(step(name, id, title).edit(edit).refused(Code::SignatureInvalid).by(&rule).by("AV-S01"));
    };
    if !ground.target.signature_method.is_rsa() {
        let other = Edit::Before(|draft| draft.client_secret = Secret::new(b"countersign-another-secret".to_vec()));
        add("signature-client-secret", "it is signed with another client secret", other);
    }
    let has_token = ground.target.with_token_secret && ground.target.token.is_some() && !ground.target.signature_method.is_rsa();
    if has_token && !accepts_client_alone(ground) {
        let none = Edit::Before(|draft| draft.token_secret = Secret::default());
        add("signature-token-secret", "it is signed without the token's secret", none);
    }
    let changed = Edit::Between(|sent| {
        let Some(signature) = sent.value("oauth_signature").map(<[u8]>::to_vec) else { return };
        let mut changed = signature;
        // In the middle: the last character of base64 may have bits that nobody reads.
        let middle = changed.len() / 2;
        if let Some(octet) = changed.get_mut(middle) {
            *octet = if *octet == b'A' { b'B' } else { b'A' };
        }
        sent.set("oauth_signature", &changed);
    });
    add("signature-changed", "one character of the signature is another one", changed);
    add("signature-empty", "the signature is empty", Edit::Between(|sent| sent.set("oauth_signature", b"")));
    let of_method = ground.rule(|check| matches!(check, Check::SignatureMethod { .. }));
    let methods = |id: &str, method: &str| {
        let row = step(name, id, format!("oauth_signature_method is {method}"));
        row.edit(Edit::SignatureMethod(method.to_owned())).refused(Code::SignatureMethodRejected).by(&of_method).by("AV-S30")
    };
    steps.push(methods("signature_method-unknown", "HMAC-MD5"));
    let listed = ground.musts().find_map(|rule| match &rule.check {
        Check::SignatureMethod { one_of } => Some(one_of),
        _ => None,
    });
    let is_listed = |name: &str| listed.is_some_and(|listed| listed.iter().any(|known| known == name));
    if listed.is_some() {
        if !is_listed("HMAC-SHA256") && ground.means.secret.is_some() {
            steps.push(methods("signature_method-HMAC-SHA256", "HMAC-SHA256").should());
        }
        // Elsewhere the secret would be sent to somebody who has not asked for it.
        if !is_listed("PLAINTEXT") && ground.means.is_loopback && ground.means.secret.is_some() {
            steps.push(methods("signature_method-PLAINTEXT", "PLAINTEXT"));
        }
    }
}

/// Some renewals are signed with the client's secret alone.
fn accepts_client_alone(ground: &Ground<'_>) -> bool {
    let endpoint = ground.profile.endpoints.get(&ground.name());
    endpoint.is_some_and(|endpoint| endpoint.secrets.contains(&crate::profile::document::SecretsUsed::Client))
}

/// Timestamp and nonce.
fn freshness(ground: &Ground<'_>, steps: &mut Vec<Step>, left: &mut Vec<LeftOut>) {
    if ground.target.signature_method == SignatureMethod::Plaintext {
        return;
    }
    let name = ground.name();
    let window = ground.musts().find_map(|rule| match &rule.check {
        Check::TimestampWithin { seconds, only } => Some((rule.id.clone(), i64::try_from(*seconds).unwrap_or(i64::MAX / 4), *only)),
        _ => None,
    });
    if let Some((rule, seconds, only)) = window {
        let sides = [("old", "before", -(seconds + 600), Direction::Past), ("ahead", "after", seconds + 600, Direction::Future)];
        for (id, title, later, _) in sides.into_iter().filter(|(.., side)| only.is_none_or(|only| only == *side)) {
            let title = format!("oauth_timestamp is {} seconds {title} the clock, and {seconds} are allowed", seconds + 600);
            let row = step(name, &format!("oauth_timestamp-{id}"), title).edit(Edit::Later(later));
            steps.push(row.refused(Code::TimestampRefused).by(&rule).by("AV-S13").section("3.3"));
        }
    }
    let rule = ground.rule(|check| matches!(check, Check::NonceFresh { .. }));
    if matches!(name, EndpointName::RequestToken | EndpointName::Resource) {
        let row = step(name, "oauth_nonce-repeated", "the very same request a second time").after([]);
        steps.push(row.refused(Code::NonceUsed).by(rule).by("AV-S07").section("3.3"));
    } else {
        left.push(LeftOut::new(format!("{} at {name}", rule), "what it does can be done once, so a repetition shows nothing"));
    }
}

/// Clients and tokens that are none.
fn credentials(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    let client = ground.rule(|check| matches!(check, Check::ClientKnown {}));
    let row = step(name, "client-unknown", "nobody has this oauth_consumer_key");
    steps.push(row.edit(set("oauth_consumer_key", NOBODY)).refused(Code::ClientUnknown).by(client).by("AV-S33"));
    let Some(wanted) = ground.target.token else { return };
    let is_known = |check: &Check| matches!(check, Check::TokenKnown {});
    let is_of_type = |check: &Check| matches!(check, Check::TokenType { .. });
    // Some providers document one of the two, which then stands for both.
    let of = |first: &dyn Fn(&Check) -> bool, other: &dyn Fn(&Check) -> bool| {
        if ground.documents(first) || !ground.documents(other) { ground.rule(first) } else { ground.rule(other) }
    };
    let (known, rule) = (of(&is_known, &is_of_type), of(&is_of_type, &is_known));
    let row = step(name, "token-unknown", "nobody has this oauth_token");
    steps.push(row.edit(set("oauth_token", NOBODY)).refused(Code::TokenRejected).by(&known).by("AV-S34"));
    if wanted == TokenType::Access && ground.can_begin {
        let row = step(name, "token-temporary", "temporary credentials stand in place of token credentials");
        let row = row.presenting(Presents::Undecided).refused(Code::TokenRejected).by(&rule).by("AV-S34");
        // Where the handle of a renewal is missing too, the request has two faults.
        if !ground.target.requires("oauth_session_handle") {
            steps.push(row);
        }
    }
    if name == EndpointName::AccessToken {
        access_token(ground, steps, &rule);
    }
}

fn access_token(ground: &Ground<'_>, steps: &mut Vec<Step>, token: &str) {
    let name = EndpointName::AccessToken;
    let has_verifier = ground.target.requires("oauth_verifier");
    if has_verifier {
        let verifier = ground.rule(|check| matches!(check, Check::Verifier {}));
        let row =
            step(name, "oauth_verifier-wrong", "oauth_verifier is another one").edit(set("oauth_verifier", "countersignWrong00000001"));
        steps.push(row.refused(Code::TokenRejected).by(&verifier).by("AV-S35").section("2.3"));
    }
    let row =
        step(name, "before-authorization", "the temporary credentials were not authorized by anybody").presenting(Presents::Undecided);
    let row = if has_verifier { row.edit(set("oauth_verifier", "countersignWrong00000001")) } else { row };
    steps.push(row.refused(Code::TokenRejected).by("AV-S35").section("2.3"));
    let once = ground.rule(|check| matches!(check, Check::TokenUnused {}));
    let row = step(name, "exchanged-again", "the temporary credentials were exchanged before").presenting(Presents::Exchanged);
    steps.push(row.refused(Code::TokenRejected).by(once).by("AV-S36").section("2.3"));
    if ground.means.authorization == Authorization::Freely || ground.means.token.is_some() {
        let row = step(name, "token-access", "token credentials stand in place of temporary ones").presenting(Presents::Access);
        let row = if has_verifier { row.edit(set("oauth_verifier", "countersignWrong00000001")) } else { row };
        steps.push(row.refused(Code::TokenRejected).by(token).by("AV-S34"));
    }
}

/// Rules that no request of this probe checks, and why.
fn left_out(ground: &Ground<'_>, left: &mut Vec<LeftOut>) {
    let spoken_of = |rule: &&Rule| rule.level == Level::Must && rule.endpoints.contains(&ground.name());
    for rule in ground.profile.rules.iter().filter(spoken_of) {
        let why = match &rule.check {
            Check::Scheme { .. } => "credentials are not sent without TLS, and on this machine http is as good",
            Check::Url {} => "other URLs are not asked",
            Check::TokenLifetime { .. } | Check::DeclaredLifetime {} => "it would take as long as the credentials live",
            Check::TokenIdle { .. } | Check::TokenEndsAtMidnight { .. } => "it would take hours",
            Check::HeaderGrammar {} => "a server may be more lenient than clients must be strict; what it does is asked at level attacks",
            Check::PlaintextWire {} => "servers decode in their own ways, and the secret would be sent",
            Check::OnePlace {} if ground.target.place != Place::Header => "it is asked where the header is the first place",
            Check::Method { .. } if ground.target.place == Place::Body => "with another method the parameters stand in another place too",
            // Where no rule says that the token is known, this one stands for it and is asked.
            Check::TokenType { .. }
                if ground.target.requires("oauth_session_handle") && ground.documents(|check| matches!(check, Check::TokenKnown {})) =>
            {
                "temporary credentials come without a session handle, so that the request would have two faults"
            }
            Check::RevokedIsRefused {} if !ground.profile.endpoints.contains_key(&EndpointName::Revoke) => {
                "the provider documents no request that revokes"
            }
            _ => continue,
        };
        if !left.iter().any(|known| known.what == rule.id) {
            left.push(LeftOut::new(&rule.id, why));
        }
    }
}

/// The last question to token credentials that were revoked.
pub(in crate::probe) fn revoked(ground: &Ground<'_>) -> Step {
    let rule = ground.rule(|check| matches!(check, Check::RevokedIsRefused {}));
    step(ground.name(), "revoked", "the token credentials were revoked")
        .presenting(Presents::Revoked)
        .wants(Wanted::Refused(Some(Code::TokenRejected)))
        .by(rule)
}
