//! The one event stream of a run (format 1, `vectors/schema/events-1.json`), who takes it, and its JSON Lines form. Every event names its
//! implementation, so that the streams of several can stand in one file.

use std::io;

use serde::{Deserialize, Serialize};

use super::expectations::Finding;
use super::plain;
use super::record::CaseRecord;
use super::totals::{ExitCode, Totals};
use crate::implementation::Description;

/// What is known before the first case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunStart {
    /// The version of countersign.
    pub countersign: String,
    /// The digest of the vectors: `sha256:` and 64 hexadecimal digits.
    pub suite_digest: String,
    /// Who is asked; its name is unique among the runs of a command.
    pub implementation: Description,
    /// What ids on the wire are shuffled with.
    #[serde(default)]
    pub seed: u64,
    /// How many cases are to be put.
    #[serde(default)]
    pub selected: u64,
    /// Whether cases of level `should` fail the run.
    #[serde(default)]
    pub strict: bool,
    /// The part of the selection that is put, `I/N`; `None` if it is all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<String>,
    /// What asks the same again.
    #[serde(default, skip_serializing_if = "Again::is_empty")]
    pub again: Again,
}

/// Arguments of a command line, word by word, that ask the same implementation about the same vectors again. No option takes a secret, so
/// none is in them but what somebody wrote into an adapter's command.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// `--adapter` and what it needs to be asked; nothing for the reference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub implementation: Vec<String>,
    /// `--vectors` with each path; nothing for the embedded set.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub vectors: Vec<String>,
}

impl Again {
    /// Whether it is the reference with the embedded set.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.implementation.is_empty() && self.vectors.is_empty()
    }
}

/// What is known after the last case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunEnd {
    /// The numbers.
    pub totals: Totals,
    /// What the run ends with.
    pub exit_code: ExitCode,
    /// Where the expectations file is not as the run was.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub expectations: Vec<Finding>,
}

/// Something that happened.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A run begins.
    RunStart(&'a RunStart),
    /// A case was judged.
    Case(&'a CaseRecord),
    /// An adapter wrote this on its standard error.
    AdapterLog(&'a str),
    /// A run ended.
    RunEnd(&'a RunEnd),
}

/// Somebody who takes events.
pub trait Sink {
    /// Takes an event of this implementation's run.
    ///
    /// # Errors
    /// Where it cannot be written: then the work cannot be done.
    fn take(&mut self, implementation: &Description, event: Event<'_>) -> io::Result<()>;
}

/// Several sinks, each given every event, in their order.
#[derive(Default)]
pub struct Sinks<'a>(pub Vec<&'a mut dyn Sink>);

impl Sink for Sinks<'_> {
    fn take(&mut self, implementation: &Description, event: Event<'_>) -> io::Result<()> {
        self.0.iter_mut().try_for_each(|sink| sink.take(implementation, event))
    }
}

/// Writes events as JSON Lines. Each line is flushed, so that what was done before a crash can be read.
#[derive(Debug)]
pub struct EventLines<W> {
    out: W,
    line: Vec<u8>,
}

impl<W: io::Write> EventLines<W> {
    /// Writes into `out`.
    pub const fn new(out: W) -> EventLines<W> {
        EventLines { out, line: Vec::new() }
    }

    /// The writer.
    pub fn into_inner(self) -> W {
        self.out
    }
}

impl<W: io::Write> Sink for EventLines<W> {
    fn take(&mut self, implementation: &Description, event: Event<'_>) -> io::Result<()> {
        let name = Named { name: &implementation.name };
        self.line.clear();
        let line = &mut self.line;
        match event {
            Event::RunStart(start) => {
                plain::write_line(&Line { kind: "run_start", format: Some(1), implementation: None, rest: start }, line)
            }
            Event::Case(record) => plain::write_line(&Line { kind: "case", format: None, implementation: Some(name), rest: record }, line),
            Event::AdapterLog(text) => {
                plain::write_line(&Line { kind: "adapter_log", format: None, implementation: Some(name), rest: Log { text } }, line)
            }
            Event::RunEnd(end) => plain::write_line(&Line { kind: "run_end", format: None, implementation: Some(name), rest: end }, line),
        }?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)?;
        self.out.flush()
    }
}

/// The name alone: the first event has the whole description.
#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
}

#[derive(Serialize)]
struct Log<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Line<'a, R: Serialize> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    implementation: Option<Named<'a>>,
    #[serde(flatten)]
    rest: R,
}
