//! Tests of the reader of signed requests.

use super::*;
use crate::intake::pasted::http_text;
use crate::protocol::verification::{Checks, Knowledge, KnownClient, Received, Verifier};
use crate::protocol::{Recipe, Secrets, SignatureMethod, derive};

#[track_caller]
fn signed(text: &str) -> SignedRequest {
    SignedRequest::read(&http_text::request(text.as_bytes(), None).unwrap()).unwrap()
}

fn with_header(value: &str) -> SignedRequest {
    signed(&format!("GET https://h/x HTTP/1.1\nAuthorization: {value}\n\n"))
}

fn pairs(list: &Parameters) -> Vec<(String, String)> {
    let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
    list.iter().map(|parameter| (text(parameter.name), text(parameter.value))).collect()
}

/// A header with one thing wrong; it must give the same parameters as a right one, and this finding as its only one.
#[track_caller]
fn finds(value: &str, what: &str, section: &str, at: Option<usize>) {
    let read = with_header(value);
    let found: Vec<_> = read.findings.iter().map(|finding| (finding.what.as_str(), finding.section, finding.at)).collect();
    assert_eq!(found, [(what, section, at)], "{value}");
    let expected = [("oauth_nonce", "a"), ("oauth_signature", "b+c=")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(pairs(&read.sent), expected, "{value}");
    assert_eq!(read.signature.as_deref(), Some(&b"b+c="[..]), "{value}");
}

#[test]
fn a_header_that_the_grammar_forbids_still_gives_its_parameters() {
    for (value, what, at) in [
        (r#"OAuth, oauth_nonce="a", oauth_signature="b%2Bc%3D""#, "a comma follows the scheme", 5),
        (r#"OAuth: oauth_nonce="a", oauth_signature="b%2Bc%3D""#, "a colon follows the scheme", 5),
        (r#"oauth_nonce="a", oauth_signature="b%2Bc%3D""#, "the scheme OAuth is missing before the parameters", 0),
        (r#"OAuth1 oauth_nonce="a", oauth_signature="b%2Bc%3D""#, "the scheme is not OAuth, but OAuth1", 0),
        (r#"Bearer oauth_nonce="a", oauth_signature="b%2Bc%3D""#, "the scheme is not OAuth, but Bearer", 0),
        (r#"Xyz oauth_nonce="a", oauth_signature="b%2Bc%3D""#, "the scheme is not OAuth", 0),
        (r#"Authorization: OAuth oauth_nonce="a", oauth_signature="b%2Bc%3D""#, "the value begins with the field's own name", 0),
        (r#"OAuth oauth_nonce="a" oauth_signature="b%2Bc%3D""#, "no comma stands between two parameters", 22),
        (r#"OAuth oauth_nonce="a"&oauth_signature="b%2Bc%3D""#, "parameters are separated by `&`, not by commas", 22),
        (r#"OAuth oauth_nonce="a"; oauth_signature="b%2Bc%3D""#, "parameters are separated by `;`, not by commas", 23),
        ("OAuth oauth_nonce=a, oauth_signature=b%2Bc%3D", "values are not in quotes", 18),
        ("OAuth oauth_nonce='a', oauth_signature='b%2Bc%3D'", "values are in single quotes", 18),
        ("OAuth oauth_nonce=\u{201c}a\u{201d}, oauth_signature=\u{201c}b%2Bc%3D\u{201d}", "typographic quotes stand in place of `\"`", 18),
        (r#"OAuth oauth_nonce=\"a\", oauth_signature=\"b%2Bc%3D\""#, "quotes are escaped with backslashes", 18),
        (r#"OAuth oauth_nonce ="a", oauth_signature="b%2Bc%3D""#, "white space stands before `=`", 18),
        (r#"OAuth oauth_nonce= "a", oauth_signature="b%2Bc%3D""#, "white space stands behind `=`", 19),
        (r#"OAuth oauth_nonce="a", oauth_signature="b%2Bc%3D"#, "a closing quote is missing", 40),
        (r#"OAuth oauth_nonce="a", junk, oauth_signature="b%2Bc%3D""#, "something that is no parameter stands there: it has no `=`", 27),
    ] {
        finds(value, what, "3.5.1", Some(at));
    }
}

#[test]
fn values_that_are_not_encoded_as_section_3_6_wants_are_named() {
    for (value, what, at) in [
        (
            r#"OAuth oauth_nonce="a", oauth_signature="b+c=""#,
            "oauth_signature holds `+` `=`, not percent-encoded; a server that decodes forms reads `+` as a blank",
            39,
        ),
        (r#"OAuth oauth_nonce="a", oauth_signature="b%2Bc=""#, "oauth_signature holds `=`, not percent-encoded", 39),
        (r#"OAuth oauth_nonce="a", oauth_signature="b%2bc%3D""#, "oauth_signature is percent-encoded with digits in lower case", 39),
        (r#"OAuth oauth_nonce="%61", oauth_signature="b%2Bc%3D""#, "oauth_nonce has unreserved characters percent-encoded", 18),
    ] {
        finds(value, what, "3.6", Some(at));
    }
    for (value, what) in [
        (r#"OAuth oauth_signature="b%252Bc%253D""#, "oauth_signature is percent-encoded twice"),
        (r#"OAuth oauth_signature_method="PLAINTEXT", oauth_signature="s%2526""#, "oauth_signature is percent-encoded twice"),
        (r#"OAuth oauth_callback="http%253A%252F%252Fh""#, "oauth_callback is percent-encoded twice"),
        (r#"OAuth oauth_token="a%252Fb""#, "oauth_token is percent-encoded twice, or was not decoded when it was received"),
        (r#"OAuth oauth_consumer_key="a%20""#, "oauth_consumer_key begins or ends with white space"),
        (
            r#"OAuth oauth_signature="b%20c%3D""#,
            "oauth_signature holds a blank: it was a `+` that was not percent-encoded, or was decoded as a form",
        ),
        (r#"OAuth oauth_token="a%4""#, "oauth_token has a `%` without two hexadecimal digits"),
        (r#"OAuth realm="a%20b", oauth_token="c""#, "realm is percent-encoded; it is a quoted-string and is taken as it stands"),
        (r#"OAuth realm="a", Realm="b", oauth_token="c""#, "realm stands there twice"),
        (r#"OAuth OAuth_Token="c""#, "OAuth_Token has letters in upper case: names are compared exactly"),
    ] {
        let found: Vec<_> = with_header(value).findings.into_iter().map(|finding| finding.what).collect();
        assert_eq!(found, [what], "{value}");
    }
}

#[test]
fn a_header_that_the_grammar_allows_has_no_finding_and_reads_as_the_strict_reader_reads_it() {
    for value in [
        "OAuth",
        r#"oauth	oauth_nonce="1""#,
        r#"OAuth realm="say \"a\"", oauth_nonce="1",oauth_token="""#,
        r#"OAuth ,, oauth_nonce="1" , , oauth_callback="http%3A%2F%2Fh%2F%3Fa%3Db%2520c","#,
        r#"OAuth oauth_signature_method="PLAINTEXT", oauth_signature="a%2526b%26c""#,
        r#"OAuth oauth_nonce="é%C3%A9""#,
    ] {
        let mut findings = Vec::new();
        let (lenient, strict) = (header::read(value.as_bytes(), &mut findings), Authorization::parse(value.as_bytes()).unwrap());
        assert_eq!((pairs(&lenient.parameters), lenient.realm), (pairs(&strict.parameters), strict.realm), "{value}");
        assert_eq!(findings.iter().filter(|finding| finding.section == "3.5.1").count(), 0, "{value}");
        if value.is_ascii() {
            assert_eq!(with_header(value).findings, [], "{value}");
        }
    }
}

#[test]
fn the_place_is_that_of_the_signature() {
    let form = "Content-Type: application/x-www-form-urlencoded\n";
    for (text, place, sent) in [
        ("GET http://h/?a=1&oauth_token=t&oauth_signature=x%2B%3D".to_owned(), Some(Source::Query), 2),
        (format!("POST http://h/\n{form}\nb=1&oauth_signature=x%2B%3D"), Some(Source::Body), 1),
        (format!("POST http://h/?oauth_token=t\n{form}\noauth_signature=x%2B%3D"), Some(Source::Body), 2),
        ("GET http://h/\nAuthorization: OAuth oauth_signature=\"x%2B%3D\"".to_owned(), Some(Source::Header), 1),
        ("GET http://h/?oauth_token=t".to_owned(), Some(Source::Query), 1),
        ("GET http://h/?a=1".to_owned(), None, 0),
    ] {
        let read = signed(&text);
        assert_eq!((read.place, read.sent.len()), (place, sent), "{text}");
        assert_eq!(read.signature.is_some(), text.contains("oauth_signature"));
        assert!(read.signature.is_none_or(|signature| signature == b"x+="), "{text}");
    }
}

#[test]
fn parameters_that_nobody_reads_are_named() {
    for (text, what) in [
        (
            "POST http://h/\n\noauth_consumer_key=k",
            "the body has OAuth parameters, but the Content-Type is not application/x-www-form-urlencoded",
        ),
        (
            "GET http://h/\nAuthorization: Basic YTpi",
            "the Authorization field is of another scheme, and there are no OAuth parameters elsewhere",
        ),
        (
            "GET http://h/\nAuthorization: OAuth oauth_nonce=\"a\"\nAuthorization: Basic YTpi",
            "there are several Authorization fields; one alone is read",
        ),
    ] {
        assert_eq!(signed(text).findings.into_iter().map(|finding| finding.what).collect::<Vec<_>>(), [what], "{text}");
    }
    let two = http_text::request(b"POST http://h/\nContent-Type: a\nContent-Type: b\n\nx", None).unwrap();
    assert!(matches!(SignedRequest::read(&two), Err(Malformed::Request(_))));
}

/// The examples of RFC 5849 section 1.2, as the text prints them: signed again, they give the signatures that they carry.
#[test]
fn what_is_left_is_what_was_signed() {
    for (text, token_secret) in [
        (
            "GET /photos?file=vacation.jpg&size=original HTTP/1.1\nHost: photos.example.net\nAuthorization: OAuth realm=\"Photos\",\n     oauth_consumer_key=\"dpf43f3p2l4k3l03\",\n     oauth_token=\"nnch734d00sl2jdk\",\n     oauth_signature_method=\"HMAC-SHA1\",\n     oauth_timestamp=\"137131202\",\n     oauth_nonce=\"chapoH\",\n     oauth_signature=\"MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D\"\n",
            &b"pfkkdhi9sl3r4s00"[..],
        ),
        (
            "GET /photos?file=vacation.jpg&oauth_consumer_key=dpf43f3p2l4k3l03&oauth_token=nnch734d00sl2jdk&oauth_signature_method=HMAC-SHA1&oauth_timestamp=137131202&oauth_nonce=chapoH&oauth_signature=MdpQcU8iPSUjWoN%2FUDMsK2sui9I%3D&size=original HTTP/1.1\nHost: photos.example.net\n",
            b"pfkkdhi9sl3r4s00",
        ),
    ] {
        let pasted = http_text::request(text.as_bytes(), Some(false)).unwrap();
        let read = SignedRequest::read(&pasted).unwrap();
        assert_eq!((read.findings.len(), read.requirements(Some(137_131_202)).len()), (0, 1), "the nonce of the text is short");
        assert_eq!((read.protocol.first("oauth_signature"), read.protocol.first("realm")), (None, None));
        let list = read.list();
        assert!(!list.iter().any(|field| field.name.eq_ignore_ascii_case(b"authorization")));
        let secrets = Secrets::new(b"kd94hf93k423kf44", token_secret);
        let derived = derive(&Recipe::RFC5849, &read.request(&list).unwrap(), SignatureMethod::HmacSha1, &secrets).unwrap();
        assert_eq!(Some(&*derived.signature), read.signature.as_deref());
        // A server that is given the same text takes the same base string.
        let fields: Vec<Header<'_>> = super::list(&pasted.headers);
        let received = Received { method: &pasted.method, url: &pasted.url, headers: &fields, body: None };
        let client = KnownClient { identifier: b"dpf43f3p2l4k3l03", secret: Some(b"kd94hf93k423kf44"), public_key: None };
        let token = crate::protocol::verification::KnownToken { identifier: b"nnch734d00sl2jdk", secret: token_secret };
        let knowledge = Knowledge { client: Some(client), token: Some(token), ..Knowledge::default() };
        let mut verifier = Verifier::default();
        let mut memory = crate::protocol::nonce::SeenNonces::default();
        verifier.verify(&Checks::RFC5849, &Recipe::RFC5849, &received, &knowledge, &mut memory).unwrap();
        assert_eq!(&*verifier.derivation.base_string, &*derived.base_string);
    }
}

const GOOD: &str =
    "oauth_consumer_key=k&oauth_nonce=12345678&oauth_timestamp=1700000000&oauth_signature_method=HMAC-SHA1&oauth_signature=s";

#[track_caller]
fn lacks(query: &str, now: Option<u64>, expected: &[(&str, &str)]) {
    let found = signed(&format!("GET https://h/?{query}")).requirements(now);
    let found: Vec<_> = found.iter().map(|finding| (finding.what.as_str(), finding.section)).collect();
    assert_eq!(found, expected, "{query}");
}

#[test]
fn what_is_required_is_looked_for() {
    lacks(GOOD, Some(1_700_000_300), &[]);
    lacks(&format!("{GOOD}&oauth_version=1.0&oauth_token="), None, &[]);
    lacks("oauth_consumer_key=k&oauth_signature_method=PLAINTEXT&oauth_signature=s%26", None, &[]);
    lacks(
        "a=1",
        None,
        &[
            ("oauth_consumer_key is missing", "3.1"),
            ("oauth_signature_method is missing", "3.1"),
            ("oauth_signature is missing", "3.1"),
            ("oauth_timestamp is missing", "3.1"),
            ("oauth_nonce is missing", "3.1"),
        ],
    );
    for (from, to, what, section) in [
        ("=k&", "=&", "oauth_consumer_key is empty", "3.1"),
        ("=12345678", "=", "oauth_nonce is empty", "3.1"),
        ("=12345678", "=1234567", "oauth_nonce has fewer than 8 characters", "3.3"),
        ("=s", "=s&oauth_version=1.1", "oauth_version is not 1.0", "3.1"),
        ("=s", "=s&oauth_nonce=12345678", "oauth_nonce stands there more than once", "3.1"),
        ("=s", "=s&oauth_token_secret=x", "oauth_token_secret was sent: a secret never is, and this one is to be replaced", "3.1"),
        ("=s", "=s&oauth_Token=x", "oauth_Token is not in lower case", "3.1"),
        ("=s", "=s&oauth_tokn=x", "oauth_tokn is no parameter of the specification or of an extension that is known here", "3.1"),
        ("=1700000000", "=1700000000123", "oauth_timestamp 1700000000123 is in milliseconds, or finer; it is counted in seconds", "3.3"),
        ("=1700000000", "=1.7e9", "oauth_timestamp is not a positive integer", "3.3"),
        ("=1700000000", "=-1", "oauth_timestamp is not a positive integer", "3.3"),
        ("=1700000000", "=0", "oauth_timestamp is not a positive integer", "3.3"),
        ("=1700000000", "=99999999999999999999", "oauth_timestamp is beyond every clock", "3.3"),
        ("=HMAC-SHA1", "=hmac-sha1", "oauth_signature_method is not one that is known: HMAC-SHA1 is meant, in upper case", "3.4"),
        ("=HMAC-SHA1", "=MD5", "oauth_signature_method is not one that is known", "3.4"),
    ] {
        lacks(&GOOD.replace(from, to), Some(1_700_000_000), &[(what, section)]);
    }
    let plain = signed("GET http://h/?oauth_consumer_key=k&oauth_signature_method=PLAINTEXT&oauth_signature=s%26").requirements(None);
    assert_eq!(plain[0].section, "3.4.4");
    let scattered = signed(&format!("GET https://h/?{GOOD}\nAuthorization: OAuth oauth_token=\"t\"")).requirements(None);
    assert_eq!(scattered[0].what, "protocol parameters stand in more than one place");
}

#[test]
fn a_timestamp_is_compared_with_the_clock() {
    for (now, what) in [
        (1_700_000_301, "oauth_timestamp 1700000000 is 301 seconds behind the clock"),
        (1_699_999_000, "oauth_timestamp 1700000000 is 1000 seconds ahead of the clock"),
        (1_700_003_590, "oauth_timestamp 1700000000 is 3590 seconds behind the clock: about 1 hour, as a wrong time zone makes it"),
        (1_699_971_200, "oauth_timestamp 1700000000 is 28800 seconds ahead of the clock: about 8 hours, as a wrong time zone makes it"),
        (1_700_054_000, "oauth_timestamp 1700000000 is 54000 seconds behind the clock"),
    ] {
        lacks(GOOD, Some(now), &[(what, "3.3")]);
    }
}

#[test]
fn a_header_cut_and_mangled_at_every_octet_is_read_without_panic_and_strictly_alike() {
    let value =
        r#"OAuth realm="a \"b\"", oauth_consumer_key="k%20", oauth_nonce='x', oauth_token=y;oauth_signature="b%2Bc%3D" ,"#.as_bytes();
    let mut strict = 0;
    let mut take = |value: &[u8]| {
        let lenient = header::read(value, &mut Vec::new());
        if let Ok(read) = Authorization::parse(value) {
            strict += 1;
            // Separators in names are names to the strict reader.
            if !value.iter().any(|octet| b"&;'".contains(octet)) {
                assert_eq!((pairs(&lenient.parameters), lenient.realm), (pairs(&read.parameters), read.realm), "{}", value.escape_ascii());
            }
        }
    };
    let right = String::from_utf8_lossy(value).replace('\'', "\"").replace("y;", "\"y\",");
    for value in [value, right.as_bytes()] {
        for at in 0..value.len() {
            take(&value[..at]);
            take(&value[at..]);
            for other in 0..=255 {
                let mut mangled = value.to_vec();
                mangled[at] = other;
                take(&mangled);
            }
        }
    }
    assert!(strict > 1000, "{strict}");
}

#[test]
fn the_longest_header_takes_no_time() {
    let started = std::time::Instant::now();
    for part in [
        "a=\"",
        "a=\"\\\",",
        "=",
        ",",
        "\u{201c}",
        "a=\u{201c}",
        "a ",
        "oauth_a=\"%25\",",
        "\\\"",
        "a=\\\"",
        "x=\"\\\\\\\"",
        "OAUTH_a=1&",
        "'a=' ",
    ] {
        let value = format!("OAuth {}", part.repeat(64 * 1024 / part.len()));
        let _ = header::read(value.as_bytes(), &mut Vec::new());
    }
    assert!(started.elapsed() < std::time::Duration::from_secs(20), "{:?}", started.elapsed());
}

#[test]
fn no_value_stands_in_a_finding() {
    const SECRET: &str = "hunter2";
    for value in [
        format!("OAuth {SECRET}"),
        format!("{SECRET} oauth_token=x"),
        format!("OAuth oauth_token={SECRET}, oauth_version='{SECRET}', oauth_timestamp=\"{SECRET}\" oauth_signature_method=\"{SECRET}\""),
        format!("OAuth realm=\"{SECRET}%20\", realm=\"{SECRET}\", oauth_callback=\"http%253A{SECRET}\", oauth_nonce=\"{SECRET}"),
    ] {
        let read = with_header(&value);
        let told = format!("{read:?} {:?}", read.requirements(Some(1)));
        assert!(!told.contains(SECRET), "{told}");
        assert!(!read.findings.is_empty());
    }
}
