//! What a plan holds: every documented must rule is asked about or left out with a reason, ids are names of one question each, and nothing
//! harmful goes to somebody's live service.

use std::collections::BTreeSet;

use countersign::probe::target::moved;
use countersign::probe::{Authorization, Level, Means, Pair, Plan, Wanted};
use countersign::profile::shipped;
use countersign::profile::{Level as RuleLevel, Profile, Side};
use countersign::protocol::Secret;

use super::means;

fn profiles() -> Vec<Profile> {
    shipped::TEXTS.iter().map(|(name, _)| shipped::profile(name).unwrap().unwrap()).collect()
}

/// Means with which everything can be asked but RSA.
fn all_means() -> Means {
    Means {
        parameters: vec![("resource_link_id".to_owned(), "1".to_owned())],
        token: Some(Pair { secret: Secret::new(b"token-secret".to_vec()), ..Pair::new("token", b"") }),
        ..means()
    }
}

#[test]
fn every_must_rule_is_asked_about_or_left_out_with_a_reason() {
    let mut missing = Vec::new();
    for profile in profiles() {
        let plan = Plan::of(&moved(&profile, "http://127.0.0.1:9"), Level::Attacks, &all_means());
        let asked: BTreeSet<&str> = plan.steps.iter().flat_map(|step| &step.checks).map(String::as_str).collect();
        let endpoints: BTreeSet<_> = plan.targets.iter().map(|target| target.name).collect();
        // What the provider answers is looked at in every answer; what the user's own page is asked, only in good requests.
        let rules = profile.rules.iter().filter(|rule| rule.level == RuleLevel::Must && rule.side != Side::Response);
        for rule in rules.filter(|rule| rule.endpoints.iter().any(|name| endpoints.contains(name))) {
            let only_authorize = rule.endpoints.iter().all(|name| name.as_str() == "authorize");
            let is_left = plan.left_out.iter().any(|left| left.what == rule.id || left.what.starts_with(&format!("{} at ", rule.id)));
            if !asked.contains(rule.id.as_str()) && !is_left && !only_authorize {
                missing.push(rule.id.clone());
            }
        }
    }
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn an_id_stands_for_one_step_and_says_its_endpoint() {
    for profile in profiles() {
        let plan = Plan::of(&moved(&profile, "http://127.0.0.1:9"), Level::Attacks, &all_means());
        let mut seen = BTreeSet::new();
        for step in &plan.steps {
            assert!(seen.insert(step.id.clone()), "{}: {} twice", profile.id, step.id);
            assert!(!step.title.is_empty() && !step.title.ends_with('.') && !step.checks.is_empty(), "{}", step.id);
        }
    }
}

#[test]
fn good_requests_stand_first_and_last_at_each_endpoint() {
    for profile in profiles() {
        let plan = Plan::of(&moved(&profile, "http://127.0.0.1:9"), Level::Attacks, &all_means());
        for target in &plan.targets {
            let steps: Vec<_> = plan.steps.iter().filter(|step| step.endpoint == target.name && !step.id.ends_with(".revoked")).collect();
            let Some((first, last)) = steps.first().zip(steps.last()) else { continue };
            let is_once = matches!(target.name.as_str(), "authorize" | "revoke");
            assert!(
                (first.is_control || is_once) && (last.is_control || target.name.as_str() == "authorize"),
                "{}: {}",
                profile.id,
                target.name
            );
        }
    }
}

#[test]
fn a_level_holds_those_before_it_and_a_live_service_gets_nothing_that_acts() {
    let live = Means { authorization: Authorization::Once, is_loopback: false, ..all_means() };
    for profile in profiles() {
        let ids = |level| Plan::of(&profile, level, &live).steps.into_iter().map(|step| step.id).collect::<Vec<_>>();
        let (controls, rules, attacks) = (ids(Level::Controls), ids(Level::Rules), ids(Level::Attacks));
        assert!(controls.iter().all(|id| rules.contains(id)) && rules.iter().all(|id| attacks.contains(id)), "{}", profile.id);
        for id in &attacks {
            // The secret in clear, another method at a resource, floods.
            for part in ["PLAINTEXT", "method-POST", "method-PUT", "method-DELETE", "method-signed-get", "nonce-huge", "query-many"] {
                let is_token = id.starts_with("rt.method-") || id.starts_with("at.method-");
                assert!(!id.contains(part) || is_token, "{}: {id}", profile.id);
            }
        }
    }
}

#[test]
fn patterns_choose_steps_with_their_good_requests() {
    let mut plan = Plan::of(&moved(&shipped::profile("rfc5849").unwrap().unwrap(), "http://127.0.0.1:9"), Level::Attacks, &all_means());
    plan.select(&["rt.oauth_nonce-rep*".to_owned()]).unwrap();
    let ids: Vec<&str> = plan.steps.iter().map(|step| step.id.as_str()).collect();
    assert_eq!(ids, ["rt.control-first", "rt.oauth_nonce-repeated", "rt.control-last"]);
    assert_eq!(plan.select(&["rt.nothing".to_owned()]), Err("rt.nothing".to_owned()));
}

#[test]
fn without_credentials_for_it_an_endpoint_is_left_out_and_why_is_told() {
    let plan = Plan::of(&shipped::profile("etrade").unwrap().unwrap(), Level::Rules, &Means::of_client("k", b"secret of it"));
    let left: Vec<&str> = plan.left_out.iter().map(|left| left.what.as_str()).collect();
    for endpoint in ["access_token", "resource", "renew", "revoke"] {
        assert!(left.contains(&endpoint), "{endpoint}: {left:?}");
    }
    assert_eq!(plan.authorities(), ["api.etrade.com"]);
    let refused = plan.steps.iter().filter(|step| matches!(step.wanted, Wanted::Refused(_))).count();
    assert!(refused > 15, "{refused}");
    // A client with RSA alone has no key for HMAC.
    let none = Plan::of(&shipped::profile("etrade").unwrap().unwrap(), Level::Rules, &Means { client: "k".to_owned(), ..Means::default() });
    assert!(none.steps.is_empty() && none.left_out.iter().any(|left| left.why.contains("no key")), "{:?}", none.left_out);
}
