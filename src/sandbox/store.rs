//! Clients and tokens that the sandbox knows. Tokens are bounded: dead ones make room, living ones are never dropped for others.

use std::collections::HashMap;
use std::sync::Arc;

use subtle::ConstantTimeEq as _;

use super::test_key;
use crate::profile::document::TokenType;
use crate::profile::exchange;
use crate::protocol::{Malformed, PublicKey, Secret};

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its identifier.
    pub identifier: Vec<u8>,
    /// Its shared secret; `None` for one that can only use RSA.
    pub secret: Option<Secret>,
    /// Its RSA public key.
    pub public_key: Option<PublicKey>,
    /// The callback that is configured for it, for providers that take `oob` and send users there all the same.
    pub callback: Option<String>,
    /// The callbacks that it may ask for; empty = any.
    pub callbacks: Vec<String>,
    /// Whether its secret is somebody's real one: then nothing of its requests is kept that could be used to guess it.
    pub real: bool,
    pem: Option<String>,
}

impl Client {
    /// A client with a synthetic shared secret.
    #[must_use]
    pub fn new(identifier: impl AsRef<[u8]>, secret: impl AsRef<[u8]>) -> Client {
        Client { secret: Some(Secret::new(secret.as_ref().to_vec())), ..Client::without_secret(identifier) }
    }

    /// A client that has no shared secret.
    #[must_use]
    pub fn without_secret(identifier: impl AsRef<[u8]>) -> Client {
        let identifier = identifier.as_ref().to_vec();
        Client { identifier, secret: None, public_key: None, callback: None, callbacks: Vec::new(), real: false, pem: None }
    }

    /// The same with an RSA public key.
    ///
    /// # Errors
    /// A text that is no such key.
    pub fn with_public_key(mut self, pem: &str) -> Result<Client, Malformed> {
        self.public_key = Some(PublicKey::from_pem(pem)?);
        self.pem = Some(pem.to_owned());
        Ok(self)
    }

    /// The same with somebody's real secret.
    #[must_use]
    pub fn with_real_secret(self, secret: Secret) -> Client {
        Client { secret: Some(secret), real: true, ..self }
    }

    /// The same with the callback that is configured for it.
    #[must_use]
    pub fn with_callback(self, callback: impl Into<String>) -> Client {
        Client { callback: Some(callback.into()), ..self }
    }

    /// The same with the only callbacks that it may ask for.
    #[must_use]
    pub fn with_callbacks(self, callbacks: impl IntoIterator<Item = impl Into<String>>) -> Client {
        Client { callbacks: callbacks.into_iter().map(Into::into).collect(), ..self }
    }

    /// Whether its RSA key is the one that everybody has.
    pub(super) fn has_test_key(&self) -> bool {
        self.pem.as_deref() == Some(test_key::PUBLIC)
    }

    pub(super) fn in_exchange(&self) -> exchange::Client {
        exchange::Client {
            identifier: String::from_utf8_lossy(&self.identifier).into_owned(),
            secret: self.secret.clone().filter(|_| !self.real),
            public_key: self.pem.clone(),
            callback: self.callback.clone(),
        }
    }
}

/// Temporary or token credentials. Times are in seconds since 1970.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its identifier.
    pub identifier: Vec<u8>,
    /// Its shared secret.
    pub secret: Secret,
    /// Temporary or token credentials.
    pub token_type: TokenType,
    /// The client that it was made for.
    pub client: Vec<u8>,
    /// When it was issued.
    pub issued: u64,
    /// Its life in seconds as the answer told it.
    pub lifetime: Option<u64>,
    /// `oauth_callback` of the request that it was made for.
    pub callback: Option<String>,
    /// What the resource owner decided.
    pub decision: Option<bool>,
    /// The verification code that the resource owner was given.
    pub verifier: Option<String>,
    /// How often a wrong verifier was presented with it.
    pub wrong_verifiers: u8,
    /// What the authorization page carries so that no other page can decide.
    pub ticket: Option<String>,
    /// The handle with which it is renewed (OAuth Session 1.0).
    pub handle: Option<String>,
    /// When it was last used.
    pub last_used: Option<u64>,
    /// When it was last renewed.
    pub renewed: Option<u64>,
    /// When it was revoked or replaced.
    pub revoked: Option<u64>,
    /// When it was exchanged for token credentials.
    pub exchanged: Option<u64>,
}

