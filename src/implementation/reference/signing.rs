//! `sign` and `base_string`: a request and its credentials become the signature (RFC 5849 section 3.4) and the request to be sent (section
//! 3.5). A request that the specification forbids to send is refused.

use super::{Reference, Wanted, headers, text};
use crate::deviation::input::with_inputs;
use crate::protocol::request::is_form;
use crate::protocol::transmission::ProtocolParameters;
use crate::protocol::verification::Refusal;
use crate::protocol::{Code, Derivation, Header, Parameters, PrivateKey, Request, Secrets, SignatureMethod, Source, Url};
use crate::vectors::question::{Credentials, SignInput, Transmission};
use crate::vectors::{Output, Stages, Text};

/// The field that a form-encoded body has; a request whose parameters travel in its body gets it if it has none.
const FORM: Header<'static> = Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded" };

impl Reference {
    pub(super) fn sign(&mut self, input: &SignInput, wanted: Wanted) -> Result<Output, Refusal> {
        let method = SignatureMethod::from_name(input.signature_method.as_bytes())?;
        values_are_allowed(input, method)?;
        let headers = headers_to_sign(input);
        let request = prepare(input, &headers, &mut self.protocol)?;
        let mut secrets = Secrets::new(secret_of(Some(&input.client)), secret_of(input.token.as_ref()));
        if method.is_rsa() {
            secrets = secrets.with_private_key(Some(self.private_key.read(input.private_key.as_deref(), PrivateKey::from_pem)?));
        }
        self.conduct.derive(&mut self.derivation, &request, method, &secrets)?;
        let signature = &self.derivation.signature;
        let mut output = Output { signature: Some(text(signature)), ..Output::default() };
        if wanted.transmission {
            let realm = input.realm.as_ref().map(Text::as_bytes);
            let sending = &self.conduct.practice.sending;
            let sent = sending.sent(&request, signature);
            match input.transmission {
                Transmission::Header => output.authorization = Some(sending.header(realm, &sent)?.into()),
                Transmission::Body => output.body = Some(sending.body(request.body, &sent).into()),
                Transmission::Query => output.url = Some(sending.query(&request.url, &sent).into()),
            }
        }
        if wanted.stages {
            let key = (!method.is_rsa()).then(|| text(self.derivation.key()));
            output.stages = Some(Stages { key, ..stages(&self.derivation) });
        }
        Ok(output)
    }

    /// The base string alone, for which neither secrets nor a known signature method are needed.
    pub(super) fn base_string(&mut self, input: &SignInput, wanted: Wanted) -> Result<Output, Refusal> {
        let headers = headers_to_sign(input);
        let request = prepare(input, &headers, &mut self.protocol)?;
        let recipe = &self.conduct.practice.recipe;
        with_inputs(&self.conduct.inputs, &request, |request| self.derivation.derive_base_string(recipe, request))?;
        Ok(Output {
            base_string: Some(text(&self.derivation.base_string)),
            stages: wanted.stages.then(|| stages(&self.derivation)),
            ..Output::default()
        })
    }
}

/// Lets `use_it` see the request that a question asks to sign, with its signature method and secrets: for those who derive it in other
/// ways.
///
/// # Errors
/// What keeps the request from being sent, or the key from being read.
pub fn with_subject<T>(
    input: &SignInput,
    use_it: impl FnOnce(&Request<'_>, Option<SignatureMethod>, &Secrets<'_>) -> T,
) -> Result<T, Refusal> {
    let headers = headers_to_sign(input);
    let mut protocol = Parameters::new();
    let request = prepare(input, &headers, &mut protocol)?;
    let method = SignatureMethod::from_name(input.signature_method.as_bytes()).ok();
    let key = input.private_key.as_deref().filter(|_| method.is_some_and(SignatureMethod::is_rsa)).map(PrivateKey::from_pem).transpose()?;
    let secrets = Secrets::new(secret_of(Some(&input.client)), secret_of(input.token.as_ref())).with_private_key(key.as_ref());
    Ok(use_it(&request, method, &secrets))
}

fn secret_of(credentials: Option<&Credentials>) -> &[u8] {
    credentials.and_then(|credentials| credentials.secret.as_ref()).map(Text::as_bytes).unwrap_or_default()
}

fn stages(derivation: &Derivation) -> Stages {
    Stages {
        base_uri: Some(text(&derivation.base_uri)),
        normalized: Some(text(&derivation.normalized)),
        base_string: Some(text(&derivation.base_string)),
        key: None,
    }
}

