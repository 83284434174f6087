//! HTTP itself: what the server reads, what it refuses, and that nobody can hold it up.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use countersign::sandbox::{Limits, Sandbox};

use super::{Answer, FORM, Signer, builder, connect, exchange, get, send};

fn sandbox() -> Sandbox {
    let quick = Duration::from_millis(200);
    let limits = Limits { head_time: quick, body_time: quick, connections: 8, ..Limits::default() };
    builder("rfc5849").limits(limits).explains(false).start().unwrap()
}

/// A request that the sandbox accepts, and says so at the end of each test: it is still in order.
#[track_caller]
fn serves(sandbox: &Sandbox) {
    assert_eq!(send(sandbox, &Signer::of(sandbox).request("GET", "/photos")).status, 200);
}

#[track_caller]
fn refuses(sandbox: &Sandbox, request: &str, status: u16, why: &str) {
    let host = sandbox.origin().split_once("://").unwrap().1.to_owned();
    let answer = send(sandbox, request.replace("{host}", &host).as_bytes());
    assert_eq!(answer.status, status, "{request:?}: {answer:?}");
    assert!(answer.body.contains(why), "{request:?}: {answer:?}");
}

/// Connections whose requests the sandbox does not answer.
fn kept_waiting(sandbox: &Sandbox, number: usize) -> Vec<TcpStream> {
    let one = |_| {
        let mut stream = connect(sandbox);
        stream.write_all(&Signer::of(sandbox).request("GET", "/_fault/silence/photos")).unwrap();
        stream
    };
    (0..number).map(one).collect()
}

