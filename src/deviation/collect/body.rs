//! Departures from which body is a form (RFC 5849 section 3.4.1.3.1): one whose media type is `application/x-www-form-urlencoded`, in any
//! letter case and with any parameters, whatever the method.

use crate::deviation::Deviation;
use crate::deviation::rows::departures;
use crate::protocol::{Malformed, Request};

const SIGN: &str = "sign the parameters of every form-encoded body, whatever the method";
const TYPE: &str = "compare the media type without regard to letter case, and cut it at its first ;";
const FORM: &[u8] = b"application/x-www-form-urlencoded";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "collect.form-left-out" Form "3.4.1.3.1",
        "the parameters of a form-encoded body are not signed",
        SIGN,
        Common [
            "https://github.com/Kong/insomnia/issues/1854",
            "https://github.com/scribejava/scribejava/issues/286",
            "https://github.com/osmlab/osm-auth/issues/9",
            "https://github.com/googleapis/google-oauth-java-client/issues/1",
            "https://github.com/infoScoop/infoscoop/issues/432",
            "https://github.com/chao/RESTClient/issues/19",
        ],
        |practice| practice.recipe.read.form = Some(|_| Ok(None));
    "collect.form-for-post-only" Form "3.4.1.3.1",
        "a form-encoded body is signed with POST only, not with PUT, PATCH or DELETE",
        SIGN,
        Common [
            "https://github.com/eclipse-ee4j/jersey/issues/3125",
            "https://github.com/chao/RESTClient/issues/31",
            "https://github.com/ruby-oauth/oauth/issues/181",
            "https://github.com/joestump/python-oauth2/issues/71",
            "https://rubygems.org/gems/signet/versions/0.17.0",
            "https://metacpan.org/release/GSG/LWP-Authen-OAuth-1.01",
        ],
        |practice| practice.recipe.read.form = Some(|request| form_with(request, &[b"POST"]));
    "collect.form-for-post-and-put-only" Form "3.4.1.3.1",
        "a form-encoded body is signed with POST and PUT only",
        SIGN,
        Plausible [],
        |practice| practice.recipe.read.form = Some(|request| form_with(request, &[b"POST", b"PUT"]));
    "collect.form-for-post-put-patch-only" Form "3.4.1.3.1",
        "a form-encoded body is signed with POST, PUT and PATCH only",
        SIGN,
        Seen ["https://pypi.org/project/rauth/0.7.3/"],
        |practice| practice.recipe.read.form = Some(|request| form_with(request, &[b"POST", b"PUT", b"PATCH"]));
    "collect.form-not-with-get" Form "3.4.1.3.1",
        "a form-encoded body is not signed with GET and HEAD",
        SIGN,
        Seen ["https://rubygems.org/gems/oauth/versions/0.5.4"],
        |practice| practice.recipe.read.form = Some(|request| match is_one_of(request.method, &[b"GET", b"HEAD"]) {
            true => Ok(None),
            false => request.form(),
        });
    "collect.form-type-compared-whole" Form "3.4.1.3.1",
        "a form-encoded body is not signed when its Content-Type has a charset or capital letters: the field is compared as a whole",
        TYPE,
        Seen ["https://github.com/eclipse-ee4j/jersey/issues/3185", "https://github.com/guzzle/oauth-subscriber"],
        |practice| practice.recipe.read.form = Some(|request| {
            form_if(request, |content_type| content_type == b"application/x-www-form-urlencoded")
        });
    "collect.form-type-without-parameters" Form "3.4.1.3.1",
        "a form-encoded body is not signed when its Content-Type has a charset or another parameter",
        TYPE,
        Plausible [],
        |practice| practice.recipe.read.form = Some(|request| {
            form_if(request, |content_type| content_type.eq_ignore_ascii_case(b"application/x-www-form-urlencoded"))
        });
    "collect.form-type-with-case" Form "3.4.1.3.1",
        "a form-encoded body is not signed when its Content-Type has capital letters",
        TYPE,
        Plausible [],
        |practice| practice.recipe.read.form = Some(|request| {
            form_if(request, |content_type| content_type.starts_with(b"application/x-www-form-urlencoded"))
        });
    "collect.form-type-by-prefix" Form "3.4.1.3.1",
        "a body is taken for a form when its Content-Type only begins with application/x-www-form-urlencoded, in any letter case",
        TYPE,
        Seen ["https://rubygems.org/gems/oauth/versions/0.5.4"],
        |practice| practice.recipe.read.form = Some(|request| {
            body_if(request, |content_type| begins_with_form(&content_type.to_ascii_lowercase()))
        });
    "collect.form-type-by-prefix-with-case" Form "3.4.1.3.1",
        "a body is taken for a form when its Content-Type begins with application/x-www-form-urlencoded in small letters",
        TYPE,
        Seen ["https://www.npmjs.com/package/request/v/2.88.2"],
        |practice| practice.recipe.read.form = Some(|request| body_if(request, begins_with_form));
    "collect.form-type-anywhere" Form "3.4.1.3.1",
        "a body is taken for a form when application/x-www-form-urlencoded stands anywhere in its Content-Type, in small letters",
        TYPE,
        Seen ["https://pypi.org/project/oauthlib/4.0.1/"],
        |practice| practice.recipe.read.form = Some(|request| {
            body_if(request, |content_type| memchr::memmem::find(content_type, FORM).is_some())
        });
    "collect.any-body-as-form" Form "3.4.1.3.1",
        "every body is cut at & and =, whatever its media type, so that JSON or XML becomes parameters",
        "sign the parameters of a body only if its media type is application/x-www-form-urlencoded",
        Common ["https://github.com/chao/RESTClient/issues/105", "https://github.com/lostisland/faraday_middleware/issues/19"],
        |practice| practice.recipe.read.form = Some(|request| Ok(request.body));
    "collect.untyped-body-as-form" Form "3.4.1.3.1",
        "a body without Content-Type is taken for a form",
        "send the Content-Type of a form, or leave the body out of the list: without the field it is none",
        Plausible [],
        |practice| practice.recipe.read.form = Some(|request| match request.field("content-type", "several Content-Type fields")? {
            None | Some(b"") => Ok(request.body),
            Some(_) => request.form(),
        });
    "collect.form-left-out-beside-body-hash" Form "3.4.1.3.1",
        "the parameters of a form-encoded body are not signed because there is a body hash",
        "leave oauth_body_hash out of requests with a form, and sign the form's parameters (body hash draft, section 4.1.1)",
        Seen ["https://www.npmjs.com/package/axios-oauth-1.0a/v/0.4.1"],
        |practice| practice.recipe.read.form = Some(|request| match request.protocol.first("oauth_body_hash") {
            Some(_) => Ok(None),
            None => request.form(),
        });
    "collect.form-left-out-beside-query" Form "3.4.1.3.1",
        "the parameters of a form-encoded body are not signed when the URL has a query",
        "sign the parameters of query and body together",
        Plausible [],
        |practice| practice.recipe.read.form = Some(|request| match request.url.query {
            Some([_, ..]) => Ok(None),
            _ => request.form(),
        });
];

pub(super) fn is_one_of(method: &[u8], methods: &[&[u8]]) -> bool {
    methods.iter().any(|known| method.eq_ignore_ascii_case(known))
}

/// The form, if the method is one of these.
fn form_with<'a>(request: &Request<'a>, methods: &[&[u8]]) -> Result<Option<&'a [u8]>, Malformed> {
    if is_one_of(request.method, methods) { request.form() } else { Ok(None) }
}

/// The form, if its field is like this.
fn form_if<'a>(request: &Request<'a>, is: impl Fn(&[u8]) -> bool) -> Result<Option<&'a [u8]>, Malformed> {
    let form = request.form()?;
    let content_type = request.field("content-type", "several Content-Type fields")?;
    Ok(form.filter(|_| content_type.is_some_and(is)))
}

/// The body, if its field is like this.
fn body_if<'a>(request: &Request<'a>, is: impl Fn(&[u8]) -> bool) -> Result<Option<&'a [u8]>, Malformed> {
    let content_type = request.field("content-type", "several Content-Type fields")?;
    Ok(request.body.filter(|_| content_type.is_some_and(is)))
}

fn begins_with_form(content_type: &[u8]) -> bool {
    content_type.starts_with(FORM)
}
