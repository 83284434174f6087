//! What a search found: a difference, in the smallest question that was reached, with what explains it.

use super::verifying::NOTHING;
use crate::deviation::Cause;
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::Observation;
use crate::judgement::diagnosing::is_alike;
use crate::vectors::{Operation, Question};

/// In which way somebody differs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It answers something else.
    Differs,
    /// It refuses what is answered.
    Refuses,
    /// It broke.
    Breaks,
    /// It accepts a request that must be refused.
    Accepts,
    /// It refuses a request that must be accepted.
    Rejects,
}

impl Kind {
    /// Its word in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Kind::Differs => "differs",
            Kind::Refuses => "refuses",
            Kind::Breaks => "breaks",
            Kind::Accepts => "accepts what must be refused",
            Kind::Rejects => "refuses what must be accepted",
        }
    }
}

/// Whose answer an observation is held against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standard {
    /// The reference's.
    Reference,
    /// Another implementation's: it may be wrong itself.
    Other {
        /// Its name.
        name: String,
        /// Its version, if it tells one.
        version: Option<String>,
        /// What the reference answers to the same question.
        reference: Observation,
    },
}

/// With whom the reference agrees where two implementations differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// With the one that was held against.
    Standard,
    /// With the one that was held to differ.
    Observed,
    /// With neither.
    Neither,
}

/// A request that must be accepted, for a refusal of another one to mean something.
#[derive(Clone, Debug)]
pub struct Control {
    /// It.
    pub question: Question,
    /// By whose answer.
    pub standard: Standard,
    /// That answer.
    pub expected: Observation,
}

/// What the reference is called among those who confirm a value.
pub const REFERENCE: &str = "countersign reference";

/// A difference that no other find explains.
#[derive(Clone, Debug)]
pub struct Find {
    /// In which way.
    pub kind: Kind,
    /// Where the search was when it came upon it: axes, or the change of a received request.
    pub at: Vec<&'static str>,
    /// The smallest question that was reached.
    pub question: Question,
    /// Whose answer it differs from.
    pub standard: Standard,
    /// That answer.
    pub expected: Observation,
    /// Where a refusal would be right, a request that must be accepted.
    pub control: Option<Control>,
    /// What was answered.
    pub observation: Observation,
    /// What explains it.
    pub diagnosis: Diagnosis,
    /// Whether nothing smaller was left to be tried: a shrinking ends early where time or questions do.
    pub is_smallest: bool,
    /// How many questions had been put when it was found.
    pub after: u64,
    /// How many others it explains.
    pub others: u64,
}

impl Find {
    /// What it is called: its causes, or where it was found.
    #[must_use]
    pub fn name(&self) -> String {
        match self.diagnosis.outcome {
            Outcome::Explained | Outcome::Ambiguous if !self.diagnosis.sets.is_empty() => {
                self.diagnosis.ids().iter().map(|set| set.join(" with ")).take(MOST_NAMED).collect::<Vec<_>>().join(" or ")
            }
            _ if self.at.is_empty() => format!("{} (a common request)", self.way()),
            _ => format!("{} ({})", self.way(), responsible(&self.question, &self.at).join(", ")),
        }
    }

    /// Whether causes are named for it.
    #[must_use]
    pub fn is_explained(&self) -> bool {
        is_explained(&self.diagnosis)
    }

    /// Leaves out sets of causes that a later answer refuted.
    pub(super) fn leave_out(&mut self, refuted: &[Vec<Cause>]) {
        let left = self.diagnosis.sets.iter().filter(|set| !refuted.contains(*set)).cloned().collect();
        self.diagnosis = Diagnosis { tried: self.diagnosis.tried, complete: self.diagnosis.complete, ..Diagnosis::of_sets(left) };
    }

    /// In which way it differs, in words: what another implementation does is no must.
    #[must_use]
    pub fn way(&self) -> String {
        match (&self.standard, self.kind) {
            (Standard::Other { name, .. }, Kind::Accepts) => format!("accepts what {name} refuses"),
            (Standard::Other { name, .. }, Kind::Rejects) => format!("refuses what {name} accepts"),
            _ => self.kind.as_str().to_owned(),
        }
    }

    /// With whom the reference agrees; `None` where its own answer was the standard.
    #[must_use]
    pub fn agreement(&self) -> Option<Agreement> {
        let Standard::Other { reference, .. } = &self.standard else { return None };
        let operation = self.question.operation();
        Some(if is_alike(operation, reference, &self.expected) {
            Agreement::Standard
        } else if is_alike(operation, reference, &self.observation) {
            Agreement::Observed
        } else {
            Agreement::Neither
        })
    }

    /// A name for a case and its file: short, and of the characters that both have.
    #[must_use]
    pub fn slug(&self) -> String {
        let mut slug = String::new();
        for letter in self.name().chars().take(100) {
            match letter {
                'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '_' => slug.push(letter),
                _ if slug.ends_with('-') || slug.is_empty() => {}
                _ => slug.push('-'),
            }
        }
        slug.trim_end_matches(['-', '.']).to_owned()
    }
}

/// What is to blame of where a search was: what was done to a received request is what it is along every axis, and where nothing was done to
/// it, the axes are.
pub(super) fn responsible<'a>(question: &Question, at: &'a [&'static str]) -> &'a [&'static str] {
    match (question.operation(), at) {
        (Operation::Verify, [first, axes @ ..]) if *first == NOTHING && !axes.is_empty() => axes,
        (Operation::Verify, [_, ..]) => at.get(..1).unwrap_or_default(),
        _ => at,
    }
}

/// Whether causes are named.
pub(super) fn is_explained(diagnosis: &Diagnosis) -> bool {
    matches!(diagnosis.outcome, Outcome::Explained | Outcome::Ambiguous)
}

/// The most sets of causes that a name holds.
const MOST_NAMED: usize = 3;
