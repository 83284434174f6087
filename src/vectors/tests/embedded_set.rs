//! The embedded set as a whole: all of it can be read, and it is as large as it is said to be.

use std::collections::BTreeSet;
use std::path::Path;

use crate::vectors::{Corpus, Operation, Status, embedded};

#[test]
fn all_of_it_can_be_read_and_asks_for_every_operation() {
    let corpus = Corpus::embedded().unwrap();
    let mut active = 0;
    let mut operations = BTreeSet::new();
    for case in corpus.cases() {
        let case = case.unwrap();
        active += usize::from(case.status == Status::Active);
        operations.insert(case.question.operation());
    }
    assert!(active >= 600, "{active}");
    assert_eq!(operations.into_iter().collect::<Vec<_>>(), Operation::ALL);
}

#[test]
fn the_folder_and_the_embedded_files_are_the_same_set() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let opened = Corpus::open(&[folder]).unwrap();
    assert_eq!(opened.listing().unwrap(), Corpus::embedded().unwrap().listing().unwrap());
}

#[test]
fn what_is_embedded_is_small() {
    let octets: usize = embedded::files().iter().map(|(_, text)| text.len()).sum();
    let vectors: usize = embedded::vectors().map(|(_, text)| text.len()).sum();
    assert!(vectors < 3_500_000, "{vectors} of {octets}");
}
