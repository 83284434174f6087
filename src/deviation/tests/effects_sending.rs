//! Every departure of sending changes a header, a body or a query, and no two change all of them alike.

use std::collections::BTreeMap;

use crate::deviation::{Practice, Side, Stage, all, find};
use crate::protocol::{Parameters, Request, Url};

/// What is sent: in the header, in a body, in the query, in a header with an empty realm; with everything that can be spoilt.
fn sent(apply: fn(&mut Practice)) -> [String; 4] {
    let mut practice = Practice::RFC5849;
    apply(&mut practice);
    let protocol = Parameters::of_header([
        (&b"oauth_consumer_key"[..], &b"c/k"[..]),
        (b"oauth_token", b""),
        (b"oauth_signature_method", b"HMAC-SHA1"),
        (b"oauth_callback", b"http://h/?a=b c*~"),
        (b"oauth_verifier", b"v"),
        (b"oauth_version", b"1.0"),
        (b"oauth_body_hash", b"h="),
        (b"oauth_empty", b""),
    ]);
    let url = Url::parse(b"http://h/?a=1").unwrap();
    let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
    let list = practice.sending.sent(&request, b"a+b/c=&");
    [
        practice.sending.header(Some(b"my \"realm\""), &list).unwrap(),
        practice.sending.body(Some(b"b=2"), &list),
        practice.sending.query(&request.url, &list),
        practice.sending.header(Some(b""), &list).unwrap(),
    ]
    .map(|text| String::from_utf8(text).unwrap())
}

#[test]
fn every_departure_has_an_effect_of_its_own() {
    let mut seen = BTreeMap::from([(sent(|_| {}), "nothing")]);
    for row in all().filter(|row| (Stage::SendWhat..Stage::Response).contains(&row.stage)) {
        assert_eq!(row.stage.side(), Side::Sending);
        assert_eq!(seen.insert(sent(row.apply), row.id), None, "{} is the same", row.id);
    }
    assert!(seen.len() > 30);
}

/// Written down by hand, from section 3.5.1.
#[test]
fn headers_are_spoilt_as_the_sentence_says() {
    let header = |id: &str| sent(find(id).unwrap().apply)[0].clone();
    assert!(header("header.comma-after-scheme").starts_with("OAuth, realm=\"my \\\"realm\\\"\", oauth_consumer_key=\"c%2Fk\", "));
    assert!(header("header.realm-encoded").starts_with("OAuth realm=\"my%20%22realm%22\", "));
    assert!(header("header.unquoted").ends_with(", oauth_signature=a%2Bb%2Fc%3D%26"));
    assert!(header("sending.signature-raw").ends_with(", oauth_signature=\"a+b/c=&\""));
    assert!(header("sending.signature-twice").ends_with(", oauth_signature=\"a%252Bb%252Fc%253D%2526\""));
    assert!(header("sending.request-parameters-too").ends_with(", a=\"1\""));
    assert!(!header("sending.empty-left-out").contains("oauth_token"));
}
