//! RFC 5849 as pure functions: no input or output, no clock, no randomness, no serde. Read it beside the text, section by section:
//!
//! | section | room |
//! |---|---|
//! | 2.1, 2.3 token responses | [`token_response`] |
//! | 3.1 protocol parameters, 3.4.1.3.1 sources | [`parameters`], [`request`], [`collection`] |
//! | 3.1, 3.3, 3.5 what a signer refuses to sign | [`admission`] |
//! | 3.2, 3.3 verifying, timestamp and nonce | [`verification`], [`nonce`] |
//! | 3.4 the derivation as a record of decisions | [`recipe`] |
//! | 3.4.1.1, 3.4.1.2 base string | [`base_string`] |
//! | 3.4.1.3.2 encoding, order, joining | [`normalization`], `twice`, `order` |
//! | 3.4.2 to 3.4.4 signature methods, body hash | [`signature`], [`credentials`], `key` |
//! | 3.5 transmission: header, body, query | [`authorization`], [`transmission`], [`sending`] |
//! | 3.6 percent-encoding; decoding of headers, queries and forms | [`encoding`], [`decoding`] |
//! | what can be wrong | [`error`] |
//! | memory that is used again, sixteen octets at once | [`buffer`], `scan` |

pub mod admission;
pub mod authorization;
pub mod base_string;
pub mod buffer;
pub mod collection;
pub mod credentials;
pub mod decoding;
pub mod encoding;
pub mod error;
mod key;
pub mod nonce;
pub mod normalization;
mod order;
pub mod parameters;
pub mod recipe;
pub mod request;
mod scan;
pub mod sending;
pub mod signature;
pub mod token_response;
pub mod transmission;
mod twice;
pub mod verification;

pub use buffer::Buffer;
pub use credentials::{Secret, Secrets};
pub use encoding::{Encoder, OctetTable, form_decode, form_decoded, percent_decode, percent_encode};
pub use error::{Code, Malformed};
pub use parameters::{Parameter, Parameters, Source};
pub use recipe::{Derivation, Recipe, derive};
pub use request::{Header, Request, Url};
pub use sending::Sending;
pub use signature::{PrivateKey, PublicKey, SignatureMethod, body_hash};

#[cfg(test)]
mod tests;
