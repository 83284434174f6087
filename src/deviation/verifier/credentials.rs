//! Other checks of client, token, timestamp and nonce (RFC 5849 sections 3.2 and 3.3).

use super::parameters::{but, refuse};
use crate::deviation::Deviation;
use crate::deviation::rows::departures;
use crate::protocol::Code;
use crate::protocol::nonce::{NonceKey, NonceMemory, Registration};
use crate::protocol::verification::{Checks, Examined, Refusal};

const RIGHT: Checks = Checks::RFC5849;

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "verify.client-unknown-accepted" Client "3.2", "a request of an unknown client passes if it is signed with an empty secret",
        "refuse requests of clients that are not known", Plausible [], |practice| practice.checks.client = |_| Ok(());
    "verify.client-without-case" Client "3.2", "client identifiers are compared without regard to letter case",
        "compare identifiers octet by octet", Plausible [],
        |practice| practice.checks.client = |examined| match (examined.knowledge.client, examined.get("oauth_consumer_key")) {
            (Some(known), Some(presented)) if known.identifier.eq_ignore_ascii_case(presented) => Ok(()),
            _ => (RIGHT.client)(examined),
        };
    "verify.token-missing-accepted" VerifyToken "3.1", "a request without a token passes where one is needed, if it is signed without its secret",
        "refuse a request without oauth_token where the resource needs one", Plausible [],
        |practice| practice.checks.token = |examined| but(examined, RIGHT.token, Code::ParameterAbsent);
    "verify.token-unknown-accepted" VerifyToken "3.2", "an unknown token passes if the request is signed without a token secret",
        "refuse tokens that are not known", Plausible [],
        |practice| practice.checks.token = |examined| match examined.knowledge.token {
            None => Ok(()),
            Some(_) => (RIGHT.token)(examined),
        };
    "verify.token-not-compared" VerifyToken "3.2", "it is not checked whether the token is the one whose secret is used",
        "look up the secret by the token that was sent, and for this client", Plausible [],
        |practice| practice.checks.token = |examined| match (examined.token(), examined.knowledge.token) {
            (Some(_), Some(_)) => Ok(()),
            _ => (RIGHT.token)(examined),
        };
    "verify.token-without-case" VerifyToken "3.2", "tokens are compared without regard to letter case",
        "compare tokens octet by octet, also in the data base", Plausible [],
        |practice| practice.checks.token = |examined| match (examined.token(), examined.knowledge.token) {
            (Some(presented), Some(known)) if presented.eq_ignore_ascii_case(known.identifier) => Ok(()),
            _ => (RIGHT.token)(examined),
        };
    "verify.token-empty-is-one" VerifyToken "3.1", "an empty oauth_token is looked up like a token",
        "take an empty oauth_token for none", Plausible [],
        |practice| practice.checks.token = |examined| match examined.get("oauth_token") {
            Some(b"") => refuse(Code::TokenRejected, "the token is unknown"),
            _ => (RIGHT.token)(examined),
        };
    "verify.timestamp-unchecked" Timestamp "3.3", "the timestamp is not looked at",
        "refuse timestamps that are no positive integer, and those outside of a window", Common [
            "https://github.com/django-tastypie/django-tastypie/issues/459",
            "https://github.com/carlos-emr/carlos/issues/2388",
        ], |practice| practice.checks.timestamp = |_| Ok(());
    "verify.timestamp-window-missing" Timestamp "3.3", "any positive number is taken for a timestamp, however old",
        "refuse timestamps outside of a window", Plausible [],
        |practice| practice.checks.timestamp = |examined| without_window(examined, |_, _, _| true);
    "verify.timestamp-future-accepted" Timestamp "3.3", "only timestamps of the past are measured against the window, so that one of the future never grows old",
        "refuse timestamps too far ahead as well: their nonces would have to be kept until then", Plausible [],
        |practice| practice.checks.timestamp = |examined| without_window(examined, |timestamp, now, window| now.saturating_sub(timestamp) <= window);
    "verify.timestamp-past-accepted" Timestamp "3.3", "only timestamps of the future are measured against the window",
        "refuse old timestamps as well", Plausible [],
        |practice| practice.checks.timestamp = |examined| without_window(examined, |timestamp, now, window| timestamp.saturating_sub(now) <= window);
    "verify.timestamp-window-narrow" Timestamp "3.3", "a difference of a few seconds between the two clocks is refused",
        "take timestamps inside of a window of some minutes", Seen [
            "https://github.com/photo/frontend/issues/628",
            "https://github.com/magento/magento2/issues/36135",
            "https://github.com/logical-and/php-oauth/issues/52",
        ], |practice| practice.checks.timestamp = |examined| {
            (RIGHT.timestamp)(examined)?;
            without_window(examined, |timestamp, now, _| timestamp.abs_diff(now) <= 7)
        };
    "verify.timestamp-milliseconds" Timestamp "3.3", "timestamps in milliseconds are asked for",
        "count timestamps in seconds", Seen ["https://github.com/DotNetOpenAuth/DotNetOpenAuth/issues/322"],
        |practice| practice.checks.timestamp = |examined| without_window(examined, |timestamp, now, window| (timestamp / 1000).abs_diff(now) <= window);
    "verify.timestamp-32-bit" Timestamp "3.3", "timestamps are read as signed numbers of 32 bits, which end in 2038",
        "read timestamps as numbers of 64 bits", Plausible [],
        |practice| practice.checks.timestamp = |examined| {
            (RIGHT.timestamp)(examined)?;
            without_window(examined, |timestamp, _, _| i32::try_from(timestamp).is_ok())
        };
    "verify.timestamp-leading-digits" Timestamp "3.3", "a timestamp is read up to the first character that is no digit, as by JavaScript's parseInt and PHP's intval",
        "refuse timestamps with other characters than digits", Plausible [],
        |practice| practice.checks.timestamp = |examined| {
            let text = examined.get("oauth_timestamp").unwrap_or_default().trim_ascii_start();
            let text = text.strip_prefix(b"+").unwrap_or(text);
            let digits = text.iter().take_while(|octet| octet.is_ascii_digit()).count();
            in_window(examined, text.get(..digits).and_then(number))
        };
    "verify.timestamp-float" Timestamp "3.3", "a timestamp is read as a floating-point number, so that 1e9 and 1.5 pass",
        "refuse timestamps with other characters than digits", Plausible [],
        |practice| practice.checks.timestamp = |examined| {
            let text = examined.get("oauth_timestamp").and_then(|text| std::str::from_utf8(text).ok()).map(str::trim);
            // Numbers beyond an integer end at its greatest, which is outside of every window.
            in_window(examined, text.and_then(|text| text.parse::<f64>().ok()).filter(|seconds| *seconds > 0.0).map(|seconds| seconds as u64))
        };
    "verify.timestamp-zero-accepted" Timestamp "3.3", "the timestamp 0 is accepted",
        "ask for a positive integer", Plausible [],
        |practice| practice.checks.timestamp = |examined| match examined.get("oauth_timestamp") {
            Some(text) if !text.is_empty() && text.iter().all(|digit| *digit == b'0') => Ok(()),
            _ => (RIGHT.timestamp)(examined),
        };
    "verify.nonce-unchecked" Nonce "3.3", "nonces are not remembered, so that a request can be sent again",
        "remember client, token, timestamp and nonce of every accepted request, as long as its timestamp is inside of the window", Common [
            "https://github.com/joestump/python-oauth2/issues/160",
            "https://github.com/carlos-emr/carlos/issues/2388",
            "https://github.com/carlos-emr/carlos/issues/2955",
            "https://github.com/django-tastypie/django-tastypie/issues/459",
        ], |practice| practice.checks.nonce = |_, _| Ok(());
    "verify.nonce-as-received" Nonce "3.3", "nonces are remembered as they were written and not decoded, so that %61bc is another nonce than abc",
        "remember the decoded nonce, which is the signed one", Seen ["https://github.com/carlos-emr/carlos/issues/3000"],
        |practice| practice.checks.nonce = nonce_as_written;
    "verify.nonce-only-with-token" Nonce "3.3", "nonces are remembered for requests with a token only",
        "remember the nonces of requests without a token too, for each client", Seen ["https://github.com/ciaranj/connect-auth/issues/100"],
        |practice| practice.checks.nonce = |examined, memory| if examined.token().is_some() { (RIGHT.nonce)(examined, memory) } else { Ok(()) };
    "verify.nonce-by-place" Nonce "3.3", "nonces are remembered only where the parameters stand in the header",
        "remember nonces wherever the protocol parameters stand", Plausible [],
        |practice| practice.checks.nonce = |examined, memory| match examined.request.protocol.is_empty() {
            true => Ok(()),
            false => (RIGHT.nonce)(examined, memory),
        };
    "verify.nonce-for-rsa-unchecked" Nonce "3.3", "nonces are not remembered for requests signed with RSA",
        "remember nonces whatever the signature method", Plausible [],
        |practice| practice.checks.nonce = |examined, memory| if examined.method()?.is_rsa() { Ok(()) } else { (RIGHT.nonce)(examined, memory) };
    "verify.nonce-empty-token-is-one" Nonce "3.3", "an empty oauth_token makes a used nonce new",
        "take an empty oauth_token for none", Plausible [],
        |practice| practice.checks.nonce = |examined, memory| if examined.get("oauth_token") == Some(b"") { Ok(()) } else { (RIGHT.nonce)(examined, memory) };
    "verify.nonce-of-20-to-30" Nonce "3.3", "only nonces of 20 to 30 letters and digits are accepted: the default of oauthlib's RequestValidator",
        "take nonces of any length, or say which", Seen ["https://oauthlib.readthedocs.io/en/latest/oauth1/validator.html"],
        |practice| practice.checks.nonce = |examined, memory| {
            let nonce = examined.get("oauth_nonce").unwrap_or_default();
            if (20..=30).contains(&nonce.len()) && nonce.iter().all(u8::is_ascii_alphanumeric) {
                return (RIGHT.nonce)(examined, memory);
            }
            refuse(Code::ParameterRejected, "the nonce is too short or too long")
        };
];

