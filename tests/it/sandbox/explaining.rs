//! Explained refusals: the departure that a wrong signature implies, both base strings, and the fix.

use countersign::sandbox::Sandbox;

use super::{NOW, Signer, builder, send};

fn sandbox() -> Sandbox {
    builder("rfc5849").start().unwrap()
}

#[test]
fn a_wrong_signature_is_told_its_mistake_with_both_base_strings() {
    let sandbox = sandbox();
    let good = Signer::of(&sandbox);
    // Whoever signs https where http is sent.
    let bad = Signer { signed_origin: Some(good.origin.replace("http:", "https:")), ..good };
    let answer = send(&sandbox, &bad.request("GET", "/photos?a=1"));
    assert_eq!((answer.status, answer.refused()), (401, "signature_invalid"));
    assert!(answer.field("X-Countersign-Diagnosis").contains("scheme"), "{answer:?}");
    let host = bad.host.replace(':', "%3A");
    assert!(answer.field("X-Countersign-Base-String").starts_with(&format!("GET&http%3A%2F%2F{host}%2Fphotos&a%3D1")), "{answer:?}");
    assert!(
        answer.field("X-Countersign-Client-Base-String").starts_with(&format!("GET&https%3A%2F%2F{host}%2Fphotos&a%3D1")),
        "{answer:?}"
    );
    assert!(!answer.field("X-Countersign-Fix").is_empty());
    assert_eq!(answer.value("oauth_problem"), "signature_invalid");
    assert!(answer.value("oauth_problem_advice").contains("the signature is not the one computed"), "{answer:?}");
    assert!(answer.field("WWW-Authenticate").contains("oauth_problem=\"signature_invalid\""));
}

#[test]
fn a_wrong_secret_and_a_missing_token_secret_are_told_apart() {
    let sandbox = builder("rfc5849").auto_approve(true).start().unwrap();
    let token = send(&sandbox, &Signer::of(&sandbox).callback("oob").request("POST", "/initiate"));
    let token = (token.value("oauth_token"), token.value("oauth_token_secret"));
    let mut signer = Signer::of(&sandbox).token(&(token.0.clone(), String::new()));
    signer.verifier = Some("x".to_owned());
    let answer = send(&sandbox, &signer.request("POST", "/token"));
    assert!(answer.field("X-Countersign-Diagnosis").contains("token"), "{answer:?}");
    // The secret of a request token, taken for that of an access token.
    let other = send(&sandbox, &Signer::of(&sandbox).callback("oob").request("POST", "/initiate"));
    let mixed = Signer::of(&sandbox).token(&(token.0.clone(), other.value("oauth_token_secret"))).verifier("x");
    let answer = send(&sandbox, &mixed.request("POST", "/token"));
    assert_eq!(answer.field("X-Countersign-Diagnosis"), "secret-of-another-token");
    let wrong = Signer { secret: "no such secret".to_owned(), ..Signer::of(&sandbox) };
    assert_eq!(send(&sandbox, &wrong.request("GET", "/photos")).field("X-Countersign-Diagnosis"), "unexplained");
}

#[test]
fn companions_say_what_would_be_accepted() {
    let sandbox = sandbox();
    let old = Signer { timestamp: (NOW - 301).to_string(), ..Signer::of(&sandbox) };
    let answer = send(&sandbox, &old.request("GET", "/photos"));
    assert_eq!(answer.value("oauth_acceptable_timestamps"), format!("{}-{}", NOW - 300, NOW + 300));
    let version = Signer { version: Some("2.0"), ..Signer::of(&sandbox) };
    assert_eq!(send(&sandbox, &version.request("GET", "/photos")).value("oauth_acceptable_versions"), "1.0-1.0");
    let absent = send(&sandbox, &Signer::of(&sandbox).request("POST", "/initiate"));
    assert_eq!(absent.value("oauth_parameters_absent"), "oauth_callback");
}

