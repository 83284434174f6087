//! Departures from the algorithm of HMAC and PLAINTEXT signatures (RFC 5849 sections 3.4.2 and 3.4.4).

use sha1::{Digest, Sha1};
use sha2::{Sha256, Sha512};

use super::encode::levels::RAW;
use super::{Deviation, Rank, Stage};
use crate::protocol::signature::{base64_text, sign, signing_key};
use crate::protocol::{Buffer, Encoder, Malformed, Secrets, SignatureMethod};

const HASH: &str = "use the hash that oauth_signature_method names: SHA-1 for HMAC-SHA1, SHA-256 for HMAC-SHA256";
const HMAC: &str = "compute an HMAC (RFC 2104) with the key of section 3.4.2 and the base string as its text";
const PLAIN: &str = "for PLAINTEXT, the value of oauth_signature is both secrets, each encoded once, with & between them; it is encoded once more when it is sent";

macro_rules! macs {
    ($($id:literal $section:literal $sentence:literal, $fix:ident, $rank:ident $seen:expr, $sign:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Mac,
            section: $section,
            sentence: $sentence,
            fix: $fix,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.recipe.sign = $sign,
        },)*]
    };
}

pub(super) const TABLE: &[Deviation] = macs![
    "mac.sha-256-for-sha-1" "3.4.2" "SHA-256 is used under the name HMAC-SHA1", HASH, Common [
            "https://github.com/patterninc/caterpillar/issues/104",
            "https://github.com/ahmadnassri/app-restconsole/issues/18",
            "https://github.com/mttkay/signpost",
        ],
        |method, key, text, secrets, out| sign(instead(method, SignatureMethod::HmacSha1, SignatureMethod::HmacSha256), key, text, secrets, out);
    "mac.sha-1-for-sha-256" "3.4.2" "SHA-1 is used under the name HMAC-SHA256", HASH, Common [
            "https://github.com/patterninc/caterpillar/issues/104",
            "https://github.com/ahmadnassri/app-restconsole/issues/18",
        ],
        |method, key, text, secrets, out| sign(instead(method, SignatureMethod::HmacSha256, SignatureMethod::HmacSha1), key, text, secrets, out);
    "mac.sha-512-for-sha-1" "3.4.2" "SHA-512 is used under the name HMAC-SHA1", HASH, Plausible [],
        |method, key, text, secrets, out| sign(instead(method, SignatureMethod::HmacSha1, SignatureMethod::HmacSha512), key, text, secrets, out);
    "mac.sha-1-for-sha-512" "3.4.2" "SHA-1 is used under the name HMAC-SHA512", HASH, Plausible [],
        |method, key, text, secrets, out| sign(instead(method, SignatureMethod::HmacSha512, SignatureMethod::HmacSha1), key, text, secrets, out);
    "mac.sha-256-for-sha-512" "3.4.2" "SHA-256 is used under the name HMAC-SHA512", HASH, Plausible [],
        |method, key, text, secrets, out| sign(instead(method, SignatureMethod::HmacSha512, SignatureMethod::HmacSha256), key, text, secrets, out);
    "mac.key-and-text-hashed" "3.4.2" "key and base string are hashed one behind the other, without HMAC", HMAC, Plausible [],
        |method, key, text, secrets, out| without_hmac(method, key, text, secrets, out, &[key, text]);
    "mac.text-and-key-hashed" "3.4.2" "base string and key are hashed one behind the other, without HMAC", HMAC, Plausible [],
        |method, key, text, secrets, out| without_hmac(method, key, text, secrets, out, &[text, key]);
    "mac.text-hashed" "3.4.2" "the base string is hashed without a key", HMAC, Plausible [],
        |method, key, text, secrets, out| without_hmac(method, key, text, secrets, out, &[text]);
    "mac.arguments-swapped" "3.4.2" "the base string is used as the key and the key as the text", HMAC, Plausible [],
        |method, key, text, secrets, out| if is_hmac(method) { sign(method, text, key, secrets, out) } else { sign(method, key, text, secrets, out) };
    "mac.key-appended" "3.4.2" "the key is appended to the base string behind an &, as drafts before OAuth Core 1.0 had it", HMAC, Seen [
            "https://wiki.oauth.net/w/page/12238556/TestCases",
        ],
        |method, key, text, secrets, out| {
            if !is_hmac(method) {
                return sign(method, key, text, secrets, out);
            }
            let mut appended = Buffer::default();
            [text, b"&", key].into_iter().for_each(|part| appended.append(part));
            let signed = sign(method, key, &appended, secrets, out);
            appended.wipe();
            signed
        };
    "mac.hex-key" "3.4.2" "the key is written in hexadecimal digits before it is used", HMAC, Plausible [],
        |method, key, text, secrets, out| {
            if !is_hmac(method) {
                return sign(method, key, text, secrets, out);
            }
            let mut digits = Buffer::default();
            key.iter().for_each(|octet| digits.append(format!("{octet:02x}").as_bytes()));
            let signed = sign(method, &digits, text, secrets, out);
            digits.wipe();
            signed
        };
    "plaintext.encoded-again" "3.4.4" "the value of a PLAINTEXT signature is encoded once too often, so that its & becomes %26 before it is sent", PLAIN, Common [
            "https://github.com/ciaranj/node-oauth/issues/64",
            "https://github.com/ayoy/qoauth/issues/1",
            "https://github.com/googleapis/signet/issues/80",
            "https://rubygems.org/gems/signet/versions/0.17.0",
        ],
        |method, key, text, secrets, out| plaintext(method, key, text, secrets, out, |key, out| Encoder::RFC5849.encode(key, out));
    "plaintext.secrets-raw" "3.4.4" "the secrets of a PLAINTEXT signature are not encoded before they are joined", PLAIN, Common [
            "https://github.com/OAuthSwift/OAuthSwift/issues/657",
            "https://crates.io/crates/oauth-1a/0.1.1",
        ],
        |method, key, text, secrets, out| match method {
            SignatureMethod::Plaintext => { signing_key(RAW, secrets, out); Ok(()) }
            _ => sign(method, key, text, secrets, out),
        };
    "plaintext.base-string" "3.4.4" "the base string is sent as the PLAINTEXT signature", PLAIN, Common [
            "https://github.com/Kong/insomnia/issues/1681",
            "https://github.com/mountain-loop/yaak/issues/605",
        ],
        |method, key, text, secrets, out| match method {
            SignatureMethod::Plaintext => { out.append(text); Ok(()) }
            _ => sign(method, key, text, secrets, out),
        };
    "plaintext.hmac" "3.4.4" "an HMAC-SHA1 signature is sent under the name PLAINTEXT", PLAIN, Seen [
            "https://github.com/OAuthSwift/OAuthSwift/issues/623",
            "https://github.com/ahmadnassri/app-restconsole/issues/18",
        ],
        |method, key, text, secrets, out| match method {
            SignatureMethod::Plaintext => {
                let mut octets = Buffer::default();
                sign(SignatureMethod::HmacSha1, key, text, secrets, &mut octets)?;
                base64_text(&octets, out);
                Ok(())
            }
            _ => sign(method, key, text, secrets, out),
        };
    "plaintext.base64" "3.4.4" "a PLAINTEXT signature is written in base64", PLAIN, Plausible [],
        |method, key, text, secrets, out| plaintext(method, key, text, secrets, out, base64_text);
    "plaintext.without-ampersand" "3.4.4" "the & of a PLAINTEXT signature is left out where there is no token secret", PLAIN, Plausible [],
        |method, key, text, secrets, out| plaintext(method, key, text, secrets, out, |key, out| out.append(key.strip_suffix(b"&").unwrap_or(key)));
];

