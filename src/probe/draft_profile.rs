//! From a finished probe a draft of a profile: what was observed and nothing else, each rule with the steps that showed it. What could not
//! be observed is left out, and listed.

use std::collections::BTreeMap;

use super::conduct::{Conducted, Hop};
use super::draft_profile_endpoint as endpoint;
use super::draft_profile_rules as rules;
use super::learnt::learnt;
use super::outcome::{Outcome, Read};
use super::plan::Plan;
use super::redaction::Redactor;
use super::step::{Edit, Step};
use crate::profile::Profile;
use crate::profile::document::{CallbackForms, Deviations, EndpointName, Lifetime, NonceScope, Source, SourceKind, State, Tokens};

/// The id of the one source that a draft has.
pub const SOURCE: &str = "probe";

/// A drafted profile.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The profile; it keeps to its own schema, and its parts agree.
    pub profile: Profile,
    /// What is not in it, and why.
    pub not_observed: Vec<(String, String)>,
}

/// One request that was answered, as a draft looks at it.
pub(super) struct Seen<'a> {
    pub(super) step: &'a Step,
    pub(super) hop: &'a Hop,
    pub(super) read: &'a Read,
    /// Takes secrets out of what is cited.
    pub(super) redactor: &'a Redactor,
}

impl Seen<'_> {
    /// Whether it was accepted or refused; neither where the answer is neither.
    pub(super) fn taken(&self) -> Option<bool> {
        match self.read.outcome {
            Outcome::Accepted => Some(true),
            Outcome::Refused => Some(false),
            _ => None,
        }
    }

    /// The step and what came of it, as a rule cites it.
    pub(super) fn citation(&self) -> String {
        let word = match self.taken() {
            Some(true) => "accepted",
            Some(false) => "refused",
            None => "neither accepted nor refused",
        };
        format!("{}: {word} with {}", self.step.id, self.read.phrase(self.redactor))
    }
}

/// Everything that was seen, of endpoints whose good requests were answered.
pub(super) struct Sight<'a> {
    pub(super) plan: &'a Plan,
    pub(super) seen: Vec<Seen<'a>>,
}

impl<'a> Sight<'a> {
    fn of(plan: &'a Plan, conducted: &'a Conducted, redactor: &'a Redactor) -> Sight<'a> {
        let mut seen: Vec<Seen<'a>> = Vec::new();
        for exchanged in &conducted.exchanged {
            let (Some(step), Some(hop)) = (plan.steps.get(exchanged.step), &exchanged.hop) else { continue };
            let Ok(read) = &hop.answer else { continue };
            // A repetition shows nothing where the first request was not accepted.
            let is_accepted = |hop: &Hop| hop.answer.as_ref().is_ok_and(|read| read.outcome == Outcome::Accepted);
            if step.id.contains("nonce") && exchanged.first.as_ref().is_some_and(|first| !is_accepted(first)) {
                continue;
            }
            seen.push(Seen { step, hop, read, redactor });
        }
        let fails =
            |name: EndpointName| seen.iter().any(|seen| seen.step.endpoint == name && seen.step.is_control && seen.taken() != Some(true));
        let failed: Vec<EndpointName> = EndpointName::ALL.into_iter().filter(|name| fails(*name)).collect();
        seen.retain(|seen| !failed.contains(&seen.step.endpoint));
        Sight { plan, seen }
    }

    /// What was seen of an endpoint.
    pub(super) fn at(&self, name: EndpointName) -> impl Iterator<Item = &Seen<'a>> {
        self.seen.iter().filter(move |seen| seen.step.endpoint == name)
    }

    /// The step of an endpoint whose id ends so, if it was accepted or refused.
    pub(super) fn find(&self, name: EndpointName, id: &str) -> Option<(&Seen<'a>, bool)> {
        let is_it = |seen: &&Seen<'a>| seen.step.id.split_once('.').is_some_and(|(_, own)| own == id);
        self.at(name).find(is_it).and_then(|seen| Some((seen, seen.taken()?)))
    }

