//! Answers that nothing explains: no search is made where there is nothing to find, and it is said why.

use std::sync::Arc;

use super::*;
use crate::vectors::question::{Credentials, ServerClient, SignInput, VerifyInput};
use crate::vectors::{Case, Corpus, Output};

/// What a run may cost.
const MOST: u64 = 50_000;

fn cases(suite: &str) -> Vec<Case> {
    Corpus::embedded().unwrap().cases().map(Result::unwrap).filter(|case| &*case.suite == suite).collect()
}

/// What is said of the questions of a suite that are all answered like this.
fn diagnoses(suite: &str, output: &Output) -> Vec<Diagnosis> {
    let witness = |case: Case| Witness { question: Arc::new(case.question), observation: Observation::Answered(Box::new(output.clone())) };
    let failures: Vec<Witness> = cases(suite).into_iter().map(witness).filter(|failure| !failure.is_rsa()).take(6).collect();
    assert!(!failures.is_empty(), "{suite}");
    let mut effort = Effort { most: MOST, most_each: MOST, watch: &mut |_, _| true };
    diagnose_run(&failures, &[], &mut effort)
}

fn signed(text: &str) -> Output {
    Output { signature: Some(text.into()), ..Output::default() }
}

#[test]
fn what_can_be_no_signature_is_not_searched_for() {
    for (text, note) in [
        ("AAAA", "a signature of HMAC-SHA1 has 20 octets, this has 3"),
        ("AAA=", "a signature of HMAC-SHA1 has 20 octets, this has 2"),
        ("not at all", "a signature of HMAC-SHA1 has 20 octets in base64, this is no base64"),
    ] {
        for diagnosis in diagnoses("sign.uri", &signed(text)) {
            assert_eq!((diagnosis.outcome, diagnosis.note.as_deref()), (Outcome::Unexplained, Some(note)));
            // Only what has signatures of any length, such as the secrets themselves, is compared.
            assert!(diagnosis.tried < 5_000, "{text:?}: {}", diagnosis.tried);
        }
    }
    // Of the right length: what is found is nothing, and nothing more is known.
    let strange = diagnoses("sign.uri", &signed("AAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    assert!(strange.iter().all(|diagnosis| diagnosis.note.is_none()));
    assert!(strange.iter().any(|diagnosis| diagnosis.tried > 5_000));
}

#[test]
fn an_answer_without_its_value_is_not_searched_for() {
    for (suite, note) in [
        ("sign.uri", "its answer has no signature"),
        ("base_uri.rules", "its answer has no base_uri"),
        ("normalize.rules", "its answer has no normalized"),
    ] {
        for diagnosis in diagnoses(suite, &Output::default()) {
            assert_eq!((diagnosis.note.as_deref(), diagnosis.tried), (Some(note), 0));
        }
    }
}

/// One case went right that the cause would have changed, and nothing hides it there.
#[test]
fn who_speaks_against_a_cause_is_named() {
    let set = vec![Cause::parse("uri.default-port-kept").unwrap()];
    let cases = cases("sign.uri");
    let question = |id: &str| Arc::new(cases.iter().find(|case| case.id == id).unwrap().question.clone());
    let wrong = |id: &str| {
        let question = question(id);
        Witness { observation: Reference::conducting(Conduct::of(&set)).ask(&question), question }
    };
    let right = |id: &str| {
        let question = question(id);
        Witness { observation: Reference::new().ask(&question), question }
    };
    let failures = [wrong("default-port-no-path")];
    let rights = [right("default-port-http"), right("default-port-https"), right("ipv6-default-port-http")];
    let names = ["one", "two", "three"].map(|name| format!("sign.uri/{name}"));
    let told = |aside: Aside<'_>| {
        let mut effort = Effort { most: 1000, most_each: 1000, watch: &mut |_, _| true };
        diagnose_with(&failures, &rights, aside, &mut effort).remove(0)
    };
    let diagnosis = told(Aside { names: &names, ..Aside::default() });
    assert_eq!(diagnosis.outcome, Outcome::Unexplained, "{:?}", diagnosis.ids());
    let note = diagnosis.note.unwrap();
    assert!(note.contains(" gives this value, but would have changed that of sign.uri/one, which went right"), "{note}");
    // Who has written it down is believed, as long as it gives the value.
    let foreseen = |ids: &[&str]| [Some(ids.iter().map(|id| Cause::parse(id).unwrap()).collect::<Vec<_>>())];
    let believed = told(Aside { names: &names, foreseen: &foreseen(&["uri.default-port-kept"]), ..Aside::default() });
    assert_eq!(believed, Diagnosis::of_sets(vec![set.clone()]));
    for more in [&["uri.default-port-kept", "encode.space-plus"][..], &["encode.space-plus"], &[]] {
        assert_eq!(told(Aside { names: &names, foreseen: &foreseen(more), ..Aside::default() }).outcome, Outcome::Unexplained, "{more:?}");
    }
}

/// A client that signs the Host field rightly says nothing of a server that ignores it.
#[test]
fn signatures_that_speak_against_everything_say_nothing_of_a_verdict() {
    let ignored = vec![Cause::parse("uri.host-field-ignored").unwrap()];
    let input = |url: &str, host: Option<&str>| SignInput {
        method: "GET".into(),
        url: url.into(),
        headers: host.map(|host| ("Host".into(), host.into())).into_iter().collect(),
        client: Credentials { identifier: "c".into(), secret: Some("s".into()) },
        signature_method: "HMAC-SHA1".into(),
        nonce: Some("n".into()),
        timestamp: Some("1".into()),
        ..SignInput::default()
    };
    let asked =
        |mut reference: Reference, question: Question| Witness { observation: reference.ask(&question), question: Arc::new(question) };
    let signed = |url: &str, host: Option<&str>| asked(Reference::new(), Question::Sign(Box::new(input(url, host))));
    let received = |host: Option<&str>| {
        let Observation::Answered(output) = signed("http://h/", host).observation else { panic!("it is signed") };
        let SignInput { method, url, mut headers, client, .. } = input("http://h/", host);
        headers.push(("Authorization".into(), output.authorization.unwrap()));
        let client = Some(ServerClient { identifier: client.identifier, secret: client.secret, public_key: None });
        Question::Verify(Box::new(VerifyInput { method, url, headers, client, ..VerifyInput::default() }))
    };
    let server = || Reference::conducting(Conduct::of(&ignored));
    let failures = [asked(server(), received(Some("h:8080")))];
    assert!(is_refusal(&failures[0].observation));
    // Both signatures speak against it, and only one against others that explain the verdict too.
    let signatures = [signed("https://h/", Some("h:80")), signed("http://h/", Some("other.example"))];
    let accepted = asked(server(), received(None));
    assert!(!is_refusal(&accepted.observation));
    let rights: Vec<Witness> = signatures.into_iter().chain([accepted]).collect();
    let mut effort = Effort { most: 1000, most_each: 1000, watch: &mut |_, _| true };
    let diagnosis = diagnose_run(&failures, &rights, &mut effort).remove(0);
    assert_eq!(diagnosis.outcome, Outcome::Ambiguous, "{:?} {:?}", diagnosis.ids(), diagnosis.note);
    assert!(diagnosis.sets.contains(&ignored), "{:?}", diagnosis.ids());
}

/// What is named for somebody with these departures, put through some suites: for each failure, the operation and the sets.
fn named_for(ids: &[&str], suites: &[&str]) -> Vec<(Operation, Vec<Vec<String>>)> {
    let causes: Vec<Cause> = ids.iter().map(|id| Cause::parse(id).unwrap()).collect();
    let (mut reference, mut deviant) = (Reference::new(), Reference::conducting(Conduct::of(&causes)));
    let (mut failures, mut rights) = (Vec::new(), Vec::new());
    for case in suites.iter().flat_map(|suite| cases(suite)) {
        let observation = deviant.ask(&case.question);
        let is_right = is_alike(case.question.operation(), &reference.ask(&case.question), &observation);
        let witness = Witness { question: Arc::new(case.question), observation };
        if !witness.is_rsa() {
            (if is_right { &mut rights } else { &mut failures }).push(witness);
        }
    }
    let mut effort = Effort { most: 1_000_000, most_each: 200_000, watch: &mut |_, _| true };
    let found = diagnose_run(&failures, &rights, &mut effort);
    failures.iter().map(|failure| failure.question.operation()).zip(found.iter().map(Diagnosis::ids)).collect()
}

/// Each of the first explains some of the failures by itself, and what the others show explains them too.
#[test]
fn what_is_not_needed_beside_the_causes_of_other_failures_is_not_named() {
    for (needless, there, suites) in [
        (
            "encode.escapes-kept",
            ["read.decoded-as-form-twice", "protocol.decoded-again"],
            &["sign.parameters", "sign.characters", "sign.query", "sign.form", "sign.derived"][..],
        ),
        (
            "encode.parts-raw",
            ["protocol.body-hash-encoded-again", "encode.url-query.everywhere"],
            &["base_string.published", "sign.characters", "sign.query", "sign.rfc"],
        ),
        ("uri.as-given", ["uri.host-case-kept", "uri.default-port-kept"], &["base_uri.published", "base_uri.rules"]),
        ("key.no-ampersand-without-token", ["plaintext.secrets-raw", "key.token-secret-only"], &["sign.plaintext", "sign.key"]),
    ] {
        let named: Vec<_> = named_for(&there, suites).into_iter().map(|(_, sets)| sets).collect();
        let is_there = |sets: &&Vec<Vec<String>>| sets.iter().any(|set| set.iter().all(|id| there.contains(&id.as_str())));
        assert!(named.iter().filter(is_there).count() > named.len() / 2, "{there:?}: {named:?}");
        assert!(there.iter().all(|id| named.concat().concat().iter().any(|named| named == id)), "{there:?}: {named:?}");
        assert!(!named.iter().any(|sets| sets.iter().all(|set| set.iter().any(|id| id == needless))), "{there:?}: {named:?}");
    }
}

/// Whoever derives signatures wrongly on both sides refuses nearly everything, as many departures of servers do: none of those is named, and
/// what signatures showed is, however many departures refuse the same.
#[test]
fn verdicts_are_explained_by_what_signatures_showed() {
    for (there, or_else, suite) in [
        (&["uri.query-kept", "secret.client-secret-twice"][..], None, "sign.uri"),
        // Signatures leave open which of two it is, and so do verdicts.
        (&["uri.query-kept", "secret.client-secret-twice"], Some("uri.query-and-fragment-kept"), "sign.method"),
        (&["concatenate.parameters-alone"], None, "sign.method"),
    ] {
        let named = named_for(there, &["sign.rfc", suite, "verify.published", "verify.plaintext"]);
        let verdicts = || named.iter().filter(|(operation, _)| *operation == Operation::Verify).map(|(_, sets)| sets);
        assert!(verdicts().count() > 8, "{there:?}: {}", verdicts().count());
        let is_there =
            |set: &Vec<String>| !set.is_empty() && set.iter().all(|id| there.contains(&id.as_str()) || Some(id.as_str()) == or_else);
        assert!(verdicts().all(|sets| !sets.is_empty() && sets.iter().all(is_there)), "{there:?}: {:?}", verdicts().collect::<Vec<_>>());
        assert_eq!(verdicts().any(|sets| sets.len() > 1), or_else.is_some(), "{there:?}: {:?}", verdicts().collect::<Vec<_>>());
    }
}
