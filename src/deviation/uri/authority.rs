//! Departures from host and port of the base string URI (RFC 5849 section 3.4.1.2 items 1 to 3).

use crate::deviation::Deviation;
use crate::deviation::rows::departures;
use crate::protocol::base_string::{authority, lower_case, port};
use crate::protocol::request::HostAndPort;
use crate::protocol::{Buffer, Malformed, Request};

const PORT: &str = "leave the port out when it is 80 and the scheme is http, or 443 and https; write any other";
const LITERAL: &str = "write an IPv6 literal as the Host field has it, in lower case and in its brackets";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "uri.host-field-ignored" Authority "3.4.1.2",
        "the host of the URL is signed where the Host field names another one",
        "sign the host of the Host field, where a request sets its own or a server receives one",
        Seen [
            "https://github.com/mrjones/oauth/issues/50",
            "https://github.com/oauthlib/oauthlib/issues/142",
            "https://github.com/unscene/node-oauth/issues/11",
        ],
        |practice| practice.recipe.uri.authority = |request| Ok(request.url.host);
    "uri.host-field-with-case" Authority "3.4.1.2",
        "the Host field is found only if its name is written as Host: as host or HOST it is ignored, and the host of the URL is signed",
        "compare the names of header fields without regard to case (RFC 2616 section 4.2)",
        Seen ["https://pypi.org/project/oauthlib/4.0.1/"],
        |practice| practice.recipe.uri.authority = |request| {
            let exact = request.headers.iter().find(|header| header.name == b"Host").map(|header| header.value.trim_ascii());
            exact.filter(|host| !host.is_empty()).map_or(Ok(request.url.host), HostAndPort::parse)
        };
    "uri.host-field-without-port" Authority "3.4.1.2",
        "the host is that of the Host field and the port that of the URL",
        "take host and port from the same place: the Host field if there is one",
        Plausible [],
        |practice| practice.recipe.uri.authority = |request| {
            Ok(HostAndPort { port: request.url.host.port, ..authority(request)? })
        };
    "uri.host-case-kept" Host "3.4.1.2",
        "the host keeps its upper-case letters",
        "write the host in lower case in the base string URI",
        Common ["https://github.com/joestump/python-oauth2/issues/29", "https://github.com/Katello/katello/issues/1858"],
        |practice| practice.recipe.uri.host = |host, out| out.append(host);
    "uri.ipv6-compressed" Host "3.4.1.2",
        "an IPv6 literal is brought to its shortest form, as by WHATWG's URL or Python's ipaddress",
        LITERAL,
        Common [
            "https://pypi.org/project/oauthlib/4.0.1/",
            "https://www.npmjs.com/package/axios-oauth-1.0a/v/0.4.1",
            "https://crates.io/crates/reqwest-oauth1",
        ],
        |practice| practice.recipe.uri.host = compress;
    "uri.ipv6-brackets-lost" Host "3.4.1.2",
        "an IPv6 literal loses its brackets",
        LITERAL,
        Seen ["https://www.npmjs.com/package/oauth/v/0.10.2"],
        |practice| practice.recipe.uri.host = |host, out| {
            let inside = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]"));
            lower_case(inside.unwrap_or(host), out);
        };
    "uri.ipv6-cut-at-colon" Host "3.4.1.2",
        "an IPv6 literal is cut at its first colon, as if a port began there",
        LITERAL,
        Plausible [],
        |practice| practice.recipe.uri.host = |host, out| {
            lower_case(host.split(|&octet| octet == b':').next().unwrap_or_default(), out);
        };
    "uri.host-dot-dropped" Host "3.4.1.2",
        "the dot at the end of the host is dropped",
        "write the host as the Host field has it, in lower case",
        Seen ["https://rubygems.org/gems/signet/versions/0.17.0"],
        |practice| practice.recipe.uri.host = |host, out| lower_case(host.strip_suffix(b".").unwrap_or(host), out);
    "uri.host-www-dropped" Host "3.4.1.2",
        "www. is taken off the host",
        "write the host as the Host field has it, in lower case",
        Plausible [],
        |practice| practice.recipe.uri.host = |host, out| {
            let rest = host.split_first_chunk::<4>().filter(|(www, _)| www.eq_ignore_ascii_case(b"www."));
            lower_case(rest.map_or(host, |(_, rest)| rest), out);
        };
    "uri.default-port-kept" Port "3.4.1.2",
        "the default port, 80 for http and 443 for https, is kept in the base string URI",
        PORT,
        Common [
            "https://github.com/ddo/oauth-1.0a/issues/59",
            "https://github.com/scribejava/scribejava/issues/428",
            "https://github.com/r-lib/httr/issues/435",
            "https://github.com/ciaranj/connect-auth/issues/28",
        ],
        |practice| practice.recipe.uri.port = |_, port| port;
    "uri.default-port-of-upper-case-scheme" Port "3.4.1.2",
        "the default port is kept when the scheme is written in upper case, because the scheme is compared as it is written",
        "compare the scheme without regard to letter case before the default port is left out",
        Plausible [],
        |practice| practice.recipe.uri.port = |scheme, number| match scheme {
            b"http" | b"https" => port(scheme, number),
            _ => number,
        };
    "uri.default-port-added" Port "3.4.1.2",
        "the default port is written into the base string URI although the URL has none",
        PORT,
        Plausible [],
        |practice| practice.recipe.uri.port = |scheme, port| {
            Some(port.unwrap_or(if scheme.eq_ignore_ascii_case(b"https") { 443 } else { 80 }))
        };
    "uri.port-dropped" Port "3.4.1.2",
        "the port is left out of the base string URI although it is not the scheme's default",
        PORT,
        Common [
            "https://github.com/yahoo/TDOAuth/issues/3",
            "https://github.com/thephpleague/oauth1-client/issues/123",
            "https://github.com/hwi/HWIOAuthBundle/issues/576",
            "https://github.com/SPORE/net-http-spore/issues/27",
            "https://github.com/RestKit/RestKit/issues/1037",
            "https://github.com/Mastercard/insomnia-plugin-mastercard/issues/6",
            "https://github.com/mageplus/mageplus/issues/90",
        ],
        |practice| practice.recipe.uri.port = |_, _| None;
    "uri.port-80-dropped-on-https" Port "3.4.1.2",
        "port 80 is left out of an https URL too",
        PORT,
        Seen ["https://packages.debian.org/bookworm/liboauth-dev"],
        |practice| practice.recipe.uri.port = |scheme, number| port(scheme, number.filter(|&number| number != 80));
    "uri.port-443-dropped-on-http" Port "3.4.1.2",
        "port 443 is left out of an http URL too",
        PORT,
        Plausible [],
        |practice| practice.recipe.uri.port = |scheme, number| port(scheme, number.filter(|&number| number != 443));
    "uri.common-ports-dropped" Port "3.4.1.2",
        "the ports 80 and 443 are left out, whatever the scheme",
        PORT,
        Plausible [],
        |practice| practice.recipe.uri.port = |_, port| port.filter(|&port| port != 80 && port != 443);
    "uri.port-as-written" Port "3.4.1.2",
        "whatever stands behind the host stays, unless it is exactly the default port: a lone colon, or zeros before the number",
        "compare ports as numbers: an empty one is the default, and 0443 is 443",
        Common [
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://pypi.org/project/rauth/0.7.3/",
        ],
        |practice| practice.recipe.uri.authority = |request| {
            let known = authority(request)?;
            let is_plain = known.port.is_some_and(|port| written(request).ends_with(format!(":{port}").as_bytes()));
            if is_plain { Ok(known) } else { as_written(request) }
        };
    "uri.ipv6-default-port-kept" Port "3.4.1.2",
        "the default port behind an IPv6 literal is kept, because the port is looked for at the first colon",
        "look for the port behind the closing bracket of an IPv6 literal",
        Seen ["https://pypi.org/project/Authlib/1.9.9/"],
        |practice| practice.recipe.uri.authority = |request| {
            let known = authority(request)?;
            if known.host.starts_with(b"[") { as_written(request) } else { Ok(known) }
        };
];

/// Host and port as they are written, without user information.
fn written<'a>(request: &Request<'a>) -> &'a [u8] {
    let field = |name| request.field(name, "").ok().flatten().filter(|host| !host.is_empty());
    let authority = field("host").or_else(|| field(":authority")).unwrap_or(request.url.authority);
    match memchr::memrchr(b'@', authority) {
        Some(at) => authority.get(at + 1..).unwrap_or_default(),
        None => authority,
    }
}

/// The same, all of it taken for the host.
#[expect(clippy::unnecessary_wraps, reason = "it ends the functions of a table, whose type can fail")]
fn as_written<'a>(request: &Request<'a>) -> Result<HostAndPort<'a>, Malformed> {
    Ok(HostAndPort { host: written(request), port: None })
}

/// An IPv6 literal in the form of RFC 5952; any other host in lower case.
fn compress(host: &[u8], out: &mut Buffer) {
    let inside = host.strip_prefix(b"[").and_then(|host| host.strip_suffix(b"]"));
    let address = inside.and_then(|host| std::str::from_utf8(host).ok()).and_then(|host| host.parse::<core::net::Ipv6Addr>().ok());
    match address {
        Some(address) => out.append(format!("[{address}]").as_bytes()),
        None => lower_case(host, out),
    }
}
