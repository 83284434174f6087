//! What the tables of questions look at: the provider's documentation, the specification's, the endpoint, and what may be used there.

use crate::probe::means::Means;
use crate::probe::target::Target;
use crate::profile::document::EndpointName;
use crate::profile::kinds::Check;
use crate::profile::rule::Rule;
use crate::profile::{Level, Profile};

/// An identifier that nobody has, of 20 to 30 letters and digits: widespread servers look at nothing else.
pub(in crate::probe) const NOBODY: &str = "countersignNobody000001";

/// What a catalogue looks at.
#[derive(Clone, Copy)]
pub(in crate::probe) struct Ground<'a> {
    /// The provider's documentation.
    pub(in crate::probe) profile: &'a Profile,
    /// The specification's.
    pub(in crate::probe) rfc: Option<&'a Profile>,
    /// The endpoint.
    pub(in crate::probe) target: &'a Target,
    /// What may be used.
    pub(in crate::probe) means: &'a Means,
    /// Whether temporary credentials can be had.
    pub(in crate::probe) can_begin: bool,
}

impl<'a> Ground<'a> {
    pub(super) const fn name(&self) -> EndpointName {
        self.target.name
    }

    /// The must rules of the profile that speak of a good request to this endpoint.
    pub(super) fn musts(&self) -> impl Iterator<Item = &'a Rule> {
        let target = self.target;
        self.profile.rules.iter().filter(move |rule| {
            let meant = rule.when.as_ref().is_none_or(|when| when.holds(Some(target.signature_method.as_str())));
            rule.level == Level::Must && meant && rule.endpoints.contains(&target.name)
        })
    }

    /// The profile's rule of a kind, or else the specification's, by its id.
    pub(super) fn rule(&self, is: impl Fn(&Check) -> bool) -> String {
        let own = self.musts().find(|rule| is(&rule.check)).map(|rule| rule.id.clone());
        let alike = match self.name() {
            EndpointName::Renew | EndpointName::Revoke => EndpointName::Resource,
            name => name,
        };
        let of_rfc = || {
            let rules = self.rfc?.rules.iter();
            rules.filter(|rule| rule.endpoints.contains(&alike)).find(|rule| is(&rule.check)).map(|rule| rule.id.clone())
        };
        own.or_else(of_rfc).unwrap_or_else(|| "RFC5849".to_owned())
    }

    /// Whether a documented must rule of a kind is there.
    pub(super) fn documents(&self, is: impl Fn(&Check) -> bool) -> bool {
        self.musts().any(|rule| is(&rule.check))
    }
}
