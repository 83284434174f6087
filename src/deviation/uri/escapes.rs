//! Departures from the path's escapes (RFC 5849 section 3.4.1.2): the specification takes them as they stand in the request line and
//! encodes them once, with the rest of the URI (section 3.4.1.1).

use super::path::{segments, without_dots};
use crate::deviation::Deviation;
use crate::deviation::rewriting::{each_escape, unescape, with_whole_escapes};
use crate::deviation::rows::departures;
use crate::protocol::base_string::path;
use crate::protocol::encoding::{UPPER_HEX, is_unreserved};
use crate::protocol::{Buffer, percent_encode};

const AS_SENT: &str = "take the path as it stands in the request line, %20 and all, and encode it once with the rest of the URI";

const LOWER_HEX: &[u8; 16] = b"0123456789abcdef";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "uri.path-decoded" Path "3.4.1.2",
        "the path is percent-decoded before it is signed",
        AS_SENT,
        Common ["https://github.com/OAuthSwift/OAuthSwift/issues/115"],
        |practice| practice.recipe.uri.path = |text, out| unescape(text, out);
    "uri.path-raw" Path "3.4.1.2",
        "blanks and characters beyond ASCII in the path are signed as they are given, while their escapes are sent",
        "escape the path first, and sign what is sent",
        Common [
            "https://github.com/oauthlib/oauthlib/issues/650",
            "https://pypi.org/project/rauth/0.7.3/",
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
        ],
        |practice| practice.recipe.uri.path = |text, out| out.append(text);
    "uri.path-raw-but-blanks" Path "3.4.1.2",
        "characters beyond ASCII in the path are signed as they are given, while their escapes are sent; blanks are escaped",
        "escape the path first, and sign what is sent",
        Common ["https://pypi.org/project/oauthlib/4.0.1/"],
        |practice| practice.recipe.uri.path = |text, out| {
            text.iter().for_each(|octet| if *octet == b' ' { out.append(b"%20") } else { out.push(*octet) });
        };
    "uri.path-decoded-as-form" Path "3.4.1.2",
        "the path is decoded as if it were a form: escapes are decoded and a plus sign becomes a blank",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| crate::protocol::form_decode(text, out);
    "uri.path-plus-as-blank" Path "3.4.1.2",
        "a plus sign in the path becomes a blank",
        "keep the plus sign: that it stands for a blank is a rule of queries and forms only",
        Seen ["https://packages.debian.org/bookworm/liboauth-dev"],
        |practice| practice.recipe.uri.path = |text, out| {
            text.iter().for_each(|&octet| out.push(if octet == b'+' { b' ' } else { octet }));
        };
    "uri.path-encoded-again" Path "3.4.1.2",
        "the segments of the path are encoded although they are escaped already",
        AS_SENT,
        Seen ["https://github.com/Mastercard/oauth1-signer-java/issues/18"],
        |practice| practice.recipe.uri.path = |text, out| each_segment(text, out, percent_encode);
    "uri.path-percent-encoded-again" Path "3.4.1.2",
        "each % of the path is encoded once more",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| {
            for &octet in text {
                if octet == b'%' { out.append(b"%25") } else { out.push(octet) }
            }
        };
    "uri.path-decoded-and-encoded" Path "3.4.1.2",
        "the segments of the path are decoded and encoded again, so that other characters are escaped than in the request line",
        AS_SENT,
        Common [
            "https://central.sonatype.com/artifact/com.google.oauth-client/google-oauth-client/1.34.1",
            "https://packages.debian.org/bookworm/libpoco-dev",
            "https://metacpan.org/release/GSG/LWP-Authen-OAuth-1.01",
        ],
        |practice| practice.recipe.uri.path = |text, out| {
            each_segment(text, out, |segment, out| {
                let mut plain = Buffer::default();
                unescape(segment, &mut plain);
                percent_encode(&plain, out);
            });
        };
    "uri.path-decoded-whole-and-encoded" Path "3.4.1.2",
        "the path is decoded and its segments are encoded again, so that %2F becomes a slash",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| {
            let mut plain = Buffer::default();
            unescape(text, &mut plain);
            each_segment(&plain, out, percent_encode);
        };
    "uri.path-decoded-and-encoded-by-poco" Path "3.4.1.2",
        "the path is decoded and written again as by POCO's URI: %2F becomes a slash, !*'()$,[] are escaped, ;:@&=+ are not",
        AS_SENT,
        Seen ["https://packages.debian.org/bookworm/libpoco-dev"],
        |practice| practice.recipe.uri.path = |text, out| {
            let mut plain = Buffer::default();
            unescape(text, &mut plain);
            for &octet in plain.iter() {
                if octet <= b' ' || octet >= 0x7f || br#"%<>{}|\"^`!*'()$,[]?#"#.contains(&octet) {
                    percent_encode(&[octet], out);
                } else {
                    out.push(octet);
                }
            }
        };
    "uri.path-unreserved-decoded" Path "3.4.1.2",
        "escapes of unreserved characters in the path are decoded and the other escapes written in upper case (RFC 3986 section 6.2.2)",
        "sign the path exactly as it stands in the request line, or send the normalized one too",
        Common [
            "https://pypi.org/project/requests-oauthlib/2.0.0/",
            "https://rubygems.org/gems/signet/versions/0.17.0",
            "https://central.sonatype.com/artifact/com.google.oauth-client/google-oauth-client/1.34.1",
        ],
        |practice| practice.recipe.uri.path = |text, out| path(&unreserved(text), out);
    "uri.path-normalized" Path "3.4.1.2",
        "the path is normalized by all of RFC 3986 section 6.2.2: dot segments, letter case of escapes, escapes of unreserved characters",
        "sign the path exactly as it stands in the request line, or send the normalized one too",
        Common [
            "https://pypi.org/project/requests-oauthlib/2.0.0/",
            "https://rubygems.org/gems/signet/versions/0.17.0",
        ],
        |practice| practice.recipe.uri.path = |text, out| path(&without_dots(&unreserved(text), &[b"."], &[b".."]), out);
    "uri.path-hex-upper-case" Path "3.4.1.2",
        "escapes in the path are written in upper case",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| path(&each_escape(text, |value, out| escape(value, UPPER_HEX, out)), out);
    "uri.path-hex-lower-case" Path "3.4.1.2",
        "escapes in the path are written in lower case",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| path(&each_escape(text, |value, out| escape(value, LOWER_HEX, out)), out);
    "uri.path-illegal-encoded" Path "3.4.1.2",
        "characters of the path that no URI has, such as | and ^, are escaped for signing",
        "escape them for sending too, and sign what is sent",
        Common [
            "https://pkg.go.dev/github.com/gomodule/oauth1",
            "https://central.sonatype.com/artifact/com.google.oauth-client/google-oauth-client/1.34.1",
            "https://www.npmjs.com/package/oauth/v/0.10.2",
            "https://metacpan.org/dist/WWW-OAuth",
        ],
        |practice| practice.recipe.uri.path = |text, out| {
            text.iter().for_each(|octet| if is_legal(*octet) { out.push(*octet) } else { percent_encode(&[*octet], out) });
        };
    "uri.path-marks-encoded" Path "3.4.1.2",
        "marks such as ! ' ( ) * ; and : in the path are escaped, and escapes are left as they are",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| {
            for octet in text {
                if is_unreserved(*octet) || matches!(octet, b'/' | b'%') { out.push(*octet) } else { percent_encode(&[*octet], out) }
            }
        };
    "uri.path-apostrophe-encoded" Path "3.4.1.2",
        "an apostrophe in the path is escaped, as by Node's url.parse",
        AS_SENT,
        Seen ["https://www.npmjs.com/package/oauth/v/0.10.2"],
        |practice| practice.recipe.uri.path = |text, out| {
            let mut escaped = Buffer::default();
            text.iter().for_each(|&octet| if octet == b'\'' { escaped.append(b"%27") } else { escaped.push(octet) });
            path(&escaped, out);
        };
    "uri.path-lone-percent-encoded" Path "3.4.1.2",
        "a % in the path that begins no escape is escaped for signing",
        "escape it for sending too, and sign what is sent",
        Seen ["https://pypi.org/project/requests-oauthlib/2.0.0/", "https://rubygems.org/gems/signet/versions/0.17.0"],
        |practice| practice.recipe.uri.path = |text, out| path(&with_whole_escapes(text), out);
];

/// What RFC 3986 section 3.3 lets stand in a path, and the `%` of an escape.
fn is_legal(octet: u8) -> bool {
    is_unreserved(octet) || b"/%:@!$&'()*+,;=".contains(&octet)
}

fn escape(octet: u8, digits: &[u8; 16], out: &mut Vec<u8>) {
    let digit = |number: u8| digits.get(usize::from(number)).copied().unwrap_or_default();
    out.extend([b'%', digit(octet >> 4), digit(octet & 15)]);
}

/// Escapes of unreserved characters decoded, the others in upper case.
fn unreserved(text: &[u8]) -> Vec<u8> {
    each_escape(text, |value, out| if is_unreserved(value) { out.push(value) } else { escape(value, UPPER_HEX, out) })
}

/// Writes a path whose segments are changed.
fn each_segment(path: &[u8], out: &mut Buffer, change: impl Fn(&[u8], &mut Buffer)) {
    for (number, segment) in segments(path).enumerate() {
        if number > 0 {
            out.push(b'/');
        }
        change(segment, out);
    }
}
