//! Where a body ends: lengths, chunks, the connection; those that could be read in two ways, and those without an end.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;

use super::{Behaviour, Expected, LONG, bad_body, comes_of, does, freezes, good, never_ends, request, says, says_and_stays, stays};
use crate::implementation::live::Trouble;

const MOST: usize = 1024 * 1024;

fn too_large() -> Expected {
    Err(Trouble::TooLarge("the body", MOST))
}

fn cut() -> Expected {
    Err(Trouble::Cut("the end of the body"))
}

fn answer(fields: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    [format!("HTTP/1.1 200 OK\r\n{fields}\r\n\r\n").as_bytes(), body.as_ref()].concat()
}

#[test]
fn a_length_is_one_number() {
    let no_number = |text: &str| bad_body(&format!("Content-Length is no number: \"{text}\""));
    let length = |text: &str, body: &str| answer(&format!("Content-Length: {text}"), body);
    comes_of(
        vec![
            says(length("0", ""), good(200, "")),
            says_and_stays(length("5", "a\0\r\n\n"), good(200, "a\0\r\n\n")),
            says(length("0005", "hello"), good(200, "hello")),
            says(length("5, 5", "hello"), good(200, "hello")),
            says(length("5\r\nContent-Length: 5", "hello"), good(200, "hello")),
            says(length("5\r\nContent-Length: 6", "hello!"), bad_body("there are different Content-Lengths")),
            says(length("6, 5", "hello!"), bad_body("there are different Content-Lengths")),
            says(length("-1", "hello"), no_number("-1")),
            says(length("+5", "hello"), no_number("+5")),
            says(length("0x5", "hello"), no_number("0x5")),
            says(length("5.0", "hello"), no_number("5.0")),
            says(length("5e0", "hello"), no_number("5e0")),
            says(length("1 0", "hello"), no_number("1 0")),
            says(length("", "hello"), no_number("")),
            says(length("5,", "hello"), no_number("")),
            says(length("\"5\"", "hello"), no_number("\\\"5\\\"")),
            says(length("٥", "hello"), no_number(r"\xd9\xa5")),
            says(length("6", "hello"), cut()),
            says(length("1000000", ""), cut()),
            says_and_stays(length("1048577", ""), too_large()),
            says_and_stays(length("1000000000000000000", "a"), too_large()),
            says_and_stays(length("18446744073709551617", "a"), too_large()),
            says_and_stays(length(&"9".repeat(1000), "a"), too_large()),
            says(answer("Content-Length: 1048576", vec![b'x'; MOST]), good(200, vec![b'x'; MOST])),
        ],
        LONG,
    );
}

