//! The rules of a drafted profile: one for each thing that was seen to be demanded, refused or answered. A rule is only drafted where
//! something broke it and was refused, or where every answer kept to it.

use super::catalogue::prefix;
use super::draft_profile::{Nonces, SOURCE, Seen, Sight, Window};
use super::draft_profile_endpoint::unique;
use super::step::Wanted;
use crate::profile::Profile;
use crate::profile::answer::Answer;
use crate::profile::document::{EndpointName, ErrorAnswer, SuccessFormat, TokenType};
use crate::profile::kinds::{Check, Confirmed, Credential, Direction, Fault, Shape};
use crate::profile::rule::{Citation, Level, Rule, Side};
use crate::profile::value::Value;
use crate::protocol::Code;

/// The most steps that a rule cites.
const MOST_CITED: usize = 8;
/// The longest problem that is written down, in characters.
const LONGEST: usize = 60;

/// Writes rules down.
struct Writer<'p> {
    profile: &'p mut Profile,
}

impl Writer<'_> {
    fn add(&mut self, id: &str, side: Side, endpoints: &[EndpointName], statement: impl Into<String>, at: Vec<String>, check: Check) {
        if at.is_empty() || endpoints.is_empty() {
            return;
        }
        let cited = at.into_iter().take(MOST_CITED).map(|at| Citation { id: SOURCE.to_owned(), at });
        self.profile.rules.push(Rule {
            id: format!("{}.{id}", self.profile.id),
            level: Level::Must,
            side,
            endpoints: endpoints.to_vec(),
            statement: statement.into(),
            sources: cited.collect(),
            spec: Vec::new(),
            when: None,
            check,
        });
    }
}

/// Adds every rule that was seen.
pub(super) fn add(sight: &Sight<'_>, window: &Window, nonces: &Nonces, profile: &mut Profile, not: &mut Vec<(String, String)>) {
    let mut writer = Writer { profile };
    let names: Vec<EndpointName> = writer.profile.endpoints.keys().copied().collect();
    for name in &names {
        request(sight, *name, &mut writer);
        if *name == EndpointName::Authorize {
            authorization(sight, &mut writer);
        } else {
            credentials(sight, *name, &mut writer, not);
        }
        answer(sight, *name, &mut writer);
    }
    let fresh: Vec<EndpointName> = names
        .iter()
        .copied()
        .filter(|name| {
            sight.at(*name).any(|seen| seen.step.is_control && seen.hop.parameters.iter().any(|(name, _)| name == "oauth_timestamp"))
        })
        .collect();
    let only = window.is_of_the_past.then_some(Direction::Past);
    let statement = format!("timestamps {} seconds from the clock are taken, and farther ones refused", window.seconds);
    let check = Check::TimestampWithin { seconds: window.seconds, only };
    writer.add("timestamp", Side::Request, &fresh, statement, window.shown_by.clone(), check);
    let check = Check::NonceFresh { per: nonces.per.clone() };
    writer.add("nonce", Side::Request, &fresh, "a nonce is taken once", nonces.shown_by.clone(), check);
    refusals(sight, &mut writer);
}

/// What was seen to be refused of these steps, if one was and none was accepted.
fn refused(sight: &Sight<'_>, name: EndpointName, ids: &[&str]) -> Vec<String> {
    let tried: Vec<(&Seen<'_>, bool)> = ids.iter().filter_map(|id| sight.find(name, id)).collect();
    if tried.iter().any(|(_, taken)| *taken) {
        return Vec::new();
    }
    tried.iter().map(|(seen, _)| seen.citation()).collect()
}

/// Good requests that were answered, and the steps with these beginnings of ids.
fn steps(sight: &Sight<'_>, name: EndpointName, ids: &[&str]) -> Vec<String> {
    let is_it = |seen: &&Seen<'_>| {
        let own = seen.step.id.split_once('.').map_or("", |(_, own)| own);
        seen.step.id.ends_with("control-first") || seen.step.id.ends_with(".control") || ids.iter().any(|id| own.starts_with(id))
    };
    sight.at(name).filter(is_it).map(Seen::citation).collect()
}

