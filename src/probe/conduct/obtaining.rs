//! Credentials for the steps: temporary ones, the resource owner's permission, and what was given before.

use super::{Conductor, Ended, Exchanged, Halt, Hop};
use crate::implementation::live::Outgoing;
use crate::probe::draft::{AGENT, Draft};
use crate::probe::login;
use crate::probe::means::{Authorization, Pair};
use crate::probe::step::{Presents, Step};
use crate::profile::document::EndpointName;

/// After so many wrong codes fresh credentials are taken: servers stop guessing.
const MOST_WRONG_VERIFIERS: usize = 3;

impl Conductor<'_, '_, '_> {
    /// Credentials of the sort that a step presents, fresh ones if need be.
    pub(super) fn credentials(&mut self, step: &Step, exchanged: &mut Exchanged) -> Result<Option<Pair>, Halt> {
        let missing = |what: &str| Halt::NotSent(format!("there are no {what}"));
        match step.presents {
            Presents::Nothing => Ok(None),
            Presents::Undecided => match self.undecided.take() {
                Some(pair) => Ok(Some(pair)),
                None => self.begin(exchanged).map(Some),
            },
            Presents::Allowed => self.allow(exchanged).map(Some),
            Presents::Exchanged => self.exchanged.clone().map(Some).ok_or_else(|| missing("temporary credentials that were exchanged")),
            Presents::Access => match &self.access {
                Some(pair) => Ok(Some(pair.clone())),
                // A server that takes a bad revocation has ended them.
                None if self.plan.authorization == Authorization::Freely => self.exchange_again(exchanged).map(Some),
                None => Err(missing("token credentials")),
            },
            Presents::Revoked => self.revoked.clone().map(Some).ok_or_else(|| missing("token credentials that were revoked")),
        }
    }

    /// Fresh token credentials, in place of those that are gone.
    fn exchange_again(&mut self, exchanged: &mut Exchanged) -> Result<Pair, Halt> {
        let none = || Halt::NotSent("there are no token credentials".to_owned());
        let is_failing = self.failed.contains(&EndpointName::AccessToken);
        let target = self.plan.target(EndpointName::AccessToken).filter(|_| !is_failing).ok_or_else(none)?;
        let pair = self.allow(exchanged)?;
        let draft = Draft::good(target, self.means, Some(&pair), None, &self.stamp()?);
        let composed = self.compose(draft, &[])?;
        let hop = self.send(EndpointName::AccessToken, composed)?;
        let read = hop.answer.as_ref().ok().cloned();
        exchanged.errands.push(hop);
        let read = read.ok_or_else(none)?;
        self.after(EndpointName::AccessToken, Some(&pair), &read);
        self.look(&read)?;
        self.access.clone().ok_or_else(none)
    }

    /// Fresh temporary credentials.
    fn begin(&mut self, exchanged: &mut Exchanged) -> Result<Pair, Halt> {
        let none = || Halt::NotSent("no temporary credentials could be had".to_owned());
        let is_failing = self.failed.contains(&EndpointName::RequestToken);
        let target = self.plan.target(EndpointName::RequestToken).filter(|_| !is_failing).ok_or_else(none)?;
        let draft = Draft::good(target, self.means, None, self.plan.callback.as_deref(), &self.stamp()?);
        let composed = self.compose(draft, &[])?;
        let hop = self.send(EndpointName::RequestToken, composed)?;
        let read = hop.answer.as_ref().ok().cloned();
        exchanged.errands.push(hop);
        let read = read.ok_or_else(none)?;
        self.after(EndpointName::RequestToken, None, &read);
        self.look(&read)?;
        self.undecided.take().ok_or_else(none)
    }

    /// Temporary credentials that the resource owner has allowed.
    fn allow(&mut self, exchanged: &mut Exchanged) -> Result<Pair, Halt> {
        if self.wrong_verifiers >= MOST_WRONG_VERIFIERS && self.plan.authorization == Authorization::Freely {
            self.allowed = None;
            self.wrong_verifiers = 0;
        }
        if let Some(pair) = &self.allowed {
            return Ok(pair.clone());
        }
        if self.plan.authorization != Authorization::Freely && self.logins > 0 {
            return Err(Halt::NotSent("the resource owner is asked once, and those credentials were used up".to_owned()));
        }
        let mut pair = match self.undecided.take() {
            Some(pair) => pair,
            None => self.begin(exchanged)?,
        };
        let none = || Halt::NotSent("the resource owner could not be asked".to_owned());
        let is_failing = self.failed.contains(&EndpointName::Authorize);
        let target = self.plan.target(EndpointName::Authorize).filter(|_| !is_failing).ok_or_else(none)?;
        let url = login::url(&self.plan.profile, target, self.means, &pair);
        self.logins += 1;
        let verifier = if self.plan.authorization == Authorization::Freely {
            let hop = self.get(url)?;
            let read = hop.answer.as_ref().ok().cloned();
            exchanged.errands.push(hop);
            read.as_ref().and_then(login::verifier)
        } else {
            let code = self.around.owner.verifier(&url).map_err(Halt::NotSent)?;
            Some(code.into_bytes())
        };
        let Some(verifier) = verifier else {
            self.failed.push(EndpointName::Authorize);
            return Err(Halt::NotSent("the authorization gave no verification code".to_owned()));
        };
        self.learn_code(&verifier);
        pair.verifier = Some(verifier);
        self.allowed = Some(pair.clone());
        Ok(pair)
    }

    /// The authorization URL, opened by ourselves.
    pub(super) fn authorize(&mut self, step: &Step, exchanged: &mut Exchanged) -> Result<(), Halt> {
        let mut pair = match self.undecided.take() {
            Some(pair) => pair,
            None => self.begin(exchanged)?,
        };
        exchanged.presented = Some(pair.clone());
        let Some(target) = self.plan.target(EndpointName::Authorize) else {
            return Err(Halt::NotSent("the endpoint is not asked".to_owned()));
        };
        let mut url = login::url(&self.plan.profile, target, self.means, &pair);
        if !step.is_control {
            url.push_str("&oauth_callback=http%3A%2F%2Fevil.invalid%2F");
        }
        let hop = self.get(url)?;
        let read = hop.answer.as_ref().ok().cloned();
        let trouble = hop.answer.as_ref().err().cloned();
        exchanged.hop = Some(hop);
        match read.as_ref().and_then(login::verifier) {
            Some(code) => {
                self.learn_code(&code);
                pair.verifier = Some(code);
                self.allowed = Some(pair);
            }
            None if step.is_control => self.failed.push(EndpointName::Authorize),
            None => {}
        }
        match (trouble, read) {
            (Some(trouble), _) => Err(Halt::Stop(Ended::Network(trouble))),
            (None, Some(read)) => self.look(&read),
            (None, None) => Ok(()),
        }
    }

    fn get(&mut self, url: String) -> Result<Hop, Halt> {
        let outgoing =
            Outgoing { method: "GET".to_owned(), url, headers: vec![("User-Agent".to_owned(), AGENT.as_bytes().to_vec())], body: None };
        self.exchange(EndpointName::Authorize, outgoing, Vec::new(), Vec::new())
    }
}
