//! What goes out: a request to the octet, and those that are refused before anything is sent.

use std::net::SocketAddr;

use super::{LONG, answering, exchange, get, nobody, policy};
use crate::implementation::live::{Outgoing, Trouble};

const GOOD: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/// What a server sees of a request.
#[track_caller]
fn seen(request: impl FnOnce(SocketAddr) -> Outgoing) -> String {
    let (address, sent) = answering(GOOD);
    let answer = exchange(&request(address), policy(address, LONG)).unwrap();
    assert_eq!((answer.status, answer.body.as_slice()), (200, &b"ok"[..]));
    let text: String = sent.recv().unwrap().into_iter().map(char::from).collect();
    text.replace(&address.to_string(), "HOST")
}

#[test]
fn a_request_stands_on_the_wire_as_it_was_given() {
    let text = seen(|address| Outgoing {
        method: "pAtch".to_owned(),
        url: format!("HTTP://{address}/a/../b//c?x=%7e&&y=\"é\"|+?/#fragment?z"),
        headers: vec![
            ("Authorization".to_owned(), b"OAuth realm=\"\", oauth_nonce=\"1\"".to_vec()),
            ("authorization".to_owned(), b" OAuth\t\x80 ".to_vec()),
            ("X y".to_owned(), Vec::new()),
        ],
        body: Some(b"a\0\r\n\r\nb".to_vec()),
    });
    let expected = "pAtch /a/../b//c?x=%7e&&y=\"\u{c3}\u{a9}\"|+?/ HTTP/1.1\r\nHost: HOST\r\n\
                    Authorization: OAuth realm=\"\", oauth_nonce=\"1\"\r\nauthorization:  OAuth\t\u{80} \r\nX y: \r\n\
                    Content-Length: 7\r\nConnection: close\r\n\r\na\0\r\n\r\nb";
    assert_eq!(text, expected);
}

#[test]
fn fields_that_are_given_are_not_added() {
    let text = seen(|address| Outgoing {
        headers: [("CONNECTION", "x"), ("hOST", "other"), ("Host", "third"), ("content-length", "1")]
            .map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()))
            .into(),
        body: Some(b"a".to_vec()),
        ..get(format!("http://{address}"))
    });
    assert_eq!(text, "GET / HTTP/1.1\r\nCONNECTION: x\r\nhOST: other\r\nHost: third\r\ncontent-length: 1\r\n\r\na");
}

#[test]
fn a_length_is_said_where_content_is_usual_unless_it_comes_in_chunks() {
    for (method, expected) in [
        ("POST", "Content-Length: 0\r\n"),
        ("PUT", "Content-Length: 0\r\n"),
        ("PATCH", "Content-Length: 0\r\n"),
        ("GET", ""),
        ("DELETE", ""),
    ] {
        let text = seen(|address| Outgoing { method: method.to_owned(), ..get(format!("http://{address}?q")) });
        assert_eq!(text, format!("{method} /?q HTTP/1.1\r\nHost: HOST\r\n{expected}Connection: close\r\n\r\n"));
    }
    let chunked = ("Transfer-Encoding".to_owned(), b"chunked".to_vec());
    let text = seen(|address| Outgoing { headers: vec![chunked], body: Some(b"0\r\n\r\n".to_vec()), ..get(format!("http://{address}/")) });
    assert!(text.starts_with("GET / HTTP/1.1\r\nHost: HOST\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"), "{text}");
}

#[test]
fn what_would_make_another_request_of_it_is_refused() {
    let address = nobody();
    let url = &*format!("http://{address}/");
    let field = |name: &str, value: &[u8]| Outgoing { headers: vec![(name.to_owned(), value.to_vec())], ..get(url) };
    let method = |method: &str| Outgoing { method: method.to_owned(), ..get(url) };
    for request in [
        method(""),
        method("GET /x HTTP/1.1\r\nX:"),
        method("GE T"),
        method("G\0"),
        method("G\tT"),
        get(format!("{url}a b")),
        get(format!("{url}a\r\nX: y")),
        get(format!("{url}a\nb")),
        get(format!("{url}a\0b")),
        get(format!("{url}?a b")),
        field("X", b"a\r\nY: b"),
        field("X", b"a\nY: b"),
        field("X", b"a\rY: b"),
        field("X", b"a\0"),
        field("X\r\nY", b"a"),
        field("X\0", b"a"),
    ] {
        let trouble = exchange(&request, policy(address, LONG)).unwrap_err();
        assert!(matches!(trouble, Trouble::NotAllowed(_)), "{request:?}: {trouble}");
    }
    // The control: the same without any of it gets as far as the connection, which nobody takes.
    let trouble = exchange(&get(url), policy(address, LONG)).unwrap_err();
    assert_eq!(trouble, Trouble::NoConnection(format!("{address}: connection refused")));
}
