//! HTTP text, line by line.

use super::super::http_text::{exchange, request, response};
use super::told;

#[track_caller]
fn reads(text: &str, expected: &str) -> Vec<String> {
    let request = request(text.as_bytes(), None).unwrap_or_else(|error| panic!("{text:?}: {error}"));
    assert_eq!(told(&request), expected, "{text:?}");
    request.notes
}

#[track_caller]
fn refuses(text: &str, expected: &str) {
    assert_eq!(request(text.as_bytes(), None).unwrap_err().to_string(), expected, "{text:?}");
}

#[test]
fn a_request_is_read_in_every_form_of_target_and_with_either_line_end() {
    for (text, expected) in [
        ("GET /x?a=1 HTTP/1.1\r\nHost: h.example\r\nA: b\r\n\r\n", "GET https://h.example/x?a=1\nHost: h.example\nA: b"),
        ("\n\nGET /x HTTP/1.1\nHost:h.example:8443\n", "GET https://h.example:8443/x\nHost: h.example:8443"),
        ("GET http://h/x HTTP/1.1\nHost: h\n\n", "GET http://h/x\nHost: h"),
        ("GET https://h/x\nA: b", "GET https://h/x\nA: b"),
        ("https://h/x", "GET https://h/x"),
        ("post h.example/x?y HTTP/2\n", "post https://h.example/x?y"),
        ("GET / HTTP/1.1\nHost: h:80", "GET http://h:80/\nHost: h:80"),
        (":method: PUT\n:scheme: http\n:authority: h\n:path: /p?q\na: b\n", "PUT http://h/p?q\na: b"),
        ("\u{feff}GET / HTTP/1.1\nHost: h", "GET https://h/\nHost: h"),
        ("    GET / HTTP/1.1\n    Host: h\n    A: b\n\n", "GET https://h/\nHost: h\nA: b"),
        ("GET /a b HTTP/1.1\nHost: h", "GET https://h/a b\nHost: h"),
    ] {
        reads(text, expected);
    }
}

#[test]
fn folded_lines_are_joined() {
    for text in [
        "GET / HTTP/1.1\nHost: h\nAuthorization: OAuth a=\"1\",\n  b=\"2\",\n\tc=\"3\"\n\n",
        "GET / HTTP/1.1\nHost: h\nAuthorization: OAuth a=\"1\",\nb=\"2\",\nc=\"3\"\n\n",
    ] {
        let notes = reads(
            text,
            r#"GET https://h/
Host: h
Authorization: OAuth a=\"1\", b=\"2\", c=\"3\""#,
        );
        assert!(notes.contains(&"folded header lines were joined with a blank (RFC 9112 section 5.2)".to_owned()));
    }
}

#[test]
fn the_body_is_kept_to_the_octet_and_by_its_length() {
    let post = |fields: &str, body: &str| format!("POST http://h/ HTTP/1.1\n{fields}\n{body}");
    let form = "Content-Type: application/x-www-form-urlencoded\n";
    for (fields, body, expected) in [
        ("", "a\r\n\n b \n", "<a\\r\\n\\n b \\n>"),
        ("Content-Length: 2\n", "abcd", "Content-Length: 2\n<ab>"),
        ("Content-Length: 9\n", "abcd", "Content-Length: 9\n<abcd>"),
        ("Content-Length: x\n", "abcd", "Content-Length: x\n<abcd>"),
        ("Content-Length: 4\n", "abcd\n", "Content-Length: 4\n<abcd>"),
        (form, "a=1\r\n", "Content-Type: application/x-www-form-urlencoded\n<a=1>"),
        (form, "a=1\n\n", "Content-Type: application/x-www-form-urlencoded\n<a=1\\n>"),
    ] {
        reads(&post(fields, body), &format!("POST http://h/\n{expected}"));
    }
    let exact = "POST http://h/\nContent-Type: application/x-www-form-urlencoded\nContent-Length: 4\n<a=1\\n>";
    reads(&post(&format!("{form}Content-Length: 4\n"), "a=1\n"), exact);
}

#[test]
fn what_was_assumed_is_said() {
    for (text, note) in [
        ("GET / HTTP/1.1\nHost: h", "https was assumed"),
        ("GET / HTTP/1.1\nHost: h:80", "http was assumed, because of port 80"),
        ("https://h/", "the method GET was assumed"),
        ("GET / HTTP/1.1\nHost: h\nHost: i", "there are several hosts; the first was taken"),
        (
            "GET http://h/ HTTP/1.1\nHost: i",
            "the Host field names another host than the request line, which counts (RFC 9112 section 3.2.2)",
        ),
        ("GET http://h/ HTTP/1.1\nContent-Length: 9\n\nx", "the body is shorter than its Content-Length; all of it was taken"),
    ] {
        assert!(request(text.as_bytes(), None).unwrap().notes.contains(&note.to_owned()), "{text:?}");
    }
    let told = request(b"GET / HTTP/1.1\nHost: h:80", Some(true)).unwrap();
    assert_eq!((told.url.as_slice(), told.notes.len()), (&b"https://h:80/"[..], 0));
    assert_eq!(request(b"GET / HTTP/1.1\nHost: h", Some(false)).unwrap().url, b"http://h/");
    for text in ["GET http://h/ HTTP/1.1\nHost: h", "POST http://h/ HTTP/1.1\nContent-Length: 1\n\nx"] {
        assert!(request(text.as_bytes(), None).unwrap().notes.is_empty(), "{text:?}");
    }
}

