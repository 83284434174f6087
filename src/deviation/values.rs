//! Departures in what becomes of values (RFC 5849 section 3.4.1.3.1): of all of them, and of those of the protocol parameters alone.

use std::borrow::Cow;

use super::Deviation;
use super::list::{is_protocol, rename, revalue};
use super::read::decode::decoded;
use super::rows::departures;
use crate::protocol::encoding::percent_decoded;
use crate::protocol::{Encoder, Source, form_decoded, percent_encode};

const AS_SENT: &str = "take values as they were sent, before anything cleans them";
const ONCE: &str = "decode protocol parameters once when they are read, and encode them once for the list, like all others";

pub(super) const TABLE: &[Deviation] = departures![
    "values.trimmed" Values "3.4.1.3.1",
        "white space around values is dropped",
        AS_SENT,
        Seen ["https://github.com/WP-API/OAuth1/issues/237"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, |value| Cow::Borrowed(value.trim_ascii())));
    "values.sanitized" Values "3.4.1.3.1",
        "values are cleaned: tags and escapes are removed, white space is merged and trimmed, as by WordPress' sanitize_text_field",
        AS_SENT,
        Seen ["https://github.com/WP-API/OAuth1/issues/237"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, sanitized));
    "values.escapes-removed" Values "3.4.1.3.1",
        "what looks like an escape in a decoded value is removed",
        AS_SENT,
        Seen ["https://github.com/WP-API/OAuth1/issues/237"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, |value| Cow::Owned(without_escapes(value))));
    "values.padding-removed" Values "3.4.1.3.1",
        "= at the end of a value is removed",
        AS_SENT,
        Seen ["https://github.com/WP-API/OAuth1/issues/237"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, |value| {
            let end = value.iter().rposition(|&octet| octet != b'=').map_or(0, |last| last + 1);
            Cow::Borrowed(value.get(..end).unwrap_or_default())
        }));
    "values.query-cut-at-nul" Values "3.4.1.3.1",
        "values of the query are cut at NUL, as strings of C are, and those of the form are not",
        AS_SENT,
        Seen ["https://pecl.php.net/package/oauth/2.0.7"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |parameter| parameter.source == crate::protocol::Source::Query, |value| {
            Cow::Borrowed(value.split(|octet| *octet == 0).next().unwrap_or_default())
        }));
    "values.cut-at-nul" Values "3.4.1.3.1",
        "values are cut at NUL, as strings of C are",
        AS_SENT,
        Seen [
            "https://packages.debian.org/bookworm/liboauth-dev",
            "https://pecl.php.net/package/oauth/2.0.7",
            "https://cran.r-project.org/package=httr",
        ],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, |value| {
            Cow::Borrowed(value.split(|&octet| octet == 0).next().unwrap_or_default())
        }));
    "values.slashes-added" Values "3.4.1.3.1",
        "a backslash is put before quotes and backslashes, as by PHP's magic quotes and WordPress",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, |value| {
            let escaped = |octet: &u8| if matches!(octet, b'\'' | b'"' | b'\\') { vec![b'\\', *octet] } else { vec![*octet] };
            Cow::Owned(value.iter().flat_map(escaped).collect())
        }));
    "values.lower-case" Values "3.4.1.3.1",
        "values become lower case",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, |value| Cow::Owned(value.to_ascii_lowercase())));
    "values.numbers-rewritten" Values "3.4.1.3.1",
        "values that are whole numbers are read and written as numbers, without zeros before them",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |parameter| parameter.value.iter().all(u8::is_ascii_digit), |value| {
            let zeros = value.iter().take_while(|&&octet| octet == b'0').count().min(value.len().saturating_sub(1));
            Cow::Borrowed(value.get(zeros..).unwrap_or_default())
        }));
    "values.invalid-utf-8-replaced" Values "3.6",
        "octets that are no UTF-8 become U+FFFD, %EF%BF%BD",
        "keep the octets of a decoded value as they are: %FF stays %FF",
        Common [
            "https://www.npmjs.com/package/oauth/v/0.10.2",
            "https://pypi.org/project/oauthlib/4.0.1/",
            "https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2",
        ],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, in_utf_8));
    "values.invalid-utf-8-replaced-in-names-too" Values "3.6",
        "octets of names and values that are no UTF-8 become U+FFFD, %EF%BF%BD",
        "keep the octets of decoded names and values as they are: %FF stays %FF",
        Common [
            "https://www.npmjs.com/package/oauth/v/0.10.2",
            "https://pypi.org/project/oauth2/1.9.0.post1/",
            "https://pypi.org/project/oauthlib/4.0.1/",
        ],
        |practice| practice.recipe.steps.add(|_, list| {
            rename(list, |_| true, in_utf_8);
            revalue(list, |_| true, in_utf_8);
        });
    "values.invalid-utf-8-left-escaped" Values "3.6",
        "escapes in values that are no UTF-8 are left as text, so that %FF becomes %25FF",
        "keep the octets of a decoded value as they are: %FF stays %FF",
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, |value| {
            let mut text = Vec::with_capacity(value.len());
            for chunk in value.utf8_chunks() {
                text.extend(chunk.valid().bytes());
                chunk.invalid().iter().for_each(|octet| text.extend(format!("%{octet:02X}").bytes()));
            }
            Cow::Owned(text)
        }));
    "values.invalid-utf-8-as-latin-1" Values "3.6",
        "values that are no UTF-8 are read as ISO-8859-1, so that %FF becomes %C3%BF",
        "keep the octets of a decoded value as they are: %FF stays %FF",
        Common [
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://metacpan.org/release/GSG/LWP-Authen-OAuth-1.01",
            "https://metacpan.org/dist/WWW-OAuth",
        ],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, |value| match std::str::from_utf8(value) {
            Ok(_) => Cow::Borrowed(value),
            Err(_) => Cow::Owned(value.iter().map(|&octet| char::from(octet)).collect::<String>().into_bytes()),
        }));
    "values.invalid-utf-8-dropped" Values "3.6",
        "octets that are no UTF-8 are left out",
        "keep the octets of a decoded value as they are: %FF stays %FF",
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |_| true, |value| {
            Cow::Owned(value.utf8_chunks().flat_map(|chunk| chunk.valid().bytes()).collect())
        }));
    "protocol.decoded-again" ProtocolValues "3.4.1.3.1",
        "the values of oauth_ parameters are decoded once too often, so that an escape in a callback is lost",
        ONCE,
        Seen ["https://pypi.org/project/Authlib/1.9.9/"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, is_protocol, unescaped));
    "protocol.decoded-again-in-query-and-form" ProtocolValues "3.4.1.3.1",
        "the values of oauth_ parameters of query and body are decoded once too often, those of the header once",
        ONCE,
        Seen ["https://pypi.org/project/oauthlib/4.0.1/"],
        |practice| practice.recipe.steps.add(|_, list| {
            revalue(list, |parameter| is_protocol(parameter) && parameter.source != Source::Header, unescaped);
        });
    "protocol.header-decoded-as-form" ProtocolValues "3.5.1",
        "plus signs in the values of the Authorization header are read as blanks, because a form decoder reads it",
        "decode %XX in the header and nothing else: + stays a plus sign there",
        Seen ["https://github.com/WP-API/OAuth1/issues/143"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |parameter| parameter.source == Source::Header, |value| {
            Cow::Owned(value.iter().map(|&octet| if octet == b'+' { b' ' } else { octet }).collect())
        }));
    "protocol.header-decoded-as-form-again" ProtocolValues "3.5.1",
        "the values of the Authorization header are decoded once more, as a form",
        ONCE,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |parameter| parameter.source == Source::Header, |value| {
            Cow::Owned(form_decoded(value))
        }));
    "protocol.encoded-again" ProtocolValues "3.4.1.3.2",
        "the values of oauth_ parameters enter the list encoded already, and are encoded once too often",
        ONCE,
        Common [
            "https://github.com/ShareKit/ShareKit/issues/515",
            "https://github.com/jrconlin/oauthsimple/issues/22",
            "https://github.com/WP-API/OAuth1/issues/92",
            "https://github.com/WP-API/OAuth1/issues/197",
            "https://github.com/heremaps/here-aaa-java-sdk/issues/57",
            "https://github.com/oauthlib/oauthlib/issues/695",
        ],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, is_protocol, encoded));
    "protocol.callback-encoded-again" ProtocolValues "3.4.1.3.2",
        "the callback enters the list encoded already, and is encoded once too often",
        "hand the callback over as it is: https://…, not https%3A%2F%2F…",
        Common ["https://github.com/ShareKit/ShareKit/issues/515"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |parameter| parameter.name == b"oauth_callback", encoded));
    "protocol.token-encoded-again" ProtocolValues "3.4.1.3.2",
        "the token enters the list encoded already, as it stands in the response, and is encoded once too often",
        "decode the token when it is read out of the response (RFC 5849 section 2.1), and sign it as it is",
        Seen ["https://github.com/oauthlib/oauthlib/issues/695"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |parameter| parameter.name == b"oauth_token", encoded));
    "protocol.nonce-encoded-again" ProtocolValues "3.4.1.3.2",
        "the nonce enters the list encoded already, and is encoded once too often",
        ONCE,
        Seen ["https://github.com/heremaps/here-aaa-java-sdk/issues/57"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |parameter| parameter.name == b"oauth_nonce", encoded));
    "protocol.key-encoded-again" ProtocolValues "3.4.1.3.2",
        "the client identifier enters the list encoded already, and is encoded once too often",
        ONCE,
        Seen ["https://github.com/heremaps/here-aaa-java-sdk/issues/57"],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |parameter| parameter.name == b"oauth_consumer_key", encoded));
    "protocol.body-hash-encoded-again" ProtocolValues "3.4.1.3.2",
        "the body hash enters the list encoded already, and is encoded once too often",
        ONCE,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| revalue(list, |parameter| parameter.name == b"oauth_body_hash", encoded));
    "protocol.not-encoded" EncodeProtocol "3.4.1.3.2",
        "the values of oauth_ parameters enter the list as they are, so that only the whole string's encoding reaches them",
        "encode the values of protocol parameters before sorting, like all others",
        Common [
            "https://github.com/AsyncHttpClient/async-http-client/issues/922",
            "https://github.com/Mastercard/oauth1-signer-nodejs/issues/3",
        ],
        |practice| practice.recipe.encode.protocol_value = Some(Encoder::Whole(|value, out| out.append(value)));
    "protocol.blank-as-plus" EncodeProtocol "3.4.1.3.2",
        "the values of oauth_ parameters are encoded by the form rules, with + for a blank, all others by section 3.6",
        "encode the values of protocol parameters as section 3.6 says, like all others",
        Plausible [],
        |practice| practice.recipe.encode.protocol_value = Some(Encoder::Whole(|value, out| {
            value.split(|&octet| octet == b' ').enumerate().for_each(|(number, part)| {
                if number > 0 {
                    out.push(b'+');
                }
                percent_encode(part, out);
            });
        }));
];

