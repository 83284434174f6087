//! Every fault does what it says, over the wire; and afterwards the sandbox is in order.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use countersign::profile::document::TokenType;
use countersign::sandbox::faults::{At, Fault, TABLE, find};
use countersign::sandbox::{Sandbox, Token};

use super::{CLIENT, Signer, builder, connect, get, send};

fn sandbox() -> Sandbox {
    builder("rfc5849").token(Token::new(TokenType::Access, CLIENT, "access", "access-secret")).auto_approve(true).start().unwrap()
}

/// What the sandbox writes for a fault, as far as it comes within a moment, at most 2 MiB of it.
fn written(sandbox: &Sandbox, fault: &Fault) -> Vec<u8> {
    let prefix = format!("/_fault/{}", fault.name);
    let request = match fault.at {
        At::Temporary | At::Credentials => {
            Signer::of(sandbox).callback("http://client.example/cb").request("POST", &format!("{prefix}/initiate"))
        }
        At::Callback => {
            let asked = send(sandbox, &Signer::of(sandbox).callback("http://client.example/cb").request("POST", "/initiate"));
            let token = asked.value("oauth_token").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
            let host = sandbox.address();
            format!("GET {prefix}/authorize?oauth_token={token} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").into_bytes()
        }
        At::Resource | At::Signed => {
            let access = ("access".to_owned(), "access-secret".to_owned());
            Signer::of(sandbox).token(&access).request("GET", &format!("{prefix}/photos"))
        }
    };
    let mut stream = connect(sandbox);
    // These do not end by themselves.
    let stays =
        ["silence", "length-long", "slow-head", "slow-body", "endless-head", "endless-body", "endless-interim"].contains(&fault.name);
    stream.set_read_timeout(Some(Duration::from_millis(if stays { 500 } else { 10_000 }))).unwrap();
    stream.write_all(&request).unwrap();
    let (mut answer, mut block) = (Vec::new(), vec![0; 65_536]);
    while answer.len() < 2 * 1024 * 1024 {
        match stream.read(&mut block) {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.extend_from_slice(&block[..length]),
        }
    }
    answer
}

