//! Departures from the body hash (draft-eaton-oauth-bodyhash, section 3.2): base64 of the hash of the body's octets.
//!
//! An HMAC in place of the hash is not here, because a [`crate::deviation::practice::BodyHash`] knows no secret.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE};

use super::{Deviation, Rank, Stage};
use crate::protocol::signature::body_hash;
use crate::protocol::{Buffer, Encoder, SignatureMethod};

const TEXT: &str = "write the octets of the hash in base64, with + and /, with = at the end";
const HASH: &str = "use SHA-1 for HMAC-SHA1 and RSA-SHA1, and the hash of the method's name for the others";
const OCTETS: &str = "hash the octets of the body as they are sent, as the last thing before sending";
const EMPTY: &str = "a missing or empty body has the hash of the empty string";

macro_rules! hashes {
    ($($id:literal $sentence:literal, $fix:ident, $rank:ident $seen:expr, $hash:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Hash,
            section: "body hash 3.2",
            sentence: $sentence,
            fix: $fix,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.body_hash = $hash,
        },)*]
    };
}

pub(super) const TABLE: &[Deviation] = hashes![
    "body-hash.missing-for-empty" "there is no oauth_body_hash for an empty body", EMPTY, Common [
            "https://github.com/Mastercard/oauth1-signer-java/issues/5",
            "https://github.com/Mastercard/oauth1-signer-python/issues/2",
            "https://github.com/Mastercard/oauth1-signer-nodejs/issues/7",
        ],
        |method, body| if body.unwrap_or_default().is_empty() { String::new() } else { body_hash(method, body) };
    "body-hash.none" "a missing body is hashed as the word None, as in Python", EMPTY, Seen [
            "https://github.com/Mastercard/oauth1-signer-python/issues/32",
        ],
        |method, body| body_hash(method, body.or(Some(b"None")));
    "body-hash.null" "a missing body is hashed as the word null, as in Java and JavaScript", EMPTY, Plausible [],
        |method, body| body_hash(method, body.or(Some(b"null")));
    "body-hash.undefined" "a missing body is hashed as the word undefined, as in JavaScript", EMPTY, Plausible [],
        |method, body| body_hash(method, body.or(Some(b"undefined")));
    "body-hash.sha-256" "the hash is SHA-256, whatever the signature method", HASH, Seen ["https://github.com/ddo/oauth-1.0a/issues/57"],
        |_, body| body_hash(SignatureMethod::HmacSha256, body);
    "body-hash.sha-1" "the hash is SHA-1, whatever the signature method", HASH, Plausible [],
        |_, body| body_hash(SignatureMethod::HmacSha1, body);
    "body-hash.hex" "the hash is written in hexadecimal digits", TEXT, Plausible [],
        |method, body| hex(&octets(method, body));
    "body-hash.base64-of-hex" "the hash is written in hexadecimal digits first, and those in base64", TEXT, Plausible [],
        |method, body| STANDARD.encode(hex(&octets(method, body)));
    "body-hash.base64url" "the hash is written in base64url, with - and _ for + and /", TEXT, Plausible [],
        |method, body| URL_SAFE.encode(octets(method, body));
    "body-hash.unpadded" "the = at the end of the hash is missing", TEXT, Plausible [],
        |method, body| STANDARD_NO_PAD.encode(octets(method, body));
    "body-hash.percent-encoded" "the hash is percent-encoded already before it is signed and sent", TEXT, Plausible [],
        |method, body| {
            let mut out = Buffer::default();
            Encoder::RFC5849.encode(body_hash(method, body).as_bytes(), &mut out);
            String::from_utf8_lossy(&out).into_owned()
        };
    "body-hash.of-escaped-body" "the body is percent-encoded before it is hashed", OCTETS, Seen [
            "https://github.com/Mastercard/oauth1-signer-java/issues/33",
        ],
        |method, body| {
            let mut out = Buffer::default();
            Encoder::RFC5849.encode(body.unwrap_or_default(), &mut out);
            body_hash(method, Some(&out))
        };
    "body-hash.of-trimmed-body" "white space around the body is dropped before it is hashed", OCTETS, Plausible [],
        |method, body| body_hash(method, body.map(<[u8]>::trim_ascii));
    "body-hash.of-compact-json" "JSON is written anew without white space before it is hashed", OCTETS, Plausible [],
        |method, body| body_hash(method, body.map(|body| rewritten(body, Json::Compact)).as_deref());
    "body-hash.of-spaced-json" "JSON is written anew with a space behind each comma and colon before it is hashed, as by Python's json.dumps", OCTETS, Plausible [],
        |method, body| body_hash(method, body.map(|body| rewritten(body, Json::Spaced)).as_deref());
    "body-hash.of-indented-json" "JSON is written anew with an indent of two before it is hashed", OCTETS, Plausible [],
        |method, body| body_hash(method, body.map(|body| rewritten(body, Json::Indented)).as_deref());
];

