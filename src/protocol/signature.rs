//! Signature methods (RFC 5849 sections 3.4.2 to 3.4.4): the key, the octets of the signature, and their text. HMAC-SHA256,
//! HMAC-SHA512, RSA-SHA256 and RSA-SHA512 are the extensions that providers agree on: the same with another hash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use rsa::pkcs1::{DecodeRsaPrivateKey, DecodeRsaPublicKey};
use rsa::pkcs8::{DecodePrivateKey, DecodePublicKey};
use rsa::traits::{PrivateKeyParts as _, PublicKeyParts as _};
use rsa::{BigUint, Pkcs1v15Sign, RsaPrivateKey, RsaPublicKey};
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::buffer::Buffer;
use super::credentials::{Secret, Secrets};
use super::encoding::Encoder;
use super::error::Malformed;
use super::recipe::Sign;
use super::request::Request;

/// How a request is signed: the value of `oauth_signature_method`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "each is its own name")]
pub enum SignatureMethod {
    HmacSha1,
    HmacSha256,
    HmacSha512,
    RsaSha1,
    RsaSha256,
    RsaSha512,
    Plaintext,
}

impl SignatureMethod {
    /// Every method, the specification's three first.
    pub const ALL: [SignatureMethod; 7] = [
        SignatureMethod::HmacSha1,
        SignatureMethod::RsaSha1,
        SignatureMethod::Plaintext,
        SignatureMethod::HmacSha256,
        SignatureMethod::HmacSha512,
        SignatureMethod::RsaSha256,
        SignatureMethod::RsaSha512,
    ];

    /// Its name as it is sent.
    #[must_use]
    #[inline]
    pub const fn as_str(self) -> &'static str {
        match self {
            SignatureMethod::HmacSha1 => "HMAC-SHA1",
            SignatureMethod::HmacSha256 => "HMAC-SHA256",
            SignatureMethod::HmacSha512 => "HMAC-SHA512",
            SignatureMethod::RsaSha1 => "RSA-SHA1",
            SignatureMethod::RsaSha256 => "RSA-SHA256",
            SignatureMethod::RsaSha512 => "RSA-SHA512",
            SignatureMethod::Plaintext => "PLAINTEXT",
        }
    }

    /// Reads a name; letter case counts, because the name is a parameter value like any other.
    ///
    /// # Errors
    /// [`Malformed::SignatureMethod`] for any other text.
    #[inline]
    pub fn from_name(name: &[u8]) -> Result<SignatureMethod, Malformed> {
        SignatureMethod::ALL.into_iter().find(|method| method.as_str().as_bytes() == name).ok_or(Malformed::SignatureMethod)
    }

    /// Whether it signs with an RSA private key.
    #[must_use]
    #[inline]
    pub const fn is_rsa(self) -> bool {
        matches!(self, SignatureMethod::RsaSha1 | SignatureMethod::RsaSha256 | SignatureMethod::RsaSha512)
    }
}

/// The HMAC key and PLAINTEXT signature (sections 3.4.2 and 3.4.4): both secrets encoded, with `&` between them even where one is
/// empty or missing.
pub fn signing_key(encode: Encoder, secrets: &Secrets<'_>, out: &mut Buffer) {
    encode.encode(secrets.client(), out);
    out.push(b'&');
    encode.encode(secrets.token(), out);
}

/// [`signing_key`] of a request: nothing of it counts but the secrets.
pub fn key_of_request(encode: Encoder, secrets: &Secrets<'_>, _: &Request<'_>, out: &mut Buffer) {
    signing_key(encode, secrets, out);
}

/// The octets of the signature of a base string: HMAC (section 3.4.2) or RSASSA-PKCS1-v1_5 (section 3.4.3). PLAINTEXT has no
/// algorithm: its octets are the key (section 3.4.4).
///
/// # Errors
/// [`Malformed::Key`] for RSA without a private key, or with one too small for the digest.
pub fn sign(method: SignatureMethod, key: &[u8], base_string: &[u8], secrets: &Secrets<'_>, out: &mut Buffer) -> Result<(), Malformed> {
    match method {
        SignatureMethod::HmacSha1 => hmac::<Hmac<Sha1>>(key, base_string, out),
        SignatureMethod::HmacSha256 => hmac::<Hmac<Sha256>>(key, base_string, out),
        SignatureMethod::HmacSha512 => hmac::<Hmac<Sha512>>(key, base_string, out),
        SignatureMethod::Plaintext => out.append(key),
        SignatureMethod::RsaSha1 | SignatureMethod::RsaSha256 | SignatureMethod::RsaSha512 => {
            let private = secrets.private_key().ok_or(Malformed::Key("there is none"))?;
            let (padding, digest) = rsa_digest(method, base_string);
            // Without blinding: the keys of a test harness sign on their owner's machine, see deny.toml.
            let octets = private.key.sign(padding, &digest).map_err(|_| Malformed::Key("it cannot sign such a digest"))?;
            out.append(&octets);
        }
    }
    Ok(())
}