#[test]
fn what_could_be_read_in_two_ways_is_refused() {
    let sandbox = sandbox();
    refuses(&sandbox, "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400, "several Content-Length");
    let both = "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
    refuses(&sandbox, both, 400, "both Transfer-Encoding and Content-Length");
    refuses(&sandbox, "POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: gzip\r\n\r\n", 501, "not chunked");
    refuses(&sandbox, "GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n\r\n", 400, "several Host fields");
    refuses(&sandbox, "GET / HTTP/1.1\r\n\r\n", 400, "no Host field");
    refuses(&sandbox, "\u{16}\u{3}\u{1}nothing\r\n\r\n", 400, "no HTTP/1.1 request");
    serves(&sandbox);
}

#[test]
fn another_host_is_refused_so_that_no_name_can_be_made_to_lead_here() {
    let sandbox = sandbox();
    for host in ["evil.example", "127.0.0.1", "127.0.0.1:1", "localhost", "{host}.evil.example", "{host}@evil.example"] {
        refuses(&sandbox, &format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"), 421, "names another server");
    }
    refuses(&sandbox, "GET http://evil.example/ HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", 421, "names another server");
    let port = sandbox.address().port();
    let local = Signer { origin: format!("http://localhost:{port}"), host: format!("localhost:{port}"), ..Signer::of(&sandbox) };
    assert_eq!(send(&sandbox, &local.request("GET", "/photos")).status, 200);
    serves(&sandbox);
}

#[test]
fn limits_are_refused_with_their_own_status() {
    let sandbox = sandbox();
    let long = format!("GET /{} HTTP/1.1\r\nHost: {{host}}\r\n\r\n", "x".repeat(17_000));
    refuses(&sandbox, &long, 431, "longer than 16384 octets");
    let many = format!("GET / HTTP/1.1\r\nHost: {{host}}\r\n{}\r\n", "a: b\r\n".repeat(200));
    refuses(&sandbox, &many, 431, "more than 100 header fields");
    refuses(&sandbox, "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 1048577\r\n\r\n", 413, "longer than 1048576 octets");
    refuses(
        &sandbox,
        "POST / HTTP/1.1\r\nHost: {host}\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffff\r\n",
        413,
        "longer than 1048576",
    );
    let parameters = format!("GET /?{} HTTP/1.1\r\nHost: {{host}}\r\nConnection: close\r\n\r\n", "a&".repeat(1001));
    refuses(&sandbox, &parameters, 400, "more than 1000 parameters");
    let form = "a&".repeat(1001);
    let form = format!(
        "POST / HTTP/1.1\r\nHost: {{host}}\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{form}",
        form.len()
    );
    refuses(&sandbox, &form, 400, "more than 1000 parameters");
    serves(&sandbox);
}

#[test]
fn whoever_is_slow_is_not_waited_for_and_keeps_nobody_up() {
    let sandbox = sandbox();
    let began = Instant::now();
    let mut slow = connect(&sandbox);
    slow.write_all(b"GET / HT").unwrap();
    let silent = connect(&sandbox);
    serves(&sandbox);
    let mut answer = Vec::new();
    slow.read_to_end(&mut answer).unwrap();
    assert_eq!(Answer::read(&answer).status, 408);
    // Nothing was begun there, so there is nothing to answer.
    answer.clear();
    (&silent).read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"");
    refuses(&sandbox, "POST / HTTP/1.1\r\nHost: {host}\r\nContent-Length: 10\r\n\r\nab", 408, "the body did not come in time");
    assert!(began.elapsed() < Duration::from_secs(10));
    serves(&sandbox);
}

#[test]
fn one_connection_too_many_is_told_so_and_room_comes_back() {
    let sandbox = sandbox();
    let held: Vec<_> = (0..8).map(|_| connect(&sandbox)).collect();
    // Connections are taken in their order, so this one is the ninth.
    assert_eq!(Answer::read(&exchange(&sandbox, b"")).status, 503);
    drop(held);
    let until = Instant::now() + Duration::from_secs(10);
    while get(&sandbox, "/photos").status == 503 {
        assert!(Instant::now() < until, "the connections were not given back");
    }
    serves(&sandbox);
}

#[test]
fn requests_follow_each_other_on_one_connection_also_when_they_come_at_once() {
    let sandbox = sandbox();
    let host = sandbox.origin().split_once("://").unwrap().1.to_owned();
    let body = "a=1&b=2";
    let (first, second) = (Signer::of(&sandbox), Signer::of(&sandbox));
    let chunked = format!(
        "POST /photos HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nTransfer-Encoding: chunked\r\nAuthorization: {}\r\n\r\n\
         3;x=y\r\na=1\r\n4\r\n&b=2\r\n0\r\nTrailer: 1\r\n\r\n",
        first.authorization("POST", "/photos", Some(body))
    );
    let octets = [chunked.into_bytes(), second.with_body("POST", "/photos", Some(body))].concat();
    let answers = String::from_utf8(exchange(&sandbox, &octets)).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 200 OK").count(), 2, "{answers}");
    assert_eq!(answers.matches(r#"["a","1"],["b","2"]"#).count(), 2, "{answers}");
}

#[test]
fn more_requests_at_once_than_one_turn_has_are_all_answered_in_their_order() {
    let sandbox = sandbox();
    let host = sandbox.origin().split_once("://").unwrap().1.to_owned();
    let request = |number: usize, word: &str| format!("GET /no-such-{number}?x HTTP/1.1\r\nHost: {host}\r\n{word}\r\n");
    let mut octets: String = (0..100).map(|number| request(number, "")).collect();
    octets.push_str(&request(100, "Connection: close\r\n"));
    let answers = String::from_utf8(exchange(&sandbox, octets.as_bytes())).unwrap();
    assert_eq!(answers.matches("HTTP/1.1 400 ").count(), 101, "{answers}");
    let paths: Vec<String> = sandbox.exchanges().iter().map(|entry| String::from_utf8_lossy(&entry.request.target).into_owned()).collect();
    let last: Vec<String> = (1..=100).map(|number| format!("/no-such-{number}?x")).collect();
    assert_eq!(paths, last);
}

#[test]
fn more_answers_that_take_long_than_threads_keep_nobody_up_and_end_with_the_sandbox() {
    let sandbox = builder("rfc5849").explains(false).start().unwrap();
    let silent = kept_waiting(&sandbox, 64);
    serves(&sandbox);
    // A bad request is read on for a moment, and a reader that takes nothing is waited for.
    let _bad: Vec<_> = (0..64)
        .map(|_| {
            let mut stream = connect(&sandbox);
            stream.write_all(b"no HTTP\r\n\r\n").unwrap();
            stream
        })
        .collect();
    serves(&sandbox);
    let began = Instant::now();
    sandbox.stop();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    for mut stream in silent {
        assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0);
    }
}

/// Tells others that it is over, when it goes.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn those_who_never_stop_asking_keep_nobody_up() {
    let sandbox = builder("rfc5849").explains(false).start().unwrap();
    let request = format!("GET /x HTTP/1.1\r\nHost: {}\r\n\r\n", sandbox.address()).repeat(50);
    let endless = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 1000000\r\n\r\n";
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let mut stream = connect(&sandbox);
                let mut reader = stream.try_clone().unwrap();
                scope.spawn(move || while matches!(reader.read(&mut [0; 65536]), Ok(1..)) {});
                while !over.load(Ordering::SeqCst) {
                    if stream.write_all(request.as_bytes()).is_err() {
                        break;
                    }
                }
                let _ = stream.shutdown(Shutdown::Both);
            });
            scope.spawn(|| {
                let mut stream = connect(&sandbox);
                stream.write_all(endless.as_bytes()).unwrap();
                while !over.load(Ordering::SeqCst) {
                    if stream.write_all(b"x").is_err() {
                        break;
                    }
                }
            });
        }
        // Also if it does not: otherwise they would ask for ever.
        let _over = Over(&over);
        for _ in 0..5 {
            serves(&sandbox);
        }
    });
}

