//! Departures whose rule is somebody else's, checked on what that rule says: RFC 3986, PHP, qs, Rails, WordPress, multipart and JSON.

use super::requests::{PLAIN, Probe};

fn derived(sample: &Probe, id: &str) -> (String, String) {
    let derivation = sample.derive(&[id]).unwrap();
    let text = |octets: &[u8]| String::from_utf8(octets.to_vec()).unwrap();
    (text(&derivation.base_uri), text(&derivation.normalized))
}

#[track_caller]
fn path(id: &str, rows: &[(&'static str, &str)]) {
    for (path, expected) in rows {
        let url: &'static str = Box::leak(format!("http://h{path}").into_boxed_str());
        assert_eq!(derived(&Probe { url, ..PLAIN }, id).0, format!("http://h{expected}"), "{id} {path}");
    }
}

#[track_caller]
fn query(id: &str, rows: &[(&'static str, &str)]) {
    for (query, expected) in rows {
        let url: &'static str = Box::leak(format!("http://h/?{query}").into_boxed_str());
        assert_eq!(derived(&Probe { url, ..PLAIN }, id).1, *expected, "{id} {query}");
    }
}

/// The examples of RFC 3986 section 5.4 whose reference is a path, and some of section 5.2.4.
#[test]
fn dot_segments_are_removed_as_rfc_3986_says() {
    let rows = [
        ("/a/b/c/./../../g", "/a/g"),
        ("/./g", "/g"),
        ("/../g", "/g"),
        ("/b/c/.", "/b/c/"),
        ("/b/c/..", "/b/"),
        ("/b/c/../..", "/"),
        ("/b/c/../../../g", "/g"),
        ("/b/c/g.", "/b/c/g."),
        ("/b/c/..g", "/b/c/..g"),
        ("/b/c/./g/.", "/b/c/g/"),
        ("/b/c/g;x=1/../y", "/b/c/y"),
        ("//a/../b", "//b"),
    ];
    path("uri.dot-segments-removed", &rows);
    path("uri.path-normalized", &rows);
    // The URL standard counts %2e as a dot too.
    path("uri.dot-segments-removed", &[("/a/%2e%2E/b", "/b"), ("/a/.%2e", "/")]);
    path("uri.path-normalized", &[("/a/%7eb/%2e%2E/%c3", "/a/%C3")]);
}

#[test]
fn paths_are_cut_where_the_name_says() {
    path("uri.first-segment-lost", &[("/a/b", "/b"), ("/a", ""), ("/", "")]);
    path("uri.first-segment-lost-but-slash", &[("/a/b", "/b"), ("/a", "/"), ("/a/", "/"), ("/", "/")]);
    path("uri.first-segment-doubled", &[("/a/b", "/a/a/b"), ("/a", "/a/a")]);
    path("uri.last-segment-only", &[("/a/b", "/b"), ("/a/", "/")]);
    path("uri.path-parameters-dropped", &[("/a;v=1/b;c", "/a/b")]);
    path("uri.last-path-parameters-dropped", &[("/a;v=1/b;c", "/a;v=1/b")]);
    path("uri.path-cut-at-semicolon", &[("/a;v=1/b;c", "/a")]);
    path("uri.format-dropped", &[("/a.b/c.json", "/a.b/c"), ("/a.b/c", "/a.b/c"), ("/.well-known", "/.well-known")]);
    path("uri.trailing-slash-lost", &[("/a/", "/a"), ("/a", "/a")]);
    path("uri.trailing-slash-lost-but-root", &[("/a/", "/a"), ("/a", "/a"), ("/a//", "/a/"), ("/", "/")]);
    path("uri.slashes-merged", &[("//a///b/", "/a/b/")]);
}

#[test]
fn escapes_are_treated_as_the_name_says() {
    path("uri.path-decoded", &[("/a%20b%2Fc+%zz%4", "/a b/c+%zz%4")]);
    path("uri.path-decoded-as-form", &[("/a%20b+c", "/a b c")]);
    path("uri.path-encoded-again", &[("/a%20b/c+", "/a%2520b/c%2B")]);
    path("uri.path-decoded-and-encoded", &[("/a%2Fb/c+/%7e", "/a%2Fb/c%2B/~")]);
    path("uri.path-decoded-whole-and-encoded", &[("/a%2Fb/c+", "/a/b/c%2B")]);
    path("uri.path-hex-upper-case", &[("/%c3%7e", "/%C3%7E")]);
    path("uri.path-hex-lower-case", &[("/%C3%7E", "/%c3%7e")]);
    path("uri.path-marks-encoded", &[("/a!%20(b)", "/a%21%20%28b%29")]);
}

/// PHP manual, "Variables From External Sources": dots and spaces in variable names.
#[test]
fn names_become_variables_of_php() {
    query(
        "names.php-variables",
        &[
            ("a.b=1", "a_b=1"),
            ("a+b=1", "a_b=1"),
            ("+a=1", "a=1"),
            ("a%5Bx.y%5D=1", "a%5Bx.y%5D=1"),
            ("a.b%5Bx%5D=1", "a_b%5Bx%5D=1"),
            ("a%5B.b=1", "a__b=1"),
        ],
    );
    query("repeat.php", &[("n%5B%5D=5&n%5B%5D=4&a.b=1&a.b=2", "a_b=2&n%5B0%5D=5&n%5B1%5D=4")]);
}

#[test]
fn frameworks_give_lists_back_in_their_own_way() {
    query("repeat.qs", &[("a%5B%5D=x&b=1&b=2&c=3", "a%5B0%5D=x&b%5B0%5D=1&b%5B1%5D=2&c=3")]);
    query("repeat.rails", &[("a%5B%5D=x&a%5B%5D=y&b=1&b=2&c=3", "a%5B%5D=x&a%5B%5D=y&b=2&c=3")]);
    query("repeat.brackets-numbered", &[("a%5B%5D=x&b=1&b=2", "a%5B0%5D=x&b=1&b=2")]);
    query("repeat.bracketed", &[("a=1&a=2&b=3", "a%5B%5D=1&a%5B%5D=2&b=3")]);
    query("repeat.joined-by-comma", &[("a=2&b=3&a=1", "a=2%2C1&b=3")]);
    query("repeat.all-dropped", &[("a=2&b=3&a=1", "b=3")]);
    query("repeat.equal-pairs-once", &[("a=2&a=1&a=2", "a=1&a=2"), ("ab=c&a=bc", "a=bc&ab=c")]);
}

/// WordPress documents of `sanitize_text_field`: strips tags, removes line breaks, tabs and extra white space, strips percent-encoded
/// characters.
#[test]
fn values_are_cleaned() {
    query(
        "values.sanitized",
        &[("a=%3Cb%3Ex%3C%2Fb%3E%20%20y%0A", "a=x%20y"), ("a=x%2541y", "a=xy"), ("a=%25%25414141", "a=41"), ("a=1%3C2", "a=1%3C2")],
    );
    query("values.trimmed", &[("a=+x+y+", "a=x%20y")]);
    query("values.padding-removed", &[("a=x==&b==", "a=x&b=")]);
    query("values.numbers-rewritten", &[("a=007&b=0&c=&d=x1&e=00", "a=7&b=0&c=&d=x1&e=0")]);
    query("values.invalid-utf-8-dropped", &[("a=x%FFy%C3%A9%C3", "a=xy%C3%A9")]);
    query("values.slashes-added", &[("a='%22%5C", "a=%5C%27%5C%22%5C%5C")]);
    query("read.html-entities-encoded", &[("a=%26%3C'", "a=%26amp%3B%26lt%3B%26%2339%3B")]);
    query("read.html-entities-decoded", &[("a=%26amp;lt;%26%2339;", "a=%26lt%3B%27")]);
}

#[test]
fn pieces_are_cut_as_the_name_says() {
    query("read.cut-at-last-equals", &[("a=b=c&d", "a%3Db=c&d=")]);
    query("read.several-equals-vanish", &[("a=b=c&d=&e", "d=&e=")]);
    query("read.comma-cuts", &[("a=1,b=2", "a=1&b=2")]);
    query("read.blanks-trimmed", &[("%20+a=b+%20", "a=b")]);
    query("read.as-one-name", &[("a=1&b=2", "a%3D1%26b%3D2="), ("", "")]);
    query("read.broken-escapes-vanish", &[("a=%4&b=%41&c=%&%4g=1&d=1;2", "b=A&d=1%3B2")]);
    query("read.semicolon-and-broken-escapes-vanish", &[("a=%4&b=%41&d=1;2", "b=A")]);
    query("read.high-escapes-kept", &[("a=%41%C3%A9+%zz", "a=A%25C3%25A9%20%25zz")]);
    query("read.only-plus-decoded", &[("a=%41+", "a=%2541%20")]);
    query("read.escaped-plus-as-blank", &[("a=%2B+%252B", "a=%20%20%252B")]);
    query("empty.without-equals", &[("a=&b&c=1", "a&b&c=1")]);
    query("empty.bare-without-equals", &[("a=&b&c=1", "a=&b&c=1")]);
}

#[test]
fn other_bodies_are_read() {
    let json = Probe {
        method: "POST",
        url: "http://h/",
        content_type: Some("application/json"),
        body: Some(br#"{"a":[1,"x y"],"b":true,"c":null,"d":{"e":1}}"#),
        ..PLAIN
    };
    for (id, expected) in [
        ("collect.json-members", "a=1&a=x%20y&b=true&c=null&d=%7B%22e%22%3A1%7D"),
        ("collect.json-members-numbered", "a%5B0%5D=1&a%5B1%5D=x%20y&b=true&c=null&d=%7B%22e%22%3A1%7D"),
        ("collect.json-members-bracketed", "a%5B%5D=1&a%5B%5D=x%20y&b=true&c=null&d=%7B%22e%22%3A1%7D"),
        ("collect.json-members-comma", "a=1%2Cx%20y&b=true&c=null&d=%7B%22e%22%3A1%7D"),
        ("collect.json-members-as-json", "a=%5B1%2C%22x%20y%22%5D&b=true&c=null&d=%7B%22e%22%3A1%7D"),
    ] {
        assert_eq!(derived(&json, id).1, expected, "{id}");
    }
    // As in RFC 7578: a field, a file, and another field.
    let multipart = Probe {
        content_type: Some("Multipart/Form-Data; charset=x; boundary=\"b b\""),
        body: Some(
            b"--b b\r\ncontent-disposition: form-data; name=\"m\"\r\n\r\n5\r\n6\r\n--b b\r\nContent-Disposition: form-data; name=\"f\"; \
             filename=\"f\"\r\n\r\nz\r\n--b b\r\nContent-Type: text/plain\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n\r\n--b b--\r\n",
        ),
        ..json
    };
    assert_eq!(derived(&multipart, "collect.multipart-fields").1, "m=5%0D%0A6&n=");
    for cut in 0..multipart.body.unwrap().len() {
        let shorter = Probe { body: multipart.body.and_then(|body| body.get(..cut)), ..multipart };
        derived(&shorter, "collect.multipart-fields");
    }
}
