//! Departures from RSA signatures (RFC 5849 section 3.4.3: RSASSA-PKCS1-v1_5 with the digest that the method names).
//!
//! PSS with a salt in place of PKCS#1 v1.5 is not here, because its signatures cannot be reproduced: the salt is random. It is recognised in
//! another way: two signatures of one base string differ, and a signature that is opened with the public key ([`crate::protocol::PublicKey::open`])
//! ends in the octet 0xBC and does not begin with 0x01 0xFF.

use sha1::{Digest, Sha1};

use super::{Deviation, Rank, Stage};
use crate::protocol::signature::{digest, sign, signing_key};
use crate::protocol::{Buffer, Encoder, Malformed, PrivateKey, Secrets, SignatureMethod};

const DIGEST: &str = "use the hash that oauth_signature_method names: SHA-1 for RSA-SHA1, SHA-256 for RSA-SHA256";
const PADDING: &str = "use a function that signs with RSASSA-PKCS1-v1_5 and is told the hash, not the bare private-key operation";
const KEY: &str = "sign with the private key itself; the secrets take no part in an RSA signature";

macro_rules! signatures {
    ($($id:literal $sentence:literal, $fix:ident, $rank:ident $seen:expr, $sign:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Mac,
            section: "3.4.3",
            sentence: $sentence,
            fix: $fix,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.recipe.sign = $sign,
        },)*]
    };
}

pub(super) const TABLE: &[Deviation] = signatures![
    "rsa.sha-256-for-sha-1" "SHA-256 is used under the name RSA-SHA1", DIGEST, Seen ["https://github.com/vurtdev/Net-OAuth/issues/9"],
        |method, key, text, secrets, out| sign(instead(method, SignatureMethod::RsaSha1, SignatureMethod::RsaSha256), key, text, secrets, out);
    "rsa.sha-1-for-sha-256" "SHA-1 is used under the name RSA-SHA256", DIGEST, Plausible [],
        |method, key, text, secrets, out| sign(instead(method, SignatureMethod::RsaSha256, SignatureMethod::RsaSha1), key, text, secrets, out);
    "rsa.sha-1-for-sha-512" "SHA-1 is used under the name RSA-SHA512", DIGEST, Plausible [],
        |method, key, text, secrets, out| sign(instead(method, SignatureMethod::RsaSha512, SignatureMethod::RsaSha1), key, text, secrets, out);
    "rsa.bare-digest" "the digest is padded and encrypted without saying which hash it is of, as by privateEncrypt", PADDING, Seen [
            "https://github.com/ddo/oauth-1.0a/issues/54",
        ],
        |method, key, text, secrets, out| by_itself(method, key, text, secrets, out, PrivateKey::sign_bare);
    "rsa.digest-info-without-null" "the DigestInfo lacks the NULL of its algorithm's parameters", PADDING, Plausible [],
        |method, key, text, secrets, out| by_hand(method, key, text, secrets, out, |private, digest| {
            private.sign_bare(&[SHA1_INFO_WITHOUT_NULL, digest].concat())
        });
    "rsa.zero-padded" "the DigestInfo is encrypted with zeros before it in place of the padding", PADDING, Plausible [],
        |method, key, text, secrets, out| by_hand(method, key, text, secrets, out, |private, digest| {
            private.sign_unpadded(&[SHA1_INFO, digest].concat())
        });
    "rsa.unpadded" "the digest alone is encrypted, without any padding", PADDING, Plausible [],
        |method, key, text, secrets, out| by_itself(method, key, text, secrets, out, PrivateKey::sign_unpadded);
    "rsa.pss-without-salt" "RSASSA-PSS with an empty salt is used in place of PKCS#1 v1.5", PADDING, Plausible [],
        |method, key, text, secrets, out| by_hand(method, key, text, secrets, out, |private, digest| {
            // One, signed, is one: written in as many octets as the modulus has.
            let length = private.sign_unpadded(&[1])?.len();
            private.sign_unpadded(&pss_without_salt(digest, length)?)
        });
    "rsa.hmac-with-pem" "the text of the private key is taken for the client's secret of an HMAC", KEY, Seen [
            "https://github.com/request/request/issues/1228",
        ],
        |method, key, text, secrets, out| hmac(method, key, text, secrets, out, |secrets, key| {
            let pem = secrets.private_key().map(PrivateKey::expose_pem).unwrap_or_default();
            signing_key(Encoder::RFC5849, &Secrets::new(pem, secrets.token()), key);
        });
    "rsa.hmac-with-raw-pem" "the text of the private key is the key of an HMAC", KEY, Seen [
            "https://github.com/request/request/issues/1228",
        ],
        |method, key, text, secrets, out| hmac(method, key, text, secrets, out, |secrets, key| {
            key.append(secrets.private_key().map(PrivateKey::expose_pem).unwrap_or_default());
        });
    "rsa.hmac-with-secrets" "an HMAC with the two secrets is sent under the name of an RSA method", KEY, Seen [
            "https://github.com/XeroAPI/XeroOAuth-PHP/issues/11",
        ],
        |method, key, text, secrets, out| hmac(method, key, text, secrets, out, |secrets, key| signing_key(Encoder::RFC5849, secrets, key));
];

