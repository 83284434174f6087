//! RFC 5849 section 3.4.1 a second time, written from the text and without a line of [`crate::protocol`]: slow and clear, one step after
//! the other, so that the two can only agree by both being right. It reads requests that the first one takes; what it makes of others
//! means nothing.

/// Octets of a name and of a value.
pub type Pair = (Vec<u8>, Vec<u8>);

/// A request as it lies on the wire.
#[derive(Clone, Copy, Debug)]
pub struct Wire<'a> {
    /// The method of the request line.
    pub method: &'a [u8],
    /// The absolute URL.
    pub url: &'a [u8],
    /// The header fields, Authorization among them.
    pub headers: &'a [(&'a [u8], &'a [u8])],
    /// The entity body.
    pub body: Option<&'a [u8]>,
}

/// The signature base string (3.4.1.1): method, base string URI and normalized parameters, each encoded, with `&` between them.
#[must_use]
pub fn base_string(wire: &Wire<'_>) -> Option<Vec<u8>> {
    let method = wire.method.to_ascii_uppercase();
    let parts = url_parts(wire.url)?;
    let uri = base_uri_of(wire, parts)?;
    let normalized = normalize(&parameters_of(wire, parts)?);
    Some([encode(&method), encode(&uri), encode(&normalized)].join(&b'&'))
}

/// The base string URI (3.4.1.2).
#[must_use]
pub fn base_uri(wire: &Wire<'_>) -> Option<Vec<u8>> {
    base_uri_of(wire, url_parts(wire.url)?)
}

fn base_uri_of(wire: &Wire<'_>, (scheme, authority, path, _): Parts<'_>) -> Option<Vec<u8>> {
    // Item 2: the Host field has the authority, HTTP/2's `:authority` counts as one, an empty one says nothing.
    let host_field = field(wire, b"host").or_else(|| field(wire, b":authority")).filter(|value| !value.is_empty());
    let authority = host_field.unwrap_or(authority);
    let host_and_port = match authority.iter().rposition(|octet| *octet == b'@') {
        Some(at) => authority.get(at + 1..)?,
        None => authority,
    };
    // A colon inside the brackets of an IPv6 literal begins no port.
    let bracket = host_and_port.iter().rposition(|octet| *octet == b']').unwrap_or(0);
    let colon = host_and_port.iter().rposition(|octet| *octet == b':').filter(|at| *at >= bracket);
    let host = host_and_port.get(..colon.unwrap_or(host_and_port.len()))?;
    let port = colon.and_then(|at| std::str::from_utf8(host_and_port.get(at + 1..)?).ok()?.parse::<u32>().ok());
    // Item 1: lower case.
    let scheme = scheme.to_ascii_lowercase();
    let mut uri = scheme.clone();
    uri.extend(b"://");
    uri.extend(host.to_ascii_lowercase());
    // Item 3: the scheme's default port is left out.
    match port {
        None => {}
        Some(80) if scheme == b"http" => {}
        Some(443) if scheme == b"https" => {}
        Some(port) => uri.extend(format!(":{port}").bytes()),
    }
    // The path as it is in the request line, which has no blank and nothing beyond ASCII, and is never empty.
    if path.is_empty() {
        uri.push(b'/');
    }
    for octet in path {
        if (0x21..0x7f).contains(octet) {
            uri.push(*octet);
        } else {
            uri.extend(format!("%{octet:02X}").bytes());
        }
    }
    Some(uri)
}

/// The parameters that are signed, decoded (3.4.1.3.1): query, Authorization header without realm, form; without `oauth_signature`.
#[must_use]
pub fn parameters(wire: &Wire<'_>) -> Option<Vec<Pair>> {
    parameters_of(wire, url_parts(wire.url)?)
}

fn parameters_of(wire: &Wire<'_>, (_, _, _, query): Parts<'_>) -> Option<Vec<Pair>> {
    let mut all = form(query.unwrap_or_default());
    for (name, value) in wire.headers {
        if name.eq_ignore_ascii_case(b"authorization") && value.trim_ascii_start().to_ascii_lowercase().starts_with(b"oauth") {
            all.extend(authorization(value)?.1);
        }
    }
    if let (Some(body), true) = (wire.body, is_form(wire)) {
        all.extend(form(body));
    }
    all.retain(|(name, _)| name != b"oauth_signature");
    Some(all)
}

/// The realm and the decoded parameters of an Authorization field (3.5.1).
#[must_use]
pub fn authorization(value: &[u8]) -> Option<(Option<Vec<u8>>, Vec<Pair>)> {
    let mut rest = value.trim_ascii_start().get(5..)?;
    let (mut realm, mut pairs) = (None, Vec::new());
    loop {
        rest = rest.trim_ascii_start();
        match rest.first() {
            None => return Some((realm, pairs)),
            Some(b',') => {
                rest = rest.get(1..)?;
                continue;
            }
            Some(_) => {}
        }
        let equals = rest.iter().position(|octet| *octet == b'=')?;
        let name = rest.get(..equals)?;
        rest = rest.get(equals + 1..)?.strip_prefix(b"\"")?;
        let mut value = Vec::new();
        loop {
            let (first, others) = rest.split_first()?;
            rest = others;
            match first {
                b'"' => break,
                b'\\' => {
                    let (escaped, others) = rest.split_first()?;
                    value.push(*escaped);
                    rest = others;
                }
                octet => value.push(*octet),
            }
        }
        if name.eq_ignore_ascii_case(b"realm") {
            realm = Some(value);
        } else {
            pairs.push((decode(name, false), decode(&value, false)));
        }
    }
}

