//! What released clients answer where they depart from the specification, one request a row: measured with them, and not computed here. A
//! client may make more than one mistake at once.

use super::requests::{PLAIN, Probe};
use crate::protocol::SignatureMethod;

/// URL, ids, base string URI.
const URIS: &[(&str, &[&str], &str)] = &[
    ("http://example.com?a=1", &["uri.empty-path-kept"], "http://example.com"),
    ("http://example.com/a/../b/./c", &["uri.dot-segments-removed"], "http://example.com/b/c"),
    ("http://example.com//a//b", &["uri.path-read-as-authority"], "http://example.com//b"),
    ("http://example.com/%7eu/%c3%a9", &["uri.path-unreserved-decoded"], "http://example.com/~u/%C3%A9"),
    ("http://example.com/a+b", &["uri.path-plus-as-blank"], "http://example.com/a b"),
    ("http://example.com/x!*'()", &["uri.path-apostrophe-encoded"], "http://example.com/x!*%27()"),
    ("http://example.com/a b", &["uri.path-raw"], "http://example.com/a b"),
    ("http://example.com/é", &["uri.path-raw"], "http://example.com/é"),
    ("http://example.com/a é", &["uri.path-raw-but-blanks"], "http://example.com/a%20é"),
    ("http://example.com/a|b^c", &["uri.path-illegal-encoded"], "http://example.com/a%7Cb%5Ec"),
    ("http://example.com/100%", &["uri.path-lone-percent-encoded"], "http://example.com/100%25"),
    ("http://us:pw@example.com/x", &["uri.user-kept"], "http://us:pw@example.com/x"),
    ("http://example.com/x#f?b=1", &["uri.fragment-kept"], "http://example.com/x#f?b=1"),
    ("http://example.com/x#f?b=1", &["uri.cut-at-question-mark"], "http://example.com/x#f"),
    ("http://example.com/x?", &["uri.question-mark-kept"], "http://example.com/x?"),
    ("http://example.com:/x", &["uri.port-as-written"], "http://example.com:/x"),
    ("http://example.com:080/x", &["uri.port-as-written"], "http://example.com:080/x"),
    ("http://XN--BCHER-KVA.example/x", &["uri.host-case-kept"], "http://XN--BCHER-KVA.example/x"),
    ("http://example.com./x", &["uri.host-dot-dropped"], "http://example.com/x"),
    ("http://[2001:0DB8:0:0:0:0:0:1]/x", &["uri.host-case-kept"], "http://[2001:0DB8:0:0:0:0:0:1]/x"),
    ("http://[2001:0DB8:0:0:0:0:0:1]/x", &["uri.ipv6-compressed"], "http://[2001:db8::1]/x"),
    ("http://[2001:0DB8:0:0:0:0:0:1]/x", &["uri.ipv6-brackets-lost"], "http://2001:0db8:0:0:0:0:0:1/x"),
    ("https://[::1]:443/x", &["uri.ipv6-default-port-kept"], "https://[::1]:443/x"),
    ("https://[::1]:443/x", &["uri.ipv6-brackets-lost"], "https://::1/x"),
];

