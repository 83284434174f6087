//! What a search found, and its case for a vector file: ready to be put again, and to be looked at before it becomes a vector.

use serde_json::{Value, json};

use crate::diagnosis::{Diagnosis, Outcome};
use crate::implementation::Observation;
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

/// A difference that no other find explains.
#[derive(Clone, Debug)]
pub struct Find {
    /// In which way.
    pub kind: Kind,
    /// Where the search was when it came upon it: axes, or the change of a received request.
    pub at: Vec<&'static str>,
    /// The smallest question that was reached.
    pub question: Question,
    /// The right answer to it.
    pub right: Observation,
    /// What was answered.
    pub observation: Observation,
    /// What explains it.
    pub diagnosis: Diagnosis,
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
            _ if self.at.is_empty() => format!("{} (a common request)", self.kind.as_str()),
            _ if self.question.operation() == Operation::Verify => {
                format!("{} ({})", self.kind.as_str(), self.at.first().copied().unwrap_or_default())
            }
            _ => format!("{} ({})", self.kind.as_str(), self.at.join(", ")),
        }
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

    /// A vector file of this one case. Its expected values are computed by the reference alone: nobody confirms them yet, and
    /// `vectors add` asks for that.
    #[must_use]
    pub fn vector_file(&self, implementation: &str, seed: u64) -> Value {
        let operation = self.question.operation();
        let requirement = match operation {
            Operation::Verify => "3.2",
            _ => self.diagnosis.certain().first().map_or("3.4", |cause| cause.section()),
        };
        let section = requirement.split_whitespace().last().filter(|text| text.starts_with(|first: char| first.is_ascii_digit()));
        let observed = match &self.observation {
            Observation::Answered(output) => serde_json::to_string(&Output { stages: None, ..(**output).clone() }).unwrap_or_default(),
            Observation::Refused { message, .. } => format!("refused: {message}"),
            Observation::Unsupported { what, .. } => format!("unsupported: {what}"),
            Observation::Broke { message, .. } => format!("broke: {message}"),
        };
        let expect = match &self.right {
            Observation::Answered(output) => json!(output),
            _ => json!({"refuse": {"codes": []}}),
        };
        let mut input = json!(crate::vectors::input::Input(&self.question));
        if let Some(members) = input.as_object_mut() {
            // What is not there need not be said.
            members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
        }
        json!({
            "format": 1,
            "suite": format!("fuzz.{}", operation.as_str()),
            "operation": operation,
            "about": "found by countersign fuzz; not reviewed yet",
            "cases": [{
                "id": self.slug(),
                "rev": 1,
                "status": "active",
                "level": "must",
                "title": format!("what {implementation} does otherwise: {}", self.name()),
                "spec": [{"doc": "RFC5849", "section": section.unwrap_or("3.4")}],
                "input": input,
                "expect": expect,
                "note": format!("observed {observed}"),
                "source": {
                    "kind": "derived",
                    "ref": format!("countersign {} fuzz --seed {seed}", env!("CARGO_PKG_VERSION")),
                    "confirmed_by": ["countersign reference"],
                },
            }],
        })
    }
}

/// The most sets of causes that a name holds.
const MOST_NAMED: usize = 3;
