//! What an adapter writes and a runner reads: `hello`, and for each question one of `result`, `reject`, `unsupported`, `error`.

use serde::{Deserialize, Serialize};

use super::message::{Head, Id, Unreadable, body, head, write_line};
use super::{PROTOCOL, bounded, quick};
use crate::implementation::{Break, Description, Observation, Offer, Wanted};
use crate::vectors::{Operation, Output, Stages};

/// What an adapter says first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdapterHello {
    /// Who is asked.
    pub description: Description,
    /// What it offers. Operations that this version does not know are left out.
    pub offer: Offer,
    /// How many questions may be open at once; at least one.
    pub max_in_flight: u32,
}

/// What an adapter writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FromAdapter {
    /// The first line.
    Hello(AdapterHello),
    /// An answer of any kind: `result`, `reject`, `unsupported` or `error`.
    Answer {
        /// The id of the question. Only an `error` about a line that could not be read has none.
        id: Option<Id>,
        /// What the implementation did. Breaks are written as `error` and read as [`Break::Error`].
        observation: Observation,
    },
}

impl FromAdapter {
    /// Reads a line.
    ///
    /// # Errors
    /// [`Unreadable::Message`].
    pub fn read(line: &[u8]) -> Result<FromAdapter, Unreadable> {
        FromAdapter::read_for(line, Wanted::ALL)
    }

    /// Reads a line of which only a part will be looked at. It is told all the same what is wrong with the rest.
    ///
    /// # Errors
    /// [`Unreadable::Message`].
    pub fn read_for(line: &[u8], wanted: Wanted) -> Result<FromAdapter, Unreadable> {
        if let Some(answer) = quick::read(line, wanted) {
            return Ok(answer);
        }
        let (text, head) = head(line)?;
        let observation = match &*head.kind {
            "hello" => return hello(text, &head).map(FromAdapter::Hello),
            "result" => result(text, &head)?,
            "reject" | "unsupported" | "error" => said(text, &head)?,
            kind => return Err(Unreadable::message(head.id.as_ref(), format_args!("unknown message type {kind:?}"))),
        };
        if head.id.is_none() && head.kind != "error" {
            return Err(Unreadable::message(None, format_args!("a {} message without id", head.kind)));
        }
        Ok(FromAdapter::Answer { id: head.id, observation })
    }

    /// Appends the message as a line, its end included.
    pub fn write(self, out: &mut Vec<u8>) {
        #[derive(Serialize)]
        #[serde(tag = "type", rename_all = "snake_case")]
        enum Written<'a> {
            Hello {
                protocol: u32,
                implementation: &'a Description,
                operations: &'a [Operation],
                signature_methods: &'a [String],
                features: &'a [String],
                max_in_flight: u32,
            },
            Result {
                id: Option<&'a Id>,
                output: &'a Output,
                #[serde(skip_serializing_if = "Option::is_none")]
                stages: Option<Stages>,
            },
            Reject {
                id: Option<&'a Id>,
                code: Option<&'a str>,
                message: &'a str,
            },
            Unsupported {
                id: Option<&'a Id>,
                what: &'a str,
                message: &'a str,
            },
            Error {
                #[serde(skip_serializing_if = "Option::is_none")]
                id: Option<&'a Id>,
                message: &'a str,
            },
        }
        match self {
            FromAdapter::Hello(AdapterHello { description, offer, max_in_flight }) => {
                let Offer { operations, signature_methods, features } = &offer;
                let implementation = &description;
                let written = Written::Hello { protocol: PROTOCOL, implementation, operations, signature_methods, features, max_in_flight };
                write_line(&written, out);
            }
            FromAdapter::Answer { id, mut observation } => {
                let id = id.as_ref();
                let written = match &mut observation {
                    Observation::Answered(output) => {
                        let stages = output.stages.take();
                        Written::Result { id, output, stages }
                    }
                    Observation::Refused { code, message } => Written::Reject { id, code: code.as_deref(), message },
                    Observation::Unsupported { what, message } => Written::Unsupported { id, what, message },
                    Observation::Broke { message, .. } => Written::Error { id, message },
                };
                write_line(&written, out);
            }
        }
    }
}