    /// Whether a good request was answered there.
    pub(super) fn works(&self, name: EndpointName) -> bool {
        self.at(name).any(|seen| seen.step.is_control)
    }
}

/// Drafts a profile. `date` is the day of the probe, `YYYY-MM-DD`; `None` where no good request was answered at all.
#[must_use]
pub fn draft(plan: &Plan, conducted: &Conducted, redactor: &Redactor, date: &str) -> Option<Draft> {
    let sight = Sight::of(plan, conducted, redactor);
    let mut not: Vec<(String, String)> = Vec::new();
    let mut endpoints = BTreeMap::new();
    for name in EndpointName::ALL {
        if sight.works(name) {
            endpoints.insert(name, endpoint::of(&sight, name, &mut not)?);
        } else if plan.profile.endpoints.contains_key(&name) {
            let why = plan.left_out.iter().find(|left| left.what == name.as_str()).map(|left| left.why.clone());
            not.push((name.to_string(), why.unwrap_or_else(|| "no good request was answered".to_owned())));
        }
    }
    let host = plan.targets.first()?.url.split(['?', '#']).next()?.to_owned();
    let (window, nonce_per) = (window(&sight, conducted, &mut not), nonce_per(&sight, &mut not));
    let callback = callback(&sight, &mut not);
    not.push(("lifetimes".to_owned(), "it would take as long as the credentials live".to_owned()));
    let id = format!("{}draft", plan.profile.id);
    let mut profile = Profile {
        schema: None,
        format: 1,
        name: format!("{} as a probe saw it", plan.profile.name),
        state: State::Active,
        about: String::new(),
        sources: vec![Source {
            id: SOURCE.to_owned(),
            title: format!("a probe of {} by countersign {}", plan.authorities().join(", "), env!("CARGO_PKG_VERSION")),
            url: host,
            kind: SourceKind::Probe,
            read: date.to_owned(),
        }],
        timestamp_window: window.seconds,
        nonce_per: nonce_per.per.clone(),
        callback,
        realm: None,
        tokens: Tokens { temporary: Lifetime::default(), access: Lifetime::default() },
        errors: rules::errors(&sight),
        told_inside: plan.profile.told_inside.clone(),
        deviations: Deviations::default(),
        rules: Vec::new(),
        endpoints,
        id,
    };
    rules::add(&sight, &window, &nonce_per, &mut profile, &mut not);
    if profile.endpoints.is_empty() || profile.rules.is_empty() {
        return None;
    }
    not.sort();
    not.dedup();
    let listed: Vec<&str> = not.iter().map(|(what, _)| what.as_str()).collect();
    profile.about = format!("a draft: what a probe observed on {date}, and nothing else. Not observed: {}", listed.join(", "));
    Some(Draft { profile, not_observed: not })
}

/// How far from the clock a timestamp may be.
pub(super) struct Window {
    pub(super) seconds: u64,
    /// The steps that show both sides of it; none if it was not observed.
    pub(super) shown_by: Vec<String>,
    /// Whether timestamps ahead of the clock were seen to be bounded otherwise.
    pub(super) is_of_the_past: bool,
}