/// Whether this is the specification's way to sign. As with [`super::collection::collect`], what is not recognized costs time alone.
#[inline]
pub(super) fn is_rfc5849(way: Sign) -> bool {
    std::ptr::fn_addr_eq(way, sign as Sign)
}

fn hmac<M: Mac + hmac::digest::KeyInit>(key: &[u8], text: &[u8], out: &mut Buffer) {
    // An HMAC takes keys of any length, so there is no error to come.
    if let Ok(mut mac) = <M as Mac>::new_from_slice(key) {
        mac.update(text);
        out.append(&mac.finalize().into_bytes());
    }
}

/// The digest of a text by the hash that a signature method names.
#[must_use]
pub fn digest(method: SignatureMethod, text: &[u8]) -> Vec<u8> {
    match method {
        SignatureMethod::HmacSha256 | SignatureMethod::RsaSha256 => Sha256::digest(text).to_vec(),
        SignatureMethod::HmacSha512 | SignatureMethod::RsaSha512 => Sha512::digest(text).to_vec(),
        _ => Sha1::digest(text).to_vec(),
    }
}

fn rsa_digest(method: SignatureMethod, text: &[u8]) -> (Pkcs1v15Sign, Vec<u8>) {
    match method {
        SignatureMethod::RsaSha256 => (Pkcs1v15Sign::new::<Sha256>(), Sha256::digest(text).to_vec()),
        SignatureMethod::RsaSha512 => (Pkcs1v15Sign::new::<Sha512>(), Sha512::digest(text).to_vec()),
        _ => (Pkcs1v15Sign::new::<Sha1>(), Sha1::digest(text).to_vec()),
    }
}

/// Whether `signature` (octets, not text) is the RSA signature of a base string (section 3.4.3).
#[must_use]
pub fn rsa_verifies(method: SignatureMethod, key: &PublicKey, base_string: &[u8], signature: &[u8]) -> bool {
    let (padding, digest) = rsa_digest(method, base_string);
    key.0.verify(padding, &digest, signature).is_ok()
}

/// The text of signature octets: base64 with padding (sections 3.4.2 and 3.4.3; RFC 2045 section 6.8, in one line).
pub fn base64_text(octets: &[u8], out: &mut Buffer) {
    // The room is at least what padded base64 needs, so there is no error to come.
    let written = STANDARD.encode_slice(octets, out.room(octets.len().div_ceil(3) * 4));
    out.advance(written.unwrap_or_default());
}

/// The octets of a signature's text. Unused bits must be zero and padding must be there, so that one signature has one text.
#[must_use]
pub fn base64_octets(text: &[u8]) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Compares the texts of signatures, eight octets at a time, always to their end, so that the time tells nothing but their lengths.
pub(super) fn is_same_text(one: &[u8], other: &[u8]) -> bool {
    let ((words, rest), (other_words, other_rest)) = (one.as_chunks::<8>(), other.as_chunks());
    let pairs = words.iter().zip(other_words);
    let difference = pairs.fold(0, |difference, (word, other)| difference | (u64::from_ne_bytes(*word) ^ u64::from_ne_bytes(*other)));
    let difference = rest.iter().zip(other_rest).fold(difference, |difference, (octet, other)| difference | u64::from(octet ^ other));
    one.len() == other.len() && bool::from(difference.ct_eq(&0))
}

/// The value of `oauth_body_hash` (body hash draft, section 3.2): base64 of the hash of the body's octets, an absent body being
/// empty. The hash is that of the signature method: SHA-1 for HMAC-SHA1 and RSA-SHA1 (section 3.1). For the SHA-2 methods and for
/// PLAINTEXT, with which it is not recommended, the draft names none; here they take their own, and SHA-1.
#[must_use]
pub fn body_hash(method: SignatureMethod, body: Option<&[u8]>) -> String {
    let body = body.unwrap_or_default();
    match method {
        SignatureMethod::HmacSha256 | SignatureMethod::RsaSha256 => STANDARD.encode(Sha256::digest(body)),
        SignatureMethod::HmacSha512 | SignatureMethod::RsaSha512 => STANDARD.encode(Sha512::digest(body)),
        _ => STANDARD.encode(Sha1::digest(body)),
    }
}

/// An RSA private key. It cannot be printed.
#[derive(Clone)]
pub struct PrivateKey {
    key: RsaPrivateKey,
    pem: Secret,
}

impl PrivateKey {
    /// Reads a PEM text: PKCS#8 (`BEGIN PRIVATE KEY`) or PKCS#1 (`BEGIN RSA PRIVATE KEY`).
    ///
    /// # Errors
    /// [`Malformed::Key`] if it is neither; the message never quotes the key.
    pub fn from_pem(pem: &str) -> Result<PrivateKey, Malformed> {
        let trimmed = pem.trim();
        RsaPrivateKey::from_pkcs8_pem(trimmed)
            .ok()
            .or_else(|| RsaPrivateKey::from_pkcs1_pem(trimmed).ok())
            .map(|key| PrivateKey { key, pem: Secret::new(pem.as_bytes().to_vec()) })
            .ok_or(Malformed::Key("it is no PEM of PKCS#8 or PKCS#1"))
    }

