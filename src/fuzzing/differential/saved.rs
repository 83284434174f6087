//! The vector file of a find: its case, ready to be put again, and to be looked at before it becomes a vector; and where a refusal would
//! satisfy it, a second case that must be accepted.

use serde_json::{Value, json};

use super::find::{Agreement, Control, Find, REFERENCE, Standard};
use crate::implementation::Observation;
use crate::vectors::{Operation, Output, Question};

/// How the suites of finds begin.
pub const SUITES: &str = "fuzz.";

impl Find {
    /// A vector file of it, judged by whom it says in `source.confirmed_by`: that is one implementation, and the reference if it gives the
    /// same answer. `vectors add` asks for more.
    #[must_use]
    pub fn vector_file(&self, implementation: &str, seed: u64) -> Value {
        let operation = self.question.operation();
        let mut note = format!("observed {}", in_a_note(&self.observation));
        let than = match &self.standard {
            Standard::Reference => String::new(),
            Standard::Other { name, reference, .. } => {
                note.push_str(&match self.agreement() {
                    Some(Agreement::Standard) => format!("; the reference agrees with {name}"),
                    Some(Agreement::Observed) => format!("; the reference agrees with that, and not with {name}"),
                    _ => format!("; the reference agrees with neither: {}", in_a_note(reference)),
                });
                format!(" than {name}")
            }
        };
        let id = self.slug();
        let mut case = json!({
            "id": id,
            "rev": 1,
            "status": "active",
            "level": "must",
            "title": format!("what {implementation} does otherwise{than}: {}", self.name()),
            "spec": [{"doc": "RFC5849", "section": self.section()}],
            "input": input(&self.question),
            "expect": expect(&self.expected, &self.standard),
            "note": note,
            "source": source(&self.standard, self.agreement() == Some(Agreement::Standard), seed),
        });
        let mut cases = Vec::new();
        if let Some(control) = &self.control {
            let name = format!("{id}-control");
            if let Some(members) = case.as_object_mut() {
                members.insert("control".to_owned(), json!(name));
            }
            cases.push(self.control_case(control, &name, seed));
        }
        cases.insert(0, case);
        json!({
            "format": 1,
            "suite": format!("{SUITES}{}", operation.as_str()),
            "operation": operation,
            "about": "found by countersign fuzz; not reviewed yet",
            "cases": cases,
        })
    }

    fn control_case(&self, control: &Control, id: &str, seed: u64) -> Value {
        json!({
            "id": id,
            "rev": 1,
            "status": "active",
            "level": "must",
            "title": "a request like the one that must be refused, and nothing is wrong with it",
            "spec": [{"doc": "RFC5849", "section": self.section()}],
            "input": input(&control.question),
            "expect": expect(&control.expected, &control.standard),
            "source": source(&control.standard, control.is_confirmed(), seed),
        })
    }

    /// The section that is at stake.
    fn section(&self) -> &str {
        let requirement = match self.question.operation() {
            Operation::Verify => "3.2",
            _ => self.diagnosis.certain().first().map_or("3.4", |cause| cause.section()),
        };
        let section = requirement.split_whitespace().last().filter(|text| text.starts_with(|first: char| first.is_ascii_digit()));
        section.unwrap_or("3.4")
    }
}

impl Control {
    /// Whether the reference gives the answer of another standard.
    fn is_confirmed(&self) -> bool {
        let Standard::Other { reference, .. } = &self.standard else { return false };
        crate::judgement::diagnosing::is_alike(self.question.operation(), reference, &self.expected)
    }
}

/// The members of an input: what is not there need not be said.
fn input(question: &Question) -> Value {
    let mut input = json!(crate::vectors::input::Input(question));
    if let Some(members) = input.as_object_mut() {
        members.retain(|_, value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty()));
    }
    input
}

/// What is expected of whoever is asked again.
fn expect(expected: &Observation, standard: &Standard) -> Value {
    match (expected, standard) {
        (Observation::Answered(output), Standard::Reference) => json!(output),
        // Of another one's answer only what was compared: how it writes a header, or what it calls a refusal, binds nobody.
        (Observation::Answered(output), Standard::Other { .. }) => {
            let Output { signature, base_string, valid, stages, .. } = (**output).clone();
            json!(Output { signature, base_string, valid, stages, ..Output::default() })
        }
        _ => json!({"refuse": {"codes": []}}),
    }
}

/// Whose answer it is, and how it was come by.
fn source(standard: &Standard, is_confirmed: bool, seed: u64) -> Value {
    let program = format!("countersign {} fuzz", env!("CARGO_PKG_VERSION"));
    let (reference, confirmed_by) = match standard {
        Standard::Reference => (format!("{program} --seed {seed}"), vec![REFERENCE.to_owned()]),
        Standard::Other { name, version, .. } => {
            let mut confirmed_by = vec![version.as_ref().map_or_else(|| name.clone(), |version| format!("{name} {version}"))];
            confirmed_by.extend(is_confirmed.then(|| REFERENCE.to_owned()));
            (format!("{program} --against {name} --seed {seed}"), confirmed_by)
        }
    };
    json!({"kind": "derived", "ref": reference, "confirmed_by": confirmed_by})
}

fn in_a_note(observation: &Observation) -> String {
    match observation {
        Observation::Answered(output) => serde_json::to_string(&Output { stages: None, ..(**output).clone() }).unwrap_or_default(),
        Observation::Refused { message, .. } => format!("refused: {message}"),
        Observation::Unsupported { what, .. } => format!("unsupported: {what}"),
        Observation::Broke { message, .. } => format!("broke: {message}"),
    }
}
