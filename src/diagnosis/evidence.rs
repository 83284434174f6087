//! What a search is given: the request as it was sent, the secrets if they are known, and whatever is known of the derivation.

use crate::protocol::{Request, Secrets, SignatureMethod};

/// The request that a value was derived from.
#[derive(Clone, Copy, Debug)]
pub struct Subject<'a> {
    /// The request as it was sent, its signature left out.
    pub request: &'a Request<'a>,
    /// The signature method that it names.
    pub method: SignatureMethod,
    /// The secrets; without them only a base string can be explained.
    pub secrets: Option<Secrets<'a>>,
    /// Hosts, with their port if they have one, that may have been signed in place of the right one.
    pub hosts: &'a [String],
    /// Paths that may have been signed in place of the right one.
    pub paths: &'a [String],
}

/// What is known of a derivation. Everything that is given must be met.
#[derive(Clone, Copy, Debug, Default)]
pub struct Evidence<'a> {
    /// The base string URI.
    pub base_uri: Option<&'a [u8]>,
    /// The normalized parameters.
    pub normalized: Option<&'a [u8]>,
    /// The signature base string.
    pub base_string: Option<&'a [u8]>,
    /// The signature.
    pub signature: Option<SignatureText<'a>>,
}

/// A signature as text, decoded from its transmission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureText<'a> {
    /// The text, or its beginning.
    pub text: &'a [u8],
    /// Whether only the beginning is known.
    pub truncated: bool,
}

/// The fewest characters of a signature that mean anything.
pub const FEWEST_CHARACTERS: usize = 6;

impl<'a> SignatureText<'a> {
    /// A whole signature.
    #[must_use]
    pub const fn whole(text: &'a [u8]) -> SignatureText<'a> {
        SignatureText { text, truncated: false }
    }

    /// Whether a signature is this one, or begins so.
    #[must_use]
    pub fn is_met_by(self, signature: &[u8]) -> bool {
        if self.truncated { signature.starts_with(self.text) } else { signature == self.text }
    }

    /// One search in so many meets this by chance, if it compares `tried` signatures of base64 text.
    #[must_use]
    pub fn one_in(self, tried: u64) -> u64 {
        let texts = u32::try_from(self.text.len()).ok().and_then(|length| 64_u64.checked_pow(length));
        texts.unwrap_or(u64::MAX) / tried.max(1)
    }
}

impl Evidence<'_> {
    /// Whether nothing but a signature is known.
    #[must_use]
    pub const fn is_signature_only(&self) -> bool {
        self.base_uri.is_none() && self.normalized.is_none() && self.base_string.is_none() && self.signature.is_some()
    }

    /// Whether there is any.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.base_uri.is_none() && self.normalized.is_none() && self.base_string.is_none() && self.signature.is_none()
    }
}