/// The pairs of a query or form, decoded: cut at `&` and at the first `=`, plus signs are blanks.
#[must_use]
pub fn form(text: &[u8]) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for piece in text.split(|octet| *octet == b'&') {
        if piece.is_empty() {
            continue;
        }
        let mut halves = piece.splitn(2, |octet| *octet == b'=');
        let name = halves.next().unwrap_or_default();
        let value = halves.next().unwrap_or_default();
        pairs.push((decode(name, true), decode(value, true)));
    }
    pairs
}

/// The normalized parameters (3.4.1.3.2): encoded, sorted by name and then by value, joined.
#[must_use]
pub fn normalize(pairs: &[Pair]) -> Vec<u8> {
    let mut encoded: Vec<Pair> = pairs.iter().map(|(name, value)| (encode(name), encode(value))).collect();
    encoded.sort();
    let mut joined = Vec::new();
    for (number, (name, value)) in encoded.iter().enumerate() {
        if number > 0 {
            joined.push(b'&');
        }
        joined.extend(name);
        joined.push(b'=');
        joined.extend(value);
    }
    joined
}

/// Percent-encoding (3.6).
#[must_use]
pub fn encode(octets: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(3 * octets.len());
    for octet in octets {
        if UNRESERVED.get(usize::from(*octet)) == Some(&true) {
            out.push(*octet);
        } else {
            out.extend([b'%', digit(octet >> 4), digit(octet & 15)]);
        }
    }
    out
}

/// Which octets are not encoded. A fuzzer records every comparison, and one look is one where ranges are many.
const UNRESERVED: [bool; 256] = {
    let mut table = [false; 256];
    let mut octet = 0;
    while octet < 256 {
        table[octet] = matches!(octet as u8, b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~');
        octet += 1;
    }
    table
};

/// An upper case hexadecimal digit.
fn digit(value: u8) -> u8 {
    b"0123456789ABCDEF".get(usize::from(value)).copied().unwrap_or_default()
}

/// Percent-decoding; a `%` without two digits stays.
#[must_use]
pub fn decode(text: &[u8], plus_is_blank: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((first, others)) = rest.split_first() {
        rest = others;
        match first {
            b'%' => match escape(others) {
                Some(octet) => {
                    out.push(octet);
                    rest = others.get(2..).unwrap_or_default();
                }
                None => out.push(b'%'),
            },
            b'+' if plus_is_blank => out.push(b' '),
            octet => out.push(*octet),
        }
    }
    out
}

/// Where the first `%` without two digits stands.
#[must_use]
pub fn first_broken_escape(text: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some(octet) = text.get(at) {
        if *octet != b'%' {
            at += 1;
        } else if escape(text.get(at + 1..)?).is_some() {
            at += 3;
        } else {
            return Some(at);
        }
    }
    None
}

fn escape(digits: &[u8]) -> Option<u8> {
    let digits = digits.get(..2)?;
    if !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Whether the body is one of form parameters (3.4.1.3.1).
#[must_use]
pub fn is_form(wire: &Wire<'_>) -> bool {
    let Some(value) = field(wire, b"content-type") else { return false };
    let media_type: Vec<u8> = value.iter().copied().take_while(|octet| *octet != b';').collect();
    media_type.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
}

fn field<'a>(wire: &Wire<'a>, name: &[u8]) -> Option<&'a [u8]> {
    wire.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim_ascii())
}

/// Scheme, authority, path, query.
type Parts<'a> = (&'a [u8], &'a [u8], &'a [u8], Option<&'a [u8]>);

/// A URL in its parts, without its fragment.
fn url_parts(url: &[u8]) -> Option<Parts<'_>> {
    let colon = url.iter().position(|octet| *octet == b':')?;
    let (scheme, rest) = url.split_at(colon);
    let rest = rest.strip_prefix(b"://")?;
    let rest = rest.split(|octet| *octet == b'#').next()?;
    let (rest, query) = match rest.iter().position(|octet| *octet == b'?') {
        Some(at) => (rest.get(..at)?, Some(rest.get(at + 1..)?)),
        None => (rest, None),
    };
    let slash = rest.iter().position(|octet| *octet == b'/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(slash);
    Some((scheme, authority, path, query))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 5849 section 3.4.1.1, with the base string of that section (and its erratum 2550).
    #[test]
    fn the_example_of_the_specification_comes_out() {
        let header = b"OAuth realm=\"Example\", oauth_consumer_key=\"9djdj82h48djs9d2\", oauth_token=\"kkk9d7dh3k39sjv7\", \
            oauth_signature_method=\"HMAC-SHA1\", oauth_timestamp=\"137131201\", oauth_nonce=\"7d8f3e4a\", \
            oauth_signature=\"bYT5CMsGcbgUdFHObYMEfcx6bsw%3D\"";
        let headers: [(&[u8], &[u8]); 2] = [(b"Content-Type", b"application/x-www-form-urlencoded"), (b"Authorization", header)];
        let wire = Wire {
            method: b"POST",
            url: b"http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b",
            headers: &headers,
            body: Some(b"c2&a3=2+q"),
        };
        let expected = "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D\
            %26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1\
            %26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7";
        assert_eq!(String::from_utf8(base_string(&wire).unwrap()).unwrap(), expected);
    }

    #[test]
    fn broken_escapes_are_found() {
        for (text, at) in
            [("", None), ("%41", None), ("a%4", Some(1)), ("%41%zz", Some(3)), ("%", Some(0)), ("%%41", Some(0)), ("%25%", Some(3))]
        {
            assert_eq!(first_broken_escape(text.as_bytes()), at, "{text}");
        }
    }
}
