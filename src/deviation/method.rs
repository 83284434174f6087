//! Departures from the method of the base string (RFC 5849 section 3.4.1.1): the HTTP request method in upper case.

use super::Deviation;
use super::rows::departures;
use crate::protocol::base_string::{lower_case, upper_case_method};

const UPPER: &str = "write the method in upper case in the base string, and percent-encode it if it has other characters than letters";

pub(super) const TABLE: &[Deviation] = departures![
    "method.case-kept" Method "3.4.1.1",
        "the method is signed in the letter case in which it is given",
        UPPER,
        Common [
            "https://github.com/ruby-oauth/oauth/issues/40",
            "https://pypi.org/project/rauth/0.7.3/",
            "https://central.sonatype.com/artifact/oauth.signpost/signpost-core/1.2.1.2",
            "https://central.sonatype.com/artifact/com.google.oauth-client/google-oauth-client/1.34.1",
            "https://metacpan.org/release/KGRENNAN/Net-OAuth-0.28",
            "https://pecl.php.net/package/oauth/2.0.7",
            "https://crates.io/crates/oauth1-request/0.6.1",
            "https://crates.io/crates/oauth-client/0.8.0",
        ],
        |practice| practice.recipe.method = |method, out| out.append(method);
    "method.lower-case" Method "3.4.1.1",
        "the method is signed in lower case",
        UPPER,
        Plausible [],
        |practice| practice.recipe.method = lower_case;
    "method.capitalized" Method "3.4.1.1",
        "the method is signed with only its first letter in upper case, as an enumeration of .NET prints it",
        UPPER,
        Plausible [],
        |practice| practice.recipe.method = |method, out| {
            let (first, rest) = method.split_at(method.len().min(1));
            upper_case_method(first, out);
            lower_case(rest, out);
        };
    "method.head-as-get" Method "3.4.1.1",
        "GET is signed for HEAD, because HEAD is routed to what answers GET",
        "sign the method of the request line",
        Plausible [],
        |practice| practice.recipe.method = |method, out| match method.eq_ignore_ascii_case(b"HEAD") {
            true => out.append(b"GET"),
            false => upper_case_method(method, out),
        };
    "method.unknown-as-get" Method "3.4.1.1",
        "GET is signed for a method that is none of the usual ones",
        "sign the method of the request line, whatever it is",
        Plausible [],
        |practice| practice.recipe.method = |method, out| {
            let usual: [&[u8]; 7] = [b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"];
            match usual.iter().any(|known| method.eq_ignore_ascii_case(known)) {
                true => upper_case_method(method, out),
                false => out.append(b"GET"),
            }
        };
    "method.always-get" Method "3.4.1.1",
        "GET is signed, whatever the method",
        "sign the method of the request line",
        Seen ["https://github.com/lepture/flask-oauthlib/issues/83"],
        |practice| practice.recipe.method = |_, out| out.append(b"GET");
    "method.always-post" Method "3.4.1.1",
        "POST is signed, whatever the method",
        "sign the method of the request line",
        Plausible [],
        |practice| practice.recipe.method = |_, out| out.append(b"POST");
];
