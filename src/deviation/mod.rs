//! The table of named departures from RFC 5849: what implementations do wrong, each as one change of a record of decisions. Wrongness
//! lives here and nowhere else: the protocol core has no `if quirky`.
//!
//! | room | what it holds |
//! |---|---|
//! | [`stage`] | where in a derivation a departure happens |
//! | [`practice`] | all decisions that a departure can change |
//! | [`cause`] | a departure, or a mistake of input with its parameter, by its id |
//! | [`input`] | mistakes of input: another scheme, host, method, a parameter left out |
//! | [`remedy`] | how to do it right in common languages |
//! | `method`, `uri`, `read`, `collect`, `names`, `merge`, `values`, `encode`, `order`, `key`, … | the table, a file or a room a stage |
//!
//! ```
//! use countersign::deviation::{self, Practice};
//!
//! let kept = deviation::find("uri.default-port-kept").expect("it is in the table");
//! let mut practice = Practice::RFC5849;
//! (kept.apply)(&mut practice);
//! assert_eq!((practice.recipe.uri.port)(b"http", Some(80)), Some(80));
//! ```

pub mod cause;
pub mod input;
pub mod practice;
pub mod remedy;
pub mod stage;

mod admission;
mod body_hash;
mod collect;
mod concatenate;
mod encode;
mod join;
mod key;
mod list;
mod mac;
mod merge;
mod method;
mod names;
mod order;
mod read;
mod response;
mod rewriting;
mod rows;
mod rsa;
mod secret;
mod sending;
mod synonym;
mod text;
mod uri;
mod values;
mod verifier;

#[cfg(test)]
mod tests;

pub use cause::{Cause, Conduct, UnknownCause};
pub use input::Input;
pub use practice::Practice;
pub use stage::{Side, Stage};
pub use synonym::synonym;

/// One named departure.
#[derive(Debug)]
pub struct Deviation {
    /// Its readable id, `stage.what-is-done`: never a number, never reused.
    pub id: &'static str,
    /// Where it happens. Two of the same stage exclude each other.
    pub stage: Stage,
    /// The section that it breaks: of RFC 5849, unless a document is named.
    pub section: &'static str,
    /// One plain sentence to whoever made it: what is done.
    pub sentence: &'static str,
    /// What to do instead.
    pub fix: &'static str,
    /// Public addresses of reports, sources or documentation in which it was seen; what is only plausible has none.
    pub seen: &'static [&'static str],
    /// How common it is among released implementations: the search looks at common ones first.
    pub rank: Rank,
    /// Makes the departure.
    pub apply: fn(&mut Practice),
}

/// How often a departure is met.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// In several released libraries.
    Common,
    /// In a few reports.
    Seen,
    /// Plausible, no report known.
    Plausible,
}

/// The tables in the order of the stages. Not a constant: of that each code generation unit that names it would have a copy, with all texts
/// and functions, which take time to compile, and to relocate at every start.
static TABLES: &[&[Deviation]] = &[
    method::TABLE,
    uri::whole::TABLE,
    uri::authority::TABLE,
    uri::path::TABLE,
    uri::escapes::TABLE,
    read::cut::TABLE,
    read::decode::TABLE,
    collect::body::TABLE,
    collect::members::TABLE,
    collect::sources::TABLE,
    collect::parameters::TABLE,
    names::TABLE,
    merge::TABLE,
    values::TABLE,
    encode::charset::TABLE,
    encode::kept::TABLE,
    encode::escaped::TABLE,
    encode::levels::TABLE,
    order::TABLE,
    join::TABLE,
    concatenate::TABLE,
    secret::TABLE,
    key::ENCODING_TABLE,
    key::TABLE,
    mac::TABLE,
    mac::BARE_TABLE,
    rsa::TABLE,
    text::TABLE,
    body_hash::TABLE,
    admission::TABLE,
    sending::TABLE,
    sending::HEADER_TABLE,
    response::TABLE,
    verifier::header::TABLE,
    verifier::parameters::TABLE,
    verifier::credentials::TABLE,
    verifier::signature::TABLE,
];

/// Every departure, in the order of the tables.
pub fn all() -> impl Iterator<Item = &'static Deviation> {
    TABLES.iter().copied().flatten()
}

/// The departure with this id.
#[must_use]
pub fn find(id: &str) -> Option<&'static Deviation> {
    all().find(|deviation| deviation.id == id)
}

impl PartialEq for Deviation {
    fn eq(&self, other: &Deviation) -> bool {
        self.id == other.id
    }
}

impl Eq for Deviation {}
