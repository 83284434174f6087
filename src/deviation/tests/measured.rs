//! What released clients answer where they depart from the specification, one request a row: measured with them, and not computed here. A
//! client may make more than one mistake at once.

use super::requests::{PLAIN, Probe};

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