/// URL, method, place and what must be there.
fn request(sight: &Sight<'_>, name: EndpointName, writer: &mut Writer<'_>) {
    let Some(endpoint) = writer.profile.endpoints.get(&name).cloned() else { return };
    let place = prefix(name);
    let id = |what: &str| format!("{place}.{what}");
    let url = endpoint.urls.first().cloned().unwrap_or_default();
    writer.add(&id("url"), Side::Request, &[name], format!("the URL is {url}"), steps(sight, name, &[]), Check::Url {});
    let methods = steps(sight, name, &["method", "also-GET", "also-POST", "also-PUT", "also-DELETE"]);
    let statement = format!("the method is {}", endpoint.methods.join(" or "));
    writer.add(&id("method"), Side::Request, &[name], statement, methods, Check::Method { one_of: endpoint.methods.clone() });
    if name == EndpointName::Authorize {
        return;
    }
    let words: Vec<&str> = endpoint.places.iter().map(|place| place.as_str()).collect();
    let places = steps(sight, name, &["place-", "also-header", "also-query", "also-body"]);
    let statement = format!("the protocol parameters stand in the {}", words.join(" or "));
    writer.add(&id("place"), Side::Request, &[name], statement, places, Check::Place { one_of: endpoint.places.clone() });
    let missing: Vec<String> =
        endpoint.required.iter().flat_map(|parameter| refused(sight, name, &[&format!("{parameter}-missing")])).collect();
    let statement = format!("it asks for {}", endpoint.required.join(", "));
    writer.add(&id("required"), Side::Request, &[name], statement, missing, Check::RequiredParameters { names: endpoint.required.clone() });
    let there: Vec<String> =
        endpoint.forbidden.iter().flat_map(|parameter| refused(sight, name, &[&format!("{parameter}-forbidden")])).collect();
    let statement = format!("it does not take {}", endpoint.forbidden.join(", "));
    writer.add(
        &id("forbidden"),
        Side::Request,
        &[name],
        statement,
        there,
        Check::ForbiddenParameters { names: endpoint.forbidden.clone() },
    );
    let signed = steps(sight, name, &["signature_method", "also-HMAC", "also-PLAINTEXT"]);
    let statement = format!("oauth_signature_method is {}", endpoint.signature_methods.join(" or "));
    let check = Check::SignatureMethod { one_of: endpoint.signature_methods.clone() };
    writer.add(&id("sigmethod"), Side::Request, &[name], statement, signed, check);
    let twice = refused(sight, name, &["oauth_nonce-twice", "oauth_callback-twice", "oauth_token-twice"]);
    writer.add(&id("duplicates"), Side::Request, &[name], "no protocol parameter is there twice", twice, Check::NoDuplicates {});
    let scattered = refused(sight, name, &["places-several"]);
    writer.add(&id("one_place"), Side::Request, &[name], "the protocol parameters stand in one place", scattered, Check::OnePlace {});
    let realm = refused(sight, name, &["realm-missing"]);
    writer.add(&id("realm"), Side::Request, &[name], "the header carries a realm", realm, Check::RealmRequired {});
    let version = refused(sight, name, &["oauth_version-2.0"]);
    let check = Check::ParameterValue { name: "oauth_version".to_owned(), value: Value::OneOf { values: vec!["1.0".to_owned()] } };
    writer.add(&id("version"), Side::Request, &[name], "oauth_version is 1.0, where it is sent", version, check);
    let numbers = refused(sight, name, &["oauth_timestamp-text", "oauth_timestamp-zero"]);
    let check = Check::ParameterValue { name: "oauth_timestamp".to_owned(), value: Value::PositiveInteger {} };
    writer.add(&id("timestamp.format"), Side::Request, &[name], "oauth_timestamp is a positive integer", numbers, check);
    if name == EndpointName::RequestToken {
        callback(sight, writer);
    }
}

fn callback(sight: &Sight<'_>, writer: &mut Writer<'_>) {
    let name = EndpointName::RequestToken;
    let forms = writer.profile.callback;
    let oob = || vec!["oob".to_owned()];
    let (value, statement, shown) = match (forms.oob, forms.url) {
        (true, false) => (Value::OneOf { values: oob() }, "oauth_callback is oob", refused(sight, name, &["oauth_callback-wrong"])),
        (true, true) => (
            Value::UrlOr { values: oob() },
            "oauth_callback is a URL or oob",
            refused(sight, name, &["oauth_callback-wrong", "oauth_callback-relative"]),
        ),
        (false, true) => (Value::Url {}, "oauth_callback is a URL", refused(sight, name, &["oauth_callback-wrong", "also-callback"])),
        (false, false) => return,
    };
    let shown = if shown.is_empty() && forms.oob && !forms.url { refused(sight, name, &["also-callback"]) } else { shown };
    writer.add("rt.callback", Side::Request, &[name], statement, shown, Check::ParameterValue { name: "oauth_callback".to_owned(), value });
}