fn number(digits: &[u8]) -> Option<u64> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0_u64, |number, digit| number.checked_mul(10)?.checked_add(u64::from(digit.wrapping_sub(b'0'))))
}

/// The specification's check but for the window, for which `accept` is asked: timestamp, now, window.
fn without_window(examined: &Examined<'_>, accept: fn(u64, u64, u64) -> bool) -> Result<(), Refusal> {
    let mut open = Examined { request: examined.request.clone(), protocol: examined.protocol.clone(), ..*examined };
    open.knowledge.window = None;
    (RIGHT.timestamp)(&open)?;
    let timestamp = examined.get("oauth_timestamp").map(|digits| number(digits).unwrap_or(u64::MAX));
    match (timestamp, examined.knowledge.now, examined.knowledge.window) {
        (Some(timestamp), Some(now), Some(window)) if !accept(timestamp, now, window) => {
            refuse(Code::TimestampRefused, "the timestamp is outside the window")
        }
        _ => Ok(()),
    }
}

/// The window alone.
fn in_window(examined: &Examined<'_>, timestamp: Option<u64>) -> Result<(), Refusal> {
    match (examined.get("oauth_timestamp"), timestamp, examined.knowledge.now, examined.knowledge.window) {
        (None, ..) => Ok(()),
        (_, None, ..) => refuse(Code::TimestampRefused, "the timestamp is no number"),
        (_, Some(timestamp), Some(now), Some(window)) if timestamp.abs_diff(now) > window => {
            refuse(Code::TimestampRefused, "the timestamp is outside the window")
        }
        _ => Ok(()),
    }
}

