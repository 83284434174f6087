//! A program that was started is greeted, and says what it is and what it takes before anything is asked.

use std::time::{Duration, Instant};

use super::launch::{AdapterError, StartError};
use super::process::Process;
use super::session::{Session, ending, excerpt};
use super::streams::Heard;
use super::{Adapter, GRACE, MOST_IN_FLIGHT, line};
use crate::implementation::Observation;
use crate::implementation::wire::{AdapterHello, FromAdapter, FromRunner, LINE_LIMIT, PROTOCOL, Runner, Versions};

/// How long a program whose output is over before its hello may take to end, so that its status can be told.
const LAST_BREATH: Duration = Duration::from_millis(200);

impl Adapter {
    /// Starts a process and exchanges hellos. What others say meanwhile is taken.
    pub(super) fn greet(&mut self) -> Result<AdapterHello, AdapterError> {
        let program = self.launch.program.clone();
        let failed = |why, stderr: &[u8]| AdapterError { program, why, stderr: String::from_utf8_lossy(stderr).into_owned() };
        let deadline = Instant::now() + self.launch.start_timeout;
        self.processes += 1;
        let number = self.processes;
        let mut process = match Process::start(&mut self.launch.command(), number, &self.hearing) {
            Ok(process) => process,
            Err(error) => return Err(failed(StartError::Spawn(error), b"")),
        };
        let runner = Runner { name: env!("CARGO_PKG_NAME").to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() };
        process.send(&line(&FromRunner::Hello { protocol: Versions { min: PROTOCOL, max: PROTOCOL }, runner }));
        match self.hello(&mut process, number, deadline) {
            Ok((hello, rest)) => {
                let window = hello.max_in_flight.min(MOST_IN_FLIGHT) as usize;
                self.sessions.push(Session::new(process, number, window));
                if !rest.is_empty() {
                    self.route(number, Heard::Part(rest));
                }
                Ok(hello)
            }
            Err(why) => {
                process.end(Duration::ZERO);
                Err(failed(why, &process.stderr()))
            }
        }
    }

    /// Waits for a hello; with it comes what the process said behind it.
    fn hello(&mut self, process: &mut Process, number: u64, deadline: Instant) -> Result<(AdapterHello, Vec<u8>), StartError> {
        let mut said = Vec::new();
        loop {
            let part = match self.listen(Some(process), deadline) {
                Some((speaker, heard)) if speaker != number => {
                    self.route(speaker, heard);
                    continue;
                }
                Some((_, Heard::Part(part))) => part,
                Some((_, Heard::Over)) => return Err(StartError::Ended(ending(process.end(LAST_BREATH)))),
                None if self.is_stopped() => return Err(StartError::Interrupted),
                None => return Err(StartError::Silent(self.launch.start_timeout)),
            };
            said.extend_from_slice(&part);
            if Instant::now() > deadline + GRACE {
                return Err(StartError::Silent(self.launch.start_timeout));
            }
            while let Some(end) = memchr::memchr(b'\n', &said) {
                let rest = said.split_off(end + 1);
                said.truncate(end);
                if !said.trim_ascii().is_empty() {
                    return read_hello(&said).map(|hello| (hello, rest));
                }
                said = rest;
            }
            if said.len() > LINE_LIMIT {
                return Err(StartError::NotHello(format!("its first line is longer than {LINE_LIMIT} octets")));
            }
        }
    }
}

fn read_hello(said: &[u8]) -> Result<AdapterHello, StartError> {
    Err(StartError::NotHello(match FromAdapter::read(said) {
        Ok(FromAdapter::Hello(hello)) => return Ok(hello),
        Ok(FromAdapter::Answer { observation: Observation::Broke { message, .. }, .. }) => format!("it answered with an error: {message}"),
        Ok(FromAdapter::Answer { .. }) => "it answered a question that was not asked".to_owned(),
        Err(unreadable) => format!("{unreadable}: {}", excerpt(said)),
    }))
}
