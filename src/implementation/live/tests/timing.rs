//! Servers that are slow, in each phase of an exchange: all of them are cut at the deadline.

use std::io::Write as _;
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use super::{Behaviour, Expected, PATIENCE, SHORT, comes_of, does, freezes, good, says_and_stays, stays};
use crate::implementation::live::Trouble;

fn late(waiting_for: &'static str) -> Expected {
    Err(Trouble::Late(waiting_for))
}

/// A server that begins with the first octets and then sends the others again and again, one at a time.
fn trickles(first: &'static str, others: &'static str, expected: Expected) -> Behaviour {
    does(&format!("{first:?} and then slowly {others:?}"), expected, move |stream| {
        let _ = stream.set_nodelay(true);
        let _ = stream.write_all(first.as_bytes());
        let began = Instant::now();
        for octet in others.bytes().cycle() {
            if stream.write_all(&[octet]).is_err() || began.elapsed() > PATIENCE {
                break;
            }
            thread::sleep(Duration::from_millis(5));
        }
    })
}

#[test]
fn silence_and_trickles_end_at_the_deadline_in_every_phase() {
    comes_of(
        vec![
            says_and_stays("", late("an answer")),
            says_and_stays("H", late("the end of the head")),
            says_and_stays("HTTP/1.1 200 OK\r\n", late("the end of the head")),
            says_and_stays("HTTP/1.1 200 OK\r\nX: y\r\n\r", late("the end of the head")),
            says_and_stays("HTTP/1.1 100 x\r\n\r\n", late("an answer")),
            says_and_stays("HTTP/1.1 200 OK\r\n\r\n", late("the end of the body")),
            says_and_stays("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\na", late("the end of the body")),
            says_and_stays("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", late("the end of the body")),
            says_and_stays("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", late("the end of the body")),
            says_and_stays("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", late("the end of the body")),
            says_and_stays("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: y\r\n", late("the end of the body")),
            says_and_stays("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\u{1f}", late("the end of the body")),
            trickles("", "HTTP/1.1 200 OK", late("the end of the head")),
            trickles("HTTP/1.1 200 OK\r\n", "X: y\r\n", late("the end of the head")),
            trickles("", "HTTP/1.1 100 x\r\n\r\n", late("the end of the head")),
            trickles("HTTP/1.1 200 OK\r\n\r\n", "x", late("the end of the body")),
            trickles("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", "x", late("the end of the body")),
            trickles("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\nx\r\n", late("the end of the body")),
            trickles("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;", "x", late("the end of the body")),
            trickles("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n", "X: y\r\n", late("the end of the body")),
        ],
        SHORT,
    );
}

/// With more time: to lay out a request that fills every buffer on the way takes some of it.
#[test]
fn a_request_that_is_not_taken_ends_at_the_deadline() {
    let large = |name: &str, expected, script: fn(&mut TcpStream)| Behaviour {
        method: "POST",
        body: Some(vec![b'x'; 16 * 1024 * 1024]),
        script: Box::new(script),
        ..does(name, expected, |_| ())
    };
    comes_of(
        vec![
            large("reads nothing of the request", late("the request to be taken"), |_| freezes()),
            large("reads a little of the request, slowly", late("the request to be taken"), |stream| {
                let began = Instant::now();
                while matches!(std::io::Read::read(stream, &mut [0; 16]), Ok(1..)) && began.elapsed() < PATIENCE {
                    thread::sleep(Duration::from_millis(5));
                }
            }),
            large("reads nothing, and answers slowly", late("the request to be taken"), |stream| {
                for octet in "HTTP/1.1 200 OK\r\n".bytes().chain(std::iter::repeat_n(b'x', 1000)) {
                    if stream.write_all(&[octet]).is_err() {
                        break;
                    }
                    thread::sleep(Duration::from_millis(5));
                }
            }),
        ],
        SHORT * 4,
    );
}

#[test]
fn a_server_that_stays_after_its_answer_is_not_waited_for() {
    comes_of(
        vec![
            says_and_stays("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na", good(200, "a")),
            does("answers, and goes on later than anybody waits", good(200, "a"), |stream| {
                let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na");
                thread::sleep(Duration::from_secs(2));
                let _ = stream.write_all(b"more");
                stays(stream);
            }),
        ],
        SHORT * 10,
    );
}
