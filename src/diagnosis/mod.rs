//! Which departures from RFC 5849 reproduce a value that somebody got. A cause is only named when the same request, derived with it, gives
//! the observed value again: that is the proof, and [`crate::deviation::Conduct`] repeats it.
//!
//! The search puts the parts of a derivation together that departures of different stages can give, those with the fewest departures
//! first:
//!
//! | room | what it enumerates |
//! |---|---|
//! | [`catalogue`] | the causes that are considered |
//! | [`pool`] | distinct values, each with the smallest sets of causes that give it |
//! | [`uris`] | methods and base string URIs |
//! | [`lists`] | lists of parameters, before they are encoded |
//! | [`normalized`] | normalized parameters |
//! | [`keys`] | keys, and ways to make and write a signature |
//! | [`search`] | all of them together, against the evidence |
//! | [`apart`] | a further request that would tell candidates apart |
//!
//! ```
//! use countersign::diagnosis::{Budget, Evidence, Outcome, Subject, diagnose};
//! use countersign::protocol::{Parameters, Request, Secrets, SignatureMethod, Url};
//!
//! let protocol = Parameters::of_header([(&b"oauth_consumer_key"[..], &b"k"[..])]);
//! let url = Url::parse(b"http://example.com:80/")?;
//! let request = Request { method: b"GET", url, headers: &[], body: None, protocol: &protocol, realm: None };
//! let subject = Subject { request: &request, method: SignatureMethod::HmacSha1, secrets: Some(Secrets::new(b"s", b"")), hosts: &[], paths: &[] };
//! let observed = b"GET&http%3A%2F%2Fexample.com%3A80%2F&oauth_consumer_key%3Dk";
//! let diagnosis = diagnose(&subject, &Evidence { base_string: Some(observed), ..Evidence::default() }, &mut Budget::default());
//! // Whether the port was written or added, this request cannot tell.
//! assert_eq!(diagnosis.outcome, Outcome::Ambiguous);
//! assert!(diagnosis.ids().contains(&vec!["uri.default-port-kept".to_owned()]));
//! # Ok::<(), countersign::protocol::Malformed>(())
//! ```

pub mod apart;
pub mod catalogue;
pub mod evidence;
mod keyed;
pub mod keys;
pub mod lists;
pub mod normalized;
pub mod pool;
pub mod search;
#[cfg(test)]
mod tests;
pub mod uris;

pub use evidence::{Evidence, SignatureText, Subject};
pub use search::{diagnose, is_proved};

use crate::deviation::Cause;

/// What a search came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The observed value is the specification's own.
    Right,
    /// One smallest set of causes gives the observed value.
    Explained,
    /// Several sets of the same size do, and this request cannot tell them apart.
    Ambiguous,
    /// Nothing that was tried does.
    Unexplained,
}

impl Outcome {
    /// Its word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Outcome::Right => "right",
            Outcome::Explained => "explained",
            Outcome::Ambiguous => "ambiguous",
            Outcome::Unexplained => "unexplained",
        }
    }
}

/// A diagnosis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// What it came to.
    pub outcome: Outcome,
    /// The smallest sets of causes that give the observed value: each was derived again and compared.
    pub sets: Vec<Vec<Cause>>,
    /// How many values were compared.
    pub tried: u64,
    /// All combinations of up to this many causes were tried, unless the budget ended the search before.
    pub complete: usize,
    /// For a truncated signature: one search in so many meets one by chance. `None` for whole evidence.
    pub one_in: Option<u64>,
    /// Why nothing is named, in words, where more is known than that nothing was found.
    pub note: Option<String>,
}

impl Diagnosis {
    /// Nothing found.
    #[must_use]
    pub const fn unexplained() -> Diagnosis {
        Diagnosis { outcome: Outcome::Unexplained, sets: Vec::new(), tried: 0, complete: 0, one_in: None, note: None }
    }

    /// From sets that were found and proved; none means unexplained.
    #[must_use]
    pub fn of_sets(sets: Vec<Vec<Cause>>) -> Diagnosis {
        let outcome = match sets.as_slice() {
            [] => Outcome::Unexplained,
            [only] if only.is_empty() => Outcome::Right,
            [_] => Outcome::Explained,
            _ => Outcome::Ambiguous,
        };
        Diagnosis { outcome, sets, ..Diagnosis::unexplained() }
    }

    /// The same with the reason why nothing is named, if nothing is.
    #[must_use]
    pub fn noted(self, note: Option<String>) -> Diagnosis {
        if self.outcome == Outcome::Unexplained { Diagnosis { note, ..self } } else { self }
    }

    /// The causes that all sets have in common: certain, whichever of them it is.
    #[must_use]
    pub fn certain(&self) -> Vec<Cause> {
        let Some((first, others)) = self.sets.split_first() else { return Vec::new() };
        first.iter().filter(|cause| others.iter().all(|set| set.contains(cause))).cloned().collect()
    }

    /// The ids of the causes, set by set.
    #[must_use]
    pub fn ids(&self) -> Vec<Vec<String>> {
        self.sets.iter().map(|set| set.iter().map(Cause::to_string).collect()).collect()
    }
}

/// Says whether a set of causes may be named.
pub type Accept<'a> = dyn FnMut(&[Cause]) -> bool + 'a;

/// How much a search may cost, and somebody who watches it.
pub struct Budget<'a> {
    /// The most values that are compared.
    pub most: u64,
    /// The most causes in a set.
    pub mistakes: usize,
    /// Sets that explained other values of the same implementation: tried first.
    pub known: &'a [Vec<Cause>],
    /// If there are any, only these causes are combined.
    pub among: &'a [Cause],
    /// Whether mistakes of input are considered: what somebody does once, and no implementation does always.
    pub inputs: bool,
    /// Refuses sets that other evidence speaks against: the search goes on without them.
    pub accept: Option<&'a mut Accept<'a>>,
    /// Is told from time to time how many values were compared; `false` ends the search.
    pub watch: Option<&'a mut dyn FnMut(u64) -> bool>,
}

/// The values that are compared unless said otherwise: about a second's work for an HMAC-SHA1 of a small request.
pub const DEFAULT_MOST: u64 = 2_000_000;
/// The causes in a set unless said otherwise.
pub const DEFAULT_MISTAKES: usize = 8;

impl Default for Budget<'_> {
    fn default() -> Self {
        Budget { most: DEFAULT_MOST, mistakes: DEFAULT_MISTAKES, known: &[], among: &[], inputs: true, accept: None, watch: None }
    }
}
