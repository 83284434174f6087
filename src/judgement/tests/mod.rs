//! Tests of the room as a whole, and the cases and implementations that they are made of.

mod judging;
mod replaying;
mod running;
mod several;
mod showing;
mod telling;

use std::sync::Arc;

use crate::implementation::{Description, Implementation, Observation, Offer};
use crate::vectors::question::{Credentials, SignInput, TextInput};
use crate::vectors::{Case, Clause, Expectation, Level, Operation, Output, Place, Provenance, Question, SourceKind, Status};

/// An active `must` case of the suite `s`.
pub(super) fn case(id: &str, question: Question, expectation: Expectation) -> Case {
    Case {
        suite: "s".into(),
        id: id.to_owned(),
        rev: 1,
        status: Status::Active,
        level: Level::Must,
        title: format!("the requirement of {id}"),
        spec: vec![Clause { doc: "RFC5849".to_owned(), section: "3.6".to_owned() }],
        flags: Vec::new(),
        requires: Vec::new(),
        control: None,
        question,
        expectation,
        kills: Vec::new(),
        note: None,
        source: Provenance { kind: SourceKind::Derived, reference: "here".to_owned(), confirmed_by: Vec::new() },
        place: Place { file: Arc::from("vectors/s.json"), line: 7 },
    }
}

pub(super) fn answer(output: Output) -> Expectation {
    Expectation::Answer(Box::new(output))
}

pub(super) fn refuse(codes: &[&str]) -> Expectation {
    Expectation::Refuse(codes.iter().map(|code| (*code).to_owned()).collect())
}

pub(super) fn answered(output: Output) -> Observation {
    Observation::Answered(Box::new(output))
}

pub(super) fn refused(code: Option<&str>) -> Observation {
    Observation::Refused { code: code.map(str::to_owned), message: "no".to_owned() }
}

pub(super) fn encode(text: &str) -> Question {
    Question::PercentEncode(TextInput { text: text.into() })
}

/// A case of `percent_encode`, the simplest there is.
pub(super) fn encoding(id: &str, text: &str, encoded: &str) -> Case {
    case(id, encode(text), answer(Output { encoded: Some(encoded.into()), ..Output::default() }))
}

/// A request to be signed, with all that belongs to a header.
pub(super) fn request() -> SignInput {
    SignInput {
        method: "GET".into(),
        url: "http://h/x?b=2&a=%31#f".into(),
        client: Credentials { identifier: "c k".into(), secret: Some("cs".into()) },
        token: Some(Credentials { identifier: "tk".into(), secret: Some("ts".into()) }),
        signature_method: "HMAC-SHA1".into(),
        nonce: Some("n".into()),
        timestamp: Some("1".into()),
        version: Some("1.0".into()),
        ..SignInput::default()
    }
}

/// An implementation that does what a function says.
pub(super) struct Scripted<F> {
    description: Description,
    offer: Offer,
    answer: F,
    pub(super) asked: usize,
}

impl<F: FnMut(&Question) -> Observation> Scripted<F> {
    pub(super) fn new(features: &[&str], answer: F) -> Scripted<F> {
        let offer = Offer {
            operations: vec![Operation::PercentEncode, Operation::Sign],
            signature_methods: vec!["HMAC-SHA1".to_owned()],
            features: features.iter().map(|feature| (*feature).to_owned()).collect(),
        };
        let description = Description { name: "scripted".to_owned(), version: Some("1".to_owned()), ..Description::default() };
        Scripted { description, offer, answer, asked: 0 }
    }
}

impl<F: FnMut(&Question) -> Observation> Implementation for Scripted<F> {
    fn description(&self) -> &Description {
        &self.description
    }

    fn offer(&self) -> &Offer {
        &self.offer
    }

    fn ask(&mut self, question: &Question) -> Observation {
        self.asked += 1;
        (self.answer)(question)
    }
}