#[test]
fn what_is_no_request_is_refused_with_its_place() {
    for (text, expected) in [
        ("", "1:1: the text is empty"),
        ("HTTP/1.1 401 Unauthorized\n", "1:1: this is a response, not a request"),
        ("hello", "1:1: the first line is no request line: it wants a method, a blank and a target"),
        ("G(T / HTTP/1.1", "1:1: the first line is no request line: it wants a method, a blank and a target"),
        ("GET HTTP/1.1", "1:1: the request line has no target"),
        ("\n\n GET /x HTTP/1.1\n", "3:2: the request has no Host field and its target no host"),
        ("OPTIONS * HTTP/1.1\nHost: h", "1:1: the target is neither a path nor an http or https URL"),
        ("GET / HTTP/1.1\nHost: h\nsecret words\n", "3:1: the line is no header field: it has no name with a colon"),
        ("GET / HTTP/1.1\nHost: h\n: x\n", "3:1: the line is no header field: it has no name with a colon"),
        ("GET / HTTP/1.1\nHost: h\nA: b\rc\n", "3:1: the value of A holds a control character"),
        (":path: /\n", "1:1: the pseudo-header field :method is missing"),
        (
            "GET / HTTP/1.1\nHost: a b",
            "1:1: the URL is no absolute http or https URL: its host has a character that no host has (write an internationalized name in its xn-- form)",
        ),
    ] {
        refuses(text, expected);
    }
}

#[test]
fn limits_are_kept() {
    refuses(&"x".repeat(1024 * 1024 + 1), "1:1: the text has more than 1048576 octets");
    refuses(&format!("GET http://h/\nA: {}\n", "x".repeat(64 * 1024)), "2:1: the header field has more than 65536 octets");
    refuses(&format!("GET http://h/\nA: b\n {}\n", "x".repeat(64 * 1024)), "3:1: the header field has more than 65536 octets");
    refuses(&format!("GET http://h/\n{}", "A: b\n".repeat(1001)), "1002:1: there are more than 1000 header fields");
}

#[test]
fn a_response_is_read_behind_its_request_and_alone() {
    let answer = response(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/2 401\r\nDate: x\r\nContent-Length: 2\r\n\r\nnope").unwrap();
    assert_eq!((answer.status, answer.headers.len(), answer.body.as_slice()), (Some(401), 2, &b"no"[..]));
    let bare = response(b"Date: x\n\nno").unwrap();
    assert_eq!((bare.status, bare.headers, bare.body), (None, vec![(b"Date".to_vec(), b"x".to_vec())], b"no".to_vec()));
    assert_eq!(response(b"HTTP/1.1 204 No Content").unwrap().status, Some(204));
    assert!(response(b"no field\n").is_err());
    for text in [
        "GET http://h/ HTTP/1.1\nA: b\n\nHTTP/1.1 401 Unauthorized\nB: c\n\nno",
        "GET http://h/ HTTP/1.1\nA: b\nContent-Length: 2\n\nxy\n\nHTTP/1.1 401\nB: c\n\nno",
    ] {
        let answer = exchange(text.as_bytes(), None).unwrap().1.unwrap();
        assert_eq!((answer.status, answer.body.as_slice()), (Some(401), &b"no"[..]), "{text:?}");
    }
    assert_eq!(exchange(b"GET http://h/ HTTP/1.1\n\nbody", None).unwrap().1, None);
}

#[test]
fn what_curl_prints_with_v_is_read() {
    let text = "\
*   Trying 127.0.0.1:80...
* Connected to h (127.0.0.1) port 80 (#0)
> GET /x HTTP/1.1
> Host: h
> Authorization: OAuth a=\"1\"
>\u{20}
* Mark bundle as not supporting multiuse
< HTTP/1.1 401 Unauthorized
< Date: Thu, 01 Jan 1970 00:00:01 GMT
<\u{20}
<html>no</html>
* Connection #0 to host h left intact
";
    let (request, answer) = exchange(text.as_bytes(), None).unwrap();
    assert_eq!(told(&request), "GET https://h/x\nHost: h\nAuthorization: OAuth a=\\\"1\\\"");
    let answer = answer.unwrap();
    assert_eq!((answer.status, answer.headers.len(), answer.body.as_slice()), (Some(401), 1, &b"<html>no</html>\n"[..]));
}
