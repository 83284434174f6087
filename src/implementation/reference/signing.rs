//! `sign` and `base_string`: a request and its credentials become the signature (RFC 5849 section 3.4) and the request to be sent (section
//! 3.5). A request that the specification forbids to send is refused.

use super::{Reference, Wanted, headers, text};
use crate::deviation::input::with_inputs;
use crate::protocol::admission::Admission;
use crate::protocol::transmission::ProtocolParameters;
use crate::protocol::verification::Refusal;
use crate::protocol::{Derivation, Header, Parameters, PrivateKey, Request, Secrets, SignatureMethod, Source};
use crate::vectors::question::{Credentials, SignInput, Transmission};
use crate::vectors::{Output, Stages, Text};

/// The field that a form-encoded body has; a request whose parameters travel in its body gets it if it has none.
const FORM: Header<'static> = Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded" };

impl Reference {
    pub(super) fn sign(&mut self, input: &SignInput, wanted: Wanted) -> Result<Output, Refusal> {
        let method = SignatureMethod::from_name(input.signature_method.as_bytes())?;
        let admission = &self.conduct.practice.admission;
        values_are_allowed(admission, input)?;
        let headers = headers_to_sign(input);
        let request = prepare(admission, input, &headers, &mut self.protocol)?;
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
        let request = prepare(&self.conduct.practice.admission, input, &headers, &mut self.protocol)?;
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
/// ways. `admission` says what is looked at before.
///
/// # Errors
/// What keeps the request from being sent, or the key from being read.
pub fn with_subject<T>(
    admission: &Admission,
    input: &SignInput,
    use_it: impl FnOnce(&Request<'_>, Option<SignatureMethod>, &Secrets<'_>) -> T,
) -> Result<T, Refusal> {
    let headers = headers_to_sign(input);
    let mut protocol = Parameters::new();
    let request = prepare(admission, input, &headers, &mut protocol)?;
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

/// The protocol parameters that are asked for.
fn asked(input: &SignInput) -> ProtocolParameters<'_> {
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
}

fn optional(value: &Option<Text>) -> Option<&[u8]> {
    value.as_ref().map(Text::as_bytes)
}

/// Looks at the values before anything is derived.
fn values_are_allowed(admission: &Admission, input: &SignInput) -> Result<(), Refusal> {
    let asked = asked(input);
    for check in [admission.version, admission.timestamp, admission.presence, admission.client] {
        check(&asked)?;
    }
    optional(&input.realm).map_or(Ok(()), admission.realm)
}

/// The request as it is signed. Its protocol parameters are put into `protocol`.
fn prepare<'a>(
    admission: &Admission,
    input: &'a SignInput,
    headers: &'a [Header<'a>],
    protocol: &'a mut Parameters,
) -> Result<Request<'a>, Refusal> {
    let url = (admission.url)(input.url.as_bytes())?;
    protocol.clear();
    asked(input).append_to(protocol);
    if !input.extra.is_empty() {
        for (name, value) in &input.extra {
            protocol.push(name.as_bytes(), value.as_bytes(), Source::Header);
        }
        (admission.names)(protocol)?;
    }
    let request =
        Request { method: input.method.as_bytes(), url, headers, body: optional(&input.body), protocol, realm: optional(&input.realm) };
    let in_body = input.transmission == Transmission::Body;
    if in_body {
        (admission.body)(&request)?;
    }
    let sent_as_form = in_body || request.form()?.is_some();
    (admission.body_hash)(&request, sent_as_form)?;
    Ok(request)
}
