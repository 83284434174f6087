//! The resource owner's part (RFC 5849 section 2.2): a page with allow and deny, and the way back to the client. The decision comes to a
//! path of our own with a ticket that only the page has, so that no other page can decide.

use maud::{DOCTYPE, html};

use super::endpoints::verifier as new_verifier;
use super::http::Reply;
use super::inspector;
use super::provider::{Asked, Provider};
use super::refusal::{Refused, encoded};
use super::store::Token;
use super::verifying::{NotVerified, sent_request};
use crate::profile::document::{EndpointName, TokenType};
use crate::profile::exchange::Exchange;
use crate::profile::{Party, check_request};
use crate::protocol::Code;

fn refuse(refused: Refused) -> Box<NotVerified> {
    Box::new(NotVerified { refused, explanation: None })
}

/// The page, or with auto-approval the way back at once. What stands in the URL beside the token is not looked at: the callback is the
/// one that was signed (section 2.1).
pub(super) fn page(provider: &Provider, asked: &Asked<'_>) -> Result<Reply, Box<NotVerified>> {
    let presented = ["oauth_token", "token"].iter().find_map(|name| asked.reading.value(name)).unwrap_or_default();
    let token = provider.lock().store.token(presented).cloned();
    let client = token.as_ref().and_then(|token| provider.lock().store.client(&token.client));
    let exchange = Exchange {
        endpoint: EndpointName::Authorize,
        request: sent_request(asked),
        client: client.as_ref().map(|client| client.in_exchange()),
        token: token.as_ref().map(|token| token.in_exchange(asked.off)),
        now: Some(asked.clock()),
        seen: Vec::new(),
        response: None,
    };
    let broken = check_request(&provider.law, &exchange, &asked.reading)
        .into_iter()
        .find(|finding| finding.by == Party::Client && finding.code.is_some());
    if let Some(finding) = broken {
        let refused = Refused::new(finding.code.unwrap_or(Code::MalformedRequest), finding.because);
        return Err(refuse(Refused { rule: Some(finding.rule), parameters: finding.parameters, ..refused }));
    }
    let temporary = |token: &&Token| token.token_type == TokenType::Temporary && token.exchanged.is_none() && token.decision.is_none();
    let Some(token) = token.as_ref().filter(temporary) else {
        let because = match &token {
            None => "the request token is unknown: a + in it must be percent-encoded, and each one serves for one login",
            Some(_) => "the request token was used before: each one serves for one login",
        };
        return Err(refuse(Refused::new(Code::TokenRejected, because)));
    };
    if provider.settings.auto_approve {
        return decide(provider, &token.identifier, true, asked.now).map_err(refuse);
    }
    let client = String::from_utf8_lossy(&token.client).into_owned();
    let callback = token.callback.as_deref().unwrap_or("oob");
    let ticket = token.ticket.as_deref().unwrap_or_default();
    let action = match asked.fault {
        Some(fault) => format!("/_fault/{}/_countersign/decide", fault.name),
        None => "/_countersign/decide".to_owned(),
    };
    Ok(own_html(
        200,
        &format!("{} (sandbox)", provider.profile.name),
        &html! {
            p { "The client " b { (client) } " asks for access." }
            p { "Afterwards you are sent to " code { (callback) } "." }
            form method="post" action=(action) {
                input type="hidden" name="ticket" value=(ticket);
                button type="submit" name="decision" value="allow" { "Allow" }
                " "
                button type="submit" name="decision" value="deny" { "Deny" }
            }
        },
    ))
}

/// Pages of our own: what stands below `/_countersign/`.
pub(super) fn own_page(provider: &Provider, asked: &Asked<'_>, rest: &str) -> Reply {
    match (rest, asked.incoming.method.as_slice()) {
        ("followed", _) => inspector::followed(provider, asked),
        ("decide", b"POST") => decision(provider, asked),
        ("", b"GET") => inspector::page(provider),
        ("inspector.js", b"GET") => inspector::script(),
        ("exchanges", b"GET") => inspector::list(provider, asked),
        _ => Reply::new(404, "text/plain;charset=utf-8", "there is nothing here\n"),
    }
}

