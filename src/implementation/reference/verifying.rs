//! `verify`: a request as a server received it, and what the server knows, put to the checks of RFC 5849 sections 3.2 and 3.3.

use super::{Reference, headers};
use crate::deviation::Practice;
use crate::protocol::nonce::{NonceKey, NonceMemory, Registration};
use crate::protocol::verification::{Knowledge, KnownClient, KnownToken, Received, Refusal};
use crate::protocol::{PublicKey, SignatureMethod};
use crate::vectors::question::VerifyInput;
use crate::vectors::{Output, Text};

impl Reference {
    /// A request is valid, or it is not and a code says why: also where it cannot be read.
    pub(super) fn verify(&mut self, input: &VerifyInput) -> Output {
        match self.refusal_of(input) {
            Ok(()) => Output { valid: Some(true), ..Output::default() },
            Err(refusal) => Output { valid: Some(false), code: Some(refusal.code.as_str().to_owned()), ..Output::default() },
        }
    }

    /// Whether a request is valid: what `verify` says, for somebody to whom it does not matter why.
    pub fn accepts(&mut self, input: &VerifyInput) -> bool {
        self.refusal_of(input).is_ok()
    }

    fn refusal_of(&mut self, input: &VerifyInput) -> Result<(), Refusal> {
        let headers = headers(&input.headers);
        let client = match &input.client {
            None => None,
            Some(client) => Some(KnownClient {
                identifier: client.identifier.as_bytes(),
                secret: client.secret.as_ref().map(Text::as_bytes),
                public_key: match client.public_key.as_deref() {
                    None => None,
                    pem => Some(self.public_key.read(pem, PublicKey::from_pem)?),
                },
            }),
        };
        let token = input.token.as_ref().map(|token| KnownToken {
            identifier: token.identifier.as_bytes(),
            secret: token.secret.as_ref().map(Text::as_bytes).unwrap_or_default(),
        });
        // A name that is no signature method allows nothing.
        let allowed: Option<Vec<SignatureMethod>> = input
            .allowed_methods
            .as_ref()
            .map(|names| names.iter().filter_map(|name| SignatureMethod::from_name(name.as_bytes()).ok()).collect());
        let seconds = |number: i64| u64::try_from(number).unwrap_or(0);
        let knowledge = Knowledge {
            client,
            token,
            now: input.now.map(seconds),
            window: input.window.map(seconds),
            allowed_methods: allowed.as_deref(),
        };
        let received = Received {
            method: input.method.as_bytes(),
            url: input.url.as_bytes(),
            headers: &headers,
            body: input.body.as_ref().map(Text::as_bytes),
        };
        let Practice { checks, recipe, .. } = &self.conduct.practice;
        self.verifier.verify(checks, recipe, &received, &knowledge, &mut Seen(&input.seen))
    }
}

/// The combinations that a question says were seen. One request is verified, so there is nothing to remember.
struct Seen<'a>(&'a [(Text, Option<Text>, Text, Text)]);

impl NonceMemory for Seen<'_> {
    fn register(&mut self, key: NonceKey<'_>) -> Registration {
        let is_key = |(client, token, timestamp, nonce): &(Text, Option<Text>, Text, Text)| {
            let token = token.as_ref().map(Text::as_bytes).unwrap_or_default();
            key == NonceKey { client: client.as_bytes(), token, timestamp: timestamp.as_bytes(), nonce: nonce.as_bytes() }
        };
        if self.0.iter().any(is_key) { Registration::Used } else { Registration::Fresh }
    }
}