#[test]
fn whoever_goes_while_a_fault_keeps_him_waiting_gives_his_place_back() {
    let sandbox = sandbox();
    let silent = kept_waiting(&sandbox, 7);
    serves(&sandbox);
    drop(silent);
    let until = Instant::now() + Duration::from_secs(10);
    let all_are_free = || (0..8).map(|_| connect(&sandbox)).all(|mut stream| !matches!(stream.read(&mut [0; 1]), Ok(1)));
    while !all_are_free() {
        assert!(Instant::now() < until, "the places were not given back");
    }
}

#[test]
fn a_request_that_ends_early_is_told_so() {
    let sandbox = sandbox();
    for octets in ["GET / HTTP/1.1\r\nHo", "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nab"] {
        let mut stream = connect(&sandbox);
        stream.write_all(octets.as_bytes()).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = Answer::read(&answer);
        assert!(answer.status == 400 && answer.body.contains("ended before its end"), "{answer:?}");
    }
    refuses(
        &sandbox,
        &format!(
            "POST / HTTP/1.1\r\nHost: {{host}}\r\nTransfer-Encoding: chunked\r\n\r\n{}",
            format!("1;{}\r\na\r\n", "x".repeat(4000)).repeat(5)
        ),
        431,
        "extensions and trailers",
    );
}

#[test]
fn a_body_is_asked_for_where_the_client_waits_for_that() {
    let sandbox = sandbox();
    let host = sandbox.origin().split_once("://").unwrap().1.to_owned();
    let authorization = Signer::of(&sandbox).authorization("POST", "/photos", Some("a=1"));
    let mut stream = connect(&sandbox);
    let head = format!(
        "POST /photos HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\
         Authorization: {authorization}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut interim = [0; 25];
    stream.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    stream.write_all(b"a=1").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    assert_eq!(Answer::read(&answer).status, 200);
}

#[test]
fn head_gets_no_body_and_every_answer_has_the_sandboxs_date() {
    let sandbox = sandbox();
    let answer = send(&sandbox, &Signer::of(&sandbox).request("HEAD", "/photos"));
    assert_eq!((answer.status, answer.body.as_str()), (200, ""));
    assert!(answer.field("Content-Length").parse::<usize>().unwrap() > 0);
    assert_eq!(answer.field("Date"), "Tue, 14 Nov 2023 22:13:20 GMT");
}

#[test]
fn a_stop_ends_every_connection_and_the_port_is_free_again() {
    let sandbox = sandbox();
    let address = sandbox.address();
    let mut waiting = connect(&sandbox);
    serves(&sandbox);
    let began = Instant::now();
    sandbox.stop();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    assert_eq!(waiting.read(&mut [0; 1]).unwrap_or(0), 0);
    let _ = waiting.shutdown(Shutdown::Both);
    std::net::TcpListener::bind(address).unwrap();
}

#[cfg(unix)]
#[test]
fn what_is_answered_while_it_stops_is_among_its_exchanges() {
    let (told, first) = std::sync::mpsc::channel();
    let (tell_address, address) = std::sync::mpsc::channel::<std::net::SocketAddr>();
    let (is_first, address) = (AtomicBool::new(true), std::sync::Mutex::new(address));
    // Whoever tells of the first exchange goes on when the port is free: then the stop has begun, and the second is still to be answered.
    let hold = move |_: &countersign::sandbox::Entry| {
        if is_first.swap(false, Ordering::SeqCst) {
            told.send(()).unwrap();
            let (address, began) = (address.lock().unwrap().recv().unwrap(), Instant::now());
            while std::net::TcpListener::bind(address).is_err() && began.elapsed() < Duration::from_secs(2) {
                std::thread::yield_now();
            }
        }
    };
    let sandbox = builder("rfc5849").on_exchange(hold).start().unwrap();
    let mut stream = connect(&sandbox);
    let request = |target: &str| Signer::of(&sandbox).request("GET", target);
    let keeping = String::from_utf8(request("/photos")).unwrap().replace("Connection: close\r\n", "");
    stream.write_all(&[keeping.as_bytes(), &request("/photos?second=1")].concat()).unwrap();
    first.recv().unwrap();
    assert_eq!(sandbox.exchanges().len(), 1);
    tell_address.send(sandbox.address()).unwrap();
    assert_eq!(sandbox.stop().len(), 2);
}

#[test]
fn no_octets_at_all_bring_it_down() {
    let sandbox = sandbox();
    // A small generator (Marsaglia's xorshift): the same octets in every run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..200 {
        let signer = Signer::of(&sandbox);
        let mut octets = signer.with_body("POST", "/photos?x=1", Some("a=1&b=2"));
        for _ in 0..=next() % 4 {
            let place = usize::try_from(next()).unwrap() % octets.len();
            octets[place] = next().to_le_bytes()[0];
        }
        let mut stream = connect(&sandbox);
        stream.write_all(&octets).unwrap();
        let _ = stream.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        if !answer.is_empty() {
            assert!(Answer::read(&answer).status < 500 || Answer::read(&answer).status == 501, "{}", String::from_utf8_lossy(&answer));
        }
    }
    serves(&sandbox);
}
