//! Every departure of a verifier, of a reader of headers or token responses, and of a sender is caught by at least one case.
#![allow(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

use countersign::deviation::{Cause, Conduct, Deviation, Stage, all};
use countersign::implementation::{Implementation, Reference};
use countersign::judgement::{Declared, Verdict, judge};
use countersign::vectors::{Case, Corpus, Operation};

fn cases(operations: &[Operation]) -> Vec<Case> {
    let corpus = Corpus::embedded().unwrap();
    corpus.cases().map(Result::unwrap).filter(|case| operations.contains(&case.question.operation())).collect()
}

/// Departures that no case catches, with what a case would have to hold. Whoever writes it takes the row away.
const MISSED: &[(&str, &str)] = &[
    ("body-hash.sha-1", "a body hash under HMAC-SHA256, which the draft leaves open"),
    ("verify.body-hash-of-sha-1", "a body hash under HMAC-SHA256, which the draft leaves open"),
    ("verify.token-missing-accepted", "a request without a token at a server that knows one, which section 3.1 leaves open"),
];

/// Each departure of these stages fails a case of these operations. Codes of refusals are not compared: what is caught is caught for what it
/// accepts, refuses or sends.
#[track_caller]
fn all_are_caught(stages: std::ops::RangeInclusive<Stage>, operations: &[Operation]) {
    let cases = cases(operations);
    let declared = Declared { codes: false, transmission: true };
    let is_caught = |deviation: &'static Deviation| {
        let mut deviant = Reference::conducting(Conduct::of([&Cause::Deviation(deviation)]));
        cases.iter().any(|case| judge(case, &deviant.ask(&case.question), declared).verdict == Verdict::Fail)
    };
    let table: Vec<&Deviation> = all().filter(|deviation| stages.contains(&deviation.stage)).collect();
    assert!(!table.is_empty());
    for deviation in table {
        let is_missed = MISSED.iter().any(|(id, _)| *id == deviation.id);
        assert_eq!(is_caught(deviation), !is_missed, "{}", deviation.id);
    }
}

#[test]
fn deviant_readers_of_headers_are_caught() {
    all_are_caught(Stage::ReadHeader..=Stage::ReadHeader, &[Operation::ParseAuthorization, Operation::Verify]);
}

#[test]
fn deviant_verifiers_are_caught() {
    all_are_caught(Stage::Places..=Stage::Nonce, &[Operation::Verify]);
}

#[test]
fn deviant_readers_of_token_responses_are_caught() {
    all_are_caught(Stage::Response..=Stage::Response, &[Operation::ParseTokenResponse]);
}

#[test]
fn deviant_senders_are_caught() {
    all_are_caught(Stage::SendWhat..=Stage::SendSignature, &[Operation::Sign]);
}

#[test]
fn deviant_body_hashes_are_caught() {
    all_are_caught(Stage::Hash..=Stage::Hash, &[Operation::BodyHash]);
}

/// What is caught is caught for its departure: without one, nothing fails.
#[test]
fn the_reference_fails_none_of_these_cases() {
    let operations =
        [Operation::ParseAuthorization, Operation::Verify, Operation::ParseTokenResponse, Operation::BodyHash, Operation::Sign];
    let declared = Declared { codes: true, transmission: true };
    let mut reference = Reference::new();
    for case in cases(&operations) {
        assert_ne!(judge(&case, &reference.ask(&case.question), declared).verdict, Verdict::Fail, "{}", case.full_id());
    }
}
