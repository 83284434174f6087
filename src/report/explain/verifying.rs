//! `verify` explained: the checks of RFC 5849 sections 3.1 to 3.3 and 3.5 in their order, up to the one that refuses, with the derivation
//! where the signature is computed anew.

use super::{given, signing, step};
use crate::protocol::authorization::{self, Authorization};
use crate::protocol::nonce::{NonceKey, SeenNonces};
use crate::protocol::verification::{Check, Checks, Examined, Knowledge, KnownClient, KnownToken, Refusal};
use crate::protocol::{Code, Derivation, Header, Parameters, PublicKey, Recipe, Request, SignatureMethod, Url};
use crate::report::escape;
use crate::report::page::Page;
use crate::report::paint::Tone;
use crate::vectors::question::VerifyInput;
use crate::vectors::{Stages, Text};

pub(super) fn write(page: &mut Page, input: &VerifyInput) {
    received(page, input);
    if let Err(refusal) = put(page, input) {
        let told = format!("{}: {}", refusal.code, refusal.because);
        page.labelled(2, "refused: ", &told);
    }
}

fn received(page: &mut Page, input: &VerifyInput) {
    step(page, "", "request as received");
    given(page, "method", input.method.as_bytes());
    given(page, "url", input.url.as_bytes());
    for (name, value) in &input.headers {
        page.value(2, &format!("{:<11}{}: ", "header", escape::value(name.as_bytes())), value.as_bytes());
    }
    if let Some(body) = &input.body {
        given(page, "body", body.as_bytes());
    }
    step(page, "", "what the server knows");
    match &input.client {
        None => page.text(2, "no such client"),
        Some(client) => {
            given(page, "client", client.identifier.as_bytes());
            if let Some(secret) = &client.secret {
                given(page, "secret", secret.as_bytes());
            }
            if client.public_key.is_some() {
                page.labelled(2, "key        ", "an RSA public key");
            }
        }
    }
    if let Some(token) = &input.token {
        given(page, "token", token.identifier.as_bytes());
        if let Some(secret) = &token.secret {
            given(page, "secret", secret.as_bytes());
        }
    }
    for (label, number) in [("now        ", input.now), ("window     ", input.window)] {
        if let Some(number) = number {
            page.labelled(2, label, &number.to_string());
        }
    }
    for (client, token, timestamp, nonce) in &input.seen {
        let token = token.as_ref().map(Text::as_bytes).unwrap_or_default();
        let seen = [client.as_bytes(), token, timestamp.as_bytes(), nonce.as_bytes()].map(escape::shown).join(" ");
        page.labelled(2, "seen       ", &seen);
    }
    if let Some(allowed) = &input.allowed_methods {
        let allowed: Vec<String> = allowed.iter().map(|name| escape::shown(name.as_bytes())).collect();
        page.labelled(2, "allowed    ", &allowed.join(", "));
    }
}

