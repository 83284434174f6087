//! Searches in implementations that make known mistakes: each is found from nothing, named, and small.

use super::axes::{AXES, request};
use super::shrink::size;
use super::{Agreement, Find, Kind, Limits, Search, Searched, Standard, told};
use crate::deviation::{Cause, Conduct};
use crate::fuzzing::numbers::Numbers;
use crate::implementation::{Description, Implementation, Observation, Offer, Reference};
use crate::vectors::{Corpus, Operation, Question};

mod breaking;
mod last;
mod refusing;
mod several;

const LIMITS: Limits = Limits { runs: 3000, breaks: 3, sign: true, verify: true };

fn search(ids: &[&str], seed: u64, limits: Limits) -> Searched {
    let causes: Vec<Cause> = ids.iter().map(|id| Cause::parse(id).unwrap()).collect();
    let mut deviant = Reference::conducting(Conduct::of(&causes));
    Search::new(&mut deviant, None, seed, limits).run(&mut |_, _| true)
}

fn names(searched: &Searched) -> Vec<String> {
    searched.finds.iter().map(Find::name).collect()
}

#[test]
fn nothing_is_found_in_the_reference_and_every_axis_is_looked_along() {
    let searched = search(&[], 1, LIMITS);
    assert_eq!(names(&searched), Vec::<String>::new());
    assert_eq!(searched.axes.len(), AXES.len());
}

#[test]
fn known_mistakes_are_found_named_and_small() {
    for id in ["uri.default-port-kept", "encode.space-plus", "method.lower-case", "uri.host-case-kept"] {
        let searched = search(&[id], 2, Limits { verify: false, ..LIMITS });
        assert!(names(&searched).iter().any(|name| name.contains(id)), "{id}: {:?}", names(&searched));
        let find = searched.finds.first().unwrap();
        assert_eq!(find.kind, Kind::Differs);
        assert!(size(&find.question) < 110, "{id}: {} {:?}", size(&find.question), find.question);
    }
}

#[test]
fn two_mistakes_are_two_finds_and_the_same_seed_gives_the_same() {
    let ids = ["uri.default-port-kept", "encode.space-plus"];
    let limits = Limits { verify: false, ..LIMITS };
    let first = search(&ids, 3, limits);
    let found = names(&first);
    assert!(ids.iter().all(|id| found.iter().any(|name| name.contains(id))), "{found:?}");
    assert_eq!(names(&search(&ids, 3, limits)), found);
}

#[test]
fn a_signer_that_signs_what_it_must_not_is_found_and_named() {
    for id in ["signer.timestamp-unchecked", "signer.version-unchecked", "signer.client-unchecked", "signer.presence-unchecked"] {
        let searched = search(&[id], 4, Limits { verify: false, runs: 2000, ..LIMITS });
        let find = searched.finds.first().unwrap_or_else(|| panic!("{id} is not found"));
        assert!(find.kind == Kind::Accepts && find.name().contains(id), "{id}: {}", find.name());
        assert!(size(&find.question) < 80, "{id}: {} {:?}", size(&find.question), find.question);
    }
}

/// What a smaller request would show beside is known, and keeps it from getting that small.
#[test]
fn a_signer_with_another_mistake_is_found_for_each_alone() {
    let ids = ["uri.empty-path-kept", "signer.timestamp-unchecked"];
    let found = names(&search(&ids, 4, Limits { verify: false, runs: 2000, ..LIMITS }));
    assert!(ids.iter().all(|id| found.iter().any(|name| name.contains(id))), "{found:?}");
    assert!(found.iter().all(|name| !(name.contains("uri.") && name.contains("signer."))), "{found:?}");
}

#[test]
fn a_verifier_that_looks_away_is_found() {
    let searched = search(&["verify.timestamp-unchecked"], 4, Limits { sign: false, ..LIMITS });
    assert!(searched.finds.iter().any(|find| find.kind == Kind::Accepts), "{:?}", names(&searched));
}

/// What a verdict does not hang on is gone, and what is left is judged as before.
#[test]
fn what_is_wrongly_accepted_or_refused_shrinks_as_a_signature_does() {
    for (id, kind) in [
        ("verify.timestamp-unchecked", Kind::Accepts),
        ("verify.version-ignored", Kind::Accepts),
        ("verify.nonce-unchecked", Kind::Accepts),
        ("verify.version-required", Kind::Rejects),
    ] {
        let searched = search(&[id], 4, Limits { sign: false, runs: 1000, ..LIMITS });
        let find = searched.finds.first().unwrap_or_else(|| panic!("{id} is not found"));
        assert_eq!((find.kind, find.is_smallest), (kind, true), "{id}");
        let Question::Verify(input) = &find.question else { panic!("{id}: a request is received") };
        assert!(input.headers.len() <= 1 && input.body.is_none(), "{id}: {input:?}");
        assert_eq!((input.method.as_str(), input.url.as_str()), (Some("GET"), Some("http://h")), "{id}");
        let is_right = kind == Kind::Rejects;
        for (ids, valid) in [(&[][..], is_right), (&[id], !is_right)] {
            let Observation::Answered(output) = deviant(ids).ask(&find.question) else { panic!("{id}: it is answered") };
            assert_eq!(output.valid, Some(valid), "{id}");
        }
    }
}

