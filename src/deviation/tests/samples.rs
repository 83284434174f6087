//! Requests that together show every departure from method, URI, reading and collecting.

use super::probes::{PLAIN, Sample, protocol};

const FORM: (&str, &str) = ("Content-Type", "application/x-www-form-urlencoded");

/// The requests.
pub(super) const SAMPLES: &[Sample] = &[
    Sample { name: "nothing", url: "http://h", ..PLAIN },
    Sample { name: "lower method", method: "get", url: "http://h/p?a", ..PLAIN },
    Sample { name: "head", method: "HEAD", url: "http://h/p?a=1", headers: &[FORM], body: Some("b=2"), ..PLAIN },
    Sample { name: "strange method", method: "M-Search", url: "http://h/p", ..PLAIN },
    Sample { name: "patch", method: "PATCH", url: "http://h/p", headers: &[FORM], body: Some("b=2"), ..PLAIN },
    Sample { name: "put", method: "PUT", url: "http://h/p", headers: &[FORM], body: Some("b=2"), ..PLAIN },
    Sample { name: "delete", method: "DELETE", url: "http://h/p?", headers: &[FORM], body: Some("b=2"), ..PLAIN },
    Sample { name: "upper-case http", url: "HTTP://H:80/x", ..PLAIN },
    Sample { name: "other default", url: "http://h:443/x", ..PLAIN },
    Sample { name: "other default of https", url: "https://h:80/x", ..PLAIN },
    Sample { name: "empty port", url: "http://h:/x", ..PLAIN },
    Sample { name: "zeros", url: "https://h:0443/x", ..PLAIN },
    Sample { name: "ipv6", url: "https://[0:0::1]:443/x", ..PLAIN },
    Sample { name: "dot behind the host", url: "http://h.:80/x", ..PLAIN },
    Sample { name: "www", url: "http://WWW.h/x", ..PLAIN },
    Sample { name: "host field", url: "http://127.0.0.1:9/x", headers: &[("Host", "Example.com:8080")], ..PLAIN },
    Sample { name: "user", url: "http://me:pw@h/x?#f", ..PLAIN },
    Sample { name: "question mark in the fragment", url: "http://h/x#f?b=1#c", ..PLAIN },
    Sample { name: "fragment", url: "http://h/x?a=b#f", ..PLAIN },
    Sample { name: "question mark in the query", url: "http://h/x?a=b?c=d", ..PLAIN },
    Sample { name: "slash", url: "http://h/", ..PLAIN },
    Sample { name: "segments", url: "http://h/api/v1/x.json", ..PLAIN },
    Sample { name: "parameter of the last segment", url: "http://h/a/b;v=1", ..PLAIN },
    Sample { name: "dots", url: "http://h/a/./b/../c/..", ..PLAIN },
    Sample { name: "written dots", url: "http://h/a/%2e%2E/c", ..PLAIN },
    Sample { name: "slashes", url: "http://h//a//b", ..PLAIN },
    Sample { name: "escapes", url: "http://h/%7e%2Fa%c3%A9+b%/'(x)*|^", ..PLAIN },
    Sample { name: "raw", url: "http://h/é b", ..PLAIN },
    Sample { name: "lower escape", url: "http://h/%c3%a9", ..PLAIN },
    Sample { name: "upper escape", url: "http://h/%C3%A9", ..PLAIN },
    Sample { name: "comma and equals", url: "http://h/?a=b=c&d=e,f&g==&=&=v&&x", ..PLAIN },
    Sample { name: "blanks", url: "http://h/?+a=+b%20&%20c=+", ..PLAIN },
    Sample {
        name: "plus",
        method: "POST",
        url: "http://h/?a=1+2%2B3&b%20c=%2541",
        headers: &[FORM],
        body: Some("d=1+2%2B3&e%20f=%2541"),
        ..PLAIN
    },
    Sample { name: "broken", url: "http://h/?a=%zz&b=1;c=2", ..PLAIN },
    Sample { name: "twice encoded plus", url: "http://h/?a=%252B%26&b=%3Cb%3E%22%27%26amp;", ..PLAIN },
    Sample { name: "octets", url: "http://h/?a=%FF%00%0A&b=%C3%A9%00x", ..PLAIN },
    Sample { name: "names", url: "http://h/?a.b=1&A-b=2&%20c=3&d%5B%5D=4&d%5B%5D=5&e%5Bx%5D=6&f%5B=7", ..PLAIN },
    Sample { name: "list", url: "http://h/?a=2&a=1&a=2&b%5B%5D=4&b%5B%5D=5&c=5&c=1", ..PLAIN },
    Sample { name: "both", method: "POST", url: "http://h/?a=1&b=2&a=3", headers: &[FORM], body: Some("a=1&c=3&a=4"), ..PLAIN },
    Sample {
        name: "realm",
        url: "http://h/?realm=q&oauth_signature=zz&oauth_nonce=zz&oauth_foo=%252F+",
        protocol: protocol!("k", "", "n", ("x", "a%20b")),
        ..PLAIN
    },
    Sample { name: "realm of the header", url: "http://h/", realm: Some(""), ..PLAIN },
    Sample {
        name: "callback",
        url: "http://h/",
        protocol: &[("oauth_callback", "http://c/?a+b=%20 c"), ("oauth_version", "1.0")],
        ..PLAIN
    },
    Sample { name: "verifier", url: "http://h/", protocol: &[("oauth_verifier", "v/="), ("oauth_token", "t%2F=")], ..PLAIN },
    Sample { name: "body hash", method: "POST", url: "http://h/", body: Some("x=1"), protocol: &[("oauth_body_hash", "a/+=")], ..PLAIN },
    Sample {
        name: "body hash with form",
        method: "POST",
        url: "http://h/",
        headers: &[FORM],
        body: Some("x=1"),
        protocol: &[("oauth_body_hash", "a")],
        ..PLAIN
    },
    Sample { name: "nonce and key", url: "http://h/", protocol: &[("oauth_nonce", "n/"), ("oauth_consumer_key", "k+")], ..PLAIN },
    Sample { name: "key", url: "http://h/", protocol: &[("oauth_consumer_key", "k/")], ..PLAIN },
    Sample { name: "no type", method: "POST", url: "http://h/", body: Some("a=1"), ..PLAIN },
    Sample {
        name: "upper-case type",
        method: "POST",
        url: "http://h/",
        headers: &[("Content-Type", "Application/X-WWW-Form-URLEncoded")],
        body: Some("a=1"),
        ..PLAIN
    },
    Sample {
        name: "charset",
        method: "POST",
        url: "http://h/",
        headers: &[("Content-Type", "application/x-www-form-urlencoded;charset=x")],
        body: Some("a=1"),
        ..PLAIN
    },
    Sample {
        name: "json",
        method: "POST",
        url: "http://h/",
        headers: &[("Content-Type", "application/json")],
        body: Some(r#"{"a":[1,"b"],"c":{"d":null}}"#),
        ..PLAIN
    },
    Sample { name: "cookies", url: "http://h/?a=1", headers: &[("Cookie", "s=1; t=a%20b")], ..PLAIN },
    Sample { name: "quotes", url: "http://h/?a=%27%22%5C%3Cb%3Ex%3C%2Fb%3E%20%20y%2541&n=007&e=x%3D%3D", ..PLAIN },
];
