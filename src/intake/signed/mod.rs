//! A signed request, read out of a pasted one: the protocol parameters with their place and order, the signature, and the request that
//! is left when the signature is taken out, which is what gets signed again (RFC 5849 sections 3.1 and 3.5).
//!
//! The split is that of a server ([`Verifier::verify`](crate::protocol::verification::Verifier::verify)), but for one thing: a header that
//! a server must refuse still gives its parameters, with a finding for each thing that is wrong with it.

use std::fmt;

use super::pasted::{Fields, PastedRequest, values};
use crate::protocol::authorization::{Authorization, is_oauth};
use crate::protocol::{Header, Malformed, Parameters, Request, Source, Url};

mod header;
mod requirements;
#[cfg(test)]
mod tests;
mod value;

/// How much a finding weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// The text of the standard forbids it: a server may refuse the request for it.
    Must,
    /// Worth a look.
    Should,
}

/// Something that is wrong with a request, or odd in it. It holds no parameter value but timestamps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The thing first, then what is wrong with it.
    pub what: String,
    /// The section of RFC 5849.
    pub section: &'static str,
    /// The octet in the Authorization field's value, if it stands there.
    pub at: Option<usize>,
    /// How much it weighs.
    pub weight: Weight,
}

impl Finding {
    /// Whether something is missing, and nothing else wrong.
    #[must_use]
    pub fn is_of_absence(&self) -> bool {
        self.what.ends_with(" is missing")
    }

    fn must(section: &'static str, what: impl Into<String>) -> Finding {
        Finding { what: what.into(), section, at: None, weight: Weight::Must }
    }

    fn should(section: &'static str, what: impl Into<String>) -> Finding {
        Finding { weight: Weight::Should, ..Finding::must(section, what) }
    }

    fn at(self, octet: usize) -> Finding {
        Finding { at: Some(octet), ..self }
    }
}

/// A request with its signature beside it.
#[derive(Clone)]
pub struct SignedRequest {
    /// The HTTP method.
    pub method: Vec<u8>,
    /// The absolute URL; protocol parameters in its query are left there.
    pub url: Vec<u8>,
    /// The header fields but for Authorization.
    pub headers: Fields,
    /// The body; protocol parameters in a form are left there.
    pub body: Option<Vec<u8>>,
    /// The parameters of the Authorization header, decoded, in their order, without `realm` and `oauth_signature`.
    pub protocol: Parameters,
    /// All parameters of the request whose names begin with `oauth_`, decoded, with their places: of the query, the header, the form.
    /// `oauth_signature` is among them.
    pub sent: Parameters,
    /// Where the protocol parameters stand; that of the signature if they are scattered, `None` if there are none.
    pub place: Option<Source>,
    /// The realm, not percent-decoded.
    pub realm: Option<Vec<u8>>,
    /// The signature, decoded once.
    pub signature: Option<Vec<u8>>,
    /// What is wrong with the form of it: the header's grammar, the encoding of values, places.
    pub findings: Vec<Finding>,
}

impl SignedRequest {
    /// Reads a request.
    ///
    /// # Errors
    /// [`Malformed`] where there is nothing to sign again: the URL is not absolute, or there are several Content-Type fields.
    pub fn read(pasted: &PastedRequest) -> Result<SignedRequest, Malformed> {
        let url = Url::parse(&pasted.url)?;
        let mut findings = Vec::new();
        let read = authorization(&pasted.headers, &mut findings);
        let mut protocol = read.parameters;
        let mut headers = pasted.headers.clone();
        headers.retain(|(name, _)| !name.eq_ignore_ascii_case(b"authorization"));
        let mut sent = Parameters::new();
        let list = list(&headers);
        Request { method: &pasted.method, url, headers: &list, body: pasted.body.as_deref(), protocol: &protocol, realm: None }
            .gather(&mut sent)?;
        sent.retain(|parameter| is_protocol(parameter.name));
        drop(list);
        let signature = find_signature(&sent);
        let place = signature.as_ref().map(|(_, place)| *place).or_else(|| sent.iter().next().map(|parameter| parameter.source));
        if sent.is_empty() {
            findings.extend(oauth_elsewhere(pasted));
        }
        value::check(&sent, &mut findings);
        protocol.retain(|parameter| parameter.name != b"oauth_signature");
        Ok(SignedRequest {
            method: pasted.method.clone(),
            url: pasted.url.clone(),
            headers,
            body: pasted.body.clone(),
            protocol,
            sent,
            place,
            realm: read.realm,
            signature: signature.map(|(signature, _)| signature),
            findings,
        })
    }

