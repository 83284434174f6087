//! A refusal as the provider writes it: status, problem and form are the profile's, companions those of the problem reporting extension,
//! and fields of our own say what was wrong and what to do.

use std::borrow::Cow;

use maud::{DOCTYPE, html};

use super::explanation::Explanation;
use super::http::{Reply, reason};
use super::words::cut;
use crate::profile::document::{EndpointName, ErrorAnswer, Profile};
use crate::profile::kinds::{Check, Shape};
use crate::protocol::{Buffer, Code, percent_encode};

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The public word.
    pub code: Code,
    /// One sentence for a person. One that is made for the request may repeat parts of it; one of the program's own cannot.
    pub because: Cow<'static, str>,
    /// The profile's rule that says so.
    pub rule: Option<String>,
    /// A problem other than the usual one of the code, if the provider knows it.
    pub problem: Option<&'static str>,
    /// A status other than the provider's for the code.
    pub status: Option<u16>,
    /// Parameters that are missing or too many.
    pub parameters: Vec<String>,
    /// The base string that the server computed, if it came so far.
    pub base_string: Option<Vec<u8>>,
}

impl Refused {
    pub(super) fn new(code: Code, because: impl Into<Cow<'static, str>>) -> Refused {
        Refused { code, because: because.into(), rule: None, problem: None, status: None, parameters: Vec::new(), base_string: None }
    }

    pub(super) fn naming(self, problem: &'static str) -> Refused {
        Refused { problem: Some(problem), ..self }
    }

    pub(super) fn with_status(self, status: u16) -> Refused {
        Refused { status: Some(status), ..self }
    }

    /// The sentence, and what was found out about the signature.
    #[must_use]
    pub fn advice(&self, explanation: Option<&Explanation>) -> String {
        match explanation.and_then(Explanation::sentence) {
            Some(found) => format!("{}: {found}", self.because),
            None => self.because.to_string(),
        }
    }
}

/// The longest text out of a request, or made of one, that is written into a field or a place of a body, in octets.
const LONGEST_FIELD: usize = 4096;

/// The time as both sides have it.
pub(super) struct Clocks {
    /// The server's, in seconds since 1970.
    pub(super) server: u64,
    /// The first and the last timestamp that it takes, if it refuses any.
    pub(super) window: Option<(u64, u64)>,
    /// What the client sent as `oauth_timestamp`, a number or not; empty if it sent none.
    pub(super) client: Vec<u8>,
}

/// The answer.
pub(super) fn reply(
    profile: &Profile,
    endpoint: EndpointName,
    refused: &Refused,
    explanation: Option<&Explanation>,
    clocks: &Clocks,
) -> Reply {
    let documented = profile.refusal(endpoint, refused.code);
    let problem = refused.problem.filter(|problem| knows(profile, problem)).map_or(documented.problem, str::to_owned);
    // Some providers have one word for unknown clients and refused ones.
    let is_rejected = problem == "consumer_key_unknown" && !knows(profile, &problem) && knows(profile, "consumer_key_rejected");
    let problem = if is_rejected { "consumer_key_rejected".to_owned() } else { problem };
    let status = refused.status.unwrap_or(documented.status);
    let shape = shape(profile, endpoint, &problem).unwrap_or(documented.shape);
    let advice = refused.advice(explanation);
    let mut said = vec![("oauth_problem", problem.clone())];
    said.extend(companions(refused, &problem, clocks.window));
    said.push(("oauth_problem_advice", advice.clone()));
    // What has a status of its own is not what the provider answers to a fault of this sort.
    let own = profile.error_answer(endpoint, refused.code).filter(|_| refused.status.is_none());
    let own = own.and_then(|answer| own_answer(answer, status, refused, clocks));
    let has_own = own.is_some();
    let mut reply = own.unwrap_or_else(|| match shape {
        Shape::Html => Reply::new(status, "text/html;charset=utf-8", page(status, &said)),
        Shape::Xml => Reply::new(status, "application/xml; charset=utf-8", xml(profile, &problem, &advice)),
        Shape::Json => Reply::new(status, "application/json", json(profile, &problem, &advice)),
        Shape::Text => Reply::new(status, "text/plain;charset=utf-8", format!("oauth_problem={problem}: {advice}")),
        Shape::Form => Reply::new(status, "application/x-www-form-urlencoded", form(&said)),
        Shape::Empty => Reply::untyped(status, Vec::new()),
    });
    let quoted = |(name, value): &(&str, String)| format!("{name}=\"{}\"", encoded(value));
    let realm = profile.realm.clone().unwrap_or_else(|| profile.id.clone()).replace(['"', '\\'], "");
    // A provider with words of its own names no problem; what is advised is ours.
    let challenged = said.iter().filter(|(name, _)| !has_own || *name == "oauth_problem_advice").map(quoted);
    let challenge = std::iter::once(format!("realm=\"{realm}\"")).chain(challenged).collect::<Vec<_>>().join(", ");
    reply = reply.with("WWW-Authenticate", format!("OAuth {challenge}"));
    reply = reply.with("X-Countersign-Refused", refused.code.as_str()).with("X-Countersign-Because", field_text(&refused.because));
    if let Some(rule) = &refused.rule {
        reply = reply.with("X-Countersign-Rule", field_text(rule));
    }
    if let Some(base_string) = refused.base_string.as_ref().filter(|text| text.len() <= LONGEST_FIELD) {
        reply = reply.with("X-Countersign-Base-String", base_string);
    }
    if let Some(explanation) = explanation {
        reply = reply.with("X-Countersign-Diagnosis", field_text(&explanation.word()));
        if let Some(fix) = explanation.fix() {
            reply = reply.with("X-Countersign-Fix", field_text(&fix));
        }
        if let Some(base_string) = explanation.base_string.as_ref().filter(|text| text.len() <= LONGEST_FIELD) {
            reply = reply.with("X-Countersign-Client-Base-String", base_string);
        }
    }
    reply
}

