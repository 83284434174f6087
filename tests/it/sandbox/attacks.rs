//! Attacks on a live server: correctly signed requests with one thing wrong, between a good request first and one last.

use std::io::{Read as _, Write as _};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use countersign::sandbox::{Client, Sandbox};

use super::{Answer, CLIENT, FORM, NOW, SECRET, Signer, builder, connect, get, send};

fn sandbox() -> Sandbox {
    builder("rfc5849").auto_approve(true).start().unwrap()
}

/// The positive control.
#[track_caller]
fn serves(sandbox: &Sandbox) {
    assert_eq!(send(sandbox, &Signer::of(sandbox).request("GET", "/photos")).status, 200);
}

fn temporary(sandbox: &Sandbox) -> (String, String) {
    let answer = send(sandbox, &Signer::of(sandbox).callback("oob").request("POST", "/initiate"));
    assert_eq!(answer.status, 200, "{answer:?}");
    (answer.value("oauth_token"), answer.value("oauth_token_secret"))
}

fn encoded(text: &str) -> String {
    text.replace('%', "%25").replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}

fn verifier(sandbox: &Sandbox, token: &str) -> String {
    get(sandbox, &format!("/authorize?oauth_token={}", encoded(token))).field("X-Countersign-Verifier").to_owned()
}

fn exchange(sandbox: &Sandbox, token: &(String, String), verifier: Option<&str>) -> Answer {
    let mut signer = Signer::of(sandbox).token(token);
    signer.verifier = verifier.map(str::to_owned);
    send(sandbox, &signer.request("POST", "/token"))
}

