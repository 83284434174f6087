//! Every fault does what it says, over the wire; and afterwards the sandbox is in order.

use std::io::{Read as _, Write as _};
use std::time::Duration;

use countersign::profile::document::TokenType;
use countersign::sandbox::faults::{At, Fault, TABLE, find};
use countersign::sandbox::{Sandbox, Token};
use countersign::selftest::faults::answers::{self, Answer};

use super::{CLIENT, Signer, builder, connect, get, send};

fn sandbox() -> Sandbox {
    builder("rfc5849").token(Token::new(TokenType::Access, CLIENT, "access", "access-secret")).auto_approve(true).start().unwrap()
}

/// What the sandbox writes for a fault, as far as it comes within a moment, at most 2 MiB of it.
fn written(sandbox: &Sandbox, fault: &Fault) -> Answer {
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
    let (mut answer, mut block) = (Answer::default(), vec![0; 65_536]);
    while answer.octets.len() < 2 * 1024 * 1024 && !answer.is_over {
        match stream.read(&mut block) {
            Ok(0) => answer.is_over = true,
            Ok(length) => answer.octets.extend_from_slice(&block[..length]),
            Err(_) => break,
        }
    }
    answer
}

#[test]
fn every_fault_does_what_it_says() {
    for fault in TABLE {
        let sandbox = sandbox();
        let answer = written(&sandbox, fault);
        let shown: String = String::from_utf8_lossy(&answer.octets).chars().take(1500).collect();
        let mark = answers::find(fault.name).unwrap_or_else(|| panic!("{} has no mark", fault.name));
        assert_eq!(mark.check(&answer), Ok(()), "{}: {shown:?}", fault.name);
        assert_eq!(answers::taken_for(&answer), [fault.name], "{shown:?}");
        // What strikes the first time only has struck, and nothing else is touched.
        assert_eq!(send(&sandbox, &Signer::of(&sandbox).request("GET", "/photos")).status, 200, "{}", fault.name);
    }
}

#[test]
fn a_length_is_off_by_what_is_said() {
    for (name, more) in [("length-short", -5), ("length-long", 1000)] {
        let sandbox = sandbox();
        let text = String::from_utf8(written(&sandbox, find(name).unwrap()).octets).unwrap();
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
