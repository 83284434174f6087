//! What the endpoints do with a request that verified: temporary credentials (RFC 5849 section 2.1), token credentials (2.3), renewal,
//! revocation, and a resource that tells what it got.

use std::borrow::Cow;

use serde::Serialize;

use super::http::Reply;
use super::provider::{Asked, Provider};
use super::refusal::{Refused, form};
use super::store::{NotExchanged, Token};
use super::verifying::Verified;
use crate::profile::document::{Endpoint, EndpointName, TokenType};
use crate::profile::value::Value;
use crate::protocol::{Code, Url};

/// Answers a request that verified.
pub(super) fn answer(
    provider: &Provider,
    asked: &Asked<'_>,
    name: EndpointName,
    endpoint: &Endpoint,
    verified: &Verified<'_>,
) -> Result<Reply, Refused> {
    match name {
        EndpointName::RequestToken => request_token(provider, asked, endpoint, verified),
        EndpointName::AccessToken => access_token(provider, asked, endpoint, verified),
        EndpointName::Renew => renew(provider, asked, endpoint, verified),
        EndpointName::Revoke => revoke(provider, asked, endpoint, verified),
        EndpointName::Resource | EndpointName::Authorize => resource(provider, asked, endpoint, verified),
    }
}

fn request_token(provider: &Provider, asked: &Asked<'_>, endpoint: &Endpoint, verified: &Verified<'_>) -> Result<Reply, Refused> {
    // Section 2.1 asks for it: without it anybody's approval could be used (OAuth Security Advisory 2009.1). Some providers say that they
    // take the registered callback then, and the code alone goes back to it.
    let callback = verified.reading.value("oauth_callback").filter(|callback| !callback.is_empty());
    // And some have no user who would be sent anywhere.
    let takes_none = !provider.profile.callback.oob && !provider.profile.callback.url;
    let is_optional = takes_none || endpoint.optional.iter().any(|name| name == "oauth_callback");
    let Some(callback) = callback.or(is_optional.then_some(b"oob")) else {
        let because = "oauth_callback is missing or empty (RFC 5849 section 2.1)";
        return Err(Refused { parameters: vec!["oauth_callback".to_owned()], ..Refused::new(Code::ParameterAbsent, because) });
    };
    let callback = String::from_utf8(callback.to_vec()).map_err(|_| bad_callback("oauth_callback is not UTF-8"))?;
    let allowed = &verified.client.callbacks;
    if let Some(fault) = callback_fault(&callback) {
        return Err(bad_callback(fault));
    }
    if callback != "oob" && !allowed.is_empty() && !allowed.contains(&callback) {
        return Err(bad_callback("oauth_callback is none of those registered for the client"));
    }
    let token = issue(provider, asked, endpoint, verified, TokenType::Temporary)?;
    let token = Token { callback: Some(callback), ticket: Some(random_text(provider, 32)?), ..token };
    let reply = credentials(provider, endpoint, &token)?;
    if provider.profile.endpoints.contains_key(&EndpointName::Authorize) {
        keep(provider, asked, token)?;
        return Ok(reply);
    }
    // Nobody is asked: the shop itself has sent the verifier to the client, and here a field of our own stands for that.
    let code = random_text(provider, 32)?;
    let token = Token { decision: Some(true), verifier: Some(code.clone()), ticket: None, ..token };
    keep(provider, asked, token)?;
    Ok(reply.with("X-Countersign-Verifier", code))
}

fn bad_callback(because: &'static str) -> Refused {
    Refused { parameters: vec!["oauth_callback".to_owned()], ..Refused::new(Code::ParameterRejected, because) }
}

/// Why a callback may not be one: a browser would run it, read a file for it, or show another host than it goes to.
fn callback_fault(callback: &str) -> Option<&'static str> {
    if callback == "oob" {
        return None;
    }
    if callback.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return Some("oauth_callback holds white space or a control character");
    }
    let scheme = callback.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
    match scheme.as_deref() {
        Some("javascript" | "data" | "vbscript" | "file" | "blob" | "about" | "filesystem" | "view-source") => {
            Some("oauth_callback has a scheme that no callback has")
        }
        Some("http" | "https") => match Url::parse(callback.as_bytes()) {
            Ok(url) if url.authority.contains(&b'@') => Some("oauth_callback holds user information"),
            Ok(_) => None,
            Err(_) => Some("oauth_callback is no URL"),
        },
        Some(scheme) if scheme.starts_with(|first: char| first.is_ascii_alphabetic()) => None,
        _ => Some("oauth_callback is no absolute URL"),
    }
}

