//! What is shown of an exchange: the request and the answer as HTTP text, long values cut. Of real credentials nothing is left by which
//! somebody could act or guess: no signature, no token, no verification code, no secret in any writing.

use std::sync::Arc;

use crate::implementation::live::Outgoing;
use crate::probe::conduct::{Exchanged, Hop};
use crate::probe::outcome::Read;
use crate::probe::redaction::{Known, Redactor, masked};
use crate::protocol::Secret;

/// The longest header field or URL that is shown whole, in characters.
const LONG_LINE: usize = 900;
/// The longest request target that is shown whole, in characters.
const LONG_TARGET: usize = 400;
/// How much of a body is shown, in octets.
const LONG_BODY: usize = 2048;
/// How much of a part is looked at, in octets: of a longer one, the rest is not shown anyway. Less than is kept of a body, so that one that
/// was cut is known to be.
const LOOKED_AT: usize = 8 * 1024;
/// The most header fields of an answer that are shown.
const MANY_FIELDS: usize = 24;

/// Parameters whose values are not shown.
const SECRET: [&str; 6] =
    ["oauth_token_secret", "oauth_token", "oauth_verifier", "oauth_signature", "oauth_session_handle", "X-Countersign-Verifier"];

/// What may be shown.
#[derive(Debug, Default)]
pub struct Disclosure {
    /// Whether the credentials are synthetic, or somebody wants to see them: then nothing is hidden.
    pub is_open: bool,
    /// Every secret of the run.
    pub secrets: Vec<Secret>,
    /// Verification codes of the run, which may be too short to be looked for as secrets are.
    pub codes: Vec<Secret>,
    /// The command that was given, without what selects steps.
    pub again: Option<String>,
}

impl Disclosure {
    /// What is looked for in the whole run: made once, because there may be much of it.
    pub(in crate::probe) fn known(&self) -> Arc<Known> {
        Arc::new(if self.is_open { Known::default() } else { Known::of(&self.secrets, &self.codes) })
    }

    /// The redactor for a step: it knows the signatures that were sent too, and what came back, however much that is in the whole run.
    pub(in crate::probe) fn redactor(&self, known: &Arc<Known>, exchanged: &Exchanged) -> Redactor {
        if self.is_open {
            return Redactor::default();
        }
        let hops = || exchanged.errands.iter().chain(&exchanged.first).chain(&exchanged.hop);
        let sent =
            hops().flat_map(|hop| &hop.parameters).filter(|(name, _)| SECRET.contains(&name.as_str())).map(|(_, value)| value.clone());
        let given = hops().filter_map(|hop| hop.answer.as_ref().ok()).flat_map(|read| SECRET.iter().filter_map(|name| read.value(name)));
        let own: Vec<Secret> = sent.chain(given).map(Secret::new).collect();
        Redactor::with(known, &own)
    }

    /// The request as HTTP text.
    pub(in crate::probe) fn request(&self, hop: &Hop, redactor: &Redactor) -> String {
        let Outgoing { method, url, headers, body } = &hop.outgoing;
        let (authority, target) = parts(url);
        let mut text = format!("{method} {} HTTP/1.1\nHost: {authority}\n", self.shown(target.as_bytes(), LONG_TARGET, redactor));
        for (name, value) in headers {
            text.push_str(&format!("{name}: {}\n", self.shown(value, LONG_LINE, redactor)));
        }
        if let Some(body) = body.as_ref().filter(|body| !body.is_empty()) {
            text.push_str(&format!("\n{}", self.shown(body, LONG_BODY, redactor)));
        }
        text
    }

    /// The answer as HTTP text.
    pub(in crate::probe) fn answer(&self, read: &Read, redactor: &Redactor) -> String {
        let mut text = format!("HTTP/1.1 {}\n", read.response.status);
        for (name, value) in read.response.headers.iter().take(MANY_FIELDS) {
            if !self.is_open && name.eq_ignore_ascii_case("set-cookie") {
                continue;
            }
            let is_secret = !self.is_open && SECRET.iter().any(|known| known.eq_ignore_ascii_case(name));
            let value = if is_secret { masked(&value.0) } else { self.shown(&value.0, LONG_LINE, redactor) };
            text.push_str(&format!("{}: {value}\n", self.shown(name.as_bytes(), 200, redactor)));
        }
        let body = self.shown(read.response.octets(), LONG_BODY, redactor);
        if !body.trim().is_empty() {
            text.push_str(&format!("\n{body}"));
        }
        text
    }

