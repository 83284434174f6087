//! Other comparisons of signatures (RFC 5849 section 3.2) and of body hashes (body hash draft, section 4.2).

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, URL_SAFE};
use sha1::{Digest, Sha1};

use super::parameters::refuse;
use crate::deviation::Deviation;
use crate::deviation::rows::departures;
use crate::protocol::signature::{base64_octets, rsa_verifies};
use crate::protocol::verification::{Checks, Examined, Refusal};
use crate::protocol::{Buffer, Code, Derivation, PublicKey, Recipe, SignatureMethod, percent_decode};

const RIGHT: Checks = Checks::RFC5849;

/// Base64 with or without its padding, and with whatever in the unused bits.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_allow_trailing_bits(true).with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "verify.signature-unchecked" Signature "3.2", "the signature is not checked, or the answer of the check is not looked at",
        "compute the signature anew and refuse the request if it differs", Common [
            "https://github.com/LtiLibrary/LtiLibrary/issues/152",
            "https://github.com/ucfopen/Materia/issues/1114",
            "https://github.com/lduarte1991/hxat/issues/117",
        ], |practice| practice.checks.signature = |_, _, _| Ok(());
    "verify.signature-empty-accepted" Signature "3.2", "an empty signature is accepted",
        "compute the signature anew, whatever was sent", Plausible [],
        |practice| {
            practice.checks.presence = |examined| match (RIGHT.presence)(examined) {
                Err(refusal) if refusal.because.starts_with("oauth_signature is") && examined.get("oauth_signature").is_some() => Ok(()),
                other => other,
            };
            practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, _| presented.is_empty());
        };
    "verify.signature-prefix" Signature "3.2", "only as many characters are compared as were sent, so that the beginning of a signature passes",
        "compare whole signatures, their lengths included", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| {
            !presented.is_empty() && computed.starts_with(presented)
        });
    "verify.signature-with-more-behind" Signature "3.2", "only as many characters are compared as the signature has, so that more may follow",
        "compare whole signatures, their lengths included", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| presented.starts_with(computed));
    "verify.signature-up-to-nul" Signature "3.2", "signatures are compared up to a NUL, as strings of C are",
        "compare whole signatures, octet by octet", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| {
            presented.split(|octet| *octet == 0).next() == Some(computed)
        });
    "verify.signature-without-case" Signature "3.2", "signatures are compared without regard to letter case",
        "compare signatures octet by octet", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| presented.eq_ignore_ascii_case(computed));
    "verify.signature-trimmed" Signature "3.2", "white space around a signature is dropped before it is compared",
        "compare the value as it was sent", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| presented.trim_ascii() == computed);
    "verify.signature-decoded" Signature "3.2", "signatures are compared after base64 has been decoded, so that several texts pass for one signature",
        "compare the text of signatures, in constant time", Seen ["https://github.com/ruby-oauth/oauth/issues/72"],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| {
            LENIENT.decode(presented).is_ok_and(|octets| LENIENT.decode(computed) == Ok(octets))
        });
    "verify.signature-base64url-accepted" Signature "3.4.2", "a signature in base64url passes too",
        "compare with the base64 text only", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| {
            base64_octets(computed).is_some_and(|octets| URL_SAFE.encode(octets).as_bytes() == presented)
        });
    "verify.signature-hex-accepted" Signature "3.4.2", "a signature in hexadecimal digits passes too",
        "compare with the base64 text only", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| {
            base64_octets(computed).is_some_and(|octets| octets.iter().map(|octet| format!("{octet:02x}")).collect::<String>().as_bytes() == presented)
        });
    "verify.signature-plus-repaired" Signature "3.5.2", "spaces in a signature are taken for +, for the sake of clients that do not encode it",
        "refuse signatures with spaces; the client has to encode + as %2B", Seen ["https://github.com/woocommerce/woocommerce/issues/13632"],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| {
            presented.iter().map(|octet| if *octet == b' ' { b'+' } else { *octet }).eq(computed.iter().copied())
        });
    "verify.signature-decoded-again" Signature "3.5.1", "a signature is percent-decoded once more before it is compared",
        "decode parameters once", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or(examined, derivation, recipe, |presented, computed| {
            let mut decoded = Buffer::default();
            percent_decode(presented, &mut decoded).is_ok() && *decoded == *computed
        });
    "verify.signature-of-either-scheme" Signature "3.4.1.2", "a signature for http passes over https and the reverse: both URLs are tried",
        "verify the URL at which the request was received, and no other", Seen [
            "https://github.com/Apereo-Learning-Analytics-Initiative/OpenDashboard-legacy/issues/58",
        ], |practice| practice.checks.signature = |examined, derivation, recipe| again(examined, derivation, recipe, |recipe| recipe.uri.scheme = other_scheme);
    "verify.signature-with-or-without-slash" Signature "3.4.1.2", "a signature passes with and without a slash at the end of the path: both URLs are tried",
        "verify the URL at which the request was received, and no other", Seen [
            "https://github.com/camme/passport-http-2legged-oauth/issues/6",
        ], |practice| practice.checks.signature = |examined, derivation, recipe| again(examined, derivation, recipe, |recipe| recipe.uri.path = other_slash);
    "verify.signature-without-query" Signature "3.4.1.3.1", "a signature that leaves out the query passes too",
        "verify all parameters of the request, and in no other way", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| again(examined, derivation, recipe, |recipe| {
            recipe.steps.add(|_, list| list.retain(|parameter| parameter.source != crate::protocol::Source::Query));
        });
    "verify.signature-without-body" Signature "3.4.1.3.1", "a signature that leaves out the form body passes too",
        "verify all parameters of the request, and in no other way", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| again(examined, derivation, recipe, |recipe| {
            recipe.steps.add(|_, list| list.retain(|parameter| parameter.source != crate::protocol::Source::Body));
        });
    "verify.rsa-any-hash" Signature "3.4.3", "an RSA signature with another hash than the method's passes too",
        "verify with the hash that the method names", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or_rsa(examined, derivation, recipe, |key, text, octets| {
            [SignatureMethod::RsaSha1, SignatureMethod::RsaSha256, SignatureMethod::RsaSha512].into_iter().any(|method| rsa_verifies(method, key, text, octets))
        });
    "verify.rsa-bare-hash-accepted" Signature "3.4.3", "an RSA signature over the bare hash passes too",
        "compare the whole padded DigestInfo", Plausible [],
        |practice| practice.checks.signature = |examined, derivation, recipe| or_rsa(examined, derivation, recipe, |key, text, octets| {
            key.open(octets).is_some_and(|opened| opened.ends_with(&[&[0][..], &Sha1::digest(text)].concat()))
        });
    "verify.rsa-padding-unchecked" Signature "3.4.3", "only the hash at the end of an RSA signature is compared, whatever stands before it",
        "compare the whole padded DigestInfo", Seen ["https://github.com/mozilla/fxa/issues/1408"],
        |practice| practice.checks.signature = |examined, derivation, recipe| or_rsa(examined, derivation, recipe, |key, text, octets| {
            key.open(octets).is_some_and(|opened| opened.ends_with(&Sha1::digest(text)))
        });
    "verify.rsa-more-behind-hash" Signature "3.4.3", "octets behind the hash of an RSA signature are not looked at, which lets anybody forge signatures for small exponents",
        "compare the whole padded DigestInfo, its end included", Seen ["https://github.com/mozilla/fxa/issues/1408"],
        |practice| practice.checks.signature = |examined, derivation, recipe| or_rsa(examined, derivation, recipe, |key, text, octets| {
            key.open(octets).is_some_and(|opened| opened.starts_with(&[1, 0xff]) && memchr::memmem::find(&opened, &Sha1::digest(text)).is_some())
        });
    "verify.body-hash-unchecked" VerifyBodyHash "body hash 4.2.2", "oauth_body_hash is not compared with the body",
        "compute the hash of the body and refuse the request if it differs", Common [
            "https://github.com/joestump/python-oauth2/issues/110",
        ], |practice| practice.checks.body_hash = |_| Ok(());
    "verify.body-hash-with-form" VerifyBodyHash "body hash 4.2.1", "oauth_body_hash is accepted with a form-encoded body",
        "refuse oauth_body_hash with a form-encoded body", Plausible [],
        |practice| practice.checks.body_hash = |examined| {
            let mut untyped = Examined { request: examined.request.clone(), protocol: examined.protocol.clone(), ..*examined };
            untyped.request.headers = &[];
            (RIGHT.body_hash)(&untyped)
        };
    "verify.body-hash-empty-body-unchecked" VerifyBodyHash "body hash 3.2", "oauth_body_hash is not looked at where there is no body",
        "compare it with the hash of the empty string", Plausible [],
        |practice| practice.checks.body_hash = |examined| if examined.request.body.unwrap_or_default().is_empty() { Ok(()) } else { (RIGHT.body_hash)(examined) };
    "verify.body-hash-of-sha-1" VerifyBodyHash "body hash 3.1", "the body hash is computed with SHA-1, whatever the signature method",
        "use the hash of the signature method", Plausible [],
        |practice| practice.checks.body_hash = |examined| {
            let Some(presented) = examined.get("oauth_body_hash") else { return Ok(()) };
            if examined.request.form()?.is_some() {
                return (RIGHT.body_hash)(examined);
            }
            let computed = crate::protocol::body_hash(SignatureMethod::HmacSha1, examined.request.body);
            if computed.as_bytes() == presented { Ok(()) } else { refuse(Code::BodyHashInvalid, "oauth_body_hash does not match the body") }
        };
    "verify.body-hash-required" VerifyBodyHash "body hash 4.2", "a request without oauth_body_hash is refused",
        "take requests without oauth_body_hash, or say that the service needs it", Plausible [],
        |practice| practice.checks.body_hash = |examined| {
            (RIGHT.body_hash)(examined)?;
            if examined.get("oauth_body_hash").is_some() { Ok(()) } else { refuse(Code::ParameterAbsent, "oauth_body_hash is missing") }
        };
];