fn access_token(provider: &Provider, asked: &Asked<'_>, endpoint: &Endpoint, verified: &Verified<'_>) -> Result<Reply, Refused> {
    let temporary = verified.token.as_ref().ok_or_else(token_missing)?;
    let verifier = verified.reading.value("oauth_verifier").unwrap_or_default();
    if verifier.is_empty() {
        let because = "oauth_verifier is missing or empty (RFC 5849 section 2.3)";
        return Err(Refused { parameters: vec!["oauth_verifier".to_owned()], ..Refused::new(Code::ParameterAbsent, because) });
    }
    let token = issue(provider, asked, endpoint, verified, TokenType::Access)?;
    let reply = credentials(provider, endpoint, &token)?;
    let exchanged = provider.lock().store.exchange(&temporary.identifier, verifier, asked.now);
    exchanged.map_err(|why| {
        let (problem, because) = match why {
            NotExchanged::Unknown => ("token_rejected", "the request token is unknown"),
            NotExchanged::Before => ("token_used", "the request token was exchanged before: it and its verifier serve once"),
            NotExchanged::Undecided => ("permission_unknown", "the user has not decided yet"),
            NotExchanged::Denied => ("permission_denied", "the user has refused"),
            NotExchanged::Verifier => ("token_rejected", "oauth_verifier is not the one of this token"),
            NotExchanged::Guessed => ("token_rejected", "too many wrong verifiers were presented with this token: start again"),
        };
        Refused::new(Code::TokenRejected, because).naming(problem)
    })?;
    keep(provider, asked, token)?;
    Ok(reply)
}

fn token_missing() -> Refused {
    Refused { parameters: vec!["oauth_token".to_owned()], ..Refused::new(Code::ParameterAbsent, "oauth_token is missing") }
}

fn renew(provider: &Provider, asked: &Asked<'_>, endpoint: &Endpoint, verified: &Verified<'_>) -> Result<Reply, Refused> {
    let old = verified.token.as_ref().ok_or_else(token_missing)?;
    let gives_new = endpoint.response.parameters.iter().any(|parameter| parameter.name == "oauth_token" && !parameter.optional);
    if !gives_new {
        if let Some(token) = provider.lock().store.token_mut(&old.identifier) {
            token.renewed = Some(asked.now);
        }
        return Ok(Reply::new(200, "text/html;charset=utf-8", "Access Token has been renewed"));
    }
    use subtle::ConstantTimeEq as _;
    let presented = verified.reading.value("oauth_session_handle").unwrap_or_default();
    if !old.handle.as_ref().is_some_and(|handle| bool::from(handle.as_bytes().ct_eq(presented))) {
        return Err(Refused::new(Code::TokenRejected, "oauth_session_handle is not the one of this token"));
    }
    let token = issue(provider, asked, endpoint, verified, TokenType::Access)?;
    let reply = credentials(provider, endpoint, &token)?;
    // Replacing is one step: of two renewals at once, one comes too late.
    match provider.lock().store.token_mut(&old.identifier) {
        Some(token) if token.revoked.is_none() => token.revoked = Some(asked.now),
        _ => return Err(Refused::new(Code::TokenRejected, "the token was replaced before").naming("token_used")),
    }
    keep(provider, asked, token)?;
    Ok(reply)
}

fn revoke(provider: &Provider, asked: &Asked<'_>, _endpoint: &Endpoint, verified: &Verified<'_>) -> Result<Reply, Refused> {
    let token = verified.token.as_ref().ok_or_else(token_missing)?;
    if let Some(token) = provider.lock().store.token_mut(&token.identifier) {
        token.revoked = Some(asked.now);
    }
    Ok(Reply::new(200, "text/html;charset=utf-8", "Revoked Access Token"))
}

/// What the resource got, without its secrets.
fn resource(provider: &Provider, asked: &Asked<'_>, _endpoint: &Endpoint, verified: &Verified<'_>) -> Result<Reply, Refused> {
    if let Some(token) = &verified.token {
        let mut state = provider.lock();
        match state.store.token_mut(&token.identifier) {
            Some(token) if token.revoked.is_none() => token.last_used = Some(asked.now),
            _ => return Err(Refused::new(Code::TokenRejected, "the token was revoked or replaced").naming("token_revoked")),
        }
    }
    let text = String::from_utf8_lossy;
    let open = verified.reading.parameters.iter().filter(|found| !found.name.starts_with(b"oauth_signature"));
    let got = Got {
        client: text(&verified.client.identifier),
        method: text(&asked.incoming.method),
        parameters: open.map(|found| [text(&found.name), text(&found.value)]).collect(),
        path: asked.path,
        token: verified.token.as_ref().map(|token| text(&token.identifier)),
    };
    let mut body = serde_json::to_vec(&got).unwrap_or_default();
    body.push(b'\n');
    Ok(Reply::new(200, "application/json", body))
}

/// What a resource got.
#[derive(Serialize)]
struct Got<'a> {
    client: Cow<'a, str>,
    method: Cow<'a, str>,
    parameters: Vec<[Cow<'a, str>; 2]>,
    path: &'a str,
    token: Option<Cow<'a, str>>,
}

/// New credentials of the forms that the profile documents.
fn issue(provider: &Provider, asked: &Asked<'_>, endpoint: &Endpoint, verified: &Verified<'_>, of: TokenType) -> Result<Token, Refused> {
    let text = |name: &str| value_of(provider, endpoint, name);
    let mut token = Token::new(of, &verified.client.identifier, text("oauth_token")?, text("oauth_token_secret")?);
    token.issued = asked.now;
    let lifetimes = &provider.profile.tokens;
    let told = endpoint.response.parameters.iter().any(|parameter| parameter.name == "oauth_expires_in");
    token.lifetime = match of {
        TokenType::Temporary => lifetimes.temporary.seconds.or(told.then_some(HOUR)),
        TokenType::Access => lifetimes.access.seconds.or(told.then_some(HOUR)),
    };
    let has_handle = endpoint.response.parameters.iter().any(|parameter| parameter.name == "oauth_session_handle");
    if has_handle {
        token.handle = Some(text("oauth_session_handle")?);
    }
    Ok(token)
}

