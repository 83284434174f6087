//! The mock provider: a profile, what it knows, and an answer to every request. It reads no socket and no clock.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::authorize;
use super::endpoints;
use super::entries::{Entries, Entry};
use super::faults::{Fault, Scene};
use super::http::{BadRequest, Incoming, Reply};
use super::limits::Limits;
use super::nonces::Nonces;
use super::refusal::{self, Clocks, Refused};
use super::routes::{Route, Routes};
use super::server::patience::Patience;
use super::store::{Client, Store, Token};
use super::target::Target;
use super::verifying::{self, Deferred, NotVerified, verify};
use super::whose;
use crate::profile::document::{Endpoint, EndpointName, Profile};
use crate::profile::exchange::Exchange;
use crate::profile::hosts;
use crate::profile::kinds::Check;
use crate::profile::reading::Reading;
use crate::protocol::nonce::{NonceMemory as _, Registration};
use crate::protocol::verification::Verifier;
use crate::protocol::{Code, SignatureMethod};

/// How the provider goes about things that a profile does not settle.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    /// `http` or `https`: what clients sign.
    pub(super) scheme: String,
    /// The authority of its own URLs.
    pub(super) authority: String,
    /// The authorities that a Host field may name.
    pub(super) hosts: Vec<String>,
    /// Without TLS it refuses what needs it.
    pub(super) strict_transport: bool,
    /// In place of the profile's window; `Some(None)` = none.
    pub(super) window: Option<Option<u64>>,
    /// In place of the profile's signature methods.
    pub(super) methods: Option<Vec<SignatureMethod>>,
    /// A resource takes no request without a token.
    pub(super) resource_needs_token: bool,
    /// Everybody allows everything.
    pub(super) auto_approve: bool,
    /// The value of `oauth_callback_confirmed`.
    pub(super) callback_confirmed: String,
    /// Whether wrong signatures are explained.
    pub(super) explains: bool,
    /// The fault at all requests.
    pub(super) fault: Option<&'static Fault>,
    pub(super) limits: Limits,
}

/// Fills with random octets; `false` if there are none to be had.
pub(super) type Random = fn(&mut [u8]) -> bool;

/// The mock provider.
#[derive(Debug)]
pub(super) struct Provider {
    pub(super) profile: Profile,
    pub(super) law: Profile,
    pub(super) routes: Routes,
    pub(super) settings: Settings,
    pub(super) patience: Patience,
    pub(super) random: Random,
    state: Mutex<State>,
    entries: Mutex<Entries>,
    methods: Vec<(EndpointName, Vec<SignatureMethod>)>,
    real_hosts: Vec<String>,
    struck: AtomicU64,
    /// How often a redirection of a fault was followed.
    pub(super) followed: AtomicU64,
}

#[derive(Debug)]
pub(super) struct State {
    pub(super) store: Store,
    pub(super) nonces: Nonces,
}

/// A request with what has been read out of its head.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) incoming: &'a Incoming,
    /// The absolute URL.
    pub(super) url: &'a [u8],
    /// The URL as rules take it: text, without the part that asks for a fault.
    pub(super) plain_url: &'a str,
    /// Its path, without that of a fault.
    pub(super) path: &'a str,
    /// The parameters that it carries.
    pub(super) reading: Reading<'a>,
    /// When it came: by this time nonces are remembered, and credentials are issued and end.
    pub(super) now: u64,
    /// How far a fault's clock is off, in seconds.
    pub(super) off: i64,
    pub(super) fault: Option<&'static Fault>,
    /// Whether it may be of somebody's real client.
    pub(super) real: bool,
}

impl Asked<'_> {
    /// The time that is shown to the client: in `Date`, and where its timestamp is compared.
    pub(super) const fn clock(&self) -> u64 {
        self.now.saturating_add_signed(self.off)
    }
}

/// What the server knows of a request's credentials.
pub(super) struct Known {
    pub(super) client: Option<Arc<Client>>,
    pub(super) token: Option<Token>,
}

