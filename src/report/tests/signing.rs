//! The output of `countersign sign`: what is shown, and what is not when the secrets are somebody's.

use super::golden;
use crate::judgement::plain::is_plain;
use crate::protocol::transmission::{ProtocolParameters, Transmission};
use crate::protocol::{Header, Parameters, Recipe, Request, Secrets, SignatureMethod, Url, derive};
use crate::report::{Disclosure, Layout, SignedRequest, sign, sign_json};

const SECRET: &str = "hunter2&";

struct Given<'a> {
    method: SignatureMethod,
    url: &'a str,
    headers: &'a [Header<'a>],
    body: Option<&'a [u8]>,
    transmission: Transmission,
    verifier: Option<&'a [u8]>,
    disclosure: Disclosure,
}

impl Default for Given<'_> {
    fn default() -> Self {
        Given {
            method: SignatureMethod::HmacSha1,
            url: "https://api.example.com/a b/[x]?q=it's&empty=",
            headers: &[],
            body: None,
            transmission: Transmission::Header,
            verifier: None,
            disclosure: Disclosure::Synthetic,
        }
    }
}

/// The text and the JSON of a signed request.
fn written(given: &Given<'_>) -> (String, String) {
    let mut protocol = Parameters::new();
    ProtocolParameters {
        client: b"ck",
        token: Some(b"tk"),
        signature_method: given.method.as_str().as_bytes(),
        timestamp: Some(b"1700000000"),
        nonce: Some(b"n"),
        version: Some(b"1.0"),
        verifier: given.verifier,
        ..ProtocolParameters::default()
    }
    .append_to(&mut protocol);
    let url = Url::parse(given.url.as_bytes()).unwrap();
    let request = Request { method: b"POST", url, headers: given.headers, body: given.body, protocol: &protocol, realm: None };
    let secrets = Secrets::new(SECRET.as_bytes(), b"token secret");
    let derivation = derive(&Recipe::RFC5849, &request, given.method, &secrets).unwrap();
    let signed = SignedRequest {
        request: &request,
        method: given.method,
        derivation: &derivation,
        transmission: given.transmission,
        realm: Some(b"a \"realm\""),
        disclosure: given.disclosure,
        private_key_file: None,
    };
    let (text, json) = (sign(&signed, Layout::default()).unwrap(), sign_json(&signed).unwrap());
    for written in [&text, &json] {
        assert_eq!(written.chars().find(|&letter| letter != '\n' && !is_plain(letter)), None);
    }
    serde_json::from_str::<serde_json::Value>(&json).unwrap();
    (text, json)
}

const FORM: [Header<'static>; 1] = [Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded" }];

#[test]
fn every_stage_and_every_line_is_shown_for_synthetic_secrets() {
    let (text, json) = written(&Given { headers: &FORM, body: Some(b"a=1&b=\xff\n"), ..Given::default() });
    golden!("sign-text", text);
    golden!("sign-json", json);
}

#[test]
fn a_request_with_its_parameters_in_query_or_body_is_sent_so() {
    let (text, _) = written(&Given { transmission: Transmission::Query, ..Given::default() });
    assert!(text.contains("URL to send") && text.contains("&oauth_signature=") && !text.contains("Authorization:"), "{text}");
    let (text, _) = written(&Given { transmission: Transmission::Body, headers: &FORM, body: Some(b"a=1"), ..Given::default() });
    assert!(text.contains("--data-raw 'a=1&oauth_consumer_key=ck"), "{text}");
}

/// Neither the secrets nor anything that they can be tried out on: the signature together with the base string.
#[test]
fn real_secrets_and_signatures_are_not_shown() {
    for method in [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256, SignatureMethod::Plaintext] {
        let open = written(&Given { method, ..Given::default() });
        let signature = serde_json::from_str::<serde_json::Value>(&open.1).unwrap()["signature"].as_str().unwrap().to_owned();
        let hidden = written(&Given { method, disclosure: Disclosure::Real, ..Given::default() });
        for text in [&hidden.0, &hidden.1] {
            for secret in ["hunter2", "token%20secret", "token secret", signature.as_str(), &signature.replace('=', "%3D")] {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
        }
        // Nor a digest of it, against which secrets could be tried.
        assert!(hidden.0.contains("--reveal") && !hidden.0.contains("sha256:") && !hidden.1.contains("sha256:"));
        let revealed = written(&Given { method, disclosure: Disclosure::Revealed, ..Given::default() });
        assert_eq!(revealed, open);
    }
}

#[test]
fn a_real_verifier_is_not_shown_in_the_base_string_either() {
    let given = Given { verifier: Some(b"53cr3t"), disclosure: Disclosure::Real, ..Given::default() };
    let (text, json) = written(&given);
    for written in [&text, &json] {
        assert!(!written.contains("53cr3t"), "{written}");
    }
    assert!(text.contains("it holds oauth_verifier") && text.contains("\"$BASE_STRING\""), "{text}");
    golden!("sign-real", text);
}

#[test]
fn a_body_that_is_no_form_is_sent_without_a_type_of_curls_own() {
    let (text, _) = written(&Given { body: Some(b"{}"), ..Given::default() });
    assert!(text.contains("--header Content-Type: --data-raw '{}'"), "{text}");
    let (text, _) = written(&Given { body: Some(b"a\0%b"), ..Given::default() });
    assert!(text.contains("  printf 'a\\000\\045b' | curl ") && text.contains("--data-binary @-"), "{text}");
}

#[test]
fn a_realm_that_would_end_the_header_is_an_error() {
    let protocol = Parameters::new();
    let request =
        Request { method: b"GET", url: Url::parse(b"http://h/").unwrap(), headers: &[], body: None, protocol: &protocol, realm: None };
    let derivation = derive(&Recipe::RFC5849, &request, SignatureMethod::HmacSha1, &Secrets::new(b"", b"")).unwrap();
    let signed = SignedRequest {
        request: &request,
        method: SignatureMethod::HmacSha1,
        derivation: &derivation,
        transmission: Transmission::Header,
        realm: Some(b"a\r\nX: y"),
        disclosure: Disclosure::Synthetic,
        private_key_file: None,
    };
    assert!(sign(&signed, Layout::default()).is_err() && sign_json(&signed).is_err());
}
