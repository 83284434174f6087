//! The circle closed: the draft out of a probe of a sandbox that serves a profile gives that profile back, facet by facet.

use std::collections::{BTreeMap, BTreeSet};

use countersign::probe::draft_profile::draft;
use countersign::probe::judging::Disclosure;
use countersign::probe::record::{FIXTURES, record};
use countersign::probe::{Level as Far, Redactor};
use countersign::profile::document::{Endpoint, EndpointName, NonceScope};
use countersign::profile::fixture::Fixtures;
use countersign::profile::kinds::Check;
use countersign::profile::{Level, Profile, check, shipped};

use super::circle::means_for;
use super::{carried_out, sandbox};

/// What the draft has otherwise than the profile, and why this probe of a sandbox cannot do better; `*` for all facets of an endpoint.
const NOT_OBSERVABLE: &[(&str, &str, &str)] = &[
    ("discogs", "authorize required", OPENED),
    ("etrade", "authorize required", OPENED),
    ("flickr", "authorize required", OPENED),
    ("mediawiki", "authorize required", OPENED),
    ("netsuite", "authorize required", OPENED),
    ("rfc5849", "authorize required", OPENED),
    ("trello", "authorize required", OPENED),
    ("trademe", "authorize required", OPENED),
    ("tumblr", "authorize required", OPENED),
    ("twitter", "authorize required", OPENED),
    ("yahoo", "authorize required", OPENED),
    ("etrade", "authorize forbidden", OPENED),
    ("yahoo", "authorize methods", OPENED),
    ("etrade", "authorize response format", PAGE),
    ("etrade", "authorize response parameters", PAGE),
    ("etrade", "authorize response status", PAGE),
    ("mediawiki", "request_token signature_methods", NO_KEY),
    ("mediawiki", "access_token signature_methods", NO_KEY),
    ("mediawiki", "resource signature_methods", NO_KEY),
    ("rfc5849", "request_token signature_methods", NO_KEY),
    ("rfc5849", "access_token signature_methods", NO_KEY),
    ("rfc5849", "resource signature_methods", NO_KEY),
    ("mastercard", "resource signature_methods", RSA_PSS),
    ("lti11", "resource required", FORM),
    ("trademe", "request_token required", HMAC),
    ("trademe", "access_token required", HMAC),
    ("trademe", "resource required", HMAC),
    ("magento", "access_token *", SHOP),
    ("magento", "resource *", SHOP),
    ("magento", "timestamp_window", ONE_SIDED),
];

const OPENED: &str = "the authorization URL is opened as documented and in no other way: elsewhere a person is asked with it";
const PAGE: &str = "the callback is oob: the code is shown on a page, and nobody is sent anywhere";
const NO_KEY: &str = "the client has a secret and no RSA key";
const RSA_PSS: &str = "the reference does not sign with RSA-PSS";
const FORM: &str = "only protocol parameters are left out; the others of the form are the launch itself";
const HMAC: &str = "the probe signs with HMAC-SHA1, which takes timestamp and nonce; the profile has what PLAINTEXT takes";
const SHOP: &str = "the shop sends the verifier to the integration, and the probe is none: it comes to no token";
const ONE_SIDED: &str = "old timestamps pass there, so that the window is not the same to both sides";

/// The checkable facets of a profile, as text.
fn facets(profile: &Profile) -> BTreeMap<String, String> {
    let mut facets = BTreeMap::new();
    for (name, endpoint) in &profile.endpoints {
        of_endpoint(*name, endpoint, &mut facets);
    }
    facets.insert("timestamp_window".to_owned(), profile.timestamp_window.to_string());
    facets.insert("nonce_per timestamp".to_owned(), profile.nonce_per.contains(&NonceScope::Timestamp).to_string());
    facets.insert("callback oob".to_owned(), profile.callback.oob.to_string());
    facets.insert("callback url".to_owned(), profile.callback.url.to_string());
    facets
}

fn set<T: std::fmt::Debug>(all: impl IntoIterator<Item = T>) -> String {
    let all: BTreeSet<String> = all.into_iter().map(|one| format!("{one:?}")).collect();
    all.into_iter().collect::<Vec<_>>().join(" ")
}

fn of_endpoint(name: EndpointName, endpoint: &Endpoint, facets: &mut BTreeMap<String, String>) {
    let mut add = |what: &str, text: String| facets.insert(format!("{name} {what}"), text);
    add("urls", set(endpoint.urls.first()));
    add("methods", set(&endpoint.methods));
    add("places", set(&endpoint.places));
    add("required", set(&endpoint.required));
    add("forbidden", set(&endpoint.forbidden));
    add("signature_methods", set(&endpoint.signature_methods));
    add("secrets", set(&endpoint.secrets));
    add("token", format!("{:?}", endpoint.token));
    add("response status", endpoint.response.status.to_string());
    add("response format", format!("{:?}", endpoint.response.format));
    add("response parameters", set(endpoint.response.parameters.iter().filter(|one| !one.optional).map(|one| &one.name)));
}

