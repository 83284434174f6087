//! An implementation in a program of its own, behind the adapter protocol. Questions are put one after the other; whatever the program does,
//! there is an observation within the time it was given, and nothing of it is left behind.

mod process;
#[cfg(test)]
mod tests;

use std::io;
use std::process::{Command, ExitStatus};
use std::time::{Duration, Instant};

use thiserror::Error;

use self::process::{Heard, Process};
use super::wire::{AdapterHello, FromAdapter, FromRunner, Id, LINE_LIMIT, PROTOCOL, Runner, Versions, bounded};
use super::{Break, Description, Implementation, Observation, Offer};
use crate::vectors::{Need, Question};

/// Environment variables that every adapter sees.
#[cfg(not(windows))]
const PASSED: [&str; 4] = ["PATH", "HOME", "LANG", "TMPDIR"];

/// Environment variables that every adapter sees; many programs do not start on Windows without these.
#[cfg(windows)]
const PASSED: [&str; 7] = ["PATH", "USERPROFILE", "SYSTEMROOT", "PATHEXT", "COMSPEC", "TEMP", "TMP"];

/// How long a program may take to end by itself after `bye`.
const FAREWELL: Duration = Duration::from_millis(500);

/// How long a program whose output is over may take to end, so that its status can be told.
const LAST_BREATH: Duration = Duration::from_millis(200);

/// How to start an adapter, and how patient to be with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// The program: a path, or a name that is looked up in `PATH`.
    pub program: String,
    /// Its arguments. No shell reads them.
    pub arguments: Vec<String>,
    /// Environment variables to pass on; all others but the few that every program needs are cleared.
    pub pass_env: Vec<String>,
    /// How long it may take to say hello.
    pub start_timeout: Duration,
    /// How long it may take to answer a question.
    pub case_timeout: Duration,
    /// How often it may be started again after it broke.
    pub restarts: u32,
}

impl Launch {
    /// A program without arguments, with ten seconds to start, two for each question, and three restarts.
    #[must_use]
    pub fn new(program: impl Into<String>) -> Launch {
        Launch {
            program: program.into(),
            arguments: Vec::new(),
            pass_env: Vec::new(),
            start_timeout: Duration::from_secs(10),
            case_timeout: Duration::from_secs(2),
            restarts: 3,
        }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).env_clear();
        for name in PASSED.into_iter().chain(self.pass_env.iter().map(String::as_str)) {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
    }
}

/// Why there is no adapter to ask.
#[derive(Debug, Error)]
#[error("{program}: {why}")]
pub struct AdapterError {
    /// The program.
    pub program: String,
    /// What went wrong.
    #[source]
    pub why: StartError,
    /// The last of its standard error, for people.
    pub stderr: String,
}

/// What can go wrong before the first question.
#[derive(Debug, Error)]
pub enum StartError {
    /// The program cannot be started.
    #[error("it cannot be started: {0}")]
    Spawn(#[source] io::Error),
    /// It says nothing.
    #[error("it did not say hello within {0:?}")]
    Silent(Duration),
    /// It ended.
    #[error("it did not say hello: {0}")]
    Ended(String),
    /// It says something else.
    #[error("it did not say hello: {0}")]
    NotHello(String),
}

/// A program behind the adapter protocol.
pub struct Adapter {
    launch: Launch,
    description: Description,
    offer: Offer,
    max_in_flight: u32,
    /// `None` after it broke, until the next question.
    process: Option<Process>,
    breaks: u32,
    asked: u64,
    stderr: Vec<u8>,
}

impl Adapter {
    /// Starts the program and waits for its hello.
    ///
    /// # Errors
    /// [`AdapterError`] if it cannot be started, ends, stays silent, or speaks no version of the protocol that is spoken here.
    pub fn start(launch: Launch) -> Result<Adapter, AdapterError> {
        let (process, AdapterHello { description, offer, max_in_flight }) = greet(&launch)?;
        Ok(Adapter { launch, description, offer, max_in_flight, process: Some(process), breaks: 0, asked: 0, stderr: Vec::new() })
    }

