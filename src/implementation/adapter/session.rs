//! One running process that has said hello, and the questions that it has not answered yet. Lines are put together here and read as
//! messages; who waits for what is the adapter's business.

use std::collections::VecDeque;
use std::process::ExitStatus;
use std::time::{Duration, Instant};

use super::pace::Pace;
use super::process::Process;
use super::streams::Heard;
use crate::implementation::wire::{FromAdapter, Id, LINE_LIMIT};
use crate::implementation::{Break, Observation, Ticket, Wanted};

/// The most octets of questions that may be unanswered, but for a single one that is longer.
const OCTETS_IN_FLIGHT: usize = 8 * 1024 * 1024;

/// Octets of memory that are kept for lines to be sent.
const OUT: usize = 64 * 1024;

/// How long a program whose output is over may take to end, so that its status can be told.
const LAST_BREATH: Duration = Duration::from_millis(200);

/// A question on its way.
pub(super) struct Flight {
    pub(super) ticket: Ticket,
    pub(super) id: Id,
    /// The whole message, its end included.
    pub(super) line: Vec<u8>,
    /// What of its answer is looked at.
    pub(super) wanted: Wanted,
}

/// Is told of a question's answer, and how many octets it took.
pub(super) type Answered<'a> = &'a mut dyn FnMut(Flight, Observation, usize);

/// A process and what it has to answer.
pub(super) struct Session {
    pub(super) process: Process,
    pub(super) number: u64,
    window: usize,
    /// Unanswered, the oldest first.
    flying: VecDeque<Flight>,
    octets: usize,
    /// What is looked at of one of their answers.
    wanted: Wanted,
    /// Written and not yet sent, and how many questions that are.
    out: Vec<u8>,
    held: usize,
    /// The beginning of a line.
    line: Vec<u8>,
    /// When the oldest question became that.
    since: Instant,
    pace: Pace,
    broken: Option<(Break, String)>,
}

impl Session {
    pub(super) fn new(process: Process, number: u64, window: usize) -> Session {
        let (flying, out, line) = (VecDeque::new(), Vec::new(), Vec::new());
        let since = Instant::now();
        Session {
            process,
            number,
            window,
            flying,
            octets: 0,
            wanted: Wanted::default(),
            out,
            held: 0,
            line,
            since,
            pace: Pace::new(since),
            broken: None,
        }
    }

    /// How many questions are unanswered.
    pub(super) fn load(&self) -> usize {
        self.flying.len()
    }

    /// Whether it can take this question now. One that broke while nothing was asked still takes one: that question is asked of nobody
    /// who could answer it, and says so.
    pub(super) fn has_room(&self, flight: &Flight) -> bool {
        self.flying.is_empty()
            || self.broken.is_none() && self.flying.len() < self.window && self.octets + flight.line.len() <= OCTETS_IN_FLIGHT
    }

    /// Takes a question. It is sent with others: nobody need be woken for each.
    pub(super) fn put(&mut self, flight: Flight) {
        if self.flying.is_empty() {
            self.since = Instant::now();
            self.wanted = flight.wanted;
        }
        self.wanted = self.wanted.or(flight.wanted);
        self.octets += flight.line.len();
        self.out.extend_from_slice(&flight.line);
        self.held += 1;
        self.flying.push_back(flight);
        if self.held * 2 >= self.window {
            self.flush();
        }
    }

    /// Whether something is held back.
    pub(super) const fn holds(&self) -> bool {
        self.held > 0
    }

    /// Sends what is held back, if the process will soon have nothing to do.
    pub(super) fn keep_busy(&mut self) {
        if self.sent() * 2 <= self.window {
            self.flush();
        }
    }

    /// Nobody listened to it until now.
    pub(super) const fn was_left_alone(&mut self, now: Instant) {
        self.pace.was_left_alone(now);
    }

    /// Whether it may have nothing left to do.
    pub(super) fn is_through(&self, now: Instant) -> bool {
        self.broken.is_none() && self.pace.is_through(self.sent(), now)
    }

    /// How many questions were sent and are not answered.
    fn sent(&self) -> usize {
        self.flying.len() - self.held
    }

    /// Sends what is held back.
    pub(super) fn flush(&mut self) {
        if self.held == 0 {
            return;
        }
        if self.held == self.flying.len() {
            self.since = Instant::now();
        }
        self.held = 0;
        self.process.streams.pause(self.pace.pause(self.sent()));
        self.process.send(&self.out);
        self.out.clear();
        self.out.shrink_to(OUT);
    }

    /// When the oldest question has waited too long; `None` without one.
    pub(super) fn deadline(&self, patience: Duration) -> Option<Instant> {
        (!self.flying.is_empty()).then(|| self.since + patience)
    }

    /// The oldest question is not waited for any longer.
    pub(super) fn overdue(&mut self, patience: Duration) {
        if self.broken.is_some() {
            return;
        }
        self.broken = Some((Break::Timeout, format!("it did not answer within {patience:?}")));
    }

