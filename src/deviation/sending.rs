//! Departures from sending (RFC 5849 section 3.5): the signature is right, and what arrives is not.

use super::Deviation;
use super::encode::levels::{RAW, TWICE};
use super::encode::octets;
use super::list;
use super::rows::departures;
use crate::protocol::{Buffer, Encoder, Parameters, Request, Source};

/// What is sent, and how names and values are encoded.
pub(super) const TABLE: &[Deviation] = departures![
    "sending.signature-raw" SendSignature "3.5.1", "the signature is sent without being percent-encoded: its + arrives as a space in a query or form, and a PLAINTEXT & as a separator",
        "encode the value of oauth_signature like every other value: %2B for +, %2F for /, %3D for =, %26 for &", Common [
            "https://github.com/Mastercard/oauth1-signer-python/issues/35",
            "https://github.com/spring-attic/spring-security-oauth/issues/53",
            "https://github.com/maraujop/requests-oauth/issues/33",
            "https://github.com/ddo/oauth-1.0a/issues/75",
            "https://github.com/YelpArchive/yelp-api/issues/5",
            "https://github.com/canonical/snapd/issues/515",
            "https://github.com/sintaxi/dbox/issues/1",
            "https://crates.io/crates/oauth1-request/0.6.1",
        ], |practice| practice.sending.encode_signature = RAW;
    "sending.signature-twice" SendSignature "3.5.1", "the signature is percent-encoded twice before it is sent, so that = arrives as %3D",
        "encode the value of oauth_signature once: either the signer does it or the HTTP library", Seen [
            "https://github.com/postmanlabs/postman-app-support/issues/845",
        ], |practice| practice.sending.encode_signature = TWICE;
    "sending.signature-slash-raw" SendSignature "3.5.1", "the slash of a signature is sent as it is, as by Python's quote",
        "encode the value of oauth_signature like every other value: in Python with quote(text, safe='')", Seen [
            "https://github.com/maraujop/requests-oauth/issues/33",
        ], |practice| practice.sending.encode_signature = Encoder::Whole(|text, out| octets::SLASH_KEPT.encode(text, out));
    "sending.values-raw" SendValue "3.5.1", "values are sent without being percent-encoded, all but the signature",
        "encode each value when it is written into header, body or query", Seen [
            "https://github.com/heremaps/here-aaa-java-sdk/issues/57",
            "https://github.com/AsyncHttpClient/async-http-client/issues/922",
        ], |practice| practice.sending.encode_value = RAW;
    "sending.values-twice" SendValue "3.5.1", "values are percent-encoded twice before they are sent, all but the signature",
        "encode each value once when it is written into header, body or query", Seen [
            "https://github.com/heremaps/here-aaa-java-sdk/issues/57",
        ], |practice| practice.sending.encode_value = TWICE;
    "sending.values-like-forms" SendValue "3.6", "values are sent in form encoding: a space is a +, which stays a + in a header",
        "write %20 for a space in the Authorization header", Plausible [],
        |practice| practice.sending.encode_value = Encoder::Whole(|text, out| octets::FORM.encode(text, out));
    "sending.values-reserved-raw" SendValue "3.6", "values are sent as by JavaScript's encodeURI, which leaves ;,/?:@&=+$#!*'() alone",
        "encode each value as a component when it is written into header, body or query", Plausible [],
        |practice| practice.sending.encode_value = Encoder::Whole(|text, out| octets::RESERVED_KEPT.encode(text, out));
    "sending.names-upper-case" SendValue "3.1", "names of protocol parameters are sent in upper case",
        "send names as the specification writes them: oauth_token and not OAUTH_TOKEN", Plausible [],
        |practice| practice.sending.encode_name = Encoder::Whole(|text, out| text.iter().for_each(|octet| out.push(octet.to_ascii_uppercase())));
    "sending.names-capitalized" SendValue "3.1", "names of protocol parameters are sent with a capital at their beginning, like the names of header fields",
        "send names as the specification writes them: oauth_token and not Oauth_token", Plausible [],
        |practice| practice.sending.encode_name = Encoder::Whole(|text, out| {
            for (number, octet) in text.iter().enumerate() {
                out.push(if number == 0 { octet.to_ascii_uppercase() } else { *octet });
            }
        });
    "sending.names-without-prefix" SendValue "3.1", "names of protocol parameters are sent without their prefix oauth_",
        "send names as the specification writes them: oauth_token and not token", Plausible [],
        |practice| practice.sending.encode_name = Encoder::Whole(|text, out| Encoder::RFC5849.encode(text.strip_prefix(b"oauth_").unwrap_or(text), out));
    "sending.request-parameters-too" SendWhat "3.5.1", "the parameters of query and body are put among the protocol parameters too, so that a server collects them twice",
        "send in the Authorization header only protocol parameters", Seen [
            "https://github.com/postmanlabs/postman-app-support/issues/295",
        ], |practice| practice.sending.pick = |request, sent| {
            let mut others = Parameters::new();
            let protocol = Parameters::new();
            let bare = Request { protocol: &protocol, ..request.clone() };
            if bare.gather(&mut others).is_ok() {
                sent.append(&others);
            }
        };
    "sending.protocol-parameters-twice" SendWhat "3.1", "every protocol parameter is sent twice",
        "send each protocol parameter once, and in one place", Plausible [],
        |practice| practice.sending.pick = |_, sent| { let again = sent.clone(); sent.append(&again); };
    "sending.signature-twice-over" SendWhat "3.1", "oauth_signature is sent twice",
        "send each protocol parameter once, and in one place", Plausible [],
        |practice| practice.sending.pick = |_, sent| {
            let signature = sent.first("oauth_signature").unwrap_or_default().to_vec();
            sent.push(b"oauth_signature", &signature, Source::Header);
        };
    "sending.signature-left-out" SendWhat "3.1", "oauth_signature is not sent",
        "send the signature as oauth_signature", Plausible [], |practice| practice.sending.pick = |_, sent| list::remove(sent, b"oauth_signature");
    "sending.signature-method-left-out" SendWhat "3.1", "oauth_signature_method is signed and not sent",
        "send every protocol parameter that was signed", Plausible [], |practice| practice.sending.pick = |_, sent| list::remove(sent, b"oauth_signature_method");
    "sending.version-left-out" SendWhat "3.1", "oauth_version is signed and not sent",
        "send every protocol parameter that was signed, also those that are optional", Plausible [],
        |practice| practice.sending.pick = |_, sent| list::remove(sent, b"oauth_version");
    "sending.token-left-out" SendWhat "3.1", "oauth_token is signed and not sent",
        "send every protocol parameter that was signed", Plausible [], |practice| practice.sending.pick = |_, sent| list::remove(sent, b"oauth_token");
    "sending.callback-left-out" SendWhat "2.1", "oauth_callback is signed and not sent",
        "send every protocol parameter that was signed", Plausible [], |practice| practice.sending.pick = |_, sent| list::remove(sent, b"oauth_callback");
    "sending.verifier-left-out" SendWhat "2.3", "oauth_verifier is signed and not sent",
        "send every protocol parameter that was signed", Plausible [], |practice| practice.sending.pick = |_, sent| list::remove(sent, b"oauth_verifier");
    "sending.body-hash-left-out" SendWhat "body hash 3.2", "oauth_body_hash is signed and not sent",
        "send every protocol parameter that was signed", Plausible [], |practice| practice.sending.pick = |_, sent| list::remove(sent, b"oauth_body_hash");
    "sending.empty-left-out" SendWhat "3.1", "protocol parameters with an empty value are signed and not sent",
        "send every protocol parameter that was signed, or sign none that is empty", Seen [
            "https://github.com/scribejava/scribejava/issues/92",
            "https://github.com/postmanlabs/postman-runtime/issues/1063",
        ], |practice| practice.sending.pick = |_, sent| sent.retain(|parameter| !parameter.value.is_empty());
];

