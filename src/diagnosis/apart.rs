//! A further request that would tell candidates apart: of some requests with many traps, one on which as many candidates as possible
//! give different base strings.

use super::Diagnosis;
use crate::deviation::{Cause, Conduct};
use crate::protocol::{Derivation, Header, Parameters, Request, Secrets, SignatureMethod, Url};

/// A request that can be proposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probe {
    /// The method.
    pub method: &'static str,
    /// The URL.
    pub url: &'static str,
    /// A body, with its media type.
    pub body: Option<(&'static str, &'static str)>,
}

/// The media type of a form.
const FORM: &str = "application/x-www-form-urlencoded";

/// The requests, the simplest first: each for another part of the derivation.
const PROBES: [Probe; 13] = [
    Probe { method: "GET", url: "http://Example.com:80/a", body: None },
    Probe { method: "GET", url: "https://example.com:443/a/?b=1", body: None },
    Probe { method: "GET", url: "http://example.com:8080/a%20b/%7e;v=1", body: None },
    Probe { method: "GET", url: "http://example.com/a?b=c%20d&e=f+g", body: None },
    Probe { method: "GET", url: "http://example.com/a?b=!*'()~", body: None },
    Probe { method: "GET", url: "http://example.com/a?b=%C3%A9%2C%2F%3A%25", body: None },
    Probe { method: "GET", url: "http://example.com/a?z=2&z=1&z=10&a=&b", body: None },
    Probe { method: "GET", url: "http://example.com/a?a-b=1&a10=2&a=3&A=4&%C3%A9=5&a%5B0%5D=6", body: None },
    Probe { method: "POST", url: "http://example.com/a?b=1", body: Some((FORM, "b=2&c=d+e%2B")) },
    Probe { method: "PUT", url: "https://example.com/a", body: Some((FORM, "b=2&b=1&c")) },
    Probe { method: "get", url: "https://example.com?a;b=%zz&c=%252B", body: None },
    Probe { method: "POST", url: "http://example.com/a?b=1", body: Some(("text/plain", "b=2&c=3")) },
    Probe { method: "POST", url: "HTTPS://u@Example.com:443/a//b/../c!/?q=1&q=%7E*&e=#f?g", body: Some((FORM, "q=2&x.y=%20+z&n%5B%5D=")) },
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

/// The request on which most of the candidates part ways; `None` if all of them agree on all requests.
#[must_use]
pub fn propose(diagnosis: &Diagnosis) -> Option<&'static Probe> {
    let mut best: Option<(usize, &Probe)> = None;
    for probe in &PROBES {
        let mut values: Vec<_> = diagnosis.sets.iter().map(|set| probe.derive(set)).collect();
        values.sort();
        values.dedup();
        if values.len() > best.map_or(1, |(most, _)| most) {
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

    #[test]
    fn a_request_that_parts_the_candidates_is_proposed() {
        let cause = |id: &str| vec![Cause::parse(id).unwrap()];
        let candidates = Diagnosis::of_sets(vec![cause("uri.default-port-kept"), cause("uri.host-case-kept")]);
        let probe = propose(&candidates).unwrap();
        assert_ne!(probe.derive(&candidates.sets[0]), probe.derive(&candidates.sets[1]));
        assert_eq!(propose(&Diagnosis::of_sets(vec![cause("uri.host-case-kept")])), None);
    }
}
