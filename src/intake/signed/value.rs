//! The encoding of parameter values (RFC 5849 section 3.6): what is wrong with one as it stands in the header, and what a decoded one
//! tells about how often it was encoded.

use super::{Finding, is_protocol};
use crate::intake::pasted::shown;
use crate::protocol::Parameters;
use crate::protocol::encoding::{escape_at, has_escape, is_unreserved};

/// What is wrong with a value as it stands between its quotes.
pub(super) fn raw(name: &[u8], value: &[u8]) -> Vec<Finding> {
    let mut found = Vec::new();
    let name = shown(name);
    let mut bare: Vec<u8> = value.iter().copied().filter(|&octet| !is_unreserved(octet) && octet != b'%').collect();
    bare.sort_unstable();
    bare.dedup();
    if !bare.is_empty() {
        const MOST: usize = 8;
        let list: Vec<String> = bare.iter().take(MOST).map(|&octet| named(octet)).collect();
        let more = if bare.len() > MOST { " and others" } else { "" };
        let plus = if bare.contains(&b'+') { "; a server that decodes forms reads `+` as a blank" } else { "" };
        found.push(Finding::must("3.6", format!("{name} holds {}{more}, not percent-encoded{plus}", list.join(" "))));
    }
    let (mut lower, mut needless, mut broken) = (false, false, false);
    for at in memchr::memchr_iter(b'%', value) {
        match escape_at(value.get(at..).unwrap_or_default()) {
            Some(octet) => {
                lower |= value.iter().skip(at).take(3).any(u8::is_ascii_lowercase);
                needless |= is_unreserved(octet);
            }
            None => broken = true,
        }
    }
    if broken {
        found.push(Finding::must("3.6", format!("{name} has a `%` without two hexadecimal digits")));
    }
    if lower {
        found.push(Finding::must("3.6", format!("{name} is percent-encoded with digits in lower case")));
    }
    if needless {
        found.push(Finding::must("3.6", format!("{name} has unreserved characters percent-encoded")));
    }
    found
}

/// What decoded values tell, wherever they stand.
pub(super) fn check(sent: &Parameters, findings: &mut Vec<Finding>) {
    const MOST: usize = 40;
    let is_plaintext = sent.first("oauth_signature_method") == Some(b"PLAINTEXT");
    for parameter in sent.iter().filter(|parameter| is_protocol(parameter.name)).take(MOST) {
        let (name, value) = (shown(parameter.name), parameter.value);
        let is_signature = parameter.name.eq_ignore_ascii_case(b"oauth_signature");
        if is_signature && value.contains(&b' ') {
            findings.push(Finding::must(
                "3.6",
                format!("{name} holds a blank: it was a `+` that was not percent-encoded, or was decoded as a form"),
            ));
        } else if value.trim_ascii().len() != value.len() {
            findings.push(Finding::should("3.6", format!("{name} begins or ends with white space")));
        }
        let is_twice = match parameter.name {
            // The parts of a PLAINTEXT signature are encoded, the `&` between them is not.
            _ if is_signature && is_plaintext => !value.contains(&b'&') && memchr::memmem::find(value, b"%26").is_some(),
            _ if is_signature => has_escape(value),
            b"oauth_callback" => is_url_encoded(value),
            _ => false,
        };
        if is_twice {
            findings.push(Finding::must("3.6", format!("{name} is percent-encoded twice")));
        } else if matches!(parameter.name, b"oauth_token" | b"oauth_consumer_key" | b"oauth_verifier" | b"oauth_nonce") && has_escape(value)
        {
            let why = "is percent-encoded twice, or was not decoded when it was received";
            findings.push(Finding::should("3.6", format!("{name} {why}")));
        }
    }
}

/// A URL whose colon is still encoded.
fn is_url_encoded(value: &[u8]) -> bool {
    let start = value.get(..8).unwrap_or(value).to_ascii_lowercase();
    start.starts_with(b"http%3a") || start.starts_with(b"https%3a")
}

fn named(octet: u8) -> String {
    match octet {
        b' ' => "a blank".to_owned(),
        0x21..0x7f => format!("`{}`", char::from(octet)),
        other => format!("octet {other:02X}"),
    }
}
