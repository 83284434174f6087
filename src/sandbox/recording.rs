//! Exchanges as files: fixtures that can be judged again under the profile, and HAR 1.2 for other tools. Everything in them is synthetic:
//! exchanges of somebody's real client are left out.

use std::sync::Arc;

use serde_json::{Value, json};

use super::entries::Entry;
use super::refusal::encoded;
use super::{date, words};
use crate::intake;
use crate::profile::exchange::{Exchange, Octets, SentRequest, Token};
use crate::profile::reading::Reading;
use crate::profile::{Profile, address, check};
use crate::protocol::{Derivation, Recipe, Secret, Secrets, SignatureMethod};

/// A fixture file with the signed exchanges, as if they had been with the provider itself: their URLs are the documented ones, and what was
/// signed rightly is signed again.
#[must_use]
pub fn fixtures(entries: &[Arc<Entry>], profile: &Profile) -> String {
    let mut cases = Vec::new();
    let mut seen: Vec<[String; 4]> = Vec::new();
    for entry in entries {
        let Some(exchange) = entry.exchange() else { continue };
        let mut exchange = at_the_provider(exchange, profile);
        exchange.seen.clone_from(&seen);
        seen.extend(nonce_of(&exchange).filter(|_| entry.refused.is_none()));
        let answer = exchange.response.as_ref();
        let named = |answer: &crate::profile::exchange::Response| {
            let fields: Vec<(&str, &[u8])> = answer.headers.iter().map(|(name, value)| (name.as_str(), value.0.as_slice())).collect();
            intake::read(fields, answer.octets()).problem
        };
        let problem = answer
            .and_then(named)
            .map(|problem| json!({ "name": problem.name, "place": problem.place.as_str(), "parameters": problem.parameters }));
        let findings: Vec<String> = check(profile, &exchange).into_iter().map(|finding| finding.rule).collect();
        let mut expect = json!({ "findings": findings });
        if let (Some(problem), Some(expect)) = (problem, expect.as_object_mut()) {
            expect.insert("problem".to_owned(), problem);
        }
        cases.push(json!({
            "id": format!("exchange-{}", entry.number),
            "rev": 1,
            "status": "active",
            "title": entry.line(),
            "input": input(&exchange),
            "expect": expect,
            "source": { "kind": "derived", "ref": format!("recorded with countersign sandbox {}", profile.id) },
        }));
    }
    let suite = format!("{}.recorded", profile.id);
    let file = json!({
        "format": 1, "suite": suite, "operation": "exchange", "profile": profile.id,
        "about": "exchanges of a sandbox, with what it found", "cases": cases,
    });
    format!("{file:#}\n")
}

/// The exchange at the documented URL of its endpoint.
fn at_the_provider(mut exchange: Exchange, profile: &Profile) -> Exchange {
    let documented = profile.endpoints.get(&exchange.endpoint).and_then(|endpoint| endpoint.urls.first()).cloned();
    let Some(documented) = documented else { return exchange };
    let right = signature_of(&exchange).is_some_and(|(sent, computed)| sent == computed);
    let query = exchange.request.url.split_once('?').map(|(_, query)| format!("?{query}")).unwrap_or_default();
    let old = signature_of(&exchange).map(|(sent, _)| sent);
    // A place stands for what was asked for; without one, the address is the documented one.
    let path = address::path_and_query(&documented).split('?').next().unwrap_or_default();
    let bare = documented.split('?').next().unwrap_or_default();
    let documented = if path.contains('{') {
        let origin = address::filled(bare.get(..bare.len().saturating_sub(path.len())).unwrap_or_default());
        let sent = address::path_and_query(&exchange.request.url).split('?').next().unwrap_or_default();
        format!("{origin}{sent}")
    } else {
        address::filled(bare)
    };
    exchange.request.url = format!("{documented}{query}");
    exchange.request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("host"));
    if let (true, Some(old), Some((_, new))) = (right, old, signature_of(&exchange)) {
        replace(&mut exchange.request, &old, &new);
    }
    exchange
}

/// The signature as it was sent and as it is computed for the exchange as it stands; nothing where a secret is not known or not used.
fn signature_of(exchange: &Exchange) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut unsigned = exchange.request.clone();
    let reading = Reading::of(&exchange.request);
    let sent = reading.value("oauth_signature")?.to_vec();
    let method = SignatureMethod::from_name(reading.value("oauth_signature_method")?).ok().filter(|method| !method.is_rsa())?;
    let client = exchange.client.as_ref()?.secret.as_ref()?;
    let token = exchange.token.as_ref().and_then(|token: &Token| token.secret.as_ref()).map(Secret::expose).unwrap_or_default();
    // The signature itself is never signed; collecting leaves it out where it travels in query or form.
    unsigned.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("host"));
    let secrets = Secrets::new(client.expose(), token);
    let derived = Reading::of(&unsigned).with_request(|request| {
        let mut derivation = Derivation::default();
        derivation.derive(&Recipe::RFC5849, request, method, &secrets).map(|()| derivation.signature.to_vec())
    });
    Some((sent, derived.ok()?.ok()?))
}

