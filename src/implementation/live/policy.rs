//! What a request to a live server may cost, and who may be asked at all. A value: it reads no environment, so there are no proxies.

use std::time::Duration;

/// The limits of one exchange, and the servers that may be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How long all of it may take: name, connection, TLS, request, and the answer to its last octet.
    pub deadline: Duration,
    /// The most octets of an answer's head; the same of trailers, and of chunk extensions, all together.
    pub head: usize,
    /// The most header fields.
    pub fields: usize,
    /// The most interim answers (status 1xx) before the final one.
    pub interim: usize,
    /// The most octets of a body, counted after decompression.
    pub body: usize,
    /// The authorities that may be asked, as `host` or `host:port`; without a port, it is the scheme's own. None, if there are none.
    pub hosts: Vec<String>,
    /// Whether a certificate that nobody vouches for is taken. For loopback only: elsewhere such a request is refused.
    pub insecure: bool,
}

impl Policy {
    /// The usual limits, for these authorities.
    #[must_use]
    pub fn for_hosts<I: IntoIterator<Item = S>, S: Into<String>>(hosts: I) -> Policy {
        Policy { hosts: hosts.into_iter().map(Into::into).collect(), ..Policy::default() }
    }
}

impl Default for Policy {
    /// The usual limits. No host is allowed yet.
    fn default() -> Policy {
        Policy {
            deadline: Duration::from_secs(3),
            head: 64 * 1024,
            fields: 200,
            interim: 20,
            body: 1024 * 1024,
            hosts: Vec::new(),
            insecure: false,
        }
    }
}
