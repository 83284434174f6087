//! Why a live server gave no whole answer. Each says what was seen, in words for a person. Octets of the server's stand in them escaped and
//! cut; of what was sent there is only the host, unless the server repeats more, so they pass the redactor like every other text.

use thiserror::Error;

/// Why there was no whole answer.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Trouble {
    /// The request is none that may be sent: no host, another scheme, plain HTTP beyond loopback, a host that is not allowed, octets that
    /// would end a line of it early.
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
    /// More of them than are read: what, and the limit.
    #[error("there are more than {1} {0}")]
    TooMany(&'static str, usize),
    /// The body is not what its header fields say: a broken chunk, a broken compression, two lengths.
    #[error("the body cannot be read: {0}")]
    Body(String),
}

/// The longest piece of a foreign text in a message, in characters.
#[cfg(feature = "probe")]
pub(super) const LONGEST: usize = 80;

/// Foreign octets for a message: what is not visible ASCII is escaped, and what is long is cut.
#[cfg(feature = "probe")]
pub(super) fn shown(octets: &[u8]) -> String {
    let mut text: String = octets.escape_ascii().take(LONGEST + 1).map(char::from).collect();
    if text.len() > LONGEST {
        text.truncate(LONGEST - 1);
        text.push('…');
    }
    text
}

#[cfg(test)]
#[cfg(feature = "probe")]
mod tests {
    use super::*;

    #[test]
    fn foreign_octets_are_escaped_and_cut() {
        assert_eq!(shown(b"a\x1b[31m\r\n\0\xff\"\\b"), r#"a\x1b[31m\r\n\x00\xff\"\\b"#);
        assert_eq!(shown(&[b'x'; 80]), "x".repeat(80));
        assert_eq!(shown(&[b'x'; 81]), format!("{}…", "x".repeat(79)));
        assert_eq!(shown(&[0; 1_000_000]).chars().count(), 80);
    }
}
