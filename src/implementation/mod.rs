//! Who is asked: the reference, a program behind the adapter protocol, a live server. What they did is an [`Observation`]; whether
//! that is right is somebody else's business.
//!
//! | room | what it holds |
//! |---|---|
//! | [`mod@reference`] | RFC 5849, or a deviant recipe, answering every operation in process |
//! | [`offers`] | what an implementation offers, held against what a case needs |
//! | [`wire`] | the adapter protocol on any reader and writer, and the adapter's side of it |
//! | `adapter` | a child process behind the protocol (feature `cli`) |
//! | [`live`] | a server, over HTTP or HTTPS |

use serde::{Deserialize, Serialize};

#[cfg(feature = "cli")]
pub mod adapter;
pub mod live;
pub mod offers;
pub mod reference;
pub mod wire;

#[cfg(feature = "cli")]
pub use adapter::{Adapter, AdapterError, Launch};
pub use reference::Reference;

use crate::vectors::{Expectation, Operation, Output, Question};

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

    /// The way to ask it several questions before the first answer, if there is one.
    fn pipeline(&mut self) -> Option<&mut dyn Pipeline> {
        None
    }

    /// Asks one question of which only a part of the answer will be looked at. Whoever can save work by it leaves the rest out;
    /// whether the question is answered or refused stays the same.
    fn ask_for(&mut self, question: &Question, wanted: Wanted) -> Observation {
        let _ = wanted;
        self.ask(question)
    }
}

/// Somebody who takes questions ahead of the answers. Answers are taken in the order of the questions.
pub trait Pipeline {
    /// How many questions it takes before the first answer; at least one.
    fn window(&self) -> usize;

    /// Puts a question that needs nothing but what is offered: whoever asks has looked. Of the answer the rest may be left out.
    fn put(&mut self, question: &Question, wanted: Wanted) -> Ticket;

    /// Waits for the answer to a question; each is taken once.
    fn take(&mut self, ticket: Ticket) -> Observation;

    /// Takes back the question that was put last, unless somebody was sent it already; whether it did. There is no answer then.
    fn withdraw(&mut self, last: Ticket) -> bool;

    /// Forgets everything: what is asked next is asked of somebody new.
    fn renew(&mut self);

    /// Whether it stays quiet for a moment when nothing is asked: it neither ends nor says more than it was asked for.
    fn is_calm(&mut self) -> bool;
}

/// What a question that was put is known by until its answer is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

impl Ticket {
    /// The ticket of this number.
    #[must_use]
    pub const fn new(number: u64) -> Ticket {
        Ticket(number)
    }
}

/// The parts of an answer that cost something to write down and that not everybody looks at. What an operation is about (a signature,
/// a verdict, a list of parameters) is always wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// The request as it will be sent: `authorization`, `url` or `body` of a `sign` answer.
    pub transmission: bool,
    /// The intermediate values.
    pub stages: bool,
}

impl Wanted {
    /// Everything.
    pub const ALL: Wanted = Wanted { transmission: true, stages: true };

    /// What is wanted by one of two.
    #[must_use]
    pub const fn or(self, other: Wanted) -> Wanted {
        Wanted { transmission: self.transmission || other.transmission, stages: self.stages || other.stages }
    }

    /// What decides whether an expectation is met. Stages never do: they locate a difference, and can be asked for when there is one.
    #[must_use]
    pub fn to_meet(expectation: &Expectation) -> Wanted {
        Wanted { transmission: is_sent_compared(expectation), stages: false }
    }
}

fn is_sent_compared(expectation: &Expectation) -> bool {
    match expectation {
        Expectation::Answer(output) => output.authorization.is_some() || output.url.is_some() || output.body.is_some(),
        Expectation::Refuse(_) => false,
        Expectation::OneOf(branches) => branches.iter().any(|(_, branch)| is_sent_compared(branch)),
    }
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

impl Observation {
    /// How long its texts are, roughly, in octets.
    #[must_use]
    pub fn octets(&self) -> usize {
        match self {
            Observation::Answered(output) => output.octets(),
            Observation::Refused { message, .. } | Observation::Unsupported { message, .. } | Observation::Broke { message, .. } => {
                message.len()
            }
        }
    }

    /// Cuts each value of an answer to so many octets.
    pub fn cut(&mut self, most: usize) {
        if let Observation::Answered(output) = self {
            output.cut(most);
        }
    }
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
