//! Departures from the base string URI as a whole (RFC 5849 section 3.4.1.2): parts that are missing, the scheme, user information, and
//! what stands behind the path.

use crate::deviation::Deviation;
use crate::deviation::rows::departures;
use crate::protocol::base_string::base_string_uri;
use crate::protocol::{Buffer, Request, Url};

const ABSOLUTE: &str = "sign the absolute URL: scheme, host, port unless it is the scheme's default, and path";
const QUERY: &str = "cut the URL at the first ? or #, whichever comes first: query parameters go into the list, a fragment nowhere";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "uri.path-only" Uri "3.4.1.2",
        "the base string URI is only the path",
        ABSOLUTE,
        Seen ["https://github.com/postmanlabs/postman-app-support/issues/123"],
        |practice| practice.recipe.uri.whole = |uri, request, out| {
            uri.append_path(request, out);
            Ok(())
        };
    "uri.null-null" Uri "3.4.1.2",
        "scheme and host are null in the base string URI, null//null, because the URL that is signed is relative",
        ABSOLUTE,
        Seen ["https://github.com/ciaranj/node-oauth/issues/321"],
        |practice| practice.recipe.uri.whole = |uri, request, out| {
            out.append(b"null//null");
            uri.append_path(request, out);
            Ok(())
        };
    "uri.as-given" Uri "3.4.1.2",
        "the URL is signed as it is given, up to its query or fragment: letter case, port, user information and an empty path stay as they are",
        "read the URL into its parts: scheme and host in lower case, no default port, no user information, / for an empty path",
        Common [
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://metacpan.org/dist/WWW-OAuth",
            "https://crates.io/crates/oauth1-request/0.6.1",
        ],
        |practice| practice.recipe.uri.whole = |uri, request, out| {
            let text = request.url.text;
            out.append(text.get(..memchr::memchr2(b'?', b'#', text).unwrap_or(text.len())).unwrap_or_default());
            (uri.tail)(request, out);
            Ok(())
        };
    "uri.as-given-without-80" Uri "3.4.1.2",
        "the URL is signed as it is given, up to the first ? or &; every :80/ in it becomes a slash, also in the path, and / is added behind a host alone",
        "read the URL into its parts: scheme and host in lower case, no default port, / for an empty path",
        Seen ["https://packages.debian.org/bookworm/liboauth-dev"],
        |practice| practice.recipe.uri.whole = |uri, request, out| {
            let text = request.url.text;
            let mut rest = text.get(..memchr::memchr2(b'?', b'&', text).unwrap_or(text.len())).unwrap_or_default();
            let has_path = memchr::memmem::find(rest, b"://").is_none_or(|at| rest.get(at + 3..).is_some_and(|behind| behind.contains(&b'/')));
            let whole = if has_path { rest.to_vec() } else { [rest, b"/"].concat() };
            rest = &whole;
            while let Some(at) = memchr::memmem::find(rest, b":80/") {
                out.append(rest.get(..at).unwrap_or_default());
                rest = rest.get(at + 3..).unwrap_or_default();
            }
            out.append(rest);
            (uri.tail)(request, out);
            Ok(())
        };
    "uri.missing-parts-null" Uri "3.4.1.2",
        "a scheme or host that the URL lacks is written as null in the base string URI",
        ABSOLUTE,
        Seen ["https://www.npmjs.com/package/oauth/v/0.10.2"],
        |practice| {
            // What is null is not missed.
            practice.admission.url = |text| Ok(Url::of_any_text(text));
            practice.recipe.uri.whole = |uri, request, out| {
            let url = &request.url;
            if !url.scheme.is_empty() && !url.host.host.is_empty() {
                return base_string_uri(uri, request, out);
            }
            match url.scheme {
                [] => out.append(b"null"),
                scheme => {
                    (uri.scheme)(scheme, out);
                    out.push(b':');
                }
            }
            out.append(b"//");
            if url.host.host.is_empty() { out.append(b"null") } else { (uri.host)(url.host.host, out) }
            uri.append_path(request, out);
            Ok(())
        };
        };
    "uri.scheme-left-out" Uri "3.4.1.2",
        "the base string URI begins with the host, without scheme and slashes",
        ABSOLUTE,
        Plausible [],
        |practice| practice.recipe.uri.whole = |uri, request, out| from(uri, request, b"://", 3, out);
    "uri.scheme-relative" Uri "3.4.1.2",
        "the base string URI begins with // and the host, without scheme",
        ABSOLUTE,
        Plausible [],
        |practice| practice.recipe.uri.whole = |uri, request, out| from(uri, request, b"://", 1, out);
    "uri.host-and-port-left-out" Uri "3.4.1.2",
        "the base string URI has no host, as that of a URL object without one",
        ABSOLUTE,
        Plausible [],
        |practice| practice.recipe.uri.whole = |uri, request, out| {
            (uri.scheme)(request.url.scheme, out);
            out.append(b"://");
            uri.append_path(request, out);
            Ok(())
        };
    "uri.scheme-case-kept" Scheme "3.4.1.2",
        "the scheme keeps its upper-case letters",
        "write the scheme in lower case in the base string URI",
        Common [
            "https://github.com/joestump/python-oauth2/issues/29",
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://packages.debian.org/bookworm/liboauth-dev",
        ],
        |practice| practice.recipe.uri.scheme = |scheme, out| out.append(scheme);
    "uri.scheme-http" Scheme "3.4.1.2",
        "http is signed for an https URL, which is what a server sees behind a proxy that ends TLS; 443 still counts as the default port",
        "sign the scheme that the client uses; behind a proxy, a server takes it from its configuration or from a header of that proxy",
        Common [
            "https://github.com/WP-API/OAuth1/issues/60",
            "https://github.com/Apereo-Learning-Analytics-Initiative/OpenLRS/issues/21",
            "https://github.com/1EdTech/LTI-Tool-Provider-Library-PHP/issues/16",
            "https://github.com/omsmith/ims-lti/issues/43",
        ],
        |practice| practice.recipe.uri.scheme = |_, out| out.append(b"http");
    "uri.scheme-https" Scheme "3.4.1.2",
        "https is signed for an http URL, because it is configured or written into the program; 80 still counts as the default port",
        "sign the scheme that is used, also for local tests over http",
        Plausible [],
        |practice| practice.recipe.uri.scheme = |_, out| out.append(b"https");
    "uri.user-kept" User "3.4.1.2",
        "user name and password of the URL stay in the base string URI",
        "leave out everything up to the @ of the authority: the Host field never has it",
        Common [
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://pypi.org/project/rauth/0.7.3/",
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
        ],
        |practice| practice.recipe.uri.user = |request, out| {
            if let Some(at) = memchr::memrchr(b'@', request.url.authority) {
                out.append(request.url.authority.get(..=at).unwrap_or_default());
            }
        };
    "uri.user-name-kept" User "3.4.1.2",
        "the user name of the URL stays in the base string URI, the password does not",
        "leave out everything up to the @ of the authority: the Host field never has it",
        Plausible [],
        |practice| practice.recipe.uri.user = |request, out| {
            if let Some(at) = memchr::memrchr(b'@', request.url.authority) {
                let user = request.url.authority.get(..at).unwrap_or_default();
                out.append(user.split(|&octet| octet == b':').next().unwrap_or_default());
                out.push(b'@');
            }
        };
    "uri.query-kept" Tail "3.4.1.2",
        "the query stays in the base string URI, while its parameters are listed too",
        QUERY,
        Common [
            "https://github.com/litl/rauth/issues/1",
            "https://github.com/jrconlin/oauthsimple/issues/13",
            "https://github.com/ahmadnassri/app-restconsole/issues/64",
            "https://github.com/Kong/insomnia/issues/4238",
        ],
        |practice| practice.recipe.uri.tail = |request, out| query(request, out);
    "uri.question-mark-kept" Tail "3.4.1.2",
        "a ? with nothing behind it stays in the base string URI",
        QUERY,
        Seen ["https://www.npmjs.com/package/axios-oauth-1.0a/v/0.4.1", "https://pkg.go.dev/github.com/gomodule/oauth1"],
        |practice| practice.recipe.uri.tail = |request, out| {
            if request.url.query == Some(b"") {
                out.push(b'?');
            }
        };
    "uri.fragment-kept" Tail "3.4.1.2",
        "the fragment stays in the base string URI",
        QUERY,
        Common [
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://pypi.org/project/rauth/0.7.3/",
            "https://crates.io/crates/reqwest-oauth1",
        ],
        |practice| practice.recipe.uri.tail = |request, out| out.append(fragment(request));
    "uri.query-and-fragment-kept" Tail "3.4.1.2",
        "query and fragment stay in the base string URI: all of the URL behind its path",
        QUERY,
        Plausible [],
        |practice| practice.recipe.uri.tail = |request, out| {
            query(request, out);
            out.append(fragment(request));
        };
    "uri.cut-at-question-mark" Tail "3.4.1.2",
        "the URL is cut at its first ? and nowhere else, so that a fragment before it, or without one, stays in the base string URI",
        QUERY,
        Seen [
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://www.npmjs.com/package/ohauth/v/1.0.1",
            "https://packages.debian.org/bookworm/liboauth-dev",
        ],
        |practice| practice.recipe.uri.tail = |request, out| {
            if request.url.query.is_none() {
                out.append(fragment(request).split(|&octet| octet == b'?').next().unwrap_or_default());
            }
        };
    "uri.question-mark-added" Tail "3.4.1.2",
        "a ? is put behind the path, whether there is a query or not",
        QUERY,
        Plausible [],
        |practice| practice.recipe.uri.tail = |_, out| out.push(b'?');
];

/// The URI from a mark on, without so many octets of it.
fn from(
    uri: &crate::protocol::base_string::UriRecipe,
    request: &Request<'_>,
    mark: &[u8],
    without: usize,
    out: &mut Buffer,
) -> Result<(), crate::protocol::Malformed> {
    let mut all = Buffer::default();
    base_string_uri(uri, request, &mut all)?;
    let at = memchr::memmem::find(&all, mark).unwrap_or_default();
    out.append(all.get(at + without..).unwrap_or_default());
    Ok(())
}

fn query(request: &Request<'_>, out: &mut Buffer) {
    if let Some(query) = request.url.query {
        out.push(b'?');
        out.append(query);
    }
}

/// The fragment with its `#`; empty if there is none.
fn fragment<'a>(request: &Request<'a>) -> &'a [u8] {
    let text = request.url.text;
    memchr::memchr(b'#', text).and_then(|hash| text.get(hash..)).unwrap_or_default()
}