/// Puts the request to each check, in the order of the reference.
fn put(page: &mut Page, input: &VerifyInput) -> Result<(), Refusal> {
    let headers: Vec<Header<'_>> =
        input.headers.iter().map(|(name, value)| Header { name: name.as_bytes(), value: value.as_bytes() }).collect();
    step(page, "3.5", "the request is read");
    let public_key = match input.client.as_ref().and_then(|client| client.public_key.as_deref()) {
        None => None,
        Some(pem) => Some(PublicKey::from_pem(pem)?),
    };
    let url = Url::parse(input.url.as_bytes())?;
    let header = header(&headers)?;
    let body = input.body.as_ref().map(Text::as_bytes);
    let request = Request {
        method: input.method.as_bytes(),
        url,
        headers: &headers,
        body,
        protocol: &header.parameters,
        realm: header.realm.as_deref(),
    };
    let mut all = Parameters::new();
    request.gather(&mut all)?;
    super::parameters(page, all.iter());
    let allowed: Option<Vec<SignatureMethod>> = input
        .allowed_methods
        .as_ref()
        .map(|names| names.iter().filter_map(|name| SignatureMethod::from_name(name.as_bytes()).ok()).collect());
    let knowledge = knowledge(input, public_key.as_ref(), allowed.as_deref());
    let protocol = all.iter().filter(|parameter| parameter.name.starts_with(b"oauth_")).collect();
    let examined = Examined { request, parameters: &all, protocol, knowledge };
    let checks = Checks::RFC5849;
    let before: [(&str, &str, Check); 8] = [
        ("3.5", "protocol parameters stand in one place, each once", checks.places),
        ("3.1", "oauth_version is 1.0 or absent", checks.version),
        ("3.1", "what is required is there", checks.presence),
        ("3.2", "the signature method is known and allowed", checks.method),
        ("3.4.4", "PLAINTEXT comes over TLS", checks.transport),
        ("3.2", "the client is known", checks.client),
        ("3.2", "the token is known", checks.token),
        ("3.3", "the timestamp is a positive integer inside the window", checks.timestamp),
    ];
    for (section, about, check) in before {
        step(page, section, about);
        check(&examined)?;
        fine(page);
    }
    signature(page, &examined, &checks)?;
    step(page, "body hash", "oauth_body_hash matches, where it is sent");
    (checks.body_hash)(&examined)?;
    fine(page);
    step(page, "3.3", "the nonce is new");
    let seen = input.seen.iter().map(|(client, token, timestamp, nonce)| NonceKey {
        client: client.as_bytes(),
        token: token.as_ref().map(Text::as_bytes).unwrap_or_default(),
        timestamp: timestamp.as_bytes(),
        nonce: nonce.as_bytes(),
    });
    (checks.nonce)(&examined, &mut SeenNonces::of(seen))?;
    fine(page);
    Ok(())
}

/// The signature, computed anew, beside the one that came.
fn signature(page: &mut Page, examined: &Examined<'_>, checks: &Checks) -> Result<(), Refusal> {
    let mut derivation = Derivation::default();
    let checked = (checks.signature)(examined, &mut derivation, &Recipe::RFC5849);
    if !derivation.base_string.is_empty() {
        step(page, "3.4.1.2", "base string URI");
        signing::stages(page, &derivation, &Stages::default(), None);
    }
    step(page, "3.2", "the signature is the one computed");
    let presented = examined.get("oauth_signature").unwrap_or_default();
    if derivation.signature.is_empty() {
        page.value(2, "presented  ", presented);
    } else {
        page.value(2, "key        ", derivation.key());
        page.value(2, "computed   ", &derivation.signature);
        page.value(2, "presented  ", presented);
    }
    checked?;
    fine(page);
    Ok(())
}

fn fine(page: &mut Page) {
    page.toned(Tone::Good, "  ok");
}

fn header(headers: &[Header<'_>]) -> Result<Authorization, Refusal> {
    let mut fields = headers.iter().filter(|header| header.name.eq_ignore_ascii_case(b"authorization"));
    match (fields.next(), fields.next()) {
        (Some(_), Some(_)) => Err(Refusal::new(Code::MalformedRequest, "several Authorization fields (RFC 2616 section 14.8 has one)")),
        (Some(field), None) if authorization::is_oauth(field.value) => Ok(Authorization::parse(field.value)?),
        _ => Ok(Authorization::default()),
    }
}

fn knowledge<'a>(input: &'a VerifyInput, public_key: Option<&'a PublicKey>, allowed: Option<&'a [SignatureMethod]>) -> Knowledge<'a> {
    let seconds = |number: i64| u64::try_from(number).unwrap_or(0);
    Knowledge {
        client: input.client.as_ref().map(|client| KnownClient {
            identifier: client.identifier.as_bytes(),
            secret: client.secret.as_ref().map(Text::as_bytes),
            public_key,
        }),
        token: input.token.as_ref().map(|token| KnownToken {
            identifier: token.identifier.as_bytes(),
            secret: token.secret.as_ref().map(Text::as_bytes).unwrap_or_default(),
        }),
        now: input.now.map(seconds),
        window: input.window.map(seconds),
        allowed_methods: allowed,
    }
}
