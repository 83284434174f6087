//! The sandbox's threads: one that accepts, one for each connection. Here and below alone are sockets, clock and randomness.

pub mod builder;
pub mod clock;
pub mod patience;

mod connection;
mod misbehave;
mod writing;

use std::collections::HashMap;
use std::io::{self, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::entries::Entry;
use super::http::BadRequest;
use super::limits::Limits;
use super::provider::{Provider, plain};
use super::store::{Client, Token};
use super::test_key;
use crate::profile::document::{EndpointName, Profile, TokenType};
use clock::Clock;

/// Is told of every exchange, by the thread that had it, before that thread reads on: it must not wait for anybody.
pub type Tell = Box<dyn Fn(&Entry) + Send + Sync>;

/// What all threads know.
pub(super) struct Shared {
    pub(super) provider: Provider,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) tell: Option<Tell>,
    stopping: AtomicBool,
    open: Mutex<HashMap<u64, Arc<TcpStream>>>,
    closed: Condvar,
}

impl Shared {
    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Arc<TcpStream>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Takes a connection off the list, also when its thread ends in a panic.
struct Opened<'a>(&'a Shared, u64);

impl Drop for Opened<'_> {
    fn drop(&mut self) {
        self.0.open().remove(&self.1);
        self.0.closed.notify_all();
    }
}

/// A running sandbox. It stops when it is dropped.
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    client: Client,
    token: Option<Token>,
    accepting: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

/// How long a stop waits for answers that are being written.
const GRACE: Duration = Duration::from_secs(3);

impl Sandbox {
    /// What a sandbox is made of.
    pub fn builder() -> builder::Builder {
        builder::Builder::default()
    }

    fn start(listener: TcpListener, address: SocketAddr, (client, token): (Client, Option<Token>), shared: Shared) -> io::Result<Sandbox> {
        let shared = Arc::new(shared);
        let own = Arc::clone(&shared);
        let accepting = std::thread::Builder::new().name("sandbox".to_owned()).spawn(move || accept(&listener, &own))?;
        Ok(Sandbox { shared, address, client, token, accepting: Some(accepting) })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its origin, as clients sign it: `http://127.0.0.1:8080`.
    #[must_use]
    pub fn origin(&self) -> String {
        let settings = &self.shared.provider.settings;
        format!("{}://{}", settings.scheme, settings.authority)
    }

    /// The absolute URL of an endpoint; `None` if the provider has none of this name.
    #[must_use]
    pub fn url(&self, endpoint: EndpointName) -> Option<String> {
        self.shared.provider.url(endpoint)
    }

    /// The profile that is enforced, at the sandbox's own addresses.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.shared.provider.profile
    }

    /// The endpoints with their URLs, in the order of the flow.
    #[must_use]
    pub fn urls(&self) -> Vec<(EndpointName, String)> {
        EndpointName::ALL.into_iter().filter_map(|name| Some((name, self.url(name)?))).collect()
    }

    /// The token credentials of the first client, where the provider has no endpoint that gives them out.
    #[must_use]
    pub const fn token(&self) -> Option<&Token> {
        self.token.as_ref()
    }

    /// The private key of the first client in PEM, where the provider takes RSA signatures alone and the client has no key of its own. It is
    /// the same in every sandbox and everybody has it.
    #[must_use]
    pub fn private_key(&self) -> Option<&'static str> {
        self.client.has_test_key().then_some(test_key::PRIVATE)
    }

    /// The first client.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// The last exchanges.
    #[must_use]
    pub fn exchanges(&self) -> Vec<Arc<Entry>> {
        self.shared.provider.lock_entries().all()
    }

    /// How often a redirection of a fault was followed to this server under another name.
    #[must_use]
    pub fn followed(&self) -> u64 {
        self.shared.provider.followed.load(Ordering::SeqCst)
    }

    /// How many nonces are remembered.
    #[must_use]
    pub fn nonces(&self) -> usize {
        self.shared.provider.lock().nonces.len()
    }

    /// Stops: nothing new is accepted, what is being answered is answered.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the thread that accepts.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
        let until = Instant::now() + GRACE;
        let mut open = self.shared.open();
        open.values().for_each(|stream| drop(stream.shutdown(Shutdown::Read)));
        while !open.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                open.values().for_each(|stream| drop(stream.shutdown(Shutdown::Both)));
                break;
            }
            open = self.shared.closed.wait_timeout(open, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if self.accepting.is_some() {
            self.end();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for number in 0_u64.. {
        let accepted = listener.accept();
        if shared.is_stopping() {
            return;
        }
        let Ok((stream, _)) = accepted else {
            // No file descriptors are left: that passes.
            std::thread::sleep(Duration::from_millis(20));
            continue;
        };
        let stream = Arc::new(stream);
        {
            let mut open = shared.open();
            if open.len() >= shared.limits.connections {
                drop(open);
                refuse(&stream);
                continue;
            }
            open.insert(number, Arc::clone(&stream));
        }
        let own = Arc::clone(shared);
        let spawned = std::thread::Builder::new().name(format!("sandbox {number}")).stack_size(1024 * 1024).spawn(move || {
            let _opened = Opened(&own, number);
            connection::serve(&stream, &own);
        });
        if spawned.is_err() {
            shared.open().remove(&number);
        }
    }
}

/// One connection too many.
fn refuse(mut stream: &TcpStream) {
    let _ = stream.set_nonblocking(true);
    let _ = stream.write(&plain(&BadRequest::new(503, "there are too many connections")).octets(true, false));
}

/// Random octets of the system's.
pub(super) fn random(octets: &mut [u8]) -> bool {
    getrandom::fill(octets).is_ok()
}

impl Token {
    /// Token credentials for a client, of random text.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn made_up(client: &Client) -> io::Result<Token> {
        Ok(Token::new(TokenType::Access, &client.identifier, format!("token-{}", random_hex()?), format!("secret-{}", random_hex()?)))
    }
}

fn random_hex() -> io::Result<String> {
    let mut octets = [0_u8; 12];
    getrandom::fill(&mut octets).map_err(|error| io::Error::other(error.to_string()))?;
    Ok(octets.iter().map(|octet| format!("{octet:02x}")).collect())
}

impl Client {
    /// A client that nobody has configured anywhere, with random identifier and secret.
    ///
    /// # Errors
    /// The system has no random numbers.
    pub fn made_up() -> io::Result<Client> {
        Ok(Client::new(format!("sandbox-{}", random_hex()?), format!("secret-{}", random_hex()?)))
    }
}
