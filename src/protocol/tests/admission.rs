//! What a signer refuses to sign, check by check, each beside what it signs.

use super::super::admission::Admission;
use super::super::error::Code;
use super::super::{Header, Parameters, Request, Source, Url};
use super::{PHOTOS, ProtocolParameters};

const CHECKS: Admission = Admission::RFC5849;

/// What section 1.2 asks to be signed.
const ASKED: ProtocolParameters<'static> = ProtocolParameters {
    client: b"dpf43f3p2l4k3l03",
    token: None,
    signature_method: b"HMAC-SHA1",
    timestamp: Some(b"137131200"),
    nonce: Some(b"wIjqoxSZ"),
    version: None,
    callback: None,
    verifier: None,
    body_hash: None,
};

/// The code of the first refusal by the checks of values.
fn refused(asked: &ProtocolParameters<'_>) -> Option<Code> {
    [CHECKS.version, CHECKS.timestamp, CHECKS.presence, CHECKS.client]
        .iter()
        .find_map(|check| check(asked).err())
        .map(|refusal| refusal.code)
}

fn list(names: &[&str]) -> Parameters {
    let mut list = Parameters::new();
    for name in names {
        list.push(name.as_bytes(), b"x", Source::Header);
    }
    list
}

fn request<'a>(headers: &'a [Header<'a>], protocol: &'a Parameters) -> Request<'a> {
    Request { method: b"POST", url: Url::parse(PHOTOS).unwrap(), headers, body: Some(b"a=1"), protocol, realm: None }
}

#[test]
fn the_version_is_1_0_or_absent() {
    assert_eq!(refused(&ASKED), None);
    assert_eq!(refused(&ProtocolParameters { version: Some(b"1.0"), ..ASKED }), None);
    for version in [&b""[..], b"1", b"1.0a", b"2.0"] {
        assert_eq!(refused(&ProtocolParameters { version: Some(version), ..ASKED }), Some(Code::VersionRejected));
    }
}

#[test]
fn a_timestamp_is_a_positive_integer() {
    for timestamp in [&b"1"[..], b"0010", b"137131200"] {
        assert_eq!(refused(&ProtocolParameters { timestamp: Some(timestamp), ..ASKED }), None);
    }
    for timestamp in [&b""[..], b"0", b"000", b"-1", b"+1", b"1.5", b" 1", b"1e3", b"x"] {
        assert_eq!(refused(&ProtocolParameters { timestamp: Some(timestamp), ..ASKED }), Some(Code::TimestampRefused));
    }
}

#[test]
fn only_plaintext_goes_without_timestamp_and_nonce() {
    let lacking = [
        ProtocolParameters { timestamp: None, ..ASKED },
        ProtocolParameters { nonce: None, ..ASKED },
        ProtocolParameters { nonce: Some(b""), ..ASKED },
        ProtocolParameters { timestamp: None, nonce: None, ..ASKED },
    ];
    for asked in lacking {
        assert_eq!(refused(&asked), Some(Code::ParameterAbsent));
        assert_eq!(refused(&ProtocolParameters { signature_method: b"PLAINTEXT", ..asked }), None);
    }
}

#[test]
fn there_is_a_client() {
    assert_eq!(refused(&ProtocolParameters { client: b"", ..ASKED }), Some(Code::ParameterAbsent));
    assert_eq!(refused(&ProtocolParameters { client: b" ", ..ASKED }), None);
}

#[test]
fn a_realm_has_no_control_character() {
    let refused = |realm: &[u8]| (CHECKS.realm)(realm).err().map(|refusal| refusal.code);
    for realm in [&b""[..], b"Photos", "Bilder für \"alle\"".as_bytes()] {
        assert_eq!(refused(realm), None);
    }
    for realm in [&b"a\r\nb"[..], b"\0", b"tab\there", b"\x7f"] {
        assert_eq!(refused(realm), Some(Code::MalformedRequest));
    }
}

#[test]
fn each_name_stands_there_once_and_is_a_parameters_own() {
    let refused = |names: &[&str]| (CHECKS.names)(&list(names)).err().map(|refusal| refusal.code);
    assert_eq!(refused(&["oauth_consumer_key", "oauth_nonce", "scope", "Scope"]), None);
    // The signature is still to come.
    for names in [&["oauth_nonce", "oauth_token", "oauth_nonce"][..], &["oauth_signature"]] {
        assert_eq!(refused(names), Some(Code::ParameterDuplicated));
    }
    for name in ["", "realm", "Realm"] {
        assert_eq!(refused(&["oauth_nonce", name]), Some(Code::ParameterRejected));
    }
}

#[test]
fn a_body_that_is_to_hold_parameters_is_a_form() {
    let empty = Parameters::new();
    let refused = |headers: &[Header<'_>]| (CHECKS.body)(&request(headers, &empty)).err().map(|refusal| refusal.code);
    let field = |value| Header { name: b"content-TYPE", value };
    assert_eq!(refused(&[field(b"application/x-www-form-urlencoded; charset=UTF-8")]), None);
    for headers in [&[][..], &[field(b"application/json")]] {
        assert_eq!(refused(headers), Some(Code::MalformedRequest));
    }
}

#[test]
fn a_body_hash_goes_with_no_form() {
    let (with, without) = (list(&["oauth_body_hash"]), list(&["oauth_nonce"]));
    let refused = |protocol, as_form| (CHECKS.body_hash)(&request(&[], protocol), as_form).err().map(|refusal| refusal.code);
    assert_eq!(refused(&with, true), Some(Code::ParameterRejected));
    assert_eq!(refused(&with, false), None);
    assert_eq!(refused(&without, true), None);
}

#[test]
fn a_url_is_absolute_and_of_http() {
    for (url, is_read) in [("https://example.com/", true), ("HTTP://example.com", true), ("/path", false), ("ftp://example.com/", false)] {
        assert_eq!((CHECKS.url)(url.as_bytes()).is_ok(), is_read, "{url}");
    }
}
