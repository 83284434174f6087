//! Credentials (RFC 5849 section 1.1): client, temporary and token credentials are each an identifier and a shared secret.

use zeroize::Zeroizing;

use super::signature::PrivateKey;

/// A secret that belongs to somebody: it cannot be printed or written, and its memory is cleared.
#[derive(Clone, Default)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes a secret in.
    #[must_use]
    pub fn new(octets: Vec<u8>) -> Secret {
        Secret(Zeroizing::new(octets))
    }

    /// Gives the octets out, to be signed with. Whoever calls this answers for where they go.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

/// What a request is signed with: the client's shared secret, the token's (empty if there is no token), and for RSA the private key.
#[derive(Clone, Copy)]
pub struct Secrets<'a> {
    client: &'a [u8],
    token: &'a [u8],
    private_key: Option<&'a PrivateKey>,
}

impl<'a> Secrets<'a> {
    /// The two shared secrets. Without a token, the second is empty (section 3.4.2).
    #[must_use]
    pub const fn new(client: &'a [u8], token: &'a [u8]) -> Secrets<'a> {
        Secrets { client, token, private_key: None }
    }

    /// The same with an RSA private key.
    #[must_use]
    pub const fn with_private_key(self, private_key: Option<&'a PrivateKey>) -> Secrets<'a> {
        Secrets { private_key, ..self }
    }

    /// The client's shared secret.
    #[must_use]
    pub const fn client(&self) -> &'a [u8] {
        self.client
    }

    /// The token's shared secret.
    #[must_use]
    pub const fn token(&self) -> &'a [u8] {
        self.token
    }

    /// The RSA private key.
    #[must_use]
    pub const fn private_key(&self) -> Option<&'a PrivateKey> {
        self.private_key
    }
}

impl std::fmt::Debug for Secrets<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_secret_is_printed() {
        let text = format!("{:?} {:?}", Secret::new(b"hunter2".to_vec()), Secrets::new(b"hunter2", b"hunter2"));
        assert_eq!(text, "Secret(..) Secrets(..)");
    }
}
