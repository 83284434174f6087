//! `sign` and `base_string` explained: RFC 5849 section 3.4, stage by stage, and section 3.5.

use super::{Explained, beside, failure_words, given, parameters, step};
use crate::judgement::protocol_parameters;
use crate::protocol::{Derivation, Header, Malformed, Parameters, Recipe, Request, SignatureMethod, Url};
use crate::report::escape;
use crate::report::page::Page;
use crate::vectors::question::{SignInput, Transmission};
use crate::vectors::{Stages, Text};

pub(super) fn write(page: &mut Page, explained: &Explained<'_>, input: &SignInput, signed: bool) {
    request(page, input, signed);
    let protocol = protocol_parameters(input);
    let expected = explained.expected.and_then(|output| output.stages.as_ref());
    let none = Stages::default();
    let derived = derivation(page, input, &protocol, expected.unwrap_or(&none), explained.expected.and_then(|o| o.base_string.as_ref()));
    let answered = explained.answered();
    let (Some(output), Ok(())) = (answered, derived) else {
        step(page, "3.4", "signature");
        return page.text(2, &failure_words(explained.observation));
    };
    if signed {
        let method = SignatureMethod::from_name(input.signature_method.as_bytes()).ok();
        let section = section_of(method);
        step(page, section, "key");
        match output.stages.as_ref().and_then(|stages| stages.key.as_ref()) {
            Some(key) => beside(page, key.as_bytes(), expected.and_then(|stages| stages.key.as_ref())),
            None => page.text(2, "the RSA private key of the input"),
        }
        step(page, section, "signature");
        if let Some(signature) = &output.signature {
            beside(page, signature.as_bytes(), explained.expected.and_then(|output| output.signature.as_ref()));
        }
        for (section, about, text) in [
            ("3.5.1", "Authorization header", &output.authorization),
            ("3.5.3", "URL to send", &output.url),
            ("3.5.2", "body to send", &output.body),
        ] {
            if let Some(text) = text {
                step(page, section, about);
                page.value(2, "", text.as_bytes());
            }
        }
    }
}

const fn section_of(method: Option<SignatureMethod>) -> &'static str {
    match method {
        Some(SignatureMethod::Plaintext) => "3.4.4",
        Some(method) if method.is_rsa() => "3.4.3",
        _ => "3.4.2",
    }
}

fn request(page: &mut Page, input: &SignInput, signed: bool) {
    step(page, "", "request");
    given(page, "method", input.method.as_bytes());
    given(page, "url", input.url.as_bytes());
    for (name, value) in &input.headers {
        page.value(2, &format!("{:<11}{}: ", "header", escape::value(name.as_bytes())), value.as_bytes());
    }
    let optional = |page: &mut Page, label: &str, value: Option<&Text>| {
        if let Some(value) = value {
            given(page, label, value.as_bytes());
        }
    };
    optional(page, "body", input.body.as_ref());
    if signed {
        optional(page, "client", input.client.secret.as_ref());
        optional(page, "token", input.token.as_ref().and_then(|token| token.secret.as_ref()));
    }
    optional(page, "realm", input.realm.as_ref());
}

/// The stages up to the base string. Stops at the first one that cannot be.
fn derivation(
    page: &mut Page,
    input: &SignInput,
    protocol: &Parameters,
    expected: &Stages,
    base_string: Option<&Text>,
) -> Result<(), Malformed> {
    step(page, "3.4.1.1", "method");
    page.value(2, "", &input.method.as_bytes().to_ascii_uppercase());
    step(page, "3.4.1.2", "base string URI");
    let mut headers: Vec<Header<'_>> =
        input.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect();
    if input.transmission == Transmission::Body && !headers.iter().any(|header| header.name.eq_ignore_ascii_case(b"content-type")) {
        headers.push(Header { name: b"Content-Type", value: b"application/x-www-form-urlencoded" });
    }
    let mut derivation = Derivation::default();
    let derived = Url::parse(input.url.as_bytes()).and_then(|url| {
        let body = input.body.as_ref().map(Text::as_bytes);
        let request = Request { method: input.method.as_bytes(), url, headers: &headers, body, protocol, realm: None };
        derivation.derive_base_string(&Recipe::RFC5849, &request)
    });
    if let Err(fault) = derived {
        page.text(2, &format!("refused: {}: {fault}", fault.code()));
        return Err(fault);
    }
    stages(page, &derivation, expected, base_string);
    Ok(())
}

/// The stages of a finished derivation, from the base string URI to the base string.
pub(super) fn stages(page: &mut Page, derivation: &Derivation, expected: &Stages, base_string: Option<&Text>) {
    beside(page, &derivation.base_uri, expected.base_uri.as_ref());
    step(page, "3.4.1.3.1", "parameters that are signed, decoded, and where they stand");
    parameters(page, derivation.parameters.iter());
    step(page, "3.4.1.3.2", "encoded and sorted");
    for parameter in derivation.encoded.iter() {
        page.value(2, "", &[parameter.name, b"=", parameter.value].concat());
    }
    step(page, "3.4.1.3.2", "normalized parameters");
    beside(page, &derivation.normalized, expected.normalized.as_ref());
    step(page, "3.4.1.1", "signature base string");
    beside(page, &derivation.base_string, expected.base_string.as_ref().or(base_string));
}
