//! Nonce memory (RFC 5849 section 3.3): what a verifier must remember so that a request cannot be sent twice.

use std::collections::HashSet;

/// What makes a request unique: no other one has the same nonce with this timestamp, client and token. Section 3.2 names nonce, timestamp
/// and token; section 3.3 and appendix A name the client too. All values are decoded; an absent token is empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NonceKey<'a> {
    /// The client's identifier.
    pub client: &'a [u8],
    /// The token's identifier.
    pub token: &'a [u8],
    /// The timestamp as sent.
    pub timestamp: &'a [u8],
    /// The nonce.
    pub nonce: &'a [u8],
}

/// What the memory says of a combination.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// It is new, and from now on remembered.
    Fresh,
    /// It was seen before.
    Used,
    /// There is no room to remember it, so it cannot be accepted (section 4.10 names the attack).
    Full,
}

/// A memory of nonces. Asking and remembering is one step, so that of many equal requests at once only one is fresh.
pub trait NonceMemory {
    /// Remembers a combination unless it is known already.
    fn register(&mut self, key: NonceKey<'_>) -> Registration;
}

/// A memory without an end: for single requests and tests.
#[derive(Clone, Debug, Default)]
pub struct SeenNonces(HashSet<[Vec<u8>; 4]>);

impl SeenNonces {
    /// A memory that has seen these combinations.
    pub fn of<'a>(keys: impl IntoIterator<Item = NonceKey<'a>>) -> SeenNonces {
        let mut memory = SeenNonces::default();
        for key in keys {
            memory.register(key);
        }
        memory
    }
}

impl NonceMemory for SeenNonces {
    fn register(&mut self, key: NonceKey<'_>) -> Registration {
        let owned = [key.client, key.token, key.timestamp, key.nonce].map(<[u8]>::to_vec);
        if self.0.insert(owned) { Registration::Fresh } else { Registration::Used }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_combination_is_fresh_once_and_every_part_counts() {
        let key = NonceKey { client: b"c", token: b"t", timestamp: b"1", nonce: b"n" };
        let mut memory = SeenNonces::of([key]);
        assert_eq!(memory.register(key), Registration::Used);
        for other in [
            NonceKey { client: b"d", ..key },
            NonceKey { token: b"", ..key },
            NonceKey { timestamp: b"2", ..key },
            NonceKey { nonce: b"m", ..key },
        ] {
            assert_eq!(memory.register(other), Registration::Fresh);
            assert_eq!(memory.register(other), Registration::Used);
        }
    }
}
