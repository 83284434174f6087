//! What a signer looks at before it signs (RFC 5849 sections 3.1, 3.3 and 3.5), as a record of checks, one function each: a request that
//! servers would have to refuse is not made. A signer without scruples is the same record with one field replaced.

use super::error::{Code, Malformed};
use super::parameters::Parameters;
use super::request::{Request, Url, is_form};
use super::signature::SignatureMethod;
use super::transmission::ProtocolParameters;
use super::verification::Refusal;

/// Reads the URL of a request that is to be signed.
pub type ReadUrl = for<'a> fn(&'a [u8]) -> Result<Url<'a>, Malformed>;

/// A check of the protocol parameters that are asked for: it passes or gives the refusal.
pub type CheckValues = fn(&ProtocolParameters<'_>) -> Result<(), Refusal>;

/// The checks of a signer.
#[derive(Clone, Copy, Debug)]
pub struct Admission {
    /// The URL is absolute, and one of http or https (3.4.1.2).
    pub url: ReadUrl,
    /// `oauth_version` is `1.0` or absent (3.1).
    pub version: CheckValues,
    /// The timestamp is a positive integer (3.3).
    pub timestamp: CheckValues,
    /// Timestamp and nonce are there where the signature method needs them (3.1).
    pub presence: CheckValues,
    /// The client's identifier is not empty (3.1).
    pub client: CheckValues,
    /// The realm can stand in a header (3.5.1; RFC 2617 section 1.2).
    pub realm: fn(&[u8]) -> Result<(), Refusal>,
    /// Each protocol parameter stands there once, under a name that it may have (3.1, 3.5.1).
    pub names: fn(&Parameters) -> Result<(), Refusal>,
    /// A body that is to hold the protocol parameters is form-encoded (3.5.2).
    pub body: fn(&Request<'_>) -> Result<(), Refusal>,
    /// A body hash does not go with a form (body hash draft, section 4.1.1). The flag tells whether the request will be sent as a form.
    pub body_hash: fn(&Request<'_>, bool) -> Result<(), Refusal>,
}

impl Admission {
    /// The specification's own checks.
    pub const RFC5849: Admission =
        Admission { url: |text| Url::parse(text), version, timestamp, presence, client, realm, names, body, body_hash };
}

fn version(asked: &ProtocolParameters<'_>) -> Result<(), Refusal> {
    match asked.version {
        None | Some(b"1.0") => Ok(()),
        Some(_) => Err(Refusal::new(Code::VersionRejected, "oauth_version is not 1.0 (RFC 5849 section 3.1)")),
    }
}

fn timestamp(asked: &ProtocolParameters<'_>) -> Result<(), Refusal> {
    match asked.timestamp {
        Some(timestamp) if !is_positive_integer(timestamp) => {
            Err(Refusal::new(Code::TimestampRefused, "the timestamp is not a positive integer (RFC 5849 section 3.3)"))
        }
        _ => Ok(()),
    }
}

/// PLAINTEXT may leave timestamp and nonce out.
fn presence(asked: &ProtocolParameters<'_>) -> Result<(), Refusal> {
    let is_plaintext = asked.signature_method == SignatureMethod::Plaintext.as_str().as_bytes();
    if is_plaintext || (asked.timestamp.is_some() && asked.nonce.is_some_and(|nonce| !nonce.is_empty())) {
        return Ok(());
    }
    Err(Refusal::new(Code::ParameterAbsent, "timestamp or nonce is missing or empty (RFC 5849 section 3.1)"))
}

fn client(asked: &ProtocolParameters<'_>) -> Result<(), Refusal> {
    if asked.client.is_empty() {
        return Err(Refusal::new(Code::ParameterAbsent, "the client identifier is empty (RFC 5849 section 3.1)"));
    }
    Ok(())
}

fn realm(realm: &[u8]) -> Result<(), Refusal> {
    if realm.iter().any(u8::is_ascii_control) {
        return Err(Refusal::new(Code::MalformedRequest, "the realm holds a control character (RFC 5849 section 3.5.1)"));
    }
    Ok(())
}

/// The signature is one of the parameters that stand there once, and a realm among them would be taken for the header's own.
fn names(protocol: &Parameters) -> Result<(), Refusal> {
    let mut names: Vec<&[u8]> = protocol.iter().map(|parameter| parameter.name).chain([&b"oauth_signature"[..]]).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| matches!(pair, [first, second] if first == second)) {
        return Err(Refusal::new(Code::ParameterDuplicated, "a protocol parameter stands there more than once (RFC 5849 section 3.1)"));
    }
    if names.iter().any(|name| name.is_empty() || name.eq_ignore_ascii_case(b"realm")) {
        return Err(Refusal::new(Code::ParameterRejected, "no protocol parameter has this name (RFC 5849 section 3.5.1)"));
    }
    Ok(())
}

fn body(request: &Request<'_>) -> Result<(), Refusal> {
    let content_type = request.field("content-type", "several Content-Type fields")?;
    if !content_type.is_some_and(is_form) {
        return Err(Refusal::new(
            Code::MalformedRequest,
            "protocol parameters travel only in a form-encoded body (RFC 5849 section 3.5.2)",
        ));
    }
    Ok(())
}

fn body_hash(request: &Request<'_>, sent_as_form: bool) -> Result<(), Refusal> {
    if sent_as_form && request.protocol.first("oauth_body_hash").is_some() {
        return Err(Refusal::new(Code::ParameterRejected, "oauth_body_hash with a form-encoded body (body hash draft, section 4.1.1)"));
    }
    Ok(())
}

fn is_positive_integer(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit) && text.iter().any(|&digit| digit != b'0')
}
