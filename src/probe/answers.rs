//! What is wrong with an answer whatever was asked: credentials that have two readings or cannot be used, secrets that are told again,
//! octets that harm whoever looks at them. A profile's own rules are put to it elsewhere.

use super::catalogue::written::MARKUP;
use super::conduct::Hop;
use super::draft::encoded;
use super::means::Means;
use super::outcome::{Outcome, Read};
use super::redaction::Redactor;
use crate::profile::Profile;
use crate::profile::answer::Answer;
use crate::profile::document::{EndpointName, SuccessFormat};
use crate::profile::kinds::Check;
use crate::protocol::encoding::has_broken_escape;
use crate::vectors::Level;

/// Something that is wrong, or odd, with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// Its name: `answer.parameter-twice`.
    pub id: &'static str,
    /// How much it matters.
    pub level: Level,
    /// What is wrong, without secrets.
    pub because: String,
    /// The clause behind it.
    pub section: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

const fn note(id: &'static str, level: Level, because: String, section: &'static str, advice: &'static str) -> Note {
    Note { id, level, because, section, advice }
}

/// More parameters than anybody needs.
const MANY: usize = 500;
/// How far timestamps may be away where nothing is said of it, in seconds: what most providers take.
const USUAL_WINDOW: u64 = 300;
/// Longer identifiers than databases and headers hold.
const LONG: usize = 4096;

/// Everything that is wrong with an answer.
#[must_use]
pub fn notes(profile: &Profile, hop: &Hop, read: &Read, means: &Means, redactor: &Redactor) -> Vec<Note> {
    let (mut notes, name) = (Vec::new(), hop.endpoint);
    clock(profile, hop, read, &mut notes);
    octets(read, redactor, &mut notes);
    secrets(read, means, &mut notes);
    let gives = profile.endpoints.get(&name).is_some_and(|endpoint| endpoint.response.format == SuccessFormat::Form);
    if gives && (200..300).contains(&read.response.status) {
        credentials(profile, name, read, redactor, &mut notes);
    }
    if name == EndpointName::Authorize && read.outcome == Outcome::Accepted {
        callback(read, &mut notes);
    }
    notes
}

/// A Date that is further away than timestamps may be. Of what is refused, the cause says so.
fn clock(profile: &Profile, hop: &Hop, read: &Read, notes: &mut Vec<Note>) {
    let Some(server) = read.says.server_time.filter(|_| read.outcome == Outcome::Accepted) else { return };
    let window = if profile.timestamp_window == 0 { USUAL_WINDOW } else { profile.timestamp_window };
    let away = server.abs_diff(hop.at);
    if away > window {
        let side = if server > hop.at { "ahead of" } else { "behind" };
        let because = format!(
            "its Date is {away} s {side} this machine's clock, further than the {window} s that timestamps may be away: a client that sets its \
             clock by it is refused by a server whose clock is right"
        );
        notes.push(note("answer.date-away", Level::Interop, because, "3.3", "see which of the two clocks is right, and set the other"));
    }
}

/// What harms a terminal, a log or a client that reads it.
fn octets(read: &Read, redactor: &Redactor, notes: &mut Vec<Note>) {
    let control = |octet: &u8| matches!(octet, 0..=8 | 10..=31 | 127);
    if let Some((field, _)) = read.response.headers.iter().find(|(_, value)| value.0.iter().any(control)) {
        let because = format!("the header field {} holds control characters", shown(field, redactor));
        notes.push(note("answer.field-control", Level::Must, because, "3.2", "take control characters out of header fields"));
    }
    if read.response.field("x-injected").is_some() {
        let because = "a line break that was sent in a parameter became a header field of the answer".to_owned();
        notes.push(note(
            "answer.header-injected",
            Level::Must,
            because,
            "4.11",
            "never write a parameter into a header field undecoded line breaks and all",
        ));
    }
    let body = read.response.octets();
    if body.iter().any(|octet| matches!(octet, 0..=8 | 11 | 12 | 14..=31 | 127)) && read.response.status >= 400 {
        let because = "the error's text holds control characters, which terminals obey".to_owned();
        notes.push(note("answer.text-control", Level::Interop, because, "3.2", "escape what an error repeats of a request"));
    }
    let is_page = read.response.field("content-type").is_some_and(|kind| kind.to_ascii_lowercase().windows(4).any(|part| part == b"html"));
    if is_page && contains(body, MARKUP.as_bytes()) {
        let because = "the page repeats markup of the request as markup".to_owned();
        notes.push(note("AV-S46", Level::Must, because, "4.11", "escape what a page repeats of a request"));
    }
}