#[test]
fn etrades_pages_hold_the_problem_with_companions_after_a_comma() {
    let sandbox = builder("etrade").start().unwrap();
    let old = Signer { timestamp: (NOW - 3600).to_string(), ..Signer::of(&sandbox).callback("oob") };
    let answer = send(&sandbox, &old.request("GET", "/oauth/request_token"));
    let told = format!("oauth_problem=timestamp_refused,oauth_acceptable_timestamps={}-{}", NOW - 300, NOW + 300);
    assert!(answer.body.contains(&format!("<h1>HTTP Status {} - {told}</h1>", answer.status)), "{answer:?}");
    assert_eq!(answer.field("X-Countersign-Rule"), "etrade.rt.timestamp");
    assert!(answer.field("X-Countersign-Because").contains("3600 s behind the clock"), "{answer:?}");
    // It is read as the real one's page is.
    let headers = answer.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes())).filter(|(name, _)| *name == "Content-Type");
    let read = countersign::intake::read(headers, answer.body.as_bytes()).problem.unwrap();
    assert_eq!((read.name.as_str(), read.acceptable_timestamps()), ("timestamp_refused", Some((NOW - 300, NOW + 300))));
}

#[test]
fn what_was_exchanged_can_be_looked_at_afterwards() {
    let sandbox = sandbox();
    let wrong = Signer { secret: "other".to_owned(), ..Signer::of(&sandbox) };
    let answer = send(&sandbox, &wrong.request("GET", "/photos?a=1"));
    send(&sandbox, &Signer::of(&sandbox).request("GET", "/photos"));
    let entries = sandbox.exchanges();
    assert_eq!(entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(answer.field("X-Countersign-Exchange"), "1");
    assert_eq!(entries[1].line(), "200 GET /photos");
    assert_eq!(
        entries[0].line(),
        "401 GET /photos: signature_invalid [rfc5849.resource.signature]: the signature is not the one computed (RFC 5849 section 3.2)"
    );
}

#[test]
fn the_usual_ways_to_write_a_credential_or_a_timestamp_wrongly_are_named() {
    let client = countersign::sandbox::Client::new(super::CLIENT, super::SECRET);
    let own = countersign::sandbox::access_token(&client, "a/b+c=", "s");
    let sandbox = builder("rfc5849").token(own).start().unwrap();
    let with = |token: &str| Signer::of(&sandbox).token(&(token.to_owned(), "s".to_owned()));
    assert_eq!(send(&sandbox, &with("a/b+c=").request("GET", "/photos")).status, 200);
    let told = |signer: Signer| {
        let answer = send(&sandbox, &signer.request("GET", "/photos"));
        assert_ne!(answer.status, 200);
        answer.field("X-Countersign-Because").to_owned()
    };
    for (token, hint) in
        [("a%2Fb%2Bc%3D", "percent-encoded once too often"), ("a/b c=", "a blank for each +"), (" a/b+c=", "white space around it")]
    {
        let because = told(with(token));
        assert!(because.starts_with("the token is unknown") && because.contains(hint), "{token}: {because}");
    }
    let because = told(with("another"));
    assert!(!because.contains(';'), "nothing is seen there: {because}");
    let stamped = |timestamp: String| told(Signer { timestamp, ..with("a/b+c=") });
    assert!(stamped(format!("{NOW}000")).ends_with("; it is in milliseconds"));
    assert!(stamped((NOW - 3600).to_string()).ends_with("point to a time zone"));
    let because = stamped((NOW - 4000).to_string());
    assert!(!because.contains(';'), "nothing is seen there: {because}");
    let spaced = told(Signer { client: format!("{} ", super::CLIENT), ..Signer::of(&sandbox) });
    assert!(spaced.contains("without the white space around it"), "{spaced}");
    let sandbox = builder("etrade").start().unwrap();
    let other = Signer { method: "HMAC-SHA256", ..Signer::of(&sandbox).callback("oob") };
    let because = send(&sandbox, &other.request("GET", "/oauth/request_token")).field("X-Countersign-Because").to_owned();
    assert!(because.contains("HMAC-SHA1"), "{because}");
}
