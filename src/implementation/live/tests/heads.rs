//! Heads that are no heads, too long, too many, or read in two ways; and odd ones that are good.

use std::io::Write as _;
use std::net::TcpListener;

use super::{Behaviour, LONG, answering, comes_of, does, exchange, get, good, never_ends, not_http, policy, says, says_and_stays};
use crate::implementation::live::{Outgoing, Trouble};

fn cut_head() -> super::Expected {
    Err(Trouble::Cut("the end of the head"))
}

#[test]
fn what_is_no_http_is_told_with_its_beginning() {
    let begins = |with: &str| not_http(&format!("it begins with \"{with}\""));
    comes_of(
        vec![
            says("<html>hello</html>", begins("<html>hello</html>")),
            says_and_stays("SSH-2.0-x\r\n", begins(r"SSH-2.0-x\r\n")),
            says(b"\0\xff\x1b[2J\x07", begins(r"\x00\xff\x1b[2J\x07")),
            says(b"\0\0\x06\x04\0\0\0\0\0", begins(r"\x00\x00\x06\x04\x00\x00\x00\x00\x00")),
            says("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", begins(r"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")),
            says_and_stays(b"\x15\x03\x03\0\x02\x02\x28", begins(r"\x15\x03\x03\x00\x02\x02(")),
            says("http/1.1 200 OK\r\n\r\n", begins(r"http/1.1 200 OK\r\n\r\n")),
            says("\r\nHTTP/1.1 200 OK\r\n\r\n", begins(r"\r\nHTTP/1.1 200 OK\r\n\r\n")),
            says(vec![b'x'; 100_000], begins(&format!("{}…", "x".repeat(79)))),
            says_and_stays("HTTQ", begins("HTTQ")),
            says("ICY 200 OK\r\n\r\n", begins(r"ICY 200 OK\r\n\r\n")),
            says("HTTP/2 200\r\n\r\n", not_http("invalid HTTP version")),
            says("HTTP/2.0 200 OK\r\n\r\n", not_http("invalid HTTP version")),
            says("HTTP/1.2 200 OK\r\n\r\n", not_http("invalid HTTP version")),
            says("HTTP/1.1\t200 OK\r\n\r\n", not_http("invalid HTTP version")),
            says("HTTP/ 200 OK\r\n\r\n", not_http("invalid HTTP version")),
        ],
        LONG,
    );
}

#[test]
fn a_connection_that_ends_too_early_is_told_with_what_is_missing() {
    let at_once = Behaviour { script: Box::new(|_| ()), ..does("closes at once", Err(Trouble::Cut("an answer")), |_| ()) };
    comes_of(
        vec![
            at_once,
            does("closes without an answer", Err(Trouble::Cut("an answer")), |_| ()),
            does("ends its side only", Err(Trouble::Cut("an answer")), |stream| {
                let _ = stream.shutdown(std::net::Shutdown::Write);
                super::stays(stream);
            }),
            says("HTTP/1.1 10", cut_head()),
            says("HTTP/1.1 200 OK\r\n", cut_head()),
            says("HTTP/1.1 200 OK\r\nX: y\r\n", cut_head()),
            says("HTTP/1.1 200 OK\rX: y\r\r", cut_head()),
            says("HTTP/1.1 200 OK\r\n\rX", cut_head()),
            says("HTTP/1.1 100 Continue\r\n\r\n", Err(Trouble::Cut("an answer"))),
            says("HTTP/1.1 100 Continue\r\n\r\nHTTP", cut_head()),
        ],
        LONG,
    );
}

