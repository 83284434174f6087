//! Requests that are written in odd ways (`AV-S42` to `AV-S44`, `AV-S46`): whatever a server makes of them, it must not fail.

use super::equivalents::replace;
use super::ground::Ground;
use super::{set, step};
use crate::implementation::live::Outgoing;
use crate::probe::draft::authorization;
use crate::probe::step::{Edit, Level, Step, Wanted};
use crate::profile::document::{EndpointName, Place};
use crate::protocol::Code;

/// What stands for a text that somebody else wrote: whether an answer repeats it as markup.
pub(in crate::probe) const MARKUP: &str = "<i>countersign</i>";

/// Every odd writing of an endpoint's request.
pub(in crate::probe) fn of(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let from = steps.len();
    if ground.target.place == Place::Header {
        header(ground, steps);
    }
    escapes(ground, steps);
    amounts(ground, steps);
    let row = step(ground.name(), "markup", "oauth_consumer_key holds markup").edit(set("oauth_consumer_key", MARKUP));
    steps.push(row.refused(Code::ClientUnknown).by("AV-S46"));
    for step in steps.iter_mut().skip(from) {
        step.level = Level::Attacks;
    }
}

/// The grammar of the header (RFC 5849 section 3.5.1).
fn header(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    let mut add = |id: &str, title: &str, change: fn(&mut Outgoing)| {
        let row = step(name, id, title).edit(Edit::After(change)).wants(Wanted::NoServerError);
        steps.push(row.by("AV-S43").section("3.5.1"));
    };
    add("header-unquoted", "the values in the header have no quotes", |outgoing| replace(outgoing, "\"", ""));
    add("header-single-quotes", "the values in the header have single quotes", |outgoing| replace(outgoing, "\"", "'"));
    add("header-open-quote", "the last quote in the header is missing", |outgoing| {
        let Some(header) = authorization(outgoing) else { return };
        header.pop();
    });
    add("header-comma-last", "a comma stands at the end of the header", |outgoing| append(outgoing, b","));
    add("header-commas", "several commas stand in a row", |outgoing| replace(outgoing, "\", ", "\",,, "));
    add("header-ampersands", "the parameters in the header are joined with &", |outgoing| replace(outgoing, "\", ", "\"&"));
    add("header-semicolons", "the parameters in the header are joined with ;", |outgoing| replace(outgoing, "\", ", "\"; "));
    add("header-no-value", "a parameter in the header has no value", |outgoing| append(outgoing, b", oauth_odd"));
    add("header-no-name", "a parameter in the header has no name", |outgoing| append(outgoing, b", =\"odd\""));
    add("header-empty-names", "the header holds nothing but separators", |outgoing| overwrite(outgoing, b"OAuth , , ,"));
    add("header-scheme-only", "nothing follows the scheme", |outgoing| overwrite(outgoing, b"OAuth"));
    add("header-garbage", "what follows the scheme is no list", |outgoing| overwrite(outgoing, b"OAuth \"=,\\\"=\",=\\"));
    add("header-escaped-quote", "a value in the header holds an escaped quote", |outgoing| append(outgoing, b", odd=\"a\\\"b, c\""));
    add("header-percent", "a value in the header holds a percent sign without digits", |outgoing| append(outgoing, b", odd=\"%zz%\""));
    add("header-percent-name", "a name in the header holds a percent sign without digits", |outgoing| append(outgoing, b", odd%=\"1\""));
    add("header-octets", "a value in the header holds octets that are no UTF-8", |outgoing| {
        append(outgoing, b", odd=\"\xff\xfe\xc0\xaf\"")
    });
    add("header-twice", "there are two Authorization fields", |outgoing| {
        if let Some(header) = authorization(outgoing).cloned() {
            outgoing.headers.push(("Authorization".to_owned(), header));
        }
    });
    add("header-basic-too", "an Authorization field of the Basic scheme stands beside", |outgoing| {
        outgoing.headers.insert(0, ("Authorization".to_owned(), b"Basic Y291bnRlcnNpZ246".to_vec()));
    });
    add("header-bearer", "the scheme is Bearer", |outgoing| replace(outgoing, "OAuth ", "Bearer "));
}