#[test]
fn octets_behind_the_end_are_a_wrong_length_or_a_second_answer() {
    let follow = || bad_body("octets follow its end");
    let second = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb";
    comes_of(
        vec![
            says(answer("Content-Length: 4", "hello"), follow()),
            says_and_stays(answer("Content-Length: 4", "hello"), follow()),
            says(answer("Content-Length: 1", format!("a{second}")), follow()),
            says(answer("Content-Length: 0", second), follow()),
            says(answer("Transfer-Encoding: chunked", format!("0\r\n\r\n{second}")), follow()),
            never_ends("a length and octets without an end", b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", b"a", follow()),
        ],
        LONG,
    );
}

#[test]
fn there_is_one_framing() {
    let coding = |text: &str| answer(&format!("Transfer-Encoding: {text}"), "1\r\na\r\n0\r\n\r\n");
    let not_alone = |text: &str| bad_body(&format!("the transfer coding is not chunked alone, it begins with \"{text}\""));
    let both = || bad_body("there are both Transfer-Encoding and Content-Length");
    comes_of(
        vec![
            says_and_stays(coding("chunked"), good(200, "a")),
            says(coding(" Chunked\t"), good(200, "a")),
            says(coding("chunked\r\nContent-Length: 11"), both()),
            says(answer("Content-Length: 11\r\nTransfer-Encoding: chunked", "1\r\na\r\n0\r\n\r\n"), both()),
            says(answer("Content-Length: 1\r\nTransfer-Encoding: identity", "a"), both()),
            says(coding("gzip, chunked"), not_alone("gzip")),
            says(coding("chunked, chunked"), not_alone("chunked")),
            says(coding("chunked\r\nTransfer-Encoding: chunked"), not_alone("chunked")),
            says(coding("chunked\r\nTransfer-Encoding: identity"), not_alone("chunked")),
            says(coding("identity"), not_alone("identity")),
            says(coding("xchunked"), not_alone("xchunked")),
            says(coding("chunked;q=1"), not_alone("chunked;q=1")),
            says(coding("\"chunked\""), not_alone("\\\"chunked\\\"")),
            says(coding(""), not_alone("")),
            says("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", bad_body("there is Transfer-Encoding in HTTP/1.0")),
        ],
        LONG,
    );
}

fn chunked(body: impl AsRef<[u8]>) -> Vec<u8> {
    answer("Transfer-Encoding: chunked", body)
}

#[test]
fn chunks_are_put_together_and_their_grammar_is_kept() {
    let no_size = |text: &str| bad_body(&format!("a chunk has no size: \"{text}\""));
    let longer = || bad_body("a chunk is longer than its size");
    let mut behaviours = vec![
        says_and_stays(chunked("5\r\nhello\r\n00a\r\n, \r\n world\r\n0000\r\n\r\n"), good(200, "hello, \r\n world")),
        says(chunked("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), good(200, "01234567890123456789")),
        says(chunked(b"1;a=b;c=\"d\"\r\na\r\n1 ; e\r\nb\r\n0;f\r\nX: y\r\nZ: \xff\r\n\r\n"), good(200, "ab")),
        says(chunked("3\r\nhello\r\n0\r\n\r\n"), longer()),
        says(chunked("3\r\nhello"), cut()),
        says(chunked(format!("3\r\n{}", "x".repeat(100_000))), longer()),
        says(chunked("5\r\nhell\r\n0\r\n\r\n"), longer()),
        says(chunked("5\r\nhello\n0\r\n\r\n"), longer()),
        says(chunked("5\r\nhel"), cut()),
        says(chunked("5\r\nhello\r\n"), cut()),
        says(chunked("5\r\nhello\r\n0\r\n"), cut()),
        says(chunked("5"), cut()),
        says(chunked(""), cut()),
        says(chunked("5\nhello\r\n0\r\n\r\n"), bad_body("a line between chunks ends without CR")),
        says(chunked("1\r\na\r\n0\r\nX: y\n\r\n"), bad_body("a line between chunks ends without CR")),
        says_and_stays(chunked("0\n\n"), bad_body("a line between chunks ends without CR")),
    ];
    for size in ["", "-1", "+5", "0x5", " 5", "5 ", "g", "5,", "5\t", ";a", "5_0", "５", "5;a\rb", "5;\0", "5 a"] {
        let body = format!("{size}\r\nhello\r\n0\r\n\r\n");
        behaviours.push(says(chunked(body), no_size(&size.as_bytes().escape_ascii().to_string())));
    }
    comes_of(behaviours, LONG);
}

#[test]
fn chunks_are_bounded_in_every_direction() {
    let beside = || Err(Trouble::TooLarge("what is written beside the chunks", 64 * 1024));
    let line = || Err(Trouble::TooLarge("a line between chunks", 4096));
    const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    const TRAILERS: &[u8] = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
    let extended = format!("1;{}\r\na\r\n", "x".repeat(1000));
    let extended: &'static [u8] = Vec::leak(extended.into_bytes());
    comes_of(
        vec![
            says_and_stays(chunked("fffffffffffffff\r\n"), too_large()),
            says_and_stays(chunked("fffffffffffffffff\r\n"), too_large()),
            says_and_stays(chunked("100001\r\n"), too_large()),
            says_and_stays(chunked("1\r\na\r\n100000\r\n"), too_large()),
            says(chunked([b"100000\r\n", &*vec![b'x'; MOST], b"\r\n0\r\n\r\n"].concat()), good(200, vec![b'x'; MOST])),
            never_ends("endless chunks", HEAD, b"5\r\nhello\r\n", too_large()),
            never_ends("endless extensions", HEAD, extended, beside()),
            never_ends("an endless extension", HEAD, b";a", line()),
            never_ends("an endless size", HEAD, b"0", line()),
            never_ends("endless trailers", TRAILERS, b"X: y\r\n", beside()),
            never_ends("an endless trailer", TRAILERS, b"X", line()),
        ],
        LONG,
    );
}

#[test]
fn a_body_may_end_with_the_connection_but_with_a_broken_one_only_that_of_a_refusal() {
    comes_of(
        vec![
            says("HTTP/1.1 200 OK\r\n\r\n", good(200, "")),
            says("HTTP/1.1 200 OK\r\n\r\na\r\n\r\nb", good(200, "a\r\n\r\nb")),
            does("ends its side only", good(200, "a"), |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\na");
                let _ = stream.shutdown(Shutdown::Write);
                stays(stream);
            }),
            never_ends("a body without an end", b"HTTP/1.1 200 OK\r\n\r\n", b"x", too_large()),
            never_ends("a body of zeros without an end", b"HTTP/1.0 500 x\r\n\r\n", b"\0", too_large()),
            breaks("HTTP/1.1 200 OK\r\n\r\na", cut()),
            breaks("HTTP/1.1 431 too large\r\nConnection: close\r\n\r\n", good(431, "")),
            breaks("HTTP/1.1 431 too large\r\nContent-Length: 9\r\n\r\na", cut()),
            breaks("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\na", cut()),
            breaks("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\na", cut()),
            breaks("HTTP/1.1 200 OK\r\n", Err(Trouble::Cut("the end of the head"))),
            breaks("", Err(Trouble::Cut("an answer"))),
        ],
        LONG,
    );
}

/// A server that answers and then ends the connection with octets in it that it has not read: the system resets it.
fn breaks(octets: &'static str, expected: Expected) -> Behaviour {
    Behaviour {
        method: "POST",
        body: Some(vec![b'x'; 64 * 1024]),
        script: Box::new(move |stream| {
            let _ = stream.read(&mut [0; 1]);
            let _ = stream.write_all(octets.as_bytes());
        }),
        ..does(&format!("breaks after {octets:?}"), expected, |_| ())
    }
}

#[test]
fn there_is_no_body_where_there_is_none_by_definition() {
    let to_head = |octets: &str, expected| Behaviour { method: "HEAD", ..says_and_stays(octets, expected) };
    comes_of(
        vec![
            to_head("HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n", good(200, "")),
            to_head("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", good(200, "")),
            to_head("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", good(200, "")),
            to_head("HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", bad_body("Content-Length is no number: \"-5\"")),
            says_and_stays("HTTP/1.1 204 x\r\nContent-Length: 5\r\n\r\n", good(204, "")),
            says_and_stays("HTTP/1.1 204 x\r\n\r\n", good(204, "")),
            says("HTTP/1.1 204 x\r\n\r\nhello", good(204, "")),
            says_and_stays("HTTP/1.1 304 x\r\nTransfer-Encoding: chunked\r\n\r\n", good(304, "")),
        ],
        LONG,
    );
}

#[test]
fn an_answer_is_read_before_the_request_is_taken() {
    let large = |name: &str, expected, script: super::Script| Behaviour {
        method: "POST",
        body: Some(vec![b'x'; 16 * MOST]),
        script,
        ..does(name, expected, |_| ())
    };
    let refusal = "HTTP/1.1 413 x\r\nContent-Length: 2\r\n\r\nno";
    comes_of(
        vec![
            large(
                "answers without reading, and stays",
                good(413, "no"),
                Box::new(move |stream| {
                    let _ = stream.write_all(refusal.as_bytes());
                    freezes();
                }),
            ),
            large(
                "tells to go on, reads all of it, and answers",
                good(200, "16777216"),
                Box::new(|stream| {
                    let _ = stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n");
                    let all = request(stream);
                    let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
                    let length = (all.len() - end - 4).to_string();
                    let _ = stream.write_all(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n{length}", length.len()).as_bytes());
                }),
            ),
            large(
                "answers half, reads all of it, and answers the rest",
                good(200, "ab"),
                Box::new(|stream| {
                    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na");
                    request(stream);
                    let _ = stream.write_all(b"b");
                }),
            ),
        ],
        LONG,
    );
}
