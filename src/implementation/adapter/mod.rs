//! An implementation in a program of its own, behind the adapter protocol. Questions are put ahead of the answers, as far as the program
//! takes them; whatever it does, there is an observation within the time it was given, and nothing of it is left behind.
//!
//! | room | what it holds |
//! |---|---|
//! | `launch` | how a program is started |
//! | `greeting` | what is said first, and heard |
//! | `process` | a child process |
//! | `streams` | what is written to processes and read from them |
//! | `pace` | how long a process can be left alone |
//! | `descendants` | what it left behind |
//! | [`check`] | whether a program keeps to the protocol |
//! | `answers` | what nobody has taken yet |
//! | `session` | a process that said hello, and what it has not answered |

mod answers;
pub mod check;
mod descendants;
mod greeting;
mod launch;
mod pace;
mod process;
mod session;
mod streams;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use self::answers::Answers;
pub use self::descendants::adopt_orphans;
pub use self::launch::{AdapterError, Launch, StartError};
use self::process::Process;
use self::session::{Flight, Session};
use self::streams::{Heard, Hearing, Streams};
use super::wire::{AdapterHello, FromRunner, Id, LINE_LIMIT, bounded};
use super::{Break, Description, Implementation, Observation, Offer, Pipeline, Ticket, Wanted};
use crate::vectors::Question;

/// How long a program may take to end by itself after `bye`.
const FAREWELL: Duration = Duration::from_millis(500);

/// How often somebody who waits looks whether the run is to end.
const SLICE: Duration = Duration::from_millis(50);

/// How long somebody who goes on talking without answering is listened to beyond his time: the answer may lie behind what he said.
const GRACE: Duration = Duration::from_millis(500);

/// How long is waited for what nobody asked for.
const CALM: Duration = Duration::from_millis(100);

/// How long questions are held back for others: longer than answers are left lying, or what is held would go before they are read.
const HOLD: Duration = pace::MOST.saturating_add(Duration::from_millis(1));

/// Octets of memory for a question's line. A longer one takes more, most take no more; allocators have so much at hand.
const USUAL_LINE: usize = 1000;

/// How many of them are kept for other questions: as many as may wait.
const MOST_SPARE: usize = 1024;

/// Whoever only puts questions looks after the processes once in so many.
const LOOK: u64 = 8;

/// The most questions that are open at once in one process, whatever it says that it takes.
const MOST_IN_FLIGHT: u32 = 1024;

/// The most octets of answers that may wait behind the oldest question.
const OCTETS_AHEAD: usize = 16 * 1024 * 1024;

/// A program behind the adapter protocol.
pub struct Adapter {
    launch: Launch,
    description: Description,
    offer: Offer,
    max_in_flight: u32,
    sessions: Vec<Session>,
    /// Questions that no process has yet, the oldest first.
    unsent: VecDeque<Flight>,
    answered: Answers,
    /// Memory for lines.
    spare: Vec<Vec<u8>>,
    hearing: Hearing,
    /// Until when somebody listened to the processes.
    listened: Instant,
    processes: u64,
    tickets: u64,
    stop: Arc<AtomicBool>,
    last_words: Vec<u8>,
    /// What every question comes to since the program could not be started again.
    gone: Option<Observation>,
}

impl Adapter {
    /// Starts the program and waits for its hello.
    ///
    /// # Errors
    /// [`AdapterError`] if it cannot be started, ends, stays silent, or speaks no version of the protocol that is spoken here.
    pub fn start(launch: Launch) -> Result<Adapter, AdapterError> {
        Adapter::start_until(launch, Arc::default())
    }

    /// The same, and nobody is waited for any more once `stop` is set.
    ///
    /// # Errors
    /// [`AdapterError`].
    pub fn start_until(launch: Launch, stop: Arc<AtomicBool>) -> Result<Adapter, AdapterError> {
        let mut adapter = Adapter {
            launch,
            description: Description::default(),
            offer: Offer { operations: Vec::new(), signature_methods: Vec::new(), features: Vec::new() },
            max_in_flight: 1,
            sessions: Vec::new(),
            unsent: VecDeque::new(),
            answered: Answers::default(),
            spare: Vec::new(),
            hearing: Hearing::new(),
            listened: Instant::now(),
            processes: 0,
            tickets: 0,
            stop,
            last_words: Vec::new(),
            gone: None,
        };
        let AdapterHello { description, offer, max_in_flight } = adapter.greet()?;
        (adapter.description, adapter.offer, adapter.max_in_flight) = (description, offer, max_in_flight.min(MOST_IN_FLIGHT));
        Ok(adapter)
    }

    /// The same under another name.
    #[must_use]
    pub fn named(mut self, name: String) -> Adapter {
        self.description.name = name;
        self
    }

    /// How many questions each of its processes takes at once.
    #[must_use]
    pub const fn max_in_flight(&self) -> u32 {
        self.max_in_flight
    }

