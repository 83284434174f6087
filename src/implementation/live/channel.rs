//! A connection in the clear or in TLS, read and written in pieces as large as they come. It knows no deadline: whoever uses it does.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use rustls::ClientConnection;

/// A connection.
pub(super) enum Channel {
    Clear(TcpStream),
    Tls(TcpStream, Box<ClientConnection>),
    /// What a test says that comes, piece by piece; then it ends.
    #[cfg(test)]
    Pieces(std::collections::VecDeque<Vec<u8>>),
}

impl Channel {
    /// Makes reading wait for so long, or not at all. That fails only where the connection is gone, and then reading says so.
    pub(super) fn waits(&self, time: Option<Duration>) {
        let stream = match self {
            Channel::Clear(stream) | Channel::Tls(stream, _) => stream,
            #[cfg(test)]
            Channel::Pieces(_) => return,
        };
        let _ = stream.set_nonblocking(time.is_none());
        let _ = stream.set_read_timeout(time);
    }

    /// Whether everything that was written has left.
    pub(super) fn is_flushed(&self) -> bool {
        match self {
            Channel::Clear(_) => true,
            #[cfg(test)]
            Channel::Pieces(_) => true,
            Channel::Tls(_, session) => !session.wants_write(),
        }
    }

    /// Writes a part of these octets; none of them while earlier ones are still on their way.
    pub(super) fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        match self {
            Channel::Clear(stream) => stream.write(octets),
            #[cfg(test)]
            Channel::Pieces(_) => Ok(octets.len()),
            Channel::Tls(stream, session) => {
                if session.wants_write() {
                    session.write_tls(stream)?;
                }
                if session.wants_write() {
                    return Ok(0);
                }
                let taken = session.writer().write(octets)?;
                // Whatever is wrong with the connection is said again by the next write.
                let _ = session.write_tls(stream);
                Ok(taken)
            }
        }
    }

    /// Reads what comes first; nothing at the server's own end. A connection in TLS that ends without saying so is broken: somebody else
    /// may have ended it (RFC 9112 section 9.8).
    pub(super) fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
        let (stream, session) = match self {
            Channel::Clear(stream) => return stream.read(block),
            Channel::Tls(stream, session) => (stream, session),
            #[cfg(test)]
            Channel::Pieces(pieces) => {
                return Ok(pieces.pop_front().map_or(0, |piece| io::copy(&mut &*piece, &mut &mut *block).map_or(0, |_| piece.len())));
            }
        };
        match session.reader().read(block) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => {}
            result => return result,
        }
        // Once, and not until there is something: a server that sends an octet at a time must not keep us from looking at the deadline.
        session.read_tls(stream)?;
        session.process_new_packets().map_err(|error| io::Error::new(ErrorKind::InvalidData, error))?;
        session.reader().read(block)
    }
}
