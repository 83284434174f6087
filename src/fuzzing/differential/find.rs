//! What a search found, and its case for a vector file: ready to be put again, and to be looked at before it becomes a vector.

use serde_json::{Value, json};

use super::verifying::NOTHING;
use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::Observation;
use crate::judgement::diagnosing::is_alike;
use crate::vectors::{Operation, Output, Question};

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

    /// A vector file of this one case, judged by whom it says in `source.confirmed_by`: that is one implementation, and the reference if
    /// it gives the same answer. `vectors add` asks for more.
    #[must_use]
    pub fn vector_file(&self, implementation: &str, seed: u64) -> Value {
        let operation = self.question.operation();
        let requirement = match operation {
            Operation::Verify => "3.2",
            _ => self.diagnosis.certain().first().map_or("3.4", |cause| cause.section()),
        };
        let section = requirement.split_whitespace().last().filter(|text| text.starts_with(|first: char| first.is_ascii_digit()));
        let mut input = json!(crate::vectors::input::Input(&self.question));
        if let Some(members) = input.as_object_mut() {
            // What is not there need not be said.
            members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
        }
        let program = format!("countersign {} fuzz", env!("CARGO_PKG_VERSION"));
        let mut note = format!("observed {}", in_a_note(&self.observation));
        let (than, reference, confirmed_by) = match &self.standard {
            Standard::Reference => (String::new(), format!("{program} --seed {seed}"), vec![REFERENCE.to_owned()]),
            Standard::Other { name, version, reference } => {
                let mut confirmed_by = vec![version.as_ref().map_or_else(|| name.clone(), |version| format!("{name} {version}"))];
                match self.agreement() {
                    Some(Agreement::Standard) => {
                        confirmed_by.push(REFERENCE.to_owned());
                        note.push_str(&format!("; the reference agrees with {name}"));
                    }
                    Some(Agreement::Observed) => note.push_str(&format!("; the reference agrees with that, and not with {name}")),
                    _ => note.push_str(&format!("; the reference agrees with neither: {}", in_a_note(reference))),
                }
                (format!(" than {name}"), format!("{program} --against {name} --seed {seed}"), confirmed_by)
            }
        };
        json!({
            "format": 1,
            "suite": format!("{SUITES}{}", operation.as_str()),
            "operation": operation,
            "about": "found by countersign fuzz; not reviewed yet",
            "cases": [{
                "id": self.slug(),
                "rev": 1,
                "status": "active",
                "level": "must",
                "title": format!("what {implementation} does otherwise{than}: {}", self.name()),
                "spec": [{"doc": "RFC5849", "section": section.unwrap_or("3.4")}],
                "input": input,
                "expect": self.expect(),
                "note": note,
                "source": {"kind": "derived", "ref": reference, "confirmed_by": confirmed_by},
            }],
        })
    }

    /// What is expected of whoever is asked again.
    fn expect(&self) -> Value {
        match (&self.expected, &self.standard) {
            (Observation::Answered(output), Standard::Reference) => json!(output),
            // Of another one's answer only what was compared: how it writes a header, or what it calls a refusal, binds nobody.
            (Observation::Answered(output), Standard::Other { .. }) => {
                let Output { signature, base_string, valid, stages, .. } = (**output).clone();
                json!(Output { signature, base_string, valid, stages, ..Output::default() })
            }
            _ => json!({"refuse": {"codes": []}}),
        }
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

/// How the suites of finds begin.
pub const SUITES: &str = "fuzz.";

fn in_a_note(observation: &Observation) -> String {
    match observation {
        Observation::Answered(output) => serde_json::to_string(&Output { stages: None, ..(**output).clone() }).unwrap_or_default(),
        Observation::Refused { message, .. } => format!("refused: {message}"),
        Observation::Unsupported { what, .. } => format!("unsupported: {what}"),
        Observation::Broke { message, .. } => format!("broke: {message}"),
    }
}

/// The most sets of causes that a name holds.
const MOST_NAMED: usize = 3;