/// Query, ids, normalized parameters.
const QUERIES: &[(&str, &[&str], &str)] = &[
    ("a=1+2", &["read.plus-kept"], "a=1%2B2"),
    ("a=1;b=2", &["read.semicolon-cuts"], "a=1&b=2"),
    ("a=1;b=2", &["read.value-ends-at-equals"], "a=1%3Bb"),
    ("a=%FF", &["values.invalid-utf-8-replaced"], "a=%EF%BF%BD"),
    ("a=%FF", &["values.invalid-utf-8-as-latin-1"], "a=%C3%BF"),
    ("&&a=1&b=2", &["read.empty-pieces-kept"], "=&=&a=1&b=2"),
    ("&&a=1&b=2", &["read.empty-pieces-kept", "repeat.last-wins"], "=&a=1&b=2"),
    ("=&=v", &["repeat.last-wins"], "=v"),
    ("=v&=", &["repeat.last-wins"], "="),
    ("=&=v", &["empty.nameless-dropped"], ""),
    ("=&=v", &["repeat.numbered"], "%5B0%5D=&%5B1%5D=v"),
    ("a&b", &["empty.bare-dropped"], ""),
    ("a&b", &["empty.bare-as-undefined"], "a=undefined&b=undefined"),
    ("a[]=2&a[]=1", &["repeat.last-wins"], "a%5B%5D=1"),
    ("a[]=2&a[]=1", &["repeat.first-wins"], "a%5B%5D=2"),
    ("a[]=2&a[]=1", &["repeat.numbered"], "a%5B%5D%5B0%5D=2&a%5B%5D%5B1%5D=1"),
    ("a%5B%5D=2&a%5B%5D=1", &["read.names-not-decoded"], "a%255B%255D=1&a%255B%255D=2"),
    ("a=b?c=d", &["read.question-mark-ends"], "a=b"),
    ("a=b?c=d", &["read.question-mark-cuts"], "a=b&c=d"),
    ("a=%00", &["values.cut-at-nul"], "a="),
    ("a=é", &["read.decoded-as-latin-1"], "a=%C3%83%C2%A9"),
    ("a=e%CC%81", &["read.decoded-as-latin-1"], "a=e%C3%8C%C2%81"),
    ("%EE%80%80=1&%F0%90%80%80=2", &["read.names-not-decoded"], "%25EE%2580%2580=1&%25F0%2590%2580%2580=2"),
    ("a=b=c", &["read.query-value-ends-at-equals"], "a=b"),
    ("&&a=1&b=2", &["read.query-empty-pieces-kept"], "=&=&a=1&b=2"),
    ("&&a=1&b=2", &["read.query-split", "repeat.last-wins"], "=&a=1&b=2"),
    ("a=b?c=d", &["read.query-ends-at-second-question-mark", "read.query-split"], "a=b"),
    ("a%5B%5D=2&a%5B%5D=1", &["read.query-names-not-decoded"], "a%255B%255D=1&a%255B%255D=2"),
    ("a=1&a=2", &["repeat.query-numbered"], "a%5B0%5D=1&a%5B1%5D=2"),
    ("a=é", &["read.query-decoded-as-latin-1"], "a=%C3%83%C2%A9"),
    ("a=%FF+y&%FE=1&c", &["read.not-utf-8-not-decoded"], "%25FE=1&a=%25FF%2By&c="),
    ("a=%FF%C3%A9+x", &["values.invalid-utf-8-replaced-in-names-too"], "a=%EF%BF%BD%C3%A9%20x"),
    ("%FF=1", &["values.invalid-utf-8-replaced-in-names-too"], "%EF%BF%BD=1"),
    ("a&b", &["read.query-without-equals-ignored"], ""),
    ("a&b=", &["read.query-without-equals-ignored"], "a=&b="),
    ("oauth_signature=zz", &["collect.signature-as-received"], "oauth_signature=zz"),
    ("realm=q", &["collect.realm-of-request-left-out"], ""),
];

fn derived(url: &str, ids: &[&str]) -> (String, String) {
    let url = Box::leak(url.to_owned().into_boxed_str());
    let derivation = Probe { url, ..PLAIN }.derive(ids).unwrap();
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    (text(&derivation.base_uri), text(&derivation.normalized))
}

#[test]
fn base_string_uris_are_those_of_released_clients() {
    for (url, ids, expected) in URIS {
        assert_eq!(derived(url, ids).0, *expected, "{url} {ids:?}");
    }
}

#[test]
fn parameters_are_those_of_released_clients() {
    for (query, ids, expected) in QUERIES {
        assert_eq!(derived(&format!("http://example.com/x?{query}"), ids).1, *expected, "{query} {ids:?}");
    }
}

#[test]
fn some_read_a_query_out_of_the_fragment() {
    for (ids, expected) in [
        (&["uri.cut-at-question-mark", "read.query-to-the-end"][..], ("http://example.com/x#f", "b=1")),
        (&["read.query-in-fragment"], ("http://example.com/x", "b=1")),
    ] {
        let (uri, normalized) = derived("http://example.com/x#f?b=1", ids);
        assert_eq!((uri.as_str(), normalized.as_str()), expected, "{ids:?}");
    }
}

#[test]
fn equal_pairs_of_query_and_body_are_signed_once_by_many() {
    let sample = Probe {
        method: "POST",
        url: "http://example.com/x?a=1",
        content_type: Some("application/x-www-form-urlencoded"),
        body: Some(b"a=1"),
        ..PLAIN
    };
    for id in ["repeat.equal-pairs-once", "repeat.last-wins", "merge.query-replaces-form", "merge.form-replaces-query"] {
        assert_eq!(&*sample.derive(&[id]).unwrap().normalized, b"a=1", "{id}");
    }
    assert_eq!(&*sample.derive(&[]).unwrap().normalized, b"a=1&a=1");
}

