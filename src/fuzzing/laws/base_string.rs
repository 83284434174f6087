//! The signature base string (RFC 5849 section 3.4.1): that of a second derivation, and the same however the same request is written.

use super::asked::Asked;
use super::{naive, naive_signature, shown};
use crate::protocol::{Buffer, Malformed};
use crate::protocol::{Derivation, Header, Parameters, Recipe, Request, SignatureMethod, Url, derive, percent_encode, transmission};

const METHOD: SignatureMethod = SignatureMethod::HmacSha1;

/// The base string is the naive one, and does not change with the order of parameters, with how they are escaped, with a default port, user
/// information or a fragment, with the letter case of scheme, host and method, or with the place of the protocol parameters (section 3.5).
///
/// # Panics
/// Where one of it is not so.
pub fn base_string(asked: &Asked) {
    let headers = asked.headers();
    let protocol = asked.protocol(METHOD);
    let Ok(request) = asked.request(&headers, &protocol) else { return };
    let mut derivation = Derivation::default();
    if derivation.derive_base_string(&Recipe::RFC5849, &request).is_err() {
        return;
    }
    let right = derivation.base_string.to_vec();
    agrees_with_the_naive(asked, &request, &right);
    signature(asked, &request, &right);

    let mut same = |what: &str, request: &Request<'_>| {
        let told = derivation.derive_base_string(&Recipe::RFC5849, request);
        let is_same = told.is_ok() && derivation.base_string[..] == right[..];
        assert!(is_same, "the base string changes with {what}: {told:?}, {} and not {}", shown(&derivation.base_string), shown(&right));
    };
    let order = asked.choices().arbitrary::<u8>().unwrap_or(1);
    for (what, url) in rewritten(&request, order) {
        match Url::parse(&url) {
            Ok(url) => same(what, &Request { url, ..request.clone() }),
            Err(fault) => panic!("with {what} the URL is none any more: {fault}"),
        }
    }
    same("the letter case of the method", &Request { method: &swapped(request.method), ..request.clone() });
    let mut list: Vec<_> = protocol.iter().collect();
    list.reverse();
    let mut reversed = Parameters::new();
    list.into_iter().for_each(|parameter| reversed.push_parameter(parameter));
    same("the order of the protocol parameters", &Request { protocol: &reversed, ..request.clone() });
    if let Ok(Some(form)) = request.form() {
        same("the order of the form", &Request { body: Some(&turned(form, order)), ..request.clone() });
        same("how a form is escaped", &Request { body: Some(&escaped_again(form)), ..request.clone() });
    }

    // Section 3.5: the protocol parameters in header, query or form. A signature is sent along and not signed.
    let none = Parameters::new();
    let written = transmission::query(&request.url, &protocol, b"s+/=");
    match Url::parse(&written) {
        Ok(url) => same("sending in the query", &Request { url, protocol: &none, ..request.clone() }),
        Err(fault) => panic!("a URL with protocol parameters is none: {fault}"),
    }
    let form = Header { name: b"content-type", value: b"application/x-www-form-urlencoded" };
    let with_form: Vec<_> = headers.iter().copied().chain(asked.content_type.is_empty().then_some(form)).collect();
    let was_signed = asked.body.is_empty() || !asked.content_type.is_empty();
    let content_type = Some(asked.content_type.as_slice()).filter(|value| !value.is_empty());
    if let (true, Ok(body)) = (was_signed, transmission::body(request.body, content_type, &protocol, b"s+/=")) {
        same("sending in the body", &Request { headers: &with_form, body: Some(&body), protocol: &none, ..request.clone() });
    }
}

/// The signature is the naive one of this base string, by each method that needs no RSA key (sections 3.4.2 and 3.4.4).
fn signature(asked: &Asked, request: &Request<'_>, text: &[u8]) {
    const METHODS: [SignatureMethod; 4] =
        [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256, SignatureMethod::HmacSha512, SignatureMethod::Plaintext];
    let number = asked.choices.len() + asked.url.len();
    let Some(method) = METHODS.get(number % METHODS.len()) else { return };
    let told = derive(&Recipe::RFC5849, request, *method, &asked.secrets()).map(|derivation| derivation.signature.to_vec());
    let naive = naive_signature::signature(method.as_str().as_bytes(), text, &asked.client_secret, &asked.token_secret);
    let is_same = naive.is_some() && told.as_ref().ok() == naive.as_ref();
    assert!(
        is_same,
        "the signature differs from the naive one: {:?} and not {:?}",
        told.as_deref().map(shown),
        naive.as_deref().map(shown)
    );
}

