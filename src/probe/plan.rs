//! What will be asked, in its order: for each endpoint good requests first and last, and between them one request for each rule, each
//! writing that must be accepted, and each attack. What is left out is told with the reason.

use super::catalogue::ground::Ground;
use super::catalogue::rules::{of as rules_of, revoked};
use super::catalogue::{attacks, equivalents, flow, written};
use super::draft_profile_steps;
use super::means::{Authorization, Means};
use super::step::{Level, Presents, Step, Wanted};
use super::target::Target;
use crate::profile::document::{EndpointName, State};
use crate::profile::kinds::Check;
use crate::profile::{Profile, shipped};
use crate::vectors::glob;

/// What will be asked.
#[derive(Debug)]
pub struct Plan {
    /// The provider's documentation, at the addresses that are asked.
    pub profile: Profile,
    /// The specification's own rules, for what the provider does not say.
    pub rfc: Option<Profile>,
    /// How far it goes.
    pub level: Level,
    /// The endpoints that are asked.
    pub targets: Vec<Target>,
    /// The steps, in their order.
    pub steps: Vec<Step>,
    /// What is not asked.
    pub left_out: Vec<LeftOut>,
    /// `oauth_callback` of good requests; `None` where the provider takes none.
    pub callback: Option<String>,
    /// How the resource owner is asked.
    pub authorization: Authorization,
}

/// Something that is not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftOut {
    /// An endpoint, or a rule's id.
    pub what: String,
    /// Why not, in one sentence.
    pub why: String,
}

impl LeftOut {
    pub(super) fn new(what: impl Into<String>, why: impl Into<String>) -> LeftOut {
        LeftOut { what: what.into(), why: why.into() }
    }
}

/// The callback of good requests to a server on this machine: nobody is ever sent there.
pub const CALLBACK: &str = "http://countersign.invalid/callback";

impl Plan {
    /// The plan for a provider.
    #[must_use]
    pub fn of(profile: &Profile, level: Level, means: &Means) -> Plan {
        let rfc = shipped::profile("rfc5849").and_then(Result::ok);
        let mut plan = Plan {
            profile: profile.clone(),
            rfc,
            level,
            targets: Vec::new(),
            steps: Vec::new(),
            left_out: Vec::new(),
            callback: callback(profile, means),
            authorization: means.authorization,
        };
        let begins = plan.add_target(EndpointName::RequestToken, means);
        let has_login = begins && means.authorization != Authorization::Never;
        let can_allow = has_login && plan.add_target(EndpointName::Authorize, means);
        let exchanges = can_allow && plan.add_target(EndpointName::AccessToken, means);
        if profile.endpoints.contains_key(&EndpointName::AccessToken) && begins && !has_login {
            plan.leave(EndpointName::AccessToken, "the resource owner has to be asked: give --authorize");
        }
        let has_access = exchanges || means.token.is_some();
        // Whether a renewal holds is seen at the resource.
        for name in [EndpointName::Renew, EndpointName::Resource, EndpointName::Revoke] {
            plan.add_later(name, means, has_access, exchanges);
        }
        let names: Vec<EndpointName> = plan.targets.iter().map(|target| target.name).collect();
        for name in names {
            plan.add_steps(name, means, begins);
        }
        let can_revoke = plan.target(EndpointName::Revoke).is_some() && plan.target(EndpointName::Resource).is_some();
        if can_revoke && level >= Level::Rules {
            let step = plan.ground(EndpointName::Resource, means, begins).map(|ground| revoked(&ground));
            plan.steps.extend(step);
        }
        plan.steps.retain(|step| step.level <= level);
        if level == Level::Attacks {
            if !means.is_loopback {
                plan.left_out.push(LeftOut::new("AV-S10", "requests at the same time are for servers on this machine"));
            }
            plan.left_out.push(LeftOut::new("AV-S45", "times of comparison need thousands of requests"));
        }
        plan
    }

    /// Keeps the steps whose ids match one of these patterns, and the good requests that they lean on.
    ///
    /// # Errors
    /// The first pattern that matches no step.
    pub fn select(&mut self, patterns: &[String]) -> Result<(), String> {
        let is_meant = |pattern: &String, step: &Step| glob::matches(pattern, &step.id);
        if let Some(pattern) = patterns.iter().find(|pattern| !self.steps.iter().any(|step| is_meant(pattern, step))) {
            return Err(pattern.clone());
        }
        let endpoints: Vec<EndpointName> =
            self.steps.iter().filter(|step| patterns.iter().any(|pattern| is_meant(pattern, step))).map(|step| step.endpoint).collect();
        let last = endpoints.iter().max().copied();
        self.steps.retain(|step| {
            patterns.iter().any(|pattern| is_meant(pattern, step)) || step.is_control && last.is_some_and(|last| step.endpoint <= last)
        });
        Ok(())
    }

    /// The endpoint as it is asked.
    #[must_use]
    pub fn target(&self, name: EndpointName) -> Option<&Target> {
        self.targets.iter().find(|target| target.name == name)
    }

    /// The authorities that requests go to, each once.
    #[must_use]
    pub fn authorities(&self) -> Vec<String> {
        let mut all: Vec<String> = Vec::new();
        for target in
            self.targets.iter().filter(|target| target.name != EndpointName::Authorize || self.authorization == Authorization::Freely)
        {
            let authority = target.authority().to_owned();
            if !all.contains(&authority) {
                all.push(authority);
            }
        }
        all
    }

