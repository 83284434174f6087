//! What has changed at a provider since a recording: for each step that was asked both times, the answers are laid side by side, and what
//! counts of them is compared. Values that are new each time are not, nor is how long an answer took.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::conduct::Conducted;
use super::judging::Disclosure;
use super::outcome::{Outcome, Read};
use super::plan::Plan;
use super::record::hops;
use super::redaction::Redactor;
use super::step::Step;
use crate::implementation::live::Incoming;
use crate::judgement::{CaseRecord, ProbeFinding, Probed, ToldExchange};
use crate::profile::answer::Answer;
use crate::profile::document::EndpointName;
use crate::profile::exchange::Exchange;
use crate::profile::fixture::Fixtures;
use crate::vectors::Level;

/// Header fields of which it counts that they are there, and how they begin.
const FIELDS: [&str; 6] = ["www-authenticate", "location", "cache-control", "retry-after", "pragma", "x-content-type-options"];
/// Parameters of an answer whose values count.
const VALUES: [&str; 1] = ["oauth_callback_confirmed"];
/// The longest word of an answer that is compared, in characters.
const LONGEST: usize = 80;
/// How much of a word is read to be shown: secrets are taken out of it before it is cut.
const READ: usize = 1000;
/// How much of a word is shown.
const SHOWN: usize = 240;

/// What counts of an answer, each by its name.
type Facts = BTreeMap<&'static str, String>;

/// A recording that is read again.
#[derive(Debug, Default)]
pub struct Recorded {
    exchanges: BTreeMap<String, Exchange>,
}

impl Recorded {
    /// The exchanges of these files; those of other profiles are not looked at.
    #[must_use]
    pub fn of(files: Vec<Fixtures>, profile: &str) -> Recorded {
        let own = files.into_iter().filter(|file| file.profile == profile);
        Recorded { exchanges: own.flat_map(|file| file.cases).map(|case| (case.id, case.input)).collect() }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.exchanges.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exchanges.is_empty()
    }
}

/// What has changed.
#[derive(Debug, Default)]
pub struct Drift {
    /// A record for each step that is answered in another way, and for each that could not be asked again.
    pub records: Vec<CaseRecord>,
    /// How many steps are answered as they were.
    pub unchanged: usize,
}

/// Lays what was done beside a recording. What was not recorded cannot have changed, and what the plan does not ask is not looked at.
#[must_use]
pub fn compare(plan: &Plan, conducted: &Conducted, recorded: &Recorded, disclosure: &Disclosure) -> Drift {
    let suite: Arc<str> = format!("drift.{}", plan.profile.id).into();
    let (mut drift, known) = (Drift::default(), disclosure.known());
    for exchanged in &conducted.exchanged {
        let Some(step) = plan.steps.get(exchanged.step) else { continue };
        let now = exchanged.hop.as_ref().map(|hop| hop.answer.as_ref().ok());
        let then = recorded.exchanges.get(&step.id);
        let mut probed = probed(&suite, step, plan.steps.len() + drift.records.len());
        match (then, now) {
            (Some(then), Some(now)) => {
                let read = |answer| Read::of(&plan.profile, step.endpoint, incoming(answer));
                let before = then.response.as_ref().map(read);
                let told = |longest| {
                    let facts = |read: &Read| facts(plan, step.endpoint, read, longest);
                    (before.as_ref().map(facts), now.map(facts))
                };
                let short = told(LONGEST);
                if short.0 != short.1 {
                    probed.findings = differences(&short, &told(READ), &disclosure.redactor(&known, exchanged));
                }
                probed.is_refused = short.1.as_ref().is_some_and(|facts| facts.get("drift.outcome").is_some_and(|word| word == REFUSED));
            }
            (Some(_), None) => probed.inconclusive = Some(exchanged.not_sent.clone().unwrap_or_else(|| "it was not sent".to_owned())),
            (None, _) => continue,
        }
        if probed.findings.is_empty() && probed.inconclusive.is_none() {
            drift.unchanged += 1;
            continue;
        }
        if !probed.findings.is_empty() {
            let redactor = disclosure.redactor(&known, exchanged);
            for finding in &mut probed.findings {
                finding.because = redactor.sweep(&finding.because);
                finding.wanted = finding.wanted.as_ref().map(|wanted| redactor.sweep(wanted));
            }
            probed.exchange = hops(exchanged).pop().map(|(_, hop)| ToldExchange {
                request: disclosure.request(hop, &redactor),
                response: hop.answer.as_ref().ok().map(|read| disclosure.answer(read, &redactor)),
                documents: Vec::new(),
                advice: Some("see whether clients depend on it; record again when it is meant to stay".to_owned()),
                again: None,
            });
        }
        drift.records.push(probed.record());
    }
    drift
}

const REFUSED: &str = "refused";

fn probed(suite: &Arc<str>, step: &Step, number: usize) -> Probed {
    Probed {
        suite: Arc::clone(suite),
        id: step.id.clone(),
        title: format!("as recorded: {}", step.title),
        level: Level::Must,
        section: step.section.to_owned(),
        findings: Vec::new(),
        inconclusive: None,
        problem: None,
        is_refused: false,
        exchange: None,
        duration_us: 0,
        number: number as u64,
    }
}