/// A secret that the answer tells again.
fn secrets(read: &Read, means: &Means, notes: &mut Vec<Note>) {
    let Some(secret) = means.secret.as_ref().map(|secret| secret.expose()).filter(|secret| secret.len() >= 8) else { return };
    let body = read.response.octets();
    let in_fields = || read.response.headers.iter().any(|(_, value)| contains(&value.0, secret));
    if contains(body, secret) || contains(body, encoded(secret).as_bytes()) || in_fields() {
        let because = "the answer holds the client's secret".to_owned();
        notes.push(note(
            "answer.secret-told",
            Level::Must,
            because,
            "4.5",
            "never write a secret into an answer: explain with the base string alone",
        ));
    }
}

/// Credentials in a form (sections 2.1 and 2.3).
fn credentials(profile: &Profile, name: EndpointName, read: &Read, redactor: &Redactor, notes: &mut Vec<Note>) {
    let body = read.response.octets();
    let answer = Answer::of(&read.response);
    let mut add = |id, level, because: String, section, advice| notes.push(note(id, level, because, section, advice));
    if body.starts_with(b"\xef\xbb\xbf") {
        add(
            "answer.byte-order-mark",
            Level::Must,
            "a byte order mark stands before the form".to_owned(),
            "2.1",
            "send the form without a byte order mark: it becomes a part of the first name",
        );
    }
    if body.last().is_some_and(u8::is_ascii_whitespace) {
        add(
            "answer.line-end",
            Level::Should,
            "white space stands behind the form, and clients take it for a part of the last value".to_owned(),
            "2.1",
            "end the body with the form",
        );
    }
    if answer.looks_like_form && has_broken_escape(body) {
        add(
            "answer.escape-broken",
            Level::Must,
            "a percent sign without two hexadecimal digits".to_owned(),
            "2.1",
            "encode a percent sign as %25",
        );
    }
    if answer.count > MANY {
        let read = answer.parameters.len();
        let rest = if answer.count > read { format!(", of which the first {read} are looked at") } else { String::new() };
        let because = format!("the answer has {} parameters{rest}", answer.count);
        add("answer.parameters-many", Level::Should, because, "2.1", "send what is documented");
    }
    for known in ["oauth_token", "oauth_token_secret", "oauth_callback_confirmed"] {
        let values: Vec<&Vec<u8>> = answer.parameters.iter().filter(|(name, _)| name == known.as_bytes()).map(|(_, value)| value).collect();
        if values.len() > 1 {
            add(
                "answer.parameter-twice",
                Level::Must,
                format!("{known} stands there {} times", values.len()),
                "2.1",
                "send each parameter once: clients differ in which one they take",
            );
        }
        let Some(value) = values.first().filter(|_| known != "oauth_callback_confirmed") else { continue };
        if value.iter().any(u8::is_ascii_control) {
            add(
                "answer.token-control",
                Level::Must,
                format!("{known} holds control characters"),
                "2.1",
                "make tokens of letters and digits: a line break in one becomes a header field of careless clients",
            );
        } else if std::str::from_utf8(value).is_err() {
            add("answer.not-utf8", Level::Should, format!("{known} is not UTF-8"), "3.6", "make tokens of letters and digits");
        } else if value.iter().any(|octet| !octet.is_ascii_graphic() || matches!(octet, b'&' | b'"' | b'<' | b'>')) {
            add(
                "answer.token-special",
                Level::Interop,
                format!("{known} holds blanks, ampersands or characters beyond ASCII, which many clients encode wrongly"),
                "3.6",
                "make tokens of letters and digits",
            );
        }
        if value.len() > LONG {
            add(
                "answer.token-long",
                Level::Should,
                format!("{known} has {} octets", value.len()),
                "2.1",
                "keep tokens short: they travel in header fields",
            );
        }
    }
    let documented = profile.endpoints.get(&name).map(|endpoint| endpoint.response.parameters.as_slice()).unwrap_or_default();
    let others: Vec<String> = answer
        .parameters
        .iter()
        .filter(|(name, _)| !documented.iter().any(|parameter| parameter.name.as_bytes() == name) && !name.starts_with(b"oauth_problem"))
        .map(|(name, _)| shown(&String::from_utf8_lossy(name), redactor))
        .take(3)
        .collect();
    if !others.is_empty() {
        let because = format!("parameters that are not documented: {}", others.join(", "));
        add("answer.parameter-unknown", Level::Interop, because, "2.1", "document it, if clients shall use it");
    }
    if read.outcome != Outcome::Accepted {
        return;
    }
    match answer.value("oauth_token_secret") {
        None => add(
            "answer.secret-missing",
            Level::Must,
            "the answer has no oauth_token_secret".to_owned(),
            "2.1",
            "send oauth_token_secret beside oauth_token",
        ),
        Some([]) => add(
            "answer.secret-empty",
            Level::Should,
            "oauth_token_secret is empty".to_owned(),
            "2.1",
            "give every token a secret: without one the client's alone signs",
        ),
        Some(_) => {}
    }
    let speaks_of_type = profile.rules.iter().any(|rule| rule.endpoints.contains(&name) && matches!(rule.check, Check::ContentType { .. }));
    let kind = read.response.field("content-type").unwrap_or_default();
    let essence = kind.split(|octet| *octet == b';').next().unwrap_or_default().trim_ascii();
    let own = profile.endpoints.get(&name).and_then(|endpoint| endpoint.response.content_type.as_deref());
    let usual = own.unwrap_or("application/x-www-form-urlencoded");
    if !speaks_of_type && !essence.eq_ignore_ascii_case(usual.as_bytes()) {
        let sent = if essence.is_empty() { "missing".to_owned() } else { shown(&String::from_utf8_lossy(essence), redactor) };
        add("answer.media-type", Level::Should, format!("the media type is {sent}"), "2.1", "send application/x-www-form-urlencoded");
    }
    let status = profile.endpoints.get(&name).map_or(200, |endpoint| endpoint.response.status);
    if read.response.status != status {
        add(
            "answer.status",
            Level::Should,
            format!("the status is {}, not {status}", read.response.status),
            "2.1",
            "answer with the documented status",
        );
    }
    let confirms = documented.iter().any(|parameter| parameter.name == "oauth_callback_confirmed" && !parameter.optional);
    let is_ruled = profile.rules.iter().any(|rule| rule.endpoints.contains(&name) && matches!(rule.check, Check::CallbackConfirmed { .. }));
    if confirms && !is_ruled && answer.value("oauth_callback_confirmed") != Some(b"true") {
        add("AV-S38", Level::Must, "oauth_callback_confirmed is not true".to_owned(), "2.1", "send oauth_callback_confirmed=true");
    }
}

/// The way back to the client (section 2.2).
fn callback(read: &Read, notes: &mut Vec<Note>) {
    let answer = Answer::of(&read.response);
    let Some(query) = answer.location().and_then(|location| location.split('#').next()?.split_once('?')).map(|(_, query)| query) else {
        return;
    };
    for name in ["oauth_token", "oauth_verifier"] {
        let times = query.split('&').filter(|pair| pair.split('=').next() == Some(name)).count();
        if times > 1 {
            let because = format!("the callback gets {name} {times} times");
            notes.push(note(
                "answer.parameter-twice",
                Level::Must,
                because,
                "2.2",
                "send each parameter once: clients differ in which one they take",
            ));
        }
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    !part.is_empty() && memchr::memmem::find(text, part).is_some()
}

/// A name of somebody else's, as it may stand in a sentence.
fn shown(text: &str, redactor: &Redactor) -> String {
    format!("\"{}\"", redactor.word(text, 60).escape_debug())
}
