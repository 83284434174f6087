//! The derivation of one request for whoever has to send or debug it: every stage, the request to send, a `curl` line, and an `openssl`
//! line that computes the signature anew.

use serde::Serialize;

use super::commands;
use super::escape;
use super::page::{Layout, Page};
use super::paint::Tone;
use crate::judgement::plain;
use crate::protocol::transmission::{self, Transmission};
use crate::protocol::{Derivation, Malformed, Request, SignatureMethod, Source};
use crate::vectors::Text;

/// Whose secrets a request was signed with, and who looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// They are invented: everything is shown.
    Synthetic,
    /// They are somebody's: neither key nor signature is shown, so that what is shown can be passed on. Nobody who has it can try out
    /// secrets on it.
    Real,
    /// They are somebody's, who wants to see everything on his own terminal.
    Revealed,
}

impl Disclosure {
    const fn hides(self) -> bool {
        matches!(self, Disclosure::Real)
    }
}

/// A request that has been signed.
#[derive(Clone, Copy, Debug)]
pub struct SignedRequest<'a> {
    /// The request; its `protocol` list is what was signed, without the signature.
    pub request: &'a Request<'a>,
    /// The signature method.
    pub method: SignatureMethod,
    /// The derivation of the signature.
    pub derivation: &'a Derivation,
    /// How the protocol parameters are sent.
    pub transmission: Transmission,
    /// The realm of the header.
    pub realm: Option<&'a [u8]>,
    /// Whose secrets they are.
    pub disclosure: Disclosure,
    /// The file of the RSA private key, for the `openssl` line.
    pub private_key_file: Option<&'a str>,
}

/// Parameters whose values are credentials of their own.
const SENSITIVE: [&[u8]; 4] = [b"oauth_verifier", b"oauth_session_handle", b"x_auth_password", b"oauth_token_secret"];

/// What is written in place of what is hidden.
const HIDDEN: &str = "(hidden: --reveal shows it)";

/// The request as it is sent.
pub(super) struct Sent {
    pub(super) authorization: Option<Vec<u8>>,
    pub(super) url: Vec<u8>,
    pub(super) body: Option<Vec<u8>>,
}

/// Everything that may be shown; `None` is hidden or does not apply.
struct Shown {
    /// Why base string and normalized parameters are hidden.
    withheld: Option<String>,
    sent: Option<Sent>,
    curl: Option<String>,
    openssl: String,
}

impl SignedRequest<'_> {
    /// # Errors
    /// What forbids to send the request so: a realm with a control character, a body that is no form.
    fn shown(&self) -> Result<Shown, Malformed> {
        let sent = self.sent()?;
        let hides = self.disclosure.hides();
        let withheld = self.withheld();
        let curl = (!hides).then(|| commands::curl(self.request, &sent));
        let openssl = commands::openssl(self, hides, withheld.is_some());
        Ok(Shown { withheld, sent: (!hides).then_some(sent), curl, openssl })
    }

    fn sent(&self) -> Result<Sent, Malformed> {
        let (request, signature) = (self.request, &*self.derivation.signature);
        let mut sent = Sent { authorization: None, url: request.url.text.to_vec(), body: request.body.map(<[u8]>::to_vec) };
        match self.transmission {
            Transmission::Header => sent.authorization = Some(transmission::header(self.realm, request.protocol, signature)?),
            Transmission::Query => sent.url = transmission::query(&request.url, request.protocol, signature),
            Transmission::Body => {
                let content_type = request.field("content-type", "several Content-Type fields")?;
                sent.body = Some(transmission::body(request.body, content_type, request.protocol, signature)?);
            }
        }
        Ok(sent)
    }

    /// Why the base string is not shown: it holds a credential.
    fn withheld(&self) -> Option<String> {
        if !self.disclosure.hides() {
            return None;
        }
        let sensitive = self.derivation.parameters.iter().find(|parameter| SENSITIVE.contains(&parameter.name));
        sensitive.map(|parameter| format!("(hidden: it holds {}; --reveal shows it)", escape::value(parameter.name)))
    }

    const fn section(&self) -> &'static str {
        match self.method {
            SignatureMethod::Plaintext => "3.4.4",
            method if method.is_rsa() => "3.4.3",
            _ => "3.4.2",
        }
    }
}