impl Provider {
    pub(super) fn new(
        profile: &Profile,
        paths: &[(EndpointName, String)],
        settings: Settings,
        (clients, tokens): (Vec<Client>, Vec<Token>),
        seen: &[[Vec<u8>; 4]],
        (random, patience): (Random, Patience),
    ) -> Provider {
        let routes = Routes::of(profile, paths);
        let real_hosts = hosts::of(profile);
        let mut profile = profile.moved_to(&format!("{}://{}", settings.scheme, settings.authority));
        if settings.strict_transport {
            // The documented schemes are meant.
            profile.rules.iter_mut().for_each(|rule| {
                if let Check::Scheme { one_of } = &mut rule.check {
                    *one_of = vec!["https".to_owned()];
                }
            });
        }
        for (name, path) in paths {
            if let Some(endpoint) = profile.endpoints.get_mut(name) {
                endpoint.urls = vec![format!("{}://{}{path}", settings.scheme, settings.authority)];
            }
        }
        let mut nonces = Nonces::new(settings.limits.nonces, &profile.nonce_per);
        for [client, token, timestamp, nonce] in seen {
            nonces.at(0, None).register(crate::protocol::nonce::NonceKey { client, token, timestamp, nonce });
        }
        let methods = profile
            .endpoints
            .iter()
            .map(|(name, endpoint)| {
                let known = endpoint.signature_methods.iter().filter_map(|name| SignatureMethod::from_name(name.as_bytes()).ok());
                (*name, settings.methods.clone().unwrap_or_else(|| known.collect()))
            })
            .collect();
        let law = verifying::law(&profile, settings.window.is_some());
        let state = State { store: Store::new(clients, tokens, settings.limits.tokens), nonces };
        let entries = Mutex::new(Entries::new(settings.limits.exchanges));
        let state = Mutex::new(state);
        Provider {
            profile,
            law,
            routes,
            settings,
            patience,
            random,
            state,
            entries,
            methods,
            real_hosts,
            struck: AtomicU64::new(0),
            followed: AtomicU64::new(0),
        }
    }

    /// Answers a request.
    pub(super) fn answer(&self, incoming: &Incoming, now: u64, verifier: &mut Verifier) -> (Reply, Option<Arc<Entry>>) {
        let target = match Target::read(incoming, &self.settings) {
            Ok(target) => target,
            Err(bad) => return (plain(&bad), None),
        };
        let (plain_url, fault) = (&*target.plain_url(), target.fault);
        let headers = incoming.headers.iter().map(|(name, value)| (name.as_slice(), value.as_slice()));
        let reading = Reading::of_parts(plain_url, headers, incoming.body.as_deref());
        let asked = Asked { incoming, url: &target.url, plain_url, path: &target.path, reading, now, off: 0, fault, real: true };
        let asked = Asked { real: whose::is_real(self, &asked), ..asked };
        if let Some(rest) = asked.path.strip_prefix("/_countersign/") {
            let reply = authorize::own_page(self, &asked, rest);
            let fault = asked.fault.or(self.settings.fault).filter(|fault| rest == "decide" && fault.at.is(EndpointName::Authorize));
            let reply = if let Some(fault) = fault { fault.after(reply) } else { reply };
            return (reply.with("Date", super::date::http(now)), None);
        }
        let query = asked.plain_url.split_once('?').map_or("", |(_, query)| query);
        let route = self.routes.find(asked.path, query, is_renewal(&asked));
        let name = if let Route::Endpoint(name) | Route::Former(name) = route { name } else { EndpointName::Resource };
        let fault = asked.fault.or(self.settings.fault).filter(|fault| fault.at.is(name));
        let asked = Asked { off: fault.map_or(0, Fault::clock), ..asked };
        let mut exchange = None;
        let answered = match (fault.and_then(|fault| fault.before(&self.scene(&asked))), route) {
            (Some(reply), _) => Ok(reply),
            (None, Route::Endpoint(EndpointName::Authorize)) => authorize::page(self, &asked),
            (None, Route::Endpoint(name)) => self.signed(&asked, name, verifier, &mut exchange),
            (None, Route::Former(name)) => Err(self.moved(name)),
            (None, Route::Nowhere) => Err(self.nowhere(&asked)),
        };
        let now = asked.clock();
        let (reply, outcome) = match answered {
            Ok(reply) => (reply, None),
            Err(not) => {
                let window = self.window().map(|window| (now.saturating_sub(window), now.saturating_add(window)));
                let sent = verifying::sent_request(&asked);
                let client = Reading::of(&sent).value("oauth_timestamp").unwrap_or_default().to_vec();
                let clocks = Clocks { server: now, window, client };
                let reply = refusal::reply(&self.profile, name, &not.refused, not.explanation.as_ref(), &clocks);
                (reply, Some(not))
            }
        };
        let reply = if let Some(fault) = fault { fault.after(reply) } else { reply };
        let reply = if reply.field("Cache-Control").is_none() { reply.with("Cache-Control", "no-store") } else { reply };
        let reply = reply.with("Date", super::date::http(now));
        let entry = Entry::new(&asked, name, &reply, outcome, exchange);
        // What goes is freed when nobody waits for the lock any more.
        let (entry, _oldest) = self.lock_entries().add(entry);
        let reply = reply.with("X-Countersign-Exchange", entry.number.to_string());
        (reply, Some(entry))
    }

