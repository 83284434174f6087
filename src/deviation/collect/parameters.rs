//! Departures in single parameters (RFC 5849 section 3.4.1.3.1): what is signed and not sent, or sent and not signed. All parameters are
//! signed but `oauth_signature`, and the header's `realm`.

use std::borrow::Cow;

use crate::deviation::Deviation;
use crate::deviation::collect::body::is_one_of;
use crate::deviation::list::{add_if_missing, is_protocol, remove, revalue};
use crate::deviation::rows::departures;
use crate::protocol::admission::Admission;
use crate::protocol::encoding::percent_decoded;
use crate::protocol::request::is_form;
use crate::protocol::{Parameter, Parameters, Request, SignatureMethod, Source, body_hash};

const SIGNATURE: &str = "leave oauth_signature out of the list, wherever it stands";
const SAME: &str = "sign exactly the parameters that are sent: if an empty one is sent it is signed, otherwise it is neither";
const OWN_HASH: &str =
    "sign the oauth_body_hash that the caller or the server asks for, made with the hash of the signature method, and no other";
const ROUTED: &str = "collect parameters from the request as it was sent, before a router or framework adds its own";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "collect.signature-empty" OldSignature "3.4.1.3.1",
        "oauth_signature is signed with an empty value",
        SIGNATURE,
        Seen ["https://github.com/guzzle/oauth-subscriber/issues/100"],
        |practice| practice.recipe.steps.add(|_, list| list.push(b"oauth_signature", b"", Source::Header));
    "collect.signature-as-received" OldSignature "3.4.1.3.1",
        "an oauth_signature that stands in query or body is signed like any other parameter",
        SIGNATURE,
        Common [
            "https://github.com/guzzle/oauth-subscriber/issues/100",
            "https://pkg.go.dev/github.com/gomodule/oauth1",
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://www.npmjs.com/package/oauth/v/0.10.2",
            "https://central.sonatype.com/artifact/com.google.oauth-client/google-oauth-client/1.34.1",
        ],
        |practice| practice.recipe.steps.add(signature_as_received);
    "collect.realm" Realm "3.4.1.3.1",
        "the realm of the Authorization header is signed",
        "leave the realm of the header out of the list",
        Common [
            "https://github.com/ciaranj/connect-auth/issues/9",
            "https://github.com/ddo/oauth-1.0a/issues/50",
            "https://github.com/mrjones/oauth/issues/73",
            "https://github.com/dghubble/oauth1/issues/30",
        ],
        |practice| practice.recipe.steps.add(|request, list| {
            if let Some(realm) = request.realm {
                list.push(b"realm", realm, Source::Header);
            }
        });
    "collect.realm-empty" Realm "3.4.1.3.1",
        "an empty realm is signed",
        "leave the realm of the header out of the list",
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| list.push(b"realm", b"", Source::Header));
    "collect.realm-of-request-left-out" Realm "3.4.1.3.1",
        "a parameter named realm in query or body is not signed",
        "leave out only the realm of the header: in query and body it is a parameter like others",
        Common [
            "https://github.com/oauthlib/oauthlib/issues/139",
            "https://pypi.org/project/Authlib/1.9.9/",
            "https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2",
            "https://crates.io/crates/reqwest-oauth1",
        ],
        |practice| practice.recipe.steps.add(|_, list| remove(list, b"realm"));
    "collect.version-left-out" Version "3.4.1.3.1",
        "oauth_version is sent and not signed",
        "sign oauth_version if it is sent",
        Seen ["https://github.com/azyobuzin/rust-oauthcli/issues/4"],
        |practice| practice.recipe.steps.add(|_, list| remove(list, b"oauth_version"));
    "collect.version-empty-as-1-0" Version "3.1",
        "an empty oauth_version is signed and sent as 1.0",
        "refuse an empty oauth_version",
        Seen [
            "https://www.npmjs.com/package/oauth-1.0a/v/2.2.6",
            "https://www.npmjs.com/package/oauth-sign/v/0.9.0",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
        ],
        |practice| {
            // What has a default need not be refused.
            practice.admission.version = |asked| if asked.version == Some(b"") { Ok(()) } else { (Admission::RFC5849.version)(asked) };
            practice.recipe.steps.add(|_, list| {
                let is_empty = |parameter: Parameter<'_>| parameter.name == b"oauth_version" && parameter.value.is_empty();
                revalue(list, is_empty, |_| Cow::Borrowed(b"1.0"));
            });
        };
    "collect.version-added" Version "3.1",
        "oauth_version is signed although it is not sent",
        "sign oauth_version only if it is sent: it is optional",
        Seen ["https://github.com/DotNetOpenAuth/DotNetOpenAuth/issues/28", "https://rt.cpan.org/Public/Bug/Display.html?id=47369"],
        |practice| practice.recipe.steps.add(|_, list| add_if_missing(list, b"oauth_version", b"1.0"));
    "collect.token-left-out" Token "3.4.1.3.1",
        "oauth_token is sent and not signed",
        "sign oauth_token if it is sent",
        Seen ["https://github.com/xamarin/Xamarin.Auth/issues/45"],
        |practice| practice.recipe.steps.add(|_, list| remove(list, b"oauth_token"));
    "collect.token-empty-added" Token "3.1",
        "an empty oauth_token is signed although none is sent",
        SAME,
        Common [
            "https://github.com/postmanlabs/postman-app-support/issues/640",
            "https://github.com/postmanlabs/postman-app-support/issues/2079",
            "https://github.com/nahi/httpclient/issues/174",
            "https://github.com/dghubble/oauth1/issues/38",
            "https://github.com/scribejava/scribejava/issues/252",
            "https://github.com/scribejava/scribejava/issues/625",
            "https://github.com/rhargreaves/oauth-dotnetcore/issues/10",
        ],
        |practice| practice.recipe.steps.add(|_, list| add_if_missing(list, b"oauth_token", b""));
    "collect.token-empty-left-out" Token "3.1",
        "an empty oauth_token is sent and not signed",
        SAME,
        Common [
            "https://pypi.org/project/oauthlib/4.0.1/",
            "https://pypi.org/project/Authlib/1.9.9/",
            "https://www.npmjs.com/package/oauth/v/0.10.2",
            "https://rubygems.org/gems/oauth/versions/0.5.4",
        ],
        |practice| practice.recipe.steps.add(|_, list| {
            list.retain(|parameter| parameter.name != b"oauth_token" || !parameter.value.is_empty());
        });
    "collect.callback-left-out" Temporary "2.1",
        "oauth_callback is sent and not signed, because it is added after signing",
        "add oauth_callback before the request is signed",
        Seen ["https://github.com/scribejava/scribejava/issues/92", "https://github.com/google/google-gdata/issues/417"],
        |practice| practice.recipe.steps.add(|_, list| remove(list, b"oauth_callback"));
    "collect.callback-empty-added" Temporary "2.1",
        "an empty oauth_callback is signed although none is sent",
        SAME,
        Seen ["https://github.com/postmanlabs/postman-runtime/issues/1063"],
        |practice| practice.recipe.steps.add(|_, list| add_if_missing(list, b"oauth_callback", b""));
    "collect.callback-oob-added" Temporary "2.1",
        "oauth_callback=oob is signed although no callback is sent",
        "sign the callback that is sent; a server must not add a default before it verifies",
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| add_if_missing(list, b"oauth_callback", b"oob"));
    "collect.callback-blank-added" Temporary "2.1",
        "oauth_callback=about:blank is signed although no callback is sent",
        "sign the callback that is sent; a server must not add a default before it verifies",
        Seen ["https://github.com/jupyterhub/ltiauthenticator/issues/139"],
        |practice| practice.recipe.steps.add(|_, list| add_if_missing(list, b"oauth_callback", b"about:blank"));
    "collect.verifier-left-out" Temporary "2.3",
        "oauth_verifier is sent and not signed, because it is added after signing",
        "add oauth_verifier before the request is signed",
        Seen ["https://github.com/scribejava/scribejava/issues/92"],
        |practice| practice.recipe.steps.add(|_, list| remove(list, b"oauth_verifier"));
    "collect.verifier-empty-added" Temporary "2.3",
        "an empty oauth_verifier is signed although none is sent",
        SAME,
        Seen ["https://github.com/postmanlabs/postman-runtime/issues/1063"],
        |practice| practice.recipe.steps.add(|_, list| add_if_missing(list, b"oauth_verifier", b""));
    "collect.body-hash-left-out" BodyHash "body hash 3.2",
        "oauth_body_hash is sent and not signed, because it is computed after signing",
        "add oauth_body_hash before the request is signed",
        Seen ["https://github.com/dobesv/axios-oauth-1.0a/issues/32"],
        |practice| practice.recipe.steps.add(|_, list| remove(list, b"oauth_body_hash"));
    "collect.body-hash-added" BodyHash "body hash 3.2",
        "oauth_body_hash is signed although it is not sent, where there is a body",
        "sign oauth_body_hash only if it is sent",
        Seen ["https://www.npmjs.com/package/axios-oauth-1.0a/v/0.4.1"],
        |practice| practice.recipe.steps.add(|request, list| {
            if request.body.is_some_and(|body| !body.is_empty()) {
                add_body_hash(request, list);
            }
        });
    "collect.body-hash-always-added" BodyHash "body hash 3.2",
        "oauth_body_hash is signed although it is not sent, also for a request without body",
        "sign oauth_body_hash only if it is sent",
        Plausible [],
        |practice| practice.recipe.steps.add(add_body_hash);
    "collect.body-hash-added-unless-form" BodyHash "body hash 3.2",
        "oauth_body_hash, a SHA-1, is signed although it is not sent, for all that is no form, also for a request without body",
        "sign oauth_body_hash only if it is sent",
        Seen ["https://pypi.org/project/oauth2/1.9.0.post1/"],
        |practice| practice.recipe.steps.add(|request, list| {
            if !is_of_form_type(request) {
                add_sha_1_body_hash(request, list);
            }
        });
    "collect.body-hash-added-to-post-put-patch-unless-form" BodyHash "body hash 3.2",
        "oauth_body_hash, a SHA-1, is signed although it is not sent, for every POST, PUT and PATCH that is no form, also without body",
        "sign oauth_body_hash only if it is sent",
        Seen ["https://rubygems.org/gems/oauth/versions/0.5.4"],
        |practice| practice.recipe.steps.add(|request, list| {
            if is_one_of(request.method, &[b"POST", b"PUT", b"PATCH"]) && !is_of_form_type(request) {
                add_sha_1_body_hash(request, list);
            }
        });
    "collect.body-hash-own-for-other-types" BodyHash "body hash 3.2",
        "oauth_body_hash, a SHA-1, is signed for every body with a Content-Type that is not a form's, and for no other request, whatever was asked for",
        OWN_HASH,
        Seen ["https://pypi.org/project/oauthlib/4.0.1/"],
        |practice| practice.recipe.steps.add(|request, list| {
            // As a text in its letter case, so that a form in upper case counts as another type.
            let is_other = |value: &[u8]| !value.is_empty() && memchr::memmem::find(value, b"application/x-www-form-urlencoded").is_none();
            let field = request.field("content-type", "several Content-Type fields");
            remove(list, b"oauth_body_hash");
            if request.body.is_some() && field.is_ok_and(|value| value.is_some_and(is_other)) {
                add_sha_1_body_hash(request, list);
            }
        });
    "collect.body-hash-own-for-post-put-patch" BodyHash "body hash 3.2",
        "oauth_body_hash, a SHA-1, is signed for every POST, PUT and PATCH that is no form and asks for no credentials, also without body, and for no other request, whatever was asked for",
        OWN_HASH,
        Seen ["https://rubygems.org/gems/oauth/versions/0.5.4"],
        |practice| practice.recipe.steps.add(|request, list| {
            let asks_for_credentials = [&b"oauth_callback"[..], b"oauth_verifier"].iter().any(|name| list.iter().any(|known| known.name == *name));
            let is_form = |value: &[u8]| value.to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded");
            let field = request.field("content-type", "several Content-Type fields");
            remove(list, b"oauth_body_hash");
            if is_one_of(request.method, &[b"POST", b"PUT", b"PATCH"]) && !asks_for_credentials && !field.is_ok_and(|value| value.is_some_and(is_form)) {
                add_sha_1_body_hash(request, list);
            }
        });
    "collect.body-hash-added-unless-form-or-untyped-post" BodyHash "body hash 3.2",
        "oauth_body_hash, a SHA-1, is signed although it is not sent, for all that is no form, where a POST without Content-Type counts as one",
        "sign oauth_body_hash only if it is sent",
        Seen ["https://pypi.org/project/oauth2/1.9.0.post1/"],
        |practice| practice.recipe.steps.add(|request, list| {
            // The type is compared as a whole, so that one with a charset is another.
            let is_form = match request.field("content-type", "several Content-Type fields") {
                Ok(Some(value)) => value == b"application/x-www-form-urlencoded",
                _ => request.method == b"POST",
            };
            if !is_form {
                add_sha_1_body_hash(request, list);
            }
        });
    "collect.body-hash-of-braces" BodyHash "body hash 3.2",
        "oauth_body_hash of a request without a body is made of {}, an empty object of JavaScript",
        "without a body oauth_body_hash is the hash of the empty string",
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6"],
        |practice| practice.recipe.steps.add(|request, list| {
            if request.body.unwrap_or_default().is_empty() && list.iter().any(|parameter| parameter.name == b"oauth_body_hash") {
                let named = list.first("oauth_signature_method").map(SignatureMethod::from_name);
                let hash = body_hash(named.and_then(Result::ok).unwrap_or(SignatureMethod::HmacSha1), Some(b"{}"));
                remove(list, b"oauth_body_hash");
                list.push(b"oauth_body_hash", hash.as_bytes(), Source::Header);
            }
        });
    "collect.protocol-last-wins" Extra "3.1",
        "of protocol parameters with the same name only the last is signed",
        "refuse to sign a request in which a protocol parameter stands twice",
        Seen ["https://www.npmjs.com/package/oauth-1.0a/v/2.2.6", "https://www.npmjs.com/package/oauth-sign/v/0.9.0", "https://metacpan.org/dist/WWW-OAuth"],
        |practice| {
            // A map has no second one that could be refused.
            practice.admission.names = |_| Ok(());
            practice.recipe.steps.add(protocol_last_wins);
        };
    "collect.empty-protocol-left-out" Extra "3.1",
        "protocol parameters with an empty value are not signed",
        SAME,
        Seen ["https://rubygems.org/gems/oauth/versions/0.5.4", "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28"],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| !is_protocol(parameter) || !parameter.value.is_empty()));
    "collect.empty-optional-left-out" Extra "3.1",
        "of the protocol parameters that a request need not have, those with an empty value are not signed: token, callback and verifier",
        SAME,
        Common ["https://pypi.org/project/oauthlib/4.0.1/"],
        |practice| practice.recipe.steps.add(|_, list| {
            let is_optional = |name: &[u8]| matches!(name, b"oauth_token" | b"oauth_callback" | b"oauth_verifier");
            list.retain(|parameter| !is_optional(parameter.name) || !parameter.value.is_empty());
        });
    "collect.route-path-added" Extra "3.4.1.3.1",
        "a parameter q with the path in it is signed, which a rewrite rule has added",
        ROUTED,
        Seen ["https://github.com/friendica/friendica/issues/1431"],
        |practice| practice.recipe.steps.add(|request, list| {
            let path = percent_decoded(request.url.path);
            list.push(b"q", path.strip_prefix(b"/").unwrap_or(&path), Source::Query);
        });
    "collect.route-path-with-slash-added" Extra "3.4.1.3.1",
        "a parameter q with the path and its first slash is signed, which a rewrite rule has added",
        ROUTED,
        Plausible [],
        |practice| practice.recipe.steps.add(|request, list| {
            let path = percent_decoded(request.url.path);
            list.push(b"q", &path, Source::Query);
        });
    "collect.method-added" Extra "3.4.1.3.1",
        "a parameter _method with the method in lower case is signed, as form helpers of frameworks add it",
        ROUTED,
        Plausible [],
        |practice| practice.recipe.steps.add(|request, list| {
            list.push(b"_method", &request.method.to_ascii_lowercase(), Source::Body);
        });
    "collect.format-added" Extra "3.4.1.3.1",
        "a parameter format with the ending of the path is signed, which a router has added",
        ROUTED,
        Plausible [],
        |practice| practice.recipe.steps.add(|request, list| {
            let last = request.url.path.rsplit(|&octet| octet == b'/').next().unwrap_or_default();
            if let Some(dot) = memchr::memrchr(b'.', last).filter(|&dot| dot > 0) {
                list.push(b"format", last.get(dot + 1..).unwrap_or_default(), Source::Query);
            }
        });
    "collect.controller-and-action-added" Extra "3.4.1.3.1",
        "parameters controller and action are signed, which a router of the kind of Rails has added: the path, and index or create",
        ROUTED,
        Plausible [],
        |practice| practice.recipe.steps.add(|request, list| {
            list.push(b"controller", request.url.path.strip_prefix(b"/").unwrap_or_default(), Source::Query);
            list.push(b"action", if request.method == b"POST" { b"create" } else { b"index" }, Source::Query);
        });
];

