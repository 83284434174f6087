//! What a peer may cost us: every limit of the sandbox with its own name. What is beyond one is refused, and nothing is kept of it.

use std::time::Duration;

/// The limits of a sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Octets of a request's head: request line and fields.
    pub head: usize,
    /// Header fields of a request.
    pub fields: usize,
    /// Octets of a request's body, chunks put together.
    pub body: usize,
    /// Parameters in a query, and in a form.
    pub parameters: usize,
    /// How long a head may take, from the moment at which the connection waits for it.
    pub head_time: Duration,
    /// How long a body may take.
    pub body_time: Duration,
    /// How long an answer may take to be read.
    pub answer_time: Duration,
    /// Connections at once: each is a file descriptor, of which a process often has a thousand, and a thread while it is slow to read.
    pub connections: usize,
    /// Nonces that are remembered; when they are used up, requests are refused (RFC 5849 section 4.10).
    pub nonces: usize,
    /// Temporary and token credentials that are remembered.
    pub tokens: usize,
    /// Exchanges that are kept to be looked at.
    pub exchanges: usize,
}

impl Limits {
    /// The limits of a sandbox for which no others are chosen.
    pub const DEFAULT: Limits = Limits {
        head: 16 * 1024,
        fields: 100,
        body: 1024 * 1024,
        parameters: 1000,
        head_time: Duration::from_secs(5),
        body_time: Duration::from_secs(10),
        answer_time: Duration::from_secs(10),
        connections: 512,
        nonces: 1_000_000,
        tokens: 10_000,
        exchanges: 100,
    };
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}