    fn signed(
        &self,
        asked: &Asked<'_>,
        name: EndpointName,
        verifier: &mut Verifier,
        seen: &mut Option<Exchange>,
    ) -> Result<Reply, Box<NotVerified>> {
        let Some(endpoint) = self.profile.endpoints.get(&name) else { return Err(self.nowhere(asked)) };
        let verified = verify(self, asked, name, endpoint, verifier, seen)?;
        endpoints::answer(self, asked, name, endpoint, &verified).map_err(|refused| Box::new(NotVerified { refused, explanation: None }))
    }

    fn scene<'a>(&'a self, asked: &'a Asked<'_>) -> Scene<'a> {
        let settings = &self.settings;
        let is_other = |host: &&String| **host != settings.authority;
        let other = settings.hosts.iter().find(is_other).map_or("other.invalid", String::as_str);
        let count = self.struck.fetch_add(1, Ordering::SeqCst);
        Scene { authority: &settings.authority, other, path: asked.path, count }
    }

    /// The client and its token.
    pub(super) fn known(&self, client: &[u8], token: Option<&[u8]>) -> Known {
        let state = self.lock();
        let is_its = |token: &&Token| token.client == client;
        Known { client: state.store.client(client), token: token.and_then(|token| state.store.token(token)).filter(is_its).cloned() }
    }

    /// Other tokens of a client, a hundred at most: their secrets are what is mixed up.
    pub(super) fn other_tokens(&self, client: &[u8], token: Option<&[u8]>) -> Vec<Token> {
        self.lock().store.tokens_of(client).filter(|known| Some(known.identifier.as_slice()) != token).take(100).cloned().collect()
    }

    /// Remembers the nonce of a request that is right otherwise.
    pub(super) fn register(&self, nonce: &Deferred, now: u64) -> Result<(), Refused> {
        let Some(key) = nonce.key() else { return Ok(()) };
        match self.lock().nonces.at(now, self.window()).register(key) {
            Registration::Fresh => Ok(()),
            Registration::Used => {
                let per = self.profile.nonce_per.iter().map(|scope| format!("{scope:?}").to_lowercase()).collect::<Vec<_>>().join(", ");
                let because = format!("the nonce was used before with the same {per} (RFC 5849 section 3.3)");
                Err(Refused { rule: self.nonce_rule(), ..Refused::new(Code::NonceUsed, because) })
            }
            Registration::Full => {
                let because = "there is no room to remember another nonce (RFC 5849 section 4.10)";
                Err(Refused::new(Code::NonceUsed, because).with_status(503))
            }
        }
    }

    fn nonce_rule(&self) -> Option<String> {
        self.profile.rules.iter().find(|rule| matches!(rule.check, Check::NonceFresh { .. })).map(|rule| rule.id.clone())
    }

    /// The window for which nonces are remembered.
    pub(super) fn window(&self) -> Option<u64> {
        self.settings.window.unwrap_or(Some(self.profile.timestamp_window))
    }

    /// The window that the verifier checks: none where a rule of the profile does, because rules may have conditions.
    pub(super) fn window_of(&self, name: EndpointName) -> Option<u64> {
        let has_rule = |profile: &Profile| {
            profile.rules.iter().any(|rule| rule.endpoints.contains(&name) && matches!(rule.check, Check::TimestampWithin { .. }))
        };
        if has_rule(&self.law) { None } else { self.window() }
    }

    pub(super) fn methods_of(&self, endpoint: &Endpoint) -> &[SignatureMethod] {
        let found = self.profile.endpoints.iter().find(|(_, known)| std::ptr::eq(*known, endpoint)).map(|(name, _)| *name);
        let methods = self.methods.iter().find(|(name, _)| Some(*name) == found);
        methods.map(|(_, methods)| methods.as_slice()).unwrap_or_default()
    }

    /// Whether the profile lets a header through that does not follow its grammar.
    pub(super) fn is_lenient(&self, name: EndpointName) -> bool {
        let of_grammar = |profile: &Profile| {
            profile.rules.iter().any(|rule| rule.endpoints.contains(&name) && matches!(rule.check, Check::HeaderGrammar {}))
        };
        of_grammar(&self.profile) && !of_grammar(&self.law)
    }

    /// Hosts and paths that may have been signed in place of the right ones: the provider's real ones.
    pub(super) fn around(&self, path: &str) -> (Vec<String>, Vec<String>) {
        let mut all = self.real_hosts.clone();
        all.extend(self.settings.hosts.iter().filter(|host| **host != self.settings.authority).cloned());
        let bare = |known: String| known.split('?').next().unwrap_or_default().to_owned();
        let mut paths: Vec<String> = self.routes.iter().map(|(_, known)| bare(known)).filter(|known| known != path).collect();
        paths.dedup();
        (all, paths)
    }

    /// The absolute URL of an endpoint.
    pub(super) fn url(&self, name: EndpointName) -> Option<String> {
        Some(format!("{}://{}{}", self.settings.scheme, self.settings.authority, self.routes.path(name)?))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn lock_entries(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn moved(&self, name: EndpointName) -> Box<NotVerified> {
        let now = self.url(name).unwrap_or_default();
        let refused = Refused::new(Code::MalformedRequest, format!("this is a former URL of {name}; it is now {now}")).with_status(404);
        Box::new(NotVerified { refused, explanation: None })
    }

    fn nowhere(&self, asked: &Asked<'_>) -> Box<NotVerified> {
        let here: Vec<String> = self.routes.iter().map(|(name, path)| format!("{name} {path}")).collect();
        let because = format!("there is nothing at {}; here are {}", asked.path.escape_debug(), here.join(", "));
        Box::new(NotVerified { refused: Refused::new(Code::MalformedRequest, because).with_status(404), explanation: None })
    }
}

/// Whether a request has the handle that only a renewal has (OAuth Session 1.0).
fn is_renewal(asked: &Asked<'_>) -> bool {
    const HANDLE: &[u8] = b"oauth_session_handle";
    let holds = |text: &[u8]| memchr::memmem::find(text, HANDLE).is_some();
    holds(asked.url) || asked.incoming.body.as_deref().is_some_and(holds) || asked.incoming.fields("authorization").any(holds)
}

/// An answer to what is no request to a provider.
pub(super) fn plain(bad: &BadRequest) -> Reply {
    let code = if bad.status == 400 { Code::MalformedRequest.as_str() } else { "limit" };
    Reply::new(bad.status, "text/plain;charset=utf-8", format!("{}\n", bad.because))
        .with("X-Countersign-Refused", code)
        .with("X-Countersign-Because", bad.because.as_bytes())
}
