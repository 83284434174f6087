//! One connection: requests one after the other, each within its limits of size and time.

use std::io::{self, ErrorKind, Read as _};
use std::net::{Shutdown, TcpStream};
use std::time::{Duration, Instant};

use super::{Shared, misbehave, writing};
use crate::protocol::verification::Verifier;
use crate::sandbox::faults::Wire;
use crate::sandbox::http::{BadRequest, Framing, Incoming, framing, head, too_large};
use crate::sandbox::provider::plain;

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

/// Serves a connection to its end.
pub(super) fn serve(stream: TcpStream, shared: &Shared) {
    let mut connection = Connection { stream, shared, buffer: Vec::new(), block: vec![0; BLOCK], reading: Duration::ZERO };
    let mut verifier = Verifier::default();
    let _ = connection.stream.set_nodelay(true);
    loop {
        match connection.request() {
            Ok(incoming) => {
                let (reply, entry) = shared.provider.answer(&incoming, shared.clock.now(), &mut verifier);
                let closes = incoming.closes() || shared.is_stopping() || reply.wire != Wire::Good;
                let written = match reply.wire {
                    Wire::Good => connection.write(&reply.octets(closes, incoming.method == b"HEAD")),
                    _ => misbehave::write(&mut connection.stream, shared, &reply),
                };
                if let (Some(tell), Some(entry)) = (&shared.tell, entry) {
                    tell(&entry);
                }
                if closes || written.is_err() {
                    break;
                }
            }
            Err(Ended::Gone) => break,
            Err(Ended::Bad(bad)) => {
                let _ = connection.write(&plain(&bad).octets(true, false));
                connection.linger();
                break;
            }
        }
    }
    let _ = connection.stream.shutdown(Shutdown::Both);
}

struct Connection<'a> {
    stream: TcpStream,
    shared: &'a Shared,
    /// What was read and not used yet.
    buffer: Vec<u8>,
    /// Where the next octets are read to.
    block: Vec<u8>,
    /// The time-out that the socket has for reading.
    reading: Duration,
}

/// The most octets that are read at once.
const BLOCK: usize = 16 * 1024;

/// A time-out is not set anew for a difference of less: a call of the system for every request would be dear.
const ABOUT: Duration = Duration::from_millis(20);

impl Connection<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<()> {
        writing::write_all(&mut self.stream, octets, self.shared.limits.answer_time)
    }

    fn request(&mut self) -> Result<Incoming, Ended> {
        let limits = &self.shared.limits;
        let until = Instant::now() + limits.head_time;
        let (mut incoming, length) = loop {
            if !self.buffer.is_empty()
                && let Some(found) = head(&self.buffer, limits)?
            {
                break found;
            }
            let begun = !self.buffer.is_empty();
            match self.more(until) {
                Ok(0) => return Err(Ended::Gone),
                Ok(_) => {}
                Err(ErrorKind::TimedOut) if begun => return Err(BadRequest::new(408, "the head did not come in time").into()),
                Err(_) => return Err(Ended::Gone),
            }
        };
        self.buffer.drain(..length);
        let until = Instant::now() + limits.body_time;
        let framing = framing(&incoming, limits)?;
        if framing != Framing::None && incoming.lists("expect", "100-continue") && self.buffer.is_empty() {
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n").map_err(|_| Ended::Gone)?;
        }
        incoming.body = match framing {
            Framing::None => None,
            Framing::Length(length) => Some(self.take(length, until)?),
            Framing::Chunked => Some(self.chunks(until)?),
        };
        Ok(incoming)
    }

    /// Reads what there is, up to a block; zero at the end.
    fn more(&mut self, until: Instant) -> Result<usize, ErrorKind> {
        loop {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(ErrorKind::TimedOut);
            }
            if self.reading.abs_diff(left) > ABOUT {
                self.stream.set_read_timeout(Some(left)).map_err(|error| error.kind())?;
                self.reading = left;
            }
            match self.stream.read(&mut self.block) {
                Ok(length) => {
                    self.buffer.extend_from_slice(self.block.get(..length).unwrap_or_default());
                    return Ok(length);
                }
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted) => {}
                Err(error) => return Err(error.kind()),
            }
        }
    }

    fn more_body(&mut self, until: Instant) -> Result<(), Ended> {
        match self.more(until) {
            Ok(0) => Err(Ended::Gone),
            Ok(_) => Ok(()),
            Err(ErrorKind::TimedOut) => Err(BadRequest::new(408, "the body did not come in time").into()),
            Err(_) => Err(Ended::Gone),
        }
    }

    fn take(&mut self, length: usize, until: Instant) -> Result<Vec<u8>, Ended> {
        while self.buffer.len() < length {
            self.more_body(until)?;
        }
        Ok(self.buffer.drain(..length).collect())
    }

    /// Chunks put together (RFC 9112 section 7.1); extensions and trailers are read and dropped.
    fn chunks(&mut self, until: Instant) -> Result<Vec<u8>, Ended> {
        let limits = &self.shared.limits;
        let mut body = Vec::new();
        loop {
            let line = self.line(until)?;
            let bad = || BadRequest::new(400, "a chunk has no size");
            let size = match httparse::parse_chunk_size(&line) {
                Ok(httparse::Status::Complete((_, size))) => usize::try_from(size).map_err(|_| bad())?,
                _ => return Err(bad().into()),
            };
            if size == 0 {
                break;
            }
            if size > limits.body.saturating_sub(body.len()) {
                return Err(too_large(limits).into());
            }
            body.extend(self.take(size, until)?);
            if self.take(2, until)? != b"\r\n" {
                return Err(BadRequest::new(400, "a chunk is longer than its size").into());
            }
        }
        let mut trailers = 0;
        loop {
            let line = self.line(until)?;
            trailers += line.len();
            if line == b"\r\n" {
                return Ok(body);
            }
            if trailers > limits.head {
                return Err(BadRequest::new(431, "the trailers are too long").into());
            }
        }
    }

    /// A line with its end, of at most 4 KiB.
    fn line(&mut self, until: Instant) -> Result<Vec<u8>, Ended> {
        loop {
            if let Some(end) = memchr::memchr(b'\n', &self.buffer) {
                return Ok(self.buffer.drain(..=end).collect());
            }
            if self.buffer.len() > 4096 {
                return Err(BadRequest::new(400, "a chunk's line is too long").into());
            }
            self.more_body(until)?;
        }
    }

    /// Reads on for a moment: a peer that is still sending would not see the answer if the connection were torn down at once.
    fn linger(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Write);
        let until = Instant::now() + Duration::from_millis(500);
        let mut left = 4 * 1024 * 1024_usize;
        while let Ok(length @ 1..) = self.more(until) {
            self.buffer.clear();
            left = left.saturating_sub(length);
            if left == 0 {
                break;
            }
        }
    }
}
