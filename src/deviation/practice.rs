//! All decisions that a departure can change: how an implementation derives, sends, reads and verifies.

use crate::protocol::admission::Admission;
use crate::protocol::token_response::{self, TokenResponse};
use crate::protocol::verification::{Checks, Refusal};
use crate::protocol::{Header, Recipe, Sending, SignatureMethod, signature};

/// Makes the value of `oauth_body_hash` (body hash draft, section 3.2).
pub type BodyHash = fn(SignatureMethod, Option<&[u8]>) -> String;

/// Reads a token response: step, status, header fields, body (RFC 5849 sections 2.1 and 2.3).
pub type ReadResponse = fn(token_response::Step, u16, &[Header<'_>], &[u8]) -> Result<TokenResponse, Refusal>;

/// The records of decisions of one implementation.
#[derive(Clone, Copy, Debug)]
pub struct Practice {
    /// What is looked at before anything is signed (sections 3.1, 3.3 and 3.5).
    pub admission: Admission,
    /// Deriving a signature (RFC 5849 section 3.4).
    pub recipe: Recipe,
    /// Sending it (section 3.5).
    pub sending: Sending,
    /// Verifying (sections 3.2 and 3.3).
    pub checks: Checks,
    /// The body hash.
    pub body_hash: BodyHash,
    /// Reading token responses (sections 2.1 and 2.3).
    pub read_response: ReadResponse,
}

impl Practice {
    /// The specification's own decisions.
    pub const RFC5849: Practice = Practice {
        admission: Admission::RFC5849,
        recipe: Recipe::RFC5849,
        sending: Sending::RFC5849,
        checks: Checks::RFC5849,
        body_hash: signature::body_hash,
        read_response: token_response::read,
    };
}

impl Default for Practice {
    fn default() -> Practice {
        Practice::RFC5849
    }
}
