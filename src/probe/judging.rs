//! What was done, judged: each step's answer by the profile's rules, by what must come of the step, and by what is wrong with any answer.
//! What leans on a good request that was not answered is inconclusive.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::answers::{self, Note};
use super::causes::{self, Shown};
use super::conduct::{Conducted, Exchanged, Hop};
use super::means::{Means, Pair};
use super::outcome::{Outcome, Read};
use super::plan::Plan;
use super::redaction::{Known, Redactor};
use super::step::{Presents, Step, Wanted};
use crate::implementation::live::Trouble;
use crate::judgement::{CaseRecord, Probed, ToldExchange};
use crate::profile::answer::Answer;
use crate::profile::document::{EndpointName, TokenType};
use crate::profile::exchange::{Client, Exchange, Octets, SentRequest, Token};
use crate::profile::fixture::ExpectedProblem;
use crate::profile::{self, Outcome as Kept, Party, assess};
use crate::vectors::Level;

mod documents;
mod found;
mod showing;
mod speaking;

pub use documents::document;
pub use showing::Disclosure;

use found::Found;
use speaking::speaks;

/// A finished probe.
#[derive(Debug)]
pub struct Judged {
    /// One record a step that was reached, in the order of the plan.
    pub records: Vec<CaseRecord>,
    /// The records that follow from a failure of the network, not of the provider.
    pub is_network: bool,
    /// Whether somebody interrupted before all was judged.
    pub is_interrupted: bool,
}

/// Judges everything that was done. What is shown of it holds no secrets, unless it may.
#[must_use]
pub fn judge(plan: &Plan, means: &Means, conducted: &Conducted, disclosure: &Disclosure) -> Judged {
    judge_until(plan, means, conducted, disclosure, &|| false)
}

/// The same, unless somebody interrupts: what a server answers decides how long it takes.
#[must_use]
pub fn judge_until(plan: &Plan, means: &Means, conducted: &Conducted, disclosure: &Disclosure, interrupted: &dyn Fn() -> bool) -> Judged {
    let (controls, known) = (controls(plan, conducted), disclosure.known());
    let shown = Shown::until(interrupted);
    let mut judge = Judge { plan, means, conducted, disclosure, known, controls, shown, told: BTreeMap::new() };
    judge.told = judge.first_controls();
    let (mut records, mut is_interrupted) = (Vec::new(), false);
    for exchanged in &conducted.exchanged {
        is_interrupted = interrupted();
        if is_interrupted {
            break;
        }
        let Some(step) = plan.steps.get(exchanged.step) else { continue };
        records.push(judge.step(step, exchanged).record());
    }
    let is_network = conducted.exchanged.iter().filter_map(|exchanged| exchanged.hop.as_ref()?.answer.as_ref().err()).any(is_network);
    Judged { records, is_network, is_interrupted }
}

/// Whether the network is to blame, or a server that does not answer.
const fn is_network(trouble: &Trouble) -> bool {
    !matches!(trouble, Trouble::NotHttp(_) | Trouble::TooLarge(..) | Trouble::TooMany(..) | Trouble::Body(_))
}

/// The good requests of an endpoint: the first that was not answered as one, or that all were.
#[derive(Clone, Debug)]
enum Controls {
    Passed,
    Failed(String),
}

fn controls(plan: &Plan, conducted: &Conducted) -> BTreeMap<EndpointName, Controls> {
    let mut controls = BTreeMap::new();
    for exchanged in &conducted.exchanged {
        let Some(step) = plan.steps.get(exchanged.step).filter(|step| step.is_control) else { continue };
        let outcome = exchanged.hop.as_ref().map(outcome);
        let state = match outcome {
            Some(Outcome::Accepted) => Controls::Passed,
            _ => Controls::Failed(step.id.clone()),
        };
        let known = controls.entry(step.endpoint).or_insert(Controls::Passed);
        if matches!(known, Controls::Passed) {
            *known = state;
        }
    }
    controls
}

fn outcome(hop: &Hop) -> Outcome {
    match &hop.answer {
        Ok(read) => read.outcome.clone(),
        Err(trouble) => Outcome::Silent(trouble.clone()),
    }
}

struct Judge<'a> {
    plan: &'a Plan,
    means: &'a Means,
    conducted: &'a Conducted,
    disclosure: &'a Disclosure,
    /// What is looked for in every text.
    known: Arc<Known>,
    controls: BTreeMap<EndpointName, Controls>,
    /// What servers show of their derivations.
    shown: Shown<'a>,
    /// The first good request of each endpoint by its place in the plan, with the rules that its answer breaks.
    told: BTreeMap<EndpointName, (usize, Vec<String>)>,
}

