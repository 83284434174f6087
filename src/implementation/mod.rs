//! Who is asked: the reference, a program behind the adapter protocol, later a live server. What they did is an [`Observation`]; whether
//! that is right is somebody else's business.

use serde::{Deserialize, Serialize};

use crate::vectors::{Operation, Output, Question};

/// What an implementation says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Its name.
    pub name: String,
    /// Its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The programming language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// That language's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language_version: Option<String>,
    /// Where to find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub homepage: Option<String>,
}

/// What an implementation offers. Within it, it answers; outside of it, it is not asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The operations.
    pub operations: Vec<Operation>,
    /// The signature methods, by their names.
    pub signature_methods: Vec<String>,
    /// The features (`vectors/README.md`).
    pub features: Vec<String>,
}

/// Somebody who can be asked.
pub trait Implementation {
    /// Who it is.
    fn description(&self) -> &Description;

    /// What it offers.
    fn offer(&self) -> &Offer;

    /// Asks one question. Never an `Err`: whatever happens is an observation.
    fn ask(&mut self, question: &Question) -> Observation;
}

/// What an implementation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Observation {
    /// It answered.
    Answered(Box<Output>),
    /// It refused the input.
    Refused {
        /// The short word for the reason, if it gives one.
        code: Option<String>,
        /// Free text, never compared.
        message: String,
    },
    /// It does not offer this.
    Unsupported {
        /// What it does not offer, such as `signature_method:RSA-SHA1`.
        what: String,
        /// Free text.
        message: String,
    },
    /// It broke.
    Broke {
        /// How.
        why: Break,
        /// What is known about it, bounded.
        message: String,
    },
}

/// How an implementation broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Break {
    /// It ended before it answered.
    Crash,
    /// It did not answer in time.
    Timeout,
    /// It answered against the protocol.
    Protocol,
    /// It said itself that it failed.
    Error,
    /// It failed after other cases and passes alone.
    StateLeak,
}
