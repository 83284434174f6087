//! A case: one question with what may be answered, the clause that says so, and where all of it comes from.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::answer::Expectation;
use super::question::Question;

/// Whether a case counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It counts.
    #[default]
    Active,
    /// It runs and never fails.
    Disputed,
    /// A published value that is known to be wrong, kept so that whoever produces it is told where it comes from. It is not run.
    Withdrawn,
}

/// How binding the expected answer is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// The specification demands it.
    Must,
    /// The specification recommends it: reported, fails only when asked to be strict.
    Should,
    /// The specification leaves it open: reported, never scored.
    Interop,
}

/// A clause of a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clause {
    /// The document, such as `RFC5849`.
    pub doc: String,
    /// The section in it, such as `3.4.1.2`.
    pub section: String,
}

/// Where an expected value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs, reason = "each is its own name; vectors/README.md has the list")]
pub enum SourceKind {
    Rfc,
    Erratum,
    Vendor,
    Suite,
    Incident,
    Derived,
}

/// Where an expected value comes from, in an address that somebody can open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// What kind of source it is.
    pub kind: SourceKind,
    /// The address and the place there.
    #[serde(rename = "ref")]
    pub reference: String,
    /// Implementations that computed the same value.
    #[serde(default)]
    pub confirmed_by: Vec<String>,
}

/// Where a case stands: file and line (from 1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The file as it was named or found; embedded ones begin with `vectors/`.
    pub file: Arc<str>,
    /// The line on which the case begins.
    pub line: usize,
}

/// A case out of a vector file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The suite it belongs to, such as `sign.uri`.
    pub suite: Arc<str>,
    /// Its name in the suite.
    pub id: String,
    /// Counted up when its meaning changes.
    pub rev: u32,
    /// Whether it counts.
    pub status: Status,
    /// How binding it is.
    pub level: Level,
    /// The requirement in one phrase.
    pub title: String,
    /// The clauses that say so; at least one.
    pub spec: Vec<Clause>,
    /// Flags that its file explains.
    pub flags: Vec<String>,
    /// What an implementation must offer to be asked this, as it is written: `feature:NAME`, `signature_method:NAME`. What the input
    /// needs comes on top, see [`Case::needs`].
    pub requires: Vec<String>,
    /// The full id of the case that must be accepted for a refusal of this one to mean something.
    pub control: Option<String>,
    /// What is asked.
    pub question: Question,
    /// What may be answered.
    pub expectation: Expectation,
    /// Ids of deviations that this case catches.
    pub kills: Vec<String>,
    /// What is wrong with a disputed or withdrawn value, or another remark.
    pub note: Option<String>,
    /// Where the value comes from.
    pub source: Provenance,
    /// Where the case stands.
    pub place: Place,
}

impl Case {
    /// `suite/id`, unique over the whole set.
    #[must_use]
    pub fn full_id(&self) -> String {
        format!("{}/{}", self.suite, self.id)
    }
}