/// A signature of query or body, read as the specification reads it.
fn signature_as_received(request: &Request<'_>, list: &mut Parameters) {
    let mut all = Parameters::new();
    // What cannot be read was refused when the list was collected.
    let _ = request.gather(&mut all);
    all.retain(|parameter| parameter.name == b"oauth_signature");
    list.append(&all);
}

/// Adds the hash that goes with the signature method.
fn add_body_hash(request: &Request<'_>, list: &mut Parameters) {
    let named = list.first("oauth_signature_method").map(SignatureMethod::from_name);
    let method = named.and_then(Result::ok).unwrap_or(SignatureMethod::HmacSha1);
    add_if_missing(list, b"oauth_body_hash", body_hash(method, request.body).as_bytes());
}

/// Adds a hash that does not ask for the signature method.
fn add_sha_1_body_hash(request: &Request<'_>, list: &mut Parameters) {
    add_if_missing(list, b"oauth_body_hash", body_hash(SignatureMethod::HmacSha1, request.body).as_bytes());
}

/// Whether the media type is that of a form, whatever the body.
fn is_of_form_type(request: &Request<'_>) -> bool {
    // Several fields were refused when the list was collected.
    request.field("content-type", "several Content-Type fields").is_ok_and(|value| value.is_some_and(is_form))
}

/// Of parameters of the header with the same name the last is kept.
fn protocol_last_wins(_: &Request<'_>, list: &mut Parameters) {
    let mut later = std::collections::HashSet::new();
    let all: Vec<(Source, Vec<u8>)> = list.iter().map(|parameter| (parameter.source, parameter.name.to_vec())).collect();
    let mut kept: Vec<bool> = all.into_iter().rev().map(|(source, name)| source != Source::Header || later.insert(name)).collect();
    list.retain(|_| kept.pop().unwrap_or(true));
}