    /// How many questions it would take at once. One is put at a time.
    #[must_use]
    pub const fn max_in_flight(&self) -> u32 {
        self.max_in_flight
    }

    /// How often it broke in a way that cost its process.
    #[must_use]
    pub const fn breaks(&self) -> u32 {
        self.breaks
    }

    /// Whether it broke more often than it may be started again. From then on it is not asked any more, and every observation is a
    /// [`Break::Crash`].
    #[must_use]
    pub const fn exhausted(&self) -> bool {
        self.breaks > self.launch.restarts
    }

    /// Takes the last break out of the count: it was expected.
    pub const fn forgive(&mut self) {
        self.breaks = self.breaks.saturating_sub(1);
    }

    /// The last 64 KiB that the program wrote on its standard error, U+FFFD for what is not UTF-8; after a break, what the broken one
    /// wrote.
    #[must_use]
    pub fn stderr(&self) -> String {
        match &self.process {
            Some(process) => String::from_utf8_lossy(&process.stderr()).into_owned(),
            None => String::from_utf8_lossy(&self.stderr).into_owned(),
        }
    }

    /// Puts a question, after a break to a new process.
    fn put(&mut self, question: &Question) -> Result<Observation, (Break, String)> {
        self.asked += 1;
        let mut process = match self.process.take() {
            Some(process) => process,
            None => match greet(&self.launch) {
                Ok((process, _)) => process,
                Err(error) => {
                    self.stderr = error.stderr.into_bytes();
                    return Err((Break::Crash, format!("it could not be started again: {}", error.why)));
                }
            },
        };
        let answer = exchange(&mut process, question, &format!("c{}", self.asked), self.launch.case_timeout);
        match answer {
            Ok(_) => self.process = Some(process),
            Err(_) => {
                process.end(Duration::ZERO);
                self.stderr = process.stderr();
            }
        }
        answer
    }
}

impl Implementation for Adapter {
    fn description(&self) -> &Description {
        &self.description
    }

    fn offer(&self) -> &Offer {
        &self.offer
    }

    fn ask(&mut self, question: &Question) -> Observation {
        if let Some(what) = not_offered(&self.offer, question) {
            return Observation::Unsupported { what, message: "it is not declared".to_owned() };
        }
        if self.exhausted() {
            return Observation::Broke { why: Break::Crash, message: format!("not asked: it broke {} times before", self.breaks) };
        }
        self.put(question).unwrap_or_else(|(why, message)| {
            self.breaks += 1;
            Observation::Broke { why, message: bounded(message) }
        })
    }
}

impl Drop for Adapter {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.send(line(&FromRunner::Bye));
            process.end(FAREWELL);
        }
    }
}

/// The first thing that a question needs and that was not declared.
fn not_offered(offer: &Offer, question: &Question) -> Option<String> {
    let operation = question.operation();
    if !offer.operations.contains(&operation) {
        return Some(format!("operation:{operation}"));
    }
    let is_met = |need: &Need<'_>| match need {
        Need::Feature(name) => offer.features.iter().any(|feature| feature == name),
        Need::SignatureMethod(name) => offer.signature_methods.iter().any(|method| method == name),
    };
    let mut needs = Vec::new();
    question.needs(&mut needs);
    needs.iter().find(|need| !is_met(need)).map(ToString::to_string)
}