/// The greatest age that was taken, where a greater one was not.
fn window(sight: &Sight<'_>, conducted: &Conducted, not: &mut Vec<(String, String)>) -> Window {
    let skew = learnt(sight.plan, conducted).skew.unwrap_or_default();
    let tried: Vec<(i64, bool, &Seen<'_>)> = sight
        .seen
        .iter()
        .filter_map(|seen| match seen.step.edits.as_slice() {
            [Edit::Later(later)] if seen.step.first.is_none() => Some((*later, seen.taken()?, seen)),
            _ => None,
        })
        .collect();
    let bracket = |sign: i64| {
        let on_side = || tried.iter().filter(move |(later, ..)| later.signum() == sign);
        let taken = on_side().filter(|(_, taken, _)| *taken).max_by_key(|(later, ..)| later.abs())?;
        let refused = on_side().filter(|(later, was, _)| !was && later.abs() > taken.0.abs()).min_by_key(|(later, ..)| later.abs())?;
        Some((taken.0.saturating_sub(skew).unsigned_abs(), vec![taken.2.citation(), refused.2.citation()]))
    };
    let (past, future) = (bracket(-1), bracket(1));
    let greatest = tried.iter().filter(|(_, taken, _)| *taken).map(|(later, ..)| later.unsigned_abs()).max();
    match (past, future) {
        (Some((seconds, mut shown_by)), Some((ahead, more))) if ahead == seconds => {
            shown_by.extend(more);
            Window { seconds: seconds.max(1), shown_by, is_of_the_past: false }
        }
        (Some((seconds, shown_by)), _) => Window { seconds: seconds.max(1), shown_by, is_of_the_past: true },
        (None, _) => {
            let why = match greatest {
                Some(greatest) => format!("timestamps {greatest} seconds from the clock were taken, and none farther was refused"),
                None => "no timestamp but that of the clock was tried".to_owned(),
            };
            not.push(("timestamp_window".to_owned(), why));
            Window { seconds: greatest.unwrap_or(1).max(1), shown_by: Vec::new(), is_of_the_past: false }
        }
    }
}

/// What a nonce may not be repeated with.
pub(super) struct Nonces {
    pub(super) per: Vec<NonceScope>,
    /// The steps that show it; none if it was not observed.
    pub(super) shown_by: Vec<String>,
}

fn nonce_per(sight: &Sight<'_>, not: &mut Vec<(String, String)>) -> Nonces {
    let names = [EndpointName::RequestToken, EndpointName::Resource];
    let repeated = names.iter().find_map(|name| sight.find(*name, "oauth_nonce-repeated"));
    let next = names.iter().find_map(|name| sight.find(*name, "nonce-next-second"));
    let mut nonces = Nonces { per: vec![NonceScope::Client], shown_by: Vec::new() };
    match repeated {
        Some((seen, false)) => nonces.shown_by.push(seen.citation()),
        Some((_, true)) => not.push(("nonce_per".to_owned(), "nonces are not remembered".to_owned())),
        None => not.push(("nonce_per".to_owned(), "no nonce was repeated".to_owned())),
    }
    match next {
        Some((seen, true)) => {
            nonces.per.push(NonceScope::Timestamp);
            nonces.shown_by.extend((!nonces.shown_by.is_empty()).then(|| seen.citation()));
        }
        Some((seen, false)) => nonces.shown_by.push(seen.citation()),
        None => not.push(("nonce_per timestamp".to_owned(), "no nonce was repeated with another timestamp".to_owned())),
    }
    not.push(("nonce_per client".to_owned(), "it takes two clients".to_owned()));
    not.push(("nonce_per token".to_owned(), "it takes two tokens".to_owned()));
    nonces
}

/// What `oauth_callback` may be.
fn callback(sight: &Sight<'_>, not: &mut Vec<(String, String)>) -> CallbackForms {
    let mut forms = CallbackForms { oob: false, url: false };
    let mut is_tried = (false, false);
    for seen in sight.at(EndpointName::RequestToken).filter(|seen| seen.step.is_control || seen.step.id.contains("callback")) {
        let value = seen.hop.parameters.iter().find(|(name, _)| name == "oauth_callback").map(|(_, value)| value.as_slice());
        match (value, seen.taken()) {
            (Some(b"oob"), Some(taken)) => (forms.oob, is_tried.0) = (forms.oob || taken, true),
            (Some(value), Some(taken)) if value == super::plan::CALLBACK.as_bytes() || seen.step.is_control => {
                (forms.url, is_tried.1) = (forms.url || taken, true);
            }
            _ => {}
        }
    }
    for (tried, what) in [(is_tried.0, "callback oob"), (is_tried.1, "callback url")] {
        if !tried {
            not.push((what.to_owned(), "it was not tried".to_owned()));
        }
    }
    forms
}