/// A verifier that takes no short nonces, and wants no realm.
struct Choosy(Reference);

impl Implementation for Choosy {
    fn description(&self) -> &Description {
        self.0.description()
    }

    fn offer(&self) -> &Offer {
        self.0.offer()
    }

    fn ask(&mut self, question: &Question) -> Observation {
        let Question::Verify(input) = question else { return self.0.ask(question) };
        let header = input.headers.iter().find_map(|(name, value)| value.as_str().filter(|_| name.as_str() == Some("Authorization")));
        let is_refused = header.is_some_and(|header| header.contains("oauth_nonce=\"n\"") || header.contains("realm="));
        let Observation::Answered(mut output) = self.0.ask(question) else { panic!("a verifier answers") };
        output.valid = output.valid.map(|valid| valid && !is_refused);
        Observation::Answered(output)
    }
}

#[test]
fn a_refusal_does_not_shrink_to_one_of_another_reason() {
    let limits = Limits { sign: false, runs: 1500, ..LIMITS };
    let searched = Search::new(&mut Choosy(Reference::new()), None, 4, limits).run(&mut |_, _| true);
    let find = searched.finds.iter().find(|find| find.kind == Kind::Rejects).unwrap();
    let Question::Verify(input) = &find.question else { panic!("a request is received") };
    let header = input.headers.iter().find_map(|(_, value)| value.as_str()).unwrap();
    assert!(header.contains("realm=") && !header.contains("oauth_nonce=\"n\""), "{header}");
    assert_eq!(input.url.as_str(), Some("http://h"));
}

#[test]
fn where_whoever_watches_has_heard_enough_a_shrinking_ends_and_says_so() {
    let limits = Limits { verify: false, ..LIMITS };
    let whole = search(&["uri.default-port-kept"], 2, limits);
    let find = whole.finds.first().unwrap();
    assert!(find.is_smallest && !told(find, 1).contains("shrunk"), "{}", told(find, 1));
    let enough = find.after + 3;
    let mut heard = Vec::new();
    let cut = Search::new(&mut deviant(&["uri.default-port-kept"]), None, 2, limits).run(&mut |progress, find| {
        heard.extend(find.map(|find| find.is_smallest));
        progress.asked < enough
    });
    // One more question gives the answer that is told.
    assert!(cut.asked <= enough + 1, "{} and not {enough}", cut.asked);
    assert_eq!(heard, [false]);
    let find = cut.finds.first().unwrap();
    assert!(told(find, 1).contains("\n   shrunk    not to the end\n"), "{}", told(find, 1));
    assert!(size(&find.question) > size(&whole.finds.first().unwrap().question));
}

#[test]
fn what_was_found_is_a_case_that_is_read_and_that_the_reference_passes() {
    let searched = search(&["uri.default-port-kept"], 5, Limits { verify: false, ..LIMITS });
    let text = searched.finds.first().unwrap().vector_file("x", 5).to_string();
    let corpus = Corpus::of_texts([("find.json", text)]).unwrap();
    let case = corpus.cases().next().unwrap().unwrap();
    assert_eq!(case.full_id(), "fuzz.sign/uri.default-port-kept");
    let Observation::Answered(answer) = Reference::new().ask(&case.question) else { panic!("it is answered") };
    let crate::vectors::Expectation::Answer(expected) = &case.expectation else { panic!("an answer is expected") };
    assert_eq!(answer.signature, expected.signature);
}

/// Along every axis there are requests that the reference signs, but along those that are there to be refused.
#[test]
fn every_axis_gives_requests_that_can_be_signed_or_are_to_be_refused() {
    let mut reference = Reference::new();
    for (number, axis) in AXES.iter().enumerate() {
        let mut numbers = Numbers::new(6);
        let signed = (0..40).filter(|_| {
            let question = Question::Sign(Box::new(request(&[number], &mut numbers)));
            matches!(reference.ask(&question), Observation::Answered(_))
        });
        let count = signed.count();
        let is_bad = axis.name.starts_with("bad-");
        assert!(if is_bad { count == 0 } else { count >= 20 }, "{axis:?}: {}: {count} of 40 are signed", axis.what);
    }
}

/// A reference with an offer and a description of its own.
struct Offering(Reference, Offer, Description);

impl Implementation for Offering {
    fn description(&self) -> &Description {
        &self.2
    }

    fn offer(&self) -> &Offer {
        &self.1
    }

    fn ask(&mut self, question: &Question) -> Observation {
        self.0.ask(question)
    }
}