/// How the Authorization header is written.
pub(super) const HEADER_TABLE: &[Deviation] = departures![
    "header.comma-after-scheme" SendScheme "3.5.1", "a comma stands behind the scheme of the Authorization header",
        "write OAuth, a blank, and then the first parameter", Seen [
            "https://github.com/hwi/HWIOAuthBundle/issues/120",
            "https://github.com/postmanlabs/newman/issues/653",
        ], |practice| practice.sending.scheme = "OAuth, ";
    "header.scheme-missing" SendScheme "3.5.1", "the Authorization header has no scheme",
        "begin the header's value with OAuth and a blank", Plausible [], |practice| practice.sending.scheme = "";
    "header.scheme-glued" SendScheme "3.5.1", "no blank stands behind the scheme of the Authorization header",
        "write OAuth, a blank, and then the first parameter", Plausible [], |practice| practice.sending.scheme = "OAuth";
    "header.scheme-twice" SendScheme "3.5.1", "the scheme stands twice in the Authorization header",
        "write OAuth once: either the signer does it or the HTTP library", Plausible [], |practice| practice.sending.scheme = "OAuth OAuth ";
    "header.scheme-with-colon" SendScheme "3.5.1", "a colon stands behind the scheme of the Authorization header",
        "write OAuth, a blank, and then the first parameter", Plausible [], |practice| practice.sending.scheme = "OAuth: ";
    "header.scheme-bearer" SendScheme "3.5.1", "the scheme of the Authorization header is Bearer, which is OAuth 2",
        "begin the header's value with OAuth and a blank", Plausible [], |practice| practice.sending.scheme = "Bearer ";
    "header.field-name-in-value" SendScheme "3.5.1", "the field's name is repeated in the value of the Authorization header",
        "give the HTTP library name and value apart: Authorization, and what begins with OAuth", Plausible [],
        |practice| practice.sending.scheme = "Authorization: OAuth ";
    "header.separated-by-blanks" SendHeader "3.5.1", "parameters of the Authorization header are separated by blanks",
        "put a comma between parameters; white space may follow it", Seen [
            "https://github.com/ahmadnassri/app-restconsole/issues/53",
            "https://github.com/mikeknapp/AppEngine-OAuth-Library/issues/1",
        ], |practice| practice.sending.separator = " ";
    "header.separated-by-ampersands" SendHeader "3.5.1", "parameters of the Authorization header are separated by &, as in a query",
        "put a comma between parameters; white space may follow it", Seen ["https://github.com/ruby-oauth/oauth/issues/12"],
        |practice| practice.sending.separator = "&";
    "header.separated-by-semicolons" SendHeader "3.5.1", "parameters of the Authorization header are separated by semicolons",
        "put a comma between parameters; white space may follow it", Plausible [], |practice| practice.sending.separator = "; ";
    "header.separated-by-nothing" SendHeader "3.5.1", "nothing stands between the parameters of the Authorization header",
        "put a comma between parameters; white space may follow it", Plausible [], |practice| practice.sending.separator = "";
    "header.unquoted" SendQuote "3.5.1", "values of the Authorization header stand without quotes",
        "put each value in double quotes", Plausible [], |practice| practice.sending.quote = "";
    "header.single-quotes" SendQuote "3.5.1", "values of the Authorization header stand in single quotes",
        "put each value in double quotes", Plausible [], |practice| practice.sending.quote = "'";
    "header.escaped-quotes" SendQuote "3.5.1", "quotes of the Authorization header have a backslash before them, as in a string of a program",
        "put each value in double quotes without a backslash", Plausible [], |practice| practice.sending.quote = "\\\"";
    "header.realm-encoded" SendRealm "3.5.1", "the realm is percent-encoded, though it is a quoted string and no encoded value",
        "write the realm as it is, with a backslash before each quote and backslash", Common [
            "https://github.com/request/request/issues/2284",
            "https://github.com/ddo/oauth-1.0a/issues/50",
        ], |practice| practice.sending.realm = |realm, out| Encoder::RFC5849.encode(realm, out);
    "header.realm-raw" SendRealm "3.5.1", "quotes in the realm are not escaped, so that a realm can add parameters to the header",
        "put a backslash before each quote and backslash of the realm", Common [
            "https://github.com/request/request/issues/2284",
            "https://github.com/ddo/oauth-1.0a/issues/50",
        ], |practice| practice.sending.realm = |realm, out| out.append(realm);
    "header.realm-empty" SendRealm "3.5.1", "the realm is sent empty",
        "send the realm that the server asks for, or none", Plausible [], |practice| practice.sending.realm = |_, _: &mut Buffer| {};
    "header.realm-empty-left-out" SendRealm "3.5.1", "an empty realm is not sent",
        "send the realm that the server asks for, also an empty one", Common [
            "https://pypi.org/project/oauthlib/4.0.1/",
        ], |practice| practice.sending.realm_is_sent = |realm| !realm.is_empty();
    "header.realm-left-out" SendRealm "3.5.1", "the realm is not sent",
        "send the realm that the server asks for", Plausible [], |practice| practice.sending.realm_is_sent = |_| false;
];
