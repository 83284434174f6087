//! What an answer changes in what a probe has: credentials, and the secrets that must not be told.

use super::Conductor;
use crate::probe::catalogue::ground::NOBODY;
use crate::probe::login;
use crate::probe::means::Pair;
use crate::probe::outcome::{Outcome, Read};
use crate::probe::redaction::named::{self, Sort};
use crate::profile::document::EndpointName;
use crate::protocol::Secret;

/// How much is kept of a secret, and how many octets of all secrets, and how many secrets: a server may make them as long as it likes.
const LONGEST_SECRET: usize = 4 * 1024;
const LEARNT: usize = 1024 * 1024;
const MOST_SECRETS: usize = 2048;
/// The longest token or secret that is used: longer ones fit into no request, and each step would carry one.
const LONGEST_CREDENTIAL: usize = 16 * 1024;

impl Conductor<'_, '_, '_> {
    /// Keeps a secret, if it is new and there is room for it.
    pub(super) fn learn(&mut self, secret: &[u8]) {
        let secret = secret.get(..LONGEST_SECRET).unwrap_or(secret);
        let is_known = || self.secrets.iter().any(|known| known.expose() == secret);
        if self.secrets.len() < MOST_SECRETS && self.learnt + secret.len() <= LEARNT && !is_known() {
            self.learnt += secret.len();
            self.secrets.push(Secret::new(secret.to_vec()));
        }
    }

    /// Keeps a verification code.
    pub(super) fn learn_code(&mut self, code: &[u8]) {
        self.learn(code);
        if self.codes.len() < MOST_SECRETS {
            self.codes.push(Secret::new(code.get(..LONGEST_SECRET).unwrap_or(code).to_vec()));
        }
    }

    /// Keeps what an answer tells that nobody else may see: what is read as a form, and whatever else stands behind a credential's name.
    pub(super) fn hear(&mut self, endpoint: EndpointName, read: &Read) {
        let is_owners = endpoint == EndpointName::Authorize;
        if !is_owners {
            for name in ["oauth_token", "oauth_token_secret", "oauth_session_handle"] {
                if let Some(value) = read.value(name) {
                    self.learn(&value);
                }
            }
        }
        for told in named::told(&read.response) {
            let is_new = match told.sort {
                Sort::Secret => true,
                // A refusal repeats what it was sent.
                Sort::Token => !is_owners && read.response.status < 400,
                Sort::Code => is_owners,
                Sort::Signature => false,
            };
            let known = self.secrets.iter().map(Secret::expose).chain([NOBODY.as_bytes()]);
            if is_new && told.is_a_value() && !told.is_one_of(known) {
                self.learn(&told.meant());
            }
        }
        if is_owners {
            login::codes(read).iter().for_each(|code| self.learn_code(code));
        }
    }

    /// What an answer changes in what we have.
    pub(super) fn after(&mut self, endpoint: EndpointName, presented: Option<&Pair>, read: &Read) {
        if read.outcome != Outcome::Accepted {
            return;
        }
        let at = (self.around.now)();
        let usable = |name: &str| read.value(name).filter(|value| value.len() <= LONGEST_CREDENTIAL);
        let given = usable("oauth_token").map(|identifier| Pair {
            identifier,
            secret: Secret::new(usable("oauth_token_secret").unwrap_or_default()),
            handle: usable("oauth_session_handle"),
            issued: Some(at),
            lifetime: read.value("oauth_expires_in").and_then(|text| std::str::from_utf8(&text).ok()?.parse().ok()),
            callback: self.plan.callback.clone(),
            is_own: true,
            ..Pair::default()
        });
        match endpoint {
            EndpointName::RequestToken => self.undecided = given,
            EndpointName::AccessToken => {
                self.exchanged = presented.cloned().map(|pair| Pair { exchanged: Some(at), ..pair });
                self.allowed = None;
                self.access = given.or(self.access.take());
            }
            EndpointName::Renew => match given {
                Some(pair) => self.access = Some(pair),
                None => {
                    if let Some(access) = &mut self.access {
                        access.renewed = Some(at);
                    }
                }
            },
            EndpointName::Revoke => self.revoked = self.access.take().map(|pair| Pair { revoked: Some(at), ..pair }),
            EndpointName::Authorize | EndpointName::Resource => {}
        }
    }
}
