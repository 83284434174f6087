//! Departures from the encoding of the secrets and from the key that is made of them (RFC 5849 sections 3.4.2 and 3.4.4).

use super::encode::levels::{RAW, TWICE};
use super::encode::octets;
use super::{Deviation, Rank, Stage};
use crate::protocol::signature::signing_key;
use crate::protocol::{Buffer, Encoder, Secrets};

const ENCODE: &str = "encode each secret by section 3.6 and put & between them: all but letters, digits and -._~ becomes %XX";
const KEY: &str = "encode each secret by itself and put & between them, also where one of them is empty";

macro_rules! keys {
    ($stage:ident $field:ident $fix:ident $($id:literal $sentence:literal, $rank:ident $seen:expr, $value:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::$stage,
            section: "3.4.2",
            sentence: $sentence,
            fix: $fix,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.recipe.$field = $value,
        },)*]
    };
}

pub(super) const ENCODING_TABLE: &[Deviation] = keys![EncodeSecret encode_secret ENCODE
    "encode-secret.raw" "the secrets are joined as they are, without being encoded", Common [
            "https://github.com/dghubble/oauth1/issues/72",
            "https://github.com/Shinmera/north/issues/2",
            "https://github.com/mikeknapp/AppEngine-OAuth-Library/issues/3",
            "https://github.com/request/request/issues/263",
            "https://github.com/AFNetworking/AFOAuth1Client/issues/65",
            "https://github.com/Lamb-Project/lamb/issues/318",
            "https://www.npmjs.com/package/ims-lti/v/3.0.2",
            "https://crates.io/crates/oauth-1a/0.1.1",
            "https://crates.io/crates/oauth1-header/0.1.0",
        ], RAW;
    "encode-secret.twice" "each secret is encoded twice", Plausible [], TWICE;
    "encode-secret.marks-kept" "the characters !*'() of secrets stay as they are, as by JavaScript's encodeURIComponent", Plausible [],
        Encoder::Whole(|text, out| octets::MARKS_KEPT.encode(text, out));
    "encode-secret.space-plus" "a space in a secret becomes + and not %20", Plausible [],
        Encoder::Whole(|text, out| octets::SPACE_PLUS.encode(text, out));
    "encode-secret.tilde" "a tilde in a secret becomes %7E", Plausible [],
        Encoder::Whole(|text, out| octets::TILDE.encode(text, out));
    "encode-secret.star-kept-tilde" "a tilde in a secret becomes %7E and * stays: Java's URLEncoder, repaired for the space only", Plausible [],
        Encoder::Whole(|text, out| octets::STAR_KEPT_TILDE.encode(text, out));
    "encode-secret.form" "secrets are encoded like forms: a space becomes +, a tilde %7E, and * stays", Plausible [],
        Encoder::Whole(|text, out| octets::FORM.encode(text, out));
    "encode-secret.form-and-star" "secrets are encoded by PHP's urlencode or an old quote_plus of Python: a space becomes + and a tilde %7E", Plausible [],
        Encoder::Whole(|text, out| octets::FORM_STAR.encode(text, out));
    "encode-secret.lower-hex" "escapes in secrets have lower-case hexadecimal digits", Plausible [],
        Encoder::Whole(|text, out| octets::LOWER_HEX.encode(text, out));
    "encode-secret.http-utility" "secrets are encoded by C#'s HttpUtility.UrlEncode: a space becomes +, escapes are in lower case and !*() stay", Plausible [],
        Encoder::Whole(|text, out| octets::HTTP_UTILITY.encode(text, out));
    "encode-secret.reserved-kept" "secrets are encoded by JavaScript's encodeURI, which leaves ;,/?:@&=+$#!*'() alone", Plausible [],
        Encoder::Whole(|text, out| octets::RESERVED_KEPT.encode(text, out));
    "encode-secret.slash-kept" "a slash in a secret stays as it is, as by Python's quote", Plausible [],
        Encoder::Whole(|text, out| octets::SLASH_KEPT.encode(text, out));
    "encode-secret.latin-1" "secrets are turned into ISO-8859-1 and not into UTF-8 before they are encoded", Plausible [],
        Encoder::Whole(|text, out| match std::str::from_utf8(text) {
            Ok(text) => text.chars().for_each(|character| Encoder::RFC5849.encode(&[u8::try_from(character).unwrap_or(b'?')], out)),
            Err(_) => Encoder::RFC5849.encode(text, out),
        });
];

pub(super) const TABLE: &[Deviation] = keys![Key key KEY
    "key.no-ampersand-without-token" "the & is left out where there is no token secret", Common [
            "https://github.com/ddo/oauth-1.0a/issues/2",
            "https://github.com/ddo/oauth-1.0a/issues/39",
            "https://github.com/guzzle/oauth-subscriber/issues/42",
            "https://github.com/solettaproject/soletta/issues/1176",
            "https://github.com/EugeneHoran/Android-FatSecret-REST-API/issues/2",
        ],
        |encode, secrets, _, out| if secrets.token().is_empty() { encode.encode(secrets.client(), out) } else { signing_key(encode, secrets, out) };
    "key.client-secret-only" "the key is the client's secret alone, without & and without the token's secret", Common [
            "https://github.com/meteor/meteor/issues/1167",
            "https://community.canvaslms.com/t5/Canvas-Developers-Group/LTI-basic-launch-oauth-signature-mismatch/m-p/402560",
        ],
        |encode, secrets, _, out| encode.encode(secrets.client(), out);
    "key.token-secret-only" "the key is the token's secret alone", Plausible [],
        |encode, secrets, _, out| encode.encode(secrets.token(), out);
    "key.encoded-again" "the key is encoded once more as a whole, so that its & becomes %26", Plausible [],
        |encode, secrets, _, out| again(secrets, out, |secrets, once| signing_key(encode, secrets, once));
    "key.encoded-in-one-go" "the secrets are joined by & first and then encoded in one go, so that the & becomes %26", Seen [
            "https://github.com/jrconlin/oauthsimple/issues/15",
        ],
        |_, secrets, _, out| again(secrets, out, |secrets, once| signing_key(RAW, secrets, once));
    "key.separator-missing" "the secrets are joined without & between them", Plausible [],
        |encode, secrets, _, out| { encode.encode(secrets.client(), out); encode.encode(secrets.token(), out); };
    "key.ampersand-last" "an & stands behind the key", Plausible [],
        |encode, secrets, _, out| { signing_key(encode, secrets, out); out.push(b'&'); };
    "key.separator-plus" "the secrets are joined by + and not by &", Plausible [],
        |encode, secrets, _, out| { encode.encode(secrets.client(), out); out.push(b'+'); encode.encode(secrets.token(), out); };
    "key.line-end-last" "a line end stands behind the key", Plausible [],
        |encode, secrets, _, out| { signing_key(encode, secrets, out); out.push(b'\n'); };
    "key.empty" "the key is empty", Plausible [], |_, _, _, _| {};
];

/// What `first` makes of the secrets, encoded.
fn again(secrets: &Secrets<'_>, out: &mut Buffer, first: impl FnOnce(&Secrets<'_>, &mut Buffer)) {
    let mut once = Buffer::default();
    first(secrets, &mut once);
    Encoder::RFC5849.encode(&once, out);
    once.wipe();
}
