//! Departures of verifiers (RFC 5849 sections 3.2 and 3.3): one check is made in another way, or not at all. What a server derives wrongly is
//! in the rooms of signing, because it is the same mistake.
//!
//! | room | what it holds |
//! |---|---|
//! | [`header`] | finding and reading the Authorization header |
//! | [`parameters`] | places, version, presence, method, transport |
//! | [`credentials`] | client, token, timestamp, nonce |
//! | [`signature`] | comparing signatures, the body hash |
//!
//! Some mistakes cannot be seen in one request and are not here: a nonce that is burnt by a bad signature, a scope of nonces that is too wide,
//! a comparison in variable time, a verifier that is not asked for.

pub(super) mod credentials;
pub(super) mod header;
pub(super) mod parameters;
pub(super) mod signature;
