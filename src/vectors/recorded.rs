//! Exchanges written down: cases of a fixture file (`vectors/schema/fixture-1.json`) with what the profile finds in them, and entries of an
//! HTTP archive (HAR 1.2) for other tools; nothing but plain characters stands in them. What may stand in a file is the caller's business.

use serde_json::{Value, json};

use super::plain;
use crate::intake;
use crate::profile::calendar::Zone;
use crate::profile::document::Place;
use crate::profile::exchange::{Exchange, Octets, Response, SentRequest, Token};
use crate::profile::kinds::Shape;
use crate::profile::reading::Reading;
use crate::profile::{Profile, check};
use crate::protocol::{Buffer, Derivation, PrivateKey, Recipe, Secret, Secrets, SignatureMethod, percent_encode};

/// A fixture file.
#[must_use]
pub fn file(suite: &str, profile: &str, about: &str, cases: &[Value]) -> String {
    let file = json!({
        "format": 1, "suite": suite, "operation": "exchange", "profile": profile, "about": about, "cases": cases,
    });
    format!("{}\n", plain::pretty(&file))
}

/// A case of a fixture file: the exchange, with the rules of the profile that it breaks and the problem that its answer names.
#[must_use]
pub fn case(profile: &Profile, exchange: &Exchange, id: &str, title: &str, reference: &str) -> Value {
    let problem = exchange.response.as_ref().and_then(problem);
    let mut expect = json!({ "findings": findings(profile, exchange) });
    if let (Some(problem), Some(expect)) = (problem, expect.as_object_mut()) {
        expect.insert("problem".to_owned(), problem);
    }
    json!({
        "id": id,
        "rev": 1,
        "status": "active",
        "title": title,
        "input": input(exchange),
        "expect": expect,
        "source": { "kind": "derived", "ref": reference },
    })
}

/// The rules of the profile that an exchange breaks, in the profile's order. What the answer says of itself is read here, as it is when
/// the file is judged again.
#[must_use]
pub fn findings(profile: &Profile, exchange: &Exchange) -> Vec<String> {
    let mut exchange = exchange.clone();
    if let Some(answer) = &mut exchange.response {
        let read = intake::read(named(answer), answer.octets());
        answer.told.shape = Shape::from_word(read.shape.as_str());
        answer.told.problem = read.problem.map(|problem| problem.name);
    }
    check(profile, &exchange).into_iter().map(|finding| finding.rule).collect()
}

fn problem(answer: &Response) -> Option<Value> {
    let problem = intake::read(named(answer), answer.octets()).problem?;
    Some(json!({ "name": problem.name, "place": problem.place.as_str(), "parameters": problem.parameters }))
}

fn named(answer: &Response) -> Vec<(&str, &[u8])> {
    answer.headers.iter().map(|(name, value)| (name.as_str(), value.0.as_slice())).collect()
}

/// The signature as it was sent and as it is computed for the exchange as it stands; nothing where a secret is not known or not used.
#[must_use]
pub fn signature_of(exchange: &Exchange) -> Option<(Vec<u8>, Vec<u8>)> {
    signature_with(exchange, None)
}

/// The same, with a private key where the signature is one of RSA.
#[must_use]
pub fn signature_with(exchange: &Exchange, key: Option<&PrivateKey>) -> Option<(Vec<u8>, Vec<u8>)> {
    let mut unsigned = exchange.request.clone();
    let reading = Reading::of(&exchange.request);
    let sent = reading.value("oauth_signature")?.to_vec();
    let method =
        SignatureMethod::from_name(reading.value("oauth_signature_method")?).ok().filter(|method| !method.is_rsa() || key.is_some())?;
    let client = exchange.client.as_ref()?.secret.as_ref()?;
    let token = exchange.token.as_ref().and_then(|token: &Token| token.secret.as_ref()).map(Secret::expose).unwrap_or_default();
    // The signature itself is never signed; collecting leaves it out where it travels in query or form.
    unsigned.headers.retain(|(name, _)| !name.eq_ignore_ascii_case("host"));
    let secrets = Secrets::new(client.expose(), token).with_private_key(key);
    let derived = Reading::of(&unsigned).with_request(&unsigned, |request| {
        let mut derivation = Derivation::default();
        derivation.derive(&Recipe::RFC5849, request, method, &secrets).map(|()| derivation.signature.to_vec())
    });
    Some((sent, derived.ok()?.ok()?))
}

/// Writes another signature in the place of one.
pub fn replace_signature(request: &mut SentRequest, old: &[u8], new: &[u8]) {
    let text = |octets: &[u8]| {
        let mut out = Buffer::default();
        percent_encode(octets, &mut out);
        String::from_utf8_lossy(&out).into_owned()
    };
    let (old, new) = (text(old), text(new));
    if old.is_empty() {
        return;
    }
    request.url = request.url.replace(&old, &new);
    let in_octets = |octets: &mut Octets| {
        if let Ok(text) = std::str::from_utf8(&octets.0) {
            octets.0 = text.replace(&old, &new).into_bytes();
        }
    };
    request.headers.iter_mut().filter(|(name, _)| name.eq_ignore_ascii_case("authorization")).for_each(|(_, value)| in_octets(value));
    request.body.iter_mut().for_each(in_octets);
}