fn offering(operations: &[Operation], methods: &[&str]) -> Offering {
    let reference = Reference::new();
    let signature_methods = methods.iter().map(|method| (*method).to_owned()).collect();
    let offer = Offer { operations: operations.to_vec(), signature_methods, ..reference.offer().clone() };
    Offering(reference, offer, Description::default())
}

#[test]
fn where_no_question_can_be_put_whoever_watches_is_heard_and_there_is_an_end() {
    let endless = Limits { runs: u64::MAX, ..LIMITS };
    let mut heard = 0;
    let searched = Search::new(&mut offering(&[Operation::Sign], &[]), None, 7, endless).run(&mut |_, _| {
        heard += 1;
        heard < 5
    });
    assert_eq!((searched.asked, heard), (0, 5));
    let searched = Search::new(&mut offering(&[Operation::Sign], &[]), None, 7, endless).run(&mut |_, _| true);
    assert_eq!(searched.asked, 0);
    assert!(searched.not_offered > 0);
}

#[test]
fn an_operation_that_is_not_offered_or_not_asked_for_is_never_put() {
    let methods = ["HMAC-SHA1"];
    for (operations, sign, verify) in
        [(&[Operation::Sign][..], false, true), (&[Operation::Verify], true, false), (&[Operation::PercentEncode], true, true)]
    {
        let limits = Limits { runs: 200, sign, verify, ..LIMITS };
        let searched = Search::new(&mut offering(operations, &methods), None, 8, limits).run(&mut |_, _| panic!("nothing is begun"));
        assert_eq!(searched.asked, 0, "{operations:?}");
    }
    let limits = Limits { runs: 200, ..LIMITS };
    assert!(Search::new(&mut offering(&[Operation::Verify], &methods), None, 8, limits).run(&mut |_, _| true).asked > 0);
}

fn deviant(ids: &[&str]) -> Reference {
    let causes: Vec<Cause> = ids.iter().map(|id| Cause::parse(id).unwrap()).collect();
    Reference::conducting(Conduct::of(&causes))
}

/// The first find of a search in one deviant beside another one, which calls itself `theirs`.
fn beside(ids: &[&str], theirs: &[&str], limits: Limits) -> Find {
    let reference = deviant(theirs);
    let offer = reference.offer().clone();
    let description = Description { name: "theirs".to_owned(), version: Some("2.0".to_owned()), ..Description::default() };
    let mut other = Offering(reference, offer, description);
    Search::new(&mut deviant(ids), Some(&mut other), 9, limits).run(&mut |_, _| true).finds.into_iter().next().unwrap()
}

#[test]
fn what_differs_from_another_implementation_is_never_called_the_word_of_the_reference() {
    let limits = Limits { runs: 100, verify: false, ..LIMITS };
    let both: &[&str] = &["theirs 2.0", "countersign reference"];
    for (ids, theirs, agreement, confirmed_by, says) in [
        (&["method.lower-case"][..], &[][..], Agreement::Standard, both, "agrees with theirs"),
        (&[], &["method.lower-case"], Agreement::Observed, &both[..1], "agrees with what was observed"),
        (&["method.lower-case"], &["key.ampersand-last"], Agreement::Neither, &both[..1], "agrees with neither: "),
    ] {
        let find = beside(ids, theirs, limits);
        assert!(matches!(find.standard, Standard::Other { .. }));
        assert_eq!(find.agreement(), Some(agreement));
        let text = told(&find, 1);
        assert!(!text.contains("\n   right "), "{text}");
        assert!(text.contains("\n   against   theirs: ") && text.contains(&format!("\n   reference {says}")), "{text}");
        let case = &find.vector_file("mine", 9)["cases"][0];
        assert_eq!(case["source"]["confirmed_by"], serde_json::json!(confirmed_by));
        assert!(case["source"]["ref"].as_str().unwrap().contains("fuzz --against theirs --seed 9"), "{case}");
        assert!(case["title"].as_str().unwrap().starts_with("what mine does otherwise than theirs: "), "{case}");
        assert!(case["note"].as_str().unwrap().contains("; the reference agrees with "), "{case}");
    }
    // The reference's own finds stay its own.
    let searched = search(&["method.lower-case"], 9, limits);
    let find = searched.finds.first().unwrap();
    assert_eq!((&find.standard, find.agreement()), (&Standard::Reference, None));
    assert_eq!(find.vector_file("mine", 9)["cases"][0]["source"]["confirmed_by"], serde_json::json!(["countersign reference"]));
    assert!(told(find, 1).contains("\n   right "));
}

#[test]
fn of_another_verifier_only_its_yes_or_no_is_expected() {
    let find = beside(&["verify.timestamp-unchecked"], &[], Limits { sign: false, ..LIMITS });
    assert_eq!((find.kind, find.way().as_str()), (Kind::Accepts, "accepts what theirs refuses"));
    assert_eq!(find.vector_file("mine", 9)["cases"][0]["expect"], serde_json::json!({"valid": false}));
}
