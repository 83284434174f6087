//! An HMAC whose key and beginning are taken in once and finished many times: this is where a search spends its time.

use hmac::{Hmac, Mac as _};
use sha1::Sha1;
use sha2::{Sha256, Sha512};

use crate::protocol::SignatureMethod;

/// An HMAC (RFC 5849 section 3.4.2) on its way.
#[derive(Clone)]
pub(super) enum Keyed {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Box<Hmac<Sha512>>),
}

impl Keyed {
    /// With a key; `None` for a method that is no HMAC.
    pub(super) fn new(method: SignatureMethod, key: &[u8]) -> Option<Keyed> {
        // An HMAC takes keys of any length.
        Some(match method {
            SignatureMethod::HmacSha1 => Keyed::Sha1(Hmac::new_from_slice(key).ok()?),
            SignatureMethod::HmacSha256 => Keyed::Sha256(Hmac::new_from_slice(key).ok()?),
            SignatureMethod::HmacSha512 => Keyed::Sha512(Box::new(Hmac::new_from_slice(key).ok()?)),
            _ => return None,
        })
    }

    /// With more of the text.
    pub(super) fn with(&self, text: &[u8]) -> Keyed {
        let mut more = self.clone();
        match &mut more {
            Keyed::Sha1(mac) => mac.update(text),
            Keyed::Sha256(mac) => mac.update(text),
            Keyed::Sha512(mac) => mac.update(text),
        }
        more
    }

    /// Gives the octets to whoever looks at them.
    pub(super) fn finish(self, look: impl FnOnce(&[u8]) -> bool) -> bool {
        match self {
            Keyed::Sha1(mac) => look(&mac.finalize().into_bytes()),
            Keyed::Sha256(mac) => look(&mac.finalize().into_bytes()),
            Keyed::Sha512(mac) => look(&mac.finalize().into_bytes()),
        }
    }
}