/// Signature, client, token and what else must be right.
fn credentials(sight: &Sight<'_>, name: EndpointName, writer: &mut Writer<'_>, not: &mut Vec<(String, String)>) {
    let Some(endpoint) = writer.profile.endpoints.get(&name).cloned() else { return };
    let place = prefix(name);
    let id = |what: &str| format!("{place}.{what}");
    let wrong = refused(sight, name, &["signature-changed", "signature-client-secret", "signature-empty"]);
    if wrong.is_empty() {
        not.push((format!("{name} signature"), "no wrong signature was refused".to_owned()));
    }
    writer.add(
        &id("signature"),
        Side::Request,
        &[name],
        "the signature is the one of RFC 5849",
        wrong,
        Check::Signature { secrets: endpoint.secrets },
    );
    let client = refused(sight, name, &["client-unknown"]);
    writer.add(&id("client"), Side::Request, &[name], "the client is known", client, Check::ClientKnown {});
    if let Some(token_type) = endpoint.token {
        let known = refused(sight, name, &["token-unknown"]);
        writer.add(&id("token"), Side::Request, &[name], "the token is known", known, Check::TokenKnown {});
        let (other, word) = match token_type {
            TokenType::Access => ("token-temporary", "token credentials are presented"),
            TokenType::Temporary => ("token-access", "temporary credentials are presented"),
        };
        writer.add(&id("token.type"), Side::Request, &[name], word, refused(sight, name, &[other]), Check::TokenType { token_type });
    }
    if name == EndpointName::AccessToken {
        let verifier = refused(sight, name, &["oauth_verifier-wrong"]);
        writer.add(
            "at.verifier",
            Side::Request,
            &[name],
            "oauth_verifier is the one that the user was given",
            verifier,
            Check::Verifier {},
        );
        let again = refused(sight, name, &["exchanged-again"]);
        writer.add("at.once", Side::Flow, &[name], "temporary credentials are exchanged once", again, Check::TokenUnused {});
    }
    if name == EndpointName::Resource {
        let revoked = refused(sight, name, &["revoked"]);
        writer.add("api.revoked", Side::Flow, &[name], "revoked token credentials are refused", revoked, Check::RevokedIsRefused {});
    }
}

/// The authorization URL and the way back.
fn authorization(sight: &Sight<'_>, writer: &mut Writer<'_>) {
    let name = EndpointName::Authorize;
    let Some(endpoint) = writer.profile.endpoints.get(&name).cloned() else { return };
    let shown = || steps(sight, name, &[]);
    let carried = endpoint.required.iter().chain(&endpoint.optional);
    for parameter in carried.filter(|parameter| matches!(parameter.as_str(), "oauth_token" | "token")) {
        let check = Check::ParameterIs { name: parameter.clone(), credential: Credential::Token };
        writer.add("auth.token", Side::Request, &[name], format!("{parameter} is the temporary credentials' identifier"), shown(), check);
    }
    let back: Vec<String> = endpoint.response.parameters.iter().filter(|one| !one.optional).map(|one| one.name.clone()).collect();
    if endpoint.response.format == SuccessFormat::Redirect && !back.is_empty() {
        let statement = format!("the user comes back with {}", back.join(", "));
        writer.add("auth.back", Side::Response, &[name], statement, shown(), Check::RedirectParameters { names: back });
    }
}

/// The answer to a good request.
fn answer(sight: &Sight<'_>, name: EndpointName, writer: &mut Writer<'_>) {
    let Some(endpoint) = writer.profile.endpoints.get(&name).cloned() else { return };
    let place = prefix(name);
    let id = |what: &str| format!("{place}.resp.{what}");
    let taken: Vec<&Seen<'_>> = sight.at(name).filter(|seen| seen.taken() == Some(true)).collect();
    let shown = || steps(sight, name, &[]);
    let mut statuses: Vec<u16> = taken.iter().map(|seen| seen.read.response.status).collect();
    statuses.sort_unstable();
    statuses.dedup();
    let told: Vec<String> = statuses.iter().map(u16::to_string).collect();
    let statement = format!("the answer to a good request has the status {}", told.join(" or "));
    writer.add(&id("status"), Side::Response, &[name], statement, shown(), Check::SuccessStatus { one_of: statuses });
    if endpoint.response.format != SuccessFormat::Form {
        return;
    }
    if taken.iter().all(|seen| Answer::of(&seen.read.response).form_fault.is_none()) {
        writer.add(&id("form"), Side::Response, &[name], "the answer is form-encoded", shown(), Check::ResponseForm {});
    }
    let kind = endpoint.response.content_type.unwrap_or_else(|| "application/x-www-form-urlencoded".to_owned());
    let is_kind = |seen: &&Seen<'_>| {
        let sent = seen.read.response.field("content-type").map(|sent| String::from_utf8_lossy(sent).to_ascii_lowercase());
        sent.is_some_and(|sent| sent.split(';').next().unwrap_or_default().trim() == kind)
    };
    if taken.iter().all(is_kind) {
        let statement = format!("the media type is {kind}");
        writer.add(&id("type"), Side::Response, &[name], statement, shown(), Check::ContentType { one_of: vec![kind.clone()] });
    }
    let always: Vec<String> = endpoint.response.parameters.iter().filter(|one| !one.optional).map(|one| one.name.clone()).collect();
    let statement = format!("the answer carries {}", always.join(", "));
    writer.add(&id("params"), Side::Response, &[name], statement, shown(), Check::ResponseParameters { names: always });
    for parameter in &endpoint.response.parameters {
        if parameter.name == "oauth_callback_confirmed" {
            if parameter.value == (Value::OneOf { values: vec!["true".to_owned()] }) {
                let check = Check::CallbackConfirmed { when: Confirmed::Always };
                writer.add(&id("confirmed"), Side::Response, &[name], "oauth_callback_confirmed is true", shown(), check);
            }
            continue;
        }
        let check = Check::ResponseValue { name: parameter.name.clone(), value: parameter.value.clone() };
        let statement = format!("{} has the form that all answers had", parameter.name);
        writer.add(&id(&parameter.name), Side::Response, &[name], statement, shown(), check);
    }
}

