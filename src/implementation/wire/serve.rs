//! The adapter's side of the protocol: an implementation answers what a runner asks, until the runner says `bye` or its input ends. A line
//! that cannot be read gets an `error` and ends nothing.

use std::io::{self, BufRead, Write};

use super::fault::Fault;
use super::{AdapterHello, FromAdapter, FromRunner, Id, LINE_LIMIT, Line, Lines, PROTOCOL, Unreadable, Versions};
use crate::implementation::{Break, Implementation, Observation};

/// How many questions a runner may have open at once. They are answered one after the other; the rest wait in the pipe.
pub const MAX_IN_FLIGHT: u32 = 64;

/// Answers are written when there is nothing left to read without waiting, or when there are this many octets of them.
const BATCH: usize = 64 * 1024;

/// Serves an implementation to the runner behind `reader` and `writer`. Answers are flushed before waiting for input and only then, so
/// that many open questions cost few system calls.
///
/// # Errors
/// What the reader or the writer says; a runner that goes away is a writer that breaks.
pub fn serve(reader: impl BufRead, writer: impl Write, implementation: &mut dyn Implementation) -> io::Result<()> {
    serve_wrongly(reader, writer, implementation, None)
}

/// [`serve`] with a fault, for trying a runner.
///
/// # Errors
/// As [`serve`]; a crash on purpose is an error too.
pub fn serve_wrongly(
    reader: impl BufRead,
    writer: impl Write,
    implementation: &mut dyn Implementation,
    fault: Option<Fault>,
) -> io::Result<()> {
    let mut lines = Lines::new(reader, LINE_LIMIT);
    let mut answers = Answers { writer, pending: Vec::new() };
    let mut greeted = false;
    while let Some(line) = lines.next(|| answers.flush())? {
        let answer = match line {
            Line::TooLong => error(None, format!("the line is longer than {LINE_LIMIT} octets")),
            Line::Whole(line) | Line::Unfinished(line) if line.trim_ascii().is_empty() => continue,
            Line::Whole(line) | Line::Unfinished(line) => match FromRunner::read(line) {
                Ok(FromRunner::Bye) => break,
                Ok(FromRunner::Hello { .. }) if fault == Some(Fault::NoHello) => continue,
                Ok(FromRunner::Hello { protocol, .. }) => {
                    let answer = hello(protocol, implementation);
                    greeted = matches!(answer, FromAdapter::Hello(_));
                    answer
                }
                Ok(FromRunner::Run { id, .. }) if !greeted => error(Some(id), "hello comes first".to_owned()),
                Ok(FromRunner::Run { id, question }) => {
                    let right = implementation.ask(&question);
                    let observation = fault.map_or(right.clone(), |fault| fault.answer(&question, right));
                    let answer = FromAdapter::Answer { id: Some(id), observation };
                    match fault {
                        Some(Fault::Crash) => return Err(io::Error::other("it crashes on purpose")),
                        Some(Fault::Hang) => continue,
                        Some(Fault::Garbage) => {
                            answers.pending.extend_from_slice(b"no message, on purpose\n");
                            continue;
                        }
                        Some(Fault::WrongId) => match answer {
                            FromAdapter::Answer { observation, .. } => {
                                FromAdapter::Answer { id: Id::new("nobody-asked".to_owned()), observation }
                            }
                            other @ FromAdapter::Hello(_) => other,
                        },
                        Some(Fault::Truncated) => {
                            let mut whole = Vec::new();
                            answer.write(&mut whole);
                            answers.pending.extend(whole.iter().take(whole.len() / 2));
                            break;
                        }
                        Some(Fault::Twice) => {
                            let mut once = Vec::new();
                            answer.write(&mut once);
                            answers.pending.extend(once.repeat(2));
                            continue;
                        }
                        _ => answer,
                    }
                }
                Err(Unreadable::Operation { id, operation }) => FromAdapter::Answer {
                    id: Some(id),
                    observation: Observation::Unsupported {
                        what: format!("operation:{operation}"),
                        message: "there is no such operation in this version".to_owned(),
                    },
                },
                // The next version may have more to say.
                Err(Unreadable::Kind { .. }) => continue,
                Err(Unreadable::Message { id, what }) => error(id, what),
            },
        };
        answers.push(answer)?;
    }
    answers.flush()
}

fn hello(protocol: Versions, implementation: &dyn Implementation) -> FromAdapter {
    if (protocol.min..=protocol.max).contains(&PROTOCOL) {
        FromAdapter::Hello(AdapterHello {
            description: implementation.description().clone(),
            offer: implementation.offer().clone(),
            max_in_flight: MAX_IN_FLIGHT,
        })
    } else {
        error(None, format!("version {PROTOCOL} of the protocol is spoken here, not {} to {}", protocol.min, protocol.max))
    }
}