    /// The header fields as [`SignedRequest::request`] wants them.
    #[must_use]
    pub fn list(&self) -> Vec<Header<'_>> {
        list(&self.headers)
    }

    /// The request that gets signed again. Collecting leaves out an `oauth_signature` that travels in query or form.
    ///
    /// # Errors
    /// [`Malformed::Url`] if the URL was changed to one that is not absolute.
    pub fn request<'a>(&'a self, headers: &'a [Header<'a>]) -> Result<Request<'a>, Malformed> {
        let url = Url::parse(&self.url)?;
        Ok(Request {
            method: &self.method,
            url,
            headers,
            body: self.body.as_deref(),
            protocol: &self.protocol,
            realm: self.realm.as_deref(),
        })
    }

    /// A protocol parameter's value, decoded, wherever it stands.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&[u8]> {
        self.sent.first(name)
    }

    /// What was sent against what is required (sections 3.1, 3.3, 3.4): missing, empty and repeated parameters, version, timestamp,
    /// nonce. `now`, in seconds since 1970, is what the timestamp is compared with.
    #[must_use]
    pub fn requirements(&self, now: Option<u64>) -> Vec<Finding> {
        requirements::check(self, now)
    }
}

impl fmt::Debug for SignedRequest {
    /// Counts in place of values: it is somebody's real request.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignedRequest")
            .field("place", &self.place)
            .field("parameters", &self.sent.len())
            .field("findings", &self.findings)
            .finish_non_exhaustive()
    }
}

fn list(fields: &Fields) -> Vec<Header<'_>> {
    fields.iter().map(|(name, value)| Header { name, value }).collect()
}

/// Whether a name begins with `oauth_`, in any letter case: names in another case are not protocol parameters, but were meant to be.
fn is_protocol(name: &[u8]) -> bool {
    name.get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"oauth_"))
}

/// The signature and its place; one whose name is in another letter case is better than none.
fn find_signature(sent: &Parameters) -> Option<(Vec<u8>, Source)> {
    let exact = sent.iter().find(|parameter| parameter.name == b"oauth_signature");
    let found = exact.or_else(|| sent.iter().find(|parameter| parameter.name.eq_ignore_ascii_case(b"oauth_signature")))?;
    Some((found.value.to_vec(), found.source))
}

/// The Authorization field, strictly if that can be, leniently otherwise.
fn authorization(fields: &Fields, findings: &mut Vec<Finding>) -> Authorization {
    let all: Vec<&[u8]> = values(fields, "authorization").collect();
    if all.len() > 1 {
        findings.push(Finding::must("3.5.1", "there are several Authorization fields; one alone is read"));
    }
    let Some(value) = all.iter().find(|value| is_oauth(value)).or_else(|| all.iter().find(|value| header::is_meant(value))) else {
        return Authorization::default();
    };
    let before = findings.len();
    let lenient = header::read(value, findings);
    match Authorization::parse(value) {
        Ok(strict) => strict,
        Err(why) => {
            let has_grammar = findings.get(before..).unwrap_or_default().iter().any(|finding| finding.weight == Weight::Must);
            if !has_grammar {
                findings.push(Finding::must("3.5.1", why.to_string()));
            }
            lenient
        }
    }
}

/// Where the parameters may have gone, when there are none.
fn oauth_elsewhere(pasted: &PastedRequest) -> Option<Finding> {
    let in_body = pasted.body.as_deref().is_some_and(|body| memchr::memmem::find(body, b"oauth_consumer_key=").is_some());
    if in_body {
        return Some(Finding::must(
            "3.5.2",
            "the body has OAuth parameters, but the Content-Type is not application/x-www-form-urlencoded",
        ));
    }
    let mut fields = values(&pasted.headers, "authorization").peekable();
    (fields.peek().is_some() && !fields.any(is_oauth))
        .then(|| Finding::must("3.5.1", "the Authorization field is of another scheme, and there are no OAuth parameters elsewhere"))
}
