//! The crate [`oauth1_request`] as a [`Signer`]. It takes a request as its users do: a URI without query, and decoded parameters of
//! query and form in one list. What its interface has no words for is said to be unsupported.

use std::num::NonZeroU64;

use countersign::testing::{Declined, Signed, Signer};
use countersign::vectors::Text;
use countersign::vectors::question::{Credentials, SignInput, Transmission};
use oauth1_request::signature_method::SignatureMethod;
use oauth1_request::signature_method::rsa_sha1_09::{DecodePrivateKey as _, RsaPrivateKey, RsaSha1};
use oauth1_request::{Builder, HMAC_SHA1, PLAINTEXT, ParameterList};
use rsa::pkcs1::DecodeRsaPrivateKey as _;

/// The library under test.
pub struct Oauth1Request;

impl Signer for Oauth1Request {
    fn name(&self) -> String {
        "oauth1-request 0.6".to_owned()
    }

    fn signature_methods(&self) -> Vec<&'static str> {
        vec!["HMAC-SHA1", "RSA-SHA1", "PLAINTEXT"]
    }

    fn features(&self) -> Vec<&'static str> {
        vec!["form_body", "duplicates", "callback", "verifier", "no_version", "fixed_nonce", "transmission"]
    }

    fn sign(&mut self, request: &SignInput) -> Result<Signed, Declined> {
        match request.signature_method.as_str() {
            Some("HMAC-SHA1") => sign_with(request, HMAC_SHA1),
            Some("PLAINTEXT") => sign_with(request, PLAINTEXT),
            Some("RSA-SHA1") => {
                let pem = request.private_key.as_deref().unwrap_or_default();
                let key = RsaPrivateKey::from_pkcs8_pem(pem).or_else(|_| RsaPrivateKey::from_pkcs1_pem(pem));
                let key = key.map_err(|error| Declined::Refused(error.to_string()))?;
                sign_with(request, RsaSha1::new(key))
            }
            _ => Err(Declined::Refused("there is no type for this signature method".to_owned())),
        }
    }
}

fn sign_with<M: SignatureMethod + Clone>(request: &SignInput, signature_method: M) -> Result<Signed, Declined> {
    let url = text(&request.url)?;
    let before_fragment = url.split('#').next().unwrap_or_default();
    let (uri, query) = before_fragment.split_once('?').unwrap_or((before_fragment, ""));
    let form = form(request)?;
    let pairs = form_urlencoded::parse(query.as_bytes()).chain(form_urlencoded::parse(form.as_bytes()));
    let parameters: ParameterList<_, _> = pairs.collect::<Vec<_>>().into();

    if request.nonce.is_none() || request.timestamp.is_none() {
        return Err(Declined::Unsupported("a request without nonce or timestamp: the library would make one".to_owned()));
    }
    let timestamp = request.timestamp.as_ref().map(text).transpose()?;
    let number: Option<NonZeroU64> = timestamp.map(str::parse).transpose().map_err(|error| Declined::Refused(format!("{error}")))?;
    if number.map(|number| number.to_string()).as_deref() != timestamp {
        return Err(Declined::Unsupported("a timestamp with leading zeros".to_owned()));
    }
    let mut builder = Builder::new(credentials(&request.client)?, signature_method);
    builder
        .token(request.token.as_ref().map(credentials).transpose()?)
        .callback(request.callback.as_ref().map(text).transpose()?)
        .verifier(request.verifier.as_ref().map(text).transpose()?)
        .nonce(request.nonce.as_ref().map(text).transpose()?)
        .timestamp(number)
        .version(request.version.is_some());
    let method = text(&request.method)?;
    match request.transmission {
        Transmission::Header => Ok(Signed::header(builder.authorize(method, uri, &parameters))),
        // One list of parameters is signed and written to one place.
        Transmission::Body if query.is_empty() => Ok(Signed::body(builder.to_form(method, uri, &parameters))),
        Transmission::Query if form.is_empty() => Ok(Signed::query(builder.to_query(method, uri.to_owned(), &parameters))),
        Transmission::Body | Transmission::Query => Err(Declined::Unsupported("parameters of the URI and of a form apart".to_owned())),
    }
}

/// The body of the request, if it is one whose parameters are signed.
fn form(request: &SignInput) -> Result<&str, Declined> {
    if request.headers.iter().any(|(name, _)| name.as_bytes().eq_ignore_ascii_case(b"host")) {
        return Err(Declined::Unsupported("a Host field beside the URI".to_owned()));
    }
    let is_form = request.headers.iter().any(|(name, value)| {
        let media_type = value.as_bytes().split(|&octet| octet == b';').next().unwrap_or_default();
        name.as_bytes().eq_ignore_ascii_case(b"content-type")
            && media_type.trim_ascii().eq_ignore_ascii_case(b"application/x-www-form-urlencoded")
    });
    match &request.body {
        Some(body) if is_form => text(body),
        Some(_) if request.transmission == Transmission::Body => {
            Err(Declined::Unsupported("a body that it does not write itself".to_owned()))
        }
        _ => Ok(""),
    }
}

fn credentials(given: &Credentials) -> Result<oauth1_request::Credentials<&str>, Declined> {
    let secret = given.secret.as_ref().map(text).transpose()?.unwrap_or_default();
    Ok(oauth1_request::Credentials::new(text(&given.identifier)?, secret))
}

fn text(text: &Text) -> Result<&str, Declined> {
    text.as_str().ok_or_else(|| Declined::Unsupported("octets that are not UTF-8".to_owned()))
}
