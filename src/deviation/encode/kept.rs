//! Encoders that leave more characters alone than section 3.6 allows.

use super::encoders;
use super::octets;
use crate::deviation::{Deviation, Rank, Stage};
use crate::protocol::Encoder;

pub(in crate::deviation) const TABLE: &[Deviation] = encoders![
    "encode.marks-kept" |text, out| octets::MARKS_KEPT.encode(text, out),
        "the characters !*'() stay as they are: JavaScript's encodeURIComponent does so, C#'s Uri.EscapeDataString before .NET 4.5, Dart's Uri.encodeComponent and older versions of Perl's uri_escape",
        "encode ! * ' ( ) as %21 %2A %27 %28 %29 too: in JavaScript replace them in what encodeURIComponent returns, all of them and everywhere",
        inside Common [
            "https://github.com/romaonthego/AFXAuthClient/issues/2",
            "https://github.com/AsyncHttpClient/async-http-client/issues/1216",
        ],
        everywhere Common [
            "https://github.com/restsharp/RestSharp/issues/2192",
            "https://github.com/activepieces/activepieces/issues/12555",
        ];
    "encode.marks-but-star-kept" |text, out| octets::MARKS_BUT_STAR_KEPT.encode(text, out),
        "the characters !'() stay as they are and * is encoded: encodeURIComponent with one replacement",
        "replace ! ' ( ) in what encodeURIComponent returns, and not only *",
        inside Plausible [],
        everywhere Plausible [];
    "encode.star-kept" |text, out| octets::STAR_KEPT.encode(text, out),
        "the character * stays as it is: Java's URLEncoder does so, and it was repaired for space and tilde only",
        "write %2A for *, beside %20 for + and ~ for %7E, in what URLEncoder returns",
        inside Common [
            "https://github.com/AsyncHttpClient/async-http-client/issues/1216",
            "https://github.com/cgeo/cgeo/issues/3320",
        ],
        everywhere Plausible [];
    "encode.reserved-kept" |text, out| octets::RESERVED_KEPT.encode(text, out),
        "the characters ;,/?:@&=+$#!*'() stay as they are: JavaScript's encodeURI does so, it is for whole URIs",
        "use an encoder for components, and have it escape all but letters, digits and -._~",
        inside Common ["https://github.com/sirikata/liboauthcpp/issues/20", "https://github.com/CORDEA/oauth/issues/4"],
        everywhere Plausible [];
    "encode.reserved-and-brackets-kept" |text, out| octets::RESERVED_AND_BRACKETS_KEPT.encode(text, out),
        "the characters ;,/?:@&=+$[]!*'() stay as they are: Ruby's URI.encode and URI.escape do so",
        "escape all but letters, digits and -._~: in Ruby with URI.encode_www_form_component and three replacements, or with ERB::Util.url_encode",
        inside Plausible [],
        everywhere Plausible [];
    "encode.slash-kept" |text, out| octets::SLASH_KEPT.encode(text, out),
        "the slash stays as it is: Python's quote does so unless it is told otherwise",
        "in Python write quote(text, safe='')",
        inside Common ["https://github.com/maraujop/requests-oauth/issues/33"],
        everywhere Plausible [];
    "encode.slash-kept-tilde" |text, out| octets::SLASH_KEPT_TILDE.encode(text, out),
        "the slash stays as it is and ~ becomes %7E: Python's quote before version 3.7",
        "in Python write quote(text, safe='~')",
        inside Plausible [],
        everywhere Plausible [];
    "encode.comma-kept" |text, out| octets::COMMA_KEPT.encode(text, out),
        "the comma stays as it is",
        "write %2C for a comma",
        inside Seen ["https://github.com/sirikata/liboauthcpp/issues/20"],
        everywhere Plausible [];
    "encode.colon-and-slash-kept" |text, out| octets::COLON_SLASH_KEPT.encode(text, out),
        "colon and slash stay as they are",
        "write %3A for a colon and %2F for a slash",
        inside Seen ["https://github.com/CORDEA/oauth/issues/4"],
        everywhere Plausible [];
    "encode.path-segment" |text, out| octets::PATH_SEGMENT.encode(text, out),
        "the characters $&+:=@ stay as they are: Go's url.PathEscape does so",
        "in Go use url.QueryEscape and write %20 for each +",
        inside Plausible [],
        everywhere Plausible [];
    "encode.query-allowed" |text, out| octets::QUERY_ALLOWED.encode(text, out),
        "the characters !$&'()*+,/:;=?@ stay as they are: Swift's urlQueryAllowed and Objective-C's stringByAddingPercentEscapesUsingEncoding do so",
        "in Swift make a CharacterSet of letters, digits and -._~, and give that to addingPercentEncoding",
        inside Plausible [],
        everywhere Plausible [];
    "encode.host-allowed" |text, out| octets::HOST_ALLOWED.encode(text, out),
        "the characters !$&'()*+,:;=[] stay as they are: Swift's urlHostAllowed",
        "in Swift make a CharacterSet of letters, digits and -._~, and give that to addingPercentEncoding",
        inside Plausible [],
        everywhere Plausible [];
    "encode.path-allowed" |text, out| octets::PATH_ALLOWED.encode(text, out),
        "the characters !$&'()*+,/:=@ stay as they are: Swift's urlPathAllowed",
        "in Swift make a CharacterSet of letters, digits and -._~, and give that to addingPercentEncoding",
        inside Plausible [],
        everywhere Plausible [];
    "encode.user-allowed" |text, out| octets::USER_ALLOWED.encode(text, out),
        "the characters !$&'()*+,;= stay as they are: Swift's urlUserAllowed and urlPasswordAllowed",
        "in Swift make a CharacterSet of letters, digits and -._~, and give that to addingPercentEncoding",
        inside Plausible [],
        everywhere Plausible [];
    "encode.query-parameter" |text, out| octets::QUERY_PARAMETER.encode(text, out),
        "the characters !$'()*+,;:@/? stay as they are: Spring's UriUtils.encodeQueryParam does so",
        "use UriUtils.encode, which escapes all but the unreserved characters",
        inside Plausible [],
        everywhere Plausible [];
    "encode.url-query" |text, out| octets::WHATWG_QUERY.encode(text, out),
        "only space, quotes, #, <, > and what is beyond ASCII become escapes, and % stays: what a URL type of the WHATWG does to a query",
        "encode names and values before they are put into a URL, and sign those",
        inside Plausible [],
        everywhere Plausible [];
];