fn octets(method: SignatureMethod, body: Option<&[u8]>) -> Vec<u8> {
    STANDARD.decode(body_hash(method, body)).unwrap_or_default()
}

fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// How JSON is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Json {
    Compact,
    Spaced,
    Indented,
}

/// JSON laid out anew, token by token. What is no JSON object or array stays as it is.
fn rewritten(body: &[u8], layout: Json) -> Vec<u8> {
    if !matches!(body.trim_ascii().first(), Some(b'{' | b'[')) {
        return body.to_vec();
    }
    let mut out = Vec::with_capacity(2 * body.len());
    let (mut in_string, mut escaped, mut depth) = (false, false, 0_usize);
    let mut tokens = body.iter().copied().peekable();
    while let Some(octet) = tokens.next() {
        if in_string {
            out.push(octet);
            in_string = octet != b'"' || escaped;
            escaped = octet == b'\\' && !escaped;
            continue;
        }
        if octet.is_ascii_whitespace() {
            continue;
        }
        while tokens.next_if(u8::is_ascii_whitespace).is_some() {}
        let is_empty = matches!(tokens.peek(), Some(b'}' | b']'));
        match octet {
            b'{' | b'[' => {
                out.push(octet);
                depth += 1;
                if !is_empty {
                    break_line(&mut out, layout, depth);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                if !matches!(out.last(), Some(b'{' | b'[')) {
                    break_line(&mut out, layout, depth);
                }
                out.push(octet);
            }
            b',' => {
                out.push(octet);
                match layout {
                    Json::Spaced => out.push(b' '),
                    _ => break_line(&mut out, layout, depth),
                }
            }
            b':' => {
                out.push(octet);
                if layout != Json::Compact {
                    out.push(b' ');
                }
            }
            other => {
                out.push(other);
                in_string = other == b'"';
            }
        }
    }
    out
}

/// An indent deeper than this is not written, so that a body of brackets stays small.
const DEEPEST: usize = 64;

fn break_line(out: &mut Vec<u8>, layout: Json, depth: usize) {
    if layout == Json::Indented {
        out.push(b'\n');
        out.extend(std::iter::repeat_n(b' ', 2 * depth.min(DEEPEST)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The expected texts are those of Python 3.11: `json.dumps` with `separators=(",", ":")`, without, and with `indent=2`.
    #[test]
    fn json_is_laid_out_anew() {
        let text = br#" { "a" :[ ],"b\"":"x y, {\\","c":[1,{"d":null}] } "#;
        for (layout, expected) in [
            (Json::Compact, r#"{"a":[],"b\"":"x y, {\\","c":[1,{"d":null}]}"#),
            (Json::Spaced, r#"{"a": [], "b\"": "x y, {\\", "c": [1, {"d": null}]}"#),
            (Json::Indented, "{\n  \"a\": [],\n  \"b\\\"\": \"x y, {\\\\\",\n  \"c\": [\n    1,\n    {\n      \"d\": null\n    }\n  ]\n}"),
        ] {
            assert_eq!(String::from_utf8_lossy(&rewritten(text, layout)), expected);
        }
        assert_eq!(rewritten(b" a,b", Json::Compact), b" a,b");
    }

    /// The figures were computed by Python's hashlib and json.
    #[test]
    fn body_hashes_are_those_of_an_independent_computation() {
        let body = Some(&br#"{"b":"x y","c":[1,2]}"#[..]);
        let hash = |id: &str, body: Option<&[u8]>| {
            let mut practice = crate::deviation::Practice::RFC5849;
            (crate::deviation::find(id).unwrap().apply)(&mut practice);
            (practice.body_hash)(SignatureMethod::HmacSha1, body)
        };
        for (id, expected) in [
            ("body-hash.sha-256", "2AEgMEjs8xM9sABufYOHTbjPPP5nJCZVTwIzgB6mKtc="),
            ("body-hash.base64url", "2ejeU1lQU3HxH6G_GOp5kBrM_iM="),
            ("body-hash.unpadded", "2ejeU1lQU3HxH6G/GOp5kBrM/iM"),
            ("body-hash.of-spaced-json", "JZY+mvK7OCBmQ2mY1uhAwDa2X+c="),
            ("body-hash.of-indented-json", "a6lrs4Cn1dPdMvfvdFSNiStAsp4="),
        ] {
            assert_eq!(hash(id, body), expected, "{id}");
        }
        assert!(hash("body-hash.hex", body).starts_with("d9e8de53"));
        assert!(hash("body-hash.base64-of-hex", body).starts_with("ZDllOGRlNTM1OTUw"));
        assert_eq!(hash("body-hash.missing-for-empty", None), "");
        assert_eq!(hash("body-hash.missing-for-empty", body), "2ejeU1lQU3HxH6G/GOp5kBrM/iM=");
    }
}