/// What must stand in the answer, and what must not.
fn expected(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match name {
        "confirmed-missing" => (&["oauth_token="], &["confirmed"]),
        "confirmed-false" => (&["oauth_callback_confirmed=false"], &["=true"]),
        "confirmed-upper-case" => (&["oauth_callback_confirmed=TRUE"], &["=true"]),
        "confirmed-twice" => (&["oauth_callback_confirmed=true", "oauth_callback_confirmed=false"], &[]),
        "token-missing" => (&["oauth_token_secret="], &["oauth_token="]),
        "token-empty" => (&["oauth_token=&"], &[]),
        "token-twice" => (&["&oauth_token=another"], &[]),
        "secret-missing" => (&["oauth_token="], &["oauth_token_secret"]),
        "secret-empty" => (&["oauth_token_secret=&"], &[]),
        "secret-twice" => (&["&oauth_token_secret=another"], &[]),
        "token-special" => (&["oauth_token=a%26b%3Dc%2Bd%252Fe%2Ff%20%C3%A9&"], &[]),
        "token-line-break" => (&["oauth_token=a%0D%0AX-Injected%3A%201&"], &["\r\nX-Injected"]),
        "token-long" => (&["oauth_token=tttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttttt"], &[]),
        "token-not-utf8" => (&["oauth_token=%FF%FE&"], &[]),
        "parameters-unknown" => (&["&x_unknown_19=1"], &[]),
        "parameters-many" => (&["&p99999=1"], &[]),
        "escape-broken" => (&["&x=%zz"], &[]),
        "json" => (&["application/json", "{\"oauth_"], &[]),
        "type-html" => (&["Content-Type: text/html\r\n"], &["x-www-form"]),
        "type-missing" => (&["oauth_token="], &["Content-Type"]),
        "line-end" => (&["=true\r\n"], &[]),
        "byte-order-mark" => (&["\r\n\r\n\u{feff}oauth_token"], &[]),
        "body-empty" => (&["HTTP/1.1 200 ", "Content-Length: 0"], &["oauth_token"]),
        "no-content" => (&["HTTP/1.1 204 "], &["oauth_token"]),
        "created" => (&["HTTP/1.1 201 ", "oauth_token="], &[]),
        "html-error-200" => (&["HTTP/1.1 200 ", "<h1>"], &["oauth_token"]),
        "problem-200" => (&["HTTP/1.1 200 ", "oauth_problem=permission_denied"], &["oauth_token"]),
        "error-escapes" => (&["\u{1b}[2J", "\u{202e}", "\n::error::x"], &[]),
        "redirect-host" => (&["HTTP/1.1 302 ", "Location: http://localhost:"], &[]),
        "redirect-host-307" => (&["HTTP/1.1 307 ", "Location: http://localhost:"], &[]),
        "redirect-host-308" => (&["HTTP/1.1 308 ", "Location: http://localhost:"], &[]),
        "redirect-port" => (&["Location: http://127.0.0.1:1/"], &[]),
        "redirect-scheme" => (&["Location: https://127.0.0.1:"], &[]),
        "redirect-network-path" => (&["Location: //localhost:"], &[]),
        "redirect-userinfo" => (&["Location: http://127.0.0.1:", "@localhost:"], &[]),
        "redirect-backslash" => (&["Location: http:\\\\localhost:"], &[]),
        "redirect-loop" => (&["HTTP/1.1 302 ", "/photos\r\n"], &[]),
        "redirect-script" => (&["Location: javascript:"], &[]),
        "redirect-nowhere" => (&["HTTP/1.1 302 "], &["Location"]),
        "callback-other-token" => (&["oauth_token=another&oauth_verifier="], &[]),
        "callback-no-verifier" => (&["HTTP/1.1 302 ", "oauth_token="], &["oauth_verifier"]),
        "callback-verifier-twice" => (&["&oauth_verifier=another"], &[]),
        "clock-ahead" => (&["timestamp_refused", "Date: Wed, 15 Nov 2023 22:13:20 GMT"], &[]),
        "clock-behind" => (&["timestamp_refused", "Date: Mon, 14 Nov 2022 22:13:20 GMT"], &[]),
        "nonce-used-once" => (&["HTTP/1.1 401 ", "oauth_problem=nonce_used"], &[]),
        "unavailable-once" => (&["HTTP/1.1 503 "], &["Retry-After"]),
        "retry-after-long" => (&["HTTP/1.1 503 ", "Retry-After: 10000000"], &[]),
        "rate-limit" => (&["HTTP/1.1 429 ", "rate%20limit"], &[]),
        "server-error" => (&["HTTP/1.1 500 "], &[]),
        "basic-challenge" => (&["WWW-Authenticate: Basic"], &["WWW-Authenticate: OAuth"]),
        "token-expired" => (&["oauth_problem=token_expired"], &[]),
        "silence" | "close" => (&[], &["HTTP"]),
        "truncated" => (&["HTTP/1.1 200 ", "{\"client\""], &["}\n"]),
        "half-head" => (&["HTTP/1.1 200 "], &["\r\n\r\n"]),
        "length-short" | "length-long" => (&["HTTP/1.1 200 ", "}\n"], &[]),
        "length-negative" => (&["Content-Length: -1\r\n"], &[]),
        "length-huge" => (&["Content-Length: 1000000000000000000\r\n"], &[]),
        "length-twice" => (&["Content-Length: ", "\r\nContent-Length: "], &[]),
        "length-and-chunks" => (&["Content-Length: ", "Transfer-Encoding: chunked"], &[]),
        "slow-head" => (&["H"], &["HTTP"]),
        "slow-body" => (&["HTTP/1.1 200 ", "\r\n\r\n{"], &["\"client"]),
        "endless-head" => (&["X-More: 0123456789"], &["\r\n\r\n"]),
        "endless-body" => (&["\r\n\r\n400\r\nxxxx"], &["\r\n0\r\n"]),
        "endless-interim" => (&["HTTP/1.1 103 ", "\r\n\r\nHTTP/1.1 103 "], &["HTTP/1.1 200"]),
        "chunk-huge" => (&["\r\n\r\n8000000000000000\r\n"], &[]),
        "chunk-broken" => (&["\r\n\r\nxyz\r\n"], &[]),
        "gzip-bomb" => (&["Content-Encoding: gzip", "\r\n\r\n\u{1f}"], &[]),
        "gzip-false" => (&["Content-Encoding: gzip", "\r\n\r\n{"], &[]),
        "no-head" => (&["{\"client\""], &["HTTP/1.1 2"]),
        "status-line" => (&["HTTP/1.1 abc OK\r\n"], &[]),
        "status-huge" => (&["HTTP/1.1 99999 OK\r\n"], &[]),
        "field-without-colon" => (&["\r\nno field at all\r\n\r\n"], &[]),
        "field-control" => (&["\r\nX-Odd: a\0b\u{1b}[2J\r\n"], &[]),
        "two-answers" => (&["HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil"], &[]),
        _ => panic!("{name} has no expectation"),
    }
}

#[test]
fn every_fault_does_what_it_says() {
    for fault in TABLE {
        let sandbox = sandbox();
        let answer = written(&sandbox, fault);
        let text = String::from_utf8_lossy(&answer);
        let (there, not_there) = expected(fault.name);
        let shown: String = text.chars().take(1500).collect();
        for part in there {
            assert!(text.contains(part), "{}: no {part:?} in {shown:?}", fault.name);
        }
        for part in not_there {
            assert!(!text.contains(part), "{}: {part:?} in {shown:?}", fault.name);
        }
        // What strikes the first time only has struck, and nothing else is touched.
        assert_eq!(send(&sandbox, &Signer::of(&sandbox).request("GET", "/photos")).status, 200, "{}", fault.name);
    }
}