    /// The last 64 KiB that the program wrote on its standard error, U+FFFD for what is not UTF-8; after a break, what the broken one
    /// wrote, and then what others did.
    #[must_use]
    pub fn stderr(&self) -> String {
        let mut all = self.last_words.clone();
        self.sessions.iter().for_each(|session| all.extend(session.process.stderr()));
        let surplus = all.len().saturating_sub(process::STDERR_LIMIT);
        String::from_utf8_lossy(all.get(surplus..).unwrap_or_default()).into_owned()
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// What any process says next, until the deadline, or until the run is to end; also one that has not said hello. What lies ready is
    /// taken whatever the time is.
    fn listen(&mut self, mut newcomer: Option<&mut Process>, deadline: Instant) -> Option<(u64, Heard)> {
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if let Some(heard) = self.hear(newcomer.as_deref_mut(), left.min(SLICE)) {
                return Some(heard);
            }
            if left <= SLICE || self.is_stopped() {
                return None;
            }
        }
    }

    fn hear(&mut self, newcomer: Option<&mut Process>, patience: Duration) -> Option<(u64, Heard)> {
        let processes = self.sessions.iter_mut().map(|session| &mut session.process).chain(newcomer);
        let mut streams: Vec<&mut Streams> = processes.map(|process| &mut process.streams).collect();
        self.hearing.hear(&mut streams, patience)
    }

    /// Gives what a process said to its session; of a process that was replaced nobody listens any more.
    fn route(&mut self, number: u64, heard: Heard) {
        let Some(session) = self.sessions.iter_mut().find(|session| session.number == number) else { return };
        let (answered, spare) = (&mut self.answered, &mut self.spare);
        session.hear(&heard, &mut |Flight { ticket, line, .. }, observation, octets| {
            answered.put(ticket, observation, octets);
            if line.capacity() <= USUAL_LINE && spare.len() < MOST_SPARE {
                spare.push(line);
            }
        });
        self.hearing.reuse(heard);
    }

    /// Takes broken processes away: the oldest question of each has its observation, the others will be put again.
    fn clear(&mut self) {
        while let Some(place) = self.sessions.iter().position(Session::is_broken) {
            let (broken, mut flying, said) = self.sessions.swap_remove(place).end(Duration::ZERO);
            self.last_words = said;
            if let (Some((why, message)), Some(oldest)) = (broken, flying.pop_front()) {
                self.answered.put(oldest.ticket, Observation::Broke { why, message: bounded(message) }, 0);
            }
            while let Some(flight) = flying.pop_back() {
                self.unsent.push_front(flight);
            }
        }
    }

    /// Hands questions to processes that have room; starts one where all are busy and more may be.
    fn dispatch(&mut self) {
        while let Some(flight) = self.unsent.front() {
            let free = self.sessions.iter().enumerate().filter(|(_, session)| session.has_room(flight));
            let free = free.min_by_key(|(_, session)| session.load()).map(|(place, session)| (place, session.load()));
            let place = match free {
                Some((place, 0)) => place,
                _ if self.sessions.len() < self.launch.jobs.max(1) => match self.greet() {
                    Ok(_) => self.sessions.len() - 1,
                    Err(error) if self.sessions.is_empty() => return self.abandon(error),
                    Err(_) => {
                        // One fewer will do.
                        self.launch.jobs = self.sessions.len();
                        continue;
                    }
                },
                Some((place, _)) => place,
                None => return,
            };
            if let (Some(session), Some(flight)) = (self.sessions.get_mut(place), self.unsent.pop_front()) {
                session.put(flight);
            }
        }
    }

    /// There is no process for the waiting questions, and none can be started. Nobody tries again for each further question.
    fn abandon(&mut self, error: AdapterError) {
        let why = if matches!(error.why, StartError::Silent(_)) { Break::Timeout } else { Break::Crash };
        let broke = Observation::Broke { why, message: bounded(format!("it could not be started again: {}", error.why)) };
        self.last_words = error.stderr.into_bytes();
        self.unsent.drain(..).for_each(|flight| self.answered.put(flight.ticket, broke.clone(), 0));
        self.gone = Some(broke);
    }

    /// Whoever puts more questions than are taken at once does other things between: takes what was answered in the meantime, so that a
    /// quick process does not run out of questions.
    fn look_after(&mut self) {
        let now = Instant::now();
        if !self.sessions.iter().any(|session| session.is_through(now)) {
            return;
        }
        self.sessions.iter_mut().for_each(|session| session.was_left_alone(now));
        // Each of them once: some never stop talking.
        for _ in 0..self.sessions.len() {
            let Some((number, heard)) = self.hear(None, Duration::ZERO) else { break };
            self.route(number, heard);
        }
        self.listened = Instant::now();
        self.clear();
        self.dispatch();
        self.sessions.iter_mut().for_each(Session::keep_busy);
    }