fn decision(provider: &Provider, asked: &Asked<'_>) -> Reply {
    let mut form = crate::protocol::Parameters::new();
    form.push_form(asked.incoming.body.as_deref().unwrap_or_default(), crate::protocol::Source::Body);
    let allow = match form.first("decision") {
        Some(b"allow") => true,
        Some(b"deny") => false,
        _ => return Reply::new(400, "text/plain;charset=utf-8", "decision is neither allow nor deny\n"),
    };
    let ticket = form.first("ticket").unwrap_or_default();
    let found = provider.lock().store.by_ticket(ticket).map(|token| token.identifier.clone());
    let refused = || Reply::new(403, "text/plain;charset=utf-8", "this login is over: the client has to begin again\n");
    match found.map(|token| decide(provider, &token, allow, asked.now)) {
        Some(Ok(reply)) => reply,
        Some(Err(_)) | None => refused(),
    }
}

/// Writes the decision down, once, and sends the user back.
fn decide(provider: &Provider, token: &[u8], allow: bool, now: u64) -> Result<Reply, Refused> {
    let code = new_verifier(provider)?;
    let mut state = provider.lock();
    let over = || Refused::new(Code::TokenRejected, "this login is over: the client has to begin again");
    let (identifier, client, callback) = {
        let token = state.store.token_mut(token).filter(|token| token.decision.is_none()).ok_or_else(over)?;
        if token.lifetime.is_some_and(|lifetime| now.saturating_sub(token.issued) > lifetime) {
            return Err(over());
        }
        token.decision = Some(allow);
        token.ticket = None;
        token.verifier = allow.then(|| code.clone());
        (token.identifier.clone(), token.client.clone(), token.callback.clone())
    };
    let configured = state.store.client(&client).and_then(|client| client.callback.clone()).filter(|callback| !callback.is_empty());
    drop(state);
    let callback = callback.filter(|callback| callback != "oob").or(configured);
    let identifier = String::from_utf8_lossy(&identifier).into_owned();
    Ok(match callback {
        Some(callback) => back(provider, &callback, &identifier, allow.then_some(&code)),
        None if allow => own_html(
            200,
            "Allowed",
            &html! {
                p { "Give the client this code: " code id="verifier" { (code) } }
            },
        )
        // For tests that have no browser.
        .with("X-Countersign-Verifier", &code),
        None => own_html(200, "Denied", &html! { p { "The client gets no access." } }),
    })
}

/// The redirection to the callback: its own query is kept, ours stands behind it (section 2.2).
fn back(provider: &Provider, callback: &str, token: &str, code: Option<&String>) -> Reply {
    let named = provider.profile.endpoints.get(&EndpointName::Authorize).map(|endpoint| endpoint.response.parameters.as_slice());
    let has = |name: &str| named.unwrap_or_default().iter().any(|parameter| parameter.name == name);
    let mut said = Vec::new();
    if has("oauth_token") {
        said.push(format!("oauth_token={}", encoded(token)));
    }
    said.push(match code {
        Some(code) => format!("oauth_verifier={}", encoded(code)),
        None => "oauth_problem=permission_denied".to_owned(),
    });
    let (before, fragment) = match callback.split_once('#') {
        Some((before, fragment)) => (before, format!("#{fragment}")),
        None => (callback, String::new()),
    };
    let separator = match before {
        before if before.ends_with(['?', '&']) => "",
        before if before.contains('?') => "&",
        _ => "?",
    };
    Reply::new(302, "text/plain;charset=utf-8", "").with("Location", format!("{before}{separator}{}{fragment}", said.join("&")))
}

/// A page of ours: it loads nothing from anywhere, and nobody may frame it.
pub(super) fn own_html(status: u16, title: &str, content: &maud::Markup) -> Reply {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { (title) } style { (maud::PreEscaped(STYLE)) } }
            body { h1 { (title) } (content) }
        }
    };
    Reply::new(status, "text/html; charset=utf-8", page.into_string())
        .with(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'",
        )
        .with("X-Content-Type-Options", "nosniff")
        .with("Referrer-Policy", "no-referrer")
        .with("Cache-Control", "no-store")
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:2em auto;max-width:60em;padding:0 1em;color:#222;background:#fff}\
    code,pre{font-family:ui-monospace,monospace;font-size:.9em;overflow-wrap:anywhere;white-space:pre-wrap}\
    article{border:1px solid #bbb;border-radius:6px;padding:0 1em;margin:1em 0}article.refused{border-left:6px solid #b00020}\
    article.answered{border-left:6px solid #1b7f3b}h2{font-size:1em}dt{font-weight:bold}dd{margin:0 0 .5em 1em}mark{background:#ffd54f}\
    button{font:inherit;padding:.3em 1em}@media(prefers-color-scheme:dark){body{color:#ddd;background:#181818}mark{background:#7a5c00;color:#fff}}";