/// A recorded answer as if it came in now.
fn incoming(answer: &crate::profile::exchange::Response) -> Incoming {
    Incoming {
        status: answer.status,
        headers: answer.headers.iter().map(|(name, value)| (name.clone(), value.0.clone())).collect(),
        body: answer.octets().to_vec(),
        elapsed: std::time::Duration::ZERO,
    }
}

/// What counts of an answer, each word of it so long at most.
fn facts(plan: &Plan, endpoint: EndpointName, read: &Read, longest: usize) -> Facts {
    let response = &read.response;
    let mut facts = Facts::new();
    let outcome = match &read.outcome {
        Outcome::Accepted => "accepted",
        Outcome::Refused => REFUSED,
        Outcome::ServerError => "a server error",
        Outcome::Redirected => "sent elsewhere",
        Outcome::Odd => "a good status without what belongs to it",
        Outcome::Silent(_) => "no answer",
    };
    facts.insert("drift.outcome", outcome.to_owned());
    facts.insert("drift.status", response.status.to_string());
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).trim().chars().take(longest).collect::<String>();
    let kind = response.field("content-type").map(|kind| text(kind).split(';').next().unwrap_or_default().trim().to_ascii_lowercase());
    facts.insert("drift.content-type", kind.unwrap_or_else(|| "none".to_owned()));
    let is_owners =
        read.outcome == Outcome::Accepted && matches!(endpoint, EndpointName::Resource | EndpointName::Authorize | EndpointName::Revoke);
    // What a protected resource holds changes, and is not recorded of real credentials.
    if !is_owners {
        let shape = response.told.shape.map_or("unknown", crate::profile::kinds::Shape::as_str);
        facts.insert("drift.form", shape.to_owned());
        let form = Answer::under(&plan.profile, response);
        let mut names: Vec<String> = form.parameters.iter().map(|(name, _)| text(name)).filter(|name| is_name(name)).collect();
        names.sort_unstable();
        facts.insert("drift.parameters", names.join(", "));
        for name in VALUES {
            if let Some(value) = form.value(name) {
                facts.insert("drift.value", format!("{name}={}", text(value)));
            }
        }
    }
    if let Some(problem) = &read.says.problem {
        facts.insert("drift.problem", format!("{} in the {}", text(problem.name.as_bytes()), problem.place.as_str()));
        let mut names: Vec<&str> = problem.parameters.iter().map(|(name, _)| name.as_str()).filter(|name| is_name(name)).collect();
        names.sort_unstable();
        facts.insert("drift.companions", text(names.join(", ").as_bytes()));
    }
    let fields: Vec<String> =
        FIELDS.iter().filter_map(|name| Some(format!("{name}: {}", beginning(name, response.field(name)?, longest * 3)))).collect();
    facts.insert("drift.fields", fields.join(", "));
    facts
}

/// Whether this is a name: a base string that somebody forgot to encode falls apart into names that nobody gave.
fn is_name(text: &str) -> bool {
    text.bytes().all(|octet| octet.is_ascii_alphanumeric() || matches!(octet, b'_' | b'-' | b'.'))
}

/// How a field begins, without what is new each time: the scheme of a challenge, the address without a query.
fn beginning(name: &str, value: &[u8], longest: usize) -> String {
    let text = String::from_utf8_lossy(value).chars().take(longest).collect::<String>();
    let stop = match name {
        "www-authenticate" => text.find(' '),
        "location" => text.find(['?', '#']),
        "retry-after" => Some(0),
        _ => None,
    };
    text.get(..stop.unwrap_or(text.len())).unwrap_or_default().to_owned()
}

/// Then and now.
type Both = (Option<Facts>, Option<Facts>);

/// What differs, shown out of what is known of it at length: secrets are taken out of a word before it is cut.
fn differences(compared: &Both, whole: &Both, redactor: &Redactor) -> Vec<ProbeFinding> {
    let finding = |rule: &str, then: &str, now: &str| ProbeFinding {
        rule: rule.to_owned(),
        level: Level::Must,
        wanted: Some(format!("as recorded: {then}")),
        because: format!("it was {then}, and is {now}"),
    };
    let (before, after) = match compared {
        (Some(before), Some(after)) => (before, after),
        (Some(_), None) => return vec![finding("drift.answer", "answered", "not answered")],
        (None, Some(_)) => return vec![finding("drift.answer", "not answered", "answered")],
        (None, None) => return Vec::new(),
    };
    let shown = |facts: &Option<Facts>, name: &str| match facts.as_ref().and_then(|facts| facts.get(name)).filter(|word| !word.is_empty()) {
        Some(word) => format!("\"{}\"", redactor.word(word, SHOWN)),
        None => "nothing".to_owned(),
    };
    let word = |facts: &Facts, name: &str| facts.get(name).cloned().unwrap_or_default();
    let mut names: Vec<&str> = before.keys().chain(after.keys()).copied().collect();
    names.sort_unstable();
    names.dedup();
    let changed = names.into_iter().filter(|name| word(before, name) != word(after, name));
    changed.map(|name| finding(name, &shown(&whole.0, name), &shown(&whole.1, name))).collect()
}