/// The provider's own body, its places filled; `None` if it is not known.
fn own_answer(answer: &ErrorAnswer, status: u16, refused: &Refused, clocks: &Clocks) -> Option<Reply> {
    let body = answer.body.as_ref()?;
    let shape = answer.shape.unwrap_or(Shape::Text);
    let base_string = refused.base_string.as_ref().filter(|text| text.len() <= LONGEST_FIELD);
    let base_string = base_string.map(|text| String::from_utf8_lossy(text).into_owned()).unwrap_or_default();
    let filled = [
        ("{because}", escaped(shape, &refused.because)),
        ("{parameters}", escaped(shape, &refused.parameters.join(", "))),
        // Those who tell it in a form leave its two ampersands as they are (`debug_sbs`).
        ("{base_string}", if shape == Shape::Form { base_string } else { escaped(shape, &base_string) }),
        ("{timestamp}", escaped(shape, &String::from_utf8_lossy(&cut(&clocks.client, LONGEST_FIELD)))),
        ("{now}", clocks.server.to_string()),
    ];
    let mut text = String::new();
    let mut rest = body.as_str();
    while let Some((at, (place, value))) = filled.iter().filter_map(|known| Some((rest.find(known.0)?, known))).min_by_key(|(at, _)| *at) {
        text.push_str(rest.get(..at).unwrap_or_default());
        text.push_str(value);
        rest = rest.get(at + place.len()..).unwrap_or_default();
    }
    text.push_str(rest);
    let content_type = answer.content_type.clone().unwrap_or_else(|| usual_type(shape).to_owned());
    Some(Reply::untyped(status, text).with("Content-Type", content_type))
}

const fn usual_type(shape: Shape) -> &'static str {
    match shape {
        Shape::Html => "text/html;charset=utf-8",
        Shape::Xml => "application/xml; charset=utf-8",
        Shape::Json => "application/json",
        Shape::Form => "application/x-www-form-urlencoded",
        Shape::Text | Shape::Empty => "text/plain;charset=utf-8",
    }
}

/// A text as it may stand inside a body of this form.
fn escaped(shape: Shape, text: &str) -> String {
    match shape {
        Shape::Html | Shape::Xml => crate::sandbox::words::xml(text),
        Shape::Json => {
            let quoted = serde_json::Value::from(text).to_string();
            quoted.get(1..quoted.len().saturating_sub(1)).unwrap_or_default().to_owned()
        }
        Shape::Form => encoded(text),
        Shape::Text | Shape::Empty => text.chars().map(|letter| if letter.is_control() { '?' } else { letter }).collect(),
    }
}

