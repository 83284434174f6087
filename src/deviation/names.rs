//! Departures in what becomes of names, and of parameters without name or value (RFC 5849 section 3.4.1.3.1): every parameter is signed
//! with the name that it is sent with.

use std::borrow::Cow;

use super::Deviation;
use super::list::{is_protocol, rename, rewrite};
use super::rows::departures;
use crate::protocol::normalization::{EncodedParameters, Join};
use crate::protocol::{Buffer, Parameter, Source};

const AS_SENT: &str =
    "sign names as they are sent, brackets, dots and letter case included; read them from the request and not from a framework's arrays";
const EMPTY: &str = "sign a parameter without value as its name and an = with nothing behind it";

pub(super) const TABLE: &[Deviation] = departures![
    "names.php-variables" Names "3.4.1.3.1",
        "dots and blanks in names become underscores, as in PHP's $_GET and $_POST",
        AS_SENT,
        Common [
            "https://github.com/Kong/unirest-php/issues/26",
            "https://github.com/q2a/question2answer/issues/1",
            "https://github.com/WP-API/OAuth1",
            "https://github.com/woocommerce/woocommerce/issues/13632",
        ],
        |practice| practice.recipe.steps.add(|_, list| rename(list, |_| true, php_variable));
    "names.brackets-cut" Names "3.4.1.3.1",
        "names are cut at [, so that n[] and n[1] become n",
        AS_SENT,
        Seen ["https://github.com/ciaranj/node-oauth/issues/34"],
        |practice| practice.recipe.steps.add(|_, list| {
            rename(list, |_| true, |name| Cow::Borrowed(name.split(|&octet| octet == b'[').next().unwrap_or_default()));
        });
    "names.empty-brackets-cut" Names "3.4.1.3.1",
        "empty brackets at the end of a name are dropped, so that n[] becomes n",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| {
            rename(list, |_| true, |name| Cow::Borrowed(name.strip_suffix(b"[]").unwrap_or(name)));
        });
    "names.brackets-to-dots" Names "3.4.1.3.1",
        "brackets in names become dots, so that n[a] becomes n.a",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| rename(list, |_| true, |name| {
            let kept = name.iter().filter(|octet| **octet != b']');
            Cow::Owned(kept.map(|&octet| if octet == b'[' { b'.' } else { octet }).collect())
        }));
    "names.lower-case" Names "3.4.1.3.1",
        "names become lower case, as in a dictionary without regard to letter case",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| rename(list, |_| true, |name| Cow::Owned(name.to_ascii_lowercase())));
    "names.dashes-to-underscores" Names "3.4.1.3.1",
        "dashes in names become underscores, as in keywords and properties of a language",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| rename(list, |_| true, |name| {
            Cow::Owned(name.iter().map(|&octet| if octet == b'-' { b'_' } else { octet }).collect())
        }));
    "names.trimmed" Names "3.4.1.3.1",
        "white space around names is dropped",
        AS_SENT,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| rename(list, |_| true, |name| Cow::Borrowed(name.trim_ascii())));
    "names.question-mark-on-first" Names "3.4.1.3.1",
        "the first name of the query begins with the ? of the URL",
        "leave the ? out: the query begins behind it",
        Seen ["https://core.tcl-lang.org/tcllib/doc/trunk/embedded/md/tcllib/files/modules/oauth/oauth.md"],
        |practice| practice.recipe.steps.add(|_, list| {
            let mut is_first = true;
            rewrite(list, |parameter, new| match parameter.source == Source::Query && std::mem::take(&mut is_first) {
                true => new.push_parameter(Parameter { name: &[b"?", parameter.name].concat(), ..parameter }),
                false => new.push_parameter(parameter),
            });
        });
    "names.oauth-prefix-cut" Names "3.4.1.3.1",
        "the protocol parameters are signed without oauth_ before their names",
        "sign the protocol parameters under the names that they are sent with",
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| {
            rename(list, |_| true, |name| Cow::Borrowed(name.strip_prefix(b"oauth_").unwrap_or(name)));
        });
    "empty.dropped" Empty "3.4.1.3.2",
        "parameters with an empty value are not signed",
        EMPTY,
        Common [
            "https://github.com/ruby-oauth/oauth/issues/155",
            "https://github.com/postmanlabs/postman-app-support/issues/883",
            "https://pypi.org/project/rauth/0.7.3/",
            "https://pypi.org/project/oauth1-py3/1.0.2/",
        ],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| !parameter.value.is_empty()));
    "empty.dropped-from-request" Empty "3.4.1.3.2",
        "parameters of query and body with an empty value are not signed, protocol parameters are",
        EMPTY,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| is_protocol(parameter) || !parameter.value.is_empty()));
    "empty.dropped-from-form" Empty "3.4.1.3.2",
        "parameters of the form body with an empty value are not signed, those of the query are, as with Python's parse_qs",
        EMPTY,
        Seen ["https://pypi.org/project/oauth2/1.9.0.post1/"],
        |practice| practice.recipe.steps.add(|_, list| {
            list.retain(|parameter| parameter.source != Source::Body || !parameter.value.is_empty());
        });
    "empty.bare-dropped" Empty "3.4.1.3.1",
        "names without = are not signed",
        EMPTY,
        Common [
            "https://github.com/notEthan/oauthenticator/issues/1",
            "https://github.com/WP-API/OAuth1/issues/93",
            "https://rubygems.org/gems/simple_oauth/versions/0.3.1",
            "https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://metacpan.org/dist/WWW-OAuth",
        ],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| !parameter.bare));
    "empty.bare-dropped-from-query" Empty "3.4.1.3.1",
        "names without = are not signed where they stand in the query",
        EMPTY,
        Seen ["https://rubygems.org/gems/simple_oauth/versions/0.3.1"],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| !(parameter.bare && parameter.source == Source::Query)));
    "empty.bare-dropped-beside-values" Empty "3.4.1.3.1",
        "a name without = is not signed where the same name stands there with one, as with Ruby's CGI.parse",
        EMPTY,
        Seen ["https://rubygems.org/gems/oauth/versions/0.5.4"],
        |practice| practice.recipe.steps.add(|_, list| {
            let valued: std::collections::HashSet<Vec<u8>> =
                list.iter().filter(|parameter| !parameter.bare).map(|parameter| parameter.name.to_vec()).collect();
            list.retain(|parameter| !(parameter.bare && valued.contains(parameter.name)));
        });
    "empty.bare-as-undefined" Empty "3.4.1.3.1",
        "names without = are signed with the value undefined, as JavaScript writes it",
        EMPTY,
        Seen ["https://www.npmjs.com/package/ohauth/v/1.0.1"],
        |practice| practice.recipe.steps.add(|_, list| valued(list, b"undefined"));
    "empty.bare-as-null" Empty "3.4.1.3.1",
        "names without = are signed with the value null",
        EMPTY,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| valued(list, b"null"));
    "empty.bare-as-none" Empty "3.4.1.3.1",
        "names without = are signed with the value None, as Python writes it",
        EMPTY,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| valued(list, b"None"));
    "empty.bare-as-true" Empty "3.4.1.3.1",
        "names without = are signed with the value true",
        EMPTY,
        Plausible [],
        |practice| practice.recipe.steps.add(|_, list| valued(list, b"true"));
    "empty.nameless-dropped" Empty "3.4.1.3.1",
        "parameters with an empty name are not signed",
        "sign a parameter with an empty name like any other, or refuse it",
        Common [
            "https://central.sonatype.com/artifact/com.google.oauth-client/google-oauth-client/1.34.1",
            "https://rubygems.org/gems/signet/versions/0.17.0",
        ],
        |practice| practice.recipe.steps.add(|_, list| list.retain(|parameter| !parameter.name.is_empty()));
    "empty.bare-without-equals" Join "3.4.1.3.2",
        "names that are sent without = are signed without it",
        EMPTY,
        Seen ["https://github.com/restsharp/RestSharp/issues/2069"],
        |practice| practice.recipe.join = Join::Other(|list, out| join(list, |parameter| parameter.bare, out));
    "empty.without-equals" Join "3.4.1.3.2",
        "parameters with an empty value are signed without =",
        EMPTY,
        Plausible [],
        |practice| practice.recipe.join = Join::Other(|list, out| join(list, |parameter| parameter.value.is_empty(), out));
];

