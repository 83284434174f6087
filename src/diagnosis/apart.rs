//! A further request that would tell candidates apart: of some requests with many traps, one on which as many candidates as possible
//! give different base strings.

use std::borrow::Cow;

use super::Diagnosis;
use crate::deviation::{Cause, Conduct};
use crate::protocol::{Derivation, Header, Parameters, Request, Secrets, SignatureMethod, Url};

/// A request that can be proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The method.
    pub method: &'static str,
    /// The URL.
    pub url: Cow<'static, str>,
    /// A body, with its media type.
    pub body: Option<(&'static str, &'static str)>,
}

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// A request without a body, with the scheme and host that stand for those of whoever asks.
const fn bare(method: &'static str, url: &'static str) -> Probe {
    Probe { method, url: Cow::Borrowed(url), body: None }
}

/// A request with a body.
const fn with_body(method: &'static str, url: &'static str, body: (&'static str, &'static str)) -> Probe {
    Probe { method, url: Cow::Borrowed(url), body: Some(body) }
}

/// The requests, the simplest first: each for another part of the derivation. What few clients can send comes last.
static PROBES: [Probe; 16] = [
    bare("GET", "http://Example.com:80/a"),
    bare("GET", "https://example.com:443/a/?b=1"),
    bare("GET", "http://example.com:8080/a%20b/%7e;v=1"),
    bare("GET", "http://example.com/a?b=c%20d&e=f+g"),
    bare("GET", "http://example.com/a?b=!*'()~"),
    bare("GET", "http://example.com/a?b=%C3%A9%2C%2F%3A%25"),
    bare("GET", "http://example.com/a?z=2&z=1&z=10&a=&b"),
    bare("GET", "http://example.com/a?a-b=1&a10=2&a=3&A=4&%C3%A9=5&a%5B0%5D=6"),
    with_body("POST", "http://example.com/a?b=1", (FORM, "b=2&c=d+e%2B")),
    with_body("PUT", "https://example.com/a", (FORM, "b=2&b=1&c")),
    bare("GET", "https://example.com?a=b"),
    bare("GET", "https://example.com/a?a;b=1&c=%252B"),
    with_body("POST", "http://example.com/a?b=1", ("text/plain", "b=2&c=3")),
    bare("get", "http://example.com/a"),
    with_body("POST", "HTTPS://u@Example.com:443/a//b/../c!/?q=1&q=%7E*&e=#f?g", (FORM, "q=2&x.y=%20+z&n%5B%5D=")),
    bare("GET", "http://example.com/a?b=%zz"),
];

impl Probe {
    /// The request in lines: method and URL, and a body if it has one.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let first = format!("{} {}", self.method, self.url);
        match self.body {
            None => vec![first],
            Some((media_type, body)) => vec![first, format!("Content-Type: {media_type}"), String::new(), body.to_owned()],
        }
    }

    /// The same request to the scheme and host of another URL. A default port is that of the scheme then; where none is written, the other
    /// URL's is. Nothing where that is no text.
    fn sent_to(&self, other: &Url<'_>) -> Option<Probe> {
        let scheme = std::str::from_utf8(other.scheme).ok()?.to_ascii_lowercase();
        let authority = std::str::from_utf8(other.authority).ok()?;
        let authority = authority.rsplit_once('@').map_or(authority, |(_, host)| host).to_ascii_lowercase();
        // A default port that is written would be written in all of them.
        let default = if scheme == "https" { ":443" } else { ":80" };
        let authority = authority.strip_suffix(default).map_or(authority.clone(), str::to_owned);
        let digits = |port: &str| port.bytes().all(|octet| octet.is_ascii_digit());
        let host = authority.rsplit_once(':').filter(|(_, port)| digits(port)).map_or(authority.as_str(), |(host, _)| host);
        let (own_scheme, rest) = self.url.split_once("://")?;
        let (own_authority, tail) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (user, own_host) = own_authority.rsplit_once('@').map_or(("", own_authority), |(_, host)| ("u@", host));
        let (own_host, port) = own_host.split_once(':').unwrap_or((own_host, ""));
        let mut to = match (port, scheme.as_str()) {
            ("", _) => authority.clone(),
            ("80" | "443", "https") => format!("{host}:443"),
            ("80" | "443", _) => format!("{host}:80"),
            (port, _) => format!("{host}:{port}"),
        };
        let is_upper = |text: &str| text.starts_with(|first: char| first.is_ascii_uppercase());
        if is_upper(own_host)
            && let Some(first) = to.get_mut(..1)
        {
            first.make_ascii_uppercase();
        }
        let scheme = if is_upper(own_scheme) { scheme.to_ascii_uppercase() } else { scheme };
        Some(Probe { url: Cow::Owned(format!("{scheme}://{user}{to}{tail}")), ..self.clone() })
    }

    /// What somebody who makes these mistakes derives of it: base string and signature under invented secrets that hold reserved
    /// characters.
    fn derive(&self, causes: &[Cause]) -> Option<(Vec<u8>, Vec<u8>)> {
        let protocol = Parameters::of_header(PROTOCOL.iter().map(|(name, value)| (name.as_bytes(), value.as_bytes())));
        let typed = self.body.map(|(media_type, _)| Header { name: b"Content-Type", value: media_type.as_bytes() });
        let request = Request {
            method: self.method.as_bytes(),
            url: Url::parse(self.url.as_bytes()).ok()?,
            headers: typed.as_slice(),
            body: self.body.map(|(_, body)| body.as_bytes()),
            protocol: &protocol,
            realm: None,
        };
        let secrets = Secrets::new(b"client secret/+", b"token&secret~");
        let mut derivation = Derivation::default();
        Conduct::of(causes).derive(&mut derivation, &request, SignatureMethod::HmacSha1, &secrets).ok()?;
        Some((derivation.base_string.to_vec(), derivation.signature.to_vec()))
    }
}

