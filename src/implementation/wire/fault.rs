//! Ways to misbehave as an adapter, on purpose: for trying a runner. Each gives an observation of its own.

use crate::implementation::{Break, Observation};
use crate::vectors::{Output, Question};

/// A way to misbehave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Ends at the first question.
    Crash,
    /// Reads questions and never answers.
    Hang,
    /// Writes lines that are no messages.
    Garbage,
    /// Answers under an id that nobody asked for.
    WrongId,
    /// Ends in the middle of an answer.
    Truncated,
    /// Answers every question twice.
    Twice,
    /// Never says hello.
    NoHello,
    /// Refuses everything.
    RefuseAll,
    /// Says of everything that it does not support it, although it has declared it.
    UnsupportedAll,
    /// Says of everything that it failed.
    ErrorAll,
    /// Answers with what it was asked.
    Echo,
}

impl Fault {
    /// Every fault with its name and one sentence.
    pub const ALL: [(Fault, &'static str, &'static str); 11] = [
        (Fault::Crash, "crash", "ends at the first question"),
        (Fault::Hang, "hang", "reads questions and never answers"),
        (Fault::Garbage, "garbage", "writes lines that are no messages"),
        (Fault::WrongId, "wrong-id", "answers under an id that nobody asked for"),
        (Fault::Truncated, "truncated", "ends in the middle of an answer"),
        (Fault::Twice, "twice", "answers every question twice"),
        (Fault::NoHello, "no-hello", "never says hello"),
        (Fault::RefuseAll, "refuse-all", "refuses everything"),
        (Fault::UnsupportedAll, "unsupported-all", "does not support what it has declared"),
        (Fault::ErrorAll, "error-all", "says of everything that it failed"),
        (Fault::Echo, "echo", "answers with what it was asked"),
    ];

    /// The fault with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Fault> {
        Fault::ALL.iter().find(|(_, known, _)| *known == name).map(|(fault, ..)| *fault)
    }

    /// What is answered in place of the right answer, where the fault lies in the answer.
    #[must_use]
    pub fn answer(self, question: &Question, right: Observation) -> Observation {
        let message = || "on purpose".to_owned();
        match self {
            Fault::RefuseAll => Observation::Refused { code: Some("malformed_request".to_owned()), message: message() },
            Fault::UnsupportedAll => Observation::Unsupported { what: format!("operation:{}", question.operation()), message: message() },
            Fault::ErrorAll => Observation::Broke { why: Break::Error, message: message() },
            Fault::Echo => Observation::Answered(Box::new(echo(question))),
            _ => right,
        }
    }
}

/// The text of a question as its answer.
fn echo(question: &Question) -> Output {
    match question {
        Question::PercentEncode(input) => Output { encoded: Some(input.text.clone()), ..Output::default() },
        Question::PercentDecode(input) => Output { decoded: Some(input.text.clone()), ..Output::default() },
        Question::Sign(input) => Output { signature: Some(input.url.clone()), ..Output::default() },
        Question::BaseString(input) => Output { base_string: Some(input.url.clone()), ..Output::default() },
        Question::BaseUri(input) => Output { base_uri: Some(input.url.clone()), ..Output::default() },
        Question::Mac(input) => Output { signature: Some(input.base_string.clone()), ..Output::default() },
        Question::Verify(_) => Output { valid: Some(true), ..Output::default() },
        Question::Normalize(input) => Output { parameters: Some(input.parameters.clone()), ..Output::default() },
        Question::FormDecode(input) => Output { decoded: Some(input.text.clone()), ..Output::default() },
        Question::ParseAuthorization(_) | Question::ParseTokenResponse(_) | Question::BodyHash(_) => Output::default(),
    }
}