    /// Waits for one thing to happen: somebody says something, or a question is overdue.
    fn wait(&mut self) {
        let begin = Instant::now();
        if begin.saturating_duration_since(self.listened) > pace::LEAST {
            self.sessions.iter_mut().for_each(|session| session.was_left_alone(begin));
        }
        self.sessions.iter_mut().for_each(Session::keep_busy);
        let patience = self.launch.case_timeout;
        // Without anything on its way there is nothing to wait for.
        let Some(deadline) = self.sessions.iter().filter_map(|session| session.deadline(patience)).min() else { return };
        // A quick answer lets more questions go together.
        let quick = if self.sessions.iter().any(Session::holds) { self.hear(None, HOLD) } else { None };
        if quick.is_none() {
            self.sessions.iter_mut().for_each(Session::flush);
        }
        let grace = match quick.or_else(|| self.listen(None, deadline)) {
            Some((number, heard)) => {
                self.route(number, heard);
                GRACE
            }
            None if self.is_stopped() => return,
            None => Duration::ZERO,
        };
        let now = Instant::now();
        self.listened = now;
        let is_late = |session: &&mut Session| session.deadline(patience).is_some_and(|deadline| deadline + grace <= now);
        self.sessions.iter_mut().filter(is_late).for_each(|session| session.overdue(patience));
        if self.answered.octets() > OCTETS_AHEAD {
            self.sessions.iter_mut().for_each(Session::too_much);
        }
        self.clear();
    }
}

impl Pipeline for Adapter {
    fn window(&self) -> usize {
        self.max_in_flight as usize * self.launch.jobs.max(1)
    }

    fn put(&mut self, question: &Question, wanted: Wanted) -> Ticket {
        self.tickets += 1;
        let ticket = Ticket::new(self.tickets);
        if let Some(gone) = &self.gone {
            self.answered.put(ticket, gone.clone(), 0);
            return ticket;
        }
        let id = shuffled(self.tickets, self.launch.seed);
        let mut line = self.spare.pop().unwrap_or_else(|| Vec::with_capacity(USUAL_LINE));
        line.clear();
        FromRunner::write_run(&id, question, &mut line);
        if line.len() > LINE_LIMIT + 1 {
            let message = format!("the question is longer than {LINE_LIMIT} octets");
            self.answered.put(ticket, Observation::Unsupported { what: "line_length".to_owned(), message }, 0);
            return ticket;
        }
        self.unsent.push_back(Flight { ticket, id, line, wanted });
        self.dispatch();
        if !self.unsent.is_empty() && self.tickets.is_multiple_of(LOOK) {
            self.look_after();
        }
        ticket
    }

    fn take(&mut self, ticket: Ticket) -> Observation {
        loop {
            if let Some(observation) = self.answered.take(ticket) {
                return observation;
            }
            if self.is_stopped() {
                return Observation::Broke { why: Break::Crash, message: "it was not waited for: the run was interrupted".to_owned() };
            }
            self.dispatch();
            self.clear();
            if self.unsent.is_empty() && self.sessions.iter().all(|session| session.load() == 0) && !self.answered.has(ticket) {
                return Observation::Broke { why: Break::Protocol, message: "nobody was asked this".to_owned() };
            }
            self.wait();
        }
    }

    fn withdraw(&mut self, last: Ticket) -> bool {
        let is_unsent = self.unsent.back().is_some_and(|flight| flight.ticket == last);
        is_unsent && self.unsent.pop_back().is_some()
    }

    fn renew(&mut self) {
        for session in self.sessions.drain(..) {
            self.last_words = session.end(Duration::ZERO).2;
        }
        // What a run that was stopped has left behind is asked of nobody any more.
        self.unsent.clear();
        self.answered.clear();
        self.gone = None;
    }

    fn is_calm(&mut self) -> bool {
        let deadline = Instant::now() + CALM;
        while !self.sessions.iter().any(Session::is_unwell) {
            let Some((number, heard)) = self.listen(None, deadline) else { return true };
            self.route(number, heard);
        }
        false
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
        self.ask_for(question, Wanted::ALL)
    }

    fn ask_for(&mut self, question: &Question, wanted: Wanted) -> Observation {
        match self.offer.lacks_for(question) {
            Some(what) => Observation::Unsupported { what, message: "it is not declared".to_owned() },
            None => {
                let ticket = self.put(question, wanted);
                self.take(ticket)
            }
        }
    }

    fn pipeline(&mut self) -> Option<&mut dyn Pipeline> {
        Some(self)
    }
}

impl Drop for Adapter {
    fn drop(&mut self) {
        // All are told before the first is waited for, and all have the same time.
        for session in &mut self.sessions {
            session.process.send(&line(&FromRunner::Bye));
            session.process.close_input();
        }
        let deadline = Instant::now() + if self.is_stopped() { Duration::ZERO } else { FAREWELL };
        self.sessions.drain(..).for_each(|session| drop(session.end(deadline.saturating_duration_since(Instant::now()))));
    }
}

/// An id that says nothing of the question's number: a one-to-one mapping of 64 bits (the finalizer of SplitMix64).
fn shuffled(number: u64, seed: u64) -> Id {
    let mut bits = number ^ seed;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^= bits >> 31;
    Id::of_number(bits)
}

fn line(message: &FromRunner) -> Vec<u8> {
    let mut line = Vec::new();
    message.write(&mut line);
    line
}
