//! Cases explained: golden for one of each kind, and in agreement with the reference for every case that comes along.

use super::golden;
use crate::implementation::{Implementation as _, Observation, Reference};
use crate::judgement::plain::is_plain;
use crate::report::{Layout, explain};
use crate::vectors::{Case, Corpus, Operation, Question, Status};

/// A case as if it stood on line 1, so that a golden file does not change with the lines before it.
fn find(id: &str) -> Case {
    let mut case = Corpus::embedded().unwrap().find(id).unwrap().unwrap();
    case.place.line = 1;
    case
}

#[test]
fn a_signature_is_derived_clause_by_clause() {
    let text = explain(&find("sign.libraries/rfc-example-hmac-sha256"), Layout::default());
    let sections: Vec<usize> =
        ["3.4.1.1    method", "3.4.1.2 ", "3.4.1.3.1 ", "3.4.1.3.2 ", "signature base string", "3.4.2      key", "3.4.2      signature"]
            .iter()
            .map(|section| text.find(section).unwrap_or_else(|| panic!("{section} is missing\n{text}")))
            .collect();
    assert!(sections.is_sorted(), "{sections:?}");
    golden!("explain-sign", text);
}

#[test]
fn a_verifier_shows_the_check_that_refuses() {
    golden!("explain-verify", explain(&find("verify.signature/rfc-form-printed"), Layout::default()));
}

#[test]
fn a_header_is_explained_with_its_readings() {
    golden!("explain-readings", explain(&find("parse_authorization.grammar/realm-upper-case"), Layout::default()));
}

#[test]
fn a_value_that_differs_is_marked() {
    let mut case = find("parse_authorization.grammar/realm-upper-case");
    case.question = Question::PercentEncode(crate::vectors::question::TextInput { text: "ü\u{202e}".into() });
    case.expectation = crate::vectors::Expectation::Answer(Box::new(crate::vectors::Output {
        encoded: Some("%c3%BC%E2%80%AE".into()),
        ..crate::vectors::Output::default()
    }));
    golden!("explain-differs", explain(&case, Layout::default()));
}

fn every() -> Vec<Case> {
    Corpus::embedded().unwrap().cases().map(|case| case.unwrap()).collect()
}

/// The explanation makes the checks of section 3.2 one by one; what it comes to must be what the reference answers.
#[test]
fn every_verification_is_explained_as_the_reference_decides() {
    for case in every().iter().filter(|case| case.question.operation() == Operation::Verify) {
        let Observation::Answered(output) = Reference::new().ask(&case.question) else { panic!("{}", case.full_id()) };
        let text = explain(case, Layout::default());
        let refused = text.lines().find_map(|line| line.trim_start().strip_prefix("refused: "));
        let code = refused.map(|told| told.split(':').next().unwrap_or_default());
        let told = text.find("\n           expected").map(|end| &text[..end]);
        let in_derivation = told.is_some_and(|told| told.contains("\n  refused: "));
        assert_eq!(in_derivation, output.valid == Some(false), "{text}");
        if in_derivation {
            assert_eq!(code, output.code.as_deref(), "{text}");
        }
    }
}

#[test]
fn every_case_is_explained_in_plain_characters_and_agrees_with_its_file() {
    for case in every() {
        let text = explain(&case, Layout::default());
        assert_eq!(text.chars().find(|&letter| letter != '\n' && !is_plain(letter)), None, "{}", case.full_id());
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{}\n{text}", case.full_id());
        if case.status == Status::Active {
            assert!(text.ends_with("  = the derivation is as expected\n"), "{text}");
        }
    }
}