/// The protocol parameters of a proposed request.
const PROTOCOL: [(&str, &str); 6] = [
    ("oauth_consumer_key", "key"),
    ("oauth_token", "token"),
    ("oauth_signature_method", "HMAC-SHA1"),
    ("oauth_timestamp", "1700000000"),
    ("oauth_nonce", "nonce"),
    ("oauth_version", "1.0"),
];

/// The request on which most of the candidates part ways; `None` if all of them agree on all requests. It goes where the request goes that
/// they explain, if that is known.
#[must_use]
pub fn propose(diagnosis: &Diagnosis, of: Option<&Url<'_>>) -> Option<Probe> {
    let mut best: Option<(usize, Probe)> = None;
    for probe in &PROBES {
        let probe = of.and_then(|url| probe.sent_to(url)).unwrap_or_else(|| probe.clone());
        let mut values: Vec<_> = diagnosis.sets.iter().map(|set| probe.derive(set)).collect();
        values.sort();
        values.dedup();
        if values.len() > best.as_ref().map_or(1, |(most, _)| *most) {
            best = Some((values.len(), probe));
        }
    }
    best.map(|(_, probe)| probe)
}

/// A request on which a cause shows.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The request.
    pub probe: &'static Probe,
    /// Which of the two values differs.
    pub what: &'static str,
    /// The right value.
    pub right: Vec<u8>,
    /// The value with the cause.
    pub wrong: Vec<u8>,
}

/// The simplest of the requests on which a cause changes base string or signature; `None` if it does on none of them.
#[must_use]
pub fn shown_by(cause: &Cause) -> Option<Shown> {
    PROBES.iter().find_map(|probe| {
        let (right, wrong) = (probe.derive(&[])?, probe.derive(std::slice::from_ref(cause))?);
        let shown = |what, right: Vec<u8>, wrong: Vec<u8>| Some(Shown { probe, what, right, wrong });
        if right.0 != wrong.0 {
            shown("the base string", right.0, wrong.0)
        } else if right.1 != wrong.1 {
            shown("the signature", right.1, wrong.1)
        } else {
            None
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cause(id: &str) -> Vec<Cause> {
        vec![Cause::parse(id).unwrap()]
    }

    #[test]
    fn a_request_that_parts_the_candidates_is_proposed() {
        let candidates = Diagnosis::of_sets(vec![cause("uri.default-port-kept"), cause("uri.host-case-kept")]);
        let probe = propose(&candidates, None).unwrap();
        assert_ne!(probe.derive(&candidates.sets[0]), probe.derive(&candidates.sets[1]));
        assert_eq!(propose(&Diagnosis::of_sets(vec![cause("uri.host-case-kept")]), None), None);
    }

    #[test]
    fn the_proposed_request_goes_where_the_explained_one_goes() {
        let candidates = Diagnosis::of_sets(vec![cause("uri.default-port-kept"), cause("uri.host-case-kept")]);
        let at = |url: &str| propose(&candidates, Some(&Url::parse(url.as_bytes()).unwrap())).unwrap().url.into_owned();
        assert_eq!(at("https://u:p@API.etrade.com/v1?x"), "https://Api.etrade.com:443/a");
        assert_eq!(at("http://[::1]:8080"), "http://[::1]:80/a");
        let query = Diagnosis::of_sets(vec![cause("encode.space-plus"), cause("encode.form")]);
        let url = propose(&query, Some(&Url::parse(b"http://localhost:5000/").unwrap())).unwrap().url;
        assert!(url.starts_with("http://localhost:5000/a?"), "{url}");
    }

    #[test]
    fn all_but_the_last_requests_can_be_sent_by_any_client() {
        let is_ordinary = |probe: &&Probe| {
            let is_whole = |(at, _): (usize, &str)| {
                probe.url.get(at + 1..at + 3).is_some_and(|digits| digits.bytes().all(|octet| octet.is_ascii_hexdigit()))
            };
            let has_upper_method = !probe.method.bytes().any(|octet| octet.is_ascii_lowercase());
            has_upper_method && probe.url.match_indices('%').all(is_whole) && !probe.url.contains('@')
        };
        let ordinary = PROBES.iter().take_while(is_ordinary).count();
        assert_eq!(PROBES.iter().skip(ordinary).filter(is_ordinary).count(), 0);
        let odd: Vec<(&str, bool)> = PROBES.iter().skip(ordinary).map(|probe| (probe.method, probe.url.contains("%zz"))).collect();
        assert_eq!(odd, [("get", false), ("POST", false), ("GET", true)]);
    }
}