/// The specification's comparison, or another one of the texts: what was sent, what was computed. RSA computes none.
fn or(examined: &Examined<'_>, derivation: &mut Derivation, recipe: &Recipe, other: fn(&[u8], &[u8]) -> bool) -> Result<(), Refusal> {
    let result = (RIGHT.signature)(examined, derivation, recipe);
    let presented = examined.get("oauth_signature").unwrap_or_default();
    match result {
        Err(refusal)
            if refusal.code == Code::SignatureInvalid && !examined.method()?.is_rsa() && other(presented, &derivation.signature) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// The specification's comparison, or another look at an RSA signature: key, base string, octets.
fn or_rsa(
    examined: &Examined<'_>,
    derivation: &mut Derivation,
    recipe: &Recipe,
    other: fn(&PublicKey, &[u8], &[u8]) -> bool,
) -> Result<(), Refusal> {
    let result = (RIGHT.signature)(examined, derivation, recipe);
    if result.is_ok() || !examined.method()?.is_rsa() {
        return result;
    }
    let key = examined.knowledge.client.and_then(|client| client.public_key);
    match (key, base64_octets(examined.get("oauth_signature").unwrap_or_default())) {
        (Some(key), Some(octets)) if other(key, &derivation.base_string, &octets) => Ok(()),
        _ => result,
    }
}

/// The specification's comparison, and if it fails the same with another recipe.
fn again(examined: &Examined<'_>, derivation: &mut Derivation, recipe: &Recipe, change: fn(&mut Recipe)) -> Result<(), Refusal> {
    (RIGHT.signature)(examined, derivation, recipe).or_else(|refusal| {
        let mut other = *recipe;
        change(&mut other);
        (RIGHT.signature)(examined, derivation, &other).map_err(|_| refusal)
    })
}

fn other_scheme(scheme: &[u8], out: &mut Buffer) {
    out.append(if scheme.eq_ignore_ascii_case(b"https") { b"http" } else { b"https" });
}

fn other_slash(path: &[u8], out: &mut Buffer) {
    match path.strip_suffix(b"/") {
        Some(shorter) => out.append(shorter),
        None => {
            out.append(path);
            out.push(b'/');
        }
    }
}