#[test]
fn a_length_is_off_by_what_is_said() {
    for (name, more) in [("length-short", -5), ("length-long", 1000)] {
        let sandbox = sandbox();
        let text = String::from_utf8(written(&sandbox, find(name).unwrap())).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        let said: i64 = head.split_once("Content-Length: ").unwrap().1.lines().next().unwrap().parse().unwrap();
        assert_eq!(said - i64::try_from(body.len()).unwrap(), more, "{name}");
    }
}

#[test]
fn a_fault_of_the_whole_sandbox_strikes_where_it_is_meant_to() {
    let sandbox = builder("etrade").fault(find("confirmed-false").unwrap()).start().unwrap();
    let answer = send(&sandbox, &Signer::of(&sandbox).callback("oob").request("GET", "/oauth/request_token"));
    assert_eq!(answer.value("oauth_callback_confirmed"), "false");
    let once = builder("rfc5849").fault(find("nonce-used-once").unwrap()).start().unwrap();
    assert_eq!(send(&once, &Signer::of(&once).request("GET", "/photos")).status, 401);
    assert_eq!(send(&once, &Signer::of(&once).request("GET", "/photos")).status, 200);
}

#[test]
fn a_fault_below_a_path_leaves_the_providers_rules_in_force() {
    let sandbox = builder("etrade").start().unwrap();
    let target = "/_fault/confirmed-false/oauth/request_token";
    let answer = send(&sandbox, &Signer::of(&sandbox).callback("oob").request("GET", target));
    assert_eq!((answer.status, answer.value("oauth_callback_confirmed").as_str()), (200, "false"));
    assert_eq!(
        send(&sandbox, &Signer::of(&sandbox).callback("http://h/").request("GET", target)).field("X-Countersign-Rule"),
        "etrade.rt.callback"
    );
    assert_eq!(get(&sandbox, "/_fault/no-such/oauth/request_token").status, 404);
}

#[test]
fn who_follows_a_redirection_is_seen() {
    let sandbox = sandbox();
    let answer = send(&sandbox, &Signer::of(&sandbox).request("GET", "/_fault/redirect-host/photos"));
    assert_eq!(sandbox.followed(), 0);
    let location = answer.field("Location").strip_prefix("http://").unwrap().to_owned();
    let (host, path) = location.split_once('/').unwrap();
    let request = format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: OAuth x=\"y\"\r\nConnection: close\r\n\r\n");
    let followed = send(&sandbox, request.as_bytes());
    assert_eq!((followed.status, followed.field("X-Countersign-Followed")), (403, "with protocol parameters"));
    assert_eq!(sandbox.followed(), 1);
}

#[test]
fn a_clock_that_is_off_forgets_no_nonce() {
    let sandbox = sandbox();
    let first = Signer::of(&sandbox).request("GET", "/photos");
    assert_eq!(send(&sandbox, &first).status, 200);
    assert_eq!(send(&sandbox, &first).refused(), "nonce_used");
    for (fault, seconds) in [("clock-ahead", 86_400), ("clock-behind", -31_536_000)] {
        let timestamp = super::NOW.saturating_add_signed(seconds).to_string();
        let shifted = Signer { timestamp, ..Signer::of(&sandbox) }.request("GET", &format!("/_fault/{fault}/photos"));
        assert_eq!(send(&sandbox, &shifted).status, 200, "{fault}");
        assert_eq!(send(&sandbox, &shifted).refused(), "nonce_used", "{fault}");
        assert_eq!(send(&sandbox, &first).refused(), "nonce_used", "{fault}");
    }
}

#[test]
fn a_clock_that_is_off_ends_no_token() {
    let profile = "etrade";
    let sandbox = builder(profile).auto_approve(true).start().unwrap();
    let ahead = |signer: Signer| Signer { timestamp: (super::NOW + 86_400).to_string(), ..signer };
    let asked = send(&sandbox, &Signer::of(&sandbox).callback("oob").request("GET", "/oauth/request_token"));
    let token = (asked.value("oauth_token"), asked.value("oauth_token_secret"));
    let encoded = token.0.replace('%', "%25").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    let page = get(&sandbox, &format!("/e/t/etws/authorize?key={CLIENT}&token={encoded}"));
    let code = page.field("X-Countersign-Verifier").to_owned();
    // Request tokens live five minutes; the clock that is said to be a day ahead ends none of them.
    let exchange = ahead(Signer::of(&sandbox).token(&token).verifier(&code)).request("GET", "/_fault/clock-ahead/oauth/access_token");
    let answer = send(&sandbox, &exchange);
    assert_eq!((answer.status, answer.field("X-Countersign-Because")), (200, ""), "{answer:?}");
    // Access tokens end at midnight, and after two hours without use.
    let access = (answer.value("oauth_token"), answer.value("oauth_token_secret"));
    for target in ["/v1/accounts/list", "/_fault/clock-ahead/v1/accounts/list", "/v1/accounts/list"] {
        let signer = Signer::of(&sandbox).token(&access);
        let signer = if target.contains("_fault") { ahead(signer) } else { signer };
        let answer = send(&sandbox, &signer.request("GET", target));
        assert_eq!((answer.status, answer.field("X-Countersign-Because")), (200, ""), "{target}: {answer:?}");
    }
}
