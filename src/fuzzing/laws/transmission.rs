//! Sending (RFC 5849 section 3.5): what is written into header, query or form is read back.

use super::asked::Asked;
use super::encoding::same_pairs;
use super::{same, shown};
use crate::protocol::authorization::Authorization;
use crate::protocol::{Header, Parameters, Request, SignatureMethod, Source, Url, transmission};

/// What is sent in each of the three places is read back there, behind what stood there before, and changes nothing else.
///
/// # Panics
/// Where one of it is not so.
pub fn transmission(asked: &Asked) {
    let headers = asked.headers();
    let protocol = asked.protocol(SignatureMethod::HmacSha1);
    let Ok(request) = asked.request(&headers, &protocol) else { return };
    let signature = &asked.choices;
    let mut sent = protocol.clone();
    sent.push(b"oauth_signature", signature, Source::Header);

    // A parameter without a name has no place in a header, and one of this name is the realm.
    let is_readable = sent.iter().all(|parameter| !parameter.name.is_empty() && !parameter.name.eq_ignore_ascii_case(b"realm"));
    if let (true, Ok(header)) = (is_readable, transmission::header(request.realm, &protocol, signature)) {
        match Authorization::parse(&header) {
            Err(fault) => panic!("a field that was written cannot be read: {fault}: {}", shown(&header)),
            Ok(read) => {
                assert_eq!(read.realm.as_deref().map(shown), request.realm.map(shown), "another realm is read than was written");
                same_pairs(&read.parameters, &sent, "other parameters are read than were written into a header");
            }
        }
        assert!(!header.iter().any(u8::is_ascii_control), "a header has a control character: {}", shown(&header));
    }

    let written = transmission::query(&request.url, &protocol, signature);
    match Url::parse(&written) {
        Err(fault) => panic!("a URL that was written cannot be read: {fault}"),
        Ok(url) => {
            let old = &request.url;
            for (octets, right) in [(url.scheme, old.scheme), (url.authority, old.authority), (url.path, old.path)] {
                same(octets, right, "sending in the query changes something else of the URL");
            }
            let tail = |text: &[u8]| text.iter().position(|octet| *octet == b'#').unwrap_or(text.len());
            let fragment = |text: &'_ [u8]| text.get(tail(text)..).unwrap_or_default().to_vec();
            same(&fragment(&written), &fragment(old.text), "sending in the query changes the fragment");
            appended(request.url.query.unwrap_or_default(), url.query.unwrap_or_default(), &sent, "a query");
        }
    }

    let content_type = Some(asked.content_type.as_slice()).filter(|value| !value.is_empty());
    match transmission::body(request.body, content_type, &protocol, signature) {
        Ok(body) => appended(request.body.unwrap_or_default(), &body, &sent, "a body"),
        Err(_) => assert!(!is_form(&request), "a form is refused as the place of the protocol parameters"),
    }
}

fn is_form(request: &Request<'_>) -> bool {
    let value = request.headers.iter().find(|header: &&Header<'_>| header.name == b"Content-Type");
    value.is_some_and(|header| header.value.eq_ignore_ascii_case(b"application/x-www-form-urlencoded"))
}

/// What was written holds what stood there, and then what is sent.
fn appended(before: &[u8], written: &[u8], sent: &Parameters, place: &str) {
    assert!(written.starts_with(before), "what stood in {place} is changed");
    let (mut expected, mut read) = (Parameters::new(), Parameters::new());
    expected.push_form(before, Source::Query);
    expected.append(sent);
    read.push_form(written, Source::Query);
    same_pairs(&read, &expected, &format!("other parameters are read than were written into {place}"));
}
