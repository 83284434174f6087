//! Exchanges as files: fixtures that can be judged again under the profile, and HAR 1.2 for other tools. Everything in them is synthetic:
//! exchanges of somebody's real client are left out.

use std::sync::Arc;

use super::entries::Entry;
use super::{test_key, words};
use crate::profile::exchange::{Exchange, Octets, Response, SentRequest, Told};
use crate::profile::{Profile, address};
use crate::protocol::PrivateKey;
use crate::vectors::recorded::{self, Archived, nonce_of, replace_signature, signature_with};

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
        let reference = format!("recorded with countersign sandbox {}", profile.id);
        cases.push(recorded::case(profile, &exchange, &format!("exchange-{}", entry.number), &entry.line(), &reference));
    }
    let suite = format!("{}.recorded", profile.id);
    recorded::file(&suite, &profile.id, "exchanges of a sandbox, with what it found", &cases)
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
        replace_signature(&mut exchange.request, &old, &new);
    }
    exchange
}

/// The signature as it was sent and as it is computed. Of all private keys only the one that everybody has is known.
fn signature_of(exchange: &Exchange) -> Option<(Vec<u8>, Vec<u8>)> {
    let is_everybodys = exchange.client.as_ref()?.public_key.as_deref() == Some(test_key::PUBLIC);
    let key = if is_everybodys { Some(PrivateKey::from_pem(test_key::PRIVATE).ok()?) } else { None };
    signature_with(exchange, key.as_ref())
}

/// All exchanges as HAR 1.2, but those of somebody's real client.
#[must_use]
pub fn har(entries: &[Arc<Entry>]) -> String {
    let entries: Vec<(&Entry, SentRequest, Response)> =
        entries.iter().filter(|entry| !entry.is_real()).map(|entry| (&**entry, entry.sent(), answered(entry))).collect();
    let archived = entries.iter().map(|(entry, request, response)| Archived {
        at: entry.now,
        time: 0,
        request,
        version: format!("HTTP/1.{}", entry.request.minor),
        response,
        reason: super::http::reason(entry.reply.status),
        comment: words::shown(entry.line().as_bytes()),
    });
    recorded::archive("countersign sandbox", archived)
}

fn answered(entry: &Entry) -> Response {
    Response {
        status: entry.reply.status,
        headers: entry.reply.headers.iter().map(|(name, value)| (name.clone().into_owned(), Octets(value.clone()))).collect(),
        body: Some(Octets(entry.reply.body.clone())),
        told: Told::default(),
    }
}