/// Of a query and a form with the same text only one is misread.
#[test]
fn some_misread_the_query_or_the_form_alone() {
    let form = Some("application/x-www-form-urlencoded");
    for (url, body, id, expected) in [
        ("http://h/?a=b=c", "d=b=c", "read.query-value-ends-at-equals", "a=b&d=b%3Dc"),
        ("http://h/?&a=1", "&b=1", "read.query-empty-pieces-kept", "=&a=1&b=1"),
        ("http://h/?&a=b=c", "&d=b=c", "read.query-split", "=&a=b&d=b%3Dc"),
        ("http://h/?a=b?c", "d=b?c", "read.query-ends-at-second-question-mark", "a=b&d=b%3Fc"),
        ("http://h/?a", "b", "read.query-without-equals-ignored", "b="),
        ("http://h/?%61=+", "%62=+", "read.query-names-not-decoded", "%2561=%20&b=%20"),
        ("http://h/?%61=+", "%62=+", "read.query-names-not-decoded-plus-kept", "%2561=%2B&b=%20"),
        ("http://h/?a=%C3%A9", "b=%C3%A9", "read.query-decoded-as-latin-1", "a=%C3%83%C2%A9&b=%C3%A9"),
        ("http://h/?a=1&a=2&b=3", "a=4&b=5&b=6", "repeat.query-numbered", "a=4&a%5B0%5D=1&a%5B1%5D=2&b=3&b=5&b=6"),
        ("http://h/?a=&b", "c=&d", "empty.dropped-from-form", "a=&b="),
        ("http://h/?oauth_signature=zz&a=1", "oauth_signature=zz&b=1", "read.query-split", "a=1&b=1"),
    ] {
        let sample = Probe { method: "POST", url, content_type: form, body: Some(body.as_bytes()), ..PLAIN };
        assert_eq!(String::from_utf8_lossy(&sample.derive(&[id]).unwrap().normalized), expected, "{url} {body} {id}");
    }
}

/// The hash of nothing is that of RFC 3174's SHA-1 over the empty string, in base64.
#[test]
fn some_sign_a_body_hash_for_all_that_is_no_form() {
    const EMPTY: &str = "oauth_body_hash=2jmj7l5rSw0yVb%2FvlWAYkK%2FYBwk%3D";
    let (form, json) = ("application/x-www-form-urlencoded", "application/json");
    let (always, sending) = ("collect.body-hash-added-unless-form", "collect.body-hash-added-to-post-put-patch-unless-form");
    for (method, content_type, body, id, expected) in [
        ("GET", None, None, always, EMPTY),
        ("GET", None, None, sending, ""),
        ("DELETE", None, None, sending, ""),
        ("put", None, None, sending, EMPTY),
        ("POST", Some(json), Some(&b""[..]), sending, EMPTY),
        ("POST", Some(form), Some(b"a=1"), always, "a=1"),
        ("POST", Some(form), Some(b"a=1"), sending, "a=1"),
        ("POST", Some(form), None, sending, ""),
    ] {
        let sample = Probe { method, content_type, body, signature_method: SignatureMethod::HmacSha256, ..PLAIN };
        assert_eq!(String::from_utf8_lossy(&sample.derive(&[id]).unwrap().normalized), expected, "{method} {content_type:?} {id}");
    }
}

#[test]
fn some_compare_the_content_type_in_part() {
    let (prefix, with_case, anywhere) =
        ("collect.form-type-by-prefix", "collect.form-type-by-prefix-with-case", "collect.form-type-anywhere");
    for (content_type, readers) in [
        ("application/x-www-form-urlencodedx", &[prefix, with_case, anywhere][..]),
        ("Application/x-www-form-urlencoded", &[prefix]),
        ("text/x; a=application/x-www-form-urlencoded", &[anywhere]),
        ("text/x", &[]),
    ] {
        let sample = Probe { method: "POST", content_type: Some(content_type), body: Some(b"a=1"), ..PLAIN };
        for id in [prefix, with_case, anywhere] {
            let expected: &[u8] = if readers.contains(&id) { b"a=1" } else { b"" };
            assert_eq!(&*sample.derive(&[id]).unwrap().normalized, expected, "{content_type} {id}");
        }
    }
}

#[test]
fn some_leave_the_method_as_it_is() {
    let sample = Probe { method: "50%OFF", ..PLAIN };
    assert_eq!(&*sample.derive(&["concatenate.method-raw"]).unwrap().base_string, b"50%OFF&http%3A%2F%2Fexample.com%2F&");
    assert_eq!(&*sample.derive(&[]).unwrap().base_string, b"50%25OFF&http%3A%2F%2Fexample.com%2F&");
}