/// Writes another signature in the place of one.
fn replace(request: &mut SentRequest, old: &[u8], new: &[u8]) {
    let text = |octets: &[u8]| encoded(&String::from_utf8_lossy(octets));
    let (old, new) = (text(old), text(new));
    request.url = request.url.replace(&old, &new);
    let in_octets = |octets: &mut Octets| {
        if let Ok(text) = std::str::from_utf8(&octets.0) {
            octets.0 = text.replace(&old, &new).into_bytes();
        }
    };
    request.headers.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case("authorization")).for_each(|(_, value)| in_octets(value));
    request.body.iter_mut().for_each(in_octets);
}

fn nonce_of(exchange: &Exchange) -> Option<[String; 4]> {
    let reading = Reading::of(&exchange.request);
    let text = |name: &str| reading.value(name).map(|value| String::from_utf8_lossy(value).into_owned());
    Some([text("oauth_consumer_key")?, text("oauth_token").unwrap_or_default(), text("oauth_timestamp")?, text("oauth_nonce")?])
}

fn input(exchange: &Exchange) -> Value {
    let request = &exchange.request;
    let secret = |secret: &Option<Secret>| secret.as_ref().map(|secret| String::from_utf8_lossy(secret.expose()).into_owned());
    let mut input = json!({
        "endpoint": exchange.endpoint.as_str(),
        "request": { "method": request.method, "url": request.url, "headers": fields(&request.headers), "body": request.body.as_ref().map(octets) },
        "client": exchange.client.as_ref().map(|client| json!({
            "identifier": client.identifier, "secret": secret(&client.secret), "public_key": client.public_key, "callback": client.callback,
        })),
        "token": exchange.token.as_ref().map(|token| json!({
            "identifier": token.identifier, "secret": secret(&token.secret), "type": token.token_type, "verifier": token.verifier,
            "callback": token.callback, "issued": token.issued, "last_used": token.last_used, "renewed": token.renewed,
            "revoked": token.revoked, "exchanged": token.exchanged, "lifetime": token.lifetime,
        })),
        "now": exchange.now,
        "seen": exchange.seen,
        "response": exchange.response.as_ref().map(|answer| json!({
            "status": answer.status, "headers": fields(&answer.headers), "body": answer.body.as_ref().map(octets),
        })),
    });
    without_nulls(&mut input);
    input
}

/// What is not known is left out, as the format wants it.
fn without_nulls(value: &mut Value) {
    if let Value::Object(members) = value {
        members.retain(|_, member| !member.is_null());
        members.values_mut().for_each(without_nulls);
    }
}

fn fields(headers: &[(String, Octets)]) -> Vec<(String, Value)> {
    headers.iter().map(|(name, value)| (name.clone(), octets(value))).collect()
}

fn octets(octets: &Octets) -> Value {
    use base64::Engine as _;
    match std::str::from_utf8(&octets.0) {
        Ok(text) => json!(text),
        Err(_) => json!({ "base64": base64::engine::general_purpose::STANDARD.encode(&octets.0) }),
    }
}

/// All exchanges as HAR 1.2, but those of somebody's real client.
#[must_use]
pub fn har(entries: &[Arc<Entry>]) -> String {
    let entries: Vec<Value> = entries.iter().filter(|entry| !entry.is_real()).map(|entry| har_entry(entry)).collect();
    let creator = json!({ "name": "countersign sandbox", "version": env!("CARGO_PKG_VERSION") });
    format!("{:#}\n", json!({ "log": { "version": "1.2", "creator": creator, "entries": entries } }))
}

fn har_entry(entry: &Entry) -> Value {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let pair = |name: &str, value: &[u8]| json!({ "name": name, "value": text(value) });
    let request = &entry.request;
    let sent: Vec<Value> = request.headers.iter().map(|(name, value)| pair(&text(name), value)).collect();
    let answered: Vec<Value> = entry.reply.headers.iter().map(|(name, value)| pair(name, value)).collect();
    let sent_request = entry.sent();
    let query: Vec<Value> = Reading::of(&sent_request)
        .parameters
        .iter()
        .filter(|found| found.place == crate::profile::document::Place::Query)
        .map(|found| pair(&text(&found.name), &found.value))
        .collect();
    let mime = |value: Option<&[u8]>| value.map(text).unwrap_or_default();
    let mut asked = json!({
        "method": text(&request.method), "url": text(&entry.url), "httpVersion": format!("HTTP/1.{}", request.minor), "cookies": [],
        "headers": sent, "queryString": query, "headersSize": -1, "bodySize": request.body.as_ref().map_or(0, Vec::len),
    });
    if let (Some(body), Some(asked)) = (&request.body, asked.as_object_mut()) {
        let post = json!({ "mimeType": mime(request.fields("content-type").next()), "params": [], "text": text(body) });
        asked.insert("postData".to_owned(), post);
    }
    json!({
        "startedDateTime": date::iso(entry.now),
        "time": 0,
        "request": asked,
        "response": {
            "status": entry.reply.status, "statusText": super::http::reason(entry.reply.status), "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": answered, "redirectURL": mime(entry.reply.field("location")), "headersSize": -1, "bodySize": entry.reply.body.len(),
            "content": { "size": entry.reply.body.len(), "mimeType": mime(entry.reply.field("content-type")), "text": text(&entry.reply.body) },
        },
        "cache": {},
        "timings": { "send": 0, "wait": 0, "receive": 0 },
        "comment": words::shown(entry.line().as_bytes()),
    })
}