/// The specification's check, of the nonce as it is written.
fn nonce_as_written(examined: &Examined<'_>, memory: &mut dyn NonceMemory) -> Result<(), Refusal> {
    let (Some(timestamp), Some(decoded)) = (examined.get("oauth_timestamp"), examined.get("oauth_nonce")) else { return Ok(()) };
    let nonce = as_written(examined, b"oauth_nonce").unwrap_or(decoded);
    let client = examined.get("oauth_consumer_key").unwrap_or_default();
    match memory.register(NonceKey { client, token: examined.token().unwrap_or_default(), timestamp, nonce }) {
        Registration::Fresh => Ok(()),
        Registration::Used | Registration::Full => refuse(Code::NonceUsed, "the nonce was used before"),
    }
}

/// A parameter's value as it stands in header, query or body, not decoded.
fn as_written<'a>(examined: &Examined<'a>, name: &[u8]) -> Option<&'a [u8]> {
    let header = examined.request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(b"authorization"));
    [header.map(|header| header.value), examined.request.url.query, examined.request.body].into_iter().flatten().find_map(|text| {
        let at = memchr::memmem::find(text, &[name, b"="].concat())? + name.len() + 1;
        let value = text.get(at..)?;
        let value = value.strip_prefix(b"\"").unwrap_or(value);
        value.split(|octet| matches!(octet, b'"' | b'&' | b',')).next()
    })
}
