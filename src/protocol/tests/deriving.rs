//! Derivations: every stage of the specification's examples, other encoders, and memory that is used again.

use super::super::base_string::port;
use super::super::collection::{self, FormReader};
use super::super::encoding::{OctetTable, UPPER_HEX};
use super::super::normalization::{EncodedParameters, Encoders, Join, Level, join};
use super::super::request::{Header, Request, Url};
use super::super::signature;
use super::super::{Buffer, Derivation, Encoder, Malformed, Parameters, Recipe, Secrets, SignatureMethod, derive, percent_encode};
use super::{CLIENT_SECRET, PHOTOS, TOKEN_SECRET, photos};

const FORM: Header<'static> = Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded" };

fn text(octets: &[u8]) -> &str {
    std::str::from_utf8(octets).unwrap()
}

fn request<'a>(url: &'a [u8], headers: &'a [Header<'a>], body: Option<&'a [u8]>, protocol: &'a Parameters) -> Request<'a> {
    Request { method: b"get", url: Url::parse(url).unwrap(), headers, body, protocol, realm: Some(b"never signed") }
}

#[test]
fn a_default_port_is_that_of_its_scheme() {
    for (scheme, number, is_written) in [
        ("http", 80, false),
        ("HTTP", 80, false),
        ("https", 443, false),
        ("HttpS", 443, false),
        ("http", 443, true),
        ("https", 80, true),
        ("http", 8080, true),
        // Whoever signs such a URL knows no default of it.
        ("ftp", 80, true),
        ("ftp", 443, true),
    ] {
        assert_eq!(port(scheme.as_bytes(), Some(number)), is_written.then_some(number), "{scheme}:{number}");
    }
    assert_eq!(port(b"http", None), None);
}

