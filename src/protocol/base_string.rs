//! The signature base string (RFC 5849 section 3.4.1): method, base string URI, and how the three parts are put together.

use super::encoding::Encoder;
use super::error::Malformed;
use super::request::{HostAndPort, Request};

/// The method in upper case (section 3.4.1.1). Only ASCII letters have a case here; `get` and `GET` differ on the wire and sign alike.
pub fn upper_case_method(method: &[u8], out: &mut Vec<u8>) {
    out.extend(method.iter().map(u8::to_ascii_uppercase));
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
pub fn base_string_uri(request: &Request<'_>, out: &mut Vec<u8>) -> Result<(), Malformed> {
    let url = &request.url;
    let host = match request.field("host", "several Host fields")? {
        Some(host) => Some(host),
        None => request.field(":authority", "several :authority fields")?,
    };
    let authority = host.filter(|host| !host.is_empty()).unwrap_or(url.authority);
    let HostAndPort { host, port } = HostAndPort::parse(authority)?;
    let default = if url.is_https() { 443 } else { 80 };

    out.reserve(url.text.len() + 1);
    out.extend(url.scheme.iter().map(u8::to_ascii_lowercase));
    out.extend_from_slice(b"://");
    out.extend(host.iter().map(u8::to_ascii_lowercase));
    if let Some(port) = port.filter(|&port| port != default) {
        out.push(b':');
        out.extend_from_slice(port.to_string().as_bytes());
    }
    if url.path.is_empty() {
        out.push(b'/');
    }
    let sendable = |octet: &u8| octet.is_ascii_graphic();
    if url.path.iter().fold(true, |all, octet| all & sendable(octet)) {
        out.extend_from_slice(url.path);
    } else {
        for octet in url.path {
            if sendable(octet) { out.push(*octet) } else { super::percent_encode(&[*octet], out) }
        }
    }
    Ok(())
}

/// Puts the parts together (section 3.4.1.1): method, URI and normalized parameters, each encoded, with `&` between them.
pub fn concatenate(method: &[u8], uri: &[u8], normalized: &[u8], encode: Encoder, out: &mut Vec<u8>) {
    // Room for the escapes of an ordinary request, so that the buffer grows once.
    out.reserve(method.len() + uri.len() * 2 + normalized.len() * 3 / 2 + 64);
    encode(method, out);
    out.push(b'&');
    encode(uri, out);
    out.push(b'&');
    encode(normalized, out);
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
        let mut out = Vec::new();
        base_string_uri(&request, &mut out)?;
        Ok(String::from_utf8(out).unwrap())
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
