//! One request of a probe: drafted good, changed, signed by the reference, changed again, written, and changed once more.

use super::means::{Means, Pair};
use super::step::Edit;
use super::target::Target;
use crate::implementation::live::Outgoing;
use crate::profile::document::Place;
use crate::protocol::sending::Sending;
use crate::protocol::signature::body_hash;
use crate::protocol::{Header, Malformed, Parameters, Recipe, Request, Secret, Secrets, SignatureMethod, Url, derive};

/// The media type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";

/// What the client calls itself: some front ends refuse requests without a name.
pub const AGENT: &str = concat!("countersign/", env!("CARGO_PKG_VERSION"));

/// What differs from request to request.
#[derive(Clone, Debug)]
pub struct Stamp {
    /// The time in seconds since 1970.
    pub now: u64,
    /// A random nonce.
    pub nonce: String,
}

/// A request before it is signed.
#[derive(Clone, Debug)]
pub struct Draft {
    /// The HTTP method that is signed.
    pub method: String,
    /// The absolute URL that is signed, without protocol parameters.
    pub url: String,
    /// A form of the request's own.
    pub form: Option<String>,
    /// The protocol parameters, decoded, but for the signature.
    pub protocol: Vec<(String, Vec<u8>)>,
    /// Where they stand.
    pub place: Place,
    /// The realm of the header.
    pub realm: Option<String>,
    /// The client's secret that signs.
    pub client_secret: Secret,
    /// The token's secret that signs.
    pub token_secret: Secret,
    /// The method that signs, whatever is said.
    pub signature_method: SignatureMethod,
}

/// What is sent, after it was signed.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The HTTP method.
    pub method: String,
    /// The absolute URL, without protocol parameters.
    pub url: String,
    /// A form of the request's own.
    pub form: Option<String>,
    /// The protocol parameters with the signature, decoded, in their order.
    pub parameters: Vec<(String, Vec<u8>)>,
    /// Where they stand.
    pub place: Place,
    /// The realm of the header.
    pub realm: Option<String>,
}

/// A request as it goes out, with what was signed.
#[derive(Clone, Debug)]
pub struct Composed {
    /// What goes out.
    pub outgoing: Outgoing,
    /// The protocol parameters.
    pub sent: Sent,
    /// The base string, if there was one.
    pub base_string: Vec<u8>,
}

impl Draft {
    /// A good request to an endpoint.
    #[must_use]
    pub fn good(target: &Target, means: &Means, pair: Option<&Pair>, callback: Option<&str>, stamp: &Stamp) -> Draft {
        let mut protocol: Vec<(String, Vec<u8>)> = Vec::new();
        let mut push = |name: &str, value: &[u8]| protocol.push((name.to_owned(), value.to_vec()));
        push("oauth_consumer_key", means.client.as_bytes());
        if let Some(pair) = pair.filter(|_| target.token.is_some()) {
            push("oauth_token", &pair.identifier);
        }
        push("oauth_signature_method", target.signature_method.as_str().as_bytes());
        push("oauth_timestamp", stamp.now.to_string().as_bytes());
        push("oauth_nonce", stamp.nonce.as_bytes());
        if target.requires("oauth_version") {
            push("oauth_version", b"1.0");
        }
        if let Some(callback) = callback {
            push("oauth_callback", callback.as_bytes());
        }
        if let Some(verifier) = pair.and_then(|pair| pair.verifier.as_ref()).filter(|_| target.requires("oauth_verifier")) {
            push("oauth_verifier", verifier);
        }
        if let Some(handle) = pair.and_then(|pair| pair.handle.as_ref()).filter(|_| target.requires("oauth_session_handle")) {
            push("oauth_session_handle", handle);
        }
        for (name, value) in target.parameters.iter().filter(|(name, _)| name.starts_with("oauth_")) {
            push(name, value.as_bytes());
        }
        let mut draft = Draft {
            method: target.method.clone(),
            url: target.url.clone(),
            form: None,
            protocol,
            place: target.place,
            realm: target.realm.clone(),
            client_secret: means.secret.clone().unwrap_or_default(),
            token_secret: pair
                .filter(|_| target.with_token_secret && target.token.is_some())
                .map(|pair| pair.secret.clone())
                .unwrap_or_default(),
            signature_method: target.signature_method,
        };
        let own = target.parameters.iter().filter(|(name, _)| !name.starts_with("oauth_"));
        let pairs: Vec<String> = own.map(|(name, value)| format!("{}={}", encoded(name.as_bytes()), encoded(value.as_bytes()))).collect();
        if !pairs.is_empty() && draft.place == Place::Body {
            draft.form = Some(pairs.join("&"));
        } else if !pairs.is_empty() {
            let separator = if draft.url.contains('?') { '&' } else { '?' };
            draft.url = format!("{}{separator}{}", draft.url, pairs.join("&"));
        }
        if target.requires("oauth_body_hash") {
            draft.set("oauth_body_hash", body_hash(draft.signature_method, None).as_bytes());
        }
        draft
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        self.protocol.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// Gives a parameter another value, or adds it.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        set(&mut self.protocol, name, value);
    }

