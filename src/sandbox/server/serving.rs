//! What a thread does: turns at connections, each of some requests within their limits of size and time.

use std::io;
use std::net::Shutdown;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::connection::{Connection, Read};
use super::{Shared, misbehave};
use crate::protocol::verification::Verifier;
use crate::sandbox::faults::Wire;
use crate::sandbox::http::{BadRequest, Incoming};
use crate::sandbox::provider::plain;
use crate::sandbox::reading::Stage;

/// Why reading ended.
enum Ended {
    /// The peer has gone, or kept us waiting with nothing begun.
    Gone,
    Bad(BadRequest),
}

impl From<BadRequest> for Ended {
    fn from(bad: BadRequest) -> Ended {
        Ended::Bad(bad)
    }
}

/// What there is of a connection's next request.
enum Next {
    Request(Incoming),
    /// Not all of it yet; it must come before this moment.
    Nothing(Instant),
    /// Not all of it yet, and more is there already.
    More,
}

/// The most octets that are read at once.
const BLOCK: usize = 16 * 1024;

/// How many blocks of one request are read in a turn.
const BLOCKS: usize = 16;

/// How many requests of a connection are answered before others have their turn.
const TURN: usize = 16;

/// After how many turns of a thread it is asked what else has happened.
const GLANCE: usize = 4;

/// What a thread has for all connections that it serves, so that it stays hot.
struct Worker<'a> {
    shared: &'a Shared,
    verifier: Verifier,
    /// Where the next octets are read to.
    block: Vec<u8>,
}

/// Serves connections until this thread is not needed any more. It is idle at first.
pub(super) fn work(shared: &Shared) {
    let mut worker = Worker { shared, verifier: Verifier::default(), block: vec![0; BLOCK] };
    while let Some(first) = shared.waiting.wait() {
        shared.crew.works();
        let (mut next, mut turns) = (Some(first), 0_usize);
        while let Some(connection) = next {
            // Whatever breaks takes its own connection down, and no other.
            if catch_unwind(AssertUnwindSafe(|| worker.turn(&connection))).is_err() {
                shared.waiting.close(&connection);
            }
            turns += 1;
            // Those in the queue may keep everybody busy for ever: others must be heard too.
            if turns.is_multiple_of(GLANCE) {
                shared.waiting.glance();
            }
            next = shared.waiting.next();
        }
        if !shared.crew.rests() {
            break;
        }
    }
}

impl Worker<'_> {
    /// Serves a connection as far as it goes without waiting.
    fn turn(&mut self, connection: &Arc<Connection>) {
        connection.is_served();
        for _ in 0..TURN {
            match self.request(connection) {
                Ok(Next::Request(incoming)) if self.answer(connection, &incoming) => {}
                Ok(Next::Nothing(until)) if connection.begins_to_wait(until) => return,
                Ok(Next::Nothing(_)) => {}
                Ok(Next::More) => break,
                Ok(Next::Request(_)) | Err(Ended::Gone) => return self.shared.waiting.close(connection),
                Err(Ended::Bad(bad)) => {
                    let _ = self.write(connection, &plain(&bad).octets(true, false));
                    self.linger(connection);
                    return self.shared.waiting.close(connection);
                }
            }
        }
        connection.is_queued();
        self.shared.waiting.queue(Arc::clone(connection));
    }

    /// The next request, if it is whole with what has come.
    fn request(&mut self, connection: &Connection) -> Result<Next, Ended> {
        let limits = &self.shared.limits;
        let mut progress = connection.progress();
        let mut is_all = false;
        for _ in 0..BLOCKS {
            if let Some(incoming) = progress.reading.next(limits)? {
                progress.until = None;
                return Ok(Next::Request(incoming));
            }
            if progress.reading.is_to_continue() {
                self.write(connection, b"HTTP/1.1 100 Continue\r\n\r\n").map_err(|_| Ended::Gone)?;
            }
            match connection.read(&mut self.block) {
                Read::Octets(length) => progress.reading.push(self.block.get(..length).unwrap_or_default()),
                Read::Nothing => {
                    is_all = true;
                    break;
                }
                Read::End if progress.reading.stage() == Stage::Nothing => return Err(Ended::Gone),
                // Whoever has closed one side only can read that.
                Read::End => return Err(BadRequest::new(400, "the request ended before its end").into()),
            }
        }
        if self.shared.is_stopping() {
            return Err(Ended::Gone);
        }
        let (stage, now) = (progress.reading.stage(), Instant::now());
        let until = match progress.until {
            Some((since, until)) if (since == Stage::Body) == (stage == Stage::Body) => until,
            _ => now + if stage == Stage::Body { limits.body_time } else { limits.head_time },
        };
        progress.until = Some((stage, until));
        match stage {
            _ if now < until => Ok(if is_all { Next::Nothing(until) } else { Next::More }),
            Stage::Nothing => Err(Ended::Gone),
            Stage::Head => Err(BadRequest::new(408, "the head did not come in time").into()),
            Stage::Body => Err(BadRequest::new(408, "the body did not come in time").into()),
        }
    }

    /// Answers a request. Whether the connection goes on.
    fn answer(&mut self, connection: &Connection, incoming: &Incoming) -> bool {
        let shared = self.shared;
        let (reply, entry) = shared.provider.answer(incoming, shared.clock.now(), &mut self.verifier);
        let closes = incoming.closes() || shared.is_stopping() || reply.wire != Wire::Good;
        let written = match reply.wire {
            Wire::Good => self.write(connection, &reply.octets(closes, incoming.method == b"HEAD")),
            _ => self.waits(|| misbehave::write(connection, shared, &reply)),
        };
        if let (Some(tell), Some(entry)) = (&shared.tell, entry) {
            tell(&entry);
        }
        !closes && written.is_ok()
    }

    /// Writes everything; for a peer that takes it slowly, this thread steps out.
    fn write(&self, connection: &Connection, octets: &[u8]) -> io::Result<()> {
        match octets.get(connection.write(octets)?..) {
            Some(rest @ [_, ..]) => self.waits(|| connection.write_until(rest, Instant::now() + self.shared.limits.answer_time)),
            _ => Ok(()),
        }
    }

    /// Does what waits for a peer, while another thread takes this one's place.
    fn waits(&self, act: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let _away = self.shared.crew.step_out().ok_or(io::ErrorKind::OutOfMemory)?;
        act()
    }

    /// Reads on for a moment: a peer that is still sending would not see the answer if the connection were torn down at once.
    fn linger(&mut self, connection: &Connection) {
        connection.shut_down(Shutdown::Write);
        let Some(_away) = self.shared.crew.step_out() else { return };
        let until = Instant::now() + Duration::from_millis(500);
        let mut left = 4 * 1024 * 1024_usize;
        while let Read::Octets(length) = connection.read_until(&mut self.block, until) {
            left = left.saturating_sub(length);
            if left == 0 || Instant::now() > until {
                break;
            }
        }
    }
}
