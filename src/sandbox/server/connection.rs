//! One connection: its socket, and what is known of it between the turns of the threads that serve it.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::Shutdown;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use mio::net::TcpStream;

use crate::sandbox::reading::{Reading, Stage};

/// A connection. One thread serves it at a time.
#[derive(Debug)]
pub(super) struct Connection {
    pub(super) number: usize,
    /// It never blocks.
    stream: TcpStream,
    place: Mutex<Place>,
    happened: Condvar,
    progress: Mutex<Progress>,
}

/// How far a connection has come with its next request.
#[derive(Debug)]
pub(super) struct Progress {
    pub(super) reading: Reading,
    /// By when the rest must come, and the stage at which that was said.
    pub(super) until: Option<(Stage, Instant)>,
}

/// Where a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nobody has it; something must happen before this moment.
    Waits(Instant),
    /// It is in the queue.
    Queued,
    /// Somebody serves it; whether something has happened since he looked.
    Served { happened: bool },
}

/// What was found of octets.
pub(super) enum Read {
    Octets(usize),
    /// None yet.
    Nothing,
    /// No more will come.
    End,
}

impl Connection {
    pub(super) fn new(number: usize, stream: TcpStream, until: Instant) -> Connection {
        let progress = Progress { reading: Reading::default(), until: Some((Stage::Nothing, until)) };
        let (place, progress) = (Mutex::new(Place::Waits(until)), Mutex::new(progress));
        Connection { number, stream, place, happened: Condvar::new(), progress }
    }

    /// How far it has come, for the one who serves it.
    pub(super) fn progress(&self) -> MutexGuard<'_, Progress> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.place.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Something has happened at the socket, or it is too late. Whether the connection is to be put into the queue.
    pub(super) fn happens(&self) -> bool {
        let mut place = self.place();
        match *place {
            Place::Waits(_) => {
                *place = Place::Queued;
                return true;
            }
            Place::Queued => {}
            Place::Served { .. } => {
                *place = Place::Served { happened: true };
                self.happened.notify_all();
            }
        }
        false
    }

    /// When it is too late, if nobody has the connection.
    pub(super) fn waits_until(&self) -> Option<Instant> {
        match *self.place() {
            Place::Waits(until) => Some(until),
            Place::Queued | Place::Served { .. } => None,
        }
    }

    /// Somebody begins to serve it.
    pub(super) fn is_served(&self) {
        *self.place() = Place::Served { happened: false };
    }

    /// It goes to the end of the queue.
    pub(super) fn is_queued(&self) {
        *self.place() = Place::Queued;
    }

    /// Nobody serves it any more until something happens, unless that is so already. Whether it waits now.
    pub(super) fn begins_to_wait(&self, until: Instant) -> bool {
        let mut place = self.place();
        let waits = *place == Place::Served { happened: false };
        *place = if waits { Place::Waits(until) } else { Place::Served { happened: false } };
        waits
    }

    /// Waits until something happens, but no longer than `until`, while the connection is served. Whether something has.
    fn wait(&self, until: Instant) -> bool {
        let mut place = self.place();
        loop {
            if *place != (Place::Served { happened: false }) {
                *place = Place::Served { happened: false };
                return true;
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            place = self.happened.wait_timeout(place, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Reads what has come.
    pub(super) fn read(&self, block: &mut [u8]) -> Read {
        loop {
            match (&self.stream).read(block) {
                Ok(0) => return Read::End,
                Ok(length) => return Read::Octets(length),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Read::Nothing,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return Read::End,
            }
        }
    }

    /// Reads what has come or comes before `until`.
    pub(super) fn read_until(&self, block: &mut [u8], until: Instant) -> Read {
        loop {
            match self.read(block) {
                Read::Nothing if self.wait(until) => {}
                read => return read,
            }
        }
    }

    /// Writes what the peer takes at once; how much that was.
    pub(super) fn write(&self, octets: &[u8]) -> io::Result<usize> {
        let mut written = 0;
        while let Some(rest @ [_, ..]) = octets.get(written..) {
            match (&self.stream).write(rest) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(length) => written += length,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(written)
    }

    /// Writes everything before `until`, however many pieces the peer takes it in.
    ///
    /// # Errors
    /// `TimedOut` if the peer has not taken everything by then; what the connection says.
    pub(super) fn write_until(&self, octets: &[u8], until: Instant) -> io::Result<()> {
        let mut rest = octets;
        loop {
            rest = rest.get(self.write(rest)?..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(());
            }
            // A peer that takes a little now and then would stay for ever.
            if Instant::now() >= until || !self.wait(until) {
                return Err(ErrorKind::TimedOut.into());
            }
        }
    }

    pub(super) fn shut_down(&self, how: Shutdown) {
        let _ = self.stream.shutdown(how);
    }
}