    /// Gives a parameter of the request's own another value, in the form or in the query.
    fn set_own(&mut self, name: &str, value: &[u8]) {
        let pair = format!("{}={}", encoded(name.as_bytes()), encoded(value));
        let is_other = |known: &&str| known.split('=').next() != Some(name);
        match &mut self.form {
            Some(form) => *form = form.split('&').filter(is_other).chain([pair.as_str()]).collect::<Vec<_>>().join("&"),
            None => {
                let (before, query) = self.url.split_once('?').unwrap_or((&self.url, ""));
                let pairs = query.split('&').filter(|pair| !pair.is_empty()).filter(is_other).chain([pair.as_str()]);
                self.url = format!("{before}?{}", pairs.collect::<Vec<_>>().join("&"));
            }
        }
    }

    /// Takes an edit that comes before the signature; others are left for later.
    fn before(&mut self, edit: &Edit) {
        match edit {
            Edit::Method(method) => self.method.clone_from(method),
            Edit::Place(place) => self.place = *place,
            Edit::Set(name, value) if is_protocol(name) => self.set(name, value),
            Edit::Set(name, value) => self.set_own(name, value),
            Edit::Again(name, value) => self.protocol.push((name.clone(), value.clone())),
            Edit::Without(name) => self.protocol.retain(|(known, _)| known != name),
            Edit::Later(seconds) => {
                let now = self.value("oauth_timestamp").and_then(|text| std::str::from_utf8(text).ok()?.parse::<u64>().ok());
                let moved = now.unwrap_or_default().saturating_add_signed(*seconds);
                self.set("oauth_timestamp", moved.to_string().as_bytes());
            }
            Edit::SignatureMethod(name) => {
                self.set("oauth_signature_method", name.as_bytes());
                if let Ok(method) = SignatureMethod::from_name(name.as_bytes()).map_err(drop)
                    && !method.is_rsa()
                {
                    self.signature_method = method;
                }
            }
            Edit::Query(query) => {
                let separator = if self.url.contains('?') { '&' } else { '?' };
                self.url = format!("{}{separator}{query}", self.url);
            }
            Edit::Before(change) => change(self),
            Edit::Between(_) | Edit::After(_) => {}
        }
    }

    /// Changes, signs and writes.
    ///
    /// # Errors
    /// A request that cannot be signed at all.
    pub fn compose(mut self, edits: &[Edit], means: &Means) -> Result<Composed, Malformed> {
        edits.iter().for_each(|edit| self.before(edit));
        let (signature, base_string) = self.sign(means)?;
        let mut sent =
            Sent { method: self.method, url: self.url, form: self.form, parameters: self.protocol, place: self.place, realm: self.realm };
        let is_unsigned = edits.iter().any(|edit| matches!(edit, Edit::Without(name) if name == "oauth_signature"));
        if !is_unsigned {
            sent.parameters.push(("oauth_signature".to_owned(), signature));
        }
        for edit in edits {
            if let Edit::Between(change) = edit {
                change(&mut sent);
            }
        }
        let mut outgoing = sent.write()?;
        for edit in edits {
            if let Edit::After(change) = edit {
                change(&mut outgoing);
            }
        }
        Ok(Composed { outgoing, sent, base_string })
    }

