//! A verifier's every check: a good request passes, and one change of it is refused with its own word.

use super::super::collection::{Collect, FormReader};
use super::super::nonce::{NonceKey, NonceMemory, Registration, SeenNonces};
use super::super::transmission::{header, query};
use super::super::verification::{Checks, Knowledge, KnownClient, KnownToken, Received, Verifier};
use super::super::{Code, Derivation, Header, Parameters, PublicKey, Recipe, Request, Secrets, SignatureMethod, Source, Url, body_hash};
use super::signing::{PUBLIC, RSA_SHA1};
use super::{CLIENT_SECRET, PHOTOS, TOKEN_SECRET, photos};

const CLIENT: KnownClient<'static> = KnownClient { identifier: b"dpf43f3p2l4k3l03", secret: Some(CLIENT_SECRET), public_key: None };
const TOKEN: KnownToken<'static> = KnownToken { identifier: b"nnch734d00sl2jdk", secret: TOKEN_SECRET };
const KNOWLEDGE: Knowledge<'static> =
    Knowledge { client: Some(CLIENT), token: Some(TOKEN), now: Some(137_131_202), window: Some(300), allowed_methods: None };
const FORM: Header<'static> = Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded" };
const SECURE: &[u8] = b"https://photos.example.net/photos";

/// What travels beside its Authorization field.
#[derive(Clone, Copy)]
struct Sent<'a> {
    url: &'a [u8],
    headers: &'a [Header<'a>],
    body: Option<&'a [u8]>,
}

const PLAIN: Sent<'static> = Sent { url: PHOTOS, headers: &[], body: None };