/// A name as PHP makes it a variable: before the first bracket, dots and blanks become underscores; so does a bracket that is not closed.
/// Blanks at its begin are dropped.
pub(super) fn php_variable(name: &[u8]) -> Cow<'_, [u8]> {
    let name = name.iter().position(|&octet| octet != b' ').and_then(|start| name.get(start..)).unwrap_or_default();
    let opened = memchr::memchr(b'[', name).filter(|&at| at > 0);
    let closed = opened.filter(|&at| name.get(at..).is_some_and(|rest| rest.contains(&b']')));
    let (variable, index) = name.split_at(closed.unwrap_or(name.len()));
    let mangled =
        variable.iter().enumerate().map(|(at, &octet)| if matches!(octet, b'.' | b' ') || Some(at) == opened { b'_' } else { octet });
    Cow::Owned(mangled.chain(index.iter().copied()).collect())
}

/// Gives those without `=` a value.
fn valued(list: &mut crate::protocol::Parameters, value: &'static [u8]) {
    super::list::revalue(list, |parameter| parameter.bare, |_| Cow::Borrowed(value));
}

/// Joins as the specification does, but some without `=`.
fn join(list: &EncodedParameters, is_without: impl Fn(&crate::protocol::normalization::EncodedParameter<'_>) -> bool, out: &mut Buffer) {
    for (number, parameter) in list.iter().enumerate() {
        if number > 0 {
            out.push(b'&');
        }
        out.append(parameter.name);
        if !is_without(&parameter) {
            out.push(b'=');
            out.append(parameter.value);
        }
    }
}