/// Sends the same octets over so many connections at once.
fn at_once(sandbox: &Sandbox, requests: Vec<Vec<u8>>) -> Vec<Answer> {
    let start = Arc::new(Barrier::new(requests.len()));
    let threads: Vec<_> = requests
        .into_iter()
        .map(|request| {
            let (mut stream, start) = (connect(sandbox), Arc::clone(&start));
            std::thread::spawn(move || {
                start.wait();
                stream.write_all(&request).unwrap();
                let mut answer = Vec::new();
                stream.read_to_end(&mut answer).unwrap();
                Answer::read(&answer)
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

#[test]
fn of_fifty_equal_requests_at_once_exactly_one_is_accepted() {
    let sandbox = sandbox();
    let answers = at_once(&sandbox, vec![Signer::of(&sandbox).request("GET", "/photos"); 50]);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.refused() == "nonce_used").count(), 49);
    serves(&sandbox);
}

#[test]
fn of_many_exchanges_of_one_request_token_at_once_exactly_one_is_accepted() {
    let sandbox = sandbox();
    let token = temporary(&sandbox);
    let code = verifier(&sandbox, &token.0);
    let requests = (0..30).map(|_| Signer::of(&sandbox).token(&token).verifier(&code).request("POST", "/token")).collect();
    let answers = at_once(&sandbox, requests);
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 1);
    assert_eq!(answers.iter().filter(|answer| answer.refused() == "token_rejected").count(), 29);
}

#[test]
fn a_bad_signature_uses_no_nonce_up() {
    let sandbox = sandbox();
    let good = Signer::of(&sandbox);
    let bad = Signer { secret: "other".to_owned(), ..good.clone() };
    assert_eq!(send(&sandbox, &bad.request("GET", "/photos")).refused(), "signature_invalid");
    assert_eq!(send(&sandbox, &good.request("GET", "/photos")).status, 200);
}

#[test]
fn an_unknown_client_is_refused_also_with_an_empty_secret() {
    let sandbox = sandbox();
    let unknown = Signer { client: "nobody".to_owned(), secret: String::new(), ..Signer::of(&sandbox) };
    let answer = send(&sandbox, &unknown.request("GET", "/photos"));
    assert_eq!((answer.status, answer.refused()), (401, "client_unknown"));
    // A wrong signature of a known client has the same status.
    let wrong = Signer { secret: String::new(), ..Signer::of(&sandbox) };
    assert_eq!(send(&sandbox, &wrong.request("GET", "/photos")).status, 401);
    serves(&sandbox);
}

#[test]
fn a_client_without_a_secret_cannot_sign_with_none() {
    let sandbox = builder("rfc5849").client(Client::without_secret("keyless")).start().unwrap();
    for method in ["HMAC-SHA1", "PLAINTEXT"] {
        let signer = Signer { client: "keyless".to_owned(), secret: String::new(), method, ..Signer::of(&sandbox) };
        assert_eq!(send(&sandbox, &signer.request("GET", "/photos")).refused(), "signature_method_rejected");
    }
    serves(&sandbox);
}

#[test]
fn a_request_token_is_not_exchanged_without_its_own_verifier() {
    let sandbox = sandbox();
    let (token, other) = (temporary(&sandbox), temporary(&sandbox));
    let (code, others) = (verifier(&sandbox, &token.0), verifier(&sandbox, &other.0));
    for (presented, code) in [
        (None, "parameter_absent"),
        (Some(""), "parameter_absent"),
        (Some("wrong"), "token_rejected"),
        (Some(others.as_str()), "token_rejected"),
    ] {
        let answer = exchange(&sandbox, &token, presented);
        assert_eq!((answer.status / 100, answer.refused()), (4, code), "{presented:?}: {answer:?}");
    }
    assert_eq!(exchange(&sandbox, &token, Some(&code)).status, 200);
    assert_eq!(exchange(&sandbox, &other, Some(&others)).status, 200);
}

#[test]
fn a_request_token_that_nobody_allowed_is_not_exchanged() {
    let sandbox = builder("rfc5849").start().unwrap();
    let token = temporary(&sandbox);
    for verifier in ["x", "null", "0"] {
        assert_eq!(exchange(&sandbox, &token, Some(verifier)).refused(), "token_rejected");
    }
}

#[test]
fn a_request_token_serves_once_and_is_no_access_token() {
    let sandbox = sandbox();
    let token = temporary(&sandbox);
    assert_eq!(send(&sandbox, &Signer::of(&sandbox).token(&token).request("GET", "/photos")).refused(), "token_rejected");
    let code = verifier(&sandbox, &token.0);
    assert_eq!(exchange(&sandbox, &token, Some(&code)).status, 200);
    let again = exchange(&sandbox, &token, Some(&code));
    assert_eq!((again.status, again.refused()), (401, "token_rejected"));
    assert!(again.field("X-Countersign-Because").contains("exchanged before"), "{again:?}");
    let page = get(&sandbox, &format!("/authorize?oauth_token={}", encoded(&token.0)));
    assert_eq!(page.refused(), "token_rejected");
}

#[test]
fn another_clients_token_is_unknown() {
    let sandbox = builder("rfc5849").client(Client::new("other", "other-secret")).auto_approve(true).start().unwrap();
    let token = temporary(&sandbox);
    let code = verifier(&sandbox, &token.0);
    let other = Signer { client: "other".to_owned(), secret: "other-secret".to_owned(), ..Signer::of(&sandbox) };
    let stolen = send(&sandbox, &other.token(&token).verifier(&code).request("POST", "/token"));
    assert_eq!(stolen.refused(), "token_rejected");
    assert_eq!(exchange(&sandbox, &token, Some(&code)).status, 200);
}

#[test]
fn without_a_callback_there_are_no_credentials_and_with_one_it_is_confirmed() {
    for (profile, method, path) in
        [("rfc5849", "POST", "/initiate"), ("etrade", "GET", "/oauth/request_token"), ("yahoo", "GET", "/oauth/v2/get_request_token")]
    {
        let sandbox = builder(profile).start().unwrap();
        let without = send(&sandbox, &Signer::of(&sandbox).request(method, path));
        assert_eq!((without.status, without.refused()), (400, "parameter_absent"), "{profile}: {without:?}");
        let with = send(&sandbox, &Signer::of(&sandbox).callback("oob").request(method, path));
        assert_eq!(with.value("oauth_callback_confirmed"), "true", "{profile}");
    }
}

#[test]
fn a_callback_on_the_authorization_url_is_not_looked_at() {
    let sandbox = sandbox();
    let asked = send(&sandbox, &Signer::of(&sandbox).callback("http://client.example/cb").request("POST", "/initiate"));
    let token = encoded(&asked.value("oauth_token"));
    let answer = get(&sandbox, &format!("/authorize?oauth_callback=http%3A%2F%2Fevil.example%2F&oauth_token={token}"));
    assert!(answer.status == 302 && answer.field("Location").starts_with("http://client.example/cb?oauth_token="), "{answer:?}");
}

#[test]
fn callbacks_that_no_browser_should_follow_are_refused() {
    let registered = Client::new(CLIENT, SECRET).with_callbacks(["http://client.example/cb"]);
    let sandbox = builder("rfc5849").client(registered).start().unwrap();
    let open = self::sandbox();
    for callback in [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "http://h/\r\nSet-Cookie: a=b",
        "//evil.example/",
        "relative",
        "http://a@evil.example/",
    ] {
        let answer = send(&open, &Signer::of(&open).callback(callback).request("POST", "/initiate"));
        assert_eq!((answer.status, answer.refused()), (400, "parameter_rejected"), "{callback:?}: {answer:?}");
        assert_eq!(answer.field("Set-Cookie"), "");
    }
    for callback in ["http://client.example.evil.example/cb", "http://client.example/cb/../x", "http://other.example/"] {
        let answer = send(&sandbox, &Signer::of(&sandbox).callback(callback).request("POST", "/initiate"));
        assert_eq!((answer.status, answer.refused()), (400, "parameter_rejected"), "{callback:?}: {answer:?}");
    }
    assert_eq!(send(&sandbox, &Signer::of(&sandbox).callback("http://client.example/cb").request("POST", "/initiate")).status, 200);
}

#[test]
fn a_callback_of_64_kib_is_answered_within_a_second() {
    let sandbox = sandbox();
    for letter in [":", "[::::", "http://["] {
        let body = format!("oauth_callback={}", encoded(&letter.repeat(65_536 / letter.len())).replace(':', "%3A").replace('[', "%5B"));
        for secret in [SECRET, "wrong"] {
            let mut signer = Signer { secret: secret.to_owned(), version: None, ..Signer::of(&sandbox) };
            // All protocol parameters in the body, where there is room for them.
            let authorization = signer.authorization("POST", "/initiate", Some(&body));
            signer.nonce.push('x');
            let moved = authorization.trim_start_matches("OAuth ").replace("\", ", "&").replace("=\"", "=").replace('"', "");
            let body = format!("{body}&{moved}");
            let host = &signer.host;
            let head = format!(
                "POST /initiate HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let began = Instant::now();
            let answer = send(&sandbox, format!("{head}{body}").as_bytes());
            assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
            let expected = if secret == SECRET { "parameter_rejected" } else { "signature_invalid" };
            assert_eq!(answer.refused(), expected, "{}", answer.status);
        }
    }
    serves(&sandbox);
}

/// Timing says nothing for certain on a busy machine, so this is no measure of it: it says that a great number of wrong signatures, near
/// and far, neither gets through nor keeps the sandbox busy for long.
#[test]
fn thousands_of_wrong_signatures_are_refused_in_good_time() {
    let sandbox = builder("rfc5849").explains(false).start().unwrap();
    let host = sandbox.origin().split_once("://").unwrap().1.to_owned();
    let mut stream = connect(&sandbox);
    let began = Instant::now();
    let authorization = Signer::of(&sandbox).authorization("GET", "/photos", None);
    let (before, signature) = authorization.split_once("oauth_signature=\"").unwrap();
    for round in 0..1000 {
        let first = if signature.starts_with('A') { "B" } else { "A" };
        let wrong = if round % 2 == 0 { format!("{first}{}", &signature[1..]) } else { format!("{}AAA%3D\"", &signature[..20]) };
        let request = format!("GET /photos HTTP/1.1\r\nHost: {host}\r\nAuthorization: {before}oauth_signature=\"{wrong}\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut head = Vec::new();
        let mut block = [0; 4096];
        while !head.windows(4).any(|window| window == b"\r\n\r\n") {
            let length = stream.read(&mut block).unwrap();
            assert!(length > 0);
            head.extend_from_slice(&block[..length]);
        }
        let answer = Answer::read(&head);
        assert_eq!(answer.refused(), "signature_invalid");
        let mut missing = answer.field("Content-Length").parse::<usize>().unwrap() - answer.body.len();
        while missing > 0 {
            missing -= stream.read(&mut block).unwrap();
        }
    }
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    assert_eq!(sandbox.nonces(), 0);
    serves(&sandbox);
}

#[test]
fn two_hundred_connections_are_served_beside_slow_ones_and_no_request_is_lost() {
    let sandbox = Arc::new(sandbox());
    let mut slow: Vec<_> = (0..200).map(|_| connect(&sandbox)).collect();
    slow.iter_mut().for_each(|stream| stream.write_all(b"GET /photos HTT").unwrap());
    let requests = (0..200).map(|_| Signer::of(&sandbox).request("GET", "/photos")).collect();
    let answers = at_once(&sandbox, requests);
    assert!(answers.iter().all(|answer| answer.status == 200), "{:?}", answers.iter().find(|answer| answer.status != 200));
    assert_eq!(sandbox.nonces(), 200);
    // What is kept of them is bounded.
    assert_eq!(sandbox.exchanges().len(), 100);
}

#[test]
fn texts_of_an_error_repeat_no_secret_and_no_markup() {
    let sandbox = sandbox();
    let mut signer = Signer::of(&sandbox).callback("http://h/<script>alert(1)</script>");
    signer.extra.push(("oauth_x\"><script>".to_owned(), "1".to_owned()));
    signer.timestamp = (NOW - 10_000).to_string();
    for profile in ["etrade", "yahoo", "rfc5849"] {
        let sandbox = builder(profile).start().unwrap();
        let signer = Signer { host: Signer::of(&sandbox).host, origin: sandbox.origin(), ..signer.clone() };
        for path in ["/oauth/request_token", "/initiate", "/v1/x<script>", "/oauth/v2/get_request_token"] {
            let answer = send(&sandbox, &signer.request("GET", path));
            assert!(answer.status >= 400, "{profile} {path}: {answer:?}");
            let all = format!("{answer:?}");
            assert!(!answer.body.contains("<script") && !all.contains(SECRET), "{profile} {path}: {all}");
        }
    }
}
