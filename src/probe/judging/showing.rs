//! What is shown of an exchange: the request and the answer as HTTP text, long values cut. Of real credentials nothing is left by which
//! somebody could act or guess: no signature, no token, no verification code, no secret in any writing.

use std::sync::Arc;

use crate::implementation::live::Outgoing;
use crate::probe::conduct::{Exchanged, Hop};
use crate::probe::outcome::Read;
use crate::probe::redaction::{Known, Redactor, masked, named};
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
            let is_secret = !self.is_open && named::field(name).is_some();
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
            let masked = named::without(text.as_bytes(), |value| !value.is_empty());
            let is_whole = looked_at.len() == octets.len();
            let swept = if is_whole { redactor.sweep_octets(&masked) } else { redactor.sweep_beginning(&masked) };
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