/// Whether a rule says that other methods, or other places, are refused. Where none does, nobody refuses them, and the draft has more.
fn is_exact(profile: &Profile, facet: &str) -> bool {
    let speaks = |check: &Check| match check {
        Check::Method { .. } => facet.ends_with(" methods"),
        Check::Place { .. } => facet.ends_with(" places"),
        _ => false,
    };
    let is_open = facet.ends_with(" methods") || facet.ends_with(" places");
    let of_it = |name: &EndpointName| facet.strip_prefix(name.as_str()).is_some_and(|rest| rest.starts_with(' '));
    let mut musts = profile.rules.iter().filter(|rule| rule.level == Level::Must && rule.when.is_none());
    !is_open || musts.any(|rule| speaks(&rule.check) && rule.endpoints.iter().any(of_it))
}

/// Each facet in which draft and profile differ, as `facet: profile has …, draft has …`.
fn differences(profile: &Profile, draft: &Profile) -> Vec<(String, String)> {
    let (documented, drafted) = (facets(profile), facets(draft));
    let names: BTreeSet<&String> = documented.keys().chain(drafted.keys()).collect();
    let has = |facets: &BTreeMap<String, String>, name: &String| facets.get(name).cloned().unwrap_or_else(|| "nothing".to_owned());
    names
        .into_iter()
        .filter(|name| {
            let (one, other) = (has(&documented, name), has(&drafted, name));
            let is_within = || one.split(' ').all(|word| other.split(' ').any(|known| known == word));
            one != other && (is_exact(profile, name) || !one.is_empty() && !is_within())
        })
        .map(|name| (name.clone(), format!("the profile has {}, the draft {}", has(&documented, name), has(&drafted, name))))
        .collect()
}

/// What there is to say against the draft out of this profile's sandbox.
fn back(name: &str) -> Vec<(String, String)> {
    let sandbox = sandbox(name).start().unwrap();
    let means = means_for(&sandbox);
    let (plan, conducted) = carried_out(&sandbox, name, Far::Attacks, &means);
    let drafted = draft(&plan, &conducted, &Redactor::default(), "2026-11-25").unwrap();
    // It loads, and its parts agree.
    let text = serde_json::to_string_pretty(&drafted.profile).unwrap();
    let read = Profile::parse("draft.json", &text).unwrap();
    assert_eq!(read, drafted.profile);
    let schema: serde_json::Value = serde_json::from_str(include_str!("../../../vectors/schema/profile-1.json")).unwrap();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let faults: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&value)
        .map(|fault| format!("{fault} at {}", fault.instance_path()))
        .collect();
    assert!(faults.is_empty(), "{name}: {faults:?}");
    for rule in &drafted.profile.rules {
        assert!(rule.sources.iter().all(|source| source.id == "probe" && source.at.contains(": ")), "{name}: {}", rule.id);
    }
    // Good requests break no rule of it.
    let recording = record(&plan, &means, &conducted, &Disclosure { is_open: true, ..Disclosure::default() });
    let fixtures = Fixtures::parse(FIXTURES, &recording.files.iter().find(|(file, _)| *file == FIXTURES).unwrap().1).unwrap();
    let mut wrong = differences(&plan.profile, &drafted.profile);
    for case in fixtures.cases.iter().filter(|case| case.id.contains("control") && !case.id.contains("errand")) {
        let broken: Vec<String> = check(&drafted.profile, &case.input).into_iter().map(|finding| finding.rule).collect();
        if !broken.is_empty() {
            wrong.push((format!("{} keeps the draft", case.id), format!("{broken:?}")));
        }
    }
    // What is documented as a refusal with a status is drafted with that status.
    for rule in &plan.profile.rules {
        let Check::RefusalStatus { codes, one_of } = &rule.check else { continue };
        for rule_of_draft in &drafted.profile.rules {
            let Check::RefusalStatus { codes: seen, one_of: statuses } = &rule_of_draft.check else { continue };
            let is_same =
                seen.iter().all(|code| codes.contains(code)) && rule_of_draft.endpoints.iter().all(|name| rule.endpoints.contains(name));
            if is_same && !statuses.iter().all(|status| one_of.contains(status)) {
                wrong.push((
                    rule.id.clone(),
                    format!("the profile has {one_of:?}, the draft {statuses:?} out of {:?}", rule_of_draft.sources),
                ));
            }
        }
    }
    wrong
}

#[test]
fn a_probe_of_a_sandbox_gives_its_profile_back() {
    let threads: Vec<_> = shipped::TEXTS.iter().map(|(name, _)| (name, std::thread::spawn(move || back(name)))).collect();
    let (mut wrong, mut used) = (Vec::new(), BTreeSet::new());
    for (name, thread) in threads {
        for (facet, what) in thread.join().unwrap() {
            let is_it = |known: &str| known.strip_suffix('*').map_or(known == facet, |endpoint| facet.starts_with(endpoint));
            let known = NOT_OBSERVABLE.iter().position(|(profile, known, _)| profile == name && is_it(known));
            match known {
                Some(known) => used.extend([known]),
                None => wrong.push(format!("{name} {facet}: {what}")),
            }
        }
    }
    assert!(wrong.is_empty(), "{} facets are not given back:\n{}", wrong.len(), wrong.join("\n"));
    let stale: Vec<_> = NOT_OBSERVABLE.iter().enumerate().filter(|(at, _)| !used.contains(at)).map(|(_, known)| known).collect();
    assert!(stale.is_empty(), "these are given back after all: {stale:?}");
}