/// What is no UTF-8 becomes U+FFFD.
fn in_utf_8(text: &[u8]) -> Cow<'_, [u8]> {
    Cow::Owned(String::from_utf8_lossy(text).into_owned().into_bytes())
}

fn unescaped(value: &[u8]) -> Cow<'_, [u8]> {
    Cow::Owned(percent_decoded(value))
}

fn encoded(value: &[u8]) -> Cow<'_, [u8]> {
    Cow::Owned(decoded(value, percent_encode).to_vec())
}

/// Tags, escapes and superfluous white space removed, in this order.
fn sanitized(value: &[u8]) -> Cow<'_, [u8]> {
    let mut text = Vec::with_capacity(value.len());
    let mut rest = value;
    while let Some(open) = memchr::memchr(b'<', rest) {
        let Some(close) = rest.get(open..).and_then(|tag| memchr::memchr(b'>', tag)) else { break };
        text.extend_from_slice(rest.get(..open).unwrap_or_default());
        rest = rest.get(open + close + 1..).unwrap_or_default();
    }
    text.extend_from_slice(rest);
    let text = without_escapes(&text);
    let words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    Cow::Owned(words.collect::<Vec<_>>().join(&b' '))
}

/// Without `%` and two hexadecimal digits behind it, wherever they stand after the ones before were removed.
fn without_escapes(value: &[u8]) -> Vec<u8> {
    let mut kept: Vec<u8> = Vec::with_capacity(value.len());
    for &octet in value {
        kept.push(octet);
        if let [.., b'%', high, low] = kept.as_slice()
            && high.is_ascii_hexdigit()
            && low.is_ascii_hexdigit()
        {
            kept.truncate(kept.len() - 3);
        }
    }
    kept
}
