//! Verifying (RFC 5849 sections 3.2 and 3.3): what was signed is accepted, and refused after any change of a signed part.

use arbitrary::Unstructured;

use super::asked::Asked;
use super::{naive, shown};
use crate::protocol::nonce::SeenNonces;
use crate::protocol::verification::{Checks, Knowledge, KnownClient, KnownToken, Received, Refusal, Verifier};
use crate::protocol::{Code, Derivation, Header, Parameters, Recipe, SignatureMethod, Url, derive, transmission};

/// The methods that a signature's octets depend on the request in, and that take no time.
const METHODS: [SignatureMethod; 3] = [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256, SignatureMethod::HmacSha512];

/// A request as it lies on the wire.
#[derive(Clone)]
struct Sent {
    method: Vec<u8>,
    url: Vec<u8>,
    headers: Vec<(Vec<u8>, Vec<u8>)>,
    body: Option<Vec<u8>>,
}

/// A signed request is accepted, once; with another secret, another identifier or a later clock it is refused; and after the change of any octet
/// of it, it is refused, unless the naive derivation has the same base string and the same parameters for it.
///
/// # Panics
/// Where one of it is not so.
pub fn verification(asked: &Asked) {
    let mut choices = asked.choices();
    let method = choices.choose(&METHODS).copied().unwrap_or(SignatureMethod::HmacSha1);
    let place = choices.arbitrary().unwrap_or(0);
    let Some(asked) = prepared(asked) else { return };
    let Some(sent) = signed(&asked, method, place) else { return };
    let mut nonces = SeenNonces::default();
    let mut verifier = Verifier::default();
    let mut verify = |sent: &Sent, known: Known<'_>, nonces: &mut SeenNonces| verify(&mut verifier, sent, known, nonces);
    let known = Known::of(&asked);
    assert_eq!(verify(&sent, known, &mut nonces), Ok(()), "what was signed is refused: {}", told(&sent));
    let again = verify(&sent, known, &mut nonces).map_err(|refusal| refusal.code);
    assert_eq!(again, Err(Code::NonceUsed), "a request is accepted twice");

    let mut refused = |what: &str, known: Known<'_>| {
        assert!(verify(&sent, known, &mut SeenNonces::default()).is_err(), "accepted with {what}: {}", told(&sent));
    };
    let more = |octets: &[u8]| [octets, b"x"].concat();
    refused("another client secret", Known { client_secret: &more(known.client_secret), ..known });
    refused("another client", Known { client: &more(known.client), ..known });
    refused("another token", Known { token: &more(known.token), ..known });
    if !known.token.is_empty() {
        refused("another token secret", Known { token_secret: &more(known.token_secret), ..known });
        refused("no token", Known { token: b"", ..known });
    }
    for _ in 0..4 {
        let Some((what, changed)) = changed(&sent, &mut choices) else { return };
        if verify(&changed, known, &mut SeenNonces::default()).is_ok() {
            assert!(meaning(&changed) == meaning(&sent), "accepted after {what} was changed: {} and not {}", told(&changed), told(&sent));
        }
    }
}

/// What a server knows.
#[derive(Clone, Copy)]
struct Known<'a> {
    client: &'a [u8],
    client_secret: &'a [u8],
    token: &'a [u8],
    token_secret: &'a [u8],
}

impl Known<'_> {
    fn of(asked: &Asked) -> Known<'_> {
        let Asked { client, client_secret, token, token_secret, .. } = asked;
        Known { client, client_secret, token, token_secret }
    }
}

/// What a signature is about: the naive base string, and all parameters, the signature among them.
fn meaning(sent: &Sent) -> Option<(Vec<u8>, Vec<Vec<u8>>)> {
    let headers: Vec<(&[u8], &[u8])> = sent.headers.iter().map(|(name, value)| (&name[..], &value[..])).collect();
    let wire = naive::Wire { method: &sent.method, url: &sent.url, headers: &headers, body: sent.body.as_deref() };
    let signature = |value: &[u8]| naive::authorization(value).map(|(_, pairs)| pairs).unwrap_or_default();
    let in_header = headers.iter().filter(|(name, _)| name.eq_ignore_ascii_case(b"authorization")).flat_map(|(_, value)| signature(value));
    let in_query = sent.url.split(|octet| *octet == b'#').next()?.splitn(2, |octet| *octet == b'?').nth(1).map(naive::form);
    let in_body = sent.body.as_deref().filter(|_| naive::is_form(&wire)).map(naive::form);
    let all = in_header.chain(in_query.into_iter().flatten()).chain(in_body.into_iter().flatten());
    let signatures = all.filter(|(name, _)| name == b"oauth_signature").map(|(_, value)| value).collect();
    Some((naive::base_string(&wire)?, signatures))
}

