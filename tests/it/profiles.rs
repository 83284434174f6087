//! The shipped profiles and fixtures hold together: every fixture gives exactly its findings, every rule is broken by one fixture and kept
//! by another, and what is cut off or garbled is judged without a panic.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use countersign::intake;
use countersign::profile::exchange::{Exchange, Told};
use countersign::profile::fixture::{Expected, ExpectedProblem, Fixtures, Status};
use countersign::profile::kinds::{Check, Shape};
use countersign::profile::{EndpointName, Finding, Level, Outcome, Party, Profile, assess, check, shipped};
use countersign::protocol::Code;

fn vectors() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors")
}

fn profile(name: &str) -> Profile {
    shipped::profile(name).unwrap().unwrap()
}

fn fixture_files() -> Vec<Fixtures> {
    let folders = std::fs::read_dir(vectors().join("fixtures")).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut paths: Vec<PathBuf> = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap()).map(|file| file.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
    paths.sort();
    paths.iter().map(|path| Fixtures::read(path).unwrap_or_else(|error| panic!("{error}"))).collect()
}

/// What the answer says of itself, read by `intake` and handed to the profile.
fn with_told(mut exchange: Exchange) -> (Exchange, Option<ExpectedProblem>) {
    let Some(response) = &mut exchange.response else { return (exchange, None) };
    let answer = intake::read(response.headers.iter().map(|(name, value)| (name.as_str(), value.0.as_slice())), response.octets());
    response.told =
        Told { problem: answer.problem.as_ref().map(|problem| problem.name.clone()), shape: Shape::from_word(answer.shape.as_str()) };
    let problem = answer.problem.map(|problem| ExpectedProblem {
        name: problem.name,
        place: problem.place.as_str().to_owned(),
        parameters: problem.parameters,
    });
    (exchange, problem)
}

