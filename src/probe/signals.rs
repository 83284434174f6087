//! Signs that a server has had enough: then nothing more is sent.

use super::outcome::{Outcome, Read};

/// How many refusals with 403 in a row make one ask whether good requests still pass.
pub const MANY_FORBIDDEN: usize = 4;

/// Why nothing more is sent, if an answer says that.
#[must_use]
pub fn enough(read: &Read) -> Option<String> {
    let status = read.response.status;
    let wait = read.response.field("retry-after");
    // A longer one is neither a number nor a date.
    let shown = wait.filter(|value| value.len() <= 40).map(|value| String::from_utf8_lossy(value).into_owned());
    let after = shown.map_or(String::new(), |wait| format!("; it says Retry-After: {wait}"));
    if status == 429 {
        return Some(format!("the server answers 429, too many requests{after}"));
    }
    if status == 503 && wait.is_some() {
        return Some(format!("the server is not available{after}"));
    }
    let body = String::from_utf8_lossy(read.response.octets().get(..4096).unwrap_or(read.response.octets())).to_ascii_lowercase();
    if status >= 400 && (body.contains("rate limit") || body.contains("rate%20limit") || body.contains("too many requests")) {
        return Some(format!("the server speaks of a rate limit, with status {status}{after}"));
    }
    if status >= 400 && (body.contains("account locked") || body.contains("has been locked") || body.contains("temporarily blocked")) {
        return Some(format!("the server speaks of a lock, with status {status}"));
    }
    match read.says.problem.as_ref().map(|problem| problem.name.as_str()) {
        Some("consumer_key_refused") => Some("the server refuses the client for now: consumer_key_refused".to_owned()),
        Some("user_refused") => Some("the server refuses the resource owner for now: user_refused".to_owned()),
        _ => None,
    }
}

/// Whether a refusal is one that front ends give who have locked somebody out: 403 without a word of OAuth.
#[must_use]
pub fn is_forbidden(read: &Read) -> bool {
    read.response.status == 403 && read.outcome == Outcome::Refused && read.says.problem.is_none()
}