    /// A part of it, without secrets first and then without what is too long: of a secret that is cut, nobody knows any more that it is one.
    fn shown(&self, octets: &[u8], most: usize, redactor: &Redactor) -> String {
        let looked_at = octets.get(..LOOKED_AT).unwrap_or(octets);
        let mut text = String::from_utf8_lossy(looked_at).into_owned();
        if !self.is_open {
            let masked = without_values(&text);
            let is_whole = looked_at.len() == octets.len();
            let swept = if is_whole { redactor.sweep_octets(masked.as_bytes()) } else { redactor.sweep_beginning(masked.as_bytes()) };
            text = String::from_utf8_lossy(&swept).into_owned();
        }
        if text.len() <= most && looked_at.len() == octets.len() {
            return text;
        }
        let beginning: String = text.chars().take(most * 2 / 3).collect();
        format!("{beginning}… ({} octets)", octets.len())
    }
}

/// Authority and request target of an absolute URL.
fn parts(url: &str) -> (&str, &str) {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    match rest.find(['/', '?']) {
        Some(at) => rest.split_at(at),
        None => (rest, "/"),
    }
}

/// The text with the values of credentials masked, in whatever writing they follow their name: `name="v"`, `name=v`, `"name": "v"`,
/// `name%3Dv`.
fn without_values(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, name)) = first(rest) {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        out.push_str(name);
        let after = from.get(name.len()..).unwrap_or_default();
        let Some(start) = value_start(after) else {
            rest = after;
            continue;
        };
        let (sign, value) = after.split_at(start);
        out.push_str(sign);
        let is_quoted = sign.ends_with(['"', '\'']);
        let is_encoded = sign.contains('%');
        let end = value.find(|letter: char| match letter {
            '"' | '\'' => true,
            '&' | ',' | ' ' | '\n' | '\r' | '<' | ';' | '}' => !is_quoted,
            _ => false,
        });
        let mut end = end.unwrap_or(value.len());
        if is_encoded {
            end = value.find("%26").or_else(|| value.find("%2526")).unwrap_or(end).min(end);
        }
        let (value, next) = value.split_at(end);
        if !value.is_empty() {
            out.push_str(&masked(value.as_bytes()));
        }
        rest = next;
    }
    out.push_str(rest);
    out
}

/// The first name of a credential, and where.
fn first(text: &str) -> Option<(usize, &'static str)> {
    let found = SECRET.iter().filter_map(|name| Some((text.find(name)?, *name)));
    // Of two at one place, the longer.
    found.min_by_key(|(at, name)| (*at, usize::MAX - name.len()))
}

/// Where the value begins behind a name: after `=`, `:`, `%3D` and a quote.
fn value_start(after: &str) -> Option<usize> {
    let mut at = 0;
    let skip = |at: &mut usize, parts: &[&str]| {
        let rest = after.get(*at..).unwrap_or_default();
        let found = parts.iter().find(|part| rest.starts_with(**part));
        found.map(|part| *at += part.len()).is_some()
    };
    skip(&mut at, &["&quot;", "\\\"", "\"", "'"]);
    while skip(&mut at, &[" "]) {}
    if !skip(&mut at, &["=", ":", "%25253D", "%253D", "%3D", "%3d"]) {
        return None;
    }
    while skip(&mut at, &[" "]) {}
    skip(&mut at, &["&quot;", "\\\"", "\"", "'", "%22"]);
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::without_values;

    #[test]
    fn values_of_credentials_are_masked_in_every_writing() {
        for (text, kept) in [
            (
                "OAuth oauth_token=\"abc\", oauth_nonce=\"n\", oauth_signature=\"x%3D\"",
                "OAuth oauth_token=\"(3 octets)\", oauth_nonce=\"n\", oauth_signature=\"(4 octets)\"",
            ),
            ("oauth_token=abc&oauth_token_secret=de&a=1", "oauth_token=(3 octets)&oauth_token_secret=(2 octets)&a=1"),
            ("{\"oauth_token\": \"abc\", \"x\": 1}", "{\"oauth_token\": \"(3 octets)\", \"x\": 1}"),
            (
                "GET&http%3A%2F%2Fh%2F&oauth_token%3Dabc%26oauth_verifier%3Dv",
                "GET&http%3A%2F%2Fh%2F&oauth_token%3D(3 octets)%26oauth_verifier%3D(1 octets)",
            ),
            ("Location: http://c/?oauth_verifier=1234\nX: y", "Location: http://c/?oauth_verifier=(4 octets)\nX: y"),
            ("the oauth_token is missing", "the oauth_token is missing"),
            ("oauth_token", "oauth_token"),
        ] {
            assert_eq!(without_values(text), kept, "{text}");
        }
    }
}