/// The request, brought into what a server takes; `None` where that is not possible.
pub(super) fn prepared(asked: &Asked) -> Option<Asked> {
    let mut asked = asked.clone();
    if asked.timestamp.is_empty() || !asked.timestamp.iter().all(u8::is_ascii_digit) || asked.timestamp.iter().all(|digit| *digit == b'0') {
        asked.timestamp = b"137131201".to_vec();
    }
    for text in [&mut asked.nonce, &mut asked.client] {
        if text.is_empty() {
            text.push(b'x');
        }
    }
    // Without a token its secret takes no part.
    if asked.token.is_empty() {
        asked.token_secret.clear();
    }
    // No other `oauth_` names, and no parameter that a header cannot hold.
    let begins = |name: &[u8]| name.starts_with(b"oauth_");
    if asked.extra().any(|(name, _)| begins(name) || name.is_empty() || name.eq_ignore_ascii_case(b"realm")) {
        asked.extra.clear();
    }
    let headers = asked.headers();
    let none = Parameters::new();
    let request = asked.request(&headers, &none).ok()?;
    let mut derivation = Derivation::default();
    derivation.derive_base_string(&Recipe::RFC5849, &request).ok()?;
    // A signature is not signed: it is none of those parameters, wherever it stands.
    let is_sent = [request.url.query, request.form().ok()?].into_iter().flatten().flat_map(naive::form).any(|(name, _)| begins(&name));
    let is_plain = !is_sent && !derivation.parameters.iter().any(|parameter| begins(parameter.name));
    is_plain.then_some(asked)
}

/// The request as it is sent, signed; `None` where it cannot be sent.
fn signed(asked: &Asked, method: SignatureMethod, place: u8) -> Option<Sent> {
    let headers = asked.headers();
    let protocol = asked.protocol(method);
    let request = asked.request(&headers, &protocol).ok()?;
    let own = |headers: &[Header<'_>]| headers.iter().map(|header| (header.name.to_vec(), header.value.to_vec())).collect::<Vec<_>>();
    let mut sent = Sent {
        method: request.method.to_vec(),
        url: request.url.text.to_vec(),
        headers: own(&headers),
        body: request.body.map(<[u8]>::to_vec),
    };
    let secrets = asked.secrets();
    let content_type = Some(asked.content_type.as_slice()).filter(|value| !value.is_empty());
    let is_form = request.form().ok()?.is_some();
    let derivation = derive(&Recipe::RFC5849, &request, method, &secrets).ok()?;
    let signature = &derivation.signature;
    match place % 3 {
        1 => sent.url = transmission::query(&request.url, &protocol, signature),
        2 if is_form => sent.body = Some(transmission::body(request.body, content_type, &protocol, signature).ok()?),
        _ => sent.headers.push((b"Authorization".to_vec(), transmission::header(request.realm, &protocol, signature).ok()?)),
    }
    Some(sent)
}

fn verify(verifier: &mut Verifier, sent: &Sent, known: Known<'_>, nonces: &mut SeenNonces) -> Result<(), Refusal> {
    let headers: Vec<Header<'_>> = sent.headers.iter().map(|(name, value)| Header { name, value }).collect();
    let received = Received { method: &sent.method, url: &sent.url, headers: &headers, body: sent.body.as_deref() };
    let token = KnownToken { identifier: known.token, secret: known.token_secret };
    let knowledge = Knowledge {
        client: Some(KnownClient { identifier: known.client, secret: Some(known.client_secret), public_key: None }),
        token: (!known.token.is_empty()).then_some(token),
        ..Knowledge::default()
    };
    verifier.verify(&Checks::RFC5849, &Recipe::RFC5849, &received, &knowledge, nonces)
}

/// The request with one octet of it changed, left out or put in, and what it was changed in.
fn changed(sent: &Sent, choices: &mut Unstructured<'_>) -> Option<(&'static str, Sent)> {
    if choices.is_empty() {
        return None;
    }
    let mut changed = sent.clone();
    let Sent { method, url, headers, body } = &mut changed;
    let last = headers.last_mut().map(|(_, value)| value);
    let (what, octets) = match choices.int_in_range(0..=5_u8).ok()? {
        0 => ("the method", method),
        1 | 2 => ("the URL", url),
        3 => ("the body", body.as_mut()?),
        _ => ("a header", last?),
    };
    let at = choices.choose_index(octets.len() + 1).ok()?;
    let octet = choices.arbitrary::<u8>().ok()?;
    match choices.int_in_range(0..=2_u8).ok()? {
        0 => octets.insert(at, octet),
        1 if at < octets.len() => _ = octets.remove(at),
        _ => *octets.get_mut(at)? ^= octet.max(1),
    }
    // Only what a request line can carry is a request.
    Url::parse(&changed.url).is_ok().then_some((what, changed))
}

fn told(sent: &Sent) -> String {
    let headers: String = sent.headers.iter().map(|(name, value)| format!(" [{}: {}]", shown(name), shown(value))).collect();
    format!("{} {}{headers} {}", shown(&sent.method), shown(&sent.url), sent.body.as_deref().map_or_else(String::new, shown))
}