/// Starts a process and exchanges hellos.
fn greet(launch: &Launch) -> Result<(Process, AdapterHello), AdapterError> {
    let failed =
        |why, stderr: &[u8]| AdapterError { program: launch.program.clone(), why, stderr: String::from_utf8_lossy(stderr).into_owned() };
    let deadline = Instant::now() + launch.start_timeout;
    let mut process = Process::start(&mut launch.command()).map_err(|error| failed(StartError::Spawn(error), b""))?;
    let runner = Runner { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
    process.send(line(&FromRunner::Hello { protocol: Versions { min: PROTOCOL, max: PROTOCOL }, runner }));
    let why = match process.hear(deadline) {
        Heard::Line(line) => match FromAdapter::read(&line) {
            Ok(FromAdapter::Hello(hello)) => return Ok((process, hello)),
            Ok(FromAdapter::Answer { observation: Observation::Broke { message, .. }, .. }) => {
                StartError::NotHello(format!("it answered with an error: {message}"))
            }
            Ok(FromAdapter::Answer { .. }) => StartError::NotHello("it answered a question that was not asked".to_owned()),
            Err(unreadable) => StartError::NotHello(format!("{unreadable}: {}", excerpt(&line))),
        },
        Heard::TooLong => StartError::NotHello(format!("its first line is longer than {LINE_LIMIT} octets")),
        Heard::Nothing => StartError::Silent(launch.start_timeout),
        Heard::Unfinished | Heard::Over => StartError::Ended(ending(process.end(LAST_BREATH))),
    };
    process.end(Duration::ZERO);
    Err(failed(why, &process.stderr()))
}

/// Puts one question to a process that waits for one. After an `Err` the process is of no more use.
fn exchange(process: &mut Process, question: &Question, name: &str, timeout: Duration) -> Result<Observation, (Break, String)> {
    let protocol = |message: String| Err((Break::Protocol, message));
    let Some(id) = Id::new(name.to_owned()) else { return protocol("there is no id left".to_owned()) };
    let mut text = Vec::new();
    FromRunner::write_run(&id, question, &mut text);
    if text.len() > LINE_LIMIT + 1 {
        let message = format!("the question is longer than {LINE_LIMIT} octets");
        return Ok(Observation::Unsupported { what: "line_length".to_owned(), message });
    }
    let deadline = Instant::now() + timeout;
    if !process.send(text) {
        return protocol("it does not read what it is sent".to_owned());
    }
    match process.hear(deadline) {
        Heard::Line(line) => match FromAdapter::read(&line) {
            Ok(FromAdapter::Answer { id: Some(found), observation }) if found == id => Ok(observation),
            Ok(FromAdapter::Answer { id: Some(found), .. }) => protocol(format!("it answered {:?}, asked was {name:?}", found.as_str())),
            Ok(FromAdapter::Answer { id: None, observation: Observation::Broke { message, .. } }) => {
                protocol(format!("an error that names no question: {message}"))
            }
            Ok(FromAdapter::Answer { id: None, .. }) => protocol("an answer that names no question".to_owned()),
            Ok(FromAdapter::Hello(_)) => protocol("a second hello in place of an answer".to_owned()),
            Err(unreadable) => protocol(format!("{unreadable}: {}", excerpt(&line))),
        },
        Heard::TooLong => protocol(format!("its answer is longer than {LINE_LIMIT} octets")),
        Heard::Nothing => Err((Break::Timeout, format!("it did not answer within {timeout:?}"))),
        Heard::Unfinished => Err((Break::Crash, format!("it ended in the middle of a line: {}", ending(process.end(LAST_BREATH))))),
        Heard::Over => Err((Break::Crash, format!("it ended before it answered: {}", ending(process.end(LAST_BREATH))))),
    }
}

fn line(message: &FromRunner) -> Vec<u8> {
    let mut line = Vec::new();
    message.write(&mut line);
    line
}

/// The beginning of a line that is no message, for people.
fn excerpt(line: &[u8]) -> String {
    const SHOWN: usize = 200;
    match line.get(..SHOWN) {
        Some(beginning) => format!("{:?}…", String::from_utf8_lossy(beginning)),
        None => format!("{:?}", String::from_utf8_lossy(line)),
    }
}

fn ending(status: Option<ExitStatus>) -> String {
    match status {
        Some(status) => status.to_string(),
        None => "it cannot be ended".to_owned(),
    }
}
