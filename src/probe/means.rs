//! What a probe may use: credentials, and how the resource owner is asked.

use crate::protocol::{PrivateKey, Secret};

/// Everything that a plan is made with, beside the profile.
#[derive(Debug, Default)]
pub struct Means {
    /// The client's identifier.
    pub client: String,
    /// The client's shared secret.
    pub secret: Option<Secret>,
    /// The client's RSA private key, with its public half as PEM text for the rules.
    pub private_key: Option<PrivateKey>,
    /// Token credentials that somebody has already.
    pub token: Option<Pair>,
    /// Whether the resource owner can be asked.
    pub authorization: Authorization,
    /// `oauth_callback` in place of the one that the profile suggests.
    pub callback: Option<String>,
    /// The realm in place of the profile's.
    pub realm: Option<String>,
    /// The signature method in place of the one that is chosen.
    pub signature_method: Option<String>,
    /// Further parameters, for endpoints that ask for some.
    pub parameters: Vec<(String, String)>,
    /// Paths or URLs of endpoints in place of the profile's.
    pub paths: Vec<(crate::profile::EndpointName, String)>,
    /// Whether the server is on this machine: then what harms nobody there may be tried.
    pub is_loopback: bool,
}

impl Means {
    /// A client with a shared secret, and nothing else.
    #[must_use]
    pub fn of_client(identifier: impl Into<String>, secret: &[u8]) -> Means {
        Means { client: identifier.into(), secret: Some(Secret::new(secret.to_vec())), ..Means::default() }
    }
}

/// How the resource owner is asked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Authorization {
    /// Not at all.
    #[default]
    Never,
    /// By a person, who will not do it twice.
    Once,
    /// By whoever answers at once, as often as it takes.
    Freely,
}

/// Temporary or token credentials as the probe got them. Times are in seconds since 1970.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    /// The identifier.
    pub identifier: Vec<u8>,
    /// The shared secret.
    pub secret: Secret,
    /// The handle with which it is renewed (OAuth Session 1.0).
    pub handle: Option<Vec<u8>>,
    /// The verification code, once the resource owner has allowed.
    pub verifier: Option<Vec<u8>>,
    /// `oauth_callback` of the request that it was made for.
    pub callback: Option<String>,
    /// When it was issued.
    pub issued: Option<u64>,
    /// Its life in seconds as the answer told it.
    pub lifetime: Option<u64>,
    /// When it was exchanged.
    pub exchanged: Option<u64>,
    /// When it was renewed.
    pub renewed: Option<u64>,
    /// When it was revoked.
    pub revoked: Option<u64>,
    /// Whether it came out of this run.
    pub is_own: bool,
}

impl Pair {
    /// Credentials that somebody has already.
    #[must_use]
    pub fn new(identifier: impl AsRef<[u8]>, secret: &[u8]) -> Pair {
        Pair { identifier: identifier.as_ref().to_vec(), secret: Secret::new(secret.to_vec()), ..Pair::default() }
    }
}