    /// It answers others while the oldest question waits, more than can be kept.
    pub(super) fn too_much(&mut self) {
        if !self.flying.is_empty() {
            self.broken = Some((Break::Protocol, "it answers everything but what was asked first, more than can be kept".to_owned()));
        }
    }

    /// Takes what came out of the process. A process that broke is not listened to any more.
    pub(super) fn hear(&mut self, heard: &Heard, answered: Answered<'_>) {
        if self.broken.is_some() {
            return;
        }
        self.broken = match heard {
            Heard::Part(part) => {
                let sent = self.sent();
                let read = self.read(part, answered);
                let left = self.sent();
                self.pace.hear(sent.saturating_sub(left), left, Instant::now());
                self.process.streams.pause(self.pace.pause(left));
                read.err()
            }
            Heard::Over => Some((Break::Crash, self.ending())),
        };
    }

    fn read(&mut self, part: &[u8], answered: Answered<'_>) -> Result<(), (Break, String)> {
        let mut rest = part;
        while let Some(end) = memchr::memchr(b'\n', rest) {
            let (head, tail) = rest.split_at(end);
            rest = tail.get(1..).unwrap_or_default();
            if self.line.is_empty() {
                self.message(head, answered)?;
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend_from_slice(head);
                self.message(&line, answered)?;
                line.clear();
                line.shrink_to(64 * 1024);
                self.line = line;
            }
        }
        if self.line.len() + rest.len() > LINE_LIMIT {
            return Err((Break::Protocol, format!("its answer is longer than {LINE_LIMIT} octets")));
        }
        self.line.extend_from_slice(rest);
        Ok(())
    }

    /// Reads one line. An empty one says nothing.
    fn message(&mut self, line: &[u8], answered: Answered<'_>) -> Result<(), (Break, String)> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        let wrong = match FromAdapter::read_for(line, self.wanted) {
            Ok(FromAdapter::Answer { id: Some(id), observation }) => match self.flying.iter().position(|flight| flight.id == id) {
                // What was not sent yet cannot be answered.
                Some(place) if place < self.sent() => {
                    if let Some(flight) = self.flying.remove(place) {
                        self.octets -= flight.line.len();
                        if place == 0 {
                            self.since = Instant::now();
                        }
                        answered(flight, observation, line.len());
                    }
                    return Ok(());
                }
                _ => self.not_asked(&id),
            },
            Ok(FromAdapter::Answer { id: None, observation: Observation::Broke { message, .. } }) => {
                format!("an error that names no question: {message}")
            }
            Ok(FromAdapter::Answer { id: None, .. }) => "an answer that names no question".to_owned(),
            Ok(FromAdapter::Hello(_)) => "a second hello in place of an answer".to_owned(),
            Err(unreadable) => format!("{unreadable}: {}", excerpt(line)),
        };
        Err((Break::Protocol, wrong))
    }

    fn not_asked(&self, id: &Id) -> String {
        match self.flying.front() {
            Some(oldest) => format!("it answered {:?}, which is not open; asked was {:?}", id.as_str(), oldest.id.as_str()),
            None => format!("it answered {:?}, which is not open", id.as_str()),
        }
    }

    /// How its output came to its end.
    fn ending(&mut self) -> String {
        let place = if self.line.is_empty() { "before it answered" } else { "in the middle of a line" };
        if !self.process.ends_within(LAST_BREATH) {
            return format!("it closed its output {place}, and went on");
        }
        let status = ending(self.process.end(Duration::ZERO));
        let said = self.process.stderr();
        let said = String::from_utf8_lossy(&said);
        match said.trim_end().lines().last() {
            Some(last) => format!("it ended {place}: {status}; the last line of its standard error: {}", excerpt(last.as_bytes())),
            None => format!("it ended {place}: {status}"),
        }
    }

    /// Whether it broke, asked or not.
    pub(super) const fn is_unwell(&self) -> bool {
        self.broken.is_some()
    }

    /// Whether it broke, and there is a question to tell so.
    pub(super) fn is_broken(&self) -> bool {
        self.broken.is_some() && !self.flying.is_empty()
    }

    /// Ends the process, and gives back why it broke, and the questions that it has not answered.
    pub(super) fn end(mut self, patience: Duration) -> (Option<(Break, String)>, VecDeque<Flight>, Vec<u8>) {
        self.process.end(patience);
        (self.broken.take(), std::mem::take(&mut self.flying), self.process.stderr())
    }
}

/// The beginning of a line that is no message, for people.
pub(super) fn excerpt(line: &[u8]) -> String {
    const SHOWN: usize = 200;
    match line.get(..SHOWN) {
        Some(beginning) => format!("{:?}…", String::from_utf8_lossy(beginning)),
        None => format!("{:?}", String::from_utf8_lossy(line)),
    }
}

/// A status in words.
pub(super) fn ending(status: Option<ExitStatus>) -> String {
    match status {
        Some(status) => status.to_string(),
        None => "it cannot be ended".to_owned(),
    }
}