impl Judge<'_> {
    fn first_controls(&self) -> BTreeMap<EndpointName, (usize, Vec<String>)> {
        let mut told = BTreeMap::new();
        for exchanged in &self.conducted.exchanged {
            let Some(step) = self.plan.steps.get(exchanged.step).filter(|step| step.is_control) else { continue };
            told.entry(step.endpoint).or_insert_with(|| {
                let findings = self.step(step, exchanged).findings;
                (exchanged.step, findings.into_iter().map(|finding| finding.rule).collect())
            });
        }
        told
    }

    /// Whether the first good request has told it: what is wrong with every answer is one finding.
    fn is_told(&self, step: &Step, exchanged: &Exchanged, rule: &str) -> bool {
        let first = self.told.get(&step.endpoint).filter(|(number, _)| *number != exchanged.step);
        first.is_some_and(|(_, rules)| rules.iter().any(|known| known == rule))
    }

    fn step(&self, step: &Step, exchanged: &Exchanged) -> Probed {
        let read = exchanged.hop.as_ref().and_then(|hop| hop.answer.as_ref().ok());
        let mut found = Found::default();
        let redactor = self.disclosure.redactor(&self.known, exchanged);
        match (&exchanged.hop, read) {
            (None, _) => found.inconclusive = Some(exchanged.not_sent.clone().unwrap_or_else(|| "the run was stopped".to_owned())),
            (Some(hop), None) => self.silent(step, hop, &mut found),
            (Some(hop), Some(read)) => self.answered(step, exchanged, (hop, read), &redactor, &mut found),
        }
        if step.is_control && step.endpoint == EndpointName::Authorize {
            self.repeated(&mut found);
        }
        self.lean(step, read, &mut found);
        let rules: Vec<&str> =
            found.findings.iter().map(|finding| finding.rule.as_str()).chain(step.checks.iter().map(String::as_str)).collect();
        let exchange = exchanged.hop.as_ref().map(|hop| ToldExchange {
            request: self.disclosure.request(hop, &redactor),
            response: read.map(|read| self.disclosure.answer(read, &redactor)),
            documents: documents::of(self.plan, &rules, step.section),
            advice: found.advice.clone(),
            again: self.disclosure.again.as_ref().map(|again| format!("{again} --step {}", step.id)),
        });
        for finding in &mut found.findings {
            finding.because = redactor.sweep(&finding.because);
        }
        Probed {
            suite: format!("probe.{}", self.plan.profile.id).into(),
            id: step.id.clone(),
            title: step.title.clone(),
            level: step.severity,
            section: step.section.to_owned(),
            findings: found.findings,
            inconclusive: found.inconclusive,
            problem: read.and_then(|read| problem(read, &redactor)),
            is_refused: read.is_some_and(|read| read.outcome == Outcome::Refused),
            exchange,
            duration_us: read.map_or(0, |read| u64::try_from(read.elapsed.as_micros()).unwrap_or(u64::MAX)),
            number: exchanged.step as u64,
        }
    }

    /// There was no whole answer.
    fn silent(&self, step: &Step, hop: &Hop, found: &mut Found) {
        let Err(trouble) = &hop.answer else { return };
        let cause = causes::of_trouble(trouble);
        if step.is_control || !is_network(trouble) {
            return found.add(cause.id, Level::Must, Some(step.wanted.as_str()), cause.because, Some(cause.advice));
        }
        // Of several requests at the same time, some may not be taken.
        if step.at_once == 0 && matches!(trouble, Trouble::Cut(_) | Trouble::Late(_)) && self.has_passed(step.endpoint) {
            // A server that answers good requests fails at this one.
            let id = step.checks.first().cloned().unwrap_or_default();
            let because = format!("there was no whole answer: {}", cause.because);
            return found.add(
                id,
                Level::Must,
                Some(step.wanted.as_str()),
                because,
                Some("see the server's log: the request must not end its work".to_owned()),
            );
        }
        found.inconclusive = Some(format!("there was no whole answer: {}", cause.because));
    }

    fn answered(&self, step: &Step, exchanged: &Exchanged, (hop, read): (&Hop, &Read), redactor: &Redactor, found: &mut Found) {
        self.own(step, exchanged, (hop, read), redactor, found);
        let own = !found.findings.is_empty();
        for note in answers::notes(&self.plan.profile, hop, read, self.means, redactor) {
            let Note { id, level, because, advice, .. } = note;
            if self.is_told(step, exchanged, id) {
                continue;
            }
            found.add(id, level, None, because, Some(advice.to_owned()));
        }
        let exchange = self.exchange(step, exchanged, hop, read);
        for (rule, outcome) in assess(&self.plan.profile, &exchange) {
            let Kept::Broken(finding) = outcome else { continue };
            // What the client did wrong, it did on purpose.
            if finding.by != Party::Provider || !speaks(&rule.check, step, own) || self.is_told(step, exchanged, &rule.id) {
                continue;
            }
            let level = match finding.level {
                profile::Level::Must => Level::Must,
                profile::Level::Should => Level::Should,
                profile::Level::Info => Level::Interop,
            };
            found.add(finding.rule, level, None, finding.because, None);
        }
    }

    /// What must come of the step itself.
    fn own(&self, step: &Step, exchanged: &Exchanged, (hop, read): (&Hop, &Read), redactor: &Redactor, found: &mut Found) {
        let id = step.checks.first().cloned().unwrap_or_else(|| "RFC5849".to_owned());
        let wanted = Some(step.wanted.as_str());
        let failed = |found: &mut Found| {
            let because =
                format!("the answer is {}: what a client does wrong is answered with a status of 400 to 499", read.phrase(redactor));
            let id = if step.wanted == Wanted::NoServerError { id.clone() } else { "answer.server-error".to_owned() };
            found.add(id, Level::Must, wanted, because, Some("catch what is wrong with a request and refuse it".to_owned()));
        };
        match (step.wanted, &read.outcome) {
            (Wanted::Accepted, Outcome::Accepted) => self.callback_ignored(step, read, found),
            (Wanted::Accepted, _) if step.is_control => {
                let cause =
                    causes::of_answer(&self.plan.profile, (hop, read), self.means, exchanged.presented.as_ref(), &self.shown, redactor);
                found.add(cause.id, Level::Must, wanted, cause.because, Some(cause.advice));
            }
            (Wanted::Accepted, _) => {
                let because = format!("it was not accepted ({}): {}", read.phrase(redactor), step.title);
                found.add(id, step.severity, wanted, because, Some("accept every writing of the same request".to_owned()));
            }
            (Wanted::Refused(_) | Wanted::Either | Wanted::NoServerError, Outcome::ServerError) => failed(found),
            (Wanted::Refused(code), Outcome::Accepted) => {
                if step.first.is_some() && !self.first_passed(exchanged) {
                    found.inconclusive = Some("the first of the two requests was not accepted".to_owned());
                    return;
                }
                let times = if exchanged.accepted > 1 { format!(" {} times", exchanged.accepted) } else { String::new() };
                let because = format!("it was accepted{times} ({}): {}", read.phrase(redactor), step.title);
                found.add(id, step.severity, wanted, because, code.and_then(documents::advice).map(str::to_owned));
            }
            (Wanted::Refused(_), Outcome::Odd) => {
                let because = format!("it is refused with status {}, which says that all is well", read.response.status);
                found.add(
                    "answer.refusal-status",
                    Level::Should,
                    wanted,
                    because,
                    Some("refuse with a status of 400 or 401 (RFC 5849 section 3.2)".to_owned()),
                );
            }
            (Wanted::Refused(_), Outcome::Redirected) => found.inconclusive = Some("the answer sends elsewhere".to_owned()),
            (Wanted::Refused(_), Outcome::Refused) if step.first.is_some() && !self.first_passed(exchanged) => {
                found.inconclusive = Some("the first of the two requests was refused too".to_owned());
            }
            _ => {}
        }
    }

    fn first_passed(&self, exchanged: &Exchanged) -> bool {
        exchanged.first.as_ref().is_some_and(|hop| outcome(hop) == Outcome::Accepted)
    }

    /// The user is sent to the callback that was signed, whatever the authorization URL says.
    fn callback_ignored(&self, step: &Step, read: &Read, found: &mut Found) {
        if step.endpoint != EndpointName::Authorize {
            return;
        }
        let answer = Answer::of(&read.response);
        let (Some(location), Some(callback)) = (answer.location(), self.plan.callback.as_deref()) else { return };
        if callback != "oob" && !location.starts_with(callback) {
            let id = step.checks.last().cloned().unwrap_or_default();
            let id = if step.is_control { "auth.callback".to_owned() } else { id };
            let because = "the user is not sent to the callback that was signed";
            let advice = "take the callback of the signed request alone (RFC 5849 section 2.1, OAuth advisory 2009-1)";
            found.add(id, Level::Must, None, because, Some(advice.to_owned()));
        }
    }

    /// Codes and tokens that come twice can be guessed.
    fn repeated(&self, found: &mut Found) {
        let mut codes: Vec<Vec<u8>> = Vec::new();
        let hops = self.conducted.exchanged.iter().flat_map(|exchanged| exchanged.errands.iter().chain(&exchanged.hop));
        for hop in hops.filter(|hop| hop.endpoint == EndpointName::Authorize) {
            let Ok(read) = &hop.answer else { continue };
            if let Some(code) = super::login::verifier(read) {
                if codes.contains(&code) {
                    let because = "two authorizations gave the same verification code";
                    let advice = "make every code out of fresh randomness (RFC 5849 section 2.2)";
                    return found.add("auth.verifier-repeated", Level::Must, None, because, Some(advice.to_owned()));
                }
                codes.push(code);
            }
        }
    }

    /// Whether what was seen proves anything: it leans on the good requests of its endpoint.
    fn lean(&self, step: &Step, read: Option<&Read>, found: &mut Found) {
        if step.is_control {
            return;
        }
        let Some(Controls::Failed(control)) = self.controls.get(&step.endpoint) else { return };
        let is_taken = matches!(step.wanted, Wanted::Refused(_)) && read.is_some_and(|read| read.outcome == Outcome::Accepted);
        // A bad request that was accepted is one, whatever becomes of good ones.
        if !is_taken {
            found.findings.clear();
            found.inconclusive = Some(format!("its control {control} was not answered as a good request"));
        }
    }

    fn has_passed(&self, name: EndpointName) -> bool {
        let hops = self.conducted.exchanged.iter().filter_map(|exchanged| exchanged.hop.as_ref());
        hops.filter(|hop| hop.endpoint == name).any(|hop| outcome(hop) == Outcome::Accepted)
    }

    /// The exchange as the server sees it, for the rules.
    fn exchange(&self, step: &Step, exchanged: &Exchanged, hop: &Hop, read: &Read) -> Exchange {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let seen = exchanged.first.as_ref().filter(|_| self.first_passed(exchanged)).map(|first| {
            let value =
                |name: &str| first.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| text(value)).unwrap_or_default();
            [value("oauth_consumer_key"), value("oauth_token"), value("oauth_timestamp"), value("oauth_nonce")]
        });
        Exchange {
            endpoint: step.endpoint,
            request: SentRequest {
                method: hop.outgoing.method.clone(),
                url: hop.outgoing.url.clone(),
                headers: hop.outgoing.headers.iter().map(|(name, value)| (name.clone(), Octets(value.clone()))).collect(),
                body: hop.outgoing.body.clone().map(Octets),
            },
            client: Some(Client {
                identifier: self.means.client.clone(),
                secret: self.means.secret.clone(),
                public_key: None,
                callback: None,
            }),
            token: exchanged.presented.as_ref().map(|pair| token(step.presents, pair)),
            now: Some(read.says.server_time.unwrap_or(hop.at)),
            seen: seen.into_iter().collect(),
            response: Some(read.response.clone()),
        }
    }
}

/// The credentials that were presented, as the server knows them.
pub(super) fn token(presents: Presents, pair: &Pair) -> Token {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    Token {
        identifier: text(&pair.identifier),
        secret: Some(pair.secret.clone()),
        token_type: match presents {
            Presents::Access | Presents::Revoked => TokenType::Access,
            _ => TokenType::Temporary,
        },
        verifier: pair.verifier.as_deref().map(text),
        callback: pair.callback.clone(),
        issued: pair.issued,
        last_used: None,
        renewed: pair.renewed,
        revoked: pair.revoked,
        exchanged: pair.exchanged,
        lifetime: pair.lifetime,
    }
}

fn problem(read: &Read, redactor: &Redactor) -> Option<ExpectedProblem> {
    let problem = read.says.problem.as_ref()?;
    let cut = |text: &str| redactor.word(text, 400);
    Some(ExpectedProblem {
        name: cut(&problem.name),
        place: problem.place.as_str().to_owned(),
        parameters: problem.parameters.iter().take(16).map(|(name, value)| (cut(name), cut(value))).collect(),
    })
}
