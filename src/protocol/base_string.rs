//! The signature base string (RFC 5849 section 3.4.1): method, base string URI, and how the three parts are put together.

use super::buffer::Buffer;
use super::encoding::{Encoder, percent_encode};
use super::error::Malformed;
use super::normalization::{EncodedParameters, Level};
use super::request::{HostAndPort, Request};

/// The method in upper case (section 3.4.1.1). Only ASCII letters have a case here; `get` and `GET` differ on the wire and sign alike.
pub fn upper_case_method(method: &[u8], out: &mut Buffer) {
    append_mapped(method, u8::to_ascii_uppercase, out);
}

fn append_mapped(octets: &[u8], map: impl Fn(&u8) -> u8, out: &mut Buffer) {
    for (place, octet) in out.room(octets.len()).iter_mut().zip(octets) {
        *place = map(octet);
    }
    out.advance(octets.len());
}

/// The base string URI (section 3.4.1.2): scheme and host in lower case, the port unless it is the scheme's default, the path as it
/// is sent, no query and no fragment.
///
/// - The host and port are those of the Host field if the request has one (item 2). HTTP/2's `:authority` counts as Host.
/// - An empty path is `/`, because a request line cannot carry an empty one (RFC 2616 section 5.1.2).
/// - Nothing else is normalized: dot segments, double slashes, the letter case of escapes and escapes of unreserved characters stay.
/// - A blank or an octet beyond ASCII cannot stand in a request line; it counts as the escape that will be sent for it.
///
/// # Errors
/// [`Malformed::Url`] for a host or port that cannot be one, [`Malformed::Request`] for several Host fields.
pub fn base_string_uri(request: &Request<'_>, out: &mut Buffer) -> Result<(), Malformed> {
    let url = &request.url;
    let host = match request.field("host", "several Host fields")? {
        Some(host) => Some(host),
        None => request.field(":authority", "several :authority fields")?,
    };
    let HostAndPort { host, port } = match host.filter(|host| !host.is_empty()) {
        Some(host) => HostAndPort::parse(host)?,
        None => url.host,
    };
    let default = if url.is_https() { 443 } else { 80 };

    append_mapped(url.scheme, u8::to_ascii_lowercase, out);
    out.append(b"://");
    append_mapped(host, u8::to_ascii_lowercase, out);
    if let Some(port) = port.filter(|&port| port != default) {
        out.push(b':');
        out.append(port.to_string().as_bytes());
    }
    if url.path.is_empty() {
        out.push(b'/');
    }
    let sendable = |octet: &u8| octet.is_ascii_graphic();
    if url.path.iter().fold(true, |all, octet| all & sendable(octet)) {
        out.append(url.path);
    } else {
        for octet in url.path {
            if sendable(octet) { out.push(*octet) } else { percent_encode(&[*octet], out) }
        }
    }
    Ok(())
}

/// The three parts of a base string before they are put together.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The method as it is signed.
    pub method: &'a Buffer,
    /// The base string URI.
    pub uri: &'a Buffer,
    /// The normalized parameters.
    pub normalized: &'a Buffer,
    /// The parameters that were joined to them, in the same order, and how they were joined.
    pub encoded: &'a EncodedParameters,
    /// The joining.
    pub join: fn(&EncodedParameters, Level, &mut Buffer),
    /// The encoding of each part (section 3.6).
    pub encode: Encoder,
}

/// Puts the parts together (section 3.4.1.1): method, URI and normalized parameters, each encoded, with `&` between them. Where an
/// encoder treats each octet by itself, the parameters have been encoded for the second time already.
pub fn concatenate(parts: &Parts<'_>, out: &mut Buffer) {
    parts.encode.encode(parts.method, out);
    out.push(b'&');
    parts.encode.encode(parts.uri, out);
    out.push(b'&');
    if parts.encoded.has_twice() {
        (parts.join)(parts.encoded, Level::Twice, out);
    } else {
        parts.encode.encode(parts.normalized, out);
    }
}

#[cfg(test)]
mod tests {
    use super::super::parameters::Parameters;
    use super::super::request::{Header, Url};
    use super::*;

    fn uri(url: &str, headers: &[(&str, &str)]) -> Result<String, Malformed> {
        let headers: Vec<_> = headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect();
        let protocol = Parameters::new();
        let request = Request { method: b"GET", url: Url::parse(url.as_bytes())?, headers: &headers, body: None, protocol: &protocol };
        let mut out = Buffer::default();
        base_string_uri(&request, &mut out)?;
        Ok(String::from_utf8(out.to_vec()).unwrap())
    }

    #[test]
    fn the_parts_are_those_of_the_specification() {
        for (url, expected) in [
            ("HTTP://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X"),
            ("https://www.example.net:8080/?q=1", "https://www.example.net:8080/"),
            ("https://h:80/", "https://h:80/"),
            ("http://h:443", "http://h:443/"),
            ("https://h:0443//a/../b#f", "https://h//a/../b"),
            ("https://u:p@[2001:DB8::1]:443/x", "https://[2001:db8::1]/x"),
            ("http://h/a b/é/%7e", "http://h/a%20b/%C3%A9/%7e"),
            ("http://h?x", "http://h/"),
        ] {
            assert_eq!(uri(url, &[]).unwrap(), expected, "{url}");
        }
    }

    #[test]
    fn the_host_field_wins() {
        assert_eq!(uri("http://127.0.0.1:9/x", &[("HOST", " Example.com:80 ")]).unwrap(), "http://example.com/x");
        assert_eq!(uri("https://h/x", &[(":authority", "a:8443")]).unwrap(), "https://a:8443/x");
        assert_eq!(uri("https://h/x", &[("Host", "")]).unwrap(), "https://h/x");
        assert_eq!(uri("https://h/x", &[("Host", "a"), ("host", "b")]), Err(Malformed::Request("several Host fields")));
        assert!(uri("https://h/x", &[("Host", "a/b:c")]).is_err());
    }
}
