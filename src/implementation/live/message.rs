//! What is sent to a live server and what comes back, as octets: nothing is tidied on the way.

use std::time::Duration;

/// A request as it is to stand on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// The HTTP method, as it is sent.
    pub method: String,
    /// The absolute URL: scheme and authority say where to, and path and query are the request target as they stand.
    pub url: String,
    /// The header fields in their order, repetitions and odd octets included. `Host`, `Content-Length` and `Connection` are added where
    /// they are not given.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Option<Vec<u8>>,
}

/// An answer as it stood on the wire, with its body put together and decompressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// The status.
    pub status: u16,
    /// The header fields in their order, repetitions included.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body after transfer and content decoding.
    pub body: Vec<u8>,
    /// From the first octet sent to the last one read.
    pub elapsed: Duration,
}

impl Incoming {
    /// The value of a header field, without the white space around it; the first, if there are several.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&[u8]> {
        self.headers.iter().find(|(field, _)| field.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_ascii())
    }
}
