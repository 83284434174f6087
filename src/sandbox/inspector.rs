//! The inspector page: every exchange with its parameters, the server's base string beside what the client's signature implies, the
//! diagnosis and the fix. A few lines of script ask for news; every text from outside is escaped.

use maud::{Markup, PreEscaped, html};

use super::authorize::own_html;
use super::entries::Entry;
use super::http::Reply;
use super::provider::{Asked, Provider};
use super::words::{brief, brief_end};
use crate::profile::document::Place;
use crate::profile::reading::Reading;

/// The most octets of a text on the page; how many octets a page's exchanges may have, and how many parameters each.
const MOST_TEXT: usize = 2048;
const MOST_PAGE: usize = 4 * 1024 * 1024;
const MOST_PARAMETERS: usize = 100;

/// Asks for what was not there yet, once a second, and puts it on top.
const SCRIPT: &str = r#""use strict";
const list = document.getElementById("exchanges");
const state = document.getElementById("state");
async function more() {
  const first = list.firstElementChild;
  try {
    const answer = await fetch("exchanges?after=" + (first ? first.dataset.number : 0), { cache: "no-store" });
    if (!answer.ok) { throw new Error(answer.status); }
    list.insertAdjacentHTML("afterbegin", await answer.text());
    state.textContent = list.childElementCount + " exchanges";
  } catch (error) {
    state.textContent = "the sandbox does not answer";
  }
  setTimeout(more, 1000);
}
more();
"#;

/// The whole page.
pub(super) fn page(provider: &Provider) -> Reply {
    own_html(
        200,
        &format!("{} (sandbox)", provider.profile.name),
        &html! {
            p { "Endpoints:" }
            dl {
                @for (name, path) in provider.routes.iter() {
                    dt { (name) }
                    dd { code { (provider.settings.scheme) "://" (provider.settings.authority) (path) } }
                }
            }
            p id="state" role="status" { "waiting for exchanges" }
            main id="exchanges" { (exchanges(provider, 0)) }
            script src="inspector.js" {}
        },
    )
}

/// The script of the page.
pub(super) fn script() -> Reply {
    Reply::new(200, "text/javascript; charset=utf-8", SCRIPT).with("Cache-Control", "no-store").with("X-Content-Type-Options", "nosniff")
}

/// Where redirections of faults lead: a good client never comes here.
pub(super) fn followed(provider: &Provider, asked: &Asked<'_>) -> Reply {
    let carried = asked.incoming.fields("authorization").next().is_some() || memchr::memmem::find(asked.url, b"oauth_").is_some();
    let what = if carried { "with protocol parameters" } else { "without protocol parameters" };
    provider.followed.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
    Reply::new(403, "text/plain;charset=utf-8", format!("the redirection was followed, {what}\n")).with("X-Countersign-Followed", what)
}

/// The exchanges after a number, the last one first, to be put into the page.
pub(super) fn list(provider: &Provider, asked: &Asked<'_>) -> Reply {
    let query = asked.url.split(|octet| *octet == b'?').nth(1).unwrap_or_default();
    let after = query.strip_prefix(b"after=").and_then(|digits| std::str::from_utf8(digits).ok()).and_then(|digits| digits.parse().ok());
    Reply::new(200, "text/html; charset=utf-8", exchanges(provider, after.unwrap_or(0)).into_string())
        .with("Cache-Control", "no-store")
        .with("X-Content-Type-Options", "nosniff")
}

fn exchanges(provider: &Provider, after: u64) -> Markup {
    let entries = provider.lock_entries().all();
    let mut page = String::new();
    for entry in entries.iter().rev().filter(|entry| entry.number > after) {
        if page.len() > MOST_PAGE {
            page.push_str(&html! { p { "Exchanges before these are not shown." } }.into_string());
            break;
        }
        page.push_str(&exchange(entry).into_string());
    }
    PreEscaped(page)
}