const HOUR: u64 = 3600;

/// The answer that carries credentials.
fn credentials(provider: &Provider, endpoint: &Endpoint, token: &Token) -> Result<Reply, Refused> {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    let mut said = Vec::new();
    for parameter in endpoint.response.parameters.iter().filter(|parameter| !parameter.optional) {
        let value = match parameter.name.as_str() {
            "oauth_token" => text(&token.identifier),
            "oauth_token_secret" => text(token.secret.expose()),
            "oauth_callback_confirmed" => provider.settings.callback_confirmed.clone(),
            "oauth_expires_in" => token.lifetime.unwrap_or(HOUR).to_string(),
            "oauth_session_handle" => token.handle.clone().unwrap_or_default(),
            "xoauth_request_auth_url" => {
                let url = provider.url(EndpointName::Authorize).unwrap_or_default();
                format!("{url}?oauth_token={}", super::refusal::encoded(&text(&token.identifier)))
            }
            name => value_of(provider, endpoint, name)?,
        };
        said.push((parameter.name.as_str(), value));
    }
    let content_type = endpoint.response.content_type.as_deref().unwrap_or("application/x-www-form-urlencoded");
    Ok(Reply::untyped(endpoint.response.status, form(&said)).with("Content-Type", content_type))
}

/// A value of the form that the profile documents for a parameter of the answer.
fn value_of(provider: &Provider, endpoint: &Endpoint, name: &str) -> Result<String, Refused> {
    let documented = endpoint.response.parameters.iter().find(|parameter| parameter.name == name).map(|parameter| &parameter.value);
    match documented {
        Some(Value::Hex {}) => random_hex(provider),
        Some(Value::PositiveInteger {}) => Ok(HOUR.to_string()),
        Some(Value::OneOf { values }) => Ok(values.first().cloned().unwrap_or_default()),
        Some(Value::Typeable { max }) => random_text(provider, (*max).min(12)),
        _ if name == "oauth_verifier" => random_text(provider, 8),
        _ => random_base64(provider),
    }
}

/// The verification code of the profile's form.
pub(super) fn verifier(provider: &Provider) -> Result<String, Refused> {
    match provider.profile.endpoints.get(&EndpointName::Authorize) {
        Some(endpoint) => value_of(provider, endpoint, "oauth_verifier"),
        None => random_text(provider, 8),
    }
}

fn keep(provider: &Provider, asked: &Asked<'_>, token: Token) -> Result<(), Refused> {
    if provider.lock().store.add(token, asked.now) {
        Ok(())
    } else {
        Err(Refused::new(Code::TokenRejected, "there is no room for another token").with_status(503))
    }
}

fn random<const N: usize>(provider: &Provider) -> Result<[u8; N], Refused> {
    let mut octets = [0; N];
    // Without randomness there are no credentials: a guessable one is worse than none.
    let refused = || Refused::new(Code::TokenRejected, "the system has no random numbers").with_status(500);
    (provider.random)(&mut octets).then_some(octets).ok_or_else(refused)
}

/// Letters and digits that a person can type, none of which look alike.
pub(super) fn random_text(provider: &Provider, length: usize) -> Result<String, Refused> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let octets = random::<64>(provider)?;
    Ok(octets.iter().take(length).filter_map(|octet| LETTERS.get(usize::from(octet % 32))).map(|letter| char::from(*letter)).collect())
}

fn random_hex(provider: &Provider) -> Result<String, Refused> {
    Ok(random::<20>(provider)?.iter().map(|octet| format!("{octet:02x}")).collect())
}

/// Base64 as several providers give it out: whoever forgets to encode it is found out, so each has `+`, `/` and `=`.
fn random_base64(provider: &Provider) -> Result<String, Refused> {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(random::<31>(provider)?);
    let place = |at: usize, letter: char| match at {
        5 => '+',
        11 => '/',
        _ => letter,
    };
    Ok(text.chars().enumerate().map(|(at, letter)| place(at, letter)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_callback_must_be_one_that_a_browser_may_follow() {
        for bad in [
            "javascript:alert(1)",
            "JaVaScRiPt:x",
            "data:text/html,x",
            "//evil/",
            "/relative",
            "http://a@b/",
            "http://h/\r\nX: y",
            " http://h/",
            "http://",
            "file:///etc/passwd",
            "1a:b",
            "OOB",
        ] {
            assert!(callback_fault(bad).is_some(), "{bad}");
        }
        for good in ["oob", "http://h/cb?x=1", "https://[::1]:8080/", "myapp://cb", "com.example.app:/cb"] {
            assert_eq!(callback_fault(good), None, "{good}");
        }
    }
}