    /// The text that it was read from. Whoever calls this answers for where it goes.
    #[must_use]
    pub fn expose_pem(&self) -> &[u8] {
        self.pem.expose()
    }

    /// Signs octets that are padded by PKCS#1 v1.5 without naming a digest: what some implementations take for RSA-SHA1.
    #[must_use]
    pub fn sign_bare(&self, octets: &[u8]) -> Option<Vec<u8>> {
        self.key.sign(Pkcs1v15Sign::new_unprefixed(), octets).ok()
    }

    /// The private-key operation on octets without any padding. `None` for a number beyond the modulus.
    #[must_use]
    pub fn sign_unpadded(&self, octets: &[u8]) -> Option<Vec<u8>> {
        let number = BigUint::from_bytes_be(octets);
        let signature = (number < *self.key.n()).then(|| number.modpow(self.key.d(), self.key.n()).to_bytes_be())?;
        let mut padded = vec![0; self.key.size().checked_sub(signature.len())?];
        padded.extend(signature);
        Some(padded)
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        PublicKey(self.key.to_public_key())
    }
}

impl std::fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PrivateKey(..)")
    }
}

/// An RSA public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey(RsaPublicKey);

impl PublicKey {
    /// Reads a PEM text: SubjectPublicKeyInfo (`BEGIN PUBLIC KEY`) or PKCS#1 (`BEGIN RSA PUBLIC KEY`).
    ///
    /// # Errors
    /// [`Malformed::Key`] if it is neither.
    pub fn from_pem(pem: &str) -> Result<PublicKey, Malformed> {
        let pem = pem.trim();
        RsaPublicKey::from_public_key_pem(pem)
            .ok()
            .or_else(|| RsaPublicKey::from_pkcs1_pem(pem).ok())
            .map(PublicKey)
            .ok_or(Malformed::Key("it is no PEM of a public key"))
    }
}

impl PublicKey {
    /// The padded octets that a signature was made of (RFC 8017 section 5.2.2), for a look at what was signed. `None` for a number beyond
    /// the modulus.
    #[must_use]
    pub fn open(&self, signature: &[u8]) -> Option<Vec<u8>> {
        let number = BigUint::from_bytes_be(signature);
        (number < *self.0.n()).then(|| number.modpow(self.0.e(), self.0.n()).to_bytes_be())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_their_case() {
        for method in SignatureMethod::ALL {
            assert_eq!(SignatureMethod::from_name(method.as_str().as_bytes()), Ok(method));
        }
        for name in ["hmac-sha1", "HMAC-SHA", "", "HMAC-SHA1 ", "none"] {
            assert_eq!(SignatureMethod::from_name(name.as_bytes()), Err(Malformed::SignatureMethod));
        }
    }

    #[test]
    fn the_key_keeps_its_separator() {
        for (client, token, expected) in [("c&s", "t s", "c%26s&t%20s"), ("", "", "&"), ("c", "", "c&"), ("", "t", "&t")] {
            let mut out = Buffer::default();
            signing_key(Encoder::RFC5849, &Secrets::new(client.as_bytes(), token.as_bytes()), &mut out);
            assert_eq!(&*out, expected.as_bytes());
        }
    }

    /// The hashes of the body hash draft, appendix A.1 and A.2, and of the empty text as published for SHA-256.
    #[test]
    fn body_hashes_follow_the_signature_method() {
        assert_eq!(body_hash(SignatureMethod::HmacSha1, Some(b"Hello World!")), "Lve95gjOVATpfV8EL5X4nxwjKHE=");
        assert_eq!(body_hash(SignatureMethod::RsaSha1, None), "2jmj7l5rSw0yVb/vlWAYkK/YBwk=");
        assert_eq!(body_hash(SignatureMethod::HmacSha256, None), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn one_signature_has_one_text() {
        assert_eq!(base64_octets(b"jY=="), None);
        assert_eq!(base64_octets(b"jQ=="), Some(vec![0x8d]));
        assert_eq!(base64_octets(b"jQ"), None);
        assert_eq!(base64_octets(b"jQ= ="), None);
    }

    #[test]
    fn texts_are_the_same_if_no_octet_differs() {
        for length in 0..40 {
            let text = vec![b'a'; length];
            assert!(is_same_text(&text, &text.clone()));
            assert!(!is_same_text(&text, &[&text[..], b"a"].concat()) && !is_same_text(&[&text[..], b"\0"].concat(), &text));
            for place in 0..length {
                let mut other = text.clone();
                other[place] ^= 0x20;
                assert!(!is_same_text(&text, &other), "{place} of {length}");
                // The same difference in another place takes nothing back.
                for second in place + 1..length {
                    let mut other = other.clone();
                    other[second] ^= 0x20;
                    assert!(!is_same_text(&text, &other), "{place} and {second} of {length}");
                }
            }
        }
    }

    #[test]
    fn keys_do_not_print_themselves() {
        assert!(PrivateKey::from_pem("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----").is_err());
        assert!(PublicKey::from_pem("").is_err());
    }
}
