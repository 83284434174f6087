//! Departures from which sources are collected (RFC 5849 section 3.4.1.3.1): query, header and form body, each once.

use crate::deviation::Deviation;
use crate::deviation::list::{is_protocol, rewrite};
use crate::deviation::rows::departures;
use crate::protocol::{Buffer, Parameter, Parameters, Request, Source, form_decoded, percent_encode};

const QUERY: &str = "sign the parameters of the query, whatever the method and the body";
const ONCE: &str = "count every parameter as often as it is sent: do not hand over parameters that stand in the URL already";
const HEADER: &str = "sign every parameter of the Authorization header but realm, decoded";

pub(in crate::deviation) const TABLE: &[Deviation] = departures![
    "collect.query-left-out" Source "3.4.1.3.1",
        "the parameters of the query are not signed",
        QUERY,
        Common [
            "https://github.com/OAuthSwift/OAuthSwift/issues/142",
            "https://github.com/ciaranj/node-oauth/issues/249",
            "https://github.com/heremaps/here-aaa-java-sdk/issues/89",
            "https://github.com/LtiLibrary/LtiLibrary/issues/14",
        ],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| !is_request(parameter, Source::Query)));
    "collect.query-for-get-only" Source "3.4.1.3.1",
        "the parameters of the query are signed with GET only",
        QUERY,
        Common ["https://github.com/mrjones/oauth/issues/63", "https://metacpan.org/release/GSG/LWP-Authen-OAuth-1.01"],
        |practice| practice.recipe.steps.add(|request, list| {
            let is_get = request.method.eq_ignore_ascii_case(b"GET");
            list.retain(|parameter| is_get || !is_request(parameter, Source::Query));
        });
    "collect.query-left-out-beside-form" Source "3.4.1.3.1",
        "the parameters of the query are not signed when there is a form-encoded body",
        QUERY,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| {
            let has_form = list.iter().any(|parameter| parameter.source == Source::Body);
            list.retain(|parameter| !(has_form && is_request(parameter, Source::Query)));
        });
    "collect.only-protocol" Source "3.4.1.3.1",
        "only the oauth_ parameters are signed, neither query nor body",
        "sign the parameters of query and form body too; only bodies of other media types are left out",
        Common ["https://github.com/restsharp/RestSharp/issues/488"],
        |practice| practice.recipe.steps.add(|_, list| list.retain(is_protocol));
    "collect.protocol-left-out" Source "3.4.1.3.1",
        "the oauth_ parameters are not signed, only query and body",
        "sign the protocol parameters too, all but oauth_signature",
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| !is_protocol(parameter)));
    "collect.query-twice" Source "3.4.1.3.1",
        "the parameters of the query are counted twice: once from the URL and once from a parsed copy",
        ONCE,
        Common [
            "https://github.com/joestump/python-oauth2/issues/46",
            "https://github.com/joestump/python-oauth2/issues/111",
            "https://github.com/spring-attic/spring-security-oauth/issues/403",
            "https://github.com/oauthlib/oauthlib/issues/120",
            "https://github.com/postmanlabs/postman-app-support/issues/295",
        ],
        |practice| practice.recipe.steps.add(|_, list| again(list, |parameter| is_request(parameter, Source::Query)));
    "collect.form-twice" Source "3.4.1.3.1",
        "the parameters of the form body are counted twice: once from the body and once from a parsed copy",
        ONCE,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| again(list, |parameter| is_request(parameter, Source::Body)));
    "collect.query-and-form-twice" Source "3.4.1.3.1",
        "the parameters of query and form body are counted twice: once as they are sent and once from a parsed copy",
        ONCE,
        Seen ["https://github.com/spring-attic/spring-security-oauth/issues/403"],
        |practice| practice.recipe.steps.add(|_, list| {
            again(list, |parameter| !is_protocol(parameter) && parameter.source != Source::Header);
        });
    "collect.protocol-twice" Source "3.4.1.3.1",
        "the oauth_ parameters are counted twice: once as they are sent and once from a parsed copy",
        ONCE,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| again(list, is_protocol));
    "collect.everything-twice" Source "3.4.1.3.1",
        "every parameter is counted twice",
        ONCE,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| again(list, |_| true));
    "collect.header-others-ignored" Header "3.4.1.3.1",
        "parameters of the Authorization header whose names do not begin with oauth_ are not signed",
        HEADER,
        Seen ["https://github.com/ruby-oauth/oauth/issues/31", "https://github.com/twitter/joauth"],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| !is_other_of_header(parameter)));
    "collect.header-others-not-decoded" Header "3.4.1.3.1",
        "parameters of the Authorization header whose names do not begin with oauth_ are signed without being decoded",
        HEADER,
        Seen ["https://pypi.org/project/oauthlib/4.0.1/"],
        |practice| practice.recipe.steps.add(|_, list| rewrite(list, |parameter, new| match is_other_of_header(parameter) {
            true => new.push_parameter(Parameter { value: &encoded(parameter.value), ..parameter }),
            false => new.push_parameter(parameter),
        }));
    "collect.header-ignored" Header "3.4.1.3.1",
        "the parameters of the Authorization header are not signed, only those of query and body",
        "sign the protocol parameters wherever they are sent",
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| parameter.source != Source::Header));
    "collect.cookies-signed" Header "3.4.1.3.1",
        "the cookies of the request are signed like parameters, as by a framework that merges them",
        "sign query, header and form body only",
        Plausible [],
        |practice| practice.recipe.steps.add(cookies);
];

/// Whether it is a parameter of that place that is none of the protocol: where protocol parameters travel there, they are signed by
/// those who forget the others.
fn is_request(parameter: Parameter<'_>, source: Source) -> bool {
    parameter.source == source && !is_protocol(parameter)
}

fn is_other_of_header(parameter: Parameter<'_>) -> bool {
    parameter.source == Source::Header && !is_protocol(parameter)
}

/// Appends those parameters once more.
fn again(list: &mut Parameters, which: impl Fn(Parameter<'_>) -> bool) {
    let mut copy = list.clone();
    copy.retain(which);
    list.append(&copy);
}

fn encoded(text: &[u8]) -> Buffer {
    let mut out = Buffer::default();
    percent_encode(text, &mut out);
    out
}

fn cookies(request: &Request<'_>, list: &mut Parameters) {
    for header in request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case(b"cookie")) {
        for cookie in header.value.split(|&octet| octet == b';').map(<[u8]>::trim_ascii) {
            if let Some(equals) = memchr::memchr(b'=', cookie) {
                let name = form_decoded(cookie.get(..equals).unwrap_or_default());
                let value = form_decoded(cookie.get(equals + 1..).unwrap_or_default());
                list.push(&name, &value, Source::Query);
            }
        }
    }
}
