//! What is asked, as tables: rules that a profile documents or RFC 5849 demands, writings that must be accepted, attacks.

pub(super) mod attacks;
pub(super) mod equivalents;
pub(super) mod flow;
pub(super) mod ground;
pub(super) mod rules;
pub(super) mod written;

use super::step::{Edit, Level, Presents, Step, Wanted};
use crate::profile::EndpointName;
use crate::protocol::Code;
use crate::vectors;

/// The beginning of a step's id.
pub(super) const fn prefix(name: EndpointName) -> &'static str {
    match name {
        EndpointName::RequestToken => "rt",
        EndpointName::Authorize => "auth",
        EndpointName::AccessToken => "at",
        EndpointName::Renew => "renew",
        EndpointName::Revoke => "revoke",
        EndpointName::Resource => "api",
    }
}

/// A good request, from which each row differs in a few words.
pub(super) fn step(endpoint: EndpointName, id: &str, title: impl Into<String>) -> Step {
    Step {
        id: format!("{}.{id}", prefix(endpoint)),
        endpoint,
        level: Level::Rules,
        title: title.into(),
        checks: Vec::new(),
        section: "3.2",
        wanted: Wanted::Accepted,
        severity: vectors::Level::Must,
        presents: match endpoint {
            EndpointName::RequestToken | EndpointName::Authorize => Presents::Nothing,
            EndpointName::AccessToken => Presents::Allowed,
            EndpointName::Renew | EndpointName::Revoke | EndpointName::Resource => Presents::Access,
        },
        first: None,
        edits: Vec::new(),
        at_once: 0,
        is_control: false,
    }
}

impl Step {
    pub(super) fn edit(mut self, edit: Edit) -> Step {
        self.edits.push(edit);
        self
    }

    pub(super) fn edits(mut self, edits: impl IntoIterator<Item = Edit>) -> Step {
        self.edits.extend(edits);
        self
    }

    pub(super) fn refused(self, code: Code) -> Step {
        Step { wanted: Wanted::Refused(Some(code)), ..self }
    }

    pub(super) fn wants(self, wanted: Wanted) -> Step {
        Step { wanted, ..self }
    }

    pub(super) fn by(mut self, check: impl Into<String>) -> Step {
        self.checks.push(check.into());
        self
    }

    pub(super) fn section(self, section: &'static str) -> Step {
        Step { section, ..self }
    }

    pub(super) fn at(self, level: Level) -> Step {
        Step { level, ..self }
    }

    pub(super) fn should(self) -> Step {
        Step { severity: vectors::Level::Should, ..self }
    }

    pub(super) fn open(self) -> Step {
        Step { severity: vectors::Level::Interop, ..self }
    }

    pub(super) fn after(mut self, first: impl IntoIterator<Item = Edit>) -> Step {
        self.first = Some(first.into_iter().collect());
        self
    }

    pub(super) fn at_once(self, times: usize) -> Step {
        Step { at_once: times, ..self }
    }

    pub(super) fn presenting(self, presents: Presents) -> Step {
        Step { presents, ..self }
    }
}

/// An edit that gives a parameter another value.
pub(super) fn set(name: &str, value: impl AsRef<[u8]>) -> Edit {
    Edit::Set(name.to_owned(), value.as_ref().to_vec())
}
