//! The signature base string (RFC 5849 section 3.4.1): method, base string URI, and how the three parts are put together.

use super::buffer::Buffer;
use super::encoding::{Encoder, percent_encode};
use super::error::Malformed;
use super::normalization::{self, EncodedParameters, Level};
use super::request::{HostAndPort, Request};
use super::scan;

/// The method in upper case (section 3.4.1.1). Only ASCII letters have a case here; `get` and `GET` differ on the wire and sign alike.
/// It is that of the request line: fields that override it (`X-HTTP-Method-Override`) are unknown to the specification.
pub fn upper_case_method(method: &[u8], out: &mut Buffer) {
    out.append_changed(method, u8::to_ascii_uppercase);
}

/// The decisions of section 3.4.1.2.
#[derive(Clone, Copy, Debug)]
pub struct UriRecipe {
    /// The scheme's letter case (item 1).
    pub scheme: fn(&[u8], &mut Buffer),
    /// User information before the host, with its `@`: none, by the specification.
    pub user: fn(&Request<'_>, &mut Buffer),
    /// Host and port as they are given (item 2).
    pub authority: for<'a> fn(&Request<'a>) -> Result<HostAndPort<'a>, Malformed>,
    /// The host's letter case (item 1).
    pub host: fn(&[u8], &mut Buffer),
    /// The port that is written for a scheme (as it is given) and a port (item 3).
    pub port: fn(&[u8], Option<u16>) -> Option<u16>,
    /// The path, if there is one.
    pub path: fn(&[u8], &mut Buffer),
    /// What is written for an empty path: `/`, because a request line cannot carry an empty one (RFC 2616 section 5.1.2).
    pub empty_path: &'static str,
    /// What is written behind the path: nothing, by the specification.
    pub tail: fn(&Request<'_>, &mut Buffer),
    /// All of it put together.
    pub whole: fn(&UriRecipe, &Request<'_>, &mut Buffer) -> Result<(), Malformed>,
}

impl UriRecipe {
    /// Scheme and host in lower case, the port unless it is the scheme's default, the path as it is sent, no query and no fragment.
    pub const RFC5849: UriRecipe = UriRecipe {
        scheme: lower_case,
        user: |_, _| {},
        authority,
        host: lower_case,
        port,
        path,
        empty_path: "/",
        tail: |_, _| {},
        whole: base_string_uri,
    };

    /// Appends the path of a request, and what stands behind it.
    pub fn append_path(&self, request: &Request<'_>, out: &mut Buffer) {
        match request.url.path {
            [] => out.append(self.empty_path.as_bytes()),
            path => (self.path)(path, out),
        }
        (self.tail)(request, out);
    }
}

/// ASCII letters in lower case. Of a host nothing else changes: punycode is not decoded, a trailing dot stays, an IPv6 literal is not
/// brought into its canonical form (section 3.4.1.2 item 1 asks for lower case alone).
pub fn lower_case(octets: &[u8], out: &mut Buffer) {
    out.append_changed(octets, u8::to_ascii_lowercase);
}

/// The host and port of the Host field if the request has one (item 2); HTTP/2's `:authority` counts as Host. Otherwise the URL's, also
/// where the field is empty: that is what RFC 2616 section 14.23 has sent for a URL without a host, and there is no such one here.
///
/// # Errors
/// [`Malformed::Url`] for a host or port that cannot be one, [`Malformed::Request`] for several Host fields, or one with user information,
/// which the field does not have (RFC 2616 section 14.23): whoever signs one host must not be read as another.
pub fn authority<'a>(request: &Request<'a>) -> Result<HostAndPort<'a>, Malformed> {
    let host = match request.field("host", "several Host fields")? {
        Some(host) => Some(host),
        None => request.field(":authority", "several :authority fields")?,
    };
    match host.filter(|host| !host.is_empty()) {
        Some(host) if host.contains(&b'@') => Err(Malformed::Request("user information in the Host field")),
        Some(host) => HostAndPort::parse(host),
        None => Ok(request.url.host),
    }
}

/// Item 3: the scheme's default port is left out, any other is written. Whoever signs URLs of other schemes knows no default of theirs.
#[must_use]
pub fn port(scheme: &[u8], port: Option<u16>) -> Option<u16> {
    let is_default = |port: u16| match port {
        80 => scheme.eq_ignore_ascii_case(b"http"),
        443 => scheme.eq_ignore_ascii_case(b"https"),
        _ => false,
    };
    port.filter(|port| !is_default(*port))
}

/// A path as it is sent.
///
/// - Nothing is normalized: dot segments, double slashes, path parameters, the letter case of escapes, escapes of slashes and of
///   unreserved characters stay, and a plus sign is one (section 3.4.1.3.1 decodes it in queries and forms only).
/// - A blank or an octet beyond ASCII cannot stand in a request line; it counts as the escape that will be sent for it. What else RFC 3986
///   does not know (`|`, `^`, a `%` without digits) stays: clients do send it, and not all of them escaped.
pub fn path(path: &[u8], out: &mut Buffer) {
    if !scan::has_invisible(path) {
        return out.append(path);
    }
    for octet in path {
        if octet.is_ascii_graphic() { out.push(*octet) } else { percent_encode(&[*octet], out) }
    }
}

/// The base string URI: scheme, authority and path put together.
///
/// # Errors
/// As [`authority`].
pub fn base_string_uri(recipe: &UriRecipe, request: &Request<'_>, out: &mut Buffer) -> Result<(), Malformed> {
    let HostAndPort { host, port } = (recipe.authority)(request)?;
    (recipe.scheme)(request.url.scheme, out);
    out.append(b"://");
    (recipe.user)(request, out);
    (recipe.host)(host, out);
    if let Some(port) = (recipe.port)(request.url.scheme, port) {
        out.push(b':');
        out.append(port.to_string().as_bytes());
    }
    recipe.append_path(request, out);
    Ok(())
}

/// The three parts of a base string before they are put together.
#[derive(Clone, Copy, Debug)]
pub struct Parts<'a> {
    /// The method as it is signed.
    pub method: &'a [u8],
    /// The base string URI.
    pub uri: &'a [u8],
    /// The normalized parameters.
    pub normalized: &'a [u8],
    /// The parameters of which those were joined by section 3.4.1.3.2, to save the second encoding.
    pub twice: Option<&'a EncodedParameters>,
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
    match parts.twice.filter(|encoded| encoded.has_twice()) {
        Some(encoded) => normalization::join(encoded, Level::Twice, out),
        None => parts.encode.encode(parts.normalized, out),
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
        let request =
            Request { method: b"GET", url: Url::parse(url.as_bytes())?, headers: &headers, body: None, protocol: &protocol, realm: None };
        let mut out = Buffer::default();
        base_string_uri(&UriRecipe::RFC5849, &request, &mut out)?;
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
            ("http://XN--BCHER-KVA.example./a+b/%2f/%7E|^%", "http://xn--bcher-kva.example./a+b/%2f/%7E|^%"),
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
        assert_eq!(uri("https://h/x", &[("Host", "h@evil")]), Err(Malformed::Request("user information in the Host field")));
        assert_eq!(uri("https://h/x", &[(":authority", "@h")]), Err(Malformed::Request("user information in the Host field")));
    }
}