fn hello(text: &str, head: &Head<'_>) -> Result<AdapterHello, Unreadable> {
    #[derive(Deserialize)]
    struct Hello {
        protocol: u32,
        implementation: Description,
        operations: Vec<String>,
        #[serde(default)]
        signature_methods: Vec<String>,
        #[serde(default)]
        features: Vec<String>,
        #[serde(default)]
        max_in_flight: Option<u32>,
    }
    let hello: Hello = body(text, head)?;
    let wrong = |what: String| Err(Unreadable::message(None, what));
    if hello.protocol != PROTOCOL {
        return wrong(format!("it speaks version {} of the protocol, not {PROTOCOL}", hello.protocol));
    }
    if hello.implementation.name.is_empty() {
        return wrong("its name is empty".to_owned());
    }
    if hello.operations.is_empty() {
        return wrong("it offers no operation".to_owned());
    }
    if hello.max_in_flight == Some(0) {
        return wrong("its max_in_flight is 0".to_owned());
    }
    let Description { name, version, language, language_version, homepage } = hello.implementation;
    let is_offered = |operation: &Operation| hello.operations.iter().any(|name| name == operation.as_str());
    Ok(AdapterHello {
        offer: Offer {
            operations: Operation::ALL.into_iter().filter(is_offered).collect(),
            signature_methods: hello.signature_methods,
            features: hello.features,
        },
        description: Description {
            name: bounded(name),
            version: version.map(bounded),
            language: language.map(bounded),
            language_version: language_version.map(bounded),
            homepage: homepage.map(bounded),
        },
        max_in_flight: hello.max_in_flight.unwrap_or(1),
    })
}

fn result(text: &str, head: &Head<'_>) -> Result<Observation, Unreadable> {
    #[derive(Deserialize)]
    struct Answer {
        output: Output,
        #[serde(default)]
        stages: Option<Stages>,
    }
    let Answer { mut output, stages } = body(text, head)?;
    // Beside the output is the stages' one place on the wire.
    output.stages = stages;
    Ok(Observation::Answered(Box::new(output)))
}

