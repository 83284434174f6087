//! The sandbox's threads: a few serve all connections. Here and below alone are sockets, clock and randomness.

pub mod builder;
pub mod clock;
pub mod crew;
pub mod patience;

mod connection;
mod door;
mod misbehave;
mod serving;
mod waiting;

use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use super::entries::Entry;
use super::limits::Limits;
use super::provider::Provider;
use super::store::{Client, Token};
use super::test_key;
use crate::profile::document::{EndpointName, Profile, TokenType};
use clock::Clock;
use crew::Crew;
use waiting::Waiting;

/// Is told of every exchange, by the thread that had it, before that thread reads on: it must not wait for anybody.
pub type Tell = Box<dyn Fn(&Entry) + Send + Sync>;

/// What all threads know.
pub(super) struct Shared {
    pub(super) provider: Provider,
    pub(super) clock: Clock,
    pub(super) limits: Limits,
    pub(super) tell: Option<Tell>,
    crew: Arc<Crew>,
    waiting: Waiting,
    stopping: AtomicBool,
}

impl Shared {
    fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }
}

/// A running sandbox. It stops when it is dropped.
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    client: Client,
    token: Option<Token>,
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

    fn start(address: SocketAddr, (client, token): (Client, Option<Token>), shared: Shared) -> io::Result<Sandbox> {
        let shared = Arc::new(shared);
        let weak = Arc::downgrade(&shared);
        shared.crew.begin(Box::new(move || hire(&weak)))?;
        Ok(Sandbox { shared, address, client, token })
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

    /// Stops: nothing new is accepted, what is being answered is answered. Gives the last exchanges, and among them those.
    pub fn stop(self) -> Vec<Arc<Entry>> {
        self.end();
        self.exchanges()
    }

    fn end(&self) {
        if !self.shared.stopping.swap(true, Ordering::SeqCst) {
            self.shared.waiting.end(GRACE);
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.end();
    }
}

/// A further thread that serves connections.
fn hire(shared: &Weak<Shared>) -> io::Result<()> {
    let shared = shared.upgrade().ok_or(io::ErrorKind::NotConnected)?;
    let thread = std::thread::Builder::new().name("sandbox worker".to_owned()).stack_size(1024 * 1024);
    thread.spawn(move || serving::work(&shared)).map(drop)
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
