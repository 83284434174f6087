//! What a runner writes and an adapter reads: `hello`, `run`, `bye`.

use serde::{Deserialize, Serialize};

use super::bounded;
use super::message::{Head, Id, Unreadable, body, head, write_line};
use crate::vectors::input::Input;
use crate::vectors::{Operation, Question};

/// The versions of the protocol that a runner speaks, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Versions {
    /// The lowest.
    pub min: u32,
    /// The highest.
    pub max: u32,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Runner {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
}

/// What a runner writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromRunner {
    /// The first line.
    Hello {
        /// What it speaks.
        protocol: Versions,
        /// Who it is.
        runner: Runner,
    },
    /// A question, without what is expected.
    Run {
        /// Its id.
        id: Id,
        /// The question.
        question: Question,
    },
    /// The last line.
    Bye,
}

impl FromRunner {
    /// Reads a line.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(line: &[u8]) -> Result<FromRunner, Unreadable> {
        #[derive(Deserialize)]
        struct Hello {
            protocol: Versions,
            runner: Runner,
        }
        let (text, head) = head(line)?;
        match &*head.kind {
            "hello" => body(text, &head).map(|Hello { protocol, runner }| FromRunner::Hello { protocol, runner }),
            "run" => {
                let Some(id) = &head.id else { return Err(Unreadable::message(None, "a run message without id")) };
                let Some(name) = &head.operation else { return Err(Unreadable::message(Some(id), "a run message without operation")) };
                match Operation::ALL.into_iter().find(|operation| operation.as_str() == name) {
                    Some(operation) => Ok(FromRunner::Run { id: id.clone(), question: question(operation, text, &head)? }),
                    None => Err(Unreadable::Operation { id: id.clone(), operation: bounded(name.to_string()) }),
                }
            }
            "bye" => Ok(FromRunner::Bye),
            kind => Err(Unreadable::Kind { kind: bounded(kind.to_owned()) }),
        }
    }

    /// Appends the message as a line, its end included.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            FromRunner::Hello { protocol, runner } => write_line(&Written::Hello { protocol: *protocol, runner }, out),
            FromRunner::Run { id, question } => FromRunner::write_run(id, question, out),
            FromRunner::Bye => write_line(&Written::Bye, out),
        }
    }

    /// Appends a `run` message as a line, its end included.
    pub fn write_run(id: &Id, question: &Question, out: &mut Vec<u8>) {
        write_line(&Written::Run { id, operation: question.operation(), input: Input(question) }, out);
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Written<'a> {
    Hello { protocol: Versions, runner: &'a Runner },
    Run { id: &'a Id, operation: Operation, input: Input<'a> },
    Bye,
}

#[derive(Deserialize)]
struct Run<T> {
    input: T,
}

fn question(operation: Operation, text: &str, head: &Head<'_>) -> Result<Question, Unreadable> {
    fn input<'a, T: Deserialize<'a>>(text: &'a str, head: &Head<'_>) -> Result<T, Unreadable> {
        body::<Run<T>>(text, head).map(|run| run.input)
    }
    Ok(match operation {
        Operation::Sign => Question::Sign(input(text, head)?),
        Operation::BaseString => Question::BaseString(input(text, head)?),
        Operation::Verify => Question::Verify(input(text, head)?),
        Operation::PercentEncode => Question::PercentEncode(input(text, head)?),
        Operation::PercentDecode => Question::PercentDecode(input(text, head)?),
        Operation::ParseAuthorization => Question::ParseAuthorization(input(text, head)?),
        Operation::ParseTokenResponse => Question::ParseTokenResponse(input(text, head)?),
        Operation::BaseUri => Question::BaseUri(input(text, head)?),
        Operation::Normalize => Question::Normalize(input(text, head)?),
        Operation::Mac => Question::Mac(input(text, head)?),
        Operation::FormDecode => Question::FormDecode(input(text, head)?),
        Operation::BodyHash => Question::BodyHash(input(text, head)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(message: &FromRunner) -> String {
        let mut line = Vec::new();
        message.write(&mut line);
        String::from_utf8(line).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let id = Id::new("c1".to_owned()).unwrap();
        let runner = Runner { name: "countersign".to_owned(), version: "0.1.0".to_owned() };
        for (message, line) in [
            (
                FromRunner::Hello { protocol: Versions { min: 1, max: 2 }, runner },
                r#"{"type":"hello","protocol":{"min":1,"max":2},"runner":{"name":"countersign","version":"0.1.0"}}"#,
            ),
            (
                FromRunner::Run { id, question: Question::PercentEncode(crate::vectors::question::TextInput { text: vec![0xff].into() }) },
                r#"{"type":"run","id":"c1","operation":"percent_encode","input":{"text":{"base64":"/w=="}}}"#,
            ),
            (FromRunner::Bye, r#"{"type":"bye"}"#),
        ] {
            assert_eq!(written(&message), format!("{line}\n"));
            assert_eq!(FromRunner::read(line.as_bytes()).unwrap(), message);
        }
    }

    #[test]
    fn fields_of_later_versions_are_ignored() {
        let line = r#"{"later":[{}],"input":{"text":"a","mode":{"x":1}},"operation":"form_decode","id":"c1","type":"run"}"#;
        assert!(matches!(FromRunner::read(line.as_bytes()), Ok(FromRunner::Run { question: Question::FormDecode(_), .. })));
    }

    #[test]
    fn a_faulty_message_keeps_its_id() {
        let id = || Id::new("c1".to_owned());
        for (line, found, what) in [
            (r#"{"type":"run","id":"c1","input":{}}"#, id(), "a run message without operation"),
            (r#"{"type":"run","operation":"sign","input":{}}"#, None, "a run message without id"),
            (
                r#"{"type":"run","id":"c1","operation":"percent_encode","input":{"text":1}}"#,
                id(),
                "not a run message: invalid type: integer `1`, expected a string or {\"base64\": \"…\"} at line 1 column 70",
            ),
            (
                r#"{"type":"run","id":"c1","operation":"percent_encode"}"#,
                id(),
                "not a run message: missing field `input` at line 1 column 53",
            ),
        ] {
            assert_eq!(FromRunner::read(line.as_bytes()), Err(Unreadable::Message { id: found, what: what.to_owned() }), "{line}");
        }
        assert_eq!(FromRunner::read(br#"{"type":"jump","id":"c1"}"#), Err(Unreadable::Kind { kind: "jump".to_owned() }));
        assert_eq!(
            FromRunner::read(br#"{"type":"run","id":"c1","operation":"dance","input":{}}"#),
            Err(Unreadable::Operation { id: id().unwrap(), operation: "dance".to_owned() })
        );
    }
}
