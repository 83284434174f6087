//! The network of a live probe against a sandbox's faults: each fault of HTTP itself is a trouble of its own, and each other one an answer.

use std::time::Duration;

use countersign::implementation::live::{Incoming, Network, Outgoing, Policy, Send as _, Trouble};
use countersign::profile::document::TokenType;
use countersign::sandbox::faults::{At, TABLE};
use countersign::sandbox::{Sandbox, Token};

use super::{CLIENT, Signer, builder};

fn ask(sandbox: &Sandbox, target: &str, deadline: Duration) -> Result<Incoming, Trouble> {
    let signer = Signer::of(sandbox).token(&("access".to_owned(), "access-secret".to_owned()));
    let request = Outgoing {
        method: "GET".to_owned(),
        url: format!("{}{target}", signer.origin),
        headers: vec![("Authorization".to_owned(), signer.authorization("GET", target, None).into_bytes())],
        body: None,
    };
    Network::new(Policy { deadline, ..Policy::for_hosts([signer.host]) }).send(&request)
}

fn trouble_of(fault: &str) -> Option<Trouble> {
    let body = |why: &str| Trouble::Body(why.to_owned());
    let not_http = |why: &str| Trouble::NotHttp(why.to_owned());
    Some(match fault {
        "silence" => Trouble::Late("an answer"),
        "slow-head" => Trouble::Late("the end of the head"),
        "slow-body" | "length-long" => Trouble::Late("the end of the body"),
        "close" => Trouble::Cut("an answer"),
        "half-head" => Trouble::Cut("the end of the head"),
        "truncated" => Trouble::Cut("the end of the body"),
        "length-short" | "two-answers" => body("octets follow its end"),
        "length-negative" => body("Content-Length is no number: \"-1\""),
        "length-twice" => body("there are different Content-Lengths"),
        "length-and-chunks" => body("there are both Transfer-Encoding and Content-Length"),
        "length-huge" | "endless-body" | "chunk-huge" | "gzip-bomb" => Trouble::TooLarge("the body", 1024 * 1024),
        "endless-head" => Trouble::TooLarge("the head", 64 * 1024),
        "endless-interim" => Trouble::TooMany("interim answers", 20),
        "chunk-broken" => body("a chunk has no size: \"xyz\""),
        "gzip-false" => body("it is not the gzip that it is said to be"),
        "no-head" => not_http("it begins with"),
        "status-line" | "status-huge" => not_http("invalid response status"),
        "field-without-colon" => not_http("invalid header name"),
        "field-control" => not_http("invalid header value"),
        _ => return None,
    })
}

#[test]
fn every_fault_of_http_is_a_trouble_of_its_own_and_every_other_an_answer() {
    let sandbox =
        builder("rfc5849").token(Token::new(TokenType::Access, CLIENT, "access", "access-secret")).explains(false).start().unwrap();
    let (quick, long) = (Duration::from_millis(1500), Duration::from_secs(20));
    let mut troubles = 0;
    for fault in TABLE.iter().filter(|fault| matches!(fault.at, At::Signed | At::Resource)) {
        let expected = trouble_of(fault.name);
        let deadline = if matches!(expected, Some(Trouble::Late(_))) { quick } else { long };
        match (ask(&sandbox, &format!("/_fault/{}/photos", fault.name), deadline), expected) {
            (Ok(answer), None) => assert!((200..600).contains(&answer.status), "{}: {answer:?}", fault.name),
            (Err(Trouble::NotHttp(why)), Some(Trouble::NotHttp(expected))) => assert!(why.starts_with(&expected), "{}: {why}", fault.name),
            (found, expected) => {
                assert_eq!(found.as_ref().err(), expected.as_ref(), "{}: {found:?}", fault.name);
                troubles += 1;
            }
        }
    }
    assert!(troubles > 10, "{troubles} faults of HTTP were seen");
    assert_eq!(ask(&sandbox, "/photos", long).unwrap().status, 200);
}
