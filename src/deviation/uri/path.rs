//! Departures from the path of the base string URI (RFC 5849 section 3.4.1.2): slashes, segments and letter case. Nothing of a path is
//! normalized by the specification.

use std::borrow::Cow;

use crate::deviation::Deviation;
use crate::deviation::rows::departures;
use crate::protocol::Buffer;
use crate::protocol::base_string::{lower_case, path};

const AS_SENT: &str = "sign the path exactly as it stands in the request line";
const FROM_REQUEST: &str =
    "sign the path that the client asked for, with everything that a proxy, a mount point or a base URL puts before it";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "uri.path-lower-case" Path "3.4.1.2",
        "the path is written in lower case",
        "write only scheme and host in lower case",
        Common [
            "https://github.com/RestKit/RestKit/issues/533",
            "https://github.com/guicocoa/cocoa-oauth/issues/1",
            "https://github.com/themattharris/tmhOAuth/issues/56",
            "https://github.com/LtiLibrary/LtiLibrary/issues/137",
        ],
        |practice| practice.recipe.uri.path = lower_case;
    "uri.trailing-slash-lost" Path "3.4.1.2",
        "the slash at the end of the path is lost",
        AS_SENT,
        Common [
            "https://github.com/guicocoa/cocoa-oauth/issues/5",
            "https://github.com/lorenbrichter/OAuthCore/issues/5",
            "https://github.com/kloon/WooCommerce-REST-API-Client-Library/issues/73",
            "https://github.com/camme/passport-http-2legged-oauth/issues/6",
        ],
        |practice| practice.recipe.uri.path = |text, out| path(text.strip_suffix(b"/").unwrap_or(text), out);
    "uri.trailing-slash-lost-but-root" Path "3.4.1.2",
        "the slash at the end of the path is lost, unless the path is only that slash, as by NSURL's path",
        AS_SENT,
        Seen ["https://github.com/guicocoa/cocoa-oauth/issues/5", "https://github.com/lorenbrichter/OAuthCore/issues/5"],
        |practice| practice.recipe.uri.path = |text, out| {
            path(text.strip_suffix(b"/").filter(|shorter| !shorter.is_empty()).unwrap_or(text), out);
        };
    "uri.trailing-slash-added" Path "3.4.1.2",
        "a slash is put at the end of the path",
        AS_SENT,
        Seen ["https://github.com/camme/passport-http-2legged-oauth/issues/6"],
        |practice| practice.recipe.uri.path = |text, out| {
            path(text, out);
            if !text.ends_with(b"/") {
                out.push(b'/');
            }
        };
    "uri.path-left-out" Path "3.4.1.2",
        "the path is left out of the base string URI",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.uri.path = |_, _| {};
    "uri.path-root" Path "3.4.1.2",
        "only a slash is signed for the path, as for the base URL of an API",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.uri.path = |_, out| out.push(b'/');
    "uri.first-segment-lost" Path "3.4.1.2",
        "the first segment of the path is lost: a mount point, or the path of a base URL",
        FROM_REQUEST,
        Common [
            "https://github.com/WP-API/OAuth1/issues/68",
            "https://github.com/WP-API/OAuth1/issues/90",
            "https://github.com/AFNetworking/AFOAuth1Client/issues/91",
        ],
        |practice| practice.recipe.uri.path = |text, out| path(text.get(first_segment(text)..).unwrap_or_default(), out);
    "uri.first-segment-lost-but-slash" Path "3.4.1.2",
        "the first segment of the path is lost, and a slash is signed where it is the only one: a mount point, or the path of a base URL",
        FROM_REQUEST,
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| {
            path(text.get(first_segment(text)..).filter(|rest| !rest.is_empty()).unwrap_or(b"/"), out);
        };
    "uri.first-segment-doubled" Path "3.4.1.2",
        "the first segment of the path stands there twice: a mount point, or the path of a base URL",
        FROM_REQUEST,
        Seen ["https://github.com/WP-API/OAuth1/issues/136"],
        |practice| practice.recipe.uri.path = |text, out| {
            path(text.get(..first_segment(text)).unwrap_or_default(), out);
            path(text, out);
        };
    "uri.last-segment-only" Path "3.4.1.2",
        "only the last segment of the path is signed, as for a URL that was joined with a base",
        FROM_REQUEST,
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| {
            path(text.get(memchr::memrchr(b'/', text).unwrap_or_default()..).unwrap_or_default(), out);
        };
    "uri.dot-segments-removed" Path "3.4.1.2",
        "the segments . and .. are removed from the path, as by WHATWG's URL or Python's requests",
        "sign the path exactly as it stands in the request line, or send the shorter path too",
        Common [
            "https://www.npmjs.com/package/axios-oauth-1.0a/v/0.4.1",
            "https://www.npmjs.com/package/oauth-header/v/1.1.0",
            "https://pypi.org/project/requests-oauthlib/2.0.0/",
            "https://crates.io/crates/reqwest-oauth1",
            "https://rubygems.org/gems/signet/versions/0.17.0",
        ],
        |practice| practice.recipe.uri.path = |text, out| {
            path(&without_dots(text, &[b".", b"%2e"], &[b"..", b".%2e", b"%2e.", b"%2e%2e"]), out);
        };
    "uri.slashes-merged" Path "3.4.1.2",
        "several slashes in a row become one",
        AS_SENT,
        Seen ["https://cran.r-project.org/package=httr"],
        |practice| practice.recipe.uri.path = |text, out| path(&merged(text), out);
    "uri.path-cleaned" Path "3.4.1.2",
        "several slashes in a row become one and the segments . and .. are removed, as web servers clean a path",
        "sign the path exactly as it stands in the request line, before anything cleans it",
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| path(&without_dots(&merged(text), &[b"."], &[b".."]), out);
    "uri.path-read-as-authority" Path "3.4.1.2",
        "a path that begins with // is read as a host and a path",
        AS_SENT,
        Seen ["https://rubygems.org/gems/oauth/versions/0.5.4"],
        |practice| practice.recipe.uri.path = |text, out| match text.strip_prefix(b"//") {
            Some(rest) => path(memchr::memchr(b'/', rest).and_then(|slash| rest.get(slash..)).unwrap_or(b"/"), out),
            None => path(text, out),
        };
    "uri.path-parameters-dropped" Path "3.4.1.2",
        "what stands behind a ; in a segment of the path is dropped",
        "keep path parameters: they are part of the path",
        Seen ["https://github.com/oauthlib/oauthlib/issues/83", "https://pypi.org/project/oauth1-py3/1.0.2/"],
        |practice| practice.recipe.uri.path = |text, out| {
            let segments: Vec<&[u8]> = segments(text).map(before_semicolon).collect();
            path(&segments.join(&b'/'), out);
        };
    "uri.last-path-parameters-dropped" Path "3.4.1.2",
        "what stands behind a ; in the last segment of the path is dropped, as by Python's urlparse",
        "keep path parameters: they are part of the path",
        Seen ["https://github.com/oauthlib/oauthlib/issues/83", "https://pypi.org/project/oauth1-py3/1.0.2/"],
        |practice| practice.recipe.uri.path = |text, out| {
            let (before, last) = text.split_at(memchr::memrchr(b'/', text).map_or(0, |slash| slash + 1));
            path(&[before, before_semicolon(last)].concat(), out);
        };
    "uri.path-cut-at-semicolon" Path "3.4.1.2",
        "the path is cut at its first ;",
        "keep path parameters: they are part of the path",
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| path(before_semicolon(text), out);
    "uri.format-dropped" Path "3.4.1.2",
        "the ending of the path, such as .json, is dropped, as frameworks do that take it for a format",
        "sign the path that the client asked for, before it is routed",
        Plausible [],
        |practice| practice.recipe.uri.path = |text, out| {
            let last = memchr::memrchr(b'/', text).unwrap_or_default();
            let dot = memchr::memrchr(b'.', text).filter(|&dot| dot > last + 1);
            path(text.get(..dot.unwrap_or(text.len())).unwrap_or_default(), out);
        };
    "uri.empty-path-kept" EmptyPath "3.4.1.2",
        "an empty path stays empty",
        "write / for an empty path: that is what a request line has (RFC 2616 section 5.1.2)",
        Common [
            "https://github.com/dghubble/oauth1",
            "https://github.com/scribejava/scribejava",
            "https://pypi.org/project/rauth/0.7.3/",
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
        ],
        |practice| practice.recipe.uri.empty_path = "";
];

