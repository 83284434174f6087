//! What a server has to find wrong with a request (RFC 5849 sections 3.1 to 3.3 and 3.5), written from the text and without a line of
//! [`crate::protocol`]. It says everything that is wrong, where a verifier stops at the first. It reads requests whose Authorization field can
//! be read; the words are those of the published vocabulary.

use std::collections::BTreeSet;

use super::naive::{Pair, Wire, authorization, base_string, form, is_form};
use super::naive_signature::{body_hash, signature};

/// What a server knows beside the request.
#[derive(Clone, Debug, Default)]
pub struct Server {
    /// The client's identifier and its secret, if it has one; `None` where no such client is known.
    pub client: Option<(Vec<u8>, Option<Vec<u8>>)>,
    /// The token's identifier and secret.
    pub token: Option<Pair>,
    /// The time, in seconds.
    pub now: Option<u64>,
    /// How far a timestamp may be from it.
    pub window: Option<u64>,
    /// The signature methods that are accepted; `None` for all.
    pub allowed: Option<Vec<&'static str>>,
    /// Client, token, timestamp and nonce of what was accepted before.
    pub seen: Vec<[Vec<u8>; 4]>,
}

/// The names of the signature methods that are made with an RSA key.
const RSA: [&[u8]; 3] = [b"RSA-SHA1", b"RSA-SHA256", b"RSA-SHA512"];

/// Everything that is wrong with a request; nothing, if it is to be accepted. `None` where it cannot be read.
#[must_use]
pub fn faults(wire: &Wire<'_>, server: &Server) -> Option<BTreeSet<&'static str>> {
    let mut all = BTreeSet::new();
    let mut fault = |is_wrong: bool, word: &'static str| is_wrong.then(|| all.insert(word));
    let places = places(wire)?;
    // Section 3.5: one and only one place. Section 3.1: each once.
    fault(places.iter().filter(|place| !place.is_empty()).count() > 1, "parameter_scattered");
    let list: Vec<Pair> = places.concat();
    let mut names: Vec<&[u8]> = list.iter().map(|(name, _)| &name[..]).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    fault(names.len() < count, "parameter_duplicated");

    let value = |wanted: &[u8]| list.iter().find(|(name, _)| name == wanted).map(|(_, value)| &value[..]);
    let (timestamp, nonce) = (value(b"oauth_timestamp"), value(b"oauth_nonce"));
    fault(value(b"oauth_version").is_some_and(|version| version != b"1.0"), "version_rejected");
    let method = value(b"oauth_signature_method").unwrap_or_default();
    let is_missing = |name: &[u8]| value(name).is_none_or(<[u8]>::is_empty);
    let always: [&[u8]; 3] = [b"oauth_consumer_key", b"oauth_signature_method", b"oauth_signature"];
    fault(always.iter().any(|name| is_missing(name)), "parameter_absent");
    let needs_both = method != b"PLAINTEXT";
    fault(needs_both && (is_missing(b"oauth_timestamp") || is_missing(b"oauth_nonce")), "parameter_absent");

    let is_rsa = RSA.contains(&method);
    let is_known = is_rsa || signature(method, b"", b"", b"").is_some();
    let is_allowed = server.allowed.as_ref().is_none_or(|allowed| allowed.iter().any(|name| name.as_bytes() == method));
    // No client here has an RSA key.
    let has_key = server.client.as_ref().is_none_or(|(_, secret)| !is_rsa && secret.is_some());
    fault(!is_known || !is_allowed || !has_key, "signature_method_rejected");
    // Section 3.4.4.
    let is_secure = wire.url.get(..6).is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"https:"));
    fault(method == b"PLAINTEXT" && !is_secure, "insecure_transport");

    let client = value(b"oauth_consumer_key").unwrap_or_default();
    fault(server.client.as_ref().is_none_or(|(known, _)| known != client), "client_unknown");
    // An empty token is none (appendix A).
    let token = value(b"oauth_token").filter(|token| !token.is_empty());
    fault(token.is_none() && server.token.is_some(), "parameter_absent");
    fault(token.is_some_and(|token| server.token.as_ref().is_none_or(|(known, _)| known != token)), "token_rejected");

    // Section 3.3: a positive integer, and in time.
    let number = timestamp.map(|text| std::str::from_utf8(text).ok().filter(|text| text.bytes().all(|octet| octet.is_ascii_digit())));
    fault(number.is_some_and(|number| number.is_none_or(|text| text.trim_start_matches('0').is_empty())), "timestamp_refused");
    if let (Some(Some(text)), Some(now), Some(window)) = (number, server.now, server.window) {
        let seconds = text.parse::<u128>().unwrap_or(u128::MAX);
        let (now, window) = (u128::from(now), u128::from(window));
        fault(seconds > now + window || seconds + window < now, "timestamp_refused");
    }
    if let (Some(timestamp), Some(nonce)) = (timestamp, nonce) {
        let this: [&[u8]; 4] = [client, token.unwrap_or_default(), timestamp, nonce];
        fault(server.seen.iter().any(|seen| seen.each_ref().map(|part| &part[..]) == this), "nonce_used");
    }

    let token_secret = server.token.as_ref().filter(|_| token.is_some()).map(|(_, secret)| &secret[..]);
    let client_secret = server.client.as_ref().and_then(|(_, secret)| secret.as_deref());
    let right = signature(method, &base_string(wire)?, client_secret.unwrap_or_default(), token_secret.unwrap_or_default());
    fault(right.as_deref() != value(b"oauth_signature"), "signature_invalid");

    if let Some(presented) = value(b"oauth_body_hash") {
        // Body hash draft, section 4.2.
        let right = body_hash(method, wire.body.unwrap_or_default());
        let is_in_a_form = wire.body.is_some() && is_form(wire);
        fault(is_in_a_form, "parameter_rejected");
        fault(!is_in_a_form && right != presented, "body_hash_invalid");
    }
    Some(all)
}