/// Refusals whose fault is known: the step broke one rule, and no other. What harms may have several.
fn faulty<'s, 'a>(sight: &'s Sight<'a>) -> impl Iterator<Item = (Code, &'s Seen<'a>)> {
    let code = |seen: &'s Seen<'a>| match seen.step.wanted {
        // An empty value may be taken for a missing one.
        Wanted::Refused(_) if seen.step.id.ends_with("-empty") => None,
        Wanted::Refused(Some(code)) if seen.taken() == Some(false) && seen.step.level < super::step::Level::Attacks => Some((code, seen)),
        _ => None,
    };
    sight.seen.iter().filter_map(code)
}

fn problem(seen: &Seen<'_>) -> Option<String> {
    let problem = seen.read.says.problem.as_ref()?;
    Some(seen.redactor.sweep(&problem.name).chars().take(LONGEST).collect::<String>())
        .filter(|name| !name.is_empty() && !name.contains(char::is_control))
}

/// How each fault is refused.
fn refusals(sight: &Sight<'_>, writer: &mut Writer<'_>) {
    let mut codes: Vec<Code> = faulty(sight).map(|(code, _)| code).collect();
    codes.sort_unstable();
    codes.dedup();
    for code in codes {
        let own: Vec<&Seen<'_>> = faulty(sight).filter(|(known, _)| *known == code).map(|(_, seen)| seen).collect();
        let mut endpoints: Vec<EndpointName> = own.iter().map(|seen| seen.step.endpoint).collect();
        endpoints.sort_unstable();
        endpoints.dedup();
        let mut statuses: Vec<u16> = own.iter().map(|seen| seen.read.response.status).collect();
        statuses.sort_unstable();
        statuses.dedup();
        let told: Vec<String> = statuses.iter().map(u16::to_string).collect();
        let at = || own.iter().map(|seen| seen.citation()).collect::<Vec<_>>();
        let statement = format!("the fault {code} is refused with {}", told.join(" or "));
        let check = Check::RefusalStatus { codes: vec![Fault(code)], one_of: statuses };
        writer.add(&format!("err.status.{code}"), Side::Response, &endpoints, statement, at(), check);
        let mut problems: Vec<String> = own.iter().filter_map(|seen| problem(seen)).collect();
        unique(&mut problems);
        if !problems.is_empty() {
            let statement = format!("the fault {code} is named {}", problems.join(" or "));
            let check = Check::RefusalProblem { code: Fault(code), one_of: problems };
            writer.add(&format!("err.problem.{code}"), Side::Response, &endpoints, statement, at(), check);
        }
    }
}

/// The error answers, each sort once.
pub(super) fn errors(sight: &Sight<'_>) -> Vec<ErrorAnswer> {
    let mut errors: Vec<ErrorAnswer> = Vec::new();
    for (code, seen) in faulty(sight) {
        let status = seen.read.response.status;
        let shape: Option<Shape> = seen.read.response.told.shape;
        let known = errors.iter_mut().find(|error| error.status == status && error.shape == shape);
        let error = match known {
            Some(error) => error,
            None => {
                let kind = seen.read.response.field("content-type").map(|kind| String::from_utf8_lossy(kind).into_owned());
                errors.push(ErrorAnswer {
                    status,
                    shape,
                    problems: Vec::new(),
                    codes: Vec::new(),
                    endpoints: Vec::new(),
                    content_type: kind.filter(|kind| !kind.is_empty()),
                    body: None,
                    note: format!("seen with status {status}"),
                    sources: Vec::new(),
                });
                let Some(error) = errors.last_mut() else { continue };
                error
            }
        };
        error.problems.extend(problem(seen));
        unique(&mut error.problems);
        error.codes.push(Fault(code));
        unique(&mut error.codes);
        if error.sources.len() < MOST_CITED {
            error.sources.push(Citation { id: SOURCE.to_owned(), at: seen.citation() });
        }
    }
    errors
}
