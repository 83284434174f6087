//! From a host's name to a connection, within the deadline. Each name is looked up once in a run: whoever answers for it later cannot lead
//! the requests somewhere else.

use std::io::{self, ErrorKind};
use std::net::{IpAddr, SocketAddr, TcpStream, ToSocketAddrs as _};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;

use super::Trouble;
use super::deadline::Deadline;
use super::destination::Destination;
use super::trouble::shown;

/// The most addresses of a name that are looked at.
const MOST_ADDRESSES: usize = 16;

type Addresses = Vec<IpAddr>;

/// How a name is looked up: by the system, or in a test.
pub(super) type Lookup = fn(&str) -> io::Result<Addresses>;

/// The names of a run with their addresses.
#[derive(Debug)]
pub(super) struct Names {
    lookup: Lookup,
    known: Vec<(String, Addresses)>,
    /// Those whose answer did not come in time: it is waited for again, so that there is one thread a name at most.
    waiting: Vec<(String, Receiver<io::Result<Addresses>>)>,
}

impl Names {
    pub(super) const fn new(lookup: Lookup) -> Names {
        Names { lookup, known: Vec::new(), waiting: Vec::new() }
    }

    /// Another one that asks the same way.
    pub(super) const fn another(&self) -> Names {
        Names::new(self.lookup)
    }

    /// The addresses of a host, in the order in which they are tried.
    ///
    /// # Errors
    /// [`Trouble::NoAddress`], or [`Trouble::Late`]: the system's own look-up knows no deadline, so it is left alone in its thread.
    pub(super) fn addresses(&mut self, destination: &Destination, deadline: Deadline) -> Result<Addresses, Trouble> {
        if let Some(address) = destination.literal {
            return Ok(vec![address]);
        }
        let name = destination.host.to_ascii_lowercase();
        if let Some((_, addresses)) = self.known.iter().find(|(known, _)| *known == name) {
            return Ok(addresses.clone());
        }
        let receiver = match self.waiting.iter().position(|(waiting, _)| *waiting == name) {
            Some(position) => self.waiting.swap_remove(position).1,
            None => self.ask(name.clone())?,
        };
        match receiver.recv_timeout(deadline.left("the host's address")?) {
            Ok(Ok(mut addresses)) if !addresses.is_empty() => {
                addresses.truncate(MOST_ADDRESSES);
                self.known.push((name, addresses.clone()));
                Ok(addresses)
            }
            Ok(_) | Err(RecvTimeoutError::Disconnected) => Err(Trouble::NoAddress(shown(name.as_bytes()))),
            Err(RecvTimeoutError::Timeout) => {
                self.waiting.push((name, receiver));
                Err(Trouble::Late("the host's address"))
            }
        }
    }

    fn ask(&self, name: String) -> Result<Receiver<io::Result<Addresses>>, Trouble> {
        let (sender, receiver) = mpsc::sync_channel(1);
        let (lookup, no_address) = (self.lookup, Trouble::NoAddress(shown(name.as_bytes())));
        let asked = thread::Builder::new().name("look-up".to_owned()).spawn(move || {
            // Nobody waits for it any more: then it is lost.
            let _ = sender.send(lookup(&name));
        });
        asked.map(|_| receiver).map_err(|_| no_address)
    }
}

/// Looks a name up as the system does.
pub(super) fn by_the_system(name: &str) -> io::Result<Addresses> {
    let mut addresses: Addresses = Vec::new();
    for address in (name, 0).to_socket_addrs()? {
        if !addresses.contains(&address.ip()) {
            addresses.push(address.ip());
        }
    }
    Ok(addresses)
}

/// Connects to the first address that takes it. Each gets its share of the time, so that one that is silent does not use up all of it.
///
/// # Errors
/// [`Trouble::NoConnection`] with the last address's reason, or [`Trouble::Late`].
pub(super) fn connect(destination: &Destination, addresses: &[IpAddr], deadline: Deadline) -> Result<TcpStream, Trouble> {
    const WAITING: &str = "a connection";
    let mut reason = ErrorKind::AddrNotAvailable;
    for (tried, address) in addresses.iter().enumerate() {
        let left = deadline.left(WAITING)?;
        let share = u32::try_from(addresses.len() - tried).map_or(left, |others| left / others);
        match TcpStream::connect_timeout(&SocketAddr::new(*address, destination.port), share) {
            Ok(stream) => {
                let _ = stream.set_nodelay(true);
                return Ok(stream);
            }
            Err(error) => reason = error.kind(),
        }
    }
    deadline.left(WAITING)?;
    if matches!(reason, ErrorKind::TimedOut | ErrorKind::WouldBlock) {
        return Err(Trouble::Late(WAITING));
    }
    Err(Trouble::NoConnection(format!("{}: {reason}", shown(destination.authority.as_bytes()))))
}
