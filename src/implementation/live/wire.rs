//! The two directions of one connection under one deadline. The request is written while the answer is already read: a server may
//! answer, or refuse, before it has read all of it. What is held of the answer is what its reader has not used yet.

use std::io::ErrorKind;
use std::thread;
use std::time::Duration;

use super::channel::Channel;
use super::deadline::Deadline;
use super::{Trouble, tls};

/// The most octets that are read at once.
const BLOCK: usize = 16 * 1024;
/// How long something is waited for that there should not be, or that is only to be told. Most servers have ended the connection by then.
pub(super) const MOMENT: Duration = Duration::from_millis(50);
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
    channel: Channel,
    deadline: Deadline,
    request: Vec<u8>,
    written: usize,
    /// Whether the request is given up: nobody takes it any more.
    is_given_up: bool,
    buffer: Vec<u8>,
    used: usize,
    ended: Option<Read>,
    /// The most octets of the answer that were held at once.
    pub(super) most_held: usize,
}

impl Wire {
    pub(super) const fn new(channel: Channel, deadline: Deadline, request: Vec<u8>) -> Wire {
        Wire { channel, deadline, request, written: 0, is_given_up: false, buffer: Vec::new(), used: 0, ended: None, most_held: 0 }
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
    /// [`Trouble::Late`], and [`Trouble::Tls`] for what is no TLS.
    pub(super) fn more(&mut self, waiting_for: &'static str) -> Result<Read, Trouble> {
        if let Some(ended) = self.ended {
            return Ok(ended);
        }
        self.drops_used();
        loop {
            let left = self.deadline.left(if self.is_writing() { "the request to be taken" } else { waiting_for })?;
            let wrote = self.is_writing() && self.write_some();
            // Reading waits only where there is nothing to be written.
            self.channel.waits((!self.is_writing()).then_some(left));
            match self.read_some()? {
                Some(Read::More) => return Ok(Read::More),
                Some(ended) => {
                    self.ended = Some(ended);
                    return Ok(ended);
                }
                None if self.is_writing() && !wrote => thread::sleep(PAUSE.min(left)),
                None => {}
            }
        }
    }

    /// Reads on for a moment, until so many octets are held; whether there are. What has come by then is read however late it is looked at.
    pub(super) fn gathers(&mut self, octets: usize, moment: Duration) -> bool {
        let moment = Deadline::after(self.deadline.left("").map_or(Duration::ZERO, |left| left.min(moment)));
        self.drops_used();
        while self.held().len() < octets && self.ended.is_none() {
            let left = moment.left("").ok();
            self.channel.waits(left);
            match self.read_some() {
                Ok(Some(Read::More)) => {}
                Ok(None) if left.is_some() => {}
                Ok(ended) => self.ended = Some(ended.unwrap_or(Read::Broken)),
                Err(_) => self.ended = Some(Read::Broken),
            }
        }
        self.held().len() >= octets
    }

    fn drops_used(&mut self) {
        self.buffer.drain(..self.used);
        self.used = 0;
    }

    fn is_writing(&self) -> bool {
        !self.is_given_up && (self.written < self.request.len() || !self.channel.is_flushed())
    }

    /// Writes what is taken at once; whether that was anything. A request that nobody takes any more is given up: there may be an answer.
    fn write_some(&mut self) -> bool {
        self.channel.waits(None);
        match self.channel.write(self.request.get(self.written..).unwrap_or_default()) {
            Ok(octets) => {
                self.written += octets;
                octets > 0
            }
            Err(error) if is_for_now(error.kind()) => false,
            Err(_) => {
                self.is_given_up = true;
                false
            }
        }
    }

    /// Reads what there is; nothing for now is `None`.
    fn read_some(&mut self) -> Result<Option<Read>, Trouble> {
        let mut block = [0; BLOCK];
        match self.channel.read(&mut block) {
            Ok(0) => Ok(Some(Read::End)),
            Ok(octets) => {
                self.buffer.extend_from_slice(block.get(..octets).unwrap_or_default());
                self.most_held = self.most_held.max(self.buffer.len());
                Ok(Some(Read::More))
            }
            Err(error) if is_for_now(error.kind()) => Ok(None),
            Err(error) => match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
                Some(error) => Err(tls::why(error)),
                None => Ok(Some(Read::Broken)),
            },
        }
    }
}

/// Whether it may be otherwise a moment later.
pub(super) const fn is_for_now(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted)
}