#[test]
fn the_photos_request_of_section_1_2_is_derived() {
    let protocol = photos("HMAC-SHA1");
    let secrets = Secrets::new(CLIENT_SECRET, TOKEN_SECRET);
    let derivation = derive(&Recipe::RFC5849, &request(PHOTOS, &[], None, &protocol), SignatureMethod::HmacSha1, &secrets).unwrap();
    assert_eq!(text(&derivation.method), "GET");
    assert_eq!(text(&derivation.base_uri), "http://photos.example.net/photos");
    assert_eq!(
        text(&derivation.normalized),
        "file=vacation.jpg&oauth_consumer_key=dpf43f3p2l4k3l03&oauth_nonce=chapoH&oauth_signature_method=HMAC-SHA1\
         &oauth_timestamp=137131202&oauth_token=nnch734d00sl2jdk&size=original"
    );
    assert_eq!(text(derivation.key()), "kd94hf93k423kf44&pfkkdhi9sl3r4s00");
    assert_eq!(text(&derivation.signature), "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
    assert_eq!(derivation.octets.len(), 20);
    assert_eq!(derivation.encoded.len(), 7);
    let printed = format!("{derivation:?}");
    assert!(printed.contains("Key(..)") && !printed.contains("kd94hf93k423kf44"), "{printed}");
}

/// Section 3.4.1.1 prints the base string, erratum 2550 the signature.
#[test]
fn the_example_of_section_3_4_1_is_derived() {
    let protocol = Parameters::of_header([
        (&b"oauth_consumer_key"[..], &b"9djdj82h48djs9d2"[..]),
        (b"oauth_token", b"kkk9d7dh3k39sjv7"),
        (b"oauth_signature_method", b"HMAC-SHA1"),
        (b"oauth_timestamp", b"137131201"),
        (b"oauth_nonce", b"7d8f3e4a"),
        (b"oauth_signature", b"is left out"),
    ]);
    let request = Request {
        method: b"POST",
        url: Url::parse(b"http://example.com/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap(),
        headers: &[FORM],
        body: Some(b"c2&a3=2+q"),
        protocol: &protocol,
        realm: None,
    };
    let secrets = Secrets::new(b"j49sk3j29djd", b"dh893hdasih9");
    let derivation = derive(&Recipe::RFC5849, &request, SignatureMethod::HmacSha1, &secrets).unwrap();
    assert_eq!(
        text(&derivation.base_string),
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D\
         %26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1\
         %26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    );
    assert_eq!(text(&derivation.signature), "r6/TJjbCOr97/+UU0NsvSne7s5g=");
}

/// Section 2.1 prints `oauth_signature="ja893SD9%26"`.
#[test]
fn a_plaintext_signature_is_the_key_as_it_is() {
    let protocol = photos("PLAINTEXT");
    let derivation =
        derive(&Recipe::RFC5849, &request(PHOTOS, &[], None, &protocol), SignatureMethod::Plaintext, &Secrets::new(b"ja893SD9", b""))
            .unwrap();
    assert_eq!(text(&derivation.signature), "ja893SD9&");
    assert_eq!(derivation.key(), b"ja893SD9&");
}

#[test]
fn a_signature_is_left_out_wherever_it_stands_and_a_realm_only_in_the_header() {
    let protocol = Parameters::of_header([(&b"oauth_signature"[..], &b"x"[..]), (b"z", b"")]);
    let url = b"http://h/?oauth_signature=1&realm=q&oauth_signature=2";
    let body = Some(&b"oauth_signature=3&oauth%5Fsignature=4&oauth_Signature=5"[..]);
    let mut derivation = Derivation::default();
    derivation.derive_base_string(&Recipe::RFC5849, &request(url, &[FORM], body, &protocol)).unwrap();
    assert_eq!(text(&derivation.normalized), "oauth_Signature=5&realm=q&z=");
}

#[test]
fn the_media_type_says_whether_a_body_is_read() {
    let protocol = Parameters::new();
    let json = Header { name: b"content-type", value: b"application/json" };
    for (headers, body, expected) in [
        (&[FORM][..], Some(&b"a=1"[..]), Ok("a=1")),
        (&[FORM], None, Ok("")),
        (&[json], Some(b"a=1"), Ok("")),
        (&[], Some(b"a=1"), Ok("")),
        (&[FORM, json], Some(b"a=1"), Err(Malformed::Request("several Content-Type fields"))),
        (&[FORM, json], None, Ok("")),
    ] {
        let mut derivation = Derivation::default();
        let derived = derivation.derive_base_string(&Recipe::RFC5849, &request(b"http://h/", headers, body, &protocol));
        assert_eq!(derived.map(|()| text(&derivation.normalized)), expected);
    }
}

#[test]
fn stages_after_a_fault_are_empty_and_nothing_is_left_of_the_last_request() {
    let protocol = photos("HMAC-SHA1");
    let secrets = Secrets::new(CLIENT_SECRET, TOKEN_SECRET);
    let mut derivation = Derivation::default();
    let hosts = [Header { name: b"Host", value: b"a" }, Header { name: b"host", value: b"b" }];
    for again in [Ok(()), Err(Malformed::Request("several Host fields"))] {
        derivation.derive(&Recipe::RFC5849, &request(PHOTOS, &[], None, &protocol), SignatureMethod::HmacSha1, &secrets).unwrap();
        let headers: &[Header<'_>] = if again.is_ok() { &[] } else { &hosts };
        let empty = Parameters::new();
        let second = request(b"http://h/x", headers, None, &empty);
        assert_eq!(derivation.derive_base_string(&Recipe::RFC5849, &second), again);
        assert_eq!(text(&derivation.base_string), if again.is_ok() { "GET&http%3A%2F%2Fh%2Fx&" } else { "" });
        assert!(derivation.key().is_empty() && derivation.octets.is_empty() && derivation.signature.is_empty());
        assert!(derivation.parameters.is_empty() && derivation.encoded.is_empty() && derivation.normalized.is_empty());
        assert_eq!(text(&derivation.method), "GET");
    }
}

static LOWER: OctetTable = OctetTable::keeping(b"*'", b"0123456789abcdef");
static UPPER: OctetTable = OctetTable::keeping(b"", UPPER_HEX);
const WHOLE: Encoder = Encoder::Whole(percent_encode);

/// Whatever the encoders are, and so whichever way the work is done: names and values are encoded, joined, and the whole is encoded again.
#[test]
fn any_encoders_give_what_one_after_the_other_gives() {
    let pairs = [(&b"b ~"[..], &b"*&'="[..]), (b"", b""), (b"a", b"\xc3\xa9~"), (b"a", b"")];
    let decoded = Parameters::of_header(pairs);
    let encoders = [Encoder::RFC5849, Encoder::Octets(&LOWER), Encoder::Octets(&UPPER), WHOLE];
    let encode = |encoder: Encoder, octets: &[u8]| {
        let mut out = Buffer::default();
        encoder.encode(octets, &mut out);
        out.to_vec()
    };
    for name in encoders {
        for value in encoders {
            for part in encoders {
                let encode_as = Encoders { name, value, part, ..Encoders::RFC5849 };
                let recipe = Recipe { encode: encode_as, order: |_| {}, ..Recipe::RFC5849 };
                let mut derivation = Derivation::default();
                derivation.derive_base_string(&recipe, &request(b"http://h/", &[], None, &decoded)).unwrap();
                let normalized = pairs
                    .map(|(octets, _)| encode(name, octets))
                    .iter()
                    .zip(pairs.map(|(_, octets)| encode(value, octets)))
                    .fold(Vec::new(), |mut all, (name, value)| {
                        all.extend_from_slice(if all.is_empty() { b"" } else { b"&" });
                        all.extend_from_slice(&[name, &b"="[..], &value].concat());
                        all
                    });
                assert_eq!(text(&derivation.normalized), text(&normalized));
                let expected = [&encode(part, b"GET")[..], b"&", &encode(part, b"http://h/"), b"&", &encode(part, &normalized)].concat();
                assert_eq!(text(&derivation.base_string), text(&expected));
                assert_eq!(derivation.encoded.has_twice(), matches!(part, Encoder::Octets(_)));
            }
        }
    }
    assert_eq!(text(&encode(Encoder::Octets(&LOWER), b"a*'(\xff/")), "a*'%28%ff%2f");
    assert_eq!(format!("{:?} {WHOLE:?}", Encoder::RFC5849), "Octets(..) Whole(..)");
    assert_eq!(text(&encode(Encoder::Octets(&UPPER), b"a*'(\xff/")), "a%2A%27%28%FF%2F");
}

#[test]
fn parameters_can_be_sorted_another_way() {
    let mut encoded = EncodedParameters::default();
    assert!(encoded.is_empty() && encoded.has_twice());
    let decoded = Parameters::of_header([(&b"a"[..], &b"1"[..]), (b"c", b"2"), (b"b", b"3")]);
    for _ in 0..2 {
        encoded.encode(&decoded, &Encoders::RFC5849);
        encoded.sort_by(|left, right| right.name.cmp(left.name));
        let mut out = Buffer::default();
        join(&encoded, Level::Once, &mut out);
        assert_eq!((text(&out), encoded.len(), encoded.is_empty()), ("c=2&b=3&a=1", 3, false));
    }
    encoded.clear();
    assert!(encoded.is_empty());
}

#[test]
fn a_list_that_is_appended_keeps_its_places() {
    let mut first = Parameters::of_header([(&b"long name"[..], &b"value"[..])]);
    assert!(!first.is_empty());
    first.append(&Parameters::of_header([(&b"n"[..], &b"v"[..]), (b"", b"w")]));
    let pairs: Vec<_> = first.iter().map(|parameter| (text(parameter.name), text(parameter.value))).collect();
    assert_eq!(pairs, [("long name", "value"), ("n", "v"), ("", "w")]);
    assert_eq!(first.octets(), 17);
}

/// The specification makes no difference between `a` and `a=`; who does, does it when joining.
#[test]
fn another_way_to_join_is_what_the_base_string_holds_and_sees_bare_names() {
    let other = Join::Other(|parameters, out| {
        for parameter in parameters.iter() {
            out.append(parameter.name);
            out.append(if parameter.bare { b";" } else { b"=;" });
        }
    });
    let bare_names = FormReader { cut: Some(collection::cut), ..FormReader::RFC5849 };
    let recipe = Recipe { join: other, read: bare_names, ..Recipe::RFC5849 };
    let mut derivation = Derivation::default();
    derivation.derive_base_string(&recipe, &request(b"http://h/?b&a=", &[], None, &Parameters::new())).unwrap();
    assert_eq!(text(&derivation.normalized), "a=;b;");
    assert_eq!(text(&derivation.base_string), "GET&http%3A%2F%2Fh%2F&a%3D%3Bb%3B");
    assert!(!recipe.join.is_rfc5849() && Recipe::RFC5849.join.is_rfc5849());
}

#[test]
fn a_derivation_that_is_used_again_signs_with_the_secrets_and_the_recipe_that_it_is_given() {
    let protocol = photos("HMAC-SHA1");
    let request = request(PHOTOS, &[], None, &protocol);
    let of_token = Recipe { key: |encode, secrets, _, out| encode.encode(secrets.token(), out), ..Recipe::RFC5849 };
    let swapped = Recipe {
        secrets: Some(|secrets, _, client, token| {
            client.append(secrets.token());
            token.append(secrets.client());
        }),
        ..Recipe::RFC5849
    };
    let raw = Recipe { encode_secret: Encoder::Whole(|octets, out| out.append(octets)), ..Recipe::RFC5849 };
    let unkeyed = Recipe {
        sign: |_, _, text, _, out| signature::sign(SignatureMethod::Plaintext, text, b"", &Secrets::new(b"", b""), out),
        ..Recipe::RFC5849
    };
    let recipes = [Recipe::RFC5849, of_token, swapped, raw, unkeyed];
    let secrets =
        [("a&b", "c d"), ("a&b", "c"), ("c d", "a&b"), ("", "")].map(|(client, token)| Secrets::new(client.as_bytes(), token.as_bytes()));
    let mut used = Derivation::default();
    for (one, other) in (0..recipes.len()).flat_map(|one| (0..recipes.len()).map(move |other| (one, other))) {
        for (recipe, secrets) in [(one, 0), (other, 0), (one, 1), (other, 1), (one, 2), (other, 3), (one, 0)]
            .map(|(recipe, number)| (&recipes[recipe], &secrets[number]))
        {
            for method in [SignatureMethod::HmacSha1, SignatureMethod::HmacSha256, SignatureMethod::Plaintext, SignatureMethod::HmacSha1] {
                used.derive(recipe, &request, method, secrets).unwrap();
                let new = derive(recipe, &request, method, secrets).unwrap();
                assert_eq!((text(&used.signature), text(used.key())), (text(&new.signature), text(new.key())));
            }
        }
    }
}

#[test]
fn a_key_alone_is_made_of_whatever_is_taken_for_the_secrets() {
    let protocol = photos("HMAC-SHA1");
    let (request, secrets) = (request(PHOTOS, &[], None, &protocol), Secrets::new(b"c&", b"t "));
    let key = |recipe: &Recipe| {
        let mut key = Buffer::default();
        recipe.write_key(&secrets, &request, &mut key);
        text(&key).to_owned()
    };
    assert_eq!(key(&Recipe::RFC5849), "c%26&t%20");
    let exchanged = |secrets: &Secrets<'_>, _: &Request<'_>, client: &mut Buffer, token: &mut Buffer| {
        client.append(secrets.token());
        token.append(secrets.client());
    };
    assert_eq!(key(&Recipe { secrets: Some(exchanged), ..Recipe::RFC5849 }), "t%20&c%26");
}