#[test]
fn every_fixture_gives_exactly_its_findings() {
    let mut wrong = Vec::new();
    for file in fixture_files() {
        let profile = profile(&file.profile);
        for case in &file.cases {
            let (exchange, problem) = with_told(case.input.clone());
            let found = check(&profile, &exchange);
            let given = Expected { findings: found.iter().map(|finding| finding.rule.clone()).collect(), problem };
            if case.status == Status::Active && given != case.expect {
                let because: Vec<&str> = found.iter().map(|finding| finding.because.as_str()).collect();
                wrong.push(format!("{}: expected {:?}, given {given:?} because {because:?}", file.full_id(case), case.expect));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_rule_is_broken_by_a_fixture_and_kept_by_another() {
    let mut broken: BTreeSet<String> = BTreeSet::new();
    let mut kept: BTreeSet<String> = BTreeSet::new();
    let mut rules: BTreeSet<String> = BTreeSet::new();
    for file in fixture_files() {
        let profile = profile(&file.profile);
        for case in file.cases {
            for (rule, outcome) in assess(&profile, &with_told(case.input).0) {
                rules.insert(rule.id.clone());
                match outcome {
                    Outcome::Broken(_) => broken.insert(rule.id.clone()),
                    Outcome::Kept => kept.insert(rule.id.clone()),
                    Outcome::NotJudged => false,
                };
            }
        }
    }
    assert_eq!(rules.len(), shipped::TEXTS.iter().map(|(name, _)| profile(name).rules.len()).sum::<usize>());
    assert_eq!(rules.difference(&broken).collect::<Vec<_>>(), Vec::<&String>::new(), "never broken");
    assert_eq!(rules.difference(&kept).collect::<Vec<_>>(), Vec::<&String>::new(), "never kept");
}

/// A rule about the answer to a fault says nothing at an endpoint where no rule finds that fault.
#[test]
fn every_rule_on_refusals_speaks_of_faults_that_its_endpoints_know() {
    let mut faults: BTreeSet<(String, EndpointName, Code)> = BTreeSet::new();
    for file in fixture_files() {
        let profile = profile(&file.profile);
        for case in file.cases {
            let found = check(&profile, &with_told(case.input.clone()).0);
            let codes = found
                .iter()
                .filter(|finding| finding.level == Level::Must && finding.by == Party::Client)
                .filter_map(|finding| finding.code);
            faults.extend(codes.map(|code| (file.profile.clone(), case.input.endpoint, code)));
        }
    }
    let mut silent = Vec::new();
    for profile in shipped::TEXTS.iter().map(|(name, _)| profile(name)) {
        for rule in &profile.rules {
            let codes: Vec<Code> = match &rule.check {
                Check::Refusal { codes }
                | Check::RefusalStatus { codes, .. }
                | Check::RefusalValue { codes, .. }
                | Check::RefusalText { codes, .. } => codes.iter().map(|code| code.0).collect(),
                Check::RefusalProblem { code, .. } => vec![code.0],
                _ => continue,
            };
            let is_known = |name| codes.iter().any(|code| faults.contains(&(profile.id.clone(), name, *code)));
            silent.extend(rule.endpoints.iter().filter(|name| !is_known(**name)).map(|name| format!("{} at {name}", rule.id)));
        }
    }
    assert!(silent.is_empty(), "{} silent: {}", silent.len(), silent.join(", "));
}

/// MediaWiki's nonces are fresh for a client and token, Yahoo's for a timestamp.
#[test]
fn a_nonce_that_was_used_is_told_with_the_timestamp_only_where_that_counts() {
    let because = |suite: &str, id: &str| {
        let file = fixture_files().into_iter().find(|file| file.suite == suite).unwrap();
        let case = file.cases.into_iter().find(|case| case.id == id).unwrap();
        check(&profile(&file.profile), &with_told(case.input).0).remove(0).because
    };
    assert_eq!(because("mediawiki.resource", "nonce-used"), "the nonce was used before");
    assert_eq!(because("yahoo.resource", "nonce-used"), "the nonce was used before with this timestamp");
}

#[test]
fn every_fixture_names_rules_that_exist_and_an_id_of_its_own() {
    let mut ids: BTreeMap<String, usize> = BTreeMap::new();
    for file in fixture_files() {
        let profile = profile(&file.profile);
        for case in &file.cases {
            *ids.entry(file.full_id(case)).or_default() += 1;
            for id in &case.expect.findings {
                assert!(profile.rule(id).is_some(), "{} expects {id}", file.full_id(case));
            }
        }
    }
    assert_eq!(ids.into_iter().filter(|(_, times)| *times > 1).collect::<Vec<_>>(), []);
}

/// A finding is shown to people: it must not carry what the exchange keeps secret.
#[test]
fn no_finding_shows_a_secret() {
    for file in fixture_files() {
        let profile = profile(&file.profile);
        for case in &file.cases {
            let (exchange, _) = with_told(case.input.clone());
            let tokens = exchange.token.iter().flat_map(|token| [Some(token.identifier.clone()), token.verifier.clone()]).flatten();
            let secrets: Vec<String> = [&exchange.client.as_ref().and_then(|client| client.secret.clone())]
                .into_iter()
                .chain([&exchange.token.as_ref().and_then(|token| token.secret.clone())])
                .flatten()
                .map(|secret| String::from_utf8_lossy(secret.expose()).into_owned())
                .chain(tokens)
                .collect();
            for Finding { rule, because, .. } in check(&profile, &exchange) {
                assert!(!secrets.iter().any(|secret| because.contains(secret.as_str())), "{} {rule}: {because}", file.full_id(case));
            }
        }
    }
}

/// Requests and answers come from strangers: whatever is cut off or changed in them, they are judged.
#[test]
fn garbled_exchanges_are_judged_all_the_same() {
    let garble = |octets: &mut Vec<u8>, at: usize| match at % 3 {
        0 => octets.truncate(at),
        1 => octets.get_mut(at).into_iter().for_each(|octet| *octet = b"%\"\\\xff,=& "[at % 8]),
        _ => octets.insert(at.min(octets.len()), b"\0%=\"&+"[at % 6]),
    };
    for file in fixture_files() {
        let profile = profile(&file.profile);
        for (number, case) in file.cases.iter().enumerate().filter(|(number, _)| number % 9 == 0) {
            for at in (number % 7..400).step_by(7) {
                let mut exchange = case.input.clone();
                exchange.request.headers.iter_mut().for_each(|(_, value)| garble(&mut value.0, at));
                exchange.request.body.iter_mut().for_each(|body| garble(&mut body.0, at));
                exchange.request.url = exchange.request.url.chars().filter(|letter| *letter as usize % 11 != at % 11).collect();
                if let Some(response) = &mut exchange.response {
                    response.headers.iter_mut().for_each(|(_, value)| garble(&mut value.0, at));
                    response.body.iter_mut().for_each(|body| garble(&mut body.0, at));
                }
                let (exchange, _) = with_told(exchange);
                assert_eq!(assess(&profile, &exchange).len(), profile.rules.len());
            }
        }
    }
}

#[test]
fn every_kind_of_check_and_form_of_value_is_explained() {
    let schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(vectors().join("schema/profile-1.json")).unwrap()).unwrap();
    let guide = std::fs::read_to_string(vectors().join("profiles/README.md")).unwrap();
    for (definition, member) in [("check", "kind"), ("value", "is")] {
        for variant in schema["$defs"][definition]["oneOf"].as_array().unwrap() {
            let word = variant["properties"][member]["const"].as_str().unwrap();
            assert!(guide.contains(&format!("| `{word}` |")), "vectors/profiles/README.md does not explain {word}");
            let written = format!("\"{member}\": \"{word}\"");
            assert!(shipped::TEXTS.iter().any(|(_, text)| text.contains(&written)), "no profile uses {word}");
        }
    }
}

#[test]
fn profiles_and_fixtures_follow_their_schemas() {
    let read = |path: &Path| serde_json::from_str::<serde_json::Value>(&std::fs::read_to_string(path).unwrap()).unwrap();
    let validator = |name: &str| jsonschema::validator_for(&read(&vectors().join("schema").join(name))).unwrap();
    for (schema, folder) in [("profile-1.json", "profiles"), ("fixture-1.json", "fixtures")] {
        let validator = validator(schema);
        let mut folders = vec![vectors().join(folder)];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "json") {
                    let errors: Vec<String> = validator.iter_errors(&read(&path)).map(|error| error.to_string()).collect();
                    assert_eq!(errors, Vec::<String>::new(), "{}", path.display());
                }
            }
        }
    }
}
