//! Every departure of encoding, order, key, algorithm and text has an effect on one of the requests here, and no two have the same effect on
//! all of them.

use std::collections::BTreeMap;

use super::requests::{PROBES, Probe, probe};
use crate::deviation::{Deviation, Stage, all};
use crate::protocol::SignatureMethod;

/// Requests with what the probes lack.
const MORE: &[Probe] = &[
    Probe {
        name: "every octet",
        url: "http://example.com/~x*y/?all=%20!%22%23%24%25%26'()*%2B%2C-./0:;%3C%3D%3E%3F%40AZ%5B%5C%5D%5E_%60az%7B%7C%7D~%7F&e=%E2%82%AC&p=%252e\
              &q%5B%20%5D~=1&x=%F0%9F%98%80&y=%C3%A9&n=1%0A2&a2=1&a10=2&A=3&w=a%25b&w=aB&w=ab&x=1&x=%FF",
        ..*probe_a()
    },
    Probe { name: "no token secret", token_secret: "", ..*probe_a() },
    Probe { name: "secrets like base64", client_secret: " cGFzc3dvcmQ=+x%2By ", token_secret: "YWJj", ..*probe_a() },
    Probe { name: "secrets of digits", client_secret: "61626364", token_secret: "~a b*!/é+\u{20ac}(", ..*probe_a() },
    Probe { name: "sha-256", signature_method: SignatureMethod::HmacSha256, ..*probe_a() },
    Probe { name: "sha-512", signature_method: SignatureMethod::HmacSha512, ..*probe_a() },
    Probe { name: "plaintext without token", signature_method: SignatureMethod::Plaintext, token_secret: "", ..*probe_a() },
    Probe { name: "plain values", url: "http://example.com/", body: None, content_type: None, ..*probe_a() },
    Probe { name: "values in two letter cases", url: "http://h/?a=b&a=B", ..*probe_a() },
    Probe { name: "method with a percent sign", method: "50%OFF", ..*probe_a() },
    Probe { name: "rsa-sha256", signature_method: SignatureMethod::RsaSha256, ..*probe_rsa() },
    Probe { name: "rsa-sha512", signature_method: SignatureMethod::RsaSha512, ..*probe_rsa() },
];

const fn probe_a() -> &'static Probe {
    &PROBES[0]
}

const fn probe_rsa() -> &'static Probe {
    &PROBES[8]
}

fn is_mine(deviation: &Deviation) -> bool {
    (Stage::Charset..=Stage::Text).contains(&deviation.stage) && deviation.stage != Stage::EncodeProtocol
}

/// The signatures of all requests. RSA takes its time, and what comes before it is seen in the others.
fn effects(stage: Stage, ids: &[&str]) -> Vec<String> {
    let is_asked = |probe: &&Probe| stage >= Stage::Mac || probe.private_key.is_none();
    PROBES.iter().chain(MORE).filter(is_asked).map(|probe| probe.signature(ids)).collect()
}

#[test]
fn the_probes_are_where_they_are_taken_from() {
    assert_eq!((probe_a().name, probe_rsa().name), (probe("A").name, probe("rsa").name));
}

#[test]
fn every_departure_has_an_effect_of_its_own() {
    let (without_rsa, with_rsa) = (effects(Stage::Charset, &[]), effects(Stage::Text, &[]));
    let mut seen: BTreeMap<Vec<String>, &str> = BTreeMap::new();
    let mut faults = Vec::new();
    for deviation in all().filter(|deviation| is_mine(deviation)) {
        let effects = effects(deviation.stage, &[deviation.id]);
        if effects == without_rsa || effects == with_rsa {
            faults.push(format!("{} changes nothing", deviation.id));
        }
        if let Some(other) = seen.insert(effects, deviation.id) {
            faults.push(format!("{other} and {} are the same", deviation.id));
        }
    }
    assert_eq!(faults, [""; 0]);
    assert!(seen.len() > 100, "{}", seen.len());
}

/// Rank and evidence go together, and sentences are written as all messages are.
#[test]
fn rows_are_written_as_rows() {
    for deviation in all().filter(|deviation| deviation.stage >= Stage::Charset) {
        let Deviation { id, sentence, fix, seen, .. } = deviation;
        assert_eq!(deviation.rank == crate::deviation::Rank::Plausible, seen.is_empty(), "{id}");
        assert!(seen.iter().all(|address| address.starts_with("https://")), "{id}");
        for text in [sentence, fix] {
            assert!(!text.ends_with('.') && !text.is_empty(), "{id}: {text}");
            // A lower-case letter, or a word that is written in capitals anyway.
            let mut characters = text.chars();
            let (first, second) = (characters.next(), characters.next());
            assert!(!first.is_some_and(char::is_uppercase) || second.is_some_and(char::is_uppercase), "{id}: {text}");
        }
        assert!(id.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || b".-".contains(&octet)), "{id}");
    }
}