/// The DER of a DigestInfo (RFC 8017 section 9.2) up to a SHA-1 digest.
const SHA1_INFO: &[u8] = &[0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00, 0x04, 0x14];

/// The DER of a DigestInfo up to a SHA-1 digest, with the parameters of the algorithm left out.
const SHA1_INFO_WITHOUT_NULL: &[u8] = &[0x30, 0x1f, 0x30, 0x07, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x04, 0x14];

/// EMSA-PSS of a SHA-1 digest with MGF1 and an empty salt (RFC 8017 section 9.1.1), for a modulus whose highest bit is set.
fn pss_without_salt(digest: &[u8], length: usize) -> Option<Vec<u8>> {
    let hash = Sha1::digest([&[0; 8], digest].concat());
    let masked = length.checked_sub(hash.len() + 1)?;
    let mut block = vec![0; masked];
    *block.last_mut()? = 1;
    let mask = (0_u32..).flat_map(|counter| Sha1::digest([hash.as_slice(), &counter.to_be_bytes()].concat()));
    block.iter_mut().zip(mask).for_each(|(octet, mask)| *octet ^= mask);
    // The number must be smaller than the modulus.
    *block.first_mut()? &= 0x7f;
    block.extend_from_slice(&hash);
    block.push(0xbc);
    Some(block)
}

fn instead(method: SignatureMethod, of: SignatureMethod, other: SignatureMethod) -> SignatureMethod {
    if method == of { other } else { method }
}

/// Another signature of the method's digest, for what needs no DigestInfo.
fn by_itself(
    method: SignatureMethod,
    key: &[u8],
    text: &[u8],
    secrets: &Secrets<'_>,
    out: &mut Buffer,
    by: fn(&PrivateKey, &[u8]) -> Option<Vec<u8>>,
) -> Result<(), Malformed> {
    if !method.is_rsa() {
        return sign(method, key, text, secrets, out);
    }
    let private = secrets.private_key().ok_or(Malformed::Key("there is none"))?;
    out.append(&by(private, &digest(method, text)).ok_or(Malformed::Key("it cannot sign such a digest"))?);
    Ok(())
}

/// Another signature of a SHA-1 digest where RSA-SHA1 is asked for.
fn by_hand(
    method: SignatureMethod,
    key: &[u8],
    text: &[u8],
    secrets: &Secrets<'_>,
    out: &mut Buffer,
    by: fn(&PrivateKey, &[u8]) -> Option<Vec<u8>>,
) -> Result<(), Malformed> {
    if method != SignatureMethod::RsaSha1 {
        return sign(method, key, text, secrets, out);
    }
    let private = secrets.private_key().ok_or(Malformed::Key("there is none"))?;
    let signature = by(private, &Sha1::digest(text)).ok_or(Malformed::Key("it cannot sign such a digest"))?;
    out.append(&signature);
    Ok(())
}

/// An HMAC with another key, and with the hash of the RSA method that is asked for.
fn hmac(
    method: SignatureMethod,
    key: &[u8],
    text: &[u8],
    secrets: &Secrets<'_>,
    out: &mut Buffer,
    write_key: fn(&Secrets<'_>, &mut Buffer),
) -> Result<(), Malformed> {
    let with = match method {
        SignatureMethod::RsaSha1 => SignatureMethod::HmacSha1,
        SignatureMethod::RsaSha256 => SignatureMethod::HmacSha256,
        SignatureMethod::RsaSha512 => SignatureMethod::HmacSha512,
        _ => return sign(method, key, text, secrets, out),
    };
    let mut other = Buffer::default();
    write_key(secrets, &mut other);
    let signed = sign(with, &other, text, secrets, out);
    other.wipe();
    signed
}
