//! Causes by their ids, and what several of them together make of an implementation.

use std::fmt;

use thiserror::Error;

use super::input::{Input, with_inputs};
use super::practice::Practice;
use super::stage::Stage;
use super::{Deviation, all, find};
use crate::protocol::{Derivation, Malformed, Request, Secrets, SignatureMethod};

/// What a diagnosis can name: a departure of the table, or a mistake of input with its parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A departure.
    Deviation(&'static Deviation),
    /// A mistake of input.
    Input(Input),
}

/// An id that no cause has.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("there is no deviation {id:?}")]
pub struct UnknownCause {
    /// The id that was given.
    pub id: String,
}

impl From<&'static Deviation> for Cause {
    fn from(deviation: &'static Deviation) -> Cause {
        Cause::Deviation(deviation)
    }
}

impl Cause {
    /// Reads an id.
    ///
    /// # Errors
    /// [`UnknownCause`].
    pub fn parse(id: &str) -> Result<Cause, UnknownCause> {
        match find(id) {
            Some(deviation) => Ok(Cause::Deviation(deviation)),
            None => Input::parse(id).map(Cause::Input).ok_or_else(|| UnknownCause { id: id.to_owned() }),
        }
    }

    /// Every id that can be given, mistakes of input without their parameter.
    pub fn ids() -> impl Iterator<Item = &'static str> {
        all().map(|deviation| deviation.id).chain(Input::KINDS.iter().map(|(kind, ..)| *kind))
    }

    /// Its stage.
    #[must_use]
    pub const fn stage(&self) -> Stage {
        match self {
            Cause::Deviation(deviation) => deviation.stage,
            Cause::Input(input) => input.stage(),
        }
    }

    /// What is done, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Cause::Deviation(deviation) => deviation.sentence.to_owned(),
            Cause::Input(input) => input.sentence(),
        }
    }

    /// What to do instead.
    #[must_use]
    pub const fn fix(&self) -> &'static str {
        match self {
            Cause::Deviation(deviation) => deviation.fix,
            Cause::Input(input) => input.fix(),
        }
    }

    /// The section that it breaks.
    #[must_use]
    pub const fn section(&self) -> &'static str {
        match self {
            Cause::Deviation(deviation) => deviation.section,
            Cause::Input(input) => input.section(),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Deviation(deviation) => f.write_str(deviation.id),
            Cause::Input(input) => input.fmt(f),
        }
    }
}

/// How somebody who makes these mistakes goes about everything.
#[derive(Clone, Debug, Default)]
pub struct Conduct {
    /// Their decisions.
    pub practice: Practice,
    /// What they sign in place of what is sent.
    pub inputs: Vec<Input>,
}

impl Conduct {
    /// These causes together. They are taken in the order of their stages, whatever the order in which they are named.
    #[must_use]
    pub fn of<'a>(causes: impl IntoIterator<Item = &'a Cause>) -> Conduct {
        let mut causes: Vec<&Cause> = causes.into_iter().collect();
        causes.sort_by_key(|cause| cause.stage());
        let mut conduct = Conduct::default();
        for cause in causes {
            match cause {
                Cause::Deviation(deviation) => (deviation.apply)(&mut conduct.practice),
                Cause::Input(input) => conduct.inputs.push(input.clone()),
            }
        }
        conduct
    }

    /// Derives as they do.
    ///
    /// # Errors
    /// As [`Derivation::derive`].
    pub fn derive(
        &self,
        derivation: &mut Derivation,
        request: &Request<'_>,
        method: SignatureMethod,
        secrets: &Secrets<'_>,
    ) -> Result<(), Malformed> {
        with_inputs(&self.inputs, request, |request| derivation.derive(&self.practice.recipe, request, method, secrets))
    }

    /// Derives the base string as they do: no secret is needed.
    ///
    /// # Errors
    /// As [`Derivation::derive_base_string`].
    pub fn derive_base_string(&self, derivation: &mut Derivation, request: &Request<'_>) -> Result<(), Malformed> {
        with_inputs(&self.inputs, request, |request| derivation.derive_base_string(&self.practice.recipe, request))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_read_by_their_ids() {
        assert_eq!(Cause::parse("uri.default-port-kept").unwrap().to_string(), "uri.default-port-kept");
        assert_eq!(Cause::parse("input.host:h").unwrap().to_string(), "input.host:h");
        assert_eq!(Cause::parse("nothing").unwrap_err().to_string(), "there is no deviation \"nothing\"");
        let mut ids: Vec<&str> = Cause::ids().collect();
        let total = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), total, "an id stands there twice");
    }
}