fn said(text: &str, head: &Head<'_>) -> Result<Observation, Unreadable> {
    #[derive(Deserialize)]
    struct Said {
        #[serde(default)]
        code: Option<String>,
        #[serde(default)]
        what: Option<String>,
        #[serde(default)]
        message: Option<String>,
        #[serde(default)]
        traceback: Option<String>,
    }
    let Said { code, what, message, traceback } = body(text, head)?;
    let message = bounded(message.unwrap_or_default());
    Ok(match &*head.kind {
        "reject" => Observation::Refused { code: code.map(bounded), message },
        "unsupported" => Observation::Unsupported { what: bounded(what.unwrap_or_default()), message },
        _ => {
            let traceback = traceback.map(|traceback| format!("\n{}", bounded(traceback))).unwrap_or_default();
            Observation::Broke { why: Break::Error, message: message + &traceback }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<FromAdapter, String> {
        FromAdapter::read(line.as_bytes()).map_err(|error| error.to_string())
    }

    fn answer(observation: Observation) -> FromAdapter {
        FromAdapter::Answer { id: Id::new("c1".to_owned()), observation }
    }

    #[test]
    fn what_is_written_is_read_back() {
        let hello = FromAdapter::Hello(AdapterHello {
            description: Description { name: "x".to_owned(), version: Some("1".to_owned()), ..Description::default() },
            offer: Offer { operations: vec![Operation::Sign], signature_methods: vec!["PLAINTEXT".to_owned()], features: Vec::new() },
            max_in_flight: 3,
        });
        let stages = Stages { key: Some("k&".into()), ..Stages::default() };
        let output = Output { signature: Some("s".into()), stages: Some(stages), ..Output::default() };
        let message = || "m".to_owned();
        for (answer, line) in [
            (
                hello,
                r#"{"type":"hello","protocol":1,"implementation":{"name":"x","version":"1"},"operations":["sign"],"signature_methods":["PLAINTEXT"],"features":[],"max_in_flight":3}"#,
            ),
            (
                answer(Observation::Answered(Box::new(output))),
                r#"{"type":"result","id":"c1","output":{"signature":"s"},"stages":{"key":"k&"}}"#,
            ),
            (
                answer(Observation::Refused { code: Some("nonce_used".to_owned()), message: message() }),
                r#"{"type":"reject","id":"c1","code":"nonce_used","message":"m"}"#,
            ),
            (
                answer(Observation::Unsupported { what: "feature:realm".to_owned(), message: message() }),
                r#"{"type":"unsupported","id":"c1","what":"feature:realm","message":"m"}"#,
            ),
            (answer(Observation::Broke { why: Break::Error, message: message() }), r#"{"type":"error","id":"c1","message":"m"}"#),
        ] {
            let mut written = Vec::new();
            answer.clone().write(&mut written);
            assert_eq!(String::from_utf8(written).unwrap(), format!("{line}\n"));
            assert_eq!(read(line), Ok(answer));
        }
    }

    #[test]
    fn a_hello_says_what_it_must() {
        let hello = |rest: &str| read(&format!(r#"{{"type":"hello","protocol":1,"implementation":{{"name":"x"}}{rest}}}"#));
        let Ok(FromAdapter::Hello(read)) = hello(r#","operations":["verify","dance","sign","sign"]"#) else { panic!("it can be read") };
        assert_eq!(read.offer.operations, [Operation::Sign, Operation::Verify]);
        assert_eq!(read.max_in_flight, 1);
        for (rest, what) in [
            ("", "not a hello message: missing field `operations` at line 1 column 59"),
            (r#","operations":[]"#, "it offers no operation"),
            (r#","operations":["sign"],"max_in_flight":0"#, "its max_in_flight is 0"),
            (
                r#","operations":["sign"],"max_in_flight":-1"#,
                "not a hello message: invalid value: integer `-1`, expected u32 at line 1 column 99",
            ),
        ] {
            assert_eq!(hello(rest), Err(what.to_owned()), "{rest}");
        }
    }

    #[test]
    fn a_hello_of_another_version_is_told() {
        for (line, what) in [
            (
                r#"{"type":"hello","protocol":2,"implementation":{"name":"x"},"operations":["sign"]}"#,
                "it speaks version 2 of the protocol, not 1",
            ),
            (r#"{"type":"hello","protocol":1,"implementation":{"name":""},"operations":["sign"]}"#, "its name is empty"),
        ] {
            assert_eq!(read(line), Err(what.to_owned()));
        }
    }

    #[test]
    fn what_an_adapter_leaves_out_is_empty() {
        for (line, observation) in [
            (r#"{"type":"reject","id":"c1"}"#, Observation::Refused { code: None, message: String::new() }),
            (r#"{"type":"reject","id":"c1","code":null,"message":null}"#, Observation::Refused { code: None, message: String::new() }),
            (r#"{"type":"unsupported","id":"c1"}"#, Observation::Unsupported { what: String::new(), message: String::new() }),
            (
                r#"{"type":"error","id":"c1","message":"m","traceback":"t"}"#,
                Observation::Broke { why: Break::Error, message: "m\nt".to_owned() },
            ),
        ] {
            assert_eq!(read(line), Ok(answer(observation)), "{line}");
        }
    }

    #[test]
    fn an_answer_without_id_is_none_unless_it_is_an_error() {
        assert!(matches!(read(r#"{"type":"error"}"#), Ok(FromAdapter::Answer { id: None, .. })));
        for (line, what) in [
            (r#"{"type":"result","output":{}}"#, "a result message without id"),
            (r#"{"type":"reject"}"#, "a reject message without id"),
            (r#"{"type":"run","id":"c1"}"#, "unknown message type \"run\""),
            (r#"{"type":"result","id":"c1"}"#, "not a result message: missing field `output` at line 1 column 27"),
        ] {
            assert_eq!(read(line), Err(what.to_owned()));
        }
        assert!(read(r#"{"type":"result","id":"c1","output":{"signature":5}}"#).is_err());
    }

    #[test]
    fn free_text_is_kept_up_to_a_bound() {
        let line = format!(r#"{{"type":"reject","id":"c1","message":"{}"}}"#, "x".repeat(1_000_000));
        let Ok(FromAdapter::Answer { observation: Observation::Refused { message, .. }, .. }) = read(&line) else {
            panic!("it can be read")
        };
        assert!(message.len() < 2 * super::super::MESSAGE_LIMIT);
    }
}
