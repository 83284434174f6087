//! Why a live server gave no whole answer. Each says what was seen, in words for a person; none holds anything that was sent.

use thiserror::Error;

/// Why there was no whole answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// The URL is none that may be asked: no host, another scheme, plain HTTP beyond loopback, a host that is not allowed.
    #[error("{0}")]
    NotAllowed(String),
    /// The host's name has no address.
    #[error("no address for {0}")]
    NoAddress(String),
    /// No connection: refused, unreachable.
    #[error("no connection to {0}")]
    NoConnection(String),
    /// TLS was not agreed on, or the certificate is not trusted.
    #[error("TLS: {0}")]
    Tls(String),
    /// The deadline passed; what was waited for.
    #[error("nothing after the deadline, waiting for {0}")]
    Late(&'static str),
    /// The connection ended; what was missing.
    #[error("the connection ended before {0}")]
    Cut(&'static str),
    /// The answer is not HTTP/1.
    #[error("the answer is not HTTP: {0}")]
    NotHttp(String),
    /// More than is read: which part, and the limit in octets.
    #[error("{0} is larger than {1} octets")]
    TooLarge(&'static str, usize),
    /// The body is not what its header fields say: a broken chunk, a broken compression.
    #[error("the body cannot be read: {0}")]
    Body(String),
}
