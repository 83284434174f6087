//! The protocol parameters (RFC 5849 section 3.1) and the three ways to send them (section 3.5).

use super::error::Malformed;
use super::parameters::{Parameters, Source};
use super::request::{Url, is_form};
use super::sending::Sending;

/// The protocol parameters of a request to be signed, all but the signature. `None` is not sent and not signed.
#[derive(Clone, Debug, Default)]
pub struct ProtocolParameters<'a> {
    /// `oauth_consumer_key`: the identifier of the client credentials.
    pub client: &'a [u8],
    /// `oauth_token`: the identifier of temporary or token credentials.
    pub token: Option<&'a [u8]>,
    /// `oauth_signature_method`.
    pub signature_method: &'a [u8],
    /// `oauth_timestamp`, in seconds as text; PLAINTEXT may leave it out.
    pub timestamp: Option<&'a [u8]>,
    /// `oauth_nonce`; PLAINTEXT may leave it out.
    pub nonce: Option<&'a [u8]>,
    /// `oauth_version`: `1.0`, or left out.
    pub version: Option<&'a [u8]>,
    /// `oauth_callback` (section 2.1).
    pub callback: Option<&'a [u8]>,
    /// `oauth_verifier` (section 2.3).
    pub verifier: Option<&'a [u8]>,
    /// `oauth_body_hash` (body hash draft).
    pub body_hash: Option<&'a [u8]>,
}

impl ProtocolParameters<'_> {
    /// Appends them, decoded, in the order in which the reference sends them.
    pub fn append_to(&self, list: &mut Parameters) {
        let mut append = |name: &str, value: Option<&[u8]>| {
            if let Some(value) = value {
                list.push(name.as_bytes(), value, Source::Header);
            }
        };
        append("oauth_consumer_key", Some(self.client));
        append("oauth_token", self.token);
        append("oauth_signature_method", Some(self.signature_method));
        append("oauth_timestamp", self.timestamp);
        append("oauth_nonce", self.nonce);
        append("oauth_version", self.version);
        append("oauth_callback", self.callback);
        append("oauth_verifier", self.verifier);
        append("oauth_body_hash", self.body_hash);
    }
}

/// How the protocol parameters are sent (section 3.5).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transmission {
    /// In the Authorization header (3.5.1).
    #[default]
    Header,
    /// In a form-encoded body (3.5.2).
    Body,
    /// In the query of the URL (3.5.3).
    Query,
}

/// What is sent by the specification: the protocol parameters with the signature behind them.
fn sent(protocol: &Parameters, signature: &[u8]) -> Parameters {
    let mut sent = protocol.clone();
    sent.push(b"oauth_signature", signature, Source::Header);
    sent
}

/// The value of the Authorization header (section 3.5.1).
///
/// # Errors
/// As [`Sending::header`].
pub fn header(realm: Option<&[u8]>, protocol: &Parameters, signature: &[u8]) -> Result<Vec<u8>, Malformed> {
    Sending::RFC5849.header(realm, &sent(protocol, signature))
}

/// The form body with the protocol parameters after what it held (section 3.5.2).
///
/// # Errors
/// [`Malformed::Request`] if there is a body that is not form-encoded: the parameters cannot travel in it.
pub fn body(body: Option<&[u8]>, content_type: Option<&[u8]>, protocol: &Parameters, signature: &[u8]) -> Result<Vec<u8>, Malformed> {
    if content_type.is_some_and(|value| !is_form(value)) {
        return Err(Malformed::Request("protocol parameters travel only in a form-encoded body (RFC 5849 section 3.5.2)"));
    }
    Ok(Sending::RFC5849.body(body, &sent(protocol, signature)))
}

/// The URL with the protocol parameters at the end of its query (section 3.5.3). A fragment stays behind it.
#[must_use]
pub fn query(url: &Url<'_>, protocol: &Parameters, signature: &[u8]) -> Vec<u8> {
    Sending::RFC5849.query(url, &sent(protocol, signature))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn protocol() -> Parameters {
        let mut list = Parameters::new();
        ProtocolParameters { client: b"c k", signature_method: b"HMAC-SHA1", token: Some(b""), ..Default::default() }.append_to(&mut list);
        list
    }

    const TAIL: &str = "oauth_consumer_key=c%20k&oauth_token=&oauth_signature_method=HMAC-SHA1&oauth_signature=a%2Bb%3D";

    #[test]
    fn parameters_go_to_the_end_of_the_query() {
        for (url, expected) in [
            ("http://h/x", format!("http://h/x?{TAIL}")),
            ("http://h", format!("http://h?{TAIL}")),
            ("http://h/x?a=1#f?g", format!("http://h/x?a=1&{TAIL}#f?g")),
            ("http://h/x?", format!("http://h/x?{TAIL}")),
        ] {
            let written = query(&Url::parse(url.as_bytes()).unwrap(), &protocol(), b"a+b=");
            assert_eq!(String::from_utf8(written).unwrap(), expected);
        }
    }

    #[test]
    fn parameters_go_to_the_end_of_a_form() {
        let form = Some(&b"application/x-www-form-urlencoded"[..]);
        for (given, expected) in [(None, TAIL.to_owned()), (Some("a=1"), format!("a=1&{TAIL}")), (Some(""), TAIL.to_owned())] {
            let written = body(given.map(str::as_bytes), form, &protocol(), b"a+b=").unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), expected);
        }
        assert!(body(Some(b"{}"), Some(b"application/json"), &protocol(), b"a").is_err());
    }

    #[test]
    fn a_header_ends_with_the_signature() {
        let written = header(Some(b"r"), &protocol(), b"a+b=").unwrap();
        assert_eq!(
            String::from_utf8(written).unwrap(),
            "OAuth realm=\"r\", oauth_consumer_key=\"c%20k\", oauth_token=\"\", oauth_signature_method=\"HMAC-SHA1\", oauth_signature=\"a%2Bb%3D\""
        );
    }
}
