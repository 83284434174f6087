//! What a sandbox is made of, before it starts.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::num::NonZero;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use thiserror::Error;

use super::clock::Clock;
use super::crew::Crew;
use super::door::Door;
use super::patience::Patience;
use super::waiting::Waiting;
use super::{Sandbox, Shared, Tell, random};
use crate::profile::document::{Endpoint, EndpointName, TokenType};
use crate::profile::{LoadError, Profile, shipped};
use crate::protocol::SignatureMethod;
use crate::sandbox::entries::Entry;
use crate::sandbox::faults::Fault;
use crate::sandbox::limits::Limits;
use crate::sandbox::provider::{Provider, Settings};
use crate::sandbox::store::{Client, Token};
use crate::sandbox::test_key;

/// Why a sandbox does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// No profile of this name comes along.
    #[error("there is no profile {0:?}")]
    NoProfile(String),
    /// A profile cannot be used.
    #[error("{0}")]
    Profile(#[from] LoadError),
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The address is not one of this machine alone.
    #[error("{0} is not loopback")]
    NotLoopback(IpAddr),
    /// No thread can be started, or there is no randomness.
    #[error("cannot start: {0}")]
    System(std::io::Error),
}

/// A sandbox that is not started yet.
///
/// ```
/// use countersign::sandbox::{Client, Sandbox};
///
/// let sandbox = Sandbox::builder().profile("etrade").client(Client::new("key", "secret")).auto_approve(true).start()?;
/// assert!(sandbox.origin().starts_with("http://127.0.0.1:"));
/// sandbox.stop();
/// # Ok::<(), countersign::sandbox::StartError>(())
/// ```
#[derive(Default)]
#[must_use]
pub struct Builder {
    profile: Option<Named>,
    ip: Option<IpAddr>,
    port: u16,
    clients: Vec<Client>,
    tokens: Vec<Token>,
    seen: Vec<[Vec<u8>; 4]>,
    paths: Vec<(EndpointName, String)>,
    clock: Option<Clock>,
    authority: Option<String>,
    scheme: Option<String>,
    window: Option<Option<u64>>,
    methods: Option<Vec<SignatureMethod>>,
    resource_needs_token: bool,
    auto_approve: bool,
    callback_confirmed: Option<String>,
    unexplained: bool,
    fault: Option<&'static Fault>,
    limits: Option<Limits>,
    tell: Option<Tell>,
}

enum Named {
    Name(String),
    Profile(Box<Profile>),
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("port", &self.port).finish_non_exhaustive()
    }
}

impl Builder {
    /// A profile that comes along, by its name; `rfc5849` if none is chosen.
    pub fn profile(mut self, name: impl Into<String>) -> Builder {
        self.profile = Some(Named::Name(name.into()));
        self
    }

    /// A profile of one's own.
    pub fn own_profile(mut self, profile: Profile) -> Builder {
        self.profile = Some(Named::Profile(Box::new(profile)));
        self
    }

    /// The loopback address to listen on; 127.0.0.1 if none is chosen.
    pub const fn ip(mut self, ip: IpAddr) -> Builder {
        self.ip = Some(ip);
        self
    }

    /// The port; 0, as at first, takes a free one.
    pub const fn port(mut self, port: u16) -> Builder {
        self.port = port;
        self
    }

    /// A client. Without one, a synthetic one is made up.
    pub fn client(mut self, client: Client) -> Builder {
        self.clients.push(client);
        self
    }

    /// Token credentials that are there from the beginning.
    pub fn token(mut self, token: Token) -> Builder {
        self.tokens.push(token);
        self
    }

    /// A nonce that was seen, with its client, token and timestamp; an absent token is empty.
    pub fn seen(mut self, client: &[u8], token: &[u8], timestamp: &[u8], nonce: &[u8]) -> Builder {
        self.seen.push([client, token, timestamp, nonce].map(<[u8]>::to_vec));
        self
    }

    /// An endpoint's path in place of the documented one.
    pub fn path(mut self, endpoint: EndpointName, path: impl Into<String>) -> Builder {
        self.paths.push((endpoint, path.into()));
        self
    }

    /// The clock; the machine's if none is chosen.
    pub fn clock(mut self, clock: Clock) -> Builder {
        self.clock = Some(clock);
        self
    }

    /// The authority that clients sign and name in their Host field, as if a name or a proxy led here.
    pub fn authority(mut self, authority: impl Into<String>) -> Builder {
        self.authority = Some(authority.into());
        self
    }

    /// `http` or `https`, as if something in front of it spoke TLS. Once it is chosen, what needs TLS is refused without it; before, http on
    /// loopback is as good.
    pub fn scheme(mut self, scheme: impl Into<String>) -> Builder {
        self.scheme = Some(scheme.into());
        self
    }

    /// The greatest difference between timestamp and clock in place of the profile's; `None` takes any.
    pub const fn window(mut self, window: Option<u64>) -> Builder {
        self.window = Some(window);
        self
    }

    /// The signature methods in place of the profile's.
    pub fn signature_methods(mut self, methods: impl IntoIterator<Item = SignatureMethod>) -> Builder {
        self.methods = Some(methods.into_iter().collect());
        self
    }

