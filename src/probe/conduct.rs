//! A plan carried out: one request after the other, each answer read before the next is asked, with a budget, a rate and a deadline. It
//! stops when the server has had enough, when somebody interrupts, and when good requests no longer pass.

use std::time::Duration;

use super::draft::{Composed, Draft, Stamp};
use super::login::Owner;
use super::means::{Authorization, Means, Pair};
use super::outcome::{Outcome, Read};
use super::plan::Plan;
use super::signals::{self, MANY_FORBIDDEN};
use super::step::{Edit, Step, Wanted};
use crate::implementation::live::{Outgoing, Send, Trouble};
use crate::profile::document::EndpointName;
use crate::protocol::Secret;

mod at_once;
mod learning;
mod obtaining;

/// What a probe is given by whoever may look at clocks, signals and the terminal.
pub struct Surroundings<'a> {
    /// Seconds since 1970.
    pub now: &'a dyn Fn() -> u64,
    /// The time since any fixed moment.
    pub elapsed: &'a dyn Fn() -> Duration,
    /// Fills with random octets; `false` if there are none.
    pub random: &'a dyn Fn(&mut [u8]) -> bool,
    /// Waits.
    pub pause: &'a dyn Fn(Duration),
    /// Whether somebody wants it to stop.
    pub interrupted: &'a dyn Fn() -> bool,
    /// Who asks the resource owner.
    pub owner: &'a mut dyn Owner,
    /// Is told of each step before it is asked: its number from 0.
    pub tell: &'a mut dyn FnMut(usize, &Step),
    /// The most requests.
    pub budget: usize,
    /// The least time between two requests.
    pub interval: Duration,
    /// The most time for all of it.
    pub deadline: Duration,
}

/// One request and what came of it.
#[derive(Clone, Debug)]
pub struct Hop {
    /// The endpoint.
    pub endpoint: EndpointName,
    /// What went out.
    pub outgoing: Outgoing,
    /// Its protocol parameters, decoded.
    pub parameters: Vec<(String, Vec<u8>)>,
    /// The base string that was signed.
    pub base_string: Vec<u8>,
    /// When it went out, in seconds since 1970 by our clock.
    pub at: u64,
    /// What came back.
    pub answer: Result<Read, Trouble>,
}

/// What was done for a step.
#[derive(Clone, Debug, Default)]
pub struct Exchanged {
    /// The step's place in the plan.
    pub step: usize,
    /// The requests for fresh credentials before it.
    pub errands: Vec<Hop>,
    /// The request before the one that counts.
    pub first: Option<Hop>,
    /// The request that counts; `None` if it was not sent.
    pub hop: Option<Hop>,
    /// How many were accepted of those that were sent at the same time; `first` and `hop` are two of them.
    pub accepted: usize,
    /// What the server knows of the credentials that were presented.
    pub presented: Option<Pair>,
    /// Why nothing was sent.
    pub not_sent: Option<String>,
}

/// How it ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With the plan.
    Finished,
    /// The server has had enough; what it said.
    Enough(String),
    /// Somebody interrupted.
    Interrupted,
    /// The budget is used up.
    Budget,
    /// The deadline has passed.
    Deadline,
    /// The network failed.
    Network(Trouble),
}

/// A plan carried out.
#[derive(Debug)]
pub struct Conducted {
    /// The steps that were reached, in their order.
    pub exchanged: Vec<Exchanged>,
    /// How it ended.
    pub ended: Ended,
    /// How many requests were sent.
    pub requests: usize,
    /// Every secret that an answer held, as many and as much of each as is kept.
    pub secrets: Vec<Secret>,
    /// Those of them that are verification codes.
    pub codes: Vec<Secret>,
}

/// Carries out a plan.
pub fn conduct(plan: &Plan, means: &Means, sender: &mut dyn Send, around: &mut Surroundings<'_>) -> Conducted {
    let begun = (around.elapsed)();
    let access = means.token.clone();
    let mut conductor = Conductor {
        plan,
        means,
        sender,
        around,
        begun,
        last: None,
        requests: 0,
        secrets: Vec::new(),
        codes: Vec::new(),
        learnt: 0,
        undecided: None,
        allowed: None,
        exchanged: None,
        access,
        revoked: None,
        logins: 0,
        wrong_verifiers: 0,
        forbidden: 0,
        failed: Vec::new(),
    };
    let (mut done, mut kept) = (Vec::new(), 0_usize);
    let mut ended = Ended::Finished;
    for (number, step) in plan.steps.iter().enumerate() {
        (conductor.around.tell)(number, step);
        let mut exchanged = Exchanged { step: number, ..Exchanged::default() };
        let result = conductor.ask(step, &mut exchanged);
        let stop = match result {
            Ok(()) => None,
            Err(Halt::NotSent(why)) => {
                exchanged.not_sent = Some(why);
                // While a person was asked, much may have happened.
                (conductor.around.interrupted)().then_some(Ended::Interrupted)
            }
            Err(Halt::Stop(ended)) => Some(ended),
        };
        kept = let_go(&mut exchanged, kept);
        // What was sent before the stop is told too.
        if stop.is_none() || exchanged.hop.is_some() || exchanged.first.is_some() || !exchanged.errands.is_empty() {
            done.push(exchanged);
        }
        if let Some(stop) = stop {
            ended = stop;
            break;
        }
    }
    Conducted { exchanged: done, ended, requests: conductor.requests, secrets: conductor.secrets, codes: conductor.codes }
}