/// After so many wrong verifiers a temporary credential is dead: a code that people type is short enough to be guessed.
pub const MOST_WRONG_VERIFIERS: u8 = 5;

impl Token {
    /// Credentials of this type for a client.
    #[must_use]
    pub fn new(token_type: TokenType, client: impl AsRef<[u8]>, identifier: impl AsRef<[u8]>, secret: impl AsRef<[u8]>) -> Token {
        Token {
            identifier: identifier.as_ref().to_vec(),
            secret: Secret::new(secret.as_ref().to_vec()),
            token_type,
            client: client.as_ref().to_vec(),
            issued: 0,
            lifetime: None,
            callback: None,
            decision: None,
            verifier: None,
            wrong_verifiers: 0,
            ticket: None,
            handle: None,
            last_used: None,
            renewed: None,
            revoked: None,
            exchanged: None,
        }
    }

    /// As it is judged by a clock that is off by so much: its own times are moved along, so that it is no older for that.
    pub(super) fn in_exchange(&self, off: i64) -> exchange::Token {
        let moved = |time: Option<u64>| time.map(|time| time.saturating_add_signed(off));
        exchange::Token {
            identifier: String::from_utf8_lossy(&self.identifier).into_owned(),
            secret: Some(self.secret.clone()),
            token_type: self.token_type,
            verifier: self.verifier.clone(),
            callback: self.callback.clone(),
            issued: moved((self.issued > 0).then_some(self.issued)),
            last_used: moved(self.last_used),
            renewed: moved(self.renewed),
            revoked: moved(self.revoked),
            exchanged: moved(self.exchanged),
            lifetime: self.lifetime,
        }
    }

    fn is_dead(&self, now: u64) -> bool {
        // A request token is for one login; a day is more than any provider gives it.
        let old = self.token_type == TokenType::Temporary && now.saturating_sub(self.issued) > self.lifetime.unwrap_or(24 * 3600);
        self.revoked.is_some() || self.exchanged.is_some() || self.decision == Some(false) || old
    }
}

/// Why a temporary credential is not exchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotExchanged {
    Unknown,
    Before,
    Undecided,
    Denied,
    Verifier,
    Guessed,
}

/// All clients and tokens.
#[derive(Debug)]
pub(super) struct Store {
    clients: HashMap<Vec<u8>, Arc<Client>>,
    tokens: HashMap<Vec<u8>, Token>,
    most: usize,
}

impl Store {
    pub(super) fn new(clients: Vec<Client>, tokens: Vec<Token>, most: usize) -> Store {
        Store {
            clients: clients.into_iter().map(|client| (client.identifier.clone(), Arc::new(client))).collect(),
            tokens: tokens.into_iter().map(|token| (token.identifier.clone(), token)).collect(),
            most,
        }
    }

    /// Whether a client's secret is somebody's real one.
    pub(super) fn has_real(&self) -> bool {
        self.clients.values().any(|client| client.real)
    }

    pub(super) fn client(&self, identifier: &[u8]) -> Option<Arc<Client>> {
        self.clients.get(identifier).cloned()
    }

    pub(super) fn token(&self, identifier: &[u8]) -> Option<&Token> {
        self.tokens.get(identifier)
    }

    pub(super) fn tokens_of<'a>(&'a self, client: &'a [u8]) -> impl Iterator<Item = &'a Token> {
        self.tokens.values().filter(move |token| token.client == client)
    }

    pub(super) fn token_mut(&mut self, identifier: &[u8]) -> Option<&mut Token> {
        self.tokens.get_mut(identifier)
    }

