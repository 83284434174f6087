//! Every departure from method, URI, reading and collecting changes something, and no two change everything alike.

use std::collections::HashMap;

use super::requests::{PROBES, Probe};
use super::samples::SAMPLES;
use crate::deviation::{Deviation, collect, merge, method, names, read, uri, values};

const TABLES: &[&[Deviation]] = &[
    method::TABLE,
    uri::whole::TABLE,
    uri::authority::TABLE,
    uri::path::TABLE,
    uri::escapes::TABLE,
    read::cut::TABLE,
    read::decode::TABLE,
    collect::body::TABLE,
    collect::members::TABLE,
    collect::sources::TABLE,
    collect::parameters::TABLE,
    names::TABLE,
    merge::TABLE,
    values::TABLE,
];

fn all_requests() -> impl Iterator<Item = &'static Probe> {
    // RSA takes its time, and the base string does not depend on it.
    PROBES.iter().chain(SAMPLES).filter(|sample| sample.private_key.is_none())
}

/// The base strings of all requests, or why there is none.
fn base_strings(ids: &[&str]) -> Vec<String> {
    let derived = |sample: &Probe| match sample.derive(ids) {
        Ok(derivation) => String::from_utf8_lossy(&derivation.base_string).into_owned(),
        Err(fault) => fault.to_string(),
    };
    all_requests().map(derived).collect()
}

#[test]
fn every_departure_has_an_effect_of_its_own() {
    let right = base_strings(&[]);
    let mut known: HashMap<Vec<String>, Vec<&str>> = HashMap::new();
    for deviation in TABLES.iter().copied().flatten() {
        known.entry(base_strings(&[deviation.id])).or_default().push(deviation.id);
    }
    let idle = known.remove(&right).unwrap_or_default();
    // It shows on what is no absolute URL, see the test below.
    assert_eq!(idle, ["uri.missing-parts-null"], "without effect");
    let alike: Vec<Vec<&str>> = known.into_values().filter(|ids| ids.len() > 1).collect();
    assert_eq!(alike, [[""; 0]; 0], "nothing tells them apart");
}

/// The expected texts are those of node-oauth 0.10.2 for these URLs.
#[test]
fn what_a_url_lacks_is_written_as_null() {
    use crate::deviation::{Practice, find};
    use crate::protocol::{Buffer, Parameters, Request, Url};

    let mut practice = Practice::RFC5849;
    (find("uri.missing-parts-null").unwrap().apply)(&mut practice);
    let protocol = Parameters::new();
    let uri_of = |text: &str| {
        let url = (practice.admission.url)(text.as_bytes()).unwrap();
        let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
        let mut out = Buffer::default();
        (practice.recipe.uri.whole)(&practice.recipe.uri, &request, &mut out).unwrap();
        String::from_utf8(out.to_vec()).unwrap()
    };
    assert_eq!(uri_of("/v1/items"), "null//null/v1/items");
    assert_eq!(uri_of("api.example.com/v1/items"), "null//nullapi.example.com/v1/items");
    assert_eq!(uri_of("https:"), "https://null/");
    assert_eq!(uri_of("?page=3"), "null//null/");
    assert_eq!(uri_of("https://Api.example.com/a"), "https://api.example.com/a");
    assert!(Url::parse(b"/v1/items").is_err());
}

#[test]
fn synonyms_sign_alike() {
    let right = base_strings(&[]);
    for (input, departure) in crate::deviation::synonym::all() {
        let [of_input, of_departure] = [input, departure].map(|id| base_strings(&[id]));
        assert_ne!(of_input, right, "{input}");
        assert_eq!(of_input, of_departure, "{input}");
    }
}

/// A departure that has no effect anywhere but where it makes an error would name every error.
#[test]
fn no_departure_makes_a_request_unreadable() {
    let is_fine = |deviation: &&Deviation| all_requests().all(|sample| sample.derive(&[deviation.id]).is_ok());
    let failing: Vec<_> = TABLES.iter().copied().flatten().filter(|deviation| !is_fine(deviation)).map(|deviation| deviation.id).collect();
    assert!(failing.is_empty(), "{failing:?}");
}