/// The octets of bodies that are kept whole, all together. No provider comes near it.
const KEPT_WHOLE: usize = 4 * 1024 * 1024;
/// What is kept of a body beyond that.
const KEPT_EACH: usize = 16 * 1024;

/// Counts what is kept of a step's answers, and lets go of most of it when there is too much.
fn let_go(exchanged: &mut Exchanged, kept: usize) -> usize {
    let hops = exchanged.errands.iter_mut().chain(&mut exchanged.first).chain(&mut exchanged.hop);
    hops.filter_map(|hop| hop.answer.as_mut().ok()).fold(kept, |kept, read| {
        if kept > KEPT_WHOLE {
            read.cut(KEPT_EACH);
        }
        kept + read.response.octets().len()
    })
}

/// Why a step did not come to its end.
enum Halt {
    /// This one alone.
    NotSent(String),
    /// It and all that follow.
    Stop(Ended),
}

struct Conductor<'p, 'a, 's> {
    plan: &'p Plan,
    means: &'p Means,
    sender: &'s mut dyn Send,
    around: &'s mut Surroundings<'a>,
    begun: Duration,
    last: Option<Duration>,
    requests: usize,
    secrets: Vec<Secret>,
    codes: Vec<Secret>,
    /// How many octets of secrets are kept.
    learnt: usize,
    /// Temporary credentials of which nobody has decided.
    undecided: Option<Pair>,
    /// Temporary credentials that the resource owner has allowed.
    allowed: Option<Pair>,
    /// Temporary credentials that were exchanged.
    exchanged: Option<Pair>,
    access: Option<Pair>,
    revoked: Option<Pair>,
    logins: usize,
    wrong_verifiers: usize,
    forbidden: usize,
    /// Endpoints at which a good request was not answered.
    failed: Vec<EndpointName>,
}