#[test]
fn a_status_is_three_digits_and_not_below_100() {
    let mut behaviours = Vec::new();
    for status in ["abc", "20", "2000", "-20", "+20", " 200", "2 0", "0x1", "２００", ""] {
        behaviours.push(says(format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n"), not_http("invalid response status")));
    }
    for status in ["000", "099"] {
        behaviours.push(says(format!("HTTP/1.1 {status} x\r\n\r\n"), not_http(&format!("status {status}"))));
    }
    for status in [200, 299, 300, 401, 599, 600, 999] {
        behaviours.push(says(format!("HTTP/1.1 {status} x\r\nContent-Length: 1\r\n\r\na"), good(status, "a")));
    }
    comes_of(behaviours, LONG);
}

#[test]
fn odd_heads_that_the_standard_allows_are_read() {
    comes_of(
        vec![
            says("HTTP/1.0 200 OK\r\n\r\nold", good(200, "old")),
            says("HTTP/1.1 200\r\nContent-Length: 1\r\n\r\na", good(200, "a")),
            says("HTTP/1.1 200 \r\nContent-Length: 1\r\n\r\na", good(200, "a")),
            says(b"HTTP/1.1 200 \xc3\xa9\xff\r\nContent-Length: 1\r\n\r\na", good(200, "a")),
            says("HTTP/1.1 200 OK\nContent-Length: 2\n\n\na", good(200, "\na")),
            says("HTTP/1.1 200 OK\nContent-Length: 1\r\n\na", good(200, "a")),
            says("HTTP/1.1 200 OK\r\ncONTENT-lENGTH:1\r\n\r\na", good(200, "a")),
            says("HTTP/1.1 200 OK\r\nX:\r\nContent-Length: \t 1 \t\r\n\r\na", good(200, "a")),
        ],
        LONG,
    );
}

#[test]
fn fields_that_are_read_in_two_ways_are_not_read() {
    let head = |lines: &[u8]| [b"HTTP/1.1 200 OK\r\n", lines, b"\r\nContent-Length: 1\r\n\r\na"].concat();
    let (name, value) = (not_http("invalid header name"), not_http("invalid header value"));
    comes_of(
        vec![
            says(head(b"X: a\r\n folded"), name.clone()),
            says(head(b" X: a"), name.clone()),
            says(head(b"X : a"), name.clone()),
            says(head(b"X"), name.clone()),
            says(head(b": a"), name.clone()),
            says(head(b"X\0: a"), name.clone()),
            says(head(b"X y: a"), name.clone()),
            says(head(b"X\xff: a"), name),
            says(head(b"X: a\0"), value.clone()),
            says(head(b"X: a\rSet-Cookie: b"), value.clone()),
            says(head(b"X: \x1b[31m"), value.clone()),
            says(head(b"X: \x7f"), value),
            says(b"HTTP/1.1 200 O\0K\r\n\r\n", not_http("invalid response status")),
        ],
        LONG,
    );
}

#[test]
fn a_head_is_bounded_in_every_direction() {
    let too_large = Err(Trouble::TooLarge("the head", 64 * 1024));
    let too_many = Err(Trouble::TooMany("header fields", 200));
    let fields = |count: usize| format!("HTTP/1.1 200 OK\r\n{}Content-Length: 1\r\n\r\na", "X: y\r\n".repeat(count - 1));
    // So long that all of the head has this length.
    let long = |length: usize| {
        let rest = "HTTP/1.1 200 OK\r\nX: \r\nContent-Length: 1\r\n\r\n".len();
        format!("HTTP/1.1 200 OK\r\nX: {}\r\nContent-Length: 1\r\n\r\na", "x".repeat(length - rest))
    };
    comes_of(
        vec![
            says(fields(200), good(200, "a")),
            says(fields(201), too_many.clone()),
            says(fields(8000), too_many),
            says(long(64 * 1024), good(200, "a")),
            says(long(64 * 1024 + 1), too_large.clone()),
            never_ends("an endless field", b"HTTP/1.1 200 OK\r\nX: ", b"x", too_large.clone()),
            never_ends("endless fields", b"HTTP/1.1 200 OK\r\n", b"X: y\r\n", too_large.clone()),
            never_ends("an endless status line", b"HTTP/1.1 200 ", b"OK ", too_large.clone()),
            never_ends("an endless field name", b"HTTP/1.1 200 OK\r\n", b"X", too_large.clone()),
            never_ends("endless carriage returns", b"HTTP/1.1 200 OK", b"\r", too_large),
        ],
        LONG,
    );
}

#[test]
fn interim_answers_are_skipped_until_there_are_too_many() {
    let with = |count: usize| format!("{}HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", "HTTP/1.1 100 Continue\r\n\r\n".repeat(count));
    let too_many = Err(Trouble::TooMany("interim answers", 20));
    let continues = b"HTTP/1.1 100 Continue\r\n\r\n";
    comes_of(
        vec![
            says(with(1), good(200, "a")),
            says(with(20), good(200, "a")),
            says(with(21), too_many.clone()),
            never_ends("endless interim answers", b"", continues, too_many),
            says("HTTP/1.1 103 x\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", good(200, "a")),
            says("HTTP/1.1 199 x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", good(200, "a")),
            says(
                "HTTP/1.1 100 x\r\nContent-Length: 3\r\n\r\nabcHTTP/1.1 200 OK\r\n\r\n",
                not_http(r#"it begins with "abcHTTP/1.1 200 OK\r\n\r\n""#),
            ),
            says("HTTP/1.1 101 x\r\nUpgrade: y\r\n\r\n", not_http("it goes over to another protocol (status 101)")),
        ],
        LONG,
    );
}

#[test]
fn fields_are_kept_in_their_order_to_the_octet() {
    let (address, _sent) =
        answering(b"HTTP/1.1 401 \xff\r\nWWW-Authenticate: OAuth realm=\"a\"\r\nx:\xe9\t!\r\nwww-authenticate:  b \r\nX:\r\n\r\n".to_vec());
    let answer = exchange(&get(format!("http://{address}/")), policy(address, LONG)).unwrap();
    let headers: Vec<(&str, &[u8])> = answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
    let expected: [(&str, &[u8]); 4] =
        [("WWW-Authenticate", b"OAuth realm=\"a\""), ("x", b"\xe9\t!"), ("www-authenticate", b"b"), ("X", b"")];
    assert_eq!(headers, expected);
    assert_eq!(answer.field("X"), Some(&b"\xe9\t!"[..]));
}

#[test]
fn a_redirect_is_an_answer_and_nobody_is_asked_because_of_it() {
    let other = TcpListener::bind("127.0.0.1:0").unwrap();
    other.set_nonblocking(true).unwrap();
    let elsewhere = other.local_addr().unwrap();
    for status in [301, 302, 303, 307, 308, 300] {
        for location in [format!("http://{elsewhere}/"), format!("//{elsewhere}/"), format!("http://user@{elsewhere}\\x")] {
            let head = format!("HTTP/1.1 {status} x\r\nLocation: {location}\r\nRefresh: 0;url={location}\r\nContent-Length: 0\r\n\r\n");
            let (address, sent) = answering(head);
            // The other place may be asked, and is not all the same.
            let mut policy = policy(address, LONG);
            policy.hosts.push(elsewhere.to_string());
            let request = Outgoing { method: "POST".to_owned(), ..get(format!("http://{address}/")) };
            let answer = exchange(&request, policy).unwrap();
            assert_eq!((answer.status, answer.field("location")), (status, Some(location.as_bytes())));
            assert!(sent.recv().unwrap().starts_with(b"POST / HTTP/1.1\r\n"));
        }
    }
    assert_eq!(other.accept().unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    // The control: a connection would have been seen.
    std::net::TcpStream::connect(elsewhere).unwrap().write_all(b"x").unwrap();
    assert!((0..1000).any(|_| {
        std::thread::yield_now();
        other.accept().is_ok()
    }));
}