    fn sign(&self, means: &Means) -> Result<(Vec<u8>, Vec<u8>), Malformed> {
        let protocol = list(&self.protocol);
        let form = Header { name: b"Content-Type", value: FORM.as_bytes() };
        let headers = if self.form.is_some() { vec![form] } else { Vec::new() };
        let request = Request {
            method: self.method.as_bytes(),
            url: Url::parse(self.url.as_bytes())?,
            headers: &headers,
            body: self.form.as_deref().map(str::as_bytes),
            protocol: &protocol,
            realm: None,
        };
        let secrets = Secrets::new(self.client_secret.expose(), self.token_secret.expose()).with_private_key(means.private_key.as_ref());
        let derivation = derive(&Recipe::RFC5849, &request, self.signature_method, &secrets)?;
        Ok((derivation.signature.to_vec(), derivation.base_string.to_vec()))
    }
}

impl Sent {
    /// Gives a parameter another value, or adds it.
    pub fn set(&mut self, name: &str, value: &[u8]) {
        set(&mut self.parameters, name, value);
    }

    /// The first value of a parameter.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&[u8]> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_slice())
    }

    /// As it stands on the wire (RFC 5849 section 3.5).
    ///
    /// # Errors
    /// What no header can hold.
    pub fn write(&self) -> Result<Outgoing, Malformed> {
        let sent = list(&self.parameters);
        let mut outgoing = Outgoing {
            method: self.method.clone(),
            url: self.url.clone(),
            headers: vec![("User-Agent".to_owned(), AGENT.as_bytes().to_vec()), ("Accept".to_owned(), b"*/*".to_vec())],
            body: self.form.clone().map(String::into_bytes),
        };
        match self.place {
            Place::Header => {
                let value = Sending::RFC5849.header(self.realm.as_deref().map(str::as_bytes), &sent)?;
                outgoing.headers.push(("Authorization".to_owned(), value));
            }
            Place::Query => {
                let url = Sending::RFC5849.query(&Url::parse(self.url.as_bytes())?, &sent);
                outgoing.url = String::from_utf8_lossy(&url).into_owned();
            }
            Place::Body => outgoing.body = Some(Sending::RFC5849.body(outgoing.body.as_deref(), &sent)),
        }
        if outgoing.body.is_some() {
            outgoing.headers.push(("Content-Type".to_owned(), FORM.as_bytes().to_vec()));
        }
        Ok(outgoing)
    }
}

fn is_protocol(name: &str) -> bool {
    name.starts_with("oauth_") || name.starts_with("xoauth_")
}

fn set(list: &mut Vec<(String, Vec<u8>)>, name: &str, value: &[u8]) {
    match list.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => *old = value.to_vec(),
        None => list.push((name.to_owned(), value.to_vec())),
    }
}

fn list(parameters: &[(String, Vec<u8>)]) -> Parameters {
    Parameters::of_header(parameters.iter().map(|(name, value)| (name.as_bytes(), value.as_slice())))
}

/// A text percent-encoded by section 3.6.
#[must_use]
pub fn encoded(octets: &[u8]) -> String {
    let mut out = crate::protocol::Buffer::default();
    crate::protocol::percent_encode(octets, &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The value of the Authorization field, to be changed.
#[must_use]
pub fn authorization(outgoing: &mut Outgoing) -> Option<&mut Vec<u8>> {
    outgoing.headers.iter_mut().find(|(name, _)| name.eq_ignore_ascii_case("authorization")).map(|(_, value)| value)
}