impl Conductor<'_, '_, '_> {
    fn ask(&mut self, step: &Step, exchanged: &mut Exchanged) -> Result<(), Halt> {
        if self.failed.contains(&step.endpoint) && !step.is_control {
            return Err(Halt::NotSent("a good request to this endpoint was not answered".to_owned()));
        }
        if step.endpoint == EndpointName::Authorize {
            return self.authorize(step, exchanged);
        }
        let Some(target) = self.plan.target(step.endpoint) else { return Err(Halt::NotSent("the endpoint is not asked".to_owned())) };
        let pair = self.credentials(step, exchanged)?;
        exchanged.presented.clone_from(&pair);
        let callback = self.plan.callback.as_deref().filter(|_| step.endpoint == EndpointName::RequestToken);
        let draft = Draft::good(target, self.means, pair.as_ref(), callback, &self.stamp()?);
        if let Some(edits) = step.first.as_ref().filter(|_| step.at_once == 0) {
            let composed = self.compose(draft.clone(), edits)?;
            let hop = self.send(step.endpoint, composed)?;
            let read = hop.answer.as_ref().ok().cloned();
            exchanged.first = Some(hop);
            if let Some(read) = read {
                self.after(step.endpoint, pair.as_ref(), &read);
                self.look(&read)?;
            }
        }
        let composed = self.compose(draft, &step.edits)?;
        if step.at_once > 0 {
            return self.send_at_once(step, composed, pair.as_ref(), exchanged);
        }
        let hop = self.send(step.endpoint, composed)?;
        let trouble = hop.answer.as_ref().err().cloned();
        let read = hop.answer.as_ref().ok().cloned();
        exchanged.hop = Some(hop);
        if let Some(read) = &read {
            self.after(step.endpoint, pair.as_ref(), read);
            if step.edits.iter().any(|edit| matches!(edit, Edit::Set(name, _) if name == "oauth_verifier")) {
                self.wrong_verifiers += 1;
            }
        }
        if step.endpoint == EndpointName::AccessToken && self.plan.authorization == Authorization::Freely {
            // Some servers drop temporary credentials with the first exchange that they refuse: what was refused after that would show nothing.
            self.allowed = None;
        }
        let is_good = read.as_ref().is_some_and(|read| read.outcome == Outcome::Accepted);
        if step.is_control {
            // One that passes after one that did not shows that the others can be asked.
            self.failed.retain(|failed| *failed != step.endpoint);
            self.failed.extend((!is_good).then_some(step.endpoint));
        }
        match (trouble, read) {
            (Some(trouble), _) if step.is_control || is_of_network(&trouble) => Err(Halt::Stop(Ended::Network(trouble))),
            (_, Some(read)) => {
                self.look(&read)?;
                self.count_forbidden(step, &read)
            }
            _ => Ok(()),
        }
    }

    fn compose(&self, draft: Draft, edits: &[Edit]) -> Result<Composed, Halt> {
        draft.compose(edits, self.means).map_err(|error| Halt::NotSent(format!("the request cannot be made: {error}")))
    }

    fn send(&mut self, endpoint: EndpointName, composed: Composed) -> Result<Hop, Halt> {
        let Composed { outgoing, sent, base_string } = composed;
        self.exchange(endpoint, outgoing, sent.parameters, base_string)
    }

    /// Sends one request, when it may.
    fn exchange(
        &mut self,
        endpoint: EndpointName,
        outgoing: Outgoing,
        parameters: Vec<(String, Vec<u8>)>,
        base_string: Vec<u8>,
    ) -> Result<Hop, Halt> {
        self.wait_for(1)?;
        let at = (self.around.now)();
        let answer = self.sender.send(&outgoing).map(|incoming| Read::of(&self.plan.profile, endpoint, incoming));
        if let Ok(read) = &answer {
            self.hear(endpoint, read);
        }
        Ok(Hop { endpoint, outgoing, parameters, base_string, at, answer })
    }

    /// Waits until so many requests may be sent, and counts them; or says why they may not.
    fn wait_for(&mut self, count: usize) -> Result<(), Halt> {
        if (self.around.interrupted)() {
            return Err(Halt::Stop(Ended::Interrupted));
        }
        if self.requests.saturating_add(count) > self.around.budget {
            return Err(Halt::Stop(Ended::Budget));
        }
        let left = self.time_left()?;
        if let Some(last) = self.last {
            let wait = self.around.interval.saturating_sub((self.around.elapsed)().saturating_sub(last));
            if wait > left {
                return Err(Halt::Stop(Ended::Deadline));
            }
            if !wait.is_zero() {
                (self.around.pause)(wait);
                if (self.around.interrupted)() {
                    return Err(Halt::Stop(Ended::Interrupted));
                }
                self.time_left()?;
            }
        }
        self.last = Some((self.around.elapsed)());
        self.requests += count;
        Ok(())
    }

    /// The time that is left for all of it.
    fn time_left(&self) -> Result<Duration, Halt> {
        let gone = (self.around.elapsed)().saturating_sub(self.begun);
        self.around.deadline.checked_sub(gone).ok_or(Halt::Stop(Ended::Deadline))
    }

    fn stamp(&self) -> Result<Stamp, Halt> {
        // With the letter 25 characters: widespread servers take nonces of 20 to 30 letters and digits only.
        let mut octets = [0_u8; 12];
        if !(self.around.random)(&mut octets) {
            return Err(Halt::NotSent("there are no random numbers".to_owned()));
        }
        // A letter first: one step writes it in another way.
        let nonce = octets.iter().fold("n".to_owned(), |text, octet| format!("{text}{octet:02x}"));
        Ok(Stamp { now: (self.around.now)(), nonce })
    }

    fn look(&self, read: &Read) -> Result<(), Halt> {
        signals::enough(read).map_or(Ok(()), |why| Err(Halt::Stop(Ended::Enough(why))))
    }

    /// Several 403 in a row may be a lock: then a good request tells.
    fn count_forbidden(&mut self, step: &Step, read: &Read) -> Result<(), Halt> {
        if !signals::is_forbidden(read) {
            self.forbidden = 0;
            return Ok(());
        }
        self.forbidden += 1;
        let can_ask = matches!(step.endpoint, EndpointName::RequestToken | EndpointName::Resource) && step.wanted != Wanted::Accepted;
        if self.forbidden < MANY_FORBIDDEN || !can_ask {
            return Ok(());
        }
        self.forbidden = 0;
        let Some(target) = self.plan.target(step.endpoint) else { return Ok(()) };
        let pair = self.access.clone().filter(|_| step.endpoint == EndpointName::Resource);
        let callback = self.plan.callback.as_deref().filter(|_| step.endpoint == EndpointName::RequestToken);
        let draft = Draft::good(target, self.means, pair.as_ref(), callback, &self.stamp()?);
        let composed = self.compose(draft, &[])?;
        let hop = self.send(step.endpoint, composed)?;
        match hop.answer.ok() {
            Some(read) if signals::is_forbidden(&read) => {
                Err(Halt::Stop(Ended::Enough("a good request is answered 403 after several bad ones: the client is locked out".to_owned())))
            }
            Some(read) => {
                self.after(step.endpoint, pair.as_ref(), &read);
                Ok(())
            }
            None => Ok(()),
        }
    }
}

/// Whether there is no use in asking the same server anything else.
const fn is_of_network(trouble: &Trouble) -> bool {
    matches!(trouble, Trouble::NotAllowed(_) | Trouble::NoAddress(_) | Trouble::NoConnection(_) | Trouble::Tls(_))
}
