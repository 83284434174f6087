//! Implementations that break, and what they are asked after that; and controls, without which a refusal shows nothing.

use super::{LIMITS, beside, search};
use crate::fuzzing::differential::{Kind, Limits, Search, Searched};
use crate::implementation::{Break, Description, Implementation, Observation, Offer, Reference};
use crate::judgement::{Declared, Verdict, judge};
use crate::vectors::{Case, Corpus, Operation, Question};

/// The reference, which breaks at some questions and counts all.
struct Breaking {
    reference: Reference,
    breaks: fn(&Question) -> bool,
    asked: u64,
    broke: u32,
}

impl Implementation for Breaking {
    fn description(&self) -> &Description {
        self.reference.description()
    }

    fn offer(&self) -> &Offer {
        self.reference.offer()
    }

    fn ask(&mut self, question: &Question) -> Observation {
        self.asked += 1;
        if !(self.breaks)(question) {
            return self.reference.ask(question);
        }
        self.broke += 1;
        Observation::Broke { why: Break::Crash, message: "it ended".to_owned() }
    }
}

/// What is found in it; how often it was asked, and broke.
fn broken(limits: Limits, breaks: fn(&Question) -> bool) -> (Searched, u64, u32) {
    let mut breaking = Breaking { reference: Reference::new(), breaks, asked: 0, broke: 0 };
    let searched = Search::new(&mut breaking, None, 6, limits).run(&mut |_, _| true);
    (searched, breaking.asked, breaking.broke)
}

/// Whether a signer has to refuse it for its timestamp.
fn has_a_bad_timestamp(question: &Question) -> bool {
    let Question::Sign(input) = question else { return false };
    let timestamp = input.timestamp.as_ref().map(|text| text.as_bytes());
    timestamp.is_some_and(|text| text.is_empty() || !text.iter().all(u8::is_ascii_digit))
}

#[test]
fn a_crash_at_what_must_be_refused_is_found() {
    let (searched, _, broke) = broken(Limits { verify: false, ..LIMITS }, has_a_bad_timestamp);
    let find = searched.finds.first().unwrap();
    assert_eq!(find.kind, Kind::Breaks);
    assert!(matches!(find.expected, Observation::Refused { .. }) && matches!(find.observation, Observation::Broke { .. }), "{find:?}");
    assert!(searched.gave_up && broke == LIMITS.breaks + 1, "{broke}");
}

#[test]
fn every_break_counts_and_the_first_beyond_the_budget_is_the_last_question() {
    for (sign, verify) in [(true, false), (false, true), (true, true)] {
        for breaks in [0, 3] {
            let (searched, asked, broke) = broken(Limits { breaks, sign, verify, ..LIMITS }, |_| true);
            assert_eq!((asked, broke), (u64::from(breaks) + 1, breaks + 1), "sign {sign}, verify {verify}");
            assert!(searched.gave_up && searched.finds.iter().all(|find| find.kind == Kind::Breaks));
            assert!(!searched.finds.is_empty() && searched.finds.iter().all(|find| breaks > 0 || !find.is_smallest));
        }
    }
    // Some of the time, after many right answers.
    let is_a_post = |question: &Question| matches!(question, Question::Verify(input) if input.method.as_str() == Some("POST"));
    let (searched, _, broke) = broken(Limits { sign: false, ..LIMITS }, is_a_post);
    assert!(searched.gave_up && broke == LIMITS.breaks + 1, "{broke}");
}

#[test]
fn who_breaks_no_more_often_than_he_may_is_asked_on() {
    let (searched, asked, broke) = broken(Limits { breaks: u32::MAX, verify: false, ..LIMITS }, has_a_bad_timestamp);
    assert!(!searched.gave_up && broke > LIMITS.breaks + 1 && asked >= LIMITS.runs, "{asked} {broke}");
}

/// The cases of the vector file of a find: its own, and its control.
fn cases(find: &super::Find) -> Vec<Case> {
    let corpus = Corpus::of_texts([("find.json", find.vector_file("x", 1).to_string())]).unwrap();
    corpus.cases().map(Result::unwrap).collect()
}

#[test]
fn what_a_refusal_satisfies_is_saved_with_a_request_that_must_be_accepted() {
    for (id, operation) in [
        ("verify.timestamp-unchecked", Operation::Verify),
        ("verify.nonce-unchecked", Operation::Verify),
        ("verify.version-ignored", Operation::Verify),
        ("signer.timestamp-unchecked", Operation::Sign),
    ] {
        let only = Limits { sign: operation == Operation::Sign, verify: operation == Operation::Verify, runs: 2000, ..LIMITS };
        for find in [search(&[id], 4, only).finds.into_iter().next().unwrap(), beside(&[id], &[], only)] {
            let cases = cases(&find);
            let [case, control] = &cases[..] else { panic!("{id}: {cases:?}") };
            assert_eq!(case.control, Some(control.full_id()), "{id}");
            assert!(case.expectation.admits_refusal() && !control.expectation.admits_refusal(), "{id}");
            let passes = |case: &Case, ids: &[&str]| {
                judge(case, &super::deviant(ids).ask(&case.question), Declared::default()).verdict == Verdict::Pass
            };
            assert!(passes(case, &[]) && !passes(case, &[id]), "{id}");
            assert!(passes(control, &[]) && passes(control, &[id]), "{id}");
        }
    }
    // What must be accepted needs none.
    let find = search(&["verify.version-required"], 4, Limits { sign: false, runs: 1000, ..LIMITS }).finds.into_iter().next().unwrap();
    assert_eq!((find.kind, cases(&find).len()), (Kind::Rejects, 1));
}
