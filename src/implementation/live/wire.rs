//! The two directions of one connection under one deadline. The request is written while the answer is already read: a server may
//! answer, or refuse, before it has read all of it. What is held of the answer is what its reader has not used yet.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::Duration;

use super::Trouble;
use super::deadline::Deadline;

/// The most octets that are read at once.
const BLOCK: usize = 16 * 1024;
/// How long neither direction is looked at when both stand still.
const PAUSE: Duration = Duration::from_millis(1);

/// What reading on brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Read {
    /// Octets.
    More,
    /// The server's own end.
    End,
    /// The connection broke.
    Broken,
}

/// A connection with what is still to be written and what was read and not used yet.
pub(super) struct Wire {
    stream: TcpStream,
    deadline: Deadline,
    request: Vec<u8>,
    written: usize,
    buffer: Vec<u8>,
    used: usize,
    ended: Option<Read>,
    /// The most octets of the answer that were held at once.
    pub(super) most_held: usize,
}

impl Wire {
    pub(super) const fn new(stream: TcpStream, deadline: Deadline, request: Vec<u8>) -> Wire {
        Wire { stream, deadline, request, written: 0, buffer: Vec::new(), used: 0, ended: None, most_held: 0 }
    }

    /// What was read and not used yet.
    pub(super) fn held(&self) -> &[u8] {
        self.buffer.get(self.used..).unwrap_or_default()
    }

    /// Marks so many octets as used.
    pub(super) fn used(&mut self, octets: usize) {
        self.used = self.buffer.len().min(self.used.saturating_add(octets));
    }

    /// Octets that were read, reading on if there are none; at most so many. They are to be marked as used.
    ///
    /// # Errors
    /// As [`Wire::more`], and [`Trouble::Cut`] at the end of the connection.
    pub(super) fn some(&mut self, most: usize, waiting_for: &'static str) -> Result<&[u8], Trouble> {
        if self.held().is_empty() && self.more(waiting_for)? != Read::More {
            return Err(Trouble::Cut(waiting_for));
        }
        let held = self.held();
        Ok(held.get(..most).unwrap_or(held))
    }

    /// Reads on, and writes what is left of the request meanwhile.
    ///
    /// # Errors
    /// [`Trouble::Late`].
    pub(super) fn more(&mut self, waiting_for: &'static str) -> Result<Read, Trouble> {
        if let Some(ended) = self.ended {
            return Ok(ended);
        }
        self.buffer.drain(..self.used);
        self.used = 0;
        loop {
            let is_writing = self.written < self.request.len();
            let left = self.deadline.left(if is_writing { "the request to be taken" } else { waiting_for })?;
            let wrote = is_writing && self.write_some();
            // A read that waits is for when there is nothing to be written. Setting the mode fails only where the connection is gone, and
            // then reading says so.
            let is_writing = self.written < self.request.len();
            let _ = self.stream.set_nonblocking(is_writing);
            let _ = self.stream.set_read_timeout(Some(left));
            match self.read_some() {
                Ok(Read::More) => return Ok(Read::More),
                Ok(ended) => {
                    self.ended = Some(ended);
                    return Ok(ended);
                }
                Err(()) if is_writing && !wrote => thread::sleep(PAUSE.min(left)),
                Err(()) => {}
            }
        }
    }

    /// Writes what is taken at once; whether that was anything. A request that nobody takes any more is given up: there may be an answer.
    fn write_some(&mut self) -> bool {
        let _ = self.stream.set_nonblocking(true);
        match self.stream.write(self.request.get(self.written..).unwrap_or_default()) {
            Ok(octets) => {
                self.written += octets;
                octets > 0
            }
            Err(error) if is_for_now(error.kind()) => false,
            Err(_) => {
                self.written = self.request.len();
                false
            }
        }
    }

    /// Reads what there is. `Err` if there is nothing for now.
    fn read_some(&mut self) -> Result<Read, ()> {
        let mut block = [0; BLOCK];
        match self.stream.read(&mut block) {
            Ok(0) => Ok(Read::End),
            Ok(octets) => {
                self.buffer.extend_from_slice(block.get(..octets).unwrap_or_default());
                self.most_held = self.most_held.max(self.buffer.len());
                Ok(Read::More)
            }
            Err(error) if is_for_now(error.kind()) => Err(()),
            Err(_) => Ok(Read::Broken),
        }
    }
}

fn is_for_now(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
