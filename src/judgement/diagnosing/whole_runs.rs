//! What the cases of a run say of each other's causes: failures that speak against a cause, and cases that are left open.

use super::*;
use crate::vectors::{Case, Corpus};

fn set(ids: &[&str]) -> Vec<Cause> {
    ids.iter().map(|id| Cause::parse(id).unwrap()).collect()
}

/// A case, by its full id.
fn question(id: &str) -> Arc<Question> {
    let (suite, name) = id.split_once('/').unwrap();
    Arc::new(cases(suite).into_iter().find(|case| case.id == name).unwrap().question)
}

fn cases(suite: &str) -> Vec<Case> {
    Corpus::embedded().unwrap().cases().map(Result::unwrap).filter(|case| &*case.suite == suite).collect()
}

/// How somebody with these causes answers; nobody's are those of RFC 5849.
fn answered(ids: &[&str], question: &Arc<Question>) -> Witness {
    Witness { observation: Reference::conducting(Conduct::of(&set(ids))).ask(question), question: Arc::clone(question) }
}

fn told(failures: &[Witness], rights: &[Witness], aside: Aside<'_>, most: u64) -> Vec<Diagnosis> {
    let mut effort = Effort { most, most_each: most, watch: &mut |_, _| true };
    diagnose_with(failures, rights, aside, &mut effort)
}

/// Nothing goes right for somebody who takes the wrong key, so that only failures can speak against what one of them alone seems to show.
#[test]
fn failures_speak_against_a_cause_that_would_have_shown_in_them() {
    let key = "secret.token-secret-left-out";
    let all = cases("sign.query");
    let mut failures: Vec<Witness> = all.iter().take(30).map(|case| answered(&[key], &Arc::new(case.question.clone()))).collect();
    failures.push(answered(&[key, "uri.query-kept"], &question("sign.query/name-space")));
    // Without a token there is no such secret.
    let rights: Vec<Witness> = cases("sign.transmission").into_iter().map(|case| answered(&[key], &Arc::new(case.question))).collect();
    let failed: Vec<String> = (0..failures.len()).map(|number| format!("case {number}")).collect();
    let found = told(&failures, &rights, Aside { failed: &failed, ..Aside::default() }, 200_000);
    let (last, others) = found.split_last().unwrap();
    assert!(others.iter().all(|diagnosis| diagnosis.sets == [set(&[key])]), "{:?}", others.iter().map(Diagnosis::ids).collect::<Vec<_>>());
    assert_eq!(last.outcome, Outcome::Unexplained, "{:?}", last.ids());
    let note = last.note.as_deref().unwrap();
    assert!(note.starts_with("uri.query-kept with secret.token-secret-left-out gives this value, but not that of case "), "{note}");
    assert!(note.ends_with(", which secret.token-secret-left-out explains"), "{note}");
    // Of two mistakes that are both there, none speaks against the other.
    let both: Vec<Witness> = all.iter().take(30).map(|case| answered(&[key, "uri.query-kept"], &Arc::new(case.question.clone()))).collect();
    let found = told(&both, &rights, Aside::default(), 200_000);
    assert!(
        found.iter().all(|diagnosis| diagnosis.outcome != Outcome::Unexplained),
        "{:?}",
        found.iter().map(Diagnosis::ids).collect::<Vec<_>>()
    );
}

/// Where a key is made and where a PLAINTEXT signature is written need not be the same place.
#[test]
fn plaintext_that_is_right_says_nothing_of_the_key_of_an_hmac() {
    let raw = ["encode-secret.raw"];
    let is_plaintext = |case: &Case| matches!(&case.question, Question::Sign(input) if input.signature_method.as_bytes() == b"PLAINTEXT");
    let (plaintext, hmac): (Vec<Case>, Vec<Case>) =
        ["sign.key", "sign.plaintext"].iter().flat_map(|suite| cases(suite)).partition(is_plaintext);
    let differs = |case: &&Case| {
        let question = Arc::new(case.question.clone());
        !answered(&raw, &question).is_answered_by(&mut Reference::new())
    };
    let right = |cases: &[Case]| cases.iter().map(|case| answered(&[], &Arc::new(case.question.clone()))).collect::<Vec<_>>();
    assert!(plaintext.iter().filter(differs).count() > 1);
    let failures: Vec<Witness> = hmac.iter().filter(differs).map(|case| answered(&raw, &Arc::new(case.question.clone()))).collect();
    assert!(failures.len() > 3);
    for diagnosis in told(&failures, &right(&plaintext), Aside::default(), 200_000) {
        assert!(diagnosis.sets.contains(&set(&raw)), "{:?} {:?}", diagnosis.ids(), diagnosis.note);
    }
    // An HMAC that is right does.
    let rights: Vec<Witness> = right(&hmac);
    for diagnosis in told(&failures[..1], &rights, Aside::default(), 20_000) {
        assert!(!diagnosis.sets.contains(&set(&raw)), "{:?}", diagnosis.ids());
    }
}

/// Whether dots are removed too is asked by no case that is scored.
#[test]
fn cases_that_are_left_open_tell_causes_apart() {
    let (merged, cleaned) = (["uri.slashes-merged"], ["uri.path-cleaned"]);
    let failures = [answered(&merged, &question("sign.uri/path-double-slash"))];
    assert!(failures[0].is_answered_by(&mut Reference::conducting(Conduct::of(&set(&cleaned)))));
    let named = |open: &[Witness]| told(&failures, &[], Aside { open, ..Aside::default() }, 20_000).remove(0).ids();
    let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>();
    let without = named(&[]);
    assert!(without.contains(&ids(&merged)) && without.contains(&ids(&cleaned)), "{without:?}");
    let open = question("sign.interop/dot-segments");
    for (there, other) in [(&merged, &cleaned), (&cleaned, &merged)] {
        let named = named(&[answered(there, &open)]);
        assert!(named.contains(&ids(there)) && !named.contains(&ids(other)), "{named:?}");
    }
}
