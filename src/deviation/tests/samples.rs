//! Requests that together show every departure from method, URI, reading and collecting.

use super::requests::{PLAIN, Probe};

const FORM: Option<&str> = Some("application/x-www-form-urlencoded");

/// The requests.
pub(super) const SAMPLES: &[Probe] = &[
    Probe { name: "nothing", url: "http://h", ..PLAIN },
    Probe { name: "lower method", method: "get", url: "http://h/p?a", ..PLAIN },
    Probe { name: "head", method: "HEAD", url: "http://h/p?a=1", content_type: FORM, body: Some(b"b=2"), ..PLAIN },
    Probe { name: "strange method", method: "M-Search", url: "http://h/p", ..PLAIN },
    Probe { name: "patch", method: "PATCH", url: "http://h/p", content_type: FORM, body: Some(b"b=2"), ..PLAIN },
    Probe { name: "put", method: "PUT", url: "http://h/p", content_type: FORM, body: Some(b"b=2"), ..PLAIN },
    Probe { name: "delete", method: "DELETE", url: "http://h/p?", content_type: FORM, body: Some(b"b=2"), ..PLAIN },
    Probe { name: "upper-case http", url: "HTTP://H:80/x", ..PLAIN },
    Probe { name: "other default", url: "http://h:443/x", ..PLAIN },
    Probe { name: "other default of https", url: "https://h:80/x", ..PLAIN },
    Probe { name: "empty port", url: "http://h:/x", ..PLAIN },
    Probe { name: "zeros", url: "https://h:0443/x", ..PLAIN },
    Probe { name: "ipv6", url: "https://[0:0::1]:443/x", ..PLAIN },
    Probe { name: "dot behind the host", url: "http://h.:80/x", ..PLAIN },
    Probe { name: "www", url: "http://WWW.h/x", ..PLAIN },
    Probe { name: "host field in lower case", url: "http://127.0.0.1:9/x", headers: &[("host", "example.com:8081")], ..PLAIN },
    Probe { name: "host field", url: "http://127.0.0.1:9/x", headers: &[("Host", "Example.com:8080")], ..PLAIN },
    Probe { name: "user", url: "http://me:pw@h/x?#f", ..PLAIN },
    Probe { name: "question mark in the fragment", url: "http://h/x#f?b=1#c", ..PLAIN },
    Probe { name: "fragment", url: "http://h/x?a=b#f", ..PLAIN },
    Probe { name: "question mark in the query", url: "http://h/x?a=b?c=d", ..PLAIN },
    Probe { name: "slash", url: "http://h/", ..PLAIN },
    Probe { name: "segments", url: "http://h/api/v1/x.json", ..PLAIN },
    Probe { name: "parameter of the last segment", url: "http://h/a/b;v=1", ..PLAIN },
    Probe { name: "dots", url: "http://h/a/./b/../c/..", ..PLAIN },
    Probe { name: "written dots", url: "http://h/a/%2e%2E/c", ..PLAIN },
    Probe { name: "slashes", url: "http://h//a//b", ..PLAIN },
    Probe { name: "escapes", url: "http://h/%7e%2Fa%c3%A9+b%/'(x)*|^", ..PLAIN },
    Probe { name: "raw", url: "http://h/é b", ..PLAIN },
    Probe { name: "lower escape", url: "http://h/%c3%a9", ..PLAIN },
    Probe { name: "upper escape", url: "http://h/%C3%A9", ..PLAIN },
    Probe { name: "comma and equals", url: "http://h/?a=b=c&d=e,f&g==&=&=v&&x", ..PLAIN },
    Probe { name: "blanks", url: "http://h/?+a=+b%20&%20c=+", ..PLAIN },
    Probe {
        name: "plus",
        method: "POST",
        url: "http://h/?a=1+2%2B3&b%20c=%2541",
        content_type: FORM,
        body: Some(b"d=1+2%2B3&e%20f=%2541"),
        ..PLAIN
    },
    Probe { name: "broken", url: "http://h/?a=%zz&b=1;c=2", ..PLAIN },
    Probe { name: "twice encoded plus", url: "http://h/?a=%252B%26&b=%3Cb%3E%22%27%26amp;", ..PLAIN },
    Probe { name: "octets", url: "http://h/?a=%FF%00%0A&b=%C3%A9%00x", ..PLAIN },
    Probe { name: "names", url: "http://h/?a.b=1&A-b=2&%20c=3&d%5B%5D=4&d%5B%5D=5&e%5Bx%5D=6&f%5B=7", ..PLAIN },
    Probe { name: "list", url: "http://h/?a=2&a=1&a=2&b%5B%5D=4&b%5B%5D=5&c=5&c=1", ..PLAIN },
    Probe { name: "both", method: "POST", url: "http://h/?a=1&b=2&a=3", content_type: FORM, body: Some(b"a=1&c=3&a=4"), ..PLAIN },
    Probe {
        name: "realm",
        url: "http://h/?realm=q&oauth_signature=zz&oauth_nonce=zz&oauth_foo=%252F+",
        protocol: &[("oauth_consumer_key", "k"), ("oauth_token", ""), ("oauth_nonce", "n"), ("x", "a%20b")],
        ..PLAIN
    },
    Probe { name: "realm of the header", url: "http://h/", realm: Some(""), ..PLAIN },
    Probe {
        name: "callback", url: "http://h/", protocol: &[("oauth_callback", "http://c/?a+b=%20 é"), ("oauth_version", "1.0")], ..PLAIN
    },
    Probe { name: "empty verifier", url: "http://h/", protocol: &[("oauth_verifier", ""), ("oauth_token", "t")], ..PLAIN },
    Probe { name: "verifier", url: "http://h/", protocol: &[("oauth_verifier", "v/="), ("oauth_token", "t%2F=")], ..PLAIN },
    Probe { name: "body hash", method: "POST", url: "http://h/", body: Some(b"x=1"), protocol: &[("oauth_body_hash", "a/+=")], ..PLAIN },
    Probe {
        name: "body hash with form",
        method: "POST",
        url: "http://h/",
        content_type: FORM,
        body: Some(b"x=1"),
        protocol: &[("oauth_body_hash", "a")],
        ..PLAIN
    },
    Probe { name: "form with a NUL", method: "POST", url: "http://h/", content_type: FORM, body: Some(b"a&b=x%00y"), ..PLAIN },
    Probe { name: "empty version", url: "http://h/?a&a=1", protocol: &[("oauth_version", ""), ("oauth_empty", "")], ..PLAIN },
    Probe { name: "twice", url: "http://h/", protocol: &[("oauth_nonce", "a"), ("oauth_nonce", "b")], ..PLAIN },
    Probe { name: "body hash without body", url: "http://h/", protocol: &[("oauth_body_hash", "a")], ..PLAIN },
    Probe { name: "nonce and key", url: "http://h/", protocol: &[("oauth_nonce", "n/"), ("oauth_consumer_key", "k+")], ..PLAIN },
    Probe { name: "key", url: "http://h/", protocol: &[("oauth_consumer_key", "k/")], ..PLAIN },
    Probe { name: "no type", method: "POST", url: "http://h/", body: Some(b"a=1"), ..PLAIN },
    Probe {
        name: "upper-case type",
        method: "POST",
        url: "http://h/",
        content_type: Some("Application/X-WWW-Form-URLEncoded"),
        body: Some(b"a=1"),
        ..PLAIN
    },
    Probe {
        name: "charset",
        method: "POST",
        url: "http://h/",
        content_type: Some("application/x-www-form-urlencoded;charset=x"),
        body: Some(b"a=1"),
        ..PLAIN
    },
    Probe {
        name: "json",
        method: "POST",
        url: "http://h/",
        content_type: Some("application/json"),
        body: Some(br#"{"a":[1,"b"],"c":{"d":null}}"#),
        ..PLAIN
    },
    Probe {
        name: "form read as the query",
        method: "POST",
        url: "http://h/?a=b=c&&d=e?f=g&%C3%A9=%C3%A9&%70=%70+",
        content_type: FORM,
        body: Some(b"h=b=c&&i=e?f=g&%C3%A8=%C3%A8&%71=%71+&j=&k=1&k=2"),
        ..PLAIN
    },
    Probe { name: "names that are no UTF-8", url: "http://h/?%FF=%C3%A9%FF+%fe&b+c=%2B", ..PLAIN },
    Probe { name: "typed form without body", method: "POST", url: "http://h/", content_type: FORM, ..PLAIN },
    Probe { name: "patch without body", method: "PATCH", url: "http://h/", ..PLAIN },
    Probe { name: "method with a percent sign", method: "50%off", url: "http://h/", ..PLAIN },
    Probe {
        name: "longer type",
        method: "POST",
        url: "http://h/",
        content_type: Some("application/x-www-form-urlencodedx"),
        body: Some(b"a=1"),
        ..PLAIN
    },
    Probe {
        name: "type within another",
        method: "POST",
        url: "http://h/",
        content_type: Some("text/x; of=application/x-www-form-urlencoded"),
        body: Some(b"a=1"),
        ..PLAIN
    },
    Probe { name: "cookies", url: "http://h/?a=1", headers: &[("Cookie", "s=1; t=a%20b")], ..PLAIN },
    Probe { name: "quotes", url: "http://h/?a=%27%22%5C%3Cb%3Ex%3C%2Fb%3E%20%20y%2541&n=007&e=x%3D%3D", ..PLAIN },
];