/// A field's text in ASCII: what is beyond it differs between readers.
fn field_text(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_ascii_graphic() || letter == ' ' { letter.to_string() } else { letter.escape_unicode().to_string() })
        .collect()
}

/// Whether the provider's documentation has this problem.
fn knows(profile: &Profile, problem: &str) -> bool {
    let in_rule = profile.rules.iter().any(|rule| match &rule.check {
        Check::Problem { one_of } => one_of.iter().any(|known| known == problem),
        _ => false,
    });
    in_rule || profile.errors.iter().any(|error| error.problems.iter().any(|known| known == problem))
}

/// The form of an error where the profile has no rule for it: that of an answer that was seen, at a resource one for programs if there is.
fn shape(profile: &Profile, endpoint: EndpointName, problem: &str) -> Option<Shape> {
    let is_rule = |check: &Check| matches!(check, Check::ErrorShape { .. });
    if profile.rules.iter().any(|rule| rule.endpoints.contains(&endpoint) && is_rule(&rule.check)) {
        return None;
    }
    let for_programs = profile.errors.iter().filter_map(|error| error.shape).find(|shape| matches!(shape, Shape::Xml | Shape::Json));
    let seen = || profile.errors.iter().find(|error| error.problems.iter().any(|known| known == problem)).and_then(|error| error.shape);
    for_programs.filter(|_| endpoint == EndpointName::Resource).or_else(seen)
}

fn companions(refused: &Refused, problem: &str, window: Option<(u64, u64)>) -> Option<(&'static str, String)> {
    let names = || refused.parameters.iter().map(|name| encoded(name)).collect::<Vec<_>>().join("&");
    match problem {
        "version_rejected" => Some(("oauth_acceptable_versions", "1.0-1.0".to_owned())),
        "timestamp_refused" => window.map(|(first, last)| ("oauth_acceptable_timestamps", format!("{first}-{last}"))),
        "parameter_absent" if !refused.parameters.is_empty() => Some(("oauth_parameters_absent", names())),
        "parameter_rejected" if !refused.parameters.is_empty() => Some(("oauth_parameters_rejected", names())),
        _ => None,
    }
}

/// As a servlet container writes it: the problem in the status line's text, companions after commas.
fn page(status: u16, said: &[(&str, String)]) -> String {
    let (told, advice): (Vec<_>, Vec<_>) = said.iter().partition(|(name, _)| *name != "oauth_problem_advice");
    let told = told.into_iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(",");
    html! {
        (DOCTYPE)
        html {
            head { title { "Error report" } }
            body {
                h1 { "HTTP Status " (status) " - " (told) }
                p { b { "type" } " Status report" }
                p { b { "message" } " " u { (told) } }
                p { b { "description" } " " u { (reason(status)) " (" (told) ")." } }
                @for (name, value) in advice {
                    p { b { (name) } " " (value) }
                }
            }
        }
    }
    .into_string()
}

fn xml(profile: &Profile, problem: &str, advice: &str) -> String {
    let name = crate::sandbox::words::tag(&profile.id);
    let text = crate::sandbox::words::xml(&format!(
        "Please provide valid credentials. OAuth oauth_problem=\"{problem}\", realm=\"{}.com\", oauth_problem_advice=\"{}\"",
        profile.id,
        advice.replace('"', "'")
    ));
    format!(
        "<?xml version='1.0' encoding='UTF-8'?>\n<{name}:error xmlns:{name}='urn:countersign:{name}' xml:lang='en-US'>\n  \
         <{name}:description>{text}</{name}:description>\n</{name}:error>\n"
    )
}

fn json(profile: &Profile, problem: &str, advice: &str) -> String {
    let text = format!("OAuth oauth_problem=\"{problem}\", realm=\"{}\"", profile.id);
    serde_json::json!({ "error": { "lang": "en-US", "description": text, "advice": advice } }).to_string()
}

/// Names and values as a form.
pub(super) fn form(said: &[(&str, String)]) -> String {
    said.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect::<Vec<_>>().join("&")
}

/// Percent-encoded by RFC 5849 section 3.6.
pub(super) fn encoded(text: &str) -> String {
    let mut out = Buffer::default();
    percent_encode(text.as_bytes(), &mut out);
    String::from_utf8_lossy(&out).into_owned()
}
