//! What a server's answer says of the request that it refuses: the base string it took, the signature it expected, its problem, its
//! clock, its advice. Nothing is guessed: what is not clearly said is left out.
//!
//! Servers that show such things: net.oauth and what descends from it (Jira: `oauth_signature_base_string`), Khan Academy ("Expected
//! signature base string: …"), Instapaper ("does not match expected value […]"), the LTI sample library ("ours= … yours= …").

use super::pasted::Fields;
use super::problem::{self, Problem};
use super::shape::Shape;

pub mod date;
mod echo;
pub(super) mod plain;
#[cfg(test)]
mod tests;

/// The longest body that is looked at, in octets.
const MAX_BODY: usize = 256 * 1024;
/// How much of it is searched for a problem, in octets: a page names its problem early, and the search for companions slows down with
/// their number.
const MAX_PROBLEM: usize = 64 * 1024;
/// The longest advice that is taken, in characters.
const MAX_ADVICE: usize = 300;

/// What an answer says.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Answer {
    /// The signature base strings that the server shows, as it took them, in their order and each once.
    pub base_strings: Vec<Vec<u8>>,
    /// The signatures that the server says it expected: base64, decoded where they were percent-encoded.
    pub signatures: Vec<Vec<u8>>,
    /// The problem, by the problem reporting extension.
    pub problem: Option<Problem>,
    /// The timestamps that the server takes, in seconds since 1970, both ends included.
    pub timestamps_acceptable: Option<(u64, u64)>,
    /// The server's clock, from its Date field, in seconds since 1970.
    pub server_time: Option<u64>,
    /// What the server says in words: `oauth_problem_advice`, messages of JSON, short texts.
    pub advice: Vec<String>,
    /// Whether the status, or the problem, is a refusal. Some servers refuse with 200.
    pub is_refusal: bool,
}

impl Answer {
    /// Reads an answer of any status; it never fails.
    #[must_use]
    pub fn read(status: Option<u16>, headers: &Fields, body: &[u8]) -> Answer {
        let named: Vec<(&str, &[u8])> =
            headers.iter().filter_map(|(name, value)| Some((std::str::from_utf8(name).ok()?, value.as_slice()))).collect();
        let body = body.get(..MAX_BODY).unwrap_or(body);
        let read = problem::read(named.iter().copied(), body.get(..MAX_PROBLEM).unwrap_or(body));
        let mut echo = echo::Echo::default();
        for (name, value) in &named {
            if !name.eq_ignore_ascii_case("set-cookie") {
                echo.read(value);
            }
        }
        echo.read(body);
        Answer {
            base_strings: echo.base_strings,
            signatures: echo.signatures,
            timestamps_acceptable: read.problem.as_ref().and_then(Problem::acceptable_timestamps),
            server_time: named.iter().find(|(name, _)| name.eq_ignore_ascii_case("date")).and_then(|(_, value)| date::seconds(value)),
            advice: advice(read.shape, read.problem.as_ref(), body),
            is_refusal: read.problem.is_some() || status.is_some_and(|status| status >= 400),
            problem: read.problem,
        }
    }
}

impl std::fmt::Debug for Answer {
    /// Counts in place of base strings and signatures: they are somebody's real ones.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Answer")
            .field("base_strings", &self.base_strings.len())
            .field("signatures", &self.signatures.len())
            .field("problem", &self.problem.as_ref().map(|problem| &problem.name))
            .field("timestamps_acceptable", &self.timestamps_acceptable)
            .field("server_time", &self.server_time)
            .finish_non_exhaustive()
    }
}

fn advice(shape: Shape, problem: Option<&Problem>, body: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    let mut take = |text: &str| {
        let text = tidy(text);
        if !text.is_empty() && !found.contains(&text) {
            found.push(text);
        }
    };
    if let Some(text) = problem.and_then(|problem| problem.companion("oauth_problem_advice")) {
        take(text);
    }
    match shape {
        Shape::Json => plain::messages(body).iter().for_each(|text| take(text)),
        Shape::Text if body.len() <= MAX_ADVICE => take(&String::from_utf8_lossy(body)),
        _ => {}
    }
    found
}

/// A text on one line, without control characters, cut where it is long.
fn tidy(text: &str) -> String {
    let words = text.split(|letter: char| letter.is_whitespace() || letter.is_control()).filter(|word| !word.is_empty());
    let mut out = String::new();
    for word in words {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
        if let Some((end, _)) = out.char_indices().nth(MAX_ADVICE) {
            out.truncate(end);
            out.push('…');
            break;
        }
    }
    out
}