fn append(outgoing: &mut Outgoing, octets: &[u8]) {
    if let Some(header) = authorization(outgoing) {
        header.extend_from_slice(octets);
    }
}

fn overwrite(outgoing: &mut Outgoing, octets: &[u8]) {
    if let Some(header) = authorization(outgoing) {
        *header = octets.to_vec();
    }
}

/// Escapes in names and values.
fn escapes(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    let name = ground.name();
    for (id, title, after) in [
        ("query-percent", "the query holds a percent sign without digits", "countersign=%zz" as &str),
        ("query-percent-end", "the query ends in a percent sign", "countersign=%"),
        ("query-octets", "the query holds escapes that are no UTF-8", "countersign=%ff%c0%af%ed%a0%80"),
        ("query-nul", "the query holds %00", "countersign=%00"),
        ("query-line-break", "the query holds an escaped line break", "countersign=%0D%0AX-Injected:%201"),
        ("query-no-name", "a parameter in the query has no name", "=countersign"),
        ("query-ampersands", "the query has nothing between ampersands", "&&&countersign=1&&"),
    ] {
        let row = step(name, id, title).edit(Edit::Query(after)).wants(Wanted::NoServerError);
        steps.push(row.by("AV-S42").section("3.4.1.3.1"));
    }
    for (id, title, value) in [
        ("oauth_nonce-nul", "oauth_nonce holds NUL", b"a\0b".as_slice()),
        ("oauth_nonce-octets", "oauth_nonce holds octets that are no UTF-8", b"a\xff\xfe"),
        ("oauth_nonce-line-break", "oauth_nonce holds a line break and a header field", b"a\r\nX-Injected: 1"),
        ("oauth_nonce-quotes", "oauth_nonce holds quotes, commas and backslashes", b"\",\\'; --"),
        ("oauth_consumer_key-octets", "oauth_consumer_key holds octets that are no UTF-8", b"\xc3\x28"),
        ("oauth_consumer_key-nul", "oauth_consumer_key holds NUL", b"a\0b"),
        ("oauth_consumer_key-quotes", "oauth_consumer_key holds quotes", b"' OR '1'='1"),
    ] {
        let parameter = id.split('-').next().unwrap_or_default();
        let row = step(name, id, title).edit(set(parameter, value)).wants(Wanted::NoServerError);
        steps.push(row.by("AV-S42").section("3.6"));
    }
}

/// Much of something.
fn amounts(ground: &Ground<'_>, steps: &mut Vec<Step>) {
    if !ground.means.is_loopback {
        return;
    }
    let name = ground.name();
    let row = step(name, "oauth_nonce-huge", "oauth_nonce has 64 KiB").edit(set("oauth_nonce", "n".repeat(65_536)));
    steps.push(row.wants(Wanted::NoServerError).by("AV-S44"));
    let many = Edit::After(|outgoing| {
        let separator = if outgoing.url.contains('?') { "&" } else { "?" };
        outgoing.url = format!("{}{separator}{}", outgoing.url, vec!["c=1"; 1500].join("&"));
    });
    let row = step(name, "query-many", "the query holds 1500 parameters that were not signed").edit(many);
    steps.push(row.wants(Wanted::Refused(None)).by("AV-S44"));
    if name == EndpointName::RequestToken {
        let long = format!("http://countersign.invalid/{}", ":".repeat(4096));
        let row = step(name, "oauth_callback-colons", "oauth_callback has four thousand colons").edit(set("oauth_callback", long));
        steps.push(row.wants(Wanted::NoServerError).by("AV-S41").section("2.1"));
    }
}