/// Where the first segment ends: at the second slash or at the end.
fn first_segment(path: &[u8]) -> usize {
    path.get(1..).and_then(|rest| memchr::memchr(b'/', rest)).map_or(path.len(), |slash| slash + 1)
}

/// The segments of a path, the empty one before its first slash included.
pub(super) fn segments(path: &[u8]) -> impl Iterator<Item = &[u8]> {
    path.split(|&octet| octet == b'/')
}

fn before_semicolon(segment: &[u8]) -> &[u8] {
    segment.split(|&octet| octet == b';').next().unwrap_or_default()
}

/// Several slashes in a row as one.
fn merged(path: &[u8]) -> Vec<u8> {
    let mut out = path.to_vec();
    out.dedup_by(|left, right| *left == b'/' && *right == b'/');
    out
}

/// A path without dot segments (RFC 3986 section 5.2.4), whatever is taken for one.
pub(super) fn without_dots<'a>(path: &'a [u8], one: &[&[u8]], two: &[&[u8]]) -> Cow<'a, [u8]> {
    let is_one = |segment: &[u8]| one.iter().any(|dot| segment.eq_ignore_ascii_case(dot));
    let is_two = |segment: &[u8]| two.iter().any(|dots| segment.eq_ignore_ascii_case(dots));
    let Some(relative) = path.strip_prefix(b"/") else { return Cow::Borrowed(path) };
    let mut kept: Vec<&[u8]> = Vec::new();
    let mut is_open = false;
    for segment in segments(relative) {
        is_open = is_one(segment) || is_two(segment);
        if is_two(segment) {
            kept.pop();
        } else if !is_one(segment) {
            kept.push(segment);
        }
    }
    if is_open {
        // A dot segment at the end leaves the slash before it.
        kept.push(b"");
    }
    let mut out = Buffer::default();
    for segment in &kept {
        out.push(b'/');
        out.append(segment);
    }
    Cow::Owned(out.to_vec())
}
