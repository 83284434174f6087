//! Departures from the base string URI (RFC 5849 section 3.4.1.2): what is taken for it, and what becomes of each of its parts.
//!
//! | room | what it holds |
//! |---|---|
//! | [`whole`] | parts that are missing, scheme, user information, what stands behind the path |
//! | [`authority`] | host and port |
//! | [`path`] | the path as it is sent: slashes, segments, dot segments, letter case |
//! | [`escapes`] | escapes in the path: decoded, encoded, normalized |

pub(super) mod authority;
pub(super) mod escapes;
pub(super) mod path;
pub(super) mod whole;