/// Its text is no base64, so it takes two decisions.
pub(super) const BARE_TABLE: &[Deviation] = &[Deviation {
    id: "mac.plaintext",
    stage: Stage::Mac,
    section: "3.4.2",
    sentence: "the secrets are sent as in PLAINTEXT under the name of an HMAC",
    fix: HMAC,
    seen: &["https://github.com/OAuthSwift/OAuthSwift/issues/623", "https://github.com/ahmadnassri/app-restconsole/issues/18"],
    rank: Rank::Seen,
    apply: |practice| {
        practice.recipe.sign = |method, key, text, secrets, out| {
            if !method.is_rsa() {
                return sign(SignatureMethod::Plaintext, key, text, secrets, out);
            }
            let mut octets = Buffer::default();
            sign(method, key, text, secrets, &mut octets)?;
            base64_text(&octets, out);
            Ok(())
        };
        practice.recipe.text = |octets, out| out.append(octets);
    },
}];

fn instead(method: SignatureMethod, of: SignatureMethod, other: SignatureMethod) -> SignatureMethod {
    if method == of { other } else { method }
}

fn is_hmac(method: SignatureMethod) -> bool {
    matches!(method, SignatureMethod::HmacSha1 | SignatureMethod::HmacSha256 | SignatureMethod::HmacSha512)
}

/// The hash of these parts where an HMAC is asked for.
fn without_hmac(
    method: SignatureMethod,
    key: &[u8],
    text: &[u8],
    secrets: &Secrets<'_>,
    out: &mut Buffer,
    parts: &[&[u8]],
) -> Result<(), Malformed> {
    fn hash<D: Digest>(parts: &[&[u8]], out: &mut Buffer) {
        let mut digest = D::new();
        parts.iter().for_each(|part| digest.update(part));
        out.append(&digest.finalize());
    }
    match method {
        SignatureMethod::HmacSha1 => hash::<Sha1>(parts, out),
        SignatureMethod::HmacSha256 => hash::<Sha256>(parts, out),
        SignatureMethod::HmacSha512 => hash::<Sha512>(parts, out),
        _ => return sign(method, key, text, secrets, out),
    }
    Ok(())
}

/// Another text of the key where PLAINTEXT is asked for.
fn plaintext(
    method: SignatureMethod,
    key: &[u8],
    text: &[u8],
    secrets: &Secrets<'_>,
    out: &mut Buffer,
    write: fn(&[u8], &mut Buffer),
) -> Result<(), Malformed> {
    match method {
        SignatureMethod::Plaintext => {
            write(key, out);
            Ok(())
        }
        _ => sign(method, key, text, secrets, out),
    }
}
