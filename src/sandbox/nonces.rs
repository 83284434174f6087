//! The sandbox's memory of nonces (RFC 5849 section 3.3): bounded, and it never forgets a nonce while its timestamp could still be accepted.
//! When it is full it says so, and the request is refused (section 4.10).

use std::collections::{BTreeMap, HashSet};

use sha2::{Digest as _, Sha256};

use crate::profile::document::NonceScope;
use crate::protocol::nonce::{NonceKey, NonceMemory, Registration};

/// Combinations that were seen, by the last second at which they matter.
#[derive(Clone, Debug)]
pub struct Nonces {
    seen: BTreeMap<u64, HashSet<u128>>,
    held: usize,
    most: usize,
    scopes: Vec<NonceScope>,
}

impl Nonces {
    /// A memory for so many; a nonce may not be repeated with the same values of these.
    #[must_use]
    pub fn new(most: usize, scopes: &[NonceScope]) -> Nonces {
        Nonces { seen: BTreeMap::new(), held: 0, most, scopes: scopes.to_vec() }
    }

    /// How many are held.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.held
    }

    /// Whether none is.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.held == 0
    }

    /// The memory at this time and with this window; without a window nothing is ever forgotten.
    pub fn at(&mut self, now: u64, window: Option<u64>) -> NoncesNow<'_> {
        // A whole second at once; what ends in this very second still counts.
        while let Some(first) = self.seen.first_entry().filter(|first| *first.key() < now) {
            self.held -= first.remove().len();
        }
        NoncesNow { nonces: self, now, window }
    }

    /// Sixteen octets of a digest stand for a combination: memory does not grow with what a peer sends, and nobody finds two alike.
    fn digest(&self, key: &NonceKey<'_>) -> u128 {
        let mut digest = Sha256::new();
        let has = |scope: NonceScope| self.scopes.contains(&scope);
        let part = |of, value| if has(of) { value } else { &[][..] };
        for value in [
            part(NonceScope::Client, key.client),
            part(NonceScope::Token, key.token),
            part(NonceScope::Timestamp, key.timestamp),
            key.nonce,
        ] {
            digest.update((value.len() as u64).to_be_bytes());
            digest.update(value);
        }
        let mut octets = [0; 16];
        octets.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
        u128::from_be_bytes(octets)
    }
}

/// A memory at a moment.
#[derive(Debug)]
pub struct NoncesNow<'a> {
    nonces: &'a mut Nonces,
    now: u64,
    window: Option<u64>,
}

impl NonceMemory for NoncesNow<'_> {
    fn register(&mut self, key: NonceKey<'_>) -> Registration {
        let timestamp = std::str::from_utf8(key.timestamp).ok().and_then(|text| text.parse::<u64>().ok());
        // A timestamp outside the window got here because none applies to it: it can come again at any time. Where the timestamp is no
        // part of the combination, no window ends its time either.
        let inside = timestamp.zip(self.window).filter(|(timestamp, window)| self.now.abs_diff(*timestamp) <= *window);
        let last = match inside {
            Some((timestamp, window)) if self.nonces.scopes.contains(&NonceScope::Timestamp) => timestamp.saturating_add(window),
            _ => u64::MAX,
        };
        let digest = self.nonces.digest(&key);
        let is_seen = |last: u64| self.nonces.seen.get(&last).is_some_and(|seen| seen.contains(&digest));
        if is_seen(last) || is_seen(u64::MAX) {
            return Registration::Used;
        }
        if self.nonces.held >= self.nonces.most {
            return Registration::Full;
        }
        self.nonces.seen.entry(last).or_default().insert(digest);
        self.nonces.held += 1;
        Registration::Fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [NonceScope; 3] = [NonceScope::Client, NonceScope::Token, NonceScope::Timestamp];

    fn key<'a>(timestamp: &'a str, nonce: &'a str) -> NonceKey<'a> {
        NonceKey { client: b"c", token: b"t", timestamp: timestamp.as_bytes(), nonce: nonce.as_bytes() }
    }

    #[test]
    fn a_nonce_is_remembered_to_the_last_second_of_its_window_and_no_longer() {
        let mut nonces = Nonces::new(10, &ALL);
        for (now, expected) in [(1000, Registration::Fresh), (1000, Registration::Used), (1300, Registration::Used)] {
            assert_eq!(nonces.at(now, Some(300)).register(key("1000", "n")), expected, "{now}");
        }
        nonces.at(1301, Some(300));
        assert!(nonces.is_empty());
    }

    #[test]
    fn a_full_memory_refuses_and_forgets_nothing() {
        let mut nonces = Nonces::new(2, &ALL);
        let mut now = nonces.at(1000, Some(300));
        for (nonce, expected) in
            [("a", Registration::Fresh), ("b", Registration::Fresh), ("c", Registration::Full), ("a", Registration::Used)]
        {
            assert_eq!(now.register(key("1000", nonce)), expected, "{nonce}");
        }
        assert_eq!(nonces.at(1301, Some(300)).register(key("1301", "c")), Registration::Fresh);
    }

    #[test]
    fn what_counts_is_what_the_provider_says() {
        let other = NonceKey { token: b"u", ..key("1000", "n") };
        let mut per_token = Nonces::new(9, &ALL);
        per_token.at(1000, None).register(key("1000", "n"));
        assert_eq!(per_token.at(1000, None).register(other), Registration::Fresh);
        let mut per_client = Nonces::new(9, &[NonceScope::Client, NonceScope::Timestamp]);
        per_client.at(1000, None).register(key("1000", "n"));
        assert_eq!(per_client.at(1000, None).register(other), Registration::Used);
        assert_eq!(per_client.at(1000, None).register(key("1001", "n")), Registration::Fresh);
    }

    #[test]
    fn without_a_window_nothing_is_forgotten() {
        let mut nonces = Nonces::new(9, &ALL);
        nonces.at(1, None).register(key("1", "n"));
        assert_eq!(nonces.at(u64::MAX, None).register(key("1", "n")), Registration::Used);
        assert_eq!(nonces.at(1, Some(300)).register(key("1", "n")), Registration::Used);
    }
}