    /// The most requests that it takes, with those for fresh credentials.
    #[must_use]
    pub fn requests(&self) -> usize {
        let login = if self.authorization == Authorization::Freely { 2 } else { 1 };
        self.steps
            .iter()
            .map(|step| {
                let fresh = match (step.presents, step.wanted) {
                    (Presents::Undecided, _) => 1,
                    (Presents::Allowed, Wanted::Accepted) => login,
                    // Fresh ones each time, see `conduct`.
                    (Presents::Allowed, _) if self.authorization == Authorization::Freely => login,
                    _ => 0,
                };
                step.requests() + fresh
            })
            .sum()
    }

    /// What a person should know before anything is sent.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let mut told = Vec::new();
        if self.profile.state == State::Retired {
            told.push(format!("{} no longer speaks OAuth 1.0a, says the profile", self.profile.name));
        }
        told
    }

    fn leave(&mut self, name: EndpointName, why: impl Into<String>) {
        self.left_out.push(LeftOut::new(name.as_str(), why));
    }

    fn add_target(&mut self, name: EndpointName, means: &Means) -> bool {
        if !self.profile.endpoints.contains_key(&name) {
            return false;
        }
        match Target::of(&self.profile, name, means) {
            Ok(target) => self.targets.push(target),
            Err(why) => {
                self.leave(name, why);
                return false;
            }
        }
        true
    }

    /// Endpoints that take token credentials.
    fn add_later(&mut self, name: EndpointName, means: &Means, has_access: bool, is_own: bool) {
        let Some(endpoint) = self.profile.endpoints.get(&name) else { return };
        let needs = endpoint.token.is_some();
        if needs && !has_access {
            return self.leave(name, "it takes token credentials: give --authorize, or --token and --token-secret-env");
        }
        if name == EndpointName::Revoke && !is_own {
            return self.leave(name, "only credentials of this run are revoked, and it is given none: give --authorize");
        }
        let wants_handle = endpoint.required.iter().any(|required| required == "oauth_session_handle");
        if wants_handle && !is_own {
            return self.leave(name, "it takes a session handle, which comes with token credentials: give --authorize");
        }
        self.add_target(name, means);
    }

    fn ground<'a>(&'a self, name: EndpointName, means: &'a Means, can_begin: bool) -> Option<Ground<'a>> {
        Some(Ground { profile: &self.profile, rfc: self.rfc.as_ref(), target: self.target(name)?, means, can_begin })
    }

    fn add_steps(&mut self, name: EndpointName, means: &Means, can_begin: bool) {
        let (mut steps, mut left) = (Vec::new(), Vec::new());
        let Some(ground) = self.ground(name, means, can_begin) else { return };
        let freely = means.authorization == Authorization::Freely;
        match name {
            EndpointName::RequestToken | EndpointName::Resource => {
                steps.push(flow::control(name, "control-first"));
                rules_of(&ground, &mut steps, &mut left);
                equivalents::documented(&ground, &mut steps);
                equivalents::writings(&ground, &mut steps);
                attacks::of(&ground, &mut steps);
                written::of(&ground, &mut steps);
                if name == EndpointName::RequestToken && self.callback.is_some() {
                    flow::callbacks(&ground, &mut steps);
                }
                draft_profile_steps::of(&ground, self.callback.as_deref(), &mut steps);
                steps.push(flow::control(name, "control-last"));
            }
            EndpointName::Authorize => {
                if freely {
                    steps.push(flow::control(name, "control").presenting(Presents::Undecided));
                    if self.callback.as_deref().is_some_and(|callback| callback != "oob") {
                        steps.push(flow::authorization());
                    }
                }
            }
            EndpointName::AccessToken => {
                // A person is not asked twice: then the only good exchange comes last.
                if freely {
                    steps.push(flow::control(name, "control-first"));
                }
                rules_of(&ground, &mut steps, &mut left);
                if freely {
                    equivalents::documented(&ground, &mut steps);
                    draft_profile_steps::of(&ground, None, &mut steps);
                }
                steps.push(flow::control(name, "control-last"));
                if !freely && let Some(at) = steps.iter().position(|step| step.presents == Presents::Exchanged) {
                    let again = steps.remove(at);
                    steps.push(again);
                }
            }
            EndpointName::Renew => {
                steps.push(flow::control(name, "control-first"));
                rules_of(&ground, &mut steps, &mut left);
                draft_profile_steps::of(&ground, None, &mut steps);
                steps.push(flow::control(name, "control-last"));
            }
            EndpointName::Revoke => {
                rules_of(&ground, &mut steps, &mut left);
                steps.push(flow::control(name, "control"));
            }
        }
        if name == EndpointName::Resource && self.target(EndpointName::Renew).is_some() {
            let holds =
                self.profile.rules.iter().filter(|rule| matches!(rule.check, Check::RenewalHolds { .. })).map(|rule| rule.id.clone());
            steps.iter_mut().filter(|step| step.is_control).for_each(|step| step.checks.extend(holds.clone()));
        }
        if self.target(name).is_some_and(|target| target.token.is_none()) {
            // One leg: no token is presented anywhere.
            steps.iter_mut().filter(|step| step.presents == Presents::Access).for_each(|step| step.presents = Presents::Nothing);
        }
        self.steps.extend(steps);
        self.left_out.extend(left);
    }
}

fn callback(profile: &Profile, means: &Means) -> Option<String> {
    let endpoint = profile.endpoints.get(&EndpointName::RequestToken)?;
    let named = |list: &[String]| list.iter().any(|name| name == "oauth_callback");
    if !named(&endpoint.required) && !named(&endpoint.optional) {
        return None;
    }
    let suggested =
        || if profile.callback.url && (means.is_loopback || !profile.callback.oob) { CALLBACK.to_owned() } else { "oob".to_owned() };
    Some(means.callback.clone().unwrap_or_else(suggested))
}