/// `[client, token, timestamp, nonce]` of a request, as later ones have seen it.
#[must_use]
pub fn nonce_of(exchange: &Exchange) -> Option<[String; 4]> {
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

/// An exchange for an HTTP archive.
#[derive(Clone, Debug)]
pub struct Archived<'a> {
    /// When it was, in seconds since 1970.
    pub at: u64,
    /// How long the answer took, in milliseconds.
    pub time: u64,
    /// The request.
    pub request: &'a SentRequest,
    /// The version of HTTP that asked: `HTTP/1.1`.
    pub version: String,
    /// The answer.
    pub response: &'a Response,
    /// The words behind its status.
    pub reason: &'a str,
    /// What there is to say of it.
    pub comment: String,
}

/// An HTTP archive, by whom it was made.
#[must_use]
pub fn archive<'a>(creator: &str, entries: impl IntoIterator<Item = Archived<'a>>) -> String {
    let entries: Vec<Value> = entries.into_iter().map(|entry| archived(&entry)).collect();
    let creator = json!({ "name": creator, "version": env!("CARGO_PKG_VERSION") });
    let archive = json!({ "log": { "version": "1.2", "creator": creator, "entries": entries } });
    format!("{}\n", plain::pretty(&archive))
}

fn archived(entry: &Archived<'_>) -> Value {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let pair = |name: &str, value: &[u8]| json!({ "name": name, "value": text(value) });
    let pairs = |headers: &[(String, Octets)]| headers.iter().map(|(name, value)| pair(name, &value.0)).collect::<Vec<_>>();
    let (request, answer) = (entry.request, entry.response);
    let field = |name: &str| answer.field(name).map(text).unwrap_or_default();
    let query: Vec<Value> = Reading::of(request)
        .parameters
        .iter()
        .filter(|found| found.place == Place::Query)
        .map(|found| pair(&text(&found.name), &found.value))
        .collect();
    let mut asked = json!({
        "method": request.method, "url": request.url, "httpVersion": entry.version, "cookies": [],
        "headers": pairs(&request.headers), "queryString": query, "headersSize": -1,
        "bodySize": request.body.as_ref().map_or(0, |body| body.0.len()),
    });
    if let (Some(body), Some(asked)) = (&request.body, asked.as_object_mut()) {
        let kind = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let mime = kind.map(|(_, value)| text(value.0.trim_ascii())).unwrap_or_default();
        asked.insert("postData".to_owned(), json!({ "mimeType": mime, "params": [], "text": text(&body.0) }));
    }
    let body = answer.octets();
    json!({
        "startedDateTime": moment(entry.at),
        "time": entry.time,
        "request": asked,
        "response": {
            "status": answer.status, "statusText": entry.reason, "httpVersion": "HTTP/1.1", "cookies": [],
            "headers": pairs(&answer.headers), "redirectURL": field("location"), "headersSize": -1, "bodySize": body.len(),
            "content": { "size": body.len(), "mimeType": field("content-type"), "text": text(body) },
        },
        "cache": {},
        "timings": { "send": 0, "wait": entry.time, "receive": 0 },
        "comment": entry.comment,
    })
}

/// A moment as ISO 8601 has it.
fn moment(seconds: u64) -> String {
    // Beyond the year 9999 there is no form.
    let seconds = seconds.min(253_402_300_799);
    format!("{}T{:02}:{:02}:{:02}Z", Zone::Utc.date(seconds), seconds / 3600 % 24, seconds / 60 % 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::exchange::Told;

    /// What a terminal obeys, or deceives a reader: DEL, a C1 control, text that turns.
    const DECEIVING: &str = "a\u{7f}b\u{9b}31mc\u{202e}d\u{2066}";

    #[test]
    fn what_is_written_holds_no_character_that_deceives_and_reads_back_the_same() {
        let headers = vec![("X-Odd".to_owned(), Octets::from(DECEIVING))];
        let request = SentRequest {
            method: "GET".to_owned(),
            url: format!("http://h/{DECEIVING}"),
            headers: headers.clone(),
            body: Some(Octets::from(DECEIVING)),
        };
        let response = Response { status: 200, headers, body: Some(Octets::from(DECEIVING)), told: Told::default() };
        let entry = Archived {
            at: 0,
            time: 0,
            request: &request,
            version: "HTTP/1.1".to_owned(),
            response: &response,
            reason: DECEIVING,
            comment: DECEIVING.to_owned(),
        };
        let har = archive(DECEIVING, [entry]);
        let fixtures = file("suite", "profile", "about", &[json!({ "title": DECEIVING })]);
        for text in [&har, &fixtures] {
            assert_eq!(text.chars().find(|&letter| letter != '\n' && !plain::is_plain(letter)), None, "{text}");
        }
        let har: Value = serde_json::from_str(&har).unwrap();
        assert_eq!(har["log"]["entries"][0]["response"]["content"]["text"], DECEIVING);
        let fixtures: Value = serde_json::from_str(&fixtures).unwrap();
        assert_eq!(fixtures["cases"][0]["title"], DECEIVING);
    }

    #[test]
    fn a_moment_is_written_as_iso_8601_has_it() {
        assert_eq!(moment(784_111_777), "1994-11-06T08:49:37Z");
        assert_eq!(moment(u64::MAX), "9999-12-31T23:59:59Z");
    }
}
