//! A step: one question to a provider, how its request differs from a good one, and what must come of it.

use super::draft::{Draft, Sent};
use crate::implementation::live::Outgoing;
use crate::profile::EndpointName;
use crate::profile::document::Place;
use crate::protocol::Code;
use crate::vectors;

/// How far a probe goes. Each level includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Good requests only.
    Controls,
    /// What is documented: refusals, and writings of one request that must all be accepted.
    Rules,
    /// What somebody would send who means harm.
    Attacks,
}

impl Level {
    /// Every level.
    pub const ALL: [Level; 3] = [Level::Controls, Level::Rules, Level::Attacks];

    /// Its word on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Level::Controls => "controls",
            Level::Rules => "rules",
            Level::Attacks => "attacks",
        }
    }
}

/// One question.
#[derive(Clone, Debug)]
pub struct Step {
    /// `rt.oauth_callback-missing`: the endpoint and what is particular; never used again for another question.
    pub id: String,
    /// The endpoint.
    pub endpoint: EndpointName,
    /// From which level on it is asked.
    pub level: Level,
    /// How its request differs from the good one, for a person.
    pub title: String,
    /// The rules and attacks that it checks; the first names the finding.
    pub checks: Vec<String>,
    /// The clause of RFC 5849 behind it.
    pub section: &'static str,
    /// What must come of it.
    pub wanted: Wanted,
    /// How much that matters.
    pub severity: vectors::Level,
    /// Which credentials it presents.
    pub presents: Presents,
    /// A request that is sent before, with the same nonce and timestamp.
    pub first: Option<Vec<Edit>>,
    /// How the request differs.
    pub edits: Vec<Edit>,
    /// How often the request is sent at the same time; 0 if it is sent once.
    pub at_once: usize,
    /// Whether it is a good request that others lean on.
    pub is_control: bool,
}

impl Step {
    /// How many requests it takes by itself.
    #[must_use]
    pub fn requests(&self) -> usize {
        if self.at_once > 0 { self.at_once } else { 1 + usize::from(self.first.is_some()) }
    }
}

/// What must come of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// An answer as to any good request.
    Accepted,
    /// A refusal; for this fault, if it is one that has a word.
    Refused(Option<Code>),
    /// Either, and it is told which.
    Either,
    /// Anything but an error of the server's own.
    NoServerError,
}

impl Wanted {
    /// It in words that follow "it must be" or stand alone.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Wanted::Accepted => "accepted",
            Wanted::Refused(_) => "refused",
            Wanted::Either => "accepted or refused",
            Wanted::NoServerError => "accepted or refused, without a server error",
        }
    }
}

/// Which credentials a step presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presents {
    /// None.
    Nothing,
    /// Temporary credentials that the resource owner has allowed.
    Allowed,
    /// Temporary credentials of which nobody has decided.
    Undecided,
    /// Temporary credentials that were exchanged before.
    Exchanged,
    /// Token credentials.
    Access,
    /// Token credentials that were revoked.
    Revoked,
}

/// How a request differs from a good one. The order of the variants is that in which they work.
#[derive(Clone, Debug)]
pub enum Edit {
    /// Another HTTP method, signed.
    Method(String),
    /// The protocol parameters in another place.
    Place(Place),
    /// A parameter with another value, signed; added if it is not there.
    Set(String, Vec<u8>),
    /// A parameter left out; the signature after it was made, others before.
    Without(String),
    /// A second parameter of a name, signed.
    Again(String, Vec<u8>),
    /// The timestamp so many seconds later, signed.
    Later(i64),
    /// Another signature method, by its name; signed if it is one.
    SignatureMethod(String),
    /// The query, signed.
    Query(&'static str),
    /// Another change before the signature is made.
    Before(fn(&mut Draft)),
    /// A change of the protocol parameters between signing and writing.
    Between(fn(&mut Sent)),
    /// A change of what stands on the wire.
    After(fn(&mut Outgoing)),
}