fn error(id: Option<Id>, message: String) -> FromAdapter {
    FromAdapter::Answer { id, observation: Observation::Broke { why: Break::Error, message } }
}

/// Answers on their way out.
struct Answers<W> {
    writer: W,
    pending: Vec<u8>,
}

impl<W: Write> Answers<W> {
    fn push(&mut self, answer: FromAdapter) -> io::Result<()> {
        let before = self.pending.len();
        let id = match &answer {
            FromAdapter::Answer { id, .. } => id.clone(),
            FromAdapter::Hello(_) => None,
        };
        answer.write(&mut self.pending);
        if self.pending.len() - before > LINE_LIMIT + 1 {
            // The runner would not read it.
            self.pending.truncate(before);
            error(id, format!("the answer is longer than {LINE_LIMIT} octets")).write(&mut self.pending);
        }
        if self.pending.len() > BATCH { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> io::Result<()> {
        self.writer.write_all(&self.pending)?;
        self.pending.clear();
        self.pending.shrink_to(BATCH);
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.pending.is_empty() {
            self.write()?;
            self.writer.flush()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use serde_json::Value;

    use super::*;
    use crate::implementation::Reference;
    use crate::implementation::wire::Runner;
    use crate::vectors::{Case, Corpus};

    const HELLO: &str = r#"{"type":"hello","protocol":{"min":1,"max":1},"runner":{"name":"r","version":"1"}}"#;

    fn served(input: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        serve(input, &mut out, &mut Reference::new()).unwrap();
        String::from_utf8(out).unwrap().lines().map(str::to_owned).collect()
    }

    fn after_hello(lines: &[&str]) -> Vec<String> {
        let mut answers = served(format!("{HELLO}\n{}", lines.join("\n")).as_bytes());
        assert!(answers.remove(0).starts_with(r#"{"type":"hello","protocol":1,"implementation":{"name":"countersign reference""#));
        answers
    }

    fn cases() -> Vec<Case> {
        Corpus::embedded().unwrap().cases().map(Result::unwrap).collect()
    }

    #[test]
    fn a_broken_line_gets_an_error_and_ends_nothing() {
        let run = r#"{"type":"run","id":"c9","operation":"percent_encode","input":{"text":"é"}}"#;
        let long = format!(r#"{{"type":"run","id":"c1","x":"{}"}}"#, "x".repeat(LINE_LIMIT));
        let lines = ["garbage", r#"{"type":"dance","id":"c2"}"#, r#"{"type":"dance"}"#, "", r#"{"type":"run","id":5}"#, &long, run];
        assert_eq!(
            after_hello(&lines),
            [
                r#"{"type":"error","message":"not a message: expected value at line 1 column 1"}"#,
                r#"{"type":"error","message":"not a message: invalid type: integer `5`, expected a string at line 1 column 20"}"#,
                r#"{"type":"error","message":"the line is longer than 4194304 octets"}"#,
                r#"{"type":"result","id":"c9","output":{"encoded":"%C3%A9"}}"#,
            ]
        );
    }

    #[test]
    fn each_kind_of_answer_has_its_message() {
        let lines = [
            r#"{"type":"run","id":"c1","operation":"percent_decode","input":{"text":"%4"}}"#,
            r#"{"type":"run","id":"c2","operation":"dance","input":{}}"#,
            r#"{"type":"run","id":"c3","operation":"parse_authorization","input":{"header":"OAuth a=\"b\""}}"#,
            r#"{"type":"bye"}"#,
            r#"{"type":"run","id":"c4","operation":"percent_decode","input":{"text":""}}"#,
        ];
        assert_eq!(
            after_hello(&lines),
            [
                r#"{"type":"reject","id":"c1","code":"invalid_percent_encoding","message":"`%` without two hexadecimal digits at octet 0 (RFC 3986 section 2.1)"}"#,
                r#"{"type":"unsupported","id":"c2","what":"operation:dance","message":"there is no such operation in this version"}"#,
                r#"{"type":"result","id":"c3","output":{"realm":null,"parameters":[["a","b"]]}}"#,
            ]
        );
    }

    #[test]
    fn nothing_is_answered_before_a_hello_that_fits() {
        let run = r#"{"type":"run","id":"c1","operation":"percent_encode","input":{"text":""}}"#;
        let other = HELLO.replace(r#""min":1,"max":1"#, r#""min":2,"max":3"#);
        let refused = r#"{"type":"error","id":"c1","message":"hello comes first"}"#;
        assert_eq!(served(run.as_bytes()), [refused]);
        let wrong = r#"{"type":"error","message":"version 1 of the protocol is spoken here, not 2 to 3"}"#;
        assert_eq!(served(format!("{other}\n{run}").as_bytes()), [wrong, refused]);
    }

    #[test]
    fn an_answer_that_the_runner_could_not_read_is_an_error() {
        let text = " ".repeat(LINE_LIMIT / 2);
        let lines = [format!(r#"{{"type":"run","id":"c1","operation":"percent_encode","input":{{"text":"{text}"}}}}"#)];
        let answer = r#"{"type":"error","id":"c1","message":"the answer is longer than 4194304 octets"}"#;
        assert_eq!(after_hello(&[&lines[0]]), [answer]);
    }

    /// Counts what reaches the other side.
    #[derive(Default)]
    struct Counter {
        writes: usize,
        flushes: usize,
    }

    impl Write for &mut Counter {
        fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
            self.writes += 1;
            Ok(octets.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.flushes += 1;
            Ok(())
        }
    }

    #[test]
    fn answers_to_questions_that_came_together_leave_together() {
        let run = r#"{"type":"run","id":"c1","operation":"percent_encode","input":{"text":""}}"#;
        let input = format!("{HELLO}\n{run}\n{run}\n{run}\n");
        for (capacity, flushes) in [(4096, 1), (HELLO.len() + 1, 4)] {
            let mut counter = Counter::default();
            serve(BufReader::with_capacity(capacity, input.as_bytes()), &mut counter, &mut Reference::new()).unwrap();
            assert_eq!((counter.writes, counter.flushes), (flushes, flushes), "{capacity}");
        }
    }

    #[test]
    fn the_reference_behind_the_protocol_is_the_reference() {
        let (mut lines, mut expected, mut reference) = (format!("{HELLO}\n").into_bytes(), Vec::new(), Reference::new());
        for (number, case) in cases().into_iter().enumerate() {
            let id = Id::new(format!("c{number}")).unwrap();
            FromRunner::write_run(&id, &case.question, &mut lines);
            expected.push((case.full_id(), FromAdapter::Answer { id: Some(id), observation: reference.ask(&case.question) }));
        }
        assert!(expected.len() > 1000);
        let answers = served(&lines);
        assert_eq!(answers.len(), expected.len() + 1);
        for (answer, (case, expected)) in answers.iter().skip(1).zip(&expected) {
            assert_eq!(FromAdapter::read(answer.as_bytes()).as_ref(), Ok(expected), "{case}");
        }
    }

    #[test]
    fn every_message_keeps_to_the_schema() {
        let schema: Value = serde_json::from_str(include_str!("../../../vectors/schema/adapter-1.json")).unwrap();
        let one_way = |name: &str| {
            let mut schema = schema.clone();
            schema.as_object_mut().unwrap().remove("anyOf");
            schema["$ref"] = Value::String(format!("#/$defs/{name}"));
            jsonschema::validator_for(&schema).unwrap()
        };
        let (from_runner, from_adapter) = (one_way("from_runner"), one_way("from_adapter"));
        let check = |schema: &jsonschema::Validator, line: &str| {
            let message: Value = serde_json::from_str(line).unwrap();
            assert!(
                schema.is_valid(&message),
                "{line}: {:?}",
                schema.iter_errors(&message).map(|error| error.to_string()).collect::<Vec<_>>()
            );
        };
        let mut lines = Vec::new();
        let runner = Runner { name: "countersign".to_owned(), version: "0.1.0".to_owned() };
        FromRunner::Hello { protocol: Versions { min: PROTOCOL, max: PROTOCOL }, runner }.write(&mut lines);
        for case in cases() {
            FromRunner::write_run(&Id::new("c1".to_owned()).unwrap(), &case.question, &mut lines);
        }
        FromRunner::Bye.write(&mut lines);
        let text = String::from_utf8(lines.clone()).unwrap();
        text.lines().for_each(|line| check(&from_runner, line));
        // All kinds of errors, then everything else.
        for lines in [
            format!("{HELLO}\nx\n{{\"type\":\"run\",\"id\":\"c1\",\"operation\":\"x\"}}\n{{\"type\":\"x\",\"id\":\"c1\"}}\n").into_bytes(),
            lines,
        ] {
            served(&lines).iter().for_each(|line| check(&from_adapter, line));
        }
        for wrong in [r#"{"type":"bye","id":1}"#, r#"{"type":"error","id":""}"#, r#"{"type":"result","id":"c1"}"#] {
            assert!(!from_adapter.is_valid(&serde_json::from_str(wrong).unwrap()), "{wrong}");
        }
    }
}
