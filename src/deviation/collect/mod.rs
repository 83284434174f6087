//! Departures from what is collected (RFC 5849 section 3.4.1.3.1): query, header but realm, and form body, whatever the method; of those
//! everything but `oauth_signature`.
//!
//! | room | what it holds |
//! |---|---|
//! | [`body`] | which bodies are taken for a form |
//! | [`members`] | what is collected out of other bodies: members of JSON, fields of multipart |
//! | [`sources`] | whole sources that are left out or counted twice |
//! | [`parameters`] | single parameters that are left out or added |

pub(super) mod body;
pub(super) mod members;
pub(super) mod parameters;
pub(super) mod sources;