/// Writes a signed request for people.
///
/// # Errors
/// What forbids to send the request so: a realm with a control character, a body that is no form.
pub fn sign(signed: &SignedRequest<'_>, layout: Layout) -> Result<String, Malformed> {
    let shown = signed.shown()?;
    let mut page = Page::new(layout);
    let derivation = signed.derivation;
    let withheld = shown.withheld.as_deref();
    value(&mut page, "3.4.1.1", "method", Some(&derivation.method), HIDDEN);
    value(&mut page, "3.4.1.2", "base string URI", Some(&derivation.base_uri), HIDDEN);
    step(&mut page, "3.4.1.3.1", "parameters that are signed, decoded, and where they stand");
    for parameter in derivation.parameters.iter() {
        let label = format!("{:<7} {} = ", place(parameter.source), escape::shown(parameter.name));
        if signed.disclosure.hides() && SENSITIVE.contains(&parameter.name) {
            page.labelled(2, &label, HIDDEN);
        } else {
            page.value(2, &label, parameter.value);
        }
    }
    let unless = |octets| if withheld.is_some() { None } else { Some(octets) };
    let instead = withheld.unwrap_or(HIDDEN);
    value(&mut page, "3.4.1.3.2", "normalized parameters", unless(&*derivation.normalized), instead);
    value(&mut page, "3.4.1.1", "signature base string", unless(&*derivation.base_string), instead);
    let visible = |octets| (!signed.disclosure.hides()).then_some(octets);
    if signed.method.is_rsa() {
        step(&mut page, signed.section(), "key");
        page.text(2, "the RSA private key (never shown)");
    } else {
        value(&mut page, signed.section(), "key", visible(derivation.key()), HIDDEN);
    }
    // Not even a digest of it: beside the base string, secrets could be tried against it.
    value(&mut page, signed.section(), "signature", visible(&*derivation.signature), HIDDEN);
    to_send(&mut page, signed, &shown);
    step(&mut page, "", "to compute the signature anew");
    page.raw(&format!("  {}", shown.openssl));
    Ok(page.finish())
}

fn to_send(page: &mut Page, signed: &SignedRequest<'_>, shown: &Shown) {
    let (section, about) = match signed.transmission {
        Transmission::Header => ("3.5.1", "Authorization header"),
        Transmission::Body => ("3.5.2", "body to send"),
        Transmission::Query => ("3.5.3", "URL to send"),
    };
    let text = shown.sent.as_ref().map(|sent| match signed.transmission {
        Transmission::Header => sent.authorization.as_deref().unwrap_or_default(),
        Transmission::Body => sent.body.as_deref().unwrap_or_default(),
        Transmission::Query => &sent.url,
    });
    step(page, section, about);
    match text {
        Some(text) => page.raw(&format!("  {}", escape::value(text))),
        None => page.text(2, HIDDEN),
    }
    step(page, "", "to send it");
    match &shown.curl {
        Some(curl) => page.raw(&format!("  {curl}")),
        None => page.text(2, HIDDEN),
    }
}

fn step(page: &mut Page, section: &str, about: &str) {
    page.blank();
    let section = page.paint(Tone::Faint, &format!("{section:<11}"));
    let about = page.paint(Tone::Heading, about);
    page.raw(&format!("{section}{about}"));
}

fn value(page: &mut Page, section: &str, about: &str, octets: Option<&[u8]>, instead: &str) {
    step(page, section, about);
    match octets {
        Some(octets) => page.value(2, "", octets),
        None => page.text(2, instead),
    }
}

const fn place(source: Source) -> &'static str {
    match source {
        Source::Query => "query",
        Source::Header => "header",
        Source::Body => "body",
    }
}

/// The same as JSON, one object with a line end behind. What is hidden is null.
///
/// # Errors
/// As [`sign`].
pub fn sign_json(signed: &SignedRequest<'_>) -> Result<String, Malformed> {
    let shown = signed.shown()?;
    let derivation = signed.derivation;
    let hides = signed.disclosure.hides();
    let text = |octets: &[u8]| Text::from(octets);
    let parameters = derivation.parameters.iter().map(|parameter| {
        let hidden = hides && SENSITIVE.contains(&parameter.name);
        Parameter { place: place(parameter.source), name: text(parameter.name), value: (!hidden).then(|| text(parameter.value)) }
    });
    let visible = |octets: &[u8]| (!hides).then(|| text(octets));
    let unless = |octets: &[u8]| shown.withheld.is_none().then(|| text(octets));
    let sent = shown.sent.as_ref();
    let document = Document {
        format: 1,
        signature_method: signed.method.as_str(),
        stages: Stages {
            method: text(&derivation.method),
            base_uri: text(&derivation.base_uri),
            parameters: parameters.collect(),
            normalized: unless(&derivation.normalized),
            base_string: unless(&derivation.base_string),
            key: if signed.method.is_rsa() { None } else { visible(derivation.key()) },
        },
        signature: visible(&derivation.signature),
        authorization: sent.and_then(|sent| sent.authorization.as_deref()).map(text),
        url: sent.map(|sent| text(&sent.url)),
        body: sent.and_then(|sent| sent.body.as_deref()).map(text),
        curl: shown.curl,
        openssl: shown.openssl,
    };
    let mut out = Vec::new();
    // A vector of octets takes everything, and the formatter writes nothing but UTF-8.
    let _ = plain::write_pretty(&document, &mut out);
    out.push(b'\n');
    Ok(String::from_utf8_lossy(&out).into_owned())
}

#[derive(Serialize)]
struct Document {
    format: u32,
    signature_method: &'static str,
    stages: Stages,
    signature: Option<Text>,
    authorization: Option<Text>,
    url: Option<Text>,
    body: Option<Text>,
    curl: Option<String>,
    openssl: String,
}

#[derive(Serialize)]
struct Stages {
    method: Text,
    base_uri: Text,
    parameters: Vec<Parameter>,
    normalized: Option<Text>,
    base_string: Option<Text>,
    key: Option<Text>,
}

#[derive(Serialize)]
struct Parameter {
    place: &'static str,
    name: Text,
    value: Option<Text>,
}
