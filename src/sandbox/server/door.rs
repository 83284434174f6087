//! Where connections come in.

use std::io::{self, ErrorKind, Write as _};
use std::time::{Duration, Instant};

use mio::net::{TcpListener, TcpStream};

use crate::sandbox::http::BadRequest;
use crate::sandbox::limits::Limits;
use crate::sandbox::provider::plain;

/// The listening socket, and how many may come in.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) listener: TcpListener,
    /// How many came in.
    count: usize,
    /// Whether somebody stands there who could not be taken in.
    is_kept_out: bool,
    most: usize,
    time: Duration,
}

/// One who came in.
pub(super) struct Entered {
    /// The number of the connection.
    pub(super) number: usize,
    pub(super) stream: TcpStream,
    /// By when its first request must be there.
    pub(super) until: Instant,
}

impl Door {
    pub(super) fn new(listener: std::net::TcpListener, limits: &Limits) -> io::Result<Door> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener);
        Ok(Door { listener, count: 0, is_kept_out: false, most: limits.connections, time: limits.head_time })
    }

    /// Whether somebody may stand there of whom there will be no further news.
    pub(super) const fn is_kept_out(&self) -> bool {
        self.is_kept_out
    }

    /// The next one at the door, while so many are inside.
    pub(super) fn next(&mut self, inside: impl Fn() -> usize) -> Option<Entered> {
        self.is_kept_out = false;
        loop {
            match self.listener.accept() {
                Ok((stream, _)) if inside() >= self.most => refuse(stream),
                Ok((stream, _)) => {
                    let _ = stream.set_nodelay(true);
                    self.count += 1;
                    return Some(Entered { number: self.count, stream, until: Instant::now() + self.time });
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return None,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                // No file descriptors are left: that passes.
                Err(_) => {
                    self.is_kept_out = true;
                    return None;
                }
            }
        }
    }
}

/// One connection too many.
fn refuse(mut stream: TcpStream) {
    let _ = stream.write(&plain(&BadRequest::new(503, "there are too many connections")).octets(true, false));
}