fn exchange(entry: &Entry) -> Markup {
    let kind = if entry.refused.is_some() { "refused" } else { "answered" };
    html! {
        article class=(kind) data-number=(entry.number) id={ "exchange-" (entry.number) } {
            h2 { (entry.number) ". " (entry.line()) }
            @let details = entry.details();
            @if !details.is_empty() {
                dl class="details" {
                    @for (name, value) in details.iter().filter(|(name, _)| !name.contains("base string")) {
                        dt { (name) }
                        dd { (value) }
                    }
                    (base_strings(entry))
                }
            }
            details {
                summary { "request and answer" }
                table {
                    @for (place, name, value) in parameters(entry) {
                        tr { td { (place) } td { code { (name) } } td { code { (value) } } }
                    }
                }
                pre { (request(entry)) }
                pre { (answer(entry)) }
            }
        }
    }
}

/// Both base strings, with what differs marked.
fn base_strings(entry: &Entry) -> Markup {
    let server = entry.refused.as_ref().and_then(|refused| refused.base_string.as_deref());
    let client = entry.explanation.as_ref().and_then(|found| found.base_string.as_deref());
    let other = client.or(server).unwrap_or_default();
    html! {
        @if let Some(server) = server {
            dt { "server's base string" }
            dd { code { (marked(server, other)) } }
        }
        @if let Some(client) = client {
            dt { "client's base string" }
            dd { code { (marked(client, server.unwrap_or_default())) } }
        }
    }
}

/// A text with the octets between the common beginning and the common end marked.
fn marked(text: &[u8], other: &[u8]) -> Markup {
    let same = |(one, two): &(&u8, &u8)| one == two;
    let before = text.iter().zip(other).take_while(same).count();
    let most = text.len().min(other.len()) - before;
    let after = text.iter().rev().zip(other.iter().rev()).take(most).take_while(same).count();
    let (start, rest) = text.split_at(before);
    let (middle, end) = rest.split_at(rest.len() - after);
    html! {
        (brief_end(start, MOST_TEXT))
        @if !middle.is_empty() { mark { (brief(middle, MOST_TEXT)) } }
        (brief(end, MOST_TEXT))
    }
}

/// The parameters that were sent, decoded.
fn parameters(entry: &Entry) -> Vec<(&'static str, String, String)> {
    let sent = entry.sent();
    let shown = |text: &[u8]| brief(text, MOST_TEXT);
    let place = |place: Place| place.as_str();
    let reading = Reading::of(&sent);
    let first = reading.parameters.iter().take(MOST_PARAMETERS);
    first.map(|found| (place(found.place), shown(&found.name), shown(&found.value))).collect()
}

fn request(entry: &Entry) -> String {
    let request = &entry.request;
    let shown = |text: &[u8]| brief(text, MOST_TEXT);
    let line = format!("{} {} HTTP/1.{}", shown(&request.method), shown(&request.target), request.minor);
    let fields = request.headers.iter().map(|(name, value)| format!("{}: {}", shown(name), shown(value)));
    let body = request.body.iter().map(|body| format!("\n{}", shown(body)));
    std::iter::once(line).chain(fields).chain(body).collect::<Vec<_>>().join("\n")
}

fn answer(entry: &Entry) -> String {
    let shown = |text: &[u8]| brief(text, MOST_TEXT);
    let fields = entry.reply.headers.iter().map(|(name, value)| format!("{name}: {}", shown(value)));
    let body = std::iter::once(format!("\n{}", shown(&entry.reply.body)));
    std::iter::once(entry.reply.status.to_string()).chain(fields).chain(body).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::marked;

    #[test]
    fn what_differs_is_marked_and_nothing_is_markup() {
        let text = |one: &str, two: &str| marked(one.as_bytes(), two.as_bytes()).into_string();
        assert_eq!(text("GET&http<x", "GET&https<x"), "GET&amp;http&lt;x");
        assert_eq!(text("GET&https<x", "GET&http<x"), "GET&amp;http<mark>s</mark>&lt;x");
        assert_eq!(text("aa", "a"), "a<mark>a</mark>");
        assert_eq!((text("", "a"), text("a", "a")), (String::new(), "a".to_owned()));
    }
}