    /// The temporary credential whose authorization page carries this ticket.
    pub(super) fn by_ticket(&mut self, ticket: &[u8]) -> Option<&mut Token> {
        let is_it = |token: &&mut Token| token.ticket.as_ref().is_some_and(|own| bool::from(own.as_bytes().ct_eq(ticket)));
        self.tokens.values_mut().find(is_it)
    }

    /// Takes a token in; `false` if there is no room.
    pub(super) fn add(&mut self, token: Token, now: u64) -> bool {
        if self.tokens.len() >= self.most {
            self.tokens.retain(|_, token| !token.is_dead(now));
        }
        let room = self.tokens.len() < self.most;
        if room {
            self.tokens.insert(token.identifier.clone(), token);
        }
        room
    }

    /// Uses a temporary credential up. Asking and using it up is one step, so that it serves once (RFC 5849 section 2.3).
    pub(super) fn exchange(&mut self, identifier: &[u8], verifier: &[u8], now: u64) -> Result<(), NotExchanged> {
        let token = self.tokens.get_mut(identifier).filter(|token| token.token_type == TokenType::Temporary);
        let token = token.ok_or(NotExchanged::Unknown)?;
        if token.exchanged.is_some() {
            return Err(NotExchanged::Before);
        }
        if token.wrong_verifiers >= MOST_WRONG_VERIFIERS {
            return Err(NotExchanged::Guessed);
        }
        match (token.decision, &token.verifier) {
            (Some(true), Some(own)) if bool::from(own.as_bytes().ct_eq(verifier)) => {
                token.exchanged = Some(now);
                Ok(())
            }
            (Some(true), Some(_)) => {
                token.wrong_verifiers += 1;
                Err(NotExchanged::Verifier)
            }
            (Some(false), _) => Err(NotExchanged::Denied),
            _ => Err(NotExchanged::Undecided),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn temporary(name: &str) -> Token {
        let token = Token::new(TokenType::Temporary, "c", name, "s");
        Token { issued: 1000, decision: Some(true), verifier: Some("v".to_owned()), ..token }
    }

    #[test]
    fn a_temporary_credential_serves_once_and_only_with_its_verifier() {
        let mut store = Store::new(Vec::new(), vec![temporary("t")], 10);
        assert_eq!(store.exchange(b"u", b"v", 1), Err(NotExchanged::Unknown));
        assert_eq!(store.exchange(b"t", b"w", 1), Err(NotExchanged::Verifier));
        assert_eq!(store.exchange(b"t", b"v", 1), Ok(()));
        assert_eq!(store.exchange(b"t", b"v", 1), Err(NotExchanged::Before));
        let undecided = Token { decision: None, ..temporary("x") };
        let denied = Token { decision: Some(false), ..temporary("y") };
        let mut store = Store::new(Vec::new(), vec![undecided, denied], 10);
        assert_eq!(store.exchange(b"x", b"v", 1), Err(NotExchanged::Undecided));
        assert_eq!(store.exchange(b"y", b"v", 1), Err(NotExchanged::Denied));
    }

    #[test]
    fn a_verifier_cannot_be_guessed_for_long() {
        let mut store = Store::new(Vec::new(), vec![temporary("t")], 10);
        for _ in 0..MOST_WRONG_VERIFIERS {
            assert_eq!(store.exchange(b"t", b"w", 1), Err(NotExchanged::Verifier));
        }
        assert_eq!(store.exchange(b"t", b"v", 1), Err(NotExchanged::Guessed));
    }

    #[test]
    fn dead_tokens_make_room_and_living_ones_do_not() {
        let mut store = Store::new(Vec::new(), Vec::new(), 2);
        assert!(store.add(temporary("a"), 1000) && store.add(temporary("b"), 1000));
        assert!(!store.add(temporary("c"), 1000));
        store.exchange(b"a", b"v", 1000).unwrap();
        assert!(store.add(temporary("c"), 1000));
        assert!(store.token(b"a").is_none() && store.token(b"b").is_some());
        assert!(store.add(temporary("d"), 1000 + 24 * 3600 + 1));
    }
}
