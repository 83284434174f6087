//! Encoding on the wrong level: too often, not at all, in one place only (RFC 5849 sections 3.4.1.3.2 step 1 and 3.4.1.1).

use super::octets;
use crate::deviation::{Deviation, Rank, Stage};
use crate::protocol::base_string::Parts;
use crate::protocol::{Buffer, Encoder, percent_decode};

/// No encoding.
pub(in crate::deviation) const RAW: Encoder = Encoder::Whole(|text, out| out.append(text));

/// Section 3.6, and again.
pub(in crate::deviation) const TWICE: Encoder = Encoder::Whole(|text, out| {
    let mut once = Buffer::default();
    Encoder::RFC5849.encode(text, &mut once);
    Encoder::RFC5849.encode(&once, out);
    // What is encoded may be a secret.
    once.wipe();
});

pub(in crate::deviation) const TABLE: &[Deviation] = &[
    Deviation {
        id: "encode.values-twice",
        stage: Stage::Encode,
        section: "3.4.1.3.2",
        sentence: "values are encoded twice before they are joined",
        fix: "encode each value once, then join; the second encoding is that of the joined string as a part of the base string",
        seen: &[
            "https://github.com/bytespider/jsOAuth/issues/35",
            "https://github.com/Kong/insomnia/issues/1681",
            "https://github.com/jrconlin/oauthsimple/issues/22",
        ],
        rank: Rank::Common,
        apply: |practice| practice.recipe.encode.value = TWICE,
    },
    Deviation {
        id: "encode.names-and-values-twice",
        stage: Stage::Encode,
        section: "3.4.1.3.2",
        sentence: "names and values are encoded twice before they are joined",
        fix: "encode each name and value once, then join; the second encoding is that of the joined string as a part of the base string",
        seen: &[],
        rank: Rank::Plausible,
        apply: |practice| {
            practice.recipe.encode.name = TWICE;
            practice.recipe.encode.value = TWICE;
        },
    },
    Deviation {
        id: "encode.missing",
        stage: Stage::Encode,
        section: "3.4.1.3.2",
        sentence: "names and values are joined as they are, and encoded only with the whole string",
        fix: "encode each name and each value before they are joined, and the joined string once more",
        seen: &["https://github.com/jrconlin/oauthsimple/issues/22", "https://github.com/CORDEA/oauth/issues/4"],
        rank: Rank::Common,
        apply: |practice| {
            practice.recipe.encode.name = RAW;
            practice.recipe.encode.value = RAW;
        },
    },
    Deviation {
        id: "encode.values-raw",
        stage: Stage::Encode,
        section: "3.4.1.3.2",
        sentence: "names are encoded before they are joined, and values are not",
        fix: "encode values like names before they are joined",
        seen: &[],
        rank: Rank::Plausible,
        apply: |practice| practice.recipe.encode.value = RAW,
    },
    Deviation {
        id: "encode.names-raw",
        stage: Stage::EncodeName,
        section: "3.4.1.3.2",
        sentence: "values are encoded before they are joined, and names are not",
        fix: "encode names like values before they are joined: brackets and letters beyond ASCII stand in names too",
        seen: &[
            "https://github.com/pelle/oauth-plugin/issues/100",
            "https://www.npmjs.com/package/ims-lti/v/3.0.2",
            "https://www.npmjs.com/package/twitter-v1-oauth/v/1.0.15",
            "https://github.com/mrjones/oauth",
            "https://crates.io/crates/oauth10a/3.0.0",
        ],
        rank: Rank::Common,
        apply: |practice| practice.recipe.encode.name = RAW,
    },
    Deviation {
        id: "encode.names-raw.everywhere",
        stage: Stage::Concatenate,
        section: "3.4.1.3.2",
        sentence: "names are not encoded at all, neither before they are joined nor as a part of the base string",
        fix: "encode names as values are: oauth1-request leaves this to its caller",
        seen: &["https://crates.io/crates/oauth1-request/0.6.1"],
        rank: Rank::Seen,
        apply: |practice| practice.recipe.concatenate = with_raw_names,
    },
    Deviation {
        id: "encode.names-twice",
        stage: Stage::EncodeName,
        section: "3.4.1.3.2",
        sentence: "names are encoded twice before they are joined, and values once",
        fix: "encode each name once, then join",
        seen: &["https://github.com/yahoo/TDOAuth/issues/8"],
        rank: Rank::Seen,
        apply: |practice| practice.recipe.encode.name = TWICE,
    },
    Deviation {
        id: "encode.parts-raw",
        stage: Stage::EncodePart,
        section: "3.4.1.1",
        sentence: "URI and parameter string are put into the base string as they are",
        fix: "encode method, URI and parameter string, each as a whole, before they are put together with &",
        seen: &[
            "https://programbox.ru/2022/01/10/%d0%bd%d0%b5-%d1%83%d0%b4%d0%b0%d0%bb%d0%be%d1%81%d1%8c-%d1%81%d0%be%d0%b7%d0%b4%d0%b0%d1%82%d1%8c-%d0%bf%d0%be%d0%b4%d0%bf%d0%b8%d1%81%d1%8c-oauth-1-0-%d0%b2-c",
        ],
        rank: Rank::Seen,
        apply: |practice| practice.recipe.encode.part = RAW,
    },
    Deviation {
        id: "encode.parts-marks-kept",
        stage: Stage::EncodePart,
        section: "3.6",
        sentence: "the characters !*'() stay as they are in the parts of the base string: names and values are encoded well, and the URI with JavaScript's encodeURIComponent",
        fix: "use one encoder for all, and have it escape ! * ' ( ) too",
        seen: &["https://github.com/Mastercard/oauth1-signer-nodejs"],
        rank: Rank::Seen,
        apply: |practice| practice.recipe.encode.part = Encoder::Whole(|text, out| octets::MARKS_KEPT.encode(text, out)),
    },
    Deviation {
        id: "encode.parts-form",
        stage: Stage::EncodePart,
        section: "3.6",
        sentence: "the tilde becomes %7E and * stays in the parts of the base string: names and values are encoded well, the parts with a form encoder",
        fix: "use one encoder for all, and have it leave letters, digits and -._~ alone",
        seen: &[],
        rank: Rank::Plausible,
        apply: |practice| practice.recipe.encode.part = Encoder::Whole(|text, out| octets::FORM.encode(text, out)),
    },
    Deviation {
        id: "encode.parts-tilde",
        stage: Stage::EncodePart,
        section: "3.6",
        sentence: "the tilde becomes %7E in the parts of the base string, although names and values keep it",
        fix: "use one encoder for all, and have it leave ~ alone",
        seen: &[],
        rank: Rank::Plausible,
        apply: |practice| practice.recipe.encode.part = Encoder::Whole(|text, out| octets::TILDE.encode(text, out)),
    },
    Deviation {
        id: "encode.parts-lower-hex",
        stage: Stage::EncodePart,
        section: "3.6",
        sentence: "escapes of the parts of the base string have lower-case hexadecimal digits, although those of names and values have not",
        fix: "write all escapes in upper case",
        seen: &[],
        rank: Rank::Plausible,
        apply: |practice| practice.recipe.encode.part = Encoder::Whole(|text, out| octets::LOWER_HEX.encode(text, out)),
    },
];

/// The parts put together with names that are not encoded as a part either.
fn with_raw_names(parts: &Parts<'_>, out: &mut Buffer) {
    parts.encode.encode(parts.method, out);
    out.push(b'&');
    parts.encode.encode(parts.uri, out);
    out.push(b'&');
    for (number, pair) in parts.normalized.split(|octet| *octet == b'&').enumerate() {
        if number > 0 {
            parts.encode.encode(b"&", out);
        }
        let (name, value) = pair.split_at(memchr::memchr(b'=', pair).unwrap_or(pair.len()));
        // Form encoders may have written it, but a name that cannot be decoded was not encoded.
        let start = out.len();
        if percent_decode(name, out).is_err() {
            out.truncate(start);
            out.append(name);
        }
        parts.encode.encode(value, out);
    }
}