/// The parameters whose names begin with `oauth_`, of query, header and form.
fn places(wire: &Wire<'_>) -> Option<[Vec<Pair>; 3]> {
    let whole = wire.url.split(|octet| *octet == b'#').next()?;
    let query = whole.iter().position(|octet| *octet == b'?').and_then(|at| whole.get(at + 1..));
    let mut header = Vec::new();
    for (name, value) in wire.headers {
        if name.eq_ignore_ascii_case(b"authorization") && is_oauth(value) {
            header.extend(authorization(value)?.1);
        }
    }
    let body = wire.body.filter(|_| is_form(wire));
    let begins = |(name, _): &Pair| name.starts_with(b"oauth_");
    let only = |pairs: Vec<Pair>| pairs.into_iter().filter(begins).collect::<Vec<Pair>>();
    Some([only(form(query.unwrap_or_default())), only(header), only(body.map(form).unwrap_or_default())])
}

/// The scheme's name has no letter case (RFC 2617 section 1.2), and ends at white space.
fn is_oauth(value: &[u8]) -> bool {
    let name: Vec<u8> = value.trim_ascii_start().iter().copied().take_while(|octet| !octet.is_ascii_whitespace()).collect();
    name.eq_ignore_ascii_case(b"oauth")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The request for photos of RFC 5849 section 1.2, with the credentials that the section names.
    #[test]
    fn the_request_of_the_specification_is_accepted_and_what_is_wrong_with_others_is_said() {
        let header = "OAuth realm=\"Photos\", oauth_consumer_key=\"dpf43f3p2l4k3l03\", oauth_token=\"nnch734d00sl2jdk\", \
            oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131202\", oauth_nonce=\"chapoH\", \
            oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"";
        let server = Server {
            client: Some((b"dpf43f3p2l4k3l03".to_vec(), Some(b"kd94hf93k423kf44".to_vec()))),
            token: Some((b"nnch734d00sl2jdk".to_vec(), b"pfkkdhi9sl3r4s00".to_vec())),
            now: Some(137_131_202),
            window: Some(0),
            ..Server::default()
        };
        let said = |header: &str, server: &Server| {
            let headers = [(&b"authorization"[..], header.as_bytes())];
            let url = b"http://photos.example.net/photos?file=vacation.jpg&size=original";
            let found = faults(&Wire { method: b"GET", url, headers: &headers, body: None }, server).unwrap();
            found.into_iter().collect::<Vec<_>>().join(" ")
        };
        assert_eq!(said(header, &server), "");
        assert_eq!(said(header, &Server { now: Some(137_131_203), ..server.clone() }), "timestamp_refused");
        assert_eq!(said(header, &Server { client: None, ..server.clone() }), "client_unknown signature_invalid");
        assert_eq!(said(&header.replace("Photos\"", "Photos\", oauth_version=\"2.0\""), &server), "signature_invalid version_rejected");
        assert_eq!(said(&header.replace("OAuth ", "Basic "), &server), "client_unknown parameter_absent signature_method_rejected");
    }
}
