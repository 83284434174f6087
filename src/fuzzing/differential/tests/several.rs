//! Several mistakes at once: each is found for itself, and what they come to together is explained by them.

use super::*;

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
    let ids = ["uri.path-raw", "signer.timestamp-unchecked", "signer.client-unchecked"];
    let found = names(&search(&ids, 3, Limits { verify: false, runs: 8000, ..LIMITS }));
    assert!(ids.iter().all(|id| found.iter().any(|name| name.contains(id))), "{found:?}");
    assert!(found.iter().all(|name| !name.contains(" with ")), "{found:?}");
}

/// What is done to a request that is accepted wrongly without it is no other find.
#[test]
fn a_verifier_that_accepts_too_much_is_not_found_anew_for_everything_that_is_done_to_a_request() {
    let searched = search(&["verify.nonce-unchecked", "verify.duplicates-last-wins"], 5, Limits { sign: false, runs: 8000, ..LIMITS });
    let unexplained: Vec<_> = searched.finds.iter().filter(|find| !find.is_explained()).map(Find::name).collect();
    assert!(searched.finds.len() <= 8 && unexplained.len() <= 4, "{:?}", names(&searched));
}