    /// Whether a resource takes no request without a token, also where the profile would.
    pub const fn resource_needs_token(mut self, needs: bool) -> Builder {
        self.resource_needs_token = needs;
        self
    }

    /// Whether the authorization page allows at once.
    pub const fn auto_approve(mut self, approves: bool) -> Builder {
        self.auto_approve = approves;
        self
    }

    /// The value of `oauth_callback_confirmed`; `true` if none is chosen.
    pub fn callback_confirmed(mut self, value: impl Into<String>) -> Builder {
        self.callback_confirmed = Some(value.into());
        self
    }

    /// Whether wrong signatures are explained, as they are at first.
    pub const fn explains(mut self, explains: bool) -> Builder {
        self.unexplained = !explains;
        self
    }

    /// A fault at every request that it strikes; [`find`](crate::sandbox::faults::find) gives one by its name.
    pub const fn fault(mut self, fault: &'static Fault) -> Builder {
        self.fault = Some(fault);
        self
    }

    /// Other limits.
    pub const fn limits(mut self, limits: Limits) -> Builder {
        self.limits = Some(limits);
        self
    }

    /// Is told of every exchange, after its answer was sent.
    pub fn on_exchange(mut self, tell: impl Fn(&Entry) + Send + Sync + 'static) -> Builder {
        self.tell = Some(Box::new(tell));
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn start(self) -> Result<Sandbox, StartError> {
        let profile = match self.profile {
            Some(Named::Profile(profile)) => *profile,
            Some(Named::Name(name)) => shipped::profile(&name).ok_or(StartError::NoProfile(name))??,
            None => shipped::profile("rfc5849").ok_or_else(|| StartError::NoProfile("rfc5849".to_owned()))??,
        };
        let ip = self.ip.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
        if !ip.is_loopback() {
            return Err(StartError::NotLoopback(ip));
        }
        let wanted = SocketAddr::new(ip, self.port);
        let listen = |error| StartError::Listen(wanted, error);
        let listener = TcpListener::bind(wanted).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let mut clients = self.clients;
        if clients.is_empty() {
            clients.push(Client::made_up().map_err(StartError::System)?);
        }
        let no_client = || StartError::System(std::io::Error::other("there is no client"));
        let first = clients.first_mut().ok_or_else(no_client)?;
        if first.public_key.is_none() && is_rsa_alone(&profile) {
            let own = first.clone().with_public_key(test_key::PUBLIC);
            *first = own.map_err(|fault| StartError::System(std::io::Error::other(fault.to_string())))?;
        }
        let client = first.clone();
        let mut tokens = self.tokens;
        let mut given = None;
        if tokens.is_empty() && gives_no_tokens(&profile) {
            let token = Token::made_up(&client).map_err(StartError::System)?;
            given = Some(token.clone());
            tokens.push(token);
        }
        let hosts = match &self.authority {
            Some(authority) => vec![authority.clone()],
            None => vec![address.to_string(), format!("localhost:{}", address.port())],
        };
        let limits = self.limits.unwrap_or_default();
        let settings = Settings {
            strict_transport: self.scheme.is_some(),
            scheme: self.scheme.unwrap_or_else(|| "http".to_owned()).to_ascii_lowercase(),
            authority: self.authority.unwrap_or_else(|| address.to_string()),
            hosts,
            window: self.window,
            methods: self.methods,
            resource_needs_token: self.resource_needs_token,
            auto_approve: self.auto_approve,
            callback_confirmed: self.callback_confirmed.unwrap_or_else(|| "true".to_owned()),
            explains: !self.unexplained,
            fault: self.fault,
            limits,
        };
        let crew = Arc::new(Crew::new(std::thread::available_parallelism().map_or(1, NonZero::get) * 2));
        let patience = Patience::new(Arc::clone(&crew));
        let provider = Provider::new(&profile, &self.paths, settings, (clients, tokens), &self.seen, (random, patience));
        let door = Door::new(listener, &limits).map_err(StartError::System)?;
        let waiting = Waiting::new(door, limits.head_time.min(limits.body_time)).map_err(StartError::System)?;
        let shared = Shared {
            provider,
            clock: self.clock.unwrap_or_else(Clock::system),
            limits,
            tell: self.tell,
            stopping: AtomicBool::new(false),
            crew,
            waiting,
        };
        Sandbox::start(address, (client, given), shared).map_err(StartError::System)
    }
}

/// Whether every signature is made with an RSA key.
fn is_rsa_alone(profile: &Profile) -> bool {
    let named = profile.endpoints.values().flat_map(|endpoint| &endpoint.signature_methods);
    let mut methods = named.filter_map(|name| SignatureMethod::from_name(name.as_bytes()).ok()).peekable();
    methods.peek().is_some() && methods.all(SignatureMethod::is_rsa)
}

/// Whether token credentials are needed and come from no endpoint: some providers make them on their site.
fn gives_no_tokens(profile: &Profile) -> bool {
    let needs = |endpoint: &Endpoint| endpoint.token == Some(TokenType::Access);
    !profile.endpoints.contains_key(&EndpointName::AccessToken) && profile.endpoints.values().any(needs)
}

/// Token credentials for a client, to be used at once.
#[must_use]
pub fn access_token(client: &Client, identifier: &str, secret: &str) -> Token {
    Token::new(TokenType::Access, &client.identifier, identifier, secret)
}