/// The naive derivation reads the header that was written; where no header can be written, it gets the parameters in the query.
fn agrees_with_the_naive(asked: &Asked, request: &Request<'_>, right: &[u8]) {
    let in_header: Result<Vec<u8>, Malformed> = transmission::header(request.realm, request.protocol, b"s");
    let is_readable = request.protocol.iter().all(|parameter| {
        // No header has a parameter without a name, and one of this name is the realm.
        !parameter.name.is_empty() && !parameter.name.eq_ignore_ascii_case(b"realm")
    });
    let in_query = transmission::query(&request.url, request.protocol, b"s");
    let mut fields: Vec<(&[u8], &[u8])> = request.headers.iter().map(|header| (header.name, header.value)).collect();
    let url = match &in_header {
        Ok(header) if is_readable => {
            fields.push((b"Authorization", header));
            request.url.text
        }
        _ => &in_query,
    };
    let wire = naive::Wire { method: &asked.method, url, headers: &fields, body: request.body };
    let naive = naive::base_string(&wire);
    let is_same = naive.as_deref() == Some(right);
    assert!(is_same, "the base string differs from the naive one: {} and not {:?}", shown(right), naive.as_deref().map(shown));
}

/// The same URL, written differently, each with what was changed.
fn rewritten(request: &Request<'_>, order: u8) -> Vec<(&'static str, Vec<u8>)> {
    let url = &request.url;
    let query = |query: Option<&[u8]>| query.map(|query| [b"?", query].concat()).unwrap_or_default();
    let put = |scheme: &[u8], authority: &[u8], new: Option<&[u8]>, tail: &[u8]| {
        [scheme, b"://", authority, url.path, &query(new)[..], tail].concat()
    };
    let user_end = url.authority.iter().rposition(|octet| *octet == b'@').map_or(0, |at| at + 1);
    let (user, host) = url.authority.split_at(user_end);
    let mut all = vec![
        ("the letter case of the scheme", put(&swapped(url.scheme), url.authority, url.query, b"")),
        ("the letter case of the host", put(url.scheme, &[user, &swapped(host)].concat(), url.query, b"")),
        ("user information", put(url.scheme, &[b"user:pass@", host].concat(), url.query, b"")),
        ("a fragment", put(url.scheme, url.authority, url.query, b"#f?x=y")),
    ];
    if url.host.port.is_none() {
        let port: &[u8] = if url.is_https() { b"443" } else { b"80" };
        let colon: &[u8] = if host.ends_with(b":") { b"" } else { b":" };
        all.push(("a default port", put(url.scheme, &[url.authority, colon, port].concat(), url.query, b"")));
    }
    if let Some(old) = url.query {
        all.push(("the order of the query", put(url.scheme, url.authority, Some(&turned(old, order)), b"")));
        all.push(("how a query is escaped", put(url.scheme, url.authority, Some(&escaped_again(old)), b"")));
    }
    all
}

/// ASCII letters in the other case.
fn swapped(octets: &[u8]) -> Vec<u8> {
    octets.iter().map(|octet| if octet.is_ascii_alphabetic() { octet ^ 0x20 } else { *octet }).collect()
}

/// The pieces of a form in another order.
fn turned(form: &[u8], order: u8) -> Vec<u8> {
    let mut pieces: Vec<&[u8]> = form.split(|octet| *octet == b'&').collect();
    let by = usize::from(order) % pieces.len().max(1);
    pieces.rotate_left(by);
    if order >= 0x80 {
        pieces.reverse();
    }
    pieces.join(&b'&')
}

/// A form whose pairs are escaped as section 3.6 has it, whatever they were escaped like.
fn escaped_again(form: &[u8]) -> Vec<u8> {
    let mut out = Buffer::default();
    for (name, value) in naive::form(form) {
        if !out.is_empty() {
            out.push(b'&');
        }
        percent_encode(&name, &mut out);
        out.push(b'=');
        percent_encode(&value, &mut out);
    }
    out.to_vec()
}