/// The header fields, with the Content-Type that a body of protocol parameters will have: what that body holds already is signed too.
fn headers_to_sign(input: &SignInput) -> Vec<Header<'_>> {
    let mut headers = headers(&input.headers);
    let typed = || input.headers.iter().any(|(name, _)| name.as_bytes().eq_ignore_ascii_case(FORM.name));
    if input.transmission == Transmission::Body && !typed() {
        headers.push(FORM);
    }
    headers
}

/// The request as it is signed. Its protocol parameters are put into `protocol`.
fn prepare<'a>(input: &'a SignInput, headers: &'a [Header<'a>], protocol: &'a mut Parameters) -> Result<Request<'a>, Refusal> {
    let url = Url::parse(input.url.as_bytes())?;
    let optional = |value: &'a Option<Text>| value.as_ref().map(Text::as_bytes);
    protocol.clear();
    ProtocolParameters {
        client: input.client.identifier.as_bytes(),
        token: input.token.as_ref().map(|token| token.identifier.as_bytes()),
        signature_method: input.signature_method.as_bytes(),
        timestamp: optional(&input.timestamp),
        nonce: optional(&input.nonce),
        version: optional(&input.version),
        callback: optional(&input.callback),
        verifier: optional(&input.verifier),
        body_hash: optional(&input.body_hash),
    }
    .append_to(protocol);
    if !input.extra.is_empty() {
        for (name, value) in &input.extra {
            protocol.push(name.as_bytes(), value.as_bytes(), Source::Header);
        }
        names_stand_once(protocol)?;
    }
    let request =
        Request { method: input.method.as_bytes(), url, headers, body: optional(&input.body), protocol, realm: optional(&input.realm) };
    body_can_be_sent(input, &request)?;
    Ok(request)
}

/// Section 3.1: each protocol parameter stands there once. The signature is one of them, and a realm among them would be taken for the
/// header's own.
fn names_stand_once(protocol: &Parameters) -> Result<(), Refusal> {
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

/// A body hash does not go with a form (body hash draft, section 4.1.1), and protocol parameters go into no other body (RFC 5849 section
/// 3.5.2).
fn body_can_be_sent(input: &SignInput, request: &Request<'_>) -> Result<(), Refusal> {
    let sent_as_form = match input.transmission {
        Transmission::Body => {
            let content_type = request.field("content-type", "several Content-Type fields")?;
            if !content_type.is_some_and(is_form) {
                return Err(Refusal::new(
                    Code::MalformedRequest,
                    "protocol parameters travel only in a form-encoded body (RFC 5849 section 3.5.2)",
                ));
            }
            true
        }
        Transmission::Header | Transmission::Query => request.form()?.is_some(),
    };
    if sent_as_form && request.protocol.first("oauth_body_hash").is_some() {
        return Err(Refusal::new(Code::ParameterRejected, "oauth_body_hash with a form-encoded body (body hash draft, section 4.1.1)"));
    }
    Ok(())
}

/// Section 3.1: what it requires is there, and what is there has a value that it allows. PLAINTEXT may leave timestamp and nonce out.
fn values_are_allowed(input: &SignInput, method: SignatureMethod) -> Result<(), Refusal> {
    let is_given = |value: Option<&Text>| value.is_some_and(|value| !value.as_bytes().is_empty());
    if input.version.as_ref().is_some_and(|version| version.as_bytes() != b"1.0") {
        return Err(Refusal::new(Code::VersionRejected, "oauth_version is not 1.0 (RFC 5849 section 3.1)"));
    }
    if input.timestamp.as_ref().is_some_and(|timestamp| !is_positive_integer(timestamp.as_bytes())) {
        return Err(Refusal::new(Code::TimestampRefused, "the timestamp is not a positive integer (RFC 5849 section 3.3)"));
    }
    if method != SignatureMethod::Plaintext && !(input.timestamp.is_some() && is_given(input.nonce.as_ref())) {
        return Err(Refusal::new(Code::ParameterAbsent, "timestamp or nonce is missing or empty (RFC 5849 section 3.1)"));
    }
    if !is_given(Some(&input.client.identifier)) {
        return Err(Refusal::new(Code::ParameterAbsent, "the client identifier is empty (RFC 5849 section 3.1)"));
    }
    if input.realm.as_ref().is_some_and(|realm| realm.as_bytes().iter().any(u8::is_ascii_control)) {
        return Err(Refusal::new(Code::MalformedRequest, "the realm holds a control character (RFC 5849 section 3.5.1)"));
    }
    Ok(())
}

fn is_positive_integer(text: &[u8]) -> bool {
    text.iter().all(u8::is_ascii_digit) && text.iter().any(|&digit| digit != b'0')
}