fn verify(url: &[u8], headers: &[Header<'_>], body: Option<&[u8]>, knowledge: &Knowledge<'_>) -> Option<Code> {
    verify_with(&mut SeenNonces::default(), url, headers, body, knowledge)
}

fn verify_with(
    nonces: &mut dyn NonceMemory,
    url: &[u8],
    headers: &[Header<'_>],
    body: Option<&[u8]>,
    knowledge: &Knowledge<'_>,
) -> Option<Code> {
    let received = Received { method: b"GET", url, headers, body };
    let verdict = Verifier::default().verify(&Checks::RFC5849, &Recipe::RFC5849, &received, knowledge, nonces);
    verdict.err().map(|refusal| refusal.code)
}

/// Signs honestly what these protocol parameters say and verifies it.
fn signed(sent: Sent<'_>, protocol: &Parameters, knowledge: &Knowledge<'_>) -> Option<Code> {
    let Sent { url, headers, body } = sent;
    let request = Request { method: b"GET", url: Url::parse(url).unwrap(), headers, body, protocol, realm: None };
    let method = protocol.first("oauth_signature_method").and_then(|name| SignatureMethod::from_name(name).ok());
    let method = method.filter(|method| !method.is_rsa()).unwrap_or(SignatureMethod::HmacSha1);
    let token = if protocol.first("oauth_token").is_some_and(|token| !token.is_empty()) { TOKEN_SECRET } else { b"" };
    let mut derivation = Derivation::default();
    derivation.derive(&Recipe::RFC5849, &request, method, &Secrets::new(CLIENT_SECRET, token)).unwrap();
    let authorization = header(None, protocol, &derivation.signature).unwrap();
    let headers = [headers, &[Header { name: b"authorization", value: &authorization }]].concat();
    verify(url, &headers, body, knowledge)
}

/// The photos request with these parameters changed, added, or (without a value) left out.
fn changed(method: &str, changes: &[(&str, Option<&str>)]) -> Parameters {
    let mut list = photos(method);
    list.retain(|parameter| !changes.iter().any(|(name, _)| name.as_bytes() == parameter.name));
    let given = changes.iter().filter_map(|(name, value)| Some((name.as_bytes(), value.as_ref()?.as_bytes())));
    list.append(&Parameters::of_header(given));
    list
}

#[test]
fn a_good_request_passes_and_one_change_of_its_parameters_has_its_word() {
    let hmac = |changes: &[(&str, Option<&str>)]| signed(PLAIN, &changed("HMAC-SHA1", changes), &KNOWLEDGE);
    for (changes, expected) in [
        (&[][..], None),
        (&[("oauth_version", Some("1.0"))], None),
        (&[("oauth_version", Some("1.0a"))], Some(Code::VersionRejected)),
        (&[("oauth_version", Some(""))], Some(Code::VersionRejected)),
        (&[("oauth_consumer_key", None)], Some(Code::ParameterAbsent)),
        (&[("oauth_consumer_key", Some("another"))], Some(Code::ClientUnknown)),
        (&[("oauth_signature_method", None)], Some(Code::ParameterAbsent)),
        (&[("oauth_signature_method", Some("HMAC-MD5"))], Some(Code::SignatureMethodRejected)),
        (&[("oauth_signature_method", Some("RSA-SHA1"))], Some(Code::SignatureMethodRejected)),
        (&[("oauth_nonce", None)], Some(Code::ParameterAbsent)),
        (&[("oauth_nonce", Some(""))], Some(Code::ParameterAbsent)),
        (&[("oauth_timestamp", None)], Some(Code::ParameterAbsent)),
        (&[("oauth_token", None)], Some(Code::ParameterAbsent)),
        (&[("oauth_token", Some(""))], Some(Code::ParameterAbsent)),
        (&[("oauth_token", Some("another"))], Some(Code::TokenRejected)),
        (&[("oauth_nonce", Some("a")), ("oauth_nonce", Some("b"))], Some(Code::ParameterDuplicated)),
        (&[("oauth_other", Some("a")), ("oauth_other", Some("a"))], Some(Code::ParameterDuplicated)),
        (&[("other", Some("a")), ("other", Some("a"))], None),
    ] {
        assert_eq!(hmac(changes), expected, "{changes:?}");
    }
}

#[test]
fn the_window_is_open_at_both_ends_and_a_timestamp_is_a_positive_integer() {
    let at = |timestamp: &str, knowledge: &Knowledge<'_>| {
        signed(PLAIN, &changed("HMAC-SHA1", &[("oauth_timestamp", Some(timestamp))]), knowledge)
    };
    let refused = Some(Code::TimestampRefused);
    for (timestamp, expected) in [
        ("137130902", None),
        ("137130901", refused),
        ("137131502", None),
        ("137131503", refused),
        ("0137131202", None),
        ("99999999999999999999999", refused),
        ("0", refused),
        ("000", refused),
        ("-137131202", refused),
        ("+137131202", refused),
        ("137131202.0", refused),
        ("137131202 ", refused),
    ] {
        assert_eq!(at(timestamp, &KNOWLEDGE), expected, "{timestamp}");
    }
    for knowledge in [Knowledge { now: None, ..KNOWLEDGE }, Knowledge { window: None, ..KNOWLEDGE }] {
        assert_eq!(at("1", &knowledge), None);
        assert_eq!(at("99999999999999999999999", &knowledge), None);
        assert_eq!(at("x", &knowledge), refused);
    }
}

#[test]
fn what_the_server_knows_decides() {
    let request = |knowledge: Knowledge<'_>| signed(PLAIN, &photos("HMAC-SHA1"), &knowledge);
    let without_secret = KnownClient { secret: None, ..CLIENT };
    for (knowledge, expected) in [
        (Knowledge { client: None, ..KNOWLEDGE }, Some(Code::ClientUnknown)),
        (Knowledge { client: Some(without_secret), ..KNOWLEDGE }, Some(Code::SignatureMethodRejected)),
        (Knowledge { client: Some(KnownClient { secret: Some(b"x"), ..CLIENT }), ..KNOWLEDGE }, Some(Code::SignatureInvalid)),
        (Knowledge { token: None, ..KNOWLEDGE }, Some(Code::TokenRejected)),
        (Knowledge { token: Some(KnownToken { secret: b"x", ..TOKEN }), ..KNOWLEDGE }, Some(Code::SignatureInvalid)),
        (Knowledge { allowed_methods: Some(&[SignatureMethod::Plaintext]), ..KNOWLEDGE }, Some(Code::SignatureMethodRejected)),
        (Knowledge { allowed_methods: Some(&[SignatureMethod::HmacSha1]), ..KNOWLEDGE }, None),
    ] {
        assert_eq!(request(knowledge), expected);
    }
    let no_token = changed("HMAC-SHA1", &[("oauth_token", None)]);
    assert_eq!(signed(PLAIN, &no_token, &Knowledge { token: None, ..KNOWLEDGE }), None);
}

#[test]
fn plaintext_needs_tls_and_neither_timestamp_nor_nonce() {
    let undated = changed("PLAINTEXT", &[("oauth_timestamp", None), ("oauth_nonce", None)]);
    assert_eq!(signed(Sent { url: SECURE, ..PLAIN }, &undated, &KNOWLEDGE), None);
    assert_eq!(signed(PLAIN, &undated, &KNOWLEDGE), Some(Code::InsecureTransport));
    assert_eq!(signed(Sent { url: SECURE, ..PLAIN }, &photos("HMAC-SHA1"), &KNOWLEDGE), None);
    // If it is dated all the same, the nonce counts.
    let authorization = header(None, &photos("PLAINTEXT"), b"kd94hf93k423kf44&pfkkdhi9sl3r4s00").unwrap();
    let headers = [Header { name: b"Authorization", value: &authorization }];
    let mut nonces = SeenNonces::default();
    assert_eq!(verify_with(&mut nonces, SECURE, &headers, None, &KNOWLEDGE), None);
    assert_eq!(verify_with(&mut nonces, SECURE, &headers, None, &KNOWLEDGE), Some(Code::NonceUsed));
}

/// A request with the signature that section 1.2 prints, or another.
fn with_signature(signature: &str, nonces: &mut dyn NonceMemory) -> Option<Code> {
    let authorization = header(Some(b"Photos"), &photos("HMAC-SHA1"), signature.as_bytes()).unwrap();
    let basic = Header { name: b"X-Authorization", value: b"Basic eDp5" };
    verify_with(nonces, PHOTOS, &[basic, Header { name: b"AUTHORIZATION", value: &authorization }], None, &KNOWLEDGE)
}

#[test]
fn only_the_text_of_the_signature_passes() {
    for (signature, expected) in [
        ("MdpQcU8iPSUjWoN/UDMsK2sui9I=", None),
        ("MdpQcU8iPSUjWoN/UDMsK2sui9J=", Some(Code::SignatureInvalid)),
        ("MdpQcU8iPSUjWoN/UDMsK2sui9I", Some(Code::SignatureInvalid)),
        ("MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D", Some(Code::SignatureInvalid)),
        ("", Some(Code::ParameterAbsent)),
    ] {
        assert_eq!(with_signature(signature, &mut SeenNonces::default()), expected, "{signature}");
    }
}

#[test]
fn a_nonce_is_used_up_by_a_good_signature_only() {
    let mut nonces = SeenNonces::default();
    assert_eq!(with_signature("MdpQcU8iPSUjWoN/UDMsK2sui9A=", &mut nonces), Some(Code::SignatureInvalid));
    assert_eq!(with_signature("MdpQcU8iPSUjWoN/UDMsK2sui9I=", &mut nonces), None);
    assert_eq!(with_signature("MdpQcU8iPSUjWoN/UDMsK2sui9I=", &mut nonces), Some(Code::NonceUsed));

    /// A memory without room that tells what it was asked.
    struct Full(Vec<Vec<u8>>);
    impl NonceMemory for Full {
        fn register(&mut self, key: NonceKey<'_>) -> Registration {
            self.0 = [key.client, key.token, key.timestamp, key.nonce].map(<[u8]>::to_vec).to_vec();
            Registration::Full
        }
    }
    let mut full = Full(Vec::new());
    assert_eq!(with_signature("MdpQcU8iPSUjWoN/UDMsK2sui9I=", &mut full), Some(Code::NonceUsed));
    assert_eq!(full.0, [&b"dpf43f3p2l4k3l03"[..], b"nnch734d00sl2jdk", b"137131202", b"chapoH"]);
}

#[test]
fn protocol_parameters_stand_in_one_place() {
    let scattered = |query: &[u8]| signed(Sent { url: query, ..PLAIN }, &photos("HMAC-SHA1"), &KNOWLEDGE);
    assert_eq!(scattered(b"http://photos.example.net/photos?oauth_other=1"), Some(Code::ParameterScattered));
    assert_eq!(scattered(b"http://photos.example.net/photos?oauth_nonce=chapoH"), Some(Code::ParameterDuplicated));
    assert_eq!(scattered(b"http://photos.example.net/photos?xoauth_other=1"), None);
    // In the query alone they are as good as in the header, and a field of another scheme is somebody else's.
    let url = query(&Url::parse(PHOTOS).unwrap(), &photos("HMAC-SHA1"), b"MdpQcU8iPSUjWoN/UDMsK2sui9I=");
    let basic = Header { name: b"Authorization", value: b"Basic eDp5" };
    assert_eq!(verify(&url, &[], None, &KNOWLEDGE), None);
    assert_eq!(verify(&url, &[basic], None, &KNOWLEDGE), None);
    assert_eq!(verify(&url, &[basic, basic], None, &KNOWLEDGE), Some(Code::MalformedRequest));
    assert_eq!(verify(PHOTOS, &[basic], None, &KNOWLEDGE), Some(Code::ParameterAbsent));
    assert_eq!(verify(b"/photos", &[], None, &KNOWLEDGE), Some(Code::MalformedUrl));
    let broken = Header { name: b"Authorization", value: b"OAuth a=1" };
    assert_eq!(verify(PHOTOS, &[broken], None, &KNOWLEDGE), Some(Code::MalformedHeader));
}

#[test]
fn a_name_that_stands_twice_is_seen_among_few_and_among_many() {
    for count in [1, 9, 10, 40] {
        let mut protocol = photos("HMAC-SHA1");
        for number in 0..count {
            protocol.push(format!("oauth_{number}").as_bytes(), b"", Source::Header);
        }
        assert_eq!(signed(PLAIN, &protocol, &KNOWLEDGE), None, "{count}");
        for twice in [0, count / 2, count - 1] {
            let mut protocol = protocol.clone();
            protocol.push(format!("oauth_{twice}").as_bytes(), b"x", Source::Header);
            assert_eq!(signed(PLAIN, &protocol, &KNOWLEDGE), Some(Code::ParameterDuplicated), "{twice} of {count}");
        }
    }
}

#[test]
fn a_verifier_forgets_the_header_of_the_last_request() {
    let authorization = header(None, &photos("HMAC-SHA1"), b"MdpQcU8iPSUjWoN/UDMsK2sui9I=").unwrap();
    let signed = [Header { name: b"Authorization", value: &authorization }];
    let mut verifier = Verifier::default();
    for (headers, expected) in [(&signed[..], None), (&[], Some(Code::ParameterAbsent)), (&signed, None)] {
        let received = Received { method: b"GET", url: PHOTOS, headers, body: None };
        let verdict = verifier.verify(&Checks::RFC5849, &Recipe::RFC5849, &received, &KNOWLEDGE, &mut SeenNonces::default());
        assert_eq!(verdict.err().map(|refusal| refusal.code), expected);
    }
}

#[test]
fn an_rsa_signature_is_verified_with_the_public_key() {
    let key = PublicKey::from_pem(PUBLIC[0]).unwrap();
    let client = KnownClient { secret: None, public_key: Some(&key), ..CLIENT };
    let knowledge = Knowledge { client: Some(client), ..KNOWLEDGE };
    let other = format!("A{}", &RSA_SHA1[1..]);
    for (signature, expected) in [(RSA_SHA1, None), (&other, Some(Code::SignatureInvalid)), ("no base64", Some(Code::SignatureInvalid))] {
        let authorization = header(None, &photos("RSA-SHA1"), signature.as_bytes()).unwrap();
        assert_eq!(verify(PHOTOS, &[Header { name: b"Authorization", value: &authorization }], None, &knowledge), expected, "{signature}");
    }
}

/// Body hash draft, sections 4.2.1 and 4.2.2.
#[test]
fn a_body_hash_is_compared_and_has_no_place_beside_a_form() {
    let right = body_hash(SignatureMethod::HmacSha1, Some(b"{}"));
    let hashed = |hash: &str, headers, body| {
        let protocol = changed("HMAC-SHA1", &[("oauth_body_hash", Some(hash))]);
        signed(Sent { url: PHOTOS, headers, body }, &protocol, &KNOWLEDGE)
    };
    assert_eq!(hashed(&right, &[], Some(b"{}")), None);
    assert_eq!(hashed(&right, &[], Some(b"{ }")), Some(Code::BodyHashInvalid));
    assert_eq!(hashed(&right, &[], None), Some(Code::BodyHashInvalid));
    assert_eq!(hashed(&right, &[FORM], Some(b"{}")), Some(Code::ParameterRejected));
}

/// What the verifier has read to look for protocol parameters serves the specification's recipe, and no other.
#[test]
fn a_recipe_that_reads_or_collects_otherwise_is_asked_for_it() {
    let collect_nothing: Collect = |_, _, _| Ok(());
    let cut_nothing = FormReader { cut: Some(|_, _| {}), ..FormReader::RFC5849 };
    let query_of_nothing = FormReader { query: Some(|_| None), ..FormReader::RFC5849 };
    let form_of_nothing = FormReader { form: Some(|_| Ok(None)), ..FormReader::RFC5849 };
    let decode_nothing = FormReader { decode: Some(|_, _, _| {}), ..FormReader::RFC5849 };
    let authorization = header(None, &photos("HMAC-SHA1"), b"any").unwrap();
    let headers = [FORM, Header { name: b"Authorization", value: &authorization }];
    let received = Received { method: b"GET", url: PHOTOS, headers: &headers, body: Some(b"b=2") };
    let tail = "oauth_consumer_key=dpf43f3p2l4k3l03&oauth_nonce=chapoH&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131202\
                &oauth_token=nnch734d00sl2jdk";
    for (read, collect, expected) in [
        (FormReader::RFC5849, Recipe::RFC5849.collect, format!("b=2&file=vacation.jpg&{tail}&size=original")),
        (FormReader::RFC5849, collect_nothing, String::new()),
        (cut_nothing, Recipe::RFC5849.collect, tail.to_owned()),
        (query_of_nothing, Recipe::RFC5849.collect, format!("b=2&{tail}")),
        (form_of_nothing, Recipe::RFC5849.collect, format!("file=vacation.jpg&{tail}&size=original")),
        (decode_nothing, Recipe::RFC5849.collect, format!("=&=&=&{tail}")),
    ] {
        let recipe = Recipe { read, collect, ..Recipe::RFC5849 };
        let mut verifier = Verifier::default();
        let verdict = verifier.verify(&Checks::RFC5849, &recipe, &received, &KNOWLEDGE, &mut SeenNonces::default());
        assert_eq!(verdict.unwrap_err().code, Code::SignatureInvalid);
        assert_eq!(std::str::from_utf8(&verifier.derivation.normalized).unwrap(), expected);
    }
}
