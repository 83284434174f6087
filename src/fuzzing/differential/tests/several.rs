//! Several mistakes at once: each is found for itself, and what they come to together is explained by them.

use super::*;
use crate::vectors::{Output, Text};

/// Who looks at nothing signs a request that breaks several rules as well: each find breaks one.
#[test]
fn a_signer_without_scruples_has_a_find_for_each_missing_check() {
    let ids = ["signer.timestamp-unchecked", "signer.presence-unchecked", "signer.client-unchecked", "signer.realm-unchecked"];
    for seed in [1, 2] {
        let found = names(&search(&ids, seed, Limits { verify: false, runs: 6000, ..LIMITS }));
        assert!(ids.iter().all(|id| found.iter().any(|name| name == id)), "{seed}: {found:?}");
        assert_eq!(found.len(), ids.len(), "{seed}: {found:?}");
    }
}

/// A request that must not be signed may show another mistake, whichever of a find's sets it is.
#[test]
fn missing_checks_and_a_mistake_that_shows_in_what_they_let_pass_are_found_for_themselves() {
    let ids = ["read.decoded-as-form-twice", "signer.timestamp-unchecked", "signer.realm-unchecked"];
    for seed in [1, 2] {
        let found = names(&search(&ids, seed, Limits { verify: false, runs: 8000, ..LIMITS }));
        assert!(ids.iter().all(|id| found.iter().any(|name| name.contains(id))), "{seed}: {found:?}");
        assert!(found.iter().all(|name| !name.contains(" with ")), "{seed}: {found:?}");
    }
}

/// The reference, which accepts whatever says that its version is 1.
struct Lax(Reference);

impl Implementation for Lax {
    fn description(&self) -> &Description {
        self.0.description()
    }

    fn offer(&self) -> &Offer {
        self.0.offer()
    }

    fn ask(&mut self, question: &Question) -> Observation {
        let says_so = |text: &Text| text.to_text().contains("oauth_version=\"1\"");
        match question {
            Question::Verify(input) if input.headers.iter().any(|(_, value)| says_so(value)) => {
                Observation::Answered(Box::new(Output { valid: Some(true), ..Output::default() }))
            }
            _ => self.0.ask(question),
        }
    }
}

/// What is done to a request that is accepted wrongly without it too is no find of its own.
#[test]
fn what_is_accepted_wrongly_anyway_is_found_once_whatever_is_done_to_it() {
    let limits = Limits { sign: false, runs: 8000, ..LIMITS };
    let searched = Search::new(&mut Lax(Reference::new()), None, 1, limits).run(&mut |_, _| true);
    let done: Vec<_> = searched.finds.iter().map(|find| (find.kind, find.at.first().copied())).collect();
    // The version itself is the only thing that is done to a request and makes a find.
    assert!(!done.is_empty() && done.len() <= 2, "{done:?}");
    assert!(
        done.iter().all(|(kind, done)| *kind == Kind::Accepts && [Some("nothing"), Some("the version 1, signed")].contains(done)),
        "{done:?}"
    );
}

/// What shows in signatures and in verdicts is named by a signature before a verdict is looked at: one bit says too little.
#[test]
fn a_mistake_that_shows_in_both_operations_is_found_once() {
    for seed in 1..=3 {
        assert_eq!(names(&search(&["uri.empty-path-kept"], seed, LIMITS)), ["uri.empty-path-kept"], "{seed}");
    }
}

/// A signature that only one of a find's sets explains speaks against the others.
#[test]
fn of_several_causes_of_a_find_later_answers_leave_the_one_that_is_made() {
    for seed in [1, 2, 3] {
        let mut implementation = Reference::conducting(Conduct::of(&[Cause::parse("collect.empty-optional-left-out").unwrap()]));
        let limits = Limits { verify: false, runs: 6000, ..LIMITS };
        let mut told = Vec::new();
        let searched = Search::new(&mut implementation, None, seed, limits).run(&mut |_, find| {
            told.extend(find.map(Find::name));
            true
        });
        assert_eq!(names(&searched), ["collect.empty-optional-left-out"], "{seed}: {told:?}");
        let is_narrowed = told != names(&searched);
        assert_eq!(searched.narrowed.len(), usize::from(is_narrowed), "{seed}: {told:?}");
    }
}

/// What two finds come to together is no third one, also where the first set that one of them names is not what is really done.
#[test]
fn mistakes_of_two_finds_in_one_signature_are_no_find_of_their_own() {
    let ids = ["repeat.query-numbered", "uri.path-raw", "collect.token-empty-left-out", "encode.space-plus"];
    for seed in [1, 2, 3] {
        let found = names(&search(&ids, seed, Limits { verify: false, runs: 8000, ..LIMITS }));
        assert!(found.iter().all(|name| !name.contains(" with ")), "{seed}: {found:?}");
        assert_eq!(found.len(), ids.len(), "{seed}: {found:?}");
    }
}
