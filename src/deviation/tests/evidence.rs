//! What every row of the table says of itself.

use std::collections::HashSet;

use crate::deviation::{Rank, all};

#[test]
fn rows_are_written_as_the_others_are() {
    let mut ids = HashSet::new();
    for deviation in all() {
        let id = deviation.id;
        assert!(ids.insert(id), "{id} stands there twice");
        let is_word = |part: &str| part.bytes().all(|octet| octet.is_ascii_lowercase() || octet.is_ascii_digit() || octet == b'-');
        assert!(id.split('.').count() > 1 && id.split('.').all(|part| !part.is_empty() && is_word(part)), "{id}");
        for text in [deviation.sentence, deviation.fix] {
            let is_plain = !text.ends_with('.') && !text.contains("  ") && !text.contains('\n') && text.trim() == text;
            assert!(is_plain && text.len() > 10, "{id}: {text}");
        }
        let is_address = |address: &&str| address.starts_with("https://") && !address.contains(char::is_whitespace);
        assert!(deviation.seen.iter().all(is_address), "{id}");
        let distinct: HashSet<&&str> = deviation.seen.iter().collect();
        assert_eq!(distinct.len(), deviation.seen.len(), "{id}: an address stands there twice");
        assert_eq!(
            deviation.seen.is_empty(),
            deviation.rank == Rank::Plausible,
            "{id}: what was seen has an address, what is plausible has none"
        );
    }
}
