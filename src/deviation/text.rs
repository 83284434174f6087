//! Departures from the text of a signature (RFC 5849 sections 3.4.2 and 3.4.3: base64 by RFC 2045 section 6.8, in one line, with padding).

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};

use super::{Deviation, Rank, Stage};
use crate::protocol::signature::base64_text;
use crate::protocol::{Buffer, Encoder};

const FIX: &str = "write the octets of the signature in base64, with + and /, with = at the end, in one line without a line end";

macro_rules! texts {
    ($($id:literal $sentence:literal, $rank:ident $seen:expr, $text:expr;)*) => {
        &[$(Deviation {
            id: $id,
            stage: Stage::Text,
            section: "3.4.2",
            sentence: $sentence,
            fix: FIX,
            seen: &$seen,
            rank: Rank::$rank,
            apply: |practice| practice.recipe.text = $text,
        },)*]
    };
}

pub(super) const TABLE: &[Deviation] = texts![
    "text.hex" "the signature is written in hexadecimal digits and not in base64", Common [
            "https://github.com/J7mbo/twitter-api-php/issues/167",
            "https://github.com/http4s/http4s/issues/7529",
        ], hex;
    "text.hex-upper-case" "the signature is written in hexadecimal digits in upper case and not in base64", Plausible [],
        |octets, out| octets.iter().for_each(|octet| out.append(format!("{octet:02X}").as_bytes()));
    "text.base64-of-hex" "the signature is written in hexadecimal digits first, and those in base64", Seen [
            "https://github.com/thephpleague/oauth2-server/issues/370",
            "https://community.canvaslms.com/t5/Canvas-Developers-Group/LTI-basic-launch-oauth-signature-mismatch/m-p/402560",
        ], |octets, out| {
            let mut digits = Buffer::default();
            hex(octets, &mut digits);
            base64_text(&digits, out);
        };
    "text.base64-twice" "the signature is written in base64 twice", Plausible [], |octets, out| {
            let mut once = Buffer::default();
            base64_text(octets, &mut once);
            base64_text(&once, out);
        };
    "text.base64url" "the signature is written in base64url, with - and _ for + and /", Plausible [],
        |octets, out| out.append(URL_SAFE.encode(octets).as_bytes());
    "text.base64url-unpadded" "the signature is written in base64url, with - and _ for + and / and without = at the end", Plausible [],
        |octets, out| out.append(URL_SAFE_NO_PAD.encode(octets).as_bytes());
    "text.unpadded" "the = at the end of the signature is missing", Seen ["https://github.com/WP-API/OAuth1/issues/237"],
        |octets, out| out.append(STANDARD_NO_PAD.encode(octets).as_bytes());
    "text.line-ends" "base64 is written in lines of 76 characters with a line end behind each, as for mail: Python's encodebytes and Perl's encode_base64 do so", Plausible [],
        |octets, out| {
            let mut line = Buffer::default();
            base64_text(octets, &mut line);
            line.chunks(76).for_each(|chunk| { out.append(chunk); out.push(b'\n'); });
        };
    "text.percent-encoded" "the value of oauth_signature is percent-encoded already before it is encoded to be sent", Seen [
            "https://github.com/postmanlabs/postman-app-support/issues/845",
        ], |octets, out| {
            let mut text = Buffer::default();
            base64_text(octets, &mut text);
            Encoder::RFC5849.encode(&text, out);
        };
    "text.plus-is-space" "each + of the signature has become a space: it was sent as it is in a query or form", Seen [
            "https://github.com/woocommerce/woocommerce/issues/13632",
        ], |octets, out| {
            let mut text = Buffer::default();
            base64_text(octets, &mut text);
            text.iter().for_each(|octet| out.push(if *octet == b'+' { b' ' } else { *octet }));
        };
    "text.octets" "the octets of the signature are sent as they are, without base64", Plausible [], |octets, out| out.append(octets);
];

fn hex(octets: &[u8], out: &mut Buffer) {
    octets.iter().for_each(|octet| out.append(format!("{octet:02x}").as_bytes()));
}
